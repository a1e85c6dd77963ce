"""Where a point joins the roads: the nearest place on a usable edge, never a node."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from catchment.model import Places
from catchment.network import _kernels

if TYPE_CHECKING:
    from catchment.model import Floats, Indices, Ints, Located, Mask, RoadGraph, Streets

ISLET_MM = 500_000
"""Components shorter than this in all are passed over where a longer one is within the maximum gap."""

# Small enough that a cell in a dense town holds a few tens of segments, large enough that a cell is rarely empty.
_CELL_M = 120.0


@dataclass(frozen=True, eq=False)
class _Segments:
    """The segments usable in a mode, by way and number; all arrays of shape (s,)."""

    vertex: Ints
    edge: Indices
    islet: Mask
    way: Ints
    number: Indices


@dataclass(frozen=True, eq=False)
class _Grid:
    """Segments by the cells they touch; the fields are arguments of the kernel, in its order."""

    cell_key: Ints
    cell_ptr: Ints
    cell_segment: Indices
    row_ptr: Ints
    west: float
    south: float
    step_x: float
    step_y: float
    column_count: int
    row_count: int
    cell_line: Floats
    """Both ends of each entry's segment, side by side: the search reads memory in order, shape (entries, 4)."""


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
    segments = _usable_segments(graph)
    xy = np.ascontiguousarray(points.xy, np.float64)
    if not len(segments.vertex) or not len(xy):
        return _nowhere(len(xy))
    grid = _grid(segments, graph.streets.vertex_xy)
    found = _kernels.snap_points(
        xy,
        float(max_gap_m),
        *(getattr(grid, field.name) for field in fields(grid)),  # type: ignore[call-arg]  # as many as it asks for
        segments.islet,
        segments.way,
        segments.number,
    )
    return _places(graph.streets, segments, found)


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


def _grid(segments: _Segments, xy: Floats) -> _Grid:
    touched = np.concatenate([xy[segments.vertex], xy[segments.vertex + 1]])
    (west, south), (east, north) = touched.min(axis=0), touched.max(axis=0)
    step_y = _CELL_M / 110_574
    # Columns are as wide as asked where a degree of longitude is shortest, wider elsewhere.
    farthest = min(max(abs(south), abs(north)), 85.0)
    step_x = _CELL_M / (111_320 * np.cos(np.radians(farthest)))
    column_count, row_count = int((east - west) / step_x) + 2, int((north - south) / step_y) + 2
    key, segment = _kernels.grid_entries(segments.vertex, xy, west, south, step_x, step_y, column_count)
    order = np.argsort(key, kind="stable")
    cell_key, first = np.unique(key[order], return_index=True)
    row_ptr = np.searchsorted(cell_key, np.arange(row_count + 1, dtype=np.int64) * column_count)
    cell_ptr = np.append(first, len(key))
    segment = segment[order]
    line = np.hstack([xy[segments.vertex[segment]], xy[segments.vertex[segment] + 1]])
    return _Grid(
        cell_key=cell_key,
        cell_ptr=cell_ptr,
        cell_segment=segment,
        row_ptr=row_ptr,
        west=west,
        south=south,
        step_x=step_x,
        step_y=step_y,
        column_count=column_count,
        row_count=row_count,
        cell_line=line,
    )


def _places(streets: Streets, segments: _Segments, found: tuple[Ints, Floats, Ints, Mask]) -> Places:
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
