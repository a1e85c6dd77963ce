"""What-if edits of streets: barriers that nobody passes, and links that are built."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from catchment.model import EditedStreets, Places
from catchment.network.meetings import UNKNOWN_LEVEL, Courses, Meetings, crossings, measured, near_ends, tees
from catchment.network.snap import snap
from catchment.network.streets import JOIN_KINDS, ROAD_BACKWARD, ROAD_FORWARD, STREET_KINDS, WALK
from catchment.network.ways import Ways, split_ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import LineString

    from catchment.model import Floats, Indices, Ints, Located, Mask, RoadGraph, Streets
    from catchment.network.meetings import Measured


TOLERANCE_M = 1.0
"""How far from a street a link may end that is meant to reach it [m]."""


@dataclass(frozen=True, eq=False)
class _Cuts:
    """Where edges are cut, ascending; none at an edge's ends. All arrays of shape (c,)."""

    position: Floats
    """Vertex of the streets plus the share of the way to the next."""
    offset_mm: Ints
    """From the edge's start."""
    edge: Indices
    closed: Mask
    """Nobody passes."""


def edit_streets(
    streets: Streets,
    *,
    barriers: Sequence[LineString] = (),
    links: Sequence[LineString] = (),
    tolerance_m: float = TOLERANCE_M,
) -> EditedStreets:
    """
    Streets with barriers and links.

    An edge that a barrier crosses is cut there: each side stays, may be attached to, and ends at the cut. A barrier
    over a junction parts all edges that meet there. A link is open to everybody in both directions and joined to
    streets and other links where it crosses them and where it ends within the tolerance of them; barriers do not cut
    links. Edges are cut to the millimetre. Two laws hold for places that ``carried`` keeps where they were: a link
    never takes them farther apart, a barrier never nearer.

    Parameters
    ----------
    streets
        Not changed.
    barriers, links
        lon, lat [degrees].
    tolerance_m
        How far from a street a link may end that is meant to reach it [m].
    """
    count = len(streets)
    courses = _together(streets, [*links, *barriers])
    lines = measured(courses)
    link = np.zeros(len(courses), bool)
    link[count : count + len(links)] = True
    crossed, *_ = crossings(lines, reach_m=-1.0)
    joined = _link_meetings(lines, crossed, link, count, tolerance_m=tolerance_m)
    shut = _barrier_positions(lines, crossed, count, count + len(links))
    on_streets = np.concatenate([joined.here, joined.there])
    on_streets = on_streets[on_streets < len(streets.vertex_xy)]
    cuts = _cuts(streets, on_streets, shut)
    pieces = _cut(streets, cuts, shut)
    if len(links):
        pieces = _with_links(streets, pieces, cuts, lines=lines, joined=joined, link_count=len(links))
    ptr = np.searchsorted(cuts.edge, np.arange(count + 1)) + np.arange(count + 1)
    from_mm = np.zeros(ptr[-1], np.int64)
    from_mm[np.delete(np.arange(ptr[-1]), ptr[:-1])] = cuts.offset_mm
    pieces = _marked(pieces, lines.places(shut), lines.places(np.unique(on_streets)))
    return EditedStreets(pieces, ptr.astype(np.int64), from_mm, len(shut), len(joined))


def carried(places: Places, edited: EditedStreets) -> Places:
    """
    Places on the former streets as places on the edited ones: the same spots, whatever was closed or built.

    Examples
    --------
    >>> from catchment.model import Streets
    >>> halves = EditedStreets(None, np.array([0, 2]), np.array([0, 60_000]))
    >>> moved = carried(Places(np.array([0, 0]), np.array([10_000, 70_000]), np.array([5, 5])), halves)
    >>> moved.edge.tolist(), moved.offset_mm.tolist()
    ([0, 1], [10000, 10000])
    """
    edge = np.maximum(places.edge, 0).astype(np.int64)
    count = len(edited.piece_ptr) - 1
    former = np.repeat(np.arange(count), np.diff(edited.piece_ptr))
    # Pieces in order of edge and place: the last that begins at or before the offset.
    longest = int(max(edited.piece_from_mm.max(initial=0), places.offset_mm.max(initial=0))) + 1
    keys = former * longest + edited.piece_from_mm
    piece = np.searchsorted(keys, edge * longest + places.offset_mm, side="right") - 1
    piece = np.clip(piece, 0, None)
    offset = places.offset_mm - edited.piece_from_mm[piece]
    on = places.snapped
    return replace(
        places,
        edge=np.where(on, piece, -1).astype(np.int32),
        offset_mm=np.where(on, offset, 0).astype(np.int64),
    )


