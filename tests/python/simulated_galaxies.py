"""Galaxies with noise, and starts for their fits: what coverage and convergence are measured on."""

from typing import Any, NamedTuple

import gaxel
import numpy as np

SHAPE = (64, 64)
PSF = gaxel.GaussianPsf(3.0)
KEYS = ("x", "y", "flux", "re", "n", "q", "theta")


class Simulated(NamedTuple):
    truth: gaxel.Sersic
    data: np.ndarray
    sigma: float
    signal_to_noise: float


def simulate(seed: int, signal_to_noise: tuple[float, float]) -> Simulated:
    """A galaxy of random shape under a PSF of FWHM 3 pixels, on a sky of 10 counts a pixel, in white noise.

    The signal-to-noise ratio is that of the best weighted sum of all pixels, drawn log-uniformly between the two.
    """
    random = np.random.default_rng([seed, 4])
    truth = gaxel.Sersic(
        name="galaxy",
        x=31.5 + random.uniform(-3.0, 3.0),
        y=31.5 + random.uniform(-3.0, 3.0),
        flux=1000.0,
        re=float(np.exp(random.uniform(np.log(3.0), np.log(7.0)))),
        n=float(np.exp(random.uniform(np.log(0.7), np.log(4.0)))),
        q=random.uniform(0.3, 0.85),
        theta=random.uniform(-1.5, 1.5),
    )
    image = gaxel.render(truth, SHAPE, psf=PSF, rtol=1e-8, atol=1e-11)
    ratio = float(np.exp(random.uniform(*np.log(signal_to_noise))))
    sigma = float(np.sqrt((image**2).sum())) / ratio
    return Simulated(truth, image + 10.0 + sigma * random.standard_normal(SHAPE), sigma, ratio)


def poor_start(truth: gaxel.Sersic, seed: int) -> gaxel.Sersic:
    """The centre 5 pixels off, size and flux wrong by a factor 3 either way, index, axis ratio and angle of any kind."""
    random = np.random.default_rng([seed, 5])
    direction = random.uniform(0.0, 2.0 * np.pi)
    return truth.replace(
        x=truth.x + 5.0 * np.cos(direction),
        y=truth.y + 5.0 * np.sin(direction),
        flux=truth.flux * 3.0 ** random.choice([-1.0, 1.0]),
        re=truth.re * 3.0 ** random.choice([-1.0, 1.0]),
        n=float(np.exp(random.uniform(np.log(0.5), np.log(6.0)))),
        q=random.uniform(0.2, 1.0),
        theta=random.uniform(-1.5, 1.5),
    )


def fit(simulated: Simulated, start: gaxel.Sersic, **options: Any) -> gaxel.FitResult:
    sky = gaxel.Sky(level=9.0, name="sky")
    return gaxel.fit(simulated.data, [start, sky], sigma=simulated.sigma, psf=PSF, **options)


def differences(result: gaxel.FitResult, truth: gaxel.Sersic) -> dict[str, float]:
    """found - true of every parameter of the galaxy and of the sky."""
    found = dict(zip(result.parameter_names, result.values, strict=True))
    away = {key: found[f"galaxy.{key}"] - truth.parameters[key] for key in KEYS}
    away["theta"] = np.remainder(away["theta"] + 0.5 * np.pi, np.pi) - 0.5 * np.pi
    return {**away, "level": found["sky.level"] - 10.0}


def by_parameter(result: gaxel.FitResult, values: Any) -> dict[str, Any]:
    """Values of result.parameter_names by the keys of differences()."""
    return {
        name.rpartition(".")[2]: value for name, value in zip(result.parameter_names, values, strict=True)
    }


def deviations(result: gaxel.FitResult, truth: gaxel.Sersic) -> dict[str, float]:
    """(found - true) / error of every parameter of the galaxy and of the sky."""
    errors = by_parameter(result, result.errors)
    return {key: away / errors[key] for key, away in differences(result, truth).items()}


class Profiled(NamedTuple):
    """Whether the interval of a profile likelihood holds the truth, and how it ends."""

    holds: bool
    low: float  # distance of the end from the best value, in errors of the covariance
    high: float
    is_found: bool  # both ends; else one is open or at the end of the parameter's range


def profiled(result: gaxel.FitResult, truth: gaxel.Sersic) -> tuple[gaxel.ProfileResult, dict[str, Profiled]]:
    """Of every parameter; the fit may become a better one."""
    found = gaxel.profile_likelihood(result, threads=2)
    errors = by_parameter(found.fit, found.fit.errors)
    away = differences(found.fit, truth)
    rows = {}
    for key, interval in by_parameter(
        found.fit, [found.intervals[n] for n in found.fit.parameter_names]
    ).items():
        low, high = interval.value - interval.low, interval.high - interval.value
        rows[key] = Profiled(
            -high <= away[key] <= low,
            low / errors[key],
            high / errors[key],
            interval.low_end == interval.high_end == "found",
        )
    return found, rows
