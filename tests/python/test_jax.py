"""gaxel.jax against the core's own images and derivatives, which are tested elsewhere, and JAX's checks of rules."""

import gaxel
import gaxel.jax as gaxel_jax
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

SHAPE = (32, 30)
GALAXY = gaxel.Sersic(x=15.3, y=16.2, mag=-7.0, re=4.0, n=2.5, q=0.6, theta=0.7, name="galaxy")
SKY = gaxel.Sky(level=3.0, name="sky")
PSF = gaxel.GaussianPsf(fwhm=3.0)


pytestmark = pytest.mark.usefixtures("float64")


@pytest.fixture(params=[None, PSF], ids=["no psf", "psf"])
def model(request):
    return gaxel_jax.Model([GALAXY, SKY], SHAPE, psf=request.param, parameters=["galaxy.*", "sky.level"])


def jacobian_of(model, psf):
    return gaxel.render_with_jacobian([GALAXY, SKY], SHAPE, psf=psf, parameters=list(model.names))


def test_arguments_are_named_and_start_where_the_components_are(model):
    assert model.names == tuple(f"galaxy.{key}" for key in ("x", "y", "mag", "re", "n", "q", "theta")) + (
        "sky.level",
    )
    assert model.start.tolist() == [15.3, 16.2, -7.0, 4.0, 2.5, 0.6, 0.7, 3.0]


@pytest.mark.parametrize("psf", [None, PSF], ids=["no psf", "psf"])
def test_image_and_derivatives_are_those_of_the_core(psf):
    model = gaxel_jax.Model([GALAXY, SKY], SHAPE, psf=psf, parameters=["galaxy.*", "sky.level"])
    image, jacobian = jacobian_of(model, psf)
    # Cells may be others than those of a render without a plan.
    within = 2e-9 * gaxel.render(GALAXY, SHAPE).sum() + 2e-6 * np.abs(image)
    assert np.all(np.abs(jax.jit(model.image)(model.start) - image) <= within)
    forward = np.moveaxis(jax.jacfwd(model.image)(model.start), -1, 0)
    np.testing.assert_allclose(forward, jacobian, rtol=1e-4, atol=1e-6 * np.abs(jacobian).max())
    backward = np.moveaxis(jax.jacrev(model.image)(model.start), -1, 0)
    np.testing.assert_allclose(backward, forward, rtol=1e-10, atol=1e-10 * np.abs(jacobian).max())


def test_gradients_agree_with_differences_and_with_each_other(model):
    check_grads(model.image, (model.start,), 1, modes=["fwd", "rev"], eps=1e-5, rtol=1e-5)
    both = jnp.stack([model.start, 1.01 * model.start])
    check_grads(jax.vmap(model.image), (both,), 1, modes=["fwd", "rev"], eps=1e-5, rtol=1e-5)


def test_likelihoods_are_those_written_out(model):
    image = np.asarray(model.image(model.start))
    rng = np.random.default_rng(1)
    sigma = rng.uniform(0.5, 2.0, SHAPE)
    data = image + sigma * rng.standard_normal(SHAPE)
    mask = rng.random(SHAPE) < 0.1
    data[mask] = np.nan
    off = ((data - image) / sigma)[~mask]
    assert model.chi2(model.start, data, sigma, mask) == pytest.approx(np.sum(off**2), rel=1e-12)
    density = -0.5 * off**2 - np.log(np.sqrt(2.0 * np.pi) * sigma[~mask])
    assert model.log_likelihood(model.start, data, sigma, mask) == pytest.approx(density.sum(), rel=1e-12)
    assert np.all(np.isfinite(jax.grad(model.chi2)(model.start, data, sigma, mask)))


def test_batches_give_what_single_calls_give(model):
    several = jnp.stack([model.start, 1.01 * model.start, 0.99 * model.start])
    images = jax.vmap(model.image)(several)
    for values, image in zip(several, images, strict=True):
        np.testing.assert_array_equal(image, model.image(values))
    data = images[1]
    gradients = jax.vmap(jax.grad(model.chi2), in_axes=(0, None, None))(several, data, 1.0)
    for values, gradient in zip(several, gradients, strict=True):
        np.testing.assert_allclose(gradient, jax.grad(model.chi2)(values, data, 1.0), rtol=1e-12)
    nested = jax.vmap(jax.vmap(model.image))(jnp.stack([several, several[::-1]]))
    np.testing.assert_array_equal(nested[1, 0], images[2])


def test_scan_and_jit_compile_it(model):
    several = jnp.stack([model.start, 1.01 * model.start])
    data = model.image(model.start)
    _, values = jax.jit(lambda v: jax.lax.scan(lambda c, x: (c, model.chi2(x, data, 1.0)), 0, v))(several)
    np.testing.assert_allclose(values, [model.chi2(v, data, 1.0) for v in several], atol=1e-20)


def test_arguments_by_name_are_those_of_the_vector(model):
    by_name = model.image({"galaxy.re": 5.0, "sky.level": 1.0})
    np.testing.assert_array_equal(by_name, model.image(np.array([15.3, 16.2, -7.0, 5.0, 2.5, 0.6, 0.7, 1.0])))
    gradient = jax.grad(lambda values: jnp.sum(model.image(values)))({"sky.level": 1.0})
    assert gradient["sky.level"] == pytest.approx(SHAPE[0] * SHAPE[1])


