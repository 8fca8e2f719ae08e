"""Between places, angles and lengths on the sky and pixels, by a world coordinate system."""

import cmath
import math
from dataclasses import dataclass
from typing import Any

from gaxel._errors import input_error, shown
from gaxel._quantities import check_single, is_quantity

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

    try:
        centre = pixel(position)
    except Exception as error:  # of any class: of a frame that cannot be turned, or of the wcs
        text = f"the wcs gives no pixel for it: {error}"
        raise input_error(source, "position", _text(position), text, "a SkyCoord in ICRS, say") from error
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


def axes_text(wcs: Any) -> str:
    """What the axes of the world are called in the header."""
    types = getattr(getattr(wcs, "wcs", None), "ctype", ())
    return ", ".join(repr(str(one)) for one in types) or str(wcs)


def has_sky(wcs: Any, source: str) -> bool:
    """Whether pixels of a wcs of APE 14 are places of the sky. One that is not of two axes is refused."""
    low = getattr(wcs, "low_level_wcs", wcs)
    if not hasattr(low, "world_to_pixel_values"):
        raise input_error(source, "wcs", shown(wcs), "not a wcs", "astropy.wcs.WCS, or another of APE 14")
    if low.pixel_n_dim != 2:
        raise input_error(
            source, "wcs", f"{low.pixel_n_dim} axes", "not of an image", "two axes, as wcs.celestial has"
        )
    from astropy.coordinates import SkyCoord

    try:
        classes = low.world_axis_object_classes
    except ValueError as error:  # wcslib's: of axes that do not go together
        raise input_error(
            source,
            "wcs",
            f"axes {axes_text(wcs)}",
            str(error).strip().splitlines()[-1],
            "two axes that go together",
        ) from error
    return any(one[0] in (SkyCoord, "astropy.coordinates.SkyCoord") for one in classes.values())


def _check_place(position: Any, source: str) -> None:
    from astropy.coordinates import SkyCoord

    allowed = "one astropy.coordinates.SkyCoord"
    if not isinstance(position, SkyCoord):
        raise input_error(source, "position", shown(position), "not a place on the sky", allowed)
    if not position.isscalar:
        found = f"places of shape {position.shape}"
        raise input_error(source, "position", found, "not one place", f"{allowed}, as position[0]")


def _text(value: Any) -> str:
    """Of a position or an angle, on one line."""
    return (
        f"{value.to_string()} deg" if hasattr(value, "to_string") and hasattr(value, "frame") else str(value)
    )


def as_scale(wcs: Any, source: str) -> Any:
    """An angle, or an angle a pixel, as the angle that one pixel is wide; None: it is a wcs instead."""
    if not is_quantity(wcs):
        if isinstance(wcs, type) or not hasattr(wcs, "world_to_pixel"):
            raise input_error(
                source, "wcs", shown(wcs), "neither a wcs nor a scale", "astropy.wcs.WCS, or an angle a pixel"
            )
        if not has_sky(wcs, source):
            raise input_error(
                source, "wcs", f"axes {axes_text(wcs)}", "these pixels are not on the sky",
                "a wcs with longitude and latitude, from the header that has CTYPE1, CTYPE2; or an angle a pixel",
            )  # fmt: skip
        return None
    from astropy import units

    check_single(wcs, source, "wcs")
    for unit in (units.arcsec, units.arcsec / units.pix):
        if wcs.unit.is_equivalent(unit) and 0.0 < wcs.value < math.inf:
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
    _check_place(position, source)
    here = local_pixels(wcs, position, source)
    found = {"x": here.x, "y": here.y}
    if pa is not None:
        from astropy import units

        if not is_quantity(pa) or not pa.unit.is_equivalent(units.rad):
            raise input_error(source, "pa", pa, "not an angle with a unit", "as 30 * astropy.units.deg")
        check_single(pa, source, "pa")
        found["theta"] = here.theta(pa.to_value(units.rad))
    return found, here.scale
