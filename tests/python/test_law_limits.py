"""Where one kind of light turns into another, or a shape into none."""

import gaxel
import numpy as np
import pytest
from gaxel import InputError
from law_formulas import law_of
from scipy.integrate import quad
from scipy.special import gamma

SHAPE = (26, 30)
EXACT = {"rtol": 1e-12, "atol": 1e-15}
ESTIMATED = {"rtol": 1e-10, "atol": 1e-13}
PLACE = {"x": 14.3, "y": 12.2, "theta": 0.7}
ELLIPSE = {**PLACE, "q": 0.6}
HOST = gaxel.Sersic(flux=100.0, re=4.0, n=1.7, **ELLIPSE)


def assert_same(one, other, rtol=1e-8, atol=1e-11):
    a, b = (gaxel.render(component, SHAPE, **ESTIMATED) for component in (one, other))
    np.testing.assert_allclose(a, b, rtol=rtol, atol=atol * b.sum())


def test_a_moffat_of_large_beta_is_a_gaussian():
    gaussian = gaxel.render(gaxel.Gaussian(flux=1.0, re=2.0, **ELLIPSE), SHAPE, **EXACT)
    far = [
        np.abs(
            gaxel.render(gaxel.Moffat(flux=1.0, fwhm=4.0, beta=beta, **ELLIPSE), SHAPE, **EXACT) - gaussian
        ).max()
        for beta in (50.0, 100.0)
    ]
    assert far[1] < 1e-2 * gaussian.max()
    assert far[0] / far[1] == pytest.approx(2.0, rel=0.05)  # the difference goes as 1 / beta


def test_a_king_of_large_tidal_radius_and_alpha_1_is_a_lorentzian_cut_off():
    # alpha = 1: g ~ 1 / (1 + s) - 1 / (1 + c^2), whose enclosed flux is ln(1 + s) - s / (1 + c^2).
    core, tidal = 3.0, 40.0
    law = law_of(gaxel.King(x=50.0, y=50.0, flux=1.0, rc=core, rt=tidal, alpha=1.0, q=1.0, theta=0.0))
    s, edge = (7.0 / core) ** 2, (tidal / core) ** 2
    closed = (np.log1p(s) - s / (1 + edge)) / (np.log1p(edge) - edge / (1 + edge))
    assert law.inside(np.array(7.0)) == pytest.approx(closed, rel=1e-13)


def test_a_ferrers_of_alpha_1_is_a_paraboloid():
    # Flat: 2 / (pi q r^2) (1 - r^2), whose pixels inside are those of a polynomial.
    bar = gaxel.Ferrers(flux=1.0, rout=11.0, alpha=1.0, beta=0.0, x=14.0, y=12.0, q=0.8, theta=0.0)
    image = gaxel.render(bar, SHAPE, **EXACT)
    row, col = np.mgrid[9:16, 9:20]
    squared = ((col - 14.0) ** 2 + 1.0 / 12.0 + ((row - 12.0) ** 2 + 1.0 / 12.0) / 0.64) / 121.0
    np.testing.assert_allclose(image[9:16, 9:20], 2.0 / (np.pi * 0.8 * 121.0) * (1.0 - squared), rtol=1e-12)


def test_a_broken_exponential_of_one_scale_is_an_exponential():
    assert_same(
        gaxel.BrokenExponential(flux=100.0, h1=3.0, h2=3.0, rb=5.0, alpha=2.0, **ELLIPSE),
        gaxel.Exponential(flux=100.0, re=3.0 * 1.6783469900166605, **ELLIPSE),
    )


def test_a_flat_bar_of_one_scale_is_an_exponential():
    assert_same(
        gaxel.FlatBar(i0=2.0, h1=3.0, h2=3.0, rb=5.0, alpha=2.0, opening=0.6, **ELLIPSE),
        gaxel.Exponential(i0=2.0, re=3.0 * 1.6783469900166605, **ELLIPSE),
    )


def test_a_core_sersic_without_a_core_is_a_sersic():
    core = gaxel.CoreSersic(ib=5.0, rb=0.01, re=4.0, n=2.0, alpha=5.0, gamma=0.0, **ELLIPSE)
    ratio = gaxel.render(core, SHAPE, **ESTIMATED) / gaxel.render(
        gaxel.Sersic(ie=1.0, re=4.0, n=2.0, **ELLIPSE), SHAPE, **ESTIMATED
    )
    assert np.ptp(np.delete(ratio.ravel(), 12 * 30 + 14)) < 1e-6 * ratio.mean()


