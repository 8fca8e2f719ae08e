"""Surveys whose workers or whose run are killed: nothing is lost, and the table is the same."""

import os
import signal
import subprocess
import sys
import threading

import dask
import gaxel
import numpy as np
import pyarrow.parquet as pq
import pytest
from distributed import Client, LocalCluster, WorkerPlugin
from gaxel import survey
from gaxel.survey import Flag, _galaxy, _worker
from small_survey import assert_same_rows, client_here, parts, wait_for


class Deadly(WorkerPlugin):
    """Kills its worker when that comes to a row."""

    def __init__(self, row):
        self.row = row

    def setup(self, worker):
        fit = _galaxy.fit_galaxy

        def fit_or_die(configured, tile, target, sources):
            if target["row"] == self.row:
                os.kill(os.getpid(), signal.SIGKILL)
            return fit(configured, tile, target, sources)

        _worker.fit_galaxy = fit_or_die


def settings(folder, output, chunk=4):
    return {
        "band": [
            {
                "name": "g",
                "image": "stack_g0.fits",
                "sigma": 1.0,
                "psf": "psf.fits",
                "zeropoint": 30.0,
            }
        ],
        "catalogue": {
            "file": "catalogue.parquet",
            "id": "id",
            "plane": "plane",
            "x": "x",
            "y": "y",
            "mag": "mag",
        },
        "run": {"chunk": chunk, "workers": 1},
        "output": str(output),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("killed")
    survey.simulate(made, 100, layout="stack", size=40, seed=2)
    return made


@pytest.fixture(scope="module")
def undisturbed(folder):
    configured = survey.from_dict(settings(folder, folder / "undisturbed"), folder=folder)
    with client_here() as client:
        return survey.run(configured, client=client, progress=False, report=False)


def test_a_killed_worker_loses_no_row(folder, undisturbed, tmp_path):
    configured = survey.from_dict(settings(folder, tmp_path), folder=folder)
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster,
        Client(cluster) as client,
    ):
        (pid,) = client.run(os.getpid).values()
        assert pid != os.getpid()

        def kill():
            wait_for(lambda: len(parts(tmp_path)) >= 2)
            os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        table = survey.run(configured, client=client, progress=False, report=False)
        killer.join()
        assert pid not in client.run(os.getpid).values()
    assert_same_rows(table, undisturbed)


def test_a_killed_run_goes_on_where_it_was(folder, undisturbed, tmp_path):
    configuration = folder / "killed.toml"
    lines = [f'output = "{tmp_path}"', "[run]", "chunk = 4", "workers = 1", "[[band]]"]
    lines += [f"{key} = {value!r}" for key, value in settings(folder, tmp_path)["band"][0].items()]
    lines += ["[catalogue]"]
    lines += [f"{key} = {value!r}" for key, value in settings(folder, tmp_path)["catalogue"].items()]
    configuration.write_text("\n".join(lines).replace("'", '"'))
    command = [sys.executable, "-m", "gaxel.survey", "run", str(configuration), "--quiet", "--no-report"]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: len(parts(tmp_path)) >= 3 or first.poll() is not None)
    first.kill()
    first.wait()
    done = {path: path.stat().st_mtime_ns for path in parts(tmp_path)}
    assert 3 <= len(done) < 25
    assert not (tmp_path / "results.parquet").exists()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert all(path.stat().st_mtime_ns == before for path, before in done.items())
    assert_same_rows(pq.read_table(tmp_path / "results.parquet"), undisturbed)
    assert not [path for path in tmp_path.rglob(".*")]


def test_a_galaxy_that_kills_its_worker_costs_its_own_row_only(folder, undisturbed, tmp_path):
    """The worker dies at one galaxy, as where the memory ends; the others of its chunk are fitted."""
    configured = survey.from_dict(settings(folder, tmp_path, chunk=50), folder=folder)
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster,
        Client(cluster) as client,
    ):
        client.register_plugin(Deadly(7))
        table = survey.run(configured, client=client, progress=False, report=False)
    flags = np.array(table["flags"].to_pylist())
    assert np.flatnonzero(flags & Flag.FAILED).tolist() == [7]
    assert "worker died" in table["reason"][7].as_py()
    keep = [row for row in range(100) if row != 7]
    assert_same_rows(table.take(keep), undisturbed.take(keep))


def test_results_of_another_survey_are_not_mixed(folder, tmp_path):
    with client_here() as client:
        one = survey.from_dict(settings(folder, tmp_path, chunk=50), folder=folder)
        survey.run(one, client=client, progress=False, report=False)
        given = settings(folder, tmp_path, chunk=50)
        given["fit"] = {"n": [0.5, 6.0]}
        other = survey.from_dict(given, folder=folder)
        with pytest.raises(gaxel.InputError, match=r"another survey; different: settings\.fit\.n"):
            survey.run(other, client=client, progress=False, report=False)
        table = survey.run(other, client=client, progress=False, report=False, restart=True)
    assert max(value for value in table["n"].to_pylist() if value is not None) <= 6.0
