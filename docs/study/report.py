"""Where the study's results go: figures, and tables between the markers of the page."""

import json
import re
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

STUDY = Path(__file__).resolve().parent

# Colours that all readers can tell apart: Okabe & Ito (2008), "Color Universal Design".
BLACK, ORANGE, SKY, GREEN, BLUE, RED, PINK = (
    "#000000",
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
)
GREY = "#888888"
WIDTH = 9.0
"""Of a figure, in inches."""

plt.rcParams.update(
    {
        "font.size": 10,
        "axes.titlesize": 10,
        "axes.labelsize": 10,
        "legend.fontsize": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "grid.color": "#dddddd",
        "grid.linewidth": 0.6,
        "figure.dpi": 110,
        "savefig.dpi": 110,
        "savefig.facecolor": "white",
        "figure.constrained_layout.use": True,
    }
)

MARKER = re.compile(r"(<!-- table:([a-z0-9_]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(header: list[str], rows: list[list[object]]) -> str:
    """A Markdown table between empty lines, which end the comments of its markers."""
    lines = [header, ["---"] * len(header), *rows]
    assert all(len(line) == len(header) for line in lines)
    return "\n" + "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines) + "\n"


def sci(value: float) -> str:
    """Two digits: 33.5, 0.0037, 2.8e-14."""
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        digits = max(0, 2 - len(str(int(abs(value)))) + 1) if abs(value) >= 1 else 2
        return f"{value:.{digits}f}" if abs(value) >= 1 else f"{value:.2g}"
    return f"{value:.1e}"


def ratio(value: float) -> str:
    """Three digits, never with an exponent: 1.02, 87.1, 2330."""
    return f"{float(f'{value:.3g}'):g}"


def fill(page: str, tables: dict[str, str]) -> str:
    """The page with each table between its markers. Raises KeyError for a marker without a table."""
    return MARKER.sub(lambda found: found[1] + tables[found[2]] + found[3], page)


class Report:
    """Collects what the parts of the study find, and writes it to a folder."""

    def __init__(self, output: Path, quick: bool) -> None:
        self.output = output
        self.quick = quick
        self.tables: dict[str, str] = {}
        self.numbers: dict[str, Any] = {}
        (output / "figures").mkdir(parents=True, exist_ok=True)

    def add_table(self, name: str, header: list[str], rows: list[list[object]]) -> None:
        self.tables[name] = table(header, rows)

    def add_figure(self, name: str, figure: Figure) -> None:
        figure.savefig(self.output / "figures" / f"{name}.png", metadata={"Software": None})
        plt.close(figure)

    def write_page(self) -> None:
        """The page of the study with these tables, and the numbers that the tests check."""
        page = fill((STUDY / "README.md").read_text(encoding="utf-8"), self.tables)
        (self.output / "README.md").write_text(page, encoding="utf-8")
        if self.output != STUDY:
            text = json.dumps(self.numbers, indent=1, sort_keys=True)
            (self.output / "numbers.json").write_text(text, encoding="utf-8")
