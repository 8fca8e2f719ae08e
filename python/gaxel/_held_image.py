"""Images that components are made of."""

from typing import Any

import numpy as np

from gaxel import _core
from gaxel._arrays import Image, as_unmasked_image


class HeldImage:
    """An image as a component holds it: read-only, comparable, hashable, picklable, made ready for the core once."""

    __slots__ = ("array", "core")
    array: Image
    core: _core.LightImage

    def __init__(self, value: Any, source: str) -> None:
        if isinstance(value, np.ndarray) and value.ndim == 2:  # before any memory is asked for
            _core.LightImage.check_shape(*value.shape)
        self.array = as_unmasked_image(value, source, "image").copy()
        self.array.flags.writeable = False
        self.core = _core.LightImage(self.array)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, HeldImage):
            return NotImplemented
        return np.array_equal(self.array, other.array)

    def __hash__(self) -> int:
        return hash((self.array.shape, (self.array + 0.0).tobytes()))  # + 0.0: zeros of both signs are equal

    def __reduce__(self) -> tuple[Any, ...]:
        return HeldImage, (self.array, "image")

    def __repr__(self) -> str:
        return f"<array of shape {self.array.shape}>"
