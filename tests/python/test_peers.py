"""bench/peers: adapters whose programs are always there against exact pixels, the check of conventions, the tables."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench" / "peers"), str(ROOT / "docs" / "study")]

import astropy_peer  # noqa: E402
import gaxel_peer  # noqa: E402
import page  # noqa: E402
import peer  # noqa: E402
from cases import read_cases  # noqa: E402
from measure import Result, check_conventions, error_of, measure  # noqa: E402

CASES = {case.name: case for case in read_cases()}
DISC, STEEP, THIN = (CASES[name] for name in list(CASES)[2:5])


def images(adapter, case):
    return [np.array(renderer.render()) for renderer in adapter.renderers(case)]


def test_the_cases_are_those_of_the_benchmarks():
    assert len(CASES) == 6
    assert (DISC.shape, DISC.n, DISC.re, DISC.q) == ((128, 128), 1.0, 8.0, 0.6)
    assert (THIN.shape, THIN.x, THIN.theta) == ((90, 100), 49.7, 0.1)


@pytest.mark.parametrize("case", [DISC, STEEP, THIN], ids=lambda case: case.name)
def test_gaxel_keeps_each_tolerance(case):
    for image, rtol in zip(images(gaxel_peer, case), gaxel_peer.TOLERANCES, strict=True):
        assert np.all(np.abs(image - case.exact()) <= 1e-3 * rtol + rtol * case.exact())


def test_astropy_comes_closer_with_more_sub_pixels():
    errors = [error_of(image, DISC.exact())[0] for image in images(astropy_peer, DISC)]
    assert errors[0] > 10 * errors[1] > 20 * errors[2]
    assert errors[2] < 1e-5


@pytest.mark.parametrize("adapter", [gaxel_peer, astropy_peer], ids=lambda adapter: adapter.NAME)
@pytest.mark.parametrize("case", [DISC, STEEP, THIN], ids=lambda case: case.name)
def test_conventions_are_converted_and_set_up_changes_nothing(adapter, case):
    for renderer in adapter.renderers(case):
        image = np.array(renderer.render())
        check_conventions(adapter.NAME, image, case)
        np.testing.assert_array_equal(renderer.first(), image)


@pytest.mark.parametrize(
    "mistake",
    [
        {"theta": -0.4},
        {"theta": 0.4 + np.pi / 2},
        {"x": DISC.x + 0.5},
        {"y": DISC.y - 1.0},
        {"re": DISC.re * DISC.q**0.5},
        {"q": 1 - DISC.q},
    ],
)
def test_a_wrong_convention_is_noticed(mistake):
    image = replace(DISC, **mistake).exact()
    with pytest.raises(ValueError, match="outside the core"):
        check_conventions("some program", image, DISC)


def test_a_wrong_flux_or_rows_for_columns_are_noticed():
    for image in (1.05 * DISC.exact(), DISC.exact().T):
        with pytest.raises(ValueError, match="outside the core"):
            check_conventions("some program", image, DISC)


@pytest.mark.parametrize("b", [STEEP.exact_bn(), 7.0])
def test_the_law_has_unit_flux_whatever_its_b(b):
    def ring(s):  # light between radii s = t^4, in half-light radii
        return 2 * np.pi * s * np.exp(-b * (s ** (1 / STEEP.n) - 1))

    flux = quad(lambda t: ring(t**4) * 4 * t**3, 0, 20)[0] * STEEP.re**2 * STEEP.q
    assert STEEP.intensity_at_re(b) * flux == pytest.approx(1, rel=1e-9)


def test_a_missing_program_is_skipped_with_a_message(monkeypatch):
    monkeypatch.setitem(sys.modules, "galsim", None)
    monkeypatch.delitem(sys.modules, "galsim_peer", raising=False)
    module, why = peer.load("GalSim")
    assert module is None
    assert why.startswith("GalSim is not installed")


def test_a_run_goes_on_without_a_missing_program():
    script = "import runpy, sys; sys.modules['galsim'] = None; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-c", script, "bench/peers/run.py", "--peer", "GalSim", "--seconds", "0.001"]
    paths = os.pathsep.join([str(ROOT / "bench/peers"), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": paths}
    )
    assert run.returncode == 0, run.stderr
    assert "skipped: GalSim is not installed" in run.stdout
    assert all(name in run.stdout for name in CASES)


def test_measured_settings_are_those_of_the_adapters():
    results = measure(STEEP, [gaxel_peer, astropy_peer], 1e-3)
    assert [(r.peer, r.setting) for r in results][:4] == [
        ("gaxel", f"rtol {rtol}") for rtol in ("1e-2", "1e-4", "1e-6", "1e-8")
    ]
    assert all(r.seconds > 0 and r.first_seconds > 0 for r in results)
    # The pixel that holds the centre of a de Vaucouleurs profile of 1.2 pixels: its middle is a poor sample.
    assert results[4].error == pytest.approx(np.abs(STEEP.pixel_centers() - STEEP.exact()).max(), rel=1e-9)
    assert results[0].over_tolerance > 1 >= results[2].over_tolerance


def made_up():
    return [
        Result("gaxel", "rtol 1e-4", "1e-4", 1e-3, 2e-3, 1e-5, 200.0),
        Result("gaxel", "rtol 1e-6", "1e-6", 2e-3, 2e-3, 1e-8, 0.5),
        Result("astropy", "pixel centres", "1x1", 3e-3, 4e-3, 1e-2, 1e6),
        Result("GalSim", "real space", "real space", why_not="not advised"),
    ]


def test_ratios_in_the_table():
    rows = [line.split(" | ") for line in page.case_table(made_up()).strip().splitlines()[2:]]
    assert rows[0][1:4] == ["1", "0.5", "2"]
    assert rows[2][1:6] == ["3", "1.5", "4", "1.0e-02", "1.0e+06"]
    assert "not advised" in rows[3][-1]


def test_names_in_a_figure_do_not_cover_one_another():
    figure = page.figure({"case": [*made_up(), replace(made_up()[1], peer="pyimfit", seconds=2.1e-3)]})
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    page.report.plt.close(figure)
    assert len(boxes) == 4
    assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])


def test_the_page_holds_every_table(tmp_path, monkeypatch):
    text = (page.DOCS / "README.md").read_text()
    (tmp_path / "README.md").write_text(text)
    monkeypatch.setattr(page, "DOCS", tmp_path)
    loaded = {"gaxel": (gaxel_peer, ""), "GalSim": (None, "GalSim is not installed")}
    page.write(dict.fromkeys(CASES, made_up()), loaded)
    written = (tmp_path / "README.md").read_text()
    assert all(f"**{name}**" in written for name in CASES)
    assert "| GalSim | not installed | - |" in written
    assert (tmp_path / "error_time.png").stat().st_size > 10_000
