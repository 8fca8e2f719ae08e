"""gaxel.sersic against mpmath, scipy's quadrature and the definitions."""

import math

import gaxel
import mpmath as mp
import numpy as np
import pytest
from astropy import units
from gaxel import sersic
from scipy.integrate import dblquad, quad

SEED = {"mag": -7.5, "log_re": 0.9, "log_n": 0.7, "x": 0.2, "y": 0.3, "q": 0.1, "theta": 0.1}
INDICES = [0.1, 0.13, 0.36, 0.5, 0.501, 1.0, 2.49, 2.51, 4.0, 7.3, 12.0, 18.978, 20.0]
DIGITS = 30


def exact_b(n):
    """b_n to 30 digits, by bracketing P(2n, b) = 1/2."""
    with mp.workdps(DIGITS):
        a = 2 * mp.mpf(float(n))
        high = a + 1
        return mp.findroot(
            lambda b: mp.gammainc(a, 0, b, regularized=True) - 0.5, (mp.mpf("1e-6"), high), solver="anderson"
        )


def exact_total(re, n, q=1):
    """Total flux over Ie, by the formula."""
    with mp.workdps(DIGITS):
        n, b = mp.mpf(float(n)), exact_b(n)
        return mp.mpf(re) ** 2 * 2 * mp.pi * n * mp.exp(b) * b ** (-2 * n) * mp.gamma(2 * n) * q


def exact_intensity(r, flux, re, n):
    """(I(r), b_n (r / re)^(1/n)) of a round profile, by the formula."""
    with mp.workdps(DIGITS):
        b = exact_b(n)
        w = b * (mp.mpf(float(r)) / mp.mpf(float(re))) ** (1 / mp.mpf(float(n)))
        return mp.mpf(float(flux)) / exact_total(re, n) * mp.exp(b - w), float(w)


def relative_error(value, truth):
    with mp.workdps(DIGITS):
        return float(abs(mp.mpf(float(value)) / truth - 1))


def rotated(i, j, x, y, theta):
    """Coordinates along the major and the minor axis, by the definition."""
    dx, dy = j - x, i - y
    return dx * math.cos(theta) + dy * math.sin(theta), dy * math.cos(theta) - dx * math.sin(theta)


@pytest.mark.parametrize("n", INDICES)
def test_bn_is_the_root(n):
    assert relative_error(sersic.bn(n), exact_b(n)) < 4.5e-16


def test_bn_outside_its_range_is_nan():
    values = sersic.bn([math.nan, math.inf, -1.0, 0.0, 0.0999999, 0.1, 20.0, 20.0000001])
    np.testing.assert_array_equal(np.isnan(values), [1, 1, 1, 1, 1, 0, 0, 1])


@pytest.mark.parametrize("n", INDICES)
@pytest.mark.parametrize("r", [0.0, 1e-300, 1e-8, 0.03, 0.9, 1.0, 1.9, 14.0])
def test_intensity_is_the_formula_with_the_stated_error(n, r):
    truth, w = exact_intensity(r, 3.0, 1.3, n)
    value = sersic.sersic_1d_linear(r, 3.0, 1.3, n)
    if truth < 1e-300:
        assert 0.0 <= value < 1e-300
    else:
        assert relative_error(value, truth) < 4e-16 * (1 + n) + 3e-15 * w


def test_the_largest_and_smallest_galaxies_do_not_overflow():
    values = sersic.sersic_1d(
        [0.0, 1e5, 1e5, 1e300], [-50.0, 50.0, 0.0, 0.0], [-2.0, 6.0, -2.0, 0.0], [1.3, -1, -1, -1]
    )
    assert np.isfinite(values).all()
    assert relative_error(values[0], exact_intensity(0.0, 1e20, 0.01, 10**1.3)[0]) < 1e-14
    assert values[2] == values[3] == 0.0


def test_the_seeds_galaxy_at_the_origin():
    """ "About 39" in the study; 38.83 by the formula."""
    value = sersic.sersic_2d(0, 0, **SEED)
    u, v = rotated(0.0, 0.0, SEED["x"], SEED["y"], SEED["theta"])
    truth, _ = exact_intensity(math.hypot(u, v / 0.1), 1e3 / 0.1, 10**0.9, 10**0.7)
    assert round(float(value), 2) == 38.83
    assert value == pytest.approx(float(truth), rel=2e-14)


