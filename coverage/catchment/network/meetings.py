"""Where lines meet that were drawn apart: near ends, ends at the middle of a line, and crossings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.spatial import cKDTree

from catchment.geo.measure import distance_m, earth_centred, radii_of_curvature_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.model import Floats, Indices, Ints, Mask

SAME_M = 0.001
"""Places nearer than this are one [m]: a millimetre is the unit of length."""

UNKNOWN_LEVEL = -1000

# Pairs of segments whose boxes meet are looked at so many segments at a time, to bound the memory.
_CHUNK = 400_000


@dataclass(frozen=True, eq=False)
class Courses:
    """Lines as strings of vertices. A position is the index of a vertex plus the share of the way to the next."""

    ptr: Ints
    """Line i has the vertices ``ptr[i]:ptr[i + 1]``, two or more, shape (n + 1,)."""
    xy: Floats
    """lon, lat [degrees], shape (v, 2)."""
    level: Ints
    """``UNKNOWN_LEVEL`` where the layer does not say, shape (n,)."""
    raised: Mask
    """Bridges and tunnels, shape (n,)."""

    def __len__(self) -> int:
        return len(self.ptr) - 1


@dataclass(frozen=True, eq=False)
class Meetings:
    """Pairs of positions that are one place; all arrays of shape (m,)."""

    here: Floats
    there: Floats

    def __len__(self) -> int:
        return len(self.here)


@dataclass(frozen=True, eq=False)
class Measured:
    """What every search needs to know of the lines."""

    courses: Courses
    segment: Ints
    """First vertex of each segment, shape (s,)."""
    line: Indices
    """Line of each vertex, shape (v,)."""
    step_m: Floats
    """Length of the segment that begins at each vertex, 0 at a line's last, shape (v,)."""
    along_m: Floats
    """How far each vertex is along its line, shape (v,)."""
    tree: shapely.STRtree
    """The segments."""

    def along(self, position: Floats) -> Floats:
        """How far positions are along their lines [m]."""
        vertex = np.floor(position).astype(np.int64)
        metres: Floats = self.along_m[vertex] + (position - vertex) * self.step_m[vertex]
        return metres

    def from_ends(self, position: Floats) -> Floats:
        """How far positions are from the nearer end of their lines, along them [m]."""
        line = self.line[np.floor(position).astype(np.int64)]
        along = self.along(position)
        nearer: Floats = np.minimum(along, self.along_m[self.courses.ptr[line + 1] - 1] - along)
        return nearer

    def places(self, position: Floats) -> Floats:
        """lon, lat of positions [degrees], shape (n, 2)."""
        vertex = np.floor(position).astype(np.int64)
        share = (position - vertex)[:, None]
        xy = self.courses.xy
        following = np.minimum(vertex + 1, len(xy) - 1)
        between: Floats = np.where(share > 0, xy[vertex] + share * (xy[following] - xy[vertex]), xy[vertex])
        return between


def measured(courses: Courses) -> Measured:
    """Lengths and a tree of segments."""
    count = np.diff(courses.ptr)
    line = np.repeat(np.arange(len(courses), dtype=np.int32), count)
    segment = np.flatnonzero(line[1:] == line[:-1]).astype(np.int64)
    step_m = np.zeros(len(courses.xy))
    step_m[segment] = distance_m(courses.xy[segment], courses.xy[segment + 1])
    total = np.cumsum(step_m) - step_m
    pairs = np.stack([courses.xy[segment], courses.xy[segment + 1]], axis=1)
    return Measured(
        courses=courses,
        segment=segment,
        line=line,
        step_m=step_m,
        along_m=total - np.repeat(total[courses.ptr[:-1]], count),
        tree=shapely.STRtree(np.asarray(shapely.linestrings(pairs), object)),
    )


def ends_of(courses: Courses) -> Ints:
    """The positions of both ends of every line, shape (2n,)."""
    return np.sort(np.concatenate([courses.ptr[:-1], courses.ptr[1:] - 1]))


def near_ends(lines: Measured, *, reach_m: float) -> Meetings:
    """Pairs of ends within a distance of each other, the two ends of one line included."""
    ends = ends_of(lines.courses)
    tree = cKDTree(earth_centred(lines.courses.xy[ends]))
    pairs = tree.query_pairs(reach_m, output_type="ndarray")
    return Meetings(ends[pairs[:, 0]].astype(np.float64), ends[pairs[:, 1]].astype(np.float64))


