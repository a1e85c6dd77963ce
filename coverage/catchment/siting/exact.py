"""The best plan of what the bound has left open, by branch and bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.siting.highs import Program, solve_program

if TYPE_CHECKING:
    from catchment.model import Floats, Indices, Mask
    from catchment.siting.cover import CoverProblem

_LARGEST_PROFIT = 1024.0  # of a column: small enough for the tolerances of floating point, large enough to tell apart


@dataclass(frozen=True, eq=False)
class Exact:
    """What branch and bound found."""

    plan: Indices
    """At most so many sites, shape (p,)."""
    bound_units: int
    """No plan covers more people [1/1024 person]."""
    interrupted: bool
    """Whether Ctrl-C ended the work."""


def exact_plan(
    problem: CoverProblem, budget: int, *, plan: Indices, time_limit_s: float, node_limit: int = 2**31 - 1
) -> Exact:
    """
    The best plan and its proof, if the limits allow; else the best found and what is proven.

    Maximise the sum of units * z over classes where z <= sum of y over the sites of the class, the sum of y is at
    most the budget, y is 0 or 1 and z at most 1 (it need not be whole). People are counted in the largest unit that
    divides all classes. HiGHS computes in floating point, with tolerances of 1e-9: a thousandth of that unit is added
    to its bound before it is rounded down.

    Parameters
    ----------
    problem
        Whom to serve; best one that is reduced.
    budget
        At most so many sites.
    plan
        A plan to begin with.
    time_limit_s, node_limit
        When to end without a proof.

    References
    ----------
    Church, ReVelle (1974), The maximal covering location problem, https://doi.org/10.1007/BF01942293.

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> problem = problem_of_pairs([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 2, 3], [30, 30, 40, 31], np.zeros((3, 2)))
    >>> found = exact_plan(problem, 2, plan=np.array([1]), time_limit_s=60)
    >>> sorted(found.plan.tolist()), found.bound_units
    ([0, 2], 131)
    """
    step_units = max(int(np.gcd.reduce(problem.units)), 1)
    shrink = min(1.0, _LARGEST_PROFIT / max(float(problem.units.max(initial=0)) / step_units, 1.0))
    profit = problem.units / step_units * shrink
    answer = solve_program(
        cover_program(problem, budget, profit),
        start=cover_solution(problem, plan),
        smallest_gain=shrink,
        time_limit_s=time_limit_s,
        node_limit=node_limit,
    )
    steps = answer.bound / shrink
    bound = math.floor(steps + 1e-3) * step_units if math.isfinite(steps) else problem.coverable_units
    sites = plan if answer.x is None else np.flatnonzero(answer.x[: len(problem)] > 0.5)
    return Exact(sites.astype(np.int32), min(bound, problem.coverable_units), answer.interrupted)


def cover_program(problem: CoverProblem, budget: int, profit: Floats) -> Program:
    """A column per site, then one per class; a row per class, then that of the budget."""
    sites, classes = len(problem), len(problem.units)
    ptr, site = problem.of_classes
    count = np.diff(ptr)
    own = ptr[:-1] + np.arange(classes)  # the class's own column stands before its sites
    column, factor = np.empty(len(site) + classes, np.int64), np.full(len(site) + classes, -1.0)
    others: Mask = np.ones(len(column), bool)
    others[own] = False
    column[own], factor[own] = sites + np.arange(classes), 1.0
    column[others] = site
    row_ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(count + 1), [len(column) + sites]])
    return Program(
        profit=np.concatenate([np.zeros(sites), profit]),
        whole=np.arange(sites + classes) < sites,
        row_ptr=row_ptr,
        column=np.concatenate([column, np.arange(sites)]),
        factor=np.concatenate([factor, np.ones(sites)]),
        most=np.concatenate([np.zeros(classes), [float(budget)]]),
    )


def cover_solution(problem: CoverProblem, plan: Indices) -> Floats:
    """A plan as a solution of ``cover_program``."""
    y, z = np.zeros(len(problem)), np.zeros(len(problem.units))
    y[plan] = 1
    for site in plan.tolist():
        z[problem.site_class[problem.site_ptr[site] : problem.site_ptr[site + 1]]] = 1
    return np.concatenate([y, z])
