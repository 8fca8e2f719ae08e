"""Quantities, places on the sky, NDData and segmentation maps, against astropy's own conversions."""

import gaxel
import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.nddata import (
    CCDData,
    InverseVariance,
    NDDataRef,
    StdDevUncertainty,
    UnknownUncertainty,
    VarianceUncertainty,
)
from astropy.utils.masked import Masked
from astropy.wcs import WCS
from photutils.segmentation import SegmentationImage

SHAPE = (40, 42)
SIGMA = 0.3
TRUTH = gaxel.Sersic(x=20.0, y=21.0, flux=900.0, re=4.0, n=1.5, q=0.6, theta=0.3)


@pytest.fixture(scope="module")
def data():
    return gaxel.render(TRUTH, SHAPE) + np.random.default_rng(1).normal(0.0, SIGMA, SHAPE)


def wcs_of(turn_deg, scale_arcsec=0.1, is_mirrored=False):
    """A tangent plane at (150, 2) degrees; north is turned from +y towards -x by an angle."""
    made = WCS(naxis=2)
    made.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    made.wcs.crval = [150.0, 2.0]
    made.wcs.crpix = [20.0, 21.0]
    cos, sin = np.cos(np.deg2rad(turn_deg)), np.sin(np.deg2rad(turn_deg))
    east = -1.0 if not is_mirrored else 1.0
    made.wcs.cd = scale_arcsec / 3600.0 * np.array([[east * cos, east * sin], [-sin, cos]])
    made.wcs.set()
    return made


def test_quantities_become_the_registrys_units():
    galaxy = gaxel.Sersic(
        x=3.0 * u.pix, y=4.0, flux=5.0 * u.electron, re=6.0 * u.pix, n=2.0 * u.dimensionless_unscaled,
        theta=30.0 * u.deg,
    )  # fmt: skip
    assert galaxy == gaxel.Sersic(x=3.0, y=4.0, flux=5.0, re=6.0, n=2.0, theta=np.pi / 6)
    assert galaxy.replace(theta=np.pi * u.rad).theta == np.pi


def test_magnitudes_and_flux_densities_count_by_the_zeropoint():
    light = 3.0 * u.uJy
    bright = gaxel.PointSource(x=1, y=1, flux=light, zeropoint=25.0)
    assert bright.flux == pytest.approx(10 ** (-0.4 * (light.to_value(u.ABmag) - 25.0)), rel=1e-12)
    as_mag = gaxel.PointSource(x=1, y=1, mag=light.to(u.ABmag), zeropoint=25.0 * u.mag)
    assert as_mag.flux == pytest.approx(bright.flux, rel=1e-12)


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("turn", [0.0, 70.0, 200.0])
def test_a_component_on_the_sky_lies_where_the_wcs_says(turn, is_mirrored):
    wcs = wcs_of(turn, is_mirrored=is_mirrored)
    centre = SkyCoord(150.0001 * u.deg, 2.0002 * u.deg)
    pa, re = 25.0 * u.deg, 1.2 * u.arcsec
    galaxy = gaxel.Sersic.on_sky(wcs, position=centre, pa=pa, re=re, flux=1.0, n=1.0, q=0.5)
    # The end of the major axis, by astropy alone.
    x, y = wcs.world_to_pixel(centre.directional_offset_by(pa, re))
    np.testing.assert_allclose((galaxy.x, galaxy.y), wcs.world_to_pixel(centre), atol=1e-9)
    there = galaxy.x + galaxy.re * np.cos(galaxy.theta), galaxy.y + galaxy.re * np.sin(galaxy.theta)
    np.testing.assert_allclose(there, (x, y), atol=1e-5)


def test_places_in_other_frames_and_scales_alone():
    wcs = wcs_of(10.0)
    centre = SkyCoord(150.0 * u.deg, 2.0 * u.deg)
    here, there = (
        gaxel.PointSource.on_sky(wcs, position=place, flux=1.0) for place in (centre, centre.galactic)
    )
    assert (here.x, here.y) == pytest.approx((there.x, there.y), abs=1e-6)
    for scale in (0.05 * u.arcsec, 0.05 * u.arcsec / u.pix, 5e-5 / 3.6 * u.deg):
        made = gaxel.BrokenExponential.on_sky(
            scale, x=1, y=2, h1=0.2 * u.arcsec, alpha=4.0 / u.arcsec, c0=0.1, zeropoint=20.0, mag=21.0
        )
        assert (made.h1, made.alpha) == pytest.approx((4.0, 0.2), rel=1e-12)
        assert made.flux == pytest.approx(10**-0.4) and "c0" in made.parameters


