"""How sure each place of a plan is: plans for many other worlds, and how often each candidate is among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from catchment.model import Robustness
from catchment.siting.alternatives import WITHIN_M
from catchment.siting.local import begin_search, greedy_plan, search_on
from catchment.siting.reduce import reduced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catchment.model import Floats, Indices, Ints
    from catchment.siting.cover import CoverProblem

ROUNDS_PER_SITE = 50
"""
Rounds of search for the plan of a scenario, for each of its sites. In nine scenarios of a county with 10 sites half as
many found the proven best plan of each, where the greedy choice alone lost up to 1.2 %.
"""

REGION_SIGMA = 0.1
"""How unsure the people of a whole region are: the standard deviation of the logarithm."""

CELL_SIGMA = 0.3
"""How unsure the people of one point are, likewise; it cancels out over many."""


@dataclass(frozen=True)
class Scenario:
    """What is otherwise in one scenario."""

    reading: int
    """Which of the readings of the standard holds."""
    closed: int
    """Which existing site is closed, -1 without sites."""
    seed: tuple[int, int]
    """Of its people."""


def scenarios(count: int, *, readings: int, sites: int, seed: int = 0) -> list[Scenario]:
    """
    Scenarios drawn by chance: every reading as often as any other, and in each one existing site that is closed.

    Parameters
    ----------
    count
        How many.
    readings
        How many readings of the standard there are.
    sites
        How many existing sites.
    seed
        The same one gives the same scenarios; the first of more are those of fewer.

    Examples
    --------
    >>> found = scenarios(4, readings=2, sites=3)
    >>> sorted(each.reading for each in found), [0 <= each.closed < 3 for each in found]
    ([0, 0, 1, 1], [True, True, True, True])
    """
    turns = [np.random.default_rng((seed, turn)).permutation(readings) for turn in range(-(-count // readings))]
    reading = [int(each) for turn in turns for each in turn]
    found = []
    for number in range(count):
        closed = int(np.random.default_rng((seed, number, 1)).integers(sites)) if sites else -1
        found.append(Scenario(reading[number], closed, (seed, number)))
    return found


def people_otherwise(
    units: Ints,
    region: Indices,
    scenario: Scenario,
    *,
    region_sigma: float = REGION_SIGMA,
    cell_sigma: float = CELL_SIGMA,
) -> Ints:
    """
    People as they may be: each region and each point times a factor by chance, log-normal with the mean 1.

    Parameters
    ----------
    units
        People by point [1/1024 person], shape (n,).
    region
        Of each point, -1 for those of none, which are a region of their own, shape (n,).
    scenario
        Its seed draws the factors.
    region_sigma, cell_sigma
        Standard deviations of the logarithms.

    Examples
    --------
    >>> people_otherwise(
    ...     np.array([1024, 0]), np.array([0, 0]), Scenario(0, 0, (7, 1)), region_sigma=0, cell_sigma=0
    ... ).tolist()
    [1024, 0]
    """
    random = np.random.default_rng((*scenario.seed, 2))

    def factors(count: int, sigma: float) -> Floats:
        found: Floats = np.exp(sigma * random.standard_normal(count) - sigma**2 / 2)
        return found

    of_region = factors(int(region.max(initial=-1)) + 2, region_sigma)[region + 1]
    return np.rint(units * of_region * factors(len(units), cell_sigma)).astype(np.int64)


def robustness(
    problems: Iterable[CoverProblem],
    xy_m: Floats,
    *,
    budget: int,
    within_m: float = WITHIN_M,
    rounds_per_site: int = ROUNDS_PER_SITE,
    seed: int = 0,
) -> Robustness:
    """
    How often each candidate is in the plan of a scenario, or one is that stands near it.

    The plan of a scenario is a good one, found by the greedy choice and some rounds of local search; it is not
    proven, and where several plans are as good it is any of them. That one near by counts as well makes up for it.

    Parameters
    ----------
    problems
        One for each scenario, of the same sites; each is looked at in its turn.
    xy_m
        Where the sites stand, in any metric space [m], shape (sites, 2) or (sites, 3).
    budget
        At most so many sites.
    within_m
        A site counts as chosen if one is that stands no farther [m].
    rounds_per_site
        Rounds of local search in each scenario, for each site of the budget.
    seed
        Of the search.

    Examples
    --------
    The two scenarios have the people at the one and at the other end; the middle is near neither.

    >>> from catchment.siting.cover import problem_of_pairs
    >>> row = np.array([[0.0, 0.0], [900.0, 0.0], [1800.0, 0.0]])
    >>> worlds = [problem_of_pairs([0, 1, 2], [0, 1, 2], units, row) for units in ([9, 2, 1], [1, 2, 9])]
    >>> robustness(worlds, row, budget=1).frequency.tolist()
    [0.5, 0.0, 0.5]
    """
    times, count = np.zeros(len(xy_m), np.int64), 0
    for problem in problems:
        plan = _good_plan(problem, budget, rounds=rounds_per_site * budget, seed=seed)
        count += 1
        if len(plan):
            nearest, _ = KDTree(xy_m[plan]).query(xy_m)
            times += nearest <= within_m
    return Robustness(count, times / max(count, 1))


def _good_plan(problem: CoverProblem, budget: int, *, rounds: int, seed: int) -> Indices:
    small = reduced(problem)
    plan, added = greedy_plan(small.problem, budget)
    search = search_on(small.problem, begin_search(plan, int(added.sum()), seed=seed), rounds)
    return small.site[search.best]
