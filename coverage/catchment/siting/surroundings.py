"""What lies around places: people on foot, stops, junctions, passers-by; what the criteria are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from catchment.access.reach import people_in_reach, reach_sets
from catchment.geo.measure import distance_m, earth_centred
from catchment.network.streets import STREET_KINDS
from catchment.siting.criteria import CLASS_SHARE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import Floats, Indices, Ints, Mask, Passing, Places, RoadGraph, Stops, Streets

WALKS_M = (400.0, 800.0, 1200.0)
"""Five, ten and fifteen minutes on foot at 4.8 km/h [m]."""

LEAST_SHARE = 0.4
"""Streets of a lower class than residential ones, such as driveways, make no junction."""


def people_within(
    roads: RoadGraph,
    places: Places,
    people: Places,
    units: Ints,
    *,
    limits_m: Sequence[float] = WALKS_M,
    count_gaps: bool = True,
    threads: int = 1,
) -> Ints:
    """
    People within each of several distances of each place, by the reach sets of each [1/1024 person], shape (n, limits).

    Parameters
    ----------
    roads, places, people
        The graph of one mode, and places on it.
    units
        How many live where [1/1024 person], shape (people,).
    limits_m
        Ascending, inclusive [m].
    count_gaps, threads
        As in ``reach_sets``.
    """
    columns = []
    for limit_m in limits_m:
        reach = reach_sets(roads, places, people, limit_m=limit_m, count_gaps=count_gaps, threads=threads)
        columns.append(people_in_reach(reach, units[reach.order]))
    return np.column_stack(columns)


def mean_walk_m(within_units: Ints, limits_m: Sequence[float] = WALKS_M) -> Floats:
    """
    How far people within the last distance walk on average, as if those between two distances walked their mean [m].

    It is off by half the widest step at most.

    Parameters
    ----------
    within_units
        From ``people_within``, shape (n, limits).
    limits_m
        Ascending [m].

    Returns
    -------
    [m], ``inf`` where nobody lives within, shape (n,).

    Examples
    --------
    One half within 400 m and one half between 400 and 800 m; and nobody.

    >>> mean_walk_m(np.array([[10, 20], [0, 0]]), (400.0, 800.0)).tolist()
    [400.0, inf]
    """
    limits = np.array([0.0, *limits_m])
    between = np.diff(within_units, axis=1, prepend=0)
    summed = between @ ((limits[:-1] + limits[1:]) / 2)
    total = within_units[:, -1]
    mean: Floats = np.divide(summed, total, out=np.full(len(total), np.inf), where=total > 0)
    return mean


def stop_m(xy: Floats, stops: Stops | None) -> Floats:
    """
    Straight distance to the nearest stop [m], NaN where no stop of the area is known, shape (n,).

    A road file without a single stop is one that nobody has entered stops into.

    Parameters
    ----------
    xy
        lon, lat [degrees], shape (n, 2).
    stops
        Of the road file; ``None`` without one.
    """
    if stops is None or not len(stops):
        return np.full(len(xy), np.nan)
    return straight_m(xy, stops.xy)


def junction_m(xy: Floats, streets: Streets) -> Floats:
    """
    Straight distance to the nearest node where three ends of streets meet [m], ``inf`` without any, shape (n,).

    Paths, driveways and motorways are no such streets (``LEAST_SHARE``).

    Parameters
    ----------
    xy
        lon, lat [degrees], shape (n, 2).
    streets
        The edge table of all modes.
    """
    share = np.array([CLASS_SHARE[kind] for kind in STREET_KINDS])
    edge = np.flatnonzero(share[streets.kind] >= LEAST_SHARE)
    ends = np.concatenate([streets.start[edge], streets.end[edge]])
    vertex = np.concatenate([streets.vertex_ptr[edge], streets.vertex_ptr[edge + 1] - 1])
    _, first, count = np.unique(ends, return_index=True, return_counts=True)
    return straight_m(xy, streets.vertex_xy[vertex[first[count >= 3]]])


def straight_m(xy: Floats, others_xy: Floats) -> Floats:
    """
    Straight distance to the nearest of other places [m], ``inf`` without any, shape (n,).

    Parameters
    ----------
    xy, others_xy
        lon, lat [degrees], shape (n, 2) and (k, 2).

    Examples
    --------
    A thousandth of a degree on the equator is 111 m.

    >>> straight_m(np.array([[0.0, 0.0]]), np.array([[0.002, 0.0], [0.001, 0.0]])).round().tolist()
    [111.0]
    """
    if not len(xy) or not len(others_xy):
        return np.full(len(xy), np.inf)
    return distance_m(xy, others_xy[nearest_row(xy, others_xy)])


def nearest_row(xy: Floats, others_xy: Floats) -> Ints:
    """
    Row of the nearest of other places in a straight line, shape (n,).

    Parameters
    ----------
    xy, others_xy
        lon, lat [degrees], shape (n, 2) and (k, 2), k at least 1.

    Examples
    --------
    >>> nearest_row(np.array([[0.0, 0.0]]), np.array([[0.002, 0.0], [0.001, 0.0]])).tolist()
    [1]
    """
    rows: Ints = KDTree(earth_centred(others_xy)).query(earth_centred(xy))[1]
    return rows


def passing_at(passing: Passing, edge: Indices | Ints) -> Floats:
    """
    People who pass by on the edge of each place [1/1024 person], NaN off the roads, shape (n,).

    Parameters
    ----------
    passing
        From ``passing_people``.
    edge
        Row of ``Streets`` of each place, -1 without one, shape (n,).

    Examples
    --------
    >>> from catchment.model import Passing
    >>> passing_at(Passing(np.array([7, -1]), np.array([7])), np.array([0, 1, -1])).tolist()
    [7.0, nan, nan]
    """
    units = np.append(passing.edge_units, -1)[edge]
    unknown: Mask = units < 0
    return np.where(unknown, np.nan, units)
