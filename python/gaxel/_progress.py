"""What a fit tells while it runs: to a callback, a bar, and the log.

The logger "gaxel" gets a line at level DEBUG after each iteration and one at INFO at the end of a fit; nothing is shown unless the
program asks for it, as by logging.basicConfig(level=logging.INFO).
"""

import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from gaxel._errors import input_error

if TYPE_CHECKING:
    from gaxel._core import FitProgress
    from gaxel._fit_result import FitResult

LOGGER = logging.getLogger("gaxel")
LOGGER.addHandler(logging.NullHandler())

Progress = Callable[["FitProgress"], Any]


class ProgressBar:
    """A line that follows a fit: tqdm's where it is installed, plain text where not. A context manager.

    >>> with gaxel.ProgressBar() as bar:
    ...     result = gaxel.fit(data, galaxy, sigma=1.0, progress=bar)

    gaxel.fit(..., progress=True) does the same.

    Parameters
    ----------
    file : text file, optional
        Where plain text goes. Default: standard error.
    """

    def __init__(self, file: TextIO | None = None) -> None:
        self._file = sys.stderr if file is None else file
        self._bar: Any = None
        try:
            with (
                warnings.catch_warnings()
            ):  # a notebook without widgets gets a bar of text: no reason to warn
                warnings.simplefilter("ignore")
                from tqdm.auto import tqdm
        except ImportError:
            return
        self._bar = tqdm(file=file, bar_format="fit: {n_fmt} iterations, {elapsed}{postfix}")

    def __call__(self, progress: "FitProgress") -> None:
        """After each iteration."""
        if self._bar is not None:
            self._bar.set_postfix_str(f"chi2 {progress.chi2:.8g}", refresh=False)
            self._bar.update(progress.iteration - self._bar.n)
        else:
            print(f"\rfit: iteration {progress.iteration}, chi2 {progress.chi2:.8g}", end="", file=self._file)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        else:
            print(file=self._file)

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def callback_of(progress: Any) -> Iterator[Progress | None]:
    """The callback that the core takes for what a user gave as progress; it logs, too, where the log wants to know."""
    if progress is True:
        with ProgressBar() as bar:
            yield _logged(bar)
        return
    if progress is not None and progress is not False and not callable(progress):
        raise input_error(
            "fit", "progress", repr(progress), "cannot be called", "a function of a FitProgress; True: a bar"
        )
    yield _logged(progress or None)


def log_end(result: "FitResult") -> None:
    LOGGER.info(
        "fit: chi2 %.8g, dof %d, %d iterations in %.3g s: %s",
        result.chi2, result.dof, result.iterations, result.seconds, result.message,
    )  # fmt: skip


def _logged(progress: Progress | None) -> Progress | None:
    if not LOGGER.isEnabledFor(logging.DEBUG):
        return progress

    def tell(now: "FitProgress") -> Any:
        LOGGER.debug("fit: iteration %d, chi2 %.8g, %.3g s", now.iteration, now.chi2, now.seconds)
        return None if progress is None else progress(now)

    return tell
