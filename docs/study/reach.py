"""What every way of integrating reaches, for how many evaluations and in how much time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import gaxel
import numpy as np
from clock import best_times
from galaxy import FLUX, error_of, func, i_pix, j_pix
from gaxel import integration as gi
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from report import BLACK, BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, WIDTH, Report, ratio, sci
from study_galaxy import GALPARS, SIZE, component

YARDSTICK = "midpoint, 1 node"
TRUTH = 1e-15
"""What the exact pixels are known to, in units of the flux."""


@dataclass(frozen=True)
class Method:
    family: str
    setting: str
    """Of the family's knob."""
    make: Callable[[], np.ndarray]
    """Integrates the image once."""
    evaluations: float
    """For each pixel."""

    @property
    def name(self) -> str:
        return f"{self.family}, {self.setting}"


# Colour, marker and line of each family.
STYLES = {
    "midpoint": (GREY, "s", "-"),
    "Gauss-Legendre": (BLUE, "o", "-"),
    "Clenshaw-Curtis": (SKY, "^", "-"),
    "Kronrod": (PINK, "D", "-"),
    "refinement": (ORANGE, "v", "-"),
    "refinement of 1 %": (ORANGE, "<", ":"),
    "plan applied": (RED, "P", "-"),
    "gaxel.render": (GREEN, "*", "-"),
}


def fixed_methods(quick: bool) -> Iterator[Method]:
    orders = (1, 3, 7, 15) if quick else (1, 2, 3, 4, 5, 7, 10, 15, 22, 31, 45, 64)
    families = {
        "midpoint": gi.oversampled_integration,
        "Gauss-Legendre": gi.gauss_legendre_tensor_integration,
        "Clenshaw-Curtis": gi.clencurt_tensor_integration,
    }
    for family, rule in families.items():
        for order in orders:
            if family == "Clenshaw-Curtis" and order == 1:
                continue  # the midpoint
            setting = "1 node" if order == 1 else f"{order} x {order}"
            yield Method(family, setting, partial(rule, func, i_pix, j_pix, GALPARS, order), order**2)
    for order in (15, 21) if quick else (15, 21, 31, 41, 51, 61):
        pair = gi.gauss_kronrod(order)
        make = partial(gi.tensor_integrate_pixels, func, i_pix, j_pix, GALPARS, pair.nodes, pair.weights)
        yield Method("Kronrod", f"{order} x {order}", make, order**2)


def adaptive_methods(quick: bool) -> Iterator[Method]:
    for k_max in (0, 3, 5, 8) if quick else range(9):
        for family, frac_refine in (("refinement", 0.1), ("refinement of 1 %", 0.01)):
            options = dict(k_max=k_max, frac_refine=frac_refine)
            plan = gi.prepare_subpixel_refinements(func, i_pix, j_pix, GALPARS, **options)
            make = partial(gi.integrate_with_subpixel_refinement, func, i_pix, j_pix, GALPARS, **options)
            yield Method(family, f"k_max {k_max}", make, plan.certificate.n_evaluations / i_pix.size)
            if family == "refinement":
                make = partial(plan.apply, func, GALPARS, certificate=True)
                _, applied = make()
                evaluations = applied.n_evaluations / i_pix.size
                yield Method("plan applied", f"k_max {k_max}", lambda make=make: make()[0], evaluations)
    galaxy = component(GALPARS, SIZE)
    for digits in (2, 4, 6, 9, 12) if quick else range(2, 13):
        tolerance = dict(rtol=10.0**-digits, atol=10.0 ** -(digits + 3))
        _, certificate = gaxel.render(galaxy, SIZE, certificate=True, **tolerance)
        make = partial(gaxel.render, galaxy, SIZE, **tolerance)
        yield Method("gaxel.render", f"tolerance 1e-{digits}", make, certificate.evaluations_per_pixel)


