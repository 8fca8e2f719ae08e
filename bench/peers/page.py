"""The results as tables and a figure of docs/peers."""

import os
import platform
from pathlib import Path
from types import ModuleType

import report
from clock import cpu_model
from labels import Label, place_labels
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from measure import Result
from peer import PEERS

DOCS = Path(__file__).resolve().parents[2] / "docs" / "peers"
REFERENCE = ("gaxel", "rtol 1e-6")
"""Peer and setting that the ratios are to."""

STYLES = {
    "gaxel": ("o", report.BLUE),
    "the seed's scheme in JAX": ("s", report.ORANGE),
    "astropy": ("^", report.GREEN),
    "GalSim": ("D", report.RED),
    "pyimfit": ("v", report.PINK),
    "AstroPhot": ("P", report.BLACK),
}
"""Peer -> marker and colour."""


def _number(value: float) -> str:
    return f"{value:.1e}" if value < 1e-3 or value >= 1e5 else report.ratio(value)


def case_table(results: list[Result]) -> str:
    """One row for each setting of each peer; errors of gaxel at 1e-6 below 1e-14, which the truth is good to, count as that."""
    reference = next(r for r in results if (r.peer, r.setting) == REFERENCE)
    header = [
        "program and setting",
        "ms",
        "time / gaxel's at 1e-6",
        "ms with set-up",
        "largest error / flux",
        "error / gaxel's at 1e-6",
        "largest error / tolerance",
    ]
    rows: list[list[object]] = []
    for r in results:
        name = f"{r.peer}, {r.setting}"
        if r.why_not:
            rows.append([name, "-", "-", "-", "-", "-", r.why_not])
            continue
        rows.append(
            [
                name,
                _number(1e3 * r.seconds),
                _number(r.seconds / reference.seconds),
                _number(1e3 * r.first_seconds),
                f"{r.error:.1e}",
                _number(r.error / max(reference.error, 1e-14)),
                _number(r.over_tolerance),
            ]
        )
    return report.table(header, rows)


def _peers_table(loaded: dict[str, tuple[ModuleType | None, str]]) -> str:
    rows: list[list[object]] = [
        [name, module.VERSION, module.REUSED] if module else [name, "not installed", "-"]
        for name, (module, _) in loaded.items()
    ]
    return report.table(["program", "version", 'made once and not timed, but part of "with set-up"'], rows)


def _machine() -> str:
    return (
        f"\n{cpu_model()}, {os.cpu_count()} cores of which one is used; "
        f"{platform.system()}, Python {platform.python_version()}.\n\n"
    )


def _panel(axes: Axes, name: str, results: list[Result]) -> None:
    for peer, (marker, color) in STYLES.items():
        shown = [r for r in results if r.peer == peer and not r.why_not]
        if not shown:
            continue
        ours = peer == "gaxel"
        axes.plot(
            [1e3 * r.seconds for r in shown],
            [r.error for r in shown],
            marker=marker,
            color=color,
            markersize=8 if ours else 6,
            linewidth=2.5,
            linestyle="-" if ours else "",
            markeredgecolor="white",
            markeredgewidth=0.6,
            zorder=4 if ours else 3,
            label=peer,
        )
    axes.set(xscale="log", yscale="log", title=name)
    axes.margins(0.1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.grid(True)


def figure(results: dict[str, list[Result]]) -> Figure:
    """One panel for each case: error against time."""
    rows = -(-len(results) // 2)
    drawn, panels = report.plt.subplots(rows, 2, figsize=(11, 3.8 * rows), squeeze=False)
    for axes, (name, found) in zip(panels.flat, results.items(), strict=False):
        _panel(axes, name, found)
    for axes in panels[-1]:
        axes.set_xlabel("milliseconds for the image")
    for axes in panels[:, 0]:
        axes.set_ylabel("largest error of a pixel / flux")
    entries: dict[str, object] = {}
    for axes in panels.flat:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    order = [name for name in PEERS if name in entries]
    drawn.legend(
        [entries[name] for name in order], order, loc="outside upper center", ncols=len(order), frameon=False
    )
    drawn.canvas.draw()
    for axes, found in zip(panels.flat, results.values(), strict=False):
        named = [r for r in found if not r.why_not]
        place_labels(axes, [Label(r.label, 1e3 * r.seconds, r.error, STYLES[r.peer][1]) for r in named])
    return drawn


def write(results: dict[str, list[Result]], loaded: dict[str, tuple[ModuleType | None, str]]) -> None:
    """Fills the tables of docs/peers/README.md and draws docs/peers/error_time.png."""
    tables = {f"case{k}": f"\n**{name}**\n{case_table(r)}" for k, (name, r) in enumerate(results.items(), 1)}
    tables |= {"peers": _peers_table(loaded), "machine": _machine()}
    readme = DOCS / "README.md"
    readme.write_text(report.fill(readme.read_text(encoding="utf-8"), tables), encoding="utf-8")
    drawn = figure(results)
    drawn.savefig(DOCS / "error_time.png", metadata={"Software": None})
    report.plt.close(drawn)
