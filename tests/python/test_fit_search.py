"""gaxel.fit: limits between parameters, starts, time, flags, and the ladder of models, against closed forms and scipy."""

import math
import time

import gaxel
import numpy as np
import pytest
from gaxel._mcmc import _Posterior
from scipy.optimize import minimize
from scipy.special import erf

SHAPE = (50, 56)
SIGMA = 0.05


def gaussian(x, y, flux, re, q=1.0):
    """A Gaussian integrated over the pixels, its axes along theirs; re its half-light radius along x."""
    sigma = re / math.sqrt(2.0 * math.log(2.0))

    def shares(n, centre, width):
        return np.diff(0.5 * erf((np.arange(n + 1) - 0.5 - centre) / (math.sqrt(2.0) * width)))

    return flux * np.outer(shares(SHAPE[0], y, sigma * q), shares(SHAPE[1], x, sigma))


@pytest.fixture(scope="module")
def pair():
    rng = np.random.default_rng(4)
    image = gaussian(20.0, 25.0, 900.0, 5.0) + gaussian(34.0, 22.0, 500.0, 3.0)
    return image + SIGMA * rng.standard_normal(SHAPE)


def two(**second):
    return [
        gaxel.Gaussian(x=20.2, y=25.1, flux=800.0, re=4.5, q=0.95, theta=0.0, name="one"),
        gaxel.Gaussian(
            **({"x": 34.1, "y": 22.0, "flux": 450.0, "re": 3.5, "q": 0.95, "theta": 0.0} | second),
            name="two",
        ),
    ]


ROUND = ["*.q", "*.theta"]


def test_a_violated_limit_is_the_constrained_optimum(pair):
    """scipy's constrained minimiser, on images drawn here, is the truth."""
    fixed = ["*.q", "*.theta", "*.x", "*.y", "*.flux"]
    given = [
        gaxel.Gaussian(x=20.0, y=25.0, flux=900.0, re=4.5, q=1.0, theta=0.0, name="one"),
        gaxel.Gaussian(x=34.0, y=22.0, flux=500.0, re=3.5, q=1.0, theta=0.0, name="two"),
    ]
    found = gaxel.fit(pair, given, sigma=SIGMA, fixed=fixed, limits={"two.re / one.re": (0.7, 3.0)})

    def chi2(sizes):
        model = gaussian(20.0, 25.0, 900.0, sizes[0]) + gaussian(34.0, 22.0, 500.0, sizes[1])
        return np.sum(((pair - model) / SIGMA) ** 2) / 1e3

    truth = minimize(
        chi2,
        [4.5, 3.5],
        constraints={"type": "ineq", "fun": lambda s: s[1] - 0.7 * s[0]},
        method="SLSQP",
        tol=1e-12,
    )
    np.testing.assert_allclose(found.values, truth.x, rtol=2e-5)
    assert found.values[1] / found.values[0] == pytest.approx(0.7, rel=1e-9)
    assert found.flags == ["", "at_bound"]


def test_a_difference_of_magnitudes(pair):
    given = [
        gaxel.Gaussian(x=20.0, y=25.0, mag=18.0, zeropoint=25.0, re=5.0, q=1.0, theta=0.0, name="one"),
        gaxel.Gaussian(x=34.0, y=22.0, mag=18.0, zeropoint=25.0, re=3.0, q=1.0, theta=0.0, name="two"),
    ]
    shapes = ["*.q", "*.theta", "*.x", "*.y", "*.re"]
    found = gaxel.fit(pair, given, sigma=SIGMA, fixed=shapes, limits={"two.mag - one.mag": (None, 0.3)})
    assert found.values[1] - found.values[0] == pytest.approx(0.3, abs=1e-9)
    ratio = 10 ** (-0.4 * 0.3)
    template = gaussian(20.0, 25.0, 1.0, 5.0) + ratio * gaussian(34.0, 22.0, 1.0, 3.0)
    flux = np.sum(template * pair) / np.sum(template**2)
    assert found.values[0] == pytest.approx(25.0 - 2.5 * np.log10(flux), abs=1e-5)


