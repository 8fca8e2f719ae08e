"""bench/peers/gradients.py: its truth, its adapters whose programs are always there, its tables."""

import sys
from dataclasses import replace
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import gammaincinv

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench" / "peers"), str(ROOT / "docs" / "study")]

import gradient_peers as peers  # noqa: E402
import gradients  # noqa: E402

CASE = peers.GradientCase(48, 1.0)


pytestmark = pytest.mark.usefixtures("float64")


def test_bn_about_n_is_half_light_with_its_slope():
    bn = peers.bn_about(4.0)
    assert bn(4.0) == pytest.approx(gammaincinv(8.0, 0.5), rel=1e-15)
    for step in (1e-4, -1e-4):
        assert bn(4.0 + step) == pytest.approx(gammaincinv(8.0 + 2.0 * step, 0.5), rel=1e-9)


def test_psf_images_are_of_one_gaussian():
    with_pixel, without = (peers.psf_image(pixel) for pixel in (True, False))
    y, x = np.indices(without.shape) - peers.PSF_SIZE // 2
    for image, variance in ((without, peers.SIGMA**2), (with_pixel, peers.SIGMA**2 + 1.0 / 12.0)):
        assert image.sum() == pytest.approx(1.0, abs=1e-14)
        assert np.sum(image * x**2) == pytest.approx(variance, rel=1e-8)
        assert np.sum(image * y**2) == pytest.approx(variance, rel=1e-8)
    fine = peers.psf_image(pixel=False, finer=3)
    assert fine[1::3, 1::3] * 9.0 == pytest.approx(without, abs=1e-12)


def test_a_wrong_truth_is_noticed(monkeypatch):
    gradients.truth_of(CASE)
    right = gradients.convolved_pixel
    monkeypatch.setattr(gradients, "convolved_pixel", lambda *a: right(*a) * (1.0 + 1e-9))
    with pytest.raises(ValueError, match=r"pixel .* is off by"):
        gradients.truth_of(CASE)
    monkeypatch.setattr(gradients, "convolved_pixel", right)
    jacobian_of = gradients.gaxel.render_with_jacobian

    def wrong(*arguments, **options):
        image, jacobian = jacobian_of(*arguments, **options)
        jacobian[3] *= 1.0 + 1e-8
        return image, jacobian

    monkeypatch.setattr(gradients.gaxel, "render_with_jacobian", wrong)
    with pytest.raises(ValueError, match="gradient to re is off"):
        gradients.truth_of(CASE)


def test_gaxel_and_the_seed_are_given_the_same_galaxy():
    truth = gradients.truth_of(CASE)
    used = truth.weight > 0.0
    errors = {}
    for setting in peers.by_gaxel(CASE)[:1] + peers.by_seed(CASE):
        image = np.asarray(jax.jit(setting.image)(jnp.asarray(CASE.values)))
        errors[setting.name] = np.abs(image - truth.image)[used].max() / truth.image.max()
    coarse, fine = (errors[name] for name in errors if name.startswith("5 levels"))
    assert errors["rtol 1e-6"] < 1e-6
    assert fine < coarse < 1e-3


def test_measured_errors_are_those_of_the_program(monkeypatch, capsys):
    monkeypatch.setattr(gradients, "by_seed", lambda case: [])
    monkeypatch.setitem(sys.modules, "pysersic", None)
    exact = peers.by_gaxel(CASE)[0]
    # Flux too bright by 1e-3 of it: image and, by the residual, gradient follow.
    brighter = replace(exact, name="brighter", image=lambda values: 1.001 * exact.image(values))
    monkeypatch.setattr(gradients, "by_gaxel", lambda case: [exact, brighter])
    ours, other = gradients.measure(CASE, 1)
    assert "left out: pysersic is not installed" in capsys.readouterr().out
    assert ours.image_error < 1e-6 and ours.gradient_error < 1e-6
    assert other.image_error == pytest.approx(1e-3, rel=1e-2)
    truth = gradients.truth_of(CASE)
    image, jacobian = truth.image, jax.jacfwd(exact.image)(jnp.asarray(CASE.values))
    off = 1.001 * image - truth.data
    gradient = 2.0 * np.einsum("ijk,ij->k", 1.001 * np.asarray(jacobian), off * truth.weight**2)
    length = np.linalg.norm(truth.gradient * truth.errors)
    expected = np.linalg.norm((gradient - truth.gradient) * truth.errors) / length
    assert other.gradient_error == pytest.approx(expected, rel=1e-3)


def test_ratios_count_no_error_below_the_truths_own():
    settings = [peers.Setting("gaxel.jax", "rtol 1e-6", None), peers.Setting("other", "usual", None, True)]
    found = [
        gradients.Measured(settings[0], 2e-3, 0.5, 1e-13, 1e-12),
        gradients.Measured(settings[1], 5e-3, 1.5, 1e-3, 1e-2),
    ]
    rows = [line.strip("| ").split(" | ") for line in gradients.table_of(found).strip().splitlines()[2:]]
    assert rows[0] == ["gaxel.jax, rtol 1e-6", "2", "1", "0.5", "1.0e-13", "1", "1.0e-12", "1"]
    assert rows[1] == ["other, usual", "5", "2.5", "1.5", "1.0e-03", "1.0e+08", "1.0e-02", "1.0e+08"]
