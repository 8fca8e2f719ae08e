"""gaxel integrate: errors, maps and pictures against rules and exact pixels of our own."""

import json
import re
import signal
import subprocess
import time

import cli_support
import numpy as np
import pytest
from astropy.io import fits
from cli_support import run
from exact_pixels import exact_pixels
from exact_rules import clenshaw_curtis_rule, kronrod_rule, legendre_rule
from PIL import Image
from scipy import ndimage
from scipy.special import gamma, gammaincinv

SEED = {"n": 10**0.7, "re": 10**0.9, "q": 0.1, "theta": 0.1, "x": 49.5 + 0.2, "y": 44.5 + 0.3}
SEED_SHAPE = (90, 100)
# x and y 1-based, pa from +y: theta = pa + 90 degrees.
DISC = "sersic,flux=250,re=3,n=1.3,q=0.7,pa=30,x=9.3,y=6.9"
DISC_INNER = {"n": 1.3, "re": 3.0, "q": 0.7, "theta": np.radians(120.0), "x": 8.3, "y": 5.9}
DISC_SHAPE = (14, 17)
DISC_SIZE = "17,14"


def light(galaxy, x, y):
    """A Sersic profile of unit flux at 0-based x, y."""
    n, b = galaxy["n"], gammaincinv(2 * galaxy["n"], 0.5)
    norm = b ** (2 * n) / (2 * np.pi * n * gamma(2 * n) * galaxy["re"] ** 2 * galaxy["q"])
    dx, dy = x - galaxy["x"], y - galaxy["y"]
    c, s = np.cos(galaxy["theta"]), np.sin(galaxy["theta"])
    radius = np.hypot(dx * c + dy * s, (dy * c - dx * s) / galaxy["q"]) / galaxy["re"]
    return norm * np.exp(-b * radius ** (1 / n))


def midpoint_rule(order):
    return (2 * np.arange(order) + 1) / order - 1, np.full(order, 2 / order)


def rule_pixels(rule, galaxy, shape):
    """Pixels by the tensor product of a rule on [-1, 1]."""
    nodes, weights = (np.array(part, dtype=float) for part in rule)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    total = np.zeros(shape)
    for dy, wy in zip(nodes / 2, weights / 2, strict=True):
        for dx, wx in zip(nodes / 2, weights / 2, strict=True):
            total += wy * wx * light(galaxy, columns + dx, rows + dy)
    return total


RULES = {
    "mid1": midpoint_rule(1),
    "mid10": midpoint_rule(10),
    "gl3": legendre_rule(3),
    "gl7": legendre_rule(7),
    "cc7": clenshaw_curtis_rule(7),
    "k15": kronrod_rule(15),
    "k21": kronrod_rule(21),
}


def integrate(*arguments):
    """The printed JSON, with its rules by name."""
    finished = run("integrate", "--json", "--repeat", "1", *arguments)
    assert (finished.returncode, finished.stderr) == (0, "")
    result = json.loads(finished.stdout)
    names = [rule["rule"] for rule in result["rules"]]
    result["rules"] = {rule["rule"]: rule for rule in result["rules"]}
    assert list(result["rules"]) == names
    return result


def error_map(path, rule=None):
    with fits.open(path) as file:
        return file[rule or 0].data.astype(float)


# --- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options, galaxy, shape",
    [([], SEED, SEED_SHAPE), (["--profile", DISC, "--size", DISC_SIZE], DISC_INNER, DISC_SHAPE)],
    ids=["seed", "disc"],
)
def test_errors_of_the_rules(options, galaxy, shape, tmp_path):
    result = integrate(*options, "--rule", ",".join(RULES), "--map", tmp_path / "errors.fits")
    exact = exact_pixels(shape=shape, **galaxy)
    for name, rule in RULES.items():
        errors = rule_pixels(rule, galaxy, shape) - exact
        row = result["rules"][name]
        np.testing.assert_allclose(row["max_error"], np.abs(errors).max(), rtol=1e-9, atol=3e-14)
        np.testing.assert_allclose(
            row["sum_error"], np.abs(errors).sum(), rtol=1e-9, atol=1e-13 * errors.size
        )
        np.testing.assert_allclose(error_map(tmp_path / "errors.fits", name), errors, rtol=1e-9, atol=3e-14)
        assert row["evaluations"] == len(rule[0]) ** 2 * errors.size
        assert row["evaluations_per_pixel"] == len(rule[0]) ** 2
        assert row["milliseconds"] > 0 and row["times_fastest"] >= 1
    assert min(row["times_fastest"] for row in result["rules"].values()) == 1
    assert result["truth"]["max_bound"] <= 2e-14
    # What a Gauss-Kronrod pair says of itself: the difference of its two rules.
    difference = rule_pixels(RULES["k15"], galaxy, shape) - rule_pixels(RULES["gl7"], galaxy, shape)
    own = result["rules"]["k15"]["own_estimate"]
    np.testing.assert_allclose(own, np.abs(difference).max(), rtol=1e-9, atol=1e-14)


