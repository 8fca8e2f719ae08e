"""A small neural network that tells a galaxy's parameters from its image, trained through the renderer.

The network sees noisy cut-outs with a PSF and answers with the parameters of a Sersic profile; its loss is the likelihood
of the cut-outs given the images of its answers, whose gradient goes through gaxel.jax into its weights. It is never told
the true parameters. Galaxies that it has not seen show what it learned, beside gaxel.fit on the same cut-outs.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import gaxel
import gaxel.jax
import jax
import jax.numpy as jnp
import numpy as np
import optax
from example_options import make_parser

SIDE = 32
SIGMA = 1.0
PSF = gaxel.Psf(np.exp(-0.5 * np.sum((np.indices((15, 15)) - 7.0) ** 2, axis=0) / 1.2**2))
"""An image: its transforms are the smallest."""
MIDDLE = 0.5 * (SIDE - 1)
KEYS = ("x", "y", "flux", "re", "n", "q", "theta")
RANGES = {"flux": (300.0, 3000.0), "re": (1.5, 5.0), "n": (0.6, 3.0)}
"""Of the galaxies, uniform in the logarithm."""
CHANNELS = (1, 16, 32, 32)
HIDDEN = 64

Weights = list[dict[str, jax.Array]]


def make_model() -> gaxel.jax.Model:
    # Thinner than any answer: on a GPU images of galaxies half as round as the model's are NaN.
    galaxy = gaxel.Sersic(x=MIDDLE, y=MIDDLE, flux=1000.0, re=2.7, n=1.3, q=0.2, theta=0.0, name="galaxy")
    # Far below the noise; every core renders its share of a batch.
    return gaxel.jax.Model(galaxy, (SIDE, SIDE), psf=PSF, rtol=1e-4, atol=1e-6, threads=0)


def draw_galaxies(rng: np.random.Generator, n: int) -> np.ndarray:
    """True parameters in the order of KEYS, shape (n, 7)."""
    columns = [MIDDLE + rng.uniform(-1.0, 1.0, n) for _ in "xy"]
    columns += [np.exp(rng.uniform(*np.log(ends), n)) for ends in RANGES.values()]
    columns += [rng.uniform(0.3, 1.0, n), rng.uniform(-0.5 * np.pi, 0.5 * np.pi, n)]
    return np.stack(columns, axis=1)


def observe(model: gaxel.jax.Model, galaxies: np.ndarray, rng: np.random.Generator) -> jax.Array:
    """Noisy cut-outs, shape (n, SIDE, SIDE)."""
    # Some at a time: on a GPU all at once would need its memory.
    images = jax.jit(lambda all: jax.lax.map(model.image, all, batch_size=64))(jnp.asarray(galaxies))
    return images + SIGMA * jnp.asarray(rng.standard_normal(images.shape), images.dtype)


def initial_weights(key: jax.Array) -> Weights:
    """Three convolutions and two dense layers; the last one's are small: the same galaxy for every cut-out."""
    side = SIDE // 2 ** (len(CHANNELS) - 1)
    shapes = [(out, into, 3, 3) for into, out in zip(CHANNELS[:-1], CHANNELS[1:], strict=True)]
    shapes += [(HIDDEN, CHANNELS[-1] * side**2), (len(KEYS), HIDDEN)]
    layers = []
    for one, shape in zip(jax.random.split(key, len(shapes)), shapes, strict=True):
        spread = np.sqrt(2.0 / np.prod(shape[1:]))  # He et al. 2015, arXiv:1502.01852
        layers.append({"weight": spread * jax.random.normal(one, shape), "bias": jnp.zeros(shape[0])})
    layers[-1]["weight"] *= 0.01
    return layers


def answer(weights: Weights, cutouts: jax.Array) -> jax.Array:
    """Parameters in the order of KEYS, shape (n, 7), of galaxies that can be."""
    *convolutions, dense, last = weights
    layer = jnp.arcsinh(cutouts / SIGMA)[:, None]
    for one in convolutions:
        layer = jax.lax.conv_general_dilated(layer, one["weight"], (2, 2), "SAME")
        layer = jax.nn.gelu(layer + one["bias"][:, None, None])
    layer = jax.nn.gelu(layer.reshape(len(cutouts), -1) @ dense["weight"].T + dense["bias"])
    x, y, flux, re, n, e1, e2 = (layer @ last["weight"].T + last["bias"]).T
    # An ellipticity with two components, unlike an angle, has no edge; its length stays below 0.6, q above 0.25.
    length = jnp.sqrt(e1**2 + e2**2 + 1e-6)
    ellipticity = 0.6 * jnp.tanh(length)
    return jnp.stack(
        [
            MIDDLE + 3.0 * jnp.tanh(x),
            MIDDLE + 3.0 * jnp.tanh(y),
            1000.0 * jnp.exp(flux),
            10.0 * jax.nn.sigmoid(re - 1.0),
            0.3 + 5.7 * jax.nn.sigmoid(n - 1.5),
            (1.0 - ellipticity) / (1.0 + ellipticity),
            0.5 * jnp.arctan2(e2, e1 + 1e-6),
        ],
        axis=1,
    )


def batches(cutouts: jax.Array, size: int, rng: np.random.Generator) -> Iterator[jax.Array]:
    while True:
        order = rng.permutation(len(cutouts))
        for first in range(0, len(order) - size + 1, size):
            yield cutouts[order[first : first + size]]


