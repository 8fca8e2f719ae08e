"""Components as models of astropy.modeling, which is imported only when one is asked for."""

from typing import Any

from numpy.typing import ArrayLike

from gaxel._arrays import as_tolerance
from gaxel._errors import input_error
from gaxel._parameters import Components, as_list
from gaxel._psf import AnyPsf, Psf, VaryingPsf


def astropy_model(
    components: Components,
    psf: AnyPsf | ArrayLike | None = None,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
) -> Any:
    """Components as a model of astropy.modeling, for its fitters and compound models: its values are integrals over pixels, and
    its derivatives are analytic, through the PSF.

    Parameters
    ----------
    components : Component or sequence of Component
        What is not given must have a fallback, as in render.
    psf : Psf, GaussianPsf, MoffatPsf, SumPsf or array_like, optional
        As in render.
    rtol, atol : float
        As in render.

    Returns
    -------
    astropy.modeling.Fittable2DModel
        model(x, y) is the light in pixels whose centres are at x and y, arrays of one shape: pixels are one wide, so these must
        lie whole numbers apart, as those of numpy.mgrid do. They may be a part of an image, in any order. Of a single
        component the parameters are called as its own ("re"; "mag" where it was given one), of several
        "bulge_re", by their names. They have the registry's ranges as bounds; constants, and slopes of a sky that are
        not given, are fixed. model.components has the components with the model's values, for fit, render and plots.

    Raises
    ------
    ImportError
        astropy is not installed.
    InputError
        Names the argument and what is allowed; the model raises it, too, for x and y that are no pixels.
    """
    from gaxel._astropy_model import make_model

    source = "astropy_model"
    if isinstance(psf, VaryingPsf):
        raise input_error(
            source, "psf", type(psf).__name__, "depends on the place in the image", "psf.at(x, y), a Psf"
        )
    listed = as_list(components, source)
    kept = psf if psf is None or isinstance(psf, AnyPsf) else Psf(psf)
    return make_model(tuple(listed), kept, *as_tolerance(rtol, atol, source))
