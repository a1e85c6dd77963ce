"""Boundaries of the townships: every point of the county goes to the seat that is reached most easily from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from catchment.apps.demo.curves import kilometres

if TYPE_CHECKING:
    from catchment.apps.demo.land import Mesh
    from catchment.apps.demo.sheet import Sheet
    from catchment.model import Floats, Ints

# To cross the river is as far as so many times the way: it parts townships, as ridges do.
_RIVER_COST = 6.0
_SMOOTHINGS = 6


def outlines(drawn: Sheet, offset_m: Floats) -> list[shapely.Polygon]:
    """
    A polygon in lon, lat for each township of a world; neighbours share their corners exactly.

    Parameters
    ----------
    drawn
        The sheet.
    offset_m
        Where its origin lies [m], shape (2,).
    """
    ground, world = drawn.ground, drawn.world
    owner = _owners(drawn, ground)
    cells = _smooth(ground, owner)
    lonlat = world.frame.degrees(cells.reshape(-1, 2) + offset_m).round(6).reshape(-1, 6, 2)
    shapes = np.asarray(shapely.polygons(lonlat[owner >= 0]))
    of_cell = owner[owner >= 0]
    return [_one_way_round(shapely.union_all(shapes[of_cell == number])) for number in range(len(world.townships))]


def _owners(drawn: Sheet, ground: Mesh) -> Ints:
    """Township of each mesh point, -1 outside the county."""
    one, two = ground.edge.T
    inner = drawn.county[one] & drawn.county[two]
    climb = 1 + 3 * (ground.height[one] + ground.height[two]) / 2
    cost = ground.length_m * climb * np.where(ground.north[one] != ground.north[two], _RIVER_COST, 1.0)
    size = len(ground.xy)
    links = csr_array((cost[inner], (one[inner], two[inner])), shape=(size, size))
    inside = np.flatnonzero(drawn.county)
    seats = np.array([_nearest_on_bank(drawn, inside, at) for at in _seats(drawn)])
    source = dijkstra(links, directed=False, indices=seats, return_predecessors=True, min_only=True)[2]
    number = np.full(size, -1)
    number[seats] = np.arange(len(seats))
    owner: Ints = np.where(source >= 0, number[np.maximum(source, 0)], -1)
    return owner


def _smooth(ground: Mesh, owner: Ints) -> Floats:
    """The cells with their corners moved so that boundaries run smoothly; neighbours still share them exactly."""
    flat = ground.cells.reshape(-1, 2)
    corner_xy, corner = np.unique(np.nan_to_num(flat), axis=0, return_inverse=True)
    corner = corner.reshape(-1, 6)
    # Between corners k and k + 1 lies the side towards neighbour k + 1.
    towards = owner[np.maximum(np.roll(ground.neighbours, -1, axis=1), 0)]
    border = (owner[:, None] != towards) & (owner >= 0)[:, None]
    sides = np.stack([corner, np.roll(corner, -1, axis=1)], axis=-1)[border]
    one, two = np.unique(np.sort(sides, axis=1), axis=0).T
    count = np.bincount(np.concatenate([one, two]), minlength=len(corner_xy))
    xy = corner_xy
    for _ in range(_SMOOTHINGS):
        total = np.zeros_like(xy)
        for axis in (0, 1):
            total[:, axis] = np.bincount(one, xy[two, axis], len(xy)) + np.bincount(two, xy[one, axis], len(xy))
        xy = np.where((count == 2)[:, None], 0.5 * xy + 0.25 * total, xy)
    return xy[corner]


def _seats(drawn: Sheet) -> Floats:
    return kilometres(*(township.at for township in drawn.world.townships))


def _nearest_on_bank(drawn: Sheet, inside: Ints, at: Floats) -> int:
    """The mesh point of the county nearest to a place, on its bank of the river."""
    bank = inside[drawn.ground.north[inside] == drawn.water.is_north(at[None])[0]]
    away = drawn.ground.xy[bank] - at
    return int(bank[np.argmin((away**2).sum(axis=1))])


def _one_way_round(shape: shapely.Geometry) -> shapely.Polygon:
    """Counter-clockwise from the smallest corner, whatever the union made of it."""
    ring = shapely.get_coordinates(shapely.orient_polygons(shape))[:-1]
    first = np.lexsort((ring[:, 1], ring[:, 0]))[0]
    return shapely.Polygon(np.roll(ring, -first, axis=0))