def tees(lines: Measured, *, reach_m: float) -> Meetings:
    """
    Ends within a distance of another line, and that line's nearest place to each.

    Not where the line's own end is as near (that is a meeting of ends), nor where the levels of both lines are known
    and differ. An end may meet its own line too, if the way round is longer than twice the distance.

    Returns
    -------
    The end first, then the place on the line.
    """
    ends = ends_of(lines.courses)
    end, segment = _near_segments(lines, ends, reach_m)
    share, gap_m = _foot(lines.courses.xy, lines.courses.xy[ends[end]], segment)
    near = gap_m <= reach_m
    end, position, gap_m = end[near], segment[near] + share[near], gap_m[near]
    other = lines.line[segment[near]]
    own = lines.line[ends[end]]
    elsewhere = np.abs(lines.along(position) - lines.along_m[ends[end]]) > 2 * reach_m
    allowed = ((own != other) | elsewhere) & ~_apart_by_level(lines.courses, own, other)
    end, position, gap_m, other = end[allowed], position[allowed], gap_m[allowed], other[allowed]
    order = np.lexsort((position, np.rint(gap_m * 1e6), other, end))
    end, position, other = end[order], position[order], other[order]
    first = np.ones(len(end), bool)
    first[1:] = (end[1:] != end[:-1]) | (other[1:] != other[:-1])
    end, position, other = end[first], position[first], other[first]
    joined = _end_as_near(lines, ends[end], position, other, reach_m)
    return Meetings(ends[end[~joined]].astype(np.float64), position[~joined])


def straight_on(lines: Measured, *, reach_m: float) -> Meetings:
    """
    Ends that stop short of another line, and where they would meet it if they went straight on.

    It may lie as far as ``tees`` looks, and levels are minded as there; but it counts also where the other line's own
    end is as near.

    Returns
    -------
    The end first, then the place on the line, one for each pair of end and line.
    """
    ends = ends_of(lines.courses)
    end, segment = _near_segments(lines, ends, reach_m)
    share, ahead_m = _ahead(lines, ends[end], segment)
    hit = (ahead_m >= 0) & (ahead_m <= reach_m)
    end, position, ahead_m = end[hit], segment[hit] + share[hit], ahead_m[hit]
    own, other = lines.line[ends[end]], lines.line[segment[hit]]
    allowed = (own != other) & ~_apart_by_level(lines.courses, own, other)
    end, position, ahead_m, other = end[allowed], position[allowed], ahead_m[allowed], other[allowed]
    order = np.lexsort((position, np.rint(ahead_m * 1e6), other, end))
    end, position, other = end[order], position[order], other[order]
    first = np.ones(len(end), bool)
    first[1:] = (end[1:] != end[:-1]) | (other[1:] != other[:-1])
    return Meetings(ends[end[first]].astype(np.float64), position[first])


def crossings(lines: Measured, *, reach_m: float) -> tuple[Meetings, Meetings, Meetings]:
    """
    Places where lines cross or touch. Lines that lie on one another meet where their shared stretch begins and ends.

    Returns
    -------
    Farther than a distance from the ends of both, along them: those at grade; and those kept apart, where the levels
    are known and differ or either line is a bridge or tunnel. Then those nearer to an end, which is meant to reach the
    line (``tees``) and goes over it; all but those whose levels are known and differ.
    """
    found = [_crossings_of(lines, start) for start in range(0, len(lines.segment), _CHUNK)]
    here, there = (np.concatenate([np.empty(0), *parts]) for parts in zip(*found, strict=True)) if found else _NONE
    inner = (lines.from_ends(here) > reach_m) & (lines.from_ends(there) > reach_m)
    one, other = (lines.line[np.floor(position).astype(np.int64)] for position in (here, there))
    raised = lines.courses.raised
    differing = _apart_by_level(lines.courses, one, other)
    apart = differing | raised[one] | raised[other]
    chosen = inner & ~apart, inner & apart, ~inner & ~differing
    at_grade, kept_apart, near_an_end = (Meetings(here[mask], there[mask]) for mask in chosen)
    return at_grade, kept_apart, near_an_end


_NONE = np.empty(0), np.empty(0)


def _apart_by_level(courses: Courses, one: Indices, other: Indices) -> Mask:
    here, there = courses.level[one], courses.level[other]
    apart: Mask = (here != there) & (here != UNKNOWN_LEVEL) & (there != UNKNOWN_LEVEL)
    return apart


def _metres_per_degree(latitude: Floats) -> tuple[Floats, Floats]:
    """Of longitude and latitude at places."""
    along, across = radii_of_curvature_m(np.radians(latitude))
    return np.radians(1) * across * np.cos(np.radians(latitude)), np.radians(1) * along


def _near_segments(lines: Measured, ends: Ints, reach_m: float) -> tuple[Ints, Ints]:
    """Ends and the segments (by their first vertex) whose boxes come within reach."""
    xy = lines.courses.xy[ends]
    wide, high = (reach_m * 1.001 / metres for metres in _metres_per_degree(xy[:, 1]))
    boxes: Any = shapely.box(xy[:, 0] - wide, xy[:, 1] - high, xy[:, 0] + wide, xy[:, 1] + high)
    end, number = lines.tree.query(boxes)
    return end.astype(np.int64), lines.segment[number]


