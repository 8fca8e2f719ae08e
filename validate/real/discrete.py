"""Fits of light that is convolved as Imfit and GALFIT do: pixels with the PSF's image, on the data's grid."""

import gaxel
import numpy as np
from astropy.io import fits
from real.tables import SCALE_OF_DISC
from scipy.optimize import least_squares
from scipy.signal import fftconvolve

MARGIN = 30  # pixels about the image, whose light the PSF brings in
NAMES = ("x", "y", "light", "re", "n", "q", "pa")
DISC = ("light disc", "h", "q disc", "pa disc")
LOW = {"re": 0.05, "n": 0.2, "q": 0.03, "h": 0.1, "q disc": 0.03}
HIGH = {"n": 20.0, "q": 1.0, "q disc": 1.0}


class DiscreteFit:
    """The images of a case; model as real.scenes.one_galaxy() and with_disc() have it."""

    @staticmethod
    def has(case):
        """Whether it is of those images that come with their sigma."""
        return case.startswith("hsc ")

    def __init__(self, data, case):
        which = case.split()[1]
        folder = data / "hsc_pysersic"
        self.image, sigma, mask, psf = (
            fits.getdata(folder / f"{which}_{kind}.fits").astype(float)
            for kind in ("image", "sigma", "mask", "psf")
        )
        self.psf = psf / psf.sum()
        self.used = (mask == 0) & (sigma > 0) & np.isfinite(self.image)
        self.sigma = sigma[self.used]

    def light(self, values):
        at = {"x": values["x"] - 1 + MARGIN, "y": values["y"] - 1 + MARGIN}

        def flux(magnitude):
            return 10 ** (-0.4 * (magnitude - 27.0))

        parts = [
            gaxel.Sersic(
                flux=flux(values["light"]),
                re=values["re"],
                n=values["n"],
                q=values["q"],
                theta=np.radians(values["pa"] + 90),
                **at,
            )
        ]
        if "h" in values:
            parts.append(
                gaxel.Exponential(
                    flux=flux(values["light disc"]),
                    re=SCALE_OF_DISC * values["h"],
                    q=values["q disc"],
                    theta=np.radians(values["pa disc"] + 90),
                    **at,
                )
            )
        return parts

    def residuals(self, values):
        shape = tuple(side + 2 * MARGIN for side in self.image.shape)
        pixels = fftconvolve(gaxel.render(self.light(values), shape), self.psf, mode="same")
        model = pixels[MARGIN:-MARGIN, MARGIN:-MARGIN]
        return (self.image - model)[self.used] / self.sigma

    def best(self, start):
        """Values and chi2 of the least squares from a start, another program's result."""
        names = [name for name in (*NAMES, *DISC) if name in start]
        result = least_squares(
            lambda p: self.residuals(dict(zip(names, p, strict=True))),
            [start[name] for name in names],
            bounds=([LOW.get(name, -np.inf) for name in names], [HIGH.get(name, np.inf) for name in names]),
            x_scale="jac",
            diff_step=1e-5,
        )
        return dict(zip(names, result.x, strict=True)), 2 * result.cost
