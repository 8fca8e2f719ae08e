"""Elliptical profiles through a PSF, split into a core known by its transform and wings that are sampled:
docs/math/convolution.md; src/render/split_light.cpp, src/integrate/hankel_table.cpp.

Which windows, octaves and copies there are is as the core finds it for the components as they are, with a margin; the
window's radius follows the parameters as in the core. Like there no derivative is taken of it, but where light ends at an
edge: nodes that stayed as the edge moves over them would see light that is not smooth.
"""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from gaxel import _core
from gaxel._executor.convolution import Convolver
from gaxel._executor.elliptical import KINDS, Profile
from gaxel._executor.leaves import grid_of
from gaxel._executor.parameters import start_of
from gaxel._executor.tiles import HIGHEST

_WINDOW_END = 2.0  # of the window's radius
_WING_BAND = 35.0  # times 1 / radius: the frequency beyond which wings have no power
_CHUNK_BAND = 30.0  # kappa times radius up to which the first chunk reaches
_CHUNK_NODES, _CHUNK_PANELS, _PANEL_TERMS = 48, 64, 8
_MOST_OCTAVES = 14
_NO_LIGHT = 1e-14  # of the flux: less lies beyond where light is taken to end
_HALVINGS = 8
_MARGIN = 2.0  # copies of the core are followed so much farther than they reach
_DARK = 1.85  # window radii: beyond, the core holds less than 3e-7 of the light
# Of the window's radius: light is taken to be far from the image, and copies of cusps to be far enough.
_FAR, _CLEAR = 0.6, 0.45


@cache
def _rule(level: int, octave: int, edge: bool) -> tuple[np.ndarray, np.ndarray]:
    """(t, matrix (values, nodes)) of a Hankel transform of light to t = 2."""
    t, matrix = _core.hankel_rule(level, octave, edge)
    return t, matrix.reshape(-1, len(t))


@cache
def _chunk_matrix() -> np.ndarray:
    return _core.hankel_chunk().reshape(_CHUNK_NODES, _CHUNK_PANELS, _PANEL_TERMS)


@cache
def _window_polynomial() -> np.ndarray:
    return _core.window_polynomial()


def _octave_radius(octave: int) -> float:
    return 1.0 if octave <= 1 else 2.0 / (2.0**octave - 1.0)


def core_share(t: Any) -> Any:
    """The core's share of light at t window radii, numpy's or JAX's."""
    numbers = jnp if isinstance(t, jax.Array) else np
    x = numbers.minimum(t, _WINDOW_END) - 1.0
    y = 1.0 - x * x
    total = numbers.zeros_like(x)
    for c in _window_polynomial()[::-1]:
        total = total * y + c
    share = 0.5 - x * total
    return numbers.where(t < _WINDOW_END, share, 0.0)


class _Copy(NamedTuple):
    """A copy of the core, whole periods away, that falls on needed pixels: their places as seen from it, relative to where
    the core's are counted from, and the first of them."""

    x: np.ndarray
    y: np.ndarray
    first: tuple[int, int]

    @property
    def size(self) -> int:
        return len(self.x) * len(self.y)

    def s(self, profile: Profile) -> jax.Array:
        dtype = profile.x.dtype
        dx, dy = jnp.asarray(self.x, dtype) - profile.x, jnp.asarray(self.y, dtype) - profile.y
        return profile.s(dx, dy[:, None]).reshape(-1)

    def placed(self, light: jax.Array, shape: tuple[int, ...]) -> jax.Array:
        """Light at its pixels among zeros."""
        return _padded(light.reshape(len(self.y), len(self.x)), self.first, shape)


def _padded(part: jax.Array, first: tuple[int, int], shape: tuple[int, ...]) -> jax.Array:
    ends = [(at, n - at - own) for at, n, own in zip(first, shape, part.shape, strict=True)]
    return jnp.pad(part, ends)


