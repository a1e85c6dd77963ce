"""Everything a project names, read and looked at together; nothing is computed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Literal

from catchment.config import Credit
from catchment.demand.controls import control_units
from catchment.errors import InputError, SettingsError
from catchment.files import InputFile, kind_of, open_input
from catchment.inputs.census import read_census
from catchment.inputs.edits import read_edits
from catchment.inputs.groups import read_groups
from catchment.inputs.ledgers import ledger_files, ledger_sha256
from catchment.inputs.lines import KINDS as LINE_KINDS
from catchment.inputs.lines import read_lines
from catchment.inputs.parts import source_of
from catchment.inputs.plan import read_plan
from catchment.inputs.premises import joined_premises, no_premises, read_premises, without_houses
from catchment.inputs.regions import read_outline, read_regions
from catchment.inputs.urban import read_urban
from catchment.inputs.water import read_water
from catchment.inputs.whereabouts import with_whereabouts
from catchment.model import Finding, Source
from catchment.network.edits import edit_streets
from catchment.network.lines import join_lines
from catchment.network.osm import ATTRIBUTION, LICENCE, read_osm
from catchment.network.osm import KINDS as OSM_KINDS
from catchment.pipeline.census import matching_findings
from catchment.pipeline.datum import AskedFor, in_wgs84
from catchment.pipeline.locate import ledger_of, placed_in_wgs84
from catchment.pipeline.population import people_of_project
from catchment.pipeline.register import known_sites
from catchment.pipeline.scene import on_the_street, read_scene
from catchment.pipeline.stopwatch import Stopwatch
from catchment.pipeline.survey import survey_of
from catchment.pipeline.targets import refuse_unfillable, targets_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from catchment.config import RoadSettings, Settings
    from catchment.model import (
        Census,
        EditedStreets,
        Floats,
        KeyGroups,
        Mask,
        Plan,
        Population,
        Premises,
        Regions,
        RoadEdits,
        Scene,
        Sites,
        Streets,
        Survey,
        Targets,
        UrbanAreas,
        Water,
    )
    from catchment.pipeline.datum import DatumFits

OSM_CREDIT = Credit(attribution=ATTRIBUTION, licence=LICENCE)

NEAR_DEGREES = 0.5
"""Sites this far outside the road data may still be meant; farther ones are in another place."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a run has read."""

    sites: Sites
    streets: Streets
    population: Population
    regions: Regions | None
    urban: UrbanAreas | None
    census: Census | None
    sources: tuple[Source, ...]
    roads_area: BaseGeometry | None
    """How far the planner says the road data reaches; the box of the file where he does not."""
    premises: Premises | None
    """The planner's own, and those of the road file if sites are to be suggested; ``None`` if there are neither."""
    newest: dt.date
    findings: tuple[Finding, ...]
    edited: tuple[Streets, EditedStreets] | None = None
    """The streets before the what-if edits, and where they are in ``streets``."""
    water: Water | None = None
    """Of the road file; ``None`` if that is a layer of lines."""
    targets: Targets | None = None
    """How many sites the plan asks for."""
    scene: Scene | None = None
    """What candidates are judged by; ``None`` if no sites are to be suggested."""
    survey: Survey | None = None
    """What was found at places that were visited."""
    groups: KeyGroups | None = None
    """People of key groups by unit."""
    plan: Plan | None = None
    """What the plan of the network says."""
    datum_fits: DatumFits | None = None
    """How well each datum fits the ledger; ``None`` where no map service shifts coordinates."""


