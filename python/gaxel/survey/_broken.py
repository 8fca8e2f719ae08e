"""Why a FITS file cannot be read, in words: of most that break off astropy says that arrays have other shapes."""

import gzip
from pathlib import Path

from astropy.io import fits

BLOCK = 2880  # bytes (FITS standard 4.0, section 3.1)


def why_unreadable(path: Path, error: Exception) -> str:
    """What is wrong with a FITS file, gzipped or not, that raised this error."""
    try:
        end = _breaks_off(path)
    except Exception:  # no file, or damaged in any way: the error says it
        end = None
    return f"cannot be read: {error}" if end is None else f"is truncated: {end}"


def _breaks_off(path: Path) -> str | None:
    """Where a file ends too early; None: it does not, or is no FITS file.

    Blanks that lack behind the last pixels are not missed.
    """
    with open(path, "rb") as file:
        is_zipped = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if is_zipped else open(path, "rb") as stream:
        try:
            unit = 0
            while (card := stream.read(8)) in (b"SIMPLE  ", b"XTENSION"):
                stream.seek(-len(card), 1)
                try:
                    header = fits.Header.fromfile(stream)
                except (OSError, ValueError):
                    return f"it ends within the header of unit [{unit}]"
                if header.data_size < 0:  # astropy would go back
                    return None
                if header.data_size:
                    stream.seek(header.data_size - 1, 1)
                    if not stream.read(1):
                        return f"it ends within the data of unit [{unit}]"
                    stream.seek(-header.data_size % BLOCK, 1)
                unit += 1
        except EOFError:
            return "its gzipped bytes break off"
    return None
