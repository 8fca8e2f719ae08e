"""Components without a law of their own: sums of Gaussians and surfaces, against closed forms."""

import pickle

import gaxel
import numpy as np
import pytest
from numpy.polynomial import chebyshev
from scipy.interpolate import CubicSpline
from scipy.special import erf

SHAPE = (40, 50)
SIGMAS = np.geomspace(0.6, 9.0, 4)
FLUXES = [30.0, 50.0, 0.0, 20.0]
GALAXY = gaxel.Mge(
    x=22.3, y=18.6, flux1=30.0, flux2=50.0, flux3=0.0, flux4=20.0, sigma_min=0.6, sigma_max=9.0, q=1.0, theta=0.0
)  # fmt: skip


def gaussian_pixels(x: float, y: float, sigma_x: float, sigma_y: float) -> np.ndarray:
    """The integrals of a Gaussian along the axes over pixels."""

    def edges(n: int, centre: float, sigma: float) -> np.ndarray:
        return np.diff(0.5 * erf((np.arange(n + 1) - 0.5 - centre) / (np.sqrt(2.0) * sigma)))

    return np.outer(edges(SHAPE[0], y, sigma_y), edges(SHAPE[1], x, sigma_x))


def test_a_multi_gaussian_is_a_sum_of_gaussians() -> None:
    for q in (1.0, 0.4):
        image, certificate = gaxel.render(GALAXY.replace(q=q), SHAPE, certificate=True)
        expected = sum(
            flux * gaussian_pixels(22.3, 18.6, sigma, q * sigma)
            for flux, sigma in zip(FLUXES, SIGMAS, strict=True)
        )
        np.testing.assert_array_less(np.abs(image - expected), 1e-9 * 100.0 + 1e-6 * np.abs(image))
        np.testing.assert_array_less(np.abs(image - expected), certificate.bound + 1e-13)


def test_derivatives_of_a_multi_gaussian() -> None:
    galaxy = GALAXY.replace(q=0.5, theta=0.4)
    _, jacobian = gaxel.render_with_jacobian(galaxy, SHAPE, rtol=1e-9, atol=1e-12)
    names = [name.partition(".")[2] for name in gaxel.parameter_names(galaxy)]
    assert names == ["x", "y", "flux1", "flux2", "flux3", "flux4", "q", "theta"]
    for name, derivative in zip(names, jacobian, strict=True):
        step = 1e-4
        there, back = (
            gaxel.render(galaxy.replace(**{name: galaxy.value(name) + sign * step + (step if name == "flux3" else 0)}), SHAPE, rtol=1e-10, atol=1e-13)
            for sign in (1.0, -1.0)
        )  # fmt: skip
        np.testing.assert_allclose(derivative, (there - back) / (2.0 * step), atol=2e-6, err_msg=name)
    cotangent = np.random.default_rng(5).normal(size=SHAPE)
    np.testing.assert_allclose(
        gaxel.vjp(galaxy, cotangent, rtol=1e-9, atol=1e-12),
        np.einsum("kij,ij->k", jacobian, cotangent),
        rtol=1e-9,
    )


def test_a_multi_gaussian_beside_others_through_a_psf() -> None:
    star = gaxel.PointSource(x=30.2, y=11.7, flux=40.0)
    offset = np.arange(25) - 12
    psf = np.exp(-(offset[:, np.newaxis] ** 2 + offset**2) / (2.0 * 1.8**2))
    parts = [gaxel.render_with_jacobian(part, SHAPE, psf) for part in (GALAXY, star)]
    image, jacobian = gaxel.render_with_jacobian([GALAXY, star], SHAPE, psf)
    np.testing.assert_allclose(image, parts[0][0] + parts[1][0], atol=1e-6)
    np.testing.assert_allclose(jacobian, np.concatenate([parts[0][1], parts[1][1]]), atol=1e-5)


def test_a_fit_of_a_multi_gaussian_finds_what_was_put_in() -> None:
    rng = np.random.default_rng(8)
    truth = GALAXY.replace(q=0.6, theta=0.7, flux1=3e3, flux2=5e3, flux3=0.0, flux4=8e3)
    sky = gaxel.Sky(level=2.0)
    model = gaxel.render([truth, sky], SHAPE)
    data = model + rng.normal(scale=0.3, size=SHAPE)
    start = gaxel.Mge(flux4=1.0, sigma_min=0.6, sigma_max=9.0)  # the rest is estimated
    result = gaxel.fit(data, [start, gaxel.Sky()], sigma=0.3)
    galaxy = result.components[0]
    assert result.stop_reason == "converged"
    assert result.chi2 / result.dof == pytest.approx(1.0, abs=0.1)
    errors = dict(zip(result.parameter_names, result.errors, strict=True))
    for name in ("x", "y", "flux1", "flux2", "flux4", "q", "theta"):
        error = (
            errors[f"mge:41.{name}"]
            if f"mge:41.{name}" in errors
            else errors[next(k for k in errors if k.endswith("." + name))]
        )
        assert abs(galaxy.value(name) - truth.value(name)) < 4.0 * error, name
    assert galaxy.value("flux3") < 200.0


