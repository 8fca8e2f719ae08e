"""gaxel.integration against the study's functions in JAX, on the same nodes: 1e-12 of every pixel."""

import jax
import numpy as np
import pytest
import seed_jax
from gaxel import integration
from study_galaxy import GALAXIES, GALPARS, SIZE, exact_bn, flux

SMALL = (30, 34)
RELATIVE = 1e-12
# Of the brightest: where the exponent itself has only as many digits left.
FAINTEST = 1e-100

galaxies = pytest.mark.parametrize("name", GALAXIES)


@jax.jit
def func(i, j, pars):
    return seed_jax.sersic_2d(i, j, **pars)


def assert_agree(ours, theirs):
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.dtype == theirs.dtype == np.float64
    np.testing.assert_allclose(ours, theirs, rtol=RELATIVE, atol=FAINTEST * np.abs(theirs).max())


def integrands(name):
    """What is integrated: (f, pars) for gaxel, twice, and pars for JAX, which needs the exact b_n for the second."""
    pars = GALAXIES[name]
    with_bn = pars | {"bn": exact_bn(pars)}
    return [(func, with_bn, with_bn), (integration.compiled_sersic, pars, with_bn)]


@galaxies
def test_points(name):
    i, j = integration.get_ij(SMALL)
    for f, pars, jax_pars in integrands(name):
        assert_agree(f(i, j, pars), func(i, j, jax_pars))


@galaxies
def test_fixed_rules(name):
    i, j = integration.get_ij(SMALL)
    for f, pars, jax_pars in integrands(name):
        for rule, orders in [
            ("gauss_legendre_tensor_integration", (1, 2, 7)),
            ("clencurt_tensor_integration", (3, 6)),
            ("oversampled_integration", (1, 5)),
        ]:
            for order in orders:
                ours = getattr(integration, rule)(f, i, j, pars, order)
                assert_agree(ours, getattr(seed_jax, rule)(func, i, j, jax_pars, order))


@galaxies
def test_any_nodes_and_weights(name):
    i, j = integration.get_ij(SMALL)
    rng = np.random.default_rng(4)
    di, dj, w = rng.uniform(-2, 2, 11), rng.uniform(-2, 2, 11), rng.uniform(0, 3, 11)
    d, v = np.sort(rng.uniform(-1, 1, 4)), rng.uniform(0, 1, 4)
    for f, pars, jax_pars in integrands(name):
        ours = integration.integrate_pixels(f, i, j, pars, di, dj, w)
        assert_agree(ours, seed_jax.integrate_pixels(func, i, j, jax_pars, di, dj, w))
        for oversamp in (1, 2, 9):
            ours = integration.tensor_integrate_pixels(f, i, j, pars, d, v, oversamp)
            assert_agree(ours, seed_jax.tensor_integrate_pixels(func, i, j, jax_pars, d, v, oversamp))


@pytest.mark.parametrize(
    "k, oversamp, base_oversamp", [(1, 3, 1), (2, 3, 1), (1, 2, 2), (3, 4, 3), (2, 1, 1)]
)
def test_children(k, oversamp, base_oversamp):
    i, j = integration.get_ij((5, 4))
    ours = integration.oversample_pixels(i, j, k, oversamp, base_oversamp)
    theirs = seed_jax.oversample_pixels(i, j, k, oversamp, base_oversamp)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-15)


@galaxies
@pytest.mark.parametrize(
    "k, order, base_oversamp, oversamp",
    [(0, 3, 1, 3), (2, 3, 1, 3), (1, 2, 1, 2), (1, 5, 2, 2), (3, 3, 3, 1)],
)
def test_values_with_errors(name, k, order, base_oversamp, oversamp):
    i, j = integration.get_ij(SMALL)
    options = k, order, base_oversamp, oversamp
    for f, pars, jax_pars in integrands(name):
        value, error = integration.integrate_with_error(f, i, j, pars, *options)
        their_value, their_error = seed_jax.integrate_with_error(func, i, j, jax_pars, *options)
        assert_agree(value, their_value)
        # An error is a difference of integrals: equal to 1e-12 of those.
        size = value + error + FAINTEST / RELATIVE * value.max()
        assert (np.abs(error - their_error) <= RELATIVE * size).all()
        assert k > 0 or error.max() > 1e-7 * value.max()


def chosen_cells(size, idx_to_refine, oversamp, base_oversamp):
    """For each level the positions of the cells that are split, in no order."""
    i, j = (values.ravel() / base_oversamp for values in integration.get_ij(size))
    levels = []
    for k, chosen in enumerate(idx_to_refine, start=1):
        i, j = i[chosen], j[chosen]
        levels.append(set(zip(np.round(i, 9).tolist(), np.round(j, 9).tolist(), strict=True)))
        assert len(levels[-1]) == len(chosen)
        i, j = integration.oversample_pixels(i, j, k, oversamp, base_oversamp)
    return levels


def compare_refinements(f, pars, jax_pars, size, **options):
    oversamp, base_oversamp = options.get("oversamp", 3), options.get("base_oversamp", 1)
    i, j = (values / base_oversamp for values in integration.get_ij(size))
    refinement = integration.prepare_subpixel_refinements(f, i, j, pars, **options)
    idx_to_refine, integrated_pixels, n_imprecise, n_to_refine = seed_jax.prepare_subpixel_refinements(
        func, i, j, jax_pars, **options
    )
    assert refinement.n_to_refine == n_to_refine == int(i.size * options.get("frac_refine", 0.1))
    assert len(refinement.idx_to_refine) == len(idx_to_refine) == options.get("k_max", 5)
    ours = chosen_cells(size, refinement.idx_to_refine, oversamp, base_oversamp)
    theirs = chosen_cells(size, [np.asarray(level) for level in idx_to_refine], oversamp, base_oversamp)
    assert ours == theirs
    assert refinement.n_imprecise == [int(n) for n in n_imprecise]
    for level, their_level in zip(refinement.integrated_pixels, integrated_pixels, strict=True):
        assert_agree(np.sort(level), np.sort(their_level))
    pixels = seed_jax.apply_subpixel_refinements(idx_to_refine, integrated_pixels, oversamp, i.shape)
    assert_agree(refinement.pixels(), pixels)
    return pixels


def test_the_refinement_of_the_study():
    i, j = integration.get_ij(SIZE)
    for f, pars, jax_pars in integrands("the study's"):
        pixels = compare_refinements(f, pars, jax_pars, SIZE)
        assert_agree(integration.integrate_with_subpixel_refinement(f, i, j, pars), pixels)
    whole = seed_jax.integrate_with_subpixel_refinement(func, i, j, jax_pars)
    np.testing.assert_allclose(whole, pixels, rtol=RELATIVE, atol=0)


@galaxies
def test_refinements_of_other_galaxies(name):
    # A precision that no cell reaches: JAX's program always has all levels.
    for f, pars, jax_pars in integrands(name):
        compare_refinements(f, pars, jax_pars, SMALL, precision=1e-13 * flux(pars), k_max=3)


@pytest.mark.parametrize(
    "options",
    [
        {"base_oversamp": 2, "order": 2, "oversamp": 2, "frac_refine": 0.2, "k_max": 2},
        {"base_oversamp": 3, "order": 4, "precision": 1e-9, "frac_refine": 0.05, "k_max": 2},
        {"oversamp": 4, "frac_refine": 1.0, "k_max": 1},
    ],
)
def test_other_refinements(options):
    compare_refinements(func, GALPARS, GALPARS, SMALL, **options)
