"""One Sersic galaxy through a PSF by gaxel.jax, pysersic and the seed's scheme: its image as a function of JAX.

All take the same seven parameters, KEYS, and the same law: a program that approximates b_n is given a radius by which its law is
the exact one. Every PSF is the same Gaussian, as an image that each reads in its own way.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import gaxel
import gaxel.jax
import jax
import jax.numpy as jnp
import numpy as np
import seed_jax
from numpy.typing import NDArray
from scipy.special import erf, gammaincinv

KEYS = ("x", "y", "flux", "re", "n", "q", "theta")
SIGMA = 5.0 / np.sqrt(8.0 * np.log(2.0))
"""Of the PSF, in pixels: FWHM 5, so that its image at the pixels' spacing holds it to 1e-10."""
PSF_SIZE = 35
"""Pixels; beyond, 1e-16 of its light is left."""

Image = Callable[[jax.Array], jax.Array]
"""(7,) to (n, n)."""


@dataclass(frozen=True)
class GradientCase:
    """A galaxy near the middle of an image of size x size pixels."""

    size: int
    n: float

    @property
    def values(self) -> NDArray[np.float64]:
        """In the order of KEYS."""
        middle = 0.5 * (self.size - 1)
        return np.array([middle + 0.3, middle - 0.2, 1.0, 0.1 * self.size, self.n, 0.6, 0.4])

    @property
    def name(self) -> str:
        return f"{self.size} x {self.size}, n {self.n:g}"


@dataclass(frozen=True)
class Setting:
    program: str
    name: str
    image: Image
    single: bool = False
    """Whether it runs in single precision."""

    @property
    def label(self) -> str:
        return f"{self.program}, {self.name}"


def psf_image(pixel: bool, finer: int = 1) -> NDArray[np.float64]:
    """With the pixel in it (integrals over pixels), or without (values at centres of cells 1 / finer wide); its sum is 1."""
    n_cells = PSF_SIZE * finer
    at = (np.arange(n_cells) - 0.5 * (n_cells - 1)) / finer / (SIGMA * np.sqrt(2.0))
    half = 0.5 / (SIGMA * np.sqrt(2.0))
    line = erf(at + half) - erf(at - half) if pixel else np.exp(-(at**2))
    image = np.outer(line, line)
    return image / image.sum()


def bn_about(n: float) -> Callable[[jax.Array], jax.Array]:
    """b_n (half of the light inside re), exact in value and first derivative at n: all that one gradient there needs."""
    step = 1e-3
    values = gammaincinv(2.0 * (n + step * np.arange(-3, 4)), 0.5)
    slope = np.array([-1.0, 9.0, -45.0, 0.0, 45.0, -9.0, 1.0]) @ values / (60.0 * step)
    return lambda index: values[3] + slope * (index - n)


def by_gaxel(case: GradientCase) -> list[Setting]:
    galaxy = gaxel.Sersic(**dict(zip(KEYS, case.values.tolist(), strict=True)), name="galaxy")
    psf = gaxel.Psf(psf_image(pixel=True))
    options = {
        "rtol 1e-6": {"rtol": 1e-6, "atol": 1e-9},
        "rtol 1e-4": {"rtol": 1e-4, "atol": 1e-7},
        "rtol 1e-6, static plan": {"rtol": 1e-6, "atol": 1e-9, "plan": "static"},
    }
    shape = (case.size, case.size)
    return [
        Setting("gaxel.jax", name, gaxel.jax.Model(galaxy, shape, psf=psf, **more).image)
        for name, more in options.items()
    ]


def by_seed(case: GradientCase) -> list[Setting]:
    """Refinement as in the study, then the PSF over the light of pixels, or of thirds of them, by Fourier transforms.

    Beyond the borders there is no light.
    """
    middle = 0.5 * (case.size - 1)
    bn = bn_about(case.n)

    def light(i, j, pars):
        return seed_jax.sersic_2d(i, j, **pars)

    def image_with(finer: int) -> Image:
        n_cells = case.size * finer
        at = jnp.arange(n_cells) - 0.5 * (n_cells - 1)
        i, j = jnp.meshgrid(at, at, indexing="ij")
        kernel = jnp.asarray(psf_image(pixel=False, finer=finer))

        def image(values):
            x, y, flux, re, n, q, theta = values
            pars = {
                "mag": -2.5 * jnp.log10(flux),
                "log_re": jnp.log10(finer * re),
                "log_n": jnp.log10(n),
                "x": finer * (x - middle),
                "y": finer * (y - middle),
                "q": q,
                "theta": theta,
                "bn": bn(n),
            }
            cells = seed_jax.integrate_with_subpixel_refinement(light, i, j, pars)
            seen = jax.scipy.signal.fftconvolve(cells, kernel, mode="same")
            return seen.reshape(case.size, finer, case.size, finer).sum(axis=(1, 3))

        return image

    names = {1: "5 levels (the study's)", 3: "5 levels, PSF 3 times finer"}
    return [Setting("the seed's scheme in JAX", name, image_with(finer)) for finer, name in names.items()]


def by_pysersic(case: GradientCase) -> list[Setting]:
    """Raises ImportError where it is not installed."""
    from pysersic import rendering

    kinds = {
        "PixelRenderer": (rendering.PixelRenderer, False),
        "FourierRenderer": (rendering.FourierRenderer, True),
        "HybridRenderer (its default)": (rendering.HybridRenderer, True),
    }
    bn = bn_about(case.n)
    settings = []
    for name, (kind, pixel) in kinds.items():
        for single in (False, True):
            with jax.enable_x64(not single), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                renderer = kind((case.size, case.size), jnp.asarray(psf_image(pixel)))

            def image(values, renderer=renderer):
                x, y, flux, re, n, q, theta = values
                own_bn = 1.9992 * n - 0.3271
                parameters = {
                    "xc": x,
                    "yc": y,
                    "flux": flux,
                    "r_eff": re * (own_bn / bn(n)) ** n,
                    "n": n,
                    "ellip": 1.0 - q,
                    "theta": theta - 0.5 * np.pi,  # from +y
                }
                return renderer.render_source(parameters, "sersic")

            words = f"{name}, single precision" if single else name
            settings.append(Setting("pysersic", words, image, single))
    return settings
