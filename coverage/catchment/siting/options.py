"""What if: the places that may be ticked and unticked, and whom each covers under each reading of the standard."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.judge import at_speed, in_thirds
from catchment.access.reach import reach_under_standards
from catchment.access.totals import BRISK_KMH, SLOW_KMH
from catchment.model import Candidates, Options, ReachSets, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catchment.model import (
        Indices,
        Ints,
        Mask,
        Mode,
        People,
        Places,
        Reading,
        RoadGraph,
        Standard,
    )

MOST_CANDIDATES = 1000
"""So many candidates may be ticked."""

MOST_RUNS = 1_500_000
"""Readings beyond the first are added while the runs of all are no more than so many."""

MOST_RUNS_ASKED = 4_000_000
"""The first reading has no more runs than so many, even if candidates are left out for it."""


def readings(standard: Standard) -> dict[Reading, Standard]:
    """
    The standard as asked, then for slow and brisk walkers (where it asks for minutes), then parts of every limit.

    Examples
    --------
    >>> from catchment.model import Rule, Standard
    >>> walk, road = Rule.walking(15, 4.8), Rule.by_road(15)
    >>> found = readings(Standard("common", walk, walk, road))
    >>> [(key, each.city.limit_mm // 1000, each.rural.limit_mm // 1000) for key, each in found.items()]
    [('asked', 1200, 15000), ('slow', 900, 15000), ('brisk', 1250, 15000), ('two_thirds', 800, 10000),
     ('one_third', 400, 5000)]
    """
    found: dict[Reading, Standard] = {"asked": standard}
    if any(standard.rule(setting).minutes is not None for setting in Setting):
        found |= {"slow": at_speed(standard, SLOW_KMH), "brisk": at_speed(standard, BRISK_KMH)}
    return {**found, "two_thirds": in_thirds(standard, 2), "one_third": in_thirds(standard, 1)}


def shown_candidates(
    chosen: Indices, alone_units: Ints, most: int = MOST_CANDIDATES, *, first: Mask | None = None
) -> Indices:
    """
    Those chosen in their order, then those that would add most people alone; whoever adds nobody is left out.

    Parameters
    ----------
    chosen
        Candidates of the plan, shape (p,).
    alone_units
        People each candidate would add by itself [1/1024 person], shape (candidates,).
    most
        No more than so many.
    first
        Which of the others come before the rest, such as premises of the planner's list, shape (candidates,).

    Examples
    --------
    >>> shown_candidates(np.array([2]), np.array([30, 0, 50, 40])).tolist()
    [2, 3, 0]
    >>> shown_candidates(np.array([2]), np.array([30, 0, 50, 40]), first=np.array([True, True, False, False])).tolist()
    [2, 0, 3]
    """
    later = np.zeros(len(alone_units), bool) if first is None else ~first
    by_gain = np.lexsort((np.arange(len(alone_units)), -alone_units, later))
    others = by_gain[(alone_units[by_gain] > 0) & ~np.isin(by_gain, chosen)]
    return np.concatenate([chosen, others])[:most].astype(np.int32)


def reach_options(
    people: People,
    standard: Standard,
    candidates: Candidates,
    *,
    roads: Mapping[Mode, RoadGraph],
    homes: Mapping[Mode, Places],
    sites: Mapping[Mode, Places],
    counted: Mask,
    places: Mapping[Mode, Places],
    most_runs: int = MOST_RUNS,
    most_runs_asked: int = MOST_RUNS_ASKED,
    count_gaps: bool = True,
    threads: int = 1,
) -> Options | None:
    """
    Whom every site on the roads and every candidate would cover, under as many readings as there is room for.

    Parameters
    ----------
    people
        With their settings.
    standard
        The rule of each setting.
    candidates
        Those that may be ticked, the most important first; the last ones go if there is no room.
    roads, homes, sites, places
        The graph of each mode, and where people, all sites of the ledger and the candidates stand on it.
    counted
        Which sites count in the run, shape (sites,).
    most_runs, most_runs_asked
        Room for all readings together, and for the first if it takes more; readings go from the end.
    count_gaps
        Gap legs are part of the cost.
    threads
        As in ``reach_sets``.

    Returns
    -------
    ``None`` if even the sites alone, as asked, take more runs than ``most_runs_asked``.
    """
    on_road = np.logical_or.reduce([joined.snapped for joined in sites.values()])
    site = np.flatnonzero(on_road).astype(np.int32)
    sources = {mode: sites[mode].some(site).followed_by(places[mode]) for mode in roads}
    standards = readings(standard)
    found = reach_under_standards(
        people, list(standards.values()), roads, sources, homes, count_gaps=count_gaps, threads=threads
    )
    asked = next(found)
    count = int(np.searchsorted(asked.source_ptr, most_runs_asked, side="right")) - 1
    if count < len(site):
        return None
    number = np.arange(count - len(site), dtype=np.int32)
    reach = _within_room(standards, (_first(each, count) for each in chain([asked], found)), most_runs)
    return Options(
        site=np.concatenate([site, np.full(len(number), -1, np.int32)]),
        candidate=np.concatenate([np.full(len(site), -1, np.int32), number]),
        candidates=Candidates(candidates.frame.iloc[: len(number)].reset_index(drop=True)),
        open=np.concatenate([counted[site], np.zeros(len(number), bool)]),
        readings={key: each for key, each in standards.items() if key in reach},
        reach=reach,
    )


def _first(reach: ReachSets, count: int) -> ReachSets:
    """The first sources alone."""
    runs = reach.source_ptr[count]
    return ReachSets(reach.source_ptr[: count + 1], reach.start[:runs], reach.stop[:runs], reach.order)


def _within_room(
    standards: Mapping[Reading, Standard], reaches: Iterator[ReachSets], most_runs: int
) -> dict[Reading, ReachSets]:
    """The first reading, and those after it until one has no room."""
    asked = next(reaches)
    found: dict[Reading, ReachSets] = {"asked": asked}
    left = most_runs - len(asked.start)
    for key in list(standards)[1:]:
        if left <= 0:
            break
        reach = next(reaches)
        left -= len(reach.start)
        if left >= 0:
            # One array for all: standards of the same modes have the same order.
            found[key] = replace(reach, order=asked.order)
    return found
