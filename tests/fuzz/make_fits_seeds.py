"""Makes the FITS files of the corpora, one for each form that the readers know: make_fits_seeds.py [FOLDER]"""

import gzip
import sys
from pathlib import Path

import numpy as np
from astropy.io import fits

sys.path.insert(0, str(Path(__file__).parents[1] / "python"))
from psfex_writer import write_psfex

CORPUS = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "corpus"
PIXELS = np.arange(12, dtype=np.float32).reshape(3, 4)


def sky_header() -> fits.Header:
    header = fits.Header()
    cards = {
        "CTYPE1": "RA---TAN-SIP",
        "CTYPE2": "DEC--TAN-SIP",
        "CRVAL1": 150.1,
        "CRVAL2": 2.2,
        "CRPIX1": 2.0,
    }
    cards |= {"CRPIX2": 2.0, "CD1_1": -5e-5, "CD1_2": 1e-5, "CD2_1": 1e-5, "CD2_2": 5e-5}
    cards |= {"A_ORDER": 2, "B_ORDER": 2, "A_2_0": 1e-5, "B_0_2": 1e-5}
    cards |= {"BUNIT": "MJy/sr", "PIXAR_SR": 1e-13, "PHOTFLAM": 3e-20, "PHOTPLAM": 10552.0}
    header.update(cards)
    return header


def images(folder: Path) -> None:
    fits.writeto(folder / "float.fits", PIXELS, sky_header())
    fits.writeto(folder / "double_one_plane.fits", PIXELS[np.newaxis].astype(float))
    scaled = fits.PrimaryHDU((100 * PIXELS).astype(np.int16))
    scaled.header.update({"BSCALE": 0.01, "BZERO": 32768.0, "BLANK": -32768})
    scaled.writeto(folder / "scaled.fits")
    extensions = [fits.ImageHDU((PIXELS > 3).astype(np.uint8), name="DQ", ver=2)]
    extensions.insert(0, fits.ImageHDU(PIXELS, sky_header(), name="SCI"))
    fits.HDUList([fits.PrimaryHDU(), *extensions]).writeto(folder / "extensions.fits")
    (folder / "float.fits.gz").write_bytes(gzip.compress((folder / "float.fits").read_bytes(), mtime=0))
    wide = np.outer(np.arange(8), np.arange(8)).astype(np.int32)
    for kind in ("RICE_1", "GZIP_1", "GZIP_2", "PLIO_1", "HCOMPRESS_1"):
        fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(wide, compression_type=kind)]).writeto(
            folder / f"{kind.lower()}.fits"
        )
    for kind in (np.uint8, np.int16):
        packed = fits.CompImageHDU(wide.astype(kind), compression_type="RICE_1")
        fits.HDUList([fits.PrimaryHDU(), packed]).writeto(folder / f"rice_1_{np.dtype(kind).name}.fits")
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(wide + 0.5, quantize_level=4)]).writeto(
        folder / "quantized.fits"
    )
    packed = [
        fits.CompImageHDU(wide + 0.5, compression_type="GZIP_1", quantize_level=0),
        fits.CompImageHDU(wide + 0.5, quantize_level=4, quantize_method=1),
        fits.CompImageHDU(wide + 0.5, compression_type="HCOMPRESS_1", hcomp_scale=4, hcomp_smooth=1),
    ]
    fits.HDUList([fits.PrimaryHDU(), *packed]).writeto(folder / "several_packed.fits")


def tables(folder: Path) -> None:
    columns = [
        fits.Column(name="PSF_MASK", format="6E", dim="(3, 2)", array=np.arange(6.0)[np.newaxis]),
        fits.Column(name="NAME", format="4A", array=["star"]),
        fits.Column(name="LIST", format="PD()", array=np.array([np.arange(3.0)], dtype=object)),
    ]
    fits.BinTableHDU.from_columns(columns).writeto(folder / "table.fits")
    fits.TableHDU.from_columns([fits.Column(name="A", format="F8.3", array=[1.5, 2.5])]).writeto(
        folder / "ascii_table.fits"
    )


def models(folder: Path) -> None:
    mask = np.zeros((3, 3, 3))
    mask[0] = [[0, 1, 0], [1, 4, 1], [0, 1, 0]]
    write_psfex(folder / "linear.psf", mask, degrees=(1,))
    write_psfex(
        folder / "constant.psf", mask[:1], names=(), zeros=(), scales=(), groups=(), degrees=(), step=0.5
    )
    write_psfex(folder / "two_groups.psf", np.repeat(mask[:1], 4, axis=0), groups=(1, 2), degrees=(1, 1))


for name, makers in {"fits": (images, tables), "psfex": (models,)}.items():
    (CORPUS / name).mkdir(parents=True, exist_ok=True)
    for make in makers:
        make(CORPUS / name)
