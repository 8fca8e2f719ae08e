"""JAX's settings in tests."""

import pytest


@pytest.fixture
def float64():
    import jax  # which not all tests need

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.fixture
def soon_compiled():
    """Programs that are compiled sooner, and slower."""
    import jax

    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)
