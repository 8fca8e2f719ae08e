"""Whatever is wrong with a scene or its files: exit code 2, a message with file, key, value and what is allowed, and no
output folder."""

import gzip
import re

import cli_support
import numpy as np
import pytest
from astropy.io import fits
from cli_support import run


def refused(scene, *expected, command="fit"):
    """Runs the command and checks its refusal: all of `expected` stand in one message on stderr."""
    output = scene.parent / "out"
    finished = run(command, scene, "-o", output)
    assert finished.returncode == 2, (finished.returncode, finished.stdout, finished.stderr)
    assert finished.stdout == ""
    assert finished.stderr.startswith("gaxel: error: ") and finished.stderr.count("\n") == 1, finished.stderr
    for part in expected:
        assert str(part) in finished.stderr, (part, finished.stderr)
    assert not output.exists()


@pytest.fixture
def scene(field, tmp_path):
    """Writes a scene with changed tables or galaxy."""

    def write(galaxy=None, components=None, **tables):
        if components is None:
            components = field.components(**(galaxy or {}))
        return field.write_scene(tmp_path / "scene.toml", field.tables(**tables), components)

    return write


@pytest.fixture
def image(tmp_path):
    """Writes pixels to a FITS file and returns its name."""

    def write(pixels, name="bad.fits"):
        fits.writeto(tmp_path / name, np.asarray(pixels))
        return tmp_path / name

    return write


# --- files --------------------------------------------------------------------------------------------------------


def test_missing_scene(tmp_path):
    refused(tmp_path / "none.toml", "none.toml")


def test_scene_that_is_not_toml(tmp_path):
    (tmp_path / "scene.toml").write_text("[image\nfile = 3")
    refused(tmp_path / "scene.toml", "scene.toml")


@pytest.mark.parametrize(
    "table, key", [("image", "file"), ("noise", "sigma"), ("mask", "file"), ("psf", "file")]
)
def test_missing_file(scene, tmp_path, table, key):
    missing = tmp_path / "absent.fits"
    refused(scene(**{table: {key: missing}}), "scene.toml", f"{table}.{key}", "absent.fits")


@pytest.mark.parametrize(
    "table, key", [("image", "file"), ("noise", "sigma"), ("mask", "file"), ("psf", "file")]
)
def test_not_a_fits_file(scene, tmp_path, table, key):
    (tmp_path / "text.fits").write_text("this is no image\n" * 500)
    refused(scene(**{table: {key: tmp_path / "text.fits"}}), f"{table}.{key}", "text.fits", "FITS")


