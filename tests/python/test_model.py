"""gaxel.model's images against closed forms, exact pixels and plain numpy."""

import gaxel
import numpy as np
import pytest
from astropy.table import Table
from exact_pixels import exact_pixels
from gaussian_light import gaussian, gaussian_pixels
from gaxel import integration, model, sersic

SIZE = (90, 100)
SEED = {"mag": -7.5, "log_re": 0.9, "log_n": 0.7, "x": 0.2, "y": 0.3, "q": 0.1, "theta": 0.1}


def galaxy(i, j, pars):
    return sersic.sersic_2d(i, j, **pars)


@pytest.mark.parametrize("oversamp", [1, 2, 5])
@pytest.mark.parametrize("adaptive", [False, True])
def test_a_gaussian_is_the_product_of_error_functions(oversamp, adaptive):
    pars = {"flux": 7.0, "sigma": 1.1, "x": 0.3, "y": -1.2}
    fine = model.func_to_pix(gaussian, (17, 24), 9, oversamp, keep_oversampling=True, adaptive=adaptive)(pars)
    assert fine.shape == (17 * oversamp, 24 * oversamp)
    np.testing.assert_allclose(fine, gaussian_pixels((17, 24), pars, oversamp), rtol=0, atol=2e-7)
    coarse = model.func_to_pix(gaussian, (17, 24), 9, oversamp, adaptive=adaptive)(pars)
    np.testing.assert_allclose(coarse, gaussian_pixels((17, 24), pars), rtol=0, atol=2e-7)


def test_order_is_the_number_of_nodes():
    """n nodes are exact to degree 2n - 1 along each axis and not beyond."""
    for order in (1, 2, 3, 7):
        for power in (2 * order - 1, 2 * order):
            image = model.func_to_pix(lambda i, j, p: (2 * j) ** p, (1, 1), order)(power)
            truth = 0.0 if power % 2 else 1 / (power + 1)
            assert (abs(image[0, 0] - truth) < 1e-14) == (power == 2 * order - 1)


def test_sizes_are_vertical_first_and_counted_from_the_centre():
    image = model.func_to_pix(lambda i, j, p: 10.0 * i + j, (2, 3), order=1)(None)
    np.testing.assert_allclose(image, [[-6.0, -5.0, -4.0], [4.0, 5.0, 6.0]], rtol=1e-15)
    fine = model.func_to_pix(lambda i, j, p: 10.0 * i + j, np.array((1, 2)), 1, 2, True)(None)
    points = np.add.outer([-2.5, 2.5], [-0.75, -0.25, 0.25, 0.75])
    np.testing.assert_allclose(fine, points / 4, rtol=1e-15)


@pytest.mark.parametrize("oversamp", [1, 2])
def test_adaptive_refinement_finds_the_cusp(oversamp):
    truth = 1e3 * exact_pixels(10**0.7, 0.1, 10**0.9, 49.7, 44.8, 0.1, SIZE)
    plain = model.func_to_pix(galaxy, SIZE, 3, oversamp)(SEED)
    refined = model.func_to_pix(galaxy, SIZE, 3, oversamp, adaptive=True)(SEED)
    assert np.abs(plain - truth).max() > 1.0
    assert np.abs(refined - truth).max() < 0.01
    deeper = model.func_to_pix(galaxy, SIZE, 3, oversamp, adaptive=True, k_max=8)(SEED)
    assert np.abs(deeper - truth).max() < 0.1 * np.abs(refined - truth).max()


@pytest.mark.parametrize("adaptive", [False, True])
def test_the_compiled_profile_gives_the_same_image(adaptive):
    a = model.func_to_pix(galaxy, (40, 31), adaptive=adaptive)(SEED)
    b = model.func_to_pix(integration.compiled_sersic, (40, 31), adaptive=adaptive)(SEED)
    np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12)


