"""A ledger held against a plan: what is late, what is without a site, which names, codes and sites are not as asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model.kinds import Ints, Setting
    from catchment.model.plan import Milestone, Plan, PlanUnit

UnitState = Literal["open", "coming", "none"]
"""Of a unit: it has an open site, one planned or being prepared, or none."""

FitState = Literal["met", "unmet", "unknown"]
"""Of a check: as asked, not as asked, or the ledger does not say."""


@dataclass(frozen=True, eq=False)
class MilestoneState:
    """How far a milestone is met, by row and type of the targets."""

    milestone: Milestone
    due: bool
    """Its day has come."""
    asked: Ints
    """Sites to be open, shape (rows, types)."""
    open: Ints
    """Of them open, at most as many as asked, shape (rows, types)."""

    @property
    def missing(self) -> int:
        """Sites that are asked for and not open."""
        return int((self.asked - self.open).sum())


@dataclass(frozen=True)
class UnitCheck:
    """A unit of the township level, and whether it has a site of its own."""

    unit: PlanUnit
    row: str
    """Of the targets, empty if none is known."""
    inferred: bool
    state: UnitState
    sites: tuple[str, ...] = ()
    """Names of its sites that are not closed."""


@dataclass(frozen=True)
class VillageProposal:
    """A community or village without a site, for the next batch."""

    region_id: str
    name: str
    parent: str
    people: int
    """[1/1024 person]."""
    uncovered: int
    """Of them not covered."""


@dataclass(frozen=True)
class NameCheck:
    """What is wrong with the name or the code of one site, and what they should be."""

    site: int
    words: tuple[str, ...]
    """Entries of the catalogue, ``coded.<something>``."""
    name: str = ""
    """Proposed, empty where it is right or cannot be told."""
    code: str = ""
    """Proposed, empty where it is right or cannot be told."""


@dataclass(frozen=True)
class FitItem:
    """One check of a site."""

    key: str
    """Entry of the catalogue, ``fit.<key>``."""
    state: FitState
    found: float | str | None = None
    asked: float | None = None


@dataclass(frozen=True)
class SiteFit:
    """Whether a site is as the plan asks."""

    site: int
    people: int
    """Residents of the unit it is for, where known, else its catchment [1/1024 person]."""
    catchment: int
    """[1/1024 person]."""
    per_staff: float | None
    """Catchment per member of staff [persons]."""
    per_100m2: float | None
    """Catchment per 100 m² [persons]."""
    items: tuple[FitItem, ...]

    def missing(self) -> tuple[str, ...]:
        """Keys of what is not as asked."""
        return tuple(item.key for item in self.items if item.state == "unmet")

    def unknown(self) -> tuple[str, ...]:
        """Keys of what the ledger does not say."""
        return tuple(item.key for item in self.items if item.state == "unknown")


@dataclass(frozen=True, eq=False)
class ServiceCover:
    """Who can get one thing done within the standard."""

    name: str
    sites_count: int
    """Open sites that offer it."""
    counted_count: int
    """Of them those that count for the public."""
    people: int
    """All residents [1/1024 person]."""
    covered: int
    """Those with a counted site that offers it within their standard."""
    by_setting: Mapping[Setting, tuple[int, int]]
    """People and covered people of each setting."""
    by_group: Mapping[str, tuple[int, int]]
    """People and covered people of each key group."""
    stated_count: int = 0
    """Of the sites, those whose ledger says so itself; the others by their type."""


@dataclass(frozen=True, eq=False)
class Planned:
    """A ledger held against a plan."""

    plan: Plan
    milestones: tuple[MilestoneState, ...] = ()
    by_batch: Mapping[str, Ints] | None = None
    """Sites that are not closed by batch, as the ledger words it, shape (rows, types); ``None`` without targets."""
    units: tuple[UnitCheck, ...] = ()
    villages: tuple[VillageProposal, ...] = ()
    names: tuple[NameCheck, ...] = ()
    """Sites whose name or code is not as asked, in the order of ``sites``."""
    fit: tuple[SiteFit, ...] = ()
    """Of every site that is not closed, in the order of ``sites``."""
    services: tuple[ServiceCover, ...] = ()
