"""Fitting components to an image."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaxel import _core
from gaxel._arrays import Image, as_float, as_image, as_int, as_mask, as_threads, as_tolerance, check_shape
from gaxel._component import Component, flux_of, mag_of
from gaxel._errors import input_error
from gaxel._parameters import (
    Components,
    Slot,
    as_list,
    component_names,
    core_value,
    cuts_of,
    select_names,
    slots_of,
)
from gaxel._psf import AnyPsf, VaryingPsf, core_psfs_of

Bounds = Mapping[str, tuple[float | None, float | None]]


@dataclass(frozen=True, repr=False, eq=False)
class FitResult:
    """What fit found.

    Parameters that were given as magnitudes are in magnitudes everywhere.
    """

    components: list[Component]
    """The components with the best values, in the order they were given."""
    parameter_names: list[str]
    """The free parameters: "component.parameter"."""
    values: NDArray[np.float64]
    """Best values of the free parameters, shape (n,)."""
    errors: NDArray[np.float64]
    """Standard deviations of the free parameters, shape (n,); NaN where degenerate."""
    covariance: NDArray[np.float64]
    """Covariance of the free parameters, shape (n, n)."""
    flags: list[str]
    """For each free parameter: "", "at_bound" or "degenerate"."""
    chi2: float
    penalty: float
    """What the components' penalties (a spline's smoothness) added to chi2 in the fit."""
    chi2_start: float
    """chi2 at the starting values."""
    dof: int
    """Pixels used less free parameters."""
    n_pixels: int
    """Pixels used."""
    iterations: int
    evaluations: int
    """Of the model image."""
    seconds: float
    stop_reason: str
    """"converged", "max_iterations", "cancelled", "no_progress" or "failed"."""
    message: str
    """Why it stopped, in words."""
    model: Image = field(repr=False)
    """The best model, shape of the data."""
    certificate: _core.Certificate = field(repr=False)
    """Of that model."""

    @property
    def success(self) -> bool:
        """Whether it converged."""
        return self.stop_reason == "converged"

    def __repr__(self) -> str:
        return (
            f"FitResult(chi2={self.chi2:.8g}, dof={self.dof}, {len(self.parameter_names)} free parameters, "
            f"{self.iterations} iterations, {self.stop_reason})"
        )

    def __str__(self) -> str:
        width = max(map(len, self.parameter_names))
        rows = [
            f"{name:<{width}}  {value:16.9g} +- {error:<11.4g} {flag}".rstrip()
            for name, value, error, flag in zip(
                self.parameter_names, self.values, self.errors, self.flags, strict=True
            )
        ]
        return "\n".join(
            [*rows, f"chi2 {self.chi2:.8g}, dof {self.dof}, {self.iterations} iterations: {self.message}"]
        )


def fit(
    data: ArrayLike,
    components: Components,
    *,
    sigma: ArrayLike | float,
    mask: ArrayLike | None = None,
    psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
    fixed: str | Iterable[str] = (),
    bounds: Bounds | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    noise_share: float = 1e-3,
    max_iterations: int = 200,
    ftol: float = 1e-9,
    threads: int | None = None,
    progress: Callable[[_core.FitProgress], Any] | None = None,
) -> FitResult:
    """Fit components to an image by weighted least squares, with analytic derivatives.

    Parameters
    ----------
    data : array_like, shape (ny, nx)
        The image, in counts. A masked array's mask counts.
    components : Component or sequence of Component
        The starting values. Those left out are estimated from the image; of a sky, slopes left out stay 0; of an image,
        scale and theta left out stay 1 and 0.
    sigma : array_like, shape (ny, nx), or float
        Standard deviation of each pixel.
    mask : array_like, shape (ny, nx), optional
        True or non-zero: the pixel is bad and not used.
    psf : Psf, GaussianPsf, MoffatPsf, SumPsf or array_like, optional
        As in render.
    fixed : str or iterable of str
        Parameters to keep at their value: names of parameter_names(components), or shell patterns ("*.q").
    bounds : dict, optional
        Parameter name or pattern to (lowest, highest); None: no bound on that side.
    rtol, atol : float
        Tolerance of the model's pixels, as in render: of the last steps, the reported chi2 and the model.
    noise_share : float
        Until then pixels need not be more exact than this share of the smallest sigma; rtol and atol are made finer where
        they are more than that. 0: rtol and atol throughout.
    max_iterations : int
    ftol : float
        Stop when chi2 falls by less than this fraction.
    threads : int, optional
        As in render, by the size of the data.
    progress : callable, optional
        Called with a FitProgress after each iteration. Returns False to stop; the best values so far are kept.

    Returns
    -------
    FitResult

    Raises
    ------
    InputError
        Names the argument and what is allowed.
    FitError
        The image has no light to start from, or fewer pixels than parameters.
    KeyboardInterrupt
        On Ctrl-C, after the iteration.
    """
    listed = as_list(components, "fit")
    image, noise, used = _observation(data, sigma, mask)
    slots = slots_of(listed, "fit")
    names = [slot.name for slot in slots if slot.spec.fittable]
    held = select_names(fixed, names, "fit", "fixed")
    limits = _limits(bounds or {}, names)
    if progress is not None and not callable(progress):
        raise input_error(
            "fit", "progress", repr(progress), "cannot be called", "a function of a FitProgress"
        )
    entries = [
        _entry(slot, slot.name in held, limits.get(slot.name, (None, None)), image.shape) for slot in slots
    ]
    left = iter(entries)
    varying = psf if isinstance(psf, VaryingPsf) else None
    if varying is not None:  # where components start is not known yet: what stands in their place
        psf = varying.at(0.5 * (image.shape[1] - 1), 0.5 * (image.shape[0] - 1))
    psfs, numbers = core_psfs_of(psf, listed, image.shape)
    scene = [
        (
            component.kind,
            name,
            component.has_mag,
            [next(left) for _ in component._specs],
            number,
            *cuts_of(component, listed),
            component._core_image,
        )
        for name, component, number in zip(component_names(listed, "fit"), listed, numbers, strict=True)
    ]
    result = _core.fit(
        image,
        noise,
        used.astype(np.uint8),
        psfs,
        None if varying is None else varying._core,
        scene,
        *as_tolerance(rtol, atol, "fit"),
        as_float(noise_share, "fit", "noise_share", "at least 0 and below 1"),
        as_int(max_iterations, "fit", "max_iterations", 1),
        as_float(ftol, "fit", "ftol", "between 0 and 1"),
        as_threads(threads, image.shape, "fit"),
        progress,
    )
    return _to_result(result, listed, slots, [free for _, free, _, _ in entries])


def _observation(data: Any, sigma: Any, mask: Any) -> tuple[Image, Image, NDArray[np.bool_]]:
    """Image, errors and which pixels are used, checked."""
    image = as_image(np.ma.getdata(data), "fit", "data")
    bad = np.ma.getmaskarray(data) if isinstance(data, np.ma.MaskedArray) else np.zeros(image.shape, np.bool_)
    if mask is not None:
        bad = bad | as_mask(mask, image.shape, "fit", "mask")
    if bad.all():
        raise input_error(
            "fit", "mask", f"{bad.size} pixels", "every pixel is masked", "at least one pixel to fit"
        )
    if np.ndim(sigma) == 0:
        noise = np.full(image.shape, as_float(sigma, "fit", "sigma", "above 0"))
    else:
        noise = as_image(sigma, "fit", "sigma")
        check_shape(noise, image.shape, "fit", "sigma")
    wrong_data = np.count_nonzero(~bad & ~np.isfinite(image))
    if wrong_data:
        raise input_error(
            "fit",
            "data",
            f"{wrong_data} pixels are NaN or infinite",
            "not measured",
            "finite, or masked by mask=",
        )
    wrong_noise = np.count_nonzero(~bad & ~(np.isfinite(noise) & (noise > 0.0)))
    if wrong_noise:
        raise input_error(
            "fit", "sigma", f"{wrong_noise} pixels are zero, negative, NaN or infinite", "not errors",
            "finite and above 0, or masked by mask=",
        )  # fmt: skip
    return image, noise, ~bad


def _limits(bounds: Bounds, names: list[str]) -> dict[str, tuple[float | None, float | None]]:
    limits = {}
    for pattern, pair in bounds.items():
        try:
            low, high = (
                None if end is None else as_float(end, "fit", "bounds", "finite or None") for end in pair
            )
        except (TypeError, ValueError):
            raise input_error(
                "fit", f"bounds[{pattern!r}]", repr(pair), "not bounds", "(lowest, highest)"
            ) from None
        for name in select_names(pattern, names, "fit", "bounds"):
            limits[name] = (low, high)
    return limits


def _entry(
    slot: Slot, fixed: bool, limits: tuple[float | None, float | None], shape: tuple[int, int]
) -> tuple[float, bool, float, float]:
    """(value, free, min, max) for the core: NaN for what is to be estimated, fluxes for magnitudes."""
    value = slot.component.value(slot.spec.name)
    free = slot.spec.fittable and not fixed
    if value is None and (slot.spec.rests_unless_given or not slot.spec.fittable):
        value = core_value(slot, shape, "fit")
        free = False
    if value is None and fixed:
        raise input_error("fit", slot.name, None, "fixed but not given", "a value to keep it at")
    low, high = limits
    if slot.is_mag:
        given = slot.component.parameters["mag"]
        if (low is not None and given < low) or (high is not None and given > high):
            raise input_error("fit", slot.name, given, "outside the bounds given for it", f"{low} to {high}")
        zeropoint = slot.component._zeropoint
        low, high = (None if end is None else flux_of(end, zeropoint) for end in (high, low))
    return (
        math.nan if value is None else value,
        free,
        -math.inf if low is None else low,
        math.inf if high is None else high,
    )


def _to_result(
    result: _core.FitResult, components: list[Component], slots: list[Slot], free: list[bool]
) -> FitResult:
    fitted = [
        component.replace(**_as_given(component, dict(zip(component._specs, values, strict=True))))
        for component, values in zip(components, result.values, strict=True)
    ]
    # Hosts refer to the truncations as they are now.
    fitted = [
        component.replace(inner=[fitted[i] for i in inside], outer=[fitted[i] for i in outside])
        for component, (inside, outside) in zip(
            fitted, [cuts_of(component, components) for component in components], strict=True
        )
    ]
    new_slots = slots_of(fitted, "fit")
    chosen = [i for i, is_free in enumerate(free) if is_free]
    flat_errors = [error for errors in result.errors for error in errors]
    flat_flags = [flag for flags in result.flags for flag in flags]
    scales = np.array([1.0 / new_slots[i].component.mag_slope() if slots[i].is_mag else 1.0 for i in chosen])
    values = [new_slots[i].component.parameters[slots[i].name.rpartition(".")[2]] for i in chosen]
    covariance = np.array(result.covariance).reshape(len(chosen), len(chosen))
    return FitResult(
        components=fitted,
        parameter_names=[slots[i].name for i in chosen],
        values=np.array(values),
        errors=np.abs(scales) * np.array([flat_errors[i] for i in chosen]),
        covariance=covariance * np.outer(scales, scales),
        flags=[flat_flags[i] for i in chosen],
        chi2=result.chi2,
        penalty=result.penalty,
        chi2_start=result.chi2_start,
        dof=result.dof,
        n_pixels=result.n_pixels,
        iterations=result.iterations,
        evaluations=result.evaluations,
        seconds=result.seconds,
        stop_reason=result.stop_reason,
        message=result.message,
        model=result.model,
        certificate=result.certificate,
    )


def _as_given(component: Component, values: dict[str, float]) -> dict[str, float]:
    """Values as the component takes them: a magnitude for the flux where it had one."""
    if component.has_mag:
        values["mag"] = mag_of(values.pop("flux"), component._zeropoint)
    return values
