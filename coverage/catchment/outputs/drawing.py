"""Streets, outlines and people thinned to what a screen can show, as arrays of whole numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from catchment.model import Cause, Setting
from catchment.network.streets import STREET_KINDS
from catchment.outputs.packing import Column

if TYPE_CHECKING:
    import geopandas as gpd

    from catchment.model import Access, Codes, Floats, Indices, Ints, People, Streets

DEGREE = 100_000
"""Streets and outlines are drawn on a lattice of 1/100,000 degree, about one metre."""

_COARSER = 16
"""Times that outlines may be simplified to twice the tolerance: to a degree, where nothing of a county is left."""

RANKS = ("main", "link", "local", "service", "path")
"""Classes of streets in the order of drawing; the last are the first left out of a large network."""

_RANK_OF_KIND = {
    **dict.fromkeys(("motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link"), 0),
    **dict.fromkeys(("secondary", "secondary_link", "tertiary", "tertiary_link"), 1),
    **dict.fromkeys(("unclassified", "residential", "living_street", "road", "busway"), 2),
    **dict.fromkeys(("service", "track"), 3),
}


def rank_of(kind: str) -> str:
    """
    The class in which streets of a kind are drawn.

    Examples
    --------
    >>> rank_of("trunk"), rank_of("steps")
    ('main', 'path')
    """
    return RANKS[_RANK_OF_KIND.get(kind, 4)]


@dataclass(frozen=True, eq=False)
class Lines:
    """Polylines on the drawing lattice."""

    xy: Ints
    """lon, lat [1/100,000 degree], shape (v, 2)."""
    ptr: Ints
    """Line i has the vertices ``ptr[i]:ptr[i + 1]``, shape (n + 1,)."""

    def packed(self) -> dict[str, Column]:
        """
        As the page reads it: vertices per line, and the vertices of all lines.

        Examples
        --------
        >>> packed = Lines(np.array([[10, 20], [13, 21], [9, 9], [9, 12]]), np.array([0, 2, 4])).packed()
        >>> {name: column.values.tolist() for name, column in packed.items()}
        {'count': [2, 2], 'x': [10, 13, 9, 9], 'y': [20, 21, 9, 12]}
        """
        x, y = self.xy.T
        return {"count": Column("counts", np.diff(self.ptr)), "x": Column("steps", x), "y": Column("steps", y)}


@dataclass(frozen=True, eq=False)
class DrawnStreets:
    """Streets as drawn."""

    lines: dict[str, Lines]
    """By rank; ranks left out have no entry."""
    simplified_m: int
    """How far a drawn line may lie from the street [m]."""
    left_out: tuple[str, ...]
    """Ranks that are not drawn because there are too many."""


def drawn_streets(streets: Streets, *, vertex_budget: int = 400_000) -> DrawnStreets:
    """
    Streets simplified for drawing, within a number of vertices.

    Over the budget the tolerance grows, then paths, then service roads and tracks, then local streets are left out.
    For the eye only: nothing is ever measured on these lines.
    """
    lines, rank = _chained(streets)
    extent = max(streets.bounds[2] - streets.bounds[0], streets.bounds[3] - streets.bounds[1], 0.0)
    finest = max(1.0 / DEGREE, extent * 2e-5)
    for coarser, kept_ranks in ((1, 5), (3, 5), (3, 4), (3, 3), (6, 3), (6, 2), (12, 2), (24, 2)):
        kept = rank < kept_ranks
        drawn = shapely.simplify(lines[kept], finest * coarser, preserve_topology=False)
        if shapely.get_num_coordinates(drawn).sum() <= vertex_budget:
            break
    by_rank = {
        name: lines_on_lattice(drawn[rank[kept] == number])
        for number, name in enumerate(RANKS)
        if (rank == number).any()
    }
    left_out = tuple(name for number, name in enumerate(RANKS) if number >= kept_ranks and name in by_rank)
    for name in left_out:
        del by_rank[name]
    return DrawnStreets(by_rank, max(1, round(finest * coarser * 111_000)), left_out)


def streets_within(streets: Streets, bounds: tuple[float, float, float, float]) -> Streets:
    """The edges whose own box meets a box [degrees], so that they are not thinned for the sake of the others."""
    if not len(streets):
        return streets
    low = np.minimum.reduceat(streets.vertex_xy, streets.vertex_ptr[:-1], axis=0)
    high = np.maximum.reduceat(streets.vertex_xy, streets.vertex_ptr[:-1], axis=0)
    near = ((low <= bounds[2:]) & (high >= bounds[:2])).all(axis=1)
    counts = np.diff(streets.vertex_ptr)
    vertex = np.repeat(near, counts)
    sides = np.column_stack([np.maximum(bounds, streets.bounds)[:2], np.minimum(bounds, streets.bounds)[2:]])
    west, south, east, north = sides.T.ravel().tolist()
    edges = ("start", "end", "way_id", "first_segment", "flags", "kind", "name")
    return replace(
        streets,
        **{name: getattr(streets, name)[near] for name in edges},
        vertex_ptr=np.concatenate([[0], np.cumsum(counts[near])]),
        vertex_xy=streets.vertex_xy[vertex],
        vertex_mm=streets.vertex_mm[vertex],
        bounds=(west, south, east, north),
    )


def _chained(streets: Streets) -> tuple[Any, Indices]:
    """Lines and their ranks: edges that follow one another on a way and look the same are one line."""
    ranks = np.array([_RANK_OF_KIND.get(kind, 4) for kind in STREET_KINDS], np.int32)
    rank = ranks[streets.kind]
    goes_on = np.zeros(len(streets), np.bool_)
    goes_on[1:] = (
        (streets.way_id[1:] == streets.way_id[:-1]) & (streets.start[1:] == streets.end[:-1]) & (rank[1:] == rank[:-1])
    )
    counts = np.diff(streets.vertex_ptr)
    line_of_edge = np.cumsum(~goes_on) - 1
    own = np.ones(len(streets.vertex_xy), np.bool_)
    own[streets.vertex_ptr[:-1][goes_on]] = False
    line_of_vertex = np.repeat(line_of_edge, counts)
    lines = (
        shapely.linestrings(streets.vertex_xy[own], indices=line_of_vertex[own])
        if len(streets)
        else np.empty(0, object)
    )
    return lines, rank[~goes_on]


def lines_on_lattice(lines: Any) -> Lines:
    """Lines rounded to the lattice, without the vertices that fall together."""
    degrees, line = shapely.get_coordinates(lines, return_index=True)
    xy = np.rint(degrees * DEGREE).astype(np.int64)
    new = np.ones(len(xy), np.bool_)
    new[1:] = (np.diff(line) != 0) | (np.diff(xy, axis=0) != 0).any(axis=1)
    xy, line = xy[new], line[new]
    count = np.bincount(line, minlength=len(lines))
    long = count > 1
    return Lines(xy[long[line]], np.concatenate([[0], np.cumsum(count[long])]).astype(np.int64))


def drawn_outlines(frame: gpd.GeoDataFrame, *, vertex_budget: int = 60_000) -> list[Lines]:
    """The rings of each region, simplified alike until all of them keep to the budget, or to eight vertices a ring."""
    shapes = shapely.make_valid(frame.geometry.to_numpy())
    budget = max(vertex_budget, 8 * len(rings_of(shapes)))
    for doubled in range(_COARSER):
        drawn = shapely.simplify(shapes, 2.0 / DEGREE * 2**doubled)
        if shapely.get_num_coordinates(drawn).sum() <= budget:
            break
    return [lines_on_lattice(rings_of(shape)) for shape in drawn]


def rings_of(shape: Any) -> Any:
    """The rings of the polygons of a shape, outer ones and holes alike."""
    parts = shapely.get_parts(shape)
    return shapely.get_rings(parts[shapely.get_type_id(parts) == 3])


@dataclass(frozen=True, eq=False)
class DrawnCells:
    """People as drawn: cells of the population grid, or blocks of them, or points."""

    column: Ints
    """Column of each cell in the lattice below, or longitude [1e-6 degree], shape (n,)."""
    row: Ints
    """Row, southwards, or latitude [1e-6 degree], shape (n,)."""
    units: Ints
    """1/1024 persons, shape (n,)."""
    setting: Codes
    cause: Codes
    site: Indices
    """Nearest site of the cell with the most people, -1 if none, shape (n,)."""
    cost_m: Ints
    """Distance to it [m], -1 if none, shape (n,)."""
    straight_m: Ints
    """Straight distance to the nearest counted site [m], -1 if none, shape (n,)."""
    lattice: tuple[float, float, float, float] | None
    """West edge, north edge, cell width, cell height [degrees]; ``None`` for points."""
    merged: int
    """Cells of the grid along each side of a drawn one."""
    point: Ints
    """The point of people with most people of each cell, shape (n,)."""


def drawn_cells(
    people: People, access: Access, *, order: Indices | None = None, cell_budget: int = 400_000
) -> DrawnCells:
    """
    Everyone, by cell and cause. Above the budget, neighbouring cells of one cause and setting are drawn as one.

    No person is lost: a block holds the sum of its cells.

    Parameters
    ----------
    people, access
        Whom to draw, and whether they are covered.
    order
        Cells stand in this order of the people, a block at the place of the cell with most of its people; in the
        order of the people themselves by default.
    cell_budget
        So many cells may be drawn unmerged.
    """
    everyone = np.arange(len(people)) if order is None else order.astype(np.int64)
    if people.cell_degrees is None or not len(people):
        lon, lat = np.rint(people.xy[everyone].T * 1e6).astype(np.int64)
        return _drawn(people, access, everyone, people.units[everyone], (lon, lat))
    width, height = people.cell_degrees
    west, north = float(people.xy[:, 0].min()) - width / 2, float(people.xy[:, 1].max()) + height / 2
    column = np.floor((people.xy[:, 0] - west) / width).astype(np.int64)
    row = np.floor((north - people.xy[:, 1]) / height).astype(np.int64)
    merged, chosen, units = 1, everyone, people.units[everyone]
    while len(chosen) > cell_budget and merged < 64:
        merged *= 2
        speaking, block = _blocks(row // merged, column // merged, people, access)
        chosen, units = _in_order(speaking, block, people.units, everyone)
    lattice = (west, north, width * merged, height * merged)
    place = (column[chosen] // merged, row[chosen] // merged)
    return _drawn(people, access, chosen, units, place, lattice=lattice, merged=merged)


def _drawn(
    people: People,
    access: Access,
    chosen: Ints,
    units: Ints,
    place: tuple[Ints, Ints],
    *,
    lattice: tuple[float, float, float, float] | None = None,
    merged: int = 1,
) -> DrawnCells:
    """Cells that take everything but their units and places from the chosen points of people."""
    cost_mm, straight_m = access.cost_mm[chosen], access.straight_m[chosen]
    return DrawnCells(
        column=place[0],
        row=place[1],
        units=units,
        setting=people.setting[chosen],
        cause=access.cause[chosen],
        site=access.site[chosen],
        cost_m=np.where(cost_mm < 0, -1, (cost_mm + 500) // 1000),
        straight_m=np.where(np.isnan(straight_m), -1, np.nan_to_num(straight_m).round()).astype(np.int64),
        lattice=lattice,
        merged=merged,
        point=chosen,
    )


def _blocks(row: Ints, column: Ints, people: People, access: Access) -> tuple[Ints, Ints]:
    """The cell with the most people of each block of one cause and setting, and the block of each cell."""
    # One number that sorts by row, column, cause and setting.
    place = row * (int(column.max()) + 1) + column
    key = (place * len(Cause) + access.cause) * len(Setting) + people.setting
    order = np.lexsort([-people.units, key])
    first = np.diff(key[order], prepend=-1) != 0
    block = np.empty(len(order), np.int64)
    block[order] = np.cumsum(first) - 1
    return order[first], block


def _in_order(speaking: Ints, block: Ints, units: Ints, order: Ints) -> tuple[Ints, Ints]:
    """The cells that speak for their blocks in an order of all cells, and the people of each block."""
    sums = np.zeros(len(speaking), np.int64)
    np.add.at(sums, block, units)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    by_place = np.argsort(place[speaking])
    return speaking[by_place], sums[by_place]


def opening_bounds(streets: Streets, people_xy: Floats, sites_xy: Floats) -> list[float]:
    """West, south, east, north [degrees] of the people, else of the sites, else of the streets: where the map opens."""
    for places in (people_xy, sites_xy):
        if len(places):
            return [round(float(side), 6) for side in (*places.min(axis=0), *places.max(axis=0))]
    return [round(side, 6) for side in streets.bounds]
