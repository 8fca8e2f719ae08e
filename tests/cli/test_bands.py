"""gaxel fit on scenes of several bands: values, files, restart and errors."""

import json

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from cli_support import OUTPUTS, run, scene_text, sersic_light, toml_value

SHAPE = (60, 64)
BANDS = {"g": 4770.0, "r": 6231.0, "z": 9130.0}
TRUTH = {"x": 33.2, "y": 29.6, "n": 1.5, "q": 0.6, "pa": 25.0}
SIGMA = 0.05


def scaled(wavelength):
    return 2.0 * (wavelength - 4770.0) / (9130.0 - 4770.0) - 1.0


def size(wavelength):
    return 7.0 - 0.5 * scaled(wavelength)


def mag(wavelength):
    return 19.0 - 0.3 * scaled(wavelength)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bands")
    rng = np.random.default_rng(3)
    for name, wavelength in BANDS.items():
        flux = 10 ** (0.4 * (25.0 - mag(wavelength)))
        light = sersic_light(SHAPE, TRUTH["x"], TRUTH["y"], flux, size(wavelength), 1.5, 0.6, 25.0)
        fits.writeto(folder / f"{name}.fits", light + 0.2 + SIGMA * rng.standard_normal(SHAPE))
    return folder


def band_tables(folder, names=BANDS):
    text = ""
    for name in names:
        text += f"[[band]]\nname = '{name}'\nwavelength = {BANDS[name]}\n"
        text += f"image = {toml_value({'file': folder / f'{name}.fits', 'zeropoint': 25.0})}\n"
        text += f"noise = {toml_value({'sigma': SIGMA})}\n\n"
    return text


GALAXY = {"type": "sersic", "name": "galaxy", "mag": {"bands": True}, "re": {"chebyshev": 2}}
SKY = {"type": "sky", "name": "sky"}


def fit(folder, tmp_path, components, bands=None, *options):
    scene = tmp_path / "scene.toml"
    scene.write_text((band_tables(folder) if bands is None else bands) + scene_text({}, components))
    return run("fit", scene, "-o", tmp_path / "out", *options)


