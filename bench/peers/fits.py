"""Fits by gaxel and by pyimfit of the same galaxies from the same starts: time, and how many reach the best chi2.

Prints the tables; --write puts them into docs/peers/fits.md.
"""

import argparse
import contextlib
import io
import os
import platform
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "python"))

import gaxel  # noqa: E402
import numpy as np  # noqa: E402
from scipy.special import gamma, gammaincinv  # noqa: E402
from simulated_galaxies import poor_start, simulate  # noqa: E402

FWHM = 3.0
LARGE = {"x": 99.3, "y": 101.2, "flux": 1000.0, "re": 20.0, "n": 3.0, "q": 0.6, "theta": 0.7}
LARGE_SHAPE = (200, 200)


def psf_image():
    """A Gaussian at pixel centres: what both programs convolve light of whole pixels with."""
    y, x = np.mgrid[:25, :25] - 12.0
    image = np.exp(-0.5 * (x**2 + y**2) / (FWHM / 2.3548200450309493) ** 2)
    return image / image.sum()


PSF = gaxel.Psf(psf_image(), pixel_in_psf="none")


def bn(n):
    return gammaincinv(2.0 * n, 0.5)


def intensity(galaxy):
    """Imfit's I_e, at the half-light radius."""
    b = bn(galaxy.n)
    total = 2.0 * np.pi * galaxy.re**2 * galaxy.q * galaxy.n * np.exp(b) * b ** (-2.0 * galaxy.n)
    return galaxy.flux / (total * gamma(2.0 * galaxy.n))


def by_gaxel(data, sigma, start):
    begin = time.perf_counter()
    result = gaxel.fit(data, [start, gaxel.Sky(level=9.0, name="sky")], sigma=sigma, psf=PSF, threads=1)
    return result.chi2, time.perf_counter() - begin


def by_pyimfit(pyimfit, data, sigma, start):
    galaxy = pyimfit.make_imfit_function("Sersic")
    ellipticity = float(np.clip(1.0 - start.q, 0.01, 0.95))
    limits = {
        "PA": (-360.0, 360.0),
        "ell": (0.0, 0.99),
        "n": (0.1, 20.0),
        "I_e": (1e-8, 1e8),
        "r_e": (0.01, 1e4),
    }
    starts = {
        "PA": np.degrees(start.theta) - 90.0, "ell": ellipticity, "n": start.n, "I_e": intensity(start),
        "r_e": start.re,
    }  # fmt: skip
    for name, value in starts.items():
        getattr(galaxy, name).setValue(value, limits[name])
    sky = pyimfit.make_imfit_function("FlatSky")
    sky.I_sky.setValue(9.0, (-1e6, 1e6))
    model = pyimfit.SimpleModelDescription()
    model.x0.setValue(start.x + 1.0, (start.x - 19.0, start.x + 21.0))
    model.y0.setValue(start.y + 1.0, (start.y - 19.0, start.y + 21.0))
    model.addFunction(galaxy)
    model.addFunction(sky)
    with contextlib.redirect_stdout(io.StringIO()):
        fitter = pyimfit.Imfit(model, psf=psf_image(), maxThreads=1)
        fitter.loadData(data, error=np.full(data.shape, sigma), error_type="sigma")
        begin = time.perf_counter()
        fitter.doFit(solver="LM")
        seconds = time.perf_counter() - begin
    return fitter.fitStatistic, seconds


def large_galaxy(pyimfit):
    """One galaxy in 200 x 200 pixels from a usual start, best times of several fits."""
    truth = gaxel.Sersic(**LARGE, name="galaxy")
    image = gaxel.render(truth, LARGE_SHAPE, psf=PSF)
    sigma = image.max() / 100.0
    data = image + 10.0 + sigma * np.random.default_rng(1).standard_normal(LARGE_SHAPE)
    start = truth.replace(x=98.0, y=102.0, re=15.0, n=2.0, q=0.8, theta=0.4, flux=800.0)
    ours = [by_gaxel(data, sigma, start) for _ in range(5)]
    theirs = [by_pyimfit(pyimfit, data, sigma, start) for _ in range(2)]
    one, other = min(seconds for _, seconds in ours), min(seconds for _, seconds in theirs)
    return [
        "| | chi2 | seconds |",
        "|---|---|---|",
        f"| gaxel | {ours[0][0]:.3f} | {one:.4f} |",
        f"| pyimfit, Levenberg-Marquardt | {theirs[0][0]:.3f} | {other:.3f} |",
        f"| ratio | | {other / one:.0f} |",
    ]


def poor_starts(pyimfit, n):
    """How many poor starts reach the best chi2 that either program finds from them or from the truth."""
    reached = np.zeros((2, n), bool)
    seconds = np.zeros((2, n))
    for seed in range(n):
        one = simulate(5000 + seed, (20.0, 200.0))
        start = poor_start(one.truth, seed)
        chi2 = np.zeros(2)
        chi2[0], seconds[0, seed] = by_gaxel(one.data, one.sigma, start)
        chi2[1], seconds[1, seed] = by_pyimfit(pyimfit, one.data, one.sigma, start)
        best = [
            by_gaxel(one.data, one.sigma, one.truth)[0],
            by_pyimfit(pyimfit, one.data, one.sigma, one.truth)[0],
        ]
        # Each program's own best: they differ by a little in how they convolve.
        reached[:, seed] = chi2 < np.array(best) + 1e-3 * one.data.size
    return [
        "| | reach the best chi2, percent | seconds, median |",
        "|---|---|---|",
        f"| gaxel | {100 * reached[0].mean():.1f} | {np.median(seconds[0]):.4f} |",
        f"| pyimfit, Levenberg-Marquardt | {100 * reached[1].mean():.1f} | {np.median(seconds[1]):.3f} |",
    ]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--starts", type=int, default=300)
    args = parser.parse_args()
    # pyimfit's Fourier transforms take threads whatever maxThreads says.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    try:
        import pyimfit
    except ImportError as error:
        print(f"left out: pyimfit is not installed ({error}); see bench/peers/README.md")
        return
    lines = [
        "# Fits beside pyimfit",
        "",
        "Made by `.venv/bin/python bench/peers/fits.py --write`; gaxel "
        f"{gaxel.__version__}, pyimfit {pyimfit.__version__}, {platform.machine()}, one core each.",
        "Both convolve with the same image of a PSF, 25 x 25 pixels.",
        "",
        "One Sersic profile (n 3, re 20, q 0.6) and a flat sky in 200 x 200 pixels, peak signal-to-noise ratio 100, from a usual start:",
        "",
        *large_galaxy(pyimfit),
        "",
        f"{args.starts} galaxies in 64 x 64 pixels, signal-to-noise ratio 20 to 200, from starts with the centre off by 5 pixels, size and",
        "flux wrong by a factor 3, index, axis ratio and angle of any kind. Best is what the program finds from the truth, to 0.001 of",
        "the degrees of freedom:",
        "",
        *poor_starts(pyimfit, args.starts),
    ]
    print("\n".join(lines))
    if args.write:
        (ROOT / "docs/peers/fits.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
