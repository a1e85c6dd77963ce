"""The part of a problem with rules that is still open: without the sites that cannot be, equal classes merged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.siting.cover import units_covered
from catchment.siting.reduce import in_space, merged
from catchment.siting.rules import allowed_sites

if TYPE_CHECKING:
    from catchment.model import Indices, Ints, Mask
    from catchment.siting.cover import CoverProblem
    from catchment.siting.rules import Floor, Group, Rules


@dataclass(frozen=True, eq=False)
class Part:
    """Some sites of a problem with rules that name these, and wish no more than each could have by itself."""

    problem: CoverProblem
    rules: Rules
    budget: int
    site: Indices
    """The site of the whole problem that each is, shape (sites,)."""

    def here(self, plan: Indices) -> Indices:
        """The sites of a plan of the whole problem that are in this part, as indices of it."""
        found: Indices = np.flatnonzero(np.isin(self.site, plan)).astype(np.int32)
        return found


def opened(problem: CoverProblem, rules: Rules, budget: int) -> Part:
    """
    The sites that a plan may have, in an order in space.

    No site is left out because another one serves its classes too: that one may be of another group, dearer, or too
    near to a third.

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> from catchment.siting.rules import Group, Rules
    >>> problem = problem_of_pairs([0, 0, 1, 2], [0, 1, 0, 2], [1, 2, 4], [[0, 0], [1, 0], [2, 0]])
    >>> part = opened(problem, Rules(groups=(Group("all", [1, 2], least=2),), never=[2]), 2)
    >>> part.site.tolist(), part.rules.groups[0].sites.tolist(), part.rules.groups[0].least
    ([0, 1], [1], 1)
    """
    order = in_space(problem)
    return _part_of(problem, rules, budget, order[allowed_sites(problem, rules)[order]])


def narrowed_part(part: Part, out: Mask, sure: Mask) -> Part:
    """Without some sites, and with others in every plan."""
    rules = replace(part.rules, must=sorted({*part.rules.must, *np.flatnonzero(sure).tolist()}))
    small = _part_of(part.problem, rules, part.budget, np.flatnonzero(~out))
    return replace(small, site=part.site[small.site])


def _part_of(problem: CoverProblem, rules: Rules, budget: int, site: Ints) -> Part:
    counted = problem.units > 0
    for floor in rules.floors:
        counted |= floor.units > 0
    small, class_of = merged(problem, site, counted)
    number = np.full(len(problem), -1)
    number[site] = np.arange(len(site))
    must = number[np.asarray(rules.must, np.int64)]
    own = replace(
        rules,
        groups=tuple(_group_of(group, number) for group in rules.groups),
        must=sorted(set(must[must >= 0].tolist())),
        never=(),
        spacing_from=np.empty((0, 2)),
        cost=None if rules.cost is None else rules.cost[site],
        floors=tuple(_floor_of(floor, small, class_of) for floor in rules.floors),
    )
    return Part(small, own, min(budget, len(site)), site.astype(np.int32))


def _group_of(group: Group, number: Ints) -> Group:
    members = np.unique(number[np.asarray(group.sites, np.int64)])
    members = members[members >= 0]
    return replace(group, sites=members, least=min(group.least, len(members)))


def _floor_of(floor: Floor, small: CoverProblem, class_of: Indices) -> Floor:
    units = np.zeros(len(small.units), np.int64)
    found = class_of >= 0
    np.add.at(units, class_of[found], floor.units[found])
    return replace(floor, units=units, least_units=min(floor.least_units, int(units.sum())))


def lowered(part: Part, plan: Indices) -> Part:
    """
    The part with wishes no larger than what a plan reaches, which then keeps all its rules.

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> from catchment.siting.rules import Group, Rules
    >>> problem = problem_of_pairs([0, 1], [0, 0], [1], [[0, 0], [1, 0]])
    >>> part = opened(problem, Rules(groups=(Group("all", [0, 1], least=2),)), 2)
    >>> lowered(part, np.array([1])).rules.groups[0].least
    1
    """
    rules = part.rules
    groups = [
        replace(group, least=min(group.least, int(np.isin(np.asarray(group.sites), plan).sum())))
        for group in rules.groups
    ]
    floors = [
        replace(
            floor, least_units=min(floor.least_units, units_covered(replace(part.problem, units=floor.units), plan))
        )
        for floor in rules.floors
    ]
    must = [site for site in rules.must if site in plan]
    return replace(part, rules=replace(rules, groups=tuple(groups), floors=tuple(floors), must=must))


def missing(part: Part, plan: Indices) -> tuple[int, int]:
    """Sites and people [1/1024 person] that a plan lacks of all wishes; the first of two plans is better if less."""
    small = lowered(part, plan).rules
    groups = zip(part.rules.groups, small.groups, strict=True)
    floors = zip(part.rules.floors, small.floors, strict=True)
    sites = sum(one.least - other.least for one, other in groups) + len(part.rules.must) - len(small.must)
    return sites, sum(one.least_units - other.least_units for one, other in floors)
