"""What is the matter with a cell, in colours: to be mended, with a proposal, doubtful, noted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model import Finding

Tone = Literal["bad", "proposal", "warning", "note"]
"""What is the matter with a cell, the worst first; with a proposal it is known how to mend it."""

FILLS: Mapping[Tone, str] = {"proposal": "FFEB9C", "bad": "FFC7CE", "warning": "CFE2F3", "note": "E7E6E6"}
"""Colours, the one that wins first: of a cell to be mended the way to mend it matters."""

_CELL = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}")


def tone_of(finding: Finding) -> Tone:
    """
    The tone of a finding: one that carries the reasons of repairs tells how to mend a cell.

    Examples
    --------
    >>> from catchment.model import Finding
    >>> tone_of(Finding("bad_row", "finding.coordinate_missing", {"cell": "C2"}))
    'bad'
    >>> tone_of(Finding("bad_row", "finding.repair_proposed", {"cell": "C2", "reasons": "..."}))
    'proposal'
    """
    if "reasons" in finding.facts:
        return "proposal"
    return "bad" if finding.level == "bad_row" else finding.level


def cells_of(finding: Finding) -> list[str]:
    """
    The cells that a finding is about; none if it is about a row, a sheet or a file.

    Examples
    --------
    >>> from catchment.model import Finding
    >>> cells_of(Finding("note", "finding.repaired", {"cell": "F5, G5"}))
    ['F5', 'G5']
    >>> cells_of(Finding("note", "finding.row_note", {"cell": "#9"}))
    []
    """
    return [cell for cell in str(finding.facts.get("cell", "")).split(", ") if _CELL.fullmatch(cell)]
