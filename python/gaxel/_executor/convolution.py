"""What a PSF does to light: constants of the core's convolvers, in operations of JAX (src/psf/convolver.hpp)."""

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
        self.highest: float = arrays["highest"]
        self.kx, self.ky = arrays["kx"], arrays["ky"]
        ny, nx = self.padded
        # The core's transforms backwards are not divided by the number of pixels, numpy's are.
        transfer = _complex(arrays["transfer"], len(self.kx)) * (ny * nx)
        transfer[np.arange(len(self.kx)) >= arrays["used"][:, None]] = 0.0
        self._transfer = transfer
        self._point_transfer = _complex(arrays["point_transfer"], nx // 2 + 1) * (ny * nx)
        self._fold()

    def _fold(self) -> None:
        """Which element of the half spectrum each frequency is added to, and as its conjugate where that is negative: those
        beyond pi are folded onto those below. Those of the first and the middle column stand for both."""
        ny, nx = self.padded
        columns = np.arange(len(self.kx))
        rows = np.arange(len(self.ky)) - len(self.ky) // 2
        place = columns % nx
        into: list[np.ndarray] = []
        taken: list[np.ndarray] = []
        conjugate: list[np.ndarray] = []
        for mirrored in (False, True):
            # Column 0 has its negative rows itself, but for whole periods, which no row with negative kx stands for.
            used = (
                (place == nx // 2) | (place > nx // 2) | ((place == 0) & (columns > 0))
                if mirrored
                else place <= nx // 2
            )
            to_column = (-columns if mirrored else columns) % nx
            to_row = (-rows if mirrored else rows) % ny
            at = to_row[:, None] * (nx // 2 + 1) + to_column[None, used]
            from_ = np.arange(len(rows))[:, None] * len(columns) + columns[None, used]
            into.append(at.reshape(-1))
            taken.append(from_.reshape(-1))
            conjugate.append(np.full(at.size, mirrored))
        keep = np.concatenate([np.abs(self._transfer.reshape(-1)[t]) > 0.0 for t in taken])
        self._into = np.concatenate(into)[keep].astype(np.int32)
        self._taken = np.concatenate(taken)[keep].astype(np.int32)
        self._sign = np.where(np.concatenate(conjugate)[keep], -1.0, 1.0)

    def spectrum(self, light: jax.Array) -> jax.Array:
        """The half spectrum of light with that transform (n_ky, n_kx), convolved."""
        ny, nx = self.padded
        product = (light * jnp.asarray(self._transfer, light.dtype)).reshape(-1)[self._taken]
        product = jax.lax.complex(product.real, product.imag * jnp.asarray(self._sign, product.real.dtype))
        half = jnp.zeros(ny * (nx // 2 + 1), light.dtype).at[jnp.asarray(self._into)].add(product)
        return half.reshape(ny, nx // 2 + 1)

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
