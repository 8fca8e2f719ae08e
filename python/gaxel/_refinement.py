"""The refinement of the pixels that a cheap rule gets wrong; public in gaxel.integration."""

import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaxel import _core
from gaxel._arrays import as_float, as_int, as_items, as_real
from gaxel._core import RefinementCertificate
from gaxel._errors import RefinementWarning, input_error
from gaxel._fixed_rules import as_cell_options, as_points
from gaxel._integrand import Array, Function, make_integrand


class SubpixelRefinement:
    """A prepared refinement: which cells of an image are split, level by level. Made by
    `prepare_subpixel_refinements`; unpacks into the study's four results.

    Attributes
    ----------
    idx_to_refine : list of ndarray of int
        For each level but the last: which of its cells are split, in the order of ascending error.
    integrated_pixels : list of ndarray
        For each level: the integrals over its cells. Level 0 holds the points given; the cells of level k + 1 are the
        children of those that level k splits, in the order of idx_to_refine[k].
    n_imprecise : list of int
        For each level: cells whose error estimate exceeds the precision or is not finite.
    n_to_refine : int
        Number of cells that are split at each level.
    certificate : RefinementCertificate
        Of the light it was prepared for.
    shape : tuple of int
        Of the image.
    """

    def __init__(self, core: _core.SubpixelRefinement, shape: tuple[int, ...]) -> None:
        self._core = core
        self.shape = shape

    @property
    def idx_to_refine(self) -> list[NDArray[np.int64]]:
        return self._core.idx_to_refine

    @property
    def integrated_pixels(self) -> list[Array]:
        return self._core.integrated_pixels

    @property
    def n_imprecise(self) -> list[int]:
        return self._core.n_imprecise

    @property
    def n_to_refine(self) -> int:
        return self._core.n_to_refine

    @property
    def certificate(self) -> RefinementCertificate:
        return self._core.certificate

    def __iter__(self) -> Iterator[Any]:
        return iter((self.idx_to_refine, self.integrated_pixels, self.n_imprecise, self.n_to_refine))

    def __repr__(self) -> str:
        cells = self.certificate.cells_per_level
        return (
            f"SubpixelRefinement(shape={self.shape}, cells_per_level={cells}, n_imprecise={self.n_imprecise})"
        )

    def pixels(self) -> Array:
        """The image of the light that the refinement was prepared for, in the shape of i."""
        return self._core.pixels().reshape(self.shape)

    @overload
    def apply(self, f: Function, pars: Any, certificate: Literal[False] = False) -> Array: ...
    @overload
    def apply(
        self, f: Function, pars: Any, certificate: Literal[True]
    ) -> tuple[Array, RefinementCertificate]: ...
    def apply(
        self, f: Function, pars: Any, certificate: bool = False
    ) -> Array | tuple[Array, RefinementCertificate]:
        """The image of other light on the same cells, without choosing cells anew.

        Only the cells that are not split are evaluated, by the rules G and C of `integrate_with_error`. Their difference
        comes free, and tells when the light has outgrown the refinement: a galaxy that moved, say, whose core now lies in
        cells that are not split.

        Parameters
        ----------
        f, pars
            As in integrate_pixels; f is called with 1-D arrays.
        certificate : bool
            Also return what the image can vouch for. Without it, light that has outgrown the refinement gives a
            gaxel.RefinementWarning.

        Returns
        -------
        image : ndarray
            In the shape of the i that the refinement was prepared with.
        certificate : RefinementCertificate
            If asked for.
        """
        integrand = make_integrand(f, pars, (self._core.size,), "apply")
        pixels, found = self._core.apply(integrand)
        image = pixels.reshape(self.shape)
        if certificate:
            return image, found
        if found.outgrown:
            message = f"the light has outgrown its refinement: a cell may be off by {found.max_error:.3g}; prepare another"
            warnings.warn(message, RefinementWarning, stacklevel=2)
        return image


def prepare_subpixel_refinements(
    f: Function,
    i: ArrayLike,
    j: ArrayLike,
    pars: Any,
    base_oversamp: int = 1,
    order: int = 3,
    oversamp: int = 3,
    precision: float = 1e-6,
    frac_refine: float = 0.1,
    k_max: int = 5,
) -> SubpixelRefinement:
    """Finds the cells that a cheap rule gets wrong and splits them, level by level.

    At each level the int(i.size frac_refine) cells with the largest error estimates are split, a fixed number, until no
    cell is imprecise or level k_max is done.

    Parameters
    ----------
    f, i, j, pars
        As in integrate_pixels; f is called with 1-D arrays. (i, j) are the centres of squares of side
        1 / base_oversamp.
    base_oversamp : int
        1 to 200; the integrals are over these squares.
    order : int
        Nodes a side of the rules of integrate_with_error, 2 to 200.
    oversamp : int
        A cell is split into oversamp x oversamp, 1 to 200.
    precision : float
        A cell is imprecise when its error estimate exceeds this, in units of the light: absolute, and per cell.
    frac_refine : float
        Part of the pixels, above 0, at most 1. With i.size frac_refine < 1 nothing is split.
    k_max : int
        Deepest level, 0 to 20.

    Raises
    ------
    gaxel.InputError
        For arguments outside these ranges, and as integrate_pixels.
    """
    source = "prepare_subpixel_refinements"
    flat_i, flat_j, shape = as_points(i, j, source)
    integrand = make_integrand(f, pars, flat_i.shape, source)
    order, base_oversamp, oversamp = as_cell_options(order, base_oversamp, oversamp, source)
    core = _core.prepare_subpixel_refinements(
        integrand,
        flat_i,
        flat_j,
        base_oversamp=base_oversamp,
        order=order,
        oversamp=oversamp,
        precision=as_float(precision, source, "precision", "above 0, finite"),
        frac_refine=as_float(frac_refine, source, "frac_refine", "above 0, at most 1"),
        k_max=as_int(k_max, source, "k_max", 0),
    )
    return SubpixelRefinement(core, shape)


