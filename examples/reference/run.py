"""Repeats single-band fits of real galaxies that another program (imfit's engine) has made, and compares the results.

DATA holds the images and reference_fits.md, whose first table says where that program ended. A fit passes when its
chi2 is at most 0.2 percent above the other's and every parameter agrees within 3 combined errors, unless a measured
cause is stated for that row. Exit code 0: all pass.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(os.environ.get("GAXEL_COMMAND", ROOT / "build/release/gaxel"))
RE_PER_SCALE = 1.678346990  # half-light radius of an exponential disc over its scale length
CHI2_MARGIN = 0.002
MOST_ERRORS = 3.0
ZEROPOINTS = {"u": 28.1408, "g": 30.034, "r": 29.94, "i": 29.72, "z": 27.88}
SKIES = {"u": 35.7781, "g": 292.9783, "r": 646.1415, "i": 926.4883, "z": 493.7779}


@dataclass(frozen=True)
class Row:
    """One line of the reference table; values by the names of its columns, NaN where empty."""

    case: str
    model: str
    values: dict[str, float]

    @property
    def name(self) -> str:
        return f"{self.case} {self.model}"

    @property
    def mag_or_flux(self) -> str:
        return "flux" if self.case.startswith("n3073") else "mag"


@dataclass(frozen=True)
class Special:
    """Why a row is not judged like the others, as measured."""

    cause: str
    chi2_margin: float = CHI2_MARGIN
    compare_parameters: bool = True
    hold_both_centres: bool = False


NATIVE = (
    "the reference convolves whole pixels: here 0.5 to 1.5 % of the peak, 1.4 to 6.7 sigma, away from the convolved light."
    " Convolved so at its own parameters its chi2 is found again to 0.25 %: chi2 only"
)
SPECIAL = {
    "hsc gal1 S": Special(NATIVE, chi2_margin=0.045, compare_parameters=False),
    "hsc gal1 S+E": Special("bulge of n 9 and disc are degenerate: chi2 only", compare_parameters=False),
    "hsc gal2 S": Special(NATIVE, compare_parameters=False),
    "hsc gal2 S+E": Special(NATIVE, compare_parameters=False),
    "hsc gal3 S": Special(NATIVE, chi2_margin=0.01, compare_parameters=False),
    "hsc gal3 S+E": Special(
        "the reference's pixels and their convolution: chi2 at its own parameters is 33876 (+0.9 %) with exact pixels"
        " convolved whole, 34713 (+3.4 %) with the light itself convolved; both centres held, for with one free there is"
        " a lower minimum: chi2 only",
        chi2_margin=0.04,
        compare_parameters=False,
        hold_both_centres=True,
    ),
}


def read_rows(path: Path) -> list[Row]:
    """The first table of the file."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    first = next(i for i, line in enumerate(lines) if line.startswith("| case |"))
    header, rows = None, []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if header is None:
            header = cells
        elif not set(line) <= set("|-: "):
            numbers = {
                key: float(text.removeprefix("flux ") or "nan")
                for key, text in zip(header[2:], cells[2:], strict=True)
            }
            rows.append(Row(cells[0], cells[1], numbers))
    return rows


def fixed(value: float) -> str:
    return f"{{ value = {value}, fixed = true }}"


def settings(row: Row, data: Path) -> str:
    """[image], [noise], [mask] and [psf] of the scene."""
    galaxy, detail = row.case.split()
    if galaxy == "ngc4261":
        folder = data / "ngc4261_sdss_ugriz"
        files = f"{detail}.fits", "mask.fits", f"psf_{detail}.fits"
        zeropoint, noise = ZEROPOINTS[detail], "gain = 1"
    elif galaxy == "n3073":
        folder = data / "n3073_sdss_r"
        files = "image.fits", "mask.fits", "psf.fits"
        zeropoint, noise = None, "gain = 4.725\nread_noise = 4.3\nsky = 154.33"
    else:
        folder = data / "hsc_pysersic"
        files = tuple(f"{detail}_{kind}.fits" for kind in ("image", "mask", "psf"))
        zeropoint, noise = 27.0, f"sigma = '{folder / detail}_sigma.fits'"
    image, mask, psf = (folder / name for name in files)
    magnitudes = f"zeropoint = {zeropoint}\nexptime = 1\n" if zeropoint else ""
    tables = {"image": f"file = '{image}'\n{magnitudes}", "noise": f"{noise}\n"}
    # The other program convolves light that is integrated over pixels with the PSF's image as it is.
    tables |= {"mask": f"file = '{mask}'\n", "psf": f"file = '{psf}'\npixel_in_psf = 'none'\n"}
    return f"title = '{row.name}'\n" + "".join(f"\n[{name}]\n{text}" for name, text in tables.items())


