"""The study's galaxy, its exact pixels, and how far an image is from them."""

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import gaxel
import numpy as np
from gaxel import integration

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "python"))

from exact_pixels import exact_pixels  # noqa: E402

SHAPE = (90, 100)
PARS = dict(mag=-7.5, log_re=0.9, log_n=0.7, x=0.2, y=0.3, q=0.1, theta=0.1)
FLUX = 10 ** (-0.4 * PARS["mag"])
PRECISION = 1e-6
"""The refinement's default, in counts."""

func = integration.compiled_sersic
i_pix, j_pix = integration.get_ij(SHAPE)


@cache
def _exact(x: float) -> np.ndarray:
    image = FLUX * _fraction(1.0, x + (SHAPE[1] - 1) / 2, PARS["y"] + (SHAPE[0] - 1) / 2, SHAPE)
    image.flags.writeable = False
    return image


def _fraction(side: float, x: float, y: float, shape: tuple[int, int]) -> np.ndarray:
    """The part of the light in each cell of a grid of squares of that side (pixels); x, y in cells."""
    re, n = 10 ** PARS["log_re"] / side, 10 ** PARS["log_n"]
    return exact_pixels(n, PARS["q"], re, x, y, PARS["theta"], shape)


def exact_image(x: float = PARS["x"]) -> np.ndarray:
    """Exact counts in each pixel; x: the galaxy's centre."""
    return _exact(x)


def exact_pixel(x: float, y: float) -> float:
    """Exact counts of a pixel whose middle is at (0, 0), the galaxy's centre at (x, y)."""
    return FLUX * _fraction(1.0, x, y, (1, 1))[0, 0]


def exact_children(i: np.ndarray, j: np.ndarray, side: float) -> np.ndarray:
    """Exact counts in the 3 x 3 children, squares of that side, of the cells centred on (i, j)."""
    x, y = PARS["x"], PARS["y"]
    parents = zip(i, j, strict=True)
    blocks = [_fraction(side, (x - b) / side + 1, (y - a) / side + 1, (3, 3)).ravel() for a, b in parents]
    return FLUX * np.concatenate(blocks)


def component(x: float = PARS["x"]) -> gaxel.Sersic:
    """The galaxy as gaxel.render takes it: 0-based pixel centres."""
    return gaxel.Sersic(
        flux=FLUX,
        re=10 ** PARS["log_re"],
        n=10 ** PARS["log_n"],
        x=x + (SHAPE[1] - 1) / 2,
        y=PARS["y"] + (SHAPE[0] - 1) / 2,
        q=PARS["q"],
        theta=PARS["theta"],
    )


@dataclass(frozen=True)
class Error:
    """Of an image, in counts."""

    largest: float
    total: float
    """Of the sum of all pixels."""
    n_over: int
    """Pixels that are off by more than PRECISION."""


def error_of(image: np.ndarray, x: float = PARS["x"]) -> Error:
    difference = image - exact_image(x)
    size = np.abs(difference)
    return Error(float(size.max()), float(difference.sum()), int((size > PRECISION).sum()))
