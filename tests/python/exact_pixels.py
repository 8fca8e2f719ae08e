"""Exact pixels of Sersic profiles in numpy and scipy: the truth that gaxel's pixels are compared with.

Shares no code and no method of sampling with gaxel: the flux F(<r) is an incomplete gamma function, and the line
integral of F / (2 pi r^2) (u dv - v du) along a pixel's edge at distance h from the centre is, with tau = h sinh(t),
the integral of F(h cosh t) / (2 pi cosh t) dt, smooth for every h, and an angle where F is 1. In extended precision
that is good to 1e-18 of the flux; where the light is smooth within a pixel, Gauss-Legendre rules of two orders that agree
are good to 2e-15 of the pixel itself. Itself checked against mpmath (test_exact_pixels.py).
"""

import dataclasses

import numpy as np
from extended_precision import EPSILON, EnclosedFlux, gauss_legendre
from scipy.special import gammainc, gammainccinv, gammaincinv

# Of a pixel by line integrals in extended precision, relative to the flux; mpmath has shown a fifth of it.
LINE_ERROR = 10 * EPSILON
# Nodes of a rule and of the one that it is compared with, and the largest fall of ln(light) within a pixel it may take.
_RULES = ((7, 5, 0.6), (10, 8, 3.0), (16, 12, 8.0), (24, 18, 18.0))
_AGREEMENT = 2e-15
_NEGLIGIBLE = 1e-24
_NODES_AT_ONCE = 1 << 14


@dataclasses.dataclass
class _Plane:
    """Where a profile is a circle of radius 1: u and v of offsets from the centre, in the offsets' precision."""

    q: float
    re: float
    c: float
    s: float

    def __call__(self, dx, dy):
        return (dx * self.c + dy * self.s) / self.re, (dy * self.c - dx * self.s) / (self.q * self.re)


def exact_pixels(n, q, re, x, y, theta, shape):
    """Flux in each pixel of a unit-flux Sersic profile, (ny, nx); 0-based pixel centres, theta from +x towards +y.

    Absolute error about 1e-15, at extremes of n and q 5e-15.
    """
    b = gammaincinv(2 * n, 0.5)
    plane = _Plane(q, re, np.cos(theta), np.sin(theta))
    every = np.ones(shape, bool)
    return _line_integrals(n, b, lambda t: gammainc(2 * n, t), plane, _lines(shape, x, y, np.float64), every)


def precise_pixels(n, q, re, x, y, theta, shape):
    """The same in extended precision, and each pixel's largest error: at most 1e-14 of the pixel, or LINE_ERROR."""
    real = np.longdouble
    enclosed = EnclosedFlux(n)
    plane = _Plane(real(q), real(re), np.cos(real(theta)), np.sin(real(theta)))
    cols, rows = _lines(shape, x, y, real)
    pixels, error = _smooth_pixels(n, enclosed, plane, cols, rows)
    rest = np.isnan(error)
    if rest.any():
        lines = _line_integrals(n, enclosed.b, enclosed, plane, (cols, rows), rest)
        pixels[rest], error[rest] = lines[rest], LINE_ERROR
    return pixels, error


def _lines(shape, x, y, real):
    """Offsets from the centre of the lines between columns and of those between rows."""
    ny, nx = shape
    return np.arange(nx + 1) - real(0.5) - real(x), np.arange(ny + 1) - real(0.5) - real(y)


def _line_integrals(n, b, enclosed, plane, lines, wanted):
    """Pixels by line integrals along their edges, in the precision of lines; others than those wanted are not made."""
    cols, rows = lines
    ny, nx = wanted.shape
    # Upwards in y on the lines between columns, rightwards in x on the lines between rows.
    up = np.zeros((ny, nx + 1), cols.dtype)
    right = np.zeros((ny + 1, nx), cols.dtype)
    of_up, of_right = np.zeros(up.shape, bool), np.zeros(right.shape, bool)
    of_up[:, 1:] |= wanted
    of_up[:, :-1] |= wanted
    of_right[1:] |= wanted
    of_right[:-1] |= wanted
    i, j = np.nonzero(of_up)
    k, m = np.nonzero(of_right)
    values = _edges(
        n,
        b,
        enclosed,
        plane,
        np.concatenate([cols[j], cols[m]]),
        np.concatenate([rows[i], rows[k]]),
        np.concatenate([cols[j], cols[m + 1]]),
        np.concatenate([rows[i + 1], rows[k]]),
    )
    up[of_up], right[of_right] = values[: i.size], values[i.size :]
    return right[:-1, :] + up[:, 1:] - right[1:, :] - up[:, :-1]


