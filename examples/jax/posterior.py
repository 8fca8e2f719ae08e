"""The posterior of a galaxy by NumPyRo's NUTS on gaxel's image and its gradient.

With a folder of images (GAXEL_TEST_DATA, see README.md) the galaxy is gal2 of the Hyper Suprime-Cam set that pysersic's
documentation fits, with Student's t for what a Sersic profile cannot follow; without, a simulated one. --demo: the three
galaxies in Abell 2744 of ./dev demo, by chi2 as there. Chains have converged where r-hat is below 1.01 (Vehtari et al. 2021,
Bayesian Analysis 16, 667).
"""

import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

import gaxel
import gaxel.jax
import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from astropy.io import fits
from example_options import make_parser
from numpyro.infer import MCMC, NUTS

ROOT = Path(__file__).resolve().parents[2]
SHAPE = (64, 64)
GAIN = 68952.384
"""Of the demo's images, electrons per unit."""
DEGREES_OF_FREEDOM = 5.0
"""Of Student's t."""


class Field(NamedTuple):
    """What is fitted, arrays (ny, nx), and by what."""

    data: np.ndarray
    sigma: np.ndarray
    mask: np.ndarray
    psf: gaxel.Psf
    scene: list[gaxel.Component]
    likelihood: str = "student_t"


def one_galaxy() -> list[gaxel.Component]:
    """All values are estimated."""
    return [gaxel.Sersic(name="galaxy"), gaxel.Sky(name="sky")]


def simulated() -> Field:
    y, x = np.mgrid[:25, :25] - 12.0
    psf = gaxel.Psf(np.exp(-0.5 * (x**2 + y**2) / 1.5**2))
    truth = gaxel.Sersic(x=31.3, y=32.1, flux=4000.0, re=6.0, n=2.5, q=0.7, theta=0.6)
    image = gaxel.render(truth, SHAPE, psf=psf)
    noise = np.random.default_rng(3).standard_normal(SHAPE)
    return Field(image + noise, np.ones(SHAPE), np.zeros(SHAPE, bool), psf, one_galaxy())


def observed() -> Field:
    data = os.environ.get("GAXEL_TEST_DATA")
    folder = Path(data) / "hsc_pysersic" if data else None
    if folder is None or not folder.is_dir():
        return simulated()
    image, sigma, mask, psf = (
        fits.getdata(folder / f"gal2_{part}.fits").astype(float) for part in ("image", "sigma", "mask", "psf")
    )
    return Field(image, sigma, mask != 0, gaxel.Psf(psf), one_galaxy())


def demo() -> Field:
    """As examples/abell2744/single.toml has it, in electrons."""
    sys.path.append(str(ROOT / "examples" / "abell2744"))
    import real_data

    folder = real_data.find(ROOT / ".cache" / "abell2744")
    image, rms = (
        GAIN
        * fits.getdata(folder / f"abell_2744_dwarf_galaxy_f105w{part}.fits.gz")[10:150, 60:200].astype(float)
        for part in ("", "_rms")
    )
    star = fits.getdata(folder / "f105w_psf.fits.gz").astype(float)[:49, :49]
    scene: list[gaxel.Component] = [
        gaxel.Sersic(x=40.0, y=90.0, re=10.0, n=2.0, q=0.8, name="dwarf"),
        gaxel.Sersic(x=78.0, y=80.0, re=6.0, n=1.5, q=0.6, theta=np.radians(225.0), name="disc"),
        gaxel.Sersic(x=119.0, y=53.0, re=15.0, n=3.0, q=0.8, theta=np.radians(45.0), name="early"),
        gaxel.Sky(name="sky"),
    ]
    sigma = np.sqrt(rms**2 + np.maximum(image, 0.0))
    return Field(image, sigma, np.zeros(image.shape, bool), gaxel.Psf(star), scene, "gaussian")


