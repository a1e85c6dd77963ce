"""The fewest sites, or the cheapest, that serve so many people, with the proof of how few it takes."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from catchment.errors import SettingsError
from catchment.model import FewestPlan, Shortfall
from catchment.siting.bound import bound_curve, lagrangian_bound, plain_bound
from catchment.siting.cover import units_covered
from catchment.siting.feasible import greedy_by_rules
from catchment.siting.interrupts import INTERRUPTS, is_interrupt
from catchment.siting.part import Part, missing, opened
from catchment.siting.reduce import reduced
from catchment.siting.rows import fewest_by_rules
from catchment.siting.ruled import ruled_states
from catchment.siting.rules import NO_RULES, allowed_sites, check_rules, shortfalls
from catchment.siting.solve import cover_states, plan_in_order
from catchment.siting.state import Clock

if TYPE_CHECKING:
    from collections.abc import Generator

    from catchment.model import Indices
    from catchment.siting.cover import CoverProblem
    from catchment.siting.rules import Rules
    from catchment.siting.state import State

_ROUNDS_PER_NODE = 20
_BOUND_ROUNDS = 4_000


@dataclass(frozen=True, eq=False)
class _Known:
    """The best that is known; plans are of the part."""

    plan: Indices
    least: int
    """No plan that does as much has fewer sites, or costs less."""
    interrupted: bool = False


@dataclass(frozen=True, eq=False)
class _Task:
    """What is to be done, and what of it can be."""

    part: Part
    target_units: int
    lacks: tuple[int, int]
    """Sites and people that plans may lack of the rules."""
    seed: int
    rounds: int
    clock: Clock

    def done_by(self, plan: Indices) -> bool:
        """Whether a plan of the part does it."""
        enough = units_covered(self.part.problem, plan) >= self.target_units
        return enough and missing(self.part, plan) <= self.lacks

    def amount(self, plan: Indices) -> int:
        """How many sites a plan has, or what it costs."""
        cost = self.part.rules.cost
        return len(plan) if cost is None else int(cost[plan].sum())


def fewest_sites(
    problem: CoverProblem,
    least_units: int,
    *,
    rules: Rules = NO_RULES,
    seed: int = 0,
    time_limit_s: float = 60.0,
    rounds: int = 500_000,
) -> FewestPlan:
    """
    The fewest sites that serve at least so many people, and a bound on how few can; with costs, the cheapest.

    Partial set covering location (partial LSCP). A greedy plan is trimmed; then as long as the sites that serve most
    with one site fewer (``solve_cover``) still do, they are the plan. The curve of the Lagrangian bound says how many
    it takes at least; branch and bound closes what is between. If so many cannot be served, or the rules not be met,
    it is the plan that lacks least of the rules, then serves most, with the fewest sites that do as much.

    Parameters
    ----------
    problem
        Whom each site would serve, without the people served already.
    least_units
        People to serve [1/1024 person].
    rules
        What the sites must keep to; with ``cost`` the cheapest plan is looked for.
    seed
        Of the search, not negative.
    time_limit_s
        After about so long the best plan found is returned [s].
    rounds
        At most so many of local search for each number of sites.

    Raises
    ------
    SettingsError
        If the people to serve are negative, or rules do not fit the problem.

    References
    ----------
    Daskin, Owen (1999), Two new location covering problems, https://doi.org/10.1111/j.1538-4632.1999.tb00983.x.

    Examples
    --------
    Three sites serve {0, 1}, {1, 2} and {2, 3}; the first and the last serve all of 131 people.

    >>> from catchment.siting.cover import problem_of_pairs
    >>> problem = problem_of_pairs([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 2, 3], [30, 30, 40, 31], np.zeros((3, 2)))
    >>> plans = [fewest_sites(problem, least_units) for least_units in (70, 131, 140)]
    >>> [(plan.amount, plan.least, plan.covered_units) for plan in plans]
    [(1, 1, 71), (2, 2, 131), (2, 2, 131)]
    """
    if least_units < 0:
        raise SettingsError("error.share_negative", found=least_units)
    check_rules(problem, rules)
    clock = Clock(time.monotonic(), time_limit_s)
    task, known, settled = _begun(_part(problem, rules), least_units, seed=seed, rounds=rounds, clock=clock)
    if not known.interrupted:
        known = _fewer(task, known)
    site, added = plan_in_order(problem, task.part.site[known.plan], rules)
    amount = len(site) if rules.cost is None else int(rules.cost[site].sum())
    late: Literal["time", "rounds"] = "time" if clock.left_s() <= 0 else "rounds"
    proven = known.least >= amount and settled
    return FewestPlan(
        site=site,
        added_units=added,
        least_units=least_units,
        coverable_units=problem.coverable_units,
        counted="sites" if rules.cost is None else "cost",
        amount=amount,
        least=min(known.least, amount),
        bound_leaves_out=() if settled else ("leaves_out.lacking",),
        stopped="proven" if proven else "interrupted" if known.interrupted else late,
        seed=seed,
        shortfalls=(*shortfalls(problem, rules, site), *_share(problem, rules, least_units, int(added.sum()))),
    )


def _part(problem: CoverProblem, rules: Rules) -> Part:
    if not rules.none or rules.cost is not None:
        return opened(problem, rules, len(problem))
    small = reduced(problem)
    return Part(small.problem, rules, len(small.problem), small.site)


def _share(problem: CoverProblem, rules: Rules, least_units: int, covered_units: int) -> tuple[Shortfall, ...]:
    if covered_units >= least_units:
        return ()
    reachable = units_covered(problem, np.flatnonzero(allowed_sites(problem, rules)))
    return (Shortfall("share", "", least_units, covered_units, reachable),)


def _begun(part: Part, least_units: int, *, seed: int, rounds: int, clock: Clock) -> tuple[_Task, _Known, bool]:
    """What can be done, a plan that does it, and whether it is proven that no more can."""
    plan, settled, interrupted = greedy_by_rules(part, enough_units=least_units), True, False
    if missing(part, plan) > (0, 0) or units_covered(part.problem, plan) < least_units:
        half = Clock(clock.begun_s, 0.5 * clock.limit_s)
        state, interrupted = _until(ruled_states(part, seed=seed, rounds=rounds, clock=half), None)
        plan = part.here(state.plan)
        enough = units_covered(part.problem, plan) >= least_units
        settled = state.least_lacking and (enough or state.proven)
    target = min(least_units, units_covered(part.problem, plan))
    task = _Task(part, target, missing(part, plan), seed, rounds, clock)
    return task, _Known(_trimmed(task, plan), 0, interrupted), settled


def _trimmed(task: _Task, plan: Indices) -> Indices:
    """The plan without sites that it can do without, those that serve fewest by themselves first."""
    alone = [units_covered(task.part.problem, [site]) for site in plan.tolist()]
    for site in plan[np.argsort(alone, kind="stable")].tolist():
        without = plan[plan != site]
        if task.done_by(without):
            plan = without
    return plan


def _fewer(task: _Task, known: _Known) -> _Known:
    """With one site fewer again and again, then by branch and bound."""
    part, clock = task.part, task.clock
    if part.rules.cost is None:
        known = replace(known, least=_least_number(task, len(known.plan)))
        decided = True
        while decided and known.least < len(known.plan) and not known.interrupted and clock.left_s() > 0:
            known, decided = _one_fewer(task, known)
    if known.least >= task.amount(known.plan) or known.interrupted:
        return known
    plan, least, interrupted = fewest_by_rules(
        part,
        task.target_units,
        plan=known.plan,
        time_limit_s=clock.left_s(),
        node_limit=task.rounds // _ROUNDS_PER_NODE,
    )
    return _Known(plan, max(least, known.least), interrupted)


def _least_number(task: _Task, count: int) -> int:
    """So many sites at least: fewer serve less than the target by the curve of the bound."""
    problem = task.part.problem
    bound = plain_bound(problem)
    if 1 < count < len(problem):
        bound = lagrangian_bound(
            problem,
            count - 1,
            covered_units=max(task.target_units - 1, 0),
            rounds=_BOUND_ROUNDS,
            stopped=task.clock.over(0.5),
        )
    curve = bound_curve(problem, bound, count)
    return int(np.searchsorted(curve, task.target_units))


def _one_fewer(task: _Task, known: _Known) -> tuple[_Known, bool]:
    """A plan of one site fewer, or the proof that there is none; and whether it was either."""
    count = len(known.plan) - 1
    clock = Clock(time.monotonic(), 0.5 * task.clock.left_s())
    state, interrupted = _until(_states(task, count, clock), task)
    plan = task.part.here(state.plan)
    if task.done_by(plan):
        return replace(known, plan=_trimmed(task, plan), interrupted=interrupted), True
    lacks = missing(replace(task.part, budget=count), plan)
    impossible = state.bound_units < task.target_units or (state.least_lacking and lacks > task.lacks)
    least = count + 1 if impossible else known.least
    return replace(known, least=least, interrupted=interrupted), impossible


def _states(task: _Task, count: int, clock: Clock) -> Generator[State, None, None]:
    """States of the best plan of so many sites; plans name sites of the whole problem."""
    part = task.part
    if not part.rules.none:
        yield from ruled_states(replace(part, budget=count), seed=task.seed, rounds=task.rounds, clock=clock)
        return
    for state in cover_states(part.problem, count, seed=task.seed, rounds=task.rounds, clock=clock):
        yield replace(state, plan=part.site[state.plan])


def _until(states: Generator[State, None, None], task: _Task | None) -> tuple[State, bool]:
    """The state that decides, or the last one; and whether Ctrl-C came before."""
    with closing(states):
        state = next(states)
        try:
            while not (task and _decides(task, state)):
                state = next(states)
        except StopIteration:
            return state, False
        except INTERRUPTS as met:
            if not is_interrupt(met):
                raise
            return state, True
    return state, False


def _decides(task: _Task, state: State) -> bool:
    return state.bound_units < task.target_units or task.done_by(task.part.here(state.plan))
