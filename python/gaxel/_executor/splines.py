"""Light that is drawn on a grid with cardinal B-splines, and the transform of a drawing: docs/math/convolution.md, "Light
that is drawn"; src/integrate/drawing.hpp and src/psf/drawn_light.hpp."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gaxel import _core
from gaxel._executor.leaves import HIGHEST, Grid, Leaves, Light, grid_of

ORDER = 7
MARGIN = ORDER // 2
EXTRA_NODES = MARGIN
"""What cells get a direction beyond the plan's: the spline is a polynomial of that order less 1 inside a cell."""

_CHUNK = 16  # nodes of one cell of the grid that are added up before they are spread


def _shares(t: jax.Array) -> jax.Array:
    """(..., ORDER): what the cells about a place, t from its own cell's middle, -1/2 to 1/2, have of light there (de
    Boor's recurrence)."""
    u = t + 0.5
    values = [jnp.ones_like(u)]
    for k in range(2, ORDER + 1):
        here, before = [*values, 0.0], [0.0, *values]
        values = [((u + i) * here[i] + (k - u - i) * before[i]) / (k - 1) for i in range(k)]
    return jnp.stack(values[::-1], axis=-1)


@cache
def _tile_matrix(side: int, order: int) -> np.ndarray:
    return _core.spline_tile(side, order).reshape(order, side + 2 * MARGIN)


