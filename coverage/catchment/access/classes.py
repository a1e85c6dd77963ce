"""Reach sets summed over their sources: by how many everybody is reached, and who is reached by the same ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.access import _kernels_classes
from catchment.access.reach import people_in_reach
from catchment.model import PeopleClasses

if TYPE_CHECKING:
    from catchment.model import Indices, Ints, ReachSets


def cover_counts(reach: ReachSets) -> Ints:
    """
    How many sources reach each place of the order, shape (n,). Those of several batches add up.

    Examples
    --------
    Two sources reach the first two and the last two of three people.

    >>> from catchment.model import ReachSets
    >>> cover_counts(ReachSets(np.array([0, 1, 2]), np.array([0, 1]), np.array([2, 3]), np.arange(3))).tolist()
    [1, 2, 1]
    """
    places = len(reach.order)
    opened = np.bincount(reach.start, minlength=places + 1) - np.bincount(reach.stop, minlength=places + 1)
    counts: Ints = np.cumsum(opened)[:places]
    return counts


def only_units(reach: ReachSets, units_in_order: Ints) -> Ints:
    """
    People whom each source reaches and no other does: what its closing loses [1/1024 person], shape (s,).

    Parameters
    ----------
    reach
        Of all that serve, from ``reach_sets``.
    units_in_order
        People at each place of the order, ``units[reach.order]``, shape (n,).

    Examples
    --------
    Two sources reach the first two and the last two of three people.

    >>> from catchment.model import ReachSets
    >>> reach = ReachSets(np.array([0, 1, 2]), np.array([0, 1]), np.array([2, 3]), np.arange(3))
    >>> only_units(reach, np.array([10, 20, 40])).tolist()
    [10, 40]
    """
    return people_in_reach(reach, np.where(cover_counts(reach) == 1, units_in_order, 0))


def people_classes(reach: ReachSets, units_in_order: Ints) -> PeopleClasses:
    """
    People who are reached by exactly the same sources, together.

    People between two neighbouring ends of runs stand in a stretch that every source takes whole or not at all. The
    stretches begin as one class, and each source in turn splits the classes of which it reaches a part: no cover set
    is ever written out or compared, and the merge is exact. What nobody reaches is in no class. The work is that of
    walking once over the stretches of every source.

    Parameters
    ----------
    reach
        From ``reach_sets``.
    units_in_order
        People at each place of the order, ``units[reach.order]`` [1/1024 person], shape (n,).

    Examples
    --------
    Of four people the first and the last are reached by one source, the second by two, the third by none.

    >>> from catchment.model import ReachSets
    >>> reach = ReachSets(np.array([0, 2, 3]), np.array([0, 3, 1]), np.array([2, 4, 2]), np.arange(4))
    >>> classes = people_classes(reach, np.array([10, 20, 40, 80]))
    >>> classes.stretch_ptr.tolist(), classes.stretch_class.tolist(), classes.units.tolist()
    ([0, 1, 2, 3, 4], [0, 1, -1, 0], [90, 20])
    """
    ptr = np.unique(np.concatenate([np.zeros(1, np.int64), reach.start, reach.stop, np.array([len(reach.order)])]))
    first, last = np.searchsorted(ptr, reach.start), np.searchsorted(ptr, reach.stop)
    split = _kernels_classes.split_by_sources(reach.source_ptr, first, last, len(ptr) - 1)
    stretch_class = _by_first(np.where(cover_counts(reach)[ptr[:-1]] > 0, split, -1))
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(units_in_order)])
    units = np.zeros(stretch_class.max(initial=-1) + 1, np.int64)
    reached = stretch_class >= 0
    np.add.at(units, stretch_class[reached], np.diff(before[ptr])[reached])
    return PeopleClasses(ptr, stretch_class, units)


def classes_in_reach(reach: ReachSets, classes: PeopleClasses, source: int) -> Indices:
    """
    The classes that a source reaches, ascending: each of them whole.

    Examples
    --------
    >>> from catchment.model import ReachSets
    >>> reach = ReachSets(np.array([0, 2, 3]), np.array([0, 3, 1]), np.array([2, 4, 2]), np.arange(4))
    >>> classes = people_classes(reach, np.array([10, 20, 40, 80]))
    >>> [classes_in_reach(reach, classes, source).tolist() for source in (0, 1)]
    [[0, 1], [1]]
    """
    runs = slice(int(reach.source_ptr[source]), int(reach.source_ptr[source + 1]))
    first = np.searchsorted(classes.stretch_ptr, reach.start[runs])
    last = np.searchsorted(classes.stretch_ptr, reach.stop[runs])
    found = [classes.stretch_class[begin:end] for begin, end in zip(first.tolist(), last.tolist(), strict=True)]
    return np.unique(np.concatenate([np.empty(0, np.int32), *found]))


def _by_first(label: Ints) -> Indices:
    """Labels numbered by where each first stands, -1 staying: the order of the sources leaves no trace."""
    found, first, of_found = np.unique(label, return_index=True, return_inverse=True)
    named = np.flatnonzero(found >= 0)
    number = np.full(len(found), -1, np.int32)
    number[named[np.argsort(first[named])]] = np.arange(len(named))
    return number[of_found]
