"""Pixels from Python against independent truth, and what goes in and out of render."""

import sys
import threading

import gaxel
import numpy as np
import pytest
from scipy.integrate import dblquad
from scipy.special import erf, gamma, gammaincinv

GALAXY = gaxel.Sersic(x=10.3, y=7.8, flux=50.0, re=3.0, n=1.7, q=0.55, theta=0.9)


def sersic(x, y, galaxy):
    """Surface brightness of a Sersic profile, from its definition."""
    b = gammaincinv(2.0 * galaxy.n, 0.5)
    cos, sin = np.cos(galaxy.theta), np.sin(galaxy.theta)
    dx, dy = x - galaxy.x, y - galaxy.y
    r = np.hypot(dx * cos + dy * sin, (dy * cos - dx * sin) / galaxy.q) / galaxy.re
    total = 2.0 * np.pi * galaxy.n * b ** (-2.0 * galaxy.n) * gamma(2.0 * galaxy.n) * galaxy.re**2 * galaxy.q
    return galaxy.flux / total * np.exp(-b * r ** (1.0 / galaxy.n))


def gaussian_image(shape, x, y, flux, sigma_x, sigma_y):
    """Exact pixels of a Gaussian along the axes."""

    def along(n, center, sigma):
        edges = (np.arange(n + 1) - 0.5 - center) / (sigma * np.sqrt(2.0))
        return 0.5 * np.diff(erf(edges))

    return flux * np.outer(along(shape[0], y, sigma_y), along(shape[1], x, sigma_x))


def sigma_of(re):
    return re / np.sqrt(2.0 * np.log(2.0))


@pytest.mark.parametrize(("row", "col"), [(7, 13), (5, 10), (12, 2), (0, 19), (9, 11)])
def test_pixels_are_integrals(row, col):
    image = gaxel.render(GALAXY, (15, 20), rtol=1e-10, atol=1e-13)
    truth, _ = dblquad(
        lambda y, x: sersic(x, y, GALAXY),
        col - 0.5,
        col + 0.5,
        row - 0.5,
        row + 0.5,
        epsabs=1e-13,
        epsrel=1e-12,
    )
    assert image[row, col] == pytest.approx(truth, rel=1e-10)


