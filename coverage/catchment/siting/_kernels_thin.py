"""Compiled loop of thinning: the best place first, then every one that is apart from those kept."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@njit(cache=True, nogil=True)
def apart(xy_m: Floats, order: Ints, cell: Ints, cells: Ints, width: int, spacing_m: float) -> Mask:
    """
    Which places are kept when they are met in ``order`` and none within the spacing of one kept is.

    ``cell`` is the place's row * width + column on a grid whose sides are no shorter than the spacing; ``cells`` are
    those that occur, ascending. Only kept places are listed in their cells, and a cell has room for few.
    """
    kept = np.zeros(len(order), np.bool_)
    head = np.full(len(cells), -1, np.int64)
    following = np.full(len(order), -1, np.int64)
    most = spacing_m * spacing_m
    for place in order:
        free = True
        for row in range(-1, 2):
            # The three cells of a row stand one after another.
            first = cell[place] + row * width - 1
            at = np.searchsorted(cells, first)
            while free and at < len(cells) and cells[at] <= first + 2:
                other = head[at]
                while free and other >= 0:
                    east, north = xy_m[other, 0] - xy_m[place, 0], xy_m[other, 1] - xy_m[place, 1]
                    free = east * east + north * north > most
                    other = following[other]
                at += 1
        if free:
            kept[place] = True
            at = np.searchsorted(cells, cell[place])
            following[place], head[at] = head[at], place
    return kept
