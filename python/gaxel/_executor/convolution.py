"""What a PSF does to light: constants of the core's convolvers, in operations of JAX (src/psf/convolver.hpp)."""

import functools
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gaxel._executor.leaves import grid_of


def _complex(table: Mapping[str, Any], n_columns: int) -> np.ndarray:
    return (table["re"] + 1j * table["im"]).reshape(-1, n_columns)


class Convolver:
    """One of the convolvers of a group of _core.export_plan."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self.padded: tuple[int, int] = tuple(arrays["padded"])
        self.grid = grid_of(arrays["grid"])
        self.kx, self.ky = arrays["kx"], arrays["ky"]
        ny, nx = self.padded
        # The core's transforms backwards are not divided by the number of pixels, numpy's are.
        transfer = _complex(arrays["transfer"], len(self.kx)) * (ny * nx)
        transfer[np.arange(len(self.kx)) >= arrays["used"][:, None]] = 0.0
        self._transfer = transfer
        self._point_transfer = _complex(arrays["point_transfer"], nx // 2 + 1) * (ny * nx)

    def reaches(self, x: jax.Array, y: jax.Array) -> jax.Array:
        """Whether light there can reach the image."""
        (ny, nx), column, row = self.grid.shape, x - self.grid.x0, y - self.grid.y0
        return (column > -1.0) & (column < nx) & (row > -1.0) & (row < ny)

    def spectrum(self, light: jax.Array) -> jax.Array:
        """The half spectrum of light with that transform (n_ky, n_kx), convolved.

        Frequencies beyond pi are folded onto those below, as conjugates where they are negative: in stretches of half a
        period of columns, in turn onto those of the half spectrum and, backwards, onto those of its mirror image. Middle
        columns, and those of whole periods, stand for both.
        """
        product = light * jnp.asarray(self._transfer, light.dtype)
        half = self.padded[1] // 2
        n = len(self.kx)
        total: Any = 0.0
        for number, first in enumerate(range(0, n, half)):
            stretch = product[:, first : first + half + 1]
            missing = half + 1 - stretch.shape[1]
            if number % 2 == 0:
                part = jnp.pad(self._folded_rows(stretch), ((0, 0), (0, missing)))
            else:
                mirrored = jnp.conj(self._folded_rows(stretch[::-1]))
                part = jnp.pad(mirrored[:, ::-1], ((0, 0), (missing, 0)))
            total = total + part
        return total

    def _folded_rows(self, rows: jax.Array) -> jax.Array:
        """From rows of frequencies, as many below zero as above, to those of a half spectrum."""
        ny = self.padded[0]
        before = -(rows.shape[0] // 2) % ny
        turns = -(-(before + rows.shape[0]) // ny)
        whole = jnp.pad(rows, ((before, turns * ny - before - rows.shape[0]), (0, 0)))
        return functools.reduce(jnp.add, [whole[turn * ny : (turn + 1) * ny] for turn in range(turns)])

    def spectrum_of_samples(self, samples: jax.Array) -> jax.Array:
        """The same of light that is known at the centres of the grid's pixels, flux per pixel."""
        ends = [(0, n - own) for n, own in zip(self.padded, samples.shape, strict=True)]
        # Pixel (0, 0) of the image is the first; what lies to the left of it or below comes round.
        placed = jnp.roll(jnp.pad(samples, ends), (round(self.grid.y0), round(self.grid.x0)), (0, 1))
        transform = jnp.fft.rfft2(placed)
        return transform * jnp.asarray(self._point_transfer, transform.dtype)

    def image(self, spectrum: jax.Array, shape: tuple[int, int]) -> jax.Array:
        return jnp.fft.irfft2(spectrum, s=self.padded)[: shape[0], : shape[1]]

    def phases(self, x: jax.Array, y: jax.Array) -> jax.Array:
        """exp(-i k . x) at the frequencies (n_ky, n_kx): the transform of a point."""
        angle_x = jnp.asarray(self.kx, x.dtype) * x
        angle_y = jnp.asarray(self.ky, x.dtype) * y
        along_x = jax.lax.complex(jnp.cos(angle_x), -jnp.sin(angle_x))
        along_y = jax.lax.complex(jnp.cos(angle_y), -jnp.sin(angle_y))
        return along_y[:, None] * along_x
