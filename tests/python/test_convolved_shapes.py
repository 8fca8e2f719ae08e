"""Light whose transform is not known through a PSF, against brute force: pixels within the tolerance and within what is
certified, derivatives, the adjoint, threads."""

import gaxel
import numpy as np
import pytest
from convolved_truth import convolved_light, convolved_pixel, gaussian_kernel
from shape_truth import sersic_light

SHAPE = (36, 40)
GALAXIES = {
    "boxy and lopsided": dict(x=19.3, y=17.8, re=4.0, n=2.5, q=0.6, theta=0.7, c0=0.4, f1=0.1, f1_phase=0.5),
    "steep, modes": dict(x=18.5, y=18.5, re=1.5, n=4.0, q=0.8, theta=0.2, f3=0.08, f3_phase=0.3),
    "thin and bent": dict(x=20.0, y=16.0, re=9.0, n=1.0, q=0.12, theta=0.5, b2=1.0),
    "at the border": dict(x=-2.3, y=20.2, re=8.0, n=3.0, q=0.7, theta=0.3, f1=0.15, f1_phase=0.0),
}  # fmt: skip
PSFS = {
    "image": (1.486, lambda: gaxel.Psf(gaussian_kernel(1.486, 2), oversample=2)),
    "sharp": (0.7, lambda: gaxel.GaussianPsf(fwhm=0.7 * np.sqrt(8 * np.log(2)))),
    "smooth": (2.5, lambda: gaxel.GaussianPsf(fwhm=2.5 * np.sqrt(8 * np.log(2)))),
}


def galaxy_of(name):
    return dict(GALAXIES[name], flux=100.0)


@pytest.mark.parametrize("psf", PSFS)
@pytest.mark.parametrize("name", GALAXIES)
def test_pixels_are_those_of_brute_force(name, psf):
    sigma, make = PSFS[psf]
    galaxy = galaxy_of(name)
    image, certificate = gaxel.render([gaxel.Sersic(**galaxy)], SHAPE, psf=make(), certificate=True)
    assert certificate.estimated
    assert not certificate.limit_hit
    light = sersic_light(galaxy)
    peak_row, peak_col = np.unravel_index(image.argmax(), SHAPE)
    for col, row in [(peak_col, peak_row), (peak_col + 2, peak_row - 1), (2, 30)]:
        exact = convolved_light(light, col, row, sigma, 1e-9, 1e-11)
        error = abs(image[row, col] - exact)
        assert error <= 1e-9 * 100 + 1e-6 * abs(exact), (col, row)
        assert error <= certificate.bound[row, col] + 1e-9, (col, row)


PLACE = dict(x=19.3, y=17.8, theta=0.7)
KINDS = {
    "nuker": gaxel.Nuker(**PLACE, ib=10.0, rb=4.0, alpha=2.0, beta=2.5, gamma=0.3, q=0.6),
    "core-sersic": gaxel.CoreSersic(**PLACE, ib=10.0, rb=2.0, re=6.0, n=3.0, alpha=5.0, gamma=0.2, q=0.6),
    "broken": gaxel.BrokenExponential(**PLACE, flux=10.0, h1=5.0, h2=2.0, rb=7.0, alpha=1.0, q=0.6),
    "ring": gaxel.GaussianRing2Side(**PLACE, flux=10.0, r=7.0, sigma_in=1.0, sigma_out=3.0, q=0.6),
    "edge-on": gaxel.EdgeOnDiscN(**PLACE, flux=10.0, h=5.0, z0=1.5, n=2.0),
    "boxy": gaxel.Sersic(**PLACE, flux=10.0, re=4.0, n=4.0, q=0.6, c0=0.5),
    "stamp": gaxel.ImageLight(image=np.ones((7, 9)), **PLACE, flux=10.0, scale=1.3),
}  # fmt: skip


@pytest.mark.parametrize(
    "psf", [gaxel.GaussianPsf(fwhm=3.5), gaxel.MoffatPsf(fwhm=3.5, beta=3.0)], ids=["gaussian", "moffat"]
)
@pytest.mark.parametrize("name", KINDS)
def test_bounds_keep_the_tolerance_and_hold_what_a_finer_one_tells(name, psf):
    image, certificate = gaxel.render([KINDS[name]], SHAPE, psf=psf, certificate=True)
    assert certificate.n_over == 0
    finer = gaxel.render([KINDS[name]], SHAPE, psf=psf, rtol=1e-9, atol=1e-12)
    assert (abs(image - finer) <= certificate.bound).all()


