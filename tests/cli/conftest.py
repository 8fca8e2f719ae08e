from pathlib import Path

import cli_support
import pytest


@pytest.fixture(scope="session", autouse=True)
def command():
    """Fails at once, with a reason, when there is nothing to test."""
    if not Path(cli_support.COMMAND).is_file():
        pytest.fail(f"{cli_support.COMMAND} does not exist: run ./dev build, or set GAXEL_COMMAND")


@pytest.fixture(scope="session")
def field(tmp_path_factory):
    return cli_support.make_field(tmp_path_factory.mktemp("field"))


@pytest.fixture(scope="session")
def fitted(field, tmp_path_factory):
    """A fit of the field: (folder of the results, the finished run)."""
    folder = tmp_path_factory.mktemp("fitted")
    scene = field.write_scene(folder / "scene.toml")
    finished = cli_support.run("fit", scene, "-o", folder / "out")
    assert finished.returncode == 0, finished.stderr
    return folder / "out", finished
