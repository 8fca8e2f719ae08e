"""The second half of the study: cells that a rule gets wrong are split, level by level."""

import numpy as np
from galaxy import PRECISION, error_of, exact_children, exact_image, exact_pixel, func, i_pix, j_pix
from gaxel import integration as gi
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import LogNorm
from report import BLUE, ORANGE, RED, SKY, WIDTH, Report, sci
from study_galaxy import GALPARS, SIZE

OVERSAMP = 3


class Level:
    """All cells of one level: where they are, what the rules say and what is true."""

    def __init__(self, k: int, i: np.ndarray, j: np.ndarray, truth: np.ndarray) -> None:
        self.k, self.i, self.j, self.truth = k, i, j, truth
        self.side = OVERSAMP**-k
        low, gauss, clenshaw = (
            gi.tensor_integrate_pixels(func, i, j, GALPARS, *roots, OVERSAMP**k)
            for roots in (gi.roots_legendre(2), gi.roots_legendre(3), gi.roots_clencurt(3))
        )
        self.gauss, self.clenshaw, self.mean = gauss, clenshaw, 0.5 * (gauss + clenshaw)
        self.by_order, self.by_kind = np.abs(gauss - low), np.abs(gauss - clenshaw)
        self.estimate = np.maximum(self.by_order, self.by_kind)
        self.n_imprecise = int((self.estimate > PRECISION).sum())
        inside = [
            np.abs(at - centre) <= self.side / 2 for at, centre in ((i, GALPARS["y"]), (j, GALPARS["x"]))
        ]
        self.holds_centre = inside[0] & inside[1]


def all_levels(plan: gi.SubpixelRefinement) -> list[Level]:
    levels = [Level(0, i_pix.ravel(), j_pix.ravel(), exact_image().ravel())]
    for k, split in enumerate(plan.idx_to_refine, start=1):
        i, j = levels[-1].i[split], levels[-1].j[split]
        truth = exact_children(i, j, OVERSAMP**-k)
        levels.append(Level(k, *gi.oversample_pixels(i, j, k, OVERSAMP), truth))
    return levels


def run(report: Report) -> None:
    plan = gi.prepare_subpixel_refinements(func, i_pix, j_pix, GALPARS)
    levels = all_levels(plan)
    report.numbers["n_levels"] = len(levels)
    level_table(report, plan, levels)
    level_figure(report, plan, levels)
    fractions(report)
    average(report, plan, levels)
    sizes(report)
    plans(report, plan)
    base_oversampling(report)


def level_table(report: Report, plan: gi.SubpixelRefinement, levels: list[Level]) -> None:
    rows = []
    for level in levels:
        k = level.k
        image = gi.integrate_with_subpixel_refinement(func, i_pix, j_pix, GALPARS, k_max=k)
        split = plan.n_to_refine if k < len(levels) - 1 else 0
        needless = max(0, split - level.n_imprecise)
        rows.append([k, f"1/{OVERSAMP**k}" if k else "1", level.i.size, level.n_imprecise, split, needless])
        rows[-1] += [sci(level.estimate.max()), sci(error_of(image).largest)]
    header = ["level k", "side (pixels)", "cells", "n_imprecise", "split", "of these precise already"]
    header += ["largest estimate (counts)", "true largest error of the image if k_max = k (counts)"]
    report.add_table("levels", header, rows)


