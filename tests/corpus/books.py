"""Tables as offices send them: CSV in four encodings, workbooks new and old."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import openpyxl
from corpus.cases import Said
from old_book import old_book
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from collections.abc import Sequence

Cells = "Sequence[Sequence[object]]"
SHEET = "网点"


def cell(column: int, row: int) -> str:
    """As spreadsheets name it; columns count from 0."""
    return f"{get_column_letter(column + 1)}{row}"


def csv_bytes(rows: Cells, encoding: str = "utf-8-sig", mark: str = ",") -> bytes:
    """A CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=mark, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


@dataclass(frozen=True)
class Page:
    """A sheet of a workbook."""

    name: str
    rows: Cells
    merged: Sequence[str] = ()
    hidden_rows: Sequence[int] = ()
    hidden: bool = False


def xlsx_bytes(*pages: Page) -> bytes:
    """A workbook; texts that begin with = stay texts."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for page in pages:
        sheet = book.create_sheet(page.name)
        for number, row in enumerate(page.rows, start=1):
            for column, value in enumerate(row, start=1):
                if value not in (None, ""):
                    one = sheet.cell(number, column, value)
                    one.data_type = "s" if isinstance(value, str) else one.data_type
        for merged in page.merged:
            sheet.merge_cells(merged)
        for row in page.hidden_rows:
            sheet.row_dimensions[row].hidden = True
        sheet.sheet_state = "hidden" if page.hidden else "visible"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@dataclass(frozen=True)
class Form:
    """A way in which one and the same table comes."""

    name: str
    suffix: str
    sheet: str
    above: int
    """Rows above the header."""
    says: tuple[Said, ...] = ()
    """What is said of the form itself."""

    def content(self, rows: Cells) -> bytes:
        """The table as bytes; a title stands above it where the form has one."""
        rows = [["宜春市“5+2就业之家”网点一览表"], *rows] if self.above else rows
        if self.name == "xlsx":
            width = max(map(len, rows))
            return xlsx_bytes(Page(self.sheet, rows, (f"A1:{cell(width - 1, 1)}",)))
        if self.name == "xls":
            return old_book({self.sheet: rows})
        encoding, mark = {"csv": ("utf-8-sig", ","), "csv gb18030": ("gb18030", ",")}.get(self.name, ("utf-16", "\t"))
        return csv_bytes(rows, encoding, mark)


FORMS = (
    Form("csv", "csv", "", 0),
    Form("csv gb18030", "csv", "", 1, (Said("finding.encoding_gb18030", sheet=""),)),
    Form("csv utf-16", "csv", "", 0),
    Form("xlsx", "xlsx", SHEET, 1),
    Form("xls", "xls", SHEET, 0),
)
