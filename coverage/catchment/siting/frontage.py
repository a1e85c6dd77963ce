"""The street in front of premises: the nearest one with a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.geo.measure import radii_of_curvature_m
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, WALK

if TYPE_CHECKING:
    from catchment.model import Floats, Ints, Streets

IN_FRONT_M = 50.0
"""A street farther from premises than this [m] is not in front of them."""


def street_in_front(streets: Streets, xy: Floats) -> Ints:
    """
    The nearest edge with a name that anybody may use, within 50 m; of equals the first of the table.

    Parameters
    ----------
    streets
        The edge table of all modes.
    xy
        Premises, lon, lat [degrees], shape (n, 2).

    Returns
    -------
    Index of the edge, -1 without one, shape (n,).
    """
    edge = np.full(len(xy), -1, np.int64)
    usable = streets.flags & (WALK | ROAD_FORWARD | ROAD_BACKWARD) > 0
    named = np.flatnonzero(usable & (streets.name >= 0))
    if not len(named) or not len(xy):
        return edge
    count = np.diff(streets.vertex_ptr)[named]
    vertex = np.repeat(streets.vertex_ptr[named] - np.cumsum(count) + count, count) + np.arange(count.sum())
    line_of = np.repeat(np.arange(len(named)), count)
    lines = np.asarray(shapely.linestrings(_metres(streets.vertex_xy[vertex], xy), indices=line_of))
    points = shapely.points(_metres(xy, xy))
    place, line = shapely.STRtree(lines).query_nearest(points, max_distance=IN_FRONT_M)
    first = np.full(len(xy), len(named))
    np.minimum.at(first, place, line)
    found = first < len(named)
    edge[found] = named[first[found]]
    return edge


def _metres(xy: Floats, middle_of: Floats) -> Floats:
    """Metres east and north of the middle of some places; within a county right to 1 % over a street's width."""
    lon, lat = middle_of.mean(axis=0)
    meridian, transverse = radii_of_curvature_m(np.radians(np.array([lat])))
    # Every place is scaled by its own latitude, since 50 m are measured where the premises stand.
    east = np.radians(xy[:, 0] - lon) * transverse * np.cos(np.radians(xy[:, 1]))
    metres: Floats = np.column_stack([east, np.radians(xy[:, 1] - lat) * meridian])
    return metres
