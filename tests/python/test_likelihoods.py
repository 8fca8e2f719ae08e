"""Likelihoods other than least squares: against scipy on written-out sums, and on images where they matter."""

import gaxel
import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import erf, xlogy

SHAPE = (30, 35)
TRUTH = np.array([16.3, 14.8, 900.0, 4.0, 0.6, 2.0])  # x, y, flux, re, q, sky
START = [gaxel.Gaussian(x=17.0, y=15.5, flux=600.0, re=3.0, q=0.8, theta=0.0), gaxel.Sky(level=1.0)]
EXACT = {"ftol": 1e-12, "rtol": 1e-9, "atol": 1e-12}
FIXED = ("*.theta", "*.slope*")
GAIN, READ_NOISE, TAKEN_SKY = 2.0, 3.0, 1.5
DOF, THRESHOLD = 3.0, 1.2


def pixels(values):
    """Exact pixels of a Gaussian with its long axis along x, and a sky."""
    x, y, flux, re, q, sky = values

    def along(n, center, sigma):
        return 0.5 * np.diff(erf((np.arange(n + 1) - 0.5 - center) / (sigma * np.sqrt(2.0))))

    sigma = re / np.sqrt(2.0 * np.log(2.0))
    return flux * np.outer(along(SHAPE[0], y, q * sigma), along(SHAPE[1], x, sigma)) + sky


def photons(generator, values, gain=GAIN, read_noise=READ_NOISE, sky=TAKEN_SKY):
    electrons = generator.poisson(gain * (pixels(values) + sky)) + generator.normal(0.0, read_noise, SHAPE)
    return electrons / gain - sky


def electrons(counts, gain=GAIN, read_noise=READ_NOISE, sky=TAKEN_SKY):
    return gain * (counts + sky) + read_noise**2


def deviance(data, model):
    return 2.0 * np.sum(model - data + xlogy(data, np.where(data > 0.0, data, 1.0) / model))


def huber(r, k):
    size = np.abs(r)
    return np.sum(np.where(size < k, r * r, k * (2.0 * size - k)))


def least_model_sigma(data):
    """The least of (M - D)^2 / M + ln M over M from that of no light on, by search."""
    m = np.geomspace(READ_NOISE**2, 10.0 * data.max(), 20_001)
    return sum(np.min((m - one) ** 2 / m + np.log(m)) for one in data.ravel())


def written_out(name, data, sigma):
    d = electrons(data)
    if name == "poisson_mlr":
        return lambda p: deviance(d, electrons(pixels(p)))
    if name == "cash":
        return lambda p: 2.0 * np.sum(electrons(pixels(p)) - d * np.log(electrons(pixels(p))))
    if name == "model_sigma":
        least = least_model_sigma(d)

        def normal(p):
            m = electrons(pixels(p))
            return np.sum((m - d) ** 2 / m + np.log(m)) - least

        return normal
    if name == "student_t":
        return lambda p: (DOF + 1.0) * np.sum(np.log(1.0 + ((pixels(p) - data) / sigma) ** 2 / DOF))
    return lambda p: huber((pixels(p) - data) / sigma, THRESHOLD)


def best_of(function, start=TRUTH):
    scaled = np.ones_like(start)
    for _ in range(3):  # a simplex that has shrunk in vain starts anew
        found = minimize(
            lambda u: function(u * start),
            scaled,
            method="Nelder-Mead",
            options={"xatol": 1e-10, "fatol": 1e-10, "maxiter": 20_000, "maxfev": 20_000},
        )
        scaled = found.x
    return scaled * start, found.fun


def shape_of(name):
    return {"student_t": {"student_dof": DOF}, "huber": {"huber_threshold": THRESHOLD}}.get(name, {})


def slopes(values, function=pixels):
    columns = []
    for i, value in enumerate(values):
        step = 1e-5 * abs(value)
        ahead, behind = values.copy(), values.copy()
        ahead[i] += step
        behind[i] -= step
        columns.append(((function(ahead) - function(behind)) / (2.0 * step)).ravel())
    return np.stack(columns, axis=1)


