"""Fits from Python: against scipy on a closed-form model, and what the arguments do."""

import ctypes
import functools
import pickle
import signal
import threading

import gaxel
import numpy as np
import pytest
from scipy.optimize import curve_fit
from scipy.special import erf

SHAPE = (30, 35)
SIGMA = 0.4
TRUTH = gaxel.Sersic(x=16.3, y=14.8, flux=900.0, re=4.0, n=1.6, q=0.6, theta=0.5)
POOR = gaxel.Sersic(x=17.5, y=14.0, flux=500.0, re=2.5, n=1.0, q=0.8, theta=1.0)


def noisy(image, seed=1):
    return image + np.random.default_rng(seed).normal(0.0, SIGMA, image.shape)


@pytest.fixture(scope="module")
def data():
    return noisy(gaxel.render(TRUTH, SHAPE))


def values_of(result):
    return dict(zip(result.parameter_names, result.values, strict=True))


def errors_of(result):
    return dict(zip(result.parameter_names, result.errors, strict=True))


def gaussian_pixels(_, x, y, flux, re, q):
    """Exact pixels of a Gaussian with its long axis along x."""

    def along(n, center, sigma):
        return 0.5 * np.diff(erf((np.arange(n + 1) - 0.5 - center) / (sigma * np.sqrt(2.0))))

    sigma = re / np.sqrt(2.0 * np.log(2.0))
    return (flux * np.outer(along(SHAPE[0], y, q * sigma), along(SHAPE[1], x, sigma))).ravel()


@pytest.mark.parametrize("with_mag", [False, True])
def test_values_errors_and_covariance_are_those_of_scipy(with_mag):
    truth = (16.3, 14.8, 900.0, 4.0, 0.6)
    data = noisy(gaussian_pixels(None, *truth).reshape(SHAPE), seed=2)
    scale = np.full(SHAPE, SIGMA)
    best, covariance = curve_fit(
        gaussian_pixels,
        None,
        data.ravel(),
        p0=truth,
        sigma=scale.ravel(),
        absolute_sigma=True,
        xtol=1e-14,
        ftol=1e-14,
    )
    start = {"x": 17.0, "y": 15.5, "re": 3.0, "q": 0.8, "theta": 0.0}
    if with_mag:
        gaussian = gaxel.Gaussian(mag=18.0, zeropoint=25.0, **start)
        slope = -2.5 / (np.log(10.0) * best[2])
        best[2] = 25.0 - 2.5 * np.log10(best[2])
        covariance[2] *= slope
        covariance[:, 2] *= slope
    else:
        gaussian = gaxel.Gaussian(flux=600.0, **start)
    result = gaxel.fit(data, gaussian, sigma=scale, fixed="*.theta", ftol=1e-12, rtol=1e-9, atol=1e-12)
    errors = np.sqrt(np.diag(covariance))
    third = "mag" if with_mag else "flux"
    assert result.parameter_names == [f"gaussian1.{key}" for key in ("x", "y", third, "re", "q")]
    assert result.success and result.stop_reason == "converged"
    assert np.all(np.abs(result.values - best) < 1e-4 * errors)
    np.testing.assert_allclose(result.errors, errors, rtol=1e-4)
    np.testing.assert_allclose(
        result.covariance / np.outer(errors, errors), covariance / np.outer(errors, errors), rtol=0, atol=1e-4
    )
    assert result.components[0].theta == 0.0


def test_figures_of_the_fit(data):
    result = gaxel.fit(data, POOR, sigma=SIGMA)
    model = gaxel.render(result.components, SHAPE)
    np.testing.assert_allclose(result.model, model, rtol=1e-5, atol=1e-5)
    assert result.chi2 == pytest.approx(np.sum(((data - result.model) / SIGMA) ** 2), rel=1e-9)
    start = gaxel.render(POOR, SHAPE)
    assert result.chi2_start == pytest.approx(np.sum(((data - start) / SIGMA) ** 2), rel=1e-4)
    assert (result.n_pixels, result.dof) == (data.size, data.size - 7)
    assert result.iterations > 1 and result.evaluations > 1 and result.seconds > 0.0
    assert result.covariance.shape == (7, 7)
    np.testing.assert_allclose(np.sqrt(np.diag(result.covariance)), result.errors, rtol=1e-12)
    for name, value in values_of(result).items():
        key = name.split(".")[1]
        assert value == getattr(result.components[0], key)
        assert abs(value - getattr(TRUTH, key)) < 5.0 * errors_of(result)[name]
    assert result.certificate.n_over == 0
    assert "sersic1.re" in str(result) and "converged" in repr(result)
    assert result.model.flags.writeable


