"""A workbook of Excel 97 written byte by byte, for tests: no program that can be installed here writes one."""

from __future__ import annotations

import datetime as dt
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SECTOR = 512
END, FREE, OF_TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def old_book(
    sheets: dict[str, Sequence[Sequence[object]]],
    *,
    merged: Sequence[tuple[int, int, int, int]] = (),
    hidden: Sequence[int] = (),
) -> bytes:
    """Sheets of texts and numbers; ``merged`` are top, bottom, left, right and ``hidden`` rows, both counted from 0."""
    bodies = [_sheet(rows, merged, hidden) for rows in sheets.values()]
    names = [name.encode("utf-16-le") for name in sheets]
    opening = _record(0x809, struct.pack("<HHHHII", 0x600, 0x005, 0x1CD2, 1997, 0, 0x600))
    # The first format is plain; cells of the second are hours, minutes and seconds ([h]:mm:ss, number 46).
    opening += b"".join(
        _record(0x0E0, struct.pack("<HHHBBBBIiH", 0, key, 1, 0x20, 0, 0, 0, 0, 0, 0)) for key in (0, 46)
    )
    at = len(opening) + sum(4 + 8 + len(name) for name in names) + 4
    boxes = b""
    for name, body in zip(names, bodies, strict=True):
        boxes += _record(0x085, struct.pack("<IHBB", at, 0, len(name) // 2, 1) + name)
        at += len(body)
    return _compound(opening + boxes + _record(0x00A, b"") + b"".join(bodies))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _sheet(
    rows: Sequence[Sequence[object]], merged: Sequence[tuple[int, int, int, int]], hidden: Sequence[int]
) -> bytes:
    body = _record(0x809, struct.pack("<HHHHII", 0x600, 0x010, 0x1CD2, 1997, 0, 0x600))
    for row in hidden:
        body += _record(0x208, struct.pack("<HHHHIHH", row, 0, 9, 255, 0, 0x20 | 0x100, 0))
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            place = struct.pack("<HHH", number, column, 0)
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                body += _record(0x204, place + struct.pack("<HB", len(text) // 2, 1) + text)
            elif isinstance(value, dt.timedelta):
                of_time = struct.pack("<HHH", number, column, 1)
                body += _record(0x203, of_time + struct.pack("<d", value / dt.timedelta(days=1)))
            elif value is not None:
                body += _record(0x203, place + struct.pack("<d", value))
    if merged:
        body += _record(0x0E5, struct.pack("<H", len(merged)) + b"".join(struct.pack("<4H", *one) for one in merged))
    return body + _record(0x00A, b"")


def _compound(stream: bytes) -> bytes:
    """The stream ``Workbook`` in a compound file: header, table of sectors, directory, content."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // SECTOR)
    table = [OF_TABLE, END, *range(3, count + 2), END]
    assert len(table) <= SECTOR // 4, "one sector holds the whole table"
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0, 0)
    header += struct.pack("<108I", *[FREE] * 108)
    sectors = struct.pack(f"<{SECTOR // 4}I", *table, *[FREE] * (SECTOR // 4 - len(table)))
    entries = _entry("Root Entry", 5, 1, END, 0) + _entry("Workbook", 2, FREE, 2, len(stream))
    return header + sectors + entries.ljust(SECTOR, b"\0") + stream.ljust(count * SECTOR, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    entry = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, FREE, FREE, child)
    return entry + bytes(36) + struct.pack("<IQ", start, size)
