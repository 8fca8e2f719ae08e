"""The folder of results. Every file in it is written beside its place and moved there whole: it is complete or absent."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gaxel import __version__
from gaxel._errors import input_error
from gaxel.survey._flags import Flag
from gaxel.survey._images import image_files
from gaxel.survey._sources import Sources, empty_sources
from gaxel.survey.settings import Survey, as_dict

PLAN, SOURCES, PARTS, RESULTS, REPORT = (
    "plan.json",
    "sources.parquet",
    "parts",
    "results.parquet",
    "report.html",
)
METADATA = b"gaxel"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a process that is killed meanwhile leaves the old one, or none."""
    with _beside(path) as part:
        part.write_bytes(data)


class _beside:
    """A path beside another one, to be written in a block and moved there at its end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.{os.getpid()}")

    def __enter__(self) -> Path:
        return self._part

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is not None:
            self._part.unlink(missing_ok=True)
            return
        with open(self._part, "rb") as written:
            os.fsync(written.fileno())
        os.replace(self._part, self._path)


def write_table(table: pa.Table, path: Path, facts: dict[str, Any]) -> None:
    """A table as Parquet, with facts about it as JSON in its metadata."""
    described = table.replace_schema_metadata({METADATA: json.dumps(facts).encode()})
    with _beside(path) as part:
        pq.write_table(described, part)


def facts_of(schema: pa.Schema) -> dict[str, Any]:
    """The facts that write_table stored."""
    found: dict[str, Any] = json.loads(schema.metadata[METADATA])
    return found


class Output:
    """The folder of a survey's results."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.folder = survey.output

    def path(self, name: str) -> Path:
        return self.folder / name

    def part(self, chunk: int) -> Path:
        return self.folder / PARTS / f"part-{chunk:06d}.parquet"

    def open(self, tiles: list[str], restart: bool, retry: bool) -> None:
        """Make the folder, or check that what it holds is of the same survey. With `restart` what it holds is removed; with
        `retry` that of chunks with galaxies that failed, and of tiles of which files have changed.

        Raises
        ------
        InputError
            Names what differs.
        """
        plan = self._plan(tiles)
        if restart:
            self._clear()
        elif self.path(PLAN).exists() and not self._has_results(plan):
            for name in (PLAN, SOURCES):
                self.path(name).unlink(missing_ok=True)
        try:
            (self.folder / PARTS).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise input_error(
                self.survey.source, "output", str(self.folder), error.strerror or "cannot be made", "a folder"
            ) from None
        for left in (*self.folder.glob(".*.parquet.*"), *(self.folder / PARTS).glob(".*.parquet.*")):
            left.unlink(missing_ok=True)
        file = self.path(PLAN)
        if file.exists():
            before = self._earlier_plan()
            changed = _differences(before["images"], plan["images"])
            if retry:
                self._check_mended(tiles, plan["images"], changed)
                before["images"] = plan["images"]
            different = _differences(before, plan)
            if different:
                others = ["the same survey", "another folder"]
                if not retry and all(name.startswith("images.") for name in different):
                    others.append("retry (--retry)")
                raise input_error(
                    self.survey.source, "output", str(self.folder),
                    f"holds results of another survey; different: {', '.join(different)}",
                    f"{', '.join(others)}, or restart (--restart), which removes them",
                )  # fmt: skip
            if retry:
                self._drop_failed(tiles, changed)
        if retry or not file.exists():
            write_whole(file, json.dumps(plan, indent=1).encode())

    def _has_results(self, plan: dict[str, Any]) -> bool:
        """Whether the folder holds rows, or at least sources of the same survey."""
        if any((self.folder / PARTS).glob("part-*.parquet")):
            return True
        return self.path(SOURCES).exists() and self._earlier_plan() == plan

    def _earlier_plan(self) -> dict[str, Any]:
        try:
            plan: dict[str, Any] = json.loads(self.path(PLAN).read_text(encoding="utf-8"))
        except ValueError as error:
            raise input_error(
                self.survey.source, "output", str(self.folder), f"its file {PLAN} is damaged: {error}",
                "restart (--restart), which removes what is there",
            ) from None  # fmt: skip
        return plan

    def _clear(self) -> None:
        for name in (PLAN, SOURCES, RESULTS, REPORT):
            self.path(name).unlink(missing_ok=True)
        shutil.rmtree(self.path(PARTS), ignore_errors=True)

    def _check_mended(self, tiles: list[str], present: dict[str, Any], changed: list[str]) -> None:
        """Raises InputError where a file is gone, or one has changed that galaxies were found by."""
        catalogue = self.survey.catalogue
        found_by = image_files(self.survey, tiles, of_places=catalogue is not None)
        for name in changed:
            if name not in present:
                raise input_error(
                    self.survey.source, "output", str(self.folder),
                    f"the file {name!r} of the earlier run is missing", "the same files, mended",
                )  # fmt: skip
            if name in found_by and (catalogue is None or catalogue.ra is not None):
                raise input_error(
                    self.survey.source, "output", str(self.folder),
                    f"the file {name!r} has changed, by which galaxies were found", "restart (--restart)",
                )  # fmt: skip

    def _drop_failed(self, tiles: list[str], changed: list[str]) -> None:
        """Remove chunks with a galaxy that failed, or of a tile with one of the `changed` files."""
        for name in (RESULTS, REPORT):
            self.path(name).unlink(missing_ok=True)
        anew = {tile for tile in tiles if not set(changed).isdisjoint(image_files(self.survey, [tile]))}
        for part in (self.folder / PARTS).glob("part-*.parquet"):
            rows = self._read_part(part, ["flags", "tile"])
            failed = any(flags & Flag.FAILED for flags in rows["flags"].to_pylist())
            if failed or not anew.isdisjoint(rows["tile"].to_pylist()):
                part.unlink()

    def _plan(self, tiles: list[str]) -> dict[str, Any]:
        """What decides what the rows are."""
        survey = self.survey
        files = {}
        for name, path in image_files(survey, tiles).items():
            if path.exists():
                files[name] = [path.stat().st_size, path.stat().st_mtime_ns]
        plan = {"gaxel": __version__, "settings": as_dict(survey), "tiles": tiles, "images": files}
        if survey.catalogue is not None:
            path = survey.path(survey.catalogue.file)
            try:
                plan["catalogue"] = hashlib.sha256(path.read_bytes()).hexdigest()
            except OSError as error:
                raise input_error(
                    survey.source, "catalogue.file", str(path), error.strerror or "cannot be read", "a table"
                ) from None
        made: dict[str, Any] = json.loads(
            json.dumps(plan)
        )  # lists in the place of tuples, as when read again
        return made

    def write_sources(
        self, tiles: list[str], sources: Sources, ids: NDArray[Any], skipped: dict[str, str]
    ) -> None:
        """Sources as a table: FITS pixels, position angles from +y; and the tiles that were left out, with why. Sources count among
        `tiles` and, behind them, those left out that are none."""
        columns = {name: sources[name] for name in ("row", "plane", "kron", "re", "n", "q", "flux")}
        columns |= {"id": ids, "tile": np.array(_with_unknown(tiles, skipped), object)[sources["tile"]]}
        columns |= {
            "x": sources["x"] + 1.0,
            "y": sources["y"] + 1.0,
            "pa": np.degrees(sources["theta"]) - 90.0,
        }
        order = ("row", "id", "tile", "plane", "x", "y", "kron", "re", "n", "q", "pa", "flux")
        write_table(
            pa.table({name: columns[name] for name in order}), self.path(SOURCES), {"skipped": skipped}
        )

    def named_tiles(self, tiles: list[str]) -> list[str]:
        """What sources count their tiles in: the tiles, and names of the catalogue that are none."""
        return _with_unknown(tiles, self.skipped_tiles())

    def read_sources(self, tiles: list[str]) -> tuple[Sources, pa.Array]:
        """Sources and ids as write_sources wrote them."""
        table = pq.read_table(self.path(SOURCES))
        sources = empty_sources(len(table))
        for name in ("row", "plane", "kron", "re", "n", "q", "flux"):
            sources[name] = table[name].to_numpy()
        sources["x"], sources["y"] = table["x"].to_numpy() - 1.0, table["y"].to_numpy() - 1.0
        sources["theta"] = np.radians(table["pa"].to_numpy() + 90.0)
        places = {name: i for i, name in enumerate(self.named_tiles(tiles))}
        sources["tile"] = [places[name] for name in table["tile"].to_pylist()]
        return sources, table["id"].combine_chunks()

    def skipped_tiles(self) -> dict[str, str]:
        """Tiles that were left out, and why."""
        found: dict[str, str] = facts_of(pq.read_schema(self.path(SOURCES)))["skipped"]
        return found

    def _read_part(self, path: Path, columns: list[str] | None = None) -> pa.Table:
        try:
            return pq.read_table(path, columns=columns)
        except pa.ArrowInvalid as error:
            raise input_error(
                self.survey.source,
                "output",
                str(path),
                f"is damaged: {error}",
                "removed, its galaxies are fitted again",
            ) from None

    def merge(self, chunks: int) -> pa.Table:
        """All parts as one table in the order of the catalogue, written to `results.parquet`."""
        parts = [self._read_part(self.part(chunk)) for chunk in range(chunks)]
        facts = [facts_of(part.schema) for part in parts]
        whole = pa.concat_tables([part.replace_schema_metadata() for part in parts]).sort_by("row")
        summed = {
            "gaxel": __version__,
            "cpu_seconds": sum(one["cpu_seconds"] for one in facts),
            "peak_mib": max(one["peak_mib"] for one in facts),
        }
        write_table(whole, self.path(RESULTS), summed)
        return whole


def _with_unknown(tiles: list[str], skipped: dict[str, str]) -> list[str]:
    known = set(tiles)
    return [*tiles, *(name for name in skipped if name not in known)]


def _differences(before: dict[str, Any], now: dict[str, Any], where: str = "") -> list[str]:
    """Keys under which two plans differ."""
    found = []
    for name in sorted({*before, *now}):
        one, other = before.get(name), now.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            found += _differences(one, other, f"{where}{name}.")
        elif one != other:
            found.append(where + name)
    return found
