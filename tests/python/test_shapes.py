"""Shapes that any law can take, against the published formulas in numpy (shape_truth.py)."""

import gaxel
import numpy as np
import pytest
import shape_truth
from gaxel import InputError

SHAPE = (24, 26)
HOST = {"x": 12.3, "y": 11.6, "flux": 100.0, "re": 4.0, "n": 1.7, "q": 0.6, "theta": 0.5}
SPIRAL = {
    "spiral_angle": 2.1,
    "spiral_rin": 1.0,
    "spiral_rout": 9.0,
    "spiral_power": 0.6,
    "spiral_inclination": 0.7,
    "spiral_node": -0.4,
}
LOGSPIRAL = {
    "logspiral_angle": -1.6,
    "logspiral_rin": 0.0,
    "logspiral_rout": 7.0,
    "logspiral_scale": 2.0,
    "logspiral_inclination": 0.4,
    "logspiral_node": 1.0,
}
SHAPES = {
    "ellipse": {},
    "boxy": {"c0": 0.7},
    "discy": {"c0": -0.6},
    "square": {"c0": 2.0},
    "lopsided": {"f1": 0.25, "f1_phase": 0.7},
    "many modes": {"f2": -0.1, "f2_phase": 0.2, "f5": 0.08, "f5_phase": 1.0, "f10": 0.05},
    "banana": {"b2": 1.2},
    "S": {"b1": 0.5, "b3": -0.6},
    "spiral": SPIRAL,
    "logspiral": LOGSPIRAL,
    "soft": {"soft": 0.35},
    "asymmetric": {"asymmetry": 0.4, "asymmetry_angle": 1.1},
    "boxy and lopsided": {"c0": 0.4, "f1": 0.2, "f1_phase": -0.5, "f3": 0.1, "asymmetry": -0.3},
    "bent and boxy": {"c0": 0.5, "b2": 0.8, "asymmetry": 0.2, "soft": 0.2},
    "all": {**SPIRAL, "c0": 0.3, "b2": 0.4, "f1": 0.15, "f4": 0.05, "asymmetry": 0.2},
}
PIXELS = [(12, 12), (11, 13), (14, 17), (3, 20)]
HOLE = {"x": 12.0, "y": 11.9, "rbreak": 5.0, "softening": 2.5, "q": 0.8, "theta": 0.2}
RIM = {"x": 12.6, "y": 11.4, "rbreak": 9.0, "softening": 4.0, "q": 0.7, "theta": 1.0, "c0": 0.6, "f1": 0.1}


def within(found, truth, flux=100.0, rtol=1e-6, atol=1e-9):
    assert abs(found - truth) <= rtol * abs(truth) + atol * flux, (found, truth, found / truth - 1.0)


@pytest.mark.parametrize("name", SHAPES)
def test_pixels_are_integrals_of_the_formula(name):
    values = {**HOST, **SHAPES[name]}
    image, certificate = gaxel.render(gaxel.Sersic(**values), SHAPE, certificate=True)
    light = shape_truth.sersic_light(values)
    assert certificate.n_over == 0
    for row, col in PIXELS:
        truth = shape_truth.pixel(light, row, col, tolerance=2e-8, floor=1e-9)
        within(image[row, col], truth)


def random_shape(random):
    values = dict(HOST)
    values.update(
        n=random.uniform(0.6, 3.5),
        q=random.uniform(0.3, 1.0),
        theta=random.uniform(-3.0, 3.0),
        re=random.uniform(2.5, 6.0),
    )
    if random.random() < 0.5:
        values["c0"] = random.uniform(-0.5, 1.5)
    for m in random.choice(np.arange(1, 11), 2, replace=False):
        values[f"f{m}"] = random.uniform(-0.3, 0.3) / m
        values[f"f{m}_phase"] = random.uniform(-3.0, 3.0)
    values[f"b{random.integers(1, 4)}"] = random.uniform(-0.6, 0.6)
    if random.random() < 0.5:
        values.update(SPIRAL, spiral_angle=random.uniform(-3.0, 3.0), spiral_power=random.uniform(-1.0, 1.0))
    if random.random() < 0.5:
        values.update(asymmetry=random.uniform(-0.8, 0.8), asymmetry_angle=random.uniform(-3.0, 3.0))
    return values


