"""What can be said of a fit in one bit each."""

import enum


class Flag(enum.IntFlag):
    """Bits of the column `flags`. 0: nothing to remark."""

    FAILED = 1
    """No values; the column `reason` says why."""
    NOT_CONVERGED = 2
    """Stopped by `max_iterations`, or because no step made it better."""
    TIME = 4
    """Stopped by `max_seconds`; the best values until then. Not the same on every machine."""
    AT_BOUND = 8
    """A parameter of the galaxy is at a bound; it has no error."""
    DEGENERATE = 16
    """A parameter of the galaxy has no error: the data leave it open."""
    AT_EDGE = 32
    """The cut-out ends at the edge of the image."""
    CAPPED = 64
    """The cut-out is smaller than the rule asks for: `max_size`."""
    NEIGHBOURS = 128
    """Neighbours were fitted with the galaxy."""
    CROWDED = 256
    """More neighbours than `max_fitted` would have been fitted; they are masked."""
    BAD_PIXELS = 512
    """More than a fifth of the pixels in the galaxy's Kron ellipse are bad or masked, or more than three quarters of
    those in the cut-out."""
    UNCONSTRAINED = 1024
    """The error of a parameter of the galaxy is larger than its range, or so large that a size could be 0."""


def flag_names(value: int) -> list[str]:
    """Names of the bits that are set, in lower case."""
    return [(one.name or "").lower() for one in Flag(value)]
