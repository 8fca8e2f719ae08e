"""Derivatives of gaxel.jax's likelihoods against finite differences, in forward and reverse mode; masks that data bring."""

import gaxel
import gaxel.jax as gaxel_jax
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from astropy import units as u
from jax.test_util import check_grads

SHAPE = (32, 30)
GALAXY = gaxel.Sersic(x=15.3, y=16.2, mag=-7.0, re=4.0, n=2.5, q=0.6, theta=0.7, name="galaxy")
SKY = gaxel.Sky(level=3.0, name="sky")
PSF = gaxel.GaussianPsf(fwhm=3.0)
LIKELIHOODS = ["chi2", "log_likelihood"]


pytestmark = pytest.mark.usefixtures("float64")


@pytest.fixture(params=[None, PSF], ids=["no psf", "psf"])
def model(request):
    return gaxel_jax.Model([GALAXY, SKY], SHAPE, psf=request.param, parameters=["galaxy.*", "sky.level"])


def observation():
    """Data, sigma and mask; of a galaxy a little off the model's start."""
    rng = np.random.default_rng(2)
    sigma = rng.uniform(0.5, 2.0, SHAPE)
    truth = [GALAXY.replace(x=15.5, re=4.2, n=2.3), SKY.replace(level=3.1)]
    data = gaxel.render(truth, SHAPE, psf=PSF) + sigma * rng.standard_normal(SHAPE)
    return data, sigma, rng.random(SHAPE) < 0.1


@pytest.mark.parametrize("method", LIKELIHOODS)
def test_derivatives_agree_with_differences(model, method):
    data, sigma, mask = observation()

    def likelihood(values):
        return getattr(model, method)(values, data, sigma, mask) / data.size

    check_grads(likelihood, (model.start,), 1, modes=["fwd", "rev"], eps=1e-5, rtol=1e-6)


@pytest.mark.parametrize("method", LIKELIHOODS)
def test_derivatives_to_data_and_sigma_agree_with_differences(model, method):
    data, sigma, _ = observation()

    def likelihood(data, sigma):
        return getattr(model, method)(model.start, data, sigma) / data.size

    check_grads(likelihood, (data, sigma), 1, modes=["fwd", "rev"], eps=1e-5, rtol=1e-6)


@pytest.mark.parametrize("method", LIKELIHOODS)
def test_masks_of_masked_arrays_count_as_given_ones_do(model, method):
    data, sigma, mask = observation()
    likelihood = getattr(model, method)
    truth = likelihood(model.start, np.where(mask, np.nan, data), sigma, mask)
    assert truth != likelihood(model.start, data, sigma)
    with_mask = np.ma.array(np.where(mask, np.nan, data), mask=mask)
    assert likelihood(model.start, with_mask, sigma) == truth
    assert likelihood(model.start, data, np.ma.array(np.where(mask, 0.0, sigma), mask=mask)) == truth
    compiled = jax.jit(lambda values: likelihood(values, with_mask, sigma))(model.start)
    np.testing.assert_allclose(compiled, truth, rtol=1e-12)
    assert likelihood(model.start, np.ma.array(data), sigma) == likelihood(model.start, data, sigma)
    columns, rows = np.indices(SHAPE)[1] % 7 == 0, np.indices(SHAPE)[0] % 5 == 0
    all_three = likelihood(model.start, with_mask, np.ma.array(sigma, mask=columns), rows)
    assert all_three == likelihood(model.start, data, sigma, mask | columns | rows)


@pytest.mark.parametrize("method", LIKELIHOODS)
def test_compiled_functions_refuse_masked_arrays(model, method):
    data = np.ma.array(np.ones(SHAPE), mask=np.indices(SHAPE)[0] > 3)
    with pytest.raises((TypeError, ValueError), match="masked"):
        jax.jit(getattr(model, method))(jnp.asarray(model.start), data, 1.0)