def test_refinement_options_are_passed_on():
    i, j = integration.get_ij((20, 20))
    options = {"precision": 1e-3, "frac_refine": 0.02, "k_max": 2}
    truth = integration.integrate_with_subpixel_refinement(galaxy, i, j, SEED, order=4, **options)
    image = model.func_to_pix(galaxy, (20, 20), 4, adaptive=True, **options)(SEED)
    np.testing.assert_array_equal(image, truth)
    assert (image != model.func_to_pix(galaxy, (20, 20), 4, adaptive=True)(SEED)).any()


def test_parameters_that_give_nan_give_nan_pixels():
    image = model.func_to_pix(galaxy, (4, 5))({**SEED, "log_n": -2.0})
    assert image.shape == (4, 5) and np.isnan(image).all()


def test_many_profiles_are_the_sum_of_each():
    rng = np.random.default_rng(8)
    count = 5
    pars = {
        "flux": rng.uniform(1, 2, count),
        "sigma": 1.3,
        "x": rng.uniform(-5, 5, count),
        "y": list(range(count)),
    }
    each = [{**pars, "flux": pars["flux"][k], "x": pars["x"][k], "y": k} for k in range(count)]
    truth = sum(gaussian_pixels((15, 18), one) for one in each)
    for many in (pars, each, tuple(each)):
        image = model.func_to_pix(model.multi_func(gaussian), (15, 18), 9)(many)
        np.testing.assert_allclose(image, truth, rtol=0, atol=1e-12)
        image = model.multi_func(model.func_to_pix(gaussian, (15, 18), 9))(many)
        np.testing.assert_allclose(image, truth, rtol=0, atol=1e-12)
    assert model.multi_func(gaussian)(0.5, 0.2, pars) == pytest.approx(
        sum(gaussian(0.5, 0.2, one) for one in each)
    )
    one = model.multi_func(gaussian)(np.zeros(3), np.arange(3.0), each[0])
    np.testing.assert_array_equal(one, gaussian(np.zeros(3), np.arange(3.0), each[0]))


def test_many_components():
    stars = [gaxel.Sersic(x=1.0 * k, y=0.5, flux=1.0 + k, re=2.0, n=1.0) for k in range(3)]
    i, j = integration.get_ij((6, 7))
    image = model.multi_func(integration.compiled_component)(i, j, stars)
    truth = sum(sersic.sersic_2d_linear(i, j, 1.0 + k, 2.0, 1.0, k, 0.5, 1.0, 0.0) for k in range(3))
    np.testing.assert_allclose(image, truth, rtol=1e-13)


def test_the_sum_does_not_write_to_what_the_function_returned():
    kept = np.ones(3)
    model.multi_func(lambda i, j, pars: kept)(None, None, [1, 2, 3])
    np.testing.assert_array_equal(kept, np.ones(3))


def test_each_profile_is_refined_on_its_own_or_all_share_cells():
    pars = {**SEED, "x": np.array([-20.3, 0.2, 20.4]), "q": 0.6}
    truth = sum(1e3 * exact_pixels(10**0.7, 0.6, 10**0.9, 49.5 + x, 44.8, 0.1, SIZE) for x in pars["x"])
    options = {"adaptive": True, "frac_refine": 0.002}
    own = model.multi_func(model.func_to_pix(galaxy, SIZE, **options))(pars)
    shared = model.func_to_pix(model.multi_func(galaxy), SIZE, **options)(pars)
    assert np.abs(own - truth).sum() < 0.3 * np.abs(shared - truth).sum()


