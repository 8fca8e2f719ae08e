"""The radial laws of the registry written out in numpy, and pixels of them by an integration of their own."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaincinv


@dataclass(frozen=True)
class Law:
    """Light at a radius along the major axis, to an unknown factor; nothing beyond `edge`."""

    light: Any
    edge: float = np.inf
    beyond: Any = None  # closed form of the integral of 2 pi r light from a radius to infinity


def sersic(re, n, **_):
    b = gammaincinv(2.0 * n, 0.5)
    return Law(
        lambda r: np.exp(-b * (r / re) ** (1.0 / n)),
        beyond=lambda r: 0.0,  # at the radii where it is asked for
    )


def moffat(fwhm, beta, **_):
    rd = 0.5 * fwhm / np.sqrt(2.0 ** (1.0 / beta) - 1.0)
    return Law(
        lambda r: (1.0 + (r / rd) ** 2) ** -beta,
        beyond=lambda r: np.pi * rd**2 / (beta - 1.0) * (1.0 + (r / rd) ** 2) ** (1.0 - beta),
    )


def king(rc, rt, alpha, **_):
    def light(r):
        # (A^p - B^p)^(1/p) with A^p - B^p taken together, so that nothing is lost next to rt.
        inner = 1.0 + (r / rc) ** 2
        log_ratio = np.log1p((rt - r) * (rt + r) / (rc**2 * inner))
        return np.where(r < rt, (inner ** (-1.0 / alpha) * -np.expm1(-log_ratio / alpha)) ** alpha, 0.0)

    return Law(light, edge=rt)


def ferrers(rout, alpha, beta, **_):
    def light(r):
        with np.errstate(divide="ignore"):
            inside = -np.expm1((2.0 - beta) * np.log(np.minimum(r / rout, 1.0)))
        return np.where(r < rout, inside**alpha, 0.0)

    return Law(light, edge=rout)


LAWS = {
    "sersic": sersic,
    "exponential": lambda **p: sersic(n=1.0, **p),
    "devaucouleurs": lambda **p: sersic(n=4.0, **p),
    "gaussian": lambda **p: sersic(n=0.5, **p),
    "moffat": moffat,
    "king": king,
    "ferrers": ferrers,
}

# Shapes that the tests draw from: (least, largest), radii in units of the size. Laws without shapes have no entry.
SHAPES = {
    "sersic": {"n": (0.4, 5.0)},
    "moffat": {"beta": (1.3, 8.0)},
    "king": {"rt": (1.5, 12.0), "alpha": (0.4, 5.0)},
    "ferrers": {"alpha": (0.4, 4.0), "beta": (-2.0, 1.2)},
}

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)


def panels(ends):
    """Gauss-Legendre nodes and weights on the intervals between consecutive ends."""
    ends = np.asarray(ends, dtype=float)
    half = 0.5 * np.diff(ends)
    nodes = (ends[:-1] + half)[:, None] + half[:, None] * _NODES
    return nodes.ravel(), (half[:, None] * _WEIGHTS).ravel()


# r' = r e^-w; for laws with an edge panels that shrink towards w = 0, where their light may be singular.
_SMOOTH = panels(np.concatenate([np.arange(0.0, 4.0, 0.25), np.arange(4.0, 25.0)]))
_FAR = panels(np.arange(0.0, 50.0, 0.125))
_TO_EDGE = panels(np.concatenate([[0.0], 2.0 ** np.arange(-44.0, 0.0), np.arange(1.0, 25.0)]))


def enclosed(law, radii, rule=_SMOOTH):
    """Integral of 2 pi r light inside each radius, q = 1."""
    w, weights = _TO_EDGE if np.isfinite(law.edge) else rule
    inside = np.minimum(np.asarray(radii, dtype=float), law.edge)
    r = inside[..., None] * np.exp(-w)
    return 2.0 * np.pi * (law.light(r) * r**2) @ weights


def total(law, far):
    """All of it: inside `far`, where light that has no end is negligible or given by a closed form, and beyond."""
    if np.isfinite(law.edge):
        return enclosed(law, law.edge)
    return enclosed(law, far, _FAR) + law.beyond(far)


def _edge_integral(law, height, start, end):
    """Of the flux inside over 2 pi, to the angle seen from the centre, along a line from tau = start to end at
    `height` from the centre: with tau = height sinh x it is smooth in x."""
    marks = {start, end, *(mark for mark in (0.0,) if start < mark < end)}
    if height < law.edge < np.inf:
        crossing = np.sqrt((law.edge - height) * (law.edge + height))
        gaps = crossing * np.concatenate([[0.0], 4.0 ** -np.arange(0.0, 24.0)])
        marks |= {
            sign * (crossing - gap)
            for gap in gaps
            for sign in (-1, 1)
            if start < sign * (crossing - gap) < end
        }
    x = np.arcsinh(np.array(sorted(marks)) / height)
    ends = np.concatenate([np.linspace(a, b, 2 + int(3.0 * (b - a))) for a, b in zip(x, x[1:], strict=False)])
    nodes, weights = panels(np.unique(ends))
    return weights @ (enclosed(law, height * np.cosh(nodes)) / np.cosh(nodes)) / (2.0 * np.pi)


def pixel(law, far, row, col, *, x, y, flux, q, theta, size=1.0):
    """Flux in a pixel, or in a square of another size: by angles about the centre, edge by edge, of the image of the
    square in which the ellipses are circles. The centre must not lie on an edge."""
    half = 0.5 * size
    corners = np.array([(-half, -half), (half, -half), (half, half), (-half, half)]) + (col - x, row - y)
    u = corners @ (np.cos(theta), np.sin(theta))
    v = corners @ (-np.sin(theta), np.cos(theta)) / q
    sum_of_edges = 0.0
    for k in range(4):
        here = np.array((u[k], v[k]))
        step = np.array((u[(k + 1) % 4], v[(k + 1) % 4])) - here
        length = np.hypot(*step)
        direction = step / length
        height = here[0] * direction[1] - here[1] * direction[0]
        start = here @ direction
        sum_of_edges += np.sign(height) * _edge_integral(law, abs(height), start, start + length)
    return flux * sum_of_edges / total(law, far)
