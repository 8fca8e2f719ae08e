"""What users hand in by mistake: errors name it in their words, and what looks like something else is not taken for it."""

import gaxel
import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.nddata import CCDData
from astropy.utils.masked import Masked
from astropy.wcs import WCS

SHAPE = (20, 22)
GALAXY = gaxel.Sersic(x=10.0, y=9.0, flux=100.0, re=3.0, n=1.5, q=0.7, theta=0.3, name="gal")
IMAGE = gaxel.render(GALAXY, SHAPE)


def fit(data=IMAGE, components=GALAXY, **options):
    return gaxel.fit(data, components, **{"sigma": 1.0, "max_iterations": 3, **options})


def band(**options):
    return gaxel.Band(IMAGE, 1.0, **options)


def refused(call, words):
    with pytest.raises(gaxel.InputError, match=words):
        call()


# --- images and components ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([band(wavelength=1.0), IMAGE], r"data\[1\] = ndarray beside 1 of Band: .*a list of gaxel.Band"),
        ([band(name="g", wavelength=1.0), band(name="r")], "wavelength of band 'r': missing"),
        ([None, band(wavelength=1.0)], r"data\[0\] = NoneType beside 1 of Band"),
        ([IMAGE, IMAGE], "data = 2 of ndarray: .*without bands .*a list of gaxel.Band"),
        ([CCDData(IMAGE, unit="adu")], "data = 1 of CCDData: .*without bands"),
        ("image.fits", "data = 'image.fits': not an image .*an array"),
        ([fits.PrimaryHDU(IMAGE)], r"data = \[<.*PrimaryHDU .*not an image"),
        ([[1.0, 2.0], [3.0]], "data = list: not an image"),
    ],
)
def test_data_that_are_no_image(data, words):
    refused(lambda: gaxel.fit(data, GALAXY), words)


def test_lists_of_rows_are_an_image():
    assert fit(IMAGE.tolist()).bands[0].model.shape == SHAPE


@pytest.mark.parametrize(
    ("components", "found"), [(IMAGE, "ndarray"), (band(), "Band"), ([GALAXY, IMAGE], "ndarray")]
)
def test_components_that_are_none(components, found):
    refused(lambda: gaxel.render(components, SHAPE), f"render: components = {found}: not a component")
    refused(lambda: gaxel.fit(IMAGE, components, sigma=1.0), f"fit: components = {found}: not a component")


def test_calls_that_make_no_component():
    with pytest.raises(TypeError, match=r"Sersic\(\) takes parameters by name: x, y, flux, re"):
        gaxel.Sersic(10.0, 9.0)
    with pytest.raises(TypeError, match="Component is what all kinds have in common"):
        gaxel.Component(x=1.0)
    refused(lambda: gaxel.Sersic(inner=5), "inner = 5: not a truncation")
    refused(lambda: gaxel.Sersic(n=np.complex128(2.0 + 1.0j)), "n = .*not a number")
    refused(lambda: gaxel.Sersic(re=[1.0, 2.0] * u.pix), r"re = an array of shape \(2,\): not one value")


# --- bands --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wavelength", [0.0, -1.0, 0.0 * u.nm, -2.0 * u.um, np.nan, np.inf, [1.0, 2.0] * u.nm]
)
def test_wavelengths_above_0(wavelength):
    refused(lambda: band(wavelength=wavelength), "Band: wavelength = ")


def wcs_of(types, units=("deg", "deg")):
    made = WCS(naxis=len(types))
    made.wcs.ctype = types
    made.wcs.cunit = [*units, "m"][: len(types)]
    return made


CUBE = wcs_of(["RA---TAN", "DEC--TAN", "WAVE"])
HALF = wcs_of(["RA---TAN", "LINEAR"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": 5}, "name = 5: not a usable name"),
        ({"name": "a\n"}, "name = .*printable"),
        ({"wcs": 0.2}, "wcs = 0.2: not a wcs"),
        ({"wcs": CUBE}, "wcs = 3 axes: .*wcs.celestial"),
        ({"wcs": HALF}, "wcs = axes 'RA---TAN', 'LINEAR': .*celestial"),
        ({"mask": [[True], [True, False]]}, "mask = list: not a mask"),
        ({"zeropoint": [1.0, 2.0] * u.mag}, "zeropoint = an array"),
    ],
)
def test_what_is_no_band(options, words):
    refused(lambda: band(**options), words)


