"""Rules as rows of a program: limits that hold, and wishes that may fall short by so much."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.crowd import pointers
from catchment.siting.cover import units_covered
from catchment.siting.exact import Exact, cover_program, cover_solution
from catchment.siting.highs import Program, solve_program
from catchment.siting.part import missing
from catchment.siting.rules import within_limits
from catchment.siting.spacing import crowded_squares, pairs_across

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catchment.model import Floats, Indices, Ints
    from catchment.siting.part import Part

_LARGEST = 1024.0  # profit of a column, as in exact_plan
_ROUNDING = 1e-3  # of the smallest step of a profit, added to a bound that floating point gave


@dataclass(frozen=True, eq=False)
class Wishes:
    """What a plan may lack: a column each for the share of every group, must-site and floor that is missing."""

    members: tuple[Ints, ...]
    """Columns that count for each wish."""
    factors: tuple[Floats, ...]
    """How much each of them counts."""
    least: Floats
    sites: int
    """The first so many wishes count sites, the others people."""


def best_by_rules(part: Part, *, plan: Indices, time_limit_s: float, node_limit: int = 2**31 - 1) -> Exact:
    """
    The plan within all limits that lacks no more than a known one and serves most, if the limits of work allow.

    Every rule is a row, so the bound leaves nothing out.

    Parameters
    ----------
    part
        What is open.
    plan
        A plan within all limits.
    time_limit_s, node_limit
        When to end without a proof.

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> from catchment.siting.part import opened
    >>> from catchment.siting.rules import Rules
    >>> problem = problem_of_pairs([0, 1, 2], [0, 1, 2], [9, 8, 1], [[0, 0], [1, 0], [2, 0]])
    >>> found = best_by_rules(opened(problem, Rules(spacing_m=1.5), 2), plan=np.array([1]), time_limit_s=60)
    >>> sorted(found.plan.tolist()), found.bound_units
    ([0, 2], 10)
    """
    problem, lack = part.problem, missing(part, plan)
    step, shrink = _steps(problem.units)
    wishes = _wishes(part)
    program = _with_rules(part, problem.units / step * shrink, wishes, lack)
    answer = solve_program(
        program,
        start=_start(part, plan, wishes),
        smallest_gain=shrink,
        time_limit_s=time_limit_s,
        node_limit=node_limit,
    )
    steps = answer.bound / shrink
    bound = math.floor(steps + _ROUNDING) * step if math.isfinite(steps) else problem.coverable_units
    return Exact(_checked(part, answer.x, plan), min(bound, problem.coverable_units), answer.interrupted)


def least_lacking(part: Part, *, plan: Indices, time_limit_s: float, node_limit: int) -> Exact:
    """
    A plan within all limits that lacks the fewest sites, then the fewest people of floors, if the limits allow.

    Parameters
    ----------
    part
        What is open.
    plan
        A plan within all limits.
    time_limit_s, node_limit
        When to end without a proof.

    Returns
    -------
    As bound the people lacking that no plan with as few sites lacking can go below; -1 without a proof of both.

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> from catchment.siting.part import opened
    >>> from catchment.siting.rules import Rules
    >>> problem = problem_of_pairs([0, 1, 2], [0, 1, 2], [9, 8, 1], [[0, 0], [1, 0], [2, 0]])
    >>> part = opened(problem, Rules(must=[0, 1, 2], spacing_m=1.5), 3)
    >>> found = least_lacking(part, plan=np.array([1]), time_limit_s=60, node_limit=1000)
    >>> sorted(found.plan.tolist()), found.bound_units
    ([0, 2], 0)
    """
    wishes = _wishes(part)
    proven, interrupted = True, False
    for people in (False, True):
        lack = missing(part, plan)
        if lack[people] == 0 or interrupted:
            continue
        count = len(part.problem) + len(part.problem.units)
        profit, step, shrink = _lacking_profit(wishes, people=people)
        program = _with_rules(part, np.zeros(len(part.problem.units)), wishes, (lack[0], None))
        answer = solve_program(
            replace(program, profit=np.concatenate([np.zeros(count), profit])),
            start=_start(part, plan, wishes),
            smallest_gain=shrink,
            time_limit_s=time_limit_s,
            node_limit=node_limit,
        )
        plan = min(plan, _checked(part, answer.x, plan), key=lambda one: missing(part, one))
        interrupted = answer.interrupted
        least = math.ceil(-answer.bound / shrink - _ROUNDING) * step if math.isfinite(answer.bound) else -1
        proven &= least >= missing(part, plan)[people]
    return Exact(plan.astype(np.int32), missing(part, plan)[1] if proven else -1, interrupted)


def fewest_by_rules(
    part: Part, least_units: int, *, plan: Indices, time_limit_s: float, node_limit: int
) -> tuple[Indices, int, bool]:
    """
    The plan of the fewest sites, or the cheapest, that serves so many and lacks no more than a known one.

    Parameters
    ----------
    part
        What is open; with ``rules.cost`` the cheapest is meant.
    least_units
        People to serve [1/1024 person].
    plan
        A plan that does.
    time_limit_s, node_limit
        When to end without a proof.

    Returns
    -------
    The plan, what no such plan can do with less, and whether Ctrl-C ended the work.

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> from catchment.siting.part import opened
    >>> from catchment.siting.rules import Rules
    >>> problem = problem_of_pairs([0, 1, 2], [0, 1, 2], [9, 8, 7], [[0, 0], [1, 0], [2, 0]])
    >>> part = opened(problem, Rules(cost=np.array([9, 3, 4])), 3)
    >>> fewest_by_rules(part, 15, plan=np.array([0, 1]), time_limit_s=60, node_limit=1000)
    (array([1, 2], dtype=int32), 7, False)
    """
    problem, wishes = part.problem, _wishes(part)
    cost = np.ones(len(problem), np.int64) if part.rules.cost is None else part.rules.cost
    step, shrink = _steps(cost)
    program = _with_rules(part, np.zeros(len(problem.units)), wishes, missing(part, plan))
    classes = len(problem) + np.arange(len(problem.units))
    profit = np.concatenate([-cost / step * shrink, np.zeros(len(program.profit) - len(problem))])
    scale = max(least_units, 1)
    answer = solve_program(
        replace(_more(program, [(classes, -problem.units / scale, -least_units / scale)]), profit=profit),
        start=_start(part, plan, wishes),
        smallest_gain=shrink,
        time_limit_s=time_limit_s,
        node_limit=node_limit,
    )
    found = _checked(part, answer.x, plan)
    if units_covered(problem, found) < least_units or cost[found].sum() > cost[plan].sum():
        found = plan
    least = math.ceil(-answer.bound / shrink - _ROUNDING) * step if math.isfinite(answer.bound) else 0
    return found.astype(np.int32), max(least, 0), answer.interrupted


def _steps(amount: Ints) -> tuple[int, float]:
    """The largest whole number that divides all amounts, and what a step is worth to the solver."""
    step = max(int(np.gcd.reduce(amount)), 1)
    return step, min(1.0, _LARGEST / max(float(amount.max(initial=0)) / step, 1.0))


def _lacking_profit(wishes: Wishes, *, people: bool) -> tuple[Floats, int, float]:
    """What lacking each wish costs, the step that all amounts are multiples of, and what a step is worth."""
    counted = (np.arange(len(wishes.least)) >= wishes.sites) == people
    shrink = min(1.0, _LARGEST / max(float(wishes.least[counted].max(initial=0)), 1.0)) if people else 1.0
    return np.where(counted, -wishes.least * shrink, 0.0), 1, shrink


def _wishes(part: Part) -> Wishes:
    rules, count = part.rules, len(part.problem)
    groups = [(np.asarray(group.sites), group.least) for group in rules.groups if group.least > 0]
    sites = groups + [(np.array([site]), 1) for site in rules.must]
    floors = [floor for floor in rules.floors if floor.least_units > 0]
    counted = [np.flatnonzero(floor.units) for floor in floors]
    return Wishes(
        members=(*(members for members, _ in sites), *(count + classes for classes in counted)),
        factors=(
            *(np.ones(len(members)) for members, _ in sites),
            *(floor.units[classes].astype(np.float64) for floor, classes in zip(floors, counted, strict=True)),
        ),
        least=np.array([least for _, least in sites] + [floor.least_units for floor in floors], np.float64),
        sites=len(sites),
    )


def _with_rules(part: Part, profit: Floats, wishes: Wishes, lack: tuple[int, int | None]) -> Program:
    """The program of the cover with the columns of the wishes, all limits, and how much may be lacking in all."""
    problem, count = part.problem, len(wishes.least)
    program = cover_program(problem, part.budget, profit)
    program = replace(
        program,
        profit=np.concatenate([program.profit, np.zeros(count)]),
        whole=np.concatenate([program.whole, np.zeros(count, bool)]),
    )
    own = len(problem) + len(problem.units) + np.arange(count)
    rows = [*_limit_rows(part), *_wish_rows(wishes, own)]
    for columns, least, allowed in (
        (own[: wishes.sites], wishes.least[: wishes.sites], lack[0]),
        (own[wishes.sites :], wishes.least[wishes.sites :], lack[1]),
    ):
        if len(columns) and allowed is not None:
            scale = max(float(least.max()), 1.0)
            rows.append((columns, least / scale, allowed / scale))
    return _more(program, rows)


def _wish_rows(wishes: Wishes, own: Ints) -> Iterable[tuple[Ints, Floats, float]]:
    """What counts for a wish and what is lacking come to the wish."""
    for column, members, factor, least in zip(own, wishes.members, wishes.factors, wishes.least, strict=True):
        yield np.append(members, column), -np.append(factor / least, 1.0), -1.0


def _limit_rows(part: Part) -> Iterable[tuple[Ints, Floats, float]]:
    rules, xy = part.rules, part.problem.xy
    for group in rules.groups:
        members = np.asarray(group.sites, np.int64)
        if group.most is not None and group.most < len(members):
            yield members, np.ones(len(members)), float(group.most)
    if rules.most_cost is not None and rules.cost is not None:
        scale = max(float(rules.cost.max(initial=0)), 1.0)
        yield np.arange(len(rules.cost)), rules.cost / scale, rules.most_cost / scale
    for square in crowded_squares(xy, rules.spacing_m):
        yield square.astype(np.int64), np.ones(len(square)), 1.0
    for pair in pairs_across(xy, rules.spacing_m):
        yield pair, np.ones(2), 1.0


def _more(program: Program, rows: Iterable[tuple[Ints, Floats, float]]) -> Program:
    """The program with more rows: columns, factors and the most of each."""
    added = list(rows)
    ptr = pointers(np.array([len(columns) for columns, _, _ in added], np.int64))[1:]
    return replace(
        program,
        row_ptr=np.concatenate([program.row_ptr, program.row_ptr[-1] + ptr]),
        column=np.concatenate([program.column, *(columns for columns, _, _ in added)]),
        factor=np.concatenate([program.factor, *(factors for _, factors, _ in added)]),
        most=np.concatenate([program.most, [most for _, _, most in added]]),
    )


def _start(part: Part, plan: Indices, wishes: Wishes) -> Floats:
    """A plan as a solution, with what it lacks."""
    known = cover_solution(part.problem, plan)
    had = [float(known[members] @ factor) for members, factor in zip(wishes.members, wishes.factors, strict=True)]
    lacking = np.maximum(1 - np.array(had) / wishes.least, 0) if had else np.empty(0)
    return np.concatenate([known, lacking])


def _checked(part: Part, x: Floats | None, plan: Indices) -> Indices:
    """The plan of a solution; the known plan if the solution is one within tolerances only."""
    if x is None:
        return plan.astype(np.int32)
    found = np.flatnonzero(x[: len(part.problem)] > 0.5).astype(np.int32)
    fits = within_limits(part.problem, part.rules, found) and len(found) <= part.budget
    return found if fits and missing(part, found) <= missing(part, plan) else plan.astype(np.int32)
