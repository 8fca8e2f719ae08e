"""Simulated fields, scene files and runs of the command for the tests of this folder."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
from pathlib import Path

import numpy as np
from astropy.io import fits
from scipy.signal import fftconvolve
from scipy.special import gamma, gammaincinv

ROOT = Path(__file__).parents[2]
COMMAND = os.environ.get("GAXEL_COMMAND", str(ROOT / "build/release/gaxel"))
OUTPUTS = {"block.fits", "parameters.ecsv", "derived.ecsv", "result.toml", "report.html", "picture.png"}


def run(*arguments, cwd=None, under=(), **options) -> subprocess.CompletedProcess:
    """Runs gaxel with these arguments, started by the command `under` if given; both outputs as text."""
    command = [*under, COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=cwd, **options)


def catches_interrupts(process) -> bool:
    """Whether a process has set a handler of SIGINT; needs /proc."""
    with open(f"/proc/{process.pid}/status") as status:
        caught = next(line for line in status if line.startswith("SigCgt")).split()[1]
    return bool(int(caught, 16) >> (signal.SIGINT - 1) & 1)


def toml_value(value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | Path):
        return "'" + str(value) + "'"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml_value(entry)}" for key, entry in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    return repr(value)


def scene_text(tables: dict, components: list[dict]) -> str:
    """TOML of a scene: plain entries of `tables` first, then its tables, then the components."""
    lines = [f"{key} = {toml_value(value)}" for key, value in tables.items() if not isinstance(value, dict)]
    for name, table in tables.items():
        if isinstance(table, dict):
            lines += ["", f"[{name}]", *(f"{key} = {toml_value(value)}" for key, value in table.items())]
    for component in components:
        lines += ["", "[[component]]", *(f"{key} = {toml_value(value)}" for key, value in component.items())]
    return "\n".join(lines) + "\n"


def sersic_light(shape, x, y, flux, re, n, q, pa_deg, oversample=9):
    """Sersic light in pixels (1-based x, y; pa from +y towards -x) by a fine grid of samples in each pixel."""
    b = gammaincinv(2 * n, 0.5)
    norm = flux / (2 * np.pi * n * np.exp(b) * b ** (-2 * n) * gamma(2 * n) * re**2 * q)
    offsets = (np.arange(oversample) + 0.5) / oversample - 0.5
    pa = np.radians(pa_deg)
    image = np.zeros(shape)
    rows, columns = np.mgrid[1 : shape[0] + 1, 1 : shape[1] + 1].astype(float)
    for dy in offsets:
        for dx in offsets:
            u, v = columns + dx - x, rows + dy - y
            # The major axis points along (-sin pa, cos pa): counter-clockwise from +y.
            major = -u * np.sin(pa) + v * np.cos(pa)
            minor = u * np.cos(pa) + v * np.sin(pa)
            radius = np.hypot(major, minor / q) / re
            image += norm * np.exp(-b * (radius ** (1 / n) - 1))
    return image / oversample**2


def gaussian_psf(size=25, fwhm=3.2):
    axis = np.arange(size) - size // 2
    squared = axis[:, None] ** 2 + axis[None, :] ** 2
    psf = np.exp(-4 * np.log(2) * squared / fwhm**2)
    return psf / psf.sum()


@dataclasses.dataclass
class Field:
    """A simulated field on disk: image.fits, sigma.fits, mask.fits, psf.fits, and what was put into it."""

    folder: Path
    data: np.ndarray
    sigma: np.ndarray
    masked: np.ndarray
    psf: np.ndarray
    truth: dict
    region = (11, 80, 6, 75)

    def tables(self, **changes) -> dict:
        """The scene's tables. A change of None leaves a table out, a dict is merged, all else replaces."""
        tables = {
            "title": "simulated",
            "image": {"file": self.folder / "image.fits", "region": list(self.region), "zeropoint": 25.0},
            "noise": {"sigma": self.folder / "sigma.fits"},
            "mask": {"file": self.folder / "mask.fits"},
            "psf": {"file": self.folder / "psf.fits"},
        }
        for name, change in changes.items():
            if change is None:
                tables.pop(name, None)
            elif isinstance(change, dict):
                tables[name] = {
                    key: value for key, value in (tables.get(name, {}) | change).items() if value is not None
                }
            else:
                tables[name] = change
        return tables

    def components(self, **galaxy) -> list[dict]:
        """Good starting values; `galaxy` changes those of the galaxy (None: left out)."""
        start = {"name": "big one", "type": "sersic", "x": 44, "y": 41, "mag": 15.4, "re": 7, "n": 1.5}
        start |= {"q": 0.7, "pa": 30} | galaxy
        return [
            {key: value for key, value in start.items() if value is not None},
            {"name": "star", "type": "pointsource", "x": 65, "y": 20, "flux": 2000},
            {"name": "sky", "type": "sky", "level": 4},
        ]

    def write_scene(self, path, tables=None, components=None) -> Path:
        tables = self.tables() if tables is None else tables
        components = self.components() if components is None else components
        Path(path).write_text(scene_text(tables, components))
        return Path(path)


def wcs_header() -> fits.Header:
    header = fits.Header()
    cards = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 150.1, "CRVAL2": 2.2, "CRPIX1": 40.5}
    cards |= {"CRPIX2": 33.25, "CD1_1": -5e-5, "CD1_2": 1e-5, "CD2_1": 1e-5, "CD2_2": 5e-5, "EXPTIME": 1.0}
    header.update(cards)
    return header


def make_field(folder: Path) -> Field:
    """90 x 80 pixels: a galaxy, a star in the middle of a pixel, a sky, noise, some masked pixels."""
    rng = np.random.default_rng(42)
    truth = {
        "big one": {
            "x": 44.3,
            "y": 40.6,
            "mag": 25 - 2.5 * np.log10(9000),
            "re": 6.0,
            "n": 1.8,
            "q": 0.6,
            "pa": 40.0,
        },
        "star": {"x": 65.0, "y": 20.0, "flux": 1500.0},
        "sky": {"level": 5.0},
    }
    # A margin keeps the light that the PSF carries in from beyond the edges.
    margin, shape = 15, (80, 90)
    psf = gaussian_psf()
    galaxy = truth["big one"]
    light = sersic_light(
        (shape[0] + 2 * margin, shape[1] + 2 * margin),
        galaxy["x"] + margin,
        galaxy["y"] + margin,
        9000.0,
        galaxy["re"],
        galaxy["n"],
        galaxy["q"],
        galaxy["pa"],
    )
    light[20 - 1 + margin, 65 - 1 + margin] += truth["star"]["flux"]
    model = fftconvolve(light, psf, mode="same")[margin:-margin, margin:-margin] + truth["sky"]["level"]
    sigma = np.sqrt(model / 2.0 + 1.5**2)
    data = model + sigma * rng.standard_normal(shape)
    masked = np.zeros(shape, dtype=np.uint8)
    masked[60:70, 20:28] = 1
    data[masked == 1] = 1e5
    header = wcs_header()
    fits.writeto(folder / "image.fits", data.astype(np.float32), header)
    fits.writeto(folder / "sigma.fits", sigma)
    fits.writeto(folder / "mask.fits", masked)
    fits.writeto(folder / "psf.fits", 123.0 * psf)
    return Field(folder, data.astype(np.float32).astype(float), sigma, masked == 1, psf, truth)
