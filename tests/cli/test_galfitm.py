"""GALFITM's files of several bands, fitted together: against its definition of series, simulated light and real files."""

import os
import re
import tomllib
from pathlib import Path

import cli_support
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from numpy.polynomial import chebyshev

EXAMPLES = cli_support.ROOT / "tests/legacy/data"
LABELS = ["r", "u", "z"]
WAVELENGTHS = np.array([6231.0, 3543.0, 9134.0])
SCALED = 2 * (WAVELENGTHS - 3543) / (9134 - 3543) - 1
SHAPE = (60, 64)
SIGMA = 0.05
ZEROPOINTS = [25.0, 24.0, 26.0]
TRUTH = {"XC": [33.2], "YC": [29.6], "n": [1.5, 0.1], "Re": [7.0, -0.5], "AR": [0.6], "PA": [25.0]}
MAGS = np.array([18.6, 19.3, 18.4])
# A grid of 24 x 24 points a pixel: to 1e-4 of the brightest pixel, 0.2 sigma there.
OVERSAMPLE = 24


def convert(folder, text, *options):
    (folder / "in.feedme").write_text(text)
    finished = cli_support.run("convert", folder / "in.feedme", folder / "scene.toml", *options)
    assert finished.returncode == 0, finished.stderr
    return tomllib.loads((folder / "scene.toml").read_text()), finished


def controls(**changes):
    lines = {
        "A1": ",".join(LABELS),
        "A2": "6231,3543,9134",
        "H": "1 64 1 60",
        "J": "25,24,26",
        "K": "1 1",
        "P": "1",
    }
    return "".join(f"{key}) {value}\n" for key, value in (lines | changes).items())


def galaxy(**rows):
    lines = {
        "1": "33 1",
        "2": "30 1",
        "3": "18.5 3",
        "4": "6 1",
        "5": "1.4 1",
        "9": "0.7 1",
        "10": "30 1",
    } | rows
    return "0) sersic\n" + "".join(f"{key}) {value}\n" for key, value in lines.items())


def test_the_vector_of_the_format(tmp_path):
    """The two example files say the same; their numbers by numpy's Chebyshev polynomials."""
    found = {}
    for name in ("band", "cheb"):
        folder = tmp_path / name
        folder.mkdir()
        text = (EXAMPLES / f"multiband_{name}.feedme").read_text()
        text = re.sub(r"(?m)^[ACDF]\).*\n", "", text).replace("G) multiband.constraints\n", "")
        scene, _ = convert(folder, text, "--lossy")
        found[name] = next(c for c in scene["component"] if c["type"] == "sersic")
        assert [band["name"] for band in scene["band"]] == ["r", "u", "i", "K"]
        assert [band["wavelength"] for band in scene["band"]] == [6231, 3543, 7625, 22010]
        finished = cli_support.run(
            "render", folder / "in.feedme", "-o", folder / "model.fits", "--components"
        )
        assert finished.returncode == 0, finished.stderr
    x = np.array([-0.7088861212, -1, -0.5579141171, 1])
    mags = chebyshev.chebval(x, [20.1089868857, -0.9464823763, 0.6410131143, -0.4035176237])
    np.testing.assert_allclose(mags, [20.5, 22.1, 20.0, 19.4], atol=1e-8)
    for name in found:
        np.testing.assert_allclose(found[name]["mag"]["bands"], mags, atol=1e-8)
    assert found["cheb"]["re"] == {"chebyshev": 2, "coefficients": [5.7, -0.7]}
    assert found["cheb"]["n"] == {"chebyshev": 2, "coefficients": [2.0, 0.3]}
    for key, series in (("re", [5.7, -0.7]), ("n", [2.0, 0.3])):
        assert found["band"][key]["chebyshev"] == 2
        np.testing.assert_allclose(chebyshev.chebfit(x, found["band"][key]["values"], 1), series, atol=1e-8)
    with fits.open(tmp_path / "band/model.fits") as band, fits.open(tmp_path / "cheb/model.fits") as cheb:
        for label in "ruiK":
            ours, theirs = band[f"2 SERSIC_{label}"].data, cheb[f"1 SERSIC_{label}"].data
            np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-9 * theirs.max())


