"""PSFs from Python: convolution against direct sums, and arrays as users have them."""

import pickle
import warnings

import gaxel
import numpy as np
import pytest
from scipy.signal import convolve2d

# Small kernels make small tests; the warnings about them have a test of their own.
pytestmark = pytest.mark.filterwarnings("ignore::gaxel.PsfWarning")

GALAXY = gaxel.Sersic(x=10.3, y=7.8, flux=50.0, re=3.0, n=1.7, q=0.55, theta=0.9)


def gaussian(shape, x, y, sigma):
    rows, cols = np.indices(shape)
    return np.exp(-0.5 * ((cols - x) ** 2 + (rows - y) ** 2) / sigma**2)


def asymmetric_psf(shape):
    kernel = gaussian(shape, shape[1] // 2, shape[0] // 2, 1.2)
    kernel[:, 0] += 0.01
    return kernel


@pytest.mark.parametrize("size", [(33, 35), (34, 36)])
def test_integrals_through_samples_are_the_direct_sum_with_light_from_outside(size):
    """Smooth light and a smooth PSF: what the pixels' integrals do not tell is beyond the last digits."""
    middle = size[1] // 2, size[0] // 2
    kernel = gaussian(size, middle[0] + 1.5, middle[1] - 0.7, 2.1) + 0.5 * gaussian(size, *middle, 2.4)
    light = gaxel.Gaussian(x=7.3, y=6.1, flux=10.0, re=4.0, q=0.8, theta=0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gaxel.PsfWarning)  # off-centre, and larger than the image
        image = gaxel.render(light, (15, 20), gaxel.Psf(kernel, pixel_in_psf="none"), rtol=1e-9, atol=1e-12)
    margin = 40
    shifted = light.replace(x=light.x + margin, y=light.y + margin)
    wide = gaxel.render(shifted, (15 + 2 * margin, 20 + 2 * margin), rtol=1e-10, atol=1e-13)
    full = convolve2d(wide, kernel / kernel.sum(), mode="full")
    top, left = margin + size[0] // 2, margin + size[1] // 2
    np.testing.assert_allclose(image, full[top : top + 15, left : left + 20], rtol=0, atol=1e-7)


def test_a_point_source_is_the_psf():
    kernel = gaussian((9, 9), 4, 4, 1.5)
    star = gaxel.PointSource(x=10, y=8, flux=7.0)
    image = gaxel.render(star, (20, 21), kernel)
    np.testing.assert_allclose(image[4:13, 6:15], 7.0 * kernel / kernel.sum(), rtol=0, atol=1e-14)
    bare = gaxel.render(star, (20, 21))
    assert bare[8, 10] == 7.0 and bare.sum() == 7.0


def test_a_shifted_point_source_is_the_shifted_gaussian():
    kernel = gaussian((41, 41), 20, 20, 2.2)
    image = gaxel.render(gaxel.PointSource(x=24.3, y=25.9, flux=1.0), (50, 51), kernel)
    np.testing.assert_allclose(image, gaussian((50, 51), 24.3, 25.9, 2.2) / kernel.sum(), rtol=0, atol=1e-9)


def test_a_fractional_center_shifts_exactly():
    kernel = gaussian((41, 43), 20.4, 19.7, 2.2)
    image = gaxel.render(
        gaxel.PointSource(x=24, y=25, flux=1.0), (50, 51), gaxel.Psf(kernel, center=(20.4, 19.7))
    )
    np.testing.assert_allclose(image, gaussian((50, 51), 24, 25, 2.2) / kernel.sum(), rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    "kind", [np.float32, np.int16, np.uint8, ">f4", ">f8", ">i2", np.longdouble, np.bool_]
)
def test_number_types_and_byte_orders(kind):
    kernel = np.array([[0, 1, 0], [1, 3, 1], [0, 1, 0]]).astype(kind)
    expected = gaxel.render(GALAXY, (15, 20), kernel.astype(np.float64))
    np.testing.assert_array_equal(gaxel.render(GALAXY, (15, 20), kernel), expected)


def test_strided_arrays_and_lists():
    kernel = gaussian((5, 7), 3, 2, 0.8)
    kernel[0] = 0.1
    expected = gaxel.render(GALAXY, (15, 20), gaxel.Psf(kernel, center=(3, 2)))
    for same in (np.asfortranarray(kernel), np.repeat(kernel, 2, axis=1)[:, ::2], kernel.tolist()):
        np.testing.assert_array_equal(
            gaxel.render(GALAXY, (15, 20), gaxel.Psf(same, center=(3, 2))), expected
        )


def test_attributes_and_pickle():
    kernel = gaussian((6, 9), 4.2, 3.1, 1.0)
    psf = gaxel.Psf(3.0 * kernel, oversample=3, center=(4.2, 3.1))
    np.testing.assert_allclose(psf.kernel, kernel / kernel.sum(), rtol=1e-15)
    assert (psf.oversample, psf.center, psf.pixel_in_psf) == (3, (4.2, 3.1), "own")
    assert repr(psf) == "Psf(shape=(6, 9), oversample=3, center=(4.2, 3.1), pixel_in_psf='own')"
    assert gaxel.Psf(gaussian((6, 8), 4, 3, 1.0)).center == (4.0, 3.0)
    back = pickle.loads(pickle.dumps(psf))
    assert back == psf
    np.testing.assert_array_equal(back.kernel, psf.kernel)
    for array in (psf.array, psf.kernel):
        with pytest.raises(ValueError):
            array[0, 0] = 1.0


def test_the_users_array_is_not_kept():
    kernel = gaussian((5, 5), 2, 2, 1.0)
    psf = gaxel.Psf(kernel)
    kernel[:] = 0.0
    assert psf.array.any() and psf.kernel.any()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"array": np.zeros((3, 3))}, ["psf", "zero everywhere"]),
        ({"array": -np.ones((3, 3))}, ["psf", "not positive"]),
        ({"array": [[1.0, np.nan]]}, ["psf", "1 of 2 pixels are not finite", "column 1, row 0"]),
        ({"array": [[1.0, np.inf]]}, ["psf", "not finite"]),
        ({"array": np.ones((0, 3))}, ["array", "shape (0, 3)"]),
        ({"array": np.ones(3)}, ["array", "shape (3,)", "(ny, nx)"]),
        ({"array": np.ones((3, 3, 3))}, ["array", "shape (3, 3, 3)"]),
        ({"array": np.ones((3, 3), complex)}, ["array", "complex128", "real numbers"]),
        ({"array": [["a"]]}, ["array", "real numbers"]),
        ({"oversample": 0}, ["oversample = 0", "0.25 to 64"]),
        ({"oversample": np.nan}, ["oversample = nan"]),
        ({"pixel_in_psf": "pixel"}, ["pixel_in_psf = 'pixel'", '"data" or True']),
        ({"center": (5.0, 1.0)}, ["x_center = 5", "-0.5 to 2.5"]),
        ({"center": (1.0, -1.0)}, ["y_center = -1"]),
        ({"center": 1.0}, ["center = 1.0", "(x, y)"]),
        ({"center": (1.0, "1")}, ["center = '1'", "not a number"]),
    ],
)
def test_bad_psfs_are_refused(arguments, words):
    with pytest.raises(gaxel.InputError) as error:
        gaxel.Psf(**{"array": np.ones((3, 3)), **arguments})
    for word in words:
        assert word in str(error.value)


