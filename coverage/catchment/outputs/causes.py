"""Why other people are covered than before, as printed: whole persons that add up along both sides of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.access.tables import county_table
from catchment.model import UNITS_PER_PERSON
from catchment.outputs.compared import parts_within, signed_text
from catchment.outputs.lines import Line, Sheet, Sum
from catchment.outputs.style import (
    people_text,
    printable,
    share_text,
    standard_line,
    title_line,
    whole,
)
from catchment.outputs.suggested import people as record_people
from catchment.rounding import largest_remainder
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from catchment.model import Attribution, ChangeCause, Ints
    from catchment.outputs.lines import Cell
    from catchment.words import Language

SCHEMA = "catchment.compare/1"

SITES_NAMED = 5
"""Sites that a line of the terminal names; the workbook has them all."""


def printed_causes(found: Attribution) -> pd.DataFrame:
    """
    A row per region: ``before, after, net`` and a column per cause, in whole persons.

    In every row the causes make the net change, which is after less before; every column adds up to its total.
    Nothing is below 0, unless fewer people are covered in all than rounding moves, which is a handful.
    """
    total = [whole(int(units)) for units in found.covered.sum(axis=0)]
    most = np.full(max(found.change.shape), np.iinfo(np.int64).max)
    # Causes first, then their regions: what a cause does not change stays 0.
    by_cause = parts_within(found.change.sum(axis=0), total[1] - total[0], most=most[: len(found.causes)])
    columns = {
        name: parts_within(found.change[:, at], int(by_cause[at]), most=most[: len(found.change)])
        for at, name in enumerate(_names(found))
    }
    net = np.zeros(len(found.regions), np.int64)
    for persons in columns.values():
        net = net + persons
    after = _at_least(largest_remainder(found.covered[:, 1] / UNITS_PER_PERSON, total[1]), net)
    return found.regions.assign(before=after - net, after=after, net=net, **columns)


def _at_least(persons: Ints, least: Ints) -> Ints:
    """
    Whole persons none of which is under a least, with the same sum: rows with room give to those that lack.

    Examples
    --------
    >>> _at_least(np.array([0, 5, 3]), np.array([1, 5, 0])).tolist()
    [1, 5, 2]
    """
    lacking = np.maximum(np.maximum(least, 0) - persons, 0)
    persons = persons + lacking
    for _ in range(int(lacking.sum())):
        persons[int(np.argmax(persons - np.maximum(least, 0)))] -= 1
    return persons


def _names(found: Attribution) -> list[str]:
    return [cause.name.lower() for cause in found.causes]


def cause_text(name: str, language: Language) -> str:
    """
    What a cause is called.

    Examples
    --------
    >>> cause_text("corrected", "zh"), cause_text("network", "en")
    ('坐标更正', 'network')
    """
    return say(f"changed.{name}", language)


def cause_lines(found: Attribution, language: Language) -> Iterator[str]:
    """What the terminal says: before and after, a line per cause, a line per region that changes."""
    printed = printed_causes(found)
    covered, people = found.covered.sum(axis=0).tolist(), found.people.sum(axis=0).tolist()
    yield say(
        "changed.line",
        language,
        before=people_text(int(printed["before"].sum())),
        after=people_text(int(printed["after"].sum())),
        share_before=share_text(covered[0], people[0]),
        share_after=share_text(covered[1], people[1]),
        net=signed_text(int(printed["net"].sum())),
    )
    if not found.causes:
        yield say("changed.nothing", language)
    for cause in found.causes:
        name = cause.name.lower()
        people_by_it = signed_text(int(printed[name].sum()))
        yield say("changed.by_cause", language, cause=cause_text(name, language), people=people_by_it) + _named(
            found, cause, language
        )
    if found.regions["region_id"].any():
        changed = printed[(printed[["net", *_names(found)]] != 0).any(axis=1)]
        yield from (_region_line(row, found, language) for row in changed.to_dict("records"))


def _named(found: Attribution, cause: ChangeCause, language: Language) -> str:
    """The first sites of a cause and how many there are; empty for what is no site."""
    names = [printable(name) for kind, _, name in found.sites if kind == cause]
    if not names:
        return ""
    listed = say("page.comma", language).join(names[:SITES_NAMED])
    return say("changed.sites_named", language, count=len(names), names=listed)


def _region_line(row: dict[Any, Any], found: Attribution, language: Language) -> str:
    parts = [f"{cause_text(name, language)} {signed_text(int(row[name]))}" for name in _names(found) if int(row[name])]
    listed = say("page.comma", language).join(parts) or "0"
    net = signed_text(int(row["net"]))
    return say("changed.region", language, name=printable(row["name"]), net=net, parts=listed)


def cause_record(found: Attribution, *, changed_inputs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """
    The attribution for ``compare.json``, exact.

    Parameters
    ----------
    found
        The attribution.
    changed_inputs
        Which run, ``before`` or ``after``, and the role of each file that is another than when the run was made.
    """
    names = _names(found)
    return {
        "schema": SCHEMA,
        **{
            side: {
                "name": run.name,
                "date": run.date.isoformat(),
                "people_total": record_people(int(found.people[:, at].sum())),
                "people_covered": record_people(int(found.covered[:, at].sum())),
            }
            for at, (side, run) in enumerate((("before", found.before), ("after", found.after)))
        },
        "inputs_changed": [{"run": run, "role": role} for run, role in changed_inputs],
        "people_change": _change_record(found.change.sum(axis=0), names),
        "regions": [
            {"id": row["region_id"], "name": row["name"], **_change_record(found.change[at], names)}
            for at, row in enumerate(found.regions.to_dict("records"))
            if row["region_id"]
        ],
        "sites": [{"cause": cause.name.lower(), "id": site, "name": name} for cause, site, name in found.sites],
        "mixtures_count": found.evaluated,
    }


def _change_record(units: Ints, names: Sequence[str]) -> dict[str, Any]:
    by_cause = {name: record_people(int(count)) for name, count in zip(names, units.tolist(), strict=True)}
    return {"net": record_people(int(units.sum())), "by_cause": by_cause}


def cause_sheets(found: Attribution, language: Language) -> list[Sheet]:
    """By region, by county where there are several, and the sites that changed."""
    printed = printed_causes(found)
    notes = [
        *(
            f"{say(f'compare.{side}', language)}{say('page.colon', language)}{text}"
            for side, text in _runs(found, language)
        ),
        say("changed.note", language),
    ]
    title = Line((say("changed.title", language),), "title")
    above = (title, *(Line((text,), "note") for text in notes))
    made = [_sheet("changed.sheet_regions", above, printed, found, language)]
    counties = county_table(printed)
    if len(counties):
        made.append(_sheet("changed.sheet_counties", above, counties.assign(region_id=""), found, language))
    rows = [Line(tuple(say(word, language) for word in ("book.site_id", "book.name", "compare.change")), "header")]
    rows += [
        Line((printable(site), printable(name), cause_text(cause.name.lower(), language)))
        for cause, site, name in found.sites
    ]
    return [*made, Sheet(say("changed.sheet_sites", language), tuple(rows), is_table=True)]


def _runs(found: Attribution, language: Language) -> Iterator[tuple[str, str]]:
    for side, run in (("before", found.before), ("after", found.after)):
        yield side, f"{title_line(run.name, run.date, language)}  {standard_line(run.standard, language)}"


def _sheet(word: str, above: tuple[Line, ...], rows: pd.DataFrame, found: Attribution, language: Language) -> Sheet:
    columns = ["before", "after", "net", *_names(found)]
    heads = ["book.region_id", "book.name", "compare.before", "compare.after", "compare.net"]
    texts = (*(say(head, language) for head in heads), *(cause_text(name, language) for name in _names(found)))
    lines = [Line(texts, "header")]
    for row in rows.to_dict("records"):
        cells: tuple[Cell, ...] = (printable(row["region_id"]), printable(row["name"]))
        lines.append(Line((*cells, *(int(row[name]) for name in columns))))
    sums = (Sum(int(rows[name].sum())) for name in columns)
    lines.append(Line((say("page.total", language), "", *sums), "total"))
    return Sheet(say(word, language), (*above, *lines), is_table=True, above=len(above))
