"""Links between the documents resolve, and the version is stated once."""

import re
from pathlib import Path

import check_links
import pytest
from project_files import ROOT, project_files

VERSION = re.compile(r"(?i)(?<!cff-)version[\"'\])_ ]*[:=]+\s*[\"']?v?(\d+\.\d+(?:\.\d+)?)")


def stated_versions(text: str) -> list[str]:
    """Versions that a text states, as "version = 1.2" in whatever notation."""
    return VERSION.findall(text)


def project_version() -> str:
    found = re.search(r"project\(gaxel VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())
    assert found
    return found.group(1)


def test_links_resolve():
    documents = project_files("*.md")
    assert Path("README.md") in documents
    assert check_links.broken_links(ROOT, documents) == []


def test_broken_links_are_found(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/b.md").write_text(
        "# Two words, `code`\n## Twice\n## Twice\n```\n# not a heading\n```\n"
    )
    (tmp_path / "a.md").write_text(
        "[ok](docs/b.md#two-words-code) [ok](docs/b.md#twice-1) [ok](https://example.org/none) `[code](none.md)`\n"
        "```\n[code](none.md)\n```\n[gone](docs/c.md) ![gone](gone.png) [gone](docs/b.md#not-a-heading) [me](#top)\n"
        "[reference]: docs/d.md\n"
    )
    broken = check_links.broken_links(tmp_path, [Path("a.md"), Path("docs/b.md")])
    assert [problem.split(": ")[1] for problem in broken] == [
        "docs/c.md",
        "gone.png",
        "docs/b.md#not-a-heading",
        "#top",
        "docs/d.md",
    ]


def test_the_version_is_stated_in_cmake_only():
    files = project_files("pyproject.toml", "CITATION.cff", "src", "include", "python", "dev")
    assert len(files) > 10
    for path in files:
        assert stated_versions((ROOT / path).read_text(encoding="utf-8")) == [], path


def test_the_changelog_knows_the_version():
    released = re.findall(r"^## \[([0-9.]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert released[0] == project_version()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('version = "0.1.0"', ["0.1.0"]),
        ("version: 0.1.0", ["0.1.0"]),
        ("__version__ = '0.1'", ["0.1"]),
        ('constexpr auto kVersion = "2.0.1";', ["2.0.1"]),
        ('cff-version: 1.2.0\ncmake.version = ">=3.25"\n__version__ = _core.version()\n', []),
    ],
)
def test_stated_versions_are_found(text, expected):
    assert stated_versions(text) == expected
