"""Public premises and bus stops: what a planner would look for when nothing may be newly built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.apps.demo.curves import kilometres, nearest_row
from catchment.apps.demo.frame import stream
from catchment.apps.demo.lines import Lines, Marks, alike, joined_marks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.apps.demo.sheet import Sheet
    from catchment.model import Floats, Ints

    Premise = tuple[Mapping[str, str], str]

# Tags, and what follows the name of the place.
_BLOCK: tuple[Premise, ...] = (
    ({"amenity": "clinic"}, "诊所"),
    ({"amenity": "pharmacy"}, "药店"),
    ({"amenity": "kindergarten"}, "幼儿园"),
    ({"amenity": "bank"}, "银行"),
    ({"amenity": "community_centre"}, "社区党群服务中心"),
    ({"amenity": "post_office"}, "邮政所"),
    ({"amenity": "library"}, "图书室"),
    ({"office": "employment_agency"}, "人力资源服务部"),
    ({"shop": "convenience"}, "便利店"),
    ({"amenity": "school"}, "学校"),
)
_BLOCK_UNTIL = np.array([0.18, 0.33, 0.45, 0.53, 0.66, 0.7, 0.74, 0.79, 0.96])
_SEAT: tuple[Premise, ...] = (
    ({"amenity": "townhall"}, "人民政府（办事处）"),
    ({"amenity": "community_centre"}, "便民服务中心"),
    ({"amenity": "library"}, "综合文化站"),
    ({"amenity": "post_office"}, "邮政支局"),
    ({"amenity": "clinic"}, "卫生院"),
)
_VILLAGE: tuple[Premise, ...] = (
    ({"amenity": "community_centre"}, "村党群服务中心"),
    ({"amenity": "clinic"}, "村卫生室"),
    ({"amenity": "school"}, "村小学"),
)
_VILLAGE_SHARE = np.array([0.95, 0.7, 0.35])
_PUBLIC: tuple[Mapping[str, str], ...] = (
    {"building": "public", "amenity": "community_centre"},
    {"building": "school", "amenity": "school"},
    {"building": "public", "amenity": "library"},
    {"building": "public", "amenity": "social_facility"},
)


def premises(drawn: Sheet, township: Ints, seed: int) -> Marks:
    """
    Premises as points, beside streets.

    Parameters
    ----------
    drawn
        The sheet.
    township
        Of each village, shape (villages,).
    seed
        Draws them.
    """
    parts = [*_in_blocks(drawn, seed), _at_seats(drawn), _in_villages(drawn, township, seed)]
    return joined_marks(parts)


def _in_blocks(drawn: Sheet, seed: int) -> list[Marks]:
    parts = []
    names = [drawn.world.county, *(town.name[:-1] for town in drawn.world.towns)]
    for number, (grid, name) in enumerate(zip(drawn.grids, names, strict=True)):
        corners = grid.block_corners(grid.blocks)
        random = stream(seed, 40, number)
        count = random.poisson(drawn.world.marks_per_block, len(corners))
        corners = np.repeat(corners, count, axis=0)
        side, along, kind = random.random((3, len(corners)))
        side = (side * 4).astype(np.int64)
        row = np.arange(len(corners))
        street = corners[row, side] + (0.2 + 0.6 * along[:, None]) * (corners[row, (side + 1) % 4] - corners[row, side])
        at = street + 0.08 * (corners.mean(axis=1) - street)
        what = np.searchsorted(_BLOCK_UNTIL, kind, side="right").tolist()
        tags = [_named(_BLOCK[one], f"{name}第{n}") for n, one in enumerate(what, start=1)]
        parts.append(Marks(at.reshape(-1, 2), tuple(tags)))
    return parts


def _named(premise: Premise, of: str) -> dict[str, str]:
    return {**premise[0], "name": f"{of}{premise[1]}"}


def seat_corner(drawn: Sheet, number: int) -> Floats:
    """The corner of a main street nearest to the seat of a township [m], shape (2,)."""
    township = drawn.world.townships[number]
    grid = drawn.grids[1 + drawn.world.towns.index(township)] if township.people else drawn.grids[0]
    at = kilometres(township.at)[0]
    corners = grid.corners(main=True)
    corners = corners[drawn.water.is_north(corners) == drawn.water.is_north(at[None])]
    corner: Floats = corners[nearest_row(corners, at)]
    return corner


def _at_seats(drawn: Sheet) -> Marks:
    shifts = np.array([[12.0, 9.0], [26.0, 10.0], [-14.0, 11.0], [13.0, -10.0], [-12.0, -12.0]])
    seats = np.array([seat_corner(drawn, number) for number in range(len(drawn.world.townships))])
    tags = [_named(premise, township.name) for township in drawn.world.townships for premise in _SEAT]
    return Marks((seats[:, None] + shifts).reshape(-1, 2), tuple(tags))


def _in_villages(drawn: Sheet, township: Ints, seed: int) -> Marks:
    there = stream(seed, 41).random((len(drawn.village_xy), len(_VILLAGE))) < _VILLAGE_SHARE
    shifts = np.array([[11.0, 14.0], [-15.0, 12.0], [18.0, -16.0]])
    at = (drawn.village_xy[:, None] + shifts)[there]
    village, what = (index.tolist() for index in np.nonzero(there))
    names = [drawn.world.townships[number].name for number in township.tolist()]
    tags = [_named(_VILLAGE[one], f"{names[row]}{row + 1}") for row, one in zip(village, what, strict=True)]
    return Marks(at, tuple(tags))


def schools(drawn: Sheet) -> Marks:
    """Technical schools, each some 200 m from the seat of its township, where its site stands."""
    names = [township.name for township in drawn.world.townships]
    corners = [seat_corner(drawn, names.index(township)) for _, township in drawn.world.schools]
    tags = tuple({"amenity": "college", "name": name} for name, _ in drawn.world.schools)
    return Marks(np.array(corners).reshape(-1, 2) + np.array([190.0, 60.0]), tags)


def building_lines(drawn: Sheet) -> Lines:
    """Buildings as closed ways; those where nobody lives in a town are public."""
    houses, town_count = drawn.houses, len(drawn.grids)
    ring = houses.corners[:, [0, 1, 2, 3, 0]]
    tags = [{"building": "apartments"}, {"building": "yes"}, {"building": "house"}, *_PUBLIC]
    public = np.flatnonzero(houses.weight == 0)
    tag = np.where(houses.place == 0, 0, np.where(houses.place < town_count, 1, 2))
    tag[public] = 3 + np.arange(len(public)) % len(_PUBLIC)
    return alike(ring, tags, tag)


def bus_stops(drawn: Sheet) -> Marks:
    """Stops on the main streets of city and towns, and in the villages on main roads."""
    grids: Sequence[Floats] = [grid.corners(main=True)[::3] for grid in drawn.grids]
    at = np.vstack([*grids, drawn.village_xy[drawn.on_main]]) + np.array([9.0, 6.0])
    tags = tuple({"highway": "bus_stop", "name": f"{number}号站"} for number in range(1, len(at) + 1))
    return Marks(at, tags)
