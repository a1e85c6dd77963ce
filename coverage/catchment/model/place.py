"""What can be said of one place: who lives there, the ways to sites, why it is not covered, what would help."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from catchment.model.access import Rule
    from catchment.model.kinds import Cause, Floats, Setting
    from catchment.model.routes import RouteStreet

PlaceKind = Literal["site", "region", "premises", "place"]

RemedyKind = Literal["suggestion", "uncounted", "missing_road", "no_road", "cut_off"]


@dataclass(frozen=True)
class NamedPlace:
    """A place that somebody may mean by a name."""

    name: str
    kind: PlaceKind
    lon: float
    lat: float


@dataclass(frozen=True, eq=False)
class WayToSite:
    """A shortest way to a site."""

    site_id: str
    name: str
    type: str
    status: str
    lon: float
    lat: float
    cost_mm: int
    """Gap legs included where they count [mm]."""
    start_gap_mm: int
    end_gap_mm: int
    streets: tuple[RouteStreet, ...]
    xy: Floats
    """Its course from the place to the site, lon, lat [degrees], shape (v, 2)."""


@dataclass(frozen=True)
class Remedy:
    """Something that would cover the place, or a doubt to look into first."""

    kind: RemedyKind
    name: str = ""
    """Of the suggestion or the site."""
    status: str = ""
    type: str = ""
    distance_mm: int = -1
    """By the network to the suggestion or site; straight to the nearest road or site for a doubt; -1 unknown [mm]."""
    lon: float = np.nan
    """Of the suggestion or site [degrees]."""
    lat: float = np.nan
    most_gap_m: float = np.nan
    """How far from a road anybody may live to be joined to it [m]."""


@dataclass(frozen=True, eq=False)
class ExplainedPlace:
    """What can be said of one place."""

    name: str
    """Under which it was asked for; empty for coordinates."""
    lon: float
    lat: float
    region: str
    """Empty outside all."""
    setting: Setting
    rule: Rule
    units: int
    """Who lives at its point of people [1/1024 person]; 0 where nobody does."""
    start: tuple[float, float]
    """Where the ways begin, lon, lat [degrees]: the point of people, else the place itself."""
    start_away_m: float
    """Straight from the place to there [m]."""
    cause: Cause
    straight_m: float
    """Straight to the nearest counted site [m], NaN without any."""
    ways: tuple[WayToSite, ...]
    """To the nearest counted sites, nearest first; empty where no way leads to any."""
    remedies: tuple[Remedy, ...] = field(default=())
    """Empty where it is covered."""

    def minutes(self, cost_mm: int) -> float | None:
        """A way in minutes at the speed of the rule; ``None`` by road, for which the standard has no speed."""
        if self.rule.mode != "walk":
            return None
        speed_kmh = float(self.rule.speed_kmh or WALKING_KMH)
        return cost_mm / 1_000_000 / speed_kmh * 60


WALKING_KMH = 4.8
"""Where a walking rule is a distance without a speed."""
