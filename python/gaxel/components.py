"""One class for each kind of component that the core's registry knows."""

import inspect
import math
from types import MappingProxyType
from typing import Any

from gaxel import _core
from gaxel._arrays import Image
from gaxel._component import Component, range_text
from gaxel._light import mag_of

# Class names that are more than the kind's name with a capital letter.
_CLASS_NAMES = {
    "devaucouleurs": "DeVaucouleurs",
    "coresersic": "CoreSersic",
    "brokenexponential": "BrokenExponential",
    "gaussianring": "GaussianRing",
    "gaussianring2side": "GaussianRing2Side",
    "flatbar": "FlatBar",
    "image": "ImageLight",
    "edgeondisc": "EdgeOnDisc",
    "edgeondiscn": "EdgeOnDiscN",
    "pointsource": "PointSource",
    "skychebyshev": "SkyChebyshev",
}

_MAG_DOC = "The flux as a magnitude: flux = 10**(-0.4 * (mag - zeropoint)). Give flux or mag."
_ZEROPOINT_DOC = "Magnitude of one count. Default 0."
_IMAGE_DOC = "Light in each pixel, finite, with a sum above 0, which the flux takes the place of. Kept as a read-only copy."
_PSF_DOC = "What it is seen through; False: nothing. Default: the PSF of the image."
_CUTS_DOC = "Truncations that cut the light."
_NAME_DOC = "What to call the component in parameter names. Default: its kind and a number."


def _parameter_doc(kind: _core.ComponentKind, spec: _core.ParameterSpec) -> str:
    text = spec.doc[0].upper() + spec.doc[1:]
    if spec.unit:
        text += f", {spec.unit}"
    text += f"; {range_text(spec)}."
    if not math.isnan(spec.fallback):
        text += f" Left out: {spec.fallback:.10g} in render"
        rests = kind.is_sky or spec.rests_unless_given
        text += ", fixed there in fit." if rests else ", estimated in fit."
    elif not spec.fittable:
        text += " A constant. Left out: the middle of the image."
    else:
        text += " Left out: an error in render, estimated in fit."
    return text


def _class_doc(kind: _core.ComponentKind) -> str:
    lines = [f"{kind.title}.", "", kind.doc, "", "Parameters", "----------"]
    if kind.takes_image:
        lines += ["image : array_like, shape (ny, nx)", f"    {_IMAGE_DOC}"]
    for spec in kind.parameters:
        lines += [f"{spec.name} : float, optional", f"    {_parameter_doc(kind, spec)}"]
        if spec.name == "flux":
            lines += ["mag : float, optional", f"    {_MAG_DOC}"]
            lines += ["zeropoint : float", f"    {_ZEROPOINT_DOC}"]
    lines += ["name : str, optional", f"    {_NAME_DOC}"]
    if not kind.is_sky:
        lines += ["psf : PSF or False, optional", f"    {_PSF_DOC}"]
    lines += _option_doc(kind)
    return "\n".join(lines) + "\n"


def _option_doc(kind: _core.ComponentKind) -> list[str]:
    options = {key: (doc, spec) for key, doc, spec in _core.option_keys(kind.name)}
    if not options:
        return []
    lines = ["", "Other Parameters", "----------------"]
    for family in _core.name_families(list(options)):
        doc, spec = options[family.split(" ")[0]]
        if spec is None:
            lines += [f"{family} : list of Truncation, optional", f"    {_CUTS_DOC}"]
        else:
            lines += [f"{family} : float, optional", f"    {_option_text(spec)}"]
    return [
        *lines,
        "",
        "Notes",
        "-----",
        "Each of the other parameters turns on an option, whose other keys then have defaults.",
    ]


def _option_text(spec: _core.ParameterSpec) -> str:
    text = (
        spec.doc[0].upper()
        + spec.doc[1:]
        + (f", {spec.unit}" if spec.unit else "")
        + f"; {range_text(spec)}."
    )
    return text if math.isnan(spec.fallback) else f"{text} Default {spec.fallback:.10g}."


def _attribute(name: str, doc: str) -> property:
    return property(lambda self: self.value(name), doc=doc)


def _make_class(kind: _core.ComponentKind, base: type[Component] = Component) -> type[Component]:
    """The class of a row of the registry; with `base`, that of the same row with options."""
    class_name = _CLASS_NAMES.get(kind.base_name, kind.base_name.capitalize())
    members: dict[str, Any] = {
        "__slots__": (),
        "__doc__": _class_doc(kind),
        "__module__": __name__,
        "_kind": kind,
        "_base": None if base is Component else base,
        "_variant": staticmethod(_variant),
        "_specs": MappingProxyType({spec.name: spec for spec in kind.parameters}),
    }
    for spec in kind.parameters:
        members[spec.name] = _attribute(spec.name, _parameter_doc(kind, spec))
    if kind.takes_image:
        members["image"] = property(_image, doc=_IMAGE_DOC)
    if "flux" in members:
        members["mag"] = property(_mag, doc=_MAG_DOC)
        members["zeropoint"] = property(lambda self: self._zeropoint, doc=_ZEROPOINT_DOC)
    if base is not Component:
        members["__module__"] = base.__module__
    made = type(class_name, (base,), members)
    defaults: dict[str, Any] = {"image": None} if kind.takes_image else {}
    defaults.update(dict.fromkeys(made._argument_names()))
    if "flux" in members:
        defaults["zeropoint"] = 0.0
    defaults["name"] = None
    if not kind.is_sky:
        defaults["psf"] = None
    for key, *_ in _core.option_keys(kind.name):
        defaults.setdefault(key)
    made.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=value)
            for key, value in defaults.items()
        ]
    )
    return made


_variants: dict[str, type[Component]] = {}


def _variant(cls: type[Component], keys: list[str]) -> type[Component]:
    """The class of the same row with the options that these keys turn on, too; made once and kept."""
    kind = _core.component_kind(cls._kind.name, keys)
    if kind.name == cls._kind.name:
        return cls
    if kind.name not in _variants:
        _variants[kind.name] = _make_class(kind, cls._base or cls)
    return _variants[kind.name]


def _image(self: Component) -> Image | None:
    return None if self._image is None else self._image.array


def _mag(self: Component) -> float | None:
    if self.has_mag:
        return self._given["mag"]
    flux = self.value("flux")
    return None if flux is None else mag_of(flux, self._zeropoint)


CLASSES: dict[str, type[Component]] = {kind.name: _make_class(kind) for kind in _core.component_kinds()}

__all__ = [made.__name__ for made in CLASSES.values()]
globals().update({made.__name__: made for made in CLASSES.values()})
