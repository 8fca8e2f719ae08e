"""Images in several bands, and how parameters depend on wavelength."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaxel import _core
from gaxel._arrays import (
    Image,
    as_float,
    as_image,
    as_int,
    as_mask,
    as_positive,
    as_real,
    as_vector,
    check_shape,
)
from gaxel._errors import input_error, shown
from gaxel._html import band_html
from gaxel._observed import angstroms, neighbours_mask, plain_image, zeropoint_of
from gaxel._on_sky import has_sky
from gaxel._psf import AnyPsf, VaryingPsf, core_psfs
from gaxel._quantities import is_quantity, number_of

IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True)
class CountNoise:
    """From the counts of an image to the electrons that were detected, for likelihoods of photons.

    Parameters
    ----------
    gain : float
        Electrons per count, above 0: times the exposure time where the image is counts per second, and times the number of
        images that were averaged.
    read_noise : float
        Electrons, at least 0; of n averaged images sqrt(n) times that of one.
    sky : float
        Counts per pixel that were taken out of the data.
    """

    gain: float
    read_noise: float = 0.0
    sky: float = 0.0

    def __post_init__(self) -> None:
        as_positive(self.gain, "CountNoise", "gain", "a finite number above 0")
        read_noise = as_float(self.read_noise, "CountNoise", "read_noise", "a finite number, at least 0")
        if not read_noise >= 0.0:
            raise input_error(
                "CountNoise", "read_noise", read_noise, "out of range", "a finite number, at least 0"
            )
        as_float(self.sky, "CountNoise", "sky", "a finite number of counts")

    def sigma(self, data: ArrayLike) -> Image:
        """The standard deviation of each pixel as its data tell it, of one electron at least; counts."""
        counts = as_real(data, "CountNoise.sigma", "data", "not counts", "real numbers")
        photons = np.maximum(self.gain * (counts.astype(np.float64) + self.sky), 1.0)
        return np.sqrt(photons + self.read_noise**2) / self.gain


class Band:
    """An image in one band, with its errors, mask and PSF.

    Parameters
    ----------
    data : array_like, shape (ny, nx), or astropy.nddata.NDData
        The image, in counts. A masked array's mask counts. May be masked as a whole where it is one of several. An NDData or
        CCDData brings its unit, uncertainty (standard deviation, variance or inverse variance; where that is 0 the
        pixel is not used), mask, wcs and psf; a Quantity its unit.
    sigma : array_like, shape (ny, nx), or float, optional
        Standard deviation of each pixel; a Quantity is converted to the data's unit; a masked array's mask counts. Without,
        what the data bring, or that of counts.sigma(data).
    name : str
        Unique among the bands that are fitted together.
    wavelength : float or Quantity, optional
        Above 0, in any unit, the same for all bands; needed where there are several. A Quantity becomes Angstrom.
    mask : array_like, shape (ny, nx), optional
        True or non-zero: the pixel is bad and not used.
    psf : Psf, GaussianPsf, MoffatPsf, SumPsf, PsfGrid, Psfex or array_like, optional
        As in render.
    zeropoint : float, optional
        Magnitude of one count. Default: AB, where the data are in a unit of flux density; else 0.
    wcs : astropy.wcs.WCS or another with its methods of APE 14, optional
        Where the pixels lie on the sky; of two axes. Where every band has one, a component is at one place of the sky and has one
        size and direction there, whatever the pixels' scales and directions; its x, y, re and theta are those in the pixels
        of the first band. Without, all bands have the same pixels.
    counts : CountNoise, optional
        For the likelihoods "model_sigma", "cash" and "poisson_mlr".
    segmentation : array_like of int, shape (ny, nx), optional
        Labels of sources, 0 where there is none, as photutils and sep make them: pixels of sources other than `keep` are not
        used.
    keep : int or sequence of int, optional
        The labels of what is fitted; needed with segmentation.
    """

    def __init__(
        self,
        data: ArrayLike,
        sigma: ArrayLike | float | None = None,
        *,
        name: str = "",
        wavelength: Any = None,
        mask: ArrayLike | None = None,
        psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
        zeropoint: Any = None,
        wcs: Any = None,
        counts: CountNoise | None = None,
        segmentation: Any = None,
        keep: int | Sequence[int] | None = None,
    ) -> None:
        if not isinstance(name, str) or not name.isprintable():
            raise input_error("Band", "name", shown(name), "not a usable name", "printable text")
        where = f"Band {name!r}" if name else "fit"
        data, sigma, mask, psf, wcs, self.unit = plain_image(data, sigma, mask, psf, wcs, where)
        if is_quantity(wavelength):
            wavelength = angstroms(wavelength, "Band")
        if is_quantity(zeropoint):
            zeropoint = number_of(zeropoint, "mag", "Band", "zeropoint")
        elif zeropoint is None:
            zeropoint = (None if self.unit is None else zeropoint_of(self.unit)) or 0.0
        self.name = name
        self.wavelength = None if wavelength is None else as_positive(wavelength, "Band", "wavelength")
        self.zeropoint = as_float(zeropoint, "Band", "zeropoint", "any finite number")
        self.psf = psf
        self.wcs = wcs
        if wcs is not None:
            has_sky(wcs, where)
        if counts is not None and not isinstance(counts, CountNoise):
            raise input_error(where, "counts", repr(counts), "not the noise of counts", "a gaxel.CountNoise")
        self.counts = counts
        self.data, self.sigma, self.used = _observation(data, sigma, mask, counts, where)
        others = neighbours_mask(segmentation, keep, self.shape, where)
        if others is not None:
            self.used &= ~others

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)"""
        ny, nx = self.data.shape
        return ny, nx

    def _repr_html_(self) -> str:
        return band_html(self)

    def __repr__(self) -> str:
        ny, nx = self.shape
        wavelength = "" if self.wavelength is None else f", wavelength={self.wavelength:g}"
        return f"Band({self.name!r}, {ny} x {nx} pixels{wavelength}, {np.count_nonzero(self.used)} used)"

    def to_core(self, first: "Band", own: Sequence[Any]) -> tuple[_core.Band, list[int]]:
        """As the core takes it, beside the band whose pixels the scene is in; and the numbers of the PSFs of components
        that have these of their `own`."""
        varying = self.psf if isinstance(self.psf, VaryingPsf) else None
        psf: Any = self.psf
        if varying is not None:  # where components start is not known yet: what stands in their place
            psf = varying.at(0.5 * (self.shape[1] - 1), 0.5 * (self.shape[0] - 1))
        psfs, numbers = core_psfs(psf, own, self.shape, self.name)
        band = _core.Band(
            self.name,
            0.0 if self.wavelength is None else self.wavelength,
            self.zeropoint,
            self.pixels_from(first),
            self.data,
            self.sigma,
            self.used.astype(np.uint8),
            psfs,
            None if varying is None else varying._core,
            None if self.counts is None else (self.counts.gain, self.counts.read_noise, self.counts.sky),
        )
        return band, numbers

    @property
    def low_level_wcs(self) -> Any:
        """The wcs with methods of plain numbers: of a part of an NDData it is a wrapper, which has these one level down."""
        return getattr(self.wcs, "low_level_wcs", self.wcs)

    def pixels_from(self, first: "Band") -> tuple[float, ...]:
        """The affine map from another band's pixels to these: (xx, xy, x0, yx, yy, y0)."""
        if self is first or self.wcs is None or first.wcs is None:
            if (self.wcs is None) != (first.wcs is None):
                raise input_error("fit", "wcs", self.name, "some bands have a wcs and some have none", "all")
            return IDENTITY
        ny, nx = first.shape
        x, y = np.meshgrid(np.linspace(0.0, nx - 1.0, 5), np.linspace(0.0, ny - 1.0, 5))
        sky = first.low_level_wcs.pixel_to_world_values(x.ravel(), y.ravel())
        there = np.array(self.low_level_wcs.world_to_pixel_values(*sky))
        design = np.stack([x.ravel(), y.ravel(), np.ones(x.size)], axis=1)
        found, *_ = np.linalg.lstsq(design, there.T, rcond=None)
        miss = np.abs(design @ found - there.T).max()
        if not miss < 0.05:
            raise input_error(
                "fit", "wcs", self.name,
                f"its pixels are distorted against the first band's: {miss:.3g} pixels off a linear map",
                "within 0.05",
            )  # fmt: skip
        return (*found[:, 0].tolist(), *found[:, 1].tolist())