SKEWED = WCS(naxis=2)
SKEWED.wcs.ctype = ["RA---TAN", "DEC--TAN"]
SKEWED.wcs.cdelt = [-1e-4, 1.2e-4]
PLACE = SkyCoord(0.0 * u.deg, 0.0 * u.deg)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gaxel.Sersic(re=1.2 * u.arcsec), "re = 1.2 arcsec: .*scale.*on_sky"),
        (lambda: gaxel.Sersic(theta=1.0 * u.pix), "theta = 1.0 pix: .*an angle"),
        (lambda: gaxel.Sersic(re=1.0 * u.m), "re = 1.0 m: .*pixels or an angle"),
        (lambda: gaxel.Sersic(n=1.0 * u.m), "n = 1.0 m: .*pure number"),
        (lambda: gaxel.Sersic(flux=1.0 * u.nJy), "flux = 1.0 nJy: .*zeropoint"),
        (lambda: gaxel.Sersic(flux=1.0 * u.m), "flux = 1.0 m: .*adu"),
        (lambda: gaxel.Sersic(mag=1.0 * u.ct), "mag = 1.0 ct: not a magnitude"),
        (lambda: gaxel.Sersic.on_sky(SKEWED, position=PLACE), "wcs = 0.09.*distorted"),
        (lambda: gaxel.Sersic.on_sky(wcs_of(0.0), re=1 * u.arcsec), "position: missing"),
        (lambda: gaxel.Sersic.on_sky(1 * u.arcsec, position=PLACE), "position = 0 0 deg: .*a WCS"),
        (lambda: gaxel.Sersic.on_sky(wcs_of(0.0), position=PLACE, x=3.0), "position = .*x is given"),
        (lambda: gaxel.PointSource.on_sky(wcs_of(0.0), position=PLACE, pa=3 * u.deg), "pa = .*no theta"),
        (
            lambda: gaxel.Sersic.on_sky(wcs_of(0.0), position=SkyCoord(150 * u.deg, 2 * u.deg), pa=3.0),
            "pa = 3.0: .*unit",
        ),
        (lambda: gaxel.Sersic.on_sky(3.0), "wcs = 3.0: neither"),
        (lambda: gaxel.Sersic.on_sky(3.0 * u.m), "wcs = 3.0 m: not a scale"),
    ],
)
def test_what_cannot_be_converted_is_said(make, words):
    with pytest.raises(gaxel.InputError, match=words):
        make()


@pytest.mark.parametrize("kind", [StdDevUncertainty, VarianceUncertainty, InverseVariance])
def test_ccddata_brings_errors_and_mask(data, kind):
    power = {StdDevUncertainty: 1, VarianceUncertainty: 2, InverseVariance: -2}[kind]
    spread = np.full(SHAPE, SIGMA)
    spread[10:15, 12:14] *= 2.0
    mask = np.zeros(SHAPE, bool)
    mask[3, 4] = True
    ccd = CCDData(data, unit="electron", uncertainty=kind(spread**power), mask=mask)
    plain = gaxel.fit(data, TRUTH, sigma=spread, mask=mask)
    for given in (ccd, gaxel.Band(ccd)):
        result = gaxel.fit(given, TRUTH)
        assert result.n_pixels == data.size - 1
        np.testing.assert_allclose(result.values, plain.values, rtol=1e-9)
    assert gaxel.Band(ccd).unit == u.electron


def test_weight_zero_is_no_weight(data):
    weight = np.full(SHAPE, SIGMA**-2)
    weight[5:7, 6:9] = 0.0
    band = gaxel.Band(NDDataRef(data, uncertainty=InverseVariance(weight)), mask=np.eye(*SHAPE) > 0)
    expected = (weight > 0) & ~(np.eye(*SHAPE) > 0)
    np.testing.assert_array_equal(band.used, expected)


def test_units_of_errors_become_those_of_the_data(data):
    spread = VarianceUncertainty(np.full(SHAPE, 1e-12), unit=u.mJy**2)
    band = gaxel.Band(NDDataRef(data, unit=u.nJy, uncertainty=spread))
    np.testing.assert_allclose(band.sigma, 1.0, rtol=1e-12)
    assert band.zeropoint == pytest.approx(31.4, abs=1e-3)  # 1 nJy, to the rounding of AB's 3631 Jy
    band = gaxel.Band(data * u.nJy, 2.0 * u.uJy, wavelength=1.5 * u.um, zeropoint=3.0)
    assert (band.sigma[0, 0], band.wavelength, band.zeropoint) == pytest.approx((2000.0, 15000.0, 3.0))


