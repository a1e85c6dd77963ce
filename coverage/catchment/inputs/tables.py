"""Cells of a table file, CSV, XLSX or XLS, each where the planner's program shows it."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

from catchment.errors import InputError
from catchment.files import wide_encoding
from catchment.inputs.new_workbooks import read_new_workbook
from catchment.inputs.old_workbooks import read_old_workbook
from catchment.inputs.sheets import Row, Sheet
from catchment.model import Finding

if TYPE_CHECKING:
    from catchment.files import InputFile

LARGEST_FILE_BYTES = 1_000_000_000


def cell_name(row: int, column: int) -> str:
    """
    A cell as spreadsheets name it.

    Examples
    --------
    >>> cell_name(17, 2)
    'C17'
    """
    return f"{get_column_letter(column + 1)}{row}"


def read_sheets(file: InputFile) -> tuple[tuple[Sheet, ...], tuple[Finding, ...]]:
    """
    All sheets of a table file with anything in them.

    Raises
    ------
    InputError
        If the file is damaged, in an unknown encoding or too big.
    """
    if file.kind == "xlsx":
        return read_new_workbook(file), ()
    if file.kind == "xls":
        return read_old_workbook(file), ()
    text, findings = read_text(file)
    rows, odd_lines = csv_rows(text)
    if odd_lines:
        shown = ", ".join(map(str, odd_lines[:20]))
        odd = Finding("warning", "finding.quotes_unbalanced", {"count": len(odd_lines), "lines": shown}, file.path.name)
        findings = (*findings, odd)
    return (Sheet("", rows),), findings


def read_text(file: InputFile) -> tuple[str, tuple[Finding, ...]]:
    """
    The text of a file in UTF-8, UTF-16 (with or without a byte order mark) or GB18030; the last is noted.

    Raises
    ------
    InputError
        If it is none of these, or too big.
    """
    if file.path.stat().st_size > LARGEST_FILE_BYTES:
        raise InputError("error.file_too_big", file=file.path.name, limit_mb=LARGEST_FILE_BYTES // 1_000_000)
    raw = file.path.read_bytes()
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    # No text in a narrow encoding has zero bytes.
    wide = "utf-16" if marked else wide_encoding(raw) if b"\x00" in raw[:4096] else None
    for encoding in (wide,) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        noted = Finding("note", "finding.encoding_gb18030", file=file.path.name)
        return text, (noted,) if encoding == "gb18030" else ()
    raise InputError("error.encoding", file=file.path.name)


def csv_rows(text: str) -> tuple[tuple[Row, ...], list[int]]:
    r"""
    The rows of a CSV, and the lines whose quotation marks do not pair up.

    One stray mark would swallow all rows after it, so such a file is read line by line and the mark kept as it is.

    Examples
    --------
    >>> csv_rows('name,lon\n"A, B",1\n')
    ((('name', 'lon'), ('A, B', '1')), [])
    >>> csv_rows('name,lon\n"A,1\nB,2')
    ((('name', 'lon'), ('"A', '1'), ('B', '2')), [2])
    """
    delimiter = _delimiter(text)
    try:
        return tuple(map(tuple, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))), []
    except csv.Error:
        rows: list[Row] = []
        odd: list[int] = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        try:
            rows.extend(map(tuple, csv.reader([line], delimiter=delimiter, strict=True)) if line else [()])
        except csv.Error:
            rows.append(tuple(line.split(delimiter)))
            odd.append(number)
    return tuple(rows), odd


def _delimiter(text: str) -> str:
    """Comma, tab or semicolon: the one that cuts the first lines into most columns."""
    head = text[:20_000].splitlines()[:10]
    return max(",\t;", key=lambda mark: max((line.count(mark) for line in head), default=0))