def test_gaussian_closed_form():
    gaussian = gaxel.Gaussian(x=12.4, y=9.7, flux=-3.0, re=2.0, q=0.5, theta=np.pi / 2)
    truth = gaussian_image((20, 25), 12.4, 9.7, -3.0, sigma_of(1.0), sigma_of(2.0))
    image = gaxel.render(gaussian, shape=(20, 25), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(image, truth, rtol=1e-10, atol=3e-13)


def test_components_add_and_sky_is_a_plane():
    sky = gaxel.Sky(level=2.0, slope_x=0.1, slope_y=-0.2, x=3.0, y=1.0)
    rows, cols = np.indices((15, 20))
    plane = 2.0 + 0.1 * (cols - 3.0) - 0.2 * (rows - 1.0)
    alone = gaxel.render(GALAXY, (15, 20))
    np.testing.assert_allclose(gaxel.render([GALAXY, sky], (15, 20)), alone + plane, rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(gaxel.render([GALAXY, GALAXY], (15, 20)), 2.0 * alone, rtol=1e-14)
    assert not gaxel.render([], (2, 3)).any()


def test_a_sky_without_a_pivot_turns_about_the_middle():
    image = gaxel.render(gaxel.Sky(level=1.0, slope_x=0.5, slope_y=2.0), (4, 7))
    assert image.mean() == pytest.approx(1.0, rel=1e-14)
    assert image[0, 1] - image[0, 0] == pytest.approx(0.5)


def test_left_out_shape_takes_the_fallback():
    round_disc = gaxel.Exponential(x=5.0, y=5.0, flux=1.0, re=2.0)
    explicit = round_disc.replace(q=1.0, theta=0.0)
    np.testing.assert_array_equal(gaxel.render(round_disc, (11, 11)), gaxel.render(explicit, (11, 11)))


def test_magnitude_is_flux():
    with_mag = gaxel.Gaussian(x=5.0, y=5.0, mag=20.0, zeropoint=25.0, re=2.0)
    with_flux = gaxel.Gaussian(x=5.0, y=5.0, flux=100.0, re=2.0)
    np.testing.assert_allclose(
        gaxel.render(with_mag, (11, 11)), gaxel.render(with_flux, (11, 11)), rtol=1e-13
    )


def test_out_is_written_in_place():
    out = np.full((15, 20), np.nan)
    result = gaxel.render(GALAXY, out=out)
    assert result is out
    np.testing.assert_array_equal(out, gaxel.render(GALAXY, (15, 20)))
    image, _ = gaxel.render(GALAXY, out=out, certificate=True)
    assert image is out
    part = np.zeros((3, 15, 20))[1]  # a slice that is contiguous itself
    assert gaxel.render(GALAXY, out=part) is part


def test_results_own_their_memory():
    image, certificate = gaxel.render(GALAXY, (15, 20), certificate=True)
    bound = certificate.bound
    assert bound.shape == (15, 20)
    assert certificate.max_bound == bound.max() and certificate.sum_bound == pytest.approx(bound.sum())
    kept = bound.copy()
    del certificate
    for _ in range(20):
        gaxel.render(GALAXY, (15, 20), certificate=True)
    np.testing.assert_array_equal(bound, kept)
    assert image.dtype == np.float64 and image.flags.c_contiguous and image.flags.writeable


@pytest.mark.parametrize("psf", [None, np.outer([1.0, 3.0, 1.0], [1.0, 2.0, 1.0])])
@pytest.mark.filterwarnings("ignore::gaxel.PsfWarning")
def test_threads_get_equal_bits(psf):
    galaxies = [GALAXY, gaxel.DeVaucouleurs(x=20.1, y=11.3, flux=9.0, re=4.0, q=0.3, theta=0.2)]
    expected = gaxel.render(galaxies, (40, 50), psf)
    results = [None] * 8

    def work(i):
        results[i] = gaxel.render(galaxies, (40, 50), psf, threads=1 + i % 2)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        np.testing.assert_array_equal(result, expected)


def test_the_gil_is_released():
    started, finished = threading.Event(), threading.Event()
    out = np.empty((1500, 1500))

    def work():
        started.set()
        gaxel.render(GALAXY, out=out, rtol=1e-12, atol=1e-15)
        finished.set()

    def main_ran_meanwhile():
        started.clear()
        finished.clear()
        thread = threading.Thread(target=work)
        thread.start()
        started.wait()
        meanwhile = not finished.is_set()
        thread.join()
        return meanwhile

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000.0)  # from here on threads take turns only where the GIL is given up
    try:
        assert any(main_ran_meanwhile() for _ in range(5))
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"shape": (0, 5)}, ["shape = (0, 5)", "above 0"]),
        ({"shape": (5,)}, ["shape = (5,)", "(ny, nx)"]),
        ({"shape": (5, 4.0)}, ["shape", "whole numbers"]),
        ({"shape": None}, ["shape = None"]),
        ({"shape": (2**20, 2**20)}, ["shape = (1048576, 1048576)", "too large", "2**31 pixels"]),
        ({"rtol": 0.0}, ["rtol"]),
        ({"rtol": "1"}, ["rtol = '1'"]),
        ({"rtol": np.nan}, ["rtol = nan"]),
        ({"rtol": 1.0}, ["rtol = 1", "above 0, below 1"]),
        ({"rtol": 5}, ["rtol = 5", "above 0, below 1"]),
        ({"atol": 1.0}, ["atol = 1", "at least 0, below 1"]),
        ({"atol": -1e-9}, ["atol"]),
        ({"threads": -1}, ["threads = -1", "0 or more"]),
        ({"threads": 1.5}, ["threads = 1.5"]),
        ({"out": np.zeros((5, 4))}, ["out", "shape (5, 4)", "shape (5, 5)"]),
        ({"out": np.zeros((5, 5), np.float32)}, ["out", "float32", "float64"]),
        ({"out": np.zeros((5, 5), ">f8")}, ["out", "float64"]),
        ({"out": np.zeros((5, 5)).T[::-1]}, ["out", "C-contiguous"]),
        ({"out": [[0.0]]}, ["out", "list"]),
        ({"components": "sersic"}, ["components", "not a component"]),
        ({"components": [gaxel.Sersic(x=1, y=1, re=1, n=1)]}, ["sersic1.flux", "flux or mag"]),
        ({"components": [gaxel.Sky(), gaxel.Sky()]}, ["sky1.level", "not given"]),
    ],
)
def test_bad_arguments_are_named(arguments, words):
    arguments = {"components": GALAXY, "shape": (5, 5), **arguments}
    with pytest.raises(gaxel.InputError) as error:
        gaxel.render(**arguments)
    for word in words:
        assert word in str(error.value)


def test_read_only_out_is_refused():
    out = np.zeros((5, 5))
    out.flags.writeable = False
    with pytest.raises(gaxel.InputError, match="out"):
        gaxel.render(GALAXY, out=out)
