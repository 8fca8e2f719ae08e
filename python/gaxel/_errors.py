"""What gaxel raises and warns of. The C++ core raises these classes too."""

from gaxel import _core


class InputError(ValueError):
    """An argument is not acceptable. The message names it, its value and what is allowed."""


class FitError(RuntimeError):
    """A fit could not be done although its input was well formed."""


class PsfWarning(UserWarning):
    """A PSF looks wrong: off-centre, on a pedestal, or larger than the image."""


class RefinementWarning(UserWarning):
    """A prepared refinement was applied to light that no longer fits it."""


def input_error(source: str, key: str, value: object, what: str, allowed: str = "") -> InputError:
    """An InputError worded like those of the core; `value` None: there is none to show."""
    return InputError(_core.problem_text(source, key, "" if value is None else str(value), what, allowed))
