"""Villages and hamlets: lanes that leave the road to either side, and houses along them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.apps.demo.curves import leftwards, units
from catchment.apps.demo.lines import Houses, Lines, alike

if TYPE_CHECKING:
    from catchment.apps.demo.land import River
    from catchment.model import Floats, Ints, Mask

_BANK_M = 150.0
_LANES = (
    {"highway": "residential"},
    {"highway": "service"},
    {"highway": "unclassified"},
    {"highway": "path"},
    {"highway": "track", "tracktype": "grade3"},
)
_PATH = 3
_LANE_UNTIL = np.array([0.5, 0.72, 0.84, 0.94])


@dataclass(frozen=True, eq=False)
class Frontage:
    """Vertices of roads near villages, where lanes may begin."""

    xy: Floats
    """[m], shape (n, 2)."""
    ahead: Floats
    """Direction of the road, shape (n, 2)."""
    place: Ints
    """Index of the settlement, shape (n,)."""


def frontage(curves: Floats, edge: Ints, place: Ints, *, reach: int) -> Frontage:
    """
    The first vertices of every road at every settlement.

    Parameters
    ----------
    curves
        Roads from their first to their last point [m], shape (m, k, 2).
    edge
        Mesh points of their ends, shape (m, 2).
    place
        Settlement at each mesh point, -1 without, shape (n,).
    reach
        How many vertices from the end still belong to the settlement.
    """
    parts = []
    for end, road in ((0, curves), (1, curves[:, ::-1])):
        here = place[edge[:, end]]
        ahead = units(road[here >= 0, 2 : reach + 2] - road[here >= 0, :reach])
        number = np.repeat(here[here >= 0], reach)
        parts.append((road[here >= 0, 1 : reach + 1].reshape(-1, 2), ahead.reshape(-1, 2), number))
    xy, ahead, number = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Frontage(xy, ahead, number)


def lanes(front: Frontage, wanted: Ints, water: River, random: np.random.Generator) -> tuple[Lines, Ints]:
    """
    Lanes of all settlements, and the settlement of each.

    Parameters
    ----------
    front
        Where they may begin.
    wanted
        How many lanes each settlement has at most, shape (settlements,).
    water
        Kept clear of.
    random
        Draws the lanes.
    """
    xy, ahead, place = np.repeat(front.xy, 2, axis=0), np.repeat(front.ahead, 2, axis=0), np.repeat(front.place, 2)
    side: Floats = leftwards(ahead) * np.tile([1.0, -1.0], len(front.xy))[:, None]
    order = np.lexsort((random.random(len(xy)), place))
    place = place[order]
    number = np.arange(len(place)) - np.searchsorted(place, place)
    kept = order[number < wanted[place]]
    start = xy[kept]
    first = _branches(start, side[kept], ahead[kept], 70 + 110 * random.random(len(kept)), random)
    second_from = random.random(len(kept)) < 0.55
    turn = np.where(random.random(len(kept)) < 0.5, 1.0, -1.0)[:, None] * ahead[kept]
    second = _branches(first[:, 1], turn, side[kept], 45 + 60 * random.random(len(kept)), random)[second_from]
    all_xy = np.concatenate([first, second])
    settlement = place[number < wanted[place]]
    settlement = np.concatenate([settlement, settlement[second_from]])
    kind = np.searchsorted(_LANE_UNTIL, random.random(len(all_xy)), side="right")
    # Nothing to drive on begins at a path.
    behind = kind[: len(first)][second_from]
    kind[len(first) :] = np.where(behind == _PATH, _PATH, kind[len(first) :])
    dry: Mask = water.distance_m(all_xy.reshape(-1, 2)).reshape(-1, 3).min(axis=1) > _BANK_M
    # A lane off a lane needs that one.
    dry[len(first) :] &= dry[: len(first)][second_from]
    return alike(all_xy[dry], _LANES, kind[dry]), settlement[dry]


def _branches(start: Floats, side: Floats, ahead: Floats, length_m: Floats, random: np.random.Generator) -> Floats:
    """Bent lines of three points, about at a right angle, shape (n, 3, 2)."""
    lean = (random.random((2, len(start), 1)) - 0.5) * 0.6
    middle = start + length_m[:, None] * 0.5 * (side + lean[0] * ahead)
    end = middle + length_m[:, None] * 0.5 * (side + lean[1] * ahead)
    return np.stack([start, middle, end], axis=1)


def farmhouses(lane: Lines, settlement: Ints, random: np.random.Generator) -> Houses:
    """Houses on both sides of each segment of lanes with three vertices."""
    line = lane.xy.reshape(-1, 3, 2)
    corners, place = [], []
    for segment in (0, 1):
        ahead = units(line[:, segment + 1] - line[:, segment])
        for side in (1.0, -1.0):
            there = random.random(len(line)) < 0.62
            at = line[:, segment] + (line[:, segment + 1] - line[:, segment]) * (
                0.45 + 0.3 * random.random((len(line), 1))
            )
            off = side * leftwards(ahead)
            at = at + off * (13 + 6 * random.random((len(line), 1)))
            half = 5 + 3 * random.random((2, len(line), 1))
            u, v = ahead * half[0], off * half[1]
            corners.append(np.stack([at - u - v, at + u - v, at + u + v, at - u + v], axis=1)[there])
            place.append(settlement[there])
    return Houses(np.concatenate(corners), np.concatenate(place), np.ones(sum(map(len, place))))
