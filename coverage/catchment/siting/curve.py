"""What every number of sites brings: the plan in its build order, plans of fewer sites, and what none can exceed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.crowd import pointers
from catchment.model import CoverCurve
from catchment.siting.bound import bound_curve, lagrangian_bound
from catchment.siting.interrupts import INTERRUPTS, is_interrupt
from catchment.siting.local import begin_search, greedy_plan, search_on
from catchment.siting.reduce import reduced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catchment.model import CoverPlan, Indices, Ints
    from catchment.siting.cover import CoverProblem

log = logging.getLogger(__name__)

_PARTS = 5  # fifths of the plan have plans of their own
_SEARCH_ROUNDS = 1000
_BOUND_ROUNDS = 1200
_BOUND_WORK = 3_000_000_000  # entries that a bound looks at: a large problem has fewer rounds, the same on any machine


def cover_curve(problem: CoverProblem, plan: CoverPlan, *, own_plans: bool = True) -> CoverCurve:
    """
    What the first sites of a plan add, what the best plans of so many sites may add, and where the curve bends.

    For four numbers of sites between none and the plan's, a plan of their own is looked for and bounded: the work is
    fixed by the size of the problem, never by the clock. Where these plans are no better than the first sites of the
    large one, building in order costs nothing there, as far as is known.

    Parameters
    ----------
    problem
        From ``problem_of_reach`` or ``problem_of_pairs``.
    plan
        From ``solve_cover``, of the same problem.
    own_plans
        Look for plans of fewer sites; without, the bound is that of the plan's own prices alone.

    Examples
    --------
    The middle site is the best single one, but is in no best plan of two: building the two in order costs 1 at first.

    >>> from catchment.siting.cover import problem_of_pairs
    >>> from catchment.siting.solve import solve_cover
    >>> problem = problem_of_pairs([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 2, 3], [30, 30, 40, 39], np.zeros((3, 2)))
    >>> curve = cover_curve(problem, solve_cover(problem, 2))
    >>> curve.nested_units.tolist(), curve.bound_units.tolist()
    ([0, 79, 139], [0, 79, 139])
    """
    nested_units = pointers(plan.added_units)[np.minimum(np.arange(plan.budget + 1), len(plan.site))]
    bound_units = plan.curve_bound_units
    counts = _counts(len(plan.site)) if own_plans else np.empty(0, np.int64)
    own_units = nested_units[counts]
    try:
        for number, (found_units, bounds) in enumerate(_own_plans(problem, plan, counts)):
            own_units[number] = max(own_units[number], found_units)
            bound_units = np.minimum(bound_units, bounds)
    except INTERRUPTS as met:  # the plan is whole without them, and what is known by then holds
        if not is_interrupt(met):
            raise
        log.info("plans of fewer sites are left out")
    # What no plan of more sites exceeds, none of fewer does.
    bound_units = np.minimum.accumulate(bound_units[::-1])[::-1]
    return CoverCurve(nested_units, bound_units, counts, own_units, knee(nested_units[: len(plan.site) + 1]))


def knee(units: Ints) -> int:
    """
    Where a curve bends most: the first of the places farthest above the straight line from its beginning to its end.

    Parameters
    ----------
    units
        People whom 0, 1, ... sites add, shape (sites + 1,).

    Returns
    -------
    0 if the curve is nowhere above the line.

    References
    ----------
    Satopaa, Albrecht, Irwin, Raghavan (2011), Finding a "kneedle" in a haystack,
    https://doi.org/10.1109/ICDCSW.2011.20.

    Examples
    --------
    >>> knee(np.array([0, 50, 90, 95, 100])), knee(np.array([0, 10, 20]))
    (2, 0)
    """
    last = len(units) - 1
    above = [int(units[count]) * last - int(units[last]) * count for count in range(last + 1)]
    return int(np.argmax(above))


def _counts(sites: int) -> Ints:
    """Numbers of sites between none and all, evenly apart."""
    counts = np.unique(np.arange(1, _PARTS) * sites // _PARTS)
    return counts[counts > 0]


def _own_plans(problem: CoverProblem, plan: CoverPlan, counts: Ints) -> Iterator[tuple[int, Ints]]:
    """People of the best plan found of each number of sites, and what its prices prove for all numbers."""
    if not len(counts):
        return
    small = reduced(problem)
    place = {int(site): number for number, site in enumerate(small.site)}
    in_order = np.array([place[site] for site in plan.site.tolist() if site in place], np.int32)
    for count in counts.tolist():
        units = _own_units(small.problem, in_order[:count], count, seed=plan.seed)
        yield units, _bounds(small.problem, count, units, plan.budget)


def _own_units(problem: CoverProblem, begun: Indices, count: int, *, seed: int) -> int:
    """People whom the best plan found of so many sites covers."""
    starts = [greedy_plan(problem, count, begun=first) for first in (None, begun)]
    chosen, added = max(starts, key=lambda start: int(start[1].sum()))
    search = begin_search(chosen, int(added.sum()), seed=seed)
    return search_on(problem, search, _SEARCH_ROUNDS).covered_units


def _bounds(problem: CoverProblem, count: int, covered_units: int, most: int) -> Ints:
    """What no plan of 0, 1, ... sites exceeds, by prices that are good near one number of sites, shape (most + 1,)."""
    rounds = min(_BOUND_ROUNDS, max(_BOUND_WORK // max(len(problem.site_class), 1), 20))
    bound = lagrangian_bound(problem, count, covered_units=covered_units, rounds=rounds)
    bounds = bound_curve(problem, bound, most)
    bounds[count] = min(bounds[count], bound.units)
    return bounds
