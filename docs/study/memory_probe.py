"""Peak memory of one call, in a process of its own: python memory_probe.py WAY RULE. Prints kilobytes.

What memory_profiler's %memit tells in a notebook: the highest memory of the process during the call, less what it had
before. The kernel's own counter (VmHWM) sees every peak, also those between two looks.
"""

from clock import use_one_core

use_one_core()

import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import gaxel  # noqa: E402
import numpy as np  # noqa: E402
from galaxy import func, i_pix, j_pix  # noqa: E402
from gaxel import integration as gi  # noqa: E402
from precision import light  # noqa: E402
from study_galaxy import GALPARS, SIZE, component  # noqa: E402

RULES = {
    "midpoint, 1 node": gi.tensor_rule(*gi.roots_midpoint(1)),
    "Gauss-Legendre, 7 x 7": gi.tensor_rule(*gi.roots_legendre(7)),
    "Clenshaw-Curtis, 7 x 7": gi.tensor_rule(*gi.roots_clencurt(7)),
    "Kronrod K15, 15 x 15": gi.tensor_rule(gi.K15_nodes, gi.K15_weights),
}


def all_at_once(i, j, di, dj, w):
    """All nodes of all pixels in one array."""
    return light(i[..., None] + di, j[..., None] + dj, GALPARS) @ w


def node_by_node(i, j, di, dj, w):
    """The seed's loop: one node of all pixels at a time."""
    image = np.zeros(i.shape)
    for k in range(len(w)):
        image += w[k] * light(i + di[k], j + dj[k], GALPARS)
    return image


def compiled(i, j, di, dj, w):
    return gi.integrate_pixels(func, i, j, GALPARS, di, dj, w)


def call_of(way: str, rule: str):
    if rule == "refinement":
        return lambda i, j: gi.integrate_with_subpixel_refinement(func, i, j, GALPARS)
    if rule == "gaxel.render, tolerance 1e-6":
        return lambda i, j: gaxel.render(component(GALPARS, SIZE), SIZE)
    if way == "JAX":
        import jax
        import seed_jax as seed
        from jax import numpy as jnp

        jax_func = jax.jit(lambda i, j, pars: seed.sersic_2d(i, j, **pars))
        nodes = [jnp.asarray(values) for values in RULES[rule]]
        return lambda i, j: seed.integrate_pixels(jax_func, i, j, GALPARS, *nodes).block_until_ready()
    integrate = {
        "numpy, all nodes at once": all_at_once,
        "numpy, node by node": node_by_node,
        "gaxel": compiled,
    }[way]
    return lambda i, j: integrate(i, j, *RULES[rule])


def status(key: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(key))


def peak_of(call) -> int:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forgets the peak so far
    before = status("VmRSS")
    call()
    return status("VmHWM") - before


def main() -> None:
    way, rule = sys.argv[1:]
    call = call_of(way, rule)
    i, j = i_pix.copy(), j_pix.copy()
    # A small image first: libraries load and set themselves up on their first use. JAX's first call compiles and is
    # shown apart.
    if way != "JAX":
        call(i[:3, :3], j[:3, :3])
    first = peak_of(lambda: call(i, j))
    print(first, peak_of(lambda: call(i, j)) if way == "JAX" else first)


if __name__ == "__main__":
    main()
