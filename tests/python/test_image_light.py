"""Images as components, against scipy's spline of the cumulative light, Gaussians in closed form, and brute force."""

import copy
import pickle

import gaxel
import numpy as np
import pytest
from convolved_truth import box
from scipy.interpolate import RectBivariateSpline

SHAPE = (24, 30)
PAD = 32  # pixels after which the spline's overshoot is below rounding
RANDOM = np.random.default_rng(6)
STAMP = RANDOM.normal(1.0, 2.0, size=(9, 12))
PLACES = [
    {"x": 14.0, "y": 11.0, "scale": 1.0, "theta": 0.0},
    {"x": 13.37, "y": 11.81, "scale": 0.7, "theta": 0.0},
    {"x": 13.37, "y": 11.81, "scale": 1.9, "theta": 0.6},
    {"x": 15.1, "y": 10.2, "scale": 0.45, "theta": -2.2},
]
TELLING = [(11, 14), (10, 17), (14, 9), (7, 12), (2, 27)]


def light(place: dict[str, float], stamp: np.ndarray = STAMP, **others: object) -> gaxel.Component:
    return gaxel.ImageLight(**{"image": stamp, "flux": 50.0, **place, **others})


class Truth:
    """The light of an image whose cumulative light is scipy's bicubic spline through the sums at pixels' corners."""

    def __init__(self, stamp: np.ndarray = STAMP) -> None:
        ny, nx = stamp.shape
        sums = np.zeros((ny + 2 * PAD + 1, nx + 2 * PAD + 1))
        sums[1:, 1:] = np.pad(stamp / stamp.sum(), PAD).cumsum(0).cumsum(1)
        edges = [np.arange(n + 2 * PAD + 1) - PAD - 0.5 * n for n in (ny, nx)]  # from the image's middle
        self.cumulative = RectBivariateSpline(*edges, sums, s=0)

    def density(self, x: np.ndarray, y: np.ndarray, place: dict[str, float]) -> np.ndarray:
        dx, dy = x - place["x"], y - place["y"]
        cosine, sine = np.cos(place["theta"]), np.sin(place["theta"])
        u = (cosine * dx + sine * dy) / place["scale"]
        v = (cosine * dy - sine * dx) / place["scale"]
        return self.cumulative.ev(v, u, dx=1, dy=1) / place["scale"] ** 2

    def pixel(self, row: int, column: int, place: dict[str, float]) -> float:
        if place["theta"] == 0.0:  # a rectangle of the image
            u = (column + np.array([-0.5, 0.5]) - place["x"]) / place["scale"]
            v = (row + np.array([-0.5, 0.5]) - place["y"]) / place["scale"]
            return float(np.diff(np.diff(self.cumulative(v, u), axis=0), axis=1)[0, 0])
        cells = 160
        middles = (np.arange(cells) + 0.5) / cells - 0.5
        nodes = (middles[:, np.newaxis] + np.array([-0.5, 0.5]) / (np.sqrt(3.0) * cells)).ravel()
        x, y = np.meshgrid(column + nodes, row + nodes)
        return float(self.density(x, y, place).mean())


TRUTH = Truth()


def gaussian(shape: tuple[int, int], x: float, y: float, sigma_x: float, sigma_y: float) -> np.ndarray:
    """Integrals of a Gaussian along the axes over pixels."""
    return np.outer(box(np.arange(shape[0]) - y, 1.0, sigma_y), box(np.arange(shape[1]) - x, 1.0, sigma_x))


@pytest.mark.parametrize("place", PLACES)
def test_pixels_are_integrals_of_the_spline_and_bounds_hold(place: dict[str, float]) -> None:
    image, certificate = gaxel.render(light(place), SHAPE, certificate=True)
    assert not certificate.estimated and not certificate.limit_hit
    assert certificate.n_over == 0 and certificate.max_bound < 1e-9
    truth_error = 1e-11 if place["theta"] == 0.0 else 1e-6
    for row, column in TELLING:
        truth = 50.0 * TRUTH.pixel(row, column, place)
        assert image[row, column] == pytest.approx(truth, abs=truth_error), (row, column)


def test_an_image_in_its_place_is_itself() -> None:
    image, certificate = gaxel.render(
        gaxel.ImageLight(image=STAMP, x=5.5, y=4.0, flux=STAMP.sum()), STAMP.shape, certificate=True
    )
    assert np.all(np.abs(image - STAMP) <= certificate.bound)


