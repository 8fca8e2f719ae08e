"""gaxel fit: derived values, profile likelihoods and bootstrap in files, JSON and the report."""

import json
import re

import numpy as np
import pytest
from astropy.table import Table
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_area
from cli_support import OUTPUTS, run, wcs_header
from scipy.special import gammaincinv


def table_of(path) -> Table:
    return Table.read(path, format="ascii.ecsv")


def test_derived_values_are_those_of_the_parameters(fitted):
    folder, finished = fitted
    values = {
        (row["component"], row["parameter"]): row["value"] for row in table_of(folder / "parameters.ecsv")
    }
    rows = {(row["component"], row["quantity"]): row for row in table_of(folder / "derived.ecsv")}
    mag, re, n, q = (values["big one", key] for key in ("mag", "re", "n", "q"))
    scale = 3600.0 * np.sqrt(proj_plane_pixel_area(WCS(wcs_header())))
    flux = 10 ** (0.4 * (25.0 - mag))
    assert rows["big one", "flux"]["value"] == pytest.approx(flux)
    assert rows["big one", "r_half"]["value"] == pytest.approx(re)
    assert rows["big one", "r_half_arcsec"]["value"] == pytest.approx(re * scale)
    assert rows["big one", "r_half_circ_arcsec"]["value"] == pytest.approx(re * np.sqrt(q) * scale)
    mean = mag + 2.5 * np.log10(2.0 * np.pi * q * (re * scale) ** 2)
    assert rows["big one", "mean_mu_e"]["value"] == pytest.approx(mean)
    assert rows["big one", "mean_mu_e"]["unit"] == "mag/arcsec2"
    difference = rows["big one", "mu_e"]["value"] - rows["big one", "mu_0"]["value"]
    assert difference == pytest.approx(2.5 / np.log(10.0) * gammaincinv(2 * n, 0.5))
    total = flux + values["star", "flux"]
    assert rows["star", "fraction"]["value"] == pytest.approx(values["star", "flux"] / total)
    assert rows["total", "mag"]["value"] == pytest.approx(25.0 - 2.5 * np.log10(total))
    assert all(row["error"] > 0.0 for row in rows.values())
    assert ("sky", "flux") not in rows
    assert "intervals.ecsv" not in {path.name for path in folder.iterdir()}


@pytest.fixture(scope="module")
def with_errors(field, tmp_path_factory):
    folder = tmp_path_factory.mktemp("errors")
    scene = field.write_scene(
        folder / "scene.toml",
        field.tables(fit={"profile": ["re", "big one.mag"], "bootstrap": 12, "seed": 3}),
    )
    finished = run("fit", scene, "-o", folder / "out", "--json")
    assert finished.returncode == 0, finished.stderr
    return folder, json.loads(finished.stdout)


def test_intervals_and_samples_are_written(with_errors):
    folder, result = with_errors
    assert {path.name for path in (folder / "out").iterdir()} == OUTPUTS | {"intervals.ecsv", "samples.ecsv"}
    rows = table_of(folder / "out/intervals.ecsv")
    profiles = rows[rows["method"] == "profile"]
    assert list(zip(profiles["component"], profiles["parameter"], strict=True)) == [
        ("big one", "mag"),
        ("big one", "re"),
    ]
    for row in profiles:  # bright: nearly the covariance's
        assert row["value"] - row["low"] == pytest.approx(row["error"], rel=0.2)
        assert row["high"] - row["value"] == pytest.approx(row["error"], rel=0.2)
        assert (row["low_end"], row["high_end"]) == ("found", "found")
    samples = table_of(folder / "out/samples.ecsv")
    assert len(samples) == 12
    assert samples.meta["seed"] == 3
    bootstrap = rows[rows["method"] == "bootstrap"]
    assert len(bootstrap) == len(samples.colnames)
    for row in bootstrap:
        column = samples[f"{row['component']}.{row['parameter']}"]
        ends = np.quantile(column, [0.158655254, 0.841344746])
        assert (row["low"], row["high"]) == pytest.approx(tuple(ends), abs=0.01 * row["error"])
        assert abs(np.mean(column) - row["value"]) < 2.0 * row["error"]


