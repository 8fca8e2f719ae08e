"""The study's refinement in gaxel beside the same functions in JAX, compiled; one thread each, one galaxy.

Prints the best of interleaved repeats, and each image's largest error against exact pixels in the same run.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests/python"), str(ROOT / "docs/study")]

from clock import best_times, use_one_core  # noqa: E402

use_one_core()

import gaxel  # noqa: E402
import numpy as np  # noqa: E402
import seed_jax  # noqa: E402
from gaxel import _core, integration  # noqa: E402
from study_galaxy import GALPARS, SIZE, component, exact_bn, flux, rendered  # noqa: E402

FLUX = flux(GALPARS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=200)
    repeats = parser.parse_args().repeats

    i, j = integration.get_ij(SIZE)
    galaxy = component(GALPARS, SIZE)
    exact = rendered(GALPARS, SIZE)
    profile = integration.compiled_sersic
    plan = integration.prepare_subpixel_refinements(profile, i, j, GALPARS)
    image = np.empty(SIZE)
    jax_pars = GALPARS | {"bn": exact_bn(GALPARS)}
    ji, jj = seed_jax.jnp.asarray(i), seed_jax.jnp.asarray(j)
    light = seed_jax.jax.jit(lambda i, j, pars: seed_jax.sersic_2d(i, j, **pars))

    def in_jax() -> np.ndarray:
        return seed_jax.integrate_with_subpixel_refinement(light, ji, jj, jax_pars).block_until_ready()

    in_gaxel = {
        "the same refinement in one call": lambda: integration.integrate_with_subpixel_refinement(
            profile, i, j, GALPARS
        ),
        "a prepared refinement applied": lambda: plan.apply(profile, GALPARS),
        "gaxel.render, error 2e-5 of the flux": lambda: gaxel.render(
            galaxy, SIZE, rtol=1e-12, atol=2e-5, out=image, threads=1
        ),
        "gaxel.render, default tolerance": lambda: gaxel.render(galaxy, SIZE, out=image, threads=1),
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
