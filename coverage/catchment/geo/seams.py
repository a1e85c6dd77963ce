"""Where areas that should lie side by side overlap, or leave a hole between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from catchment.model import Floats, Indices

_ELLIPSOID = Geod(ellps="WGS84")


def overlapping_pairs(polygons: Sequence[BaseGeometry]) -> tuple[Indices, list[BaseGeometry]]:
    """
    Pairs of polygons that share ground, and the ground they share.

    Polygons that only touch share none. A pair is (smaller index, larger index); pairs come in that order.

    Parameters
    ----------
    polygons
        Valid, in lon, lat.

    Returns
    -------
    Indices, shape (k, 2), and k polygons.

    Examples
    --------
    >>> pairs, shared = overlapping_pairs([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1), shapely.box(3, 0, 4, 1)])
    >>> pairs.tolist(), [ground.bounds for ground in shared]
    ([[0, 1]], [(1.0, 0.0, 2.0, 1.0)])
    """
    shapes = np.asarray(polygons, object)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = np.column_stack([one, other])[one < other]
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].astype(np.int32)
    shared = [_surface(shape) for shape in shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]])]
    kept = [at for at, ground in enumerate(shared) if not ground.is_empty]
    return pairs[kept], [shared[at] for at in kept]


def _surface(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of a shape; where areas touch, an intersection holds lines and points too."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def enclosed_holes(polygons: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """
    Ground that the polygons together enclose without covering it, from west to east.

    A gap that is open to the outside is no hole.

    Examples
    --------
    >>> ring = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
    >>> [hole.bounds for hole in enclosed_holes([ring, shapely.box(3, 0, 4, 3)])]
    [(1.0, 1.0, 2.0, 2.0)]
    """
    whole = shapely.get_parts(shapely.union_all(np.asarray(polygons, object)))
    rings = [ring for part in whole if part.geom_type == "Polygon" for ring in part.interiors]
    return sorted(map(shapely.Polygon, rings), key=lambda hole: (hole.bounds, hole.wkb))


def area_km2(shapes: Sequence[BaseGeometry]) -> Floats:
    """
    Area of each polygon on the WGS84 ellipsoid [km²], shape (n,).

    Parameters
    ----------
    shapes
        Polygons in lon, lat; their sides are taken as geodesics.

    Examples
    --------
    A degree by a degree at the equator: 110.57 km by 111.32 km.

    >>> area_km2([shapely.box(0, 0, 1, 1)]).round().tolist()
    [12309.0]
    """
    # Rings of either direction are common in files; the sign of an area only says which.
    sound = (shapely.orient_polygons(shape) for shape in shapes)
    return np.array([abs(_ELLIPSOID.geometry_area_perimeter(shape)[0]) / 1e6 for shape in sound], np.float64)
