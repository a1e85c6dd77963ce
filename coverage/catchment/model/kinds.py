"""What things are called and counted in: modes, settings, causes, types, arrays."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Codes = NDArray[np.int8]
Mask = NDArray[np.bool_]

Mode = Literal["walk", "road"]


Profile = Literal["internal", "public"]
"""For whom a run is written: whoever works on it, or everybody."""


Role = Literal[
    "sites",
    "roads",
    "population",
    "census",
    "regions",
    "urban",
    "roads_area",
    "premises",
    "edits",
    "targets",
    "located",
    "survey",
    "population_weights",
    "groups",
    "plan",
]
"""What a file is for."""


PeopleUnit = Literal["count", "per_ha", "per_km2"]
"""What a cell of a population grid says: persons, persons per hectare or persons per square kilometre."""


UnitHint = Literal["", "count", "per_ha", "per_km2", "density"]
"""What a grid says of its unit by its labels or its name; ``density`` does not say of what."""


SettlementRule = Literal["polygons", "codes", "grid"]
"""What tells city, town and country apart: the planner's polygons, class codes of regions, or the grid of people."""


UNITS_PER_PERSON = 1024
"""People are counted in 1/1024 person: every sum is exact in numpy, numba and JavaScript, in any order."""


class Setting(IntEnum):
    """Where a resident lives: 城区, 镇区, 农村."""

    CITY = 0
    TOWN = 1
    RURAL = 2


class Cause(IntEnum):
    """Why a resident is not covered; the first that holds, except that ``TOO_FAR`` has two places in the order."""

    COVERED = 0
    NO_SITE = 1
    NO_ROAD = 2
    CUT_OFF = 3
    EDGE_OF_DATA = 4
    TOO_FAR = 5


class SiteType(StrEnum):
    """The seven types of site of the plan; a ledger of another field keeps its own words."""

    CITY = "city"
    COUNTY = "county"
    ZONE = "zone"
    COLLEGE = "college"
    TECH = "tech"
    TOWNSHIP = "township"
    VILLAGE = "village"
