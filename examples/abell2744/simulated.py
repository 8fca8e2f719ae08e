"""A field to stand in for the real one: rendered by gaxel, with noise of the same kind, under the same file names."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
from astropy.io import fits

GAIN = 68952.384  # electrons per unit of the image
RMS = 0.0022
SIZE = 200
PSF_SIZE = 50  # even, with the peak in pixel 25 (1-based): as the star of the real data
TRUTH = f"""
[image]
shape = [{SIZE}, {SIZE}]
zeropoint = 26.269

[psf]
file = "f105w_psf.fits.gz"
center = [25, 25]

[[component]]
type = "sersic"
name = "dwarf"
x = 100.9
y = 100.4
mag = 21.6
re = 7.9
n = 1.6
q = 0.9
pa = 20

[[component]]
type = "sersic"
name = "bulge"
x = 139.9
y = 90.2
mag = 20.7
re = 4.0
n = 2.5
q = 0.7
pa = 138

[[component]]
type = "exponential"
name = "disc"
x = 139.9
y = 90.2
mag = 21.5
re = 7.0
q = 0.31
pa = 133

[[component]]
type = "sersic"
name = "early core"
x = 181.1
y = 64.3
mag = 20.8
re = 3.2
n = 2.0
q = 0.71
pa = -34

[[component]]
type = "sersic"
name = "early envelope"
x = 181.0
y = 64.4
mag = 20.1
re = 14.8
n = 0.7
q = 0.87
pa = -100

[[component]]
type = "sky"
level = -0.002
dx = -3e-6
dy = -2e-5
"""


def psf() -> np.ndarray:
    """A Moffat profile of FWHM 2.6 pixels."""
    rows, columns = np.mgrid[:PSF_SIZE, :PSF_SIZE] - (PSF_SIZE // 2 - 1.0)
    fwhm, beta = 2.6, 2.8
    scale = fwhm / (2 * np.sqrt(2 ** (1 / beta) - 1))
    return (1 + (rows**2 + columns**2) / scale**2) ** -beta


def write(image: np.ndarray, path: Path) -> None:
    fits.PrimaryHDU(image.astype(np.float32)).writeto(path, overwrite=True)


def make(command: Path, folder: Path, seed: int = 2744) -> None:
    """Writes image, rms and PSF to `folder`. Raises subprocess.CalledProcessError when gaxel fails."""
    write(psf(), folder / "f105w_psf.fits.gz")
    truth = folder / "truth.toml"
    truth.write_text(TRUTH)
    subprocess.run(
        [command, "render", truth, "-o", folder / "truth.fits"], check=True, stdout=subprocess.DEVNULL
    )
    with fits.open(folder / "truth.fits") as file:
        light = file[0].data.astype(float)
    sigma = np.sqrt(RMS**2 + np.maximum(light, 0.0) / GAIN)
    noise = np.random.default_rng(seed).normal(size=light.shape)
    write(light + sigma * noise, folder / "abell_2744_dwarf_galaxy_f105w.fits.gz")
    write(np.full(light.shape, RMS), folder / "abell_2744_dwarf_galaxy_f105w_rms.fits.gz")
