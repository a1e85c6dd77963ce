"""The file of the register, 网点编码库.csv: read, and written for Excel and WPS."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from catchment.errors import InputError
from catchment.files import atomic_output, open_input
from catchment.inputs.cells import number_of, quoted, text_of
from catchment.inputs.headers import columns_of
from catchment.inputs.kinds import status_of, type_of
from catchment.inputs.tables import csv_rows, read_text
from catchment.model import SiteType
from catchment.model.register import Registered
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from catchment.inputs.headers import Synonyms

_COLUMNS = ("网点编码", "区县", "类型", "名称", "曾用名", "经度", "纬度", "状态")
_SYNONYMS: Synonyms = {
    "id": ("网点编码", "siteid", "id"),
    "county": ("区县", "county"),
    "type": ("类型", "type"),
    "name": ("名称", "name"),
    "former": ("曾用名", "formernames"),
    "lon": ("经度", "lon"),
    "lat": ("纬度", "lat"),
    "status": ("状态", "status"),
}
_OPEN, _CLOSED = "在用", "关闭"
_BETWEEN = "；"
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
# What a spreadsheet program makes of a long number when it saves a CSV.
_MANGLED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)


def read_register(path: str | Path) -> tuple[Registered, ...]:
    """
    Read a register that ``write_register`` wrote, perhaps edited since in a spreadsheet program.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is no CSV, lacks a column, an id stands twice, or a row cannot be meant.
    """
    file = open_input(path, "csv")
    name = file.path.name
    rows, _ = csv_rows(read_text(file)[0])
    index = columns_of(rows[0] if rows else (), _SYNONYMS).index
    missing = [words[0] for field, words in _SYNONYMS.items() if field not in index]
    if missing:
        raise InputError("error.register_columns", file=name, missing=", ".join(missing))
    register = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {field: _unguarded(text_of(row[at])) if at < len(row) else "" for field, at in index.items()}
        if any(cells.values()):
            register.append(_entry(cells, name, number))
    shared = [known for known, count in Counter(one.id for one in register).items() if count > 1]
    if shared:
        raise InputError("error.register_ids", file=name, ids=", ".join(map(quoted, shared[:20])))
    return tuple(sorted(register, key=lambda one: one.id))


def _entry(cells: dict[str, str], file: str, row: int) -> Registered:
    lon, lat, status = number_of(cells["lon"]), number_of(cells["lat"]), status_of(cells["status"])
    for field, wrong in (
        ("id", not cells["id"] or _MANGLED.fullmatch(cells["id"]) is not None),
        ("name", not cells["name"]),
        ("lon", lon is None or not abs(lon) <= 180),
        ("lat", lat is None or not abs(lat) <= 90),
        ("status", not status),
    ):
        if wrong:
            column = _SYNONYMS[field][0]
            raise InputError("error.register_row", file=file, row=row, column=column, found=quoted(cells[field]))
    former = tuple(name for name in cells["former"].split(_BETWEEN) if name)
    kind = type_of(cells["type"])
    return Registered(
        cells["id"], cells["county"], kind, cells["name"], float(lon or 0), float(lat or 0), status != "closed", former
    )


def write_register(register: Sequence[Registered], path: Path) -> None:
    """
    Write a register as a CSV for Excel and WPS; the same register gives the same bytes.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    for one in sorted(register, key=lambda one: one.id):
        former = _BETWEEN.join(one.former_names)
        place = (f"{one.lon:.7f}", f"{one.lat:.7f}")
        texts = (one.id, one.county, _type_text(one.type), one.name, former)
        table.writerow((*map(_guarded, texts), *place, _OPEN if one.open else _CLOSED))
    with atomic_output(path) as draft:
        draft.write_bytes(text.getvalue().encode("utf-8-sig"))


def _type_text(kind: str) -> str:
    """As a ledger words it; a word of another field stays."""
    if kind == "none":
        return ""
    return say(f"type.{kind}", "zh") if kind in list(SiteType) else kind


def _guarded(text: str) -> str:
    """A text that no spreadsheet program takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _unguarded(text: str) -> str:
    return text[1:] if text[:1] == "'" and _FORMULA.match(text[1:]) else text
