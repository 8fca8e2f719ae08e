"""The tutorials run, and find what their images were made of."""

import os
import re
import shutil
from pathlib import Path

import gaxel
import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot

ROOT = Path(__file__).resolve().parents[2]
TUTORIALS = ROOT / "docs" / "tutorials"
CELL = re.compile(r"^```\{code-cell\} python\n(?::[^\n]*\n)*(.*?)^```$", re.DOTALL | re.MULTILINE)


def run(name, monkeypatch):
    """The names that a tutorial's cells leave behind."""
    matplotlib.use("agg")
    command = os.environ.get("GAXEL_COMMAND", ROOT / "build" / "release" / "gaxel")
    monkeypatch.setenv("GAXEL_COMMAND", str(command))
    names = {"__name__": "tutorial"}
    cells = CELL.findall((TUTORIALS / f"{name}.md").read_text(encoding="utf-8"))
    assert len(cells) > 4
    for cell in cells:
        exec(compile(cell, f"{name}.md", "exec"), names)
    pyplot.close("all")
    return names


def offsets(result, truth, keys, component, band=0):
    """Differences from the truth in units of the errors."""
    found = next(one for one in result.bands[band].components if one.name == component)
    errors = result.bands[band].errors
    return np.array(
        [(found.parameters[key] - truth.parameters[key]) / errors[f"{component}.{key}"] for key in keys]
    )


def test_first_fit(monkeypatch):
    names = run("first_fit", monkeypatch)
    result = names["result"]
    assert result.success and result.chi2 / result.dof == pytest.approx(1.0, abs=0.05)
    assert names["first"].chi2 > 1.2 * result.chi2
    for component in ("bulge", "disc"):
        assert np.abs(offsets(result, names[component], ("mag", "re", "q"), component)).max() < 4.0


def test_multi_band(monkeypatch):
    names = run("multi_band", monkeypatch)
    result, galaxy = names["result"], names["galaxy"]
    assert result.success and result.chi2 / result.dof == pytest.approx(1.0, abs=0.05)
    for band, (mag, size) in enumerate(zip(names["mags"], names["sizes"], strict=True)):
        truth = galaxy.replace(mag=mag, re=size)
        assert (
            np.abs(offsets(result, truth, ("x", "y", "mag", "re", "n", "q", "theta"), "galaxy", band)).max()
            < 4.0
        )
    assert names["value"] == pytest.approx(
        np.interp(7000.0, names["wavelengths"], names["sizes"]), abs=4 * names["error"]
    )


def test_jax_posterior(monkeypatch):
    import jax

    before = jax.config.jax_enable_x64
    try:
        names = run("jax_posterior", monkeypatch)
    finally:
        jax.config.update("jax_enable_x64", before)
    assert names["best"].chi2 / names["best"].dof == pytest.approx(1.0, abs=0.07)
    assert np.abs(names["gradient"] * names["errors"]).max() < 0.02
    assert float(names["value"]) == pytest.approx(names["best"].chi2, abs=1e-2)
    samples, true_values = names["samples"], names["true_values"]
    off = (samples.mean(axis=0) - true_values) / samples.std(axis=0)
    assert np.abs(off).max() < 4.0
    assert all(row["r_hat"] < 1.05 and row["n_eff"] > 100 for row in names["rows"].values())
    # Noise this small leaves the posterior close to normal: the fit's errors are its widths.
    np.testing.assert_allclose(samples.std(axis=0), names["errors"], rtol=0.25)


def test_from_galfit(monkeypatch):
    names = run("from_galfit", monkeypatch)
    try:
        (made,) = [one for one in names["truth"] if isinstance(one, gaxel.Sersic)]
        found = names["result"].components[0]
        # A position angle is known up to half a turn.
        turned = found.replace(theta=made.theta + np.angle(np.exp(2j * (found.theta - made.theta))) / 2.0)
        errors = names["result"].bands[0].errors
        for key in ("x", "y", "mag", "re", "n", "q", "theta"):
            assert abs(turned.parameters[key] - made.parameters[key]) < 4.0 * errors[f"galaxy.{key}"], key
        # The command fits as Python does when both take the PSF as GALFIT does.
        written = (names["folder"] / "results" / "galfit.01").read_text()
        index = float(re.search(r"^\s*5\)\s+(\S+)", written, re.MULTILINE).group(1))
        assert index == pytest.approx(names["as_galfit"].components[0].n, rel=1e-4)
    finally:
        shutil.rmtree(names["folder"])


def test_survey(monkeypatch):
    names = run("survey", monkeypatch)
    try:
        found, truth, clean = names["found"], names["truth"], names["clean"]
        assert list(found["id"]) == list(truth["id"]) and np.count_nonzero(clean) > 45
        for key, values in names["away"].items():
            assert abs(np.median(values)) < 0.6, key  # 4 errors of a median of 45
            assert np.mean(np.abs(values) < 3.0) > 0.9, key
        detected = names["detected"]
        near = [
            np.hypot(detected["x"] - one["x"], detected["y"] - one["y"])[
                detected["tile"] == one["tile"]
            ].min()
            < 1.5
            for one in truth
        ]
        assert np.count_nonzero(near) > 45
    finally:
        shutil.rmtree(names["folder"])
