"""Cut-outs and neighbours against the same rules written out pixel by pixel."""

import numpy as np
import pytest
from gaxel.survey._cutout import make_cutout
from gaxel.survey._flags import Flag
from gaxel.survey._images import difference_noise
from gaxel.survey._sources import empty_sources
from gaxel.survey.settings import CutoutSettings, NeighbourSettings

SHAPE = (200, 300)


def sources_of(*rows):
    """Sources at (x, y, kron, q, theta, flux)."""
    sources = empty_sources(len(rows))
    for i, row in enumerate(rows):
        sources["row"][i] = i
        for name, value in zip(("x", "y", "kron", "q", "theta", "flux"), row, strict=True):
            sources[name][i] = value
    return sources


def is_inside(source, x, y, scale):
    """Whether a point lies in a source's ellipse."""
    turned = (x - source["x"] + 1j * (y - source["y"])) * np.exp(-1j * source["theta"])
    return (turned.real / source["kron"]) ** 2 + (turned.imag / source["kron"] / source["q"]) ** 2 < scale**2


def cut(sources, cutout=None, rule=None):
    return make_cutout(sources[0], sources, SHAPE, cutout or CutoutSettings(), rule or NeighbourSettings())


@pytest.mark.parametrize(("q", "theta"), [(1.0, 0.0), (0.3, 0.0), (0.3, 1.2), (0.6, -0.7)])
def test_the_box_holds_the_ellipse_and_not_much_more(q, theta):
    sources = sources_of((150.0, 100.0, 12.0, q, theta, 1e3))
    x0, x1, y0, y1 = cut(sources, CutoutSettings(factor=2.5, min_size=8)).box
    x, y = np.meshgrid(np.arange(300), np.arange(200))
    inside = is_inside(sources[0], x, y, 2.5)
    columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
    assert x0 in (columns[0] - 1, columns[0]) and x1 - 1 in (columns[-1], columns[-1] + 1)
    assert y0 in (rows[0] - 1, rows[0]) and y1 - 1 in (rows[-1], rows[-1] + 1)


def test_sizes_are_limited_and_said_to_be():
    large = cut(sources_of((150.0, 100.0, 40.0, 1.0, 0.0, 1e3)), CutoutSettings(max_size=64))
    assert large.box == (118, 182, 68, 132) and large.flags == Flag.CAPPED
    small = cut(sources_of((150.0, 100.0, 1.0, 1.0, 0.0, 1e3)), CutoutSettings(min_size=32))
    assert small.box == (134, 166, 84, 116) and small.flags == 0
    edge = cut(sources_of((5.0, 100.0, 10.0, 1.0, 0.0, 1e3)))
    assert edge.box[0] == 0 and edge.flags == Flag.AT_EDGE
    assert cut(sources_of((-3.0, 100.0, 10.0, 1.0, 0.0, 1e3))) is None


def test_pixels_belong_to_the_source_whose_ellipse_is_nearer():
    sources = sources_of((150.0, 100.0, 12.0, 0.5, 0.4, 1e3), (165.0, 104.0, 9.0, 0.7, -0.9, 1e3))
    rule = NeighbourSettings(max_fitted=0, mask_scale=1.5)
    found = cut(sources, rule=rule)
    x0, x1, y0, y1 = found.box
    x, y = np.meshgrid(np.arange(x0, x1), np.arange(y0, y1))
    expected = np.zeros(x.shape, bool)
    for scale in np.linspace(0.01, 1.5, 3000):  # the ellipses grow together; who is there first has the pixel
        expected |= is_inside(sources[1], x, y, scale) & ~is_inside(sources[0], x, y, scale)
    new = expected & is_inside(sources[1], x, y, 1.5)
    owner = np.full(x.shape, 0)
    for scale in np.linspace(1.5, 0.001, 3000):
        owner[is_inside(sources[0], x, y, scale)] = 1
        owner[is_inside(sources[1], x, y, scale) & ~is_inside(sources[0], x, y, scale)] = 2
    assert np.count_nonzero(found.masked != ((owner == 2) & new)) <= 2  # ties
    assert found.masked.sum() > 100 and not found.masked[100 - y0, 150 - x0]
    assert found.n_masked == 1
    np.testing.assert_array_equal(found.inside, is_inside(sources[0], x, y, 1.0))