def test_the_seed_s_figure(tmp_path):
    """max |K15 - G7| of the galaxy of flux 1000 is about 34."""
    integrate("--rule", "gl7,k15", "--map", tmp_path / "errors.fits")
    difference = error_map(tmp_path / "errors.fits", "K15") - error_map(tmp_path / "errors.fits", "GL7")
    assert 1000 * np.abs(difference).max() == pytest.approx(34, abs=0.5)


def test_a_refinement_that_splits_nothing(tmp_path):
    """Then its pixels are (Gauss-Legendre + Clenshaw-Curtis) / 2, here of the quarters of each pixel."""
    options = ["--order", "4", "--base-oversamp", "2", "--frac-refine", "1e-5"]
    options += ["--profile", DISC, "--size", DISC_SIZE, "--map", tmp_path / "errors.fits"]
    exact = exact_pixels(shape=DISC_SHAPE, **DISC_INNER)
    pixels = np.zeros(DISC_SHAPE)
    for rule in (legendre_rule(4), clenshaw_curtis_rule(4)):
        nodes, weights = (np.array(part, dtype=float) for part in rule)
        halves = (np.concatenate([nodes - 1, nodes + 1]) / 2, np.tile(weights, 2) / 2)
        pixels += rule_pixels(halves, DISC_INNER, DISC_SHAPE) / 2
    for rule in ("refine", "apply"):
        row = integrate("--rule", rule, *options)["rules"][rule]
        np.testing.assert_allclose(error_map(tmp_path / "errors.fits"), pixels - exact, rtol=1e-9, atol=1e-14)
        assert row["refinement"]["cells_per_level"] == [4 * exact.size]


def test_refinement_and_renderer_keep_their_promises(tmp_path):
    result = integrate("--compare", "--rule", "tree:1e-3,gl7", "--map", tmp_path / "errors.fits")
    rows = result["rules"]
    reached = next(name for name in rows if name.startswith("tree:") and name != "tree:1e-3")
    assert list(rows) == [*"mid1 mid10 gl3 gl7 cc7 k15 refine apply".split(), reached, "tree", "tree:1e-3"]
    assert float(reached.removeprefix("tree:")) == pytest.approx(rows["apply"]["max_error"], rel=0.05)
    assert rows["refine"]["max_error"] < 2e-5
    assert rows["apply"]["evaluations"] < rows["refine"]["evaluations"]
    levels = rows["refine"]["refinement"]["cells_per_level"]
    # A tenth of the cells is split at each level, into nine parts.
    assert levels == [8100, *[8100 - 900] * 4, 8100]
    assert rows["refine"]["refinement"]["n_imprecise"] > 0
    exact = exact_pixels(shape=SEED_SHAPE, **SEED)
    for name, rtol, atol in [("tree", 1e-6, 1e-9), (reached, 0, float(reached[5:])), ("tree:1e-3", 0, 1e-3)]:
        errors = np.abs(error_map(tmp_path / "errors.fits", name))
        assert np.all(errors <= atol + rtol * exact + 1e-11)
        assert rows[name]["max_error"] <= rows[name]["own_estimate"] <= atol + rtol * exact.max() + 1e-11
    assert rows["tree"]["max_error"] < rows[reached]["max_error"] <= rows["tree:1e-3"]["max_error"]


def test_tolerances_of_the_tree():
    loose = integrate("--rtol", "1e-2", "--atol", "1e-4")["rules"]["tree"]
    tight = integrate("--rule", "tree", "--rtol", "1e-10", "--atol", "1e-13")["rules"]["tree"]
    assert tight["max_error"] < 1e-10 < loose["max_error"] < 1e-2
    assert loose["evaluations"] < tight["evaluations"]
    assert "rtol 0.01, atol 0.0001" in loose["method"]


