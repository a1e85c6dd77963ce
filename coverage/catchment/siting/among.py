"""The rules of a plan for some of its sites alone, and whether another plan of these keeps them as well."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.siting.rules import Rules, shortfalls, within_limits

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from catchment.model import Indices
    from catchment.siting.cover import CoverProblem


def rules_among(rules: Rules, sites: Indices, count: int) -> Rules:
    """
    The rules with the numbers that some sites have among themselves; a rule of other sites says nothing more.

    Groups want as many as before, so what plans of these sites lack can be compared, not what can be had at most.

    Parameters
    ----------
    rules
        Of all sites, without floors: these are of classes, which are others for fewer sites.
    sites
        Ascending, shape (k,).
    count
        How many sites there are in all.

    Examples
    --------
    >>> from catchment.siting.rules import Group
    >>> few = rules_among(Rules(groups=(Group("a", [0, 2, 3], least=2),), never=[1, 3]), np.array([1, 2]), 4)
    >>> few.groups[0].sites.tolist(), few.groups[0].least, few.never
    ([1], 2, [0])
    """
    number = np.full(count, -1)
    number[sites] = np.arange(len(sites))

    def here(some: ArrayLike) -> list[int]:
        found = number[np.asarray(some, np.int64)]
        return [int(each) for each in found[found >= 0]]

    groups = tuple(replace(group, sites=np.array(here(group.sites), np.int64)) for group in rules.groups)
    cost = None if rules.cost is None else rules.cost[sites]
    return replace(rules, groups=groups, must=here(rules.must), never=here(rules.never), cost=cost, floors=())


def keeps_as_much(problem: CoverProblem, rules: Rules, plan: ArrayLike, other: ArrayLike) -> bool:
    """
    Whether another plan keeps all limits, and lacks of no wish more than a plan does.

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> from catchment.siting.rules import Group
    >>> problem = problem_of_pairs([], [], [], [[0, 0], [100, 0], [200, 0]])
    >>> rules = Rules(groups=(Group("county", [0, 1], least=1),), never=[1])
    >>> [keeps_as_much(problem, rules, [0], other) for other in ([0], [1], [2])]
    [True, False, False]
    """
    if not within_limits(problem, rules, other):
        return False
    lacks, before = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for short in shortfalls(problem, rules, other):
        lacks[short.kind, short.name] += short.missing
    for short in shortfalls(problem, rules, plan):
        before[short.kind, short.name] += short.missing
    return all(missing <= before[wish] for wish, missing in lacks.items())