def _edges(n, b, enclosed, plane, x0, y0, x1, y1):
    """Line integrals along the edges from (x0, y0) to (x1, y1), offsets from the centre."""
    (u0, v0), (u1, v1) = plane(x0, y0), plane(x1, y1)
    length = np.hypot(u1 - u0, v1 - v0)
    # The cross product in the image: exactly zero on an edge through the centre.
    height = (x0 * (y1 - y0) - y0 * (x1 - x0)) / (plane.q * plane.re**2) / length
    begin = (u0 * (u1 - u0) + v0 * (v1 - v0)) / length
    result = np.zeros_like(height)
    some = np.flatnonzero(height != 0)
    h, begin, end = np.abs(height[some]), begin[some], (begin + length)[some]
    # All of the flux, to 1e-21, is inside this radius: beyond, an edge counts as its angle.
    outermost = (gammainccinv(2 * n, 1e-21) / b) ** n
    reach = np.sqrt(np.maximum(outermost**2 - h * h, 0))
    near, far = np.clip(begin, -reach, reach), np.clip(end, -reach, reach)
    angle = (np.arctan2(end, h) - np.arctan2(far, h)) + (np.arctan2(near, h) - np.arctan2(begin, h))
    t0, t1 = np.arcsinh(near / h), np.arcsinh(far / h)
    # sech(t) F: nothing is left beyond |t| = 50.
    t0, t1 = np.clip(t0, -50, 50), np.clip(t1, -50, 50)
    panels = np.ceil((t1 - t0).astype(float) / min(0.8, 1.2 * n)).astype(int)
    edge = np.repeat(np.arange(h.size), panels)
    index = np.arange(edge.size) - np.repeat(np.cumsum(panels) - panels, panels)
    half = 0.5 * (t1 - t0)[edge] / panels[edge]
    nodes, weights = (a.astype(height.dtype) for a in gauss_legendre(20))
    cosh = np.cosh((t0[edge] + half * (2 * index + 1))[:, None] + half[:, None] * nodes)
    flux = enclosed((b * (h[edge][:, None] * cosh) ** (1 / height.dtype.type(n))).ravel()).reshape(cosh.shape)
    np.add.at(angle, edge, half * ((flux / cosh) @ weights))
    result[some] = np.sign(height[some]) * angle / (2 * _pi(height.dtype))
    return result


def _pi(dtype):
    return 4 * np.arctan(dtype.type(1))


def _smooth_pixels(n, enclosed, plane, cols, rows):
    """Pixels, and their errors, by Gauss-Legendre rules where the light is smooth enough; elsewhere the error is NaN."""
    p = 0.5 / np.longdouble(n)
    b = enclosed.b
    shape = rows.size - 1, cols.size - 1
    least, most, depth = _extent(plane, cols, rows)
    peak = b ** (2 * np.longdouble(n)) / (2 * _pi(cols.dtype) * n * enclosed.gamma * plane.q * plane.re**2)
    least, most = (float(b) * a ** float(p) for a in (least, most))
    pixels, error = np.zeros(shape, np.longdouble), np.full(shape, np.nan)
    # Nothing that a tolerance could tell.
    faint = float(peak) * np.exp(-least) < _NEGLIGIBLE
    error[faint] = _NEGLIGIBLE
    for count, fewer, fall in _RULES:
        row, col = np.nonzero(np.isnan(error) & (2 * fewer * np.log(depth) > 36) & (most - least < fall))
        if row.size == 0:
            continue
        dx, dy = cols[col] + 0.5, rows[row] + 0.5
        fine, coarse = (_rule(p, b, plane, dx, dy, k) for k in (count, fewer))
        rounding = EPSILON * (8 + (2 + 8 * p) * most[row, col]) * fine
        difference = np.abs(fine - coarse) + rounding
        good = difference <= _AGREEMENT * fine
        row, col = row[good], col[good]
        pixels[row, col] = peak * fine[good]
        error[row, col] = peak * difference[good]
    return pixels, error