def test_the_flux_stays_when_the_image_is_shifted_turned_and_scaled() -> None:
    for scale in (0.1, 1.0, 3.3):
        for theta in (0.0, 1.1):
            place = {"x": 150.3, "y": 149.8, "scale": scale, "theta": theta}
            assert gaxel.render(light(place), (300, 300)).sum() == pytest.approx(50.0, abs=1e-11)


# How far the spline is from a Gaussian falls with the fourth power of the pixel.
@pytest.mark.parametrize(("sigma", "far"), [(3.0, 1e-3), (6.0, 5e-5), (12.0, 3e-6)])
def test_the_image_of_a_gaussian_is_that_gaussian(sigma: float, far: float) -> None:
    side = int(14 * sigma) | 1
    stamp = gaussian((side, side), side // 2, side // 2, sigma, 0.6 * sigma)
    place = {"x": 40.3, "y": 41.9, "theta": 0.7}
    image = gaxel.render(light(place, stamp, flux=1.0, scale=2.5 / sigma), (80, 80))
    truth = gaxel.render(gaxel.Gaussian(flux=1.0, re=2.5 * np.sqrt(2 * np.log(2)), q=0.6, **place), (80, 80))
    assert np.abs(image - truth).max() < far * truth.max()


def differences(key: str, row: int, column: int, place: dict[str, float]) -> float:
    step = 1e-3
    ends = [TRUTH.pixel(row, column, {**place, key: place[key] + k * step}) for k in (-2, -1, 1, 2)]
    return 50.0 * (ends[0] - 8.0 * ends[1] + 8.0 * ends[2] - ends[3]) / (12.0 * step)


@pytest.mark.parametrize("place", PLACES[1:])
def test_derivatives_are_those_of_the_spline(place: dict[str, float]) -> None:
    component = light(place)
    image, jacobian = gaxel.render_with_jacobian(component, SHAPE)
    names = [name.partition(".")[2] for name in gaxel.parameter_names(component)]
    assert names == ["x", "y", "flux", "scale", "theta"]
    np.testing.assert_allclose(jacobian[2], image / 50.0, rtol=1e-14)
    for key in ("x", "y", "scale", "theta"):
        derivative = jacobian[names.index(key)]
        for row, column in TELLING:
            if key == "theta" and place["theta"] == 0.0:
                continue  # the truth would be another rule on each side
            expected = differences(key, row, column, place)
            assert derivative[row, column] == pytest.approx(expected, abs=3e-4 * np.abs(derivative).max()), (
                key,
                row,
                column,
            )
    cotangent = RANDOM.normal(size=SHAPE)
    np.testing.assert_allclose(
        gaxel.vjp(component, cotangent), np.einsum("kij,ij->k", jacobian, cotangent), rtol=1e-10
    )


def convolved(place: dict[str, float], sigma: float) -> np.ndarray:
    """Brute force: samples of the light, 40 x 40 a pixel, times the Gaussian PSF's integral over each pixel."""
    fine = 40
    reach = 16
    x = (np.arange((SHAPE[1] + 2 * reach) * fine) + 0.5) / fine - 0.5 - reach
    y = (np.arange((SHAPE[0] + 2 * reach) * fine) + 0.5) / fine - 0.5 - reach
    samples = TRUTH.density(*np.meshgrid(x, y), place) / fine**2
    along_x = box(np.arange(SHAPE[1])[:, np.newaxis] - x, 1.0, sigma)
    along_y = box(np.arange(SHAPE[0])[:, np.newaxis] - y, 1.0, sigma)
    return 50.0 * along_y @ samples @ along_x.T


@pytest.mark.parametrize("place", PLACES)
def test_through_a_psf(place: dict[str, float]) -> None:
    sigma = 1.6
    psf = gaxel.GaussianPsf(sigma * np.sqrt(8 * np.log(2)))
    truth = convolved(place, sigma)
    image, jacobian, certificate = gaxel.render_with_jacobian(light(place), SHAPE, psf, certificate=True)
    assert certificate.estimated and not certificate.limit_hit
    truth_error = 4e-8 * 50.0  # of brute force: 18 samples to a pixel of the smallest image
    np.testing.assert_array_less(np.abs(image - truth), certificate.bound + truth_error)
    assert np.abs(image - truth).max() < truth_error
    step = 2e-4
    for key, derivative in zip(("x", "y", "flux", "scale", "theta"), jacobian, strict=True):
        component = light(place)
        ends = [component.replace(**{key: component.value(key) + k * step}) for k in (-1, 1)]
        low, high = (gaxel.render(end, SHAPE, psf) for end in ends)
        expected = (high - low) / (2 * step)
        np.testing.assert_allclose(derivative, expected, atol=1e-4 * np.abs(expected).max(), err_msg=key)
    cotangent = RANDOM.normal(size=SHAPE)
    np.testing.assert_allclose(
        gaxel.vjp(light(place), cotangent, psf), np.einsum("kij,ij->k", jacobian, cotangent), rtol=1e-9
    )


def test_a_smooth_image_through_a_psf() -> None:
    stamp = gaussian((141, 141), 70, 70, 10.0, 10.0)
    component = gaxel.ImageLight(image=stamp, x=20.3, y=19.2, flux=7.0, scale=0.3)
    image = gaxel.render(component, (40, 42), gaxel.GaussianPsf(2.0 * np.sqrt(8 * np.log(2))))
    truth = 7.0 * gaussian((40, 42), 20.3, 19.2, np.hypot(3.0, 2.0), np.hypot(3.0, 2.0))
    assert np.abs(image - truth).max() < 1e-6 * truth.max()


def test_beside_others_and_through_several_psfs() -> None:
    stamp = light(PLACES[2])
    galaxy = gaxel.Nuker(x=9.3, y=8.8, ib=2.0, rb=2.5, alpha=2.0, beta=3.5, gamma=0.3, q=0.7, theta=0.4)
    disc = gaxel.Exponential(x=20.0, y=12.0, flux=30.0, re=3.0)
    components = [stamp, galaxy, disc, gaxel.Sky(level=0.5), stamp.replace(x=4.0, psf=False)]
    psf = gaxel.MoffatPsf(3.0, 3.0)
    together, jacobian = gaxel.render_with_jacobian(components, SHAPE, psf)
    alone = [gaxel.render_with_jacobian(component, SHAPE, psf) for component in components]
    np.testing.assert_allclose(together, sum(image for image, _ in alone), atol=1e-5)
    np.testing.assert_allclose(jacobian, np.concatenate([rows for _, rows in alone]), atol=1e-4)
    np.testing.assert_array_equal(alone[-1][0], gaxel.render(stamp.replace(x=4.0), SHAPE))
    plan = gaxel.prepare(components, SHAPE, psf)
    assert plan.n_profiles == 2
    np.testing.assert_allclose(gaxel.render(components, SHAPE, psf, plan=plan), together, atol=1e-6)


def test_linear_in_the_flux_and_the_same_on_any_number_of_threads() -> None:
    shape = (400, 70)
    component = light({"x": 33.0, "y": 190.0, "scale": 20.0, "theta": 0.3})
    image, jacobian = gaxel.render_with_jacobian(component, shape, threads=1)
    for threads in (2, 5):
        other, derivatives = gaxel.render_with_jacobian(component, shape, threads=threads)
        np.testing.assert_array_equal(image, other)
        np.testing.assert_array_equal(jacobian, derivatives)
    np.testing.assert_array_equal(gaxel.render(component.replace(flux=-100.0), shape), -2.0 * image)


def test_tolerances_that_rounding_cannot_keep_are_told_of() -> None:
    component = light(PLACES[2])
    _, kept = gaxel.render(component, SHAPE, rtol=1e-10, atol=1e-12, certificate=True)
    _, missed = gaxel.render(component, SHAPE, rtol=1e-15, atol=0.0, certificate=True)
    assert kept.n_over == 0 and not kept.limit_hit
    assert missed.n_over > 0 and missed.limit_hit


def test_a_fit_finds_its_place_and_rests_what_is_left_out() -> None:
    side = np.arange(31) - 15
    stamp = np.exp(-np.hypot(side[:, np.newaxis], 0.6 * side) / 3.0) + 0.02 * RANDOM.normal(size=(31, 31))
    truth = gaxel.ImageLight(image=stamp, x=22.4, y=18.7, flux=5e3, scale=0.8, theta=0.5)
    psf = gaxel.GaussianPsf(2.5)
    data = gaxel.render([truth, gaxel.Sky(level=3.0)], (40, 44), psf)
    data += np.random.default_rng(4).normal(scale=0.5, size=data.shape)
    start = truth.replace(x=None, y=None, flux=None, scale=1.0, theta=0.0)
    result = gaxel.fit(data, [start, gaxel.Sky()], sigma=0.5, psf=psf)
    assert result.success and result.chi2 / result.dof == pytest.approx(1.0, abs=0.1)
    assert result.parameter_names[:5] == [f"image1.{key}" for key in ("x", "y", "flux", "scale", "theta")]
    for key, error in zip(("x", "y", "flux", "scale", "theta"), result.errors[:5], strict=True):
        assert abs(result.components[0].value(key) - truth.value(key)) < 4.0 * error, key
    resting = gaxel.fit(data, [start.replace(scale=None, theta=None), gaxel.Sky()], sigma=0.5, psf=psf)
    assert resting.parameter_names == ["image1.x", "image1.y", "image1.flux", "sky1.level"]
    fitted = resting.components[0]
    assert (fitted.scale, fitted.theta) == (None, None)
    assert [resting.value_at(f"image1.{key}", 1.0)[0] for key in ("scale", "theta")] == [1.0, 0.0]
    assert np.array_equal(fitted.image, stamp)


def test_as_an_object() -> None:
    stamp = STAMP.copy()
    component = light(PLACES[0], stamp, mag=20.0, flux=None, zeropoint=25.0, name="stamp")
    stamp[:] = 0.0  # it keeps a copy
    np.testing.assert_array_equal(component.image, STAMP)
    assert not component.image.flags.writeable
    other = light(PLACES[0], STAMP.astype(">f8"), mag=20.0, flux=None, zeropoint=25.0, name="stamp")
    assert component == other and hash(component) == hash(other)
    assert component != other.replace(image=STAMP + 1.0)
    assert component != other.replace(image=STAMP.reshape(12, 9))
    for back in (
        pickle.loads(pickle.dumps(component)),
        copy.deepcopy(component),
        component.replace(x=component.x),
    ):
        assert back == component and type(back) is gaxel.ImageLight
        np.testing.assert_array_equal(gaxel.render(back, SHAPE), gaxel.render(component, SHAPE))
    assert repr(component).startswith("ImageLight(image=<array of shape (9, 12)>, x=14.0, y=11.0, mag=20.0")
    assert gaxel.parameter_names(component) == [f"stamp.{key}" for key in ("x", "y", "mag", "scale", "theta")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"image": np.array([[1.0, np.nan]])}, ["image = nan in column 1, row 0", "finite"]),
        ({"image": np.zeros((3, 3))}, ["image = sum 0", "positive"]),
        ({"image": -np.ones((3, 3))}, ["image = sum -9", "positive"]),
        ({"image": np.zeros((0, 3))}, ["image = 3 x 0 pixels", "no pixels"]),
        ({"image": np.ones(3)}, ["image = shape (3,)", "(ny, nx)"]),
        ({"image": "stamp.fits"}, ["image", "real numbers"]),
        ({"image": np.broadcast_to(1.0, (9000, 9000))}, ["9000 x 9000 pixels", "67108864"]),
        ({"image": STAMP, "scale": 0.0}, ["scale = 0", "0.001 to 1000"]),
        ({"image": STAMP, "theta": np.inf}, ["theta = inf"]),
    ],
)
def test_bad_input_is_named(arguments: dict[str, object], words: list[str]) -> None:
    with pytest.raises(gaxel.InputError) as error:
        gaxel.ImageLight(**arguments)
    for word in words:
        assert word in str(error.value)


