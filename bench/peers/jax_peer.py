"""The seed's rules and refinement as they were meant to run: compiled by JAX, in double precision on the CPU.

With the exact b_n in place of the study's series.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import seed_jax
from cases import Case
from peer import Renderer

NAME = "the seed's scheme in JAX"
VERSION = seed_jax.jax.__version__
REUSED = "the compiled program, which serves all galaxies in images of one size; the grid of pixels"


@seed_jax.jax.jit
def _light(i, j, pars):
    return seed_jax.sersic_2d(i, j, **pars)


SETTINGS: dict[tuple[str, str], Callable] = {
    ("7 x 7 Gauss-Legendre", "7x7"): partial(seed_jax.gauss_legendre_tensor_integration, order=7),
    ("refinement, 5 levels (the study's)", "5 levels"): seed_jax.integrate_with_subpixel_refinement,
    ("refinement, 8 levels, order 5", "8 levels"): partial(
        seed_jax.integrate_with_subpixel_refinement, order=5, k_max=8
    ),
}


def _grid(case: Case) -> tuple:
    # The seed counts from the middle of the image.
    ny, nx = case.shape
    grid = np.meshgrid(np.arange(ny) - 0.5 * (ny - 1), np.arange(nx) - 0.5 * (nx - 1), indexing="ij")
    return tuple(seed_jax.jnp.asarray(a) for a in grid)


def _render(case: Case, rule: Callable, grid: tuple) -> np.ndarray:
    ny, nx = case.shape
    pars = {
        "mag": 0.0,
        "log_re": np.log10(case.re),
        "log_n": np.log10(case.n),
        "x": case.x - 0.5 * (nx - 1),
        "y": case.y - 0.5 * (ny - 1),
        "q": case.q,
        "theta": case.theta,
        "bn": case.exact_bn(),
    }
    return np.asarray(rule(_light, *grid, pars))


def _first(case: Case, rule: Callable) -> np.ndarray:
    seed_jax.jax.clear_caches()
    return _render(case, rule, _grid(case))


def renderers(case: Case) -> list[Renderer]:
    grid = _grid(case)
    return [
        Renderer(*names, partial(_render, case, rule, grid), partial(_first, case, rule))
        for names, rule in SETTINGS.items()
    ]
