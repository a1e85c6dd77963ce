"""The part of a run that is about one row of the annex: its residents, and the sites that are its own or serve them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.access.gaps import find_gaps
from catchment.access.progress import row_of_name
from catchment.access.tables import county_table, people_of_sites
from catchment.access.totals import totals
from catchment.model import Finding, Progress, StreetParts, Targets
from catchment.outputs.drawing import streets_within

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from catchment.access.travel import Travel
    from catchment.model import (
        Access,
        Indices,
        Ints,
        Mask,
        Mode,
        People,
        ReachSets,
        RoadsMissing,
        Run,
        ServiceAreas,
        Sites,
        Streets,
        Water,
    )

_MARGIN_DEGREES = 0.02
"""So far beyond the outline of the row streets are drawn."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class WholeRun:
    """A run, and what its figures were made of."""

    run: Run
    travels: Mapping[Mode, Travel]
    """To the sites that count."""
    travels_to_all: Mapping[Mode, Travel]
    """To open sites of every type."""
    reach: ReachSets
    """Of the sites, under the standard."""


def row_run(whole: WholeRun, row: int) -> Run | None:
    """
    The run as it is about one row of the annex; ``None`` for a row without regions, such as the city itself.

    Nobody is judged again: the same residents are covered by the same sites as in the whole run, also by sites of
    other rows, which are kept where they are anybody's nearest or second nearest. All figures, also those of sites,
    count the residents of this row alone. Left out are suggestions, what-if, key groups, the tables of the plan and
    findings that are not about its sites.

    Parameters
    ----------
    whole
        Of a project with targets and regions.
    row
        Of the targets.
    """
    run = whole.run
    if run.progress is None or run.regions is None:
        return None
    regions = np.flatnonzero(run.progress.unit_row == row).astype(np.int32)
    if not len(regions):
        return None
    here = np.isin(run.people.region, regions)
    sites = _sites_kept(run, run.progress, row, regions, here)
    people = _people(run.people, here, regions)
    access = _access(run.access, here, sites)
    travels, to_all = (
        {mode: _travel(travel, here) for mode, travel in every.items()}
        for every in (whole.travels, whole.travels_to_all)
    )
    box = _box(run.regions.frame.geometry.iloc[regions].to_numpy())
    by_region = run.by_region.iloc[regions].reset_index(drop=True)
    row_name = run.progress.targets.rows[row]
    own_ids = set(run.sites.frame["site_id"].iloc[np.flatnonzero(run.progress.site_row == row)])
    return replace(
        run,
        name=f"{run.name} {row_name}".strip(),
        sites=_sites(run.sites, sites),
        counted=run.counted[sites],
        site_region=_renumbered(run.site_region[sites], regions),
        unsnapped=run.unsnapped[sites],
        regions=replace(run.regions, frame=run.regions.frame.iloc[regions].reset_index(drop=True), findings=()),
        streets=_streets(run.streets, box),
        people=people,
        access=access,
        totals=totals(people, access, run.standard, travels, to_all),
        by_region=by_region,
        by_county=county_table(by_region),
        by_site=_by_site(whole, here).iloc[sites].reset_index(drop=True),
        findings=(
            Finding("note", "finding.row_alone", {"row": row_name}),
            *(finding for finding in run.findings if finding.facts.get("site") in own_ids),
        ),
        census_check=tuple(check for check in run.census_check if row_of_name(check.name, (row_name,)) == 0),
        gaps=find_gaps(people, access),
        areas={mode: _areas(areas, sites) for mode, areas in run.areas.items()},
        dissolved={mode: _clipped(areas, box) for mode, areas in run.dissolved.items()},
        split={},
        water=None if run.water is None else _water(run.water, box),
        suggestions=None,
        options=None,
        filling=None,
        planned=None,
        groups=(),
        progress=_progress(run.progress, row, sites),
        roads_missing=None if run.roads_missing is None else _roads_missing(run.roads_missing, regions, here),
    )


def _sites_kept(run: Run, progress: Progress, row: int, regions: Indices, here: Mask) -> Indices:
    """Its own sites, those that stand in it, and the two nearest of its residents, ascending."""
    kept = (progress.site_row == row) | np.isin(run.site_region, regions)
    for nearest in (run.access.site, run.access.second_site):
        serving = nearest[here & (run.people.units > 0)]
        kept[serving[serving >= 0]] = True
    return np.flatnonzero(kept).astype(np.int32)


def _renumbered(index: Indices, kept: Indices) -> Indices:
    """Where each index is among those kept, -1 if it is not."""
    at = np.searchsorted(kept, index)
    there = (at < len(kept)) & (kept[np.minimum(at, len(kept) - 1)] == index) if len(kept) else np.zeros(len(at), bool)
    return np.where(there, at, -1).astype(np.int32)


