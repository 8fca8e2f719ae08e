"""Outputs that would destroy what is no output of gaxel: refused with exit code 2 before any work."""

import os
import stat
from pathlib import Path

import cli_support
import pytest
from astropy.io import fits
from cli_support import OUTPUTS, run


def refused(finished, *expected):
    assert finished.returncode == 2, (finished.stdout, finished.stderr)
    assert finished.stdout == "" and finished.stderr.count("\n") == 1
    assert finished.stderr.startswith("gaxel: error: ")
    for part in expected:
        assert str(part) in finished.stderr


@pytest.fixture
def own_field(tmp_path):
    """A field whose files the test may lose."""
    (tmp_path / "in").mkdir()
    return cli_support.make_field(tmp_path / "in")


@pytest.mark.parametrize("name", [*sorted(OUTPUTS), "model.fits"])
def test_a_pipe_stays_a_pipe(field, tmp_path, name):
    (tmp_path / "out").mkdir()
    os.mkfifo(tmp_path / "out" / name)
    scene = field.write_scene(tmp_path / "scene.toml")
    if name == "model.fits":
        refused(run("render", scene, "-o", tmp_path / "out" / name), name, "regular file")
    else:
        refused(run("fit", scene, "-o", tmp_path / "out"), name, "regular file")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]
    assert stat.S_ISFIFO((tmp_path / "out" / name).stat().st_mode)


def test_the_table_of_a_ladder_does_not_replace_its_scene(field, tmp_path):
    (tmp_path / "out").mkdir()
    scene = field.write_scene(tmp_path / "out/ladder.ecsv")
    before = scene.read_bytes()
    refused(run("fit", scene, "-o", tmp_path / "out", "--ladder"), "ladder.ecsv")
    assert scene.read_bytes() == before


def test_a_folder_of_an_output_s_name(field, tmp_path):
    (tmp_path / "out/report.html").mkdir(parents=True)
    refused(
        run("fit", field.write_scene(tmp_path / "scene.toml"), "-o", tmp_path / "out"),
        "report.html",
        "folder",
    )
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.html"]


def test_links_are_followed(field, tmp_path):
    (tmp_path / "out").mkdir()
    for name in ["block.fits", "result.toml", "model.fits"]:
        (tmp_path / name).write_text("old")
        (tmp_path / "out" / name).symlink_to(tmp_path / name)
    scene = field.write_scene(tmp_path / "scene.toml")
    for command, output in [("fit", "out"), ("render", "out/model.fits")]:
        finished = run(command, scene, "-o", tmp_path / output)
        assert finished.returncode == 0, finished.stderr
    for name in ["block.fits", "result.toml", "model.fits"]:
        assert (tmp_path / "out" / name).is_symlink()
    assert fits.getdata(tmp_path / "block.fits", "DATA").shape == (70, 70)
    assert fits.getdata(tmp_path / "model.fits").shape == (70, 70)
    assert "[[component]]" in (tmp_path / "result.toml").read_text()


@pytest.mark.parametrize("name", ["image.fits", "sigma.fits", "mask.fits", "psf.fits", "scene.toml"])
def test_render_does_not_replace_what_the_scene_reads(own_field, name):
    scene = own_field.write_scene(own_field.folder / "scene.toml")
    before = (own_field.folder / name).read_bytes()
    refused(run("render", scene, "-o", own_field.folder / name), name, "is read")
    (own_field.folder / "link").symlink_to(name)
    refused(run("render", scene, "-o", own_field.folder / "link"), name, "is read")
    assert (own_field.folder / name).read_bytes() == before


@pytest.mark.parametrize("name", ["image.fits", "sigma.fits", "mask.fits", "psf.fits"])
def test_fit_does_not_replace_what_the_scene_reads(own_field, tmp_path, name):
    (tmp_path / "out").mkdir()
    block = (own_field.folder / name).rename(tmp_path / "out/block.fits")
    (own_field.folder / name).symlink_to(block)
    before = block.read_bytes()
    scene = own_field.write_scene(tmp_path / "scene.toml")
    refused(run("fit", scene, "-o", tmp_path / "out"), "block.fits", "is read")
    assert block.read_bytes() == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["block.fits"]


def test_a_fit_goes_on_in_place(field, tmp_path):
    scene = field.write_scene(tmp_path / "scene.toml")
    first = run("fit", scene, "-o", tmp_path / "out", "--max-iterations", "1")
    assert first.returncode == 1, first.stderr
    second = run("fit", tmp_path / "out/result.toml", "-o", tmp_path / "out", "--max-iterations", "200")
    assert second.returncode == 0, second.stderr
    assert fits.getheader(tmp_path / "out/block.fits")["STOPPED"] == "converged"


def test_names_beyond_ascii_leave_a_file_that_others_read(own_field, tmp_path):
    """FITS allows printable ASCII alone."""
    tables = own_field.tables()
    named = tmp_path / "Größe.fits"
    Path(tables["image"]["file"]).rename(named)
    tables["image"]["file"] = named
    scene = own_field.write_scene(tmp_path / "Ω.toml", tables)
    finished = run("fit", scene, "-o", tmp_path / "out", "--max-iterations", 1)
    assert finished.returncode in (0, 1), finished.stderr
    with fits.open(tmp_path / "out/block.fits") as block:
        block.verify("exception")
        assert block[0].header["IMAGE"].endswith("Gr????e.fits")
        assert block[0].header["SCENE"].endswith("??.toml")
