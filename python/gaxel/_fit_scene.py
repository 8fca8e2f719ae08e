"""From components and what is asked of their parameters to the scene that the core fits."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gaxel import _core
from gaxel._arrays import as_float
from gaxel._bands import Band, Constant, LogNormal, Normal, PerBand, Variation
from gaxel._component import Component
from gaxel._errors import input_error
from gaxel._light import flux_of
from gaxel._parameters import Slot, component_names, core_value, cuts_of, select_names, slots_of
from gaxel._psf import NO_PSF

Bounds = Mapping[str, tuple[float | None, float | None]]
Limits = Mapping[str, tuple[float | None, float | None]]
Prior = Normal | LogNormal


class FitScene:
    """The parameters of a list of components, and how each is fitted."""

    def __init__(self, components: list[Component], bands: Sequence[Band]) -> None:
        self.components = components
        self.bands = bands
        self.slots = slots_of(components, "fit")
        # By component, and place among its parameters.
        places = [
            (number, index) for number, own in enumerate(components) for index in range(len(own._specs))
        ]
        self.at: dict[tuple[int, int], Slot] = dict(zip(places, self.slots, strict=True))
        self.places = {slot.name: place for place, slot in self.at.items()}
        self.names = [slot.name for slot in self.slots if slot.spec.fittable]
        self.variations: dict[str, Variation] = {}
        self._held: set[str] = set()
        self.limits: dict[str, tuple[float | None, float | None]] = {}
        self._ends: dict[str, dict[int, tuple[float | None, float | None]]] = {}  # of coefficients
        self._ties: dict[str, str] = {}
        self._apart: dict[
            str, tuple[str, bool, float, float]
        ] = {}  # to which other, whether by a ratio, ends
        self._priors: dict[str, Prior] = {}
        if len(bands) > 1:
            for slot in self.slots:
                if slot.spec.is_light:
                    self.variations[slot.name] = PerBand()

    def fix(self, fixed: str | Iterable[str]) -> None:
        self._held = select_names(fixed, self.names, "fit", "fixed")

    def bound(self, bounds: Bounds) -> None:
        for pattern, pair in bounds.items():
            low, high = _two_ends(pair, "bounds", pattern)
            single = re.fullmatch(r"(.+)\[(\d+)\]", pattern)
            if single:
                for name in select_names(single[1], self.names, "fit", "bounds"):
                    self._ends.setdefault(name, {})[int(single[2])] = low, high
                continue
            for name in select_names(pattern, self.names, "fit", "bounds"):
                self.limits[name] = (low, high)

    def vary(self, vary: Mapping[str, Variation]) -> None:
        for pattern, variation in vary.items():
            if not isinstance(variation, Variation):
                raise input_error(
                    "fit", f"vary[{pattern!r}]", repr(variation), "no dependence on the band",
                    "gaxel.Constant, PerBand, Chebyshev or BSpline",
                )  # fmt: skip
            for name in select_names(pattern, self.names, "fit", "vary"):
                self.variations[name] = variation
        self.variations = {
            name: variation
            for name, variation in self.variations.items()
            if not isinstance(variation, Constant)
        }

    def tie(self, ties: Mapping[str, str]) -> None:
        for name, expression in ties.items():
            select_names([name], self.names, "fit", "ties")
            if name not in self.names or not isinstance(expression, str):
                raise input_error(
                    "fit", f"ties[{name!r}]", repr(expression), "no tie",
                    "the name of one parameter, and an expression of others",
                )  # fmt: skip
            self._ties[name] = expression
            self.variations.pop(name, None)

    def limit(self, limits: Limits) -> None:
        for text, pair in limits.items():
            key = f"limits[{text!r}]"
            name, sign, other = self._two_names(text)
            slot, its = (self.at[self.places[one]] for one in (name, other))
            low, high = _two_ends(pair, "limits", text)
            if name == other:
                raise input_error("fit", key, repr(name), "the same parameter twice", "two parameters")
            if low is not None and high is not None and not low < high:
                raise input_error("fit", key, repr(pair), "the limits leave no room", "lowest < highest")
            is_ratio = sign == "/"
            if slot.is_mag != its.is_mag or (slot.is_mag and is_ratio):
                raise input_error(
                    "fit", key, repr(pair), "magnitudes have differences among themselves", "mag - mag"
                )
            if slot.spec.unit != its.spec.unit:
                units = " and ".join(repr(one.spec.unit) for one in (slot, its))
                raise input_error("fit", key, units, "the units differ", "parameters of the same unit")
            if is_ratio and slot.spec.name in ("x", "y", "theta"):
                raise input_error(
                    "fit", key, repr(pair), "it has no zero that means anything", f"{name} - {other}"
                )
            least, most = -math.inf if low is None else low, math.inf if high is None else high
            if slot.is_mag:  # a difference of magnitudes is a ratio of fluxes
                least, most, is_ratio = flux_of(most, 0.0), flux_of(least, 0.0), True
            self._apart[name] = other, is_ratio, least, most

    def _two_names(self, text: str) -> tuple[str, str, str]:
        """The names in "a.re / b.re", blanks or not, and what is between them; a name may hold these signs, too."""
        key = f"limits[{text!r}]"
        for sign in re.finditer("[-/]", text):
            name, other = text[: sign.start()].strip(), text[sign.end() :].strip()
            if name in self.names and other in self.names:
                return name, sign[0], other
        match = re.fullmatch(r"\s*(.+?)\s+[-/]\s+(.+?)\s*", text) or re.fullmatch(
            r"\s*(.+?)\s*[-/]\s*(.+?)\s*", text
        )
        if match is None:
            raise input_error(
                "fit", key, text, "no difference and no ratio of two parameters",
                '"bulge.mag - disc.mag" or "bulge.re / disc.re"',
            )  # fmt: skip
        unknown = next(one for one in match.groups() if one not in self.names)
        raise input_error(
            "fit", key, repr(unknown), "no such parameter, and a limit takes no pattern",
            _core.suggestion(unknown, self.names),
        )  # fmt: skip

    def expect(self, priors: Mapping[str, Prior]) -> None:
        for pattern, prior in priors.items():
            if not isinstance(prior, Normal | LogNormal):
                raise input_error(
                    "fit", f"priors[{pattern!r}]", repr(prior), "no prior", "gaxel.Normal or gaxel.LogNormal"
                )
            for name in select_names(pattern, self.names, "fit", "priors"):
                self._priors[name] = prior

    def rested(self, number: int, index: int, value: float) -> bool:
        """Whether the fit left a component's parameter at its fallback, because it was not given."""
        component = self.components[number]
        spec = list(component._specs.values())[index]
        if not (spec.rests_unless_given and spec.fittable) or component.value(spec.name) is not None:
            return False
        return self.at[number, index].name not in self._ties and value == spec.fallback

    def take_over(self, other: "FitScene", renamed: Mapping[str, Sequence[str]]) -> None:
        """What was asked of another scene's parameters, as far as they are here. `renamed`: components that took the place
        of one of its, by that one's name."""

        def here(name: str) -> list[str]:
            owner, _, key = name.rpartition(".")
            names = [f"{one}.{key}" for one in renamed.get(owner, [owner])]
            return [one for one in names if one in self.places]

        self._held = {one for name in other._held for one in here(name)}
        for own, asked in (
            (self.variations, other.variations),
            (self.limits, other.limits),
            (self._ends, other._ends),
            (self._ties, other._ties),
            (self._apart, other._apart),
            (self._priors, other._priors),
        ):
            own.clear()
            own.update({one: what for name, what in asked.items() for one in here(name)})

    def core_bands(self) -> tuple[list[_core.Band], list[int]]:
        """The bands, and the number of each component's PSF."""
        own = [component.psf for component in self.components]
        if len(self.bands) > 1:
            for psf in own:
                if psf not in (None, False):
                    raise input_error(
                        "fit", "psf", repr(psf), "a component's own PSF goes with a single image",
                        "None, or False: none",
                    )  # fmt: skip
        first, numbers = self.bands[0].to_core(self.bands[0], own)
        if len(self.bands) > 1:
            numbers = [NO_PSF if psf is False else 0 for psf in own]
        return [first, *(band.to_core(self.bands[0], [])[0] for band in self.bands[1:])], numbers

    def to_core(self) -> tuple[list[_core.Band], list[tuple[Any, ...]]]:
        """The bands, and (kind, name, flux_is_magnitude, parameters, (PSF, truncations inside, outside, image)) of each
        component."""
        bands, numbers = self.core_bands()
        parameters = iter([self._parameter(slot) for slot in self.slots])
        return bands, [
            (
                component.kind,
                name,
                component.has_mag,
                [next(parameters) for _ in component._specs],
                (number, *cuts_of(component, self.components), component._core_image),
            )
            for name, component, number in zip(
                component_names(self.components, "fit"), self.components, numbers, strict=True
            )
        ]

    def zeropoint(self, slot: Slot, band: int = 0) -> float:
        """Of a component's magnitudes: its own, or the band's where there are several."""
        return self.bands[band].zeropoint if len(self.bands) > 1 else slot.component._zeropoint

    def _parameter(self, slot: Slot) -> _core.FitParameter:
        value = slot.component.value(slot.spec.name)
        held = slot.name in self._held
        free = slot.spec.fittable and not held and slot.name not in self._ties
        if value is None and (slot.spec.rests_unless_given or not slot.spec.fittable):
            value = core_value(slot, self.bands[0].shape, "fit")
            free = False
        variation = self.variations.get(slot.name)
        if value is None and held and not isinstance(variation, PerBand):
            raise input_error("fit", slot.name, None, "fixed but not given", "a value to keep it at")
        low, high = self.limits.get(slot.name, (None, None))
        if slot.is_mag:
            given = slot.component.parameters["mag"]
            if (low is not None and given < low) or (high is not None and given > high):
                raise input_error(
                    "fit", slot.name, given, "outside the bounds given for it", f"{low} to {high}"
                )
            zeropoint = self.zeropoint(slot)
            value = flux_of(given, zeropoint)
            low, high = (None if end is None else flux_of(end, zeropoint) for end in (high, low))
        parameter = _core.FitParameter(
            math.nan if value is None else value,
            free,
            -math.inf if low is None else low,
            math.inf if high is None else high,
        )
        if slot.name in self._ties:
            parameter.tie(*self._expression(slot))
        elif variation is not None:
            self._vary(slot, variation, free, value, parameter)
        if slot.name in self._ends:
            self._end(slot, variation, parameter)
        if slot.name in self._apart:
            other, *ends = self._apart[slot.name]
            parameter.limit(*self.places[other], *ends)
        if slot.name in self._priors:
            parameter.expect(*self._prior(slot))
        return parameter

    def _vary(
        self,
        slot: Slot,
        variation: Variation,
        is_free: bool,
        value: float | None,
        parameter: _core.FitParameter,
    ) -> None:
        wavelengths = np.array([band.wavelength or 1.0 for band in self.bands])
        start = slot.component.parameters["mag"] if slot.is_mag else value
        coefficients = variation.coefficients(wavelengths, start)
        if slot.is_mag and variation.basis == "bands":
            coefficients = np.array(
                [flux_of(mag, band.zeropoint) for mag, band in zip(coefficients, self.bands, strict=True)]
            )
        free = variation.free(len(coefficients)) if is_free else [0] * len(coefficients)
        parameter.vary(variation.basis, coefficients.tolist(), free)

    def _end(self, slot: Slot, variation: Variation | None, parameter: _core.FitParameter) -> None:
        """Ends of single coefficients."""
        wavelengths = np.array([band.wavelength or 1.0 for band in self.bands])
        n = 0 if variation is None else len(variation.coefficients(wavelengths, None))
        least, most = [-math.inf] * n, [math.inf] * n
        for which, (low, high) in self._ends[slot.name].items():
            if which >= n:
                raise input_error(
                    "fit",
                    f"bounds['{slot.name}[{which}]']",
                    (low, high),
                    "there is no such coefficient",
                    f"{n} of them",
                )
            least[which] = -math.inf if low is None else low
            most[which] = math.inf if high is None else high
        if slot.is_mag and variation is not None and variation.basis == "bands":
            # In single bands a faint magnitude is a small flux.
            zeropoints = [band.zeropoint for band in self.bands]
            least, most = (
                [flux_of(end, zeropoint) for end, zeropoint in zip(ends, zeropoints, strict=True)]
                for ends in (most, least)
            )
        parameter.coefficient_min, parameter.coefficient_max = least, most

    def _expression(self, target: Slot) -> tuple[str, list[tuple[str, int, int]], str]:
        """A tie as the core takes it: of fluxes in the place of magnitudes, with plain names, as long as those that they
        stand for where they can be, so that places in the text remain."""
        text = self._ties[target.name]
        plain_names: dict[str, str] = {}

        def plain(match: re.Match[str]) -> str:
            slot = self.at[self.places[match.group()]]
            name = plain_names.get(slot.name) or re.sub(r"^(?=\d)|[^A-Za-z0-9_]", "_", slot.name)
            while slot.name not in plain_names and (name in text or name in plain_names.values()):
                name += "_"
            plain_names[slot.name] = name
            zeropoint = "_zeropoint" if len(self.bands) > 1 else repr(slot.component._zeropoint)
            return f"({zeropoint} - 2.5 * log10({name}))" if slot.is_mag else name

        known = sorted((slot.name for slot in self.slots), key=len, reverse=True)
        pattern = r"(?<![\w.])(?:" + "|".join(map(re.escape, known)) + r")(?![\w.])"
        expression = re.sub(pattern, plain, text)
        unknown = re.search(r"[A-Za-z_][\w-]*\.[A-Za-z_]\w*", expression)
        if unknown:
            raise input_error(
                "fit", f"ties[{target.name!r}]", unknown.group(), "no such parameter",
                _core.suggestion(unknown.group(), known),
            )  # fmt: skip
        if target.is_mag:
            zeropoint = "_zeropoint" if len(self.bands) > 1 else repr(target.component._zeropoint)
            expression = f"10 ^ (0.4 * ({zeropoint} - ({expression})))"
        terms = [(plain_name, *self.places[name]) for name, plain_name in plain_names.items()]
        return expression, terms, text

    def _prior(self, slot: Slot) -> tuple[float, float, bool]:
        prior = self._priors[slot.name]
        sigma = as_float(prior.sigma, "fit", f"priors[{slot.name!r}].sigma", "above 0")
        logarithm = isinstance(prior, LogNormal)
        mean = as_float(prior.median if logarithm else prior.mean, "fit", f"priors[{slot.name!r}]", "finite")
        if logarithm and (slot.is_mag or not mean > 0.0):
            raise input_error(
                "fit",
                f"priors[{slot.name!r}]",
                repr(prior),
                "this value is not positive by nature",
                "gaxel.Normal",
            )
        if slot.is_mag:  # a normal magnitude is a log-normal flux
            return math.log(flux_of(mean, self.zeropoint(slot))), 0.4 * math.log(10.0) * sigma, True
        return (math.log(mean) if logarithm else mean), sigma, logarithm


def _two_ends(pair: Any, argument: str, name: str) -> tuple[float | None, float | None]:
    try:
        low, high = (
            None if end is None else as_float(end, "fit", argument, "finite or None") for end in pair
        )
    except (TypeError, ValueError):
        raise input_error(
            "fit", f"{argument}[{name!r}]", repr(pair), f"not {argument}", "(lowest, highest)"
        ) from None
    return low, high
