"""The frame of the demo: its box on the earth, its flat metres, its random streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from catchment.model import Floats

WEST, SOUTH = 114.28, 27.72
COLUMNS, ROWS = 292, 195
CELLS_PER_DEGREE = 1200
"""Cells of 3 arc-seconds, the grid of WorldPop."""
EAST, NORTH = WEST + COLUMNS / CELLS_PER_DEGREE, SOUTH + ROWS / CELLS_PER_DEGREE
BOX = (WEST, SOUTH, EAST, NORTH)

# Metres per degree at 27.8 N. Constants, not cosines: what is drawn must not differ by a bit between two machines.
METRES_PER_DEGREE = np.array([98_550.0, 110_820.0])
_CENTRE = np.array([(WEST + EAST) / 2, (SOUTH + NORTH) / 2])


def degrees(xy: Floats) -> Floats:
    """
    Metres east and north of the centre -> lon, lat, rounded to the 1e-7 degrees of OpenStreetMap; shape (n, 2).

    Examples
    --------
    >>> degrees(np.array([[0.0, 0.0], [985.5, 1108.2]])).tolist()
    [[114.4016667, 27.80125], [114.4116667, 27.81125]]
    """
    lonlat: Floats = np.round(_CENTRE + xy / METRES_PER_DEGREE, 7)
    return lonlat


def metres(lonlat: Floats) -> Floats:
    """
    The way back, not rounded; shape (n, 2).

    Examples
    --------
    >>> metres(np.array([[114.4116666667, 27.81125]])).round(3).tolist()
    [[985.5, 1108.2]]
    """
    xy: Floats = (lonlat - _CENTRE) * METRES_PER_DEGREE
    return xy


def cell_centres() -> Floats:
    """Metres of every cell's centre, row by row from the north-west, shape (ROWS * COLUMNS, 2)."""
    column, row = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
    lon = WEST + (column.ravel() + 0.5) / CELLS_PER_DEGREE
    lat = NORTH - (row.ravel() + 0.5) / CELLS_PER_DEGREE
    return metres(np.column_stack([lon, lat]))


def stream(seed: int, part: int) -> np.random.Generator:
    """A random stream of its own for each part of the drawing, so that a change in one leaves the others alone."""
    return np.random.Generator(np.random.PCG64([seed, part]))
