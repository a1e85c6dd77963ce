"""Compiled loops of the street fronts: what each piece of a wall looks onto."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from catchment.model import Floats, Ints, Mask

# Geometry is decided within these: a wall this near stands against the one looked from, a place this near is the same.
TOUCH_M = 0.01
SAME_M = 1e-3
# Cutting a step of half a metre in two so often leaves 0.1 mm.
HALVINGS = 13


@njit(cache=True, nogil=True)
def nearest_on(x: float, y: float, line: Floats) -> tuple[float, float, float]:
    """The nearest place of a segment (x, y, x, y), as x, y and share of the way along it."""
    east, north = line[2] - line[0], line[3] - line[1]
    squared = east * east + north * north
    share = 0.0
    if squared > 0:
        share = min(max(((x - line[0]) * east + (y - line[1]) * north) / squared, 0.0), 1.0)
    return line[0] + share * east, line[1] + share * north, share


@njit(cache=True, nogil=True)
def is_clear(x: float, y: float, to_x: float, to_y: float, own: int, walls: Floats, between: Ints) -> bool:
    """Whether no wall stands between two places; walls within a centimetre of the first do not count."""
    east, north = to_x - x, to_y - y
    length = math.sqrt(east * east + north * north)
    for wall in between:
        if wall == own:
            continue
        along_x, along_y = walls[wall, 2] - walls[wall, 0], walls[wall, 3] - walls[wall, 1]
        turn = east * along_y - north * along_x
        if abs(turn) < 1e-12:
            continue
        off_x, off_y = walls[wall, 0] - x, walls[wall, 1] - y
        share = (off_x * along_y - off_y * along_x) / turn
        if share * length <= TOUCH_M or share > 1:
            continue
        on_wall = (off_x * north - off_y * east) / turn
        if -1e-9 <= on_wall <= 1 + 1e-9:
            return False
    return True


@njit(cache=True, nogil=True)
def goes_nearer(x: float, y: float, corner_x: float, corner_y: float, reach: float, lines: Floats, near: Ints) -> bool:
    """Whether a street that begins or ends at a corner comes nearer than the corner itself."""
    for line in near:
        ends = lines[line]
        at_start = abs(ends[0] - corner_x) < SAME_M and abs(ends[1] - corner_y) < SAME_M
        at_end = abs(ends[2] - corner_x) < SAME_M and abs(ends[3] - corner_y) < SAME_M
        if at_start or at_end:
            to_x, to_y, _ = nearest_on(x, y, ends)
            if math.hypot(to_x - x, to_y - y) < reach - 1e-6:
                return True
    return False


@njit(cache=True, nogil=True)
def looked_onto(
    x: float,
    y: float,
    wall: int,
    walls: Floats,
    lines: Floats,
    bar: Ints,
    goes_on: Mask,
    near: Ints,
    between: Ints,
    setback_m: float,
    cosine: float,
) -> tuple[int, int]:
    """
    What a place of a wall looks onto: the line, -1 without one, and the reason, 0 with one.

    Reasons: 1 nothing is near, 2 streets are near but not in front, ``bar`` of the line in front (at least 3), 99 a
    building stands between.
    """
    out_x, out_y = walls[wall, 3] - walls[wall, 1], walls[wall, 0] - walls[wall, 2]
    size = math.hypot(out_x, out_y)
    best, nearest, reason = -1, np.inf, 1
    for line in near:
        to_x, to_y, share = nearest_on(x, y, lines[line])
        reach = math.hypot(to_x - x, to_y - y)
        if reach > setback_m + SAME_M or reach >= nearest or reach < SAME_M:
            continue
        if bar[line] == 0:
            reason = max(reason, 2)
        if (to_x - x) * out_x + (to_y - y) * out_y < (cosine - 1e-6) * reach * size:
            continue
        if (share <= 0 or share >= 1) and goes_on[line]:
            neighbours = near[goes_on[near]]
            if goes_nearer(x, y, to_x, to_y, reach, lines, neighbours):
                continue
        if bar[line] > 0 and (best >= 0 or bar[line] <= reason):
            continue
        if is_clear(x, y, to_x, to_y, wall, walls, between):
            if bar[line] == 0:
                best, nearest = line, reach
            else:
                reason = max(reason, bar[line])
        elif bar[line] == 0:
            reason = 99
    return best, 0 if best >= 0 else reason


@njit(cache=True, nogil=True)
def between_segments_m(one: Floats, other: Floats) -> float:
    """Distance between two segments that do not cross."""
    least = np.inf
    for end in (0, 2):
        x, y, _ = nearest_on(one[end], one[end + 1], other)
        least = min(least, math.hypot(x - one[end], y - one[end + 1]))
        x, y, _ = nearest_on(other[end], other[end + 1], one)
        least = min(least, math.hypot(x - other[end], y - other[end + 1]))
    return least


@njit(cache=True, nogil=True)
def pieces_of_walls(
    asked: Ints,
    walls: Floats,
    lines: Floats,
    street: Ints,
    bar: Ints,
    goes_on: Mask,
    near_ptr: Ints,
    near: Ints,
    between_ptr: Ints,
    between: Ints,
    setback_m: float,
    cosine: float,
    step_m: float,
) -> tuple[Ints, Floats, Ints]:
    """
    The walls asked for, cut where what they look onto changes, and the strongest reason of each for no front.

    Returns wall, street and line of the middle of each piece (p, 3); from and to along the wall and the setback, each
    in metres (p, 3); and the reasons, 0 where all of the wall is front.
    """
    most = 0
    for wall in asked:
        most += 2 + int(math.hypot(walls[wall, 2] - walls[wall, 0], walls[wall, 3] - walls[wall, 1]) / step_m)
    which, metres, reasons = np.empty((most, 3), np.int64), np.empty((most, 3)), np.zeros(len(asked), np.int64)
    count = 0
    for row in range(len(asked)):
        wall = asked[row]
        start_x, start_y = walls[wall, 0], walls[wall, 1]
        east, north = walls[wall, 2] - start_x, walls[wall, 3] - start_y
        size = math.hypot(east, north)
        if size <= 4 * SAME_M:
            continue
        mine, others = near[near_ptr[row] : near_ptr[row + 1]], between[between_ptr[row] : between_ptr[row + 1]]
        steps = max(1, math.ceil(size / step_m))
        begin, last_at, last_line, last_street = 0.0, 0.0, -1, -1
        for number in range(steps + 2):
            if number <= steps:
                at = SAME_M + (size - 2 * SAME_M) * number / steps
                line, reason = looked_onto(
                    start_x + at / size * east, start_y + at / size * north,
                    wall, walls, lines, bar, goes_on, mine, others, setback_m, cosine,
                )  # fmt: skip
                reasons[row] = max(reasons[row], reason)
                here = street[line] if line >= 0 else -1
                if number == 0:
                    last_at, last_line, last_street = at, line, here
                    continue
                if here == last_street:
                    last_at = at
                    continue
                low, high = last_at, at
                for _ in range(HALVINGS):
                    middle = (low + high) / 2
                    line_there, _ = looked_onto(
                        start_x + middle / size * east, start_y + middle / size * north,
                        wall, walls, lines, bar, goes_on, mine, others, setback_m, cosine,
                    )  # fmt: skip
                    if (street[line_there] if line_there >= 0 else -1) == last_street:
                        low = middle
                    else:
                        high = middle
                stop = (low + high) / 2
            else:
                at, line, here, stop = size, -1, -2, size
            if last_street >= 0:
                middle = (begin + stop) / 2
                line_there, _ = looked_onto(
                    start_x + middle / size * east, start_y + middle / size * north,
                    wall, walls, lines, bar, goes_on, mine, others, setback_m, cosine,
                )  # fmt: skip
                if line_there < 0 or street[line_there] != last_street:
                    line_there = last_line
                piece = np.array(
                    [
                        start_x + begin / size * east,
                        start_y + begin / size * north,
                        start_x + stop / size * east,
                        start_y + stop / size * north,
                    ]
                )
                setback = np.inf
                for other in mine:
                    if bar[other] == 0 and street[other] == last_street:
                        setback = min(setback, between_segments_m(piece, lines[other]))
                which[count, 0], which[count, 1], which[count, 2] = wall, last_street, line_there
                metres[count, 0], metres[count, 1], metres[count, 2] = begin, stop, setback
                count += 1
            begin, last_at, last_line, last_street = stop, at, line, here
    return which[:count].copy(), metres[:count].copy(), reasons