def test_json_and_report_tell_them(with_errors):
    folder, result = with_errors
    assert {row["method"] for row in result["intervals"]} == {"profile", "bootstrap"}
    assert result["bootstrap"] == {"method": "parametric", "samples": 12, "failed": 0, "seed": 3}
    assert {row["quantity"] for row in result["derived"]} >= {"flux", "mag", "mu_e", "fraction"}
    page = (folder / "out/report.html").read_text()
    assert "<h2>Intervals</h2>" in page and "seed 3" in page
    assert re.search(r"half-light radius, circularised</td><td class=\"number\">[0-9.]+</td>", page)


def test_the_restart_asks_for_the_same_and_the_command_can_change_it(with_errors, tmp_path):
    folder, result = with_errors
    finished = run(
        "fit", folder / "out/result.toml", "-o", tmp_path, "--json", "--profile", "n", "--bootstrap", 2,
        "--bootstrap-block", 8, "--seed", 4, "--threads", 2,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    again = json.loads(finished.stdout)
    assert [row["parameter"] for row in again["intervals"] if row["method"] == "profile"] == ["n"]
    assert table_of(tmp_path / "samples.ecsv").meta["method"] == "blocks"


def test_the_terminal_shows_intervals(field, tmp_path):
    scene = field.write_scene(tmp_path / "scene.toml")
    finished = run("fit", "--profile", "re", scene, "-o", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    found = re.search(
        r"^profile: big one\.re  ([0-9.]+) -([0-9.]+) \+([0-9.]+) pixel$", finished.stdout, re.MULTILINE
    )
    row = table_of(tmp_path / "out/intervals.ecsv")[0]
    value, below, above = map(float, found.groups())
    assert (value, below, above) == pytest.approx(
        (row["value"], row["value"] - row["low"], row["high"] - row["value"]), abs=0.06 * row["error"]
    )


def test_a_better_fit_is_told(field, tmp_path):
    poor = field.write_scene(
        tmp_path / "poor.toml",
        field.tables(fit={"max_iterations": 2}),
        field.components(re=14, n=4.0, q=0.9, pa=-40),
    )
    finished = run("fit", poor, "-o", tmp_path / "out", "--profile", "re", "--max-iterations", 2, "--json")
    assert "better fit" in finished.stderr
    assert "better fit" in (tmp_path / "out/report.html").read_text()
    before = run("fit", poor, "-o", tmp_path / "before", "--max-iterations", 2, "--json")
    assert json.loads(finished.stdout)["chi2"] < json.loads(before.stdout)["chi2"] - 1.0


def test_files_of_an_earlier_fit_go(field, with_errors, tmp_path):
    scene = field.write_scene(tmp_path / "scene.toml")
    out = tmp_path / "out"
    out.mkdir()
    (out / "intervals.ecsv").write_text("old")
    assert run("fit", scene, "-o", out, "-q").returncode == 0
    assert {path.name for path in out.iterdir()} == OUTPUTS


@pytest.mark.parametrize(
    ("fit", "options", "named"),
    [
        ({"profile": ["size"]}, [], "profile = size"),
        ({"profile": []}, [], "fit.profile"),
        ({"profile": 3}, [], "fit.profile"),
        ({"bootstrap": 1}, [], "fit.bootstrap"),
        ({"bootstrap_block": -1}, [], "fit.bootstrap_block"),
        ({}, ["--profile", "size"], "profile = size"),
        ({}, ["--bootstrap", "1"], "--bootstrap"),
    ],
)
def test_bad_requests_are_named(field, tmp_path, fit, options, named):
    scene = field.write_scene(tmp_path / "scene.toml", field.tables(fit=fit))
    finished = run("fit", scene, "-o", tmp_path / "out", *options)
    assert finished.returncode != 0
    assert named in finished.stderr
