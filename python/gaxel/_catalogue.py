"""Tables of astropy to components: catalogues, and what FitResult.table wrote."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gaxel import _core
from gaxel._arrays import as_float
from gaxel._component import Component
from gaxel._errors import InputError, input_error, shown
from gaxel._light import light_unit
from gaxel._on_sky import as_scale
from gaxel._quantities import check_single, is_quantity, number_of, unit_of
from gaxel.components import CLASSES

SOURCE = "components_from_table"


def components_from_table(
    table: Any,
    *,
    kind: str | None = None,
    band: str | None = None,
    wcs: Any = None,
    zeropoint: float | None = None,
    unit: Any = None,
) -> list[Component]:
    """Components from the rows of a table: what FitResult.table gave, or a catalogue.

    Parameters
    ----------
    table : astropy.table.QTable, Table or another with colnames and rows
        Columns named like parameters ("x", "re", "theta", "mag", ...), in the registry's units or with units of their own; NaN
        and masked values are left out. "component" holds names, "kind" the registry's kinds ("sersic"), "zeropoint" those
        of magnitudes. With `wcs` also "sky", a SkyCoord, or "ra" and "dec" (ICRS, degrees without a unit) in the place of x and y,
        "pa" in that of theta, and lengths may be angles. Other columns are not looked at, nor can a table hold truncations and images.
    kind : str, optional
        Of all rows, where there is no such column.
    band : str, optional
        Takes the rows of one band; needed where the column "band" holds several.
    wcs : astropy.wcs.WCS, another with the methods of APE 14, or Quantity, optional
        As in Component.on_sky.
    zeropoint : float, optional
        Magnitude of one count, where there is no such column.
    unit : astropy.units.Unit, optional
        That of the image, where fluxes and brightnesses are in a unit that is not of counts. Of an image of surface
        brightnesses, as MJy / sr, fluxes are in it times pix.
        Default: what FitResult.table wrote of it; else, of flux densities, that of `zeropoint` in AB.

    Returns
    -------
    list of Component

    Raises
    ------
    InputError
        Names the row, the column and what is allowed.
    """
    names = _columns_of(table)
    if wcs is not None:
        as_scale(wcs, SOURCE)
    if unit is not None:
        unit = _as_unit(unit, SOURCE)
    # ECSV has no empty text: it comes back masked.
    bands = ["" if np.ma.is_masked(name) else str(name) for name in table["band"]] if "band" in names else []
    if band is None and len(set(bands)) > 1:
        raise input_error(SOURCE, "band", None, "the table holds several", f"one of {sorted(set(bands))}")
    if band is not None and band not in bands:
        raise input_error(
            SOURCE, "band", repr(band), "no such band in the table", ", ".join(sorted(set(bands)))
        )
    rows = [Row(table, number) for number in range(len(table)) if band is None or bands[number] == band]
    return [_component(row, kind, wcs, zeropoint, _unit_of_count(row, unit)) for row in rows]


def _columns_of(table: Any) -> list[str]:
    names = list(getattr(table, "colnames", ()))
    if not names or np.ndim(table[names[0]]) == 0:  # a single row has names of columns, too
        raise input_error(
            SOURCE,
            "table",
            shown(table),
            "not a table with columns",
            "an astropy Table; of one row: table[3:4]",
        )
    return names


def _as_unit(unit: Any, where: str) -> Any:
    from astropy import units

    try:
        return units.Unit(unit)
    except (TypeError, ValueError):
        raise input_error(where, "unit", shown(unit), "not a unit", "an astropy unit, or its name") from None


def _unit_of_count(row: "Row", unit: Any) -> Any:
    """`unit`, or what FitResult.table wrote."""
    if unit is not None or not str(row.get("unit", "")):
        return light_unit(unit)
    return light_unit(_as_unit(str(row["unit"]), row.where))


class Row(Mapping[str, Any]):
    """What a row holds: values that are neither masked nor NaN."""

    def __init__(self, table: Any, number: int) -> None:
        self._values = {name: _value(table[name], number) for name in table.colnames}
        called = f" ({str(self['component'])!r})" if "component" in self else ""
        self.where = f"{SOURCE}, row {number}{called}"

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Any:
        return (name for name, value in self._values.items() if value is not None)

    def __len__(self) -> int:
        return sum(value is not None for value in self._values.values())


def _value(column: Any, number: int) -> Any:
    value = column[number]
    if np.ma.is_masked(value) or np.any(getattr(value, "mask", False)):
        return None
    unit = getattr(column, "unit", None)
    if hasattr(value, "unmasked"):
        value = value.unmasked
    if isinstance(value, float | np.floating) or is_quantity(value):
        if np.ndim(value) == 0 and np.isnan(value):
            return None
        return value if unit is None or is_quantity(value) else value * unit
    return value


def _component(row: Row, kind: str | None, wcs: Any, zeropoint: float | None, unit: Any) -> Component:
    where = row.where
    name = row["kind"] if "kind" in row else kind
    if name is None:
        raise input_error(where, "kind", None, "missing", "a column of kinds, or kind=")
    if str(name) not in CLASSES:
        raise input_error(
            where, "kind", repr(str(name)), "no such kind", _core.suggestion(str(name), list(CLASSES))
        )
    cls = CLASSES[str(name)]
    units = {"mag": "mag", **{key: spec.unit for key, spec in cls._all_specs().items()}}
    own = row["zeropoint"] if "zeropoint" in row else zeropoint
    given = {
        key: _plain(value, units[key], unit, own, where, key) for key, value in row.items() if key in units
    }
    if "component" in row:
        given["name"] = str(row["component"])
    if "mag" in given:
        if own is None:
            raise input_error(where, "zeropoint", None, "missing beside mag", "a column, or zeropoint=")
        given["zeropoint"] = own
    try:
        return _made(cls, row, given, wcs)
    except InputError as error:  # which knows no rows
        text = str(error)
        raise (error if text.startswith(where) else InputError(f"{where}, {text}")) from None


def _made(cls: type[Component], row: Row, given: dict[str, Any], wcs: Any) -> Component:
    if wcs is None or "x" not in cls._specs:
        return cls(**given)
    place = _place(row, given, wcs)
    if place is not None:
        given = {key: value for key, value in given.items() if key not in ("x", "y")}
        given["position"] = place
    if "pa" in row and "theta" in cls._specs:
        given.pop("theta", None)
        given["pa"] = row["pa"]
    return cls.on_sky(wcs, **given)


def _place(row: Row, given: dict[str, Any], wcs: Any) -> Any:
    """A row's SkyCoord: its own, that of ra and dec, or that of its pixels; None where `wcs` is no more than a scale."""
    if "sky" in row:
        return row["sky"]
    if is_quantity(wcs):
        return None
    if {"ra", "dec"} <= row.keys() and not {"x", "y"} <= given.keys():
        return _equatorial(row)
    return wcs.pixel_to_world(given["x"], given["y"]) if {"x", "y"} <= given.keys() else None


