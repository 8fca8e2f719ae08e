"""Components to pixels."""

from collections.abc import Iterable
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaxel import _core
from gaxel._arrays import Image, as_float, as_output, as_shape, as_threads
from gaxel._component import Component
from gaxel._errors import input_error
from gaxel._parameters import Components, Slot, as_list, select_names, slots_of
from gaxel._psf import Psf, core_psf

TOLERANCES = "finite, rtol > 0, atol >= 0"


def pivot_of(shape: tuple[int, int]) -> dict[str, float]:
    """Where a sky plane turns that does not say."""
    return {"x": 0.5 * (shape[1] - 1), "y": 0.5 * (shape[0] - 1)}


def _core_value(slot: Slot, shape: tuple[int, int], source: str) -> float:
    value = slot.component.value_or_fallback(slot.spec.name)
    if np.isnan(value) and slot.component._kind.is_sky:
        value = pivot_of(shape).get(slot.spec.name, value)
    if np.isnan(value):
        what = "flux or mag" if slot.spec.name == "flux" else "a number: only fit can estimate it"
        raise input_error(source, slot.name, None, "not given", what)
    return value


def _core_components(
    components: list[Component], slots: list[Slot], shape: tuple[int, int], source: str
) -> list[tuple[str, list[float]]]:
    values = iter([_core_value(slot, shape, source) for slot in slots])
    return [(component.kind, [next(values) for _ in component._specs]) for component in components]


@overload
def render(
    components: Components,
    shape: tuple[int, int] | None = None,
    psf: Psf | ArrayLike | None = None,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    certificate: Literal[False] = False,
    out: Image | None = None,
    threads: int | None = None,
) -> Image: ...
@overload
def render(
    components: Components,
    shape: tuple[int, int] | None = None,
    psf: Psf | ArrayLike | None = None,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    certificate: Literal[True],
    out: Image | None = None,
    threads: int | None = None,
) -> tuple[Image, _core.Certificate]: ...
def render(
    components: Components,
    shape: tuple[int, int] | None = None,
    psf: Psf | ArrayLike | None = None,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    certificate: bool = False,
    out: Image | None = None,
    threads: int | None = None,
) -> Image | tuple[Image, _core.Certificate]:
    """The image of components: every pixel is the integral of their light over it, to the tolerance asked for.

    Parameters
    ----------
    components : Component or sequence of Component
        Their light is added.
    shape : (int, int)
        Size (ny, nx) of the image. May be left out with `out`.
    psf : Psf or array_like, optional
        What the light is convolved with. Sky is not convolved. A point source takes the PSF's form; without a PSF all its
        flux lies in one pixel.
    rtol, atol : float
        The error of every pixel is at most atol * total flux + rtol * abs(pixel); sky counts for neither.
    certificate : bool
        Whether to return a bound of the error, too. Costs about as much again as the render.
    out : ndarray of float64, shape (ny, nx), optional
        Written in place instead of a new array. C-contiguous.
    threads : int, optional
        Default 1; 0: as many as the machine has.

    Returns
    -------
    image : ndarray of float64, shape (ny, nx)
        Flux in each pixel.
    certificate : Certificate
        Only with certificate=True.

    Raises
    ------
    InputError
        Names the argument and what is allowed.

    Notes
    -----
    Equal input gives equal bits, in whatever thread. The GIL is released.
    """
    listed = as_list(components, "render")
    if shape is None and isinstance(out, np.ndarray) and out.ndim == 2:
        shape = out.shape
    size = as_shape(shape, "render")
    image = np.empty(size) if out is None else as_output(out, size, "render")
    made = _core.render(
        _core_components(listed, slots_of(listed, "render"), size, "render"),
        image,
        core_psf(psf, size),
        as_float(rtol, "render", "rtol", TOLERANCES),
        as_float(atol, "render", "atol", TOLERANCES),
        bool(certificate),
        as_threads(threads, "render"),
    )
    return (image, made) if certificate else image


@overload
def render_with_jacobian(
    components: Components,
    shape: tuple[int, int],
    psf: Psf | ArrayLike | None = None,
    *,
    parameters: str | Iterable[str] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    certificate: Literal[False] = False,
    threads: int | None = None,
) -> tuple[Image, NDArray[np.float64]]: ...
@overload
def render_with_jacobian(
    components: Components,
    shape: tuple[int, int],
    psf: Psf | ArrayLike | None = None,
    *,
    parameters: str | Iterable[str] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    certificate: Literal[True],
    threads: int | None = None,
) -> tuple[Image, NDArray[np.float64], _core.Certificate]: ...
def render_with_jacobian(
    components: Components,
    shape: tuple[int, int],
    psf: Psf | ArrayLike | None = None,
    *,
    parameters: str | Iterable[str] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    certificate: bool = False,
    threads: int | None = None,
) -> tuple[Any, ...]:
    """The image of components and its derivatives with respect to their parameters, analytic, through the PSF.

    Parameters
    ----------
    components, shape, psf, rtol, atol, certificate, threads
        As in render.
    parameters : str or iterable of str, optional
        Which derivatives: names of parameter_names(components), or shell patterns of them ("*.re"). Default: all.

    Returns
    -------
    image : ndarray of float64, shape (ny, nx)
    jacobian : ndarray of float64, shape (n, ny, nx)
        Derivatives per unit of the parameter (pixel, radian, count), in the order of parameter_names(components). Of a
        component that was given a magnitude: with respect to "mag", in place of "flux".
    certificate : Certificate
        Of the image. Only with certificate=True.

    Raises
    ------
    InputError
        Names the argument and what is allowed.
    """
    source = "render_with_jacobian"
    listed = as_list(components, source)
    size = as_shape(shape, source)
    slots = slots_of(listed, source)
    names = [slot.name for slot in slots if slot.spec.fittable]
    selected = set(names) if parameters is None else select_names(parameters, names, source, "parameters")
    chosen = [slot for slot in slots if slot.name in selected]
    image = np.empty(size)
    jacobian = np.empty((len(chosen), *size))
    made = _core.render_with_jacobian(
        _core_components(listed, slots, size, source),
        [int(slot.name in selected) for slot in slots],
        image,
        jacobian,
        core_psf(psf, size),
        as_float(rtol, source, "rtol", TOLERANCES),
        as_float(atol, source, "atol", TOLERANCES),
        bool(certificate),
        as_threads(threads, source),
    )
    for derivative, slot in zip(jacobian, chosen, strict=True):
        if slot.is_mag:
            derivative *= slot.component.mag_slope()
    return (image, jacobian, made) if certificate else (image, jacobian)
