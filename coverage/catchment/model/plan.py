"""The plan of a network as data: its types, targets, dates, units, names, codes and what a site is to have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from catchment.model.inputs import Finding


@dataclass(frozen=True)
class PlanType:
    """A type of site, as the plan has it."""

    code: str
    """``SiteType``, or a word of another field."""
    public: bool = True
    """Its sites count for the public."""
    services: tuple[str, ...] = ()
    """What can be done there, unless the ledger says otherwise."""
    department: str = ""
    """Who answers for sites of the type."""
    hotline: bool = False
    """A service hotline and a way to complain are both required."""
    basis: str = ""
    """Where this comes from, or 示例/待核."""


@dataclass(frozen=True)
class ManagedUnits:
    """Townships that a row of the targets runs though they lie in another county (代管)."""

    row: str
    units: tuple[str, ...]
    """Names or codes."""
    inferred: bool = False
    """推定: no source confirms it."""
    counts: bool = False
    """Parks of the row count for the public."""


@dataclass(frozen=True)
class PlanUnit:
    """A unit of the township level."""

    code: str
    name: str
    county: str
    row: str = ""
    """Row of the targets it is counted under, empty if the table does not say."""
    inferred: bool = False
    """推定: the row is not confirmed."""
    civil: bool = True
    """A street office, town or township; else a farm, forest farm or committee of a zone."""
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Milestone:
    """What is to be open by a day."""

    name: str
    date: dt.date
    share: float = 1.0
    """Of the targets of its rows and types."""
    types: tuple[str, ...] = ()
    """Empty: all."""
    rows: tuple[str, ...] = ()
    """Empty: all."""
    basis: str = ""


@dataclass(frozen=True)
class Room:
    """What a site of a type is to have, by the people it is for."""

    type: str
    people_from: int = 0
    """The smallest number of residents [persons] that this line is for; a larger line's beginning ends it."""
    area_m2: float | None = None
    staff: int | None = None
    people_per_staff: int | None = None
    """Most people that one of the staff is to serve."""
    basis: str = ""


@dataclass(frozen=True)
class NameRules:
    """How sites are to be named."""

    ending: str = ""
    """Every name ends so; empty: names are not checked."""
    patterns: Mapping[str, str] | None = None
    """By type: ``{county}{township}{village}`` and text; a type without one has only the ending checked."""
    basis: str = ""


@dataclass(frozen=True)
class CodeRules:
    """How sites are to be numbered: the code of a unit, a digit for the type, a serial number."""

    unit_digits: int = 0
    """0: codes are not checked."""
    type_digits: Mapping[str, str] | None = None
    serial_digits: int = 2
    basis: str = ""


@dataclass(frozen=True)
class EvaluationItem:
    """One item of the yearly evaluation."""

    name: str
    weight: float
    source: str
    """Where its figure comes from."""


@dataclass(frozen=True)
class Plan:
    """Everything a plan says that this program uses."""

    name: str
    source: str = ""
    types: tuple[PlanType, ...] = ()
    managed: tuple[ManagedUnits, ...] = ()
    units: tuple[PlanUnit, ...] = ()
    """Of the township level, in the order of their codes; empty without a table of them."""
    milestones: tuple[Milestone, ...] = ()
    """In the order of their dates."""
    rooms: tuple[Room, ...] = ()
    names: NameRules = NameRules()
    codes: CodeRules = CodeRules()
    asked: tuple[str, ...] = ()
    """What every site is to have: among ``street_front``, ``single_building``, ``notices``, ``service_ledger``."""
    village_people: int | None = None
    """Communities and villages of so many people are proposed for the next batch; ``None``: none are."""
    village_basis: str = ""
    award_share: float | None = None
    """Of the targets, awarded for."""
    evaluation: tuple[EvaluationItem, ...] = ()
    evaluation_basis: str = ""
    file: str = ""
    findings: tuple[Finding, ...] = ()

    def type_of(self, code: str) -> PlanType | None:
        """
        What the plan says of a type.

        Examples
        --------
        >>> Plan("x", types=(PlanType("zone", public=False),)).type_of("zone").public
        False
        """
        return next((kind for kind in self.types if kind.code == code), None)

    def room_for(self, code: str, people: int) -> Room | None:
        """
        The line of the table of rooms for a type and a number of people [persons].

        Examples
        --------
        >>> plan = Plan("x", rooms=(Room("county", area_m2=300), Room("county", 200_000, area_m2=500)))
        >>> [plan.room_for("county", people).area_m2 for people in (199_999, 200_000)]
        [300, 500]
        """
        fitting = [room for room in self.rooms if room.type == code and room.people_from <= people]
        return max(fitting, key=lambda room: room.people_from, default=None)
