"""What a fit of GALFIT's file leaves behind for the scripts of GALFIT's users."""

import re

import cli_support
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

CONTROLS = """# my galaxy
A) {0}/image.fits
B) results/block_out.fits   # output
C) {0}/sigma.fits
D) {0}/psf.fits
F) {0}/mask.fits
H) 11 80 6 75
J) 25.0
K) 0.5 0.5
"""
OBJECTS = """
 0) sersic        # the galaxy
 1) 44 41 1 1
 3) 15.4   1
 4)  7  1
 5) 1.5D0 1
 9) 0.7 1
10) 30 0     # kept

 0) sky
 1) 4 1
 2) 0 1
 3) 0 0
"""


def fit(field, folder, objects=OBJECTS, *options):
    path = folder / "galfit.feedme"
    path.write_text(CONTROLS.format(field.folder) + objects)
    finished = cli_support.run("fit", path, "-o", folder / "out", *options)
    assert finished.returncode in ((0, 1) if options else (0,)), finished.stderr
    return folder / "out", finished


@pytest.fixture(scope="module")
def fitted(field, tmp_path_factory):
    return fit(field, tmp_path_factory.mktemp("galfit"))


def test_the_image_block_is_galfit_s(fitted, field):
    out, _ = fitted
    with fits.open(out / "block_out.fits") as block, fits.open(out / "block.fits") as ours:
        assert len(block) == 4
        assert block[0].data.shape == (70, 70) and not block[0].data.any()
        np.testing.assert_allclose(block[1].data, field.data[5:75, 10:80], rtol=1e-6)
        np.testing.assert_allclose(block[2].data, ours["MODEL"].data, rtol=1e-6)
        np.testing.assert_allclose(block[3].data, ours["RESIDUAL"].data, rtol=1e-6, atol=1e-2)
        # The world coordinates of a pixel are those that it had before the cut.
        assert block[1].header["CRPIX1"] == 40.5 - 10 and block[1].header["CRPIX2"] == 33.25 - 5
        assert block[2].header["OBJECT"] == "model" and block[3].header["OBJECT"] == "residual map"


def test_the_header_has_the_parameters(fitted):
    out, _ = fitted
    header = fits.getheader(out / "block_out.fits", 2)
    table = Table.read(out / "parameters.ecsv", format="ascii.ecsv")
    found = {(row["component"], row["parameter"]): row for row in table}
    assert header["COMP_1"] == "sersic" and header["COMP_2"] == "sky"
    for word, key in {"XC": "x", "YC": "y", "MAG": "mag", "RE": "re", "N": "n", "AR": "q"}.items():
        value, error = map(float, header[f"1_{word}"].split(" +/- "))
        row = found["1 sersic", key]
        assert abs(value - row["value"]) < 1e-4
        assert abs(error - row["error"]) < max(1e-4, 1e-3 * row["error"])
    assert header["1_PA"] == "[30.0000]"
    assert header["2_XC"] == "[45.5000]" and header["2_YC"] == "[40.5000]"
    assert header["2_DSDY"] == "[0.0000]"
    assert header["FITSECT"] == "[11:80,6:75]" and header["MAGZPT"] == 25.0
    assert header["NFREE"] == 8 and header["NFIX"] == 2
    assert header["CHI2NU"] == pytest.approx(header["CHISQ"] / header["NDOF"])
    assert header["FLAGS"].split() == ["A-3", "A-6", "H-3", "H-4"]
    assert header["LOGFILE"] == "galfit.01"


def test_the_restart_file_is_the_input_with_other_numbers(fitted, field):
    out, first = fitted
    text = (out / "galfit.01").read_text()
    start = CONTROLS.format(field.folder) + OBJECTS
    lines = text.split("\n\n", 2)[2].splitlines()
    number = re.compile(r"[-+]?\d+\.?\d*(?:[eDd][-+]?\d+)?")
    for line, before in zip(lines, start.splitlines(), strict=True):
        assert number.sub("#", line) == number.sub("#", before)
    assert "10) 30 0     # kept" in lines
    again = cli_support.run("fit", out / "galfit.01", "-o", out.parent / "again")
    assert again.returncode == 0, again.stderr
    chi2 = [float(re.search(r"chi2 ([0-9.]+)", run.stdout)[1]) for run in (first, again)]
    assert chi2[1] == pytest.approx(chi2[0], rel=1e-8)


def test_logs_grow_and_restart_files_are_numbered(field, tmp_path):
    out, _ = fit(field, tmp_path)
    log = (out / "fit.log").read_text()
    fit(field, tmp_path)
    assert (out / "galfit.02").exists()
    text = (out / "fit.log").read_text()
    assert text.startswith(log) and text.count("Chi^2/nu") == 2
    assert "Restart file    : galfit.02" in text
    assert re.search(r"^ sersic    : \( +44\.\d\d, +40\.\d\d\) +15\.\d\d +\d\.\d\d", log, re.MULTILINE)
    assert re.search(r"^ {13}\( +\S+, +\S+\)( +\S+){4} +\[0\.00\]$", log, re.MULTILINE)


EVERYTHING = """
 0) sersic
 1) 44 41 1 1
 3) 20.0 1
 4) 6 1
 5) 1.5 1
 9) 1.4 1
10) 120 1
C0) 0.1 1
F1) 0.05 10 1 1
F2) 0.03 20 1 1
Ti) 4
 0) expdisk2
 1) 44 41 1 1
 3) 19.0 1
 4) 6 1
 9) 0.6 1
10) 30 1
R0) power
R1) 1 0
R2) 20 1
R3) 40 1
R4) 0.4 0
R9) 25 1
R10) 10 1
 0) moffat
 1) 50 50 1 1
 3) 19.0 1
 4) 6 1
 5) 2.5 1
 9) 0.8 1
10) 30 1
T0) radial2-b
T1) 44 41 1 1
T4) 3 1
T5) 1 1
T9) 0.9 1
T10) 0 1
 0) sky
 1) 4 1
 2) 0.001 1
 3) 0 1
"""


def test_a_restart_renders_as_the_result_does(field, tmp_path):
    """Also where GALFIT's numbers are others than gaxel's: brightness at a break, swapped axes, radii for widths."""
    out, _ = fit(field, tmp_path, EVERYTHING, "--max-iterations", 3)
    with fits.open(out / "block.fits") as block:
        best = block["MODEL"].data
        parts = [block[name].data for name in ("1 SERSIC", "2 EXPDISK2", "3 MOFFAT", "4 RADIAL2-B", "5 SKY")]
    np.testing.assert_allclose(sum(parts), best, rtol=1e-5)
    for name in ("galfit.01", "result.toml"):
        finished = cli_support.run("render", out / name, "-o", tmp_path / "model.fits")
        assert finished.returncode == 0, finished.stderr
        model = fits.getdata(tmp_path / "model.fits")
        np.testing.assert_allclose(model, best, rtol=2e-6, atol=2e-9 * best.sum())
