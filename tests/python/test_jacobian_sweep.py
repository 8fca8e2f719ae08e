"""Derivatives of random galaxies against differences of exact pixels in extended precision."""

import gaxel
import numpy as np
import pytest
from exact_pixels import precise_pixels

SHAPE = (16, 16)


def galaxy_of(seed):
    rng = np.random.default_rng([2026, seed])

    def between(low, high):
        return float(low * (high / low) ** rng.uniform())

    galaxy = {"n": between(0.3, 10.0), "q": between(0.05, 1.0), "re": between(0.5, 50.0)}
    return {
        **galaxy,
        "x": float(rng.uniform(2, 13)),
        "y": float(rng.uniform(2, 13)),
        "theta": float(rng.uniform(-np.pi, np.pi)),
    }


def scale_of(galaxy, key):
    """Over what change of a parameter the pixels bend: a shift must not carry the cusp across a pixel's edge."""
    if key in "xy":
        to_edge = abs((galaxy[key] % 1.0) - 0.5)
        return min(to_edge, galaxy["q"] * galaxy["re"])
    return min(galaxy["q"], 0.1) if key == "theta" else galaxy[key]


def derivative(galaxy, key):
    """Six-point differences, and how far the four-point ones of the same pixels are off."""
    h = 2e-3 * scale_of(galaxy, key)

    def slope(steps):
        low, high = galaxy[key] - steps * h, galaxy[key] + steps * h
        ends = [precise_pixels(**{**galaxy, key: value}, shape=SHAPE)[0] for value in (low, high)]
        return (ends[1] - ends[0]) / (np.longdouble(high) - np.longdouble(low))

    near, middle, far = slope(1), slope(2), slope(3)
    six = 1.5 * near - 0.6 * middle + 0.1 * far
    four = (4 * near - middle) / 3
    return six.astype(float), float(np.abs(six - four).max())


@pytest.mark.parametrize("seed", range(20))
def test_derivatives_of_random_galaxies(seed):
    values = galaxy_of(seed)
    galaxy = gaxel.Sersic(flux=1.0, **values)
    image, jacobian = gaxel.render_with_jacobian(galaxy, SHAPE, rtol=1e-10, atol=1e-13)
    truth, error = precise_pixels(**values, shape=SHAPE)
    assert (np.abs(image - truth) <= 1e-13 + 1e-10 * truth + error).all(), values
    for name, of_image in zip(gaxel.parameter_names(galaxy), jacobian, strict=True):
        key = name.removeprefix("sersic1.")
        slope, off = (truth, 0.0) if key == "flux" else derivative(values, key)
        largest = np.abs(slope).max()
        assert off < 1e-9 * largest, name
        assert np.abs(of_image - slope).max() <= 1e-8 * largest, (name, values)
