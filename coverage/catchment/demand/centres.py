"""The shape of an urban centre on the 1-km grid: its edges smoothed, its gaps filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from catchment.model import Mask

MAJORITY = 5
"""Of the eight neighbours of a cell, so many must belong to the centre for the cell to join it."""

SMALLEST_HOLE_KM2 = 15
"""A hole of at least this area stays."""


def shaped(centre: Mask, closed: Mask) -> Mask:
    """
    An urban centre, its edges smoothed and then its gaps filled, as GHSL Data Package 2022 has it.

    Parameters
    ----------
    centre
        Cells of one centre, shape (rows, columns).
    closed
        Cells of other centres, which cannot join it, same shape.

    Examples
    --------
    >>> ring = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], bool)
    >>> shaped(ring, np.zeros_like(ring)).all()
    np.True_
    """
    return filled(smoothed(centre, closed))


def smoothed(centre: Mask, closed: Mask) -> Mask:
    """
    A centre with every cell of whose eight neighbours at least five belong to it, until no more cells join.

    Cells only join, so the result does not depend on the order in which they do.

    Parameters
    ----------
    centre
        Cells of one centre, shape (rows, columns).
    closed
        Cells that cannot join, same shape.

    Examples
    --------
    >>> corner = np.array([[1, 1, 1], [1, 0, 0], [1, 0, 0]], bool)
    >>> smoothed(corner, np.zeros_like(corner)).astype(int).tolist()
    [[1, 1, 1], [1, 1, 0], [1, 0, 0]]
    """
    window = np.ones((3, 3), np.int8)
    while True:
        neighbours = ndimage.convolve(centre.astype(np.int8), window, mode="constant")
        joining = (neighbours >= MAJORITY) & ~centre & ~closed
        if not joining.any():
            return centre
        centre = centre | joining


def filled(centre: Mask) -> Mask:
    """
    A centre with its holes of under 15 km²: cells joined side by side that the centre encloses.

    Parameters
    ----------
    centre
        Cells of 1 km², shape (rows, columns); what reaches the border of the array is no hole.

    Examples
    --------
    >>> ring = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], bool)
    >>> filled(ring).all(), filled(ring[:, :2]).all()
    (np.True_, np.False_)
    """
    around = np.pad(centre, 1)
    hole, _ = ndimage.label(~around)
    small = np.bincount(hole.ravel()) < SMALLEST_HOLE_KM2
    # 0 is the centre itself; the ring just laid around it belongs to what lies outside.
    small[[0, hole[0, 0]]] = False
    result: Mask = (around | small[hole])[1:-1, 1:-1]
    return result
