"""What gaxel.integration refuses: every message names the function, the argument and what is allowed."""

import warnings

import gaxel
import numpy as np
import pytest
from gaxel import _core, integration
from study_galaxy import GALPARS

NAN, INF = np.nan, np.inf
ROWS, COLUMNS = integration.get_ij((4, 5))
NUMBERS_NOT_WHOLE = [2.5, 3.0, "3", None, True, NAN, [3]]


def flat(i, j, pars):
    return 1.0 + 0 * i


# Each asks for light three times at least.
CALLS = {
    "integrate_pixels": lambda f, i, j, pars: integration.integrate_pixels(
        f, i, j, pars, [0, 0.1, 0.2], [0, 0.1, 0.2], [1, 1, 1]
    ),
    "tensor_integrate_pixels": lambda f, i, j, pars: integration.tensor_integrate_pixels(
        f, i, j, pars, [-1, 1], [1, 1]
    ),
    "gauss_legendre_tensor_integration": lambda f, i, j, pars: integration.gauss_legendre_tensor_integration(
        f, i, j, pars, 2
    ),
    "clencurt_tensor_integration": lambda f, i, j, pars: integration.clencurt_tensor_integration(
        f, i, j, pars, 2
    ),
    "oversampled_integration": lambda f, i, j, pars: integration.oversampled_integration(f, i, j, pars, 2),
    "integrate_with_error": lambda f, i, j, pars: integration.integrate_with_error(f, i, j, pars, 0),
    "prepare_subpixel_refinements": integration.prepare_subpixel_refinements,
    "integrate_with_subpixel_refinement": integration.integrate_with_subpixel_refinement,
    "apply": lambda f, i, j, pars: integration.prepare_subpixel_refinements(flat, i, j, None).apply(f, pars),
}
# What prepares first speaks in the name of that.
NAMES = {"integrate_with_subpixel_refinement": "prepare_subpixel_refinements"}
# Light is what `apply` takes; its points are the refinement's.
with_points = pytest.mark.parametrize("name", [name for name in CALLS if name != "apply"])
with_light = pytest.mark.parametrize("name", CALLS)


def refused(source, key, function, *arguments, **options):
    """The InputError of a call; its message starts with where and what."""
    with pytest.raises(gaxel.InputError) as caught:
        function(*arguments, **options)
    assert str(caught.value).startswith(f"{source}: {key}"), caught.value
    assert isinstance(caught.value, ValueError)
    return caught.value


@with_points
def test_points(name):
    call, source = CALLS[name], NAMES.get(name, name)

    def refused_at(key, i, j):
        return refused(source, key, call, flat, i, j, None)

    assert "shape (4, 5)" in str(refused_at("j", ROWS, COLUMNS[:-1]))
    refused_at("j", ROWS, COLUMNS.T)
    refused_at("j", ROWS, 0.0)
    refused_at("j", ROWS, COLUMNS.ravel())
    for bad in (NAN, INF, -INF):
        spoilt = ROWS.copy()
        spoilt[2, 3] = bad
        refused_at("i", spoilt, COLUMNS)
        refused_at("j", ROWS, spoilt)
    refused_at("i", [], [])
    refused_at("i", ROWS.astype(complex), COLUMNS)
    refused_at("i", ROWS.astype(str), COLUMNS)
    refused_at("j", ROWS, np.full(ROWS.shape, None))
    refused_at("i", [[1, 2], [3]], [[1, 2], [3]])


@with_light
def test_the_function(name):
    call, source = CALLS[name], NAMES.get(name, name)

    def refused_f(f):
        return str(refused(source, "f", call, f, ROWS, COLUMNS, None))

    for bad in (None, 3, "light", [flat], {"f": flat}):
        refused_f(bad)
    for bad in (
        lambda i, j, pars: 1.0,
        lambda i, j, pars: None,
        lambda i, j, pars: i[1:],
        lambda i, j, pars: i[None],
        lambda i, j, pars: np.append(i, 1.0),
        lambda i, j, pars: i + 1j,
        lambda i, j, pars: i.astype(str),
        lambda i, j, pars: i.astype(object),
        lambda i, j, pars: i.astype("datetime64[s]"),
    ):
        assert "real numbers of shape" in refused_f(bad)
    seen = []
    refused_f(lambda i, j, pars: seen.append(i.shape) or (i if len(seen) < 3 else i[1:]))
    assert len(seen) == 3


