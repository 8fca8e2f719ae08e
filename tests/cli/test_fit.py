"""gaxel fit on a simulated field: the truth comes back, and every file can be read by others."""

import base64
import io
import json
import os
import pty
import re
import subprocess
import tomllib
import xml.etree.ElementTree as ElementTree

import cli_support
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from astropy.wcs import WCS
from cli_support import OUTPUTS, run
from PIL import Image


def table_of(folder) -> Table:
    return Table.read(folder / "parameters.ecsv", format="ascii.ecsv")


def test_the_truth_comes_back(field, fitted):
    folder, finished = fitted
    table = table_of(folder)
    found = {(row["component"], row["parameter"]): row for row in table}
    for component, parameters in field.truth.items():
        for parameter, value in parameters.items():
            row = found[component, parameter]
            assert row["flag"] == "ok"
            assert 0 < row["error"] < 0.1 * max(1.0, abs(value))
            assert abs(row["value"] - value) < 4 * row["error"], (component, parameter, row["value"])


def test_the_terminal_table_tells_value_error_unit_and_convention(fitted):
    folder, finished = fitted
    assert "FITS pixels (1-based" in finished.stdout and "counter-clockwise from +y" in finished.stdout
    assert re.search(r"big one +sersic +pa +[0-9.]+ +[0-9.]+ +deg\n", finished.stdout)
    assert "degrees of freedom" in finished.stdout
    assert finished.stderr == "", "no progress line in a pipe"
    assert {path.name for path in folder.iterdir()} == OUTPUTS


def test_chi2_is_that_of_the_written_images(field, fitted):
    folder, finished = fitted
    with fits.open(folder / "block.fits") as block:
        residual = block["RESIDUAL"].data / block["SIGMA"].data
        used = block["MASK"].data == 0
        header = block[0].header
    assert header["CHI2"] == pytest.approx(np.sum(residual[used] ** 2), rel=1e-10)
    assert header["DOF"] == used.sum() - 11
    assert header["STOPPED"] == "converged"
    assert abs(header["CHI2"] / header["DOF"] - 1) < 5 * np.sqrt(2 / header["DOF"])


def test_block_holds_the_images(field, fitted):
    x1, x2, y1, y2 = field.region
    cut = np.s_[y1 - 1 : y2, x1 - 1 : x2]
    with fits.open(fitted[0] / "block.fits") as block:
        block.verify("exception")
        names = [hdu.name for hdu in block]
        assert names == ["PRIMARY", "DATA", "MODEL", "RESIDUAL", "BIG ONE", "STAR", "SKY", "SIGMA", "MASK"]
        np.testing.assert_array_equal(block["DATA"].data, field.data[cut])
        np.testing.assert_allclose(block["SIGMA"].data, field.sigma[cut], rtol=1e-15)
        np.testing.assert_array_equal(block["MASK"].data == 1, field.masked[cut])
        np.testing.assert_array_equal(block["RESIDUAL"].data, block["DATA"].data - block["MODEL"].data)
        total = block["BIG ONE"].data + block["STAR"].data + block["SKY"].data
        np.testing.assert_allclose(block["MODEL"].data, total, atol=1e-4)
        assert block["STAR"].data.sum() == pytest.approx(1500, rel=0.05)


def test_block_keeps_the_sky_where_it_was(field, fitted):
    original = WCS(cli_support.wcs_header())
    with fits.open(fitted[0] / "block.fits") as block:
        for hdu in block[1:]:
            ours = WCS(hdu.header)
            # FITS pixel (44.3, 40.6) of the image is (34.3, 35.6) of the region that starts at (11, 6).
            there = original.all_pix2world([[44.3, 40.6]], 1)
            np.testing.assert_allclose(ours.all_pix2world([[34.3, 35.6]], 1), there, atol=1e-12)


def test_parameters_state_their_convention(fitted):
    table = table_of(fitted[0])
    assert table.colnames == [
        "component",
        "type",
        "parameter",
        "value",
        "error",
        "unit",
        "fixed",
        "flag",
        "error_sandwich",
        "error_correlated",
    ]
    assert "1-based" in table.meta["convention"] and "counter-clockwise from +y" in table.meta["convention"]
    assert "zero point 25" in table.meta["photometry"]
    assert table["fixed"].dtype == bool and not table.has_masked_values
    units = {row["parameter"]: row["unit"] for row in table if row["component"] == "big one"}
    assert units == {"x": "pixel", "y": "pixel", "mag": "mag", "re": "pixel", "n": "1", "q": "1", "pa": "deg"}


