"""What all components have in common; gaxel.components makes one class of each kind in the core's registry."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Self

from gaxel import _core
from gaxel._arrays import as_float
from gaxel._errors import input_error, shown
from gaxel._held_image import HeldImage
from gaxel._html import component_html
from gaxel._light import flux_of
from gaxel._on_sky import arguments_on_sky
from gaxel._psf import AnyPsf
from gaxel._quantities import is_quantity, number_of


def range_text(spec: _core.ParameterSpec) -> str:
    if math.isinf(spec.min) and math.isinf(spec.max):
        return "any finite number"
    return f"{spec.min:.10g} to {spec.max:.10g}"


_CUTS = ("inner", "outer")


def _as_cuts(cls: type["Component"], key: str, cuts: Any) -> tuple["Component", ...]:
    listed = tuple(cuts) if isinstance(cuts, Iterable) else (cuts,)
    for cut in listed:
        if not isinstance(cut, Component) or cut._kind.base_name != "truncation":
            raise input_error(cls.__name__, key, shown(cut), "not a truncation", "a list of gaxel.Truncation")
    return listed


class Component:
    """A source of light: immutable, comparable, hashable, picklable.

    Parameters that are left out are None: render takes their fallback or raises InputError, fit estimates them. See
    gaxel.Sersic and its sisters.
    """

    __slots__ = ("_cuts", "_given", "_image", "_name", "_psf", "_zeropoint")
    _kind: ClassVar[_core.ComponentKind]
    _base: ClassVar[type["Component"] | None]  # of a class with options: the class without them
    _variant: ClassVar[Callable[[type["Component"], list[str]], type["Component"]]]
    _specs: ClassVar[Mapping[str, _core.ParameterSpec]]
    _cuts: dict[str, tuple["Component", ...]]
    _given: dict[str, float]
    _image: HeldImage | None
    _name: str | None
    _psf: AnyPsf | bool | None
    _zeropoint: float

    def __new__(cls, *positional: Any, **arguments: Any) -> Self:
        if not hasattr(cls, "_kind"):
            raise TypeError(
                f"{cls.__name__} is what all kinds have in common: make a gaxel.Sersic or another"
            )
        if positional:
            raise TypeError(f"{cls.__name__}() takes parameters by name: {', '.join(cls._specs)}")
        keys = [key for key, value in arguments.items() if (value if key in _CUTS else value is not None)]
        return object.__new__(cls._variant(cls, keys))

    def __init__(self, **arguments: Any) -> None:
        cls = type(self)
        name = arguments.pop("name", None)
        if name is not None and (not isinstance(name, str) or not name.isprintable() or not name):
            raise input_error(cls.__name__, "name", repr(name), "not a usable name", "printable text")
        psf = None if self._kind.is_sky else arguments.pop("psf", None)
        if not (psf is None or psf is False or isinstance(psf, AnyPsf)):
            raise input_error(
                cls.__name__, "psf", shown(psf), "not a PSF", "a PSF, False (none), None (that of the image)"
            )
        image = arguments.pop("image", None) if self._kind.takes_image else None
        if not (image is None or isinstance(image, HeldImage)):
            image = HeldImage(image, cls.__name__)
        given_cuts = {key: arguments.pop(key, None) for key in _CUTS}
        cuts = {key: _as_cuts(cls, key, value) for key, value in given_cuts.items() if value}
        arguments, zeropoint = cls._plain(arguments)
        keys = cls._argument_names()
        norms = [key for key in cls._norms() if arguments.get(key) is not None]
        if len(norms) > 1:
            raise input_error(
                cls.__name__, norms[1], arguments[norms[1]], f"{norms[0]} is given too", "one of them"
            )
        for key, value in arguments.items():
            if key in keys:
                continue
            options = [option for option, *_ in _core.option_keys(cls._kind.name)]
            if value is None and key in options:
                continue
            others = ["name"] if self._kind.is_sky else ["name", "psf"]
            hint = _core.suggestion(
                key, [*keys, *(option for option in options if option not in keys), *others]
            )
            raise TypeError(f"{cls.__name__}() got an unexpected keyword argument {key!r} ({hint})")
        given = {key: arguments[key] for key in keys if arguments.get(key) is not None}
        for key, value in given.items():
            allowed = "any finite number" if key == "mag" else range_text(cls._specs[key])
            given[key] = as_float(value, cls.__name__, key, allowed)
        object.__setattr__(self, "_cuts", cuts)
        object.__setattr__(self, "_given", given)
        object.__setattr__(self, "_image", image)
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_psf", psf)
        object.__setattr__(
            self, "_zeropoint", as_float(zeropoint, cls.__name__, "zeropoint", "any finite number")
        )
        self._check()

    def _check(self) -> None:
        title = type(self).__name__
        if "mag" in self._given:
            mag = self._given["mag"]
            if not -1000.0 < mag - self._zeropoint < 1000.0:
                raise input_error(
                    title, "mag", mag, "no finite flux belongs to it", "a magnitude near the zeropoint"
                )
        # What is left out is checked as if it had some valid value.
        values = [
            value if value is not None else min(max(1.0, spec.min), spec.max)
            for spec, value in zip(self._specs.values(), self.given_values(), strict=True)
        ]
        _core.validate(self._kind.name, values)

    @classmethod
    def on_sky(cls, wcs: Any, *, position: Any = None, pa: Any = None, **arguments: Any) -> Self:
        """A component given by angles on the sky. Its x, y, theta and lengths are pixels from then on.

        Parameters
        ----------
        wcs : astropy.wcs.WCS, another with the methods of APE 14, or Quantity
            Where the pixels lie on the sky, of two axes; or, where no place is given, how wide one is: 0.05 * u.arcsec.
        position : astropy.coordinates.SkyCoord
            The centre, one place; with a WCS, whose scale and directions are taken there.
        pa : Quantity, optional
            Position angle of the major axis, from north to east in the frame of `position`; takes the place of theta.
        **arguments
            As for the class; lengths may be angles on the sky (re=1.2 * u.arcsec).

        Raises
        ------
        InputError
            Names the argument and what is allowed; also where pixels there are not squares to 2 percent.
        """
        found, scale = arguments_on_sky(cls, wcs, position, pa, set(arguments))
        arguments, zeropoint = cls._class()._plain(arguments, scale)
        if zeropoint != 0.0:
            arguments["zeropoint"] = zeropoint
        return cls._class()(**found, **arguments)

    @classmethod
    def _plain(cls, arguments: dict[str, Any], scale: Any = None) -> tuple[dict[str, Any], Any]:
        """Arguments with numbers in the place of quantities, without the zero point; and that."""
        plain = dict(arguments)
        zeropoint = plain.pop("zeropoint", 0.0) if "flux" in cls._specs else 0.0
        if is_quantity(zeropoint):
            zeropoint = number_of(zeropoint, "mag", cls.__name__, "zeropoint")
        quantities = {key: value for key, value in plain.items() if is_quantity(value)}
        if quantities:
            units = {"mag": "mag", **{key: spec.unit for key, spec in cls._all_specs().items()}}
            known = zeropoint if "zeropoint" in arguments else None
            for key in quantities.keys() & units.keys():
                plain[key] = number_of(plain[key], units[key], cls.__name__, key, scale, known)
        return plain, zeropoint

    @classmethod
    def _all_specs(cls) -> dict[str, _core.ParameterSpec]:
        """Of its parameters, and of those that options of it could have."""
        options = {key: spec for key, _, spec in _core.option_keys(cls._kind.name) if spec is not None}
        return {**options, **cls._specs}

    @classmethod
    def _argument_names(cls) -> list[str]:
        keys = list(cls._specs)
        if "flux" in keys:
            keys.insert(keys.index("flux") + 1, "mag")
        return keys

    @classmethod
    def _norms(cls) -> list[str]:
        """What its light can be proportional to; a component is given by one of them."""
        keys = _core.norm_keys(cls._kind.name)
        if "flux" in keys:
            keys.insert(1, "mag")
        return keys

    @property
    def kind(self) -> str:
        """The kind's name: "sersic"."""
        return self._kind.name

    @property
    def inner(self) -> tuple["Component", ...]:
        """Truncations that cut the light inside."""
        return self._cuts.get("inner", ())

    @property
    def outer(self) -> tuple["Component", ...]:
        """Truncations that cut the light outside."""
        return self._cuts.get("outer", ())

    @property
    def name(self) -> str | None:
        """What the component is called in parameter names; None: its kind and a number."""
        return self._name

    @property
    def psf(self) -> AnyPsf | bool | None:
        """What it is seen through: a PSF of its own, False (nothing), or None (the image's PSF)."""
        return self._psf

    @property
    def _core_image(self) -> _core.LightImage | None:
        return None if self._image is None else self._image.core

    @property
    def parameters(self) -> dict[str, float]:
        """What was given, by name, "mag" included."""
        return dict(self._given)

    @property
    def has_mag(self) -> bool:
        """Whether the flux was given as a magnitude: then fits and derivatives are in magnitudes, too."""
        return "mag" in self._given

    def value(self, parameter: str) -> float | None:
        """A parameter's value, in the core's terms (flux, never mag); None when left out."""
        if parameter == "flux" and self.has_mag:
            return float(flux_of(self._given["mag"], self._zeropoint))
        return self._given.get(parameter)

    def value_or_fallback(self, parameter: str) -> float:
        """As `value`; where left out, the registry's fallback, NaN when there is none."""
        value = self.value(parameter)
        return self._specs[parameter].fallback if value is None else value

    def shown(self, parameter: str) -> float:
        """A parameter's value as it was given, "mag" included; where left out, the registry's fallback."""
        given = self._given.get(parameter)
        return self._specs[parameter].fallback if given is None else given

    def mag_slope(self) -> float:
        """d flux / d mag, counts per magnitude; NaN where the flux was left out."""
        flux = self.value("flux")
        return math.nan if flux is None else -0.4 * math.log(10.0) * flux

    def given_values(self) -> list[float | None]:
        """Values in the registry's order; None where left out."""
        return [self.value(name) for name in self._specs]

    def replace(self, **changes: Any) -> Self:
        """A copy with other values; flux, mag or a surface brightness takes the place of what was given of these."""
        arguments = self._arguments()
        norms = self._norms()
        changed = [key for key in norms if key in changes]
        if changed:
            for key in norms:
                arguments.pop(key, None)
            if not {"flux", "mag"} & set(changed):
                arguments.pop("zeropoint", None)
        return self._class()(**{**arguments, **changes})

    @classmethod
    def _class(cls) -> type[Self]:
        """The class of the registry's row, which takes any options: they follow from the arguments."""
        return cls._base or cls

    def _arguments(self) -> dict[str, Any]:
        arguments: dict[str, Any] = {} if self._image is None else {"image": self._image}
        arguments.update(self._given)
        arguments.update(self._cuts)
        if self._zeropoint != 0.0:
            arguments["zeropoint"] = self._zeropoint
        if self._name is not None:
            arguments["name"] = self._name
        if self._psf is not None:
            arguments["psf"] = self._psf
        return arguments

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; use replace({name}=...)")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Component):
            return NotImplemented
        return type(self) is type(other) and self._arguments() == other._arguments()

    def __hash__(self) -> int:
        return hash((type(self).__name__, tuple(sorted(self._arguments().items()))))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self._class(), self._arguments())

    def _repr_html_(self) -> str:
        return component_html(self)

    def __repr__(self) -> str:
        arguments = ", ".join(f"{key}={value!r}" for key, value in self._arguments().items())
        return f"{type(self).__name__}({arguments})"


def _rebuild(cls: type[Component], arguments: dict[str, Any]) -> Component:
    return cls(**arguments)
