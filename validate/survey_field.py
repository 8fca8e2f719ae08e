"""Surveys of real fields, by detection, beside fits of other programs -> docs/validation/survey_field.md.

`./dev validate` runs it. The images are those of the folder GAXEL_TEST_DATA; without it nothing is done. Exit status 1: a galaxy
of the comparisons was not found or not fitted, or lies outside what is allowed of it.
"""

import argparse
import collections
import os
import pathlib
import sys
import tempfile
import tomllib

import numpy as np
import pyarrow.parquet as pq

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from gaxel import survey
from gaxel.survey import Flag
from gaxel.survey._output import facts_of
from real import scenes
from real.tables import reference_fits

OUTPUT = scenes.ROOT / "docs/validation/survey_field.md"
DEMO = "../../demo/abell2744/data"
KEYS = ("x", "y", "mag", "re", "n", "q", "pa")
REMARKS = Flag.NEIGHBOURS | Flag.AT_EDGE
"""Flags that say nothing against a fit."""

IMFIT_ABELL = {
    "dwarf": {"x": 100.865, "y": 100.437, "re": 14.5, "n": 2.82, "q": 0.917, "pa": 11.3},
    "disc": {"x": 139.863, "y": 90.243, "re": 5.27, "n": 2.02, "q": 0.502, "pa": -44.7},
    "early type": {"x": 181.148, "y": 64.269, "re": 20.5, "n": 4.41, "q": 0.922, "pa": -57.9},
}
"""Imfit's engine: three Sersic profiles and a flat sky in the region of examples/abell2744/single.toml."""

FIVE_OBJECTS = {
    (7.93, 25.97): {"flux": 44.77, "re": 4.554, "n": 0.777, "q": 0.177},
    (103.45, 46.22): {"flux": 81.71, "re": 2.082, "n": 0.761, "q": 0.595},
    (60.30, 60.36): {"flux": 1650.01, "re": 9.644, "n": 2.343, "q": 0.232},
    (111.86, 82.97): {"flux": 10.23},
    (101.85, 95.80): {"flux": 15.75},
}
"""Imfit's engine: HSC gal3 without a mask, three Sersic profiles, two points and a flat sky at once."""

ALLOWED = {"x": 0.05, "y": 0.05, "mag": 0.05, "re": 0.1, "n": 0.15, "q": 0.03}
"""Of differences from other fits: pixels, magnitudes, fractions of re and n, q."""


def run(configured):
    """Rows, and the processor time of the fits, with reading."""
    table = survey.run(configured, workers=1, progress=False)
    return table.to_pylist(), facts_of(pq.read_schema(configured.output / "results.parquet"))["cpu_seconds"]


def abell(data, output):
    path = scenes.ROOT / "examples/survey/abell2744.toml"
    given = tomllib.loads(path.read_text().replace(DEMO, f"{data}/abell2744_hst"))
    return survey.from_dict(given, output=output, source=path.name)


def hsc(data, output, tiles, with_mask):
    keys = ("image", "sigma", "psf", "mask") if with_mask else ("image", "sigma", "psf")
    band = {key: f"{{tile}}_{key}.fits" for key in keys}
    given = {
        "band": [{"name": "i", **band, "pixel_in_psf": "none", "zeropoint": 27.0}],
        "tiles": {"names": tiles},
    }
    return survey.from_dict(given, folder=data / "hsc_pysersic", output=output, source="HSC")


def ngc4261(data, output):
    """Five bands at once; sources are those of the first, r."""
    bands = [
        {
            "name": name,
            "image": f"{name}.fits",
            "gain": 1.0,
            "mask": "mask.fits",
            "psf": f"psf_{name}.fits",
            "pixel_in_psf": "none",
            "zeropoint": scenes.ZEROPOINTS[name],
            "wavelength": scenes.BANDS[name],
        }
        for name in ("r", "u", "g", "i", "z")
    ]
    given = {"band": bands, "cutout": {"max_size": 400}}
    return survey.from_dict(given, folder=data / "ngc4261_sdss_ugriz", output=output, source="NGC 4261")


