"""The laws of the registry written out in numpy as published, with the ranges that tests draw their parameters from."""

from dataclasses import replace

import numpy as np
from law_truth import KINK, SINGULAR, PlaneLaw, RadialLaw, SeparableLaw
from scipy.interpolate import CubicSpline
from scipy.special import gamma as gamma_function
from scipy.special import gammaincinv, k1e


def sersic(re, n, **_):
    b = gammaincinv(2.0 * n, 0.5)
    return RadialLaw(lambda r: np.exp(-b * ((r / re) ** (1.0 / n) - 1.0)), marks=((re, 0.3 * min(n, 1.0)),))


def moffat(fwhm, beta, **_):
    rd = 0.5 * fwhm / np.sqrt(2.0 ** (1.0 / beta) - 1.0)
    return RadialLaw(lambda r: (1.0 + (r / rd) ** 2) ** -beta, marks=((rd, 0.3),))


def king(rc, rt, alpha, **_):
    def light(r):
        # (A^p - B^p)^(1/p) with A^p - B^p taken together, so that nothing is lost next to rt.
        inner = 1.0 + (r / rc) ** 2
        log_ratio = np.log1p(np.maximum((rt - r) * (rt + r), 0.0) / (rc**2 * inner))
        return np.where(r < rt, (inner ** (-1.0 / alpha) * -np.expm1(-log_ratio / alpha)) ** alpha, 0.0)

    return RadialLaw(light, marks=((rt, SINGULAR), (rc, 0.3)), edge=rt)


def ferrers(rout, alpha, beta, **_):
    def light(r):
        with np.errstate(divide="ignore"):
            inside = -np.expm1((2.0 - beta) * np.log(np.minimum(r / rout, 1.0)))
        return np.where(r < rout, inside**alpha, 0.0)

    return RadialLaw(light, marks=((rout, SINGULAR),), edge=rout)


def nuker(rb, alpha, beta, gamma, **_):
    steep = (gamma - beta) / alpha
    return RadialLaw(
        lambda r: 2.0**-steep * np.exp(-gamma * np.log(r / rb) + steep * _log_sum(alpha * np.log(r / rb))),
        marks=((rb, 0.3 / alpha),),
    )


def _log_sum(x):
    """ln(1 + e^x)."""
    return np.logaddexp(0.0, x)


def coresersic(rb, re, n, alpha, gamma, **_):
    b = gammaincinv(2.0 * n, 0.5)

    def log_light(r):
        x = np.log(r / rb)
        outside = (_log_sum(alpha * x) / alpha + np.log(rb / re)) / n
        return gamma / alpha * _log_sum(-alpha * x) - b * np.exp(outside)

    at_break = log_light(rb)
    return RadialLaw(
        lambda r: np.exp(log_light(r) - at_break), marks=((rb, 0.3 / alpha), (max(re, rb), 0.3 * min(n, 1.0)))
    )


def brokenexponential(h1, h2, rb, alpha, **_):
    power = (1.0 / h1 - 1.0 / h2) / alpha
    return RadialLaw(
        lambda r: np.exp(-r / h1 + power * (_log_sum(alpha * (r - rb)) - _log_sum(-alpha * rb))),
        marks=((rb, 0.3 / (alpha * rb)), (min(h1, h2), 0.3), (max(h1, h2), 0.3), (rb + max(h1, h2), 0.3)),
    )


def gaussianring(r, sigma, **_):
    return gaussianring2side(r, sigma, sigma)


def gaussianring2side(r, sigma_in, sigma_out, **_):
    return RadialLaw(
        lambda at: np.exp(-0.5 * ((at - r) / np.where(at < r, sigma_in, sigma_out)) ** 2),
        marks=((r, KINK), (r + 2.0 * sigma_out, 0.3), (max(r - sigma_in, 0.1 * sigma_in), 0.1)),
    )


def flatbar(h1, h2, rb, alpha, opening, q, **_):
    def light(u, v):
        r = np.hypot(u, v / q) / h1
        turned = np.minimum(np.arctan2(np.abs(v), np.abs(u)) / opening, 1.0)
        outer = h2 / h1 + (1.0 - h2 / h1) * turned**2
        at = rb / h1 * np.hypot(u, v / q) / np.hypot(u, v)
        power = (1.0 - 1.0 / outer) / (alpha * h1)
        return np.exp(-r + power * (_log_sum(alpha * h1 * (r - at)) - _log_sum(-alpha * h1 * at)))

    def on(angle):
        return lambda u, v: u * np.sin(angle) - v * np.cos(angle)

    lines = ((on(0.0), 0.3 * opening), (on(opening), KINK), (on(-opening), KINK))
    return PlaneLaw(light, lines, mark=(rb, 0.3 / (alpha * rb)))