def test_arguments_that_are_none(model):
    data, sigma, mask = observation()
    bad = np.where(mask, -1.0, sigma)
    assert np.isfinite(model.chi2(model.start, data, bad, mask)), "masked"
    for wrong in (bad, 0.0, -1.0):
        with pytest.raises(gaxel.InputError, match="sigma = .*not above 0"):
            model.log_likelihood(model.start, data, wrong)
    with pytest.raises(gaxel.InputError, match=r"values\['galaxy.re'\] = an array of shape \(1,\)"):
        model.image({"galaxy.re": jnp.array([3.0])})
    with pytest.raises(gaxel.InputError, match="not real numbers"):
        model.image(model.start + 1j)
    with pytest.raises(AttributeError, match="immutable"):
        model.shape = (3, 3)


def test_models_are_made_outside_of_programs():
    with pytest.raises(gaxel.InputError, match="outside of jit and vmap"):
        jax.jit(lambda psf: gaxel_jax.Model([GALAXY], SHAPE, psf=psf).image({}))(np.ones((5, 5)))


def test_a_model_without_arguments_has_an_image():
    none = gaxel_jax.Model([GALAXY], SHAPE, parameters=[])
    np.testing.assert_array_equal(none.image({}), none.image(np.zeros(0)))


def test_models_of_nothing():
    with pytest.raises(gaxel.InputError, match="components = an empty list: no light"):
        gaxel_jax.Model([], SHAPE)
    with pytest.raises(gaxel.InputError, match=r"parameters = 'galaxi.\*': no such parameter .*\"galaxy."):
        gaxel_jax.Model([GALAXY], SHAPE, parameters=["galaxi.*"])
    with pytest.raises(gaxel.InputError, match="backend = array"):
        gaxel_jax.Model([GALAXY], SHAPE, backend=np.ones(2))
    with pytest.raises(gaxel.InputError, match="gaxel.jax.render: values = None: no mapping"):
        gaxel_jax.render([GALAXY], None, SHAPE)


@pytest.mark.parametrize(
    "value", ["one", None, 3.0 * u.arcsec, np.ma.masked, np.array(3.0, dtype=object), GALAXY]
)
def test_values_that_are_no_numbers(value):
    model = gaxel_jax.Model([GALAXY], SHAPE, parameters=["galaxy.re", "galaxy.n"])
    with pytest.raises(gaxel.InputError, match=r"values\['galaxy.re'\] = "):
        model.image({"galaxy.re": value})
    if value is not np.ma.masked:  # in lists NaN, to JAX
        with pytest.raises(gaxel.InputError, match="values = "):
            model.image([value, 1.0])


def test_numbers_as_files_and_programs_have_them():
    model = gaxel_jax.Model([GALAXY], SHAPE, parameters=["galaxy.re", "galaxy.n"])
    image = model.image([3.0, 2.0])
    np.testing.assert_array_equal(model.image(np.array([3.0, 2.0], ">f8")), image)
    np.testing.assert_array_equal(model.image(np.array([3, 2], "i2")), image)
    np.testing.assert_array_equal(jax.jit(lambda re: model.image([re, 2.0]))(3.0), image)
    np.testing.assert_array_equal(
        jax.jit(lambda re: model.image({"galaxy.re": re, "galaxy.n": 2.0}))(3.0), image
    )


def test_units_of_data_and_sigma():
    model = gaxel_jax.Model([GALAXY], SHAPE, parameters=["galaxy.re"])
    data = np.ones(SHAPE)
    plain = float(model.chi2(model.start, data, 0.5))
    assert model.chi2(model.start, data * u.mJy, 500.0 * u.uJy) == pytest.approx(plain, rel=1e-12)
    for sigma in (0.5 * u.kg, [[0.5], [0.5, 0.5]]):
        with pytest.raises(gaxel.InputError, match="sigma = "):
            model.chi2(model.start, data * u.mJy, sigma)
