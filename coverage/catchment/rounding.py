"""Rounding that adds up: the method of largest remainder."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def largest_remainder(values: ArrayLike, total: int | None = None) -> NDArray[np.int64]:
    """
    Whole numbers near the values that add up to a whole total; ties go to the earlier value.

    Every value is rounded down, and the units still missing go to the largest remainders. A result differs from its
    value by less than one, as long as the total is within the number of values of their sum.

    Parameters
    ----------
    values
        Not negative, shape (n,).
    total
        What the result adds up to; by default the rounded sum of the values, which does not depend on their order.

    Examples
    --------
    >>> largest_remainder([1.5, 1.5, 2.0]).tolist()
    [2, 1, 2]
    """
    exact = np.asarray(values, np.float64)
    if total is None:
        total = math.floor(math.fsum(exact) + 0.5)
    whole = np.floor(exact).astype(np.int64)
    missing = int(total - whole.sum())
    if missing > 0:
        # Stable, so that equal remainders keep their order.
        order = np.argsort(whole - exact, kind="stable")
        whole += missing // len(whole)
        whole[order[: missing % len(whole)]] += 1
    elif missing < 0:
        order = np.argsort(exact - whole, kind="stable")
        order = order[whole[order] > 0]
        whole[order[:-missing]] -= 1
    return whole


def shared_out(weight: NDArray[np.float64], group: NDArray[np.int64], total: NDArray[np.int64]) -> NDArray[np.int64]:
    """
    The whole total of each group shared among its members by weight, by largest remainder; ties go to the earlier.

    Parameters
    ----------
    weight
        Not negative, of some member of each group with a total positive, shape (n,).
    group
        Group of each member, shape (n,).
    total
        Of each group, not negative, shape (k,); a group without members must have none.

    Examples
    --------
    >>> shared_out(np.array([1.0, 1.0, 1.0, 5.0]), np.array([0, 0, 0, 1]), np.array([10, 7])).tolist()
    [4, 3, 3, 7]
    """
    shared = np.zeros(len(weight), np.int64)
    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group[order], np.arange(len(total) + 1))
    for number in np.flatnonzero(np.diff(ends)):
        members = order[ends[number] : ends[number + 1]]
        if total[number]:
            inside = weight[members]
            part = inside / math.fsum(inside.tolist()) * float(total[number])
            shared[members] = largest_remainder(part, int(total[number]))
    return shared
