"""A change shared out among its causes, whatever their order: the value of Shapley, in whole units."""

from __future__ import annotations

from math import factorial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from catchment.model import Ints


def shared_change(values: Ints) -> Ints:
    """
    The change from the first row to the last, shared out among k causes; the shares of each column sum exactly.

    A cause gets what it changes, on average over every order in which the causes may come (Shapley, 1953). Averages are
    rounded down to whole units, and the units still missing go to the largest remainders, ties to the earlier cause.

    Parameters
    ----------
    values
        What holds when some causes have come and the others have not: row m has cause i where bit i of m is set,
        shape (2**k, r).

    Returns
    -------
    Shares, shape (r, k).

    Examples
    --------
    Two causes of which either alone adds 6, and both together 10: each has 5.

    >>> shared_change(np.array([[0], [6], [6], [10]])).tolist()
    [[5, 5]]
    """
    causes = len(values).bit_length() - 1
    orders = factorial(causes)
    total = np.zeros((values.shape[1], causes), np.int64)
    for mixture in range(len(values)):
        came = mixture.bit_count()
        for cause in range(causes):
            if not mixture >> cause & 1:
                weight = factorial(came) * factorial(causes - came - 1)
                total[:, cause] += weight * (values[mixture | 1 << cause] - values[mixture])
    shares, rest = np.divmod(total, orders)
    missing = (values[-1] - values[0] - shares.sum(axis=1))[:, np.newaxis]
    rank = np.argsort(np.argsort(-rest, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(shares + (rank < missing), np.int64)
