"""The models that gaxel.astropy_model makes."""

import math
from typing import Any, ClassVar

import numpy as np
from astropy.modeling import Fittable2DModel, Parameter
from numpy.typing import NDArray

from gaxel._component import Component
from gaxel._errors import input_error
from gaxel._numbers import as_numbers
from gaxel._parameters import Slot, core_value, relinked, slots_of
from gaxel._psf import AnyPsf
from gaxel._render import render, render_with_jacobian

NEXT_PIXEL = 1e-6  # how far from whole numbers the distances of pixels may be
SOURCE = "astropy_model"


class PixelModel(Fittable2DModel):
    """Light of components in pixels; see gaxel.astropy_model."""

    _given: ClassVar[tuple[Component, ...]]
    _psf: ClassVar[AnyPsf | None]
    _tolerance: ClassVar[tuple[float, float]]
    _slots: ClassVar[list[Slot]]
    """Of each parameter."""

    n_inputs = 2
    n_outputs = 1

    # Without annotations: astropy takes those of arguments for their units.
    def evaluate(self, x, y, *values):  # type: ignore[no-untyped-def]
        rows, columns, shape, origin = _pixels(x, y)
        return self._render(render, values, shape, origin)[rows, columns]

    def fit_deriv(self, x: Any, y: Any, *values: Any) -> list[NDArray[np.float64]]:
        """Derivatives to each parameter, in the shape of x; 0 to constants."""
        rows, columns, shape, origin = _pixels(x, y)
        _, jacobian = self._render(render_with_jacobian, values, shape, origin)
        fittable = [slot.name for slot in slots_of(self._given, SOURCE) if slot.spec.fittable]
        images = dict(zip(fittable, jacobian, strict=True))
        none = np.zeros(shape)
        return [images.get(slot.name, none)[rows, columns] for slot in self._slots]

    @property
    def components(self) -> list[Component]:
        """With the model's values, in the model's x and y."""
        return self._components(self.parameters, (0.0, 0.0))

    def _render(self, function: Any, values: Any, shape: tuple[int, int], origin: tuple[float, float]) -> Any:
        rtol, atol = self._tolerance
        components = self._components(values, origin)
        return function(components, shape, psf=self._psf, rtol=rtol, atol=atol)

    def _components(self, values: Any, origin: tuple[float, float]) -> list[Component]:
        """In pixels that begin at `origin`, (x, y)."""
        changes: dict[int, dict[str, float]] = {}
        for slot, value in zip(self._slots, values, strict=True):
            if np.size(value) != 1:
                raise input_error(SOURCE, slot.name, f"{np.size(value)} values", "no sets of models", "one")
            key = "mag" if slot.is_mag else slot.spec.name
            number = float(np.ravel(value)[0]) - {"x": origin[0], "y": origin[1]}.get(key, 0.0)
            changes.setdefault(id(slot.component), {})[key] = number
        made = [one.replace(**changes.get(id(one), {})) for one in self._given]
        return relinked(made, self._given)

    def __reduce__(self) -> tuple[Any, ...]:
        return make_model, (self._given, self._psf, *self._tolerance), self.__dict__


def _plain_pixels(places: Any) -> Any:
    """Quantities in pixels as plain numbers."""
    return places.value if str(getattr(places, "unit", None)) == "pix" else places


def _pixels(
    x: Any, y: Any
) -> tuple[NDArray[np.intp], NDArray[np.intp], tuple[int, int], tuple[float, float]]:
    """Rows and columns of pixels in the smallest image that holds them, its shape, and where it begins."""
    found = []
    y, x = as_numbers("model", **{key: _plain_pixels(places) for key, places in (("y", y), ("x", x))})
    for key, places in (("y", y), ("x", x)):
        if places.size == 0 or not np.isfinite(places).all():
            what = "no pixels" if places.size == 0 else "holds NaN or infinity"
            raise input_error("model", key, None, what, "centres of pixels")
        steps = places - places.min()
        whole = np.rint(steps)
        off = np.abs(steps - whole).max()
        if off > NEXT_PIXEL:
            raise input_error(
                "model", key, f"{off:.3g} from a whole number", "pixels are one wide, and these overlap",
                "centres whole numbers apart",
            )  # fmt: skip
        found.append((whole.astype(np.intp), int(whole.max()) + 1, float(places.min())))
    (rows, ny, y0), (columns, nx, x0) = found
    return rows, columns, (ny, nx), (x0, y0)


def make_model(components: tuple[Component, ...], psf: AnyPsf | None, rtol: float, atol: float) -> PixelModel:
    """A class with the components' parameters, and a model of it with their values."""
    members: dict[str, Any] = {
        "__doc__": PixelModel.__doc__, "__module__": __name__,
        "_given": components, "_psf": psf, "_tolerance": (rtol, atol), "_slots": [],
    }  # fmt: skip
    for slot in slots_of(components, SOURCE):
        name = slot.name.rpartition(".")[2] if len(components) == 1 else slot.name.replace(".", "_")
        if not name.isidentifier() or name in members or hasattr(Fittable2DModel, name):
            raise input_error(
                SOURCE, slot.name, repr(name), "not usable as a parameter's name", "another name="
            )
        given = slot.component.value(slot.spec.name)
        if given is None and not slot.spec.fittable:
            continue  # the renderer's own choice stands
        is_held = not slot.spec.fittable or (given is None and slot.spec.rests_unless_given)
        members[name] = _parameter(slot, is_held)
        members["_slots"].append(slot)
    title = type(components[0]).__name__ if len(components) == 1 else "Components"
    return type(title, (PixelModel,), members)()


def _parameter(slot: Slot, is_held: bool) -> Parameter:
    if slot.is_mag:
        return Parameter(default=slot.component.parameters["mag"], fixed=is_held)
    low, high = (None if math.isinf(end) else end for end in (slot.spec.min, slot.spec.max))
    value = core_value(slot, (1, 1), SOURCE)
    return Parameter(default=value, bounds=(low, high), fixed=is_held, description=slot.spec.doc)