class _Chunks:
    """Nodes by the grid's cell that they are in, a fixed number at once."""

    def __init__(self, grid: Grid, cells: np.ndarray) -> None:
        order = np.argsort(cells, kind="stable")
        found, first, count = np.unique(cells[order], return_index=True, return_counts=True)
        n_chunks = -(-count // _CHUNK)
        start = np.concatenate([np.arange(n) for n in n_chunks]) * _CHUNK if len(found) else np.zeros(0, int)
        within = start[:, None] + np.arange(_CHUNK)
        used = within < np.repeat(count, n_chunks)[:, None]
        # Beyond the nodes: one that there is not, which counts as zero.
        at = np.where(used, np.repeat(first, n_chunks)[:, None] + within, 0)
        self.nodes = np.where(used, np.append(order, 0)[at], len(cells)).astype(np.int32)
        self.row, self.col = (part.astype(np.int32) for part in divmod(np.repeat(found, n_chunks), grid.shape[1]))


class Drawing:
    """How light at the nodes of a plan's leaves is drawn."""

    def __init__(self, leaves: Leaves) -> None:
        self._leaves = leaves
        self._grid = leaves.grid
        cells = [np.repeat(bucket.pixels[:, 0], np.prod(bucket.shape[1:])) for bucket in leaves.cell_buckets]
        cells += [leaves.crossed["pixel"], leaves.wedges["pixel"]]
        weights = [
            np.tile(np.outer(bucket.to_y[0], bucket.to_x[0]).reshape(-1), bucket.shape[0])
            for bucket in leaves.cell_buckets
        ]
        self._weights = np.concatenate([*weights, leaves.crossed["weight"]])
        self._cells = np.concatenate(cells).astype(np.int64)
        self._chunks = _Chunks(self._grid, self._cells)

    @property
    def shape(self) -> tuple[int, int]:
        ny, nx = self._grid.shape
        return ny + 2 * MARGIN, nx + 2 * MARGIN

    def add(self, light: Light, x0: jax.Array, y0: jax.Array, drawing: jax.Array) -> jax.Array:
        """The drawing, of this shape, with the light added."""
        dx, dy, of_wedges = self._leaves.nodes(x0, y0)
        values = light(dx, dy)
        n_tiles = sum(int(np.prod(bucket.shape)) for bucket in self._leaves.tile_buckets)
        of_tiles, of_parts = jnp.split(values, [n_tiles])
        weights = jnp.concatenate([jnp.asarray(self._weights, values.dtype), of_wedges])
        drawing = self._add_tiles(of_tiles, drawing)
        return self._add_parts(of_parts * weights, dx[n_tiles:] + x0, dy[n_tiles:] + y0, drawing)

    def _add_tiles(self, values: jax.Array, drawing: jax.Array) -> jax.Array:
        first = 0
        for bucket, tiles in zip(self._leaves.tile_buckets, self._leaves.tiles, strict=True):
            last = first + int(np.prod(bucket.shape))
            (side_y, side_x), (order_y, order_x) = tiles["side"], tiles["orders"]
            to_x, to_y = (
                jnp.asarray(self._grid.step * _tile_matrix(side, order), values.dtype)
                for side, order in ((side_x, order_x), (side_y, order_y))
            )
            cube = values[first:last].reshape(bucket.shape)
            along_x = jnp.einsum("tlk,kn->tln", cube, to_x, precision=HIGHEST)
            blocks = jnp.einsum("tln,lm->tmn", along_x, to_y, precision=HIGHEST)
            drawing = _add_blocks(blocks, tiles["row"], tiles["col"], drawing)
            first = last
        return drawing

    def _add_parts(self, fluxes: jax.Array, x: jax.Array, y: jax.Array, drawing: jax.Array) -> jax.Array:
        if len(self._cells) == 0:
            return drawing
        grid, chunks = self._grid, self._chunks
        row, col = np.divmod(self._cells, grid.shape[1])
        at_x = (x - jnp.asarray(grid.x0 + grid.step * col, x.dtype)) / grid.step
        at_y = (y - jnp.asarray(grid.y0 + grid.step * row, y.dtype)) / grid.step
        of_chunks = (part.at[chunks.nodes].get(mode="fill", fill_value=0.0) for part in (fluxes, at_x, at_y))
        flux, at_x, at_y = of_chunks
        blocks = jnp.einsum("cnm,cnk->cmk", flux[..., None] * _shares(at_y), _shares(at_x), precision=HIGHEST)
        return _add_blocks(blocks, chunks.row, chunks.col, drawing)


def _add_blocks(blocks: jax.Array, rows: np.ndarray, cols: np.ndarray, drawing: jax.Array) -> jax.Array:
    """Blocks from those rows and columns on; what of them lies outside is dropped."""
    ny, nx = blocks.shape[1:]
    at = rows[:, None, None] + np.arange(ny)[:, None], cols[:, None, None] + np.arange(nx)
    return drawing.at[at].add(blocks, mode="drop")


def _phases(j: np.ndarray, n: int, x: float) -> np.ndarray:
    """exp(-i k x), k = 2 pi j / n, without the loss of digits of a large k x."""
    whole = round(x)
    turns = (np.mod(j * whole, n) + j * (x - whole)) / n
    return np.exp(-2j * np.pi * turns)


class DrawingTransform:
    """From drawings of a group of an exported plan to the light's transform, at the frequencies of the convolver
    group["convolvers"][self.convolver]."""

    def __init__(self, group: Mapping[str, Any]) -> None:
        drawn = group["drawn"]
        self.convolver: int = drawn["convolver"]
        convolver = group["convolvers"][self.convolver]
        grid, m = grid_of(drawn["grid"]), drawn["cells_per_pixel"]
        padded = tuple(convolver["padded"])
        self._size = (m * padded[0], m * padded[1])
        self._fade = [_fading(drawn[key]) for key in ("fade_y", "fade_x")]
        factors = []
        self._at = []
        for k, n, size, first in zip(
            (convolver["ky"], convolver["kx"]), padded, self._size, (grid.y0, grid.x0), strict=True
        ):
            j = np.rint(k * n / (2.0 * np.pi)).astype(int)
            known = 2 * np.abs(j) < size
            spline = np.sinc(np.where(known, j, 0) / size) ** -ORDER
            factors.append(np.where(known, spline, 0.0) * _phases(j, n, first - MARGIN * grid.step))
            self._at.append(np.where(known, j, 0))
        self._factors = factors

    def __call__(self, drawing: jax.Array) -> jax.Array:
        """(n_ky, n_kx), complex."""
        fade_y, fade_x = (jnp.asarray(fade, drawing.dtype) for fade in self._fade)
        transform = jnp.fft.rfft2(_wrapped(drawing * fade_y[:, None] * fade_x, self._size))
        rows, columns = self._at
        along_y, along_x = (jnp.asarray(factor, transform.dtype) for factor in self._factors)
        return transform[rows % self._size[0]][:, columns] * along_y[:, None] * along_x


def _fading(shares: np.ndarray) -> np.ndarray:
    """By row or column of a drawing: its margins have what the grid's border has."""
    return np.pad(shares, MARGIN, mode="edge")


def _wrapped(drawing: jax.Array, size: Sequence[int]) -> jax.Array:
    """What lies farther out than the period comes round."""
    turns = [-(-n // period) for n, period in zip(drawing.shape, size, strict=True)]
    ends = [(0, t * period - n) for n, t, period in zip(drawing.shape, turns, size, strict=True)]
    return jnp.pad(drawing, ends).reshape(turns[0], size[0], turns[1], size[1]).sum((0, 2))
