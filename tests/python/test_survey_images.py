"""What a survey reads of its files, and what detection measures there."""

import gaxel
import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from gaxel import survey
from gaxel.survey import Flag
from gaxel.survey._detect import detect
from gaxel.survey._images import Tile, image_files, tile_names
from small_survey import deviations, run_here


def wcs_header():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = "RA---TAN", "DEC--TAN"
    wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = (150.0, 2.0), (30.0, 20.0), (-1e-4, 1e-4)
    return wcs.to_header()


def configured(folder, image, **keys):
    band = {"name": "g", "image": image, **keys}
    return survey.from_dict({"band": [band]}, folder=folder, output=folder / "results")


def test_sections_are_all_that_is_seen_of_a_file(tmp_path):
    pixels = np.arange(60.0 * 80.0).reshape(60, 80)
    units = [fits.PrimaryHDU(), fits.ImageHDU(pixels, wcs_header(), name="SCI")]
    fits.HDUList(units).writeto(tmp_path / "image.fits")
    one = configured(tmp_path, "image.fits[SCI][11:50,21:40]")
    with Tile(one, "") as tile, Tile(configured(tmp_path, "image.fits[SCI]"), "") as whole:
        assert tile.shape == (20, 40)
        data, _, _ = tile.read(one.bands[0], (3, 7, 2, 12), -1)
        np.testing.assert_array_equal(data, pixels[22:32, 13:17])
        # The sky stays where it is.
        np.testing.assert_allclose(
            tile.wcs().pixel_to_world_values(5.0, 6.0),
            whole.wcs().pixel_to_world_values(15.0, 26.0),
            rtol=1e-12,
        )


@pytest.mark.parametrize("section", ["[0:10,1:10]", "[5:81,1:10]", "[7:6,1:10]", "[1:10,1:61]"])
def test_sections_outside_the_image_are_named(tmp_path, section):
    fits.writeto(tmp_path / "image.fits", np.zeros((60, 80)))
    with pytest.raises(gaxel.InputError, match=r"no such section.*1:80,1:60") as caught:
        Tile(configured(tmp_path, f"image.fits{section}"), "")
    assert section in str(caught.value)


@pytest.mark.parametrize("tile", ["", "{tile}"])
@pytest.mark.parametrize(
    "section",
    [
        "[1:49, 1:49]",
        "[*,1:9]",
        "[*,*]",
        "[1:49]",
        "[SCI][1:49]",
        "[1:9:2,1:9]",
        "[-1:9,1:9]",
        "[1:9,1:9][SCI]",
        "[1:9,1:9][1:9,1:9]",
        "[SCI:2][1:9,1:9][0]",
    ],
)
def test_what_is_no_section_is_named(tmp_path, section, tile):
    units = [fits.PrimaryHDU(), fits.ImageHDU(np.zeros((60, 80)), name="SCI")]
    fits.HDUList(units).writeto(tmp_path / f"image{tile.strip('{}')}.fits")
    given = configured(tmp_path, f"image{tile}.fits{section}")
    with pytest.raises(gaxel.InputError, match="not a section, or not at the end") as caught:
        Tile(given, "tile" if tile else "")
    assert section in str(caught.value) and "[x0:x1,y0:y1]" in str(caught.value)
    with pytest.raises(gaxel.InputError, match=r"band\[0\].image.*not a section") as caught:
        image_files(given, tile_names(given))
    assert section in str(caught.value)


@pytest.mark.parametrize("name", ["SCI:2", "1:9 OF CHIP 3", "A,B"])
def test_names_of_extensions_hold_colons(tmp_path, name):
    pixels = np.arange(60.0 * 80.0).reshape(60, 80)
    units = [fits.PrimaryHDU(), fits.ImageHDU(np.zeros((5, 5))), fits.ImageHDU(pixels, name=name)]
    fits.HDUList(units).writeto(tmp_path / "image.fits")
    for section, shape in (("", (60, 80)), ("[11:50,21:40]", (20, 40))):
        with Tile(configured(tmp_path, f"image.fits[{name}]{section}"), "") as tile:
            assert tile.shape == shape


def test_a_sections_psf_is_that_part_of_its_image(tmp_path):
    """A star of an even image whose peak is in the middle of 21 x 21 of its pixels."""
    star = np.zeros((22, 22))
    star[:21, :21] = gaxel.render(
        gaxel.Gaussian(x=10.0, y=10.0, flux=1.0, re=2.0, q=1.0, theta=0.0), (21, 21)
    )
    fits.writeto(tmp_path / "star.fits", star)
    fits.writeto(tmp_path / "image.fits", np.zeros((40, 40)))
    one = configured(tmp_path, "image.fits", psf="star.fits[1:21,1:21]")
    with Tile(one, "") as tile:
        psf = tile.psf(one.bands[0], 20.0, 20.0, -1)
    seen, expected = (
        gaxel.render(gaxel.PointSource(x=20.0, y=20.0, flux=1.0), (40, 40), psf=one)
        for one in (psf, gaxel.Psf(star[:21, :21]))
    )
    np.testing.assert_allclose(seen, expected, atol=1e-12)


def test_light_of_neighbours_does_not_count(tmp_path):
    """The ellipse of a faint galaxy beside a bright one is that which it has alone."""
    random = np.random.default_rng(5)
    noise = random.standard_normal((160, 160))
    faint = gaxel.Sersic(x=60.0, y=80.0, flux=3e3, re=5.0, n=1.0, q=0.8, theta=0.4)
    bright = gaxel.Sersic(x=100.0, y=80.0, flux=2e5, re=7.0, n=1.0, q=0.9, theta=0.0)
    found = {}
    for name, light in (("alone", [faint]), ("beside", [faint, bright])):
        fits.writeto(tmp_path / f"{name}.fits", gaxel.render(light, noise.shape) + noise)
        sources = detect(configured(tmp_path, f"{name}.fits", sigma=1.0), "", 0)
        found[name] = sources[np.argmin(np.hypot(sources["x"] - 60.0, sources["y"] - 80.0))]
    assert found["beside"]["kron"] == pytest.approx(found["alone"]["kron"], rel=0.3)
    assert found["beside"]["flux"] == pytest.approx(found["alone"]["flux"], rel=0.3)
    assert found["beside"]["re"] == pytest.approx(found["alone"]["re"], rel=0.3)


def test_a_galaxy_that_one_band_does_not_show_is_fitted(tmp_path):
    random = np.random.default_rng(8)
    fluxes, bands = {"r": 4000.0, "u": 0.0, "i": 6000.0}, []
    for i, (name, flux) in enumerate(fluxes.items()):
        galaxy = gaxel.Sersic(x=60.3, y=58.8, flux=flux, re=4.0, n=1.0, q=0.6, theta=0.5)
        image = gaxel.render(galaxy, (120, 120)) + 20.0 + random.standard_normal((120, 120))
        fits.writeto(tmp_path / f"{name}.fits", image)
        bands.append({"name": name, "image": f"{name}.fits", "sigma": 1.0, "wavelength": 500.0 + 100.0 * i})
    found = run_here(survey.from_dict({"band": bands}, folder=tmp_path, output=tmp_path / "results"))
    near = np.hypot(found["x"].astype(float) - 61.3, found["y"].astype(float) - 59.8) < 1.0
    assert near.sum() == 1 and not found["flags"][near] & (Flag.FAILED | Flag.NOT_CONVERGED)
    for name, flux in fluxes.items():
        assert (
            np.abs(
                deviations({k: v[near] for k, v in found.items()}, {"flux": [flux]}, "flux", f"flux_{name}")
            )
            < 4.0
        )
