"""What a place promises before anybody searches the roads from it: which of those that crowd stay candidates."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from catchment.geo.plane import metric_plane
from catchment.model import UNITS_PER_PERSON, CriteriaWeights
from catchment.siting.criteria import DETOUR, JUNCTION_M, reference_people, rising

if TYPE_CHECKING:
    from catchment.model import Floats, Ints

RINGS = 8
"""People are counted on a grid of so many cells from the middle of a circle to its rim."""


def first_look(around_units: Ints, radius_m: float, share: Floats, junction_m: Floats) -> Floats:
    """
    A score from 0 to 1 that takes no search: people around in a straight line, class of the street, junction near.

    ``(3 * people + 2 * class + 2 * junction) / 7``: people ``rising`` with one half where a town begins, the junction
    1 within 50 m, else 0, and the default weights of convenience, transport and conspicuousness. It only decides
    which of several places near one another is looked at; a plan and the four criteria know the roads.

    Parameters
    ----------
    around_units
        People not covered in a circle around each place [1/1024 person], shape (n,).
    radius_m
        Of that circle [m].
    share
        From ``class_share``, 0 without a street, shape (n,).
    junction_m
        Straight distance to the nearest junction of streets [m], ``inf`` without one, shape (n,).

    Examples
    --------
    As many people as where a town begins, on a secondary street; then the same at a junction.

    >>> people = np.full(2, 1024 * reference_people(400))
    >>> first_look(people, 400 / DETOUR, np.array([0.8, 0.8]), np.array([90.0, 50.0])).round(3).tolist()
    [0.443, 0.729]
    """
    weights = CriteriaWeights()
    people = rising(around_units / UNITS_PER_PERSON, reference_people(radius_m * DETOUR))
    terms = np.column_stack([people, share, junction_m <= JUNCTION_M])
    each = np.array([weights.convenience, weights.transport, weights.conspicuousness])
    score: Floats = (terms * each).sum(axis=1) / each.sum()
    return score


def people_around(xy: Floats, homes_xy: Floats, units: Ints, radius_m: float) -> Ints:
    """
    People within a straight distance of each place, to a cell of its circle [1/1024 person], shape (n,).

    Both are put on a grid of cells of ``radius_m / 8.5``: whoever lives in a cell whose middle is no farther from the
    middle of the place's cell counts. The sum is exact and does not depend on any order.

    Parameters
    ----------
    xy, homes_xy
        lon, lat of places and people [degrees], shape (n, 2) and (k, 2).
    units
        How many live where [1/1024 person], shape (k,).
    radius_m
        [m].

    Examples
    --------
    A thousandth of a degree on the equator is 111 m.

    >>> homes = np.array([[0.0, 0.0], [0.001, 0.0], [0.004, 0.0]])
    >>> people_around(np.array([[0.0, 0.0], [0.003, 0.0]]), homes, np.array([1, 2, 4]), 200.0).tolist()
    [3, 4]
    """
    plane = metric_plane(np.concatenate([xy, homes_xy]))
    if not len(xy) or not len(homes_xy):
        return np.zeros(len(xy), np.int64)
    column, row = np.floor((plane - plane.min(axis=0)) * ((RINGS + 0.5) / radius_m)).astype(np.int64).T
    width = int(column.max()) + 2 * RINGS + 1  # room between the rows, so that no circle reaches around
    cell = row * width + column
    here, home = cell[: len(xy)], cell[len(xy) :]
    order = np.argsort(home, kind="stable")
    home, until = home[order], np.concatenate([[0], np.cumsum(units[order])])
    around = np.zeros(len(xy), np.int64)
    for ring in range(-RINGS, RINGS + 1):
        half = math.isqrt(int((RINGS + 0.5) ** 2) - ring**2)
        middle = here + ring * width
        around += until[np.searchsorted(home, middle + half, side="right")]
        around -= until[np.searchsorted(home, middle - half)]
    return around
