"""People on the grid: they live near the streets of their place, closer together towards the middle of the town."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.apps.demo import atlas
from catchment.apps.demo.country import river_outline
from catchment.apps.demo.curves import kilometres, points_along
from catchment.apps.demo.frame import CELLS_PER_DEGREE, COLUMNS, METRES_PER_DEGREE, ROWS, cell_centres

if TYPE_CHECKING:
    from catchment.apps.demo.drawing import Drawing
    from catchment.model import Floats, Mask

NO_DATA = -99999.0
"""What WorldPop writes where nobody lives."""

_NEAR_STREET_M = 130.0
_TOWN_RADIUS_M = 3400.0
_FEWEST = 0.05


def population(drawing: Drawing) -> Floats:
    """Persons of each cell to the hundredth, ``NO_DATA`` where nobody lives, shape (ROWS, COLUMNS)."""
    centres = cell_centres()
    dry = ~shapely.contains_xy(shapely.Polygon(river_outline()), centres[:, 0], centres[:, 1])
    persons = np.zeros(len(centres))
    for place, people in drawing.people.items():
        xy, weight = _homes(drawing, place)
        near = np.where(dry, _spread(xy, weight, centres), 0)
        persons += people * near / near.sum()
    persons = np.round(persons, 2)
    return np.where(persons < _FEWEST, NO_DATA, persons).reshape(ROWS, COLUMNS)


def _homes(drawing: Drawing, place: str) -> tuple[Floats, Floats]:
    """Points along a place's streets, with weights; a house without a street is a point of its own."""
    lone = {house.name: kilometres(house.at) for house in atlas.LONE_HOUSES}
    if place in lone:
        return lone[place], np.ones(1)
    lines = [line for line in drawing.lines if line.place == place]
    points = [points_along(line.xy, 25) for line in lines]
    weight = np.repeat([line.homes for line in lines], [len(xy) for xy in points])
    xy = np.vstack(points)
    if place == atlas.TOWN.place.name:
        weight = weight * (0.3 + _hill(xy - kilometres(atlas.TOWN.place.at), _TOWN_RADIUS_M))
    return xy, weight


def _hill(away: Floats, radius_m: float) -> Floats:
    """1 in the middle, 0 from the radius on: (1 - r²)², a kernel made of products only."""
    hill: Floats = np.maximum(0, 1 - (away**2).sum(axis=-1) / radius_m**2) ** 2
    return hill


def _spread(xy: Floats, weight: Floats, centres: Floats) -> Floats:
    """What the points give to the cells around them, shape (cells,)."""
    size = METRES_PER_DEGREE / CELLS_PER_DEGREE
    column, row = np.floor((xy - (centres[0] - size * (0.5, -0.5))) / (size * (1, -1))).astype(np.int64).T
    total = np.zeros(len(centres))
    for down in (-2, -1, 0, 1, 2):
        for right in (-2, -1, 0, 1, 2):
            inside: Mask = (row + down >= 0) & (row + down < ROWS) & (column + right >= 0) & (column + right < COLUMNS)
            cell = ((row + down) * COLUMNS + column + right)[inside]
            given = weight[inside] * _hill(centres[cell] - xy[inside], _NEAR_STREET_M)
            total += np.bincount(cell, given, minlength=len(centres))
    return total
