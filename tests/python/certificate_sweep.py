"""Random galaxies rendered to a tolerance, with their true errors: what the certificate's tests and table rest on."""

import dataclasses

import gaxel
import numpy as np
from exact_pixels import exact_pixels, random_galaxy

TRUTH_ERROR = (
    1e-14  # of the exact pixels themselves, relative to the flux: 5e-15 has been seen, against mpmath
)


@dataclasses.dataclass
class Sweep:
    """Counts over all galaxies of a sweep at one tolerance; errors beyond what the truth itself can tell."""

    rtol: float
    atol: float
    galaxies: int = 0
    pixels: int = 0
    over_tolerance: int = 0  # pixels whose true error exceeds the tolerance
    optimistic: int = 0  # pixels whose true error exceeds the certificate's bound
    over_but_silent: int = 0  # galaxies whose bound exceeds the tolerance although no limit was hit
    limit_hit: int = 0
    largest: float = 0.0  # of true error / tolerance
    sharpness: list = dataclasses.field(default_factory=list)  # summed bound / summed true error, per galaxy
    evaluations: list = dataclasses.field(default_factory=list)


def sweep(rtol, n_galaxies, seed, shape=(32, 32), render=gaxel.render):
    """Renders random galaxies with rtol and atol = rtol / 1000 and compares every pixel with scipy's."""
    rng = np.random.default_rng(seed)
    result = Sweep(rtol, 1e-3 * rtol)
    for _ in range(n_galaxies):
        galaxy = random_galaxy(rng, shape=shape)
        truth = exact_pixels(**galaxy, shape=shape)
        image, certificate = render(
            gaxel.Sersic(flux=1.0, **galaxy), shape=shape, rtol=rtol, atol=result.atol, certificate=True
        )
        error = np.abs(image - truth)
        known = np.maximum(error - TRUTH_ERROR, 0.0)
        tolerance = result.atol + rtol * np.abs(truth)
        result.galaxies += 1
        result.pixels += truth.size
        result.over_tolerance += int((known > tolerance).sum())
        result.optimistic += int((known > certificate.bound).sum())
        result.limit_hit += certificate.limit_hit
        result.over_but_silent += bool((certificate.bound > tolerance).any() and not certificate.limit_hit)
        result.largest = max(result.largest, float((known / tolerance).max()))
        # Where the truth can tell: errors well above its own.
        if error.sum() > 10 * TRUTH_ERROR:
            result.sharpness.append(float(certificate.sum_bound / error.sum()))
        result.evaluations.append(certificate.evaluations_per_pixel)
    return result
