"""Key groups of a project: where they live, how many are covered, and what is odd about their table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.access.groups import group_cover
from catchment.demand.groups import group_rows, spread_groups
from catchment.model import UNITS_PER_PERSON, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catchment.demand.groups import UnitRows
    from catchment.model import Access, GroupCover, Ints, KeyGroups, People, Regions

MOST_NAMES = 20


def groups_covered(
    groups: KeyGroups | None, regions: Regions | None, people: People, access: Access
) -> tuple[tuple[GroupCover, ...], tuple[Finding, ...]]:
    """Coverage of each key group, and the findings about the table; nothing without a table."""
    if groups is None or regions is None:
        return (), ()
    rows = group_rows(groups, regions)
    units, unplaced = spread_groups(groups, rows, people)
    found = group_cover(groups.groups, units, people, access, region_count=len(regions), unplaced=unplaced.tolist())
    odd = (*_row_findings(groups, rows, unplaced), *_too_many(groups, units, people, regions))
    return found, odd


def group_units(groups: KeyGroups | None, regions: Regions | None, people: People) -> dict[str, Ints]:
    """1/1024 persons of each key group at each point, by its name; nothing without a table."""
    if groups is None or regions is None:
        return {}
    units, _ = spread_groups(groups, group_rows(groups, regions), people)
    return dict(zip(groups.groups, units, strict=True))


def _row_findings(groups: KeyGroups, rows: UnitRows, unplaced: Ints) -> Iterable[Finding]:
    for word, here in (("finding.groups_total", rows.total), ("finding.groups_lost", rows.lost)):
        if here.any():
            level = "note" if word == "finding.groups_total" else "warning"
            facts: dict[str, str | int] = {"count": int(here.sum()), "names": _names(groups, np.flatnonzero(here))}
            yield Finding(level, word, facts, groups.file)  # type: ignore[arg-type]  # one of two levels
    for name, persons in zip(groups.groups, unplaced.tolist(), strict=True):
        if persons:
            yield Finding("warning", "finding.groups_unplaced", {"group": name, "people": persons}, groups.file)


def _too_many(groups: KeyGroups, units: Ints, people: People, regions: Regions) -> Iterable[Finding]:
    """Regions with more people of a group than residents: the residents, or the group, are of something else."""
    inside = people.region >= 0
    residents = np.zeros(len(regions), np.int64)
    np.add.at(residents, people.region[inside], people.units[inside])
    for name, own in zip(groups.groups, units, strict=True):
        of_group = np.zeros(len(regions), np.int64)
        np.add.at(of_group, people.region[inside], own[inside])
        # Rounding alone may put a hair more into a region of a county.
        odd = np.flatnonzero(of_group > residents + UNITS_PER_PERSON)
        if len(odd):
            names = ", ".join(regions.frame["name"].iloc[odd[:MOST_NAMES]])
            facts: dict[str, str | int] = {"group": name, "count": len(odd), "names": names}
            yield Finding("warning", "finding.groups_many", facts, groups.file)


def _names(groups: KeyGroups, rows: Ints) -> str:
    frame = groups.frame.iloc[rows[:MOST_NAMES]]
    return ", ".join(
        name or unit_id or township
        for unit_id, name, township in frame[["unit_id", "name", "township"]].itertuples(index=False)
    )
