"""Kinds of components whose light is integrated with estimated errors, against formulas of their own and scipy."""

import gaxel
import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from scipy.special import gamma, gammaincinv, k1

SHAPE = (26, 30)
EXACT = {"rtol": 1e-10, "atol": 1e-13}
PLACE = {"x": 14.3, "y": 12.2, "theta": 0.7}


def nuker(u, v, c):
    r = np.hypot(u, v / c.q) / c.rb
    steep = (c.gamma - c.beta) / c.alpha
    return c.ib * 2.0**-steep * r**-c.gamma * (1.0 + r**c.alpha) ** steep


def coresersic(u, v, c):
    b = gammaincinv(2.0 * c.n, 0.5)

    def light(r):
        core = (1.0 + (c.rb / r) ** c.alpha) ** (c.gamma / c.alpha)
        return core * np.exp(-b * ((r**c.alpha + c.rb**c.alpha) / c.re**c.alpha) ** (1.0 / (c.alpha * c.n)))

    return c.ib * light(np.hypot(u, v / c.q)) / light(c.rb)


def broken(r, c):
    return np.exp(-r / c.h1) * (1.0 + np.exp(c.alpha * (r - c.rb))) ** ((1.0 / c.h1 - 1.0 / c.h2) / c.alpha)


def ring(r, c, inner, outer):
    return np.exp(-0.5 * ((r - c.r) / np.where(r < c.r, inner, outer)) ** 2)


def by_flux(light):
    """From a light of the radius to one of the place and the total flux."""

    def whole(u, v, c):
        total = sum(quad(lambda r: 2.0 * np.pi * r * light(r, c), a, b, epsabs=0.0, epsrel=1e-12, limit=200)[0]
                    for a, b in [(0.0, 6.0), (6.0, 9.0), (9.0, 20.0), (20.0, 200.0)])  # fmt: skip
        return c.flux * light(np.hypot(u, v / c.q), c) / (c.q * total)

    return whole


def edge_on(u, v, c, length, height, n):
    x = np.abs(u) / length
    total = np.pi * length * height * 2.0 * np.sqrt(np.pi) * gamma(1.0 / n) / (n * gamma(1.0 / n + 0.5))
    return c.flux * x * k1(x) * np.cosh(0.5 * n * v / height) ** (-2.0 / n) / total


CASES = [
    (gaxel.Nuker(ib=3.0, rb=4.0, alpha=1.7, beta=2.6, gamma=0.6, q=0.5, **PLACE), nuker),
    (gaxel.Nuker(ib=3.0, rb=4.0, alpha=5.0, beta=1.2, gamma=1.5, q=0.8, **PLACE), nuker),
    (gaxel.CoreSersic(ib=3.0, rb=2.0, re=8.0, n=3.0, alpha=4.0, gamma=0.3, q=0.6, **PLACE), coresersic),
    (gaxel.BrokenExponential(flux=100.0, h1=6.0, h2=2.0, rb=9.0, alpha=2.0, q=0.5, **PLACE), by_flux(broken)),
    (
        gaxel.GaussianRing(flux=100.0, r=6.0, sigma=1.5, q=0.7, **PLACE),
        by_flux(lambda r, c: ring(r, c, c.sigma, c.sigma)),
    ),
    (
        gaxel.GaussianRing2Side(flux=100.0, r=6.0, sigma_in=1.0, sigma_out=2.0, q=0.7, **PLACE),
        by_flux(lambda r, c: ring(r, c, c.sigma_in, c.sigma_out)),
    ),
    (gaxel.EdgeOnDisc(flux=100.0, rs=5.0, hs=1.2, **PLACE), lambda u, v, c: edge_on(u, v, c, c.rs, c.hs / 2, 1.0)),
    (gaxel.EdgeOnDiscN(flux=100.0, h=5.0, z0=0.7, n=2.5, **PLACE), lambda u, v, c: edge_on(u, v, c, c.h, c.z0, c.n)),
]  # fmt: skip


