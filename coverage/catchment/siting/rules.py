"""What a plan must keep to besides its number of sites, quotas, distances, money, floors, and what it lacks of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from catchment.errors import SettingsError
from catchment.model import Shortfall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from catchment.model import Floats, Ints, Mask
    from catchment.siting.cover import CoverProblem


@dataclass(frozen=True, eq=False)
class Group:
    """
    Sites of which so many are wanted: a quota, one per township unit, or premises that exclude each other.

    A group may have fewer candidates than it wants, or none: the plan then says by how much it falls short.
    """

    name: str
    sites: ArrayLike
    """Indices, in any order, shape (k,)."""
    least: int = 0
    most: int | None = None
    """``None`` is no limit."""


@dataclass(frozen=True, eq=False)
class Floor:
    """So many of some people must be served, say of a county; a class of people may count in part."""

    name: str
    units: Ints
    """How many of each class count, not negative [1/1024 person], shape (classes,)."""
    least_units: int


@dataclass(frozen=True, eq=False)
class Rules:
    """
    What the sites of a plan must keep to; empty by default.

    Limits (``most``, ``never``, spacing, money) are always kept, since a plan of no sites keeps them. Wishes
    (``least``, ``must``, floors) may be more than can be had together with the limits.

    Raises
    ------
    SettingsError
        If two rules contradict each other whatever the sites are, or a number cannot be meant.

    Examples
    --------
    >>> rules = Rules(groups=(Group("county", [0, 1], least=1),), never=[1])
    >>> rules.none, NO_RULES.none
    (False, True)
    """

    groups: tuple[Group, ...] = ()
    must: Sequence[int] = ()
    """Sites of every plan."""
    never: Sequence[int] = ()
    """Sites of no plan."""
    spacing_m: float = 0.0
    """Chosen sites stand at least so far from each other, and from ``spacing_from`` [m]."""
    spacing_from: Floats = field(default_factory=lambda: np.empty((0, 2)))
    """Where sites stand already, in the plane of the problem [m], shape (k, 2)."""
    cost: Ints | None = None
    """Of each site, not negative, in any unit, shape (sites,)."""
    most_cost: int | None = None
    """All chosen sites together cost no more."""
    floors: tuple[Floor, ...] = ()

    def __post_init__(self) -> None:
        both = sorted(set(self.must) & set(self.never))
        if both:
            raise SettingsError("error.rules_must_never", sites=", ".join(map(str, both)))
        for group in self.groups:
            _check_group(group, self.must)
        for floor in self.floors:
            if floor.least_units < 0 or np.min(floor.units, initial=0) < 0:
                found = min(floor.least_units, int(np.min(floor.units, initial=0)))
                raise SettingsError("error.rules_negative", name=floor.name, found=found)
        if not 0 <= self.spacing_m < np.inf:
            raise SettingsError("error.rules_spacing", found=self.spacing_m)
        if self.most_cost is not None and (self.cost is None or self.most_cost < 0):
            raise SettingsError("error.rules_most_cost", found=self.most_cost)
        if self.cost is not None and np.min(self.cost, initial=0) < 0:
            site = int(np.argmin(self.cost))
            raise SettingsError("error.rules_cost", site=site, found=int(self.cost[site]))

    @property
    def none(self) -> bool:
        """Whether there is no rule at all."""
        wishes = self.groups or len(self.must) or self.floors
        return not (wishes or len(self.never) or self.spacing_m > 0 or self.most_cost is not None)


NO_RULES = Rules()


def _check_group(group: Group, must: Sequence[int]) -> None:
    most = group.most
    if group.least < 0 or (most is not None and most < 0):
        found = group.least if group.least < 0 else most
        raise SettingsError("error.rules_negative", name=group.name, found=found)
    if most is None:
        return
    if group.least > most:
        raise SettingsError("error.rules_least_most", name=group.name, least=group.least, most=most)
    sure = np.isin(_members(group), np.asarray(must, np.int64)).sum()
    if sure > most:
        raise SettingsError("error.rules_must_most", name=group.name, must=int(sure), most=most)


def check_rules(problem: CoverProblem, rules: Rules, budget: int | None = None) -> None:
    """
    Raise if rules do not fit a problem, or ask for more sites than the budget whatever the sites are.

    Raises
    ------
    SettingsError
        If a rule names a site that is not there, a list has another length than the problem, or the sites that must
        be or that groups without common sites want are more than the budget.
    """
    count = len(problem)
    named = [("must", rules.must), ("never", rules.never), *((group.name, group.sites) for group in rules.groups)]
    for name, sites in named:
        wrong = [int(site) for site in np.asarray(sites, np.int64).ravel() if not 0 <= site < count]
        if wrong:
            raise SettingsError("error.rules_site", name=name, found=wrong[0], count=count)
    if rules.cost is not None and len(rules.cost) != count:
        raise SettingsError("error.rules_length", name="cost", found=len(rules.cost), count=count)
    for floor in rules.floors:
        if len(floor.units) != len(problem.units):
            raise SettingsError("error.rules_length", name=floor.name, found=len(floor.units), count=len(problem.units))
    if budget is not None:
        _check_sum(rules, budget)


def _check_sum(rules: Rules, budget: int) -> None:
    wanted = sum(group.least for group in rules.groups)
    members = np.concatenate([np.empty(0, np.int64), *(_members(group) for group in rules.groups)])
    if wanted > budget and len(np.unique(members)) == len(members):
        names = ", ".join(group.name for group in rules.groups if group.least)
        raise SettingsError("error.rules_budget", name=names, least=wanted, budget=budget)
    if len(set(rules.must)) > budget:
        raise SettingsError("error.rules_budget", name="must", least=len(set(rules.must)), budget=budget)


def _members(group: Group) -> Ints:
    members: Ints = np.unique(np.asarray(group.sites, np.int64))
    return members


def allowed_sites(problem: CoverProblem, rules: Rules) -> Mask:
    """
    Sites that a plan of one site may have.

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> problem = problem_of_pairs([], [], [], [[0, 0], [100, 0], [200, 0]])
    >>> allowed_sites(problem, Rules(never=[2], spacing_m=50, spacing_from=np.array([[0, 49]]))).tolist()
    [False, True, False]
    """
    allowed = np.ones(len(problem), bool)
    allowed[np.asarray(rules.never, np.int64)] = False
    for group in rules.groups:
        if group.most == 0:
            allowed[_members(group)] = False
    for x, y in rules.spacing_from.tolist():
        allowed &= np.hypot(problem.xy[:, 0] - x, problem.xy[:, 1] - y) >= rules.spacing_m
    if rules.most_cost is not None and rules.cost is not None:
        allowed &= rules.cost <= rules.most_cost
    return allowed


def within_limits(problem: CoverProblem, rules: Rules, plan: ArrayLike) -> bool:
    """
    Whether a plan keeps all limits: counted anew from the rules, what every plan is held against.

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> problem = problem_of_pairs([], [], [], [[0, 0], [100, 0], [200, 0]])
    >>> [within_limits(problem, Rules(spacing_m=150), plan) for plan in ([0, 2], [0, 1])]
    [True, False]
    """
    sites = np.unique(np.asarray(plan, np.int64))
    if not allowed_sites(problem, rules)[sites].all():
        return False
    counts = [(np.isin(sites, _members(group)).sum(), group.most) for group in rules.groups]
    if any(most is not None and count > most for count, most in counts):
        return False
    if rules.most_cost is not None and rules.cost is not None and int(rules.cost[sites].sum()) > rules.most_cost:
        return False
    x, y = problem.xy[sites].T
    near = np.hypot(x[:, None] - x, y[:, None] - y) < rules.spacing_m
    return not near[np.triu_indices(len(sites), 1)].any()


def shortfalls(problem: CoverProblem, rules: Rules, plan: ArrayLike) -> tuple[Shortfall, ...]:
    """
    What a plan lacks of each wish that it does not meet.

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> problem = problem_of_pairs([0, 1], [0, 0], [10], [[0, 0], [100, 0]])
    >>> rules = Rules(groups=(Group("county", [0, 1], least=3),), floors=(Floor("east", np.array([10]), 12),))
    >>> for short in shortfalls(problem, rules, [0]):
    ...     print(short.kind, short.name, short.wanted, short.reached, short.reachable, short.missing)
    group county 3 1 2 2
    floor east 12 10 10 2
    """
    sites = np.unique(np.asarray(plan, np.int64))
    allowed = np.flatnonzero(allowed_sites(problem, rules))
    found = []
    for group in rules.groups:
        members = _members(group)
        reachable = int(np.isin(members, allowed).sum())
        reachable = reachable if group.most is None else min(reachable, group.most)
        found.append(Shortfall("group", group.name, group.least, int(np.isin(members, sites).sum()), reachable))
    for site in sorted(set(rules.must)):
        reached, reachable = int(site in sites), int(site in allowed)
        found.append(Shortfall("must", str(site), 1, reached, reachable))
    for floor in rules.floors:
        reached, reachable = (_units_of(problem, floor, some) for some in (sites, allowed))
        found.append(Shortfall("floor", floor.name, floor.least_units, reached, reachable))
    return tuple(short for short in found if short.missing > 0)


def kept(problem: CoverProblem, rules: Rules, plan: ArrayLike) -> bool:
    """
    Whether a plan keeps all limits and meets all wishes.

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> problem = problem_of_pairs([], [], [], [[0, 0], [100, 0]])
    >>> [kept(problem, Rules(must=[1]), plan) for plan in ([0], [0, 1])]
    [False, True]
    """
    return within_limits(problem, rules, plan) and not shortfalls(problem, rules, plan)


def _units_of(problem: CoverProblem, floor: Floor, sites: Ints) -> int:
    served = np.zeros(len(problem.units), bool)
    for site in sites:
        served[problem.site_class[problem.site_ptr[site] : problem.site_ptr[site + 1]]] = True
    return int(floor.units[served].sum())
