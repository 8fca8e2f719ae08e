"""Simulated surveys: images of galaxies of known parameters, with a PSF and noise."""

import os
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from astropy.io import fits
from numpy.typing import NDArray

import gaxel
from gaxel._arrays import Image, as_int
from gaxel._errors import input_error

ZEROPOINT = 30.0
SKY = 100.0
PSF_FWHM, PSF_BETA = 3.0, 4.765  # beta of turbulence (Trujillo et al. 2001, MNRAS 328, 977)
SCALE_DEG = 0.2 / 3600.0
KEYS = ("x", "y", "mag", "re", "n", "q", "pa")

_CONFIGURATION = """\
# Made by gaxel.survey.simulate; docs/survey.md explains every key.
output = "results"
{bands}
[catalogue]
file = "catalogue.parquet"
id = "id"
{place}x = "x"
y = "y"
mag = "mag"
re = "re"
"""

_FILE = re.compile(
    r"survey\.toml|catalogue\.parquet|truth\.parquet|psf\.fits|stack_g[0-8]\.fits|t\d{4,}_(g[0-8]|sigma)\.fits"
)

_BAND = """
[[band]]
name = "{name}"
wavelength = {wavelength}
image = "{image}"
sigma = {sigma}
psf = "psf.fits"
zeropoint = {zeropoint}
"""


def simulate(
    folder: str | os.PathLike[str],
    n: int = 200,
    *,
    layout: str = "tiles",
    size: int | None = None,
    bands: int = 1,
    seed: int = 1,
    per_tile: int = 50,
    overwrite: bool = False,
) -> Path:
    """Make a survey of Sersic galaxies seen through a Moffat PSF, on a sky of 100 counts, in white noise of sigma 1.

    Magnitudes are even from 20 to 23.5 (zero point 30; 0.3 fainter in each band to the blue), re and n log-normal around
    3.5 pixels and 1.7 within 1.5 to 8 and 0.6 to 5, axis ratios even from 0.3 to 1. The catalogue knows positions to 0.3
    pixels, magnitudes to 0.1 and sizes to 20 percent, and nothing else.

    Parameters
    ----------
    folder : path-like
        New or empty. Gets survey.toml, catalogue.parquet, truth.parquet (FITS pixels, pa from +y), psf.fits and the images.
    n : int
        Galaxies.
    layout : {"tiles", "stack"}
        Tiles of `per_tile` galaxies each, at random places at least 12 pixels inside, or one stack of cut-outs.
    size : int, optional
        Pixels along a side: default 512 for tiles, 64 in a stack.
    bands : int
        1 to 9: g0, g1, ...
    seed : int
        The same seed makes the same survey.
    per_tile : int
    overwrite : bool
        Take a folder that holds something; files that are named like those of a simulated survey are removed first.

    Returns
    -------
    Path
        The configuration, survey.toml.

    Raises
    ------
    InputError
        When an argument is out of range, or the folder is not empty.
    """
    source = "simulate"
    if layout not in ("tiles", "stack"):
        raise input_error(source, "layout", repr(layout), "no such layout", "'tiles' or 'stack'")
    count, per_tile = as_int(n, source, "n", 1), as_int(per_tile, source, "per_tile", 1)
    side = as_int(size or (512 if layout == "tiles" else 64), source, "size", 32)
    n_bands = as_int(bands, source, "bands", 1)
    if n_bands > 9:
        raise input_error(source, "bands", n_bands, "out of range", "1 to 9")
    home = _emptied(Path(folder), overwrite)
    random = np.random.default_rng(seed)
    truth = _draw(random, count, side, layout, per_tile)
    psf = gaxel.MoffatPsf(PSF_FWHM, PSF_BETA)
    point = gaxel.PointSource(x=16.0, y=16.0, flux=1.0)
    fits.writeto(home / "psf.fits", gaxel.render(point, (33, 33), psf=psf), overwrite=True)
    for band in range(n_bands):
        _write_images(home, truth, band, side, layout, psf, random)
    pq.write_table(pa.table(truth), home / "truth.parquet")
    pq.write_table(pa.table(_blurred(truth, random)), home / "catalogue.parquet")
    configuration = home / "survey.toml"
    configuration.write_text(_configuration(layout, n_bands), encoding="utf-8")
    return configuration


