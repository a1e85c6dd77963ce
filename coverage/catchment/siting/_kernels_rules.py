"""Compiled choice and local search that keep rules: as without them, with what bars each site kept up to date."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from catchment.siting._kernels_cover import alone, mixed
from catchment.siting._kernels_local import BLOCK, _add, _below, _nearest, _remove, _share, block_count

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Floats = NDArray[np.float64]


class Cover(NamedTuple):
    """Who serves whom: as in ``CoverProblem``."""

    site_ptr: Ints
    site_class: Indices
    class_ptr: Ints
    class_site: Indices
    units: Ints
    xy: Floats


class Limits(NamedTuple):
    """Rules as lists: the groups of each site and the sites of each group, sites too near, costs, floors."""

    site_ptr: Ints
    site_group: Indices
    group_ptr: Ints
    group_site: Indices
    least: Ints
    most: Ints
    near_ptr: Ints
    near: Indices
    cost: Ints
    most_cost: int
    floor_units: Ints
    """Shape (floors, classes)."""
    floor_least: Ints


class Standing(NamedTuple):
    """What a plan comes to, changed in place as sites come and go."""

    gain: Ints
    loss: Ints
    times: Indices
    owner: Ints
    most: Ints
    """No less than the largest gain of each block of sites."""
    barred: Indices
    """Why each site cannot come in: it is in, its groups are full, sites too near are in; so many reasons."""
    members: Ints
    """Sites of each group."""
    floor: Ints
    """People of each floor who are served."""
    total: Ints
    """Sites that groups lack, money spent, people covered, sites."""


@njit(cache=True, nogil=True)
def _nothing(cover: Cover, limits: Limits) -> Standing:
    """A plan without sites."""
    gain = alone(cover.site_ptr, cover.site_class, cover.units)
    standing = Standing(
        gain,
        np.zeros(len(gain), np.int64),
        np.zeros(len(cover.units), np.int32),
        np.zeros(len(cover.units), np.int64),
        np.full(block_count(len(gain)), np.iinfo(np.int64).max),
        np.zeros(len(gain), np.int32),
        np.zeros(len(limits.least), np.int64),
        np.zeros(len(limits.floor_least), np.int64),
        np.zeros(4, np.int64),
    )
    standing.total[0] = limits.least.sum()
    for group in range(len(limits.most)):
        if limits.most[group] == 0:
            _bar(limits.group_ptr, limits.group_site, group, standing.barred, 1)
    return standing


@njit(cache=True, nogil=True)
def _bar(ptr: Ints, sites: Indices, number: int, barred: Indices, step: int) -> None:
    for entry in range(ptr[number], ptr[number + 1]):
        barred[sites[entry]] += step


@njit(cache=True, nogil=True)
def _come(site: int, cover: Cover, limits: Limits, now: Standing) -> None:
    """Take a site into the plan."""
    for floor in range(len(limits.floor_least)):
        for entry in range(cover.site_ptr[site], cover.site_ptr[site + 1]):
            number = cover.site_class[entry]
            if now.times[number] == 0:
                now.floor[floor] += limits.floor_units[floor, number]
    now.total[1] += limits.cost[site]
    now.total[2] += now.gain[site]
    now.total[3] += 1
    _add(
        site,
        cover.site_ptr,
        cover.site_class,
        cover.class_ptr,
        cover.class_site,
        cover.units,
        now.times,
        now.owner,
        now.gain,
        now.loss,
    )
    now.barred[site] += 1
    _bar(limits.near_ptr, limits.near, site, now.barred, 1)
    for entry in range(limits.site_ptr[site], limits.site_ptr[site + 1]):
        group = limits.site_group[entry]
        now.total[0] -= now.members[group] < limits.least[group]
        now.members[group] += 1
        if now.members[group] == limits.most[group]:
            _bar(limits.group_ptr, limits.group_site, group, now.barred, 1)


@njit(cache=True, nogil=True)
def _go(site: int, cover: Cover, limits: Limits, now: Standing) -> None:
    """Take a site out of the plan."""
    now.total[2] -= now.loss[site]
    _remove(
        site,
        cover.site_ptr,
        cover.site_class,
        cover.class_ptr,
        cover.class_site,
        cover.units,
        now.times,
        now.owner,
        now.gain,
        now.loss,
        now.most,
    )
    for floor in range(len(limits.floor_least)):
        for entry in range(cover.site_ptr[site], cover.site_ptr[site + 1]):
            number = cover.site_class[entry]
            if now.times[number] == 0:
                now.floor[floor] -= limits.floor_units[floor, number]
    now.total[1] -= limits.cost[site]
    now.total[3] -= 1
    now.barred[site] -= 1
    _bar(limits.near_ptr, limits.near, site, now.barred, -1)
    for entry in range(limits.site_ptr[site], limits.site_ptr[site + 1]):
        group = limits.site_group[entry]
        if now.members[group] == limits.most[group]:
            _bar(limits.group_ptr, limits.group_site, group, now.barred, -1)
        now.members[group] -= 1
        now.total[0] += now.members[group] < limits.least[group]


@njit(cache=True, nogil=True, inline="always")
def _score(site: int, limits: Limits, now: Standing, noise: float, salt: np.uint64, by_cost: bool) -> float:
    """What a site adds, or adds for its cost, lowered by up to a share at random."""
    score = float(now.gain[site])
    if by_cost:
        score /= max(limits.cost[site], 1)
    return score * (1 - noise * _share(mixed(salt + np.uint64(site)))) if noise > 0 else score


@njit(cache=True, nogil=True)
def _best_free(limits: Limits, now: Standing, noise: float, salt: np.uint64, by_cost: bool) -> int:
    """The site that may come in and adds most, -1 if none adds any; ties to the first."""
    best, best_score = -1, 0.0
    for block in range(len(now.most)):
        if now.most[block] == 0 or (not by_cost and now.most[block] <= best_score):
            continue
        largest = 0
        for site in range(block * BLOCK, min(block * BLOCK + BLOCK, len(now.gain))):
            largest = max(largest, now.gain[site])
            if now.barred[site] or now.gain[site] == 0 or now.total[1] + limits.cost[site] > limits.most_cost:
                continue
            score = _score(site, limits, now, noise, salt, by_cost)
            if score > best_score:
                best, best_score = site, score
        now.most[block] = largest
    return best


@njit(cache=True, nogil=True)
def _best_wanted(limits: Limits, now: Standing, noise: float, salt: np.uint64, by_cost: bool) -> int:
    """The same of the sites that a group lacks, even if they add nobody; -1 if none may come in."""
    best, best_score = -1, -1.0
    for group in range(len(limits.least)):
        if now.members[group] >= limits.least[group]:
            continue
        for entry in range(limits.group_ptr[group], limits.group_ptr[group + 1]):
            site = limits.group_site[entry]
            if now.barred[site] or now.total[1] + limits.cost[site] > limits.most_cost:
                continue
            score = _score(site, limits, now, noise, salt, by_cost)
            if score > best_score or (score == best_score and site < best):
                best, best_score = site, score
    return best


@njit(cache=True, nogil=True)
def _fill(
    chosen: Indices,
    limits: Limits,
    cover: Cover,
    now: Standing,
    stop_units: int,
    wanted_first: bool,
    by_cost: bool,
    noise: float,
    salt: np.uint64,
) -> None:
    """Best sites into the free places of ``chosen``; in time those that groups lack."""
    stuck = False
    while now.total[3] < len(chosen) and not (now.total[2] >= stop_units and (stuck or now.total[0] == 0)):
        site = -1
        salt = mixed(salt)
        lacking = now.total[0] > 0 and not stuck
        if lacking and (wanted_first or len(chosen) - now.total[3] <= now.total[0] or now.total[2] >= stop_units):
            site = _best_wanted(limits, now, noise, salt, by_cost)
            stuck = site < 0
        if site < 0:
            site = _best_free(limits, now, noise, salt, by_cost)
        if site < 0 and lacking and not stuck:
            site = _best_wanted(limits, now, noise, salt, by_cost)
        if site < 0:
            return
        chosen[now.total[3]] = site
        _come(site, cover, limits, now)


@njit(cache=True, nogil=True)
def filled_by_rules(
    cover: Cover,
    limits: Limits,
    begun: Indices,
    budget: int,
    stop_units: int,
    wanted_first: bool,
    by_cost: bool,
) -> tuple[Indices, Ints]:
    """
    A plan that begins with some sites and takes the best allowed one again and again, within all limits.

    It ends when ``stop_units`` are covered and no group lacks a site, or nothing more may come in. Beside the plan:
    people of each floor.
    """
    now = _nothing(cover, limits)
    chosen = np.full(budget, -1, np.int32)
    for site in begun:
        chosen[now.total[3]] = site
        _come(site, cover, limits, now)
    _fill(chosen, limits, cover, now, stop_units, wanted_first, by_cost, 0.0, np.uint64(0))
    return chosen[: now.total[3]].copy(), now.floor


@njit(cache=True, nogil=True)
def _swap(chosen: Indices, place: int, limits: Limits, cover: Cover, now: Standing, by_cost: bool) -> bool:
    """Put a better site in the place of a chosen one, if there is one; whether it did."""
    site = chosen[place]
    had, lacked = now.loss[site], now.total[0]
    _go(site, cover, limits, now)
    if now.total[0] > lacked:
        other = _best_wanted(limits, now, 0.0, np.uint64(0), by_cost)
    else:
        other = _best_free(limits, now, 0.0, np.uint64(0), by_cost)
    if other < 0 or now.gain[other] <= had:
        other = site
    chosen[place] = other
    _come(other, cover, limits, now)
    if now.total[0] > lacked:
        _go(other, cover, limits, now)
        chosen[place] = site
        _come(site, cover, limits, now)
    return bool(chosen[place] != site)


@njit(cache=True, nogil=True)
def searched_by_rules(
    cover: Cover,
    limits: Limits,
    current: Indices,
    best: Indices,
    best_covered: int,
    budget: int,
    rounds: int,
    salt: np.uint64,
    most_dropped: int,
    noise: float,
    slack: float,
) -> tuple[Indices, Indices, int, np.uint64]:
    """
    Rounds of local search from a plan that keeps the rules; as without rules, and what breaks one is taken back.

    With money, every other round looks at what a site adds for its cost.
    """
    now = _nothing(cover, limits)
    chosen = np.full(budget, -1, np.int32)
    for site in current:
        chosen[now.total[3]] = site
        _come(site, cover, limits, now)
    best, before = best.copy(), chosen.copy()
    near = np.empty(3 * most_dropped, np.int32)
    stays = np.zeros(len(now.gain), np.bool_)
    for _ in range(rounds):
        salt = mixed(salt)
        count, covered = now.total[3], now.total[2]
        if count == 0:
            break
        before[:] = chosen
        by_cost = limits.most_cost < np.iinfo(np.int64).max and mixed(salt ^ np.uint64(5)) % np.uint64(2) == 0
        dropped = 1 + _below(mixed(salt ^ np.uint64(1)), most_dropped)
        centre = chosen[_below(mixed(salt ^ np.uint64(2)), count)]
        dropped = min(dropped, _nearest(chosen, count, cover.xy, centre, min(3 * dropped, count), near))
        for entry in range(dropped):
            _go(chosen[near[entry]], cover, limits, now)
            chosen[near[entry]] = -1
        _close_up(chosen)
        lowered = noise * _share(mixed(salt ^ np.uint64(3)))
        stop = np.iinfo(np.int64).max
        _fill(chosen, limits, cover, now, stop, False, by_cost, lowered, mixed(salt + np.uint64(7)))
        wanted = min(3 * dropped, np.int64(now.total[3]))
        known = _nearest(chosen, now.total[3], cover.xy, centre, wanted, near) if wanted > 0 else 0
        quiet, entry = 0, 0
        while quiet < known:
            quiet = 0 if _swap(chosen, near[entry], limits, cover, now, False) else quiet + 1
            entry = (entry + 1) % known
        _fill(chosen, limits, cover, now, stop, False, False, 0.0, np.uint64(0))
        keeps = now.total[0] == 0 and (now.floor >= limits.floor_least).all()
        if keeps and now.total[2] > best_covered:
            best_covered = now.total[2]
            best = chosen[: now.total[3]].copy()
        allowed = slack * covered * _share(mixed(salt ^ np.uint64(4)))
        if not keeps or not now.total[2] >= covered - allowed:
            _back(chosen, before, count, stays, cover, limits, now)
    return chosen[: now.total[3]].copy(), best, best_covered, salt


@njit(cache=True, nogil=True)
def _close_up(chosen: Indices) -> None:
    """Sites first, then the free places."""
    at = 0
    for place in range(len(chosen)):
        if chosen[place] >= 0:
            site = chosen[place]
            chosen[place] = -1
            chosen[at] = site
            at += 1


@njit(cache=True, nogil=True)
def _back(
    chosen: Indices,
    before: Indices,
    count: int,
    stays: NDArray[np.bool_],
    cover: Cover,
    limits: Limits,
    now: Standing,
) -> None:
    """The plan as it was before a round: what came goes, then what went comes."""
    for place in range(count):
        stays[before[place]] = True
    for place in range(now.total[3]):
        if not stays[chosen[place]]:
            _go(chosen[place], cover, limits, now)
        else:
            stays[chosen[place]] = False
    for place in range(count):
        if stays[before[place]]:
            _come(before[place], cover, limits, now)
            stays[before[place]] = False
    chosen[:] = before