def differences(value, parameters, name):
    """d value / d parameter, from five places about it."""
    step = {"x": 0.05, "y": 0.05, "flux": 1.0, "n": 0.05, "q": 0.02, "theta": 0.03}.get(name, 0.02)
    at = [value(parameters | {name: parameters[name] + k * step}) for k in (-2, -1, 1, 2)]
    return (at[0] - 8 * at[1] + 8 * at[2] - at[3]) / (12 * step)


@pytest.mark.parametrize("name", ["boxy and lopsided", "ellipse"])
def test_derivatives_are_those_of_brute_force(name):
    sigma = 1.486
    ellipse = dict(x=19.3, y=17.8, flux=100.0, re=4.0, n=2.5, q=0.6, theta=0.7)
    galaxy = ellipse if name == "ellipse" else galaxy_of(name)
    psf = gaxel.Psf(gaussian_kernel(sigma, 2), oversample=2)
    component = gaxel.Sersic(**galaxy)
    _, jacobian = gaxel.render_with_jacobian([component], SHAPE, psf=psf)
    col, row = 20, 17

    def exact(parameters):
        if name == "ellipse":
            return convolved_pixel(col, row, parameters, sigma)
        return convolved_light(sersic_light(parameters), col, row, sigma, 1e-10, 1e-12)

    labels = [label.split(".")[-1] for label in gaxel.parameter_names([component])]
    assert set(labels) >= {"x", "y", "flux", "re", "n", "q", "theta"}
    for derivative, label in zip(jacobian, labels, strict=True):
        if label not in galaxy:  # of the shape, and 0 here
            continue
        error = abs(derivative[row, col] - differences(exact, galaxy, label))
        assert error <= 1e-6 * abs(derivative).max(), label


def lopsided(shift):
    rows, cols = np.indices((15, 15))
    return gaxel.Psf(
        np.exp(-0.5 * (((cols - 7.3 - shift) / 1.9) ** 2 + ((rows - 6.8) / 1.5) ** 2)), center=(7, 7)
    )


@pytest.mark.filterwarnings("ignore::gaxel.PsfWarning")
def test_adjoint_and_threads_with_several_psfs_and_all_sorts_of_light():
    one, other = lopsided(0.0), lopsided(0.4)
    field = [
        gaxel.Sersic(name="shaped", **galaxy_of("boxy and lopsided")),
        gaxel.Sersic(name="plain", x=9.0, y=25.2, flux=50.0, re=3.0, n=4.0, q=0.6, theta=0.1, psf=other),
        gaxel.EdgeOnDisc(name="disc", x=25.3, y=12.1, flux=70.0, rs=6.0, hs=0.8, theta=0.5, psf=other),
        gaxel.PointSource(name="star", x=30.3, y=25.4, flux=20.0),
        gaxel.PointSource(name="far star", x=42.3, y=25.4, flux=20.0, psf=other),
        gaxel.Sersic(name="bare", x=5.0, y=5.2, flux=5.0, re=3.0, n=1.0, q=0.6, theta=0.1, psf=False),
    ]
    random = np.random.default_rng(5)
    image, jacobian = gaxel.render_with_jacobian(field, SHAPE, one, threads=1)
    v = random.normal(size=len(jacobian))
    w = random.normal(size=SHAPE)
    gradient = gaxel.vjp(field, w, one, threads=1)
    terms = v[:, None, None] * jacobian * w
    assert abs(terms.sum() - v @ gradient) <= 1e-13 * np.abs(terms).sum()
    for threads in (2, 5):
        again, jacobian_again = gaxel.render_with_jacobian(field, SHAPE, one, threads=threads)
        np.testing.assert_array_equal(again, image)
        np.testing.assert_array_equal(jacobian_again, jacobian)
        np.testing.assert_array_equal(gaxel.vjp(field, w, one, threads=threads), gradient)


@pytest.mark.parametrize("name", ["boxy and lopsided", "steep, modes"])
def test_flux_is_conserved_and_light_from_outside_counts(name):
    galaxy = dict(galaxy_of(name), x=60.3, y=57.8, n=1.0, re=2.5)
    component = gaxel.Sersic(**galaxy)
    psf = gaxel.GaussianPsf(fwhm=4.0)
    image = gaxel.render([component], (116, 120), psf=psf)
    assert image.sum() == pytest.approx(100.0, abs=1e-6)
    # A galaxy just beyond the image: the part that the PSF brings in is that of the larger image.
    cut = gaxel.render([component.replace(x=60.3 - 62.0)], (116, 40), psf=psf)
    np.testing.assert_allclose(cut, image[:, 62:102], rtol=1e-6, atol=1e-7)
