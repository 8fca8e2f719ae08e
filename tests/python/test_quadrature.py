"""Quadrature rules: every node and weight against 40 digits, and the tables of the study under their names."""

import dataclasses
import doctest

import gaxel
import numpy as np
import pytest
import scipy.special
from exact_rules import clenshaw_curtis_rule, kronrod_rule, legendre_rule
from gaxel import quadrature

RULES = [quadrature.roots_legendre, quadrature.roots_clencurt, quadrature.roots_midpoint]
ORDERS = [*range(1, 21), 31, 32, 50, 63, 64, 100, 101, 150, 199, 200]
KRONROD_ORDERS = [15, 21, 31, 41, 51, 61]


def worst_ulps(values, exact):
    """The largest distance of float64 values from exact ones, in units of the last place of the exact value.

    Exact zeros, which mpmath has to 40 digits, must be zeros.
    """
    assert len(values) == len(exact)
    distances = [
        abs(number - float(value)) / np.spacing(abs(float(number)))
        for value, number in zip(values, exact, strict=True)
        if abs(number) > 1e-30 or value != 0
    ]
    return float(max(distances, default=0))


@pytest.mark.parametrize("order", ORDERS)
def test_legendre_is_right_to_the_last_place(order):
    nodes, weights = quadrature.roots_legendre(order)
    exact_nodes, exact_weights = legendre_rule(order)
    assert worst_ulps(nodes, exact_nodes) < 1
    assert worst_ulps(weights, exact_weights) < 1


@pytest.mark.parametrize("order", ORDERS[1:])
def test_clenshaw_curtis_is_right_to_the_last_place(order):
    nodes, weights = quadrature.roots_clencurt(order)
    exact_nodes, exact_weights = clenshaw_curtis_rule(order)
    assert worst_ulps(nodes, exact_nodes) < 1
    assert worst_ulps(weights, exact_weights) < 1


