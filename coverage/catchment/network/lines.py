"""A planner's road lines to ``Streets``: joined where the roads meet, counted and kept for drawing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from catchment.errors import InputError
from catchment.geo.measure import distance_m
from catchment.network.endings import meant_meetings
from catchment.network.meetings import (
    SAME_M,
    UNKNOWN_LEVEL,
    Courses,
    Meetings,
    crossings,
    ends_of,
    measured,
    near_ends,
    straight_on,
    tees,
)
from catchment.network.roadwords import NOT_A_STREET, highway_of, is_yes, level_of, oneway_of
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, STREET_KINDS, TAGS, WALK, flags_of
from catchment.network.ways import Ways, split_ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.model import Codes, Floats, Indices, Ints, RoadLines, Streets
    from catchment.network.meetings import Measured

# In the order of the first ``JOIN_KINDS``.
_JOIN_WORDS = ("lines_joined_end", "lines_joined_tee", "lines_joined_crossing")

# Byte order, geometry type and number of points.
_WKB_HEADER = 9

UNKNOWN_KIND = "road"
"""The class of a road whose layer does not say: anybody may use it."""


@dataclass(frozen=True, eq=False)
class _Roads:
    """Lines that are streets, in the order of their courses, each course once."""

    courses: Courses
    flags: NDArray[np.uint8]
    kind: Codes
    name: Indices
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Joins:
    """Which positions are one place, and where lines were joined."""

    position: Floats
    """Ascending, ends and every place where a line meets another, shape (p,)."""
    node: Ints
    """Place of each position, shape (p,)."""
    bridged: Meetings
    """Places that are joined over a gap."""
    xy: Floats
    kind: Codes
    counts: dict[str, int]


def join_lines(lines: RoadLines, *, tolerance_m: float = 1.0) -> Streets:
    """
    Streets from lines, joined where the roads meet.

    Ends within the tolerance of each other meet; an end within the tolerance of the middle of a line splits it, unless
    the levels of both are known and differ; lines that cross farther than that from their ends are split, unless their
    levels are known and differ or either is a bridge or a tunnel. An end that meets another line where it was drawn to
    (touching it, over it, straight on or end to end) is not joined to those that pass beside it. Nothing is moved: a
    gap that is closed becomes an edge of its own length, straight on from the end if that meets the line; where an end
    runs over a line they also meet where they cross. A course drawn twice, in either direction, counts once and is open
    to whom any of its lines admits. The result does not depend on the order of the rows: lines are numbered
    (``way_id``) in the order of their coordinates, closed gaps after them, and at ties the smaller number wins.

    Parameters
    ----------
    lines
        The lines, and what the layer says of them.
    tolerance_m
        How far apart ends may lie that are meant to meet [m].

    Returns
    -------
    Streets; ``oddities`` counts what was joined, left out and not understood, ``joins_xy`` says where.

    Raises
    ------
    InputError
        If no line is a street that somebody may use.
    """
    roads, oddities = _roads(lines)
    if not len(roads.flags):
        raise InputError("error.no_streets", file=lines.file)
    courses = measured(roads.courses)
    # Inclusive to the millimetre: two ends half a metre short of a corner are a metre apart.
    joins = _joins(courses, tolerance_m + SAME_M / 2)
    streets = split_ways(_split(roads, courses, joins), oddities=oddities | joins.counts)
    # Places of one line that meet at one node stand in a row; that is our doing and not the layer's.
    ours = {**streets.oddities, "repeated_nodes": 0}
    return replace(streets, oddities=ours, joins_xy=joins.xy, joins_kind=joins.kind)


def _roads(lines: RoadLines) -> tuple[_Roads, dict[str, int]]:
    """What the words mean, and each course once."""
    frame = lines.frame
    shapes: Any = shapely.remove_repeated_points(frame.geometry.to_numpy())
    kind, unknown = _kinds(frame["grade"].tolist(), frame["rank"].tolist())
    oneway = [oneway_of(text) for text in frame["oneway"]]
    flags = np.array([_flags(kind[row], oneway[row] or "no") for row in range(len(frame))], np.uint8)
    length = shapely.length(shapes)
    used = np.flatnonzero((flags > 0) & (length > 0))
    columns = {name: frame[name].to_numpy(object)[used] for name in ("name", "level", "bridge", "tunnel")}
    keys = [
        (STREET_KINDS.index(kind[row]), *texts) for row, *texts in zip(used.tolist(), *columns.values(), strict=True)
    ]
    order, first, turned = _canonical(shapes[used], keys)
    kept, group = order[first], np.cumsum(first) - 1
    merged = np.zeros(len(kept), np.uint8)
    own = flags[used][order]
    np.bitwise_or.at(merged, group, np.where(turned[order] != turned[kept][group], _turned(own), own))
    names = {name: number for number, name in enumerate(sorted({columns["name"][row] for row in kept} - {""}))}
    xy, line = shapely.get_coordinates(shapes[used][kept], return_index=True)
    levels = [level_of(text) for text in columns["level"][kept]]
    oddities = {
        "lines_unknown_class": unknown,
        "lines_unknown_direction": sum(way is None for way in oneway),
        "not_streets": sum(word == NOT_A_STREET for word in kind),
        "closed_ways": int((flags == 0).sum()) - sum(word == NOT_A_STREET for word in kind),
        "lines_without_length": int(((flags > 0) & (length == 0)).sum()),
        "lines_repeated": len(used) - len(kept),
    }
    return _Roads(
        courses=Courses(
            ptr=np.searchsorted(line, np.arange(len(kept) + 1)).astype(np.int64),
            xy=xy,
            level=np.array([UNKNOWN_LEVEL if level is None else level for level in levels], np.int64),
            raised=np.array([is_yes(columns["bridge"][row]) or is_yes(columns["tunnel"][row]) for row in kept], bool),
        ),
        flags=merged,
        kind=np.array([keys[row][0] for row in kept], np.int8),
        name=np.array([names.get(columns["name"][row], -1) for row in kept], np.int32),
        names=tuple(names),
    ), oddities


def _kinds(grades: list[str], ranks: list[str]) -> tuple[list[str], int]:
    """
    The class of each line, by its technical class, else its administrative one; and how many are of no known class.

    Examples
    --------
    >>> _kinds(["四级", "", "?"], ["村道", "县道", ""])
    (['tertiary', 'secondary', 'road'], 1)
    """
    found = [highway_of(grade) or highway_of(rank) for grade, rank in zip(grades, ranks, strict=True)]
    return [kind or UNKNOWN_KIND for kind in found], sum(not kind for kind in found)


@cache
def _flags(highway: str, oneway: str) -> int:
    return flags_of(*(highway if tag == "highway" else oneway if tag == "oneway" else None for tag in TAGS))


def _turned(flags: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Flags of lines laid the other way round."""
    back, forth = flags & ROAD_FORWARD, flags & ROAD_BACKWARD
    kept = flags & ~np.uint8(ROAD_FORWARD | ROAD_BACKWARD)
    turned: NDArray[np.uint8] = kept | np.where(back, ROAD_BACKWARD, 0) | np.where(forth, ROAD_FORWARD, 0)
    return turned.astype(np.uint8)


