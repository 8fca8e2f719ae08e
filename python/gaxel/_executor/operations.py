"""The operations of gaxel._jax_operations on platforms that the core does not know.

Like there, arguments have an axis of batches in front: the last one has every batch, those before it may be a batch of
one for all.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import jax

from gaxel._executor.executor import Executor

Image = Callable[[jax.Array], jax.Array]

_makers: dict[int, Callable[[], Executor]] = {}


def keep_maker(target: int, make: Callable[[], Executor]) -> None:
    """From now on the target is rendered elsewhere by the executor that `make` returns, asked for when it is needed."""
    _makers[target] = make


@cache
def _executor(target: int) -> Executor:
    if target not in _makers:
        raise NotImplementedError(
            'gaxel.jax: a model with backend="core" is rendered on the CPU alone: "auto" or "jax" elsewhere'
        )
    return _makers[target]()


def _tangent(image: Image, values: jax.Array, direction: jax.Array) -> jax.Array:
    return jax.jvp(image, (values,), (direction,))[1]


def _adjoint(image: Image, values: jax.Array, cotangent: jax.Array) -> jax.Array:
    return jax.vjp(image, values)[1](cotangent)[0]


def _second(image: Image, values: jax.Array, first: jax.Array, second: jax.Array) -> jax.Array:
    return _tangent(lambda at: _tangent(image, at, first), values, second)


def _second_adjoint(image: Image, values: jax.Array, direction: jax.Array, cotangent: jax.Array) -> jax.Array:
    return _adjoint(lambda at: _tangent(image, at, direction), values, cotangent)


_OPERATIONS: dict[str, Callable[..., jax.Array]] = {
    "image": lambda image, values: image(values),
    "tangent": _tangent,
    "adjoint": _adjoint,
    "second": _second,
    "second_adjoint": _second_adjoint,
}


def operation(name: str, *arguments: jax.Array, target: int, shape: Any) -> jax.Array:
    """One of gaxel._jax_operations, of that name, for a target."""
    image = _executor(target).image
    n_batch = arguments[-1].shape[0]
    one_for_all = [array.shape[0] == 1 and n_batch > 1 for array in arguments]
    single = [array[0] if one else array for array, one in zip(arguments, one_for_all, strict=True)]
    axes = [None if one else 0 for one in one_for_all]
    return jax.vmap(lambda *each: _OPERATIONS[name](image, *each), in_axes=axes)(*single)
