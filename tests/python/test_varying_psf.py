"""PSFs that change over the image: grids of images, and PSFEx's polynomials evaluated term by term."""

import pickle
from pathlib import Path

import gaxel
import numpy as np
import pytest
from psfex_writer import write_psfex

RNG = np.random.default_rng(11)


def masks(n_terms: int, size: int = 15, seed: int = 3) -> np.ndarray:
    """A Gaussian and, for the other terms, small changes of it."""
    rng = np.random.default_rng(seed)
    offset = np.arange(size) - size // 2
    gaussian = np.exp(-(offset[:, np.newaxis] ** 2 + offset**2) / 8.0)
    gaussian /= gaussian.sum()
    mask = np.array([gaussian, *(0.1 * gaussian * rng.normal(size=(n_terms - 1, size, size)))])
    return mask.astype(np.float32).astype(float)


def normalised(image: np.ndarray) -> np.ndarray:
    return image / image.sum()


def test_psfex_polynomial_in_x_and_y(tmp_path: Path) -> None:
    """One group of degree 2: 1, x, x^2, y, x y, y^2 (x fastest), x = (X_IMAGE - zero) / scale from 1."""
    mask = masks(6)
    psf = gaxel.Psfex(write_psfex(tmp_path / "a.psf", mask, step=0.75))
    for column, row in [(0.0, 0.0), (500.25, 3100.0), (2047.0, 4095.0)]:
        x = (column + 1.0 - 1024.5) / 2047.0
        y = (row + 1.0 - 2048.5) / 4095.0
        terms = [1.0, x, x**2, y, x * y, y**2]
        made = psf.at(column, row)
        np.testing.assert_allclose(made.kernel, normalised(np.tensordot(terms, mask, 1)), atol=1e-16)
        assert made.oversample == pytest.approx(1.0 / 0.75)
        assert made.pixel_in_psf == "data"


def test_psfex_axes_in_groups_of_their_own(tmp_path: Path) -> None:
    """Degrees 1 in the first axis, here y, and 2 in the second: every product of both."""
    mask = masks(6)
    path = write_psfex(
        tmp_path / "b.psf", mask, names=("Y_IMAGE", "X_IMAGE"), groups=(1, 2), degrees=(1, 2),
        zeros=(10.0, 20.0), scales=(5.0, 8.0),
    )  # fmt: skip
    y, x = (14.0 + 1.0 - 10.0) / 5.0, (3.0 + 1.0 - 20.0) / 8.0
    terms = [1.0, y, x, y * x, x**2, y * x**2]
    np.testing.assert_allclose(
        gaxel.Psfex(path).at(3.0, 14.0).kernel, normalised(np.tensordot(terms, mask, 1)), atol=1e-15
    )


def test_psfex_constant_and_cutouts(tmp_path: Path) -> None:
    constant = gaxel.Psfex(
        write_psfex(tmp_path / "c.psf", masks(1), names=(), zeros=(), scales=(), groups=(), degrees=())
    )
    np.testing.assert_allclose(constant.at(7.0, 8.0).kernel, normalised(masks(1)[0]), atol=1e-16)
    path = write_psfex(tmp_path / "d.psf", masks(6))
    whole, cutout = gaxel.Psfex(path), gaxel.Psfex(path, origin=(300, 200))
    np.testing.assert_array_equal(cutout.at(5.0, 6.0).kernel, whole.at(305.0, 206.0).kernel)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"POLNAME2": "MAG_AUTO"}, "POLNAME2"),
        ({"POLNAME2": "X_IMAGE"}, "POLNAME2"),
        ({"PSF_SAMP": None}, "PSF_SAMP"),
        ({"PSF_SAMP": -1.0}, "PSF_SAMP"),
        ({"POLDEG1": 3}, "PSFAXIS3"),
        ({"POLDEG1": "two"}, "POLDEG1"),
        ({"POLSCAL1": 0.0}, "POLSCAL1"),
        ({"POLZERO2": None}, "POLZERO2"),
        ({"POLNAXIS": 3}, "POLNAXIS"),
        ({"PSFAXIS1": 14}, "PSF_MASK"),
    ],
)
def test_psfex_files_that_are_wrong(tmp_path: Path, changes: dict[str, object], key: str) -> None:
    path = write_psfex(tmp_path / "bad.psf", masks(6), **changes)
    with pytest.raises(gaxel.InputError, match=key) as error:
        gaxel.Psfex(path)
    assert "bad.psf" in str(error.value)


