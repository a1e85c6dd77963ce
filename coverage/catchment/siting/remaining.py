"""What a bound leaves undecided: the smaller problem whose plans, with the sites already sure, could be better."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.siting import _kernels_bound
from catchment.siting.reduce import reduced

if TYPE_CHECKING:
    from catchment.model import Floats, Indices
    from catchment.siting.bound import Bound
    from catchment.siting.cover import CoverProblem


@dataclass(frozen=True, eq=False)
class Remaining:
    """A problem that is still open, as part of a whole one."""

    problem: CoverProblem
    budget: int
    """How many more sites."""
    site: Indices
    """The site of the whole problem that each is, shape (sites,)."""
    taken: Indices
    """Sites of the whole problem that are in every plan of interest, shape (t,)."""
    taken_units: int
    """People whom these serve; they are in no class of the problem [1/1024 person]."""
    price_units: Floats | None
    """Prices of the classes that gave the last bound [1/1024 person], shape (classes,)."""

    @property
    def decided(self) -> bool:
        """Whether nothing is left to choose: no more sites, or as many as there are."""
        return self.budget <= 0 or self.budget >= len(self.problem)

    def whole_plan(self, plan: Indices) -> Indices:
        """The plan of the whole problem that consists of the sites taken and a plan of these."""
        return np.concatenate([self.taken, self.site[plan]]).astype(np.int32)


def all_of(problem: CoverProblem, budget: int) -> Remaining:
    """A whole problem of which nothing is decided."""
    everything = np.arange(len(problem), dtype=np.int32)
    return Remaining(problem, budget, everything, np.empty(0, np.int32), 0, None)


def promising(remaining: Remaining, count: int) -> Remaining:
    """
    Only the sites worth most at the prices of the last bound, where good plans are found sooner.

    A choice, not a proof: a better plan may hold another site.
    """
    problem, price = remaining.problem, remaining.price_units
    if price is None or len(problem) <= count:
        return remaining
    value = _kernels_bound.site_values(problem.site_ptr, problem.site_class, price)
    best = np.sort(np.argsort(-value, kind="stable")[:count]).astype(np.int32)
    small = reduced(problem, sites=best)
    return replace(remaining, problem=small.problem, site=remaining.site[small.site], price_units=None)


def narrowed(remaining: Remaining, bound: Bound) -> Remaining | None:
    """
    Without the sites that are out, with those that are sure; ``None`` if that is a contradiction: no plan is better.

    Examples
    --------
    Of three sites that serve {0}, {1} and {2} alone, people 40, 20 and 10, the bound of a plan of the first one and
    the last makes the first one sure and leaves the second to be found.

    >>> from catchment.siting.bound import lagrangian_bound
    >>> from catchment.siting.cover import problem_of_pairs
    >>> whole = all_of(problem_of_pairs([0, 1, 2], [0, 1, 2], [40, 20, 10], np.zeros((3, 2))), 2)
    >>> left = narrowed(whole, lagrangian_bound(whole.problem, 2, covered_units=50))
    >>> left.taken.tolist(), left.site.tolist(), left.budget
    ([0, 1], [], 0)
    """
    problem, sure = remaining.problem, np.flatnonzero(bound.sure)
    if (bound.out & bound.sure).any() or len(sure) > remaining.budget:
        return None
    served = np.zeros(len(problem.units), bool)
    for site in sure:
        served[problem.site_class[problem.site_ptr[site] : problem.site_ptr[site + 1]]] = True
    small = reduced(problem, sites=np.flatnonzero(~bound.out & ~bound.sure).astype(np.int32), served=served)
    price = np.zeros(len(small.problem.units))
    found = small.class_of >= 0
    np.add.at(price, small.class_of[found], bound.price[found] / bound.scale)
    return Remaining(
        problem=small.problem,
        budget=remaining.budget - len(sure),
        site=remaining.site[small.site],
        taken=np.concatenate([remaining.taken, remaining.site[sure]]),
        taken_units=remaining.taken_units + int(problem.units[served].sum()),
        price_units=price,
    )
