"""Renders the project's Markdown documents to HTML in build/docs, to be read in a browser (./dev docs)."""

import html
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element

import markdown
from check_links import HEADING, add_anchor
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from project_files import ROOT, project_files

STYLE = """
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1f2328; background: #fff;
       font: 16px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
h1, h2 { border-bottom: 1px solid #d1d9e0; padding-bottom: .3rem; }
h1, h2, h3 { line-height: 1.25; margin: 1.8rem 0 .8rem; }
a { color: #0a5cc0; text-decoration: none; }
a:hover { text-decoration: underline; }
img { max-width: 100%; }
table { border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0; font-size: .92rem; }
th, td { border: 1px solid #d1d9e0; padding: .3rem .7rem; text-align: left; vertical-align: top; }
tr:nth-child(even) { background: #f6f8fa; }
code, pre { font: .88em/1.45 ui-monospace, "DejaVu Sans Mono", monospace; background: #f3f4f6; border-radius: 4px; }
code { padding: .1em .3em; }
pre { padding: .8rem 1rem; overflow-x: auto; }
pre code { padding: 0; font-size: 1em; }
nav { font-size: .9rem; }
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{up}style.css">
<nav><a href="{up}index.html">all documents</a></nav>
{body}
</html>
"""


def title_of(text: str, fallback: str) -> str:
    """The first heading, without Markdown's marks."""
    found = HEADING.search(text)
    return re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", found.group(1)) if found else fallback


def github_slugs() -> Callable[[str, str], str]:
    """What makes the anchors of one document's headings, in their order."""
    seen: set[str] = set()
    return lambda heading, _separator: add_anchor(heading, seen)


class Links(Treeprocessor):
    """Links to documents lead to their HTML, pictures are taken along, other files are linked where they are."""

    def __init__(
        self, md: markdown.Markdown, root: Path, output: Path, document: Path, documents: set[Path]
    ) -> None:
        super().__init__(md)
        self.root, self.output, self.document, self.documents = root, output, document, documents

    def run(self, root: Element) -> None:
        for element in root.iter():
            key = {"a": "href", "img": "src"}.get(element.tag)
            if key and element.get(key):
                element.set(key, self.rewritten(element.get(key, ""), element.tag == "img"))

    def rewritten(self, link: str, is_image: bool) -> str:
        path, hash_mark, anchor = link.partition("#")
        if not path or re.match(r"[a-z][a-z0-9+.-]*:", link):
            return link
        target = Path(os.path.normpath(self.document.parent / unquote(path)))
        here = self.output / self.document.parent
        if target in self.documents:
            to = self.output / target.with_suffix(".html")
        elif is_image and (self.root / target).is_file():
            to = self.output / target
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.root / target, to)
        else:
            to = self.root / target
        return quote(os.path.relpath(to, here)) + hash_mark + anchor


class LinksExtension(Extension):
    def __init__(self, root: Path, output: Path, document: Path, documents: set[Path]) -> None:
        super().__init__()
        self.where = (root, output, document, documents)

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        md.treeprocessors.register(Links(md, *self.where), "project_links", 0)


def render(root: Path, documents: list[Path], output: Path) -> Path:
    """Writes every document (paths relative to root) as HTML below output; returns the path of the index."""
    output.mkdir(parents=True, exist_ok=True)
    (output / "style.css").write_text(STYLE, encoding="utf-8")
    entries = []
    for document in documents:
        text = (root / document).read_text(encoding="utf-8")
        title = title_of(text, document.name)
        toc = {"toc": {"slugify": github_slugs()}}
        links = LinksExtension(root, output, document, set(documents))
        body = markdown.markdown(
            text, extensions=["tables", "fenced_code", "toc", links], extension_configs=toc
        )
        write_page(output, document.with_suffix(".html"), title, body)
        address = quote(document.with_suffix(".html").as_posix())
        entries.append(
            f'<li><a href="{address}">{html.escape(title)}</a> <code>{html.escape(str(document))}</code></li>'
        )
    write_page(
        output, Path("index.html"), "Documents", "<h1>Documents</h1>\n<ul>\n" + "\n".join(entries) + "\n</ul>"
    )
    return output / "index.html"


def write_page(output: Path, page: Path, title: str, body: str) -> None:
    to = output / page
    to.parent.mkdir(parents=True, exist_ok=True)
    up = "../" * (len(page.parts) - 1)
    to.write_text(PAGE.format(title=html.escape(title), up=up, body=body), encoding="utf-8")


def main() -> int:
    print(render(ROOT, project_files("*.md"), ROOT / "build" / "docs"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
