"""Districts: squares of land small enough for a plane that is true to the millimetre, and for memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catchment.model import Floats, Ints

DISTRICT_DEGREES = 0.05
"""Side of a district [degrees]; larger ones would cost memory, and planes less true."""

# Less than any degree of latitude, so that windows are rather too wide.
_DEGREE_M = 110_000.0


def districts(bounds: Floats) -> Iterator[Ints]:
    """
    Rows of the shapes whose middles lie in each square of a fixed lattice.

    Parameters
    ----------
    bounds
        West, south, east, north of each shape [degrees], shape (n, 4).

    Examples
    --------
    >>> places = np.array([[0.01, 0.01], [0.07, 0.01], [0.02, 0.02]])
    >>> [rows.tolist() for rows in districts(np.column_stack([places, places]))]
    [[0, 2], [1]]
    """
    square = np.floor((bounds[:, :2] + bounds[:, 2:]) / 2 / DISTRICT_DEGREES).astype(np.int64)
    _, number = np.unique(square, axis=0, return_inverse=True)
    order = np.argsort(number.ravel(), kind="stable")
    if len(order):
        yield from np.split(order, np.flatnonzero(np.diff(number.ravel()[order])) + 1)


def window_of(bounds: Floats, margin_m: float) -> Floats:
    """
    West, south, east, north [degrees] of a box that holds shapes and at least a margin around them, shape (4,).

    Examples
    --------
    On the equator a hundredth of a degree is 1.1 km.

    >>> window_of(np.array([[0.0, 0.0, 0.01, 0.01]]), 1100).tolist()
    [-0.01, -0.01, 0.02, 0.02]
    """
    low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    widest = np.cos(np.radians(np.abs([low[1], high[1]]).max()))
    margin = margin_m / _DEGREE_M / np.array([widest, 1.0])
    return np.concatenate([low - margin, high + margin]).round(9)


def middle_of(window: Floats) -> tuple[float, float]:
    """
    The middle of a box, lon, lat [degrees].

    Examples
    --------
    >>> middle_of(np.array([0.0, 0.0, 2.0, 4.0]))
    (1.0, 2.0)
    """
    return float(window[0] + window[2]) / 2, float(window[1] + window[3]) / 2


@dataclass(frozen=True, eq=False)
class Segments:
    """Segments by how far south they begin, so that those of a window are found without a look at all of them."""

    low: Floats
    """West, south of each [degrees], the southernmost first, shape (s, 2)."""
    high: Floats
    """East, north of each [degrees], shape (s, 2)."""
    row: Ints
    """Where each stood before, shape (s,)."""
    tallest: float
    """No segment spans more from south to north [degrees]."""


def segments_of(ends: Floats) -> Segments:
    """
    Segments to look up by ``touching``.

    Parameters
    ----------
    ends
        lon, lat of start and end [degrees], shape (s, 4).

    Examples
    --------
    >>> segments_of(np.array([[0.0, 3.0, 5.0, 5.0], [3.0, 1.0, 4.0, 0.0]])).row.tolist()
    [1, 0]
    """
    low, high = np.minimum(ends[:, :2], ends[:, 2:]), np.maximum(ends[:, :2], ends[:, 2:])
    row = np.argsort(low[:, 1], kind="stable")
    tallest = float((high[:, 1] - low[:, 1]).max(initial=0.0))
    return Segments(low[row], high[row], row, tallest)


def touching(segments: Segments, window: Floats) -> Ints:
    """
    Rows of the segments whose own box touches a window, ascending.

    Parameters
    ----------
    segments
        From ``segments_of``.
    window
        West, south, east, north [degrees], shape (4,).

    Examples
    --------
    >>> segments = segments_of(np.array([[0.0, 0.0, 5.0, 5.0], [3.0, 0.0, 4.0, 4.0]]))
    >>> touching(segments, np.array([0.0, 0.0, 1.0, 1.0])).tolist()
    [0]
    """
    south = segments.low[:, 1]
    # A hair more than the tallest, for the digits that the difference has lost.
    first = np.searchsorted(south, window[1] - segments.tallest - 1e-9)
    strip = slice(first, np.searchsorted(south, window[3], side="right"))
    there = (segments.high[strip] >= window[:2]).all(axis=1) & (segments.low[strip] <= window[2:]).all(axis=1)
    rows: Ints = np.sort(segments.row[strip][there])
    return rows
