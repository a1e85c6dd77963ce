"""Compiled loops of reached streets: bounded searches from the sites, then chains and edges cut at the limits."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FAR = 1 << 60


@njit(cache=True, nogil=True)
def _sift_up(keys: Ints, junctions: Indices, slot: int) -> None:
    key, junction = keys[slot], junctions[slot]
    while slot > 0:
        parent = (slot - 1) >> 2
        if keys[parent] <= key:
            break
        keys[slot], junctions[slot] = keys[parent], junctions[parent]
        slot = parent
    keys[slot], junctions[slot] = key, junction


@njit(cache=True, nogil=True)
def _sift_down(keys: Ints, junctions: Indices, size: int) -> None:
    key, junction = keys[0], junctions[0]
    slot = 0
    while True:
        first = 4 * slot + 1
        if first >= size:
            break
        least = first
        for child in range(first + 1, min(first + 4, size)):
            if keys[child] < keys[least]:
                least = child
        if keys[least] >= key:
            break
        keys[slot], junctions[slot] = keys[least], junctions[least]
        slot = least
    keys[slot], junctions[slot] = key, junction


@njit(cache=True, nogil=True)
def _cut_chain(
    at: Ints, cost: Ints, owner: Ints, count: int, forward: np.bool_, backward: np.bool_, limit: int, pieces: Ints
) -> int:
    """
    The pieces of one chain within a limit, each with the owner of the nearest source.

    Sources stand in order along the chain, the first at its start and the last at its end; one that is not there
    costs ``FAR``. From both sides the cost at a source is the least of those passed so far; between two sources the
    pieces from left and right end at the limit or where they meet. Writes rows (owner, from, to), returns how many.
    """
    from_right, right_owner = np.empty(count, np.int64), np.empty(count, np.int64)
    best, who = FAR, -1
    for source in range(count - 1, 0, -1):
        if forward:
            best += at[source + 1] - at[source] if source + 1 < count else 0
            if cost[source] < best or (cost[source] == best and owner[source] < who):
                best, who = cost[source], owner[source]
        from_right[source], right_owner[source] = best, who
    size, best, who = 0, FAR, -1
    for source in range(count - 1):
        if backward:
            best += at[source] - at[source - 1] if source > 0 else 0
            if cost[source] < best or (cost[source] == best and owner[source] < who):
                best, who = cost[source], owner[source]
        first, last = at[source], at[source + 1]
        length = last - first
        left = min(max(limit - best, 0), length)
        right = min(max(limit - from_right[source + 1], 0), length)
        if left + right > length:
            left = min(max((from_right[source + 1] + length - best) // 2, 0), length)
            right = length - left
        for begin, end, its in ((first, first + left, who), (last - right, last, right_owner[source + 1])):
            if begin == end:
                continue
            if size > 0 and pieces[size - 1, 0] == its and pieces[size - 1, 2] == begin:
                pieces[size - 1, 2] = end
            else:
                pieces[size, 0], pieces[size, 1], pieces[size, 2] = its, begin, end
                size += 1
    return size


@njit(cache=True, nogil=True)
def reached_by_each(
    arc_ptr: Ints,
    arc_from: Indices,
    arc_mm: Ints,
    chain_start: Indices,
    chain_end: Indices,
    chain_mm: Ints,
    chain_forward: Mask,
    chain_backward: Mask,
    end_ptr: Ints,
    end_chain: Indices,
    site_chain: Indices,
    site_at: Ints,
    site_mm: Ints,
    limits: Ints,
) -> Ints:
    """
    What every site reaches within each limit: rows (site, band, chain, from, to), in that order.

    One bounded Dijkstra a site; costs are stamped with the site instead of being cleared. Junction j is an end of
    the chains ``end_chain[end_ptr[j]:end_ptr[j + 1]]``. The limits ascend.
    """
    junction_count = len(arc_ptr) - 1
    cost, stamp = np.empty(junction_count, np.int64), np.full(junction_count, -1, np.int64)
    chain_stamp = np.full(len(chain_mm), -1, np.int64)
    keys, junctions = np.empty(1024, np.int64), np.empty(1024, np.int32)
    settled, chains = np.empty(junction_count, np.int64), np.empty(len(chain_mm), np.int64)
    at, costs, owner = np.zeros(3, np.int64), np.empty(3, np.int64), np.zeros(3, np.int64)
    pieces = np.empty((8, 3), np.int64)
    rows, row_count = np.empty((1024, 5), np.int64), 0
    cutoff = limits[-1]
    for site in range(len(site_chain)):
        own, place = site_chain[site], site_at[site]
        size, settled_count, chain_count = 0, 0, 0
        for side in range(2):
            leaves = chain_forward[own] or place == 0
            junction, total = chain_start[own], site_mm[site] + place
            if side == 1:
                leaves = chain_backward[own] or place == chain_mm[own]
                junction, total = chain_end[own], site_mm[site] + chain_mm[own] - place
            if leaves and total <= cutoff and (stamp[junction] != site or total < cost[junction]):
                stamp[junction], cost[junction] = site, total
                keys[size], junctions[size] = total, junction
                size += 1
                _sift_up(keys, junctions, size - 1)
        while size > 0:
            so_far, here = keys[0], np.int64(junctions[0])
            size -= 1
            if size > 0:
                keys[0], junctions[0] = keys[size], junctions[size]
                _sift_down(keys, junctions, size)
            if so_far != cost[here]:
                continue
            settled[settled_count] = here
            settled_count += 1
            for arc in range(arc_ptr[here], arc_ptr[here + 1]):
                neighbour = np.int64(arc_from[arc])
                further = so_far + arc_mm[arc]
                if further > cutoff or (stamp[neighbour] == site and cost[neighbour] <= further):
                    continue
                stamp[neighbour], cost[neighbour] = site, further
                if size == len(keys):
                    keys = np.concatenate((keys, np.empty(size, np.int64)))
                    junctions = np.concatenate((junctions, np.empty(size, np.int32)))
                keys[size], junctions[size] = further, neighbour
                size += 1
                _sift_up(keys, junctions, size - 1)
        chain_stamp[own], chains[0], chain_count = site, own, 1
        for number in range(settled_count):
            here = settled[number]
            for entry in range(end_ptr[here], end_ptr[here + 1]):
                if chain_stamp[end_chain[entry]] != site:
                    chain_stamp[end_chain[entry]] = site
                    chains[chain_count] = end_chain[entry]
                    chain_count += 1
        chains[:chain_count].sort()
        for band in range(len(limits)):
            for number in range(chain_count):
                chain = chains[number]
                start, end = chain_start[chain], chain_end[chain]
                count = 2
                costs[0] = cost[start] if stamp[start] == site else FAR
                if chain == own:
                    at[1], costs[1] = place, site_mm[site]
                    count = 3
                at[count - 1] = chain_mm[chain]
                costs[count - 1] = cost[end] if stamp[end] == site else FAR
                found = _cut_chain(
                    at, costs, owner, count, chain_forward[chain], chain_backward[chain], limits[band], pieces
                )
                for piece in range(found):
                    if row_count == len(rows):
                        rows = np.concatenate((rows, np.empty((row_count, 5), np.int64)))
                    rows[row_count, 0], rows[row_count, 1], rows[row_count, 2] = site, band, chain
                    rows[row_count, 3], rows[row_count, 4] = pieces[piece, 1], pieces[piece, 2]
                    row_count += 1
    return rows[:row_count].copy()


@njit(cache=True, nogil=True)
def reached_by_nearest(
    junction_site: Indices,
    junction_mm: Ints,
    chain_start: Indices,
    chain_end: Indices,
    chain_mm: Ints,
    chain_forward: Mask,
    chain_backward: Mask,
    chain_site_ptr: Ints,
    chain_site: Indices,
    chain_site_at: Ints,
    chain_site_mm: Ints,
    limits: Ints,
) -> Ints:
    """
    What is reached within each limit, every piece with its nearest site: rows (site, band, chain, from, to).

    ``junction_mm`` is -1 where no site is near enough; the sites of a chain stand in order along it.
    """
    most = np.max(np.diff(chain_site_ptr)) + 2 if len(chain_mm) else 2
    at, cost, owner = np.zeros(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    pieces = np.empty((2 * most, 3), np.int64)
    rows, row_count = np.empty((1024, 5), np.int64), 0
    for chain in range(len(chain_mm)):
        count = 1
        for entry in range(chain_site_ptr[chain], chain_site_ptr[chain + 1]):
            at[count], cost[count], owner[count] = chain_site_at[entry], chain_site_mm[entry], chain_site[entry]
            count += 1
        for slot, junction in ((0, chain_start[chain]), (count, chain_end[chain])):
            owner[slot] = junction_site[junction]
            cost[slot] = junction_mm[junction] if owner[slot] >= 0 else FAR
        at[count] = chain_mm[chain]
        count += 1
        for band in range(len(limits)):
            found = _cut_chain(
                at, cost, owner, count, chain_forward[chain], chain_backward[chain], limits[band], pieces
            )
            for piece in range(found):
                if row_count == len(rows):
                    rows = np.concatenate((rows, np.empty((row_count, 5), np.int64)))
                rows[row_count, 0], rows[row_count, 1], rows[row_count, 2] = pieces[piece, 0], band, chain
                rows[row_count, 3], rows[row_count, 4] = pieces[piece, 1], pieces[piece, 2]
                row_count += 1
    return rows[:row_count].copy()


@njit(cache=True, nogil=True)
def edges_of_pieces(
    pieces: Ints, chain_ptr: Ints, chain_edge: Ints, edge_from: Ints, edge_mm: Ints, flipped: Mask
) -> tuple[Ints, Indices, Ints, Ints]:
    """Pieces (chain, from, to) as parts of edges, from and to counted from each edge's own start; and their piece."""
    size = 0
    for piece in range(len(pieces)):
        size += chain_ptr[pieces[piece, 0] + 1] - chain_ptr[pieces[piece, 0]]
    source, part_edge = np.empty(size, np.int64), np.empty(size, np.int32)
    from_mm, to_mm = np.empty(size, np.int64), np.empty(size, np.int64)
    size = 0
    for piece in range(len(pieces)):
        chain, begin, end = pieces[piece]
        for entry in range(chain_ptr[chain], chain_ptr[chain + 1]):
            edge = chain_edge[entry]
            first = edge_from[edge]
            low, high = (begin - first, end - first)
            if flipped[edge]:
                low, high = (first - end, first - begin)
            low, high = max(low, 0), min(high, edge_mm[edge])
            if low < high:
                source[size], part_edge[size], from_mm[size], to_mm[size] = piece, edge, low, high
                size += 1
    return source[:size].copy(), part_edge[:size].copy(), from_mm[:size].copy(), to_mm[:size].copy()


