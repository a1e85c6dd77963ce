"""Walls of buildings and lines of streets as segments in one local plane, and which of them are near one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from catchment.geo.plane import tangent_plane_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.model import Floats, Ints, Mask


_STRAIGHT_DEGREES = 1e-9


@dataclass(frozen=True, eq=False)
class Walls:
    """Sides of polygons, each with its outside to the right."""

    ends: Floats
    """lon, lat of start and end [degrees], shape (w, 4)."""
    polygon: Ints
    """Index of the polygon each belongs to, ascending, shape (w,)."""

    def __len__(self) -> int:
        return len(self.polygon)


def walls_of(polygons: NDArray[np.object_]) -> Walls:
    """
    The sides of polygons, of their courtyards too.

    Parameters
    ----------
    polygons
        Polygons and multipolygons in lon, lat, shape (n,).

    Examples
    --------
    The square's first wall runs east, with the street side to the south.

    >>> walls_of(np.array([shapely.box(0, 0, 1, 1)])).ends.tolist()
    [[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0]]
    """
    parts, of_part = shapely.get_parts(polygons, return_index=True)
    # Rings begin at a corner, and a wall in several straight pieces is one.
    outward = shapely.orient_polygons(shapely.normalize(parts), exterior_cw=False)
    rings, of_ring = shapely.get_rings(outward, return_index=True)
    xy, of_place = shapely.get_coordinates(shapely.simplify(rings, _STRAIGHT_DEGREES), return_index=True)
    joined = of_place[1:] == of_place[:-1]
    ends = np.column_stack([xy[:-1], xy[1:]])[joined]
    return Walls(ends, of_part[of_ring[of_place[:-1][joined]]].astype(np.int64))


def flat(ends: Floats, at: tuple[float, float]) -> Floats:
    """
    Segments in the plane that touches the earth at a place [m], shape (n, 4).

    Examples
    --------
    >>> flat(np.array([[0.0, 0.0, 0.001, 0.0]]), (0.0, 0.0)).round(2).tolist()
    [[0.0, 0.0, 111.32, 0.0]]
    """
    return tangent_plane_m(ends.reshape(-1, 2), at).reshape(-1, 4)


def in_front(walls: Floats, lines: Floats, setback_m: float) -> tuple[Ints, Ints]:
    """
    Pairs of wall and line that may be within the setback, the line not wholly behind the wall; by wall, then line.

    Parameters
    ----------
    walls, lines
        Segments [m], shape (w, 4) and (l, 4); the outside of a wall is to its right.
    setback_m
        Inclusive [m].

    Examples
    --------
    >>> wall, lines = np.array([[0.0, 0, 9, 0]]), np.array([[0.0, -5, 9, -5], [0, 5, 9, 5], [0, -50, 9, -50]])
    >>> in_front(wall, lines, 30)[1].tolist()
    [0]
    """
    # Boxes alone: their pairs cost less to look at than exact distances to work out twice.
    wall, line = shapely.STRtree(boxes(lines)).query(boxes(walls, setback_m + 0.01))
    out = np.column_stack([walls[:, 3] - walls[:, 1], walls[:, 0] - walls[:, 2]])
    # What runs along a wall within a centimetre may lie behind it by a hair.
    behind = (-0.011 * np.linalg.norm(out, axis=1))[wall]
    ahead: Mask = np.zeros(len(wall), bool)
    for end in (0, 2):
        ahead |= ((lines[line, end : end + 2] - walls[wall, :2]) * out[wall]).sum(axis=1) > behind
    order = np.lexsort((line[ahead], wall[ahead]))
    return wall[ahead][order], line[ahead][order]


def boxes(segments: Floats, margin_m: float = 0.0) -> Any:
    """
    The box around each segment.

    Examples
    --------
    >>> shapely.bounds(boxes(np.array([[3.0, 0.0, 0.0, 4.0]]), 1.0)).tolist()
    [[-1.0, -1.0, 4.0, 5.0]]
    """
    low = np.minimum(segments[:, :2], segments[:, 2:]) - margin_m
    high = np.maximum(segments[:, :2], segments[:, 2:]) + margin_m
    return shapely.box(*low.T, *high.T)


def views(walls: Floats, setback_m: float) -> Any:
    """
    Boxes that hold whatever may stand between walls and the streets they look onto.

    Examples
    --------
    To the right of a wall that runs east is the south.

    >>> shapely.bounds(views(np.array([[0.0, 0, 10, 0]]), 20)).round(1).tolist()
    [[-14.1, -20.0, 24.1, 0.0]]
    """
    along = walls[:, 2:] - walls[:, :2]
    along = along / np.maximum(np.linalg.norm(along, axis=1), 1e-9)[:, None]
    out = np.column_stack([along[:, 1], -along[:, 0]])
    slanted = np.sqrt(0.5)
    ways = [0 * out, out, slanted * (out + along), slanted * (out - along)]
    corners = np.stack([ends + setback_m * way for ends in (walls[:, :2], walls[:, 2:]) for way in ways])
    return shapely.box(*corners.min(axis=0).T, *corners.max(axis=0).T)


def pointers(owner: Ints, count: int) -> Ints:
    """
    Where the rows of each owner begin, owners ascending, shape (count + 1,).

    Examples
    --------
    >>> pointers(np.array([0, 0, 2]), 3).tolist()
    [0, 2, 2, 3]
    """
    return np.searchsorted(owner, np.arange(count + 1)).astype(np.int64)


def drawn(segments: Floats) -> Any:
    """
    Segments as lines of shapely.

    Examples
    --------
    >>> drawn(np.array([[0.0, 0.0, 3.0, 4.0]]))[0].length
    5.0
    """
    return shapely.linestrings(segments.reshape(-1, 2, 2))