@pytest.mark.parametrize("order", KRONROD_ORDERS)
def test_kronrod_is_right_to_the_last_place(order):
    rule = quadrature.gauss_kronrod(order)
    exact_nodes, exact_weights = kronrod_rule(order)
    assert worst_ulps(rule.nodes, exact_nodes) < 1
    assert worst_ulps(rule.weights, exact_weights) < 1
    # The Gauss rule and the added nodes are every second one of it.
    inside, outside = np.argsort(rule.gauss_nodes), np.argsort(rule.added_nodes)
    np.testing.assert_array_equal(rule.gauss_nodes[inside], rule.nodes[1::2])
    np.testing.assert_array_equal(rule.shared_weights[inside], rule.weights[1::2])
    np.testing.assert_array_equal(rule.added_nodes[outside], rule.nodes[::2])
    np.testing.assert_array_equal(rule.added_weights[outside], rule.weights[::2])
    assert worst_ulps(rule.gauss_weights[inside], legendre_rule((order - 1) // 2)[1]) < 1


@pytest.mark.parametrize("order", [1, 7, 50])
def test_legendre_is_scipys(order):
    for ours, theirs in zip(
        quadrature.roots_legendre(order), scipy.special.roots_legendre(order), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-14)


@pytest.mark.parametrize("order", [1, 2, 7, 200])
def test_midpoints_are_the_studys(order):
    nodes, weights = quadrature.roots_midpoint(order)
    np.testing.assert_allclose(nodes, (2 * np.arange(order) + 1) / order - 1, rtol=0, atol=2e-16)
    np.testing.assert_array_equal(weights, np.full(order, 2 / order))


def test_clenshaw_curtis_begins_with_midpoint_trapezium_and_simpson():
    for order, expected in [(1, [2]), (2, [1, 1]), (3, [1 / 3, 4 / 3, 1 / 3])]:
        np.testing.assert_array_equal(quadrature.roots_clencurt(order)[1], expected)
    np.testing.assert_array_equal(quadrature.roots_clencurt(3)[0], [-1, 0, 1])


@pytest.mark.parametrize("rule", RULES)
def test_rules_are_the_callers_own_arrays(rule):
    for array in rule(np.int64(5)):
        assert array.dtype == np.float64 and array.shape == (5,)
        array[:] = 7.0
    assert 7.0 not in np.concatenate(rule(5))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("order", [0, -1, 201, 10**30, 3.5, 3.0, np.nan, True, None, "3", [3], np.float64(3)])
def test_bad_orders_are_refused(rule, order):
    with pytest.raises(gaxel.InputError) as error:
        rule(order)
    message = str(error.value)
    assert message.startswith(f"{rule.__name__}: order = {order!r}: ") and "1 to 200" in message


@pytest.mark.parametrize("rule", [quadrature.gauss_kronrod, quadrature.nested_rule])
@pytest.mark.parametrize("order", [0, -15, 7, 14, 16, 63, 10**30, 15.0, True, None, "15"])
def test_bad_kronrod_orders_are_refused(rule, order):
    with pytest.raises(gaxel.InputError, match="order = "):
        rule(order)


def test_the_refusal_of_a_kronrod_order_tells_which_there_are():
    with pytest.raises(gaxel.InputError, match="order = 14: no such Kronrod rule .15, 21, 31, 41, 51 or 61"):
        quadrature.gauss_kronrod(14)


@pytest.mark.parametrize("oversamp", [1, 2, 5])
def test_tensor_rule_is_the_studys(oversamp):
    d, w = quadrature.roots_clencurt(4)
    di, dj, weights = quadrature.tensor_rule(d, list(w), oversamp)
    d, w = 0.5 * d / oversamp, 0.5 * w / oversamp
    np.testing.assert_array_equal(di, np.repeat(d, len(d)))
    np.testing.assert_array_equal(dj, np.tile(d, len(d)))
    np.testing.assert_allclose(weights, np.outer(w, w).flatten(), rtol=1e-15)
    assert np.isclose(weights.sum(), oversamp**-2, rtol=1e-15)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"oversamp": 0}, ["oversamp = 0", "1 or more"]),
        ({"oversamp": -2}, ["oversamp = -2"]),
        ({"oversamp": 2.5}, ["oversamp = 2.5"]),
        ({"oversamp": None}, ["oversamp = None"]),
        ({"nodes": [0.0, 1.0]}, ["weights = 3 values", "2, as nodes"]),
        ({"weights": [1.0]}, ["weights = 1 values", "3, as nodes"]),
        ({"nodes": []}, ["nodes = shape (0,)"]),
        ({"nodes": [[0.0]]}, ["nodes = shape (1, 1)"]),
        ({"nodes": [0.0, [1.0]]}, ["nodes = list"]),
        ({"nodes": 0.0}, ["nodes = shape ()"]),
        ({"nodes": None}, ["nodes = None: not numbers"]),
        ({"nodes": "abc"}, ["nodes"]),
        ({"nodes": [0.0, np.nan, 1.0]}, ["nodes: holds NaN"]),
        ({"weights": [1.0, np.inf, 1.0]}, ["weights: holds NaN or infinity"]),
        ({"weights": np.ones(3, complex)}, ["weights = array of complex128"]),
    ],
)
def test_what_is_no_rule_is_refused(arguments, words):
    good = {"nodes": [-1.0, 0.0, 1.0], "weights": [0.5, 1.0, 0.5], "oversamp": 1}
    with pytest.raises(gaxel.InputError) as error:
        quadrature.tensor_rule(**{**good, **arguments})
    for word in ["tensor_rule: ", *words]:
        assert word in str(error.value)


def points(nodes, weights):
    """The points of a rule on a pixel with their weights, in no order: whole, as coordinates sorted one by one prove
    less."""
    return sorted(zip(*nodes, weights, strict=True))


@pytest.mark.parametrize("order", KRONROD_ORDERS)
def test_nested_rule_holds_the_tensor_rules_of_both(order):
    pair, nested = quadrature.gauss_kronrod(order), quadrature.nested_rule(order)
    *gauss, weights = quadrature.tensor_rule(pair.gauss_nodes, pair.gauss_weights)
    assert points(nested.gauss_nodes, nested.gauss_weights) == points(gauss, weights)
    *kronrod, weights = quadrature.tensor_rule(pair.nodes, pair.weights)
    union = np.concatenate((nested.gauss_nodes, nested.added_nodes), axis=1)
    union_weights = np.concatenate((nested.shared_weights, nested.added_weights))
    assert points(union, union_weights) == points(kronrod, weights)
    m = (order - 1) // 2
    assert nested.gauss_nodes.shape == (2, m**2)
    assert nested.added_nodes.shape == (2, 3 * m**2 + 4 * m + 1)


# The study's tables, as it prints them.
G7 = [
    (0.000000000000000000000000000000000e00, 4.179591836734693877551020408163265e-01),
    (4.058451513773971669066064120769615e-01, 3.818300505051189449503697754889751e-01),
    (7.415311855993944398638647732807884e-01, 2.797053914892766679014677714237796e-01),
    (9.491079123427585245261896840478513e-01, 1.294849661688696932706114326790820e-01),
]
NON_G7 = [
    (2.077849550078984676006894037732449e-01, 2.044329400752988924141619992346491e-01),
    (5.860872354676911302941448382587296e-01, 1.690047266392679028265834265985503e-01),
    (8.648644233597690727897127886409262e-01, 1.047900103222501838398763225415180e-01),
    (9.914553711208126392068546975263285e-01, 2.293532201052922496373200805896959e-02),
]
K15_OF_G7 = [
    2.094821410847278280129991748917143e-01,
    1.903505780647854099132564024210137e-01,
    1.406532597155259187451895905102379e-01,
    6.309209262997855329070066318920429e-02,
]


