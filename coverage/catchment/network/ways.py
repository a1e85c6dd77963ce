"""Ways as a road file has them, and the edges they are split into where they meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.geo.measure import distance_m
from catchment.model import Streets

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from catchment.model import Codes, Floats, Indices, Ints, Mask


@dataclass(frozen=True, eq=False)
class Ways:
    """Strings of nodes with what we know of each."""

    way_id: Ints
    """Shape (w,)."""
    node_ptr: Ints
    """Way w has the references ``node_ptr[w]:node_ptr[w + 1]``, shape (w + 1,)."""
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


@dataclass(frozen=True, eq=False)
class _Segments:
    """Pairs of neighbouring nodes of one way, in order; both with coordinates, no node twice in a row."""

    here: Ints
    """Reference of the segment's first node, shape (s,)."""
    there: Ints
    """Reference of its last node, shape (s,)."""
    way: Ints
    """Index of its way, shape (s,)."""
    repeated_count: int


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
    node_id, node = np.unique(ways.node_ref, return_inverse=True)
    segments = _segments(ways)
    first = np.flatnonzero(_begins_edge(segments, node))
    edge_of_segment = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(segments.here))))
    vertex_ptr, vertex = _vertices(segments, first, edge_of_segment)
    xy = ways.node_xy[vertex].reshape(-1, 2)
    ends = node[vertex[np.concatenate([vertex_ptr[:-1], vertex_ptr[1:] - 1])]]
    used, end = np.unique(ends, return_inverse=True)
    start, stop = np.split(end.astype(np.int32), 2)
    way = segments.way[first]
    return Streets(
        node_id=node_id[used],
        start=start,
        end=stop,
        vertex_ptr=vertex_ptr,
        vertex_xy=xy,
        vertex_mm=_millimetres_along(vertex_ptr, xy),
        way_id=ways.way_id[way],
        # Segments are numbered by the nodes as the way has them, so that a repeated node shifts nothing.
        first_segment=(segments.here[first] - ways.node_ptr[way]).astype(np.int32),
        flags=ways.flags[way],
        kind=ways.kind[way],
        name=ways.name[way],
        names=ways.names,
        bounds=bounds or _box(xy),
        oddities={
            **(oddities or {}),
            "missing_nodes": int(np.isnan(ways.node_xy[:, 0]).sum()),
            "repeated_nodes": segments.repeated_count,
        },
        snapshot=snapshot,
    )


def _segments(ways: Ways) -> _Segments:
    way = np.repeat(np.arange(len(ways.way_id)), np.diff(ways.node_ptr))
    repeated = np.zeros(len(way), bool)
    repeated[1:] = (way[1:] == way[:-1]) & (ways.node_ref[1:] == ways.node_ref[:-1])
    kept = np.flatnonzero(~repeated)
    known = ~np.isnan(ways.node_xy[kept, 0])
    joined = (way[kept[1:]] == way[kept[:-1]]) & known[1:] & known[:-1]
    return _Segments(kept[:-1][joined], kept[1:][joined], way[kept[:-1][joined]], int(repeated.sum()))


def _begins_edge(segments: _Segments, node: Ints) -> Mask:
    """Segments that do not go on from the one before: another way, a gap, or a node where ways meet."""
    ends = np.bincount(np.concatenate([node[segments.here], node[segments.there]]))
    begins = np.ones(len(segments.here), bool)
    goes_on = segments.here[1:] == segments.there[:-1]
    begins[1:] = ~goes_on | (ends[node[segments.here[1:]]] != 2)
    return begins


def _vertices(segments: _Segments, first: Ints, edge_of_segment: Ints) -> tuple[Ints, Ints]:
    """Lay the segments end to end; an edge owns one vertex more than it owns segments."""
    count = len(segments.here)
    vertex_ptr = np.append(first + np.arange(len(first)), count + len(first)).astype(np.int64)
    vertex = np.empty(count + len(first), np.int64)
    vertex[np.arange(count) + edge_of_segment] = segments.here
    vertex[vertex_ptr[1:] - 1] = segments.there[vertex_ptr[1:] - 2 - np.arange(len(first))]
    return vertex_ptr, vertex


def _millimetres_along(vertex_ptr: Ints, xy: Floats) -> Ints:
    """Every segment is rounded once to a whole millimetre; positions are their exact sums."""
    step = np.zeros(len(xy), np.int64)
    inner = np.ones(len(xy), bool)
    inner[vertex_ptr[:-1]] = False
    into = np.flatnonzero(inner)
    step[into] = np.rint(distance_m(xy[into - 1], xy[into]) * 1000).astype(np.int64)
    total = np.cumsum(step)
    return total - np.repeat(total[vertex_ptr[:-1]], np.diff(vertex_ptr))


def _box(xy: Floats) -> tuple[float, float, float, float]:
    if not len(xy):
        return 0.0, 0.0, 0.0, 0.0
    (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
    return float(west), float(south), float(east), float(north)
