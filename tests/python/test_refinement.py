"""The refinement from Python: its results, its certificate against exact pixels, plans applied to other light."""

import threading
import warnings

import gaxel
import numpy as np
import pytest
from gaxel import integration
from study_galaxy import GALAXIES, GALPARS, SIZE, flux, light, rendered

SMALL = (30, 34)
OPTIONS = [
    {},
    {"base_oversamp": 2, "order": 2, "oversamp": 2, "frac_refine": 0.2, "k_max": 3},
    {"precision": 1e-2, "frac_refine": 0.3},
    {"order": 5, "k_max": 1},
]
each_option = pytest.mark.parametrize("options", OPTIONS)


@pytest.fixture(scope="module")
def ij():
    return integration.get_ij(SIZE)


@pytest.fixture(scope="module")
def plan(ij):
    return integration.prepare_subpixel_refinements(integration.compiled_sersic, *ij, GALPARS)


def cells(options):
    return (values / options.get("base_oversamp", 1) for values in integration.get_ij(SMALL))


@each_option
@pytest.mark.parametrize("f", [light, integration.compiled_sersic])
def test_the_four_results(f, options):
    i, j = cells(options)
    refinement = integration.prepare_subpixel_refinements(f, i, j, GALPARS, **options)
    idx_to_refine, integrated_pixels, n_imprecise, n_to_refine = refinement
    assert n_to_refine == refinement.n_to_refine == int(i.size * options.get("frac_refine", 0.1))
    assert [level.dtype for level in idx_to_refine] == [np.int64] * len(idx_to_refine)
    assert [level.dtype for level in integrated_pixels] == [np.float64] * len(integrated_pixels)
    assert len(idx_to_refine) == len(integrated_pixels) - 1 == len(n_imprecise) - 1
    assert [type(n) for n in n_imprecise] == [int] * len(n_imprecise)
    oversamp = options.get("oversamp", 3)
    assert [level.size for level in integrated_pixels[1:]] == [n_to_refine * oversamp**2] * len(idx_to_refine)
    value, error = integration.integrate_with_error(
        f, i, j, GALPARS, 0, options.get("order", 3), options.get("base_oversamp", 1)
    )
    np.testing.assert_allclose(integrated_pixels[0], value.ravel(), rtol=1e-13)
    worst = set(np.argsort(error.ravel(), kind="stable")[-n_to_refine:].tolist())
    assert set(idx_to_refine[0].tolist()) == worst
    assert n_imprecise[0] == (error > options.get("precision", 1e-6)).sum()
    image = integration.apply_subpixel_refinements(
        idx_to_refine, integrated_pixels[0], integrated_pixels[1:], n_imprecise, oversamp, i.shape
    )
    np.testing.assert_array_equal(image, refinement.pixels())
    np.testing.assert_array_equal(
        image, integration.integrate_with_subpixel_refinement(f, i, j, GALPARS, **options)
    )
    assert not np.array_equal(image.ravel(), integrated_pixels[0])


def test_results_are_copies(plan):
    """What a caller does to them changes no plan."""
    before = plan.pixels()
    for level in plan.integrated_pixels:
        level[:] = 0
    for level in plan.idx_to_refine:
        level[:] = -1
    plan.n_imprecise.clear()
    np.testing.assert_array_equal(plan.pixels(), before)
    assert len(plan.n_imprecise) == 6
    assert "n_imprecise=[" in repr(plan)


