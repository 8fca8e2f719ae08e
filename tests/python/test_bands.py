"""Fits of several bands through the Python package, on light made by scipy's error function."""

import pickle

import gaxel
import numpy as np
import pytest
from astropy.wcs import WCS
from gaussian_light import gaussian_pixels

SHAPE = (48, 52)
WAVELENGTHS = [3543.0, 6231.0, 7625.0, 22010.0]
X, Y = 24.3, 22.8
SIGMA = 0.5
HALF_LIGHT = np.sqrt(2.0 * np.log(2.0))  # of a Gaussian of sigma 1


def scaled(wavelength):
    return 2.0 * (wavelength - WAVELENGTHS[0]) / (WAVELENGTHS[-1] - WAVELENGTHS[0]) - 1.0


def pixels(flux, re, x=X, y=Y):
    # gaussian_pixels counts from the middle of the image's area.
    centre = {"x": x - 0.5 * (SHAPE[1] - 1), "y": y - 0.5 * (SHAPE[0] - 1)}
    return gaussian_pixels(SHAPE, {"flux": flux, "sigma": re / HALF_LIGHT, **centre})


def mag_in(band):
    return 17.0 - 0.4 * scaled(WAVELENGTHS[band])


def bands_of(noise=True, zeropoints=(25.0, 25.5, 26.0, 24.0)):
    rng = np.random.default_rng(7)
    made = []
    for band, wavelength in enumerate(WAVELENGTHS):
        flux = 10 ** (0.4 * (zeropoints[band] - mag_in(band)))
        data = 1.0 + band + pixels(flux, 5.0 - 0.8 * scaled(wavelength))
        if noise:
            data = data + SIGMA * rng.standard_normal(SHAPE)
        made.append(
            gaxel.Band(data, SIGMA, name=f"b{band}", wavelength=wavelength, zeropoint=zeropoints[band])
        )
    return made


def galaxy(**changes):
    start = {"x": 23.0, "y": 24.0, "mag": 18.0, "re": 4.0, "q": 1.0, "theta": 0.0, "name": "galaxy"}
    return gaxel.Gaussian(**{**start, **changes})


SCENE = [galaxy(), gaxel.Sky(level=1.0, name="sky")]
ROUND = ["galaxy.q", "galaxy.theta"]


@pytest.mark.parametrize("series", [gaxel.Chebyshev(2), gaxel.BSpline(2)])
def test_series_of_sizes_and_magnitudes_come_back(series):
    result = gaxel.fit(
        bands_of(noise=False),
        SCENE,
        fixed=ROUND,
        vary={"galaxy.re": series, "galaxy.mag": gaxel.Chebyshev(2)},
    )
    assert result.success
    for band, own in enumerate(result.bands):
        found = own.components[0].parameters
        assert found["re"] == pytest.approx(5.0 - 0.8 * scaled(WAVELENGTHS[band]), abs=1e-5)
        assert found["mag"] == pytest.approx(mag_in(band), abs=1e-6)
        assert own.components[1].parameters["level"] == pytest.approx(1.0 + band, abs=1e-5)
    values = dict(zip(result.parameter_names, result.values, strict=True))
    assert values["galaxy.mag[0]"] == pytest.approx(17.0, abs=1e-6)
    assert values["galaxy.mag[1]"] == pytest.approx(-0.4, abs=1e-6)
    value, error = result.value_at("galaxy.re", 12776.5)
    assert value == pytest.approx(5.0, abs=1e-5) and 0.0 < error < 0.1
    assert result.value_at("galaxy.x", 5000.0)[0] == pytest.approx(X, abs=1e-6)
    assert np.isnan(result.value_at("sky.level", 5000.0)[0])


def test_bands_that_share_nothing_are_fits_of_their_own():
    bands = bands_of()
    free = {f"galaxy.{key}": gaxel.PerBand() for key in ("x", "y", "re")}
    joint = gaxel.fit(bands, SCENE, fixed=ROUND, vary=free)
    for number, band in enumerate(bands):
        scene = [galaxy(zeropoint=band.zeropoint), SCENE[1]]
        alone = gaxel.fit(band.data, scene, sigma=SIGMA, fixed=ROUND)
        own = joint.bands[number]
        for name, value, error in zip(alone.parameter_names, alone.values, alone.errors, strict=True):
            component, key = name.split(".")
            found = own.components[0 if component == "galaxy" else 1].parameters[key]
            assert abs(found - value) < 0.02 * error, name
            assert own.errors[name] == pytest.approx(error, rel=1e-3), name
        assert own.chi2 == pytest.approx(alone.chi2, rel=1e-5)


