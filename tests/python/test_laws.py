"""What every elliptical kind of the registry must pass, against its formula in numpy (radial_laws.py). A kind that is
registered is tested here; one without a formula fails."""

import gaxel
import numpy as np
import pytest
from gaxel import components
from radial_laws import LAWS, SHAPES, enclosed, pixel, total

SHAPE = (26, 30)
EXACT = {"rtol": 1e-12, "atol": 1e-15}
# Kinds with proven bounds; test_surface_laws.py has the others.
ESTIMATED = {"nuker", "coresersic", "brokenexponential", "gaussianring", "gaussianring2side", "flatbar"}
# Truncations have no light; the others have tests of their own (test_freeform.py).
ELSEWHERE = {"truncation", "spline", "mge"}
KINDS = [
    cls.__name__
    for kind, cls in components.CLASSES.items()
    if hasattr(cls, "q") and kind not in ESTIMATED and kind not in ELSEWHERE
]
TRIALS = 3


def size_of(cls):
    """Name of a kind's size, the parameter after flux."""
    names = [spec for spec in cls._specs]
    return names[names.index("flux") + 1]


def draw(name, trial, **fixed):
    """A random component of this kind, its law in numpy, and a radius beyond which there is none or a known rest."""
    cls = getattr(gaxel, name)
    random = np.random.default_rng([trial, *name.encode()])
    size = random.uniform(1.5, 4.0)
    values = {
        "x": random.uniform(10.0, 18.0),
        "y": random.uniform(9.0, 15.0),
        "flux": 100.0,
        size_of(cls): size,
        "q": random.uniform(0.2, 1.0),
        "theta": random.uniform(-3.0, 3.0),
    }
    for key, (least, largest) in SHAPES.get(cls().kind, {}).items():
        is_radius = cls._specs[key].unit == "pixel"
        value = (
            least * (largest / least) ** random.uniform() if least > 0.0 else random.uniform(least, largest)
        )
        values[key] = value * (size if is_radius else 1.0)
    component = cls(**{**values, **fixed})
    return component, law_of(component)


def law_of(component):
    place = {"x", "y", "flux", "q", "theta"}
    return LAWS[component.kind](**{k: v for k, v in component.parameters.items() if k not in place})


def far_of(component):
    """Where all but 1e-14 of a law's light without a closed form lies inside."""
    return 1e5 * getattr(component, size_of(type(component)))


def place_of(component):
    return {key: getattr(component, key) for key in ("x", "y", "flux", "q", "theta")}


def elliptical_radius(component, shape=SHAPE):
    row, col = np.mgrid[: shape[0], : shape[1]]
    dx, dy = col - component.x, row - component.y
    u = dx * np.cos(component.theta) + dy * np.sin(component.theta)
    v = (dy * np.cos(component.theta) - dx * np.sin(component.theta)) / component.q
    return np.hypot(u, v)


def telling_pixels(component, law):
    """The centre and its neighbours, pixels across the edge, and some anywhere."""
    row, col = round(component.y), round(component.x)
    chosen = {(row, col), (row + 1, col), (row, col - 1), (0, 0), (20, 25), (5, 22)}
    if np.isfinite(law.edge):
        near = np.argsort(np.abs(elliptical_radius(component) - law.edge), axis=None)[:4]
        chosen |= {tuple(int(i) for i in np.unravel_index(k, SHAPE)) for k in near}
    return sorted(chosen)


@pytest.mark.parametrize("trial", range(TRIALS))
@pytest.mark.parametrize("name", KINDS)
def test_pixels_are_integrals_of_the_formula_and_bounds_hold(name, trial):
    component, law = draw(name, trial)
    images = {}
    for rtol, atol in [(1e-4, 1e-7), (1e-6, 1e-9), (1e-10, 1e-13)]:
        image, certificate = gaxel.render(component, SHAPE, rtol=rtol, atol=atol, certificate=True)
        images[rtol, atol] = image, certificate
    for row, col in telling_pixels(component, law):
        truth = pixel(law, far_of(component), row, col, **place_of(component))
        slack = 1e-12 * max(truth, 1e-2 * component.flux)  # of the truth
        for (rtol, atol), (image, certificate) in images.items():
            error = abs(image[row, col] - truth)
            assert error <= rtol * truth + atol * component.flux + slack, (component, row, col)
            assert error <= certificate.bound[row, col] + slack, (component, row, col)


