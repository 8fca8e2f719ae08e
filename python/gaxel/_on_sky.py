"""Between places, angles and lengths on the sky and pixels, by a world coordinate system."""

import cmath
import math
from dataclasses import dataclass
from typing import Any

from gaxel._errors import input_error
from gaxel._quantities import is_quantity

MOST_DISTORTION = 0.02


@dataclass(frozen=True)
class LocalPixels:
    """What pixels are about a place of the sky: the similarity next to the world coordinate system there.

    Position angles p, from north to east, are theta = turn + p in the pixels where `is_east_ccw` (as in most images: north up,
    east to the left), else turn - p.
    """

    x: float
    y: float
    scale: Any
    """The angle that one pixel is wide, a Quantity."""
    turn: float
    """The direction of north, radians from +x towards +y."""
    is_east_ccw: bool
    """Whether the way from north to east is that from +x to +y."""

    def theta(self, pa: float) -> float:
        """From a position angle, both in radians."""
        return self.turn + (pa if self.is_east_ccw else -pa)

    def pa(self, theta: float) -> float:
        """The position angle of a direction in the pixels, east of north, 0 to pi."""
        return ((theta - self.turn) * (1.0 if self.is_east_ccw else -1.0)) % math.pi


def local_pixels(wcs: Any, position: Any, source: str) -> LocalPixels:
    """About a SkyCoord; north is that of its own frame."""
    from astropy import units

    def pixel(place: Any) -> complex:
        x, y = wcs.world_to_pixel(place)
        return complex(float(x), float(y))

    centre = pixel(position)
    if not cmath.isfinite(centre):
        raise input_error(source, "position", _text(position), "the wcs has no pixel there", "")
    step = 1.0 * units.arcsec
    north = pixel(position.directional_offset_by(0.0 * units.rad, step)) - centre
    east = pixel(position.directional_offset_by(90.0 * units.deg, step)) - centre
    # north cos p + east sin p = with e^(ip) + against e^(-ip): one of the two is next to nothing.
    with_pa, against_pa = 0.5 * (north - 1j * east), 0.5 * (north + 1j * east)
    main, rest = sorted((with_pa, against_pa), key=abs, reverse=True)
    if not abs(rest) <= MOST_DISTORTION * abs(main):
        raise input_error(
            source, "wcs", f"{abs(rest) / abs(main):.3g} from squares", "its pixels are distorted there",
            f"within {MOST_DISTORTION:g}",
        )  # fmt: skip
    return LocalPixels(
        centre.real, centre.imag, step / abs(main), cmath.phase(main), abs(with_pa) >= abs(against_pa)
    )


def _text(value: Any) -> str:
    """Of a position or an angle, on one line."""
    return (
        f"{value.to_string()} deg" if hasattr(value, "to_string") and hasattr(value, "frame") else str(value)
    )


def as_scale(wcs: Any, source: str) -> Any:
    """An angle, or an angle a pixel, as the angle that one pixel is wide; None: it is a wcs instead."""
    if not is_quantity(wcs):
        if not hasattr(wcs, "world_to_pixel"):
            raise input_error(
                source, "wcs", repr(wcs), "neither a wcs nor a scale", "astropy.wcs.WCS, or an angle a pixel"
            )
        return None
    from astropy import units

    for unit in (units.arcsec, units.arcsec / units.pix):
        if wcs.unit.is_equivalent(unit) and wcs.value > 0.0:
            return wcs.to_value(unit) * units.arcsec
    raise input_error(source, "wcs", wcs, "not a scale of pixels", "an angle above 0, or an angle a pixel")


def arguments_on_sky(
    cls: Any, wcs: Any, position: Any, pa: Any, keys: set[str]
) -> tuple[dict[str, float], Any]:
    """What a place and a position angle on the sky are in pixels, and the scale of these."""
    source = cls.__name__
    for key, value, own in (("position", position, "x"), ("pa", pa, "theta")):
        if value is not None and (own in keys or own not in cls._specs):
            what = f"{own} is given too" if own in keys else f"it has no {own}"
            raise input_error(source, key, _text(value), what, "None")
    scale = as_scale(wcs, source)
    if scale is not None:
        if position is not None or pa is not None:
            key, value = ("pa", pa) if position is None else ("position", position)
            raise input_error(
                source, key, _text(value), "needs to know where the pixels lie on the sky", "a WCS for wcs"
            )
        return {}, scale
    if position is None:
        raise input_error(
            source,
            "position",
            None,
            "missing: scale and north depend on the place",
            "a SkyCoord; or a scale for wcs",
        )
    here = local_pixels(wcs, position, source)
    found = {"x": here.x, "y": here.y}
    if pa is not None:
        from astropy import units

        if not is_quantity(pa) or not pa.unit.is_equivalent(units.rad):
            raise input_error(source, "pa", pa, "not an angle with a unit", "as 30 * astropy.units.deg")
        found["theta"] = here.theta(pa.to_value(units.rad))
    return found, here.scale
