"""The demo, on a simulated field and on the real one."""

import os
import subprocess
import sys

import cli_support
import pytest
from astropy.table import Table

DEMO = cli_support.ROOT / "examples/abell2744/demo.py"


def run_demo(folder, *arguments):
    environment = os.environ | {"GAXEL_COMMAND": cli_support.COMMAND}
    command = [sys.executable, DEMO, "-o", folder, *arguments]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment)
    print(finished.stdout, finished.stderr)
    return finished


def test_simulated_field_gives_back_its_truth(tmp_path):
    finished = run_demo(tmp_path, "--simulated")
    assert finished.returncode == 0
    assert str(tmp_path / "better" / "report.html") in finished.stdout
    table = Table.read(tmp_path / "better" / "parameters.ecsv")
    chi2, dof = float(table.meta["chi2"]), int(table.meta["dof"])
    assert abs(chi2 / dof - 1) < 0.05  # five standard deviations of 19,563 degrees of freedom
    truth = {
        ("dwarf", "re"): 7.9,
        ("bulge", "n"): 2.5,
        ("disc", "q"): 0.31,
        ("disc", "pa"): 133 - 180,
        ("early core", "mag"): 20.8,
        ("early envelope", "re"): 14.8,
    }
    for (component, parameter), expected in truth.items():
        row = table[(table["component"] == component) & (table["parameter"] == parameter)][0]
        assert abs(row["value"] - expected) < 5 * row["error"], (component, parameter)


def test_real_field_meets_the_reference(tmp_path):
    if not os.environ.get("GAXEL_TEST_DATA"):
        pytest.skip("GAXEL_TEST_DATA is not set: no folder with real images")
    finished = run_demo(tmp_path)
    assert finished.returncode == 0
    assert "SIMULATED" not in finished.stdout
    assert "above the reference" not in finished.stderr
