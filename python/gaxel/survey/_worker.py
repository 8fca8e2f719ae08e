"""What runs on a worker: some galaxies of one tile."""

import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gaxel.survey import _columns
from gaxel.survey._galaxy import fit_galaxy
from gaxel.survey._images import Tile
from gaxel.survey._sources import Sources
from gaxel.survey.settings import Survey


@dataclass(frozen=True)
class Piece:
    """A task: galaxies of one tile."""

    chunk: int
    tile: str
    targets: Sources
    sources: Sources
    """Those that may reach into a cut-out."""

    def split(self, count: int) -> "list[Piece]":
        """At most so many pieces of it, none empty."""
        parts = np.array_split(self.targets, min(count, len(self.targets)))
        return [Piece(self.chunk, self.tile, part, self.sources) for part in parts]


@dataclass(frozen=True)
class Outcome:
    """What became of a task."""

    rows: list[dict[str, Any]]
    cpu_seconds: float
    peak_mib: float
    """Largest resident memory of the worker until then."""


def fit_piece(survey: Survey, piece: Piece) -> Outcome:
    """Fit each galaxy; one that fails gives a row that says so."""
    began = time.process_time()
    try:
        with Tile(survey, piece.tile) as tile:
            rows = [fit_galaxy(survey, tile, target, piece.sources)[0] for target in piece.targets]
            _add_sky(tile, rows)
    except Exception as error:  # a file that cannot be read must not end the survey
        rows = failed_rows(piece, f"{type(error).__name__}: {error}")
    for row, target in zip(rows, piece.targets, strict=True):
        row |= {"tile": piece.tile, "plane": int(target["plane"]) if target["plane"] >= 0 else None}
    return Outcome(rows, time.process_time() - began, peak_mib())


def peak_mib() -> float:
    """Largest resident memory of this process until now, MiB."""
    try:
        # Linux' ru_maxrss is that of the parent, where that was larger when it started this process.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) / 2**10
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
            2**20 if sys.platform == "darwin" else 2**10
        )


def failed_rows(piece: Piece, reason: str) -> list[dict[str, Any]]:
    """A row for each galaxy, without values."""
    return [
        {
            **_columns.failed(int(target["row"]), reason),
            "tile": piece.tile,
            "plane": int(target["plane"]) if target["plane"] >= 0 else None,
        }
        for target in piece.targets
    ]


def _add_sky(tile: Tile, rows: list[dict[str, Any]]) -> None:
    wcs = tile.wcs()
    placed = [row for row in rows if "x" in row]
    if wcs is None or not placed:
        return
    pixels = np.array([[row["x"] - 1.0, row["y"] - 1.0] for row in placed])
    for row, ra, dec in zip(placed, *wcs.pixel_to_world_values(*pixels.T), strict=True):
        row |= {"ra": float(ra), "dec": float(dec)}
