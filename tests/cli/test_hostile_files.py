"""Files that lie about their size or end early, scenes that ask for the impossible, places that cannot be written: refused
in words that name file, key and value, with little memory, and nothing is written."""

import gzip
import os
import struct
import subprocess
import sys

import cli_support
import numpy as np
import pytest
from astropy.io import fits
from cli_support import ROOT, run
from psfex_writer import write_psfex

MOST_MEMORY = 512 * 1024  # KiB of resident memory; with a sanitizer an idle gaxel takes a fifth of it


# The peak that Linux tells of a process counts what forked it: a small one here, and not all that pytest has seen.
MEASURE = """
import resource, subprocess, sys
finished = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(finished.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def run_measured(*arguments, cwd):
    """Runs gaxel: exit code, standard error, peak memory in KiB."""
    command = [sys.executable, "-c", MEASURE, cli_support.COMMAND, *map(str, arguments)]
    finished = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True)
    code, memory = map(int, finished.stdout.split())
    return code, finished.stderr, memory


def refused(folder, scene, *words, command="render", most_memory=MOST_MEMORY):
    before = {path.name for path in folder.iterdir()} | {"scene.toml"}
    (folder / "scene.toml").write_text(scene)
    code, errors, memory = run_measured(command, "scene.toml", "-o", "out", cwd=folder)
    assert code == 2, errors
    assert errors.startswith("gaxel: error: ") and errors.count("\n") == 1, errors
    for word in ("scene.toml", *words):
        assert word in errors, (word, errors)
    assert memory < most_memory, f"{memory} KiB"
    assert {path.name for path in folder.iterdir()} == before


FEEDME = ROOT / "tests/legacy/data/single_sersic.feedme"
STAR = '[[component]]\ntype = "pointsource"\nx = 2\ny = 2\nflux = 1\n'
SMALL = "[image]\nshape = [9, 9]\n"
USES = {
    "image": '[image]\nfile = "{}"\n[noise]\nsigma = 1.0\n' + STAR,
    "psf": SMALL + '[psf]\nfile = "{}"\n' + STAR,
    "light": SMALL + '[[component]]\ntype = "image"\nfile = "{}"\nx = 2\ny = 2\nflux = 1\n',
}
KEYS = {"image": "image.file", "psf": "psf.file", "light": "component 1.file"}


def raw_fits(*cards, data=b"\0" * 2880):
    """A file with just these cards, behind SIMPLE, whatever they say."""
    given = (("SIMPLE", "T"), *cards)
    header = "".join(f"{key:8}= {value:>20}".ljust(80) for key, value in given) + "END".ljust(80)
    return header.ljust(-(-len(header) // 2880) * 2880).encode() + data


def axes(bitpix, *lengths):
    named = [(f"NAXIS{i}", length) for i, length in enumerate(lengths, 1)]
    return ("BITPIX", bitpix), ("NAXIS", len(lengths)), *named


LIES = {
    "sides of 2^31": (raw_fits(*axes(-32, 2**31, 2**31)), ["NAXIS1", "2147483648"]),
    "sides of 2^63": (raw_fits(*axes(-32, 2**63 - 1, 2**63 - 1)), ["NAXIS1", "9223372036854775807"]),
    "negative": (raw_fits(*axes(-32, -5, 5)), ["NAXIS"]),
    "sides of a million": (raw_fits(*axes(8, 10**6, 10**6)), ["at most "]),
    "more than the file": (raw_fits(*axes(-64, 6000, 6000)), ["2880 of 288000000 bytes"]),
    "bits that there are not": (raw_fits(*axes(7, 5, 5)), ["BITPIX", "7"]),
    "axes that are missing": (raw_fits(("BITPIX", 8), ("NAXIS", 999)), ["NAXIS"]),
    "too many axes": (raw_fits(("BITPIX", 8), ("NAXIS", 5 * 10**9)), ["5000000000"]),
    "groups": (raw_fits(*axes(8, 5, 5), ("PCOUNT", 2**62), ("GCOUNT", 2**40)), ["truncated or damaged"]),
    "no end": (raw_fits(*axes(8, 5, 5)).replace(b"END", b"   "), ["cannot be read as FITS"]),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("lie", LIES)
def test_a_header_that_lies(tmp_path, use, lie):
    content, words = LIES[lie]
    (tmp_path / "lie.fits").write_bytes(content)
    command = "fit" if use == "image" else "render"
    refused(tmp_path, USES[use].format("lie.fits"), f"{KEYS[use]} = 'lie.fits'", *words, command=command)


def test_a_gzipped_file_that_lies_about_its_size(tmp_path):
    """The last four bytes tell how much comes out of it."""
    content = gzip.compress(raw_fits(*axes(8, 5, 5)))
    (tmp_path / "lie.fits.gz").write_bytes(content[:-4] + struct.pack("<I", 2**32 - 1))
    refused(tmp_path, USES["psf"].format("lie.fits.gz"), "psf.file = 'lie.fits.gz'", "incorrect length check")


@pytest.mark.parametrize("use", USES)
def test_a_file_that_ends_early(tmp_path, use):
    """At every block of FITS, between them, and within the first cards."""
    pixels = np.random.default_rng(1).uniform(1.0, 2.0, (61, 61))
    fits.writeto(tmp_path / "whole.fits", pixels)
    whole = (tmp_path / "whole.fits").read_bytes()
    (tmp_path / "whole.fits").unlink()
    end = 2880 + pixels.nbytes
    places = [*range(0, end, 2880), *range(1440, end, 2880), 1, 9, 80, 2879, 2881, end - 1]
    for place in places:
        (tmp_path / "cut.fits").write_bytes(whole[:place])
        command = "fit" if use == "image" else "render"
        refused(tmp_path, USES[use].format("cut.fits"), f"{KEYS[use]} = 'cut.fits'", command=command)
    (tmp_path / "cut.fits").write_bytes(whole[:end])  # the blanks behind the pixels may be missing
    assert run("inspect", tmp_path / "cut.fits").returncode == 0


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8, 0.99])
def test_a_packed_file_that_ends_early(tmp_path, part):
    pixels = np.random.default_rng(2).normal(10.0, 1.0, (80, 80)).astype(np.float32)
    packed = fits.CompImageHDU(pixels, compression_type="RICE_1")
    fits.HDUList([fits.PrimaryHDU(), packed]).writeto(tmp_path / "whole.fits")
    end = np.flatnonzero(np.frombuffer((tmp_path / "whole.fits").read_bytes(), np.uint8))[-1]
    whole = (tmp_path / "whole.fits").read_bytes()
    (tmp_path / "whole.fits").unlink()
    (tmp_path / "cut.fits").write_bytes(whole[: int(part * end)])
    refused(tmp_path, USES["image"].format("cut.fits"), "image.file = 'cut.fits'", command="fit")


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_model_of_the_psf_that_ends_early(tmp_path, part):
    path = write_psfex(tmp_path / "whole.psf", np.ones((6, 31, 31)))
    whole = path.read_bytes()
    path.unlink()
    (tmp_path / "cut.psf").write_bytes(whole[: int(part * len(whole))])
    refused(tmp_path, USES["psf"].format("cut.psf"), "psf.file = 'cut.psf'")


def test_a_packed_file_whose_tiles_are_elsewhere(tmp_path):
    """A row of the table tells the length and the place of a tile, in four bytes each."""
    pixels = np.random.default_rng(2).normal(10.0, 1.0, (8, 8))
    packed = fits.CompImageHDU(pixels, compression_type="GZIP_1")
    fits.HDUList([fits.PrimaryHDU(), packed]).writeto(tmp_path / "lie.fits")
    content = bytearray((tmp_path / "lie.fits").read_bytes())
    with fits.open(tmp_path / "lie.fits", disable_image_compression=True) as stored:
        begin = stored[1].fileinfo()["datLoc"]
    content[begin : begin + 4] = struct.pack(">i", 2**31 - 1)
    (tmp_path / "lie.fits").write_bytes(content)
    refused(tmp_path, USES["psf"].format("lie.fits"), "psf.file = 'lie.fits'", "tile 1 has 2147483647 bytes")


@pytest.mark.parametrize("row", [b"A) bild_\xe4.fits", b"D) psf_\xff.fits"])
def test_names_that_are_not_utf8(tmp_path, row):
    """Scenes are, and so are those that are made of other programs' files."""
    text = (
        FEEDME.read_bytes().replace(b"A) galaxy.fits", row) if row[:1] == b"A" else FEEDME.read_bytes() + row
    )
    (tmp_path / "old.feedme").write_bytes(text + b"\n# a remark may hold anything: \xe4\xff\n")
    finished = run("convert", "old.feedme", "new.toml", cwd=tmp_path)
    assert finished.returncode == 2, finished.stderr
    assert "old.feedme" in finished.stderr and "not UTF-8" in finished.stderr
    assert ("\\xe4" if row[:1] == b"A" else "\\xff") in finished.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["old.feedme"]