@pytest.mark.parametrize("name", KINDS)
def test_total_flux_is_the_flux(name):
    component, law = draw(name, 0, q=0.8)
    image = gaxel.render(component.replace(x=100.0, y=100.0), (201, 201), **EXACT)
    # The square is taken as a single pixel of the formula: what it leaves out is outside the image.
    place = {**place_of(component), "x": 100.0, "y": 100.0}
    inside = pixel(law, far_of(component), 100, 100 + 1e-9, size=201.0, **place)
    assert image.sum() == pytest.approx(inside, rel=1e-11)
    assert inside <= component.flux * (1.0 + 1e-12)
    if np.isfinite(law.edge) and law.edge < 80.0:
        assert image.sum() == pytest.approx(component.flux, rel=1e-12)


@pytest.mark.parametrize("name", KINDS)
def test_derivatives_are_those_of_differences(name):
    component, _ = draw(name, 1)
    _, jacobian = gaxel.render_with_jacobian(component, SHAPE, **EXACT)
    names = [key.split(".")[1] for key in gaxel.parameter_names(component)]
    assert len(names) == len(jacobian) == len(type(component)._specs)
    for key, derivative in zip(names, jacobian, strict=True):
        at = getattr(component, key)
        h = 5e-4 * max(abs(at), 1.0) if key in ("x", "y", "theta") else 5e-4 * at

        def image(steps, key=key, at=at, h=h):
            return gaxel.render(component.replace(**{key: at + steps * h}), SHAPE, **EXACT)

        terms = [(1, 0.75), (2, -0.15), (3, 1.0 / 60.0)]
        differences = sum(w / h * (image(k) - image(-k)) for k, w in terms)
        # Differences across the cusp and the edge are no derivatives.
        radius = elliptical_radius(component)
        smooth = radius * component.q > 1.0
        edge = law_of(component).edge
        if np.isfinite(edge):
            smooth &= np.abs(radius - edge) * component.q > 1.5
        scale = np.abs(derivative).max()
        np.testing.assert_allclose(
            derivative[smooth], differences[smooth], rtol=0, atol=1e-8 * scale, err_msg=key
        )
        assert scale > 0.0


