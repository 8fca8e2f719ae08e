"""Images of all kinds of surfaces and shapes by gaxel._executor, and their derivatives, against the core's on the same
cells, which are tested elsewhere; derivatives of second order against differences."""

import gaxel
import gaxel.jax as gaxel_jax
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gaxel import _core
from gaxel._executor.surface import Surface
from gaxel._executor.surfaces import Surfaces
from gaxel._parameters import as_list, core_components, slots_of
from gaxel._psf import core_psfs_of
from jax.test_util import check_grads
from law_sample import KINDS, draw

SHAPE = (16, 18)
PSF = gaxel.GaussianPsf(fwhm=2.5)
PLACE = {"x": 8.3, "y": 7.4, "flux": 80.0, "q": 0.6, "theta": 0.7}
CUT = gaxel.Truncation(x=8.1, y=7.6, rbreak=3.0, softening=2.0, q=0.9, f2=0.1, f2_phase=0.4)
ELLIPTICAL = ("sersic", "exponential", "devaucouleurs", "gaussian", "moffat", "king", "ferrers")
SURFACES = [name for name in KINDS if KINDS[name]._kind.is_integrated]


@pytest.fixture(autouse=True)
def _float64():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


SCENES = {
    "bent sersic": [gaxel.Sersic(re=3.0, n=2.2, b1=0.3, b2=0.5, b3=-0.1, **PLACE)],
    "soft exponential": [gaxel.Exponential(re=3.0, soft=0.6, **PLACE)],
    "boxy de vaucouleurs": [gaxel.DeVaucouleurs(re=3.0, c0=0.7, **PLACE)],
    "lopsided gaussian": [gaxel.Gaussian(re=3.0, asymmetry=0.4, asymmetry_angle=0.3, **PLACE)],
    "moffat with modes": [gaxel.Moffat(fwhm=3.0, beta=2.5, f1=0.1, f1_phase=0.2, f3=0.05, f3_phase=1.0, **PLACE)],
    "discy king": [gaxel.King(rc=1.5, rt=6.0, alpha=1.7, c0=-0.5, f4=0.03, f4_phase=0.1, **PLACE)],
    "spiral ferrers": [gaxel.Ferrers(rout=6.0, alpha=2.0, beta=0.3, spiral_angle=1.2, spiral_rin=1.0, spiral_rout=7.0,
                                     spiral_power=0.4, spiral_inclination=0.5, spiral_node=0.3, **PLACE)],
    "wound exponential": [gaxel.Exponential(re=3.0, logspiral_angle=1.2, logspiral_rin=1.0, logspiral_rout=7.0,
                                            logspiral_scale=2.0, logspiral_inclination=0.4, logspiral_node=0.2, **PLACE)],
    "soft lopsided nuker": [gaxel.Nuker(x=8.3, y=7.4, ib=3.0, rb=2.0, alpha=2.0, beta=2.5, gamma=0.9, soft=0.4,
                                        asymmetry=0.2, asymmetry_angle=0.5)],
    "a cut that two share": [
        gaxel.Sersic(re=3.0, n=1.5, inner=[CUT], **PLACE),
        gaxel.Exponential(x=8.0, y=7.7, ibreak=4.0, re=2.0, q=0.7, theta=0.2, outer=[CUT]),
    ],
    "brightness": [gaxel.Sersic(x=8.3, y=7.4, re=3.0, n=1.5, i0=50.0, c0=0.3)],
    "two laws": [draw(KINDS["FlatBar"], 1, x=8.3, y=7.4), draw(KINDS["Nuker"], 2, x=7.9, y=7.1)],
}  # fmt: skip
"""Each option at least once."""


