"""What a case of the corpus is: a small broken file, and what must be said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

PERSON, PHONE, LANDLINE = "赵守密", "13907951234", "3279876"
"""Stand in contact columns, titles and notes of the cases, and may stand in nothing that is said of them."""

CONTACTS = (
    ("联系人", "联系电话"),
    ("负责人", "手机号码"),
    ("责任人姓名", "联系方式"),
    ("Contact", "Phone"),
    ("填报人", "电话"),
)

Reader = Literal[
    "sites", "within", "ledger", "premises", "located", "register", "regions", "outline", "urban", "census", "targets",
    "groups", "people", "population", "buildings", "lines", "edits", "roads", "survey", "choice", "settings",
]  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A line of the data report: its word, and where it points."""

    word: str
    row: int | None = None
    cell: str = ""
    """As the message names it; empty if it names none."""
    sheet: str | None = None
    """``None`` means the sheet of the case."""


@dataclass(frozen=True)
class Case:
    """One small file, or a few that belong together, with what a reader must make of it."""

    name: str
    reader: Reader
    file: str
    """What is read, in the folder of the case; its name is in every finding."""
    write: Callable[[Path], None]
    """Writes it, and whatever belongs beside it, under the path that it is given."""
    kept: int = 0
    """Good rows, none of which may be lost."""
    says: tuple[Said, ...] = ()
    """All findings, in any order."""
    sheet: str = ""
    refused: str = ""
    """Word of the error, if the file as a whole is refused."""
    proposed: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    """Cell -> word of the repair and the number that is proposed for it."""
    kept_repaired: int | None = None
    """Good rows once the repairs are applied, if any is proposed."""
    holds: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    """Column of what is read -> its values, sorted."""

    @property
    def expected(self) -> list[tuple[str, str, int | None, str]]:
        """Word, sheet, row and cell of each finding, sorted."""
        return sorted(
            ((said.word, self.sheet if said.sheet is None else said.sheet, said.row, said.cell) for said in self.says),
            key=repr,
        )


def bytes_of(make: Callable[..., bytes], *arguments: object) -> Callable[[Path], None]:
    """A writer of what ``make`` makes of the arguments, made when it is written."""

    def write(path: Path) -> None:
        path.write_bytes(make(*arguments))

    return write


def written(content: bytes) -> Callable[[Path], None]:
    """A writer of these bytes."""
    return bytes_of(bytes, content)


def text(content: str, encoding: str = "utf-8") -> Callable[[Path], None]:
    """A writer of a text."""
    return written(content.encode(encoding))