def snap_edited(
    former: RoadGraph, now: RoadGraph, edited: EditedStreets, points: Located, *, max_gap_m: float
) -> Places:
    """
    Join points to edited streets where they were joined before; those that were not may join a link.

    Parameters
    ----------
    former, now
        The same mode of the streets before and after the edit.
    edited
        What was edited.
    points
        Sites, people or ``Points``.
    max_gap_m
        As in ``snap`` [m].
    """
    before = snap(former, points, max_gap_m=max_gap_m)
    kept, new = carried(before, edited), snap(now, points, max_gap_m=max_gap_m)
    # Whoever had no street within the gap can only have a link there now.
    gained = ~kept.snapped & new.snapped
    return Places(
        np.where(gained, new.edge, kept.edge).astype(np.int32),
        np.where(gained, new.offset_mm, kept.offset_mm),
        np.where(gained, new.gap_mm, kept.gap_mm),
        kept.passed_over_count,
    )


def _marked(streets: Streets, shut: Floats, joined: Floats) -> Streets:
    """The streets with the places of the edits among their joins, for drawing."""
    kinds = np.repeat([JOIN_KINDS.index("barrier"), JOIN_KINDS.index("link")], [len(shut), len(joined)])
    return replace(
        streets,
        joins_xy=np.concatenate([streets.joins_xy, shut, joined]),
        joins_kind=np.concatenate([streets.joins_kind, kinds]).astype(np.int8),
    )


def _together(streets: Streets, lines: list[LineString]) -> Courses:
    """The edges, then the lines."""
    xy, line = shapely.get_coordinates(np.array(lines, object), return_index=True)
    ptr = len(streets.vertex_xy) + np.searchsorted(line, np.arange(1, len(lines) + 1))
    whole = np.concatenate([streets.vertex_ptr, ptr]).astype(np.int64)
    count = len(whole) - 1
    return Courses(whole, np.concatenate([streets.vertex_xy, xy]), np.full(count, UNKNOWN_LEVEL), np.zeros(count, bool))


def _link_meetings(
    lines: Measured, crossed: Meetings, link: Mask, street_count: int, *, tolerance_m: float
) -> Meetings:
    """Where links meet edges or other links."""
    found = (crossed, tees(lines, reach_m=tolerance_m), near_ends(lines, reach_m=tolerance_m))
    here, there = (np.concatenate([getattr(part, side) for part in found]) for side in ("here", "there"))
    one, other = _line(lines, here), _line(lines, there)
    kept = (link[one] & (link[other] | (other < street_count))) | (link[other] & (one < street_count))
    # An end of a street beside a link is no end of the link.
    tee = np.repeat([False, True, False], [len(part) for part in found])
    kept &= ~tee | link[one]
    kept &= (one != other) | (here != there)
    return Meetings(here[kept], there[kept])


def _barrier_positions(lines: Measured, crossed: Meetings, street_count: int, first_barrier: int) -> Floats:
    """Where barriers cross edges."""
    one, other = _line(lines, crossed.here), _line(lines, crossed.there)
    hit = (one < street_count) & (other >= first_barrier)
    return np.unique(crossed.here[hit])


def _line(lines: Measured, position: Floats) -> Indices:
    of_positions: Indices = lines.line[np.floor(position).astype(np.int64)]
    return of_positions


def _offset_mm(streets: Streets, position: Floats) -> Ints:
    """A partial segment is interpolated once and rounded."""
    vertex = np.floor(position).astype(np.int64)
    following = np.minimum(vertex + 1, len(streets.vertex_mm) - 1)
    step = np.where(position > vertex, streets.vertex_mm[following] - streets.vertex_mm[vertex], 0)
    offset: Ints = streets.vertex_mm[vertex] + np.rint((position - vertex) * step).astype(np.int64)
    return offset


def _edge_of(streets: Streets, position: Floats) -> Indices:
    edge: Indices = (np.searchsorted(streets.vertex_ptr, position, side="right") - 1).astype(np.int32)
    return edge


def _inner(streets: Streets, position: Floats) -> Mask:
    """Positions that are not, to the millimetre, at an end of their edge."""
    offset, edge = _offset_mm(streets, position), _edge_of(streets, position)
    inner: Mask = (offset > 0) & (offset < streets.length_mm[edge])
    return inner