def models(components, psf):
    """The core's model of components, and the executor's image as a function of the same arguments."""
    core = gaxel_jax.Model(components, SHAPE, psf, plan="static")
    components = as_list(components, "test")
    slots = slots_of(components, "test")
    psfs, numbers = core_psfs_of(psf, components, SHAPE)
    listed = core_components(components, slots, numbers, SHAPE, "test")
    (group,) = _core.export_plan(listed, *SHAPE, psfs, 1e-6, 1e-9)["groups"]
    assert {one["family"] for one in group["components"]} <= {"surface", "truncation"}
    surfaces = Surfaces(group)
    ends = np.cumsum([len(one["values"]) for one in group["components"]])[:-1]
    places = [i for i, slot in enumerate(slots) if slot.name in core.names]
    all_values = jnp.array(np.concatenate([one["values"] for one in group["components"]]))

    def image(values):
        parts = jnp.split(all_values.at[jnp.array(places)].set(values), ends)
        return surfaces.image(parts) if psf is None else seen(surfaces.spectrum(parts))

    def seen(spectrum):
        convolver = group["convolvers"][surfaces.convolver]
        response = np.reshape(convolver["transfer"]["re"] + 1j * convolver["transfer"]["im"], spectrum.shape)
        response[np.arange(spectrum.shape[1]) >= convolver["used"][:, None]] = 0.0
        response[:, 1:] *= 2.0
        ny, nx = convolver["padded"]
        rows = np.rint(convolver["ky"] * ny / (2.0 * np.pi)).astype(int) % ny
        columns = np.arange(spectrum.shape[1]) % nx
        folded = jnp.zeros((ny, nx), complex).at[rows[:, None], columns].add(spectrum * response)
        return ny * nx * jnp.fft.ifft2(folded).real[: SHAPE[0], : SHAPE[1]]

    return core, image


def check_image_and_jacobian(components):
    core, own = models(components, None)
    expected = core.image(core.start)

    @jax.jit
    def both(values):
        return jax.jacfwd(lambda values: (image := own(values), image), has_aux=True)(values)

    jacobian, image = both(jnp.array(core.start))
    np.testing.assert_allclose(image, expected, rtol=0.0, atol=1e-13 * np.abs(expected).max())
    truth = jax.jacfwd(core.image)(core.start)
    for i, name in enumerate(core.names):
        np.testing.assert_allclose(
            jacobian[..., i], truth[..., i], rtol=0.0, atol=1e-10 * np.abs(truth[..., i]).max(), err_msg=name
        )


def check_through_a_psf(components):
    """The image, and its derivative along a direction in which all arguments count."""
    core, own = models(components, PSF)
    start = jnp.array(core.start)
    jacobian = jax.jacfwd(core.image)(start)
    direction = np.random.default_rng(1).uniform(0.5, 1.0, len(start)) / np.abs(jacobian).max((0, 1))
    image, derivative = jax.jit(lambda *at: jax.jvp(own, at[:1], at[1:]))(start, direction)
    expected = core.image(start)
    np.testing.assert_allclose(image, expected, rtol=0.0, atol=1e-12 * np.abs(expected).max())
    np.testing.assert_allclose(derivative, jacobian @ direction, rtol=0.0, atol=1e-10)


def surface_of(name):
    """A component of that kind; those that are no surfaces by themselves are made one by an option."""
    options = {"asymmetry": 0.2, "asymmetry_angle": 0.4} if KINDS[name]._kind.base_name in ELLIPTICAL else {}
    return [draw(KINDS[name], 1, x=8.3, y=7.4, **options)]


@pytest.mark.parametrize("name", SURFACES)
def test_every_kind_is_the_core_s(name):
    check_image_and_jacobian(surface_of(name))


@pytest.mark.parametrize("name", SCENES)
def test_every_shape_is_the_core_s(name):
    check_image_and_jacobian(SCENES[name])


@pytest.mark.parametrize("name", SURFACES)
def test_every_kind_is_the_core_s_through_a_psf(name):
    check_through_a_psf(surface_of(name))


@pytest.mark.parametrize("name", SCENES)
def test_every_shape_is_the_core_s_through_a_psf(name):
    check_through_a_psf(SCENES[name])


@pytest.mark.parametrize("psf", [None, PSF], ids=["no psf", "psf"])
def test_second_derivatives_are_those_of_differences(psf):
    components = [
        gaxel.Nuker(
            x=8.3, y=7.4, ib=3.0, rb=2.0, alpha=2.0, beta=2.5, gamma=0.9, b2=0.3, f3=0.05, f3_phase=0.3
        )
    ]
    _, own = models(components, psf)
    core = gaxel_jax.Model(components, SHAPE, psf)
    check_grads(jax.jit(lambda values: jnp.sum(own(values) ** 2)), (jnp.array(core.start),), order=2)


def test_a_kind_without_a_law_says_so():
    with pytest.raises(NotImplementedError, match="'truncation'"):
        Surface([{"kind": "truncation", "inner": [], "outer": []}], 0)