def test_no_arcsec_without_a_sky():
    """Pixels of a linear wcs are no degrees."""
    plain = gaxel.fit(band(wcs=WCS(naxis=2)), GALAXY, max_iterations=1)
    assert not [value for value in plain.derived() if value.quantity.endswith("_arcsec")]
    sky = wcs_of(["RA---TAN", "DEC--TAN"])
    sky.wcs.cdelt = [-0.2 / 3600.0, 0.2 / 3600.0]
    found = gaxel.fit(band(wcs=sky), GALAXY, max_iterations=1).derived()
    (radius,) = (value.value for value in found if value.quantity == "r_half_arcsec")
    (pixels,) = (value.value for value in found if value.quantity == "r_half")
    assert radius == pytest.approx(0.2 * pixels, rel=1e-6)


def test_two_masks():
    bad = IMAGE > np.median(IMAGE)
    image = CCDData(IMAGE, unit="adu", mask=bad)
    for mask in (bad[:3], [[True], [True, False]], np.full(SHAPE, np.nan)):
        refused(lambda mask=mask: gaxel.Band(image, 1.0, mask=mask), "mask = ")
    np.testing.assert_array_equal(gaxel.Band(image, 1.0, mask=~bad).used, False)
    masked = Masked(np.ones(SHAPE), bad)
    np.testing.assert_array_equal(gaxel.Band(IMAGE, masked).used, ~bad)
    np.testing.assert_array_equal(gaxel.Band(IMAGE * u.ct, masked * u.ct, mask=~bad).used, False)


# --- places on the sky --------------------------------------------------------------------------------------------

SKY = wcs_of(["RA---TAN", "DEC--TAN"])
PLACE = SkyCoord(0.0 * u.deg, 0.0 * u.deg)


@pytest.mark.parametrize(
    ("wcs", "position", "options", "words"),
    [
        (WCS(naxis=2), PLACE, {}, "wcs = axes '', '': .*not on the sky .*CTYPE1"),
        (CUBE, PLACE, {}, "wcs = 3 axes: .*wcs.celestial"),
        (HALF, PLACE, {}, "wcs = axes 'RA---TAN', 'LINEAR': "),
        (WCS, PLACE, {}, "wcs = <class .*: neither"),
        (SKY.to_header(), PLACE, {}, "wcs = .*: neither a wcs nor a scale"),
        ([0.1, 0.2] * u.arcsec, None, {}, "wcs = an array of shape"),
        (np.inf * u.arcsec, None, {}, "wcs = inf arcsec: not a scale"),
        (
            SKY,
            SkyCoord([0.0, 1.0] * u.deg, [0.0, 1.0] * u.deg),
            {},
            r"position = places of shape \(2,\): .*one",
        ),
        (SKY, (0.0, 0.0), {}, r"position = \(0.0, 0.0\): .*SkyCoord"),
        (
            SKY,
            SkyCoord(alt=1.0 * u.deg, az=2.0 * u.deg, frame="altaz"),
            {},
            "position = .*no pixel for it.*ICRS",
        ),
        (SKY, PLACE, {"pa": [10.0, 20.0] * u.deg}, "pa = an array"),
        (SKY, PLACE, {"re": [1.0, 2.0] * u.arcsec}, "re = an array"),
    ],
)
def test_places_that_pixels_do_not_have(wcs, position, options, words):
    refused(lambda: gaxel.Sersic.on_sky(wcs, position=position, **options), f"Sersic: {words}")


# --- ties ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ties", "words"),
    [
        ({"gal.x": "gal.y", "gal.y": "gal.x"}, "gal.x = gal.y: ties that go in a circle"),
        ({"gal.x": "gal.x + 1"}, r"gal.x = gal.x \+ 1: ties that go in a circle"),
        ({"gal.re": "gal.y ** 2"}, r"gal.re = gal.y \*\* 2: no expression: .*position 7 "),
        ({"gal.re": "sine(gal.y)"}, r"gal.re = sine\(gal.y\): no expression"),
        ({"gal.re": "gal.x + v0"}, r"gal.re = gal.x \+ v0: no expression: .*v0"),
        ({"gal.re": "gal.x + gal_x"}, r"gal.re = gal.x \+ gal_x: no expression: .*gal_x"),
    ],
)
def test_ties_are_told_as_they_were_written(ties, words):
    refused(lambda: fit(ties=ties), f"fit: {words}")


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"gal.x - gal.y": (2.0, 0.0)}, r"limits\['gal.x - gal.y'\] = \(2.0, 0.0\): .*no room"),
        ({"gal.x / gal.x": (0.5, 2.0)}, r"limits\['gal.x / gal.x'\] = 'gal.x': the same parameter twice"),
    ],
)
def test_limits_that_are_none(limits, words):
    refused(lambda: fit(limits=limits), f"fit: {words}")


