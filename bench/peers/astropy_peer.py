"""astropy's Sersic2D, sampled at the middles of k x k sub-pixels whose mean is the pixel."""

import astropy
import numpy as np
from astropy.modeling.models import Sersic2D
from cases import Case
from peer import Renderer

NAME = "astropy"
VERSION = astropy.__version__
REUSED = "the grid of sub-pixels"
FACTORS = (1, 5, 11)


def _grid(case: Case, k: int) -> tuple[np.ndarray, np.ndarray]:
    rows, cols = ((np.arange(size * k) + 0.5) / k - 0.5 for size in case.shape)
    return np.meshgrid(cols, rows)


def _render(case: Case, k: int, grid: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    # theta from +x towards +y and r_eff along the major axis, as in gaxel.
    galaxy = Sersic2D(
        amplitude=case.intensity_at_re(case.exact_bn()),
        r_eff=case.re,
        n=case.n,
        x_0=case.x,
        y_0=case.y,
        ellip=1.0 - case.q,
        theta=case.theta,
    )
    samples = galaxy(*grid)
    ny, nx = case.shape
    return samples if k == 1 else samples.reshape(ny, k, nx, k).mean(axis=(1, 3))


def _renderer(case: Case, k: int) -> Renderer:
    grid = _grid(case, k)
    return Renderer(
        "pixel centres" if k == 1 else f"{k} x {k} sub-pixels",
        f"{k}x{k}",
        lambda: _render(case, k, grid),
        lambda: _render(case, k, _grid(case, k)),
    )


def renderers(case: Case) -> list[Renderer]:
    return [_renderer(case, k) for k in FACTORS]