def test_the_error_of_a_series_is_that_of_its_covariance():
    result = gaxel.fit(bands_of(), SCENE, fixed=ROUND, vary={"galaxy.re": gaxel.Chebyshev(2)})
    rows = [result.parameter_names.index(f"galaxy.re[{k}]") for k in range(2)]
    covariance = result.covariance[np.ix_(rows, rows)]
    for wavelength, own in zip(WAVELENGTHS, result.bands, strict=True):
        f = np.array([1.0, scaled(wavelength)])
        assert own.errors["galaxy.re"] == pytest.approx(np.sqrt(f @ covariance @ f), rel=1e-6)
        assert result.value_at("galaxy.re", wavelength)[1] == pytest.approx(own.errors["galaxy.re"], rel=1e-6)


def test_ties_follow_their_expressions():
    scene = [galaxy(), galaxy(name="halo", re=8.0, mag=20.0), SCENE[1]]
    result = gaxel.fit(
        bands_of(noise=False), scene, fixed=["*.q", "*.theta"],
        ties={"halo.x": "galaxy.x", "halo.y": "galaxy.y + 0.25", "halo.re": "2 * galaxy.re",
              "halo.mag": "galaxy.mag + 3"},
    )  # fmt: skip
    for own in result.bands:
        one, two = (component.parameters for component in own.components[:2])
        assert two["x"] == one["x"] and two["y"] == pytest.approx(one["y"] + 0.25, abs=1e-12)
        assert two["re"] == pytest.approx(2.0 * one["re"], rel=1e-12)
        assert two["mag"] == pytest.approx(one["mag"] + 3.0, abs=1e-12)
        assert own.errors["halo.re"] == pytest.approx(2.0 * own.errors["galaxy.re"], rel=1e-6)
    assert not any(name.startswith("halo") for name in result.parameter_names)


def test_a_prior_is_one_more_measurement():
    bands = bands_of()
    free = gaxel.fit(bands, SCENE, fixed=ROUND)
    row = free.parameter_names.index("galaxy.re")
    value, error = free.values[row], free.errors[row]
    for prior in (gaxel.Normal(value + error, error), gaxel.LogNormal(value + error, error / value)):
        held = gaxel.fit(bands, SCENE, fixed=ROUND, priors={"galaxy.re": prior})
        assert held.values[row] == pytest.approx(value + 0.5 * error, abs=0.02 * error)
        assert held.errors[row] == pytest.approx(error / np.sqrt(2.0), rel=0.02)
        assert held.penalty == pytest.approx(0.25, rel=0.05)


