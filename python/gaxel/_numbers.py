"""The numbers that functions of points and parameters take: anything that numpy broadcasts, as float64."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaxel._errors import input_error

Numbers = NDArray[np.float64]


def as_numbers(source: str, **values: Any) -> list[Numbers]:
    """The arguments of the function `source` as float64 arrays that broadcast together; masked elements are NaN."""
    arrays = [_as_numbers(value, source, key) for key, value in values.items()]
    try:
        np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = ", ".join(f"{key} {a.shape}" for key, a in zip(values, arrays, strict=True) if a.ndim)
        raise input_error(
            source, "shapes", shapes, "do not broadcast", "shapes that numpy broadcasts together"
        ) from None
    return arrays


def _as_numbers(value: Any, source: str, key: str) -> Numbers:
    unit = getattr(value, "unit", None)
    if unit is not None:
        allowed = "plain numbers: pixels, radians, magnitudes"
        raise input_error(source, key, f"array in {unit}", "has a unit", allowed)
    try:
        array = np.asanyarray(value)
    except ValueError:  # ragged lists
        array = np.asarray(None)
    if array.dtype.kind not in "fiub":
        raise input_error(source, key, f"array of {array.dtype}", "not numbers", "real numbers")
    numbers = array.astype(np.float64, copy=False)
    return numbers.filled(np.nan) if isinstance(numbers, np.ma.MaskedArray) else np.asarray(numbers)
