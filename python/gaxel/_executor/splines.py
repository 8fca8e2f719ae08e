"""Light that is drawn on a grid with cardinal B-splines, and the transform of a drawing: docs/math/convolution.md, "Light
that is drawn"; src/integrate/drawing.hpp and src/psf/drawn_light.hpp."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.polynomial import Polynomial

from gaxel import _core
from gaxel._executor.leaves import Leaves, Light, grid_of, scatter
from gaxel._executor.tiles import HIGHEST

ORDER = 7
MARGIN = ORDER // 2
EXTRA_NODES = MARGIN
"""What cells get a direction beyond the plan's: the spline is a polynomial of that order less 1 inside a cell."""

_CHUNK = 16  # nodes of one cell of the grid that are added up before they are spread


def _share_polynomials() -> np.ndarray:
    """(power of t, cell): what the cells about a place, t from its own cell's middle, -1/2 to 1/2, have of light there, by
    de Boor's recurrence."""
    u, none = Polynomial([0.5, 1.0]), Polynomial([0.0])
    values = [Polynomial([1.0])]
    for k in range(2, ORDER + 1):
        here, before = [*values, none], [none, *values]
        values = [((u + i) * here[i] + (k - u - i) * before[i]) / (k - 1) for i in range(k)]
    return np.stack([value.coef for value in values[::-1]], axis=-1)


_SHARES = _share_polynomials()


def shares(t: jax.Array) -> jax.Array:
    """(..., ORDER), see _share_polynomials."""
    powers = [jnp.ones_like(t)]
    for _ in range(ORDER - 1):
        powers.append(powers[-1] * t)
    return jnp.matmul(jnp.stack(powers, axis=-1), jnp.asarray(_SHARES, t.dtype), precision=HIGHEST)


@cache
def _tile_matrix(side: int, order: int) -> np.ndarray:
    """What light at a tile's nodes adds to its pixels and those about it."""
    return _core.spline_tile(side, order).reshape(order, side + 2 * MARGIN)


