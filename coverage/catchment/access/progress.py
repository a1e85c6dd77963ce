"""How far the plan's targets are met: the sites of a ledger under the rows and types of the table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.inputs.headers import normal
from catchment.model import Progress, SiteType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.model import Indices, Ints, Mask, Regions, Sites, Targets

STATUSES = ("open", "preparing", "planned")
"""What counts for a target, and how; a closed site counts for nothing."""

TOWNSHIP_TYPES = (SiteType.TOWNSHIP, SiteType.VILLAGE)
"""Types whose sites are counted where their township is."""

_LONG = (("经济技术开发区", "经开区"), ("经济开发区", "经开区"), ("高新技术产业开发区", "高新区"))
_ENDING = re.compile(r"(?<=..)(?:市|县|区|county|district|city)$")


def row_of_name(name: str, rows: Sequence[str]) -> int:
    """
    The row of a table that a county's or zone's name means, -1 if none or several.

    市, 县 and 区 at the end may be missing, a name may have the prefecture's before it, and 经济(技术)开发区 is 经开区.

    Examples
    --------
    >>> rows = ["樟树", "袁州区", "经开区", "明月山"]
    >>> [row_of_name(name, rows) for name in ("樟树市", "宜春市袁州区", "宜春经济技术开发区", "明月山景区")]
    [0, 1, 2, 3]
    """
    stem, stems = _stem(name), [_stem(row) for row in rows]
    if stem in stems:
        return stems.index(stem) if stems.count(stem) == 1 else -1
    inside = [
        row
        for row, known in enumerate(stems)
        if len(known) > 1 and not known.isascii() and (stem.startswith(known) or stem.endswith(known))
    ]
    return inside[0] if len(inside) == 1 else -1


def _stem(name: str) -> str:
    text = normal(name)
    for long, short in _LONG:
        text = text.replace(long, short)
    return _ENDING.sub("", text)


def unit_rows(regions: Regions, rows: Sequence[str], *, run_by: Mapping[str, Sequence[str]]) -> tuple[Indices, Mask]:
    """
    The row each region is counted under (-1 none), and which regions are townships with a row stated for themselves.

    In this order: the planner's list, the regions' own column ``annex``, the county they name as their parent, their
    own name (a layer of counties).

    Parameters
    ----------
    regions
        Townships or counties.
    rows
        Of the table of targets.
    run_by
        Names or codes of the townships that a row runs (代管), by row.
    """
    frame = regions.frame
    listed = _listed_units(rows, run_by)
    annex = frame["annex"] if "annex" in frame else [""] * len(frame)
    found, stated = np.full(len(frame), -1, np.int32), np.zeros(len(frame), bool)
    columns = zip(frame["region_id"], frame["name"], frame["parent"], annex, strict=True)
    for unit, (code, name, parent, own) in enumerate(columns):
        named = (listed.get(normal(code), -1), listed.get(normal(name), -1), row_of_name(own, rows))
        said = next((row for row in named if row >= 0), -1)
        stated[unit] = said >= 0
        found[unit] = next((row for row in (said, row_of_name(parent, rows), row_of_name(name, rows)) if row >= 0), -1)
    return found, stated


def _listed_units(rows: Sequence[str], run_by: Mapping[str, Sequence[str]]) -> dict[str, int]:
    return {normal(unit): row_of_name(row, rows) for row, units in run_by.items() for unit in units}


def progress(
    sites: Sites,
    targets: Targets,
    *,
    regions: Regions | None = None,
    site_region: Indices | None = None,
    run_by: Mapping[str, Sequence[str]] | None = None,
) -> Progress:
    """
    The sites of a ledger held against the targets, by row and type.

    A township's or village's site counts for the row that runs its township, where the planner's list or the regions
    state it; any other for the row that the ledger's county column names, else for the row of the region it stands
    in. A site of the city counts for the only row that asks for one. Nothing is counted twice.

    Parameters
    ----------
    sites, targets
        The ledger and the table.
    regions
        Townships or counties; without them the ledger alone says where a site is counted.
    site_region
        Region each site stands in, -1 outside, shape (sites,).
    run_by
        As ``unit_rows``.
    """
    standing = np.full(len(sites), -1, np.int32) if site_region is None else site_region
    units = _no_units(standing) if regions is None else _units(sites, regions, standing, targets, run_by or {})
    frame = sites.frame
    columns = {kind: column for column, kind in enumerate(targets.types)}
    site_type = np.array([columns.get(kind, -1) for kind in frame["type"]], np.int32)
    site_row = _site_rows(sites, targets, units, _listed_units(targets.rows, run_by or {}))
    status = frame["status"].to_numpy()
    here = (site_row >= 0) & (site_type >= 0)
    shape = targets.counts.shape
    by_status = {word: _counted(site_row, site_type, here & (status == word), shape) for word in STATUSES}
    alive = np.isin(status, STATUSES)
    of_townships = alive & (frame["type"] == SiteType.TOWNSHIP).to_numpy() & (units.of_site >= 0)
    return Progress(
        targets=targets,
        by_status=by_status,
        site_row=site_row,
        site_type=site_type,
        uncounted=np.flatnonzero(alive & ~here).astype(np.int32),
        unit_row=units.row,
        unit_name=units.name,
        is_township=np.array([row_of_name(name, targets.rows) < 0 for name in units.name], bool),
        has_township_site=np.isin(np.arange(len(units.name)), units.of_site[of_townships]),
    )


@dataclass(frozen=True, eq=False)
class _Units:
    """The regions, and which of them each site belongs to."""

    name: tuple[str, ...]
    row: Indices
    stated: Mask
    of_site: Indices


def _no_units(standing: Indices) -> _Units:
    return _Units((), np.empty(0, np.int32), np.empty(0, bool), standing)


def _units(
    sites: Sites, regions: Regions, standing: Indices, targets: Targets, run_by: Mapping[str, Sequence[str]]
) -> _Units:
    row, stated = unit_rows(regions, targets.rows, run_by=run_by)
    return _Units(tuple(regions.frame["name"]), row, stated, _units_of_sites(sites, regions, standing))


def _counted(row: Indices, kind: Indices, here: Mask, shape: tuple[int, ...]) -> Ints:
    count = np.zeros(shape, np.int64)
    np.add.at(count, (row[here], kind[here]), 1)
    return count


def _site_rows(sites: Sites, targets: Targets, units: _Units, listed: Mapping[str, int]) -> Indices:
    frame, rows = sites.frame, targets.rows
    of_city = _only_row_of(SiteType.CITY, targets)
    named = {county: row_of_name(county, rows) for county in set(frame["county"])}
    found = np.full(len(frame), -1, np.int32)
    columns = zip(frame["type"], frame["county"], frame["township"], units.of_site.tolist(), strict=True)
    for site, (kind, county, township, unit) in enumerate(columns):
        of_unit = int(units.row[unit]) if unit >= 0 else -1
        if kind == SiteType.CITY and of_city >= 0:
            found[site] = of_city
        elif kind in TOWNSHIP_TYPES and normal(township) in listed:
            found[site] = listed[normal(township)]
        elif kind in TOWNSHIP_TYPES and unit >= 0 and units.stated[unit]:
            found[site] = of_unit
        else:
            found[site] = named[county] if named[county] >= 0 else of_unit
    return found


def _only_row_of(kind: str, targets: Targets) -> int:
    """The row that alone asks for a type, -1 if none or several do."""
    if kind not in targets.types:
        return -1
    asking = np.flatnonzero(targets.counts[:, targets.types.index(kind)])
    return int(asking[0]) if len(asking) == 1 else -1


def _units_of_sites(sites: Sites, regions: Regions, standing: Indices) -> Indices:
    """The region that the ledger names as a site's township, else the one it stands in; -1 if neither is known."""
    by_name: dict[str, list[int]] = {}
    for unit, name in enumerate(regions.frame["name"]):
        by_name.setdefault(normal(name), []).append(unit)
    found = standing.copy()
    for site, township in enumerate(sites.frame["township"]):
        units = by_name.get(normal(township), []) if township else []
        # A name that several counties use says nothing; the place does.
        if len(units) == 1:
            found[site] = units[0]
    return found
