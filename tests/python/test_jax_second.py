"""Second derivatives through gaxel.jax: JAX's own checks of rules, differences of the core's first derivatives, and
pixels that are written out with mpmath."""

import functools

import gaxel
import gaxel.jax as gaxel_jax
import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from jax.test_util import check_grads

SHAPE = (20, 22)
GALAXY = gaxel.Sersic(x=10.3, y=9.2, mag=-7.0, re=3.0, n=2.5, q=0.6, theta=0.7, name="galaxy")
DISC = gaxel.Exponential(x=10.1, y=9.4, flux=300.0, re=5.0, q=0.3, theta=-0.4, name="disc")
STAR = gaxel.PointSource(x=5.2, y=14.1, flux=80.0, name="star")
SKY = gaxel.Sky(level=3.0, name="sky")
PSF = gaxel.GaussianPsf(fwhm=3.0)


pytestmark = pytest.mark.usefixtures("float64")


def model_of(psf, **options):
    return gaxel_jax.Model(
        [GALAXY, DISC, STAR, SKY],
        SHAPE,
        psf=psf,
        parameters=["galaxy.*", "disc.*", "star.*", "sky.level"],
        plan="static",
        **options,
    )


@pytest.fixture(params=[None, PSF], ids=["no psf", "psf"])
def model(request):
    return model_of(request.param)


@pytest.fixture
def observed(model):
    rng = np.random.default_rng(2)
    image = np.asarray(model.image(model.start))
    sigma = np.sqrt(image + 5.0)
    return image + sigma * rng.standard_normal(SHAPE), sigma


def scaled(model, function):
    """A function of the arguments in steps that change the light about as much whatever the parameter."""
    steps = jnp.asarray(
        0.1 * np.maximum(0.3, np.abs(model.start)) * np.where(np.abs(model.start) > 8.0, 0.1, 1.0)
    )
    return lambda z: function(jnp.asarray(model.start) + steps * z), jnp.zeros(len(model.names))


def sizes(hessian):
    """What its entries amount to; a star without a PSF has none for its place."""
    diagonal = np.sqrt(np.abs(np.diag(hessian)))
    diagonal[diagonal == 0.0] = 1.0
    return np.outer(diagonal, diagonal)


def test_jax_checks_both_modes_to_second_order(model, observed):
    for function in (lambda v: model.chi2(v, *observed) / 400.0, lambda v: model.image(v)[6:13, 7:14] / 30.0):
        of_steps, start = scaled(model, function)
        check_grads(of_steps, (start,), order=2, modes=["fwd", "rev"], eps=1e-3, atol=1e-3, rtol=1e-3)


def test_the_hessian_of_chi2_is_that_of_differences_and_contains_gauss_and_newton_s(model, observed):
    data, sigma = observed
    of_steps, start = scaled(model, lambda v: model.chi2(v, data, sigma))
    hessian = jax.jit(jax.hessian(of_steps))(start)
    gradient = jax.jit(jax.grad(of_steps))
    exact = []
    for unit in np.eye(len(start)):
        weights = {1: 45 / 60, 2: -9 / 60, 3: 1 / 60}
        exact.append(
            sum(
                w / 1e-2 * (gradient(1e-2 * k * unit) - gradient(-1e-2 * k * unit))
                for k, w in weights.items()
            )
        )
    size = sizes(hessian)
    np.testing.assert_allclose(hessian / size, np.array(exact) / size, atol=2e-7)
    np.testing.assert_allclose(hessian / size, hessian.T / size, atol=1e-12)
    image, _ = scaled(model, model.image)
    jacobian = np.asarray(jax.jacfwd(image)(start)) / sigma[..., None]
    gauss_newton = 2.0 * np.einsum("yxi,yxj->ij", jacobian, jacobian)
    second = jax.jit(jax.jacfwd(jax.jacfwd(image)))(start)
    residual = np.einsum("yx,yxij->ij", -2.0 * (data - model.image(model.start)) / sigma**2, second)
    np.testing.assert_allclose(hessian / size, (gauss_newton + residual) / size, atol=1e-11)
    assert np.abs(residual / size).max() > 1e-2


def test_forward_and_reverse_agree_in_any_order(model, observed):
    of_steps, start = scaled(model, lambda v: model.chi2(v, *observed))
    rng = np.random.default_rng(4)
    u, v = rng.standard_normal((2, len(start)))
    truth = u @ np.asarray(jax.hessian(of_steps)(start)) @ v
    forward = jax.jvp(lambda z: jax.jvp(of_steps, (z,), (u,))[1], (start,), (v,))[1]
    over_reverse = u @ jax.jvp(jax.grad(of_steps), (start,), (v,))[1]
    over_forward = u @ jax.grad(lambda z: jax.jvp(of_steps, (z,), (v,))[1])(start)
    over_both = u @ jax.grad(lambda z: jax.grad(of_steps)(z) @ v)(start)
    for value in (forward, over_reverse, over_forward, over_both):
        assert value == pytest.approx(truth, rel=1e-10)


