"""The plan's table of targets: how many sites of each type each county or zone is to have."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from catchment.errors import InputError
from catchment.files import open_input
from catchment.inputs.cells import is_missing, persons_of, quoted, text_of
from catchment.inputs.headers import SITE_COLUMNS, normal
from catchment.inputs.kinds import type_of
from catchment.inputs.records import is_note, is_total
from catchment.inputs.tables import cell_name, read_sheets
from catchment.model import Finding, SiteType, Targets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from catchment.inputs.sheets import Row, Sheet

_MOST_SITES = 1_000_000
_HEADER_ROWS = 10
_REMARKS = frozenset(("备注", "说明", "备考", "remark", "remarks", "note", "notes"))
_NAMES = frozenset((*SITE_COLUMNS["county"], "单位", "名称", "地区名称", "name", "region", "unit"))
_CHINESE_GAP = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


@dataclass(frozen=True)
class _Header:
    """Which column of the sheet is what; ``row`` counts from 0."""

    row: int
    name: int
    types: tuple[int, ...]
    total: int | None


class _Line(NamedTuple):
    """A row under the header: its place from 0, and what its cells say; ``None`` where they say nothing."""

    row: int
    name: str
    counts: tuple[int | None, ...]
    total: int | None


def read_targets(path: str | Path) -> Targets:
    r"""
    Read a table of targets: CSV or XLSX, a row per county or zone and a column per type of site.

    Types are told as those of a ledger are; a column of another field keeps its word as its type and is said. A blank
    means 0, and ``given`` tells it from a 0. Rows and columns of totals are only held against the sums: where they
    differ, the cells count and a finding names the total.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, has no header with types of sites, a cell that is no whole number, a row
        without a name, or two rows or two columns for one thing. The message names the cell.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> table = Path(tempfile.mkdtemp(), "targets.csv")
    >>> _ = table.write_text("县区,县级,村(社区),合计\n袁 州 区,1,7,8\n明月山,,1,1\n合 计,1,8,9", encoding="utf-8")
    >>> targets = read_targets(table)
    >>> targets.rows, targets.types, targets.counts.tolist(), targets.given.tolist()
    (('袁州区', '明月山'), ('county', 'village'), [[1, 7], [0, 1]], [[True, True], [False, True]])
    """
    file = open_input(path, "csv", "xlsx")
    sheets, odd = read_sheets(file)
    filled = [sheet for sheet in sheets if any(any(map(text_of, row)) for row in sheet.rows)]
    if not filled:
        raise InputError("error.empty_file", file=file.path.name)
    found = next(((sheet, header) for sheet in filled if (header := _header(sheet.rows)) is not None), None)
    if found is None:
        raise InputError("error.targets_no_types", file=file.path.name, sheet=filled[0].name or "-")
    skipped = [
        Finding("warning", "finding.targets_sheet_skipped", {"sheet": other.name}, file.path.name, other.name)
        for other in filled
        if other is not found[0]
    ]
    table = _Table(file.path.name, *found)
    return table.targets((*odd, *skipped))


def _header(rows: Sequence[Row]) -> _Header | None:
    """The row of the first ten that names most types of sites; ``None`` if none names any."""
    best: tuple[int, int] | None = None
    for number, row in enumerate(rows[:_HEADER_ROWS]):
        known = sum(_is_known(cell) for cell in row)
        if known and (best is None or known > best[1]):
            best = number, known
    if best is None:
        return None
    heads, below = rows[best[0]], rows[best[0] + 1 :]
    name = _name_column(heads, below)
    right = [column for column in range(name + 1, len(heads)) if text_of(heads[column])]
    total = next((column for column in right if is_total(heads[column])), None)
    types = [column for column in right if not is_total(heads[column]) and _counts(heads[column], column, below)]
    return _Header(best[0], name, tuple(types), total)


def _name_column(heads: Row, rows: Sequence[Row]) -> int:
    """The column of words called 县区 or the like, else the first column of words: "county" may head numbers too."""
    words = [column for column in range(len(heads)) if _is_wordy(column, rows)]
    named = [column for column in words if normal(heads[column]) in _NAMES]
    return next(iter([*named, *words]), 0)


def _is_wordy(column: int, rows: Sequence[Row]) -> bool:
    """Whether most of what stands in a column is no number."""
    said = [cell for row in rows if not is_missing(cell := _cell(row, column))]
    return 2 * sum(persons_of(cell) is None for cell in said) > len(said)


def _is_known(cell: object) -> bool:
    return isinstance(cell, str) and type_of(text_of(cell)) in set(SiteType)


def _counts(head: object, column: int, rows: Sequence[Row]) -> bool:
    """Whether a column counts sites: of a known type, or numbers under a word that is no remark."""
    if _is_known(head):
        return True
    numbers = (persons_of(_cell(row, column)) is not None for row in rows)
    return normal(head) not in _REMARKS and any(numbers)


@dataclass(frozen=True)
class _Table:
    """A sheet whose header is known."""

    file: str
    sheet: Sheet
    header: _Header

    def targets(self, findings: Sequence[Finding]) -> Targets:
        heads = self.sheet.rows[self.header.row]
        types = tuple(type_of(text_of(heads[column])) for column in self.header.types)
        self._refuse_shared(types, [cell_name(self.header.row + 1, column) for column in self.header.types])
        lines, sums = self._lines()
        names = tuple(line.name for line in lines)
        cells = tuple(cell_name(line.row + 1, self.header.name) for line in lines)
        self._refuse_shared(names, cells)
        shape = len(lines), len(types)
        stated = [line.counts for line in lines]
        odd = [*self._unknown(types), *self._row_sums(lines), *self._column_sums(lines, sums)]
        return Targets(
            rows=names,
            types=types,
            counts=np.array([[count or 0 for count in row] for row in stated], np.int64).reshape(shape),
            given=np.array([[count is not None for count in row] for row in stated], bool).reshape(shape),
            cells=cells,
            file=self.file,
            findings=(*findings, *odd),
        )

    def _lines(self) -> tuple[list[_Line], list[_Line]]:
        """The rows that ask for sites, and those that sum them up."""
        lines: list[_Line] = []
        sums: list[_Line] = []
        columns = (*self.header.types, *(() if self.header.total is None else (self.header.total,)))
        for number, row in enumerate(self.sheet.rows[self.header.row + 1 :], start=self.header.row + 1):
            filled = [cell for cell in row if text_of(cell)]
            if not filled or is_note(filled[0]):
                continue
            name = _CHINESE_GAP.sub("", text_of(_cell(row, self.header.name)))
            counts = [self._count(number, column, _cell(row, column)) for column in columns]
            if not name and any(count is not None for count in counts):
                raise self._error("error.targets_nameless", number, self.header.name)
            if not name:
                continue
            total = None if self.header.total is None else counts.pop()
            line = _Line(number, name, tuple(counts), total)
            (sums if is_total(name) else lines).append(line)
        if not lines:
            raise InputError("error.empty_file", file=self.file)
        return lines, sums

    def _count(self, row: int, column: int, value: object) -> int | None:
        if is_missing(value):
            return None
        count = persons_of(value)
        if count is None or not count.is_integer() or not 0 <= count <= _MOST_SITES:
            raise self._error("error.targets_cell", row, column, found=quoted(value))
        return int(count)

    def _error(self, word: str, row: int, column: int, **facts: str) -> InputError:
        return InputError(word, file=self.file, cell=self._place(cell_name(row + 1, column)), **facts)

    def _place(self, cell: str) -> str:
        return f"{self.sheet.name}!{cell}" if self.sheet.name else cell

    def _refuse_shared(self, names: Sequence[str], cells: Sequence[str]) -> None:
        """Two rows, or two columns, for one thing."""
        name = next((name for name, count in Counter(names).items() if count > 1), None)
        if name is not None:
            shared = ", ".join(cell for cell, other in zip(cells, names, strict=True) if other == name)
            raise InputError("error.targets_shared", file=self.file, cell=self._place(shared), name=quoted(name))

    def _finding(self, word: str, row: int, column: int, **facts: str | int) -> Finding:
        facts = {"cell": cell_name(row + 1, column), **facts}
        head = text_of(self.sheet.rows[self.header.row][column])
        return Finding("warning", word, facts, self.file, self.sheet.name, row + 1, head)

    def _unknown(self, types: Sequence[str]) -> list[Finding]:
        return [
            self._finding("finding.targets_type_unknown", self.header.row, column, found=quoted(kind))
            for kind, column in zip(types, self.header.types, strict=True)
            if kind not in set(SiteType)
        ]

    def _row_sums(self, lines: Sequence[_Line]) -> list[Finding]:
        total = self.header.total
        if total is None:
            return []
        return [
            self._finding("finding.targets_sum", line.row, total, name=line.name, stated=line.total, sum=_sum(line))
            for line in lines
            if line.total is not None and line.total != _sum(line)
        ]

    def _column_sums(self, lines: Sequence[_Line], sums: Sequence[_Line]) -> list[Finding]:
        """Of the last row of totals; those between are of some rows only."""
        if not sums:
            return []
        last, heads = sums[-1], self.sheet.rows[self.header.row]
        wanted = [sum(line.counts[at] or 0 for line in lines) for at in range(len(self.header.types))]
        stated = list(zip(self.header.types, last.counts, wanted, strict=True))
        if self.header.total is not None:
            stated.append((self.header.total, last.total, sum(wanted)))
        return [
            self._finding("finding.targets_sum", last.row, column, name=text_of(heads[column]), stated=said, sum=right)
            for column, said, right in stated
            if said is not None and said != right
        ]


def _cell(row: Row, column: int) -> object:
    return row[column] if column < len(row) else None


def _sum(line: _Line) -> int:
    return sum(count or 0 for count in line.counts)
