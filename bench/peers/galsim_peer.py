"""GalSim: the profile convolved with a pixel, in Fourier space, and directly in real space."""

import warnings
from functools import partial
from itertools import count

import galsim
import numpy as np
from cases import Case
from peer import CannotRender, Renderer

NAME = "GalSim"
VERSION = galsim.__version__
REUSED = "the image, and the tables that GalSim keeps for each n (so with set-up: a new n)"

SETTINGS = {
    ("Fourier, as it comes", "FFT"): (galsim.GSParams(), False),
    # What the error of the core follows: it is the high frequencies that are cut off.
    ("Fourier, maxk_threshold 1e-5, kvalue_accuracy 1e-8", "finer FFT"): (
        galsim.GSParams(maxk_threshold=1e-5, kvalue_accuracy=1e-8),
        False,
    ),
    ("real space", "real space"): (galsim.GSParams(), True),
}

galsim.set_omp_threads(1)
_unused = count(1)


def _render(
    case: Case, gsparams: galsim.GSParams, real_space: bool, image: galsim.Image, n: float
) -> np.ndarray:
    # The shear keeps the area, so the round profile's radius is sqrt(a b); beta runs from +x towards +y.
    galaxy = galsim.Sersic(n=n, half_light_radius=case.re * np.sqrt(case.q), flux=1.0, gsparams=gsparams)
    galaxy = galaxy.shear(q=case.q, beta=case.theta * galsim.radians)
    # The first pixel's centre is (1, 1).
    center = galsim.PositionD(case.x + 1.0, case.y + 1.0)
    method = "auto"
    if real_space:
        galaxy = galsim.Convolve(
            galaxy, galsim.Pixel(1.0, gsparams=gsparams), real_space=True, gsparams=gsparams
        )
        method = "no_pixel"
    with warnings.catch_warnings():
        warnings.simplefilter("error", galsim.GalSimFFTSizeWarning)
        try:
            return galaxy.drawImage(image=image, scale=1.0, method=method, center=center).array
        except galsim.GalSimFFTSizeWarning as warning:
            largest = gsparams.maximum_fft_size
            raise CannotRender(
                f"would take an FFT of {warning.size} x {warning.size}; GalSim warns beyond {largest}"
            ) from None


def _image(case: Case) -> galsim.Image:
    ny, nx = case.shape
    return galsim.ImageD(nx, ny)


def _first(case: Case, gsparams: galsim.GSParams, real_space: bool) -> np.ndarray:
    # An n that differs in the tenth digit has no tables yet.
    n = case.n * (1.0 + 1e-10 * next(_unused))
    return _render(case, gsparams, real_space, _image(case), n)


def renderers(case: Case) -> list[Renderer]:
    return [
        Renderer(
            *names, partial(_render, case, *setting, _image(case), case.n), partial(_first, case, *setting)
        )
        for names, setting in SETTINGS.items()
    ]
