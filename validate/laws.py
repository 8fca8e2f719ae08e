"""Pixels and certificates of random components of every kind against their formulas -> docs/validation/laws.md.

`./dev validate` runs it; --galaxies N takes N / 50 components of each kind (default 2000), --seed the first seed.
"""

import argparse
import pathlib
import platform
import sys
import time

import gaxel

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "python"))

from law_formulas import law_of  # noqa: E402
from law_sample import KINDS, SHAPE, draw, light_of, place_of, telling_pixels  # noqa: E402
from law_truth import pixel  # noqa: E402

TOLERANCES = (1e-4, 1e-6, 1e-8)


def measure(cls, seeds):
    """Largest error over tolerance and over the certificate's bound, for each tolerance; and the evaluations a pixel."""
    largest = {rtol: [0.0, 0.0] for rtol in TOLERANCES}
    evaluations = 0.0
    n_pixels = 0
    for seed in seeds:
        component = draw(cls, seed)
        law = law_of(component)
        truth = {at: pixel(law, *at, **place_of(component)) for at in telling_pixels(component, law)}
        n_pixels += len(truth)
        for rtol in TOLERANCES:
            image, certificate = gaxel.render(component, SHAPE, rtol=rtol, atol=1e-3 * rtol, certificate=True)
            flux = light_of(component, image)
            if rtol == 1e-6:
                evaluations += certificate.evaluations_per_pixel / len(seeds)
            for at, true in truth.items():
                slack = 1e-12 * max(true, 1e-2 * flux)  # of the truth
                error = max(0.0, abs(image[at] - true) - slack)
                over = error / (rtol * true + 1e-3 * rtol * flux)
                above = error / certificate.bound[at] if error > 0.0 else 0.0
                largest[rtol] = [max(largest[rtol][0], over), max(largest[rtol][1], above)]
    return n_pixels, largest, evaluations


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--galaxies", type=int, default=2000, help="50 times the components of each kind")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    start = time.monotonic()
    seeds = range(1000 * args.seed, 1000 * args.seed + max(1, args.galaxies // 50))
    columns = " | ".join(f"error / tolerance, {rtol:.0e} | error / bound" for rtol in TOLERANCES)
    lines = [
        f"| kind | pixels | {columns} | evaluations a pixel, 1e-06 |",
        "|---" * (3 + 2 * len(TOLERANCES)) + "|",
    ]
    failed = False
    for name, cls in KINDS.items():
        n_pixels, largest, evaluations = measure(cls, seeds)
        cells = " | ".join(f"{over:.2f} | {above:.2f}" for over, above in largest.values())
        lines.append(f"| {name} | {n_pixels} | {cells} | {evaluations:.1f} |")
        print(lines[-1], flush=True)
        failed |= any(ratio > 1.0 for ratios in largest.values() for ratio in ratios)
    table = "\n".join(lines)
    text = f"""# Every kind of light against its formula

Random components of a few pixels' size in {SHAPE[0]} x {SHAPE[1]} pixels, parameters over the ranges of `tests/python/law_sample.py`. Of
each the pixel of the centre, its neighbours, those that an edge crosses and some anywhere, against the formula in numpy
(`law_formulas.py`), integrated by Green's theorem (`law_truth.py`) to some 1e-14 of the flux. The largest error over what was asked
for (atol = rtol / 1000), and over the certificate's bound, which for light without proven bounds is an estimate; no number may be
above 1.

{table}

Made by `./dev validate --galaxies {args.galaxies} --seed {args.seed}` in {time.monotonic() - start:.0f} s on
{platform.machine()}, {platform.system()}.
"""
    (ROOT / "docs" / "validation" / "laws.md").write_text(text)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
