"""Roads outside the town: links between places, bridges, the roundabout, village lanes, hamlets and field tracks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.apps.demo import atlas
from catchment.apps.demo.curves import beside, curve, direction, kilometres, lengths, nearest_row, wander
from catchment.apps.demo.frame import BOX, metres
from catchment.apps.demo.junctions import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catchment.apps.demo.atlas import Place, Road
    from catchment.model import Floats

    RoadEnd = Callable[[str, Floats], Floats]
    """Where the roads of a place begin [m], given its name and the point they head for."""

_FROM_RIVER_TO_BRIDGE_END_M = 135.0
_HAMLET_COUNT = 26


def river_line() -> Floats:
    """The middle of the river, downstream, shape (n, 2)."""
    return curve(kilometres(*atlas.RIVER), 60)


def river_outline() -> Floats:
    """The outline of the water, closed, shape (n, 2)."""
    middle = river_line()
    left, right = beside(middle, atlas.RIVER_HALF_WIDTH_M), beside(middle, -atlas.RIVER_HALF_WIDTH_M)
    return np.vstack([left, right[::-1], left[:1]])


def link_lines(road_end: RoadEnd, random: np.random.Generator) -> list[Line]:
    """The roads between places."""
    lines = []
    for road in atlas.ROADS:
        start, via, stop = _course(road, road_end)
        tags = {"highway": road.kind, "name": road.name, "tracktype": "grade2" if road.kind == "track" else ""}
        lines.append(Line(wander(np.vstack([start, via, stop]), random), tags))
    return lines


def _course(road: Road, road_end: RoadEnd) -> tuple[Floats, Floats, Floats]:
    via = kilometres(*road.via).reshape(-1, 2)
    ahead = via[0] if road.via else road_end(road.ends[1], np.zeros(2))
    behind = via[-1] if road.via else road_end(road.ends[0], np.zeros(2))
    return road_end(road.ends[0], ahead), via, road_end(road.ends[1], behind)


def bridge_lines(bridge: Road, road_end: RoadEnd, random: np.random.Generator) -> list[Line]:
    """A bridge and its two approaches."""
    east, via, west = _course(bridge, road_end)
    river = river_line()
    row = nearest_row(river, via[0])
    side = _FROM_RIVER_TO_BRIDGE_END_M
    from_east, from_west = sorted((beside(river, side)[row], beside(river, -side)[row]), key=lambda end: -end[0])
    tags = {"highway": bridge.kind, "name": bridge.name, "bridge": "yes", "layer": "1"}
    return [
        Line(wander(np.array([east, from_east]), random), {"highway": bridge.kind}),
        Line(np.array([from_east, from_west]), tags),
        Line(wander(np.array([from_west, west]), random), {"highway": bridge.kind}),
    ]


def unfinished_bridge_line(bridge: Road, road_end: RoadEnd) -> Line:
    """A bridge that is on the map but cannot be used yet."""
    tags = {"highway": "construction", "construction": bridge.kind, "name": bridge.name}
    return Line(np.vstack(_course(bridge, road_end)), tags)


def roundabout_line() -> Line:
    """A circle of twelve corners, driven counter-clockwise."""
    half, most = 0.5, float(np.sqrt(0.75))
    quarter = np.array([[1, 0], [most, half], [half, most]])
    turned = quarter[:, ::-1] * np.array([-1, 1])
    circle = np.vstack([quarter, turned, -quarter, -turned, quarter[:1]])
    tags = {"highway": "secondary", "junction": "roundabout", "oneway": "yes"}
    return Line(kilometres(atlas.ROUNDABOUT)[0] + atlas.ROUNDABOUT_RADIUS_M * circle, tags)


def forbidden_ground() -> shapely.Geometry:
    """Where nothing is drawn by chance: water, the town, the cut-off hamlet, the roadless hills, off the map."""
    west_south, east_north = metres(np.array([BOX[:2], BOX[2:]]))
    sheet = shapely.box(*(west_south + 60), *(east_north - 60))
    lone = [shapely.Point(kilometres(house.at)[0]).buffer(2400) for house in atlas.LONE_HOUSES]
    forbidden = [
        shapely.Polygon(river_outline()).buffer(45),
        shapely.Polygon(kilometres(*atlas.RING)).buffer(120),
        shapely.Polygon(kilometres(*atlas.WEST_BANK.outline)),
        shapely.Polygon(kilometres(*atlas.MARKET.outline)),
        shapely.LineString(kilometres(*atlas.ISLAND_ROAD)).buffer(250),
        *lone,
        shapely.box(-20_000, -20_000, 20_000, 20_000) - sheet,
    ]
    ground = shapely.union_all(forbidden)
    shapely.prepare(ground)
    return ground


def village_lines(village: Place, random: np.random.Generator, forbidden: shapely.Geometry) -> list[Line]:
    """A village street through the village's centre, and lanes that branch from it and from each other."""
    centre = kilometres(village.at)[0]
    half = direction(random) * (90 + 0.09 * village.people)
    bend = 0.2 * (random.random() - 0.5) * np.array([-half[1], half[0]])
    street = curve(np.array([centre - half + bend, centre, centre + half + bend]), 40)
    lines = [Line(street, {"highway": "residential"}, village.name, 1.2)]
    wanted = 3 + village.people // 130
    for _ in range(4 * wanted):
        parent = lines[int(random.random() * len(lines))]
        lane = _branch(parent.xy, 60 + 120 * random.random(), random)
        kind = _LANE_KINDS[int(random.random() * len(_LANE_KINDS))]
        if parent.tags["highway"] in _FOOT_KINDS:
            kind = parent.tags["highway"]
        if len(lines) <= wanted and not shapely.intersects(forbidden, shapely.LineString(lane)):
            lines.append(Line(lane, {"highway": kind}, village.name))
    return lines


