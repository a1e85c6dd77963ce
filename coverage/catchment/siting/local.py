"""Good plans fast: the best site again and again, then a search that rebuilds a plan one neighbourhood at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.siting import _kernels_local

if TYPE_CHECKING:
    from catchment.model import Indices, Ints
    from catchment.siting.cover import CoverProblem

MOST_DROPPED = 4
"""A round drops from 2 to so many sites that stand together."""

MOST_NOISE = 0.15
"""By up to this share a gain is lowered at random when sites are added again, drawn anew for every round."""

MOST_SLACK = 0.0005
"""By up to this share a plan may become worse in a round, drawn anew for every round."""


@dataclass(frozen=True, eq=False)
class Search:
    """Where a search stands."""

    current: Indices
    """The plan it goes on from, shape (p,)."""
    best: Indices
    """The best plan it met, shape (p,)."""
    covered_units: int
    """People whom the best plan covers [1/1024 person]."""
    salt: int
    """What the next round draws its chances from."""


def greedy_plan(problem: CoverProblem, budget: int, *, begun: Indices | None = None) -> tuple[Indices, Ints]:
    """
    The site that adds most, again and again: the sites in that order, and what each adds to those before it.

    It stops when nobody is left to add. Without ``begun`` it is the lazy greedy choice: blocks of sites whose gains
    cannot be the largest are not looked at. Ties go to the first site.

    Parameters
    ----------
    problem
        Whom to serve.
    budget
        At most so many sites.
    begun
        The first sites of the plan.

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> problem = problem_of_pairs([0, 0, 1, 1, 2], [0, 1, 1, 2, 2], [10, 20, 40], np.zeros((3, 2)))
    >>> [part.tolist() for part in greedy_plan(problem, 3)]
    [[1, 0], [60, 10]]
    """
    first = np.empty(0, np.int32) if begun is None else begun.astype(np.int32)
    chosen, added = _kernels_local.filled(
        problem.site_ptr, problem.site_class, *problem.of_classes, problem.units, first, budget
    )
    return chosen, added


def begin_search(plan: Indices, covered_units: int, *, seed: int) -> Search:
    """A search that stands at a plan; seeds are whole numbers, not negative."""
    return Search(plan.astype(np.int32), plan.astype(np.int32), covered_units, seed)


def search_on(problem: CoverProblem, search: Search, rounds: int) -> Search:
    """
    Some more rounds of a search; the same problem, state and rounds give the same result.

    A round drops a chosen site and a few of the chosen ones nearest to it, adds the best sites again with a little
    noise, then moves the sites around there one at a time as long as that helps. The result is kept unless it is
    worse by more than a small random share. Gains of all sites are kept up to date, so a round costs what its
    neighbourhood costs, not what the problem costs.

    Parameters
    ----------
    problem
        Whom to serve.
    search
        From ``begin_search`` or an earlier call.
    rounds
        How many.
    """
    return _searched(problem, search, rounds, most_dropped=MOST_DROPPED, noise=MOST_NOISE, slack=MOST_SLACK)


def kicked(problem: CoverProblem, search: Search) -> Search:
    """The search gone on from its best plan, after one round that drops up to a third of it and keeps what comes."""
    search = begin_search(search.best, search.covered_units, seed=search.salt)
    dropped = max(len(search.current) // 3, MOST_DROPPED)
    return _searched(problem, search, 1, most_dropped=dropped, noise=2 * MOST_NOISE, slack=math.inf)


def _searched(
    problem: CoverProblem, search: Search, rounds: int, *, most_dropped: int, noise: float, slack: float
) -> Search:
    if not len(search.current):
        return search
    current, best, covered, salt = _kernels_local.searched(
        problem.site_ptr,
        problem.site_class,
        *problem.of_classes,
        problem.units,
        problem.xy,
        search.current,
        search.best,
        search.covered_units,
        rounds,
        np.uint64(search.salt),
        most_dropped,
        noise,
        slack,
    )
    return Search(current, best, int(covered), int(salt))
