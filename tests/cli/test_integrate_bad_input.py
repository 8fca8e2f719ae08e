"""Whatever is wrong with what gaxel integrate is asked: exit code 2, and a message with option, key and value."""

import pytest
from cli_support import run


def refused(*arguments, expected, cwd=None):
    finished = run("integrate", *arguments, cwd=cwd)
    assert (finished.returncode, finished.stdout) == (2, ""), finished
    assert finished.stderr.startswith("gaxel: error: ") and finished.stderr.count("\n") == 1
    for part in expected:
        assert part in finished.stderr, finished.stderr


@pytest.mark.parametrize(
    "profile, expected",
    [
        ("", ["type"]),
        ("sersik,re=8,n=4", ["sersik", 'did you mean "sersic"?']),
        ("sky,level=3", ["sky", "allowed: sersic"]),
        ("seed,q=0.5", ["seed"]),
        ("sersic", ["sersic.re", "missing", "0.01"]),
        ("sersic,re=8", ["sersic.n", "missing", "0.1 to 20"]),
        ("gaussian,re=8,n=4", ["gaussian.n", "unknown key"]),
        ("sersic,re=8,n=4,flx=3", ["sersic.flx", 'did you mean "flux"?']),
        ("sersic,re=8,n=4,ra=3,dec=4", ["sersic.ra", "unknown key"]),
        ("sersic,re=8,n=4,x", ["sersic.x", "has no value"]),
        ("sersic,re=8,n=4,x=", ["sersic.x", '""']),
        ("sersic,re=8,n=4,x=five", ["sersic.x", "five"]),
        ("sersic,re=8,n=4,x=nan", ["sersic.x", "nan", "finite"]),
        ("sersic,re=8,n=4,y=-inf", ["sersic.y", "-inf", "finite"]),
        ("sersic,re=8,n=4,y=1e999", ["sersic.y", "1e999", "finite"]),
        ("sersic,re=8,n=4,re=9", ["sersic.re", "9", "twice"]),
        ("sersic,re=8,n=4,mag=20,zeropoint=25,zeropoint=25", ["sersic.zeropoint", "twice"]),
        ("sersic,re=8,,n=4", ["sersic", "key"]),
        ("sersic,re=-8,n=4", ["sersic.re", "-8", "0.01"]),
        ("sersic,re=8,n=40", ["sersic.n", "40", "0.1 to 20"]),
        ("sersic,re=8,n=4,q=0", ["sersic.q", "0.01 to 1"]),
        ("sersic,re=8,n=4,flux=0", ["sersic.flux", "0"]),
        ("sersic,re=8,n=4,mag=20", ["sersic.mag", "zeropoint"]),
        ("sersic,re=8,n=4,zeropoint=25", ["sersic.zeropoint", "mag"]),
        ("sersic,re=8,n=4,flux=1,mag=20,zeropoint=25", ["sersic.mag", "flux"]),
        ("sersic,re=8,n=4,mag=1e5,zeropoint=25", ["sersic.mag", "100000"]),
    ],
)
def test_bad_profiles(profile, expected):
    refused("--profile", profile, expected=["--profile: ", *expected])


@pytest.mark.parametrize(
    "rule, expected",
    [
        ("", ["no such rule"]),
        ("gl0", ["gl0", "1 to 200"]),
        ("gl201", ["gl201", "1 to 200"]),
        ("cc-3", ["cc-3", "1 to 200"]),
        ("mid99999999999", ["mid99999999999", "1 to 200"]),
        ("k14", ["k14", "15, 21, 31"]),
        ("k201", ["k201", "15, 21, 31"]),
        ("gl", ["glN"]),
        ("gl7x", ["gl7x", 'did you mean "glN"?']),
        ("refin", ["refin", 'did you mean "refine"?']),
        ("simpson", ["simpson", "allowed: midN"]),
        ("tree:", ["tree:", "above 0"]),
        ("tree:0", ["tree:0", "above 0"]),
        ("tree:-1e-6", ["tree:-1e-6", "above 0"]),
        ("tree:inf", ["tree:inf", "above 0"]),
        ("gl7,gl900", ["gl900"]),
    ],
)
def test_bad_rules(rule, expected):
    refused("--rule", rule, expected=["--rule", *expected])


@pytest.mark.parametrize(
    "option, value",
    [
        ("--size", "0,90"),
        ("--size", "-5,90"),
        ("--size", "100"),
        ("--size", "100,"),
        ("--size", "1,2,3"),
        ("--size", "10.5,10"),
        ("--size", "100000,100000"),
        ("--size", "99999999999,99999999999"),
        ("--rtol", "0"),
        ("--rtol", "nan"),
        ("--atol", "-1"),
        ("--atol", "inf"),
        ("--order", "1"),
        ("--order", "201"),
        ("--order", "x"),
        ("--oversamp", "0"),
        ("--oversamp", "201"),
        ("--precision", "0"),
        ("--precision", "nan"),
        ("--frac-refine", "0"),
        ("--frac-refine", "1.5"),
        ("--k-max", "-1"),
        ("--k-max", "21"),
        ("--base-oversamp", "0"),
        ("--repeat", "0"),
        ("--map", ""),
        ("--picture", ""),
    ],
)
def test_bad_options(option, value):
    refused("--compare", option, value, expected=[option, value])


def test_refinements_beyond_all_memory():
    for options in (
        ["--base-oversamp", "200"],
        ["--oversamp", "200", "--frac-refine", "1"],
        ["--size", "2000,2000", "--frac-refine", "0.5"],
    ):
        refused("--rule", "refine", *options, expected=["cells", *options[:1]])


@pytest.mark.parametrize(
    "options",
    [["--rule", "gl7", "--rtol", "1e-3"], ["--rule", "tree:1e-3", "--atol", "0.1"], ["--k-max", "3"]],
)
def test_an_option_that_changes_nothing(options):
    refused(*options, expected=[options[-2], "no rule"])


def test_outputs_replace_only_files(tmp_path):
    (tmp_path / "folder").mkdir()
    for option in ("--map", "--picture"):
        refused(option, tmp_path / "folder", expected=["folder", "cannot be written"])
        refused(option, "/dev/null", expected=["/dev/null", "regular file"])


def test_one_name_for_two_files(tmp_path):
    for other in ("errors", "./errors", tmp_path / "errors"):
        refused("--map", "errors", "--picture", other, expected=["--picture", "errors"], cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "errors").write_text("old")
    (tmp_path / "link").symlink_to("errors")
    refused("--map", "errors", "--picture", "link", expected=["--picture = link"], cwd=tmp_path)
    assert (tmp_path / "errors").read_text() == "old"
