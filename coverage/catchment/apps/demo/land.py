"""The lie of the land: heights, the river, and a mesh of points that roads may run along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from catchment.apps.demo.curves import curve, hill, kilometres, lengths, noise
from catchment.apps.demo.frame import stream

if TYPE_CHECKING:
    from catchment.apps.demo.atlas import World
    from catchment.model import Floats, Ints, Mask

RIVER_HALF_WIDTH_M = 95.0
SPACING_M = 700.0
_ROW_M = SPACING_M * 0.8660254
_BANK_M = 260.0
WILD_M = 2700.0
"""No road comes nearer to the houses in the wild; the rule for the country asks for 2 km."""
ISLAND_M = 1700.0


@dataclass(frozen=True, eq=False)
class Mesh:
    """A shaken lattice of triangles over the sheet and somewhat more."""

    xy: Floats
    """[m], shape (n, 2)."""
    edge: Ints
    """Pairs of neighbours, the smaller index first, in order of both; shape (m, 2)."""
    cells: Floats
    """Corners of each point's own cell, counter-clockwise [m]; NaN at the rim. Shape (n, 6, 2)."""
    neighbours: Ints
    """Indices of the six neighbours, -1 at the rim, shape (n, 6)."""
    height: Floats
    """0 in the plain, about 1 on the highest ridges, shape (n,)."""
    north: Mask
    """Lies north of the river, shape (n,)."""
    open: Mask
    """Inside the sheet and clear of the river, shape (n,)."""

    @property
    def length_m(self) -> Floats:
        """Length of each edge [m], shape (m,)."""
        return lengths(self.xy[self.edge[:, 1]] - self.xy[self.edge[:, 0]])


@dataclass(frozen=True, eq=False)
class River:
    """The middle line of the river, from west to east."""

    xy: Floats
    """[m], shape (n, 2)."""
    tree: cKDTree

    def distance_m(self, xy: Floats) -> Floats:
        """Distance of places from its middle [m]."""
        distance: Floats = self.tree.query(xy)[0]
        return distance

    def is_north(self, xy: Floats) -> Mask:
        """Which places lie on the northern bank."""
        after = np.clip(np.searchsorted(self.xy[:, 0], xy[..., 0]), 1, len(self.xy) - 1)
        start, end = self.xy[after - 1], self.xy[after]
        share = (xy[..., 0] - start[..., 0]) / (end[..., 0] - start[..., 0])
        north: Mask = xy[..., 1] > start[..., 1] + share * (end[..., 1] - start[..., 1])
        return north


def river(world: World) -> River:
    """The river of a world, led to the very edges of its sheet."""
    west, _, east, _ = world.frame.box_m
    points = kilometres(*world.river)
    line = curve(np.vstack([[[west, points[0, 1]]], points[1:-1], [[east, points[-1, 1]]]]), 60)
    return River(line, cKDTree(line))


def heights(world: World, xy: Floats, seed: int) -> Floats:
    """Height of places: ranges with winding valleys, the plain at 0; shape (n,)."""
    range_height = np.zeros(len(xy))
    for one in world.hills:
        range_height = np.maximum(range_height, one.height * hill(xy - kilometres(one.at)[0], kilometres(one.radii)[0]))
    # Where noise changes sign there is a valley: its zeros are long winding lines.
    valleys = np.abs(noise(xy, 5200.0, stream(seed, 1)) + 0.35 * noise(xy, 2100.0, stream(seed, 2)))
    range_height = np.minimum(1.0, 2.2 * range_height)
    total: Floats = range_height * (0.12 + 1.5 * valleys) + 0.06 * np.abs(noise(xy, 3000.0, stream(seed, 3)))
    return total


