"""Limits of GALFIT's constraint files on differences and ratios, fitted."""

import tomllib

import cli_support
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

TWO = "0) sersic\n1) 44 41 1 1\n3) 15.6 1\n4) 6 1\n5) 1.5 1\n9) 0.7 1\n10) 30 1\n" + (
    "0) expdisk\n1) 44.5 41 1 1\n3) 16.6 1\n4) 6 1\n9) 0.7 1\n10) 30 1\n0) sky\n1) 4 1\n2) 0 0\n3) 0 0\n"
)


def test_limits_on_differences_and_ratios_are_where_the_fit_ends(field, tmp_path):
    """GALFIT's "1-2" is of 2 less 1, its "1/2" of 1 over 2: two components on one galaxy are held apart."""
    files = {
        key: field.folder / f"{name}.fits"
        for key, name in zip("ACF", ("image", "sigma", "mask"), strict=True)
    }
    text = (
        "".join(f"{key}) {value}\n" for key, value in files.items())
        + f"D) {field.folder}/psf.fits\nG) limits\n"
    )
    (tmp_path / "one.feedme").write_text(text + "H) 11 80 6 75\nJ) 25\n" + TWO)
    (tmp_path / "limits").write_text("1-2 x 2 3\n1-2 mag 0.5 0.8\n1/2 re 1.5 1.7\n1 n 0.5 to 5\n")
    finished = cli_support.run("fit", tmp_path / "one.feedme", "-o", tmp_path / "out")
    assert finished.returncode in (0, 1), finished.stderr
    assert "not applied" not in finished.stderr
    rows = Table.read(tmp_path / "out/parameters.ecsv", format="ascii.ecsv")
    found = {(row["component"], row["parameter"]): row["value"] for row in rows}
    apart = {
        "x": found["2 expdisk", "x"] - found["1 sersic", "x"],
        "mag": found["2 expdisk", "mag"] - found["1 sersic", "mag"],
        # Row 4 of the disc is its scale length.
        "re": found["1 sersic", "re"] / (found["2 expdisk", "re"] / 1.6783469900166605),
    }
    assert apart["x"] == pytest.approx(2.0, abs=1e-6)
    for key, (low, high) in {"x": (2, 3), "mag": (0.5, 0.8), "re": (1.5, 1.7)}.items():
        assert low - 1e-9 <= apart[key] <= high + 1e-9, key
    header = fits.getheader(tmp_path / "out/imgblock.fits", 2)
    assert header["2_XC"].startswith("{")


BANDED = """A) r.fits,u.fits,z.fits
A1) r,u,z
A2) 6000,4000,8000
B) gal.fits
H) 1 40 1 44
J) 25,25,25
P) 0
0) sersic
1) 20.5 1
2) 21.5 1
3) 18,18.5,17.5 3
4) 5,4.5,5.5 2 band
5) 1 0
9) 0.8 1
10) 30 1
"""


def test_limits_on_coefficients_and_on_single_bands(tmp_path):
    """Row 4 is a series of two coefficients, row 3 has a value in each band."""
    for name in "ruz":
        fits.writeto(tmp_path / f"{name}.fits", np.random.default_rng(1).standard_normal((44, 40)))
    (tmp_path / "in.feedme").write_text(BANDED + "G) limits\n")
    (tmp_path / "limits").write_text(
        "1 re_1 -0.25 to 0.25\n1 mag_u 17 to 18\n1 mag_0 10 to 20\n1 re_2 -1 to 1\n"
    )
    finished = cli_support.run("convert", "in.feedme", "scene.toml", cwd=tmp_path)
    assert finished.returncode == 0, finished.stderr
    galaxy = tomllib.loads((tmp_path / "scene.toml").read_text())["component"][0]
    inf = float("inf")
    assert (galaxy["re"]["min"], galaxy["re"]["max"]) == ([-inf, -0.25], [inf, 0.25])
    assert (galaxy["mag"]["min"], galaxy["mag"]["max"]) == ([-inf, 17.0, -inf], [inf, 18.0, inf])
    constraints = tomllib.loads((tmp_path / "scene.toml").read_text())["galfit"]["constraints"]
    assert constraints == ["1 mag_0 10 to 20", "1 re_2 -1 to 1"]