def test_flags_say_what_is_free(tmp_path):
    """Each form of values and flags, by the rules of GALFITM's format."""
    values = np.array([7.0, 7.6, 6.6])
    full = list(chebyshev.chebfit(SCALED, values, 2))
    listed = ",".join(map(str, values))
    cases = {
        "6 0": {"value": 6.0, "fixed": True},
        "6 1": 6.0,
        "6 2": {"chebyshev": 2, "coefficients": [6.0, 0.0]},
        f"{listed} 0": {"bands": list(values), "fixed": True},
        f"{listed} 1": {"chebyshev": 1, "coefficients": full},
        f"{listed} 2 band": {"chebyshev": 2, "values": list(values)},
        f"{listed} 3 bands": {"bands": list(values)},
        f"{listed} 0,1 band": {"chebyshev": 3, "coefficients": full, "free": [0, 1, 0]},
        f"{listed} 0,0,0 band": {"bands": list(values), "fixed": True},
        "7,-0.5 1 cheb": {"chebyshev": 1, "coefficients": [7.0, -0.5]},
        "7 2 cheb": {"chebyshev": 2, "coefficients": [7.0, 0.0]},
        "7,-0.5 0,1 cheb": {"chebyshev": 2, "coefficients": [7.0, -0.5], "free": [0, 1]},
        "7,-0.5 3 cheb": {"bands": list(chebyshev.chebval(SCALED, [7.0, -0.5]))},
    }
    for row, expected in cases.items():
        scene, finished = convert(tmp_path, controls() + galaxy(**{"4": row}))
        found = scene["component"][0]["re"]
        if not isinstance(expected, dict):
            assert found == expected, row
            continue
        assert found.keys() == expected.keys(), (row, found)
        for key, value in expected.items():
            np.testing.assert_allclose(found[key], value, rtol=1e-12, atol=1e-12, err_msg=row)
        if row.endswith("2 band"):
            assert "by least squares; GALFITM takes one through a spline" in finished.stdout
        if row.endswith("3 cheb"):
            assert "the sum of squares is the same" in finished.stdout
    scene, _ = convert(tmp_path, controls() + galaxy(**{"3": "18.5 1", "9": "1.25 1", "4": "8,9,10 3"}))
    component = scene["component"][0]
    assert component["mag"] == {"chebyshev": 1, "coefficients": [18.5]}
    assert (component["q"], component["pa"], component["re"]) == (0.8, 120.0, {"bands": [10.0, 11.25, 12.5]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            controls() + galaxy(**{"9": "1.2,1.1,0.9 3"}),
            "9) = 1.2: an axis ratio above 1 that depends on the band",
        ),
        (controls(D="psf.fits,none,psf.fits") + galaxy(), "psf"),
        (controls(A2="6231,3543") + galaxy(), "A2) = 6231,3543: 2 entries"),
    ],
)
def test_mistakes(tmp_path, text, message):
    (tmp_path / "in.feedme").write_text(text)
    fits.writeto(tmp_path / "psf.fits", cli_support.gaussian_psf(15))
    finished = cli_support.run("render", tmp_path / "in.feedme", "-o", tmp_path / "model.fits")
    assert finished.returncode == 2 and message in finished.stderr, finished.stderr


FEEDME = """# three bands
A) r.fits,u.fits[11:74,6:65],z.fits
A1) r,u,z
A2) 6231,3543,9134
B) out/gal.fits
C) sigma.fits,sigma.fits,sigma.fits
G) limits
H) 1 64 1 60
J) 25,24,26
K) 1 1
W) blank,input,model,residual,component,sigma

 0) sky
 1) 0.1 3
 2) 0 0
 3) 0 0

 0) sersic
 1) 32.8 1
 2) 30 1      # y
 3) 18.5,19,18.5 3
 4) 6,6.5,6 2 band
 5) 1.4 2
 9) 0.7 1
10) 30 1  cheb
"""


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """The files have pixels in common, whatever the coordinates in their headers say; one is a section."""
    folder = tmp_path_factory.mktemp("galfitm")
    rng = np.random.default_rng(8)
    for i, label in enumerate(LABELS):
        re_pix, n = (chebyshev.chebval(SCALED[i], TRUTH[key]) for key in ("Re", "n"))
        flux = 10 ** (0.4 * (ZEROPOINTS[i] - MAGS[i]))
        light = cli_support.sersic_light(SHAPE, 33.2, 29.6, flux, re_pix, n, 0.6, 25.0, OVERSAMPLE)
        data = light + 0.2 + SIGMA * rng.standard_normal(SHAPE)
        if label == "u":
            data = np.pad(data, ((5, 3), (10, 4)))
        header = fits.Header({"EXPTIME": 1.0, "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRPIX1": 3.0 * i})
        header.update({"CRVAL1": 10.0, "CRVAL2": 20.0, "CD1_1": -1e-4, "CD2_2": 1e-4 * (1 + i)})
        fits.writeto(folder / f"{label}.fits", data, header)
    fits.writeto(folder / "sigma.fits", np.full(SHAPE, SIGMA))
    (folder / "limits").write_text("2 n 0.3 to 8\n2 x -2.0 ref 2.0\n2 mag_0 10 to 30\n2 re -3 4\n")
    (folder / "in.feedme").write_text(FEEDME)
    finished = cli_support.run("fit", folder / "in.feedme", "-o", folder / "out")
    assert finished.returncode == 0, finished.stderr
    return folder / "out", finished


