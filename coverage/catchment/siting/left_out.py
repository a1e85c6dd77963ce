"""Why a plan leaves people uncovered: every one of them has one reason, and the reasons add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.model import LeftOut

if TYPE_CHECKING:
    from catchment.model import Ints, Mask


def left_out(units: Ints, *, served: Mask, on_road: Mask, in_reach: Mask, connected: Mask) -> dict[LeftOut, int]:
    """
    People by the first reason that holds why they are served neither today nor with a plan [1/1024 person].

    Parameters
    ----------
    units
        People [1/1024 person], shape (n,).
    served
        By a site or a place of the plan, shape (n,).
    on_road
        A usable road of the mode they are judged by lies within the maximum gap, shape (n,).
    in_reach
        Any candidate would serve them, in the plan or not, shape (n,).
    connected
        A site or a candidate lies on the component of the roads that they do, shape (n,).

    Returns
    -------
    Every reason; they add up to the people of whoever is not served.

    Examples
    --------
    >>> yes, no = np.array([True, True, True]), np.array([False, False, False])
    >>> found = left_out(
    ...     np.array([10, 20, 40]), served=no, on_road=yes, in_reach=np.array([True, False, False]),
    ...     connected=np.array([True, True, False]),
    ... )
    >>> [(str(reason), people) for reason, people in found.items()]
    [('no_road', 0), ('not_chosen', 10), ('cut_off', 40), ('no_candidate', 20)]
    """
    reasons = {
        LeftOut.NO_ROAD: ~on_road,
        LeftOut.NOT_CHOSEN: in_reach,
        LeftOut.CUT_OFF: ~connected,
        LeftOut.NO_CANDIDATE: np.ones(len(units), bool),
    }
    left, found = ~served, {}
    for reason, holds in reasons.items():
        found[reason] = int(units[left & holds].sum())
        left = left & ~holds
    return found
