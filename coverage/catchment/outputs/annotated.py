"""The office's own workbook back: doubtful cells coloured and noted, and a sheet that lists everything found."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from catchment.errors import CatchmentError
from catchment.outputs.annotated_list import write_list
from catchment.outputs.annotated_tones import FILLS, cells_of, tone_of
from catchment.outputs.office_book import read_office_book, read_plain_book, write_office_book
from catchment.outputs.payload import finding_text
from catchment.outputs.style import printable
from catchment.words import LANGUAGES, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from catchment.files import InputFile
    from catchment.model import Finding, Repair
    from catchment.outputs.annotated_tones import Tone
    from catchment.outputs.office_book import OfficeBook
    from catchment.words import Language

_AUTHOR = "catchment"
_LONGEST_NOTE = 2000
"""Characters of a note; what is longer stands in the list."""


@dataclass(frozen=True)
class Mark:
    """Something said about one cell."""

    tone: Tone
    text: str


def write_annotated(
    file: InputFile, findings: Sequence[Finding], repairs: Sequence[Repair], path: Path, *, language: Language
) -> None:
    """
    Write a copy of a table with its doubtful cells marked and a first sheet that lists what was found.

    A cell of a bad row is red, one with a proposal yellow, one with a warning blue, one with a note grey; a note on the
    cell says why. All other cells, looks, formulas, merged ranges and sheets stay as they are, contacts too: the copy
    goes back to the office it came from. A table without looks (CSV, XLS) becomes an xlsx of its values. Marks of an
    earlier check are taken off first. The same file and findings give the same bytes.

    Parameters
    ----------
    file
        The table as it came, opened through ``open_input``.
    findings, repairs
        Those of this file.
    path
        Where to write, an xlsx; never the file itself.
    language
        Of notes and list.

    Raises
    ------
    InputError
        If the file is damaged or too big to be copied.
    OutputError
        If it cannot be written.
    """
    try:
        _write(read_office_book(file), findings, repairs, path, file=file.path.name, language=language)
    except CatchmentError:
        raise
    except Exception:  # noqa: BLE001 - openpyxl reads some odd books that it cannot write down; said as a loss
        _write(read_plain_book(file), findings, repairs, path, file=file.path.name, language=language)


def _write(
    found: OfficeBook,
    findings: Sequence[Finding],
    repairs: Sequence[Repair],
    path: Path,
    *,
    file: str,
    language: Language,
) -> None:
    _clear_earlier(found)
    for (name, cell), marks in _marks(found, findings, repairs, language).items():
        _mark(found.sheets[name], cell, marks, language)
    write_list(found, findings, repairs, file=file, language=language)
    write_office_book(found, path)


def proposal_text(repair: Repair, language: Language) -> str:
    """
    What is proposed for a cell, and why.

    Examples
    --------
    >>> from catchment.model import Repair
    >>> facts = {"cell": "C2", "found": "27.8", "proposed": "114.4"}
    >>> repair = Repair("a.csv", "", 2, "经度", "C2", "lon", "27.8", "114.4", "repair.swapped", facts)
    >>> proposal_text(repair, "zh")
    '27.8 → 114.4：“27.8”：经度与纬度颠倒，互换后此格是 114.4。'
    """
    reason = say(repair.word, language, **repair.facts)
    return printable(say("annotated.proposal", language, found=repair.found, proposed=repair.proposed, reason=reason))


def _marks(
    found: OfficeBook, findings: Sequence[Finding], repairs: Sequence[Repair], language: Language
) -> dict[tuple[str, str], list[Mark]]:
    """What is said about each cell, by sheet and cell."""
    marks: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for repair in repairs:
        if repair.sheet in found.sheets:
            marks[repair.sheet, repair.cell].append(Mark("proposal", proposal_text(repair, language)))
    starts = {name: _row_starts(sheet) for name, sheet in found.sheets.items()}
    for finding in findings:
        # What carries the reasons of repairs says them again.
        if finding.sheet not in found.sheets or "reasons" in finding.facts:
            continue
        start = starts[finding.sheet].get(finding.row or 0)
        for cell in cells_of(finding) or ([start] if start else []):
            marks[finding.sheet, cell].append(Mark(tone_of(finding), finding_text(finding, language)))
    return marks


def _row_starts(sheet: Any) -> dict[int, str]:
    """The first filled cell of each row."""
    starts: dict[int, str] = {}
    for cell in _cells(sheet):
        if cell.value is not None and (cell.row not in starts or cell.column < sheet[starts[cell.row]].column):
            starts[cell.row] = cell.coordinate
    return starts


def _cells(sheet: Any) -> Iterator[Any]:
    """The cells that are there: a lone one in the last corner must not make the others up."""
    return iter(list(sheet._cells.values()))  # noqa: SLF001 - iter_rows makes all cells of the box around them


def _mark(sheet: Any, name: str, marks: Sequence[Mark], language: Language) -> None:
    cell = _writable(sheet, name)
    cell.fill = PatternFill("solid", fgColor=next(FILLS[tone] for tone in FILLS if any(m.tone == tone for m in marks)))
    said = "\n".join(dict.fromkeys(mark.text for mark in marks))
    before = f"{cell.comment.text}\n\n" if cell.comment else ""
    author = cell.comment.author if cell.comment else _AUTHOR
    text = f"{before}{say('annotated.note_head', language)}\n{said}"
    text = text if len(text) <= _LONGEST_NOTE else f"{text[:_LONGEST_NOTE]}…"
    lines = sum(1 + len(line) // (22 if language == "zh" else 40) for line in text.splitlines())
    cell.comment = Comment(text, author or _AUTHOR, height=24 + 18 * min(lines, 20), width=300)


def _writable(sheet: Any, name: str) -> Any:
    """The cell, or the first one of its merged range: the others hold nothing."""
    cell = sheet[name]
    if not isinstance(cell, MergedCell):
        return cell
    own = next(one for one in sheet.merged_cells.ranges if name in one)
    return sheet.cell(own.min_row, own.min_col)


def _clear_earlier(found: OfficeBook) -> None:
    """Take off what an earlier check has marked: its colours, its notes, its list."""
    heads = [say("annotated.note_head", language) for language in LANGUAGES]
    titles = [say("annotated.title", language) for language in LANGUAGES]
    for name, sheet in found.sheets.items():
        if sheet["A1"].value in titles and name in found.book.sheetnames and len(found.book.worksheets) > 1:
            found.book.remove(sheet)
            continue
        for cell in _cells(sheet):
            if isinstance(cell, MergedCell) or not cell.comment or not any(head in cell.comment.text for head in heads):
                continue
            kept = re.split("|".join(map(re.escape, heads)), cell.comment.text)[0].rstrip()
            cell.comment = Comment(kept, cell.comment.author) if kept else None
            if cell.fill.fgColor.rgb in {f"00{colour}" for colour in FILLS.values()}:
                cell.fill = PatternFill()