def _extent(plane, cols, rows):
    """The least and largest s = u^2 + v^2 in each pixel, and the least Bernstein ellipse free of its branch points."""
    u, v = (a.astype(float) for a in plane(cols[None, :], rows[:, None]))
    corners = u * u + v * v
    most = np.maximum(
        np.maximum(corners[1:, 1:], corners[1:, :-1]), np.maximum(corners[:-1, 1:], corners[:-1, :-1])
    )

    def nearest(u0, v0, u1, v1):
        du, dv = u1 - u0, v1 - v0
        t = np.clip(-(u0 * du + v0 * dv) / (du * du + dv * dv), 0, 1)
        return (u0 + t * du) ** 2 + (v0 + t * dv) ** 2

    across = nearest(u[:, :-1], v[:, :-1], u[:, 1:], v[:, 1:])
    along = nearest(u[:-1], v[:-1], u[1:], v[1:])
    least = np.minimum(np.minimum(across[1:], across[:-1]), np.minimum(along[:, 1:], along[:, :-1]))
    inside = ((rows[:-1] <= 0) & (rows[1:] >= 0))[:, None] & ((cols[:-1] <= 0) & (cols[1:] >= 0))
    least = np.where(inside, 0.0, least)
    # On a line along x, s has its roots at the distance sqrt(s) / |d(u, v)/dx|; half a pixel is 1.
    scale = max(float(np.hypot(*plane(1, 0))), float(np.hypot(*plane(0, 1))))
    distance = 2 * np.sqrt(least) / scale
    return least, most, distance + np.sqrt(1 + distance**2)


def _rule(p, b, plane, dx, dy, count):
    """Means of exp(-b s^p) over the pixels at the offsets (dx, dy) by count x count nodes."""
    nodes, weights = gauss_legendre(count)
    result = np.empty(dx.size, np.longdouble)
    step = max(1, _NODES_AT_ONCE // count**2)
    for start in range(0, dx.size, step):
        part = slice(start, start + step)
        u, v = plane(dx[part, None, None] + 0.5 * nodes, dy[part, None, None] + 0.5 * nodes[:, None])
        light = np.exp(-b * np.exp(p * np.log(u * u + v * v)))
        result[part] = 0.25 * (light @ weights) @ weights
    return result


def random_galaxy(rng, *, shape):
    """Parameters over the whole stated range, a sixth of the centres each on a pixel's centre, corner or edge.

    One centre in six lies up to three re outside the image.
    """
    galaxy = {
        "n": float(0.1 * 200 ** rng.uniform()),
        "q": float(10 ** rng.uniform(-2, 0)),
        "re": float(0.01 * 30000 ** rng.uniform()),
        "x": float(rng.uniform(-5, shape[1] + 4)),
        "y": float(rng.uniform(-5, shape[0] + 4)),
        "theta": float(rng.uniform(-np.pi, np.pi)),
    }
    kind = rng.integers(6)
    if kind < 3:
        galaxy["x"], galaxy["y"] = (
            round(galaxy["x"]) + 0.5 * float(kind > 0),
            round(galaxy["y"]) + 0.5 * float(kind > 1),
        )
    if kind == 3:
        galaxy["x"] += float(rng.uniform(-3, 3) * galaxy["re"])
        galaxy["y"] += float(rng.uniform(-3, 3) * galaxy["re"])
    if rng.uniform() < 0.1:
        galaxy["theta"] = 0.0
    if rng.uniform() < 0.15:
        extreme = {"n": (0.1, 20.0), "q": (0.01, 1.0), "re": (0.01, 300.0)}
        key = ("n", "q", "re")[rng.integers(3)]
        galaxy[key] = extreme[key][rng.integers(2)]
    return galaxy