def read_inputs(settings: Settings, *, cache: Path | None = None, watch: Stopwatch | None = None) -> Inputs:
    """
    Read every file of a project and see whether they lie in the same place.

    Parameters
    ----------
    settings
        The project.
    cache
        Folder for parsed streets; ``None`` parses afresh.
    watch
        Told of each stage.

    Raises
    ------
    InputError
        If a file cannot be used, does not overlap the roads, or the census is of other units than the regions.
    SettingsError
        If there is a census or a table of key groups without regions.
    """
    watch = watch or Stopwatch()
    files = settings.inputs
    if files.census and not files.regions:
        raise SettingsError("error.census_needs_regions", file=files.census.name)
    if files.groups and not files.regions:
        raise SettingsError("error.groups_need_regions", file=files.groups.name)
    refuse_unfillable(settings)
    with watch.stage("sites"):
        ledger = ledger_of(settings)
        targets = targets_of(settings)
        plan = read_plan(files.plan) if files.plan else None
    with watch.stage("regions"):
        regions = read_regions(files.regions) if files.regions else None
        urban = read_urban(files.urban) if files.urban else None
        census = read_census(files.census) if files.census else None
        matching = _matching_findings(regions, census, settings)
    with watch.stage("roads"):
        streets, line_findings = read_roads(files.roads, settings.roads, cache=cache)
        edits = read_edits(files.edits) if files.edits else None
        edited = edit_streets(streets, barriers=edits.barriers, links=edits.links) if edits else None
        water, water_findings = _water(files.roads, cache)
        survey = survey_of(settings, streets)
    with watch.stage("sites"):
        asked = AskedFor(settings.sites.datum, files.sites.name, "sites.datum", settings.sites.datum_by_county)
        located, datum_fits = in_wgs84(ledger.sites, asked, streets=streets, regions=regions)
        sites = placed_in_wgs84(replace(ledger, sites=located), settings, regions, cache=cache)
        sites = with_whereabouts(sites, regions) if regions else sites
        sites = known_sites(sites, settings.sites.register_file) if settings.sites.register_file else sites
    premises = _premises(settings, streets, cache, watch)
    with watch.stage("premises"):
        scene, on_scene = read_scene(settings, cache=cache)
        if premises is not None and scene is not None and settings.siting.must_be_street_front:
            named = (files.premises or files.roads).name
            premises, off_street = on_the_street(premises, edited.streets if edited else streets, scene, file=named)
            on_scene = (*on_scene, *off_street)
    with watch.stage("population"):
        population, on_people = people_of_project(settings, regions, census)
        groups = read_groups(files.groups) if files.groups else None
    _refuse_elsewhere(sites, population, streets, settings)
    findings = (
        *sites.findings,
        *(targets.findings if targets else ()),
        *(plan.findings if plan else ()),
        *(regions.findings if regions else ()),
        *(urban.findings if urban else ()),
        *(census.findings if census else ()),
        *matching,
        *population.findings,
        *on_people,
        *(groups.findings if groups else ()),
        *(premises.findings if premises else ()),
        *on_scene,
        *(survey.findings if survey else ()),
        *line_findings,
        *(edits.findings if edits else ()),
        *_edit_findings(edits, edited, files.edits),
        *street_findings(streets, files.roads.name),
        *water_findings,
        *_far_site_findings(sites, streets, files.sites.name),
    )
    return Inputs(
        sites=sites,
        streets=edited.streets if edited else streets,
        edited=(streets, edited) if edited else None,
        population=population,
        regions=regions,
        urban=urban,
        census=census,
        sources=_sources(settings, streets),
        roads_area=read_outline(files.roads_area) if files.roads_area else None,
        premises=premises,
        newest=_newest(settings, streets),
        findings=findings,
        water=water,
        targets=targets,
        scene=scene,
        survey=survey,
        groups=groups,
        plan=plan,
        datum_fits=datum_fits,
    )


def _premises(settings: Settings, streets: Streets, cache: Path | None, watch: Stopwatch) -> Premises | None:
    """The planner's own premises, then, if sites are to be suggested, those of the road file."""
    files, siting = settings.inputs, settings.siting
    found = []
    with watch.stage("premises"):
        if files.premises is not None:
            own = read_premises(files.premises, cache=cache, repair=settings.sites.repair, grid=settings.sites.grid)
            if (own.frame["source"] == "table").all():
                datum = siting.premises_datum or settings.sites.datum
                asked = AskedFor(datum, files.premises.name, "siting.premises_datum", {})
                own, _ = in_wgs84(own, asked, streets=streets, regions=None)
            found.append(own)
        if siting.asked:
            of_osm = open_input(files.roads, *OSM_KINDS, *LINE_KINDS).kind in OSM_KINDS
            public = read_premises(files.roads, cache=cache) if of_osm else no_premises()
            found.append(public if siting.fill_targets else without_houses(public))
    return reduce(joined_premises, found) if found else None


def _matching_findings(regions: Regions | None, census: Census | None, settings: Settings) -> list[Finding]:
    if regions is None or census is None:
        return []
    return matching_findings(regions, control_units(regions, census), census, settings)


def read_roads(path: Path, roads: RoadSettings, *, cache: Path | None) -> tuple[Streets, tuple[Finding, ...]]:
    """
    Read streets of an OSM file or of a planner's layer of lines: its content tells which.

    Raises
    ------
    InputError
        If it is neither, or cannot be used.
    """
    if open_input(path, *OSM_KINDS, *LINE_KINDS).kind in OSM_KINDS:
        return read_osm(path, cache=cache), ()
    fields: Mapping[str, str] = {str(field): column for field, column in roads.fields.items()}
    lines = read_lines(path, layer=roads.layer, fields=fields)
    return join_lines(lines, tolerance_m=roads.tolerance_m), lines.findings


