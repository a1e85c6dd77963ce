"""Water thinned to what a screen can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from catchment.outputs.drawing import DEGREE, lines_on_lattice

if TYPE_CHECKING:
    from catchment.model import Water
    from catchment.outputs.drawing import Lines


@dataclass(frozen=True, eq=False)
class DrawnWater:
    """Water as drawn."""

    areas: Lines
    """
    Rings, filled by the nonzero rule: outer ones turn one way and holes the other, so that areas that lie on one
    another (a lake and its reservoir) are filled all the same.
    """
    lines: Lines

    def __len__(self) -> int:
        return len(self.areas.xy) + len(self.lines.xy)


def drawn_water(
    water: Water | None,
    *,
    bounds: tuple[float, float, float, float] | None = None,
    vertex_budget: int = 60_000,
) -> DrawnWater:
    """
    Water simplified alike until all of it keeps to a number of vertices.

    Rings and lines smaller than the tolerance are left out.

    Parameters
    ----------
    water
        May be ``None``.
    bounds
        West, south, east, north [degrees]: only what meets this box; by default everything.
    vertex_budget
        Vertices of rings and lines together.

    Examples
    --------
    >>> len(drawn_water(None))
    0
    """
    polygons, lines = _near(water, bounds)
    rings = shapely.get_rings(shapely.orient_polygons(polygons))
    wide = np.sqrt(shapely.area(shapely.polygons(rings))) if len(rings) else np.zeros(0)
    lines = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    long = shapely.length(lines)
    tolerance = 2.0 / DEGREE
    while True:
        areas, courses = (
            lines_on_lattice(shapely.simplify(shapes[size >= tolerance], tolerance, preserve_topology=False))
            for shapes, size in ((rings, wide), (lines, long))
        )
        drawn = DrawnWater(areas, courses)
        if len(drawn) <= vertex_budget:
            return drawn
        tolerance *= 1.5


def _near(water: Water | None, bounds: tuple[float, float, float, float] | None) -> tuple[Any, Any]:
    """Polygons and lines that meet a box."""
    if water is None:
        return np.empty(0, object), np.empty(0, object)
    found = []
    for frame in (water.areas, water.lines):
        shapes = shapely.get_parts(frame.geometry.to_numpy())
        if bounds is not None and len(shapes):
            low, high = np.split(shapely.bounds(shapes), 2, axis=1)
            shapes = shapes[((low <= bounds[2:]) & (high >= bounds[:2])).all(axis=1)]
        found.append(shapes)
    return found[0], found[1]
