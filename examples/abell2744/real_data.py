"""The images of the demo: from GAXEL_TEST_DATA, from the cache, or from the package index."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "petrofit==0.5.0"  # its source archive holds the images (BSD-3-Clause; pixels NASA/ESA, public)
ARCHIVE_SHA256 = "dc0650c4176fc52773bb9721b6f32db60bd2f41ec105b96c7f56882ca8cdcb27"
SHA256 = {
    "abell_2744_dwarf_galaxy_f105w.fits.gz": "2c05c97cf1c15e653c4a18c38ae73413500dacfd76ccaa21c723c51ba3163156",
    "abell_2744_dwarf_galaxy_f105w_rms.fits.gz": "ccc1926968dee1f87af65a43eab1ff7d0549b31e9e9995ecaebdf3edde459a77",
    "f105w_psf.fits.gz": "de64da181182579b986e4cda2edb983681f5747d1ec91e97a52f13650eee7824",
}
PIP_SECONDS = 300


class NoData(Exception):
    """Why the images could not be had."""


def check(path: Path, expected: str) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        raise NoData(f"{path} is not the expected file: its SHA-256 is {found}, not {expected}")


def check_folder(folder: Path) -> None:
    for name, expected in SHA256.items():
        if not (folder / name).is_file():
            raise NoData(f"{folder / name} is missing")
        check(folder / name, expected)


def unpack(archive: Path, folder: Path) -> None:
    """Takes the images, and nothing else, out of the archive."""
    with tarfile.open(archive) as content:
        for name in SHA256:
            member = f"{archive.name.removesuffix('.tar.gz')}/docs/data/{name}"
            try:
                source = content.extractfile(member)
            except KeyError as error:
                raise NoData(f"{archive.name} has no {member}") from error
            with source, open(folder / name, "wb") as target:
                shutil.copyfileobj(source, target)


def download(cache: Path) -> None:
    """Fills the cache, all at once: what is interrupted leaves none."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache.parent) as temporary:
        fetched, images = Path(temporary) / "fetched", Path(temporary) / "images"
        fetched.mkdir()
        images.mkdir()
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:"]
        command += ["--disable-pip-version-check", "--quiet", "--dest", str(fetched), PACKAGE]
        print(f"getting the images: pip download {PACKAGE}", flush=True)
        try:
            finished = subprocess.run(command, capture_output=True, text=True, timeout=PIP_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise NoData(f"pip gave no answer in {PIP_SECONDS} s") from error
        if finished.returncode != 0:
            lines = finished.stderr.strip().splitlines() or ["no message"]
            raise NoData(f"pip failed: {lines[-1]}")
        archives = sorted(fetched.glob("*.tar.gz"))
        if len(archives) != 1:
            raise NoData(f"pip brought {[a.name for a in archives]} instead of one source archive")
        check(archives[0], ARCHIVE_SHA256)
        unpack(archives[0], images)
        check_folder(images)
        shutil.rmtree(cache, ignore_errors=True)
        images.rename(cache)


def find(cache: Path) -> Path:
    """A folder with the images, their sums checked. Raises NoData."""
    if given := os.environ.get("GAXEL_TEST_DATA"):
        folder = Path(given) / "abell2744_hst"
        if folder.is_dir():
            check_folder(folder)
            return folder
    try:
        check_folder(cache)
    except NoData:
        download(cache)
    return cache
