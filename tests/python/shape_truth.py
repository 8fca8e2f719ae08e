"""Shaped galaxies written out from the published formulas (docs/shapes.md) in numpy, with angles and powers where gaxel
has none, and pixels of them by plain adaptive quadrature."""

import numpy as np
from scipy.integrate import quad
from scipy.special import gamma, gammaincinv

BENDS = range(1, 6)
MODES = range(1, 11)


def isophote_radius(p, u, v):
    """Radius and angle of a point of the frame in which the component's ellipses are circles."""
    t = np.arctan2(v, u)
    c = p.get("c0", 0.0) + 2.0
    r = (np.abs(u) ** c + np.abs(v) ** c) ** (1.0 / c)
    modes = sum(p.get(f"f{m}", 0.0) * np.cos(m * (t - p.get(f"f{m}_phase", 0.0))) for m in MODES)
    return r * (1.0 - modes), t


def asymmetry(p, t):
    return 1.0 - p.get("asymmetry", 0.0) * np.cos(t - p.get("asymmetry_angle", 0.0))


def winding(p, r):
    """Angle by which the disc is turned at the radius r in its plane, for either form of spiral."""
    form = "spiral" if "spiral_angle" in p else "logspiral"
    if f"{form}_angle" not in p:
        return 0.0 * r
    out, r_in, r_out = (p[f"{form}_{key}"] for key in ("angle", "rin", "rout"))
    a = 2.0 * 0.46 / (abs(out) + 0.46) - 1.00001
    b = (2.0 - np.arctanh(a)) * r_out / (r_out - r_in)
    start = 0.5 * (np.tanh(b * (r / r_out - 1.0) + 2.0) + 1.0)
    if form == "spiral":
        return out * start * (0.5 * (r / r_out + 1.0)) ** p["spiral_power"]
    scale = p["logspiral_scale"]
    return out * start * np.log(r / scale + 1.0) / np.log(r_out / scale + 1.0)


def on_disc(p, dx, dy):
    """Offset from the centre, in polar coordinates of the disc, unwound."""
    form = "spiral" if "spiral_angle" in p else "logspiral"
    node, inclination = p.get(f"{form}_node", 0.0), p.get(f"{form}_inclination", 0.0)
    z = (dx + 1j * dy) * np.exp(-1j * node)
    z = z.real + 1j * z.imag / np.cos(inclination)
    return z * np.exp(-1j * winding(p, np.abs(z)))


def coordinates(p, x, y, scale):
    """Isophote radius (pixels, along the major axis) and angle at (x, y)."""
    z = on_disc(p, x - p["x"], y - p["y"]) * np.exp(-1j * p.get("theta", 0.0))
    u = z.real
    v = z.imag + sum(p.get(f"b{n}", 0.0) * (u / scale) ** n for n in BENDS)
    return isophote_radius(p, u, v / p.get("q", 1.0))


def area_factor(p):
    """Flux of the shape over that of its ellipse."""

    def integrand(t):
        r, _ = isophote_radius(p, np.cos(t), np.sin(t))
        return asymmetry(p, t) / r**2

    # t = axis + w^6 takes the powers on the axes away.
    total = 0.0
    for axis in 0.5 * np.pi * np.arange(4):
        for sign in (-1.0, 1.0):
            end = (0.25 * np.pi) ** (1.0 / 6.0)
            total += quad(
                lambda w, axis=axis, sign=sign: integrand(axis + sign * w**6) * 6.0 * w**5,
                0.0,
                end,
                epsabs=1e-14,
                epsrel=1e-13,
                limit=200,
            )[0]
    form = "spiral" if "spiral_angle" in p else "logspiral"
    return total / (2.0 * np.pi) * np.cos(p.get(f"{form}_inclination", 0.0))


def kept(truncation, x, y):
    """P of a truncation."""
    r, _ = coordinates(truncation, x, y, truncation["rbreak"])
    r_soft = truncation["rbreak"] - truncation["softening"]
    b = 2.65 - 4.98 * truncation["rbreak"] / (truncation["rbreak"] - r_soft)
    return 0.5 * (np.tanh((2.0 - b) * r / truncation["rbreak"] + b) + 1.0)


def sersic_light(p, inner=(), outer=()):
    """Light of a shaped Sersic profile as a function of positions."""
    n, re = p["n"], p["re"]
    b = gammaincinv(2.0 * n, 0.5)
    peak = p["flux"] * b ** (2.0 * n) / (2.0 * np.pi * n * gamma(2.0 * n) * re**2 * p["q"] * area_factor(p))

    def law(r):
        return np.exp(-b * (r / re) ** (1.0 / n))

    soft = p.get("soft")
    if soft:
        missing = quad(
            lambda w: (law(soft * w**4) - law(soft)) * w**4 * 4.0 * w**3, 0.0, 1.0, epsabs=0.0, epsrel=1e-13
        )
        height = 4.0 * missing[0]

    def light(x, y):
        r, t = coordinates(p, x, y, re)
        value = law(r)
        if soft:
            value = np.where(r < soft, law(soft) + height * (1.0 - (r / soft) ** 2), value)
        value = peak * value * asymmetry(p, t)
        for truncation in inner:
            value = value * kept(truncation, x, y)
        for truncation in outer:
            value = value * (1.0 - kept(truncation, x, y))
        return value

    return light


_RULES = {k: np.polynomial.legendre.leggauss(k) for k in (6, 9)}


def _means(light, x, y, side, count):
    nodes, weights = _RULES[count]
    at = 0.5 * side * nodes
    values = light(x[:, None, None] + at[None, None, :], y[:, None, None] + at[None, :, None])
    return (values @ weights) @ weights * 0.25 * side**2


def pixel(light, row, col, tolerance=1e-9, floor=0.0, levels=22):
    """Integral over a pixel."""
    return integral(light, [float(col)], [float(row)], 1.0, tolerance, floor, levels)


def integral(light, x, y, side, tolerance=1e-9, floor=0.0, levels=22):
    """Integral over squares about (x, y): they are quartered until two rules agree. Where they cannot, the finer one
    counts."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    # Off the middle and the corners, so that nodes and borders meet no centre.
    total, scale = 0.0, None
    for level in range(levels):
        fine = _means(light, x, y, side, 9)
        error = np.abs(fine - _means(light, x, y, side, 6))
        scale = np.abs(total + fine.sum())
        open_ = error > max(tolerance * scale, floor) * 0.1 * 2.0**-level
        if level == levels - 1:
            open_[:] = False
        total += fine[~open_].sum()
        if not open_.any():
            break
        x, y, quarter = x[open_], y[open_], 0.25 * side
        x = np.concatenate([x - quarter, x + quarter, x - quarter, x + quarter])
        y = np.concatenate([y - quarter, y - quarter, y + quarter, y + quarter])
        side *= 0.5
    return total