def test_suspicious_psfs_are_warned_of():
    with pytest.warns(
        gaxel.PsfWarning, match=r"\(22\.00, 20\.00\), 2\.00 data pixels from its stated centre"
    ):
        gaxel.Psf(gaussian((41, 41), 22, 20, 2.0))
    with pytest.warns(gaxel.PsfWarning, match="does not fall to zero"):
        gaxel.Psf(gaussian((41, 41), 20, 20, 2.0) + 0.01)
    psf = gaxel.Psf(gaussian((41, 41), 20, 20, 2.0))
    with pytest.warns(gaxel.PsfWarning, match=r"larger than the image \(20 x 15\)"):
        gaxel.render(GALAXY, (15, 20), psf)
    with pytest.warns(gaxel.PsfWarning, match="does not fall to zero") as caught:
        gaxel.render(GALAXY, (15, 20), np.ones((3, 3)))
    assert {warning.filename for warning in caught} == {__file__}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gaxel.render(GALAXY, (50, 50), psf)
        pickle.loads(pickle.dumps(psf))


def test_a_fit_warns_of_a_psf_once_by_its_band_and_at_the_call():
    bands = [
        gaxel.Band(gaxel.render(GALAXY, (25, 25)), 0.1, name=name, wavelength=i + 1.0, psf=psf)
        for i, (name, psf) in enumerate([("g", None), ("r", np.ones((3, 3)))])
    ]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = gaxel.fit(bands, GALAXY, fixed=["*.[!f]*"])
    assert len(caught) >= 1
    for warning in caught:
        assert warning.category is gaxel.PsfWarning and warning.filename == __file__
        assert str(warning.message).startswith("band 'r': ")
    with warnings.catch_warnings():
        warnings.simplefilter("error", gaxel.PsfWarning)
        result.plot_profile(band="r")
        result.plot_cells(band="r")
        result.derived()
        gaxel.profile_likelihood(result)
        gaxel.bootstrap(result, 2)
        gaxel.LogLikelihood(result)