def test_what_is_missing_or_cannot_be() -> None:
    with pytest.raises(gaxel.InputError, match="image"):
        gaxel.render(gaxel.ImageLight(x=1.0, y=2.0, flux=3.0), SHAPE)
    with pytest.raises(gaxel.InputError, match=r"image1\.flux"):
        gaxel.render(gaxel.ImageLight(image=STAMP, x=1.0, y=2.0), SHAPE)
    with pytest.raises(gaxel.InputError, match="c0: image cannot have it"):
        gaxel.ImageLight(image=STAMP, c0=0.5)
    masked = np.ma.masked_greater(STAMP, np.median(STAMP))
    with pytest.raises(gaxel.InputError, match=r"image = \d+ masked pixels"):
        gaxel.ImageLight(image=masked)
    nothing_masked = np.ma.array(STAMP, mask=np.zeros(np.shape(STAMP), bool))
    assert gaxel.ImageLight(image=nothing_masked) == gaxel.ImageLight(image=STAMP)
    endless = np.broadcast_to(np.float32(1.0), (2**20, 2**20))  # takes no memory before it is copied
    with pytest.raises(gaxel.InputError, match="1048576 x 1048576 pixels: the image is too large"):
        gaxel.ImageLight(image=endless)
    cut = gaxel.Truncation(x=1.0, y=2.0, rbreak=3.0, softening=1.0)
    with pytest.raises(gaxel.InputError, match="inner: image cannot have it"):
        light(PLACES[0], inner=[cut])
    with pytest.raises(TypeError, match="image"):
        gaxel.Sersic(image=STAMP)