def _copies_along(
    places: np.ndarray, centre: float, extent: float, period: int
) -> list[tuple[int, int, np.ndarray]]:
    """Along an axis: by how much a copy is shifted, the first place within its extent, and these places."""
    copies = []
    first = math.floor((places[0] - centre - extent) / period)
    last = math.ceil((places[-1] - centre + extent) / period)
    for shift in range(first * period, last * period + 1, period):
        within = np.flatnonzero(np.abs(places - centre - shift) <= extent)
        if len(within) > 0:
            copies.append((shift, int(within[0]), places[within]))
    return copies


class CoreAndWings:
    """One component of a group of _core.export_plan that is split, for one of the group's convolvers."""

    def __init__(self, component: Mapping[str, Any], convolvers: list[Convolver]) -> None:
        split = component["split"]
        self._component = {key: component[key] for key in ("base", "parameters", "brightness_radius")}
        self._convolver = convolvers[split["convolver"]]
        self.convolver: int = split["convolver"]
        self._has_table: bool = split["has_table"]
        if self._has_table:
            self._has_wings: bool = split["has_wings"]
            self._level = split["log2_panels"] - (_CHUNK_PANELS.bit_length() - 1)
            self._n_chunks = split["n_panels"] // _CHUNK_PANELS
        self._start = start_of(component)
        self._scale = self._start[KINDS[component["base"]].scale]
        if self._has_table:
            # The core widens the window where light is too sharp for it.
            self._widening = split["radius"] * np.pi * self._start["q"] * self._scale / _WING_BAND
        self._place_samples(split)

    # --- samples -------------------------------------------------------------------------------------------------

    def _place_samples(self, split: Mapping[str, Any]) -> None:
        needed, grid = grid_of(split["needed"]), self._convolver.grid
        self._shape = grid.shape
        self._rows = needed.y0 + np.arange(needed.shape[0])
        self._columns = needed.x0 + np.arange(needed.shape[1])
        self._fade = split["fade_y"][:, None] * split["fade_x"]
        self._first = round(needed.y0 - grid.y0), round(needed.x0 - grid.x0)
        self._reach = (0.0, 0.0)
        self._copies = self._copies_of_core(split) if self._has_table else []
        self._samples_wings = not self._has_table or self._has_wings

    def _copies_of_core(self, split: Mapping[str, Any]) -> list[_Copy]:
        q, theta = self._start["q"], self._start["theta"]
        radius = _MARGIN * _WINDOW_END * split["radius"] * self._scale
        reach = (
            radius * math.hypot(math.sin(theta), q * math.cos(theta)),
            radius * math.hypot(math.cos(theta), q * math.sin(theta)),
        )
        self._reach = reach
        along = [
            _copies_along(places, centre, extent, period)
            for places, centre, extent, period in zip(
                (self._rows, self._columns),
                (self._start["y"], self._start["x"]),
                reach,
                self._convolver.padded,
                strict=True,
            )
        ]
        return [
            _Copy(columns - x, rows - y, (top, left))
            for y, top, rows in along[0]
            for x, left, columns in along[1]
            if (x, y) != (0, 0)
        ]

    def _nearness(self, profile: Profile, radius: jax.Array | None) -> tuple[jax.Array, jax.Array]:
        """Whether light is so near the image that it has a core, and whether the plan then knows all copies of that."""
        window = _WING_BAND / (np.pi * profile.q * profile.re)
        has_edge = profile.law.edge is not None
        ends = window if radius is None else (_WINDOW_END if has_edge else _DARK) * radius
        far = _FAR * window if radius is None or self._has_wings else ends
        clear = ends if has_edge else jnp.minimum(ends, _CLEAR * window)
        near, needed, followed, cusps = True, [], [], []
        for places, start, centre, across, along, reach, period in zip(
            (self._rows, self._columns),
            (self._start["y"], self._start["x"]),
            (profile.y, profile.x),
            (profile.cos, profile.sin),
            (profile.sin, profile.cos),
            self._reach,
            self._convolver.padded,
            strict=True,
        ):
            first, last = places[0], places[-1]
            unit = profile.re * jnp.sqrt(along**2 + (profile.q * across) ** 2)
            near &= ~(
                (centre + far * unit < first) | (centre - far * unit > last)
            )  # also where these are NaN
            turns = math.ceil((reach + abs(start) + last - first) / period) + 2
            shifts = period * np.arange(-turns, turns + 1)
            middles = centre + jnp.asarray(shifts, centre.dtype)
            low = jnp.maximum(middles - ends * unit, first)
            high = jnp.minimum(middles + ends * unit, last)
            needed.append(low <= high)
            followed.append((low >= start + shifts - reach) & (high <= start + shifts + reach))
            cusps.append((middles + clear * unit >= first) & (middles - clear * unit <= last))
        if radius is None:
            return near, ~near
        both = [rows[:, None] & columns for rows, columns in (needed, followed, cusps)]
        amiss = (both[0] & ~both[1]) | both[2]
        own = amiss.shape[0] // 2, amiss.shape[1] // 2
        return near, ~jnp.any(amiss.at[own].set(False))

    def _samples(self, profile: Profile, radius: jax.Array | None, near: jax.Array) -> jax.Array:
        """On the convolver's grid."""
        dtype = profile.x.dtype
        wings = jnp.zeros((len(self._rows), len(self._columns)), dtype)
        if self._samples_wings:
            dx = jnp.asarray(self._columns, dtype) - profile.x
            dy = jnp.asarray(self._rows, dtype)[:, None] - profile.y
            s = profile.s(dx, dy)
            if self._has_table:
                share = 1.0 - jnp.where(near, core_share(jnp.sqrt(s) / radius), 0.0)
                # Where the share is no more than its rounding a cusp would bring it back.
                counts = share > 1e-13
                light = profile.law.law.intensity(jnp.sqrt(jnp.where(counts, s, radius * radius)))
                wings = jnp.where(counts, share * light, 0.0)
            else:
                wings = profile.law.law.intensity(jnp.sqrt(s))
        if self._copies:
            s = jnp.concatenate([copy.s(profile) for copy in self._copies])
            light = jnp.where(near, profile.law.law.intensity(jnp.sqrt(s)), 0.0)
            if self._has_wings:
                light = light * core_share(jnp.sqrt(s) / radius)
            ends = np.cumsum([copy.size for copy in self._copies])[:-1]
            for copy, part in zip(self._copies, jnp.split(light, ends), strict=True):
                wings = wings - copy.placed(part, wings.shape)
        faded = profile.amplitude * wings * jnp.asarray(self._fade, dtype)
        return _padded(faded, self._first, self._shape)

    # --- the core's transform --------------------------------------------------------------------------------------

    def _radius(self, values: Mapping[str, jax.Array]) -> jax.Array:
        """Of the window, or half of where light ends; scale radii."""
        if not self._has_wings:
            edge = Profile.of(self._component, values).law.edge
            if edge is not None:
                return 0.5 * jnp.sqrt(edge)
        profile = Profile.of(self._component, jax.lax.stop_gradient(values))
        window = _WING_BAND / (np.pi * profile.q * profile.re)
        if self._has_wings:
            return self._widening * window
        total = profile.law.law.total()

        def halve(_: Any, ends: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
            inner, outer = ends
            middle = 0.5 * (inner + outer)
            dark = 2.0 * np.pi * middle**2 * profile.law.law.intensity(middle) < _NO_LIGHT * total
            return jnp.where(dark, inner, middle), jnp.where(dark, middle, outer)

        _, outer = jax.lax.fori_loop(0, _HALVINGS, halve, (jnp.zeros_like(window), 2.0 * window))
        return 0.5 * outer

    def _table(self, profile: Profile, radius: jax.Array) -> tuple[jax.Array, jax.Array]:
        """(coefficients (panels, terms) of 2 pi int I(r) W(r / R) J0(kappa r) r dr, the kappa at which the first power of
        two of panels ends)."""
        dtype = radius.dtype
        edge = profile.law.edge is not None
        if self._level > 0 or edge:
            rules = [(_rule(self._level, 0, edge), 1.0, self._has_wings)]
        else:
            # One octave more than the components as they are need.
            octaves = range(min(self._n_chunks + 1, _MOST_OCTAVES))
            rules = [(_rule(0, m, False), _octave_radius(m), self._has_wings or m > 1) for m in octaves]
        t = np.concatenate([factor * t for (t, _), factor, _ in rules])
        share = np.concatenate(
            [core_share(t) if windowed else np.ones_like(t) for (t, _), _, windowed in rules]
        )
        r = jnp.maximum(radius * jnp.asarray(t, dtype), jnp.sqrt(jnp.finfo(dtype).tiny))
        light = profile.law.law.intensity(r) * jnp.asarray(share, dtype)
        ends = np.cumsum([len(t) for (t, _), _, _ in rules])[:-1]
        values = [
            (factor * radius) ** 2 * jnp.matmul(jnp.asarray(matrix, dtype), part, precision=HIGHEST)
            for ((_, matrix), factor, _), part in zip(rules, jnp.split(light, ends), strict=True)
        ]
        chunks = jnp.concatenate(values).reshape(-1, _CHUNK_NODES)
        matrix = jnp.asarray(_chunk_matrix(), dtype)
        coefficients = jnp.einsum("cj,jpt->cpt", chunks, matrix, precision=HIGHEST)
        return coefficients.reshape(-1, _PANEL_TERMS), 2.0**self._level * _CHUNK_BAND / radius

    def _core(self, profile: Profile, radius: jax.Array) -> jax.Array:
        """The transform of the core at the convolver's frequencies, (n_ky, n_kx)."""
        dtype = radius.dtype
        coefficients, scale = self._table(profile, radius)
        kx = jnp.asarray(self._convolver.kx, dtype)
        ky = jnp.asarray(self._convolver.ky, dtype)[:, None]
        a = profile.re * (kx * profile.cos + ky * profile.sin)
        b = profile.q * profile.re * (ky * profile.cos - kx * profile.sin)
        kappa = jnp.sqrt(a * a + b * b + jnp.finfo(dtype).tiny)
        # The panels double in length with every power of two of 1 + kappa / scale.
        n_panels, bits = coefficients.shape[0], self._level + _CHUNK_PANELS.bit_length() - 1
        per_octave = 2**bits
        y = 1.0 + kappa / scale
        thresholds = 2.0 ** np.arange(1, n_panels // per_octave)
        octave = jnp.sum(y[..., None] >= jnp.asarray(thresholds, dtype), axis=-1, dtype=jnp.int32)
        in_octave = (y * jnp.exp2(-octave.astype(dtype)) - 1.0) * per_octave
        within = jnp.clip(jnp.floor(jax.lax.stop_gradient(in_octave)), 0, per_octave - 1)
        x = 2.0 * (in_octave - within) - 1.0
        rows = coefficients[octave * per_octave + within.astype(jnp.int32)]
        value = rows[..., -1]
        for term in range(_PANEL_TERMS - 2, -1, -1):
            value = value * x + rows[..., term]
        return profile.amplitude * profile.area * value * self._convolver.phases(profile.x, profile.y)

    def light(self, values: Mapping[str, jax.Array]) -> tuple[jax.Array | None, jax.Array | None]:
        """(samples on the convolver's grid, the core's transform at its frequencies) for those parameters; None where there
        are none."""
        profile = Profile.of(self._component, values)
        radius = self._radius(values) if self._has_table else None
        near, holds = jax.lax.stop_gradient(self._nearness(profile, radius))
        # The plan's copies are those about the components as they were: NaN where others would be needed.
        profile = profile._replace(amplitude=profile.amplitude * jnp.where(holds | ~near, 1.0, jnp.nan))
        has_samples = self._samples_wings or self._copies
        return (
            self._samples(profile, radius, near) if has_samples else None,
            None if radius is None else jnp.where(near, self._core(profile, radius), 0.0),
        )
