"""What a key of a configuration may hold, and messages about keys that hold something else."""

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gaxel import _core
from gaxel._errors import input_error


@dataclass(frozen=True)
class Kind:
    """A kind of value: how it is taken over, and what is allowed, in words.

    `take` raises ValueError or TypeError for what is not allowed.
    """

    take: Callable[[Any], Any]
    allowed: str


def number(low: float = -math.inf, high: float = math.inf, above: bool = False) -> Kind:
    """A finite number from low (or above it) to high."""

    def take(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError
        if not math.isfinite(value) or value < low or value > high or (above and value == low):
            raise ValueError
        return float(value)

    if low == -math.inf:
        return Kind(take, "a finite number")
    end = "" if high == math.inf else f" and at most {high:g}"
    return Kind(take, f"a number {'above' if above else 'of at least'} {low:g}{end}")


def integer(low: int, high: int) -> Kind:
    def take(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError
        if not low <= value <= high:
            raise ValueError
        return value

    return Kind(take, f"a whole number from {low} to {high}")


def choice(*names: str) -> Kind:
    def take(value: Any) -> str:
        if value not in names:
            raise ValueError
        return str(value)

    return Kind(take, " or ".join(f'"{name}"' for name in names))


def interval(low: float, high: float) -> Kind:
    """[lowest, highest], both from low to high."""
    one = number(low, high)

    def take(value: Any) -> tuple[float, float]:
        first, last = (one.take(end) for end in value)
        if not first < last:
            raise ValueError
        return first, last

    return Kind(take, f"[lowest, highest], both from {low:g} to {high:g}")


def either(first: Kind, second: Kind) -> Kind:
    def take(value: Any) -> Any:
        try:
            return first.take(value)
        except (TypeError, ValueError):
            return second.take(value)

    return Kind(take, f"{first.allowed}, or {second.allowed}")


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        raise TypeError
    return tuple(_text(one) for one in value)


def _variations(value: Any) -> dict[str, int | str]:
    names = ("x", "y", "re", "n", "q", "theta")
    if not isinstance(value, Mapping) or any(name not in names for name in value):
        raise ValueError
    terms = either(choice("per_band"), integer(1, 20))
    return {name: terms.take(own) for name, own in value.items()}


TEXT = Kind(_text, "text, not empty")
TEXTS = Kind(_texts, "a list of texts")
VARIATIONS = Kind(
    _variations,
    'a table of x, y, re, n, q or theta to "per_band" or a number of Chebyshev terms from 1 to 20',
)


def key(kind: Kind, default: Any = dataclasses.MISSING) -> Any:
    """A field of a dataclass that holds a key of this kind; without a default it must be given."""
    if default is dataclasses.MISSING:
        return field(metadata={"kind": kind})
    factory = (
        {"default_factory": lambda: dict(default)} if isinstance(default, dict) else {"default": default}
    )
    return field(metadata={"kind": kind}, **factory)


def fill(made: type[Any], given: Any, source: str, where: str) -> Any:
    """A dataclass made of a table's keys, each checked.

    Raises
    ------
    InputError
        Names the file, the key with its table, the value, and what is allowed.
    """
    if not isinstance(given, Mapping):
        raise input_error(source, where, repr(given), "not a table", f"[{where}] with its keys")
    fields = {one.name: one for one in dataclasses.fields(made)}
    prefix = f"{where}." if where else ""
    values = {}
    for name, value in given.items():
        if name not in fields:
            raise unknown(source, prefix + name, name, list(fields))
        kind: Kind = fields[name].metadata["kind"]
        try:
            values[name] = kind.take(value)
        except (TypeError, ValueError):
            raise input_error(source, prefix + name, repr(value), "out of range", kind.allowed) from None
    for name, one in fields.items():
        needed = one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING
        if needed and name not in values:
            raise input_error(source, prefix + name, None, "missing", one.metadata["kind"].allowed)
    return made(**values)


def unknown(source: str, full_name: str, name: str, known: list[str]) -> Exception:
    """The error about a key or column that does not exist, with the one that was probably meant."""
    return input_error(source, full_name, None, "no such name", _core.suggestion(name, known))
