"""gaxel.integration's fixed rules: truth by scipy, shapes, what the user's function is given and may do."""

import doctest

import gaxel
import numpy as np
import pytest
from gaxel import integration
from scipy.integrate import dblquad
from study_galaxy import GALAXIES, GALPARS, SIZE, component, exact, light, rendered

RULES = {
    "gauss_legendre": integration.gauss_legendre_tensor_integration,
    "clencurt": integration.clencurt_tensor_integration,
    "oversampled": integration.oversampled_integration,
}
rules = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def polynomial(i, j, pars):
    return 1 + i**3 - 2 * i * j**2


def polynomial_pixels(i, j):
    """Over unit pixels: t^3 has the mean c^3 + c/4, t^2 has c^2 + 1/12."""
    return 1 + i**3 + i / 4 - 2 * i * (j**2 + 1 / 12)


def quadrature(pars, i, j):
    """The light in a pixel by scipy's adaptive quadrature, split at the galaxy's centre."""
    rows = sorted({i - 0.5, i + 0.5, min(max(pars["y"], i - 0.5), i + 0.5)})
    columns = sorted({j - 0.5, j + 0.5, min(max(pars["x"], j - 0.5), j + 0.5)})
    total = 0.0
    for low_i, high_i in zip(rows[:-1], rows[1:], strict=True):
        for low_j, high_j in zip(columns[:-1], columns[1:], strict=True):
            total += dblquad(
                lambda j, i: float(light(i, j, pars)), low_i, high_i, low_j, high_j, epsabs=1e-7, epsrel=1e-7
            )[0]
    return total


