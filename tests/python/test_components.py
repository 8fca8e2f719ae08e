"""Components as Python objects: arguments, errors, equality, pickling."""

import copy
import inspect
import math
import pickle

import gaxel
import pytest
from gaxel import _core

CLASSES = [
    gaxel.Sersic,
    gaxel.Exponential,
    gaxel.DeVaucouleurs,
    gaxel.Gaussian,
    gaxel.Moffat,
    gaxel.King,
    gaxel.Ferrers,
    gaxel.Nuker,
    gaxel.CoreSersic,
    gaxel.BrokenExponential,
    gaxel.GaussianRing,
    gaxel.GaussianRing2Side,
    gaxel.FlatBar,
    gaxel.EdgeOnDisc,
    gaxel.EdgeOnDiscN,
    gaxel.ImageLight,
    gaxel.PointSource,
    gaxel.Truncation,
    gaxel.Sky,
    gaxel.Spline,
    gaxel.Mge,
    gaxel.SkyChebyshev,
]


def test_every_kind_of_the_registry_has_a_class():
    assert [cls._kind.name for cls in CLASSES] == [kind.name for kind in _core.component_kinds()]
    assert all(cls.__name__ in gaxel.__all__ for cls in CLASSES)


@pytest.mark.parametrize("cls", CLASSES)
def test_arguments_are_keywords_of_the_registry(cls):
    signature = inspect.signature(cls)
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in signature.parameters.values())
    kind = next(kind for kind in _core.component_kinds() if kind.name == cls._kind.name)
    for spec in kind.parameters:
        assert spec.name in signature.parameters
        assert f"\n{spec.name} : float, optional\n" in cls.__doc__
        assert getattr(cls(), spec.name) is None
    with pytest.raises(TypeError):
        cls(1.0)


def test_a_key_of_an_option_turns_it_on():
    galaxy = gaxel.Sersic(x=1.0, y=2.0, i0=5.0, re=3.0, n=4.0)
    assert (galaxy.kind, galaxy.i0) == ("sersic+central", 5.0)
    assert isinstance(galaxy, gaxel.Sersic)
    assert gaxel.parameter_names(galaxy)[:3] == ["sersic1.x", "sersic1.y", "sersic1.i0"]
    assert pickle.loads(pickle.dumps(galaxy)) == copy.copy(galaxy) == galaxy.replace(i0=5.0) == galaxy
    assert gaxel.Sersic(x=1.0, i0=None).kind == "sersic"
    with pytest.raises(gaxel.InputError, match="ie: king cannot have it"):
        gaxel.King(ie=1.0)


def test_values_come_back():
    galaxy = gaxel.Sersic(x=1, y=2.5, flux=100, re=3, n=4, q=0.5, theta=-0.3, name="bulge")
    values = (galaxy.x, galaxy.y, galaxy.flux, galaxy.re, galaxy.n, galaxy.q, galaxy.theta)
    assert values == (1.0, 2.5, 100.0, 3.0, 4.0, 0.5, -0.3)
    assert galaxy.name == "bulge"
    assert galaxy.mag == pytest.approx(-5.0)
    assert all(isinstance(value, float) for value in values)


def test_magnitudes():
    star = gaxel.PointSource(x=0, y=0, mag=20.0, zeropoint=25.0)
    assert star.flux == pytest.approx(100.0, rel=1e-14)
    assert (star.mag, star.zeropoint, star.has_mag) == (20.0, 25.0, True)
    assert star.replace(flux=1000.0).mag == pytest.approx(22.5 - 5.0)
    assert star.replace(mag=21.0).flux == pytest.approx(10**1.6)
    assert math.isnan(gaxel.PointSource(flux=-1.0).mag)


@pytest.mark.parametrize(
    ("cls", "arguments", "words"),
    [
        (gaxel.Sersic, {"re": -1.0}, ["re", "-1", "0.01 to 100000"]),
        (gaxel.Sersic, {"re": 0.0}, ["re", "0.01 to"]),
        (gaxel.Sersic, {"n": 20.5}, ["n = 20.5", "0.1 to 20"]),
        (gaxel.Sersic, {"n": 0.09}, ["n = 0.09", "0.1 to 20"]),
        (gaxel.Exponential, {"q": 1.5}, ["q = 1.5", "0.01 to 1"]),
        (gaxel.DeVaucouleurs, {"x": math.nan}, ["x = nan", "any finite number"]),
        (gaxel.Gaussian, {"theta": math.inf}, ["theta = inf", "any finite number"]),
        (gaxel.Sersic, {"n": "4"}, ["n = '4'", "not a number", "0.1 to 20"]),
        (gaxel.Sersic, {"n": [4.0]}, ["n = [4.0]", "not a number"]),
        (gaxel.Sersic, {"q": True}, ["q = True", "not a number"]),
        (gaxel.Sky, {"level": 1j}, ["level", "not a number"]),
        (gaxel.PointSource, {"flux": 1.0, "mag": 20.0}, ["mag", "flux is given too"]),
        (gaxel.PointSource, {"mag": 1e5}, ["mag", "zeropoint"]),
        (gaxel.PointSource, {"mag": 20.0, "zeropoint": math.nan}, ["zeropoint = nan"]),
        (gaxel.PointSource, {"name": ""}, ["name"]),
        (gaxel.PointSource, {"name": 3}, ["name = 3"]),
    ],
)
def test_bad_values_are_named_with_what_is_allowed(cls, arguments, words):
    with pytest.raises(gaxel.InputError) as error:
        cls(**arguments)
    assert isinstance(error.value, ValueError)
    for word in [cls.__name__.lower(), *words]:
        assert word in str(error.value) or word in str(error.value).lower()


