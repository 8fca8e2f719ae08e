"""The worked examples of docs/jax.md, short; and that each runs as a program and draws its picture."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples/jax"


@pytest.fixture(autouse=True)
def simulated_alone(monkeypatch):
    monkeypatch.delenv("GAXEL_TEST_DATA", raising=False)


@pytest.fixture(autouse=True)
def modules_of_the_folder(monkeypatch):
    """A program that runs finds the modules of its own folder."""
    monkeypatch.syspath_prepend(EXAMPLES)


def load(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.usefixtures("float64")
def test_a_posterior_holds_the_truth():
    posterior = load("posterior")
    rows = posterior.summary(
        posterior.posterior(posterior.simulated(), n_warmup=100, n_samples=150, n_chains=1)
    )
    truth = {"x": 31.3, "y": 32.1, "flux": 4000.0, "re": 6.0, "n": 2.5, "q": 0.7, "theta": 0.6}
    for name, value in truth.items():
        row = rows[f"galaxy.{name}"]
        assert abs(row["mean"] - value) < 5.0 * row["std"]
        assert np.isfinite(row["r_hat"])
        assert row["n_eff"] > 15


@pytest.mark.usefixtures("float64")
def test_descent_ends_at_the_optimum_of_fit():
    descent = load("descent")
    data = descent.simulated()
    found, chi2 = descent.descend(data, 300)
    best = descent.gaxel.fit(
        data, [descent.START, descent.gaxel.Sky(level=0.0, name="sky")], sigma=descent.SIGMA, psf=descent.PSF
    )
    assert chi2[0] > 5.0 * best.chi2
    assert chi2[-1] == pytest.approx(best.chi2, abs=1e-2)
    assert set(found) == set(best.parameter_names)
    for name, value in found.items():
        other, error = best.bands[0].value(name)
        assert abs(value - other) < 0.02 * error, name


@pytest.mark.usefixtures("float64")
def test_bands_together_end_where_fit_does_with_its_errors():
    bands = load("multi_band")
    images = bands.simulated()
    values, errors, chi2 = bands.fit(images, 40)
    other = bands.by_fit(images)
    assert chi2[0] > 2.0 * other.chi2
    found = bands.rows(values, errors, other)
    assert len(found) == 17
    for name, value, error, fitted, fit_error in found:
        assert abs(value - fitted) < 0.01 * fit_error, name
        assert error == pytest.approx(fit_error, rel=1e-2), name
    line = values["re"][0] + values["re"][1] * bands.LINE
    assert np.all(np.abs(line - bands.SIZES) < 0.5)


def test_an_encoder_learns_fluxes_and_sizes_from_the_likelihood_alone():
    encoder = load("encoder")
    model = encoder.make_model()
    rng = np.random.default_rng(3)
    cutouts = encoder.observe(model, encoder.draw_galaxies(rng, 512), rng)
    truth = encoder.draw_galaxies(rng, 200)
    unseen = encoder.observe(model, truth, rng)
    start = encoder.initial_weights(jax.random.key(1))
    trained, chi2 = encoder.train(model, start, cutouts, 150)
    assert chi2[-20:].mean() < 0.5 * chi2[:5].mean()
    before, after = (
        encoder.offsets(np.asarray(encoder.answer(weights, unseen)), truth) for weights in (start, trained)
    )
    for key, share in (("ln flux", 0.5), ("ln re", 0.85)):
        assert encoder.scatter(after[key])[1] < share * encoder.scatter(before[key])[1], key
        assert abs(encoder.scatter(after[key])[0]) < 0.25, key


@pytest.mark.parametrize("name", ["posterior", "descent", "multi_band", "encoder"])
def test_programs_run_and_draw(name, tmp_path):
    picture = tmp_path / "picture.png"
    command = [sys.executable, str(EXAMPLES / f"{name}.py"), "--quick", "--plot", str(picture)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert len(run.stdout.splitlines()) > 5
    assert picture.read_bytes().startswith(b"\x89PNG") and picture.stat().st_size > 10_000