def test_what_is_left_out_is_estimated(data):
    explicit = gaxel.fit(data, POOR, sigma=SIGMA)
    estimated = gaxel.fit(data, gaxel.Sersic(), sigma=SIGMA)
    assert estimated.chi2 == pytest.approx(explicit.chi2, rel=1e-6)
    assert np.all(np.abs(estimated.values - explicit.values) < 0.01 * explicit.errors)


def test_sky_slopes_that_are_left_out_stay_zero():
    rows, cols = np.indices(SHAPE)
    data = noisy(3.0 + 0.02 * (cols - 17.0) + gaxel.render(TRUTH, SHAPE))
    flat = gaxel.fit(data, [TRUTH, gaxel.Sky()], sigma=SIGMA)
    assert flat.parameter_names[-1] == "sky1.level"
    assert "slope_x" not in flat.components[1].parameters and "slope_y" not in flat.components[1].parameters
    assert flat.value_at("sky1.slope_x", 1.0)[0] == 0.0
    for again in (flat.components, gaxel.components_from_table(flat.table())):
        refitted = gaxel.fit(data, again, sigma=SIGMA)
        assert (refitted.dof, refitted.parameter_names) == (flat.dof, flat.parameter_names)
    steep = [TRUTH.replace(name="g"), gaxel.Sky(name="sky")]
    tied = gaxel.fit(data, steep, sigma=SIGMA, ties={"sky.slope_x": "0.02 + 0 * g.x"})
    assert tied.components[1].slope_x == pytest.approx(0.02, rel=1e-12)
    assert (flat.components[1].x, flat.components[1].y) == (17.0, 14.5)
    tilted = gaxel.fit(data, [TRUTH, gaxel.Sky(slope_x=0.0, slope_y=0.0)], sigma=SIGMA)
    assert tilted.chi2 < flat.chi2 - 10.0
    assert abs(values_of(tilted)["sky1.slope_x"] - 0.02) < 5.0 * errors_of(tilted)["sky1.slope_x"]


def test_through_a_psf():
    offsets = np.arange(-6, 7)
    psf = gaxel.Psf(np.exp(-0.5 * np.add.outer(offsets**2, offsets**2) / 1.3**2))
    data = noisy(gaxel.render([TRUTH, gaxel.PointSource(x=5.2, y=6.7, flux=80.0)], SHAPE, psf))
    components = [POOR, gaxel.PointSource(x=5.0, y=7.0, flux=50.0)]
    result = gaxel.fit(data, components, sigma=SIGMA, psf=psf)
    for component, truth in zip(result.components, [TRUTH, {"x": 5.2, "y": 6.7, "flux": 80.0}], strict=True):
        for key in component.parameters:
            expected = truth[key] if isinstance(truth, dict) else getattr(truth, key)
            name = f"{component.kind}1.{key}"
            assert abs(values_of(result)[name] - expected) < 5.0 * errors_of(result)[name]


def test_masked_pixels_do_not_count(data):
    mask = np.zeros(SHAPE, bool)
    mask[3:6, 4:9] = True
    clean = gaxel.fit(data, POOR, sigma=SIGMA, mask=mask)
    dirty = data.copy()
    dirty[3:5, 4:9] = 1e30
    dirty[5, 4:9] = np.nan
    sigma = np.full(SHAPE, SIGMA)
    sigma[3:6, 4:9] = 0.0
    for kind in (int, np.float32):
        masked = gaxel.fit(dirty, POOR, sigma=sigma, mask=mask.astype(kind) * 4)
        assert masked.n_pixels == data.size - 15
        np.testing.assert_array_equal(masked.values, clean.values)
    by_sigma = gaxel.fit(dirty, POOR, sigma=np.ma.masked_array(sigma, mask))
    np.testing.assert_array_equal(by_sigma.values, clean.values)
    by_array = gaxel.fit(np.ma.masked_array(dirty, mask), POOR, sigma=sigma)
    np.testing.assert_array_equal(by_array.values, clean.values)


@pytest.mark.parametrize("kind", ["<f4", ">f4", ">f8"])
def test_number_types_and_byte_orders(data, kind):
    same = gaxel.fit(data.astype(kind), POOR, sigma=np.full(SHAPE, 0.5).astype(kind))
    expected = gaxel.fit(data.astype(kind).astype(float), POOR, sigma=0.5)
    np.testing.assert_array_equal(same.values, expected.values)


