"""What %memit would have told: peak memory of one call of each rule."""

import subprocess
import sys

from report import STUDY, Report

FIXED = ("midpoint, 1 node", "Gauss-Legendre, 7 x 7", "Clenshaw-Curtis, 7 x 7", "Kronrod K15, 15 x 15")
WAYS = ("numpy, all nodes at once", "numpy, node by node", "JAX", "gaxel")


def measure(way: str, rule: str) -> tuple[int, int]:
    """(first call, later call) in kilobytes."""
    command = [sys.executable, str(STUDY / "memory_probe.py"), way, rule]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    first, later = printed.split()
    return int(first), int(later)


def megabytes(kilobytes: int) -> str:
    return "under 0.3" if kilobytes < 300 else f"{kilobytes / 1000:.1f}"


def run(report: Report, has_jax: bool) -> None:
    rows = []
    for rule in FIXED[-1:] if report.quick else FIXED:
        found = {way: measure(way, rule) for way in WAYS if has_jax or way != "JAX"}
        cells = [megabytes(found[way][1]) if way in found else "-" for way in WAYS]
        if "JAX" in found:
            cells[2] += f" (first call {megabytes(found['JAX'][0])})"
        rows.append([rule, *cells])
        report.numbers |= {f"kB: {way}, {rule}": later for way, (_, later) in found.items()}
    for rule in ("refinement", "gaxel.render, tolerance 1e-6"):
        rows.append([rule, "-", "-", "-", megabytes(measure("gaxel", rule)[1])])
    report.add_table("memory", ["peak memory of a call (MB)", *WAYS], rows)