def _canonical(shapes: Any, keys: list[tuple[Any, ...]]) -> tuple[Ints, NDArray[np.bool_], NDArray[np.bool_]]:
    """The order of lines by course, which come first on theirs, and which are laid from the greater end."""
    forth, back = _coordinate_bytes(shapes), _coordinate_bytes(shapely.reverse(shapes))
    course = [min(pair) for pair in zip(forth, back, strict=True)]
    turned = np.array([one > other for one, other in zip(forth, back, strict=True)], bool)
    order = sorted(range(len(course)), key=lambda row: (course[row], turned[row], keys[row]))
    first = [number == 0 or course[row] != course[order[number - 1]] for number, row in enumerate(order)]
    return np.array(order, np.int64), np.array(first, bool), turned


def _coordinate_bytes(shapes: Any) -> list[bytes]:
    """The coordinates as bytes, those of the highest value first, so that their order is that of the places."""
    return [wkb[_WKB_HEADER:] for wkb in shapely.to_wkb(shapes, byte_order=0)]


def _joins(lines: Measured, tolerance_m: float) -> _Joins:
    ends = near_ends(lines, reach_m=max(tolerance_m, SAME_M))
    at_grade, apart, run_over = crossings(lines, reach_m=tolerance_m)
    beside, ahead = tees(lines, reach_m=tolerance_m), straight_on(lines, reach_m=tolerance_m)
    on_lines, ahead = meant_meetings(lines, ends, beside, ahead, run_over, reach_m=tolerance_m)
    all_ends = ends_of(lines.courses).astype(np.float64)
    sides = [on_lines.there, ahead.there, at_grade.here, at_grade.there, run_over.here, run_over.there]
    position = np.unique(np.concatenate([all_ends, *sides]))
    pairs = [_with_gaps(lines, found) for found in (ends, on_lines, ahead)]
    spot = _linked(_spots(lines, position), position, [pairs[0][0]])
    near = _linked(spot, position, [ends])
    of_end = np.searchsorted(position, all_ends)
    places = (
        all_ends[_first_of_others(spot[of_end], near[of_end])],
        on_lines.there[_once(spot[np.searchsorted(position, on_lines.here)], _line_of(lines, on_lines.there))],
        at_grade.here[_once(*(spot[np.searchsorted(position, side)] for side in (at_grade.here, at_grade.there)))],
    )
    apart_once = _once(*(np.rint(lines.along(side) * 1000) for side in (apart.here, apart.there)))
    counts = {word: len(found) for word, found in zip(_JOIN_WORDS, places, strict=True)}
    node = _linked(spot, position, [touching for touching, _ in pairs] + [at_grade, run_over])
    return _Joins(
        position=position,
        node=node,
        bridged=_bridged(node, position, [apart for _, apart in pairs]),
        xy=lines.places(np.concatenate(places)),
        kind=np.repeat(np.arange(len(places)), [len(found) for found in places]).astype(np.int8),
        counts=counts | {"lines_kept_apart": len(apart_once)},
    )


