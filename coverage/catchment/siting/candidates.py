"""Where to look for premises: stretches of named streets near uncovered people. A stretch is never a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from catchment.geo.measure import earth_centred
from catchment.model import Candidates
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, STREET_KINDS, WALK

if TYPE_CHECKING:
    from catchment.model import Floats, Ints, Mask, Streets

STREET_STRETCH = "candidate.street_stretch"
"""Entry of the catalogue that says what a candidate on a street is, and what it is not."""

FRONT_KINDS = ("primary", "secondary", "tertiary", "unclassified", "residential")
"""Streets with fronts, the busiest first; ramps, service ways, tracks and paths have none."""


def street_stretches(streets: Streets, uncovered_xy: Floats, *, near_m: float, spacing_m: float = 200.0) -> Candidates:
    """
    Places along named streets within a straight distance of uncovered people, thinned to a spacing.

    Every street is cut into equal pieces no longer than the spacing, and their middles are looked at: the busiest
    kind of street first, then by way. One is left out if another within the spacing is kept, so candidates are farther
    apart than that and no middle is farther than that from a candidate. Streets without a name have none.

    Parameters
    ----------
    streets
        The edge table of all modes.
    uncovered_xy
        Where uncovered people live, lon, lat [degrees], shape (n, 2).
    near_m
        How far from them to look [m].
    spacing_m
        [m].
    """
    edge, at_mm = _middles(streets, np.flatnonzero(_has_fronts(streets)), spacing_m)
    xy = _along(streets, edge, at_mm)
    near = _within(xy, uncovered_xy, near_m)
    edge, at_mm, xy = edge[near], at_mm[near], xy[near]
    priority = np.array([FRONT_KINDS.index(kind) if kind in FRONT_KINDS else -1 for kind in STREET_KINDS])
    first = np.lexsort((at_mm, streets.first_segment[edge], streets.way_id[edge], priority[streets.kind[edge]]))
    edge, xy = edge[first], xy[first]
    kept = _apart(xy, spacing_m)
    return _candidates(streets, edge[kept], xy[kept])


def _has_fronts(streets: Streets) -> Mask:
    usable = streets.flags & (WALK | ROAD_FORWARD | ROAD_BACKWARD) > 0
    kinds = [STREET_KINDS.index(kind) for kind in FRONT_KINDS]
    fronts: Mask = usable & (streets.name >= 0) & np.isin(streets.kind, kinds)
    return fronts


def _middles(streets: Streets, edge: Ints, longest_m: float) -> tuple[Ints, Ints]:
    """Edge of every piece, and how far its middle is from the edge's start [mm]."""
    length = streets.length_mm[edge]
    count = np.maximum(np.ceil(length / (longest_m * 1000)), 1).astype(np.int64)
    piece = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(edge, count), (2 * piece + 1) * np.repeat(length, count) // np.repeat(2 * count, count)


def _along(streets: Streets, edge: Ints, at_mm: Ints) -> Floats:
    """lon, lat of places along edges [degrees], shape (n, 2)."""
    # Edges end to end, a millimetre apart, so that one search finds every place.
    begins = np.cumsum(streets.length_mm + 1) - streets.length_mm - 1
    vertices = np.diff(streets.vertex_ptr)
    after = np.searchsorted(streets.vertex_mm + np.repeat(begins, vertices), begins[edge] + at_mm, side="right")
    after = np.minimum(after, streets.vertex_ptr[edge + 1] - 1)
    low, high = streets.vertex_mm[after - 1], streets.vertex_mm[after]
    share = (at_mm - low) / np.maximum(high - low, 1)
    line: Floats = streets.vertex_xy[after - 1] * (1 - share[:, None]) + streets.vertex_xy[after] * share[:, None]
    return line


def _within(xy: Floats, others_xy: Floats, distance_m: float) -> Mask:
    """Which places have one of the others within a straight distance, shape (n,)."""
    if not len(others_xy) or not len(xy):
        return np.zeros(len(xy), bool)
    nearest, _ = KDTree(earth_centred(others_xy)).query(earth_centred(xy))
    within: Mask = nearest <= distance_m
    return within


def _apart(xy: Floats, spacing_m: float) -> Ints:
    """The first places of an order that are all farther apart than the spacing."""
    if not len(xy):
        return np.empty(0, np.int64)
    places = earth_centred(xy)
    tree = KDTree(places)
    left = np.ones(len(xy), bool)
    kept = []
    for place in range(len(xy)):
        if left[place]:
            kept.append(place)
            left[tree.query_ball_point(places[place], spacing_m)] = False
    return np.array(kept, np.int64)


def _candidates(streets: Streets, edge: Ints, xy: Floats) -> Candidates:
    return Candidates(
        pd.DataFrame(
            {
                "candidate_id": np.arange(1, len(edge) + 1),
                "label": STREET_STRETCH,
                "street": [streets.names[name] for name in streets.name[edge]],
                "kind": [STREET_KINDS[kind] for kind in streets.kind[edge]],
                "way_id": streets.way_id[edge],
                "lon": xy[:, 0],
                "lat": xy[:, 1],
            }
        )
    )
