"""Compiled loops of reach: a bounded search from every source, then the people on the chains it has touched."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Mask = NDArray[np.bool_]
Lengths = NDArray[np.int32] | NDArray[np.int64]

_WIDTH_BITS = 14  # a bucket holds 2**14 mm: narrower ones are mostly empty, wider ones look at junctions again
_MOST_BITS = 16  # and there are at most 2**16, whatever the limit
_WORD_BITS = 5
_WORD_MASK = (1 << _WORD_BITS) - 1
_ALL = 0xFFFFFFFF
_WHOLE, _PART = 0, 1  # columns of the marks
_BIT_NUMBER = np.empty(32, np.int64)
for _number in range(32):
    _BIT_NUMBER[((0x077CB531 << _number) & _ALL) >> 27] = _number


@njit(cache=True, nogil=True)
def _search(
    arc_ptr: Indices,
    arcs: Lengths,
    seed_junction: Indices,
    seed_mm: Ints,
    limit_mm: int,
    far: int,
    shift: int,
    head: Indices,
    distance: Lengths,
    touched: Indices,
    entries: Lengths,
) -> tuple[int, Lengths]:
    """
    Distances of all junctions within the limit of one source; how many there are, and the queue's entries, grown.

    A bucket holds the junctions of a range of distances in no order: one that is bettered by another of its own
    bucket is looked at again, so that the result is exact whatever the order.
    """
    touched_count, size = 0, 0
    for seed in range(len(seed_junction)):
        junction, mm = np.int64(seed_junction[seed]), seed_mm[seed]
        if mm < 0 or mm > limit_mm or mm >= distance[junction]:
            continue
        if distance[junction] == far:
            touched[touched_count] = junction
            touched_count += 1
        distance[junction] = mm
        entries[size, 0], entries[size, 1], entries[size, 2] = junction, mm, head[mm >> shift]
        head[mm >> shift] = size
        size += 1
    for bucket in range((limit_mm >> shift) + 1):
        while head[bucket] >= 0:
            entry = np.int64(head[bucket])
            head[bucket] = entries[entry, 2]
            junction, so_far = np.int64(entries[entry, 0]), np.int64(entries[entry, 1])
            if distance[junction] != so_far:
                continue
            for arc in range(arc_ptr[junction], arc_ptr[junction + 1]):
                neighbour, further = np.int64(arcs[arc, 0]), so_far + np.int64(arcs[arc, 1])
                before = np.int64(distance[neighbour])
                if further > limit_mm or further >= before:
                    continue
                if before == far:
                    touched[touched_count] = neighbour
                    touched_count += 1
                distance[neighbour] = further
                if size == len(entries):
                    entries = np.concatenate((entries, np.empty((size, 3), entries.dtype)))
                entries[size, 0], entries[size, 1], entries[size, 2] = neighbour, further, head[further >> shift]
                head[further >> shift] = size
                size += 1
    return touched_count, entries


@njit(cache=True, nogil=True, inline="always")
def _lowest(bits: int) -> int:
    """
    Number of the lowest bit that is set, of 32 that are not all 0 (de Bruijn's sequence).

    Leiserson, Prokop, Randall (1998), Using de Bruijn sequences to index a 1 in a computer word.
    """
    number: int = _BIT_NUMBER[(((bits & -bits) * 0x077CB531) & _ALL) >> 27]
    return number


@njit(cache=True, nogil=True, inline="always")
def _mark(marks: Ints, summary: Ints, chain: int, kind: int) -> None:
    word = chain >> _WORD_BITS
    marks[word, kind] |= 1 << (chain & _WORD_MASK)
    summary[word >> _WORD_BITS] |= 1 << (word & _WORD_MASK)


@njit(cache=True, nogil=True)
def reach_runs(
    arc_ptr: Indices,
    arcs: Lengths,
    touch_ptr: Ints,
    touches: Lengths,
    chain_start: Indices,
    chain_end: Indices,
    chain_mm: Ints,
    chain_forward: Mask,
    chain_backward: Mask,
    chain_ptr: Ints,
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

    Only chains with people take part, numbered in network order. ``touches`` lists those at each junction, with what
    the costliest of a chain's people needs from there: where that fits, the chain is taken whole; only the others are
    looked at person by person. ``seed_mm`` is what a source costs from the two ends of its chain, -1 where travel
    towards it is not allowed.
    """
    source_count = len(source_chain)
    # Half of the largest number: the sum of two of them is a number still.
    far = np.iinfo(arcs.dtype).max >> 1
    distance = np.full(max(len(arc_ptr) - 1, 1), far, arcs.dtype)
    touched = np.empty(len(distance), np.int32)
    entries = np.empty((1024, 3), arcs.dtype)
    shift = _WIDTH_BITS
    while limit_mm >> shift >= 1 << _MOST_BITS:
        shift += 1
    head = np.full((limit_mm >> shift) + 1, -1, np.int32)
    # The chains touched by one source, a bit each, whole ones and others; and a bit for each word of them. So they
    # are read in network order without being sorted.
    marks = np.zeros(((len(chain_mm) >> _WORD_BITS) + 1, 2), np.int64)
    summary = np.zeros((len(marks) >> _WORD_BITS) + 1, np.int64)
    source_ptr = np.zeros(source_count + 1, np.int64)
    start, stop = np.empty(1024, np.int32), np.empty(1024, np.int32)
    count = 0
    for source in range(source_count):
        touched_count, entries = _search(
            arc_ptr,
            arcs,
            seed_junction[source],
            seed_mm[source],
            limit_mm,
            far,
            shift,
            head,
            distance,
            touched,
            entries,
        )
        own = source_chain[source]
        first_word, last_word = len(summary), -1
        if own >= 0:
            _mark(marks, summary, own, _PART)
            first_word = last_word = own >> (2 * _WORD_BITS)
        for place in range(touched_count):
            junction = np.int64(touched[place])
            left = limit_mm - np.int64(distance[junction])
            for entry in range(touch_ptr[junction], touch_ptr[junction + 1]):
                chain = int(touches[entry, 0])
                _mark(marks, summary, chain, _WHOLE if touches[entry, 1] <= left else _PART)
                word = chain >> (2 * _WORD_BITS)
                first_word, last_word = min(first_word, word), max(last_word, word)
        for block in range(first_word, last_word + 1):
            words = summary[block]
            summary[block] = 0
            while words:
                word = (block << _WORD_BITS) + _lowest(words)
                words &= words - 1
                whole = marks[word, _WHOLE]
                marked = whole | marks[word, _PART]
                marks[word, _WHOLE] = marks[word, _PART] = 0
                while marked:
                    bit = _lowest(marked)
                    chain = (word << _WORD_BITS) + bit
                    if whole >> bit & 1:
                        # All chains in a row that are taken whole, as far as this word goes.
                        ended = ~(whole >> bit) & _ALL
                        row = _lowest(ended) if ended else 1 << _WORD_BITS
                        marked &= ~(((1 << row) - 1) << bit)
                        low, high = chain_ptr[chain], chain_ptr[chain + row]
                        if count > source_ptr[source] and stop[count - 1] == low:
                            stop[count - 1] = high
                            continue
                        if count == len(start):
                            start = np.concatenate((start, np.empty(count, np.int32)))
                            stop = np.concatenate((stop, np.empty(count, np.int32)))
                        start[count], stop[count] = low, high
                        count += 1
                        continue
                    marked &= marked - 1
                    low, high = chain_ptr[chain], chain_ptr[chain + 1]
                    if count + high - low > len(start):
                        more = max(len(start), high - low)
                        start = np.concatenate((start, np.empty(more, np.int32)))
                        stop = np.concatenate((stop, np.empty(more, np.int32)))
                    forward, backward, length = chain_forward[chain], chain_backward[chain], chain_mm[chain]
                    from_start = np.int64(distance[chain_start[chain]])
                    from_end = np.int64(distance[chain_end[chain]])
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
            distance[touched[place]] = far
        source_ptr[source + 1] = count
    return source_ptr, start[:count].copy(), stop[:count].copy()
