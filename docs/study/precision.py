"""What 32-bit floats do to the study: the seed's functions in numpy, in either precision."""

from functools import partial
from typing import Any

import numpy as np
from clock import best_times
from galaxy import PRECISION, error_of, func, i_pix, j_pix
from gaxel import integration as gi
from gaxel import sersic
from report import Report, sci
from study_galaxy import GALPARS


def light(i: np.ndarray, j: np.ndarray, pars: dict[str, float]) -> np.ndarray:
    """The galaxy's light in plain numpy, in the precision of i; constants are rounded once."""
    kind = i.dtype.type
    re, n = 10 ** pars["log_re"], 10 ** pars["log_n"]
    flux = 10 ** (-0.4 * pars["mag"])
    b, peak = float(sersic.bn(n)), float(sersic.sersic_2d_linear(0, 0, flux, re, n, 0, 0, pars["q"], 0))
    cos, sin = kind(np.cos(pars["theta"])), kind(np.sin(pars["theta"]))
    dx, dy = j - kind(pars["x"]), i - kind(pars["y"])
    u, v = dx * cos + dy * sin, (dy * cos - dx * sin) / kind(pars["q"])
    return kind(peak) * np.exp(-kind(b) * ((u * u + v * v) / kind(re * re)) ** kind(0.5 / n))


def integrate(i: np.ndarray, j: np.ndarray, di: np.ndarray, dj: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The seed's loop over nodes, all of it in the precision of i."""
    di, dj, w = (values.astype(i.dtype) for values in (di, dj, w))
    image = np.zeros_like(i)
    for k in range(len(w)):
        image += w[k] * light(i + di[k], j + dj[k], GALPARS)
    return image


def refined(kind: type, k_max: int) -> tuple[list[int], np.ndarray]:
    """(n_imprecise of each level, image) of the seed's refinement in that precision, 900 cells split at each level."""
    i, j = i_pix.astype(kind).ravel(), j_pix.astype(kind).ravel()
    n_imprecise, values, split = [], [], []
    for k in range(k_max + 1):
        if k > 0:
            split.append(error.argsort()[-(i_pix.size // 10) :])  # noqa: F821  (of the level before)
            i, j = (at.astype(kind) for at in gi.oversample_pixels(i[split[-1]], j[split[-1]], k, 3))
        low, gauss, clenshaw = (
            integrate(i, j, *gi.tensor_rule(*roots, 3**k))
            for roots in (gi.roots_legendre(2), gi.roots_legendre(3), gi.roots_clencurt(3))
        )
        error = np.maximum(np.abs(gauss - low), np.abs(gauss - clenshaw))
        n_imprecise.append(int((error > PRECISION).sum()))
        values.append(kind(0.5) * (gauss + clenshaw))
    return n_imprecise, gi.apply_subpixel_refinements(
        split, values[0], values[1:], n_imprecise, 3, i_pix.shape
    )


def run(report: Report) -> None:
    columns = [measures(kind) for kind in (np.float64, np.float32)]
    times = best_times(
        {"64": columns[0].pop("call"), "32": columns[1].pop("call")}, 1 if report.quick else 15
    )
    rows = [[name, *(column[name] for column in columns)] for name in columns[0]]
    rows.append(["time of GL7 in numpy", "1", f"{times['32'] / times['64']:.2f}"])
    report.add_table("precision", ["", "64 bit", "32 bit"], rows)


def measures(kind: type) -> dict[str, Any]:
    """Rows of the table; "call" integrates GL7."""
    i, j = i_pix.astype(kind), j_pix.astype(kind)
    call = partial(integrate, i, j, *gi.tensor_rule(*gi.roots_legendre(7)))
    gl7, g7 = call(), integrate(i, j, *gi.G7_2d_nodes, gi.G7_2d_weights)
    rounding = np.abs(gl7 - gi.gauss_legendre_tensor_integration(func, i_pix, j_pix, GALPARS, 7))
    n_imprecise, image = refined(kind, 8)
    origin = np.zeros((1, 1), kind)
    return {
        "func(0, 0)": f"{float(light(origin, origin, GALPARS)[0, 0]):.10f}",
        "distance from 38.83 to the next number": sci(np.spacing(kind(38.83))),
        "largest difference G7 - GL7: the same nodes in another order (counts)": sci(np.abs(g7 - gl7).max()),
        "rounding error of GL7: largest (counts)": sci(rounding.max()),
        "pixels in which it exceeds 1e-6": str(int((rounding > PRECISION).sum())),
        "n_imprecise of levels 0 to 8": ", ".join(map(str, n_imprecise)),
        "largest error of the refined image, k_max 8 (counts)": sci(error_of(image).largest),
        "distance from j = 2000 to the next number, in cells of level 5": sci(np.spacing(kind(2000)) * 3**5),
        "call": call,
    }