@pytest.mark.parametrize(("component", "light"), CASES, ids=[c.kind for c, _ in CASES])
def test_pixels_are_integrals_of_the_formula(component, light):
    image, certificate = gaxel.render(component, SHAPE, certificate=True)
    assert certificate.estimated
    assert not certificate.limit_hit
    assert certificate.n_over == 0
    cos, sin = np.cos(component.theta), np.sin(component.theta)
    unit = light if "flux" not in component.parameters else _normalised(light, component)

    def at(y, x):
        dx, dy = x - component.x, y - component.y
        return unit(dx * cos + dy * sin, dy * cos - dx * sin, component)

    for row, col in [(0, 0), (11, 16), (20, 25), (5, 22)]:
        truth = dblquad(at, col - 0.5, col + 0.5, row - 0.5, row + 0.5, epsabs=1e-12, epsrel=1e-10)[0]
        assert image[row, col] == pytest.approx(truth, rel=1e-6, abs=1e-9 * image.sum()), (row, col)
        assert abs(image[row, col] - truth) <= certificate.bound[row, col] + 1e-9 * truth


def _normalised(light, component):
    """The light with its total, which takes time, found once."""
    factor = light(6.0, 0.5, component)
    raw = {"brokenexponential": broken}.get(component.kind)
    if raw is None:
        return light
    scale = factor / raw(np.hypot(6.0, 0.5 / component.q), component)
    return lambda u, v, c: scale * raw(np.hypot(u, v / c.q), c)


@pytest.mark.parametrize(("component", "_light"), CASES, ids=[c.kind for c, _ in CASES])
def test_derivatives_are_those_of_differences(component, _light):
    _, jacobian = gaxel.render_with_jacobian(component, SHAPE, **EXACT)
    keys = [name.split(".")[1] for name in gaxel.parameter_names(component)]
    for key, derivative in zip(keys, jacobian, strict=True):
        at = getattr(component, key)
        h = 2e-4 * max(1.0, abs(at))

        def image(steps, key=key, at=at, h=h):
            return gaxel.render(component.replace(**{key: at + steps * h}), SHAPE, **EXACT)

        differences = sum(w / h * (image(k) - image(-k)) for k, w in [(1, 0.75), (2, -0.15), (3, 1.0 / 60.0)])
        np.testing.assert_allclose(
            derivative, differences, rtol=0, atol=1e-5 * np.abs(derivative).max(), err_msg=key
        )


def test_total_flux_is_the_flux():
    for component in (
        gaxel.GaussianRing2Side(x=60.2, y=61.1, flux=100.0, r=9.0, sigma_in=2.0, sigma_out=3.0, q=0.6),
        gaxel.EdgeOnDisc(x=60.2, y=61.1, flux=100.0, rs=2.0, hs=1.2, theta=0.4),
    ):
        assert gaxel.render(component, (121, 121), **EXACT).sum() == pytest.approx(100.0, rel=1e-8)


def test_limits():
    place = {**PLACE, "q": 0.6}
    broken_one = gaxel.BrokenExponential(flux=100.0, h1=3.0, h2=3.0, rb=5.0, alpha=2.0, **place)
    disc = gaxel.Exponential(flux=100.0, re=3.0 * 1.6783469900166605, **place)
    np.testing.assert_allclose(
        gaxel.render(broken_one, SHAPE, **EXACT), gaxel.render(disc, SHAPE, **EXACT), rtol=1e-8
    )
    # Without a core's slope and far inside, a core-Sersic is a Sersic but in the core.
    core = gaxel.CoreSersic(ib=5.0, rb=0.01, re=4.0, n=2.0, alpha=5.0, gamma=0.0, **place)
    image = gaxel.render(core, SHAPE, **EXACT)
    sersic = gaxel.render(gaxel.Sersic(ie=1.0, re=4.0, n=2.0, **place), SHAPE, **EXACT)
    ratio = image / sersic
    assert np.ptp(np.delete(ratio.ravel(), 12 * 30 + 14)) < 1e-6 * ratio.mean()
    # The isothermal disc of half the height is GALFIT's.
    np.testing.assert_allclose(
        gaxel.render(gaxel.EdgeOnDiscN(flux=100.0, h=4.0, z0=0.6, n=1.0, **PLACE), SHAPE),
        gaxel.render(gaxel.EdgeOnDisc(flux=100.0, rs=4.0, hs=1.2, **PLACE), SHAPE),
        rtol=3e-6,
        atol=1e-6,
    )
