"""Workbooks of Excel 2007 and later (XLSX): their cells, merged ranges, hidden rows and sheets."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from openpyxl.utils import coordinate_to_tuple
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from catchment.errors import InputError
from catchment.inputs.cells import quoted
from catchment.inputs.sheets import Row, Sheet, filled_down

if TYPE_CHECKING:
    from collections.abc import Sequence

    from python_calamine import CalamineSheet

    from catchment.files import InputFile

_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\bhidden\s*=\s*[\"'](?:1|true)[\"'][^>]*>")
_ROW_NUMBER = re.compile(rb"\br\s*=\s*[\"'](\d{1,7})[\"']")
# What formulas that came to nothing say: #REF!, #N/A.
_ERROR = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]*\bt\s*=\s*[\"']e[\"'])[^>]*?\br\s*=\s*[\"']([A-Z]+\d+)[\"'][^>]*>(.*?)</(?:\w+:)?c>",
    re.DOTALL,
)
_SHOWN = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
# What is raised on a broken workbook depends on where it is broken.
_BROKEN = (
    CalamineError, ET.ParseError, zipfile.BadZipFile, zlib.error, ArithmeticError, EOFError, LookupError, OSError,
    RuntimeError, TypeError, ValueError,
)  # fmt: skip


def read_new_workbook(file: InputFile) -> tuple[Sheet, ...]:
    """
    All sheets of an XLSX workbook but charts.

    Raises
    ------
    InputError
        If it is damaged or too big.
    """
    try:
        # A stream, since a path is judged by its ending and we have looked at the content.
        with zipfile.ZipFile(file.path) as archive, file.path.open("rb") as stream:
            book = CalamineWorkbook.from_filelike(stream)
            members = _members(archive)
            return tuple(
                _sheet(book.get_sheet_by_index(number), archive.read(member), file, hidden=_is_hidden(about.visible))
                for number, (about, member) in enumerate(zip(book.sheets_metadata, members, strict=True))
                if about.typ == SheetTypeEnum.WorkSheet
            )
    except _BROKEN as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError("error.unreadable", file=file.path.name, reason=quoted(problem)) from problem


def _members(archive: zipfile.ZipFile) -> list[str]:
    """The parts that hold the sheets, in the order of the workbook. Document types were refused before."""
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - see above
    target = {link.get("Id"): link.get("Target", "") for link in links}
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - see above
    ids = [
        next(value for name, value in node.attrib.items() if name.endswith("}id"))
        for node in book.iter()
        if node.tag.rpartition("}")[2] == "sheet"
    ]
    return [posixpath.normpath(posixpath.join("/xl", target[own])).lstrip("/") for own in ids]


def _is_hidden(visible: SheetVisibleEnum) -> bool:
    return visible != SheetVisibleEnum.Visible


def _sheet(sheet: CalamineSheet, member: bytes, file: InputFile, *, hidden: bool) -> Sheet:
    cells = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    for place, content in _ERROR.findall(member):
        row, column = coordinate_to_tuple(place.decode())
        said = _SHOWN.search(content)
        if said and row <= len(cells) and column <= len(cells[row - 1]):
            cells[row - 1][column - 1] = said[1].decode(errors="replace")
    rows = [_row(row) for row in cells]
    merged = [
        (left + 1, top + 1, right + 1, bottom + 1) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    ]
    hidden_rows = tuple(sorted(int(row) for tag in _HIDDEN_ROW.findall(member) for row in _ROW_NUMBER.findall(tag)))
    return Sheet(sheet.name, filled_down(rows, merged, file=file.path.name), hidden_rows, hidden)


def _row(cells: Sequence[object]) -> Row:
    end = len(cells)
    while end and cells[end - 1] == "":
        end -= 1
    return tuple(None if cell == "" else cell for cell in cells[:end])
