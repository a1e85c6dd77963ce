"""Workbooks of Excel 97 to 2003 (XLS): their cells, merged ranges and hidden rows; nothing in them is executed."""

from __future__ import annotations

import datetime as dt
import io
import struct
from typing import TYPE_CHECKING

import xlrd

from catchment.errors import InputError
from catchment.inputs.cells import quoted
from catchment.inputs.sheets import Row, Sheet, filled_down

if TYPE_CHECKING:
    from catchment.files import InputFile

LARGEST_BYTES = 50_000_000
_MOST_CELLS = 5_000_000
# What xlrd raises on a broken workbook depends on where it is broken.
_BROKEN = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError,
    TypeError, ValueError, struct.error, xlrd.XLRDError, xlrd.compdoc.CompDocError,
)  # fmt: skip
_MOST_DAYS_OF_A_TIME = 7.5
"""180 hours: what stands for degrees, minutes and seconds."""
_DAYS_OF_A_DATE = (20_000, 73_000)
"""From 1954 to 2099."""
_NOTHING = (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR)


def read_old_workbook(file: InputFile) -> tuple[Sheet, ...]:
    """
    All sheets of an XLS workbook.

    Raises
    ------
    InputError
        If it is damaged, encrypted or too big.
    """
    if file.path.stat().st_size > LARGEST_BYTES:
        raise InputError("error.file_too_big", file=file.path.name, limit_mb=LARGEST_BYTES // 1_000_000)
    try:
        # What it says of broken files goes nowhere; formatting brings merged ranges and hidden rows; ragged rows keep a
        # lone cell in the last corner from costing 16 million.
        content, nowhere = file.path.read_bytes(), io.StringIO()
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, ragged_rows=True, logfile=nowhere)
        if sum(sheet.row_len(row) for sheet in book.sheets() for row in range(sheet.nrows)) > _MOST_CELLS:
            raise InputError("error.workbook_too_big", file=file.path.name)
        return tuple(_sheet(sheet, file) for sheet in book.sheets())
    except _BROKEN as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError("error.unreadable", file=file.path.name, reason=quoted(problem)) from problem


def _sheet(sheet: xlrd.sheet.Sheet, file: InputFile) -> Sheet:
    rows = [_row(sheet, number) for number in range(sheet.nrows)]
    # xlrd counts from 0 and leaves out the last row and column of a range.
    merged = [(left + 1, top + 1, right, bottom) for top, bottom, left, right in sheet.merged_cells]
    hidden = tuple(sorted(number + 1 for number, info in sheet.rowinfo_map.items() if info.hidden))
    return Sheet(sheet.name, filled_down(rows, merged, file=file.path.name), hidden, bool(sheet.visibility))


def _row(sheet: xlrd.sheet.Sheet, number: int) -> Row:
    kinds, values = sheet.row_types(number), sheet.row_values(number)
    cells = [_cell(kind, value, sheet.book.datemode) for kind, value in zip(kinds, values, strict=True)]
    while cells and cells[-1] is None:
        cells.pop()
    return tuple(cells)


def _cell(kind: int, value: object, datemode: int) -> object:
    """A cell; times stay times (114:23:15 is 4.77 days) and dates dates, but 114.39 written as a date is a number."""
    if kind in _NOTHING:
        return None
    if kind != xlrd.XL_CELL_DATE or not isinstance(value, float):
        return value
    if 0 <= value <= _MOST_DAYS_OF_A_TIME:
        return dt.timedelta(days=value)
    first, last = _DAYS_OF_A_DATE
    return xlrd.xldate_as_datetime(value, datemode) if first <= value <= last else value
