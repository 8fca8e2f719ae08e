"""Components to pixels."""

from collections.abc import Iterable
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaxel import _core
from gaxel._arrays import Image, as_image, as_output, as_shape, as_threads, as_tolerance
from gaxel._core import Plan
from gaxel._errors import input_error
from gaxel._parameters import Components, as_list, core_components, select_slots, slots_of
from gaxel._psf import AnyPsf, VaryingPsf, core_psfs_of


def prepare(
    components: Components,
    shape: tuple[int, int],
    psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    previous: Plan | None = None,
    threads: int | None = None,
) -> Plan:
    """Find the cells that components are integrated on, for renders of them and of others that are near.

    Renders of one plan share cells and rules, so differences between them are those of the light alone, smooth in the
    parameters; and each saves the search, which is part of its time. Where components change little from render to
    render, as in a fit or a chain of samples: plan = prepare(components, shape, previous=plan) before each.

    Parameters
    ----------
    components, shape, psf, rtol, atol, threads
        As in the renders to come. The search leaves some margin in the tolerance.
    previous : Plan, optional
        What of it holds for these components, too, is taken over; the bounds of its errors tell. Fluxes may change at
        will.

    Returns
    -------
    Plan
        For render, render_with_jacobian and vjp.

    Raises
    ------
    InputError
        Names the argument and what is allowed.
    """
    source = "prepare"
    listed = as_list(components, source)
    size = as_shape(shape, source)
    psfs, numbers = core_psfs_of(psf, listed, size)
    return _core.prepare(
        core_components(listed, slots_of(listed, source), numbers, size, source),
        *size,
        psfs,
        *as_tolerance(rtol, atol, source),
        _as_plan(previous, source, "previous"),
        as_threads(threads, size, source),
    )


def _as_plan(plan: Any, source: str, key: str = "plan") -> Plan | None:
    if plan is not None and not isinstance(plan, Plan):
        raise input_error(source, key, repr(plan), "not a plan", "what gaxel.prepare returns")
    return plan


@overload
def render(
    components: Components,
    shape: tuple[int, int] | None = None,
    psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    certificate: Literal[False] = False,
    out: Image | None = None,
    plan: Plan | None = None,
    threads: int | None = None,
) -> Image: ...
@overload
def render(
    components: Components,
    shape: tuple[int, int] | None = None,
    psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    certificate: Literal[True],
    out: Image | None = None,
    plan: Plan | None = None,
    threads: int | None = None,
) -> tuple[Image, _core.Certificate]: ...
def render(
    components: Components,
    shape: tuple[int, int] | None = None,
    psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    certificate: bool = False,
    out: Image | None = None,
    plan: Plan | None = None,
    threads: int | None = None,
) -> Image | tuple[Image, _core.Certificate]:
    """The image of components: every pixel is the integral of their light over it, to the tolerance asked for.

    Parameters
    ----------
    components : Component or sequence of Component
        Their light is added.
    shape : (int, int)
        Size (ny, nx) of the image. May be left out with `out`.
    psf : Psf, GaussianPsf, MoffatPsf, SumPsf or array_like, optional
        What the light is convolved with, of components that have no psf of their own (psf=False: they are not
        convolved). Sky never is. A point source takes the PSF's form; without a PSF all its flux lies in one pixel. What
        belongs to a PSF and the shape is kept with the PSF object for the next call.
    rtol, atol : float
        The error of every pixel is at most atol * total flux + rtol * abs(pixel); sky counts for neither.
    certificate : bool
        Whether to return a bound of the error, too. Costs about as much again as the render.
    out : ndarray of float64, shape (ny, nx), optional
        Written in place instead of a new array. C-contiguous.
    plan : Plan, optional
        From prepare, for this shape, a PSF of this reach, and components that are the same or so near that it holds
        for them: that is checked. Default: one is made and forgotten.
    threads : int, optional
        0: as many as the machine has. Default: 1 for images of fewer than 2**20 pixels, which surveys render many of
        at a time and threads would hardly speed up, else all cores that the process may use.

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
    MemoryError
        The image does not fit.

    Notes
    -----
    Equal input gives equal bits, in whatever thread and however many; a plan is input. The GIL is released.
    """
    listed = as_list(components, "render")
    if shape is None and isinstance(out, np.ndarray) and out.ndim == 2:
        shape = out.shape
    size = as_shape(shape, "render")
    image = np.empty(size) if out is None else as_output(out, size, "render")
    psfs, numbers = core_psfs_of(psf, listed, size)
    made = _core.render(
        core_components(listed, slots_of(listed, "render"), numbers, size, "render"),
        image,
        psfs,
        *as_tolerance(rtol, atol, "render"),
        bool(certificate),
        _as_plan(plan, "render"),
        as_threads(threads, size, "render"),
    )
    return (image, made) if certificate else image


