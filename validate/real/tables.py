"""Results of other programs, as their files have them, and tables of ours beside them."""

import math
import re

from real.scenes import BANDS, rows

SCALE_OF_DISC = 1.6783469900166605  # half-light radius of an exponential in units of its scale length


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def magnitudes(text):
    """{"u": 15.5, ...} of "u 15.5 g 14.1"."""
    return {band: float(value) for band, value in re.findall(r"\b([ugriz]) (-?[\d.]+)", text)}


def in_bands(component, values, light):
    """Values of a component by component, key and band."""
    shared = {(component, key, ""): value for key, value in values.items()}
    return shared | {(component, "mag", band): value for band, value in magnitudes(light).items()}


def reference_fits(path):
    """Fits of Imfit's engine, by case and model; those of all bands under ("joint", "S") and ("joint", "S+D")."""
    found = {}
    for line in path.read_text().splitlines():
        row = cells(line)
        if len(row) == 19 and row[1] in ("S", "S+E"):
            names = (
                "x",
                "y",
                "n",
                "re",
                "q",
                "pa",
                "light",
                "h",
                "q disc",
                "pa disc",
                "light disc",
                "b/t",
                "chi2",
                "dof",
            )
            numbers = (re.sub(r"[^\d.e+-]", "", cell.replace("flux", "")) for cell in row[2:16])
            found[row[0], row[1]] = {
                name: float(number) for name, number in zip(names, numbers, strict=True) if number
            }
        elif row[0].startswith("imfit engine, joint, sigma=sqrt"):
            values = dict(zip(("x", "y", "re", "n", "q", "pa"), map(float, row[1:7]), strict=True))
            found["joint", "S"] = {"chi2": float(row[8]), "values": in_bands("galaxy", values, row[7])}
        elif row[0] == "imfit engine, joint":
            bulge = dict(zip(("re", "n", "q", "pa"), map(float, row[1:5]), strict=True))
            disc = dict(zip(("re", "q", "pa"), map(float, row[6:9]), strict=True))
            values = in_bands("bulge", bulge, row[5]) | in_bands("disc", disc, row[9])
            found["joint", "S+D"] = {"chi2": float(row[10]), "values": values}
    return found


def combined(row, errors=1.0):
    """Error of a difference of two fits with the same noise. The other programs' results have none: it is as ours."""
    return math.sqrt(1.0 + errors) * max(row["error_correlated"] or 0.0, row["error"] or 0.0)


def named_rows(result):
    """Our rows by the names of the table of Imfit's fits."""
    ours = rows(result)
    main = "galaxy" if ("galaxy", "x", "") in ours else "bulge"
    light = "mag" if (main, "mag", "") in ours else "flux"
    pairs = {name: (main, name) for name in ("x", "y", "n", "re", "q", "pa")} | {"light": (main, light)}
    if main == "bulge":
        pairs |= {
            "h": ("disc", "re"),
            "q disc": ("disc", "q"),
            "pa disc": ("disc", "pa"),
            "light disc": ("disc", light),
        }
    return {name: ours[component, key, ""] for name, (component, key) in pairs.items()}


def deviation(row, name, values, theirs):
    """Of another fit's values from theirs, in combined errors."""
    away = values - theirs
    if name.startswith("pa"):
        away = (away + 90) % 180 - 90
    return away / combined(row) if combined(row) > 0 else math.nan


def compare_rows(result, theirs):
    """Our row, their value and the deviation in combined errors, by name; nan for what ended on a bound."""
    found = {}
    for name, row in named_rows(result).items():
        value = theirs[name] * (SCALE_OF_DISC if name == "h" else 1.0)
        found[name] = (row, value, deviation(row, name, row["value"], value))
    return found


def galfitm_values(log, model):
    """Values of GALFITM's log, in the frame of the cut images."""
    found = {}
    pattern = r"(?m)^ (\w)\s+: sersic\s+:\s+\(\s*([\d.]+),\s*([\d.]+)\)" + r"\s+\[?(-?[\d.]+)\]?" * 5
    for band, *numbers in re.findall(pattern, log):
        values = dict(zip(("x", "y", "mag", "re", "n", "q", "pa"), map(float, numbers), strict=True))
        values["x"] -= 149
        values["y"] -= 149
        found.setdefault(band, []).append(values)
    assert len(found) == len(BANDS), model
    return found


def galfitm_rows(result, log):
    """Ours beside the values of a log, whose two decimals count as an error of 0.003."""
    ours = rows(result)
    theirs = galfitm_values(log, result["scene"])
    lines = [
        "| object | parameter | ours | formal error | correlated error | GALFITM | deviation, combined errors |",
        "|---|---|---|---|---|---|---|",
    ]
    names = [name for name, key, _ in ours if key == "re"]
    names = list(dict.fromkeys(names))
    for i, name in enumerate(names):
        for key in ("x", "y", "mag", "re", "n", "q", "pa"):
            for band in BANDS if key == "mag" else ("",):
                row = ours[name, key, band]
                if row["fixed"]:
                    continue
                value = theirs[band or "u"][i][key]
                away = row["value"] - value
                error = math.hypot(combined(row), 0.0029)
                label = f"{key} {band}".strip()
                lines.append(
                    f"| {name} | {label} | {row['value']:.4f} | {row['error']:.4f} | {row['error_correlated']:.4f} | "
                    f"{value:.2f} | {away / error:+.1f} |"
                )
    chi2 = re.search(r"Chi\^2 = ([\d.]+),\s+ndof = (\d+)", log)
    lines += [
        "",
        f"chi2 {result['chi2']:.1f} for {result['dof']} degrees of freedom; GALFITM's, with its own sigma, "
        f"{float(chi2[1]):.1f} for {chi2[2]}.",
    ]
    return lines


def result_line(name, result):
    share = result["chi2"] / result["dof"]
    return (
        f"| {name} | {result['stopped'].replace('_', ' ')} | {result['chi2']:.1f} | {result['dof']} | {share:.3f} | "
        f"{result['iterations']} | {result['seconds']:.2f} |"
    )