def train(
    model: gaxel.jax.Model, weights: Weights, cutouts: jax.Array, n_steps: int, batch_size: int = 64
) -> tuple[Weights, np.ndarray]:
    """The trained weights, and chi2 per pixel of each step's batch."""
    schedule = optax.warmup_cosine_decay_schedule(0.0, 3e-3, n_steps // 20, n_steps, 1e-5)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(schedule))

    def loss(weights, batch):
        chi2 = jax.vmap(model.chi2, in_axes=(0, 0, None))(answer(weights, batch), batch, SIGMA)
        # The square root of large ones, so that no bright galaxy that is off outweighs the others.
        excess = chi2 / SIDE**2
        return jnp.mean(
            jnp.where(excess > 4.0, 4.0 * jnp.sqrt(jnp.maximum(excess, 4.0)) - 4.0, excess)
        ), excess

    @jax.jit
    def step(weights, state, batch):
        (_, chi2), gradient = jax.value_and_grad(loss, has_aux=True)(weights, batch)
        updates, state = optimizer.update(gradient, state)
        return optax.apply_updates(weights, updates), state, jnp.mean(chi2)

    state = optimizer.init(weights)
    path = []
    feed = batches(cutouts, batch_size, np.random.default_rng(1))
    for _ in range(n_steps):
        weights, state, chi2 = step(weights, state, next(feed))
        path.append(chi2)
    return weights, np.array(path)


def offsets(found: np.ndarray, truth: np.ndarray) -> dict[str, np.ndarray]:
    """ln(found / true) of flux and size, found - true of index, axis ratio and place."""
    columns = {key: (found[:, i], truth[:, i]) for i, key in enumerate(KEYS)}
    logarithms = {f"ln {key}": np.log(columns[key][0] / columns[key][1]) for key in ("flux", "re")}
    return logarithms | {key: columns[key][0] - columns[key][1] for key in ("n", "q", "x", "y")}


def scatter(offset: np.ndarray) -> tuple[float, float]:
    """Median, and half of what holds the central 68 percent."""
    low, middle, high = np.percentile(offset, [16.0, 50.0, 84.0])
    return float(middle), float(0.5 * (high - low))


def by_fit(cutouts: np.ndarray) -> np.ndarray:
    """The same by gaxel.fit, a search for each cut-out."""
    results = [gaxel.fit(one, gaxel.Sersic(name="galaxy"), sigma=SIGMA, psf=PSF) for one in cutouts]
    return np.array([[result.components[0].parameters[key] for key in KEYS] for result in results])


def plot(path: Path, truth: np.ndarray, found: dict[str, np.ndarray]) -> None:
    from matplotlib import pyplot
    from matplotlib.ticker import NullFormatter

    figure, axes = pyplot.subplots(2, len(found), figsize=(10.0, 6.4), layout="constrained", squeeze=False)
    ticks = {"flux": [300, 1000, 3000], "re": [1.5, 2, 3, 5]}
    for column, (title, values) in zip(axes.T, found.items(), strict=True):
        for panel, key in zip(column, ("flux", "re"), strict=True):
            i = KEYS.index(key)
            ends = np.array([truth[:, i].min(), truth[:, i].max()])
            panel.loglog(truth[:, i], values[:, i], ".", color="#0072B2", markersize=3, alpha=0.6)
            panel.loglog(ends, ends, color="black", linewidth=0.8)
            panel.set(xlabel=f"true {key}", ylabel=f"{key}, {title}", ylim=(0.6 * ends[0], 1.6 * ends[1]))
            for axis in (panel.xaxis, panel.yaxis):
                axis.set_ticks(ticks[key], labels=map(str, ticks[key]))
                axis.set_minor_formatter(NullFormatter())
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def main() -> None:
    parser = make_parser(
        __doc__, quick="few steps with few galaxies", plot="draw answers against the truth into this file"
    )
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--galaxies", type=int, default=10000, help="to train with")
    options = parser.parse_args()
    n_train, n_steps, n_test = (512, 60, 40) if options.quick else (options.galaxies, options.steps, 400)
    model = make_model()
    rng = np.random.default_rng(0)
    cutouts = observe(model, draw_galaxies(rng, n_train), rng)
    truth = draw_galaxies(rng, n_test)
    unseen = observe(model, truth, rng)
    start = initial_weights(jax.random.key(0))
    begin = time.perf_counter()
    trained, chi2 = train(model, start, cutouts, n_steps)
    print(
        f"trained in {time.perf_counter() - begin:.0f} s: chi2 per pixel {chi2[0]:.2f} to {chi2[-20:].mean():.3f}"
    )
    found = {
        "before training": np.asarray(answer(start, unseen)),
        "after training": np.asarray(answer(trained, unseen)),
        "gaxel.fit": by_fit(np.asarray(unseen, float)),
    }
    print(f"{n_test} galaxies not seen before: median and scatter of the difference from the truth")
    print(" " * 8 + "".join(f"{title:>22}" for title in found))
    tables = [offsets(values, truth) for values in found.values()]
    for key in tables[0]:
        cells = [scatter(table[key]) for table in tables]
        print(f"{key:8}" + "".join(f"{middle:+12.4f}{width:10.4f}" for middle, width in cells))
    if options.plot:
        plot(options.plot, truth, found)


if __name__ == "__main__":
    main()