@njit(cache=True, nogil=True)
def _place_on_edge(vertex_xy: Floats, vertex_mm: Ints, first: int, mm: int) -> tuple[float, float]:
    """Where a position lies; ``first`` is a vertex at or before it on its edge."""
    vertex = first
    while vertex_mm[vertex + 1] < mm:
        vertex += 1
    step = vertex_mm[vertex + 1] - vertex_mm[vertex]
    along = (mm - vertex_mm[vertex]) / step if step > 0 else 0.0
    if along == 1.0:
        return vertex_xy[vertex + 1, 0], vertex_xy[vertex + 1, 1]
    x, y = vertex_xy[vertex, 0], vertex_xy[vertex, 1]
    return x + along * (vertex_xy[vertex + 1, 0] - x), y + along * (vertex_xy[vertex + 1, 1] - y)


@njit(cache=True, nogil=True)
def vertices_of_parts(
    vertex_ptr: Ints, vertex_xy: Floats, vertex_mm: Ints, edge: Indices, from_mm: Ints, to_mm: Ints
) -> tuple[Floats, Ints]:
    """The vertices of parts of edges, cut ends included, and where each part begins among them."""
    ptr = np.zeros(len(edge) + 1, np.int64)
    for part in range(len(edge)):
        count = 2
        for vertex in range(vertex_ptr[edge[part]], vertex_ptr[edge[part] + 1]):
            count += from_mm[part] < vertex_mm[vertex] < to_mm[part]
        ptr[part + 1] = ptr[part] + count
    xy = np.empty((ptr[-1], 2))
    for part in range(len(edge)):
        first, size = vertex_ptr[edge[part]], ptr[part]
        xy[size, 0], xy[size, 1] = _place_on_edge(vertex_xy, vertex_mm, first, from_mm[part])
        for vertex in range(first, vertex_ptr[edge[part] + 1]):
            if from_mm[part] < vertex_mm[vertex] < to_mm[part]:
                size += 1
                xy[size, 0], xy[size, 1] = vertex_xy[vertex, 0], vertex_xy[vertex, 1]
        xy[size + 1, 0], xy[size + 1, 1] = _place_on_edge(vertex_xy, vertex_mm, first, to_mm[part])
    return xy, ptr