def summary(name, rows, seconds):
    fitted = [row for row in rows if not row["flags"] & Flag.FAILED]
    clean = [row for row in fitted if not row["flags"] & ~REMARKS]
    return f"| {name} | {len(rows)} | {len(fitted)} | {len(clean)} | {seconds:.1f} |"


def flag_table(runs):
    lines = [f"| flag | {' | '.join(runs)} |", "|---|" + "---|" * len(runs)]
    for flag in Flag:
        counts = [sum(bool(row["flags"] & flag) for row in rows) for rows in runs.values()]
        if any(counts):
            lines.append(f"| {flag.name.lower()} | {' | '.join(map(str, counts))} |")
    return lines


def reason_table(runs):
    """What failures of all runs are put down to, without the place."""
    reasons = collections.Counter(
        (name, row["reason"].partition(" around ")[0])
        for name, rows in runs.items()
        for row in rows
        if row["reason"]
    )
    if not reasons:
        return ["No fit failed, and all converged."]
    lines = ["| field | reason | sources |", "|---|---|---|"]
    return [*lines, *(f"| {name} | {reason} | {n} |" for (name, reason), n in reasons.items())]


def source_table(rows):
    lines = [
        "| x | y | magnitude | re | n | q | chi2 / pixel in the ellipse | neighbours fitted, masked | flags |",
        "|" + "---|" * 9,
    ]
    for row in sorted(rows, key=lambda row: np.inf if row["mag"] is None else row["mag"]):
        if row["mag"] is None:
            lines.append(f"| | | | | | | | | failed: {row['reason']} |")
            continue
        flags = ", ".join(flag.name.lower() for flag in Flag(row["flags"]))
        lines.append(
            f"| {row['x']:.1f} | {row['y']:.1f} | {row['mag']:.2f} | {row['re']:.2f} | {row['n']:.2f} | {row['q']:.2f} | "
            f"{row['chi2_ellipse']:.2f} | {row['n_fitted']}, {row['n_masked']} | {flags or '-'} |"
        )
    return lines


def nearest(rows, x, y):
    """The row within 3 pixels of a place; None: there is none."""
    away = {np.hypot(row["x"] - x, row["y"] - y): row for row in rows if row["x"] is not None}
    least = min(away, default=np.inf)
    return away[least] if least < 3.0 else None


def value_cells(values):
    digits = {"x": 2, "y": 2, "mag": 3, "re": 2, "n": 2, "q": 3, "pa": 1}
    return " | ".join(f"{values[key]:.{digits[key]}f}" if key in values else "" for key in KEYS)


def faults_of(name, row, expected):
    """What of a row is further from another fit than is allowed."""
    if row is None or row["flags"] & (Flag.FAILED | Flag.NOT_CONVERGED | Flag.TIME):
        return [f"{name}: not found or not fitted"]
    faults = []
    for key, allowed in ALLOWED.items():
        if key in expected:
            away = abs(row[key] - expected[key]) / (expected[key] if key in ("re", "n") else 1.0)
            if away > allowed:
                faults.append(f"{name}: {key} is {row[key]:.4g}, not {expected[key]:.4g}")
    return faults


