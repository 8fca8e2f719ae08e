"""Profiles through a PSF by gaxel, GalSim and pyimfit: the largest differences, for docs/peers/convolved.md.

Prints the tables; --write puts them there. A program that is not installed is left out.
"""

import argparse
import importlib
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "python"))

import gaxel  # noqa: E402
import numpy as np  # noqa: E402
from convolved_truth import convolved_pixel  # noqa: E402
from scipy.special import gamma, gammaincinv  # noqa: E402

SHAPE = (101, 101)
FWHM = 3.5
BETA = 3.0
SIGMA = FWHM / np.sqrt(8 * np.log(2))
PLACE = {"x": 50.3, "y": 49.6, "theta": 0.6, "flux": 1.0}
SERSICS = {
    "Gaussian (n 0.5)": dict(n=0.5, re=5.0, q=0.7),
    "exponential (n 1)": dict(n=1.0, re=6.0, q=0.5),
    "Sersic n 2.5": dict(n=2.5, re=6.0, q=0.6),
    "de Vaucouleurs (n 4)": dict(n=4.0, re=8.0, q=0.8),
}
MOFFAT = dict(fwhm=6.0, beta=3.0, q=0.6)
SETTINGS = {
    "GalSim, as it comes": {},
    "GalSim, finer": dict(
        folding_threshold=1e-4, maxk_threshold=1e-5, kvalue_accuracy=1e-8, maximum_fft_size=16384
    ),
}


def load(name):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        print(f"left out: {name} is not installed ({error}); see bench/peers/README.md")
        return None


def with_galsim(galsim, name, psf_name, settings):
    gsparams = galsim.GSParams(**settings)
    if name == "Moffat":
        size = MOFFAT["fwhm"] * np.sqrt(MOFFAT["q"])
        galaxy, q = galsim.Moffat(beta=MOFFAT["beta"], fwhm=size, gsparams=gsparams), MOFFAT["q"]
    else:
        p = SERSICS[name]
        size, q = p["re"] * np.sqrt(p["q"]), p["q"]
        galaxy = galsim.Sersic(n=p["n"], half_light_radius=size, gsparams=gsparams)
    galaxy = galaxy.shear(q=q, beta=PLACE["theta"] * galsim.radians)
    psf = (
        galsim.Gaussian(fwhm=FWHM, gsparams=gsparams)
        if psf_name == "Gaussian"
        else galsim.Moffat(beta=BETA, fwhm=FWHM, gsparams=gsparams)
    )
    image = galsim.ImageD(SHAPE[1], SHAPE[0])
    center = galsim.PositionD(PLACE["x"] + 1.0, PLACE["y"] + 1.0)
    seen = galsim.Convolve(galaxy, psf, gsparams=gsparams)
    return seen.drawImage(image=image, scale=1.0, center=center).array


def component_of(name):
    return gaxel.Moffat(**PLACE, **MOFFAT) if name == "Moffat" else gaxel.Sersic(**PLACE, **SERSICS[name])


def galsim_table(galsim):
    lines = [
        "| light | PSF | " + " | ".join(SETTINGS) + " | gaxel and brute force |",
        "|" + "---|" * (3 + len(SETTINGS)),
    ]
    for name in [*SERSICS, "Moffat"]:
        for psf_name in ("Gaussian", "Moffat"):
            psf = (
                gaxel.GaussianPsf(fwhm=FWHM)
                if psf_name == "Gaussian"
                else gaxel.MoffatPsf(fwhm=FWHM, beta=BETA)
            )
            image = gaxel.render([component_of(name)], SHAPE, psf=psf)
            row = [
                f"{np.abs(with_galsim(galsim, name, psf_name, s) - image).max():.1e}"
                for s in SETTINGS.values()
            ]
            exact = "-"
            if name != "Moffat" and psf_name == "Gaussian":
                galaxy = PLACE | SERSICS[name]
                places = [(50, 50), (51, 49), (47, 52), (60, 57)]
                exact = (
                    f"{max(abs(convolved_pixel(c, r, galaxy, SIGMA) - image[r, c]) for c, r in places):.1e}"
                )
            lines.append(f"| {name} | {psf_name} | {' | '.join(row)} | {exact} |")
    return "\n".join(lines)


