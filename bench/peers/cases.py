"""The galaxies of bench/cases.hpp, and their exact pixels."""

import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma, gammaincinv

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "python"))

from exact_pixels import exact_pixels  # noqa: E402

HEADER = ROOT / "bench" / "cases.hpp"
_NUMBER = r"([-+0-9.e]+)"
_CASE = re.compile(r'\{\s*"([^"]+)",\s*\{\s*(\d+),\s*(\d+)\s*\},\s*' + r",\s*".join([_NUMBER] * 6) + r"\s*\}")


@dataclass(frozen=True)
class Case:
    """A Sersic profile of unit flux: gaxel's conventions, as in bench/cases.hpp."""

    name: str
    shape: tuple[int, int]
    """(ny, nx)"""
    x: float
    y: float
    re: float
    n: float
    q: float
    theta: float

    @cache  # noqa: B019  (six cases)
    def exact(self) -> NDArray[np.float64]:
        """Flux in each pixel, good to 1e-15."""
        return exact_pixels(self.n, self.q, self.re, self.x, self.y, self.theta, self.shape)

    def intensity_at_re(self, b: float) -> float:
        """Surface brightness at the half-light ellipse of unit flux, for a law with this b (Graham & Driver 2005, eq. 4)."""
        n = self.n
        return 1.0 / (2 * np.pi * n * self.re**2 * self.q * np.exp(b) * b ** (-2 * n) * float(gamma(2 * n)))

    def exact_bn(self) -> float:
        return float(gammaincinv(2 * self.n, 0.5))

    def pixel_centers(self) -> NDArray[np.float64]:
        """The light at the middle of each pixel, which is what a program without any integration returns."""
        b = self.exact_bn()
        rows, cols = np.indices(self.shape)
        dx, dy = cols - self.x, rows - self.y
        u = dx * np.cos(self.theta) + dy * np.sin(self.theta)
        v = (dy * np.cos(self.theta) - dx * np.sin(self.theta)) / self.q
        return self.intensity_at_re(b) * np.exp(-b * ((np.hypot(u, v) / self.re) ** (1 / self.n) - 1))


def read_cases() -> list[Case]:
    """Raises ValueError if bench/cases.hpp is written in another way than expected."""
    listing = HEADER.read_text(encoding="utf-8").partition("cases() {")[2].partition("\n}")[0]
    cases = [
        Case(name, (int(ny), int(nx)), *map(float, numbers))
        for name, ny, nx, *numbers in _CASE.findall(listing)
    ]
    if not cases or len(cases) != listing.count('"') // 2:
        raise ValueError(f"{HEADER}: {len(cases)} cases read, {listing.count(chr(34)) // 2} expected")
    return cases
