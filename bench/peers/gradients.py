"""Value and gradient of chi2 of a Sersic galaxy through a PSF: gaxel.jax, pysersic's renderers, the seed's scheme in JAX.

Time and error of each, interleaved in one process on one core. Prints tables; --write puts them into docs/peers/gradients.md.
pysersic is left out, with a message, where it is not installed: see README.md here.
"""

import argparse
import importlib.metadata
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "docs" / "study"), str(ROOT / "tests" / "python")]

from clock import cpu_model, interleaved_times, once, use_one_core  # noqa: E402

if __name__ == "__main__":
    use_one_core()

import gaxel  # noqa: E402
import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import report  # noqa: E402
from convolved_truth import convolved_pixel  # noqa: E402
from gradient_peers import (  # noqa: E402
    KEYS,
    PSF_SIZE,
    SIGMA,
    GradientCase,
    Setting,
    by_gaxel,
    by_pysersic,
    by_seed,
)
from numpy.typing import NDArray  # noqa: E402

CASES = [GradientCase(size, n) for size in (64, 128, 256) for n in (1.0, 4.0)]
PAGE = ROOT / "docs" / "peers" / "gradients.md"
NOISE = 0.01
"""Sigma of a pixel over the brightest one."""
IMAGE_TRUTH, GRADIENT_TRUTH = 1e-11, 1e-10
"""To which the truth is checked, in the units of Measured; smaller errors count as these in ratios."""
OFFSETS = np.array([0.05, -0.04, 0.02, -0.02, 0.03, 0.01, -0.01])
"""By which the data's galaxy differs: pixels, the next three as parts of the values, then q and theta."""


@dataclass(frozen=True)
class Truth:
    image: NDArray[np.float64]
    data: NDArray[np.float64]
    weight: NDArray[np.float64]
    """1 / sigma; 0 next to the borders, where light from beyond comes in that some programs do not have."""
    gradient: NDArray[np.float64]
    """Of chi2, in the order of KEYS."""
    errors: NDArray[np.float64]
    """Standard deviations of the parameters by the Fisher matrix, each with all others known: the units of gradients."""


def exact(case: GradientCase, values: NDArray[np.float64]) -> gaxel.Sersic:
    return gaxel.Sersic(**dict(zip(KEYS, values.tolist(), strict=True)))


def truth_of(case: GradientCase) -> Truth:
    """gaxel's image and derivatives at rtol 1e-10 through the analytic PSF.

    Raises ValueError where the image disagrees with a sum by brute force, or the gradient with differences of images.
    """
    tight = {
        "psf": gaxel.GaussianPsf(fwhm=SIGMA * np.sqrt(8.0 * np.log(2.0))), "rtol": 1e-10, "atol": 1e-13,
    }  # fmt: skip
    shape = (case.size, case.size)
    image, jacobian = gaxel.render_with_jacobian(exact(case, case.values), shape, **tight)
    other = case.values.copy()
    other[2:5] *= 1.0 + OFFSETS[2:5]
    other[[0, 1, 5, 6]] += OFFSETS[[0, 1, 5, 6]]
    data = gaxel.render(exact(case, other), shape, **tight)
    margin = PSF_SIZE // 2
    weight = np.zeros(shape)
    weight[margin:-margin, margin:-margin] = 1.0 / (NOISE * image.max())
    gradient = 2.0 * np.einsum("kij,ij->k", jacobian, (image - data) * weight**2)
    errors = 1.0 / np.sqrt(np.einsum("kij,ij->k", jacobian**2, weight**2))
    truth = Truth(image, data, weight, gradient, errors)
    _check_image(case, image)
    _check_gradient(case, truth, tight)
    return truth


def _check_image(case: GradientCase, image: NDArray[np.float64]) -> None:
    galaxy = dict(zip(KEYS, case.values.tolist(), strict=True))
    middle = case.size // 2
    for row, col in ((middle, middle), (middle + 2, middle - 3)):
        off = abs(convolved_pixel(col, row, galaxy, SIGMA) - image[row, col]) / image.max()
        if not off < IMAGE_TRUTH:
            raise ValueError(
                f"{case.name}: pixel ({row}, {col}) of the truth is off by {off:.1e} of the brightest"
            )


def _check_gradient(case: GradientCase, truth: Truth, tight: dict) -> None:
    def chi2(values):
        image = gaxel.render(exact(case, values), truth.image.shape, **tight)
        return np.sum(((image - truth.data) * truth.weight) ** 2)

    for k, error in enumerate(truth.errors):
        step = np.zeros(len(KEYS))
        step[k] = 0.3 * error
        ends = [chi2(case.values + m * step) - chi2(case.values - m * step) for m in (1, 2, 3)]
        slope = (45.0 * ends[0] - 9.0 * ends[1] + ends[2]) / 60.0 / 0.3
        off = abs(slope - truth.gradient[k] * error) / np.linalg.norm(truth.gradient * truth.errors)
        if not off < GRADIENT_TRUTH:
            raise ValueError(f"{case.name}: the gradient to {KEYS[k]} is off by {off:.1e} of its length")


@dataclass(frozen=True)
class Measured:
    """Of one setting; times in seconds."""

    setting: Setting
    seconds: float
    """Of value and gradient; median."""
    compile_seconds: float
    image_error: float
    """The largest, over the brightest pixel; of pixels that are used."""
    gradient_error: float
    """Length of the difference over the gradient's, parameters in units of Truth.errors."""