def _emptied(home: Path, overwrite: bool) -> Path:
    """The folder, made where there is none, without the files of an earlier survey."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        is_empty = next(home.iterdir(), None) is None
    except OSError as error:
        raise input_error(
            "simulate", "folder", str(home), error.strerror or "cannot be made", "a folder"
        ) from None
    if not is_empty and not overwrite:
        raise input_error(
            "simulate", "folder", str(home), "is not empty",
            "a new or empty folder, or overwrite (--overwrite), which removes the survey in it",
        )  # fmt: skip
    # Tiles that the new survey does not have would be found by its configuration.
    for left in home.iterdir():
        if _FILE.fullmatch(left.name):
            left.unlink()
    return home


def _draw(
    random: np.random.Generator, n: int, side: int, layout: str, per_tile: int
) -> dict[str, NDArray[np.generic]]:
    number = np.arange(n)
    if layout == "stack":
        x, y = 0.5 * (side + 1) + random.uniform(-1.0, 1.0, (2, n))
    else:
        x, y = random.uniform(12.5, side - 11.5, (2, n))
    where = (
        {"plane": number}
        if layout == "stack"
        else {"tile": np.array([f"t{i // per_tile:04d}" for i in number])}
    )
    return {
        "id": number + 1,
        **where,
        "x": x,
        "y": y,
        "mag": random.uniform(20.0, 23.5, n),
        "re": _log_normal(random, 3.5, 0.4, 1.5, 8.0, n),
        "n": _log_normal(random, 1.7, 0.5, 0.6, 5.0, n),
        "q": random.uniform(0.3, 1.0, n),
        "pa": random.uniform(-90.0, 90.0, n),
    }


def _log_normal(
    random: np.random.Generator, median: float, sigma: float, low: float, high: float, n: int
) -> NDArray[np.float64]:
    """Drawn again until they lie within the ends."""
    values = np.full(n, np.nan)
    while (wrong := ~((values >= low) & (values <= high))).any():
        values[wrong] = median * np.exp(sigma * random.standard_normal(np.count_nonzero(wrong)))
    return values


def _write_images(
    home: Path,
    truth: dict[str, NDArray[np.generic]],
    band: int,
    side: int,
    layout: str,
    psf: gaxel.MoffatPsf,
    random: np.random.Generator,
) -> None:
    columns = [truth[key].astype(float) for key in KEYS]
    galaxies = [
        gaxel.Sersic(
            x=x - 1.0, y=y - 1.0, mag=mag + 0.3 * band, zeropoint=ZEROPOINT, re=re, n=n, q=q, theta=np.radians(pa + 90.0)
        )
        for x, y, mag, re, n, q, pa in zip(*columns, strict=True)
    ]  # fmt: skip

    def observe(own: list[gaxel.Sersic]) -> Image:
        model = gaxel.render(own, (side, side), psf=psf, rtol=1e-5, atol=1e-8)
        return model + SKY + random.standard_normal((side, side))

    if layout == "stack":
        shape = (len(galaxies), side, side)
        path = home / f"stack_g{band}.fits"
        fits.PrimaryHDU(np.zeros(shape, np.float32)).writeto(path, overwrite=True)
        with fits.open(path, mode="update", memmap=True) as file:
            for plane, galaxy in enumerate(galaxies):
                file[0].data[plane] = observe([galaxy])
        return
    for name in np.unique(truth["tile"]):
        own = [galaxies[i] for i in np.flatnonzero(truth["tile"] == name)]
        header = _world(int(name[1:]), side)
        data = observe(own).astype(np.float32)
        fits.writeto(home / f"{name}_g{band}.fits", data, header, overwrite=True)
        if band == 0:
            fits.writeto(home / f"{name}_sigma.fits", np.ones((side, side), np.float32), overwrite=True)


def _world(tile: int, side: int) -> fits.Header:
    """Tiles side by side along the equator."""
    header = fits.Header()
    header["CTYPE1"], header["CTYPE2"] = "RA---TAN", "DEC--TAN"
    header["CRVAL1"], header["CRVAL2"] = 10.0 + tile * side * SCALE_DEG, 0.0
    header["CRPIX1"] = header["CRPIX2"] = 0.5 * (side + 1)
    header["CDELT1"], header["CDELT2"] = -SCALE_DEG, SCALE_DEG
    return header


def _blurred(
    truth: dict[str, NDArray[np.generic]], random: np.random.Generator
) -> dict[str, NDArray[np.generic]]:
    """What a catalogue knows."""
    n = len(truth["id"])
    known = {key: truth[key] for key in truth if key in ("id", "tile", "plane")}
    known |= {key: truth[key] + random.normal(0.0, 0.3, n) for key in ("x", "y")}
    known["mag"] = truth["mag"] + random.normal(0.0, 0.1, n)
    known["re"] = truth["re"] * np.exp(random.normal(0.0, 0.2, n))
    return known


def _configuration(layout: str, bands: int) -> str:
    place = 'plane = "plane"\n' if layout == "stack" else 'tile = "tile"\n'
    stated = "".join(
        _BAND.format(
            name=f"g{band}",
            wavelength=800.0 - 50.0 * band,
            image=f"stack_g{band}.fits" if layout == "stack" else f"{{tile}}_g{band}.fits",
            sigma="1.0" if layout == "stack" else '"{tile}_sigma.fits"',
            zeropoint=ZEROPOINT,
        )
        for band in range(bands)
    )
    return _CONFIGURATION.format(bands=stated, place=place)