def _with_gaps(lines: Measured, found: Meetings) -> tuple[Meetings, Meetings]:
    """Those at one place, and those with a gap between."""
    gap = distance_m(lines.places(found.here), lines.places(found.there)) > SAME_M
    return Meetings(found.here[~gap], found.there[~gap]), Meetings(found.here[gap], found.there[gap])


def _bridged(node: Ints, position: Floats, meetings: list[Meetings]) -> Meetings:
    """The pairs of positions over a gap, one for each pair of nodes, in the order of the nodes."""
    here, there = (np.concatenate([getattr(found, side) for found in meetings]) for side in ("here", "there"))
    nodes = np.sort([node[np.searchsorted(position, side)] for side in (here, there)], axis=0)
    order = np.lexsort((there, here, nodes[1], nodes[0]))
    order = order[nodes[0][order] != nodes[1][order]]
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(nodes[:, order], axis=1) != 0).any(axis=0)
    return Meetings(here[order[first]], there[order[first]])


def _line_of(lines: Measured, position: Floats) -> Indices:
    of_positions: Indices = lines.line[np.floor(position).astype(np.int64)]
    return of_positions


def _spots(lines: Measured, position: Floats) -> Ints:
    """Numbers of ascending positions; those of one line within a millimetre of the one before share its number."""
    line, along = _line_of(lines, position), lines.along(position)
    new = np.ones(len(position), np.int64)
    new[1:] = (line[1:] != line[:-1]) | (along[1:] - along[:-1] > SAME_M)
    numbers: Ints = np.cumsum(new) - 1
    return numbers


