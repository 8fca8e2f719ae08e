"""Components of the type "image" from the command line: fit, restart, render, inspect."""

import re
import tomllib

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from cli_support import run, scene_text
from scipy.signal import fftconvolve

PLACE = {"x": 33.0, "y": 27.0}  # FITS pixels


def light(shape, x, y, width):
    """A lopsided source, 1-based; width: how large it is."""
    row, column = np.mgrid[1 : shape[0] + 1, 1 : shape[1] + 1].astype(float)
    u, v = (column - x) / width, (row - y) / width
    return np.exp(-(u**2 + 0.3 * u * v + 2.0 * v**2) / 2.0) * (1.3 + np.tanh(u)) / width**2


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A stamp, and data that hold its light at PLACE, once as it is and once 1.5 times as large through a PSF."""
    folder = tmp_path_factory.mktemp("image")
    rng = np.random.default_rng(11)
    (folder / "stamps").mkdir()
    stamp = fits.ImageHDU(light((41, 45), 23.0, 21.0, 4.0), name="STAMP")
    fits.HDUList([fits.PrimaryHDU(), stamp]).writeto(folder / "stamps/it's.fits")
    axis = np.arange(-10, 11)
    psf = np.exp(-(axis[:, None] ** 2 + axis**2) / (2 * 1.5**2))
    fits.writeto(folder / "psf.fits", psf)
    model = light((60, 70), PLACE["x"], PLACE["y"], 6.0)
    model = 9000.0 * fftconvolve(model / model.sum(), psf / psf.sum(), mode="same") + 2.0
    fits.writeto(folder / "image.fits", model + rng.normal(scale=1.0, size=model.shape))
    return folder


def scene(**image):
    tables = {
        "image": {"file": "image.fits", "zeropoint": 25.0},
        "noise": {"sigma": 1.0},
        "psf": {"file": "psf.fits"},
    }
    text = scene_text(tables, [{"name": "arc", "type": "image"} | image])
    return text + 'file = "stamps/it\'s.fits[STAMP]"\n\n[[component]]\ntype = "sky"\n'


def test_a_fit_finds_the_place_and_size_and_its_result_starts_there(folder, tmp_path):
    path = folder / "scene.toml"
    path.write_text(scene(mag={}, scale=1.0, pa=0.0))
    finished = run("fit", path, "-o", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    table = Table.read(tmp_path / "out/parameters.ecsv", format="ascii.ecsv")
    found = {row["parameter"]: row for row in table if row["component"] == "arc"}
    truth = PLACE | {"mag": 25.0 - 2.5 * np.log10(9000.0), "scale": 1.5, "pa": 0.0}
    assert list(found) == ["x", "y", "mag", "scale", "pa"]
    for parameter, value in truth.items():
        row = found[parameter]
        assert abs(row["value"] - value) < 4 * row["error"] + 2e-3, (parameter, row["value"], row["error"])
    result = tomllib.loads((tmp_path / "out/result.toml").read_text())
    assert result["component"][0]["file"] == f"{folder}/stamps/it's.fits[STAMP]"
    again = run("fit", tmp_path / "out/result.toml", "-o", tmp_path / "again", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    chi2 = [fits.getheader(tmp_path / name / "block.fits")["CHI2"] for name in ("out", "again")]
    assert chi2[0] == pytest.approx(chi2[1], rel=1e-6)
    with fits.open(tmp_path / "out/block.fits") as block:
        assert abs(block[0].header["CHI2"] / block[0].header["DOF"] - 1) < 0.1
        assert block["ARC"].data.sum() == pytest.approx(9000.0, rel=0.02)


def test_left_out_scale_and_angle_stay(folder, tmp_path):
    path = folder / "resting.toml"
    path.write_text(scene())
    finished = run("inspect", path)
    assert finished.returncode == 0, finished.stderr
    assert re.search(r"file +/.*it's.fits\[STAMP\] \(45 x 41 pixels, sum ", finished.stdout)
    assert re.search(r"scale +1 +fixed\n +pa +0 deg +fixed\n", finished.stdout)
    assert "  4 free parameters" in finished.stdout


def test_a_render_is_the_stamp_moved(folder, tmp_path):
    path = folder / "render.toml"
    path.write_text(scene(x=PLACE["x"], y=PLACE["y"], flux=5.0, psf=False) + "level = 0\n")
    finished = run("render", path, "-o", tmp_path / "model.fits", "--certificate")
    assert finished.returncode == 0, finished.stderr
    stamp = fits.getdata(folder / "stamps/it's.fits", 1)
    model = fits.getdata(tmp_path / "model.fits")
    cut = model[27 - 21 : 27 + 20, 33 - 23 : 33 + 22]
    np.testing.assert_allclose(cut, 5.0 * stamp / stamp.sum(), atol=1e-14)
    refused = run("render", path, "--cells", tmp_path / "cells.svg", "--component", "arc")
    assert refused.returncode == 2 and "integrated on cells" in refused.stderr


def test_the_stamp_is_never_written_over(folder, tmp_path):
    path = folder / "render2.toml"
    path.write_text(scene(x=3, y=4, flux=5.0) + "level = 0\n")
    stamp = folder / "stamps/it's.fits"
    before = stamp.read_bytes()
    finished = run("render", path, "-o", stamp)
    assert finished.returncode != 0 and "it's.fits" in finished.stderr
    assert stamp.read_bytes() == before