def test_result_restarts_where_the_fit_ended(fitted, tmp_path):
    folder = fitted[0]
    with open(folder / "result.toml", "rb") as file:
        scene = tomllib.load(file)
    assert [component["name"] for component in scene["component"]] == ["big one", "star", "sky"]
    first = table_of(folder)
    for row in first:
        entry = next(c for c in scene["component"] if c["name"] == row["component"])[row["parameter"]]
        assert row["value"] == (entry["value"] if isinstance(entry, dict) else entry)
    again = run("fit", folder / "result.toml", "-o", tmp_path / "again", "--json")
    assert again.returncode == 0, again.stderr
    second = table_of(tmp_path / "again")
    free = ~first["fixed"]
    assert np.all(np.abs(second["value"] - first["value"])[free] < 0.01 * first["error"][free])
    np.testing.assert_allclose(second["error"][free], first["error"][free], rtol=1e-3)
    np.testing.assert_array_equal(second["fixed"], first["fixed"])


def test_result_renders_as_the_model(fitted, tmp_path):
    finished = run("render", fitted[0] / "result.toml", "-o", tmp_path / "model.fits")
    assert finished.returncode == 0, finished.stderr
    rendered = fits.getdata(tmp_path / "model.fits")
    np.testing.assert_allclose(rendered, fits.getdata(fitted[0] / "block.fits", "MODEL"), rtol=1e-9)


def test_report_is_one_well_formed_page_with_its_pictures(field, fitted):
    text = (fitted[0] / "report.html").read_text(encoding="utf-8")
    page = ElementTree.fromstring(text)
    assert page.tag == "html"
    svg = "{http://www.w3.org/2000/svg}"
    drawings = page.findall(f".//{svg}svg")
    assert len(drawings) == 6, "data, model, residual, two profiles, the corner plot"
    links = [element.get("href") for element in page.iter() if element.get("href")]
    assert links and all(link.startswith("data:image/png;base64,") for link in links)
    assert not [
        element
        for element in page.iter()
        if element.tag in ("script", "link", "iframe") or element.get("src")
    ]
    pictures = [Image.open(io.BytesIO(base64.b64decode(link.split(",")[1]))) for link in links]
    sizes = [picture.size for picture in pictures]
    assert sizes.count((70, 70)) == 3 and sizes.count((256, 1)) == 3
    residual = np.asarray(pictures[sizes.index((70, 70)) + 4])
    assert residual.shape == (70, 70, 3)
    words = "".join(page.itertext())
    for word in ("big one", "counter-clockwise from +y", "mag / arcsec²", "d.o.f.", "Accuracy of the pixels"):
        assert word in words


def test_report_shows_masked_pixels_in_their_own_colour(field, fitted):
    links = re.findall(r'href="data:image/png;base64,([^"]+)"', (fitted[0] / "report.html").read_text())
    pictures = [np.asarray(Image.open(io.BytesIO(base64.b64decode(link)))) for link in links]
    data, model, residual = (picture for picture in pictures if picture.shape == (70, 70, 3))
    x1, x2, y1, y2 = field.region
    masked = field.masked[y1 - 1 : y2, x1 - 1 : x2][::-1]
    colour = data[masked][0]
    for picture in (data, residual):
        np.testing.assert_array_equal(np.all(picture == colour, axis=2), masked)
    assert not np.any(np.all(model == colour, axis=2))


def test_picture_is_a_strip(fitted):
    with Image.open(fitted[0] / "picture.png") as picture:
        picture.load()
        assert picture.format == "PNG" and picture.mode == "RGB"
        assert picture.width >= 1200 and picture.height * 3 + 16 == picture.width


def test_json_is_all_that_stands_on_stdout(field, fitted, tmp_path):
    scene = field.write_scene(tmp_path / "scene.toml")
    finished = run("fit", scene, "-o", tmp_path / "out", "--json")
    assert finished.returncode == 0
    result = json.loads(finished.stdout)
    assert result["converged"] is True and result["stopped"] == "converged"
    assert {os.path.basename(file) for file in result["files"]} == OUTPUTS
    assert result["n_pixels"] + result["n_masked"] == 4900
    table = table_of(tmp_path / "out")
    assert [entry["value"] for entry in result["parameters"]] == list(table["value"])
    errors = [np.nan if entry["error"] is None else entry["error"] for entry in result["parameters"]]
    np.testing.assert_array_equal(errors, table["error"])
    assert result["chi2"] == table.meta["chi2"]


def test_json_of_names_that_are_no_utf8(field, tmp_path):
    output = os.fsencode(tmp_path) + b"/caf\xe9"
    command = [cli_support.COMMAND, "fit", field.write_scene(tmp_path / "scene.toml"), "-o", output, "--json"]
    finished = subprocess.run(command, capture_output=True, timeout=300)
    assert finished.returncode == 0, finished.stderr
    assert all("caf\N{REPLACEMENT CHARACTER}" in file for file in json.loads(finished.stdout)["files"])


