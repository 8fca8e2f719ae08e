"""The leaves of a plan of the core, as constants: where light is evaluated, and how pixels follow from that.

Light is a function of offsets from the component's centre, flux per data pixel's area. Tiles, cells and the nodes of
cells that a curve crosses stay where they are; wedges follow the centre (docs/math/pixels.md).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gaxel import _core

Light = Callable[[jax.Array, jax.Array], jax.Array]

# Of matrix products: without, some platforms round to fewer digits than numbers have.
HIGHEST = jax.lax.Precision.HIGHEST


class Grid(NamedTuple):
    """The pixels of an image, or the finer cells of a drawing, `step` data pixels wide; the first is about (x0, y0)."""

    shape: tuple[int, int]
    x0: float
    y0: float
    step: float


def grid_of(arrays: Mapping[str, Any]) -> Grid:
    return Grid(tuple(arrays["shape"]), arrays["x0"], arrays["y0"], arrays["step"])


@cache
def tile_rule(side: int, order: int) -> tuple[np.ndarray, np.ndarray]:
    """(nodes, in pixels from the middle; means (side, order)) of one direction of a tile."""
    nodes, means = _core.tile_rule(side, order)
    return nodes, means.reshape(order, side).T


@cache
def gauss_legendre(order: int) -> tuple[np.ndarray, np.ndarray]:
    """(nodes, weights) on [-1, 1]."""
    return _core.gauss_legendre(order)


class Bucket(NamedTuple):
    """Tiles or cells of one size and rule. Light in one of them is an array (y, x) of values at its nodes."""

    x: np.ndarray  # (n,) middles
    y: np.ndarray
    nodes_x: np.ndarray  # offsets from the middle
    nodes_y: np.ndarray
    to_x: np.ndarray  # (pixels, nodes): from light to fluxes; of cells one row
    to_y: np.ndarray
    pixels: np.ndarray  # (n, pixels along y * pixels along x); as many as there are in all: none

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(self.x), len(self.nodes_y), len(self.nodes_x)

    def positions(self, dtype: Any) -> tuple[jax.Array, jax.Array]:
        """Of all nodes, in order of the middles, y and x."""
        x = jnp.asarray(self.x, dtype)[:, None, None] + jnp.asarray(self.nodes_x, dtype)
        y = jnp.asarray(self.y, dtype)[:, None, None] + jnp.asarray(self.nodes_y, dtype)[:, None]
        return (
            jnp.broadcast_to(x, self.shape).reshape(-1),
            jnp.broadcast_to(y, self.shape).reshape(-1),
        )

    def fluxes(self, light: jax.Array) -> jax.Array:
        """Of the bucket's pixels, in their order."""
        cube = light.reshape(self.shape)
        to_x, to_y = (jnp.asarray(matrix, light.dtype) for matrix in (self.to_x, self.to_y))
        along_x = jnp.einsum("tlk,nk->tln", cube, to_x, precision=HIGHEST)
        return jnp.einsum("tln,ml->tmn", along_x, to_y, precision=HIGHEST).reshape(-1)


def _tile_bucket(grid: Grid, tiles: Mapping[str, Any]) -> Bucket:
    (side_y, side_x), (order_y, order_x) = tiles["side"], tiles["orders"]
    (nodes_y, means_y), (nodes_x, means_x) = tile_rule(side_y, order_y), tile_rule(side_x, order_x)
    ny, nx = grid.shape
    rows = tiles["row"][:, None, None] + np.arange(side_y)[:, None]
    cols = tiles["col"][:, None, None] + np.arange(side_x)
    inside = (rows < np.minimum(tiles["end_row"], ny)[:, None, None]) & (cols < nx)
    pixels = np.where(inside, rows * nx + cols, ny * nx)
    return Bucket(
        grid.x0 + grid.step * (tiles["col"] + 0.5 * (side_x - 1)),
        grid.y0 + grid.step * (tiles["row"] + 0.5 * (side_y - 1)),
        grid.step * nodes_x,
        grid.step * nodes_y,
        grid.step * means_x,
        grid.step * means_y,
        pixels.reshape(len(pixels), -1).astype(np.int32),
    )


def _cell_bucket(cells: Mapping[str, Any], extra: int) -> Bucket:
    (half_y, half_x), (order_y, order_x) = cells["half"], cells["orders"]
    (nodes_y, weights_y), (nodes_x, weights_x) = (
        gauss_legendre(order_y + extra),
        gauss_legendre(order_x + extra),
    )
    return Bucket(
        cells["x"],
        cells["y"],
        half_x * nodes_x,
        half_y * nodes_y,
        half_x * weights_x[None],
        half_y * weights_y[None],
        cells["pixel"][:, None],
    )


