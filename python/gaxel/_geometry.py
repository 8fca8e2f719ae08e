"""Where a point lies in a galaxy's frame.

A point is offset from the galaxy's centre by iy upwards and jx to the right. In the frame of the galaxy, u runs along
the major axis and v along the minor one,

    u = jx cos(theta) + iy sin(theta),    v = iy cos(theta) - jx sin(theta).
"""

from typing import Any

import numpy as np

from gaxel._numbers import Numbers, as_numbers


def elliptical_radius(iy: Numbers, jx: Numbers, q: Numbers, theta: Numbers) -> Numbers:
    u, v = _galaxy_frame(iy, jx, theta)
    with np.errstate(all="ignore"):
        return np.hypot(u, v / np.where(q > 0, q, np.nan))


def _galaxy_frame(iy: Numbers, jx: Numbers, theta: Numbers) -> tuple[Numbers, Numbers]:
    with np.errstate(all="ignore"):
        cos, sin = np.cos(theta), np.sin(theta)
        return jx * cos + iy * sin, iy * cos - jx * sin


def rp_from_pix(iy: Any, jx: Any, q: Any, theta: Any) -> Any:
    """Elliptical radius of points around a galaxy's centre.

    r = sqrt(u^2 + (v / q)^2), with u and v the point's coordinates along the galaxy's major and minor axis.

    Parameters
    ----------
    iy, jx : array_like of float
        Offsets i - y (vertical) and j - x (horizontal) from the galaxy's centre, in pixels.
    q : array_like of float
        Axis ratio, above 0; other values give NaN.
    theta : array_like of float
        Angle of the major axis in radians, from +x (growing j) towards +y (growing i).

    Returns
    -------
    float64 or ndarray
        The radius in pixels along the major axis, in the shape to which the arguments broadcast.

    Raises
    ------
    InputError
        When an argument does not consist of real numbers or the shapes do not broadcast.
    """
    return elliptical_radius(*as_numbers("rp_from_pix", iy=iy, jx=jx, q=q, theta=theta))[()]


def phi_from_pix(iy: Any, jx: Any, theta: Any) -> Any:
    """Position angle of points around a galaxy's centre, in the galaxy's frame.

    phi = atan2(v, u): zero along the major axis towards +u (the direction theta), growing as theta does, towards +v.
    It is an angle in the image: the galaxy's flattening does not enter. It is 0 at the centre.

    Parameters
    ----------
    iy, jx : array_like of float
        Offsets i - y (vertical) and j - x (horizontal) from the galaxy's centre, in pixels.
    theta : array_like of float
        Angle of the major axis in radians, from +x (growing j) towards +y (growing i).

    Returns
    -------
    float64 or ndarray
        The angle in radians, -pi to pi, in the shape to which the arguments broadcast.

    Raises
    ------
    InputError
        When an argument does not consist of real numbers or the shapes do not broadcast.
    """
    u, v = _galaxy_frame(*as_numbers("phi_from_pix", iy=iy, jx=jx, theta=theta))
    return np.arctan2(v, u)[()]


def asymmetry(i: Any, j: Any, x: Any, y: Any, theta: Any, asym_strength: Any, asym_angle: Any) -> Any:
    """Factor that makes a galaxy lopsided: 1 - s cos(phi - a).

    phi is the position angle of the point (i, j) as in `phi_from_pix`: zero along the major axis towards +u, whose
    direction in the image is theta. Light is taken from the side phi = a and given to the opposite side, so that the
    total flux of a profile that is symmetric about its centre stays as it was. At the centre itself, which has no phi,
    the factor is 1, its mean over all directions.

    Parameters
    ----------
    i, j : array_like of float
        Points: vertical and horizontal coordinate in pixels.
    x, y : array_like of float
        Centre in pixels; x is measured like j, y like i.
    theta : array_like of float
        Angle of the major axis in radians, from +x towards +y.
    asym_strength : array_like of float
        s. Beyond -1 to 1 the factor is negative on a part of the plane.
    asym_angle : array_like of float
        a in radians, from the major axis.

    Returns
    -------
    float64 or ndarray
        The factor, in the shape to which the arguments broadcast.

    Raises
    ------
    InputError
        When an argument does not consist of real numbers or the shapes do not broadcast.
    """
    names = {"i": i, "j": j, "x": x, "y": y, "theta": theta}
    names |= {"asym_strength": asym_strength, "asym_angle": asym_angle}
    return asymmetry_factor(*as_numbers("asymmetry", **names))[()]


def asymmetry_factor(
    i: Numbers, j: Numbers, x: Numbers, y: Numbers, theta: Numbers, strength: Numbers, angle: Numbers
) -> Numbers:
    with np.errstate(all="ignore"):
        u, v = _galaxy_frame(i - y, j - x, theta)
        r = np.hypot(u, v)
        r = np.where(r == 0, np.inf, r)
        return 1.0 - strength * (u / r * np.cos(angle) + v / r * np.sin(angle))
