"""gaxel.jax's operations of JAX beside the core: image, gradient, compiling, and gradients of many galaxies at once.

Prints times of a galaxy (n 2.5, re 8) in 128 x 128 pixels, the best of interleaved repeats, and their ratio to the core's
on one core of the CPU: of the operations on the CPU too, and on the GPU or TPU that JAX takes by itself (JAX_PLATFORMS=cuda,cpu).
"""

import argparse
import functools
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "docs/study")]

from clock import best_times, cpu_model, use_one_core  # noqa: E402

use_one_core()

import gaxel  # noqa: E402
import gaxel.jax  # noqa: E402
import jax  # noqa: E402
import numpy as np  # noqa: E402

SHAPE = (128, 128)
DATA = np.zeros(SHAPE)
GALAXY = gaxel.Sersic(x=63.3, y=64.2, flux=1e5, re=8.0, n=2.5, q=0.6, theta=0.7)


def compiled(
    function: Callable[..., Any], device: jax.Device, *arguments: Any
) -> tuple[Callable[[], Any], float]:
    """The function of these arguments on that device, where they lie already, and the seconds that compiling it takes."""
    placed = jax.device_put(arguments, device)
    began = time.perf_counter()
    program = jax.jit(function).lower(*placed).compile()
    took = time.perf_counter() - began
    return lambda: jax.block_until_ready(program(*placed)), took


def image_of(model: gaxel.jax.Model, device: jax.Device) -> tuple[Callable[[], Any], float]:
    return compiled(model.image, device, model.start)


def gradient_of(model: gaxel.jax.Model, device: jax.Device) -> tuple[Callable[[], Any], float]:
    return compiled(jax.value_and_grad(model.chi2), device, model.start, DATA, 1.0)


def gradients_of(n_batch: int, model: gaxel.jax.Model, device: jax.Device) -> tuple[Callable[[], Any], float]:
    values = model.start * (1.0 + 1e-3 * np.linspace(-1.0, 1.0, n_batch)[:, None])
    gradients = jax.vmap(jax.value_and_grad(model.chi2), (0, None, None))
    return compiled(gradients, device, values, DATA, 1.0)


def width(name: str) -> int:
    return len(name) + len(", ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument("--batch", type=int, default=64, help="galaxies at once")
    parser.add_argument("--float32", action="store_true", help="single precision in place of double")
    arguments = parser.parse_args()

    jax.config.update("jax_enable_x64", not arguments.float32)
    cpu = jax.devices("cpu")[0]
    default = jax.devices()[0]
    places = {"jax, CPU": cpu}
    if default != cpu:
        places[f"jax, {default.device_kind}"] = default
    print(f"CPU: one core of {cpu_model()}; {'float32' if arguments.float32 else 'float64'}")
    columns = [f"{f'{name}, ms':>{width(name)}} {'ratio':>8} {'compiling, s':>13}" for name in places]
    print(f"{'':34} {'core, ms':>10}", *columns)
    for title, psf in (("no PSF", None), ("PSF, FWHM 3 pixels", gaxel.GaussianPsf(fwhm=3.0))):
        core, executor = (
            gaxel.jax.Model(GALAXY, SHAPE, psf=psf, plan="static", backend=backend)
            for backend in ("core", "jax")
        )
        for what, of_model in (
            ("image", image_of),
            ("gradient", gradient_of),
            (f"{arguments.batch} gradients", functools.partial(gradients_of, arguments.batch)),
        ):
            programs = {name: of_model(executor, place) for name, place in places.items()}
            functions = {name: function for name, (function, _) in programs.items()}
            functions["core"] = of_model(core, cpu)[0]
            best = best_times(functions, arguments.repeats)
            columns = [
                f"{1e3 * best[name]:{width(name)}.2f} {best[name] / best['core']:8.3g} {compiling:13.1f}"
                for name, (_, compiling) in programs.items()
            ]
            print(f"{f'{title}, {what}':34} {1e3 * best['core']:10.2f}", *columns, flush=True)


if __name__ == "__main__":
    main()
