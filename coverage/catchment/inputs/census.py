"""A census table: control totals per county or other unit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from catchment.errors import InputError
from catchment.files import open_input
from catchment.geo.divisions import containing_stem, division_stem
from catchment.inputs.cells import is_missing, persons_of, quoted
from catchment.inputs.headers import CENSUS_COLUMNS, Wanted
from catchment.inputs.parts import read_parts
from catchment.inputs.records import no_good_row
from catchment.model import Census, Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from catchment.inputs.records import Part, Record

WANTED = Wanted(CENSUS_COLUMNS, needs=(("id", "name"), ("people",)), holds=("id", "people"), shape="Polygon")

_MOST_PEOPLE = 10_000_000_000


@dataclass(frozen=True, eq=False)
class _Unit:
    """A usable row; a count that the table does not say is -1."""

    unit_id: str
    name: str
    people: int
    urban: int
    rural: int
    city: int
    part: Part
    record: Record


def read_census(path: str | Path) -> Census:
    """
    Read control totals: CSV or XLSX with a code or a name and the residents of each unit.

    Urban (城镇), rural (乡村) and city (城区) people are taken where the table has them. A row whose official code
    contains other rows' (the prefecture above its counties) is their total: it is left out, and said if it is not
    their sum. A unit without a code is known by its name.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, lacks a column, has no usable row, or two rows for one unit.
    """
    file = open_input(path, "csv", "xlsx")
    parts, findings = read_parts(file, WANTED)
    units: list[_Unit] = []
    for part in parts:
        for record in part.records:
            unit = _unit(part, record)
            if isinstance(unit, Finding):
                findings.append(unit)
            else:
                units.append(unit)
    if not units:
        raise no_good_row(file.path.name, findings)
    _refuse_shared_ids(units, file.path.name)
    units.sort(key=lambda unit: unit.unit_id)
    kept, odd = _without_totals(units)
    return Census(_frame(kept), (*findings, *odd, *_sum_findings(units)))


def _unit(part: Part, record: Record) -> _Unit | Finding:
    unit_id, name = record.text("id"), record.text("name")
    if not unit_id and not name:
        return part.finding("bad_row", "finding.census_nameless", record, "id")
    counts = {}
    for field in ("people", "urban", "rural", "city"):
        value = record.text(field)
        if field != "people" and is_missing(value):
            counts[field] = -1
            continue
        count = persons_of(value)
        # A fraction is a figure in 万人, or a share.
        if count is None or not count.is_integer() or not 0 <= count <= _MOST_PEOPLE:
            return part.finding("bad_row", "finding.census_bad", record, field, found=quoted(value))
        counts[field] = int(count)
    return _Unit(unit_id or name, name or unit_id, **counts, part=part, record=record)


def _refuse_shared_ids(units: Sequence[_Unit], file: str) -> None:
    stems = Counter(division_stem(unit.unit_id) or unit.unit_id for unit in units)
    shared = [stem for stem, count in stems.items() if count > 1]
    if shared:
        ids = ", ".join(map(quoted, shared[:20]))
        raise InputError("error.census_units_shared", file=file, count=len(shared), ids=ids)


def _without_totals(units: Sequence[_Unit]) -> tuple[list[_Unit], list[Finding]]:
    """The units that contain no other one; of each that does, whether it is the sum of those it contains."""
    by_stem = {stem: unit for unit in units if (stem := division_stem(unit.unit_id))}
    inner: dict[str, list[_Unit]] = {}
    for stem, unit in by_stem.items():
        if outer := containing_stem(stem, by_stem.keys() - {stem}):
            inner.setdefault(outer, []).append(unit)
    findings = []
    for stem, parts in inner.items():
        total, summed = by_stem[stem], sum(unit.people for unit in parts)
        level: Literal["note", "warning"] = "note" if summed == total.people else "warning"
        word = "finding.census_total" if summed == total.people else "finding.census_total_differs"
        name, count = quoted(total.name), len(parts)
        finding = total.part.finding(
            level, word, total.record, "people", name=name, people=total.people, count=count, sum=summed
        )
        findings.append(finding)
    return [unit for unit in units if division_stem(unit.unit_id) not in inner], findings


def _sum_findings(units: Sequence[_Unit]) -> list[Finding]:
    """Units whose urban and rural people are not their people."""
    return [
        unit.part.finding(
            "warning",
            "finding.census_parts_differ",
            unit.record,
            "urban",
            name=quoted(unit.name),
            sum=unit.urban + unit.rural,
            people=unit.people,
        )
        for unit in units
        if min(unit.urban, unit.rural) >= 0 and unit.urban + unit.rural != unit.people
    ]


def _frame(units: Sequence[_Unit]) -> pd.DataFrame:
    columns = ("unit_id", "name", "people", "urban", "rural", "city")
    return pd.DataFrame({column: [getattr(unit, column) for unit in units] for column in columns})
