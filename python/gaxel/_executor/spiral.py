"""Coordinate rotation: spirals, as in src/profile/shape/spiral.hpp."""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array

_C = 0.46


class Spiral(NamedTuple):
    angle: Array  # rotation at r_out, rad
    r_in: Array  # pixels
    r_out: Array
    shape: Array  # the power, or the winding scale in pixels
    inclination: Array  # of the disc to the sky, rad
    node: Array
    is_logarithmic: bool

    def cos_inclination(self) -> Array:
        return jnp.cos(self.inclination)

    def turn(self) -> Callable[[Array], Array]:
        """The angle at a radius in the disc."""
        a = 2.0 * _C / (jnp.abs(self.angle) + _C) - 1.00001
        steepness = (2.0 - 0.5 * (jnp.log1p(a) - jnp.log1p(-a))) / (self.r_out - self.r_in)

        def at(r: Array) -> Array:
            start = 0.5 * self.angle * (jnp.tanh(steepness * (r - self.r_out) + 2.0) + 1.0)
            if self.is_logarithmic:
                return start * jnp.log1p(r / self.shape) / jnp.log1p(self.r_out / self.shape)
            return start * jnp.exp(self.shape * jnp.log(0.5 * (r / self.r_out + 1.0)))

        return at

    def unwind(self, x: Array, y: Array) -> tuple[Array, Array]:
        """From the offset from the centre on the sky to the unwound disc, x along the line of nodes."""
        cos, sin = jnp.cos(self.node), jnp.sin(self.node)
        along = x * cos + y * sin
        across = (y * cos - x * sin) / self.cos_inclination()
        is_centre = (along == 0.0) & (across == 0.0)
        turned = self.turn()(jnp.sqrt(jnp.where(is_centre, 1.0, along * along + across * across)))
        c, s = jnp.cos(turned), jnp.sin(turned)
        return along * c + across * s, across * c - along * s