def abell_comparison(data, rows):
    """The bright three beside other fits; faults. The dwarf must agree with the better model."""
    with tempfile.TemporaryDirectory() as folder:
        fits = scenes.Fits(pathlib.Path(folder))
        single, better = (fits.fit(name, scenes.abell_example(data, name)) for name in ("single", "better"))
    titles = {
        "Imfit's engine, three Sersic profiles": None,
        f"`gaxel fit single.toml`, the same model: chi2 / dof {single['chi2'] / single['dof']:.1f}": single,
        f"`gaxel fit better.toml`, the bright two of two parts each: {better['chi2'] / better['dof']:.1f}": better,
    }
    lines = ["| galaxy | fit | x | y | magnitude | re | n | q | pa |", "|---|---|" + "---|" * 7]
    faults = []
    for name, theirs in IMFIT_ABELL.items():
        for title, result in titles.items():
            values = theirs
            if result is not None:
                ours = scenes.rows(result)
                if any((name, key, "") not in ours for key in KEYS):  # of two parts
                    continue
                values = {key: ours[name, key, ""]["value"] for key in KEYS}
            lines.append(f"| {name} | {title} | {value_cells(values)} |")
        row = nearest(rows, theirs["x"], theirs["y"])
        if row is not None:
            title = f"survey: chi2 / pixel in the ellipse {row['chi2_ellipse']:.1f}"
            lines.append(f"| {name} | {title} | {value_cells(row)} |")
        expected = values if name == "dwarf" else {key: theirs[key] for key in ("x", "y", "q")}
        faults += faults_of(f"Abell 2744, {name}", row, expected)
    return lines, faults


def hsc_comparison(reference, rows):
    lines = ["| galaxy | fit | x | y | magnitude | re | n | q | pa |", "|---|---|" + "---|" * 7]
    faults = []
    for tile in ("gal1", "gal2", "gal3"):
        theirs = reference[f"hsc {tile}", "S"]
        expected = {key: theirs["light" if key == "mag" else key] for key in KEYS}
        row = nearest([row for row in rows if row["tile"] == tile], theirs["x"], theirs["y"])
        lines.append(f"| {tile} | Imfit's engine, sky 0 | {value_cells(expected)} |")
        if row is not None:
            lines.append(f"| {tile} | survey, sky {row['sky']:.4f} | {value_cells(row)} |")
        faults += faults_of(f"HSC {tile}", row, expected)
    return lines, faults


def joint_comparison(reference, rows):
    """NGC 4261 beside a fit of all bands with skies as they were published."""
    theirs = {(key, band): value for (_, key, band), value in reference["joint", "S"]["values"].items()}
    row = nearest(rows, theirs["x", ""], theirs["y", ""])
    if row is None:
        return [], ["NGC 4261: not found"]
    expected = {f"mag_{band}" if band else key: value for (key, band), value in theirs.items()}
    keys = ("x", "y", "re", "n", "q", "pa", *(f"mag_{band}" for band in scenes.BANDS))
    lines = [f"| fit | {' | '.join(key.replace('_', ' ') for key in keys)} |", "|" + "---|" * (len(keys) + 1)]
    for name, values in (("Imfit's engine, skies fixed", expected), ("survey", row)):
        lines.append(f"| {name} | {' | '.join(f'{values[key]:.3f}' for key in keys)} |")
    return lines, faults_of("NGC 4261", row | {"mag": row["mag_r"]}, expected | {"mag": expected["mag_r"]})


def five_objects(rows):
    lines = ["| object | fit | x | y | magnitude | re | n | q | pa |", "|---|---|" + "---|" * 7]
    faults = []
    for (x, y), theirs in FIVE_OBJECTS.items():
        magnitude = 27.0 - 2.5 * np.log10(theirs["flux"])
        values = {**theirs, "x": x, "y": y, "mag": magnitude}
        row = nearest(rows, x, y)
        kind = "Sersic" if "re" in theirs else "point"
        lines.append(f"| {kind} | Imfit's engine, all at once | {value_cells(values)} |")
        if row is None:
            faults.append(f"HSC gal3, object at ({x}, {y}): not found")
        else:
            lines.append(f"| {kind} | survey | {value_cells(row)} |")
    return lines, faults


