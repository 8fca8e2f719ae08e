"""gaxel convert: what one format says another says too, or the command tells what is lost."""

import cli_support
import numpy as np
import pytest
from astropy.io import fits

EXAMPLES = cli_support.ROOT / "tests/legacy/data"
GALFIT = """A) image.fits
B) block.fits
C) sigma.fits
D) psf.fits kernel.txt
E) 1
F) bad.txt
G) limits
H) 11 60 6 45
I) 40 40
J) 26.49
K) 0.05 0.06
O) regular
P) 0

 0) sersic2
 1) 30.5 21.0 1 0
 3) 17.9 1
 4) 9.0 1
 5) 3.0 0
 9) 0.85 1
10) -12 1
C0) 0.05 1
 Z) 1

 0) expdisk
 1) 31 20 1 1
 3) 14.2 1
 4) 7.3 1
 9) 0.55 1
10) -20 1
B2) 0.5 1
F1) 0.05 40 1 0
F2) -0.03 20 0 1
R0) power
R1) 1 0
R2) 20 1
R3) 100 1
R4) 0.4 1
R9) 35 1
R10) 60 1
 Z) 0

 0) gaussian
 1) 31 20 1 1
 3) 18.3 0
 4) 3.3 1
 9) 0.8 1
10) 11 1
 Z) 0

 0) moffat
 1) 31 20 1 1
 3) 18.3 0
 4) 3.3 1
 5) 2.7 1
 9) 0.8 1
10) 11 1
 Z) 0

 0) king
 1) 31 20 1 1
 3) 18.3 1
 4) 3.3 1
 5) 20 1
 6) 2 0
 9) 0.8 1
10) 11 1
 Z) 0

 0) edgedisk
 1) 31 20 1 1
 3) 18.3 1
 4) 1.3 1
 5) 7 1
10) 11 1
 Z) 0

 0) psf
 1) 50 30 1 1
 3) 19 1
 Z) 0

 0) sky
 1) 12.25 0
 2) 0.125 0
 3) 0 1
 Z) 0
"""
LIMITS = "1_2 x offset\n1/2 re 0.05 1\n1 re 0.5 to 60\n2 mag 10 to 20\n2 f2p -30 to 30\n5 mag 15 to 20\n"


@pytest.fixture
def galfit(tmp_path):
    (tmp_path / "in.feedme").write_text(GALFIT)
    (tmp_path / "limits").write_text(LIMITS)
    (tmp_path / "kernel.txt").write_text("0 0.1 0\n0.1 0.6 0.1\n0 0.1 0\n")
    (tmp_path / "bad.txt").write_text("12 13\n")
    fits.writeto(tmp_path / "image.fits", np.ones((50, 70)), fits.Header({"EXPTIME": 3.5}))
    fits.writeto(tmp_path / "psf.fits", cli_support.gaussian_psf(15))
    return tmp_path


def convert(*arguments, cwd=None, ok=True):
    finished = cli_support.run("convert", *arguments, cwd=cwd)
    assert (finished.returncode == 0) == ok, finished.stderr
    return finished


def meaning(path):
    """Every line of a feedme or a constraint file as its words, numbers as numbers."""
    lines = []
    for line in path.read_text().splitlines():
        words = line.split("#")[0].split()
        parsed = []
        for word in words:
            try:
                parsed.append(float(word))
            except ValueError:
                parsed.append(word)
        if parsed:
            lines.append(parsed)
    return lines


def test_galfit_to_scene_to_galfit_says_the_same(galfit):
    convert("in.feedme", "scene.toml", cwd=galfit)
    convert("scene.toml", "out.feedme", cwd=galfit)
    expected, found = meaning(galfit / "in.feedme"), meaning(galfit / "out.feedme")
    # Files that are written anew have new names.
    expected[expected.index(["D)", "psf.fits", "kernel.txt"])][2] = "out.kernel"
    expected[expected.index(["G)", "limits"])][1] = "out.constraints"
    assert sorted(map(str, found[:13])) == sorted(map(str, expected[:13]))
    assert found[13:] == expected[13:]
    assert sorted(map(str, meaning(galfit / "out.constraints"))) == sorted(
        map(str, meaning(galfit / "limits"))
    )
    assert meaning(galfit / "out.kernel") == meaning(galfit / "kernel.txt")


def test_galfit_to_scene_and_back_renders_the_same(galfit):
    convert("in.feedme", "scene.toml", cwd=galfit)
    convert("scene.toml", "out.feedme", cwd=galfit)
    models = []
    for name in ("in.feedme", "scene.toml", "out.feedme"):
        finished = cli_support.run("render", name, "-o", "model.fits", cwd=galfit)
        assert finished.returncode == 0, finished.stderr
        models.append(fits.getdata(galfit / "model.fits"))
    np.testing.assert_allclose(models[1], models[0], rtol=1e-10)
    np.testing.assert_allclose(models[2], models[0], rtol=1e-10)


def test_galfitm_has_x_and_y_on_two_lines(galfit):
    convert("in.feedme", "out.feedme", "--to", "galfitm", cwd=galfit)
    lines = meaning(galfit / "out.feedme")
    assert ["A1)", "x"] in lines
    assert [1.0, 2.0] not in lines and ["1)", 30.5, 1.0] in lines and ["2)", 21.0, 0.0] in lines
    models = []
    for name in ("in.feedme", "out.feedme"):
        assert cli_support.run("render", name, "-o", "model.fits", cwd=galfit).returncode == 0
        models.append(fits.getdata(galfit / "model.fits"))
    np.testing.assert_allclose(models[1], models[0], rtol=1e-10)


