"""The leaves of a plan of the core, as constants: where light is evaluated, and how pixels follow from that.

Light is a function of offsets from the component's centre, flux per data pixel's area. Tiles, cells and the nodes of
cells that a curve crosses stay where they are; wedges follow the centre (docs/math/pixels.md). Whatever the plan,
programs have a few operations on flat arrays: their number is what compiling them takes time for.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gaxel import _core
from gaxel._executor.tiles import Matrix, TileSums, pixel_means, tile_nodes

Light = Callable[[jax.Array, jax.Array], jax.Array]


class Grid(NamedTuple):
    """The pixels of an image, or the finer cells of a drawing, `step` data pixels wide; the first is about (x0, y0)."""

    shape: tuple[int, int]
    x0: float
    y0: float
    step: float


def grid_of(arrays: Mapping[str, Any]) -> Grid:
    return Grid(tuple(arrays["shape"]), arrays["x0"], arrays["y0"], arrays["step"])


@cache
def gauss_legendre(order: int) -> tuple[np.ndarray, np.ndarray]:
    """(nodes, weights) on [-1, 1]."""
    return _core.gauss_legendre(order)


class _Nodes(NamedTuple):
    """Nodes that stay: weight times light is a flux of their pixel."""

    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    pixel: np.ndarray


def _cell_nodes(cells: Mapping[str, Any], extra: int) -> _Nodes:
    """Of cells of one size and rule."""
    (half_y, half_x), (order_y, order_x) = cells["half"], cells["orders"]
    (nodes_y, weights_y), (nodes_x, weights_x) = (gauss_legendre(n + extra) for n in (order_y, order_x))
    n, per_cell = len(cells["x"]), len(nodes_y) * len(nodes_x)
    shape = (n, len(nodes_y), len(nodes_x))
    return _Nodes(
        np.broadcast_to(cells["x"][:, None, None] + half_x * nodes_x, shape).reshape(-1),
        np.broadcast_to(cells["y"][:, None, None] + half_y * nodes_y[:, None], shape).reshape(-1),
        np.tile(np.outer(half_y * weights_y, half_x * weights_x).reshape(-1), n),
        np.repeat(cells["pixel"], per_cell),
    )


class Leaves:
    """All leaves of a plan but its cusp pixels, which only elliptical profiles have (`cusps`).

    `extra`: nodes a direction that cells get beyond the plan's. `matrix`, `margin`: see TileSums; by default tiles add to
    the pixels that they have.
    """

    def __init__(
        self, arrays: Mapping[str, Any], extra: int = 0, matrix: Matrix = pixel_means, margin: int = 0
    ) -> None:
        self.grid = grid_of(arrays["grid"])
        self.cusps = np.asarray(arrays["cusps"])
        self.tiles = TileSums(self.grid, arrays["tiles"], matrix, margin)
        self._wedges = arrays["wedges"]
        of_tiles = [tile_nodes(self.grid, tiles) for tiles in arrays["tiles"]]
        of_cells = [_cell_nodes(cells, extra) for cells in arrays["cells"]]
        crossed = _Nodes(*(arrays["crossed"][key] for key in ("x", "y", "weight", "pixel")))
        staying = _Nodes(*(np.concatenate(parts) for parts in zip(*of_cells, crossed, strict=True)))
        self._x = np.concatenate([*(x for x, _ in of_tiles), staying.x])
        self._y = np.concatenate([*(y for _, y in of_tiles), staying.y])
        self._weights = staying.weight
        self.pixels = np.concatenate([staying.pixel, self._wedges["pixel"]])
        """Of parts, the nodes behind those of the tiles."""

    def _wedge_nodes(self, x0: jax.Array, y0: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        """(dx, dy, weight) of the wedges' nodes about a centre, offsets from it; weight * light is a flux."""
        wedges = self._wedges
        reach, per_area, area, along_x, along_y, x, y = (
            jnp.asarray(wedges[key], x0.dtype)
            for key in ("reach", "weight", "area", "along_x", "along_y", "dx", "dy")
        )
        moved_x, moved_y = x0 - wedges["centre"][0], y0 - wedges["centre"][1]
        weight = per_area * (area - along_y * moved_x + along_x * moved_y)
        return x - reach * moved_x, y - reach * moved_y, weight

    def nodes(self, x0: jax.Array, y0: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        """(dx, dy, weight): offsets of all nodes from a centre, those of tiles first; weights of the others."""
        x, y, staying = (jnp.asarray(part, x0.dtype) for part in (self._x, self._y, self._weights))
        if len(self._wedges["pixel"]) == 0:
            return x - x0, y - y0, staying
        dx, dy, moving = self._wedge_nodes(x0, y0)
        return (
            jnp.concatenate([x - x0, dx]),
            jnp.concatenate([y - y0, dy]),
            jnp.concatenate([staying, moving]),
        )

    def image(self, light: Light, x0: jax.Array, y0: jax.Array) -> jax.Array:
        """Fluxes on the grid of all that is no cusp pixel, of light with that centre."""
        dx, dy, weights = self.nodes(x0, y0)
        of_tiles, of_parts = jnp.split(light(dx, dy), [self.tiles.n_nodes])
        fluxes = jnp.concatenate([self.tiles(of_tiles), weights * of_parts])
        return scatter(self.grid.shape, np.concatenate([self.tiles.pixels, self.pixels]), fluxes)

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
