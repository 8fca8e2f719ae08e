"""The demo from end to end: what ./dev demo runs after it has built."""

import os
import pathlib
import subprocess
import sys

import pytest
from astropy.table import Table

DEMO = pathlib.Path(__file__).parents[2] / "examples" / "abell2744" / "demo.py"


def run_demo(output, *options):
    return subprocess.run(
        [sys.executable, DEMO, "-o", output, *options],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_simulated_field(command, tmp_path):
    done = run_demo(tmp_path, "--simulated")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAULT" not in done.stderr
    for name in ("single", "poor", "better"):
        report = tmp_path / name / "report.html"
        assert str(report) in done.stdout
        assert "Simulated field" in report.read_text()
    # The better model is the one that the field was made of: chi2 within 5 sigma of the degrees of freedom.
    table = Table.read(tmp_path / "better" / "parameters.ecsv")
    dof = table.meta["dof"]
    assert abs(table.meta["chi2"] - dof) < 5 * (2 * dof) ** 0.5


def test_real_field(command, tmp_path):
    if "GAXEL_TEST_DATA" not in os.environ:
        pytest.skip("GAXEL_TEST_DATA is not set: no real images")
    done = run_demo(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SIMULATED" not in done.stdout
    chi2 = {
        name: Table.read(tmp_path / name / "parameters.ecsv").meta["chi2"]
        for name in ("single", "poor", "better")
    }
    # An independent program's chi2 on the same pixels, and nothing above it by more than half a percent.
    assert chi2["single"] < 283211.8 * 1.005
    assert chi2["poor"] == pytest.approx(chi2["single"], rel=1e-5)
    assert chi2["better"] < 0.5 * chi2["single"]
