"""Pictures of the report."""

import base64
import io
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from gaxel.survey._galaxy import Picture

INK, ACCENT = "#1f2a37", "#2a6f97"
BINS = 8, 40
"""Fewest, for a few galaxies, and most."""

Column = NDArray[np.float64]


def distributions(columns: dict[str, tuple[Column, bool]], titles: dict[str, str]) -> str:
    """Histograms of columns, in logarithm where it says so, as a data URL."""
    n = len(columns)
    figure = Figure(figsize=(11.0, 2.3 * ((n + 3) // 4)), layout="constrained")
    axes = figure.subplots((n + 3) // 4, 4, squeeze=False).ravel()
    for one in axes[n:]:
        one.axis("off")
    for one, (name, (values, is_logarithmic)) in zip(axes, columns.items(), strict=False):
        _histogram(one, values, is_logarithmic)
        one.set_xlabel(titles[name])
        one.set_ylabel("galaxies")
    return _url(figure)


def _histogram(axes: Any, values: Column, is_logarithmic: bool) -> None:
    use = values[np.isfinite(values) & ((values > 0.0) | (not is_logarithmic))]
    if len(use) == 0:
        axes.text(0.5, 0.5, "no values", ha="center", va="center", transform=axes.transAxes, color=INK)
        return
    # A few values far out must not squeeze all others into one bar: they count in the outermost ones.
    low, high = np.percentile(use, [0.2, 99.8])
    if not high > low:
        low, high = low - 0.5 * abs(low) - 1e-9, high + 0.5 * abs(high) + 1e-9
    wide = is_logarithmic and high > 4.0 * low
    n = int(np.clip(2.0 * np.sqrt(len(use)), *BINS))
    edges = np.geomspace(low, high, n + 1) if wide else np.linspace(low, high, n + 1)
    axes.hist(np.clip(use, edges[0], edges[-1]), edges, color=ACCENT)
    if wide:
        axes.set_xscale("log")
        _label_plainly(axes.xaxis, high / low)
    axes.spines[["top", "right"]].set_visible(False)


def _label_plainly(axis: Any, ratio: float) -> None:
    """Labels 1, 2, 5, 10, ... on a logarithmic axis; decades alone where it spans many."""
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if ratio < 100.0 else (1.0,)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def relation(x: Column, y: Column, colour: Column, titles: tuple[str, str, str]) -> str:
    """Points of two columns, y in logarithm, coloured by a third, as a data URL."""
    figure = Figure(figsize=(6.2, 3.8), layout="constrained")
    axes = figure.subplots()
    use = np.isfinite(x) & np.isfinite(y) & np.isfinite(colour) & (y > 0.0)
    if use.any():
        size = float(np.clip(4000.0 / np.count_nonzero(use), 1.0, 30.0))
        points = axes.scatter(
            x[use], y[use], s=size, c=colour[use], cmap="viridis", linewidths=0.0, rasterized=True
        )
        figure.colorbar(points, ax=axes, label=titles[2])
        axes.set_yscale("log")
        _label_plainly(axes.yaxis, float(y[use].max() / y[use].min()))
    axes.set_xlabel(titles[0])
    axes.set_ylabel(titles[1])
    axes.spines[["top", "right"]].set_visible(False)
    return _url(figure)


def fit_panels(picture: Picture) -> str:
    """Data, model and residual in the first band, as a data URL; masked pixels are grey."""
    band, model = picture.bands[0], picture.result.bands[0].model
    used = band.used
    x0, x1, y0, y1 = picture.cutout.box
    extent = (x0 + 0.5, x1 + 0.5, y0 + 0.5, y1 + 0.5)
    figure = Figure(figsize=(7.2, 2.6), layout="constrained")
    axes = figure.subplots(1, 3)
    noise = float(np.median(band.sigma[used]))
    level = float(np.median(model))
    brightest = max(float(model.max()) - level, 5.0 * noise)

    def stretched(image: Column) -> Column:
        return np.arcsinh((image - level) / (2.0 * noise))

    low, high = -1.0, float(np.arcsinh(brightest / (2.0 * noise)))
    grey = matplotlib.colormaps["magma"].with_extremes(bad="#9aa5b1")
    for one, image, title in ((axes[0], band.data, "data"), (axes[1], model, "model")):
        shown = np.where(used, stretched(image), np.nan) if title == "data" else stretched(image)
        one.imshow(
            shown, origin="lower", extent=extent, cmap=grey, vmin=low, vmax=high, interpolation="nearest"
        )
        one.set_title(title, fontsize=9)
    residual = np.where(used, (band.data - model) / band.sigma, np.nan)
    away = matplotlib.colormaps["RdBu_r"].with_extremes(bad="#9aa5b1")
    shown = axes[2].imshow(
        residual, origin="lower", extent=extent, cmap=away, vmin=-5.0, vmax=5.0, interpolation="nearest"
    )
    axes[2].set_title("residual / sigma", fontsize=9)
    figure.colorbar(shown, ax=axes[2], shrink=0.85)
    for one in axes:
        one.tick_params(labelsize=7)
    return _url(figure)


def _url(figure: Figure) -> str:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=110)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
