"""Profile likelihoods, bootstrap, the likelihood and its samples, through Python."""

import pickle
import sys
import warnings

import gaxel
import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

SHAPE = (48, 48)
PSF = gaxel.GaussianPsf(2.5)


def make(sigma: float, seed: int) -> tuple[np.ndarray, list[gaxel.Component]]:
    components = [
        gaxel.Sersic(
            name="galaxy", x=23.2, y=22.7, mag=18.0, zeropoint=25.0, re=4.0, n=1.5, q=0.6, theta=0.4
        ),
        gaxel.Sky(name="sky", level=5.0),
    ]
    random = np.random.default_rng(seed)
    return gaxel.render(components, SHAPE, psf=PSF) + sigma * random.standard_normal(SHAPE), components


@pytest.fixture(scope="module")
def bright() -> gaxel.FitResult:
    data, components = make(0.2, 1)
    return gaxel.fit(data, components, sigma=0.2, psf=PSF)


@pytest.fixture(scope="module")
def linear() -> gaxel.FitResult:
    """Flux and sky alone are free: the posterior is a Gaussian of a known covariance."""
    data, components = make(1.0, 2)
    components[0] = components[0].replace(flux=630.0)
    return gaxel.fit(data, components, sigma=1.0, psf=PSF, fixed=["galaxy.[!f]*"])


