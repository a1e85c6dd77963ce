"""Sites that stand too near to each other: as pairs, and as squares of which only one site can be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from catchment.model import Floats, Indices, Ints

_HAIR = 1e-9  # of the distance: what the search of pairs and the squares leave to the exact comparison


def near_pairs(xy: Floats, spacing_m: float) -> Ints:
    """
    Pairs of places nearer to each other than a distance, the smaller index first, in order, shape (pairs, 2).

    Examples
    --------
    >>> near_pairs(np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]]), 6.0).tolist()
    [[0, 1], [1, 2]]
    >>> near_pairs(np.array([[0.0, 0.0], [3.0, 4.0]]), 5.0).tolist()
    []
    """
    if not spacing_m > 0 or len(xy) < 2:
        return np.empty((0, 2), np.int64)
    pairs = cKDTree(xy).query_pairs(spacing_m * (1 + _HAIR), output_type="ndarray").astype(np.int64)
    step = xy[pairs[:, 0]] - xy[pairs[:, 1]]
    pairs = pairs[np.hypot(step[:, 0], step[:, 1]) < spacing_m]
    ordered: Ints = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    return ordered


def crowded_squares(xy: Floats, spacing_m: float) -> list[Indices]:
    """
    Places in one square of which any two are nearer than a distance, for squares that hold more than one.

    The diagonal of a square is the distance, so one row of a program stands for all pairs in it, and for more: no
    fraction of two sites fits in either.

    Examples
    --------
    >>> [some.tolist() for some in crowded_squares(np.array([[0.0, 0.0], [3.0, 4.0], [60.0, 80.0]]), 6.0)]
    [[0, 1]]
    """
    order, squares = _squares(xy, spacing_m)
    cuts = np.flatnonzero(np.diff(squares)) + 1
    return [np.sort(some).astype(np.int32) for some in np.split(order, cuts) if len(some) > 1]


def pairs_across(xy: Floats, spacing_m: float) -> Ints:
    """The pairs of ``near_pairs`` that are not in one square, shape (pairs, 2)."""
    pairs = near_pairs(xy, spacing_m)
    order, squares = _squares(xy, spacing_m)
    square = np.empty(len(xy), np.int64)
    square[order] = squares
    across: Ints = pairs[square[pairs[:, 0]] != square[pairs[:, 1]]]
    return across


def _squares(xy: Floats, spacing_m: float) -> tuple[Ints, Ints]:
    """Places by square, and the number of the square of each."""
    if not spacing_m > 0 or not len(xy):
        return np.arange(len(xy)), np.arange(len(xy))
    side = spacing_m / np.sqrt(2) * (1 - _HAIR)
    _, square = np.unique(np.floor((xy - xy.min(axis=0)) / side), axis=0, return_inverse=True)
    order = np.argsort(square.ravel(), kind="stable")
    return order, square.ravel()[order]