# --- scenes that ask for too much ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        ("[image]\nshape = [1000000000, 1000000000]\n" + STAR, ["image.shape", "1000000000000000000 pixels"]),
        ("[image]\nshape = [9, 99999999999]\n" + STAR, ["image.shape", "99999999999", "2147483647"]),
        (SMALL + "[psf]\nfile = 'psf.fits'\noversample = 1e6\n" + STAR, ["psf.oversample", "1000000", "64"]),
        (SMALL + "[psf]\ntype = 'gaussian'\nfwhm = 1e9\n" + STAR, ["psf", "fwhm", "1000000000", "1000"]),
        (SMALL + "[fit]\nmax_iterations = 1000000000000\n" + STAR, ["fit.max_iterations", "1000000000000"]),
        (SMALL + "[fit]\nstarts = 1000000000000\n" + STAR, ["fit.starts", "1000000000000"]),
        (SMALL + "[fit]\nbootstrap = 1000000000000\n" + STAR, ["fit.bootstrap", "1000000000000"]),
        (SMALL + "[fit]\nthreads = 1000000\n" + STAR, ["fit.threads", "1000000", "1024"]),
        (
            SMALL + STAR.replace("pointsource", "spline:1000000000"),
            ["type", "spline:1000000000", "spline:30"],
        ),
        (SMALL + STAR.replace("x = 2", "x = 1e999"), [":5", "1e999"]),
        (SMALL + "a = " + "[" * 100_000, ["not valid TOML"]),
    ],
)
def test_a_scene_that_asks_for_too_much(tmp_path, scene, words):
    fits.writeto(tmp_path / "psf.fits", np.ones((3, 3)))
    refused(tmp_path, scene, *words)


