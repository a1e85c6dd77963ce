"""People per region and per site, in units of 1/1024 person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.access.progress import row_of_name
from catchment.access.reach import people_in_reach
from catchment.model import Cause, Setting, SiteType

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pandas as pd

    from catchment.model import Access, Indices, Ints, Mask, People, Places, ReachSets, Regions, Sites, Standard

UNCOUNTED_TYPES = (SiteType.ZONE, SiteType.COLLEGE, SiteType.TECH)
"""Types that serve firms and students, not the public, unless a project says otherwise."""


def counted_sites(
    sites: Sites,
    uncounted_types: Collection[str] = UNCOUNTED_TYPES,
    counted_ids: Collection[str] = (),
    counted_zones: Sequence[str] = (),
) -> Mask:
    """
    Which sites count for the public: open, and of a type that counts or named one by one.

    Parameters
    ----------
    sites
        The ledger.
    uncounted_types
        Types that serve others: parks, colleges and technical schools by default.
    counted_ids
        Sites that count whatever their type, such as the hall of a park that runs a township (代管).
    counted_zones
        Rows of the targets whose parks count, for the same reason; by the county column of the ledger.

    Returns
    -------
    Shape (sites,).
    """
    frame = sites.frame
    of_counted_type = ~frame["type"].isin(list(uncounted_types)) | frame["site_id"].isin(list(counted_ids))
    if counted_zones:
        of_zone = np.array([row_of_name(county, counted_zones) >= 0 for county in frame["county"]], bool)
        of_counted_type |= of_zone & (frame["type"] == SiteType.ZONE)
    counted: Mask = (of_counted_type & (frame["status"] == "open")).to_numpy(bool)
    return counted


def region_table(
    regions: Regions, people: People, access: Access, *, site_region: Indices, counted: Mask
) -> pd.DataFrame:
    """
    A row per region: its sites, its people by setting, and how many are covered or not and why.

    Columns ``region_id, name, parent, sites_count, counted_sites_count``, then in 1/1024 person ``people, city,
    town, rural, covered, uncovered, no_site, no_road, cut_off, edge_of_data, too_far``.
    """
    count = len(regions)
    table: pd.DataFrame = regions.frame[["region_id", "name", "parent"]].reset_index(drop=True).copy()
    inside = site_region >= 0
    table["sites_count"] = np.bincount(site_region[inside], minlength=count)
    table["counted_sites_count"] = np.bincount(site_region[inside & counted], minlength=count)

    def units(here: Mask) -> Ints:
        return _sum_by(people.region[here], people.units[here], count)

    table["people"] = units(people.region >= 0)
    for setting in Setting:
        table[setting.name.lower()] = units(people.setting == setting)
    table["covered"] = units(access.covered)
    table["uncovered"] = units(~access.covered)
    for cause in Cause:
        if cause != Cause.COVERED:
            table[cause.name.lower()] = units(access.cause == cause)
    return table


def county_table(by_region: pd.DataFrame) -> pd.DataFrame:
    """
    A row per county, the parent of regions: its regions' rows summed exactly, in the order of its first region.

    The columns are those of ``region_table``; ``region_id`` and ``name`` are the parent's name, empty for regions
    that name no parent. Empty where the regions have fewer than two parents: one parent is the whole.

    Examples
    --------
    >>> import pandas as pd
    >>> names = {"region_id": ["1", "2", "3"], "name": ["x", "y", "z"], "parent": ["B", "A", "B"]}
    >>> counties = county_table(pd.DataFrame({**names, "people": [1024, 512, 2048]}))
    >>> counties[["name", "people"]].to_numpy().tolist()
    [['B', 3072], ['A', 512]]
    """
    if not len(by_region) or by_region["parent"].nunique() < 2:
        return by_region.iloc[:0]
    figures = by_region.columns.drop(["region_id", "name", "parent"])
    table = by_region.groupby("parent", sort=False)[list(figures)].sum().reset_index()
    table.insert(0, "region_id", table["parent"])
    table.insert(1, "name", table["parent"])
    return table.assign(parent="")[by_region.columns]


def site_table(
    sites: Sites,
    people: People,
    access: Access,
    *,
    standard: Standard,
    counted: Mask,
    places: Places,
    region_name: Sequence[str],
    reach: ReachSets,
) -> pd.DataFrame:
    """
    A row per site, in the order of ``sites``: whom it serves.

    In 1/1024 person: ``reach`` (all whom it covers by their own rule, whichever site is nearest: who has several
    sites counts for each, so the column adds up to more than the covered), ``catchment`` (all for whom it is the
    nearest counted site under their own rule), ``catchment_covered`` (those of them who are covered) and ``unique``
    (whom only it covers, having no second site within the limit: what closing it would lose). All are 0 for a site
    that does not count. ``gap_m`` is how far it stands from its road, NaN off it.

    Parameters
    ----------
    sites, people
        The ledger and the residents.
    access
        From ``judge``.
    standard
        The rule of each setting.
    counted
        Which sites count, shape (sites,).
    places
        Where each site joins the roads, in the mode of the setting it stands in.
    region_name
        Of each site, empty outside all.
    reach
        Of the sites, under the standard; from ``reach_under_standard``.
    """
    table: pd.DataFrame = sites.frame[["site_id", "name", "type", "status"]].copy()
    table["region"] = list(region_name)
    table["counted"] = counted
    table["gap_m"] = np.where(places.snapped, places.gap_mm / 1000, np.nan)
    served = people_of_sites(people, access, standard=standard, counted=counted, reach=reach)
    return table.assign(**served)


def people_of_sites(
    people: People, access: Access, *, standard: Standard, counted: Mask, reach: ReachSets
) -> dict[str, Ints]:
    """
    Whom each site serves: ``reach, catchment, catchment_covered, unique`` of ``site_table``, each of shape (sites,).

    Parameters
    ----------
    people, access, standard, counted, reach
        As ``site_table``. People whose units are 0 count for nothing, so that some may be left out.
    """
    limit = np.array([standard.rule(setting).limit_mm for setting in Setting])[people.setting]
    alone = access.covered & ((access.second_cost_mm < 0) | (access.second_cost_mm > limit))
    here = {"catchment": access.site >= 0, "catchment_covered": access.covered, "unique": alone}
    in_reach = np.where(counted, people_in_reach(reach, people.units[reach.order]), 0)
    return {
        "reach": in_reach,
        **{name: _sum_by(access.site[these], people.units[these], len(counted)) for name, these in here.items()},
    }


def _sum_by(index: Indices, units: Ints, count: int) -> Ints:
    total = np.zeros(count, np.int64)
    np.add.at(total, index, units)
    return total
