"""What every kind of light of the registry must pass, against its formula in numpy (law_formulas.py) and an integration
of its own (law_truth.py). A kind that is registered is tested here; one without a formula fails."""

import gaxel
import numpy as np
import pytest
from law_formulas import law_of
from law_sample import KINDS, PLACE, SHAPE, draw, elliptical_radius, light_of, place_of, telling_pixels
from law_truth import RadialLaw, pixel
from scipy.integrate import dblquad

TRIALS = 3


def exact(component):
    """The tolerance at which images are compared with each other, and how far they may then be apart."""
    _, certificate = gaxel.render(component, (1, 1), certificate=True)
    return {"rtol": 1e-10, "atol": 1e-13} if certificate.estimated else {"rtol": 1e-12, "atol": 1e-15}


def norms(component):
    """The parameters that the light is proportional to."""
    return [key for key in component._specs if key in ("ib", "i0") or key.startswith("flux")]


@pytest.mark.parametrize("name", KINDS)
def test_the_truth_is_what_scipy_integrates(name):
    component = draw(KINDS[name], 1)
    law = law_of(component)
    cos, sin = np.cos(component.theta), np.sin(component.theta)

    def light(y, x):
        dx, dy = x - component.x, y - component.y
        u, v = dx * cos + dy * sin, dy * cos - dx * sin
        at = (np.hypot(u, v / law.q),) if isinstance(law, RadialLaw) else (u, v)
        return float(law.light(*np.array(at)[:, None])[0])

    row, col = round(component.y) + 2, round(component.x) - 1
    expected, error = dblquad(light, col - 0.5, col + 0.5, row - 0.5, row + 0.5, epsabs=1e-9, epsrel=1e-7)
    assert error < 1e-6
    assert pixel(law, row, col, **place_of(component)) == pytest.approx(expected, rel=3e-7, abs=1e-8)


@pytest.mark.parametrize("trial", range(TRIALS))
@pytest.mark.parametrize("name", KINDS)
def test_pixels_are_integrals_of_the_formula_and_bounds_hold(name, trial):
    component = draw(KINDS[name], trial)
    law = law_of(component)
    images = {}
    for rtol, atol in [(1e-4, 1e-7), (1e-6, 1e-9), (1e-10, 1e-13)]:
        image, certificate = gaxel.render(component, SHAPE, rtol=rtol, atol=atol, certificate=True)
        assert not certificate.limit_hit or rtol < 1e-6  # where doubles may end, and certificates say so
        images[rtol, atol] = image, certificate
    flux = light_of(component, image)
    for row, col in telling_pixels(component, law):
        truth = pixel(law, row, col, **place_of(component))
        slack = 1e-12 * max(truth, 1e-2 * flux)  # of the truth
        for (rtol, atol), (image, certificate) in images.items():
            error = abs(image[row, col] - truth)
            if not certificate.limit_hit:
                assert error <= rtol * truth + atol * flux + slack, (component, row, col, rtol)
            assert error <= certificate.bound[row, col] + slack, (component, row, col, rtol)