def run(report: Report, jax: dict | None) -> None:
    """jax: what jax_side.py measured, times as ratios to the yardstick; None without JAX."""
    methods = [*fixed_methods(report.quick), *adaptive_methods(report.quick)]
    largest = {method.name: error_of(method.make()).largest / FLUX for method in methods}
    seconds = best_times({method.name: method.make for method in methods}, 1 if report.quick else 25)
    times = {name: time / seconds[YARDSTICK] for name, time in seconds.items()}
    report.numbers |= {f"largest: {name}": error for name, error in largest.items()}

    evaluations = {method.name: method.evaluations for method in methods}
    figure, axes = plt.subplots(figsize=(WIDTH, 5.2))
    draw(axes, methods, evaluations, largest)
    axes.set_xlabel("evaluations of the profile for each pixel")
    annotate(axes, evaluations, largest)
    report.add_figure("error_evaluations", figure)

    figure, axes = plt.subplots(figsize=(WIDTH, 5.2))
    draw(axes, methods, times, largest)
    axes.set_xlabel("time, in units of one midpoint sample of the image (same run, one core)")
    if jax is not None:
        draw_jax(axes, jax["ratios"], largest)
    annotate(axes, times, largest)
    axes.legend(frameon=False, loc=(0.73, 0.13))
    report.add_figure("time_accuracy", figure)
    table_of_reach(report, evaluations, times, largest)
    table_of_tree(report)
    table_of_times(report, times, jax)


def draw(axes: Axes, methods: list[Method], x: dict[str, float], largest: dict[str, float]) -> None:
    for family, (color, marker, line) in STYLES.items():
        names = [method.name for method in methods if method.family == family]
        size = 10 if marker == "*" else 6
        style = dict(color=color, marker=marker, ms=size, ls=line, lw=1.4, mec="white", mew=0.5)
        axes.plot([x[name] for name in names], [largest[name] for name in names], label=family, **style)
    axes.set(xscale="log", yscale="log", ylabel="largest error of a pixel / flux")
    axes.grid(True)
    axes.legend(frameon=False, loc=(0.73, 0.13))
    axes.set_yticks([10.0**power for power in range(-16, 1, 2)])
    axes.set_ylim(3e-17, 1)


def annotate(axes: Axes, x: dict[str, float], largest: dict[str, float]) -> None:
    """Names the points that the text speaks of."""
    points = {
        "midpoint, 1 node": ("one sample", (1, 8), GREY),
        "Gauss-Legendre, 7 x 7": ("7 x 7", (0, 9), BLUE),
        "refinement, k_max 5": ("k_max 5", (8, 4), ORANGE),
        "gaxel.render, tolerance 1e-2": ("tolerance 1e-2", (10, 0), GREEN),
        "gaxel.render, tolerance 1e-6": ("1e-6", (10, 0), GREEN),
        "gaxel.render, tolerance 1e-12": ("1e-12", (10, 0), GREEN),
    }
    for name, (label, offset, color) in points.items():
        side = "right" if offset[0] < 0 else "left" if offset[0] > 0 else "center"
        at = (x[name], largest[name])
        axes.annotate(label, at, offset, textcoords="offset points", ha=side, color=color, fontsize=9)
    axes.axhspan(1e-18, TRUTH, color="#eeeeee", zorder=0)
    axes.annotate(
        "the exact pixels are known no better than this",
        (0.36, TRUTH),
        (0, -11),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        fontsize=8,
        color=GREY,
    )


def draw_jax(axes: Axes, ratios: dict[str, float], largest: dict[str, float]) -> None:
    """The seed's functions in JAX: the same pixels, other times."""
    same = {
        "midpoint, 1 node": "midpoint, 1 node",
        "Gauss-Legendre, 7 x 7": "Gauss-Legendre, 7 x 7",
        "Clenshaw-Curtis, 7 x 7": "Clenshaw-Curtis, 7 x 7",
        "refinement": "refinement, k_max 5",
    }
    points = [(ratios[name], largest[ours]) for name, ours in same.items()]
    axes.plot(*zip(*points, strict=True), "x", color=BLACK, ms=7, mew=1.6, label="the seed in JAX, compiled")


def table_of_reach(
    report: Report, evaluations: dict[str, float], times: dict[str, float], largest: dict[str, float]
) -> None:
    chosen = [
        ("midpoint, 1 node", "midpoint, 1 node"),
        ("midpoint, 7 x 7", "midpoint, 7 x 7"),
        ("Gauss-Legendre, 7 x 7", "Gauss-Legendre, 7 x 7"),
        ("Clenshaw-Curtis, 7 x 7", "Clenshaw-Curtis, 7 x 7"),
        ("Kronrod K15, 15 x 15", "Kronrod, 15 x 15"),
    ]
    if not report.quick:
        chosen.append(("Gauss-Legendre, 64 x 64", "Gauss-Legendre, 64 x 64"))
    chosen += [
        ("refinement, k_max 3", "refinement, k_max 3"),
        ("refinement, k_max 5: the seed's", "refinement, k_max 5"),
        ("the same as a plan, applied", "plan applied, k_max 5"),
        ("refinement, k_max 8", "refinement, k_max 8"),
        *((f"gaxel.render, tolerance 1e-{n}", f"gaxel.render, tolerance 1e-{n}") for n in (2, 4, 6, 9, 12)),
    ]
    rows = [
        [label, f"{evaluations[name]:.1f}".removesuffix(".0"), ratio(times[name]), f"{largest[name]:.1e}"]
        for label, name in chosen
    ]
    header = [
        "method",
        "evaluations a pixel",
        "time (midpoint, 1 node = 1)",
        "largest error of a pixel / flux",
    ]
    report.add_table("reach", header, rows)


