"""What the fit of a survey's galaxy starts from, and what is tried again."""

import gaxel
import numpy as np
import pytest
from astropy.io import fits
from gaxel import survey
from gaxel.survey import Flag, _galaxy
from gaxel.survey._images import Tile
from gaxel.survey._sources import complete_sizes, empty_sources

BANDS = {"r": (25.0, 4000.0), "u": (31.4, 0.0), "i": (28.3, 4000.0 * 10.0 ** (0.4 * 3.3))}
"""Zero points, and counts of a galaxy that the second band does not show."""


def bands_in(folder):
    """The [[band]] of images of that galaxy."""
    random = np.random.default_rng(8)
    bands = []
    for number, (name, (zeropoint, flux)) in enumerate(BANDS.items()):
        galaxy = gaxel.Sersic(x=60.3, y=58.8, flux=flux, re=4.0, n=1.0, q=0.6, theta=0.5)
        image = gaxel.render(galaxy, (120, 120)) + 20.0 + random.standard_normal((120, 120))
        fits.writeto(folder / f"{name}.fits", image)
        band = {"name": name, "image": f"{name}.fits", "sigma": 1.0, "zeropoint": zeropoint}
        bands.append({**band, "wavelength": 500.0 + 100.0 * number})
    return bands


def sources_at(*places):
    """Sources (x, y, flux), their ellipses as long as a cut-out."""
    sources = empty_sources(len(places))
    sources["row"] = np.arange(len(places))
    sources["x"], sources["y"], sources["flux"] = np.array(places).T
    return complete_sizes(sources, 12.0)


def fitted_row(configured, sources):
    with Tile(configured, "") as tile:
        return _galaxy.fit_galaxy(configured, tile, sources[0], sources)[0]


def test_known_fluxes_start_at_one_magnitude_in_all_bands(tmp_path, monkeypatch):
    configured = survey.from_dict({"band": bands_in(tmp_path)}, folder=tmp_path, output=tmp_path / "results")
    fit, starts = gaxel.fit, []

    def with_starts(bands, components, **options):
        fixed = fit(bands, components, fixed="galaxy.flux", **{**options, "max_iterations": 1})
        starts.append([band.components[0].flux for band in fixed.bands])
        return fit(bands, components, **options)

    monkeypatch.setattr(gaxel, "fit", with_starts)
    row = fitted_row(configured, sources_at((60.3, 58.8, 5000.0)))
    assert not row["flags"] & (Flag.FAILED | Flag.NOT_CONVERGED)
    magnitude = 25.0 - 2.5 * np.log10(5000.0)
    ((*found,),) = starts
    np.testing.assert_allclose(
        [
            zeropoint - 2.5 * np.log10(flux)
            for (zeropoint, _), flux in zip(BANDS.values(), found, strict=True)
        ],
        magnitude,
        rtol=1e-12,
    )
    for name, (_, flux) in BANDS.items():
        assert abs(row[f"flux_{name}"] - flux) < 4.0 * row[f"flux_{name}_err"], name


class Dark:
    """In the place of gaxel.fit: no light to start from, which takes it 7 seconds of a clock of its own."""

    def __init__(self, monkeypatch):
        self.now, self.limits = 100.0, []
        monkeypatch.setattr(gaxel, "fit", self.fit)
        monkeypatch.setattr(_galaxy, "time", self)

    def monotonic(self):
        return self.now

    def fit(self, bands, components, *, max_seconds, **_):
        self.limits.append(max_seconds)
        self.now += 7.0
        raise gaxel.FitError("no light")


@pytest.mark.parametrize(("limit", "limits"), [(10.0, [10.0, 3.0]), (7.0, [7.0]), (5.0, [5.0])])
def test_a_second_fit_has_the_time_that_is_left(tmp_path, monkeypatch, limit, limits):
    given = {"band": bands_in(tmp_path), "fit": {"max_seconds": limit}}
    configured = survey.from_dict(given, folder=tmp_path, output=tmp_path / "results")
    dark = Dark(monkeypatch)
    row = fitted_row(configured, sources_at((60.3, 58.8, 5000.0)))
    assert dark.limits == limits
    assert row["flags"] == Flag.FAILED and row["reason"] == "FitError: no light"


@pytest.mark.parametrize("flux", [np.nan, np.inf, 0.0, -3.0])
def test_without_a_flux_of_its_own_a_galaxy_is_fitted_once(tmp_path, monkeypatch, flux):
    """Whatever is known of a neighbour."""
    configured = survey.from_dict({"band": bands_in(tmp_path)}, folder=tmp_path, output=tmp_path / "results")
    dark = Dark(monkeypatch)
    row = fitted_row(configured, sources_at((60.3, 58.8, flux), (64.0, 60.0, 5000.0)))
    assert len(dark.limits) == 1
    assert row["flags"] == Flag.FAILED
