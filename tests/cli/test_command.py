"""The command itself: help, version, wrong usage."""

import re

import pytest
from cli_support import ROOT, run


def test_version_is_that_of_the_project():
    version = re.search(r"project\(gaxel VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
    finished = run("--version")
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, f"gaxel {version}\n", "")


@pytest.mark.parametrize("command", [[], ["fit"], ["render"], ["inspect"], ["list"]])
def test_help_has_an_example(command):
    finished = run(*command, "--help")
    assert finished.returncode == 0 and finished.stderr == ""
    assert "Example" in finished.stdout and "gaxel " + " ".join(command) in finished.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fiit"],
        ["fit"],
        ["fit", "scene.toml"],
        ["fit", "scene.toml", "-o", "out", "--nonsense"],
        ["fit", "scene.toml", "-o", "out", "--threads", "many"],
        ["render", "scene.toml"],
        ["inspect"],
    ],
)
def test_wrong_usage_is_bad_input(arguments, tmp_path):
    finished = run(*arguments, cwd=tmp_path)
    assert finished.returncode == 2
    assert finished.stdout == "" and finished.stderr.startswith("gaxel: error: ")
    assert finished.stderr.count("\n") == 1 and "--help" in finished.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "option, value",
    [
        ("--rtol", "0"),
        ("--rtol", "-1"),
        ("--rtol", "nan"),
        ("--rtol", "1"),
        ("--rtol", "5"),
        ("--threads", "-2"),
        ("--threads", "1025"),
        ("--max-iterations", "0"),
    ],
)
def test_options_out_of_range(field, tmp_path, option, value):
    scene = field.write_scene(tmp_path / "scene.toml")
    finished = run("fit", scene, "-o", tmp_path / "out", option, value)
    assert finished.returncode == 2
    assert finished.stderr.startswith("gaxel: error: ")
    assert option.strip("-").replace("-", "_") in finished.stderr and value in finished.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--rtol", "--atol"])
@pytest.mark.parametrize("value", ["5", "1", "-1", "nan"])
def test_a_tolerance_that_promises_nothing_is_refused(field, tmp_path, option, value):
    scene = field.write_scene(tmp_path / "scene.toml")
    for command in (["render", scene, "-o", tmp_path / "m.fits"], ["integrate", "--rule", "tree"]):
        finished = run(*command, option, value)
        assert finished.returncode == 2 and "below 1" in finished.stderr
        assert f"{option} = {value}: " in finished.stderr
    assert not (tmp_path / "m.fits").exists()


@pytest.mark.parametrize("value", ["-1", "1025", "1e3"])
def test_render_bounds_the_threads_too(field, tmp_path, value):
    scene = field.write_scene(tmp_path / "scene.toml")
    finished = run("render", scene, "-o", tmp_path / "model.fits", "--threads", value)
    assert finished.returncode == 2
    assert "--threads" in finished.stderr and value in finished.stderr
    assert not (tmp_path / "model.fits").exists()
