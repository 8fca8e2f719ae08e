"""Point spread functions."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Literal, Self

import numpy as np

from gaxel import _core
from gaxel._arrays import Image, as_float, as_items, as_point, as_unmasked_image
from gaxel._errors import PsfWarning, input_error, shown, warn_caller
from gaxel._html import psf_html

PixelInPsf = Literal["own", "data", "none"]
CENTER = "(x, y) in PSF pixels"


class AnyPsf:
    """What all PSFs have in common: they are immutable, comparable, hashable and picklable.

    PSFs add: 0.8 * a + 0.2 * b is a SumPsf with these weights.
    """

    __slots__ = ("_core",)
    _arguments: ClassVar[tuple[str, ...]]  # the names of what _key() gives
    _core: _core.Psf

    def _key(self) -> tuple[Any, ...]:
        """The constructor's arguments."""
        raise NotImplementedError

    def diffused(self, kernel: Any) -> "DiffusedPsf":
        """This PSF, and then the charge diffusion of a detector.

        Parameters
        ----------
        kernel : array_like, shape (odd, odd)
            What the image on the data's pixels is convolved with, about its middle; need not be normalised.
        """
        return DiffusedPsf(self, kernel)

    def __add__(self, other: Any) -> "SumPsf":
        if not isinstance(other, AnyPsf):
            return NotImplemented
        terms = [*_terms(self), *_terms(other)]
        return SumPsf([psf for psf, _ in terms], [weight for _, weight in terms])

    def __rmul__(self, weight: float) -> "SumPsf":
        terms = _terms(self)
        factor = as_float(weight, "Psf", "weight", "a positive number")
        return SumPsf([psf for psf, _ in terms], [factor * own for _, own in terms])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AnyPsf):
            return NotImplemented
        return type(self) is type(other) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._key()))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._key())

    def _repr_html_(self) -> str:
        return psf_html(self)

    def __repr__(self) -> str:
        given = zip(self._arguments, self._key(), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in given)})"


class Psf(AnyPsf):
    """A point spread function, given as an image. Immutable and picklable.

    The image is taken as band-limited to the Nyquist frequency of its own sampling: nothing is resampled, whatever the
    oversampling and the centre.

    Parameters
    ----------
    array : array_like, shape (ny, nx)
        The PSF; need not be normalised. Any number type and byte order.
    oversample : float
        PSF pixels per data pixel along each axis, 0.25 to 64, whole or not.
    center : (float, float), optional
        The PSF's centre (x, y) in its own 0-based pixels; may be fractional. Default: the middle pixel of an odd size,
        pixel N/2 of an even one (GALFIT's rule).
    pixel_in_psf : {"own", "data", "none"} or bool
        Which pixel's response the image holds already: "own", that of its own pixels (values are integrals over
        them); "data" or True, that of the data's pixels (an ePSF, a PSFEx model); "none" or False, none: samples of
        the optics alone. Light is given the response of the data's pixels once in each case. GALFIT and Imfit
        convolve light that is integrated over pixels with the image as it is, which is "none".

    Raises
    ------
    InputError
        When the array is empty, not 2-D, holds NaN or infinity, or has a sum that is not positive; for options that
        are out of range.

    Warns
    -----
    PsfWarning
        When the light lies more than half a data pixel from the centre, does not fall to zero at the border, is cut
        off there, has much power at the Nyquist frequency, or is negative in places.
    """

    __slots__ = ("_array", "_center")
    _array: Image
    _center: tuple[float, float] | None

    def __init__(
        self,
        array: Any,
        oversample: float = 1.0,
        center: tuple[float, float] | None = None,
        pixel_in_psf: PixelInPsf | bool = "own",
    ) -> None:
        self._set(array, oversample, center, pixel_in_psf)
        for message in self._core.warnings:
            warn_caller(message, PsfWarning)

    def _set(self, array: Any, oversample: Any, center: Any, pixel_in_psf: Any) -> None:
        self._array = as_unmasked_image(array, "Psf", "array").copy()
        self._array.flags.writeable = False
        self._center = None if center is None else as_point(center, "Psf", "center", CENTER)
        x, y = self._center or (None, None)
        sampling = as_float(oversample, "Psf", "oversample", "0.25 to 64")
        self._core = _core.Psf(self._array, sampling, x, y, _as_pixel(pixel_in_psf))

    def _key(self) -> tuple[Any, ...]:
        options = (self.oversample, self._center, self.pixel_in_psf)
        return self._array.shape, self._array.tobytes(), *options

    @classmethod
    def _from_key(cls, shape: tuple[int, int], data: bytes, *options: Any) -> Self:
        psf = cls.__new__(cls)
        psf._set(np.frombuffer(data).reshape(shape), *options)
        return psf

    @property
    def array(self) -> Image:
        """The PSF as it was given, read-only."""
        return self._array

    @property
    def kernel(self) -> Image:
        """The PSF normalised to sum 1, shape (ny, nx), read-only."""
        return self._core.kernel

    @property
    def oversample(self) -> float:
        """PSF pixels per data pixel along each axis."""
        return self._core.oversample

    @property
    def center(self) -> tuple[float, float]:
        """The centre (x, y) in PSF pixels."""
        return self._core.x_center, self._core.y_center

    @property
    def pixel_in_psf(self) -> PixelInPsf:
        """Which pixel's response the image holds."""
        return self._core.pixel_in_psf

    def __repr__(self) -> str:
        x, y = self.center
        text = f"Psf(shape={self._array.shape}, oversample={self.oversample:g}, center=({x:g}, {y:g})"
        return f"{text}, pixel_in_psf={self.pixel_in_psf!r})"


