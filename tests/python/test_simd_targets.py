"""Every instruction set of the machine gives the same pixels."""

import gaxel
import numpy as np
import pytest
from gaxel import _core, integration

GALAXIES = [
    gaxel.Sersic(x=60.2, y=31.3, flux=1.0, re=9.0, n=4.0, q=0.2, theta=0.5),
    gaxel.Sersic(x=20.5, y=40.0, flux=1.0, re=2.0, n=0.7, q=0.9, theta=0.0),
    gaxel.Exponential(x=90.0, y=10.0, flux=1.0, re=5.0, q=0.5, theta=1.0),
]
SHAPE = (70, 101)
PARS = dict(mag=-7.5, log_re=0.9, log_n=0.7, x=0.2, y=0.3, q=0.1, theta=0.1)


@pytest.fixture(params=_core.simd_targets())
def target(request):
    _core.use_simd_target(request.param)
    yield request.param
    _core.use_simd_target("")


@pytest.mark.parametrize("rtol", [1e-4, 1e-10])
def test_images_keep_the_tolerance(target, rtol):
    image = gaxel.render(GALAXIES, SHAPE, rtol=rtol, atol=1e-3 * rtol)
    _core.use_simd_target("")
    best = gaxel.render(GALAXIES, SHAPE, rtol=1e-10, atol=1e-13)
    assert (np.abs(image - best) <= 3e-3 * rtol + 2 * rtol * best).all()


def test_derivatives_agree(target):
    _, jacobian = gaxel.render_with_jacobian(GALAXIES, SHAPE, rtol=1e-10, atol=1e-13)
    _core.use_simd_target("")
    _, best = gaxel.render_with_jacobian(GALAXIES, SHAPE, rtol=1e-10, atol=1e-13)
    scale = np.abs(best).max(axis=(1, 2), keepdims=True)
    assert (np.abs(jacobian - best) <= 1e-7 * scale).all()


def test_the_refinement_agrees(target):
    i, j = integration.get_ij((30, 40))
    image = integration.integrate_with_subpixel_refinement(integration.compiled_sersic, i, j, PARS)
    _core.use_simd_target("")
    best = integration.integrate_with_subpixel_refinement(integration.compiled_sersic, i, j, PARS)
    np.testing.assert_allclose(image, best, rtol=1e-12)
