"""The command `gaxel` of a wheel: its program lies within the package."""

import os
import sys
from pathlib import Path

PROGRAM = Path(__file__).parent / "bin" / "gaxel"


def main() -> None:
    """Become the program, with the arguments of this process."""
    os.execv(PROGRAM, [str(PROGRAM), *sys.argv[1:]])
