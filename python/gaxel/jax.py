"""Images of components as functions of JAX: compiled, differentiated, mapped and scanned like any other.

On the CPU the core computes them, as one primitive of JAX with a rule for forward mode, whose transpose is the core's
adjoint: neither the gradient of a likelihood nor a derivative along one direction makes more than an image or two.
Elsewhere operations of JAX do, on the cells that the core has found.

    model = gaxel.jax.Model([galaxy, sky], shape, psf=psf, parameters=["galaxy.*", "sky.level"])
    value, gradient = jax.value_and_grad(model.chi2)(model.start, data, sigma)

Needs the package jax. With jax_enable_x64 all is float64; without, numbers go in and come out as float32, and the core
computes in float64 in between.
"""

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gaxel import _core
from gaxel._arrays import as_real, as_shape, as_threads, as_tolerance
from gaxel._errors import input_error, shown
from gaxel._light import flux_of
from gaxel._observed import in_unit
from gaxel._parameters import (
    Components,
    as_list,
    component_names,
    core_components,
    core_value,
    select_slots,
    slots_of,
)
from gaxel._psf import AnyPsf, VaryingPsf, core_psfs_of
from gaxel._quantities import is_quantity

try:
    import jax
    import jax.numpy as jnp
except ImportError as error:  # pragma: no cover
    raise ImportError("gaxel.jax needs the package jax: pip install 'gaxel[jax]'") from error

from gaxel._executor.executor import Executor
from gaxel._executor.operations import keep_maker
from gaxel._jax_operations import core_has_no_second, image_of

__all__ = ["Model", "render"]

_PLANS = ("auto", "static")
_BACKENDS = ("auto", "core", "jax")


