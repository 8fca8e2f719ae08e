"""Point spread functions."""

import warnings
from typing import Any

import numpy as np

from gaxel import _core
from gaxel._arrays import Image, as_float, as_image, as_int
from gaxel._errors import PsfWarning, input_error


class Psf:
    """A point spread function, given as an image. Immutable and picklable.

    It holds the response of the pixels already, as PSFs taken from stars and most PSF models do: light integrated
    over pixels is convolved with it.

    Parameters
    ----------
    array : array_like, shape (ny, nx)
        The PSF; need not be normalised. Any number type and byte order.
    oversample : int
        PSF pixels per data pixel along each axis.
    center : (float, float), optional
        The PSF's centre (x, y) in its own 0-based pixels; may be fractional. Default: the middle pixel of an odd size,
        pixel N/2 of an even one (GALFIT's rule).

    Raises
    ------
    InputError
        When the array is empty, not 2-D, holds NaN or infinity, or has a sum that is not positive.

    Warns
    -----
    PsfWarning
        When the light lies more than half a data pixel from the centre, or does not fall to zero at the border.
    """

    __slots__ = ("_array", "_center", "_core")
    _array: Image
    _center: tuple[float, float] | None
    _core: _core.Psf

    def __init__(self, array: Any, oversample: int = 1, center: tuple[float, float] | None = None) -> None:
        self._set(array, oversample, center)
        for message in self._core.warnings:
            warnings.warn(message, PsfWarning, stacklevel=2)

    def _set(self, array: Any, oversample: int, center: tuple[float, float] | None) -> None:
        self._array = as_image(array, "Psf", "array").copy()
        self._array.flags.writeable = False
        self._center = None if center is None else _as_center(center)
        x, y = self._center or (None, None)
        self._core = _core.Psf(self._array, as_int(oversample, "Psf", "oversample", 1), x, y)

    @property
    def array(self) -> Image:
        """The PSF as it was given, read-only."""
        return self._array

    @property
    def kernel(self) -> Image:
        """The PSF normalised to sum 1, shape (ny, nx), read-only."""
        return self._core.kernel

    @property
    def oversample(self) -> int:
        """PSF pixels per data pixel along each axis."""
        return self._core.oversample

    @property
    def pixel_in_psf(self) -> str:
        """Which pixel the image holds: its "own", that of the "data", or "none"."""
        return self._core.pixel_in_psf

    @property
    def center(self) -> tuple[float, float]:
        """The centre (x, y) in PSF pixels."""
        return self._core.x_center, self._core.y_center

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Psf):
            return NotImplemented
        same_options = (self.oversample, self.center) == (other.oversample, other.center)
        return same_options and np.array_equal(self._array, other._array)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self._array, self.oversample, self._center)

    def __repr__(self) -> str:
        x, y = self.center
        return f"Psf(shape={self._array.shape}, oversample={self.oversample}, center=({x:g}, {y:g}))"


def _rebuild(array: Any, oversample: int, center: tuple[float, float] | None) -> Psf:
    psf = Psf.__new__(Psf)
    psf._set(array, oversample, center)
    return psf


class VaryingPsf:
    """A point spread function that depends on where the light is: PsfGrid or Psfex."""

    __slots__ = ("_core",)
    _core: _core.VaryingPsf

    def at(self, x: float, y: float) -> Psf:
        """The PSF of light at (x, y), 0-based pixels."""
        allowed = "any finite number"
        psf = Psf.__new__(Psf)
        psf._core = self._core.at(as_float(x, "at", "x", allowed), as_float(y, "at", "y", allowed))
        psf._array = psf._core.kernel
        psf._center = psf.center
        return psf


def _as_center(center: Any) -> tuple[float, float]:
    allowed = "(x, y) in PSF pixels"
    try:
        x, y = center
    except (TypeError, ValueError):
        raise input_error("Psf", "center", repr(center), "not a position", allowed) from None
    return as_float(x, "Psf", "center", allowed), as_float(y, "Psf", "center", allowed)


def core_psf(psf: Any, shape: tuple[int, int]) -> _core.Psf | _core.VaryingPsf | None:
    """What the core takes for the argument `psf` (None, Psf, varying PSF or array) of a function that users call."""
    if psf is None:
        return None
    if isinstance(psf, VaryingPsf):
        return psf._core
    if isinstance(psf, Psf):
        made, messages = psf._core, []
    else:
        made = _rebuild(psf, 1, None)._core
        messages = list(made.warnings)
    for message in [*messages, made.size_warning(*shape)]:
        if message:
            warnings.warn(message, PsfWarning, stacklevel=3)
    return made
