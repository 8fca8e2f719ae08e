"""The study's refinement in gaxel beside the same functions in JAX, compiled; one thread each, one galaxy.

Prints the best of interleaved repeats, and each image's largest error against exact pixels in the same run.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

# One core, before JAX counts them.
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
sys.path.insert(0, str(Path(__file__).parents[1] / "tests/python"))

import gaxel  # noqa: E402
import numpy as np  # noqa: E402
import seed_jax  # noqa: E402
from gaxel import _core, integration  # noqa: E402

SHAPE = (90, 100)
PARS = dict(mag=-7.5, log_re=0.9, log_n=0.7, x=0.2, y=0.3, q=0.1, theta=0.1)
FLUX = 1000.0
Call = Callable[[], np.ndarray]


def best_times(calls: dict[str, Call], repeats: int) -> dict[str, float]:
    """Seconds of the fastest call of each, taken in turns so that all see the same machine."""
    best = dict.fromkeys(calls, np.inf)
    for _ in range(repeats):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=200)
    repeats = parser.parse_args().repeats

    i, j = integration.get_ij(SHAPE)
    galaxy = gaxel.Sersic(
        x=PARS["x"] + 0.5 * (SHAPE[1] - 1),
        y=PARS["y"] + 0.5 * (SHAPE[0] - 1),
        flux=FLUX,
        re=10 ** PARS["log_re"],
        n=10 ** PARS["log_n"],
        q=PARS["q"],
        theta=PARS["theta"],
    )
    exact = gaxel.render(galaxy, SHAPE, rtol=1e-12, atol=1e-14, threads=1)
    profile = integration.compiled_sersic
    plan = integration.prepare_subpixel_refinements(profile, i, j, PARS)
    image = np.empty(SHAPE)
    jax_pars = PARS | {"bn": float(gaxel.sersic.bn(galaxy.value("n")))}
    ji, jj = seed_jax.jnp.asarray(i), seed_jax.jnp.asarray(j)
    light = seed_jax.jax.jit(lambda i, j, pars: seed_jax.sersic_2d(i, j, **pars))

    def in_jax() -> np.ndarray:
        return seed_jax.integrate_with_subpixel_refinement(light, ji, jj, jax_pars).block_until_ready()

    in_gaxel = {
        "the same refinement in one call": lambda: integration.integrate_with_subpixel_refinement(
            profile, i, j, PARS
        ),
        "a prepared refinement applied": lambda: plan.apply(profile, PARS),
        "gaxel.render, error 2e-5 of the flux": lambda: gaxel.render(
            galaxy, SHAPE, rtol=1e-12, atol=2e-5, out=image, threads=1
        ),
        "gaxel.render, default tolerance": lambda: gaxel.render(galaxy, SHAPE, out=image, threads=1),
    }
    reference = np.asarray(in_jax())
    print(
        f"{'':38} {'target':8} {'ms':>8} {'JAX / it':>9} {'largest error / flux':>21} {'largest |it - JAX| / flux':>26}"
    )

    def show(name: str, target: str, seconds: float, ratio: float, pixels: np.ndarray) -> None:
        errors = [np.abs(pixels - other).max() / FLUX for other in (exact, reference)]
        print(f"{name:38} {target:8} {1e3 * seconds:8.3f} {ratio:9.1f} {errors[0]:21.1e} {errors[1]:26.1e}")

    targets = _core.simd_targets()
    for target in [targets[0], *(["AVX2"] if "AVX2" in targets[1:] else [])]:
        _core.use_simd_target(target)
        times = best_times({"jax": in_jax, **in_gaxel}, repeats)
        show("the refinement in JAX", "", times["jax"], 1.0, reference)
        for name, call in in_gaxel.items():
            show(name, target, times[name], times["jax"] / times[name], np.array(call()))
    _core.use_simd_target("")


if __name__ == "__main__":
    main()
