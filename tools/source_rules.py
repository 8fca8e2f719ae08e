"""The rules about the project's files that a machine can check; tests/structure applies them.

Each rule takes a file's path (relative to the project) and its text, and returns one line for each breach.
"""

import re
from pathlib import Path

# What each layer may include directly; what those may include is included too.
BELOW = {
    "base": (),
    "math": ("base",),
    "profile": ("math",),
    "integrate": ("profile",),
    "psf": ("base",),
    "render": ("integrate", "psf"),
    "scene": ("profile",),
    "fit": ("render", "scene"),
    "io": ("fit",),
    "legacy": ("io",),
    "cli": ("legacy",),
    "ext": ("io",),
}

# Which layer each public header of include/gaxel belongs to.
PUBLIC = {
    "component.hpp": "profile",
    "derived.hpp": "fit",
    "error.hpp": "base",
    "fit.hpp": "fit",
    "ladder.hpp": "fit",
    "image.hpp": "base",
    "intervals.hpp": "fit",
    "integration.hpp": "integrate",
    "light_image.hpp": "profile",
    "likelihood.hpp": "fit",
    "psf.hpp": "psf",
    "varying_psf.hpp": "psf",
    "quadrature.hpp": "math",
    "render.hpp": "render",
    "uncertainty.hpp": "fit",
    "bands.hpp": "scene",
    "scene.hpp": "scene",
    "stop.hpp": "base",
    "version.hpp": "base",
}

# Foreign headers that only some layers may see. FFT and least squares stay behind one interface each, because their
# licences decide what a binary may be.
FOREIGN = {
    r"fitsio|longnam|CCfits": {"io"},
    r"wcslib|wcs\w*\.h": {"io"},
    r"toml\+\+|toml\.h": {"io"},
    r"nlohmann": {"io", "cli"},
    r"png\.h|pngconf": {"io"},
    r"CLI/": {"cli"},
    r"Python\.h|nanobind|pybind11|numpy/": {"ext"},
    r"xla/": {"ext"},
    r"fftw": {"psf"},
    r"ceres/(?!jet\.h)|glog": {"fit"},
    r"ceres/jet\.h": {"math"},
}

INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*([<\"])([^>\"]+)[>\"]", re.MULTILINE)
COMMENT_OR_STRING = re.compile(r"//[^\n]*|/\*.*?\*/|R\"(\w*)\(.*?\)\1\"|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)
OUTSIDE_WORLD = re.compile(
    r"\bstd::(?:cout|cerr|clog|exit|abort|quick_exit|getenv|print(?:ln)?)\b|\bfmt::print(?:ln)?\b"
    r"|(?<![\w.>:])(?:v?f?printf|puts|fputs|putchar|exit|_exit|abort|getenv)\s*\(|<iostream>"
)
ABSOLUTE_PATH = re.compile(r"(?<![\w.~-])/(?:work|root|home|Users)/")
MAX_LINES = 400


def layer_of(path: Path) -> str | None:
    """The layer that a source file belongs to; None for files that are in no layer, such as tests."""
    parts = path.parts
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    if parts[:2] == ("include", "gaxel"):
        return PUBLIC.get(parts[-1], "unknown")
    return "ext" if parts[:2] == ("python", "ext") else None


def visible(layer: str) -> set[str]:
    """The layer itself and every layer below it."""
    seen = {layer}
    for below in BELOW[layer]:
        seen |= visible(below)
    return seen


def include_direction(path: Path, text: str) -> list[str]:
    """Includes that go up or sideways in the order of the layers, or name a private header from a public one."""
    layer = layer_of(path)
    if layer is None:
        return []
    if layer not in BELOW:
        return [f"{path}: belongs to no layer of tools/source_rules.py"]
    problems = []
    for _, header in INCLUDE.findall(text):
        first, _, rest = header.partition("/")
        if first == "gaxel":
            target = PUBLIC.get(rest, "unknown")
        elif first in BELOW and rest:
            target = first
            if path.parts[0] == "include":
                problems.append(f"{path}: the public header includes the private {header}")
        else:
            continue
        if target not in visible(layer):
            problems.append(f"{path}: {layer} must not include {header} ({target})")
    return problems


def foreign_headers(path: Path, text: str) -> list[str]:
    """Third-party headers in layers that must not know them."""
    layer = layer_of(path)
    problems = []
    for bracket, header in INCLUDE.findall(text):
        for pattern, allowed in FOREIGN.items():
            own = bracket == '"' and header.partition("/")[0] in BELOW
            if layer is not None and layer not in allowed and not own and re.match(pattern, header):
                problems.append(
                    f"{path}: {layer} must not include {header}; only {', '.join(sorted(allowed))} may"
                )
    return problems


def outside_world(path: Path, text: str) -> list[str]:
    """Printing, exiting or reading the environment below the command line."""
    if layer_of(path) in (None, "cli"):
        return []
    # Blanks in place of comments and strings keep the line numbers.
    code = COMMENT_OR_STRING.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    return [
        f"{path}:{code.count(chr(10), 0, found.start()) + 1}: only src/cli may use {found.group().strip()}"
        for found in OUTSIDE_WORLD.finditer(code)
    ]


def too_long(path: Path, text: str) -> list[str]:
    """Files that outgrew what one can keep in mind."""
    lines = text.count("\n")
    return [f"{path}: {lines} lines, at most {MAX_LINES}"] if lines > MAX_LINES else []


def absolute_paths(path: Path, text: str) -> list[str]:
    """Paths that exist on one machine only."""
    return [
        f"{path}:{number}: path of one machine: {line.strip()}"
        for number, line in enumerate(text.splitlines(), 1)
        if ABSOLUTE_PATH.search(line)
    ]
