"""Compiled loops of access: the k nearest sites of junctions, then of people along the chains."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Mask = NDArray[np.bool_]

FAR = 1 << 62
"""The label of a place that no site has reached."""

_WIDTH_BITS = 15  # a bucket holds 2**15 mm: narrower ones are mostly empty, wider ones look at junctions again
_MOST_BITS = 16  # and there are at most 2**16, whatever the longest chain


@njit(cache=True, nogil=True, inline="always")
def _insert(labels: Ints, first: int, end: int, label: int, site_mask: int) -> bool:
    """Keep the k nearest distinct sites of one place, ascending; whether this one is new or nearer."""
    if label >= labels[end - 1]:
        return False
    if end - first == 1:
        labels[first] = label
        return True
    slot = first
    while slot < end - 1 and (labels[slot] ^ label) & site_mask:
        slot += 1
    if labels[slot] <= label:
        return False
    while slot > first and labels[slot - 1] > label:
        labels[slot] = labels[slot - 1]
        slot -= 1
    labels[slot] = label
    return True


@njit(cache=True, nogil=True)
def nearest_of_junctions(
    arc_ptr: Ints,
    arc_from: Indices,
    arc_mm: Ints,
    seed_junction: Indices,
    seed_site: Indices,
    seed_mm: Ints,
    site_bits: int,
    k: int,
    cutoff_mm: int,
) -> Ints:
    """
    The k nearest sites of every junction, as labels ``cost << site_bits | site`` in a row, ``FAR`` where there is none.

    Labels compare by cost, then by site, so that a tie goes to the smaller site wherever it is met, zero-length
    chains included. They wait in a ring of buckets by cost, in no order within one: a label that is bettered while it
    waits is skipped, one that is bettered afterwards goes round again, so that the result is exact whatever the order.
    """
    label_count = (len(arc_ptr) - 1) * k
    labels = np.full(label_count, FAR, np.int64)
    site_mask = (1 << site_bits) - 1
    beyond = (cutoff_mm + 1) << site_bits
    # The ring is longer than any step along an arc, so that no two rounds of it meet in a bucket.
    longest = np.int64(0)
    for arc in range(len(arc_mm)):
        longest = max(longest, arc_mm[arc])
    for seed in range(len(seed_mm)):
        if seed_mm[seed] <= cutoff_mm:
            longest = max(longest, seed_mm[seed])
    width_bits = _WIDTH_BITS
    while longest >> width_bits >= (1 << _MOST_BITS) - 1:
        width_bits += 1
    ring = 1
    while ring < (longest >> width_bits) + 2:
        ring *= 2
    head = np.full(ring, -1, np.int32)
    capacity = max(2 * len(seed_junction), 1024)
    entry_junction = np.empty(capacity, np.int32)
    entry_label = np.empty(capacity, np.int64)
    entry_next = np.empty(capacity, np.int32)
    size, waiting, free = 0, 0, -1
    for seed in range(len(seed_junction)):
        row = np.int64(seed_junction[seed]) * k
        label = (seed_mm[seed] << site_bits) | seed_site[seed]
        if label >= beyond or not _insert(labels, row, row + k, label, site_mask):
            continue
        bucket = (seed_mm[seed] >> width_bits) & (ring - 1)
        entry_junction[size], entry_label[size], entry_next[size] = seed_junction[seed], label, head[bucket]
        head[bucket] = size
        size += 1
        waiting += 1
    now = 0
    while waiting > 0:
        entry = int(head[now])
        if entry < 0:
            now = (now + 1) & (ring - 1)
            continue
        junction, label = np.int64(entry_junction[entry]), entry_label[entry]
        head[now] = entry_next[entry]
        entry_next[entry], free = free, entry
        waiting -= 1
        current = False
        for slot in range(junction * k, junction * k + k):
            current = current or labels[slot] == label
        if not current:
            continue
        for arc in range(arc_ptr[junction], arc_ptr[junction + 1]):
            row, further = np.int64(arc_from[arc]) * k, label + (arc_mm[arc] << site_bits)
            if further >= beyond or not _insert(labels, row, row + k, further, site_mask):
                continue
            entry = free
            if entry >= 0:
                free = int(entry_next[entry])
            else:
                if size == len(entry_label):
                    entry_junction = np.concatenate((entry_junction, np.empty(size, np.int32)))
                    entry_label = np.concatenate((entry_label, np.empty(size, np.int64)))
                    entry_next = np.concatenate((entry_next, np.empty(size, np.int32)))
                entry = size
                size += 1
            bucket = (further >> (site_bits + width_bits)) & (ring - 1)
            entry_junction[entry], entry_label[entry], entry_next[entry] = arc_from[arc], further, head[bucket]
            head[bucket] = entry
            waiting += 1
    return labels


@njit(cache=True, nogil=True)
def nearest_of_points(
    labels: Ints,
    site_bits: int,
    k: int,
    chain_start: Indices,
    chain_end: Indices,
    chain_mm: Ints,
    chain_forward: Mask,
    chain_backward: Mask,
    edge_chain: Indices,
    edge_from_mm: Ints,
    edge_flipped: Mask,
    chain_site_ptr: Ints,
    chain_site: Indices,
    chain_site_mm: Ints,
    chain_site_gap_mm: Ints,
    cutoff_mm: int,
    count_gaps: np.bool_,
    point_edge: Indices,
    point_mm: Ints,
    point_gap_mm: Ints,
    site: Indices,
    cost_mm: Ints,
) -> None:
    """
    The k nearest sites of points on chains: through either end of the chain, or along it where both lie on one.

    ``labels`` are those of the junctions. ``point_edge`` is -1 for points that are not on the network. Writes the
    rows of ``site`` and ``cost_mm``, which come filled with -1.
    """
    site_mask = (1 << site_bits) - 1
    beyond = (cutoff_mm + 1) << site_bits
    row = np.empty(k, np.int64)
    for point in range(len(point_edge)):
        edge = point_edge[point]
        if edge < 0:
            continue
        chain = edge_chain[edge]
        at = edge_from_mm[edge] + (-point_mm[point] if edge_flipped[edge] else point_mm[point])
        gap = point_gap_mm[point] if count_gaps else np.int64(0)
        row[:] = beyond
        if chain_backward[chain] or at == 0:
            near, further = np.int64(chain_start[chain]) * k, (at + gap) << site_bits
            for slot in range(near, near + k):
                if labels[slot] != FAR:
                    _insert(row, 0, k, labels[slot] + further, site_mask)
        if chain_forward[chain] or at == chain_mm[chain]:
            near, further = np.int64(chain_end[chain]) * k, (chain_mm[chain] - at + gap) << site_bits
            for slot in range(near, near + k):
                if labels[slot] != FAR:
                    _insert(row, 0, k, labels[slot] + further, site_mask)
        for entry in range(chain_site_ptr[chain], chain_site_ptr[chain + 1]):
            ahead = chain_site_mm[entry] - at
            if (ahead > 0 and not chain_forward[chain]) or (ahead < 0 and not chain_backward[chain]):
                continue
            total = abs(ahead) + chain_site_gap_mm[entry] + gap
            _insert(row, 0, k, (total << site_bits) | chain_site[entry], site_mask)
        for slot in range(k):
            if row[slot] < beyond:
                site[point, slot], cost_mm[point, slot] = row[slot] & site_mask, row[slot] >> site_bits