@pytest.mark.parametrize("seed", range(6))
def test_random_compositions(seed):
    random = np.random.default_rng(seed)
    values = random_shape(random)
    image, certificate = gaxel.render(gaxel.Sersic(**values), SHAPE, certificate=True)
    light = shape_truth.sersic_light(values)
    for row, col in [(12, 12), (11, 12), *random.integers(0, 24, (2, 2))]:
        truth = shape_truth.pixel(light, row, col, tolerance=2e-8, floor=1e-9)
        within(image[row, col], truth)
        assert abs(image[row, col] - truth) <= certificate.bound[row, col] + 2e-8 * truth + 1e-9


@pytest.mark.parametrize("seed", range(100, 112))
def test_no_error_of_a_random_composition_exceeds_its_estimate(seed):
    # Every pixel, against a hundred times finer ones, whose own estimates count as the truth's error.
    galaxy = gaxel.Sersic(**random_shape(np.random.default_rng(seed)))
    image, certificate = gaxel.render(galaxy, SHAPE, certificate=True)
    fine, error = gaxel.render(galaxy, SHAPE, rtol=1e-8, atol=1e-11, certificate=True)
    np.testing.assert_array_less(np.abs(image - fine), certificate.bound + error.bound)


@pytest.mark.parametrize("name", ["boxy", "lopsided", "spiral", "asymmetric", "soft"])
def test_the_flux_is_the_flux(name):
    values = {**HOST, "x": 100.0, "y": 100.0, "n": 1.0, "re": 6.0, **SHAPES[name]}
    assert gaxel.render(gaxel.Sersic(**values), (201, 201)).sum() == pytest.approx(100.0, rel=2e-6)


@pytest.mark.parametrize("name", [name for name in SHAPES if name not in ("ellipse", "soft", "discy")])
def test_derivatives_are_those_of_differences_of_the_formula(name):
    values = {**HOST, **SHAPES[name]}
    component = gaxel.Sersic(**values)
    _, jacobian = gaxel.render_with_jacobian(component, SHAPE, rtol=1e-8, atol=1e-11)
    names = [key.split(".")[1] for key in gaxel.parameter_names(component)]
    row, col = 14, 15
    for key, derivative in zip(names, jacobian, strict=True):
        at = component.value_or_fallback(key)
        h = 1e-3

        def pixel(value, key=key):
            light = shape_truth.sersic_light({**values, key: value})
            return shape_truth.pixel(light, row, col, tolerance=1e-10)

        truth = (8.0 * (pixel(at + h) - pixel(at - h)) - pixel(at + 2 * h) + pixel(at - 2 * h)) / (12.0 * h)
        assert derivative[row, col] == pytest.approx(
            truth, rel=1e-5, abs=1e-6 * np.abs(derivative).max() + 1e-7
        ), key


def test_amplitudes_of_zero_are_the_ellipse_and_have_derivatives():
    zeros = {"c0": 0.0, "f1": 0.0, "f2": 0.0, "b2": 0.0, "asymmetry": 0.0}
    plain = gaxel.render(gaxel.Sersic(**HOST), SHAPE)
    component = gaxel.Sersic(**HOST, **zeros)
    image, jacobian = gaxel.render_with_jacobian(component, SHAPE)
    np.testing.assert_allclose(image, plain, rtol=2e-6, atol=2e-7)
    names = [key.split(".")[1] for key in gaxel.parameter_names(component)]
    for key in zeros:
        step = 1e-4
        up, down = (
            gaxel.render(component.replace(**{key: h}), SHAPE, rtol=1e-10, atol=1e-12) for h in (step, -step)
        )
        derivative = jacobian[names.index(key)]
        np.testing.assert_allclose(
            derivative, (up - down) / (2.0 * step), rtol=0, atol=1e-5 * np.abs(derivative).max(), err_msg=key
        )
        assert np.abs(derivative).max() > 0.1


@pytest.mark.parametrize("name", ["boxy", "many modes", "S", "spiral"])
def test_a_quarter_turn_of_everything_turns_the_image(name):
    values = {**HOST, "x": 12.0, "y": 12.0, **SHAPES[name]}
    turned = dict(values)
    turned["spiral_node" if name == "spiral" else "theta"] += 0.5 * np.pi
    image = gaxel.render(gaxel.Sersic(**values), (25, 25), rtol=1e-8, atol=1e-11)
    other = gaxel.render(gaxel.Sersic(**turned), (25, 25), rtol=1e-8, atol=1e-11)
    np.testing.assert_allclose(other, np.rot90(image, -1), rtol=1e-7, atol=1e-9)


