"""gaxel.model's convolutions against scipy's direct sum and closed forms."""

import gaxel
import numpy as np
import pytest
from exact_pixels import exact_pixels
from gaussian_light import gaussian, gaussian_pixels
from gaxel import integration, model
from scipy.signal import convolve2d


def centroid(image, oversamp=1):
    """(y, x) in pixels from the image's centre."""
    lines = ((np.arange(count) - 0.5 * (count - 1)) / oversamp for count in image.shape)
    y, x = lines
    return (image.sum(axis=1) @ y) / image.sum(), (image.sum(axis=0) @ x) / image.sum()


def lopsided_psf(shape):
    rng = np.random.default_rng(shape[0] * 100 + shape[1])
    psf = rng.uniform(0.0, 1.0, shape)
    return psf / psf.sum()


@pytest.mark.parametrize("method", ["fft", "direct"])
@pytest.mark.parametrize("padding", ["zeros", "linear_ramp"])
@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (4, 6), (5, 2), (1, 4), (13, 11), (30, 26)])
def test_convolution_is_scipys_direct_sum(shape, padding, method):
    image = np.random.default_rng(3).normal(size=(12, 14))
    psf = lopsided_psf(shape)
    margin = [(size, size) for size in shape]
    if padding == "zeros":
        padded = np.pad(image, margin)
    else:  # 0 at the last pixel that counts
        reach = [(size - 1 - size // 2, size // 2) for size in shape]
        padded = np.pad(np.pad(image, reach, mode="linear_ramp"), margin)
        margin = [(m[0] + r[0], m[1] + r[1]) for m, r in zip(margin, reach, strict=True)]
    full = convolve2d(padded, psf)
    top, left = margin[0][0] + shape[0] // 2, margin[1][0] + shape[1] // 2
    truth = full[top : top + 12, left : left + 14]
    result = model.convolve_image(image, psf, padding=padding, method=method)
    np.testing.assert_allclose(result, truth, rtol=0, atol=1e-13)


def test_fft_and_direct_sum_agree():
    image = 1e5 * np.random.default_rng(3).uniform(size=(67, 58)) ** 8
    psf = lopsided_psf((20, 33))
    fft, direct = (model.convolve_image(image, psf, method=method) for method in ("fft", "direct"))
    assert np.abs(fft - direct).max() < 1e-12 * direct.max()


def test_a_psf_is_not_normalised_and_may_be_oversampled():
    image = np.random.default_rng(3).uniform(size=(12, 15))
    psf = np.random.default_rng(4).uniform(size=(5, 5))
    fine = model.convolve_image(image, psf, 3, keep_oversampling=True, padding="zeros")
    assert fine.shape == image.shape
    same = convolve2d(image, psf, mode="same")
    np.testing.assert_allclose(fine, same, rtol=1e-12)
    blocks = same.reshape(4, 3, 5, 3).sum(axis=(1, 3))
    np.testing.assert_allclose(model.convolve_image(image, psf, 3, padding="zeros"), blocks, rtol=1e-12)


def test_a_flat_image_falls_off_linearly():
    """A one-sided PSF sees the ramp itself."""
    psf = np.zeros((1, 9))
    psf[0, 8] = 1.0  # light moves 4 pixels to the right
    image = model.convolve_image(np.full((3, 6), 8.0), psf)
    np.testing.assert_allclose(image, np.tile([0.0, 2.0, 4.0, 6.0, 8.0, 8.0], (3, 1)), atol=1e-14)


@pytest.mark.parametrize("size", [31, 32])
@pytest.mark.parametrize("oversamp", [1, 2, 3])
@pytest.mark.parametrize("method", ["fft", "direct"])
def test_a_gaussian_seen_through_a_gaussian_is_a_wider_one(size, oversamp, method):
    """PSF pixels hold point values: sampled finely enough, their sums are integrals to rounding."""
    sigma, width = 1.9, 2.1 / oversamp  # in pixels
    u = (np.arange(size) - 0.5 * (size - 1)) / oversamp
    profile = np.exp(-0.5 * u**2 / width**2)
    psf = np.outer(profile, profile) / profile.sum() ** 2
    pars = {"flux": 3.0, "sigma": sigma, "x": 0.37, "y": -0.81}
    pix = model.convolve_func(gaussian, (41, 48), psf, oversamp, 9, method=method)
    wider = {**pars, "sigma": np.hypot(sigma, width)}
    np.testing.assert_allclose(pix(pars), gaussian_pixels((41, 48), wider), rtol=0, atol=3e-12)
    fine = model.convolve_func(gaussian, (41, 48), psf, oversamp, 9, keep_oversampling=True)(pars)
    np.testing.assert_allclose(fine, gaussian_pixels((41, 48), wider, oversamp), rtol=0, atol=3e-12)


@pytest.mark.parametrize("oversamp", [1, 2, 3])
@pytest.mark.parametrize("shape", [(5, 5), (6, 6), (5, 8), (4, 7)])
def test_centroids_add(shape, oversamp):
    psf = lopsided_psf(shape)
    pars = {"flux": 1.0, "sigma": 1.2, "x": 0.3, "y": -0.4}
    pix = model.convolve_func(gaussian, (41, 44), psf, oversamp, 5)
    image = pix(pars)
    y, x = centroid(psf, oversamp)
    assert centroid(image) == pytest.approx((pars["y"] + y, pars["x"] + x), abs=1e-10)
    assert image.sum() == pytest.approx(1.0, abs=1e-12)
    fine = model.convolve_func(gaussian, (41, 44), psf, oversamp, 5, keep_oversampling=True)(pars)
    assert centroid(fine, oversamp) == pytest.approx((pars["y"] + y, pars["x"] + x), abs=1e-10)


def test_a_convolved_refined_galaxy_is_the_convolved_exact_one():
    psf = lopsided_psf((5, 5))
    pars = {"mag": -7.5, "log_re": 0.9, "log_n": 0.7, "x": 0.2, "y": 0.3, "q": 0.1, "theta": 0.1}
    size = (90, 100)
    truth = 1e3 * exact_pixels(10**0.7, 0.1, 10**0.9, 49.7, 44.8, 0.1, size)
    options = {"adaptive": True, "k_max": 7, "padding": "zeros"}
    image = model.convolve_func(integration.compiled_sersic, size, psf, **options)(pars)
    np.testing.assert_allclose(image, convolve2d(truth, psf, mode="same"), rtol=0, atol=1e-4)


def test_the_users_psf_is_not_kept():
    psf = np.ones((3, 3))
    pars = {"flux": 1.0, "sigma": 1.2, "x": 0.3, "y": -0.4}
    pix = model.convolve_func(gaussian, (9, 9), psf, method="direct")
    before = pix(pars)
    psf[:] = 0.0
    np.testing.assert_array_equal(pix(pars), before)


@pytest.mark.parametrize("make", ["convolve_image", "convolve_func"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"psf": np.ones(3)}, ["psf", "shape (3,)"]),
        ({"psf": np.ones((0, 3))}, ["psf", "shape (0, 3)"]),
        ({"psf": [["a"]]}, ["psf", "real numbers"]),
        ({"psf": [[1.0, np.nan, np.inf]]}, ["psf = nan", "2 of 3", "row 0, column 1"]),
        ({"psf_oversamp": 0}, ["psf_oversamp = 0"]),
        ({"padding": "edge"}, ["padding = 'edge'", "linear_ramp or zeros"]),
        ({"method": 1}, ["method = 1", "fft or direct"]),
    ],
)
def test_bad_convolutions_are_refused(make, arguments, words):
    first = (np.ones((4, 5)),) if make == "convolve_image" else (gaussian, (4, 5))
    with pytest.raises(gaxel.InputError) as error:
        getattr(model, make)(*first, **{"psf": np.ones((2, 3)), **arguments})
    for word in [make, *words]:
        assert word in str(error.value)
