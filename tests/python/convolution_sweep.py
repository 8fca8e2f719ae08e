"""Random galaxies through Gaussian PSFs against brute force: pixels and certificates."""

import dataclasses

import gaxel
import numpy as np
from convolved_truth import convolved_light, convolved_pixel, gaussian_kernel
from scipy.special import k1
from shape_truth import sersic_light

SHAPE = (48, 52)
FLUX = 100.0
TRUTH_ERROR = 3e-11 * FLUX  # of a pixel, about: what the quartering leaves
KINDS = ("ellipse", "shaped", "edge-on disc")


@dataclasses.dataclass
class Result:
    kind: str
    galaxies: int = 0
    pixels: int = 0
    over_tolerance: int = 0
    largest: float = 0.0  # error over what is allowed
    optimistic: int = 0  # pixels with errors above their bound
    with_over: int = 0  # galaxies of which a bound exceeds the tolerance somewhere
    limit_hit: int = 0
    sharpness: list = dataclasses.field(default_factory=list)  # bound over error, where the truth tells


def random_psf(random):
    """A PSF, and the Gaussians that it is: weights and sigmas in pixels."""
    form = random.integers(4)
    if form < 3:
        oversample = (1, 2, 3.3)[form]
        sigma = random.uniform(2.4, 3.4) / oversample
        if oversample == 3.3:
            # An image whose pixels do not divide the data's: only samples have a closed form.
            reach = int(8 * sigma * oversample) + 1
            x, y = np.meshgrid(*2 * [np.arange(-reach, reach + 1) / oversample])
            kernel = np.exp(-0.5 * (x**2 + y**2) / sigma**2)
            return gaxel.Psf(kernel, oversample=oversample, pixel_in_psf=False), [(1.0, sigma)]
        return gaxel.Psf(gaussian_kernel(sigma, oversample), oversample=oversample), [(1.0, sigma)]
    sigmas = random.uniform(0.6, 1.6), random.uniform(1.6, 4.0)
    terms = [gaxel.GaussianPsf(fwhm=sigma * np.sqrt(8 * np.log(2))) for sigma in sigmas]
    return 0.75 * terms[0] + 0.25 * terms[1], list(zip((0.75, 0.25), sigmas, strict=True))


def random_galaxy(kind, random):
    """A component, and its light as a function of the position."""
    place = dict(
        x=random.uniform(-3, 55), y=random.uniform(-3, 50), flux=FLUX, theta=random.uniform(-np.pi, np.pi)
    )
    if random.random() < 0.3:
        place |= dict(x=float(random.integers(10, 40)), y=random.integers(20, 80) / 2.0)
    if kind == "edge-on disc":
        rs, hs = (
            np.exp(random.uniform(np.log(1.0), np.log(12.0))),
            np.exp(random.uniform(np.log(0.2), np.log(3.0))),
        )
        component = gaxel.EdgeOnDisc(**place, rs=rs, hs=hs)

        def light(x, y):
            z = (x - place["x"] + 1j * (y - place["y"])) * np.exp(-1j * place["theta"])
            r = np.abs(z.real) / rs
            return FLUX * r * k1(r) / np.cosh(z.imag / hs) ** 2 / (2.0 * np.pi * rs * hs)

        return component, light
    galaxy = place | dict(
        re=np.exp(random.uniform(np.log(0.3), np.log(15.0))),
        n=np.exp(random.uniform(np.log(0.5), np.log(5.0))),
        q=np.exp(random.uniform(np.log(0.1), 0.0)),
    )
    if kind == "shaped":
        galaxy |= dict(f1=random.uniform(0.0, 0.2), f1_phase=random.uniform(0, 6))
        if random.random() < 0.5:
            galaxy |= dict(c0=random.uniform(-0.3, 1.0))
        else:
            galaxy |= dict(f3=random.uniform(0.0, 0.08), f3_phase=random.uniform(0, 2))
        galaxy["q"] = max(galaxy["q"], 0.25)
    return gaxel.Sersic(**galaxy), galaxy if kind == "ellipse" else sersic_light(galaxy)


def truth(light, col, row, gaussians):
    def through(sigma):
        if isinstance(light, dict):
            return convolved_pixel(col, row, light, sigma)
        return convolved_light(light, col, row, sigma, 1e-10, 1e-12 * FLUX)

    return sum(weight * through(sigma) for weight, sigma in gaussians)


def sweep(kind, galaxies, seed):
    """A Result at the default tolerance: the brightest pixel of each galaxy, one next to it and any two."""
    random = np.random.default_rng(seed)
    result = Result(kind)
    for _ in range(galaxies):
        psf, gaussians = random_psf(random)
        component, light = random_galaxy(kind, random)
        image, certificate = gaxel.render([component], SHAPE, psf=psf, certificate=True)
        row, col = np.unravel_index(image.argmax(), SHAPE)
        places = [(row, col), (row + random.integers(-2, 3), col + random.integers(-2, 3))]
        places += [(random.integers(SHAPE[0]), random.integers(SHAPE[1])) for _ in range(2)]
        result.galaxies += 1
        result.with_over += certificate.n_over > 0
        result.limit_hit += certificate.limit_hit
        for row, col in places:
            row, col = np.clip((row, col), 0, np.array(SHAPE) - 1)
            exact = truth(light, col, row, gaussians)
            error = max(abs(image[row, col] - exact) - TRUTH_ERROR, 0.0)
            share = error / (1e-9 * FLUX + 1e-6 * abs(exact))
            result.pixels += 1
            result.largest = max(result.largest, share)
            result.over_tolerance += share > 1.0
            result.optimistic += error > certificate.bound[row, col]
            if error > 10.0 * TRUTH_ERROR:
                result.sharpness.append(certificate.bound[row, col] / error)
    return result