IMFIT = """GAIN 4.7
READNOISE 4
ORIGINAL_SKY 130

X0 29 25,33
Y0 28.5
FUNCTION Sersic # LABEL bulge
PA 20 -90,90
ell 0.15 0,0.9
n 3 0.5,8
I_e 25 0,1000
r_e 6 0.5,60

X0 29 fixed
Y0 28.5 fixed
FUNCTION Exponential # LABEL disc
PA 18
ell 0.45
I_0 80
h 24 2,200

X0 40.2
Y0 17.9
FUNCTION PointSource # LABEL star
I_tot 5000

X0 10 fixed
Y0 20 fixed
FUNCTION TiltedSkyPlane # LABEL sky
I_0 3
m_x 0.1
m_y 0 fixed
"""


def test_imfit_to_scene_to_imfit_says_the_same(galfit):
    (galfit / "in.dat").write_text(IMFIT)
    files = ("--image", "image.fits", "--psf", "psf.fits")
    convert("in.dat", "scene.toml", *files, cwd=galfit)
    convert("scene.toml", "out.dat", "--to", "imfit", cwd=galfit)
    assert meaning(galfit / "out.dat") == meaning(galfit / "in.dat")
    assert "--psf psf.fits" in (galfit / "out.dat").read_text()


def test_galfit_to_imfit_renders_the_same(galfit):
    text = (
        GALFIT.split(" 0) gaussian")[0]
        .replace("B2) 0.5 1\n", "")
        .replace(" kernel.txt", "")
        .replace("G) limits\n", "")
    )
    text = "\n".join(line for line in text.splitlines() if line[0:1] not in ("F", "R")) + "\nF) none\n"
    (galfit / "in.feedme").write_text(text)
    convert("in.feedme", "out.dat", "--to", "imfit", cwd=galfit)
    assert cli_support.run("render", "in.feedme", "-o", "a.fits", cwd=galfit).returncode == 0
    files = ("--image", "image.fits[11:60,6:45]", "--psf", "psf.fits")
    finished = cli_support.run("render", "out.dat", *files, "-o", "b.fits", cwd=galfit)
    assert finished.returncode == 0, finished.stderr
    np.testing.assert_allclose(fits.getdata(galfit / "b.fits"), fits.getdata(galfit / "a.fits"), rtol=1e-6)


def test_losses_are_listed_and_fail(galfit):
    scene = """title = "lost"
[image]
file = "image.fits"
zeropoint = 25
[psf]
type = "gaussian"
fwhm = 3
[mask]
file = "bad.txt"
[[component]]
type = "sersic"
x = 20
y = 20
mag = 18
re = 5
n = 2
q = 0.5
pa = 10
soft = 0.5
[[component]]
type = "gaussianring"
x = 20
y = 20
flux = 18
r = 5
sigma = 1
"""
    (galfit / "scene.toml").write_text(scene)
    failed = convert("scene.toml", "out.feedme", cwd=galfit, ok=False)
    assert failed.returncode == 2 and not (galfit / "out.feedme").exists()
    for loss in (
        '"title"',
        "GALFIT's PSF is one image",
        'no row for "soft"',
        "GALFIT has no gaussianring; the component is left out",
    ):
        assert loss in failed.stderr
    done = convert("scene.toml", "out.feedme", "--lossy", cwd=galfit)
    assert "warning: lost" in done.stderr
    assert [line for line in meaning(galfit / "out.feedme") if line[0] == "0)"] == [["0)", "sersic"]]


def test_examples_become_scenes(galfit):
    for name in ("single_sersic", "bulge_disc"):
        for file in (f"{name}.feedme", "bulge_disc.constraints"):
            (galfit / file).write_text((EXAMPLES / file).read_text())
        convert(f"{name}.feedme", f"{name}.toml", cwd=galfit)
    text = (galfit / "bulge_disc.toml").read_text()
    assert 'ratio = { to = "1 sersic2.re"' in text and "constraints = [" not in text
    assert text.count('x = { tie = "1 sersic2.x" }') == 2 and text.count('y = { tie = "1 sersic2.y" }') == 2
    convert("bulge_disc.toml", "again.feedme", cwd=galfit)
    lines = [line.split() for line in (galfit / "again.constraints").read_text().splitlines()]
    assert ["1/2", "re", "0.05", "1"] in lines
    assert ["1_2_3", "x", "offset"] in lines and ["1_2_3", "y", "offset"] in lines


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("in.feedme", "out.txt"), '--to: the name "out.txt" tells no format (--to galfit'),
        (("in.feedme", "in.feedme"), "in.feedme"),
        (("none.toml", "out.feedme"), "none.toml: the file does not exist"),
        (("scene.toml", "out.toml"), "--to = toml: it is a scene already"),
    ],
)
def test_mistakes(galfit, arguments, message):
    (galfit / "scene.toml").write_text("[image]\nshape = [5, 5]\n")
    failed = convert(*arguments, cwd=galfit, ok=False)
    assert failed.returncode == 2 and message in failed.stderr
    assert (galfit / "in.feedme").read_text() == GALFIT