def test_truncated_fits(scene, field, tmp_path):
    whole = (field.folder / "image.fits").read_bytes()
    (tmp_path / "cut.fits").write_bytes(whole[: len(whole) // 2])
    refused(scene(image={"file": tmp_path / "cut.fits"}), "image.file", "cut.fits")


def test_truncated_gzip(scene, field, tmp_path):
    whole = gzip.compress((field.folder / "image.fits").read_bytes())
    (tmp_path / "cut.fits.gz").write_bytes(whole[: len(whole) // 2])
    refused(scene(image={"file": tmp_path / "cut.fits.gz"}), "image.file", "cut.fits.gz")


def test_folder_instead_of_a_file(scene, tmp_path):
    refused(scene(image={"file": tmp_path}), "image.file", tmp_path)


def test_missing_extension(scene, field):
    refused(scene(image={"file": f"{field.folder}/image.fits[SCI]"}), "image.file", "SCI")


@pytest.mark.parametrize(
    "name", ["http://localhost/a.fits", "mem://x", "-", "stdin", "!a.fits", "a.fits[col x]"]
)
def test_names_are_taken_literally(scene, name):
    refused(scene(image={"file": name}), "image.file")


# --- pixels -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(90,), (3, 80, 90)])
def test_wrong_number_of_axes(scene, image, shape):
    refused(scene(image={"file": image(np.ones(shape))}), "image.file", "bad.fits", "axes")


def test_image_all_nan(scene, image):
    refused(scene(image={"file": image(np.full((80, 90), np.nan))}), "image.file", "bad.fits", "finite")


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan])
def test_sigma_without_a_usable_pixel(scene, image, value):
    refused(scene(noise={"sigma": image(np.full((80, 90), value))}), "noise.sigma", "bad.fits", "positive")


@pytest.mark.parametrize("table, key", [("noise", "sigma"), ("mask", "file")])
def test_sizes_that_disagree(scene, image, table, key):
    refused(scene(**{table: {key: image(np.ones((79, 90)))}}), f"{table}.{key}", "bad.fits", "90 x 79")


def test_mask_that_hides_everything(scene, image):
    refused(scene(mask={"file": image(np.ones((80, 90), np.uint8))}), "mask.file", "bad.fits")


@pytest.mark.parametrize("psf", [np.zeros((9, 9)), np.full((9, 9), np.nan), np.full((9, 9), -1.0)])
def test_psf_without_light(scene, image, psf):
    refused(scene(psf={"file": image(psf)}), "psf.file", "bad.fits")


def test_what_is_wrong_is_said_once(scene, image):
    path = scene(psf={"file": image(np.zeros((9, 9)))})
    message = run("fit", path, "-o", path.parent / "out").stderr
    assert "psf.file = " in message and " psf = " not in message
    path = scene({"type": "sersik"})
    message = run("fit", path, "-o", path.parent / "out").stderr
    assert message.count("type") == 1


def test_empty_psf(scene, tmp_path):
    fits.PrimaryHDU().writeto(tmp_path / "bad.fits")
    refused(scene(psf={"file": tmp_path / "bad.fits"}), "psf.file", "bad.fits")


# --- keys and values ----------------------------------------------------------------------------------------------


def test_unknown_key_with_a_suggestion(scene):
    refused(scene(image={"reegion": [1, 2, 3, 4]}), "scene.toml", "image.reegion", 'did you mean "region"')


def test_unknown_table(scene):
    refused(scene(nose={"sigma": "a.fits"}), "scene.toml", "nose", 'did you mean "noise"')


def test_unknown_parameter(scene):
    refused(scene({"rre": 3}), "scene.toml", "big one.rre", 'did you mean "re"')


def test_unknown_type(scene):
    refused(scene({"type": "sersik"}), "scene.toml", "type = 'sersik': there is", 'did you mean "sersic"')


@pytest.mark.parametrize(
    "tables, galaxy, parts",
    [
        ({"image": {"region": "all"}}, {}, ["image.region", "all"]),
        ({"image": {"zeropoint": "25"}}, {}, ["image.zeropoint", "25"]),
        ({"fit": {"max_iterations": 2.5}}, {}, ["fit.max_iterations", "2.5"]),
        ({}, {"re": "large"}, ["big one.re", "large"]),
        ({}, {"n": {"value": 2, "fixed": 1}}, ["n.fixed", "1"]),
    ],
)
def test_wrong_type(scene, tables, galaxy, parts):
    refused(scene(galaxy, **tables), "scene.toml", *parts)


def test_missing_required_key(scene):
    refused(scene(image={"file": None}), "scene.toml", "image.file", "missing")
    refused(scene(noise=None), "scene.toml", "noise", "missing")
    refused(scene({"type": None}), "scene.toml", "type", "missing", "sersic")


@pytest.mark.parametrize(
    "galaxy, parts",
    [
        ({"n": 25}, ["big one.n", "25", "20"]),
        ({"n": 0.01}, ["big one.n", "0.01", "0.1"]),
        ({"q": 1.2}, ["big one.q", "1.2", "1"]),
        ({"q": 0.0}, ["big one.q", "0", "0.01"]),
        ({"re": -3}, ["big one.re", "-3", "0.01"]),
        ({"re": float("nan")}, ["big one.re", "nan"]),
        ({"x": float("inf")}, ["big one.x", "inf"]),
        ({"q": {"value": 0.5, "min": 0.6, "max": 0.9}}, ["big one.q.value", "0.5"]),
        ({"q": {"value": 0.5, "min": 0.9, "max": 0.3}}, ["big one.q.max", "0.3"]),
    ],
)
def test_parameter_out_of_range(scene, galaxy, parts):
    refused(scene(galaxy), "scene.toml", *parts)


def test_no_free_parameter(scene):
    fixed = {"type": "sky", "name": "sky", "level": {"value": 3, "fixed": True}}
    refused(scene(components=[fixed]), "scene.toml", "free")


def test_no_component(scene):
    refused(scene(components=[]), "scene.toml", "component")


@pytest.mark.parametrize("region", [[200, 300, 1, 20], [80, 120, 1, 20], [0, 20, 1, 20]])
def test_region_outside_the_image(scene, region):
    refused(scene(image={"region": region}), "scene.toml", "image.region", "x 1 to 90, y 1 to 80")


def test_region_backwards(scene):
    refused(scene(image={"region": [50, 20, 1, 20]}), "image.region", "50")


def test_render_needs_every_value(scene):
    refused(scene({"re": None}), "scene.toml", "big one.re", "missing", command="render")


# --- what is mended and said ---------------------------------------------------------------------------------------


def test_bad_sigma_pixels_are_masked_and_counted(scene, field, image):
    sigma = field.sigma.copy()
    sigma[30, 30:35] = 0
    sigma[31, 30:33] = -1
    sigma[32, 30:32] = np.nan
    path = scene(noise={"sigma": image(sigma)})
    finished = run("fit", path, "-o", path.parent / "out")
    assert finished.returncode == 0, finished.stderr
    assert re.search(r"noise\.sigma: 10 pixels masked \(5 zero, 3 negative, 2 not finite\)", finished.stdout)
    with fits.open(path.parent / "out/block.fits") as block:
        assert block["MASK"].data.sum() == field.masked.sum() + 10
        assert block[0].header["NPIX"] == 4900 - field.masked.sum() - 10
    assert "10 pixels masked" in (path.parent / "out/report.html").read_text()


def test_off_centre_psf_is_a_warning(scene, image):
    psf = np.roll(cli_support.gaussian_psf(), 3, axis=1)
    path = scene(psf={"file": image(psf)})
    finished = run("fit", path, "-o", path.parent / "out", "--quiet")
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr.startswith("gaxel: warning: psf.file: ")
    assert "centre" in finished.stderr
