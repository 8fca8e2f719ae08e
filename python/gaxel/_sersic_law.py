"""The formulas of gaxel.sersic on float64 arrays that broadcast together. Outside a parameter's range: NaN."""

import numpy as np

from gaxel import _core
from gaxel._geometry import asymmetry_factor, elliptical_radius
from gaxel._numbers import Numbers

SOFT_R_MIN = 0.1
"""Elliptical radius within which a soft centre is softened, in pixels along the major axis."""

_N_MAX = 20.0


def to_linear(mag: Numbers, log_re: Numbers, log_n: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    with np.errstate(all="ignore"):
        n = np.power(10.0, log_n)
        # 10^log10(20) rounds to a number above 20.
        n = np.where((n > _N_MAX) & (n < _N_MAX * (1.0 + 1e-15)), _N_MAX, n)
        return np.power(10.0, -0.4 * mag), np.power(10.0, log_re), n


def non_negative(values: Numbers) -> Numbers:
    return np.where(values >= 0.0, values, np.nan)


def _positive(values: Numbers) -> Numbers:
    return np.where(values > 0.0, values, np.nan)


def b_of(n: Numbers) -> Numbers:
    return _core.sersic_b(_flat(n)).reshape(n.shape)


def _central_intensity(n: Numbers) -> Numbers:
    """That of the profile of unit flux, re = 1 and q = 1."""
    return _core.sersic_i0(_flat(n)).reshape(n.shape)


def _flat(values: Numbers) -> Numbers:
    return np.ascontiguousarray(values).ravel()


def _enclosed_fraction(b: Numbers, r: Numbers, re: Numbers, n: Numbers) -> Numbers:
    """P(2n, b (r / re)^(1/n))."""
    a, x = np.broadcast_arrays(2.0 * n, b * (r / re) ** (1.0 / n))
    return _core.gamma_p(_flat(a), _flat(x)).reshape(x.shape)


def intensity(r: Numbers, flux: Numbers, re: Numbers, n: Numbers, soft: bool) -> Numbers:
    """Surface brightness at radius r >= 0 of a round galaxy."""
    b = b_of(n)
    with np.errstate(all="ignore"):
        re = _positive(re)
        central = flux / re / re * _central_intensity(n)
        if not soft:
            return central * np.exp(-b * (r / re) ** (1.0 / n))
        edge = central * np.exp(-b * (SOFT_R_MIN / re) ** (1.0 / n))
        mean = flux * _enclosed_fraction(b, np.float64(SOFT_R_MIN), re, n) / (np.pi * SOFT_R_MIN**2)
        outside = central * np.exp(-b * (np.maximum(r, SOFT_R_MIN) / re) ** (1.0 / n))
        inside = edge + 2.0 * (mean - edge) * (1.0 - (r / SOFT_R_MIN) ** 2)
        return np.where(r < SOFT_R_MIN, inside, outside)


def light(
    i: Numbers,
    j: Numbers,
    flux: Numbers,
    re: Numbers,
    n: Numbers,
    x: Numbers,
    y: Numbers,
    q: Numbers,
    theta: Numbers,
    soft: bool,
) -> Numbers:
    """Surface brightness of an elliptical galaxy at points (i, j)."""
    with np.errstate(all="ignore"):
        round_flux = flux / _positive(q)
    return intensity(elliptical_radius(i - y, j - x, q, theta), round_flux, re, n, soft)


def lopsided_light(
    i: Numbers,
    j: Numbers,
    flux: Numbers,
    re: Numbers,
    n: Numbers,
    x: Numbers,
    y: Numbers,
    q: Numbers,
    theta: Numbers,
    strength: Numbers,
    angle: Numbers,
    soft: bool,
) -> Numbers:
    factor = asymmetry_factor(i, j, x, y, theta, strength, angle)
    return light(i, j, flux, re, n, x, y, q, theta, soft) * factor


def total(Ie: Numbers, re: Numbers, n: Numbers, q: Numbers) -> Numbers:
    """Luminosity of a profile of surface brightness Ie at re."""
    with np.errstate(all="ignore"):
        return Ie * _positive(re) * re * _positive(q) * (np.exp(b_of(n)) / _central_intensity(n))


def enclosed(r: Numbers, Ie: Numbers, re: Numbers, n: Numbers, q: Numbers) -> Numbers:
    """Luminosity within elliptical radius r >= 0."""
    with np.errstate(all="ignore"):
        return total(Ie, re, n, q) * _enclosed_fraction(b_of(n), r, _positive(re), n)
