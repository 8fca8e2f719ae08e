"""The study runs, its page is whole, and what the page says holds: anchors, examples, tables."""

import doctest
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "docs" / "study"
PAGE = (STUDY / "README.md").read_text(encoding="utf-8")
MARKER = re.compile(r"<!-- table:(\w+) -->\n(.*?)<!-- end -->", re.DOTALL)
FIGURES = re.findall(r"!\[[^\]]+\]\((figures/\w+\.png)\)", PAGE)


def run_study(*arguments):
    command = [sys.executable, str(STUDY / "study.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """Folder of a quick run: one for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "study"
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "numbers.json").exists():
            finished = run_study("--quick", "--output", folder)
            assert finished.returncode == 0, finished.stderr
    return folder


@pytest.fixture(scope="module")
def numbers(result):
    return json.loads((result / "numbers.json").read_text())


def rows(text):
    """The cells of a Markdown table below its header."""
    lines = [line for line in text.strip().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_seeds_figures_hold(numbers):
    assert numbers["func_0_0"] == pytest.approx(38.83, abs=0.005)
    assert numbers["k15_minus_g7"] == pytest.approx(33.54, abs=0.005)
    assert 0 <= numbers["g7_minus_gl7"] < 1e-13
    assert 0 <= numbers["nested_minus_k15"] < 1e-13
    assert numbers["k15_nodes"] == 225


def test_only_a_comparison_of_points_notices_a_wrong_set(numbers):
    assert numbers["sets"] == [["equal", "equal"], ["equal", "not equal"], ["equal", "not equal"]]


def test_what_the_conclusion_says(numbers):
    largest = {
        name.removeprefix("largest: "): n for name, n in numbers.items() if name.startswith("largest: ")
    }
    fixed = [n for name, n in largest.items() if re.match(r"midpoint|Gauss|Clenshaw|Kronrod", name)]
    assert min(fixed) > 1e-3
    assert 1e-6 < largest["refinement, k_max 5"] < 2e-5
    assert largest["plan applied, k_max 5"] == pytest.approx(largest["refinement, k_max 5"], rel=1e-9)
    for digits in (2, 4, 6, 9, 12):
        # rtol times the brightest pixel, which holds less than a fifth of the flux, and atol; the truth's own 1e-15.
        assert (
            largest[f"gaxel.render, tolerance 1e-{digits}"] < 0.2 * 10**-digits + 10 ** -(digits + 3) + 2e-15
        )
    assert numbers["outgrown_at_0"] == 0 and numbers["outgrown_at_10"] == 1


def test_what_the_page_says_of_compiling_and_memory(numbers):
    compiled = {
        name.removeprefix("compiled: "): n for name, n in numbers.items() if name.startswith("compiled: ")
    }
    if not compiled:
        pytest.skip("JAX is not installed")
    free = {name for name, programs in compiled.items() if programs == 0}
    assert free == {
        "GL7: nothing",
        "GL7: the galaxy's place",
        "tensor rule: oversamp, to 3 (not static)",
        "refinement: the galaxy's place",
    }


def test_all_nodes_at_once_take_the_most_memory(numbers):
    if "LD_PRELOAD" in os.environ:
        pytest.skip("the sanitizer has memory of its own")
    rule = "Kronrod K15, 15 x 15"
    whole, loop, ours = (
        numbers[f"kB: {way}, {rule}"] for way in ("numpy, all nodes at once", "numpy, node by node", "gaxel")
    )
    assert whole > 9000 * 225 * 8 / 1000
    assert max(loop, ours) < 0.05 * whole


def test_every_marker_gets_its_table(result):
    tables = dict(MARKER.findall(PAGE))
    quick = dict(MARKER.findall((result / "README.md").read_text(encoding="utf-8")))
    assert set(tables) == set(quick) and len(tables) > 15
    assert PAGE.count("<!-- table:") == PAGE.count("<!-- end -->") == len(tables)
    for name, text in [*tables.items(), *quick.items()]:
        assert len(text.strip()) > 20, name
        assert name == "machine" or len(rows(text)) >= 2, name
        assert "nan" not in text and "inf" not in text, name


@pytest.mark.parametrize(
    "name", ["rules", "blocks", "sets", "levels", "fractions", "average_image", "sizes", "plans", "tree"]
)
def test_the_pages_tables_are_the_scripts(result, name):
    """Those without times: the same on every machine but for the last digits of what rounding leaves."""
    page, quick = (
        rows(dict(MARKER.findall((folder / "README.md").read_text(encoding="utf-8")))[name])
        for folder in (STUDY, result)
    )
    assert [len(row) for row in page] == [len(row) for row in quick]
    for ours, theirs in zip(page, quick, strict=True):
        for a, b in zip(ours, theirs, strict=True):
            numeric = [re.findall(r"-?\d+\.?\d*(?:e[+-]\d+)?", cell) for cell in (a, b)]
            assert re.sub(r"[\d.e+-]", "", a) == re.sub(r"[\d.e+-]", "", b)
            assert np.array(numeric[0], float) == pytest.approx(np.array(numeric[1], float), rel=0.05)


def test_figures_are_made_and_small(result):
    assert len(FIGURES) == len(set(FIGURES)) == 7
    for name in FIGURES:
        for folder in (result, STUDY):
            with Image.open(folder / name) as picture:
                pixels = np.asarray(picture.convert("RGB"))
            assert pixels.shape[1] == 990 and len(np.unique(pixels)) > 50, name
            assert (folder / name).stat().st_size < 150_000, name
    assert {path.name for path in (STUDY / "figures").iterdir()} == {Path(name).name for name in FIGURES}


def test_a_quick_run_leaves_the_page_alone(result):
    assert (STUDY / "README.md").read_text(encoding="utf-8") == PAGE
    assert not (STUDY / "numbers.json").exists()
    refused = run_study("--quick")
    assert refused.returncode == 2 and "--output" in refused.stderr


def test_the_pages_python_examples():
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 2
    names: dict = {}
    runner = doctest.DocTestRunner()
    for block in blocks:
        test = doctest.DocTestParser().get_doctest(block, names, "README.md", "README.md", 0)
        runner.run(test, clear_globs=False)
        names = test.globs
    assert runner.summarize(verbose=False).failed == 0


def test_the_pages_cpp_example_compiles(tmp_path):
    compiler = os.environ.get("CXX") or shutil.which("c++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    (block,) = re.findall(r"^```cpp\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    source = tmp_path / "example.cpp"
    source.write_text(block)
    flags = ["-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{ROOT / 'include'}"]
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    done = subprocess.run([compiler, *flags, str(source)], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