def test_other_laws_take_shapes_too():
    shape = {"c0": 0.5, "f1": 0.1, "b2": 0.5}
    place = {key: HOST[key] for key in ("x", "y", "flux", "q", "theta")}
    by_name = gaxel.render(gaxel.Exponential(re=4.0, **place, **shape), SHAPE)
    by_index = gaxel.render(gaxel.Sersic(re=4.0, n=1.0, **place, **shape), SHAPE)
    np.testing.assert_allclose(by_name, by_index, rtol=2e-6, atol=2e-7)
    moffat = gaxel.render(gaxel.Moffat(fwhm=4.0, beta=3.0, **place, **shape), (80, 80))
    assert 90.0 < moffat.sum() < 100.0


def test_truncations_are_the_formula_and_shared():
    hole, rim = gaxel.Truncation(**HOLE), gaxel.Truncation(**RIM)
    ring = gaxel.Sersic(**HOST, inner=[hole], outer=[rim])
    core = gaxel.Sersic(**{**HOST, "flux": 50.0}, outer=[hole])
    components = [ring, core, hole, rim]
    image, certificate = gaxel.render(components, SHAPE, certificate=True)
    assert certificate.n_over == 0
    lights = [
        shape_truth.sersic_light(HOST, inner=[HOLE], outer=[RIM]),
        shape_truth.sersic_light({**HOST, "flux": 50.0}, outer=[HOLE]),
    ]
    for row, col in PIXELS:
        truth = sum(shape_truth.pixel(light, row, col, tolerance=2e-8, floor=1e-9) for light in lights)
        within(image[row, col], truth, flux=150.0)


def test_a_brightness_at_the_break_radius_is_that_of_the_uncut_law():
    hole, rim = gaxel.Truncation(**HOLE), gaxel.Truncation(**RIM)
    place = {key: value for key, value in HOST.items() if key != "flux"}
    options = {"rtol": 1e-9, "atol": 1e-12}
    n, b = HOST["n"], shape_truth.gammaincinv(2.0 * HOST["n"], 0.5)
    unit = b ** (2.0 * n) / (2.0 * np.pi * n * shape_truth.gamma(2.0 * n) * HOST["re"] ** 2 * HOST["q"])
    for cuts, at in [({"inner": [hole], "outer": [rim]}, HOLE), ({"outer": [rim, hole]}, RIM)]:
        brightness = 100.0 * unit * np.exp(-b * (at["rbreak"] / HOST["re"]) ** (1.0 / n))
        by_flux, by_break = (
            gaxel.render([gaxel.Sersic(**place, **norm, **cuts), hole, rim], SHAPE, **options)
            for norm in ({"flux": 100.0}, {"ibreak": brightness})
        )
        np.testing.assert_allclose(by_break, by_flux, rtol=1e-7, atol=1e-9)


def test_derivatives_of_a_brightness_at_the_break_radius():
    hole = gaxel.Truncation(**HOLE, name="hole")
    ring = gaxel.Sersic(
        **{k: v for k, v in HOST.items() if k != "flux"}, ibreak=2.0, inner=[hole], name="ring"
    )
    _, jacobian = gaxel.render_with_jacobian([ring, hole], SHAPE, rtol=1e-8, atol=1e-11)
    names = gaxel.parameter_names([ring, hole])
    n, b = HOST["n"], shape_truth.gammaincinv(2.0 * HOST["n"], 0.5)

    def pixel(at, re, cut):
        peak = 2.0 * np.exp(b * (cut["rbreak"] / re) ** (1.0 / n))
        flux = peak / b ** (2.0 * n) * (2.0 * np.pi * n * shape_truth.gamma(2.0 * n) * re**2 * HOST["q"])
        light = shape_truth.sersic_light({**HOST, "re": re, "flux": flux}, inner=[cut])
        return shape_truth.pixel(light, *at, tolerance=1e-10)

    at, h = (14, 15), 1e-3
    for key, moved in {
        "ring.re": lambda step: pixel(at, HOST["re"] + step, HOLE),
        "hole.rbreak": lambda step: pixel(at, HOST["re"], {**HOLE, "rbreak": HOLE["rbreak"] + step}),
    }.items():
        truth = (8.0 * (moved(h) - moved(-h)) - moved(2 * h) + moved(-2 * h)) / (12.0 * h)
        assert jacobian[names.index(key)][at] == pytest.approx(truth, rel=1e-6), key


def test_a_brightness_at_the_break_radius_needs_a_truncation():
    with pytest.raises(InputError, match=r"ibreak = 2.*no truncation"):
        gaxel.render(gaxel.Sersic(**{k: v for k, v in HOST.items() if k != "flux"}, ibreak=2.0), SHAPE)
    with pytest.raises(InputError, match="break"):
        gaxel._core.component_kind("edgeondisc+break", [])


