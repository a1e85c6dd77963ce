"""From what was read to who is covered, who is not and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from catchment.access.areas import dissolved_areas, service_areas, split_areas
from catchment.access.gaps import find_gaps
from catchment.access.reach import reach_under_standard
from catchment.access.tables import counted_sites, county_table, region_table, site_table
from catchment.access.totals import totals
from catchment.geo.shapes import polygon_of
from catchment.model import UNITS_PER_PERSON, Finding, Places, Run, Setting
from catchment.pipeline.asked import answered
from catchment.pipeline.criteria import with_merits
from catchment.pipeline.digest import choices_of, digest_of
from catchment.pipeline.explain import explained
from catchment.pipeline.groups import groups_covered
from catchment.pipeline.judged import judged, travels_to
from catchment.pipeline.network import MODES, Network, only
from catchment.pipeline.options import options_of
from catchment.pipeline.plan import plan_findings, planned
from catchment.pipeline.roads_missing import roads_missing_of
from catchment.pipeline.stopwatch import Stopwatch
from catchment.pipeline.suggest import advised
from catchment.pipeline.survey import with_field_notes
from catchment.pipeline.targets import progress_findings, progress_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from catchment.config import Settings
    from catchment.model import (
        Access,
        Codes,
        Indices,
        Mask,
        Mode,
        People,
        ReachSets,
        Regions,
        ServiceAreas,
        Sites,
        Standard,
    )
    from catchment.pipeline.judged import Judged
    from catchment.pipeline.read import Inputs
    from catchment.words import Language

BANDS = 3
"""Service areas are drawn at 5, 10 and 15 minutes of a 15-minute rule, and so for kilometres."""

ALLOWANCE_M: Mapping[Mode, float] = {"walk": 50.0, "road": 100.0}
"""How far an area reaches beyond its streets [m]."""

CELL_M: Mapping[Mode, float] = {"walk": 10.0, "road": 50.0}
"""Cells of the grid on which areas are drawn [m]; by road the coarsest the allowance permits, for small outlines."""


def assess(inputs: Inputs, settings: Settings, *, language: Language = "en", watch: Stopwatch | None = None) -> Run:
    """
    Judge everybody and total it up.

    Parameters
    ----------
    inputs
        From ``read_inputs``.
    settings
        The standard, and how roads are joined.
    language
        Of the outputs.
    watch
        Told of each stage.

    Raises
    ------
    InputError
        If nobody lives in the regions, or the census is of other units or of other people.
    SettingsError
        If urban and rural people are to be calibrated apart, but the census and the settings define them differently;
        if a swap that is asked for cannot be meant.
    """
    watch = watch or Stopwatch()
    return assess_judged(inputs, settings, judged(inputs, settings, watch), language=language, watch=watch)


def assess_judged(inputs: Inputs, settings: Settings, ground: Judged, *, language: Language, watch: Stopwatch) -> Run:
    """
    Total up what is judged already, for whoever needs the ground as well.

    Parameters
    ----------
    inputs, settings, language, watch
        As ``assess``.
    ground
        From ``judged``.

    Raises
    ------
    SettingsError
        If a swap that is asked for cannot be meant.
    """
    sites, regions, standard = inputs.sites, inputs.regions, settings.standard.standard()
    settled, networks, counted, access = ground.settled, ground.networks, ground.counted, ground.access
    people = settled.people
    groups, on_groups = groups_covered(inputs.groups, regions, people, access)
    with watch.stage("access"):
        travels_to_all = travels_to(networks, counted_sites(sites, ()), settings)
    site_setting = settled.setting_at(sites.xy)
    own = _places_by_own_setting(networks, standard, site_setting)
    site_region = _site_regions(sites, regions)
    by_region = _by_region(people, access, regions, site_region, counted)
    with watch.stage("areas"):
        areas, dissolved, split = _drawings(networks, sites, counted, _asked_to_walk(standard, site_setting), settings)
    against_targets = progress_of(inputs, settings)
    reach = reach_of_sites(ground, settings)
    by_site = site_table(
        sites,
        people,
        access,
        standard=standard,
        counted=counted,
        places=own,
        region_name=_region_names(regions, site_region),
        reach=reach,
    )
    held = planned(inputs, settings, ground, against_targets, by_site=by_site, reach=reach, site_region=site_region)
    gaps = find_gaps(people, access)
    with watch.stage("suggest"):
        advice = advised(inputs, settings, ground, gaps, progress=watch.plan_found)
    with watch.stage("asked"):
        advice = answered(inputs, settings, ground, advice)
    with watch.stage("criteria"):
        advice = with_merits(inputs, settings, ground, advice)
        advice = explained(inputs, settings, ground, advice)
        advice = with_field_notes(inputs, settings, advice)
    with watch.stage("options"):
        options, room = options_of(ground, settings, advice)
    return Run(
        name=settings.name,
        date=settings.date or inputs.newest,
        language=language,
        standard=standard,
        settlement_rule=settled.rule,
        settlement_details=settled.details,
        synthetic=settings.map.synthetic,
        review_number=settings.map.review_number,
        profile=settings.map.profile,
        sites=sites,
        counted=counted,
        site_region=site_region,
        unsnapped=~own.snapped & ~sites.approximate,
        regions=regions,
        streets=inputs.streets,
        people=people,
        access=access,
        totals=totals(people, access, standard, ground.travels, travels_to_all),
        by_region=by_region,
        by_county=county_table(by_region),
        by_site=by_site,
        findings=(
            *inputs.findings,
            *settled.findings,
            *on_groups,
            *_join_findings(networks, own, sites, people, settings),
            *(advice.findings if advice else ()),
            *progress_findings(against_targets, inputs, settings),
            *plan_findings(held, against_targets, inputs, settings),
            *room,
        ),
        sources=inputs.sources,
        census_check=settled.census_check,
        gaps=gaps,
        areas=areas,
        dissolved=dissolved,
        split=split,
        suggestions=advice.suggestions if advice else None,
        options=options,
        digest=digest_of(inputs, settings),
        choices=choices_of(settings),
        water=inputs.water,
        base=settings.map.basemap(),
        progress=against_targets,
        planned=held,
        filling=advice.filling if advice else None,
        groups=groups,
        roads_missing=roads_missing_of(inputs, settings, ground),
    )


def reach_of_sites(ground: Judged, settings: Settings) -> ReachSets:
    """Everybody whom each counted site covers, in the order of the sites."""
    return reach_under_standard(
        ground.settled.people,
        settings.standard.standard(),
        {mode: network.roads for mode, network in ground.networks.items()},
        {mode: only(network.sites, ground.counted) for mode, network in ground.networks.items()},
        {mode: network.people for mode, network in ground.networks.items()},
        count_gaps=settings.roads.count_gaps,
        threads=2,
    )


def _drawings(
    networks: Mapping[Mode, Network], sites: Sites, counted: Mask, on_foot: Mask, settings: Settings
) -> tuple[dict[Mode, ServiceAreas], ...]:
    """By mode: the areas of the counted sites of that mode, the same as one, and the roads shared out by site."""
    areas = {mode: _areas(networks[mode], sites, counted & (on_foot == (mode == "walk")), settings) for mode in MODES}
    dissolved = {mode: dissolved_areas(of_mode) for mode, of_mode in areas.items()}
    split = {
        mode: _areas(network, sites, counted, settings, draw=split_areas, bands=(BANDS,))
        for mode, network in networks.items()
    }
    return areas, dissolved, split


def _areas(
    network: Network,
    sites: Sites,
    drawn: Mask,
    settings: Settings,
    *,
    draw: Callable[..., ServiceAreas] = service_areas,
    bands: Sequence[int] = range(1, BANDS + 1),
) -> ServiceAreas:
    """Areas of some sites in one mode, at some thirds of the limit."""
    mode, standard = network.roads.mode, settings.standard.standard()
    limit_mm = (standard.city if mode == "walk" else standard.rural).limit_mm
    return draw(
        network.roads,
        sites,
        only(network.sites, drawn),
        limits_m=[limit_mm * band / BANDS / 1000 for band in bands],
        allowance_m=ALLOWANCE_M[mode],
        cell_m=CELL_M[mode],
        count_gaps=settings.roads.count_gaps,
    )


def _places_by_own_setting(networks: Mapping[Mode, Network], standard: Standard, setting: Codes) -> Places:
    """Where each site joins the roads, in the mode of the setting it stands in."""
    on_foot = _asked_to_walk(standard, setting)
    walk, road = networks["walk"].sites, networks["road"].sites
    return Places(
        np.where(on_foot, walk.edge, road.edge).astype(np.int32),
        np.where(on_foot, walk.offset_mm, road.offset_mm),
        np.where(on_foot, walk.gap_mm, road.gap_mm),
    )


def _asked_to_walk(standard: Standard, setting: Codes) -> Mask:
    """Which settings have a walking rule, by place."""
    walking: Mask = np.array([standard.rule(kind).mode == "walk" for kind in Setting])[setting]
    return walking


def _site_regions(sites: Sites, regions: Regions | None) -> Indices:
    if regions is None:
        return np.full(len(sites), -1, np.int32)
    return polygon_of(sites.xy, regions.frame.geometry.to_numpy())


def _region_names(regions: Regions | None, site_region: Indices) -> list[str]:
    names = [] if regions is None else regions.frame["name"].tolist()
    return [names[region] if region >= 0 else "" for region in site_region]


def _by_region(
    people: People, access: Access, regions: Regions | None, site_region: Indices, counted: Mask
) -> pd.DataFrame:
    if regions is None:
        return pd.DataFrame()
    return region_table(regions, people, access, site_region=site_region, counted=counted)


def _join_findings(
    networks: Mapping[Mode, Network], own: Places, sites: Sites, people: People, settings: Settings
) -> list[Finding]:
    """What joining sites and people to the roads, and people to regions, left aside."""
    file = settings.inputs.sites.name
    off_road = sites.frame[~own.snapped & ~sites.approximate]
    findings = [
        Finding("warning", "finding.site_off_road", {"site": site, "name": name}, file=file)
        for site, name in zip(off_road["site_id"], off_road["name"], strict=True)
    ]
    for mode, network in networks.items():
        if network.people.passed_over_count:
            facts = {"mode": mode, "count": network.people.passed_over_count}
            findings.append(Finding("note", f"finding.islets_passed_{mode}", facts, file=settings.inputs.roads.name))
    if people.left_out_units:
        count = round(people.left_out_units / UNITS_PER_PERSON)
        findings.append(
            Finding("note", "finding.people_outside_regions", {"count": count}, file=settings.inputs.population.name)
        )
    return findings
