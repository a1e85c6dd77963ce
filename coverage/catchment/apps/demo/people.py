"""People on the grid: they live in the buildings; the census says how many in all, and how many in city and towns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.apps.demo.curves import hill
from catchment.apps.demo.frame import CELL_M
from catchment.apps.demo.land import heights
from catchment.apps.demo.oddities import river_outline
from catchment.demand.settlement import setting_by_grid, settlement_grid
from catchment.model import UNITS_PER_PERSON, People, Setting
from catchment.rounding import largest_remainder

if TYPE_CHECKING:
    from catchment.apps.demo.sheet import Sheet
    from catchment.model import Floats, Ints, Mask

NO_DATA = -99999.0
"""What WorldPop writes where nobody lives."""

PARTS = 64
"""Cells hold whole 1/64 persons: exact in a float, and so is every sum of them."""

_NEAR_HOUSE_M = 130.0
_FEWEST = 0.05
_MOST_ROUNDS = 12


def population(drawn: Sheet, county: shapely.Geometry, offset_m: Floats, seed: int) -> Floats:
    """
    Persons of each cell in 1/64, ``NO_DATA`` where nobody lives, shape (rows, columns).

    The sum is exactly the world's residents. The cells that the degree of urbanisation takes for city or town hold
    exactly its urban residents, where a distribution is found that stays so when it is scaled.

    Parameters
    ----------
    drawn
        The sheet, with its houses and the people of each settlement.
    county
        Outline in lon, lat; nobody lives outside.
    offset_m
        Where the sheet's origin lies [m], shape (2,).
    seed
        Of the sheet.
    """
    frame = drawn.world.frame
    centres = frame.cell_centres()
    lonlat = frame.degrees(centres + offset_m)
    spread = _spread(drawn)
    if drawn.world.people_anywhere:
        # An unconstrained grid puts somebody into every cell of land, fewer the higher it lies.
        spread += drawn.world.people_anywhere / (1 + 9 * heights(drawn.world, centres, seed))
    live = np.flatnonzero(spread > 0)
    water = shapely.Polygon(river_outline(drawn.water))
    shapely.prepare([water, county])
    live = live[shapely.contains_xy(county, *lonlat[live].T) & ~shapely.contains_xy(water, *centres[live].T)]
    whole = _calibrated(spread[live], lonlat[live], drawn.world.residents, drawn.world.urban)
    persons = np.full(len(centres), NO_DATA)
    persons[live[whole > 0]] = whole[whole > 0] / PARTS
    return persons.reshape(frame.rows, frame.columns)


def _spread(drawn: Sheet) -> Floats:
    """People of the settlements, before calibration, in the cells around their houses, shape (cells,)."""
    houses, frame = drawn.houses, drawn.world.frame
    total = np.bincount(houses.place, houses.weight, minlength=len(drawn.people))
    lives = houses.weight > 0
    xy, place = houses.middle[lives], houses.place[lives]
    people = drawn.people[place] * houses.weight[lives] / total[place]
    column, row = (index.astype(np.int64) for index in frame.cell_of(xy))
    base = (np.column_stack([column - frame.west, frame.north - 1 - row]) + 0.5) * CELL_M
    steps = [(right, down) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    shares = np.stack([hill(base + np.array([right, -down]) * CELL_M - xy, _NEAR_HOUSE_M) for right, down in steps])
    shares /= shares.sum(axis=0)
    cells = np.zeros(frame.rows * frame.columns)
    for (right, down), share in zip(steps, shares, strict=True):
        there_column, there_row = column + right, row + down
        inside = (there_column >= 0) & (there_column < frame.columns) & (there_row >= 0) & (there_row < frame.rows)
        cell = (there_row * frame.columns + there_column)[inside]
        cells += np.bincount(cell, (people * share)[inside], minlength=len(cells))
    return np.where(cells < _FEWEST, 0, cells)


def _calibrated(persons: Floats, lonlat: Floats, residents: int, urban_residents: int) -> Ints:
    """Whole 1/64 persons of each cell: scaled in city and towns, and in the country, until both totals are met."""
    urban = _is_urban(persons, lonlat)
    for _ in range(_MOST_ROUNDS):
        persons = persons * np.where(
            urban, urban_residents / persons[urban].sum(), (residents - urban_residents) / persons[~urban].sum()
        )
        before, urban = urban, _is_urban(persons, lonlat)
        if (urban == before).all():
            break
    whole = np.zeros(len(persons), np.int64)
    for group, total in ((before, urban_residents), (~before, residents - urban_residents)):
        whole[group] = largest_remainder(persons[group] * PARTS, total * PARTS)
    return whole


def _is_urban(persons: Floats, lonlat: Floats) -> Mask:
    """Which cells the program takes for city or town."""
    count = len(persons)
    people = People(
        xy=lonlat,
        units=np.rint(persons * UNITS_PER_PERSON).astype(np.int64),
        point_id=np.arange(count),
        region=np.full(count, -1, np.int32),
        setting=np.full(count, Setting.RURAL, np.int8),
    )
    urban: Mask = setting_by_grid(lonlat, settlement_grid(people)) != Setting.RURAL
    return urban
