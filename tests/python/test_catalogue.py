"""Tables to components: results that were written, and catalogues."""

import warnings

import gaxel
import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, QTable, Table
from astropy.wcs import WCS

SHAPE = (30, 34)


@pytest.fixture(scope="module")
def result():
    galaxy = gaxel.Sersic(
        x=15.0, y=16.0, mag=18.0, zeropoint=25.0, re=3.0, n=1.5, q=0.6, theta=0.3, c0=0.1, name="a"
    )
    light = gaxel.render([galaxy, gaxel.Sky(level=2.0)], SHAPE)
    bands = [
        gaxel.Band(light, 0.3, name=name, wavelength=w, zeropoint=25.0)
        for name, w in (("g", 1.0), ("r", 2.0))
    ]
    return gaxel.fit(bands, [galaxy.replace(re=3.2), gaxel.Sky(level=1.9, name="b")])


def test_a_written_result_comes_back(result, tmp_path):
    result.table().write(tmp_path / "fit.ecsv")
    for table in (result.table(), QTable.read(tmp_path / "fit.ecsv"), Table.read(tmp_path / "fit.ecsv")):
        assert gaxel.components_from_table(table, band="r") == result.bands[1].components


def test_a_catalogue_of_plain_numbers():
    table = Table({"x": [3.0, 4.0], "y": [5, 6], "flux": [7.0, 8.0], "re": MaskedColumn([9.0, 1.0], mask=[False, True]),
                   "n": [np.nan, 2.5], "number": [1, 2]})  # fmt: skip
    assert gaxel.components_from_table(table, kind="sersic") == [
        gaxel.Sersic(x=3.0, y=5.0, flux=7.0, re=9.0),
        gaxel.Sersic(x=4.0, y=6.0, flux=8.0, n=2.5),
    ]


def test_places_and_angles_on_the_sky():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.cdelt, wcs.wcs.crpix = ["RA---TAN", "DEC--TAN"], [-1e-4, 1e-4], [10.0, 12.0]
    wcs.wcs.crval = [40.0, 3.0]
    places = SkyCoord([40.0, 40.0003] * u.deg, [3.0, 3.0002] * u.deg)
    table = QTable(
        {"sky": places, "re": [0.72, 1.08] * u.arcsec, "pa": [0.0, 30.0] * u.deg, "mag": [20.0, 21.0], "x": [0.0, 0.0],
         "kind": ["sersic", "exponential"], "component": ["a", "b"]}
    )  # fmt: skip
    first, second = gaxel.components_from_table(table, wcs=wcs, zeropoint=25.0)
    assert (type(first), type(second)) == (gaxel.Sersic, gaxel.Exponential)
    assert (first.x, first.y, first.re) == pytest.approx((9.0, 11.0, 2.0), rel=1e-6)
    assert (first.theta, second.theta) == pytest.approx(np.deg2rad((90.0, 120.0)), abs=1e-5)
    np.testing.assert_allclose((second.x, second.y), wcs.world_to_pixel(places[1]), rtol=1e-9)
    assert (second.name, second.mag, second.zeropoint) == ("b", 21.0, 25.0)


def test_a_catalogue_of_places_and_angles_without_a_sky_column():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = "RA---TAN", "DEC--TAN"
    wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = (150.0, 2.0), (10.0, 10.0), (-1e-4, 1e-4)
    own = {"re": [0.72] * u.arcsec, "pa": [30.0] * u.deg}
    ra, dec = wcs.pixel_to_world_values(12.0, 7.0)
    for place in ({"ra": [ra], "dec": [dec]}, {"x": [12.0], "y": [7.0]}):
        (found,) = gaxel.components_from_table(QTable({**place, **own}), kind="sersic", wcs=wcs)
        assert (found.x, found.y, found.re) == pytest.approx((12.0, 7.0, 2.0), rel=1e-6)
        assert found.theta == pytest.approx(np.deg2rad(120.0), abs=1e-5)
    scale = {"x": [12.0], "y": [7.0], "re": own["re"]}
    (found,) = gaxel.components_from_table(QTable(scale), kind="sersic", wcs=0.36 * u.arcsec)
    assert (found.x, found.y, found.re) == pytest.approx((12.0, 7.0, 2.0), rel=1e-12)


@pytest.mark.parametrize("unit", [u.nJy, u.MJy / u.sr, u.adu, u.ct, u.electron / u.s, None])
def test_results_of_images_in_a_unit_come_back(unit, tmp_path):
    light = [
        gaxel.Gaussian(x=9.0, y=9.0, flux=500.0, re=3.0, q=0.7, theta=0.4, name="g"),
        gaxel.Sky(level=2.0, name="sky"),
    ]
    image = gaxel.render(light, (20, 20)) + np.random.default_rng(2).normal(0.0, 0.1, (20, 20))
    result = gaxel.fit(image if unit is None else image * unit, light, sigma=0.1)
    result.table().write(tmp_path / "fit.ecsv")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy's, of long names in the header
        result.table().write(tmp_path / "fit.fits")
    shown = "counts" if unit is None else str(unit * u.pix if unit == u.MJy / u.sr else unit)
    assert {one.unit for one in result.derived() if one.quantity == "flux"} == {shown}
    read = [QTable.read(tmp_path / f"fit.{kind}") for kind in ("ecsv", "fits")]
    for table in (result.table(), *read):
        found = gaxel.components_from_table(table)
        assert [one.name for one in found] == ["g", "sky"]
        for one, other in zip(found, result.components, strict=True):
            assert one.parameters == pytest.approx(other.parameters, rel=1e-12)