class Leaves:
    """All leaves of a plan but its cusp pixels, which only elliptical profiles have (`cusps`).

    `extra`: nodes a direction that cells get beyond the plan's.
    """

    def __init__(self, arrays: Mapping[str, Any], extra: int = 0) -> None:
        self.grid = grid_of(arrays["grid"])
        self.tiles = arrays["tiles"]
        self.tile_buckets = [_tile_bucket(self.grid, tiles) for tiles in self.tiles]
        self.cell_buckets = [_cell_bucket(cells, extra) for cells in arrays["cells"]]
        self.crossed = arrays["crossed"]
        self.wedges = arrays["wedges"]
        self.cusps = np.asarray(arrays["cusps"])

    @property
    def buckets(self) -> Sequence[Bucket]:
        return [*self.tile_buckets, *self.cell_buckets]

    def positions(self, dtype: Any) -> tuple[jax.Array, jax.Array]:
        """Of the nodes that stay: the buckets', in order, then those of crossed cells."""
        parts = [bucket.positions(dtype) for bucket in self.buckets]
        parts.append((jnp.asarray(self.crossed["x"], dtype), jnp.asarray(self.crossed["y"], dtype)))
        return jnp.concatenate([x for x, _ in parts]), jnp.concatenate([y for _, y in parts])

    def split(self, light: jax.Array) -> tuple[list[jax.Array], jax.Array]:
        """Values at positions() by bucket, and those of crossed cells."""
        ends = np.cumsum([np.prod(bucket.shape) for bucket in self.buckets], dtype=int)
        *of_buckets, of_crossed = jnp.split(light, ends)
        return of_buckets, of_crossed

    def wedge_nodes(self, x0: jax.Array, y0: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        """(dx, dy, weight) of the wedges' nodes about a centre, offsets from it; weight * light is a flux."""
        wedges = self.wedges
        reach, per_area, area, along_x, along_y, x, y = (
            jnp.asarray(wedges[key], x0.dtype)
            for key in ("reach", "weight", "area", "along_x", "along_y", "dx", "dy")
        )
        moved_x, moved_y = x0 - wedges["centre"][0], y0 - wedges["centre"][1]
        weight = per_area * (area - along_y * moved_x + along_x * moved_y)
        return x - reach * moved_x, y - reach * moved_y, weight

    def nodes(self, x0: jax.Array, y0: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Offsets of all nodes from a centre, those of positions() first, and the weights of the wedges' nodes."""
        x, y = self.positions(x0.dtype)
        dx, dy, weight = self.wedge_nodes(x0, y0)
        return jnp.concatenate([x - x0, dx]), jnp.concatenate([y - y0, dy]), weight

    def image(self, light: Light, x0: jax.Array, y0: jax.Array) -> jax.Array:
        """Fluxes on the grid of all that is no cusp pixel, of light with that centre."""
        dx, dy, of_wedges = self.nodes(x0, y0)
        # All at once: programs with one copy of the light compile soonest.
        values = light(dx, dy)
        values, at_wedges = jnp.split(values, [len(values) - len(of_wedges)])
        of_buckets, of_crossed = self.split(values)
        fluxes = [bucket.fluxes(part) for bucket, part in zip(self.buckets, of_buckets, strict=True)]
        pixels = [bucket.pixels.reshape(-1) for bucket in self.buckets]
        fluxes += [of_crossed * jnp.asarray(self.crossed["weight"], values.dtype), of_wedges * at_wedges]
        pixels += [self.crossed["pixel"], self.wedges["pixel"]]
        return scatter(self.grid.shape, np.concatenate(pixels), jnp.concatenate(fluxes))

    def boxes(self) -> np.ndarray:
        """(x_min, x_max, y_min, y_max) of the cusp pixels, (n, 4)."""
        nx = self.grid.shape[1]
        x = self.grid.x0 + self.grid.step * (self.cusps % nx)
        y = self.grid.y0 + self.grid.step * (self.cusps // nx)
        half = 0.5 * self.grid.step
        return np.stack([x - half, x + half, y - half, y + half], axis=-1)


def scatter(shape: tuple[int, int], pixels: np.ndarray, fluxes: jax.Array) -> jax.Array:
    """An image of sums of fluxes by pixel; those of pixels that there are not are dropped."""
    flat = jnp.zeros(shape[0] * shape[1], fluxes.dtype).at[jnp.asarray(pixels)].add(fluxes, mode="drop")
    return flat.reshape(shape)
