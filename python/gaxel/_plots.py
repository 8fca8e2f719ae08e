"""Pictures of what a fit found, by matplotlib, which is imported only here."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gaxel._arrays import Image, as_positive
from gaxel._component import Component
from gaxel._component_cells import KINDS, Cells, cells
from gaxel._errors import input_error, told_of_psf
from gaxel._light import brightness_text, light_text
from gaxel._parameters import component_names, select_names
from gaxel._render import render

if TYPE_CHECKING:
    from gaxel._fit_result import BandResult, FitResult

FINE_RADIUS = 12.0  # pixels: annuli are one pixel wide up to here, and a part of their radius from here on
FINE_SHARE = 0.08
SERIES = ("chebyshev", "bspline")
LARGEST_LEVEL, SMALLEST_LEVEL = 6, -6  # of cells: the ends of their colours
CUSP_COLOUR = "turquoise"  # that the others have not
CORE = 12.0  # pixels: side of the enlarged middle


def new_figure(width: float, height: float) -> Any:
    """Of pyplot, which shows it in a script; a notebook shows the value of a cell, and must not show it twice."""
    import matplotlib
    from matplotlib import pyplot

    figure = pyplot.figure(figsize=(width, height), layout="constrained")
    if "inline" in matplotlib.get_backend():
        pyplot.close(figure)
    return figure


def plot_images(result: "FitResult", cmap: str, clip: float) -> Any:
    from matplotlib import colormaps

    limit = as_positive(clip, "plot", "clip")
    if cmap not in colormaps:
        raise input_error("plot", "cmap", repr(cmap), "no such colours", "a name in matplotlib.colormaps")
    ny, nx = result.bands[0].observed.shape
    height = min(max(3.0 * ny / nx, 1.2), 6.0) + 0.6
    figure = new_figure(10.5, height * len(result.bands))
    figure.set_layout_engine("compressed")  # for axes whose shapes are given
    grid = figure.subplots(len(result.bands), 3, squeeze=False, sharex="row", sharey="row")
    for row, band in zip(grid, result.bands, strict=True):
        _draw_band(figure, row, band, cmap, limit)
        row[0].set_ylabel("y (pixels)")
    for axes in grid[-1]:
        axes.set_xlabel("x (pixels)")
    return figure


def _draw_band(figure: Any, row: Sequence[Any], band: "BandResult", cmap: str, limit: float) -> None:
    from matplotlib.colors import FuncNorm

    seen = band.observed
    used = seen.data[seen.used]
    sky, noise = float(np.median(used)), float(np.median(seen.sigma[seen.used]))
    low, high = float(np.percentile(used, 0.5)), float(used.max())
    # Linear in the noise about the sky, logarithmic above.
    norm = FuncNorm(
        (lambda v: np.arcsinh((v - sky) / (2.0 * noise)), lambda v: sky + 2.0 * noise * np.sinh(v)),
        vmin=min(low, sky - noise),
        vmax=max(high, sky + noise),
    )
    light = {"norm": norm, "cmap": cmap, "origin": "lower", "interpolation": "nearest"}
    picture = row[0].imshow(np.where(seen.used, seen.data, np.nan), **light)
    row[1].imshow(band.model, **light)
    with np.errstate(divide="ignore", invalid="ignore"):
        pull = band.residual / seen.sigma
    scatter = row[2].imshow(
        pull, cmap="RdBu_r", vmin=-limit, vmax=limit, origin="lower", interpolation="nearest"
    )
    bar = figure.colorbar(picture, ax=list(row[:2]), shrink=0.9, pad=0.01, label=light_text(seen.unit))
    bar.set_ticks(norm.inverse(np.linspace(0.0, 1.0, 5)))
    bar.ax.set_yticklabels([f"{tick:.3g}" for tick in bar.get_ticks()])
    figure.colorbar(scatter, ax=row[2], shrink=0.9, pad=0.02).set_label("(data - model) / sigma")
    for axes, title in zip(row, ("data", "model", "residual"), strict=True):
        axes.set_title(f"{band.name}: {title}" if band.name else title, fontsize="medium")
        axes.set_facecolor("0.85")
        axes.label_outer()


def plot_profile(
    result: "FitResult", component: str | None, band: str | int, pixel_scale: float | None
) -> Any:
    shown = _band_of(result, band)
    names = component_names(shown.components, "plot_profile")
    about = shown.components[_about(shown, names, component)]
    scale = 1.0 if pixel_scale is None else as_positive(pixel_scale, "plot_profile", "pixel_scale")
    annuli = _Annuli(shown, about)
    with told_of_psf():
        images = {
            name: render(one, shown.observed.shape, psf=shown.observed.psf)
            for name, one in zip(names, shown.components, strict=True)
            if one._kind.base_name != "truncation"
        }
    kinds = dict(zip(names, shown.components, strict=True))
    sky = sum((image for name, image in images.items() if kinds[name]._kind.is_sky), 0.0)

    figure = new_figure(6.4, 5.6)
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    radius, data, error = annuli.radius * scale, annuli.mean(shown.observed.data - sky), annuli.error()
    model = annuli.mean(shown.model - sky)
    top.errorbar(radius, data, error, fmt="o", ms=3, lw=1, color="k", label="data")
    top.plot(radius, model, color="C3", label="model")
    for name, image in images.items():
        if not kinds[name]._kind.is_sky and len(images) > 1:
            top.plot(radius, annuli.mean(image), lw=1, ls="--", label=name)
    top.set_yscale("log")
    top.set_ylim(bottom=0.3 * float(error.min()))
    top.set_ylabel(f"{brightness_text(shown.observed.unit)}, less sky")
    top.legend(frameon=False)
    bottom.axhline(0.0, color="C3", lw=1)
    bottom.plot(radius, (data - model) / error, "o", ms=3, color="k")
    bottom.set_ylabel("difference / error")
    bottom.set_xlabel(f"semi-major axis ({'pixels' if pixel_scale is None else 'arcsec'})")
    return figure


class _Annuli:
    """Rings between ellipses of one centre, direction and axis ratio, and the pixels whose centres lie in each."""

    def __init__(self, band: "BandResult", about: Component) -> None:
        x, y, q, theta = (about.value(key) for key in ("x", "y", "q", "theta"))
        ny, nx = band.observed.shape
        dy, dx = np.indices((ny, nx)) - np.array([y, x])[:, None, None]
        cos, sin = np.cos(theta), np.sin(theta)
        radius = np.hypot(cos * dx + sin * dy, (cos * dy - sin * dx) / q)
        self.used = band.observed.used
        self.sigma = band.observed.sigma
        edges = [0.0]
        while edges[-1] < radius[self.used].max():
            edges.append(edges[-1] + max(1.0, FINE_SHARE * max(edges[-1], FINE_RADIUS)))
        number = np.digitize(radius[self.used], edges) - 1
        filled, self.ring = np.unique(number, return_inverse=True)
        self.count = np.bincount(self.ring)
        self.radius: NDArray[np.float64] = np.bincount(self.ring, radius[self.used]) / self.count

    def mean(self, image: Image) -> NDArray[np.float64]:
        return np.bincount(self.ring, image[self.used]) / self.count

    def error(self) -> NDArray[np.float64]:
        return np.sqrt(np.bincount(self.ring, self.sigma[self.used] ** 2)) / self.count


def _band_of(result: "FitResult", band: str | int, source: str = "plot_profile") -> "BandResult":
    names = [one.name for one in result.bands]
    if isinstance(band, str) and band in names:
        return result.bands[names.index(band)]
    if isinstance(band, int) and 0 <= band < len(names):
        return result.bands[band]
    raise input_error(source, "band", repr(band), "no such band", f"0 to {len(names) - 1}, or of {names}")


def _about(band: "BandResult", names: list[str], component: str | None) -> int:
    """Which component the annuli follow."""
    able = [
        i
        for i, one in enumerate(band.components)
        if {"x", "y", "q", "theta"} <= set(one._specs) and one._kind.base_name != "truncation"
    ]
    if component is not None:
        if component not in [names[i] for i in able]:
            raise input_error(
                "plot_profile", "component", repr(component), "no ellipse", ", ".join(names[i] for i in able)
            )
        return names.index(component)
    if not able:
        raise input_error("plot_profile", "component", None, "no component has an ellipse", "a galaxy")
    return max(able, key=lambda i: band.components[i].value("flux") or 0.0)


def plot_wavelength(result: "FitResult", parameters: Sequence[str]) -> Any:
    wavelengths = [band.observed.wavelength for band in result.bands]
    if None in wavelengths:
        raise input_error("plot_wavelength", "wavelength", None, "missing in a band", "a wavelength for each")
    varying = {name.partition("[")[0] for name in result.parameter_names if name.endswith("]")}
    if parameters:
        wanted = select_names(parameters, list(result._series), "plot_wavelength", "parameters")
    else:
        wanted = varying
    shown = [name for name in result._series if name in wanted]
    if not shown:
        raise input_error("plot_wavelength", "parameters", None, "none differs from band to band", "names")
    columns = min(len(shown), 3)
    rows = -(-len(shown) // columns)
    figure = new_figure(3.6 * columns, 2.7 * rows)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True)
    fine = np.linspace(min(wavelengths), max(wavelengths), 200)
    for axes, name in zip(grid.ravel(), shown, strict=False):
        values, errors = zip(*(band.value(name) for band in result.bands), strict=True)
        axes.errorbar(wavelengths, values, np.nan_to_num(errors), fmt="o", ms=4, color="k")
        if result._series[name][0] in SERIES:
            axes.plot(fine, [result.value_at(name, at)[0] for at in fine], color="C3")
        axes.set_title(name, fontsize="medium")
        if name.endswith(".mag"):
            axes.invert_yaxis()
    for axes in grid.ravel()[len(shown) :]:
        axes.set_visible(False)
    for axes in grid.ravel()[max(len(shown) - columns, 0) : len(shown)]:
        axes.tick_params(labelbottom=True)
    figure.supxlabel("wavelength")
    return figure


def plot_cells(result: "FitResult", component: str | None, band: str | int, rtol: float, atol: float) -> Any:
    shown = _band_of(result, band, "plot_cells")
    with told_of_psf():
        found = cells(
            shown.components,
            shown.observed.shape,
            shown.observed.psf,
            component=component,
            rtol=rtol,
            atol=atol,
        )
    figure = new_figure(10.0, 5.8)
    figure.set_layout_engine("compressed")  # for axes whose shapes are given
    whole, core = figure.subplots(1, 2)
    for axes in (whole, core):
        _draw_cells(axes, found)
        axes.set_aspect("equal")
        axes.set_xlabel("x (pixels)")
    whole.set_ylabel("y (pixels)")
    whole.set_xlim(found.x_min.min(), found.x_max.max())
    whole.set_ylim(found.y_min.min(), found.y_max.max())
    middle = np.argmin((found.x_max - found.x_min) * (found.y_max - found.y_min))
    x = 0.5 * (found.x_min + found.x_max)[middle]
    y = 0.5 * (found.y_min + found.y_max)[middle]
    core.set_xlim(x - CORE / 2, x + CORE / 2)
    core.set_ylim(y - CORE / 2, y + CORE / 2)
    core.set_title("where cells are smallest", fontsize="medium")
    nodes = int((found.nodes_x * found.nodes_y).sum())
    whole.set_title(f"{len(found)} cells, {nodes} nodes", fontsize="medium")
    _explain_cells(figure, found)
    return figure


def _colour_of_cells(kind: str, level: int) -> Any:
    from matplotlib import colormaps

    if kind == "cusp":
        return CUSP_COLOUR
    return colormaps["viridis"](
        min(max((LARGEST_LEVEL - level) / (LARGEST_LEVEL - SMALLEST_LEVEL), 0.0), 1.0)
    )


def _groups_of(found: Cells) -> list[tuple[str, int]]:
    """Kind and level of those that there are, large ones first."""
    return sorted(
        set(zip(found.kind.tolist(), found.level.tolist(), strict=True)),
        key=lambda one: (KINDS.index(one[0]), -one[1]),
    )


def _draw_cells(axes: Any, found: Cells) -> None:
    from matplotlib.collections import PolyCollection

    x0, x1, y0, y1 = found.x_min, found.x_max, found.y_min, found.y_max
    corners = np.stack([np.stack([x0, x1, x1, x0]), np.stack([y0, y0, y1, y1])]).T  # (n, 4, 2)
    for kind, level in _groups_of(found):
        chosen = (found.kind == kind) & (found.level == level)
        axes.add_collection(
            PolyCollection(
                corners[chosen], facecolor=_colour_of_cells(kind, level), edgecolor="white", linewidth=0.3
            )
        )


def _explain_cells(figure: Any, found: Cells) -> None:
    from matplotlib.patches import Patch

    handles = []
    for kind, level in _groups_of(found):
        n = np.count_nonzero((found.kind == kind) & (found.level == level))
        size = {"tile": f"a tile up to {2.0**level:g} pixels long", "part": f"1/{2.0**-level:g} of a pixel"}
        label = {"pixel": "a pixel", "cusp": "a pixel in closed form"} | size
        handles.append(Patch(facecolor=_colour_of_cells(kind, level), label=f"{n} x {label[kind]}"))
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False, fontsize="small")
