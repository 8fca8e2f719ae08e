"""gaxel's components in astropy.modeling: pixels, derivatives, fitters."""

import pickle

import gaxel
import numpy as np
import pytest
from astropy.modeling import fitting, models

SHAPE = (40, 42)
SIGMA = 0.3
GALAXY = gaxel.Sersic(x=20.0, y=21.0, flux=900.0, re=4.0, n=1.5, q=0.6, theta=0.3, name="galaxy")
SKY = gaxel.Sky(level=1.0, name="sky")
PSF = gaxel.GaussianPsf(2.5)
Y, X = np.mgrid[: SHAPE[0], : SHAPE[1]]


@pytest.fixture(scope="module")
def data():
    light = gaxel.render([GALAXY, SKY], SHAPE, psf=PSF)
    return light + np.random.default_rng(3).normal(0.0, SIGMA, SHAPE)


def test_values_are_integrals_over_pixels():
    # A Gaussian's pixels are differences of error functions: by scipy, along each axis.
    from scipy.special import erf

    sigma = 1.3
    model = gaxel.astropy_model(
        gaxel.Gaussian(x=4.2, y=5.1, flux=7.0, re=sigma * np.sqrt(2.0 * np.log(2.0)), q=1.0, theta=0.0),
        rtol=1e-10, atol=1e-13,
    )  # fmt: skip
    edges = np.arange(12.0) - 0.5
    along_y, along_x = (0.5 * np.diff(erf((edges - at) / (sigma * np.sqrt(2.0)))) for at in (5.1, 4.2))
    y, x = np.mgrid[:11, :11]
    np.testing.assert_allclose(model(x, y), 7.0 * np.outer(along_y, along_x), atol=1e-11)


def test_any_pixels_in_any_order():
    model = gaxel.astropy_model([GALAXY, SKY], PSF)
    image = gaxel.render([GALAXY, SKY], SHAPE, psf=PSF)
    np.testing.assert_allclose(model(X, Y), image, atol=1e-5)
    some = np.random.default_rng(0).permutation(X.size)[:200]
    np.testing.assert_allclose(model(X.ravel()[some], Y.ravel()[some]), image.ravel()[some], atol=1e-5)
    assert model(20, 21) == pytest.approx(image[21, 20], abs=1e-5)
    half = gaxel.astropy_model([GALAXY.replace(x=20.5), SKY], PSF)
    np.testing.assert_allclose(half(X + 0.5, Y), image, atol=1e-5)


@pytest.mark.parametrize(
    "components",
    [GALAXY, [GALAXY, SKY], GALAXY.replace(mag=18.0, zeropoint=25.0, c0=0.2)],
)
def test_derivatives_are_differences_of_values(components):
    model = gaxel.astropy_model(components, PSF, rtol=1e-9, atol=1e-12)
    derivatives = model.fit_deriv(X, Y, *model.parameters)
    assert len(derivatives) == len(model.param_names)
    for place, derivative in enumerate(derivatives):
        step = 1e-4 * max(abs(model.parameters[place]), 0.1)
        ends = []
        for sign in (1.0, -1.0):
            values = model.parameters.copy()
            values[place] += sign * step
            ends.append(model.evaluate(X, Y, *values))
        expected = (ends[0] - ends[1]) / (2.0 * step)
        np.testing.assert_allclose(derivative, expected, atol=2e-5 * np.abs(expected).max())


@pytest.mark.parametrize(
    "make_fitter", [fitting.TRFLSQFitter, fitting.DogBoxLSQFitter, fitting.LevMarLSQFitter]
)
@pytest.mark.parametrize("is_compound", [False, True])
def test_astropys_fitters_find_what_gaxels_fit_finds(data, make_fitter, is_compound):
    poor = GALAXY.replace(x=20.5, re=3.0, n=1.0, theta=0.5)
    start = gaxel.astropy_model([poor, SKY], PSF)
    if is_compound:
        start = gaxel.astropy_model(poor, PSF) + gaxel.astropy_model(SKY)
    fitter = make_fitter(calc_uncertainties=True)
    found = fitter(start, X, Y, data, weights=np.full(SHAPE, 1.0 / SIGMA))
    expected = gaxel.fit(data, [poor, SKY], sigma=SIGMA, psf=PSF)
    free = [i for i, name in enumerate(found.param_names) if not found.fixed[name]]
    difference = (found.parameters[free] - expected.values) / expected.errors
    assert np.abs(difference).max() < 1e-3


def test_models_are_compounds_with_astropys(data):
    both = gaxel.astropy_model(GALAXY, PSF) + models.Const2D(1.0)
    np.testing.assert_allclose(both(X, Y), gaxel.render([GALAXY, SKY], SHAPE, psf=PSF), atol=1e-5)


def test_parameters_have_ranges_and_constants_are_fixed():
    model = gaxel.astropy_model(gaxel.Sersic(x=1, y=2, flux=3, re=4, n=1, q=0.5, theta=0))
    assert model.param_names == ("x", "y", "flux", "re", "n", "q", "theta")
    assert model.q.bounds == (0.01, 1.0) and model.n.bounds == (0.1, 20.0) and not any(model.fixed.values())
    sky = gaxel.astropy_model(gaxel.Sky(level=1.0, x=3.0))
    assert sky.param_names == ("level", "slope_x", "slope_y", "x")
    assert [sky.fixed[name] for name in sky.param_names] == [False, True, True, True]


def test_components_have_the_models_values_and_models_are_pickled():
    cut = gaxel.Truncation(rbreak=9.0, softening=2.0, x=20.0, y=21.0, q=0.6, theta=0.3, name="edge")
    model = gaxel.astropy_model([GALAXY.replace(outer=cut), SKY], PSF)
    model.galaxy_re, model.edge_rbreak = 5.0, 8.0
    for copy in (model, model.copy(), pickle.loads(pickle.dumps(model))):
        galaxy, sky, edge = copy.components
        assert (
            (galaxy.re, edge.rbreak) == (5.0, 8.0)
            and galaxy.outer == (edge,)
            and sky == SKY.replace(slope_x=0.0, slope_y=0.0)
        )
        np.testing.assert_array_equal(copy(X, Y), model(X, Y))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: gaxel.astropy_model(gaxel.Sersic(x=1)), "y: not given"),
        (lambda: gaxel.astropy_model(3), "components = int"),
        (lambda: gaxel.astropy_model([GALAXY.replace(name="a b"), SKY]), "a b_x"),
        (lambda: gaxel.astropy_model(GALAXY, rtol="a"), "rtol = 'a'"),
        (lambda: gaxel.astropy_model(GALAXY)(X * 0.5, Y), "x = 0.5 from a whole number"),
        (lambda: gaxel.astropy_model(GALAXY)(X, Y + np.nan), "y: holds NaN"),
    ],
)
def test_what_is_no_model_is_said(call, words):
    with pytest.raises(gaxel.InputError, match=words):
        call()


def test_psfs_that_depend_on_the_place_are_refused():
    image = gaxel.render(gaxel.Gaussian(x=5, y=5, flux=1, re=1, q=1, theta=0), (11, 11))
    grid = gaxel.PsfGrid([image] * 4, [(0.0, 0.0), (9.0, 0.0), (0.0, 9.0), (9.0, 9.0)])
    with pytest.raises(gaxel.InputError, match="psf = PsfGrid"):
        gaxel.astropy_model(GALAXY, grid)
