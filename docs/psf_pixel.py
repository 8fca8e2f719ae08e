"""What it does to a fitted galaxy when the pixel is counted twice: prints docs/psf.md's table.

python docs/psf_pixel.py
"""

import gaxel
import numpy as np
from scipy.special import erf

FWHM = 2.5
SHAPE = (121, 121)


def psf_image(size: int = 41) -> np.ndarray:
    """A Gaussian integrated over pixels."""
    edges = (np.arange(size + 1) - size / 2) / (np.sqrt(2.0) * FWHM / np.sqrt(8.0 * np.log(2.0)))
    line = np.diff(erf(edges))
    return np.outer(line, line)


def main() -> None:
    holds_pixel = gaxel.Psf(psf_image())
    counted_twice = gaxel.Psf(psf_image(), pixel_in_psf="none")
    print("| n | re (pixels) | fitted n | fitted re | re off by | q 0.6 fitted as |")
    print("|---|---|---|---|---|---|")
    for n in (1.0, 4.0):
        for re in (1.0, 2.0, 5.0, 15.0):
            truth = gaxel.Sersic(x=60.2, y=59.7, flux=1000.0, re=re, n=n, q=0.6, theta=0.5)
            data = gaxel.render(truth, SHAPE, holds_pixel)
            found = gaxel.fit(data, truth, sigma=np.sqrt(0.01 + data), psf=counted_twice).components[0]
            off = 100.0 * (found.re / re - 1.0)
            print(f"| {n:g} | {re:g} | {found.n:.3f} | {found.re:.3f} | {off:+.1f} % | {found.q:.3f} |")


if __name__ == "__main__":
    main()
