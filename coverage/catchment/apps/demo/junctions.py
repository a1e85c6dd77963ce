"""Drawn lines -> a street network: lines meet where they cross and where an end touches another line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.model import Floats, Ints

    # Points, the line of each, and its position there: segment number + share of the segment.
    _Inserted = tuple[Floats, Ints, Floats]

_END_REACH_M = 12.0
_SAME_PLACE_M = 2.0


@dataclass(frozen=True, eq=False)
class Line:
    """One line of the drawing: a street, or anything that becomes an OSM way."""

    xy: Floats
    """Metres, shape (n, 2); closed if the last point is the first."""
    tags: Mapping[str, str]
    place: str = ""
    """The place whose people live along it."""
    homes: float = 1.0
    """How closely they live, against the other lines of the place."""
    level: int = 0
    """Lines of different levels pass over each other; at equal points they still meet."""


@dataclass(frozen=True, eq=False)
class Network:
    """Nodes, and the ways that run through them."""

    xy: Floats
    """Metres, shape (n, 2)."""
    ways: tuple[tuple[Ints, Mapping[str, str]], ...]
    """Rows of ``xy`` and tags of each way."""


@dataclass(frozen=True, eq=False)
class _Segments:
    """All segments of all lines, in order."""

    start: Floats
    end: Floats
    line: Ints
    number: Ints
    """Place of each segment in its line."""
    level: Ints
    tree: shapely.STRtree


def _segments(lines: Sequence[Line]) -> _Segments:
    counts = np.array([len(line.xy) - 1 for line in lines])
    line = np.repeat(np.arange(len(lines)), counts)
    start = np.vstack([line.xy[:-1] for line in lines])
    end = np.vstack([line.xy[1:] for line in lines])
    return _Segments(
        start=start,
        end=end,
        line=line,
        number=np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts),
        level=np.array([line.level for line in lines])[line],
        tree=shapely.STRtree([shapely.LineString(ends) for ends in zip(start, end, strict=True)]),
    )


def join(lines: Sequence[Line]) -> Network:
    """
    The network of a drawing.

    Parameters
    ----------
    lines
        Lines of one level meet where they cross; an open end within 12 m of another line of its level is moved onto
        it. Points nearer than 2 m to each other become one node.

    Examples
    --------
    >>> cross = [Line(np.array([[0.0, -50], [0, 50]]), {}), Line(np.array([[-50.0, 0], [50, 0]]), {})]
    >>> network = join(cross)
    >>> [rows.tolist() for rows, _ in network.ways], network.xy[1].tolist()
    ([[0, 1, 2], [3, 1, 4]], [0.0, 0.0])
    """
    lines, touched = _meet_ends(lines)
    crossed = _crossings(_segments(lines))
    points, line, position = (np.concatenate(parts) for parts in zip(_vertices(lines), touched, crossed, strict=True))
    order = np.lexsort((position, line))
    node, xy = _merge(points[order])
    ways = []
    for rows, drawn in zip(np.split(node, np.cumsum(np.bincount(line))[:-1]), lines, strict=True):
        kept = np.concatenate([[True], rows[1:] != rows[:-1]])
        if kept.sum() > 1:
            ways.append((rows[kept], drawn.tags))
    return Network(xy, tuple(ways))


def _vertices(lines: Sequence[Line]) -> _Inserted:
    sizes = [len(line.xy) for line in lines]
    position = np.concatenate([np.arange(size, dtype=np.float64) for size in sizes])
    return np.vstack([line.xy for line in lines]), np.repeat(np.arange(len(lines)), sizes), position


def _meet_ends(lines: Sequence[Line]) -> tuple[list[Line], _Inserted]:
    """Lines whose open ends are moved onto what they nearly touch; the points to insert into what is touched."""
    segments = _segments(lines)
    moved = list(lines)
    points, touched, position = [np.empty((0, 2))], [np.empty(0, np.int64)], [np.empty(0)]
    for row, line in enumerate(lines):
        for end in (0, -1):
            near = _segments_near(line.xy[end], segments, level=line.level, but=row)
            if (line.xy[0] == line.xy[-1]).all() or not len(near):
                continue
            feet, share = _feet(line.xy[end], segments.start[near], segments.end[near])
            nearest = feet[np.argmin(((feet - line.xy[end]) ** 2).sum(axis=1))]
            # Where several lines end at one point, each must reach the street they end at, not only one another.
            here = ((feet - nearest) ** 2).sum(axis=1) < (_SAME_PLACE_M / 2) ** 2
            moved[row] = _with_end(moved[row], end, nearest)
            points.append(feet[here])
            touched.append(segments.line[near[here]])
            position.append(segments.number[near[here]] + share[here])
    return moved, (np.vstack(points), np.concatenate(touched), np.concatenate(position))


def _segments_near(point: Floats, segments: _Segments, *, level: int, but: int) -> Ints:
    """Segments of a level within reach of a point, without those of one line."""
    within = np.sort(segments.tree.query(shapely.Point(point), predicate="dwithin", distance=_END_REACH_M))
    near: Ints = within[(segments.line[within] != but) & (segments.level[within] == level)]
    return near


def _with_end(line: Line, end: int, point: Floats) -> Line:
    xy = line.xy.copy()
    xy[end] = point
    return replace(line, xy=xy)


def _feet(point: Floats, start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Nearest point of each segment and its share of the segment."""
    along = end - start
    share = ((point - start) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-9)
    share = np.clip(share, 0, 1)
    return start + share[:, None] * along, share


def _crossings(segments: _Segments) -> _Inserted:
    """Where segments of different lines of one level cross, once for each of the two."""
    one, two = segments.tree.query(segments.tree.geometries)
    pair = (one < two) & (segments.line[one] != segments.line[two]) & (segments.level[one] == segments.level[two])
    order = np.lexsort((two[pair], one[pair]))
    one, two = one[pair][order], two[pair][order]
    a, b = segments.end[one] - segments.start[one], segments.end[two] - segments.start[two]
    between = segments.start[two] - segments.start[one]
    turn = _cross(a, b)
    turn[turn == 0] = np.inf  # parallel
    share_one, share_two = _cross(between, b) / turn, _cross(between, a) / turn
    hit = (turn < np.inf) & (share_one >= 0) & (share_one <= 1) & (share_two >= 0) & (share_two <= 1)
    points = segments.start[one[hit]] + share_one[hit, None] * a[hit]
    rows = np.concatenate([one[hit], two[hit]])
    position = segments.number[rows] + np.concatenate([share_one[hit], share_two[hit]])
    return np.vstack([points, points]), segments.line[rows], position


def _cross(a: Floats, b: Floats) -> Floats:
    product: Floats = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product


def _merge(points: Floats) -> tuple[Ints, Floats]:
    """Node of each point, numbered by first appearance, and the nodes' places."""
    near = cKDTree(points).query_pairs(_SAME_PLACE_M, output_type="ndarray")
    links = coo_array((np.ones(len(near), np.int8), (near[:, 0], near[:, 1])), shape=(len(points), len(points)))
    group = connected_components(links, directed=False)[1]
    _, first, node = np.unique(group, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[node], points[first[order]]
