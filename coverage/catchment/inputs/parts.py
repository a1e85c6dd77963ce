"""Reading any kind of table or map file as records, and what a run writes down about a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.inputs.layers import read_layers
from catchment.inputs.records import parts_of_sheets
from catchment.inputs.tables import read_sheets
from catchment.model import Source

if TYPE_CHECKING:
    import datetime as dt

    from catchment.files import InputFile
    from catchment.inputs.headers import Wanted
    from catchment.inputs.records import Part
    from catchment.model import Finding, Role


def read_parts(file: InputFile, wanted: Wanted) -> tuple[list[Part], list[Finding]]:
    """
    The records of a table or map file, part by part, and what is odd about the file.

    Raises
    ------
    InputError
        If it cannot be read or lacks a column that is needed.
    """
    if file.kind in ("csv", "xlsx", "xls"):
        sheets, findings = read_sheets(file)
        parts, more = parts_of_sheets(file.path.name, sheets, wanted)
        found = [*findings, *more]
    else:
        parts, found = read_layers(file, wanted)
    return parts, [*found, *(finding for part in parts for finding in part.findings)]


def source_of(
    file: InputFile,
    role: Role,
    *,
    date: dt.date | None = None,
    attribution: str = "",
    licence: str = "",
) -> Source:
    """What a run writes down about a file it has read; ``date`` is the one the file states itself."""
    return Source(role, str(file.path), file.sha256(), date, attribution, licence)
