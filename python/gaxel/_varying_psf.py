"""Point spread functions that change over the image."""

import os
from collections.abc import Iterable
from typing import Any

from gaxel import _core
from gaxel._arrays import Image, as_float, as_int, as_items, as_point, as_unmasked_image
from gaxel._errors import input_error, shown
from gaxel._psf import CENTER, PixelInPsf, VaryingPsf, _as_pixel


class PsfGrid(VaryingPsf):
    """A point spread function known at positions that form a rectangular grid. Immutable and picklable.

    Between the positions the images, each normalised to sum 1, are interpolated bilinearly; outside the grid the PSF is
    that of the nearest point of its border. A component is seen through the PSF at its centre; in a fit, at the centre
    where it starts.

    Parameters
    ----------
    images : iterable of array_like, all of one shape (ny, nx)
        The PSFs; need not be normalised.
    positions : iterable of (float, float)
        Where each holds: (x, y), 0-based pixels. Every x with every y, in any order.
    oversample : float
        PSF pixels per data pixel along each axis.
    center : (float, float), optional
        As in Psf, for all images.
    pixel_in_psf : {"own", "data", "none"} or bool
        As in Psf, for all images.

    Raises
    ------
    InputError
        When the positions form no grid or the images differ in shape, and for images that Psf refuses.
    """

    __slots__ = ("_arguments",)
    _arguments: tuple[Any, ...]

    def __init__(
        self,
        images: Iterable[Any],
        positions: Iterable[tuple[float, float]],
        oversample: float = 1.0,
        center: tuple[float, float] | None = None,
        pixel_in_psf: PixelInPsf | bool = "own",
    ) -> None:
        source = "PsfGrid"
        kernels: list[Image] = [
            as_unmasked_image(image, source, "images").copy()
            for image in as_items(images, source, "images", "a list of images")
        ]
        place = "(x, y), 0-based pixels"
        places = [
            as_point(position, source, "positions", place)
            for position in as_items(positions, source, "positions", f"a list of {place}")
        ]
        if len(places) != len(kernels):
            raise input_error(
                source, "positions", f"{len(places)} positions", "not one for each image", f"{len(kernels)}"
            )
        step = as_float(oversample, source, "oversample", "PSF pixels per data pixel")
        middle = None if center is None else as_point(center, source, "center", CENTER)
        pixel = _as_pixel(pixel_in_psf)
        self._arguments = (kernels, places, step, middle, pixel)
        self._core = _core.grid_psf(kernels, places, step, *(middle or (None, None)), pixel)

    def __repr__(self) -> str:
        kernels, places, step, _, pixel = self._arguments
        n = len(kernels)
        return f"PsfGrid({n} images of shape {kernels[0].shape}, {places[0]} to {places[-1]}, oversample={step:g}, pixel_in_psf={pixel!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return PsfGrid, self._arguments


class Psfex(VaryingPsf):
    """A PSF model that PSFEx wrote: a polynomial in the position [1]_. Immutable and picklable.

    Its images hold the pixels of the data. A component is seen through the PSF at its centre; in a fit, at the centre
    where it starts. Far from the stars that it was made from the polynomial goes where it likes.

    Parameters
    ----------
    path : path-like
        The .psf file: FITS, with a table PSF_DATA.
    origin : (int, int)
        Column and row, 0-based, of the image that the model was made for which are the first ones of the images to be
        rendered or fitted: (0, 0) unless these are cutouts.

    Raises
    ------
    InputError
        When the file is no such model, or depends on something other than X_IMAGE and Y_IMAGE.

    References
    ----------
    .. [1] E. Bertin (2011), ASP Conference Series 442, 435.
    """

    __slots__ = ("_arguments",)
    _arguments: tuple[str, tuple[int, int]]

    def __init__(self, path: str | os.PathLike[str], origin: tuple[int, int] = (0, 0)) -> None:
        try:
            column, row = origin
        except (TypeError, ValueError):
            raise input_error("Psfex", "origin", repr(origin), "not a pixel", "(column, row)") from None
        first = as_int(column, "Psfex", "origin", 0), as_int(row, "Psfex", "origin", 0)
        try:
            file = os.fsdecode(path)
        except TypeError:
            raise input_error("Psfex", "path", shown(path), "not a path", "that of a .psf file") from None
        self._arguments = (file, first)
        self._core = _core.read_psfex(file, *first)

    def __repr__(self) -> str:
        path, origin = self._arguments
        return f"Psfex({path!r}, origin={origin})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Psfex, self._arguments
