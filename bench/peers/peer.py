"""What a peer is: a module NAME_peer.py here, with the constants and the function below.

    NAME: str        as its authors write it
    VERSION: str
    REUSED: str      what is made once and is not timed, because it serves galaxies with other parameters; for the page
    def renderers(case: Case) -> list[Renderer]

A render starts from the galaxy's parameters and ends with its pixels in memory, in double precision; the flux, integrated to
infinity, is 1. Where a peer takes a surface brightness, that is computed with the peer's own b_n, so that its law has unit
flux.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

PEERS = {
    "gaxel": "gaxel_peer",
    "the seed's scheme in JAX": "jax_peer",
    "astropy": "astropy_peer",
    "GalSim": "galsim_peer",
    "pyimfit": "pyimfit_peer",
    "AstroPhot": "astrophot_peer",
}
"""Name -> module."""


class CannotRender(Exception):
    """The peer itself advises against this setting for this case, and says why."""


@dataclass(frozen=True)
class Renderer:
    """One setting of a peer, for one case."""

    setting: str
    label: str
    """The setting, short enough for a figure."""
    render: Callable[[], NDArray[np.float64]]
    """The image, (ny, nx). Raises CannotRender."""
    first: Callable[[], Any]
    """The same from nothing but the parameters, with everything made anew that REUSED says is made once."""


def load(name: str) -> tuple[ModuleType | None, str]:
    """The peer's module, or None and the reason why it is skipped."""
    try:
        return importlib.import_module(PEERS[name]), ""
    except ImportError as error:
        return None, f"{name} is not installed ({error})"
