"""Compiled loops of passing people: the tree of shortest ways towards the centres, and the sums of its branches."""

from __future__ import annotations

import heapq

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Mask = NDArray[np.bool_]

FAR = 1 << 62
"""The label of a junction from which no centre is reached."""


@njit(cache=True, nogil=True)
def tree(
    touch_ptr: Ints,
    touch: Ints,
    chain_start: Indices,
    chain_end: Indices,
    chain_mm: Ints,
    chain_forward: Mask,
    chain_backward: Mask,
    seed_junction: Indices,
    seed_label: Ints,
    bits: int,
) -> tuple[Ints, Ints, Ints, Ints]:
    """
    Labels ``cost << bits | centre`` of the junctions, and how one leaves each: by a chain, or (-1) for its centre.

    ``touch`` are the chains at each junction, ascending. Of ways of one label a seed wins, then the chain with the
    smaller number, as long as the junction waits; among junctions of one label the smaller is settled first. The last
    two results are the seed at which each junction's way ends, and the junctions in the order in which they were
    settled: each after the one that it leads to.
    """
    count = len(touch_ptr) - 1
    labels = np.full(count, FAR, np.int64)
    by_chain, root = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    settled = np.zeros(count, np.bool_)
    order = np.empty(count, np.int64)
    size = 0
    waiting = [(np.int64(FAR), np.int64(0))]
    for seed in range(len(seed_junction)):
        junction = np.int64(seed_junction[seed])
        if seed_label[seed] < labels[junction]:
            labels[junction], root[junction] = seed_label[seed], seed
            heapq.heappush(waiting, (seed_label[seed], junction))
    while waiting[0][0] < FAR:
        label, junction = heapq.heappop(waiting)
        if settled[junction]:
            continue
        settled[junction] = True
        order[size] = junction
        size += 1
        for slot in range(touch_ptr[junction], touch_ptr[junction + 1]):
            chain = touch[slot]
            if chain_end[chain] == junction:
                other, allowed = np.int64(chain_start[chain]), chain_forward[chain]
            else:
                other, allowed = np.int64(chain_end[chain]), chain_backward[chain]
            if not allowed or settled[other]:
                continue
            further = label + (chain_mm[chain] << bits)
            if further < labels[other]:
                labels[other], by_chain[other], root[other] = further, chain, root[junction]
                heapq.heappush(waiting, (further, other))
            elif further == labels[other] and by_chain[other] > chain:
                by_chain[other], root[other] = chain, root[junction]
    return labels, by_chain, root, order[:size].copy()


@njit(cache=True, nogil=True, inline="always")
def _pass(changes: Ints, first: int, last: int, units: int) -> None:
    """People pass a row of edges."""
    if first <= last:
        changes[first] += units
        changes[last + 1] -= units


@njit(cache=True, nogil=True)
def people_on_chains(
    labels: Ints,
    root: Ints,
    seed_first: Ints,
    seed_last: Ints,
    bits: int,
    chain_start: Indices,
    chain_end: Indices,
    chain_mm: Ints,
    chain_forward: Mask,
    chain_backward: Mask,
    row_ptr: Ints,
    centre_ptr: Ints,
    centre: Ints,
    centre_at: Ints,
    centre_gap: Ints,
    centre_next: Ints,
    centre_last: Ints,
    person_chain: Indices,
    person_at: Ints,
    person_row: Ints,
    person_next: Ints,
    person_last: Ints,
    units: Ints,
    changes: Ints,
    at_junction: Ints,
    at_centre: Ints,
) -> None:
    """
    Send everybody along his chain: to a centre on it, or to one of its ends.

    Edges stand in rows by chain, those of chain c are ``row_ptr[c]:row_ptr[c + 1]``; ``_next`` is the first edge that
    somebody uses who leaves a place towards the chain's end, ``_last`` the last one of who leaves it towards the
    start. Of ways of one label that along the chain wins, then that through the start. Who leaves his edge and comes
    back to a centre on it by its other end counts there once. Writes the last three.
    """
    for person in range(len(units)):
        chain = np.int64(person_chain[person])
        if chain < 0:
            continue
        at = person_at[person]
        best, straight = FAR, -1
        for entry in range(centre_ptr[chain], centre_ptr[chain + 1]):
            ahead = centre_at[entry] - at
            if (ahead > 0 and not chain_forward[chain]) or (ahead < 0 and not chain_backward[chain]):
                continue
            label = ((abs(ahead) + centre_gap[entry]) << bits) | centre[entry]
            if label < best:
                best, straight = label, entry
        start, end, rest = chain_start[chain], chain_end[chain], chain_mm[chain] - at
        through = 0
        if (chain_backward[chain] or at == 0) and labels[start] != FAR and labels[start] + (at << bits) < best:
            best, through = labels[start] + (at << bits), 1
        if (chain_forward[chain] or rest == 0) and labels[end] != FAR and labels[end] + (rest << bits) < best:
            best, through = labels[end] + (rest << bits), 2
        if through > 0:
            if through == 1:
                junction, first, last = start, row_ptr[chain], person_last[person]
            else:
                junction, first, last = end, person_next[person], row_ptr[chain + 1] - 1
            _pass(changes, first, last, units[person])
            at_junction[junction] += units[person]
            own, seed = person_row[person], root[junction]
            if first <= own <= last and seed_first[seed] <= own <= seed_last[seed]:
                _pass(changes, own, own, -units[person])
        elif straight >= 0:
            at_centre[centre[straight]] += units[person]
            if centre_at[straight] > at:
                _pass(changes, person_next[person], centre_last[straight], units[person])
            elif centre_at[straight] < at:
                _pass(changes, centre_next[straight], person_last[person], units[person])


@njit(cache=True, nogil=True)
def people_on_tree(
    order: Ints,
    by_chain: Ints,
    root: Ints,
    chain_start: Indices,
    chain_end: Indices,
    row_ptr: Ints,
    seed_centre: Ints,
    seed_first: Ints,
    seed_last: Ints,
    changes: Ints,
    at_junction: Ints,
    at_centre: Ints,
) -> None:
    """
    Send those at the junctions on, the farthest junctions first: each is met once and all its people have come.

    ``seed_first`` and ``seed_last`` are the edges between the junction and the centre. Writes the last three.
    """
    for place in range(len(order) - 1, -1, -1):
        junction = order[place]
        units, chain, seed = at_junction[junction], by_chain[junction], root[junction]
        if chain < 0:
            _pass(changes, seed_first[seed], seed_last[seed], units)
            at_centre[seed_centre[seed]] += units
        else:
            _pass(changes, row_ptr[chain], row_ptr[chain + 1] - 1, units)
            other = chain_end[chain] if chain_start[chain] == junction else chain_start[chain]
            at_junction[other] += units
