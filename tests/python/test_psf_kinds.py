"""Analytic PSFs, sums, and PSFs of single components, from Python."""

import pickle

import gaxel
import numpy as np
import pytest
from numpy.polynomial.legendre import leggauss
from scipy.special import erf

SHAPE = (40, 44)
X, Y = 20.3, 18.8


def gaussian_pixels(sigma_x, sigma_y=None, x=X, y=Y):
    """A Gaussian of unit flux along the axes, integrated over pixels."""

    def part(n, at, sigma):
        edges = np.arange(n + 1) - 0.5 - at
        return np.diff(0.5 * erf(edges / (np.sqrt(2) * sigma)))

    return np.outer(part(SHAPE[0], y, sigma_y or sigma_x), part(SHAPE[1], x, sigma_x))


def sigma_of(fwhm):
    return fwhm / np.sqrt(8.0 * np.log(2.0))


def round_gaussian(sigma, **options):
    re = sigma * np.sqrt(2.0 * np.log(2.0))
    return gaxel.Gaussian(x=X, y=Y, flux=1.0, re=re, q=1.0, theta=0.0, **options)


def test_a_gaussian_through_a_gaussian_psf_is_a_wider_one():
    image = gaxel.render(round_gaussian(2.1), SHAPE, gaxel.GaussianPsf(3.5))
    np.testing.assert_allclose(image, gaussian_pixels(np.hypot(2.1, sigma_of(3.5))), atol=2e-9)


@pytest.mark.parametrize("oversample", [1, 2, 3.3])
@pytest.mark.parametrize("pixel", ["own", "data", "none"])
def test_the_pixel_that_a_psf_image_holds_is_counted_once(oversample, pixel):
    sigma = 1.7  # data pixels
    side = {"own": 1.0, "data": oversample, "none": None}[pixel]
    n = int(28 * oversample) | 1
    at = np.arange(n) - n // 2
    if side is None:
        line = np.exp(-0.5 * (at / (sigma * oversample)) ** 2)
    else:
        scale = np.sqrt(2) * sigma * oversample
        line = erf((at + side / 2) / scale) - erf((at - side / 2) / scale)
    psf = gaxel.Psf(np.outer(line, line), oversample=oversample, pixel_in_psf=pixel)
    star = gaxel.render(gaxel.PointSource(x=X, y=Y, flux=1.0), SHAPE, psf)
    np.testing.assert_allclose(star, gaussian_pixels(sigma), atol=5e-6)
    image = gaxel.render(round_gaussian(2.4), SHAPE, psf)
    np.testing.assert_allclose(image, gaussian_pixels(np.hypot(2.4, sigma)), atol=2e-8)


def test_true_and_false_stand_for_data_and_none():
    assert gaxel.Psf(np.ones((1, 1)), pixel_in_psf=True).pixel_in_psf == "data"
    assert gaxel.Psf(np.ones((1, 1)), pixel_in_psf=False).pixel_in_psf == "none"


def test_an_elliptical_gaussian_psf():
    psf = gaxel.GaussianPsf(4.0, q=0.6, theta=np.pi / 2)
    image = gaxel.render(gaxel.PointSource(x=X, y=Y, flux=1.0), SHAPE, psf)
    np.testing.assert_allclose(image, gaussian_pixels(0.6 * sigma_of(4.0), sigma_of(4.0)), atol=1e-9)


def test_a_moffat_psf_is_the_integral_of_its_formula():
    fwhm, beta = 3.0, 3.5
    image = gaxel.render(gaxel.PointSource(x=X, y=Y, flux=1.0), SHAPE, gaxel.MoffatPsf(fwhm, beta))
    a = 0.5 * fwhm / np.sqrt(2.0 ** (1.0 / beta) - 1.0)
    nodes, weights = leggauss(16)
    x = np.arange(SHAPE[1])[:, None] + 0.5 * nodes - X
    y = np.arange(SHAPE[0])[:, None] + 0.5 * nodes - Y
    r2 = x[None, :, None, :] ** 2 + y[:, None, :, None] ** 2
    f = (beta - 1) / (np.pi * a**2) * (1.0 + r2 / a**2) ** -beta
    np.testing.assert_allclose(image, np.einsum("abij,i,j", f, weights / 2, weights / 2), atol=1e-9)


def test_a_sum_of_psfs_is_the_sum_of_images():
    one, other = gaxel.GaussianPsf(2.0), gaxel.MoffatPsf(5.0, 3.0)
    star = gaxel.PointSource(x=X, y=Y, flux=2.0)
    parts = [gaxel.render(star, SHAPE, psf) for psf in (one, other)]
    image = gaxel.render(star, SHAPE, 3.0 * one + other)
    np.testing.assert_allclose(image, 0.75 * parts[0] + 0.25 * parts[1], atol=2e-9)
    assert (3.0 * one + other).weights == (3.0, 1.0)
    assert one + other == gaxel.SumPsf([one, other])


def test_diffusion_spreads_the_image():
    kernel = np.array([[0.0, 1.0, 0.0], [1.0, 6.0, 2.0], [0.0, 1.0, 0.0]])
    star = gaxel.PointSource(x=X, y=Y, flux=2.0)
    plain = gaxel.render(star, SHAPE, gaxel.GaussianPsf(2.0))
    image = gaxel.render(star, SHAPE, gaxel.GaussianPsf(2.0).diffused(kernel))
    expected = sum(
        kernel[1 + j, 1 + i] / kernel.sum() * np.roll(plain, (j, i), (0, 1))
        for j in (-1, 0, 1)
        for i in (-1, 0, 1)
    )
    np.testing.assert_allclose(image[2:-2, 2:-2], expected[2:-2, 2:-2], atol=2e-9)