class Model:
    """The image of components as a function of some of their parameters.

    Immutable; its methods may be jitted, differentiated and batched, on their own or inside other functions.

    Parameters
    ----------
    components : Component or sequence of Component
        One or more. Their light is added. Values that are no arguments stay as they are here.
    shape : (int, int)
        Size (ny, nx) of the image.
    psf : Psf, GaussianPsf, MoffatPsf, SumPsf or array_like, optional
        As in gaxel.render.
    parameters : str or iterable of str, optional
        Which parameters are arguments: names of gaxel.parameter_names(components), or shell patterns of them. Default:
        all that can be fitted.
    rtol, atol : float
        As in gaxel.render, with float64.
    plan : {"auto", "static"}
        The cells that light is integrated on are found here, for the components as they are. "auto": at other values
        those whose error bounds hold there are taken over, others found anew, so that the tolerance is kept everywhere;
        where cells change, the image jumps by less than the tolerance. "static": the same cells everywhere, a fixed
        amount of work and an image that is smooth in its arguments, which keeps to the tolerance near these components
        alone. Only the core finds cells: for what it does not compute (`backend`) both mean "static".
    threads : int, optional
        For the members of a batch (jax.vmap), in the core. 0: as many as the machine has. Default: 1.
    backend : {"auto", "core", "jax"}
        What computes images. "auto": the core on the CPU, operations of JAX on the same cells and rules elsewhere,
        whichever platform a program is compiled for. "core": the core alone. "jax": operations of JAX everywhere, with
        derivatives of any order, but for NotImplementedError of the second where the slope of light jumps on a curve; slower
        than the core on the CPU.

    Attributes
    ----------
    names : tuple of str
        Of the arguments, in order.
    start : ndarray, shape (n,)
        Their values in `components`.
    shape : (int, int)

    Notes
    -----
    Values that no component can have, such as a negative radius, give NaN, and so do their derivatives: samplers reject
    them, and no compiled program stops. Each model is kept for as long as the process lives, whether or not a program
    was compiled with it, but for those with `backend` "jax": make one, not one in each step.
    There are second derivatives to the parameters of Sersic profiles and those of a fixed index, of point sources, skies
    and multi-Gaussian expansions. Those to others, and third ones, raise NotImplementedError unless `backend` is "jax".
    """

    def __init__(
        self,
        components: Components,
        shape: tuple[int, int],
        psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
        *,
        parameters: str | Iterable[str] | None = None,
        rtol: float = 1e-6,
        atol: float = 1e-9,
        plan: str = "auto",
        threads: int | None = None,
        backend: str = "auto",
    ) -> None:
        source = "gaxel.jax.Model"
        for key, found, known in (("plan", plan, _PLANS), ("backend", backend, _BACKENDS)):
            if not isinstance(found, str) or found not in known:
                raise input_error(
                    source, key, shown(found), f"there is no such {key}", " or ".join(map(repr, known))
                )
        if isinstance(psf, jax.core.Tracer):
            raise input_error(
                source,
                "psf",
                "a traced array",
                "models are made outside of jit and vmap",
                "an array of numbers",
            )
        listed = as_list(components, source)
        if not listed:
            raise input_error(source, "components", "an empty list", "no light", "one component or more")
        size = as_shape(shape, source)
        slots = slots_of(listed, source)
        chosen, wanted = select_slots(slots, parameters, source)
        psfs, numbers = core_psfs_of(psf, listed, size)
        self._backend = backend
        self.shape = size
        self.names = tuple(slot.name for slot in chosen)
        self._values = np.array([core_value(slot, size, source) for slot in slots])
        self._places = np.flatnonzero(wanted)
        self._zeropoints = {
            i: slot.component._zeropoint for i, slot in enumerate(chosen) if slot.is_mag
        }  # fluxes given as magnitudes
        self.start = self._values[self._places].copy()
        for i, slot in enumerate(chosen):
            if slot.is_mag:
                self.start[i] = slot.component.parameters["mag"]
        self.start.flags.writeable = False
        cores = core_components(listed, slots, numbers, size, source)
        tolerance = as_tolerance(rtol, atol, source)

        def make_executor() -> Executor:
            limits = np.array([(slot.spec.min, slot.spec.max) for slot in slots])
            return Executor(cores, component_names(listed, source), limits, wanted, size, psfs, tolerance)

        if backend == "jax":
            self._image = make_executor().image
            return
        target = _core.jax_target(
            cores,
            wanted,
            *size,
            psfs,
            *tolerance,
            plan == "static",
            1 if threads is None else as_threads(threads, size, source),
        )
        if lacking := _core.jax_without_second(target):
            names = component_names(listed, source)
            parts = (f"parameters of {names[place]!r} ({listed[place].kind})" for place in lacking)
            core_has_no_second(target, " and ".join(parts))
        if backend == "auto":
            keep_maker(target, make_executor)
        self._image = functools.partial(image_of, target=target, shape=size)

    def __repr__(self) -> str:
        ny, nx = self.shape
        return f"<gaxel.jax.Model of {ny} x {nx} pixels, backend {self._backend!r}: {', '.join(self.names)}>"

    def __setattr__(self, name: str, value: Any) -> None:
        if "_image" in self.__dict__:
            raise AttributeError(f"gaxel.jax.Model is immutable: make another one for another {name}")
        super().__setattr__(name, value)

    def vector(self, values: Mapping[str, Any] | ArrayLike) -> jax.Array:
        """The arguments as a vector: `values` itself, or those by name in it, the others as in `start`.

        Raises InputError for names that are no arguments, or a vector of another length.
        """
        if isinstance(values, Mapping):
            for name in values:
                if name not in self.names:
                    hint = _core.suggestion(str(name), list(self.names))
                    raise input_error("gaxel.jax.Model", "values", repr(name), "no such argument", hint)
            listed = [
                _argument(values.get(name, start), f"values[{name!r}]")
                for name, start in zip(self.names, self.start, strict=True)
            ]
            for name, value in zip(self.names, listed, strict=True):
                if value.shape != ():
                    found = f"an array of shape {value.shape}"
                    raise input_error(
                        "gaxel.jax.Model", f"values[{name!r}]", found, "not a number", "one number"
                    )
            vector = jnp.stack(listed) if listed else jnp.zeros(0)
        else:
            vector = _argument(values, "values")
        if jnp.iscomplexobj(vector):
            raise input_error(
                "gaxel.jax.Model", "values", f"{vector.dtype}", "not real numbers", "real numbers"
            )
        if vector.shape != (len(self.names),):
            found = f"an array of shape {vector.shape}"
            raise input_error(
                "gaxel.jax.Model",
                "values",
                found,
                "not the arguments",
                f"{len(self.names)} of them, or a mapping",
            )
        return vector

    def image(self, values: Mapping[str, Any] | ArrayLike) -> jax.Array:
        """The model image (ny, nx) at the values of the arguments: a vector in the order of `names`, or a mapping from
        some of these names."""
        arguments = self.vector(values)
        is_whole = not jnp.issubdtype(arguments.dtype, jnp.floating)
        arguments = arguments.astype(float if is_whole else jnp.promote_types(arguments.dtype, jnp.float32))
        for i, zeropoint in self._zeropoints.items():
            arguments = arguments.at[i].set(flux_of(arguments[i], zeropoint))
        full = jnp.asarray(self._values, arguments.dtype).at[self._places].set(arguments)
        return self._image(full)

    def chi2(
        self,
        values: Mapping[str, Any] | ArrayLike,
        data: ArrayLike,
        sigma: ArrayLike,
        mask: ArrayLike | None = None,
    ) -> jax.Array:
        """Sum of ((data - image) / sigma)**2 over the pixels that `mask` (True: bad, as in numpy) leaves.

        `data` (ny, nx); `sigma` a number or (ny, nx), above 0 where not masked; `mask` (ny, nx). Of another shape: InputError.
        Masks that numpy's masked arrays bring along count, too; jax.jit takes no such array as an argument.
        """
        data, sigma, used = self._observed(data, sigma, mask)
        return self._chi2(values, data, sigma, used)

    def _chi2(self, values: Mapping[str, Any] | ArrayLike, data: Any, sigma: Any, used: Any) -> jax.Array:
        off = (jnp.where(used, data, 0.0) - jnp.where(used, self.image(values), 0.0)) / jnp.where(
            used, sigma, 1.0
        )
        return jnp.sum(off**2)

    def _observed(self, data: Any, sigma: Any, mask: Any) -> tuple[Any, Any, Any]:
        """Data and sigma as JAX takes them, and which pixels are used."""
        if is_quantity(sigma):
            sigma = in_unit(sigma, getattr(data, "unit", None), "gaxel.jax.Model")
        used: Any = True if mask is None else ~jnp.asarray(_native(mask, self.shape, "mask"), bool)
        native = {"data": data, "sigma": sigma}
        for key, value in native.items():
            native[key] = _native(value, self.shape, key)
            if isinstance(value, np.ma.MaskedArray):
                used = used & ~np.ma.getmaskarray(value)
        known = not any(isinstance(value, jax.Array) for value in (native["sigma"], used))
        if known and np.any(np.asarray(used & (native["sigma"] <= 0))):
            least = f"{np.min(native['sigma']):g}"
            raise input_error("gaxel.jax.Model", "sigma", least, "not above 0", "above 0, or masked")
        return native["data"], native["sigma"], used

    def log_likelihood(
        self,
        values: Mapping[str, Any] | ArrayLike,
        data: ArrayLike,
        sigma: ArrayLike,
        mask: ArrayLike | None = None,
    ) -> jax.Array:
        """Logarithm of the density of normal noise: -chi2 / 2 less the sum of ln(sqrt(2 pi) sigma)."""
        data, sigma, used = self._observed(data, sigma, mask)
        log_sigma = jnp.where(used, jnp.log(jnp.sqrt(2.0 * jnp.pi) * jnp.where(used, sigma, 1.0)), 0.0)
        return -0.5 * self._chi2(values, data, sigma, used) - jnp.sum(jnp.broadcast_to(log_sigma, self.shape))


