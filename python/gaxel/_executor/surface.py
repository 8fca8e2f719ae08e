"""The light of one component of any law and shape, as in src/profile/surface.hpp, as a function of the parameters of all
components."""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from gaxel import _core
from gaxel._executor.derived_laws import SoftLaw, Spline
from gaxel._executor.kinks import kink_of, once_differentiable
from gaxel._executor.plane_laws import EdgeDisc, EdgeOnDisc, FlatBar
from gaxel._executor.radial_laws import (
    BrokenExponential,
    CoreSersic,
    Ferrers,
    GaussianRing,
    GaussianRing2Side,
    King,
    Moffat,
    Nuker,
    Sersic,
)
from gaxel._executor.shape_chain import ShapeChain, ShapeLayout, ShapeStep

LAWS: dict[str, Callable[..., Any]] = {
    "sersic": Sersic,
    "exponential": lambda: Sersic(1.0),
    "devaucouleurs": lambda: Sersic(4.0),
    "gaussian": lambda: Sersic(0.5),
    "moffat": Moffat,
    "king": King,
    "ferrers": Ferrers,
    "nuker": Nuker,
    "coresersic": CoreSersic,
    "brokenexponential": BrokenExponential,
    "gaussianring": GaussianRing,
    "gaussianring2side": GaussianRing2Side,
    "flatbar": FlatBar,
    "edgeondisc": EdgeDisc,
    "edgeondiscn": EdgeOnDisc,
    "spline": Spline,
}
"""Of a kind's name without options."""


_MOST_SOFTENING = 7.66  # break radii: of src/profile/shape/truncation.hpp


class _Layout(NamedTuple):
    """Where a component has what, from its kind."""

    law: str
    shape: ShapeLayout
    norm: int  # -1: the law's own light
    is_flux: bool
    brightness_radius: float  # scale radii; infinite: the break radius of the first truncation
    law_shapes: tuple[tuple[int, int], ...]  # parameter, and the power of the scale radius that it is times

    @classmethod
    def of(cls, kind: str) -> "_Layout":
        found = dict(_core.component_layout(kind))
        steps = tuple(ShapeStep(*step) for step in found.pop("steps"))
        shape = ShapeLayout(*(found.pop(key) for key in ("x", "y", "re", "q", "theta")), steps)
        return cls(shape=shape, law_shapes=tuple(found.pop("law_shapes")), **found)


class _Truncation:
    """The factor that a truncation multiplies light with: src/profile/shape/truncation.hpp."""

    def __init__(self, layout: _Layout, values: Array, keeps_outside: bool) -> None:
        self._chain = ShapeChain(layout.shape, values)
        self.x, self.y = values[layout.shape.x], values[layout.shape.y]
        self.rbreak = values[layout.shape.re]
        ((softening, _),) = layout.law_shapes
        softness = values[softening] / self.rbreak
        self.is_possible = self._chain.is_possible() & (softness <= _MOST_SOFTENING)
        slope = 4.98 / softness - 0.65
        self._slope = slope if keeps_outside else -slope
        self._rise = 4.0 if keeps_outside else -4.0

    def __call__(self, dx: Array, dy: Array) -> Array:
        (r,), _ = self._chain.place(dx, dy, is_radial=True)
        return jax.nn.sigmoid(2.0 * self._slope * (r - 1.0) + self._rise)


class Light(NamedTuple):
    """The light of a surface for given parameters."""

    x: Array  # the centre, pixels
    y: Array
    scale: Array  # light is so many times `unit`; NaN for values that no shape has
    unit: Callable[[Array, Array], Array]  # per pixel, at offsets from the centre


class Surface:
    """components[which] of a list with each one's "kind", "values" and places in the list of the truncations that cut it,
    "inner" and "outer". Raises NotImplementedError, with its `name`, for a kind without a law here."""

    def __init__(self, components: Sequence[Mapping[str, Any]], which: int, name: str) -> None:
        own = components[which]
        layout = self._layout = _Layout.of(own["kind"])
        self._name = f"gaxel.jax: {name} ({own['kind']})"
        if layout.law not in LAWS:
            raise NotImplementedError(f"{self._name}: light of this kind is known to the core alone")
        steps = {step.name: own["values"][step.first] for step in layout.shape.steps}
        self._kink = kink_of(layout.law, steps, [own["values"][i] for i, _ in layout.law_shapes])
        self._which = which
        self._cuts = [(cut, _Layout.of(components[cut]["kind"]), True) for cut in own["inner"]]
        self._cuts += [(cut, _Layout.of(components[cut]["kind"]), False) for cut in own["outer"]]

    def light(self, values: Sequence[Array]) -> Light:
        """`values`: of each component of the list, vectors."""
        if self._kink is not None:
            what = f"{self._name}: light has a kink {self._kink}, and no second derivatives"
            # Others' derivatives of second order are none of this component's.
            used = {self._which, *(cut for cut, _, _ in self._cuts)}
            values = [
                once_differentiable(of_one, what) if i in used else of_one for i, of_one in enumerate(values)
            ]
        own, layout = values[self._which], self._layout
        cuts = [_Truncation(of_cut, values[cut], outside) for cut, of_cut, outside in self._cuts]
        chain = ShapeChain(layout.shape, own)
        re = own[layout.shape.re]
        law = LAWS[layout.law](*(own[i] * re**power for i, power in layout.law_shapes))
        for name, _, first in layout.shape.steps:
            if name == "soft":
                law = SoftLaw(law, own[first] / re)
        x, y = own[layout.shape.x], own[layout.shape.y]

        def unit(dx: Array, dy: Array) -> Array:
            place, weight = chain.place(dx, dy, law.is_radial)
            light = law.intensity(*place) * weight
            for cut in cuts:
                light = light * cut(dx + (x - cut.x), dy + (y - cut.y))
            return light

        # A spline's knots, too, give NaN where they are not in order.
        possible = functools.reduce(jnp.logical_and, (cut.is_possible for cut in cuts), chain.is_possible())
        return Light(x, y, jnp.where(possible, self._scale(own, law, chain, cuts), jnp.nan), unit)

    def _scale(self, own: Array, law: Any, chain: ShapeChain, cuts: list[_Truncation]) -> Array:
        layout = self._layout
        if layout.norm < 0:
            return jnp.ones_like(own[0])
        if layout.is_flux:
            return own[layout.norm] / (law.total() * chain.area())
        radius = layout.brightness_radius
        if math.isinf(radius):
            radius = cuts[0].rbreak / own[layout.shape.re]
        at = jnp.asarray(radius, own.dtype)
        return own[layout.norm] / law.intensity(*((at,) if law.is_radial else (at, jnp.zeros_like(at))))
