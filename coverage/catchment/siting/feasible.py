"""Good plans that keep rules: the best allowed site again and again, then a search that takes back what breaks one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.crowd import pointers
from catchment.siting import _kernels_cover, _kernels_rules
from catchment.siting._kernels_rules import Cover, Limits
from catchment.siting.cover import units_covered
from catchment.siting.local import MOST_DROPPED, MOST_NOISE, MOST_SLACK, Search
from catchment.siting.part import lowered, missing
from catchment.siting.spacing import near_pairs

if TYPE_CHECKING:
    from catchment.model import Indices, Ints
    from catchment.siting.cover import CoverProblem
    from catchment.siting.part import Part

_NEVER = np.iinfo(np.int64).max


def greedy_by_rules(part: Part, *, begun: Indices | None = None, enough_units: int | None = None) -> Indices:
    """
    A plan within all limits that lacks little, and serves many.

    The best allowed site is taken again and again: as it comes, or first those that groups lack; by people, or by
    people for its cost; floors before the rest, or not. Of these plans it is the one that lacks least, then the one
    that serves most people. It may lack more than is needed.

    Parameters
    ----------
    part
        What is open.
    begun
        Sites that the plan begins with, within all limits.
    enough_units
        A plan that serves so many is not gone on with [1/1024 person].

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> from catchment.siting.part import opened
    >>> from catchment.siting.rules import Group, Rules
    >>> problem = problem_of_pairs([0, 1, 2], [0, 1, 2], [9, 8, 1], [[0, 0], [1, 0], [2, 0]])
    >>> rules = Rules(groups=(Group("a", [0, 1], most=1), Group("b", [2], least=1)))
    >>> sorted(greedy_by_rules(opened(problem, rules, 2)).tolist())
    [0, 2]
    """
    cover, limits = cover_of(part.problem), limits_of(part)
    first = np.empty(0, np.int32) if begun is None else begun.astype(np.int32)
    enough = _NEVER if enough_units is None else enough_units
    plans = []
    for by_cost in (False, True)[: 1 + (part.rules.most_cost is not None)]:
        for wanted_first in (False, True):
            for floors_first in (False, True)[: 1 + bool(part.rules.floors)]:
                start = _for_floors(part, limits, first, by_cost=by_cost) if floors_first else first
                plan, _ = _kernels_rules.filled_by_rules(
                    cover, limits, start, part.budget, enough, wanted_first, by_cost
                )
                plans.append(plan)
    return min(plans, key=lambda plan: (*missing(part, plan), -units_covered(part.problem, plan)))


def _for_floors(part: Part, limits: Limits, begun: Indices, *, by_cost: bool) -> Indices:
    """Best sites for the people of each floor, one floor after another, until each is reached."""
    for floor in part.rules.floors:
        cover = cover_of(replace(part.problem, units=floor.units))
        enough = max(floor.least_units, 0)
        begun, _ = _kernels_rules.filled_by_rules(cover, limits, begun, part.budget, enough, True, by_cost)
    return begun


def search_by_rules(part: Part, search: Search, rounds: int) -> Search:
    """
    Some more rounds of a search that stands at a plan within all limits; what is lacking does not grow.

    As ``search_on``, with any number of sites up to the budget.
    """
    small = lowered(part, search.best)
    current = search.current if missing(small, search.current) == (0, 0) else search.best
    current, best, covered, salt = _kernels_rules.searched_by_rules(
        cover_of(part.problem),
        limits_of(small),
        current,
        search.best,
        search.covered_units,
        part.budget,
        rounds,
        np.uint64(search.salt),
        MOST_DROPPED,
        MOST_NOISE,
        MOST_SLACK,
    )
    return Search(current, best, int(covered), int(salt))


def cover_of(problem: CoverProblem) -> Cover:
    """The problem as the kernels take it."""
    return Cover(
        problem.site_ptr,
        problem.site_class,
        *problem.of_classes,
        problem.units,
        np.ascontiguousarray(problem.xy, np.float64),
    )


def limits_of(part: Part) -> Limits:
    """The rules as the kernels take them; a site that must be is a group of its own."""
    rules, count = part.rules, len(part.problem)
    groups = [np.asarray(group.sites, np.int64) for group in rules.groups] + [np.array([site]) for site in rules.must]
    group_ptr = pointers(np.array([len(group) for group in groups], np.int64))
    group_site = np.concatenate([np.empty(0, np.int64), *groups]).astype(np.int32)
    least = [group.least for group in rules.groups] + [1] * len(rules.must)
    most = [count if group.most is None else group.most for group in rules.groups] + [count] * len(rules.must)
    pairs = near_pairs(part.problem.xy, rules.spacing_m)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    cost = np.zeros(count, np.int64) if rules.cost is None else np.asarray(rules.cost, np.int64)
    return Limits(
        *_kernels_cover.transposed(group_ptr, group_site, count),
        group_ptr,
        group_site,
        np.array(least, np.int64),
        np.array(most, np.int64),
        pointers(np.bincount(both[:, 0], minlength=count)),
        both[:, 1].astype(np.int32),
        cost,
        _NEVER if rules.most_cost is None else rules.most_cost,
        _rows([floor.units for floor in rules.floors], len(part.problem.units)),
        np.array([floor.least_units for floor in rules.floors], np.int64),
    )


def _rows(rows: list[Ints], length: int) -> Ints:
    found: Ints = np.array(rows, np.int64).reshape(len(rows), length)
    return found
