"""Sums of many profiles; public in gaxel.model."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gaxel._cells import check_callable
from gaxel._errors import input_error


def multi_func(func: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a function of one profile's parameters into one of many profiles', which gives their sum.

    Applied to f(i, j, pars) it gives a function of points that can be imaged; applied to an image function such as
    func_to_pix makes, pix(pars), it sums images. With `adaptive` the difference matters: in func_to_pix(multi_func(f))
    all profiles share one set of refined cells, in multi_func(func_to_pix(f)) each has its own, as in GAX.

    Parameters
    ----------
    func : callable
        func(..., pars) -> array; the parameters are its last argument.

    Returns
    -------
    callable
        As `func`, but with the parameters of many profiles: a mapping of arrays, whose leading axis counts the profiles
        (scalars are shared by all of them), such as pars_table_to_pytree makes; or a list with what `func` takes for
        each profile.

    Raises
    ------
    InputError
        By the returned function, when there is no profile, or arrays differ in their numbers of profiles.
    """
    check_callable(func, "multi_func")

    def summed(*arguments: Any) -> Any:
        if not arguments:
            raise input_error("multi_func", "pars", None, "not given", "func(..., pars)")
        *points, pars = arguments
        first, *others = _profiles(pars)
        total = np.array(func(*points, first), dtype=np.float64)
        for other in others:
            total += func(*points, other)
        return total[()]

    return summed


def _profiles(pars: Any) -> Sequence[Any]:
    source = "multi_func"
    if isinstance(pars, list | tuple):
        if not pars:
            raise input_error(source, "pars", "empty list", "no profile", "parameters of one profile or more")
        return pars
    if not isinstance(pars, Mapping):
        allowed = "a mapping of arrays or a list; pars_table_to_pytree makes one from a table"
        raise input_error(source, "pars", type(pars).__name__, "not parameters", allowed)
    arrays = {name: np.asanyarray(value) for name, value in pars.items()}
    lengths = {name: len(array) for name, array in arrays.items() if array.ndim}
    if not lengths:
        return [dict(pars)]
    first = next(iter(lengths))
    for name, length in lengths.items():
        if length != lengths[first] or length == 0:
            allowed = f"{lengths[first]}, as {first}" if lengths[first] else "1 or more"
            raise input_error(
                source, f"pars[{name!r}]", f"{length} profiles", "not one value a profile", allowed
            )
    return [
        {name: array[k] if array.ndim else array[()] for name, array in arrays.items()}
        for k in range(lengths[first])
    ]