def _unmasked(image: Any) -> Any:
    return np.ma.getdata(image) if isinstance(image, np.ma.MaskedArray) else image


def _observation(
    data: Any, sigma: Any, mask: Any, counts: CountNoise | None, where: str
) -> tuple[Image, Image, NDArray[np.bool_]]:
    """Image, errors and which pixels are used, checked."""
    image = as_image(_unmasked(data), where, "data")
    bad = np.ma.getmaskarray(data) if isinstance(data, np.ma.MaskedArray) else np.zeros(image.shape, np.bool_)
    if mask is not None:
        bad = bad | as_mask(mask, image.shape, where, "mask")
    if sigma is None:
        if counts is None:
            raise input_error(
                where, "sigma", None, "missing", "an error for each pixel, or one for all; or counts"
            )
        noise = counts.sigma(image)
    elif np.ndim(sigma) == 0:
        noise = np.full(image.shape, as_float(sigma, where, "sigma", "above 0"))
    else:
        noise = as_image(_unmasked(sigma), where, "sigma")
        check_shape(noise, image.shape, where, "sigma")
        bad = bad | np.ma.getmaskarray(sigma) if isinstance(sigma, np.ma.MaskedArray) else bad
    wrong_data = np.count_nonzero(~bad & ~np.isfinite(image))
    if wrong_data:
        raise input_error(
            where,
            "data",
            f"{wrong_data} pixels are NaN or infinite",
            "not measured",
            "finite, or masked by mask=",
        )
    wrong_noise = np.count_nonzero(~bad & ~(np.isfinite(noise) & (noise > 0.0)))
    if wrong_noise:
        raise input_error(
            where, "sigma", f"{wrong_noise} pixels are zero, negative, NaN or infinite", "not errors",
            "finite and above 0, or masked by mask=",
        )  # fmt: skip
    return image, noise, ~bad


