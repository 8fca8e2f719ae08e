"""Tiles of a survey: files opened once, of which only the needed sections are read."""

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS, FITSFixedWarning
from numpy.typing import NDArray

from gaxel._arrays import Image
from gaxel._errors import InputError, input_error, told_of_psf
from gaxel._psf import AnyPsf, GaussianPsf, Psf, VaryingPsf
from gaxel._varying_psf import Psfex
from gaxel.survey._broken import why_unreadable
from gaxel.survey.settings import BandSettings, Survey

Box = tuple[int, int, int, int]
"""x0, x1, y0, y1: 0-based pixels, the ends left out."""

_SECTION = r"\[(\d+):(\d+),(\d+):(\d+)\]"
_EXTENSION = r"\[(?!\d+:\d+,\d+:\d+\])([^\[\]]+)\]"


def tile_names(survey: Survey) -> list[str]:
    """Names of the tiles: those given, or all that the first band's image is found for; [""] where there is one image."""
    pattern = survey.bands[0].image
    if "{tile}" not in pattern:
        if survey.tiles.names:
            raise input_error(
                survey.source,
                "band[0].image",
                pattern,
                'names no "{tile}" although tiles.names are given',
                "{tile}",
            )
        return [""]
    if survey.tiles.names:
        return list(survey.tiles.names)
    file, *_ = _parts(pattern, survey.source, "band[0].image")
    found = set()
    whole = re.compile(
        re.escape(file).replace(re.escape("{tile}"), "(.+)", 1).replace(re.escape("{tile}"), r"\1")
    )
    for path in survey.folder.glob(file.replace("{tile}", "*")):
        match = whole.fullmatch(path.relative_to(survey.folder).as_posix())
        if match:
            found.add(match.group(1))
    if not found:
        raise input_error(
            survey.source, "band[0].image", pattern, "no such files", "files with {tile} as any name"
        )
    return sorted(found)


def image_files(survey: Survey, tiles: list[str], *, of_places: bool = False) -> dict[str, Path]:
    """Every file of pixels or PSFs that the survey reads on these tiles, by its name in the configuration; or only those whose
    world coordinates give places."""
    files = {
        _parts(text, survey.source, f"band[{number}].{key}")[0]
        for number, band in enumerate(survey.bands[:1] if of_places else survey.bands)
        for key in (("image",) if of_places else ("image", "sigma", "mask", "psf"))
        if isinstance(text := getattr(band, key), str)
    }
    named = {file.replace("{tile}", tile) for file in files for tile in tiles}
    return {one: survey.path(one) for one in sorted(named)}


def _parts(text: str, source: str, key: str) -> tuple[str, int | str | None, Box | None]:
    """File, extension and section of "image.fits[SCI][1:49,1:49]", the ends of whose section count from 1 and belong to it.

    Raises
    ------
    InputError
        Names the source, the key and the text where a section is not of that form or not at the end.
    """
    match = re.fullmatch(f"(.*?)(?:{_EXTENSION})?(?:{_SECTION})?", text, re.DOTALL)
    assert match is not None  # the pattern takes any text
    file, extension = match.group(1), match.group(2)
    # Names of extensions may hold colons, but not be made of what sections are.
    is_section = extension is not None and re.fullmatch(r"[-+\d\s:,*]*[:,*][-+\d\s:,*]*", extension)
    if is_section or re.search(r"\[[^\[\]]*:[^\[\]]*\]$", file):
        raise input_error(
            source,
            key,
            text,
            "not a section, or not at the end",
            "[x0:x1,y0:y1], whole numbers without blanks",
        )
    section = None
    if match.group(3):
        x0, x1, y0, y1 = map(int, match.groups()[2:])
        section = x0 - 1, x1, y0 - 1, y1
    return file, int(extension) if extension and extension.isdigit() else extension, section


class _Pixels:
    """An image, or a stack of them, in a FITS file."""

    def __init__(self, survey: Survey, key: str, text: str, tile: str) -> None:
        self.where = f"{survey.source}: {key} of tile {tile!r}" if tile else f"{survey.source}: {key}"
        name, extension, section = _parts(text.replace("{tile}", tile), self.where, "file")
        self._path = path = survey.path(name)
        try:
            # Not mapped into memory: pages that were once touched would count as a worker's until the file is closed.
            self._file = fits.open(path, memmap=False)
            units = [self._file[extension]] if extension is not None else list(self._file)
        except (OSError, KeyError, IndexError) as error:
            raise self._unreadable(error) from None
        images = [unit for unit in units if unit.is_image and len(unit.shape) in (2, 3)]
        if not images:
            raise input_error(
                self.where, "file", str(path), "holds no image", "2 axes, or 3 where it is a stack"
            )
        self._unit = images[0]
        self.header = self._unit.header.copy()
        ny, nx = self._unit.shape[-2:]
        x0, x1, y0, y1 = section or (0, nx, 0, ny)
        if not (0 <= x0 < x1 <= nx and 0 <= y0 < y1 <= ny):
            raise input_error(self.where, "file", text, "no such section", f"[1:{nx},1:{ny}] at most")
        self._first = x0, y0
        self.shape: tuple[int, int] = (y1 - y0, x1 - x0)
        for card, first in (("CRPIX1", x0), ("CRPIX2", y0)):
            if first and card in self.header:
                self.header[card] -= first
        self.planes = self._unit.shape[0] if len(self._unit.shape) == 3 else 0

    def read(self, box: Box, plane: int) -> Image:
        x0, x1, y0, y1 = box
        if bool(self.planes) != (plane >= 0) or plane >= max(self.planes, 1):
            raise input_error(self.where, "plane", plane, "no such plane", f"{self.planes} planes")
        left, below = self._first
        index = (slice(y0 + below, y1 + below), slice(x0 + left, x1 + left))
        try:
            found = self._unit.section[(plane, *index) if self.planes else index]
        except Exception as error:  # of kinds that depend on how the pixels are stored
            raise self._unreadable(error) from None
        return np.ascontiguousarray(found, dtype=np.float64)

    def _unreadable(self, error: Exception) -> InputError:
        return input_error(
            self.where, "file", str(self._path), why_unreadable(self._path, error), "a FITS image"
        )

    def close(self) -> None:
        self._file.close()