@pytest.mark.parametrize("n_values", [0, 2, 4])
def test_the_core_takes_as_many_values_as_points(n_values):
    integrand = _core.python_integrand(lambda i, j: np.zeros(n_values))
    with pytest.raises(gaxel.InputError, match=rf"f = {n_values} values: .*3 values"):
        integrand.evaluate(np.zeros(3), np.zeros(3))


@with_light
@pytest.mark.parametrize("error", [ZeroDivisionError("no light"), KeyError("mag"), gaxel.InputError("x")])
def test_a_function_that_raises(name, error):
    call, source = CALLS[name], NAMES.get(name, name)

    def f(i, j, pars):
        raise error

    caught = refused(source, "f", call, f, ROWS, COLUMNS, None)
    assert caught.__cause__ is error
    assert type(error).__name__ in str(caught)


@with_light
@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_function_that_is_interrupted(name, stop):
    def f(i, j, pars):
        raise stop

    with pytest.raises(stop):
        CALLS[name](f, ROWS, COLUMNS, None)


@with_light
def test_parameters_of_compiled_light(name):
    call, source = CALLS[name], NAMES.get(name, name)

    def refused_pars(key, f, pars):
        return str(refused(source, key, call, f, ROWS, COLUMNS, pars))

    compiled = integration.compiled_sersic
    for key in GALPARS:
        for bad in (NAN, INF, "big", None, [1.0, 2.0]):
            refused_pars(key, compiled, GALPARS | {key: bad})
        rest = {name: value for name, value in GALPARS.items() if name != key}
        assert key in refused_pars("pars", compiled, rest)
    for bad in (None, 3.0, [1, 2], GALPARS | {"flux": 1.0}, gaxel.Gaussian(x=0, y=0, re=1, flux=1)):
        refused_pars("pars", compiled, bad)
    for key, bad in [
        ("q", 1.5),
        ("q", 0.0),
        ("log_n", 1.302),
        ("log_n", -1.001),
        ("log_re", 400.0),
        ("log_re", -9.0),
        ("mag", -1e4),
    ]:
        with warnings.catch_warnings(), pytest.raises(gaxel.InputError, match=rf": {key} = "):
            warnings.simplefilter("error")
            call(compiled, ROWS, COLUMNS, GALPARS | {key: bad})
    component = integration.compiled_component
    for bad in (None, GALPARS, gaxel.Gaussian):
        refused_pars("pars", component, bad)
    refused_pars("gaussian.re", component, gaxel.Gaussian(x=0, y=0, flux=1))
    for bad in (gaxel.Sky(level=1, x=0, y=0), gaxel.PointSource(x=0, y=0, flux=1)):
        with pytest.raises(gaxel.InputError, match="elliptical"):
            call(component, ROWS, COLUMNS, bad)


@pytest.mark.parametrize(
    "function",
    [
        integration.gauss_legendre_tensor_integration,
        integration.clencurt_tensor_integration,
        integration.oversampled_integration,
    ],
)
@pytest.mark.parametrize("order", [0, -1, 201, 10**9, 10**30, *NUMBERS_NOT_WHOLE])
def test_order(function, order):
    with pytest.raises(gaxel.InputError, match=r": order = .*1 to 200"):
        function(flat, ROWS, COLUMNS, None, order)


def test_nodes_and_weights():
    def refused_rule(key, di, dj, w):
        refused("integrate_pixels", key, integration.integrate_pixels, flat, ROWS, COLUMNS, None, di, dj, w)

    refused_rule("w", [0, 0.1], [0, 0.1], [1])
    refused_rule("w", [0, 0.1], [0], [1, 1])
    refused_rule("di", [], [], [])
    refused_rule("di", [NAN], [0], [1])
    refused_rule("dj", [0], [INF], [1])
    refused_rule("w", [0], [0], [NAN])
    refused_rule("di", [[0]], [0], [1])
    refused_rule("dj", [0], 0.0, [1])
    refused_rule("w", [0], [0], ["1"])
    for bad in (0, -3, *NUMBERS_NOT_WHOLE):
        with pytest.raises(gaxel.InputError, match=r": oversamp = "):
            integration.tensor_integrate_pixels(flat, ROWS, COLUMNS, None, [0], [2], bad)
    for d, w in [([0, 1], [1]), ([], []), ([NAN], [2]), ([0], [INF]), ([[0]], [2])]:
        with pytest.raises(gaxel.InputError):
            integration.tensor_integrate_pixels(flat, ROWS, COLUMNS, None, d, w)


