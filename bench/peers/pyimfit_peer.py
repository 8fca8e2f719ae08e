"""pyimfit: Imfit's Sersic function, with its sub-sampling near the centre and without."""

import contextlib
import io
from functools import partial

import numpy as np
import pyimfit
from cases import Case
from peer import Renderer
from seed_jax import series_bn

NAME = "pyimfit"
VERSION = pyimfit.__version__
REUSED = "the fitter object with its image"

SETTINGS = {("as it comes", "default"): True, ("no sub-sampling", "pixel centres"): False}


def _parameters(case: Case) -> dict[str, float]:
    return {
        "X0": case.x + 1.0,
        "Y0": case.y + 1.0,
        "PA": np.degrees(case.theta) - 90.0,  # from +y towards -x
        "ell": 1.0 - case.q,
        "n": case.n,
        "I_e": case.intensity_at_re(series_bn(case.n)),
        "r_e": case.re,
    }


def _fitter(case: Case, subsampling: bool) -> pyimfit.Imfit:
    values = _parameters(case)
    galaxy = pyimfit.make_imfit_function("Sersic")
    for name in ("PA", "ell", "n", "I_e", "r_e"):
        getattr(galaxy, name).setValue(values[name])
    model = pyimfit.SimpleModelDescription()
    model.x0.setValue(values["X0"])
    model.y0.setValue(values["Y0"])
    model.addFunction(galaxy)
    fitter = pyimfit.Imfit(model, maxThreads=1, subsampling=subsampling)
    with contextlib.redirect_stdout(io.StringIO()):
        fitter.getModelImage(shape=case.shape)
    return fitter


def _render(case: Case, fitter: pyimfit.Imfit) -> np.ndarray:
    return fitter.getModelImage(newParameters=np.array(list(_parameters(case).values())))


def renderers(case: Case) -> list[Renderer]:
    return [
        Renderer(*names, partial(_render, case, _fitter(case, sub)), partial(_fitter, case, sub))
        for names, sub in SETTINGS.items()
    ]
