"""The pages of docs/components tell what the registry has now."""

import importlib.util
from pathlib import Path

import gaxel
import pytest

FOLDER = Path(__file__).parents[2] / "docs/components"


@pytest.fixture(scope="module")
def pages():
    spec = importlib.util.spec_from_file_location("pages", FOLDER / "pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_as_written(pages):
    for path, text in pages.pages().items():
        assert path.read_text(encoding="utf-8") == text, "run docs/components/pages.py"


def test_every_page_and_every_fact_is_of_a_kind():
    kinds = {kind.name for kind in gaxel._core.component_kinds()}
    assert {path.stem for path in FOLDER.glob("*.md")} - {"README"} == kinds
    assert {path.stem for path in (FOLDER / "facts").glob("*.toml")} <= kinds


def test_pictures_show_valid_components(pages):
    for kind in gaxel._core.component_kinds():
        picture = pages.facts_of(kind).get("picture")
        if picture is None:
            continue
        maker = next(made for made in gaxel.components.CLASSES.values() if made._kind.name == kind.name)
        component = maker(**picture["values"])  # which refuses other keys
        assert component._kind.base_name == kind.name
        names = set(component._specs)
        assert picture.get("vary", {}).get("parameter") in {None, *names}
        assert (FOLDER / "images" / f"{kind.name}.png").exists()