@pytest.mark.parametrize("name", KINDS)
def test_derivatives_are_those_of_the_formula(name):
    component = draw(KINDS[name], 2)
    law = law_of(component)
    _, jacobian = gaxel.render_with_jacobian(component, SHAPE, **exact(component))
    names = [key.split(".")[1] for key in gaxel.parameter_names(component)]
    assert len(names) == len(jacobian)
    row, col = round(component.y), round(component.x)
    pixels = telling_pixels(component, law)
    for at_row, at_col in {(row, col), (row + 1, col - 1), pixels[len(pixels) // 2]}:
        for key, derivative in zip(names, jacobian, strict=True):
            at = getattr(component, key)
            h = 2e-4 if key in PLACE else 5e-4 * abs(at)

            def truth(steps, key=key, at=at, h=h, where=(at_row, at_col)):
                moved = component.replace(**{key: at + steps * h})
                return pixel(law_of(moved), *where, **place_of(moved))

            expected = (8.0 * (truth(1) - truth(-1)) - (truth(2) - truth(-2))) / (12.0 * h)
            assert derivative[at_row, at_col] == pytest.approx(
                expected, rel=0.0, abs=1e-6 * np.abs(derivative).max()
            ), (component, key, at_row, at_col)


def test_light_beyond_all_numbers_is_an_error():
    core = gaxel.CoreSersic(
        ib=3.0, rb=0.16, re=0.06, n=0.3, alpha=0.14, gamma=0.7, x=14.0, y=12.0, q=0.5, theta=0.0
    )
    with pytest.raises(gaxel.InputError, match=r"ib = 3.*brighter than numbers"):
        gaxel.render(core, SHAPE)


@pytest.mark.parametrize("name", KINDS)
def test_the_flux_is_in_the_image(name):
    component = draw(KINDS[name], 3, x=100.1, y=100.2)
    image = gaxel.render(component, (201, 201), **exact(component))
    # The square as a single pixel of the formula.
    law = law_of(component)
    inside = pixel(law, 100, 100, size=201.0, **place_of(component))
    assert image.sum() == pytest.approx(inside, rel=1e-9)
    if "flux" in component._specs:
        assert inside <= component.flux * (1.0 + 1e-12)
        if getattr(law, "edge", np.inf) < 80.0:
            assert image.sum() == pytest.approx(component.flux, rel=1e-12)


@pytest.mark.parametrize("name", KINDS)
def test_a_psf_keeps_the_flux(name):
    component = draw(KINDS[name], 4, x=60.1, y=60.2)
    image = gaxel.render(component, (121, 121))
    seen = gaxel.render(component, (121, 121), gaxel.GaussianPsf(fwhm=2.5))
    # What the PSF moves across the border is below the brightest light there, times its width and length.
    border = max(image[0].max(), image[-1].max(), image[:, 0].max(), image[:, -1].max())
    assert seen.sum() == pytest.approx(image.sum(), rel=3e-6, abs=border * 121 * 4 * 2.5)


@pytest.mark.parametrize("name", KINDS)
def test_whole_pixels_quarter_turns_and_mirrors_change_nothing(name):
    component = draw(KINDS[name], 5, x=14.25, y=12.75)
    options = exact(component)
    image = gaxel.render(component, (27, 27), **options)
    near = {"rtol": 30.0 * options["rtol"], "atol": 3.0 * options["atol"] * image.sum()}
    moved = gaxel.render(component.replace(x=17.25, y=10.75), (27, 27), **options)
    np.testing.assert_allclose(moved[:-2, 3:], image[2:, :-3], **near)
    # (x, y) goes to (26 - y, x).
    turned = component.replace(x=26.0 - component.y, y=component.x, theta=component.theta + 0.5 * np.pi)
    np.testing.assert_allclose(gaxel.render(turned, (27, 27), **options), np.rot90(image, -1), **near)
    mirrored = component.replace(x=26.0 - component.x, theta=np.pi - component.theta)
    np.testing.assert_allclose(gaxel.render(mirrored, (27, 27), **options), image[:, ::-1], **near)


@pytest.mark.parametrize("name", KINDS)
def test_lengths_scale(name):
    component = draw(KINDS[name], 6, x=8.1, y=7.3)
    power = {"pixel": 1, "1/pixel": -1}
    lengths = {
        key: 3.0 ** power[spec.unit] * getattr(component, key)
        for key, spec in component._specs.items()
        if spec.unit in power and key not in ("x", "y")
    }
    by_flux = any(key.startswith("flux") for key in component._specs)
    options = exact(component)
    image = gaxel.render(component, (15, 17), **options) * (1.0 if by_flux else 9.0)
    large = gaxel.render(
        component.replace(x=3.0 * 8.1 + 1.0, y=3.0 * 7.3 + 1.0, **lengths), (45, 51), **options
    )
    np.testing.assert_allclose(
        large.reshape(15, 3, 17, 3).sum(axis=(1, 3)),
        image,
        rtol=30.0 * options["rtol"],
        atol=10.0 * options["atol"] * image.sum(),
    )


@pytest.mark.parametrize(
    "name", [name for name in KINDS if isinstance(law_of(draw(KINDS[name], 0)), RadialLaw)]
)
def test_a_round_component_has_no_direction(name):
    component = draw(KINDS[name], 7, q=1.0, theta=0.0)
    options = exact(component)
    image = gaxel.render(component, SHAPE, **options)
    np.testing.assert_allclose(
        gaxel.render(component.replace(theta=1.1), SHAPE, **options),
        image,
        rtol=30.0 * options["rtol"],
        atol=3.0 * options["atol"] * image.sum(),
    )


@pytest.mark.parametrize("name", KINDS)
def test_light_is_proportional_to_its_norms(name):
    component = draw(KINDS[name], 8)
    image, jacobian = gaxel.render_with_jacobian(component, SHAPE)
    names = [key.split(".")[1] for key in gaxel.parameter_names(component)]
    parts = [getattr(component, key) * jacobian[names.index(key)] for key in norms(component)]
    if name == "Spline":  # e^i: all knots together
        parts = [jacobian[k] for k, key in enumerate(names) if key.startswith("i")]
    np.testing.assert_allclose(sum(parts), image, rtol=1e-11, atol=1e-13 * image.sum())


@pytest.mark.parametrize("name", [name for name in KINDS if hasattr(law_of(draw(KINDS[name], 0)), "edge")])
def test_nothing_lies_beyond_the_edge(name):
    component = draw(KINDS[name], 9)
    edge = law_of(component).edge
    image = gaxel.render(component, SHAPE)
    beyond = elliptical_radius(component) - 0.5 * np.sqrt(2.0) / component.q > edge
    assert np.all(image[beyond] == 0.0)
    if np.isfinite(edge):
        assert np.all(image[elliptical_radius(component) < edge] > 0.0)


@pytest.mark.parametrize(
    "name", ["Sersic", "Exponential", "DeVaucouleurs", "Gaussian", "Moffat", "King", "Ferrers"]
)
def test_a_fit_finds_the_shape_again(name):
    component = draw(KINDS[name], 17, q=0.6)
    free = [key for key in type(component)._specs if key not in ("x", "y")]
    sigma = np.full(SHAPE, 1e-3)
    result = gaxel.fit(
        gaxel.render(component, SHAPE), type(component)(x=component.x, y=component.y), sigma=sigma
    )
    for key in free:
        found, true = result.components[0].parameters[key], getattr(component, key)
        turn = np.pi * round((found - true) / np.pi) if key == "theta" else 0.0
        assert found - turn == pytest.approx(true, rel=1e-3), key
