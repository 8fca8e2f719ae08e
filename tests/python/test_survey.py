"""Surveys of simulated galaxies against the parameters that they were made with."""

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.table import Table
from astropy.wcs import WCS
from gaxel import survey
from gaxel.survey import Flag
from gaxel.survey.settings import ReportSettings
from small_survey import client_here, columns_of, deviations, run_here

PARAMETERS = ("x", "y", "mag", "re", "n", "q", "pa")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """A survey of cut-outs, its truth, its results."""
    folder = tmp_path_factory.mktemp("stack")
    configured = survey.read(survey.simulate(folder, 40, layout="stack", size=48, seed=3))
    return configured, pq.read_table(folder / "truth.parquet").to_pydict(), run_here(configured)


@pytest.fixture(scope="module")
def tiles(tmp_path_factory):
    """A survey of two tiles, its truth, its results."""
    folder = tmp_path_factory.mktemp("tiles")
    configured = survey.read(survey.simulate(folder, 20, size=256, seed=5, per_tile=10))
    return configured, pq.read_table(folder / "truth.parquet").to_pydict(), run_here(configured)


@pytest.mark.parametrize("key", PARAMETERS)
def test_parameters_of_cutouts_are_recovered(stack, key):
    _, truth, found = stack
    known = (found["flags"] & (Flag.FAILED | Flag.AT_BOUND | Flag.DEGENERATE)) == 0
    away = deviations(found, truth, key)[known]
    assert len(away) >= 35
    assert np.abs(away).max() < 5.0
    assert abs(away.mean()) < 0.65  # 4 errors of a mean of 40


def test_every_row_of_the_catalogue_has_one_in_the_results(stack, tiles):
    for configured, truth, found in (stack, tiles):
        assert found["id"].tolist() == list(truth["id"])
        assert found["row"].tolist() == list(range(len(truth["id"])))
        written = pq.read_table(configured.output / "results.parquet")
        assert written.num_rows == len(truth["id"])


def test_parameters_on_tiles_are_recovered(tiles):
    _, truth, found = tiles
    assert found["tile"].tolist() == truth["tile"]
    known = (found["flags"] & (Flag.FAILED | Flag.AT_BOUND | Flag.DEGENERATE)) == 0
    assert np.count_nonzero(known) >= 15
    for key in PARAMETERS:
        away = deviations(found, truth, key)[known]
        assert np.median(np.abs(away)) < 1.5, key


def test_positions_on_the_sky_are_those_of_the_pixels(tiles):
    configured, _, found = tiles
    for tile in ("t0000", "t0001"):
        wcs = WCS(fits.getheader(configured.folder / f"{tile}_g0.fits"))
        own = (found["tile"] == tile) & ((found["flags"] & Flag.FAILED) == 0)
        sky = wcs.all_pix2world(np.stack([found["x"], found["y"]], 1)[own].astype(float), 1)
        np.testing.assert_allclose(
            np.stack([found["ra"], found["dec"]], 1)[own].astype(float), sky, atol=1e-9
        )


@pytest.mark.parametrize("name", ["sky.fits", "sky.ecsv", "sky.parquet"])
def test_catalogues_on_the_sky_find_their_tiles(tiles, tmp_path, name):
    configured, truth, _ = tiles
    sky = []
    for tile, x, y in zip(truth["tile"], truth["x"], truth["y"], strict=True):
        wcs = WCS(fits.getheader(configured.folder / f"{tile}_g0.fits"))
        sky.append([float(value) for value in wcs.all_pix2world(x, y, 1)])
    ra, dec = np.array(sky).T
    table = {"number": np.array(truth["id"]), "ra": ra, "dec": dec, "size": np.array(truth["re"])}
    if name.endswith("parquet"):
        pq.write_table(pa.table(table), tmp_path / name)
    else:
        Table(table).write(tmp_path / name)
    given = {
        "band": [
            {"name": "g", "image": "{tile}_g0.fits", "sigma": 1.0, "psf": "psf.fits", "zeropoint": 30.0}
        ],
        "catalogue": {"file": str(tmp_path / name), "id": "number", "ra": "ra", "dec": "dec", "re": "size"},
    }
    placed = survey.from_dict(given, folder=configured.folder, output=tmp_path / "results")
    run_here(placed)
    sources = columns_of(pq.read_table(placed.output / "sources.parquet"))
    assert sources["tile"].tolist() == truth["tile"]
    assert sources["id"].tolist() == truth["id"]
    np.testing.assert_allclose(sources["x"], truth["x"], atol=1e-6)
    np.testing.assert_allclose(sources["y"], truth["y"], atol=1e-6)