def level_figure(report: Report, plan: gi.SubpixelRefinement, levels: list[Level]) -> None:
    """The cells of each level, coloured by their error estimate, closer at each."""
    figure, panels = plt.subplots(3, 2, figsize=(WIDTH, 5.3))
    norm = LogNorm(1e-9, 1e1, clip=True)
    colors = plt.get_cmap("viridis")
    for axes, level in zip(panels.flat, levels, strict=True):
        half = 0.5 * level.side
        square = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
        cells = PolyCollection(
            np.stack((level.j, level.i), axis=1)[:, None, :] + square,
            facecolors=colors(norm(np.maximum(level.estimate, 1e-9))),
            edgecolors="none",
            antialiased=False,
            rasterized=True,
        )
        axes.add_collection(cells)
        if level.k < len(plan.idx_to_refine):
            split = plan.idx_to_refine[level.k]
            outline(axes, level.j[split], level.i[split], level.side)
        span = 1.02 * (np.abs(level.j - GALPARS["x"]).max() + half)
        axes.set(xlim=(GALPARS["x"] - span, GALPARS["x"] + span), aspect="equal")
        axes.set(ylim=(GALPARS["y"] - 0.34 * span, GALPARS["y"] + 0.34 * span))
        axes.plot(GALPARS["x"], GALPARS["y"], "+", color="white", ms=7, mew=1)
        side = "1" if level.k == 0 else f"1/{OVERSAMP**level.k}"
        axes.set_title(f"level {level.k}, side {side} pixel: {level.n_imprecise} of {level.i.size} imprecise")
        axes.set_facecolor("#eeeeee")
        axes.spines[:].set_visible(False)
        axes.locator_params(axis="y", nbins=5)
    for axes in panels[-1]:
        axes.set_xlabel("j (pixels)")
    for axes in panels[:, 0]:
        axes.set_ylabel("i (pixels)")
    bar = figure.colorbar(
        plt.cm.ScalarMappable(norm, "viridis"), ax=panels, shrink=0.9, aspect=35, extend="min"
    )
    bar.set_label("error estimate (counts); white: the precision")
    bar.ax.axhline(PRECISION, color="white", lw=1.5)
    bar.outline.set_visible(False)
    report.add_figure("levels", figure)


def fractions(report: Report) -> None:
    """What the number of cells that are split decides."""
    rows = []
    for frac_refine in (0.01, 0.03, 0.1, 0.3):
        for k_max in (5, 8):
            options = dict(frac_refine=frac_refine, k_max=k_max)
            plan = gi.prepare_subpixel_refinements(func, i_pix, j_pix, GALPARS, **options)
            error, certificate = error_of(plan.pixels()), plan.certificate
            rows.append(
                [frac_refine, k_max, f"{certificate.n_evaluations / i_pix.size:.1f}", sci(error.largest)]
            )
            rows[-1] += [error.n_over, certificate.n_imprecise]
    header = ["frac_refine", "k_max", "evaluations a pixel", "largest error of a pixel (counts)"]
    header += ["pixels off by more than 1e-6", "cells of the image that stay imprecise"]
    report.add_table("fractions", header, rows)


def outline(axes: Axes, x: np.ndarray, y: np.ndarray, side: float) -> None:
    """Draws the border around cells: the edges that only one of them has."""
    columns, rows = (np.rint((at - at.min()) / side).astype(int) for at in (x, y))
    chosen = set(zip(columns.tolist(), rows.tolist(), strict=True))
    x0, y0 = x.min() - side / 2, y.min() - side / 2
    lines = []
    for column, row in chosen:
        a, b = x0 + column * side, y0 + row * side
        sides = {
            (-1, 0): ((a, b), (a, b + side)),
            (1, 0): ((a + side, b), (a + side, b + side)),
            (0, -1): ((a, b), (a + side, b)),
            (0, 1): ((a, b + side), (a + side, b + side)),
        }
        lines += [line for (di, dj), line in sides.items() if (column + di, row + dj) not in chosen]
    axes.add_collection(LineCollection(lines, colors=ORANGE, lw=0.9))


GROUPS = ("precise cells", "imprecise cells", "the cell that holds the centre")


def groups_of(level: Level) -> list[np.ndarray]:
    imprecise = level.estimate > PRECISION
    return [~imprecise & ~level.holds_centre, imprecise & ~level.holds_centre, level.holds_centre]