def test_the_truth_comes_back(fitted):
    out, finished = fitted
    with fits.open(out / "gal.fits") as block:
        cheb, band = Table(block["FINAL_CHEB"].data), Table(block["FINAL_BAND"].data)
        info = block["FIT_INFO"].data
        bands = Table(block["BAND_INFO"].data)
    for name, series in TRUTH.items():
        truth = np.zeros(3)
        truth[: len(series)] = series
        free = np.array(cheb[f"COMP2_{name}_FIT"]) == 1
        assert free.sum() == len(series), name
        error = np.array(cheb[f"COMP2_{name}_ERR"])
        miss = np.array(cheb[f"COMP2_{name}"]) - truth
        assert np.all(np.abs(miss[free]) < 4 * error[free]) and np.all(miss[~free] == 0), (name, miss, error)
        np.testing.assert_allclose(
            band[f"COMP2_{name}"], chebyshev.chebval(SCALED, cheb[f"COMP2_{name}"]), rtol=1e-6
        )
    assert np.all(np.abs(band["COMP2_MAG"] - MAGS) < 4 * band["COMP2_MAG_ERR"])
    np.testing.assert_allclose(chebyshev.chebfit(SCALED, band["COMP2_MAG"], 2), cheb["COMP2_MAG"], rtol=1e-5)
    # Skies of their own are all but independent; the inverse of the polynomials carries their errors on.
    inverse = np.linalg.inv(chebyshev.chebvander(SCALED, 2))
    carried = np.sqrt(inverse**2 @ np.array(band["COMP1_SKY_ERR"]) ** 2)
    np.testing.assert_allclose(cheb["COMP1_SKY_ERR"], carried, rtol=0.1)
    assert list(band["BAND"]) == LABELS and list(cheb["CHEB_ORDER"]) == [0, 1, 2]
    # 2 positions, q, pa, 2 re, 2 n, 3 magnitudes, 3 skies
    assert info["NFREE"][0] == 14 and info["NDOF"][0] == 3 * SHAPE[0] * SHAPE[1] - 14
    assert info["CHI2NU"][0] == pytest.approx(1, abs=0.05)
    assert info["CHISQ"][0] == pytest.approx(np.sum(bands["CHISQ"]), rel=1e-6)
    for i in range(3):
        np.testing.assert_allclose(bands[f"DPDQ{i}"], chebyshev.chebval(SCALED, np.eye(3)[i]), atol=1e-6)
    assert (
        '"2 mag_0 10 to 30" is not applied: the parameter has values in the bands, and no coefficients'
        in finished.stderr
    )
    assert '"2 re -3 4" differs from band to band; in all of them the limits are 3 to 10.5' in finished.stderr


