"""What the map of the picture shows where: the view, and a class of people for every pixel of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.geo.measure import distance_m
from catchment.model import UNITS_PER_PERSON, Cause
from catchment.outputs.style import DOUBTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.outputs.drawing import DrawnCells

COVERED, DOUBT, FIRST_GAP = 1, 2, 3
"""Classes of a pixel; 0 is nobody, and from the third on they are gaps in service, few people to many."""

_LEAST_DEGREES = 0.004
_CELL_PX = 2
"""Cells smaller than this on the picture are drawn as blocks, or single ones would fall between its pixels."""


@dataclass(frozen=True)
class View:
    """What the map shows [degrees]: an equirectangular plane, true to scale at its middle latitude."""

    west: float
    south: float
    east: float
    north: float

    @property
    def metres_per_degree(self) -> float:
        """Metres of a degree of longitude in the middle of the view."""
        middle = (self.south + self.north) / 2
        return float(distance_m(np.array([[0.0, middle]]), np.array([[0.01, middle]]))[0] * 100)


def view_of(bounds: tuple[float, float, float, float], aspect: float, *, margin: float = 0.04) -> View:
    """
    The view that shows a box whole in a frame.

    Parameters
    ----------
    bounds
        West, south, east, north [degrees].
    aspect
        Width of the frame over its height.
    margin
        Left free on every side, as a part of the box.

    Examples
    --------
    On the equator a degree is as wide as high, so a box that is too low for the frame is shown with land above it.

    >>> view_of((0.0, -1.0, 4.0, 1.0), 1.0, margin=0)
    View(west=0.0, south=-2.0, east=4.0, north=2.0)
    """
    west, south, east, north = bounds
    middle = ((west + east) / 2, (south + north) / 2)
    shrink = math.cos(math.radians(middle[1]))
    high = max((north - south) * (1 + 2 * margin), _LEAST_DEGREES)
    wide = max((east - west) * (1 + 2 * margin), _LEAST_DEGREES)
    wide, high = max(wide, high * aspect / shrink), max(high, wide * shrink / aspect)
    return View(middle[0] - wide / 2, middle[1] - high / 2, middle[0] + wide / 2, middle[1] + high / 2)


def scale_metres(longest: float) -> float:
    """
    The longest of 1, 2, 5, 10, ... metres that is no longer.

    Examples
    --------
    >>> scale_metres(9_999), scale_metres(10_000)
    (5000.0, 10000.0)
    """
    decade = 10.0 ** math.floor(math.log10(longest))
    # A logarithm may be rounded up to the next decade.
    return max(step * decade for step in (0.5, 1, 2, 5) if step * decade <= longest)


def cell_classes(cells: DrawnCells, view: View, breaks: list[float], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """
    What each pixel of the map shows: 0 nobody, 1 covered, 2 in doubt, then gaps in service by class of people.

    Where cells are too small to be seen, a block of them shows a gap rather than a doubt, a doubt rather than the
    covered, and the mean of its gaps.

    Parameters
    ----------
    cells
        On a lattice.
    view
        What the picture shows.
    breaks
        Limits between the classes of people per cell.
    shape
        Rows and columns of pixels.
    """
    assert cells.lattice is not None  # noqa: S101 - as documented
    west, north, width, height = cells.lattice
    rows, columns = shape
    pixel = ((view.east - view.west) / columns, (view.north - view.south) / rows)
    block = (max(1, math.ceil(_CELL_PX * pixel[0] / width)), max(1, math.ceil(_CELL_PX * pixel[1] / height)))
    column, row = cells.column // block[0], cells.row // block[1]
    # A rim of nobody, where the pixels outside the lattice look.
    table = np.zeros((int(row.max(initial=0)) + 3, int(column.max(initial=0)) + 3), np.uint8)
    place = (row + 1, column + 1)
    covered, doubt = cells.cause == Cause.COVERED, np.isin(cells.cause, DOUBTS)
    table[place[0][covered], place[1][covered]] = COVERED
    table[place[0][doubt], place[1][doubt]] = DOUBT
    _shade_gaps(
        table, (place[0][~covered & ~doubt], place[1][~covered & ~doubt]), cells.units[~covered & ~doubt], breaks
    )
    lon = view.west + (np.arange(columns) + 0.5) * pixel[0]
    lat = view.north - (np.arange(rows) + 0.5) * pixel[1]
    at_column = np.clip(np.floor((lon - west) / (width * block[0])) + 1, 0, table.shape[1] - 1).astype(np.int64)
    at_row = np.clip(np.floor((north - lat) / (height * block[1])) + 1, 0, table.shape[0] - 1).astype(np.int64)
    seen: NDArray[np.uint8] = table[at_row][:, at_column]
    return seen


def _shade_gaps(table: NDArray[np.uint8], place: Any, units: Any, breaks: list[float]) -> None:
    """Mark blocks with gaps by the mean of people per cell."""
    total, count = np.zeros(table.shape, np.int64), np.zeros(table.shape, np.int64)
    np.add.at(total, place, units)
    np.add.at(count, place, 1)
    gap = count > 0
    mean = total[gap] / count[gap] / UNITS_PER_PERSON
    table[gap] = FIRST_GAP + np.searchsorted(breaks, mean, side="right")


def stripes(shape: tuple[int, int], *, step: int) -> NDArray[np.bool_]:
    """Pixels on diagonal stripes."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    striped: NDArray[np.bool_] = (rows + columns) % step < max(1, step // 4)
    return striped