def test_products_with_the_hessian_are_mapped_compiled_and_scanned(model, observed):
    of_steps, start = scaled(model, lambda v: model.chi2(v, *observed))

    def product(z, v):
        return jax.jvp(jax.grad(of_steps), (z,), (v,))[1]

    rng = np.random.default_rng(5)
    places = 0.1 * rng.standard_normal((3, len(start)))
    directions = rng.standard_normal((3, len(start)))
    single = np.array([[product(z, v) for v in directions] for z in places])
    size = np.abs(single).max()
    over_v = jax.jit(jax.vmap(product, in_axes=(None, 0)))(places[0], directions)
    np.testing.assert_allclose(over_v, single[0], atol=1e-12 * size)
    over_z = jax.vmap(product, in_axes=(0, None))(places, directions[1])
    np.testing.assert_allclose(over_z, single[:, 1], atol=1e-12 * size)
    over_both = jax.vmap(jax.vmap(product, in_axes=(None, 0)), in_axes=(0, None))(places, directions)
    np.testing.assert_allclose(over_both, single, atol=1e-12 * size)
    _, scanned = jax.lax.scan(lambda c, v: (c, product(places[2], v)), 0, directions)
    np.testing.assert_allclose(scanned, single[2], atol=1e-12 * size)
    # A product inside of what is differentiated by data, and one of several images at once.
    by_data = jax.grad(
        lambda data: (
            directions[0]
            @ jax.jvp(
                jax.grad(lambda z: model.chi2(jnp.asarray(model.start) + z, data, observed[1])),
                (jnp.zeros(len(start)),),
                (directions[1],),
            )[1]
        )
    )(observed[0])
    second = jax.jvp(
        lambda z: jax.jvp(lambda y: model.image(jnp.asarray(model.start) + y), (z,), (directions[0],))[1],
        (jnp.zeros(len(start)),),
        (directions[1],),
    )[1]
    expected = -2.0 * second / observed[1] ** 2
    np.testing.assert_allclose(by_data, expected, atol=1e-11 * np.abs(expected).max())


def test_members_of_a_batch_may_share_values_or_directions():
    model = model_of(PSF, threads=2)
    several = jnp.stack([jnp.asarray(model.start), 1.01 * jnp.asarray(model.start)])
    u = 0.01 * jnp.asarray(model.start)

    def total(values):
        return jnp.sum(jax.vmap(lambda v: jax.jvp(model.image, (v,), (u,))[1] ** 2)(values))

    gradient = jax.grad(total)(several)
    for values, own in zip(several, gradient, strict=True):
        alone = jax.grad(lambda v: jnp.sum(jax.jvp(model.image, (v,), (u,))[1] ** 2))(values)
        np.testing.assert_allclose(own, alone, rtol=1e-9)
    # One set of values for a batch of directions: its derivative adds up over them.
    directions = jnp.stack([u, -0.5 * u, 2.0 * u])

    def of_values(values):
        return jnp.sum(jax.vmap(lambda d: jax.jvp(model.image, (values,), (d,))[1] ** 2)(directions))

    summed = jax.grad(of_values)(several[0])
    alone = jax.grad(lambda v: jnp.sum(jax.jvp(model.image, (v,), (u,))[1] ** 2))(several[0])
    np.testing.assert_allclose(summed, (1.0 + 0.25 + 4.0) * alone, rtol=1e-9)


def test_float32_goes_in_and_comes_out():
    def products():
        model = model_of(PSF)
        start = jnp.asarray(model.start)
        of_squares = jax.grad(lambda v: jnp.sum(model.image(v) ** 2))
        return jax.jvp(of_squares, (start,), (0.1 * start,))[1]

    exact = products()
    jax.config.update("jax_enable_x64", False)
    found = products()
    assert found.dtype == jnp.float32
    np.testing.assert_allclose(found, exact, rtol=1e-4, atol=1e-5 * np.abs(exact).max())


def test_kinds_without_second_derivatives_are_named_and_their_light_may_stay():
    moffat = gaxel.Moffat(x=5.0, y=6.0, flux=100.0, fwhm=3.0, beta=2.5, q=0.8, theta=0.1, name="halo")
    components = [GALAXY, moffat]

    def product(model):
        start = jnp.asarray(model.start)
        return jax.jvp(jax.grad(lambda v: jnp.sum(model.image(v))), (start,), (start,))[1]

    with pytest.raises(NotImplementedError, match=r"'halo' \(moffat\)"):
        product(gaxel_jax.Model(components, SHAPE))
    assert np.all(np.isfinite(product(gaxel_jax.Model(components, SHAPE, parameters="galaxy.*"))))