@pytest.mark.parametrize("shape", [(), (7,), (4, 5), (2, 3, 4)])
def test_any_shape_is_kept(shape):
    rng = np.random.default_rng(2)
    i, j = rng.uniform(-3, 3, shape), rng.uniform(-3, 3, shape)
    seen = set()

    def f(i, j, pars):
        seen.add((i.ndim, j.ndim))
        return light(i, j, pars)

    options = {"frac_refine": 0.4, "k_max": 2}
    refinement = integration.prepare_subpixel_refinements(f, i, j, GALPARS, **options)
    image, certificate = integration.integrate_with_subpixel_refinement(
        f, i, j, GALPARS, certificate=True, **options
    )
    for pixels in (image, refinement.pixels(), refinement.apply(f, GALPARS)):
        assert pixels.shape == shape == refinement.shape
        np.testing.assert_allclose(pixels, image, rtol=1e-14)
    assert seen == {(1, 1)}
    assert certificate.cells_per_level[0] == i.size - int(0.4 * i.size)
    # One pixel is the same alone.
    if shape == (7,):
        alone = integration.integrate_with_error(light, i[0], j[0], GALPARS, 0)[0]
        assert refinement.integrated_pixels[0][0] == pytest.approx(alone, rel=1e-14)


@pytest.mark.parametrize("name", GALAXIES)
def test_certificate_against_exact_pixels(name):
    pars = GALAXIES[name]
    i, j = integration.get_ij(SIZE)
    image, certificate = integration.integrate_with_subpixel_refinement(
        integration.compiled_sersic, i, j, pars, certificate=True, precision=1e-7 * flux(pars)
    )
    error = np.abs(image - rendered(pars, SIZE))
    assert error.sum() <= certificate.sum_error
    assert error.max() <= (2e-5 if name == "the study's" else 1e-4) * flux(pars)
    # ... and the estimates are worth something.
    assert certificate.sum_error < 1e-3 * flux(pars)
    assert certificate.n_non_finite == 0 and not certificate.outgrown
    # Levels: a cell that is split is none of the image's.
    areas = 9.0 ** -np.arange(len(certificate.cells_per_level))
    assert certificate.cells_per_level @ areas == pytest.approx(i.size)


def random_galaxy(rng):
    return {
        "mag": -5.0,
        "log_re": rng.uniform(-0.3, 1.2),
        "log_n": rng.uniform(-0.4, 1),
        "x": rng.uniform(-12, 12),
        "y": rng.uniform(-12, 12),
        "q": rng.uniform(0.1, 1),
        "theta": rng.uniform(-3, 3),
    }


def test_estimates_of_random_galaxies():
    """They are estimates, not bounds: the sum mostly covers the error of the image, cusps and all, and is never far off."""
    rng = np.random.default_rng(7)
    i, j = integration.get_ij(SMALL)
    ratios = []
    for _ in range(60):
        pars = random_galaxy(rng)
        image, certificate = integration.integrate_with_subpixel_refinement(
            integration.compiled_sersic, i, j, pars, certificate=True
        )
        ratios.append(np.abs(image - rendered(pars, SMALL)).sum() / certificate.sum_error)
    assert np.max(ratios) < 4
    assert np.quantile(ratios, 0.9) < 1
    assert np.min(ratios) > 0.01


def test_no_plan_is_outgrown_in_silence():
    """Random galaxies that move or grow: a plan that serves them badly says so, and most that say so do."""
    rng = np.random.default_rng(11)
    i, j = integration.get_ij(SMALL)
    f = integration.compiled_sersic
    silent, false_alarms, reported = 0, 0, 0
    for _ in range(150):
        pars = random_galaxy(rng)
        step, angle = 10 ** rng.uniform(-6, 1.2), rng.uniform(0, 6.3)
        changed = pars | {
            "x": pars["x"] + step * np.cos(angle),
            "y": pars["y"] + step * np.sin(angle),
            "log_re": pars["log_re"] + rng.uniform(-0.3, 0.1),
        }
        plan = integration.prepare_subpixel_refinements(f, i, j, pars)
        image, certificate = plan.apply(f, changed, certificate=True)
        error = np.abs(image - rendered(changed, SMALL)).max()
        own = integration.integrate_with_subpixel_refinement(f, i, j, changed)
        fair = max(
            np.abs(own - rendered(changed, SMALL)).max(),
            np.abs(plan.pixels() - rendered(pars, SMALL)).max(),
        )
        silent += error > 10 * fair and error > 1e-6 * flux(pars) and not certificate.outgrown
        false_alarms += error < 2 * fair and certificate.outgrown
        reported += certificate.outgrown
    assert silent == 0
    assert 20 < reported < 130
    assert false_alarms < reported / 2


