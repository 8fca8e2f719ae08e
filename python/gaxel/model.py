"""Images of functions of position, with GAX's names and conventions.

A function to be imaged is any vectorised f(i, j, pars) that gives light per pixel area at points: i vertical, j
horizontal, in pixels from the image centre (gaxel.integration.get_ij). The functions here make other functions of it,
which take the parameters alone:

>>> from gaxel import model, sersic
>>> def galaxy(i, j, pars):
...     return sersic.sersic_2d(i, j, **pars)
>>> pix = model.func_to_pix(galaxy, size=(90, 100), order=3, adaptive=True)
>>> image = pix(dict(mag=-7.5, log_re=0.9, log_n=0.7, x=0.2, y=0.3, q=0.1, theta=0.1))

gaxel.integration.compiled_sersic in the place of `galaxy` runs compiled. For images of gaxel's components to a given
accuracy, gaxel.render is the faster and safer way.

Parameters that give NaN give images with NaN; arguments of another kind than described raise gaxel.InputError.
"""

from collections.abc import Callable
from typing import Any

from gaxel._arrays import Image, as_image, as_shape
from gaxel._cells import (
    Function,
    Pix,
    as_oversamp,
    as_refinement,
    block_sums,
    cell_integrals,
)
from gaxel._convolve import METHODS, PADDINGS, as_choice, as_finite_image, make_convolution
from gaxel._geometry import asymmetry, phi_from_pix, rp_from_pix
from gaxel._multi_func import multi_func
from gaxel._pars_table import pars_table_to_pytree

__all__ = [
    "asymmetry",
    "convolve_func",
    "convolve_image",
    "downsample",
    "func_to_pix",
    "multi_func",
    "pars_table_to_pytree",
    "phi_from_pix",
    "rp_from_pix",
]


def func_to_pix(
    func: Function,
    size: tuple[int, int],
    order: int = 3,
    oversamp: int = 1,
    keep_oversampling: bool = False,
    adaptive: bool = False,
    *,
    precision: float = 1e-6,
    frac_refine: float = 0.1,
    k_max: int = 5,
) -> Pix:
    """Makes a function of points into a function that gives its image.

    Each pixel is divided into oversamp x oversamp cells, and the light is integrated over each cell: by order x order
    Gauss-Legendre nodes, or, with `adaptive`, by integrate_with_subpixel_refinement, which splits the cells that such a
    rule gets wrong.

    Parameters
    ----------
    func : callable
        func(i, j, pars) -> light per pixel area at the points, in an array of i's shape.
    size : (int, int)
        (ny, nx) of the image.
    order : int
        Nodes along a side of a cell, 1 to 200; with `adaptive` 2 to 200.
    oversamp : int
        Cells along a side of a pixel, 1 to 200.
    keep_oversampling : bool
        Whether the image of the cells is returned instead of that of the pixels.
    adaptive : bool
        Whether cells are refined.
    precision, frac_refine, k_max
        With `adaptive`: what a cell's error may be (absolute, in the units of the light), the part of the cells that is
        split at each level, and the deepest level; see gaxel.integration.prepare_subpixel_refinements.

    Returns
    -------
    pix : callable
        pix(pars) -> ndarray, shape (ny, nx), or (ny oversamp, nx oversamp) with `keep_oversampling`: the light in each
        pixel or cell.

    Raises
    ------
    InputError
        When an argument is outside its range; `pix` raises it when `func` raises or returns another shape.
    """
    source = "func_to_pix"
    counts = as_shape(size, source, "size"), as_oversamp(oversamp, source, "oversamp")
    refinement = as_refinement(precision, frac_refine, k_max, source) if adaptive else None
    cells = cell_integrals(func, *counts, order, refinement, (0.0, 0.0), source)
    if keep_oversampling:
        return cells
    return lambda pars: downsample(cells(pars), oversamp)


def downsample(image: Any, oversamp: int) -> Image:
    """Sums the cells of each pixel.

    Parameters
    ----------
    image : array_like, shape (ny oversamp, nx oversamp)
        Light in each cell.
    oversamp : int
        Cells along a side of a pixel, 1 to 200.

    Returns
    -------
    ndarray, shape (ny, nx)
        Light in each pixel.

    Raises
    ------
    InputError
        When `image` is not an image, or not made of whole pixels.
    """
    source = "downsample"
    cells = as_image(image, source, "image")
    count = as_oversamp(oversamp, source, "oversamp")
    return block_sums(cells, count, source)


