"""Derivatives from Python against derivatives of the profile's formula, integrated by another quadrature."""

import gaxel
import numpy as np
import pytest
from scipy.signal import convolve2d
from scipy.special import gamma, gammaincinv

# Small kernels make small tests; what gaxel warns of in them is tested in test_psf.py.
pytestmark = pytest.mark.filterwarnings("ignore::gaxel.PsfWarning")

SHAPE = (15, 20)
GALAXY = gaxel.Sersic(x=10.3, y=7.8, flux=50.0, re=3.0, n=1.7, q=0.55, theta=0.9)


def sersic(dx, dy, flux, re, n, q, theta):
    """Surface brightness; analytic in all but n, so that complex steps differentiate it."""
    b = gammaincinv(2.0 * n, 0.5)
    u = dx * np.cos(theta) + dy * np.sin(theta)
    v = (dy * np.cos(theta) - dx * np.sin(theta)) / q
    s = (u * u + v * v) / re**2
    total = 2.0 * np.pi * n * b ** (-2.0 * n) * gamma(2.0 * n) * re**2 * q
    return flux / total * np.exp(-b * s ** (0.5 / n))


def integrated(row, col, **values):
    """The formula over a pixel by 40 x 40 Gauss-Legendre nodes: exact to rounding away from the centre."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    x = col + 0.5 * nodes[None, :] - values.pop("x")
    y = row + 0.5 * nodes[:, None] - values.pop("y")
    return 0.25 * np.einsum("i,j,ij", weights, weights, sersic(x, y, **values))


def derivative(row, col, values, key):
    if key == "n":  # six-point differences
        h = 0.01 * values["n"]
        terms = [(1, 0.75), (2, -0.15), (3, 1.0 / 60.0)]
        return sum(
            weight / h * sign * integrated(row, col, **{**values, "n": values["n"] + sign * k * h})
            for k, weight in terms
            for sign in (1, -1)
        )
    return integrated(row, col, **{**values, key: values[key] + 1e-30j}).imag / 1e-30


@pytest.mark.parametrize("key", ["x", "y", "flux", "re", "n", "q", "theta"])
def test_sersic_derivatives(key):
    image, jacobian = gaxel.render_with_jacobian(GALAXY, SHAPE, parameters=f"*.{key}", rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(
        image, gaxel.render(GALAXY, SHAPE, rtol=1e-11, atol=1e-14), rtol=1e-10, atol=1e-12
    )
    assert jacobian.shape == (1, *SHAPE)
    scale = np.abs(jacobian).max()
    for row, col in [(5, 13), (11, 8), (0, 0), (14, 19), (10, 12)]:
        truth = derivative(row, col, GALAXY.parameters, key)
        assert jacobian[0, row, col] == pytest.approx(truth, rel=1e-8, abs=1e-9 * scale)


@pytest.mark.parametrize("key", ["flux", "re", "n", "q", "theta"])
@pytest.mark.parametrize("center", [(10.0, 7.0), (10.5, 7.5), (10.2, 6.6)])
def test_derivatives_about_the_cusp(center, key):
    """Six-point differences of exact pixels, which other tests hold to exact values."""
    galaxy = GALAXY.replace(x=center[0], y=center[1], n=4.0)
    _, jacobian = gaxel.render_with_jacobian(galaxy, SHAPE, parameters=f"*.{key}", rtol=1e-11, atol=1e-14)
    value = getattr(galaxy, key)
    h = 1e-3 * value

    def odd_part(step):
        ends = [
            gaxel.render(galaxy.replace(**{key: value + sign * step * h}), SHAPE, rtol=1e-12, atol=1e-15)
            for sign in (1, -1)
        ]
        return ends[0] - ends[1]

    numeric = (45.0 * odd_part(1) - 9.0 * odd_part(2) + odd_part(3)) / (60.0 * h)
    np.testing.assert_allclose(jacobian[0], numeric, rtol=1e-7, atol=1e-8 * np.abs(numeric).max())


@pytest.mark.parametrize("key", ["x", "y"])
def test_a_shift_of_the_light_is_its_flow_through_the_pixels_edges(key):
    """d/dx of a pixel is minus the difference of the line integrals along its right and left edges."""
    _, jacobian = gaxel.render_with_jacobian(GALAXY, SHAPE, parameters=f"*.{key}", rtol=1e-11, atol=1e-14)
    nodes, weights = np.polynomial.legendre.leggauss(200)
    shape = GALAXY.parameters
    x, y = shape.pop("x"), shape.pop("y")
    for row, col in [(8, 10), (7, 10), (8, 11), (7, 9)]:
        if key == "x":
            edges = [sersic(col + side - x, row + 0.5 * nodes - y, **shape) for side in (-0.5, 0.5)]
        else:
            edges = [sersic(col + 0.5 * nodes - x, row + side - y, **shape) for side in (-0.5, 0.5)]
        truth = 0.5 * weights @ (edges[0] - edges[1])
        assert jacobian[0, row, col] == pytest.approx(truth, rel=1e-8, abs=1e-8)


def test_sky_and_point_source_derivatives():
    rows, cols = np.indices(SHAPE)
    sky = gaxel.Sky(level=1.0, slope_x=0.5, x=3.0, y=4.0)
    _, jacobian = gaxel.render_with_jacobian(sky, SHAPE)
    np.testing.assert_array_equal(jacobian, [np.ones(SHAPE), cols - 3.0, rows - 4.0])
    sigma, x, y = 2.2, 9.3, 7.6
    kernel = np.exp(
        -0.5 * (np.subtract.outer(np.arange(-20, 21) ** 2, -(np.arange(-20, 21) ** 2))) / sigma**2
    )
    star = gaxel.PointSource(x=x, y=y, flux=5.0)
    _, jacobian = gaxel.render_with_jacobian(star, SHAPE, kernel)
    truth = np.exp(-0.5 * ((cols - x) ** 2 + (rows - y) ** 2) / sigma**2) / kernel.sum()
    expected = [5.0 * truth * (cols - x) / sigma**2, 5.0 * truth * (rows - y) / sigma**2, truth]
    np.testing.assert_allclose(jacobian, expected, rtol=0, atol=1e-9)


def test_derivatives_go_through_the_psf():
    """Smooth light and a smooth PSF, through which integrals over pixels are seen as the direct sum tells."""
    at = np.arange(-16, 17)
    line = np.exp(-0.5 * (at / 2.0) ** 2)
    kernel = np.outer(line, line)
    light = gaxel.Gaussian(x=8.3, y=7.1, flux=10.0, re=4.0, q=0.8, theta=0.5)
    psf = gaxel.Psf(kernel, pixel_in_psf="none")
    with pytest.warns(gaxel.PsfWarning, match="larger than the image"):
        _, jacobian = gaxel.render_with_jacobian(light, SHAPE, psf, rtol=1e-9, atol=1e-12)
    wide_light = light.replace(x=light.x + 16, y=light.y + 16)
    _, wide = gaxel.render_with_jacobian(wide_light, (SHAPE[0] + 32, SHAPE[1] + 32), rtol=1e-11, atol=1e-14)
    for through_psf, bare in zip(jacobian, wide, strict=True):
        expected = convolve2d(bare, kernel / kernel.sum(), mode="valid")
        np.testing.assert_allclose(through_psf, expected, rtol=0, atol=1e-7 * np.abs(bare).max())


def test_derivative_to_a_magnitude():
    with_mag = GALAXY.replace(mag=20.0, zeropoint=25.0)
    with_flux = GALAXY.replace(flux=100.0)
    _, to_mag = gaxel.render_with_jacobian(with_mag, SHAPE, parameters=["sersic1.mag"])
    image, to_flux = gaxel.render_with_jacobian(with_flux, SHAPE, parameters=["sersic1.flux"])
    np.testing.assert_allclose(to_mag, -0.4 * np.log(10.0) * 100.0 * to_flux, rtol=1e-12)
    np.testing.assert_allclose(to_flux[0], image / 100.0, rtol=1e-5, atol=1e-9)


def test_choosing_parameters():
    components = [GALAXY.replace(name="disc"), gaxel.Sky(level=1.0)]
    names = gaxel.parameter_names(components)
    image, all_of_them = gaxel.render_with_jacobian(components, SHAPE)
    assert all_of_them.shape == (len(names), *SHAPE)
    chosen = ["sky1.level", "disc.q", "disc.x"]  # they come in the order of the names, not of the request
    same_image, some = gaxel.render_with_jacobian(components, SHAPE, parameters=chosen)
    np.testing.assert_array_equal(
        some, all_of_them[[names.index(name) for name in ("disc.x", "disc.q", "sky1.level")]]
    )
    np.testing.assert_array_equal(same_image, image)
    _, none = gaxel.render_with_jacobian(components, SHAPE, parameters=[])
    assert none.shape == (0, *SHAPE)
    _, _, certificate = gaxel.render_with_jacobian(components, SHAPE, certificate=True)
    assert certificate.bound.shape == SHAPE
    for wrong, hint in [("disc.r", "disc.re"), (["sky1.x"], "sky1"), ("*.nothing", "no such parameter")]:
        with pytest.raises(gaxel.InputError, match=hint):
            gaxel.render_with_jacobian(components, SHAPE, parameters=wrong)
