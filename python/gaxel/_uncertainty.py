"""Errors of a fit beyond its covariance: what follows from it, profile likelihoods, bootstrap, the likelihood."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaxel import _core
from gaxel._arrays import as_float, as_int
from gaxel._bands import Band
from gaxel._errors import input_error, told_of_psf
from gaxel._fit_result import FitResult, to_result
from gaxel._light import brightness_text, flux_of, flux_text, mag_of
from gaxel._numbers import as_numbers
from gaxel._on_sky import has_sky
from gaxel._parameters import component_names, select_names
from gaxel._samples import Samples

Array = NDArray[np.float64]
Progress = Callable[[float], Any] | None


@dataclass(frozen=True)
class DerivedValue:
    """A value that follows from a fit, of a component's light before the PSF or of all components together."""

    component: str | None
    """None: of all, skies and truncations apart."""
    band: str
    """Of a colour "g-r"."""
    quantity: str
    """"flux", "mag"; "r_half", "r_half_circ" (half-light radius along the major axis, and of the circle of the same
    area), also with "_arcsec"; "mu_e", "mean_mu_e", "mu_0" (surface brightness on the half-light isophote, mean
    inside it, in the centre), in counts "i_e", "mean_i_e", "i_0"; "fraction" of the flux of all; "colour"."""
    value: float
    error: float
    """1 sigma by FitResult.covariance; NaN where nothing free, or something degenerate, is in it."""
    unit: str
    error_sandwich: float
    """By FitResult.robust; NaN without it."""
    error_correlated: float
    gradient: Array = field(repr=False, compare=False)
    """To FitResult.values, shape (n_free,): covariances of derived values are gradient @ covariance @ gradient."""


@dataclass(frozen=True)
class Interval:
    """Of one free parameter: between the ends the best fit of all others is less than `level` above the least."""

    value: float
    low: float
    """Infinite where open."""
    high: float
    low_end: str
    """"found", "at_range" (the interval goes on to the end of the parameter's range) or "open"."""
    high_end: str


@dataclass(frozen=True, eq=False)
class ProfileResult:
    """Profile likelihoods of the parameters of a fit."""

    fit: FitResult
    """The fit given, or a better one that the search met."""
    intervals: dict[str, Interval]
    """By the parameters' names."""
    restarts: int
    """How often a better fit was met."""
    gain: float
    """By how much what it makes least is below that of the fit given."""


def derived(
    result: FitResult,
    pixel_scale: float | Sequence[float] | None = None,
    zeropoint: float | Sequence[float] | None = None,
) -> list[DerivedValue]:
    """See FitResult.derived."""
    bands = _scene_of(result, "derived").bands
    scales = _of_bands(pixel_scale, bands, "pixel_scale", "above 0, arcsec") or [
        pixel_scale_of(band) for band in bands
    ]
    zeropoints = _of_bands(zeropoint, bands, "zeropoint", "magnitude of one count") or [
        _zeropoint(result, band) for band in bands
    ]
    names = component_names(result._scene.components, "derived")
    slopes = _slopes(result)
    return [
        DerivedValue(
            component=None if component is None else names[component],
            band=bands[band].name if minus is None else f"{bands[band].name}-{bands[minus].name}",
            quantity=key,
            value=value,
            error=error,
            unit=_own_unit(unit, bands[band]),
            error_sandwich=sandwich,
            error_correlated=correlated,
            gradient=np.array(gradient) * slopes,
        )
        for component, band, minus, key, unit, value, error, sandwich, correlated, gradient in _core.derived_values(
            result._fitted, core_bands(result), zeropoints, scales
        )
    ]


