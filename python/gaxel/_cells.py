"""The light in the cells of an image, oversamp x oversamp to a pixel; public through gaxel.model."""

from collections.abc import Callable, Mapping
from typing import Any

from gaxel import _core, integration
from gaxel._arrays import Image, as_float, as_int
from gaxel._errors import input_error

Function = Callable[[Any, Any, Any], Any]
Pix = Callable[[Any], Image]


def as_refinement(precision: Any, frac_refine: Any, k_max: Any, source: str) -> dict[str, Any]:
    precision = as_float(precision, source, "precision", "above 0")
    frac_refine = as_float(frac_refine, source, "frac_refine", "above 0, at most 1")
    if precision <= 0.0:
        raise input_error(source, "precision", precision, "out of range", "above 0")
    if not 0.0 < frac_refine <= 1.0:
        raise input_error(source, "frac_refine", frac_refine, "out of range", "above 0, at most 1")
    return {
        "precision": precision,
        "frac_refine": frac_refine,
        "k_max": as_int(k_max, source, "k_max", 0, _core.max_refinement_level),
    }


def as_oversamp(value: Any, source: str, key: str) -> int:
    return as_int(value, source, key, 1, _core.max_quadrature_order)


def check_callable(func: Any, source: str) -> None:
    if not callable(func):
        raise input_error(source, "func", repr(func), "not a function", "a callable")


def cell_integrals(
    func: Function,
    size: tuple[int, int],
    oversamp: int,
    order: int,
    refinement: Mapping[str, Any] | None,
    shift: tuple[float, ...],
    source: str,
) -> Pix:
    """pars -> the light in each cell; the cells lie `shift` = (di, dj) pixels from where an image has them."""
    check_callable(func, source)
    nodes = as_int(order, source, "order", 1 if refinement is None else 2, _core.max_quadrature_order)
    i, j = integration.get_ij((size[0] * oversamp, size[1] * oversamp))
    i, j = i / oversamp + shift[0], j / oversamp + shift[1]
    if refinement is not None:
        options = {"base_oversamp": oversamp, "order": nodes, **refinement}
        return lambda pars: integration.integrate_with_subpixel_refinement(func, i, j, pars, **options)
    rule = integration.tensor_rule(*integration.roots_legendre(nodes), oversamp)
    return lambda pars: integration.integrate_pixels(func, i, j, pars, *rule)


def block_sums(cells: Image, oversamp: int, source: str) -> Image:
    ny, nx = (extent // oversamp for extent in cells.shape)
    if cells.shape != (ny * oversamp, nx * oversamp):
        allowed = f"multiples of the oversampling, {oversamp}"
        raise input_error(source, "image", f"shape {cells.shape}", "not made of whole pixels", allowed)
    return cells.reshape(ny, oversamp, nx, oversamp).sum(axis=(1, 3))
