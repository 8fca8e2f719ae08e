"""The study's galaxy, its exact pixels, and how far an image is from them."""

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from gaxel import integration

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "python"))

from study_galaxy import GALPARS, SIZE, exact  # noqa: E402

FLUX = 10 ** (-0.4 * GALPARS["mag"])
PRECISION = 1e-6
"""The refinement's default, in counts."""

func = integration.compiled_sersic
i_pix, j_pix = integration.get_ij(SIZE)


@cache
def exact_image(x: float = GALPARS["x"]) -> np.ndarray:
    """Exact counts in each pixel; x: the galaxy's centre."""
    image = exact(dict(GALPARS, x=x), SIZE)
    image.flags.writeable = False
    return image


def exact_pixel(x: float, y: float) -> float:
    """Exact counts of a pixel whose middle is at (0, 0), the galaxy's centre at (x, y)."""
    return exact(dict(GALPARS, x=x, y=y), (1, 1))[0, 0]


def exact_children(i: np.ndarray, j: np.ndarray, side: float) -> np.ndarray:
    """Exact counts in the 3 x 3 children, squares of that side, of the cells centred on (i, j)."""
    # In units of the children's side.
    scaled = dict(GALPARS, log_re=GALPARS["log_re"] - np.log10(side))
    x, y = (GALPARS["x"] - j) / side, (GALPARS["y"] - i) / side
    return np.concatenate([exact(scaled | dict(x=a, y=b), (3, 3)).ravel() for a, b in zip(x, y, strict=True)])


@dataclass(frozen=True)
class Error:
    """Of an image, in counts."""

    largest: float
    total: float
    """Of the sum of all pixels."""
    n_over: int
    """Pixels that are off by more than PRECISION."""


def error_of(image: np.ndarray, x: float = GALPARS["x"]) -> Error:
    difference = image - exact_image(x)
    size = np.abs(difference)
    return Error(float(size.max()), float(difference.sum()), int((size > PRECISION).sum()))
