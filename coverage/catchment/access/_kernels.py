"""Compiled loops of access: the k nearest sites of junctions, then of people along the chains."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Mask = NDArray[np.bool_]


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


@njit(cache=True, nogil=True, inline="always")
def _insert(sites: Indices, costs: Ints, first: int, end: int, site: int, cost: int) -> bool:
    """Keep the k nearest distinct sites of one place, by cost, then by site; whether this one is new or nearer."""
    slot = end - 1
    if costs[slot] >= 0 and costs[slot] < cost:
        return False
    for other in range(first, end):
        if sites[other] == site:
            if costs[other] <= cost:
                return False
            slot = other
            break
    if sites[slot] != site and sites[slot] >= 0 and costs[slot] == cost and sites[slot] < site:
        return False
    while slot > first and (
        sites[slot - 1] < 0 or cost < costs[slot - 1] or (cost == costs[slot - 1] and site < sites[slot - 1])
    ):
        sites[slot], costs[slot] = sites[slot - 1], costs[slot - 1]
        slot -= 1
    sites[slot], costs[slot] = site, cost
    return True


@njit(cache=True, nogil=True)
def nearest_of_junctions(
    arc_ptr: Ints,
    arc_from: Indices,
    arc_mm: Ints,
    seed_junction: Indices,
    seed_site: Indices,
    seed_mm: Ints,
    site_count: int,
    k: int,
    cutoff_mm: int,
) -> tuple[Indices, Ints]:
    """
    The k nearest sites of every junction: Dijkstra with k labels per junction, of distinct sites.

    Heap keys are ``cost * site_count + site``: labels settle by cost, then by site, so that a tie goes to the
    smaller site wherever it is met, zero-length chains included. A label that has been bettered since it was pushed
    is no longer in its junction's list and is skipped.
    """
    junction_count = len(arc_ptr) - 1
    # Flat, k entries a junction: a row of a two-dimensional array would be a new view at every step.
    site = np.full(junction_count * k, -1, np.int32)
    cost = np.full(junction_count * k, -1, np.int64)
    capacity = max(2 * len(seed_junction), 1024)
    keys = np.empty(capacity, np.int64)
    junctions = np.empty(capacity, np.int32)
    size = 0
    for seed in range(len(seed_junction)):
        start = np.int64(seed_junction[seed])
        row = start * k
        if seed_mm[seed] <= cutoff_mm and _insert(site, cost, row, row + k, seed_site[seed], seed_mm[seed]):
            keys[size] = seed_mm[seed] * site_count + seed_site[seed]
            junctions[size] = start
            size += 1
            _sift_up(keys, junctions, size - 1)
    while size > 0:
        key, junction = keys[0], np.int64(junctions[0])
        size -= 1
        if size > 0:
            keys[0], junctions[0] = keys[size], junctions[size]
            _sift_down(keys, junctions, size)
        so_far = key // site_count
        owner = np.int32(key - so_far * site_count)
        current = False
        for label in range(junction * k, junction * k + k):
            current = current or (site[label] == owner and cost[label] == so_far)
        if not current:
            continue
        for arc in range(arc_ptr[junction], arc_ptr[junction + 1]):
            neighbour = np.int64(arc_from[arc])
            further = so_far + arc_mm[arc]
            row = neighbour * k
            if further > cutoff_mm or not _insert(site, cost, row, row + k, owner, further):
                continue
            if size == len(keys):
                keys = np.concatenate((keys, np.empty(size, np.int64)))
                junctions = np.concatenate((junctions, np.empty(size, np.int32)))
            keys[size] = further * site_count + owner
            junctions[size] = neighbour
            size += 1
            _sift_up(keys, junctions, size - 1)
    return site.reshape(junction_count, k), cost.reshape(junction_count, k)


@njit(cache=True, nogil=True)
def nearest_of_points(
    junction_site: Indices,
    junction_cost: Ints,
    chain_start: Indices,
    chain_end: Indices,
    chain_mm: Ints,
    chain_forward: Mask,
    chain_backward: Mask,
    point_chain: Indices,
    point_mm: Ints,
    point_gap_mm: Ints,
    chain_site_ptr: Ints,
    chain_site: Indices,
    chain_site_mm: Ints,
    chain_site_gap_mm: Ints,
    cutoff_mm: int,
) -> tuple[Indices, Ints]:
    """
    The k nearest sites of points on chains: through either end of the chain, or along it where both lie on one.

    ``point_chain`` is -1 for points that are not on the network.
    """
    count, k = len(point_chain), junction_site.shape[1]
    site = np.full(count * k, -1, np.int32)
    cost = np.full(count * k, -1, np.int64)
    for point in range(count):
        chain = point_chain[point]
        if chain < 0:
            continue
        at, gap, row = point_mm[point], point_gap_mm[point], point * k
        for label in range(k):
            if chain_backward[chain] or at == 0:
                near = chain_start[chain]
                total = junction_cost[near, label] + at + gap
                if junction_site[near, label] >= 0 and total <= cutoff_mm:
                    _insert(site, cost, row, row + k, junction_site[near, label], total)
            if chain_forward[chain] or at == chain_mm[chain]:
                near = chain_end[chain]
                total = junction_cost[near, label] + chain_mm[chain] - at + gap
                if junction_site[near, label] >= 0 and total <= cutoff_mm:
                    _insert(site, cost, row, row + k, junction_site[near, label], total)
        for entry in range(chain_site_ptr[chain], chain_site_ptr[chain + 1]):
            ahead = chain_site_mm[entry] - at
            if (ahead > 0 and not chain_forward[chain]) or (ahead < 0 and not chain_backward[chain]):
                continue
            total = abs(ahead) + chain_site_gap_mm[entry] + gap
            if total <= cutoff_mm:
                _insert(site, cost, row, row + k, chain_site[entry], total)
    return site.reshape(count, k), cost.reshape(count, k)
