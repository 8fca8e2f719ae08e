"""The study's notebook, cell by cell on gaxel.integration: its figures come out."""

import jax
import numpy as np
import pytest
import seed_jax
from gaxel import integration
from gaxel.integration import (
    G7_2d_nodes,
    G7_2d_weights,
    G7_nodes,
    K15_2d_nodes,
    K15_2d_weights,
    K15_G7_2d_weights,
    K15_G7_weights,
    K15_new_2d_nodes,
    K15_new_2d_weights,
    K15_nodes,
    K15_nonG7_nodes,
    K15_nonG7_weights,
    K15_weights,
    integrate_pixels,
)
from study_galaxy import GALPARS, SIZE, exact_bn, light, rendered


@jax.jit
def jax_func(i, j, pars):
    return seed_jax.sersic_2d(i, j, **pars)


# The study's own function with its series of b_n, the compiled one, and the closed form in numpy.
FUNCTIONS = {"JAX": jax_func, "compiled": integration.compiled_sersic, "numpy": light}


@pytest.fixture(scope="module", params=FUNCTIONS)
def func(request):
    return FUNCTIONS[request.param]


@pytest.fixture(scope="module")
def ij():
    return integration.get_ij(SIZE)


@pytest.fixture(scope="module")
def int_G7(func, ij):
    return integrate_pixels(func, *ij, GALPARS, *G7_2d_nodes, G7_2d_weights)


@pytest.fixture(scope="module")
def int_K15(func, ij):
    return integrate_pixels(func, *ij, GALPARS, *K15_2d_nodes, K15_2d_weights)


def test_pixel_centres(ij):
    indices = np.indices(SIZE)
    np.testing.assert_array_equal(ij, (indices.T - (np.array(SIZE) - 1) / 2.0).T)


def test_light_at_the_origin(func):
    assert abs(float(func(0, 0, GALPARS)) - 38.83) < 0.005


def test_gauss_by_its_nodes_and_by_its_name(func, ij, int_G7):
    a = integration.gauss_legendre_tensor_integration(func, *ij, GALPARS, 7)
    # The study found about 1e-14, an ulp of the brightest pixel, 178.
    assert np.max(abs(int_G7 - a)) < 1e-12
    assert abs(np.max(int_G7) - 178) < 1


def test_kronrod_sees_the_cusp_differently(int_G7, int_K15):
    largest = np.max(abs(int_K15 - int_G7))
    assert 33 < largest < 34.5
    # The point of the study: all of that lies in the few pixels of the core.
    assert np.median(abs(int_K15 - int_G7)) < 1e-12


def test_which_pixel_that_is(ij, int_G7, int_K15):
    i, j = ij
    worst = np.argmax(abs(int_K15 - int_G7))
    assert abs(i.flat[worst] - GALPARS["y"]) <= 1
    assert abs(j.flat[worst] - GALPARS["x"]) <= 1
    # Neither rule is near the truth there.
    truth = rendered(GALPARS, SIZE).flat[worst]
    assert abs(int_G7.flat[worst] - truth) > 1
    assert abs(int_K15.flat[worst] - truth) > 1


def triples(nodes, weights):
    return sorted(zip(*np.round(nodes, 15).tolist(), np.round(weights, 15).tolist(), strict=True))


def test_the_blocks_of_kronrod_are_its_tensor_rule():
    """49 points reused with new weights and 176 new ones: as pairs of coordinates with their weight, not sorted apart."""
    nodes = np.concatenate((G7_2d_nodes, K15_new_2d_nodes), axis=1)
    weights = np.concatenate((K15_G7_2d_weights, K15_new_2d_weights))
    assert (G7_2d_nodes.shape[1], K15_new_2d_nodes.shape[1], nodes.shape[1]) == (49, 176, 225)
    assert triples(nodes, weights) == triples(K15_2d_nodes, K15_2d_weights)
    assert len(set(triples(nodes, weights))) == 225
    # Each weight with a wrong node, which the study's own check cannot tell from the right one.
    assert triples(nodes, weights[::-1]) != triples(K15_2d_nodes, K15_2d_weights)


