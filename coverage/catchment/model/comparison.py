"""Two runs over the same people: who gains, who loses, and what differs between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from catchment.model.access import Standard
    from catchment.model.kinds import Codes, Ints, Role


class Change(IntEnum):
    """Whether somebody is covered before and after."""

    BOTH = 0
    GAINED = 1
    LOST = 2
    NEITHER = 3


class SiteChange(StrEnum):
    """What happened to a site; several may hold of one."""

    OPENED = "opened"
    """It counts for the public and did not, or was not there."""
    CLOSED = "closed"
    """It counted and does no longer, or is gone."""
    LISTED = "listed"
    """It is new to the ledger, but does not count."""
    DROPPED = "dropped"
    """It is gone from the ledger and did not count."""
    MOVED = "moved"
    """It stands more than a metre from where it stood."""
    CHANGED = "changed"
    """Its type or its status is another."""


@dataclass(frozen=True)
class SiteDifference:
    """A site that is not the same in both runs."""

    site_id: str
    name: str
    """As after, or before if it is gone."""
    changes: tuple[SiteChange, ...]
    """In the order of ``SiteChange``; never empty."""
    after: int
    """Row of the site after, -1 if it is gone."""
    xy_before: tuple[float, float] | None
    """lon, lat [degrees]; ``None`` if it was not there."""
    xy_after: tuple[float, float] | None
    moved_m: float
    """From where it stood to where it stands [m], 0 unless it is there in both."""
    types: tuple[str, str]
    """Before and after, empty where there is none."""
    statuses: tuple[str, str]


@dataclass(frozen=True)
class ComparedRun:
    """What one of two compared runs calls itself and by what it judged."""

    name: str
    date: dt.date
    standard: Standard


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two runs over the same people. Where they live, and the settings they live in, are those of the run after."""

    before: ComparedRun
    after: ComparedRun
    change: Codes
    """``Change`` of each point of people, shape (n,)."""
    units: Ints
    """People by ``Change`` [1/1024 person], shape (4,)."""
    by_setting: Ints
    """People by ``Setting`` and ``Change`` [1/1024 person], shape (3, 4)."""
    by_region: Ints
    """People by region and ``Change`` [1/1024 person], shape (regions, 4)."""
    sites: tuple[SiteDifference, ...]
    """By ``site_id``."""
    inputs: tuple[Role, ...]
    """Files whose content differs, or that only one of the runs has, in the order of ``Role``."""
    settings: tuple[str, ...]
    """Keys of ``Run.choices`` that differ, ascending."""
    resettled_units: int
    """People whose setting was another before [1/1024 person]; they are told apart by that of the run after."""

    @property
    def people_units(self) -> int:
        """Everybody."""
        return int(self.units.sum())

    @property
    def before_units(self) -> int:
        """People covered before."""
        return int(self.units[Change.BOTH] + self.units[Change.LOST])

    @property
    def after_units(self) -> int:
        """People covered after."""
        return int(self.units[Change.BOTH] + self.units[Change.GAINED])


class ChangeCause(IntEnum):
    """Why other people are covered than before."""

    OPENED = 0
    CLOSED = 1
    MOVED = 2
    """The site has another address and stands elsewhere."""
    CORRECTED = 3
    """The same site at the same address has other coordinates."""
    NETWORK = 4
    POPULATION = 5
    """Who lives where, and in which setting."""
    STANDARD = 6
    """What covered asks, and which sites count."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """The change of covered people between two runs, shared out among its causes; the shares sum exactly."""

    before: ComparedRun
    after: ComparedRun
    causes: tuple[ChangeCause, ...]
    """What differs, k of them, ascending."""
    regions: pd.DataFrame
    """``region_id, name, parent`` of each region, shape (r,); one row of empty texts where the runs have no regions."""
    people: Ints
    """Everybody before and after [1/1024 person], shape (r, 2)."""
    covered: Ints
    """Covered before and after [1/1024 person], shape (r, 2)."""
    change: Ints
    """Covered after less before by cause [1/1024 person], may be negative, shape (r, k)."""
    sites: tuple[tuple[ChangeCause, str, str], ...]
    """The cause, id and name of each site that opened, closed, moved or was corrected, by cause and id."""
    evaluated: int
    """Mixtures of both runs that were judged."""
