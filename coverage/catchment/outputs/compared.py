"""A comparison as printed and as the page takes it: whole persons that add up, before and after, gained and lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.access.tables import county_table
from catchment.errors import InputError
from catchment.model import UNITS_PER_PERSON, Cause, Change, Setting
from catchment.outputs.packing import Column
from catchment.outputs.style import (
    largest_remainder_table,
    people_text,
    printable,
    share_text,
    standard_line,
    title_line,
    whole,
)
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from catchment.model import Comparison, Ints, Run, SiteDifference
    from catchment.outputs.drawing import DrawnCells
    from catchment.outputs.figures import Figures
    from catchment.words import Language

CHANGE_COLUMNS = tuple(change.name.lower() for change in Change)


@dataclass(frozen=True, eq=False)
class ComparedRows:
    """Rows of a table: whole persons whose columns add up to its total, and exact units for shares."""

    before: Ints
    """Covered before, shape (n,)."""
    after: Ints
    gained: Ints
    lost: Ints
    """``before + gained - lost`` is ``after``, in every row."""
    units: Ints
    """By ``Change`` [1/1024 person], shape (n, 4)."""


def compared_total(comparison: Comparison) -> ComparedRows:
    """The people of the whole comparison as one row; those before and after are as their own runs print them."""
    people, before, after = (
        whole(units) for units in (comparison.people_units, comparison.before_units, comparison.after_units)
    )
    both, gained, lost, neither = comparison.units.tolist()
    table = largest_remainder_table(
        np.array([[both, lost], [gained, neither]]),
        np.array([before, people - before]),
        np.array([after, people - after]),
    )
    gained_persons, lost_persons = int(table[1, 0]), int(table[0, 1])
    return ComparedRows(
        before=np.array([before]),
        after=np.array([after]),
        gained=np.array([gained_persons]),
        lost=np.array([lost_persons]),
        units=comparison.units[np.newaxis],
    )


def compared_rows(units: Ints, *, people: Ints, after: Ints, gained: int, lost: int) -> ComparedRows:
    """
    The parts of a total: gains and losses add up to those of the total, and so does everything else.

    Parameters
    ----------
    units
        By ``Change`` [1/1024 person], shape (n, 4).
    people, after
        Everybody and those covered after, as other tables print them, shape (n,).
    gained, lost
        As printed of the total.

    Examples
    --------
    >>> half = np.array([[1024, 512, 0, 0], [1024, 512, 1024, 0]])
    >>> rows = compared_rows(half, people=np.array([2, 3]), after=np.array([2, 1]), gained=1, lost=1)
    >>> rows.gained.tolist(), rows.lost.tolist(), rows.before.tolist()
    ([1, 0], [0, 1], [1, 2])
    """
    more = parts_within(units[:, Change.GAINED], gained, most=after)
    fewer = parts_within(units[:, Change.LOST], lost, most=people - after)
    return ComparedRows(before=after - more + fewer, after=after, gained=more, lost=fewer, units=units)


def parts_within(units: Ints, total: int, *, most: Ints) -> Ints:
    """
    Whole persons that add up to a total by largest remainder, none above ``most`` while others have room.

    Examples
    --------
    >>> parts_within(np.array([1536, -512, 512]), 2, most=np.array([9, 9, 0])).tolist()
    [2, 0, 0]
    """
    persons, rest = np.divmod(units, UNITS_PER_PERSON)
    order = np.argsort(-rest, kind="stable")
    while (missing := total - int(persons.sum())) > 0:
        room = order[persons[order] < most[order]]
        persons[(room if len(room) else order)[:missing]] += 1
    return persons


def compare_columns(run: Run, against: Comparison | None, cells: DrawnCells, figures: Figures) -> dict[str, Any] | None:
    """
    The block ``compare`` of the payload; ``None`` without a comparison.

    Parameters
    ----------
    run
        The run after.
    against
        Its comparison with another.
    cells
        What is drawn: a block is what the cell that speaks for it is.
    figures
        The run's own, as printed.

    Raises
    ------
    InputError
        If the comparison is of another run.
    """
    if against is None:
        return None
    if len(against.change) != len(run.people) or against.after_units != run.totals.covered:
        raise InputError("error.compare_other")
    total = compared_total(against)
    counties, regions = _places(run, against, figures, total)
    return {
        "state": Column("bytes", against.change[cells.point]),
        "total": _row(total, 0),
        "settings": _settings(against, figures, total),
        "counties": counties,
        "regions": regions,
        "sites": [_site(site) for site in against.sites],
        "units": dict(zip(CHANGE_COLUMNS, against.units.tolist(), strict=True)),
    }


def compare_texts(against: Comparison | None, language: Language) -> dict[str, Any] | None:
    """What the two runs are called, by which standard each judged, and in what they differ; ``None`` without any."""
    if against is None:
        return None
    runs = (against.before, against.after)
    return {
        "titles": [title_line(run.name, run.date, language) for run in runs],
        "standards": [standard_line(run.standard, language) for run in runs],
        "differs": differences(against, language),
        "resettled": _resettled(against, language),
    }


def differences(comparison: Comparison, language: Language) -> list[str]:
    """In what two runs differ, as words: files by what they are for, then settings."""
    files = [say(f"page.role_{role}", language) for role in comparison.inputs]
    return files + [say(f"compare.choice_{key}", language) for key in comparison.settings]


def comparison_lines(comparison: Comparison, language: Language) -> Iterator[str]:
    """What a person at the terminal wants to know: the shares, who gains, who loses, and in what the runs differ."""
    total, people = compared_total(comparison), comparison.people_units
    yield say(
        "compare.line",
        language,
        before=share_text(comparison.before_units, people),
        after=share_text(comparison.after_units, people),
        gained=people_text(int(total.gained[0])),
        lost=people_text(int(total.lost[0])),
        net=signed_text(int(total.after[0] - total.before[0])),
    )
    found = differences(comparison, language)
    listed = say("page.comma", language).join(found) if found else say("compare.nothing_differs", language)
    yield say("compare.differs", language) + say("page.colon", language) + listed


def signed_text(persons: int) -> str:
    """
    A difference as printed.

    Examples
    --------
    >>> signed_text(1200), signed_text(-3), signed_text(0)
    ('+1,200', '−3', '0')
    """
    sign = "+" if persons > 0 else "−" if persons < 0 else ""
    return sign + people_text(abs(persons))


def compared_types(against: Comparison | None) -> list[str]:
    """Types of the sites that differ, before and after."""
    return [] if against is None else sorted({printable(kind) for site in against.sites for kind in site.types})


def _row(rows: ComparedRows, i: int) -> dict[str, Any]:
    both, gained, lost, neither = rows.units[i].tolist()
    people = both + gained + lost + neither
    return {
        "before": int(rows.before[i]),
        "after": int(rows.after[i]),
        "gained": int(rows.gained[i]),
        "lost": int(rows.lost[i]),
        "net": int(rows.after[i] - rows.before[i]),
        "share_before": share_text(both + lost, people),
        "share_after": share_text(both + gained, people),
        "fraction_before": (both + lost) / people if people else 0.0,
        "fraction_after": (both + gained) / people if people else 0.0,
    }


def _rows(rows: ComparedRows) -> list[dict[str, Any]]:
    return [_row(rows, i) for i in range(len(rows.units))]


def _settings(against: Comparison, figures: Figures, total: ComparedRows) -> list[dict[str, Any]]:
    """Settings in which anybody lives, as the overview has them."""
    rows = compared_rows(
        against.by_setting,
        people=figures.by_setting.sum(axis=1),
        after=figures.by_setting[:, Cause.COVERED],
        gained=int(total.gained[0]),
        lost=int(total.lost[0]),
    )
    found = zip(Setting, _rows(rows), against.by_setting.sum(axis=1).tolist(), strict=True)
    return [{"setting": setting.name.lower(), **row} for setting, row, anybody in found if anybody]


def _places(
    run: Run, against: Comparison, figures: Figures, total: ComparedRows
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Counties and regions in the order of the run's tables; the regions of a county add up to it."""
    if not len(run.by_region):
        return [], []
    names = run.by_region[["region_id", "name", "parent"]].reset_index(drop=True)
    regions = names.assign(**dict(zip(CHANGE_COLUMNS, against.by_region.T, strict=True)))
    gained, lost = int(total.gained[0]), int(total.lost[0])
    if not len(run.by_county):
        return [], _rows(_parts_of(regions, figures.by_region, gained=gained, lost=lost))
    counties = county_table(regions)
    of_counties = _parts_of(counties, figures.by_county, gained=gained, lost=lost)
    found: list[dict[str, Any]] = [{}] * len(regions)
    for i, county in enumerate(counties["region_id"]):
        own = np.flatnonzero((regions["parent"] == county).to_numpy())
        gained, lost = int(of_counties.gained[i]), int(of_counties.lost[i])
        rows = _rows(_parts_of(regions.iloc[own], figures.by_region.iloc[own], gained=gained, lost=lost))
        for region, row in zip(own.tolist(), rows, strict=True):
            found[region] = row
    return _rows(of_counties), found


def _parts_of(places: pd.DataFrame, printed: pd.DataFrame, *, gained: int, lost: int) -> ComparedRows:
    """Counties or regions that are parts of one total."""
    return compared_rows(
        places[list(CHANGE_COLUMNS)].to_numpy(np.int64),
        people=printed["people"].to_numpy(np.int64),
        after=printed["covered"].to_numpy(np.int64),
        gained=gained,
        lost=lost,
    )


def _site(site: SiteDifference) -> dict[str, Any]:
    return {
        "name": printable(site.name),
        "changes": list(site.changes),
        "site": site.after,
        "before": _rounded(site.xy_before),
        "after": _rounded(site.xy_after),
        "moved_m": round(site.moved_m),
        "types": [printable(kind) for kind in site.types],
        "statuses": list(site.statuses),
    }


def _rounded(xy: Sequence[float] | None) -> list[float] | None:
    return None if xy is None else [round(degrees, 6) for degrees in xy]


def _resettled(against: Comparison, language: Language) -> str:
    """A note where people are told apart otherwise than before, else nothing."""
    if not against.resettled_units:
        return ""
    return say("compare.resettled", language, people=people_text(whole(against.resettled_units)))
