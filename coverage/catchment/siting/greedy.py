"""First suggestions: the candidate that adds most people, then the next, and what no plan can exceed."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.reach import people_in_reach
from catchment.model import SitingPlan

if TYPE_CHECKING:
    from catchment.model import Ints, ReachSets


def choose_sites(reach: ReachSets, uncovered_units: Ints, budget: int) -> SitingPlan:
    """
    Up to ``budget`` candidates, each adding most people to those before it; ties go to the smaller index.

    A gain can only shrink as sites are added, so a candidate whose last known gain is not the largest need not be
    looked at (lazy greedy: the same choice as looking at all). It stops when nobody is left to add. The plan covers
    at least 1 - (1 - 1/p)^p > 63 % of what the best p candidates cover; it is not the best plan, and its bound says
    how far from it it can be at most.

    Parameters
    ----------
    reach
        Whom each candidate would cover, from ``reach_under_standard``.
    uncovered_units
        People not covered yet at each place of the order, 0 for the others [1/1024 person], shape (n,).
    budget
        At most so many sites.

    References
    ----------
    Nemhauser, Wolsey, Fisher (1978), https://doi.org/10.1007/BF01588971; Minoux (1978), Accelerated greedy algorithms.

    Examples
    --------
    Three candidates reach people {0, 1}, {1, 2} and {2} of 10, 20 and 40.

    >>> from catchment.model import ReachSets
    >>> reach = ReachSets(np.array([0, 1, 2, 3]), np.array([0, 1, 2]), np.array([2, 3, 3]), np.arange(3))
    >>> plan = choose_sites(reach, np.array([10, 20, 40]), 2)
    >>> plan.candidate.tolist(), plan.added_units.tolist()
    ([1, 0], [60, 10])
    """
    left = uncovered_units.copy()
    alone_units = people_in_reach(reach, left)
    alone = alone_units.tolist()
    waiting = [(-gain, number) for number, gain in enumerate(alone) if gain > 0]
    heapq.heapify(waiting)
    before = _before(left)
    candidate: list[int] = []
    added: list[int] = []
    while waiting and len(candidate) < budget:
        _, best = waiting[0]
        gain = _gain(reach, before, best)
        if gain == 0:
            heapq.heappop(waiting)
        elif waiting[0] != (-gain, best):
            heapq.heapreplace(waiting, (-gain, best))
        else:
            heapq.heappop(waiting)
            candidate.append(best)
            added.append(gain)
            _take(reach, left, best)
            before = _before(left)
    coverable = _coverable(reach, uncovered_units)
    return SitingPlan(
        candidate=np.array(candidate, np.int32),
        added_units=np.array(added, np.int64),
        uncovered_units=int(uncovered_units.sum()),
        coverable_units=coverable,
        alone_units=alone_units,
        bound_units=min(
            coverable,
            sum(heapq.nlargest(budget, alone)),
            _bound(added, [-gain for gain, _ in waiting], budget),
        ),
    )


def _before(units: Ints) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(units)])


def _runs(reach: ReachSets, candidate: int) -> slice:
    return slice(int(reach.source_ptr[candidate]), int(reach.source_ptr[candidate + 1]))


def _gain(reach: ReachSets, before: Ints, candidate: int) -> int:
    runs = _runs(reach, candidate)
    return int((before[reach.stop[runs]] - before[reach.start[runs]]).sum())


def _take(reach: ReachSets, left: Ints, candidate: int) -> None:
    """Nobody in reach of a chosen candidate is left to add."""
    runs = _runs(reach, candidate)
    for start, stop in zip(reach.start[runs].tolist(), reach.stop[runs].tolist(), strict=True):
        left[start:stop] = 0


def _coverable(reach: ReachSets, units: Ints) -> int:
    """People in reach of any candidate."""
    opened = np.bincount(reach.start, minlength=len(units) + 1) - np.bincount(reach.stop, minlength=len(units) + 1)
    return int(units[np.cumsum(opened)[:-1] > 0].sum())


def _bound(added: list[int], gains: list[int], budget: int) -> int:
    """
    What no plan of so many of these candidates exceeds.

    Another plan adds to this one at most the gains of its own sites, and the last known gains are no smaller than
    today's. Nor can it cover more than the guarantee of the greedy choice leaves room for; in whole numbers, since
    both are exact.
    """
    covered = sum(added)
    by_gains = covered + sum(heapq.nlargest(budget, gains))
    if len(added) < budget or budget == 0:
        return by_gains
    whole = budget**budget
    by_guarantee: int = covered * whole // (whole - (budget - 1) ** budget)
    return min(by_gains, by_guarantee)
