"""The middle of each town: where most people live in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.demand.settlement import SIDES, clusters, grid_cell
from catchment.model import Setting

if TYPE_CHECKING:
    from catchment.model import Ints, People


def town_centres(people: People) -> Ints:
    """
    The most populous point in the most populous square kilometre of each city and town.

    What is city or town in the 1-km cells of the settlement grid and shares a side is one town, whatever its setting
    came from. Ties go to the cell further south-west and to the point with the smaller number.

    Parameters
    ----------
    people
        With their settings.

    Returns
    -------
    Rows of ``people``, ascending, shape (towns,).
    """
    urban = np.flatnonzero((people.setting != Setting.RURAL) & (people.units > 0))
    cell, index = np.unique(grid_cell(people.xy[urban]), return_inverse=True)
    units = np.zeros(len(cell), np.int64)
    np.add.at(units, index, people.units[urban])
    town, _ = clusters(cell, units, SIDES)
    # By town, its fullest cell first, and of each cell the fullest point first.
    order = np.lexsort((people.point_id[urban], -people.units[urban], index, -units[index], town[index]))
    _, first = np.unique(town[index][order], return_index=True)
    centres: Ints = np.sort(urban[order[first]])
    return centres
