"""The core's operations as primitives of JAX: an image, its derivative along a direction, and the transpose of that.

The core computes them on the CPU, gaxel._executor elsewhere. Arguments and results have an axis of batches in front. `values` of the linear two may be a batch of one for all.
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


def _primitive(name: str, result_shape: Any) -> Primitive:
    primitive = Primitive(f"gaxel_{name}")

    def abstract(*arguments: Any, target: int, shape: tuple[int, int]) -> Any:
        return jax.core.ShapedArray(result_shape(*arguments, shape), arguments[-1].dtype)

    def lower(context: Any, *operands: Any, target: int, shape: tuple[int, int]) -> Any:
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


def _image_jvp(primals: Any, tangents: Any, **target: Any) -> Any:
    (values,), (direction,) = primals, tangents
    image = _image.bind(values, **target)
    if isinstance(direction, ad.Zero):
        return image, ad.Zero.from_primal_value(image)
    return image, _tangent.bind(values, direction, **target)


def _linear_jvp(primitive: Primitive, primals: Any, tangents: Any, **target: Any) -> Any:
    (values, argument), (of_values, of_argument) = primals, tangents
    if not isinstance(of_values, ad.Zero):
        raise NotImplementedError("gaxel.jax: second derivatives of images are not defined")
    result = primitive.bind(values, argument, **target)
    if isinstance(of_argument, ad.Zero):
        return result, ad.Zero.from_primal_value(result)
    return result, primitive.bind(values, of_argument, **target)


def _linear_transpose(
    transposed: Primitive, cotangent: Any, values: Any, argument: Any, **target: Any
) -> Any:
    if isinstance(cotangent, ad.Zero):
        return None, ad.Zero(argument.aval)
    return None, transposed.bind(values, cotangent, **target)


ad.primitive_jvps[_image] = _image_jvp
for _primal, _other in ((_tangent, _adjoint), (_adjoint, _tangent)):
    ad.primitive_jvps[_primal] = functools.partial(_linear_jvp, _primal)
    ad.primitive_transposes[_primal] = functools.partial(_linear_transpose, _other)


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


for _primal in (_image, _tangent, _adjoint):
    batching.primitive_batchers[_primal] = functools.partial(_batch, _primal)
