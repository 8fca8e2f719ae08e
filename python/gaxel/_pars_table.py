"""Tables of parameters as dicts of arrays; public in gaxel.model."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaxel._errors import input_error

_SOURCE = "pars_table_to_pytree"


def pars_table_to_pytree(table: Any) -> dict[str, NDArray[np.float64]]:
    """The columns of a table of parameters, as `multi_func` takes them.

    Parameters
    ----------
    table : astropy Table or QTable, structured array, or mapping of columns
        One row for each profile, one column for each parameter; a column may be of any number type and byte order.
        Angles in degrees become radians, other angular units are refused (an `x` in arcsec is no pixel). Any other unit
        is dropped: what it means is known to the function that takes the parameters.

    Returns
    -------
    dict of ndarray, float64
        Column by name, in the table's order, of the column's shape; copies.

    Raises
    ------
    InputError
        Naming column and row (0-based), where an element is masked or not finite, a column does not consist of real
        numbers, has an angular unit other than rad and deg, or is longer or shorter than the first.
    """
    columns = _columns(table)
    arrays = {name: _as_column(name, column) for name, column in columns.items()}
    lengths = {name: len(array) for name, array in arrays.items() if array.ndim}
    for name, length in lengths.items():
        first = next(iter(lengths))
        if length != lengths[first]:
            raise input_error(
                _SOURCE, f"column {name}", f"{length} rows", "sizes disagree", f"{lengths[first]}, as {first}"
            )
    return arrays


def _columns(table: Any) -> dict[str, Any]:
    names = getattr(table, "colnames", None) or getattr(getattr(table, "dtype", None), "names", None)
    if isinstance(table, Mapping):
        names = list(table)
    if not names:
        allowed = "an astropy Table, a structured array or a mapping, with at least one column"
        raise input_error(_SOURCE, "table", type(table).__name__, "has no columns", allowed)
    return {str(name): table[name] for name in names}


def _as_column(name: str, column: Any) -> NDArray[np.float64]:
    key = f"column {name}"
    factor = _radians_per(getattr(column, "unit", None), key)
    masked = np.asarray(getattr(column, "mask", False))
    try:
        values = np.asarray(getattr(column, "unmasked", column))
    except ValueError:  # ragged lists
        values = np.asarray(None)
    if values.dtype.kind not in "fiub":
        allowed = "real numbers; leave columns out that are no parameters"
        raise input_error(_SOURCE, key, f"array of {values.dtype}", "not numbers", allowed)
    _check_all(~np.broadcast_to(masked, values.shape), key, values, "masked")
    numbers = values.astype(np.float64)
    _check_all(np.isfinite(numbers), key, values, "not finite")
    return numbers if factor is None else numbers * factor


def _check_all(good: NDArray[np.bool_], key: str, values: NDArray[Any], what: str) -> None:
    if good.all():
        return
    place = tuple(int(index) for index in np.argwhere(~good)[0])
    row = f", row {place[0]}" if place else ""
    raise input_error(_SOURCE, key + row, values[place], what, "a finite number in every row")


def _radians_per(unit: Any, key: str) -> float | None:
    """None where the numbers stay as they are."""
    if getattr(unit, "physical_type", None) != "angle" or unit == "rad":
        return None
    if unit != "deg":
        raise input_error(
            _SOURCE, key, unit, "not a unit of parameters", "angles in rad or deg, lengths in pixels"
        )
    return float(np.pi / 180.0)
