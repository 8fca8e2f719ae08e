"""Runs a survey on Dask: chunks of galaxies to workers, their rows to files."""

import asyncio
import contextlib
import logging
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import Any

import dask
import numpy as np
import pyarrow as pa
from dask.utils import parse_timedelta
from distributed import Client, Future, KilledWorker, LocalCluster, Security, as_completed
from distributed.comm import CommClosedError, connect
from distributed.utils import silence_logging_cmgr
from tqdm import tqdm

from gaxel._arrays import as_int
from gaxel._errors import input_error, shown
from gaxel.survey import _columns
from gaxel.survey._images import tile_names
from gaxel.survey._output import SOURCES, Output, write_table
from gaxel.survey._sources import Sources, complete_sizes, drop_doubles, empty_sources, read_catalogue, some
from gaxel.survey._worker import Outcome, Piece, failed_rows, fit_piece
from gaxel.survey.settings import Survey

SPLIT = 10  # parts of a task that its workers die of
TASKS_PER_THREAD = 3  # in flight: enough that no worker waits for the driver


def run(
    survey: Survey,
    *,
    client: Client | None = None,
    scheduler: str | None = None,
    workers: int | None = None,
    restart: bool = False,
    retry: bool = False,
    progress: bool = True,
    report: bool = True,
) -> pa.Table:
    """Fit every galaxy of a survey.

    Results are written to `survey.output` as they come. A run that was killed goes on where it was when it is started
    again with the same survey, and ends with the same table.

    Parameters
    ----------
    survey : Survey
        As `read` makes it of a file.
    client : distributed.Client, optional
        A cluster that runs already; it stays.
    scheduler : str, optional
        Address of a Dask scheduler, "tcp://host:8786". Without client and scheduler a local cluster is started; then
        a script must call this under `if __name__ == "__main__":`, as for any package that starts processes.
    workers : int, optional
        Processes of the local cluster, in the place of run.workers; default: one for each core.
    restart : bool
        Remove what an earlier run left in the folder.
    retry : bool
        Fit again, with the others of their chunks, galaxies that failed in an earlier run, and all of tiles whose files have
        changed since. Files by which galaxies were found may not have changed: any where they are detected, the first band's
        images where the catalogue has places on the sky.
    progress : bool
        Show a bar and the address of the dashboard (on stderr).
    report : bool
        Write report.html, too.

    Returns
    -------
    pyarrow.Table
        A row for each row of the catalogue, in its order; docs/survey.md explains the columns. They are FITS pixels and
        position angles, not parameters of components, which gaxel.components_from_table reads: docs/survey.md has the lines that
        make the ones of the others.

    Raises
    ------
    InputError
        The survey cannot be read, the folder holds another one's results, client or scheduler are of another kind, or no
        scheduler answers at the address. Failures of single galaxies are rows.
    ConnectionError
        The scheduler was lost in the middle; what was fitted is kept.
    """
    if not isinstance(survey, Survey):
        raise input_error(
            "run", "survey", shown(survey), "not a survey", "what gaxel.survey.read(path) gives"
        )
    if restart and retry:
        raise input_error("run", "retry", True, "restart leaves nothing to be tried again", "one of both")
    if client is not None and not isinstance(client, Client):
        raise input_error("run", "client", shown(client), "not a client of Dask", "a distributed.Client")
    if scheduler is not None and not isinstance(scheduler, str):
        allowed = 'an address, "tcp://host:8786"; of a cluster: client=distributed.Client(cluster)'
        raise input_error("run", "scheduler", shown(scheduler), "not an address", allowed)
    if workers is not None:
        workers = as_int(workers, "run", "workers", 1)
    output = Output(survey)
    tiles = tile_names(survey)
    output.open(tiles, restart, retry)
    if survey.catalogue is not None and not output.path(SOURCES).exists():
        _write_sources(output, tiles, *read_catalogue(survey, tiles))
    with _connected(survey, client, scheduler, workers) as connected, _told_if_lost():
        if progress and connected.dashboard_link:
            print(f"dashboard: {connected.dashboard_link}", file=sys.stderr)
        if progress and not connected.nthreads():
            print("no workers yet: waiting for some", file=sys.stderr)
        if not output.path(SOURCES).exists():
            _write_sources(output, tiles, *_detected(connected, survey, tiles))
        sources, ids = output.read_sources(tiles)
        pieces = make_pieces(survey, sources, output.named_tiles(tiles))
        _fit_all(connected, survey, output, tiles, pieces, ids, progress)
    table = output.merge(len(pieces))
    if report:
        from gaxel.survey._report import write_report

        write_report(survey)
    return table


