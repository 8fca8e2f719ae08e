"""gaxel beside other programs: time and error of the pixels of the galaxies of bench/cases.hpp, all on one core.

Prints tables; --write puts them, and a figure, into docs/peers. Peers that are not installed are skipped, with a message.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs" / "study"))

from clock import use_one_core  # noqa: E402

use_one_core()
os.environ["MKL_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import page  # noqa: E402
from cases import read_cases  # noqa: E402
from measure import measure  # noqa: E402
from peer import PEERS, load  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/peers")
    parser.add_argument("--peer", action="append", choices=list(PEERS), help="only this one; may be repeated")
    parser.add_argument("--seconds", type=float, default=1.0, help="to time each setting (default: 1)")
    arguments = parser.parse_args()
    if arguments.write and arguments.peer:
        parser.error("--write needs every peer: leave out --peer")

    chosen = ["gaxel", *(name for name in arguments.peer or PEERS if name != "gaxel")]
    loaded = {name: load(name) for name in chosen}
    for _, why in loaded.values():
        if why:
            print(f"skipped: {why}; see bench/peers/README.md", flush=True)
    modules = [module for module, _ in loaded.values() if module]
    results = {}
    for case in read_cases():
        results[case.name] = measure(case, modules, arguments.seconds)
        print(f"\n{case.name}\n{page.case_table(results[case.name])}", flush=True)
    if arguments.write:
        page.write(results, loaded)


if __name__ == "__main__":
    main()
