"""Tables of the report: lines of the workbook's own sheets, with the columns that fit a page of A4 upright."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.outputs.documents import Table
from catchment.outputs.lines import Beyond, Degrees, Entry, Factor, Line, Share, Sum
from catchment.outputs.style import people_text, share_text
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.outputs.lines import Cell, Sheet
    from catchment.words import Language


_NUMBERS = (int, float, Share, Sum, Beyond)


def cell_text(cell: Cell) -> str:
    """
    A cell of the workbook as the report prints it.

    Examples
    --------
    >>> [cell_text(cell) for cell in ("x", 1024, Share(9996, 10_000), Sum(12_000), 1.25, None)]
    ['x', '1,024', '>99.9%', '12,000', '1.25', '']
    """
    match cell:
        case Share():
            text = share_text(cell.part, cell.base)
        case Sum():
            text = people_text(cell.value)
        case int():
            text = people_text(cell)
        case float():
            text = f"{cell:.2f}"
        case Degrees() | Factor():
            text = f"{cell.value:.6f}"
        case Beyond() | Entry():
            text = cell.text
        case _:
            text = cell or ""
    return text


def lines_under(sheet: Sheet, word: str, language: Language) -> list[Line]:
    """The header whose first cell is an entry of the catalogue, and the lines below it up to the next empty one."""
    text = say(word, language)
    first = next(number for number, line in enumerate(sheet.lines) if line.look == "header" and line.cells[0] == text)
    found = []
    for line in sheet.lines[first:]:
        if not line.cells:
            break
        found.append(line)
    return found


def table_of(caption: str, lines: Sequence[Line], heads: Sequence[str], *, most: int | None = None) -> Table:
    """
    A table of some columns of a sheet.

    Parameters
    ----------
    caption
        Above it.
    lines
        A header and the lines below it; notes among them are left out.
    heads
        Texts of the header that are taken, in order, all of them if empty; those that it lacks and columns in which
        nothing stands are passed over.
    most
        So many lines at most, and then no total.

    Examples
    --------
    >>> lines = [Line(("name", "people", "x"), "header"), Line(("a", 5, None)), Line(("all", Sum(5), None), "total")]
    >>> found = table_of("People", lines, ["name", "people"])
    >>> found.heads, found.rows, found.numeric, found.has_total
    (('name', 'people'), (('a', '5'), ('all', '5')), (False, True), True)
    """
    header, *body = (line for line in lines if line.look != "note")
    known = [cell_text(cell) for cell in header.cells]
    at = [known.index(head) for head in heads if head in known] or list(range(len(known)))
    kept = body if most is None else [line for line in body if line.look != "total"][:most]
    at = [column for column in at if any(cell_text(_cell(line, column)) for line in kept)] or at[:1]
    cells = [[_cell(line, column) for column in at] for line in kept]
    for line, row in zip(kept, cells, strict=True):
        # What a total is called stands in the first column of the sheet.
        row[0] = line.cells[0] if line.look == "total" else row[0]
    numeric = tuple(any(isinstance(row[place], _NUMBERS) for row in cells) for place in range(len(at)))
    texts = tuple(tuple(map(cell_text, row)) for row in cells)
    has_total = bool(kept) and kept[-1].look == "total"
    return Table(caption, tuple(known[column] for column in at), texts, numeric, has_total=has_total)


def _cell(line: Line, column: int) -> Cell:
    return line.cells[column] if column < len(line.cells) else None
