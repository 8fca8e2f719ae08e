"""Light that is not smooth enough for second derivatives.

Nodes next to a curve on which the slope of light jumps stay where they are when the curve moves. First derivatives are
right all the same; those of second order would lack what the jump contributes, and are refused.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array


def kink_of(law: str, steps: Mapping[str, float], shapes: list[float]) -> str | None:
    """Where light of a law with these shape parameters has a kink. `steps`: first parameters of its options, by name."""
    if "soft" in steps:
        return "at the radius of its soft centre"
    if steps.get("c0", 0.0) <= -1.0:
        return "on its axes, c0 being -1 or below"
    if law == "flatbar":
        return "at the angle of its opening"
    if (law == "king" and shapes[1] <= 1.0) or (law == "ferrers" and shapes[0] <= 1.0):
        return "at its edge, alpha being 1 or below"
    return None


def once_differentiable(x: Array, message: str) -> Array:
    """x, whose derivatives have none: NotImplementedError."""

    @jax.custom_jvp
    def one(x: Array) -> Array:
        return jnp.ones_like(x)

    @one.defjvp
    def refuse(primals: Any, tangents: Any) -> Any:
        raise NotImplementedError(message)

    @jax.custom_jvp
    def same(x: Array) -> Array:
        return x

    @same.defjvp
    def pass_on(primals: Any, tangents: Any) -> Any:
        return primals[0], one(primals[0]) * tangents[0]

    return same(x)