class _Compiled:
    """Value and gradient of chi2 by one setting."""

    def __init__(self, setting: Setting, case: GradientCase, truth: Truth) -> None:
        self.single = setting.single
        with jax.enable_x64(not self.single):
            self.values = jnp.asarray(case.values)
            data, weight = jnp.asarray(truth.data), jnp.asarray(truth.weight)
            self.image = np.asarray(jax.jit(setting.image)(self.values), float)
        self.function = jax.jit(
            jax.value_and_grad(lambda values: jnp.sum(((setting.image(values) - data) * weight) ** 2))
        )

    def __call__(self) -> NDArray[np.float64]:
        with jax.enable_x64(not self.single):
            return np.asarray(self.function(self.values)[1], float)


def measure(case: GradientCase, rounds: int) -> list[Measured]:
    truth = truth_of(case)
    settings = by_gaxel(case) + by_seed(case)
    try:
        settings += by_pysersic(case)
    except ImportError as error:
        print(f"left out: pysersic is not installed ({error}); see bench/peers/README.md")
    compiled = {setting.label: _Compiled(setting, case, truth) for setting in settings}
    first = {label: once(one) for label, one in compiled.items()}
    times = interleaved_times(compiled, rounds)
    found = []
    used = truth.weight > 0.0
    for setting in settings:
        one = compiled[setting.label]
        difference = (one() - truth.gradient) * truth.errors
        found.append(
            Measured(
                setting,
                float(np.median(times[setting.label])),
                first[setting.label],
                float(np.abs(one.image - truth.image)[used].max() / truth.image.max()),
                float(np.linalg.norm(difference) / np.linalg.norm(truth.gradient * truth.errors)),
            )
        )
    return found


def _factor(value: float) -> str:
    return report.ratio(value) if value < 1e3 else f"{value:.1e}"


def table_of(found: list[Measured]) -> str:
    """Ratios are to the first row."""
    ours = found[0]
    of_image = max(ours.image_error, IMAGE_TRUTH)
    of_gradient = max(ours.gradient_error, GRADIENT_TRUTH)
    header = [
        "program and setting",
        "ms",
        "time / gaxel's",
        "s to compile",
        "image's error",
        "error / gaxel's",
    ]
    header += ["gradient's error", "error / gaxel's"]
    rows: list[list[object]] = [
        [
            one.setting.label,
            report.ratio(1e3 * one.seconds),
            report.ratio(one.seconds / ours.seconds),
            report.ratio(one.compile_seconds),
            f"{one.image_error:.1e}",
            _factor(max(one.image_error, IMAGE_TRUTH) / of_image),
            f"{one.gradient_error:.1e}",
            _factor(max(one.gradient_error, GRADIENT_TRUTH) / of_gradient),
        ]
        for one in found
    ]
    return report.table(header, rows)


def page_of(tables: dict[str, str]) -> str:
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("pysersic", "jax", "jaxlib", "numpy")
    )
    parts = "".join(f"**{name}**\n{table}" for name, table in tables.items())
    return f"""# Gradients beside pysersic

Value and gradient of chi2 to the seven parameters of a Sersic profile through a PSF, as samplers and optimisers in JAX ask for
them: by [`gaxel.jax`](../jax.md), by the renderers of pysersic, and by the scheme that gaxel grew from
([the study](../study/README.md)) written in JAX.

- One galaxy of re = size / 10, q 0.6, its centre off a pixel's; a Gaussian PSF of FWHM 5 pixels, given to all as an image of {PSF_SIZE} x {PSF_SIZE}
  pixels. Each program reads it in its own way: as values at the centres of pixels, or of finer cells, over the light of these
  (PixelRenderer, the seed's scheme), or with the pixel in it (the others).
- The truth is the galaxy's light under the analytic PSF and the pixel: gaxel at rtol 1e-10, checked in each run against a sum by brute
  force to {IMAGE_TRUTH:.0e} of the brightest pixel, and its gradient against differences of order 6 to {GRADIENT_TRUTH:.0e}. Pixels within half a PSF of
  the borders do not count: some programs have no light beyond these.
- pysersic approximates b_n by 1.9992 n - 0.3271; it is given a radius by which its law is the exact one, so that errors are of its pixels.
- **ms**: the median of calls of the compiled function, the programs in turns, in one process on one core. In double precision, unless
  said otherwise; pysersic comes in single, as JAX does.
- **image's error**: the largest of a pixel, over the brightest pixel. **gradient's error**: the length of the difference over that of the
  gradient, parameters in units of their errors.
- Ratios are to gaxel.jax at its default tolerance, rtol 1e-6. Its errors, and any, that are below what the truth is checked to count as
  that.

{cpu_model()}, one of {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f} at the end; {platform.system()}, Python {platform.python_version()}, gaxel {gaxel.__version__}, {versions}.

{parts}
Made by `bench/peers/gradients.py --write` ([how](../../bench/peers/README.md)).
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write docs/peers/gradients.md")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--size", type=int, help="only images of this size")
    arguments = parser.parse_args()
    chosen = [case for case in CASES if arguments.size in (None, case.size)]
    if arguments.write and len(chosen) < len(CASES):
        parser.error("--write needs all sizes")
    jax.config.update("jax_enable_x64", True)
    tables = {}
    for case in chosen:
        tables[case.name] = table_of(measure(case, arguments.rounds))
        print(f"{case.name}\n{tables[case.name]}", flush=True)
    if arguments.write:
        PAGE.write_text(page_of(tables), encoding="utf-8")


if __name__ == "__main__":
    main()
