"""Finding sources where there is no catalogue."""

import numpy as np
import sep

from gaxel.survey._images import Tile
from gaxel.survey._sources import Sources, empty_sources
from gaxel.survey.settings import Survey

KRON_FACTOR, KRON_LEAST = 2.5, 3.5
"""SExtractor's PHOT_AUTOPARAMS: the ellipse's scale in Kron radii, and the least it may be in those of the isophote."""


def detect(survey: Survey, tile_name: str, number: int) -> Sources:
    """Sources of a tile, brightest rows first along y; `row` counts from 0.

    The whole tile is read: 8 bytes a pixel for the data, as many for sigma and for the background.
    """
    settings = survey.detection
    band = next((one for one in survey.bands if one.name == settings.band), survey.bands[0])
    with Tile(survey, tile_name) as tile:
        ny, nx = tile.shape
        data, sigma, bad = tile.read(band, (0, nx, 0, ny), -1)
    box = settings.background_box
    background = sep.Background(data, mask=bad, bw=box, bh=box)
    data = data - background.back()
    sep.set_extract_pixstack(max(300_000, data.size // 4))
    sep.set_sub_object_limit(4096)
    found, segments = sep.extract(
        data,
        settings.threshold,
        err=background.globalrms if band.sigma is None else sigma,
        mask=bad,
        minarea=settings.min_area,
        deblend_nthresh=settings.deblend_levels,
        deblend_cont=settings.deblend_contrast,
        segmentation_map=True,
    )
    order = np.lexsort((found["x"], found["y"]))
    found = found[order]
    # Pixels of other sources do not count.
    alone = {"mask": bad, "segmap": segments, "seg_id": order.astype(np.int32) + 1}
    shape = found["x"], found["y"], found["a"], found["b"], np.clip(found["theta"], -np.pi / 2, np.pi / 2)
    with np.errstate(invalid="ignore"):
        kron, _ = sep.kron_radius(data, *shape, 6.0, **alone)
        scale = np.maximum(KRON_FACTOR * np.nan_to_num(kron), KRON_LEAST)
        flux, _, _ = sep.sum_ellipse(data, *shape, scale, subpix=1, **alone)
        half, _ = sep.flux_radius(
            data, found["x"], found["y"], scale * found["a"], 0.5, normflux=flux, subpix=5, **alone
        )
    sources = empty_sources(len(found))
    sources["row"] = np.arange(len(found))
    sources["tile"] = number
    sources["x"], sources["y"], sources["theta"] = found["x"], found["y"], found["theta"]
    sources["kron"] = scale * found["a"]
    sources["q"] = found["b"] / found["a"]
    sources["re"] = np.where(half > 0.0, half, np.nan)
    if band is survey.bands[0]:
        sources["flux"] = np.where(flux > 0.0, flux, np.nan)
    return sources
