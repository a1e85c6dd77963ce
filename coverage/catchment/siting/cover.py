"""The problem of choosing sites: classes of people, which of them each site serves, and what a choice covers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.classes import people_classes
from catchment.access.crowd import pointers
from catchment.errors import InputError
from catchment.siting import _kernels_cover

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from catchment.model import Floats, Indices, Ints, ReachSets


@dataclass(frozen=True, eq=False)
class CoverProblem:
    """Classes of people, whole numbers of units each, and the classes that each possible site would serve."""

    site_ptr: Ints
    """Site s serves the classes ``site_class[site_ptr[s]:site_ptr[s + 1]]``, shape (sites + 1,)."""
    site_class: Indices
    """Each class once, ascending for each site, shape (entries,)."""
    units: Ints
    """People of each class, not negative [1/1024 person], shape (classes,)."""
    xy: Floats
    """Where the sites stand, in any plane; only the search for better plans looks at it, shape (sites, 2)."""

    @cached_property
    def of_classes(self) -> tuple[Ints, Indices]:
        """The sites that serve each class, ascending, as pointers and indices."""
        ptr, sites = _kernels_cover.transposed(self.site_ptr, self.site_class, len(self.units))
        return ptr, sites

    @cached_property
    def coverable_units(self) -> int:
        """People of all classes that any site serves."""
        return int(self.units[np.diff(self.of_classes[0]) > 0].sum())

    def __len__(self) -> int:
        return len(self.site_ptr) - 1


def problem_of_pairs(site: ArrayLike, demand: ArrayLike, units: ArrayLike, xy: ArrayLike) -> CoverProblem:
    """
    A problem of pairs: this site serves that demand. Pairs may come in any order, and more than once.

    Parameters
    ----------
    site, demand
        Indices, shape (pairs,).
    units
        People at each demand [1/1024 person], shape (demands,).
    xy
        Where the sites stand, in any plane, shape (sites, 2).

    Raises
    ------
    InputError
        If there are fewer than no people anywhere.

    Examples
    --------
    >>> problem = problem_of_pairs([1, 0, 1], [2, 0, 0], [10, 20, 40], [[0, 0], [1, 0]])
    >>> problem.site_ptr.tolist(), problem.site_class.tolist(), problem.coverable_units
    ([0, 1, 3], [0, 0, 2], 50)
    """
    places = np.asarray(xy, np.float64).reshape(-1, 2)
    people = _checked(np.asarray(units, np.int64))
    pairs = np.unique(np.asarray(site, np.int64) * len(people) + np.asarray(demand, np.int64))
    site_ptr = np.searchsorted(pairs, np.arange(len(places) + 1) * len(people))
    return CoverProblem(site_ptr, (pairs % max(len(people), 1)).astype(np.int32), people, places)


def problem_of_reach(reach: ReachSets, units_in_order: Ints, xy: Floats) -> CoverProblem:
    """
    The problem of candidates and whom each reaches; who is reached by the same ones is one class.

    Parameters
    ----------
    reach
        From ``reach_sets`` or ``reach_under_standard``.
    units_in_order
        People not covered yet at each place of the order, 0 for the others [1/1024 person], shape (n,).
    xy
        The candidates, in any plane, shape (candidates, 2).

    Raises
    ------
    InputError
        If there are fewer than no people anywhere.

    Examples
    --------
    Two candidates reach people {0, 1} and {1, 2}: three classes.

    >>> from catchment.model import ReachSets
    >>> reach = ReachSets(np.array([0, 1, 2]), np.array([0, 1]), np.array([2, 3]), np.arange(3))
    >>> problem = problem_of_reach(reach, np.array([10, 20, 40]), np.zeros((2, 2)))
    >>> problem.site_class.tolist(), problem.units.tolist()
    ([0, 1, 1, 2], [10, 20, 40])
    """
    classes = people_classes(reach, _checked(units_in_order))
    first = np.searchsorted(classes.stretch_ptr, reach.start)
    last = np.searchsorted(classes.stretch_ptr, reach.stop)
    site_ptr, site_class = _kernels_cover.classes_of_sources(
        reach.source_ptr, first, last, classes.stretch_class, len(classes)
    )
    return CoverProblem(site_ptr, site_class, classes.units, xy)


def _checked(units: Ints) -> Ints:
    if units.min(initial=0) < 0:
        place = int(np.argmin(units))
        raise InputError("error.people_negative", place=place, found=int(units[place]))
    return units


def units_covered(problem: CoverProblem, sites: ArrayLike) -> int:
    """
    People whom any of some sites serves [1/1024 person], counted anew: what every plan is held against.

    Examples
    --------
    >>> problem = problem_of_pairs([0, 1, 1], [0, 0, 2], [10, 20, 40], [[0, 0], [1, 0]])
    >>> [units_covered(problem, sites) for sites in ([], [0], [0, 1])]
    [0, 10, 50]
    """
    served = np.zeros(len(problem.units), bool)
    for site in np.asarray(sites, np.int64):
        served[problem.site_class[problem.site_ptr[site] : problem.site_ptr[site + 1]]] = True
    return int(problem.units[served].sum())


def some_sites(problem: CoverProblem, sites: Ints | Indices) -> CoverProblem:
    """
    The problem with some of its sites alone, in that order; all classes stay.

    Examples
    --------
    >>> problem = problem_of_pairs([0, 1, 1], [0, 0, 2], [10, 20, 40], [[0, 0], [1, 0]])
    >>> some_sites(problem, np.array([1])).site_class.tolist()
    [0, 2]
    """
    count = np.diff(problem.site_ptr)[sites]
    entry = np.repeat(problem.site_ptr[sites] - np.cumsum(count) + count, count) + np.arange(count.sum())
    return CoverProblem(pointers(count), problem.site_class[entry], problem.units, problem.xy[sites])
