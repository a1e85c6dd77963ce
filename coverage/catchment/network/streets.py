"""The edge table of all modes: who may use a street, and how ways are split where they meet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from catchment.geo.measure import distance_m
from catchment.model import Streets

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from catchment.model import Codes, Floats, Indices, Ints

WALK, ROAD_FORWARD, ROAD_BACKWARD, ROUGH = 1, 2, 4, 8
"""Bits of ``Streets.flags``: walkable; passable by road along or against the way; track of grade 4 or 5."""

STREET_KINDS = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "road",
    "service",
    "track",
    "busway",
    "pedestrian",
    "footway",
    "path",
    "steps",
    "cycleway",
    "bridleway",
    "corridor",
    "platform",
)
"""Values of OSM ``highway`` that are streets today. Others (construction, proposed, ...) are counted, not used."""

TAGS = (
    "highway",
    "access",
    "foot",
    "vehicle",
    "motor_vehicle",
    "motorcycle",
    "oneway",
    "junction",
    "service",
    "tracktype",
    "motorroad",
)
"""The tags that ``flags_of`` looks at, in its order."""

_MOTORWAYS = {"motorway", "motorway_link"}
_FOOT_ONLY = {"pedestrian", "footway", "path", "steps", "cycleway", "bridleway", "corridor", "platform"}
_NOT_BY_ROAD = _FOOT_ONLY | _MOTORWAYS | {"busway"}
_CLOSED = {"no", "private"}
_OPEN = {"yes", "designated", "permissive", "destination", "official", "customers", "permit"}
_PRIVATE_DRIVES = {"driveway", "parking_aisle", "drive-through", "emergency_access"}


@cache
def flags_of(*values: str | None) -> int:
    """
    Who may use a way, as bits of ``Streets.flags``; 0 if nobody the program serves.

    Follows design and OSM wiki (Key:access, Key:foot): a more specific tag overrides ``access``. On foot: every way
    but motorways, both directions. By road: everything but motorways, foot-only ways, private drives and parking
    aisles; service ways and tracks stay, since villages hang on them.

    Parameters
    ----------
    *values
        Values of ``TAGS``, ``None`` where a way has no such tag.

    Examples
    --------
    >>> tags = {"highway": "residential", "oneway": "yes"}
    >>> flags_of(*map(tags.get, TAGS)) == WALK | ROAD_FORWARD
    True
    """
    highway, access, foot, vehicle, motor, motorcycle, oneway, junction, service, tracktype, motorroad = values
    if highway not in STREET_KINDS:
        return 0
    flags = 0
    if _walkable(highway, access, foot, motorroad):
        flags |= WALK
    if _by_road(highway, access, motor or vehicle, motorcycle, service):
        flags |= _directions(oneway, junction)
    if flags and highway == "track" and tracktype in {"grade4", "grade5"}:
        flags |= ROUGH
    return flags


def _walkable(highway: str, access: str | None, foot: str | None, motorroad: str | None) -> bool:
    if highway in _MOTORWAYS or foot in _CLOSED:
        return False
    if foot in _OPEN:
        return True
    return access not in _CLOSED and motorroad != "yes" and highway != "busway"


def _by_road(highway: str, access: str | None, motor: str | None, motorcycle: str | None, service: str | None) -> bool:
    if highway in _MOTORWAYS:
        return False
    if highway in _NOT_BY_ROAD:
        # A village path that a motor vehicle or a motorcycle may use is how people there ride to town.
        return motor in _OPEN or motorcycle in _OPEN
    if service in _PRIVATE_DRIVES or motor in _CLOSED:
        return False
    return access not in _CLOSED or motor in _OPEN


def _directions(oneway: str | None, junction: str | None) -> int:
    if oneway in {"-1", "reverse"}:
        return ROAD_BACKWARD
    if oneway in {"yes", "true", "1"} or (oneway is None and junction in {"roundabout", "circular"}):
        return ROAD_FORWARD
    return ROAD_FORWARD | ROAD_BACKWARD


@dataclass(frozen=True, eq=False)
class Ways:
    """Ways as a road file has them: strings of nodes with what we know of each way."""

    way_id: Ints
    """Shape (w,)."""
    node_ptr: Ints
    """Way w has the nodes ``node_ref[node_ptr[w]:node_ptr[w + 1]]``, shape (w + 1,)."""
    node_ref: Ints
    """Node ids along the ways, shape (r,)."""
    node_xy: Floats
    """lon, lat of each reference [degrees]; NaN where the file lacks the node, shape (r, 2)."""
    flags: NDArray[np.uint8]
    """Bits as in ``Streets.flags``, shape (w,)."""
    kind: Codes
    """Index into ``STREET_KINDS``, shape (w,)."""
    name: Indices
    """Index into ``names``, -1 without a name, shape (w,)."""
    names: tuple[str, ...] = ()


def split_ways(
    ways: Ways,
    *,
    bounds: tuple[float, float, float, float] | None = None,
    snapshot: dt.date | None = None,
    oddities: Mapping[str, int] | None = None,
) -> Streets:
    """
    Streets from ways, split at every node where ways meet, end or cross themselves.

    A node without coordinates breaks its way; a node repeated in a row is taken once; both are counted.

    Parameters
    ----------
    ways
        The ways.
    bounds
        How far the data reaches (west, south, east, north); by default the box of the nodes.
    snapshot
        Date of the data.
    oddities
        Counts of the reader, to which ours are added.
    """
    way_of_ref = np.repeat(np.arange(len(ways.way_id)), np.diff(ways.node_ptr))
    known = ~np.isnan(ways.node_xy[:, 0])
    same_way = way_of_ref[1:] == way_of_ref[:-1]
    repeated = same_way & (ways.node_ref[1:] == ways.node_ref[:-1])
    # Positions that remain, so that a repeated node does not stand between two segments.
    kept = np.flatnonzero(np.concatenate([[True], ~repeated])) if len(way_of_ref) else np.empty(0, np.int64)
    counted = {
        **(oddities or {}),
        "missing_nodes": int((~known).sum()),
        "repeated_nodes": int(repeated.sum()),
    }
    node_id, node = np.unique(ways.node_ref[kept], return_inverse=True)
    joined = (way_of_ref[kept][1:] == way_of_ref[kept][:-1]) & known[kept][1:] & known[kept][:-1]
    first = np.flatnonzero(joined)
    seg_way = way_of_ref[kept[first]]
    meeting = np.bincount(node, weights=known[kept], minlength=len(node_id)) > 1
    begins = np.ones(len(first), bool)
    begins[1:] = (np.diff(first) != 1) | meeting[node[first[1:]]]
    return _assemble(ways, kept, first, node, node_id, seg_way, begins, bounds, snapshot, counted)


def _assemble(
    ways: Ways,
    kept: NDArray[np.int64],
    first: NDArray[np.int64],
    node: NDArray[np.intp],
    node_id: Ints,
    seg_way: NDArray[np.int64],
    begins: NDArray[np.bool_],
    bounds: tuple[float, float, float, float] | None,
    snapshot: dt.date | None,
    oddities: Mapping[str, int],
) -> Streets:
    """Lay the segments end to end: edge e owns one vertex more than it owns segments."""
    edge_of_seg = np.cumsum(begins) - 1
    seg_first = np.flatnonzero(begins)
    edge_count = len(seg_first)
    seg_last = np.append(seg_first[1:], len(first)) - 1 if edge_count else seg_first
    vertex_ptr = np.append(seg_first + np.arange(edge_count), len(first) + edge_count).astype(np.int64)

    vertex = np.empty(len(first) + edge_count, np.int64)
    vertex[np.arange(len(first)) + edge_of_seg] = first
    vertex[vertex_ptr[1:] - 1] = first[seg_last] + 1
    xy = ways.node_xy[kept[vertex]].reshape(-1, 2)

    inner = np.arange(len(first)) + edge_of_seg
    seg_mm = np.rint(distance_m(xy[inner], xy[inner + 1]) * 1000).astype(np.int64)
    along = np.zeros(len(vertex), np.int64)
    along[inner + 1] = seg_mm
    total = np.cumsum(along)
    vertex_mm = total - np.repeat(total[vertex_ptr[:-1]], np.diff(vertex_ptr))

    ends = node[vertex[np.concatenate([vertex_ptr[:-1], vertex_ptr[1:] - 1])]]
    used, compact = np.unique(ends, return_inverse=True)
    way = seg_way[seg_first]
    box = (*xy.min(axis=0), *xy.max(axis=0)) if len(xy) else (0.0, 0.0, 0.0, 0.0)
    return Streets(
        node_id=node_id[used],
        start=compact[:edge_count].astype(np.int32),
        end=compact[edge_count:].astype(np.int32),
        vertex_ptr=vertex_ptr,
        vertex_xy=xy,
        vertex_mm=vertex_mm,
        way_id=ways.way_id[way],
        # Segments are numbered by the nodes as the way has them, so that a repeated node shifts nothing.
        first_segment=(kept[first[seg_first]] - ways.node_ptr[way]).astype(np.int32),
        flags=ways.flags[way],
        kind=ways.kind[way],
        name=ways.name[way],
        names=ways.names,
        bounds=bounds or tuple(float(side) for side in box),  # type: ignore[arg-type]  # four sides
        oddities=dict(oddities),
        snapshot=snapshot,
    )
