"""gaxel.jax's operations for other platforms beside the core, which is tested elsewhere.

They run on JAX's default device, a GPU where JAX has one, and the core on the CPU.
"""

import functools
import re

import gaxel
import gaxel.jax as gaxel_jax
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gaxel._executor.surface import LAWS
from jax_devices import on_cpu

SHAPE = (30, 26)
AT = {"x": 12.3, "y": 15.2, "flux": 30.0, "q": 0.6, "theta": 0.7}
GALAXY = gaxel.Sersic(**AT, re=4.0, n=2.5, name="galaxy")
SKY = gaxel.Sky(level=0.1, slope_x=0.01, slope_y=-0.02, name="sky")
PSF = gaxel.GaussianPsf(fwhm=3.0)


pytestmark = pytest.mark.usefixtures("float64")


compiled = functools.partial(jax.jit, compiler_options={"xla_backend_optimization_level": 0})
"""For programs that run once or twice."""


def both(components, psf=None, **options):
    """The same model by the core and by operations of JAX, on the same cells."""
    return [
        gaxel_jax.Model(components, SHAPE, psf=psf, plan="static", backend=backend, **options)
        for backend in ("core", "jax")
    ]


def largest(array):
    return np.max(np.abs(array))


def assert_same(components, psf=None, tolerance=1e-10, jacobian=1e-8):
    """Image and derivatives at the components' values, and at others with the same cells."""
    core, executor = both(components, psf)
    of_core = compiled(lambda v: (core.image(v), jax.jacfwd(core.image)(v)))
    of_executor = compiled(lambda v: (executor.image(v), jax.jacfwd(executor.image)(v)))
    moved = core.start * (1.0 + 0.003 * np.cos(np.arange(len(core.start))))
    for values in (core.start, moved):
        with on_cpu():
            image, slopes = of_core(values)
        found, found_slopes = of_executor(values)
        assert largest(found - image) <= tolerance * largest(image)
        for k, name in enumerate(core.names):
            within = jacobian * largest(slopes[..., k])
            assert largest(found_slopes[..., k] - slopes[..., k]) <= within, name


@pytest.mark.parametrize(
    "component",
    [
        GALAXY.replace(x=12.5, y=15.0, n=6.0, q=0.15),  # the centre on an edge
        gaxel.Sersic(x=12.5, y=14.5, i0=30.0, re=0.4, n=0.7, q=0.6),  # on a corner, and smaller than a pixel
        gaxel.King(**AT, rc=0.8, rt=5.0, alpha=1.6),
        gaxel.Ferrers(**AT, rout=6.0, alpha=0.9, beta=1.2),
    ],
    ids=["edge", "corner", "king", "ferrers"],
)
def test_profiles_are_those_of_the_core(component):
    assert_same([component])


def test_sums_points_and_skies_are_those_of_the_core():
    assert_same(
        [
            gaxel.Moffat(**AT, fwhm=1.2, beta=2.3),
            gaxel.Mge(x=20.0, y=22.0, flux1=3.0, flux2=2.0, sigma_min=1.0, sigma_max=2.0, q=0.5, theta=0.3),
            gaxel.PointSource(x=8.2, y=20.1, flux=1.0),
            SKY,
            gaxel.SkyChebyshev(c00=0.2, c10=0.03, c01=0.01, c20=0.02, c11=0.03, c02=-0.01),
        ]
    )


def image_psf():
    """At twice the data's sampling, off its middle, with power beyond what the data sample."""
    y, x = np.mgrid[:25, :25] - 12.3
    return gaxel.Psf(np.exp(-0.5 * (x**2 + 1.3 * y**2) / 1.6**2), oversample=2)


@pytest.mark.parametrize(
    ("components", "psf"),
    [
        ([GALAXY, SKY, gaxel.PointSource(x=20.2, y=9.1, flux=3.0)], PSF),
        ([GALAXY.replace(q=0.12, n=4.0, x=2.0)], gaxel.GaussianPsf(fwhm=1.4)),
        ([gaxel.Gaussian(**AT, re=1.0), gaxel.King(**AT, rc=2.0, rt=7.0, alpha=2.0)], image_psf()),
        ([gaxel.Sersic(**AT, re=20.0, n=0.101)], PSF),
    ],
    ids=["galaxy", "thin", "image", "boxes"],
)
def test_light_through_a_psf_is_that_of_the_core(components, psf):
    assert_same(components, psf)


def test_components_may_have_psfs_of_their_own():
    own = GALAXY.replace(psf=gaxel.MoffatPsf(fwhm=2.5, beta=3.0), x=6.0, name="own")
    bare = GALAXY.replace(psf=False, y=24.0, re=2.0, name="bare")
    core, executor = both([GALAXY, own, bare, SKY], PSF)
    with on_cpu():
        image = core.image(core.start)
    assert largest(compiled(executor.image)(core.start) - image) <= 1e-10 * largest(image)