def expected_covariance(name, data, sigma, values):
    """From the written-out Fisher information, or Huber's factor for what is no likelihood."""
    jacobian = slopes(values)
    m = electrons(pixels(values)).ravel()
    if name in ("cash", "poisson_mlr", "model_sigma"):
        weight = 1.0 / m + (0.5 / m**2 if name == "model_sigma" else 0.0)
        return np.linalg.inv(GAIN**2 * (jacobian.T * weight) @ jacobian)
    r = ((pixels(values) - data) / sigma).ravel()
    if name == "huber":
        psi, slope = np.clip(r, -THRESHOLD, THRESHOLD), np.abs(r) < THRESHOLD
    else:
        psi = (DOF + 1.0) * r / (DOF + r**2)
        slope = (DOF + 1.0) * (DOF - r**2) / (DOF + r**2) ** 2
    factor = np.mean(psi**2) / np.mean(slope) ** 2
    return factor * np.linalg.inv((jacobian.T / sigma.ravel() ** 2) @ jacobian)


@pytest.mark.parametrize("name", ["poisson_mlr", "cash", "model_sigma", "student_t", "huber"])
def test_minimum_statistic_and_covariance_are_those_written_out(name):
    data = photons(np.random.default_rng(3), TRUTH)
    sigma = np.sqrt(electrons(np.maximum(data, 0.0))) / GAIN
    best, least = best_of(written_out(name, data, sigma))
    result = gaxel.fit(
        data, START, sigma=sigma, counts=gaxel.CountNoise(GAIN, READ_NOISE, TAKEN_SKY), likelihood=name,
        fixed=FIXED, robust=True, **shape_of(name), **EXACT,
    )  # fmt: skip
    assert result.success and result.likelihood == name
    assert np.all(np.abs(result.values - best) < 1e-3 * result.errors)
    assert result.statistic == pytest.approx(least, abs=1e-3 if name == "model_sigma" else 1e-5)
    assert result.chi2 == pytest.approx(np.sum(((data - pixels(best)) / sigma) ** 2), rel=1e-4)
    expected = expected_covariance(name, data, sigma, best)
    errors = np.sqrt(np.diag(expected))
    np.testing.assert_allclose(result.covariance / np.outer(errors, errors), expected / np.outer(errors, errors),
                               rtol=0, atol=1e-3)  # fmt: skip


def test_bands_and_priors_add_up():
    generator = np.random.default_rng(8)
    bright, faint = TRUTH.copy(), TRUTH * [1, 1, 0.3, 1, 1, 0.5]
    first = photons(generator, bright)
    second = photons(generator, faint, gain=0.5, read_noise=0.0, sky=10.0)

    def statistic(p):  # x, y, fluxes, re, q, skies
        one = electrons(pixels([p[0], p[1], p[2], p[4], p[5], p[6]]))
        two = electrons(pixels([p[0], p[1], p[3], p[4], p[5], p[7]]), 0.5, 0.0, 10.0)
        prior = ((p[4] - 3.5) / 0.1) ** 2
        return deviance(electrons(first), one) + deviance(electrons(second, 0.5, 0.0, 10.0), two) + prior

    best, least = best_of(statistic, np.array([16.3, 14.8, 900.0, 270.0, 4.0, 0.6, 2.0, 1.0]))
    bands = [
        gaxel.Band(first, name="a", wavelength=1.0, counts=gaxel.CountNoise(GAIN, READ_NOISE, TAKEN_SKY)),
        gaxel.Band(second, name="b", wavelength=2.0, counts=gaxel.CountNoise(0.5, 0.0, 10.0)),
    ]
    result = gaxel.fit(
        bands, START, likelihood="poisson_mlr", fixed=FIXED, priors={"gaussian1.re": gaxel.Normal(3.5, 0.1)},
        **EXACT,
    )  # fmt: skip
    assert result.statistic == pytest.approx(least, abs=1e-4)
    assert result.penalty == pytest.approx(((best[4] - 3.5) / 0.1) ** 2, rel=1e-3)
    assert np.all(np.abs(result.values - best) < 2e-3 * result.errors)


@pytest.mark.parametrize("name", ["cash", "model_sigma", "student_t", "huber"])
def test_a_masked_band_changes_nothing(name):
    data = photons(np.random.default_rng(3), TRUTH)
    counts = gaxel.CountNoise(GAIN, READ_NOISE, TAKEN_SKY)
    seen = gaxel.Band(data, name="a", wavelength=1.0, counts=counts)
    masked = gaxel.Band(data, name="b", wavelength=2.0, counts=counts, mask=np.ones(SHAPE))
    options = {"likelihood": name, "fixed": FIXED, "robust": True, **EXACT}
    alone = gaxel.fit(seen, START, **options)
    both = gaxel.fit([seen, masked], START, **options)
    values = dict(zip(both.parameter_names, zip(both.values, both.errors, strict=True), strict=True))
    for parameter, value, error in zip(alone.parameter_names, alone.values, alone.errors, strict=True):
        found = values.get(parameter) or values[f"{parameter}[0]"]
        assert found[0] == pytest.approx(value, abs=1e-4 * error)
        assert found[1] == pytest.approx(error, rel=1e-4)
    assert both.statistic == pytest.approx(alone.statistic, rel=1e-9)


