"""Random galaxies rendered to a tolerance, with their true errors: what the certificate's tests and table rest on."""

import dataclasses

import gaxel
import numpy as np
from exact_pixels import precise_pixels, random_galaxy


@dataclasses.dataclass
class Sweep:
    """Counts over all galaxies of a sweep at one tolerance; errors beyond what the truth itself can tell."""

    rtol: float
    atol: float
    galaxies: int = 0
    pixels: int = 0
    over_tolerance: int = 0  # pixels whose true error exceeds the tolerance, no limit hit
    largest: float = 0.0  # of true error / tolerance, no limit hit
    optimistic: int = 0  # pixels whose true error exceeds the certificate's bound, limit hit or not
    over_but_silent: int = 0  # galaxies whose bound exceeds the tolerance although no limit was hit
    limit_hit: int = 0  # galaxies
    over_at_limit: int = 0  # pixels of those galaxies whose true error exceeds the tolerance
    truth_error: float = 0.0  # the largest of the truth's own error / tolerance
    sharpness: list = dataclasses.field(default_factory=list)  # summed bound / summed true error, per galaxy
    evaluations: list = dataclasses.field(default_factory=list)


def sweep(rtol, n_galaxies, seed, shape=(32, 32), render=gaxel.render):
    """Renders random galaxies with rtol and atol = rtol / 1000 and compares every pixel with the exact one."""
    rng = np.random.default_rng(seed)
    result = Sweep(rtol, 1e-3 * rtol)
    for _ in range(n_galaxies):
        galaxy = random_galaxy(rng, shape=shape)
        truth, truth_error = precise_pixels(**galaxy, shape=shape)
        image, certificate = render(
            gaxel.Sersic(flux=1.0, **galaxy), shape=shape, rtol=rtol, atol=result.atol, certificate=True
        )
        error = np.abs(image - truth).astype(float)
        known = np.maximum(error - truth_error, 0.0)
        tolerance = result.atol + rtol * np.abs(truth).astype(float)
        over = int((known > tolerance).sum())
        result.galaxies += 1
        result.pixels += truth.size
        result.optimistic += int((known > certificate.bound).sum())
        if certificate.limit_hit:
            result.limit_hit += 1
            result.over_at_limit += over
        else:
            result.over_tolerance += over
            result.largest = max(result.largest, float((known / tolerance).max()))
            result.over_but_silent += bool((certificate.bound > tolerance).any())
        result.truth_error = max(result.truth_error, float((truth_error / tolerance).max()))
        # Where the truth can tell: the ratio to half, at least.
        if error.sum() > 2 * truth_error.sum():
            result.sharpness.append(float(certificate.sum_bound / error.sum()))
        result.evaluations.append(certificate.evaluations_per_pixel)
    return result