@pytest.fixture(scope="module")
def fitted(folder, tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("fitted")
    finished = fit(folder, tmp_path, [GALAXY, SKY])
    assert finished.returncode == 0, finished.stderr
    return tmp_path / "out", finished


def rows_of(folder):
    table = Table.read(folder / "parameters.ecsv", format="ascii.ecsv")
    # A band that is not given is a missing value: it counts in all.
    bands = ["" if np.ma.is_masked(band) else str(band) for band in table["band"]]
    return {(row["component"], row["parameter"], band): row for row, band in zip(table, bands, strict=True)}


def test_the_truth_comes_back(fitted):
    rows = rows_of(fitted[0])
    for key, value in TRUTH.items():
        row = rows["galaxy", key, ""]
        assert abs(row["value"] - value) < 4 * row["error"], key
    for band, wavelength in BANDS.items():
        for key, value in (("re", size(wavelength)), ("mag", mag(wavelength))):
            row = rows["galaxy", key, band]
            assert 0 < row["error"] < 0.1 and abs(row["value"] - value) < 4 * row["error"], (key, band)
    assert fitted[1].stderr == ""


def test_every_band_has_its_images_and_its_rows(fitted):
    folder, finished = fitted
    assert {path.name for path in folder.iterdir()} == OUTPUTS
    with fits.open(folder / "block.fits") as block:
        chi2 = 0.0
        for band, wavelength in BANDS.items():
            header = block[f"MODEL_{band}"].header
            assert (header["BAND"], header["WAVELEN"]) == (band, wavelength)
            own = np.sum((block[f"RESIDUAL_{band}"].data / SIGMA) ** 2)
            assert header["CHI2"] == pytest.approx(own, rel=1e-8)
            chi2 += own
            assert f"GALAXY_{band}" in [hdu.name for hdu in block]
        assert block[0].header["CHI2"] == pytest.approx(chi2, rel=1e-10)
        assert abs(chi2 / block[0].header["DOF"] - 1) < 5 * np.sqrt(2 / block[0].header["DOF"])
    assert "band" in finished.stdout.splitlines()[3] or " band " in finished.stdout
    page = (folder / "report.html").read_text()
    assert page.count("<h3>g ") == 1 and "g: Profile about" in page and "<th>band</th>" in page
    assert "nan" not in page.split("base64")[0]


def test_the_result_goes_on_from_where_it_ended(fitted, tmp_path):
    again = run("fit", fitted[0] / "result.toml", "-o", tmp_path / "again", "--json")
    assert again.returncode == 0, again.stderr
    result = json.loads(again.stdout)
    first = fits.getheader(fitted[0] / "block.fits")
    assert result["chi2"] == pytest.approx(first["CHI2"], rel=1e-7)
    assert result["iterations"] <= 4
    assert [band["name"] for band in result["bands"]] == list(BANDS)
    ours, theirs = rows_of(tmp_path / "again"), rows_of(fitted[0])
    for key, row in theirs.items():
        assert abs(ours[key]["value"] - row["value"]) <= 0.01 * np.nan_to_num(row["error"], nan=1e-9) + 1e-9


def test_ties_priors_and_magnitudes_in_series_survive_a_restart(folder, tmp_path):
    halo = {
        "type": "exponential", "name": "the halo", "x": {"tie": "galaxy.x"}, "y": {"tie": "galaxy.y"},
        "mag": {"tie": "galaxy.mag + 4"}, "re": {"tie": "2 * galaxy.re"}, "q": {"tie": "galaxy.q"},
        "pa": {"tie": "galaxy.pa + 0"},
    }  # fmt: skip
    galaxy = {
        **GALAXY,
        "mag": {"chebyshev": 2, "coefficients": [19.0, 0.0]},
        "re": {"bspline": 2, "values": [7.0, 7.0, 6.0]},
        "n": {"value": 1.4, "prior": {"mean": 1.5, "sigma": 0.01}},
        "pa": {"chebyshev": 1, "value": 20.0},
    }
    finished = fit(folder, tmp_path, [galaxy, halo, SKY])
    assert finished.returncode == 0, finished.stderr
    rows = rows_of(tmp_path / "out")
    for band in BANDS:
        assert rows["the halo", "mag", band]["value"] == pytest.approx(
            rows["galaxy", "mag", band]["value"] + 4
        )
        assert rows["the halo", "x", band]["value"] == pytest.approx(rows["galaxy", "x", ""]["value"])
        assert rows["the halo", "pa", band]["value"] == pytest.approx(rows["galaxy", "pa", band]["value"])
    assert rows["galaxy", "n", ""]["error"] < 0.0101
    assert {rows["the halo", "x", band]["flag"] for band in BANDS} == {"tied"}
    assert fits.getheader(tmp_path / "out/block.fits")["PENALTY"] > 0.0
    assert "priors and smoothness add" in finished.stdout and " tied" in finished.stdout
    text = (tmp_path / "out/result.toml").read_text()
    assert 'tie = "galaxy.mag + 4"' in text and "prior = { mean = 1.5, sigma = 0.01 }" in text
    again = run("fit", tmp_path / "out/result.toml", "-o", tmp_path / "again")
    assert again.returncode == 0, again.stderr
    for key, row in rows_of(tmp_path / "again").items():
        assert row["value"] == pytest.approx(
            rows[key]["value"], abs=0.01 * np.nan_to_num(row["error"]) + 1e-6
        )


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"re": {"chebyshev": 4}}, ["galaxy.re", "4 free coefficients", "at most 3"]),
        ({"re": {"chebyshev": 2, "bspline": 2}}, ["galaxy.re", "several ways"]),
        ({"re": {"bands": [7.0, 6.0]}}, ["galaxy.re.bands"]),
        ({"re": {"tie": "2 * galxy.re"}}, ["galaxy.re", "galxy.re", "did you mean", "galaxy.re"]),
        ({"re": {"tie": "2 * (sky.level"}}, ["galaxy.re", "no expression"]),
        ({"re": {"tie": "galaxy.re"}}, ["galaxy.re", "circle"]),
        ({"re": {"tie": "7", "min": 3}}, ["galaxy.re.tie", "a tie alone"]),
        ({"n": {"prior": {"mean": 2}}}, ["galaxy.n.prior", "mean and sigma"]),
        ({"re": {"values": [7.0, 7.0, 6.0]}}, ["galaxy.re.values", "chebyshev"]),
    ],
)
def test_wrong_parameters_are_said_with_file_key_and_allowed(folder, tmp_path, change, parts):
    finished = fit(folder, tmp_path, [{**GALAXY, **change}, SKY])
    assert finished.returncode == 2 and not (tmp_path / "out").exists()
    assert "scene.toml" in finished.stderr
    for part in parts:
        assert part in finished.stderr, finished.stderr


