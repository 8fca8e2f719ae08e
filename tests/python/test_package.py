"""The package as installed: version, names, stubs, documentation."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import gaxel
import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = Path(gaxel._core.__file__).parent


def test_version_is_the_projects():
    stated = re.search(r"project\(gaxel VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())
    assert gaxel.__version__ == stated.group(1)


def test_all_names_exist_and_are_documented():
    assert len(set(gaxel.__all__)) == len(gaxel.__all__) > 15
    for name in gaxel.__all__:
        if name != "__version__":
            assert inspect.getdoc(getattr(gaxel, name)), name


@pytest.mark.parametrize(
    "function",
    [
        gaxel.render,
        gaxel.render_with_jacobian,
        gaxel.prepare,
        gaxel.vjp,
        gaxel.fit,
        gaxel.Psf,
        gaxel.Band,
        gaxel.astropy_model,
    ],
)
def test_every_argument_is_documented(function):
    documented = inspect.getdoc(function)
    listed = ", ".join(re.findall(r"^([\w, ]+)(?: : .*)?$", documented, re.MULTILINE)).split(", ")
    for name in inspect.signature(function).parameters:
        assert name in listed


@pytest.fixture(scope="module")
def stubs():
    """The syntax trees of the generated stubs, by module."""
    return {name: ast.parse((PACKAGE / f"{name}.pyi").read_text()) for name in ("_core", "components")}


def test_the_package_is_typed():
    assert (PACKAGE / "py.typed").exists()


def test_stub_of_the_core_holds_all_it_has(stubs):
    names = {node.name for node in stubs["_core"].body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    public = {
        name for name, value in vars(gaxel._core).items() if callable(value) and not name.startswith("_")
    }
    assert public <= names and {"Certificate", "Plan", "render", "fit"} <= names


def test_stub_of_the_components_has_every_argument(stubs):
    classes = {node.name: node for node in stubs["components"].body if isinstance(node, ast.ClassDef)}
    assert list(classes) == gaxel.components.__all__
    for name, node in classes.items():
        init = next(member for member in node.body if getattr(member, "name", "") == "__init__")
        arguments = [argument.arg for argument in init.args.kwonlyargs]
        assert arguments == list(inspect.signature(getattr(gaxel, name)).parameters)
        assert ast.get_docstring(node) == inspect.getdoc(getattr(gaxel, name))


def test_the_reference_has_every_public_name():
    page = (ROOT / "docs" / "api" / "python.md").read_text(encoding="utf-8")
    directives = re.findall(
        r"^\.\. auto(?:class|function|exception|module):: gaxel\.(\w+)(?:\(\))?$", page, re.MULTILINE
    )
    assert sorted(directives) == sorted({*gaxel.__all__, "components", "jax"} - {"__version__"})


def test_numpy_is_enough():
    program = """
import sys
for name in ("astropy", "matplotlib", "photutils", "scipy", "tqdm", "jax"):
    sys.modules[name] = None
import gaxel, numpy, pickle
galaxy = gaxel.Gaussian(x=9.0, y=9.0, flux=500.0, re=3.0, q=0.7, theta=0.4)
image = gaxel.render(galaxy, (20, 20)) + numpy.random.default_rng(2).normal(0.0, 0.1, (20, 20))
result = gaxel.fit(gaxel.Band(image, 0.1), galaxy, progress=True)
assert result.success and pickle.loads(pickle.dumps(result)).chi2 == result.chi2
for shown in (galaxy, result, result.bands[0].observed, gaxel.Psf(numpy.ones((3, 3)))):
    assert "<img" not in shown._repr_html_()
for needs in (result.table, result.plot, lambda: gaxel.astropy_model(galaxy)):
    try:
        needs()
    except ImportError:
        continue
    raise AssertionError
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_example_of_the_package_runs():
    code = "\n".join(re.findall(r"^>>> (.*)$", gaxel.__doc__, re.MULTILINE))
    names = {}
    exec(code, names)
    assert names["image"].shape == (64, 64)
