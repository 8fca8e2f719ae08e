"""Input that looks odd and is right: of other packages' types, or with what they bring along."""

import astropy.units as u
import gaxel
import gaxel.jax
import numpy as np
import pytest
from astropy.io import fits
from astropy.nddata import CCDData
from astropy.table import Column, Table
from astropy.wcs import WCS
from gaxel.survey._broken import why_unreadable

SHAPE = (9, 11)
GALAXY = gaxel.Sersic(x=5.0, y=4.0, flux=70.0, re=2.2, n=1.2, q=0.8, theta=0.3, name="galaxy")


def image_with(ctypes, mask=None):
    wcs = WCS(naxis=len(ctypes))
    wcs.wcs.ctype = ctypes
    wcs.wcs.cdelt = [1e-5] * len(ctypes)
    return CCDData(gaxel.render(GALAXY, SHAPE), unit="adu", wcs=wcs, mask=mask)


def test_a_plane_of_a_cube_keeps_its_two_axes_of_the_sky():
    band = gaxel.Band(image_with(["RA---TAN", "DEC--TAN", "WAVE"]), 1.0)
    assert band.wcs.pixel_n_dim == 2 and band.wcs.has_celestial


def test_an_image_s_own_wcs_that_is_none_of_an_image_is_left_out():
    with pytest.warns(UserWarning, match="wcs is left out"):
        band = gaxel.Band(image_with(["RA---TAN", "LINEAR"]), 1.0)
    assert band.wcs is None


@pytest.mark.parametrize("mask", [False, np.ma.nomask, None])
def test_no_mask_beside_an_image_s_own(mask):
    own = np.zeros(SHAPE, bool)
    own[2, 3] = True
    band = gaxel.Band(image_with(["RA---TAN", "DEC--TAN"], own), 1.0, mask=mask)
    np.testing.assert_array_equal(band.used, ~own)


def test_a_unit_of_nothing_is_none():
    band = gaxel.Band(np.ones(SHAPE), 2.0 * u.dimensionless_unscaled)
    np.testing.assert_array_equal(band.sigma, np.full(SHAPE, 2.0))


def test_columns_of_tables_are_arrays():
    model = gaxel.jax.Model(GALAXY, SHAPE, parameters=["galaxy.re", "galaxy.n"])
    np.testing.assert_array_equal(model.image(Column([2.2, 1.2])), model.image(model.start))


def test_a_model_of_astropy_takes_pixels():
    y, x = np.indices(SHAPE, float)
    model = gaxel.astropy_model(GALAXY)
    np.testing.assert_array_equal(model(x * u.pix, y * u.pix), model(x, y))


def test_catalogues_may_hold_text():
    table = Table({"x": ["5.0"], "y": ["4"], "flux": ["70."], "re": ["2.2"], "n": ["1.2"]})
    (found,) = gaxel.components_from_table(table, kind="sersic")
    assert found.re == 2.2 and found.flux == 70.0


def test_infinite_values_of_catalogues_are_told_what_to_do():
    table = Table({"x": [5.0], "y": [4.0], "flux": [np.inf], "re": [2.2], "n": [1.2]})
    with pytest.raises(gaxel.InputError, match=r"row 0.*flux = inf.*mask what is not known"):
        gaxel.components_from_table(table, kind="sersic")


@pytest.mark.parametrize(
    ("key", "value"), [("NAXIS1", None), ("NAXIS1", 10**30), ("NAXIS1", -5), ("BITPIX", None)]
)
def test_why_a_damaged_file_cannot_be_read_is_the_first_error(tmp_path, key, value):
    path = tmp_path / "damaged.fits"
    fits.writeto(path, np.zeros(SHAPE))
    card = f"{key:8}= {value if value is not None else '':>20}".ljust(80).encode()
    content = path.read_bytes()
    place = content.index(f"{key:8}=".encode())
    path.write_bytes(content[:place] + card + content[place + 80 :])
    assert why_unreadable(path, ValueError("it is odd")) == "cannot be read: it is odd"