def test_the_block_has_the_images_of_every_band(fitted):
    out, _ = fitted
    with fits.open(out / "gal.fits") as block:
        kinds = ("INPUT", "MODEL", "RESIDUAL", "COMPONENT_1_sky", "COMPONENT_2_sersic", "SIGMA")
        names = [hdu.name for hdu in block]
        assert names[1:4] == ["INPUT_r", "INPUT_u", "INPUT_z"] and names[0] == "PRIMARY"
        for label in LABELS:
            images = {kind: block[f"{kind}_{label}"].data for kind in kinds}
            np.testing.assert_allclose(images["INPUT"] - images["MODEL"], images["RESIDUAL"], atol=1e-4)
            np.testing.assert_allclose(
                images["COMPONENT_1_sky"] + images["COMPONENT_2_sersic"], images["MODEL"], rtol=1e-5
            )
            assert np.std(images["RESIDUAL"]) == pytest.approx(SIGMA, rel=0.05)
        header = block["MODEL_u"].header
        assert header["BANDS"] == "r,u,z" and header["WL_U"] == 3543 and header["MAGZPT_Z"] == 26
        table = Table(block["FINAL_BAND"].data)
        assert header["2_N_2"] == "[0.0000]"
        for i, label in enumerate(LABELS):
            value, error = map(float, header[f"2_MAG_{label.upper()}"].split(" +/- "))
            assert value == pytest.approx(table["COMP2_MAG"][i], abs=6e-5)
            assert error == pytest.approx(table["COMP2_MAG_ERR"][i], abs=6e-5)
        # The section of u begins 10 pixels to the right and 5 up.
        assert block["INPUT_u"].header["CRPIX1"] == 3.0 - 10


def test_restart_files_go_on_from_the_end(fitted, tmp_path):
    out, first = fitted
    chi2 = float(re.search(r"chi2 ([0-9.]+)", first.stdout)[1])
    for name, form in (("gal.galfit.01", "cheb"), ("gal.galfit.01.band", "band")):
        text = (out / name).read_text()
        assert len(re.findall(rf"(?m)^ ?\d+\) [-0-9.,e]+ +[01],[01],[01] +{form}", text)) == 10
        assert " # y\n" in text
        again = cli_support.run("fit", out / name, "-o", tmp_path / form)
        assert again.returncode == 0, again.stderr
        assert float(re.search(r"chi2 ([0-9.]+)", again.stdout)[1]) == pytest.approx(chi2, rel=1e-9)
        assert int(re.search(r"(\d+) iterations", again.stdout)[1]) <= 2


def test_the_log_tells_every_band(fitted):
    text = (fitted[0] / "fit.log").read_text()
    assert text.startswith("-" * 77 + "\n\nInput images    : r.fits,u.fits[11:74,6:65],z.fits [1:64,1:60]\n")
    lines = re.findall(r"(?m)^ (\w) +: (sersic|sky) +:", text)
    assert lines == [(band, kind) for kind in ("sky", "sersic") for band in LABELS]
    assert "Restart file    : gal.galfit.01\n" in text


TWO = "0) sersic\n1) 44 41 1 1\n3) 15.6 1\n4) 6 1\n5) 1.5 1\n9) 0.7 1\n10) 30 1\n" + (
    "0) expdisk\n1) 44.5 41 1 1\n3) 16.6 1\n4) 6 1\n9) 0.7 1\n10) 30 1\n0) sky\n1) 4 1\n2) 0 0\n3) 0 0\n"
)