def test_masks_leave_neighbours_that_are_fitted_alone():
    """A bright source whose centre lies outside the cut-out is masked up to where the fitted neighbour is nearer."""
    sources = sources_of(
        (100.0, 100.0, 15.0, 1.0, 0.0, 1e3),
        (125.0, 100.0, 10.0, 1.0, 0.0, 1e3),
        (152.0, 100.0, 20.0, 1.0, 0.0, 1e5),
    )
    found = cut(sources)
    assert found.fitted["row"].tolist() == [0, 1]
    x0, x1, y0, y1 = found.box
    x, y = np.meshgrid(np.arange(x0, x1), np.arange(y0, y1))
    radii = [np.hypot(x - one["x"], y - one["y"]) / one["kron"] for one in sources]
    np.testing.assert_array_equal(found.masked, (radii[2] < 2.0) & (radii[2] < np.minimum(*radii[:2])))
    assert not found.masked[100 - y0, 125 - x0] and found.masked[100 - y0, 136 - x0]


def test_which_neighbours_are_fitted():
    sources = sources_of(
        (150.0, 100.0, 10.0, 1.0, 0.0, 1e3),
        (165.0, 100.0, 10.0, 1.0, 0.0, 1e3),  # 15 away, radii 10 + 10: overlaps
        (150.0, 118.0, 10.0, 1.0, 0.0, 20.0),  # overlaps, 4.2 magnitudes fainter
        (150.0, 82.0, 10.0, 1.0, 0.0, np.nan),  # overlaps, of no known flux
        (127.0, 100.0, 10.0, 1.0, 0.0, 1e5),  # 23 away: does not overlap
        (132.0, 84.0, 10.0, 0.3, np.arctan2(16.0, 18.0), 1e3),  # 24 away, but its long axis points here
    )
    rule = NeighbourSettings(overlap=1.0, fainter=3.0)
    assert cut(sources, rule=rule).fitted["row"].tolist() == [0, 1, 3]
    wider = NeighbourSettings(overlap=1.25, fainter=5.0)
    assert cut(sources, rule=wider).fitted["row"].tolist() == [0, 1, 2, 3, 4, 5]
    found = cut(sources, rule=NeighbourSettings(overlap=1.25, fainter=5.0, max_fitted=2))
    assert found.fitted["row"].tolist() == [0, 1, 2]
    assert found.flags == Flag.NEIGHBOURS | Flag.CROWDED


def test_other_planes_of_a_stack_are_not_seen():
    sources = sources_of((20.0, 20.0, 10.0, 1.0, 0.0, 1e3), (22.0, 20.0, 10.0, 1.0, 0.0, 1e3))
    sources["plane"] = [0, 1]
    found = make_cutout(sources[0], sources, (41, 43), CutoutSettings(), NeighbourSettings())
    assert found.box == (0, 43, 0, 41) and len(found.fitted) == 1 and not found.masked.any()


def test_noise_is_measured_beside_light():
    random = np.random.default_rng(4)
    y, x = np.mgrid[:200, :200]
    light = 50.0 * np.exp(-((x - 90.0) ** 2 + (y - 100.0) ** 2) / (2.0 * 25.0**2))
    bad = random.uniform(size=light.shape) < 0.01
    data = np.where(bad, 1e6, light + 2.5 * random.standard_normal(light.shape))
    assert difference_noise(data, bad) == pytest.approx(2.5, rel=0.03)
    assert np.isnan(difference_noise(data, np.ones_like(bad)))