def average(report: Report, plan: gi.SubpixelRefinement, levels: list[Level]) -> None:
    """Is (G + C) / 2 better than G alone? On the cells of all levels, and for the image."""
    rules = {"G": "gauss", "C": "clenshaw", "(G + C) / 2": "mean"}
    average_figure(report, levels, rules)
    rows = []
    for which, name in enumerate(GROUPS):
        gauss, clenshaw, mean, estimate = (
            np.concatenate([values(level)[groups_of(level)[which]] for level in levels])
            for values in (
                lambda level: level.gauss - level.truth,
                lambda level: level.clenshaw - level.truth,
                lambda level: level.mean - level.truth,
                lambda level: level.estimate,
            )
        )
        found = [np.abs(mean) < np.abs(gauss), gauss * clenshaw < 0, estimate >= np.abs(mean)]
        ratio = np.median(estimate / np.abs(mean))
        rows.append([name, gauss.size, *map(share, found), f"{ratio:.1f}"])
    header = ["all levels together", "cells", "mean better than G", "truth between G and C"]
    header += ["estimate covers the mean's error", "estimate / error of the mean (median)"]
    report.add_table("average", header, rows)

    rows = []
    for name, rule in rules.items():
        values = [getattr(level, rule) for level in levels]
        image = gi.apply_subpixel_refinements(
            plan.idx_to_refine, values[0], values[1:], plan.n_imprecise, OVERSAMP, SIZE
        )
        error = error_of(image)
        rows.append([name, sci(error.largest), sci(error.total), error.n_over])
    header = ["value of a cell", "largest error of a pixel (counts)", "error of the sum of all pixels"]
    report.add_table("average_image", [*header, "pixels off by more than 1e-6"], rows)
    centres(report, levels)


def average_figure(report: Report, levels: list[Level], rules: dict[str, str]) -> None:
    figure, panels = plt.subplots(1, 3, figsize=(WIDTH, 3.2), sharex=True)
    for which, (axes, name) in enumerate(zip(panels, GROUPS, strict=True)):
        for (label, rule), (color, marker) in zip(
            rules.items(), ((BLUE, "o"), (SKY, "^"), (RED, "s")), strict=True
        ):
            typical = [
                np.sqrt(np.mean((getattr(level, rule) - level.truth)[groups_of(level)[which]] ** 2))
                for level in levels
            ]
            axes.plot(typical, color=color, marker=marker, mec="white", mew=0.5, label=label)
        axes.set(yscale="log", xlabel="level k", title=name)
        axes.grid(True)
    panels[0].set_ylabel("root mean square error\nof a cell (counts)")
    panels[1].legend(frameon=False)
    report.add_figure("average", figure)


class CentralPixels:
    """A pixel that holds the centre, for many places of the centre in it: errors of the rules, estimates."""

    def __init__(self, count: int) -> None:
        rng = np.random.default_rng(4)
        values = np.empty((4, count))
        for trial in range(count):
            y, x = rng.uniform(-0.5, 0.5, 2)
            at = (np.zeros(1), np.zeros(1), dict(GALPARS, x=x, y=y))
            low, gauss = (gi.gauss_legendre_tensor_integration(func, *at, order)[0] for order in (2, 3))
            values[:, trial] = low, gauss, gi.clencurt_tensor_integration(func, *at, 3)[0], exact_pixel(x, y)
        low, gauss, clenshaw, truth = values
        self.gauss, self.clenshaw = gauss - truth, clenshaw - truth
        self.mean = 0.5 * (self.gauss + self.clenshaw)
        self.by_order, self.by_kind = np.abs(gauss - low), np.abs(gauss - clenshaw)


def centres(report: Report, levels: list[Level]) -> None:
    """What the rules and the estimates are worth where the cusp is."""
    pixels = CentralPixels(100 if report.quick else 2000)
    report.numbers["central_pixels"] = pixels.mean.size
    better = np.abs(pixels.mean) < np.abs(pixels.gauss)
    between = pixels.gauss * pixels.clenshaw < 0
    rows = [
        [name, sci(np.median(np.abs(error))), sci(np.sqrt((error**2).mean())), *rest]
        for name, error, rest in (
            ("G", pixels.gauss, ["-", "-"]),
            ("C", pixels.clenshaw, ["-", "-"]),
            ("(G + C) / 2", pixels.mean, [share(better), share(between)]),
        )
    ]
    header = ["value of the pixel", "median size of its error (counts)", "root mean square", "better than G"]
    report.add_table("centres", [*header, "truth between G and C"], rows)

    cells = [groups_of(level)[1] for level in levels]
    error = np.concatenate(
        [np.abs(level.mean - level.truth)[at] for level, at in zip(levels, cells, strict=True)]
    )
    rows = []
    for name, evaluations, of_level, of_pixels in (
        ("abs(G - G')", 13, lambda level: level.by_order, pixels.by_order),
        ("abs(G - C)", 17, lambda level: level.by_kind, pixels.by_kind),
        (
            "the larger of the two",
            21,
            lambda level: level.estimate,
            np.maximum(pixels.by_order, pixels.by_kind),
        ),
    ):
        estimate = np.concatenate([of_level(level)[at] for level, at in zip(levels, cells, strict=True)])
        rows.append([name, evaluations, share(estimate >= error), share(of_pixels >= np.abs(pixels.mean))])
    header = ["estimate", "evaluations in a cell", "covers the error: imprecise cells without the centre"]
    report.add_table("estimates", [*header, "covers the error: pixels with the centre"], rows)