@pytest.mark.parametrize("psf", [None, PSF], ids=["no psf", "psf"])
def test_second_derivatives_agree_with_differences(psf):
    wanted = ["galaxy.x", "galaxy.re", "galaxy.n", "galaxy.q", "galaxy.theta"]
    core, executor = both([GALAXY, SKY], psf, parameters=wanted)
    with on_cpu():
        data = 1.02 * core.image(core.start)
    direction = np.array([0.3, 0.5, 0.4, -0.1, 0.2])

    def gradient(values):
        with on_cpu():
            return jax.grad(lambda values: core.chi2(values, data, 0.3))(values)

    # Central differences of the sixth order of the core's gradients.
    step = 0.02
    weights = {1: 0.75, 2: -0.15, 3: 1.0 / 60.0}
    differences = sum(
        weight
        / step
        * (gradient(core.start + k * step * direction) - gradient(core.start - k * step * direction))
        for k, weight in weights.items()
    )
    slopes = jax.grad(lambda values: executor.chi2(values, data, 0.3))
    found = compiled(lambda at: jax.jvp(slopes, (at,), (direction,))[1])(executor.start)
    np.testing.assert_allclose(found, differences, atol=1e-6 * largest(differences))


@pytest.mark.parametrize("alpha", [0.5, 1.0, 1.3])
def test_second_derivatives_see_an_edge_move_through_a_psf(alpha):
    """Against differences of images, to the sixth order: light rises from the edge like a root, or with a kink."""
    king = gaxel.King(**AT, rc=1.5, rt=6.0, alpha=alpha, name="king")
    weights = np.random.default_rng(2).uniform(0.0, 1.0, SHAPE)
    executor = gaxel_jax.Model(king, SHAPE, psf=PSF, parameters="king.rt", backend="jax")

    def core(rt):
        return np.sum(weights * gaxel.render(king.replace(rt=rt), SHAPE, psf=PSF, rtol=1e-9, atol=1e-12))

    step = 0.1
    differences = sum(
        weight / step**2 * (core(6.0 + k * step) + core(6.0 - k * step) - 2.0 * core(6.0))
        for k, weight in {1: 1.5, 2: -0.15, 3: 1.0 / 90.0}.items()
    )
    slope = jax.grad(lambda values: jnp.sum(weights * executor.image(values)))
    (found,) = compiled(lambda at: jax.jvp(slope, (at,), (jnp.ones(1),))[1])(executor.start)
    assert found == pytest.approx(differences, rel=1e-5)


def test_they_map_scan_and_compile():
    model = gaxel_jax.Model(gaxel.Gaussian(**AT, re=1.0), SHAPE, psf=PSF, backend="jax")
    several = jnp.stack([model.start, 1.01 * model.start])
    single = [compiled(model.image)(values) for values in several]
    mapped = compiled(jax.vmap(model.image))(several)
    _, scanned = compiled(lambda v: jax.lax.scan(lambda c, x: (c, model.image(x)), 0, v))(several)
    for images in (mapped, scanned):
        np.testing.assert_allclose(images, single, rtol=1e-12, atol=1e-14 * largest(mapped))


@pytest.mark.parametrize(
    ("components", "psf"), [([GALAXY, SKY], PSF), ([gaxel.Exponential(**AT | {"x": 12.5}, re=3.0)], None)],
    ids=["psf", "no psf"],
)  # fmt: skip
def test_float32_goes_in_and_comes_out(components, psf):
    jax.config.update("jax_enable_x64", False)
    core, executor = both(components, psf)
    weights = np.cos(np.arange(np.prod(SHAPE))).reshape(SHAPE)

    def image_and_slopes(model):
        def both_of(values):
            return model.image(values), jax.grad(lambda v: jnp.sum(weights * model.image(v)))(values)

        return compiled(both_of)(model.start)

    with on_cpu():
        value, gradient = image_and_slopes(core)
    found, slopes = image_and_slopes(executor)
    assert found.dtype == slopes.dtype == jnp.float32
    assert largest(found - value) < 3e-6 * largest(value)
    assert largest(slopes - gradient) < 1e-3 * largest(gradient)


def test_values_that_cannot_be_are_nan():
    executor = gaxel_jax.Model(gaxel.Gaussian(**AT, re=1.0, name="galaxy"), SHAPE, psf=PSF, backend="jax")
    bad = executor.start.copy()
    bad[executor.names.index("galaxy.re")] = -1.0
    value, gradient = compiled(jax.value_and_grad(executor.chi2))(bad, np.zeros(SHAPE), 1.0)
    assert np.isnan(value)
    assert np.all(np.isnan(gradient))


