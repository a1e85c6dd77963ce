"""Floors of people, such as a share of every county, as floors of the classes of a problem."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.classes import people_classes
from catchment.access.crowd import pointers
from catchment.siting.rules import Floor, Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import Ints, Mask, ReachSets


@dataclass(frozen=True, eq=False)
class PeopleFloor:
    """So many of some people, who are not covered yet, must be served."""

    name: str
    counted: Mask
    """Which of all people count, shape (people,)."""
    least_units: int
    """[1/1024 person]."""


def with_floors(rules: Rules, floors: Sequence[PeopleFloor], reach: ReachSets, units_in_order: Ints) -> Rules:
    """
    The rules with floors for the classes of ``problem_of_reach(reach, units_in_order, ...)``.

    Parameters
    ----------
    rules
        Of the sites of that problem.
    floors
        Of people.
    reach
        Whom each candidate reaches.
    units_in_order
        People not covered yet at each place of the order, 0 for the others [1/1024 person], shape (n,).

    Examples
    --------
    Two candidates reach people {0, 1} and {1, 2}; of the county are the first and the last.

    >>> from catchment.model import ReachSets
    >>> reach = ReachSets(np.array([0, 1, 2]), np.array([0, 1]), np.array([2, 3]), np.arange(3))
    >>> county = PeopleFloor("county", np.array([True, False, True]), 30)
    >>> with_floors(Rules(), [county], reach, np.array([10, 20, 40])).floors[0].units.tolist()
    [10, 0, 40]
    """
    if not floors:
        return rules
    classes = people_classes(reach, units_in_order)
    reached = classes.stretch_class >= 0
    found = []
    for floor in floors:
        before = pointers(np.where(floor.counted[reach.order], units_in_order, 0))[classes.stretch_ptr]
        units = np.zeros(len(classes), np.int64)
        np.add.at(units, classes.stretch_class[reached], np.diff(before)[reached])
        found.append(Floor(floor.name, units, floor.least_units))
    return replace(rules, floors=(*rules.floors, *found))