def table_of_tree(report: Report) -> None:
    """How gaxel.render spends its evaluations."""
    rows = []
    for digits in (2, 4, 6, 9, 12):
        tolerance = dict(rtol=10.0**-digits, atol=10.0 ** -(digits + 3))
        _, found = gaxel.render(component(GALPARS, SIZE), SIZE, certificate=True, **tolerance)
        whole, *split, closed = found.cells_per_level
        shares = [f"{found.evaluations_per_pixel:.1f}", sci(found.max_bound)]
        rows.append([f"1e-{digits}", sum(found.tiles_per_size), whole, sum(split), closed, *shares])
    header = [
        "tolerance",
        "tiles",
        "whole pixels",
        "parts of pixels",
        "pixels in closed form",
        "evaluations a pixel",
    ]
    report.add_table("tree", [*header, "largest bound of an error (counts)"], rows)


def table_of_times(report: Report, times: dict[str, float], jax: dict | None) -> None:
    chosen = {
        "midpoint, 1 node": "midpoint, 1 node",
        "Gauss-Legendre, 7 x 7": "Gauss-Legendre, 7 x 7",
        "Clenshaw-Curtis, 7 x 7": "Clenshaw-Curtis, 7 x 7",
        "refinement": "refinement, k_max 5",
    }
    rows = []
    for name, ours in chosen.items():
        first, steady = (ratio(jax[key][name]) if jax else "-" for key in ("first", "ratios"))
        rows.append([name, ratio(times[ours]), steady, first])
    rows.append(["plan applied", ratio(times["plan applied, k_max 5"]), "-", "-"])
    rows.append(["gaxel.render, tolerance 1e-6", ratio(times["gaxel.render, tolerance 1e-6"]), "-", "-"])
    header = [
        "one image of 90 x 100 pixels",
        "gaxel",
        "the seed in JAX, compiled",
        "the same, first call (compiling)",
    ]
    report.add_table("times", header, rows)
    report.add_table("seed_figures", ["figure", "seed", "here"], seed_figures(report, times, jax))


def seed_figures(report: Report, times: dict[str, float], jax: dict | None) -> list[list[str]]:
    numbers = report.numbers
    ours = times["Clenshaw-Curtis, 7 x 7"] / times["Gauss-Legendre, 7 x 7"]
    rows = [
        ["func(0, 0)", "about 39", f"{numbers['func_0_0']:.2f}"],
        ["largest difference G7 - GL7 (counts)", "about 1e-14", f"{numbers['g7_minus_gl7']:.1e}"],
        ["largest difference K15 - G7 (counts)", "about 34", f"{numbers['k15_minus_g7']:.1f}"],
        ["nodes of K15 in a pixel", "225", f"{numbers['k15_nodes']}"],
        [
            "G7 and the 176 new nodes are the K15 set",
            "true, coordinate by coordinate",
            "true, point by point",
        ],
        ["time of CC7 / time of GL7", "171 ms / 32.9 ms = 5.2", f"{ours:.2f}"],
    ]
    compiled, opened = (
        (
            f"{jax['ratios'][name] / jax['ratios']['Gauss-Legendre, 7 x 7']:.2f}"
            for name in ("Clenshaw-Curtis, 7 x 7", "uncompiled")
        )
        if jax
        else ("-", "-")
    )
    rows.append(["the same in JAX, both functions compiled", "-", compiled])
    rows.append(["the same in JAX, CC7 not compiled, roots in jnp", "-", opened])
    first = (
        f"{jax['first']['Gauss-Legendre, 7 x 7'] / jax['ratios']['Gauss-Legendre, 7 x 7']:.0f}"
        if jax
        else "-"
    )
    rows.append(["GL7 in JAX: first call / later call", "1.66 s / 32.9 ms = 50", first])
    return rows
