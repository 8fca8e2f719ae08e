"""Exact pixels of Sersic profiles in numpy and scipy: the truth that gaxel's pixels are compared with.

Shares no code and no method of sampling with gaxel: the flux F(<r) is scipy's incomplete gamma function, and the line
integral of F / (2 pi r^2) (u dv - v du) along a pixel's edge at distance h from the centre is, with tau = h sinh(t),
the integral of F(h cosh t) / (2 pi cosh t) dt, smooth for every h. Itself checked against mpmath (test_exact_pixels.py).
Absolute error about 1e-15 of the flux.
"""

import numpy as np
from scipy.special import gammainc, gammaincinv

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


def exact_pixels(n, q, re, x, y, theta, shape):
    """Flux in each pixel of a unit-flux Sersic profile, (ny, nx); 0-based pixel centres, theta from +x towards +y."""
    ny, nx = shape
    cols = np.arange(nx + 1) - 0.5 - x
    rows = np.arange(ny + 1) - 0.5 - y
    # Integrals along edges: upwards in y on the lines between columns, rightwards in x on the lines between rows.
    up = _edges(n, q, re, theta, cols[None, :], rows[:-1, None], cols[None, :], rows[1:, None])
    right = _edges(n, q, re, theta, cols[None, :-1], rows[:, None], cols[None, 1:], rows[:, None])
    return right[:-1, :] + up[:, 1:] - right[1:, :] - up[:, :-1]


def _edges(n, q, re, theta, x0, y0, x1, y1):
    x0, y0, x1, y1 = np.broadcast_arrays(x0, y0, x1, y1)
    shape = x0.shape
    x0, y0, x1, y1 = (a.ravel() for a in (x0, y0, x1, y1))
    c, s = np.cos(theta), np.sin(theta)

    def plane(dx, dy):
        return (dx * c + dy * s) / re, (dy * c - dx * s) / (q * re)

    (u0, v0), (u1, v1) = plane(x0, y0), plane(x1, y1)
    length = np.hypot(u1 - u0, v1 - v0)
    eu, ev = (u1 - u0) / length, (v1 - v0) / length
    # The cross product in the image: exactly zero on an edge through the centre.
    height = (x0 * (y1 - y0) - y0 * (x1 - x0)) / (q * re * re) / length
    h = np.abs(height)
    start = u0 * eu + v0 * ev
    result = np.zeros(h.size)
    some = np.flatnonzero(h > 0)
    h = h[some]
    t0, t1 = np.arcsinh(start[some] / h), np.arcsinh((start + length)[some] / h)
    # sech(t) F: nothing is left beyond |t| = 45.
    t0, t1 = np.clip(t0, -45, 45), np.clip(t1, -45, 45)
    panels = np.maximum(1, np.ceil((t1 - t0) / min(0.8, 1.2 * n))).astype(int)
    edge = np.repeat(np.arange(h.size), panels)
    index = np.arange(edge.size) - np.repeat(np.cumsum(panels) - panels, panels)
    half = 0.5 * (t1 - t0)[edge] / panels[edge]
    middle = t0[edge] + half * (2 * index + 1)
    a = 2 * n
    b = gammaincinv(a, 0.5)
    total = np.zeros(edge.size)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        t = middle + half * node
        r = h[edge] * np.cosh(t)
        total += weight * gammainc(a, b * r ** (1 / n)) / (2 * np.pi * np.cosh(t))
    result[some] = np.sign(height[some]) * np.bincount(edge, weights=half * total, minlength=h.size)
    return result.reshape(shape)


def random_galaxy(rng, *, shape):
    """Parameters over the whole stated range, a sixth of the centres each on a pixel's centre, corner or edge."""
    galaxy = {
        "n": float(0.1 * 200 ** rng.uniform()),
        "q": float(10 ** rng.uniform(-2, 0)),
        "re": float(10 ** rng.uniform(-2, 2)),
        "x": float(rng.uniform(-5, shape[1] + 4)),
        "y": float(rng.uniform(-5, shape[0] + 4)),
        "theta": float(rng.uniform(-np.pi, np.pi)),
    }
    kind = rng.integers(6)
    if kind < 3:
        galaxy["x"], galaxy["y"] = (
            round(galaxy["x"]) + 0.5 * (kind > 0),
            round(galaxy["y"]) + 0.5 * (kind > 1),
        )
    if rng.uniform() < 0.1:
        galaxy["theta"] = 0.0
    if rng.uniform() < 0.15:
        extreme = {"n": (0.1, 20.0), "q": (0.01, 1.0), "re": (0.01, 100.0)}
        key = ("n", "q", "re")[rng.integers(3)]
        galaxy[key] = extreme[key][rng.integers(2)]
    return galaxy
