"""A ledger against the kept register of sites: what changed since last quarter, and ids that stay."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from catchment.geo.datum import to_wgs84
from catchment.geo.measure import distance_m
from catchment.inputs.identity import content_ids
from catchment.inputs.matching import STILL_M, Row, paired, rows_of_register, rows_of_sites, within
from catchment.inputs.names import plain_name, plain_region
from catchment.model.register import MatchDoubt, Matching, Registered, SiteMatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from catchment.geo.datum import Datum
    from catchment.model import Floats, Sites
    from catchment.model.register import MatchKind

CORRECTED_M = 200.0
"""A site that moved less had its coordinates corrected [m]."""

_DATUM_M = 20.0
"""So near to where another datum would put it, a site did not move [m]."""

_SHIFTS: tuple[Datum, Datum] = ("gcj02", "bd09")


def matched(sites: Sites, register: Sequence[Registered]) -> Matching:
    """
    A ledger against the register: what is the same, renamed, moved, corrected, closed, reopened or new.

    Rows and registered sites belong together by county, type and plain name; among several by the same place, then the
    register's own id, then by nearness. Then come county and name at the same place (another type), a former name, and
    the same place of county and type under another name (50 m). What fits several is a doubt, and nothing is guessed. A
    row number is no id, and an id alone is no match. What is missing is closed, unless no row is of its county.

    Parameters
    ----------
    sites
        In WGS84.
    register
        With ids that differ.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from catchment.model import Sites
    >>> texts = {"site_id": ["1"], "name": ["秀江就业之家"], "type": "township", "county": "袁州区", "status": "open"}
    >>> sites = Sites(gpd.GeoDataFrame(texts, geometry=gpd.points_from_xy([114.4], [27.8])))
    >>> was = Registered("A7", "袁州区", "township", "秀江街道就业之家", 114.4, 27.8)
    >>> [(match.id, match.kinds) for match in matched(sites, [was]).matches]
    [('A7', ('same',))]
    """
    rows, kept = rows_of_sites(sites), rows_of_register(register)
    pairs, doubts = paired(rows, kept)
    known = {row.at for row, _ in pairs}
    unknown = [row for row in rows if row.at not in known]
    new, repeated = _new_rows(unknown, {doubt.site for doubt in doubts}, taken={one.id for one in register})
    ids = _new_ids(new, taken=[one.id for one in register])
    now = _as_registered(sites)
    counties = {row.county for row in rows}
    asked = {known for doubt in doubts for known in doubt.ids} | {one.id for _, one in pairs}
    matches = [
        *(_found(now[row.at], register[one.at], row.at) for row, one in pairs),
        *(SiteMatch(ids[row.at], ("new",), row.at) for row in new),
        *(_absent(one, expected=plain_region(one.county) in counties) for one in register if one.id not in asked),
    ]
    own = sites.frame["site_id"].tolist()
    doubts = sorted([*doubts, *repeated], key=lambda doubt: (str(own[doubt.site]), doubt.ids))
    return Matching(tuple(sorted(matches, key=lambda match: match.id)), tuple(doubts))


def _as_registered(sites: Sites) -> list[Registered]:
    """What each row says now, under its own id."""
    columns = (sites.frame[name] for name in ("site_id", "county", "type", "name"))
    rows = zip(*columns, *sites.xy.round(7).T.tolist(), (sites.frame["status"] != "closed").tolist(), strict=True)
    return [Registered(*row) for row in rows]


def _new_rows(
    rows: Sequence[Row], doubted: AbstractSet[int], *, taken: AbstractSet[str]
) -> tuple[list[Row], list[MatchDoubt]]:
    """New rows among the unknown; and those that no free id tells from another one, new or doubted, at its place."""
    of_key: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        of_key[row.county, row.type, row.name].append(row)
    alike = {
        row.at
        for those in of_key.values()
        for one, other in combinations(those, 2)
        if not (_free(one.id, taken) and _free(other.id, taken)) and within(one, other, STILL_M)
        for row in (one, other)
    }
    new = [row for row in rows if row.at not in alike | doubted]
    return new, [MatchDoubt(at, (), "repeated") for at in sorted(alike - doubted)]


def _free(own: str, taken: AbstractSet[str]) -> bool:
    return bool(own) and own not in taken


def _new_ids(rows: Sequence[Row], *, taken: Iterable[str]) -> dict[int, str]:
    """Each new row's own id where it is no running number and free, else one made from its content."""
    used = set(taken)
    ids = {row.at: row.id for row in rows if row.id and row.id not in used}
    used |= set(ids.values())
    contents = {
        row.at: "|".join((row.county, row.type, row.name, f"{row.lon:.6f}", f"{row.lat:.6f}"))
        for row in rows
        if row.at not in ids
    }
    made = content_ids(contents.values(), taken=used)
    for at, content in contents.items():
        told, own = content, made[content]
        while own in used:
            told += "+"
            own = content_ids([told])[told]
        ids[at] = own
        used.add(own)
    return ids


