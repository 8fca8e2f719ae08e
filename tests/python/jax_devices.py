"""Where programs of JAX run in tests."""

import jax


def on_cpu():
    """A context in which they run on the CPU, where the core is, whatever JAX's default device."""
    return jax.default_device(jax.devices("cpu")[0])
