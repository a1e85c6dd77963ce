"""Where a point joins the roads: the nearest place on a usable edge, never a node."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import binary_dilation

from catchment.model import Places
from catchment.network import _kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.model import Floats, Indices, Ints, Located, Mask, RoadGraph, Streets

    Found = tuple[Ints, Floats, Ints, Mask]

ISLET_MM = 500_000
"""Components shorter than this in all are passed over where a longer one is within the maximum gap."""

# Small enough that a cell in a dense town holds a few tens of segments, large enough that a cell is rarely empty.
_CELL_M = 120.0
_CHUNK = 1 << 15
"""Points that one thread takes at a time."""


@dataclass(frozen=True, eq=False)
class _Segments:
    """The segments usable in a mode, by way and number; all arrays of shape (s,)."""

    vertex: Ints
    edge: Indices
    islet: Mask
    way: Ints
    number: Indices


@dataclass(frozen=True, eq=False)
class StreetGrid:
    """The segments of one mode by the cells of a grid they touch: what snapping searches."""

    segments: _Segments
    tiles: NDArray[np.int32]
    """Number of each tile of 64 x 64 cells, row by row from the south; -1 where no street lies in it or beside it."""
    cell_ptr: Ints
    """Cell c, tile by tile, has the entries ``cell_ptr[c]:cell_ptr[c + 1]``, shape (cells + 1,)."""
    cell_segment: Indices
    """Segment of each entry, shape (entries,)."""
    cell_rings: NDArray[np.uint8]
    """Rings of empty cells around each cell, itself included, 0 where it holds a segment, shape (cells,)."""
    west: float
    south: float
    step_x: float
    step_y: float
    cell_line: Floats
    """Both ends of each entry's segment, side by side: the search reads memory in order, shape (entries, 4)."""


def snap(graph: RoadGraph, points: Located, *, max_gap_m: float, grid: StreetGrid | None = None) -> Places:
    """
    Join points to the nearest edge usable in the graph's mode.

    Distances are measured in a local plane anchored at each point. Ties go to the smaller way id, then the smaller
    segment number. An edge of an islet (a component shorter than 500 m in all) is passed over where a component of
    at least 500 m lies within the maximum gap.

    Parameters
    ----------
    graph
        The roads of one mode.
    points
        Sites, people or ``Points``.
    max_gap_m
        Farther points are not snapped [m].
    grid
        From ``street_grid`` of the same graph, for those who snap twice; made anew without.

    Returns
    -------
    One place per point; ``edge`` is -1 where nothing usable is near enough.
    """
    grid = grid or street_grid(graph)
    xy = np.ascontiguousarray(points.xy, np.float64)
    if not len(grid.segments.vertex) or not len(xy):
        return _nowhere(len(xy))
    return _places(graph.streets, grid.segments, _found(grid, xy, max_gap_m))


def _found(grid: StreetGrid, xy: Floats, max_gap_m: float) -> Found:
    """Every point is searched alone, so chunks of neighbours may run side by side."""
    segments, in_space = grid.segments, _in_space(grid, xy)

    def search(first: int) -> Found:
        return _kernels.snap_points(
            xy[in_space[first : first + _CHUNK]],
            float(max_gap_m),
            grid.cell_ptr,
            grid.cell_segment,
            grid.cell_rings,
            grid.tiles,
            grid.west,
            grid.south,
            grid.step_x,
            grid.step_y,
            grid.cell_line,
            segments.islet,
            segments.way,
            segments.number,
        )

    with ThreadPoolExecutor() as threads:
        parts = list(threads.map(search, range(0, len(xy), _CHUNK)))
    place = np.empty(len(xy), np.int64)
    place[in_space] = np.arange(len(xy))
    segment, along, gap_mm, passed = (np.concatenate(column)[place] for column in zip(*parts, strict=True))
    return segment, along, gap_mm, passed


def _in_space(grid: StreetGrid, xy: Floats) -> Ints:
    """Points in the order of their tiles, row by row in each: what is searched lies near in memory."""
    tile_x, tile_y = grid.step_x * (_kernels.TILE_MASK + 1), grid.step_y * (_kernels.TILE_MASK + 1)
    column, row = np.floor((xy[:, 0] - grid.west) / tile_x), np.floor((xy[:, 1] - grid.south) / grid.step_y)
    return np.lexsort((row, column, np.floor((xy[:, 1] - grid.south) / tile_y)))


