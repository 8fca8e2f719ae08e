"""gaxel convert: scenes of several bands as GALFITM's files, and those there and back."""

import os
import re
import shutil
import tomllib
from pathlib import Path

import cli_support
import numpy as np
import pytest
from astropy.io import fits
from numpy.polynomial import chebyshev

EXAMPLES = cli_support.ROOT / "tests/legacy/data"
# Not in order, as in real files; GALFITM's variable is -1 at the shortest and 1 at the longest.
WAVELENGTHS = {"r": 6231.0, "u": 3543.0, "z": 9134.0}
X = 2 * (np.array(list(WAVELENGTHS.values())) - 3543) / (9134 - 3543) - 1
ZEROPOINTS = {"r": 25.0, "u": 24.0, "z": 26.0}


def convert(*arguments, cwd, ok=True):
    finished = cli_support.run("convert", *arguments, cwd=cwd)
    assert (finished.returncode == 0) == ok, finished.stderr
    return finished


def bands(folder=None, **of_band):
    """[[band]] tables of a scene; with a folder their files are made."""
    text = ""
    for name, wavelength in WAVELENGTHS.items():
        if folder is not None:
            fits.writeto(folder / f"{name}.fits", np.ones((40, 50)), fits.Header({"EXPTIME": 2.0}))
            fits.writeto(folder / f"{name}_sigma.fits", np.ones((40, 50)))
            fits.writeto(folder / f"{name}_psf.fits", cli_support.gaussian_psf(15))
        text += f'[[band]]\nname = "{name}"\nwavelength = {wavelength}\n{of_band.get(name, "")}\n'
        text += f'[band.image]\nfile = "{name}.fits"\nzeropoint = {ZEROPOINTS[name]}\nexptime = 2.0\n'
        text += f'[band.noise]\nsigma = "{name}_sigma.fits"\n'
        text += f'[[band.psf]]\nfile = "{name}_psf.fits"\npixel_in_psf = "none"\n'
    return text


COMPONENTS = """
[[component]]
name = "bulge"
type = "sersic"
x = 25.0
y = { bands = [20.0, 20.5, 19.5] }
mag = { bands = [18.0, 19.0, 17.5], min = 15, max = 22 }
re = { chebyshev = 2, coefficients = [5.0, -0.5], min = 1, max = 20 }
n = { chebyshev = 3, coefficients = [2.0, 0.25, 0.0], free = [0, 1, 0] }
q = { chebyshev = 1, coefficients = [0.7, 0.05] }
pa = { chebyshev = 2, values = [30.0, 32.0, 29.0] }

[[component]]
name = "disc"
type = "exponential"
x = { tie = "bulge.x" }
y = { tie = "bulge.y" }
mag = { chebyshev = 2, coefficients = [17.0, -0.5] }
re = { tie = "2 * bulge.re" }
q = { value = 0.5, fixed = true }
pa = { bands = [10.0, 12.0, 14.0], fixed = true }

[[component]]
name = "sky"
type = "sky"
level = { bands = [1.0, 2.0, 3.0] }
"""


@pytest.fixture
def scene(tmp_path):
    (tmp_path / "scene.toml").write_text(bands(tmp_path) + COMPONENTS)
    return tmp_path


def rows(path):
    """Lines of a file without comments, by object and key; controls are object 0."""
    objects = [{}]
    for text in path.read_text().splitlines():
        words = text.split("#")[0].split()
        if not words:
            continue
        if words[0] == "0)":
            objects.append({})
        objects[-1][words[0].rstrip(")")] = words[1:]
    return objects


def numbers(word):
    return [float(part) for part in word.split(",")]


