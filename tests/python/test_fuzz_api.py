"""Arguments of any kind: every call gives finite numbers of the right shape, or an error that names the argument.

GAXEL_FUZZ_EXAMPLES=5000 draws so many examples of each, other ones each time.
"""

import datetime
import math
import os
import warnings

import gaxel
import numpy as np
import pytest
from gaxel import components, survey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

EXAMPLES = int(os.environ.get("GAXEL_FUZZ_EXAMPLES", "0"))


def examples(number):
    return settings(
        max_examples=EXAMPLES or number,
        derandomize=not EXAMPLES,
        database=None,
        deadline=datetime.timedelta(minutes=10),  # what takes longer hangs, on whatever machine
        suppress_health_check=list(HealthCheck),
    )


often = examples(50)
pytestmark = [
    pytest.mark.filterwarnings("ignore::gaxel.PsfWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning:numpy"),
]

SHAPE = (9, 11)
GALAXY = gaxel.Sersic(x=5.2, y=4.1, flux=80.0, re=2.0, n=1.5, q=0.7, theta=0.4)
KERNEL = np.array([[0.0, 1.0, 0.0], [1.0, 4.0, 1.0], [0.0, 1.0, 0.0]])
DATA = gaxel.render([GALAXY, gaxel.Sky(level=3.0)], SHAPE)

# --- what users may hand in by mistake ----------------------------------------------------------------------------

FLOATS = st.one_of(
    st.floats(),
    st.floats(-20.0, 20.0),
    st.sampled_from(
        [0.0, -0.0, 5e-324, 1e-310, 1e-30, 1e30, 1.7e308, -1.7e308, math.inf, -math.inf, math.nan]
    ),
)
THINGS = st.one_of(
    FLOATS,
    st.integers(-3, 3),
    st.sampled_from([10**400, -(2**63), 2**31, True, None, "", "1", b"1", 1j, (), [], {}, object()]),
    FLOATS.map(np.float64),
    st.floats(width=32).map(np.float32),
    st.integers(-5, 5).map(np.int8),
    FLOATS.map(lambda value: np.full((1,), value)),
    FLOATS.map(lambda value: np.ma.masked_array(value, mask=True)),
)
SIDES = st.integers(0, 7)
DTYPES = st.sampled_from(
    ["f2", "f4", "f8", ">f8", "<f4", ">i2", "i4", ">u4", "u1", "i8", "?", "c16", "U3", "S2", "O", "M8[s]"]
)


@st.composite
def images(draw):
    """Arrays of any type, shape and layout; most of them images."""
    dtype = np.dtype(draw(DTYPES))
    shape = draw(st.one_of(st.tuples(SIDES, SIDES), st.just(SHAPE), st.lists(SIDES, max_size=4).map(tuple)))
    if dtype.kind in "fiub":
        values = draw(arrays.arrays(dtype, shape, fill=st.just(dtype.type(1))))
    else:
        values = np.zeros(shape, dtype)
    layout = draw(
        st.sampled_from(["plain", "transposed", "strided", "reversed", "fortran", "read-only", "broadcast"])
    )
    if layout == "transposed":
        values = values.T
    elif layout == "strided":
        values = np.repeat(values, 2, axis=-1)[..., ::2] if values.ndim else values
    elif layout == "reversed":
        values = values[::-1] if values.ndim else values
    elif layout == "fortran":
        values = np.asfortranarray(values)
    elif layout == "read-only":
        values.flags.writeable = False
    elif layout == "broadcast":
        values = np.broadcast_to(values, (*([2] if values.ndim < 2 else []), *values.shape))
    form = draw(st.sampled_from(["array", "array", "array", "list", "masked"]))
    if form == "list":
        return values.tolist()
    if form == "masked":
        return np.ma.masked_array(values, mask=draw(st.booleans()))
    return values


KEYS = st.text("abcdefghijklmnopqrstuvwxyz_.*0123456789 ", max_size=8)
NAMES = st.one_of(KEYS, st.sampled_from(["re", "galaxy.re", "sersic1.n", "*", "sky1.level", "n", "flux"]))
EXPRESSIONS = st.one_of(
    st.text("0123456789.+-*/^() rensqa?:<>=,_", max_size=20),
    st.sampled_from(["n", "1/0", "sqrt(-n)", "re^1000", "n + ", "_wavelength", "((((n))))", "n ? re : q"]),
)


# --- what must come out -------------------------------------------------------------------------------------------


