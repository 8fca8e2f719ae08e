"""What gaxel.integration integrates: the user's function, or a compiled profile in its place."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaxel import _core
from gaxel._arrays import as_float
from gaxel._component import Component
from gaxel._errors import input_error
from gaxel._sersic_law import to_linear
from gaxel.components import Sersic

Function = Callable[[Any, Any, Any], ArrayLike]
Array = NDArray[np.float64]

SERSIC_NAMES = ("mag", "log_re", "log_n", "x", "y", "q", "theta")


def sersic_integrand(pars: Mapping[str, float], source: str) -> _core.Integrand:
    if not isinstance(pars, Mapping) or set(pars) != set(SERSIC_NAMES):
        found = sorted(pars) if isinstance(pars, Mapping) else type(pars).__name__
        raise input_error(
            source, "pars", found, "not the parameters of a Sersic profile", ", ".join(SERSIC_NAMES)
        )
    p = {name: as_float(pars[name], source, name, "a finite number") for name in SERSIC_NAMES}
    place = {name: p[name] for name in ("x", "y", "q", "theta")}
    _, re, n = to_linear(*(np.float64(p[name]) for name in ("mag", "log_re", "log_n")))
    for name, value in (("re", re), ("n", n)):
        spec = Sersic._specs[name]
        if not spec.min <= value <= spec.max:
            allowed = f"{np.log10(spec.min):.4g} to {np.log10(spec.max):.4g}"
            raise input_error(source, f"log_{name}", p[f"log_{name}"], "outside its range", allowed)
    profile = Sersic(mag=p["mag"], re=re, n=n, **place)
    return component_integrand(profile, source)


def component_integrand(component: Component, source: str) -> _core.Integrand:
    if not isinstance(component, Component):
        raise input_error(
            source, "pars", type(component).__name__, "not a component", "such as gaxel.Sersic(...)"
        )
    values = []
    for name in component._specs:
        value = component.value_or_fallback(name)
        if np.isnan(value):
            raise input_error(source, f"{component.kind}.{name}", None, "not given", "a number")
        values.append(value)
    return _core.light_integrand(component.kind, values)


def at_points(integrand: _core.Integrand, i: ArrayLike, j: ArrayLike) -> Array:
    """The light at points of any shape; i and j broadcast. At infinity, where the core has none, it is 0."""
    points = np.broadcast_arrays(np.asarray(i, np.float64), np.asarray(j, np.float64))
    flat = [np.ascontiguousarray(values).ravel() for values in points]
    light = integrand.evaluate(*flat).reshape(points[0].shape)
    unknown, infinite = (is_so(points[0]) | is_so(points[1]) for is_so in (np.isnan, np.isinf))
    return np.where(unknown, np.nan, np.where(infinite, 0.0, light))


def compiled_sersic(i: ArrayLike, j: ArrayLike, pars: Mapping[str, float]) -> Array:
    """Light of a Sersic profile at points (i, j), per pixel area; compiled, also where it is integrated.

    Parameters
    ----------
    i, j : array_like
        Vertical and horizontal positions in pixels, from wherever the centre is measured; they broadcast.
    pars : mapping
        GAX's parameters: mag (flux = 10^(-0.4 mag)), log_re (log10 of the major-axis half-light radius in pixels), log_n
        (log10 of the Sersic index), x, y (centre, along j and i), q (axis ratio), theta (radians from +j towards +i).

    Raises
    ------
    gaxel.InputError
        For missing, unknown, non-finite or out-of-range parameters.
    """
    return at_points(sersic_integrand(pars, "compiled_sersic"), i, j)


def compiled_component(i: ArrayLike, j: ArrayLike, component: Component) -> Array:
    """Light of a component at points (i, j), per pixel area; compiled, also where it is integrated.

    Parameters
    ----------
    i, j : array_like
        Vertical and horizontal positions in pixels, measured like the component's y and x; they broadcast.
    component : gaxel.Component
        Sersic, Exponential, DeVaucouleurs or Gaussian.

    Raises
    ------
    gaxel.InputError
        For components without light per pixel area (a point source, a sky) and with parameters left out.
    """
    return at_points(component_integrand(component, "compiled_component"), i, j)


_COMPILED = ((compiled_sersic, sersic_integrand), (compiled_component, component_integrand))


def make_integrand(f: Function, pars: Any, shape: tuple[int, ...], source: str) -> _core.Integrand:
    """`f` with `pars` as the core takes it; a Python function sees points of `shape` where as many are asked for."""
    for compiled, make in _COMPILED:
        if f is compiled:
            return make(pars, source)
    if not callable(f):
        raise input_error(source, "f", repr(f), "not a function", "f(i, j, pars)")
    size = int(np.prod(shape))

    def evaluate(i: Array, j: Array) -> Array:
        n_points = i.size
        if n_points == size:
            i, j = i.reshape(shape), j.reshape(shape)
        try:
            values = np.asarray(f(i, j, pars))
        except Exception as error:
            problem = f"raised {type(error).__name__}: {error}"
            raise input_error(source, "f", None, problem) from error
        if values.dtype.kind not in "fiub" or values.shape != i.shape:
            found = f"{values.dtype} of shape {values.shape}"
            raise input_error(
                source, "f", found, "not the light at the points", f"real numbers of shape {i.shape}"
            )
        return np.ascontiguousarray(values, dtype=np.float64).reshape(n_points)

    return _core.python_integrand(evaluate)
