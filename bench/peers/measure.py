"""Time and error of every setting of every peer, and whether its conventions were converted rightly."""

from dataclasses import dataclass, replace
from types import ModuleType

import numpy as np
from cases import Case
from clock import once
from numpy.typing import NDArray
from peer import CannotRender, Renderer

RTOL, ATOL = 1e-6, 1e-9
"""gaxel's default tolerance, |error| <= ATOL + RTOL |pixel| at unit flux: the second measure of an error."""
CORE = 3.0
"""Pixels this far from the centre tell conventions from inaccuracy."""


@dataclass(frozen=True)
class Result:
    """Of one setting of one peer for one case. Times in seconds; `why_not` is set where nothing could be measured."""

    peer: str
    setting: str
    label: str
    seconds: float = float("nan")
    first_seconds: float = float("nan")
    error: float = float("nan")
    """The largest |pixel - exact| over the flux."""
    over_tolerance: float = float("nan")
    """The largest |pixel - exact| over what gaxel's default tolerance allows."""
    why_not: str = ""


def error_of(image: NDArray[np.float64], exact: NDArray[np.float64]) -> tuple[float, float]:
    """Result.error and Result.over_tolerance."""
    difference = np.abs(image - exact)
    return float(difference.max()), float((difference / (ATOL + RTOL * np.abs(exact))).max())


def outer_error(image: NDArray[np.float64], case: Case) -> float:
    """|pixel - exact| summed over the pixels outside the core, over their light."""
    rows, cols = np.indices(case.shape)
    outer = np.hypot(cols - case.x, rows - case.y) > CORE
    exact = case.exact()
    return float(np.abs(image - exact)[outer].sum() / exact[outer].sum())


def check_conventions(name: str, image: NDArray[np.float64], case: Case) -> None:
    """Raises ValueError where the image is off by much more than pixel centres are, outside the core.

    A wrong angle, radius, flux or first pixel, which would be the adapter's fault and not the peer's, moves the light there.
    """
    found, allowed = outer_error(image, case), 0.01 + 2.0 * outer_error(case.pixel_centers(), case)
    if not found <= allowed:
        raise ValueError(
            f"{name}, {case.name}: off by {found:.1e} of the light outside the core, {allowed:.1e} allowed. "
            "Is a convention converted wrongly?"
        )


def _first_seconds(renderer: Renderer) -> float:
    times = [once(renderer.first)]
    while sum(times) < 0.3 and len(times) < 5:
        times.append(once(renderer.first))
    return min(times)


Key = tuple[str, str]
"""Peer and setting."""


def _best_seconds(renderers: dict[Key, Renderer], known: dict[Key, float], budget: float) -> dict[Key, float]:
    """The shortest call of each, interleaved so that all meet the quiet moments of a shared machine.

    known: the seconds of a call that was made already. A turn is one long call or many short ones; a renderer that used up its
    budget of seconds has no more turns.
    """
    best, spent = dict(known), dict(known)
    for key, renderer in renderers.items():
        if spent[key] < budget:
            renderer.render()  # what a neighbour's first call threw away is made again
    while waiting := [key for key in renderers if spent[key] < budget]:
        for key in waiting:
            turn = 0.0
            while turn < min(0.02, budget):
                seconds = once(renderers[key].render)
                best[key] = min(best[key], seconds)
                turn += seconds
            spent[key] += turn
    return best


def _examined(peer: str, renderer: Renderer, case: Case) -> tuple[Result, NDArray[np.float64] | None]:
    """All but the repeats (`seconds` is that of one call), and the image."""
    told = {"peer": peer, "setting": renderer.setting, "label": renderer.label}
    images = []
    try:
        first = _first_seconds(renderer)
        seconds = once(lambda: images.append(np.array(renderer.render())))
    except CannotRender as error:
        return Result(**told, why_not=str(error)), None
    error, over_tolerance = error_of(images[0], case.exact())
    return Result(
        **told, seconds=seconds, first_seconds=first, error=error, over_tolerance=over_tolerance
    ), images[0]


def measure(case: Case, modules: list[ModuleType], budget: float) -> list[Result]:
    """Every setting of the peers; `budget`: seconds spent on timing each.

    Raises ValueError where a peer's conventions are converted wrongly.
    """
    results: dict[Key, Result] = {}
    able: dict[Key, Renderer] = {}
    for module in modules:
        images = []
        for renderer in module.renderers(case):
            key = module.NAME, renderer.setting
            results[key], image = _examined(module.NAME, renderer, case)
            if image is not None:
                able[key] = renderer
                images.append(image)
        if images:
            check_conventions(module.NAME, min(images, key=lambda image: outer_error(image, case)), case)
    best = _best_seconds(able, {key: results[key].seconds for key in able}, budget)
    return [replace(result, seconds=best.get(key, result.seconds)) for key, result in results.items()]
