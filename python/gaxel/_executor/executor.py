"""The image of a prepared model as a function of its values, in operations of JAX alone."""

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from gaxel import _core
from gaxel._executor.convolution import Convolver
from gaxel._executor.core_and_wings import CoreAndWings
from gaxel._executor.cusp import cusp_fluxes
from gaxel._executor.elliptical import KINDS, Profile
from gaxel._executor.leaves import Leaves, scatter
from gaxel._executor.parameters import named, start_of
from gaxel._executor.sky import sky_image
from gaxel._executor.splines import DrawingTransform
from gaxel._executor.surfaces import Surfaces


class _Elliptical:
    """An elliptical profile on the plan's leaves: its pixels, or through a PSF the cells of the drawing's grid."""

    def __init__(self, component: Mapping[str, Any]) -> None:
        self._leaves = Leaves(component["leaves"])
        start = start_of(component)
        self._centre = start["x"], start["y"]
        self._exponent = KINDS[component["base"]].exponent(start)

    def image(self, profile: Profile) -> jax.Array:
        image = self._leaves.image(profile.light, profile.x, profile.y)
        if len(self._leaves.cusps) == 0:
            return image
        fluxes = cusp_fluxes(profile, self._leaves.boxes(), self._centre, self._exponent)
        return image + scatter(image.shape, self._leaves.cusps, fluxes)


class _Group:
    """The components that are seen through one PSF, or none."""

    def __init__(self, group: Mapping[str, Any], shape: tuple[int, int], names: Sequence[str]) -> None:
        self._shape = shape
        self._components = group["components"]
        self._convolvers = [Convolver(arrays) for arrays in group["convolvers"]]
        self._lights: dict[int, _Elliptical | CoreAndWings] = {}
        for i, component in enumerate(self._components):
            if component["family"] != "elliptical":
                continue
            split = "split" in component
            self._lights[i] = CoreAndWings(component, self._convolvers) if split else _Elliptical(component)
        in_boxes = any(isinstance(light, _Elliptical) for light in self._lights.values())
        self._boxes = DrawingTransform(group, order=1) if self._convolvers and in_boxes else None
        self._surfaces = Surfaces(group, names)

    def image(self, values: Sequence[jax.Array]) -> jax.Array:
        """`values`: of each component."""
        if not self._convolvers:
            return self._bare_image(values)
        samples: dict[int, jax.Array] = {}
        transforms: dict[int, jax.Array] = {}

        def add(to: dict[int, jax.Array], convolver: int, light: jax.Array | None) -> None:
            if light is not None:
                to[convolver] = to[convolver] + light if convolver in to else light

        boxes: dict[int, jax.Array] = {}
        for i, light in self._lights.items():
            own = self._named(i, values)
            if isinstance(light, CoreAndWings):
                sampled, core = light.light(own)
                add(samples, light.convolver, sampled)
                add(transforms, light.convolver, core)
            else:
                add(boxes, 0, light.image(Profile.of(self._components[i], own)))
        if self._boxes is not None:
            add(transforms, self._boxes.convolver, self._boxes(boxes[0]))
        for i in self._points():
            point, convolver = self._named(i, values), self._convolvers[0]
            flux = jnp.where(convolver.reaches(point["x"], point["y"]), point["flux"], 0.0)
            add(transforms, 0, flux * convolver.phases(point["x"], point["y"]))
        if len(self._surfaces) > 0:
            add(transforms, self._surfaces.convolver, self._surfaces.spectrum(values))
        image = jnp.zeros(self._shape, values[0].dtype)
        for i, convolver in enumerate(self._convolvers):
            spectra = [convolver.spectrum_of_samples(samples[i])] if i in samples else []
            if i in transforms:
                spectra.append(convolver.spectrum(transforms[i]))
            if spectra:
                image = image + convolver.image(sum(spectra), self._shape)
        return image

    def _bare_image(self, values: Sequence[jax.Array]) -> jax.Array:
        image = jnp.zeros(self._shape, values[0].dtype)
        for i, light in self._lights.items():
            image = image + light.image(Profile.of(self._components[i], self._named(i, values)))
        for i in self._points():
            point = self._named(i, values)
            # In one pixel, wherever in it: only the flux has a derivative.
            row, column = (jnp.floor(point[key] + 0.5) for key in ("y", "x"))
            rows = jnp.arange(self._shape[0])[:, None] == row
            image = image + point["flux"] * (rows & (jnp.arange(self._shape[1]) == column))
        if len(self._surfaces) > 0:
            image = image + self._surfaces.image(values, self._shape)
        return image

    def _points(self) -> list[int]:
        return [i for i, component in enumerate(self._components) if component["family"] == "point"]

    def _named(self, i: int, values: Sequence[jax.Array]) -> dict[str, jax.Array]:
        return named(self._components[i], values[i])


class Executor:
    """The image (ny, nx) of components as a function of all their values, a vector in their order.

    `components`: as the core takes them, called `names`; `limits` (n, 2): the smallest and the largest value of each
    parameter. Beyond these, and where one is NaN, the image is NaN, as the core's is. `wanted` (n,): which parameters
    there are derivatives to; nothing is differentiated of components without any. Raises NotImplementedError, naming
    the component, for light that only the core makes.
    """

    def __init__(
        self,
        components: list[Any],
        names: Sequence[str],
        limits: np.ndarray,
        wanted: np.ndarray,
        shape: tuple[int, int],
        psfs: list[Any],
        tolerance: tuple[float, float],
    ) -> None:
        plan = _core.export_plan(components, *shape, psfs, *tolerance)
        self._shape = shape
        self._limits = limits
        self._wanted = np.asarray(wanted, bool)
        self._skies = plan["skies"]
        self._members = [group["components"] for group in plan["groups"]]
        self._groups = [_Group(group, shape, names) for group in plan["groups"]]

    def image(self, values: jax.Array) -> jax.Array:
        least, most = jnp.asarray(self._limits, values.dtype).T
        possible = jnp.all((values >= least) & (values <= most))
        values = values * jnp.where(possible, 1.0, jnp.nan)  # derivatives, too
        image = jnp.zeros(self._shape, values.dtype)
        for group, members in zip(self._groups, self._members, strict=True):
            image = image + group.image([self._values_of(member, values) for member in members])
        for sky in self._skies:
            image = image + sky_image(sky, named(sky, self._values_of(sky, values)), self._shape)
        return image

    def _values_of(self, component: Mapping[str, Any], values: jax.Array) -> jax.Array:
        """A component's values, from those of the model; parts of sums have constants, too."""
        sources = np.asarray(component["sources"], int)
        constants = jnp.asarray(component["values"], values.dtype)
        own = jnp.where(sources < 0, constants, values[np.maximum(sources, 0)])
        return own if self._wanted[sources[sources >= 0]].any() else jax.lax.stop_gradient(own)