class Tile:
    """The images of one tile in all bands."""

    def __init__(self, survey: Survey, name: str) -> None:
        self.name = name
        self._survey = survey
        self._open: dict[tuple[str, str], _Pixels] = {}
        self._psfs: dict[tuple[str, int], AnyPsf | VaryingPsf | None] = {}
        first = self.pixels(survey.bands[0], "image")
        assert first is not None  # the key is needed
        self.shape = first.shape
        self.planes = first.planes
        self._header = first.header

    def __enter__(self) -> "Tile":
        return self

    def __exit__(self, *_: object) -> None:
        for pixels in self._open.values():
            pixels.close()

    def pixels(self, band: BandSettings, key: str) -> _Pixels | None:
        """What a band's key names, opened; None where it names no file."""
        text = getattr(band, key)
        if not isinstance(text, str):
            return None
        if (band.name, key) not in self._open:
            opened = _Pixels(self._survey, f"{band.name}: {key}", text, self.name)
            self._open[band.name, key] = opened
            shape = getattr(self, "shape", opened.shape)
            if key != "psf" and opened.shape != shape:
                raise input_error(
                    opened.where, "shape", opened.shape, "unlike the first band's image", f"{shape}"
                )
        return self._open[band.name, key]

    def wcs(self) -> WCS | None:
        """Of the first band's image; None where it has none."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FITSFixedWarning)
            wcs = WCS(self._header, naxis=2)
        return wcs if wcs.has_celestial else None

    def psf(self, band: BandSettings, x: float, y: float, plane: int) -> AnyPsf | None:
        """A band's PSF at a position, or of a plane where there is a stack of PSFs."""
        key = band.name, plane if self._has_psf_stack(band) else -1
        if key not in self._psfs:
            if len(self._psfs) > len(self._survey.bands):  # those of other planes have had their turn
                self._psfs.clear()
            self._psfs[key] = self._read_psf(band, key[1])
        found = self._psfs[key]
        return found.at(x, y) if isinstance(found, VaryingPsf) else found

    def _has_psf_stack(self, band: BandSettings) -> bool:
        if not isinstance(band.psf, str) or band.psf.endswith(".psf"):
            return False
        pixels = self.pixels(band, "psf")
        return pixels is not None and pixels.planes > 0

    def _read_psf(self, band: BandSettings, plane: int) -> AnyPsf | VaryingPsf | None:
        if band.psf is None or isinstance(band.psf, float):
            return None if band.psf is None else GaussianPsf(band.psf)
        with told_of_psf():  # as often as there are tiles
            if band.psf.endswith(".psf"):
                return Psfex(self._survey.path(band.psf.replace("{tile}", self.name)))
            pixels = self.pixels(band, "psf")
            assert pixels is not None  # it is a file's name
            ny, nx = pixels.shape
            pixel: Any = band.pixel_in_psf
            return Psf(pixels.read((0, nx, 0, ny), plane), band.psf_oversample, pixel_in_psf=pixel)

    def read(self, band: BandSettings, box: Box, plane: int) -> tuple[Image, Image, NDArray[np.bool_]]:
        """Data, sigma, and which pixels are bad."""
        image = self.pixels(band, "image")
        assert image is not None
        data = image.read(box, plane)
        bad = ~np.isfinite(data)
        mask = self.pixels(band, "mask")
        if mask is not None:
            bad |= mask.read(box, plane) != 0.0
        sigma, unknown = self._sigma(band, box, plane, data, bad)
        return np.where(bad, 0.0, data), sigma, bad | unknown

    def _sigma(
        self, band: BandSettings, box: Box, plane: int, data: Image, bad: NDArray[np.bool_]
    ) -> tuple[Image, NDArray[np.bool_]]:
        noise = self.pixels(band, "sigma")
        if noise is not None:
            given = noise.read(box, plane)
        else:
            given = np.full(data.shape, band.sigma if band.sigma is not None else difference_noise(data, bad))
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = {"sigma": np.square, "variance": np.positive, "weight": np.reciprocal}[band.noise](
                given
            )
        unknown = ~(np.isfinite(given) & (given > 0.0))
        if band.gain is not None and not bad.all():
            variance = variance + np.maximum(data - np.median(data[~bad]), 0.0) / band.gain
        return np.sqrt(np.where(unknown | bad, 1.0, variance)), unknown


def difference_noise(data: Image, bad: NDArray[np.bool_]) -> float:
    """Standard deviation of the noise from second differences along rows, two pixels apart, which smooth light does not
    reach: DER_SNR (Stoehr et al. 2008, ASP Conference Series 394, 505). NaN where there are too few pixels."""
    second = 2.0 * data[:, 2:-2] - data[:, :-4] - data[:, 4:]
    use = ~(bad[:, 2:-2] | bad[:, :-4] | bad[:, 4:])
    return float(1.482602 / np.sqrt(6.0) * np.median(np.abs(second[use]))) if use.any() else float("nan")
