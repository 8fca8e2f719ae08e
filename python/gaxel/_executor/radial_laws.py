"""Laws that depend on the radius alone, as in src/profile/laws: their formulas and sources are there.

A law is made of its shape parameters in the order of the component's shape roles, lengths in units of the scale radius;
intensity(r), r >= 0 in scale radii, takes a vector; total() is the integral of 2 pi r intensity.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.scipy.special import erfc, gammaln
from jax.typing import ArrayLike

from gaxel._executor.double_exponential import integral_between, integral_beyond
from gaxel._executor.special import sersic_b

softplus = jax.nn.softplus
"""ln(1 + e^x)."""


def power_of(r: Array, exponent: ArrayLike) -> Array:
    """r^exponent, exponent > 0, with derivatives at r = 0, too."""
    inside = r > 0.0
    return jnp.where(inside, jnp.exp(exponent * jnp.log(jnp.where(inside, r, 1.0))), 0.0)


class RadialLaw:
    is_radial = True


class Sersic(RadialLaw):
    def __init__(self, n: ArrayLike) -> None:
        self._n, self.b = n, sersic_b(n)

    def intensity(self, r: Array) -> Array:
        return jnp.exp(-self.b * (power_of(r, 1.0 / self._n) - 1.0))

    def total(self) -> Array:
        n, b = self._n, self.b
        return 2.0 * np.pi * n * jnp.exp(b - 2.0 * n * jnp.log(b) + gammaln(2.0 * n))


class Moffat(RadialLaw):
    def __init__(self, beta: ArrayLike) -> None:
        self._beta, self._k = beta, 4.0 * jnp.expm1(np.log(2.0) / beta)

    def intensity(self, r: Array) -> Array:
        return jnp.exp(-self._beta * jnp.log1p(self._k * r * r))

    def total(self) -> Array:
        return np.pi / (self._k * (self._beta - 1.0))


class King(RadialLaw):
    def __init__(self, c: ArrayLike, alpha: ArrayLike) -> None:
        self._c, self._alpha = c, alpha

    def intensity(self, r: Array) -> Array:
        inside = r < self._c
        r = jnp.where(inside, r, 0.5 * self._c)
        inner = 1.0 + r * r
        log_ratio = jnp.log1p((self._c - r) * (self._c + r) / inner)
        light = jnp.exp(-jnp.log(inner) + self._alpha * jnp.log(-jnp.expm1(-log_ratio / self._alpha)))
        return jnp.where(inside, light, 0.0)

    def total(self) -> Array:
        # In r = c (1 - w): the edge then stays where it is when c changes.
        def ring(w: Array) -> Array:
            r = self._c * (1.0 - w)
            return 2.0 * np.pi * self._c * r * self.intensity(r)

        return integral_between(ring, 0.0, 1.0)


class Ferrers(RadialLaw):
    def __init__(self, alpha: ArrayLike, beta: ArrayLike) -> None:
        self._alpha, self._power = alpha, 2.0 - beta

    def intensity(self, r: Array) -> Array:
        inside = (r > 0.0) & (r < 1.0)
        log_r = jnp.log(jnp.where(inside, r, 0.5))
        light = jnp.exp(self._alpha * jnp.log(-jnp.expm1(self._power * log_r)))
        return jnp.where(inside, light, jnp.where(r < 1.0, 1.0, 0.0))

    def total(self) -> Array:
        a, b = 2.0 / self._power, self._alpha + 1.0
        return 2.0 * np.pi / self._power * jnp.exp(gammaln(a) + gammaln(b) - gammaln(a + b))


def _log_of_cusp_radius(r: Array, gamma: ArrayLike) -> Array:
    """ln r, level where what lies further in is below 1e-15 of the light: see src/profile/laws/cusp.hpp."""
    least = jnp.exp(jnp.clip(np.log(1e-15) / (2.0 - lax.stop_gradient(gamma)), np.log(1e-100), np.log(1e-30)))
    least = jnp.maximum(least, jnp.finfo(r.dtype).tiny)
    return jnp.log(jnp.where(r < least, least, r))


class Nuker(RadialLaw):
    def __init__(self, alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike) -> None:
        self._alpha, self._beta, self._gamma = alpha, beta, gamma

    def intensity(self, r: Array) -> Array:
        log_r = _log_of_cusp_radius(r, self._gamma)
        steep = (self._gamma - self._beta) / self._alpha
        return jnp.exp(-steep * np.log(2.0) - self._gamma * log_r + steep * softplus(self._alpha * log_r))


class CoreSersic(RadialLaw):
    def __init__(self, re: ArrayLike, n: ArrayLike, alpha: ArrayLike, gamma: ArrayLike) -> None:
        self._log_re, self._n, self._alpha, self._gamma = jnp.log(re), n, alpha, gamma
        self._b = sersic_b(n)

    def _logarithm(self, log_r: ArrayLike) -> Array:
        power = self._alpha * log_r
        log_sum = softplus(power)
        outside = self._b * jnp.exp((log_sum / self._alpha - self._log_re) / self._n)
        return self._gamma / self._alpha * (log_sum - power) - outside

    def intensity(self, r: Array) -> Array:
        return jnp.exp(self._logarithm(_log_of_cusp_radius(r, self._gamma)) - self._logarithm(0.0))


class BrokenExponential(RadialLaw):
    def __init__(self, outer: ArrayLike, at: ArrayLike, alpha: ArrayLike) -> None:
        self._outer, self._break, self._alpha = outer, at, alpha

    def intensity(self, r: Array) -> Array:
        power = (1.0 - 1.0 / self._outer) / self._alpha
        bent = softplus(self._alpha * (r - self._break)) - softplus(-self._alpha * self._break)
        return jnp.exp(-r + power * bent)

    def total(self) -> Array:
        first = lax.stop_gradient(jnp.asarray(self._break))
        second = first + jnp.maximum(1.0, lax.stop_gradient(self._outer))

        def ring(r: Array) -> Array:
            return 2.0 * np.pi * r * self.intensity(r)

        return (
            integral_between(ring, 0.0, first)
            + integral_between(ring, first, second)
            + integral_beyond(ring, second)
        )


class GaussianRing2Side(RadialLaw):
    def __init__(self, inner: ArrayLike, outer: ArrayLike) -> None:
        self._inner, self._outer = inner, outer

    def intensity(self, r: Array) -> Array:
        return jnp.exp(-0.5 * ((r - 1.0) / jnp.where(r < 1.0, self._inner, self._outer)) ** 2)

    def total(self) -> Array:
        s, half_gaussian = self._inner, np.sqrt(np.pi / 2.0)
        x = np.sqrt(0.5) / s
        inside = half_gaussian * s * (1.0 - erfc(x)) + s * s * jnp.expm1(-x * x)
        return 2.0 * np.pi * (inside + half_gaussian * self._outer + self._outer**2)


class GaussianRing(GaussianRing2Side):
    def __init__(self, width: ArrayLike) -> None:
        super().__init__(width, width)
