"""Scenes of the real images, and fits of them by the command."""

import json
import os
import pathlib
import re
import subprocess

import numpy as np
from astropy.io import fits

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("GAXEL_COMMAND", str(ROOT / "build/release/gaxel"))
BANDS = {"u": 3543.0, "g": 4770.0, "r": 6231.0, "i": 7625.0, "z": 9134.0}
# Of the images' headers (MAGZP), and the skies that GALFITM's authors fix.
ZEROPOINTS = {"u": 28.1408, "g": 30.034, "r": 29.94, "i": 29.72, "z": 27.88}
SKIES = {"u": 35.7781, "g": 292.9783, "r": 646.1415, "i": 926.4883, "z": 493.7779}


class Fits:
    """Fits by `gaxel fit` in a folder of their own each; all results by name."""

    def __init__(self, folder):
        self.folder = folder
        self.results = {}

    def fit(self, name, text, file="in.toml", options=()):
        """The result of a file of that text, as the JSON has it."""
        folder = self.folder / f"{len(self.results):03d}"
        folder.mkdir()
        (folder / file).write_text(text)
        command = [COMMAND, "fit", folder / file, "-o", folder / "out", "--json", "-q", *options]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        if not finished.stdout:
            raise RuntimeError(f"{name}: {finished.stderr}")
        self.results[name] = json.loads(finished.stdout)
        return self.results[name]


def rows(result):
    """Rows of the table of parameters by component, key and band."""
    return {(row["component"], row["parameter"], row.get("band", "")): row for row in result["parameters"]}


def image_tables(data, case, prefix=""):
    """[image], [noise], [mask] and [psf] of a case, in the convention of Imfit: the PSF holds no pixel."""
    survey, which = case.split()
    if survey == "ngc4261":
        folder = data / "ngc4261_sdss_ugriz"
        names = (f"{which}.fits", "mask.fits", f"psf_{which}.fits")
        image, noise = f"zeropoint = {ZEROPOINTS[which]}\nexptime = 1.0", "gain = 1.0"
    elif survey == "n3073":
        folder = data / "n3073_sdss_r"
        names = ("image.fits", "mask.fits", "psf.fits")
        image, noise = "exptime = 1.0", "gain = 4.725\nread_noise = 4.3\nsky = 154.33"
    else:
        folder = data / "hsc_pysersic"
        names = (f"{which}_image.fits", f"{which}_mask.fits", f"{which}_psf.fits")
        image, noise = "zeropoint = 27.0\nexptime = 1.0", f'sigma = "{folder}/{which}_sigma.fits"'
    file, mask, psf = names
    return (
        f'[{prefix}image]\nfile = "{folder}/{file}"\n{image}\n[{prefix}noise]\n{noise}\n'
        f'[{prefix}mask]\nfile = "{folder}/{mask}"\n[{prefix}psf]\nfile = "{folder}/{psf}"\npixel_in_psf = "none"\n'
    )


def component(name, kind, **values):
    """A [[component]]; texts are TOML, numbers are values."""
    lines = [f"{key} = {value}" for key, value in values.items()]
    return "\n".join(["", "[[component]]", f'name = "{name}"', f'type = "{kind}"', *lines, ""])


def fixed_sky(case):
    survey, which = case.split()
    if survey != "ngc4261":
        return ""
    return component("sky", "sky", level=f"{{ value = {SKIES[which]}, fixed = true }}")


def light(case):
    return "flux" if case.startswith("n3073") else "mag"


def one_galaxy(data, case):
    """One Sersic profile that the image says where to start."""
    middle = {"ngc4261": (142, 141), "n3073": (101, 97), "hsc": (61, 61)}[case.split()[0]]
    start = {"x": middle[0], "y": middle[1]}
    if light(case) == "flux":
        start["flux"] = 1.5e6
    else:
        start["mag"] = {"hsc": 19.0}.get(case.split()[0], 14.0)
    return image_tables(data, case) + component("galaxy", "sersic", **start) + fixed_sky(case)


def with_disc(data, case, simple):
    """A Sersic profile and an exponential about one centre: from the fit of one profile, split."""
    found = {row["parameter"]: row["value"] for row in simple["parameters"] if row["component"] == "galaxy"}
    key = light(case)
    half = found[key] / 2 if key == "flux" else found[key] + 0.75
    bulge = {
        "x": found["x"],
        "y": found["y"],
        key: half,
        "re": 0.5 * found["re"],
        "n": 2.5,
        "q": found["q"],
        "pa": found["pa"],
    }
    disc = {
        "x": '{ tie = "bulge.x" }',
        "y": '{ tie = "bulge.y" }',
        key: half,
        "re": 1.4 * found["re"],
        "q": min(found["q"] + 0.05, 0.95),
        "pa": found["pa"],
    }
    return (
        image_tables(data, case)
        + component("bulge", "sersic", **bulge)
        + component("disc", "exponential", **disc)
        + fixed_sky(case)
    )


