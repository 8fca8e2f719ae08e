"""Laws that are given by values at knots, and laws whose centre is softened: src/profile/spline_profile.hpp and
soft_law.hpp."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from gaxel._executor.double_exponential import integral_between
from gaxel._executor.radial_laws import RadialLaw


def _bending(n: int) -> np.ndarray:
    """Second derivatives at n knots of unit spacing for a unit value at each (columns), level at the first, straight at
    the last."""
    system = 4.0 * np.eye(n - 1) + np.eye(n - 1, k=1) + np.eye(n - 1, k=-1)
    differences = np.eye(n - 1, n, k=-1) - 2.0 * np.eye(n - 1, n) + np.eye(n - 1, n, k=1)
    system[0, 0] = 2.0
    differences[0, 0] = -1.0
    return np.vstack([6.0 * np.linalg.solve(system, differences), np.zeros(n)])


class Spline(RadialLaw):
    def __init__(self, r_max: ArrayLike, *knots: ArrayLike) -> None:
        self._values = jnp.stack([jnp.asarray(knot) for knot in knots])
        self._spacing = jnp.log(jnp.where(r_max > 1.0, r_max, jnp.nan)) / (len(knots) - 1)
        self._bend = jnp.matmul(_bending(len(knots)), self._values, precision="highest") / 6.0

    def intensity(self, r: Array) -> Array:
        last = len(self._values) - 1
        place = jnp.log(jnp.maximum(r, 1.0)) / self._spacing
        interval = jnp.clip(jnp.floor(place).astype(int), 0, last - 1)
        b = jnp.minimum(place - interval, 1.0)
        a = 1.0 - b
        bend = (a**3 - a) * self._bend[interval] + (b**3 - b) * self._bend[interval + 1]
        value = a * self._values[interval] + b * self._values[interval + 1] + bend
        end_slope = self._values[last] - self._values[last - 1] + self._bend[last - 1]
        return jnp.exp(value + jnp.maximum(place - last, 0.0) * end_slope)


class SoftLaw(RadialLaw):
    """A radial law with a parabola of the same flux inside r = soft."""

    def __init__(self, law: Any, soft: ArrayLike) -> None:
        self._law, self._soft = law, jnp.asarray(soft)
        edge = law.intensity(self._soft)
        self._edge = edge
        self._height = 4.0 * integral_between(lambda w: (law.intensity(self._soft * w) - edge) * w, 0.0, 1.0)

    def total(self) -> Array:
        return self._law.total()

    def intensity(self, r: Array) -> Array:
        parabola = self._edge + self._height * (1.0 - (r / self._soft) ** 2)
        return jnp.where(r < self._soft, parabola, self._law.intensity(jnp.maximum(r, self._soft)))
