"""What a survey is: its images, catalogue and rules. Read from TOML; docs/survey.md explains every key."""

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gaxel._errors import input_error, shown
from gaxel.survey._keys import (
    TEXT,
    TEXTS,
    VARIATIONS,
    choice,
    either,
    fill,
    integer,
    interval,
    key,
    number,
    unknown,
)


@dataclass(frozen=True)
class BandSettings:
    """[[band]]: where a band's images are. "{tile}" in a file's name stands for the name of each tile; "[EXT]" behind
    it for an extension's name or number, "[x0:x1,y0:y1]" for a section."""

    name: str = key(TEXT)
    image: str = key(TEXT)
    sigma: str | float | None = key(either(number(0.0, above=True), TEXT), None)
    noise: str = key(choice("sigma", "variance", "weight"), "sigma")
    gain: float | None = key(number(0.0, above=True), None)
    mask: str | None = key(TEXT, None)
    psf: str | float | None = key(either(number(0.0, above=True), TEXT), None)
    psf_oversample: float = key(number(0.25, 64.0), 1.0)
    pixel_in_psf: str = key(choice("own", "data", "none"), "own")
    zeropoint: float = key(number(), 0.0)
    wavelength: float | None = key(number(0.0, above=True), None)


@dataclass(frozen=True)
class TileSettings:
    """[tiles]: their names; left out, all that the first band's image is found for."""

    names: tuple[str, ...] = key(TEXTS, ())


@dataclass(frozen=True)
class CatalogueSettings:
    """[catalogue]: a table of sources and the names of its columns. Left out, sources are detected."""

    file: str = key(TEXT)
    id: str | None = key(TEXT, None)
    tile: str | None = key(TEXT, None)
    plane: str | None = key(TEXT, None)
    x: str | None = key(TEXT, None)
    y: str | None = key(TEXT, None)
    ra: str | None = key(TEXT, None)
    dec: str | None = key(TEXT, None)
    origin: int = key(integer(0, 1), 1)
    mag: str | None = key(TEXT, None)
    kron: str | None = key(TEXT, None)
    re: str | None = key(TEXT, None)
    n: str | None = key(TEXT, None)
    q: str | None = key(TEXT, None)
    pa: str | None = key(TEXT, None)


@dataclass(frozen=True)
class DetectionSettings:
    """[detection]: how sep finds sources where there is no catalogue."""

    band: str | None = key(TEXT, None)
    threshold: float = key(number(0.0, above=True), 2.0)
    min_area: int = key(integer(1, 10**6), 8)
    background_box: int = key(integer(8, 10**5), 64)
    deblend_levels: int = key(integer(1, 64), 32)
    deblend_contrast: float = key(number(0.0, 1.0), 0.005)


@dataclass(frozen=True)
class CutoutSettings:
    """[cutout]: how large the image is that is fitted around a galaxy, pixels along a side."""

    factor: float = key(number(1.0, 20.0), 2.5)
    min_size: int = key(integer(8, 2048), 32)
    max_size: int = key(integer(8, 2048), 256)


@dataclass(frozen=True)
class NeighbourSettings:
    """[neighbours]: which sources are fitted with a galaxy; all others are masked."""

    max_fitted: int = key(integer(0, 20), 5)
    fainter: float = key(number(0.0, 20.0), 3.0)
    overlap: float = key(number(0.0, 10.0), 2.0)
    mask_scale: float = key(number(0.0, 10.0), 2.0)


@dataclass(frozen=True)
class FitSettings:
    """[fit]: bounds of the parameters, and how exact and how long."""

    re: tuple[float, float] = key(interval(0.01, 1e4), (0.2, 400.0))
    n: tuple[float, float] = key(interval(0.1, 20.0), (0.2, 8.0))
    q: tuple[float, float] = key(interval(0.01, 1.0), (0.05, 1.0))
    shift: float = key(number(0.0, above=True), 5.0)
    vary: dict[str, int | str] = key(VARIATIONS, {})
    rtol: float = key(number(1e-12, 1e-1), 1e-4)
    atol: float = key(number(1e-15, 1e-3), 1e-7)
    ftol: float = key(number(1e-15, 1e-2), 1e-6)
    max_iterations: int = key(integer(1, 10**6), 100)
    max_seconds: float = key(number(0.0, above=True), 60.0)


@dataclass(frozen=True)
class RunSettings:
    """[run]: the local cluster, where no scheduler is given; how many galaxies make one task."""

    chunk: int = key(integer(1, 10**5), 200)
    workers: int | None = key(integer(1, 4096), None)
    memory: str = key(TEXT, "2GiB")


@dataclass(frozen=True)
class ReportSettings:
    """[report]: how many fits are shown."""

    worst: int = key(integer(0, 100), 8)
    examples: int = key(integer(0, 100), 8)