def test_every_form_is_said(scene):
    convert("scene.toml", "out.feedme", "--to", "galfitm", cwd=scene)
    controls, bulge, disc, sky = rows(scene / "out.feedme")
    assert controls["A"] == ["r.fits,u.fits,z.fits"]
    assert controls["A1"] == ["r,u,z"]
    assert numbers(controls["A2"][0]) == [6231, 3543, 9134]
    assert controls["C"] == ["r_sigma.fits,u_sigma.fits,z_sigma.fits"]
    assert controls["D"] == ["r_psf.fits,u_psf.fits,z_psf.fits"]
    assert controls["F"] == ["none"]
    assert numbers(controls["J"][0]) == [25, 24, 26]
    assert bulge["1"] == ["25", "1"]
    assert bulge["2"] == ["20,20.5,19.5", "3", "band"]
    assert bulge["3"] == ["18,19,17.5", "3", "band"]
    assert bulge["4"] == ["5,-0.5", "2", "cheb"]
    assert bulge["5"] == ["2,0.25,0", "0,1,0", "cheb"]
    assert bulge["9"] == ["0.7,0.05", "1", "cheb"]
    assert bulge["10"] == ["30,32,29", "2", "band"]
    assert disc["1"] == ["25", "1"]
    assert disc["2"] == ["20,20.5,19.5", "3", "band"]
    assert disc["3"] == ["17,-0.5", "2", "cheb"]
    # R_s = re / 1.678347, of twice the bulge's series.
    assert disc["4"][1:] == ["2", "cheb"]
    np.testing.assert_allclose(numbers(disc["4"][0]), np.array([10.0, -1.0]) / 1.6783469900166605, rtol=1e-12)
    assert disc["9"] == ["0.5", "0"]
    assert disc["10"] == ["10,12,14", "0", "band"]
    assert sky["1"] == ["1,2,3", "3", "band"]
    limits = sorted(
        " ".join(text.split()) for text in (scene / "out.constraints").read_text().splitlines()[1:]
    )
    assert limits == [
        "1 mag 15 to 22",
        "1 re 1 to 20",
        "1_2 re_all ratio",
        "1_2 x offset",
        "1_2 y_all offset",
    ]


def test_what_is_said_draws_the_same_light(scene):
    convert("scene.toml", "out.feedme", "--to", "galfitm", cwd=scene)
    for source in ("scene.toml", "out.feedme"):
        finished = cli_support.run("render", source, "-o", source + ".fits", cwd=scene)
        assert finished.returncode == 0, finished.stderr
    with fits.open(scene / "scene.toml.fits") as ours, fits.open(scene / "out.feedme.fits") as theirs:
        images = [(a.data, b.data) for a, b in zip(ours, theirs, strict=True) if a.data is not None]
    assert len(images) == 3
    for a, b in images:
        np.testing.assert_allclose(a, b, rtol=2e-6, atol=1e-8 * a.max())


def test_a_start_next_to_values_is_the_least_squares_series(scene):
    """What the scene fits from is what a polynomial through numpy's fit has."""
    convert("scene.toml", "out.feedme", "--to", "galfitm", cwd=scene)
    convert("out.feedme", "back.toml", cwd=scene)
    back = tomllib.loads((scene / "back.toml").read_text())
    pa = back["component"][0]["pa"]
    np.testing.assert_allclose(
        chebyshev.chebfit(X, pa["values"], 1), chebyshev.chebfit(X, [30, 32, 29], 1), rtol=1e-12
    )


def without_kept_lines(scene):
    """A scene without lines that only GALFIT knows, which a file that had none gets."""
    return {key: value for key, value in scene.items() if key != "galfit"}


def near(a, b, path=""):
    """Whether two parsed scenes are the same but for roundings, and names that types with a digit give."""
    if isinstance(a, dict):
        assert a.keys() == b.keys(), path
        return [near(a[key], b[key], f"{path}.{key}") for key in a]
    if isinstance(a, list):
        assert len(a) == len(b), path
        return [near(x, y, f"{path}[{i}]") for i, (x, y) in enumerate(zip(a, b, strict=True))]
    if isinstance(a, float):
        assert a == pytest.approx(b, rel=2e-13, abs=1e-300), path
    elif isinstance(a, str):
        assert re.sub(r"sersic\d", "sersic", a) == re.sub(r"sersic\d", "sersic", b), path
    else:
        assert a == b, path
    return None


def there_and_back(folder, name, to):
    convert(f"{name}.feedme", "first.toml", "--lossy", cwd=folder)
    convert("first.toml", "again.feedme", "--to", to, cwd=folder)
    convert("again.feedme", "second.toml", "--lossy", cwd=folder)
    first, second = (tomllib.loads((folder / f"{which}.toml").read_text()) for which in ("first", "second"))
    near(without_kept_lines(first), without_kept_lines(second))
    lines = [set(scene.get("galfit", {}).get("lines", [])) for scene in (first, second)]
    assert lines[0] <= lines[1]
    assert first.get("galfit", {}).get("skip") == second.get("galfit", {}).get("skip")


@pytest.mark.parametrize(
    "name", ["single_sersic", "bulge_disc", "spiral_ring", "multiband_band", "multiband_cheb"]
)
def test_examples_come_back_the_same(tmp_path, name):
    for path in EXAMPLES.iterdir():
        shutil.copy(path, tmp_path)
    (tmp_path / "kernel.txt").write_text("0 0.1 0\n0.1 0.6 0.1\n0 0.1 0\n")
    there_and_back(tmp_path, name, "galfitm" if name.startswith("multiband") else "galfit")