class _Chunks:
    """Nodes by the grid's cell that they are in, `cells`, a fixed number at once."""

    def __init__(self, cells: np.ndarray) -> None:
        order = np.argsort(cells, kind="stable")
        found, first, count = np.unique(cells[order], return_index=True, return_counts=True)
        n_chunks = -(-count // _CHUNK)
        self.cells = np.repeat(found, n_chunks)
        number = np.arange(n_chunks.sum()) - np.repeat(np.cumsum(n_chunks) - n_chunks, n_chunks)
        within = number[:, None] * _CHUNK + np.arange(_CHUNK)
        used = within < np.repeat(count, n_chunks)[:, None]
        at = np.where(used, np.repeat(first, n_chunks)[:, None] + within, len(cells))
        # Beyond a cell's nodes: one that there is not, which counts as zero.
        self.nodes = np.append(order, len(cells))[at].astype(np.int32)


class Drawing:
    """How light is drawn at the nodes of a plan's leaves. `arrays`: "leaves" of an exported component."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self._leaves = Leaves(arrays, EXTRA_NODES, _tile_matrix, MARGIN)
        grid = self._leaves.grid
        self._cells = self._leaves.pixels.astype(np.int64)
        self._chunks = _Chunks(self._cells)
        ny, nx = grid.shape
        self.shape = ny + 2 * MARGIN, nx + 2 * MARGIN
        row, col = divmod(self._chunks.cells, nx)
        spread = np.arange(ORDER)
        at = (row[:, None, None] + spread[:, None]) * self.shape[1] + col[:, None, None] + spread
        self._pixels = np.concatenate([self._leaves.tiles.pixels, at.reshape(-1)]).astype(np.int32)

    def __call__(self, light: Light, x0: jax.Array, y0: jax.Array) -> jax.Array:
        """The drawing, of this shape."""
        dx, dy, weights = self._leaves.nodes(x0, y0)
        n_tiles = self._leaves.tiles.n_nodes
        of_tiles, of_parts = jnp.split(light(dx, dy), [n_tiles])
        spread = self._spread(weights * of_parts, dx[n_tiles:] + x0, dy[n_tiles:] + y0)
        return scatter(self.shape, self._pixels, jnp.concatenate([self._leaves.tiles(of_tiles), spread]))

    def _spread(self, fluxes: jax.Array, x: jax.Array, y: jax.Array) -> jax.Array:
        """What nodes add to the pixels about theirs: (chunks, ORDER, ORDER), flat."""
        grid = self._leaves.grid
        row, col = np.divmod(self._cells, grid.shape[1])
        at_x = (x - jnp.asarray(grid.x0 + grid.step * col, x.dtype)) / grid.step
        at_y = (y - jnp.asarray(grid.y0 + grid.step * row, y.dtype)) / grid.step
        flux, at_x, at_y = (
            part.at[self._chunks.nodes].get(mode="fill", fill_value=0.0) for part in (fluxes, at_x, at_y)
        )
        along_y, along_x = shares(jnp.stack([at_y, at_x]))
        return jnp.einsum("cnm,cnk->cmk", flux[..., None] * along_y, along_x, precision=HIGHEST).reshape(-1)


def _phases(j: np.ndarray, n: int, x: float) -> np.ndarray:
    """exp(-i k x), k = 2 pi j / n, without the loss of digits of a large k x."""
    whole = round(x)
    turns = (np.mod(j * whole, n) + j * (x - whole)) / n
    return np.exp(-2j * np.pi * turns)


class DrawingTransform:
    """From drawings of a group of an exported plan to the light's transform, at the frequencies of the convolver
    group["convolvers"][self.convolver]. Drawings with splines of another order have other margins about the grid: integrals
    over its cells, of order 1, none."""

    def __init__(self, group: Mapping[str, Any], order: int = ORDER) -> None:
        margin = order // 2
        drawn = group["drawn"]
        self.convolver: int = drawn["convolver"]
        convolver = group["convolvers"][self.convolver]
        grid, m = grid_of(drawn["grid"]), drawn["cells_per_pixel"]
        padded = tuple(convolver["padded"])
        self._size = (m * padded[0], m * padded[1])
        self._fade = [_fading(drawn[key], margin) for key in ("fade_y", "fade_x")]
        factors = []
        self._at = []
        for k, n, size, first in zip(
            (convolver["ky"], convolver["kx"]), padded, self._size, (grid.y0, grid.x0), strict=True
        ):
            j = np.rint(k * n / (2.0 * np.pi)).astype(int)
            known = 2 * np.abs(j) < size
            spline = np.sinc(np.where(known, j, 0) / size) ** -order
            factors.append(np.where(known, spline, 0.0) * _phases(j, n, first - margin * grid.step))
            self._at.append(np.where(known, j, 0))
        self._factors = factors

    def __call__(self, drawing: jax.Array) -> jax.Array:
        """(n_ky, n_kx), complex."""
        fade_y, fade_x = (jnp.asarray(fade, drawing.dtype) for fade in self._fade)
        transform = jnp.fft.rfft2(_wrapped(drawing * fade_y[:, None] * fade_x, self._size))
        rows, columns = self._at
        along_y, along_x = (jnp.asarray(factor, transform.dtype) for factor in self._factors)
        return transform[rows % self._size[0]][:, columns] * along_y[:, None] * along_x


def _fading(shares: np.ndarray, margin: int) -> np.ndarray:
    """By row or column of a drawing: its margins have what the grid's border has."""
    return np.pad(shares, margin, mode="edge")


def _wrapped(drawing: jax.Array, size: Sequence[int]) -> jax.Array:
    """What lies farther out than the period comes round."""
    turns = [-(-n // period) for n, period in zip(drawing.shape, size, strict=True)]
    ends = [(0, t * period - n) for n, t, period in zip(drawing.shape, turns, size, strict=True)]
    return jnp.pad(drawing, ends).reshape(turns[0], size[0], turns[1], size[1]).sum((0, 2))
