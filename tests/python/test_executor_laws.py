"""The laws and shapes of gaxel._executor, point by point, against the formulas of law_formulas.py and shape_truth.py.
Every kind of the registry is here: one that is new and has no law in the executor fails."""

import gaxel
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import shape_truth
from gaxel._executor.special import bessel_k0, sersic_b, x_bessel_k1
from gaxel._executor.surface import LAWS, Surface
from gaxel._parameters import as_list, core_components, slots_of
from law_formulas import law_of
from law_sample import KINDS, draw
from law_truth import RadialLaw
from scipy.special import gammaincinv, k1

pytestmark = pytest.mark.usefixtures("float64", "soon_compiled")


# Kinds with a formula whose light is no surface.
OTHERS = {"mge": "a sum of Gaussians, each an elliptical profile of its own"}


def listed(components):
    components = as_list(components, "test")
    slots = slots_of(components, "test")
    core = core_components(components, slots, [0] * len(components), (32, 32), "test")
    return [
        {"kind": kind, "values": values, "inner": inner, "outer": outer}
        for kind, values, _, inner, outer, _ in core
    ]


def light_at(component, x, y):
    """Light of the executor at places in the image."""
    core = listed([component])
    surface = Surface(core, 0, "galaxy")

    @jax.jit
    def light(values, x, y):
        found = surface.light(values)
        return found.scale * found.unit(x - found.x, y - found.y)

    return light([jnp.array(one["values"]) for one in core], jnp.asarray(x), jnp.asarray(y))


def formula_at(component, x, y):
    law = law_of(component)
    dx, dy = x - component.x, y - component.y
    u = dx * np.cos(component.theta) + dy * np.sin(component.theta)
    v = dy * np.cos(component.theta) - dx * np.sin(component.theta)
    return law.light(np.hypot(u, v / law.q)) if isinstance(law, RadialLaw) else law.light(u, v)


@pytest.mark.parametrize("name", KINDS)
def test_light_is_that_of_the_formula(name):
    kind = KINDS[name]._kind.base_name
    if kind in OTHERS:
        assert kind not in LAWS
        return
    component = draw(KINDS[name], 1)
    random = np.random.default_rng(1)
    distance, angle = np.exp(random.uniform(-7.0, 3.5, 300)), random.uniform(0.0, 2.0 * np.pi, 300)
    x, y = component.x + distance * np.cos(angle), component.y + distance * np.sin(angle)
    truth = formula_at(component, x, y)
    np.testing.assert_allclose(light_at(component, x, y), truth, rtol=3e-12, atol=1e-14 * truth.max())