def test_a_chebyshev_sky_is_the_mean_of_the_polynomial_over_pixels() -> None:
    values = {"c00": 3.0, "c10": 0.5, "c20": -0.4, "c30": 0.2, "c01": -0.3, "c11": 0.25, "c21": 0.1, "c02": 0.6,
              "c12": -0.2, "c03": 0.15}  # fmt: skip
    sky = gaxel.SkyChebyshev(**values)
    matrix = np.zeros((4, 4))
    for name, value in values.items():
        matrix[int(name[1]), int(name[2])] = value

    # By antiderivatives: the default domain is the image.
    def means(n: int) -> np.ndarray:
        edges = (np.arange(n + 1) - 0.5 - 0.5 * (n - 1)) / (0.5 * n)
        integrals = [np.diff(chebyshev.chebval(edges, chebyshev.chebint(unit))) for unit in np.eye(4)]
        return np.array(integrals) * 0.5 * n

    expected = means(SHAPE[0]).T @ matrix.T @ means(SHAPE[1])
    image, jacobian = gaxel.render_with_jacobian(sky, SHAPE)
    np.testing.assert_allclose(image, expected, atol=1e-13)
    np.testing.assert_allclose(np.tensordot(list(values.values()), jacobian, 1), expected, atol=1e-13)
    cotangent = np.random.default_rng(5).normal(size=SHAPE)
    np.testing.assert_allclose(
        gaxel.vjp(sky, cotangent), np.einsum("kij,ij->k", jacobian, cotangent), rtol=1e-11
    )
    psf = np.ones((3, 3))
    np.testing.assert_array_equal(gaxel.render(sky, SHAPE, psf), image)


def test_a_chebyshev_sky_of_order_1_is_a_plane() -> None:
    chebyshev_sky = gaxel.SkyChebyshev(
        c00=2.0, c10=0.7, c01=-0.3, x=10.0, y=20.0, half_width=5.0, half_height=4.0
    )
    plane = gaxel.Sky(level=2.0, slope_x=0.7 / 5.0, slope_y=-0.3 / 4.0, x=10.0, y=20.0)
    np.testing.assert_allclose(gaxel.render(chebyshev_sky, SHAPE), gaxel.render(plane, SHAPE), atol=1e-13)


def test_a_fit_of_a_curved_sky() -> None:
    truth = gaxel.SkyChebyshev(c00=5.0, c10=0.3, c20=0.8, c01=-0.2, c11=0.1, c02=-0.5)
    galaxy = gaxel.Sersic(x=22.0, y=18.0, flux=2000.0, re=3.0, n=1.5, q=0.7, theta=0.2)
    data = gaxel.render([galaxy, truth], SHAPE) + np.random.default_rng(2).normal(scale=0.05, size=SHAPE)
    result = gaxel.fit(data, [gaxel.Sersic(), gaxel.SkyChebyshev(c02=0.0)], sigma=0.05)
    fitted = result.components[1]
    errors = {
        name.rpartition(".")[2]: error
        for name, error in zip(result.parameter_names, result.errors, strict=True)
    }
    for name, value in truth.parameters.items():
        assert abs(fitted.value(name) - value) < 4.0 * errors[name], name


def test_numbers_follow_from_the_parameters() -> None:
    assert GALAXY.kind == "mge:4"
    assert gaxel.Mge(flux2=1.0).kind == "mge:2"
    assert gaxel.SkyChebyshev(c03=1.0).kind == "skychebyshev:3"
    assert pickle.loads(pickle.dumps(GALAXY)) == GALAXY
    with pytest.raises(gaxel.InputError, match="sigma_max"):
        gaxel.render(GALAXY.replace(sigma_max=0.5), SHAPE)
    with pytest.raises(gaxel.InputError, match="flux2"):
        gaxel.Mge(flux2=-1.0)
    with pytest.raises(TypeError, match="flux41"):
        gaxel.Mge(flux41=1.0)


KNOTS = [4.0, 3.6, 2.9, 1.9, 0.3, -2.5]
SPLINE = gaxel.Spline(
    x=22.3, y=18.6, r_min=0.8, r_max=20.0, **{f"i{k}": value for k, value in enumerate(KNOTS, 1)}, q=0.55, theta=0.5
)  # fmt: skip


def spline_light(x: np.ndarray, y: np.ndarray, galaxy: gaxel.Component = SPLINE) -> np.ndarray:
    """The surface brightness, with scipy's spline: level at one end, straight at the other."""
    dx, dy = x - galaxy.x, y - galaxy.y
    u = dx * np.cos(galaxy.theta) + dy * np.sin(galaxy.theta)
    v = (dy * np.cos(galaxy.theta) - dx * np.sin(galaxy.theta)) / galaxy.q
    log_r = np.log(np.maximum(np.hypot(u, v), galaxy.r_min))
    knots = np.linspace(np.log(galaxy.r_min), np.log(galaxy.r_max), len(KNOTS))
    spline = CubicSpline(
        knots, [galaxy.value(f"i{k}") for k in range(1, len(KNOTS) + 1)], bc_type=((1, 0.0), (2, 0.0))
    )
    beyond = np.maximum(log_r - knots[-1], 0.0)
    return np.exp(spline(np.minimum(log_r, knots[-1])) + beyond * spline(knots[-1], 1))