@dataclass(frozen=True)
class Variation:
    """How a parameter depends on the band."""

    basis = "constant"

    def coefficients(self, wavelengths: NDArray[np.float64], start: float | None) -> NDArray[np.float64]:
        """Their starting values; NaN: to be estimated."""
        return np.full(1, np.nan if start is None else start)

    def free(self, n: int) -> list[int]:
        """1 for each coefficient that is free."""
        return [1] * n


@dataclass(frozen=True)
class Constant(Variation):
    """One value for all bands."""


@dataclass(frozen=True)
class PerBand(Variation):
    """A value of its own in every band.

    Parameters
    ----------
    values : sequence of float, optional
        Where they start; else all at the component's value, or estimated from each image.
    """

    basis = "bands"
    values: Sequence[float] | None = None

    def coefficients(self, wavelengths: NDArray[np.float64], start: float | None) -> NDArray[np.float64]:
        n = len(wavelengths)
        return _values(self.values, n, "PerBand") if self.values is not None else _level(start, n)


@dataclass(frozen=True)
class _Series(Variation):
    terms: int
    values: Sequence[float] | None = None
    start: Sequence[float] | None = None

    def __post_init__(self) -> None:
        title = type(self).__name__
        as_int(self.terms, title, "terms", 1)
        if self.values is not None and self.start is not None:
            raise input_error(title, "start", self.start, "values in the bands are given too", "one of them")

    def _through(self, wavelengths: NDArray[np.float64]) -> NDArray[np.float64]:
        title = type(self).__name__
        if self.start is not None:
            return _values(self.start, None, title)
        values = _values(self.values, len(wavelengths), title)
        return np.array(_core.series_through(wavelengths.tolist(), values.tolist(), self.basis, self.terms))


@dataclass(frozen=True)
class Chebyshev(_Series):
    """sum of c_i T_i(x), x from -1 at the shortest to 1 at the longest wavelength, c_0 not halved: as GALFITM has it
    (Haeussler et al. 2013, MNRAS 430, 330).

    Parameters
    ----------
    terms : int
        How many leading coefficients are free: 1 a constant, 2 a line, 3 a parabola.
    values : sequence of float, optional
        Values in the bands; the series starts next to them, by least squares.
    start : sequence of float, optional
        The coefficients themselves; those beyond `terms` are kept as they are. Without either the
        component's value, or an estimate from the images.
    """

    basis = "chebyshev"

    def coefficients(self, wavelengths: NDArray[np.float64], start: float | None) -> NDArray[np.float64]:
        if self.start is not None or self.values is not None:
            given = self._through(wavelengths)
            return np.pad(given, (0, max(self.terms - len(given), 0)))
        level = _level(start, self.terms)
        if start is not None:
            level[1:] = 0.0
        return level

    def free(self, n: int) -> list[int]:
        return [int(i < self.terms) for i in range(n)]


@dataclass(frozen=True)
class BSpline(_Series):
    """A spline in wavelength: B-splines of degree 3 (terms - 1 if that is less) on uniform knots.

    Parameters
    ----------
    terms : int
        How many coefficients.
    values, start : sequence of float, optional
        As in Chebyshev.
    """

    basis = "bspline"

    def coefficients(self, wavelengths: NDArray[np.float64], start: float | None) -> NDArray[np.float64]:
        if self.start is not None or self.values is not None:
            return self._through(wavelengths)
        return _level(start, self.terms)


def _level(start: float | None, n: int) -> NDArray[np.float64]:
    return np.full(n, np.nan if start is None else start)


def _values(values: Any, n: int | None, source: str) -> NDArray[np.float64]:
    given = as_vector(values, source, "values")
    if n is not None and len(given) != n:
        raise input_error(source, "values", f"{len(given)} values", "not as many as bands", f"{n}")
    return given


@dataclass(frozen=True)
class Normal:
    """A prior: the parameter's value is normal, with this mean and standard deviation."""

    mean: float
    sigma: float

    def __post_init__(self) -> None:
        as_float(self.mean, "Normal", "mean", "a finite number")
        as_positive(self.sigma, "Normal", "sigma", "a finite number above 0")


@dataclass(frozen=True)
class LogNormal:
    """A prior: the natural logarithm of the parameter's value is normal.

    Parameters
    ----------
    median : float
        Of the value.
    sigma : float
        Of its logarithm: 0.1 is about 10 percent.
    """

    median: float
    sigma: float

    def __post_init__(self) -> None:
        as_positive(self.median, "LogNormal", "median", "a finite number above 0")
        as_positive(self.sigma, "LogNormal", "sigma", "a finite number above 0")
