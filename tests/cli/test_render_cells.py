"""gaxel render --cells: the drawing holds every cell, and tells how many."""

import re
import shlex
import xml.etree.ElementTree as ET

import cli_support
import numpy as np
import pytest
from astropy.io import fits
from cli_support import run

SVG = "{http://www.w3.org/2000/svg}"
GALAXY = {
    "name": "<big> & round",
    "type": "sersic",
    "x": 31.3,
    "y": 24.8,
    "flux": 1000.0,
    "re": 5.0,
    "n": 4.0,
    "q": 0.7,
    "pa": 25.0,
}
DISC = {
    "name": "disc",
    "type": "exponential",
    "x": 30.0,
    "y": 20.0,
    "flux": 50.0,
    "re": 9.0,
    "q": 0.1,
    "pa": 70.0,
}
SKY = {"name": "sky", "type": "sky", "level": 2.0}


@pytest.fixture
def scene(tmp_path):
    def write(*components, **tables):
        tables = {"image": {"shape": [60, 50]}} | tables
        (tmp_path / "scene.toml").write_text(cli_support.scene_text(tables, list(components)))
        return tmp_path / "scene.toml"

    return write


class Drawing:
    """What stands in a drawing of cells."""

    def __init__(self, path):
        self.root = ET.parse(path).getroot()
        self.texts = [element.text for element in self.root.iter(f"{SVG}text")]
        # The left panel's cells lie in the clipped group, one path for each size.
        panel = self.root.find(f"{SVG}g")
        corner = r"M([-\d.]+) ([-\d.]+)h([-\d.]+)v([-\d.]+)"
        self.cells = {
            path.get("fill"): np.array(re.findall(corner, path.get("d")), float)
            for path in panel.iter(f"{SVG}path")
        }
        clip = self.root.find(f"{SVG}clipPath/{SVG}rect")
        self.panel = [float(clip.get(key)) for key in ("x", "y", "width", "height")]

    def legend(self):
        """For each row: colour, name, and the texts of its numbers."""
        rows, at = {}, list(self.root)
        for k, element in enumerate(at):
            swatch = element.tag == f"{SVG}rect" and element.get("fill") in self.cells
            if swatch:
                name, *numbers = (text.text for text in at[k + 1 : k + 5])
                rows[element.get("fill")] = (name, numbers)
        return rows

    def evaluations(self):
        return next(
            re.search(r"([\d.e-]+) evaluations a pixel", t)[1] for t in self.texts if "evaluations" in t
        )


def draw(scene, *options):
    target = scene.parent / "cells.svg"
    finished = run("render", scene, "--cells", target, *options)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout == f"wrote {target}\n"
    return Drawing(target)


def test_the_cells_fill_the_image(scene):
    drawing = draw(scene(GALAXY, SKY))
    x, y, width, height = drawing.panel
    cells = np.concatenate(list(drawing.cells.values()))
    assert width / height == pytest.approx(60 / 50, rel=1e-3)
    assert (cells[:, 2] * cells[:, 3]).sum() == pytest.approx(width * height, rel=2e-3), "two decimals"
    assert cells[:, 0].min() == pytest.approx(x, abs=0.02)
    assert (cells[:, 1] + cells[:, 3]).max() == pytest.approx(y + height, abs=0.02)


def test_the_legend_counts_what_is_drawn(scene):
    drawing = draw(scene(GALAXY))
    legend = drawing.legend()
    assert legend.keys() == drawing.cells.keys()
    pixels = 0.0
    for colour, (name, (n_cells, n_pixels, _)) in legend.items():
        assert int(n_cells) == len(drawing.cells[colour]), name
        pixels += float(n_pixels)
    assert pixels == pytest.approx(60 * 50, abs=0.05), "those of parts are rounded"
    names = [name for name, _ in legend.values()]
    assert "tiles, longer side 8 pixels" in names and "pixels" in names and names[-1] == "pixels at the cusp"
    nodes = [numbers[2] for _, numbers in legend.values()]
    assert nodes[-1] == "closed form"
    assert float(drawing.evaluations()) == pytest.approx(sum(map(int, nodes[:-1])) / 3000, rel=1e-2)


def test_they_are_the_cells_of_the_render(scene):
    path = scene(GALAXY, SKY)
    for tolerance in (["--rtol", "1e-3", "--atol", "1e-6"], []):
        model = path.parent / "model.fits"
        finished = run("render", path, "-o", model, "--certificate", *tolerance)
        told = re.search(r"evaluations a pixel +(\S+)", finished.stdout)[1]
        assert draw(path, *tolerance).evaluations() == told


def test_the_component_that_is_named(scene):
    path = scene(SKY, GALAXY, DISC)
    texts = draw(path).texts
    assert 'Cells of "<big> & round", Sersic profile' in texts, "the first that has cells"
    assert "x 31.3 pixel,  y 24.8 pixel,  flux 1000 counts,  re 5 pixel,  n 4,  q 0.7,  pa 25 deg" in texts
    assert any(text.startswith('Cells of "disc"') for text in draw(path, "--component", "disc").texts)