@pytest.mark.parametrize("oversamp", [1, 2, 3])
def test_downsampling_sums_blocks(oversamp):
    cells = np.random.default_rng(2).normal(size=(6, 12))
    image = model.downsample(cells, oversamp)
    assert image.shape == (6 // oversamp, 12 // oversamp)
    for row, column in np.ndindex(image.shape):
        block = cells[row * oversamp : (row + 1) * oversamp, column * oversamp : (column + 1) * oversamp]
        assert image[row, column] == pytest.approx(block.sum(), rel=1e-13)


def test_a_table_becomes_an_image():
    table = Table({"flux": [1.0, 2.0], "sigma": [1.0, 2.0], "x": [-2.0, 2.5], "y": [0.1, 0.2]})
    pix = model.func_to_pix(model.multi_func(gaussian), (9, 12), 9)
    truth = sum(gaussian_pixels((9, 12), dict(zip(table.colnames, row, strict=True))) for row in table)
    np.testing.assert_allclose(pix(model.pars_table_to_pytree(table)), truth, rtol=0, atol=1e-12)


@pytest.mark.parametrize("make", ["func_to_pix", "convolve_func"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"func": 3}, ["func", "not a function"]),
        ({"size": (3,)}, ["size", "(ny, nx)"]),
        ({"size": (0, 3)}, ["size", "above 0"]),
        ({"size": (3.0, 3)}, ["size"]),
        ({"order": 0}, ["order = 0", "1 to 200"]),
        ({"order": 201}, ["order = 201"]),
        ({"order": 1, "adaptive": True}, ["order = 1", "2 to 200"]),
        ({"order": 2.0}, ["order = 2.0"]),
        ({"oversamp": 0}, ["oversamp = 0", "1 to 200"]),
        ({"oversamp": -1}, ["oversamp = -1"]),
        ({"oversamp": 201}, ["oversamp = 201"]),
        ({"adaptive": True, "precision": 0.0}, ["precision = 0", "above 0"]),
        ({"adaptive": True, "precision": np.nan}, ["precision"]),
        ({"adaptive": True, "frac_refine": 0.0}, ["frac_refine", "at most 1"]),
        ({"adaptive": True, "frac_refine": 1.1}, ["frac_refine"]),
        ({"adaptive": True, "k_max": -1}, ["k_max = -1"]),
        ({"adaptive": True, "k_max": 21}, ["k_max = 21", "0 to 20"]),
    ],
)
def test_bad_arguments_of_images_are_refused(make, arguments, words):
    arguments = {"func": galaxy, "size": (4, 5), **arguments}
    if make == "convolve_func":
        arguments["psf"] = np.ones((2, 3))
        if "oversamp" in arguments:
            arguments["psf_oversamp"] = arguments.pop("oversamp")
    with pytest.raises(gaxel.InputError) as error:
        getattr(model, make)(**arguments)
    for word in [make, *words]:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: model.convolve_image([[1.0, np.nan]], [[1.0]]), ["convolve_image", "image = nan", "column 1"]),
        (lambda: model.convolve_image(np.ones((4, 5)), [[1.0]], 2), ["shape (4, 5)", "multiples", "2"]),
        (lambda: model.convolve_image(np.ones(4), [[1.0]]), ["image", "shape (4,)"]),
        (lambda: model.downsample(np.ones((4, 5)), 2), ["downsample", "shape (4, 5)", "2"]),
        (lambda: model.downsample(np.ones((4, 5)), 0), ["downsample", "oversamp = 0"]),
        (lambda: model.downsample(np.ones(4), 1), ["downsample", "image"]),
        (lambda: model.multi_func(None), ["multi_func", "func", "None"]),
        (lambda: model.multi_func(gaussian)(), ["multi_func", "pars", "not given"]),
        (lambda: model.multi_func(gaussian)(0, 0, []), ["multi_func", "empty list", "no profile"]),
        (lambda: model.multi_func(gaussian)(0, 0, {"x": []}), ["multi_func", "pars['x']", "0 profiles"]),
        (lambda: model.multi_func(gaussian)(0, 0, {"x": [1, 2], "y": [1]}), ["pars['y']", "1 profiles", "2, as x"]),
        (lambda: model.multi_func(gaussian)(0, 0, Table({"x": [1]})), ["Table", "pars_table_to_pytree"]),
        (lambda: model.convolve_func(galaxy, (4, 5), [[1.0]])({**SEED, "q": -1.0}), ["light = nan", "20 of 20"]),
        (lambda: model.func_to_pix(lambda i, j, p: 1.0, (4, 5))(0), ["shape ()"]),
        (lambda: model.func_to_pix(lambda i, j, p: p["x"] + i, (4, 5))({}), ["KeyError", "x"]),
    ],
)  # fmt: skip
def test_other_bad_input_is_refused(call, words):
    with pytest.raises(gaxel.InputError) as error:
        call()
    for word in words:
        assert word in str(error.value)
