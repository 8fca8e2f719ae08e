"""What only JAX can show: times of the seed's functions, and what makes them compile again. Prints JSON.

Run by study.py in a process of its own. Times are ratios to gaxel's midpoint sample, measured in between.
"""

from clock import best_times, once, use_one_core

use_one_core()

import json  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "python"))

import jax  # noqa: E402
import seed_jax as seed  # noqa: E402
from galaxy import func, i_pix, j_pix  # noqa: E402
from gaxel import integration as gi  # noqa: E402
from jax import numpy as jnp  # noqa: E402
from study_galaxy import GALPARS  # noqa: E402

jax_i, jax_j = jnp.asarray(i_pix), jnp.asarray(j_pix)


@jax.jit
def jax_func(i, j, pars):
    return seed.sersic_2d(i, j, **pars)


def roots_in_jnp(order):
    """Clenshaw-Curtis as seed_jax has it, but in JAX's arrays: op by op when nothing compiles it."""
    m = order - 1
    odd = jnp.arange(1, m, 2)
    rest = m - len(odd)
    v0 = jnp.concatenate((2 / odd / (odd - 2), 1 / odd[-1:], jnp.zeros(rest)))
    v2 = -v0[:-1] - v0[:0:-1]
    g0 = (-jnp.ones(m)).at[len(odd)].add(m).at[rest].add(m)
    weights = jnp.fft.ifft(v2 + g0 / (m**2 - 1 + m % 2)).real
    return jnp.cos(jnp.pi * jnp.arange(order) / m)[::-1], jnp.append(weights, weights[0])


def pixel_rule(order):
    d, w = (0.5 * values for values in roots_in_jnp(order))
    return jnp.repeat(d, order), jnp.tile(d, order), jnp.outer(w, w).flatten()


def outer_uncompiled(i, j, pars, order):
    return seed.tensor_integrate_pixels(jax_func, i, j, pars, *roots_in_jnp(order))


def loop_uncompiled(i, j, pars, order):
    return seed.integrate_pixels.__wrapped__(jax_func, i, j, pars, *pixel_rule(order))


def nothing_compiled(i, j, pars, order):
    image = jnp.zeros(i.shape)
    for di, dj, w in zip(*pixel_rule(order), strict=True):
        image = image + w * seed.sersic_2d(i + di, j + dj, **pars)
    return image


def times(quick: bool) -> dict[str, dict[str, float]]:
    """Of the first call and of later ones."""
    calls = {
        "midpoint, 1 node": lambda: seed.oversampled_integration(jax_func, jax_i, jax_j, GALPARS, 1),
        "Gauss-Legendre, 7 x 7": lambda: seed.gauss_legendre_tensor_integration(
            jax_func, jax_i, jax_j, GALPARS, 7
        ),
        "Clenshaw-Curtis, 7 x 7": lambda: seed.clencurt_tensor_integration(
            jax_func, jax_i, jax_j, GALPARS, 7
        ),
        "refinement": lambda: seed.integrate_with_subpixel_refinement(jax_func, jax_i, jax_j, GALPARS),
        "uncompiled": lambda: outer_uncompiled(jax_i, jax_j, GALPARS, 7),
        "loop uncompiled": lambda: loop_uncompiled(jax_i, jax_j, GALPARS, 7),
        "nothing compiled": lambda: nothing_compiled(jax_i, jax_j, GALPARS, 7),
    }
    waiting = {name: lambda call=call: call().block_until_ready() for name, call in calls.items()}
    first = {name: once(call) for name, call in waiting.items()}
    waiting["yardstick"] = lambda: gi.oversampled_integration(func, i_pix, j_pix, GALPARS, 1)
    best = best_times(waiting, 1 if quick else 15)
    unit = best.pop("yardstick")
    return {
        "ratios": {name: time / unit for name, time in best.items()},
        "first": {name: time / unit for name, time in first.items()},
    }


def recompilations(k_max: int) -> list[list[Any]]:
    """[what is changed, programs that JAX compiles for it, time of that call / time of a later one]."""
    compiled = []

    def listen(event: str, duration: float, **_: Any) -> None:
        if event == "/jax/core/compile/backend_compile_duration":
            compiled.append(duration)

    jax.monitoring.register_event_duration_secs_listener(listen)
    node, weight = (jnp.asarray(values) for values in gi.roots_legendre(7))
    smaller = jax_i[:-1], jax_j[:-1]
    moved, whole = dict(GALPARS, x=0.4), dict(GALPARS, theta=0)

    # JAX tells functions apart by identity, not by what they do.
    light, twin = (jax.jit(lambda i, j, pars: seed.sersic_2d(i, j, **pars)) for _ in range(2))

    def gauss(i: Any = jax_i, j: Any = jax_j, pars: dict = GALPARS, order: int = 7, f: Any = light) -> Any:
        return seed.gauss_legendre_tensor_integration(f, i, j, pars, order)

    def tensor(oversamp: int) -> Any:
        return seed.tensor_integrate_pixels(light, jax_i, jax_j, GALPARS, node, weight, oversamp)

    def refine(pars: dict = GALPARS, **options: Any) -> Any:
        options = dict(k_max=k_max) | options
        return seed.integrate_with_subpixel_refinement(light, jax_i, jax_j, pars, **options)

    changes: list[tuple[str, Callable[[], Any]]] = [
        ("GL7: the first call", gauss),
        ("GL7: nothing", gauss),
        ("GL7: the galaxy's place", lambda: gauss(pars=moved)),
        ("GL7: theta given as 0 instead of 0.0 (another type)", lambda: gauss(pars=whole)),
        ("GL7: the order, to 8 (static)", lambda: gauss(order=8)),
        ("GL7: the size of the image", lambda: gauss(*smaller)),
        ("GL7: f, to another function that does the same (static)", lambda: gauss(f=twin)),
        ("tensor rule: the first call", lambda: tensor(1)),
        ("tensor rule: oversamp, to 3 (not static)", lambda: tensor(3)),
        ("refinement: the first call", refine),
        ("refinement: the galaxy's place", lambda: refine(moved)),
        ("refinement: n_to_refine, from 900 to 990 (static)", lambda: refine(frac_refine=0.11)),
        ("refinement: k_max, one less (static)", lambda: refine(k_max=k_max - 1)),
    ]
    rows = []
    for name, call in changes:
        before = len(compiled)
        time = once(lambda call=call: jax.block_until_ready(call()))
        programs = len(compiled) - before
        later = min(once(lambda call=call: jax.block_until_ready(call())) for _ in range(3))
        rows.append([name, programs, time / later])
    return rows


def main() -> None:
    quick = "--quick" in sys.argv[1:]
    found = {"version": jax.__version__, **times(quick), "recompilations": recompilations(2 if quick else 5)}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
