"""How many people of key groups live within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.model import Cause, GroupCover, Setting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import Access, Ints, People


def group_cover(
    names: Sequence[str],
    units: Ints,
    people: People,
    access: Access,
    *,
    region_count: int = 0,
    unplaced: Sequence[int] | None = None,
) -> tuple[GroupCover, ...]:
    """
    Coverage of each group, in all, by setting and by region.

    Whoever is of a group is covered as far as the residents of the point are: a point is covered or not.

    Parameters
    ----------
    names
        Of the groups.
    units
        1/1024 persons of each group at each point, shape (groups, n).
    people, access
        Residents and whether they are covered.
    region_count
        Number of regions.
    unplaced
        Persons of each group who are at no point.
    """
    covered = access.cause == Cause.COVERED
    left = unplaced if unplaced is not None else [0] * len(names)
    found = []
    for name, own, missing in zip(names, units, left, strict=True):
        both = np.stack([own, np.where(covered, own, 0)])
        by_setting = {
            setting: (int(both[0, here].sum()), int(both[1, here].sum()))
            for setting in Setting
            if (here := people.setting == setting).any()
        }
        by_region = np.zeros((region_count, 2), np.int64)
        inside = people.region >= 0
        if region_count:
            np.add.at(by_region, people.region[inside], both[:, inside].T)
        total, reached = both.sum(axis=1).tolist()
        found.append(GroupCover(name, total, reached, by_setting, by_region, int(missing)))
    return tuple(found)
