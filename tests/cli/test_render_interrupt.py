"""Ctrl-C in the middle of gaxel render."""

import os
import signal
import subprocess
import time

import cli_support
import pytest

OLD = b"a file that was there before"


def galaxies(n, size):
    return [
        {
            "type": "sersic",
            "x": 30.0 * i + 20.0,
            "y": size / 2,
            "flux": 1e3,
            "re": 200.0,
            "n": 4.0 - 0.01 * i,
            "q": 0.5,
            "pa": 5.0 * i,
        }
        for i in range(n)
    ]


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs /proc")
@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_a_render_ends_within_its_image_and_writes_nothing(tmp_path, which):
    tables = {"image": {"shape": [4000, 4000]}}
    (tmp_path / "scene.toml").write_text(cli_support.scene_text(tables, galaxies(130, 4000)))
    (tmp_path / "model.fits").write_bytes(OLD)
    # More than a minute of work.
    command = [
        cli_support.COMMAND,
        "render",
        "scene.toml",
        "-o",
        "model.fits",
        "--rtol",
        "1e-11",
        "--atol",
        "1e-14",
    ]
    process = subprocess.Popen(
        [*command, "--components", "--threads", "2"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not cli_support.catches_interrupts(process):
        assert process.poll() is None, process.communicate()
    time.sleep(0.3)  # to be among pixels
    process.send_signal(which)
    stdout, stderr = process.communicate(timeout=20)
    assert (process.returncode, stdout) == (130, "")
    assert stderr == "gaxel: interrupted: nothing was written\n"
    assert {path.name for path in tmp_path.iterdir()} == {"scene.toml", "model.fits"}
    assert (tmp_path / "model.fits").read_bytes() == OLD
