"""What is to be open by a day and is not, and which batch sites belong to."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.progress import STATUSES, row_of_name
from catchment.model import MilestoneState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from catchment.model import Ints, Milestone, Progress, Sites


def milestone_states(found: Progress, milestones: Sequence[Milestone], *, date: dt.date) -> tuple[MilestoneState, ...]:
    """
    How far each milestone is met by the sites that are open.

    A share of a target is rounded up: half of three sites is two. Rows are told as ``row_of_name`` tells them; a
    milestone of rows or types that the targets do not have asks for nothing there.

    Parameters
    ----------
    found
        The ledger against the targets.
    milestones
        What is to be open by which day.
    date
        Of the ledger. A milestone of that day is due.
    """
    rows = found.targets.rows
    states = []
    for milestone in milestones:
        meant = {row_of_name(name, rows) for name in milestone.rows}
        of_row = np.array([not milestone.rows or row in meant for row in range(len(rows))], bool)
        of_type = np.array([not milestone.types or kind in milestone.types for kind in found.targets.types], bool)
        here = np.outer(of_row, of_type)
        asked = np.where(here, shares_up(found.targets.counts, milestone.share), 0)
        states.append(MilestoneState(milestone, milestone.date <= date, asked, np.minimum(found.done, asked)))
    return tuple(states)


def shares_up(counts: Ints, share: float) -> Ints:
    """
    A share of each count, rounded up; the share is taken as it is written.

    Examples
    --------
    >>> shares_up(np.array([[3, 10]]), 0.5).tolist(), shares_up(np.array([[10]]), 0.7).tolist()
    ([[2, 5]], [[7]])
    """
    part = Fraction(str(share))
    parts: Ints = np.array([ceil(part * count) for count in counts.ravel().tolist()], np.int64).reshape(counts.shape)
    return parts


def counts_by_batch(found: Progress, sites: Sites) -> dict[str, Ints]:
    """
    Sites that are not closed by batch (批次) as the ledger words it, shape (rows, types); those without one last.

    Parameters
    ----------
    found
        The ledger against the targets.
    sites
        The same ledger.
    """
    alive = sites.frame["status"].isin(STATUSES).to_numpy()
    here = alive & (found.site_row >= 0) & (found.site_type >= 0)
    batches = sites.frame.get("batch", np.full(len(sites), ""))
    counts: dict[str, Ints] = {}
    for batch in sorted(set(batches[here]), key=lambda text: (text == "", text)):
        of_batch = here & np.asarray(batches == batch)
        count = np.zeros(found.targets.counts.shape, np.int64)
        np.add.at(count, (found.site_row[of_batch], found.site_type[of_batch]), 1)
        counts[batch] = count
    return counts