def _cuts(streets: Streets, joined: Floats, shut: Floats) -> _Cuts:
    position = np.concatenate([joined, shut])
    closed = np.repeat([False, True], [len(joined), len(shut)])
    inner = _inner(streets, position) if len(position) else np.zeros(0, bool)
    position, closed = position[inner], closed[inner]
    edge, offset = _edge_of(streets, position), _offset_mm(streets, position)
    order = np.lexsort((~closed, offset, edge))
    position, closed, edge, offset = position[order], closed[order], edge[order], offset[order]
    first = np.ones(len(edge), bool)
    first[1:] = (edge[1:] != edge[:-1]) | (offset[1:] != offset[:-1])
    return _Cuts(position[first], offset[first], edge[first], closed[first])


def _cut(streets: Streets, cuts: _Cuts, shut: Floats) -> Streets:
    """The edges in pieces. Both sides of a closed cut are ends of their own; so are all ends at a closed junction."""
    whole = np.arange(len(streets.vertex_xy), dtype=np.float64)
    at_vertex = cuts.position == np.floor(cuts.position)
    # A vertex itself ends the piece before it, its copy begins the next; between vertices both are new.
    position = np.concatenate([whole, cuts.position[~at_vertex], cuts.position])
    begins = np.zeros(len(position), bool)
    begins[len(position) - len(cuts.position) :] = True
    order = np.lexsort((begins, position))
    begins[streets.vertex_ptr[:-1]] = True
    position, begins = position[order], begins[order]
    ptr = np.append(np.flatnonzero(begins), len(position)).astype(np.int64)
    offset = _offset_mm(streets, position)
    edge = np.repeat(np.arange(len(streets), dtype=np.int32), np.bincount(cuts.edge, minlength=len(streets)) + 1)
    start, end, node_id = _piece_nodes(streets, cuts, shut, edge)
    return replace(
        streets,
        node_id=node_id,
        start=start,
        end=end,
        vertex_ptr=ptr,
        vertex_xy=_xy_of(streets, position),
        vertex_mm=offset - np.repeat(offset[ptr[:-1]], np.diff(ptr)),
        **{name: getattr(streets, name)[edge] for name in ("way_id", "flags", "kind", "name")},
        first_segment=(
            streets.first_segment[edge] + np.floor(position[ptr[:-1]]).astype(np.int64) - streets.vertex_ptr[edge]
        ).astype(np.int32),
    )


def _xy_of(streets: Streets, position: Floats) -> Floats:
    vertex = np.floor(position).astype(np.int64)
    following = np.minimum(vertex + 1, len(streets.vertex_xy) - 1)
    share = (position - vertex)[:, None]
    step = streets.vertex_xy[following] - streets.vertex_xy[vertex]
    between: Floats = streets.vertex_xy[vertex] + np.where(share > 0, share * step, 0)
    return between


def _piece_nodes(streets: Streets, cuts: _Cuts, shut: Floats, edge: Indices) -> tuple[Indices, Indices, Ints]:
    """Nodes at both ends of the pieces: those of the edges, one for each cut, one more for each closed end."""
    first = np.ones(len(edge), bool)
    first[1:] = edge[1:] != edge[:-1]
    last = np.append(first[1:], True)
    start, end = np.empty(len(edge), np.int64), np.empty(len(edge), np.int64)
    start[first], end[last] = streets.start, streets.end
    node_count, cut_count = len(streets.node_id), len(cuts.edge)
    start[~first] = node_count + np.arange(cut_count)
    end[~last] = node_count + np.arange(cut_count)
    fresh = node_count + cut_count
    beyond = np.flatnonzero(~first)[cuts.closed]
    start[beyond] = fresh + np.arange(len(beyond))
    fresh += len(beyond)
    junctions = _closed_junctions(streets, shut)
    for ends in (start, end):
        parted = np.flatnonzero(np.isin(ends, junctions))
        ends[parted] = fresh + np.arange(len(parted))
        fresh += len(parted)
    new_ids = max(int(streets.node_id.max(initial=0)), 0) + 1 + np.arange(fresh - node_count, dtype=np.int64)
    return start.astype(np.int32), end.astype(np.int32), np.concatenate([streets.node_id, new_ids])


def _closed_junctions(streets: Streets, shut: Floats) -> Ints:
    """Nodes that barriers cross."""
    if not len(shut):
        return np.empty(0, np.int64)
    at_end = shut[~_inner(streets, shut)]
    edge = _edge_of(streets, at_end)
    nodes: Ints = np.where(_offset_mm(streets, at_end) == 0, streets.start[edge], streets.end[edge]).astype(np.int64)
    return np.unique(nodes)


