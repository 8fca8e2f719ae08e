"""Tables, plots, pages of notebooks, progress and logs of a fit."""

import io
import logging
import pickle
import sys

import gaxel
import matplotlib
import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import QTable
from astropy.wcs import WCS
from matplotlib import pyplot

SHAPE = (40, 44)
SIGMA = 0.4
WAVELENGTHS = [4500.0, 6000.0, 8000.0]


@pytest.fixture(autouse=True)
def no_windows():
    matplotlib.use("agg")
    yield
    pyplot.close("all")


def wcs_of(crpix):
    made = WCS(naxis=2)
    made.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    made.wcs.crval, made.wcs.crpix = [150.0, 2.0], crpix
    made.wcs.cdelt = [-1e-4, 1e-4]
    made.wcs.set()
    return made


@pytest.fixture(scope="module")
def result():
    galaxy = gaxel.Sersic(
        x=20.0, y=21.0, mag=17.0, zeropoint=25.0, re=4.0, n=1.5, q=0.6, theta=0.3, name="galaxy"
    )
    rng = np.random.default_rng(1)
    bands = []
    for i, wavelength in enumerate(WAVELENGTHS):
        light = [galaxy.replace(re=4.0 - 0.5 * i), gaxel.Sky(level=2.0)]
        image = gaxel.render(light, SHAPE) + rng.normal(0.0, SIGMA, SHAPE)
        bands.append(
            gaxel.Band(
                image * u.ct, SIGMA * u.ct, name="gri"[i], wavelength=wavelength, zeropoint=25.0,
                wcs=wcs_of([10.0, 10.0]), mask=np.arange(image.size).reshape(SHAPE) < 30,
            )
        )  # fmt: skip
    scene = [galaxy, gaxel.Sky(level=2.0, name="sky")]
    return gaxel.fit(bands, scene, vary={"galaxy.re": gaxel.Chebyshev(2)})


def test_a_table_has_values_errors_and_units(result, tmp_path):
    table = result.table()
    assert list(table["band"]) == ["g", "g", "r", "r", "i", "i"]
    assert list(table["kind"][:2]) == ["sersic", "sky"]
    for row, band in zip(table[::2], result.bands, strict=True):
        for key, unit in (("x", u.pix), ("mag", u.mag), ("re", u.pix), ("theta", u.rad)):
            assert row[key] == band.components[0].parameters[key] * unit
            assert row[f"{key}_err"] == band.errors[f"galaxy.{key}"] * unit
    assert table["level"].unit == u.ct / u.pix and np.isnan(table["level"][0])
    assert table["level"][1].value == pytest.approx(2.0, abs=0.1)
    assert table.meta["stop_reason"] == "converged" and table.meta["dof"] == result.dof
    table.write(tmp_path / "fit.ecsv")
    back = QTable.read(tmp_path / "fit.ecsv")
    assert back["re"].unit == u.pix and isinstance(back["sky"], SkyCoord)


def test_places_of_a_table_are_those_of_the_wcs(result):
    table = result.table()
    galaxy = result.components[0]
    expected = result.bands[0].observed.wcs.pixel_to_world(galaxy.x, galaxy.y)
    assert table["sky"][0].separation(expected) < 1e-6 * u.arcsec
    # North is +y and east -x: position angles begin at +y, where theta is 90 degrees.
    assert table["pa"][0].to_value(u.deg) == pytest.approx(
        (np.rad2deg(galaxy.theta) - 90.0) % 180.0, abs=1e-4
    )
    assert (table["re"] * table["pixel_scale"])[0].to_value(u.arcsec) == pytest.approx(
        0.36 * galaxy.re, rel=1e-6
    )


@pytest.mark.parametrize("unit", [u.MJy / u.sr, u.nJy / u.arcsec**2, u.adu / u.pix])
def test_a_flux_in_an_image_of_surface_brightness_is_a_sum_over_pixels(unit):
    """Times the pixel's solid angle it is the flux density of the sum; levels are in the image's unit."""
    light = [gaxel.Gaussian(x=15.0, y=15.0, flux=500.0, re=2.0, q=0.7, theta=0.4), gaxel.Sky(level=2.0)]
    image = gaxel.render(light, (31, 31))
    result = gaxel.fit(image * unit, light, sigma=0.1)
    table = result.table()
    assert table["level"].unit == unit == table["level_err"].unit
    assert table["flux"].unit == unit * u.pix == table["flux_err"].unit
    pixel = 0.03 * u.arcsec**2 if unit.is_equivalent(u.MJy / u.sr) else u.pix
    summed = ((image - 2.0) * unit * pixel).sum()
    assert (table["flux"][0] * pixel / u.pix).to_value(summed.unit) == pytest.approx(summed.value, rel=1e-4)
    units = {one.quantity: one.unit for one in result.derived()}
    assert units["flux"] == str(unit * u.pix)
    assert {units["i_0"], units["i_e"], units["mean_i_e"]} == {str(unit)}
    assert result.plot_profile().axes[0].get_ylabel() == f"{unit}, less sky"
    (found,) = gaxel.components_from_table(table[:1][["kind", "x", "y", "flux", "re"]], unit=unit)
    assert found.flux == pytest.approx(500.0, rel=1e-6)


