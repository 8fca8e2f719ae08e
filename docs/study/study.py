"""The study of pixel integration, run on gaxel: makes the figures and fills the tables of README.md.

python docs/study/study.py                       (minutes; times are trustworthy on an idle machine only)
python docs/study/study.py --quick --output DIR  (seconds; fewer repeats, leaves this folder alone)
"""

import argparse
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from clock import cpu_model, use_one_core

N_CORES = os.cpu_count()
use_one_core()

import fixed_rules  # noqa: E402
import memory  # noqa: E402
import precision  # noqa: E402
import reach  # noqa: E402
import refinement  # noqa: E402
from report import STUDY, Report  # noqa: E402


def measure_jax(quick: bool) -> dict | None:
    if find_spec("jax") is None:
        return None
    command = [sys.executable, str(STUDY / "jax_side.py"), *(["--quick"] if quick else [])]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def machine(report: Report, jax: dict | None) -> str:
    version = f", JAX {jax['version']}" if jax else ", no JAX"
    repeats = "few repeats, on a busy machine" if report.quick else "the shortest of many calls"
    return (
        f"{cpu_model()}, {N_CORES} cores, of which one is used; Python {sys.version.split()[0]}{version}; "
        f"times are {repeats}.\n"
    )


def jax_tables(report: Report, jax: dict | None) -> None:
    rows = [["-", "-", "-"]]
    variants = [["-", "-"]]
    if jax is not None:
        rows = [
            [change, programs, f"{ratio:.0f}" if ratio > 2 else "1"]
            for change, programs, ratio in jax["recompilations"]
        ]
        report.numbers |= {f"compiled: {change}": programs for change, programs, _ in jax["recompilations"]}
        compiled = jax["ratios"]["Clenshaw-Curtis, 7 x 7"]
        names = {
            "Clenshaw-Curtis, 7 x 7": "all of it, as GL7 in the seed",
            "uncompiled": "all but the outer function: nodes and weights made op by op in each call (the seed's CC7)",
            "nothing compiled": "nothing: each operation on its own",
            "loop uncompiled": "nothing but the body of the loop, which is then compiled again in each call",
        }
        variants = [[label, f"{jax['ratios'][name] / compiled:.2f}"] for name, label in names.items()]
    report.add_table(
        "recompilations",
        ["call with this changed", "programs compiled", "time of this call / of a later one"],
        rows,
    )
    report.add_table("clencurt", ["compiled", "time of CC7 / time of CC7 compiled"], variants)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--output", type=Path, help="folder for page, figures and numbers, instead of docs/study"
    )
    parser.add_argument("--quick", action="store_true", help="fewer repeats and settings; needs --output")
    args = parser.parse_args()
    if args.quick and args.output is None:
        parser.error("--quick needs --output: the page's numbers come from a full run")
    report = Report(args.output or STUDY, args.quick)
    fixed_rules.run(report)
    refinement.run(report)
    precision.run(report)
    jax = measure_jax(args.quick)
    jax_tables(report, jax)
    reach.run(report, jax)
    memory.run(report, jax is not None)
    report.tables["machine"] = machine(report, jax)
    report.write_page()
    print(report.output / "README.md")


if __name__ == "__main__":
    main()
