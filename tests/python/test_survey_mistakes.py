"""What a survey says of folders that are taken, tiles that there are not, truncated files."""

import gzip
import re
from pathlib import Path

import gaxel
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from gaxel import survey
from gaxel.survey import Flag
from gaxel.survey.__main__ import main
from gaxel.survey._images import Tile
from small_survey import run_here


@pytest.fixture
def made(tmp_path):
    """Two tiles of four galaxies each."""
    survey.simulate(tmp_path / "sky", 8, size=128, seed=4, per_tile=4)
    return tmp_path / "sky"


def names_in(folder):
    return {path.name for path in folder.iterdir()}


def rename_tiles(folder, *rows):
    """Let these rows of the catalogue name tiles that there are not."""
    table = pq.read_table(folder / "catalogue.parquet").to_pydict()
    for row in rows:
        table["tile"][row] = f"t9{row % 2}"
    pq.write_table(pa.table(table), folder / "catalogue.parquet")


def test_a_simulated_survey_replaces_none_unless_told(made, capsys):
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    assert main(["simulate", str(made), "-n", "2", "--size", "64"]) == 2
    error = capsys.readouterr().err
    assert f"folder = {made}: is not empty" in error and "--overwrite" in error
    assert {path.name: path.read_bytes() for path in made.iterdir()} == before
    (made / "notes.txt").write_text("mine")
    assert main(["simulate", str(made), "-n", "2", "--size", "64", "--overwrite"]) == 0
    assert pq.read_table(made / "catalogue.parquet").num_rows == 2
    # Nothing is left of the second tile, and what is no survey's stays.
    assert names_in(made) == set(before) - {"t0001_g0.fits", "t0001_sigma.fits"} | {"notes.txt"}


def test_any_file_makes_a_folder_one_that_is_taken(tmp_path):
    (tmp_path / "mine.txt").write_text("")
    with pytest.raises(gaxel.InputError, match="is not empty"):
        survey.simulate(tmp_path, 1, size=64)
    assert names_in(tmp_path) == {"mine.txt"}
    with pytest.raises(gaxel.InputError, match=r"folder = .*mine\.txt"):
        survey.simulate(tmp_path / "mine.txt", 1, size=64)


@pytest.mark.parametrize("layout", ["tiles", "stack"])
def test_all_that_is_simulated_is_removed_by_the_next(tmp_path, layout):
    """The files are known by name: those of one layout must not be left among the other's."""
    survey.simulate(tmp_path, 2, layout=layout, size=40, bands=2)
    old = names_in(tmp_path)
    other = "stack" if layout == "tiles" else "tiles"
    survey.simulate(tmp_path, 2, layout=other, size=40, overwrite=True)
    survey.simulate(tmp_path / "alone", 2, layout=other, size=40)
    assert names_in(tmp_path) - {"alone"} == names_in(tmp_path / "alone") != old


def test_a_row_that_names_no_tile_fails_alone(made):
    undisturbed = run_here(survey.read(made / "survey.toml", made / "before"))
    assert not np.any(undisturbed["flags"] & Flag.FAILED)
    rename_tiles(made, 1, 6, 7)
    with pytest.warns(
        UserWarning, match=r"2 tiles are left out, 't90', 't91': no such tile \(t0000, t0001\)"
    ):
        one = survey.read(made / "survey.toml")
        found = run_here(one)
    failed = (found["flags"] & Flag.FAILED) != 0
    assert np.flatnonzero(failed).tolist() == [1, 6, 7]
    assert found["id"].tolist() == undisturbed["id"].tolist()
    assert found["tile"][failed].tolist() == ["t91", "t90", "t91"]
    for row in (1, 6, 7):
        assert re.search(rf"'{found['tile'][row]}': no such tile \(t0000, t0001\)", found["reason"][row])
        assert found["x"][row] is None
    # The others lose at most a neighbour.
    assert np.all(np.abs((found["mag"][~failed] - undisturbed["mag"][~failed]).astype(float)) < 0.1)
    # Once more: nothing to do, and with retry they fail again.
    for options in ({}, {"retry": True}):
        again = run_here(one, **options)
        assert again["reason"].tolist() == found["reason"].tolist()
    assert "no such tile" in survey.write_report(one).read_text(encoding="utf-8")


def test_rows_that_name_no_tile_fail_where_places_are_on_the_sky(made):
    table = pq.read_table(made / "catalogue.parquet").to_pydict()
    sky = np.full((8, 2), np.nan)
    for row, tile in enumerate(table["tile"]):
        with Tile(survey.read(made / "survey.toml"), tile) as opened:
            sky[row] = opened.wcs().pixel_to_world_values(table["x"][row] - 1.0, table["y"][row] - 1.0)
    pq.write_table(pa.table(table | {"ra": sky[:, 0], "dec": sky[:, 1]}), made / "catalogue.parquet")
    rename_tiles(made, 0)
    text = (made / "survey.toml").read_text().replace('x = "x"\ny = "y"', 'ra = "ra"\ndec = "dec"')
    (made / "survey.toml").write_text(text)
    with pytest.warns(UserWarning, match="tile 't90' is left out: no such tile"):
        found = run_here(survey.read(made / "survey.toml"))
    assert np.flatnonzero(found["flags"] & Flag.FAILED).tolist() == [0]


