"""`python -m gaxel.survey`."""

import argparse
import os
import sys
from collections.abc import Iterable
from typing import Any

from gaxel import InputError
from gaxel.survey import Flag, read, run, simulate, write_report


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gaxel.survey",
        description="Fit every galaxy of a survey. docs/survey.md has a tutorial.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    runs = commands.add_parser("run", help="fit every galaxy; goes on where an earlier run was stopped")
    runs.add_argument("survey", help="configuration (TOML)")
    runs.add_argument("-o", "--output", help="folder for the results (default: the configuration's)")
    runs.add_argument(
        "--scheduler", metavar="ADDRESS", help="Dask scheduler, tcp://host:8786 (default: local)"
    )
    runs.add_argument(
        "--workers", type=int, help="processes of the local cluster (default: one for each core)"
    )
    before = runs.add_mutually_exclusive_group()
    before.add_argument("--restart", action="store_true", help="remove the results of an earlier run first")
    before.add_argument(
        "--retry", action="store_true", help="fit again those that failed, and tiles whose files have changed"
    )
    runs.add_argument("--quiet", action="store_true", help="no progress bar")
    runs.add_argument("--no-report", action="store_true", help="no report.html")
    reports = commands.add_parser("report", help="write report.html of results that are there")
    reports.add_argument("survey", help="configuration (TOML)")
    reports.add_argument("-o", "--output", help="folder of the results (default: the configuration's)")
    simulates = commands.add_parser("simulate", help="make a survey: images, catalogue, truth, configuration")
    simulates.add_argument("folder", help="new or empty")
    simulates.add_argument("-n", "--galaxies", type=int, default=200)
    simulates.add_argument("--layout", choices=("tiles", "stack"), default="tiles")
    simulates.add_argument(
        "--size", type=int, help="pixels along a side (default: 512 for tiles, 64 in a stack)"
    )
    simulates.add_argument("--bands", type=int, default=1)
    simulates.add_argument("--seed", type=int, default=1)
    simulates.add_argument(
        "--overwrite", action="store_true", help="remove the simulated survey that the folder holds first"
    )
    return parser


def _verdicts(table: Any) -> Iterable[tuple[int, str]]:
    return zip(table["flags"].to_pylist(), table["reason"].to_pylist(), strict=True)


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 if every galaxy failed, 2 for what cannot be read."""
    args = _parser().parse_args(arguments)
    try:
        if args.command == "simulate":
            path = simulate(
                args.folder,
                args.galaxies,
                layout=args.layout,
                size=args.size,
                bands=args.bands,
                seed=args.seed,
                overwrite=args.overwrite,
            )
            print(f"python -m gaxel.survey run {path}")
        elif args.command == "report":
            print(write_report(read(args.survey, args.output)))
        else:
            survey = read(args.survey, args.output)
            table = run(
                survey,
                scheduler=args.scheduler,
                workers=args.workers,
                restart=args.restart,
                retry=args.retry,
                progress=not args.quiet,
                report=not args.no_report,
            )
            print(f"{len(table)} galaxies: {os.path.normpath(survey.output / 'results.parquet')}")
            reasons = [reason for flags, reason in _verdicts(table) if flags & Flag.FAILED]
            if reasons:
                print(f"gaxel.survey: {len(reasons)} failed, the first: {reasons[0]}", file=sys.stderr)
            if reasons and len(reasons) == len(table):
                return 1
    except InputError as error:
        print(f"gaxel.survey: {error}", file=sys.stderr)
        return 2
    except ConnectionError as error:
        print(f"gaxel.survey: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        left = (
            "its folder is not complete"
            if args.command == "simulate"
            else "the same command goes on from here"
        )
        print(f"gaxel.survey: stopped; {left}", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
