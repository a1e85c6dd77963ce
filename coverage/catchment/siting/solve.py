"""The sites that serve most people, with the proof: quick plan, search, bound, and branch and bound on the rest."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from catchment.errors import SettingsError
from catchment.model import CoverPlan
from catchment.siting.bound import bound_curve, lagrangian_bound, plain_bound
from catchment.siting.cover import some_sites, units_covered
from catchment.siting.exact import exact_plan
from catchment.siting.interrupts import INTERRUPTS, is_interrupt
from catchment.siting.local import begin_search, greedy_plan, kicked, search_on
from catchment.siting.part import opened
from catchment.siting.reduce import reduced
from catchment.siting.remaining import all_of, narrowed, promising
from catchment.siting.ruled import ruled_states
from catchment.siting.rules import NO_RULES, check_rules, shortfalls
from catchment.siting.state import Clock, State

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from catchment.model import Indices, Ints
    from catchment.siting.cover import CoverProblem
    from catchment.siting.remaining import Remaining
    from catchment.siting.rules import Rules

_CHUNK = 250  # rounds of search between two looks at the clock
_CALM = 12  # chunks without a better plan before the search is thrown elsewhere
_PROMISING = 16  # sites that the search looks at once there are prices, for each that is chosen
_SETTLED = 0.75  # branch and bound is asked if no more than this share of the sites is left,
_SMALL = 20_000  # or the problem has no more than so many entries
_ROUNDS_PER_NODE = 20


def solve_cover(
    problem: CoverProblem,
    budget: int,
    *,
    rules: Rules = NO_RULES,
    seed: int = 0,
    time_limit_s: float = 60.0,
    rounds: int = 500_000,
    progress: Callable[[int, int], None] | None = None,
) -> CoverPlan:
    """
    The at most ``budget`` sites that serve most people, and a bound on what any such plan can serve.

    Maximal covering location (MCLP). The problem is reduced; the greedy plan is improved by local search; Lagrangian
    prices bound all plans and settle most sites; what they leave open is searched again, then solved by branch and
    bound. The work ends with the proof, after so many rounds, when the time is over or on Ctrl-C, with the best plan
    by then. The plan is counted again from the problem as it was given.

    Unless time runs out, the same problem and seed give the same plan, in whatever order sites, classes and pairs
    come (of sites that serve the same classes the one chosen is the first along a curve through space). Of several
    best plans it is any.

    Parameters
    ----------
    problem
        Whom each site would serve, without the people served already.
    budget
        At most so many sites.
    rules
        What the sites must keep to besides. Limits are always kept. If the wishes cannot all be met, the plan is the
        one that lacks fewest sites, then fewest people of floors, then serves most, and says what it lacks; its bound
        is for plans that lack no more.
    seed
        Of the search, not negative.
    time_limit_s
        After about so long the best plan found is returned [s].
    rounds
        At most so many of local search; branch and bound may look at a twentieth as many nodes.
    progress
        Called with people covered and bound [1/1024 person] whenever either improves.

    Raises
    ------
    SettingsError
        If the budget is negative, or rules do not fit the problem or the budget.

    Examples
    --------
    Three sites serve {0, 1}, {1, 2} and {2, 3}. The middle one serves most, and the other two together more than it
    with any of them.

    >>> from catchment.siting.cover import problem_of_pairs
    >>> problem = problem_of_pairs([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 2, 3], [30, 30, 40, 31], np.zeros((3, 2)))
    >>> plan = solve_cover(problem, 2)
    >>> sorted(plan.site.tolist()), plan.covered_units, plan.bound_units, plan.status
    ([0, 2], 131, 131, 'optimal')
    """
    if budget < 0:
        raise SettingsError("error.budget_negative", found=budget)
    check_rules(problem, rules, budget)
    clock = Clock(time.monotonic(), time_limit_s)
    if rules.none:
        small = reduced(problem)
        number, states = small.site, cover_states(small.problem, budget, seed=seed, rounds=rounds, clock=clock)
    else:
        number = np.arange(len(problem), dtype=np.int32)
        states = ruled_states(opened(problem, rules, budget), seed=seed, rounds=rounds, clock=clock)
    state, interrupted = _followed(states, progress)
    late: Literal["time", "rounds"] = "time" if clock.left_s() <= 0 else "rounds"
    proven = state.proven and not state.left_out
    stopped = "proven" if proven else "interrupted" if interrupted else late
    site, added = plan_in_order(problem, number[state.plan], rules)
    curve = np.concatenate([state.curve, np.full(budget + 1 - len(state.curve), state.curve[-1])])
    return CoverPlan(
        site=site,
        added_units=added,
        budget=budget,
        coverable_units=problem.coverable_units,
        bound_units=state.bound_units,
        curve_bound_units=np.minimum(curve, state.bound_units),
        bound_leaves_out=state.left_out,
        stopped=stopped,
        seed=seed,
        shortfalls=shortfalls(problem, rules, site),
    )


def _followed(states: Generator[State, None, None], progress: Callable[[int, int], None] | None) -> tuple[State, bool]:
    """The last state before the work ends, and whether Ctrl-C ended it."""
    state = next(states)
    try:
        if progress is not None:
            progress(state.covered_units, state.bound_units)
        for better in states:
            state = better
            if progress is not None:
                progress(state.covered_units, state.bound_units)
    except INTERRUPTS as met:
        if not is_interrupt(met):
            raise
        return state, True
    return state, False


def _first_state(problem: CoverProblem, budget: int) -> State:
    plan, added = greedy_plan(problem, budget)
    curve = bound_curve(problem, plain_bound(problem), budget)
    return State(plan, int(added.sum()), int(curve[-1]), curve)


def plan_in_order(problem: CoverProblem, sites: Indices, rules: Rules) -> tuple[Indices, Ints]:
    """The sites of a plan, each adding most to those before it, and what each adds; last, those that rules want."""
    sites = np.unique(sites)
    chosen, added = greedy_plan(some_sites(problem, sites), len(sites))
    plan, idle = sites[chosen], np.setdiff1d(sites, sites[chosen])
    for site in idle.tolist():
        others = np.setdiff1d(idle, [site])
        if shortfalls(problem, rules, [*plan, *others]) == shortfalls(problem, rules, [*plan, *idle]):
            idle = others
    return np.concatenate([plan, idle]).astype(np.int32), np.concatenate([added, np.zeros(len(idle), np.int64)])


def cover_states(
    problem: CoverProblem, budget: int, *, seed: int, rounds: int, clock: Clock
) -> Generator[State, None, None]:
    """Ever better states until one is proven or a limit is reached."""
    budget = min(budget, len(problem))
    state = _first_state(problem, budget)
    remaining = all_of(problem, budget)
    yield state
    if state.proven or remaining.decided:
        return
    state = yield from _search(remaining, state, seed=seed, rounds=rounds // 10, calm=_CALM // 3, over=clock.over(0.15))
    step = 0
    while not state.proven and clock.left_s() > 0:
        step += 1
        undecided = len(remaining.problem)
        state, left = yield from _bound(remaining, state, over=clock.over(0.5), of_whole=step == 1)
        if left is None or state.proven:
            return
        remaining = left
        if remaining.decided or len(remaining.problem) > 0.95 * undecided:
            break
        focus = promising(remaining, _PROMISING * budget)
        state = yield from _search(
            focus, state, seed=seed + step, rounds=rounds // 10, calm=2 * _CALM, over=clock.over(0.5)
        )
    settled = len(remaining.problem) <= _SETTLED * len(problem) or len(remaining.problem.site_class) <= _SMALL
    if not state.proven and settled:
        state = yield from _exact(remaining, state, nodes=rounds // _ROUNDS_PER_NODE, left_s=clock.left_s())
    if not state.proven and not remaining.decided:
        focus = promising(remaining, _PROMISING * budget)
        yield from _search(focus, state, seed=seed, rounds=rounds // 2, calm=rounds, over=clock.over())


def _search(
    remaining: Remaining, state: State, *, seed: int, rounds: int, calm: int, over: Callable[[], bool]
) -> Generator[State, None, State]:
    """Rounds of local search from what of the best plan is open, until so many chunks brought nothing better."""
    plan, added = _open_plan(remaining, state)
    search = begin_search(plan, int(added.sum()), seed=seed)
    quiet = 0
    for _ in range(0, rounds, _CHUNK):
        if quiet >= calm or over() or state.proven:
            break
        before = search.covered_units
        search = search_on(remaining.problem, search, _CHUNK)
        quiet = 0 if search.covered_units > before else quiet + 1
        if quiet and quiet % _CALM == 0:
            search = kicked(remaining.problem, search)
        covered = remaining.taken_units + search.covered_units
        if covered > state.covered_units:
            state = state.better(remaining.whole_plan(search.best), covered)
            yield state
    return state


def _bound(
    remaining: Remaining, state: State, *, over: Callable[[], bool], of_whole: bool
) -> Generator[State, None, tuple[State, Remaining | None]]:
    """A bound for what is open, and what it leaves open; ``None`` if that is nothing."""
    problem, budget = remaining.problem, remaining.budget
    seen: list[int] = []
    try:
        bound = lagrangian_bound(
            problem,
            budget,
            covered_units=state.covered_units - remaining.taken_units,
            price_units=remaining.price_units,
            stopped=over,
            watch=seen.append,
        )
    except INTERRUPTS:  # what is proven by then is kept; the rest is the caller's
        yield state.bounded(remaining.taken_units + min(seen, default=state.bound_units))
        raise
    state = state.bounded(remaining.taken_units + bound.units)
    if of_whole:
        state = replace(state, curve=np.minimum(state.curve, bound_curve(problem, bound, budget)))
    left = narrowed(remaining, bound)
    if left is None:
        state = state.bounded(state.covered_units)
    elif left.decided:
        plan = np.arange(len(left.problem) if left.budget > 0 else 0, dtype=np.int32)
        covered = left.taken_units + (left.problem.coverable_units if left.budget > 0 else 0)
        state = state.better(left.whole_plan(plan), covered)
        state = state.bounded(state.covered_units)
    yield state
    return state, left


def _exact(remaining: Remaining, state: State, *, nodes: int, left_s: float) -> Generator[State, None, State]:
    """The best plan of what is open, if the limits allow."""
    problem = remaining.problem
    start, _ = _open_plan(remaining, state)
    found = exact_plan(problem, remaining.budget, plan=start, time_limit_s=left_s, node_limit=nodes)
    covered = remaining.taken_units + units_covered(problem, found.plan)
    state = state.better(remaining.whole_plan(found.plan), covered)
    state = state.bounded(remaining.taken_units + found.bound_units)
    yield state
    if found.interrupted:  # what it had is kept; the rest is the caller's
        raise KeyboardInterrupt
    return state


def _open_plan(remaining: Remaining, state: State) -> tuple[Indices, Ints]:
    """What of the best plan is still open, and the best sites that fit after it."""
    begun = np.flatnonzero(np.isin(remaining.site, state.plan))[: remaining.budget]
    return greedy_plan(remaining.problem, remaining.budget, begun=begun.astype(np.int32))
