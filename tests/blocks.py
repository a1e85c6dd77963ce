"""
Blocks of buildings and streets drawn in text, for fronts worked out by head.

Every character is a square of 2 m, its north at the top. Capital letters are buildings, a letter each; a run of ``-``
is High Street, one of ``|`` is North Street, ``+`` both; ``=`` a run of another way to the right, ``!`` downwards.
Lines run through the middles of their squares, so that a wall with n squares between it and a street stands 2 n + 1 m
off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from conformance.drawing import lon_lat

from catchment.inputs.barred import BAR_TAGS, bar_of
from catchment.model import BarredWays, Buildings, Streets
from catchment.network.streets import STREET_KINDS, TAGS, flags_of
from catchment.network.ways import Ways, split_ways
from catchment.siting.fronts import street_fronts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catchment.model import Floats, Fronts

SQUARE_M = 2.0
HIGH = {"highway": "residential", "name": "High Street"}
NORTH = {"highway": "tertiary", "name": "North Street"}


@dataclass(frozen=True)
class Block:
    """A drawing in metres, east and north of its north-west corner."""

    buildings: Mapping[str, shapely.Geometry]
    ways: tuple[tuple[Mapping[str, str], shapely.LineString], ...]

    def moved(self, change: Callable[[Floats], Floats]) -> Block:
        """The block after all of its places are moved."""
        return Block(
            {sign: shapely.transform(shape, change) for sign, shape in self.buildings.items()},
            tuple((tags, shapely.transform(line, change)) for tags, line in self.ways),
        )


def block(drawing: str, other: Mapping[str, str] | None = None) -> Block:
    """Read a drawing; ``other`` are the tags of ``=`` and ``!``."""
    rows = drawing.strip("\n").splitlines()
    at = {(x, y): sign for y, row in enumerate(rows) for x, sign in enumerate(row) if sign != " "}
    squares: dict[str, list[shapely.Geometry]] = {}
    for (x, y), sign in at.items():
        if sign.isupper():
            squares.setdefault(sign, []).append(_square(x, y))
    ways = []
    for sign, tags in (("-", HIGH), ("|", NORTH), ("=", other), ("!", other)):
        signs = {sign, "+"} if sign in "-|" else {sign}
        ways += [(tags or {}, line) for line in _runs(at, signs, upright=sign in "|!")]
    return Block({sign: shapely.union_all(found) for sign, found in squares.items()}, tuple(ways))


def _square(x: int, y: int) -> shapely.Geometry:
    return shapely.box(SQUARE_M * x, -SQUARE_M * (y + 1), SQUARE_M * (x + 1), -SQUARE_M * y)


def _runs(at: Mapping[tuple[int, int], str], signs: set[str], *, upright: bool) -> list[shapely.LineString]:
    """Lines through the middles of runs of at least two signs, with a vertex wherever they cross others."""
    places = sorted((place for place, sign in at.items() if sign in signs), key=lambda p: p if upright else p[::-1])
    step = (0, 1) if upright else (1, 0)
    runs: list[list[tuple[int, int]]] = []
    for x, y in places:
        if runs and runs[-1][-1] == (x - step[0], y - step[1]):
            runs[-1].append((x, y))
        else:
            runs.append([(x, y)])
    long = [run for run in runs if len(run) > 1]
    kept = [[p for n, p in enumerate(run) if n in (0, len(run) - 1) or at[p] == "+"] for run in long]
    return [shapely.LineString([(SQUARE_M * (x + 0.5), -SQUARE_M * (y + 0.5)) for x, y in run]) for run in kept]


def on_earth(metres: Floats) -> Floats:
    """Metres as lon, lat on the equator, where a small plane is true."""
    return np.array([lon_lat(east, north) for east, north in metres]).reshape(-1, 2)


def fronts_of(drawn: Block, *, to_earth: Callable[[Floats], Floats] = on_earth, **options: float) -> Fronts:
    """The fronts of a block's buildings, in the order of their letters."""
    return street_fronts(buildings_of(drawn, to_earth), *streets_of(drawn, to_earth), **options)


def buildings_of(drawn: Block, to_earth: Callable[[Floats], Floats] = on_earth) -> Buildings:
    """Every letter a building, which is its id."""
    shapes = [shapely.transform(shape, to_earth) for shape in drawn.buildings.values()]
    frame = {"building_id": list(drawn.buildings)}
    return Buildings(gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326"))


def streets_of(drawn: Block, to_earth: Callable[[Floats], Floats] = on_earth) -> tuple[Streets, BarredWays]:
    """Ways as a road file's reader has them, and those that it bars."""
    lines = [to_earth(shapely.get_coordinates(line)) for _, line in drawn.ways]
    places, node = np.unique(np.concatenate(lines).round(9), axis=0, return_inverse=True)
    flags = [flags_of(*map(tags.get, TAGS)) for tags, _ in drawn.ways]
    names = sorted({tags["name"] for tags, _ in drawn.ways if "name" in tags})
    used = [number for number, flag in enumerate(flags) if flag]
    refs = np.split(node.ravel(), np.cumsum([len(line) for line in lines])[:-1])
    xy = np.concatenate([places[refs[number]] for number in used])
    streets = split_ways(
        Ways(
            way_id=np.array(used, np.int64) + 1,
            node_ptr=np.cumsum([0, *(len(refs[number]) for number in used)]),
            node_ref=np.concatenate([refs[number] for number in used]) + 1,
            node_xy=xy,
            flags=np.array([flags[number] for number in used], np.uint8),
            kind=np.array([STREET_KINDS.index(drawn.ways[number][0]["highway"]) for number in used], np.int8),
            name=np.array([names.index(n) if (n := drawn.ways[m][0].get("name")) else -1 for m in used], np.int32),
            names=tuple(names),
        )
    )
    reasons = [bar_of(*map(tags.get, BAR_TAGS)) for tags, _ in drawn.ways]
    barred = [number for number, reason in enumerate(reasons) if reason]
    frame = {"way_id": np.array(barred, np.int64) + 1, "reason": [reasons[number] for number in barred]}
    shapes = [shapely.LineString(lines[number]) for number in barred]
    return streets, BarredWays(gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326"))
