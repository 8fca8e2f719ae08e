"""Flux in rectangles by line integrals of a law's mean along their edges: docs/math/pixels.md, "The cusp".

The core's panels follow the height of an edge's perpendicular; here the substitution tau = height sinh(w) takes their
place, in which the integrand is as smooth everywhere and a fixed number of panels serves any height.
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array

from gaxel._executor.elliptical import Profile, mean_outside
from gaxel._executor.leaves import gauss_legendre

_ORDER = 16
_PANEL = 2.2  # length in w, of half the width of the strip in which the integrand is smooth: 2e-12
_LEAST_HEIGHT = 0.64  # power of the numbers' precision that is the least height
_NEAR = 1.25  # pixels from the middle of a pixel to a centre that may come to lie in it or on its border
_FLATTENING = 6  # order in which nodes approach the end of the light


def _least_height(dtype: Any) -> float:
    """Of an edge's length, 1e-10 in float64: what lies nearer to the foot does not count."""
    return float(jnp.finfo(dtype).eps) ** _LEAST_HEIGHT


def _panels(w_range: float, exponent: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights on [0, 1] for a range of w."""
    strip = 0.5 * np.pi * min(1.0, 0.5 / exponent)
    n = math.ceil(w_range / (_PANEL * strip))
    nodes, weights = gauss_legendre(_ORDER)
    places = (np.arange(n)[:, None] + 0.5 * (1.0 + nodes)) / n
    return places.reshape(-1), np.tile(0.5 * weights / n, n)


def _flattened(places: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same rule in a variable that approaches both ends as a power, for light that ends there in another one."""
    slope = np.polynomial.Polynomial.fromroots([0.0] * (_FLATTENING - 1) + [1.0] * (_FLATTENING - 1))
    integral = slope.integ()
    total = integral(1.0)
    return integral(places) / total, weights * slope(places) / total


def _along_edges(
    profile: Profile,
    height: Array,
    start: Array,
    end: Array,
    least: Array,
    places: np.ndarray,
    weights: np.ndarray,
) -> Array:
    """Integrals of the mean over tau from start to end."""
    scale = jnp.maximum(jnp.abs(height), least)
    first, last = jnp.arcsinh(start / scale), jnp.arcsinh(end / scale)
    w = first[..., None] + (last - first)[..., None] * jnp.asarray(places, height.dtype)
    tau = scale[..., None] * jnp.sinh(w)
    s = jnp.maximum(height[..., None] ** 2 + tau**2, jnp.finfo(height.dtype).tiny)
    density = scale[..., None] * jnp.cosh(w) * jnp.asarray(weights, height.dtype)
    if profile.law.edge is None:
        mean = profile.law.mean(s)
    else:
        # Rounding may take a node beyond the end of the light.
        inside = s < profile.law.edge
        within = profile.law.mean(jnp.where(inside, s, 0.5 * profile.law.edge))
        mean = jnp.where(
            inside, within, mean_outside(profile.law.law, jnp.where(inside, profile.law.edge, s))
        )
    return (last - first) * jnp.sum(density * mean, axis=-1)


def _angle(height: Array, start: Array, end: Array) -> Array:
    """height times the integral of 1 / s over tau from start to end, both on one side of the foot."""
    # The square of what is added is a number: in the centre derivatives are, too.
    least = np.sqrt(jnp.finfo(height.dtype).tiny)
    return jnp.arctan2(height * (end - start), height * height + start * end + least)


def _fluxes(profile: Profile, boxes: np.ndarray, w_range: float, exponent: float) -> Array:
    """Of boxes (n, 4), per amplitude and area."""
    dtype = profile.x.dtype
    x_min, x_max, y_min, y_max = (jnp.asarray(side, dtype) for side in boxes.T)
    left, right = x_min - profile.x, x_max - profile.x
    bottom, top = y_min - profile.y, y_max - profile.y
    x_from = jnp.stack([left, right, right, left])
    y_from = jnp.stack([bottom, bottom, top, top])
    x_to, y_to = jnp.roll(x_from, -1, axis=0), jnp.roll(y_from, -1, axis=0)
    u, v = profile.plane(x_from, y_from)
    along_u, along_v = profile.plane(x_to - x_from, y_to - y_from)
    length = jnp.sqrt(along_u**2 + along_v**2)
    # From the cross product in the image, which is exactly zero on an edge through the centre.
    height = (x_from * (y_to - y_from) - y_from * (x_to - x_from)) / (profile.area * length)
    start = (u * along_u + v * along_v) / length
    end = start + length
    least = _least_height(dtype) * length
    places, weights = _panels(w_range, exponent)
    edge = profile.law.edge
    if edge is None:
        return jnp.sum(height * _along_edges(profile, height, start, end, least, places, weights), axis=0)
    beyond_foot = edge - height * height
    reached = beyond_foot > 0.0
    ends = jnp.where(reached, jnp.sqrt(jnp.where(reached, beyond_foot, 1.0)), 0.0)
    first, last = jnp.clip(-ends, start, end), jnp.clip(ends, start, end)
    inside = _along_edges(profile, height, first, last, least, *_flattened(places, weights))
    outside = _angle(height, start, first) + _angle(height, last, end)
    return jnp.sum(height * inside + profile.law.law.total() / (2.0 * np.pi) * outside, axis=0)


def cusp_fluxes(profile: Profile, boxes: np.ndarray, centre: tuple[float, float], exponent: float) -> Array:
    """Fluxes in boxes of the image, (n, 4) of x_min, x_max, y_min, y_max.

    `centre`, about where the profile's is: boxes near to it have more nodes. `exponent`: see EllipticalLaw.
    """
    middles = 0.5 * np.stack([boxes[:, 0] + boxes[:, 1], boxes[:, 2] + boxes[:, 3]], axis=-1)
    sides = (boxes[:, 1] - boxes[:, 0])[:, None]
    near = np.all(np.abs(middles - np.asarray(centre)) < _NEAR * sides, axis=-1)
    fluxes = jnp.zeros(len(boxes), profile.x.dtype)
    # asinh of an edge's half over its least height, and over the height of one that passes by at a distance.
    for which, w_range in (
        (near, 2.0 * math.asinh(1.0 / _least_height(profile.x.dtype))),
        (~near, 2.0 * math.asinh(50.0)),
    ):
        if np.any(which):
            of_those = _fluxes(profile, boxes[which], w_range, exponent)
            fluxes = fluxes.at[np.flatnonzero(which)].set(of_those)
    return profile.amplitude * profile.area * fluxes