def integrated(row: int, column: int, cells: int = 250) -> float:
    """The integral over a pixel, two Gauss nodes in each direction of every small square."""
    offsets = (
        np.arange(cells)[:, np.newaxis] + 0.5 + np.array([-0.5, 0.5]) / np.sqrt(3.0)
    ).ravel() / cells - 0.5
    return float(spline_light(column + offsets, (row + offsets)[:, np.newaxis]).mean())


def test_pixels_of_a_spline() -> None:
    image, certificate = gaxel.render(SPLINE, SHAPE, certificate=True)
    assert certificate.estimated
    total = image.sum()
    for row, column in [
        (18, 22),
        (19, 22),
        (18, 23),
        (17, 21),
        (20, 26),
        (25, 30),
        (2, 3),
        (39, 49),
        (18, 40),
    ]:
        expected = integrated(row, column)
        assert image[row, column] == pytest.approx(expected, rel=2e-6, abs=1e-9 * total), (row, column)


def test_the_flux_of_a_spline_out_to_infinity() -> None:
    wide = gaxel.render(SPLINE.replace(x=1000.0, y=1000.0), (2001, 2001), rtol=1e-5, atol=1e-8)
    q, r_max = SPLINE.q, SPLINE.r_max
    log_r = np.linspace(np.log(1e-4), np.log(1e6), 2_000_001)
    light = spline_light(22.3 + np.exp(log_r) * np.cos(0.5), 18.6 + np.exp(log_r) * np.sin(0.5))
    rings = 2.0 * np.pi * q * np.exp(2.0 * log_r) * light
    inside = np.exp(log_r) < 1000.0 * q
    assert wide.sum() == pytest.approx(np.trapezoid(rings, log_r), rel=2e-3)
    assert wide.sum() > np.trapezoid(rings[inside], log_r[inside]) > np.pi * q * r_max**2 * np.exp(KNOTS[-1])


def test_derivatives_of_a_spline() -> None:
    _, jacobian = gaxel.render_with_jacobian(SPLINE, SHAPE, rtol=1e-8, atol=1e-11)
    names = [name.partition(".")[2] for name in gaxel.parameter_names(SPLINE)]
    assert names == ["x", "y", "i1", "i2", "i3", "i4", "i5", "i6", "q", "theta"]
    for name, derivative in zip(names, jacobian, strict=True):
        step = 1e-3
        ends = [
            gaxel.render(
                SPLINE.replace(**{name: SPLINE.value(name) + k * step}), SHAPE, rtol=1e-9, atol=1e-12
            )
            for k in (-2, -1, 1, 2)
        ]
        expected = (ends[0] - 8.0 * ends[1] + 8.0 * ends[2] - ends[3]) / (12.0 * step)
        np.testing.assert_allclose(derivative, expected, rtol=1e-4, atol=2e-4, err_msg=name)


def test_a_spline_finds_a_sersic_profile_and_smoothness_helps_where_there_is_no_light() -> None:
    truth = gaxel.Sersic(x=22.3, y=18.6, flux=5e3, re=4.0, n=1.3, q=0.6, theta=0.4)
    rng = np.random.default_rng(12)
    data = gaxel.render(truth, SHAPE) + rng.normal(scale=0.5, size=SHAPE)
    start = gaxel.Spline(r_min=0.5, r_max=25.0, i8=0.0, smoothness=1.0)
    result = gaxel.fit(data, start, sigma=0.5)
    fitted = result.components[0]
    assert result.chi2 / result.dof == pytest.approx(1.0, abs=0.1)
    assert result.penalty > 0.0
    difference = result.model - gaxel.render(truth, SHAPE)
    assert np.sqrt(np.mean(difference**2)) < 0.15
    assert fitted.q == pytest.approx(0.6, abs=0.02)
    stiff = gaxel.fit(data, start.replace(smoothness=1e9), sigma=0.5).components[0]
    values = np.array([stiff.value(f"i{k}") for k in range(1, 9)])
    assert np.abs(np.diff(values, 2)).max() < 1e-2  # a straight line, whatever the data say


def test_a_spline_survives_data_below_zero() -> None:
    data = np.random.default_rng(3).normal(scale=1.0, size=SHAPE) - 2.0
    start = gaxel.Spline(x=20.0, y=20.0, r_min=1.0, r_max=20.0, i5=0.0, q=0.8, theta=0.0, smoothness=1.0)
    result = gaxel.fit(data, start, sigma=1.0)
    assert np.isfinite(result.chi2)
    assert np.isfinite(result.model).all()


def test_radii_of_knots_in_the_wrong_order() -> None:
    with pytest.raises(gaxel.InputError, match="r_max"):
        gaxel.render(SPLINE.replace(r_max=0.5), SHAPE)