def test_broadcasting_is_a_loop_over_the_formula():
    rng = np.random.default_rng(4)
    i, j = rng.uniform(-9, 9, (3, 1, 1)), rng.uniform(-9, 9, (4, 1))
    mag, log_n = rng.uniform(-4, 4, 2), rng.uniform(-0.9, 1.2, (3, 1, 2))
    log_re, x, y, q = 0.6, 0.7, rng.uniform(-2, 2, (4, 2)), rng.uniform(0.1, 1, (1, 2))
    theta, strength, angle = rng.uniform(-4, 4, (3, 1, 1)), 0.4, rng.uniform(-4, 4, 2)
    arguments = (i, j, mag, log_re, log_n, x, y, q, theta, strength, angle)
    plain = sersic.sersic_2d(*arguments[:9])
    lopsided = sersic.sersic_2d_asym(*arguments)
    linear = (i, j, 10 ** (-0.4 * mag), 10**log_re, 10**log_n, *arguments[5:])
    shape = (3, 4, 2)
    assert plain.shape == lopsided.shape == shape and plain.dtype == np.float64
    for place in np.ndindex(shape):
        a = [float(np.broadcast_to(value, shape)[place]) for value in linear]
        u, v = rotated(a[0], a[1], a[5], a[6], a[8])
        truth, w = exact_intensity(math.hypot(u, v / a[7]), a[2] / a[7], a[3], a[4])
        factor = 1 - 0.4 * math.cos(math.atan2(v, u) - a[10])
        # Rounding of the radius counts 1 / n times.
        tolerance = 1e-14 * (1 + w) * (1 + 1 / a[4])
        assert plain[place] == pytest.approx(float(truth), rel=tolerance)
        assert lopsided[place] == pytest.approx(float(truth) * factor, rel=2 * tolerance)
    np.testing.assert_allclose(sersic.sersic_2d_linear(*linear[:9]), plain, rtol=1e-12)
    np.testing.assert_allclose(sersic.sersic_2d_asym_linear(*linear), lopsided, rtol=1e-12)


def test_scalars_give_scalars():
    for value in (
        sersic.bn(2),
        sersic.sersic_1d(1, 2, 0.1, 0.3),
        sersic.sersic_1d_linear(1, 2, 0.1, 0.3, soft=True),
        sersic.sersic_2d(0, 0, **SEED),
        sersic.sersic_2d_asym(0, 0, **SEED, asym_strength=0.1, asym_angle=0),
        sersic.sersic_lum(1, 0.2, 0.3),
        sersic.sersic_enc_lum(1, 1, 0.2, 0.3),
        sersic.sersic_Ie_from_lum(1, 1, 1),
        sersic.rp_from_pix(1, 1, 1, 1),
        sersic.phi_from_pix(1, 1, 1),
        sersic.asymmetry(1, 1, 0, 0, 0, 0.1, 0),
        *sersic.sersic_pars_log_to_linear(1, 0.2, 0.3),
    ):
        assert type(value) is np.float64


@pytest.mark.parametrize("n", INDICES)
@pytest.mark.parametrize("r", [1e-12, 0.04, 1.3, 5.0, 300.0])
def test_enclosed_luminosity(n, r):
    with mp.workdps(DIGITS):
        x = exact_b(n) * (mp.mpf(r) / mp.mpf(1.3)) ** (1 / mp.mpf(n))
        truth = 2 * exact_total(1.3, n, 0.5) * mp.gammainc(2 * mp.mpf(n), 0, x, regularized=True)
    assert sersic.sersic_enc_lum_linear(r, 2.0, 1.3, n, 0.5) == pytest.approx(float(truth), rel=3e-14)


