"""Every pixel within the tolerance asked for, every certificate honest: reference images, corners, random galaxies."""

import csv
import pathlib
import types

import gaxel
import numpy as np
import pytest
from astropy.io import fits
from certificate_sweep import sweep
from exact_pixels import precise_pixels

DATA = pathlib.Path(__file__).parents[1] / "data"
GALAXY_KEYS = ("n", "q", "re", "x", "y", "theta")
REFERENCE_ERROR = 3e-16


@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-10, 1e-12])
@pytest.mark.parametrize("case", range(20))
def test_reference_images(case, rtol):
    hdu = fits.open(DATA / "sersic_pixels.fits")[f"CASE{case:02d}"]
    h, truth = hdu.header, hdu.data
    galaxy = gaxel.Sersic(x=h["XC"], y=h["YC"], flux=1, re=h["RE"], n=h["N"], q=h["Q"], theta=h["THETA"])
    image, certificate = gaxel.render(galaxy, truth.shape, rtol=rtol, atol=1e-3 * rtol, certificate=True)
    error = np.maximum(np.abs(image - truth) - REFERENCE_ERROR, 0)
    tolerance = 1e-3 * rtol + rtol * truth
    assert (error <= tolerance).all()
    assert (error <= certificate.bound).all()
    assert (certificate.bound <= tolerance).all()
    # The squared radius loses 1 / q roundings: at 1e-12 a thin galaxy's light is more than doubles can promise.
    assert certificate.limit_hit == (rtol < 1e-11 and h["Q"] < 0.05)
    assert certificate.n_over == 0
    plain = gaxel.render(galaxy, truth.shape, rtol=rtol, atol=1e-3 * rtol)
    assert np.array_equal(plain, image)


def corner_rows():
    with open(DATA / "corner_pixels.csv") as f:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(f)]


@pytest.mark.parametrize("rtol", [1e-6, 1e-10, 1e-12])
def test_corners_of_the_parameter_space(rtol):
    images = {}
    for row in corner_rows():
        galaxy = tuple(row[k] for k in GALAXY_KEYS)
        if galaxy not in images:
            images[galaxy] = gaxel.render(
                gaxel.Sersic(flux=1, **dict(zip(GALAXY_KEYS, galaxy, strict=True))),
                (16, 16),
                rtol=rtol,
                atol=1e-3 * rtol,
            )
        pixel = images[galaxy][int(row["row"]), int(row["col"])]
        assert abs(pixel - row["flux"]) <= 1e-3 * rtol + rtol * abs(row["flux"]), row


@pytest.mark.parametrize("rtol", [1e-2, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12])
def test_random_galaxies(rtol):
    result = sweep(rtol, n_galaxies=100, seed=20260)
    assert result.over_tolerance == 0
    assert result.optimistic == 0
    assert result.over_but_silent == 0
    assert result.over_at_limit == 0
    # At 1e-12 the light of thin or steep galaxies needs more than double precision.
    assert result.limit_hit <= (20 if rtol < 1e-11 else 0)
    assert len(result.sharpness) > 50
    assert np.median(result.sharpness) < 100
    assert result.truth_error < 0.01


def test_the_sweep_sees_what_is_wrong():
    def one_pixel_off(component, shape, **options):
        image, certificate = gaxel.render(component, shape=shape, **options)
        image[3, 4] += 0.01
        return image, certificate

    result = sweep(1e-6, n_galaxies=3, seed=1, render=one_pixel_off)
    assert result.over_tolerance == 3
    assert result.optimistic == 3
    assert result.largest > 1


@pytest.mark.parametrize("claims_a_limit", [False, True])
def test_the_sweep_sees_an_error_of_twice_the_smallest_tolerance(claims_a_limit):
    def one_pixel_off(component, shape, **options):
        image, _ = precise_pixels(**{key: getattr(component, key) for key in GALAXY_KEYS}, shape=shape)
        tolerance = options["atol"] + options["rtol"] * float(image[3, 4])
        image[3, 4] += 2 * tolerance
        bound = np.full(shape, options["atol"])
        return image, types.SimpleNamespace(
            bound=bound, sum_bound=bound.sum(), limit_hit=claims_a_limit, evaluations_per_pixel=1.0
        )

    result = sweep(1e-12, n_galaxies=3, seed=1, render=one_pixel_off)
    assert result.optimistic == 3
    assert (result.over_tolerance, result.over_at_limit) == ((0, 3) if claims_a_limit else (3, 0))


def test_far_outside_the_image():
    for x, y in ((-1e4, 20.0), (5e3, -7e5)):
        galaxy = dict(x=x, y=y, re=300.0, n=4.0, q=0.3, theta=0.4)
        image = gaxel.render(gaxel.Sersic(flux=1, **galaxy), (8, 8), rtol=1e-8, atol=1e-30)
        # So far out the light is nearly constant over a pixel: second-order midpoint, by hand.
        from scipy.special import gamma, gammaincinv

        b = gammaincinv(8.0, 0.5)
        i0 = b**8 / (2 * np.pi * 4 * gamma(8.0) * 0.3 * 300**2)
        rows, cols = np.mgrid[0:8, 0:8]
        u = ((cols - x) * np.cos(0.4) + (rows - y) * np.sin(0.4)) / 300
        v = (-(cols - x) * np.sin(0.4) + (rows - y) * np.cos(0.4)) / (0.3 * 300)
        assert image == pytest.approx(i0 * np.exp(-b * (u * u + v * v) ** 0.125), rel=1e-5)
