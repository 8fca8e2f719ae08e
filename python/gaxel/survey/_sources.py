"""Sources of a survey, as a table in the pixels of their tiles."""

from typing import Any

import numpy as np
from astropy import units
from astropy.table import Table
from astropy.wcs import WCS
from numpy.typing import NDArray

from gaxel._errors import input_error
from gaxel._light import flux_of
from gaxel.survey._images import Tile
from gaxel.survey._keys import unknown
from gaxel.survey.settings import CatalogueSettings, Survey

SOURCE = np.dtype(
    [
        ("row", "i8"),  # in the catalogue
        ("tile", "i4"),  # in the list of tiles
        ("plane", "i4"),  # of a stack; -1: none
        ("x", "f8"),  # pixels, 0-based
        ("y", "f8"),
        ("kron", "f8"),  # semi-major axis of the Kron ellipse, pixels
        ("re", "f8"),
        ("n", "f8"),
        ("q", "f8"),
        ("theta", "f8"),
        ("flux", "f8"),  # counts in the first band
    ]
)
"""NaN: not known."""

Sources = NDArray[Any]

KRON_PER_RE = 3.0
"""2.5 Kron radii of an exponential disc, 1.19 re each (Graham & Driver 2005, PASA 22, 118)."""

_NO_MAGNITUDE = 90.0
"""99 and -99 stand for what was not measured (SExtractor)."""


def empty_sources(n: int) -> Sources:
    sources = np.zeros(n, SOURCE)
    for name, (kind, _) in SOURCE.fields.items():  # type: ignore[union-attr]
        if kind.kind == "f":
            sources[name] = np.nan
    sources["plane"] = -1
    return sources


def complete_sizes(sources: Sources, default: float) -> Sources:
    """The same with a Kron ellipse for each: from re where it is not given, and a default where nothing is."""
    known = np.where(sources["kron"] > 0.0, sources["kron"], KRON_PER_RE * sources["re"])
    sources["kron"] = np.where(np.isfinite(known) & (known > 0.0), known, default)
    return sources


def read_catalogue(survey: Survey, tiles: list[str]) -> tuple[Sources, NDArray[Any], dict[str, str]]:
    """Sources of the survey's catalogue; their ids: column `id`, or 0, 1, ...; and tiles that are left out, with why: those on which
    no position on the sky could be found, and, in the order in which sources count them behind `tiles`, names that are no tiles.

    Raises
    ------
    InputError
        Names the file, the key or column, the value and what is allowed; also where no row names a tile.
    """
    catalogue = survey.catalogue
    assert catalogue is not None
    table = _read_table(survey, catalogue)
    sources = empty_sources(len(table))
    sources["row"] = np.arange(len(table))
    column = _Columns(survey, catalogue, table)
    for name in ("kron", "re", "n", "q"):
        if getattr(catalogue, name) is not None:
            values = column.numbers(name)
            possible = (values > 0.0) & ((values <= 1.0) | (name != "q"))
            sources[name] = np.where(possible, values, np.nan)
    if catalogue.mag is not None:
        mag = column.numbers("mag")
        mag = np.where(np.abs(mag) < _NO_MAGNITUDE, mag, np.nan)
        sources["flux"] = flux_of(mag, survey.bands[0].zeropoint)
    if catalogue.pa is not None:
        sources["theta"] = np.radians(column.numbers("pa") + 90.0)
    if catalogue.plane is not None:
        sources["plane"] = column.numbers("plane").astype(np.int32)
    unknown_tiles: list[str] = []
    if catalogue.tile is not None:
        named = [str(name) for name in column.values("tile")]
        unknown_tiles = sorted(set(named) - set(tiles))
        if named and set(named) == set(unknown_tiles):
            raise input_error(column.source, f"{catalogue.tile}[0]", named[0], "no such tile", some(tiles))
        places = {name: i for i, name in enumerate([*tiles, *unknown_tiles])}
        sources["tile"] = [places[name] for name in named]
    if catalogue.x is not None:
        if catalogue.tile is None and len(tiles) > 1:
            raise input_error(
                survey.source,
                "catalogue.tile",
                None,
                "missing where there are several tiles",
                "a column's name",
            )
        sources["x"] = column.numbers("x") - catalogue.origin
        sources["y"] = column.numbers("y") - catalogue.origin
        skipped = {}
    else:
        sky = np.stack([column.numbers("ra"), column.numbers("dec")], axis=1)
        skipped = _place_on_tiles(survey, tiles, sources, sky, catalogue.tile is not None)
    skipped |= dict.fromkeys(unknown_tiles, f"no such tile ({some(tiles)})")
    ids = np.arange(len(table)) if catalogue.id is None else np.asarray(column.values("id"))
    return sources, ids.astype(ids.dtype.newbyteorder("=")), skipped


def _read_table(survey: Survey, catalogue: CatalogueSettings) -> Table:
    path = survey.path(catalogue.file)
    kinds = {".parquet": "parquet", ".fits": "fits", ".fit": "fits", ".gz": "fits", ".ecsv": "ascii.ecsv"}
    kind = kinds.get(path.suffix)
    if kind is None:
        raise input_error(survey.source, "catalogue.file", str(path), "not a known table", " ".join(kinds))
    try:
        if kind == "parquet":
            import pyarrow.parquet

            return Table(pyarrow.parquet.read_table(path).to_pydict())
        table = Table.read(path, format=kind)
        table.convert_bytestring_to_unicode()  # FITS has bytes
        return table
    except (OSError, ValueError) as error:
        raise input_error(
            survey.source,
            "catalogue.file",
            str(path),
            f"cannot be read: {error}",
            "a Parquet, FITS or ECSV table",
        ) from None


