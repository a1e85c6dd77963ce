"""The workbook: the sheets of ``sheets`` as an xlsx file that prints well and whose text is only ever text."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from typing import TYPE_CHECKING, Any, BinaryIO

import xlsxwriter
from xlsxwriter.utility import xl_range

from catchment.outputs.colours import ACCENT, QUIET
from catchment.outputs.figures import printed_figures
from catchment.outputs.lines import Beyond, Degrees, Entry, Factor, Share, Sum
from catchment.outputs.profile import published
from catchment.outputs.sheets import sheets
from catchment.outputs.style import GAP_COLOURS, review_text, share_format, standard_line, title_text
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from catchment.model import Run
    from catchment.outputs.lines import Cell, Chart, Line, Sheet
    from catchment.words import Language

_LONGEST_TEXT = 32_767
"""Characters a cell of a spreadsheet holds."""

_WIDEST = 60
"""Columns of a character grid; longer texts are broken into lines."""

_NARROWEST_HEAD = 12
"""Headers are broken into lines rather than push figures apart; this wide they stay in any case."""

_MARGIN = 3
"""Columns of a character grid beside a text: its indent, and the arrow of a filter."""

_LINE_HEIGHT = 15
"""Points of a line of text in 10-point type."""

_LONGEST_BANNER = 80
"""Characters of a title or mark at the edge of a page; all three of its texts together have 255."""

_SERIES_COLOURS = (ACCENT, QUIET, GAP_COLOURS[3])
_GRID = {"visible": True, "line": {"color": "#E0E3E5"}}

_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "heading": {"bold": True},
    "header": {"bold": True, "bg_color": "#EEF3F8", "bottom": 1, "bottom_color": "#9AA7B2", "valign": "vcenter"},
    "plain": {"valign": "vcenter"},
    "total": {"bold": True, "top": 1, "top_color": "#9AA7B2", "valign": "vcenter"},
    "quiet": {"font_color": "#5B666F", "valign": "vcenter"},
    "note": {"font_color": "#5B666F", "text_wrap": True, "valign": "top"},
}


def write_workbook(run: Run, path: Path) -> None:
    """
    Write the report. Text from data stays text: no formula, link or number is made of it.

    The only formulas are the sums of total rows, stored with their values. The same run gives the same bytes.
    """
    with xlsxwriter.Workbook(str(path), workbook_options(run.language)) as book:
        day = dt.datetime.combine(run.date, dt.time(), dt.UTC).replace(tzinfo=None)
        book.set_properties({"title": title_text(run, run.language)[:255], "created": day})
        formats = _Formats(book)
        for sheet in sheets(run, printed_figures(published(run))):
            target = book.add_worksheet(sheet.name)
            _write_cells(target, sheet, formats)
            _set_page(target, sheet, run)
            _add_choices(target, sheet)
            if sheet.chart is not None:
                _add_chart(book, target, sheet, sheet.chart)


def write_sheets(made: Sequence[Sheet], path: Path, *, language: Language, title: str, date: dt.date) -> None:
    """
    Write sheets of no run, such as a comparison; text from data stays text, and the same sheets give the same bytes.

    Parameters
    ----------
    made
        The sheets.
    path
        Where to write.
    language
        Decides the font.
    title, date
        Of the file.
    """
    with xlsxwriter.Workbook(str(path), workbook_options(language)) as book:
        day = dt.datetime.combine(date, dt.time(), dt.UTC).replace(tzinfo=None)
        book.set_properties({"title": title[:255], "created": day})
        _write_tables(book, made)


def write_stream(made: Sheet, stream: BinaryIO, *, language: Language, title: str) -> None:
    """As ``write_sheets``, for one sheet without a date, into memory; whoever writes it down settles its clock."""
    with xlsxwriter.Workbook(stream, {**workbook_options(language), "in_memory": True}) as book:
        book.set_properties({"title": title[:255]})
        _write_tables(book, [made])


def _write_tables(book: Any, made: Sequence[Sheet]) -> None:
    formats = _Formats(book)
    for sheet in made:
        target = book.add_worksheet(sheet.name)
        _write_cells(target, sheet, formats)
        _add_choices(target, sheet)
        target.set_paper(9)  # A4
        target.set_landscape()
        target.fit_to_pages(1, 0)
        target.freeze_panes(sheet.above + 1, 2)


def workbook_options(language: Language) -> dict[str, Any]:
    """How every workbook is written: no formula, link or number is made of text, and one font for all."""
    font = "Microsoft YaHei" if language == "zh" else "Calibri"
    return {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": font, "font_size": 10},
    }


class _Formats:
    """Formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, look: str, cell: Cell, *, first: bool) -> Any:
        properties = {**_LOOKS[look], **_appearance(look, cell, first=first)}
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]