def from_values(data, case, values):
    """The model of a fit of Imfit's engine, started at its values."""
    main = {"x": values["x"], "y": values["y"], light(case): values["light"]}
    main |= {key: values[key] for key in ("re", "n", "q", "pa")}
    text = image_tables(data, case) + component("bulge" if "h" in values else "galaxy", "sersic", **main)
    if "h" in values:
        disc = {"x": '{ tie = "bulge.x" }', "y": '{ tie = "bulge.y" }', light(case): values["light disc"]}
        disc |= {"re": 1.6783469900166605 * values["h"], "q": values["q disc"], "pa": values["pa disc"]}
        text += component("disc", "exponential", **disc)
    return text + fixed_sky(case)


def joint_scene(data, model):
    """NGC 4261: one form in all bands, magnitudes of their own; S: a Sersic profile, S+D: one and a disc."""
    text = ""
    for band, wavelength in BANDS.items():
        text += f'[[band]]\nname = "{band}"\nwavelength = {wavelength}\n'
        text += "" if band == "u" else "shift = [0.0, 0.0]\n"
        text += image_tables(data, f"ngc4261 {band}", "band.")
    first = [16.2, 14.4, 13.6, 13.1, 12.9]
    text += component(
        "galaxy" if model == "S" else "bulge",
        "sersic",
        x=141.85,
        y=141.18,
        mag=f"{{ bands = {first} }}",
        re=19.6,
        n=4.5 if model == "S" else 3.5,
        q=0.8,
        pa=10.0 if model == "S" else -20.0,
    )
    if model == "S+D":
        disc = {"x": 141.85, "y": 141.18, "mag": f"{{ bands = {first} }}", "re": 40.0, "q": 0.83, "pa": -18.6}
        text += component("disc", "exponential", **disc)
    return text + component("sky", "sky", level=f"{{ bands = {list(SKIES.values())}, fixed = true }}")


def galfitm_feedme(data, model):
    """The file of GALFITM's authors for images that are cut to its region."""
    images = data / "ngc4261_sdss_ugriz"
    text = (images / f"reference/ngc4261-{model}.feedme").read_text()
    for band in BANDS:
        text = text.replace(f"ngc4261/NGC_4261-{band}.fits", f"{images}/{band}.fits")
        text = text.replace(f"ngc4261/PSF-{band}.fits", f"{images}/psf_{band}.fits")
    text = text.replace("ngc4261/NGC_4261-mask.fits", f"{images}/mask.fits")
    # The file of limits names another frame; none of them is reached.
    text = re.sub(r"(?m)^G\).*", "G) none", text).replace("H) 150 450 150 450", "H) 1 301 1 301")
    return text.replace("290.853", "141.853").replace("290.178", "141.178")


def abell_example(data, name):
    """A scene of the examples, with the images where they are."""
    text = (ROOT / f"examples/abell2744/{name}.toml").read_text()
    return text.replace('"data/', f'"{data}/abell2744_hst/')


def abell_scene(data, name, side):
    """An image without errors: the noise of its background, by the deviations of its fainter half, and its light's."""
    folder = data / "abell2744_hst"
    file = folder / f"abell_2744_{name}_f105w.fits.gz"
    pixels = np.sort(fits.getdata(file).astype(float).ravel())
    faint = pixels[: pixels.size // 2]
    rms = float(np.median(faint) - faint[int(0.16 * faint.size)])
    galaxy = (
        {"x": side * 0.75, "y": 205, "mag": 18.5} if name == "cd_galaxy" else {"x": 76, "y": 77, "mag": 19.5}
    )
    return (
        f'[image]\nfile = "{file}"\nzeropoint = 26.269\nexptime = 1.0\n[noise]\nrms = {rms}\ngain = 68952.384\n'
        f'[psf]\nfile = "{folder}/f105w_psf.fits.gz[1:49,1:49]"\n'
        + component("galaxy", "sersic", **galaxy)
        + component("sky", "sky")
    )


def several_objects(data):
    """HSC gal3 with its neighbours, nothing masked; two of them are points."""
    text = re.sub(r"\[mask\]\nfile = .*\n", "", image_tables(data, "hsc gal3"))
    for name, kind, x, y, mag in (
        ("edge", "sersic", 8, 26, 22.8),
        ("right", "sersic", 103.5, 46.2, 22.2),
        ("galaxy", "sersic", 60.3, 60.4, 19.0),
        ("star 1", "pointsource", 111.9, 83.0, 24.5),
        ("star 2", "pointsource", 101.9, 95.8, 24.0),
    ):
        text += component(name, kind, x=x, y=y, mag=mag)
    return text + component("sky", "sky")
