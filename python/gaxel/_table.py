"""What a fit found as a table of astropy, which is imported only here."""

from typing import TYPE_CHECKING, Any

import numpy as np

from gaxel._errors import input_error
from gaxel._light import light_unit
from gaxel._on_sky import local_pixels
from gaxel._parameters import component_names
from gaxel._quantities import unit_of

if TYPE_CHECKING:
    from gaxel._fit_result import FitResult


def table_of(result: "FitResult") -> Any:
    """See FitResult.table."""
    from astropy.table import QTable

    rows = [
        (band, name, component)
        for band in result.bands
        for name, component in zip(component_names(band.components, "table"), band.components, strict=True)
    ]
    columns: dict[str, list[Any]] = {"band": [], "component": [], "kind": []}
    for band, name, component in rows:
        columns["band"].append(band.name)
        columns["component"].append(name)
        columns["kind"].append(component._kind.base_name)
    if any(band.observed.unit is not None for band, *_ in rows):
        columns["unit"] = [str(band.observed.unit or "") for band, *_ in rows]
    parameters = dict.fromkeys(key for *_, component in rows for key in _units(component))
    made = QTable(columns, meta=_meta(result))
    for key in parameters:
        units = [_unit(band, component, key) for band, _, component in rows]
        made[key] = _column([component.parameters.get(key, np.nan) for *_, component in rows], units, key)
        errors = [band.errors.get(f"{name}.{key}", np.nan) for band, name, _ in rows]
        made[f"{key}_err"] = _column(errors, units, key)
    if any(component.has_mag for *_, component in rows):
        made["zeropoint"] = _zeropoints(rows)
    _add_sky(made, rows)
    return made


def _zeropoints(rows: list[Any]) -> Any:
    from astropy import units as u

    return np.array([one._zeropoint if one.has_mag else np.nan for *_, one in rows]) * u.mag


def _units(component: Any) -> dict[str, str]:
    """The registry's unit of each parameter; of a magnitude "mag"."""
    units = {}
    for spec in component._specs.values():
        is_mag = spec.name == "flux" and component.has_mag
        units["mag" if is_mag else spec.name] = "mag" if is_mag else spec.unit
    return units


def _unit(band: Any, component: Any, key: str) -> Any:
    """astropy's unit of a parameter in a band; None where the component has no such parameter."""
    from astropy import units as u

    unit = _units(component).get(key)
    light = light_unit(band.observed.unit)
    return None if unit is None else unit_of(unit, u.ct if light is None else light)


def _meta(result: "FitResult") -> dict[str, Any]:
    keys = ("chi2", "dof", "n_pixels", "iterations", "stop_reason")
    return {key: getattr(result, key) for key in keys}


def _column(values: list[float], units: list[Any], key: str) -> Any:
    """Values in units as one array in the first of them; NaN where the unit is None."""
    common = next(unit for unit in units if unit is not None)
    numbers = np.full(len(values), np.nan)
    for i, (value, unit) in enumerate(zip(values, units, strict=True)):
        if unit is None:
            continue
        if not unit.is_equivalent(common):
            raise input_error(
                "table",
                key,
                f"{common} and {unit}",
                "its units differ from row to row",
                "bands in units alike",
            )
        numbers[i] = value * unit.to(common)
    return numbers if not common.bases else numbers * common


def _add_sky(made: Any, rows: list[Any]) -> None:
    """Places, directions and scales on the sky, where the bands have a wcs."""
    from astropy import units as u
    from astropy.coordinates import SkyCoord

    if any(band.observed.wcs is None for band, *_ in rows):
        return
    lon, lat, pa, scale = (np.full(len(rows), np.nan) for _ in range(4))
    frame = None
    for i, (band, _, component) in enumerate(rows):
        x, y = (component.value(key) if key in component._specs else None for key in ("x", "y"))
        if x is None or y is None:
            continue
        place = band.observed.wcs.pixel_to_world(x, y)
        if not isinstance(place, SkyCoord):
            return
        place = place if frame is None else place.transform_to(frame)
        frame = place.frame.replicate_without_data() if frame is None else frame
        lon[i], lat[i] = place.spherical.lon.deg, place.spherical.lat.deg
        here = local_pixels(band.observed.wcs, place, "table")
        scale[i] = here.scale.to_value(u.arcsec)
        theta = component.value("theta") if "theta" in component._specs else None
        if theta is not None:
            pa[i] = np.rad2deg(here.pa(theta))
    if frame is None:
        return
    made["sky"] = SkyCoord(lon * u.deg, lat * u.deg, frame=frame)
    made["pa"] = pa * u.deg
    made["pixel_scale"] = scale * u.arcsec / u.pix
