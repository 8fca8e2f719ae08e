"""Samples from the posterior of a fit by Markov chains."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaxel._arrays import as_int
from gaxel._errors import ChainWarning, input_error, shown, warn_caller
from gaxel._fit_result import FitResult
from gaxel._samples import Samples
from gaxel._uncertainty import LogLikelihood, file_columns

Array = NDArray[np.float64]

SHORT = 50
"""Autocorrelation times: their estimate is too small in shorter chains (emcee's manual)."""


def sample(
    result: FitResult,
    *,
    sampler: str = "emcee",
    steps: int = 2000,
    burn: int | None = None,
    thin: int = 1,
    walkers: int | None = None,
    seed: int = 1,
    threads: int = 1,
    progress: bool = False,
) -> Samples:
    """Draw samples from the posterior: the likelihood and priors of the fit, flat between bounds where there is no prior.

    What is flat is the parameter as it is named: a magnitude where one was given. Angles without bounds stay within
    a quarter turn of the best.

    Parameters
    ----------
    result : FitResult
    sampler : str
        "emcee": an ensemble of walkers (Foreman-Mackey et al. 2013, PASP 125, 306) with differential evolution moves,
        which start scattered by the fit's covariance. Needs the package emcee: pip install gaxel[mcmc].
    steps : int
        Of each walker.
    burn : int, optional
        Steps to leave out at the beginning; else 5 times the longest autocorrelation time, at most half of them.
    thin : int
        Keep every so many-th step.
    walkers : int, optional
        An even number, at least twice the free parameters; else the larger of that, plus 2, and 32.
    seed : int
        The same seed gives the same samples.
    threads : int
        0: all of the machine.
    progress : bool
        Show emcee's progress bar.

    Returns
    -------
    Samples

    Raises
    ------
    InputError
        Names the argument and what is allowed.
    ImportError
        emcee is not installed.

    Warns
    -----
    ChainWarning
        Fewer steps than 50 times the longest autocorrelation time, or too few to tell that time (NaN in
        Samples.autocorrelation_time): medians and errors of the samples are not to be trusted.
    """
    posterior = _Posterior(result, threads)
    if not isinstance(sampler, str) or sampler != "emcee":
        raise input_error("sample", "sampler", shown(sampler), "no such sampler", "'emcee'")
    n = len(result.parameter_names)
    as_int(steps, "sample", "steps", 10)
    as_int(thin, "sample", "thin", 1, steps)
    as_int(seed, "sample", "seed", 0)
    if burn is not None:
        as_int(burn, "sample", "burn", 0, steps - 1)
    if walkers is None:
        walkers = max(2 * n + 2, 32)
    if as_int(walkers, "sample", "walkers", 2 * n) % 2 == 1:
        raise input_error("sample", "walkers", walkers, "odd", "an even number")
    try:
        import emcee
    except ImportError:
        raise ImportError("gaxel.sample needs the package emcee: pip install 'gaxel[mcmc]'") from None
    random = np.random.default_rng(seed)
    ensemble = emcee.EnsembleSampler(
        walkers,
        n,
        posterior,
        moves=[(emcee.moves.DEMove(), 0.8), (emcee.moves.DESnookerMove(), 0.2)],
        vectorize=True,
    )
    ensemble.random_state = np.random.RandomState(random.integers(2**32)).get_state()
    ensemble.run_mcmc(_start(result, posterior, walkers, random), steps, progress=bool(progress))
    with np.errstate(all="ignore"):  # of chains too short to tell
        times = ensemble.get_autocorr_time(tol=0, quiet=True)
    _warn_of_short(list(result.parameter_names), times, steps)
    if burn is None:
        longest = np.nanmax(times) if np.isfinite(times).any() else math.inf
        burn = int(min(5.0 * longest, steps // 2))
    return Samples(
        list(result.parameter_names),
        ensemble.get_chain(discard=burn, thin=thin, flat=True),
        "emcee",
        seed,
        log_likelihood=ensemble.get_log_prob(discard=burn, thin=thin, flat=True),
        autocorrelation_time=times,
        acceptance=float(np.mean(ensemble.acceptance_fraction)),
        _columns=file_columns(result),
    )


def _warn_of_short(names: list[str], times: Array, steps: int) -> None:
    if not np.isfinite(times).all():
        unknown = ", ".join(name for name, time in zip(names, times, strict=True) if not np.isfinite(time))
        warn_caller(
            f"sample: steps = {steps}: too few to tell the autocorrelation time of {unknown}", ChainWarning
        )
    elif steps < SHORT * times.max():
        slowest = int(np.argmax(times))
        warn_caller(
            f"sample: steps = {steps}: fewer than {SHORT} times the autocorrelation time of {names[slowest]}, "
            f"{times[slowest]:.3g} steps",
            ChainWarning,
        )


class _Posterior:
    """Of rows of values."""

    def __init__(self, result: FitResult, threads: int) -> None:
        self._likelihood = LogLikelihood(result, threads)
        self._turns = np.array(
            [
                name.partition("[")[0].endswith(".theta")
                and name.partition("[")[0] not in result._scene.limits
                for name in result.parameter_names
            ]
        )
        self._best = result.values

    def __call__(self, rows: Array) -> Any:
        found = np.array(self._likelihood(rows))
        away = np.abs(rows - self._best)[:, self._turns]
        found[(away > 0.5 * math.pi).any(axis=1)] = -np.inf
        return found


def _start(result: FitResult, posterior: _Posterior, walkers: int, random: "np.random.Generator") -> Array:
    """Points about the best one, scattered by its covariance, all of them possible."""
    known = np.isfinite(result.errors)
    covariance = np.zeros((len(known), len(known)))
    covariance[np.ix_(known, known)] = result.covariance[np.ix_(known, known)]
    small = np.where(known, 0.0, 1e-3 * np.maximum(np.abs(result.values), 1.0))
    covariance += np.diag(small**2)
    points = np.empty((0, len(known)))
    for shrink in 0.5 ** np.arange(20):
        drawn = random.multivariate_normal(
            result.values, shrink**2 * covariance, size=8 * walkers, method="svd"
        )
        points = np.concatenate([points, drawn[np.isfinite(posterior(drawn))]])
        if len(points) >= walkers:
            return points[:walkers]
    raise input_error(
        "sample", "result", "the best fit", "no point about it is possible: it lies in a corner of its bounds",
        "a fit inside its bounds",
    )  # fmt: skip