def share(which: np.ndarray) -> str:
    return f"{100 * which.mean():.0f} %"


def sizes(report: Report) -> None:
    """How many cells are imprecise for galaxies that differ by little."""
    rows = []
    for shift in (0.0, 0.05, 0.1, 0.15):
        plan = gi.prepare_subpixel_refinements(func, i_pix, j_pix, dict(GALPARS, x=GALPARS["x"] + shift))
        rows.append([f"{GALPARS['x'] + shift:.2f}", *plan.n_imprecise])
    report.add_table("sizes", ["x of the centre", *(f"level {k}" for k in range(len(rows[0]) - 1))], rows)


def plans(report: Report, plan: gi.SubpixelRefinement) -> None:
    """A plan applied to a galaxy that moves away from the one it was prepared for."""
    rows = []
    for shift in (0.0, 0.01, 0.1, 0.3, 1.0, 3.0, 10.0):
        moved = dict(GALPARS, x=GALPARS["x"] + shift)
        image, certificate = plan.apply(func, moved, certificate=True)
        fresh = gi.integrate_with_subpixel_refinement(func, i_pix, j_pix, moved)
        errors = [sci(error_of(each, moved["x"]).largest) for each in (image, fresh)]
        rows.append([shift, *errors, sci(certificate.max_error), "yes" if certificate.outgrown else "no"])
    prepared = plan.certificate.n_evaluations / i_pix.size
    report.numbers["outgrown_at_0"] = float(rows[0][-1] == "yes")
    report.numbers["outgrown_at_10"] = float(rows[-1][-1] == "yes")
    header = [
        "galaxy moved by (pixels)",
        "largest error, old plan applied (counts)",
        "largest error, new plan (counts)",
    ]
    report.add_table("plans", header + ["largest estimate of apply", "outgrown"], rows)
    rows = [
        ["prepare (three rules on every cell)", f"{prepared:.1f}"],
        ["apply (two rules, cells of the image only)", f"{certificate.n_evaluations / i_pix.size:.1f}"],
    ]
    report.add_table("plan_cost", ["", "evaluations a pixel"], rows)


def base_oversampling(report: Report) -> None:
    """One level of children from base_oversamp 2: the seed's positions and the ones that tile the parent."""
    base, k = 2, 1
    i, j = (np.ravel(at) for at in gi.get_ij((2 * SIZE[0], 2 * SIZE[1])))
    whole = exact_image()
    rows = []
    for name, base_of_children in (
        ("the seed's: divided by oversamp^(k-1)", 1),
        ("gaxel's: divided by base_oversamp oversamp^(k-1)", base),
    ):
        children = gi.oversample_pixels(i / base, j / base, k, OVERSAMP, base_of_children)
        values = gi.tensor_integrate_pixels(
            func, *children, GALPARS, *gi.roots_legendre(3), base * OVERSAMP**k
        )
        image = values.reshape(SIZE[0], base, SIZE[1], base, OVERSAMP**2).sum(axis=(1, 3, 4))
        error = np.abs(image - whole)
        rows.append([name, sci(error.max()), int((error > PRECISION).sum())])
    report.add_table(
        "base_oversamp",
        ["offsets of the children", "largest error (counts)", "pixels off by more than 1e-6"],
        rows,
    )
