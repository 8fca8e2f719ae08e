"""Fits galaxies in the cluster Abell 2744, first too simply, then with what the residual asks for. Run by ./dev demo."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import real_data
import simulated
from astropy.table import Table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COMMAND = Path(os.environ.get("GAXEL_COMMAND", ROOT / "build/release/gaxel"))

# Another program (imfit's engine, 10.8 s) on the same pixels, errors and profiles, from good starting values.
REFERENCE_CHI2 = 283211.8
REFERENCE_MARGIN = 0.005
SAME_MINIMUM = 1e-5  # relative difference of chi2 between good and poor start
BETTER_RATIO = 0.5  # chi2 of the better model to that of the simple one, at most


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "-o", "--output", type=Path, default=ROOT / "demo/abell2744", help="folder of the results"
    )
    parser.add_argument("--simulated", action="store_true", help="do not look for the real images")
    return parser.parse_args()


def provide_images(folder: Path, only_simulated: bool) -> bool:
    """Puts the images into `folder`; True when they are the real ones."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if not only_simulated:
        try:
            source = real_data.find(ROOT / ".cache/abell2744")
            for name in real_data.SHA256:
                shutil.copy(source / name, folder)
            print(f"images: {source}")
            return True
        except (real_data.NoData, OSError) as reason:
            bar = "!" * 100
            print(f"{bar}\nTHE REAL IMAGES COULD NOT BE HAD: {reason}")
            print(f"What follows is a SIMULATED field, rendered by gaxel, with noise added.\n{bar}")
    simulated.make(COMMAND, folder)
    print(f"images: simulated, in {folder}")
    return False


def run_fit(name: str, folder: Path, real: bool) -> Table:
    """Fits the scene `name` with the images in `folder`, which shows its table, and returns that table."""
    scene = folder / f"{name}.toml"
    text = (HERE / scene.name).read_text()
    scene.write_text(text if real else text.replace('title = "Abell 2744', 'title = "Simulated field'))
    print(f"\n===== gaxel fit {scene}\n", flush=True)
    output = folder / name
    subprocess.run([COMMAND, "fit", scene, "-o", output], check=True)
    return Table.read(output / "parameters.ecsv")


def judge(chi2: dict[str, float], real: bool) -> list[str]:
    """What is not as it should be."""
    faults = []
    if real and chi2["single"] > REFERENCE_CHI2 * (1 + REFERENCE_MARGIN):
        faults.append(f"chi2 is {chi2['single'] / REFERENCE_CHI2 - 1:.2%} above the reference")
    if abs(chi2["poor"] / chi2["single"] - 1) > SAME_MINIMUM:
        faults.append(f"the poor start ended elsewhere: chi2 {chi2['poor']:.1f}, not {chi2['single']:.1f}")
    if chi2["better"] > BETTER_RATIO * chi2["single"]:
        faults.append("the better model is hardly better")
    return faults


def main() -> int:
    options = arguments()
    folder = options.output.resolve()
    try:
        real = provide_images(folder / "data", options.simulated)
        tables = {name: run_fit(name, folder, real) for name in ("single", "poor", "better")}
    except subprocess.CalledProcessError as error:
        print(f"the demo failed: {error}", file=sys.stderr)
        return 1
    chi2 = {name: float(table.meta["chi2"]) for name, table in tables.items()}
    dof = {name: int(table.meta["dof"]) for name, table in tables.items()}

    print("\n===== chi2")
    if real:
        print(f"{'another program':<38} {REFERENCE_CHI2:12.1f}   three single Sersic profiles, good start")
    words = {
        "single": "three single Sersic profiles",
        "poor": "the same, poor start: disc turned by 90 degrees, sizes off by a factor 2",
        "better": "bulge and disc, two-part early type, tilted sky",
    }
    for name, text in words.items():
        print(
            f"{name + '.toml':<38} {chi2[name]:12.1f}   {text} ({chi2[name] / dof[name]:.3f} per degree of freedom)"
        )
    if real:
        print(f"single against the other program: {chi2['single'] / REFERENCE_CHI2 - 1:+.3%}")
    print(f"better against single: {chi2['single'] / chi2['better']:.1f} times lower")
    print("\n===== reports, to open in a browser")
    for name in tables:
        print(folder / name / "report.html")

    faults = judge(chi2, real)
    for fault in faults:
        print(f"FAULT: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
