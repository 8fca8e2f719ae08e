"""The light of an image, shifted, turned and scaled: the core's biquadratic spline, its integrals over pixels in closed form
(docs/math/pixels.md, "Images"), and drawings of it (docs/math/convolution.md)."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gaxel import _core
from gaxel._executor.leaves import Grid
from gaxel._executor.parameters import start_of
from gaxel._executor.splines import MARGIN, ORDER, shares

_ZEROS = 4  # about the coefficients, so that places beyond them need no care
_GAUSS = _core.gauss_legendre(3)  # exact for the polynomials between knots
_NODES = 4  # a direction of a part of an image's pixel
_NEGLIGIBLE = 1e-14  # of all light: pixels with less are left out of drawings
_BATCH = 2**28 // 300  # nodes along edges at a time: some 300 bytes each, with derivatives
_RANGE = 0.8  # of the scale at which a model is made: with a smaller one edges cross more knots than there is room for


def _splines(t: Any) -> tuple[Any, Any, Any]:
    """Of the pixel before, its own and the one after, at t, -1/2 to 1/2, from a pixel's centre."""
    return 0.5 * (0.5 - t) ** 2, 0.75 - t * t, 0.5 * (0.5 + t) ** 2


def _spline_integrals(t: Any) -> tuple[Any, Any, Any]:
    """Their integrals from -infinity."""
    return 1.0 - (0.5 - t) ** 3 / 6.0, 0.5 + t * (0.75 - t * t / 3.0), (0.5 + t) ** 3 / 6.0


