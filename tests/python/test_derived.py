"""Values that follow from a fit: closed forms for the values, Monte Carlo through the covariance for the errors."""

import gaxel
import numpy as np
import pytest
from astropy.wcs import WCS
from scipy.special import gamma, gammainccinv

SHAPE = (64, 64)
SCALE = 0.2
ZEROPOINT = {"g": 25.0, "r": 25.6, "i": 26.1}
WAVELENGTH = {"g": 4750.0, "r": 6200.0, "i": 7600.0}
FLUX = {"g": (900.0, 3000.0), "r": (1500.0, 3600.0), "i": (2000.0, 3900.0)}


def galaxy(band: str | None) -> list[gaxel.Component]:
    """Bulge, disc and sky; starts of a fit without a band."""
    bulge, disc = FLUX[band or "g"]
    return [
        gaxel.Sersic(name="bulge", x=31.0, y=30.5, flux=bulge, re=3.0, n=2.0, q=0.8, theta=0.3),
        gaxel.Exponential(name="disc", x=31.0, y=30.5, flux=disc, re=9.0, q=0.5, theta=0.5),
        gaxel.Sky(level=3.0, name="sky"),
    ]


@pytest.fixture(scope="module")
def result() -> gaxel.FitResult:
    """Three bands, sizes linear in wavelength."""
    random = np.random.default_rng(7)
    bands = [
        gaxel.Band(
            gaxel.render(galaxy(name), SHAPE) + 2.0 * random.standard_normal(SHAPE),
            2.0,
            name=name,
            wavelength=WAVELENGTH[name],
            zeropoint=ZEROPOINT[name],
        )
        for name in FLUX
    ]
    found = gaxel.fit(bands, galaxy(None), vary={"disc.re": gaxel.Chebyshev(2)}, robust=True)
    assert found.success
    return found


@pytest.fixture(scope="module")
def table(result: gaxel.FitResult) -> dict[tuple[str | None, str, str], gaxel.DerivedValue]:
    return {(one.component, one.band, one.quantity): one for one in result.derived(pixel_scale=SCALE)}


def formulas(values: dict[str, np.ndarray]) -> dict[tuple[str | None, str, str], np.ndarray]:
    """What follows from free values, by formulas of their own (Graham & Driver 2005, PASA 22, 118)."""
    found: dict[tuple[str | None, str, str], np.ndarray] = {}
    mag: dict[tuple[str | None, str], np.ndarray] = {}
    for number, band in enumerate(FLUX):
        x = 2.0 * (WAVELENGTH[band] - WAVELENGTH["g"]) / (WAVELENGTH["i"] - WAVELENGTH["g"]) - 1.0
        radius = {"bulge": values["bulge.re"], "disc": values["disc.re[0]"] + values["disc.re[1]"] * x}
        index = {"bulge": values["bulge.n"], "disc": np.ones(1)}
        fluxes = {part: values[f"{part}.flux[{number}]"] for part in radius}
        total = fluxes["bulge"] + fluxes["disc"]
        for part in radius:
            flux, re, n, q = fluxes[part], radius[part], index[part], values[f"{part}.q"]
            b = gammainccinv(2.0 * n, 0.5)
            area = q * re**2 * SCALE**2
            at_re = flux / (2.0 * np.pi * n * area * np.exp(b) * b ** (-2.0 * n) * gamma(2.0 * n))

            def magnitude(light: np.ndarray, zeropoint: float = ZEROPOINT[band]) -> np.ndarray:
                return zeropoint - 2.5 * np.log10(light)

            mag[part, band] = magnitude(flux)
            found |= {
                (part, band, "flux"): flux,
                (part, band, "mag"): mag[part, band],
                (part, band, "r_half"): re,
                (part, band, "r_half_arcsec"): SCALE * re,
                (part, band, "r_half_circ"): re * np.sqrt(q),
                (part, band, "r_half_circ_arcsec"): SCALE * re * np.sqrt(q),
                (part, band, "mu_e"): magnitude(at_re),
                (part, band, "mean_mu_e"): magnitude(flux / (2.0 * np.pi * area)),
                (part, band, "mu_0"): magnitude(at_re * np.exp(b)),
                (part, band, "fraction"): flux / total,
            }
        mag[None, band] = ZEROPOINT[band] - 2.5 * np.log10(total)
        found[None, band, "flux"] = total
        found[None, band, "mag"] = mag[None, band]
    for part in ("bulge", "disc", None):
        for first, second in (("g", "r"), ("g", "i"), ("r", "i")):
            found[part, f"{first}-{second}", "colour"] = mag[part, first] - mag[part, second]
    return found


def test_values_are_those_of_formulas(result, table):
    free = {
        name: np.array([value]) for name, value in zip(result.parameter_names, result.values, strict=True)
    }
    expected = formulas(free)
    assert set(table) == set(expected)
    for key, truth in expected.items():
        assert table[key].value == pytest.approx(float(truth[0]), rel=1e-9), key


