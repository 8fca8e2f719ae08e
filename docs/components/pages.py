"""Writes a page for every kind of component, and the gallery, to docs/components.

The parameters come from gaxel's registry, the formula and what other programs call the same light from
facts/KIND.toml, the pictures from renders:

    .venv/bin/python docs/components/pages.py            # the pages
    .venv/bin/python docs/components/pages.py --pictures # and their pictures, in a minute
"""

import argparse
import math
import tomllib
from pathlib import Path
from typing import Any

import gaxel

HERE = Path(__file__).parent
MADE = "<!-- Made by docs/components/pages.py from the registry and facts/: change those. -->"
PROGRAMS = {"galfit": "GALFIT, GALFITM", "imfit": "Imfit", "profit": "ProFit", "galsim": "GalSim"}
NOT_THERE = "not available"


def facts_of(kind: Any) -> dict[str, Any]:
    """What the registry does not know of a kind; empty where nobody has written it yet."""
    path = HERE / "facts" / f"{kind.name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def range_text(spec: Any) -> str:
    lower, upper = math.isfinite(spec.min), math.isfinite(spec.max)
    if lower and upper:
        return f"{spec.min:.10g} to {spec.max:.10g}"
    return f"at least {spec.min:.10g}" if lower else f"at most {spec.max:.10g}" if upper else "any"


def table(header: list[str], rows: list[list[str]]) -> list[str]:
    lines = [f"| {' | '.join(header)} |", "|" + "---|" * len(header)]
    return lines + [f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows]


def parameter_table(kind: Any) -> list[str]:
    rows = []
    for spec in kind.parameters:
        default = "" if math.isnan(spec.fallback) else f"{spec.fallback:.10g}"
        rows.append([f"`{spec.name}`", spec.unit, range_text(spec), default, spec.doc])
    return table(["parameter", "unit", "range", "default", "meaning"], rows)


def option_table(kind: Any) -> list[str]:
    options = {key: (doc, spec) for key, doc, spec in gaxel._core.option_keys(kind.name)}
    rows = []
    for family in gaxel._core.name_families(list(options)):
        doc, spec = options[family.split(" ")[0]]
        name = " to ".join(f"`{key}`" for key in family.split(" to "))
        if spec is None:
            rows.append([name, "", "truncations", "", doc])
            continue
        default = "" if math.isnan(spec.fallback) else f"{spec.fallback:.10g}"
        rows.append([name, spec.unit, range_text(spec), default, doc])
    return table(["key", "unit", "range", "default", "meaning"], rows)


def program_table(facts: dict[str, Any]) -> list[str]:
    programs = facts.get("programs", {})
    rows = [
        [name, programs.get(key, {}).get("call", NOT_THERE), programs.get(key, {}).get("relation", "")]
        for key, name in PROGRAMS.items()
    ]
    return table(["program", "called", "how its parameters follow from gaxel's"], rows)


def page_of(kind: Any) -> str:
    facts = facts_of(kind)
    lines = [MADE, "", f"# {kind.title} (`{kind.name}`)", "", kind.doc, ""]
    if "formula" in facts:
        lines += ["$$", facts["formula"].strip(), "$$", ""]
    if "text" in facts:
        lines += [facts["text"].strip(), ""]
    if "picture" in facts:
        lines += [f"![{kind.title}]({picture_path(kind)})", ""]
    lines += ["## Parameters", "", *parameter_table(kind), ""]
    lines += [
        "Names, units and angles are those of Python and C++; scene files count pixels from (1, 1) and take "
        "the position angle `pa` in degrees ([scene.md](../scene.md)).",
        "",
    ]
    if gaxel._core.option_keys(kind.name):
        lines += [
            "## Options",
            "",
            "Each is turned on by its key ([shapes](../shapes.md)):",
            "",
            *option_table(kind),
            "",
        ]
    if "programs" in facts:
        lines += ["## In other programs", "", *program_table(facts), ""]
        lines += ["Angles, centres and radii: [how the programs differ](README.md#conventions).", ""]
    if "sources" in facts:
        lines += ["## Sources", "", *[f"- {source}" for source in facts["sources"]], ""]
    return "\n".join(lines)


def picture_path(kind: Any) -> str:
    return f"images/{kind.name}.png"


CONVENTIONS = """## Conventions

| | position angle | centre of the first pixel | radius | light | boxiness |
|---|---|---|---|---|---|
| gaxel, Python and C++ | `theta`, radians from +x towards +y | (0, 0) | major axis, pixels | total flux, or a brightness where the kind says so | `c0`, 0: ellipse, > 0: boxy |
| gaxel, scene files | `pa`, degrees from +y, counter-clockwise: pa = theta in degrees - 90 | (1, 1) | major axis, pixels | magnitude or counts | the same |
| GALFIT, GALFITM | degrees from +y, counter-clockwise | (1, 1) | major axis, pixels | magnitude (zero point J, EXPTIME), or surface brightness | C0, the same |
| Imfit | degrees from +y, counter-clockwise | (1, 1) | major axis, pixels; ell = 1 - q | counts per pixel at a reference radius | c0, the same |
| ProFit | degrees from +y, counter-clockwise | (0.5, 0.5) | major axis | magnitude | box, the same |
| GalSim | shear angle from +x, counter-clockwise | (1, 1), images centred | radius of the round profile before an area-preserving shear: major axis = radius / sqrt(q) | total flux | not available |
"""


def index_of(kinds: list[Any]) -> str:
    rows = [[f"[{kind.name}]({kind.name}.md)", kind.title, kind.doc] for kind in kinds]
    return "\n".join(
        [
            MADE,
            "",
            "# Components",
            "",
            "Every kind of light that gaxel renders and fits; `gaxel list` tells the same in a terminal.",
            "",
            "![A picture of each component](images/gallery.png)",
            "",
            *table(["kind", "what", "definition"], rows),
            "",
            CONVENTIONS,
        ]
    )


def pages() -> dict[Path, str]:
    """The text of every page by its path."""
    kinds = list(gaxel._core.component_kinds())
    made = {HERE / f"{kind.name}.md": page_of(kind) for kind in kinds}
    made[HERE / "README.md"] = index_of(kinds)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pictures", action="store_true", help="also draw the pictures")
    arguments = parser.parse_args()
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    if arguments.pictures:
        import pictures

        pictures.draw_all([(kind, facts_of(kind)) for kind in gaxel._core.component_kinds()], HERE / "images")


if __name__ == "__main__":
    main()
