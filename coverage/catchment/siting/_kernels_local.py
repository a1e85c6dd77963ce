"""Compiled local search: sites taken in and out of a plan, with everybody's gain kept up to date."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from catchment.siting._kernels_cover import alone, mixed

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

BLOCK = 64  # sites between which only the largest gain is looked at


@njit(cache=True, nogil=True)
def _add(
    site: int,
    site_ptr: Ints,
    site_class: Indices,
    class_ptr: Ints,
    class_site: Indices,
    units: Ints,
    times: Indices,
    owner: Ints,
    gain: Ints,
    loss: Ints,
) -> None:
    """
    Take a site into the plan.

    ``times`` counts the chosen sites of each class and ``owner`` adds them up, so that where there is one it is known.
    ``gain`` is what a site would add, ``loss`` what a chosen one alone serves.
    """
    for entry in range(site_ptr[site], site_ptr[site + 1]):
        number = site_class[entry]
        if times[number] == 0:
            for other in range(class_ptr[number], class_ptr[number + 1]):
                gain[class_site[other]] -= units[number]
            loss[site] += units[number]
        elif times[number] == 1:
            loss[owner[number]] -= units[number]
        times[number] += 1
        owner[number] += site


@njit(cache=True, nogil=True)
def _remove(
    site: int,
    site_ptr: Ints,
    site_class: Indices,
    class_ptr: Ints,
    class_site: Indices,
    units: Ints,
    times: Indices,
    owner: Ints,
    gain: Ints,
    loss: Ints,
    most: Ints,
) -> None:
    """Take a site out of the plan. ``most`` is no less than the largest gain of each block."""
    for entry in range(site_ptr[site], site_ptr[site + 1]):
        number = site_class[entry]
        times[number] -= 1
        owner[number] -= site
        if times[number] == 0:
            loss[site] -= units[number]
            for other in range(class_ptr[number], class_ptr[number + 1]):
                free = class_site[other]
                gain[free] += units[number]
                most[free // BLOCK] = max(most[free // BLOCK], gain[free])
        elif times[number] == 1:
            loss[owner[number]] += units[number]


@njit(cache=True, nogil=True)
def _best(gain: Ints, most: Ints, noise: float, salt: np.uint64) -> int:
    """The site that adds most, each gain lowered by up to a share at random; -1 if none adds any; ties to the first."""
    best, best_score = -1, 0.0
    for block in range(len(most)):
        if most[block] <= best_score:
            continue
        largest = 0
        for site in range(block * BLOCK, min(block * BLOCK + BLOCK, len(gain))):
            largest = max(largest, gain[site])
            if gain[site] > best_score:
                score = float(gain[site])
                if noise > 0:
                    score *= 1 - noise * _share(mixed(salt + np.uint64(site)))
                if score > best_score:
                    best, best_score = site, score
        most[block] = largest
    return best


@njit(cache=True, nogil=True, inline="always")
def _share(salt: np.uint64) -> float:
    """A number from 0 up to 1, of 53 bits."""
    return np.float64(salt >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True, nogil=True, inline="always")
def _below(salt: np.uint64, count: int) -> np.int64:
    """A whole number from 0 up to a count."""
    return np.int64(salt % np.uint64(count))


@njit(cache=True, nogil=True)
def _nearest(chosen: Indices, count: int, xy: Floats, centre: int, wanted: int, found: Indices) -> int:
    """Places in ``chosen`` of the sites nearest to one, the nearest first; how many there are."""
    apart = np.empty(wanted)
    known = 0
    for place in range(count):
        step = (xy[chosen[place], 0] - xy[centre, 0]) ** 2 + (xy[chosen[place], 1] - xy[centre, 1]) ** 2
        if known < wanted or step < apart[known - 1]:
            at = min(known, wanted - 1)
            while at > 0 and step < apart[at - 1]:
                apart[at], found[at] = apart[at - 1], found[at - 1]
                at -= 1
            apart[at], found[at] = step, place
            known = min(known + 1, wanted)
    return known


@njit(cache=True, nogil=True)
def block_count(site_count: int) -> int:
    """Blocks of so many sites."""
    return (site_count + BLOCK - 1) // BLOCK


@njit(cache=True, nogil=True)
def filled(
    site_ptr: Ints,
    site_class: Indices,
    class_ptr: Ints,
    class_site: Indices,
    units: Ints,
    begun: Indices,
    budget: int,
) -> tuple[Indices, Ints]:
    """A plan that begins with some sites and takes the best one again and again, and what each adds to those before."""
    gain = alone(site_ptr, site_class, units)
    loss = np.zeros(len(gain), np.int64)
    times, owner = np.zeros(len(units), np.int32), np.zeros(len(units), np.int64)
    most = np.full(block_count(len(gain)), np.iinfo(np.int64).max)
    chosen, added = np.empty(budget, np.int32), np.empty(budget, np.int64)
    for place in range(budget):
        site = begun[place] if place < len(begun) else _best(gain, most, 0.0, np.uint64(0))
        if site < 0:
            return chosen[:place], added[:place]
        chosen[place], added[place] = site, gain[site]
        _add(site, site_ptr, site_class, class_ptr, class_site, units, times, owner, gain, loss)
    return chosen, added


@njit(cache=True, nogil=True)
def searched(
    site_ptr: Ints,
    site_class: Indices,
    class_ptr: Ints,
    class_site: Indices,
    units: Ints,
    xy: Floats,
    current: Indices,
    best: Indices,
    best_covered: int,
    rounds: int,
    salt: np.uint64,
    most_dropped: int,
    noise: float,
    slack: float,
) -> tuple[Indices, Indices, int, np.uint64]:
    """
    Rounds of local search from a current plan: where they end, and the best plan met.

    A round drops a chosen site and a few of the chosen ones nearest to it, adds the best again with noise, moves the
    sites around as long as that helps, and goes back if more than a little was lost.
    """
    gain = alone(site_ptr, site_class, units)
    loss = np.zeros(len(gain), np.int64)
    times, owner = np.zeros(len(units), np.int32), np.zeros(len(units), np.int64)
    most = np.full(block_count(len(gain)), np.iinfo(np.int64).max)
    count, covered = len(current), 0
    chosen, before, best = current.copy(), current.copy(), best.copy()
    for place in range(count):
        covered += gain[chosen[place]]
        _add(chosen[place], site_ptr, site_class, class_ptr, class_site, units, times, owner, gain, loss)
    near = np.empty(3 * most_dropped, np.int32)
    for _ in range(rounds):
        salt = mixed(salt)
        before[:] = chosen
        before_covered = covered
        dropped = 2 + _below(mixed(salt ^ np.uint64(1)), most_dropped - 1)
        centre = chosen[_below(mixed(salt ^ np.uint64(2)), count)]
        known = _nearest(chosen, count, xy, centre, min(3 * dropped, count), near)
        dropped = min(dropped, known)
        for entry in range(dropped):
            site = chosen[near[entry]]
            covered -= loss[site]
            _remove(site, site_ptr, site_class, class_ptr, class_site, units, times, owner, gain, loss, most)
        lowered = noise * _share(mixed(salt ^ np.uint64(3)))
        for entry in range(dropped):
            site = _best(gain, most, lowered, mixed(salt + np.uint64(entry)))
            if site < 0:  # everybody in reach is served: any site will do, so the old one
                site = before[near[entry]]
            covered += gain[site]
            chosen[near[entry]] = site
            _add(site, site_ptr, site_class, class_ptr, class_site, units, times, owner, gain, loss)
        quiet, entry = 0, 0
        while quiet < known:
            site = chosen[near[entry]]
            had = loss[site]
            _remove(site, site_ptr, site_class, class_ptr, class_site, units, times, owner, gain, loss, most)
            other = _best(gain, most, 0.0, np.uint64(0))
            if other < 0 or gain[other] == had:
                other = site
            quiet = quiet + 1 if other == site else 0
            covered += gain[other] - had
            chosen[near[entry]] = other
            _add(other, site_ptr, site_class, class_ptr, class_site, units, times, owner, gain, loss)
            entry = (entry + 1) % known
        if covered > best_covered:
            best_covered = covered
            best[:] = chosen
        allowed = slack * before_covered * _share(mixed(salt ^ np.uint64(4)))
        if not covered >= before_covered - allowed and not np.isinf(slack):
            for place in range(known):
                site = chosen[near[place]]
                _remove(site, site_ptr, site_class, class_ptr, class_site, units, times, owner, gain, loss, most)
            for place in range(known):
                chosen[near[place]] = before[near[place]]
                site = chosen[near[place]]
                _add(site, site_ptr, site_class, class_ptr, class_site, units, times, owner, gain, loss)
            covered = before_covered
    return chosen, best, best_covered, salt
