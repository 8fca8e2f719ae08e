"""The sky: light that no PSF spreads, a sum of fixed images times parameters (src/render/unconvolved.cpp)."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.polynomial import chebyshev

from gaxel._executor.leaves import gauss_legendre
from gaxel._executor.parameters import start_of


def _means(degree: int, centre: float, half_size: float, n: int) -> np.ndarray:
    """(degree + 1, n): of the Chebyshev polynomials over the pixels of an axis, exact."""
    nodes, weights = gauss_legendre(degree // 2 + 1)
    u = (np.arange(n)[:, None] + 0.5 * nodes - centre) / half_size
    return np.einsum("ijk,j->ki", chebyshev.chebvander(u, degree), 0.5 * weights)


def sky_image(
    component: Mapping[str, Any], values: Mapping[str, jax.Array], shape: tuple[int, int]
) -> jax.Array:
    """Of a component of family "sky". Its pivot and domain are constants."""
    constants = start_of(component)
    ny, nx = shape
    rows, columns = np.arange(ny) - constants["y"], np.arange(nx) - constants["x"]
    if "level" in values:
        dtype = values["level"].dtype
        plane = values["slope_x"] * jnp.asarray(columns, dtype)
        return values["level"] + plane + values["slope_y"] * jnp.asarray(rows, dtype)[:, None]
    terms = [name for name in component["parameters"] if name not in ("x", "y", "half_width", "half_height")]
    degree = round((np.sqrt(8 * len(terms) + 1) - 3) / 2)  # (degree + 1)(degree + 2) / 2 terms
    along_x = _means(degree, constants["x"], constants["half_width"], nx)
    along_y = _means(degree, constants["y"], constants["half_height"], ny)
    pairs = [(i, j) for j in range(degree + 1) for i in range(degree + 1 - j)]
    coefficients = jnp.stack([values[name] for name in terms])
    of_x = jnp.asarray([along_x[i] for i, _ in pairs], coefficients.dtype)
    of_y = jnp.asarray([along_y[j] for _, j in pairs], coefficients.dtype)
    return jnp.einsum("t,ty,tx->yx", coefficients, of_y, of_x, precision=jax.lax.Precision.HIGHEST)
