"""The study's galaxy and others like it, in its parameters: what the tests of gaxel.integration integrate."""

import gaxel
import numpy as np
from exact_pixels import exact_pixels
from scipy.special import gamma, gammaincinv

SIZE = (90, 100)
GALPARS = {"mag": -7.5, "log_re": 0.9, "log_n": 0.7, "x": 0.2, "y": 0.3, "q": 0.1, "theta": 0.1}
GALAXIES = {
    "the study's": GALPARS,
    "disc": {"mag": -5.0, "log_re": 0.6, "log_n": 0.0, "x": -3.3, "y": 1.6, "q": 0.45, "theta": 2.2},
    "steep": {"mag": -6.0, "log_re": 0.3, "log_n": 0.9, "x": 0.37, "y": -0.21, "q": 0.8, "theta": -1.0},
    "flat core": {"mag": -4.0, "log_re": 0.5, "log_n": -0.4, "x": 2.03, "y": 4.4, "q": 0.3, "theta": 0.8},
    "at the edge": {"mag": -9.0, "log_re": 1.2, "log_n": 0.5, "x": 17.1, "y": -15.3, "q": 0.6, "theta": 1.3},
}


def flux(pars):
    return 10 ** (-0.4 * pars["mag"])


def exact_bn(pars):
    return float(gammaincinv(2 * 10 ** pars["log_n"], 0.5))


def component(pars, size):
    """The galaxy as gaxel.render wants it, whose pixels count from the first one's centre."""
    return gaxel.Sersic(
        mag=pars["mag"],
        re=10 ** pars["log_re"],
        n=10 ** pars["log_n"],
        x=pars["x"] + 0.5 * (size[1] - 1),
        y=pars["y"] + 0.5 * (size[0] - 1),
        q=pars["q"],
        theta=pars["theta"],
    )


def rendered(pars, size):
    return gaxel.render(component(pars, size), size, rtol=1e-12, atol=1e-15)


def exact(pars, size):
    """The galaxy's pixels by a method that shares nothing with gaxel."""
    x, y = pars["x"] + 0.5 * (size[1] - 1), pars["y"] + 0.5 * (size[0] - 1)
    return flux(pars) * exact_pixels(
        10 ** pars["log_n"], pars["q"], 10 ** pars["log_re"], x, y, pars["theta"], size
    )


def light(i, j, pars):
    """The closed form in numpy (Graham & Driver 2005, eqs. 1 to 4)."""
    n, re, b = 10 ** pars["log_n"], 10 ** pars["log_re"], exact_bn(pars)
    dx, dy = j - pars["x"], i - pars["y"]
    u = dx * np.cos(pars["theta"]) + dy * np.sin(pars["theta"])
    v = (dy * np.cos(pars["theta"]) - dx * np.sin(pars["theta"])) / pars["q"]
    total = 2 * np.pi * n * re**2 * pars["q"] * b ** (-2 * n) * gamma(2 * n)
    return flux(pars) / total * np.exp(-b * (np.hypot(u, v) / re) ** (1 / n))
