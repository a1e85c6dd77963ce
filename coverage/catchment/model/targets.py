"""How many sites a plan asks for, how far it is met, and what was chosen to fill it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model.inputs import Finding
    from catchment.model.kinds import Indices, Ints, Mask


@dataclass(frozen=True, eq=False)
class Targets:
    """The table of a plan: how many sites of each type each row (a county, a zone, the city itself) is to have."""

    rows: tuple[str, ...]
    """As the table names them, without spaces between Chinese characters."""
    types: tuple[str, ...]
    """``SiteType``, or the table's own word for a type of another field; in the order of its columns."""
    counts: Ints
    """Sites asked for, shape (rows, types)."""
    given: Mask
    """Which cells say something: a blank is 0 too, but nobody wrote it, shape (rows, types)."""
    cells: tuple[str, ...]
    """Where each row's name stands, ``A2``."""
    file: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def total(self) -> int:
        """All sites asked for."""
        return int(self.counts.sum())

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Progress:
    """A ledger against the targets. A closed site counts for nothing."""

    targets: Targets
    by_status: Mapping[str, Ints]
    """``open, preparing, planned``: sites of the ledger, shape (rows, types)."""
    site_row: Indices
    """Row that each site counts for, -1 none, shape (sites,)."""
    site_type: Indices
    """Column of the table for each site's type, -1 none, shape (sites,)."""
    uncounted: Indices
    """Sites, not closed, that are of no row or of a type the table does not have; ascending."""
    unit_row: Indices
    """Row that each region is counted under, -1 none, shape (regions,)."""
    unit_name: tuple[str, ...]
    """Of each region."""
    is_township: Mask
    """Regions that are units of the township level, not counties, shape (regions,)."""
    has_township_site: Mask
    """Regions with a site of the township type that is not closed, shape (regions,)."""

    @property
    def done(self) -> Ints:
        """Sites that are open, shape (rows, types)."""
        return self.by_status["open"]

    @property
    def coming(self) -> Ints:
        """Sites planned or being prepared, shape (rows, types)."""
        return self.by_status["preparing"] + self.by_status["planned"]

    @property
    def missing(self) -> Ints:
        """Sites still to be opened, whether or not they have a place, shape (rows, types)."""
        missing: Ints = np.maximum(self.targets.counts - self.done, 0)
        return missing

    @property
    def lacking(self) -> Ints:
        """Sites that nobody has even planned, shape (rows, types)."""
        lacking: Ints = np.maximum(self.targets.counts - self.done - self.coming, 0)
        return lacking

    @property
    def over(self) -> Ints:
        """Sites beyond the target, open or coming, shape (rows, types)."""
        over: Ints = np.maximum(self.done + self.coming - self.targets.counts, 0)
        return over


@dataclass(frozen=True)
class Unfilled:
    """Sites that are lacking and for which there is no place, and why."""

    row: int
    type: int
    count: int
    word: str
    """Entry of the catalogue, ``quota.<something>``."""
    units: tuple[str, ...] = ()
    """The townships it is about, by name."""


@dataclass(frozen=True, eq=False)
class Filling:
    """What a plan fills of the targets."""

    row: Indices
    """Row of each chosen place, in the order of the plan, shape (p,)."""
    type: Indices
    """Column of the type it is for, shape (p,)."""
    lacking: int
    """Sites that were lacking in all."""
    unfilled: tuple[Unfilled, ...]
