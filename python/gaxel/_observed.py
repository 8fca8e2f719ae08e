"""Images as astropy and photutils hold them: NDData, quantities, segmentation maps. astropy is imported only where one is met."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gaxel._arrays import as_mask, check_shape
from gaxel._errors import input_error, warn_caller
from gaxel._on_sky import has_sky
from gaxel._quantities import check_single, is_quantity


class Observed(NamedTuple):
    """An image and what belongs to it, in plain arrays."""

    data: Any
    sigma: Any
    mask: Any
    psf: Any
    wcs: Any
    unit: Any
    """Of the data, an astropy unit; None where it is not known."""


def plain_image(data: Any, sigma: Any, mask: Any, psf: Any, wcs: Any, source: str) -> Observed:
    """The same without astropy's types; what an NDData brings serves where nothing else is given, but both masks count."""
    unit = None
    if is_nddata(data):
        unit = data.unit
        _check_linear(unit, source)
        if sigma is None:
            sigma, bad = _sigma_of(data, source)
            mask = _either(mask, bad, source)
        mask = _either(data.mask, mask, source)
        wcs = _wcs_of_image(data.wcs, source) if wcs is None else wcs
        psf = getattr(data, "psf", None) if psf is None else psf
        data = np.ma.getdata(data.data)
    elif is_quantity(data) and np.ndim(data) > 0:
        data, unit = data.value, data.unit
    if hasattr(data, "unmasked"):  # astropy.utils.masked
        mask = _either(data.mask, mask, source)
        data = data.unmasked
    if hasattr(sigma, "unmasked"):
        bad = sigma.mask if np.ndim(sigma) else np.full(np.shape(data), sigma.mask)
        mask = _either(bad, mask, source)
        sigma = sigma.unmasked
    _check_linear(unit, source)
    if is_quantity(sigma):
        sigma = in_unit(sigma, unit, source)
    return Observed(data, sigma, mask, psf, wcs, unit)


def _check_linear(unit: Any, source: str) -> None:
    if unit is None:
        return
    from astropy import units

    # mag, dex and dB without a physical unit are ordinary units to astropy, multiples of dex.
    if hasattr(unit, "function_unit") or units.dex in unit.decompose().bases:
        raise input_error(
            source, "data", f"unit {unit}", "light does not add in it", "a linear unit, as ct or nJy"
        )


def is_nddata(data: Any) -> bool:
    """Whether it is an image of astropy.nddata."""
    return hasattr(data, "uncertainty") and hasattr(data, "mask") and hasattr(data, "wcs")


def _wcs_of_image(wcs: Any, source: str) -> Any:
    """The wcs that an NDData brings, where it is one of an image: that of a plane of a cube has more axes."""
    if wcs is None:
        return None
    try:
        found = wcs if getattr(wcs, "low_level_wcs", wcs).pixel_n_dim == 2 else wcs.celestial
        has_sky(found, source)
    except Exception as error:  # of any class, an AttributeError where there is no celestial
        warn_caller(f"the image's wcs is left out, it is not of two axes: {error}", UserWarning)
        return None
    return found


def _either(one: Any, other: Any, source: str) -> Any:
    """One mask of two, either of which may be None, or False for no pixel."""
    one, other = (None if mask is np.ma.nomask or mask is False else mask for mask in (one, other))
    if one is None or other is None:
        return other if one is None else one
    shape = np.shape(one)
    return as_mask(one, shape, source, "mask") | as_mask(other, shape, source, "mask")


def _sigma_of(data: Any, source: str) -> tuple[Any, NDArray[np.bool_] | None]:
    """The standard deviations of an NDData, and the pixels that have none: those of weight 0 or infinite variance."""
    from astropy.nddata import InverseVariance, StdDevUncertainty, VarianceUncertainty

    uncertainty = data.uncertainty
    if uncertainty is None:
        return None, None
    if not isinstance(uncertainty, StdDevUncertainty | VarianceUncertainty | InverseVariance):
        raise input_error(
            source, "uncertainty", type(uncertainty).__name__, "what it measures is not known",
            "StdDevUncertainty, VarianceUncertainty or InverseVariance; or sigma=",
        )  # fmt: skip
    with np.errstate(divide="ignore"):
        deviation = uncertainty.represent_as(StdDevUncertainty)
    sigma = np.asarray(deviation.array)
    if deviation.unit is not None:
        sigma = in_unit(sigma * deviation.unit, data.unit, source)
    return sigma, np.isposinf(sigma)


def in_unit(sigma: Any, unit: Any, source: str) -> Any:
    """A quantity as plain numbers in the data's unit; None: they have none."""
    if unit is None and sigma.unit.is_unity():
        return sigma.value
    if unit is None or not sigma.unit.is_equivalent(unit):
        found = "data without a unit" if unit is None else f"data in {unit}"
        raise input_error(
            source, "sigma", f"unit {sigma.unit}", f"does not go with {found}", "the data's unit"
        )
    return sigma.to_value(unit)


def neighbours_mask(
    segmentation: Any, keep: Any, shape: tuple[int, int], source: str
) -> NDArray[np.bool_] | None:
    """Pixels of a segmentation map that belong to sources other than those to keep."""
    if segmentation is None:
        if keep is not None:
            raise input_error(source, "keep", repr(keep), "given without segmentation", "None")
        return None
    labels = np.asarray(segmentation)
    if labels.dtype.kind not in "iu":
        raise input_error(
            source, "segmentation", f"array of {labels.dtype}", "not labels", "whole numbers, 0 = no source"
        )
    check_shape(labels, shape, source, "segmentation")
    kept = [] if keep is None else list(keep) if isinstance(keep, Iterable) else [keep]
    if not kept:
        raise input_error(
            source, "keep", None, "missing beside segmentation", "the label of what is fitted, or several"
        )
    for label in kept:
        if label == 0 or label not in labels:
            raise input_error(
                source, "keep", label, "no such source in segmentation", f"labels of it, 1 to {labels.max()}"
            )
    return (labels != 0) & ~np.isin(labels, kept)


def zeropoint_of(unit: Any) -> float | None:
    """The AB magnitude of one of a unit of flux density; None where the unit is another."""
    from astropy import units

    return float((1.0 * unit).to_value(units.ABmag)) if unit.is_equivalent(units.Jy) else None


def angstroms(wavelength: Any, source: str) -> float:
    from astropy import units

    check_single(wavelength, source, "wavelength")
    if not wavelength.unit.is_equivalent(units.m):
        raise input_error(source, "wavelength", wavelength, "not a length", "a length, or a number")
    return float(wavelength.to_value(units.AA))
