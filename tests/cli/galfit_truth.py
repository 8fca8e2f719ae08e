"""GALFIT's objects, summed up from many samples of its formulas in each pixel (Peng et al. 2010, AJ 139, 2097)."""

from __future__ import annotations

import numpy as np
from scipy.special import beta, gamma, gammaincinv, k1


def kappa(n):
    return gammaincinv(2 * n, 0.5)


def profile(kind: str, r, p: dict):
    """The law at the generalised radius, over its value in the centre or wherever row 3 counts from."""
    if kind == "sersic":
        return np.exp(-kappa(p["n"]) * ((r / p["re"]) ** (1 / p["n"]) - 1))
    if kind == "devauc":
        return np.exp(-kappa(4) * ((r / p["re"]) ** 0.25 - 1))
    if kind == "expdisk":
        return np.exp(-r / p["re"])
    if kind == "gaussian":
        return np.exp(-((r / p["re"]) ** 2) * 4 * np.log(2))
    if kind == "moffat":
        rd = p["re"] / (2 * np.sqrt(2 ** (1 / p["n"]) - 1))
        return (1 + (r / rd) ** 2) ** -p["n"]
    if kind == "ferrer":
        inside = np.clip(1 - (r / p["re"]) ** (2 - p["beta"]), 0, None)
        return inside ** p["alpha"]
    if kind == "king":
        edge = (1 + (p["rt"] / p["re"]) ** 2) ** (-1 / p["alpha"])
        law = (1 + (r / p["re"]) ** 2) ** (-1 / p["alpha"]) - edge
        return np.where(r < p["rt"], np.clip(law, 0, None), 0) ** p["alpha"] / (1 - edge) ** p["alpha"]
    if kind == "nuker":
        x, a, b, g = r / p["re"], p["alpha"], p["beta"], p["gamma"]
        return 2 ** ((b - g) / a) * x**-g * (1 + x**a) ** ((g - b) / a)
    if kind == "corser":
        x = kappa(p["n"])

        def law(s):
            return (1 + (p["rb"] / s) ** p["alpha"]) ** (p["gamma"] / p["alpha"]) * np.exp(
                -x
                * ((s ** p["alpha"] + p["rb"] ** p["alpha"]) / p["re"] ** p["alpha"])
                ** (1 / (p["alpha"] * p["n"]))
            )

        return law(r) / law(p["rb"])
    raise ValueError(kind)


def total(kind: str, p: dict) -> float:
    """The light of the law out to infinity, for a circle of the ellipse's major axis."""
    if kind in ("sersic", "devauc"):
        n = p["n"] if kind == "sersic" else 4
        return 2 * np.pi * p["re"] ** 2 * np.exp(kappa(n)) * n * kappa(n) ** (-2 * n) * gamma(2 * n)
    if kind == "expdisk":
        return 2 * np.pi * p["re"] ** 2
    if kind == "gaussian":
        return 2 * np.pi * (p["re"] / np.sqrt(8 * np.log(2))) ** 2
    if kind == "moffat":
        rd = p["re"] / (2 * np.sqrt(2 ** (1 / p["n"]) - 1))
        return np.pi * rd**2 / (p["n"] - 1)
    raise ValueError(kind)


def boxy_area(c0):
    """Over that of the ellipse: 1 / R(C0)."""
    return 4 * beta(1 / (c0 + 2), 1 + 1 / (c0 + 2)) / (np.pi * (c0 + 2))


def offsets(shape, x, y, oversample):
    """dx, dy from the centre (FITS pixels) of samples in each pixel; the first two axes are samples."""
    steps = (np.arange(oversample) + 0.5) / oversample - 0.5
    rows, columns = np.mgrid[1 : shape[0] + 1, 1 : shape[1] + 1]
    dx = columns - x + steps[None, :, None, None] + 0 * steps[:, None, None, None]
    dy = rows - y + steps[:, None, None, None] + 0 * steps[None, :, None, None]
    return dx, dy


def axes(dx, dy, pa):
    """Along and across the major axis; pa in degrees from +y, counter-clockwise."""
    angle = np.radians(pa + 90)
    return dx * np.cos(angle) + dy * np.sin(angle), -dx * np.sin(angle) + dy * np.cos(angle)


def radius(u, v, q, c0=0.0, modes=()):
    """Modes as GALFIT writes them: (m, amplitude, phase in degrees)."""
    c = c0 + 2
    r = (np.abs(u) ** c + np.abs(v / q) ** c) ** (1 / c)
    t = np.arctan2(v / q, u)
    factor = 1.0
    for m, amplitude, phase in modes:
        factor = factor + amplitude * np.cos(m * (t + np.pi - np.radians(phase)))
    return r * factor


def truncation(r, r_break, softening):
    b = 2.65 - 4.98 * r_break / softening
    return 0.5 * (np.tanh((2 - b) * r / r_break + b) + 1)


def edge_on(shape, x, y, centre, hs, rs, pa, oversample=11):
    u, v = axes(*offsets(shape, x, y, oversample), pa)
    s = np.abs(u) / rs + 1e-12
    return (centre * s * k1(s) / np.cosh(v / hs) ** 2).mean(axis=(0, 1))
