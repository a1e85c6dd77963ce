"""The whole sheet of a world: every line of the map, the buildings, and who lives where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.apps.demo import land, oddities, town, village
from catchment.apps.demo import roads as country
from catchment.apps.demo.buildings import block_houses
from catchment.apps.demo.curves import hermite, kilometres, lengths, nearest_row
from catchment.apps.demo.frame import stream
from catchment.apps.demo.lines import Houses, Lines, alike, chosen, joined, joined_houses, single

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.apps.demo.atlas import World
    from catchment.model import Floats, Ints, Mask

_HIGHWAY = ("", "primary", "secondary", "tertiary", "unclassified", "track")
_CITY_ROWS = {
    -12: "环城南路", -8: "卢洲路", -4: "秀江南路", 0: "宜春大道", 4: "文昌路", 8: "松风路", 12: "环城北路",
}  # fmt: skip
_CITY_COLUMNS = {
    -16: "环城西路", -12: "学府路", -8: "望江路", -4: "柳荫路", 0: "鼓楼路", 4: "东园路", 8: "朝阳路", 12: "迎宾路",
    16: "环城东路",
}  # fmt: skip
_CITY_SPACING_M = 215.0
_TOWN_SPACING_M = 145.0
_ESTATES = ((-2.2, 2.0), (2.3, 2.1), (3.0, -1.9), (-2.0, -2.2), (0.9, -2.0), (-1.0, 1.6))
_SQUARE, _PARK = (0.5, 1.2), (1.4, 1.6)


@dataclass(frozen=True, eq=False)
class Sheet:
    """Everything drawn. Settlements are numbered: city, towns, villages, hamlets, the cut-off one, lone houses."""

    world: World
    ground: land.Mesh
    water: land.River
    streets: Lines
    houses: Houses
    people: Floats
    """Of each settlement, before calibration."""
    county: Mask
    """Mesh points of the county."""
    grids: tuple[town.Grid, ...]
    """Of the city and the towns."""
    village_xy: Floats
    """Where villages stand, by their number [m], shape (n, 2)."""
    on_main: Mask
    """Villages on a main road, shape (n,)."""


def sheet(world: World, seed: int) -> Sheet:
    """
    Draw a world.

    Parameters
    ----------
    world
        What lies where.
    seed
        Draws the rest.
    """
    water = land.river(world)
    ground = land.mesh(world, water, seed)
    county = land.county_points(world, ground, seed)
    grids = _grids(world, water, seed)
    built_up = _built_up(ground, grids)
    roads = country.roads(world, ground, water, built_up=built_up, inside=county, seed=seed)
    places, people = _places(world, ground, roads, len(grids), seed)
    xy = country.relaxed(ground, roads.kind, built_up >= 0, water)

    links, used = _links(world, ground, roads, grids=grids, built_up=built_up, xy=xy, water=water)
    lanes, settlement = _lanes(links, ground.edge[used], place=places, people=people, water=water, seed=seed)
    island, island_lanes, island_place = _island(world, people, water, seed)
    lone = oddities.lone_houses(world, len(people) - len(world.wild))
    streets = [
        _road_lines(world, roads, used, links, water),
        _exit_lines(world, roads, xy),
        *(town.street_lines(grid, water) for grid in grids),
        *(town.block_lanes(grid.block_corners(grid.blocks), stream(seed, 20, n)) for n, grid in enumerate(grids)),
        *_special_blocks(grids[0], water),
        lanes,
        island,
        island_lanes,
        *oddities.odd_lines(world, grids[0], links, lanes, water),
        oddities.unfinished_bridges(world, water),
    ]
    houses = [
        *_town_houses(grids, seed),
        village.farmhouses(lanes, settlement, stream(seed, 31)),
        village.farmhouses(island_lanes, island_place, stream(seed, 32)),
        lone,
    ]
    main = np.zeros(len(ground.xy), bool)
    main[ground.edge[(roads.kind > 0) & (roads.kind <= country.TERTIARY)]] = True
    return Sheet(
        world=world,
        ground=ground,
        water=water,
        streets=joined(streets),
        houses=joined_houses(houses),
        people=people,
        county=county,
        grids=grids,
        village_xy=xy[roads.village],
        on_main=main[roads.village],
    )


def _grids(world: World, water: land.River, seed: int) -> tuple[town.Grid, ...]:
    radii = kilometres(world.city_radii)[0].tolist()
    city = town.Plan(
        np.zeros(2), (radii[0], radii[1]), _CITY_SPACING_M, _CITY_ROWS, _CITY_COLUMNS, world.city_bridges, dual=True
    )
    plans = [city]
    for township in world.towns:
        # One hectare for 85 people, at least a market square.
        radius = np.sqrt(max(township.people, 2500) / 0.0085 / 3.1416)
        name = township.name[:-1]
        rows, columns = (
            {0: f"{name}大街", 4: f"{name}北街", -4: f"{name}南街"},
            {0: "集市街", 4: "东门街", -4: "西门街"},
        )
        middle = kilometres(township.at)[0]
        plans.append(town.Plan(middle, (1.15 * radius, 0.87 * radius), _TOWN_SPACING_M, rows, columns, {}))
    return tuple(town.grid(plan, water, stream(seed, 10, number)) for number, plan in enumerate(plans))


def _built_up(ground: land.Mesh, grids: Sequence[town.Grid]) -> Ints:
    """Number of the town each mesh point lies in, -1 in the open; every town has at least one."""
    number = np.full(len(ground.xy), -1)
    for row, grid in enumerate(grids):
        number[lengths((ground.xy - grid.plan.middle) / grid.plan.radii_m) < 1.02] = row
        opened = np.flatnonzero(ground.open)
        number[opened[nearest_row(ground.xy[opened], grid.plan.middle)]] = row
    return number


def _places(world: World, ground: land.Mesh, roads: country.Roads, town_count: int, seed: int) -> tuple[Ints, Floats]:
    """Settlement at each mesh point (-1: none), and the people of every settlement."""
    draw = stream(seed, 8).random((2, len(ground.xy)))
    villages, hamlets = roads.village, roads.hamlet
    of_villages = 130 + (150 + 1000 * draw[0, villages] ** 2) * (1 - 0.9 * ground.height[villages])
    of_hamlets = 15 + 55 * draw[1, hamlets]
    of_lone = 18 + 9.0 * np.arange(len(world.wild))
    place = np.full(len(ground.xy), -1)
    place[villages] = town_count + np.arange(len(villages))
    place[hamlets] = town_count + len(villages) + np.arange(len(hamlets))
    towns = [world.city_people, *(township.people for township in world.towns)]
    return place, np.concatenate([towns, of_villages, of_hamlets, [420.0], of_lone])


def _links(
    world: World,
    ground: land.Mesh,
    roads: country.Roads,
    *,
    grids: Sequence[town.Grid],
    built_up: Ints,
    xy: Floats,
    water: land.River,
) -> tuple[Floats, Ints]:
    """Roads as curves of one number of vertices, shape (r, k, 2), and the mesh edge of each."""
    ends = built_up[ground.edge]
    used = np.flatnonzero((roads.kind > 0) & ((ends[:, 0] < 0) | (ends[:, 0] != ends[:, 1])))
    edge = ground.edge[used]
    leaving, arriving = country.velocities(edge, xy)
    start, end = xy[edge[:, 0]], xy[edge[:, 1]]
    for near, other, column in ((start, end, 0), (end, start, 1)):
        for row in np.flatnonzero(ends[used, column] >= 0):
            near[row] = _gate(grids[ends[used[row], column]], other[row], water)
    anchored = np.any(ends[used] >= 0, axis=1, keepdims=True)
    straight = end - start
    count = max(2, round(land.SPACING_M / world.step_m))
    bends = (np.where(anchored, straight, leaving), np.where(anchored, straight, arriving))
    return hermite(start, end, *bends, count), used


def _gate(grid: town.Grid, outside: Floats, water: land.River) -> Floats:
    """The corner of a town where a road from outside arrives: a main one unless another is far nearer."""
    best, least = outside, np.inf
    for main, extra_m in ((True, 0.0), (False, 260.0)):
        corners = grid.corners(main=main)
        corners = corners[water.is_north(corners) == water.is_north(outside[None])]
        if len(corners):
            row = nearest_row(corners, outside)
            away = float(lengths(corners[row] - outside)) + extra_m
            if away < least:
                best, least = corners[row], away
    return best


def _road_lines(world: World, roads: country.Roads, used: Ints, links: Floats, water: land.River) -> Lines:
    tags: list[dict[str, str]] = []
    known: dict[tuple[str, ...], int] = {}
    tag = np.empty(len(used), np.int64)
    for row, edge in enumerate(used.tolist()):
        kind = int(roads.kind[edge])
        grade = f"grade{2 + edge % 4}" if kind == country.TRACK else ""
        key = (_HIGHWAY[kind], roads.name[edge] if kind <= country.SECONDARY else "", grade)
        tag[row] = known.setdefault(key, len(known))
        if tag[row] == len(tags):
            tags.append({"highway": key[0], "name": key[1], "tracktype": grade})
    on_bridge = roads.bridge[used] >= 0
    bridges = []
    for row in np.flatnonzero(on_bridge).tolist():
        over = np.flatnonzero(water.distance_m(links[row]) < 230)
        first, last = max(int(over[0]) - 1, 0), int(over[-1]) + 1
        name = world.bridges[roads.bridge[used[row]]].name
        own = tags[tag[row]]
        parts = [(slice(0, first + 1), own), (slice(last, None), own)]
        parts.append((slice(first, last + 1), {**own, "name": name, "bridge": "yes", "layer": "1"}))
        bridges += [single(links[row, part], given) for part, given in parts if len(links[row, part]) > 1]
    return joined([chosen(alike(links, tags, tag), ~on_bridge), *bridges])


def _exit_lines(world: World, roads: country.Roads, xy: Floats) -> Lines:
    west, south, east, north = world.frame.box_m
    at = np.clip(kilometres(*world.exits), (west, south), (east, north))
    return alike(np.stack([xy[roads.exit], at], axis=1), [{"highway": "secondary"}])


def _lanes(
    links: Floats, edge: Ints, *, place: Ints, people: Floats, water: land.River, seed: int
) -> tuple[Lines, Ints]:
    reach = max(2, round(330 * (links.shape[1] - 1) / land.SPACING_M))
    front = village.frontage(links, edge, place, reach=reach)
    wanted = np.clip(people / 105, 2, 14).astype(np.int64)
    return village.lanes(front, wanted, water, stream(seed, 30))


def _island(world: World, people: Floats, water: land.River, seed: int) -> tuple[Lines, Lines, Ints]:
    """The cut-off hamlet: a road of 1.3 km that meets no other, and its lanes."""
    middle = kilometres(world.island)[0]
    half = np.array([520.0, 330.0])
    bend = np.array([900.0, -300.0])
    road = hermite((middle - half)[None], (middle + half)[None], bend[None], bend[None], 12)
    number = len(people) - len(world.wild) - 1
    front = village.frontage(road, np.array([[0, 1]]), np.array([number, -1]), reach=10)
    wanted = np.full(number + 1, 9)
    lanes, settlement = village.lanes(front, wanted, water, stream(seed, 33))
    return alike(road, [{"highway": "unclassified", "name": "磨石坳路"}]), lanes, settlement


def _special_blocks(city: town.Grid, water: land.River) -> list[Lines]:
    blocks = city.block_corners(city.blocks)
    middles = blocks.mean(axis=1)
    radii = np.array(city.plan.radii_m) / (4700.0, 3900.0)

    def near(at: tuple[float, float]) -> Floats:
        corners: Floats = blocks[nearest_row(middles, kilometres(at)[0] * radii)]
        return corners

    return [
        *(town.gated_estate(near(at)) for at in _ESTATES),
        town.square(near(_SQUARE)),
        town.park(near(_PARK)),
        town.riverside(city, water),
    ]


def _town_houses(grids: Sequence[town.Grid], seed: int) -> list[Houses]:
    parts = []
    for number, grid in enumerate(grids):
        corners = grid.block_corners(grid.blocks)
        if len(corners):
            radius = 1.15 * max(grid.plan.radii_m)
            random = stream(seed, 21, number)
            floors = 2.4 if number == 0 else 1.5
            parts.append(block_houses(corners, grid.plan.middle, radius, number, random, floors=floors))
    return parts