def _water(path: Path, cache: Path | None) -> tuple[Water | None, list[Finding]]:
    """Water of an OSM file. Nothing is measured by it, so a file that it cannot be read from is only noted."""
    file = open_input(path, *OSM_KINDS, *LINE_KINDS)
    if file.kind not in OSM_KINDS:
        return None, []
    try:
        water = read_water(file, cache=cache)
    except InputError as problem:
        return None, [Finding("note", "finding.water_unread", {"reason": str(problem.facts["reason"])}, file=path.name)]
    broken = {"count": water.broken_count}
    return water, [Finding("note", "finding.broken_water", broken, file=path.name)] if water.broken_count else []


def _edit_findings(edits: RoadEdits | None, edited: EditedStreets | None, path: Path | None) -> list[Finding]:
    """What the what-if edits did."""
    if edits is None or edited is None or path is None:
        return []
    counts = {"closed": edited.closed_count, "joined": edited.joined_count}
    facts = {"barriers": len(edits.barriers), "links": len(edits.links), **counts}
    level: Literal["warning", "note"] = "note"
    if (edits.barriers and not edited.closed_count) or (edits.links and not edited.joined_count):
        level = "warning"
    return [Finding(level, "finding.edits_made", facts, path.name)]


def street_findings(streets: Streets, file: str) -> list[Finding]:
    """What the road reader counted, as lines of the data report."""
    return [
        Finding("note", f"finding.{oddity}", {"count": count}, file=file)
        for oddity, count in streets.oddities.items()
        if count
    ]


def _refuse_elsewhere(sites: Sites, population: Population, streets: Streets, settings: Settings) -> None:
    files, bounds = settings.inputs, streets.bounds
    if not _inside(population.xy, bounds).any():
        raise InputError(
            "error.population_elsewhere",
            population=files.population.name,
            found=_extent(population.xy),
            roads=files.roads.name,
            expected=_extent_of(bounds),
        )
    if _inside(sites.xy, bounds, margin=NEAR_DEGREES).any():
        return
    swapped = _inside(sites.xy[:, ::-1], bounds, margin=NEAR_DEGREES).any()
    raise InputError(
        "error.sites_swapped" if swapped else "error.sites_elsewhere",
        sites=files.sites.name,
        found=_extent(sites.xy),
        roads=files.roads.name,
        expected=_extent_of(bounds),
    )


def _far_site_findings(sites: Sites, streets: Streets, file: str) -> list[Finding]:
    """Sites outside the road data are kept, and said."""
    outside = sites.frame[~_inside(sites.xy, streets.bounds)]
    return [
        Finding(
            "warning",
            "finding.site_outside_roads",
            {"site": site, "name": name, "lon": round(place.x, 6), "lat": round(place.y, 6)},
            file=file,
        )
        for site, name, place in zip(outside["site_id"], outside["name"], outside.geometry, strict=True)
    ]


def _inside(xy: Floats, bounds: tuple[float, float, float, float], *, margin: float = 0.0) -> Mask:
    west, south, east, north = bounds
    lon, lat = xy[:, 0], xy[:, 1]
    inside: Mask = (lon >= west - margin) & (lon <= east + margin) & (lat >= south - margin) & (lat <= north + margin)
    return inside


def _extent(xy: Floats) -> str:
    (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
    return _extent_of((west, south, east, north))


def _extent_of(bounds: tuple[float, float, float, float]) -> str:
    west, south, east, north = bounds
    return f"{west:.3f}..{east:.3f}, {south:.3f}..{north:.3f}"


def _sources(settings: Settings, streets: Streets) -> tuple[Source, ...]:
    sources = []
    files = settings.inputs.files()
    if settings.sites.located is not None:
        files.append(("located", settings.sites.located))
    for role, path in files:
        if role == "sites" and not path.is_file():
            sources.append(_source_of_ledger(path, settings.sources.get(role) or Credit()))
            continue
        # Read by now, so its kind is known; only its bytes matter here.
        file = InputFile(path, kind_of(path) or "csv")
        credit = settings.sources.get(role) or (OSM_CREDIT if file.kind in OSM_KINDS else Credit())
        stated = streets.snapshot if role == "roads" else None
        sources.append(source_of(file, role, date=stated, attribution=credit.attribution, licence=credit.licence))
    return tuple(sources)


def _source_of_ledger(path: Path, credit: Credit) -> Source:
    """A ledger of several files is one source."""
    return Source("sites", str(path), ledger_sha256(path), None, credit.attribution, credit.licence)


def _newest(settings: Settings, streets: Streets) -> dt.date:
    """The day of the newest input: the one it states, else the day its file was last changed."""
    days = [streets.snapshot] if streets.snapshot else []
    for role, path in settings.inputs.files():
        if role != "roads" or not days:
            files = ledger_files(path) if role == "sites" else (path,)
            days.extend(dt.datetime.fromtimestamp(file.stat().st_mtime, tz=dt.UTC).date() for file in files)
    return max(days)
