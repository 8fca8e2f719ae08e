"""The cells of a component: that they fill the image, and what is told of them."""

import gaxel
import numpy as np
import pytest

SHAPE = (60, 70)
SERSIC = gaxel.Sersic(x=31.3, y=28.4, flux=1000.0, re=6.0, n=3.0, q=0.6, theta=0.4)
SKY = gaxel.Sky(level=2.0)


def nuker(**more):
    values = {"x": 31.3, "y": 28.4, "ib": 4.0, "rb": 6.0, "alpha": 2.0, "beta": 1.4, "gamma": 0.2, "q": 0.6}
    return gaxel.Nuker(**values, theta=0.4, **more)


@pytest.mark.parametrize("component", [SERSIC, nuker()], ids=["sersic", "nuker"])
def test_every_point_lies_in_one_cell(component):
    found = gaxel.cells(component, SHAPE)
    rng = np.random.default_rng(3)
    anywhere = rng.uniform((-0.5, -0.5), (SHAPE[1] - 0.5, SHAPE[0] - 0.5), (4000, 2))
    centre = rng.normal((31.3, 28.4), 1.0, (4000, 2))
    x, y = np.concatenate([anywhere, centre]).T[:, :, None]
    inside = (found.x_min <= x) & (x < found.x_max) & (found.y_min <= y) & (y < found.y_max)
    assert np.all(inside.sum(axis=1) == 1)


def test_sizes_are_as_the_levels_tell():
    found = gaxel.cells(SERSIC, SHAPE)
    width, height = found.x_max - found.x_min, found.y_max - found.y_min
    tile = found.kind == "tile"
    assert tile.any() and np.all(np.maximum(width, height)[tile] <= 2.0 ** found.level[tile])
    for kind, level in (("pixel", 0), ("cusp", 0)):
        chosen = found.kind == kind
        assert chosen.any()
        assert (
            np.all(found.level[chosen] == level)
            and np.all(width[chosen] == 1.0)
            and np.all(height[chosen] == 1.0)
        )
    part = found.kind == "part"
    assert np.all(np.minimum(width, height)[part] == 2.0 ** found.level[part])
    # The cusp is where the centre is.
    inside = (found.x_min <= 31.3) & (31.3 < found.x_max) & (found.y_min <= 28.4) & (28.4 < found.y_max)
    assert found.kind[inside].tolist() == ["cusp"]
    assert np.all((found.nodes_x == 0) == (found.kind == "cusp"))


def test_nodes_are_those_that_a_render_evaluates():
    found = gaxel.cells(SERSIC, SHAPE)
    _, certificate = gaxel.render(SERSIC, SHAPE, certificate=True)
    assert (found.nodes_x * found.nodes_y).sum() == certificate.n_evaluations
    assert len(found) == sum(certificate.tiles_per_size) + sum(certificate.cells_per_level)
    assert f"{certificate.n_evaluations} nodes" in repr(found)


def test_the_component_is_chosen_by_itself_or_its_name():
    other = nuker(name="core")
    components = [SKY, SERSIC, other]
    first = gaxel.cells(components, SHAPE)
    assert np.array_equal(first.nodes_x, gaxel.cells(components, SHAPE, component=SERSIC).nodes_x)
    assert np.array_equal(first.nodes_x, gaxel.cells(components, SHAPE, component="sersic1").nodes_x)
    by_name = gaxel.cells(components, SHAPE, component="core")
    assert np.array_equal(by_name.x_min, gaxel.cells(components, SHAPE, component=other).x_min)
    assert len(by_name) != len(first)
    for wrong in ("sky1", "bulge", SKY):
        with pytest.raises(gaxel.InputError, match="component.*none that is integrated.*sersic1, core"):
            gaxel.cells(components, SHAPE, component=wrong)
    with pytest.raises(gaxel.InputError, match="a galaxy's profile"):
        gaxel.cells(SKY, SHAPE)


def test_through_a_psf_the_grid_is_wider():
    found = gaxel.cells(nuker(), SHAPE, gaxel.GaussianPsf(fwhm=2.5))
    assert found.x_min.min() < -0.5 and found.x_max.max() > SHAPE[1] - 0.5