def convolve_image(
    image: Any,
    psf: Any,
    psf_oversamp: int = 1,
    keep_oversampling: bool = False,
    *,
    padding: str = "linear_ramp",
    method: str = "fft",
) -> Image:
    """Convolves an image with a PSF.

    Pixel (py, px) of the PSF is what a unit of light does to the pixel that lies (py - ny // 2, px - nx // 2) from it: the
    PSF's centre is the middle pixel of an odd size and pixel N / 2, counted from 0, of an even one, as for gaxel.Psf.
    (`convolve_func` takes the geometric centre instead, as GAX does.) The PSF is used as it is: normalise it to sum 1 to
    keep the flux.

    Parameters
    ----------
    image : array_like, shape (ny psf_oversamp, nx psf_oversamp)
        Light in each cell, sampled as finely as the PSF.
    psf : array_like, shape (any, any)
        The PSF, odd or even in size, larger than the image if need be.
    psf_oversamp : int
        PSF pixels along a side of an image pixel, 1 to 200.
    keep_oversampling : bool
        Whether the result stays as finely sampled.
    padding : {"linear_ramp", "zeros"}
        The light beyond the borders: falling linearly from the border to 0 across half the PSF's size, or none.
    method : {"fft", "direct"}
        Fourier transforms, or a sum over the PSF's pixels. They agree to rounding, about 1e-15 of the brightest pixel;
        the sum is the faster one for PSFs of a few pixels and never gives negative light from positive.

    Returns
    -------
    ndarray, shape (ny, nx)
        Or the shape of `image`, with `keep_oversampling`.

    Raises
    ------
    InputError
        When `image` or `psf` is not an image of finite numbers, `image` is not made of whole pixels, or another argument
        is outside its range.
    """
    source = "convolve_image"
    cells = as_finite_image(image, source, "image")
    kernel = as_finite_image(psf, source, "psf")
    count = as_oversamp(psf_oversamp, source, "psf_oversamp")
    convolve = _convolution(kernel, cells.shape, padding, method, source)
    return convolve(cells) if keep_oversampling else block_sums(convolve(cells), count, source)


def convolve_func(
    func: Function,
    size: tuple[int, int],
    psf: Any,
    psf_oversamp: int = 1,
    order: int = 3,
    *,
    keep_oversampling: bool = False,
    adaptive: bool = False,
    precision: float = 1e-6,
    frac_refine: float = 0.1,
    k_max: int = 5,
    padding: str = "linear_ramp",
    method: str = "fft",
) -> Pix:
    """Makes a function of points into a function that gives its image as seen through a PSF.

    The light is integrated over cells as large as the PSF's pixels (see func_to_pix), convolved, and summed over the
    cells of each pixel.

    The PSF's centre is the geometric centre of its array, ((ny - 1) / 2, (nx - 1) / 2): of an even size, a corner or edge
    between pixels, half a PSF pixel before the one that gaxel.Psf and `convolve_image` take. An even PSF would shift the
    image by that half pixel; the light is sampled on cells that are shifted the other way, so that nothing moves.

    Parameters
    ----------
    func, size, order, adaptive, precision, frac_refine, k_max
        As in func_to_pix; refinement is of cells.
    psf : array_like, shape (any, any)
        The PSF, used as it is: normalise it to sum 1 to keep the flux.
    psf_oversamp : int
        PSF pixels along a side of an image pixel, 1 to 200.
    keep_oversampling : bool
        Whether the image of the cells is returned instead of that of the pixels.
    padding, method : str
        As in convolve_image.

    Returns
    -------
    pix : callable
        pix(pars) -> ndarray, shape (ny, nx), or (ny psf_oversamp, nx psf_oversamp) with `keep_oversampling`.

    Raises
    ------
    InputError
        When an argument is outside its range; `pix` raises it when `func` raises, returns another shape or light that is
        not finite.
    """
    source = "convolve_func"
    shape, count = as_shape(size, source, "size"), as_oversamp(psf_oversamp, source, "psf_oversamp")
    kernel = as_finite_image(psf, source, "psf").copy()
    refinement = as_refinement(precision, frac_refine, k_max, source) if adaptive else None
    shift = tuple(-0.5 / count if extent % 2 == 0 else 0.0 for extent in kernel.shape)
    cells = cell_integrals(func, shape, count, order, refinement, shift, source)
    convolve = _convolution(kernel, (shape[0] * count, shape[1] * count), padding, method, source)

    def pix(pars: Any) -> Image:
        image = convolve(as_finite_image(cells(pars), source, "light"))
        return image if keep_oversampling else block_sums(image, count, source)

    return pix


def _convolution(
    psf: Image, shape: tuple[int, int], padding: str, method: str, source: str
) -> Callable[[Image], Image]:
    as_choice(padding, PADDINGS, source, "padding")
    as_choice(method, METHODS, source, "method")
    return make_convolution(psf, shape, padding, method)
