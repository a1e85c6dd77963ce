"""Compiled loops of the street fronts: what each piece of a wall looks onto."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from catchment.model import Floats, Ints, Mask

# Geometry is decided within these: what is this near to a wall stands against it, a place this near is the same.
TOUCH_M = 0.01
SAME_M = 1e-3
# Cutting a step of half a metre in two so often leaves 0.1 mm.
HALVINGS = 13


class Scene(NamedTuple):
    """What walls can see, in one plane."""

    walls: Floats
    """Start and end of each [m], its outside to the right, shape (w, 4)."""
    lines: Floats
    """Start and end of each segment of a street or barred way [m], shape (s, 4)."""
    street: Ints
    """Number of the street, shape (s,)."""
    bar: Ints
    """0 where fronts are allowed, else the reason, at least 3, shape (s,)."""
    goes_on: Mask
    """Where two such segments join, the street goes on, shape (s,)."""
    setback_m: float
    """Inclusive."""
    cosine: float
    """Of the widest angle between straight out and the way to a street."""


@njit(cache=True, nogil=True)
def length_of(segment: Floats) -> float:
    """Length of a segment (x, y, x, y)."""
    return math.hypot(segment[2] - segment[0], segment[3] - segment[1])


@njit(cache=True, nogil=True)
def place_of(at_m: float, segment: Floats) -> tuple[float, float]:
    """The place so far along a segment."""
    share = at_m / length_of(segment)
    return segment[0] + share * (segment[2] - segment[0]), segment[1] + share * (segment[3] - segment[1])


@njit(cache=True, nogil=True)
def runs_along(line: Floats, wall: Floats) -> bool:
    """Whether a street runs rather along a wall than away from it."""
    dot = (line[2] - line[0]) * (wall[2] - wall[0]) + (line[3] - line[1]) * (wall[3] - wall[1])
    return bool(dot * dot * 2 > length_of(line) ** 2 * length_of(wall) ** 2)


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
    """
    Whether no wall stands between two places.

    Walls within a centimetre of the first do not count. Nor do those within a centimetre of the second if they look
    this way, as where the edge of a square is drawn along its houses; those that look away have their house between.
    """
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
        far = (off_x * along_y - off_y * along_x) / turn * length
        # The outside is to the right: of a wall that looks away the turn is positive.
        if far <= TOUCH_M or far > length + (TOUCH_M if turn > 0 else -TOUCH_M):
            continue
        on_wall = (off_x * north - off_y * east) / turn
        if -1e-9 <= on_wall <= 1 + 1e-9:
            return False
    return True


@njit(cache=True, nogil=True)
def goes_nearer(x: float, y: float, corner_x: float, corner_y: float, reach: float, scene: Scene, near: Ints) -> bool:
    """Whether a street that goes on at a corner comes nearer than the corner itself."""
    for line in near:
        ends = scene.lines[line]
        at_start = abs(ends[0] - corner_x) < SAME_M and abs(ends[1] - corner_y) < SAME_M
        at_end = abs(ends[2] - corner_x) < SAME_M and abs(ends[3] - corner_y) < SAME_M
        if scene.goes_on[line] and (at_start or at_end):
            to_x, to_y, _ = nearest_on(x, y, ends)
            if math.hypot(to_x - x, to_y - y) < reach - 1e-6:
                return True
    return False


@njit(cache=True, nogil=True)
def looked_onto(at_m: float, wall: int, scene: Scene, near: Ints, between: Ints) -> tuple[int, int]:
    """
    What a wall looks onto so many metres from its start: the line, -1 without one, and the reason, 0 with one.

    Reasons: 1 nothing is near, 2 streets are near but not in front, ``bar`` of the line in front, 99 a building stands
    between.
    """
    x, y = place_of(at_m, scene.walls[wall])
    out_x, out_y = scene.walls[wall, 3] - scene.walls[wall, 1], scene.walls[wall, 0] - scene.walls[wall, 2]
    least = (scene.cosine - 1e-6) * math.hypot(out_x, out_y)
    best, nearest, reason = -1, np.inf, 1
    for line in near:
        bar = scene.bar[line]
        to_x, to_y, share = nearest_on(x, y, scene.lines[line])
        reach = math.hypot(to_x - x, to_y - y)
        # Of streets that meet in the nearest place the first of the table is taken, whatever the last digits.
        if reach > scene.setback_m + SAME_M or reach >= nearest - 1e-6:
            continue
        if bar == 0:
            reason = max(reason, 2)
        against = reach <= TOUCH_M and runs_along(scene.lines[line], scene.walls[wall])
        if not against and (to_x - x) * out_x + (to_y - y) * out_y < least * reach:
            continue
        at_end = (share <= 0 or share >= 1) and scene.goes_on[line]
        if at_end and goes_nearer(x, y, to_x, to_y, reach, scene, near):
            continue
        if bar > 0 and (best >= 0 or bar <= reason):
            continue
        if not against and not is_clear(x, y, to_x, to_y, wall, scene.walls, between):
            reason = 99 if bar == 0 else reason
        elif bar == 0:
            best, nearest = line, reach
        else:
            reason = bar
    return best, 0 if best >= 0 else reason


@njit(cache=True, nogil=True)
def street_at(at_m: float, wall: int, scene: Scene, near: Ints, between: Ints) -> int:
    """Number of the street that a wall looks onto so many metres from its start; -1 without one."""
    line, _ = looked_onto(at_m, wall, scene, near, between)
    return scene.street[line] if line >= 0 else -1


@njit(cache=True, nogil=True)
def change_m(low: float, high: float, street: int, wall: int, scene: Scene, near: Ints, between: Ints) -> float:
    """Where a wall that looks onto a street at one place, and not at another, ceases to."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if street_at(middle, wall, scene, near, between) == street:
            low = middle
        else:
            high = middle
    return (low + high) / 2


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
def setback_of(begin: float, stop: float, street: int, wall: int, scene: Scene, near: Ints) -> float:
    """Smallest distance [m] between a piece of a wall and the allowed lines of a street."""
    piece = np.empty(4)
    piece[:2] = place_of(begin, scene.walls[wall])
    piece[2:] = place_of(stop, scene.walls[wall])
    least = np.inf
    for line in near:
        if scene.bar[line] == 0 and scene.street[line] == street:
            least = min(least, between_segments_m(piece, scene.lines[line]))
    return least


