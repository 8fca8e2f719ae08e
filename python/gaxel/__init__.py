"""Galaxy light on pixels, to an accuracy the caller asks for.

Images are float64 arrays of shape (ny, nx), row-major; the centre of pixel [row, col] is at x = col, y = row (0-based).
Angles are in radians from +x towards +y, radii in pixels along the major axis, fluxes in the image's counts.

>>> import gaxel
>>> galaxy = gaxel.Sersic(x=31.5, y=31.5, flux=1000.0, re=8.0, n=2.5, q=0.6, theta=0.4)
>>> image = gaxel.render(galaxy, shape=(64, 64))

Components: Sersic, Exponential, DeVaucouleurs, Gaussian, Moffat, King, Ferrers, ImageLight, PointSource, Sky. PSFs: Psf, GaussianPsf,
MoffatPsf, SumPsf. Functions: render,
render_with_jacobian, vjp, prepare, cells, parameter_names, fit, fit_ladder, profile_likelihood, bootstrap, sample, astropy_model,
components_from_table. Modules: integration (the study that gaxel grew from), quadrature, sersic, model. Errors: InputError (a ValueError), FitError (a RuntimeError). Warnings: PsfWarning,
ChainWarning, RefinementWarning.
"""

from gaxel import integration, model, quadrature, sersic
from gaxel._bands import Band, BSpline, Chebyshev, Constant, CountNoise, LogNormal, Normal, PerBand
from gaxel._catalogue import components_from_table
from gaxel._component import Component
from gaxel._component_cells import Cells, cells
from gaxel._core import Certificate, FitProgress, Plan
from gaxel._core import version as __version__
from gaxel._errors import ChainWarning, FitError, InputError, PsfWarning, RefinementWarning
from gaxel._fit import fit
from gaxel._fit_result import BandResult, FitResult, Noise, RobustErrors
from gaxel._ladder import Ladder, fit_ladder
from gaxel._mcmc import sample
from gaxel._modeling import astropy_model
from gaxel._parameters import parameter_names
from gaxel._progress import ProgressBar
from gaxel._psf import GaussianPsf, MoffatPsf, Psf, SumPsf
from gaxel._render import prepare, render, render_with_jacobian, vjp
from gaxel._samples import Samples
from gaxel._uncertainty import (
    DerivedValue,
    Interval,
    LogLikelihood,
    ProfileResult,
    bootstrap,
    profile_likelihood,
)
from gaxel._varying_psf import Psfex, PsfGrid
from gaxel.components import *  # noqa: F403
from gaxel.components import __all__ as _component_names

__all__ = [
    "BSpline",
    "Band",
    "BandResult",
    "Cells",
    "Certificate",
    "ChainWarning",
    "Chebyshev",
    "Component",
    "DerivedValue",
    "Constant",
    "CountNoise",
    "FitError",
    "FitProgress",
    "FitResult",
    "GaussianPsf",
    "InputError",
    "Interval",
    "Ladder",
    "LogLikelihood",
    "LogNormal",
    "MoffatPsf",
    "Noise",
    "Normal",
    "PerBand",
    "Plan",
    "ProfileResult",
    "ProgressBar",
    "Psf",
    "PsfGrid",
    "PsfWarning",
    "Psfex",
    "RefinementWarning",
    "RobustErrors",
    "Samples",
    "SumPsf",
    "__version__",
    "astropy_model",
    "bootstrap",
    "cells",
    "components_from_table",
    "fit",
    "fit_ladder",
    "integration",
    "model",
    "parameter_names",
    "prepare",
    "profile_likelihood",
    "quadrature",
    "render",
    "render_with_jacobian",
    "sample",
    "sersic",
    "vjp",
]
__all__ += _component_names
