"""The columns of the results."""

from typing import Any

import numpy as np
import pyarrow as pa

from gaxel import FitResult
from gaxel.survey._flags import Flag
from gaxel.survey.settings import Survey

SHAPE = ("re", "n", "q", "pa")
FIXED = (
    ("flags", pa.int32()),
    ("reason", pa.string()),
    ("chi2", pa.float64()),
    ("dof", pa.int64()),
    ("chi2_ellipse", pa.float64()),
    ("iterations", pa.int32()),
    ("n_fitted", pa.int16()),
    ("n_masked", pa.int16()),
    ("x0", pa.int32()),
    ("y0", pa.int32()),
    ("nx", pa.int32()),
    ("ny", pa.int32()),
    ("seconds", pa.float64()),
)


def schema(survey: Survey, id_type: pa.DataType) -> pa.Schema:
    """Names and types of the columns of a survey's results."""
    several = len(survey.bands) > 1
    values: list[str] = ["x", "y"]
    for name in SHAPE:
        varies = several and ("theta" if name == "pa" else name) in survey.fit.vary
        values += [f"{name}_{band.name}" for band in survey.bands] if varies else [name]
    for band in survey.bands:
        suffix = f"_{band.name}" if several else ""
        values += [f"flux{suffix}", f"mag{suffix}", f"sky{suffix}"]
    columns = [("row", pa.int64()), ("id", id_type), ("tile", pa.string()), ("plane", pa.int32())]
    columns += [("ra", pa.float64()), ("dec", pa.float64())]
    for name in values:
        columns += [(name, pa.float64()), (f"{name}_err", pa.float64())]
    return pa.schema([*columns, *FIXED])


def failed(row: int, reason: str) -> dict[str, Any]:
    """A row without values."""
    return {"row": row, "flags": int(Flag.FAILED), "reason": reason}


def fitted(survey: Survey, result: FitResult, box: tuple[int, int, int, int]) -> dict[str, Any]:
    """The columns of the galaxy's parameters: FITS pixels, position angles from +y."""
    x0, x1, y0, y1 = box
    row: dict[str, Any] = {"x0": x0 + 1, "y0": y0 + 1, "nx": x1 - x0, "ny": y1 - y0}
    several = len(survey.bands) > 1
    for band, own in zip(survey.bands, result.bands, strict=True):
        galaxy, sky = own.components[0].parameters, own.components[-1].parameters
        error = own.errors
        suffix = f"_{band.name}" if several else ""
        row |= _pair(f"sky{suffix}", sky["level"], error["sky.level"])
        flux, flux_error = galaxy["flux"], error["galaxy.flux"]
        row |= _pair(f"flux{suffix}", flux, flux_error)
        if flux > 0.0:
            row |= _pair(
                f"mag{suffix}",
                band.zeropoint - 2.5 * np.log10(flux),
                2.5 / np.log(10.0) * flux_error / flux,
            )
        for name, key in (("re", "re"), ("n", "n"), ("q", "q"), ("pa", "theta")):
            if several and key in survey.fit.vary:
                column = f"{name}_{band.name}"
            elif own is result.bands[0]:
                column = name
            else:
                continue
            value, uncertainty = galaxy[key], error[f"galaxy.{key}"]
            if name == "pa":
                value = 90.0 - np.remainder(180.0 - np.degrees(value), 180.0)
                uncertainty = np.degrees(uncertainty)
            row |= _pair(column, value, uncertainty)
    galaxy, error = result.bands[0].components[0].parameters, result.bands[0].errors
    row |= _pair("x", galaxy["x"] + x0 + 1.0, error["galaxy.x"])
    row |= _pair("y", galaxy["y"] + y0 + 1.0, error["galaxy.y"])
    return row


def _pair(name: str, value: float, error: float) -> dict[str, float]:
    return {name: float(value), f"{name}_err": float(error)}


def to_table(rows: list[dict[str, Any]], wanted: pa.Schema) -> pa.Table:
    """Rows as a table, sorted by `row`; what a row lacks is null."""
    rows = sorted(rows, key=lambda one: one["row"])
    return pa.Table.from_pylist(rows, schema=wanted)