@overload
def render_with_jacobian(
    components: Components,
    shape: tuple[int, int],
    psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
    *,
    parameters: str | Iterable[str] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    certificate: Literal[False] = False,
    plan: Plan | None = None,
    threads: int | None = None,
) -> tuple[Image, NDArray[np.float64]]: ...
@overload
def render_with_jacobian(
    components: Components,
    shape: tuple[int, int],
    psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
    *,
    parameters: str | Iterable[str] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    certificate: Literal[True],
    plan: Plan | None = None,
    threads: int | None = None,
) -> tuple[Image, NDArray[np.float64], _core.Certificate]: ...
def render_with_jacobian(
    components: Components,
    shape: tuple[int, int],
    psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
    *,
    parameters: str | Iterable[str] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    certificate: bool = False,
    plan: Plan | None = None,
    threads: int | None = None,
) -> tuple[Any, ...]:
    """The image of components and its derivatives with respect to their parameters, analytic, through the PSF.

    Parameters
    ----------
    components, shape, psf, rtol, atol, certificate, plan, threads
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
    chosen, wanted = select_slots(slots, parameters, source)
    image = np.empty(size)
    jacobian = np.empty((len(chosen), *size))
    psfs, numbers = core_psfs_of(psf, listed, size)
    made = _core.render_with_jacobian(
        core_components(listed, slots, numbers, size, source),
        wanted,
        image,
        jacobian,
        psfs,
        *as_tolerance(rtol, atol, source),
        bool(certificate),
        _as_plan(plan, source),
        as_threads(threads, size, source),
    )
    for derivative, slot in zip(jacobian, chosen, strict=True):
        if slot.is_mag:
            derivative *= slot.component.mag_slope()
    return (image, jacobian, made) if certificate else (image, jacobian)


def vjp(
    components: Components,
    cotangent: ArrayLike,
    psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
    *,
    parameters: str | Iterable[str] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    plan: Plan | None = None,
    threads: int | None = None,
) -> NDArray[np.float64]:
    """The vector-Jacobian product: for each parameter, the sum over pixels of cotangent * derivative of the image.

    The gradient of a likelihood, or of any other number L that is computed from the image: with
    cotangent = dL/dimage, it is dL/dparameter. For chi2 = sum(((data - image) / sigma)**2) the cotangent is
    -2 * (data - image) / sigma**2.

    No derivative is ever made as an image: the sums of the cells and the convolution are run backwards (the adjoint or
    reverse mode [1]_), which takes far less time and memory than render_with_jacobian.

    Parameters
    ----------
    components, psf, rtol, atol, plan, threads
        As in render.
    cotangent : array_like, shape (ny, nx)
        Weight of each pixel, finite. Gives the image's shape. Pixels that a masked array masks count as 0.
    parameters : str or iterable of str, optional
        As in render_with_jacobian.

    Returns
    -------
    ndarray of float64, shape (n,)
        Per unit of the parameter, in the order of parameter_names(components); with respect to "mag" where
        render_with_jacobian's rows are. The derivatives are those of render_with_jacobian with the same tolerance and
        plan, so the sums agree to rounding.

    Raises
    ------
    InputError
        Names the argument and what is allowed.

    References
    ----------
    .. [1] A. Griewank and A. Walther (2008), Evaluating Derivatives, 2nd edition, SIAM, chapter 3.
    """
    source = "vjp"
    listed = as_list(components, source)
    weights = as_image(
        cotangent.filled(0.0) if isinstance(cotangent, np.ma.MaskedArray) else cotangent, source, "cotangent"
    )
    n_wrong = np.count_nonzero(~np.isfinite(weights))
    if n_wrong:
        raise input_error(
            source, "cotangent", f"{n_wrong} pixels are NaN or infinite", "no gradient", "finite numbers"
        )
    size = as_shape(weights.shape, source, "cotangent")
    slots = slots_of(listed, source)
    chosen, wanted = select_slots(slots, parameters, source)
    psfs, numbers = core_psfs_of(psf, listed, size)
    gradient = _core.vjp(
        core_components(listed, slots, numbers, size, source),
        wanted,
        weights,
        psfs,
        *as_tolerance(rtol, atol, source),
        _as_plan(plan, source),
        as_threads(threads, size, source),
    )
    return gradient * [slot.component.mag_slope() if slot.is_mag else 1.0 for slot in chosen]
