"""Tiles of a plan: pixels that share a polynomial (docs/math/pixels.md), a few array operations for all of them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gaxel import _core

# Of matrix products: without, some platforms round to fewer digits than numbers have.
HIGHEST = jax.lax.Precision.HIGHEST

Matrix = Callable[[int, int], np.ndarray]
"""Of a side and an order: (order, pixels), what light at the nodes along an axis adds to the pixels along it."""

_SIDES = (4, 16, 64)  # tiles are padded to these, so that a few sizes serve all


@cache
def pixel_means(side: int, order: int) -> np.ndarray:
    """Means of the tile's polynomial over its pixels."""
    return _core.tile_rule(side, order)[1].reshape(order, side)


def tile_nodes(grid: Any, tiles: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the nodes of tiles of one size and rule: tile by tile, row by row."""
    (side_y, side_x), (order_y, order_x) = tiles["side"], tiles["orders"]
    middle_x = grid.x0 + grid.step * (tiles["col"] + 0.5 * (side_x - 1))
    middle_y = grid.y0 + grid.step * (tiles["row"] + 0.5 * (side_y - 1))
    x = middle_x[:, None, None] + grid.step * _core.tile_rule(side_x, order_x)[0]
    y = middle_y[:, None, None] + grid.step * _core.tile_rule(side_y, order_y)[0][:, None]
    shape = (len(middle_x), order_y, order_x)
    return np.broadcast_to(x, shape).reshape(-1), np.broadcast_to(y, shape).reshape(-1)


class _Matrices:
    """Matrices of one axis, padded to one size, each once."""

    def __init__(self, matrix: Matrix, pairs: Sequence[tuple[int, int]], step: float) -> None:
        found = sorted(set(pairs))
        own = [step * matrix(side, order) for side, order in found]
        self.shape = tuple(max(one.shape[axis] for one in own) for axis in (0, 1))
        self._all = np.stack([_padded(one, self.shape) for one in own])
        self._which = np.array([found.index(pair) for pair in pairs], np.int32)

    def __call__(self, dtype: Any) -> jax.Array:
        """(tiles, nodes, pixels)."""
        return jnp.asarray(self._all, dtype)[self._which]


def _padded(matrix: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return np.pad(matrix, [(0, whole - own) for own, whole in zip(matrix.shape, shape, strict=True)])


class _TileClass:
    """Tiles whose sides are padded to the same."""

    def __init__(
        self, buckets: Sequence[tuple[Mapping[str, Any], int]], matrix: Matrix, grid: Any, n_nodes: int
    ) -> None:
        pairs_y, pairs_x = (
            [
                (tiles["side"][axis], tiles["orders"][axis])
                for tiles, _ in buckets
                for _ in range(len(tiles["row"]))
            ]
            for axis in (0, 1)
        )
        self._to_y, self._to_x = (_Matrices(matrix, pairs, grid.step) for pairs in (pairs_y, pairs_x))
        most_y, most_x = self._to_y.shape[0], self._to_x.shape[0]
        at = []
        for tiles, first in buckets:
            order_y, order_x = tiles["orders"]
            n = len(tiles["row"])
            nodes = first + np.arange(n * order_y * order_x).reshape(n, order_y, order_x)
            padding = ((0, 0), (0, most_y - order_y), (0, most_x - order_x))
            at.append(np.pad(nodes, padding, constant_values=n_nodes))
        self._at = np.concatenate(at).astype(np.int32)

    def __call__(self, values: jax.Array) -> jax.Array:
        """(tiles, pixels along y, along x)."""
        cubes = values.at[self._at].get(mode="fill", fill_value=0.0)
        along_x = jnp.einsum("tlk,tkn->tln", cubes, self._to_x(values.dtype), precision=HIGHEST)
        return jnp.einsum("tln,tlm->tmn", along_x, self._to_y(values.dtype), precision=HIGHEST)

    @property
    def block(self) -> tuple[int, int]:
        return self._to_y.shape[1], self._to_x.shape[1]


class TileSums:
    """From light at the nodes of all tiles to what it adds to the pixels of an image of that shape.

    `margin`: of the image about the grid; without one a tile adds to the rows before its own end alone.
    """

    def __init__(self, grid: Any, buckets: Sequence[Mapping[str, Any]], matrix: Matrix, margin: int) -> None:
        firsts = np.cumsum([0, *(len(b["row"]) * b["orders"][0] * b["orders"][1] for b in buckets)])
        classes: dict[tuple[int, ...], list[tuple[Mapping[str, Any], int]]] = {}
        for tiles, first in zip(buckets, firsts, strict=False):
            key = tuple(next(whole for whole in _SIDES if side <= whole) for side in tiles["side"])
            classes.setdefault(key, []).append((tiles, int(first)))
        self.n_nodes = int(firsts[-1])
        self._classes = [_TileClass(members, matrix, grid, self.n_nodes) for members in classes.values()]
        shape = tuple(n + 2 * margin for n in grid.shape)
        pixels = [
            _block_pixels(members, one.block, shape, margin)
            for members, one in zip(classes.values(), self._classes, strict=True)
        ]
        self.pixels = np.concatenate([*pixels, np.zeros(0, np.int32)])
        """Of the fluxes, row-major; those that the image has not are beyond its last."""

    def __call__(self, values: jax.Array) -> jax.Array:
        blocks = [one(values).reshape(-1) for one in self._classes]
        return jnp.concatenate([*blocks, jnp.zeros(0, values.dtype)])


def _block_pixels(
    members: Sequence[tuple[Mapping[str, Any], int]],
    block: tuple[int, int],
    shape: tuple[int, ...],
    margin: int,
) -> np.ndarray:
    row, col = (np.concatenate([tiles[key] for tiles, _ in members]) for key in ("row", "col"))
    end_row = np.concatenate([tiles["end_row"] for tiles, _ in members]) if margin == 0 else shape[0]
    rows = row[:, None, None] + np.arange(block[0])[:, None]
    cols = col[:, None, None] + np.arange(block[1])
    # Padding lies beyond a tile's own pixels, and adds zeros.
    inside = (rows < np.minimum(np.reshape(end_row, (-1, 1, 1)), shape[0])) & (cols < shape[1])
    return np.where(inside, rows * shape[1] + cols, shape[0] * shape[1]).reshape(-1).astype(np.int32)
