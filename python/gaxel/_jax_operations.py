"""The core's operations as primitives of JAX: an image, its derivative along a direction and that along two, and the
transposes of these.

    image(values)                      ny x nx
    tangent(values, u)                 sum_i u_i d image / dp_i
    adjoint(values, c)                 sum over the pixels of c d image / dp_i, for each i
    second(values, u, v)               sum_ij u_i v_j d2 image / dp_i dp_j
    second_adjoint(values, v, c)       sum over the pixels of c sum_j v_j d2 image / dp_i dp_j, for each i

The core computes them on the CPU, gaxel._executor elsewhere. Arguments and results have an axis of batches in front. The
last argument has every batch, those before it may be a batch of one for all.
"""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from gaxel import _core
from gaxel._executor.operations import operation

for _name, _capsule in _core.jax_operations().items():
    jax.ffi.register_ffi_target(_name, _capsule, platform="cpu")


def image_of(values: jax.Array, target: int, shape: tuple[int, int]) -> jax.Array:
    """The image (ny, nx) of a target at all its values (n,), float32 or float64."""
    return _image.bind(values[None], target=target, shape=shape)[0]


# Targets whose images the core has no second derivatives of to some of the arguments: to which, in words.
_without_second: dict[int, str] = {}


def core_has_no_second(target: int, arguments: str) -> None:
    """Second derivatives of the target that are compiled for the CPU raise NotImplementedError, which says `arguments`."""
    _without_second[target] = arguments


def _check_core_has(name: str, target: int) -> None:
    if name.startswith("second") and target in _without_second:
        raise NotImplementedError(
            f"gaxel.jax: the core has no second derivatives of images to {_without_second[target]}: leave them out of "
            "the model's parameters, or take backend='jax'"
        )


def _primitive(name: str, result_shape: Any) -> Primitive:
    primitive = Primitive(f"gaxel_{name}")

    def abstract(*arguments: Any, target: int, shape: tuple[int, int]) -> Any:
        return jax.core.ShapedArray(result_shape(*arguments, shape), arguments[-1].dtype)

    def lower(context: Any, *operands: Any, target: int, shape: tuple[int, int]) -> Any:
        _check_core_has(name, target)
        rule = jax.ffi.ffi_lowering(f"gaxel_{name}_{context.avals_out[0].dtype}")
        return rule(context, *operands, target=np.int64(target))

    @functools.cache
    def compiled(target: int, shape: tuple[int, int]) -> Any:
        return jax.jit(functools.partial(primitive.bind, target=target, shape=shape))

    primitive.def_abstract_eval(abstract)
    primitive.def_impl(lambda *arguments, target, shape: compiled(target, shape)(*arguments))
    mlir.register_lowering(primitive, lower, platform="cpu")
    elsewhere = mlir.lower_fun(functools.partial(operation, name), multiple_results=False)
    mlir.register_lowering(primitive, elsewhere)
    return primitive


_image = _primitive("image", lambda values, shape: (values.shape[0], *shape))
_tangent = _primitive("tangent", lambda values, directions, shape: (directions.shape[0], *shape))
_adjoint = _primitive("adjoint", lambda values, cotangents, shape: (cotangents.shape[0], values.shape[-1]))
_second = _primitive("second", lambda values, first, second, shape: (second.shape[0], *shape))
_second_adjoint = _primitive(
    "second_adjoint", lambda values, directions, cotangents, shape: (cotangents.shape[0], values.shape[-1])
)


def _image_jvp(primals: Any, tangents: Any, **target: Any) -> Any:
    (values,), (direction,) = primals, tangents
    image = _image.bind(values, **target)
    if isinstance(direction, ad.Zero):
        return image, ad.Zero.from_primal_value(image)
    return image, _tangent.bind(values, direction, **target)


