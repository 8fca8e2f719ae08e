"""The Sersic profile as numpy functions, with GAX's names and conventions.

The surface brightness at elliptical radius r is

    I(r) = Ie exp(-b_n ((r / re)^(1/n) - 1)),    total flux = Ie re^2 2 pi n e^(b_n) b_n^(-2n) Gamma(2n) q,

with b_n such that re holds half of the light (Sersic 1963; Ciotti & Bertin 1999; Graham & Driver 2005).

All arguments are scalars or arrays that broadcast together as in numpy; results are float64, a scalar for scalars.

    i, j            points: vertical and horizontal coordinate in pixels; GAX's origin is the image centre
    flux, mag       total flux; magnitude of zero point 0, flux = 10^(-0.4 mag)
    Ie, mu_e        surface brightness at re, flux per pixel area; the same as magnitude, Ie = 10^(-0.4 mu_e)
    re, log_re      half-light radius along the major axis in pixels; its decimal logarithm
    n, log_n        Sersic index, 0.1 to 20; its decimal logarithm
    x, y            centre in pixels; x is measured like j, y like i
    q               axis ratio, above 0
    theta           angle of the major axis in radians, from +x towards +y
    soft            whether the cusp is softened within 0.1 pixel, see below

Functions that end in _linear take flux, re and n where the others take mag, log_re and log_n. Parameters outside their
ranges, NaN and masked elements give NaN where they are used; what is not an array of real numbers, has a unit or does
not broadcast raises gaxel.InputError. The relative error of an intensity is below 4e-16 (1 + n) + 3e-15 w with
w = b_n (r / re)^(1/n): it grows only where the profile has fallen by many e-folds.

Soft centre: inside r0 = SOFT_R_MIN = 0.1 pixel the intensity is I(r0), and the light that is missing then is put back as
a parabola,

    I_soft(r) = I(r0) + 2 (M - I(r0)) (1 - (r / r0)^2)  for r < r0,    M = L(<r0) / (pi r0^2 q),

M being the mean intensity within r0. The integral of 1 - (r / r0)^2 over the ellipse is pi r0^2 q / 2: the flux within
r0, and with it the total, are those of the profile itself.
"""

from typing import Any

import numpy as np

from gaxel import _sersic_law
from gaxel._geometry import asymmetry, phi_from_pix, rp_from_pix
from gaxel._numbers import as_numbers
from gaxel._sersic_law import SOFT_R_MIN, non_negative, to_linear

__all__ = [
    "SOFT_R_MIN",
    "asymmetry",
    "bn",
    "phi_from_pix",
    "rp_from_pix",
    "sersic_1d",
    "sersic_1d_linear",
    "sersic_2d",
    "sersic_2d_asym",
    "sersic_2d_asym_linear",
    "sersic_2d_linear",
    "sersic_Ie_from_lum",
    "sersic_enc_lum",
    "sersic_enc_lum_linear",
    "sersic_lum",
    "sersic_lum_linear",
    "sersic_pars_log_to_linear",
]


def bn(n: Any) -> Any:
    """The constant b_n of the Sersic profile, P(2n, b_n) = 1/2.

    Solved to full precision for each n: no series (Ciotti & Bertin 1999, A&A 352, 447) takes part.

    Parameters
    ----------
    n : array_like of float
        Sersic index, 0.1 to 20; other values give NaN.

    Returns
    -------
    float64 or ndarray, shape of `n`

    Raises
    ------
    InputError
        When `n` does not consist of real numbers.
    """
    (index,) = as_numbers("bn", n=n)
    return _sersic_law.b_of(index)[()]


def sersic_pars_log_to_linear(mag: Any, log_re: Any, log_n: Any) -> tuple[Any, Any, Any]:
    """(flux, re, n) of (mag, log_re, log_n): 10^(-0.4 mag), 10^log_re, 10^log_n.

    An n that only the rounding of the logarithm puts beyond 20 is 20.

    Raises
    ------
    InputError
        When an argument does not consist of real numbers or the shapes do not broadcast.
    """
    values = as_numbers("sersic_pars_log_to_linear", mag=mag, log_re=log_re, log_n=log_n)
    flux, re, n = to_linear(*values)
    return flux[()], re[()], n[()]