def test_errors_are_the_scatter_of_draws_from_the_covariance(result, table):
    # A covariance a hundred times smaller: the formulas are straight lines over it.
    random = np.random.default_rng(3)
    draws = random.multivariate_normal(result.values, 1e-4 * result.covariance, size=20000)
    drawn = formulas(dict(zip(result.parameter_names, draws.T, strict=True)))
    for key, values in drawn.items():
        assert table[key].error == pytest.approx(100.0 * np.std(values), rel=0.03), key


def test_correlations_count(result, table):
    ratio = table["bulge", "g", "fraction"]
    rows = [result.parameter_names.index(f"{part}.flux[0]") for part in ("bulge", "disc")]
    fluxes = result.values[rows]
    relative = result.errors[rows] / fluxes
    as_if_not = ratio.value * (1.0 - ratio.value) * np.hypot(*relative)
    assert ratio.error != pytest.approx(as_if_not, rel=0.05)


def test_other_covariances_and_gradients(result, table):
    one = table["disc", "r", "mean_mu_e"]
    for error, covariance in (
        (one.error, result.covariance),
        (one.error_sandwich, result.robust.sandwich),
        (one.error_correlated, result.robust.correlated),
    ):
        assert error == pytest.approx(np.sqrt(one.gradient @ covariance @ one.gradient), rel=1e-9)


def single(components, **options) -> gaxel.FitResult:
    random = np.random.default_rng(5)
    data = gaxel.render(components, SHAPE) + random.standard_normal(SHAPE)
    return gaxel.fit(data, components, sigma=1.0, **options)


def test_magnitudes_of_components_without_a_band_and_the_scale_of_a_wcs():
    sky = WCS(naxis=2)
    sky.wcs.ctype = "RA---TAN", "DEC--TAN"
    sky.wcs.crval = 150.0, 60.0
    sky.wcs.crpix = 32.0, 32.0
    sky.wcs.cd = np.array([[-3.0, 1.0], [1.0, 3.0]]) * 1e-5
    part = gaxel.Sersic(name="one", x=31.0, y=32.0, mag=17.0, zeropoint=25.0, re=5.0, n=1.5, q=0.6)
    random = np.random.default_rng(5)
    data = gaxel.render(part, SHAPE) + random.standard_normal(SHAPE)
    found = gaxel.fit(gaxel.Band(data, 1.0, wcs=sky), part)
    table = {one.quantity: one for one in found.derived()}
    scale = 3600e-5 * np.sqrt(10.0)
    assert table["mag"].value == pytest.approx(found.values[found.parameter_names.index("one.mag")])
    assert table["mag"].error == pytest.approx(found.errors[found.parameter_names.index("one.mag")])
    assert table["r_half_arcsec"].value == pytest.approx(scale * table["r_half"].value, rel=1e-6)
    assert "fraction" not in table


def test_without_scale_or_zero_point_there_are_counts_and_pixels():
    found = single([gaxel.Sersic(name="one", x=31.0, y=32.0, flux=3000.0, re=5.0, n=1.5)])
    units = {one.quantity: one.unit for one in found.derived()}
    assert units == {
        "flux": "counts",
        "r_half": "pixel",
        "r_half_circ": "pixel",
        "i_e": "counts/pixel",
        "mean_i_e": "counts/pixel",
        "i_0": "counts/pixel",
    }


def test_what_is_fixed_has_no_error_and_a_bound_counts_as_fixed():
    part = gaxel.Sersic(name="one", x=31.0, y=32.0, flux=3000.0, re=5.0, n=1.5, q=0.7)
    fixed = single([part], fixed=["one.re", "one.q", "one.n"])
    table = {one.quantity: one for one in fixed.derived()}
    assert np.isnan(table["r_half"].error)
    assert table["mean_i_e"].error / table["mean_i_e"].value == pytest.approx(
        table["flux"].error / table["flux"].value
    )
    random = np.random.default_rng(5)
    data = gaxel.render(part, SHAPE) + random.standard_normal(SHAPE)
    bounded = gaxel.fit(data, part.replace(n=1.0), sigma=1.0, bounds={"one.n": (0.5, 1.2)})
    assert bounded.flags[bounded.parameter_names.index("one.n")] == "at_bound"
    table = {one.quantity: one for one in bounded.derived()}
    assert 0.0 < table["i_0"].error < 0.2 * table["i_0"].value


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"pixel_scale": 0.0}, "pixel_scale"),
        ({"pixel_scale": [0.2, 0.3]}, "pixel_scale"),
        ({"zeropoint": "25"}, "zeropoint"),
    ],
)
def test_bad_arguments_are_named(arguments, named):
    found = single([gaxel.Gaussian(name="one", x=31.0, y=32.0, flux=3000.0, re=5.0)])
    with pytest.raises(gaxel.InputError, match=named):
        found.derived(**arguments)
