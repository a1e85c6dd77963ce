"""A plan with some of its places replaced: whom that gains, whom it loses, and where they live."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.access.classes import cover_counts
from catchment.access.reach import some_sources
from catchment.model import Swapped

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from catchment.model import Indices, Ints, ReachSets


def swapped(reach: ReachSets, units_in_order: Ints, plan: Indices, rank: ArrayLike, candidate: ArrayLike) -> Swapped:
    """
    The plan with other candidates in the place of some of its own, and everybody who is served otherwise.

    Parameters
    ----------
    reach
        Whom each candidate would cover, from ``reach_under_standard``.
    units_in_order
        People not covered yet at each place of the order, 0 for the others [1/1024 person], shape (n,).
    plan
        Candidates, shape (p,).
    rank
        Places of the plan that are replaced, 0 the first, each once; one or several, shape (k,).
    candidate
        What replaces each of them, shape (k,).

    Examples
    --------
    Three candidates reach people {0, 1}, {1, 2} and {2} of 10, 20 and 40; the last stands for the first one.

    >>> from catchment.model import ReachSets
    >>> reach = ReachSets(np.array([0, 1, 2, 3]), np.array([0, 1, 2]), np.array([2, 3, 3]), np.arange(3))
    >>> found = swapped(reach, np.array([10, 20, 40]), np.array([0]), 0, 2)
    >>> found.plan.tolist(), found.gained_units, found.lost_units
    ([2], 40, 30)
    """
    after = plan.astype(np.int32)
    after[np.asarray(rank, np.int64)] = candidate
    was, then = (cover_counts(some_sources(reach, each)) > 0 for each in (plan, after))
    return Swapped(after, np.where(then & ~was, units_in_order, 0), np.where(was & ~then, units_in_order, 0))


def by_region(swap: Swapped, region_in_order: Indices, region_count: int) -> Ints:
    """
    People gained and lost in each region [1/1024 person], shape (regions, 2); those of no region are left out.

    Parameters
    ----------
    swap
        From ``swapped``.
    region_in_order
        Of each place of the order, -1 for none, shape (n,).
    region_count
        How many regions there are.

    Examples
    --------
    >>> swap = Swapped(np.array([0]), np.array([10, 0, 20]), np.array([0, 40, 0]))
    >>> by_region(swap, np.array([1, 1, 0]), 2).tolist()
    [[20, 0], [10, 40]]
    """
    total = np.zeros((region_count, 2), np.int64)
    inside = region_in_order >= 0
    np.add.at(total, region_in_order[inside], np.column_stack([swap.gained, swap.lost])[inside])
    return total