def test_a_limit_that_holds_changes_nothing(pair):
    free = gaxel.fit(pair, two(), sigma=SIGMA)
    limited = gaxel.fit(
        pair, two(), sigma=SIGMA, limits={"two.x - one.x": (0.0, 30.0), "one.re / two.re": (None, 9.0)}
    )
    np.testing.assert_allclose(limited.values, free.values, atol=1e-3 * np.nanmin(free.errors))
    np.testing.assert_allclose(limited.errors, free.errors, rtol=1e-3)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"two.x": (0, 1)}, "no difference and no ratio"),
        ({"two.x - three.x": (0, 1)}, "three.x"),
        ({"two.x - one.x": 3}, "not limits"),
        ({"two.x - one.x": (4, 3)}, "leave no room"),
        ({"two.re / one.re": (-2, 3)}, "must not be negative"),
        ({"*.re / one.re": (0, 1)}, r"'\*\.re': no such parameter, and a limit takes no pattern"),
        ({"two.re/three.re": (0, 1)}, "'three.re': no such parameter"),
        ({"two.re / one.q": (0, 1)}, "'pixel' and '': the units differ"),
        ({"two.flux - one.x": (0, 1)}, "the units differ"),
        ({"two.theta / one.theta": (0, 1)}, "no zero that means anything"),
        ({"two.x / one.x": (0, 1)}, "two.x - one.x"),
    ],
)
def test_limits_that_are_none(pair, limits, message):
    with pytest.raises(gaxel.InputError, match=message):
        gaxel.fit(pair, two(), sigma=SIGMA, limits=limits)


@pytest.mark.parametrize("text", ["two-a.re/one.re", "two-a.re /one.re", " two-a.re / one.re"])
def test_limits_are_read_with_blanks_or_without(pair, text):
    one, other = two()
    components = [one, other.replace(name="two-a")]
    found = gaxel.fit(pair, components, sigma=SIGMA, fixed=ROUND, limits={text: (None, 0.5)})
    assert found.components[1].re <= 0.5 * found.components[0].re * (1.0 + 1e-12)
    assert found.flags[found.parameter_names.index("two-a.re")] == "at_bound"


WAVELENGTHS = [4000.0, 5000.0, 6000.0]


def three_bands():
    """A round Gaussian whose size grows by 0.5 from the middle of the bands to their ends, fluxes 300, 400, 500."""
    rng = np.random.default_rng(9)
    return [
        gaxel.Band(
            gaussian(25.0, 24.0, 400.0 + 100.0 * s, 4.0 + 0.5 * s) + SIGMA * rng.standard_normal(SHAPE),
            SIGMA,
            name=f"{w:.0f}",
            wavelength=w,
            zeropoint=25.0,
        )  # fmt: skip
        for s, w in zip((-1.0, 0.0, 1.0), WAVELENGTHS, strict=True)
    ]


def test_a_coefficient_ends_at_its_bound():
    bands = three_bands()
    start = gaxel.Gaussian(x=25.0, y=24.0, flux=350.0, re=5.0, q=1.0, theta=0.0, name="g")
    found = gaxel.fit(
        bands, start, fixed=["g.x", "g.y", "g.q", "g.theta"], vary={"g.re": gaxel.Chebyshev(2)},
        bounds={"g.re[1]": (-0.2, 0.2), "g.flux[2]": (None, 450.0)},
    )  # fmt: skip
    values = dict(zip(found.parameter_names, found.values, strict=True))
    flags = dict(zip(found.parameter_names, found.flags, strict=True))
    assert values["g.re[1]"] == pytest.approx(0.2, abs=1e-12)
    assert values["g.flux[2]"] == pytest.approx(450.0, rel=1e-12)
    assert flags["g.re[1]"] == flags["g.flux[2]"] == "at_bound" and flags["g.re[0]"] == ""

    def chi2(constant):
        total = 0.0
        for k, (s, band) in enumerate(zip((-1.0, 0.0, 1.0), bands, strict=True)):
            light = gaussian(25.0, 24.0, 1.0, constant + 0.2 * s)
            flux = 450.0 if k == 2 else np.sum(light * band.data) / np.sum(light**2)
            total += np.sum(((band.data - flux * light) / SIGMA) ** 2)
        return total / 1e3

    truth = minimize(
        lambda c: chi2(c[0]), [4.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13}
    )
    assert values["g.re[0]"] == pytest.approx(truth.x[0], abs=1e-5)