def _linked(group: Ints, position: Floats, meetings: list[Meetings]) -> Ints:
    """Groups of positions after the groups of both sides of every meeting are made one."""
    here, there = (
        group[np.searchsorted(position, np.concatenate([getattr(found, side) for found in meetings]))]
        for side in ("here", "there")
    )
    count = int(group.max()) + 1
    links = coo_array((np.ones(len(here), np.int8), (here, there)), shape=(count, count))
    label = connected_components(links, directed=False)[1].astype(np.int64)
    joined: Ints = label[group]
    return joined


def _first_of_others(spot: Ints, near: Ints) -> Ints:
    """Of every spot but the first of its cluster one end: each is a gap that was closed."""
    _, first = np.unique(spot, return_index=True)
    _, of_cluster = np.unique(near[np.sort(first)], return_index=True)
    one_of_each: Ints = np.delete(np.sort(first), of_cluster)
    return one_of_each


def _once(one: NDArray[Any], other: NDArray[Any]) -> Ints:
    """The first of each pair of numbers that occurs, in either order."""
    pairs = np.sort(np.column_stack([one, other]), axis=1)
    return np.sort(np.unique(pairs, axis=0, return_index=True)[1])


def _split(roads: _Roads, lines: Measured, joins: _Joins) -> Ways:
    """The lines with a vertex wherever they meet others, then the bridged gaps; vertices bear their place's number."""
    ptr = lines.courses.ptr
    at_vertex = joins.position == np.floor(joins.position)
    between = joins.position[~at_vertex]
    whole = np.arange(len(lines.courses.xy))
    order = np.argsort(np.concatenate([whole, between]), kind="stable")
    position = np.concatenate([whole, between])[order]
    node_ref = joins.node.max() + 2 + np.arange(len(position), dtype=np.int64)
    node_ref[np.searchsorted(position, joins.position)] = joins.node + 1
    gap_ends = np.column_stack([joins.bridged.here, joins.bridged.there]).ravel()
    gap_refs = joins.node[np.searchsorted(joins.position, gap_ends)] + 1
    line_ptr = np.searchsorted(position, np.append(ptr[:-1], len(whole))).astype(np.int64)
    count = len(joins.bridged)
    return Ways(
        way_id=np.arange(1, len(roads.flags) + count + 1),
        node_ptr=np.append(line_ptr, line_ptr[-1] + 2 * np.arange(1, count + 1)),
        node_ref=np.append(node_ref, gap_refs),
        node_xy=np.concatenate([lines.places(position), lines.places(gap_ends)]),
        flags=np.append(roads.flags, _flags_of_gaps(roads, lines, gap_ends, gap_refs)),
        kind=np.append(roads.kind, roads.kind[_line_of(lines, joins.bridged.here)]),
        name=np.append(roads.name, np.full(count, -1, np.int32)),
        names=roads.names,
    )


def _flags_of_gaps(roads: _Roads, lines: Measured, gap_ends: Floats, gap_refs: Ints) -> NDArray[np.uint8]:
    """Whoever may use a line that a chain of gaps joins may pass all of its gaps, in both directions."""
    refs, node = np.unique(gap_refs, return_inverse=True)
    links = coo_array((np.ones(len(node) // 2, np.int8), (node[::2], node[1::2])), shape=(len(refs), len(refs)))
    chain = connected_components(links, directed=False)[1][node]
    flags = np.zeros(len(refs), np.uint8)
    np.bitwise_or.at(flags, chain, roads.flags[_line_of(lines, gap_ends)])
    both = np.uint8(ROAD_FORWARD | ROAD_BACKWARD)
    by_road = np.where(flags & both, both, np.uint8(0))
    of_gaps: NDArray[np.uint8] = (by_road | flags & WALK)[chain[::2]].astype(np.uint8)
    return of_gaps
