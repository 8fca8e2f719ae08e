"""Folders that cannot be written, full disks, Ctrl-C: earlier output is never lost, and no half file appears."""

import gzip
import os
import pty
import signal
import subprocess
import time

import cli_support
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from cli_support import OUTPUTS, run

OLD = "results of last year"


@pytest.fixture
def old_output(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    for name in OUTPUTS:
        (folder / name).write_text(OLD)
    return folder


def unchanged(folder):
    assert {path.name: path.read_text() for path in folder.iterdir()} == dict.fromkeys(OUTPUTS, OLD)


@pytest.mark.parametrize("below", ["", "/deeper"])
def test_a_file_in_place_of_the_folder(field, tmp_path, below):
    (tmp_path / "taken").write_text(OLD)
    finished = run("fit", field.write_scene(tmp_path / "scene.toml"), "-o", f"{tmp_path}/taken{below}")
    assert finished.returncode == 2
    assert "taken" in finished.stderr and "cannot be written" in finished.stderr
    assert finished.stdout == "", "found out before the fit"
    assert (tmp_path / "taken").read_text() == OLD


def test_a_folder_that_takes_no_files(field, tmp_path):
    """/proc refuses new files to everybody, also to root, whom permissions do not stop."""
    finished = run("fit", field.write_scene(tmp_path / "scene.toml"), "-o", "/proc")
    assert finished.returncode == 2
    assert "/proc: " in finished.stderr and "cannot be written" in finished.stderr
    assert finished.stdout == "", "found out before the fit"


@pytest.mark.parametrize("room", [100, 20_000, 200_000])
@pytest.mark.parametrize("ignored", [True, False], ids=["signal ignored", "signal not ignored"])
def test_a_full_disk_keeps_the_old_output(field, tmp_path, old_output, room, ignored):
    """A limit on the size of files fails writes as a full disk does. The room is that for a few bytes, for some of the
    text files, for everything but block.fits."""
    under = ["env", f"--{'ignore' if ignored else 'default'}-signal=XFSZ", "prlimit", f"--fsize={room}"]
    finished = run("fit", field.write_scene(tmp_path / "scene.toml"), "-o", old_output, under=under)
    assert finished.returncode == 1, finished.stderr
    assert f"{old_output}/" in finished.stderr and "cannot be written" in finished.stderr
    unchanged(old_output)


def test_a_full_disk_keeps_the_old_model(fitted, tmp_path):
    (tmp_path / "model.fits").write_text(OLD)
    finished = run(
        "render",
        fitted[0] / "result.toml",
        "-o",
        tmp_path / "model.fits",
        under=["prlimit", "--fsize=10000"],
    )
    assert finished.returncode == 1
    assert "model.fits" in finished.stderr and "cannot be written" in finished.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["model.fits"]
    assert (tmp_path / "model.fits").read_text() == OLD


def test_render_into_a_missing_folder(fitted, tmp_path):
    finished = run("render", fitted[0] / "result.toml", "-o", tmp_path / "none/model.fits")
    assert finished.returncode == 1
    assert "none/model.fits" in finished.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_standard_output(field, tmp_path):
    command = [
        cli_support.COMMAND,
        "fit",
        field.write_scene(tmp_path / "scene.toml"),
        "-o",
        tmp_path / "out",
        "--json",
    ]
    with open("/dev/full", "w") as full:
        finished = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=300)
    assert finished.returncode == 1
    assert "No space left" in finished.stderr


