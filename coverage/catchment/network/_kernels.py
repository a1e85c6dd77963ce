"""Compiled loops of the network: folding chains, and snapping through a grid over street segments."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Indices2 = NDArray[np.int32]

FORWARD, BACKWARD = 1, 2

TILE_BITS = 6
"""The grid over the streets has tiles of 64 x 64 cells; those far from any street are left out."""
TILE_MASK = (1 << TILE_BITS) - 1


@njit(cache=True, nogil=True)
def incidence(start: Indices, end: Indices, node_count: int) -> tuple[Ints, Indices]:
    """Edges at each node; a self-loop stands twice at its node."""
    ptr = np.zeros(node_count + 1, np.int64)
    for edge in range(len(start)):
        ptr[start[edge] + 1] += 1
        ptr[end[edge] + 1] += 1
    for node in range(node_count):
        ptr[node + 1] += ptr[node]
    edges = np.empty(ptr[-1], np.int32)
    place = ptr[:-1].copy()
    for edge in range(len(start)):
        edges[place[start[edge]]] = edge
        place[start[edge]] += 1
        edges[place[end[edge]]] = edge
        place[end[edge]] += 1
    return ptr, edges


@njit(cache=True, nogil=True)
def _ways_through(node: int, edge: int, end: Indices, rule: Bytes) -> int:
    """Directions allowed on an edge, seen by somebody who arrives at ``node`` along it."""
    if end[edge] == node:
        return int(rule[edge])
    return int(((rule[edge] & FORWARD) << 1) | ((rule[edge] & BACKWARD) >> 1))


@njit(cache=True, nogil=True)
def junctions(end: Indices, rule: Bytes, ptr: Ints, edges: Indices) -> Mask:
    """Nodes where a chain must break: not exactly two edge ends, or another direction rule beyond the node."""
    node_count = len(ptr) - 1
    breaks = np.zeros(node_count, np.bool_)
    for node in range(node_count):
        degree = ptr[node + 1] - ptr[node]
        if degree == 0:
            continue
        if degree != 2:
            breaks[node] = True
            continue
        one, other = edges[ptr[node]], edges[ptr[node] + 1]
        if one == other:
            continue  # a lone self-loop: a pure cycle of one edge
        arriving = _ways_through(node, one, end, rule)
        leaving = _ways_through(node, other, end, rule)
        # Leaving along the other edge is arriving there, turned round.
        turned = ((leaving & FORWARD) << 1) | ((leaving & BACKWARD) >> 1)
        breaks[node] = arriving != turned
    return breaks


@njit(cache=True, nogil=True)
def fold(
    start: Indices,
    end: Indices,
    length_mm: Ints,
    rule: Bytes,
    ptr: Ints,
    edges: Indices,
    breaks: Mask,
) -> tuple[Indices, Ints, Mask, Indices, Indices, Ints, Bytes]:
    """
    Join edges to chains between breaking nodes; a pure cycle gets an anchor at its smallest node.

    ``breaks`` is completed with the anchors. Returns per edge its chain, the position of its first vertex and
    whether it runs against the chain; per chain its end nodes, length and direction rule.
    """
    edge_count = len(start)
    chain_of = np.full(edge_count, -1, np.int32)
    from_mm = np.zeros(edge_count, np.int64)
    flipped = np.zeros(edge_count, np.bool_)
    chain_start = np.empty(edge_count, np.int32)
    chain_end = np.empty(edge_count, np.int32)
    chain_mm = np.empty(edge_count, np.int64)
    chain_rule = np.empty(edge_count, np.uint8)
    chain_count = 0
    for anchors in range(2):
        for origin in range(len(ptr) - 1):
            if anchors == 0 and not breaks[origin]:
                continue
            for slot in range(ptr[origin], ptr[origin + 1]):
                edge = edges[slot]
                if chain_of[edge] >= 0:
                    continue
                breaks[origin] = True
                node = origin
                position = np.int64(0)
                turned = start[edge] != node
                chain_rule[chain_count] = (
                    ((rule[edge] & FORWARD) << 1) | ((rule[edge] & BACKWARD) >> 1) if turned else rule[edge]
                )
                while True:
                    chain_of[edge] = chain_count
                    turned = start[edge] != node
                    flipped[edge] = turned
                    from_mm[edge] = position + length_mm[edge] if turned else position
                    position += length_mm[edge]
                    node = start[edge] if turned else end[edge]
                    if breaks[node]:
                        break
                    edge = edges[ptr[node]] if edges[ptr[node]] != edge else edges[ptr[node] + 1]
                chain_start[chain_count] = origin
                chain_end[chain_count] = node
                chain_mm[chain_count] = position
                chain_count += 1
    return (
        chain_of,
        from_mm,
        flipped,
        chain_start[:chain_count].copy(),
        chain_end[:chain_count].copy(),
        chain_mm[:chain_count].copy(),
        chain_rule[:chain_count].copy(),
    )


@njit(cache=True, nogil=True)
def _columns_in_row(
    ax: float, ay: float, bx: float, by: float, low: float, high: float, west: float, step: float
) -> tuple[int, int]:
    """First and last grid column that a segment touches between two latitudes."""
    if ay > by:
        ax, ay, bx, by = bx, by, ax, ay
    left, right = ax, bx
    if by > ay:
        slope = (bx - ax) / (by - ay)
        if ay < low:
            left = ax + (low - ay) * slope
        if by > high:
            right = ax + (high - ay) * slope
    if left > right:
        left, right = right, left
    # A hair on both sides, so that rounding loses no cell.
    return math.floor((left - west) / step - 1e-6), math.floor((right - west) / step + 1e-6)


@njit(cache=True, nogil=True)
def touched_cells(
    seg_vertex: Ints, xy: Floats, west: float, south: float, step_x: float, step_y: float
) -> tuple[Indices, Indices, Indices]:
    """Row, column and segment of every cell that a segment touches: counted in a first pass, filled in a second."""
    count = 0
    for _ in range(2):
        rows, columns, segments = np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.int32)
        entry = 0
        for segment in range(len(seg_vertex)):
            a = seg_vertex[segment]
            ax, ay, bx, by = xy[a, 0], xy[a, 1], xy[a + 1, 0], xy[a + 1, 1]
            first = math.floor((min(ay, by) - south) / step_y - 1e-6)
            last = math.floor((max(ay, by) - south) / step_y + 1e-6)
            for row in range(first, last + 1):
                low, high = south + row * step_y, south + (row + 1) * step_y
                left, right = _columns_in_row(ax, ay, bx, by, low, high, west, step_x)
                for column in range(left, right + 1):
                    if entry < count:
                        rows[entry], columns[entry], segments[entry] = row, column, segment
                    entry += 1
        count = entry
    return rows, columns, segments


@njit(cache=True, nogil=True)
def by_cell(cell: Ints, segment: Indices, cell_count: int) -> tuple[Ints, Indices]:
    """Where the segments of each cell begin, and the segments, in their order within a cell."""
    # Counts stand two places ahead, so that filling moves each cell's pointer to where the next cell begins.
    ptr = np.zeros(cell_count + 2, np.int64)
    for entry in range(len(cell)):
        ptr[cell[entry] + 2] += 1
    for later in range(1, len(ptr)):
        ptr[later] += ptr[later - 1]
    sorted_segments = np.empty(len(cell), np.int32)
    for entry in range(len(cell)):
        sorted_segments[ptr[cell[entry] + 1]] = segment[entry]
        ptr[cell[entry] + 1] += 1
    return ptr[:-1].copy(), sorted_segments


@njit(cache=True, nogil=True)
def _cell(tiles: Indices2, row: int, column: int) -> int:
    """Number of a cell of the grid, -1 where its tile is left out."""
    tile = np.int64(tiles[row >> TILE_BITS, column >> TILE_BITS])
    if tile < 0:
        return -1
    return int((tile << (2 * TILE_BITS)) | ((row & TILE_MASK) << TILE_BITS) | (column & TILE_MASK))


@njit(cache=True, nogil=True)
def empty_rings(cell_ptr: Ints, tiles: Indices2) -> Bytes:
    """
    Rings of empty cells around each cell, itself included, before the first that holds a segment; at most a tile.

    Tiles with segments have neighbours on all sides, so whatever lies within a tile's width is reached through cells
    that are there.
    """
    row_count, column_count = tiles.shape[0] << TILE_BITS, tiles.shape[1] << TILE_BITS
    rings = np.empty(len(cell_ptr) - 1, np.uint8)
    for cell in range(len(rings)):
        rings[cell] = 0 if cell_ptr[cell + 1] > cell_ptr[cell] else TILE_MASK + 1
    # The chessboard distance transform: row by row once forwards, once backwards.
    for turn in range(2):
        ahead = 1 if turn == 0 else -1
        for i in range(row_count):
            row = i if turn == 0 else row_count - 1 - i
            for j in range(tiles.shape[1]):
                tile_column = j if turn == 0 else tiles.shape[1] - 1 - j
                if tiles[row >> TILE_BITS, tile_column] < 0:
                    continue
                for k in range(TILE_MASK + 1):
                    column = (tile_column << TILE_BITS) + (k if turn == 0 else TILE_MASK - k)
                    cell = _cell(tiles, row, column)
                    least = int(rings[cell])
                    for above, beside in ((0, -1), (-1, -1), (-1, 0), (-1, 1)):
                        near_row, near_column = row + ahead * above, column + ahead * beside
                        if 0 <= near_row < row_count and 0 <= near_column < column_count:
                            near = _cell(tiles, near_row, near_column)
                            if near >= 0:
                                least = min(least, rings[near] + 1)
                    rings[cell] = least
    return rings


@njit(cache=True, nogil=True)
def _foot(line: Floats, entry: int, lon: float, lat: float, metres_x: float, metres_y: float) -> tuple[float, float]:
    """How far along a segment (0 to 1) the place nearest to a point lies, and its squared distance [m²]."""
    ax, ay = (line[entry, 0] - lon) * metres_x, (line[entry, 1] - lat) * metres_y
    dx, dy = (line[entry, 2] - lon) * metres_x - ax, (line[entry, 3] - lat) * metres_y - ay
    squared = dx * dx + dy * dy
    t = 0.0
    if squared > 0:
        t = min(max(-(ax * dx + ay * dy) / squared, 0.0), 1.0)
    x, y = ax + t * dx, ay + t * dy
    return t, x * x + y * y


@njit(cache=True, nogil=True)
def snap_points(
    xy: Floats,
    max_gap_m: float,
    cell_ptr: Ints,
    cell_segment: Indices,
    cell_rings: Bytes,
    tiles: Indices2,
    west: float,
    south: float,
    step_x: float,
    step_y: float,
    cell_line: Floats,
    seg_islet: Mask,
    seg_way: Ints,
    seg_number: Indices,
) -> tuple[Ints, Floats, Ints, Mask]:
    """
    Nearest segment of each point: its number, how far along it (0 to 1), the gap [mm] and whether an islet was nearer.

    Rings of grid cells around the point are looked at from the first that is not empty until no farther ring can hold
    anything nearer.
    """
    row_count, column_count = tiles.shape[0] << TILE_BITS, tiles.shape[1] << TILE_BITS
    count = len(xy)
    found = np.full(count, -1, np.int64)
    along = np.zeros(count, np.float64)
    gap_mm = np.full(count, -1, np.int64)
    passed = np.zeros(count, np.bool_)
    last_entry = np.int64(-1)
    for point in range(count):
        lon, lat = xy[point, 0], xy[point, 1]
        sine = math.sin(math.radians(lat))
        shrink = 1 - 0.0066943799901413165 * sine * sine
        transverse = 6378137.0 / math.sqrt(shrink)
        metres_x = math.radians(1.0) * transverse * math.cos(math.radians(lat))
        metres_y = math.radians(1.0) * transverse * (1 - 0.0066943799901413165) / shrink
        home_x = math.floor((lon - west) / step_x)
        home_y = math.floor((lat - south) / step_y)
        # Distance from the point to the nearest side of its own cell, then one cell size per ring.
        inset = min(
            min(lon - (west + home_x * step_x), west + (home_x + 1) * step_x - lon) * metres_x,
            min(lat - (south + home_y * step_y), south + (home_y + 1) * step_y - lat) * metres_y,
        )
        cell_m = min(step_x * metres_x, step_y * metres_y)
        best = np.int64(math.floor(max_gap_m * 1000)) + 1
        best_any = best
        best_segment = np.int64(-1)
        any_segment = np.int64(-1)
        best_along = 0.0
        any_along = 0.0
        best_entry = np.int64(-1)
        # Nothing farther can be found. Where the point before was joined is seldom far from here.
        reach_m = max_gap_m + 0.002
        if last_entry >= 0:
            t, squared = _foot(cell_line, last_entry, lon, lat, metres_x, metres_y)
            reach_m = min(reach_m, math.sqrt(squared) + 0.002)
        # Off the grid, the rings before its first row or column hold nothing either.
        ring = max(0, -home_x, home_x - column_count + 1, -home_y, home_y - row_count + 1)
        if ring == 0:
            home = _cell(tiles, home_y, home_x)
            ring = np.int64(TILE_MASK + 1 if home < 0 else cell_rings[home])
        while ring == 0 or max(inset, 0.0) + (ring - 1) * cell_m <= reach_m:
            for row in range(max(home_y - ring, 0), min(home_y + ring, row_count - 1) + 1):
                off_y = max(0.0, south + row * step_y - lat, lat - (south + (row + 1) * step_y)) * metres_y
                if off_y > reach_m:
                    continue
                whole_row = row == home_y - ring or row == home_y + ring
                first = home_x - ring
                if first < 0:
                    first = 0 if whole_row else home_x + ring
                for column in range(first, min(home_x + ring, column_count - 1) + 1, 1 if whole_row else 2 * ring):
                    cell = _cell(tiles, row, column)
                    if cell < 0 or cell_ptr[cell] == cell_ptr[cell + 1]:
                        continue
                    off_x = max(0.0, west + column * step_x - lon, lon - (west + (column + 1) * step_x)) * metres_x
                    if off_x * off_x + off_y * off_y > reach_m * reach_m:
                        continue
                    for entry in range(cell_ptr[cell], cell_ptr[cell + 1]):
                        t, squared = _foot(cell_line, entry, lon, lat, metres_x, metres_y)
                        if squared > reach_m * reach_m:
                            continue
                        segment = cell_segment[entry]
                        gap = np.int64(round(math.sqrt(squared) * 1000))
                        if gap <= best_any and (gap < best_any or _earlier(segment, any_segment, seg_way, seg_number)):
                            best_any, any_segment, any_along = gap, np.int64(segment), t
                        if (
                            not seg_islet[segment]
                            and gap <= best
                            and (gap < best or _earlier(segment, best_segment, seg_way, seg_number))
                        ):
                            best, best_segment, best_along, best_entry = gap, np.int64(segment), t, np.int64(entry)
                            reach_m = min(reach_m, best / 1000 + 0.001)
            ring += 1
        last_entry = best_entry
        limit = np.int64(math.floor(max_gap_m * 1000))
        if best_segment >= 0 and best <= limit:
            found[point], along[point], gap_mm[point] = best_segment, best_along, best
            passed[point] = any_segment != best_segment and best_any < best
        elif any_segment >= 0 and best_any <= limit:
            found[point], along[point], gap_mm[point] = any_segment, any_along, best_any
    return found, along, gap_mm, passed


@njit(cache=True, nogil=True)
def _earlier(segment: int, other: int, seg_way: Ints, seg_number: Indices) -> bool:
    """The tie rule: the smaller way id, then the smaller segment number."""
    if other < 0:
        return False
    if seg_way[segment] != seg_way[other]:
        return bool(seg_way[segment] < seg_way[other])
    return bool(seg_number[segment] < seg_number[other])