def posterior(field: Field, n_warmup: int, n_samples: int, n_chains: int) -> MCMC:
    data, sigma, mask, psf, scene, likelihood = field
    robust = likelihood == "student_t"
    best = gaxel.fit(
        data,
        scene,
        sigma=sigma,
        mask=mask,
        psf=psf,
        likelihood=likelihood,
        student_dof=DEGREES_OF_FREEDOM if robust else None,
    )
    model = gaxel.jax.Model(best.components, data.shape, psf=psf, parameters=best.parameter_names)
    start = jnp.asarray(model.start)
    # Along the axes of the fit's errors all directions are alike: flux, size and index go together.
    order = [best.parameter_names.index(name) for name in model.names]
    axes = jnp.linalg.cholesky(best.covariance[np.ix_(order, order)])
    pixels, errors = jnp.asarray(data[~mask]), jnp.asarray(sigma[~mask])

    def galaxy() -> None:
        steps = numpyro.sample("steps", dist.Uniform(-100.0, 100.0).expand([start.size]).to_event(1))
        values = numpyro.deterministic("values", start + axes @ steps)
        image = model.image(values)[~mask]
        inside = jnp.all(jnp.isfinite(image))
        light = jnp.where(inside, image, 0.0)
        noise = dist.StudentT(DEGREES_OF_FREEDOM, light, errors) if robust else dist.Normal(light, errors)
        numpyro.sample("pixels", noise, obs=pixels)
        numpyro.factor("allowed", jnp.where(inside, 0.0, -jnp.inf))

    sampler = MCMC(
        NUTS(galaxy, init_strategy=numpyro.infer.init_to_value(values={"steps": jnp.zeros(start.size)})),
        num_warmup=n_warmup,
        num_samples=n_samples,
        num_chains=n_chains,
        progress_bar=False,
    )
    sampler.run(jax.random.key(0))
    sampler.names = model.names
    return sampler


def summary(sampler: MCMC) -> dict[str, dict[str, float]]:
    """Of each parameter: mean, standard deviation, effective number of samples, r-hat."""
    values = sampler.get_samples(group_by_chain=True)["values"]
    rows = numpyro.diagnostics.summary({name: values[..., i] for i, name in enumerate(sampler.names)})
    return {
        name: {key: float(row[key]) for key in ("mean", "std", "n_eff", "r_hat")}
        for name, row in rows.items()
    }


def plot(path: Path, sampler: MCMC) -> None:
    """The corner plot."""
    import corner
    from matplotlib import pyplot

    labels = [name.removeprefix("galaxy.") for name in sampler.names]
    values = np.asarray(sampler.get_samples()["values"])
    with pyplot.rc_context({"axes.formatter.useoffset": False}):
        figure = corner.corner(values, labels=labels, max_n_ticks=3, labelpad=0.1)
        figure.savefig(path, dpi=80)
    pyplot.close(figure)


def main() -> None:
    parser = make_parser(
        __doc__,
        quick="one short chain, which has not converged",
        plot="draw the corner plot into this file (package corner)",
    )
    parser.add_argument("--warmup", type=int, default=500)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--chains", type=int, default=4)
    parser.add_argument("--demo", action="store_true", help="the three galaxies of ./dev demo")
    options = parser.parse_args()
    n_warmup, n_samples, n_chains = (
        (60, 150, 1) if options.quick else (options.warmup, options.samples, options.chains)
    )
    numpyro.enable_x64()
    numpyro.set_host_device_count(n_chains)
    begin = time.perf_counter()
    sampler = posterior(demo() if options.demo else observed(), n_warmup, n_samples, n_chains)
    rows = summary(sampler)
    seconds = time.perf_counter() - begin
    print(f"{'':14}{'mean':>12}{'std':>10}{'n_eff':>8}{'r_hat':>8}")
    for name, row in rows.items():
        print(f"{name:14}{row['mean']:12.5g}{row['std']:10.2g}{row['n_eff']:8.0f}{row['r_hat']:8.4f}")
    worst, fewest = max(row["r_hat"] for row in rows.values()), min(row["n_eff"] for row in rows.values())
    print(
        f"{n_chains} chains of {n_warmup} + {n_samples} steps in {seconds:.0f} s: "
        f"r-hat at most {worst:.4f}, effective samples at least {fewest:.0f}"
    )
    if options.plot:
        plot(options.plot, sampler)


if __name__ == "__main__":
    main()