# --- Ctrl-C -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def slow_scene(tmp_path_factory):
    """Six galaxies on 500 x 500 pixels, far from where the fit starts: many seconds of work."""
    folder = tmp_path_factory.mktemp("slow")
    shape = (500, 500)
    rng = np.random.default_rng(3)
    centres = [(100, 120), (250, 90), (400, 130), (110, 380), (260, 350), (390, 400)]
    model = sum(
        cli_support.sersic_light(shape, x, y, 4e4, 12, 1.0 + 0.5 * k, 0.4 + 0.1 * k, 30 * k, oversample=2)
        for k, (x, y) in enumerate(centres)
    )
    fits.writeto(folder / "image.fits", model + 10 + rng.standard_normal(shape))
    fits.writeto(folder / "psf.fits", cli_support.gaussian_psf())
    components = [
        {
            "name": f"g{k}",
            "type": "sersic",
            "x": x + 4,
            "y": y - 4,
            "flux": 9e3,
            "re": 30,
            "n": 4,
            "q": 0.9,
            "pa": 80 - 30 * k,
        }
        for k, (x, y) in enumerate(centres)
    ] + [{"name": "sky", "type": "sky"}]
    tables = {
        "image": {"file": folder / "image.fits"},
        "noise": {"rms": 1.0},
        "psf": {"file": folder / "psf.fits"},
    }
    tables["fit"] = {"rtol": 1e-9, "ftol": 1e-14}
    (folder / "scene.toml").write_text(cli_support.scene_text(tables, components))
    return folder / "scene.toml"


class RunningFit:
    """A fit with its stderr on a terminal, which shows when it iterates."""

    def __init__(self, scene, output):
        self.terminal, other = pty.openpty()
        command = [cli_support.COMMAND, "fit", str(scene), "-o", str(output)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=other, text=True)
        os.close(other)
        self.errors = ""

    def read(self) -> bool:
        try:
            part = os.read(self.terminal, 4096).decode()
        except OSError:
            return False
        self.errors += part
        return bool(part)

    def wait_for_iteration(self):
        while "iteration" not in self.errors:
            assert self.read(), "ended before it iterated"

    def finish(self) -> str:
        while self.read():
            pass
        output = self.process.communicate(timeout=300)[0]
        os.close(self.terminal)
        return output


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs /proc")
def test_an_interrupt_before_the_fit_leaves_nothing(field, tmp_path):
    """It comes while the image is read, which takes a while for one that is compressed."""
    noise = np.random.default_rng(5).standard_normal((2500, 2500)).astype(np.float32)
    fits.writeto(tmp_path / "large.fits", noise)
    whole = gzip.compress((tmp_path / "large.fits").read_bytes(), compresslevel=1)
    (tmp_path / "large.fits.gz").write_bytes(whole)
    tables = field.tables(
        image={"file": tmp_path / "large.fits.gz", "region": None}, noise={"sigma": 1.0}, mask=None
    )
    scene = field.write_scene(tmp_path / "scene.toml", tables)
    command = [cli_support.COMMAND, "fit", str(scene), "-o", str(tmp_path / "out")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not cli_support.catches_interrupts(process):
        assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=300)
    assert (process.returncode, stdout) == (130, ""), stderr
    assert "interrupted" in stderr and "nothing was written" in stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_writes_the_best_so_far(slow_scene, tmp_path, which):
    fit = RunningFit(slow_scene, tmp_path / "out")
    fit.wait_for_iteration()
    fit.process.send_signal(which)
    stdout = fit.finish()
    assert fit.process.returncode == 130
    assert "interrupted" in fit.errors and str(tmp_path / "out") in fit.errors
    assert {path.name for path in (tmp_path / "out").iterdir()} == OUTPUTS
    assert "component" in stdout
    table = Table.read(tmp_path / "out/parameters.ecsv", format="ascii.ecsv")
    assert table.meta["stopped"] == "cancelled"
    assert np.all(np.isfinite(table["value"]))
    with fits.open(tmp_path / "out/block.fits") as block:
        block.verify("exception")
        chi2 = np.sum((block["RESIDUAL"].data / block["SIGMA"].data) ** 2)
        assert chi2 == pytest.approx(block[0].header["CHI2"], rel=1e-6)


def test_a_second_interrupt_ends_at_once(slow_scene, tmp_path, old_output):
    fit = RunningFit(slow_scene, old_output)
    fit.wait_for_iteration()
    fit.process.send_signal(signal.SIGINT)
    # Signals of one kind that come together count once.
    time.sleep(0.02)
    fit.process.send_signal(signal.SIGINT)
    fit.finish()
    assert fit.process.returncode == -signal.SIGINT
    for name in OUTPUTS:
        assert (old_output / name).read_text() == OLD
