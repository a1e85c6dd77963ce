"""A table of key groups (登记失业、脱贫、零工、毕业生, age bands): persons of each by village, township or county."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from catchment.errors import InputError
from catchment.files import open_input
from catchment.inputs.cells import is_missing, persons_of, quoted, text_of, without_phones
from catchment.inputs.headers import GROUP_COLUMNS, Wanted, header_row, normal
from catchment.inputs.records import no_good_row, parts_of_sheets
from catchment.inputs.tables import cell_name, read_sheets
from catchment.model import Finding, KeyGroups

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.inputs.records import Part, Record
    from catchment.inputs.sheets import Row, Sheet

WANTED = Wanted(GROUP_COLUMNS, needs=(("id", "name", "township"),), holds=("id", "name", "township"), shape="Polygon")

MOST_PEOPLE = 10_000_000_000

# Numbers that count nobody.
_NO_GROUP = re.compile(
    r"率|占比|比例|比重|百分|[%％]|编号|编码|代码|年份|日期|面积|距离|户数|备注|得分|排名|rate|share|percent|year|date|area"
)


def read_groups(path: str | Path) -> KeyGroups:
    """
    Read people of key groups: CSV or XLSX with a code or a name of each unit and a column of persons for each group.

    Every further column in which most cells are numbers is a group, called by its header; rates, codes, contacts,
    totals of people and columns of text are none. A blank cell counts nobody; both are said.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, has no column of units or of persons, or no usable row.
    """
    file = open_input(path, "csv", "xlsx")
    sheets, findings = read_sheets(file)
    parts, skipped = parts_of_sheets(file.path.name, sheets, WANTED)
    rows: list[dict[str, object]] = []
    found = [*findings, *skipped]
    groups: dict[str, None] = {}
    for part in parts:
        sheet = next(sheet for sheet in sheets if sheet.name == part.sheet)
        columns = _group_columns(part, sheet)
        groups |= dict.fromkeys(columns)
        found += _part_findings(part, columns)
        rows += _rows(part, sheet, columns, found)
    if not groups:
        raise InputError("error.groups_none", file=file.path.name)
    if not rows:
        raise no_good_row(file.path.name, found)
    frame = pd.DataFrame(rows, columns=["unit_id", "name", "township", "county", *groups])
    frame[list(groups)] = frame[list(groups)].fillna(0).astype("int64")
    # A sheet for each group, or a row for each kind of the unemployed: a unit may stand in several.
    joined = frame.groupby(["unit_id", "name", "township", "county"], sort=False, as_index=False).sum()
    if len(joined) < len(frame):
        found.append(Finding("note", "finding.groups_joined", {"count": len(frame) - len(joined)}, file.path.name))
    return KeyGroups(joined, tuple(groups), file.path.name, tuple(found))


def _group_columns(part: Part, sheet: Sheet) -> dict[str, int]:
    """Name and column of each group of a sheet."""
    header = header_row(sheet.rows, WANTED)
    if header is None:
        return {}
    last = header[0]
    above: Row = sheet.rows[last - 1] if last else ()
    free = set(part.columns.ignored)
    found: dict[str, int] = {}
    for column, title in enumerate(sheet.rows[last]):
        text = text_of(title) or (text_of(above[column]) if column < len(above) else "")
        known = column in part.columns.index.values()
        if text in free and text not in found and not known and not _NO_GROUP.search(normal(text)):
            cells = [_cell(sheet, record, column) for record in part.records]
            filled = [cell for cell in cells if not is_missing(cell)]
            numbers = sum(persons_of(cell) is not None for cell in filled)
            if filled and numbers * 2 > len(filled):
                found[without_phones(text)] = column
    return found


def _cell(sheet: Sheet, record: Record, column: int) -> object:
    row = sheet.rows[record.row - 1]
    return row[column] if column < len(row) else None


def _part_findings(part: Part, columns: dict[str, int]) -> list[Finding]:
    """What was said of the part, but of its free columns only those that are no group."""
    said = [finding for finding in part.findings if finding.word != "finding.columns_ignored"]
    left = [without_phones(title[:20]) for title in part.columns.ignored if without_phones(title) not in columns]
    if left:
        listed = ", ".join(left[:20])
        said.append(part.finding("note", "finding.columns_ignored", count=len(left), columns=listed))
    return said


def _rows(part: Part, sheet: Sheet, columns: dict[str, int], found: list[Finding]) -> list[dict[str, object]]:
    """The usable rows; what is odd is added to the findings."""
    rows: list[dict[str, object]] = []
    blank_count = 0
    for record in part.records:
        counts: dict[str, int] = {}
        for name, column in columns.items():
            value = _cell(sheet, record, column)
            if is_missing(value):
                blank_count += 1
                continue
            count = persons_of(value)
            if count is None or not count.is_integer() or not 0 <= count <= MOST_PEOPLE:
                facts = {"cell": cell_name(record.row, column), "found": quoted(value)}
                found.append(Finding("bad_row", "finding.groups_bad", facts, part.file, part.sheet, record.row, name))
                break
            counts[name] = int(count)
        else:
            texts = {"unit_id": "id", "name": "name", "township": "township", "county": "county"}
            rows.append({**{key: record.text(field) for key, field in texts.items()}, **counts})
    if blank_count:
        found.append(part.finding("note", "finding.groups_blank", count=blank_count))
    return rows
