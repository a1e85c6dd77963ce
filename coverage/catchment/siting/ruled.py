"""Ever better plans that keep rules: repair, search, bound, and branch and bound with every rule as a row."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from catchment.siting._kernels_rules import searched_by_rules
from catchment.siting.bound import bound_curve, lagrangian_bound, plain_bound
from catchment.siting.cover import units_covered
from catchment.siting.feasible import cover_of, greedy_by_rules, limits_of, search_by_rules
from catchment.siting.local import MOST_DROPPED, MOST_NOISE, Search, begin_search
from catchment.siting.part import lowered, missing, narrowed_part
from catchment.siting.rows import best_by_rules, least_lacking
from catchment.siting.selection import Cells, best_in_cells
from catchment.siting.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from catchment.model import Indices, Ints
    from catchment.siting.part import Part
    from catchment.siting.state import Clock

_CHUNK = 250  # rounds of search between two looks at the clock
_CALM = 12  # chunks without a better plan before the search is thrown elsewhere
_SETTLED = 0.75  # branch and bound is asked if no more than this share of the sites is left,
_SMALL = 100_000  # or the problem has no more than so many entries
_ROUNDS_PER_NODE = 20
_BOUND_ROUNDS = 4_000


def ruled_states(part: Part, *, seed: int, rounds: int, clock: Clock) -> Generator[State, None, None]:
    """
    Ever better states of a problem with rules until one is proven or a limit is reached; plans name whole sites.

    All plans are within all limits and lack no more than the one that lacks least.
    """
    nodes = rounds // _ROUNDS_PER_NODE
    plan = greedy_by_rules(part)
    lacks = missing(part, plan) > (0, 0)
    state = _first_state(part, plan, least_lacking=not lacks)
    yield state
    if lacks:
        repaired = least_lacking(part, plan=plan, time_limit_s=clock.left_s(0.4), node_limit=nodes)
        state = _first_state(part, _topped_up(part, repaired.plan), least_lacking=repaired.bound_units >= 0)
        yield state
        if repaired.interrupted:
            raise KeyboardInterrupt
    state = yield from _search(part, state, seed=seed, rounds=rounds // 10, calm=_CALM // 3, over=clock.over(0.15))
    whole = len(part.problem)
    for step in range(1, 6):
        if state.proven or clock.left_s() <= 0:
            break
        undecided = len(part.problem)
        part, state = _bounded(part, state, over=clock.over(0.5), of_whole=step == 1)
        yield state
        if state.proven or len(part.problem) > 0.95 * undecided:
            break
        over = clock.over(0.5)
        state = yield from _search(part, state, seed=seed + step, rounds=rounds // 10, calm=2 * _CALM, over=over)
    settled = len(part.problem) <= _SETTLED * whole or len(part.problem.site_class) <= _SMALL
    if not state.proven and settled:
        state = yield from _exact(part, state, nodes=nodes, left_s=clock.left_s())
    if not state.proven:
        yield from _search(part, state, seed=seed, rounds=rounds // 2, calm=rounds, over=clock.over())


def cells_of(part: Part, plan: Indices) -> tuple[Cells, tuple[str, ...]]:
    """
    What of the rules the bound can hold, and what it leaves out, as entries of the catalogue.

    Groups that share sites with an earlier group are rows, and so is money. What is wished is left out if a known
    plan, of those that lack least, does not meet all wishes.

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> from catchment.siting.part import opened
    >>> from catchment.siting.rules import Group, Rules
    >>> problem = problem_of_pairs([0, 1, 2], [0, 1, 2], [9, 8, 1], [[0, 0], [1, 0], [2, 0]])
    >>> rules = Rules(groups=(Group("a", [0, 1], most=1), Group("b", [1, 2], most=1)), spacing_m=0.5)
    >>> cells, left_out = cells_of(opened(problem, rules, 2), np.array([0]))
    >>> cells.cell.tolist(), cells.most.tolist(), cells.rows.toarray().tolist(), left_out
    ([0, 0, 1], [1, 3], [[0, 1, 1]], ('leaves_out.spacing',))
    """
    rules, count = part.rules, len(part.problem)
    met = missing(part, plan) == (0, 0)
    cell = np.full(count, -1)
    least: list[int] = []
    most: list[int] = []
    rows: list[tuple[Ints, Ints, int]] = []
    for group in rules.groups:
        members = np.asarray(group.sites, np.int64)
        if (cell[members] >= 0).any():
            rows += _rows_of(members, group.least if met else 0, group.most)
            continue
        cell[members] = len(least)
        least.append(group.least if met else 0)
        most.append(count if group.most is None else group.most)
    cell[cell < 0] = len(least)
    must = np.zeros(count, bool)
    must[np.asarray(rules.must, np.int64)] = met
    if rules.most_cost is not None and rules.cost is not None:
        rows.append((np.arange(count), rules.cost, rules.most_cost))
    limits = np.array([*least, 0], np.int64), np.array([*most, count], np.int64)
    row_most = np.array([high for _, _, high in rows], np.int64)
    cells = Cells(cell, *limits, must, part.budget, _matrix(rows, count), row_most)
    left_out = (
        *(("leaves_out.floors",) if any(floor.least_units > 0 for floor in rules.floors) else ()),
        *(("leaves_out.spacing",) if rules.spacing_m > 0 else ()),
        *(() if met else ("leaves_out.wishes",)),
    )
    return cells, left_out


def _rows_of(members: Ints, least: int, most: int | None) -> list[tuple[Ints, Ints, int]]:
    """A group as rows of what is not exceeded: sites, factors and the most of each row."""
    ones = np.ones(len(members), np.int64)
    above = [] if most is None or most >= len(members) else [(members, ones, most)]
    return above if least <= 0 else [*above, (members, -ones, -least)]


def _matrix(rows: list[tuple[Ints, Ints, int]], count: int) -> csr_array:
    nothing = np.empty(0, np.int64)
    number = np.repeat(np.arange(len(rows)), [len(sites) for sites, _, _ in rows]) if rows else nothing
    site = np.concatenate([nothing, *(sites for sites, _, _ in rows)])
    factor = np.concatenate([nothing, *(factors for _, factors, _ in rows)])
    return csr_array((factor, (number, site)), shape=(len(rows), count))


def _first_state(part: Part, plan: Indices, *, least_lacking: bool) -> State:
    curve = bound_curve(part.problem, plain_bound(part.problem), part.budget)
    _, unheld = cells_of(part, plan)
    covered = units_covered(part.problem, plan)
    return State(part.site[plan], covered, int(curve[-1]), curve, unheld, least_lacking)


def _topped_up(part: Part, plan: Indices) -> Indices:
    """The plan with the sites that still fit; or the best one that lacks as little."""
    small = lowered(part, plan)
    plans = [greedy_by_rules(small, begun=plan), greedy_by_rules(small)]
    return min(plans, key=lambda one: (*missing(small, one), -units_covered(part.problem, one)))


def _search(
    part: Part, state: State, *, seed: int, rounds: int, calm: int, over: Callable[[], bool]
) -> Generator[State, None, State]:
    """Rounds of local search from the best plan, until so many chunks brought nothing better."""
    search = begin_search(part.here(state.plan), state.covered_units, seed=seed)
    quiet = 0
    for _ in range(0, rounds, _CHUNK):
        if quiet >= calm or over() or state.proven:
            break
        before = search.covered_units
        search = search_by_rules(part, search, _CHUNK)
        quiet = 0 if search.covered_units > before else quiet + 1
        if quiet and quiet % _CALM == 0:
            search = _kicked(part, search)
        if search.covered_units > state.covered_units:
            state = state.better(part.site[search.best], search.covered_units)
            yield state
    return state


def _kicked(part: Part, search: Search) -> Search:
    """The search gone on from its best plan, after one round that drops up to a third of it and keeps what comes."""
    small = lowered(part, search.best)
    dropped = max(len(search.best) // 3, MOST_DROPPED)
    current, best, covered, salt = searched_by_rules(
        cover_of(part.problem),
        limits_of(small),
        search.best,
        search.best,
        search.covered_units,
        part.budget,
        1,
        np.uint64(search.salt),
        dropped,
        2 * MOST_NOISE,
        math.inf,
    )
    return Search(current, best, int(covered), int(salt))


def _bounded(part: Part, state: State, *, over: Callable[[], bool], of_whole: bool) -> tuple[Part, State]:
    """
    The state with a bound of what is open, and the part that it leaves open.

    The known plan stays in the part, so that the part always has a plan.
    """
    plan = part.here(state.plan)
    cells, _ = cells_of(part, plan)
    bound = lagrangian_bound(
        part.problem,
        part.budget,
        covered_units=state.covered_units,
        rounds=_BOUND_ROUNDS,
        stopped=over,
        choose=partial(best_in_cells, cells),
    )
    if of_whole:
        state = replace(state, curve=np.minimum(state.curve, bound_curve(part.problem, bound, part.budget)))
    state = state.bounded(bound.units)
    if state.proven:
        return part, state
    in_plan = np.zeros(len(part.problem), bool)
    in_plan[plan] = True
    return narrowed_part(part, bound.out & ~in_plan, bound.sure & in_plan), state


def _exact(part: Part, state: State, *, nodes: int, left_s: float) -> Generator[State, None, State]:
    """The best plan of what is open, if the limits allow; its bound holds every rule."""
    found = best_by_rules(part, plan=part.here(state.plan), time_limit_s=left_s, node_limit=nodes)
    bound = state.bound_units
    state = state.better(part.site[found.plan], units_covered(part.problem, found.plan)).bounded(found.bound_units)
    if found.bound_units < bound:
        state = replace(state, unheld=())
    yield state
    if found.interrupted:  # what it had is kept; the rest is the caller's
        raise KeyboardInterrupt
    return state