def test_render_replaces_values():
    image = gaxel_jax.render([GALAXY, SKY], {"galaxy.n": 1.0}, SHAPE)
    np.testing.assert_allclose(image, gaxel.render([GALAXY.replace(n=1.0), SKY], SHAPE), rtol=1e-5)


def test_float32_goes_in_and_comes_out():
    jax.config.update("jax_enable_x64", False)
    model = gaxel_jax.Model([GALAXY, SKY], SHAPE, psf=PSF)
    image = model.image(model.start)
    assert image.dtype == jnp.float32
    np.testing.assert_allclose(image, gaxel.render([GALAXY, SKY], SHAPE, psf=PSF), rtol=3e-6)
    assert jax.grad(lambda v: model.chi2(v, 0.9 * image, 1.0))(jnp.asarray(model.start)).dtype == jnp.float32


def test_the_static_plan_is_kept_far_from_the_start_and_auto_finds_another():
    start = GALAXY.replace(re=8.0, n=0.6)
    at = {"galaxy.x": 24.6, "galaxy.re": 1.0, "galaxy.n": 6.0}
    exact = gaxel.render([GALAXY.replace(**{key.split(".")[1]: value for key, value in at.items()})], SHAPE)
    errors = {}
    for plan in ("static", "auto"):
        model = gaxel_jax.Model([start], SHAPE, parameters=list(at), plan=plan)
        errors[plan] = np.abs(model.image(at) - exact).max() / exact.max()
    assert errors["auto"] < 3e-6 < errors["static"]


def test_values_that_cannot_be_are_nan(model):
    bad = model.start.copy()
    bad[3] = -1.0
    good = model.start
    images = jax.vmap(model.image)(jnp.stack([bad, good]))
    assert np.all(np.isnan(images[0]))
    assert np.all(np.isfinite(images[1]))
    assert np.all(np.isnan(jax.grad(model.chi2)(bad, images[1], 1.0)))


def test_mistakes_are_told():
    with pytest.raises(gaxel.InputError, match="galaxy.re"):
        gaxel_jax.Model(GALAXY, SHAPE).image({"galaxy.r_e": 3.0})
    with pytest.raises(gaxel.InputError, match="7 of them"):
        gaxel_jax.Model(GALAXY, SHAPE).image(np.zeros(3))
    with pytest.raises(gaxel.InputError, match="'auto' or 'static'"):
        gaxel_jax.Model(GALAXY, SHAPE, plan="fixed")


@pytest.mark.parametrize("kind", [">f8", ">f4", ">i2"])
def test_images_of_fits_files_are_taken_as_they_are(model, kind):
    data = np.arange(np.prod(SHAPE)).reshape(SHAPE).astype(kind)
    sigma, mask = np.full(SHAPE, 2.0).astype(kind), (np.indices(SHAPE)[0] % 3 == 0).astype(kind)
    image = np.asarray(model.image(model.start))
    used = np.indices(SHAPE)[0] % 3 != 0
    truth = np.sum((np.arange(np.prod(SHAPE)).reshape(SHAPE) - image)[used] ** 2) / 4.0
    assert model.chi2(model.start, data, sigma, mask) == pytest.approx(truth, rel=1e-12)
    accuracy = 1e-6 if kind == ">f4" else 1e-12
    density = -0.5 * truth - used.sum() * np.log(np.sqrt(2.0 * np.pi) * 2.0)
    assert model.log_likelihood(model.start, data, sigma, mask) == pytest.approx(density, rel=accuracy)
    assert model.log_likelihood(model.start, data, 2.0, mask) == pytest.approx(density, rel=accuracy)


@pytest.mark.parametrize("method", ["chi2", "log_likelihood"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((np.ones(SHAPE[1]), 1.0), r"data = shape \(30,\): .*shape \(32, 30\)"),
        ((0.0, 1.0), r"data = shape \(\)"),
        ((np.ones((4, *SHAPE)), 1.0), r"data = shape \(4, 32, 30\)"),
        ((np.ones(SHAPE), np.ones((32, 1))), r"sigma = shape \(32, 1\): .*or a number"),
        ((np.ones(SHAPE), 1.0, np.zeros(30, bool)), r"mask = shape \(30,\)"),
        ((np.full(SHAPE, "a"), 1.0), "data = array of <U1: not real numbers"),
    ],
)
def test_images_of_another_shape_are_refused(method, arguments, words):
    model = gaxel_jax.Model(GALAXY, SHAPE)
    with pytest.raises(gaxel.InputError, match=words):
        getattr(model, method)(model.start, *arguments)


def test_images_may_be_batched(model):
    data = np.stack([np.zeros(SHAPE), np.ones(SHAPE)])
    chi2 = jax.jit(jax.vmap(lambda one: model.chi2(model.start, one, 1.0)))(data)
    image = np.asarray(model.image(model.start))
    np.testing.assert_allclose(chi2, [np.sum(image**2), np.sum((1.0 - image) ** 2)], rtol=1e-12)
