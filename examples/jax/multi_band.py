"""A galaxy in five bands fitted by gradients: optax's L-BFGS on the sum of the bands' chi2, beside gaxel.fit.

Place, index, axis ratio and direction are shared, each band has its magnitude and sky, the size is a line in wavelength: what
gaxel.fit calls Chebyshev(2). Errors are those of the Fisher matrix, whose images of derivatives JAX makes, too.
"""

from pathlib import Path

import gaxel
import gaxel.jax
import jax
import jax.flatten_util
import jax.numpy as jnp
import numpy as np
import optax
from example_options import make_parser

SHAPE = (56, 56)
ZEROPOINT = 25.0
NAMES = "ugriz"
WAVELENGTHS = np.array([3560.0, 4720.0, 6180.0, 7500.0, 8960.0])
SEEING = [4.2, 3.8, 3.3, 3.0, 3.1]
SIGMAS = [0.05, 0.02, 0.015, 0.02, 0.05]
MAGS = [21.6, 20.3, 19.6, 19.3, 19.1]
SIZES = 7.0 - 1.0 * (WAVELENGTHS - WAVELENGTHS[0]) / np.ptp(WAVELENGTHS)
TRUTH = gaxel.Sersic(
    x=27.3, y=28.4, mag=20.0, zeropoint=ZEROPOINT, re=6.5, n=2.2, q=0.6, theta=0.9, name="galaxy"
)
START = TRUTH.replace(x=28.0, y=27.5, mag=20.0, re=5.0, n=1.2, q=0.8, theta=0.6)
SHARED = ("x", "y", "n", "q", "theta")
LINE = 2.0 * (WAVELENGTHS - WAVELENGTHS[0]) / np.ptp(WAVELENGTHS) - 1.0
"""Chebyshev's variable: -1 at the shortest wavelength, 1 at the longest."""

Values = dict[str, jax.Array]


def simulated() -> list[gaxel.Band]:
    rng = np.random.default_rng(11)
    bands = []
    columns = zip(NAMES, WAVELENGTHS, SEEING, SIGMAS, MAGS, SIZES, strict=True)
    for name, wavelength, fwhm, sigma, mag, re in columns:
        psf = gaxel.MoffatPsf(fwhm=fwhm, beta=3.0)
        image = gaxel.render([TRUTH.replace(mag=mag, re=re), gaxel.Sky(level=0.02)], SHAPE, psf=psf)
        image += sigma * rng.standard_normal(SHAPE)
        bands.append(gaxel.Band(image, sigma, name=name, wavelength=wavelength, psf=psf, zeropoint=ZEROPOINT))
    return bands


def start_values() -> Values:
    p = START.parameters
    n = len(NAMES)
    return {
        **{key: jnp.asarray(p[key]) for key in SHARED},
        "re": jnp.array([p["re"], 0.0]),  # coefficients of the line
        "mag": jnp.full(n, p["mag"]),
        "sky": jnp.zeros(n),
    }


class Bands:
    """The bands' models as functions of one tree of values."""

    def __init__(self, bands: list[gaxel.Band]) -> None:
        self.bands = bands
        sky = gaxel.Sky(level=0.0, name="sky")
        wanted = ["galaxy.*", "sky.level"]
        self.models = [
            gaxel.jax.Model([START, sky], SHAPE, psf=band.psf, parameters=wanted) for band in bands
        ]

    def arguments(self, values: Values, band: int) -> Values:
        """Of one band's model."""
        galaxy = {key: values[key] for key in SHARED}
        galaxy["re"] = values["re"][0] + values["re"][1] * LINE[band]
        galaxy["mag"] = values["mag"][band]
        return {f"galaxy.{key}": value for key, value in galaxy.items()} | {"sky.level": values["sky"][band]}

    def chi2(self, values: Values) -> jax.Array:
        terms = [
            model.chi2(self.arguments(values, i), band.data, band.sigma)
            for i, (model, band) in enumerate(zip(self.models, self.bands, strict=True))
        ]
        return jnp.sum(jnp.stack(terms))

    def pixels(self, values: Values) -> jax.Array:
        """Of all bands, in units of sigma."""
        images = [
            model.image(self.arguments(values, i)) / band.sigma
            for i, (model, band) in enumerate(zip(self.models, self.bands, strict=True))
        ]
        return jnp.concatenate([image.ravel() for image in images])


