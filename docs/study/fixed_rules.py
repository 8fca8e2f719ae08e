"""The first half of the study: the same rule for every pixel."""

from collections.abc import Callable

import gaxel
import numpy as np
from galaxy import FLUX, error_of, exact_image, func, i_pix, j_pix
from gaxel import integration as gi
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from report import BLUE, GREEN, ORANGE, PINK, SKY, WIDTH, Report, sci
from study_galaxy import GALPARS, SIZE, component


def fixed(rule: Callable, order: int) -> np.ndarray:
    return rule(func, i_pix, j_pix, GALPARS, order)


def kronrod() -> np.ndarray:
    return gi.integrate_pixels(func, i_pix, j_pix, GALPARS, *gi.K15_2d_nodes, gi.K15_2d_weights)


def g7() -> np.ndarray:
    return gi.integrate_pixels(func, i_pix, j_pix, GALPARS, *gi.G7_2d_nodes, gi.G7_2d_weights)


def run(report: Report) -> None:
    gl7, cc7, k15 = (
        fixed(gi.gauss_legendre_tensor_integration, 7),
        fixed(gi.clencurt_tensor_integration, 7),
        kronrod(),
    )
    report.numbers |= {
        "func_0_0": float(func(0, 0, GALPARS)),
        "g7_minus_gl7": float(np.abs(g7() - gl7).max()),
        "k15_minus_g7": float(np.abs(k15 - g7()).max()),
    }
    rules(report)
    kronrod_blocks(report)
    sets(report)
    galaxy_figure(report)
    nodes_figure(report)
    maps_figure(report, gl7, cc7, k15)


def rules(report: Report) -> None:
    """Every rule of the notebook: what it costs and what it misses."""
    families = [
        ("midpoint", gi.oversampled_integration, (1, 3, 7, 15), lambda order: 1),
        ("Gauss-Legendre", gi.gauss_legendre_tensor_integration, (2, 3, 7, 15), lambda order: 2 * order - 1),
        ("Clenshaw-Curtis", gi.clencurt_tensor_integration, (3, 7, 15), lambda order: order),
    ]
    images = [
        (f"{family}, {order} x {order}", order**2, degree(order), fixed(rule, order))
        for family, rule, orders, degree in families
        for order in orders
    ]
    # Kronrod 1965: degree 3 m + 1 for m Gauss nodes, and one more for odd functions.
    images.append(("Kronrod K15, 15 x 15", 225, 23, kronrod()))
    rows = []
    for name, nodes, degree, image in images:
        error = error_of(image)
        largest = f"{sci(error.largest)} ({100 * error.largest / FLUX:.1f} %)"
        rows.append([name, nodes, degree, largest, sci(error.total), error.n_over])
    header = ["rule", "nodes in a pixel", "exact to degree", "largest error of a pixel, counts (of the flux)"]
    header += ["error of the sum of all pixels", "pixels off by more than 1e-6"]
    report.add_table("rules", header, rows)


def kronrod_blocks(report: Report) -> None:
    """The 225 nodes of K15 in a pixel: what is old and what is new."""
    new = gi.K15_new_2d_weights
    blocks = [
        ("old x old: the pixel's G7 nodes, values known", gi.K15_G7_2d_weights),
        ("old x new (seed's first block)", new[:56]),
        ("new x old (seed's second block)", new[56:112]),
        ("new x new (seed's third block)", new[112:]),
    ]
    rows = [[name, weights.size, f"{weights.sum():.4f}"] for name, weights in blocks]
    weights = np.concatenate([weights for _, weights in blocks])
    rows.append(["together", weights.size, f"{weights.sum():.4f}"])
    report.add_table("blocks", ["block", "nodes", "sum of its weights"], rows)
    report.numbers["k15_nodes"] = weights.size
    shared = gi.integrate_pixels(func, i_pix, j_pix, GALPARS, *gi.G7_2d_nodes, gi.K15_G7_2d_weights)
    nested = shared + gi.integrate_pixels(func, i_pix, j_pix, GALPARS, *gi.K15_new_2d_nodes, new)
    report.numbers["nested_minus_k15"] = float(np.abs(nested - kronrod()).max())