def both_signs(table):
    pairs = [[(-x, w), (x, w)] if x else [(x, w)] for x, w in table]
    return np.array(sum(pairs, [])).T


def test_constants_on_the_line_are_the_studys():
    g7_nodes, g7_weights = both_signs(G7)
    added_nodes, added_weights = both_signs(NON_G7)
    shared_weights = both_signs([(x, w) for (x, _), w in zip(G7, K15_OF_G7, strict=True)])[1]
    for ours, printed in [
        (quadrature.G7_nodes, g7_nodes),
        (quadrature.G7_weights, g7_weights),
        (quadrature.K15_nonG7_nodes, added_nodes),
        (quadrature.K15_nonG7_weights, added_weights),
        (quadrature.K15_G7_weights, shared_weights),
        (quadrature.K15_nodes, np.concatenate((g7_nodes, added_nodes))),
        (quadrature.K15_weights, np.concatenate((shared_weights, added_weights))),
    ]:
        np.testing.assert_array_equal(ours, printed)


def test_constants_on_the_pixel_are_the_studys():
    q = quadrature
    grid = 0.5 * np.array((np.repeat(q.G7_nodes, 7), np.tile(q.G7_nodes, 7)))
    np.testing.assert_array_equal(q.G7_2d_nodes, grid)
    np.testing.assert_array_equal(q.G7_2d_weights, 0.25 * np.outer(q.G7_weights, q.G7_weights).flatten())
    grid = 0.5 * np.array((np.repeat(q.K15_nodes, 15), np.tile(q.K15_nodes, 15)))
    np.testing.assert_array_equal(q.K15_2d_nodes, grid)
    np.testing.assert_array_equal(q.K15_2d_weights, 0.25 * np.outer(q.K15_weights, q.K15_weights).flatten())
    blocks = [
        (q.G7_nodes, q.K15_G7_weights, q.K15_nonG7_nodes, q.K15_nonG7_weights),
        (q.K15_nonG7_nodes, q.K15_nonG7_weights, q.G7_nodes, q.K15_G7_weights),
        (q.K15_nonG7_nodes, q.K15_nonG7_weights, q.K15_nonG7_nodes, q.K15_nonG7_weights),
    ]
    new_nodes = [[i, j] for is_, _, js, _ in blocks for i in is_ for j in js]
    new_weights = [a * b for _, i_weights, _, j_weights in blocks for a in i_weights for b in j_weights]
    np.testing.assert_array_equal(q.K15_new_2d_nodes, 0.5 * np.array(new_nodes).T)
    np.testing.assert_array_equal(q.K15_new_2d_weights, 0.25 * np.array(new_weights))
    outer = np.outer(q.K15_G7_weights, q.K15_G7_weights)
    np.testing.assert_array_equal(q.K15_G7_2d_weights, 0.25 * outer.flatten())
    assert q.G7_2d_nodes.shape == (2, 49)
    assert q.K15_2d_nodes.shape == (2, 225)
    assert q.K15_new_2d_nodes.shape == (2, 176)


def test_the_new_points_complete_g7_to_k15():
    q = quadrature
    union = np.concatenate((q.G7_2d_nodes, q.K15_new_2d_nodes), axis=1)
    union_weights = np.concatenate((q.K15_G7_2d_weights, q.K15_new_2d_weights))
    assert points(union, union_weights) == points(q.K15_2d_nodes, q.K15_2d_weights)


def test_constants_and_pairs_are_read_only():
    constants = [getattr(quadrature, name) for name in quadrature.__all__ if name.startswith(("G7", "K15"))]
    assert len(constants) == 14
    pair, nested = quadrature.gauss_kronrod(21), quadrature.nested_rule(21)
    for rule in (pair, nested):
        constants += [getattr(rule, field.name) for field in dataclasses.fields(rule)]
    for array in constants:
        assert array.dtype == np.float64
        with pytest.raises(ValueError, match="read-only"):
            array[..., 0] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        pair.nodes = None


def test_the_example_runs():
    result = doctest.testmod(quadrature)
    assert result.attempted > 0 and result.failed == 0
