"""Sites that may be one site listed twice: by name within a county, or by standing on one spot."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from catchment.inputs.names import plain_name, plain_region
from catchment.model import SiteType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.inputs.identity import Draft
    from catchment.model import Finding

# A vocational college may also be a technical school; a type that is not said may be any.
_SCHOOLS = (str(SiteType.COLLEGE), str(SiteType.TECH))


def same_names(by_id: Mapping[str, Draft]) -> list[Finding]:
    """Sites of one type and county whose names differ at most in what clerks add. All stay; each is listed once."""
    groups: dict[tuple[str, str], list[tuple[str, Draft]]] = defaultdict(list)
    for site_id, draft in sorted(by_id.items()):
        groups[plain_region(draft.county), plain_name(draft.name)].append((site_id, draft))
    findings = []
    for group in groups.values():
        said = set()
        for (first_id, first), (second_id, second) in combinations(group[:20], 2):
            if second_id in said or not _may_be_one(first.type, second.type):
                continue
            said.add(second_id)
            facts = {"other": second_id, "name": second.name, "id": first_id, "others_row": first.where}
            findings.append(second.part.finding("warning", "finding.sites_same_name", second.record, "name", **facts))
    return findings


def _may_be_one(first: str, second: str) -> bool:
    return first == second or "none" in (first, second) or (first in _SCHOOLS and second in _SCHOOLS)


def same_spots(by_id: Mapping[str, Draft]) -> list[Finding]:
    """
    Spots with two sites of different types, or with three and more: a hall that they share, or a guess by a machine.

    Two of one type on a spot are said to be close already.
    """
    spots: dict[tuple[float, float], list[tuple[str, Draft]]] = defaultdict(list)
    for site_id, draft in sorted(by_id.items()):
        spots[draft.lon, draft.lat].append((site_id, draft))
    findings = []
    for (lon, lat), group in sorted(spots.items()):
        if len(group) > 2 or len({draft.type for _, draft in group}) > 1:
            names = ", ".join(f"{draft.name[:20]} ({draft.where})" for _, draft in group[:20])
            part, record = group[0][1].part, group[0][1].record
            place = f"{lon:.6f}, {lat:.6f}"
            findings.append(
                part.finding(
                    "warning", "finding.sites_same_spot", record, "lon", count=len(group), place=place, names=names
                )
            )
    return findings