def _as_number(value: Any, where: str, key: str, allowed: str) -> float:
    """Of text, too, as tables are that were read without types."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            pass
    return as_float(value, where, key, allowed)


def _equatorial(row: Row) -> Any:
    from astropy import units
    from astropy.coordinates import Latitude, Longitude, SkyCoord

    angles = []
    for key, kind in (("ra", Longitude), ("dec", Latitude)):
        value, allowed = row[key], "degrees, or an angle with a unit"
        if not is_quantity(value):
            value = _as_number(value, row.where, key, allowed) * units.deg
        try:
            angles.append(kind(value))
        except (TypeError, ValueError) as error:
            raise input_error(row.where, key, value, f"not on the sky: {error}", allowed) from None
    return SkyCoord(*angles)


def _flux_density(zeropoint: Any, where: str) -> Any:
    """That of one count with this AB magnitude."""
    from astropy import units

    mag = number_of(zeropoint, "mag", where, "zeropoint") if is_quantity(zeropoint) else zeropoint
    number = as_float(mag, where, "zeropoint", "any finite number")
    return units.Unit((number * units.ABmag).to(units.nJy))


def _plain(value: Any, registered: str, light: Any, zeropoint: Any, where: str, key: str) -> Any:
    """numpy's numbers as Python's, quantities as they are, or in counts where it is known what one is."""
    if not is_quantity(value):
        return _as_number(value, where, key, "a finite number; mask what is not known")
    if not registered.startswith("counts"):
        return value
    if light is None and zeropoint is not None:
        density = _flux_density(zeropoint, where)
        light = density if value.unit.is_equivalent(unit_of(registered, density)) else None
    if light is None:
        return value
    one = unit_of(registered, light)
    check_single(value, where, key)
    if not value.unit.is_equivalent(one):
        raise input_error(where, key, value, "another unit than it has in that image", str(one))
    return float(value.to_value(one))
