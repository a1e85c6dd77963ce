"""Where a point joins the roads: the nearest place on a usable edge, never a node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.model import Places
from catchment.network import _kernels

if TYPE_CHECKING:
    from catchment.model import Floats, Indices, Ints, Located, Mask, RoadGraph

ISLET_MM = 500_000
"""Components shorter than this in all are passed over where a longer one is within the maximum gap."""

# Small enough that a cell in a dense town holds a few tens of segments, large enough that a cell is rarely empty.
_CELL_M = 120.0


@dataclass(frozen=True, eq=False)
class _Grid:
    cell_key: Ints
    cell_ptr: Ints
    cell_segment: Indices
    cell_line: Floats
    """Both ends of each entry's segment, side by side: the search reads memory in order, shape (entries, 4)."""
    row_ptr: Ints
    west: float
    south: float
    step_x: float
    step_y: float
    column_count: int
    row_count: int


def snap(graph: RoadGraph, points: Located, *, max_gap_m: float) -> Places:
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

    Returns
    -------
    One place per point; ``edge`` is -1 where nothing usable is near enough.
    """
    segment_vertex, segment_edge = _usable_segments(graph)
    if not len(segment_vertex) or not len(points.xy):
        return _nowhere(len(points.xy))
    streets = graph.streets
    islet = graph.component_mm[graph.chain_component[graph.edge_chain[segment_edge]]] < ISLET_MM
    number = streets.first_segment[segment_edge] + (segment_vertex - streets.vertex_ptr[segment_edge])
    grid = _grid(segment_vertex, streets.vertex_xy)
    segment, along, gap_mm, passed = _kernels.snap_points(
        np.ascontiguousarray(points.xy, np.float64),
        float(max_gap_m),
        grid.cell_key,
        grid.cell_ptr,
        grid.cell_segment,
        grid.row_ptr,
        grid.west,
        grid.south,
        grid.step_x,
        grid.step_y,
        grid.column_count,
        grid.row_count,
        grid.cell_line,
        islet,
        streets.way_id[segment_edge],
        number.astype(np.int32),
    )
    return _places(graph, segment, along, gap_mm, passed, segment_vertex, segment_edge)


def _usable_segments(graph: RoadGraph) -> tuple[Ints, Indices]:
    """First vertex and edge of every segment usable in the mode, by way and segment number."""
    streets = graph.streets
    edge_of_vertex = np.repeat(np.arange(len(streets), dtype=np.int32), np.diff(streets.vertex_ptr))
    begins = np.ones(len(edge_of_vertex), bool)
    begins[streets.vertex_ptr[1:] - 1] = False
    vertex = np.flatnonzero(begins & (graph.edge_chain[edge_of_vertex] >= 0))
    return vertex, edge_of_vertex[vertex]


def _grid(segment_vertex: Ints, xy: Floats) -> _Grid:
    touched = np.concatenate([xy[segment_vertex], xy[segment_vertex + 1]])
    (west, south), (east, north) = touched.min(axis=0), touched.max(axis=0)
    step_y = _CELL_M / 110_574
    # Columns are as wide as asked where a degree of longitude is shortest, wider elsewhere.
    farthest = min(max(abs(south), abs(north)), 85.0)
    step_x = _CELL_M / (111_320 * np.cos(np.radians(farthest)))
    column_count, row_count = int((east - west) / step_x) + 2, int((north - south) / step_y) + 2
    key, segment = _kernels.grid_entries(segment_vertex, xy, west, south, step_x, step_y, column_count)
    order = np.argsort(key, kind="stable")
    cell_key, first = np.unique(key[order], return_index=True)
    row_ptr = np.searchsorted(cell_key, np.arange(row_count + 1, dtype=np.int64) * column_count)
    cell_ptr = np.append(first, len(key))
    segment = segment[order]
    line = np.hstack([xy[segment_vertex[segment]], xy[segment_vertex[segment] + 1]])
    return _Grid(
        cell_key, cell_ptr, segment, line, row_ptr, west, south, step_x, step_y, column_count, row_count
    )


def _places(
    graph: RoadGraph,
    segment: Ints,
    along: Floats,
    gap_mm: Ints,
    passed: Mask,
    segment_vertex: Ints,
    segment_edge: Indices,
) -> Places:
    """The part of an edge up to a place is rounded once; the rest of the edge is the edge minus that part."""
    hit = segment >= 0
    vertex = segment_vertex[segment[hit]]
    mm = graph.streets.vertex_mm
    edge, offset = np.full(len(segment), -1, np.int32), np.zeros(len(segment), np.int64)
    edge[hit] = segment_edge[segment[hit]]
    offset[hit] = mm[vertex] + np.rint(along[hit] * (mm[vertex + 1] - mm[vertex])).astype(np.int64)
    return Places(edge, offset, gap_mm, int(passed.sum()))


def _nowhere(count: int) -> Places:
    return Places(np.full(count, -1, np.int32), np.zeros(count, np.int64), np.full(count, -1, np.int64))
