"""The summary of a survey as a page: distributions, flags, failures, worst fits, examples."""

import collections
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from gaxel._errors import input_error
from gaxel.survey import _pictures
from gaxel.survey._flags import Flag, flag_names
from gaxel.survey._galaxy import fit_galaxy
from gaxel.survey._images import Tile, tile_names
from gaxel.survey._output import REPORT, RESULTS, Output, facts_of, write_whole
from gaxel.survey._report_page import PAGE
from gaxel.survey._run import make_pieces
from gaxel.survey.settings import Survey

TITLES = {
    "mag": "magnitude",
    "re": "re (pixels)",
    "n": "Sersic index",
    "q": "axis ratio",
    "pa": "position angle (degrees from +y)",
    "chi2_dof": "chi2 / degrees of freedom",
    "chi2_ellipse": "chi2 / pixel in the ellipse",
    "seconds": "seconds a fit",
}
LOGARITHMIC = {"re", "n", "chi2_dof", "chi2_ellipse", "seconds"}
REASONS_SHOWN = 12


def write_report(survey: Survey) -> Path:
    """Write report.html into the folder of a survey's results. The fits that it shows are done again.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        There are no results.
    """
    output = Output(survey)
    file = output.path(RESULTS)
    if not file.exists():
        raise input_error(survey.source, "output", str(file), "there are no results", "a survey that has run")
    table = pq.read_table(file)
    columns = _columns_of(survey, table)
    is_failed = (columns["flags"].astype(int) & Flag.FAILED) != 0
    worst = _worst(columns, survey.report.worst)
    page = jinja2.Environment(autoescape=True).from_string(PAGE)
    text = page.render(
        survey=survey,
        title="A survey" if survey.source == Survey.source else f"Survey {survey.source}",
        facts=_facts(facts_of(table.schema), columns, is_failed),
        flags=_flag_counts(columns["flags"].astype(int)),
        skipped=output.skipped_tiles(),
        reasons=_reasons(table),
        distributions=_pictures.distributions(
            {name: (columns[name], name in LOGARITHMIC) for name in TITLES}, TITLES
        ),
        relation=_pictures.relation(
            columns["mag"], columns["re"], columns["n"], (TITLES["mag"], TITLES["re"], TITLES["n"])
        ),
        worst=_shown(survey, output, table, worst),
        examples=_shown(survey, output, table, _examples(columns, survey.report.examples, worst)),
    )
    write_whole(output.path(REPORT), text.encode())
    return output.path(REPORT)


def _columns_of(survey: Survey, table: Any) -> dict[str, NDArray[np.float64]]:
    """Columns as numbers; of several bands those of the first, where there is one for each."""
    first = survey.bands[0].name

    def numbers(name: str) -> NDArray[np.float64]:
        own = name if name in table.column_names else f"{name}_{first}"
        return np.asarray(pc.cast(table[own], "float64").to_numpy(), dtype=np.float64)

    columns = {name: numbers(name) for name in (*TITLES, "flags", "dof", "chi2") if name != "chi2_dof"}
    with np.errstate(divide="ignore", invalid="ignore"):
        columns["chi2_dof"] = columns["chi2"] / columns["dof"]
    return columns


def _facts(
    facts: dict[str, Any], columns: dict[str, NDArray[np.float64]], is_failed: NDArray[np.bool_]
) -> list[tuple[str, str]]:
    n = len(is_failed)
    clean = np.count_nonzero((columns["flags"].astype(int) & ~(Flag.NEIGHBOURS | Flag.AT_EDGE)) == 0)
    found = [
        ("galaxies", f"{n}"),
        ("fitted", f"{n - np.count_nonzero(is_failed)}"),
        ("nothing to remark but neighbours or an edge", f"{clean} ({100.0 * clean / n:.1f} %)"),
        (
            "median chi2 / degrees of freedom",
            "-" if is_failed.all() else f"{np.nanmedian(columns['chi2_dof']):.3f}",
        ),
        ("processor time", f"{facts['cpu_seconds']:.1f} s"),
    ]
    if facts["cpu_seconds"] > 0.0:
        found.append(("fits a second of processor time", f"{n / facts['cpu_seconds']:.3g}"))
    return [*found, ("largest memory of a worker", f"{facts['peak_mib']:.0f} MiB"), ("gaxel", facts["gaxel"])]


def _flag_counts(flags: NDArray[np.int_]) -> list[tuple[int, str, int]]:
    return [(int(one), (one.name or "").lower(), int(np.count_nonzero(flags & one))) for one in Flag]


def _reasons(table: Any) -> list[tuple[str, int]]:
    counts = collections.Counter(text for text in table["reason"].to_pylist() if text)
    return counts.most_common(REASONS_SHOWN)


def _worst(columns: dict[str, NDArray[np.float64]], n: int) -> list[int]:
    """Rows of the largest residuals over the galaxy's ellipse."""
    found = np.nan_to_num(columns["chi2_ellipse"], nan=-1.0)
    return [int(row) for row in np.argsort(-found, kind="stable")[:n] if found[row] >= 0.0]


def _examples(columns: dict[str, NDArray[np.float64]], n: int, shown: list[int]) -> list[int]:
    """Rows that are not shown already, spread evenly over the order of the magnitudes."""
    order = np.argsort(columns["mag"], kind="stable")
    order = order[np.isfinite(columns["mag"][order]) & ~np.isin(order, shown)]
    places = np.linspace(0, len(order) - 1, min(n, len(order))).round().astype(int)
    return [int(row) for row in order[places]]


def _shown(survey: Survey, output: Output, table: Any, rows: list[int]) -> list[dict[str, Any]]:
    """What the page says of fits, with their pictures."""
    tiles = tile_names(survey)
    sources, _ = output.read_sources(tiles)
    pieces = make_pieces(survey, sources, output.named_tiles(tiles)) if rows else []
    shown = []
    for row in rows:
        piece = next(one for one in pieces if row in one.targets["row"])
        target = piece.targets[piece.targets["row"] == row][0]
        with Tile(survey, piece.tile) as tile:
            _, picture = fit_galaxy(survey, tile, target, piece.sources)
        values = table.slice(row, 1).to_pylist()[0]
        text = [
            f"{name} {_with_error(values[name], values[f'{name}_err'])}"
            for name in ("re", "n", "q")
            if values.get(name) is not None
        ]
        mag = values.get("mag", values.get(f"mag_{survey.bands[0].name}"))
        shown.append(
            {
                "id": values["id"],
                "tile": values["tile"],
                "text": ", ".join([f"mag {mag:.2f}" if mag is not None else "no magnitude", *text]),
                "chi2": values["chi2_ellipse"],
                "flags": ", ".join(flag_names(values["flags"])) or "no flags",
                "picture": None if picture is None else _pictures.fit_panels(picture),
            }
        )
    return shown


def _with_error(value: float, error: float) -> str:
    """Both to the error's second digit; the value alone where there is no error."""
    if not (np.isfinite(error) and error > 0.0):
        return f"{value:.4g}"
    digits = max(1 - int(np.floor(np.log10(error))), 0)
    return f"{value:.{digits}f} ± {error:.{digits}f}"
