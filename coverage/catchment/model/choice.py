"""A choice of sites as two people pass it around, and what an independent count makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from catchment.model.siting import Reading  # noqa: TC001 - the reader of the file looks at the annotations

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from catchment.model.access import Standard
    from catchment.model.kinds import Ints, Setting


@dataclass(frozen=True)
class Addition:
    """A place for a new site."""

    lon: float
    """[degrees, WGS84]."""
    lat: float
    candidate: int | None = None
    """``candidate_id`` in the run the choice was made in; ``None`` for a place of its own."""
    name: str = ""


@dataclass(frozen=True)
class Choice:
    """What differs from a run as computed. The fields are those of the file, ``docs/page-data.md`` tells of them."""

    schema: Literal["catchment.choice/1"]
    run: str
    """Name of the run."""
    date: str
    """As-of date of the run."""
    data: str
    """Its ``Run.digest``."""
    reading: Reading
    close: tuple[str, ...]
    """Ids of sites that would count no longer."""
    open: tuple[str, ...]
    """Ids of sites that would count as well."""
    add: tuple[Addition, ...]
    """In the order to build them."""
    people_units: int
    """Everybody, as whoever made the choice counted [1/1024 person]."""
    covered_units: int
    """Of them covered with the choice, likewise."""


@dataclass(frozen=True, eq=False)
class Score:
    """Whom the sites of a run cover under one reading, before and after a choice [1/1024 person]."""

    people_units: int
    before_units: int
    covered_units: int
    by_region: Ints
    """People, covered before and covered after in each region, shape (regions, 3)."""
    by_setting: Mapping[Setting, tuple[int, int, int]]
    """The same by where people live."""

    @property
    def gain_units(self) -> int:
        """People the choice adds; negative if it loses some."""
        return self.covered_units - self.before_units


@dataclass(frozen=True, eq=False)
class ScoredChoice:
    """A choice counted again from a project's own files."""

    choice: Choice
    standard: Standard
    """That of the choice's reading."""
    score: Score
    by_region: pd.DataFrame
    """A row per region: ``region_id, name, parent`` and units in ``people, before, covered``; empty without regions."""
    by_county: pd.DataFrame
    """Its rows summed by ``parent``; empty where they have fewer than two."""
    digest: str
    """``Run.digest`` of the project."""
    off_road: tuple[int, ...] = ()
    """Rows of ``choice.add`` that no road lies near: they serve nobody."""

    @property
    def same_data(self) -> bool:
        """The choice was made in a run of the same inputs and settings."""
        return self.choice.data == self.digest

    @property
    def difference_units(self) -> int:
        """By how much more is covered here than whoever made the choice counted."""
        return self.score.covered_units - self.choice.covered_units

    @property
    def agrees(self) -> bool:
        """Both counts are equal to the last unit, everybody's and the covered people's."""
        return self.difference_units == 0 and self.score.people_units == self.choice.people_units
