"""Site visits as a planner fills them into the workbook of a run (sheet 踏勘)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from catchment.errors import InputError
from catchment.files import open_input
from catchment.inputs.cells import is_blank, quoted, text_of, without_phones
from catchment.inputs.headers import normal
from catchment.inputs.tables import cell_name, read_sheets
from catchment.model import CHECKS, VERDICTS, Finding, Survey, Visit
from catchment.words import LANGUAGES, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catchment.files import InputFile
    from catchment.inputs.sheets import Row, Sheet
    from catchment.model import Check, Verdict

_KEY = re.compile(r"(-?\d{1,3}(?:\.\d+)?),(-?\d{1,2}(?:\.\d+)?)(?:\s+(.*))?")
_COLUMNS = ("key", *CHECKS, "verdict", "remarks", "date")
"""What is read, as entries of the catalogue ``survey.<column>``; the surveyor's name is not."""


class _Table(NamedTuple):
    file: str
    sheet: str
    columns: dict[str, int]
    rows: tuple[tuple[int, Row], ...]
    """Row as spreadsheets number it, and its cells."""

    def cell(self, row: Row, column: str) -> object:
        at = self.columns[column]
        return row[at] if at < len(row) else None

    def named(self, number: int, column: str) -> str:
        return cell_name(number, self.columns[column])


def read_survey(path: str | Path) -> Survey:
    """
    The site visits of a workbook that ``catchment`` wrote and a planner filled in; its language does not matter.

    Telephone numbers are blotted out, and the names of surveyors are not read.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is no workbook, has no table of visits, a column of it is gone, a place is no longer what was written,
        a verdict is none of the words, or a place has two different ones. The message names sheet and cell.
    """
    file = open_input(path, "xlsx")
    table = _table(file.path.name, read_sheets(file)[0])
    visits: dict[str, tuple[int, Visit]] = {}
    findings: list[Finding] = []
    for number, row in table.rows:
        if not any(map(text_of, row)):
            continue
        visit = _visit(table, number, row, findings)
        if visit is None or visit.blank:
            continue
        first, known = visits.get(visit.key, (number, visit))
        if known.verdict and visit.verdict and known.verdict != visit.verdict:
            raise _bad(table, number, "verdict", row, "error.survey_twice", first=table.named(first, "verdict"))
        visits[visit.key] = (first, known) if known.verdict else (number, visit)
    return Survey(tuple(visit for _, visit in visits.values()), tuple(findings))


def holds_survey(file: InputFile) -> bool:
    """Whether a table file has the heads of a table of site visits."""
    return any(len(columns) == len(_COLUMNS) for sheet in read_sheets(file)[0] for _, columns in _headers(sheet))


# ---- the table


def _table(file: str, sheets: tuple[Sheet, ...]) -> _Table:
    """The table under the header with most of the columns; it may stand in a sheet of any name."""
    found = [(columns, at, sheet) for sheet in sheets for at, columns in _headers(sheet)]
    if not found:
        names = ", ".join(sheet.name for sheet in sheets) or "-"
        expected = ", ".join(say("survey.sheet", language) for language in LANGUAGES)
        raise InputError("error.survey_no_sheet", file=file, sheets=names, expected=expected)
    columns, at, sheet = max(found, key=lambda each: len(each[0]))
    missing = [column for column in _COLUMNS if column not in columns]
    if missing:
        titles = ", ".join(f"{say(f'survey.{column}', 'zh')} ({say(f'survey.{column}', 'en')})" for column in missing)
        raise InputError("error.survey_columns", file=file, sheet=sheet.name, row=at + 1, missing=titles)
    return _Table(file, sheet.name, columns, tuple(enumerate(sheet.rows[at + 1 :], start=at + 2)))


def _headers(sheet: Sheet) -> Iterator[tuple[int, dict[str, int]]]:
    """Rows with the head of the places or of the verdicts, and the column of each head."""
    titles = {normal(say(f"survey.{column}", language)): column for column in _COLUMNS for language in LANGUAGES}
    for at, row in enumerate(sheet.rows):
        columns = {titles[normal(cell)]: place for place, cell in enumerate(row) if normal(cell) in titles}
        if len(columns) > 1 and columns.keys() & {"key", "verdict"}:
            yield at, columns


# ---- its rows


def _visit(table: _Table, number: int, row: Row, findings: list[Finding]) -> Visit | None:
    """A row; ``None`` if it is no place of the table and says nothing, as a heading or a note below it."""
    written = text_of(table.cell(row, "key"))
    place = _KEY.fullmatch(unicodedata.normalize("NFKC", written.replace("\ufffd", "?")).strip())
    verdict = _verdict(table, number, row)
    if place is None or not (abs(float(place[1])) <= 180 and abs(float(place[2])) <= 90):
        if verdict is None and not written:
            return None
        raise _bad(table, number, "key", row, "error.survey_place")
    # The name as it is written: the pattern above only finds where it begins.
    name = written.split(maxsplit=1)[1] if place[3] else ""
    checks = {check: said for check in CHECKS if (said := _answer(table, number, row, check, findings)) is not None}
    remarks = without_phones(text_of(table.cell(row, "remarks")))
    return Visit(float(place[1]), float(place[2]), name, verdict, checks, remarks, _date(table.cell(row, "date")))


def _verdict(table: _Table, number: int, row: Row) -> Verdict | None:
    cell = table.cell(row, "verdict")
    if not text_of(cell):
        return None
    words = {normal(say(f"survey.{verdict}", language)): verdict for verdict in VERDICTS for language in LANGUAGES}
    if normal(cell) not in words:
        expected = ", ".join(say(f"survey.{verdict}", language) for language in LANGUAGES for verdict in VERDICTS)
        raise _bad(table, number, "verdict", row, "error.survey_verdict", expected=expected)
    return words[normal(cell)]


def _answer(table: _Table, number: int, row: Row, check: Check, findings: list[Finding]) -> bool | None:
    """Yes or no; anything else is no answer, and said."""
    cell = table.cell(row, check)
    if is_blank(cell):
        return None
    words = {normal(say(f"survey.{word}", language)): word == "yes" for word in ("yes", "no") for language in LANGUAGES}
    if normal(cell) not in words:
        facts: dict[str, str | int] = {"cell": table.named(number, check), "found": quoted(cell)}
        findings.append(Finding("warning", "finding.survey_answer", facts, table.file, table.sheet, number))
    return words.get(normal(cell))


def _date(cell: object) -> str:
    return cell.date().isoformat() if isinstance(cell, dt.datetime) else without_phones(text_of(cell))


def _bad(table: _Table, number: int, column: str, row: Row, word: str, **facts: str) -> InputError:
    found = quoted(table.cell(row, column)) or "-"
    cell = table.named(number, column)
    return InputError(word, file=table.file, sheet=table.sheet, cell=cell, found=found, **facts)