def mesh(world: World, water: River, seed: int) -> Mesh:
    """The mesh of a world."""
    west, south, east, north = world.frame.box_m
    columns, rows = int((east - west) / SPACING_M) + 5, int((north - south) / _ROW_M) + 5
    column, row = np.meshgrid(np.arange(columns), np.arange(rows))
    jitter = (stream(seed, 0).random((rows, columns, 2)) * 2 - 1) * 0.27 * SPACING_M
    x = west + (column - 2 + 0.5 * (row % 2)) * SPACING_M + jitter[..., 0]
    y = south + (row - 2) * _ROW_M + jitter[..., 1]
    xy = np.column_stack([x.ravel(), y.ravel()])
    around = _neighbours(rows, columns)
    first = np.repeat(np.arange(len(xy)), 6)
    pair = around.ravel() > first
    edge = np.column_stack([first[pair], around.ravel()[pair]])
    inside = (xy > np.array([west, south]) + 250).all(axis=1) & (xy < np.array([east, north]) - 250).all(axis=1)
    return Mesh(
        xy=xy,
        edge=edge[np.lexsort((edge[:, 1], edge[:, 0]))],
        cells=_cells(xy, around),
        neighbours=around,
        height=heights(world, xy, seed),
        north=water.is_north(xy),
        open=inside & (water.distance_m(xy) > _BANK_M) & ~_roadless(world, xy),
    )


def _roadless(world: World, xy: Floats) -> Mask:
    """Places round the wild heights and round the cut-off hamlet."""
    closed = [(at, WILD_M) for at in world.wild] + [(world.island, ISLAND_M)]
    near = np.zeros(len(xy), bool)
    for at, radius_m in closed:
        near |= lengths(xy - kilometres(at)[0]) < radius_m
    return near


def _neighbours(rows: int, columns: int) -> Ints:
    """Six neighbours of each lattice point, counter-clockwise from the east, -1 outside."""
    column, row = np.meshgrid(np.arange(columns), np.arange(rows))
    odd = row % 2
    steps = ((1, 0), (odd, 1), (odd - 1, 1), (-1, 0), (odd - 1, -1), (odd, -1))
    around = []
    for right, up in steps:
        there_column, there_row = column + right, row + up
        inside = (there_column >= 0) & (there_column < columns) & (there_row >= 0) & (there_row < rows)
        around.append(np.where(inside, there_row * columns + there_column, -1).ravel())
    return np.column_stack(around).astype(np.int64)


def _cells(xy: Floats, around: Ints) -> Floats:
    """Corners are the middles of the six triangles, summed in one order so that neighbours agree to the last bit."""
    here = np.repeat(np.arange(len(xy))[:, None], 6, axis=1)
    triangle = np.sort(np.stack([here, around, np.roll(around, -1, axis=1)], axis=-1), axis=-1)
    corners: Floats = (xy[triangle[..., 0]] + xy[triangle[..., 1]] + xy[triangle[..., 2]]) / 3
    corners[(triangle < 0).any(axis=-1)] = np.nan
    return corners


def county_points(world: World, ground: Mesh, seed: int) -> Mask:
    """The mesh points that belong to the county: a rounded shape of its area with an uneven rim, shape (n,)."""
    west, south, east, north = world.frame.box_m
    middle, half = np.array([west + east, south + north]) / 2, np.array([east - west, north - south]) / 2
    flat = (ground.xy - middle) / half
    # Near a rectangle with round corners: the fourth power of each coordinate.
    rank = flat[:, 0] ** 4 + flat[:, 1] ** 4 + 0.55 * noise(ground.xy, 7000.0, stream(seed, 4)) * lengths(flat) ** 4
    rank = np.where((np.abs(flat) < 0.965).all(axis=1), rank, np.inf)
    order = np.argsort(rank, kind="stable")
    area = np.cumsum(cell_area_m2(ground.cells[order]))
    inside = np.zeros(len(rank), bool)
    inside[order[: int(np.searchsorted(area, world.area_km2 * 1e6)) + 1]] = True
    return inside


def cell_area_m2(corners: Floats) -> Floats:
    """
    Area of polygons, shape (n,).

    Examples
    --------
    >>> cell_area_m2(np.array([[[0.0, 0], [2, 0], [2, 3], [0, 3]]])).tolist()
    [6.0]
    """
    x, y = corners[..., 0], corners[..., 1]
    turns = x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y
    total: Floats = np.nan_to_num(turns.sum(axis=1) / 2)
    return total
