"""Two runs over the same people, point by point: who is covered before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, get_args

import numpy as np

from catchment.errors import InputError
from catchment.geo.measure import distance_m
from catchment.model import Change, ComparedRun, Comparison, Role, Setting, SiteChange, SiteDifference
from catchment.words import Phrases

if TYPE_CHECKING:
    from catchment.model import Codes, Indices, Ints, Mask, Run, Source

SAME_PLACE_M = 1.0
"""A site that stands within this of where it stood [m] has not moved."""

PEOPLE_ROLES: tuple[Role, ...] = ("population", "population_weights", "regions", "census", "urban")
"""Files that decide who is counted where."""


def compare_runs(before: Run, after: Run) -> Comparison:
    """
    Who is covered in both, gained, lost or in neither, and which sites and inputs differ.

    No cause is named for a change: where sites and standard differ both, it tells their joint effect.

    Parameters
    ----------
    before, after
        Runs over the same points of people in the same regions. Settings may differ: those of ``after`` are used.

    Raises
    ------
    InputError
        If the people are not the same: it says which file differs.
    """
    _refuse_other_people(before, after)
    people = after.people
    change = changes(before.access.covered, after.access.covered)
    return Comparison(
        before=ComparedRun(before.name, before.date, before.standard),
        after=ComparedRun(after.name, after.date, after.standard),
        change=change,
        units=_units_by(np.zeros(len(people), np.int32), change, people.units, 1)[0],
        by_setting=_units_by(people.setting.astype(np.int32), change, people.units, len(Setting)),
        by_region=_units_by(people.region, change, people.units, len(after.regions or ())),
        sites=site_differences(before, after),
        inputs=tuple(role for role in get_args(Role) if _checksum(before, role) != _checksum(after, role)),
        settings=_other_choices(before, after),
        resettled_units=int(people.units[before.people.setting != people.setting].sum()),
    )


def changes(before: Mask, after: Mask) -> Codes:
    """
    The ``Change`` of everybody by whether they are covered before and after.

    Examples
    --------
    >>> changes(np.array([True, False, True, False]), np.array([True, True, False, False])).tolist()
    [0, 1, 2, 3]
    """
    return np.where(
        before, np.where(after, Change.BOTH, Change.LOST), np.where(after, Change.GAINED, Change.NEITHER)
    ).astype(np.int8)


def site_differences(before: Run, after: Run) -> tuple[SiteDifference, ...]:
    """The sites that are not the same in both runs, by ``site_id``."""
    rows = [{site: row for row, site in enumerate(run.sites.frame["site_id"])} for run in (before, after)]
    found = (
        _site_difference(site, (before, rows[0].get(site, -1)), (after, rows[1].get(site, -1)))
        for site in sorted({*rows[0], *rows[1]})
    )
    return tuple(site for site in found if site.changes)


def _site_difference(site_id: str, before: tuple[Run, int], after: tuple[Run, int]) -> SiteDifference:
    """One site in both runs, each with the site's row, -1 if it is not there."""
    places = [_place(run, row) for run, row in (before, after)]
    types = (_said(*before, "type"), _said(*after, "type"))
    statuses = (_said(*before, "status"), _said(*after, "status"))
    counted, still_counts = (row >= 0 and bool(run.counted[row]) for run, row in (before, after))
    there, still_there = (row >= 0 for _, row in (before, after))
    both = places[0] is not None and places[1] is not None
    moved_m = float(distance_m(np.array([places[0]]), np.array([places[1]]))[0]) if both else 0.0
    holds = {
        SiteChange.OPENED: still_counts and not counted,
        SiteChange.CLOSED: counted and not still_counts,
        SiteChange.LISTED: not there and not still_counts,
        SiteChange.DROPPED: not still_there and not counted,
        SiteChange.MOVED: moved_m > SAME_PLACE_M,
        SiteChange.CHANGED: both and (types[0] != types[1] or statuses[0] != statuses[1]),
    }
    return SiteDifference(
        site_id=site_id,
        name=_said(*(after if still_there else before), "name"),
        changes=tuple(change for change, here in holds.items() if here),
        after=after[1],
        xy_before=places[0],
        xy_after=places[1],
        moved_m=moved_m,
        types=types,
        statuses=statuses,
    )


def _place(run: Run, row: int) -> tuple[float, float] | None:
    if row < 0:
        return None
    point = run.sites.frame.geometry.iloc[row]
    return float(point.x), float(point.y)


def _said(run: Run, row: int, column: str) -> str:
    """A text of the ledger, empty where it says nothing or the site is not there."""
    text = run.sites.frame[column].iloc[row] if row >= 0 else ""
    return text if isinstance(text, str) else ""


def _units_by(group: Indices, change: Codes, units: Ints, count: int) -> Ints:
    """Units of each pair of group and change, those of no group left out, shape (count, 4)."""
    table = np.zeros((count, len(Change)), np.int64)
    inside = group >= 0
    np.add.at(table, (group[inside], change[inside]), units[inside])
    return table


def _checksum(run: Run, role: Role) -> str:
    source = _source(run, role)
    return "" if source is None else source.sha256


def _source(run: Run, role: Role) -> Source | None:
    return next((source for source in run.sources if source.role == role), None)


def _other_choices(before: Run, after: Run) -> tuple[str, ...]:
    keys = sorted({*before.choices, *after.choices})
    return tuple(key for key in keys if before.choices.get(key) != after.choices.get(key))


def _refuse_other_people(before: Run, after: Run) -> None:
    """Points, people at them and regions must be equal, whatever the files are called."""
    if _same_people(before, after):
        return
    for role in PEOPLE_ROLES:
        if _checksum(before, role) != _checksum(after, role):
            _refuse_file(role, _source(before, role), _source(after, role))
    raise InputError("error.compare_settings")


def _refuse_file(role: Role, before: Source | None, after: Source | None) -> NoReturn:
    nothing = Phrases((("compare.no_file", {}),))
    raise InputError(
        "error.compare_people",
        role=Phrases(((f"page.role_{role}", {}),)),
        before=before.path if before else nothing,
        after=after.path if after else nothing,
    )


def _same_people(before: Run, after: Run) -> bool:
    one, other = before.people, after.people
    return (
        np.array_equal(one.xy, other.xy)
        and np.array_equal(one.units, other.units)
        and np.array_equal(one.region, other.region)
        and _region_ids(before) == _region_ids(after)
    )


def _region_ids(run: Run) -> list[str]:
    return [] if run.regions is None else run.regions.frame["region_id"].tolist()