@pytest.mark.parametrize("name", KINDS)
def test_derivatives_across_the_edge_and_the_centre_are_those_of_the_formula(name):
    component, law = draw(name, 2)
    _, jacobian = gaxel.render_with_jacobian(component, SHAPE, **EXACT)
    names = [key.split(".")[1] for key in gaxel.parameter_names(component)]
    row, col = telling_pixels(component, law)[len(telling_pixels(component, law)) // 2]

    def truth(key, value):
        moved = component.replace(**{key: value})
        return pixel(law_of(moved), far_of(moved), row, col, **place_of(moved))

    for key, derivative in zip(names, jacobian, strict=True):
        at = getattr(component, key)
        h = 1e-4 * max(abs(at), 1.0)
        differences = (
            8.0 * (truth(key, at + h) - truth(key, at - h)) - truth(key, at + 2 * h) + truth(key, at - 2 * h)
        ) / (12.0 * h)
        assert derivative[row, col] == pytest.approx(
            differences, rel=1e-6, abs=1e-7 * np.abs(derivative).max()
        ), key


@pytest.mark.parametrize("name", KINDS)
def test_whole_pixels_and_quarter_turns_change_nothing(name):
    component, _ = draw(name, 3, x=14.25, y=12.75)
    image = gaxel.render(component, (27, 27), **EXACT)
    moved = gaxel.render(component.replace(x=17.25, y=10.75), (27, 27), **EXACT)
    np.testing.assert_allclose(moved[:-2, 3:], image[2:, :-3], rtol=1e-11, atol=1e-13)
    # (x, y) goes to (26 - y, x).
    turned = component.replace(x=26.0 - component.y, y=component.x, theta=component.theta + 0.5 * np.pi)
    np.testing.assert_allclose(
        gaxel.render(turned, (27, 27), **EXACT), np.rot90(image, -1), rtol=1e-10, atol=1e-13
    )


@pytest.mark.parametrize("name", KINDS)
def test_lengths_scale(name):
    component, _ = draw(name, 4, x=8.1, y=7.3)
    lengths = {
        key: 3.0 * getattr(component, key)
        for key, spec in component._specs.items()
        if spec.unit == "pixel" and key not in ("x", "y")
    }
    image = gaxel.render(component, (15, 17), **EXACT)
    large = gaxel.render(
        component.replace(x=3.0 * 8.1 + 1.0, y=3.0 * 7.3 + 1.0, **lengths), (45, 51), **EXACT
    )
    np.testing.assert_allclose(large.reshape(15, 3, 17, 3).sum(axis=(1, 3)), image, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", KINDS)
def test_a_round_component_has_no_direction(name):
    component, _ = draw(name, 5, q=1.0, theta=0.0)
    image = gaxel.render(component, SHAPE, **EXACT)
    np.testing.assert_allclose(
        gaxel.render(component.replace(theta=1.1), SHAPE, **EXACT), image, rtol=1e-11, atol=1e-13
    )


@pytest.mark.parametrize("name", KINDS)
def test_nothing_lies_beyond_the_edge(name):
    component, law = draw(name, 6)
    image = gaxel.render(component, SHAPE)
    beyond = elliptical_radius(component) - 0.5 * np.sqrt(2.0) / component.q > law.edge
    assert np.all(image[beyond] == 0.0)
    if np.isfinite(law.edge):
        assert np.all(image[elliptical_radius(component) < law.edge] > 0.0)


@pytest.mark.parametrize("name", KINDS)
def test_a_fit_finds_the_shape_again(name):
    component, _ = draw(name, 7, q=0.6)
    free = [key for key in type(component)._specs if key not in ("x", "y")]
    sigma = np.full(SHAPE, 1e-3)
    result = gaxel.fit(
        gaxel.render(component, SHAPE), type(component)(x=component.x, y=component.y), sigma=sigma
    )
    for key in free:
        found, true = result.components[0].parameters[key], getattr(component, key)
        turn = np.pi * round((found - true) / np.pi) if key == "theta" else 0.0
        assert found - turn == pytest.approx(true, rel=1e-3), key


def test_a_moffat_of_large_beta_is_a_gaussian():
    place = {"x": 14.3, "y": 12.9, "flux": 1.0, "q": 0.7, "theta": 0.5}
    gaussian = gaxel.render(gaxel.Gaussian(re=2.0, **place), SHAPE, **EXACT)
    far = [
        np.abs(gaxel.render(gaxel.Moffat(fwhm=4.0, beta=beta, **place), SHAPE, **EXACT) - gaussian).max()
        for beta in (50.0, 100.0)
    ]
    assert far[1] < 1e-2 * gaussian.max()
    assert far[0] / far[1] == pytest.approx(2.0, rel=0.05)  # the difference goes as 1 / beta


def test_a_king_of_large_tidal_radius_and_alpha_1_is_a_lorentzian_cut_off():
    # alpha = 1: g ~ 1 / (1 + s) - 1 / (1 + c^2), whose enclosed flux is ln(1 + s) - s / (1 + c^2).
    core, tidal = 3.0, 40.0
    component = gaxel.King(x=50.0, y=50.0, flux=1.0, rc=core, rt=tidal, alpha=1.0)
    law = law_of(component)
    s, edge = (7.0 / core) ** 2, (tidal / core) ** 2
    share = enclosed(law, 7.0) / total(law, np.inf)
    closed = (np.log1p(s) - s / (1 + edge)) / (np.log1p(edge) - edge / (1 + edge))
    assert share == pytest.approx(closed, rel=1e-13)