def same_by_coordinate(a: np.ndarray, b: np.ndarray) -> bool:
    """The seed's check: each row of numbers sorted by itself."""
    return bool((np.sort(a, axis=1) == np.sort(b, axis=1)).all())


def same_points(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether the columns are the same points, in whatever order."""
    return {*zip(*a, strict=True)} == {*zip(*b, strict=True)} and a.shape == b.shape


def sets(report: Report) -> None:
    """Is G7's set of nodes with the 176 new ones the K15 set? And what would a wrong set do?"""
    union = np.hstack((gi.G7_2d_nodes, gi.K15_new_2d_nodes))
    weights = np.concatenate((gi.K15_G7_2d_weights, gi.K15_new_2d_weights))
    wrong = np.stack((union[0], np.random.default_rng(1).permutation(union[1])))
    whole = gi.K15_2d_nodes
    rows = [
        [name, *("equal" if check(candidate, whole) else "not equal" for candidate in (union, wrong))]
        for name, check in (
            ("the seed's: each coordinate sorted by itself", same_by_coordinate),
            ("as points (di, dj)", same_points),
        )
    ]
    weighted = [np.vstack(pair) for pair in ((union, weights), (wrong, weights), (whole, gi.K15_2d_weights))]
    verdicts = ("equal" if same_points(candidate, weighted[2]) else "not equal" for candidate in weighted[:2])
    rows.append(["as points with their weights (di, dj, w)", *verdicts])
    distinct = len({*zip(*wrong, strict=True)})
    header = [
        "comparison with the K15 nodes",
        "G7 + 176 new",
        f"with dj shuffled: {distinct} of the 225 points",
    ]
    report.add_table("sets", header, rows)
    report.numbers["sets"] = [row[1:] for row in rows]


def draw_pixel(axes: Axes, title: str) -> None:
    axes.add_patch(plt.Rectangle((-0.5, -0.5), 1, 1, fill=False, color="#444444", lw=1, zorder=0.5))
    axes.set(xlim=(-0.57, 0.57), ylim=(-0.57, 0.57), aspect="equal", title=title)
    axes.set(xticks=(-0.5, 0, 0.5), yticks=(-0.5, 0, 0.5), xlabel="dj (pixels)")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def nodes_figure(report: Report) -> None:
    """Where the nodes of a pixel are; areas and numbers: weights."""
    figure, panels = plt.subplots(1, 4, figsize=(WIDTH, 3.0), sharey=True)
    simple = [
        ("midpoint, 3 x 3", gi.roots_midpoint),
        ("Gauss-Legendre, 3 x 3", gi.roots_legendre),
        ("Clenshaw-Curtis, 3 x 3", gi.roots_clencurt),
    ]
    for axes, (title, roots) in zip(panels[:3], simple, strict=True):
        di, dj, weights = gi.tensor_rule(*roots(3))
        axes.scatter(dj, di, s=1000 * weights, color=BLUE, alpha=0.85, lw=0, clip_on=False)
        for x, y, weight in zip(dj, di, weights, strict=True):
            # Inside the pixel: numbers of the nodes on its border step aside.
            side = "left" if x < -0.45 else "right" if x > 0.45 else "center"
            aside = {"left": 4, "right": -4, "center": 0}[side]
            below = (9 + 14 * weight**0.5) * (1 if y < -0.36 else -1)
            text = f"{weight:.3f}".removeprefix("0")
            axes.annotate(
                text, (x, y), (aside, below), textcoords="offset points", ha=side, va="center", fontsize=7
            )
        draw_pixel(axes, title)
    new = gi.K15_new_2d_nodes
    blocks = [
        (gi.G7_2d_nodes, gi.K15_G7_2d_weights, BLUE, "old x old: 49"),
        (new[:, :56], gi.K15_new_2d_weights[:56], ORANGE, "old x new: 56"),
        (new[:, 56:112], gi.K15_new_2d_weights[56:112], GREEN, "new x old: 56"),
        (new[:, 112:], gi.K15_new_2d_weights[112:], PINK, "new x new: 64"),
    ]
    for (di, dj), weights, color, label in blocks:
        panels[3].scatter(dj, di, s=2 + 2200 * weights, color=color, lw=0, label=label, clip_on=False)
    draw_pixel(panels[3], "Kronrod K15, 15 x 15")
    panels[0].set_ylabel("di (pixels)")
    handles, labels = panels[3].get_legend_handles_labels()
    legend = figure.legend(
        handles, labels, loc="outside lower right", ncols=4, frameon=False, handletextpad=0.1
    )
    for handle in legend.legend_handles:
        handle.set_sizes([30])
    report.add_figure("nodes", figure)


def maps_figure(report: Report, gl7: np.ndarray, cc7: np.ndarray, k15: np.ndarray) -> None:
    """|error| / flux in every pixel, one scale for all rules."""
    images = [
        ("midpoint, 1 node", fixed(gi.oversampled_integration, 1)),
        ("midpoint, 7 x 7", fixed(gi.oversampled_integration, 7)),
        ("Gauss-Legendre, 3 x 3", fixed(gi.gauss_legendre_tensor_integration, 3)),
        ("Gauss-Legendre, 7 x 7", gl7),
        ("Clenshaw-Curtis, 7 x 7", cc7),
        ("Kronrod K15, 15 x 15", k15),
        ("refinement, the seed's", gi.integrate_with_subpixel_refinement(func, i_pix, j_pix, GALPARS)),
        ("gaxel.render, 1e-6", gaxel.render(component(GALPARS, SIZE), SIZE)),
    ]
    figure, panels = plt.subplots(2, 4, figsize=(WIDTH, 4.3), sharex=True, sharey=True)
    norm = LogNorm(1e-12, 1e-1, clip=True)
    extent = (-SIZE[1] / 2, SIZE[1] / 2, -SIZE[0] / 2, SIZE[0] / 2)
    for axes, (title, image) in zip(panels.flat, images, strict=True):
        error = np.abs(image - exact_image())
        shown = axes.imshow(
            np.maximum(error / FLUX, 1e-12), origin="lower", norm=norm, cmap="cividis", extent=extent
        )
        axes.set_title(f"{title}\nlargest {sci(error.max())} counts", fontsize=8.5)
        axes.spines[:].set_visible(False)
    for axes in panels[1]:
        axes.set_xlabel("j (pixels)")
    for axes in panels[:, 0]:
        axes.set_ylabel("i (pixels)")
    bar = figure.colorbar(shown, ax=panels, shrink=0.9, aspect=35, extend="min")
    bar.set_label("|error of the pixel| / flux")
    bar.outline.set_visible(False)
    report.add_figure("error_maps", figure)


def galaxy_figure(report: Report) -> None:
    """The galaxy, and its core with the pixels' borders."""
    figure, (whole, core) = plt.subplots(1, 2, figsize=(WIDTH, 3.9), width_ratios=(1, 1))
    image = exact_image()
    extent = (-SIZE[1] / 2, SIZE[1] / 2, -SIZE[0] / 2, SIZE[0] / 2)
    shown = whole.imshow(image, origin="lower", norm=LogNorm(1e-4, 200), cmap="inferno", extent=extent)
    whole.set(xlabel="j (pixels)", ylabel="i (pixels)", title="exact counts in each pixel")
    figure.colorbar(shown, ax=whole, shrink=0.85, label="counts")
    side = np.linspace(-2, 2, 401)
    j, i = np.meshgrid(side, side)
    light = core.imshow(
        func(i, j, GALPARS), origin="lower", norm=LogNorm(1, 1e5), cmap="inferno", extent=(-2, 2, -2, 2)
    )
    core.set(xticks=range(-2, 3), yticks=range(-2, 3))
    core.grid(color="white", lw=0.7, alpha=0.7)
    core.set_axisbelow(False)
    core.plot(j_pix[43:47, 48:52], i_pix[43:47, 48:52], ".", color="white", ms=4)
    core.plot(GALPARS["x"], GALPARS["y"], "+", color=SKY, ms=10, mew=1.8)
    core.set(xlabel="j (pixels)", title="light inside the pixels of the core")
    figure.colorbar(light, ax=core, shrink=0.85, label="counts per pixel area")
    report.add_figure("galaxy", figure)
