"""What real road data also holds: a motorway on stilts, loose bits, loops, lay-bys, unfinished bridges, the river."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.apps.demo.curves import beside, curve, kilometres, leftwards, nearest_row, units
from catchment.apps.demo.land import RIVER_HALF_WIDTH_M
from catchment.apps.demo.lines import Houses, Lines, alike, joined, single

if TYPE_CHECKING:
    from catchment.apps.demo.atlas import World
    from catchment.apps.demo.land import River
    from catchment.apps.demo.town import Grid
    from catchment.model import Floats

_CARRIAGEWAY_M = 13.0
_SLIP = {"highway": "motorway_link", "oneway": "yes"}
_MOTORWAY = {"highway": "motorway", "name": "袁东高速", "oneway": "yes", "bridge": "yes", "layer": "1"}
_LAY_BY_COUNT, _LOOP_COUNT, _LOOSE_COUNT = 6, 8, 6


def odd_lines(world: World, city: Grid, links: Floats, lanes: Lines, water: River) -> list[Lines]:
    """All of them but the unfinished bridges."""
    return [
        *_motorway(world, links),
        _lay_bys(links),
        _turning_loops(lanes),
        _loose_bits(city),
        single(water.xy, {"waterway": "river", "name": "袁河"}),
        single(river_outline(water), {"natural": "water", "water": "river", "name": "袁河"}),
    ]


def _motorway(world: World, links: Floats) -> list[Lines]:
    """One line each way, and at each interchange a slip road from either to the nearest road below."""
    west, _, east, _ = world.frame.box_m
    knots = kilometres(*world.motorway)
    middle = curve(np.vstack([[[west, knots[0, 1]]], knots[1:-1], [[east, knots[-1, 1]]]]), 110)
    # Traffic keeps right: the southern carriageway runs east.
    south, north = beside(middle, -_CARRIAGEWAY_M), beside(middle, _CARRIAGEWAY_M)[::-1]
    for carriageway in (south, north):
        carriageway[:, 0] = np.clip(carriageway[:, 0], west, east)
    parts = [single(south, _MOTORWAY), single(north, _MOTORWAY)]
    for at in world.interchanges:
        row = int(np.argmin(np.abs(middle[:, 0] - at * 1000)))
        foot = links[:, 1:-1].reshape(-1, 2)
        foot = foot[nearest_row(foot, middle[row])]
        row = nearest_row(middle, foot)
        for carriageway, leave in ((south, row - 5), (north, len(middle) - 1 - row - 5)):
            start = carriageway[leave]
            bend = (start + foot) / 2 + 0.3 * (carriageway[leave + 3] - start)
            parts.append(single(curve(np.array([start, bend, foot]), 60), _SLIP))
    return parts


def _lay_bys(links: Floats) -> Lines:
    """A second way between two points of a road."""
    rows = (np.arange(1, _LAY_BY_COUNT + 1) * len(links)) // (_LAY_BY_COUNT + 1)
    row = links.shape[1] // 3
    start, end = links[rows, row], links[rows, row + 2]
    middle = links[rows, row + 1] + 24 * leftwards(units(end - start))
    return alike(np.stack([start, middle, end], axis=1), [{"highway": "service"}])


def _turning_loops(lanes: Lines) -> Lines:
    """A loop at the end of a lane: it begins and ends at one point."""
    line = lanes.xy.reshape(-1, 3, 2)[:: max(1, len(lanes) // _LOOP_COUNT)]
    end, ahead = line[:, 2], 40 * units(line[:, 2] - line[:, 1])
    side = 0.5 * leftwards(ahead)
    loop = [end, end + 0.5 * ahead + side, end + ahead, end + 0.5 * ahead - side, end]
    return alike(np.stack(loop, axis=1), [{"highway": "service"}])


def _loose_bits(city: Grid) -> Lines:
    """Footways shorter than 300 m in the blocks of the city that meet nothing."""
    corners = city.block_corners(city.blocks)
    corners = corners[:: max(1, len(corners) // _LOOSE_COUNT)]
    south = corners[:, 0] + 0.15 * (corners[:, 2] - corners[:, 0])
    east = corners[:, 1] + 0.15 * (corners[:, 3] - corners[:, 1])
    return alike(np.stack([south, east], axis=1), [{"highway": "footway"}])


def unfinished_bridges(world: World, water: River) -> Lines:
    """Bridges that are on the map but cannot be used yet."""
    lines = []
    for bridge in world.bridges:
        if not bridge.built:
            row = int(np.argmin(np.abs(water.xy[:, 0] - bridge.at_x * 1000)))
            across = leftwards(units(water.xy[row + 1] - water.xy[row]))
            ends = water.xy[row] + 300 * across, water.xy[row] - 300 * across
            tags = {"highway": "construction", "construction": "tertiary", "name": bridge.name}
            lines.append(single(np.array(ends), tags))
    return joined(lines)


def river_outline(water: River) -> Floats:
    """The outline of the water, closed [m], shape (n, 2)."""
    west, east = water.xy[0, 0], water.xy[-1, 0]
    banks = [beside(water.xy, RIVER_HALF_WIDTH_M), beside(water.xy, -RIVER_HALF_WIDTH_M)[::-1]]
    outline = np.vstack([*banks, banks[0][:1]])
    outline[:, 0] = np.clip(outline[:, 0], west, east)
    return outline


def lone_houses(world: World, first_place: int) -> Houses:
    """Some houses on each wild height, more than 2 km from any road."""
    parts = []
    for number, at in enumerate(world.wild):
        middles = kilometres(at)[0] + np.array([[-210.0, 60.0], [30.0, -90.0], [240.0, 110.0]])
        half = np.array([[-6.0, -5.0], [6.0, -5.0], [6.0, 5.0], [-6.0, 5.0]])
        parts.append((middles[:, None] + half, np.full(3, first_place + number)))
    corners, place = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Houses(corners, place, np.ones(len(place)))
