"""Vector-Jacobian products against the Jacobian itself, and gradients against differences."""

import gaxel
import numpy as np
import pytest

# Small kernels make small tests; what gaxel warns of in them is tested in test_psf.py.
pytestmark = pytest.mark.filterwarnings("ignore::gaxel.PsfWarning")

SHAPE = (50, 61)
FIELD = [
    gaxel.Sersic(name="bulge", x=30.2, y=21.7, flux=900.0, re=5.0, n=2.5, q=0.5, theta=0.4),
    gaxel.PointSource(name="star", x=40.3, y=12.6, mag=19.0, zeropoint=25.0),
    gaxel.Exponential(name="disc", x=12.0, y=40.0, mag=18.5, zeropoint=25.0, re=2.0, q=0.8, theta=-0.3),
    gaxel.Sky(name="sky", level=3.0, slope_x=0.01, slope_y=-0.02),
]
ROWS, COLS = np.indices((9, 9))
PSFS = {
    "none": None,
    "lopsided": np.exp(-0.5 * (((COLS - 4.5) / 2.0) ** 2 + ((ROWS - 3.6) / 1.5) ** 2)),
    "oversampled": gaxel.Psf(np.exp(-0.5 * ((COLS - 4) ** 2 + (ROWS - 4) ** 2)), oversample=2),
}


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("psf", PSFS.values(), ids=PSFS)
def test_it_is_the_product_with_the_jacobian(psf, kept):
    cotangent = np.random.default_rng(1).normal(size=SHAPE)
    plan = gaxel.prepare(FIELD, SHAPE, psf) if kept else None
    _, jacobian = gaxel.render_with_jacobian(FIELD, SHAPE, psf, plan=plan)
    products = jacobian * cotangent
    gradient = gaxel.vjp(FIELD, cotangent, psf, plan=plan)
    assert gradient.shape == (len(gaxel.parameter_names(FIELD)),) and gradient.dtype == np.float64
    errors = np.abs(gradient - products.sum(axis=(1, 2)))
    assert (errors <= 1e-10 * np.abs(products).sum(axis=(1, 2))).all()
    by_threads = gaxel.vjp(FIELD, cotangent, psf, plan=plan, threads=4)
    assert by_threads.tobytes() == gradient.tobytes()


def test_parameters_are_selected_as_of_the_jacobian():
    names = gaxel.parameter_names(FIELD)
    cotangent = np.random.default_rng(2).normal(size=SHAPE)
    gradient = gaxel.vjp(FIELD, cotangent)
    some = gaxel.vjp(FIELD, cotangent, parameters=["sky.level", "*.mag", "bulge.n"])
    chosen = ["bulge.n", "star.mag", "disc.mag", "sky.level"]
    np.testing.assert_array_equal(some, gradient[[names.index(name) for name in chosen]])
    assert gradient[names.index("sky.level")] == pytest.approx(cotangent.sum(), rel=1e-12)
    assert gaxel.vjp(FIELD, cotangent, parameters=[]).shape == (0,)
    assert gaxel.vjp([], cotangent).shape == (0,)


@pytest.mark.parametrize("psf", PSFS.values(), ids=PSFS)
def test_gradient_of_chi2(psf):
    """Against six-point differences of chi2 of finely integrated images."""
    random = np.random.default_rng(3)
    data = gaxel.render(FIELD, SHAPE, psf) + random.normal(size=SHAPE)
    sigma = random.uniform(0.5, 2.0, SHAPE)
    fine = {"psf": psf, "rtol": 1e-11, "atol": 1e-14}
    # Away from the best fit, so that no component of the gradient is next to nothing, and with no cusp so near a
    # pixel's edge that the pixel is no smooth function of its position.
    start = [FIELD[0].replace(re=5.5, n=2.2, theta=0.5, x=30.3, y=21.8), FIELD[1].replace(x=40.2, y=12.3, mag=18.8),
             FIELD[2].replace(q=0.7, x=12.2, y=40.3, re=2.3), FIELD[3].replace(level=3.2)]  # fmt: skip

    def chi2(components):
        return np.sum(((data - gaxel.render(components, SHAPE, **fine)) / sigma) ** 2)

    model = gaxel.render(start, SHAPE, **fine)
    gradient = gaxel.vjp(start, -2.0 * (data - model) / sigma**2, **fine)
    for name, value in zip(gaxel.parameter_names(start), gradient, strict=True):
        owner, key = name.split(".")
        i = [component.name for component in start].index(owner)
        h = 1e-3 * (abs(start[i].parameters[key]) if key in ("flux", "re", "n", "mag") else 1.0)
        changed = [
            [*start[:i], start[i].replace(**{key: start[i].parameters[key] + k * h}), *start[i + 1 :]]
            for k in (-3, -2, -1, 1, 2, 3)
        ]
        weights = np.array([-1.0, 9.0, -45.0, 45.0, -9.0, 1.0]) / (60.0 * h)
        numeric = weights @ [chi2(components) for components in changed]
        assert value == pytest.approx(numeric, rel=1e-6, abs=1e-6), name


def test_masked_pixels_do_not_count():
    cotangent = np.ma.masked_invalid(np.where(np.eye(*SHAPE), np.nan, 1.5))
    np.testing.assert_array_equal(
        gaxel.vjp(FIELD, cotangent), gaxel.vjp(FIELD, np.where(np.eye(*SHAPE), 0.0, 1.5))
    )


def test_any_number_type_will_do():
    cotangent = np.random.default_rng(4).integers(-5, 5, SHAPE)
    expected = gaxel.vjp(FIELD, cotangent.astype(float))
    for given in (cotangent, cotangent.astype(">f4"), cotangent.tolist(), np.asfortranarray(cotangent)):
        np.testing.assert_array_equal(gaxel.vjp(FIELD, given), expected)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"cotangent": np.full((5, 5), np.nan)}, ["cotangent = 25 pixels", "NaN or infinite"]),
        ({"cotangent": np.diag([np.inf, 1.0])}, ["cotangent = 1 pixels"]),
        ({"cotangent": np.zeros(5)}, ["cotangent = shape (5,)", "(ny, nx)"]),
        ({"cotangent": np.zeros((0, 5))}, ["cotangent = shape (0, 5)"]),
        ({"cotangent": "ones"}, ["cotangent", "real numbers"]),
        ({"parameters": "disc.r"}, ["parameters = 'disc.r'", "disc.re"]),
        ({"rtol": 0.0}, ["rtol"]),
        ({"threads": -1}, ["threads = -1"]),
        ({"plan": 3}, ["plan = 3", "gaxel.prepare"]),
        ({"components": [gaxel.Sky()]}, ["sky1.level", "not given"]),
    ],
)
def test_bad_arguments_are_named(arguments, words):
    with pytest.raises(gaxel.InputError) as error:
        gaxel.vjp(**{"components": FIELD, "cotangent": np.ones((5, 5)), **arguments})
    for word in words:
        assert word in str(error.value)
