"""
Street maps drawn in text, for answers worked out by head.

Every character is a place, its neighbours to the right and below are 100 m away. ``-`` is street to left and right,
``|`` up and down, ``+`` and capital letters both; ``>`` ``<`` ``^`` ``!`` are one-way street (``!`` is downwards),
``.`` and ``:`` are footway. The map lies on the equator, where 100 m are 100.000 m in both directions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catchment.model import Places, Points, RoadGraph, Streets
from catchment.network.snap import snap
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, STREET_KINDS, WALK
from catchment.network.ways import Ways, split_ways

EAST_DEGREES = 100 / (np.radians(1) * 6378137.0)
NORTH_DEGREES = 100 / (np.radians(1) * 6378137.0 * (1 - 0.0066943799901413165))

_SIDEWAYS, _UPRIGHT = set("-+><."), set("|+^!:")


@dataclass(frozen=True)
class StreetMap:
    """A drawing as streets, and where its letters are."""

    streets: Streets
    letters: dict[str, tuple[float, float]]

    def points(self, letters: str, *, shift_m: tuple[float, float] = (0, 0)) -> Points:
        """The places of some letters, moved east and north."""
        east, north = shift_m[0] / 100 * EAST_DEGREES, shift_m[1] / 100 * NORTH_DEGREES
        return Points(np.array([self.letters[letter] for letter in letters]).reshape(-1, 2) + np.array([east, north]))

    def places(self, roads: RoadGraph, letters: str, *, shift_m: tuple[float, float] = (0, 0)) -> Places:
        """The letters joined to the roads."""
        return snap(roads, self.points(letters, shift_m=shift_m), max_gap_m=500)


def street_map(drawing: str) -> StreetMap:
    """Read a drawing."""
    rows = drawing.strip("\n").splitlines()
    cells = {(x, y): sign for y, row in enumerate(rows) for x, sign in enumerate(row) if sign != " "}
    place = {at: (at[0] * EAST_DEGREES, -at[1] * NORTH_DEGREES) for at in cells}
    number = {at: n + 1 for n, at in enumerate(sorted(cells, key=lambda at: (at[1], at[0])))}
    ways = [(a, b, _flags(cells[a] + cells[b])) for a in number for b in _neighbours(a, cells)]
    nodes = [node for a, b, _ in ways for node in (a, b)]
    streets = split_ways(
        Ways(
            way_id=np.arange(1, len(ways) + 1),
            node_ptr=np.arange(0, 2 * len(ways) + 1, 2),
            node_ref=np.array([number[node] for node in nodes], np.int64),
            node_xy=np.array([place[node] for node in nodes]).reshape(-1, 2),
            flags=np.array([flags for _, _, flags in ways], np.uint8),
            kind=np.full(len(ways), STREET_KINDS.index("residential"), np.int8),
            name=np.full(len(ways), -1, np.int32),
        )
    )
    return StreetMap(streets, {sign: place[at] for at, sign in cells.items() if sign.isupper()})


def _neighbours(at: tuple[int, int], cells: dict[tuple[int, int], str]) -> list[tuple[int, int]]:
    right, below = (at[0] + 1, at[1]), (at[0], at[1] + 1)
    joined = []
    for beside, signs in ((right, _SIDEWAYS), (below, _UPRIGHT)):
        if all(sign in signs or sign.isupper() for sign in (cells[at], cells.get(beside, " "))):
            joined.append(beside)
    return joined


def _flags(signs: str) -> int:
    if set(signs) & set(".:"):
        return WALK
    if set(signs) & set(">!"):
        return WALK | ROAD_FORWARD
    if set(signs) & set("<^"):
        return WALK | ROAD_BACKWARD
    return WALK | ROAD_FORWARD | ROAD_BACKWARD
