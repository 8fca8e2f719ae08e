"""What pyproject.toml says of the wheel, against what the build puts there. The wheel itself is not built here."""

import importlib
import re
import subprocess
import sys
import tomllib

import cli_support
from cli_support import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
BUILD = PROJECT["tool"]["scikit-build"]


def installs(path):
    """(component, destination) of each install() of a CMake file."""
    for arguments in re.findall(r"install\(((?:TARGETS|FILES)[^)]*)\)", (ROOT / path).read_text()):
        component = re.search(r"COMPONENT (\w+)", arguments)
        destination = re.search(r"DESTINATION ([\w/]+)", arguments)
        if component and destination:
            yield component[1], destination[1]


def test_the_wheel_holds_the_extension_the_stubs_and_the_program():
    (component,) = BUILD["install"]["components"]
    assert BUILD["cmake"]["define"]["GAXEL_BUILD_CLI"] and BUILD["cmake"]["define"]["GAXEL_BUILD_PYTHON"]
    assert (component, "gaxel") in installs("cmake/GaxelPython.cmake")
    assert (component, "gaxel") in installs("python/ext/CMakeLists.txt")
    assert (component, "gaxel/bin") in installs("src/cli/CMakeLists.txt")


def test_the_script_runs_the_program_of_the_package(tmp_path):
    module, function = PROJECT["project"]["scripts"]["gaxel"].split(":")
    command = importlib.import_module(module)
    assert callable(getattr(command, function))
    package = tmp_path / "gaxel"
    (package / "bin").mkdir(parents=True)
    (package / "bin/gaxel").symlink_to(cli_support.COMMAND)
    (package / "__init__.py").touch()
    name = module.rpartition(".")[2] + ".py"
    (package / name).write_text((ROOT / "python/gaxel" / name).read_text())
    # As the script of a wheel does.
    script = f"import sys; from {module} import {function}; sys.exit({function}())"
    for arguments in (["--version"], ["list", "sersic"], ["list", "no such kind"]):
        through = subprocess.run(
            [sys.executable, "-c", script, *arguments], cwd=tmp_path, capture_output=True, text=True
        )
        direct = cli_support.run(*arguments)
        assert (through.returncode, through.stdout, through.stderr) == (
            direct.returncode,
            direct.stdout,
            direct.stderr,
        )
