"""The form of isophotes: generalised ellipse, Fourier modes and asymmetry, as in src/profile/shape/isophote.hpp."""

from dataclasses import dataclass, field
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from gaxel._executor.double_exponential import integral_between

_ANGLES_PER_MODE = 128
_ANGLES_AT_LEAST = 80


class PolarPoint(NamedTuple):
    r: Array
    cos_t: Array
    sin_t: Array


def generalised_radius(u: Array, v: Array, c: ArrayLike) -> Array:
    """(|u|^c + |v|^c)^(1/c), not both 0. On the axes the derivative across them is 0."""
    # Selected, not by maximum and minimum: those halve derivatives where they are equal.
    size_u, size_v = jnp.abs(u), jnp.abs(v)
    large = jnp.where(size_u < size_v, size_v, size_u)
    small = jnp.where(size_u < size_v, size_u, size_v)
    off_axis = small > 0.0
    ratio = jnp.where(off_axis, small, large) / large
    power = jnp.where(off_axis, jnp.exp(c * jnp.log(ratio)), 0.0)
    return large * jnp.exp(jnp.log1p(power) / c)


@dataclass(frozen=True)
class Isophote:
    exponent: Array | None = None  # none: an ellipse
    modes: dict[int, tuple[Array, Array]] = field(default_factory=dict)  # amplitude and phase
    asymmetry: tuple[Array, Array] | None = None  # strength and direction

    def polar(self, u: Array, v: Array) -> PolarPoint:
        """Of the point (u, v), v divided by the axis ratio, that is not the centre."""
        distance = jnp.sqrt(u * u + v * v)
        cos_t, sin_t = u / distance, v / distance
        r = distance if self.exponent is None else generalised_radius(u, v, self.exponent)
        return PolarPoint(r * self._mode_factor(cos_t, sin_t), cos_t, sin_t)

    def _mode_factor(self, cos_t: Array, sin_t: Array) -> Array:
        real, imaginary, factor = cos_t, sin_t, jnp.ones_like(cos_t)
        for m in range(1, max(self.modes, default=0) + 1):
            if m in self.modes:
                amplitude, phase = self.modes[m]
                factor -= amplitude * (jnp.cos(m * phase) * real + jnp.sin(m * phase) * imaginary)
            real, imaginary = real * cos_t - imaginary * sin_t, real * sin_t + imaginary * cos_t
        return factor

    def least_factor(self) -> Array | float:
        """The smallest of the modes' factors of the radius, found to a thousandth."""
        if not self.modes:
            return 1.0
        n = 64 * max(self.modes)
        t = 2.0 * np.pi * np.arange(n) / n
        return jnp.min(self._mode_factor(jnp.cos(t), jnp.sin(t)))

    def light_factor(self, point: PolarPoint) -> Array:
        """What the light in a direction is multiplied by."""
        if self.asymmetry is None:
            return jnp.ones_like(point.cos_t)
        strength, direction = self.asymmetry
        return 1.0 - strength * (jnp.cos(direction) * point.cos_t + jnp.sin(direction) * point.sin_t)

    def flux_factor(self) -> Array | float:
        """The flux over that of the ellipse with the same law: the mean over all directions of the light's factor over
        the square of the radius."""
        if self.exponent is None and not self.modes:
            return 1.0
        return self._mean_by_angles() if self.exponent is None else self._mean_by_octants()

    def _integrand(self, cos_t: Array, sin_t: Array) -> Array:
        point = self.polar(cos_t, sin_t)
        return self.light_factor(point) / point.r**2

    def _mean_by_angles(self) -> Array:
        n = _ANGLES_PER_MODE * max(self.modes) + _ANGLES_AT_LEAST
        t = 2.0 * np.pi * np.arange(n) / n
        return jnp.mean(self._integrand(jnp.cos(t), jnp.sin(t)))

    def _mean_by_octants(self) -> Array:
        """From the axes, where powers are singular, to the diagonals, in pieces no longer than a mode."""

        def octants(t: Array) -> Array:
            along, across = jnp.cos(t), jnp.sin(t)
            u = jnp.stack([along, along, -along, -along, across, across, -across, -across])
            v = jnp.stack([across, -across, across, -across, along, -along, along, -along])
            return jnp.sum(self._integrand(u, v), axis=0)

        n = 1 + max(self.modes, default=0) // 2
        ends = np.linspace(0.0, 0.25 * np.pi, n + 1)
        total = sum(integral_between(octants, a, b) for a, b in zip(ends[:-1], ends[1:], strict=True))
        return total / (2.0 * np.pi)
