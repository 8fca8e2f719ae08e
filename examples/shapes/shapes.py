"""Draws each shape that any law can take, on the same disc, and some together.

.venv/bin/python examples/shapes/shapes.py [picture.png]
"""

import sys

import gaxel
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

SIZE = 160
NIGHT = LinearSegmentedColormap.from_list(
    "night", ["#05060f", "#131a3a", "#3a3f7d", "#8f5f93", "#e08a7a", "#f8c98f", "#fffbe8"]
)
PLACE = {"x": 0.5 * (SIZE - 1), "y": 0.5 * (SIZE - 1)}
DISC = {**PLACE, "flux": 1e5, "re": 22.0, "q": 0.55, "theta": 0.5}


def disc(**shape):
    return gaxel.Exponential(**{**DISC, **shape})


def truncated(**cut):
    hole = gaxel.Truncation(**PLACE, rbreak=30.0, softening=12.0, q=0.7, theta=0.5)
    return gaxel.Exponential(**{**DISC, "re": 20.0, "q": 0.7}, **{key: [hole] for key in cut}), hole


def barred_spiral():
    arms = {
        "spiral_angle": 5.2,
        "spiral_rin": 14.0,
        "spiral_rout": 42.0,
        "spiral_power": 0.3,
        "spiral_inclination": 0.75,
        "spiral_node": 0.5,
    }
    return [
        disc(q=0.26, re=27.0, theta=1.2, f1=0.15, f1_phase=1.0, **arms),
        gaxel.Exponential(**PLACE, flux=6e4, re=26.0, q=np.cos(0.75), theta=0.5),
        gaxel.Sersic(**PLACE, flux=8e3, re=3.0, n=1.5, q=0.9, theta=0.5),
    ]


def ring_galaxy():
    wreath = gaxel.Truncation(**PLACE, rbreak=40.0, softening=16.0, q=0.8, theta=0.5, f3=0.12, f3_phase=0.4)
    rim = gaxel.Truncation(**PLACE, rbreak=66.0, softening=16.0, q=0.8, theta=0.5)
    return [
        gaxel.Exponential(**PLACE, flux=2e5, re=50.0, q=0.8, theta=0.5, inner=[wreath], outer=[rim]),
        gaxel.Sersic(**PLACE, flux=2.5e4, re=9.0, n=2.0, q=0.5, theta=-0.6, c0=1.0, outer=[wreath]),
        wreath,
        rim,
    ]


PANELS = {
    "the ellipse": disc(),
    "c0 = 2: boxy": disc(c0=2.0),
    "c0 = -0.9: discy": disc(c0=-0.9),
    "f1 = 0.3: lopsided": disc(f1=0.3, f1_phase=0.3),
    "f3 = 0.2": disc(f3=0.2, f3_phase=0.4),
    "f6 = 0.08": disc(f6=0.08, q=0.8),
    "b2 = 5: a banana": disc(b2=5.0, q=0.3),
    "b3 = 2: an S": disc(b3=2.0, q=0.3),
    "asymmetry = 0.6": disc(asymmetry=0.6, asymmetry_angle=0.4),
    "spiral": disc(q=0.3, spiral_angle=3.5, spiral_rin=0.0, spiral_rout=40.0, spiral_power=0.6),
    "logspiral behind a bar": disc(
        q=0.26, logspiral_angle=2.6, logspiral_rin=16.0, logspiral_rout=38.0, logspiral_scale=6.0
    ),
    "inner: light beyond a truncation": list(truncated(inner=True)),
    "outer: light within it": list(truncated(outer=True)),
    "disc, barred spiral, bulge": barred_spiral(),
    "a boxy bar in a wreath of f3": ring_galaxy(),
}


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else "shapes.png"
    figure, axes = plt.subplots(3, 5, figsize=(15.0, 9.7), facecolor="#05060f")
    for axis, (title, components) in zip(axes.flat, PANELS.items(), strict=True):
        image = gaxel.render(components, (SIZE, SIZE), rtol=1e-4)
        peak = np.quantile(image, 0.999)
        axis.imshow(
            np.arcsinh(image / (0.02 * peak)), cmap=NIGHT, origin="lower", vmin=0.0, vmax=np.arcsinh(50.0)
        )
        levels = peak * 2.0 ** np.arange(-6.5, 0.0)
        axis.contour(image, levels=levels, colors="white", linewidths=0.5, alpha=0.45)
        axis.set_title(title, color="#e8e6f0", fontsize=11)
        axis.set_axis_off()
    figure.tight_layout(pad=0.6)
    figure.savefig(path, dpi=100, facecolor=figure.get_facecolor())
    print(path)


if __name__ == "__main__":
    main()