def fit(bands: list[gaxel.Band], n_steps: int) -> tuple[Values, Values, np.ndarray]:
    """Values, their errors, and chi2 at each step."""
    model = Bands(bands)
    values = start_values()
    vector, tree_of = jax.flatten_util.ravel_pytree(values)
    # Steps are as long as the errors at the start would be: then all numbers are alike.
    step_of = jnp.sqrt(jnp.diag(covariance(model, vector, tree_of)))
    optimizer = optax.lbfgs(memory_size=20)

    def loss(steps):
        return model.chi2(tree_of(vector + steps * step_of))

    def step(carry, _):
        steps, state = carry
        value, gradient = optax.value_and_grad_from_state(loss)(steps, state=state)
        updates, state = optimizer.update(gradient, state, steps, value=value, grad=gradient, value_fn=loss)
        return (optax.apply_updates(steps, updates), state), value

    steps = jnp.zeros_like(vector)
    carry = (steps, optimizer.init(steps))
    (steps, _), path = jax.jit(lambda carry: jax.lax.scan(step, carry, length=n_steps))(carry)
    best = vector + steps * step_of
    errors = jnp.sqrt(jnp.diag(covariance(model, best, tree_of)))
    return tree_of(best), tree_of(errors), np.asarray(path)


def covariance(model: Bands, vector: jax.Array, tree_of) -> jax.Array:
    """The inverse of the Fisher matrix."""
    jacobian = jax.jit(jax.jacfwd(lambda vector: model.pixels(tree_of(vector))))(vector)
    return jnp.linalg.inv(jacobian.T @ jacobian)


def by_fit(bands: list[gaxel.Band]) -> gaxel.FitResult:
    return gaxel.fit(bands, [START, gaxel.Sky(level=0.0, name="sky")], vary={"galaxy.re": gaxel.Chebyshev(2)})


def rows(
    values: Values, errors: Values, other: gaxel.FitResult
) -> list[tuple[str, float, float, float, float]]:
    """Name, value, error, and the same by gaxel.fit, of everything that is free."""
    fitted = dict(zip(other.parameter_names, zip(other.values, other.errors, strict=True), strict=True))
    found = []
    for name, (value, error) in fitted.items():
        key, _, index = name.partition(".")[2].partition("[")
        where = int(index[:-1]) if index else ()
        key = "sky" if key == "level" else key
        found.append((name, float(values[key][where]), float(errors[key][where]), float(value), float(error)))
    return found


def plot(path: Path, values: Values, errors: Values, other: gaxel.FitResult) -> None:
    from matplotlib import pyplot

    figure, (sizes, colours) = pyplot.subplots(1, 2, figsize=(9.0, 3.6), layout="constrained")
    at = np.linspace(-1.0, 1.0, 50)
    along = WAVELENGTHS[0] + 0.5 * (at + 1.0) * np.ptp(WAVELENGTHS)
    sizes.plot(along, values["re"][0] + values["re"][1] * at, color="#0072B2", label="gradients")
    fitted = np.array([other.value_at("galaxy.re", one) for one in WAVELENGTHS])
    sizes.errorbar(WAVELENGTHS, *fitted.T, fmt="o", color="#E69F00", label="gaxel.fit")
    sizes.plot(WAVELENGTHS, SIZES, "k+", markersize=10, label="truth")
    sizes.set(xlabel="wavelength / Angstrom", ylabel="re / pixels")
    sizes.legend(frameon=False)
    colours.errorbar(WAVELENGTHS, values["mag"] - np.array(MAGS), errors["mag"], fmt="s", color="#0072B2")
    colours.axhline(0.0, color="black", linewidth=0.8)
    colours.set(xlabel="wavelength / Angstrom", ylabel="magnitude less true one")
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def main() -> None:
    parser = make_parser(
        __doc__,
        quick="few steps, which do not reach the optimum",
        plot="draw sizes and magnitudes into this file",
    )
    parser.add_argument("--steps", type=int, default=60)
    options = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    bands = simulated()
    values, errors, chi2 = fit(bands, 8 if options.quick else options.steps)
    other = by_fit(bands)
    print(f"chi2: {chi2[0]:.1f} at the start, {chi2[-1]:.3f} at the end, {other.chi2:.3f} by gaxel.fit")
    print(f"{'':14}{'gradients':>12}{'error':>10}{'fit':>12}{'error':>10}{'apart by':>10} errors")
    for name, value, error, fitted, fit_error in rows(values, errors, other):
        print(
            f"{name:14}{value:12.5g}{error:10.2g}{fitted:12.5g}{fit_error:10.2g}{(value - fitted) / fit_error:+10.4f}"
        )
    if options.plot:
        plot(options.plot, values, errors, other)


if __name__ == "__main__":
    main()