def closed_form(result: gaxel.FitResult, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of flux and level."""
    data, _ = make(1.0, 2)
    unit = gaxel.render(result.components[0].replace(flux=1.0), SHAPE, psf=PSF).ravel()
    design = np.stack([unit, np.ones_like(unit)], axis=1)
    covariance = np.linalg.inv(design.T @ design) * sigma**2
    return covariance @ design.T @ data.ravel() / sigma**2, covariance


def test_profile_of_a_magnitude_is_asymmetric_as_its_flux_is_not(linear):
    data, components = make(1.0, 2)
    found = gaxel.fit(data, components, sigma=1.0, psf=PSF, fixed=["galaxy.[!m]*"])
    interval = gaxel.profile_likelihood(found, "galaxy.mag").intervals["galaxy.mag"]
    mean, covariance = closed_form(linear, 1.0)
    ends = 25.0 - 2.5 * np.log10(mean[0] + np.array([1.0, -1.0]) * np.sqrt(covariance[0, 0]))
    width = ends[1] - ends[0]
    assert (interval.low, interval.high) == pytest.approx(tuple(ends), abs=0.01 * width)


def test_profile_of_an_index_is_that_of_nested_fits():
    data, components = make(1.5, 9)
    found = gaxel.fit(data, components, sigma=1.5, psf=PSF)
    result = gaxel.profile_likelihood(found, "galaxy.n", threads=2)
    assert result.restarts == 0
    interval = result.intervals["galaxy.n"]

    def least(n: float) -> float:  # from the truth each time: a search of its own
        start = [components[0].replace(n=n), components[1]]
        return gaxel.fit(data, start, sigma=1.5, psf=PSF, fixed="galaxy.n").chi2

    best = minimize_scalar(least, bracket=(1.0, interval.value, 3.0), options={"xtol": 1e-4})
    assert best.fun == pytest.approx(found.chi2, abs=1e-3)
    low = brentq(lambda n: least(n) - best.fun - 1.0, 0.4, best.x, xtol=1e-4)
    high = brentq(lambda n: least(n) - best.fun - 1.0, best.x, 8.0, xtol=1e-4)
    assert interval.low == pytest.approx(low, abs=0.02 * (best.x - low))
    assert interval.high == pytest.approx(high, abs=0.02 * (high - best.x))


def test_profiles_say_when_they_end_at_a_bound(bright):
    data, components = make(0.2, 1)
    n = bright.values[bright.parameter_names.index("galaxy.n")]
    found = gaxel.fit(data, components, sigma=0.2, psf=PSF, bounds={"galaxy.n": (n - 1e-4, 5.0)})
    interval = gaxel.profile_likelihood(found, "galaxy.n").intervals["galaxy.n"]
    assert (interval.low_end, interval.high_end) == ("at_range", "found")
    assert interval.low == n - 1e-4


def test_profile_and_bootstrap_stop_when_told(bright):
    told: list[float] = []

    def stop(done: float) -> bool:
        told.append(done)
        return done < 0.3

    found = gaxel.profile_likelihood(bright, progress=stop)
    assert 0 < len(found.intervals) < len(bright.parameter_names)
    assert told == sorted(told)
    assert 0 < len(gaxel.bootstrap(bright, 20, progress=stop)) < 20

    def fail(done: float) -> bool:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        gaxel.bootstrap(bright, 20, progress=fail)


def test_bootstrap_scatters_as_the_covariance(bright):
    samples = gaxel.bootstrap(bright, 150, seed=4, threads=2)
    assert (len(samples), samples.n_failed, samples.method) == (150, 0, "parametric")
    assert samples.errors == pytest.approx(bright.errors, rel=0.28)
    assert (samples.mean - bright.values) / bright.errors == pytest.approx(np.zeros(8), abs=0.4)
    again = gaxel.bootstrap(bright, 5, seed=4)
    assert np.array_equal(again.values, samples.values[:5])


def test_likelihood_is_the_gaussian_of_linear_parameters(linear):
    likelihood = gaxel.LogLikelihood(linear)
    mean, covariance = closed_form(linear, 1.0)
    assert linear.values == pytest.approx(mean, rel=1e-6)
    random = np.random.default_rng(1)
    points = random.multivariate_normal(mean, covariance, size=20)
    away = points - mean
    expected = -0.5 * np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariance), away)
    assert likelihood(points) - likelihood(mean) == pytest.approx(expected, abs=1e-4)
    value, slope = likelihood.gradient(points[0])
    assert value == pytest.approx(likelihood(points[0]))
    assert slope == pytest.approx(-np.linalg.inv(covariance) @ away[0], rel=1e-4)


def test_likelihood_in_magnitudes_has_priors_and_ends(bright):
    data, components = make(0.2, 1)
    prior = gaxel.Normal(2.0, 0.05)
    found = gaxel.fit(data, components, sigma=0.2, psf=PSF, priors={"galaxy.n": prior})
    with_prior = gaxel.LogLikelihood(found)
    without = gaxel.LogLikelihood(bright)
    at = bright.values + 0.5 * bright.errors
    n = at[bright.parameter_names.index("galaxy.n")]
    assert with_prior(at) - without(at) == pytest.approx(-0.5 * ((n - 2.0) / 0.05) ** 2, rel=1e-6)
    _, slope = without.gradient(at)
    for i, error in enumerate(bright.errors):
        step = 1e-3 * error * np.eye(len(at))[i]
        difference = (without(at + step) - without(at - step)) / (2e-3 * error)
        assert slope[i] == pytest.approx(difference, abs=1e-3 / error), bright.parameter_names[i]
    at[bright.parameter_names.index("galaxy.q")] = 1.2
    assert without(at) == -np.inf
    with pytest.raises(gaxel.InputError, match="values"):
        without([1.0])


@pytest.mark.filterwarnings("ignore::gaxel.ChainWarning")
def test_chain_of_linear_parameters_has_their_posterior(linear):
    samples = gaxel.sample(linear, steps=800, walkers=12, seed=3)
    mean, covariance = closed_form(linear, 1.0)
    errors = np.sqrt(np.diag(covariance))
    effective = len(samples) / samples.autocorrelation_time.max()
    assert effective > 400
    assert samples.mean == pytest.approx(mean, abs=5.0 * errors.max() / np.sqrt(effective))
    assert (samples.mean - mean) / errors == pytest.approx([0.0, 0.0], abs=5.0 / np.sqrt(effective))
    assert samples.covariance / np.outer(errors, errors) == pytest.approx(
        covariance / np.outer(errors, errors), abs=8.0 / np.sqrt(effective)
    )
    again = gaxel.sample(linear, steps=20, burn=0, seed=3)
    once_more = gaxel.sample(linear, steps=20, burn=0, seed=3)
    assert np.array_equal(again.values, once_more.values)


@pytest.mark.filterwarnings("ignore::gaxel.ChainWarning")
def test_chain_agrees_with_the_covariance_where_the_signal_is_strong(bright):
    samples = gaxel.sample(bright, steps=400, walkers=24, seed=2, threads=2)
    assert samples.acceptance > 0.1
    assert (samples.mean - bright.values) / bright.errors == pytest.approx(np.zeros(8), abs=0.4)
    assert samples.errors / bright.errors == pytest.approx(np.ones(8), abs=0.3)
    assert samples.log_likelihood.max() == pytest.approx(-0.5 * bright.chi2, abs=3.0)


def test_samples_are_saved(bright, tmp_path):
    from astropy.table import Table

    samples = gaxel.bootstrap(bright, 4)
    samples.save(tmp_path / "samples.npz")
    with np.load(tmp_path / "samples.npz") as stored:
        assert np.array_equal(stored["values"], samples.values)
        assert stored["names"].tolist() == bright.parameter_names
    samples.save(tmp_path / "samples.ecsv")
    table = Table.read(tmp_path / "samples.ecsv")
    assert table.colnames == [
        "galaxy.x", "galaxy.y", "galaxy.mag", "galaxy.re", "galaxy.n", "galaxy.q", "galaxy.pa", "sky.level",
    ]  # fmt: skip
    assert np.array_equal(table["galaxy.x"], samples.column("galaxy.x") + 1.0)
    assert np.allclose(table["galaxy.pa"], np.degrees(samples.column("galaxy.theta")) - 90.0)
    with pytest.raises(gaxel.InputError, match=r"\.npz"):
        samples.save(tmp_path / "samples.txt")


@pytest.mark.parametrize(
    ("steps", "words"), [(10, "steps = 10: "), (400, "fewer than 50 times the autocorrelation")]
)
def test_chains_that_are_short_are_warned_of_once(linear, steps, words):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        samples = gaxel.sample(linear, steps=steps)
    assert [warning.category for warning in caught] == [gaxel.ChainWarning]
    assert words in str(caught[0].message) and caught[0].filename == __file__
    assert samples.values.shape[1] == 2


def test_without_emcee_it_says_what_to_install(bright, monkeypatch):
    monkeypatch.setitem(sys.modules, "emcee", None)
    with pytest.raises(ImportError, match=r"gaxel\[mcmc\]"):
        gaxel.sample(bright)


def test_results_that_were_pickled_say_so(bright):
    back = pickle.loads(pickle.dumps(bright))
    for call in (
        gaxel.profile_likelihood,
        gaxel.bootstrap,
        gaxel.sample,
        gaxel.LogLikelihood,
        lambda r: r.derived(),
    ):
        with pytest.raises(gaxel.InputError, match="pickled"):
            call(back)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda r: gaxel.profile_likelihood(r, "galaxy.size"), "galaxy.size"),
        (lambda r: gaxel.profile_likelihood(r, level=-1.0), "level"),
        (lambda r: gaxel.bootstrap(r, 1), "samples"),
        (lambda r: gaxel.bootstrap(r, 10, block=-1), "block"),
        (lambda r: gaxel.sample(r, sampler="nuts"), "sampler"),
        (lambda r: gaxel.sample(r, walkers=15), "walkers"),
        (lambda r: gaxel.sample(r, walkers=33), "walkers"),
        (lambda r: gaxel.sample(r, steps=100, burn=100), "burn"),
    ],
)
def test_bad_arguments_are_named(bright, call, named):
    with pytest.raises(gaxel.InputError, match=named):
        call(bright)
