"""The worked examples of docs/jax.md, short."""

import importlib.util
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples/jax"


@pytest.fixture
def float64():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def load(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.usefixtures("float64")
def test_a_posterior_holds_the_truth(monkeypatch):
    monkeypatch.delenv("GAXEL_TEST_DATA", raising=False)
    posterior = load("posterior")
    rows = posterior.summary(posterior.posterior(n_warmup=100, n_samples=150, n_chains=1, progress=False))
    truth = {"x": 31.3, "y": 32.1, "flux": 4000.0, "re": 6.0, "n": 2.5, "q": 0.7, "theta": 0.6}
    for name, value in truth.items():
        row = rows[f"galaxy.{name}"]
        assert abs(row["mean"] - value) < 5.0 * row["std"]
        assert np.isfinite(row["r_hat"])
        assert row["n_eff"] > 15
