"""Whether each site is as the plan asks: area, staff, load, street front, building, hotline, notices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from catchment.model import UNITS_PER_PERSON, FitItem, SiteFit, SiteType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catchment.model import FitState, Indices, Ints, Plan, Regions, Room, Sites

COLUMNS = ("street_front", "single_building", "notices", "service_ledger")
"""Columns of a ledger that say yes or no."""


def residents_of_sites(
    sites: Sites, catchment: Ints, *, regions: Regions | None, by_region: Ints, site_region: Indices
) -> Ints:
    """
    The people that a site is for [1/1024 person], shape (sites,).

    A township's site is for the residents of the region it stands in, one of the county or city for those of all
    regions with the same parent; any other, and one outside all regions, for its catchment.

    Parameters
    ----------
    sites
        The ledger.
    catchment
        People for whom it is the nearest, shape (sites,).
    regions
        Townships; without them everybody has their catchment.
    by_region
        Residents of each region, shape (regions,).
    site_region
        Region each site stands in, -1 outside, shape (sites,).
    """
    residents = catchment.copy()
    if regions is None:
        return residents
    parents = regions.frame["parent"].to_numpy()
    for site, (kind, region) in enumerate(zip(sites.frame["type"], site_region.tolist(), strict=True)):
        if region < 0:
            continue
        if kind == SiteType.TOWNSHIP:
            residents[site] = by_region[region]
        elif kind in (SiteType.COUNTY, SiteType.CITY):
            residents[site] = by_region[parents == parents[region]].sum()
    return residents


def site_fits(sites: Sites, plan: Plan, *, catchment: Ints, residents: Ints) -> tuple[SiteFit, ...]:
    """
    A checklist for each site that is not closed, in the order of ``sites``.

    What the plan does not ask of a type is no item. An item the ledger is blank about is ``unknown``: nobody has
    said that it is lacking.

    Parameters
    ----------
    sites
        The ledger.
    plan
        What it asks.
    catchment
        People for whom each is the nearest counted site [1/1024 person], shape (sites,).
    residents
        People each is for, from ``residents_of_sites`` [1/1024 person], shape (sites,).
    """
    fits = []
    for site, row in enumerate(sites.frame.to_dict("records")):
        if row["status"] == "closed":
            continue
        people, own = int(residents[site]), int(catchment[site])
        staff, area = _number(row, "staff"), _number(row, "area_m2")
        fits.append(
            SiteFit(
                site=site,
                people=people,
                catchment=own,
                per_staff=own / UNITS_PER_PERSON / staff if staff else None,
                per_100m2=own / UNITS_PER_PERSON / area * 100 if area else None,
                items=tuple(_items(row, plan, people, own)),
            )
        )
    return tuple(fits)


def _items(row: Mapping[Any, Any], plan: Plan, people: int, catchment: int) -> Iterator[FitItem]:
    room = plan.room_for(row["type"], people // UNITS_PER_PERSON)
    if room is not None:
        yield from _room_items(row, room, catchment)
    for key in COLUMNS:
        if key in plan.asked:
            yield _said(key, row.get(key, ""))
    way = row.get("way", "")
    # Nothing is to be newly built: what exists is upgraded, exchanged, shared or merged.
    yield FitItem("way", "unknown" if not way else "unmet" if way == "way.new_building" else "met", way or None)
    kind = plan.type_of(row["type"])
    if kind is not None and kind.hotline:
        yield _said("hotline", row.get("hotline", ""))
        yield _said("complaint", row.get("complaint", ""))


def _room_items(row: Mapping[Any, Any], room: Room, catchment: int) -> Iterator[FitItem]:
    area, staff = _number(row, "area_m2"), _number(row, "staff")
    if room.area_m2 is not None:
        yield FitItem("area", _least(area, room.area_m2), area, room.area_m2)
    if room.staff is not None:
        yield FitItem("staff", _least(staff, room.staff), staff, room.staff)
    if room.people_per_staff is not None:
        load = catchment / UNITS_PER_PERSON / staff if staff else None
        state: FitState = "unknown" if load is None else "met" if load <= room.people_per_staff else "unmet"
        yield FitItem("load", state, load, room.people_per_staff)


def _least(found: float | None, asked: float) -> FitState:
    return "unknown" if found is None else "met" if found >= asked else "unmet"


def _said(key: str, answer: str) -> FitItem:
    return FitItem(key, "met" if answer == "yes" else "unmet" if answer == "no" else "unknown", answer or None)


def _number(row: Mapping[Any, Any], column: str) -> float | None:
    value = row.get(column)
    return None if value is None or math.isnan(value) else float(value)