def test_components_have_psfs_of_their_own():
    star = gaxel.PointSource(x=10.0, y=12.5, flux=3.0)
    sky = gaxel.Sky(level=0.5)
    own = gaxel.MoffatPsf(4.0, 3.0)
    scene = [round_gaussian(2.1), star.replace(psf=own), sky, round_gaussian(3.0, psf=False)]
    image = gaxel.render(scene, SHAPE, gaxel.GaussianPsf(3.5))
    expected = (
        gaussian_pixels(np.hypot(2.1, sigma_of(3.5)))
        + gaxel.render(star, SHAPE, own)
        + 0.5
        + gaussian_pixels(3.0)
    )
    np.testing.assert_allclose(image, expected, atol=3e-8)
    image, jacobian = gaxel.render_with_jacobian(scene, SHAPE, gaxel.GaussianPsf(3.5))
    names = gaxel.parameter_names(scene)
    np.testing.assert_allclose(
        jacobian[names.index("pointsource1.flux")], gaxel.render(star, SHAPE, own) / 3.0, atol=1e-8
    )
    np.testing.assert_allclose(jacobian[names.index("gaussian2.flux")], gaussian_pixels(3.0), atol=1e-8)
    cotangent = np.random.default_rng(1).normal(size=SHAPE)
    gradient = gaxel.vjp(scene, cotangent, gaxel.GaussianPsf(3.5))
    np.testing.assert_allclose(gradient, np.tensordot(jacobian, cotangent, 2), rtol=1e-7, atol=1e-7)


def test_a_fit_through_two_psfs_finds_the_truth():
    own = gaxel.MoffatPsf(4.0, 3.0)
    truth = [
        gaxel.Sersic(x=15.0, y=20.0, flux=900.0, re=4.0, n=1.5, q=0.7, theta=0.4),
        gaxel.PointSource(x=30.2, y=12.5, flux=200.0, psf=own),
    ]
    data = gaxel.render(truth, SHAPE, gaxel.GaussianPsf(2.5))
    start = [
        truth[0].replace(re=3.0, n=1.0, x=15.5, flux=700.0),
        truth[1].replace(x=30.0, y=13.0, flux=150.0),
    ]
    result = gaxel.fit(data, start, sigma=0.1, psf=gaxel.GaussianPsf(2.5))
    for found, true in zip(result.components, truth, strict=True):
        for key, value in true.parameters.items():
            assert getattr(found, key) == pytest.approx(value, rel=1e-5)
    assert result.components[1].psf == own


@pytest.mark.parametrize(
    "psf",
    [
        gaxel.GaussianPsf(2.0, 0.5, 0.3),
        gaxel.MoffatPsf(2.0, 3.0),
        0.3 * gaxel.GaussianPsf(2.0) + gaxel.MoffatPsf(2.0, 3.0),
        gaxel.GaussianPsf(2.0).diffused(np.ones((3, 3))),
        gaxel.Psf(np.ones((1, 1)), oversample=1.5),
    ],
)
def test_psfs_are_values(psf):
    copy = pickle.loads(pickle.dumps(psf))
    assert copy == psf and hash(copy) == hash(psf)
    assert psf != gaxel.GaussianPsf(2.01)
    if not isinstance(psf, gaxel.Psf):
        assert eval(repr(psf), vars(gaxel)) == psf
    star = gaxel.PointSource(x=5, y=5, flux=1.0, psf=psf)
    assert pickle.loads(pickle.dumps(star)) == star
    np.testing.assert_array_equal(gaxel.render(star, SHAPE), gaxel.render(star.replace(psf=copy), SHAPE))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gaxel.GaussianPsf(0.0), ["fwhm = 0", "0.1 to 1000"]),
        (lambda: gaxel.GaussianPsf(2.0, q=1.5), ["q = 1.5", "0.1 to 1"]),
        (lambda: gaxel.MoffatPsf(2.0, beta=1.0), ["beta = 1", "1.1 to 20"]),
        (lambda: gaxel.MoffatPsf("2", beta=3.0), ["fwhm = '2'", "not a number"]),
        (lambda: gaxel.SumPsf([]), ["psf"]),
        (lambda: gaxel.SumPsf([gaxel.GaussianPsf(2.0)], [1.0, 2.0]), ["weights = 2", "not one for each"]),
        (lambda: -1.0 * gaxel.GaussianPsf(2.0), ["weight = -1", "a finite number above 0"]),
        (lambda: gaxel.Psf(np.ma.masked_less(np.eye(5), 0.5)), ["array = 20 masked pixels"]),
        (
            lambda: gaxel.Psf(np.broadcast_to(np.float32(1.0), (2**20, 2**20))),
            ["array", "too large", "2**31"],
        ),
        (lambda: gaxel.GaussianPsf(2.0).diffused(np.ones((2, 3))), ["diffusion", "odd number"]),
        (lambda: gaxel.PointSource(psf=2.0), ["psf = 2.0", "not a PSF"]),
    ],
)
def test_bad_arguments_are_refused(make, words):
    with pytest.raises(gaxel.InputError) as error:
        make()
    for word in words:
        assert word in str(error.value)