def test_detection_finds_the_galaxies(tiles, tmp_path):
    configured, truth, _ = tiles
    given = {
        "band": [
            {
                "name": "g",
                "image": "{tile}_g0.fits",
                "sigma": "{tile}_sigma.fits",
                "psf": "psf.fits",
                "zeropoint": 30.0,
            }
        ]
    }
    found = run_here(survey.from_dict(given, folder=configured.folder, output=tmp_path))
    matched = []
    for i, tile in enumerate(truth["tile"]):
        away = np.hypot(found["x"].astype(float) - truth["x"][i], found["y"].astype(float) - truth["y"][i])
        near = np.flatnonzero((found["tile"] == tile) & (away < 1.0))
        if len(near) == 1:
            matched.append((found["mag"][near[0]] - truth["mag"][i]) / found["mag_err"][near[0]])
    assert len(matched) >= 18
    assert abs(np.median(matched)) < 1.0


def test_several_bands_are_fitted_at_once(tmp_path):
    configured = survey.read(survey.simulate(tmp_path, 6, layout="stack", size=48, bands=2, seed=8))
    truth = pq.read_table(tmp_path / "truth.parquet").to_pydict()
    found = run_here(configured)
    for band, fainter in (("g0", 0.0), ("g1", 0.3)):
        magnitudes = {"mag": np.array(truth["mag"]) + fainter}
        assert np.abs(deviations(found, magnitudes, "mag", f"mag_{band}")).max() < 5.0
    assert np.abs(deviations(found, truth, "re")).max() < 5.0


def test_what_cannot_be_fitted_is_a_row_that_says_so(tiles, tmp_path):
    configured, truth, found = tiles
    table = {
        "tile": ["t0000", "t0000", "t0001"],
        "x": [truth["x"][0], 9999.0, np.nan],
        "y": [truth["y"][0], 20.0, 20.0],
        "re": [truth["re"][0], 3.0, 3.0],
    }
    pq.write_table(pa.table(table), tmp_path / "c.parquet")
    given = {
        "band": [
            {"name": "g", "image": "{tile}_g0.fits", "sigma": 1.0, "psf": "psf.fits", "zeropoint": 30.0}
        ],
        "catalogue": {"file": str(tmp_path / "c.parquet"), "tile": "tile", "x": "x", "y": "y", "re": "re"},
    }
    rows = run_here(survey.from_dict(given, folder=configured.folder, output=tmp_path / "results"))
    assert [flags & Flag.FAILED for flags in rows["flags"]] == [0, Flag.FAILED, Flag.FAILED]
    assert "outside the image" in rows["reason"][1] and "not known" in rows["reason"][2]
    assert rows["x"][0] == pytest.approx(truth["x"][0], abs=0.5)


def test_a_tile_that_cannot_be_read_fails_alone(tiles, tmp_path):
    configured, truth, _ = tiles
    for file in configured.folder.glob("*.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    broken = tmp_path / "t0001_g0.fits"
    broken.write_bytes(b"not FITS" * 100)
    rows = run_here(survey.read(tmp_path / "survey.toml", output=tmp_path / "results"))
    failed = (rows["flags"] & Flag.FAILED) != 0
    assert failed.tolist() == [tile == "t0001" for tile in truth["tile"]]
    assert all("t0001" in reason for reason in rows["reason"][failed])


def test_fits_end_by_the_clock(stack, tmp_path):
    configured, _, _ = stack
    given = {
        "band": [{"name": "g", "image": "stack_g0.fits", "sigma": 1.0, "psf": "psf.fits"}],
        "catalogue": {"file": "catalogue.parquet", "plane": "plane", "x": "x", "y": "y"},
        "fit": {"max_seconds": 1e-9, "ftol": 1e-14},
    }
    rows = run_here(survey.from_dict(given, folder=configured.folder, output=tmp_path))
    assert all(flags & Flag.TIME for flags in rows["flags"])
    assert set(rows["iterations"]) <= {0, 1}


def test_the_report_is_a_page_with_pictures(tiles):
    configured, truth, _ = tiles
    path = survey.write_report(dataclasses.replace(configured, report=ReportSettings(worst=2, examples=3)))
    text = path.read_text(encoding="utf-8")
    assert text.count("data:image/png;base64,") == 2 + 2 + 3
    assert f'<td class="number">{len(truth["id"])}</td>' in text


def test_the_command_simulates_and_reports(tmp_path, capsys):
    from gaxel.survey.__main__ import main

    assert main(["simulate", str(tmp_path / "s"), "-n", "2", "--layout", "stack", "--size", "40"]) == 0
    assert main(["report", str(tmp_path / "s/survey.toml")]) == 2
    assert "there are no results" in capsys.readouterr().err
    configured = survey.read(tmp_path / "s/survey.toml")
    with client_here() as client:
        address = client.scheduler.address
        assert address.startswith("inproc://")
        assert survey.run(configured, scheduler=address, progress=False).num_rows == 2
    assert (tmp_path / "s/results/report.html").exists()


def test_the_same_seed_makes_the_same_survey(tmp_path):
    for name in ("a", "b"):
        survey.simulate(tmp_path / name, 2, layout="stack", size=40, seed=9)
    for file in ("stack_g0.fits", "catalogue.parquet"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
