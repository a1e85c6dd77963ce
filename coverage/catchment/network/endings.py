"""Which of the lines near an end it was meant to meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.network.meetings import Meetings

if TYPE_CHECKING:
    from catchment.model import Floats, Ints, Mask
    from catchment.network.meetings import Measured


def meant_meetings(
    lines: Measured, ends: Meetings, beside: Meetings, ahead: Meetings, run_over: Meetings, *, reach_m: float
) -> tuple[Meetings, Meetings]:
    """
    Meetings of ends with lines beside and ahead of them, without those of ends that were meant for another line.

    An end that touches a line or runs over one does not go on to the next. An end that meets any line that way,
    straight on, or at its end, meets no line to its side: that one passes it by. What an end meets of its own line
    counts for nothing.

    Parameters
    ----------
    lines
        The lines.
    ends, beside, ahead, run_over
        From ``near_ends``, ``tees``, ``straight_on`` and the last of ``crossings``.
    reach_m
        How far an end may be from where it runs over a line [m].

    Returns
    -------
    What is left of ``beside``, at the place straight on where there is one, and of ``ahead``.
    """
    over = _of_others(lines, _ends_over(lines, run_over, reach_m))
    ahead = _chosen(ahead, ~np.isin(ahead.here, over.here))
    corners = _of_others(lines, _either_way(ends))
    met = [np.concatenate([getattr(found, side) for found in (corners, over, ahead)]) for side in ("here", "there")]
    asked, known = _pairs(lines, beside), _pairs(lines, Meetings(*met))
    kept = _chosen(beside, ~np.isin(beside.here, met[0]) | np.isin(asked, known))
    return _preferring(lines, ahead, kept), ahead


def _ends_over(lines: Measured, run_over: Meetings, reach_m: float) -> Meetings:
    """The ends within reach of where their lines cross or touch others, and those places on the others."""
    both = _either_way(run_over)
    both = _chosen(both, lines.from_ends(both.here) <= reach_m)
    line = lines.line[np.floor(both.here).astype(np.int64)]
    first, last = lines.courses.ptr[line], lines.courses.ptr[line + 1] - 1
    along = lines.along(both.here)
    end: Floats = np.where(lines.along_m[last] - along < along, last, first).astype(np.float64)
    return Meetings(end, both.there)


def _preferring(lines: Measured, ahead: Meetings, beside: Meetings) -> Meetings:
    """Ends and lines of ``beside``, met straight on where there is such a place: that is how the street was meant."""
    if not len(ahead):
        return beside
    asked, known = _pairs(lines, beside), _pairs(lines, ahead)
    at = np.minimum(np.searchsorted(known, asked), len(ahead) - 1)
    return Meetings(beside.here, np.where(known[at] == asked, ahead.there[at], beside.there))


def _either_way(found: Meetings) -> Meetings:
    return Meetings(np.concatenate([found.here, found.there]), np.concatenate([found.there, found.here]))


def _of_others(lines: Measured, found: Meetings) -> Meetings:
    one, other = (lines.line[np.floor(side).astype(np.int64)] for side in (found.here, found.there))
    return _chosen(found, one != other)


def _chosen(found: Meetings, mask: Mask) -> Meetings:
    return Meetings(found.here[mask], found.there[mask])


def _pairs(lines: Measured, found: Meetings) -> Ints:
    """One number for each pair of an end and a line, ascending as they are."""
    numbers: Ints = (
        found.here.astype(np.int64) * len(lines.courses) + lines.line[np.floor(found.there).astype(np.int64)]
    )
    return numbers
