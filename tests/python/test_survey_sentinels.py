"""What catalogues and images say of what they do not know; what a run says when nothing could be fitted."""

import subprocess
import sys

import gaxel
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from gaxel import survey
from gaxel.survey import Flag
from gaxel.survey._sources import read_catalogue

CONFIGURATION = """
output = "results"
[[band]]
name = "r"
image = "r.fits"
sigma = 1.0
[catalogue]
file = "catalogue.parquet"
x = "x"
y = "y"
re = "re"
mag = "mag"
[run]
workers = 1
"""


@pytest.fixture
def folder(tmp_path):
    """Two galaxies, at FITS pixels (31, 41) and (91, 81)."""
    random = np.random.default_rng(1)
    galaxies = [
        gaxel.Sersic(x=x, y=y, flux=4e3, re=4.0, n=1.0, q=0.7, theta=0.3) for x, y in ((30, 40), (90, 80))
    ]
    fits.writeto(tmp_path / "r.fits", gaxel.render(galaxies, (120, 120)) + random.standard_normal((120, 120)))
    catalogue = {"x": [31.0, 91.0], "y": [41.0, 81.0], "re": [-1.0, 4.0], "mag": [99.0, -9.0]}
    pq.write_table(pa.table(catalogue), tmp_path / "catalogue.parquet")
    (tmp_path / "survey.toml").write_text(CONFIGURATION)
    return tmp_path


def run(folder):
    command = [sys.executable, "-m", "gaxel.survey", "run", str(folder / "survey.toml"), "--quiet"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_sizes_and_magnitudes_that_are_none_are_unknown(folder):
    sources, _, _ = read_catalogue(survey.read(folder / "survey.toml"), ["r.fits"])
    assert np.isnan(sources["re"][0]) and np.isnan(sources["flux"][0])
    assert sources["re"][1] == 4.0 and sources["flux"][1] == pytest.approx(10**3.6)


def test_a_galaxy_without_a_good_pixel_fails(folder):
    with fits.open(folder / "r.fits", mode="update") as image:
        image[0].data[50:110, 60:120] = np.nan
    finished = run(folder)
    assert finished.returncode == 0
    assert "1 failed, the first: no good pixel in its ellipse" in finished.stderr
    table = pq.read_table(folder / "results/results.parquet").to_pylist()
    assert [bool(row["flags"] & Flag.FAILED) for row in table] == [False, True]


def test_a_run_that_fits_nothing_says_why(folder):
    (folder / "r.fits").unlink()
    finished = run(folder)
    assert finished.returncode == 1
    assert "2 failed, the first" in finished.stderr and "r.fits" in finished.stderr
