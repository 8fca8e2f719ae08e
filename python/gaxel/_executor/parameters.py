"""Parameters of the components of an exported plan, by their names."""

from collections.abc import Mapping, Sequence
from typing import Any


def named(component: Mapping[str, Any], values: Sequence[Any]) -> dict[str, Any]:
    """Values of a component, as many as it has parameters."""
    return dict(zip(component["parameters"], values, strict=True))


def start_of(component: Mapping[str, Any]) -> dict[str, float]:
    """Those for which the plan was made."""
    return named(component, component["values"])