def test_a_shift_takes_the_place_of_the_sky(folder, tmp_path):
    """Coordinates that would turn and stretch one band; its image is cut 7 and 4 pixels further on."""
    headers = {"g": 1e-4, "r": 3e-4, "z": 1e-4}
    for name, scale in headers.items():
        data = fits.getdata(folder / f"{name}.fits")
        header = fits.Header({"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 10.0, "CRVAL2": 20.0})
        header.update({"CRPIX1": 30.0, "CRPIX2": 30.0, "CD1_1": scale, "CD2_2": -scale})
        if name == "r":
            data = np.pad(data, ((4, 0), (7, 0)))
        fits.writeto(tmp_path / f"{name}.fits", data, header)
    text = band_tables(tmp_path)
    text = text.replace("r.fits', ", "r.fits', 'region' = [8, 71, 5, 64], ")
    text = text.replace("wavelength = 6231.0", "wavelength = 6231.0\nshift = [7, 4]")
    text = text.replace("wavelength = 9130.0", "wavelength = 9130.0\nshift = [0, 0]")
    finished = fit(folder, tmp_path, [GALAXY, SKY], text)
    assert finished.returncode == 0, finished.stderr
    plain = tmp_path / "plain"
    plain.mkdir()
    assert fit(folder, plain, [GALAXY, SKY]).returncode == 0
    rows = rows_of(plain / "out")
    for key, row in rows_of(tmp_path / "out").items():
        if key[1] not in ("x", "y") or key[0] == "galaxy":
            assert row["value"] == pytest.approx(rows[key]["value"], rel=1e-6, abs=1e-6), key


def test_bands_and_ties_are_rendered(folder, tmp_path):
    disc = {
        "type": "exponential",
        "name": "disc",
        "mag": {"tie": "galaxy.mag + 0.5"},
        "re": {"tie": "2 * galaxy.re"},
    }
    disc |= {key: {"tie": f"galaxy.{key}"} for key in ("x", "y", "q", "pa")}
    galaxy = {"type": "sersic", "name": "galaxy", **TRUTH}
    galaxy |= {
        "mag": {"bands": [mag(w) for w in BANDS.values()]},
        "re": {"chebyshev": 2, "coefficients": [7.0, -0.5]},
    }
    (tmp_path / "scene.toml").write_text(band_tables(folder) + scene_text({}, [galaxy, disc]))
    finished = run("render", tmp_path / "scene.toml", "--components", "-o", tmp_path / "model.fits")
    assert finished.returncode == 0, finished.stderr
    with fits.open(tmp_path / "model.fits") as model:
        for band, wavelength in BANDS.items():
            flux = 10 ** (0.4 * (25.0 - mag(wavelength)))
            light = sersic_light(SHAPE, 33.2, 29.6, flux, size(wavelength), 1.5, 0.6, 25.0)
            light += sersic_light(SHAPE, 33.2, 29.6, flux * 10**-0.2, 2 * size(wavelength), 1.0, 0.6, 25.0)
            np.testing.assert_allclose(model[f"MODEL_{band}"].data, light, atol=3e-3 * light.max())
            parts = model[f"GALAXY_{band}"].data + model[f"DISC_{band}"].data
            np.testing.assert_allclose(parts, model[f"MODEL_{band}"].data, rtol=1e-6)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("wavelength = 6231.0\n", "", ["band 2.wavelength", "missing"]),
        ("wavelength = 6231.0", "wavelength = -1", ["band 2.wavelength"]),
        ("name = 'r'", "name = 'g'", ["two bands have the same name"]),
        ("[[band]]\nname = 'r'", "[noise]\nsigma = 1.0\n[[band]]\nname = 'r'", ["noise", "[[band]]"]),
        ("wavelength = 6231.0", "wavelength = 6231.0\ncolour = 3", ["band 2.colour", "unknown key"]),
        ("r.fits", "none.fits", ["none.fits"]),
        ("wavelength = 6231.0", "wavelength = 6231.0\nshift = [1]", ["band 2.shift"]),
        ("wavelength = 4770.0", "wavelength = 4770.0\nshift = [1, 1]", ["band 1.shift", "first band"]),
    ],
)
def test_wrong_bands_are_said(folder, tmp_path, old, new, parts):
    text = band_tables(folder)
    assert old in text
    finished = fit(folder, tmp_path, [GALAXY, SKY], text.replace(old, new, 1))
    assert finished.returncode == 2, finished.stdout
    for part in parts:
        assert part in finished.stderr, finished.stderr