def test_a_catalogue_of_other_tiles_stops_the_run(made):
    rename_tiles(made, *range(8))
    with pytest.raises(gaxel.InputError, match=r"tile\[0\] = t90: no such tile \(t0000, t0001\)"):
        run_here(survey.read(made / "survey.toml"))


def one_image(folder, name):
    return survey.from_dict(
        {"band": [{"name": "g", "image": name, "sigma": 1.0}]}, folder=folder, output=folder
    )


def read_whole(folder, name):
    one = one_image(folder, name)
    with Tile(one, "") as tile:
        ny, nx = tile.shape
        return tile.read(one.bands[0], (0, nx, 0, ny), -1)[0]


PIXELS = np.random.default_rng(6).standard_normal((120, 151)).astype(np.float32)
STORED = {
    "plain.fits": [fits.PrimaryHDU(PIXELS)],
    "second.fits": [fits.PrimaryHDU(), fits.ImageHDU(PIXELS)],
    "tiled.fits.fz": [
        fits.PrimaryHDU(),
        fits.CompImageHDU(PIXELS, compression_type="GZIP_1", quantize_level=0.0),
    ],
    "zipped.fits.gz": [fits.PrimaryHDU(PIXELS)],
}


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
@pytest.mark.parametrize("name", STORED)
def test_files_that_break_off_are_said_to_be_truncated(tmp_path, name, share):
    fits.HDUList(STORED[name]).writeto(tmp_path / name)
    np.testing.assert_array_equal(read_whole(tmp_path, name), PIXELS)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(gaxel.InputError, match=rf"{re.escape(name)}: is truncated: ") as caught:
        read_whole(tmp_path, name)
    assert "reshape" not in str(caught.value)


def test_what_is_whole_or_no_fits_is_not_called_truncated(tmp_path):
    fits.HDUList(STORED["plain.fits"]).writeto(tmp_path / "plain.fits")
    whole = (tmp_path / "plain.fits").read_bytes()
    blanks = -PIXELS.nbytes % 2880
    assert blanks > 0
    (tmp_path / "plain.fits").write_bytes(whole[:-blanks])
    np.testing.assert_array_equal(read_whole(tmp_path, "plain.fits"), PIXELS)
    for name, data in (("no.fits", b"no FITS" * 900), ("no.fits.gz", gzip.compress(b"no FITS" * 900))):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(gaxel.InputError, match="cannot be read"):
            read_whole(tmp_path, name)
    with pytest.raises(gaxel.InputError, match="cannot be read: .*No such file"):
        read_whole(tmp_path, "absent.fits")


def test_of_a_truncated_tile_galaxies_fail_whose_pixels_are_lost(made):
    path = made / "t0001_g0.fits"
    whole = path.read_bytes()
    rows_left = 70
    path.write_bytes(whole[: header_bytes(path) + rows_left * 128 * 4])
    found = run_here(survey.read(made / "survey.toml"))
    truth = pq.read_table(made / "truth.parquet").to_pydict()
    for row, tile in enumerate(truth["tile"]):
        failed = bool(found["flags"][row] & Flag.FAILED)
        if failed:
            assert tile == "t0001" and f"{path}: is truncated" in found["reason"][row]
        if tile == "t0001" and truth["y"][row] > rows_left:
            assert failed
    assert any(y > rows_left for y, tile in zip(truth["y"], truth["tile"], strict=True) if tile == "t0001")


def header_bytes(path):
    with fits.open(path) as file:
        return file[0].fileinfo()["datLoc"]


def test_results_become_components(made):
    """As docs/survey.md says, without a row that failed; rendered, they leave nothing but noise of sigma 1 of a tile."""
    rename_tiles(made, 7)
    with pytest.warns(UserWarning, match="left out"):
        run_here(survey.read(made / "survey.toml"))
    document = (Path(__file__).parents[2] / "docs/survey.md").read_text(encoding="utf-8")
    (lines,) = [
        block for block in re.findall(r"```python\n(.*?)```", document, re.S) if "components" in block
    ]
    names = {}
    exec(compile(lines.replace("sky/results", str(made / "results")), "docs/survey.md", "exec"), names)
    truth = pq.read_table(made / "truth.parquet").to_pydict()
    assert len(names["galaxies"]) == 7
    own = [one for one, tile in zip(names["galaxies"], truth["tile"][:7], strict=True) if tile == "t0000"]
    data = fits.getdata(made / "t0000_g0.fits")
    model = gaxel.render(own, data.shape, psf=gaxel.Psf(fits.getdata(made / "psf.fits")))
    assert (data - 100.0 - model).std() < 1.1 < data.std()
    # As it is, the table is refused, not misread.
    with pytest.raises(gaxel.InputError, match="flux is given too"):
        gaxel.components_from_table(names["found"], kind="sersic", zeropoint=30.0)
