"""Galaxy light on pixels, to an accuracy the caller asks for.

Images are float64 arrays of shape (ny, nx), row-major; the centre of pixel [row, col] is at x = col, y = row (0-based).
Angles are in radians from +x towards +y, radii in pixels along the major axis, fluxes in the image's counts.

>>> import gaxel
>>> galaxy = gaxel.Sersic(x=31.5, y=31.5, flux=1000.0, re=8.0, n=2.5, q=0.6, theta=0.4)
>>> image = gaxel.render(galaxy, shape=(64, 64))

Components: Sersic, Exponential, DeVaucouleurs, Gaussian, Moffat, King, Ferrers, ImageLight, PointSource, Sky. PSFs: Psf, GaussianPsf,
MoffatPsf, SumPsf. Functions: render,
render_with_jacobian, vjp, prepare, parameter_names, fit, fit_ladder. Modules: integration (the study that gaxel grew from), quadrature, sersic, model. Errors: InputError (a ValueError), FitError (a RuntimeError), PsfWarning.
"""

from gaxel import integration, model, quadrature, sersic
from gaxel._bands import Band, BSpline, Chebyshev, Constant, LogNormal, Normal, PerBand
from gaxel._component import Component
from gaxel._core import Certificate, FitProgress, Plan
from gaxel._core import version as __version__
from gaxel._errors import FitError, InputError, PsfWarning, RefinementWarning
from gaxel._fit import fit
from gaxel._fit_result import BandResult, FitResult, Noise, RobustErrors
from gaxel._ladder import Ladder, fit_ladder
from gaxel._parameters import parameter_names
from gaxel._psf import GaussianPsf, MoffatPsf, Psf, SumPsf
from gaxel._render import prepare, render, render_with_jacobian, vjp
from gaxel._varying_psf import Psfex, PsfGrid
from gaxel.components import *  # noqa: F403
from gaxel.components import __all__ as _component_names

__all__ = [
    "BSpline",
    "Band",
    "BandResult",
    "Certificate",
    "Chebyshev",
    "Component",
    "Constant",
    "FitError",
    "FitProgress",
    "FitResult",
    "GaussianPsf",
    "InputError",
    "Ladder",
    "LogNormal",
    "MoffatPsf",
    "Noise",
    "Normal",
    "PerBand",
    "Plan",
    "Psf",
    "PsfGrid",
    "PsfWarning",
    "Psfex",
    "RefinementWarning",
    "RobustErrors",
    "SumPsf",
    "__version__",
    "fit",
    "fit_ladder",
    "integration",
    "model",
    "parameter_names",
    "prepare",
    "quadrature",
    "render",
    "render_with_jacobian",
    "sersic",
    "vjp",
]
__all__ += _component_names