_LANE_KINDS = ("residential", "residential", "residential", "service", "service", "unclassified", "path", "footway")
_FOOT_KINDS = {"path", "footway"}


def _branch(parent: Floats, length_m: float, random: np.random.Generator) -> Floats:
    """A line that leaves another one at one of its vertices, about at a right angle."""
    row = int(random.random() * len(parent))
    ahead = parent[min(row + 1, len(parent) - 1)] - parent[max(row - 1, 0)]
    ahead = ahead / lengths(np.array([np.zeros(2), ahead]))[0]
    side = np.array([-ahead[1], ahead[0]]) * (1 if random.random() < 0.5 else -1)
    turned = side + (random.random() - 0.5) * 0.7 * ahead
    middle = parent[row] + length_m / 2 * side
    return curve(np.array([parent[row], middle, parent[row] + length_m * turned]), 40)


def hamlet_lines(
    links: Sequence[Line], random: np.random.Generator, forbidden: shapely.Geometry
) -> tuple[list[Line], dict[str, int]]:
    """Small groups of houses on lanes off the country roads, and the people of each."""
    lines: list[Line] = []
    people: dict[str, int] = {}
    quiet = [link for link in links if link.tags["highway"] in {"unclassified", "tertiary", "track"}]
    while len(lines) < _HAMLET_COUNT:
        lane = _branch(quiet[int(random.random() * len(quiet))].xy[2:-2], 110 + 240 * random.random(), random)
        if not shapely.intersects(forbidden, shapely.LineString(lane)):
            name = f"{len(lines) + 1}组"
            grade = f"grade{2 + len(lines) % 4}"
            tags = {"highway": "track", "tracktype": grade} if len(lines) % 2 else {"highway": "unclassified"}
            lines.append(Line(lane, tags, name))
            people[name] = 25 + int(random.random() * 110)
    return lines, people


def field_tracks(villages: Sequence[Line], random: np.random.Generator, forbidden: shapely.Geometry) -> list[Line]:
    """Tracks from the end of a village street into the fields; nobody lives there."""
    tracks: list[Line] = []
    for number, street in enumerate(villages):
        heading = street.xy[-1] - street.xy[-3]
        heading = heading / lengths(np.array([np.zeros(2), heading]))[0] + 0.8 * (random.random(2) - 0.5)
        end = street.xy[-1] + heading * (450 + 800 * random.random())
        track = wander(np.array([street.xy[-1], end]), random, share=0.15)
        if not shapely.intersects(forbidden, shapely.LineString(track)):
            tracks.append(Line(track, {"highway": "track", "tracktype": f"grade{2 + number % 4}"}))
    return tracks