def test_unknown_arguments_get_a_suggestion():
    with pytest.raises(
        TypeError, match=r'Sersic\(\) got an unexpected keyword argument \'thetta\' .*"theta"'
    ):
        gaxel.Sersic(thetta=1.0)
    with pytest.raises(TypeError, match="mag"):
        gaxel.Sky(mag=20.0)


def test_immutable():
    galaxy = gaxel.Sersic(x=1.0)
    with pytest.raises(AttributeError, match=r"replace\(x="):
        galaxy.x = 2.0
    with pytest.raises(AttributeError):
        galaxy.other = 2.0
    with pytest.raises(AttributeError):
        del galaxy.x
    galaxy.parameters["x"] = 5.0
    assert galaxy.x == 1.0


def test_replace_changes_what_the_light_is_given_by():
    galaxy = gaxel.Sersic(mag=20.0, zeropoint=25.0, re=2.0)
    assert galaxy.replace(i0=3.0) == gaxel.Sersic(i0=3.0, re=2.0)
    assert galaxy.replace(ie=3.0).replace(i0=4.0) == gaxel.Sersic(i0=4.0, re=2.0)
    assert galaxy.replace(i0=3.0).replace(mag=19.0, zeropoint=25.0) == galaxy.replace(mag=19.0)
    assert gaxel.Nuker(ib=3.0).replace(ibreak=2.0) == gaxel.Nuker(ibreak=2.0)
    for norms in ({"flux": 1.0, "i0": 5.0}, {"mag": 1.0, "ie": 2.0}, {"i0": 1.0, "ibreak": 2.0}):
        with pytest.raises(gaxel.InputError, match="one of them"):
            gaxel.Sersic(**norms)


def test_replace_checks():
    galaxy = gaxel.Sersic(x=1.0, re=2.0, name="a")
    assert galaxy.replace(re=3.0) == gaxel.Sersic(x=1.0, re=3.0, name="a")
    assert galaxy.replace(re=None) == gaxel.Sersic(x=1.0, name="a")
    with pytest.raises(gaxel.InputError, match="re"):
        galaxy.replace(re=-3.0)


def test_equality_and_hash():
    one = gaxel.Sersic(x=1.0, q=1.0)
    assert one == gaxel.Sersic(q=1.0, x=1)
    assert hash(one) == hash(gaxel.Sersic(q=1.0, x=1))
    assert one != gaxel.Sersic(x=1.0)  # left out is not the same as given
    assert one != gaxel.Sersic(x=1.0, q=1.0, name="a")
    assert gaxel.Exponential(x=1.0) != gaxel.Gaussian(x=1.0)
    assert gaxel.PointSource(mag=1.0) != gaxel.PointSource(mag=1.0, zeropoint=2.0)
    assert one != "Sersic(x=1.0, q=1.0)"


@pytest.mark.parametrize(
    "component",
    [
        gaxel.Sersic(x=0.1, y=1 / 3, mag=21.7, zeropoint=26.2, re=5.5, n=1.23, q=0.3, theta=2.0, name="disc"),
        gaxel.Sky(level=3.0),
        gaxel.DeVaucouleurs(),
    ],
)
def test_repr_pickle_and_copy_are_lossless(component):
    assert eval(repr(component), {"gaxel": gaxel, **vars(gaxel)}) == component
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        back = pickle.loads(pickle.dumps(component, protocol))
        assert back == component and type(back) is type(component)
    assert copy.deepcopy(component) == component


def test_parameter_names():
    components = [
        gaxel.Gaussian(),
        gaxel.PointSource(name="gaussian1"),
        gaxel.Gaussian(mag=3.0),
        gaxel.Sky(),
    ]
    assert gaxel.parameter_names(components) == (
        [f"gaussian2.{key}" for key in ("x", "y", "flux", "re", "q", "theta")]
        + [f"gaussian1.{key}" for key in ("x", "y", "flux")]
        + [f"gaussian3.{key}" for key in ("x", "y", "mag", "re", "q", "theta")]
        + [f"sky1.{key}" for key in ("level", "slope_x", "slope_y")]
    )
    assert gaxel.parameter_names(gaxel.Sky(name="bg"))[0] == "bg.level"
    with pytest.raises(gaxel.InputError, match="two components have the same name"):
        gaxel.parameter_names([gaxel.Sky(name="a"), gaxel.Sersic(name="a")])
    with pytest.raises(gaxel.InputError, match="not a component"):
        gaxel.parameter_names(["sersic"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"asymetry": 0.1}, 'did you mean "asymmetry"?'),
        ({"inne": []}, 'did you mean "inner"?'),
        ({"f11": 0.1}, 'did you mean "f10"?'),
        ({"nam": "a"}, 'did you mean "name"?'),
        ({"psff": None}, 'did you mean "psf"?'),
    ],
)
def test_unknown_keys_get_the_nearest_of_all(arguments, words):
    with pytest.raises(TypeError) as error:
        gaxel.Sersic(**arguments)
    assert words in str(error.value)


def test_signatures_and_docstrings_tell_of_options():
    parameters = inspect.signature(gaxel.Sersic).parameters
    assert {"i0", "c0", "f10_phase", "spiral_angle", "inner", "outer", "psf"} <= set(parameters)
    assert "i0" not in inspect.signature(gaxel.PointSource).parameters
    assert "psf" not in inspect.signature(gaxel.Sky).parameters
    assert "f1 to f10 : float, optional" in gaxel.Sersic.__doc__
    assert "Amplitude of the Fourier mode; -0.9 to 0.9. Default 0." in gaxel.Sersic.__doc__
