"""The office's own workbook, opened to be written on and else kept as it is; what is written has no clock."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import range_boundaries

from catchment.errors import InputError
from catchment.files import atomic_output
from catchment.inputs.tables import read_sheets
from catchment.outputs.style import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from catchment.files import InputFile

Loss = Literal["macros", "charts", "drawings", "controls", "looks"]
"""What a copy may lack: macros; looks of charts; shapes and text boxes; buttons, slicers, embedded files; all looks."""

_LARGEST_UNFOLDED_BYTES = 50_000_000
_MOST_CELLS = 2_000_000
_MOST_SPREAD_CELLS = 1_000_000
"""Cells of merged ranges and of links over ranges: each becomes a cell in memory."""

_SPREAD = re.compile(
    rb"<(?:\w+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*[\"']([A-Za-z]{1,3}\d{1,7}:[A-Za-z]{1,3}\d{1,7})[\"']"
)
_CLOCK = re.compile(rb"(<dcterms:(created|modified)\b[^>]*>)([^<]*)")
_PROGRAM = re.compile(rb"(<Application>)[^<]*")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_NO_CLOCK = b"2000-01-01T00:00:00Z"
_SIGNED = b"<Application>catchment"
_FORBIDDEN_IN_TITLE = re.compile(r"[\\*?:/\[\]]")


@dataclass(frozen=True, eq=False)
class OfficeBook:
    """A workbook to write on."""

    book: Any
    """The ``openpyxl.Workbook``."""
    sheets: Mapping[str, Any]
    """Its sheets by the names that findings have for them."""
    losses: tuple[Loss, ...]
    stamps: Mapping[str, bytes]
    """When it says that it was ``created`` and ``modified``."""


def read_office_book(file: InputFile) -> OfficeBook:
    """
    A workbook with its looks, formulas, merged cells and hidden rows, or a plain copy of a table that has none.

    Formulas stay formulas. What openpyxl cannot keep is in ``losses``; a workbook that it cannot open at all gives a
    plain copy of its values.

    Raises
    ------
    InputError
        If the file is damaged or too big.
    """
    if file.kind == "xlsx" and _is_tame(file):
        try:
            return _own_book(file)
        except Exception:  # noqa: BLE001 - what openpyxl and Pillow raise depends on where a book is odd; said as a loss
            return read_plain_book(file)
    return read_plain_book(file)


def _is_tame(file: InputFile) -> bool:
    """Whether no few bytes of it would become millions of cells."""
    with zipfile.ZipFile(file.path) as book:
        if sum(member.file_size for member in book.infolist()) > _LARGEST_UNFOLDED_BYTES:
            raise InputError("error.workbook_too_big", file=file.path.name)
        refs = [ref for member in book.namelist() for ref in _SPREAD.findall(book.read(member))]
    return sum(_cell_count(ref.decode()) for ref in refs) <= _MOST_SPREAD_CELLS


def _cell_count(ref: str) -> int:
    """
    Cells of a range.

    Examples
    --------
    >>> _cell_count("B2:C4")
    6
    """
    left, top, right, bottom = range_boundaries(ref.upper())
    return int((right - left + 1) * (bottom - top + 1))


def _own_book(file: InputFile) -> OfficeBook:
    with warnings.catch_warnings(), file.path.open("rb") as stream:
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(stream, rich_text=True)
    return OfficeBook(book, {sheet.title: sheet for sheet in book.worksheets}, _losses(file), _stamps(file))


def _losses(file: InputFile) -> tuple[Loss, ...]:
    with zipfile.ZipFile(file.path) as book:
        names = book.namelist()
        drawn = b"".join(book.read(name) for name in names if name.startswith("xl/drawings/drawing"))
    held: dict[Loss, bool] = {
        "macros": any(name.endswith("vbaProject.bin") for name in names),
        "charts": any(name.startswith("xl/charts/") for name in names),
        "drawings": re.search(rb"<xdr:(sp|grpSp|cxnSp|graphicFrame macro=\"[^\"]+\")\b", drawn) is not None,
        "controls": any(
            re.match("xl/(ctrlProps|activeX|embeddings|slicers|timelines|threadedComments)/", one) for one in names
        ),
    }
    return tuple(loss for loss, is_held in held.items() if is_held)


def _stamps(file: InputFile) -> dict[str, bytes]:
    with zipfile.ZipFile(file.path) as book:
        core = book.read("docProps/core.xml") if "docProps/core.xml" in book.namelist() else b""
    return {name.decode(): when for _, name, when in _CLOCK.findall(core)}


def read_plain_book(file: InputFile) -> OfficeBook:
    """
    A workbook with the values of a table, cell by cell where they stood; merged ranges are filled down.

    Raises
    ------
    InputError
        If the file is damaged or too big.
    """
    sheets, _ = read_sheets(file)
    if sum(len(row) for sheet in sheets for row in sheet.rows) > _MOST_CELLS or any(
        len(sheet.rows) >= 1 << 20 or max(map(len, sheet.rows), default=0) > 1 << 14 for sheet in sheets
    ):
        raise InputError("error.workbook_too_big", file=file.path.name)
    book = openpyxl.Workbook()
    book.remove(book.active)
    made = {}
    for sheet in sheets:
        title = _FORBIDDEN_IN_TITLE.sub("_", printable(sheet.name or file.path.stem)).strip("'")[:31]
        target = made[sheet.name] = book.create_sheet(title or None)
        for number, row in enumerate(sheet.rows, start=1):
            for column, value in enumerate(row, start=1):
                if value not in (None, ""):
                    put(target.cell(number, column), value)
        for number in sheet.hidden_rows:
            target.row_dimensions[number].hidden = True
        target.sheet_state = "hidden" if sheet.hidden and len(sheets) > 1 else "visible"
    if not book.sheetnames:
        book.create_sheet()
    return OfficeBook(book, made, ("looks",), {})


def put(cell: Any, value: object) -> None:
    """
    Write a value into a cell; a text is only ever text, whatever it begins with.

    Examples
    --------
    >>> sheet = openpyxl.Workbook().active
    >>> put(sheet["A1"], "=1+1")
    >>> sheet["A1"].value, sheet["A1"].data_type
    ('=1+1', 's')
    """
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", printable(value))
        cell.data_type = "s"
    else:
        cell.value = value


def write_office_book(found: OfficeBook, path: Path) -> None:
    """
    Write a workbook, whole or not at all; the same workbook gives the same bytes.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found.book.save(stream)
    write_settled(stream, path, stamps=found.stamps)


def write_settled(stream: BinaryIO, path: Path, *, stamps: Mapping[str, bytes] | None = None) -> None:
    """
    Write an xlsx from memory without the clock of this machine, signed as written by this program.

    Parameters
    ----------
    stream
        The workbook.
    path
        Where to write.
    stamps
        When it was ``created`` and ``modified``, as XML says it; else a day that means nothing.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with (
        atomic_output(path) as draft,
        zipfile.ZipFile(stream) as before,
        zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for member in before.infolist():
            content = before.read(member)
            if member.filename == "docProps/core.xml":
                content = _CLOCK.sub(lambda tag: tag[1] + (stamps or {}).get(tag[2].decode(), _NO_CLOCK), content)
            if member.filename == "docProps/app.xml":
                content = _PROGRAM.sub(rb"\1catchment", content)
            entry = zipfile.ZipInfo(member.filename, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, content)


def is_untouched(path: Path) -> bool:
    """Whether a file is a workbook of ``write_settled`` that no other program has saved since."""
    try:
        with zipfile.ZipFile(path) as book:
            return _SIGNED in book.read("docProps/app.xml")
    except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile):
        return False
