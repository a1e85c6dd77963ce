"""A sheet of cells, whatever program wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catchment.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_FILLED_CELLS = 5_000_000

Row = tuple[object, ...]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook, or the whole of a CSV; ``rows[0]`` is row 1."""

    name: str
    rows: tuple[Row, ...]
    hidden_rows: tuple[int, ...] = ()
    """Numbers of the rows that the program which wrote it does not show."""
    hidden: bool = False
    """The sheet itself is not shown."""


def filled_down(rows: list[Row], merged: Iterable[tuple[int, int, int, int]], *, file: str) -> tuple[Row, ...]:
    """
    Rows in which the value of a merged range stands in each row of its first column.

    A blank cell outside a merged range stays blank: it does not mean the value above.

    Parameters
    ----------
    rows
        Cells.
    merged
        First column, first row, last column, last row of each range, counted from 1.
    file
        Named in messages.

    Examples
    --------
    >>> filled_down([("袁州区", 1), (None, 2), (None, 3)], [(1, 1, 1, 2)], file="")
    (('袁州区', 1), ('袁州区', 2), (None, 3))
    """
    cells = [list(row) for row in rows]
    ranges = [
        (column, first, min(last, len(cells)))
        for column, first, _, last in merged
        if first <= len(cells) and column <= len(cells[first - 1])
    ]
    if sum(last - first for _, first, last in ranges) > _MOST_FILLED_CELLS:
        raise InputError("error.workbook_too_big", file=file)
    for column, first, last in ranges:
        value = cells[first - 1][column - 1]
        for row in cells[first:last]:
            row.extend([None] * (column - len(row)))
            row[column - 1] = value
    return tuple(tuple(row) for row in cells)