SHAPES = {
    "c0": {"c0": 1.3},
    "discy": {"c0": -0.8, "f4": 0.05, "f4_phase": 0.3},
    "modes": {"f1": 0.1, "f1_phase": 0.4, "f3": -0.07, "f3_phase": 1.2, "f10": 0.02, "f10_phase": -0.2},
    "bent": {"b1": 0.4, "b2": 0.9, "b5": -0.02},
    "spiral": {"spiral_angle": 2.4, "spiral_rin": 1.0, "spiral_rout": 8.0, "spiral_power": 0.6,
               "spiral_inclination": 0.7, "spiral_node": 0.9},
    "logspiral": {"logspiral_angle": -1.8, "logspiral_rin": 0.5, "logspiral_rout": 7.0, "logspiral_scale": 2.0,
                  "logspiral_inclination": 0.4, "logspiral_node": -0.3},
    "asymmetry": {"asymmetry": 0.3, "asymmetry_angle": 1.1, "f2": 0.05, "f2_phase": 0.0},
    "soft": {"soft": 0.7},
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_those_of_the_formula(name):
    given = {"x": 14.2, "y": 12.7, "flux": 50.0, "re": 3.1, "n": 1.7, "q": 0.6, "theta": 0.8, **SHAPES[name]}
    x, y = np.random.default_rng(2).uniform(2.0, 26.0, (2, 200))
    x[:20] = 14.2 + np.linspace(-0.6, 0.55, 20)
    y[:20] = 12.8
    truth = shape_truth.sersic_light(given)(x, y)
    np.testing.assert_allclose(light_at(gaxel.Sersic(**given), x, y), truth, rtol=3e-11)


def test_truncations_cut():
    given = {"x": 14.2, "y": 12.7, "flux": 50.0, "re": 3.1, "n": 1.7, "q": 0.6, "theta": 0.8}
    inner = {"x": 14.0, "y": 12.9, "rbreak": 4.0, "softening": 2.5, "q": 0.8, "theta": 0.3, "c0": 0.6}
    outer = {"x": 13.8, "y": 12.5, "rbreak": 9.0, "softening": 3.0, "q": 0.7, "theta": -0.4, "f2": 0.1,
             "f2_phase": 0.5, "b2": 0.4}  # fmt: skip
    component = gaxel.Sersic(**given, inner=[gaxel.Truncation(**inner)], outer=[gaxel.Truncation(**outer)])
    x, y = np.random.default_rng(3).uniform(2.0, 26.0, (2, 200))
    truth = shape_truth.sersic_light(given, [inner], [outer])(x, y)
    np.testing.assert_allclose(light_at(component, x, y), truth, rtol=1e-11, atol=1e-14)


BRIGHTNESSES = {"i0": 0.0, "ie": 1.0, "ibreak": 1.6}


@pytest.mark.parametrize("key", BRIGHTNESSES)
def test_brightness_is_that_at_its_radius(key):
    re, q, theta = 2.5, 0.7, 0.4
    cut = gaxel.Truncation(x=9.0, y=8.0, rbreak=BRIGHTNESSES["ibreak"] * re, softening=1.0)
    cuts = {"inner": [cut]} if key == "ibreak" else {}
    component = gaxel.Sersic(x=9.0, y=8.0, re=re, n=2.2, q=q, theta=theta, **{key: 7.0}, **cuts)
    radius = BRIGHTNESSES[key] * re
    at = 9.0 + radius * np.cos(theta), 8.0 + radius * np.sin(theta)
    kept = shape_truth.kept({"x": 9.0, "y": 8.0, "rbreak": 4.0, "softening": 1.0}, *at) if cuts else 1.0
    assert light_at(component, *map(np.atleast_1d, at))[0] == pytest.approx(7.0 * kept, rel=1e-12)


@mpmath.workdps(40)
def test_b_and_its_derivatives_are_those_of_the_incomplete_gamma_function():
    indices = np.array([0.1, 0.3, 0.49, 0.5, 1.0, 4.0, 9.3, 20.0])
    np.testing.assert_allclose(
        jax.jit(jax.vmap(sersic_b))(indices), gammaincinv(2.0 * indices, 0.5), rtol=3e-14
    )

    def exact(n):
        return mpmath.findroot(
            lambda b: mpmath.gammainc(2 * n, 0, b, regularized=True) - 0.5, gammaincinv(float(2 * n), 0.5)
        )

    first = jax.jit(jax.grad(sersic_b))
    second = jax.jit(jax.grad(jax.grad(sersic_b)))
    for n in (0.2, 0.7, 3.0, 11.0):
        assert first(n) == pytest.approx(float(mpmath.diff(exact, n)), rel=1e-12)
        assert second(n) == pytest.approx(float(mpmath.diff(exact, n, 2)), rel=1e-9, abs=1e-12)


@mpmath.workdps(30)
def test_bessel_functions_are_those_of_mpmath():
    x = np.concatenate([np.geomspace(1e-9, 1.9, 40), [1.9999, 2.0], np.geomspace(2.1, 600.0, 40)])
    np.testing.assert_allclose(jax.jit(x_bessel_k1)(x), x * k1(x), rtol=5e-15)
    places = np.array([0.03, 1.3, 2.7, 30.0])
    derivative = x_bessel_k1
    for order in range(3):
        expected = [float(mpmath.diff(lambda z: z * mpmath.besselk(1, z), at, order)) for at in places]
        np.testing.assert_allclose(jax.jit(jax.vmap(derivative))(places), expected, rtol=1e-12)
        derivative = jax.grad(derivative)
    assert jax.jit(bessel_k0)(0.7) == pytest.approx(float(mpmath.besselk(0, 0.7)), rel=1e-14)


@pytest.mark.parametrize("function", [bessel_k0, x_bessel_k1])
def test_bessel_functions_keep_their_type_where_jax_changes_its_own(function):
    x = np.array([0.5, 3.0], np.float32)

    def total(x):
        return jnp.sum(function(x) ** 2)

    assert function(jnp.asarray(x)).dtype == jnp.float32
    double = jax.grad(total)(jnp.asarray(x))
    assert double.dtype == jnp.float32
    with jax.enable_x64(False):
        np.testing.assert_array_equal(jax.grad(total)(jnp.asarray(x)), double)
