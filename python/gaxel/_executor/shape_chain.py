"""From an offset in the image to a place in the plane of a law, as in src/profile/shape_chain.hpp."""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

from gaxel._executor.isophote import Isophote
from gaxel._executor.spiral import Spiral

_LEAST_FACTOR = 0.05  # of src/profile/shape_chain.cpp


class ShapeStep(NamedTuple):
    """An option that changes a shape."""

    name: str
    mode: int  # of bending and Fourier modes
    first: int  # its first parameter among the component's


class ShapeLayout(NamedTuple):
    """Where a component's parameters are among its values; -1: its kind has no such parameter."""

    x: int
    y: int
    re: int
    q: int
    theta: int
    steps: tuple[ShapeStep, ...]


class ShapeChain:
    """offset -> spiral -> axes of the ellipse, in scale radii -> bends -> v / q -> radius of the isophote."""

    def __init__(self, layout: ShapeLayout, values: Array) -> None:
        self._re = values[layout.re] if layout.re >= 0 else jnp.ones_like(values[0])
        self._q = values[layout.q] if layout.q >= 0 else 1.0
        self._theta = values[layout.theta] if layout.theta >= 0 else jnp.zeros_like(values[0])
        self._spiral: Spiral | None = None
        self._bends: dict[int, Array] = {}
        exponent, modes, asymmetry = None, {}, None
        for name, mode, first in layout.steps:
            if name in ("spiral", "logspiral"):
                self._spiral = Spiral(*values[first : first + 6], is_logarithmic=name == "logspiral")
            elif name == "c0":
                exponent = values[first] + 2.0
            elif name == "asymmetry":
                asymmetry = (values[first], values[first + 1])
            elif name.startswith("b"):
                self._bends[mode] = values[first] / self._re
            elif name.startswith("f"):
                modes[mode] = (values[first], values[first + 1])
        self._isophote = Isophote(exponent, modes, asymmetry)

    def is_possible(self) -> Array:
        """Whether the modes leave some radius in all directions, and a spiral's radii are in order."""
        possible = jnp.asarray(self._isophote.least_factor() >= _LEAST_FACTOR)
        return possible if self._spiral is None else possible & (self._spiral.r_in < self._spiral.r_out)

    def _axes(self, dx: Array, dy: Array) -> tuple[Array, Array]:
        x, y = (dx, dy) if self._spiral is None else self._spiral.unwind(dx, dy)
        cos, sin = jnp.cos(self._theta), jnp.sin(self._theta)
        u = (x * cos + y * sin) / self._re
        v = (y * cos - x * sin) / self._re
        bend = jnp.zeros_like(u)
        for n in range(max(self._bends, default=0), -1, -1):
            bend = bend * u + self._bends.get(n, 0.0)
        return u, (v + bend) / self._q

    def place(self, dx: Array, dy: Array, is_radial: bool) -> tuple[tuple[Array, ...], Array]:
        """Where the light of an offset (pixels) is looked up, (r,) or (u, v), and what it is multiplied with."""
        u, v = self._axes(dx, dy)
        if not is_radial and self._isophote.asymmetry is None:
            return (u, v), jnp.ones_like(u)
        # The radius has no derivative in the centre itself: there it is that of a place next to it.
        next_to = jnp.finfo(u.dtype).tiny ** 0.45
        point = self._isophote.polar(jnp.where((u == 0.0) & (v == 0.0), u + next_to, u), v)
        return ((point.r,) if is_radial else (u, v)), self._isophote.light_factor(point)

    def area(self) -> Array:
        """The integral of a light that is looked up so, over that over the plane of the law."""
        area = self._q * self._re**2 * self._isophote.flux_factor()
        return area if self._spiral is None else area * self._spiral.cos_inclination()