def _appearance(look: str, cell: Cell, *, first: bool) -> dict[str, Any]:
    """Number format and alignment that go with what stands in the cell."""
    if look == "header":
        return {"text_wrap": True, **({} if first else {"align": "center"})}
    if isinstance(cell, Entry):
        return {"bg_color": "#FFF9E5", "border": 1, "border_color": "#D8CFA8", "text_wrap": True}
    if isinstance(cell, str):
        # Words keep off the figures of the column before them.
        return {} if first else {"align": "left", "indent": 1, "text_wrap": _width(cell) > _WIDEST - _MARGIN}
    number = _number_format(cell)
    right = {"align": "right"} if isinstance(cell, (Beyond, Share, Factor)) else {}
    return {**right, **({"num_format": number} if number else {})}


def _number_format(cell: Cell) -> str:
    formats: dict[type, str] = {int: "#,##0", Sum: "#,##0", float: "0.0", Factor: "0.000", Degrees: "0.00000"}
    return share_format(cell.part, cell.base) if isinstance(cell, Share) else formats.get(type(cell), "")


def _write_cells(target: Any, sheet: Sheet, formats: _Formats) -> None:
    widths = _widths(sheet.lines)
    for column, width in enumerate(widths):
        target.set_column(column, column, width)
    header = 0
    for row, line in enumerate(sheet.lines):
        if line.look == "header":
            header = row
        if line.look == "note":
            _write_note(target, row, str(line.cells[0]), widths, formats.of("note", "", first=True))
            continue
        # Written down: LibreOffice does not work heights out when it opens a file.
        lines = [
            line_count(cell, widths[at] - _MARGIN) for at, cell in enumerate(line.cells) if at and isinstance(cell, str)
        ]
        if max(lines, default=1) > 1:
            target.set_row(row, _LINE_HEIGHT * max(lines))
        for column, cell in enumerate(line.cells):
            form = formats.of(line.look, cell, first=not column)
            if isinstance(cell, Sum):
                parts = xl_range(header + 1, column, row - 1, column)
                target.write_formula(row, column, f"=SUM({parts})", form, cell.value)
            else:
                _write_cell(target, row, column, cell, form)


def _write_note(target: Any, row: int, text: str, widths: list[float], form: Any) -> None:
    """A note runs over all columns and as many lines as it needs: merged cells have no height of their own."""
    text = text[:_LONGEST_TEXT]
    if len(widths) > 1:
        target.merge_range(row, 0, row, len(widths) - 1, "", form)
    target.write_string(row, 0, text, form)
    target.set_row(row, _LINE_HEIGHT * line_count(text, sum(widths) - _MARGIN))


def _set_page(target: Any, sheet: Sheet, run: Run) -> None:
    """A4, as wide as the page, with title and standard above and the mark of the review below; heads stay in view."""
    language = run.language
    target.set_paper(9)  # A4
    target.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
    target.fit_to_pages(1, 0)
    target.hide_gridlines(1)
    target.set_footer(f"&L{_edge_text(review_text(run, language))}&R{say('book.page_of', language)}")
    if not sheet.has_title:
        title = _edge_text(f"{sheet.name}  {title_text(run, language)}")
        target.set_header(f"&L{title}\n{_edge_text(standard_line(run.standard, language), 150)}")
    if sheet.is_table or not sheet.has_title:
        target.set_landscape()
    if sheet.is_table:
        head, rows = sheet.above, sum(line.look != "total" for line in sheet.lines)
        target.freeze_panes(head + 1, 2)
        target.repeat_rows(head)
        target.autofilter(head, 0, max(rows - 1, head), len(sheet.lines[head].cells) - 1)
    else:
        target.freeze_panes(1, 0)


def _add_choices(target: Any, sheet: Sheet) -> None:
    """Lists to choose from, below the header; whoever types something else is told by the program."""
    head, last = sheet.above, len(sheet.lines) - 1
    for column, texts in sheet.choices.items():
        target.data_validation(head + 1, column, last, column, {"validate": "list", "source": list(texts)})