def _usable_segments(graph: RoadGraph) -> _Segments:
    streets = graph.streets
    edge_of_vertex = np.repeat(np.arange(len(streets), dtype=np.int32), np.diff(streets.vertex_ptr))
    begins = np.ones(len(edge_of_vertex), bool)
    begins[streets.vertex_ptr[1:] - 1] = False
    vertex = np.flatnonzero(begins & (graph.edge_chain[edge_of_vertex] >= 0))
    edge = edge_of_vertex[vertex]
    return _Segments(
        vertex=vertex,
        edge=edge,
        islet=graph.component_mm[graph.chain_component[graph.edge_chain[edge]]] < ISLET_MM,
        way=streets.way_id[edge],
        number=(streets.first_segment[edge] + vertex - streets.vertex_ptr[edge]).astype(np.int32),
    )


def street_grid(graph: RoadGraph) -> StreetGrid:
    """The grid over the streets of a mode. It decides how fast points are snapped, never where to."""
    segments, xy = _usable_segments(graph), graph.streets.vertex_xy
    west, south, step_x, step_y = _lattice(segments, xy)
    row, column, segment = _kernels.touched_cells(segments.vertex, xy, west, south, step_x, step_y)
    tiles = _tiles(row >> _kernels.TILE_BITS, column >> _kernels.TILE_BITS)
    tile = tiles[row >> _kernels.TILE_BITS, column >> _kernels.TILE_BITS].astype(np.int64)
    within = ((row & _kernels.TILE_MASK) << _kernels.TILE_BITS) | (column & _kernels.TILE_MASK)
    cells_per_tile = 1 << (2 * _kernels.TILE_BITS)
    ptr, segment = _kernels.by_cell(tile * cells_per_tile + within, segment, (int(tiles.max()) + 1) * cells_per_tile)
    return StreetGrid(
        segments=segments,
        tiles=tiles,
        cell_ptr=ptr,
        cell_segment=segment,
        cell_rings=_kernels.empty_rings(ptr, tiles),
        west=west,
        south=south,
        step_x=step_x,
        step_y=step_y,
        cell_line=np.hstack([xy[segments.vertex[segment]], xy[segments.vertex[segment] + 1]]),
    )


def _lattice(segments: _Segments, xy: Floats) -> tuple[float, float, float, float]:
    """West, south, width and height of the cells [degrees]; a tile lies between the corner and the first street."""
    if not len(segments.vertex):
        return 0.0, 0.0, 1.0, 1.0
    touched = np.concatenate([xy[segments.vertex], xy[segments.vertex + 1]])
    (west, south), (_, north) = touched.min(axis=0).tolist(), touched.max(axis=0).tolist()
    step_y = _CELL_M / 110_574
    # Columns are as wide as asked where a degree of longitude is shortest, wider elsewhere.
    farthest = min(max(abs(south), abs(north)), 85.0)
    step_x = _CELL_M / (111_320 * math.cos(math.radians(farthest)))
    margin = _kernels.TILE_MASK + 1
    return west - margin * step_x, south - margin * step_y, step_x, step_y


def _tiles(row: Indices, column: Indices) -> NDArray[np.int32]:
    """Numbers of the tiles with streets and of those beside them, -1 elsewhere; regions far apart take little room."""
    if not len(row):
        return np.full((1, 1), -1, np.int32)
    there = np.zeros((int(row.max()) + 2, int(column.max()) + 2), bool)
    there[row, column] = True
    there = binary_dilation(there, np.ones((3, 3), bool))
    return np.where(there, np.cumsum(there).reshape(there.shape) - 1, -1).astype(np.int32)


def _places(streets: Streets, segments: _Segments, found: Found) -> Places:
    """The part of an edge up to a place is rounded once; the rest of the edge is the edge minus that part."""
    segment, along, gap_mm, passed = found
    hit = segment >= 0
    vertex = segments.vertex[segment[hit]]
    step = streets.vertex_mm[vertex + 1] - streets.vertex_mm[vertex]
    edge, offset = np.full(len(segment), -1, np.int32), np.zeros(len(segment), np.int64)
    edge[hit] = segments.edge[segment[hit]]
    offset[hit] = streets.vertex_mm[vertex] + np.rint(along[hit] * step).astype(np.int64)
    return Places(edge, offset, gap_mm, int(passed.sum()))


def _nowhere(count: int) -> Places:
    return Places(np.full(count, -1, np.int32), np.zeros(count, np.int64), np.full(count, -1, np.int64))
