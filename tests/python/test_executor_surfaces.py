"""Images of all kinds of surfaces and shapes by gaxel._executor, and their derivatives, against the core's on the same
cells, which are tested elsewhere; derivatives of second order against differences."""

import gaxel
import gaxel.jax as gaxel_jax
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gaxel._executor.surface import Surface
from jax_devices import on_cpu
from law_sample import KINDS, draw

SHAPE = (16, 18)
PSF = gaxel.GaussianPsf(fwhm=3.5)
# Cells are the same for both: few of them will do.
TOLERANCE = {"rtol": 1e-4, "atol": 1e-6}
PLACE = {"x": 8.3, "y": 7.4, "flux": 80.0, "q": 0.6, "theta": 0.7}
CUT = gaxel.Truncation(x=8.1, y=7.6, rbreak=3.0, softening=2.0, q=0.9, f2=0.1, f2_phase=0.4)
# Kinds of KINDS whose light is no surface.
OTHERS = {"Mge": "a sum of Gaussians, each an elliptical profile of its own"}
ELLIPTICAL = ("sersic", "exponential", "devaucouleurs", "gaussian", "moffat", "king", "ferrers")


pytestmark = pytest.mark.usefixtures("float64", "soon_compiled")


SCENES = {
    "bent sersic": [gaxel.Sersic(re=3.0, n=2.2, b1=0.3, b2=0.5, b3=-0.1, **PLACE)],
    "soft exponential": [gaxel.Exponential(re=3.0, soft=0.6, **PLACE)],
    "boxy de vaucouleurs": [gaxel.DeVaucouleurs(re=3.0, c0=0.7, **PLACE)],
    "lopsided gaussian": [gaxel.Gaussian(re=3.0, asymmetry=0.4, asymmetry_angle=0.3, **PLACE)],
    "moffat with modes": [gaxel.Moffat(fwhm=3.0, beta=2.5, f1=0.1, f1_phase=0.2, f3=0.05, f3_phase=1.0, **PLACE)],
    "discy king": [gaxel.King(rc=1.5, rt=6.0, alpha=1.7, c0=-0.5, f4=0.03, f4_phase=0.1, **PLACE)],
    "spiral ferrers": [gaxel.Ferrers(rout=6.0, alpha=2.0, beta=0.3, spiral_angle=1.2, spiral_rin=1.0, spiral_rout=7.0,
                                     spiral_power=0.4, spiral_inclination=0.5, spiral_node=0.3, **PLACE)],
    "wound exponential": [gaxel.Exponential(re=3.0, logspiral_angle=1.2, logspiral_rin=1.0, logspiral_rout=7.0,
                                            logspiral_scale=2.0, logspiral_inclination=0.4, logspiral_node=0.2, **PLACE)],
    "soft lopsided nuker": [gaxel.Nuker(x=8.3, y=7.4, ib=3.0, rb=2.0, alpha=2.0, beta=2.5, gamma=0.9, soft=0.4,
                                        asymmetry=0.2, asymmetry_angle=0.5)],
    "a cut that two share": [
        gaxel.Sersic(re=3.0, n=1.5, inner=[CUT], **PLACE),
        gaxel.Exponential(x=8.0, y=7.7, ibreak=4.0, re=2.0, q=0.7, theta=0.2, outer=[CUT]),
    ],
    "brightness": [gaxel.Sersic(x=8.3, y=7.4, re=3.0, n=1.5, i0=50.0, c0=0.3)],
    "two laws": [draw(KINDS["FlatBar"], 1, x=8.3, y=7.4), draw(KINDS["Nuker"], 2, x=7.9, y=7.1)],
}  # fmt: skip
"""Each option at least once."""


def core_of(components, psf):
    """The core's image and derivatives (parameters, ny, nx), on the cells that the executor has."""
    plan = gaxel.prepare(components, SHAPE, psf, **TOLERANCE)
    return gaxel.render_with_jacobian(components, SHAPE, psf, plan=plan, **TOLERANCE)


def executor_of(components, psf):
    return gaxel_jax.Model(components, SHAPE, psf, backend="jax", **TOLERANCE)


def check(components, psf, agreement=1e-12):
    """The image, and its derivative along a direction in which all arguments count alike."""
    expected, truth = core_of(components, psf)
    own = executor_of(components, psf)
    direction = np.random.default_rng(1).uniform(0.5, 1.0, len(truth)) / np.abs(truth).max((1, 2))
    image, derivative = jax.jit(lambda *at: jax.jvp(own.image, at[:1], at[1:]))(own.start, direction)
    np.testing.assert_allclose(image, expected, rtol=0.0, atol=agreement * np.abs(expected).max())
    np.testing.assert_allclose(derivative, np.tensordot(direction, truth, 1), rtol=0.0, atol=1e-9)