def test_bounds_of_coefficients_that_are_none():
    start = gaxel.Gaussian(x=25.0, y=24.0, flux=350.0, re=5.0, q=1.0, theta=0.0, name="g")
    for bounds, message in (
        ({"g.re[1]": (0, 1)}, "no such coefficient"),
        ({"g.flux[1]": (2, 1)}, "not below"),
    ):
        with pytest.raises(gaxel.InputError, match=message):
            gaxel.fit(three_bands(), start, bounds=bounds)


def test_magnitudes_of_single_bands_have_bounds():
    start = gaxel.Gaussian(x=25.0, y=24.0, mag=18.5, zeropoint=25.0, re=4.0, q=1.0, theta=0.0, name="g")
    shapes = ["g.x", "g.y", "g.q", "g.theta"]
    found = gaxel.fit(
        three_bands(), start, fixed=shapes, vary={"g.re": gaxel.PerBand()}, bounds={"g.mag[0]": (None, 18.6)}
    )
    values = dict(zip(found.parameter_names, found.values, strict=True))
    assert values["g.mag[0]"] == pytest.approx(18.6, abs=1e-9), "400 - 100 counts are of magnitude 18.81"
    assert values["g.mag[1]"] == pytest.approx(25.0 - 2.5 * np.log10(400.0), abs=0.02)


def test_time_is_up(pair):
    def slow(progress):
        time.sleep(0.02)
        return True

    found = gaxel.fit(pair, two(re=10.0), sigma=SIGMA, max_seconds=0.01, progress=slow)
    assert found.stop_reason == "max_seconds" and not found.success
    assert np.all(np.isfinite(found.values))
    with pytest.raises(gaxel.InputError, match="max_seconds"):
        gaxel.fit(pair, two(), sigma=SIGMA, max_seconds=0)


def test_starts_agree_and_are_the_same_for_a_seed(pair):
    seen = set()

    def note(progress):
        seen.add(progress.start)

    one = gaxel.fit(pair, two(), sigma=SIGMA, starts=5, seed=2, progress=note)
    assert seen == {1, 2, 3, 4, 5}
    assert one.starts == 5 and one.agreed >= 2
    two_ = gaxel.fit(pair, two(), sigma=SIGMA, starts=5, seed=2)
    assert (one.chi2, one.agreed) == (two_.chi2, two_.agreed)
    plain = gaxel.fit(pair, two(), sigma=SIGMA)
    assert one.chi2 <= plain.chi2 + 1e-6
    for bad in ({"starts": 0}, {"seed": -1}):
        with pytest.raises(gaxel.InputError, match=next(iter(bad))):
            gaxel.fit(pair, two(), sigma=SIGMA, **bad)


def test_criteria_are_their_formulas(pair):
    found = gaxel.fit(pair, two(), sigma=SIGMA, fixed=ROUND)
    assert found.aic == pytest.approx(found.chi2 + 2 * 8, rel=1e-14)
    assert found.bic == pytest.approx(found.chi2 + 8 * math.log(pair.size), rel=1e-14)


def test_flags_of_a_galaxy_that_is_too_faint():
    image = gaussian(25.0, 24.0, 3.0, 4.0, 0.7)
    found = gaxel.fit(
        image, gaxel.Sersic(x=25.0, y=24.0, flux=3.0, re=4.0, n=0.5, q=0.7, theta=0.0, name="g"), sigma=0.3
    )
    flags = dict(zip(found.parameter_names, found.flags, strict=True))
    errors = dict(zip(found.parameter_names, found.errors, strict=True))
    assert errors["g.n"] > 0.5 and flags["g.n"] == "unconstrained"
    assert flags["g.flux"] == ""


