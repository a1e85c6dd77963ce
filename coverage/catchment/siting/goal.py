"""A share of the people as the goal: the fewest sites that reach it, and of so many sites those that serve most."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from catchment.model import CoverPlan
from catchment.siting.bound import bound_curve, plain_bound
from catchment.siting.fewest import fewest_sites
from catchment.siting.rules import NO_RULES, Rules
from catchment.siting.solve import solve_cover

if TYPE_CHECKING:
    from collections.abc import Callable

    from catchment.model import FewestPlan
    from catchment.siting.cover import CoverProblem

_FOR_NUMBER = 0.6  # of the time, for the number of sites; the rest is for whom they serve


def plan_of_fewest(
    problem: CoverProblem,
    least_units: int,
    *,
    rules: Rules = NO_RULES,
    seed: int = 0,
    time_limit_s: float = 60.0,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[CoverPlan, FewestPlan]:
    """
    The fewest sites that serve so many people, and the plan of so many sites that serves most of all.

    There are mostly several plans of the fewest sites. The first proof is of their number, the second of the people
    whom this one serves; with costs it is the cheapest plan, then that of no more money and sites.

    Parameters
    ----------
    problem, rules, seed, time_limit_s
        As in ``fewest_sites``; the time is for both.
    least_units
        People to serve [1/1024 person]; less than none is none.
    progress
        As in ``solve_cover``.

    Examples
    --------
    Two of three sites serve 5 people by themselves; the one that serves most is the plan.

    >>> from catchment.siting.cover import problem_of_pairs
    >>> problem = problem_of_pairs([0, 1, 2], [0, 1, 2], [5, 9, 1], [[0, 0], [1, 0], [2, 0]])
    >>> plan, fewest = plan_of_fewest(problem, 5)
    >>> plan.site.tolist(), plan.covered_units, plan.status, fewest.amount, fewest.status
    ([1], 9, 'optimal', 1, 'optimal')
    """
    begun = time.monotonic()
    fewest = fewest_sites(problem, max(least_units, 0), rules=rules, seed=seed, time_limit_s=_FOR_NUMBER * time_limit_s)
    known = _as_cover_plan(problem, fewest)
    # Rules that even the fewest sites could not meet may ask for more sites than these, which no plan of them meets.
    if fewest.stopped == "interrupted" or any(short.kind != "share" for short in fewest.shortfalls):
        return known, fewest
    left_s = max(time_limit_s - (time.monotonic() - begun), 0.0)
    limits = rules if fewest.counted == "sites" else replace(rules, most_cost=fewest.amount)
    plan = solve_cover(problem, len(fewest.site), rules=limits, seed=seed, time_limit_s=left_s, progress=progress)
    if plan.shortfalls or plan.covered_units < known.covered_units:
        plan = replace(plan, site=known.site, added_units=known.added_units, shortfalls=known.shortfalls)
    return plan, fewest


def _as_cover_plan(problem: CoverProblem, fewest: FewestPlan) -> CoverPlan:
    """The plan itself, with a bound of so many sites that needs no search."""
    count = len(fewest.site)
    curve = bound_curve(problem, plain_bound(problem), count)
    return CoverPlan(
        site=fewest.site,
        added_units=fewest.added_units,
        budget=count,
        coverable_units=problem.coverable_units,
        bound_units=int(curve[-1]),
        curve_bound_units=curve,
        bound_leaves_out=fewest.bound_leaves_out,
        stopped=fewest.stopped,
        seed=fewest.seed,
        shortfalls=tuple(short for short in fewest.shortfalls if short.kind != "share"),
    )