def _with_links(
    streets: Streets, pieces: Streets, cuts: _Cuts, *, lines: Measured, joined: Meetings, link_count: int
) -> Streets:
    """The pieces and the links, nodes that meet made one."""
    vertex_count, count = len(streets.vertex_xy), len(streets)
    ptr = lines.courses.ptr[count : count + link_count + 1]
    ends = np.concatenate([ptr[:-1], ptr[1:] - 1]).astype(np.float64)
    both = np.concatenate([joined.here, joined.there])
    spots = np.unique(np.concatenate([ends, both[both >= vertex_count]]))
    node_count = len(pieces.node_id)

    def number(position: Floats) -> Ints:
        on_street = position < vertex_count
        numbers = node_count + np.searchsorted(spots, position)
        numbers[on_street] = _node_at(streets, pieces, cuts, position[on_street])
        return numbers

    total = node_count + len(spots)
    pairs = number(joined.here), number(joined.there)
    met = coo_array((np.ones(len(joined), np.int8), pairs), shape=(total, total))
    label = connected_components(met, directed=False)[1]
    representative = np.full(label.max() + 1, total)
    np.minimum.at(representative, label, np.arange(total))
    node = representative[label]
    spot_ids = int(pieces.node_id.max()) + 1 + np.arange(len(spots), dtype=np.int64)
    all_ids = np.concatenate([pieces.node_id, spot_ids])
    built = _links(
        lines,
        ptr,
        spots,
        spot_id=all_ids[node[node_count:]],
        free_id=int(all_ids.max()) + 1,
        way_id=max(int(streets.way_id.max(initial=0)), 0),
    )
    return _one_table(replace(pieces, start=node[pieces.start], end=node[pieces.end]), built)


def _node_at(streets: Streets, pieces: Streets, cuts: _Cuts, position: Floats) -> Ints:
    """The node at each position on the former streets where they were cut, or where an edge ends."""
    edge, offset = _edge_of(streets, position), _offset_mm(streets, position)
    before = np.searchsorted(cuts.edge.astype(np.int64) * _FAR + cuts.offset_mm, edge.astype(np.int64) * _FAR + offset)
    piece = edge + before
    nodes: Ints = np.where(offset == 0, pieces.start[piece], pieces.end[piece]).astype(np.int64)
    return nodes


_FAR = 1 << 31
"""Longer than any edge [mm]."""


def _links(lines: Measured, ptr: Ints, spots: Floats, *, spot_id: Ints, free_id: int, way_id: int) -> Streets:
    """The links as streets; each stretch between two spots is an edge."""
    position = np.unique(np.concatenate([np.arange(ptr[0], ptr[-1], dtype=np.float64), spots]))
    node_ref = free_id + np.arange(len(position), dtype=np.int64)
    at_spot = np.searchsorted(position, spots)
    node_ref[at_spot] = spot_id
    link = np.searchsorted(ptr, spots, side="right")
    goes_on = np.flatnonzero(link[1:] == link[:-1])
    stretches = [np.arange(at_spot[spot], at_spot[spot + 1] + 1) for spot in goes_on.tolist()]
    at, count = np.concatenate(stretches), len(stretches)
    built = split_ways(
        Ways(
            way_id=way_id + link[goes_on].astype(np.int64),
            node_ptr=np.cumsum([0, *map(len, stretches)]),
            node_ref=node_ref[at],
            node_xy=lines.places(position[at]),
            flags=np.full(count, WALK | ROAD_FORWARD | ROAD_BACKWARD, np.uint8),
            kind=np.full(count, STREET_KINDS.index("road"), np.int8),
            name=np.full(count, -1, np.int32),
        )
    )
    return replace(built, first_segment=np.arange(len(built), dtype=np.int32))


def _one_table(pieces: Streets, built: Streets) -> Streets:
    """Two tables of edges as one; nodes with one id are one."""
    ids = np.concatenate([pieces.node_id[pieces.start], built.node_id[built.start]])
    others = np.concatenate([pieces.node_id[pieces.end], built.node_id[built.end]])
    used, node = np.unique(np.concatenate([ids, others]), return_inverse=True)
    start, end = np.split(node.astype(np.int32), 2)
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(pieces, name), getattr(built, name)])
        for name in ("vertex_xy", "vertex_mm", "way_id", "first_segment", "flags", "kind", "name")
    }
    west, south, east, north = pieces.bounds
    return replace(
        pieces,
        node_id=used,
        start=start,
        end=end,
        vertex_ptr=np.concatenate([pieces.vertex_ptr, pieces.vertex_ptr[-1] + built.vertex_ptr[1:]]),
        bounds=(west, south, east, north),
        **joined,
    )
