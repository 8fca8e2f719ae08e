"""Times of functions as ratios to a yardstick, on one core."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def use_one_core() -> None:
    """Pins this process and those it starts to one core; before numpy and JAX are imported."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def cpu_model() -> str:
    """As /proc/cpuinfo says."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else "unknown"


def once(function: Callable[[], Any]) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def interleaved_times(functions: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """The times of calls of each, in seconds.

    In every round each function has its turn, so that all of them meet the quiet moments of a shared machine; short ones are
    called more often.
    """
    calls = {name: max(1, int(2e-3 / once(function))) for name, function in functions.items()}
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            times[name] += [once(function) for _ in range(calls[name])]
    return times


def best_times(functions: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The shortest time of a call of each, in seconds; interleaved."""
    return {name: min(times) for name, times in interleaved_times(functions, rounds).items()}