class _Columns:
    """The columns of a catalogue by the keys that name them."""

    def __init__(self, survey: Survey, catalogue: CatalogueSettings, table: Table) -> None:
        self._survey, self._catalogue, self._table = survey, catalogue, table
        self.source = str(survey.path(catalogue.file))

    def values(self, key: str) -> Any:
        name = getattr(self._catalogue, key)
        if name not in self._table.colnames:
            raise unknown(self._survey.source, f"catalogue.{key} = {name!r}", name, self._table.colnames)
        return self._table[name]

    def numbers(self, key: str) -> NDArray[np.float64]:
        """Missing ones are NaN."""
        column = self.values(key)
        name = getattr(self._catalogue, key)
        factor = self._factor(column, key, name)
        try:
            return factor * np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan)
        except (TypeError, ValueError):
            raise input_error(self.source, name, column.dtype, "not numbers", "a column of numbers") from None

    def _factor(self, column: Any, key: str, name: str) -> float:
        """Of a column's unit, if it has one, in the unit of the key."""
        wanted = _UNITS.get(key)
        unit = getattr(column, "unit", None)
        if unit is None or wanted is None or units.Unit(unit) == units.dimensionless_unscaled:
            return 1.0
        try:
            return float(units.Unit(unit).to(wanted))
        except (units.UnitConversionError, TypeError, ValueError):
            raise input_error(self.source, name, unit, "in another unit", str(wanted)) from None


_UNITS = {key: units.pix for key in ("x", "y", "kron", "re")} | {
    key: units.deg for key in ("ra", "dec", "pa")
}


def _place_on_tiles(
    survey: Survey, tiles: list[str], sources: Sources, sky: NDArray[np.float64], is_tile_known: bool
) -> dict[str, str]:
    """Pixels of positions on the sky; where the tile is not known, in the one whose edges are farthest. Returns tiles that could
    not be read, with why."""
    depth = np.full(len(sources), -np.inf)
    skipped = {}
    for number, name in enumerate(tiles):
        try:
            with Tile(survey, name) as tile:
                wcs, (ny, nx) = tile.wcs(), tile.shape
        except Exception as error:  # of one tile; the others have places
            skipped[name] = f"{type(error).__name__}: {error}"
            if len(skipped) == len(tiles):
                raise
            continue
        if wcs is None:
            raise input_error(
                survey.source, "catalogue.ra", name, "the tile has no world coordinates", "x and y"
            )
        rows = np.flatnonzero(sources["tile"] == number) if is_tile_known else _near(wcs, (ny, nx), sky)
        if len(rows) == 0:
            continue
        x, y = wcs.world_to_pixel_values(sky[rows, 0], sky[rows, 1])
        own = np.minimum.reduce([x + 0.5, nx - 0.5 - x, y + 0.5, ny - 0.5 - y])
        better = np.nan_to_num(own, nan=-np.inf) > (
            -np.inf if is_tile_known else np.maximum(depth[rows], 0.0)
        )
        rows, x, y, own = rows[better], x[better], y[better], own[better]
        sources["x"][rows], sources["y"][rows], sources["tile"][rows], depth[rows] = x, y, number, own
    return skipped


def drop_doubles(survey: Survey, tiles: list[str], sources: Sources) -> Sources:
    """Without sources that lie deeper inside another tile than the one they were found on; all, where tiles have no world
    coordinates."""
    present, found_on = np.unique(sources["tile"], return_inverse=True)
    names = [tiles[number] for number in present]
    sky = np.full((len(sources), 2), np.nan)
    for number, name in enumerate(names):
        with Tile(survey, name) as tile:
            wcs = tile.wcs()
        if wcs is None:
            return sources
        own = found_on == number
        sky[own] = np.stack(wcs.pixel_to_world_values(sources["x"][own], sources["y"][own]), axis=1)
    placed = empty_sources(len(sources))
    skipped = _place_on_tiles(survey, names, placed, sky, False)
    return sources[(placed["tile"] == found_on) | np.isin(np.array(names)[found_on], list(skipped))]


def _near(wcs: WCS, shape: tuple[int, int], sky: NDArray[np.float64]) -> NDArray[Any]:
    """Rows within the circle around a tile's middle that goes through its farthest corner."""
    ny, nx = shape
    corners = wcs.pixel_to_world_values(
        [0.5 * (nx - 1), -0.5, nx - 0.5, -0.5, nx - 0.5], [0.5 * (ny - 1), -0.5, -0.5, ny - 0.5, ny - 0.5]
    )
    middle, *outside = _unit_vectors(np.stack(corners, axis=1))
    least = min(float(middle @ corner) for corner in outside)
    return np.flatnonzero(_unit_vectors(sky) @ middle >= least - 1e-12)


def _unit_vectors(sky: NDArray[np.float64]) -> NDArray[np.float64]:
    ra, dec = np.radians(sky).T
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=1)


def some(names: list[str]) -> str:
    """The first of them."""
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
