"""How notebooks show components, PSFs, bands and results."""

import base64
import html
import io
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gaxel._light import light_text

if TYPE_CHECKING:
    from gaxel._bands import Band
    from gaxel._component import Component
    from gaxel._fit_result import FitResult
    from gaxel._psf import AnyPsf, VaryingPsf

THUMBNAIL = 120  # pixels of the screen, along the longer side


def component_html(component: "Component") -> str:
    rows = []
    for key, value in component.parameters.items():
        spec = component._specs.get(key)
        rows.append([key, f"{value:.8g}", "mag" if spec is None else spec.unit])
    title = type(component).__name__ + (f" {component.name!r}" if component.name else "")
    return _block(title, _table(["parameter", "value", "unit"], rows) if rows else "", "")


def psf_html(psf: "AnyPsf | VaryingPsf") -> str:
    image = getattr(psf, "array", None)
    return _block(repr(psf), "", "" if image is None else _picture(image))


def band_html(band: "Band") -> str:
    rows = [
        ["pixels", f"{band.shape[0]} x {band.shape[1]}", ""],
        ["used", f"{np.count_nonzero(band.used)}", ""],
    ]
    sigma = f"{np.median(band.sigma[band.used]):.4g}" if band.used.any() else ""
    rows.append(["median sigma", sigma, light_text(band.unit)])
    if band.wavelength is not None:
        rows.append(["wavelength", f"{band.wavelength:g}", ""])
    rows.append(["zero point", f"{band.zeropoint:g}", "mag"])
    rows.append(["PSF", "none" if band.psf is None else type(band.psf).__name__, ""])
    rows.append(["wcs", "no" if band.wcs is None else "yes", ""])
    return _block(
        f"Band {band.name!r}" if band.name else "Band",
        _table(None, rows),
        _picture(np.where(band.used, band.data, np.nan)),
    )


def result_html(result: "FitResult") -> str:
    rows = [
        [name, f"{value:.8g}", "" if math.isnan(error) else f"{error:.3g}", flag]
        for name, value, error, flag in zip(
            result.parameter_names, result.values, result.errors, result.flags, strict=True
        )
    ]
    title = f"chi2 {result.chi2:.6g}, dof {result.dof}"
    if result.dof > 0:
        title += f", chi2 / dof {result.chi2 / result.dof:.4g}"
    text = f"{result.iterations} iterations in {result.seconds:.2g} s: {result.message}"
    made = _table(["parameter", "value", "error", ""], rows)
    return _block(title, f"<div>{html.escape(text)}</div>{made}", "")


def _block(title: str, body: str, picture: str) -> str:
    return (
        f"<div><strong>{html.escape(title)}</strong>"
        f'<div style="display:flex;gap:1em;align-items:flex-start">{picture}<div>{body}</div></div></div>'
    )


def _table(header: Sequence[str] | None, rows: Iterable[Sequence[str]]) -> str:
    def cells(row: Sequence[str], tag: str) -> str:
        return "".join(
            f'<{tag} style="text-align:{"right" if i == 1 else "left"};padding:0 0.6em 0 0">{html.escape(cell)}</{tag}>'
            for i, cell in enumerate(row)
        )

    head = "" if header is None else f"<thead><tr>{cells(header, 'th')}</tr></thead>"
    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return f"<table>{head}<tbody>{body}</tbody></table>"


def _picture(image: Any) -> str:
    """An arcsinh stretch of an image as a small PNG; nothing where matplotlib is not installed."""
    try:
        from matplotlib import colormaps
        from matplotlib.image import imsave
    except ImportError:
        return ""
    finite = image[np.isfinite(image)]
    if finite.size == 0:
        return ""
    step = max(1, -(-max(image.shape) // (2 * THUMBNAIL)))
    small = image[::step, ::step]
    low, scatter = np.percentile(finite, [1.0, 84.0])
    width = max(float(scatter - low), 1e-3 * float(finite.max() - low), 1e-300)
    stretched = np.arcsinh((small - low) / width)
    colours = colormaps["gray_r"].with_extremes(bad="0.85")
    ink = np.nan_to_num(stretched / max(np.arcsinh((finite.max() - low) / width), 1e-300), nan=np.nan)
    file = io.BytesIO()
    imsave(file, colours(np.ma.masked_invalid(np.clip(ink, 0.0, 1.0))), origin="lower", format="png")
    ny, nx = small.shape
    zoom = THUMBNAIL / max(ny, nx)
    data = base64.b64encode(file.getvalue()).decode()
    return (
        f'<img alt="image" width="{nx * zoom:.0f}" height="{ny * zoom:.0f}" '
        f'style="image-rendering:pixelated" src="data:image/png;base64,{data}">'
    )
