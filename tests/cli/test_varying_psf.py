"""Scenes whose PSF changes over the image."""

import sys
from pathlib import Path

import cli_support
import numpy as np
import pytest
from astropy.io import fits
from cli_support import run

sys.path.insert(0, str(Path(__file__).parents[1] / "python"))
from psfex_writer import write_psfex

IMAGE = {"shape": [60, 50]}
PLACES = [(10.0, 12.0), (50.0, 12.0), (10.0, 40.0), (50.0, 40.0)]


def galaxy(x: float, y: float, name: str = "galaxy") -> dict[str, object]:
    return {
        "name": name,
        "type": "sersic",
        "x": x,
        "y": y,
        "flux": 100.0,
        "re": 2.0,
        "n": 1.5,
        "q": 0.6,
        "pa": 30.0,
    }


@pytest.fixture
def render(tmp_path: Path):
    def do(components, psf, *options, image=IMAGE):
        text = cli_support.scene_text({"image": image, "psf": psf}, components)
        (tmp_path / "scene.toml").write_text(text)
        finished = run("render", tmp_path / "scene.toml", "-o", tmp_path / "model.fits", *options)
        assert finished.returncode == 0, finished.stderr
        with fits.open(tmp_path / "model.fits") as model:
            return [hdu.data.copy() for hdu in model if hdu.data is not None]

    return do


@pytest.fixture
def grid(tmp_path: Path):
    """PSFs of growing width at PLACES."""
    for i in range(4):
        fits.writeto(tmp_path / f"psf{i}.fits", cli_support.gaussian_psf(fwhm=2.5 + i))
    return {"grid": [{"file": f"psf{i}.fits", "x": x, "y": y} for i, (x, y) in enumerate(PLACES)]}


def test_at_the_positions_of_a_grid_it_is_their_psf(render, grid):
    components = [galaxy(*place, f"g{i}") for i, place in enumerate(PLACES)]
    model, *parts = render(components, grid, "--components")
    for i, component in enumerate(components):
        expected = render([component], {"file": f"psf{i}.fits"})[0]
        np.testing.assert_allclose(parts[i], expected, atol=1e-6)
    np.testing.assert_allclose(model, np.sum(parts, axis=0), atol=1e-6)


def test_between_them_it_is_their_mean(render, grid, tmp_path):
    mean = np.mean([cli_support.gaussian_psf(fwhm=2.5 + i) for i in range(4)], axis=0)
    fits.writeto(tmp_path / "mean.fits", mean)
    middle = galaxy(30.0, 26.0)
    np.testing.assert_allclose(
        render([middle], grid)[0], render([middle], {"file": "mean.fits"})[0], atol=1e-6
    )


def test_a_psfex_model_is_recognised_and_counts_pixels_of_the_whole_image(render, tmp_path):
    # exp(-r^2 / 2 s^2) with s^2 growing linearly in x: the first two terms of its series.
    offset = np.arange(25) - 12
    square = offset[:, np.newaxis] ** 2 + offset**2
    gaussian = np.exp(-square / 8.0)
    mask = np.array([gaussian, gaussian * (square / 8.0 - 1.0)])
    path = write_psfex(
        tmp_path / "model.psf", mask, zeros=(30.0, 0.0), scales=(100.0, 1.0), groups=(1, 2), degrees=(1, 0)
    )
    del path
    fits.writeto(tmp_path / "big.fits", np.zeros((50, 60)))
    at_40 = galaxy(40.0, 20.0)
    whole = render([at_40], {"file": "model.psf"}, image={"file": "big.fits"})[0]
    cut = render([at_40], {"file": "model.psf"}, image={"file": "big.fits", "region": [21, 60, 5, 40]})[0]
    np.testing.assert_allclose(cut, whole[4:40, 20:60], atol=1e-6)
    moments = [
        second_moment(render([galaxy(x, 25.0)], {"file": "model.psf"})[0], x, 25.0) for x in (30.0, 40.0)
    ]
    # The polynomial adds 0.1 * (E[r^2 r^2 / 8] - E[r^2]) = 0.1 * 8 to the mean of r^2 = 8: a tenth.
    assert moments[1] - moments[0] == pytest.approx(0.8, abs=0.05)


def second_moment(image, x: float, y: float) -> float:
    rows, columns = np.mgrid[1 : image.shape[0] + 1, 1 : image.shape[1] + 1]
    inside = np.hypot(columns - x, rows - y) < 18
    return float(np.sum((image * ((columns - x) ** 2 + (rows - y) ** 2))[inside]) / np.sum(image[inside]))


def test_a_fit_through_a_grid(render, grid, tmp_path):
    truth = galaxy(22.0, 30.0)
    data = render([truth], grid)[0]
    fits.writeto(tmp_path / "data.fits", data)
    fits.writeto(tmp_path / "sigma.fits", np.full(data.shape, 0.01))
    start = truth | {"flux": 80.0, "re": 3.0}
    text = cli_support.scene_text(
        {"image": {"file": "data.fits"}, "noise": {"sigma": "sigma.fits"}, "psf": grid}, [start]
    )
    (tmp_path / "fit.toml").write_text(text)
    finished = run("fit", tmp_path / "fit.toml", "-o", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    with fits.open(tmp_path / "out" / "block.fits") as block:
        assert np.abs(block["RESIDUAL"].data).max() < 1e-4
        np.testing.assert_allclose(block["GALAXY"].data, block["MODEL"].data, atol=1e-6)
    again = run("render", tmp_path / "out" / "result.toml", "-o", tmp_path / "again.fits")
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize(
    ("psf", "key"),
    [
        ({"grid": [{"file": "psf0.fits", "x": 1.0}]}, "y"),
        ({"grid": [{"file": "psf0.fits", "x": 1.0, "y": 1.0}], "file": "psf0.fits"}, "file"),
        (
            {"grid": [{"file": "psf0.fits", "x": 1.0, "y": 1.0}, {"file": "psf1.fits", "x": 2.0, "y": 2.0}]},
            "grid",
        ),
        ({"grid": 3}, "grid"),
    ],
)
def test_grids_that_are_wrong(grid, tmp_path, psf, key):
    (tmp_path / "scene.toml").write_text(
        cli_support.scene_text({"image": IMAGE, "psf": psf}, [galaxy(5.0, 5.0)])
    )
    finished = run("render", tmp_path / "scene.toml", "-o", tmp_path / "model.fits")
    assert finished.returncode == 2
    assert key in finished.stderr
