"""The surfaces and images of a group of an exported plan, components that are seen through one PSF or none: light of any law
and shape on the core's cells and wedges, drawn with splines where there is a PSF."""

from collections.abc import Mapping, Sequence
from typing import Any

import jax

from gaxel._executor.leaves import Leaves, grid_of
from gaxel._executor.parameters import named
from gaxel._executor.placed_image import PlacedImage
from gaxel._executor.splines import Drawing, DrawingTransform
from gaxel._executor.surface import Light, Surface


class Surfaces:
    """`group`: of _core.export_plan; `names`: of the model's components. Raises NotImplementedError for a kind whose law is
    not known here."""

    def __init__(self, group: Mapping[str, Any], names: Sequence[str]) -> None:
        components = self._components = group["components"]
        families = [component["family"] for component in components]
        members = [i for i, family in enumerate(families) if family == "surface"]
        self._surfaces = [Surface(components, i, names[components[i]["owner"]]) for i in members]
        self._images = {
            i: PlacedImage(components[i]) for i, family in enumerate(families) if family == "image"
        }
        leaves = [components[i]["leaves"] for i in members]
        has_psf = "drawn" in group
        self._leaves = [] if has_psf else [Leaves(of_one) for of_one in leaves]
        self._drawings = [Drawing(of_one) for of_one in leaves] if has_psf else []
        self._transform = DrawingTransform(group) if has_psf and len(self) > 0 else None
        self._grid = grid_of(group["drawn"]["grid"]) if has_psf else None

    def __len__(self) -> int:
        return len(self._surfaces) + len(self._images)

    @property
    def convolver(self) -> int:
        """At the frequencies of which of the group's convolvers spectrum() is. There is a PSF."""
        return self._transform.convolver

    def image(self, values: Sequence[jax.Array], shape: tuple[int, int]) -> jax.Array:
        """The image (ny, nx) without a PSF, of the values of each component of the group."""
        images = [
            light.scale * leaves.image(light.unit, light.x, light.y)
            for leaves, light in zip(self._leaves, self._lights(values), strict=True)
        ]
        return sum(
            images + [placed.image(self._named(i, values), shape) for i, placed in self._images.items()]
        )

    def spectrum(self, values: Sequence[jax.Array]) -> jax.Array:
        """The transform of the light (n_ky, n_kx), which the PSF's transfer function is to be multiplied with."""
        drawings = [
            light.scale * draw(light.unit, light.x, light.y)
            for draw, light in zip(self._drawings, self._lights(values), strict=True)
        ]
        drawings += [placed.drawing(self._named(i, values), self._grid) for i, placed in self._images.items()]
        return self._transform(sum(drawings))

    def _lights(self, values: Sequence[jax.Array]) -> list[Light]:
        return [surface.light(values) for surface in self._surfaces]

    def _named(self, i: int, values: Sequence[jax.Array]) -> dict[str, jax.Array]:
        return named(self._components[i], values[i])