def test_psfex_without_its_table(tmp_path: Path) -> None:
    from astropy.io import fits

    fits.PrimaryHDU(np.ones((3, 3))).writeto(tmp_path / "image.fits")
    with pytest.raises(gaxel.InputError, match="PSF_DATA"):
        gaxel.Psfex(tmp_path / "image.fits")


def grid_psf() -> gaxel.PsfGrid:
    images = [normalised(np.abs(masks(2, seed=seed).sum(axis=0))) for seed in range(4)]
    return gaxel.PsfGrid(images, [(10.0, 10.0), (50.0, 10.0), (10.0, 40.0), (50.0, 40.0)])


def test_every_component_has_the_psf_of_its_centre() -> None:
    psf = grid_psf()
    components = [
        gaxel.Sersic(x=20.3, y=15.1, flux=100.0, re=3.0, n=2.0, q=0.6, theta=0.4),
        gaxel.PointSource(x=44.6, y=33.2, flux=50.0),
        gaxel.Sky(level=1.0),
    ]
    image, jacobian = gaxel.render_with_jacobian(components, (48, 64), psf)
    cotangent = RNG.normal(size=image.shape)
    gradient = gaxel.vjp(components, cotangent, psf)
    expected = np.full(image.shape, 1.0)
    rows = []
    for component in components[:2]:
        own = psf.at(component.x, component.y)
        part, derivatives = gaxel.render_with_jacobian(component, image.shape, own)
        expected += part
        rows.append(derivatives)
    rows.append(gaxel.render_with_jacobian(components[2], image.shape)[1])
    # Frames of other sizes for the Fourier transforms: rounding, and tolerances shared by the components.
    np.testing.assert_allclose(image, expected, atol=3e-7)
    np.testing.assert_allclose(jacobian, np.concatenate(rows), atol=3e-5)
    np.testing.assert_allclose(gradient, np.einsum("kij,ij->k", jacobian, cotangent), rtol=1e-9, atol=1e-7)
    assert np.abs(gaxel.render(components, image.shape, psf.at(20.3, 15.1)) - image).max() > 1e-2


def test_a_fit_keeps_the_psf_of_the_starting_centre() -> None:
    psf = grid_psf()
    truth = gaxel.Sersic(x=24.3, y=21.2, flux=1e4, re=4.0, n=1.5, q=0.7, theta=0.3)
    start = truth.replace(x=23.0, y=22.0, flux=8e3, re=5.0)
    kept = psf.at(start.x, start.y)
    data = gaxel.render(truth, (48, 64), kept)
    sigma = np.full(data.shape, 0.5)
    result = gaxel.fit(data, start, sigma=sigma, psf=psf)
    for name in ("x", "y", "flux", "re", "n", "q", "theta"):
        assert result.components[0].value(name) == pytest.approx(truth.value(name), rel=1e-6), name
    np.testing.assert_allclose(result.model, data, atol=1e-3)


def test_bad_grids() -> None:
    image = np.ones((5, 5))
    with pytest.raises(gaxel.InputError, match="positions"):
        gaxel.PsfGrid([image, image], [(0.0, 0.0), (1.0, 1.0)])
    with pytest.raises(gaxel.InputError, match="positions"):
        gaxel.PsfGrid([image, image], [(0.0, 0.0)])
    with pytest.raises(gaxel.InputError, match="psf"):
        gaxel.PsfGrid([image, np.ones((4, 4))], [(0.0, 0.0), (1.0, 0.0)])


def test_copies(tmp_path: Path) -> None:
    for psf in (grid_psf(), gaxel.Psfex(write_psfex(tmp_path / "e.psf", masks(6)))):
        copy = pickle.loads(pickle.dumps(psf))
        np.testing.assert_array_equal(copy.at(30.0, 20.0).kernel, psf.at(30.0, 20.0).kernel)
