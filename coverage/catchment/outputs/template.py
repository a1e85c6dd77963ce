"""An empty ledger to send out: lists to choose from, ranges that are watched, and a sheet on how to fill it in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import xlsxwriter

from catchment.files import atomic_output
from catchment.outputs.ledger_columns import COLUMNS, choices, header
from catchment.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.outputs.ledger_columns import LedgerColumn
    from catchment.words import Language

ROWS = 2000
"""Rows below the header that are watched."""

_NO_CLOCK = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook knows no zone; a template has no date
_HEAD_ROW = 1
_FORMATS = {"area": "0.##", "count": "0", "lon": "0.000000", "lat": "0.000000"}
_BORDER = {"border": 1, "border_color": "#9AA7B2"}
_HEADER = {"bold": True, "bg_color": "#EEF3F8", "text_wrap": True, "align": "center", "valign": "vcenter", **_BORDER}


def write_template(path: Path, *, language: Language) -> None:
    """
    Write an empty ledger as xlsx. Filled in as it says, it is read without a finding.

    Its columns are those of ``ledger_columns``, with lists to choose from (type, status, street front, way of
    building), a message for each column and ranges for coordinates; a second sheet says how to fill it in, with an
    example for each column. There is no column for persons or telephone numbers. The same language gives the same
    bytes.

    Parameters
    ----------
    path
        Where to write; a file that is there is replaced.
    language
        Of its words.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    font = "Microsoft YaHei" if language == "zh" else "Calibri"
    options = {"default_format_properties": {"font_name": font, "font_size": 10}, "strings_to_formulas": False}
    with atomic_output(path) as draft, xlsxwriter.Workbook(str(draft), options) as book:
        book.set_properties({"title": say("template.title", language), "created": _NO_CLOCK})
        ledger = book.add_worksheet(say("template.sheet", language))
        _write_ledger(book, ledger, language)
        _write_guide(book, book.add_worksheet(say("template.guide_sheet", language)), language)


def _write_ledger(book: Any, sheet: Any, language: Language) -> None:
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, say("template.title", language), book.add_format({"bold": True, "font_size": 14}))
    sheet.set_row(_HEAD_ROW, 32)
    plain, needed = book.add_format(_HEADER), book.add_format({**_HEADER, "bg_color": "#FFF2CC"})
    for at, column in enumerate(COLUMNS):
        # Text stays as it was typed: a code of 15 digits is no number.
        body = book.add_format({"num_format": _FORMATS.get(column.kind, "@"), "valign": "vcenter"})
        sheet.set_column(at, at, column.width, body)
        star = "*" if column.needed else ""
        sheet.write_string(_HEAD_ROW, at, f"{star}{header(column, language)}", needed if column.needed else plain)
        sheet.data_validation(_HEAD_ROW + 1, at, _HEAD_ROW + ROWS, at, _validation(column, language))
    sheet.freeze_panes(_HEAD_ROW + 1, 2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)


def _validation(column: LedgerColumn, language: Language) -> dict[str, Any]:
    """What a spreadsheet program says of a column, and what it does not let in or asks about."""
    how = say(f"ledger.{column.field}_how", language)
    name = header(column, language)
    message = {"input_title": name[:32], "input_message": how[:255], "error_title": name[:32]}
    message["error_message"] = say("template.refused", language, how=how)[:255]
    match column.kind:
        case "choice" | "words":
            listed = {"validate": "list", "source": list(choices(column.field, language))}
            return {**message, **listed, "error_type": "stop" if column.kind == "choice" else "warning"}
        case "lon" | "lat":
            least, most = _range(column.kind, language)
            ranged = {"validate": "decimal", "criteria": "between", "minimum": least, "maximum": most}
            return {**message, **ranged, "error_type": "warning"}
        case "area":
            return {**message, "validate": "decimal", "criteria": ">", "value": 0}
        case "count":
            return {**message, "validate": "integer", "criteria": ">=", "value": 0}
        case _:
            return {**message, "validate": "any"}


def _range(kind: str, language: Language) -> tuple[int, int]:
    """Where a coordinate may lie [degrees]: in China the ranges part, so that exchanged columns are seen at once."""
    if language == "zh":
        return (73, 136) if kind == "lon" else (3, 54)
    return (-180, 180) if kind == "lon" else (-90, 90)


def _write_guide(book: Any, sheet: Any, language: Language) -> None:
    """A line for each column: whether it is needed, how to fill it in, and an example."""
    wrapped = book.add_format({"text_wrap": True, "valign": "top", **_BORDER})
    note = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, say("template.guide_title", language), book.add_format({"bold": True, "font_size": 14}))
    sheet.set_row(0, 28)
    for at, width in enumerate((20, 10, 72, 34)):
        sheet.set_column(at, at, width)
    row = 1
    for word in ("template.note_rows", "template.note_datum", "template.note_contacts"):
        sheet.merge_range(row, 0, row, 3, say(word, language), note)
        sheet.set_row(row, 30)
        row += 1
    head = book.add_format(_HEADER)
    for at, name in enumerate(("column", "needed", "how", "example")):
        sheet.write_string(row, at, say(f"template.{name}", language), head)
    for row, column in enumerate(COLUMNS, start=row + 1):  # noqa: B020 - the rows go on where the header stands
        needed = say("template.must" if column.needed else "template.may", language)
        how, example = (say(f"ledger.{column.field}_{part}", language) for part in ("how", "example"))
        for at, text in enumerate((header(column, language), needed, how, example)):
            sheet.write_string(row, at, text, wrapped)
        sheet.set_row(row, 30 if len(how) > 70 else 20)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 1)