def test_third_derivatives_are_refused(model):
    def one(t):
        return jnp.sum(model.image(jnp.asarray(model.start).at[3].add(t)))

    with pytest.raises(NotImplementedError, match="third derivatives"):
        jax.grad(jax.grad(jax.grad(one)))(0.0)


def test_values_that_cannot_be_are_nan(model):
    bad = jnp.asarray(model.start).at[3].set(-1.0)
    assert np.all(np.isnan(jax.jvp(jax.grad(lambda v: jnp.sum(model.image(v))), (bad,), (bad,))[1]))


# A pixel about (0, 0), the centre in its middle, on an edge, on a corner, inside; written out along its edges.


@functools.cache
def sersic_b(n):
    return mp.findroot(
        lambda b: mp.gammainc(2 * n, 0, b, regularized=True) - mp.mpf(1) / 2, 2 * n - mp.mpf(1) / 3
    )


def light_and_slope(dx, dy, re, n, q, theta):
    """The Sersic profile of unit flux, and its derivatives to x and y."""
    p, b = 1 / (2 * n), sersic_b(n)
    u = (dx * mp.cos(theta) + dy * mp.sin(theta)) / re
    v = (-dx * mp.sin(theta) + dy * mp.cos(theta)) / (q * re)
    s = u**2 + v**2
    light = b ** (2 * n) / (2 * mp.pi * n * mp.gamma(2 * n)) * mp.exp(-b * s**p) / (q * re**2)
    per_s = -p * b * s ** (p - 1) * light if s > 0 else mp.mpf(0)
    u_x, u_y = mp.cos(theta) / re, mp.sin(theta) / re
    v_x, v_y = -mp.sin(theta) / (q * re), mp.cos(theta) / (q * re)
    return light, 2 * per_s * (u * u_x + v * v_x), 2 * per_s * (u * u_y + v * v_y)


def by_edges(x, y, shape):
    """d2/dx2, d2/dxdy and d2/dy2 of the pixel's light: those of the density along its edges, and at its corners."""
    half = mp.mpf(1) / 2
    ends = (-half, half)

    def along(integrand, centre):
        return mp.quad(integrand, [-half, centre, half] if -half < centre < half else [-half, half])

    xx = sum(
        sign * along(lambda t, edge=edge: light_and_slope(edge - x, t - y, *shape)[1], y)
        for sign, edge in zip((-1, 1), ends, strict=True)
    )
    yy = sum(
        sign * along(lambda t, edge=edge: light_and_slope(t - x, edge - y, *shape)[2], x)
        for sign, edge in zip((-1, 1), ends, strict=True)
    )
    xy = sum(
        sx * sy * light_and_slope(ex - x, ey - y, *shape)[0]
        for sx, ex in zip((-1, 1), ends, strict=True)
        for sy, ey in zip((-1, 1), ends, strict=True)
    )
    return np.array([float(xx), float(xy), float(yy)])


@pytest.mark.parametrize("n", [1.0, 2.5, 4.0])
@pytest.mark.parametrize("centre", [(0.0, 0.0), (0.1, -0.2), (0.5, 0.1), (0.2, -0.5), (0.5, 0.5)])
def test_derivatives_to_the_centre_are_integrals_along_the_pixel_s_edges(n, centre):
    shape = (1.3, n, 0.4, 0.6)
    with mp.workdps(60):  # beside the centre the integrand is a power of the distance to it down to -1 + 1/n
        exact = by_edges(mp.mpf(centre[0]), mp.mpf(centre[1]), tuple(mp.mpf(value) for value in shape))
    galaxy = gaxel.Sersic(
        x=centre[0], y=centre[1], flux=1.0, re=shape[0], n=n, q=shape[2], theta=shape[3], name="galaxy"
    )
    model = gaxel_jax.Model(galaxy, (1, 1), parameters=["galaxy.x", "galaxy.y"], rtol=1e-10, atol=1e-13)
    found = np.asarray(jax.hessian(lambda v: model.image(v)[0, 0])(model.start))
    np.testing.assert_allclose(
        [found[0, 0], found[0, 1], found[1, 1]], exact, rtol=0.0, atol=2e-12 * max(1.0, np.abs(exact).max())
    )
    assert found[1, 0] == pytest.approx(found[0, 1], rel=1e-11)