def test_bounds_hold_and_are_flagged(data):
    result = gaxel.fit(data, POOR, sigma=SIGMA, bounds={"*.n": (0.5, 1.2), "sersic1.re": (None, 100.0)})
    flags = dict(zip(result.parameter_names, result.flags, strict=True))
    assert result.components[0].n == pytest.approx(1.2, rel=1e-12)
    assert flags["sersic1.n"] == "at_bound"
    assert flags["sersic1.re"] == ""


def test_bounds_of_a_magnitude(data):
    """The bright end of a magnitude is its lower bound."""
    mag = -2.5 * np.log10(900.0)
    start = POOR.replace(mag=mag + 0.3)
    held = gaxel.fit(data, start, sigma=SIGMA, bounds={"sersic1.mag": (mag + 0.2, None)})
    assert held.components[0].mag == pytest.approx(mag + 0.2, abs=1e-9)
    free = gaxel.fit(data, start, sigma=SIGMA, bounds={"sersic1.mag": (None, mag + 0.4)})
    assert free.components[0].mag == pytest.approx(mag, abs=0.05)


def test_progress_is_told_and_can_stop(data):
    told = []
    result = gaxel.fit(data, POOR, sigma=SIGMA, progress=told.append)
    assert len(told) >= result.iterations > 2
    chi2 = [progress.chi2 for progress in told]
    assert chi2 == sorted(chi2, reverse=True) and chi2[-1] == pytest.approx(result.chi2, rel=1e-6)
    assert [progress.iteration for progress in told] == sorted(progress.iteration for progress in told)
    stopped = gaxel.fit(data, POOR, sigma=SIGMA, progress=lambda progress: progress.iteration < 2)
    assert stopped.stop_reason == "cancelled" and not stopped.success
    assert result.chi2 < stopped.chi2


def test_max_iterations(data):
    result = gaxel.fit(data, POOR, sigma=SIGMA, max_iterations=1)
    assert result.stop_reason == "max_iterations" and not result.success


@pytest.mark.parametrize("kind", [ZeroDivisionError, KeyboardInterrupt])
def test_errors_of_the_callback_come_out(data, kind):
    calls = []

    def progress(_):
        calls.append(1)
        raise kind("here")

    with pytest.raises(kind, match="here"):
        gaxel.fit(data, POOR, sigma=SIGMA, progress=progress)
    assert len(calls) == 1


def test_signals_are_handled_after_each_iteration(data):
    """A handler runs while the fit does, not only after it: so Ctrl-C stops a fit."""
    handled = []
    raise_signal = ctypes.CDLL(None)["raise"]  # C code: Python's handlers do not run in it or after it
    raise_signal.argtypes = [ctypes.c_int, ctypes.py_object]
    old = signal.signal(signal.SIGUSR1, lambda *_: handled.append(1))
    try:
        result = gaxel.fit(data, POOR, sigma=SIGMA, progress=functools.partial(raise_signal, signal.SIGUSR1))
    finally:
        signal.signal(signal.SIGUSR1, old)
    assert result.iterations > 2
    assert len(handled) > 1  # signals that are handled late are handled once


def test_fits_in_threads_are_equal(data):
    expected = gaxel.fit(data, POOR, sigma=SIGMA)
    results = [None] * 4

    def work(i):
        results[i] = gaxel.fit(data, POOR, sigma=SIGMA, threads=1 + i % 2)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        np.testing.assert_array_equal(result.values, expected.values)


def test_components_of_a_result_restart_it(data):
    result = gaxel.fit(data, POOR.replace(name="disc", mag=-7.0), sigma=SIGMA)
    again = gaxel.fit(data, pickle.loads(pickle.dumps(result.components)), sigma=SIGMA)
    assert again.parameter_names == result.parameter_names
    assert again.chi2 <= result.chi2 * (1.0 + 1e-9)
    assert again.iterations <= 3


