"""Quantities of astropy to the plain numbers that components hold. astropy is imported only where one is met.

The conversions: angles to radians; lengths on the sky to pixels by the scale of the pixels; pixels, counts (of whatever
name: ct, adu, electron) and pure numbers by their value; magnitudes by their value, in the system of the zero point; flux
densities to counts by the AB magnitude of one count.
"""

import math
from typing import Any

import numpy as np

from gaxel._errors import input_error
from gaxel._light import flux_of

COUNTS = ("ct", "count", "adu", "electron", "photon", "DN", "dn")


def is_quantity(value: Any) -> bool:
    return hasattr(value, "unit") and hasattr(value, "to")


def check_single(value: Any, source: str, key: str) -> None:
    """Refuses an array of quantities."""
    if np.ndim(value):
        found = f"an array of shape {np.shape(value)}"
        raise input_error(source, key, found, "not one value", "one number with a unit")


def number_of(
    value: Any, unit: str, source: str, key: str, scale: Any = None, zeropoint: float | None = None
) -> float:
    """A quantity as a number in one of the registry's units, or "mag".

    `scale`: the angle that one pixel is wide, where it is known; `zeropoint`: the AB magnitude of one count.
    """
    from astropy import units

    check_single(value, source, key)
    if unit == "mag":
        return _magnitude(value, source, key)
    if unit == "counts" and value.unit.is_equivalent(units.Jy):
        if zeropoint is None:
            raise input_error(
                source, key, value, "a flux density without the magnitude of one count", "zeropoint=, in AB"
            )
        return float(flux_of(value.to_value(units.ABmag), zeropoint))
    if unit in ("pixel", "1/pixel"):
        length = value if unit == "pixel" else 1.0 / value
        if length.unit.is_equivalent(units.rad):
            if scale is None:
                raise input_error(
                    source, key, value, "an angle, and the scale of the pixels is not known",
                    f"pixels; or {source}.on_sky(wcs, ...), which converts",
                )  # fmt: skip
            length = (length / scale).to(units.dimensionless_unscaled) * units.pix
        elif length.unit != units.dimensionless_unscaled:
            length = _converted(length, units.pix, source, key, "pixels or an angle on the sky")
        return float(length.value if unit == "pixel" else 1.0 / length.value)
    if unit == "rad":
        return float(_converted(value, units.rad, source, key, "an angle").value)
    if unit in ("", "ln counts/pixel"):
        return float(_converted(value, units.dimensionless_unscaled, source, key, "a pure number").value)
    return _counts(value, unit, source, key)


def _converted(value: Any, unit: Any, source: str, key: str, allowed: str) -> Any:
    from astropy.units import UnitConversionError

    try:
        return value.to(unit)
    except UnitConversionError:
        raise input_error(source, key, value, "another unit than this parameter's", allowed) from None


def _magnitude(value: Any, source: str, key: str) -> float:
    from astropy import units

    if getattr(value.unit, "function_unit", value.unit) != units.mag:
        raise input_error(source, key, value, "not a magnitude", "a number, or in mag")
    return float(value.value)


def _counts(value: Any, unit: str, source: str, key: str) -> float:
    """Counts, or counts in a pixel: the pixel, an area here, may be said or not."""
    bases = {base.to_string() for base in value.unit.bases} - {"pix"}
    if len(bases) > 1 or not bases <= set(COUNTS) or not math.isclose(value.unit.scale, 1.0):
        raise input_error(
            source, key, value, "another unit than this parameter's", f"{unit}: ct, adu, electron"
        )
    return float(value.value)


def unit_of(unit: str, light: Any) -> Any:
    """The astropy unit of a parameter with one of the registry's units, or "mag"; `light`: that of the image."""
    from astropy import units

    known = {
        "": units.dimensionless_unscaled,
        "ln counts/pixel": units.dimensionless_unscaled,
        "mag": units.mag,
        "rad": units.rad,
        "pixel": units.pix,
        "1/pixel": units.pix**-1,
        "counts": light,
        "counts/pixel": light / units.pix,
        "counts/pixel/pixel": light / units.pix**2,
    }
    return known[unit]