def test_the_margin_of_a_psf_is_drawn(scene, tmp_path):
    fits.writeto(tmp_path / "psf.fits", cli_support.gaussian_psf(size=11))
    for oversample, reach in ((1, 5.0), (2, 3.0)):  # whole pixels that an image of 11 x 11 reaches
        drawing = draw(scene(GALAXY, psf={"file": "psf.fits", "oversample": oversample}))
        assert any("edge of the image" in text for text in drawing.texts)
        found = [
            re.search(r"(\d+) × (\d+) pixels(?: of 1/(\d+) pixel of the data)?,", t) for t in drawing.texts
        ]
        nx, ny, parts = (int(number or 1) for number in next(filter(None, found)).groups())
        fading = 20.0
        assert (nx / parts, ny / parts) == (60 + 2 * (reach + fading), 50 + 2 * (reach + fading))


def test_a_centre_off_the_image_and_few_pixels(scene):
    path = scene(GALAXY | {"x": 1e6, "y": -300}, image={"shape": [5, 3]})
    finished = run("render", path, "--cells", path.parent / "cells.svg")
    assert finished.returncode == 0 and "lies outside the region" in finished.stderr
    drawing = Drawing(path.parent / "cells.svg")
    assert [numbers[:2] for _, numbers in drawing.legend().values()] == [["1", "15"]], (
        "nothing there: one tile"
    )


def test_the_model_beside_it(scene):
    path = scene(GALAXY)
    model, cells = path.parent / "model.fits", path.parent / "cells.svg"
    finished = run("render", path, "-o", model, "--cells", cells)
    assert (finished.returncode, finished.stdout) == (0, f"wrote {model}\nwrote {cells}\n")
    assert fits.getdata(model).shape == (50, 60) and Drawing(cells)
    cells.unlink()
    finished = run("render", path, "-o", path.parent / "none/model.fits", "--cells", cells)
    assert finished.returncode == 1 and "none/model.fits" in finished.stderr
    assert not cells.exists(), "both or none"


def test_the_page_shows_what_its_commands_draw(tmp_path):
    """docs/math/pixels.md: a picture that is older than the cells tells what is no longer so."""
    page = (cli_support.ROOT / "docs/math/pixels.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    gaxel (render (\S+) --cells (\S+).*)$", page, re.M)
    assert len(commands) == 2
    for command, scene, shown in commands:
        drawn = tmp_path / "cells.svg"
        arguments = [str(drawn) if argument == shown else argument for argument in shlex.split(command)]
        finished = run(*arguments, cwd=cli_support.ROOT)
        assert finished.returncode == 0, (scene, finished.stderr)
        assert Drawing(cli_support.ROOT / shown).legend() == Drawing(drawn).legend(), f"run: gaxel {command}"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["-o MODEL.fits or --cells CELLS.svg is required"]),
        (["--cells", "cells.png"], ["--cells = cells.png", "SVG", ".svg"]),
        (["--cells", ""], ["--cells", ".svg"]),
        (["--cells", "a.svg", "-o", "./a.svg"], ["--cells = a.svg", "another name"]),
        (["--cells", "folder.svg"], ["folder.svg", "cannot be written"]),
        (
            ["--cells", "a.svg", "--component", "dics"],
            ["--component = dics", 'did you mean "disc"?', "<big>"],
        ),
        (["--cells", "a.svg", "--component", "sky"], ["--component = sky", "not integrated", "disc"]),
        (["-o", "m.fits", "--component", "disc"], ["--component requires --cells"]),
        (["--cells", "a.svg", "--certificate"], ["--certificate requires --output"]),
        (["--cells", "a.svg", "--components"], ["--components requires --output"]),
    ],
)
def test_what_is_refused(scene, options, expected):
    path = scene(SKY, GALAXY, DISC)
    (path.parent / "folder.svg").mkdir()
    finished = run("render", path, *options, cwd=path.parent)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr.startswith("gaxel: error: ") and finished.stderr.count("\n") == 1
    for part in expected:
        assert part in finished.stderr, finished.stderr
    assert {entry.name for entry in path.parent.iterdir()} == {"scene.toml", "folder.svg"}


def test_a_scene_without_cells(scene):
    path = scene(SKY, {"name": "star", "type": "pointsource", "x": 5, "y": 6, "flux": 1.0})
    finished = run("render", path, "--cells", path.parent / "cells.svg")
    assert finished.returncode == 2
    assert str(path) in finished.stderr and "no component" in finished.stderr and "sersic" in finished.stderr


def test_a_folder_that_is_not_there(scene):
    path = scene(GALAXY)
    finished = run("render", path, "--cells", path.parent / "none/cells.svg")
    assert finished.returncode == 1
    assert "none/cells.svg" in finished.stderr and "cannot be written" in finished.stderr