def _argument(value: Any, key: str) -> jax.Array:
    """Numbers, in lists or not, as an array of JAX."""
    source, allowed = "gaxel.jax.Model", "real numbers, without units and masks"
    if getattr(value, "unit", None) is not None or np.ma.is_masked(value):
        raise input_error(source, key, shown(value), "not plain numbers", allowed)
    is_own_type = isinstance(value, np.ndarray) and value.dtype.kind == "V"  # as bfloat16
    if isinstance(value, np.ndarray) and not is_own_type:
        return jnp.asarray(_in_native_order(value, key, allowed))
    try:
        return jnp.asarray(value)
    except (TypeError, ValueError) as error:
        if isinstance(error, jax.errors.JAXTypeError):  # of traced values
            raise
        raise input_error(source, key, shown(value), "not real numbers", allowed) from None


def _in_native_order(value: Any, key: str, allowed: str) -> np.ndarray:
    """Real numbers in the machine's byte order, which FITS files do not have."""
    array = as_real(value, "gaxel.jax.Model", key, "not real numbers", allowed)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _native(value: Any, shape: tuple[int, ...], key: str) -> Any:
    """JAX's arrays as they are, others as _in_native_order, of that shape."""
    array = value if isinstance(value, jax.Array) else _in_native_order(value, key, "real numbers")
    if array.shape != shape and not (key == "sigma" and array.ndim == 0):
        allowed = f"shape {shape}, as the model" + (", or a number" if key == "sigma" else "")
        raise input_error("gaxel.jax.Model", key, f"shape {array.shape}", "sizes disagree", allowed)
    return array


def render(
    components: Components,
    values: Mapping[str, Any],
    shape: tuple[int, int],
    psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
    **options: Any,
) -> jax.Array:
    """The image of components with some of their parameters replaced by `values`, {"galaxy.re": 3.0}: Model(...).image.

    Each call makes a Model, which is kept (see there): one that is made once saves memory and the search for cells. `options`: those of Model but `parameters`.
    """
    if not isinstance(values, Mapping):
        raise input_error("gaxel.jax.render", "values", shown(values), "no mapping", '{"galaxy.re": 3.0}')
    return Model(components, shape, psf, parameters=list(values), **options).image(values)
