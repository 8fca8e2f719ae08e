"""Fits of real galaxies against those of another program, as examples/reference/run.py makes and judges them."""

import os
import subprocess
import sys
from pathlib import Path

import cli_support
import pytest

SCRIPT = cli_support.ROOT / "examples/reference/run.py"


def test_single_band_fits_agree_with_the_reference(tmp_path):
    data = os.environ.get("GAXEL_TEST_DATA")
    if not data:
        pytest.skip("GAXEL_TEST_DATA is not set: no folder with real images")
    environment = os.environ | {"GAXEL_COMMAND": cli_support.COMMAND}
    finished = subprocess.run(
        [sys.executable, SCRIPT, Path(data), "-o", tmp_path],
        capture_output=True,
        text=True,
        timeout=600,
        env=environment,
    )
    print(finished.stdout, finished.stderr)
    assert finished.returncode == 0
    assert "18 of 18 pass" in finished.stdout
