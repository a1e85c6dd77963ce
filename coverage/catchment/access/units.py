"""Which units have a site of their own: every township, and communities and villages of many people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.progress import STATUSES, row_of_name
from catchment.geo.divisions import division_stem
from catchment.inputs.headers import normal
from catchment.inputs.names import plain_name
from catchment.model import UNITS_PER_PERSON, SiteType, UnitCheck, VillageProposal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from catchment.model import Access, Indices, Ints, Mask, People, PlanUnit, Regions, Sites, UnitState

_VILLAGE = re.compile(r"(?:村|社区|居委会|村委会|居民委员会|村民委员会)$")


def units_at_hand(units: Sequence[PlanUnit], counties: Collection[str]) -> tuple[PlanUnit, ...]:
    """
    The units of the counties that a ledger or its regions name; all if these name none of them.

    Examples
    --------
    >>> from catchment.model import PlanUnit
    >>> units = [PlanUnit("360902001", "A", "袁州区"), PlanUnit("360981001", "B", "丰城市")]
    >>> [unit.name for unit in units_at_hand(units, ["丰城"])], len(units_at_hand(units, []))
    (['B'], 2)
    """
    known = list(dict.fromkeys(unit.county for unit in units))
    meant = {known[row] for name in counties if name and (row := row_of_name(name, known)) >= 0}
    return tuple(unit for unit in units if not meant or unit.county in meant)


def units_of_sites(sites: Sites, units: Sequence[PlanUnit], standing: Sequence[str]) -> Indices:
    """
    The township-level unit of each site, -1 if none is known, shape (sites,).

    It is the one that the ledger names as the township, of several of a name the one in the county it names; where
    the ledger names none, the unit it stands in.

    Parameters
    ----------
    sites
        The ledger.
    units
        Of the plan.
    standing
        Name or code of the region each site stands in, empty for none.
    """
    by_name: dict[str, list[int]] = {}
    for number, unit in enumerate(units):
        for name in dict.fromkeys((unit.name, unit.code, *unit.other_names)):
            by_name.setdefault(normal(name), []).append(number)
    columns = zip(sites.frame["township"], sites.frame["county"], standing, strict=True)
    found = [_one_of(by_name.get(normal(township or place), []), county, units) for township, county, place in columns]
    return np.array(found, np.int32)


def _one_of(named: Sequence[int], county: str, units: Sequence[PlanUnit]) -> int:
    if len(named) == 1:
        return named[0]
    here = [unit for unit in named if row_of_name(county, [units[unit].county, units[unit].row]) >= 0]
    return here[0] if len(here) == 1 else -1


def unit_checks(
    sites: Sites, units: Sequence[PlanUnit], unit_of_site: Indices, *, run_by: Mapping[str, Sequence[str]]
) -> tuple[UnitCheck, ...]:
    """
    Every unit with its township sites that are not closed, in the order of ``units``.

    Parameters
    ----------
    sites
        The ledger.
    units
        Of the plan.
    unit_of_site
        From ``units_of_sites``.
    run_by
        Names or codes of the townships that a row of the targets runs (代管); they win over the units' own rows.
    """
    frame = sites.frame
    alive = frame["status"].isin(STATUSES) & (frame["type"] == SiteType.TOWNSHIP)
    listed = {normal(name): row for row, names in run_by.items() for name in names}
    checks = []
    for number, unit in enumerate(units):
        own = frame[(unit_of_site == number) & alive]
        row = next((listed[key] for key in map(normal, (unit.code, unit.name)) if key in listed), "")
        checks.append(
            UnitCheck(
                unit=unit,
                row=row or unit.row or unit.county,
                inferred=unit.inferred,
                state=_state(own["status"]),
                sites=tuple(own["name"]),
            )
        )
    return tuple(checks)


def _state(statuses: Collection[str]) -> UnitState:
    if "open" in set(statuses):
        return "open"
    return "coming" if len(statuses) else "none"


def village_proposals(
    regions: Regions,
    people: People,
    access: Access,
    sites: Sites,
    *,
    site_region: Indices,
    least_people: int,
) -> tuple[VillageProposal, ...]:
    """
    Communities and villages of many people without a site, those with most people not covered first.

    Regions are communities or villages if their codes have twelve digits that say so, or their names do; other
    regions are passed over. A site of the village type counts for the one it stands in and for the one its ledger
    names. Nobody is asked whether premises are there.

    Parameters
    ----------
    regions, people, access, sites
        As the run has them.
    site_region
        Region each site stands in, -1 outside, shape (sites,).
    least_people
        Smaller ones are not proposed [persons].
    """
    frame = regions.frame
    inside = people.region >= 0
    units = _sums(people.region[inside], people.units[inside], len(frame))
    missed = inside & ~access.covered
    uncovered = _sums(people.region[missed], people.units[missed], len(frame))
    served = _with_village_site(regions, sites, site_region)
    proposed = [
        VillageProposal(region_id, name, parent, int(units[at]), int(uncovered[at]))
        for at, (region_id, name, parent) in enumerate(
            zip(frame["region_id"], frame["name"], frame["parent"], strict=True)
        )
        if is_village(region_id, name) and not served[at] and units[at] >= least_people * UNITS_PER_PERSON
    ]
    return tuple(sorted(proposed, key=lambda one: (-one.uncovered, -one.people, one.region_id)))


def is_village(code: str, name: str) -> bool:
    """
    Whether a region is a community or village.

    Examples
    --------
    >>> is_village("360902001001", "x"), is_village("7", "鼓楼社区"), is_village("360902001", "灵泉街道")
    (True, True, False)
    """
    return len(division_stem(code)) == 12 or bool(_VILLAGE.search(name))


def _with_village_site(regions: Regions, sites: Sites, site_region: Indices) -> Mask:
    frame = sites.frame
    own = (frame["status"].isin(STATUSES) & (frame["type"] == SiteType.VILLAGE)).to_numpy()
    served = np.zeros(len(regions), bool)
    served[site_region[own & (site_region >= 0)]] = True
    villages = frame.get("village", frame["township"])
    named = {plain_name(village) for village in villages[own] if village}
    names = [plain_name(name) for name in regions.frame["name"]]
    alone = {name for name in named if names.count(name) == 1}
    by_name: Mask = np.array([name in alone for name in names], bool)
    return served | by_name


def _sums(region: Indices, units: Ints, count: int) -> Ints:
    sums = np.zeros(count, np.int64)
    np.add.at(sums, region, units)
    return sums
