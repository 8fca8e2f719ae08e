"""Names beside the markers of a crowded figure, where they cover least."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

# Offsets in points and alignments, the best liked first.
_PLACES = (
    ((8, 0), "left", "center"),
    ((0, 6), "center", "bottom"),
    ((0, -6), "center", "top"),
    ((-8, 0), "right", "center"),
    ((5, 4), "left", "bottom"),
    ((5, -4), "left", "top"),
    ((-5, 4), "right", "bottom"),
    ((-5, -4), "right", "top"),
)
_MARKER = 5.0
"""Half the size of what a marker covers, in points."""


@dataclass(frozen=True)
class Label:
    """A name and the point, in data coordinates, that it belongs to."""

    text: str
    x: float
    y: float
    color: str


def _overlap(box: Bbox, others: list[Bbox]) -> float:
    common = (Bbox.intersection(box, other) for other in others)
    return sum(found.width * found.height for found in common if found)


def place_labels(axes: Axes, labels: list[Label]) -> None:
    """Annotates the points, one after the other; the figure must have been drawn, and its axes must not change after that."""
    figure = axes.get_figure(root=True)
    half = _MARKER * figure.dpi / 72
    points = axes.transData.transform([(label.x, label.y) for label in labels])
    covered = [Bbox([point - half, point + half]) for point in points]
    for label in labels:
        tries: list[tuple[float, Annotation]] = []
        for offset, across, along in _PLACES:
            tried = axes.annotate(
                label.text,
                (label.x, label.y),
                xytext=offset,
                textcoords="offset points",
                horizontalalignment=across,
                verticalalignment=along,
                fontsize=7,
                color=label.color,
                zorder=5,
            )
            tried.set_in_layout(False)
            box = tried.get_window_extent()
            outside = box.width * box.height - _overlap(box, [axes.bbox])
            tries.append((_overlap(box, covered) + outside, tried))
        best = int(np.argmin([cost for cost, _ in tries]))
        covered.append(tries[best][1].get_window_extent())
        for k, (_, tried) in enumerate(tries):
            if k != best:
                tried.remove()