def _found(now: Registered, before: Registered, site: int) -> SiteMatch:
    """What changed of a site that is in both."""
    was, here = np.array([[before.lon, before.lat]]), np.array([[now.lon, now.lat]])
    moved_m = float(distance_m(was, here)[0])
    corrected = moved_m < CORRECTED_M or _datum_shift(was, here)
    changes: dict[MatchKind, bool] = {
        "renamed": plain_name(now.name, county=now.county) != plain_name(before.name, county=before.county),
        "retyped": now.type != before.type,
        "moved": moved_m > STILL_M and not corrected,
        "corrected": moved_m > STILL_M and corrected,
        "closed": before.open and not now.open,
        "reopened": now.open and not before.open,
    }
    kinds = tuple(kind for kind, holds in changes.items() if holds)
    return SiteMatch(before.id, kinds or ("same",), site, before, moved_m)


def _datum_shift(was: Floats, here: Floats) -> bool:
    """Whether two places differ as one datum differs from another."""
    there = [(to_wgs84(one, datum), other) for datum in _SHIFTS for one, other in ((was, here), (here, was))]
    return any(float(distance_m(read, other)[0]) <= _DATUM_M for read, other in there)


def _absent(before: Registered, *, expected: bool) -> SiteMatch:
    """A site the ledger does not have: closed, unless the ledger says nothing of its county at all."""
    return SiteMatch(before.id, ("closed",) if before.open and expected else ("same",), before=before)


def registered(matching: Matching, sites: Sites, register: Sequence[Registered]) -> tuple[Registered, ...]:
    """
    The register after a quarter: matched sites as they are now, new ones added, missing ones closed, in order of id.

    Doubtful rows are not in it, and what they may be stays as it was; so do sites of counties the ledger has no row of.

    Parameters
    ----------
    matching
        From ``matched`` of the same sites and register.
    sites, register
        As there.
    """
    now = _as_registered(sites)
    after = {one.id: one for one in register}
    for match in matching.matches:
        before = match.before
        if match.site < 0:
            after[match.id] = replace(after[match.id], open=after[match.id].open and "closed" not in match.kinds)
            continue
        former = () if before is None else before.former_names
        if before is not None and "renamed" in match.kinds:
            former = (*(name for name in former if name != before.name), before.name)
        after[match.id] = replace(now[match.site], id=match.id, former_names=former)
    return tuple(after[known] for known in sorted(after))


def with_register_ids(sites: Sites, matching: Matching) -> Sites:
    """
    Sites under their ids of the register, in the order of these; doubtful ones keep their own where it is free.

    Parameters
    ----------
    sites
        As matched.
    matching
        From ``matched``.
    """
    own: list[str] = sites.frame["site_id"].tolist()
    ids = {match.site: match.id for match in matching.matches if match.site >= 0}
    used = {match.id for match in matching.matches} | {known for doubt in matching.doubts for known in doubt.ids}
    for doubt in matching.doubts:
        made = own[doubt.site]
        while made in used:
            made += "?"
        ids[doubt.site] = made
        used.add(made)
    frame = sites.frame.assign(site_id=[ids[at] for at in range(len(own))])
    origins = {ids[at]: sites.origins[known] for at, known in enumerate(own) if known in sites.origins}
    return replace(sites, frame=frame.sort_values("site_id", kind="stable").reset_index(drop=True), origins=origins)
