"""
Compiled loops of outlines: the distance to lines on a grid, its contour, and the contour with fewer corners.

Lines are in cells, with a node of the grid at every whole number. Corners are whole numbers of 1/1024 cell: every test
of which side a corner lies on is exact, so that outlines never cross themselves or each other.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

STEPS = 1024
"""Places on a grid edge where a contour may cross it."""

_LONGEST = 64  # corners in a row that may be left out; keeps the work at each small
_BUCKET = 13  # corners are looked up by squares of 2**13 steps, which are 8 cells


@njit(cache=True, nogil=True)
def _add_segment(field: Floats, x0: float, y0: float, x1: float, y1: float, cap: float) -> None:
    """Lower the squared distances to those from one segment, in the nodes nearer to it than ``cap``."""
    dx, dy = x1 - x0, y1 - y0
    squared = dx * dx + dy * dy
    shrink = 1.0 / squared if squared > 0 else 0.0
    for row in range(max(math.ceil(min(y0, y1) - cap), 0), min(math.floor(max(y0, y1) + cap), field.shape[0] - 1) + 1):
        # The stretch of the segment that this row can be near to.
        begin, end = 0.0, 1.0
        if dy != 0:
            one, other = (row - cap - y0) / dy, (row + cap - y0) / dy
            begin, end = max(begin, min(one, other)), min(end, max(one, other))
        left, right = min(x0 + begin * dx, x0 + end * dx), max(x0 + begin * dx, x0 + end * dx)
        first, last = max(math.ceil(left - cap), 0), min(math.floor(right + cap), field.shape[1] - 1)
        if first > last:
            continue
        # Counted from 0 in a view of its own, the loop runs on vectors of the processor.
        nodes = field[row, first : last + 1]
        px, py = first - x0, row - y0
        for node in range(len(nodes)):
            along = min(max(((px + node) * dx + py * dy) * shrink, 0.0), 1.0)
            away_x, away_y = px + node - along * dx, py - along * dy
            nodes[node] = min(nodes[node], away_x * away_x + away_y * away_y)


@njit(cache=True, nogil=True, inline="always")
def _corner(row: int, column: int, number: int) -> tuple[int, int]:
    """The corners of a cell, counter-clockwise from its lower left; side k runs from corner k to corner k + 1."""
    number &= 3
    return row + (number >= 2), column + (number in (1, 2))


@njit(cache=True, nogil=True)
def _crossing(field: Floats, level: float, row: int, column: int, side: int) -> tuple[int, int]:
    """Where the contour crosses a side of a cell, in steps; never in a corner."""
    row_0, column_0 = _corner(row, column, side)
    row_1, column_1 = _corner(row, column, side + 1)
    here, there = math.sqrt(field[row_0, column_0]), math.sqrt(field[row_1, column_1])
    step = min(max(math.floor((level - here) / (there - here) * STEPS + 0.5), 1), STEPS - 1)
    return column_0 * STEPS + (column_1 - column_0) * step, row_0 * STEPS + (row_1 - row_0) * step


@njit(cache=True, nogil=True)
def _exit(field: Floats, level: float, row: int, column: int, side: int) -> int:
    """
    The side by which the contour leaves a cell that it entered by ``side``, with the inside on its left.

    Where two opposite corners are inside, they are joined if the mean of all four is.
    """
    square = level * level
    opposite, fourth = field[_corner(row, column, side + 2)], field[_corner(row, column, side + 3)]
    if opposite > square:
        return side + 2 if fourth <= square else side + 3
    if fourth <= square:
        return side + 1
    first, second = field[_corner(row, column, side)], field[_corner(row, column, side + 1)]
    total = math.sqrt(first) + math.sqrt(second) + math.sqrt(opposite) + math.sqrt(fourth)
    return side + 1 if total <= 4 * level else side + 3


@njit(cache=True, nogil=True)
def _contour(field: Floats, level: float, corners: Ints, size: int, ring_end: list[int]) -> tuple[Ints, int]:
    """Append the rings around all nodes at or under ``level``, the inside on their left."""
    seen = np.zeros(field.shape, np.bool_)
    square = level * level
    for row_0 in range(field.shape[0]):
        for column_0 in range(field.shape[1] - 1):
            # Every ring somewhere rises through a row of the grid, with a node inside on its left.
            if field[row_0, column_0] > square or field[row_0, column_0 + 1] <= square or seen[row_0, column_0]:
                continue
            row, column, side = row_0, column_0, 0
            while not (side == 0 and seen[row, column]):
                if side == 0:
                    seen[row, column] = True
                if size == len(corners):
                    corners = np.concatenate((corners, np.empty((size, 2), np.int64)))
                corners[size, 0], corners[size, 1] = _crossing(field, level, row, column, side)
                size += 1
                leave = _exit(field, level, row, column, side) & 3
                row += (leave == 2) - (leave == 0)
                column += (leave == 1) - (leave == 3)
                side = (leave + 2) & 3
            ring_end.append(size)
    return corners, size


@njit(cache=True, nogil=True, inline="always")
def _turn(corners: Ints, one: int, two: int, three: int) -> np.int64:
    """Positive where the way over three corners turns left, exact."""
    ahead_x, ahead_y = corners[two, 0] - corners[one, 0], corners[two, 1] - corners[one, 1]
    turn: np.int64 = ahead_x * (corners[three, 1] - corners[one, 1]) - ahead_y * (corners[three, 0] - corners[one, 0])
    return turn


@njit(cache=True, nogil=True)
def _near_chord(corners: Ints, corner: int, one: int, two: int, tolerance: float) -> bool:
    """A corner lies within the tolerance of the straight line between two others."""
    dx, dy = float(corners[two, 0] - corners[one, 0]), float(corners[two, 1] - corners[one, 1])
    px, py = float(corners[corner, 0] - corners[one, 0]), float(corners[corner, 1] - corners[one, 1])
    squared = dx * dx + dy * dy
    along = min(max((px * dx + py * dy) / squared, 0.0), 1.0) if squared > 0 else 0.0
    away_x, away_y = px - along * dx, py - along * dy
    return away_x * away_x + away_y * away_y <= tolerance * tolerance


@njit(cache=True, nogil=True)
def _chord_is_near(corners: Ints, begin: int, size: int, one: int, two: int, tolerance: float) -> bool:
    """Every corner of a ring between two of its corners lies near the straight line that joins them."""
    between = (two - one) % size
    if between > _LONGEST:
        return False
    for number in range(1, between):
        if not _near_chord(corners, begin + (one - begin + number) % size, one, two, tolerance):
            return False
    return True


@njit(cache=True, nogil=True)
def _triangle_is_empty(
    corners: Ints, stays: Mask, bucket_ptr: Ints, bucket_corner: Ints, width: int, one: int, two: int, three: int
) -> bool:
    """No other corner that stays lies in or on the triangle of three."""
    turn = _turn(corners, one, two, three)
    if turn == 0:
        return True
    sign = 1 if turn > 0 else -1
    x0, x1, x2 = corners[one, 0], corners[two, 0], corners[three, 0]
    y0, y1, y2 = corners[one, 1], corners[two, 1], corners[three, 1]
    for row in range(min(y0, y1, y2) >> _BUCKET, (max(y0, y1, y2) >> _BUCKET) + 1):
        first = bucket_ptr[row * width + (min(x0, x1, x2) >> _BUCKET)]
        last = bucket_ptr[row * width + (max(x0, x1, x2) >> _BUCKET) + 1]
        for entry in range(first, last):
            other = bucket_corner[entry]
            x, y = corners[other, 0], corners[other, 1]
            if not stays[other] or (x == x0 and y == y0) or (x == x1 and y == y1) or (x == x2 and y == y2):
                continue
            if (
                sign * _turn(corners, one, two, other) >= 0
                and sign * _turn(corners, two, three, other) >= 0
                and sign * _turn(corners, three, one, other) >= 0
            ):
                return False
    return True


@njit(cache=True, nogil=True)
def _by_bucket(corners: Ints, width: int) -> tuple[Ints, Ints]:
    """Corners grouped by the square they lie in."""
    bucket = (corners[:, 1] >> _BUCKET) * width + (corners[:, 0] >> _BUCKET)
    ptr = np.zeros(((corners[:, 1].max() >> _BUCKET) + 1) * width + 1, np.int64)
    for corner in range(len(corners)):
        ptr[bucket[corner] + 1] += 1
    ptr = np.cumsum(ptr)
    place, grouped = ptr[:-1].copy(), np.empty(len(corners), np.int64)
    for corner in range(len(corners)):
        grouped[place[bucket[corner]]] = corner
        place[bucket[corner]] += 1
    return ptr, grouped


@njit(cache=True, nogil=True)
def _twins(corners: Ints, bucket_ptr: Ints, bucket_corner: Ints) -> Ints:
    """The same corner in the next ring that has it, in a circle; a corner of one ring is its own twin."""
    twin = np.arange(len(corners))
    for square in range(len(bucket_ptr) - 1):
        for one in range(bucket_ptr[square], bucket_ptr[square + 1]):
            for other in range(one + 1, bucket_ptr[square + 1]):
                first, second = bucket_corner[one], bucket_corner[other]
                if corners[first, 0] == corners[second, 0] and corners[first, 1] == corners[second, 1]:
                    twin[first], twin[second] = second, twin[first]
                    break
    return twin


@njit(cache=True, nogil=True)
def _simplified(corners: Ints, ring_end: Ints, tolerance: float) -> Mask:
    """
    Which corners stay.

    A corner goes if every corner left out so far between its neighbours stays within the tolerance of the line that
    joins them, and if no other corner of any ring lies in the triangle it spans with them: then no line can cross
    the new one. Where rings share a corner, it goes from all of them or from none.
    """
    count = len(corners)
    stays = np.ones(count, np.bool_)
    before, after, ring_of = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    begin, left = np.zeros(len(ring_end), np.int64), np.empty(len(ring_end), np.int64)
    begin[1:] = ring_end[:-1]
    for ring in range(len(ring_end)):
        left[ring] = ring_end[ring] - begin[ring]
        for corner in range(begin[ring], ring_end[ring]):
            ring_of[corner] = ring
            before[corner] = corner - 1 if corner > begin[ring] else ring_end[ring] - 1
            after[corner] = corner + 1 if corner + 1 < ring_end[ring] else begin[ring]
    width = (corners[:, 0].max() >> _BUCKET) + 1
    bucket_ptr, bucket_corner = _by_bucket(corners, width)
    twin = _twins(corners, bucket_ptr, bucket_corner)
    for ring in range(len(ring_end)):
        previous = begin[ring]
        while not stays[previous]:
            previous += 1
        for _ in range(ring_end[ring] - begin[ring]):
            corner, following = after[previous], after[after[previous]]
            goes, fellow = True, corner
            while goes:
                its, one, two = ring_of[fellow], before[fellow], after[fellow]
                goes = (
                    left[its] > 4
                    and corners[one, 0] == corners[previous, 0]
                    and corners[one, 1] == corners[previous, 1]
                    and corners[two, 0] == corners[following, 0]
                    and corners[two, 1] == corners[following, 1]
                    and _chord_is_near(corners, begin[its], ring_end[its] - begin[its], one, two, tolerance)
                )
                fellow = twin[fellow]
                if fellow == corner:
                    break
            if not goes or not _triangle_is_empty(
                corners, stays, bucket_ptr, bucket_corner, width, previous, corner, following
            ):
                previous = corner
                continue
            while stays[fellow]:
                stays[fellow] = False
                left[ring_of[fellow]] -= 1
                after[before[fellow]], before[after[fellow]] = after[fellow], before[fellow]
                fellow = twin[fellow]
    return stays


@njit(cache=True, nogil=True)
def outlines(
    xy: Floats, line_ptr: Ints, band_ptr: Ints, legs: Floats, allowance: float, tolerance: float
) -> tuple[Floats, Ints, Ints]:
    """
    The outline of everything within the allowance of the lines, for each band.

    Parameters
    ----------
    xy, line_ptr
        The lines [cells], one after another.
    band_ptr
        Band b is drawn around the lines ``band_ptr[b]:band_ptr[b + 1]`` and those of the bands before it.
    legs
        One more segment for each band [cells], shape (bands, 4).
    allowance, tolerance
        [cells]

    Returns
    -------
    Corners [cells]; where each ring ends among them; where each band ends among the rings. Rings are closed; the first
    of a band is its shell, counter-clockwise, as long as the allowance is at least 1.42 cells and the lines and the leg
    hang together (the search for rings begins in the south, where no hole is); the others are holes, clockwise.
    """
    # Every corner of a cell that the contour passes is nearer than this.
    cap = allowance + 1.5
    west, south = math.floor(legs[:, 0::2].min() - cap), math.floor(legs[:, 1::2].min() - cap)
    east, north = math.ceil(legs[:, 0::2].max() + cap), math.ceil(legs[:, 1::2].max() + cap)
    for vertex in range(len(xy)):
        west, east = min(west, math.floor(xy[vertex, 0] - cap)), max(east, math.ceil(xy[vertex, 0] + cap))
        south, north = min(south, math.floor(xy[vertex, 1] - cap)), max(north, math.ceil(xy[vertex, 1] + cap))
    field = np.full((north - south + 1, east - west + 1), cap * cap)
    corners, size = np.empty((1024, 2), np.int64), 0
    ring_end = [0 for _ in range(0)]
    band_end = np.empty(len(legs), np.int64)
    for band in range(len(legs)):
        leg = legs[band]
        _add_segment(field, leg[0] - west, leg[1] - south, leg[2] - west, leg[3] - south, cap)
        for line in range(band_ptr[band], band_ptr[band + 1]):
            for vertex in range(line_ptr[line], line_ptr[line + 1] - 1):
                _add_segment(
                    field,
                    xy[vertex, 0] - west,
                    xy[vertex, 1] - south,
                    xy[vertex + 1, 0] - west,
                    xy[vertex + 1, 1] - south,
                    cap,
                )
        corners, size = _contour(field, allowance, corners, size, ring_end)
        band_end[band] = len(ring_end)
    ends = np.array(ring_end)
    corners = corners[:size]
    stays = _simplified(corners, ends, tolerance * STEPS)
    kept, begin = 0, 0
    rings = np.empty((stays.sum() + len(ends), 2))
    for ring in range(len(ends)):
        first = kept
        for corner in range(begin, ends[ring]):
            if stays[corner]:
                rings[kept, 0], rings[kept, 1] = corners[corner, 0] / STEPS + west, corners[corner, 1] / STEPS + south
                kept += 1
        rings[kept] = rings[first]
        kept += 1
        begin, ends[ring] = ends[ring], kept
    return rings, ends, band_end