def test_bands_in_units_of_two_kinds_make_no_table():
    bands = [
        gaxel.Band(np.full((9, 9), 3.0) * unit, 1.0 * unit, name=str(unit), wavelength=w, zeropoint=0.0)
        for unit, w in ((u.ct, 1.0), (u.nJy, 2.0))
    ]
    found = gaxel.fit(bands, gaxel.Sky(level=1.0))
    with pytest.raises(gaxel.InputError, match="ct / pix and nJy / pix"):
        found.table()
    bands[0] = gaxel.Band(np.full((9, 9), 3e-3) * u.uJy, 1e-3 * u.uJy, name="a", wavelength=1.0)
    table = gaxel.fit(bands, gaxel.Sky(level=1e-3)).table()
    assert table["level"].unit == u.uJy / u.pix
    np.testing.assert_allclose(table["level"].value, 3e-3, rtol=1e-6)


def test_residuals_leave_masked_pixels_out(result):
    band = result.bands[1]
    assert np.isnan(band.residual[0, :30]).all()
    chi2 = np.nansum((band.residual / band.observed.sigma) ** 2)
    assert chi2 == pytest.approx(band.chi2, rel=1e-9)


def test_images_of_a_plot_are_those_of_the_fit(result):
    figure = result.plot(clip=3.0)
    shown = [axes.images[0] for axes in figure.axes if axes.images]
    assert len(shown) == 9
    for row, band in enumerate(result.bands):
        data, model, pull = (np.ma.filled(one.get_array(), np.nan) for one in shown[3 * row : 3 * row + 3])
        np.testing.assert_array_equal(data, np.where(band.observed.used, band.observed.data, np.nan))
        np.testing.assert_array_equal(model, band.model)
        np.testing.assert_allclose(pull * SIGMA + model, data)
        assert shown[3 * row].get_clim() == shown[3 * row + 1].get_clim()
        assert shown[3 * row + 2].get_clim() == (-3.0, 3.0)
    figure.savefig(io.BytesIO())


def test_a_profile_is_the_mean_over_annuli(result):
    figure = result.plot_profile(band="r", pixel_scale=0.5)
    band = result.bands[1]
    galaxy, sky = band.components
    line = next(line for line in figure.axes[0].lines if line.get_label() == "model")
    # The innermost annulus holds pixels whose elliptical radius is below 1.
    y, x = np.indices(SHAPE)
    u_, v = x - galaxy.x, y - galaxy.y
    cos, sin = np.cos(galaxy.theta), np.sin(galaxy.theta)
    radius = np.hypot(u_ * cos + v * sin, (v * cos - u_ * sin) / galaxy.q)
    inner = band.observed.used & (radius < 1.0)
    assert line.get_xdata()[0] == pytest.approx(0.5 * radius[inner].mean())
    assert line.get_ydata()[0] == pytest.approx((band.model[inner] - sky.level).mean())
    last = line.get_xdata()[-1]
    assert last <= 0.5 * radius.max()


def test_a_plot_over_wavelength_shows_bands_and_series(result):
    figure = result.plot_wavelength("galaxy.re")
    assert [axes.get_title() for axes in figure.axes] == ["galaxy.re"]
    points, curve = figure.axes[0].lines[0], figure.axes[0].lines[-1]
    assert list(points.get_xdata()) == WAVELENGTHS
    np.testing.assert_allclose(points.get_ydata(orig=False), [band.components[0].re for band in result.bands])
    slope = np.polyfit(curve.get_xdata(), curve.get_ydata(orig=False), 1)  # two terms: a line
    np.testing.assert_allclose(np.polyval(slope, WAVELENGTHS), points.get_ydata(orig=False))
    flat = result.plot_wavelength("sky.slope_x").axes[0].lines[0]  # at rest, and not fitted
    assert list(flat.get_ydata(orig=False)) == [0.0, 0.0, 0.0]
    titles = [axes.get_title() for axes in result.plot_wavelength().axes if axes.get_visible()]
    assert titles == ["galaxy.mag", "galaxy.re", "sky.level"]


