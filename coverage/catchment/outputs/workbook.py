"""The workbook: the sheets of ``sheets`` as an xlsx file that prints well and whose text is only ever text."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from typing import TYPE_CHECKING, Any

import xlsxwriter

from catchment.outputs.figures import printed_figures
from catchment.outputs.sheets import Degrees, Factor, Share, sheets
from catchment.outputs.style import review_text, share_format, title_text
from catchment.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.model import Run
    from catchment.outputs.sheets import Cell, Line, Sheet

_LONGEST_TEXT = 32_767
"""Characters a cell of a spreadsheet holds."""

_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "heading": {"bold": True},
    "header": {"bold": True, "bg_color": "#EEF3F8", "bottom": 1, "bottom_color": "#9AA7B2", "valign": "vcenter"},
    "plain": {},
    "total": {"bold": True, "top": 1, "top_color": "#9AA7B2"},
    "quiet": {"font_color": "#5B666F"},
    "note": {"font_color": "#5B666F"},
}


def write_workbook(run: Run, path: Path) -> None:
    """
    Write the report. Text from data stays text: no formula, link or number is made of it.

    The same run gives the same bytes.
    """
    font = "Microsoft YaHei" if run.language == "zh" else "Calibri"
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": font, "font_size": 10},
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        day = dt.datetime.combine(run.date, dt.time(), dt.UTC).replace(tzinfo=None)
        book.set_properties({"title": title_text(run, run.language)[:255], "created": day})
        formats = _Formats(book)
        for sheet in sheets(run, printed_figures(run)):
            _write_sheet(book.add_worksheet(sheet.name), sheet, formats, run)


class _Formats:
    """Formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, look: str, cell: Cell) -> Any:
        properties = {**_LOOKS[look], **_appearance(look, cell)}
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]


def _appearance(look: str, cell: Cell) -> dict[str, Any]:
    """Number format and alignment that go with what stands in the cell."""
    if look == "header":
        return {"text_wrap": True}
    if isinstance(cell, Share):
        return {"num_format": share_format(cell.part, cell.base), "align": "right"}
    if isinstance(cell, Factor):
        return {"num_format": "0.000", "align": "right"}
    if isinstance(cell, Degrees):
        return {"num_format": "0.00000"}
    if isinstance(cell, int):
        return {"num_format": "#,##0"}
    return {"num_format": "0.0"} if isinstance(cell, float) else {}


def _write_sheet(target: Any, sheet: Sheet, formats: _Formats, run: Run) -> None:
    for row, line in enumerate(sheet.lines):
        for column, cell in enumerate(line.cells):
            _write_cell(target, row, column, cell, formats.of(line.look, cell))
    for column, width in enumerate(_widths(sheet.lines)):
        target.set_column(column, column, width)
    target.set_landscape()
    target.set_paper(9)  # A4
    target.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    target.fit_to_pages(1, 0)
    target.hide_gridlines(1)
    banner = review_text(run, run.language)[:80].replace("&", "&&")
    target.set_footer(f"&L{banner}&R{say('book.page_of', run.language)}")
    if sheet.is_table:
        rows = sum(line.look != "total" for line in sheet.lines)
        target.freeze_panes(1, 2)
        target.repeat_rows(0)
        target.autofilter(0, 0, max(rows - 1, 0), len(sheet.lines[0].cells) - 1)
    else:
        target.freeze_panes(1, 0)


def _write_cell(target: Any, row: int, column: int, cell: Cell, form: Any) -> None:
    match cell:
        case None | "":
            target.write_blank(row, column, None, form)
        case str():
            target.write_string(row, column, cell[:_LONGEST_TEXT], form)
        case Share(part=part, base=base) if base:
            target.write_number(row, column, part / base, form)
        case Factor(value=value) if math.isfinite(value):
            target.write_number(row, column, value, form)
        case Degrees(value=value):
            target.write_number(row, column, value, form)
        case Share() | Factor():
            target.write_string(row, column, "—", form)
        case _:
            target.write_number(row, column, cell, form)


def _widths(lines: tuple[Line, ...]) -> list[float]:
    """Widths that show what stands in the columns; titles and notes may run over their neighbours."""
    widths: list[float] = []
    for line in lines:
        if line.look in ("title", "heading", "note"):
            continue
        widths += [6.0] * (len(line.cells) - len(widths))
        for column, cell in enumerate(line.cells):
            most = 22 if line.look == "header" and column else 60
            widths[column] = max(widths[column], min(_width(cell) + 2, most))
    return widths


def _width(cell: Cell) -> int:
    """
    Columns of a character grid that a cell takes: a Chinese character is two wide.

    Examples
    --------
    >>> _width("宜春 ab"), _width(1234567), _width(None)
    (7, 9, 0)
    """
    if isinstance(cell, str):
        return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in cell)
    if isinstance(cell, (Share, Factor)):
        return 6
    if isinstance(cell, Degrees):
        return 9
    return 0 if cell is None else len(f"{cell:,}")
