"""Configurations of surveys: what is refused, in which words, and that every key is explained."""

import dataclasses
from pathlib import Path

import gaxel
import numpy as np
import pytest
from gaxel import survey
from gaxel.survey import settings
from gaxel.survey._report import _examples, _with_error

ROOT = Path(__file__).resolve().parents[2]
BAND = '[[band]]\nname = "r"\nimage = "r.fits"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("output = 1", ["band", "missing", "[[band]]"]),
        (BAND + "[cutout]\nfacter = 2.0", ["cutout.facter", "factor"]),
        (BAND + "[cutout]\nfactor = 0.5", ["cutout.factor", "0.5", "at least 1", "at most 20"]),
        (BAND + "[cutout]\nfactor = true", ["cutout.factor", "True"]),
        (BAND + "[cutout]\nmin_size = 300", ["cutout.min_size", "300", "8 to 256"]),
        (BAND + "[fit]\nn = [4, 1]", ["fit.n", "[4, 1]", "[lowest, highest]"]),
        (BAND + "[fit]\nn = 4", ["fit.n", "[lowest, highest]"]),
        (BAND + "[fit]\nvary = { re = 2 }", ["fit.vary", "one band only"]),
        (BAND + "[run]\nworkers = 1.5", ["run.workers", "1.5", "whole number"]),
        (BAND + "[detections]\n", ["detections", "detection"]),
        (BAND + "[detection]\nband = 'g'", ["detection.band", "g", "r"]),
        (BAND + "[catalogue]\nx = 'x'", ["catalogue.file", "missing"]),
        (
            BAND + "[catalogue]\nfile = 'c.fits'\nx = 'x'\ny = 'y'\nra = 'a'\ndec = 'd'",
            ["catalogue.x, y, ra, dec"],
        ),
        (BAND + "[catalogue]\nfile = 'c.fits'", ["catalogue.x, y, ra, dec"]),
        (BAND + "noise = 'rms'", ["band[0].noise", "rms", '"sigma"', '"weight"']),
        (BAND + "zeropoint = 'AB'", ["band[0].zeropoint", "AB", "finite number"]),
        (BAND + BAND, ["band[1].name", "r", "unique"]),
        (BAND + BAND.replace('"r"', '"g"'), ["band[0].wavelength", "missing"]),
        ("band = 3", ["band", "[[band]]"]),
        (BAND + "run = 3", ["band[0].run", "no such name"]),
        ("output = ", ["not TOML", "end of document"]),
    ],
)
def test_messages_name_file_key_value_and_what_is_allowed(tmp_path, text, words):
    file = tmp_path / "survey.toml"
    file.write_text(text)
    with pytest.raises(gaxel.InputError) as error:
        survey.read(file)
    message = str(error.value)
    for word in ("survey.toml", *words):
        assert word in message, message


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(gaxel.InputError, match=r"none\.toml"):
        survey.read(tmp_path / "none.toml")


def test_paths_start_from_the_file(tmp_path):
    (tmp_path / "survey.toml").write_text(BAND + "[tiles]\nnames = []\n")
    read = survey.read(tmp_path / "survey.toml")
    assert read.output == tmp_path / "results"
    assert read.path("a.fits") == tmp_path / "a.fits"
    assert survey.read(tmp_path / "survey.toml", output="elsewhere").output == Path("elsewhere")


def test_columns_that_are_not_there_are_named_with_those_that_are(tmp_path):
    configured = survey.read(survey.simulate(tmp_path, 1, layout="stack", size=40))
    text = (tmp_path / "survey.toml").read_text().replace('re = "re"', 're = "ree"')
    (tmp_path / "survey.toml").write_text(text)
    with pytest.raises(gaxel.InputError, match=r"catalogue\.re = 'ree'.*re"):
        from gaxel.survey._sources import read_catalogue

        read_catalogue(survey.read(tmp_path / "survey.toml"), [""])
    assert configured.catalogue.re == "re"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"n": 0}, "n"), ({"layout": "cube"}, "tiles"), ({"bands": 10}, "1 to 9"), ({"size": 8}, "32")],
)
def test_the_simulator_names_what_it_refuses(tmp_path, arguments, words):
    with pytest.raises(gaxel.InputError, match=words):
        survey.simulate(tmp_path, **{"n": 1, **arguments})


@pytest.mark.parametrize("table", [*settings.TABLES, "band"])
def test_every_key_is_explained(table):
    made = settings.BandSettings if table == "band" else settings.TABLES[table]
    text = (ROOT / "docs/survey.md").read_text(encoding="utf-8")
    title = "### `[[band]]`" if table == "band" else f"### `[{table}]`"
    section = text[text.index(title) :].split("\n###", 1)[0]
    for one in dataclasses.fields(made):
        assert f"| `{one.name}` |" in section, f"{table}.{one.name}"


def test_every_flag_is_explained():
    text = (ROOT / "docs/survey.md").read_text(encoding="utf-8")
    for flag in survey.Flag:
        assert f"| {int(flag)} | {flag.name.lower()} |" in text


def test_the_example_is_a_survey():
    example = survey.read(ROOT / "examples" / "survey" / "abell2744.toml")
    assert example.catalogue is None and example.bands[0].zeropoint == 26.269


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (3.14159, 0.0123, "3.142 ± 0.012"),
        (28.29, 0.1634, "28.29 ± 0.16"),
        (197.4, 17.0, "197 ± 17"),
        (197.4, 170.0, "197 ± 170"),
        (400.0, np.nan, "400"),
        (0.92448, 0.00064, "0.92448 ± 0.00064"),
    ],
)
def test_values_are_written_to_the_second_digit_of_their_errors(value, error, text):
    assert _with_error(value, error) == text


def test_examples_are_not_the_fits_that_are_shown_already():
    columns = {"mag": np.array([22.0, np.nan, 20.0, 21.0, 23.0, 24.0])}
    assert _examples(columns, 3, [3]) == [2, 4, 5]
    assert _examples(columns, 8, [2, 3]) == [0, 4, 5]


def test_what_is_no_survey():
    with pytest.raises(gaxel.InputError, match=r"survey = 'survey.toml': .*gaxel.survey.read\(path\)"):
        survey.run("survey.toml")
    with pytest.raises(gaxel.InputError, match="path = None: not a path"):
        survey.read(None)