@pytest.mark.parametrize("name", ["poisson_mlr", "model_sigma", "student_t", "huber"])
def test_fluxes_alone_are_solved_for(name):
    """Shapes fixed: forced photometry."""
    data = photons(np.random.default_rng(5), TRUTH)
    sigma = np.sqrt(electrons(np.maximum(data, 0.0))) / GAIN
    function = written_out(name, data, sigma)
    best, least = best_of(lambda p: function([*TRUTH[:2], p[0], *TRUTH[3:5], p[1]]), TRUTH[[2, 5]])
    x, y, _, re, q, _ = TRUTH
    components = [gaxel.Gaussian(x=x, y=y, flux=10.0, re=re, q=q, theta=0.0), gaxel.Sky(level=30.0)]
    result = gaxel.fit(
        data, components, sigma=sigma, counts=gaxel.CountNoise(GAIN, READ_NOISE, TAKEN_SKY), likelihood=name,
        fixed=("gaussian1.[!f]*", "*.slope*"), **shape_of(name),
    )  # fmt: skip
    assert result.parameter_names == ["gaussian1.flux", "sky1.level"]
    assert np.all(np.abs(result.values - best) < 1e-3 * result.errors)
    assert result.statistic == pytest.approx(least, abs=1e-3)


@pytest.mark.parametrize("level", [-5.0, 0.0, 40.0])
def test_almost_no_photons_from_any_start(level):
    """Most pixels hold none; a start of negative light has a way back."""
    values = TRUTH * [1, 1, 0.2, 1, 1, 0.02]
    data = photons(np.random.default_rng(4), values, gain=1.0, read_noise=0.0, sky=0.0)
    assert np.mean(data == 0.0) > 0.75
    best, least = best_of(lambda p: deviance(data, np.maximum(pixels(p), 1e-12)), values)
    start = [START[0], gaxel.Sky(level=level)]
    result = gaxel.fit(
        data, start, counts=gaxel.CountNoise(1.0), likelihood="poisson_mlr", fixed=FIXED, **EXACT
    )
    assert result.success
    assert result.statistic == pytest.approx(least, abs=1e-3)
    assert np.all(np.abs(result.values - best) < 0.01 * result.errors)


def pulls_of(draw, trials, **options):
    """(value - truth) / error of every parameter, over many images."""
    generator = np.random.default_rng(12)
    truth = options.pop("truth")
    pulls = []
    for _ in range(trials):
        data, noise = draw(generator)
        start = [
            gaxel.Gaussian(x=truth[0], y=truth[1], flux=truth[2], re=truth[3], q=truth[4], theta=0.0),
            START[1],
        ]
        result = gaxel.fit(data, start, fixed=FIXED, **noise, **options)
        pulls.append((result.values - truth) / result.errors)
    return np.array(pulls)


TRIALS = 200
CHANCE = 3.5 / np.sqrt(TRIALS)  # of a mean
KNOWN = 3.5 / np.sqrt(2 * TRIALS)  # of a standard deviation


@pytest.mark.parametrize("name", ["gaussian", "cash", "poisson_mlr"])
def test_few_photons_bias_least_squares_and_no_poisson_likelihood(name):
    truth = TRUTH * [1, 1, 1, 1, 1, 0.5]  # one electron a pixel in the sky
    counts = gaxel.CountNoise(1.0)

    def draw(generator):
        return photons(generator, truth, gain=1.0, read_noise=0.0, sky=0.0), {"counts": counts}

    pulls = pulls_of(draw, TRIALS, truth=truth, likelihood=name)
    if name == "gaussian":
        assert pulls[:, 5].mean() < -5.0  # the sky
    else:
        assert np.all(np.abs(pulls.mean(axis=0)) < CHANCE)
        assert np.all(np.abs(pulls.std(axis=0) - 1.0) < KNOWN)


@pytest.mark.parametrize("name", ["cash", "model_sigma"])
def test_errors_are_the_scatter_with_read_noise(name):
    counts = gaxel.CountNoise(GAIN, READ_NOISE, TAKEN_SKY)
    pulls = pulls_of(
        lambda generator: (photons(generator, TRUTH), {"counts": counts}),
        TRIALS,
        truth=TRUTH,
        likelihood=name,
    )
    assert np.all(np.abs(pulls.mean(axis=0)) < CHANCE)
    assert np.all(np.abs(pulls.std(axis=0) - 1.0) < KNOWN)


