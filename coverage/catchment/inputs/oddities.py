"""What is odd about a sheet of a ledger as a whole: datum, degrees and minutes in disguise, coarse places, types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.inputs.places import place_findings
from catchment.model import SiteType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.inputs.identity import Draft
    from catchment.inputs.places import Place
    from catchment.inputs.records import Part
    from catchment.model import Finding

COARSE_DEGREES = 0.001
"""A last digit worth as much, about 100 m, or more makes a place coarse."""

_FEWEST_MINUTES = 4
"""So many places are asked for before their decimals are suspected: one in eight looks so by chance."""


def part_findings(part: Part, drafts: Sequence[Draft], places: Sequence[Place], *, waiting: int) -> list[Finding]:
    """
    What is said about a sheet or layer after its rows.

    Parameters
    ----------
    part
        The sheet.
    drafts, places
        Its usable rows, and where they stand.
    waiting
        How many repairs are proposed and not applied.
    """
    findings = place_findings(part, list(places))
    coarse = [draft for draft in drafts if draft.step >= COARSE_DEGREES]
    if coarse:
        rows = ", ".join(str(draft.record.row) for draft in coarse[:20])
        findings.append(part.finding("warning", "finding.places_coarse", None, "lon", count=len(coarse), rows=rows))
    if _may_be_minutes(drafts):
        findings.append(part.finding("warning", "finding.minutes_in_disguise", None, "lon", count=len(drafts)))
    known = {str(kind) for kind in SiteType}
    other = sorted({draft.type for draft in drafts if draft.type not in known and draft.record.text("type")})
    if other:
        types = ", ".join(kind[:20] for kind in other[:20])
        findings.append(part.finding("note", "finding.types_unknown", None, "type", count=len(other), types=types))
    if waiting:
        findings.append(part.finding("note", "finding.repairs_waiting", count=waiting))
    return findings


def _may_be_minutes(drafts: Sequence[Draft]) -> bool:
    """Whether all decimals could be minutes and seconds (114.2315 for 114 degrees, 23 minutes, 15 seconds)."""
    fine = [draft for draft in drafts if 0 < draft.step <= COARSE_DEGREES]
    if len(fine) < _FEWEST_MINUTES or len(fine) < len(drafts):
        return False
    return all(_is_minutes(value) for draft in fine for value in (draft.lon, draft.lat))


def _is_minutes(degrees: float) -> bool:
    seconds = round((abs(degrees) % 1) * 1e6)
    return seconds // 10_000 < 60 and seconds // 100 % 100 < 60