def test_flags_of_what_stays():
    image = gaussian(25.0, 24.0, 300.0, 4.0, 0.7)
    start = gaxel.Gaussian(x=25.0, y=24.0, flux=200.0, re=6.0, q=0.5, theta=0.1, name="g")
    found = gaxel.fit(image, start, sigma=0.3)
    flags = dict(zip(found.parameter_names, found.flags, strict=True))
    assert flags["g.x"] == flags["g.y"] == "did_not_move"
    assert flags["g.re"] == ""


def test_ladder_of_a_neighbour_and_a_gaussian(pair):
    ladder = gaxel.fit_ladder(pair, two(), sigma=SIGMA, component="two", fixed=["one.q", "one.theta"])
    assert list(ladder) == ["point", "exponential", "sersic", "bulge_disc"]
    assert ladder.least_bic in ("sersic", "bulge_disc"), "a Gaussian is a Sersic profile of n = 1/2"
    assert ladder["sersic"].bic == min(ladder[rung].bic for rung in list(ladder)[:3])
    sersic = ladder["sersic"]
    n = sersic.parameter_names.index("two.n")
    assert abs(sersic.values[n] - 0.5) < 4 * sersic.errors[n]
    names = ladder["bulge_disc"].parameter_names
    assert "bulge.n" in names and "disc.re" in names and "disc.x" not in names and "one.re" in names
    assert [type(c).__name__ for c in ladder["bulge_disc"].components] == [
        "Gaussian",
        "Sersic",
        "Exponential",
    ]
    bulge, disc = ladder["bulge_disc"].components[1:]
    assert (bulge.x, bulge.y) == (disc.x, disc.y)
    model = gaxel.render(ladder["sersic"].components, SHAPE)
    np.testing.assert_allclose(model, sersic.model, atol=1e-4)
    assert "least BIC" in str(ladder)


def test_ladder_from_nothing_but_the_image(pair):
    ladder = gaxel.fit_ladder(
        gaussian(25.0, 24.0, 300.0, 4.0, 0.7),
        [gaxel.Sersic(mag=19.0, zeropoint=25.0), gaxel.Sky()],
        sigma=0.3,
    )
    assert ladder["exponential"].parameter_names[:3] == ["sersic1.x", "sersic1.y", "sersic1.mag"]
    assert ladder["sersic"].chi2 < 1.0
    with pytest.raises(gaxel.InputError, match="no such component"):
        gaxel.fit_ladder(pair, two(), sigma=SIGMA, component="three")
    with pytest.raises(TypeError, match="nonsense"):
        gaxel.fit_ladder(pair, two(), sigma=SIGMA, nonsense=1)


def test_rungs_keep_what_was_asked_of_the_whole(pair):
    """Where an angle has bounds samples may turn as far as these, else a quarter turn about the best."""
    asked = gaxel.fit_ladder(pair, two(), sigma=SIGMA, component="two", bounds={"two.theta": (-3.0, 3.0)})
    free = gaxel.fit_ladder(pair, two(), sigma=SIGMA, component="two")
    for rung, owner in (("exponential", "two"), ("bulge_disc", "bulge"), ("bulge_disc", "disc")):
        for ladder, allowed in ((asked, True), (free, False)):
            result = ladder[rung]
            place = result.parameter_names.index(f"{owner}.theta")
            turned = result.values.copy()
            turned[place] -= 1.7 * np.sign(turned[place])
            assert np.isfinite(_Posterior(result, 1)(turned[None])).tolist() == [allowed], (rung, owner)


def test_ties_and_priors_of_a_rung_stay_with_their_parameters(pair):
    """What is tied is told by a result even at the value that it would rest at."""
    sky = gaxel.Sky(name="sky")
    ties = {"sky.slope_x": "0 * two.re"}
    whole = gaxel.fit(pair, [*two(), sky], sigma=SIGMA, ties=ties)
    with pytest.raises(gaxel.InputError, match="tied or limited"):
        gaxel.fit_ladder(pair, [*two(), sky], sigma=SIGMA, component="two", ties=ties)
    ladder = gaxel.fit_ladder(pair, [*two(), sky], sigma=SIGMA, component="one", ties=ties)
    for result in (whole, ladder["sersic"], ladder["bulge_disc"]):
        found = next(one for one in result.components if one.name == "sky")
        assert found.parameters["slope_x"] == 0.0 and "slope_y" not in found.parameters