def test_a_profile_in_magnitudes_and_by_its_defaults():
    """The errors as fractions do not depend on the flux; x, y, q and pa are the middle, 1 and 0."""
    options = ["--size", "15,12", "--rule", "gl7"]
    short = integrate("--profile", "exponential,re=3", *options)
    long = integrate(
        "--profile", " exponential, x=8, y=6.5, mag=20, zeropoint=25, re=3e0, q=1, pa=0", *options
    )
    assert short["profile"] == {
        "type": "exponential",
        "x": 8,
        "y": 6.5,
        "flux": 1000,
        "re": 3,
        "q": 1,
        "pa": 0,
    }
    assert long["profile"] == short["profile"] | {"flux": pytest.approx(100)}
    for key in ("max_error", "sum_error"):
        assert long["rules"]["gl7"][key] == pytest.approx(short["rules"]["gl7"][key], rel=1e-9)


def test_the_table_says_what_the_json_says():
    finished = run("integrate", "--rule", "mid1,refine", "--rule", "mid1", "--repeat", "2")
    assert (finished.returncode, finished.stderr) == (0, "")
    rows = integrate("--rule", "mid1,refine")["rules"]
    lines = {line.split()[0]: line for line in finished.stdout.splitlines() if line}
    assert finished.stdout.count("\nmid1 ") == 1
    for name, row in rows.items():
        assert row["method"] in lines[name]
        for key in ("max_error", "sum_error"):
            assert f" {row[key]:.1e} " in lines[name]
        assert f" {row['evaluations']} " in lines[name]
        assert len(lines[name]) == len(lines["rule"])
    bound = integrate("--rule", "mid1")["truth"]["max_bound"]
    assert 1e-16 < bound < 1e-14
    assert "best of 2" in finished.stdout and f"bounds their own errors by {bound:.1e}" in finished.stdout
    assert f"refine: {rows['refine']['refinement']['n_imprecise']} of 45000 cells" in finished.stdout


def test_the_page_shows_the_evaluations_of_its_command(tmp_path):
    """docs/integrate.md: the table is what the command above it prints, times left aside."""
    page = (cli_support.ROOT / "docs/integrate.md").read_text(encoding="utf-8")
    command, shown = re.search(r"^`gaxel (integrate .*)`:\n\n```\n(.*?)```$", page, re.M | re.S).groups()
    quickly = re.sub(r"--repeat \d+", "--repeat 1", command).split()
    printed = run(*quickly, cwd=tmp_path)
    assert (printed.returncode, printed.stderr) == (0, "")
    assert evaluations_of(shown) == evaluations_of(printed.stdout)


def evaluations_of(table):
    """Evaluations by rule: the column before those per pixel, of milliseconds and of times."""
    _, rows, *_ = re.split(r"^rule .*\n|\n\n(?=refine: )", table, flags=re.M)
    return {row.split()[0]: int(row.split()[-4]) for row in rows.splitlines()}


def test_a_centre_outside_is_a_warning():
    finished = run("integrate", "--profile", "gaussian,re=3,x=130", "--repeat", "1")
    assert finished.returncode == 0
    assert finished.stderr.startswith("gaxel: warning: gaussian: ")


# --- files --------------------------------------------------------------------------------------------------------


def test_one_map_is_the_primary_array(tmp_path):
    integrate("--profile", DISC, "--size", DISC_SIZE, "--rule", "cc3", "--map", tmp_path / "errors.fits")
    with fits.open(tmp_path / "errors.fits") as file:
        assert len(file) == 1 and file[0].shape == DISC_SHAPE
        header = file[0].header
    assert (header["RULE"], header["METHOD"]) == ("cc3", "Clenshaw-Curtis, 3 x 3 nodes")
    assert header["PROFILE"] == "sersic"
    in_file = {key: header[key] for key in ("X", "Y", "FLUX", "RE", "N", "Q", "PA")}
    expected = {"X": 9.3, "Y": 6.9, "FLUX": 250, "RE": 3, "N": 1.3, "Q": 0.7, "PA": 30}
    assert in_file == pytest.approx(expected, rel=1e-12)


