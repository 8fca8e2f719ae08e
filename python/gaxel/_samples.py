"""Samples of the free parameters of a fit."""

import os
import pathlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaxel._errors import input_error, shown
from gaxel._numbers import as_numbers

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
class Samples:
    """Samples of the free parameters, from a bootstrap or a Markov chain."""

    names: list[str]
    """FitResult.parameter_names."""
    values: Array
    """Shape (n, n_free)."""
    method: str
    """"parametric" or "blocks" (bootstrap), "emcee"."""
    seed: int
    n_failed: int = 0
    """Fits of a bootstrap that did not converge, and are not among the samples."""
    log_likelihood: Array | None = None
    """Of each sample of a chain, priors included; shape (n,)."""
    autocorrelation_time: Array | None = None
    """Of each parameter, in steps of the chain, shape (n_free,). Chains shorter than 50 times that are short."""
    acceptance: float | None = None
    """Share of the chain's proposals that were taken."""
    _columns: list[tuple[str, float, float]] = field(default_factory=list)

    def column(self, name: str) -> Array:
        """The samples of one parameter, shape (n,)."""
        if name not in self.names:
            raise input_error("Samples", "name", repr(name), "no free parameter", ", ".join(self.names))
        return self.values[:, self.names.index(name)]

    @property
    def mean(self) -> Array:
        """Shape (n_free,)."""
        return self.values.mean(axis=0)

    @property
    def covariance(self) -> Array:
        """Shape (n_free, n_free)."""
        return np.cov(self.values, rowvar=False).reshape(len(self.names), len(self.names))

    @property
    def errors(self) -> Array:
        """Standard deviations, shape (n_free,)."""
        return self.values.std(axis=0, ddof=1)

    def quantiles(self, shares: Any) -> Array:
        """Values that these shares of the samples, 0 to 1, are below, shape (len(shares), n_free)."""
        (shares,) = as_numbers("Samples.quantiles", shares=shares)
        if not ((shares >= 0.0) & (shares <= 1.0)).all():
            raise input_error("Samples.quantiles", "shares", shown(shares), "out of range", "0 to 1")
        return np.quantile(self.values, shares, axis=0)

    def summary(self) -> dict[str, tuple[float, float, float]]:
        """For each parameter the median, and the ends of the central 68.3 percent."""
        low, median, high = self.quantiles([0.158655254, 0.5, 0.841344746])
        return {name: (float(median[i]), float(low[i]), float(high[i])) for i, name in enumerate(self.names)}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the samples to a file.

        Parameters
        ----------
        path : str or path-like
            ".npz": arrays `values`, `names` and what else there is, in the terms of Python. ".ecsv": a table in the
            terms of scene files (FITS pixels of the array, pa in degrees), as `gaxel fit` writes its own.
        """
        target = pathlib.Path(path)
        if target.suffix == ".npz":
            more = {
                key: getattr(self, key)
                for key in ("log_likelihood", "autocorrelation_time")
                if getattr(self, key) is not None
            }
            np.savez_compressed(
                target,
                values=self.values,
                names=np.array(self.names),
                method=self.method,
                seed=self.seed,
                **more,
            )
        elif target.suffix == ".ecsv":
            target.write_text(self._ecsv(), encoding="utf-8")
        else:
            raise input_error("Samples.save", "path", str(path), "no such format", ".npz or .ecsv")

    def _ecsv(self) -> str:
        titles = ['"' + name.replace('"', '""') + '"' for name, _, _ in self._columns]
        lines = [
            "# %ECSV 1.0",
            "# ---",
            "# datatype:",
            *(f"# - {{name: {_yaml(name)}, datatype: float64}}" for name, _, _ in self._columns),
            "# meta: !!omap",
            f"# - method: {_yaml(self.method)}",
            f"# - seed: {self.seed}",
            "# schema: astropy-2.0",
            " ".join(titles),
        ]
        scale = np.array([scale for _, scale, _ in self._columns])
        shift = np.array([shift for _, _, shift in self._columns])
        lines += [" ".join(repr(float(cell)) for cell in row) for row in self.values * scale + shift]
        return "\n".join(lines) + "\n"

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"Samples({self.method!r}, {len(self)} of {len(self.names)} parameters)"

    def __str__(self) -> str:
        width = max(map(len, self.names))
        return "\n".join(
            f"{name:<{width}}  {median:16.9g}  {low - median:+.4g} {high - median:+.4g}"
            for name, (median, low, high) in self.summary().items()
        )


def _yaml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
