"""Cells of a grid that the outline of the regions cuts: they are counted whole or not at all, by their centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.geo.planes import WGS84, transformed

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from catchment.model import Mask, Population


def cut_cells(population: Population, outline: BaseGeometry) -> Mask:
    """
    Which cells a line passes through, shape (n,); none of a source that is no grid.

    The line is looked at every quarter of a cell: a corner that it cuts off by less may be missed.

    Parameters
    ----------
    population
        In the order of ``point_id``.
    outline
        Lines or polygons in lon, lat.

    Examples
    --------
    A row of three cells of a degree, and an area that ends within the second.

    >>> from catchment.model import GridPlane, Population
    >>> plane = GridPlane(WGS84, (1, 0, 0, 0, -1, 1))
    >>> xy = np.array([[0.5, 0.5], [1.5, 0.5], [2.5, 0.5]])
    >>> row = Population(xy, np.ones(3), np.arange(3), (1.0, 1.0), grid_width=3, plane=plane)
    >>> cut_cells(row, shapely.box(-5, -5, 1.2, 5)).tolist()
    [False, True, False]
    """
    plane, width = population.plane, population.grid_width
    if plane is None or width is None or population.cell_degrees is None:
        return np.zeros(len(population.persons), bool)
    line = outline if "Line" in outline.geom_type else outline.boundary
    places = shapely.get_coordinates(shapely.segmentize(line, min(population.cell_degrees) / 4))
    x, y = (places if plane.crs == WGS84 else transformed(places, WGS84, plane.crs)).T
    a, b, c, d, e, f = plane.transform
    x, y, size = x - c, y - f, a * e - b * d
    column, row = np.floor((e * x - b * y) / size), np.floor((a * y - d * x) / size)
    within = np.isfinite(column) & np.isfinite(row) & (column >= 0) & (column < width) & (row >= 0)
    cells = np.unique((row[within] * width + column[within]).astype(np.int64))
    cut: Mask = np.isin(population.point_id, cells, assume_unique=True)
    return cut