def test_the_checks_of_the_study():
    assert (np.sort(np.concatenate((K15_G7_2d_weights, K15_new_2d_weights))) == np.sort(K15_2d_weights)).all()
    union = np.concatenate((G7_2d_nodes.T, K15_new_2d_nodes.T)).T
    assert (np.sort(union) == np.sort(K15_2d_nodes)).all()


def test_the_blocks_of_the_study():
    """Its three loops, word by word."""
    new_nodes = 0.5 * np.array(
        [[i, j] for i in G7_nodes for j in K15_nonG7_nodes]
        + [[i, j] for i in K15_nonG7_nodes for j in G7_nodes]
        + [[i, j] for i in K15_nonG7_nodes for j in K15_nonG7_nodes]
    )
    new_weights = 0.25 * np.array(
        [i * j for i in K15_G7_weights for j in K15_nonG7_weights]
        + [i * j for i in K15_nonG7_weights for j in K15_G7_weights]
        + [i * j for i in K15_nonG7_weights for j in K15_nonG7_weights]
    )
    np.testing.assert_array_equal(K15_new_2d_nodes, new_nodes.T)
    np.testing.assert_allclose(K15_new_2d_weights, new_weights, rtol=1e-15)
    np.testing.assert_allclose(
        K15_G7_2d_weights, 0.25 * np.outer(K15_G7_weights, K15_G7_weights).flatten(), rtol=1e-15
    )
    np.testing.assert_array_equal(
        K15_2d_nodes, 0.5 * np.array((np.repeat(K15_nodes, 15), np.tile(K15_nodes, 15)))
    )
    np.testing.assert_allclose(
        K15_2d_weights, 0.25 * np.outer(K15_weights, K15_weights).flatten(), rtol=1e-15
    )


def test_kronrod_from_what_gauss_has_seen(func, ij, int_K15):
    shared = integrate_pixels(func, *ij, GALPARS, *G7_2d_nodes, K15_G7_2d_weights)
    added = integrate_pixels(func, *ij, GALPARS, *K15_new_2d_nodes, K15_new_2d_weights)
    np.testing.assert_allclose(shared + added, int_K15, rtol=1e-12)


def test_clenshaw_curtis_of_seven(func, ij, int_G7):
    b = integration.clencurt_tensor_integration(func, *ij, GALPARS, 7)
    pars = GALPARS if func is jax_func else GALPARS | {"bn": exact_bn(GALPARS)}
    np.testing.assert_allclose(b, seed_jax.clencurt_tensor_integration(jax_func, *ij, pars, 7), rtol=1e-12)
    # It agrees with Gauss where the light is smooth, and not at the cusp.
    assert np.median(abs(b - int_G7)) < 1e-9
    assert np.max(abs(b - int_G7)) > 1


def test_the_same_figures_in_jax(ij):
    """What is compared with is the study's: its figures come out of JAX, too."""
    gauss = seed_jax.integrate_pixels(jax_func, *ij, GALPARS, *G7_2d_nodes, G7_2d_weights)
    kronrod = seed_jax.integrate_pixels(jax_func, *ij, GALPARS, *K15_2d_nodes, K15_2d_weights)
    assert 33 < np.max(abs(kronrod - gauss)) < 34.5
    by_name = seed_jax.gauss_legendre_tensor_integration(jax_func, *ij, GALPARS, 7)
    assert np.max(abs(gauss - by_name)) < 1e-12


def test_the_defaults_of_the_study(func, ij):
    idx_to_refine, integrated_pixels, n_imprecise, n_to_refine = integration.prepare_subpixel_refinements(
        func, *ij, GALPARS
    )
    assert n_to_refine == 900
    assert [len(level) for level in idx_to_refine] == [900] * 5
    assert [len(level) for level in integrated_pixels] == [9000] + [8100] * 5
    assert len(n_imprecise) == 6
    assert n_imprecise[5] < n_imprecise[4] < n_imprecise[3] < n_imprecise[2]


def test_refinement_reaches_what_no_fixed_rule_does(func, ij, int_G7, int_K15):
    truth = rendered(GALPARS, SIZE)
    refined = integration.integrate_with_subpixel_refinement(func, *ij, GALPARS)
    flux = 1000.0
    assert np.max(abs(refined - truth)) < 2e-5 * flux
    assert np.max(abs(int_G7 - truth)) > 1e-3 * flux
    assert np.max(abs(int_K15 - truth)) > 1e-3 * flux
