"""Compiled loops over cover sets: from runs to classes, equal sets, sites that another one replaces."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Mask = NDArray[np.bool_]


@njit(cache=True, nogil=True)
def classes_of_sources(
    source_ptr: Ints, first: Ints, last: Ints, stretch_class: Indices, class_count: int
) -> tuple[Ints, Indices]:
    """The classes each source takes, once each and ascending, as pointers and indices."""
    seen = np.full(class_count, -1, np.int64)
    ptr = np.zeros(len(source_ptr), np.int64)
    for source in range(len(source_ptr) - 1):
        count = 0
        for run in range(source_ptr[source], source_ptr[source + 1]):
            for stretch in range(first[run], last[run]):
                number = stretch_class[stretch]
                if number >= 0 and seen[number] != source:
                    seen[number] = source
                    count += 1
        ptr[source + 1] = ptr[source] + count
    seen[:] = -1
    found = np.empty(ptr[-1], np.int32)
    at = 0
    for source in range(len(source_ptr) - 1):
        for run in range(source_ptr[source], source_ptr[source + 1]):
            for stretch in range(first[run], last[run]):
                number = stretch_class[stretch]
                if number >= 0 and seen[number] != source:
                    seen[number] = source
                    found[at] = number
                    at += 1
        found[ptr[source] : at].sort()
    return ptr, found


@njit(cache=True, nogil=True)
def transposed(ptr: Ints, member: Indices, member_count: int) -> tuple[Ints, Indices]:
    """Which lists each member is in, ascending, as pointers and indices."""
    back = np.zeros(member_count + 1, np.int64)
    for entry in range(len(member)):
        back[member[entry] + 1] += 1
    back = np.cumsum(back)
    at = back[:-1].copy()
    lists = np.empty(len(member), np.int32)
    for number in range(len(ptr) - 1):
        for entry in range(ptr[number], ptr[number + 1]):
            lists[at[member[entry]]] = number
            at[member[entry]] += 1
    return back, lists


@njit(cache=True, nogil=True)
def mixed(number: np.uint64) -> np.uint64:
    """A number whose bits all depend on all bits of another: splitmix64, Steele, Lea, Flood (2014)."""
    bits = number + np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


@njit(cache=True, nogil=True)
def set_keys(ptr: Ints, member: Indices) -> NDArray[np.uint64]:
    """Two keys of 64 bits for each set, the same for equal sets, shape (sets, 2)."""
    keys = np.zeros((len(ptr) - 1, 2), np.uint64)
    for number in range(len(ptr) - 1):
        for entry in range(ptr[number], ptr[number + 1]):
            key = mixed(np.uint64(member[entry]))
            keys[number, 0] += key
            keys[number, 1] ^= mixed(key)
    return keys


@njit(cache=True, nogil=True)
def equal_sets(ptr: Ints, member: Indices, one: Ints, other: Ints) -> Mask:
    """Which pairs of sets, members ascending, are equal."""
    equal = np.zeros(len(one), np.bool_)
    for pair in range(len(one)):
        begin, start = ptr[one[pair]], ptr[other[pair]]
        count = ptr[one[pair] + 1] - begin
        if ptr[other[pair] + 1] - start == count:
            equal[pair] = True
            for entry in range(count):
                if member[begin + entry] != member[start + entry]:
                    equal[pair] = False
                    break
    return equal


@njit(cache=True, nogil=True)
def alone(site_ptr: Ints, site_class: Indices, units: Ints) -> Ints:
    """What each site serves by itself."""
    gain = np.zeros(len(site_ptr) - 1, np.int64)
    for site in range(len(site_ptr) - 1):
        for entry in range(site_ptr[site], site_ptr[site + 1]):
            gain[site] += units[site_class[entry]]
    return gain


@njit(cache=True, nogil=True)
def replaced_sites(site_ptr: Ints, site_class: Indices, class_ptr: Ints, class_site: Indices) -> Mask:
    """
    Sites all of whose classes another site reaches too; of equal ones the first stays.

    Who replaces a site reaches its rarest class, so only the sites of that class are looked at.
    """
    replaced = np.zeros(len(site_ptr) - 1, np.bool_)
    for site in range(len(site_ptr) - 1):
        begin, end = site_ptr[site], site_ptr[site + 1]
        if begin == end:
            replaced[site] = True
            continue
        rarest = site_class[begin]
        for entry in range(begin + 1, end):
            number = site_class[entry]
            if class_ptr[number + 1] - class_ptr[number] < class_ptr[rarest + 1] - class_ptr[rarest]:
                rarest = number
        for entry in range(class_ptr[rarest], class_ptr[rarest + 1]):
            other = class_site[entry]
            size = site_ptr[other + 1] - site_ptr[other]
            if other == site or size < end - begin or (size == end - begin and other > site):
                continue
            if _within(site_class, begin, end, site_ptr[other], site_ptr[other + 1]):
                replaced[site] = True
                break
    return replaced


@njit(cache=True, nogil=True, inline="always")
def _within(member: Indices, begin: int, end: int, start: int, stop: int) -> bool:
    """Whether one ascending list lies within another."""
    while begin < end:
        if stop - start < end - begin:
            return False
        if member[start] == member[begin]:
            begin += 1
        elif member[start] > member[begin]:
            return False
        start += 1
    return True