def test_hard_couplings_keep_differences_and_ratios(field, tmp_path):
    files = {
        key: field.folder / f"{name}.fits"
        for key, name in zip("ACF", ("image", "sigma", "mask"), strict=True)
    }
    text = (
        "".join(f"{key}) {value}\n" for key, value in files.items())
        + f"D) {field.folder}/psf.fits\nG) limits\n"
    )
    (tmp_path / "one.feedme").write_text(text + "H) 11 80 6 75\nJ) 25\n" + TWO)
    (tmp_path / "limits").write_text(
        "1_2 x offset\n2_1 y offset\n1_2 re ratio\n2 mag 14 to 17\n1_2 mag offset\n1_2 q ratio\n"
    )
    finished = cli_support.run("fit", tmp_path / "one.feedme", "-o", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    assert "not applied" not in finished.stderr
    rows = Table.read(tmp_path / "out/parameters.ecsv", format="ascii.ecsv")
    found = {(row["component"], row["parameter"]): row["value"] for row in rows}
    one, two = (
        {key: found[name, key] for key in ("x", "y", "mag", "re", "q")} for name in ("1 sersic", "2 expdisk")
    )
    assert two["x"] - one["x"] == pytest.approx(0.5, abs=1e-9)
    assert two["y"] - one["y"] == pytest.approx(0.0, abs=1e-9)
    assert two["mag"] - one["mag"] == pytest.approx(1.0, abs=1e-9)
    # Row 4 of the disc is its scale length.
    assert two["re"] / one["re"] == pytest.approx(1.6783469900, abs=1e-8)
    assert two["q"] == pytest.approx(one["q"], abs=1e-9)
    assert abs(one["mag"] - 15.6) > 0.001 and abs(one["re"] - 6) > 0.01
    header = fits.getheader(tmp_path / "out/imgblock.fits", 2)
    assert header["2_RS"].startswith("{") and header["1_RE"].count("+/-") == 1


def test_couplings_of_bands_need_all_free_coefficients(tmp_path):
    two = galaxy(**{"4": "6,6,6.6 2 band"}) + galaxy(
        **{"1": "34 1", "4": "9,9,9.9 2 band", "3": "19,18,18.5 3"}
    )
    (tmp_path / "limits").write_text(
        "1_2 x offset\n1_2 re ratio\n1_2 re_1 ratio\n1_2 mag offset\n1-2 pa -5 5\n"
    )
    scene, _ = convert(tmp_path, controls(G="limits") + two)
    second = scene["component"][1]
    assert second["x"] == {"tie": "1 sersic.x + 1"}
    assert second["re"] == {"tie": "1.5 * 1 sersic.re"}
    assert second["mag"] == {"bands": [19.0, 18.0, 18.5]}
    assert scene["galfit"]["constraints"] == ["1_2 mag offset"]
    assert second["pa"]["difference"] == {"to": "1 sersic.pa", "min": -5.0, "max": 5.0}
    (tmp_path / "limits").write_text("1_2 mag_all offset\n")
    scene, _ = convert(tmp_path, controls(G="limits") + two)
    (tmp_path / "scene.toml").write_text((tmp_path / "scene.toml").read_text())
    finished = cli_support.run(
        "render", tmp_path / "scene.toml", "--components", "-o", tmp_path / "model.fits"
    )
    assert finished.returncode == 0, finished.stderr
    assert "_wavelength" in scene["component"][1]["mag"]["tie"]


GALFITM = {
    # ngc4261-s.log.1.2.0-osx: magnitudes in u, g, r, i, z
    "s": {"mag": (15.48, 13.62, 12.80, 12.35, 12.05), "re": 39.39, "n": 4.91, "q": 0.81, "pa": -20.95},
    # ngc4261-se.log.1.2.0-osx, the first of two components in r
    "se": {"mag_r": 13.50, "re": 15.03, "n": 3.20, "q": 0.79, "pa": -22.40},
}


@pytest.mark.parametrize("model", GALFITM)
def test_ngc4261_is_fitted_from_galfitm_s_own_file(model, tmp_path):
    """Five bands together. The images are cut from those that the file was made for: shifted by 149 pixels."""
    data = os.environ.get("GAXEL_TEST_DATA")
    if not data:
        pytest.skip("GAXEL_TEST_DATA is not set: no folder with real images")
    folder = Path(data) / "ngc4261_sdss_ugriz"
    text = (folder / f"reference/ngc4261-{model}.feedme").read_text()
    for name in "ugriz":
        text = text.replace(f"ngc4261/NGC_4261-{name}.fits", f"{folder}/{name}.fits")
        text = text.replace(f"ngc4261/PSF-{name}.fits", f"{folder}/psf_{name}.fits")
    text = text.replace("ngc4261/NGC_4261-mask.fits", f"{folder}/mask.fits")
    text = re.sub(r"(?m)^G\).*", "G) none", text).replace("H) 150 450 150 450", "H) 1 301 1 301")
    text = text.replace("290.853", "141.853").replace("290.178", "141.178")
    (tmp_path / "in.feedme").write_text(text)
    finished = cli_support.run("fit", tmp_path / "in.feedme", "-o", tmp_path / "out")
    assert finished.returncode == 0, finished.stderr
    found = Table.read(tmp_path / f"out/ngc4261-{model}.fits", "FINAL_BAND", format="fits")
    theirs = GALFITM[model]
    if "mag" in theirs:
        np.testing.assert_allclose(found["COMP2_MAG"], theirs["mag"], atol=0.02)
    else:
        assert found["COMP2_MAG"][2] == pytest.approx(theirs["mag_r"], abs=0.02)
    assert found["COMP2_Re"][0] == pytest.approx(theirs["re"], rel=0.015)
    assert found["COMP2_n"][0] == pytest.approx(theirs["n"], abs=0.05)
    assert found["COMP2_AR"][0] == pytest.approx(theirs["q"], abs=0.01)
    assert found["COMP2_PA"][0] == pytest.approx(theirs["pa"], abs=0.4)