def test_cells_are_drawn_where_they_are(result):
    figure = result.plot_cells("galaxy", band="r", rtol=1e-4)
    cells = gaxel.cells(result.bands[1].components, SHAPE, component="galaxy", rtol=1e-4)
    whole, core = figure.axes
    drawn = sorted(
        tuple(path.get_extents().extents) for group in whole.collections for path in group.get_paths()
    )
    assert np.array_equal(drawn, sorted(zip(cells.x_min, cells.y_min, cells.x_max, cells.y_max, strict=True)))
    assert f"{len(cells)} cells" in whole.get_title()
    galaxy = result.bands[1].components[0]
    low, high = core.get_xlim()
    assert low < galaxy.x < high and high - low < 20.0
    told = [text.get_text() for text in figure.legends[0].get_texts()]
    assert sum(int(text.split()[0]) for text in told) == len(cells)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda r: r.plot(cmap="nothing"), "cmap = 'nothing'"),
        (lambda r: r.plot(clip=-1.0), "clip = -1"),
        (lambda r: r.plot_profile("sky"), "component = 'sky'"),
        (lambda r: r.plot_profile(band="z"), "band = 'z'"),
        (lambda r: r.plot_profile(pixel_scale="a"), "pixel_scale = 'a'"),
        (lambda r: r.plot_wavelength("galaxy.size"), "parameters = 'galaxy.size'"),
        (lambda r: r.plot_cells("sky"), "component = 'sky'"),
        (lambda r: r.plot_cells(band="z"), "plot_cells: band = 'z'"),
        (lambda r: r.plot_cells(rtol=-1.0), "rtol = -1"),
    ],
)
def test_plots_that_cannot_be_are_refused(result, call, words):
    with pytest.raises(gaxel.InputError, match=words):
        call(result)


def test_notebooks_show_values_and_pictures(result):
    galaxy = result.components[0].replace(name="a<b")
    page = galaxy._repr_html_()
    assert "a&lt;b" in page and f"{galaxy.re:.8g}" in page and "a<b" not in page
    image = gaxel.render(gaxel.Gaussian(x=5, y=5, flux=1, re=1, q=1, theta=0), (11, 11))
    for shown in (result.bands[0].observed, gaxel.Psf(image)):
        assert "data:image/png;base64," in shown._repr_html_()
    assert "MoffatPsf" in gaxel.MoffatPsf(3.0, 2.5)._repr_html_()
    page = result._repr_html_()
    for name, value in zip(result.parameter_names, result.values, strict=True):
        assert name in page and f"{value:.8g}" in page


def test_results_are_pickled_with_what_was_fitted(result):
    back = pickle.loads(pickle.dumps(result))
    np.testing.assert_array_equal(back.bands[2].observed.data, result.bands[2].observed.data)
    assert repr(back.table()) == repr(result.table())


@pytest.fixture(scope="module")
def image():
    galaxy = gaxel.Gaussian(x=9.0, y=9.0, flux=500.0, re=3.0, q=0.7, theta=0.4)
    return gaxel.render(galaxy, (20, 20)) + np.random.default_rng(2).normal(0.0, 0.1, (20, 20))


START = gaxel.Gaussian(x=10.0, y=8.5, flux=400.0, re=2.0, q=0.9, theta=0.1)


def test_iterations_and_ends_are_logged(image, caplog):
    with caplog.at_level(logging.DEBUG, "gaxel"):
        result = gaxel.fit(image, START, sigma=0.1)
    lines = [record for record in caplog.records if record.name == "gaxel"]
    assert sum(record.levelno == logging.DEBUG for record in lines) >= result.iterations
    assert lines[-1].levelno == logging.INFO and f"{result.chi2:.8g}" in lines[-1].getMessage()
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "gaxel"):
        stopped = gaxel.fit(image, START, sigma=0.1, progress=lambda now: False)
    assert stopped.stop_reason == "cancelled"


@pytest.mark.parametrize("has_tqdm", [True, False])
def test_a_bar_follows_the_fit(image, capsys, monkeypatch, has_tqdm):
    if has_tqdm:
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    result = gaxel.fit(image, START, sigma=0.1, progress=True)
    shown = capsys.readouterr().err
    assert f"{result.iterations}" in shown.split("\r")[-1] and "chi2" in shown and shown.endswith("\n")


def test_a_ladder_takes_a_bar_too(image, capsys, caplog):
    with caplog.at_level(logging.INFO, "gaxel"):
        ladder = gaxel.fit_ladder(image, START, sigma=0.1, progress=True)
    assert "chi2" in capsys.readouterr().err
    told = [record.getMessage() for record in caplog.records if record.name == "gaxel"]
    assert [f"{ladder[rung].chi2:.8g}" in line for rung, line in zip(ladder, told, strict=True)] == [True] * 4


def test_psfs_that_vary_read_well():
    image = gaxel.render(gaxel.Gaussian(x=5, y=5, flux=1, re=1, q=1, theta=0), (11, 11))
    grid = gaxel.PsfGrid([image] * 4, [(0.0, 0.0), (9.0, 0.0), (0.0, 9.0), (9.0, 9.0)])
    assert repr(grid) == (
        "PsfGrid(4 images of shape (11, 11), (0.0, 0.0) to (9.0, 9.0), oversample=1, pixel_in_psf='own')"
    )
    assert "PsfGrid(4 images" in grid._repr_html_()


def test_no_progress_and_wrong_progress(image, capsys):
    gaxel.fit(image, START, sigma=0.1, progress=False)
    assert capsys.readouterr().err == ""
    with pytest.raises(gaxel.InputError, match="progress = 3"):
        gaxel.fit(image, START, sigma=0.1, progress=3)