def test_precision_stops_the_refinement():
    i, j = integration.get_ij(SMALL)
    pars = GALAXIES["disc"]
    previous = 0
    for precision in (1e3, 1e-2, 1e-4):
        refinement = integration.prepare_subpixel_refinements(
            light, i, j, pars, precision=precision, frac_refine=0.5
        )
        assert len(refinement.n_imprecise) > previous
        assert refinement.n_imprecise[-1] == 0
        assert refinement.certificate.n_imprecise == 0
        assert refinement.certificate.max_error <= precision
        previous = len(refinement.n_imprecise)


def test_less_than_one_cell_is_none():
    """argsort()[-0:] would be all of them."""
    i, j = integration.get_ij((3, 3))
    refinement = integration.prepare_subpixel_refinements(light, i, j, GALPARS)
    assert refinement.n_to_refine == 0 and refinement.idx_to_refine == []
    assert refinement.n_imprecise[0] > 0
    value, _ = integration.integrate_with_error(light, i, j, GALPARS, 0)
    np.testing.assert_array_equal(refinement.pixels(), value)


def test_order_two_is_the_lowest():
    i, j = integration.get_ij((5, 5))
    refinement = integration.prepare_subpixel_refinements(light, i, j, GALPARS, order=2, k_max=1)
    low, gauss, trapezium = (
        rule(light, i, j, GALPARS, order)
        for rule, order in [
            (integration.oversampled_integration, 1),
            (integration.gauss_legendre_tensor_integration, 2),
            (integration.clencurt_tensor_integration, 2),
        ]
    )
    np.testing.assert_allclose(
        refinement.integrated_pixels[0].reshape(5, 5), (gauss + trapezium) / 2, rtol=1e-13
    )
    error = np.maximum(abs(gauss - low), abs(gauss - trapezium))
    assert refinement.idx_to_refine[0][-1] == error.argmax()


def test_nan_is_counted_and_refined():
    i, j = integration.get_ij((9, 11))

    def f(i, j, pars):
        return np.where((abs(i - 2) < 0.2) & (abs(j + 3) < 0.2), np.nan, light(i, j, pars))

    bad = (i == 2) & (j == -3)
    image, certificate = integration.integrate_with_subpixel_refinement(f, i, j, GALPARS, certificate=True)
    np.testing.assert_array_equal(np.isnan(image), bad)
    assert certificate.n_non_finite > 0
    assert np.isfinite(certificate.max_error) and np.isfinite(certificate.sum_error)
    refinement = integration.prepare_subpixel_refinements(f, i, j, GALPARS)
    assert refinement.idx_to_refine[0][-1] == np.flatnonzero(bad)[0]
    assert refinement.certificate.n_non_finite == certificate.n_non_finite
    again, applied = refinement.apply(f, GALPARS, certificate=True)
    np.testing.assert_array_equal(np.isnan(again), bad)
    assert applied.n_non_finite == certificate.n_non_finite
    assert not applied.outgrown


def test_a_plan_applied_to_its_own_light(plan):
    image, certificate = plan.apply(integration.compiled_sersic, GALPARS, certificate=True)
    np.testing.assert_allclose(image, plan.pixels(), rtol=1e-13)
    assert certificate.cells_per_level == plan.certificate.cells_per_level
    assert certificate.n_evaluations < 0.75 * plan.certificate.n_evaluations
    assert not certificate.outgrown
    # The same light by another function.
    np.testing.assert_allclose(plan.apply(light, GALPARS), image, rtol=1e-11)


def test_a_plan_applied_to_a_neighbour(plan, ij):
    changed = GALPARS | {"mag": -7.0, "x": 0.2003, "y": 0.2999, "log_n": 0.69, "q": 0.101}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image = plan.apply(integration.compiled_sersic, changed)
    np.testing.assert_allclose(image, rendered(changed, SIZE), atol=2e-5 * flux(changed))
    # As accurate as a refinement of its own would be.
    own = integration.integrate_with_subpixel_refinement(integration.compiled_sersic, *ij, changed)
    np.testing.assert_allclose(image, own, atol=2e-5 * flux(changed))