@pytest.mark.parametrize(
    "shape", [(0, 5), (5, 0), (-1, 3), (3,), (3, 4, 5), 7, None, "ab", (2.0, 3), (NAN, 3)]
)
def test_shape_of_an_image(shape):
    refused("get_ij", "shape", integration.get_ij, shape)


@pytest.mark.parametrize("oversamp", [0, -1, 201, 2**31, 2**70, *NUMBERS_NOT_WHOLE])
def test_oversampling(oversamp):
    for key in ("oversamp", "base_oversamp"):
        options = {"oversamp": 3, key: oversamp}
        refused("oversample_pixels", key, integration.oversample_pixels, ROWS, COLUMNS, 1, **options)
        refused(
            "integrate_with_error",
            key,
            integration.integrate_with_error,
            flat,
            ROWS,
            COLUMNS,
            None,
            1,
            **options,
        )
        prepare = integration.prepare_subpixel_refinements
        refused("prepare_subpixel_refinements", key, prepare, flat, ROWS, COLUMNS, None, **options)


@pytest.mark.parametrize("order", [1, 0, -3, 201, 10**12, *NUMBERS_NOT_WHOLE])
def test_order_of_cells(order):
    refused(
        "integrate_with_error", "order", integration.integrate_with_error, flat, ROWS, COLUMNS, None, 0, order
    )
    prepare = integration.prepare_subpixel_refinements
    refused("prepare_subpixel_refinements", "order", prepare, flat, ROWS, COLUMNS, None, order=order)


def test_level():
    for bad in (0, -1, 2**31, *NUMBERS_NOT_WHOLE):
        refused("oversample_pixels", "k", integration.oversample_pixels, ROWS, COLUMNS, bad, 3)
    for bad in (-1, 2**31, *NUMBERS_NOT_WHOLE):
        refused("integrate_with_error", "k", integration.integrate_with_error, flat, ROWS, COLUMNS, None, bad)
    refused("oversample_pixels", "j", integration.oversample_pixels, [0.0, 1.0], [0.0], 1, 3)
    refused("oversample_pixels", "i", integration.oversample_pixels, [NAN], [0.0], 1, 3)
    refused("oversample_pixels", "i", integration.oversample_pixels, [], [], 1, 3)


@pytest.mark.parametrize(
    "key, bad",
    [
        *[("precision", bad) for bad in (0, 0.0, -1e-6, NAN, INF, "1e-6", None, [1e-6], True)],
        *[("frac_refine", bad) for bad in (0, -0.1, 1.01, NAN, INF, "0.1", None, [0.1])],
        *[("k_max", bad) for bad in (-1, 21, 2**31, *NUMBERS_NOT_WHOLE)],
    ],
)
def test_options_of_a_refinement(key, bad):
    for function in (
        integration.prepare_subpixel_refinements,
        integration.integrate_with_subpixel_refinement,
    ):
        caught = refused(
            "prepare_subpixel_refinements", key, function, flat, ROWS, COLUMNS, None, **{key: bad}
        )
        assert str(caught).endswith(")")  # what is allowed


def test_levels_that_do_not_fit():
    source = "apply_subpixel_refinements"

    def scatter(idx=([1],), init=(1.0, 2.0), ref=([1.0, 2.0, 3.0, 4.0],), oversamp=2, shape=(2,)):
        return integration.apply_subpixel_refinements(idx, init, ref, [1, 1], oversamp, shape)

    assert scatter().tolist() == [1, 10]
    refused(source, "idx_to_refine[0][0]", scatter, idx=[[2]])
    refused(source, "idx_to_refine[0][0]", scatter, idx=[[-1]])
    refused(source, "idx_to_refine", scatter, idx=[[1.0]])
    refused(source, "idx_to_refine", scatter, idx=[["1"]])
    refused(source, "idx_to_refine", scatter, idx=[])
    refused(source, "integrals of level 1", scatter, idx=[[0, 1]])
    refused(source, "integrals of level 1", scatter, oversamp=3)
    refused(source, "init_int_pix", scatter, init=["a", "b"])
    refused(source, "ref_int_pix", scatter, ref=[[1j, 2, 3, 4]])
    for bad in (0, -2, *NUMBERS_NOT_WHOLE):
        refused(source, "oversamp", scatter, oversamp=bad)
    for bad in ((3,), (2, 2), (-1, -2), (2.0,), "ab", 3):
        refused(source, "shape", scatter, shape=bad)