def sersic_1d_linear(r: Any, flux: Any, re: Any, n: Any, *, soft: bool = False) -> Any:
    """Surface brightness at radius r of a round galaxy (q = 1).

    Parameters
    ----------
    r : array_like of float
        Radius in pixels; negative values give NaN.
    flux, re, n : array_like of float
        Total flux, half-light radius in pixels, Sersic index (see the module).
    soft : bool
        Whether the cusp is softened (see the module).

    Returns
    -------
    float64 or ndarray
        Flux per pixel area, in the shape to which the arguments broadcast.

    Raises
    ------
    InputError
        When an argument does not consist of real numbers or the shapes do not broadcast.
    """
    r, flux, re, n = as_numbers("sersic_1d_linear", r=r, flux=flux, re=re, n=n)
    return _sersic_law.intensity(non_negative(r), flux, re, n, soft)[()]


def sersic_1d(r: Any, mag: Any, log_re: Any, log_n: Any, *, soft: bool = False) -> Any:
    """Surface brightness at radius r of a round galaxy (q = 1): `sersic_1d_linear` of logarithmic parameters."""
    r, *pars = as_numbers("sersic_1d", r=r, mag=mag, log_re=log_re, log_n=log_n)
    return _sersic_law.intensity(non_negative(r), *to_linear(*pars), soft)[()]


def sersic_2d_linear(
    i: Any, j: Any, flux: Any, re: Any, n: Any, x: Any, y: Any, q: Any, theta: Any, *, soft: bool = False
) -> Any:
    """Surface brightness of an elliptical galaxy at points (i, j).

    Parameters
    ----------
    i, j : array_like of float
        Points: vertical and horizontal coordinate in pixels.
    flux, re, n, x, y, q, theta : array_like of float
        Total flux, half-light radius along the major axis, Sersic index, centre, axis ratio, angle (see the module).
    soft : bool
        Whether the cusp is softened (see the module).

    Returns
    -------
    float64 or ndarray
        Flux per pixel area, in the shape to which the arguments broadcast.

    Raises
    ------
    InputError
        When an argument does not consist of real numbers or the shapes do not broadcast.
    """
    values = as_numbers("sersic_2d_linear", i=i, j=j, flux=flux, re=re, n=n, x=x, y=y, q=q, theta=theta)
    return _sersic_law.light(*values, soft)[()]


def sersic_2d(
    i: Any,
    j: Any,
    mag: Any,
    log_re: Any,
    log_n: Any,
    x: Any,
    y: Any,
    q: Any,
    theta: Any,
    *,
    soft: bool = False,
) -> Any:
    """Surface brightness of an elliptical galaxy at points (i, j): `sersic_2d_linear` of logarithmic parameters.

    >>> float(sersic_2d(0, 0, mag=-7.5, log_re=0.9, log_n=0.7, x=0.2, y=0.3, q=0.1, theta=0.1).round(2))
    38.83
    """
    i, j, mag, log_re, log_n, *place = as_numbers(
        "sersic_2d", i=i, j=j, mag=mag, log_re=log_re, log_n=log_n, x=x, y=y, q=q, theta=theta
    )
    return _sersic_law.light(i, j, *to_linear(mag, log_re, log_n), *place, soft)[()]


def sersic_2d_asym_linear(
    i: Any,
    j: Any,
    flux: Any,
    re: Any,
    n: Any,
    x: Any,
    y: Any,
    q: Any,
    theta: Any,
    asym_strength: Any,
    asym_angle: Any,
    *,
    soft: bool = False,
) -> Any:
    """`sersic_2d_linear` times `asymmetry`: a lopsided galaxy of the same total flux."""
    *values, strength, angle = as_numbers(
        "sersic_2d_asym_linear",
        i=i,
        j=j,
        flux=flux,
        re=re,
        n=n,
        x=x,
        y=y,
        q=q,
        theta=theta,
        asym_strength=asym_strength,
        asym_angle=asym_angle,
    )
    return _sersic_law.lopsided_light(*values, strength, angle, soft)[()]