@pytest.mark.parametrize("moved", [{"x": 7.2}, {"y": -20.0}, {"x": 30.0, "y": 30.0}, {"theta": 1.6, "x": -5}])
def test_a_galaxy_that_outgrows_its_plan(plan, moved):
    changed = GALPARS | moved
    with pytest.warns(gaxel.RefinementWarning, match="outgrown") as caught:
        image = plan.apply(integration.compiled_sersic, changed)
    assert caught[0].filename == __file__
    assert np.abs(image - rendered(changed, SIZE)).max() > 1e-3 * flux(changed)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # who asks for the certificate reads it
        same, certificate = plan.apply(integration.compiled_sersic, changed, certificate=True)
    np.testing.assert_array_equal(same, image)
    assert certificate.outgrown
    assert np.abs(image - rendered(changed, SIZE)).max() < certificate.sum_error


def test_one_plan_in_many_threads(plan):
    shifts = np.linspace(0, 2e-3, 8)

    def image(shift):
        return plan.apply(integration.compiled_sersic, GALPARS | {"x": 0.2 + shift}, certificate=True)[0]

    def python_image(shift):
        return plan.apply(light, GALPARS | {"x": 0.2 + shift}, certificate=True)[0]

    alone = [(image(shift), python_image(shift)) for shift in shifts]
    together = [None] * len(shifts)
    start = threading.Barrier(len(shifts))

    def work(n):
        start.wait()
        for _ in range(3):
            together[n] = image(shifts[n]), python_image(shifts[n])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(shifts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(together, alone)


def test_a_function_that_breaks_leaves_the_plan_as_it_was(plan):
    before = plan.apply(integration.compiled_sersic, GALPARS)

    def broken(i, j, pars):
        raise RuntimeError("once")

    with pytest.raises(gaxel.InputError, match="RuntimeError: once"):
        plan.apply(broken, GALPARS)
    np.testing.assert_array_equal(plan.apply(integration.compiled_sersic, GALPARS), before)


def test_sums_take_the_place_of_parents():
    idx_to_refine = [[2, 0], np.array([4], dtype=np.int32)]
    levels = [[1.0, 2, 3], [10, 20, 30, 40, 50, 60, 70, 80], np.array([100.0, 200, 300, 400])]
    for level in levels[2:]:
        level.flags.writeable = False
    image = integration.apply_subpixel_refinements(idx_to_refine, levels[0], levels[1:], [3, 8, 4], 2, (1, 3))
    np.testing.assert_array_equal(image, [[1000 + 60 + 70 + 80, 2, 100]])
    nothing = integration.apply_subpixel_refinements([], [[1.0, 2.0]], [], [0], 3, (2, 1))
    np.testing.assert_array_equal(nothing, [[1], [2]])
    for shape in (2, np.array([2]), (np.int64(2),)):
        assert integration.apply_subpixel_refinements([], [1.0, 2.0], [], [0], 3, shape).shape == (2,)
    spoilt = integration.apply_subpixel_refinements([[0]], [1.0, 2.0], [[np.nan]], [0, 0], 1, 2)
    np.testing.assert_array_equal(spoilt, [np.nan, 2])


def test_verbose_tells_the_levels(capsys):
    arguments = [[1]], [1.0, 2.0], [[1.0, 2.0, 3.0, 4.0]], [2, 1], 2, (2,)
    quiet = integration.apply_subpixel_refinements(*arguments)
    assert capsys.readouterr().out == ""
    loud = integration.apply_subpixel_refinements(*arguments, verbose=True)
    assert capsys.readouterr().out.splitlines() == [
        "level 0: 2 cells, 2 imprecise",
        "level 1: 4 cells, 1 imprecise",
    ]
    np.testing.assert_array_equal(loud, quiet)
