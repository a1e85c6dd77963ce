"""Candidates thinned to a spacing: of those that crowd, the best stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.siting import _kernels_thin

if TYPE_CHECKING:
    from catchment.model import Floats, Ints


def thinned(xy_m: Floats, score: Floats, spacing_m: float) -> Ints:
    """
    The best place, then the best of those farther from it than the spacing, and so on.

    Whatever is left out has a better one that is kept within the spacing. The choice is greedy: another one may keep
    more places, but none better than the first of them.

    Parameters
    ----------
    xy_m
        East, north in a plane [m], in the order of their ids, shape (n, 2).
    score
        The higher the better; of equals the earlier place is the better one, and NaN (unknown) is behind all others;
        shape (n,).
    spacing_m
        Two places no farther apart than this [m] crowd.

    Returns
    -------
    Rows of the places kept, the best first, shape (k,).

    Examples
    --------
    >>> thinned(np.array([[0.0, 0.0], [60.0, 0.0], [120.0, 0.0]]), np.array([0.5, 0.7, 0.6]), 80.0).tolist()
    [1]
    >>> thinned(np.array([[0.0, 0.0], [60.0, 0.0], [120.0, 0.0]]), np.array([0.5, 0.4, 0.6]), 80.0).tolist()
    [2, 0]
    """
    order = np.lexsort((np.arange(len(score)), -score))  # NaN is sorted last
    if not len(order):
        return order
    # A hair wider than the spacing, so that rounding puts no crowding pair two cells apart.
    side = spacing_m * (1 + 1e-9) or 1.0
    column, row = np.floor((xy_m - xy_m.min(axis=0)) / side).astype(np.int64).T
    width = int(column.max()) + 3  # a column is left free between the rows, on either side
    cell = row * width + column + 1
    kept = _kernels_thin.apart(xy_m, order, cell, np.unique(cell), width, spacing_m)
    return order[kept[order]]