def _multilinear_jvp(
    primitive: Primitive, in_values: Primitive | None, primals: Any, tangents: Any, **target: Any
) -> Any:
    """Of an operation that is linear in each of its arguments after the first, in which its derivative is
    `in_values`, with the direction as its second argument."""
    result = primitive.bind(*primals, **target)
    terms = []
    if not isinstance(tangents[0], ad.Zero):
        if in_values is None:
            raise NotImplementedError("gaxel.jax: third derivatives of images are not defined")
        terms.append(in_values.bind(primals[0], tangents[0], *primals[1:], **target))
    for place, tangent in enumerate(tangents[1:], 1):
        if not isinstance(tangent, ad.Zero):
            terms.append(primitive.bind(*primals[:place], tangent, *primals[place + 1 :], **target))
    return result, functools.reduce(jnp.add, terms) if terms else ad.Zero.from_primal_value(result)


def _multilinear_transpose(by_place: Any, cotangent: Any, *arguments: Any, **target: Any) -> Any:
    """`by_place`: for each argument, the operation's transpose in it, of the arguments and the cotangent."""
    place = next(i for i, argument in enumerate(arguments) if ad.is_undefined_primal(argument))
    aval = arguments[place].aval
    result: list[Any] = [None] * len(arguments)
    if isinstance(cotangent, ad.Zero):
        result[place] = ad.Zero(aval)
        return result
    found = by_place[place](*arguments, cotangent, **target)
    result[place] = jnp.sum(found, axis=0, keepdims=True) if aval.shape[0] < found.shape[0] else found
    return result


_IN_VALUES = {_tangent: _second, _adjoint: _second_adjoint, _second: None, _second_adjoint: None}
_TRANSPOSES = {
    _tangent: {1: lambda values, _, c, **target: _adjoint.bind(values, c, **target)},
    _adjoint: {1: lambda values, _, u, **target: _tangent.bind(values, u, **target)},
    _second: {
        1: lambda values, _, v, c, **target: _second_adjoint.bind(values, v, c, **target),
        2: lambda values, u, _, c, **target: _second_adjoint.bind(values, u, c, **target),
    },
    _second_adjoint: {
        1: lambda values, _, c, u, **target: _second_adjoint.bind(values, u, c, **target),
        2: lambda values, v, _, u, **target: _second.bind(values, v, u, **target),
    },
}

ad.primitive_jvps[_image] = _image_jvp
for _primal, _derivative in _IN_VALUES.items():
    ad.primitive_jvps[_primal] = functools.partial(_multilinear_jvp, _primal, _derivative)
    ad.primitive_transposes[_primal] = functools.partial(_multilinear_transpose, _TRANSPOSES[_primal])


def _merged(array: Any, axis: int | None, n_mapped: int, n_batch: int) -> Any:
    """The mapped axis and the batches' as one in front."""
    if axis is None:
        array = jnp.broadcast_to(array, (n_mapped, *array.shape))
    else:
        array = jnp.moveaxis(array, axis, 0)
    if array.shape[1] != n_batch:
        array = jnp.broadcast_to(array, (n_mapped, n_batch, *array.shape[2:]))
    return array.reshape(n_mapped * n_batch, *array.shape[2:])


def _batch(primitive: Primitive, arguments: Any, axes: Any, **target: Any) -> Any:
    n_mapped = next(
        array.shape[axis] for array, axis in zip(arguments, axes, strict=True) if axis is not None
    )
    # The last argument has every batch; the values before it may have one for all, and keep it when they can.
    of_last = axes[-1]
    last_shape = list(arguments[-1].shape)
    if of_last is not None:
        del last_shape[of_last]
    n_batch = last_shape[0]
    merged = []
    for array, axis in zip(arguments[:-1], axes[:-1], strict=True):
        one_for_all = axis is None and array.shape[0] == 1
        merged.append(array if one_for_all else _merged(array, axis, n_mapped, n_batch))
    merged.append(_merged(arguments[-1], of_last, n_mapped, n_batch))
    result = primitive.bind(*merged, **target)
    return result.reshape(n_mapped, n_batch, *result.shape[1:]), 0


for _primal in (_image, *_IN_VALUES):
    batching.primitive_batchers[_primal] = functools.partial(_batch, _primal)