def test_couplings_that_differ_from_band_to_band_come_back(tmp_path):
    (tmp_path / "in.feedme").write_text(
        "A1) r,u,z\nA2) 6231,3543,9134\nG) limits\nH) 1 50 1 40\nJ) 25,24,26\nK) 1 1\nP) 1\n"
        "0) sersic\n1) 25 1\n2) 20 1\n3) 18,19,17 3\n4) 5,5.5,4 3 band\n5) 2 1\n9) 0.7 1\n10) 30 1\n"
        "0) sersic\n1) 26 1\n2) 20 1\n3) 19,19.5,18.2 3\n4) 8,8.1,8.2 3 band\n5) 1 0\n9) 0.7 1\n10) 30 1\n"
    )
    (tmp_path / "limits").write_text("1_2 re_all offset\n1_2 x offset\n")
    there_and_back(tmp_path, "in", "galfitm")
    assert "1_2 re_all offset" in " ".join((tmp_path / "again.constraints").read_text().split())


def test_sections_of_images_are_kept(scene):
    """Positions count from the first pixel of a section."""
    text = (
        "A) r.fits[11:40,6:35],u.fits[11:40,6:35]\nA1) r,u\nA2) 6231,3543\nC) r_sigma.fits[11:40,6:35],"
        "u_sigma.fits[11:40,6:35]\nD) none\nH) 3 28 2 29\nJ) 25,24\nK) 1 1\n"
        "0) sersic\n1) 15 1\n2) 14 1\n3) 18,19 2\n4) 5 1\n5) 2 1\n9) 0.7 1\n10) 30 1\n"
    )
    (scene / "in.feedme").write_text(text)
    there_and_back(scene, "in", "galfitm")
    controls, galaxy = rows(scene / "again.feedme")
    assert controls["H"] == ["3", "28", "2", "29"]
    assert galaxy["1"] == ["15", "1"]


def test_regions_that_differ_become_sections(scene):
    text = bands(u="shift = [3.0, -2.0]").replace(
        'file = "r.fits"', 'file = "r.fits"\nregion = [5, 34, 6, 35]'
    )
    text = text.replace('file = "u.fits"', 'file = "u.fits"\nregion = [8, 37, 4, 33]')
    text = text.replace('file = "z.fits"', 'file = "z.fits"\nregion = [5, 34, 6, 35]')
    (scene / "scene.toml").write_text(text + COMPONENTS)
    convert("scene.toml", "out.feedme", "--to", "galfitm", cwd=scene)
    controls, bulge, *_ = rows(scene / "out.feedme")
    assert controls["A"] == ["r.fits[5:34,6:35],u.fits[8:37,4:33],z.fits[5:34,6:35]"]
    assert controls["H"] == ["1", "30", "1", "30"]
    assert bulge["1"] == ["21", "1"]
    assert bulge["2"] == ["15,15.5,14.5", "3", "band"]


LOSSES = {
    "n = { chebyshev = 3, coefficients = [2.0, 0.25, 0.0], free = [0, 1, 0] }": (
        "n = { bspline = 2, value = 2.0 }",
        "Chebyshev",
    ),
    "q = { chebyshev = 1, coefficients = [0.7, 0.05] }": (
        "q = { value = 0.7, prior = { mean = 0.7, sigma = 0.1 } }",
        "priors",
    ),
    "y = { bands = [20.0, 20.5, 19.5] }": (
        "y = { bands = [20.0, 20.5, 19.5], free = [1, 0, 1] }",
        "some bands",
    ),
    'pixel_in_psf = "none"': ('pixel_in_psf = "own"', "without a pixel"),
    'name = "u"': ('name = "u band"', "no blanks"),
}


@pytest.mark.parametrize("said", LOSSES)
def test_losses_are_listed_and_fail(scene, said):
    instead, message = LOSSES[said]
    text = (scene / "scene.toml").read_text()
    assert said in text
    (scene / "scene.toml").write_text(text.replace(said, instead))
    finished = convert("scene.toml", "out.feedme", "--to", "galfitm", cwd=scene, ok=False)
    assert message in finished.stderr
    assert not (scene / "out.feedme").exists()
    finished = convert("scene.toml", "out.feedme", "--to", "galfitm", "--lossy", cwd=scene)
    assert message in finished.stderr
    assert (scene / "out.feedme").exists()


