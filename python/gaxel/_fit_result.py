"""What a fit found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gaxel import _core
from gaxel._arrays import Image, as_positive
from gaxel._bands import Band
from gaxel._component import Component
from gaxel._fit_scene import FitScene
from gaxel._light import mag_of
from gaxel._parameters import check_name, component_names, relinked
from gaxel._result_views import ResultViews

if TYPE_CHECKING:
    from gaxel._uncertainty import DerivedValue

Series = tuple[str, NDArray[np.float64]]
"""Basis and coefficients."""


@dataclass(frozen=True, repr=False, eq=False)
class BandResult:
    """What a fit found in one band."""

    name: str
    components: list[Component]
    """With their values in this band: x, y, re and theta in its own pixels, magnitudes with its zero point."""
    errors: dict[str, float]
    """Standard deviations of these values, by "component.parameter"; NaN where degenerate, at a bound or fixed."""
    chi2: float
    n_pixels: int
    """Pixels used."""
    model: Image = field(repr=False)
    """The best model, shape of the data."""
    certificate: _core.Certificate = field(repr=False)
    """Of that model."""
    observed: Band = field(repr=False)
    """What was fitted."""

    def value(self, parameter: str) -> tuple[float, float]:
        """A parameter in this band, "component.parameter": its value and error."""
        check_name(parameter, list(self.errors), "value", "parameter")
        name, _, key = parameter.rpartition(".")
        names = component_names(self.components, "value")
        return self.components[names.index(name)].shown(key), self.errors[parameter]

    @property
    def residual(self) -> Image:
        """Data less model; NaN in pixels that were not used."""
        return np.where(self.observed.used, self.observed.data - self.model, np.nan)

    def __repr__(self) -> str:
        return f"BandResult({self.name!r}, chi2={self.chi2:.8g}, {self.n_pixels} pixels)"


@dataclass(frozen=True, eq=False)
class Noise:
    """The noise of an image, as its background shows it."""

    correlation: NDArray[np.float64]
    """Of pixels at a distance, shape (7, 7): [3 + dy, 3 + dx], 1 in the middle."""
    mean_square: float
    """Of the residuals in units of their expected errors: sigma; for photons the model's; for "student_t" and "huber" of what
    they make of the residuals, against the mean over all pixels. 1 where these are right."""
    n_pixels: int
    """That it was measured on."""
    error_factor: float
    """Ratio of the errors by this noise to the formal ones, for light that is smooth over the correlated pixels: the square
    root of mean_square times the sum of correlation."""


@dataclass(frozen=True, eq=False)
class RobustErrors:
    """Errors of the free parameters that do not take sigma at its word."""

    sandwich: NDArray[np.float64]
    """Covariance by the scatter of the residuals as they are, shape (n, n): right where sigma is wrong (White 1982,
    Econometrica 50, 1)."""
    correlated: NDArray[np.float64]
    """Covariance by the variance and the correlation of the background's noise, shape (n, n): right where neighbouring
    pixels share noise, as in images that were resampled."""
    noise: list[Noise]
    """Of each band."""

    @property
    def sandwich_errors(self) -> NDArray[np.float64]:
        """Standard deviations by `sandwich`, shape (n,)."""
        return np.sqrt(np.diag(self.sandwich))

    @property
    def correlated_errors(self) -> NDArray[np.float64]:
        """Standard deviations by `correlated`, shape (n,)."""
        return np.sqrt(np.diag(self.correlated))


@dataclass(frozen=True, repr=False, eq=False)
class FitResult(ResultViews):
    """What fit found.

    Parameters that were given as magnitudes are in magnitudes everywhere.
    """

    components: list[Component]
    """The components with the best values, in the order they were given; of several bands those in the first. What the fit
    left alone because it was not given, as the slopes of a sky, is left out here too, so that another fit does the same."""
    bands: list[BandResult]
    """The same for each band."""
    parameter_names: list[str]
    """The free parameters: "component.parameter"; coefficients of those that depend on the band are
    "component.parameter[0]" and so on."""
    values: NDArray[np.float64]
    """Best values of the free parameters, shape (n,)."""
    errors: NDArray[np.float64]
    """Standard deviations of the free parameters, shape (n,); NaN where degenerate."""
    covariance: NDArray[np.float64]
    """Covariance of the free parameters, shape (n, n)."""
    robust: RobustErrors | None
    """When fit was asked for it."""
    flags: list[str]
    """For each free parameter: "" or the first of these that is true: "at_bound" (of its range, or of its limit to another);
    "degenerate" (chi2 does not depend on it, or on a direction that it takes part in); "unconstrained" (its error is larger than its
    range; of sizes, most shape parameters and magnitudes, so large that the value could be 0; of places, than the image);
    "did_not_move" (within 1e-3 of its error of where it started, when another moved by more than its error; not said of fluxes and skies)."""
    likelihood: str
    """As fit was given it."""
    statistic: float
    """What the fit made least: the likelihood's sum over pixels, -2 ln L up to a constant, and penalty; with "gaussian"
    chi2 + penalty."""
    chi2: float
    """Sum of ((data - model) / sigma)**2 over the pixels used."""
    penalty: float
    """What penalties (a spline's smoothness) and priors added to chi2 in the fit."""
    chi2_start: float
    """chi2 at the starting values."""
    dof: int
    """Pixels used less free parameters."""
    n_pixels: int
    """Pixels used."""
    aic: float
    """chi2 + 2 k, k free parameters (Akaike 1974)."""
    bic: float
    """chi2 + k ln n_pixels (Schwarz 1978), pixels counting as independent."""
    starts: int
    """Searched from."""
    agreed: int
    """Of these, how many came to the same chi2 as the best, within 0.01."""
    iterations: int
    evaluations: int
    """Of the model image."""
    seconds: float
    stop_reason: str
    """"converged", "max_iterations", "max_seconds", "cancelled", "no_progress" or "failed"."""
    message: str
    """Why it stopped, in words."""
    _wavelengths: list[float] = field(repr=False)
    _series: dict[str, Series] = field(repr=False)
    _zeropoints: list[float | None] = field(repr=False)
    _fitted: _core.OwnedFit | None = field(repr=False)
    _scene: FitScene | None = field(repr=False)

    @property
    def model(self) -> Image:
        """The best model, shape of the data; of several bands that of the first."""
        return self.bands[0].model

    @property
    def certificate(self) -> _core.Certificate:
        """Of that model."""
        return self.bands[0].certificate

    @property
    def success(self) -> bool:
        """Whether it converged."""
        return self.stop_reason == "converged"

    def value_at(self, parameter: str, wavelength: float) -> tuple[float, float]:
        """A parameter at a wavelength: its value, and error (NaN where not known).

        Series in wavelength (Chebyshev, BSpline) have a value anywhere, also between the bands; what is constant is the
        same everywhere; what has a value of its own in each band, or is tied, has one at the bands' wavelengths.
        """
        at = as_positive(wavelength, "value_at", "wavelength")
        check_name(parameter, list(self._series), "value_at", "parameter")
        basis, coefficients = self._series[parameter]
        if basis in ("chebyshev", "bspline"):
            n = len(coefficients)
            functions = np.array(_core.basis_functions(self._wavelengths, basis, n, at))
            value = float(functions @ coefficients)
            rows = {name: i for i, name in enumerate(self.parameter_names)}
            free = [k for k in range(n) if f"{parameter}[{k}]" in rows]
            where = [rows[f"{parameter}[{k}]"] for k in free]
            variance = functions[free] @ self.covariance[np.ix_(where, where)] @ functions[free]
            return value, float(np.sqrt(variance)) if variance > 0.0 else np.nan
        for band, own in zip(self.bands, self._wavelengths, strict=True):
            if own == at or basis == "constant":
                return band.value(parameter)
        return np.nan, np.nan

    def __getstate__(self) -> dict[str, Any]:
        """Without the core's objects, which profile likelihoods and their like ask for."""
        return {**self.__dict__, "_fitted": None, "_scene": None}

    def derived(
        self,
        pixel_scale: float | Sequence[float] | None = None,
        zeropoint: float | Sequence[float] | None = None,
    ) -> "list[DerivedValue]":
        """Magnitudes, surface brightnesses, half-light radii, fractions of the flux and colours, with errors by the
        covariance of all free parameters.

        Of light that truncations cut, and of sums and images, there is no half-light radius; of cusps no central
        brightness: such values are left out.

        Parameters
        ----------
        pixel_scale : float or sequence of float, optional
            Side of a pixel in arcsec, in all bands or in each; else by the bands' wcs. Without, there is nothing in arcsec.
        zeropoint : float or sequence of float, optional
            Magnitude of one count; else that of the bands, of a single image that of its components. Without, there
            are no magnitudes.

        Returns
        -------
        list of DerivedValue
        """
        from gaxel._uncertainty import derived

        return derived(self, pixel_scale, zeropoint)

    def __repr__(self) -> str:
        return (
            f"FitResult(chi2={self.chi2:.8g}, dof={self.dof}, {len(self.parameter_names)} free parameters, "
            f"{self.iterations} iterations, {self.stop_reason})"
        )

    @property
    def _least(self) -> str:
        return "" if self.likelihood == "gaussian" else f"{self.likelihood} {self.statistic:.8g}, "

    def __str__(self) -> str:
        width = max(map(len, self.parameter_names))
        rows = [
            f"{name:<{width}}  {value:16.9g} +- {error:<11.4g} {flag}".rstrip()
            for name, value, error, flag in zip(
                self.parameter_names, self.values, self.errors, self.flags, strict=True
            )
        ]
        return "\n".join(
            [
                *rows,
                f"{self._least}chi2 {self.chi2:.8g}, dof {self.dof}, {self.iterations} iterations: {self.message}",
            ]
        )


def to_result(core: _core.OwnedFit, scene: FitScene) -> FitResult:
    """The core's result in the terms of the components that were given."""
    bands = [_band(core, scene, number) for number in range(len(scene.bands))]
    names, values, errors, scales, flags = [], [], [], [], []
    zeropoints: list[float | None] = []
    series: dict[str, Series] = {}
    for name, (component, index) in scene.places.items():
        basis, coefficients = core.series(component, index)
        series[name] = basis, np.array(coefficients)
    for component, index, coefficient, value, error, flag in core.free_values:
        slot = scene.at[component, index]
        name = slot.name
        basis, coefficients = series[name]
        scale = 1.0
        zeropoints.append(None)
        if slot.is_mag and basis in ("constant", "bands"):
            scale = -2.5 / (np.log(10.0) * value)
            zeropoints[-1] = scene.zeropoint(slot, coefficient)
            value = mag_of(value, zeropoints[-1])
            if basis == "bands":
                coefficients[coefficient] = value
        names.append(name if basis == "constant" else f"{name}[{coefficient}]")
        values.append(value)
        errors.append(abs(scale) * error)
        scales.append(scale)
        flags.append(flag)
    covariance = np.array(core.covariance).reshape(len(names), len(names))
    return FitResult(
        components=bands[0].components,
        bands=bands,
        parameter_names=names,
        values=np.array(values),
        errors=np.array(errors),
        covariance=covariance * np.outer(scales, scales),
        robust=None if core.robust is None else _robust(core.robust, np.outer(scales, scales)),
        flags=flags,
        likelihood=core.likelihood,
        statistic=core.statistic,
        chi2=core.chi2,
        penalty=core.penalty,
        chi2_start=core.chi2_start,
        dof=core.dof,
        n_pixels=core.n_pixels,
        aic=core.aic,
        bic=core.bic,
        starts=core.starts,
        agreed=core.agreed,
        iterations=core.iterations,
        evaluations=core.evaluations,
        seconds=core.seconds,
        stop_reason=core.stop_reason,
        message=core.message,
        _wavelengths=[band.wavelength or 0.0 for band in scene.bands],
        _series=series,
        _zeropoints=zeropoints,
        _fitted=core,
        _scene=scene,
    )


def _robust(core: _core.RobustCovariance, scales: NDArray[np.float64]) -> RobustErrors:
    return RobustErrors(
        sandwich=np.array(core.sandwich).reshape(scales.shape) * scales,
        correlated=np.array(core.correlated).reshape(scales.shape) * scales,
        noise=[
            Noise(np.array(one.rho).reshape(7, 7), one.mean_square, one.n_pixels, one.error_factor)
            for one in core.noise
        ],
    )


def _band(core: _core.FitResult, scene: FitScene, number: int) -> BandResult:
    own = core.bands[number]
    several = len(scene.bands) > 1
    fitted = []
    for place, (component, values) in enumerate(zip(scene.components, own.values, strict=True)):
        given: dict[str, Any] = {
            key: value
            for index, (key, value) in enumerate(zip(component._specs, values, strict=True))
            if not scene.rested(place, index, value)
        }
        if component.has_mag:
            zeropoint = scene.bands[number].zeropoint if several else component._zeropoint
            given |= {"mag": mag_of(given.pop("flux"), zeropoint), "zeropoint": zeropoint}
        fitted.append(component.replace(**given))
    fitted = relinked(fitted, scene.components)
    errors, own_errors = {}, own.errors  # these are copied at every look
    for (component, index), slot in scene.at.items():
        slope = fitted[component].mag_slope() if slot.is_mag else 1.0
        errors[slot.name] = abs(own_errors[component][index] / slope)
    return BandResult(
        name=scene.bands[number].name,
        components=fitted,
        errors=errors,
        chi2=own.chi2,
        n_pixels=own.n_pixels,
        model=own.model,
        certificate=own.certificate,
        observed=scene.bands[number],
    )
