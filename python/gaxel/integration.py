"""The study of pixel integration that gaxel grew from: fixed rules, error estimates, sub-pixel refinement.

Functions and parameters have the names of the study. The integrand is any vectorised f(i, j, pars) that returns the light
per pixel area at the points (i, j) in an array of their shape; `compiled_sersic` and `compiled_component` run compiled.
Coordinates: i vertical, j horizontal, in pixels; GAX counts from the image centre (`get_ij`). Everything is float64.

For images of gaxel's components to a given accuracy, `gaxel.render` is the faster and safer way.

>>> from gaxel import integration
>>> i, j = integration.get_ij((90, 100))
>>> pars = dict(mag=-7.5, log_re=0.9, log_n=0.7, x=0.2, y=0.3, q=0.1, theta=0.1)
>>> image = integration.integrate_with_subpixel_refinement(integration.compiled_sersic, i, j, pars)
"""

from gaxel._core import RefinementCertificate
from gaxel._fixed_rules import (
    clencurt_tensor_integration,
    gauss_legendre_tensor_integration,
    get_ij,
    integrate_pixels,
    integrate_with_error,
    oversample_pixels,
    oversampled_integration,
    tensor_integrate_pixels,
)
from gaxel._integrand import compiled_component, compiled_sersic
from gaxel._refinement import (
    SubpixelRefinement,
    apply_subpixel_refinements,
    integrate_with_subpixel_refinement,
    prepare_subpixel_refinements,
)
from gaxel.quadrature import *  # noqa: F403
from gaxel.quadrature import __all__ as _rules

__all__ = [
    "RefinementCertificate",
    "SubpixelRefinement",
    "apply_subpixel_refinements",
    "clencurt_tensor_integration",
    "compiled_component",
    "compiled_sersic",
    "gauss_legendre_tensor_integration",
    "get_ij",
    "integrate_pixels",
    "integrate_with_error",
    "integrate_with_subpixel_refinement",
    "oversample_pixels",
    "oversampled_integration",
    "prepare_subpixel_refinements",
    "tensor_integrate_pixels",
]
__all__ += _rules
