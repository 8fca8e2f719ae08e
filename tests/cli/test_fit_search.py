"""gaxel fit: how long and from where it searches, limits between parameters, the ladder of models, and how outputs say
where they come from."""

import hashlib
import json
import re
import tomllib

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from cli_support import run, scene_text, sersic_light


def table_of(folder) -> dict:
    table = Table.read(folder / "parameters.ecsv", format="ascii.ecsv")
    return {(row["component"], row["parameter"]): row for row in table} | {"meta": table.meta}


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two galaxies: the sizes are 6 and 4 pixels, the magnitudes 15.5 and 16.3, x 30 and 42."""
    folder = tmp_path_factory.mktemp("pair")
    rng = np.random.default_rng(8)
    light = sersic_light((60, 70), 30.0, 30.0, 10 ** (0.4 * 9.5), 6.0, 1.0, 0.7, 20.0)
    light += sersic_light((60, 70), 42.0, 33.0, 10 ** (0.4 * 8.7), 4.0, 1.0, 0.8, 70.0)
    fits.writeto(folder / "image.fits", light + rng.standard_normal(light.shape))
    return folder


def scene_of(pair, tmp_path, fit=None, **second):
    tables = {
        "image": {"file": pair / "image.fits", "zeropoint": 25.0},
        "noise": {"sigma": 1.0},
        "fit": fit or {},
    }
    first = {
        "type": "sersic",
        "name": "first",
        "x": 30,
        "y": 30,
        "mag": 15.4,
        "re": 5,
        "n": 1.2,
        "q": 0.7,
        "pa": 20,
    }
    other = {
        "type": "sersic",
        "name": "second",
        "x": 42,
        "y": 33,
        "mag": 16,
        "re": 5,
        "n": 1.2,
        "q": 0.8,
        "pa": 70,
    }
    path = tmp_path / "scene.toml"
    path.write_text(scene_text(tables, [first, other | second]))
    return path


def test_outputs_say_version_command_and_checksums(field, tmp_path):
    scene = field.write_scene(tmp_path / "a $scene.toml")
    finished = run("fit", scene, "-o", tmp_path / "out", "--json")
    assert finished.returncode == 0, finished.stderr
    files = [scene, *(field.folder / f"{name}.fits" for name in ("image", "sigma", "mask", "psf"))]
    expected = {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    told = json.loads(finished.stdout)
    assert {entry["file"]: entry["sha256"] for entry in told["inputs"]} == expected
    command = told["command"]
    assert 'gaxel fit "' in command and command.endswith(f"-o {tmp_path}/out --json")
    assert 'a \\$scene.toml"' in command
    header = fits.getheader(tmp_path / "out/block.fits")
    assert header["COMMAND"] == command
    n = len(expected)
    assert {header[f"INFILE{i}"]: header[f"INSHA{i}"] for i in range(1, n + 1)} == expected
    version = header["GAXELVER"]
    comments = (tmp_path / "out/result.toml").read_text()
    page = (tmp_path / "out/report.html").read_text()
    meta = table_of(tmp_path / "out")["meta"]
    lines = [meta[f"provenance{i}"] for i in range(1, n + 3)]
    assert lines[:2] == [f"gaxel {version}", f"command: {command}"]
    for path, checksum in expected.items():
        assert f"# sha256 {checksum} {path}\n" in comments
        assert checksum in page
        assert f"sha256 {checksum} {path}" in lines
    assert f"# gaxel {version}\n# command: {command}\n" in comments


def test_a_search_ends_by_the_clock_with_its_best(field, tmp_path):
    scene = field.write_scene(tmp_path / "scene.toml", components=field.components(n=6, re=20, pa=-40))
    finished = run("fit", scene, "-o", tmp_path / "out", "--max-seconds", "1e-9")
    assert finished.returncode == 1
    assert "did not converge: stopped after 1e-09 seconds" in finished.stderr
    header = fits.getheader(tmp_path / "out/block.fits")
    assert header["STOPPED"] == "max_seconds"
    assert np.isfinite(header["CHI2"])


def test_starts_are_the_same_for_the_same_seed(field, tmp_path):
    components = field.components(re=25, n=5, q=0.3, pa=-50)
    numbers = []
    for name, fit in (("one", {"starts": 4, "seed": 3}), ("two", {"starts": 4, "seed": 3})):
        scene = field.write_scene(tmp_path / f"{name}.toml", field.tables(fit=fit), components)
        finished = run("fit", scene, "-o", tmp_path / name, "--json")
        assert finished.returncode == 0, finished.stderr
        told = json.loads(finished.stdout)
        assert told["starts"] == 4 and 1 <= told["agreed"] <= 4
        assert "4 of 4 starts were made" in told["message"]
        numbers.append((told["chi2"], told["agreed"], [row["value"] for row in told["parameters"]]))
    assert numbers[0] == numbers[1]
    finished = run("fit", scene, "-o", tmp_path / "three", "--json", "--starts", 2, "--seed", 9)
    assert json.loads(finished.stdout)["starts"] == 2
    header = fits.getheader(tmp_path / "three/block.fits")
    assert header["NSTARTS"] == 2 and header["NAGREED"] >= 1


def test_criteria_are_their_formulas(fitted):
    meta = table_of(fitted[0])["meta"]
    header = fits.getheader(fitted[0] / "block.fits")
    assert meta["bic"] == pytest.approx(meta["chi2"] + 11 * np.log(header["NPIX"]), rel=1e-12)
    assert header["AIC"] == pytest.approx(header["CHI2"] + 22, rel=1e-12)


@pytest.mark.parametrize(
    ("key", "limit", "of"),
    [
        ("re", {"ratio": {"to": "first.re", "min": 0.1, "max": 0.5}}, lambda a, b: b / a),
        ("x", {"difference": {"to": "first.x", "min": 5, "max": 11.5}}, lambda a, b: b - a),
        ("mag", {"difference": {"to": "first.mag", "min": -2, "max": 0.5}}, lambda a, b: b - a),
        ("pa", {"difference": {"to": "first.pa", "min": -20, "max": 20}}, lambda a, b: b - a),
    ],
)
def test_a_limit_that_the_light_violates_is_where_the_fit_ends(pair, tmp_path, key, limit, of):
    start = {"re": 5, "x": 42, "mag": 16, "pa": 40}[key]
    finished = run("fit", scene_of(pair, tmp_path, **{key: {"value": start} | limit}), "-o", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    rows = table_of(tmp_path / "out")
    highest = next(iter(limit.values()))["max"]
    apart = of(rows["first", key]["value"], rows["second", key]["value"])
    assert apart == pytest.approx(highest, abs=1e-6)
    assert rows["second", key]["flag"] == "at_bound"
    again = run("fit", tmp_path / "out/result.toml", "-o", tmp_path / "again")
    assert again.returncode == 0, again.stderr
    assert table_of(tmp_path / "again")["meta"]["chi2"] == pytest.approx(rows["meta"]["chi2"], rel=1e-7)
    written = tomllib.loads((tmp_path / "out/result.toml").read_text())["component"][1][key]
    form, table = next(iter(limit.items()))
    assert written[form] == {k: pytest.approx(v) if k != "to" else v for k, v in table.items()}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"ratio": {"to": "frist.re", "min": 0.1}}, '"frist.re" is no parameter of the scene'),
        ({"ratio": {"to": "first.re"}}, "no limit"),
        ({"ratio": {"to": "first.re", "min": 2, "max": 1}}, "not above min"),
        ({"ratio": {"to": "first.x", "min": 1, "max": 2}, "min": 1}, "no bounds of its own"),
        ({"ratio": {"to": "first.mag", "min": 1, "max": 2}}, "has another unit"),
        ({"ratio": {"to": "first.re", "min": -1, "max": 2}}, "re.ratio.min"),
        ({"ratio": {"to": "second.re", "min": 1, "max": 2}}, "go in a circle"),
        ({"difference": {"to": "first.re", "lowest": 1}}, "lowest"),
    ],
)
def test_limits_that_are_none(pair, tmp_path, value, message):
    finished = run("fit", scene_of(pair, tmp_path, re={"value": 5} | value), "-o", tmp_path / "out")
    assert finished.returncode == 2
    assert message in finished.stderr, finished.stderr
    assert re.search(r"(component 2|second)\.re", finished.stderr)


@pytest.mark.parametrize(
    ("fit", "message"),
    [
        ({"max_seconds": 0}, "max_seconds"),
        ({"starts": 0}, "starts"),
        ({"seed": -1}, "seed"),
    ],
)
def test_searches_that_are_none(pair, tmp_path, fit, message):
    finished = run("fit", scene_of(pair, tmp_path, fit=fit), "-o", tmp_path / "out")
    assert finished.returncode == 2
    assert message in finished.stderr


def test_ladder_fits_all_models_and_names_the_choice(pair, tmp_path):
    finished = run(
        "fit", scene_of(pair, tmp_path), "-o", tmp_path / "out", "--ladder", "--ladder-component", "second"
    )
    assert finished.returncode in (0, 1), finished.stderr
    table = Table.read(tmp_path / "out/ladder.ecsv", format="ascii.ecsv")
    assert list(table["model"]) == ["point", "exponential", "sersic", "bulge_disc"]
    assert list(table["n_free"]) == [10, 13, 14, 18]
    assert np.all(np.diff(table["chi2"]) <= 0.1), "each can be what the one before it is"
    np.testing.assert_allclose(
        table["bic"], table["chi2"] + table["n_free"] * np.log(table["n_pixels"]), rtol=1e-14
    )
    assert "BIC would choose exponential\n" in finished.stdout
    assert table.meta["scene"] == str(tmp_path / "scene.toml")
    assert table.meta["provenance2"].startswith("command: ") and "--ladder" in table.meta["provenance2"]
    for model in table["model"]:
        row = table[table["model"] == model]
        chi2 = fits.getheader(tmp_path / "out" / model / "block.fits")["CHI2"]
        assert chi2 == pytest.approx(float(row["chi2"][0]), rel=1e-12)
    again = run(
        "fit", tmp_path / "out/bulge_disc/result.toml", "-o", tmp_path / "again", "--max-iterations", 3
    )
    assert again.returncode in (0, 1), again.stderr


def test_ladder_as_json(pair, tmp_path):
    finished = run("fit", scene_of(pair, tmp_path), "-o", tmp_path / "out", "--ladder", "--json")
    told = json.loads(finished.stdout)
    assert [step["model"] for step in told["ladder"]] == ["point", "exponential", "sersic", "bulge_disc"]
    best = min(told["ladder"], key=lambda step: step["fit"]["bic"])
    assert told["least_bic"] == best["model"] == "exponential"


def test_criteria_of_a_ladder_are_of_its_statistic(pair, tmp_path):
    scene = scene_of(pair, tmp_path, fit={"likelihood": "student_t"})
    finished = run("fit", scene, "-o", tmp_path / "out", "--ladder")
    table = Table.read(tmp_path / "out/ladder.ecsv", format="ascii.ecsv")
    assert not np.allclose(table["statistic"], table["chi2"])
    np.testing.assert_allclose(
        table["aic"], table["statistic"] - table["penalty"] + 2 * table["n_free"], rtol=1e-14
    )
    assert finished.stdout.splitlines()[0].split()[:4] == ["model", "free", "chi2", "student_t"]
    assert "statistic - penalty + 2 n_free" in table["aic"].info.description


def test_ladder_of_what_is_not_there(pair, tmp_path):
    finished = run("fit", scene_of(pair, tmp_path), "-o", tmp_path / "out", "--ladder-component", "third")
    assert finished.returncode == 2
    assert "--ladder-component = third" in finished.stderr and "first, second" in finished.stderr


def test_fluxes_are_solved_for_where_all_shapes_are_fixed(pair, tmp_path):
    """Forced photometry is linear least squares."""
    shapes = [(30.0, 30.0, 6.0, 0.7, 20.0), (42.0, 33.0, 4.0, 0.8, 70.0)]
    components = []
    for name, (x, y, re_, q, pa) in zip(("first", "second"), shapes, strict=True):
        values = {"x": x, "y": y, "re": re_, "n": 1.0, "q": q, "pa": pa}
        fixed = {key: {"value": value, "fixed": True} for key, value in values.items()}
        components.append({"type": "sersic", "name": name, "flux": 100.0} | fixed)
    tables = {"image": {"file": pair / "image.fits"}, "noise": {"sigma": 1.0}}
    (tmp_path / "scene.toml").write_text(scene_text(tables, components))
    finished = run("fit", tmp_path / "scene.toml", "-o", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    assert "solved for directly" in finished.stdout
    design = np.stack(
        [sersic_light((60, 70), x, y, 1.0, r, 1.0, q, pa, 25).ravel() for x, y, r, q, pa in shapes]
    )
    data = fits.getdata(pair / "image.fits").astype(float).ravel()
    covariance = np.linalg.inv(design @ design.T)
    rows = table_of(tmp_path / "out")
    for k, name in enumerate(("first", "second")):
        row = rows[name, "flux"]
        assert abs(row["value"] - (covariance @ design @ data)[k]) < 0.02 * row["error"]
        assert row["error"] == pytest.approx(np.sqrt(covariance[k, k]), rel=1e-3)


def test_fluxes_are_not_negative_where_asked_and_else_warned_of(pair, tmp_path):
    with fits.open(pair / "image.fits") as image:
        hole = image[0].data - 2.0 * sersic_light((60, 70), 15.0, 15.0, 500.0, 3.0, 1.0, 0.8, 0.0)
    fits.writeto(tmp_path / "hole.fits", hole)
    tables = {"image": {"file": tmp_path / "hole.fits"}, "noise": {"sigma": 1.0}}
    shape = {"x": 15.0, "y": 15.0, "re": 3.0, "n": 1.0, "q": 0.8, "pa": 0.0}
    fixed = {key: {"value": value, "fixed": True} for key, value in shape.items()}
    for name, flux in (("free", {"value": 100}), ("positive", {"value": 100, "min": 0})):
        scene = tmp_path / f"{name}.toml"
        scene.write_text(scene_text(tables, [{"type": "sersic", "name": "hole", "flux": flux} | fixed]))
        finished = run("fit", scene, "-o", tmp_path / name)
        assert finished.returncode == 0, finished.stderr
        row = table_of(tmp_path / name)["hole", "flux"]
        if name == "free":
            assert row["value"] < -500 and "hole has a negative flux" in finished.stderr
        else:
            assert 0 <= row["value"] < 1e-3 and row["flag"] == "at_bound"
            assert "negative" not in finished.stderr


def test_negative_fluxes_are_told_by_band(tmp_path):
    light = sersic_light((40, 44), 20.0, 21.0, 1000.0, 3.0, 1.0, 0.8, 30.0)
    text = ""
    for name, wavelength, sign in (("g", 4770.0, 1.0), ("r", 6231.0, -1.0)):
        fits.writeto(tmp_path / f"{name}.fits", sign * light)
        text += f"[[band]]\nname = '{name}'\nwavelength = {wavelength}\n"
        text += f"image = {{ file = '{name}.fits' }}\nnoise = {{ sigma = 1.0 }}\n\n"
    shape = {"x": 20.0, "y": 21.0, "re": 3.0, "n": 1.0, "q": 0.8, "pa": 30.0}
    fixed = {key: {"value": value, "fixed": True} for key, value in shape.items()}
    galaxy = {"type": "sersic", "name": "galaxy", "flux": {"value": 500, "bands": True}} | fixed
    (tmp_path / "scene.toml").write_text(text + scene_text({}, [galaxy]))
    finished = run("fit", tmp_path / "scene.toml", "-o", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    assert "galaxy has a negative flux in band r" in finished.stderr
    assert "in band g" not in finished.stderr


def test_what_the_data_leave_open_is_told(tmp_path):
    """A galaxy of S/N 2: its size and shape are anything."""
    light = sersic_light((40, 44), 20.0, 21.0, 60.0, 4.0, 1.0, 0.7, 30.0)
    fits.writeto(tmp_path / "faint.fits", light)
    tables = {"image": {"file": tmp_path / "faint.fits"}, "noise": {"sigma": 4.0}}
    galaxy = {
        "type": "sersic",
        "name": "faint",
        "x": 20,
        "y": 21,
        "flux": 55,
        "re": 3.8,
        "n": 1.1,
        "q": 0.75,
        "pa": 30,
    }
    (tmp_path / "scene.toml").write_text(scene_text(tables, [galaxy]))
    finished = run("fit", tmp_path / "scene.toml", "-o", tmp_path / "out", "--json")
    told = json.loads(finished.stdout)
    flags = {row["parameter"]: row["flag"] for row in told["parameters"]}
    errors = {row["parameter"]: row["error"] for row in told["parameters"]}
    assert flags["n"] == "unconstrained" and errors["n"] > 1
    assert "faint.n is hardly told by the data" in finished.stderr
    assert "unconstrained" in (tmp_path / "out/report.html").read_text()
    assert re.search(
        r"\"faint\" \"sersic\" \"n\" .*\"unconstrained\"", (tmp_path / "out/parameters.ecsv").read_text()
    )


def test_bounds_of_coefficients_and_bands_come_back_from_a_result(tmp_path):
    text = ""
    for name, wavelength, size in (("g", 4770.0, 3.5), ("r", 6231.0, 4.0), ("z", 7692.0, 4.5)):
        fits.writeto(
            tmp_path / f"{name}.fits", sersic_light((44, 48), 22.0, 23.0, 2000.0, size, 1.0, 0.8, 30.0)
        )
        text += f"[[band]]\nname = '{name}'\nwavelength = {wavelength}\n"
        text += f"image = {{ file = '{name}.fits', zeropoint = 25.0 }}\nnoise = {{ sigma = 0.5 }}\n\n"
    shape = {"x": 22.0, "y": 23.0, "n": 1.0, "q": 0.8, "pa": 30.0}
    fixed = {key: {"value": value, "fixed": True} for key, value in shape.items()}
    galaxy = {"type": "sersic", "name": "g"} | fixed
    inf = float("inf")
    galaxy["re"] = {"chebyshev": 2, "value": 4.1, "min": [-inf, -0.2], "max": [inf, 0.2]}
    galaxy["mag"] = {"value": 17.0, "bands": True, "min": [16.9, -inf, -inf], "max": [17.5, 17.9, inf]}
    (tmp_path / "scene.toml").write_text(text + scene_text({}, [galaxy]))
    finished = run("fit", tmp_path / "scene.toml", "-o", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    written = tomllib.loads((tmp_path / "out/result.toml").read_text())["component"][0]
    assert (written["re"]["min"], written["re"]["max"]) == (galaxy["re"]["min"], galaxy["re"]["max"])
    assert written["re"]["coefficients"][1] == pytest.approx(0.2, abs=1e-12)
    assert written["mag"]["min"] == pytest.approx(galaxy["mag"]["min"])
    assert written["mag"]["max"] == pytest.approx(galaxy["mag"]["max"])
    again = run("fit", tmp_path / "out/result.toml", "-o", tmp_path / "again")
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"value": 4, "min": [1, 2]}, "a list goes with bands"),
        ({"value": 4, "max": [2]}, "a list goes with bands"),
    ],
)
def test_lists_of_bounds_that_are_none(pair, tmp_path, value, message):
    finished = run("fit", scene_of(pair, tmp_path, re=value), "-o", tmp_path / "out")
    assert finished.returncode == 2 and message in finished.stderr
