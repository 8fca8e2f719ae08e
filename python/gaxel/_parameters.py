"""Lists of components and the names of their parameters."""

import fnmatch
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from gaxel import _core
from gaxel._component import Component
from gaxel._errors import input_error, shown

Components = Component | Sequence[Component]


class Slot(NamedTuple):
    """One parameter of one component of a list."""

    component: Component
    spec: _core.ParameterSpec
    name: str  # "disc.re"; "disc.mag" where the flux was given as a magnitude

    @property
    def is_mag(self) -> bool:
        return self.spec.name == "flux" and self.component.has_mag


def as_list(components: Components, source: str) -> list[Component]:
    """The components, and behind them the truncations that they name and that are not among them."""
    try:
        listed = list(components)  # type: ignore[arg-type]
    except TypeError:  # one alone; an array without axes says that it could be iterated over
        listed = [components]
    for component in listed:
        if not isinstance(component, Component):
            found = type(component).__name__
            raise input_error(source, "components", found, "not a component", "gaxel.Sersic and its sisters")
    for component in list(listed):
        for truncation in (*component.inner, *component.outer):
            if truncation not in listed:
                listed.append(truncation)
    return listed


def cuts_of(component: Component, listed: Sequence[Component]) -> tuple[list[int], list[int]]:
    """Where the truncations of a component are in the list: inside, outside."""
    return [listed.index(cut) for cut in component.inner], [listed.index(cut) for cut in component.outer]


def relinked(changed: Sequence[Component], given: Sequence[Component]) -> list[Component]:
    """The components that took the place of others, each with the truncations as they are now."""
    found = []
    for component, own in zip(changed, given, strict=True):
        inside, outside = cuts_of(own, given)
        cut = bool(inside or outside)
        inner, outer = [changed[i] for i in inside], [changed[i] for i in outside]
        found.append(component.replace(inner=inner, outer=outer) if cut else component)
    return found


def component_names(components: Sequence[Component], source: str) -> list[str]:
    """Their names; those without one are called by their kind and a number from 1 that no other one has."""
    given = [component.name for component in components if component.name is not None]
    taken = set(given)
    if len(taken) < len(given):
        twice = next(name for name in given if given.count(name) > 1)
        raise input_error(
            source, "name", repr(twice), "two components have the same name", "names must be unique"
        )
    names = []
    last: Counter[str] = Counter()  # number of each kind
    for component in components:
        name = component.name
        kind = component._kind.base_name
        while name is None:
            last[kind] += 1
            candidate = f"{kind}{last[kind]}"
            name = None if candidate in taken else candidate
        taken.add(name)
        names.append(name)
    return names


def slots_of(components: Sequence[Component], source: str) -> list[Slot]:
    """All parameters of all components, constants included, in order."""
    slots = []
    for name, component in zip(component_names(components, source), components, strict=True):
        for spec in component._specs.values():
            key = "mag" if spec.name == "flux" and component.has_mag else spec.name
            slots.append(Slot(component, spec, f"{name}.{key}"))
    return slots


def parameter_names(components: Components) -> list[str]:
    """Names of all parameters that can be fitted, in order: the rows of a Jacobian.

    Parameters
    ----------
    components : Component or sequence of Component

    Returns
    -------
    list of str
        "component.parameter": the component's name, or its kind and a number from 1 ("sersic1"); the parameter's
        name, "mag" where the component was given a magnitude.
    """
    slots = slots_of(as_list(components, "parameter_names"), "parameter_names")
    return [slot.name for slot in slots if slot.spec.fittable]


def check_name(name: Any, names: Sequence[str], source: str, key: str) -> None:
    """Refuses what is none of the names, a pattern of them included."""
    if not isinstance(name, str) or name not in names:
        raise input_error(source, key, shown(name), "no such parameter", _core.suggestion(str(name), names))


def select_names(wanted: str | Iterable[str], names: Sequence[str], source: str, key: str) -> set[str]:
    """The members of `names` that match one of the names or shell patterns ("*.q") in `wanted`."""
    selected: set[str] = set()
    try:
        patterns = [wanted] if isinstance(wanted, str) else list(wanted)
    except TypeError:
        raise input_error(source, key, shown(wanted), "no names", "a name or a list of names") from None
    for pattern in patterns:
        matches = fnmatch.filter(names, pattern) if isinstance(pattern, str) else []
        if pattern in names:
            matches = [pattern]  # a name may hold characters that mean something in a pattern
        if not matches:
            raise input_error(
                source, key, shown(pattern), "no such parameter", _core.suggestion(str(pattern), names)
            )
        selected.update(matches)
    return selected


def select_slots(
    slots: Sequence[Slot], parameters: str | Iterable[str] | None, source: str
) -> tuple[list[Slot], list[int]]:
    """The slots that `parameters` asks for (None: all that can be fitted), and 1 or 0 for every slot of the list."""
    names = [slot.name for slot in slots if slot.spec.fittable]
    selected = set(names) if parameters is None else select_names(parameters, names, source, "parameters")
    return [slot for slot in slots if slot.name in selected], [int(slot.name in selected) for slot in slots]


def pivot_of(shape: tuple[int, int]) -> dict[str, float]:
    """Where a sky turns that does not say, and how far its domain reaches."""
    ny, nx = shape
    return {"x": 0.5 * (nx - 1), "y": 0.5 * (ny - 1), "half_width": 0.5 * nx, "half_height": 0.5 * ny}


def core_value(slot: Slot, shape: tuple[int, int], source: str) -> float:
    """What a parameter is in a render: as given, or its fallback."""
    value = slot.component.value_or_fallback(slot.spec.name)
    if np.isnan(value) and slot.component._kind.is_sky:
        value = pivot_of(shape).get(slot.spec.name, value)
    if np.isnan(value):
        what = "flux or mag" if slot.spec.name == "flux" else "a number"
        if slot.spec.fittable and slot.spec.name != "flux":
            what += ": only fit can estimate it"
        raise input_error(source, slot.name, None, "not given", what)
    return value


def core_components(
    components: list[Component], slots: list[Slot], psfs: list[int], shape: tuple[int, int], source: str
) -> list[tuple[str, list[float], int, list[int], list[int], _core.LightImage | None]]:
    """What the core takes for components with these slots: (kind, values, number of the PSF, truncations inside, and
    outside, image) each."""
    values = iter([core_value(slot, shape, source) for slot in slots])
    return [
        (
            component.kind,
            [next(values) for _ in component._specs],
            psf,
            *cuts_of(component, components),
            component._core_image,
        )
        for component, psf in zip(components, psfs, strict=True)
    ]