@pytest.mark.parametrize("n", INDICES)
def test_total_luminosity_and_its_inverse(n):
    total = sersic.sersic_lum_linear(2.0, 1.3, n, 0.4)
    assert relative_error(total, 2 * exact_total(1.3, n, mp.mpf(0.4))) < 2e-14
    assert sersic.sersic_Ie_from_lum(total, 1.3, n, 0.4) == pytest.approx(2.0, rel=1e-15)
    assert sersic.sersic_enc_lum_linear(np.inf, 2.0, 1.3, n, 0.4) == total
    assert sersic.sersic_enc_lum_linear(0.0, 2.0, 1.3, n, 0.4) == 0.0
    assert sersic.sersic_enc_lum_linear(1.3, 2.0, 1.3, n, 0.4) == pytest.approx(0.5 * total, rel=2e-15)


def test_luminosities_of_logarithmic_parameters():
    linear = 10**-0.8, 10**0.3, 10**0.5
    assert sersic.sersic_lum(2.0, 0.3, 0.5, 0.7) == pytest.approx(
        sersic.sersic_lum_linear(*linear, 0.7), rel=1e-14
    )
    assert sersic.sersic_enc_lum(1.7, 2.0, 0.3, 0.5, 0.7) == pytest.approx(
        sersic.sersic_enc_lum_linear(1.7, *linear, 0.7), rel=1e-14
    )
    assert sersic.sersic_lum(2.0, 0.3, 0.5) == pytest.approx(sersic.sersic_lum_linear(*linear), rel=1e-14)


def test_intensity_at_re_is_ie():
    ie = sersic.sersic_Ie_from_lum(5.0, 3.0, INDICES)
    np.testing.assert_allclose(sersic.sersic_1d_linear(3.0, 5.0, 3.0, INDICES), ie, rtol=1e-15)


def test_log_n_of_20_is_not_lost_to_rounding():
    assert 10 ** np.log10(20.0) > 20.0
    flux, re, n = sersic.sersic_pars_log_to_linear(2.5, -1.0, [np.log10(20.0), np.log10(0.1), np.log10(20.1)])
    assert (flux, re) == (10**-1.0, 0.1)
    np.testing.assert_array_equal(n[:2], [20.0, 0.1])
    np.testing.assert_array_equal(np.isnan(sersic.bn(n)), [False, False, True])


@pytest.mark.parametrize("n", [0.1, 0.5, 1.0, 4.0, 10.0, 20.0])
@pytest.mark.parametrize("re", [0.02, 0.1, 8.0])
def test_a_soft_centre_keeps_the_flux(n, re):
    def light(r):
        return 2 * math.pi * r * sersic.sersic_1d_linear(r, 1.0, re, n, soft=True)

    core, _ = quad(light, 0.0, 0.1, epsabs=1e-14, epsrel=1e-13)
    truth = sersic.sersic_enc_lum_linear(0.1, sersic.sersic_Ie_from_lum(1.0, re, n), re, n)
    assert core == pytest.approx(truth, rel=1e-12)
    # r = 0.1 exp(t): the far wings of n = 20 reach over many decades.
    wings, _ = quad(
        lambda t: 0.1 * math.exp(t) * light(0.1 * math.exp(t)),
        0.0,
        70.0,
        epsabs=1e-12,
        limit=500,
        points=[3, 9, 20, 40],
    )
    assert core + wings == pytest.approx(1.0, abs=1e-9)


def test_a_soft_centre_is_a_parabola_inside_and_the_profile_outside():
    for n in (0.6, 4.0):
        hard = sersic.sersic_1d_linear([0.1, 0.1001, 3.0], 1.0, 2.0, n)
        np.testing.assert_array_equal(
            sersic.sersic_1d_linear([0.1, 0.1001, 3.0], 1.0, 2.0, n, soft=True), hard
        )
        r = np.array([0.0, 0.02, 0.05, 0.09, 0.0999999])
        inside = sersic.sersic_1d_linear(r, 1.0, 2.0, n, soft=True)
        parabola = hard[0] + (inside[0] - hard[0]) * (1 - (r / 0.1) ** 2)
        np.testing.assert_allclose(inside, parabola, rtol=1e-13)
    assert sersic.sersic_1d_linear(0.0, 1.0, 2.0, 4.0, soft=True) < sersic.sersic_1d_linear(
        0.0, 1.0, 2.0, 4.0
    )