def test_names_that_look_alike_in_ties():
    pair = [GALAXY.replace(name="my gal"), GALAXY.replace(name="my_gal", re=2.0, x=5.0, y=5.0)]
    pair.append(gaxel.PointSource(x=1.0, y=2.0, flux=1.0, name="2"))
    ties = {"2.x": "my gal.re + 10 * my_gal.re - 2 * my gal.re", "my_gal.y": "2.y + 0 * 2.x"}
    result = fit(gaxel.render(pair, SHAPE), pair, ties=ties, fixed="my*.re")
    assert result.components[2].x == pytest.approx(10 * 2.0 - 3.0, rel=1e-12)
    assert result.components[1].y == pytest.approx(result.components[2].y, rel=1e-12)


# --- PSFs, series, what follows a fit -----------------------------------------------------------------------------

ROUND = gaxel.GaussianPsf(2.0)


@pytest.fixture(scope="module")
def result():
    return fit(IMAGE + np.random.default_rng(3).normal(0.0, 0.1, SHAPE), sigma=0.1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gaxel.SumPsf(ROUND), "SumPsf: psfs = GaussianPsf.*not a list"),
        (lambda: gaxel.SumPsf([ROUND, IMAGE]), r"SumPsf: psfs = array.*gaxel.Psf\(array\)"),
        (lambda: gaxel.SumPsf([ROUND, ROUND], [1.0, "a"]), "SumPsf: weights = 'a'"),
        (lambda: gaxel.SumPsf([ROUND, ROUND], 0.5), "SumPsf: weights = 0.5: not a list"),
        (lambda: gaxel.PsfGrid(None, [(0, 0)]), "PsfGrid: images = None: not a list"),
        (lambda: gaxel.PsfGrid([np.ones((3, 3))], 5), "PsfGrid: positions = 5: not a list"),
        (lambda: gaxel.Psfex(5), "Psfex: path = 5: not a path"),
        (lambda: gaxel.Psf(np.eye(3), pixel_in_psf=np.ones(3)), "pixel_in_psf = array"),
        (lambda: gaxel.CountNoise(1.0).sigma("a"), "CountNoise.sigma: data = 'a'"),
        (lambda: fit(vary={"gal.re": gaxel.PerBand([1.0] * u.arcsec)}), "PerBand: values = <Quantity.*plain"),
        (
            lambda: fit(vary={"gal.re": gaxel.PerBand(np.ma.masked_array([3.0], mask=[True]))}),
            "PerBand: values = .*plain",
        ),
        (lambda: gaxel.integration.apply_subpixel_refinements(5, [1.0], [], [], 2, (1,)), "idx_to_refine = 5"),
        (lambda: gaxel.fit_ladder(IMAGE, GALAXY, sigma=1.0, component=5), "component = 5: no such component"),
    ],
)  # fmt: skip
def test_arguments_of_other_kinds(make, words):
    refused(make, words)


@pytest.mark.parametrize(
    "values", ["a", ["a"] * 7, [[1], [1, 2]], np.ones(7) * u.pix, np.ones(7, complex), None]
)
def test_values_that_have_no_likelihood(result, values):
    likelihood = gaxel.LogLikelihood(result)
    refused(lambda: likelihood(values), "LogLikelihood: values = ")
    refused(lambda: likelihood.gradient(values), "LogLikelihood: values = ")


def test_masked_values_have_no_likelihood(result):
    masked = np.ma.masked_array(result.values, mask=[True] + [False] * 6)
    assert gaxel.LogLikelihood(result)(masked) == -np.inf


def test_what_follows_a_fit(result):
    refused(lambda: gaxel.profile_likelihood(result, progress=5), "profile_likelihood: progress = 5")
    refused(lambda: gaxel.bootstrap(result, 2, progress=5), "bootstrap: progress = 5")
    refused(lambda: gaxel.sample(result, sampler=np.ones(2)), "sample: sampler = ")
    refused(lambda: result.plot_profile(pixel_scale=-0.2), "pixel_scale = -0.2: out of range")
    for name in ("gal.rr", "gal", "*.re", 5):
        refused(lambda name=name: result.bands[0].value(name), "value: parameter = .*no such parameter")
        refused(lambda name=name: result.value_at(name, 1.0), "value_at: parameter = .*no such parameter")
    refused(lambda: result.value_at("gal.re", -1.0), "value_at: wavelength = -1.0: out of range")
    samples = gaxel.bootstrap(result, 3)
    for shares in ("a", [0.5, 1.5], np.nan):
        refused(lambda shares=shares: samples.quantiles(shares), "Samples.quantiles: shares = ")


def test_pixels_of_an_astropy_model():
    model = gaxel.astropy_model(GALAXY)
    y, x = np.mgrid[:5, :6]
    refused(lambda: model(x * u.arcsec, y), "model: x = array in arcsec: has a unit")
    refused(lambda: model([], []), "model: y: no pixels")
    np.testing.assert_array_equal(model(x.astype(">i4"), y), model(x, y))
