"""
The plan's four criteria of a place, each 0 to 1: convenience, transport, conspicuousness and street front.

Every figure that grows without end is halved against a reference: ``x / (x + half)`` is 0 for nothing, one half at
the reference, and never quite 1. NaN means that nobody knows: a criterion with an unknown part is unknown, never 0.
``docs/criteria.md`` says the same to planners.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from catchment.model import UNITS_PER_PERSON

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.model import Floats, Ints

URBAN_PER_KM2 = 1_500
"""Where a town begins, by the degree of urbanisation [people per km²]."""

DETOUR = 1.324
"""How much longer ways are than straight lines: the mean of 25 Chinese cities (doi:10.1080/19475683.2021.1966503)."""

STOP_M = 300.0
"""A stop this far away [m] counts half: the radius customary for bus stops."""

JUNCTION_M = 50.0
"""A junction no farther away than this [m] is seen from the place."""

TOWN_PEOPLE = 5_000
"""A street that so many pass by on their way to town counts half: the least people of a town, by the same degree."""

FRONT_M = 10.0
"""A front of this length [m], some three shop bays, counts half."""

ALONG_HALF_M = 100.0
"""So many metres of front along a stretch of 200 m, half of one of its sides, count half."""

SETBACK_M = 30.0
"""From here on [m] a building does not look onto the street."""

CLASS_SHARE: Mapping[str, float] = {
    "trunk": 1.0,
    "primary": 1.0,
    "primary_link": 1.0,
    "secondary": 0.8,
    "secondary_link": 0.8,
    "tertiary": 0.6,
    "tertiary_link": 0.6,
    "pedestrian": 0.6,
    "unclassified": 0.4,
    "residential": 0.4,
    "living_street": 0.4,
    "road": 0.4,
    "busway": 0.2,
    "service": 0.2,
    "track": 0.0,
    "trunk_link": 0.0,
    "motorway": 0.0,
    "motorway_link": 0.0,
    "footway": 0.0,
    "path": 0.0,
    "steps": 0.0,
    "cycleway": 0.0,
    "bridleway": 0.0,
    "corridor": 0.0,
    "platform": 0.0,
}
"""How much of a street the class of OSM ``highway`` makes it; four steps of the network, and none for what has no
fronts. A shopping street without cars (步行街) is as good as a tertiary road."""


def rising(value: Floats, half: float) -> Floats:
    """
    ``value / (value + half)``: more is better, and ever less so.

    Parameters
    ----------
    value
        Not negative; ``inf`` is 1 and NaN stays, shape (n,).
    half
        What counts one half, in the unit of the value.

    Examples
    --------
    >>> rising(np.array([0.0, 10.0, 30.0, np.inf]), 10.0).tolist()
    [0.0, 0.5, 0.75, 1.0]
    """
    return 1 - falling(value, half)


def falling(value: Floats, half: float) -> Floats:
    """
    ``half / (value + half)``: less is better.

    Parameters
    ----------
    value, half
        As in ``rising``.

    Examples
    --------
    >>> falling(np.array([0.0, 300.0, 900.0, np.inf]), 300.0).tolist()
    [1.0, 0.5, 0.25, 0.0]
    """
    share: Floats = half / (np.asarray(value, np.float64) + half)
    return share


def class_share(kinds: Sequence[str]) -> Floats:
    """
    ``CLASS_SHARE`` of streets, NaN where the class is unknown or there is no street in front.

    Examples
    --------
    >>> class_share(["secondary", "residential", "path", ""]).tolist()
    [0.8, 0.4, 0.0, nan]
    """
    return np.array([CLASS_SHARE.get(kind, math.nan) for kind in kinds], np.float64)


def reference_people(walk_m: float) -> float:
    """
    How many live within a walk where a town begins: 1,500 people per km² on a circle of ``walk_m / 1.324``.

    Examples
    --------
    Five and fifteen minutes at 4.8 km/h.

    >>> round(reference_people(400)), round(reference_people(1200))
    (430, 3871)
    """
    return URBAN_PER_KM2 * math.pi * (walk_m / 1000 / DETOUR) ** 2


def convenience(
    near_units: Ints, walk_units: Ints, mean_walk_m: Floats, *, near_m: float = 400.0, walk_m: float = 1200.0
) -> Floats:
    """
    方便群众: how many live near, and how near they live.

    The mean of three shares: people within 5 minutes and within 15 minutes, each ``rising`` with one half where a
    town begins (``reference_people``), and ``1 - mean walk / walk_m`` of those within 15 minutes.

    Parameters
    ----------
    near_units, walk_units
        People within ``near_m`` and ``walk_m`` on foot [1/1024 person], shape (n,).
    mean_walk_m
        Of those within ``walk_m`` [m], ``inf`` where there is nobody, NaN where unknown, shape (n,).
    near_m, walk_m
        Five and fifteen minutes of walking [m].

    Examples
    --------
    A town's people at 600 m on average: three halves; and nobody at all.

    >>> people = np.array([reference_people(400), 0]), np.array([reference_people(1200), 0])
    >>> convenience(*(1024 * count for count in people), np.array([600.0, np.inf])).tolist()
    [0.5, 0.0]
    """
    near = rising(near_units / UNITS_PER_PERSON, reference_people(near_m))
    within = rising(walk_units / UNITS_PER_PERSON, reference_people(walk_m))
    nearness = 1 - np.minimum(mean_walk_m / walk_m, 1)
    mean: Floats = (near + within + nearness) / 3
    return mean


def transport(stop_m: Floats, share: Floats) -> Floats:
    """
    交通便利: a stop near by, and a street of some rank.

    The mean of two shares: the nearest stop, ``falling`` with one half at 300 m, and the class of the street.

    Parameters
    ----------
    stop_m
        Distance to the nearest stop, on foot or straight [m]; ``inf`` where there is none within the search, NaN where
        no stops are known at all, shape (n,).
    share
        From ``class_share``, shape (n,).

    Examples
    --------
    >>> transport(np.array([300.0, np.inf, np.nan]), np.array([0.8, 0.4, 0.4])).round(2).tolist()
    [0.65, 0.2, nan]
    """
    mean: Floats = (falling(stop_m, STOP_M) + share) / 2
    return mean


def conspicuousness(corner: Floats, share: Floats, junction_m: Floats, passing_units: Floats) -> Floats:
    """
    相对醒目: at a corner, on a street of rank, near a junction, and where many pass by.

    The mean of four shares: 1 at a corner, the class of the street, 1 within 50 m of a junction, and the people whose
    shortest ways to town pass by, ``rising`` with one half at 5,000.

    Parameters
    ----------
    corner
        1 at a corner, 0 elsewhere, NaN where no buildings are known, shape (n,).
    share
        From ``class_share``, shape (n,).
    junction_m
        Straight distance to the nearest junction of streets [m], ``inf`` without one, shape (n,).
    passing_units
        People who pass by [1/1024 person], NaN where unknown, shape (n,).

    Examples
    --------
    >>> seen = conspicuousness(np.array([1.0]), np.array([0.8]), np.array([50.0]), np.array([1024 * 5000.0]))
    >>> seen.round(3).tolist()
    [0.825]
    """
    passing = rising(passing_units / UNITS_PER_PERSON, TOWN_PEOPLE)
    junction = np.where(np.isnan(junction_m), np.nan, junction_m <= JUNCTION_M)
    mean: Floats = (corner + share + junction + passing) / 4
    return mean


def street_front(frontage_m: Floats, setback_m: Floats, *, half_m: float = FRONT_M) -> Floats:
    """
    临街: how long the face on the street is, less for standing back.

    ``frontage / (frontage + 10 m) * (1 - setback / 30 m)``, the second not below 0.

    Parameters
    ----------
    frontage_m
        Length of wall that looks onto the street [m], 0 without a front, NaN where no buildings are known, shape (n,).
    setback_m
        From that wall to the street's line [m]; of no account without a front, shape (n,).
    half_m
        What length counts half [m]: ``FRONT_M`` of a building, ``ALONG_HALF_M`` of all along a stretch of street.

    Examples
    --------
    >>> street_front(np.array([10.0, 30.0, 30.0, 0.0]), np.array([0.0, 15.0, 30.0, np.inf])).tolist()
    [0.5, 0.375, 0.0, 0.0]
    """
    back = np.where(frontage_m == 0, 0.0, 1 - np.minimum(setback_m / SETBACK_M, 1))
    share: Floats = rising(frontage_m, half_m) * back
    return share
