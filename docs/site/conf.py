"""The documents as a site: ./dev docs, which writes it to build/docs.

The source folder is the project's own, so that links between the documents are the same there, here and on a forge.
"""

import re
from pathlib import Path
from typing import Any

import gaxel

project = "gaxel"
author = "The gaxel authors"
project_copyright = author
release = gaxel.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx-mathjax-offline",  # formulas without a network
    "sphinx_copybutton",
]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**", "examples/*.md", "bench/**/*.md"]
exclude_patterns = [
    "build",
    ".venv",
    ".git",
    ".ci",
    ".cache",
    "demo",
    "src",
    "tests",
    "docs/components/facts",
]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say more
autodoc_default_options = {"members": True}
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_param = False  # else words of types become links to whatever has that name
napoleon_use_ivar = True
napoleon_custom_sections = [("Other Parameters", "params_style")]

html_theme = "furo"
html_title = f"gaxel {release}"
html_show_copyright = False
html_show_sourcelink = False
html_static_path = ["static"]
html_css_files = ["site.css"]
html_theme_options = {"navigation_with_keys": True}
html_extra_path = ["start"]
suppress_warnings = ["ref.python"]  # "shape" in types of attributes names nothing


PARAMETER = re.compile(r"\s*\*+\w+( :.*)?$")
PLAIN = {"attribute", "property"}


def plain_docstring(_app: Any, what: str, name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    """Docstrings are text first: a bar is an absolute value, a star a product, and references have numbers of their own."""
    for i, line in enumerate(lines):
        if not line.lstrip().startswith(">>>") and not PARAMETER.match(line):
            line = line.replace("|", r"\|").replace("*", r"\*")
            lines[i] = re.sub(r"^(\s*)\.\. (\[\d+\])", r"\1\2", line).replace("]_", "]")
    lines[:] = [line for line in lines if not line.startswith("(self) ->")]  # nanobind's signatures
    if what in PLAIN:  # kept from napoleon, which takes what comes before a colon for a type
        kept[name] = lines[:]
        lines[:] = [""]


def restored_docstring(_app: Any, what: str, name: str, _obj: Any, _options: Any, lines: list[str]) -> None:
    if what in PLAIN and name in kept:
        lines[:] = kept.pop(name)


kept: dict[str, list[str]] = {}


def with_headers(app: Any, name: str, source: list[str]) -> None:
    """Shows every public header in the C++ reference, below what its first line says."""
    if name != "docs/api/cpp":
        return
    sections = []
    for path in sorted(Path(app.srcdir).glob("include/gaxel/*.hpp")):
        first = path.read_text(encoding="utf-8").partition("\n")[0].lstrip("/ ")
        include = f"```{{literalinclude}} ../../include/gaxel/{path.name}\n:language: cpp\n```"
        sections.append(f"## `gaxel/{path.name}`\n\n{first}\n\n{include}\n")
    source[0] = source[0].replace("<!-- headers -->", "\n".join(sections))


def setup(app: Any) -> None:
    app.connect("source-read", with_headers)
    app.connect("autodoc-process-docstring", plain_docstring, priority=100)
    app.connect("autodoc-process-docstring", restored_docstring, priority=900)
