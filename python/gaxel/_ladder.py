"""A ladder of models for one galaxy."""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from gaxel import _core
from gaxel._bands import Band
from gaxel._component import Component
from gaxel._errors import input_error, shown
from gaxel._fit import fit, prepared
from gaxel._fit_result import FitResult, to_result
from gaxel._fit_scene import FitScene
from gaxel._parameters import Components, component_names
from gaxel._progress import callback_of, log_end
from gaxel.components import CLASSES

_KINDS = {
    "point": ["pointsource"],
    "exponential": ["exponential"],
    "sersic": ["sersic"],
    "bulge_disc": ["sersic", "exponential"],
}


@dataclass(frozen=True, repr=False, eq=False)
class Ladder:
    """Fits of models with more and more parameters, in their order: "point", "exponential", "sersic", "bulge_disc"."""

    results: dict[str, FitResult]

    @property
    def least_bic(self) -> str:
        """The model that the Bayesian information criterion would choose."""
        return min(self.results, key=lambda rung: self.results[rung].bic)

    @property
    def least_aic(self) -> str:
        """The model that Akaike's criterion would choose."""
        return min(self.results, key=lambda rung: self.results[rung].aic)

    def __getitem__(self, rung: str) -> FitResult:
        return self.results[rung]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __str__(self) -> str:
        rows = [f"{'model':<11}  {'free':>4}  {'chi2':>14}  {'AIC':>14}  {'BIC':>14}  stopped"]
        for rung, result in self.results.items():
            n = len(result.parameter_names)
            choice = "  least BIC" if rung == self.least_bic else ""
            numbers = "  ".join(f"{number:14.8g}" for number in (result.chi2, result.aic, result.bic))
            rows.append(f"{rung:<11}  {n:4d}  {numbers}  {result.stop_reason}{choice}")
        return "\n".join(rows)


def fit_ladder(
    data: ArrayLike | Band | Sequence[Band],
    components: Components,
    *,
    component: str | None = None,
    **options: Any,
) -> Ladder:
    """Fit four models in the place of one component: a point source, an exponential, a Sersic profile, and a Sersic bulge
    with an exponential disc at the same centre.

    Each begins where the one before it ended. The other components stay as they are, and are fitted along.

    Parameters
    ----------
    data, components, **options
        As in fit. What is asked of the component's parameters holds for those that a model has.
    component : str, optional
        The name of the one in whose place models are fitted; else the first. It has a flux or magnitude that is free.

    Returns
    -------
    Ladder
        With the results of all models, and which of them the information criteria would choose.

    Raises
    ------
    InputError, FitError
        As fit does, and for a component that is not there, has no free flux or that others follow.
    """
    bound = inspect.signature(fit).bind(data, components, **options)
    bound.apply_defaults()
    scene, (core_options, progress) = prepared(bound.arguments)
    names = component_names(scene.components, "fit_ladder")
    if component is not None and component not in names:
        hint = _core.suggestion(str(component), names)
        raise input_error("fit_ladder", "component", shown(component), "no such component", hint)
    place = 0 if component is None else names.index(component)
    with callback_of(progress) as tell:
        steps = _core.fit_ladder(*scene.to_core(), place, core_options, tell)
    results = {rung: _result(scene, place, rung, own, core) for rung, own, core in steps}
    for result in results.values():
        log_end(result)
    return Ladder(results)


def _result(scene: FitScene, place: int, rung: str, names: list[str], core: _core.FitResult) -> FitResult:
    asked = scene.components[place]
    first, *more = _KINDS[rung]
    components: list[Component] = [*scene.components, *([asked] * len(more))]
    kinds = {place: first} | {len(scene.components) + i: kind for i, kind in enumerate(more)}
    for where, kind in kinds.items():
        light = {"mag": asked.parameters["mag"], "zeropoint": asked._zeropoint} if asked.has_mag else {}
        components[where] = CLASSES[kind](psf=asked.psf, **light)
    named = [
        own.replace(name=name) if own.name is None and not _is_cut(own, components) else own
        for own, name in zip(components, names, strict=True)
    ]
    own = FitScene(named, scene.bands)
    whole = component_names(scene.components, "fit_ladder")[place]
    own.take_over(scene, {whole: [names[where] for where in kinds]})
    return to_result(core, own)


def _is_cut(component: Component, components: list[Component]) -> bool:
    """Whether it is a truncation or has one: these know each other as they are."""
    cuts = [cut for own in components for cut in (*own.inner, *own.outer)]
    return bool(component.inner or component.outer) or component in cuts
