"""What real road data also holds: a motorway on stilts, a hamlet without a joint, loose bits, loops, lay-bys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.apps.demo import atlas
from catchment.apps.demo.country import river_line, river_outline
from catchment.apps.demo.curves import beside, curve, kilometres, nearest_point, nearest_row
from catchment.apps.demo.junctions import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import Floats

_CARRIAGEWAY_M = 13.0
_MOTORWAY_LEVEL, _LOOSE_LEVEL, _WATER_LEVEL = 1, 2, 3
_SLIP = {"highway": "motorway_link", "oneway": "yes"}


def motorway_lines(ground: Line) -> list[Line]:
    """
    A motorway on a viaduct, one line each way, with a slip road from each to a road below.

    Parameters
    ----------
    ground
        The road below that the slip roads lead to.
    """
    middle = curve(kilometres(*atlas.MOTORWAY), 90)
    tags = {"highway": "motorway", "name": atlas.MOTORWAY_NAME, "oneway": "yes", "bridge": "yes", "layer": "1"}
    south, north = beside(middle, -_CARRIAGEWAY_M), beside(middle, _CARRIAGEWAY_M)[::-1]
    over = nearest_row(middle, ground.xy[_where_crossed(ground.xy, middle)])
    slips = []
    for carriageway, row, aside in ((south, over - 4, -3), (north, len(middle) - 1 - over - 4, 3)):
        foot = ground.xy[_where_crossed(ground.xy, middle) + aside]
        leave = carriageway[row]
        bend = (leave + foot) / 2 + 0.35 * (carriageway[row + 3] - leave)
        slips.append(Line(curve(np.array([leave, bend, foot]), 60), _SLIP, level=_MOTORWAY_LEVEL))
    return [Line(south, tags, level=_MOTORWAY_LEVEL), Line(north, tags, level=_MOTORWAY_LEVEL), *slips]


def _where_crossed(road: Floats, other: Floats) -> int:
    """The vertex of a road nearest to another line."""
    apart = ((road[:, None] - other[None]) ** 2).sum(axis=2).min(axis=1)
    return int(np.argmin(apart))


def island_lines() -> list[Line]:
    """The cut-off hamlet: a road of more than 500 m that meets no other."""
    road = curve(kilometres(*atlas.ISLAND_ROAD), 50)
    lane = np.array([road[len(road) // 2], road[len(road) // 2] + np.array([-130.0, 90.0])])
    name = atlas.ISLAND.name
    return [
        Line(road, {"highway": "unclassified", "name": f"{name}路"}, name),
        Line(lane, {"highway": "residential"}, name),
    ]


def loose_bits(roads: Sequence[Line]) -> list[Line]:
    """Footways shorter than 300 m beside main streets that meet nothing."""
    bits = []
    for road in roads:
        row = len(road.xy) // 2
        bits.append(Line(beside(road.xy, 27.0)[row : row + 2], {"highway": "footway"}, level=_LOOSE_LEVEL))
    return bits


def lay_by(road: Line) -> Line:
    """A second way between two points of a road."""
    row = len(road.xy) // 3
    bulge = beside(road.xy, 22.0)[row + 1]
    return Line(np.array([road.xy[row], bulge, road.xy[row + 2]]), {"highway": "service"})


def turning_loop(lane: Line) -> Line:
    """A loop at the end of a lane: it begins and ends at one point."""
    end, ahead = lane.xy[-1], lane.xy[-1] - lane.xy[-2]
    ahead = 40 * ahead / np.sqrt((ahead**2).sum())
    side = 0.5 * np.array([-ahead[1], ahead[0]])
    return Line(
        np.array([end, end + 0.5 * ahead + side, end + ahead, end + 0.5 * ahead - side, end]), {"highway": "service"}
    )


def riverside_lines(ring: Floats) -> list[Line]:
    """A walk along the town's bank, and steps up to the ring road."""
    bank = beside(river_line(), 150.0)
    walk = bank[(bank[:, 1] > -1200) & (bank[:, 1] < 1100)]
    steps = [
        Line(np.array([walk[row], nearest_point(ring, walk[row])]), {"highway": "steps"})
        for row in (4, len(walk) // 2 + 3, len(walk) - 5)
    ]
    return [Line(walk, {"highway": "footway", "name": "澄江滨江步道"}), *steps]


def water_lines() -> list[Line]:
    """The river, as a line and as an area."""
    line = Line(river_line(), {"waterway": "river", "name": atlas.RIVER_NAME}, level=_WATER_LEVEL)
    area = Line(river_outline(), {"natural": "water", "water": "river", "name": atlas.RIVER_NAME}, level=_WATER_LEVEL)
    return [line, area]