@contextlib.contextmanager
def _connected(
    survey: Survey, client: Client | None, scheduler: str | None, workers: int | None
) -> Iterator[Client]:
    if client is not None:
        yield client
    elif scheduler is not None:
        with _client_of(survey, scheduler) as own:
            yield own
    else:
        with (
            LocalCluster(
                n_workers=workers or survey.run.workers,
                threads_per_worker=1,
                memory_limit=survey.run.memory,
                dashboard_address=":0",
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster) as own,
        ):
            yield own


def _client_of(survey: Survey, scheduler: str) -> Client:
    """A client of the scheduler at an address.

    Raises
    ------
    InputError
        Nothing answers there within Dask's setting distributed.comm.timeouts.connect, or no scheduler does.
    """
    try:
        with silence_logging_cmgr(logging.CRITICAL), ThreadPoolExecutor(1) as apart:
            told_elsewhere = dask.config.get("distributed.client.security-loader", None)  # how to connect
            if not scheduler.startswith("inproc:") and not told_elsewhere:
                apart.submit(asyncio.run, _greet(scheduler)).result()
            return Client(scheduler)
    except Exception as error:  # of kinds that depend on what is there
        raise input_error(
            survey.source, "scheduler", scheduler,
            f"no Dask scheduler can be reached there: {str(error) or type(error).__name__}",
            "the address of one that runs, tcp://host:8786",
        ) from None  # fmt: skip


@contextlib.contextmanager
def _told_if_lost() -> Iterator[None]:
    try:
        yield
    except (CancelledError, CommClosedError) as error:  # of tasks that were in flight, or of one that starts
        raise ConnectionError("the Dask scheduler was lost; another run goes on from here") from error


async def _greet(scheduler: str) -> None:
    """Raises what is wrong with an address; Client waits without end where something listens that says nothing."""
    seconds = parse_timedelta(dask.config.get("distributed.comm.timeouts.connect"))
    security = Security().get_connection_args("client")
    greeting = await asyncio.wait_for(connect(scheduler, **security), seconds + 1.0)
    await greeting.close()


def _write_sources(
    output: Output, tiles: list[str], sources: Sources, ids: Any, skipped: dict[str, str]
) -> None:
    survey = output.survey
    left_out = _left_out(skipped)
    for text in left_out:
        warnings.warn(text, stacklevel=3)
    if len(sources) == 0:
        key = "detect" if survey.catalogue is None else "catalogue"
        why = "".join(f"; {text}" for text in left_out)
        raise input_error(survey.source, key, None, f"there are no sources{why}", "at least one")
    complete = complete_sizes(sources, 0.5 * survey.cutout.min_size / survey.cutout.factor)
    output.write_sources(tiles, complete, ids, skipped)


def _left_out(skipped: dict[str, str]) -> list[str]:
    """Tiles that are left out, a sentence for each reason."""
    names: dict[str, list[str]] = {}
    for name, reason in skipped.items():
        names.setdefault(reason, []).append(repr(name))
    return [
        f"tile {own[0]} is left out: {reason}"
        if len(own) == 1
        else f"{len(own)} tiles are left out, {some(own)}: {reason}"
        for reason, own in names.items()
    ]


def _detected(client: Client, survey: Survey, tiles: list[str]) -> tuple[Sources, Any, dict[str, str]]:
    """Sources, ids, and tiles on which none could be looked for, with why."""
    from gaxel.survey._detect import detect

    found = [client.submit(detect, survey, name, i, pure=False) for i, name in enumerate(tiles)]
    parts, skipped = [empty_sources(0)], {}
    for name, future in zip(tiles, found, strict=True):
        try:
            parts.append(future.result())
        except CancelledError:  # the scheduler was lost, which says nothing of the tile
            raise
        except Exception as error:  # of one tile; the others go on
            skipped[name] = f"{type(error).__name__}: {error}"
    sources = drop_doubles(survey, tiles, np.concatenate(parts))
    sources["row"] = np.arange(len(sources))
    return sources, sources["row"], skipped


def make_pieces(survey: Survey, sources: Sources, tiles: list[str]) -> list[Piece]:
    """Tasks of galaxies that lie close together on one tile, each with all sources that may matter to it."""
    stripe = survey.cutout.max_size
    stripes = np.floor(np.nan_to_num(sources["y"]) / stripe)
    order = np.lexsort((sources["row"], sources["x"], stripes, sources["plane"], sources["tile"]))
    ordered = sources[order]
    pieces = []
    for number, name in enumerate(tiles):
        of_tile = ordered[
            np.searchsorted(ordered["tile"], number) : np.searchsorted(ordered["tile"], number, "right")
        ]
        for start in range(0, len(of_tile), survey.run.chunk):
            targets = of_tile[start : start + survey.run.chunk]
            pieces.append(Piece(len(pieces), name, targets, _around(targets, of_tile, survey)))
    return pieces


