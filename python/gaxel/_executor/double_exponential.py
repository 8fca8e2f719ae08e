"""Integrals of functions that are analytic inside an interval, by the rules of src/math/double_exponential.hpp: as many
nodes always, in vectors."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike


def _tanh_sinh() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Signs, distances from the end at that side in halves of the interval, weights in the same unit."""
    step = 1.0 / 20.0
    k = np.arange(-74, 75)
    s = 0.5 * np.pi * np.sinh(step * k)
    gap = np.exp(-np.abs(s)) / np.cosh(s)
    return k < 0, gap, step * 0.5 * np.pi * np.cosh(step * k) / np.cosh(s) ** 2


def _exp_sinh() -> tuple[np.ndarray, np.ndarray]:
    """Distances from the end, and weights."""
    step = 1.0 / 24.0
    k = np.arange(-144, 145)
    s = 0.5 * np.pi * np.sinh(step * k)
    k, s = k[np.abs(s) < 690.0], s[np.abs(s) < 690.0]
    return np.exp(s), step * np.exp(s) * 0.5 * np.pi * np.cosh(step * k)


_AT_START, _GAPS, _WEIGHTS = _tanh_sinh()
_DISTANCES, _WEIGHTS_BEYOND = _exp_sinh()


def _sum(f: Callable[[Array], Array], x: Array, weights: ArrayLike, inside: Array, anywhere: Array) -> Array:
    return jnp.sum(jnp.where(inside, weights * f(jnp.where(inside, x, anywhere)), 0.0))


def integral_between(f: Callable[[Array], Array], a: ArrayLike, b: ArrayLike) -> Array:
    """Integral of f, which takes a vector, from a to b > a; relative error some 1e-14 where f is analytic inside."""
    half = 0.5 * (b - a)
    x = jnp.where(_AT_START, a + half * _GAPS, b - half * _GAPS)
    return _sum(f, x, half * _WEIGHTS, (x > a) & (x < b), a + half)


def integral_beyond(f: Callable[[Array], Array], a: ArrayLike) -> Array:
    """Integral of f, which takes a vector, from a >= 0 to infinity, for f that falls exponentially."""
    a = jnp.asarray(a)
    # Farther out products, of derivatives too, would be too large for single precision.
    held = _WEIGHTS_BEYOND < float(jnp.finfo(a.dtype).max) ** 0.25
    x = a + jnp.asarray(_DISTANCES[held], a.dtype)
    return _sum(f, x, jnp.asarray(_WEIGHTS_BEYOND[held], a.dtype), x > a, a + 1.0)
