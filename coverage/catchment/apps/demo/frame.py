"""The frame of a sheet: its box on the earth, its flat metres, its grid of cells, its random streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from catchment.model import Floats

CELLS_PER_DEGREE = 1200
"""Cells of 3 arc-seconds, the grid of WorldPop."""

# Metres per degree at 27.8 N. Constants, not cosines: what is drawn must not differ by a bit between two machines.
METRES_PER_DEGREE = np.array([98_550.0, 110_820.0])
CELL_M = METRES_PER_DEGREE / CELLS_PER_DEGREE


@dataclass(frozen=True)
class Frame:
    """A box of whole cells around the county town, which is the origin of all metres."""

    west: int
    """Cells west of the origin."""
    south: int
    east: int
    north: int
    origin: tuple[float, float] = (114.38, 27.80)
    """lon, lat."""

    @property
    def columns(self) -> int:
        """Cells from west to east."""
        return self.west + self.east

    @property
    def rows(self) -> int:
        """Cells from south to north."""
        return self.south + self.north

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north [degrees]."""
        (lon, lat), n = self.origin, CELLS_PER_DEGREE
        return (lon - self.west / n, lat - self.south / n, lon + self.east / n, lat + self.north / n)

    @property
    def box_m(self) -> tuple[float, float, float, float]:
        """West, south, east, north [m]."""
        (width, height) = CELL_M.tolist()
        return (-self.west * width, -self.south * height, self.east * width, self.north * height)

    def degrees(self, xy: Floats) -> Floats:
        """
        Metres east and north of the origin -> lon, lat, rounded to the 1e-7 degrees of OpenStreetMap; shape (n, 2).

        Examples
        --------
        >>> Frame(9, 9, 9, 9).degrees(np.array([[0.0, 0.0], [985.5, 1108.2]])).tolist()
        [[114.38, 27.8], [114.39, 27.81]]
        """
        lonlat: Floats = np.round(np.array(self.origin) + xy / METRES_PER_DEGREE, 7)
        return lonlat

    def cell_of(self, xy: Floats) -> tuple[Floats, Floats]:
        """
        Column from the west and row from the north of each point, whole numbers; may lie outside the grid.

        Examples
        --------
        >>> [index.tolist() for index in Frame(2, 2, 2, 2).cell_of(np.array([[1.0, 1.0], [-100.0, -1.0]]))]
        [[2.0, 0.0], [1.0, 2.0]]
        """
        column, row = np.floor(xy / CELL_M).T
        return column + self.west, self.north - 1 - row

    def cell_centres(self) -> Floats:
        """Metres of every cell's centre, row by row from the north-west, shape (rows * columns, 2)."""
        column, row = np.meshgrid(np.arange(self.columns), np.arange(self.rows))
        cell = np.column_stack([column.ravel() - self.west, self.north - 1 - row.ravel()])
        centres: Floats = (cell + 0.5) * CELL_M
        return centres


def stream(seed: int, *part: int) -> np.random.Generator:
    """A random stream of its own for each part of the drawing, so that a change in one leaves the others alone."""
    return np.random.Generator(np.random.PCG64([seed, *part]))