def _as_levels(levels: Sequence[ArrayLike], dtype: type[Any], source: str, key: str) -> list[NDArray[Any]]:
    allowed = "real numbers" if dtype is np.float64 else "whole numbers"
    what = "the wrong kind of numbers"
    arrays = [as_real(level, source, key, what, allowed) for level in as_items(levels, source, key, allowed)]
    for array in arrays:
        if array.size > 0 and dtype is not np.float64 and array.dtype.kind not in "iu":
            raise input_error(source, key, f"array of {array.dtype}", what, allowed)
    return [np.ascontiguousarray(array, dtype=dtype).reshape(-1) for array in arrays]


def apply_subpixel_refinements(
    idx_to_refine: Sequence[ArrayLike],
    init_int_pix: ArrayLike,
    ref_int_pix: Sequence[ArrayLike],
    n_imprecise: Sequence[int],
    oversamp: int,
    shape: tuple[int, ...],
    verbose: bool = False,
) -> Array:
    """Puts the sums of the children in the place of their parents, deepest level first.

    Parameters
    ----------
    idx_to_refine : sequence of array_like of int
        For each level but the last: which of its cells are split.
    init_int_pix : array_like
        Integrals over the cells of level 0, the pixels.
    ref_int_pix : sequence of array_like
        Integrals over the cells of levels 1, 2, ...: the children of the cells that idx_to_refine names, in its order.
    n_imprecise : sequence of int
        For each level: cells that are imprecise. Used by `verbose` only.
    oversamp : int
        A cell has oversamp x oversamp children.
    shape : tuple of int
        Of the image.
    verbose : bool
        Print a line for each level.

    Returns
    -------
    ndarray of that shape

    Raises
    ------
    gaxel.InputError
        For levels that do not fit each other, and indices outside their level.
    """
    source = "apply_subpixel_refinements"
    integrals = [
        *_as_levels([init_int_pix], np.float64, source, "init_int_pix"),
        *_as_levels(ref_int_pix, np.float64, source, "ref_int_pix"),
    ]
    indices = _as_levels(idx_to_refine, np.int64, source, "idx_to_refine")
    extents = shape if isinstance(shape, Iterable) else [shape]
    shape = tuple(as_int(extent, source, "shape", 0) for extent in extents)
    if integrals[0].size != math.prod(shape):
        raise input_error(source, "shape", shape, "not that of the pixels", f"{integrals[0].size} in all")
    if verbose:
        for k, (level, imprecise) in enumerate(zip(integrals, n_imprecise, strict=False)):
            print(f"level {k}: {level.size} cells, {imprecise} imprecise")
    return _core.apply_subpixel_refinements(
        indices, integrals, as_int(oversamp, source, "oversamp", 1)
    ).reshape(shape)


@overload
def integrate_with_subpixel_refinement(
    f: Function, i: ArrayLike, j: ArrayLike, pars: Any, *, certificate: Literal[False] = False, **options: Any
) -> Array: ...
@overload
def integrate_with_subpixel_refinement(
    f: Function, i: ArrayLike, j: ArrayLike, pars: Any, *, certificate: Literal[True], **options: Any
) -> tuple[Array, RefinementCertificate]: ...
def integrate_with_subpixel_refinement(
    f: Function,
    i: ArrayLike,
    j: ArrayLike,
    pars: Any,
    base_oversamp: int = 1,
    order: int = 3,
    oversamp: int = 3,
    precision: float = 1e-6,
    frac_refine: float = 0.1,
    k_max: int = 5,
    certificate: bool = False,
) -> Array | tuple[Array, RefinementCertificate]:
    """Prepares a refinement and applies it in one call: the image, in the shape of i.

    Arguments are those of prepare_subpixel_refinements; with `certificate`, (image, RefinementCertificate) is returned.
    """
    refinement = prepare_subpixel_refinements(
        f, i, j, pars, base_oversamp, order, oversamp, precision, frac_refine, k_max
    )
    image = refinement.pixels()
    return (image, refinement.certificate) if certificate else image
