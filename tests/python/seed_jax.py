"""The seed's study of pixel integration in JAX, compact: what gaxel.integration is compared and timed with.

Written from the study's text and the published formulas, with GAX's conventions: i vertical, j horizontal, origin at the
image centre, every level of the refinement of a fixed size so that one call compiles. Needs 64-bit mode.
"""

from functools import partial

import jax
import numpy as np
from jax import numpy as jnp
from jax.scipy.special import gammaln
from scipy.special import roots_legendre

jax.config.update("jax_enable_x64", True)


def series_bn(n):
    """b_n by the asymptotic series of Ciotti & Bertin (1999, eq. 18), good to 1e-7 for n > 2.5."""
    return (
        2 * n
        - 1 / 3
        + 4 / (405 * n)
        + 46 / (25515 * n**2)
        + 131 / (1148175 * n**3)
        - 2194697 / (30690717750 * n**4)
    )


def sersic_2d(i, j, mag, log_re, log_n, x, y, q, theta, bn=None):
    """Light at (i, j); `bn` overrides the series."""
    re, n = 10.0**log_re, 10.0**log_n
    b = series_bn(n) if bn is None else bn
    log_ie = -0.4 * jnp.log(10.0) * mag - (
        2 * jnp.log(re) + jnp.log(2 * jnp.pi * n) + b - 2 * n * jnp.log(b) + gammaln(2 * n) + jnp.log(q)
    )
    dx, dy = j - x, i - y
    u = dx * jnp.cos(theta) + dy * jnp.sin(theta)
    v = (dy * jnp.cos(theta) - dx * jnp.sin(theta)) / q
    return jnp.exp(log_ie - b * (jnp.power((u**2 + v**2) / re**2, 0.5 / n) - 1))


def roots_clencurt(order):
    """Clenshaw-Curtis nodes and weights by the inverse FFT of Waldvogel (2006, eq. 3.9)."""
    if order == 2:  # of which the construction knows nothing
        return np.array([-1.0, 1.0]), np.ones(2)
    m = order - 1
    odd = np.arange(1, m, 2)
    rest = m - len(odd)
    v0 = np.concatenate((2 / odd / (odd - 2), [1 / odd[-1]], np.zeros(rest)))
    v2 = -v0[:-1] - v0[:0:-1]
    g0 = -np.ones(m)
    g0[len(odd)] += m
    g0[rest] += m
    weights = np.fft.ifft(v2 + g0 / (m**2 - 1 + m % 2)).real
    return np.cos(np.pi * np.arange(order) / m)[::-1], np.append(weights, weights[0])


@partial(jax.jit, static_argnames=["f"])
def integrate_pixels(f, i, j, pars, di, dj, w):
    return jax.lax.fori_loop(
        0, len(w), lambda k, sum: sum + w[k] * f(i + di[k], j + dj[k], pars), jnp.zeros(i.shape)
    )


@partial(jax.jit, static_argnames=["f"])
def tensor_integrate_pixels(f, i, j, pars, d, w, oversamp=1):
    d, w = 0.5 * jnp.asarray(d) / oversamp, 0.5 * jnp.asarray(w) / oversamp
    return integrate_pixels(
        f, i, j, pars, jnp.repeat(d, len(d)), jnp.tile(d, len(d)), jnp.outer(w, w).flatten()
    )


@partial(jax.jit, static_argnames=["f", "order"])
def gauss_legendre_tensor_integration(f, i, j, pars, order):
    return tensor_integrate_pixels(f, i, j, pars, *roots_legendre(order))


@partial(jax.jit, static_argnames=["f", "order"])
def clencurt_tensor_integration(f, i, j, pars, order):
    return tensor_integrate_pixels(f, i, j, pars, *roots_clencurt(order))


@partial(jax.jit, static_argnames=["f", "order"])
def oversampled_integration(f, i, j, pars, order):
    return tensor_integrate_pixels(
        f, i, j, pars, (2 * np.arange(order) + 1) / order - 1, np.full(order, 2 / order)
    )


def oversample_pixels(i, j, k, oversamp, base_oversamp=1):
    d = ((np.arange(oversamp) + 0.5) / oversamp - 0.5) / (base_oversamp * oversamp ** (k - 1))
    return (i[..., None] + jnp.repeat(d, oversamp)).flatten(), (
        j[..., None] + jnp.tile(d, oversamp)
    ).flatten()


def integrate_with_error(f, i, j, pars, k, order, base_oversamp, oversamp):
    rules = (roots_legendre(order - 1), roots_legendre(order), roots_clencurt(order))
    low, gauss, clenshaw = (
        tensor_integrate_pixels(f, i, j, pars, *r, base_oversamp * oversamp**k) for r in rules
    )
    return 0.5 * (gauss + clenshaw), jnp.maximum(jnp.abs(gauss - low), jnp.abs(gauss - clenshaw))


REFINEMENT_STATIC = ["f", "base_oversamp", "order", "oversamp", "frac_refine", "k_max"]


@partial(jax.jit, static_argnames=REFINEMENT_STATIC)
def prepare_subpixel_refinements(
    f, i, j, pars, base_oversamp=1, order=3, oversamp=3, precision=1e-6, frac_refine=0.1, k_max=5
):
    """All levels, whatever is imprecise: a compiled program has a fixed size."""
    new_i, new_j = i.flatten(), j.flatten()
    n_to_refine = int(new_i.size * frac_refine)
    idx_to_refine, integrated_pixels, n_imprecise = [], [], []
    for k in range(k_max + 1):
        if k > 0:
            idx_to_refine.append(error.argsort()[-n_to_refine:])  # noqa: F821  (set by the level before)
            chosen = idx_to_refine[-1]
            new_i, new_j = oversample_pixels(new_i[chosen], new_j[chosen], k, oversamp, base_oversamp)
        value, error = integrate_with_error(f, new_i, new_j, pars, k, order, base_oversamp, oversamp)
        integrated_pixels.append(value)
        n_imprecise.append((error > precision).sum())
    return idx_to_refine, integrated_pixels, n_imprecise, n_to_refine


@partial(jax.jit, static_argnames=["oversamp", "shape"])
def apply_subpixel_refinements(idx_to_refine, integrated_pixels, oversamp, shape):
    pixels = integrated_pixels[-1]
    for chosen, parents in zip(idx_to_refine[::-1], integrated_pixels[-2::-1], strict=True):
        pixels = parents.at[chosen].set(pixels.reshape(-1, oversamp**2).sum(1))
    return pixels.reshape(shape)


@partial(jax.jit, static_argnames=REFINEMENT_STATIC)
def integrate_with_subpixel_refinement(
    f, i, j, pars, base_oversamp=1, order=3, oversamp=3, precision=1e-6, frac_refine=0.1, k_max=5
):
    prepared = prepare_subpixel_refinements(
        f, i, j, pars, base_oversamp, order, oversamp, precision, frac_refine, k_max
    )
    return apply_subpixel_refinements(*prepared[:2], oversamp, i.shape)