def test_what_cannot_be_is_refused(scene):
    for format in ("galfit", "imfit"):
        finished = convert("scene.toml", "out.feedme", "--to", format, cwd=scene, ok=False)
        assert "band" in finished.stderr
        assert "--to galfitm" in finished.stderr
    (scene / "scene.toml").write_text(bands(z="shift = [0.5, 0.0]") + COMPONENTS)
    finished = convert("scene.toml", "out.feedme", "--to", "galfitm", "--lossy", cwd=scene, ok=False)
    assert '"z" has not the pixels of "r"' in finished.stderr


@pytest.mark.parametrize(
    ("said", "instead", "message"),
    [
        ('name = "u"', 'name = "r"', "two bands have the same name"),
        ('file = "u.fits"', 'file = "u.fits"\npixel_scale = -0.2', "pixel_scale = -0.2"),
    ],
)
def test_bands_that_no_fit_would_read_are_refused(scene, said, instead, message):
    text = (scene / "scene.toml").read_text()
    assert said in text
    (scene / "scene.toml").write_text(text.replace(said, instead))
    for command in (("convert", "scene.toml", "out.feedme", "--to", "galfitm"), ("inspect", "scene.toml")):
        finished = cli_support.run(*command, cwd=scene)
        assert finished.returncode == 2
        assert message in finished.stderr


@pytest.mark.parametrize("model", ["s", "se"])
def test_real_files_come_back_the_same(tmp_path, model):
    data = os.environ.get("GAXEL_TEST_DATA")
    if not data:
        pytest.skip("GAXEL_TEST_DATA is not set: no folder with real images")
    folder = Path(data) / "ngc4261_sdss_ugriz"
    (tmp_path / "ngc4261").mkdir()
    for band in "ugriz":
        (tmp_path / f"ngc4261/NGC_4261-{band}.fits").symlink_to(folder / f"{band}.fits")
        (tmp_path / f"ngc4261/PSF-{band}.fits").symlink_to(folder / f"psf_{band}.fits")
    (tmp_path / "ngc4261/NGC_4261-mask.fits").symlink_to(folder / "mask.fits")
    for name in ("constrain_s", "constrain_se"):
        shutil.copy(folder / "reference/constrain_s", tmp_path / "ngc4261" / name)
    # The images are cut to the region here.
    text = (folder / f"reference/ngc4261-{model}.feedme").read_text()
    (tmp_path / "in.feedme").write_text(text.replace("H) 150 450 150 450", "H) 1 301 1 301"))
    there_and_back(tmp_path, "in", "galfitm")


def test_limits_on_single_coefficients_come_back(tmp_path):
    (tmp_path / "in.feedme").write_text(
        "A1) r,u,z\nA2) 6231,3543,9134\nG) limits\nH) 1 50 1 40\nJ) 25,24,26\nK) 1 1\nP) 1\n"
        "0) sersic\n1) 25 1\n2) 20 1\n3) 18,19,17 3\n4) 5,5.5,4 2\n5) 2,0.1 2 cheb\n9) 0.7 1\n10) 30 2\n"
    )
    limits = [
        "1 mag_u 17 to 21",
        "1 mag_z 15 to 1e+30",
        "1 n_1 -0.5 to 0.5",
        "1 n_0 1 to 3",
        "1 pa_0 0 to 60",
    ]
    (tmp_path / "limits").write_text("\n".join(limits).replace("1e+30", "1e30") + "\n")
    there_and_back(tmp_path, "in", "galfitm")
    found = sorted(line.split() for line in (tmp_path / "again.constraints").read_text().splitlines()[1:])
    for words, limit in zip(found, sorted(line.split() for line in limits), strict=True):
        assert words[:2] == limit[:2]
        assert [float(words[i]) for i in (2, 4)] == pytest.approx(
            [float(limit[i]) for i in (2, 4)], rel=1e-13
        )


def test_a_limit_with_one_end_comes_back(scene):
    """GALFIT's ranges have two ends; the other one is written far out."""
    text = (scene / "scene.toml").read_text().replace("min = 15, max = 22", "min = 15")
    (scene / "scene.toml").write_text(text)
    convert("scene.toml", "out.feedme", "--to", "galfitm", cwd=scene)
    convert("out.feedme", "back.toml", cwd=scene)
    mag = tomllib.loads((scene / "back.toml").read_text())["component"][0]["mag"]
    assert mag["min"] == 15.0 and "max" not in mag
