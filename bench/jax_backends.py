"""gaxel.jax's operations of JAX beside the core on the CPU, one thread each: image, gradient and compiling.

Prints the best of interleaved repeats of a galaxy (n 2.5, re 8) in 128 x 128 pixels, and the ratio of both.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "docs/study")]

from clock import best_times, use_one_core  # noqa: E402

use_one_core()

import gaxel  # noqa: E402
import gaxel.jax  # noqa: E402
import jax  # noqa: E402
import numpy as np  # noqa: E402

SHAPE = (128, 128)
DATA = np.zeros(SHAPE)
GALAXY = gaxel.Sersic(x=63.3, y=64.2, flux=1e5, re=8.0, n=2.5, q=0.6, theta=0.7)


def compiled(function: Callable[..., Any], *arguments: Any) -> tuple[Callable[[], Any], float]:
    """The function of these arguments, and the seconds that compiling it takes."""
    began = time.perf_counter()
    program = jax.jit(function).lower(*arguments).compile()
    took = time.perf_counter() - began
    return lambda: jax.block_until_ready(program(*arguments)), took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=100)
    repeats = parser.parse_args().repeats

    jax.config.update("jax_enable_x64", True)
    print(f"{'':24} {'core, ms':>10} {'jax, ms':>10} {'ratio':>7} {'compiling jax, s':>17}")
    for title, psf in (("no PSF", None), ("PSF, FWHM 3 pixels", gaxel.GaussianPsf(fwhm=3.0))):
        models = [
            gaxel.jax.Model(GALAXY, SHAPE, psf=psf, plan="static", backend=backend)
            for backend in ("core", "jax")
        ]
        for what, of_model in (
            ("image", lambda model: compiled(model.image, model.start)),
            ("gradient", lambda model: compiled(jax.value_and_grad(model.chi2), model.start, DATA, 1.0)),
        ):
            (core, _), (executor, compiling) = map(of_model, models)
            best = best_times({"core": core, "jax": executor}, repeats)
            row = f"{1e3 * best['core']:10.2f} {1e3 * best['jax']:10.2f} {best['jax'] / best['core']:7.1f} {compiling:17.1f}"
            print(f"{title + ', ' + what:24} {row}")


if __name__ == "__main__":
    main()