def component(kind: str, name: str, **keys: str | float) -> str:
    lines = [f"{key} = {value}" for key, value in keys.items()]
    return "\n".join(["", "[[component]]", f"type = '{kind}'", f"name = '{name}'", *lines, ""])


def scene_of(row: Row, data: Path) -> str:
    """Rough places are given, all other starting values are left to gaxel. In the reference two components share one
    centre; here the disc is held there and the other component finds it."""
    x, y = row.values["x"], row.values["y"]
    flux = {"mag": "{ fixed = false }"} if row.mag_or_flux == "mag" else {}
    hold = row.name in SPECIAL and SPECIAL[row.name].hold_both_centres
    centre = {"x": fixed(x), "y": fixed(y)} if hold else {"x": round(x), "y": round(y)}
    scene = settings(row, data) + component("sersic", "galaxy", **centre, **flux)
    if row.model == "S+E":
        scene += component("exponential", "disc", x=fixed(x), y=fixed(y), **flux)
    if row.case.startswith("ngc4261"):
        scene += component("sky", "sky", level=fixed(SKIES[row.case.split()[1]]))
    return scene


def expected(row: Row) -> dict[tuple[str, str], float]:
    """The reference's parameters by component and key of the scene."""
    columns = {"x": "x", "y": "y", "n": "n", "re": "re", "q": "q", "pa": "PA", row.mag_or_flux: "mag"}
    found = {("galaxy", key): row.values[column] for key, column in columns.items()}
    if row.model == "S+E":
        columns = {"re": "disc h", "q": "disc q", "pa": "disc PA", row.mag_or_flux: "disc mag"}
        found |= {("disc", key): row.values[column] for key, column in columns.items()}
        found["disc", "re"] *= RE_PER_SCALE
    return found


def deviations(row: Row, result: dict) -> dict[str, float]:
    """Differences from the reference in combined errors: its own errors are as large, being of the same data."""
    ours = {(entry["component"], entry["parameter"]): entry for entry in result["parameters"]}
    found = {}
    for key, reference in expected(row).items():
        entry = ours[key]
        if entry["fixed"]:
            continue
        difference = entry["value"] - reference
        if key[1] == "pa":
            difference = (difference + 90.0) % 180.0 - 90.0
        error = entry["error"] if entry["error"] is not None else float("nan")
        found[".".join(key)] = difference / (2**0.5 * error)
    return found


def run_row(row: Row, data: Path, output: Path) -> bool:
    """Fits, prints one line, and says whether the row passes."""
    folder = output / row.name.replace(" ", "_").replace("+", "_")
    scene = folder.with_suffix(".toml")
    scene.write_text(scene_of(row, data))
    finished = subprocess.run([COMMAND, "fit", scene, "-o", folder, "--json"], capture_output=True, text=True)
    if finished.returncode != 0:
        print(f"{row.name:<14} FAILED: {finished.stderr.strip()}")
        return False
    result = json.loads(finished.stdout)
    special = SPECIAL.get(row.name, Special(""))
    excess = result["chi2"] / row.values["chi2"] - 1.0
    found = deviations(row, result)
    worst = max(found, key=lambda key: abs(found[key]))
    agrees = all(abs(value) <= MOST_ERRORS for value in found.values())  # False for NaN
    passes = excess <= special.chi2_margin and (agrees or not special.compare_parameters)
    print(
        f"{row.name:<14} {result['chi2']:10.1f} {row.values['chi2']:10.1f} {excess:+9.3%}"
        f" {found[worst]:+6.2f} {worst:<12} {result['iterations']:4d} {row.values['iter']:4.0f}"
        f" {result['seconds']:6.2f} {row.values['time s']:6.1f}  {'pass' if passes else 'FAIL'}"
        + (" (see below)" if special.cause else ""),
        flush=True,
    )
    return passes


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument(
        "-o", "--output", type=Path, default=ROOT / "demo/reference", help="folder of the results"
    )
    options = parser.parse_args()
    output = options.output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    print("S: one Sersic; S+E: Sersic and exponential; ours | other; worst: in combined errors")
    print("case                 chi2 |    other   excess  worst parameter    iterations    seconds")
    rows = read_rows(options.data / "reference_fits.md")
    passed = [run_row(row, options.data.resolve(), output) for row in rows]
    for name, special in SPECIAL.items():
        print(f"{name}: {special.cause}")
    print(f"{sum(passed)} of {len(passed)} pass; results in {output}")
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