def test_masked_arrays_of_astropy(data):
    bad = np.eye(*SHAPE) > 0
    for given in (Masked(data, mask=bad), Masked(data * u.ct, mask=bad)):
        band = gaxel.Band(given, SIGMA, mask=data > 5.0)
        np.testing.assert_array_equal(band.used, ~bad & (data <= 5.0))


def test_a_part_of_an_nddata_knows_where_it_lies(data):
    whole = NDDataRef(data, wcs=wcs_of(30.0), uncertainty=StdDevUncertainty(np.full(SHAPE, SIGMA)))
    bands = [gaxel.Band(part, name=name, wavelength=w) for part, name, w in
             ((whole, "whole", 1.0), (whole[5:, 7:], "part", 2.0))]  # fmt: skip
    assert bands[1].shape == (35, 35)
    result = gaxel.fit(bands, TRUTH)
    first, second = (band.components[0] for band in result.bands)
    assert (first.x - second.x, first.y - second.y) == pytest.approx((7.0, 5.0), abs=1e-6)
    lengths = [value.value for value in result.derived() if value.quantity == "r_half_arcsec"]
    assert lengths == pytest.approx([0.1 * first.re] * 2, rel=1e-4)


def test_segmentation_masks_the_neighbours(data):
    labels = np.zeros(SHAPE, int)
    labels[0:5, 0:6], labels[20:25, 20:25], labels[30:33, 3:5] = 3, 7, 9
    for map_of_labels in (labels, SegmentationImage(labels)):
        one = gaxel.Band(data, SIGMA, segmentation=map_of_labels, keep=7)
        np.testing.assert_array_equal(one.used, (labels == 0) | (labels == 7))
    both = gaxel.Band(data, SIGMA, segmentation=labels, keep=[7, 9], mask=labels == 9)
    np.testing.assert_array_equal(both.used, (labels == 0) | (labels == 7))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"data": np.ones(SHAPE)}, "sigma: missing"),
        ({"data": u.Magnitude(np.ones(SHAPE)), "sigma": 1.0}, "data = unit mag: .*add"),
        *(
            (
                {"data": kind(np.ones(SHAPE), unit=unit, uncertainty=noise), **sigma},
                f"data = unit {name}.*add",
            )
            for kind in (CCDData, NDDataRef)
            for unit, name in (
                (u.mag, "mag"),
                (u.mag / u.arcsec**2, "mag / arcsec2"),
                (u.ABmag, r"mag\(AB\)"),
                (u.STmag, r"mag\(ST\)"),
                (u.dex, "dex"),
            )
            for noise, sigma in ((StdDevUncertainty(np.ones(SHAPE)), {}), (None, {"sigma": 1.0}))
        ),
        ({"data": np.ones(SHAPE) * u.mag, "sigma": 1.0}, "data = unit mag: .*add"),
        ({"data": np.ones(SHAPE) * u.nJy, "sigma": 1.0 * u.ct}, "sigma = unit ct: .*data in nJy"),
        ({"data": np.ones(SHAPE), "sigma": 1.0 * u.ct}, "sigma = unit ct: .*without a unit"),
        (
            {"data": NDDataRef(np.ones(SHAPE), uncertainty=UnknownUncertainty(np.ones(SHAPE)))},
            "uncertainty = Unknown",
        ),
        ({"data": NDDataRef(np.ones(SHAPE))}, "sigma: missing"),
        ({"data": np.ones(SHAPE), "sigma": 1.0, "wavelength": 3 * u.s}, "wavelength = 3.0 s"),
        ({"data": np.ones(SHAPE), "sigma": 1.0, "zeropoint": 3 * u.s}, "zeropoint = 3.0 s"),
        ({"data": np.ones(SHAPE), "sigma": 1.0, "keep": 3}, "keep = 3: .*without segmentation"),
        ({"data": np.ones(SHAPE), "sigma": 1.0, "segmentation": np.eye(*SHAPE)}, "array of float64"),
        ({"data": np.ones(SHAPE), "sigma": 1.0, "segmentation": np.eye(9, dtype=int), "keep": 1}, "shape"),
        ({"data": np.ones(SHAPE), "sigma": 1.0, "segmentation": np.eye(*SHAPE, dtype=int)}, "keep: missing"),
        (
            {"data": np.ones(SHAPE), "sigma": 1.0, "segmentation": np.eye(*SHAPE, dtype=int), "keep": [1, 4]},
            "keep = 4: no such source",
        ),
    ],
)
def test_images_that_do_not_fit_together_are_refused(arguments, words):
    with pytest.raises(gaxel.InputError, match=words):
        gaxel.Band(**arguments)