def test_derivatives_to_a_truncation_sum_over_its_hosts():
    hole = gaxel.Truncation(**HOLE, name="hole")
    ring = gaxel.Sersic(**HOST, inner=[hole], name="ring")
    core = gaxel.Sersic(**{**HOST, "flux": 30.0}, outer=[hole], name="core")
    _, jacobian = gaxel.render_with_jacobian([ring, core, hole], SHAPE, rtol=1e-8, atol=1e-11)
    names = gaxel.parameter_names([ring, core, hole])
    row, col = 14, 15
    for key in HOLE:

        def pixel(value, key=key):
            moved = {**HOLE, key: value}
            return shape_truth.pixel(
                shape_truth.sersic_light(HOST, inner=[moved]), row, col, tolerance=1e-10
            ) + shape_truth.pixel(
                shape_truth.sersic_light({**HOST, "flux": 30.0}, outer=[moved]), row, col, tolerance=1e-10
            )

        at, h = HOLE[key], 1e-3
        truth = (8.0 * (pixel(at + h) - pixel(at - h)) - pixel(at + 2 * h) + pixel(at - 2 * h)) / (12.0 * h)
        derivative = jacobian[names.index(f"hole.{key}")]
        assert derivative[row, col] == pytest.approx(truth, rel=1e-5, abs=1e-6), key


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"c0": -1.9}, "c0"),
        ({"f3": 1.5}, "f3"),
        ({"f1": 0.6, "f2": 0.6}, "f1 to f10"),
        ({**SPIRAL, "spiral_rin": 12.0}, "spiral_rin"),
        ({"spiral_power": 1.0}, "spiral_angle"),
        ({"asymmetry": 2.0}, "asymmetry"),
        ({"soft": 0.0}, "soft"),
    ],
)
def test_bad_shapes_are_named(values, key):
    with pytest.raises(InputError, match=key):
        gaxel.render(gaxel.Sersic(**HOST, **values), SHAPE)


def test_a_fit_finds_a_boxy_lopsided_bent_galaxy():
    truth = gaxel.Sersic(
        x=40.3, y=39.6, flux=3e4, re=9.0, n=1.5, q=0.5, theta=0.6, c0=0.6, f1=0.15, f1_phase=0.8, b2=1.5
    )
    image = gaxel.render(truth, (80, 80))
    sigma = np.full(image.shape, 1.0)
    start = gaxel.Sersic(x=40.0, y=40.0, c0=0.0, f1=0.02, f1_phase=0.0, b2=0.0)
    result = gaxel.fit(image, start, sigma=sigma)
    for key, value in truth.parameters.items():
        assert result.components[0].parameters[key] == pytest.approx(value, rel=1e-3, abs=1e-3), key


@pytest.mark.parametrize(("rbreak", "softening"), [(5.0, 38.4), (0.2, 5.0)])
def test_a_truncation_may_not_fall_outwards(rbreak, softening):
    hole = gaxel.Truncation(**{**HOLE, "rbreak": rbreak, "softening": softening})
    allowed = rf"softening = {softening:g}.*0\.01 to 7\.66 rbreak, here {7.66 * rbreak:g}"
    with pytest.raises(InputError, match=allowed):
        gaxel.render(gaxel.Sersic(**HOST, inner=[hole]), SHAPE)
    soft = gaxel.Truncation(**{**HOLE, "softening": 7.65 * HOLE["rbreak"]})
    image = gaxel.render(gaxel.Sersic(**HOST, inner=[soft]), SHAPE)
    uncut = gaxel.render(gaxel.Sersic(**HOST), SHAPE)
    assert image[12, 25] / uncut[12, 25] > image[12, 12] / uncut[12, 12]


@pytest.mark.parametrize("side", ["inner", "outer"])
def test_derivatives_far_from_a_truncation_and_of_a_sharp_one_are_numbers(side):
    shape = (8, 1500)
    for softening in (4.0, 0.3):
        hole = gaxel.Truncation(x=3.0, y=4.0, rbreak=6.0, softening=softening, name="hole")
        disc = gaxel.Exponential(x=3.0, y=4.0, flux=100.0, re=9.0, **{side: [hole]})
        image, jacobian = gaxel.render_with_jacobian([disc, hole], shape)
        assert np.isfinite(image).all() and np.isfinite(jacobian).all()
        radius = jacobian[gaxel.parameter_names([disc, hole]).index("hole.rbreak")]
        assert np.abs(radius[:, 1000:]).max() < 1e-12 < np.abs(radius).max()
