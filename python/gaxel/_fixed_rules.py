"""One rule for all pixels, and the error estimate of a cell from three of them; public in gaxel.integration."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaxel import _core
from gaxel._arrays import as_int, as_shape, as_vector
from gaxel._errors import input_error
from gaxel._integrand import Array, Function, make_integrand
from gaxel.quadrature import roots_clencurt, roots_legendre, roots_midpoint, tensor_rule


def get_ij(shape: tuple[int, int]) -> tuple[Array, Array]:
    """The pixel centres of an image from its centre: i = row - (ny - 1) / 2, j = col - (nx - 1) / 2.

    Parameters
    ----------
    shape : (int, int)
        (ny, nx), both above 0.

    Returns
    -------
    i, j : ndarray, shape (ny, nx)
    """
    ny, nx = as_shape(shape, "get_ij")
    i, j = np.indices((ny, nx), dtype=np.float64)
    return i - 0.5 * (ny - 1), j - 0.5 * (nx - 1)


def _as_array(values: ArrayLike, source: str, key: str) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as error:  # rows of unequal lengths
        raise input_error(source, key, None, "not an array", "positions, one shape for i and j") from error


def as_points(i: ArrayLike, j: ArrayLike, source: str) -> tuple[Array, Array, tuple[int, ...]]:
    """i and j as contiguous 1-D arrays of finite numbers, and the shape they had."""
    arrays = [_as_array(values, source, key) for key, values in (("i", i), ("j", j))]
    if arrays[0].shape != arrays[1].shape:
        found, allowed = (f"shape {array.shape}" for array in arrays[::-1])
        raise input_error(source, "j", found, "i and j differ in shape", f"{allowed}, as i")
    shape = arrays[0].shape
    flat = [as_vector(array.reshape(-1), source, key) for key, array in zip("ij", arrays, strict=True)]
    return flat[0], flat[1], shape


def _integrate(
    f: Function, i: ArrayLike, j: ArrayLike, pars: Any, rule: Sequence[Array], source: str
) -> Array:
    flat_i, flat_j, shape = as_points(i, j, source)
    integrand = make_integrand(f, pars, shape, source)
    return _core.integrate_pixels(integrand, flat_i, flat_j, *rule).reshape(shape)


def integrate_pixels(
    f: Function, i: ArrayLike, j: ArrayLike, pars: Any, di: ArrayLike, dj: ArrayLike, w: ArrayLike
) -> Array:
    """sum_k w[k] f(i + di[k], j + dj[k], pars): the light of every pixel by any rule.

    Parameters
    ----------
    f : callable
        f(i, j, pars) -> light per pixel area at the points, an array of i's shape. Called once for each node.
    i, j : array_like, one shape
        Vertical and horizontal positions of the pixels' centres, in pixels.
    pars : object
        Handed on to f.
    di, dj, w : array_like, shape (n_nodes,)
        Offsets from the pixel's centre in pixels, and weights that sum to 1 for the whole pixel.

    Returns
    -------
    ndarray, shape of i
        NaN and infinity where f gave them.

    Raises
    ------
    gaxel.InputError
        For arrays of unequal shapes, numbers that are not finite, and an f that raises or returns another shape.
    """
    source = "integrate_pixels"
    rule = [as_vector(values, source, key) for key, values in (("di", di), ("dj", dj), ("w", w))]
    return _integrate(f, i, j, pars, rule, source)


def tensor_integrate_pixels(
    f: Function, i: ArrayLike, j: ArrayLike, pars: Any, d: ArrayLike, w: ArrayLike, oversamp: int = 1
) -> Array:
    """Integrals over the squares of side 1 / oversamp around (i, j), by the tensor product of a rule on [-1, 1].

    `d` and `w` are its nodes and weights, such as roots_legendre gives them; the rest is as in integrate_pixels.
    """
    source = "tensor_integrate_pixels"
    return _integrate(f, i, j, pars, tensor_rule(d, w, oversamp), source)


def gauss_legendre_tensor_integration(
    f: Function, i: ArrayLike, j: ArrayLike, pars: Any, order: int
) -> Array:
    """The light of every pixel by order x order Gauss-Legendre nodes, order 1 to 200; see integrate_pixels."""
    return _integrate(f, i, j, pars, tensor_rule(*roots_legendre(order)), "gauss_legendre_tensor_integration")


def clencurt_tensor_integration(f: Function, i: ArrayLike, j: ArrayLike, pars: Any, order: int) -> Array:
    """The light of every pixel by order x order Clenshaw-Curtis nodes, order 1 to 200 (3: Simpson's rule); see
    integrate_pixels."""
    return _integrate(f, i, j, pars, tensor_rule(*roots_clencurt(order)), "clencurt_tensor_integration")


def oversampled_integration(f: Function, i: ArrayLike, j: ArrayLike, pars: Any, order: int) -> Array:
    """The light of every pixel by the midpoints of order x order sub-pixels, order 1 to 200; see integrate_pixels."""
    return _integrate(f, i, j, pars, tensor_rule(*roots_midpoint(order)), "oversampled_integration")


def oversample_pixels(
    i: ArrayLike, j: ArrayLike, k: int, oversamp: int, base_oversamp: int = 1
) -> tuple[Array, Array]:
    """The centres of the children of cells: oversamp^2 for each cell of level k - 1.

    Parameters
    ----------
    i, j : array_like, one shape
        Centres of cells of level k - 1, squares of side 1 / (base_oversamp oversamp^(k-1)).
    k : int
        Level of the children, 1 or more.
    oversamp, base_oversamp : int
        1 to 200.

    Returns
    -------
    i, j : ndarray, shape (i.size * oversamp**2,)
        The children of a cell are neighbours in the arrays, i the slow index, and tile it.
    """
    source = "oversample_pixels"
    flat_i, flat_j, _ = as_points(i, j, source)
    level = as_int(k, source, "k", 1)
    counts = [
        as_int(value, source, key, 1, _core.max_quadrature_order)
        for key, value in (("oversamp", oversamp), ("base_oversamp", base_oversamp))
    ]
    return _core.oversample_pixels(flat_i, flat_j, level, *counts)


def integrate_with_error(
    f: Function,
    i: ArrayLike,
    j: ArrayLike,
    pars: Any,
    k: int,
    order: int = 3,
    base_oversamp: int = 1,
    oversamp: int = 3,
) -> tuple[Array, Array]:
    """Integrals over cells of level k with estimates of their errors, from three rules.

    With G' and G the Gauss-Legendre rules of order - 1 and order nodes a side and C the Clenshaw-Curtis rule of order,
    the value is (G + C) / 2 and the error max(|G - G'|, |G - C|).

    Parameters
    ----------
    f, i, j, pars
        As in integrate_pixels; (i, j) are the centres of squares of side 1 / (base_oversamp oversamp^k).
    k : int
        Level, 0 or more.
    order : int
        2 to 200.
    base_oversamp, oversamp : int
        1 to 200.

    Returns
    -------
    value, error : ndarray, shape of i
        The error is infinite where a rule gave no finite value.
    """
    source = "integrate_with_error"
    flat_i, flat_j, shape = as_points(i, j, source)
    integrand = make_integrand(f, pars, shape, source)
    options = (as_int(k, source, "k", 0), *as_cell_options(order, base_oversamp, oversamp, source))
    value, error = _core.integrate_with_error(integrand, flat_i, flat_j, *options)
    return value.reshape(shape), error.reshape(shape)


def as_cell_options(order: int, base_oversamp: int, oversamp: int, source: str) -> tuple[int, int, int]:
    most = _core.max_quadrature_order
    return (
        as_int(order, source, "order", 2, most),
        as_int(base_oversamp, source, "base_oversamp", 1, most),
        as_int(oversamp, source, "oversamp", 1, most),
    )
