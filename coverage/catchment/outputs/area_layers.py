"""Service areas as tables for the package: every site's own, and what all reach, shared out by the nearest site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from catchment.outputs.bands import band_limits
from catchment.outputs.style import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.model import Mode, Run, ServiceAreas

MODES: tuple[Mode, Mode] = ("road", "walk")
"""The large ones first, so that a map that draws row by row shows the small ones on top."""


def area_table(run: Run) -> gpd.GeoDataFrame:
    """
    Every site's own areas, a row per band, the wider ones first.

    Columns ``site_id, name, mode, band`` (1 is the narrowest), ``limit_m`` and ``minutes``, NaN where the limit is a
    distance.
    """
    return _joined([_bands(run, areas) for areas in _drawn(run.areas)])


def split_table(run: Run) -> gpd.GeoDataFrame:
    """
    What all sites reach, shared out by the nearest: a row per mode and site.

    Columns ``site_id, name, mode, limit_m, minutes`` and ``colour``, a number that no two areas of a mode share that
    meet.
    """
    tables = []
    for areas in _drawn(run.split):
        table = _bands(run, areas).drop(columns="band")
        tables.append(table.assign(colour=map_colours(table.geometry.to_numpy())))
    return _joined(tables)


def _drawn(areas: Mapping[Mode, ServiceAreas]) -> list[ServiceAreas]:
    return [areas[mode] for mode in MODES if mode in areas and len(areas[mode])]


def _bands(run: Run, areas: ServiceAreas) -> gpd.GeoDataFrame:
    limits, timed = band_limits(areas, run)
    ledger = run.sites.frame.iloc[areas.site]
    tables = [
        gpd.GeoDataFrame(
            {
                "site_id": [printable(text) for text in ledger["site_id"]],
                "name": [printable(text) for text in ledger["name"]],
                "mode": areas.mode,
                "band": band + 1,
                "limit_m": areas.limits_mm[band] / 1000,
                "minutes": float(limits[band]) if timed else np.nan,
            },
            geometry=areas.polygons[:, band],
            crs="EPSG:4326",
        )
        for band in reversed(range(len(limits)))
    ]
    return _joined(tables)


def _joined(tables: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    if not tables:
        return gpd.GeoDataFrame(geometry=[], crs="EPSG:4326")
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs="EPSG:4326")


def map_colours(shapes: Any) -> list[int]:
    """
    A number for each shape, different where two meet: the smallest that no earlier neighbour has.

    Examples
    --------
    >>> map_colours([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 4, 1), shapely.box(3, 0, 5, 1)])
    [0, 1, 0]
    """
    shapes = np.asarray(shapes, object)
    shapely.prepare(shapes)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    colours: list[int] = []
    for shape in range(len(shapes)):
        taken = {colours[near] for near in other[one == shape].tolist() if near < shape}
        colours.append(next(number for number in range(len(shapes)) if number not in taken))
    return colours
