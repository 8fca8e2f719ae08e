"""Command-line options that the examples of this folder share."""

import argparse
from pathlib import Path


def make_parser(description: str, quick: str, plot: str) -> argparse.ArgumentParser:
    """With --quick and --plot FILE; `quick`, `plot`: what help says of them."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help=quick)
    parser.add_argument("--plot", type=Path, help=plot)
    return parser