def test_wcs_takes_components_from_pixels_to_pixels():
    def wcs(scale, turn, centre):
        sky = WCS(naxis=2)
        sky.wcs.ctype = ["RA---TAN", "DEC--TAN"]
        sky.wcs.crval = [150.0, 2.0]
        sky.wcs.crpix = [centre[0] + 1, centre[1] + 1]
        sky.wcs.cd = scale / 3600 * np.array([[-np.cos(turn), np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        return sky

    first, second = wcs(0.2, 0.0, (X, Y)), wcs(0.25, 0.5, (30.0, 20.0))
    bands = [
        gaxel.Band(1.0 + pixels(1500.0, 5.0), SIGMA, name="a", wavelength=5000, wcs=first),
        gaxel.Band(2.0 + pixels(900.0, 4.0, 30.0, 20.0), SIGMA, name="b", wavelength=6000, wcs=second),
    ]
    scene = [galaxy(), SCENE[1]]
    result = gaxel.fit(bands, scene, fixed=ROUND)
    found = result.components[0].parameters
    assert (found["x"], found["y"], found["re"]) == pytest.approx((X, Y, 5.0), abs=1e-4)
    there = result.bands[1].components[0].parameters
    assert (there["x"], there["y"], there["re"]) == pytest.approx((30.0, 20.0, 4.0), abs=1e-4)


def test_a_band_without_pixels_does_no_harm():
    bands = bands_of()
    blind = gaxel.Band(
        bands[3].data, SIGMA, name="b3", wavelength=WAVELENGTHS[3], zeropoint=24.0, mask=np.ones(SHAPE)
    )
    result = gaxel.fit([*bands[:3], blind], SCENE, fixed=ROUND)
    assert result.success
    flags = dict(zip(result.parameter_names, result.flags, strict=True))
    assert flags["galaxy.mag[3]"] == "degenerate" and flags["galaxy.mag[0]"] == ""
    assert np.isfinite(result.errors[result.parameter_names.index("galaxy.re")])


def test_results_and_bands_read_well_and_pickle():
    bands = bands_of()
    result = gaxel.fit(bands, SCENE, fixed=ROUND)
    assert "b0" in repr(bands[0]) and "galaxy.mag[2]" in str(result)
    copy = pickle.loads(pickle.dumps(result.bands[0].components))
    assert copy == result.bands[0].components


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"vary": {"galaxy.ree": gaxel.Chebyshev(2)}}, "no such parameter"),
        ({"vary": {"galaxy.re": "chebyshev"}}, "no dependence on the band"),
        ({"vary": {"galaxy.re": gaxel.Chebyshev(5)}}, "more than there are wavelengths"),
        ({"vary": {"galaxy.re": gaxel.PerBand([1.0, 2.0])}}, "not as many as bands"),
        ({"ties": {"galaxy.re": "2 * galaxy.rr"}}, "no such parameter"),
        ({"ties": {"galaxy.re": "2 *"}}, "no expression"),
        ({"ties": {"galaxy.re": "galaxy.re"}}, "circle"),
        ({"priors": {"galaxy.re": (3.0, 1.0)}}, "no prior"),
        ({"priors": {"galaxy.mag": gaxel.LogNormal(3.0, 1.0)}}, "gaxel.Normal"),
        ({"sigma": 1.0}, "given beside bands"),
    ],
)
def test_what_cannot_be_is_said(changes, part):
    with pytest.raises(gaxel.InputError, match=part):
        gaxel.fit(bands_of(), SCENE, **changes)


def test_wavelengths_are_needed():
    band = bands_of()[0]
    bare = gaxel.Band(band.data, SIGMA, name="bare")
    with pytest.raises(gaxel.InputError, match="wavelength"):
        gaxel.fit([band, bare], SCENE)


def test_robust_errors_see_noise_that_neighbours_share():
    rng = np.random.default_rng(11)
    white = rng.standard_normal((SHAPE[0] + 1, SHAPE[1] + 1))
    shared = 0.5 * (white[1:, 1:] + white[:-1, 1:] + white[1:, :-1] + white[:-1, :-1])
    bands = [
        gaxel.Band(
            band.data + SIGMA * shared, SIGMA, name=band.name, wavelength=band.wavelength, zeropoint=25.0
        )
        for band in bands_of(noise=False, zeropoints=(25.0,) * 4)
    ]
    series = {"galaxy.re": gaxel.Chebyshev(2)}
    result = gaxel.fit(bands, SCENE, fixed=ROUND, vary=series, robust=True)
    row = result.parameter_names.index("galaxy.mag[1]")
    assert 1.5 < result.robust.correlated_errors[row] / result.errors[row] < 2.5
    assert 0.8 < result.robust.sandwich_errors[row] / result.errors[row] < 1.25
    for noise in result.robust.noise:
        assert noise.correlation[3, 4] == pytest.approx(0.5, abs=0.1)
        assert noise.correlation[4, 4] == pytest.approx(0.25, abs=0.1)
        assert noise.mean_square == pytest.approx(1.0, abs=0.15)
    assert gaxel.fit(bands, SCENE, fixed=ROUND).robust is None


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gaxel.Normal(3.0, -1.0), ["Normal: sigma = -1.0", "above 0"]),
        (lambda: gaxel.Normal(float("nan"), 1.0), ["Normal: mean = nan", "finite"]),
        (lambda: gaxel.LogNormal(3.0, 0.0), ["LogNormal: sigma = 0.0", "above 0"]),
        (lambda: gaxel.LogNormal(-3.0, 0.1), ["LogNormal: median = -3.0", "above 0"]),
    ],
)
def test_priors_are_refused_at_once(make, words):
    with pytest.raises(gaxel.InputError) as error:
        make()
    for word in words:
        assert word in str(error.value)
