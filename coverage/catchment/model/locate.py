"""Where rows without coordinates may lie: places with names, guesses, and the places a planner has pointed at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from catchment.model.inputs import Finding, Sites
    from catchment.model.kinds import Floats

SpotKind = Literal["office", "house", "village", "hamlet", "quarter", "town", "county", "region"]
"""What a named place is: an office, a college or park, a point of a settlement, or the middle of a region."""


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Places with names, in the order of ``place_id`` and then of the name."""

    frame: pd.DataFrame
    """
    Columns ``place_id`` (``n1``, ``w1`` or ``r1`` for a node, way or relation of OSM; a place of several names has
    several rows), ``name``, ``kind`` (``SpotKind``), ``lon``, ``lat`` [degrees, WGS84].
    """

    @property
    def xy(self) -> Floats:
        """lon, lat [degrees], shape (n, 2)."""
        return self.frame[["lon", "lat"]].to_numpy(np.float64).reshape(-1, 2)

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True)
class Spot:
    """A place that a row may mean."""

    name: str
    kind: SpotKind
    lon: float
    lat: float
    uncertainty_m: float
    """How far from it the site may stand, as a rule [m]."""


@dataclass(frozen=True)
class Guess:
    """What the words of a row say about its place."""

    spots: tuple[Spot, ...] = ()
    """One is the guess; several are places of one name far apart, none of which is taken; none if nothing is known."""
    box: tuple[float, float, float, float] | None = None
    """West, south, east, north [degrees] of the township or county it is said to lie in, if that is known."""
    regions: tuple[int, ...] = ()
    """The regions of that township or county."""

    @property
    def spot(self) -> Spot | None:
        """The place that is guessed, if there is one."""
        return self.spots[0] if len(self.spots) == 1 else None


@dataclass(frozen=True, eq=False)
class Ledger:
    """All rows of a ledger: those that say where they lie, and those that do not."""

    sites: Sites
    """Rows with usable coordinates; there may be none."""
    unplaced: pd.DataFrame
    """
    The others, by sheet and row: ``site_id, name, type, status, county, township, address, services,
    file, sheet, row``, and ``empty``: nothing is written where the coordinates belong.
    """
    problems: tuple[Finding, ...]
    """What is wrong with the coordinates of each of them, as a bad row."""


@dataclass(frozen=True, eq=False)
class Placed:
    """Places that a planner has pointed at (``located.csv``), in the order of the file."""

    frame: pd.DataFrame
    """Columns ``name, county, township, sheet, row`` (0 if not said), ``at`` (row of this file), ``lon, lat``."""
    file: str
    findings: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)