class GaussianPsf(AnyPsf):
    """A Gaussian PSF; the response of the data's pixels comes on top of it.

    Parameters
    ----------
    fwhm : float
        Full width at half maximum along the major axis, data pixels, 0.1 to 1000.
    q : float
        Axis ratio, 0.1 to 1.
    theta : float
        Angle of the major axis, radians from +x towards +y.
    """

    __slots__ = ("fwhm", "q", "theta")
    _arguments = ("fwhm", "q", "theta")

    def __init__(self, fwhm: float, q: float = 1.0, theta: float = 0.0) -> None:
        self.fwhm, self.q, self.theta = (
            as_float(value, "GaussianPsf", key, "a finite number")
            for key, value in (("fwhm", fwhm), ("q", q), ("theta", theta))
        )
        self._core = _core.Psf.gaussian(*self._key())

    def _key(self) -> tuple[Any, ...]:
        return self.fwhm, self.q, self.theta


class MoffatPsf(AnyPsf):
    """A Moffat PSF, (1 + r^2 / a^2)^-beta; the response of the data's pixels comes on top of it.

    Parameters
    ----------
    fwhm, q, theta : float
        As in GaussianPsf.
    beta : float
        1.1 to 20.
    """

    __slots__ = ("beta", "fwhm", "q", "theta")
    _arguments = ("fwhm", "beta", "q", "theta")

    def __init__(self, fwhm: float, beta: float, q: float = 1.0, theta: float = 0.0) -> None:
        self.fwhm, self.beta, self.q, self.theta = (
            as_float(value, "MoffatPsf", key, "a finite number")
            for key, value in (("fwhm", fwhm), ("beta", beta), ("q", q), ("theta", theta))
        )
        self._core = _core.Psf.moffat(*self._key())

    def _key(self) -> tuple[Any, ...]:
        return self.fwhm, self.beta, self.q, self.theta


class SumPsf(AnyPsf):
    """A sum of PSFs.

    Parameters
    ----------
    psfs : sequence of PSFs
    weights : sequence of float, optional
        Positive; each PSF's part of the flux is its weight over the sum of all. Default: all the same.
    """

    __slots__ = ("psfs", "weights")
    _arguments = ("psfs", "weights")

    def __init__(self, psfs: Iterable[AnyPsf], weights: Sequence[float] | None = None) -> None:
        self.psfs = tuple(as_items(psfs, "SumPsf", "psfs", "a list of PSFs"))
        for psf in self.psfs:
            if not isinstance(psf, AnyPsf):
                raise input_error(
                    "SumPsf", "psfs", shown(psf), "not a PSF", "gaxel.Psf(array) or another PSF"
                )
        allowed = "numbers above 0, one for each PSF"
        given = (
            (1.0,) * len(self.psfs) if weights is None else as_items(weights, "SumPsf", "weights", allowed)
        )
        self.weights = tuple(as_float(weight, "SumPsf", "weights", allowed) for weight in given)
        if len(self.weights) != len(self.psfs):
            raise input_error(
                "SumPsf", "weights", len(self.weights), "not one for each PSF", str(len(self.psfs))
            )
        self._core = _core.Psf.sum([psf._core for psf in self.psfs], list(self.weights))

    def _key(self) -> tuple[Any, ...]:
        return self.psfs, self.weights


