"""gaxel list against the registry that Python sees and the document of scene files."""

import math

import pytest
from cli_support import ROOT, run
from gaxel import components

KEYS = {"theta": "pa", "slope_x": "dx", "slope_y": "dy"}
KINDS = {kind: cls._specs for kind, cls in components.CLASSES.items()}


def test_the_list_names_every_kind_and_parameter_in_order():
    finished = run("list")
    assert finished.returncode == 0 and finished.stderr == ""
    blocks = {}
    for line in finished.stdout.splitlines():
        assert len(line) <= 100
        if line.startswith(" "):
            blocks[kind] += line.strip() + " "  # noqa: F821
        else:
            kind, title = line.split(None, 1)
            assert title == components.CLASSES[kind]._kind.title
            blocks[kind] = ""
    assert list(blocks) == list(KINDS)
    for kind, text in blocks.items():
        entries = text.strip().replace("(", "").replace("), ", "|").split("|")
        assert [entry.split()[0] for entry in entries] == [KEYS.get(key, key) for key in KINDS[kind]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_told_with_ranges(kind):
    finished = run("list", kind)
    assert finished.returncode == 0 and finished.stderr == ""
    assert finished.stdout.startswith(f"{kind}: ")
    rows = {line.split()[0]: line for line in finished.stdout.splitlines() if line.startswith("  ")}
    for key, spec in KINDS[kind].items():
        row = rows[KEYS.get(key, key)]
        if math.isfinite(spec.min):
            words = row.split()
            at = words.index("to")
            assert (float(words[at - 1]), float(words[at + 1])) == (spec.min, spec.max)
        else:
            assert " any " in row
    assert ("mag" in rows) == ("flux" in rows)


def test_options_are_told_by_families_with_unit_and_range():
    finished = run("list", "sersic")
    lines = finished.stdout.split("Options, each turned on by its key:\n")[1].splitlines()
    rows = {line[2:].split("  ")[0]: line for line in lines}
    assert [key for key in rows if key[0] in "fb" and key[1].isdigit()] == [
        "b1 to b5",
        "f1 to f10",
        "f1_phase to f10_phase",
    ]
    assert " pixel " in rows["b1 to b5"] and " -10000 to 10000 " in rows["b1 to b5"]
    assert " -0.9 to 0.9 " in rows["f1 to f10"] and " rad " in rows["f1_phase to f10_phase"]
    assert {"i0", "ie", "ibreak", "c0", "inner", "outer", "spiral_inclination"} <= set(rows)
    # The same columns as above them.
    table = finished.stdout.splitlines()
    meaning = table[3].index("meaning")
    assert all(line[meaning - 1] == " " and line[meaning] != " " for line in [*table[4:12], *lines])


def test_a_number_is_explained():
    text = run("list", "spline").stdout
    assert "through N knots" in text and '"spline:N", N from 3 to 30' in text
    assert "This is N = 5." in run("list", "spline:5").stdout


def test_a_definition_is_in_the_keys_of_scenes():
    assert "level + dx (column - x) + dy (row - y)" in run("list", "sky").stdout


def test_the_document_of_scene_files_has_the_same_ranges():
    document = (ROOT / "docs/scene.md").read_text()
    for specs in KINDS.values():
        for key, spec in specs.items():
            if math.isfinite(spec.min) and math.isfinite(spec.max) and key != "q":
                assert (
                    f"| `{key}` | {spec.unit}{' ' if spec.unit else ''}| {spec.min:g} to {spec.max:.10g} |"
                    in document
                )


def test_unknown_kinds_get_the_nearest():
    finished = run("list", "mofat")
    assert finished.returncode == 2 and finished.stdout == ""
    assert 'did you mean "moffat"?' in finished.stderr


def test_what_a_truncation_needs_is_told():
    rows = {
        line.split()[0]: line
        for line in run("list", "truncation").stdout.splitlines()
        if line.startswith("  ")
    }
    assert all(" needed " in rows[key] for key in ("x", "y", "rbreak", "softening"))
    assert "estimated" not in "".join(rows.values())
