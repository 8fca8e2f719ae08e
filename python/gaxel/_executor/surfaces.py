"""The surfaces of a group of an exported plan, components that are seen through one PSF or none: light of any law and shape
on the core's cells and wedges."""

from collections.abc import Mapping, Sequence
from typing import Any

import jax

from gaxel._executor.leaves import Leaves
from gaxel._executor.splines import Drawing, DrawingTransform
from gaxel._executor.surface import Light, Surface


class Surfaces:
    """`group`: of _core.export_plan; `names`: of the model's components. Raises NotImplementedError for a kind whose law is
    not known here."""

    def __init__(self, group: Mapping[str, Any], names: Sequence[str]) -> None:
        components = group["components"]
        members = [i for i, component in enumerate(components) if component["family"] == "surface"]
        self._surfaces = [Surface(components, i, names[components[i]["owner"]]) for i in members]
        has_psf = "drawn" in group
        leaves = [components[i]["leaves"] for i in members]
        self._leaves = [] if has_psf else [Leaves(of_one) for of_one in leaves]
        self._drawings = [Drawing(of_one) for of_one in leaves] if has_psf else []
        self._transform = DrawingTransform(group) if has_psf and members else None

    def __len__(self) -> int:
        return len(self._surfaces)

    @property
    def convolver(self) -> int:
        """At the frequencies of which of the group's convolvers spectrum() is. There is a PSF."""
        return self._transform.convolver

    def image(self, values: Sequence[jax.Array]) -> jax.Array:
        """The image (ny, nx) without a PSF, of the values of each component of the group."""
        return sum(
            light.scale * leaves.image(light.unit, light.x, light.y)
            for leaves, light in zip(self._leaves, self._lights(values), strict=True)
        )

    def spectrum(self, values: Sequence[jax.Array]) -> jax.Array:
        """The transform of the light (n_ky, n_kx), which the PSF's transfer function is to be multiplied with."""
        drawings = (
            light.scale * draw(light.unit, light.x, light.y)
            for draw, light in zip(self._drawings, self._lights(values), strict=True)
        )
        return self._transform(sum(drawings))

    def _lights(self, values: Sequence[jax.Array]) -> list[Light]:
        return [surface.light(values) for surface in self._surfaces]