@dataclass(frozen=True)
class Survey:
    """A survey: what `read` makes of a configuration file, and `run` fits."""

    folder: Path
    """What relative paths start from."""
    output: Path
    bands: tuple[BandSettings, ...]
    tiles: TileSettings = field(default_factory=TileSettings)
    catalogue: CatalogueSettings | None = None
    detection: DetectionSettings = field(default_factory=DetectionSettings)
    cutout: CutoutSettings = field(default_factory=CutoutSettings)
    neighbours: NeighbourSettings = field(default_factory=NeighbourSettings)
    fit: FitSettings = field(default_factory=FitSettings)
    run: RunSettings = field(default_factory=RunSettings)
    report: ReportSettings = field(default_factory=ReportSettings)
    source: str = "survey"
    """What messages call it: the file's name."""

    def path(self, text: str) -> Path:
        """A path of the configuration; "{tile}" must be filled in before."""
        return self.folder / text


TABLES = {
    "tiles": TileSettings,
    "catalogue": CatalogueSettings,
    "detection": DetectionSettings,
    "cutout": CutoutSettings,
    "neighbours": NeighbourSettings,
    "fit": FitSettings,
    "run": RunSettings,
    "report": ReportSettings,
}


def read(path: str | os.PathLike[str], output: str | os.PathLike[str] | None = None) -> Survey:
    """A configuration file as a Survey.

    Parameters
    ----------
    path : path-like
        TOML; paths in it are relative to its folder.
    output : path-like, optional
        Folder for the results, in the place of the file's `output`.

    Raises
    ------
    InputError
        Names the file, the key, the value and what is allowed.
    """
    try:
        file = Path(path)
    except TypeError:
        raise input_error("survey.read", "path", shown(path), "not a path", "that of a TOML file") from None
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise input_error(str(file), "", None, error.strerror or "cannot be read", "a TOML file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise input_error(str(file), "", None, f"not TOML: {error}", "see docs/survey.md") from None
    return from_dict(given, folder=file.parent, output=output, source=str(file))


def from_dict(
    given: Mapping[str, Any],
    *,
    folder: str | os.PathLike[str] = ".",
    output: str | os.PathLike[str] | None = None,
    source: str = "survey",
) -> Survey:
    """A configuration given as a dictionary, in the shape that tomllib gives.

    Parameters
    ----------
    given : dict
    folder : path-like
        What relative paths start from.
    output : path-like, optional
        As in read.
    source : str
        What messages call it.

    Raises
    ------
    InputError
        As in read.
    """
    known = ["output", "band", *TABLES]
    for name in given:
        if name not in known:
            raise unknown(source, name, name, known)
    bands = _bands(given.get("band"), source)
    tables = {name: fill(made, given[name], source, name) for name, made in TABLES.items() if name in given}
    target = given.get("output", "results") if output is None else output
    if not isinstance(target, str | os.PathLike) or not os.fspath(target):
        raise input_error(source, "output", repr(target), "not a folder", TEXT.allowed)
    home = Path(folder)
    survey = Survey(
        folder=home,
        output=home / target if output is None else Path(target),
        bands=bands,
        source=source,
        **tables,
    )
    _check_together(survey)
    return survey


def _bands(given: Any, source: str) -> tuple[BandSettings, ...]:
    if not isinstance(given, list) or not given:
        raise input_error(source, "band", None, "missing", "a table [[band]] for each band")
    bands = tuple(fill(BandSettings, one, source, f"band[{i}]") for i, one in enumerate(given))
    names = [band.name for band in bands]
    for i, name in enumerate(names):
        if names.index(name) != i:
            raise input_error(source, f"band[{i}].name", name, "two bands have this name", "unique names")
    for i, band in enumerate(bands):
        if len(bands) > 1 and band.wavelength is None:
            raise input_error(
                source,
                f"band[{i}].wavelength",
                None,
                "missing",
                "a number above 0, where there are several bands",
            )
    return bands


def _check_together(survey: Survey) -> None:
    catalogue, source = survey.catalogue, survey.source
    if survey.cutout.min_size > survey.cutout.max_size:
        raise input_error(
            source,
            "cutout.min_size",
            survey.cutout.min_size,
            "above max_size",
            f"8 to {survey.cutout.max_size}",
        )
    names = [band.name for band in survey.bands]
    if survey.detection.band is not None and survey.detection.band not in names:
        raise input_error(source, "detection.band", survey.detection.band, "no such band", ", ".join(names))
    if len(survey.bands) == 1 and survey.fit.vary:
        raise input_error(
            source, "fit.vary", repr(survey.fit.vary), "there is one band only", "several bands"
        )
    if catalogue is None:
        return
    pixels = catalogue.x is not None and catalogue.y is not None
    sky = catalogue.ra is not None and catalogue.dec is not None
    if pixels == sky:
        raise input_error(
            source, "catalogue.x, y, ra, dec", None, "both or neither given", "x and y, or ra and dec"
        )
    if catalogue.plane is not None and sky:
        raise input_error(source, "catalogue.plane", catalogue.plane, "goes with x and y", "x and y")


def as_dict(survey: Survey) -> dict[str, Any]:
    """Everything that decides what the rows are; where they go and who computes them left out."""
    left_out = {"folder", "output", "source", "report"}
    given = {name: value for name, value in dataclasses.asdict(survey).items() if name not in left_out}
    given["run"] = {"chunk": survey.run.chunk}
    return given