def test_quiet_prints_nothing(field, tmp_path):
    finished = run("fit", field.write_scene(tmp_path / "scene.toml"), "-o", tmp_path / "out", "--quiet")
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "", "")
    assert {path.name for path in (tmp_path / "out").iterdir()} == OUTPUTS


def test_values_that_are_not_given_are_estimated(field, tmp_path):
    empty = {"x": None, "y": None, "mag": None, "re": None, "n": None, "q": None, "pa": None}
    components = field.components(**empty)[:1] + [{"name": "sky", "type": "sky"}]
    tables = field.tables(image={"region": [11, 58, 20, 62], "zeropoint": None})
    finished = run(
        "fit", field.write_scene(tmp_path / "scene.toml", tables, components), "-o", tmp_path / "out"
    )
    assert finished.returncode == 0, finished.stderr
    rows = {(row["component"], row["parameter"]): row for row in table_of(tmp_path / "out")}
    assert abs(rows["big one", "x"]["value"] - 44.3) < 5 * rows["big one", "x"]["error"]
    assert abs(rows["big one", "pa"]["value"] - 40.0) < 5 * rows["big one", "pa"]["error"]


def test_fixed_parameters_and_bounds_are_kept(field, tmp_path):
    components = field.components(n={"value": 1.5, "fixed": True}, q={"value": 0.7, "min": 0.65, "max": 0.9})
    scene = field.write_scene(tmp_path / "scene.toml", components=components)
    finished = run("fit", scene, "-o", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    rows = {(row["component"], row["parameter"]): row for row in table_of(tmp_path / "out")}
    assert rows["big one", "n"]["value"] == 1.5 and rows["big one", "n"]["fixed"]
    assert np.isnan(rows["big one", "n"]["error"])
    assert rows["big one", "q"]["value"] == pytest.approx(0.65) and rows["big one", "q"]["flag"] == "at_bound"
    assert "at bound" in finished.stdout
    result = tomllib.loads((tmp_path / "out/result.toml").read_text())["component"][0]
    assert result["n"] == {"value": 1.5, "fixed": True}
    assert (result["q"]["min"], result["q"]["max"]) == (0.65, 0.9)


def test_too_few_iterations_are_a_failure_with_results(field, tmp_path):
    scene = field.write_scene(tmp_path / "scene.toml", components=field.components(n=6, re=20, pa=-40))
    finished = run("fit", scene, "-o", tmp_path / "out", "--max-iterations", "1")
    assert finished.returncode == 1
    assert "did not converge" in finished.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == OUTPUTS
    assert fits.getheader(tmp_path / "out/block.fits")["STOPPED"] == "max_iterations"


def test_other_files_of_the_folder_stay(field, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/notes.txt").write_text("mine")
    (tmp_path / "out/block.fits").write_text("old")
    finished = run("fit", field.write_scene(tmp_path / "scene.toml"), "-o", tmp_path / "out")
    assert finished.returncode == 0
    assert (tmp_path / "out/notes.txt").read_text() == "mine"
    assert fits.getdata(tmp_path / "out/block.fits", "DATA").shape == (70, 70)


def test_progress_lives_on_a_terminal(field, tmp_path):
    scene = field.write_scene(tmp_path / "scene.toml")
    ours, theirs = pty.openpty()
    command = [cli_support.COMMAND, "fit", str(scene), "-o", str(tmp_path / "out")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # how Linux says that the other end is closed
            break
        if not part:
            break
        seen += part
    stdout = process.communicate(timeout=300)[0]
    os.close(ours)
    assert process.returncode == 0
    assert re.search(
        rb"\riteration +\d+  chi2 [0-9.e+]+  step [0-9.e+-]+  [0-9.]+ s", seen.replace(b"\x1b[K", b"")
    )
    assert seen.endswith(b"\r\x1b[K"), "the line is removed at the end"
    assert b"iteration  " not in stdout


def test_a_result_that_the_data_do_not_tell_is_warned_about(field, tmp_path):
    """Two skies: nothing tells one from the other."""
    components = [*field.components(), {"type": "sky", "name": "twin"}]
    scene = field.write_scene(tmp_path / "scene.toml", components=components)
    done = run("fit", scene, "-o", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    assert "twin.level is not told by the data" in done.stderr
    assert any("twin.level" in warning for warning in json.loads(done.stdout)["warnings"])
    assert "twin.level is not told by the data" in (tmp_path / "out" / "report.html").read_text()
