"""gaxel render against an independent rendering by fine samples."""

import re

import cli_support
import numpy as np
import pytest
from astropy.io import fits
from cli_support import run, scene_text
from scipy.signal import fftconvolve

GALAXY = {
    "name": "disc",
    "type": "sersic",
    "x": 31.3,
    "y": 24.8,
    "flux": 1000.0,
    "re": 5.0,
    "n": 1.0,
    "q": 0.5,
    "pa": 25.0,
}
SKY = {"name": "sky", "type": "sky", "level": 2.0, "dx": 0.1, "dy": -0.05, "x": 30, "y": 20}


@pytest.fixture
def render(tmp_path):
    def do(components, *options, **tables):
        tables = {"image": {"shape": [60, 50], "zeropoint": 20.0}} | tables
        (tmp_path / "scene.toml").write_text(cli_support.scene_text(tables, components))
        finished = run("render", tmp_path / "scene.toml", "-o", tmp_path / "model.fits", *options)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout, fits.open(tmp_path / "model.fits")

    return do


def test_pixels_in_the_convention_of_files(render):
    stdout, model = render([GALAXY, SKY])
    assert re.fullmatch(r"wrote .*/model\.fits\n", stdout)
    rows, columns = np.mgrid[1:51, 1:61]
    expected = 2.0 + 0.1 * (columns - 30) - 0.05 * (rows - 20)
    expected = expected + cli_support.sersic_light(
        (50, 60), 31.3, 24.8, 1000.0, 5.0, 1.0, 0.5, 25.0, oversample=41
    )
    assert len(model) == 1
    # The samples' own error is largest at the kink of the centre.
    np.testing.assert_allclose(model["MODEL"].data, expected, atol=3e-3)
    outside = np.hypot(columns - 31.3, rows - 24.8) > 4
    np.testing.assert_allclose(model["MODEL"].data[outside], expected[outside], atol=1e-4)


def test_magnitudes(render):
    bright = {key: value for key, value in GALAXY.items() if key != "flux"} | {"mag": 12.5}
    ours = render([bright], image={"shape": [60, 50], "zeropoint": 20.0, "exptime": 2.0})[1][
        "MODEL"
    ].data.copy()
    # 2 s * 10^(0.4 * 7.5) counts a second
    np.testing.assert_allclose(ours, 2.0 * render([GALAXY])[1]["MODEL"].data, rtol=1e-5)


def test_components_add_up_after_the_psf(render, tmp_path):
    fits.writeto(tmp_path / "psf.fits", cli_support.gaussian_psf())
    point = {"name": "Star", "type": "pointsource", "x": 20, "y": 30, "flux": 7.0}
    model = render([GALAXY, point, SKY], "--components", psf={"file": "psf.fits"})[1]
    assert [hdu.name for hdu in model] == ["MODEL", "DISC", "STAR", "SKY"]
    total = sum(model[name].data for name in ("DISC", "STAR", "SKY"))
    np.testing.assert_allclose(model["MODEL"].data, total, atol=1e-5)
    light = np.zeros((50, 60))
    light[29, 19] = 7.0
    np.testing.assert_allclose(
        model["STAR"].data, fftconvolve(light, cli_support.gaussian_psf(), "same"), atol=1e-9
    )


def test_the_certificate_holds(render):
    stdout, coarse = render([GALAXY], "--certificate", "--rtol", "1e-3", "--atol", "1e-6")
    assert "largest bound" in stdout and "sum of all bounds" in stdout
    assert "rtol 0.001, atol 1e-06" in stdout
    bound = coarse["BOUND"].data.copy()
    coarse_pixels = coarse["MODEL"].data.copy()
    fine = render([GALAXY], "--rtol", "1e-10", "--atol", "1e-13")[1]["MODEL"].data
    assert np.all(np.abs(coarse_pixels - fine) <= bound + 1e-10)
    assert bound.max() <= 1e-3 * coarse_pixels.max() + 1e-6 * 1000


def test_the_wcs_follows_the_region(field, tmp_path):
    scene = field.write_scene(tmp_path / "scene.toml")
    finished = run("render", scene, "-o", tmp_path / "model.fits")
    assert finished.returncode == 0, finished.stderr
    header = fits.getheader(tmp_path / "model.fits")
    assert (header["CRPIX1"], header["CRPIX2"]) == (40.5 - 10, 33.25 - 5)
    assert header["REGION"] == "[11:80,6:75]"


def test_threads_change_nothing(render):
    one = render([GALAXY, SKY], "--threads", "1")[1]["MODEL"].data.copy()
    np.testing.assert_array_equal(render([GALAXY, SKY], "--threads", "3")[1]["MODEL"].data, one)


def test_notes_warnings_and_the_file_are_told(field, tmp_path):
    """The image has an extension that is not named (a note) and the galaxy lies outside the region (a warning)."""
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(field.data)]).writeto(tmp_path / "image.fits")
    tables = field.tables(image={"file": tmp_path / "image.fits"})
    scene = field.write_scene(tmp_path / "scene.toml", tables, field.components(x=5))
    finished = run("render", scene, "-o", tmp_path / "model.fits")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("note: image.file: no extension given")
    assert finished.stdout.endswith(f"wrote {tmp_path}/model.fits\n")
    assert finished.stderr.startswith("gaxel: warning: big one: ")
    quiet = run("render", scene, "-o", tmp_path / "quiet.fits", "--quiet", "--certificate")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", finished.stderr)
    assert (tmp_path / "quiet.fits").exists()


HOLE = {"type": "truncation", "name": "hole", "x": 20, "y": 20, "rbreak": 8, "softening": 3}


def test_truncations_that_cut_nothing_are_warnings(tmp_path):
    def told(*components):
        scene = tmp_path / "scene.toml"
        scene.write_text(scene_text({"image": {"shape": [40, 40]}}, list(components)))
        finished = run("render", scene, "-o", tmp_path / "model.fits")
        assert finished.returncode == 0, finished.stderr
        return finished.stderr

    disc = {"type": "exponential", "x": 20, "y": 20, "flux": 10, "re": 5}
    assert "warning" not in told({**disc, "inner": ["hole"]}, HOLE)
    assert "warning: hole: cuts nothing" in told(disc, HOLE)
    assert "warning: the scene has truncations only" in told(HOLE)