class DiffusedPsf(AnyPsf):
    """A PSF and then the charge diffusion of a detector; see AnyPsf.diffused."""

    __slots__ = ("_kernel", "psf")

    def __init__(self, psf: AnyPsf, kernel: Any) -> None:
        self.psf = psf
        self._kernel = as_unmasked_image(kernel, "diffused", "kernel").copy()
        self._core = psf._core.diffused(self._kernel)

    def _key(self) -> tuple[Any, ...]:
        return self.psf, tuple(map(tuple, self._kernel.tolist()))

    def __repr__(self) -> str:
        return f"({self.psf!r}).diffused({self._kernel.tolist()!r})"


def _terms(psf: AnyPsf) -> list[tuple[AnyPsf, float]]:
    return list(zip(psf.psfs, psf.weights, strict=True)) if isinstance(psf, SumPsf) else [(psf, 1.0)]


def _rebuild(cls: type[AnyPsf], key: tuple[Any, ...]) -> AnyPsf:
    return Psf._from_key(*key) if cls is Psf else cls(*key)


def _as_pixel(pixel_in_psf: Any) -> str:
    if isinstance(pixel_in_psf, (bool, np.bool_)):
        return "data" if pixel_in_psf else "none"
    if not isinstance(pixel_in_psf, str) or pixel_in_psf not in ("own", "data", "none"):
        raise input_error(
            "Psf",
            "pixel_in_psf",
            shown(pixel_in_psf),
            "not a pixel",
            '"own", "data" or True, "none" or False',
        )
    return str(pixel_in_psf)


def _core_psf(psf: Any, shape: tuple[int, int], band: str) -> _core.Psf:
    if isinstance(psf, AnyPsf):
        made, messages = psf._core, []
    else:
        image = Psf.__new__(Psf)
        image._set(psf, 1.0, None, "own")
        made = image._core
        messages = list(made.warnings)
    for message in [*messages, made.size_warning(*shape)]:
        if message:
            warn_caller(f"band {band!r}: {message}" if band else message, PsfWarning)
    return made


class VaryingPsf:
    """A point spread function that depends on where the light is: PsfGrid or Psfex."""

    __slots__ = ("_core",)
    _core: _core.VaryingPsf

    def _repr_html_(self) -> str:
        return psf_html(self)

    def at(self, x: float, y: float) -> Psf:
        """The PSF of light at (x, y), 0-based pixels."""
        core = self._core.at(
            *(as_float(value, "at", key, "any finite number") for key, value in (("x", x), ("y", y)))
        )
        psf = Psf.__new__(Psf)
        psf._core, psf._array = core, core.kernel
        psf._center = (core.x_center, core.y_center)
        return psf


NO_PSF = -1


def core_psfs_of(
    psf: Any, components: Sequence[Any], shape: tuple[int, int]
) -> tuple[list[_core.Psf], list[int]]:
    """What the core takes for the argument `psf` of a function that users call: the PSFs, and each component's number.
    One that varies is taken at each component's centre."""
    varying = psf if isinstance(psf, VaryingPsf) else None
    psfs, numbers = core_psfs(psf if varying is None else None, [one.psf for one in components], shape)
    for i, component in enumerate(components):
        x, y = (component.value(key) if key in component._specs else None for key in ("x", "y"))
        own = component.psf is not None or component._kind.is_sky
        if varying is not None and not own and x is not None and y is not None:
            numbers[i] = len(psfs)
            psfs.append(varying._core.at(x, y))
    return psfs, numbers


def core_psfs(
    psf: Any, own: Sequence[Any], shape: tuple[int, int], band: str = ""
) -> tuple[list[_core.Psf], list[int]]:
    """What the core takes for the argument `psf` (None, a PSF or an array) of a function that users call, and the PSFs
    that components have of their `own` (None: the argument's; False: none): the PSFs, and each component's number. Warnings name the band."""
    psfs = [] if psf is None else [_core_psf(psf, shape, band)]
    known: list[tuple[Any, int]] = []
    numbers = []
    for one in own:
        if one is None or one is False:
            numbers.append(NO_PSF if one is False or psf is None else 0)
            continue
        number = next((number for other, number in known if other is one), len(psfs))
        if number == len(psfs):
            psfs.append(_core_psf(one, shape, band))
            known.append((one, number))
        numbers.append(number)
    return psfs, numbers
