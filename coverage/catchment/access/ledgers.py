"""Two ledgers of one area: which rows are the same site, and why a site serves otherwise than before."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.compare import SAME_PLACE_M
from catchment.geo.measure import distance_m
from catchment.model import ChangeCause

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catchment.model import Codes, Mask, Sites


@dataclass(frozen=True, eq=False)
class LedgerChanges:
    """Why each row of two ledgers is another: ``ChangeCause``, -1 where it serves as before."""

    before: Codes
    """Shape (sites before,)."""
    after: Codes
    """Shape (sites after,)."""

    def kept(self, came: Iterable[ChangeCause]) -> Mask:
        """
        The rows of a ledger in which some causes have come, of both ledgers one after another, shape (b + a,).

        A site is taken as the ledger after has it where its cause has come or it serves as before.
        """
        causes = [int(cause) for cause in came]
        old = (self.before >= 0) & ~np.isin(self.before, causes)
        return np.concatenate([old, (self.after < 0) | np.isin(self.after, causes)])


def ledger_changes(
    before: Sites, after: Sites, *, counted_before: Mask, counted_after: Mask, other_datum: bool = False
) -> LedgerChanges:
    """
    Why sites serve otherwise than before: opened, closed, moved or their coordinates corrected.

    A site that counts and stands elsewhere has moved if its address is another one. At the same address its coordinates
    were corrected, and so where neither ledger gives an address but its coordinates are of another datum, or it is
    within a metre. Without any address it has moved.

    Parameters
    ----------
    before, after
        The ledgers.
    counted_before, counted_after
        Which sites count by the rules before and by those after, shape (2, sites).
    other_datum
        The coordinates of both were written in different datums.
    """
    pairs = same_sites(before, after)
    first, second = np.full(len(before), -1, np.int8), np.full(len(after), -1, np.int8)
    matched_before, matched_after = {row for row, _ in pairs}, {row for _, row in pairs}
    for row in range(len(before)):
        if row not in matched_before and counted_before[:, row].any():
            first[row] = ChangeCause.CLOSED
    for row in range(len(after)):
        if row not in matched_after and counted_after[:, row].any():
            second[row] = ChangeCause.OPENED
    for old, new in pairs:
        cause = _cause(counted_before[:, old], counted_after[:, new])
        if cause is None and counted_after[:, new].any():
            cause = _shift(before, old, after, new, other_datum=other_datum)
        if cause is not None:
            first[old] = second[new] = cause
    return LedgerChanges(first, second)


def _cause(before: Mask, after: Mask) -> ChangeCause | None:
    """Opened or closed by any of the rules, else by the rules after; nothing where it counts as before."""
    if np.array_equal(before, after):
        return None
    if before.any() == after.any():
        return ChangeCause.OPENED if after[1] and not before[1] else ChangeCause.CLOSED
    return ChangeCause.OPENED if after.any() else ChangeCause.CLOSED


def _shift(before: Sites, old: int, after: Sites, new: int, *, other_datum: bool) -> ChangeCause | None:
    here, there = before.xy[[old]], after.xy[[new]]
    if np.array_equal(here, there):
        return None
    addresses = [_text(sites.frame["address"].iloc[row]) for sites, row in ((before, old), (after, new))]
    if addresses[0] != addresses[1]:
        return ChangeCause.MOVED
    known = addresses[0] or other_datum or distance_m(here, there)[0] <= SAME_PLACE_M
    return ChangeCause.CORRECTED if known else ChangeCause.MOVED


def same_sites(before: Sites, after: Sites) -> list[tuple[int, int]]:
    """
    Rows of both ledgers that are one site: by id, else by county, type and name where those are theirs alone.

    A ledger without numbers makes ids of what stands in the row, so that a site which moves gets another.
    """
    ids = {site: row for row, site in enumerate(after.frame["site_id"])}
    pairs = [(row, ids[site]) for row, site in enumerate(before.frame["site_id"]) if site in ids]
    taken = {old for old, _ in pairs}, {new for _, new in pairs}
    named = []
    for sites, used in zip((before, after), taken, strict=True):
        rows = [(key, row) for row, key in enumerate(_keys(sites)) if row not in used]
        often = Counter(key for key, _ in rows)
        named.append({key: row for key, row in rows if often[key] == 1})
    return sorted(pairs + [(row, named[1][key]) for key, row in named[0].items() if key in named[1]])


def _keys(sites: Sites) -> list[tuple[str, str, str]]:
    columns = ([_text(value) for value in sites.frame[name]] for name in ("county", "type", "name"))
    return list(zip(*columns, strict=True))


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