def test_a_soft_ellipse_keeps_its_flux():
    q, theta, n, re = 0.3, 0.7, 3.0, 2.0

    def light(phi, r):  # over the ellipse of radius r, in the galaxy's frame
        u, v = r * math.cos(phi), q * r * math.sin(phi)
        i, j = u * math.sin(theta) + v * math.cos(theta), u * math.cos(theta) - v * math.sin(theta)
        return q * r * sersic.sersic_2d_linear(i + 2.0, j - 1.0, 1.0, re, n, -1.0, 2.0, q, theta, soft=True)

    core, _ = dblquad(light, 0.0, 0.1, 0.0, 2 * math.pi, epsabs=1e-12)
    truth = sersic.sersic_enc_lum_linear(0.1, sersic.sersic_Ie_from_lum(1.0, re, n, q), re, n, q)
    assert core == pytest.approx(truth, rel=1e-9)


def test_asymmetry_keeps_the_flux_and_moves_the_light():
    pars = {"flux": 1.0, "re": 2.0, "n": 1.0, "x": 0.4, "y": -0.3, "q": 0.5, "theta": 0.6}

    def light(phi, r):
        dj, di = r * math.cos(phi), r * math.sin(phi)
        return r * sersic.sersic_2d_asym_linear(
            pars["y"] + di, pars["x"] + dj, **pars, asym_strength=0.8, asym_angle=0.0
        )

    total, _ = dblquad(light, 0.0, 60.0, 0.0, 2 * math.pi, epsabs=1e-10)
    assert total == pytest.approx(1.0, abs=1e-8)
    # The half plane u > 0, from which light is taken.
    front, _ = dblquad(
        light, 0.0, 60.0, pars["theta"] - math.pi / 2, pars["theta"] + math.pi / 2, epsabs=1e-10
    )
    assert front < 0.3


def test_asymmetry_is_least_where_phi_is_the_angle():
    """phi is 0 along the major axis, whose direction is theta, and grows as theta does."""
    theta, angle, s = 0.5, 1.1, 0.3
    for turn, factor in ((0.0, 1 - s), (math.pi, 1 + s), (math.pi / 2, 1.0), (0.4, 1 - s * math.cos(0.4))):
        direction = theta + angle + turn
        i, j = 7.0 + 3 * math.sin(direction), -2.0 + 3 * math.cos(direction)
        assert sersic.asymmetry(i, j, -2.0, 7.0, theta, s, angle) == pytest.approx(factor, rel=1e-14)
    assert sersic.asymmetry(7.0, -2.0, -2.0, 7.0, theta, s, angle) == 1.0


def test_radius_and_angle_of_points():
    r = sersic.rp_from_pix(0.0, [2.0, 0.0], 0.25, [0.0, math.pi / 2])
    np.testing.assert_allclose(r, [2.0, 0.0], atol=1e-15)
    assert sersic.rp_from_pix(1.0, 0.0, 0.25, 0.0) == 4.0
    assert sersic.rp_from_pix(3e200, 4e200, 1.0, 0.3) == pytest.approx(5e200, rel=1e-15)
    np.testing.assert_allclose(
        sersic.phi_from_pix([1.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0], 0.0),
        [math.pi / 2, 0, -math.pi / 2, 0],
    )
    assert sersic.phi_from_pix(math.sin(1.2), math.cos(1.2), 0.9) == pytest.approx(0.3, rel=1e-14)


@pytest.mark.parametrize(
    "change",
    [{"n": 0.09}, {"n": 21.0}, {"n": np.nan}, {"re": 0.0}, {"re": -1.0}, {"re": np.nan}, {"flux": np.nan}, {"q": 0.0}, {"q": -0.5}, {"q": np.nan}, {"theta": np.inf}, {"x": np.nan}, {"i": np.nan}],
)  # fmt: skip
def test_parameters_outside_their_range_give_nan_without_warnings(change):
    good = {"i": 1.0, "j": 2.0, "flux": 1.0, "re": 2.0, "n": 1.0, "x": 0.0, "y": 0.0, "q": 0.5, "theta": 0.3}
    for soft in (False, True):
        bad = {key: np.array([value, change.get(key, value)]) for key, value in good.items()}
        values = sersic.sersic_2d_linear(**bad, soft=soft)
        assert np.isfinite(values[0]) and np.isnan(values[1])


