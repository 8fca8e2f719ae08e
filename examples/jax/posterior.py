"""The posterior of a galaxy by NumPyRo's NUTS on gaxel's image and its gradient.

With a folder of images (GAXEL_TEST_DATA, see README.md) the galaxy is gal2 of the Hyper Suprime-Cam set that pysersic's
documentation fits, with Student's t for what a Sersic profile cannot follow; without, a simulated one.
"""

import argparse
import os
from pathlib import Path

import gaxel
import gaxel.jax
import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from astropy.io import fits
from numpyro.infer import MCMC, NUTS

SHAPE = (64, 64)


def simulated() -> tuple[np.ndarray, np.ndarray, np.ndarray, gaxel.Psf]:
    y, x = np.mgrid[:25, :25] - 12.0
    psf = gaxel.Psf(np.exp(-0.5 * (x**2 + y**2) / 1.5**2))
    truth = gaxel.Sersic(x=31.3, y=32.1, flux=4000.0, re=6.0, n=2.5, q=0.7, theta=0.6)
    image = gaxel.render(truth, SHAPE, psf=psf)
    noise = np.random.default_rng(3).standard_normal(SHAPE)
    return image + noise, np.ones(SHAPE), np.zeros(SHAPE, bool), psf


def observed() -> tuple[np.ndarray, np.ndarray, np.ndarray, gaxel.Psf]:
    data = os.environ.get("GAXEL_TEST_DATA")
    folder = Path(data) / "hsc_pysersic" if data else None
    if folder is None or not folder.is_dir():
        return simulated()
    image, sigma, mask, psf = (
        fits.getdata(folder / f"gal2_{part}.fits").astype(float) for part in ("image", "sigma", "mask", "psf")
    )
    return image, sigma, mask != 0, gaxel.Psf(psf)


def posterior(n_warmup: int, n_samples: int, n_chains: int, progress: bool) -> MCMC:
    data, sigma, mask, psf = observed()
    best = gaxel.fit(
        data, [gaxel.Sersic(name="galaxy"), gaxel.Sky(name="sky")], sigma=sigma, mask=mask, psf=psf
    )
    model = gaxel.jax.Model(best.components, data.shape, psf=psf, parameters=["galaxy.*", "sky.level"])
    start = model.start
    # The steps of the chains are as long as the errors of the fit, so that all directions are alike.
    step = np.array([best.bands[0].errors[name] for name in model.names])
    pixels, errors = jnp.asarray(data[~mask]), jnp.asarray(sigma[~mask])

    def galaxy() -> None:
        steps = numpyro.sample("steps", dist.Uniform(-100.0, 100.0).expand([start.size]).to_event(1))
        values = numpyro.deterministic("values", start + step * steps)
        image = model.image(values)[~mask]
        inside = jnp.all(jnp.isfinite(image))
        numpyro.sample("pixels", dist.StudentT(5.0, jnp.where(inside, image, 0.0), errors), obs=pixels)
        numpyro.factor("allowed", jnp.where(inside, 0.0, -jnp.inf))

    sampler = MCMC(
        NUTS(galaxy, init_strategy=numpyro.infer.init_to_value(values={"steps": jnp.zeros(start.size)})),
        num_warmup=n_warmup,
        num_samples=n_samples,
        num_chains=n_chains,
        progress_bar=progress,
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


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--warmup", type=int, default=400)
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--chains", type=int, default=2)
    options = parser.parse_args()
    numpyro.enable_x64()
    numpyro.set_host_device_count(options.chains)
    rows = summary(posterior(options.warmup, options.samples, options.chains, progress=False))
    print(f"{'':14}{'mean':>12}{'std':>10}{'n_eff':>8}{'r_hat':>8}")
    for name, row in rows.items():
        print(f"{name:14}{row['mean']:12.5g}{row['std']:10.2g}{row['n_eff']:8.0f}{row['r_hat']:8.3f}")


if __name__ == "__main__":
    main()
