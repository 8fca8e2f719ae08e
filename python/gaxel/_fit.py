"""Fitting components to images."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gaxel import _core
from gaxel._arrays import as_float, as_int, as_positive, as_threads, as_tolerance
from gaxel._bands import Band, CountNoise, Variation
from gaxel._errors import input_error, shown
from gaxel._fit_result import FitResult, to_result
from gaxel._fit_scene import Bounds, FitScene, Limits, Prior
from gaxel._observed import is_nddata
from gaxel._parameters import Components, as_list
from gaxel._progress import callback_of, log_end
from gaxel._psf import AnyPsf, VaryingPsf


def fit(
    data: ArrayLike | Band | Sequence[Band],
    components: Components,
    *,
    sigma: ArrayLike | float | None = None,
    mask: ArrayLike | None = None,
    psf: AnyPsf | VaryingPsf | ArrayLike | None = None,
    fixed: str | Iterable[str] = (),
    bounds: Bounds | None = None,
    vary: Mapping[str, Variation] | None = None,
    ties: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    priors: Mapping[str, Prior] | None = None,
    likelihood: str = "gaussian",
    counts: CountNoise | None = None,
    student_dof: float | None = None,
    huber_threshold: float | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    noise_share: float = 1e-3,
    max_iterations: int = 200,
    max_seconds: float | None = None,
    ftol: float = 1e-9,
    starts: int = 1,
    seed: int = 0,
    threads: int | None = None,
    robust: bool = False,
    progress: Callable[[_core.FitProgress], Any] | bool | None = None,
) -> FitResult:
    """Fit components to an image, or to images in several bands at once, by the best likelihood with analytic
    derivatives: weighted least squares, unless told otherwise.

    Parameters
    ----------
    data : array_like, shape (ny, nx), or astropy.nddata.NDData, or Band, or sequence of Band
        The image, in counts. A masked array's mask counts. Bands bring their own sigma, mask and psf, an NDData what it has
        of these (as in Band).
    components : Component or sequence of Component
        The starting values. Those left out are estimated from the image; of a sky, slopes left out stay 0; of an image,
        scale and theta left out stay 1 and 0.
    sigma : array_like, shape (ny, nx), or float
        Standard deviation of each pixel; needed unless the data bring it, are bands, or counts are given.
    mask : array_like, shape (ny, nx), optional
        True or non-zero: the pixel is bad and not used.
    psf : Psf, GaussianPsf, MoffatPsf, SumPsf or array_like, optional
        As in render.
    fixed : str or iterable of str
        Parameters to keep at their value: names of parameter_names(components), or shell patterns ("*.q").
    bounds : dict, optional
        Parameter name or pattern to (lowest, highest); None: no bound on that side. "disc.re[1]": of one coefficient of a
        series, or of the value in one band; of a series these stand in the place of other bounds.
    vary : dict, optional
        Parameter name or pattern to how it depends on the band: Constant(), PerBand(), Chebyshev(terms) or
        BSpline(terms). Without, fluxes, magnitudes and sky are PerBand() and all else is Constant().
    ties : dict, optional
        Parameter name to an expression that it follows in every band, of names of others and numbers: "disc.x",
        "0.5 * disc.re", "disc.mag + 1". muParser's grammar (+ - * / ^, sqrt, exp, ln, log10, min, max, a ? b : c), and
        _wavelength.
    limits : dict, optional
        "bulge.re / disc.re" or "bulge.mag - disc.mag" to (lowest, highest), None: no limit on that side. Names, not patterns, of
        parameters in the same unit; magnitudes, x, y and theta have differences only. The first of the two is searched by that
        ratio or difference, and has no bounds of its own; a start outside is moved to the nearest end.
    priors : dict, optional
        Parameter name or pattern to Normal(mean, sigma) or LogNormal(median, sigma): chi2 of it is added.
    likelihood : str
        How the noise is distributed. "gaussian": with sigma. "model_sigma": normal, with the variance of the photons that
        the model predicts and of the read noise. "cash" and "poisson_mlr": Poisson (Cash 1979, ApJ 228, 939); both have one
        minimum. "student_t" and "huber": pixels far from the model, in units of sigma, weigh less; for images with
        cosmic rays or neighbours that are not masked.
    counts : CountNoise, optional
        Needed for "model_sigma", "cash" and "poisson_mlr". sigma then serves starting values and chi2 alone.
    student_dof : float, optional
        Degrees of freedom of "student_t", above 0; 4 unless given.
    huber_threshold : float, optional
        Of "huber", in units of sigma, above 0; 1.345 unless given.
    rtol, atol : float
        Tolerance of the model's pixels, as in render: of the last steps, the reported chi2 and the model.
    noise_share : float
        Until then pixels need not be more exact than this share of the smallest sigma; rtol and atol are made finer where
        they are more than that. 0: rtol and atol throughout.
    max_iterations : int
        Of each start.
    max_seconds : float, optional
        Stop the search after so long, with the best values so far and stop_reason "max_seconds". It is looked at after each
        image of a band.
    ftol : float
        Stop when chi2 falls by less than this fraction.
    starts, seed : int
        Searches from as many starting points, and keeps the best: the components' own values, and others about them, the same
        for the same seed. Of these places lie at most half a scale radius away (2 pixels where there is none), sizes and
        shape parameters are multiplied by 1/3 to 3, axis ratios are 0.2 to 1, angles any, and what else can be negative
        differs by at most 0.3; all inside their bounds. FitResult.agreed says how many came to the same chi2.
    threads : int, optional
        As in render, by the size of the data.
    robust : bool
        Also errors that do not take sigma at its word: FitResult.robust. Costs about one iteration.
    progress : callable or bool, optional
        Called with a FitProgress after each iteration. Returns False to stop; the best values so far are kept. True: a bar
        on standard error. The logger "gaxel" hears of iterations (DEBUG) and ends of fits (INFO), too.

    Returns
    -------
    FitResult

    Raises
    ------
    InputError
        Names the argument and what is allowed.
    FitError
        The image has no light to start from, or fewer pixels than parameters.
    KeyboardInterrupt
        On Ctrl-C, after the iteration.
    """
    asked = locals()
    scene, (options, wanted) = prepared(asked)
    with callback_of(wanted) as tell:
        result = to_result(_core.fit(*scene.to_core(), options, tell), scene)
    log_end(result)
    return result


def _by_name(rules: Any, key: str) -> Mapping[str, Any]:
    """What parameters are told by their names or patterns of names; none, if nothing is given."""
    given: Any = {} if rules is None else rules
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise input_error("fit", key, shown(rules), "no dictionary", f"{{name of a parameter: its {key}}}")
    return given


def prepared(arguments: Mapping[str, Any]) -> tuple[FitScene, tuple[_core.FitOptions, Any]]:
    """The arguments of fit, by their names, as the core takes them: the scene, and the options with what was asked for as
    progress."""
    asked = SimpleNamespace(**arguments)
    bands = _bands(asked.data, asked.sigma, asked.mask, asked.psf, asked.counts)
    scene = FitScene(as_list(asked.components, "fit"), bands)
    scene.fix(asked.fixed)
    scene.bound(_by_name(asked.bounds, "bounds"))
    scene.vary(_by_name(asked.vary, "vary"))
    scene.tie(_by_name(asked.ties, "ties"))
    scene.limit(_by_name(asked.limits, "limits"))
    scene.expect(_by_name(asked.priors, "priors"))
    likelihood, seconds = asked.likelihood, asked.max_seconds
    if not isinstance(likelihood, str):
        raise input_error(
            "fit", "likelihood", repr(likelihood), "not a name", '"gaussian", "cash" or another'
        )
    options = _core.FitOptions(
        *as_tolerance(asked.rtol, asked.atol, "fit"),
        as_float(asked.noise_share, "fit", "noise_share", "at least 0 and below 1"),
        as_int(asked.max_iterations, "fit", "max_iterations", 1),
        as_float(asked.ftol, "fit", "ftol", "between 0 and 1"),
        as_threads(asked.threads, scene.bands[0].shape, "fit"),
        bool(asked.robust),
        math.inf if seconds is None else as_float(seconds, "fit", "max_seconds", "above 0"),
        as_int(asked.starts, "fit", "starts", 1),
        as_int(asked.seed, "fit", "seed", 0),
        likelihood,
        _shape_of_loss(asked.student_dof, "student_dof", 4.0, "student_t", likelihood),
        _shape_of_loss(asked.huber_threshold, "huber_threshold", 1.345, "huber", likelihood),
    )
    return scene, (options, asked.progress)


def _shape_of_loss(value: Any, key: str, default: float, owner: str, likelihood: str) -> float:
    if value is None:
        return default
    number = as_positive(value, "fit", key, "a finite number above 0")
    if likelihood != owner:
        raise input_error(
            "fit",
            key,
            number,
            f'is of likelihood="{owner}", and this one is "{likelihood}"',
            "None beside it",
        )
    return number


def _bands(data: Any, sigma: Any, mask: Any, psf: Any, counts: Any) -> list[Band]:
    given = _listed_bands(data)
    if given is None:
        given = [Band(data, sigma, mask=mask, psf=psf, counts=counts)]
    elif not (sigma is None and mask is None and psf is None and counts is None):
        raise input_error(
            "fit", "sigma, mask, psf, counts", None, "given beside bands, which have their own", "None"
        )
    if not any(band.used.any() for band in given):
        n = sum(band.used.size for band in given)
        raise input_error("fit", "mask", f"{n} pixels", "every pixel is masked", "at least one pixel to fit")
    return given


def _listed_bands(data: Any) -> list[Band] | None:
    """The bands; None where the data are an image."""
    if isinstance(data, Band):
        return [data]
    listed = list(data) if isinstance(data, Sequence) and not isinstance(data, str | bytes) else []
    n_bands = sum(isinstance(one, Band) for one in listed)
    allowed = "one image; or a list of gaxel.Band, one for each image"
    for i, one in enumerate(listed):
        if n_bands and not isinstance(one, Band):
            found = f"{type(one).__name__} beside {n_bands} of Band"
            raise input_error("fit", f"data[{i}]", found, "not a band", allowed)
        if is_nddata(one) or (isinstance(one, np.ndarray) and one.ndim > 1):
            found = f"{len(listed)} of {type(one).__name__}"
            raise input_error("fit", "data", found, "images in a list, without bands", allowed)
        if n_bands > 1 and one.wavelength is None:
            allowed = "Band(..., wavelength=), above 0, in one unit for all bands"
            raise input_error(
                "fit", f"wavelength of band {one.name!r}", None, "missing beside others", allowed
            )
    return listed if n_bands else None
