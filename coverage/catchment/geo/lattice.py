"""Places of an even lattice inside areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.geo.measure import radii_of_curvature_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.model import Floats, Ints

STEP_M = 100.0

MOST_PLACES = 250_000
"""Of one area; the lattice of a larger one than 2,500 km² is as much wider."""


def lattice_inside(polygons: NDArray[np.object_], *, step_m: float = STEP_M) -> tuple[Ints, Floats]:
    """
    The places of a lattice in each polygon.

    Rows and columns are whole multiples of the step from the equator and from 0 degrees of longitude, as long as the
    degree of latitude of the polygon's middle has it, so that areas side by side share one lattice.

    Parameters
    ----------
    polygons
        In lon, lat, shape (k,).
    step_m
        Distance of rows and of columns [m].

    Returns
    -------
    Polygon of each place, ascending, shape (n,), and lon, lat [degrees], shape (n, 2).

    Examples
    --------
    >>> area, xy = lattice_inside(np.array([shapely.box(0, 0, 0.002, 0.001), shapely.box(5, 5, 5.0001, 5.0001)]))
    >>> area.tolist(), (xy * 10_000).round(1).tolist()
    ([0, 0], [[4.5, 4.5], [13.5, 4.5]])
    """
    shapely.prepare(polygons)
    west, south, east, north = shapely.bounds(polygons).reshape(-1, 4).T
    step = _step_degrees((south + north) / 2, step_m)
    step *= np.maximum(1.0, np.sqrt((east - west) * (north - south) / step[0] / step[1] / MOST_PLACES))
    first_column, first_row = np.floor(west / step[0]).astype(np.int64), np.floor(south / step[1]).astype(np.int64)
    columns = np.floor(east / step[0]).astype(np.int64) - first_column + 1
    count = columns * (np.floor(north / step[1]).astype(np.int64) - first_row + 1)
    pieces: list[tuple[Ints, Floats]] = []
    for part in np.array_split(np.arange(len(polygons)), max(1, int(count.sum()) // 2_000_000)):
        area = np.repeat(part, count[part])
        start = np.cumsum(count[part]) - count[part]
        row, column = np.divmod(np.arange(len(area)) - np.repeat(start, count[part]), columns[area])
        lon = (first_column[area] + column + 0.5) * step[0][area]
        lat = (first_row[area] + row + 0.5) * step[1][area]
        inside = shapely.contains_xy(polygons[area], lon, lat)
        pieces.append((area[inside], np.column_stack([lon, lat])[inside]))
    return np.concatenate([area for area, _ in pieces]), np.concatenate([xy for _, xy in pieces])


def _step_degrees(latitude: Floats, step_m: float) -> Floats:
    """Step in longitude and in latitude at the middle of each degree of latitude, shape (2, k)."""
    middle = np.radians(np.floor(latitude) + 0.5)
    meridian, transverse = radii_of_curvature_m(middle)
    steps: Floats = np.degrees(np.stack([step_m / (transverse * np.cos(middle)), step_m / meridian]))
    return steps
