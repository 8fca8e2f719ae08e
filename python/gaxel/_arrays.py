"""Arrays as users have them (any number type, any byte order, strided) to what the core takes."""

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaxel._errors import input_error, shown

Image = NDArray[np.float64]

MANY_PIXELS = 2**20  # from here on, starting threads costs nothing that shows
MOST_PIXELS = 2**31


def as_real(value: Any, source: str, key: str, what: str, allowed: str) -> NDArray[Any]:
    """`value` as an array of real numbers of whatever type."""
    try:
        array = np.asarray(value)
    except ValueError:  # lists of different lengths in a list
        raise input_error(source, key, type(value).__name__, what, allowed) from None
    if array.dtype.kind not in "fiub":
        found = f"array of {array.dtype}" if hasattr(value, "dtype") else shown(value)
        raise input_error(source, key, found, what, allowed)
    return array


def as_image(value: Any, source: str, key: str) -> Image:
    """`value` as a C-contiguous native float64 array of shape (ny, nx); no copy where it is one already."""
    array = as_real(value, source, key, "not an image", "an array of real numbers, shape (ny, nx)")
    if array.ndim != 2 or array.size == 0:
        raise input_error(
            source, key, f"shape {array.shape}", "not an image", "shape (ny, nx), neither of them 0"
        )
    if array.size >= MOST_PIXELS:
        raise input_error(
            source, key, f"shape {array.shape}", "the image is too large", "fewer than 2**31 pixels"
        )
    try:
        return np.ascontiguousarray(array, dtype=np.float64)
    except MemoryError:
        raise input_error(
            source,
            key,
            f"shape {array.shape}",
            "there is not enough memory for the image",
            f"{8 * array.size} bytes",
        ) from None


def as_unmasked_image(value: Any, source: str, key: str) -> Image:
    """As `as_image`, of what has no masked pixels: an image that stands for light as a whole."""
    if np.ma.is_masked(value):
        raise input_error(
            source, key, f"{np.ma.count_masked(value)} masked pixels", "pixels of this image cannot be left out",
            "an array without masked values, as value.filled(0.0) makes it",
        )  # fmt: skip
    return as_image(value, source, key)


def as_vector(value: Any, source: str, key: str) -> NDArray[np.float64]:
    """`value` as a contiguous float64 array of finite numbers, shape (n,), n > 0."""
    allowed = "finite real numbers, shape (n,)"
    if getattr(value, "unit", None) is not None or np.ma.is_masked(value):
        raise input_error(source, key, shown(value), "not plain numbers", f"{allowed}, without unit and mask")
    array = as_real(value, source, key, "not numbers", allowed)
    if array.ndim != 1 or array.size == 0:
        raise input_error(source, key, f"shape {array.shape}", "not a list of numbers", allowed)
    with np.errstate(over="ignore"):
        vector = np.ascontiguousarray(array, dtype=np.float64)
    if not np.isfinite(vector).all():
        raise input_error(source, key, None, "holds NaN or infinity", allowed)
    return vector


def as_mask(value: Any, shape: tuple[int, int], source: str, key: str) -> NDArray[np.bool_]:
    """`value` as an array of bool; numbers other than 0 are True."""
    allowed = "bool or finite numbers, non-zero = bad"
    array = as_real(value, source, key, "not a mask", allowed)
    if not np.isfinite(array).all():
        raise input_error(source, key, "NaN or infinity", "not a mask", allowed)
    check_shape(array, shape, source, key)
    return array.astype(np.bool_)


def check_shape(array: NDArray[Any], shape: tuple[int, int], source: str, key: str) -> None:
    if array.shape != shape:
        raise input_error(
            source, key, f"shape {array.shape}", "sizes disagree", f"shape {shape}, as the data"
        )


def as_output(value: Image, shape: tuple[int, int], source: str) -> Image:
    """`value` itself, which must be an array that can be written in place."""
    fits = isinstance(value, np.ndarray) and value.dtype == np.dtype(np.float64) and value.flags.c_contiguous
    if not (fits and value.dtype.isnative and value.flags.writeable):
        found = f"array of {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
        raise input_error(
            source, "out", found, "cannot be written in place", "a writeable C-contiguous float64 array"
        )
    check_shape(value, shape, source, "out")
    return value


def as_shape(value: Any, source: str, key: str = "shape") -> tuple[int, int]:
    allowed = "(ny, nx), whole numbers above 0"
    try:
        ny, nx = value
    except (TypeError, ValueError):
        raise input_error(source, key, shown(value), "not a shape", allowed) from None
    if not all(isinstance(n, int | np.integer) and 0 < n < 2**31 for n in (ny, nx)):
        raise input_error(source, key, shown(value), "not a shape", allowed)
    if int(ny) * int(nx) >= MOST_PIXELS:
        raise input_error(source, key, shown(value), "the image is too large", "fewer than 2**31 pixels")
    return int(ny), int(nx)


def as_items(value: Any, source: str, key: str, allowed: str) -> list[Any]:
    """The items of what can be iterated over."""
    try:
        return list(value)
    except TypeError:  # also of arrays without axes, which say that they could be
        raise input_error(source, key, shown(value), "not a list", allowed) from None


def as_int(value: Any, source: str, key: str, least: int, most: int = 2**31 - 1) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value <= most:
        allowed = f"{least} or more" if most == 2**31 - 1 else f"{least} to {most}"
        raise input_error(source, key, shown(value), "out of range", f"a whole number, {allowed}")
    return int(value)


def as_float(value: Any, source: str, key: str, allowed: str) -> float:
    """`value` as a finite float; text and arrays are refused."""
    try:
        if isinstance(value, str | bytes | bool | np.bool_) or np.ndim(value) != 0 or np.iscomplexobj(value):
            raise TypeError
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise input_error(source, key, shown(value), "not a number", allowed) from None
    if not np.isfinite(number):
        raise input_error(source, key, repr(number), "not a finite number", allowed)
    return number


def as_point(value: Any, source: str, key: str, allowed: str) -> tuple[float, float]:
    """A position (x, y)."""
    try:
        x, y = value
    except (TypeError, ValueError):
        raise input_error(source, key, shown(value), "not a position", allowed) from None
    return as_float(x, source, key, allowed), as_float(y, source, key, allowed)


def as_positive(value: Any, source: str, key: str, allowed: str = "above 0") -> float:
    number = as_float(value, source, key, allowed)
    if not number > 0.0:
        raise input_error(source, key, number, "out of range", allowed)
    return number


def as_tolerance(rtol: Any, atol: Any, source: str) -> tuple[float, float]:
    allowed = "0 < rtol < 1, 0 <= atol < 1"
    return as_float(rtol, source, "rtol", allowed), as_float(atol, source, "atol", allowed)


def as_threads(threads: Any, shape: tuple[int, int], source: str) -> int:
    """Threads for an image of that shape; None: one, or for MANY_PIXELS all cores that this process may use."""
    if threads is not None:
        return as_int(threads, source, "threads", 0)
    if shape[0] * shape[1] < MANY_PIXELS:
        return 1
    # Not every system has affinities.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
