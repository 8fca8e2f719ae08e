"""gaxel fit with likelihoods of photons and of outliers: keys, Imfit's options, outputs, messages."""

import json

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from cli_support import run, scene_text, sersic_light
from scipy.special import xlogy

GAIN = 2.0
GALAXY = {"x": 31.0, "y": 29.0, "flux": 900.0, "re": 5.0, "n": 1.5, "q": 0.7, "pa_deg": -67.0}
COMPONENTS = [{"type": "sersic", "x": 31.5, "y": 28.5}, {"type": "sky"}]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("photons")
    electrons = np.random.default_rng(1).poisson(GAIN * (sersic_light((60, 64), **GALAXY) + 0.5))
    fits.writeto(place / "counts.fits", electrons / GAIN)
    fits.writeto(place / "dark.fits", electrons / GAIN - 0.5)
    rate = fits.Header({"BUNIT": "electron/s"})
    fits.writeto(place / "rate.fits", electrons / 1000.0, rate)
    return place


def write(folder, name="scene.toml", image="counts.fits", noise=None, fit=None):
    tables = {
        "image": {"file": image},
        "noise": noise or {"gain": GAIN},
        "fit": fit or {"likelihood": "poisson_mlr"},
    }
    (folder / name).write_text(scene_text(tables, COMPONENTS))
    return folder / name


def deviance(block):
    data = GAIN * block["DATA"].data
    model = GAIN * block["MODEL"].data
    return 2.0 * np.sum(model - data + xlogy(data, np.where(data > 0.0, data, 1.0) / model))


def test_the_statistic_is_that_of_the_written_images(folder):
    results = folder / "results"
    finished = run("fit", write(folder), "-o", results, "--json")
    assert finished.returncode == 0, finished.stderr
    told = json.loads(finished.stdout)
    with fits.open(results / "block.fits") as block:
        assert told["statistic"] == pytest.approx(deviance(block), rel=1e-7)
        assert block[0].header["STATIST"] == told["statistic"]
        assert block[0].header["LIKELIHD"] == told["likelihood"] == "poisson_mlr"
    meta = Table.read(results / "parameters.ecsv", format="ascii.ecsv").meta
    assert meta["likelihood"] == "poisson_mlr" and meta["statistic"] == told["statistic"]
    factor = told["noise"][0]["error_factor"]
    assert factor == pytest.approx(1.0, abs=0.2)  # white noise
    assert float(meta["noise_error_factor"]) == pytest.approx(factor, rel=1e-2)
    assert "poisson_mlr" in (results / "report.html").read_text()
    for row in told["parameters"]:
        truth = GALAXY.get({"pa": "pa_deg"}.get(row["parameter"], row["parameter"]))
        if row["component"] == "sersic1":
            assert abs(row["value"] - truth) < 4.0 * row["error"], row["parameter"]


def test_the_result_goes_on_with_its_likelihood(folder):
    results = folder / "first"
    first = run("fit", write(folder, "first.toml", fit={"likelihood": "student_t", "student_dof": 3}, noise={"sigma": 0.6}),
                "-o", results)  # fmt: skip
    assert first.returncode == 0 and "student_t " in first.stdout
    again = json.loads(run("fit", results / "result.toml", "-o", folder / "second", "--json").stdout)
    told = (results / "result.toml").read_text().splitlines()[0].partition("student_t ")[2].partition(",")[0]
    assert again["likelihood"] == "student_t"
    assert again["statistic"] == pytest.approx(float(told), rel=1e-7)


def test_the_command_line_goes_before_the_scene(folder):
    scene = write(folder, "given.toml", fit={"likelihood": "cash"})
    told = json.loads(
        run("fit", scene, "--likelihood", "poisson_mlr", "-o", folder / "given", "--json").stdout
    )
    assert told["likelihood"] == "poisson_mlr"
    again = json.loads(run("fit", folder / "given/result.toml", "-o", folder / "again", "--json").stdout)
    assert again["likelihood"] == "poisson_mlr"
    refused = run("fit", scene, "--likelihood", "posson", "-o", folder / "given")
    assert refused.returncode != 0
    for word in ("--likelihood", "posson", "allowed: gaussian"):
        assert word in refused.stderr


@pytest.mark.parametrize(
    ("option", "name"),
    [("--cashstat", "cash"), ("--poisson-mlr", "poisson_mlr"), ("--mlr", "poisson_mlr"), ("--model-errors", "model_sigma")],
)  # fmt: skip
def test_imfits_options_are_likelihoods(folder, option, name):
    (folder / "config.dat").write_text(
        f"GAIN {GAIN}\nREADNOISE 1.5\nX0 31 20,40\nY0 29 20,40\nFUNCTION Sersic\nPA 20 -180,180\nell 0.2 0,0.9\n"
        "n 2 0.3,8\nI_e 3 0,1000\nr_e 4 0.5,60\nFUNCTION FlatSky\nI_sky 0.4 -10,10\n"
    )
    finished = run(
        "fit",
        folder / "config.dat",
        "--image",
        folder / "counts.fits",
        option,
        "-o",
        folder / "imfit",
        "--json",
    )
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)["likelihood"] == name


def test_photons_that_are_missing_are_told(folder):
    finished = run("fit", write(folder, "dark.toml", "dark.fits"), "-o", folder / "dark")
    assert "noise.sky" in finished.stderr and "sky that was taken out" in finished.stderr
    known = run(
        "fit", write(folder, "known.toml", "dark.fits", {"gain": GAIN, "sky": 0.5}), "-o", folder / "known"
    )
    assert known.stderr == ""


def test_a_rate_needs_the_exposure_time_in_its_gain(folder):
    refused = run("fit", write(folder, "rate.toml", "rate.fits"), "-o", folder / "rate")
    assert refused.returncode == 2 or refused.returncode == 1
    for word in ("rate.toml", "noise.gain = 2", "rate", "exposure time"):
        assert word in refused.stderr
    taken = run("fit", write(folder, "rate.toml", "rate.fits", {"gain": 1000.0}), "-o", folder / "rate")
    assert taken.returncode == 0
    assert (
        "noise.gain: 1000 electrons per unit of the image, a rate by its BUNIT" in taken.stdout + taken.stderr
    )


@pytest.mark.parametrize(
    ("fit", "noise", "words"),
    [
        ({"likelihood": "cahs"}, None, ("fit.likelihood = 'cahs': there is no", 'did you mean "cash"')),
        ({"likelihood": "cash"}, {"sigma": 1.0}, ("noise.sigma", '"cash"', "gain")),
        ({"likelihood": "cash"}, {"gain": -1.0}, ("noise.gain = -1", "above 0")),
        ({"likelihood": "cash"}, {"gain": 1.0, "read_noise": -1.0}, ("noise.read_noise = -1", "at least 0")),
        ({"likelihood": "model_sigma"}, None, ("read_noise", "model_sigma")),
        ({"likelihood": "student_t", "student_dof": 0}, None, ("fit.student_dof = 0", "above 0")),
        ({"likelihood": "huber", "huber_threshold": -2.0}, None, ("fit.huber_threshold = -2", "above 0")),
        ({"student_dof": 4}, None, ("fit.student_dof = 4", '"gaussian"', '"student_t"')),
    ],
)
def test_bad_input_names_key_value_and_what_is_allowed(folder, fit, noise, words):
    finished = run("fit", write(folder, "bad.toml", fit=fit, noise=noise), "-o", folder / "bad")
    assert finished.returncode != 0 and "bad.toml" in finished.stderr
    for word in words:
        assert word in finished.stderr
