"""gaxel inspect: the numbers that numpy finds, for files and scenes."""

import re

import numpy as np
import pytest
from astropy.io import fits
from cli_support import run


def number(text: str, word: str) -> float:
    found = re.search(rf"\b{word} (-?[0-9.]+(?:e[+-]?\d+)?)", text)
    assert found, (word, text)
    return float(found.group(1))


def test_pixels_and_keywords(tmp_path):
    rng = np.random.default_rng(1)
    pixels = rng.normal(5.0, 2.0, (40, 61)).astype(np.float32)
    pixels[7, 11] = 900.0
    pixels[0, :3] = np.nan
    pixels[1, 0] = 0.0
    header = fits.Header()
    header.update({"EXPTIME": 120.5, "GAIN": 1.5, "BUNIT": "ELECTRONS/S", "PHOTFLAM": 3.0386574e-20})
    header.update({"PHOTPLAM": 10551.047, "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 3.5})
    header.update({"CD1_1": -0.06 / 3600, "CD2_2": 0.06 / 3600, "NOTSHOWN": 77})
    fits.writeto(tmp_path / "image.fits", pixels, header)
    finished = run("inspect", tmp_path / "image.fits")
    text = finished.stdout
    assert finished.returncode == 0 and finished.stderr == ""
    assert "61 x 40 pixels, 32-bit floats" in text
    good = pixels[np.isfinite(pixels)].astype(float)
    assert number(text, "min") == float(f"{good.min():.6g}")
    assert number(text, "median") == float(f"{np.median(good):.6g}")
    assert number(text, "max") == 900.0
    assert number(text, "sum") == float(f"{good.sum():.8g}")
    assert abs(number(text, "noise about") - 2.0) < 0.1
    assert "brightest pixel x 12 y 8" in text, "counted from 1"
    assert "NaN 3 (" in text and "zero 1" in text
    assert number(text, "negative") == np.sum(good < 0)
    for part in ("EXPTIME 120.5", "GAIN 1.5", "BUNIT ELECTRONS/S", "CRVAL1 3.5", "pixel scale 0.06 arcsec"):
        assert part in text
    assert "AB zero point 26.26" in text
    assert "NOTSHOWN" not in text
    assert "NOTSHOWN" in run("inspect", "--header", tmp_path / "image.fits").stdout


def test_names_with_extension_and_section_as_in_scenes(tmp_path):
    sci = np.arange(600.0).reshape(20, 30)
    units = [fits.PrimaryHDU(), fits.ImageHDU(sci, name="SCI"), fits.ImageHDU(np.ones((3, 4)), name="ERR")]
    fits.HDUList(units).writeto(tmp_path / "a.fits")
    for name in ("a.fits[SCI]", "a.fits[1]", "a.fits[sci][1:30,1:20]"):
        text = run("inspect", name, cwd=tmp_path).stdout
        assert text.startswith(name + "\n") and "[1] SCI: 30 x 20 pixels" in text
        assert "[0]" not in text and "ERR" not in text
        assert number(text, "sum") == sci.sum()
    (tmp_path / "odd[1]").write_bytes((tmp_path / "a.fits").read_bytes())
    assert "[2] ERR" in run("inspect", "odd[1]", cwd=tmp_path).stdout
    for name in ("a.fits[SCI][5:9,3:4]", "a.fits[5:9,3:4]"):
        assert number(run("inspect", name, cwd=tmp_path).stdout, "sum") == sci[2:4, 4:9].sum()
    for name, words in {
        "a.fits[WHT]": "extension = [WHT]: the file has no such extension",
        "a.fits[ERR][1:9,1:2]": "[1:9,1:2]",
        "a.fits[SCI][*,*]": "whole axes (*) are not read",
        "b.fits[SCI]": "b.fits: the file does not exist",
    }.items():
        finished = run("inspect", name, cwd=tmp_path)
        assert finished.returncode == 2 and words in finished.stderr, finished.stderr


def test_every_unit_is_listed(tmp_path):
    units = [
        fits.PrimaryHDU(),
        fits.ImageHDU(np.ones((3, 4), np.int16), name="SCI"),
        fits.ImageHDU(np.ones((2, 3, 4)), name="CUBE"),
        fits.BinTableHDU.from_columns([fits.Column("a", "D", array=[1.0])], name="LIST"),
        fits.CompImageHDU(np.ones((30, 40), np.float32), name="PACKED"),
    ]
    fits.HDUList(units).writeto(tmp_path / "many.fits")
    text = run("inspect", tmp_path / "many.fits").stdout
    assert "[0] no pixels" in text
    assert "[1] SCI: 4 x 3 pixels, 16-bit integers" in text
    assert "[2] CUBE: 4 x 3 x 2 pixels" in text and "pixels not shown" in text
    assert "[3] LIST: table" in text
    assert "[4] PACKED: 40 x 30 pixels" in text and "compressed" in text


PACKINGS = [
    *({"compression_type": kind} for kind in ("RICE_1", "GZIP_1", "GZIP_2", "PLIO_1", "HCOMPRESS_1")),
    {"compression_type": "RICE_1", "tile_shape": (40, 1)},
    {"compression_type": "HCOMPRESS_1", "hcomp_scale": 4, "hcomp_smooth": 1},
]
ROUNDINGS = [{"quantize_level": 0.0}, *({"quantize_method": method} for method in (-1, 1, 2))]


@pytest.mark.parametrize(
    ("packing", "bits"),
    [
        (packing, bits)
        for packing in PACKINGS
        for bits in (8, 16, 32, -32, -64)
        if bits > 0 or packing["compression_type"] != "PLIO_1"
    ],
    ids=str,
)
def test_images_packed_by_astropy(tmp_path, packing, bits):
    """Its tiles are those of CFITSIO, and its values those that it reads itself."""
    types = {8: np.uint8, 16: np.int16, 32: np.int32, -32: np.float32, -64: np.float64}
    kind = packing["compression_type"]
    pixels = np.random.default_rng(3).normal(100.0, 20.0, (40, 61)).clip(0, 255)
    pixels[3] = 7.0
    checked = 0
    for rounding in ROUNDINGS if bits < 0 else [{}]:
        if bits < 0 and rounding.get("quantize_level") == 0.0 and "GZIP" not in kind:
            continue
        hdu = fits.CompImageHDU(pixels.astype(types[bits]), name="PACKED", **packing, **rounding)
        hdu.writeto(tmp_path / "packed.fits", overwrite=True)
        values = fits.getdata(tmp_path / "packed.fits", "PACKED").astype(float)
        text = run("inspect", tmp_path / "packed.fits").stdout
        assert "61 x 40 pixels" in text and "compressed" in text
        for word, value in {"min": values.min(), "median": np.median(values), "max": values.max()}.items():
            assert number(text, word) == pytest.approx(value, rel=1e-5), (word, rounding)
        assert number(text, "sum") == pytest.approx(values.sum(), rel=2e-7), rounding
        checked += 1
    assert checked > 0


def test_units_that_cannot_be_read_are_told(tmp_path):
    """CFITSIO ends at a packed image without axes."""
    units = [
        fits.PrimaryHDU(np.ones((3, 4))),
        fits.CompImageHDU(name="EMPTY"),
        fits.ImageHDU(np.ones((2, 2))),
    ]
    fits.HDUList(units).writeto(tmp_path / "image.fits")
    text = run("inspect", tmp_path / "image.fits").stdout
    assert "[0] 4 x 3 pixels" in text and "[1] and what follows cannot be read: " in text


def test_scene(field, tmp_path):
    components = field.components(
        n={"value": 2, "fixed": True}, mag={"value": 15.4, "min": 10, "max": 20}, re=None
    )
    text = run("inspect", field.write_scene(tmp_path / "scene.toml", components=components)).stdout
    assert "region  x 11..80, y 6..75 (70 x 70 pixels)" in text
    assert f"pixels  {4900 - field.masked.sum()} used, {field.masked.sum()} masked" in text
    assert "PSF     25 x 25 pixels, oversampled 1 times, sum 123 before" in text
    assert re.search(r"\n    x +44 pixel +free\n", text)
    assert re.search(r"\n    n +2 +fixed\n", text)
    assert re.search(r"\n    re +estimated pixel +free\n", text)
    assert re.search(r"\n    mag +15.4 mag +free  within \[10, 20\]\n", text)
    assert "10 free parameters" in text


def test_scene_without_pixels(tmp_path):
    (tmp_path / "scene.toml").write_text(
        "[image]\nshape = [20, 10]\n[[component]]\ntype = 'sky'\nlevel = 1\n"
    )
    finished = run("inspect", tmp_path / "scene.toml")
    assert finished.returncode == 0
    assert "for rendering only: " in finished.stdout and "20 x 10 pixels" in finished.stdout


def test_what_has_no_image_is_told_of_its_own_mistakes(tmp_path):
    (tmp_path / "scene.toml").write_text(
        "[image]\nshape = [20, 10]\n[[component]]\ntype = 'sersic'\nx = 9\ny = 5\nflux = 10\n"
    )
    finished = run("inspect", tmp_path / "scene.toml")
    assert "component 1.re: missing" in finished.stderr
    (tmp_path / "galfit.feedme").write_text(
        "D) none.fits\nH) 1 30 1 30\nJ) 25\n0) psf\n1) 15 15 1 1\n3) 15 1\n"
    )
    finished = run("inspect", tmp_path / "galfit.feedme")
    assert "'none.fits': the file does not exist" in finished.stderr


def test_several_files_and_bad_ones(field, tmp_path):
    finished = run("inspect", field.folder / "image.fits", field.folder / "psf.fits")
    assert finished.stdout.count("[0] ") == 2
    (tmp_path / "text.fits").write_text("nothing")
    for name, part in [("none.fits", "none.fits"), ("text.fits", "FITS"), ("none.toml", "none.toml")]:
        finished = run("inspect", tmp_path / name)
        assert finished.returncode == 2
        assert finished.stderr.startswith("gaxel: error: ") and part in finished.stderr
