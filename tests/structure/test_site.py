"""Every document has its place in the site."""

import posixpath
import re
from pathlib import Path

from project_files import ROOT, project_files

INDEX = Path("docs/index.md")
TOCTREE = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def entries(text: str) -> list[str]:
    """What the trees of contents of a document name."""
    lines = [line.strip() for tree in TOCTREE.findall(text) for line in tree.splitlines()]
    named = [re.sub(r"^.*<(.*)>$", r"\1", line) for line in lines if line and not line.startswith(":")]
    return [posixpath.normpath(posixpath.join(INDEX.parent, name)) for name in named]


def test_every_document_is_in_the_contents():
    named = entries((ROOT / INDEX).read_text(encoding="utf-8"))
    listed = {
        path.relative_to(ROOT)
        for name in named
        for path in (ROOT.glob(name + ".md") if "*" in name else [ROOT / f"{name}.md"])
    }
    assert {INDEX, *listed} == set(project_files("*.md")), "the contents are in docs/index.md"


def test_entries_are_found():
    text = "```{toctree}\n:hidden:\n\nRead me <../README>\npsf\n```\n```python\nno\n```\n"
    assert entries(text) == ["README", "docs/psf"]
