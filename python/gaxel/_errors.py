"""What gaxel raises and warns of. The C++ core raises these classes too."""

import contextlib
import re
import sys
import warnings
from collections.abc import Iterator

from gaxel import _core


class InputError(ValueError):
    """An argument is not acceptable. The message names it, its value and what is allowed."""


class FitError(RuntimeError):
    """A fit could not be done although its input was well formed."""


class PsfWarning(UserWarning):
    """A PSF looks wrong: off-centre, on a pedestal, or larger than the image."""


class ChainWarning(UserWarning):
    """A Markov chain is too short for what is read from it."""


class RefinementWarning(UserWarning):
    """A prepared refinement was applied to light that no longer fits it."""


def shown(value: object) -> str:
    """A value of any kind for messages: its repr on one line, without the middle of a long one."""
    longest = 120
    try:
        text = re.sub(r"\s*\n\s*", " ", repr(value))
    except ValueError:  # Python does not write whole numbers of thousands of digits
        return type(value).__name__
    return text if len(text) <= longest else f"{text[: longest // 2]}...{text[-longest // 2 :]}"


def input_error(source: str, key: str, value: object, what: str, allowed: str = "") -> InputError:
    """An InputError worded like those of the core; `value` None: there is none to show."""
    return InputError(_core.problem_text(source, key, "" if value is None else str(value), what, allowed))


def warn_caller(message: str, category: type[Warning]) -> None:
    """Warn of the line outside gaxel that the call came from."""
    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "gaxel":
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


@contextlib.contextmanager
def told_of_psf() -> Iterator[None]:
    """Where a PSF is used again that a fit has warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PsfWarning)
        yield
