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
FAINTEST = 1e-3  # of the brightest pixel shown
N_LINE = 400  # points of a profile
LINE_RTOL, LINE_ATOL = 1e-6, 1e-15  # so that the faintest that a profile shows is no error of its pixels


def component_of(kind: Any, values: dict[str, Any]) -> gaxel.Component:
    maker = next(made for made in gaxel.components.CLASSES.values() if made._kind.name == kind.name)
    return maker(**values)


def stretched(image: np.ndarray) -> np.ndarray:
    """Magnitudes from the brightest pixel down to FAINTEST, 1 to 0."""
    bright = np.clip(image / image.max(), FAINTEST, 1.0)
    return 1.0 - np.log10(bright) / math.log10(FAINTEST)


def lit(component: gaxel.Component, host: dict[str, Any] | None, cut: str) -> gaxel.Component:
    """What is shown of a component: itself, or of a truncation the exponential disc that it cuts."""
    if host is None:
        return component
    centre = {key: component.parameters[key] for key in ("x", "y")}
    return gaxel.Exponential(**centre, **host, **{cut: [component]})


def image_of(kind: Any, picture: dict[str, Any], cut: str = "inner") -> np.ndarray:
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
    component = lit(component_of(kind, values), picture.get("host"), cut)
    return gaxel.render([component], shape=(SIDE, SIDE), psf=psf)


def has_flux(kind: Any) -> bool:
    return any(spec.unit == "counts" for spec in kind.parameters)


def enlarged(values: dict[str, float], specs: Any, scale: float) -> dict[str, float]:
    """The same light with its pixels divided, along +x."""
    power = {"pixel": 1.0, "1/pixel": -1.0}
    units = {spec.name: spec.unit for spec in specs}
    finer = {name: value * scale ** power.get(units.get(name, ""), 0.0) for name, value in values.items()}
    return finer | {"theta": 0.0}


def profile_of(
    kind: Any, picture: dict[str, Any], changed: dict[str, float], outer: float
) -> tuple[np.ndarray, np.ndarray]:
    """Brightness along +x: the mean of pixels so fine that it is that of their centres."""
    scale = N_LINE / outer
    finer = enlarged(picture["values"] | changed, kind.parameters, scale) | {"x": -0.5, "y": 0.0}
    host = picture.get("host")
    if host is not None:
        host = enlarged(host, gaxel.Exponential._kind.parameters, scale)
    shown = lit(component_of(kind, finer), host, "outer")
    row = gaxel.render([shown], shape=(1, N_LINE), rtol=LINE_RTOL, atol=LINE_ATOL)[0]
    is_flux = has_flux(kind) or host is not None
    return (np.arange(N_LINE) + 0.5) / scale, row * (scale**2 if is_flux else 1.0)


def show(axes: Any, image: np.ndarray) -> None:
    axes.imshow(stretched(image), origin="lower", cmap="magma", interpolation="nearest")
    axes.set_xticks([])
    axes.set_yticks([])


def draw_kind(kind: Any, picture: dict[str, Any], path: Path) -> None:
    vary = picture.get("vary")
    images = [image_of(kind, picture)]
    if "image" in picture:
        images.insert(0, np.array(picture["image"], dtype=float))
    if "host" in picture:
        images.append(image_of(kind, picture, "outer"))
    n = len(images) + (1 if vary else 0)
    figure, grid = plt.subplots(
        1, n, figsize=(4.2 if n == 1 else 4.5 * n, 4.0), layout="constrained", squeeze=False
    )
    axes = grid[0]
    for place, image in zip(axes, images, strict=False):
        show(place, image)
    if "host" in picture:
        for place, cut in zip(axes, ("inner", "outer"), strict=False):
            place.set_title(f"a disc cut by it as {cut}", fontsize=10)
    if vary:
        draw_profiles(axes[-1], kind, picture)
    figure.savefig(path, dpi=100)
    plt.close(figure)


def draw_profiles(axes: Any, kind: Any, picture: dict[str, Any]) -> None:
    vary = picture["vary"]
    outer = picture.get("outer", 50.0)
    brightest, faintest = 0.0, math.inf
    for value in vary["values"]:
        radius, light = profile_of(kind, picture, {vary["parameter"]: value}, outer)
        brightest, faintest = max(brightest, light.max()), min(faintest, light.min())
        axes.semilogy(radius, light, label=f"{vary['parameter']} = {value:g}")
    axes.set_ylim(max(0.5 * faintest, 1e-7 * brightest), 2.0 * brightest)
    axes.set_xlim(0, outer)
    axes.set_xlabel("radius along the major axis (pixels)")
    axes.set_ylabel("brightness (per square pixel" + (", flux 1)" if has_flux(kind) else ")"))
    axes.legend(frameon=False)
    axes.grid(alpha=0.25)


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
