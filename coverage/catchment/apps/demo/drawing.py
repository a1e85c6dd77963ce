"""The whole drawing: every line of the map, in order, and who lives where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.apps.demo import atlas, country, oddities, town
from catchment.apps.demo.curves import curve, kilometres, nearest_point
from catchment.apps.demo.frame import stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.apps.demo.country import RoadEnd
    from catchment.apps.demo.junctions import Line
    from catchment.model import Floats


@dataclass(frozen=True, eq=False)
class Drawing:
    """Lines, and the people of each place."""

    lines: tuple[Line, ...]
    people: Mapping[str, int]


def drawing(seed: int) -> Drawing:
    """The town, its villages and everything between."""
    ring = curve(kilometres(*atlas.RING), 40, closed=True)
    grids = [
        town.grid(district, stream(seed, part))
        for part, district in enumerate((atlas.TOWN, atlas.WEST_BANK, atlas.MARKET))
    ]
    road_end = _road_end(grids)
    links = country.link_lines(road_end, stream(seed, 10))
    lines = [
        *town.grid_lines(grids[0], ring=ring, dual_row=0),
        *town.grid_lines(grids[1]),
        *town.grid_lines(grids[2]),
        *town.ring_lines(ring),
        *(line for part, grid in enumerate(grids) for line in town.block_lines(grid, stream(seed, 20 + part))),
        *town.special_blocks(grids[0]),
        *links,
        country.roundabout_line(),
        *country.bridge_lines(atlas.TOWN_BRIDGE, road_end, stream(seed, 11)),
        *country.bridge_lines(atlas.FAR_BRIDGE, road_end, stream(seed, 12)),
        country.unfinished_bridge_line(atlas.UNFINISHED_BRIDGE, road_end),
    ]
    villages, people = _villages(links, seed)
    return Drawing((*lines, *villages, *_oddities(lines, villages, ring)), people)


def _road_end(grids: list[town.Grid]) -> RoadEnd:
    """Roads begin at a main street of a town, at the rim of the roundabout, in the middle of a village."""
    begin = {village.name: kilometres(village.at) for village in atlas.VILLAGES}
    begin |= {name: kilometres(at) for name, at in atlas.CORNERS.items()}
    begin |= {grid.district.place.name: grid.main_corners() for grid in grids}

    def road_end(name: str, heading: Floats) -> Floats:
        if name == "环岛":
            centre = kilometres(atlas.ROUNDABOUT)[0]
            ahead = heading - centre
            point: Floats = centre + atlas.ROUNDABOUT_RADIUS_M * ahead / np.sqrt((ahead**2).sum())
        else:
            point = nearest_point(begin[name], heading)
        return point

    return road_end


def _villages(links: list[Line], seed: int) -> tuple[list[Line], dict[str, int]]:
    forbidden = country.forbidden_ground()
    random = stream(seed, 13)
    villages = [country.village_lines(village, random, forbidden) for village in atlas.VILLAGES]
    hamlets, people = country.hamlet_lines(links, stream(seed, 14), forbidden)
    tracks = country.field_tracks([lines[0] for lines in villages], stream(seed, 15), forbidden)
    settled = [*(district.place for district in (atlas.TOWN, atlas.WEST_BANK, atlas.MARKET)), *atlas.VILLAGES]
    people |= {place.name: place.people for place in (*settled, atlas.ISLAND, *atlas.LONE_HOUSES)}
    return [*(line for lines in villages for line in lines), *hamlets, *tracks], people


def _oddities(lines: list[Line], villages: list[Line], ring: Floats) -> list[Line]:
    named = {line.tags.get("name", ""): line for line in lines}
    lane = next(line for line in villages if line.place == "1组")
    return [
        *oddities.motorway_lines(named["竹山公路"]),
        *oddities.island_lines(),
        *oddities.loose_bits([named[name] for name in ("文昌路", "柳荫路", "学府路", "河西中路")]),
        oddities.lay_by(named["高坪路"]),
        oddities.turning_loop(lane),
        *oddities.riverside_lines(ring),
        *oddities.water_lines(),
    ]
