"""The image that is fitted around a galaxy: how large it is, and what happens to other sources in it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaxel._light import flux_of
from gaxel.survey._flags import Flag
from gaxel.survey._images import Box
from gaxel.survey._sources import Sources
from gaxel.survey.settings import CutoutSettings, NeighbourSettings


@dataclass(frozen=True)
class Cutout:
    """Where a galaxy is fitted, and with which sources."""

    box: Box
    fitted: Sources
    """The galaxy, then neighbours that are fitted with it."""
    masked: NDArray[np.bool_]
    """Pixels that belong to other sources, shape of the box."""
    inside: NDArray[np.bool_]
    """Pixels of the galaxy's Kron ellipse."""
    n_masked: int
    """Sources that have masked pixels."""
    flags: Flag


def make_cutout(
    target: Any,
    sources: Sources,
    shape: tuple[int, int],
    cutout: CutoutSettings,
    neighbours: NeighbourSettings,
) -> Cutout | None:
    """A galaxy's cut-out; None where it lies outside the image.

    On an image: the box around `factor` times the galaxy's Kron ellipse, from `min_size` to `max_size` pixels along a
    side, as far as the image goes. In a stack: the plane, of which at most `max_size` pixels along a side.
    """
    placed = _box(target, shape, cutout)
    if placed is None:
        return None
    box, flags = placed
    others = sources[(sources["row"] != target["row"]) & (sources["plane"] == target["plane"])]
    others = others[_reaches(others, box, max(neighbours.mask_scale, 1e-9))]
    together, left = _together(target, others, box, neighbours)
    if len(together):
        flags |= Flag.NEIGHBOURS
    if left:
        flags |= Flag.CROWDED
    x0, x1, y0, y1 = box
    x, y = np.arange(x0, x1)[np.newaxis, :], np.arange(y0, y1)[:, np.newaxis]
    own = _kron_radius(target, x, y)
    nearest = np.minimum.reduce([own, *(_kron_radius(other, x, y) for other in together)])
    masked = np.zeros(own.shape, np.bool_)
    n_masked = 0
    for other in others[~np.isin(others["row"], together["row"])]:
        radius = _kron_radius(other, x, y)
        pixels = (radius < neighbours.mask_scale) & (radius < nearest)
        n_masked += bool(pixels.any())
        masked |= pixels
    fitted = np.concatenate([np.array([target], sources.dtype), together])
    return Cutout(box, fitted, masked, own < 1.0, n_masked, flags)


def _box(target: Any, shape: tuple[int, int], cutout: CutoutSettings) -> tuple[Box, Flag] | None:
    ny, nx = shape
    column, row = np.rint(target["x"]), np.rint(target["y"])
    if not (0 <= column < nx and 0 <= row < ny):
        return None
    flags = Flag(0)
    if target["plane"] >= 0:
        wanted = np.array([2 * nx, 2 * ny], np.float64)
    else:
        q, theta = _axis_ratio(target), _angle(target)
        extent = target["kron"] * np.hypot(
            [np.cos(theta), np.sin(theta)], [q * np.sin(theta), q * np.cos(theta)]
        )
        wanted = np.maximum(2.0 * cutout.factor * extent + 1.0, cutout.min_size)
        if (wanted > cutout.max_size).any():
            flags |= Flag.CAPPED
    half = np.minimum(np.ceil(wanted), cutout.max_size).astype(int)
    first = np.array([column, row]).astype(int) - half // 2
    start, end = np.maximum(first, 0), np.minimum(first + half, [nx, ny])
    if target["plane"] < 0 and ((start > first).any() or (end < first + half).any()):
        flags |= Flag.AT_EDGE
    return (int(start[0]), int(end[0]), int(start[1]), int(end[1])), flags


def _reaches(others: Sources, box: Box, scale: float) -> NDArray[np.bool_]:
    """Whether the circles around their ellipses, `scale` times as large, reach into a box; or their centres lie in it."""
    x0, x1, y0, y1 = box
    away_x = np.maximum.reduce([x0 - others["x"], others["x"] - (x1 - 1), np.zeros(len(others))])
    away_y = np.maximum.reduce([y0 - others["y"], others["y"] - (y1 - 1), np.zeros(len(others))])
    return np.hypot(away_x, away_y) <= scale * others["kron"]


def _together(target: Any, others: Sources, box: Box, rule: NeighbourSettings) -> tuple[Sources, int]:
    """Those to fit with the target, nearest first in units of both sizes; and how many more would have been."""
    if len(others) == 0:
        return others, 0
    x0, x1, y0, y1 = box
    dx, dy = others["x"] - target["x"], others["y"] - target["y"]
    distance = np.hypot(dx, dy)
    direction = np.arctan2(dy, dx)
    reach = _radius_along(target, direction) + _radius_along(others, direction)
    is_near = distance < rule.overlap * reach
    centre = (others["x"] > x0) & (others["x"] < x1 - 1) & (others["y"] > y0) & (others["y"] < y1 - 1)
    # A flux that is not known compares false, and the source counts as bright.
    is_faint = others["flux"] < target["flux"] * flux_of(rule.fainter, 0.0)
    wanted = others[is_near & centre & ~is_faint]
    order = np.argsort((distance / reach)[is_near & centre & ~is_faint], kind="stable")
    return wanted[order[: rule.max_fitted]], max(len(wanted) - rule.max_fitted, 0)


def _axis_ratio(source: Any) -> Any:
    return np.fmax(np.fmin(source["q"], 1.0), 0.05)  # fmin takes 1 for NaN


def _angle(source: Any) -> Any:
    return np.where(np.isnan(source["theta"]), 0.0, source["theta"])


def _radius_along(source: Any, direction: Any) -> Any:
    """Of the Kron ellipse, pixels."""
    angle = direction - _angle(source)
    return source["kron"] / np.hypot(np.cos(angle), np.sin(angle) / _axis_ratio(source))


def _kron_radius(source: Any, x: Any, y: Any) -> NDArray[np.float64]:
    """Elliptical radius of pixels in units of the Kron ellipse."""
    cosine, sine = np.cos(_angle(source)), np.sin(_angle(source))
    dx, dy = x - source["x"], y - source["y"]
    along, across = dx * cosine + dy * sine, (dy * cosine - dx * sine) / _axis_ratio(source)
    return np.hypot(along, across) / source["kron"]
