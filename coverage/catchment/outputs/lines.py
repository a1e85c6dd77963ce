"""What a sheet of the workbook is made of: lines of cells, each cell saying how it is to be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Share:
    """A part of a whole: a spreadsheet number that is shown as every output shows shares."""

    part: int
    base: int


@dataclass(frozen=True)
class Factor:
    """What people are multiplied by; NaN where they are not."""

    value: float


@dataclass(frozen=True)
class Degrees:
    """A longitude or latitude."""

    value: float


@dataclass(frozen=True)
class Sum:
    """A total of its column, from the header above down to here: a live formula that shows ``value`` at once."""

    value: int


@dataclass(frozen=True)
class Beyond:
    """Words where a number would stand: farther than was searched."""

    text: str


@dataclass(frozen=True)
class Entry:
    """A cell for people to fill in; what stands in it already is text."""

    text: str = ""
    wide: int = 0
    """Columns of a character grid that it needs at least."""


Cell = str | int | float | Share | Factor | Degrees | Sum | Beyond | Entry | None


@dataclass(frozen=True)
class Line:
    """A row of a sheet."""

    cells: tuple[Cell, ...]
    look: Literal["title", "heading", "header", "plain", "total", "quiet", "note"] = "plain"


@dataclass(frozen=True)
class Series:
    """A column of a table as a line of a chart, or as dots; it is called as its header."""

    column: int
    dots: bool = False


@dataclass(frozen=True)
class Chart:
    """A native chart of the rows of a table, beside it."""

    title: str
    x: int
    """Column of the horizontal axis."""
    series: tuple[Series, ...]
    least: int = 0
    """Where the vertical axis begins."""


@dataclass(frozen=True)
class Sheet:
    """A sheet: with ``is_table`` its first line, after those ``above``, is a header over rows of one kind."""

    name: str
    lines: tuple[Line, ...]
    is_table: bool
    above: int = 0
    """Lines of title and notes above the header of a table."""
    chart: Chart | None = None
    choices: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Columns in which one of some texts is to be chosen."""

    @property
    def has_title(self) -> bool:
        """It says in its own lines what it is; the others say so at the edge of their pages."""
        return any(line.look == "title" for line in self.lines)
