"""Surveys with files that were missing or broken at first, and are mended."""

import shutil

import gaxel
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from gaxel import survey
from gaxel.survey import Flag, _run
from small_survey import run_here


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two tiles in folders of their own, whose files have the same names."""
    folder = tmp_path_factory.mktemp("tiles")
    survey.simulate(folder, 24, layout="tiles", size=160, seed=5, per_tile=12)
    for path in folder.glob("t*_g0.fits"):
        own = folder / path.name.removesuffix("_g0.fits")
        own.mkdir()
        path.rename(own / "image.fits")
    return folder


@pytest.fixture
def folder(made, tmp_path):
    shutil.copytree(made, tmp_path / "survey", ignore=shutil.ignore_patterns("results"))
    return tmp_path / "survey"


def configured(folder, **keys):
    band = {
        "name": "g0",
        "image": "{tile}/image.fits",
        "sigma": 1.0,
        "psf": "psf.fits",
        "zeropoint": 30.0,
    }
    catalogue = {"file": "catalogue.parquet", "tile": "tile", "x": "x", "y": "y", "mag": "mag"}
    tiles = sorted(path.name for path in folder.glob("t*") if path.is_dir())
    given = {"band": [band], "catalogue": catalogue, "run": {"chunk": 3}, "tiles": {"names": tiles}}
    given = {key: value for key, value in (given | keys).items() if value is not None}
    return survey.from_dict(given, folder=folder, output=folder / "results")


def parts_of(folder):
    return {path: path.stat().st_mtime_ns for path in (folder / "results" / "parts").glob("part-*")}


def values(table):
    return {name: column for name, column in table.items() if name != "seconds"}


@pytest.mark.parametrize("what", ["missing", "broken"])
def test_what_failed_for_a_file_is_fitted_once_it_is_mended(made, folder, what):
    undisturbed = run_here(configured(made))
    tiles = sorted(set(undisturbed["tile"]))
    assert len(tiles) > 1 and not np.any(undisturbed["flags"] & Flag.FAILED)
    image = folder / tiles[1] / "image.fits"
    whole = image.read_bytes()
    if what == "missing":
        image.unlink()
    else:
        image.write_bytes(b"no FITS")
    one = configured(folder)
    failed = run_here(one)
    np.testing.assert_array_equal(failed["flags"] & Flag.FAILED != 0, failed["tile"] == tiles[1])
    before = parts_of(folder)
    image.write_bytes(whole)
    with pytest.raises(gaxel.InputError, match=rf"different: images\.{tiles[1]}/image\.fits.*--retry"):
        run_here(one)
    assert parts_of(folder) == before
    np.testing.assert_equal(values(run_here(one, retry=True)), values(undisturbed))
    kept = [path for path, written in parts_of(folder).items() if before[path] == written]
    assert len(kept) == len(before) - np.ceil(np.sum(failed["tile"] == tiles[1]) / 3)
    # Nothing is left to do, with or without asking.
    after = parts_of(folder)
    np.testing.assert_equal(values(run_here(one, retry=True)), values(undisturbed))
    np.testing.assert_equal(values(run_here(one)), values(undisturbed))
    assert parts_of(folder) == after


def test_retrying_what_may_not_be_leaves_all_as_it_is(folder):
    """Another survey, or files that are gone: chunks with galaxies that failed and those of changed tiles stay."""
    image = folder / "t0000" / "image.fits"
    whole = image.read_bytes()
    image.write_bytes(b"no FITS")
    run_here(configured(folder))
    image.write_bytes(whole)
    (folder / "psf.fits").rename(folder / "away.fits")
    before = parts_of(folder)
    with pytest.raises(gaxel.InputError, match="'psf.fits' of the earlier run is missing"):
        run_here(configured(folder), retry=True)
    (folder / "away.fits").rename(folder / "psf.fits")
    other = configured(folder, fit={"n": [0.5, 6.0]})
    with pytest.raises(
        gaxel.InputError, match=r"another survey; different: settings\.fit\.n \(the same survey, another f"
    ):
        run_here(other, retry=True)
    with pytest.raises(gaxel.InputError, match="one of both"):
        run_here(configured(folder), retry=True, restart=True)
    assert parts_of(folder) == before
    assert not np.any(run_here(configured(folder), retry=True)["flags"] & Flag.FAILED)


def test_where_galaxies_are_detected_changed_files_ask_for_a_restart(folder):
    detected = configured(folder, catalogue=None)
    run_here(detected)
    before = parts_of(folder)
    (folder / "t0001" / "image.fits").touch()
    with pytest.raises(
        gaxel.InputError, match=r"different: images.t0001/image.fits \(the same survey, .*--restart"
    ):
        run_here(detected)
    with pytest.raises(
        gaxel.InputError, match=r"'t0001/image.fits' has changed, by which galaxies were f.*--restart"
    ):
        run_here(detected, retry=True)
    assert parts_of(folder) == before


def test_columns_that_there_are_not_are_told_before_a_cluster_starts(folder, monkeypatch):
    def started(**_):
        raise AssertionError("a cluster was started")

    monkeypatch.setattr(_run, "LocalCluster", started)
    given = {"file": "catalogue.parquet", "tile": "tile", "x": "x", "y": "why", "mag": "mag"}
    with pytest.raises(gaxel.InputError, match="catalogue.y = 'why'"):
        survey.run(configured(folder, catalogue=given), progress=False)


@pytest.mark.parametrize("column", [{}, {"tile": "tile"}], ids=["tiles to be found", "tiles known"])
def test_a_tile_that_cannot_be_read_costs_its_own_galaxies_where_places_are_on_the_sky(folder, column):
    rows = pq.read_table(folder / "catalogue.parquet").to_pydict()
    on_tile = np.array(rows["tile"])
    sky = np.full((len(on_tile), 2), np.nan)
    for name in np.unique(on_tile):
        own = on_tile == name
        wcs = WCS(fits.getheader(folder / name / "image.fits"))
        sky[own] = wcs.all_pix2world(np.stack([rows["x"], rows["y"]], 1)[own], 1)
    rows |= {"ra": sky[:, 0], "dec": sky[:, 1]}
    pq.write_table(pa.table(rows), folder / "sky.parquet")
    given = {"file": "sky.parquet", "ra": "ra", "dec": "dec", "mag": "mag"} | column
    one = configured(folder, catalogue=given)
    whole = (folder / "t0000" / "image.fits").read_bytes()
    (folder / "t0000" / "image.fits").write_bytes(b"no FITS")
    with pytest.warns(UserWarning, match="tile 't0000' is left out"):
        found = run_here(one)
    np.testing.assert_array_equal(found["flags"] & Flag.FAILED != 0, on_tile == "t0000")
    run_here(one, retry=True)  # nothing has changed, and they fail again
    (folder / "t0000" / "image.fits").write_bytes(whole)
    with pytest.raises(gaxel.InputError, match="'t0000/image.fits' has changed, by which .*--restart"):
        run_here(one, retry=True)
    for name in np.unique(on_tile):
        (folder / name / "image.fits").write_bytes(b"no FITS")
    with pytest.raises(gaxel.InputError, match="t0001/image.fits"):
        run_here(one, restart=True)