def answer(call, *keys):
    """What the call returns; None where it refuses, in words that name one of the keys."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return call()
        except (TypeError, ValueError) as error:
            message = str(error)
            assert any(key in message for key in keys), (type(error), message, keys)
            return None


def check_image(image, shape=SHAPE):
    if image is not None:
        assert image.shape == shape and image.dtype == np.float64
        assert np.isfinite(image).all()


def _few(number):
    """Numbers of threads and of starts that are allowed, but take long."""
    return 3 if isinstance(number, int) and 3 < number < 2**31 else number


# --- components ---------------------------------------------------------------------------------------------------


@st.composite
def parameters(draw, specs, options):
    """Values of all parameters and of some options, most of them possible."""

    def value(spec):
        low, high = max(spec.min, -1e3), min(spec.max, 1e3)
        return draw(
            st.one_of(
                st.floats(low, high), st.floats(low, high), st.sampled_from([spec.min, spec.max]), THINGS
            )
        )

    chosen = draw(st.lists(st.sampled_from(sorted(options)), max_size=2, unique=True)) if options else []
    return {key: value(spec) for key, spec in {**specs, **{key: options[key] for key in chosen}}.items()}


@pytest.mark.parametrize(
    "name", sorted({cls.__name__ for cls in components.CLASSES.values() if cls._base is None})
)
@examples(12)
@given(data=st.data())
def test_components(name, data):
    cls = getattr(gaxel, name)
    options = {key: spec for key, spec in cls._all_specs().items() if key not in cls._specs}
    values = data.draw(parameters(cls._specs, options))
    if name == "ImageLight":
        values["image"] = KERNEL
    keys = [*values, "image"]
    component = answer(lambda: cls(**values), *keys)
    if component is None:
        return
    assert component == cls(**values) and isinstance(repr(component), str)
    check_image(answer(lambda: gaxel.render(component, SHAPE, rtol=1e-3, atol=1e-4), *keys))
    made = answer(lambda: gaxel.render_with_jacobian(component, SHAPE, KERNEL, rtol=1e-3, atol=1e-4), *keys)
    if made is not None:
        check_image(made[0])


# --- rendering ----------------------------------------------------------------------------------------------------


@often
@given(rtol=THINGS, atol=THINGS, threads=THINGS)
def test_tolerances_and_threads(rtol, atol, threads):
    threads = _few(threads)
    keys = ("rtol", "atol", "threads")
    check_image(answer(lambda: gaxel.render(GALAXY, SHAPE, rtol=rtol, atol=atol, threads=threads), *keys))
    answer(lambda: gaxel.prepare(GALAXY, SHAPE, rtol=rtol, atol=atol, threads=threads), *keys)


SHAPES = st.one_of(
    st.tuples(st.integers(-2, 12), st.integers(-2, 12)),
    st.tuples(st.integers(2**31, 2**80), st.integers(1, 2**80)),
    st.tuples(THINGS, st.integers(1, 12)),
    st.lists(st.integers(1, 5), max_size=4),
    THINGS,
)


@often
@given(shape=SHAPES)
def test_shapes(shape):
    for call in (gaxel.render, gaxel.cells, gaxel.prepare, gaxel.render_with_jacobian):
        result = answer(lambda call=call: call(GALAXY, shape), "shape")
        if call is gaxel.render and result is not None:
            check_image(result, tuple(int(n) for n in shape))


@often
@given(
    image=images(),
    oversample=THINGS,
    center=st.one_of(st.none(), THINGS, st.tuples(THINGS, THINGS)),
    pixel=THINGS,
)
def test_psfs(image, oversample, center, pixel):
    keys = ("array", "psf", "Psf", "oversample", "center", "pixel_in_psf")
    check_image(answer(lambda: gaxel.render(GALAXY, SHAPE, image), *keys))
    for options in ({"oversample": oversample}, {"center": center}, {"pixel_in_psf": pixel}):
        psf = answer(lambda options=options: gaxel.Psf(KERNEL, **options), *keys)
        if psf is not None:
            check_image(gaxel.render(GALAXY, SHAPE, psf))
    answer(lambda: gaxel.Psf(KERNEL).diffused(image), "kernel", "psf")
    answer(lambda: gaxel.PsfGrid([image, image], [(0, 0), center]), "images", "positions", "PsfGrid", "grid")


@often
@given(fwhm=THINGS, q=THINGS, theta=THINGS, beta=THINGS)
def test_analytic_psfs(fwhm, q, theta, beta):
    keys = ("fwhm", "q", "theta", "beta")
    for cls, shape in ((gaxel.GaussianPsf, {}), (gaxel.MoffatPsf, {"beta": beta})):
        for options in ({"fwhm": fwhm}, {"q": q}, {"theta": theta}):
            values = {"fwhm": 2.5, **shape, **options}
            psf = answer(lambda cls=cls, values=values: cls(**values), *keys)
            if psf is not None:
                check_image(gaxel.render(GALAXY, SHAPE, psf))


@often
@given(image=images(), parameters=st.one_of(THINGS, NAMES, st.lists(NAMES, max_size=3)))
def test_images_and_names_of_parameters(image, parameters):
    gradient = answer(lambda: gaxel.vjp(GALAXY, image), "cotangent")
    assert gradient is None or gradient.shape == (len(gaxel.parameter_names(GALAXY)),)
    answer(lambda: gaxel.render(GALAXY, out=image), "out", "shape")
    answer(lambda: gaxel.render_with_jacobian(GALAXY, SHAPE, parameters=parameters), "parameter")
    light = answer(lambda: gaxel.ImageLight(image=image, x=5, y=5, flux=1.0, scale=1.0, theta=0.1), "image")
    if light is not None:
        check_image(answer(lambda: gaxel.render(light, SHAPE, rtol=1e-3), "image", "flux"))


@often
@given(listed=st.one_of(THINGS, st.lists(st.one_of(THINGS, st.just(GALAXY)), max_size=3)))
def test_lists_of_components(listed):
    check_image(answer(lambda: gaxel.render(listed, SHAPE), "components"))
    answer(lambda: gaxel.parameter_names(listed), "components")


# --- fits ---------------------------------------------------------------------------------------------------------


def fit(data=DATA, sigma=1.0, **options):
    start = gaxel.Sersic(x=5.0, y=4.0, flux=70.0, re=2.2, n=1.2, q=0.8, theta=0.3)
    options.setdefault("max_iterations", 3)
    return gaxel.fit(data, [start, gaxel.Sky(level=2.0)], sigma=sigma, **options)


def check_fit(call, *keys):
    try:
        result = answer(call, *keys)
    except gaxel.FitError as error:
        assert str(error)
        return
    if result is not None:
        assert np.isfinite(result.chi2) and np.isfinite(result.values).all()
        check_image(result.bands[0].model, result.bands[0].model.shape)


@often
@given(image=images(), mask=images())
def test_images_of_fits(image, mask):
    check_fit(lambda: fit(data=image), "data", "pixels", "parameters")
    check_fit(lambda: fit(sigma=image), "sigma", "mask")  # a sigma may have masked pixels, all of them
    check_fit(lambda: fit(mask=mask), "mask", "pixels", "used")
    check_fit(lambda: fit(psf=image), "array", "psf", "Psf")


NUMERIC = [
    "rtol",
    "atol",
    "noise_share",
    "max_iterations",
    "max_seconds",
    "ftol",
    "starts",
    "seed",
    "threads",
]
NUMERIC += ["student_dof", "huber_threshold", "sigma"]


@often
@given(key=st.sampled_from(NUMERIC), value=THINGS)
def test_numbers_of_fits(key, value):
    if key in ("starts", "threads", "max_iterations"):
        value = _few(value)
    likelihood = {"student_dof": "student_t", "huber_threshold": "huber"}.get(key, "gaussian")
    check_fit(lambda: fit(**{key: value, "likelihood": likelihood}), key)


MAPPINGS = {
    "bounds": st.one_of(THINGS, st.tuples(THINGS, THINGS)),
    "limits": st.one_of(THINGS, st.tuples(THINGS, THINGS)),
    "ties": st.one_of(THINGS, EXPRESSIONS),
    "vary": st.one_of(THINGS, st.just(gaxel.PerBand())),
    "priors": st.one_of(THINGS, st.builds(gaxel.Normal, st.floats(-9, 9), st.floats(1e-3, 9))),
}


@often
@given(data=st.data(), key=st.sampled_from([*MAPPINGS, "fixed", "likelihood"]))
def test_rules_of_fits(data, key):
    if key in MAPPINGS:
        values = st.one_of(
            THINGS, st.dictionaries(st.one_of(NAMES, THINGS.filter(_hashable)), MAPPINGS[key], max_size=2)
        )
    else:
        values = st.one_of(THINGS, NAMES, st.lists(st.one_of(NAMES, THINGS), max_size=2))
    value = data.draw(values)
    names = list(value) if isinstance(value, dict | list) else [value]
    check_fit(lambda: fit(**{key: value}), key, "parameter", "tie", *(str(name) for name in names if name))


def _hashable(value):
    try:
        hash(value)
    except TypeError:
        return False
    return True


@often
@given(mean=THINGS, sigma=THINGS, terms=THINGS)
def test_priors_and_series(mean, sigma, terms):
    answer(lambda: gaxel.Normal(mean, sigma), "mean", "sigma")
    answer(lambda: gaxel.LogNormal(mean, sigma), "median", "sigma")
    answer(lambda: gaxel.CountNoise(mean, sigma, terms), "gain", "read_noise", "sky")
    answer(lambda: gaxel.Chebyshev(terms), "terms")
    answer(lambda: gaxel.BSpline(terms), "terms")


# --- text ---------------------------------------------------------------------------------------------------------

WORDS = [
    "[[band]]",
    "[fit]",
    "[run]",
    "[cutout]",
    "[catalogue]",
    "[detection]",
    "name",
    "image",
    "factor",
    "n",
    "vary",
]
WORDS += [
    "=",
    "{",
    "}",
    "[",
    "]",
    '"r"',
    "'",
    "1.5",
    "-1",
    "nan",
    "inf",
    "true",
    "\n",
    "\n",
    "9" * 40,
    "\0",
    "é",
]


@often
@given(words=st.lists(st.sampled_from(WORDS), max_size=14))
def test_text_of_surveys(words, tmp_path_factory):
    file = tmp_path_factory.getbasetemp() / "survey.toml"
    file.write_text('[[band]]\nname = "r"\nimage = "r.fits"\n' + " ".join(words), encoding="utf-8")
    answer(lambda: survey.read(file), "survey.toml")
