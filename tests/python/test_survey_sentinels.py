"""What catalogues and images say of what they do not know; what a run says when nothing could be fitted."""

import subprocess
import sys

import gaxel
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import QTable as Table
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


def catalogue_of(folder, **columns):
    table = Table({"x": [31.0, 91.0], "y": [41.0, 81.0], "mag": [16.0, 16.0], **columns})
    table.write(folder / "catalogue.ecsv", overwrite=True)
    text = CONFIGURATION.replace("catalogue.parquet", "catalogue.ecsv")
    text = text.replace('re = "re"', "\n".join(f'{key} = "{key}"' for key in columns))
    (folder / "survey.toml").write_text(text)
    return read_catalogue(survey.read(folder / "survey.toml"), ["r.fits"])[0]


def test_units_of_columns_count(folder):
    sources = catalogue_of(folder, re=[4.0, 5.0] * u.pix, pa=[0.1, 0.2] * u.rad, q=[0.5, 1.5])
    np.testing.assert_array_equal(sources["re"], [4.0, 5.0])
    np.testing.assert_allclose(sources["theta"], [0.1 + np.pi / 2, 0.2 + np.pi / 2])
    np.testing.assert_array_equal(sources["q"], [0.5, np.nan])
    with pytest.raises(gaxel.InputError, match=r"re = arcsec: in another unit \(pix\)"):
        catalogue_of(folder, re=[4.0, 5.0] * u.arcsec)


def test_a_mistake_that_is_mended_binds_the_folder_to_nothing(folder):
    wrong = (folder / "survey.toml").read_text().replace('re = "re"', 're = "rr"')
    right = (folder / "survey.toml").read_text()
    (folder / "survey.toml").write_text(wrong)
    assert "catalogue.re = 'rr'" in run(folder).stderr
    (folder / "survey.toml").write_text(right)
    assert run(folder).returncode == 0
    (folder / "results" / "plan.json").write_text("{")
    assert "plan.json is damaged" in run(folder).stderr


def test_workers_are_counted(folder):
    command = [sys.executable, "-m", "gaxel.survey", "run", str(folder / "survey.toml"), "--workers", "-3"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert finished.returncode == 2 and "workers = -3" in finished.stderr


def test_why_nothing_was_found_is_told(folder):
    text = CONFIGURATION[: CONFIGURATION.index("[catalogue]")] + "[run]\nworkers = 1\n"
    (folder / "survey.toml").write_text(text.replace("1.0", '"sigma.fits"'))
    fits.writeto(folder / "sigma.fits", np.ones((3, 3)))
    finished = run(folder)
    assert finished.returncode == 2
    assert "there are no sources" in finished.stderr and "sigma" in finished.stderr
