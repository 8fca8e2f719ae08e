"""Surveys on a scheduler that runs already: found at its address or not, lost in the middle."""

import contextlib
import json
import os
import socket
import subprocess
import sys

import dask
import gaxel
import numpy as np
import pytest
from distributed import LocalCluster
from gaxel import survey
from gaxel.survey import Flag
from small_survey import assert_same_rows, client_here, parts, wait_for

ENVIRONMENT = os.environ | {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """400 galaxies in chunks of 5, which take seconds."""
    made = tmp_path_factory.mktemp("scheduler")
    path = survey.simulate(made, 400, layout="stack", size=40, seed=3)
    path.write_text(path.read_text() + "\n[run]\nchunk = 5\n")
    return made


@pytest.fixture(scope="module")
def tiles(tmp_path_factory):
    """Two tiles of four galaxies each, and no catalogue."""
    made = tmp_path_factory.mktemp("tiles")
    path = survey.simulate(made, 8, size=128, seed=4, per_tile=4)
    text = path.read_text()
    path.write_text(text[: text.index("[catalogue]")])
    return made


def run_arguments(folder, output, address):
    """What Python is given to run a survey on a scheduler."""
    command = ["-m", "gaxel.survey", "run", str(folder / "survey.toml"), "-o", str(output)]
    return [*command, "--scheduler", address]


@contextlib.contextmanager
def programs():
    """Starts programs that do not outlive the test."""
    started = []

    def start(*arguments, **options):
        started.append(subprocess.Popen([sys.executable, *arguments], env=ENVIRONMENT, **options))
        return started[-1]

    try:
        yield start
    finally:
        for program in started:
            program.kill()
            program.wait()


def closed_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "http://127.0.0.1:{port}", "nonsense"])
def test_a_scheduler_that_does_not_answer_is_one_line(folder, tmp_path, address):
    address = address.format(port=closed_port())
    finished = subprocess.run(
        [sys.executable, *run_arguments(folder, tmp_path, address)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=ENVIRONMENT,
    )
    assert finished.returncode == 2 and finished.stdout == ""
    (line,) = finished.stderr.splitlines()
    assert f"scheduler = {address}: no Dask scheduler can be reached" in line


def test_a_scheduler_that_answers_runs_the_survey(folder, tmp_path):
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp://", dashboard_address=":0"
    ) as cluster:
        address = cluster.scheduler_address
        assert address.startswith("tcp://")
        for given in (address, address.removeprefix("tcp://")):
            configured = survey.read(folder / "survey.toml", tmp_path / given.replace("/", "_"))
            assert survey.run(configured, scheduler=given, progress=False, report=False).num_rows == 400


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("scheduler", 8786, r"client=distributed\.Client\(cluster\)"),
        ("scheduler", object(), r"client=distributed\.Client\(cluster\)"),
        ("client", "tcp://127.0.0.1:8786", r"a distributed\.Client"),
    ],
)
def test_engines_of_another_kind_are_told_before_the_folder_is_touched(folder, tmp_path, key, value, allowed):
    configured = survey.read(folder / "survey.toml", tmp_path / "results")
    with pytest.raises(gaxel.InputError, match=f"{key} = .*: not a.*{allowed}"):
        survey.run(configured, progress=False, **{key: value})
    assert not configured.output.exists()


def test_a_port_where_something_else_answers_is_no_scheduler(folder, tmp_path):
    """It takes whoever comes and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with (
            dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
            pytest.raises(gaxel.InputError, match=f"scheduler = {address}"),
        ):
            survey.run(survey.read(folder / "survey.toml", tmp_path), scheduler=address, progress=False)


def scheduler_of(start, folder):
    """A scheduler as a program of its own, and its address."""
    file = folder / "scheduler.json"
    arguments = ("--port", "0", "--no-dashboard", "--scheduler-file", str(file))
    program = start("-m", "distributed.cli.dask_scheduler", *arguments, stderr=subprocess.DEVNULL)
    wait_for(lambda: file.exists() and file.read_text().rstrip().endswith("}"))  # written to the end
    return program, json.loads(file.read_text())["address"]


def test_a_run_whose_scheduler_is_lost_says_so_and_goes_on(folder, tmp_path):
    results = tmp_path / "results"
    with programs() as start:
        scheduler, address = scheduler_of(start, tmp_path)
        start(
            "-m",
            "distributed.cli.dask_worker",
            address,
            "--nthreads",
            "1",
            "--no-nanny",
            stderr=subprocess.DEVNULL,
        )
        driver = start(*run_arguments(folder, results, address), stderr=subprocess.PIPE, text=True)
        wait_for(lambda: len(parts(results)) > 3)
        scheduler.kill()
        _, errors = driver.communicate(timeout=60)
    assert driver.returncode == 1
    assert (
        errors.splitlines()[-1] == "gaxel.survey: the Dask scheduler was lost; another run goes on from here"
    )
    kept = {path: path.stat().st_mtime_ns for path in parts(results)}
    assert 3 < len(kept) < 80
    with client_here() as client:
        options = {"client": client, "progress": False, "report": False}
        table = survey.run(survey.read(folder / "survey.toml", results), **options)
        undisturbed = survey.run(survey.read(folder / "survey.toml", tmp_path / "undisturbed"), **options)
    assert all(path.stat().st_mtime_ns == before for path, before in kept.items())
    assert_same_rows(table, undisturbed)


def test_of_a_scheduler_that_is_lost_while_sources_are_looked_for_no_tile_is_blamed(tiles, tmp_path):
    results = tmp_path / "results"
    with programs() as start:
        scheduler, address = scheduler_of(start, tmp_path)
        driver = start(*run_arguments(tiles, results, address), stderr=subprocess.PIPE, text=True)
        assert any("no workers yet" in line for line in driver.stderr)
        scheduler.kill()
        _, errors = driver.communicate(timeout=60)
    assert driver.returncode == 1 and "the Dask scheduler was lost" in errors.splitlines()[-1]
    assert not (results / "sources.parquet").exists()
    with client_here() as client:
        table = survey.run(
            survey.read(tiles / "survey.toml", results), client=client, progress=False, report=False
        )
    assert len(table) >= 6 and not np.any(np.array(table["flags"].to_pylist()) & Flag.FAILED)
