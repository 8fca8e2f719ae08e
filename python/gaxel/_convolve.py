"""Convolution of images with a kernel, by Fourier transforms or as the direct sum; public in gaxel.model."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gaxel import _core
from gaxel._arrays import Image, as_image
from gaxel._errors import input_error

PADDINGS = ("linear_ramp", "zeros")
METHODS = ("fft", "direct")


def as_finite_image(value: Any, source: str, key: str) -> Image:
    image = as_image(value, source, key)
    bad = np.argwhere(~np.isfinite(image))
    if bad.size:
        row, column = bad[0]
        raise input_error(
            source,
            key,
            image[row, column],
            f"{len(bad)} of {image.size} pixels are not finite, the first in row {row}, column {column}",
            "finite numbers",
        )
    return image


def as_choice(value: Any, choices: tuple[str, ...], source: str, key: str) -> str:
    if not isinstance(value, str) or value not in choices:
        raise input_error(source, key, repr(value), "unknown", " or ".join(choices))
    return value


def make_convolution(
    psf: Image, shape: tuple[int, int], padding: str, method: str
) -> Callable[[Image], Image]:
    """image -> sum over k of psf[k] image[p + c - k], for images of `shape`; c = (ky // 2, kx // 2) of the PSF's shape.

    Beyond its borders an image falls linearly to 0, which it reaches at the last pixel that counts, or is 0 at once.
    """
    margins = [(size - 1 - size // 2, size // 2) for size in psf.shape]
    convolve = _fourier(psf, shape) if method == "fft" else _direct(psf, shape)
    mode = "linear_ramp" if padding == "linear_ramp" else "constant"
    return lambda image: convolve(np.pad(image, margins, mode=mode))


def _direct(psf: Image, shape: tuple[int, int]) -> Callable[[Image], Image]:
    ny, nx = shape
    flipped = psf[::-1, ::-1]

    def convolve(padded: Image) -> Image:
        out = np.zeros(shape)
        for (row, column), weight in np.ndenumerate(flipped):
            out += weight * padded[row : row + ny, column : column + nx]
        return out

    return convolve


def _fourier(psf: Image, shape: tuple[int, int]) -> Callable[[Image], Image]:
    ky, kx = psf.shape
    ny, nx = shape
    # As long as the padded image: what wraps around falls on the first k - 1 rows and columns, which are dropped.
    lengths = _core.fast_fft_size(ny + ky - 1), _core.fast_fft_size(nx + kx - 1)
    transfer = np.fft.rfft2(psf, lengths)

    def convolve(padded: Image) -> Image:
        out = np.fft.irfft2(np.fft.rfft2(padded, lengths) * transfer, lengths)
        return np.ascontiguousarray(out[ky - 1 : ky - 1 + ny, kx - 1 : kx - 1 + nx])

    return convolve
