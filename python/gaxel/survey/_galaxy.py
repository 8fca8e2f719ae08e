"""The fit of one galaxy."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

import gaxel
from gaxel import Band, Chebyshev, FitError, FitResult, PerBand, Sersic, Sky
from gaxel._errors import told_of_psf
from gaxel._light import flux_of
from gaxel.survey import _columns
from gaxel.survey._cutout import Cutout, make_cutout
from gaxel.survey._flags import Flag
from gaxel.survey._images import Tile
from gaxel.survey._sources import Sources
from gaxel.survey.settings import FitSettings, Survey

PARAMETER_FLAGS = {
    "at_bound": Flag.AT_BOUND,
    "degenerate": Flag.DEGENERATE,
    "unconstrained": Flag.UNCONSTRAINED,
}


@dataclass(frozen=True)
class Picture:
    """A fit with its images."""

    cutout: Cutout
    bands: list[Band]
    result: FitResult


def fit_galaxy(
    survey: Survey, tile: Tile, target: Any, sources: Sources
) -> tuple[dict[str, Any], Picture | None]:
    """Fit a galaxy in its cut-out, with a flat sky and with its neighbours.

    Parameters
    ----------
    target : element of Sources
    sources : Sources
        Those of the tile that may reach into the cut-out, the target among them or not.

    Returns
    -------
    row : dict
        What is known of the columns. Whatever goes wrong is told there.
    picture : Picture or None
        None where the fit failed.
    """
    began = time.monotonic()
    try:
        with told_of_psf():  # as often as there are galaxies
            row, picture = _fit(survey, tile, target, sources)
    except Exception as error:  # whatever it is, it is one galaxy's, and the row tells it
        row, picture = _columns.failed(int(target["row"]), f"{type(error).__name__}: {error}"), None
    row["seconds"] = time.monotonic() - began
    return row, picture


def _fit(survey: Survey, tile: Tile, target: Any, sources: Sources) -> tuple[dict[str, Any], Picture | None]:
    number, place = int(target["row"]), int(target["plane"])
    if not (np.isfinite(target["x"]) and np.isfinite(target["y"])):
        return _columns.failed(number, "its position is not known or on no tile"), None
    cutout = make_cutout(target, sources, tile.shape, survey.cutout, survey.neighbours)
    if cutout is None:
        return _columns.failed(number, "its centre lies outside the image"), None
    flags = cutout.flags
    bands = []
    for band in survey.bands:
        data, sigma, bad = tile.read(band, cutout.box, place)
        psf = tile.psf(band, float(target["x"]), float(target["y"]), place)
        zeropoint, wavelength = band.zeropoint, band.wavelength
        mask = bad | cutout.masked
        bands.append(
            Band(data, sigma, name=band.name, wavelength=wavelength, mask=mask, psf=psf, zeropoint=zeropoint)
        )
    if cutout.inside.any() and not any(band.used[cutout.inside].any() for band in bands):
        return _columns.failed(number, "no good pixel in its ellipse"), None
    if _is_mostly_bad(bands, cutout):
        flags |= Flag.BAD_PIXELS
    result = _fitted_from(bands, cutout, survey)
    row = {"row": number, **_columns.fitted(survey, result, cutout.box)}
    row |= {
        "flags": int(flags | _verdict(result)),
        "reason": "" if result.success else f"{result.stop_reason}: {result.message}",
        "chi2": result.chi2,
        "dof": result.dof,
        "chi2_ellipse": _ellipse_chi2(bands, result, cutout),
        "iterations": result.iterations,
        "n_fitted": len(cutout.fitted) - 1,
        "n_masked": cutout.n_masked,
    }
    return row, Picture(cutout, bands, result)


def _fitted_from(bands: list[Band], cutout: Cutout, survey: Survey) -> FitResult:
    """The fit from what is known; where some band has too little light to start from, from the known flux, too."""
    began = time.monotonic()
    seconds = survey.fit.max_seconds
    try:
        return _fitted(bands, _starts(cutout, survey, len(bands) == 1), survey.fit, seconds)
    except FitError:
        left = seconds - (time.monotonic() - began)
        if len(bands) == 1 or not _is_flux_known(cutout.fitted[0]) or not left > 0.0:
            raise
        return _fitted(bands, _starts(cutout, survey, True), survey.fit, left)


def _is_flux_known(source: Any) -> bool:
    return bool(np.isfinite(source["flux"]) and source["flux"] > 0.0)


def _fitted(bands: list[Band], components: list[Any], fit: FitSettings, seconds: float) -> FitResult:
    return gaxel.fit(
        bands,
        components,
        bounds=_bounds(components, fit),
        vary=_variations(bands, components, fit),
        rtol=fit.rtol,
        atol=fit.atol,
        ftol=fit.ftol,
        max_iterations=fit.max_iterations,
        threads=1,
        noise_share=0.0,  # rtol is coarse already: a coarser search first only adds steps
        max_seconds=seconds,
    )


def _is_mostly_bad(bands: list[Band], cutout: Cutout) -> bool:
    bad = np.mean([~band.used for band in bands], axis=0)
    return bool(bad.mean() > 0.75 or (cutout.inside.any() and bad[cutout.inside].mean() > 0.2))


def _starts(cutout: Cutout, survey: Survey, with_flux: bool) -> list[Any]:
    """The galaxy, its neighbours, the sky; what is not known is left to gaxel's own estimate. With the flux, in counts of the first
    band, or without."""
    x0, _, y0, _ = cutout.box
    limits = {"re": survey.fit.re, "n": survey.fit.n, "q": survey.fit.q}
    components: list[Any] = []
    for i, source in enumerate(cutout.fitted):
        given = {"x": float(source["x"] - x0), "y": float(source["y"] - y0)}
        for key, (low, high) in limits.items():
            if np.isfinite(source[key]):
                given[key] = float(np.clip(source[key], 1.01 * low, low + 0.99 * (high - low)))
        if np.isfinite(source["theta"]):
            given["theta"] = float(source["theta"])
        if with_flux and _is_flux_known(source):
            given["flux"] = float(source["flux"])
        components.append(Sersic(name=f"neighbour{i}" if i else "galaxy", **given))
    return [*components, Sky(name="sky")]


def _bounds(components: list[Any], fit: FitSettings) -> dict[str, tuple[float | None, float | None]]:
    bounds: dict[str, tuple[float | None, float | None]] = {}
    for component in components[:-1]:
        name = component.name
        bounds |= {f"{name}.re": fit.re, f"{name}.n": fit.n, f"{name}.q": fit.q}
        for key in ("x", "y"):
            start = component.parameters[key]
            bounds[f"{name}.{key}"] = start - fit.shift, start + fit.shift
    return bounds


def _variations(bands: list[Band], components: list[Any], fit: FitSettings) -> dict[str, Any]:
    """As asked for; and fluxes that are given start at one magnitude in all bands, whose counts differ by their zero points."""
    variations: dict[str, Any] = {
        f"{component.name}.{key}": PerBand() if terms == "per_band" else Chebyshev(int(terms))
        for component in components[:-1]
        for key, terms in fit.vary.items()
    }
    counts = [flux_of(bands[0].zeropoint, band.zeropoint) for band in bands]  # of one of the first band's
    for component in components[:-1]:
        if len(bands) > 1 and component.flux is not None:
            variations[f"{component.name}.flux"] = PerBand([component.flux * count for count in counts])
    return variations


def _verdict(result: FitResult) -> Flag:
    flags = Flag(0)
    if result.stop_reason == "max_seconds":
        flags |= Flag.TIME
    elif not result.success:
        flags |= Flag.NOT_CONVERGED
    for name, flag in zip(result.parameter_names, result.flags, strict=True):
        if name.startswith("galaxy."):
            flags |= PARAMETER_FLAGS.get(flag, Flag(0))
    return flags


def _ellipse_chi2(bands: list[Band], result: FitResult, cutout: Cutout) -> float:
    """Mean squared residual in units of sigma, over the galaxy's Kron ellipse in all bands; NaN: no pixel there."""
    total, n = 0.0, 0
    for band, own in zip(bands, result.bands, strict=True):
        use = band.used & cutout.inside
        away = (band.data[use] - own.model[use]) / band.sigma[use]
        total += float(away @ away)
        n += int(use.sum())
    return total / n if n else float("nan")