def document(data, folder):
    configured = {
        "Abell 2744": abell(data, folder / "abell"),
        "HSC, masked": hsc(data, folder / "hsc", ["gal1", "gal2", "gal3"], True),
        "HSC gal3, no mask": hsc(data, folder / "gal3", ["gal3"], False),
        "NGC 4261, ugriz": ngc4261(data, folder / "ngc4261"),
    }
    runs, lines = {}, []
    for name, one in configured.items():
        runs[name], seconds = run(one)
        lines.append(summary(name, runs[name], seconds))
        print(lines[-1], flush=True)
    bright, faults = abell_comparison(data, runs["Abell 2744"])
    reference = reference_fits(data / "reference_fits.md")
    galaxies, more = hsc_comparison(reference, runs["HSC, masked"])
    bands, joint = joint_comparison(reference, runs["NGC 4261, ugriz"])
    objects, others = five_objects(runs["HSC gal3, no mask"])
    text = PAGE.format(
        runs="\n".join(lines),
        flags="\n".join(flag_table(runs)),
        sources="\n".join(source_table(runs["Abell 2744"])),
        bright="\n".join(bright),
        galaxies="\n".join(galaxies),
        objects="\n".join(objects),
        reasons="\n".join(reason_table(runs)),
        bands="\n".join(bands),
    )
    return text, [*faults, *more, *others, *joint]


PAGE = """# Surveys of real fields

Made by `GAXEL_TEST_DATA=... ./dev validate`: `gaxel.survey` on one worker, with the rules as they are by default; sources are found
by sep. Abell 2744 is [examples/survey/abell2744.toml](../../examples/survey/abell2744.toml), HST WFC3/IR F105W, 200 x 200 pixels
with a star as PSF, which everybody can run:

    ./dev demo
    .venv/bin/python -m gaxel.survey run examples/survey/abell2744.toml

HSC are three images of 121 x 121 and 120 x 120 pixels about a galaxy each, with their sigma and PSFs, and with and without the masks that
come with them. NGC 4261 is a galaxy of SDSS in u, g, r, i and z, 301 x 301 pixels, fitted in all bands at once and detected in r. The images
are public ones; they are not part of gaxel. Positions are FITS pixels, sizes pixels along the major axis.

| field | found | fitted | nothing to remark but neighbours or an edge | seconds of processor time |
|---|---|---|---|---|
{runs}

## Flags

A galaxy may have several. What has no size (stars) or nothing to fit (scraps at edges and masks, tidal light that no Sersic profile describes) is
found all the same, and flagged: most often a parameter at a bound.

{flags}

{reasons}

## Abell 2744

{sources}

The bright three beside fits of the region that they fill, all at once:

{bright}

Imfit's engine and gaxel agree about the same model, but that model is poor: what single Sersic profiles leave of the two bright galaxies
the flat sky and the dwarf's outskirts make up for, and the dwarf comes out twice as large. With the bright two described by two
parts each it has the size that the survey finds: there it has a cut-out of its own, in which the early-type galaxy is masked. For that
the pixels of other sources must not count for a source's ellipse, else the cut-out holds all three, and the compromise is the same.
Size and index of the early-type galaxy depend on the pixels that are fitted, as no single Sersic profile describes it.

## HSC

One Sersic profile about each middle. The survey fits a sky, which the other fits do not.

{galaxies}

gal3 without its mask: other sources one by one, with neighbours by the rules, beside a fit of all five at once that takes two
for points. The survey knows Sersic profiles only, and has points as small ones.

{objects}

## NGC 4261

One form in all bands, beside a fit of the whole image, whose skies are those that were published. The survey fits them.

{bands}
"""


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=pathlib.Path, default=OUTPUT)
    parser.add_argument(
        "--folder", type=pathlib.Path, help="keep the results, with their reports, in this new folder"
    )
    args, _ = parser.parse_known_args()
    if not os.environ.get("GAXEL_TEST_DATA"):
        print("GAXEL_TEST_DATA is not set: no folder with real images, nothing is surveyed")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = args.folder or pathlib.Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        text, faults = document(pathlib.Path(os.environ["GAXEL_TEST_DATA"]).resolve(), folder.resolve())
    args.output.write_text(text)
    print("\n".join(faults) or "all comparisons are within what is allowed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