def sersic_2d_asym(
    i: Any,
    j: Any,
    mag: Any,
    log_re: Any,
    log_n: Any,
    x: Any,
    y: Any,
    q: Any,
    theta: Any,
    asym_strength: Any,
    asym_angle: Any,
    *,
    soft: bool = False,
) -> Any:
    """`sersic_2d` times `asymmetry`: a lopsided galaxy of the same total flux."""
    i, j, mag, log_re, log_n, *rest = as_numbers(
        "sersic_2d_asym",
        i=i,
        j=j,
        mag=mag,
        log_re=log_re,
        log_n=log_n,
        x=x,
        y=y,
        q=q,
        theta=theta,
        asym_strength=asym_strength,
        asym_angle=asym_angle,
    )
    return _sersic_law.lopsided_light(i, j, *to_linear(mag, log_re, log_n), *rest, soft)[()]


def sersic_lum_linear(Ie: Any, re: Any, n: Any, q: Any = 1.0) -> Any:
    """Total luminosity of a profile of given surface brightness at re.

    Parameters
    ----------
    Ie, re, n, q : array_like of float
        Surface brightness at re, half-light radius in pixels along the major axis, Sersic index, axis ratio.

    Returns
    -------
    float64 or ndarray
        Ie re^2 2 pi n e^(b_n) b_n^(-2n) Gamma(2n) q, in the shape to which the arguments broadcast.

    Raises
    ------
    InputError
        When an argument does not consist of real numbers or the shapes do not broadcast.
    """
    return _sersic_law.total(*as_numbers("sersic_lum_linear", Ie=Ie, re=re, n=n, q=q))[()]


def sersic_lum(mu_e: Any, log_re: Any, log_n: Any, q: Any = 1.0) -> Any:
    """Total luminosity: `sersic_lum_linear` of logarithmic parameters; q stays an axis ratio."""
    *pars, q = as_numbers("sersic_lum", mu_e=mu_e, log_re=log_re, log_n=log_n, q=q)
    return _sersic_law.total(*to_linear(*pars), q)[()]


def sersic_enc_lum_linear(r: Any, Ie: Any, re: Any, n: Any, q: Any = 1.0) -> Any:
    """Luminosity enclosed by the ellipse of radius r: the total times P(2n, b_n (r / re)^(1/n)).

    Parameters
    ----------
    r : array_like of float
        Elliptical radius in pixels along the major axis; infinity gives the total, negative values NaN.
    Ie, re, n, q : array_like of float
        As in `sersic_lum_linear`.

    Returns
    -------
    float64 or ndarray
        In the shape to which the arguments broadcast.

    Raises
    ------
    InputError
        When an argument does not consist of real numbers or the shapes do not broadcast.
    """
    r, *pars = as_numbers("sersic_enc_lum_linear", r=r, Ie=Ie, re=re, n=n, q=q)
    return _sersic_law.enclosed(non_negative(r), *pars)[()]


def sersic_enc_lum(r: Any, mu_e: Any, log_re: Any, log_n: Any, q: Any = 1.0) -> Any:
    """Luminosity within radius r: `sersic_enc_lum_linear` of logarithmic parameters; r and q stay as they are."""
    r, *pars, q = as_numbers("sersic_enc_lum", r=r, mu_e=mu_e, log_re=log_re, log_n=log_n, q=q)
    return _sersic_law.enclosed(non_negative(r), *to_linear(*pars), q)[()]


def sersic_Ie_from_lum(flux: Any, re: Any, n: Any, q: Any = 1.0) -> Any:
    """Surface brightness at re of a profile of given total luminosity: the inverse of `sersic_lum_linear`.

    Parameters
    ----------
    flux, re, n, q : array_like of float
        Total luminosity, half-light radius in pixels along the major axis, Sersic index, axis ratio.

    Returns
    -------
    float64 or ndarray
        Flux per pixel area, in the shape to which the arguments broadcast.

    Raises
    ------
    InputError
        When an argument does not consist of real numbers or the shapes do not broadcast.
    """
    flux, re, n, q = as_numbers("sersic_Ie_from_lum", flux=flux, re=re, n=n, q=q)
    with np.errstate(all="ignore"):
        return (flux / _sersic_law.total(np.float64(1.0), re, n, q))[()]
