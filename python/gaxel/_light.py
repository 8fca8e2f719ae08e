"""Fluxes and magnitudes, and the units of light."""

import math
from typing import Any


def flux_of(mag: Any, zeropoint: float) -> Any:
    """Counts of a magnitude, or of an array of them."""
    return 10.0 ** (-0.4 * (mag - zeropoint))


def mag_of(flux: float, zeropoint: float) -> float:
    return zeropoint - 2.5 * math.log10(flux) if flux > 0.0 else math.nan


def light_unit(unit: Any) -> Any:
    """What fluxes in an image of that unit are in; None: counts, which a unit of no dimension stands for.

    A flux is a sum over pixels: of surface brightnesses it is in their unit times the pixel, an area here.
    """
    if _is_counts(unit):
        return None
    if not _is_surface_brightness(unit):
        return unit
    from astropy import units

    return unit * units.pix


def _is_counts(unit: Any) -> bool:
    return unit is None or not unit.bases


def _is_surface_brightness(unit: Any) -> bool:
    """Whether it is per solid angle, or per pixel."""
    from astropy import units

    plain = unit.decompose()
    powers = dict(zip(plain.bases, plain.powers, strict=True))
    pixels = powers.get(units.pix, 0)
    return bool(pixels == -1 or (pixels == 0 and powers.get(units.rad, 0) == -2))


def light_text(unit: Any) -> str:
    """What the pixels of an image are in, in words."""
    return "counts" if _is_counts(unit) else str(unit)


def flux_text(unit: Any) -> str:
    """What fluxes in an image of that unit are in, in words."""
    return light_text(light_unit(unit))


def brightness_text(unit: Any, separator: str = " / ") -> str:
    """What light in a pixel of an image of that unit is in, in words."""
    is_brightness = unit is not None and _is_surface_brightness(unit)
    return str(unit) if is_brightness else f"{light_text(unit)}{separator}pixel"