@njit(cache=True, nogil=True)
def stretches_of_wall(
    wall: int, scene: Scene, near: Ints, between: Ints, step_m: float
) -> tuple[list[tuple[int, int, float, float]], int]:
    """A wall's stretches of one street each: street, line near the end, from and to [m]; and the strongest reason."""
    size = length_of(scene.walls[wall])
    steps = max(1, math.ceil(size / step_m))
    last_at = SAME_M
    line, reason = looked_onto(last_at, wall, scene, near, between)
    street, begin = scene.street[line] if line >= 0 else -1, 0.0
    found = [(street, line, begin, begin) for _ in range(0)]
    for number in range(1, steps + 1):
        at = SAME_M + (size - 2 * SAME_M) * number / steps
        next_line, told = looked_onto(at, wall, scene, near, between)
        reason = max(reason, told)
        next_street = scene.street[next_line] if next_line >= 0 else -1
        if next_street != street:
            stop = change_m(last_at, at, street, wall, scene, near, between)
            if street >= 0:
                found.append((street, line, begin, stop))
            begin = stop
        last_at, line, street = at, next_line, next_street
    if street >= 0:
        found.append((street, line, begin, size))
    return found, reason


@njit(cache=True, nogil=True)
def pieces_of_walls(
    asked: Ints, scene: Scene, near_ptr: Ints, near: Ints, between_ptr: Ints, between: Ints, step_m: float
) -> tuple[Ints, Floats, Ints]:
    """
    The walls asked for, cut where what they look onto changes, and the strongest reason of each for no front.

    Returns wall, street and line of the middle of each piece (p, 3); from and to along the wall and the setback, each
    in metres (p, 3); and the reasons, 0 where all of the wall is front.
    """
    most = 0
    for wall in asked:
        most += 2 + int(length_of(scene.walls[wall]) / step_m)
    which, metres, reasons = np.empty((most, 3), np.int64), np.empty((most, 3)), np.zeros(len(asked), np.int64)
    count = 0
    for row, wall in enumerate(asked):
        if length_of(scene.walls[wall]) <= 4 * SAME_M:
            continue
        mine, others = near[near_ptr[row] : near_ptr[row + 1]], between[between_ptr[row] : between_ptr[row + 1]]
        found, reasons[row] = stretches_of_wall(wall, scene, mine, others, step_m)
        for street, last_line, begin, stop in found:
            line, _ = looked_onto((begin + stop) / 2, wall, scene, mine, others)
            # Where the middle looks through a gap narrower than a step.
            if line < 0 or scene.street[line] != street:
                line = last_line
            which[count] = wall, street, line
            metres[count] = begin, stop, setback_of(begin, stop, street, wall, scene, mine)
            count += 1
    return which[:count].copy(), metres[:count].copy(), reasons