def test_bands_in_units_of_their_own_come_back():
    light = gaxel.Gaussian(x=9.0, y=9.0, flux=500.0, re=3.0, q=0.7, theta=0.4, name="g")
    image = gaxel.render(light, (20, 20))
    bands = [
        gaxel.Band(image * u.nJy, 0.1, name="g", wavelength=1.0),
        gaxel.Band(3.0 * image * u.uJy, 0.1, name="r", wavelength=2.0),
    ]
    result = gaxel.fit(bands, light)
    for number, name in enumerate("gr"):
        (found,) = gaxel.components_from_table(result.table(), band=name)
        assert found.flux == pytest.approx(result.bands[number].components[0].flux, rel=1e-12)


def test_flux_densities_become_counts_by_a_zero_point():
    """AB is -2.5 log10 of erg/s/cm2/Hz less 48.6 (Oke & Gunn 1983, ApJ 266, 713): 31.4 is 1e-32 of them, 1 nJy."""
    table = QTable(
        {"kind": ["sky", "gaussian"], "level": [2.0, np.nan] * u.uJy / u.pix, "flux": [np.nan, 3.0] * u.uJy}
    )
    sky, galaxy = gaxel.components_from_table(table, zeropoint=31.4)
    assert (sky.level, galaxy.flux) == pytest.approx((2000.0, 3000.0), rel=1e-12)


def test_light_in_the_images_unit():
    table = QTable({"kind": ["sky"], "level": [2.0] * u.uJy / u.pix})
    (sky,) = gaxel.components_from_table(table, unit=u.nJy)
    assert sky.level == pytest.approx(2000.0, rel=1e-12)


WCS_OF_A_SKY = WCS(naxis=2)
WCS_OF_A_SKY.wcs.ctype = ["RA---TAN", "DEC--TAN"]


@pytest.mark.parametrize(
    ("columns", "options", "words"),
    [
        ({"x": [1.0]}, {}, "row 0: kind: missing"),
        ({"x": [1.0], "kind": ["sersik"]}, {}, "row 0: kind = 'sersik'"),
        ({"x": [1.0], "band": ["g"]}, {"band": "r"}, "band = 'r'"),
        ({"x": [1.0, 2.0], "band": ["g", "r"]}, {}, "band: the table holds several"),
        ({"mag": [1.0]}, {"kind": "sersic"}, "row 0: zeropoint: missing"),
        ({"n": [1.0, -1.0]}, {"kind": "sersic"}, "row 1, sersic: n = -1: .*0.1 to 20"),
        ({"q": [1.0, 2.0], "component": ["a", "b"]}, {"kind": "sersic"}, r"row 1 \('b'\), sersic: q = 2"),
        ({"re": [1.0] * u.arcsec}, {"kind": "sersic"}, "row 0, Sersic: re = 1.0 arcsec"),
        ({"re": ["a"]}, {"kind": "sersic"}, "row 0: re = .*a.*not a number"),
        ({"re": [[1.0, 2.0]]}, {"kind": "sersic"}, "row 0: re = .*not a number"),
        ({"re": [[1.0, 2.0]] * u.pix}, {"kind": "sersic"}, "row 0, Sersic: re = an array"),
        ({"x": [np.inf]}, {"kind": "sersic"}, "row 0: x = inf: not a finite"),
        ({"flux": [1.0], "unit": ["spam"]}, {"kind": "sersic"}, "row 0: unit = 'spam'"),
        ({"flux": [1.0]}, {"kind": "sersic", "unit": "spam"}, "unit = 'spam'"),
        ({"x": [1.0]}, {"kind": "sersic", "wcs": "a.fits"}, "wcs = 'a.fits': neither"),
        ({"ra": [1.0], "dec": [95.0]}, {"kind": "sersic", "wcs": WCS_OF_A_SKY}, "row 0: dec = 95.0 deg"),
        (
            {"ra": ["00:42:44"], "dec": [41.0]},
            {"kind": "sersic", "wcs": WCS_OF_A_SKY},
            "row 0: ra = .*degrees",
        ),
        ({"sky": [1.0]}, {"kind": "sersic", "wcs": WCS_OF_A_SKY}, "row 0, Sersic: position = .*SkyCoord"),
        ({"flux": [1.0] * u.m}, {"kind": "sersic", "unit": u.nJy}, "row 0: flux = 1.0 m"),
    ],
)
def test_rows_that_are_no_components(columns, options, words):
    with pytest.raises(gaxel.InputError, match=words):
        gaxel.components_from_table(QTable(columns), **options)


@pytest.mark.parametrize("table", [None, "a.fits", {"x": [1.0]}, Table({"x": [1.0, 2.0]})[1], Table()])
def test_what_is_no_table(table):
    with pytest.raises(gaxel.InputError, match="components_from_table: table = "):
        gaxel.components_from_table(table, kind="sersic")
