"""The cells that a component is integrated on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaxel import _core
from gaxel._arrays import as_shape, as_threads, as_tolerance
from gaxel._component import Component
from gaxel._errors import input_error
from gaxel._parameters import Components, as_list, component_names, core_components, slots_of
from gaxel._psf import AnyPsf, VaryingPsf, core_psfs_of

KINDS = ("tile", "pixel", "part", "cusp")


@dataclass(frozen=True, repr=False, eq=False)
class Cells:
    """The n cells of one component: they fill its grid and do not overlap. Lengths are pixels of the image, whose pixel
    (row, column) reaches from column - 0.5 to column + 0.5. Through a PSF the grid is wider, and finer where the PSF asks for it:
    what is a pixel here is one of that grid."""

    kind: NDArray[np.str_]
    """Shape (n,): "tile", many pixels that share a polynomial; "pixel", one with a Gauss-Legendre rule; "part" of a pixel with one;
    "cusp", a pixel in closed form."""
    level: NDArray[np.int32]
    """Shape (n,): the longer side is 2**level pixels of the grid; of parts 2**level is the shorter one."""
    x_min: NDArray[np.float64]
    x_max: NDArray[np.float64]
    y_min: NDArray[np.float64]
    y_max: NDArray[np.float64]
    nodes_x: NDArray[np.int32]
    """Shape (n,): nodes along x; 0 in closed form. Those of a tile are spread over all of it, also over what is cut off at the border."""
    nodes_y: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.kind)

    def __repr__(self) -> str:
        counts = ", ".join(f"{np.count_nonzero(self.kind == kind)} {kind}s" for kind in KINDS)
        return f"Cells({counts}; {int((self.nodes_x * self.nodes_y).sum())} nodes)"


def cells(
    components: Components,
    shape: tuple[int, int],
    psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
    *,
    component: str | Component | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    threads: int | None = None,
) -> Cells:
    """The cells that render integrates a component on, when it has no plan.

    Parameters
    ----------
    components, shape, psf, rtol, atol, threads
        As in render. Components share the tolerance, so that the cells of one depend on how many there are.
    component : str or Component, optional
        Which of them: itself, or its name, such as "sersic1" where it has none. Default: the first that is integrated.

    Returns
    -------
    Cells

    Raises
    ------
    InputError
        Names the argument and what is allowed. Point sources, images and sky have no cells.
    """
    listed = as_list(components, "cells")
    size = as_shape(shape, "cells")
    psfs, numbers = core_psfs_of(psf, listed, size)
    which = _number_of(component, listed)
    kinds, levels, borders, nodes = _core.cells(
        core_components(listed, slots_of(listed, "cells"), numbers, size, "cells"),
        which,
        *size,
        psfs,
        *as_tolerance(rtol, atol, "cells"),
        as_threads(threads, size, "cells"),
    )
    return Cells(np.array(KINDS)[kinds], levels, *borders.reshape(-1, 4).T, *nodes.reshape(-1, 2).T)


def _number_of(component: Any, listed: list[Component]) -> int:
    names = component_names(listed, "cells")
    able = [i for i, one in enumerate(listed) if one._kind.is_integrated]
    allowed = ", ".join(names[i] for i in able) or "a galaxy's profile among the components"
    for i in able:
        if component is None or component is listed[i] or component == names[i]:
            return i
    value = None if component is None else repr(component)
    raise input_error("cells", "component", value, "none that is integrated on cells", allowed)