def test_several_maps_are_extensions(tmp_path):
    rules = ["gl2", "refine", "tree:1e-4"]
    result = integrate("--rule", ",".join(rules), "--oversamp", "2", "--map", tmp_path / "errors.fits")
    assert result["files"] == [str(tmp_path / "errors.fits")]
    with fits.open(tmp_path / "errors.fits") as file:
        assert file[0].data is None and file[0].header["PROFILE"] == "sersic"
        assert [unit.name for unit in file[1:]] == [rule.upper() for rule in rules]
        for rule, unit in zip(rules, file[1:], strict=True):
            assert unit.shape == SEED_SHAPE
            assert unit.header["RULE"] == rule and unit.header["N"] == SEED["n"]
            assert unit.header["MAXERR"] == result["rules"][rule]["max_error"] == np.abs(unit.data).max()
        assert "oversamp 2" in file["REFINE"].header["METHOD"]


def panels_of(path):
    """The largest rectangles without white, in reading order, and the picture's brightness."""
    with Image.open(path) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        pixels = np.asarray(picture).astype(float)
    labels, _ = ndimage.label(pixels.min(axis=2) < 250)
    boxes = [box for box in ndimage.find_objects(labels) if min(s.stop - s.start for s in box) > 60]
    boxes.sort(key=lambda box: (box[0].start, box[1].start))
    return [pixels[box].sum(axis=2) for box in boxes]


@pytest.mark.parametrize("rules", [["mid1"], ["mid1", "gl7"], ["mid1", "gl3", "gl7", "k15", "tree"]])
def test_a_panel_for_each_rule(rules, tmp_path):
    names = ",".join(rules)
    result = integrate(
        "--rule", names, "--picture", tmp_path / "errors.png", "--map", tmp_path / "errors.fits"
    )
    panels = panels_of(tmp_path / "errors.png")
    assert len(panels) == len(rules)
    for rule, panel in zip(rules, panels, strict=True):
        errors = np.abs(error_map(tmp_path / "errors.fits", rule if len(rules) > 1 else None))
        factor = panel.shape[0] // 90
        assert panel.shape == (90 * factor, 100 * factor)
        shown = panel[::factor, ::factor][::-1]  # row 0 lies at the bottom
        np.testing.assert_array_equal(np.repeat(np.repeat(shown[::-1], factor, 0), factor, 1), panel)
        # Brighter means worse; below the decade of the truth's bound all is dark.
        floor = 10.0 ** np.floor(np.log10(result["truth"]["max_bound"]))
        bright = np.clip(errors, floor, None).ravel()
        order = np.argsort(bright)
        assert np.all(np.diff(shown.ravel()[order]) > -12), "rounded to 8 bits in three channels"
        assert shown.ravel()[order[-1]] == shown.max()


def test_a_single_pixel_and_no_error_at_all(tmp_path):
    """The least that there is to draw: one pixel, and light that is zero everywhere in the image."""
    path = tmp_path / "errors.png"
    integrate("--size", "1,1", "--compare", "--picture", path)
    assert len(panels_of(path)) == 10
    run("integrate", "--profile", "gaussian,re=0.1,x=1e6", "--rule", "gl3", "--picture", path)
    assert len(np.unique(panels_of(path)[0])) == 1


def test_both_files_or_none(tmp_path):
    (tmp_path / "errors.png").write_text("old")
    finished = run(
        "integrate",
        "--picture",
        tmp_path / "errors.png",
        "--map",
        tmp_path / "none/errors.fits",
        cwd=tmp_path,
    )
    assert (finished.returncode, finished.stdout) == (1, "")
    assert "none/errors.fits" in finished.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["errors.png"]
    assert (tmp_path / "errors.png").read_text() == "old"


def test_an_interrupt_ends_it(tmp_path):
    """Minutes of work, stopped after a moment."""
    command = [cli_support.COMMAND, "integrate", "--rule", "gl200", "--size", "2000,2000"]
    # Tests may have been started where interrupts are ignored, as in the background of a shell.
    process = subprocess.Popen(
        [*command, "--map", str(tmp_path / "errors.fits")],
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    # As the shell's 130: ended by the signal.
    assert process.wait(timeout=60) in (130, -signal.SIGINT)
    assert process.stdout.read() == b"" and list(tmp_path.iterdir()) == []
    process.stdout.close()


def test_the_help_explains_every_rule():
    text = run("integrate", "--help").stdout
    for rule in ("midN", "glN", "ccN", "kN", "refine", "apply", "tree", "tree:A"):
        assert f"\n  {rule} " in text
    assert "Example" in text and "\n  gaxel integrate --compare" in text
    assert all(len(line) <= 105 for line in text.splitlines())
