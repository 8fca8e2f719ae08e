"""Fluxes and magnitudes, and the units of light."""

import math
from typing import Any


def flux_of(mag: Any, zeropoint: float) -> Any:
    """Counts of a magnitude, or of an array of them."""
    return 10.0 ** (-0.4 * (mag - zeropoint))


def mag_of(flux: float, zeropoint: float) -> float:
    return zeropoint - 2.5 * math.log10(flux) if flux > 0.0 else math.nan


def light_unit(unit: Any) -> Any:
    """An image's unit; None where it is counts, which a unit of no dimension stands for."""
    return unit if unit is not None and unit.bases else None


def light_text(unit: Any) -> str:
    """What an image's light is in, in words."""
    return "counts" if light_unit(unit) is None else str(unit)
