"""Every source file keeps the rules of tools/source_rules.py, and every rule notices a breach."""

import re
from pathlib import Path

import pytest
import source_rules as rules
from project_files import ROOT, project_files

SOURCES = (
    "*.cpp",
    "*.hpp",
    "*.h",
    "*.py",
    "*.pyi",
    "*.cmake",
    "CMakeLists.txt",
    "**/CMakeLists.txt",
    "dev",
    ".ci/run",
)


def text_of(path: Path) -> str | None:
    """The file's text, or None for a binary file."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def breaches(rule, *patterns: str) -> list[str]:
    files = project_files(*patterns)
    assert files, f"no files match {patterns}"
    texts = [(path, text_of(path)) for path in files]
    return [problem for path, text in texts if text is not None for problem in rule(path, text)]


@pytest.mark.parametrize(
    "rule",
    [rules.include_direction, rules.foreign_headers, rules.outside_world],
    ids=lambda rule: rule.__name__,
)
def test_layers(rule):
    assert breaches(rule, "src", "include", "python/ext") == []


def test_no_source_file_is_too_long():
    assert breaches(rules.too_long, *SOURCES) == []


def test_no_file_names_a_path_of_one_machine():
    assert breaches(rules.absolute_paths) == []


def test_the_linker_knows_no_other_order_than_the_includes():
    """What gaxel_layer(... LINKS ...) states is what source_rules.BELOW states, or part of it."""
    stated = 0
    for listing in project_files("src/*/CMakeLists.txt"):
        layer = listing.parts[1]
        for linked in re.findall(r"\bgaxel_(\w+)\b", (ROOT / listing).read_text()):
            if linked in rules.BELOW:
                stated += 1
                assert linked in rules.visible(layer), f"{listing} links {linked}"
    assert stated >= 9


def test_every_layer_and_public_header_is_in_the_tables():
    folders = {path.parts[1] for path in project_files("src") if len(path.parts) > 2}
    assert folders == set(rules.BELOW) - {"ext"}
    assert {path.name for path in project_files("include/gaxel")} == set(rules.PUBLIC)


# Each rule at work on small files: (rule, path, text, what it must say, or nothing).
EXAMPLES = [
    (rules.include_direction, "src/math/a.cpp", '#include "base/b.hpp"\n', None),
    (rules.include_direction, "src/render/a.cpp", '#include "math/b.hpp"\n#include <vector>\n', None),
    (
        rules.include_direction,
        "src/math/a.cpp",
        '#include "profile/b.hpp"\n',
        "math must not include profile/b.hpp",
    ),
    (
        rules.include_direction,
        "src/psf/a.hpp",
        "  #  include <integrate/b.hpp>\n",
        "psf must not include integrate",
    ),
    (rules.include_direction, "src/render/a.cpp", '#include "gaxel/scene.hpp"\n', "(scene)"),
    (
        rules.include_direction,
        "src/scene/a.cpp",
        '#include "render/b.hpp"\n',
        "scene must not include render",
    ),
    (rules.include_direction, "src/fit/a.cpp", '#include "io/b.hpp"\n', "fit must not include io"),
    (rules.include_direction, "src/io/report/a.cpp", '#include "cli/b.hpp"\n', "io must not include cli"),
    (rules.include_direction, "src/io/a.cpp", '#include "gaxel/fit.hpp"\n', None),
    (rules.include_direction, "src/io/a.cpp", '#include "gaxel/other.hpp"\n', "(unknown)"),
    (rules.include_direction, "src/extra/a.cpp", "\n", "belongs to no layer"),
    (rules.include_direction, "include/gaxel/other.hpp", "\n", "belongs to no layer"),
    (
        rules.include_direction,
        "include/gaxel/psf.hpp",
        '#include "gaxel/render.hpp"\n',
        "psf must not include",
    ),
    (rules.include_direction, "include/gaxel/fit.hpp", '#include "base/b.hpp"\n', "the private base/b.hpp"),
    (rules.include_direction, "python/ext/a.cpp", '#include "cli/b.hpp"\n', "ext must not include cli"),
    (rules.foreign_headers, "src/fit/a.cpp", "#include <fitsio.h>\n", "fit must not include fitsio.h"),
    (rules.foreign_headers, "src/scene/a.cpp", "#include <toml++/toml.h>\n", "only io may"),
    (rules.foreign_headers, "include/gaxel/scene.hpp", "#include <nlohmann/json.hpp>\n", "scene must not"),
    (rules.foreign_headers, "src/base/a.hpp", "#include <Python.h>\n", "base must not include Python.h"),
    (rules.foreign_headers, "src/render/a.cpp", "#include <fftw3.h>\n", "only psf may"),
    (rules.foreign_headers, "src/io/a.cpp", "#include <ceres/ceres.h>\n", "only fit may"),
    (rules.foreign_headers, "src/io/a.cpp", '#include <fitsio.h>\n#include "fit/ceres.hpp"\n', None),
    (rules.foreign_headers, "tests/io/a.cpp", "#include <fitsio.h>\n", None),
    (
        rules.outside_world,
        "src/fit/a.cpp",
        "void f() {\n  std::cerr << 1;\n}\n",
        "a.cpp:2: only src/cli may use std::cerr",
    ),
    (rules.outside_world, "src/io/a.cpp", 'fprintf(stderr, "");\n', "fprintf"),
    (rules.outside_world, "src/io/a.cpp", "if (x) exit(1);\n", "exit"),
    (rules.outside_world, "src/io/a.cpp", 'auto home = std::getenv("HOME");\n', "getenv"),
    (rules.outside_world, "src/io/a.cpp", '// exit( and std::cout\nstd::snprintf(b, 9, "puts(");\n', None),
    (rules.outside_world, "src/cli/a.cpp", "std::cout << 1;\n", None),
    (rules.too_long, "src/io/a.cpp", "x\n" * 400, None),
    (rules.too_long, "src/io/a.cpp", "x\n" * 401, "401 lines"),
    (rules.absolute_paths, "docs/a.md", "ok\nsee /" + "home/me/file\n", "docs/a.md:2"),
    (rules.absolute_paths, "dev", 'cd "/' + 'work/x"\n', "dev:1"),
    (rules.absolute_paths, "docs/a.md", "https://example.org/home/page, src/work/x, ~/work/x\n", None),
]


@pytest.mark.parametrize(("rule", "path", "text", "expected"), EXAMPLES)
def test_each_rule_on_a_small_example(rule, path, text, expected):
    found = rule(Path(path), text)
    if expected is None:
        assert found == []
    else:
        assert len(found) == 1 and expected in found[0]