def test_negative_radii_give_nan():
    for n in (0.5, 1.0, 4.0):
        assert np.isnan(sersic.sersic_1d_linear(-1.0, 1.0, 1.0, n))
        assert np.isnan(sersic.sersic_1d(-0.01, 1.0, 1.0, math.log10(n), soft=True))
        assert np.isnan(sersic.sersic_enc_lum_linear(-1.0, 1.0, 1.0, n))


def test_masked_elements_give_nan():
    n = np.ma.masked_array([1, 2, 4], mask=[False, True, False])
    np.testing.assert_array_equal(np.isnan(sersic.bn(n)), [False, True, False])


@pytest.mark.parametrize("kind", [np.int16, ">f4", np.float32, np.longdouble, np.bool_])
def test_number_types_byte_orders_and_strides(kind):
    n = np.array([[1, 1], [1, 1], [1, 1]]).astype(kind)[::2, :1]
    np.testing.assert_array_equal(sersic.bn(n), np.full((2, 1), sersic.bn(1.0)))
    assert sersic.bn([]).shape == (0,)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sersic.bn("a"), ["bn", "n", "real numbers"]),
        (lambda: sersic.bn(None), ["bn", "n", "object"]),
        (lambda: sersic.bn(1j), ["bn", "complex128"]),
        (lambda: sersic.bn([[1], [1, 2]]), ["bn", "n", "not numbers"]),
        (lambda: sersic.sersic_2d(np.zeros(3), np.zeros(4), **SEED), ["sersic_2d", "i (3,), j (4,)"]),
        (lambda: sersic.sersic_2d(0, 0, **{**SEED, "theta": 3 * units.deg}), ["theta", "deg", "radians"]),
        (lambda: sersic.sersic_2d_linear(0, 0, 1, 1, 1, 0, 0, "q", 0), ["sersic_2d_linear", "q"]),
        (lambda: sersic.sersic_2d_asym(0, 0, **SEED, asym_strength=None, asym_angle=0), ["sersic_2d_asym", "asym_strength"]),
        (lambda: sersic.sersic_2d_asym_linear(0, 0, 1, 1, 1, 0, 0, 1, 0, [0, 1], [0, 1, 2]), ["sersic_2d_asym_linear", "asym_angle (3,)"]),
        (lambda: sersic.sersic_1d("r", 0, 0, 0), ["sersic_1d", "r"]),
        (lambda: sersic.sersic_1d_linear(0, 0, 0, "n"), ["sersic_1d_linear", "n"]),
        (lambda: sersic.sersic_lum(0, 0, "n"), ["sersic_lum", "log_n"]),
        (lambda: sersic.sersic_lum_linear("I", 0, 0), ["sersic_lum_linear", "Ie"]),
        (lambda: sersic.sersic_enc_lum("r", 0, 0, 0), ["sersic_enc_lum", "r"]),
        (lambda: sersic.sersic_enc_lum_linear(0, 0, 0, 0, "q"), ["sersic_enc_lum_linear", "q"]),
        (lambda: sersic.sersic_Ie_from_lum("f", 0, 0), ["sersic_Ie_from_lum", "flux"]),
        (lambda: sersic.sersic_pars_log_to_linear(0, "r", 0), ["sersic_pars_log_to_linear", "log_re"]),
        (lambda: sersic.rp_from_pix(0, 0, 0, "t"), ["rp_from_pix", "theta"]),
        (lambda: sersic.phi_from_pix("i", 0, 0), ["phi_from_pix", "iy"]),
        (lambda: sersic.asymmetry(0, 0, 0, 0, 0, 0, "a"), ["asymmetry", "asym_angle"]),
    ],
)  # fmt: skip
def test_what_is_not_numbers_is_refused(call, words):
    with pytest.raises(gaxel.InputError) as error:
        call()
    for word in words:
        assert word in str(error.value)
