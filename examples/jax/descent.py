"""A galaxy fitted by gradient descent: optax's Adam with a falling rate on gaxel's chi2, beside the optimum of gaxel.fit.

What is descended along are numbers without bounds (logarithms, a logit), so that no step leaves what a galaxy can be; any
other loss that JAX differentiates may stand in the place of chi2.
"""

from pathlib import Path

import gaxel
import gaxel.jax
import jax
import jax.numpy as jnp
import numpy as np
import optax
from example_options import make_parser

SHAPE = (64, 64)
SIGMA = 1.0
PSF = gaxel.MoffatPsf(fwhm=3.0, beta=3.0)
TRUTH = gaxel.Sersic(x=30.6, y=32.3, flux=6000.0, re=6.5, n=1.8, q=0.55, theta=0.8, name="galaxy")
START = TRUTH.replace(x=32.0, y=31.0, flux=3000.0, re=4.0, n=1.0, q=0.8, theta=0.3)

Tree = dict[str, jax.Array]


def simulated() -> np.ndarray:
    noise = np.random.default_rng(5).standard_normal(SHAPE)
    return gaxel.render([TRUTH, gaxel.Sky(level=0.5)], SHAPE, psf=PSF) + SIGMA * noise


def free_of(galaxy: gaxel.Sersic) -> Tree:
    """The numbers without bounds that stand for a galaxy, and a sky of 0."""
    p = galaxy.parameters
    return {
        "x": jnp.asarray(p["x"]),
        "y": jnp.asarray(p["y"]),
        "log_flux": jnp.log(p["flux"]),
        "log_re": jnp.log(p["re"]),
        "log_n": jnp.log(p["n"]),
        "logit_q": jax.scipy.special.logit(p["q"]),
        "theta": jnp.asarray(p["theta"]),
        "level": jnp.asarray(0.0),
    }


def arguments_of(free: Tree) -> Tree:
    """Arguments of the model, by name."""
    return {
        "galaxy.x": free["x"],
        "galaxy.y": free["y"],
        "galaxy.flux": jnp.exp(free["log_flux"]),
        "galaxy.re": jnp.exp(free["log_re"]),
        "galaxy.n": jnp.exp(free["log_n"]),
        "galaxy.q": jax.nn.sigmoid(free["logit_q"]),
        "galaxy.theta": free["theta"],
        "sky.level": free["level"],
    }


def descend(data: np.ndarray, n_steps: int) -> tuple[dict[str, float], np.ndarray]:
    """Best arguments by name, and chi2 at each step; all steps are one compiled program."""
    model = gaxel.jax.Model(
        [START, gaxel.Sky(level=0.0, name="sky")], SHAPE, psf=PSF, parameters=["galaxy.*", "sky.level"]
    )
    schedule = optax.warmup_cosine_decay_schedule(
        init_value=0.01, peak_value=0.1, warmup_steps=n_steps // 20, decay_steps=n_steps, end_value=1e-4
    )
    optimizer = optax.adam(schedule)

    def step(carry, _):
        free, state = carry
        chi2, gradient = jax.value_and_grad(lambda tree: model.chi2(arguments_of(tree), data, SIGMA))(free)
        updates, state = optimizer.update(gradient, state)
        return (optax.apply_updates(free, updates), state), chi2

    free = free_of(START)
    carry = (free, optimizer.init(free))
    (free, _), path = jax.jit(lambda carry: jax.lax.scan(step, carry, length=n_steps))(carry)
    return {name: float(value) for name, value in arguments_of(free).items()}, np.asarray(path)


def plot(path: Path, chi2: np.ndarray, best: float) -> None:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.0, 3.6), layout="constrained")
    # Less is beyond what the images' tolerance leaves certain.
    axes.semilogy(np.maximum(chi2 - best, 1e-4), color="#0072B2")
    axes.set(xlabel="step", ylabel="chi2 above that of gaxel.fit", xlim=(0, len(chi2)))
    axes.grid(color="#dddddd")
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def main() -> None:
    parser = make_parser(
        __doc__,
        quick="few steps, which do not reach the optimum",
        plot="draw chi2 along the steps into this file",
    )
    parser.add_argument("--steps", type=int, default=300)
    options = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    data = simulated()
    found, chi2 = descend(data, 60 if options.quick else options.steps)
    best = gaxel.fit(data, [START, gaxel.Sky(level=0.0, name="sky")], sigma=SIGMA, psf=PSF)
    print(f"chi2: {chi2[0]:.1f} at the start, {chi2[-1]:.3f} at the end, {best.chi2:.3f} by gaxel.fit")
    print(f"{'':14}{'descent':>12}{'fit':>12}{'error':>10}{'apart by':>10} errors")
    for name, value in found.items():
        other, error = best.bands[0].value(name)
        print(f"{name:14}{value:12.5g}{other:12.5g}{error:10.2g}{(value - other) / error:+10.4f}")
    if options.plot:
        plot(options.plot, chi2, best.chi2)


if __name__ == "__main__":
    main()