def profile_likelihood(
    result: FitResult,
    parameters: str | Iterable[str] = "*",
    *,
    level: float = 1.0,
    max_restarts: int = 5,
    threads: int = 1,
    progress: Progress = None,
) -> ProfileResult:
    """Intervals of free parameters from their profile likelihoods: right where the likelihood is no Gaussian.

    A parameter is held at points that close in on where the least of chi2, priors included, has risen by `level`, all
    others being fitted (Venzon & Moolgavkar 1988, Appl. Stat. 37, 87). Where that leads below the best fit, the fit
    starts over from there.

    Parameters
    ----------
    result : FitResult
    parameters : str or iterable of str
        Names of result.parameter_names, or shell patterns ("*.re*").
    level : float
        1 for 68.3 percent, 3.84 for 95.
    max_restarts : int
        Better fits after which it goes on with the last one all the same.
    threads : int
        0: all of the machine. Ends of intervals are found side by side.
    progress : callable, optional
        Called with the share that is done. Returns False to stop; intervals found so far are kept.

    Returns
    -------
    ProfileResult

    Raises
    ------
    InputError
        Names the argument and what is allowed.
    """
    _scene_of(result, "profile_likelihood")
    wanted = select_names(parameters, result.parameter_names, "profile_likelihood", "parameters")
    _check_callback(progress, "profile_likelihood")
    rise = as_float(level, "profile_likelihood", "level", "above 0 and finite")
    core, intervals, restarts, gain = _core.profile_likelihood(
        result._fitted,
        core_bands(result),
        [i for i, name in enumerate(result.parameter_names) if name in wanted],
        rise,
        as_int(max_restarts, "profile_likelihood", "max_restarts", 0),
        as_int(threads, "profile_likelihood", "threads", 0),
        progress,
    )
    fit = result if restarts == 0 else to_result(core, result._scene)
    found = {}
    for position, low, high, low_end, high_end in intervals:
        value = float(fit.values[position])
        zeropoint = fit._zeropoints[position]
        if zeropoint is not None:  # bright is low; the flux of a magnitude stays above 0
            low, high = mag_of(high, zeropoint), mag_of(low, zeropoint)
            low_end, high_end = high_end, low_end
        found[fit.parameter_names[position]] = Interval(value, low, high, low_end, high_end)
    return ProfileResult(fit, found, restarts, gain)


def bootstrap(
    result: FitResult,
    samples: int = 200,
    *,
    block: int = 0,
    seed: int = 1,
    threads: int = 1,
    progress: Progress = None,
) -> Samples:
    """Fit images that are made from the best model, each with noise of its own.

    Parameters
    ----------
    result : FitResult
    samples : int
        At least 2.
    block : int
        0: normal noise by sigma (parametric). Else the residuals, in units of sigma, in square blocks of so many pixels
        a side from random places, which keep the correlation of neighbours (Kuensch 1989, Ann. Stat. 17, 1217): at
        most a quarter of the smallest image's smaller side.
    seed : int
        The same seed gives the same samples, whatever the number of threads.
    threads : int
        0: all of the machine.
    progress : callable, optional
        Called with the share that is done. Returns False to stop; samples drawn so far are kept.

    Returns
    -------
    Samples

    Raises
    ------
    InputError
        Names the argument and what is allowed.
    """
    _scene_of(result, "bootstrap")
    _check_callback(progress, "bootstrap")
    values, n, n_failed = _core.bootstrap(
        result._fitted,
        core_bands(result),
        as_int(samples, "bootstrap", "samples", 2),
        as_int(block, "bootstrap", "block", 0),
        as_int(seed, "bootstrap", "seed", 0),
        as_int(threads, "bootstrap", "threads", 0),
        progress,
    )
    drawn = values.reshape(n, len(result.parameter_names)).copy()
    for column, zeropoint in enumerate(result._zeropoints):
        if zeropoint is not None:
            drawn[:, column] = [mag_of(flux, zeropoint) for flux in drawn[:, column]]
    return Samples(
        list(result.parameter_names),
        drawn,
        "blocks" if block else "parametric",
        seed,
        n_failed=n_failed,
        _columns=file_columns(result),
    )


class LogLikelihood:
    """The logarithm of likelihood times priors that a fit makes largest, but for a constant, as a function of its
    free parameters.

    Flat inside the parameters' ranges where they have no prior; minus infinity outside.

    Parameters
    ----------
    result : FitResult
    threads : int
        For many points at once. 0: all of the machine.
    """

    def __init__(self, result: FitResult, threads: int = 1) -> None:
        _scene_of(result, "LogLikelihood")
        self.names = list(result.parameter_names)
        self.threads = as_int(threads, "LogLikelihood", "threads", 0)
        self._result = result
        self._likelihood = _core.LogLikelihood(result._fitted, core_bands(result))

    def __call__(self, values: ArrayLike) -> Any:
        """At the values of result.parameter_names, shape (n_free,): a float; at many, shape (n, n_free): shape (n,)."""
        points = self._points(values)
        found = self._likelihood.values(self._to_core(np.atleast_2d(points)), self.threads)
        return found if points.ndim == 2 else float(found[0])

    def gradient(self, values: ArrayLike) -> tuple[float, Array]:
        """The value at a point, shape (n_free,), and its derivatives, shape (n_free,)."""
        point = self._points(values)
        if point.ndim != 1:
            raise input_error("LogLikelihood", "values", f"shape {point.shape}", "not one point", "(n_free,)")
        value, slope = self._likelihood.gradient(self._to_core(point[None])[0])
        return value, slope * _slopes(self._result, point)

    def _points(self, values: ArrayLike) -> Array:
        (points,) = as_numbers("LogLikelihood", values=values)
        if points.ndim not in (1, 2) or points.shape[-1] != len(self.names):
            raise input_error(
                "LogLikelihood", "values", f"shape {points.shape}", "not values of the free parameters",
                f"shape ({len(self.names)},) or (n, {len(self.names)})",
            )  # fmt: skip
        return points

    def _to_core(self, points: Array) -> Array:
        there = np.array(points)
        for column, zeropoint in enumerate(self._result._zeropoints):
            if zeropoint is not None:
                there[:, column] = flux_of(points[:, column], zeropoint)
        return np.ascontiguousarray(there)

    def __reduce__(self) -> Any:
        raise TypeError("LogLikelihood holds images of the core and is not pickled: give it threads instead")


