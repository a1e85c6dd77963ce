"""
Street maps drawn in text: places in metres and ways with OSM tags, which any program can read.

Every character is a place, its neighbours to the right and below are 100 m away. ``-`` is street to left and right,
``|`` up and down, ``+`` and capital letters both; ``>`` ``<`` ``^`` ``!`` are one-way street (``!`` is downwards),
``.`` and ``:`` are footway. ``#`` is a bridge: the street from left to right passes over the one from top to bottom,
and they are not joined. The first character lies on the equator, where 100 m are 100.000 m in both directions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EAST_DEGREES = 100 / (math.radians(1) * 6378137.0)
NORTH_DEGREES = 100 / (math.radians(1) * 6378137.0 * (1 - 0.0066943799901413165))

_SIDEWAYS, _UPRIGHT = set("-+><.#"), set("|+^!:#")


@dataclass(frozen=True)
class Way:
    """A string of nodes, with OSM tags."""

    nodes: tuple[int, ...]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Drawing:
    """Nodes [m east, m north of the first character], the ways between them, and the node of each letter."""

    nodes: Mapping[int, tuple[float, float]]
    ways: tuple[Way, ...]
    letters: Mapping[str, int]


def lon_lat(east_m: float, north_m: float) -> tuple[float, float]:
    """A place of a drawing in degrees."""
    return east_m / 100 * EAST_DEGREES, north_m / 100 * NORTH_DEGREES


def read_drawing(drawing: str) -> Drawing:
    """Read a drawing: every step between two characters is a way of its own."""
    rows = drawing.strip("\n").splitlines()
    cells = {(x, y): sign for y, row in enumerate(rows) for x, sign in enumerate(row) if sign != " "}
    across = {at: n + 1 for n, at in enumerate(sorted(cells, key=lambda at: (at[1], at[0])))}
    bridges = [at for at in across if cells[at] == "#"]
    under = across | {at: len(across) + n + 1 for n, at in enumerate(bridges)}
    ways = []
    for x, y in across:
        for beside, signs, node in (((x + 1, y), _SIDEWAYS, across), ((x, y + 1), _UPRIGHT, under)):
            step = cells[x, y] + cells.get(beside, " ")
            if all(sign in signs or sign.isupper() for sign in step):
                ways.append(Way((node[x, y], node[beside]), _tags(step)))
    nodes = {number: (100.0 * x, -100.0 * y) for level in (across, under) for (x, y), number in level.items()}
    return Drawing(nodes, tuple(ways), {sign: across[at] for at, sign in cells.items() if sign.isupper()})


def _tags(step: str) -> dict[str, str]:
    if set(step) & set(".:"):
        return {"highway": "footway"}
    if set(step) & set(">!"):
        return {"highway": "residential", "oneway": "yes"}
    if set(step) & set("<^"):
        return {"highway": "residential", "oneway": "-1"}
    return {"highway": "residential"}