def edgeondiscn(h, z0, n, **_):
    def along(u):
        x = u / h
        return x * k1e(x) * np.exp(-x)

    def across(v):
        # sech^a t = (2 e^-t / (1 + e^-2t))^a, which does not overflow.
        t = 0.5 * n * v / z0
        return (2.0 / (1.0 + np.exp(-2.0 * t))) ** (2.0 / n) * np.exp(-2.0 * t / n)

    return SeparableLaw(along, across, scale=h)


def _edge_on_total(h, z0, n):
    return (
        np.pi * h * z0 * 2.0 * np.sqrt(np.pi) * gamma_function(1.0 / n) / (n * gamma_function(1.0 / n + 0.5))
    )


def mge(q, sigma_min, sigma_max, **fluxes):
    strengths = np.array(
        [fluxes[f"flux{k + 1}"] for k in range(sum(key.startswith("flux") for key in fluxes))]
    )
    sigmas = (
        np.geomspace(sigma_min, sigma_max, len(strengths)) if len(strengths) > 1 else np.array([sigma_min])
    )
    peaks = strengths / (2.0 * np.pi * q * sigmas**2)
    return RadialLaw(
        lambda r: np.exp(-0.5 * (r[..., None] / sigmas) ** 2) @ peaks,
        marks=tuple((2.0 * sigma, 0.3) for sigma in sigmas),
    )


def spline(r_min, r_max, **knots):
    values = [knots[f"i{k + 1}"] for k in range(sum(key[0] == "i" for key in knots))]
    at = np.linspace(np.log(r_min), np.log(r_max), len(values))
    curve = CubicSpline(at, values, bc_type=((1, 0.0), (2, 0.0)))
    slope = float(curve(at[-1], 1))

    def light(r):
        log_r = np.log(r)
        return np.exp(curve(np.clip(log_r, at[0], at[-1])) + slope * np.maximum(log_r - at[-1], 0.0))

    return RadialLaw(light, marks=tuple((float(np.exp(t)), KINK) for t in at))


FORMULAS = {
    "sersic": sersic,
    "exponential": lambda **p: sersic(n=1.0, **p),
    "devaucouleurs": lambda **p: sersic(n=4.0, **p),
    "gaussian": lambda **p: sersic(n=0.5, **p),
    "moffat": moffat,
    "king": king,
    "ferrers": ferrers,
    "nuker": nuker,
    "coresersic": coresersic,
    "brokenexponential": brokenexponential,
    "gaussianring": gaussianring,
    "gaussianring2side": gaussianring2side,
    "flatbar": flatbar,
    "edgeondisc": lambda rs, hs, **_: edgeondiscn(rs, 0.5 * hs, 1.0),
    "edgeondiscn": edgeondiscn,
    "mge": mge,
    "spline": spline,
}

# Of unit central intensity, where the integral over the plane is known; else it is found by quadrature.
_TOTALS = {
    "edgeondisc": lambda rs, hs, **_: _edge_on_total(rs, 0.5 * hs, 1.0),
    "edgeondiscn": lambda h, z0, n, **_: _edge_on_total(h, z0, n),
    "moffat": lambda fwhm, beta, q, **_: (
        np.pi * q * 0.25 * fwhm**2 / (2.0 ** (1.0 / beta) - 1.0) / (beta - 1.0)
    ),
}


def law_of(component):
    """A component's law in counts per pixel."""
    kind = component.kind.split(":")[0]
    values = {key: component.value_or_fallback(key) for key in component._specs}
    law = FORMULAS[kind](**{k: v for k, v in values.items() if k not in ("x", "y", "theta")})
    if isinstance(law, RadialLaw):
        law = replace(law, q=values["q"])
    factor = values.get("ib", values.get("i0", 1.0))
    if "flux" in values:
        factor = values["flux"] / (_TOTALS[kind](**values) if kind in _TOTALS else law.total())
    part = "f" if isinstance(law, SeparableLaw) else "light"
    unit = getattr(law, part)
    return replace(law, **{part: lambda *place: factor * unit(*place)})
