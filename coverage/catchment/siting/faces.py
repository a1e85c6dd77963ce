"""Faces of buildings: the pieces of their walls that look onto a street, found district by district."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.siting._kernels_fronts import TOUCH_M, Scene, pieces_of_walls
from catchment.siting.districts import districts, middle_of, segments_of, touching, window_of
from catchment.siting.walls import Walls, boxes, flat, in_front, pointers, views, walls_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.model import Floats, Ints, Mask
    from catchment.siting.frontlines import Lines

FACING_COSINE = np.sqrt(0.5)
"""A wall looks onto a street within 45 degrees of straight out."""

STEP_M = 0.5
"""What is narrower than this [m], a gap between two houses or a post before one, may be overlooked."""

_WALLS_AT_ONCE = 20_000


@dataclass(frozen=True, eq=False)
class Faces:
    """Straight pieces of wall, each in front of one street."""

    polygon: Ints
    """Index of the building, shape (f,)."""
    line: Ints
    """Index of the segment in front of the middle, shape (f,)."""
    length_m: Floats
    """Shape (f,)."""
    setback_m: Floats
    """Smallest distance from the street, shape (f,)."""
    middle: Floats
    """lon, lat [degrees], shape (f, 2)."""
    towards: Floats
    """From the middle to the street, east and north [m], shape (f, 2)."""
    on_left: Mask
    """It stands left of the street, looking along its edge, shape (f,)."""


def faces_of(polygons: NDArray[np.object_], lines: Lines, *, setback_m: float) -> tuple[Faces, Ints]:
    """
    The pieces of walls that look onto streets, and of each building the strongest reason for none.

    Every place of a wall looks onto the nearest allowed street that lies within 45 degrees of straight out, at most
    the setback away and in clear sight. A street's direction is that to a place of it that is nearer than the places
    to its left and right; so it means nothing how a street is cut into segments.

    Parameters
    ----------
    polygons
        Valid, in lon, lat, shape (n,).
    lines
        From ``front_lines``.
    setback_m
        Inclusive [m].

    Returns
    -------
    Faces in the order of the buildings of each district, and reasons as ``pieces_of_walls`` numbers them, shape (n,).
    """
    walls = walls_of(polygons)
    all_walls, all_lines = segments_of(walls.ends), segments_of(lines.ends)
    bounds = shapely.bounds(polygons).reshape(-1, 4)
    reason = np.ones(len(polygons), np.int64)
    found = [_no_faces()]
    for some in districts(bounds):
        window = window_of(bounds[some], setback_m + 1)
        district = _district(window, walls, lines, touching(all_walls, window), touching(all_lines, window))
        own = np.flatnonzero(np.isin(district.walls.polygon, some))
        tree = shapely.STRtree(boxes(district.wall_xy))
        for first in range(0, len(own), _WALLS_AT_ONCE):
            batch = own[first : first + _WALLS_AT_ONCE]
            faces, asked, told = _faces_of_walls(batch, tree, district, lines, setback_m)
            np.maximum.at(reason, district.walls.polygon[asked], told)
            found.append(faces)
    return Faces(*(np.concatenate([getattr(faces, field.name) for faces in found]) for field in fields(Faces))), reason


def _no_faces() -> Faces:
    length, place, index = np.empty(0), np.empty((0, 2)), np.empty(0, np.int64)
    return Faces(index, index, length, length, place, place, np.empty(0, bool))


@dataclass(frozen=True, eq=False)
class _District:
    """What a district's buildings can see, in its plane."""

    walls: Walls
    """Theirs and those around."""
    wall_xy: Floats
    """Start and end [m], shape (w, 4)."""
    line: Ints
    """Index of each line, shape (s,)."""
    line_xy: Floats
    """Start and end [m], shape (s, 4)."""


def _district(window: Floats, walls: Walls, lines: Lines, some: Ints, line: Ints) -> _District:
    middle = middle_of(window)
    near = Walls(walls.ends[some], walls.polygon[some])
    return _District(near, flat(near.ends, middle), line, flat(lines.ends[line], middle))


def _faces_of_walls(
    own: Ints, tree: shapely.STRtree, district: _District, lines: Lines, setback_m: float
) -> tuple[Faces, Ints, Ints]:
    """Faces of some walls; and the walls that have streets near, with the reason of each."""
    wall, near = in_front(district.wall_xy[own], district.line_xy, setback_m)
    asked, wall = np.unique(wall, return_inverse=True)
    asked = own[asked]
    view, between = tree.query(views(district.wall_xy[asked], setback_m))
    order = np.lexsort((between, view))
    some = district.line
    scene = Scene(
        district.wall_xy,
        district.line_xy,
        lines.street[some],
        lines.bar[some],
        lines.goes_on[some],
        setback_m,
        FACING_COSINE,
    )
    seen = pointers(wall, len(asked)), near, pointers(view[order], len(asked)), between[order]
    which, metres, reason = pieces_of_walls(asked, scene, *seen, STEP_M)
    return _faces(which, metres, district), asked, reason


def _faces(which: Ints, metres: Floats, district: _District) -> Faces:
    """Pieces as ``pieces_of_walls`` gives them, and where their middles are."""
    wall, line = which[:, 0], which[:, 2]
    start, along = district.wall_xy[wall, :2], district.wall_xy[wall, 2:] - district.wall_xy[wall, :2]
    share = metres[:, :2].mean(axis=1) / np.linalg.norm(along, axis=1)
    middle = start + share[:, None] * along
    origin, course = district.line_xy[line, :2], district.line_xy[line, 2:] - district.line_xy[line, :2]
    part = ((middle - origin) * course).sum(axis=1) / (course**2).sum(axis=1)
    towards = origin + np.clip(part, 0, 1)[:, None] * course - middle
    against = np.linalg.norm(towards, axis=1) <= TOUCH_M
    towards[against] = (along[:, ::-1] * [1, -1])[against]
    ends = district.walls.ends[wall]
    return Faces(
        polygon=district.walls.polygon[wall],
        line=district.line[line],
        length_m=metres[:, 1] - metres[:, 0],
        setback_m=metres[:, 2],
        middle=ends[:, :2] + share[:, None] * (ends[:, 2:] - ends[:, :2]),
        towards=towards,
        # The cross product of the course and the way from the street to the wall.
        on_left=course[:, 1] * towards[:, 0] > course[:, 0] * towards[:, 1],
    )