def with_pyimfit(pyimfit, p, kernel):
    n = p["n"]
    b = gammaincinv(2 * n, 0.5)
    i_e = 1.0 / (2 * np.pi * n * np.exp(b) * b ** (-2 * n) * gamma(2 * n) * p["re"] ** 2 * p["q"])
    galaxy = pyimfit.make_imfit_function("Sersic")
    values = {
        "PA": np.degrees(PLACE["theta"]) - 90.0,
        "ell": 1.0 - p["q"],
        "n": n,
        "I_e": i_e,
        "r_e": p["re"],
    }
    for key, value in values.items():
        getattr(galaxy, key).setValue(value)
    model = pyimfit.SimpleModelDescription()
    model.x0.setValue(PLACE["x"] + 1.0)
    model.y0.setValue(PLACE["y"] + 1.0)
    model.addFunction(galaxy)
    return pyimfit.Imfit(model, psf=kernel, maxThreads=1).getModelImage(shape=SHAPE)


def pyimfit_table(pyimfit):
    """Its own reading of the PSF: samples, with which light is convolved as pixels' integrals."""
    y, x = np.indices((41, 41)) - 20.0
    kernel = np.exp(-0.5 * (x**2 + y**2) / SIGMA**2)
    psf = gaxel.Psf(kernel, pixel_in_psf=False)
    lines = [
        "| light | pyimfit and gaxel: largest difference / flux | over the brightest pixel |",
        "|---|---|---|",
    ]
    for name, p in SERSICS.items():
        image = gaxel.render([component_of(name)], SHAPE, psf=psf)
        difference = np.abs(with_pyimfit(pyimfit, p, kernel) - image).max()
        lines.append(f"| {name} | {difference:.1e} | {difference / image.max():.1e} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/peers/convolved.md")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    galsim, pyimfit = load("galsim"), load("pyimfit")
    if arguments.write and not (galsim and pyimfit):
        parser.error("--write needs both programs")
    tables = [make(module) for make, module in ((galsim_table, galsim), (pyimfit_table, pyimfit)) if module]
    print("\n\n".join(tables))
    if not arguments.write:
        return
    versions = f"GalSim {galsim.__version__}, pyimfit {pyimfit.__version__}"
    (
        ROOT / "docs" / "peers" / "convolved.md"
    ).write_text(f"""# Profiles through a PSF, beside GalSim and pyimfit

Largest differences of any pixel, as parts of the flux; 101 x 101 pixels, PSFs of FWHM 3.5 pixels (Moffat: beta 3), light of re 5 to 8
pixels (Moffat: FWHM 6, beta 3) with its centre off the pixels' centres. Made by `bench/peers/convolved.py --write` with {versions}.

## GalSim

Both convolve in Fourier space and integrate over pixels. GalSim states its accuracy by thresholds: as it comes, frequencies are cut where the
amplitude is below `maxk_threshold` 1e-3, images fold where 5e-3 of the flux is left (`folding_threshold`), tables of the transforms are
good to `kvalue_accuracy` 1e-5; finer is 1e-5, 1e-4 and 1e-8. Differences are below these thresholds, and fall with them. The last
column: gaxel and a sum by brute force (`tests/python/convolved_truth.py`) in four pixels.

{tables[0]}

## pyimfit

Imfit convolves the integrals of pixels with the PSF's image, both as if all light of a pixel lay in its centre; its image is read
as samples, which is gaxel's `pixel_in_psf=False`. What differs is light inside pixels, which their grid does not hold
([convolution](../math/convolution.md)): most where it is steep.

{tables[1]}
""")


if __name__ == "__main__":
    main()