def test_results_can_be_pickled(data):
    result = gaxel.fit(data, POOR, sigma=SIGMA)
    back = pickle.loads(pickle.dumps(result))
    np.testing.assert_array_equal(back.values, result.values)
    np.testing.assert_array_equal(back.model, result.model)
    np.testing.assert_array_equal(back.certificate.bound, result.certificate.bound)
    assert repr(back.certificate) == repr(result.certificate)
    assert back.certificate.cells_per_level == result.certificate.cells_per_level


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"data": np.zeros((3, 3, 3))}, ["data", "shape (3, 3, 3)", "(ny, nx)"]),
        ({"data": np.zeros((0, 3))}, ["data", "shape (0, 3)"]),
        ({"data": np.full(SHAPE, np.nan)}, ["data", "1050 pixels are NaN", "mask="]),
        ({"data": np.zeros(SHAPE, complex)}, ["data", "complex128", "real numbers"]),
        ({"data": "image.fits"}, ["data", "real numbers"]),
        ({"sigma": 0.0}, ["sigma", "1050 pixels are zero"]),
        ({"sigma": np.full(SHAPE, -1.0)}, ["sigma", "negative", "mask="]),
        ({"sigma": np.ones((30, 34))}, ["sigma", "shape (30, 34)", "shape (30, 35)"]),
        ({"sigma": "1"}, ["sigma = '1'", "not a number"]),
        ({"mask": np.full(SHAPE, np.nan)}, ["mask", "NaN", "finite numbers"]),
        ({"mask": np.full(SHAPE, "x")}, ["mask", "<U1", "finite numbers"]),
        ({"mask": np.ones((30, 34), bool)}, ["mask", "shape (30, 34)"]),
        ({"mask": np.ones(SHAPE, bool)}, ["mask", "every pixel is masked"]),
        ({"fixed": ["sersic1.r"]}, ["fixed = 'sersic1.r'", "did you mean"]),
        ({"fixed": "*"}, ["no parameter is free"]),
        ({"components": gaxel.Sersic(x=3.0), "fixed": "*.re"}, ["sersic1.re", "fixed but not given"]),
        ({"components": []}, ["component"]),
        ({"components": None}, ["components", "not a component"]),
        ({"bounds": {"sersic1.q": 0.5}}, ["bounds['sersic1.q'] = 0.5", "(lowest, highest)"]),
        ({"bounds": {"sersic1.q": (0.9, 0.3)}}, ["sersic1.q", "not below"]),
        ({"bounds": {"sersic1.q": (0.9, 3.0)}}, ["sersic1.q", "3", "0.01 to 1"]),
        ({"bounds": {"sersic1.re": (10.0, 20.0)}}, ["sersic1.re", "2.5", "10 to 20"]),
        ({"bounds": {"sersic1.qq": (0.9, 1.0)}}, ["bounds = 'sersic1.qq'", "did you mean"]),
        ({"max_iterations": 0}, ["max_iterations = 0", "1 or more"]),
        ({"ftol": -1.0}, ["ftol"]),
        ({"rtol": 0.0}, ["rtol = 0"]),
        ({"threads": "two"}, ["threads = 'two'"]),
        ({"progress": 3}, ["progress = 3", "cannot be called"]),
        ({"psf": np.zeros((3, 3))}, ["psf", "zero everywhere"]),
    ],
)
def test_bad_arguments_are_named(data, arguments, words):
    arguments = {"data": data, "components": POOR, "sigma": SIGMA, **arguments}
    with pytest.raises(gaxel.InputError) as error:
        gaxel.fit(**arguments)
    for word in words:
        assert word in str(error.value)


def test_magnitude_outside_its_bounds(data):
    with pytest.raises(
        gaxel.InputError, match=r"sersic1.mag = -5.0: outside the bounds given for it \(-9.0 to -6.0\)"
    ):
        gaxel.fit(data, POOR.replace(mag=-5.0), sigma=SIGMA, bounds={"*.mag": (-9.0, -6.0)})


def test_fits_that_cannot_be_done_raise_fit_error():
    with pytest.raises(gaxel.FitError) as error:
        gaxel.fit(np.ones((2, 3)), POOR, sigma=1.0)
    assert isinstance(error.value, RuntimeError) and "7" in str(error.value) and "6" in str(error.value)


def test_what_only_a_user_knows_is_asked_for_inside_fit():
    with pytest.raises(gaxel.InputError) as error:
        gaxel.fit(np.ones((20, 20)), gaxel.Mge(), sigma=1.0)
    assert "mge1.sigma_max" in str(error.value) and "only fit" not in str(error.value)


def test_light_that_is_not_finite_is_named():
    faint = gaxel.Sersic(x=8.0, y=9.0, flux=30.0, re=3.0, n=1.0, q=0.8, theta=0.3)
    bright = gaxel.Sersic(x=10.0, y=10.0, flux=1e300, re=0.02, n=2.0, q=0.5, theta=1.0, name="bright")
    with pytest.raises(gaxel.FitError, match=r"not finite: the light of bright at \(\d+, \d+\)"):
        gaxel.fit(np.ones((20, 20)), [faint, bright], sigma=1.0)