@pytest.mark.parametrize("psf", [None, PSF], ids=["no psf", "psf"])
@pytest.mark.parametrize("platform", ["cuda", "tpu"])
def test_programs_for_other_platforms_hold_nothing_of_the_core(platform, psf):
    model = gaxel_jax.Model([GALAXY, SKY], SHAPE, psf=psf)
    program = jax.jit(jax.value_and_grad(model.chi2))
    arguments = model.start, np.zeros(SHAPE), 1.0
    text = jax.export.export(program, platforms=[platform])(*arguments).mlir_module()
    assert not re.search(r"custom_call|callback|infeed|outfeed", text)
    with on_cpu():
        assert "gaxel_adjoint_float64" in program.lower(*arguments).as_text()


def test_programs_for_other_platforms_compute_what_the_core_does():
    galaxy = gaxel.Gaussian(**AT, re=1.0, name="galaxy")
    model = gaxel_jax.Model(galaxy, SHAPE, psf=PSF, parameters=["galaxy.x", "galaxy.re", "galaxy.q"])
    with on_cpu():
        data = np.asarray(1.1 * model.image(model.start))
    several = np.stack([model.start, 1.01 * model.start])

    @jax.jit
    def all_operations(several):
        return (
            jax.vmap(jax.value_and_grad(model.chi2), (0, None, None))(several, data, 1.0),
            jax.jacfwd(model.image)(several[0]),
            jax.hessian(model.chi2)(several[0], data, 1.0),
            jax.jacfwd(jax.jacfwd(model.image))(several[0]),
        )

    with on_cpu():
        expected = all_operations(several)
    elsewhere = all_operations
    if jax.default_backend() == "cpu":  # which takes the program for another platform
        anywhere = [jax.export.DisabledSafetyCheck.platform()]
        exported = jax.export.export(all_operations, platforms=["cuda"], disabled_checks=anywhere)(several)
        elsewhere = exported.call
    for found, truth in zip(*map(jax.tree.leaves, (elsewhere(several), expected)), strict=True):
        assert largest(found - truth) <= 1e-8 * largest(truth)


def lowered_elsewhere(model):
    return jax.export.export(jax.jit(model.image), platforms=["cuda"])(model.start)


def test_what_only_the_core_makes_is_told(monkeypatch):
    with pytest.raises(gaxel.InputError, match="'auto' or 'core' or 'jax'"):
        gaxel_jax.Model(GALAXY, SHAPE, backend="gpu")
    with pytest.raises(NotImplementedError, match='backend="core"'):
        lowered_elsewhere(gaxel_jax.Model(GALAXY, SHAPE, backend="core"))
    monkeypatch.delitem(LAWS, "nuker")
    nucleus = gaxel.Nuker(x=12.0, y=15.0, ib=1.0, rb=3.0, alpha=2.0, beta=2.0, gamma=0.5, name="nucleus")
    with pytest.raises(NotImplementedError, match="nucleus"):
        gaxel_jax.Model([GALAXY, nucleus], SHAPE, backend="jax")
    model = gaxel_jax.Model([GALAXY, nucleus], SHAPE)
    with on_cpu():
        assert np.all(np.isfinite(model.image(model.start)))
    with pytest.raises(NotImplementedError, match="nucleus"):
        lowered_elsewhere(model)


@pytest.mark.parametrize(
    ("component", "psf"),
    [
        (gaxel.Sersic(**AT, re=4.0, n=2.5, name="galaxy"), PSF),
        (gaxel.PointSource(x=12.3, y=15.2, flux=30.0, name="galaxy"), PSF),
    ],
)
def test_light_through_a_psf_may_leave_the_image(component, psf):
    """It comes round nowhere: the core's image, or NaN where the model's periods would not do."""
    core, executor = both([component], psf)
    image, known = compiled(executor.image), 0
    for x in (-500.0, -60.0, -20.0, -3.0, 0.0, 13.0, 22.0, 25.0, 29.0, 45.0, 80.0, 3000.0):
        with on_cpu():
            expected = core.image({"galaxy.x": x})
        found = np.asarray(image(executor.vector({"galaxy.x": x})))
        if not np.isnan(found).any():
            known += 1
            assert largest(found - expected) <= 1e-9 * 30.0, x
    assert known >= 8


def test_thin_light_through_a_psf_is_right_or_nan():
    core, executor = both([GALAXY], PSF)
    image = compiled(executor.image)
    for q in (0.9, 0.6, 0.45, 0.3, 0.1, 0.02):
        found = np.asarray(image(executor.vector({"galaxy.q": q})))
        if q >= 0.45:
            assert not np.isnan(found).any()
        if not np.isnan(found).any():
            with on_cpu():
                expected = core.image({"galaxy.q": q})
            assert largest(found - expected) <= 1e-9 * 30.0, q