def surface_of(name):
    """A component of that kind; those that are no surfaces by themselves are made one by an option."""
    options = {"asymmetry": 0.2, "asymmetry_angle": 0.4} if KINDS[name]._kind.base_name in ELLIPTICAL else {}
    return draw(KINDS[name], 1, x=8.3, y=7.4, **options)


SURFACES = [name for name in KINDS if name not in OTHERS]


@pytest.mark.parametrize("name", SURFACES)
def test_every_kind_is_the_core_s(name):
    check([surface_of(name)], None)


@pytest.mark.parametrize("name", SCENES)
def test_every_shape_is_the_core_s(name):
    check(SCENES[name], None)


@pytest.mark.parametrize("first", range(0, len(SURFACES), 4))
def test_every_kind_is_the_core_s_through_a_psf(first):
    check([surface_of(name) for name in SURFACES[first : first + 4]], PSF)


@pytest.mark.parametrize("first", range(0, len(SCENES), 4))
def test_every_shape_is_the_core_s_through_a_psf(first):
    components = [component for scene in list(SCENES.values())[first : first + 4] for component in scene]
    own = executor_of(components, PSF)
    expected, _ = core_of(components, PSF)
    image = jax.jit(own.image)(own.start)
    np.testing.assert_allclose(image, expected, rtol=0.0, atol=1e-12 * np.abs(expected).max())


STAMP = np.exp(-((np.arange(11) - 5.2) ** 2 + (np.arange(9)[:, None] - 4.1) ** 2) / 6.0)


@pytest.mark.parametrize("psf", [None, PSF], ids=["no psf", "psf"])
@pytest.mark.parametrize(
    "place", [{"theta": 0.0, "scale": 1.0}, {"theta": 0.4, "scale": 0.6}, {"theta": -2.1, "scale": 1.7}]
)
def test_images_are_the_core_s(place, psf):
    """The core leaves out more of the images' faintest pixels before a PSF."""
    check([gaxel.ImageLight(image=STAMP, x=8.3, y=7.4, flux=30.0, **place)], psf, 1e-10)


def test_a_small_image_takes_a_bounded_memory():
    """Its pixels are far smaller than the frame's, whose edges could cross many of them; elsewhere there are none."""
    shape = (100, 100)
    light = gaxel.ImageLight(image=STAMP, x=50.47, y=49.52, flux=30.0, theta=0.4, scale=0.01)
    weights = np.random.default_rng(2).uniform(0.0, 1.0, shape)
    own = gaxel_jax.Model([light], shape, backend="jax", **TOLERANCE)
    program = jax.jit(jax.value_and_grad(lambda values: jnp.sum(weights * own.image(values))))
    built = program.lower(own.start).compile()
    assert built.memory_analysis().temp_size_in_bytes < 5e8
    value, gradient = built(own.start)
    image, slopes = gaxel.render_with_jacobian([light], shape, **TOLERANCE)
    assert value == pytest.approx(np.sum(weights * image), rel=1e-10)
    expected = np.sum(weights * slopes, (1, 2))
    np.testing.assert_allclose(gradient, expected, rtol=0.0, atol=1e-9 * np.abs(expected).max())


def test_a_sharp_psf_makes_drawings_fade():
    check([surface_of("Nuker")], gaxel.GaussianPsf(fwhm=1.2))


@pytest.mark.parametrize("psf", [None, PSF], ids=["no psf", "psf"])
def test_second_derivatives_are_those_of_differences(psf):
    """Along one direction, of a sum over the pixels; differences of the gradient, to the fourth order."""
    nuker = {
        "x": 8.3,
        "y": 7.4,
        "ib": 3.0,
        "rb": 2.0,
        "alpha": 2.0,
        "beta": 2.5,
        "gamma": 0.9,
        "q": 0.7,
        "theta": 0.4,
    }
    components = [gaxel.Nuker(**nuker, b2=0.3, f3=0.05, f3_phase=0.3, outer=[CUT])]
    own = executor_of(components, psf)
    weights = np.random.default_rng(2).uniform(0.0, 1.0, SHAPE)
    start, scale = np.array(own.start), np.maximum(np.abs(own.start), 0.1)
    direction = scale * np.random.default_rng(3).uniform(-1.0, 1.0, len(start))

    @jax.jit
    def gradient(values):
        return jax.grad(lambda values: jnp.sum(weights * own.image(values) ** 2))(values)

    _, found = jax.jit(lambda *at: jax.jvp(gradient, at[:1], at[1:]))(start, direction)
    h = 3e-4
    one, other = (gradient(start + k * h * direction) - gradient(start - k * h * direction) for k in (1, 2))
    expected = scale * (8.0 * one - other) / (12.0 * h)
    np.testing.assert_allclose(scale * found, expected, rtol=0.0, atol=1e-6 * np.abs(expected).max())


