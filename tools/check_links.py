"""Checks that the links between the project's Markdown documents lead somewhere (./dev docs)."""

import re
import sys
from pathlib import Path
from urllib.parse import unquote

from project_files import ROOT, project_files

FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
REFERENCE = re.compile(r"^\[[^\]]+\]:\s+(\S+)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$", re.MULTILINE)


def add_anchor(heading: str, anchors: set[str]) -> str:
    """The anchor that GitHub gives a heading without Markdown's marks, after the document's earlier `anchors`."""
    anchor = base = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    repeat = 0
    while anchor in anchors:
        repeat += 1
        anchor = f"{base}-{repeat}"
    anchors.add(anchor)
    return anchor


def anchors(text: str) -> set[str]:
    """The anchors of a document's headings."""
    found: set[str] = set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        add_anchor(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading), found)
    return found


def links(text: str) -> list[str]:
    """Every link target of a document outside code."""
    prose = FENCE.sub("", text)
    return LINK.findall(CODE.sub("", prose)) + REFERENCE.findall(prose)


def broken_links(root: Path, documents: list[Path]) -> list[str]:
    """One line for each link to a file or heading of the project that is not there."""
    problems = []
    for document in documents:
        for link in links((root / document).read_text(encoding="utf-8")):
            if re.match(r"[a-z][a-z0-9+.-]*:", link):
                continue  # another site
            path, _, anchor = unquote(link).partition("#")
            target = root / (document.parent / path if path else document)
            if not target.exists():
                problems.append(f"{document}: {link}: no such file")
            elif (
                anchor
                and target.suffix == ".md"
                and anchor not in anchors(target.read_text(encoding="utf-8"))
            ):
                problems.append(f"{document}: {link}: no such heading")
    return problems


def main() -> int:
    documents = project_files("*.md")
    for document in documents:
        title = HEADING.search((ROOT / document).read_text(encoding="utf-8"))
        print(f"{document!s:40} {title.group(1) if title else ''}".rstrip())
    problems = broken_links(ROOT, documents)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(documents)} documents, {len(problems)} broken links")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