def test_a_nuker_of_sharp_break_is_two_powers():
    # alpha 100: off the break r^-gamma inside and r^-beta outside, to 2^((beta-gamma)/alpha).
    image, power = (
        gaxel.render(
            gaxel.Nuker(ib=1.0, rb=rb, alpha=100.0, beta=3.0, gamma=0.0, **PLACE, q=1.0), SHAPE, **ESTIMATED
        )
        for rb in (6.0, 0.01)
    )
    assert image[12, 15] == pytest.approx(2.0**0.03, rel=1e-6)
    far = np.hypot(*(np.mgrid[: SHAPE[0], : SHAPE[1]] - np.array([12.2, 14.3])[:, None, None])) > 8.0
    np.testing.assert_allclose(image[far] / power[far], 600.0**3, rtol=1e-7)


def test_all_of_a_steep_nuker():
    a, b, c = 2.0, 4.5, 0.5
    nuker = gaxel.Nuker(ib=1.0, rb=2.0, alpha=a, beta=b, gamma=c, x=300.0, y=300.0, q=0.9, theta=0.3)
    total = (
        2.0
        * np.pi
        / a
        * 2.0 ** ((b - c) / a)
        * gamma((2.0 - c) / a)
        * gamma((b - 2.0) / a)
        / gamma((b - c) / a)
    )
    image = gaxel.render(nuker, (601, 601))
    # Beyond the circle of 300 pixels there are less than 2 pi 2^((b-c)/a) / (b - 2) (300 / rb)^(2 - b) of it.
    rest = 2.0 * np.pi * 2.0 ** ((b - c) / a) / (b - 2.0) * 150.0 ** (2.0 - b) * 4.0 * 0.9
    assert total * 4.0 * 0.9 - rest < image.sum() < total * 4.0 * 0.9


def test_a_ring_without_a_radius_is_a_gaussian():
    # r is at least 0.01 pixels: what is left of it goes as r / sigma.
    far = []
    for radius in (0.02, 0.01):
        ring = gaxel.render(gaxel.GaussianRing(flux=1.0, r=radius, sigma=3.0, **ELLIPSE), SHAPE, **ESTIMATED)
        disc = gaxel.render(
            gaxel.Gaussian(flux=1.0, re=3.0 * np.sqrt(2.0 * np.log(2.0)), **ELLIPSE), SHAPE, **EXACT
        )
        far.append(np.abs(ring - disc).max() / disc.max())
    assert far[1] < 6e-3
    assert far[0] / far[1] == pytest.approx(2.0, rel=0.02)


def test_a_ring_of_equal_widths_is_the_ring_of_one():
    assert_same(
        gaxel.GaussianRing2Side(flux=1.0, r=5.0, sigma_in=1.5, sigma_out=1.5, **ELLIPSE),
        gaxel.GaussianRing(flux=1.0, r=5.0, sigma=1.5, **ELLIPSE),
    )


def test_discs_seen_edge_on():
    # The isothermal disc of half the height is GALFIT's.
    assert_same(
        gaxel.EdgeOnDiscN(flux=100.0, h=4.0, z0=0.6, n=1.0, **PLACE),
        gaxel.EdgeOnDisc(flux=100.0, rs=4.0, hs=1.2, **PLACE),
        atol=1e-9,
    )
    # Large n: an exponential of the height. The difference in the logarithm is at most 2 ln 2 / n.
    upright = {"x": 14.3, "y": 12.2, "theta": 0.0}
    disc = gaxel.render(gaxel.EdgeOnDiscN(flux=100.0, h=4.0, z0=2.0, n=100.0, **upright), SHAPE)
    edges = np.abs(np.arange(SHAPE[0] + 1) - 0.5 - 12.2)
    heights = np.exp(-edges[13:-1] / 2.0) - np.exp(-edges[14:] / 2.0)
    column = disc[13:, 18]
    np.testing.assert_allclose(column / column[0], heights / heights[0], rtol=2.0 * np.log(2.0) / 100.0)


def test_a_multi_gaussian_of_one_is_a_gaussian():
    assert_same(
        gaxel.Mge(flux1=3.0, sigma_min=2.0, sigma_max=2.0, **ELLIPSE),
        gaxel.Gaussian(flux=3.0, re=2.0 * np.sqrt(2.0 * np.log(2.0)), **ELLIPSE),
    )


def test_a_straight_spline_is_a_power_law():
    # ln I = 2 - 1.5 ln(r / r_min): only the first piece bends, to be level at r_min.
    knots = {f"i{k + 1}": 2.0 - 1.5 * k * np.log(10.0) / 4.0 for k in range(9)}
    spline = gaxel.Spline(r_min=0.02, r_max=2.0, **knots, x=14.3, y=12.2, q=1.0, theta=0.0)
    nuker = gaxel.Nuker(ib=1.0, rb=0.01, alpha=100.0, beta=1.5, gamma=0.0, x=14.3, y=12.2, q=1.0, theta=0.0)
    ratio = gaxel.render(spline, SHAPE) / gaxel.render(nuker, SHAPE)
    far = np.hypot(*(np.mgrid[: SHAPE[0], : SHAPE[1]] - np.array([12.2, 14.3])[:, None, None])) > 3.0
    assert np.ptp(ratio[far]) < 1e-3 * ratio[far].mean()


