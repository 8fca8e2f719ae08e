"""Special functions that JAX lacks, in operations that it differentiates as often as asked."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.scipy.special import gammaln
from jax.typing import ArrayLike
from scipy.special import digamma, factorial

_TERMS = np.arange(1.0, 81.0)
_LOWER = np.tri(len(_TERMS))
_NEWTON_STEPS = 6


def _log_gamma_p(a: Array, log_x: Array) -> tuple[Array, Array]:
    """ln P(a, x), 0 < a <= 40, x not far above a, and its derivative to ln x: x^a e^-x sum_k x^k / Gamma(a + k + 1), all
    terms positive (DLMF 8.11.4)."""
    logs = _TERMS * log_x - jnp.matmul(_LOWER, jnp.log(a + _TERMS), precision="highest")
    series = 1.0 + jnp.sum(jnp.exp(logs))
    return a * log_x - jnp.exp(log_x) + jnp.log(series) - gammaln(a + 1.0), a / series


def sersic_b(n: ArrayLike) -> Array:
    """b_n of the Sersic profile, P(2n, b) = 1/2, for a number n from 0.1 to 20. Relative error some 1e-15."""
    a = 2.0 * jnp.asarray(n)

    def step(a: Array, log_x: Array) -> Array:
        log_p, slope = _log_gamma_p(a, log_x)
        return log_x - (log_p + np.log(2.0)) / slope

    # ln P is concave in ln x: from below Newton's steps never go too far.
    fixed = lax.stop_gradient(a)
    small = (gammaln(fixed + 1.0) - np.log(2.0)) / fixed
    large = jnp.log(jnp.maximum(fixed, 1.0) - 1.0 / 3.0)
    found = lax.fori_loop(
        0, _NEWTON_STEPS, lambda _, log_x: step(fixed, log_x), jnp.where(fixed < 1.0, small, large)
    )
    # A step from the solution has its first derivative, the next one its second and third.
    return jnp.exp(step(a, step(a, lax.stop_gradient(found))))


# Of the power series in x^2 / 4 below _SERIES_END, of the integral beyond.
_SERIES_END = 2.0
_K = np.arange(13)
_I0 = 1.0 / factorial(_K) ** 2
_I1 = 1.0 / (factorial(_K) * factorial(_K + 1))
_K0 = _I0 * digamma(_K + 1.0)
_K1 = _I1 * (digamma(_K + 1.0) + digamma(_K + 2.0))
_STEP = 0.28
_PLACES = _STEP * np.arange(24)
_WEIGHTS = _STEP * np.exp(-(_PLACES**2)) * np.where(_PLACES > 0.0, 2.0, 1.0)


# Constants take the type of what they meet: JAX keeps what it made of a function with a rule of its own, and numbers of numpy
# would be float64 in it or not, as jax_enable_x64 was then.
def _series(coefficients: np.ndarray, q: Array) -> Array:
    total = jnp.full_like(q, coefficients[-1])
    for coefficient in coefficients[-2::-1].tolist():
        total = total * q + coefficient
    return total


def _below(x: Array) -> tuple[Array, Array]:
    x = jnp.minimum(x, _SERIES_END)
    q, log_half = 0.25 * x * x, jnp.log(0.5 * x)
    k0 = _series(_K0, q) - log_half * _series(_I0, q)
    return k0, 1.0 + q * (2.0 * log_half * _series(_I1, q) - _series(_K1, q))


def _beyond(x: Array) -> tuple[Array, Array]:
    """By the trapezoid rule, which converges exponentially: K_v(x) is the integral of exp(-x cosh t) cosh(v t) over all
    t > 0 (DLMF 10.32.9), taken in w = sqrt(2 x) sinh(t / 2)."""
    x = jnp.maximum(x, _SERIES_END)
    ratio = jnp.asarray(_PLACES**2, x.dtype) / x[..., None]
    parts = jnp.asarray(_WEIGHTS, x.dtype) / jnp.sqrt(1.0 + 0.5 * ratio)
    scale = jnp.exp(-x) / jnp.sqrt(2.0 * x)
    return scale * jnp.sum(parts, -1), x * scale * jnp.sum(parts * (1.0 + ratio), -1)


def _bessel(x: Array) -> tuple[Array, Array]:
    below, beyond = _below(x), _beyond(x)
    return tuple(jnp.where(x < _SERIES_END, *pair) for pair in zip(below, beyond, strict=True))


@jax.custom_jvp
def bessel_k0(x: Array) -> Array:
    """K0(x), x > 0."""
    return _bessel(x)[0]


@jax.custom_jvp
def x_bessel_k1(x: Array) -> Array:
    """x K1(x), x > 0: 1 in the limit of 0. Relative error some 1e-15."""
    return _bessel(x)[1]


# DLMF 10.29.3 and 10.29.4.
bessel_k0.defjvps(lambda tangent, _, x: -x_bessel_k1(x) / x * tangent)
x_bessel_k1.defjvps(lambda tangent, _, x: -x * bessel_k0(x) * tangent)