def test_a_convolution_that_is_too_large(tmp_path):
    (tmp_path / "scene.toml").write_text(
        "[image]\nshape = [9000, 9000]\n[psf]\ntype = 'gaussian'\nfwhm = 2.0\n" + STAR
    )
    code, errors, memory = run_measured("render", "scene.toml", "-o", "out.fits", cwd=tmp_path)
    assert (code, memory < MOST_MEMORY) == (2, True), (errors, memory)
    assert "psf = " in errors and "9000 x 9000" in errors and "2^26" in errors
    assert not (tmp_path / "out.fits").exists()


def test_a_scene_of_a_billion_components_is_too_large(tmp_path):
    (tmp_path / "scene.toml").write_text(SMALL)
    with open(tmp_path / "scene.toml", "r+b") as file:
        file.truncate(len(STAR) * 10**9)  # without taking the space
    code, errors, memory = run_measured("render", "scene.toml", "-o", "out.fits", cwd=tmp_path)
    assert (code, memory < MOST_MEMORY) == (2, True), (errors, memory)
    assert "scene.toml" in errors and "16 MiB" in errors


def test_many_components_without_names(tmp_path):
    """What each is called must not be searched for from the beginning."""
    (tmp_path / "scene.toml").write_text(SMALL + '[[component]]\ntype = "sky"\nlevel = 0.5\n' * 20_000)
    finished = run("render", "scene.toml", "-o", "out.fits", cwd=tmp_path)
    assert finished.returncode == 0, finished.stderr
    np.testing.assert_allclose(fits.getdata(tmp_path / "out.fits"), 10_000.0, rtol=1e-12)


def test_too_little_memory(tmp_path):
    limit = ["prlimit", f"--as={2**31}"]
    if run("list", under=limit).returncode != 0:
        pytest.skip("a sanitizer needs more address space than that")
    (tmp_path / "scene.toml").write_text("[image]\nshape = [16384, 16384]\n" + STAR)
    finished = run("render", "scene.toml", "-o", "out.fits", cwd=tmp_path, under=limit)
    assert finished.returncode == 1 and "not enough memory" in finished.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["scene.toml"]


# --- places that cannot be written --------------------------------------------------------------------------------

WRITERS = {
    "convert": ["convert", FEEDME, "{}.toml"],
    "map": ["integrate", "--size", "200,200", "--map", "{}.fits"],
    "picture": ["integrate", "--size", "50,50", "--picture", "{}.png"],
    "cells": ["render", "scene.toml", "--cells", "{}.svg"],
}
GALAXY = '[[component]]\ntype = "sersic"\nx = 5\ny = 5\nflux = 1\nre = 2\nn = 2\n'


@pytest.mark.parametrize("writer", WRITERS)
def test_a_full_disk_keeps_what_was_there(tmp_path, writer):
    (tmp_path / "scene.toml").write_text(SMALL + GALAXY)
    arguments = [str(word).format("out") for word in WRITERS[writer]]
    old = tmp_path / arguments[-1]
    old.write_text("results of last year")
    finished = run(*arguments, cwd=tmp_path, under=["prlimit", "--fsize=100"])
    assert finished.returncode == 1, finished.stderr
    assert old.name in finished.stderr and "cannot be written" in finished.stderr
    assert old.read_text() == "results of last year"
    assert {path.name for path in tmp_path.iterdir()} == {"scene.toml", old.name}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_folder_that_takes_no_files(tmp_path, writer):
    """/proc refuses new files to everybody, also to root, whom permissions do not stop."""
    (tmp_path / "scene.toml").write_text(SMALL + GALAXY)
    arguments = [str(word).format("/proc/out") for word in WRITERS[writer]]
    finished = run(*arguments, cwd=tmp_path)
    assert finished.returncode == 1, finished.stderr
    assert f"{arguments[-1]}: cannot be written" in finished.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize(
    "arguments", [["list"], ["list", "sersic"], ["--help"], ["--version"], ["integrate", "--size", "20,20"]]
)
def test_a_full_standard_output(arguments):
    with open("/dev/full", "w") as full:
        finished = subprocess.run(
            [cli_support.COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=300
        )
    assert finished.returncode == 1
    assert "No space left" in finished.stderr
