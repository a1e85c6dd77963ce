"""Other places near those of a plan, and exactly what the whole plan would lose or gain by each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from catchment.access.classes import cover_counts
from catchment.access.crowd import pointers
from catchment.access.reach import people_in_reach, some_sources
from catchment.model import Alternatives

if TYPE_CHECKING:
    from catchment.model import Floats, Indices, Ints, ReachSets

WITHIN_M = 500.0
"""Places farther from one of the plan than this [m] are no alternatives to it."""


def alternatives(
    reach: ReachSets, units_in_order: Ints, plan: Indices, xy_m: Floats, *, within_m: float = WITHIN_M
) -> Alternatives:
    """
    For each place of a plan the other candidates near it, and the exact change if one of them stood for it.

    The others of the plan stay. The people of the new plan are those whom the rest serves, and those whom nobody of
    the rest does and the newcomer reaches: people whom nobody of the plan serves, and people whom only the place that
    goes does. Both are prefix sums at the ends of runs, so that no people are looked at one by one. Whoever reaches
    nobody is no alternative; candidates that reach the same people are all among them.

    Parameters
    ----------
    reach
        Whom each candidate would cover, from ``reach_under_standard``.
    units_in_order
        People not covered yet at each place of the order, 0 for the others [1/1024 person], shape (n,).
    plan
        Candidates, each once, shape (p,).
    xy_m
        Where the candidates stand, in any metric space [m], shape (candidates, 2) or (candidates, 3).
    within_m
        Inclusive [m].

    Examples
    --------
    Three candidates in a row reach people {0, 1}, {1, 2} and {2} of 10, 20 and 40. The plan of the first one would
    gain 30 by the second; the third is too far.

    >>> from catchment.model import ReachSets
    >>> reach = ReachSets(np.array([0, 1, 2, 3]), np.array([0, 1, 2]), np.array([2, 3, 3]), np.arange(3))
    >>> row = np.array([[0.0, 0.0], [400.0, 0.0], [800.0, 0.0]])
    >>> found = alternatives(reach, np.array([10, 20, 40]), np.array([0]), row)
    >>> found.rank.tolist(), found.candidate.tolist(), found.distance_m.tolist(), found.change_units.tolist()
    ([0], [1], [400.0], [30])
    """
    rank, candidate = _near_pairs(reach, plan, xy_m, within_m)
    times = cover_counts(some_sources(reach, plan))
    unserved = people_in_reach(reach, np.where(times == 0, units_in_order, 0))
    once = pointers(np.where(times == 1, units_in_order, 0))
    ends = np.searchsorted(rank, np.arange(len(plan) + 1))
    change = [
        unserved[candidate[ends[place] : ends[place + 1]]]
        - _only_others_lose(reach, once, int(plan[place]), candidate[ends[place] : ends[place + 1]])
        for place in range(len(plan))
    ]
    change_units = np.concatenate([np.empty(0, np.int64), *change])
    distance_m = np.linalg.norm(xy_m[plan[rank]] - xy_m[candidate], axis=1)
    best = np.lexsort((candidate, distance_m, -change_units, rank))
    return Alternatives(rank[best], candidate[best], distance_m[best], change_units[best])


def _near_pairs(reach: ReachSets, plan: Indices, xy_m: Floats, within_m: float) -> tuple[Indices, Indices]:
    """Places of the plan and the other candidates near each that reach anybody, by place."""
    other = np.diff(reach.source_ptr) > 0
    other[plan] = False
    others = np.flatnonzero(other)
    if not len(others) or not len(plan):
        return np.empty(0, np.int32), np.empty(0, np.int32)
    near = KDTree(xy_m[others]).query_ball_point(xy_m[plan], within_m)
    rank = np.repeat(np.arange(len(plan)), [len(each) for each in near]).astype(np.int32)
    return rank, others[np.concatenate([np.asarray(each, np.int64) for each in near])].astype(np.int32)


def _only_others_lose(reach: ReachSets, once: Ints, going: int, others: Indices) -> Ints:
    """
    People whom of the whole plan only one place serves and whom each of some others does not reach, shape (k,).

    ``once`` is what stands before each place of the order of people whom the plan serves once: inside the runs of the
    place that goes, all of them are its own.
    """
    runs = slice(int(reach.source_ptr[going]), int(reach.source_ptr[going + 1]))
    start, stop = reach.start[runs], reach.stop[runs]
    own = pointers(once[stop] - once[start])

    def before(place: Indices) -> Ints:
        """Own people before places of the order."""
        run = np.searchsorted(start, place, side="right") - 1
        inside = np.minimum(place, stop[run])
        found: Ints = np.where(run >= 0, own[run] + once[inside] - once[start[run]], 0)
        return found

    theirs = some_sources(reach, others)
    if not len(start):
        return np.zeros(len(others), np.int64)
    shared = pointers(before(theirs.stop) - before(theirs.start))[theirs.source_ptr]
    lost: Ints = own[-1] - np.diff(shared)
    return lost
