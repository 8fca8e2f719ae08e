"""Surveys small enough for tests, and a cluster in the test's own process to run them on."""

import contextlib
import time

import numpy as np
from distributed import Client, LocalCluster
from gaxel import survey

WAIT_SECONDS = 120.0  # until something is taken not to come


@contextlib.contextmanager
def client_here():
    """A scheduler and a worker in threads of this process."""
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        yield client


def run_here(configured, **options):
    """The results as a dictionary of arrays."""
    with client_here() as client:
        table = survey.run(configured, client=client, progress=False, report=False, **options)
    return columns_of(table)


def columns_of(table):
    return {name: np.array(table[name].to_pylist()) for name in table.column_names}


def deviations(found, truth, key, column=None):
    """(found - true) / error of one parameter."""
    column = column or key
    away = found[column].astype(float) - np.asarray(truth[key], float)
    if key == "pa":
        away = np.remainder(away + 90.0, 180.0) - 90.0
    return away / found[f"{column}_err"].astype(float)


def assert_same_rows(table, undisturbed):
    """But for the times, the same values to the last bit; NaN equals NaN."""
    assert table.schema.equals(undisturbed.schema)
    assert table.num_rows == undisturbed.num_rows
    for name in set(table.column_names) - {"seconds"}:
        for one, other in zip(table[name].to_pylist(), undisturbed[name].to_pylist(), strict=True):
            assert one == other or (one != one and other != other), name


def wait_for(condition):
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def parts(output):
    """Files of chunks that are written."""
    return list(output.glob("parts/part-*.parquet"))
