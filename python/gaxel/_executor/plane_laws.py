"""Laws of the place in the plane in which the ellipse of the scale radius is the unit circle, as in src/profile/laws.

As in radial_laws.py, but for intensity(u, v): u along the major axis, v along the minor one.
"""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.special import gammaln
from jax.typing import ArrayLike

from gaxel._executor.radial_laws import softplus
from gaxel._executor.special import x_bessel_k1


class EdgeOnDisc:
    is_radial = False

    def __init__(self, height: ArrayLike, n: ArrayLike) -> None:
        self._height, self._n = height, n

    def intensity(self, u: Array, v: Array) -> Array:
        # sech^(2/n)(x / 2), without |x|.
        x = self._n * v / self._height
        vertical = jnp.exp((2.0 * np.log(2.0) - softplus(x) - softplus(-x)) / self._n)
        least = jnp.finfo(u.dtype).tiny ** 0.5  # x K1 is 1 there
        return x_bessel_k1(jnp.maximum(jnp.abs(u), least)) * vertical

    def total(self) -> Array:
        a = 1.0 / self._n
        return 2.0 * np.pi**1.5 * self._height * a * jnp.exp(gammaln(a) - gammaln(a + 0.5))


class EdgeDisc(EdgeOnDisc):
    def __init__(self, height: ArrayLike) -> None:
        super().__init__(0.5 * height, 1.0)


class FlatBar:
    is_radial = False

    def __init__(
        self, outer: ArrayLike, at: ArrayLike, alpha: ArrayLike, opening: ArrayLike, q: ArrayLike
    ) -> None:
        self._outer, self._break, self._alpha, self._opening, self._q = outer, at, alpha, opening, q

    def intensity(self, u: Array, v: Array) -> Array:
        is_centre = (u == 0.0) & (v == 0.0)
        u = jnp.where(is_centre, 1.0, u)
        r = jnp.sqrt(u * u + (v / self._q) ** 2)
        # At the opening, and beyond, a single exponential is left.
        angle = jnp.arctan2(v, jnp.abs(u)) / self._opening
        angle = jnp.where(jnp.abs(angle) < 1.0, angle, 1.0)
        outer = self._outer + (1.0 - self._outer) * angle**2
        at = self._break * r / jnp.sqrt(u * u + v * v)
        power = (1.0 - 1.0 / outer) / self._alpha
        bent = softplus(self._alpha * (r - at)) - softplus(-self._alpha * at)
        return jnp.where(is_centre, 1.0, jnp.exp(-r + power * bent))