def _foot(xy: Floats, place: Floats, segment: Ints) -> tuple[Floats, Floats]:
    """Where on each segment it is nearest to a place (0 to 1), and how far that is [m], in the plane of the place."""
    scale = np.column_stack(_metres_per_degree(place[:, 1]))
    start, stop = (xy[segment] - place) * scale, (xy[segment + 1] - place) * scale
    step = stop - start
    squared = (step**2).sum(axis=1)
    share = np.clip(np.divide(-(start * step).sum(axis=1), squared, out=np.zeros(len(step)), where=squared > 0), 0, 1)
    return share, np.hypot(*(start + share[:, None] * step).T)


def _ahead(lines: Measured, end: Ints, segment: Ints) -> tuple[Floats, Floats]:
    """Where a line going straight on from its end meets each segment (0 to 1), how far on [m]; NaN if nowhere."""
    xy, line = lines.courses.xy, lines.line[end]
    before = np.where(end == lines.courses.ptr[line], end + 1, end - 1)
    scale = np.column_stack(_metres_per_degree(xy[end, 1]))
    along, apart = (xy[end] - xy[before]) * scale, (xy[segment] - xy[end]) * scale
    across = (xy[segment + 1] - xy[segment]) * scale
    lengths = np.hypot(*along.T), np.hypot(*across.T)
    turn = _cross(along, across)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, ahead_m = _cross(apart, along) / turn, _cross(apart, across) / turn * lengths[0]
        meets = (np.abs(turn) > 1e-6 * lengths[0] * lengths[1]) & (share >= 0) & (share <= 1)
    return np.where(meets, share, np.nan), np.where(meets, ahead_m, np.nan)


def _end_as_near(lines: Measured, end: Ints, position: Floats, line: Indices, reach_m: float) -> Mask:
    """Ends that also lie within reach of the end of the line that is nearer to their place on it."""
    ptr, xy = lines.courses.ptr, lines.courses.xy
    first, last = ptr[line], ptr[line + 1] - 1
    along = lines.along(position)
    near_first, near_last = along <= 2 * reach_m, lines.along_m[last] - along <= 2 * reach_m
    joined: Mask = (near_first & (distance_m(xy[end], xy[first]) <= reach_m)) | (
        near_last & (distance_m(xy[end], xy[last]) <= reach_m)
    )
    return joined


def _crossings_of(lines: Measured, start: int) -> tuple[Floats, Floats]:
    """Positions where a stretch of the segments meets segments after them."""
    chunk = lines.tree.geometries[start : start + _CHUNK]
    one, other = lines.tree.query(chunk)
    one = one + start
    # Neighbours on one line share a vertex and nothing else.
    later = (other > one + 1) | ((other == one + 1) & (lines.segment[other] != lines.segment[one] + 1))
    a, b = lines.segment[one[later]], lines.segment[other[later]]
    order = np.lexsort((b, a))
    return _meet(lines, a[order], b[order])


def _meet(lines: Measured, a: Ints, b: Ints) -> tuple[Floats, Floats]:
    """Positions where pairs of segments cross, or where an end of one lies on the other."""
    xy = lines.courses.xy
    scale = np.column_stack(_metres_per_degree(xy[a, 1]))
    origin = xy[a]
    along, apart, across = (xy[a + 1] - origin) * scale, (xy[b] - origin) * scale, (xy[b + 1] - xy[b]) * scale
    lengths = np.hypot(*along.T), np.hypot(*across.T)
    turn = _cross(along, across)
    crossing = np.abs(turn) > 1e-6 * lengths[0] * lengths[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        share, other_share = _cross(apart, across) / turn, _cross(apart, along) / turn
        margin, other_margin = SAME_M / lengths[0], SAME_M / lengths[1]
        crossing &= (share >= -margin) & (share <= 1 + margin)
        crossing &= (other_share >= -other_margin) & (other_share <= 1 + other_margin)
    here = [_position(a[crossing], share[crossing], margin[crossing])]
    there = [_position(b[crossing], other_share[crossing], other_margin[crossing])]
    parallel = np.abs(turn) <= 1e-6 * lengths[0] * lengths[1]
    for vertex, segment, swapped in ((b, a, False), (b + 1, a, False), (a, b, True), (a + 1, b, True)):
        on, at = _on_segment(xy, vertex[parallel], segment[parallel])
        here.append(vertex[parallel][on].astype(np.float64) if swapped else at)
        there.append(at if swapped else vertex[parallel][on].astype(np.float64))
    return np.concatenate(here), np.concatenate(there)


def _on_segment(xy: Floats, vertex: Ints, segment: Ints) -> tuple[Mask, Floats]:
    """Which vertices lie on segments, and at which positions."""
    share, gap_m = _foot(xy, xy[vertex], segment)
    on = gap_m <= SAME_M
    return on, segment[on] + share[on]


def _position(segment: Ints, share: Floats, margin: Floats) -> Floats:
    """A position on a segment, at its vertex where that is within a millimetre."""
    share = np.where(share <= margin, 0.0, np.where(share >= 1 - margin, 1.0, share))
    position: Floats = segment + share
    return position


def _cross(one: Floats, other: Floats) -> NDArray[np.float64]:
    product: Floats = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    return product