def test_one_band_knows_no_series(folder, tmp_path):
    finished = fit(folder, tmp_path, [GALAXY, SKY], band_tables(folder, ["g"]))
    assert finished.returncode == 2 and "one band only" in finished.stderr


def test_render_draws_every_band(fitted, tmp_path):
    model = tmp_path / "model.fits"
    finished = run("render", fitted[0] / "result.toml", "-o", model, "--components", "--certificate")
    assert finished.returncode == 0, finished.stderr
    with fits.open(model) as drawn, fits.open(fitted[0] / "block.fits") as block:
        for band in BANDS:
            np.testing.assert_allclose(drawn[f"MODEL_{band}"].data, block[f"MODEL_{band}"].data, rtol=1e-9)
            parts = drawn[f"GALAXY_{band}"].data + drawn[f"SKY_{band}"].data
            np.testing.assert_allclose(parts, drawn[f"MODEL_{band}"].data, rtol=1e-5)
            assert f"BOUND_{band}" in [hdu.name for hdu in drawn]
    assert finished.stdout.count("pixels over the tolerance") == 3


def test_inspect_tells_of_bands_series_and_ties(folder, tmp_path):
    scene = tmp_path / "scene.toml"
    halo = {"type": "exponential", "name": "halo", **{key: {"tie": f"galaxy.{key}"} for key in ("x", "y")}}
    scene.write_text(band_tables(folder) + scene_text({}, [GALAXY, halo, SKY]))
    finished = run("inspect", scene)
    assert finished.returncode == 0, finished.stderr
    for part in ("band    g, wavelength 4770", "chebyshev series, 2 free of 2 coefficients", "free in 3 bands",
                 "= galaxy.x", "19 free parameters"):  # fmt: skip
        assert part in finished.stdout, finished.stdout


def test_a_tie_of_one_band_is_rendered(tmp_path):
    scene = tmp_path / "scene.toml"
    first = {"type": "gaussian", "name": "a", "x": 15, "y": 16, "flux": 10.0, "re": 3.0, "q": 1.0, "pa": 0.0}
    tied = {**first, "name": "b", "re": {"tie": "2 * a.re"}, "flux": {"tie": "a.flux / 2"}}
    images = []
    for second in (tied, {**first, "name": "b", "re": 6.0, "flux": 5.0}):
        scene.write_text(scene_text({"image": {"shape": [30, 31]}}, [first, second]))
        finished = run("render", scene, "-o", tmp_path / "model.fits")
        assert finished.returncode == 0, finished.stderr
        images.append(fits.getdata(tmp_path / "model.fits"))
    np.testing.assert_allclose(images[0], images[1], rtol=1e-12)