def _add_chart(book: Any, target: Any, sheet: Sheet, chart: Chart) -> None:
    """The chart to the right of its table, which keeps the numbers for whoever cannot see it."""
    drawn = book.add_chart({"type": "scatter", "subtype": "straight"})
    head, last = sheet.above, len(sheet.lines) - 1
    for number, series in enumerate(chart.series):
        colour = _SERIES_COLOURS[number]
        dots = {"type": "circle", "size": 6, "fill": {"none": True}, "border": {"color": colour}}
        drawn.add_series(
            {
                "name": [sheet.name, head, series.column],
                "categories": [sheet.name, head + 1, chart.x, last, chart.x],
                "values": [sheet.name, head + 1, series.column, last, series.column],
                "marker": dots if series.dots else {"type": "none"},
                "line": {"none": True} if series.dots else {"color": colour, "width": 1 if number else 2.25},
            }
        )
    heads = sheet.lines[head].cells
    drawn.set_title({"name": chart.title, "overlay": False})
    drawn.set_x_axis({"name": str(heads[chart.x]), "min": 0, "max": max(last - head - 1, 1), "num_format": "0"})
    people = {"name": str(heads[chart.series[0].column]), "min": chart.least, "num_format": "#,##0"}
    drawn.set_y_axis({**people, "major_gridlines": _GRID})
    drawn.set_legend({"position": "bottom"})
    drawn.set_size({"width": 720, "height": 420})
    target.insert_chart(head, len(heads) + 1, drawn, {"description": chart.title})


def _edge_text(text: str, most: int = _LONGEST_BANNER) -> str:
    """Text at the edge of a page, where & begins a command."""
    return text[:most].replace("&", "&&")


def _write_cell(target: Any, row: int, column: int, cell: Cell, form: Any) -> None:
    match cell:
        case None | "" | Entry(text=""):
            target.write_blank(row, column, None, form)
        case str() | Beyond() | Entry():
            text = cell if isinstance(cell, str) else cell.text
            target.write_string(row, column, text[:_LONGEST_TEXT], form)
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
    """Widths that show what stands in the columns; titles run over their neighbours, notes over all of them."""
    widths: list[float] = []
    for line in lines:
        if line.look in ("title", "heading", "note"):
            continue
        widths += [6.0] * (len(line.cells) - len(widths))
        for column, cell in enumerate(line.cells):
            broken = line.look == "header" and column and isinstance(cell, str)
            width = _head_width(cell) if broken else _width(cell) + _MARGIN  # type: ignore[arg-type]  # broken heads are text
            widths[column] = max(widths[column], min(width, _WIDEST))
    return widths


def _head_width(text: str) -> int:
    """
    Columns that a header broken into lines takes: Chinese breaks anywhere, English between words.

    Examples
    --------
    >>> _head_width("靠近路网数据边缘"), _head_width("uncomfortably long"), _head_width("城区")
    (12, 16, 7)
    """
    longest = max((_width(piece.rstrip()) for piece in _unbroken(text)), default=0)
    return max(longest + _MARGIN, min(_width(text) + _MARGIN, _NARROWEST_HEAD))


def line_count(text: str, width: float) -> int:
    """
    Lines that a text takes in a column of so many characters of a character grid.

    Examples
    --------
    >>> line_count("at the edge of the data", 10), line_count("靠近路网数据边缘", 10), line_count("", 10)
    (3, 2, 1)
    """
    lines, used = 1, 0
    for piece in _unbroken(text):
        if used and used + _width(piece.rstrip()) > width:
            lines, used = lines + 1, 0
        used += _width(piece)
    return lines


def _unbroken(text: str) -> list[str]:
    """What is never parted at the end of a line: an English word, a single Chinese character."""
    return re.findall(r"[!-~]+ *|.", text)


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
    if isinstance(cell, Entry):
        return max(min(_width(cell.text), 40), cell.wide)
    if isinstance(cell, (Beyond, Sum)):
        return _width(cell.text if isinstance(cell, Beyond) else cell.value)
    if isinstance(cell, (Share, Factor, Degrees)):
        return 9 if isinstance(cell, Degrees) else 6
    return 0 if cell is None else len(f"{cell:,}")