@pytest.mark.parametrize(
    "component",
    [
        gaxel.Sersic(re=3.0, n=1.0, soft=0.5, **PLACE),
        gaxel.Sersic(re=3.0, n=1.0, c0=-1.0, **PLACE),
        gaxel.Ferrers(rout=6.0, alpha=1.0, beta=0.3, b1=0.1, **PLACE),
        draw(KINDS["FlatBar"], 1, x=8.3, y=7.4),
    ],
    ids=["soft", "diamond", "edge", "flat bar"],
)
def test_light_with_a_kink_has_no_second_derivatives(component):
    own = executor_of([component.replace(name="galaxy")], None)

    def total(values):
        return jnp.sum(own.image(values) ** 2)

    jax.eval_shape(jax.grad(total), own.start)
    with pytest.raises(NotImplementedError, match=r"galaxy.*kink"):
        jax.eval_shape(jax.hessian(total), own.start)


@pytest.mark.parametrize("psf", [None, PSF], ids=["no psf", "psf"])
def test_constant_light_with_a_kink_leaves_others_their_second_derivatives(psf):
    """They are those of the other light alone."""
    galaxy = gaxel.Sersic(re=3.0, n=1.0, **PLACE, name="galaxy")
    soft = gaxel.Exponential(re=2.0, soft=0.5, **PLACE, name="soft")
    nuker = surface_of("Nuker").replace(name="nuker")
    weights = np.random.default_rng(2).uniform(0.0, 1.0, SHAPE)

    def second(components, backend):
        model = gaxel_jax.Model(
            components, SHAPE, psf, parameters=["galaxy.x", "galaxy.re"], backend=backend, **TOLERANCE
        )
        return jax.jit(jax.hessian(lambda values: jnp.sum(weights * model.image(values))))(model.start)

    with on_cpu():
        expected = second([galaxy], "core")
    found = second([galaxy, soft], "jax")
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=1e-4 * np.abs(expected).max())

    # A surface beside it.
    model = gaxel_jax.Model([nuker, soft], SHAPE, psf, parameters="nuker.*", backend="jax", **TOLERANCE)
    jax.eval_shape(jax.hessian(lambda values: jnp.sum(weights * model.image(values))), model.start)


def test_values_that_no_shape_has_give_nan():
    galaxy = gaxel.Exponential(
        re=3.0, f1=0.1, f2=0.1, spiral_angle=1.0, spiral_rout=5.0, inner=[CUT], **PLACE
    )
    own = executor_of([galaxy], None)
    image = jax.jit(own.image)
    assert np.isfinite(image(own.start)).all()
    for values in (
        {"exponential1.f1": 0.8, "exponential1.f2": 0.8},
        {"exponential1.spiral_rin": 6.0},
        {"truncation1.softening": 40.0},
    ):
        assert np.isnan(image(own.vector(values))).all()


def test_single_precision_is_good_to_its_digits():
    components = [surface_of(name) for name in ("BrokenExponential", "EdgeOnDiscN", "CoreSersic")]
    expected, truth = core_of(components, None)
    own = executor_of(components, None)

    @jax.jit
    def of_squares(values):
        return jnp.sum(own.image(values) ** 2)

    with jax.enable_x64(False):
        value, gradient = jax.value_and_grad(of_squares)(jnp.asarray(own.start, jnp.float32))
    assert value.dtype == jnp.float32
    assert value == pytest.approx(np.sum(expected**2), rel=1e-5)
    of_truth = 2.0 * np.tensordot(truth, expected, 2)
    np.testing.assert_allclose(gradient, of_truth, rtol=0.0, atol=3e-5 * np.abs(of_truth).max())


def test_a_kind_without_a_law_says_so():
    with pytest.raises(NotImplementedError, match=r"cut.*truncation"):
        Surface([{"kind": "truncation", "inner": [], "outer": [], "values": []}], 0, "cut")
