"""Which rows of a ledger are the same site, and what each site is called in the outputs."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from catchment.geo.measure import distance_m, earth_centred

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catchment.inputs.records import Part, Record
    from catchment.model import Finding, Floats

_CLOSE_M = 30.0


@dataclass(frozen=True, eq=False)
class Draft:
    """A usable row on its way to becoming a site."""

    given_id: str
    """As the ledger says, empty if it does not."""
    name: str
    type: str
    status: str
    county: str
    township: str
    address: str
    lon: float
    lat: float
    part: Part
    record: Record
    services: str = ""
    problem: Finding | None = None
    """Why it has no usable coordinates (they are NaN then)."""
    step: float = 0.0
    """What the last written digit of the finer coordinate is worth [degrees]; 0 if unknown."""
    surveyed: bool = False
    """Given in metres of a survey grid."""
    several_files: bool = False
    """The ledger is of several files, so that a row alone does not say where it stands."""

    @cached_property
    def content(self) -> str:
        """What makes the row itself, whatever its place in the file; without coordinates also where it says it is."""
        if math.isnan(self.lon):
            return f"{self.county}|{self.type}|{self.name}|{self.township}|{self.address}"
        return "|".join((self.county, self.type, self.name, f"{self.lon:.6f}", f"{self.lat:.6f}"))

    @property
    def where(self) -> str:
        """The row as a planner finds it."""
        file = self.part.file if self.several_files else ""
        return " ".join(word for word in (file, self.part.sheet, str(self.record.row)) if word)


def identified(drafts: Sequence[Draft]) -> tuple[dict[str, Draft], list[Finding]]:
    """
    Rows by id: their own where it is theirs alone, else one made from the content; and what was odd.

    A row that repeats an earlier one exactly is left out. Rows that share an id but differ all lose it, so that no
    output can mean the wrong one.
    """
    kept, findings = _without_repeats(drafts)
    holders: dict[str, list[Draft]] = defaultdict(list)
    for draft in kept:
        if draft.given_id:
            holders[draft.given_id].append(draft)
    for given, rows in holders.items():
        if len(rows) > 1:
            others = ", ".join(row.where for row in rows[1:20])
            first = rows[0]
            findings.append(
                first.part.finding("warning", "finding.id_shared", first.record, "id", id=given, others=others)
            )
    own = {given: rows[0] for given, rows in holders.items() if len(rows) == 1}
    rest = [draft for draft in kept if own.get(draft.given_id) is not draft]
    made = content_ids((draft.content for draft in rest), taken=own)
    by_id = dict(own)
    for draft in rest:
        earlier = by_id.setdefault(made[draft.content], draft)
        if earlier is not draft:
            findings.append(_repeat(draft, earlier))
    return by_id, findings


def _without_repeats(drafts: Iterable[Draft]) -> tuple[list[Draft], list[Finding]]:
    first: dict[tuple[str, str], Draft] = {}
    findings = []
    for draft in drafts:
        earlier = first.setdefault((draft.given_id, draft.content), draft)
        if earlier is not draft:
            findings.append(_repeat(draft, earlier))
    return list(first.values()), findings


def _repeat(draft: Draft, earlier: Draft) -> Finding:
    return draft.part.finding("warning", "finding.site_repeated", draft.record, "name", first=earlier.where)


def content_ids(contents: Iterable[str], *, taken: Iterable[str] = ()) -> dict[str, str]:
    """
    A short id for each content: ``S-`` and the beginning of its SHA-256, longer where two would be alike.

    Examples
    --------
    >>> content_ids(["a", "b", "a"])
    {'a': 'S-ca978112', 'b': 'S-3e23e816'}
    """
    digests = {content: hashlib.sha256(content.encode()).hexdigest() for content in contents}
    uses: dict[str, int] = defaultdict(int)
    for digest in digests.values():
        uses[f"S-{digest[:8]}"] += 1
    for given in taken:
        uses[given] += 1
    return {
        content: f"S-{digest[:8]}" if uses[f"S-{digest[:8]}"] == 1 else f"S-{digest[:24]}"
        for content, digest in digests.items()
    }


def close_pairs(by_id: Mapping[str, Draft]) -> list[Finding]:
    """Sites of one type less than 30 m from the next: perhaps one site listed twice. Both stay."""
    findings: list[Finding] = []
    rows = sorted(by_id.items(), key=lambda item: (item[1].type, item[0]))
    for _, group in groupby(rows, key=lambda item: item[1].type):
        same = list(group)
        xy = np.array([(draft.lon, draft.lat) for _, draft in same])
        for one, other, metres in _closest(xy):
            (first_id, first), (second_id, second) = same[one], same[other]
            facts: dict[str, str | float] = {"id": first_id, "other": second_id, "others_row": first.where}
            facts["metres"] = round(metres, 1)
            findings.append(second.part.finding("warning", "finding.sites_close", second.record, "name", **facts))
    return findings


def _closest(xy: Floats) -> list[tuple[int, int, float]]:
    """Each place with another one nearer than the limit: that at the same spot, else the nearest; each pair once."""
    spots, first, spot = np.unique(xy, axis=0, return_index=True, return_inverse=True)
    pairs = {(int(first[s]), i): 0.0 for i, s in enumerate(spot.ravel()) if first[s] != i}
    if len(spots) > 1:
        _, neighbours = KDTree(earth_centred(spots)).query(earth_centred(spots), k=2)
        metres = distance_m(spots, spots[neighbours[:, 1]])
        for s in np.flatnonzero(metres < _CLOSE_M):
            one, other = sorted((int(first[s]), int(first[neighbours[s, 1]])))
            pairs[one, other] = float(metres[s])
    return [(one, other, metre) for (one, other), metre in sorted(pairs.items())]