def contaminated(generator, symmetric):
    data = pixels(TRUTH) + generator.normal(0.0, 0.5, SHAPE)
    hit = generator.random(SHAPE) < 0.03
    size = generator.exponential(30.0, hit.sum())
    data[hit] += size * (generator.choice([-1.0, 1.0], size.size) if symmetric else 1.0)
    return data, {"sigma": 0.5}


@pytest.mark.parametrize("name", ["student_t", "huber"])
def test_errors_are_the_scatter_of_contaminated_images(name):
    pulls = pulls_of(lambda generator: contaminated(generator, True), TRIALS, truth=TRUTH, likelihood=name)
    assert np.all(np.abs(pulls.mean(axis=0)) < CHANCE)
    assert np.all(np.abs(pulls.std(axis=0) - 1.0) < KNOWN)


def test_cosmic_rays_upset_least_squares_alone():
    data, noise = contaminated(np.random.default_rng(6), False)
    gaussian, student, huber_like = (
        gaxel.fit(data, START, fixed=FIXED, likelihood=name, **noise)
        for name in ("gaussian", "student_t", "huber")
    )
    clean = gaxel.fit(pixels(TRUTH), START, fixed=FIXED, **noise)
    assert np.max(np.abs(gaussian.values - TRUTH) / clean.errors) > 15.0
    assert np.all(np.abs(student.values - TRUTH) < 4.0 * clean.errors)
    assert np.all(np.abs(huber_like.values - TRUTH) < 5.0 * clean.errors)


def test_correlated_noise_is_a_factor():
    """White noise averaged over 2 x 2 pixels: the correlations add up to 4, errors of smooth light are doubled."""
    generator = np.random.default_rng(2)
    shape = (150, 160)
    white = generator.normal(0.0, 1.0, (shape[0] + 1, shape[1] + 1))
    noise = 0.5 * (white[1:, 1:] + white[:-1, 1:] + white[1:, :-1] + white[:-1, :-1])
    galaxy = gaxel.Gaussian(x=80.0, y=70.0, flux=50_000.0, re=12.0, q=0.8, theta=0.3)
    result = gaxel.fit(gaxel.render(galaxy, shape) + noise, galaxy, sigma=1.0, robust=True)
    measured = result.robust.noise[0]
    assert measured.error_factor == pytest.approx(2.0, abs=0.15)
    assert measured.error_factor == pytest.approx(np.sqrt(measured.mean_square * measured.correlation.sum()))
    np.testing.assert_allclose(result.robust.correlated_errors / result.errors, 2.0, atol=0.25)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"likelihood": "poison_mlr", "sigma": 1.0}, ("likelihood", "poison_mlr", 'did you mean "poisson_mlr"')),
        ({"likelihood": 3, "sigma": 1.0}, ("likelihood", "3")),
        ({"likelihood": "cash", "sigma": 1.0}, ("cash", "gain")),
        ({"likelihood": "cash", "counts": gaxel.CountNoise(1.0, sky=-1e6)}, ("gain", "electrons")),
        ({"likelihood": "cash", "counts": 2.0}, ("counts", "CountNoise")),
        ({"likelihood": "cash", "counts": gaxel.CountNoise(1e-4)}, ("gain", "0.0001", "rate", "exposure time")),
        ({"likelihood": "model_sigma", "counts": gaxel.CountNoise(1.0, sky=-3.0)}, ("read_noise", "0")),
        ({"likelihood": "student_t", "sigma": 1.0, "student_dof": 0.0}, ("student_dof", "0.0", "above 0")),
        ({"likelihood": "huber", "sigma": 1.0, "huber_threshold": -1.0}, ("huber_threshold", "-1.0", "above 0")),
        ({"likelihood": "huber", "sigma": 1.0, "student_dof": 4.0}, ("student_dof", "student_t", "huber")),
    ],
)  # fmt: skip
def test_bad_input_is_named(options, words):
    with pytest.raises(gaxel.InputError) as raised:
        gaxel.fit(pixels(TRUTH), START, **options)
    for word in words:
        assert word in str(raised.value)


@pytest.mark.parametrize(
    ("values", "key"),
    [((0.0,), "gain"), ((-1.0,), "gain"), ((1.0, -2.0), "read_noise"), ((1.0, 0.0, np.nan), "sky")],
)
def test_bad_counts_are_named(values, key):
    with pytest.raises(gaxel.InputError, match=key):
        gaxel.CountNoise(*values)
