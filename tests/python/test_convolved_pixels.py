"""Profiles through a PSF against brute force: every pixel within the tolerance, and within what is certified."""

import gaxel
import numpy as np
import pytest
from convolved_truth import convolved_pixel, gaussian_kernel

SHAPE = (40, 48)
GALAXIES = {
    "cuspy": dict(x=22.3, y=19.8, re=6.0, n=4.0, q=0.6, theta=0.7),
    "tiny, on a corner": dict(x=22.5, y=19.5, re=0.3, n=4.0, q=0.8, theta=0.0),
    "tiny and steep": dict(x=22.0, y=19.5, re=0.3, n=8.0, q=0.3, theta=0.4),
    "Gaussian": dict(x=22.0, y=20.0, re=5.0, n=0.5, q=0.9, theta=1.0),
    "flat-topped": dict(x=20.0, y=20.0, re=7.0, n=0.2, q=0.7, theta=0.2),
    "near a corner": dict(x=1.2, y=38.0, re=12.0, n=2.5, q=0.3, theta=0.4),
    "centre outside": dict(x=-6.0, y=20.0, re=10.0, n=3.0, q=0.7, theta=0.3),
    "edge-on": dict(x=24.0, y=20.0, re=20.0, n=1.0, q=0.05, theta=0.5),
    "edge-on, near a corner": dict(x=2.0, y=3.0, re=8.0, n=1.5, q=0.1, theta=0.8),
}


def some_pixels(galaxy):
    """(col, row): a corner, the brightest pixels, and one along the major axis."""
    ny, nx = SHAPE
    col = int(np.clip(round(galaxy["x"]), 0, nx - 1))
    row = int(np.clip(round(galaxy["y"]), 0, ny - 1))
    x, y = (galaxy["x"] + 14 * np.cos(galaxy["theta"]), galaxy["y"] + 14 * np.sin(galaxy["theta"]))
    along = (int(np.clip(x, 0, nx - 1)), int(np.clip(y, 0, ny - 1)))
    return [(0, 0), (col, row), (min(col + 1, nx - 1), max(row - 1, 0)), along]


@pytest.mark.parametrize(("sigma", "oversample"), [(2.5, 1), (1.486, 2), (0.6, 4)])
@pytest.mark.parametrize("name", GALAXIES)
def test_pixels_are_those_of_brute_force(name, sigma, oversample):
    galaxy = dict(GALAXIES[name], flux=100.0)
    psf = gaxel.Psf(gaussian_kernel(sigma, oversample), oversample=oversample)
    image, certificate = gaxel.render([gaxel.Sersic(**galaxy)], SHAPE, psf=psf, certificate=True)
    assert not certificate.limit_hit
    for col, row in some_pixels(galaxy):
        exact = convolved_pixel(col, row, galaxy, sigma)
        error = abs(image[row, col] - exact)
        assert error <= 1e-9 * 100 + 1e-6 * abs(exact), (col, row)
        assert error <= certificate.bound[row, col] + 1e-13 * 100, (col, row)
