"""GALFIT's and GALFITM's example files, fitted as they are to light that they describe."""

import re
import shutil

import cli_support
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

EXAMPLES = cli_support.ROOT / "tests/legacy/data"
NOISE = 0.002  # of the brightest pixel


def named(text, key):
    """Names of files on a control line, one for each band."""
    found = re.search(rf"(?m)^{key}\)\s+(\S+)", text)
    return found[1].split(",") if found else []


def write(path, pixels, header):
    """An image, in the extension that its name may end in."""
    name, bracket, _ = path.name.partition("[")
    if not bracket:
        fits.writeto(path, pixels, header)
        return
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(pixels, header)]).writeto(path.with_name(name))


def simulate(folder, name):
    """Makes every file that an example names: images are its own light in noise."""
    for path in EXAMPLES.iterdir():
        shutil.copy(path, folder)
    feedme = folder / f"{name}.feedme"
    text = feedme.read_text()
    (folder / "kernel.txt").write_text("0 0.1 0\n0.1 0.6 0.1\n0 0.1 0\n")
    x1, x2, y1, y2 = map(int, re.search(r"(?m)^H\)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", text).groups())
    shape = (y2, x2)
    region = (y2 - y1 + 1, x2 - x1 + 1)
    fine = float((re.search(r"(?m)^E\)\s+([\d.]+)", text) or [0, 1])[1])
    for psf in {psf for psf in named(text, "D") if psf != "none"}:
        fits.writeto(folder / psf, cli_support.gaussian_psf(2 * int(12 * fine) + 1, fwhm=3 * fine))
    without_images = re.sub(r"(?m)^A\).*\n", "", text)
    (folder / "light.feedme").write_text(without_images)
    finished = cli_support.run("render", folder / "light.feedme", "-o", folder / "light.fits")
    assert finished.returncode == 0, finished.stderr
    with fits.open(folder / "light.fits") as hdus:
        drawn = [hdu.data.astype(float) for hdu in hdus if hdu.data is not None and hdu.data.shape == region]
    light = [np.pad(model, ((y1 - 1, 0), (x1 - 1, 0))) for model in drawn]
    images = named(text, "A") or ["image.fits"]
    if not named(text, "A"):
        feedme.write_text("A) image.fits\n" + text)
    assert len(light) == len(images)
    rng = np.random.default_rng(7)
    for image, model in zip(images, light, strict=True):
        sigma = NOISE * (model.max() - model.min())
        header = fits.Header({"EXPTIME": 1.0, "GAIN": 1 / sigma, "NCOMBINE": 1})
        write(folder / image, model + rng.normal(0, sigma, model.shape), header)
        for key in ("C", "F"):
            for i, file in enumerate(named(text, key)):
                if file != "none" and (len(images) == 1 or images[i] == image):
                    pixels = np.full(shape, sigma) if key == "C" else np.zeros(shape)
                    fits.writeto(folder / file, pixels)
    return feedme


@pytest.mark.parametrize(
    "name", ["single_sersic", "bulge_disc", "spiral_ring", "multiband_band", "multiband_cheb"]
)
def test_example_is_fitted(tmp_path, name):
    feedme = simulate(tmp_path, name)
    finished = cli_support.run("fit", feedme, "-o", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    found = Table.read(tmp_path / "out/parameters.ecsv")
    assert found.meta["stopped"] == "converged"
    assert list((tmp_path / "out").glob("*galfit.01"))
    assert (tmp_path / "out/fit.log").exists()
    assert cli_support.OUTPUTS <= {path.name for path in (tmp_path / "out").iterdir()}
