"""Points in polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from catchment.model import Floats, Indices


def polygon_of(xy: Floats, polygons: Sequence[shapely.Geometry]) -> Indices:
    """
    Index of the polygon each point lies in or on, -1 outside all; the smaller index where polygons share it.

    Parameters
    ----------
    xy
        lon, lat [degrees], shape (n, 2).
    polygons
        In the same coordinates.

    Examples
    --------
    >>> polygon_of(np.array([[0.5, 0.5], [3.0, 0.5]]), [shapely.box(0, 0, 1, 1)]).tolist()
    [0, -1]
    """
    shapes = np.asarray(polygons, object)
    shapely.prepare(shapes)
    index = np.full(len(xy), -1, np.int32)
    by_lat = np.argsort(xy[:, 1], kind="stable")
    lon, lat = xy[by_lat].T
    # Millions of points need no object each: those in a polygon's box are a slice by latitude, then by longitude.
    for number in reversed(range(len(shapes))):
        west, south, east, north = shapely.bounds(shapes[number])
        first, last = np.searchsorted(lat, south), np.searchsorted(lat, north, side="right")
        near = first + np.flatnonzero((lon[first:last] >= west) & (lon[first:last] <= east))
        index[by_lat[near[shapely.intersects_xy(shapes[number], lon[near], lat[near])]]] = number
    return index


def distance_inside_m(xy: Floats, outline: BaseGeometry) -> Floats:
    """
    Straight distance from places to the outline of an area, 0 or less outside it [m], shape (n,).

    Measured in an equal-area plane centred on the area: within 0.1 % up to a few hundred kilometres from its centre.

    Parameters
    ----------
    xy
        lon, lat [degrees], shape (n, 2).
    outline
        Polygon in lon, lat.

    Examples
    --------
    >>> distance_inside_m(np.array([[0.5, 0.0]]), shapely.box(0, -1, 2, 1)).round(-2).tolist()
    [55700.0]
    """
    centre = outline.centroid
    plane = Transformer.from_crs(
        "EPSG:4326", f"+proj=laea +lon_0={centre.x} +lat_0={centre.y} +ellps=WGS84", always_xy=True
    )

    def flat(places: Floats) -> Floats:
        return np.column_stack(plane.transform(places[:, 0], places[:, 1]))

    # A straight side in degrees is a curve in the plane: short pieces follow it.
    area, points = shapely.transform(shapely.segmentize(outline, 0.01), flat), shapely.points(flat(xy))
    shapely.prepare(area)
    distance = np.asarray(shapely.distance(points, area.boundary), np.float64)
    return np.where(shapely.intersects(area, points), distance, -distance)
