"""Among plans as good as one another, the one of the candidates that stand first: premises before mere streets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.siting.cover import some_sites
from catchment.siting.local import greedy_plan

if TYPE_CHECKING:
    from catchment.model import CoverPlan, Indices, Ints
    from catchment.siting.cover import CoverProblem


def with_first_candidates(problem: CoverProblem, plan: CoverPlan) -> CoverPlan:
    """
    The plan with each site exchanged for the first one that serves everybody whom it alone serves.

    Nobody is lost by an exchange, since all others of its people are served by other sites of the plan, and the bound
    stays a bound. It asks for sites that may stand for one another: with quotas, costs or distances they may not.

    Parameters
    ----------
    problem
        Its sites in the order of preference.
    plan
        From ``solve_cover``, of that problem.

    Examples
    --------
    The first and the last site serve the same people. The solver takes the one that lies first in space.

    >>> from catchment.siting.cover import problem_of_pairs
    >>> from catchment.siting.solve import solve_cover
    >>> problem = problem_of_pairs([0, 1, 2], [0, 1, 0], [20, 10], [[9, 9], [5, 5], [0, 0]])
    >>> plan = solve_cover(problem, 2)
    >>> plan.site.tolist(), with_first_candidates(problem, plan).site.tolist()
    ([2, 1], [0, 1])
    """
    times = np.zeros(len(problem.units), np.int64)
    for site in plan.site.tolist():
        times[_classes(problem, site)] += 1
    sites = plan.site.copy()
    for place, site in enumerate(plan.site.tolist()):
        mine = _classes(problem, site)
        alone = mine[(times[mine] == 1) & (problem.units[mine] > 0)]
        if len(alone):
            sites[place] = _first_that_serves(problem, alone)
            times[mine] -= 1
            times[_classes(problem, sites[place])] += 1
    sites = np.sort(sites)
    order, added = greedy_plan(some_sites(problem, sites), len(sites))
    return replace(plan, site=sites[order], added_units=added)


def _classes(problem: CoverProblem, site: int) -> Indices:
    return problem.site_class[problem.site_ptr[site] : problem.site_ptr[site + 1]]


def _first_that_serves(problem: CoverProblem, classes: Indices) -> int:
    """The first site that serves all of some classes."""
    ptr, sites = problem.of_classes
    count = ptr[classes + 1] - ptr[classes]
    entry: Ints = np.repeat(ptr[classes] - np.cumsum(count) + count, count) + np.arange(count.sum())
    return int(np.argmax(np.bincount(sites[entry]) == len(classes)))
