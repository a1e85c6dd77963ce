"""The sheet 检查结果 of an annotated workbook: a legend, and every finding with a link to its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink

from catchment.outputs.annotated_tones import FILLS, cells_of, tone_of
from catchment.outputs.office_book import put
from catchment.outputs.payload import finding_text
from catchment.outputs.style import printable
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catchment.model import Finding, Repair
    from catchment.outputs.office_book import OfficeBook
    from catchment.words import Language

_WIDTHS = (22, 14, 8, 12, 12, 80, 24, 24)
_HEADS = ("file", "sheet_name", "row", "cell", "level", "text", "found", "proposed")
_TEXT = _HEADS.index("text")
_WRAPPED, _CENTRED = Alignment(wrap_text=True, vertical="top"), Alignment(horizontal="center", vertical="top")
_SEVERITY = ("bad_row", "warning", "note")


def write_list(
    found: OfficeBook, findings: Sequence[Finding], repairs: Sequence[Repair], *, file: str, language: Language
) -> None:
    """
    Put the list in front of the sheets of a workbook.

    Parameters
    ----------
    found
        The workbook.
    findings, repairs
        What was found in it.
    file
        Its name.
    language
        Of the list.
    """
    sheet = found.book.create_sheet(say("annotated.sheet", language), 0)
    for other in found.book.worksheets:
        # Two sheets that are selected together are edited together.
        other.sheet_view.tabSelected = other is sheet
    found.book.active = 0
    for at, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[sheet.cell(1, at).column_letter].width = width
    put(sheet["A1"], say("annotated.title", language))
    sheet["A1"].font = Font(bold=True, size=14)
    row = _write_legend(sheet, found, findings, language)
    for at, head in enumerate(_HEADS, start=1):
        cell = sheet.cell(row, at)
        put(cell, say(f"annotated.{head}", language))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="EEF3F8")
    sheet.freeze_panes = sheet.cell(row + 1, 1)
    last = row
    for last, (finding, cells) in enumerate(_rows(found, findings, repairs, file, language), start=row + 1):
        _write_row(sheet, last, finding, cells, found)
    sheet.auto_filter.ref = f"A{row}:{sheet.cell(max(last, row), len(_HEADS)).coordinate}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True


def _write_legend(sheet: Any, found: OfficeBook, findings: Sequence[Finding], language: Language) -> int:
    """How many findings, what the colours mean, what the copy may lack; the row that is free after it."""
    counts = {level: sum(finding.level == level for finding in findings) for level in _SEVERITY}
    put(sheet["A2"], say("annotated.counts", language, **counts))
    row = 3
    for tone in ("bad", "proposal", "warning", "note"):
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor=FILLS[tone])
        put(sheet.cell(row, 2), say(f"annotated.legend_{tone}", language))
        row += 1
    for word in ("annotated.mind", *(f"annotated.lost_{loss}" for loss in found.losses)):
        put(sheet.cell(row, 1), say(word, language))
        row += 1
    return row + 1


def _rows(
    found: OfficeBook, findings: Sequence[Finding], repairs: Sequence[Repair], file: str, language: Language
) -> Iterator[tuple[Finding, tuple[object, ...]]]:
    """Each finding and the cells of its row, bad rows first."""
    order = {name: number for number, name in enumerate(found.sheets)}
    by_cell = {(repair.sheet, repair.cell): repair for repair in repairs}

    def place(finding: Finding) -> tuple[int, int, int]:
        return _SEVERITY.index(finding.level), order.get(finding.sheet, -1), finding.row or 0

    for finding in sorted(findings, key=place):
        cells = cells_of(finding)
        proposals = [by_cell[finding.sheet, cell] for cell in cells if (finding.sheet, cell) in by_cell]
        proposals = proposals if tone_of(finding) == "proposal" else []
        yield (
            finding,
            (
                printable(finding.file or file),
                printable(finding.sheet),
                finding.row,
                ", ".join(cells) or (f"A{finding.row}" if finding.row else ""),
                say(f"level.{finding.level}", language),
                finding_text(finding, language),
                printable("\n".join(repair.found for repair in proposals)),
                printable("\n".join(repair.proposed for repair in proposals)),
            ),
        )


def _write_row(sheet: Any, row: int, finding: Finding, cells: Sequence[object], found: OfficeBook) -> None:
    for at, value in enumerate(cells, start=1):
        if value not in (None, ""):
            put(sheet.cell(row, at), value)
        sheet.cell(row, at).alignment = _CENTRED if isinstance(value, int) else _WRAPPED
    sheet.cell(row, _HEADS.index("level") + 1).fill = PatternFill("solid", fgColor=FILLS[tone_of(finding)])
    named = cells_of(finding) or ([f"A{finding.row}"] if finding.row else [])
    if named and finding.sheet in found.sheets:
        link = sheet.cell(row, _HEADS.index("cell") + 1)
        title = found.sheets[finding.sheet].title.replace("'", "''")
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{title}'!{named[0]}")
        link.font = Font(color="0563C1", underline="single")
    # Written down: LibreOffice does not work heights out when it opens a file.
    text = str(cells[_TEXT])
    width = sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
    lines = max(-(-width // (_WIDTHS[_TEXT] - 2)), str(cells[-1]).count("\n") + 1)
    sheet.row_dimensions[row].height = 15 * lines