class PlacedImage:
    """`component`: of an exported plan, of the family "image"."""

    def __init__(self, component: Mapping[str, Any]) -> None:
        coefficients = np.reshape(component["coefficients"], component["coefficients_shape"])
        self._coefficients = np.pad(coefficients, _ZEROS)
        self._running = np.cumsum(self._coefficients, axis=1)
        # Of the image's middle among these.
        self._middle = tuple(0.5 * (n - 1) for n in self._coefficients.shape)
        start = start_of(component)
        self._scale = start["scale"]
        # An edge meets no more knots than there are about the coefficients.
        room = int(1.0 / (_RANGE * self._scale)) + 1
        self._most_crossings = tuple(min(room, n + 1) for n in self._coefficients.shape)

    def image(self, named: Mapping[str, jax.Array], shape: tuple[int, int]) -> jax.Array:
        """Fluxes of the pixels, for values by name: Green's theorem, edge by edge. NaN for a scale below 0.8 times that
        for which the model was made."""
        scale = jnp.where(named["scale"] >= _RANGE * self._scale, named["scale"], jnp.nan)
        cos, sin = jnp.cos(named["theta"]) / scale, jnp.sin(named["theta"]) / scale
        dx = np.arange(shape[1] + 1) - 0.5 - named["x"]
        dy = (np.arange(shape[0] + 1) - 0.5 - named["y"])[:, None]
        u, v = cos * dx + sin * dy, cos * dy - sin * dx
        along_x = self._edges(u[:, :-1], v[:, :-1], u[:, 1:], v[:, 1:])
        along_y = self._edges(u[:-1], v[:-1], u[1:], v[1:])
        return named["flux"] * (along_x[:-1] + along_y[:, 1:] - along_x[1:] - along_y[:, :-1])

    def _edges(self, u0: jax.Array, v0: jax.Array, u1: jax.Array, v1: jax.Array) -> jax.Array:
        """Integrals of the cumulative light dv along straight lines; so many at a time that memory is bounded."""
        along = jax.checkpoint(lambda line: self._edge(*line))
        lines = tuple(end.reshape(-1) for end in (u0, v0, u1, v1))
        n_nodes = (sum(self._most_crossings) + 1) * len(_GAUSS[0])
        return jax.lax.map(along, lines, batch_size=max(1, _BATCH // n_nodes)).reshape(u0.shape)

    def _edge(self, u0: jax.Array, v0: jax.Array, u1: jax.Array, v1: jax.Array) -> jax.Array:
        """The integral along one line, between the knots that it crosses."""
        du, dv = (u1 - u0)[..., None], (v1 - v0)[..., None]
        from_u, from_v = u0[..., None] + self._middle[1], v0[..., None] + self._middle[0]
        ends = [
            jnp.zeros_like(du),
            self._crossings(from_u, du, self._most_crossings[1]),
            self._crossings(from_v, dv, self._most_crossings[0]),
            jnp.ones_like(du),
        ]
        at = jnp.sort(jnp.concatenate(ends, axis=-1), axis=-1)
        half = 0.5 * jnp.diff(at)[..., None]
        t = at[..., :-1, None] + half * (1.0 + jnp.asarray(_GAUSS[0], at.dtype))
        light = self._cumulative(from_u[..., None] + t * du[..., None], from_v[..., None] + t * dv[..., None])
        return dv[..., 0] * jnp.sum(half * jnp.asarray(_GAUSS[1], at.dtype) * light, axis=(-2, -1))

    def _crossings(self, start: jax.Array, way: jax.Array, most: int) -> jax.Array:
        """Shares of the way, 0 to 1, at which a coordinate is a half, -1/2 or more: the first `most`."""
        first = jnp.maximum(jnp.floor(jnp.minimum(start, start + way) + 0.5), -1.0) + 0.5
        still = way == 0.0
        share = (first + np.arange(most) - start) / jnp.where(still, 1.0, way)
        return jnp.where(still, 1.0, jnp.clip(share, 0.0, 1.0))

    def _cumulative(self, u: jax.Array, v: jax.Array) -> jax.Array:
        """The light's integral over u from -infinity, at places among the coefficients."""
        rows, columns = self._coefficients.shape
        column = jnp.clip(jnp.round(u), 2, columns - 2).astype(int)
        row = jnp.clip(jnp.round(v), 2, rows - 2).astype(int)
        coefficients, running = (jnp.asarray(a, u.dtype) for a in (self._coefficients, self._running))
        of_u = _spline_integrals(jnp.clip(u - column, -0.5, 0.5))
        of_v = _splines(jnp.clip(v - row, -0.5, 0.5))
        total = jnp.zeros_like(u)
        for j in range(3):
            line = running[row + (j - 1), column - 2]
            for i in range(3):
                line = line + of_u[i] * coefficients[row + (j - 1), column + (i - 1)]
            total = total + of_v[j] * line
        return total

    def drawing(self, named: Mapping[str, jax.Array], grid: Grid) -> jax.Array:
        """Drawn with splines on the grid, with their margin: at nodes in each pixel of the image, which move with it."""
        light, du, dv = self._nodes(grid.step)
        dtype = named["x"].dtype
        u, v = jnp.asarray(du, dtype), jnp.asarray(dv, dtype)
        cos, sin = named["scale"] * jnp.cos(named["theta"]), named["scale"] * jnp.sin(named["theta"])
        x = (named["x"] + cos * u - sin * v - grid.x0) / grid.step
        y = (named["y"] + sin * u + cos * v - grid.y0) / grid.step
        column, row = jnp.floor(x + 0.5), jnp.floor(y + 0.5)
        ny, nx = grid.shape
        inside = (column >= 0) & (column < nx) & (row >= 0) & (row < ny)
        fluxes = jnp.where(inside, named["flux"] * jnp.asarray(light, dtype), 0.0)
        column, row = (jnp.where(inside, at, 0).astype(int)[:, None, None] for at in (column, row))
        along_x, along_y = (
            shares(jnp.where(inside, x - column[:, 0, 0], 0.0)),
            shares(jnp.where(inside, y - row[:, 0, 0], 0.0)),
        )
        blocks = (fluxes[:, None] * along_y)[:, :, None] * along_x[:, None, :]
        spread = np.arange(ORDER)
        shape = ny + 2 * MARGIN, nx + 2 * MARGIN
        return jnp.zeros(shape, dtype).at[row + spread[:, None], column + spread].add(blocks)

    def _nodes(self, step: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(light that a node stands for, u, v from the image's middle): Gauss-Legendre rules in parts of the image's pixels
        that are no wider than a cell."""
        padded = np.pad(self._coefficients, 1)
        ny, nx = self._coefficients.shape
        near = np.array([[padded[j : j + ny, i : i + nx] for i in range(3)] for j in range(3)])
        rows, columns = np.nonzero(np.abs(near).max((0, 1)) > _NEGLIGIBLE)
        near = near[:, :, rows, columns]
        parts = int(np.ceil(self._scale / step))
        nodes, weights = _core.gauss_legendre(_NODES)
        t = ((np.arange(parts)[:, None] + 0.5 + 0.5 * nodes) / parts - 0.5).reshape(-1)
        weights = np.tile(0.5 * weights / parts, parts)
        along = np.array(_splines(t)) * weights
        light = np.einsum("jin,jy,ix->nyx", near, along, along)
        u, v = (
            columns[:, None, None] + t - self._middle[1],
            rows[:, None, None] + t[:, None] - self._middle[0],
        )
        return tuple(np.broadcast_to(part, light.shape).reshape(-1) for part in (light, u, v))