def _check_callback(progress: Any, source: str) -> None:
    if progress is not None and not callable(progress):
        allowed = "a function of the share that is done"
        raise input_error(source, "progress", repr(progress), "cannot be called", allowed)


def _scene_of(result: FitResult, source: str) -> Any:
    if not isinstance(result, FitResult):
        raise input_error(source, "result", type(result).__name__, "not a fit", "what gaxel.fit returns")
    if result._scene is None:
        raise input_error(
            source,
            "result",
            repr(result),
            "it was pickled, which its images are not",
            "what gaxel.fit returns",
        )
    return result._scene


def core_bands(result: FitResult) -> list[_core.Band]:
    with told_of_psf():
        return result._scene.core_bands()[0]


def file_columns(result: FitResult) -> list[tuple[str, float, float]]:
    """Name in files, and the line from Python's values to those there."""
    columns = []
    bands = result._scene.bands
    for name, (component, key, coefficient, basis) in zip(
        result.parameter_names, _places(result), strict=True
    ):
        scale, shift = 1.0, 0.0
        if key in ("x", "y"):
            shift = 1.0
        elif key == "theta":
            key, scale, shift = "pa", 180.0 / math.pi, -90.0
        if basis == "chebyshev" and coefficient > 0:
            shift = 0.0  # the constant is in the first function alone
        if basis == "constant":
            title = f"{component}.{key}"
        elif basis == "bands":
            title = f"{component}.{key}.{bands[coefficient].name}"
        else:
            title = f"{component}.{key}_{coefficient}"
        assert name.startswith(component)
        columns.append((title, scale, shift))
    return columns


def _places(result: FitResult) -> list[tuple[str, str, int, str]]:
    """Component, parameter, coefficient and basis of each free parameter."""
    places = []
    for component, index, coefficient, *_ in result._fitted.free_values:
        name = result._scene.at[component, index].name
        owner, _, key = name.rpartition(".")
        places.append((owner, key, coefficient, result._series[name][0]))
    return places


def _slopes(result: FitResult, values: Array | None = None) -> Array:
    """d core value / d value of the free parameters."""
    at = result.values if values is None else values
    return np.array(
        [
            1.0 if zeropoint is None else -0.4 * math.log(10.0) * flux_of(value, zeropoint)
            for value, zeropoint in zip(at, result._zeropoints, strict=True)
        ]
    )


def _own_unit(unit: str, band: Band) -> str:
    """The core's unit with the image's in the place of counts, where it has one."""
    if unit == "counts/pixel":
        return brightness_text(band.unit, "/")
    return unit.replace("counts", flux_text(band.unit))


def _of_bands(given: Any, bands: Sequence[Band], key: str, allowed: str) -> list[float] | None:
    if given is None:
        return None
    each = [given] * len(bands) if np.ndim(given) == 0 else list(given)
    if len(each) != len(bands):
        raise input_error("derived", key, repr(given), "not one for each band", f"{len(bands)} numbers")
    return [as_float(one, "derived", key, allowed) for one in each]


def _zeropoint(result: FitResult, band: Band) -> float | None:
    if len(result.bands) > 1:
        return band.zeropoint
    own = [component._zeropoint for component in result.components if component.has_mag]
    return own[0] if own else band.zeropoint or None


def pixel_scale_of(band: Band) -> float | None:
    """The side of a pixel in the image's middle, arcsec; None without a wcs of the sky."""
    if band.wcs is None or not has_sky(band.wcs, "derived"):
        return None
    ny, nx = band.shape
    x, y = 0.5 * (nx - 1), 0.5 * (ny - 1)
    ra, dec = np.radians(band.low_level_wcs.pixel_to_world_values([x, x + 1.0, x], [y, y, y + 1.0]))
    east = np.remainder(ra[1:] - ra[0] + math.pi, 2.0 * math.pi) - math.pi
    sides = np.stack([east * math.cos(dec[0]), dec[1:] - dec[0]])
    return float(np.degrees(np.sqrt(abs(np.linalg.det(sides)))) * 3600.0)
