"""Plans that are kept: the same bits, taken over where they hold, refused where they do not."""

import copy
import pickle

import gaxel
import numpy as np
import pytest
from gaxel._arrays import as_threads

# Small kernels make small tests; what gaxel warns of in them is tested in test_psf.py.
pytestmark = pytest.mark.filterwarnings("ignore::gaxel.PsfWarning")

SHAPE = (300, 61)  # several bands, so that threads share the work
BULGE = gaxel.Sersic(name="bulge", x=30.2, y=151.7, flux=900.0, re=5.0, n=3.5, q=0.7, theta=0.4)
DISC = gaxel.Exponential(name="disc", x=30.4, y=151.5, flux=2000.0, re=12.0, q=0.4, theta=0.5)
STAR = gaxel.PointSource(name="star", x=12.3, y=40.6, flux=250.0)
SKY = gaxel.Sky(name="sky", level=3.0, slope_x=0.01)
FIELD = [BULGE, STAR, DISC, SKY]
KERNEL = np.outer([1.0, 3.0, 1.0], [0.5, 2.0, 1.0])


def tolerance_of(image, rtol=1e-6, atol=1e-9):
    return rtol * np.abs(image - SKY.level) + atol * 3150.0


@pytest.mark.parametrize("psf", [None, KERNEL])
def test_a_plan_gives_the_same_bits_again_and_in_any_number_of_threads(psf):
    plan = gaxel.prepare(FIELD, SHAPE, psf)
    first = gaxel.render(FIELD, SHAPE, psf, plan=plan, threads=1)
    for threads in (1, 4):
        assert gaxel.render(FIELD, SHAPE, psf, plan=plan, threads=threads).tobytes() == first.tobytes()
        image, jacobian = gaxel.render_with_jacobian(FIELD, SHAPE, psf, plan=plan, threads=threads)
        if threads == 1:
            jacobian_of_one = jacobian
        assert jacobian.tobytes() == jacobian_of_one.tobytes()
        np.testing.assert_allclose(image, first, rtol=1e-13)  # components are added in another order
    made_by_four = gaxel.prepare(FIELD, SHAPE, psf, threads=4)
    assert gaxel.render(FIELD, SHAPE, psf, plan=made_by_four).tobytes() == first.tobytes()


@pytest.mark.parametrize("psf", [None, KERNEL])
def test_a_plan_keeps_the_tolerance(psf):
    exact = gaxel.render(FIELD, SHAPE, psf, rtol=1e-11, atol=1e-14)
    image, certificate = gaxel.render(
        FIELD, SHAPE, psf, plan=gaxel.prepare(FIELD, SHAPE, psf), certificate=True
    )
    assert (np.abs(image - exact) <= tolerance_of(exact)).all()
    assert certificate.n_over == 0


def test_what_holds_of_a_previous_plan_is_taken_over():
    plan = gaxel.prepare(FIELD, SHAPE)
    assert (plan.shape, plan.n_profiles, plan.n_made) == (SHAPE, 2, 2)
    assert repr(plan) == "Plan(shape=(300, 61), 2 profiles: 2 made anew, 0 taken over)"
    near = [BULGE.replace(x=BULGE.x + 1e-6, flux=7.0), STAR.replace(x=50.0), DISC, SKY]
    assert gaxel.prepare(near, SHAPE, previous=plan).n_made == 0
    far = [BULGE.replace(x=BULGE.x + 3.0), STAR, DISC, SKY]
    mixed = gaxel.prepare(far, SHAPE, previous=plan)
    assert repr(mixed) == "Plan(shape=(300, 61), 2 profiles: 1 made anew, 1 taken over)"
    exact = gaxel.render(far, SHAPE, rtol=1e-11, atol=1e-14)
    image = gaxel.render(far, SHAPE, plan=mixed)
    assert (np.abs(image - exact) <= tolerance_of(exact)).all()
    assert gaxel.prepare(FIELD, SHAPE, KERNEL, previous=plan).n_made == 0, "known by their transforms"
    assert repr(gaxel.prepare(BULGE, (5, 6))) == "Plan(shape=(5, 6), 1 profile: 1 made anew, 0 taken over)"


def test_a_plan_serves_neighbours_that_it_holds_for():
    plan = gaxel.prepare(FIELD, SHAPE)
    near = [BULGE.replace(re=BULGE.re * (1.0 + 1e-7)), STAR, DISC.replace(flux=-5.0), SKY]
    exact = gaxel.render(near, SHAPE, rtol=1e-11, atol=1e-14)
    assert (np.abs(gaxel.render(near, SHAPE, plan=plan) - exact) <= tolerance_of(exact)).all()


REFUSED = {
    "shape": {"shape": (61, 300)},
    "wider shape": {"shape": (302, 63)},
    "psf": {"psf": KERNEL},
    "fewer components": {"components": [BULGE, STAR, SKY]},
    "more components": {"components": [*FIELD, BULGE.replace(name="other")]},
    "moved": {"components": [BULGE.replace(x=BULGE.x + 3.0), STAR, DISC, SKY]},
    "finer": {"rtol": 1e-9, "atol": 1e-12},
    "not a plan": {"plan": "plan"},
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_plan_for_something_else_is_refused(what):
    arguments = {"components": FIELD, "shape": SHAPE, **REFUSED[what]}
    arguments.setdefault("plan", gaxel.prepare(FIELD, SHAPE))
    for function in (gaxel.render, gaxel.render_with_jacobian):
        with pytest.raises(gaxel.InputError, match="plan = "):
            function(**arguments)
    cotangent = np.zeros(arguments.pop("shape"))
    with pytest.raises(gaxel.InputError, match="plan = "):
        gaxel.vjp(cotangent=cotangent, **arguments)


def test_a_plan_without_profiles_has_a_shape_too():
    plan = gaxel.prepare([STAR, SKY], SHAPE)
    assert repr(plan) == "Plan(shape=(300, 61), 0 profiles: 0 made anew, 0 taken over)"
    np.testing.assert_array_equal(
        gaxel.render([STAR, SKY], SHAPE, plan=plan), gaxel.render([STAR, SKY], SHAPE)
    )
    with pytest.raises(gaxel.InputError, match="plan = 300 x 61"):
        gaxel.render([STAR, SKY], (61, 300), plan=plan)


def test_arguments_of_prepare_are_checked():
    for wrong in (
        {"previous": 1},
        {"shape": (0, 5)},
        {"rtol": 0.0},
        {"threads": -1},
        {"components": ["sersic"]},
    ):
        with pytest.raises(gaxel.InputError, match=next(iter(wrong))):
            gaxel.prepare(**{"components": FIELD, "shape": SHAPE, **wrong})


def test_plans_are_immutable():
    plan = gaxel.prepare(BULGE, (20, 20))
    assert copy.copy(plan) is plan and copy.deepcopy([plan])[0] is plan
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(plan)
    with pytest.raises(TypeError):
        gaxel.Plan()
    for name in ("shape", "n_profiles", "n_made", "other"):
        with pytest.raises(AttributeError):
            setattr(plan, name, 1)


def test_threads_by_default(monkeypatch):
    """One for small images, all that the process may use for large ones."""
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0, 3, 7}, raising=False)
    assert as_threads(None, (1023, 1024), "render") == 1
    assert as_threads(None, (1024, 1024), "render") == 3
    assert as_threads(2, (1024, 1024), "render") == 2
    monkeypatch.delattr("os.sched_getaffinity")
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert as_threads(None, (1024, 1024), "render") == 1
