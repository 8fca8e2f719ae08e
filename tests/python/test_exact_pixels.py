"""The truth itself: numpy's exact pixels against mpmath at 30 digits and against the reference images."""

import csv
import pathlib

import numpy as np
import pytest
from astropy.io import fits
from exact_pixels import exact_pixels

DATA = pathlib.Path(__file__).parents[1] / "data"


def corner_rows():
    with open(DATA / "corner_pixels.csv") as f:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(f)]


def test_agrees_with_mpmath_at_the_corners_of_the_parameter_space():
    for row in corner_rows():
        keys = ("n", "q", "re", "x", "y", "theta")
        image = exact_pixels(*(row[k] for k in keys), (16, 16))
        assert image[int(row["row"]), int(row["col"])] == pytest.approx(row["flux"], rel=0, abs=3e-15), row


@pytest.mark.parametrize("case", range(20))
def test_agrees_with_the_reference_images(case):
    hdu = fits.open(DATA / "sersic_pixels.fits")[f"CASE{case:02d}"]
    keys = ("N", "Q", "RE", "XC", "YC", "THETA")
    image = exact_pixels(*(hdu.header[k] for k in keys), hdu.data.shape)
    assert np.abs(image - hdu.data).max() < 3e-15
