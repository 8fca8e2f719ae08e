"""Pictures of components, rendered by gaxel: one for each kind and the gallery of all."""

import math
from pathlib import Path
from typing import Any

import gaxel
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

SIDE = 121  # pixels of a picture
FAINTEST = 1e-4  # of the brightest pixel shown
N_LINE = 400  # points of a profile


def component_of(kind: Any, values: dict[str, Any]) -> gaxel.Component:
    maker = next(made for made in gaxel.components.CLASSES.values() if made._kind.name == kind.name)
    return maker(**values)


def stretched(image: np.ndarray) -> np.ndarray:
    """Magnitudes from the brightest pixel down to FAINTEST, 1 to 0."""
    bright = np.clip(image / image.max(), FAINTEST, 1.0)
    return 1.0 - np.log10(bright) / math.log10(FAINTEST)


def image_of(kind: Any, picture: dict[str, Any]) -> np.ndarray:
    middle = {"x": (SIDE - 1) / 2, "y": (SIDE - 1) / 2}
    names = {spec.name for spec in kind.parameters}
    values = {name: value for name, value in middle.items() if name in names} | picture["values"]
    if "image" in picture:
        values["image"] = picture["image"]
    psf = None
    if picture.get("psf_fwhm"):
        offsets = np.arange(SIDE // 2 * 2 + 1) - SIDE // 2
        sigma = picture["psf_fwhm"] / math.sqrt(8 * math.log(2))
        psf = np.exp(-0.5 * (offsets[:, None] ** 2 + offsets**2) / sigma**2)
    return gaxel.render([component_of(kind, values)], shape=(SIDE, SIDE), psf=psf)


def has_flux(kind: Any) -> bool:
    return any(spec.name == "flux" for spec in kind.parameters)


def profile_of(kind: Any, values: dict[str, float], outer: float) -> tuple[np.ndarray, np.ndarray]:
    """Brightness along +x: the mean of pixels so fine that it is that of their centres."""
    scale = N_LINE / outer
    lengths = {spec.name for spec in kind.parameters if spec.unit == "pixel"}
    finer = {name: value * (scale if name in lengths else 1.0) for name, value in values.items()}
    finer |= {"x": -0.5, "y": 0.0, "theta": 0.0}
    row = gaxel.render([component_of(kind, finer)], shape=(1, N_LINE))[0]
    return (np.arange(N_LINE) + 0.5) / scale, row * (scale**2 if has_flux(kind) else 1.0)


def show(axes: Any, image: np.ndarray) -> None:
    axes.imshow(stretched(image), origin="lower", cmap="magma", interpolation="nearest")
    axes.set_xticks([])
    axes.set_yticks([])


def draw_kind(kind: Any, picture: dict[str, Any], path: Path) -> None:
    vary = picture.get("vary")
    two = vary or "image" in picture
    figure, axes = plt.subplots(1, 2 if two else 1, figsize=(9.0 if two else 4.2, 4.0), layout="constrained")
    show(axes[0] if vary else axes[1] if two else axes, image_of(kind, picture))
    if "image" in picture:
        show(axes[0], np.array(picture["image"], dtype=float))
    if vary:
        outer = picture.get("outer", 50.0)
        for value in vary["values"]:
            radius, light = profile_of(kind, picture["values"] | {vary["parameter"]: value}, outer)
            axes[1].semilogy(radius, light, label=f"{vary['parameter']} = {value:g}")
        bottom, top = axes[1].get_ylim()
        axes[1].set_ylim(max(bottom, top * 1e-7), top)
        axes[1].set_xlim(0, outer)
        axes[1].set_xlabel("radius along the major axis (pixels)")
        axes[1].set_ylabel("brightness (per square pixel" + (", flux 1)" if has_flux(kind) else ")"))
        axes[1].legend(frameon=False)
        axes[1].grid(alpha=0.25)
    figure.savefig(path, dpi=100)
    plt.close(figure)


def draw_gallery(shown: list[tuple[Any, dict[str, Any]]], path: Path) -> None:
    columns = 6
    rows = math.ceil(len(shown) / columns)
    figure, grid = plt.subplots(
        rows, columns, figsize=(1.9 * columns, 2.1 * rows), layout="constrained", squeeze=False
    )
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, (kind, facts) in zip(grid.flat, shown, strict=False):
        axes.set_axis_on()
        show(axes, image_of(kind, facts["picture"]))
        axes.set_title(kind.name, fontsize=10)
    figure.savefig(path, dpi=100)
    plt.close(figure)


def draw_all(kinds: list[tuple[Any, dict[str, Any]]], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    shown = [(kind, facts) for kind, facts in kinds if "picture" in facts]
    for kind, facts in shown:
        draw_kind(kind, facts["picture"], folder / f"{kind.name}.png")
    draw_gallery(shown, folder / "gallery.png")
