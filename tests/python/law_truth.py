"""Pixels of light that is given by a formula, to some 1e-14 of its flux: by Green's theorem, edge by edge."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

_RULE = np.polynomial.legendre.leggauss(20)
# Panels between these, in the logarithm of a ratio of radii: light is a power there, or next to none.
_COARSE = np.array(
    [-300.0, -200.0, -140.0, -100.0, -70.0, -50.0, -36.0, -26.0, -18.0, -13.0, -10.0, -8.0, -6.5]
)
_LOG_RADII = np.concatenate(
    [_COARSE, np.arange(-5.5, 3.1, 0.25), np.arange(3.5, 12.1, 0.5), 2.0 ** np.arange(4, 7)]
)

SINGULAR = 0.0  # width of a mark at which the light is a power of the distance
KINK = np.inf  # of one with smooth light on both sides


def graded(width, reach=1.5):
    """0 and steps to both sides that grow from `width`, at least next to nothing, to `reach`."""
    steps = np.maximum(width, 1e-14) * 2.0 ** np.arange(60)
    steps = steps[steps < reach]
    return np.concatenate([-steps[::-1], [0.0], steps])


def panels(ends):
    """Nodes and weights between consecutive ends, along the last axis."""
    half = 0.5 * np.diff(ends)
    nodes = (ends[..., :-1] + half)[..., None] + half[..., None] * _RULE[0]
    weights = half[..., None] * _RULE[1]
    return nodes.reshape(*ends.shape[:-1], -1), weights.reshape(*ends.shape[:-1], -1)


class Cumulative:
    """The integral of f from 0 to x > 0. marks: places and widths, in ln x, where f changes its form."""

    def __init__(self, f, marks, edge=np.inf):
        self._f = f
        ends = [np.log(marks[0][0]) + _LOG_RADII, *(np.log(at) + graded(width) for at, width in marks)]
        ends = np.unique(np.concatenate(ends))
        self._ends = ends[ends <= np.log(edge)]
        whole = self._between(self._ends[:-1], self._ends[1:])
        self._inside = np.concatenate([[0.0], np.cumsum(whole)])

    def _between(self, low, high):
        half = 0.5 * (high - low)
        x = np.exp((low + half)[..., None] + half[..., None] * _RULE[0])
        return half * ((self._f(x) * x) @ _RULE[1])

    def total(self):
        return self._inside[-1]

    def __call__(self, x):
        log_x = np.clip(np.log(np.maximum(x, 1e-300)), self._ends[0], self._ends[-1])
        k = np.clip(np.searchsorted(self._ends, log_x) - 1, 0, len(self._ends) - 2)
        return self._inside[k] + self._between(self._ends[k], log_x)


@dataclass(frozen=True)
class Edge:
    """A line foot + along tau, tau = height sinh z: in z what depends on the distance from the centre is smooth."""

    foot: np.ndarray
    along: np.ndarray
    height: float  # > 0
    sign: float  # of the angle as it is run along

    def place(self, z):
        return self.foot[:, None] + self.along[:, None] * self.height * np.sinh(z)

    def crossing(self, line):
        """z where a linear function of (u, v) is 0; none: infinite."""
        slope = line(*self.along)
        return np.arcsinh(-line(*self.foot) / slope / self.height) if slope != 0.0 else np.inf


@dataclass(frozen=True)
class RadialLaw:
    """Light of the radius along the major axis, counts per pixel."""

    light: Callable[..., Any]
    marks: tuple[
        tuple[float, float], ...
    ]  # radii and widths, in the logarithm of the radius; the first is a scale
    edge: float = np.inf  # no light beyond
    q: float = 1.0

    @cached_property
    def inside(self):
        """Integral of 2 pi r light inside a radius, q = 1."""
        return Cumulative(lambda r: 2.0 * np.pi * r * self.light(r), self.marks, self.edge)

    def total(self):
        return self.q * self.inside.total()

    def cuts(self, edge):
        radii = np.concatenate([radius * np.exp(graded(width)) for radius, width in self.marks])
        at = np.arccosh(radii[radii > edge.height] / edge.height)
        return np.concatenate([-at, at, graded(0.05)])

    def integrand(self, edge, z):
        return edge.sign * self.inside(edge.height * np.cosh(z)) / (2.0 * np.pi * np.cosh(z))


@dataclass(frozen=True)
class SeparableLaw:
    """Light f(|u|) g(|v|)."""

    f: Callable[..., Any]
    g: Callable[..., Any]
    scale: float  # of f
    q: float = 1.0

    @cached_property
    def inside(self):
        return Cumulative(self.f, ((self.scale, 1.0),))

    def light(self, u, v):
        return self.f(np.abs(u)) * self.g(np.abs(v))

    def cuts(self, edge):
        on_axes = [edge.crossing(line) for line in (lambda u, v: u, lambda u, v: v)]
        return np.concatenate([at + graded(1e-6) for at in on_axes if np.isfinite(at)])

    def integrand(self, edge, z):
        u, v = edge.place(z)
        up_to = np.sign(u) * self.inside(np.abs(u))
        return up_to * self.g(np.abs(v)) * edge.along[1] * edge.height * np.cosh(z)


@dataclass(frozen=True)
class PlaneLaw:
    """Light of (u, v) that is smooth along rays from the centre, but for a radius."""

    light: Callable[..., Any]
    lines: tuple[
        tuple[Callable[..., Any], float], ...
    ]  # linear functions that are 0 where it changes its form
    mark: tuple[float, float]  # the radius, hypot(u, v)
    q: float = 1.0

    def cuts(self, edge):
        crossings = [(edge.crossing(line), width) for line, width in self.lines]
        return np.concatenate([at + graded(width) for at, width in crossings if np.isfinite(at)])

    def integrand(self, edge, z):
        """The integral of s light(s u, s v) from s = 0 to 1, times u dv - v du."""
        u, v = edge.place(z)
        radius, width = self.mark
        far = np.concatenate([np.arange(0.0, 4.0, 0.5), np.arange(4.0, 20.1, 2.0)])  # -ln s
        of_mark = np.log(np.hypot(u, v) / radius)[:, None] + graded(width)
        ends = np.concatenate([np.broadcast_to(far, (len(z), len(far))), of_mark], axis=1)
        w, weights = panels(np.sort(np.clip(ends, 0.0, far[-1]), axis=1))
        s = np.exp(-w)
        mean = (self.light(s * u[:, None], s * v[:, None]) * s**2 * weights).sum(axis=1)
        return edge.sign * mean * edge.height**2 * np.cosh(z)


def pixel(law, row, col, *, x, y, theta, size=1.0):
    """Counts in a pixel, or in a square of another size. The centre must not lie on an edge."""
    half = 0.5 * size
    square = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    corners = square + (col - x, row - y)
    u = corners @ (np.cos(theta), np.sin(theta))
    v = corners @ (-np.sin(theta), np.cos(theta)) / law.q
    total = 0.0
    for k in range(4):
        here = np.array((u[k], v[k]))
        step = np.array((u[k - 3], v[k - 3])) - here
        length = np.hypot(*step)
        along = step / length
        height = here[0] * along[1] - here[1] * along[0]
        start = here @ along
        edge = Edge(here - start * along, along, abs(height), np.sign(height))
        first, last = np.arcsinh(np.array([start, start + length]) / edge.height)
        ends = np.concatenate([np.linspace(first, last, 2 + int(3.0 * (last - first))), law.cuts(edge)])
        z, weights = panels(np.unique(ends[(ends >= first) & (ends <= last)]))
        total += weights @ law.integrand(edge, z)
    return law.q * total
