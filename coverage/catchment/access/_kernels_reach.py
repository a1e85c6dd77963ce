"""Compiled loops of reach: a bounded search from every source, then the people on the chains it has touched."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Mask = NDArray[np.bool_]

_FAR = 1 << 60
_BUCKET_BITS = 9
_WORD_BITS = 5


@njit(cache=True, nogil=True)
def _search(
    arc_ptr: Ints,
    arc_from: Indices,
    arc_mm: Ints,
    seed_junction: Indices,
    seed_mm: Ints,
    limit_mm: int,
    shift: int,
    head: Indices,
    distance: Ints,
    touched: Indices,
    entry_junction: Indices,
    entry_mm: Ints,
    entry_next: Indices,
) -> tuple[int, Indices, Ints, Indices]:
    """
    Distances of all junctions within the limit of one source; how many there are, and the queue's arrays, grown.

    A bucket holds the junctions of a range of distances in no order: one that is bettered by another of its own
    bucket is looked at again, so that the result is exact whatever the order.
    """
    touched_count, size = 0, 0
    for seed in range(len(seed_junction)):
        junction, mm = seed_junction[seed], seed_mm[seed]
        if mm < 0 or mm > limit_mm or mm >= distance[junction]:
            continue
        if distance[junction] == _FAR:
            touched[touched_count] = junction
            touched_count += 1
        distance[junction] = mm
        entry_junction[size], entry_mm[size], entry_next[size] = junction, mm, head[mm >> shift]
        head[mm >> shift] = size
        size += 1
    for bucket in range((limit_mm >> shift) + 1):
        while head[bucket] >= 0:
            entry = head[bucket]
            head[bucket] = entry_next[entry]
            junction, so_far = np.int64(entry_junction[entry]), entry_mm[entry]
            if distance[junction] != so_far:
                continue
            for arc in range(arc_ptr[junction], arc_ptr[junction + 1]):
                neighbour, further = np.int64(arc_from[arc]), so_far + arc_mm[arc]
                if further > limit_mm or further >= distance[neighbour]:
                    continue
                if distance[neighbour] == _FAR:
                    touched[touched_count] = neighbour
                    touched_count += 1
                distance[neighbour] = further
                if size == len(entry_mm):
                    entry_junction = np.concatenate((entry_junction, np.empty(size, np.int32)))
                    entry_mm = np.concatenate((entry_mm, np.empty(size, np.int64)))
                    entry_next = np.concatenate((entry_next, np.empty(size, np.int32)))
                entry_junction[size], entry_mm[size] = neighbour, further
                entry_next[size] = head[further >> shift]
                head[further >> shift] = size
                size += 1
    return touched_count, entry_junction, entry_mm, entry_next


@njit(cache=True, nogil=True)
def reach_runs(
    arc_ptr: Ints,
    arc_from: Indices,
    arc_mm: Ints,
    touch_ptr: Ints,
    touch_chain: Indices,
    chain_start: Indices,
    chain_end: Indices,
    chain_mm: Ints,
    chain_forward: Mask,
    chain_backward: Mask,
    chain_ptr: Ints,
    chain_whole_from_start: Ints,
    chain_whole_from_end: Ints,
    person_mm: Ints,
    person_gap_mm: Ints,
    seed_junction: Indices,
    seed_mm: Ints,
    source_chain: Indices,
    source_mm: Ints,
    source_gap_mm: Ints,
    limit_mm: int,
) -> tuple[Ints, Indices, Indices]:
    """
    Runs of people within the limit of each source: ``(source_ptr, start, stop)``.

    Only chains with people take part, numbered in network order; ``touch_chain`` lists those at each junction. A
    chain is taken whole where ``chain_whole_from_start`` (the costliest of its people from that end) fits.
    ``seed_mm`` is what a source costs from the two ends of its chain, -1 where travel towards it is not allowed.
    """
    source_count = len(source_chain)
    distance = np.full(max(len(arc_ptr) - 1, 1), _FAR, np.int64)
    touched = np.empty(len(distance), np.int32)
    entry_junction, entry_mm, entry_next = np.empty(1024, np.int32), np.empty(1024, np.int64), np.empty(1024, np.int32)
    shift = 0
    while limit_mm >> shift >= 1 << _BUCKET_BITS:
        shift += 1
    head = np.full((limit_mm >> shift) + 1, -1, np.int32)
    # The chains touched by one source, a bit each: read from the lowest they are in network order.
    marks = np.zeros((len(chain_mm) >> _WORD_BITS) + 1, np.int64)
    source_ptr = np.zeros(source_count + 1, np.int64)
    start, stop = np.empty(1024, np.int32), np.empty(1024, np.int32)
    count = 0
    for source in range(source_count):
        touched_count, entry_junction, entry_mm, entry_next = _search(
            arc_ptr,
            arc_from,
            arc_mm,
            seed_junction[source],
            seed_mm[source],
            limit_mm,
            shift,
            head,
            distance,
            touched,
            entry_junction,
            entry_mm,
            entry_next,
        )
        own = source_chain[source]
        first_word, last_word = len(marks), -1
        if own >= 0:
            first_word = last_word = own >> _WORD_BITS
            marks[first_word] |= 1 << (own & ((1 << _WORD_BITS) - 1))
        for place in range(touched_count):
            junction = np.int64(touched[place])
            for entry in range(touch_ptr[junction], touch_ptr[junction + 1]):
                chain = touch_chain[entry]
                word = chain >> _WORD_BITS
                marks[word] |= 1 << (chain & ((1 << _WORD_BITS) - 1))
                first_word, last_word = min(first_word, word), max(last_word, word)
        for word in range(first_word, last_word + 1):
            bits = marks[word]
            marks[word] = 0
            chain = (word << _WORD_BITS) - 1
            while bits:
                chain += 1
                marked = bits & 1
                bits >>= 1
                if not marked:
                    continue
                low, high = chain_ptr[chain], chain_ptr[chain + 1]
                if count + high - low > len(start):
                    more = max(len(start), high - low)
                    start = np.concatenate((start, np.empty(more, np.int32)))
                    stop = np.concatenate((stop, np.empty(more, np.int32)))
                forward, backward = chain_forward[chain], chain_backward[chain]
                from_start, from_end = distance[chain_start[chain]], distance[chain_end[chain]]
                if (backward and from_start + chain_whole_from_start[chain] <= limit_mm) or (
                    forward and from_end + chain_whole_from_end[chain] <= limit_mm
                ):
                    if count > source_ptr[source] and stop[count - 1] == low:
                        stop[count - 1] = high
                    else:
                        start[count], stop[count] = low, high
                        count += 1
                    continue
                length = chain_mm[chain]
                for person in range(low, high):
                    at, budget = person_mm[person], limit_mm - person_gap_mm[person]
                    reached = (from_start + at <= budget and (backward or at == 0)) or (
                        from_end + length - at <= budget and (forward or at == length)
                    )
                    if not reached and chain == own:
                        ahead = source_mm[source] - at
                        reached = (
                            abs(ahead) + source_gap_mm[source] <= budget
                            and (ahead <= 0 or forward)
                            and (ahead >= 0 or backward)
                        )
                    if not reached:
                        continue
                    if count > source_ptr[source] and stop[count - 1] == person:
                        stop[count - 1] = person + 1
                    else:
                        start[count], stop[count] = person, person + 1
                        count += 1
        for place in range(touched_count):
            distance[touched[place]] = _FAR
        source_ptr[source + 1] = count
    return source_ptr, start[:count].copy(), stop[:count].copy()
