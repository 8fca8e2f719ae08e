"""PSF models in PSFEx's format, written with astropy."""

from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray


def write_psfex(
    path: Path,
    mask: NDArray[np.float64],
    *,
    names: tuple[str, ...] = ("X_IMAGE", "Y_IMAGE"),
    zeros: tuple[float, ...] = (1024.5, 2048.5),
    scales: tuple[float, ...] = (2047.0, 4095.0),
    groups: tuple[int, ...] = (1, 1),
    degrees: tuple[int, ...] = (2,),
    step: float = 1.0,
    **changes: Any,
) -> Path:
    """A file as PSFEx writes it: `mask` (terms, ny, nx) in one row of the table PSF_DATA, and what it needs as keywords.

    Keywords in `changes` replace the others; None leaves one out.
    """
    column = fits.Column(
        name="PSF_MASK",
        format=f"{mask.size}E",
        dim=f"({mask.shape[2]}, {mask.shape[1]}, {mask.shape[0]})",
        array=mask[np.newaxis].astype(np.float32),
    )
    table = fits.BinTableHDU.from_columns([column], name="PSF_DATA")
    cards: dict[str, Any] = {
        "LOADED": 88,
        "ACCEPTED": 72,
        "CHI2": 1.1,
        "POLNAXIS": len(names),
    }
    for i, (name, zero, scale, group) in enumerate(zip(names, zeros, scales, groups, strict=True), 1):
        cards |= {f"POLGRP{i}": group, f"POLNAME{i}": name, f"POLZERO{i}": zero, f"POLSCAL{i}": scale}
    cards["POLNGRP"] = len(degrees)
    for i, degree in enumerate(degrees, 1):
        cards[f"POLDEG{i}"] = degree
    cards |= {"PSF_FWHM": 3.5, "PSF_SAMP": step, "PSFNAXIS": 3}
    for i, size in enumerate(reversed(mask.shape), 1):
        cards[f"PSFAXIS{i}"] = size
    for key, value in (cards | changes).items():
        if value is not None:
            table.header[key] = value
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(path, overwrite=True)
    return path