@pytest.mark.parametrize("name", ["disc", "the study's", "steep"])
def test_scipy_gives_the_same_pixels(name):
    """Away from the centre by any rule of enough nodes; the pixel of the centre by refinement, and by gaxel.render."""
    pars = GALAXIES[name]
    i, j = integration.get_ij(SIZE)
    away = abs(i - pars["y"]) + abs(j - pars["x"]) > 6
    lit = np.flatnonzero(away & (light(i, j, pars) > 1e-3))
    some = lit[[0, lit.size // 2, -1]]
    core = np.argmax((abs(i - pars["y"]) <= 0.5) & (abs(j - pars["x"]) <= 0.5))
    refined = integration.integrate_with_subpixel_refinement(integration.compiled_sersic, i, j, pars)
    truth = {index: quadrature(pars, i.flat[index], j.flat[index]) for index in (*some, core)}
    for index in some:
        pixel = i.flat[index], j.flat[index]
        for rule, order in [("gauss_legendre", 12), ("clencurt", 21)]:
            value = RULES[rule](integration.compiled_sersic, *pixel, pars, order)
            assert value == pytest.approx(truth[index], rel=1e-6)
        assert refined.flat[index] == pytest.approx(truth[index], rel=1e-4)
    assert refined.flat[core] == pytest.approx(truth[core], rel=1e-3)
    assert rendered(pars, SIZE).flat[core] == pytest.approx(truth[core], rel=1e-6)
    fixed = RULES["gauss_legendre"](integration.compiled_sersic, i, j, pars, 3)
    assert abs(fixed.flat[core] / truth[core] - 1) > 10 * abs(refined.flat[core] / truth[core] - 1)


@pytest.mark.parametrize("name", GALAXIES)
def test_what_pixels_are_compared_with_is_right(name):
    pars, size = GALAXIES[name], (30, 34)
    truth = exact(pars, size)
    assert np.abs(rendered(pars, size) - truth).max() < 1e-12 * 10 ** (-0.4 * pars["mag"])


@pytest.mark.parametrize("name", GALAXIES)
def test_compiled_light_is_the_closed_form(name):
    pars = GALAXIES[name]
    i, j = integration.get_ij(SIZE)
    expected = light(i, j, pars)
    np.testing.assert_allclose(
        integration.compiled_sersic(i, j, pars), expected, rtol=1e-11, atol=1e-100 * expected.max()
    )
    # A component counts its pixels as gaxel.render does.
    rows, columns = np.indices(SIZE)
    by_component = integration.compiled_component(rows, columns, component(pars, SIZE))
    np.testing.assert_allclose(by_component, expected, rtol=1e-11, atol=1e-100 * expected.max())


def test_compiled_light_broadcasts_and_passes_nan_on():
    value = integration.compiled_sersic(np.zeros((3, 1)), [0.0, 1.0, np.nan, np.inf], GALPARS)
    assert value.shape == (3, 4)
    np.testing.assert_array_equal(np.isnan(value), [[False, False, True, False]] * 3)
    assert (value[:, 3] == 0).all()
    assert value[0, 0] == integration.compiled_sersic(0, 0, GALPARS)
    assert np.shape(integration.compiled_sersic(0, 0, GALPARS)) == ()


@pytest.mark.parametrize("n", [0.1, 20.0])
def test_the_steepest_and_the_flattest_compiled_light(n):
    """10^log10(20) rounds to a number above 20."""
    pars = GALPARS | {"log_n": np.log10(n)}
    i, j = integration.get_ij((4, 5))
    value = integration.compiled_sersic(i, j, pars)
    np.testing.assert_allclose(value, light(i, j, pars), rtol=1e-11, atol=1e-100)
    np.testing.assert_allclose(value, gaxel.sersic.sersic_2d(i, j, **pars), rtol=1e-11, atol=1e-100)


@pytest.mark.parametrize("theta", [0.0, 0.1, np.pi / 2])
def test_there_is_no_light_at_infinity(theta):
    pars = GALPARS | {"theta": theta}
    i, j = np.meshgrid([-np.inf, 0.0, np.inf, np.nan], [-np.inf, 0.0, np.inf, np.nan])
    value = integration.compiled_sersic(i, j, pars)
    np.testing.assert_array_equal(np.isnan(value), np.isnan(i) | np.isnan(j))
    beyond = (np.isinf(i) | np.isinf(j)) & ~np.isnan(value)
    np.testing.assert_array_equal(value[beyond], 0.0)
    assert value[1, 1] > 0
    galaxy = component(pars, (1, 1))
    np.testing.assert_array_equal(integration.compiled_component(i, j, galaxy), value)


@pytest.mark.parametrize(
    "kind, n", [(gaxel.Exponential, 1.0), (gaxel.DeVaucouleurs, 4.0), (gaxel.Gaussian, 0.5)]
)
def test_compiled_components(kind, n):
    pars = {"mag": -5.0, "log_re": 0.5, "log_n": np.log10(n), "x": 0.3, "y": -0.2, "q": 0.7, "theta": 0.4}
    place = {name: pars[name] for name in ("x", "y", "q", "theta")}
    i, j = integration.get_ij((6, 5))
    value = integration.compiled_component(i, j, kind(flux=100, re=10**0.5, **place))
    np.testing.assert_allclose(value, light(i, j, pars), rtol=1e-12)
    # Names with a default may be left out.
    round_one = integration.compiled_component(i, j, kind(flux=100, re=2, x=0.3, y=0))
    np.testing.assert_allclose(round_one[::-1], round_one, rtol=1e-13)


def test_compiled_light_is_integrated_like_any_function():
    def plain(i, j, pars):
        return integration.compiled_sersic(i, j, pars)

    i, j = integration.get_ij((7, 9))
    for rule in RULES.values():
        np.testing.assert_array_equal(
            rule(integration.compiled_sersic, i, j, GALPARS, 4), rule(plain, i, j, GALPARS, 4)
        )


@rules
@pytest.mark.parametrize("shape", [(), (1,), (5,), (4, 3), (2, 3, 4), (1, 1, 1)])
def test_any_shape_is_kept(rule, shape):
    rng = np.random.default_rng(1)
    i, j = rng.uniform(-3, 3, shape), rng.uniform(-3, 3, shape)
    seen = []

    def f(i, j, pars):
        seen.append((i.shape, j.shape))
        return polynomial(i, j, pars)

    value = rule(f, i, j, None, 3)
    assert isinstance(value, np.ndarray)
    assert value.shape == shape and value.dtype == np.float64
    assert set(seen) == {(shape, shape)}
    if rule is not integration.oversampled_integration:
        np.testing.assert_allclose(value, polynomial_pixels(i, j), rtol=1e-13, atol=1e-13)
    value, error = integration.integrate_with_error(f, i, j, None, 0)
    assert value.shape == error.shape == shape
    np.testing.assert_allclose(value, polynomial_pixels(i, j), rtol=1e-13, atol=1e-13)
    assert set(seen) == {(shape, shape)}


def test_arrays_of_any_layout_and_numbers():
    i, j = integration.get_ij((6, 8))
    expected = polynomial_pixels(i, j)

    def integrate(i, j):
        return integration.gauss_legendre_tensor_integration(polynomial, i, j, None, 3)

    strided = np.zeros((12, 16))
    strided[::2, ::2] = i
    swapped = j.astype(">f8")
    readonly = i.copy()
    readonly.flags.writeable = False
    for variant in [(i, j), (i.tolist(), j.tolist()), (strided[::2, ::2], swapped), (readonly, j.copy("F"))]:
        np.testing.assert_allclose(integrate(*variant), expected, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(integrate(i[::-1, ::-1], j[::-1, ::-1]), expected[::-1, ::-1], atol=1e-12)
    np.testing.assert_allclose(integrate(i.T, j.T), expected.T, atol=1e-12)
    whole = np.arange(-2, 3)
    for kind in (np.int8, np.int64, np.float32):
        value = integrate(whole.astype(kind), whole.astype(kind))
        np.testing.assert_allclose(value, polynomial_pixels(whole * 1.0, whole * 1.0), rtol=1e-12)
    np.testing.assert_array_equal(readonly, i)


def test_the_function_may_return_any_real_numbers():
    i, j = integration.get_ij((3, 4))

    def integrate(f):
        return integration.gauss_legendre_tensor_integration(f, i, j, None, 2)

    one = np.ones((3, 4))
    np.testing.assert_allclose(integrate(lambda i, j, pars: one.astype(np.float32)), 1)
    np.testing.assert_allclose(integrate(lambda i, j, pars: one.astype(int)), 1)
    np.testing.assert_allclose(integrate(lambda i, j, pars: i > -9), 1)
    np.testing.assert_allclose(integrate(lambda i, j, pars: one.tolist()), 1)
    np.testing.assert_allclose(integrate(lambda i, j, pars: np.asfortranarray(i)), i, atol=1e-15)
    np.testing.assert_allclose(integrate(lambda i, j, pars: np.broadcast_to(2.0, (3, 4))), 2)


def test_any_callable_and_any_parameters():
    class Callable:
        __hash__ = None

        def __call__(self, i, j, pars):
            return pars["level"] + 0 * i

    i, j = integration.get_ij((3, 4))
    value = integration.oversampled_integration(Callable(), i, j, {"level": 3}, 2)
    np.testing.assert_allclose(value, 3)
    parameters = object()
    seen = []
    integration.integrate_pixels(lambda i, j, pars: seen.append(pars) or i, i, j, parameters, [0], [0], [1])
    assert seen == [parameters]


def test_the_function_may_change_and_keep_what_it_is_given():
    i, j = integration.get_ij((4, 5))
    before = i.copy(), j.copy()
    expected = integration.gauss_legendre_tensor_integration(polynomial, i, j, None, 3)
    kept = []

    def vandal(i, j, pars):
        value = polynomial(i, j, pars)
        kept.append((i, j, i.copy(), j.copy()))
        return value

    def vandal_in_place(i, j, pars):
        value = polynomial(i, j, pars)
        i[:] = 1e9
        j.fill(np.nan)
        return value

    for f in (vandal, vandal_in_place):
        np.testing.assert_array_equal(
            integration.gauss_legendre_tensor_integration(f, i, j, None, 3), expected
        )
    np.testing.assert_array_equal((i, j), before)
    for kept_i, kept_j, i_then, j_then in kept:
        np.testing.assert_array_equal(kept_i, i_then)
        np.testing.assert_array_equal(kept_j, j_then)


def test_the_function_may_return_the_same_array_every_time():
    i, j = integration.get_ij((4, 5))
    buffer = np.empty((4, 5))

    def f(i, j, pars):
        buffer[...] = polynomial(i, j, pars)
        return buffer

    value = integration.gauss_legendre_tensor_integration(f, i, j, None, 3)
    np.testing.assert_allclose(value, polynomial_pixels(i, j), atol=1e-12)
    assert not np.shares_memory(value, buffer)


def test_nan_and_infinity_stay_in_their_pixels():
    i, j = integration.get_ij((3, 3))

    def f(i, j, pars):
        return np.where(i > 0.5, np.nan, np.where(j > 0.5, np.inf, 1.0))

    value = integration.gauss_legendre_tensor_integration(f, i, j, None, 2)
    np.testing.assert_array_equal(np.isnan(value), i > 0.5)
    np.testing.assert_array_equal(np.isinf(value), (i < 0.5) & (j > 0.5))
    value, error = integration.integrate_with_error(f, i, j, None, 0)
    np.testing.assert_array_equal(np.isfinite(error), np.isfinite(value))
    assert (error[~np.isfinite(value)] == np.inf).all()


@pytest.mark.parametrize("base_oversamp", [1, 2, 3])
@pytest.mark.parametrize("oversamp", [1, 2, 3])
def test_children_tile_their_parents(base_oversamp, oversamp):
    """Their areas add up, and as many lie at every place of the grid of their size as there are parents over it: one."""
    n_parents = 2 * base_oversamp
    i, j = (values / base_oversamp for values in integration.get_ij((n_parents, n_parents)))
    for k in (1, 2, 3):
        i, j = integration.oversample_pixels(i, j, k, oversamp, base_oversamp)
        side = 1 / (base_oversamp * oversamp**k)
        places = 2 * base_oversamp * oversamp**k
        assert i.shape == j.shape == (places**2,)
        assert i.size * side**2 == pytest.approx(4)
        rows, columns = (values / side + 0.5 * (places - 1) for values in (i, j))
        np.testing.assert_allclose(rows, np.round(rows), atol=1e-9)
        np.testing.assert_allclose(columns, np.round(columns), atol=1e-9)
        taken = np.zeros((places, places), int)
        np.add.at(taken, (np.round(rows).astype(int), np.round(columns).astype(int)), 1)
        assert (taken == 1).all()


def test_children_of_any_shape_in_order():
    i, j = integration.oversample_pixels([[0.0], [10.0]], [[0.0], [20.0]], 1, 2)
    np.testing.assert_allclose(i, [-0.25, -0.25, 0.25, 0.25, 9.75, 9.75, 10.25, 10.25])
    np.testing.assert_allclose(j, [-0.25, 0.25, -0.25, 0.25, 19.75, 20.25, 19.75, 20.25])


def test_example():
    failed, tried = doctest.testmod(integration)
    assert tried > 2 and failed == 0