def _around(targets: Sources, of_tile: Sources, survey: Survey) -> Sources:
    """Sources whose ellipse may reach into a cut-out of a target."""
    low, high = targets["plane"].min(), targets["plane"].max()
    near = (of_tile["plane"] >= low) & (of_tile["plane"] <= high)
    reach = 0.5 * survey.cutout.max_size + max(survey.neighbours.mask_scale, 1.0) * of_tile["kron"] + 1.0
    if low < 0:
        for key in ("x", "y"):
            near &= of_tile[key] > np.nanmin(targets[key], initial=np.inf) - reach
            near &= of_tile[key] < np.nanmax(targets[key], initial=-np.inf) + reach
    return of_tile[near]


def _fit_all(
    client: Client,
    survey: Survey,
    output: Output,
    tiles: list[str],
    pieces: list[Piece],
    ids: pa.Array,
    progress: bool,
) -> None:
    total = sum(len(piece.targets) for piece in pieces)
    left = [piece for piece in pieces if not output.part(piece.chunk).exists()]
    done = total - sum(len(piece.targets) for piece in left)
    gathered = _Gathered(survey, output, ids)
    suspects: list[Piece] = []
    with tqdm(total=total, initial=done, unit="galaxy", disable=None if progress else True) as bar:

        def take(piece: Piece, outcome: Outcome) -> None:
            gathered.take(piece, outcome)
            bar.update(len(piece.targets))

        skipped, known = output.skipped_tiles(), set(tiles)
        for piece in left:
            if piece.tile not in known:
                gathered.expect(piece)
                take(piece, _no_outcome(piece, f"its tile {piece.tile!r}: {skipped[piece.tile]}"))
        for piece, future in _flights(client, survey, [one for one in left if one.tile in known]):
            gathered.expect(piece)
            outcome = _outcome(future)
            if outcome is None:
                suspects.append(piece)
            else:
                take(piece, outcome)
        # A worker that dies takes with it whatever waits there: only a task that is alone is known to be the cause.
        while suspects:
            piece = suspects.pop()
            outcome = _outcome(client.submit(fit_piece, survey, piece, pure=False))
            if outcome is not None:
                take(piece, outcome)
            elif len(piece.targets) > 1:
                suspects += piece.split(SPLIT)
            else:
                take(piece, _no_outcome(piece, "its worker died each time (memory, or a crash)"))


def _flights(client: Client, survey: Survey, pieces: list[Piece]) -> Iterator[tuple[Piece, Future]]:
    """Tasks as they end, of which a few for each thread are with the scheduler at a time."""
    waiting = iter(pieces)
    flying: dict[Future, Piece] = {}
    queue = as_completed()

    def fill() -> None:
        room = TASKS_PER_THREAD * max(sum(client.nthreads().values()), 1) - len(flying)
        for _, piece in zip(range(room), waiting, strict=False):
            future = client.submit(fit_piece, survey, piece, pure=False)
            flying[future] = piece
            queue.add(future)

    fill()
    for future in queue:
        yield flying.pop(future), future
        future.release()
        fill()


def _outcome(future: Future) -> Outcome | None:
    """What a task found; None where the workers that tried it died.

    Raises
    ------
    Exception
        What the task raised: a fault of gaxel or of the installation, since failures of galaxies are rows.
    """
    try:
        found: Outcome = future.result()
    except KilledWorker:
        return None
    return found


def _no_outcome(piece: Piece, reason: str) -> Outcome:
    return Outcome(failed_rows(piece, reason), 0.0, 0.0)


class _Gathered:
    """Rows of chunks that are not complete yet; a chunk is written when it is."""

    def __init__(self, survey: Survey, output: Output, ids: pa.Array) -> None:
        self._output = output
        self._ids = ids
        self._schema = _columns.schema(survey, ids.type)
        self._missing: dict[int, int] = {}
        self._outcomes: dict[int, list[Outcome]] = {}

    def expect(self, piece: Piece) -> None:
        self._missing[piece.chunk] = len(piece.targets)
        self._outcomes[piece.chunk] = []

    def take(self, piece: Piece, outcome: Outcome) -> None:
        chunk = piece.chunk
        self._outcomes[chunk].append(outcome)
        self._missing[chunk] -= len(piece.targets)
        if self._missing[chunk] > 0:
            return
        outcomes = self._outcomes.pop(chunk)
        rows = [{**row, "id": self._ids[row["row"]].as_py()} for one in outcomes for row in one.rows]
        facts = {
            "cpu_seconds": sum(one.cpu_seconds for one in outcomes),
            "peak_mib": max(one.peak_mib for one in outcomes),
        }
        write_table(_columns.to_table(rows, self._schema), self._output.part(chunk), facts)
