"""gaxel, through its Python package."""

import gaxel
import numpy as np
from cases import Case
from peer import Renderer

NAME = "gaxel"
VERSION = gaxel.__version__
REUSED = "the array that the image is written to"
TOLERANCES = (1e-2, 1e-4, 1e-6, 1e-8)


def name(rtol: float) -> str:
    """1e-6 and the like."""
    return f"{rtol:.0e}".replace("e-0", "e-")


def renderers(case: Case) -> list[Renderer]:
    image = np.empty(case.shape)

    def render(rtol: float, out: np.ndarray | None) -> np.ndarray:
        galaxy = gaxel.Sersic(x=case.x, y=case.y, flux=1.0, re=case.re, n=case.n, q=case.q, theta=case.theta)
        return gaxel.render(galaxy, case.shape, rtol=rtol, atol=1e-3 * rtol, out=out, threads=1)

    return [
        Renderer(
            f"rtol {name(rtol)}",
            name(rtol),
            lambda rtol=rtol: render(rtol, image),
            lambda rtol=rtol: render(rtol, None),
        )
        for rtol in TOLERANCES
    ]
