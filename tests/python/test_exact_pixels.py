"""The truth itself: numpy's exact pixels against mpmath at 30 digits and against the reference images."""

import csv
import pathlib

import numpy as np
import pytest
from astropy.io import fits
from exact_pixels import LINE_ERROR, exact_pixels, precise_pixels, random_galaxy
from extended_precision import EPSILON, EnclosedFlux, gauss_legendre
from mpmath import mp

DATA = pathlib.Path(__file__).parents[1] / "data"
KEYS = ("n", "q", "re", "x", "y", "theta")


def corner_rows():
    with open(DATA / "corner_pixels.csv") as f:
        rows = list(csv.DictReader(f))
    for row in rows:
        at = int(row.pop("row")), int(row.pop("col"))
        yield {k: float(row[k]) for k in KEYS}, at, np.longdouble(row["flux"])


def test_agrees_with_mpmath_at_the_corners_of_the_parameter_space():
    for galaxy, at, flux in corner_rows():
        image = exact_pixels(**galaxy, shape=(16, 16))
        assert image[at] == pytest.approx(float(flux), rel=0, abs=3e-15), (galaxy, at)


def test_the_error_of_precise_pixels_is_no_less_than_the_difference_to_mpmath():
    for galaxy, at, flux in corner_rows():
        image, error = precise_pixels(**galaxy, shape=(16, 16))
        assert abs(image[at] - flux) <= error[at], (galaxy, at)


def test_the_error_of_precise_pixels_is_small():
    rng = np.random.default_rng(1)
    for _ in range(20):
        galaxy = random_galaxy(rng, shape=(32, 32))
        image, error = precise_pixels(**galaxy, shape=(32, 32))
        assert (error <= 1e-14 * np.abs(image) + LINE_ERROR).all(), galaxy
        # The other method, and an error that its rounding leaves.
        assert np.abs(image - exact_pixels(**galaxy, shape=(32, 32))).max() < 5e-15, galaxy
    assert LINE_ERROR < 1e-16


@pytest.mark.parametrize("case", range(20))
def test_agrees_with_the_reference_images(case):
    hdu = fits.open(DATA / "sersic_pixels.fits")[f"CASE{case:02d}"]
    galaxy = [hdu.header[k] for k in ("N", "Q", "RE", "XC", "YC", "THETA")]
    assert np.abs(exact_pixels(*galaxy, hdu.data.shape) - hdu.data).max() < 3e-15
    assert np.abs(precise_pixels(*galaxy, hdu.data.shape)[0] - hdu.data).max() < 3e-16


@pytest.mark.parametrize("n", [0.1, 0.73, 4.0, 20.0])
def test_enclosed_flux(n):
    enclosed = EnclosedFlux(n)
    with mp.workdps(30):
        a = 2 * mp.mpf(n)
        for x in (1e-30, 0.01, 0.3, 2.0, n, 2 * n, 2 * n + 5, 3 * n + 20):
            difference = mp.gammainc(a, 0, mp.mpf(x), regularized=True) - exactly(
                enclosed(np.array([x], np.longdouble))[0]
            )
            assert abs(difference) < 10 * EPSILON, x
        assert abs(exactly(enclosed.gamma) / mp.gamma(a) - 1) < 10 * EPSILON
        half = mp.gammainc(a, 0, exactly(enclosed.b), regularized=True)
        assert abs(half - 0.5) < 10 * EPSILON


def exactly(extended):
    high = float(extended)
    return mp.mpf(high) + mp.mpf(float(extended - high))


@pytest.mark.parametrize("count", [5, 24])
def test_gauss_legendre(count):
    nodes, weights = gauss_legendre(count)
    for power in range(0, 2 * count, 2):
        assert abs(weights @ nodes**power - 2 / np.longdouble(power + 1)) < 10 * EPSILON