def _people(people: People, here: Mask, regions: Indices) -> People:
    return replace(
        people,
        xy=people.xy[here],
        units=people.units[here],
        point_id=people.point_id[here],
        region=_renumbered(people.region[here], regions),
        setting=people.setting[here],
        left_out_units=0,
    )


def _access(access: Access, here: Mask, sites: Indices) -> Access:
    return replace(
        access,
        cause=access.cause[here],
        site=_renumbered(access.site[here], sites),
        second_site=_renumbered(access.second_site[here], sites),
        cost_mm=access.cost_mm[here],
        second_cost_mm=access.second_cost_mm[here],
        straight_m=access.straight_m[here],
    )


def _travel(travel: Travel, here: Mask) -> Travel:
    """Its sites keep their numbers: only the costs are asked for."""
    return replace(
        travel,
        site=travel.site[here],
        cost_mm=travel.cost_mm[here],
        on_road=travel.on_road[here],
        connected=travel.connected[here],
    )


def _sites(sites: Sites, kept: Indices) -> Sites:
    frame = sites.frame.iloc[kept].reset_index(drop=True)
    ids = set(frame["site_id"])
    return replace(
        sites,
        frame=frame,
        findings=(),
        repairs=(),
        origins={site: origin for site, origin in sites.origins.items() if site in ids},
    )


def _by_site(whole: WholeRun, here: Mask) -> pd.DataFrame:
    run = whole.run
    alone = replace(run.people, units=np.where(here, run.people.units, 0))
    served = people_of_sites(alone, run.access, standard=run.standard, counted=run.counted, reach=whole.reach)
    return run.by_site.assign(**served)


def _box(shapes: NDArray[np.object_]) -> Box:
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return west - _MARGIN_DEGREES, south - _MARGIN_DEGREES, east + _MARGIN_DEGREES, north + _MARGIN_DEGREES


def _streets(streets: Streets, box: Box) -> Streets:
    west, south, east, north = box
    lon, lat = streets.joins_xy.T
    near = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    joined = replace(streets, joins_xy=streets.joins_xy[near], joins_kind=streets.joins_kind[near])
    return streets_within(joined, box)


def _water(water: Water, box: Box) -> Water:
    west, south, east, north = box
    return replace(water, areas=water.areas.cx[west:east, south:north], lines=water.lines.cx[west:east, south:north])


def _areas(areas: ServiceAreas, sites: Indices) -> ServiceAreas:
    """The drawings of the sites that are kept; what streets they reach belongs to the whole run."""
    mine = np.isin(areas.site, sites)
    return replace(
        areas, site=_renumbered(areas.site[mine], sites), polygons=areas.polygons[mine], parts=_no_parts(areas, mine)
    )


def _clipped(areas: ServiceAreas, box: Box) -> ServiceAreas:
    """The drawing of all sites together, as far as it is near the row."""
    every = np.ones(len(areas), bool)
    return replace(
        areas, polygons=shapely.intersection(areas.polygons, shapely.box(*box)), parts=_no_parts(areas, every)
    )


def _no_parts(areas: ServiceAreas, kept: Mask) -> StreetParts:
    few: Ints = np.zeros(0, np.int64)
    lists = int(kept.sum()) * len(areas.limits_mm)
    return StreetParts(np.zeros(lists + 1, np.int64), few.astype(np.int32), few, few)


def _progress(progress: Progress, row: int, sites: Indices) -> Progress:
    targets, one = progress.targets, slice(row, row + 1)
    alone = Targets(
        targets.rows[one], targets.types, targets.counts[one], targets.given[one], targets.cells[one], targets.file
    )
    mine = np.flatnonzero(progress.unit_row == row)
    return Progress(
        targets=alone,
        by_status={status: counts[one] for status, counts in progress.by_status.items()},
        site_row=np.where(progress.site_row[sites] == row, 0, -1).astype(np.int32),
        site_type=progress.site_type[sites],
        uncounted=np.empty(0, np.int32),
        unit_row=np.zeros(len(mine), np.int32),
        unit_name=tuple(progress.unit_name[unit] for unit in mine),
        is_township=progress.is_township[mine],
        has_township_site=progress.has_township_site[mine],
    )


def _roads_missing(found: RoadsMissing, regions: Indices, here: Mask) -> RoadsMissing:
    return replace(
        found,
        by_region=found.by_region.iloc[regions].reset_index(drop=True),
        likely=found.likely[here],
        far_likely=found.far_likely[here],
    )