@pytest.mark.parametrize(
    "shape",
    [
        {"c0": 0.0},
        {"f1": 0.0, "f3": 0.0, "f10": 0.0},
        {"b1": 0.0, "b2": 0.0},
        {"asymmetry": 0.0},
        {"spiral_angle": 0.0, "spiral_rout": 8.0},
        {"logspiral_angle": 0.0, "logspiral_rout": 8.0, "logspiral_scale": 2.0},
    ],
)
def test_a_shape_of_amplitude_0_is_an_ellipse(shape):
    assert_same(HOST.replace(**shape), HOST)


def steep_light(x, y, at, gamma, q, theta):
    """The integral of r^-gamma over the pixel `at` (column, row), by its edges as seen from the centre."""
    corners = [
        (at[0] + dx - x, at[1] + dy - y) for dx, dy in [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]
    ]
    cos, sin = np.cos(theta), np.sin(theta)
    corners = [(dx * cos + dy * sin, (dy * cos - dx * sin) / q) for dx, dy in corners]
    total = 0.0
    for (u0, v0), (u1, v1) in zip(corners, corners[1:] + corners[:1], strict=True):
        cross = u0 * v1 - v0 * u1
        if abs(cross) < 1e-14:
            continue  # the centre lies on the edge's line

        def edge(t, u0=u0, v0=v0, u1=u1, v1=v1):
            return np.hypot(u0 + t * (u1 - u0), v0 + t * (v1 - v0)) ** -gamma

        total += cross / (2.0 - gamma) * quad(edge, 0.0, 1.0, epsrel=1e-12, limit=200)[0]
    return q * total


@pytest.mark.parametrize("x", [20.0, 20.3, 20.5])
@pytest.mark.parametrize("slope", [1.5, 1.7, 1.85])
def test_a_nuker_of_one_slope_is_a_power_up_to_the_steepest(slope, x):
    place = {"x": x, "y": 20.0, "q": 0.5, "theta": 1.0}
    nuker = gaxel.Nuker(**place, ib=3.0, rb=5.0, alpha=2.0, beta=slope, gamma=slope)
    names = gaxel.parameter_names(nuker)
    image, jacobian = gaxel.render_with_jacobian(nuker, (41, 41), rtol=1e-9, atol=1e-12)
    assert np.isfinite(image).all() and np.isfinite(jacobian).all()
    for at in [(20, 20), (21, 20), (18, 23)]:
        truth = 3.0 * 5.0**slope * steep_light(x, 20.0, at, slope, 0.5, 1.0)
        assert image[at[1], at[0]] == pytest.approx(truth, rel=1e-8), at
        # rb^slope: the derivative to rb is the light times slope / rb.
        rb = jacobian[names.index("nuker1.rb")][at[1], at[0]]
        assert rb == pytest.approx(slope / 5.0 * truth, rel=1e-6), at


@pytest.mark.parametrize("x", [20.0, 20.5])
@pytest.mark.parametrize(("alpha", "slope"), [(0.1, 1.0), (0.1, 1.5), (0.5, 1.85), (1.0, 1.85), (20.0, 1.85)])
def test_the_steepest_core_sersics_are_finite(alpha, slope, x):
    core = gaxel.CoreSersic(
        x=x, y=20.0, q=0.5, theta=1.0, ib=1.0, rb=5.0, re=20.0, n=4.0, alpha=alpha, gamma=slope
    )
    image, jacobian = gaxel.render_with_jacobian(core, (41, 41))
    assert np.isfinite(image).all() and np.isfinite(jacobian).all()
    assert image[20, 20] > 0.0


@pytest.mark.parametrize("slope", [1.75, 1.85])
@pytest.mark.parametrize("psf", [None, gaxel.GaussianPsf(fwhm=3.0)])
def test_light_that_doubles_cannot_hold_is_told(psf, slope):
    core = gaxel.CoreSersic(
        x=20.5, y=20.0, q=0.5, theta=1.0, ib=100.0, rb=5.0, re=20.0, n=1.0, alpha=0.1, gamma=slope
    )
    with pytest.raises(InputError, match=r"brighter than numbers can be"):
        gaxel.render(core, (41, 41), psf=psf)
    star = {"x": 5.0, "y": 5.0, "flux": 1.7e308, "re": 0.01, "n": 1.0, "q": 1.0, "theta": 0.0}
    with pytest.raises(InputError, match=r"image = (inf|nan).*brighter than numbers can be"):
        gaxel.render([gaxel.Sersic(**star), gaxel.Sersic(**star)], (11, 11))
    with pytest.raises(InputError, match=r"gamma = 1\.9"):
        gaxel.render(
            gaxel.Nuker(x=5.0, y=5.0, q=1.0, theta=0.0, ib=1.0, rb=5.0, alpha=2.0, beta=3.0, gamma=1.9),
            (11, 11),
        )
