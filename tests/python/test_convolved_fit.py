"""The fit of a convolved galaxy lands on the maximum of the exact likelihood, its images made by brute force."""

import gaxel
import numpy as np
from convolved_truth import gaussian_kernel

SHAPE = (200, 200)
SIGMA = 3.5 / 2.3548200450309493  # of the PSF
GALAXY = dict(x=99.3, y=101.2, flux=1.0, re=20.0, n=3.0, q=0.6, theta=0.7)
NAMES = ("x", "y", "flux", "re", "n", "q", "theta")
MARGIN = 14  # pixels: more than 9 SIGMA
FINE = 9  # sub-pixels a side: odd, so that one lies in the pixel's centre


def brute_force(galaxy):
    """Exact integrals over sub-pixels, taken as points of light where they are, their own response divided out."""
    n = (SHAPE[0] + 2 * MARGIN) * FINE
    middle = (FINE - 1) / 2
    fine = dict(galaxy, re=galaxy["re"] * FINE)
    fine["x"] = (galaxy["x"] + MARGIN) * FINE + middle
    fine["y"] = (galaxy["y"] + MARGIN) * FINE + middle
    image = gaxel.render(gaxel.Sersic(**fine), (n, n), rtol=1e-8, atol=1e-12)

    def response(turns):
        return np.sinc(turns) / np.sinc(turns / FINE) * np.exp(-0.5 * (2 * np.pi * SIGMA * turns) ** 2)

    spectrum = np.fft.rfft2(image)
    spectrum *= (
        response(np.fft.fftfreq(n, 1 / FINE))[:, None] * response(np.fft.rfftfreq(n, 1 / FINE))[None, :]
    )
    convolved = np.fft.irfft2(spectrum, s=(n, n)) * FINE**2
    inside = slice(MARGIN * FINE + (FINE - 1) // 2, (MARGIN + SHAPE[0]) * FINE, FINE)
    return convolved[inside, inside]


def test_fit_is_at_the_maximum_of_the_exact_likelihood():
    unit = brute_force(GALAXY)
    galaxy = dict(GALAXY, flux=1e6)
    exact = 1e6 * unit
    sigma = exact.max() / 100
    data = exact + np.random.default_rng(5).normal(0.0, sigma, SHAPE)
    psf = gaxel.Psf(gaussian_kernel(SIGMA, 2), oversample=2)
    start = gaxel.Sersic(**dict(galaxy, x=98.0, re=16.0, n=2.0, q=0.7))
    result = gaxel.fit(data, start, sigma=np.full(SHAPE, sigma), psf=psf)
    best = {
        name.split(".")[-1]: value for name, value in zip(result.parameter_names, result.values, strict=True)
    }
    found = gaxel.Sersic(**best)
    image, jacobian = gaxel.render_with_jacobian(found, SHAPE, psf=psf)
    brute = brute_force(best)
    assert (
        abs(image - brute).max() < 2e-7 * best["flux"]
    )  # brute force still folds what is beyond its sub-pixels
    slopes = jacobian.reshape(len(NAMES), -1).T / sigma
    # Where the exact likelihood has its maximum, as seen from the fit: one step of Gauss-Newton.
    step = np.linalg.lstsq(slopes, (data - brute).ravel() / sigma, rcond=None)[0]
    errors = np.sqrt(np.diag(np.linalg.inv(slopes.T @ slopes)))
    assert (abs(step) < 0.02 * errors).all(), dict(zip(NAMES, step / errors, strict=True))
