"""One place explained: the ways to the nearest sites, who lives there, the cause if uncovered, what would help."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.access.judge import judge
from catchment.access.nearest import nearest_sites
from catchment.access.totals import widest_search_m
from catchment.access.travel import straight_distance_m, travel
from catchment.errors import SettingsError
from catchment.geo.measure import distance_m, distance_to_edge_m
from catchment.geo.shapes import polygon_of
from catchment.model import Cause, People, Points, Setting
from catchment.model.place import ExplainedPlace, Remedy, WayToSite
from catchment.network.routes import route_between, route_streets, route_xy
from catchment.network.snap import snap
from catchment.pipeline.judged import edge_m, judged, sure_sites
from catchment.pipeline.network import max_gap_m, only
from catchment.pipeline.read import read_inputs
from catchment.pipeline.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from catchment.config import Settings
    from catchment.model import Floats, Indices, Mode, Places, Rule
    from catchment.pipeline.judged import Judged
    from catchment.pipeline.network import Network
    from catchment.pipeline.read import Inputs
    from catchment.pipeline.runs import NamedRun

SITES_EXPLAINED = 3

SAME_PLACE_M = 500.0
"""People of a table or of areas are asked about within so far of their point; those of a grid within their cell [m]."""

FAR_GAP_M = 20_000.0
"""How far a road is looked for where none is near [m]."""


@dataclass(frozen=True, eq=False)
class Ground:
    """A project as read and judged, for any number of places."""

    inputs: Inputs
    settings: Settings
    judged: Judged
    plan: tuple[Mapping[str, Any], ...] = ()
    """Suggested places of the run, as ``run.json`` lists them."""


def read_ground(named: NamedRun, *, cache: Path | None = None, watch: Stopwatch | None = None) -> Ground:
    """
    Read and judge a project or a run; the plan is that of the run's record.

    Parameters
    ----------
    named
        From ``read_run``.
    cache
        Folder for parsed streets; ``None`` parses afresh.
    watch
        Told of each stage.

    Raises
    ------
    InputError, SettingsError
        As ``read_inputs``.
    """
    watch = watch or Stopwatch()
    inputs = read_inputs(named.settings, cache=cache, watch=watch)
    suggested = named.record.get("suggestions") or {}
    plan = tuple(suggested.get("sites") or ())
    return Ground(inputs, named.settings, judged(inputs, named.settings, watch), plan)


def explain_place(lonlat: tuple[float, float], ground: Ground, *, name: str = "") -> ExplainedPlace:
    """
    What can be said of one place.

    Where people live, their point in the data is explained, as it is judged; elsewhere the place itself.

    Parameters
    ----------
    lonlat
        Longitude and latitude [degrees, WGS84].
    ground
        From ``read_ground``.
    name
        Under which it was asked for.

    Raises
    ------
    SettingsError
        If the place lies outside the regions, or outside the road data.
    """
    inputs, settled = ground.inputs, ground.judged.settled
    here = np.array([lonlat], np.float64)
    region = _region(here, inputs)
    point = _point_of_people(here, settled.people)
    start = here if point is None else settled.people.xy[[point]]
    setting = Setting(settled.setting_at(here)[0] if point is None else settled.people.setting[point])
    standard = ground.settings.standard.standard()
    rule = standard.rule(setting)
    places = {
        mode: network.join(Points(start)) if point is None else network.people.some(np.array([point], np.int32))
        for mode, network in ground.judged.networks.items()
    }
    counted = np.flatnonzero(ground.judged.counted).astype(np.int32)
    cause, straight_m = _judged_at(start, setting, places, ground)
    network, place = ground.judged.networks[rule.mode], places[rule.mode]
    found = ExplainedPlace(
        name=name,
        lon=lonlat[0],
        lat=lonlat[1],
        region="" if region < 0 or inputs.regions is None else str(inputs.regions.frame["name"].iloc[region]),
        setting=setting,
        rule=rule,
        units=0 if point is None else int(settled.people.units[point]),
        start=(float(start[0, 0]), float(start[0, 1])),
        start_away_m=float(distance_m(here, start)[0]),
        cause=cause if point is None else Cause(ground.judged.access.cause[point]),
        straight_m=straight_m,
        ways=tuple(_ways(network, place, counted, ground)),
    )
    if found.cause == Cause.COVERED:
        return found
    return replace(found, remedies=tuple(_remedies(found, network, place, rule, ground)))


def _region(here: Floats, inputs: Inputs) -> int:
    """Index of the region, -1 without any."""
    outside = float(distance_to_edge_m(here, inputs.streets.bounds)[0]) < 0
    region = -1 if inputs.regions is None else int(polygon_of(here, inputs.regions.frame.geometry.to_numpy())[0])
    if outside or (inputs.regions is not None and region < 0):
        facts = {"lon": f"{here[0, 0]:.6f}", "lat": f"{here[0, 1]:.6f}"}
        west, south, east, north = (f"{degrees:.4f}" for degrees in inputs.streets.bounds)
        box = {"west": west, "south": south, "east": east, "north": north}
        raise SettingsError("error.place_outside_roads" if outside else "error.place_outside_regions", **facts, **box)
    return region


def _point_of_people(here: Floats, people: People) -> int | None:
    """The point of people whose cell the place lies in, or that is near to it; ``None`` where nobody lives."""
    lived = np.flatnonzero(people.units > 0)
    if not len(lived):
        return None
    away = people.xy[lived] - here
    if people.cell_degrees is not None:
        width, height = people.cell_degrees
        # A hair more, so that no place falls between two cells.
        inside = (np.abs(away[:, 0]) <= width * 0.500001) & (np.abs(away[:, 1]) <= height * 0.500001)
        return int(lived[np.argmax(inside)]) if inside.any() else None
    near = np.argmin((away**2).sum(axis=1))
    away_m = float(distance_m(here, people.xy[lived[[near]]])[0])
    return int(lived[near]) if away_m <= SAME_PLACE_M else None


def _judged_at(start: Floats, setting: Setting, places: Mapping[Mode, Places], ground: Ground) -> tuple[Cause, float]:
    """The cause by the rules of everybody, and the straight distance to the nearest counted site [m]."""
    standard, judged_ground, inputs = ground.settings.standard.standard(), ground.judged, ground.inputs
    count_gaps = ground.settings.roads.count_gaps
    travels = {
        mode: travel(
            network.roads,
            only(network.sites, judged_ground.counted),
            places[mode],
            cutoff_m=widest_search_m(standard, mode),
            count_gaps=count_gaps,
        )
        for mode, network in judged_ground.networks.items()
    }
    one = People(start, np.zeros(1, np.int64), np.zeros(1, np.int64), np.full(1, -1, np.int32), np.array([setting]))
    near_enough = judged_ground.counted & sure_sites(inputs.sites, standard.rule(setting).mode, ground.settings)
    straight_m = straight_distance_m(start, inputs.sites.xy[near_enough])
    access = judge(one, standard, travels, straight_m=straight_m, edge_m=edge_m(start, inputs))
    return Cause(access.cause[0]), float(straight_m[0])


# ---- ways


def _ways(network: Network, place: Places, sites: Indices, ground: Ground) -> Iterator[WayToSite]:
    """The ways to the nearest of some sites, however far."""
    places = network.sites.some(sites)
    count_gaps = ground.settings.roads.count_gaps
    found = nearest_sites(
        network.roads, places, place, cutoff_m=np.inf, k=max(min(SITES_EXPLAINED, len(sites)), 1), count_gaps=count_gaps
    )
    for site in found.site[0].tolist():
        end = places.some(np.array([site], np.int32)) if site >= 0 else None
        route = None if end is None else route_between(network.roads, place, end, count_gaps=count_gaps)
        if route is not None:
            row = ground.inputs.sites.frame.iloc[int(sites[site])]
            lon, lat = ground.inputs.sites.xy[sites[site]].tolist()
            yield WayToSite(
                site_id=str(row["site_id"]),
                name=str(row["name"]),
                type=str(row["type"]),
                status=str(row["status"]),
                lon=lon,
                lat=lat,
                cost_mm=route.cost_mm,
                start_gap_mm=route.start_gap_mm,
                end_gap_mm=route.end_gap_mm,
                streets=tuple(route_streets(route, network.roads.streets)),
                xy=route_xy(route, network.roads.streets),
            )


# ---- what would help


def _remedies(found: ExplainedPlace, network: Network, place: Places, rule: Rule, ground: Ground) -> Iterator[Remedy]:
    """The nearest place of the plan, then the nearest site that does not count, within the limit; then doubts."""
    yield from _by_plan(network, place, rule, ground)
    yield from _by_uncounted(network, place, rule, ground)
    straight_mm = round(found.straight_m * 1000) if np.isfinite(found.straight_m) else -1
    if found.cause == Cause.NO_ROAD:
        gap_mm = int(snap(network.roads, Points(np.array([found.start])), max_gap_m=FAR_GAP_M).gap_mm[0])
        yield Remedy("no_road", distance_mm=gap_mm, most_gap_m=max_gap_m(rule.mode, ground.settings))
    elif found.cause == Cause.CUT_OFF:
        yield Remedy("cut_off", distance_mm=straight_mm)
    elif found.cause in (Cause.TOO_FAR, Cause.EDGE_OF_DATA) and 0 <= straight_mm <= rule.limit_mm:
        yield Remedy("missing_road", distance_mm=straight_mm)


def _by_plan(network: Network, place: Places, rule: Rule, ground: Ground) -> Iterator[Remedy]:
    if not ground.plan:
        return
    xy = np.array([[each["lon"], each["lat"]] for each in ground.plan], np.float64)
    near = _nearest_within(network, network.join(Points(xy)), place, rule, ground)
    if near is not None:
        row, cost_mm = near
        suggested = ground.plan[row]
        name = str(suggested.get("name") or suggested.get("street") or "")
        yield Remedy("suggestion", f"{row + 1} {name}".strip(), "", "", cost_mm, *xy[row].tolist())


def _by_uncounted(network: Network, place: Places, rule: Rule, ground: Ground) -> Iterator[Remedy]:
    near = _nearest_within(network, only(network.sites, ~ground.judged.counted), place, rule, ground)
    if near is not None:
        site, cost_mm = near
        row = ground.inputs.sites.frame.iloc[site]
        lon, lat = ground.inputs.sites.xy[site].tolist()
        yield Remedy("uncounted", str(row["name"]), str(row["status"]), str(row["type"]), cost_mm, lon, lat)


def _nearest_within(
    network: Network, sites: Places, place: Places, rule: Rule, ground: Ground
) -> tuple[int, int] | None:
    """The nearest of some places within the limit, and the distance [mm]."""
    count_gaps = ground.settings.roads.count_gaps
    limit_m = rule.limit_mm / 1000
    found = nearest_sites(network.roads, sites, place, cutoff_m=limit_m, k=1, count_gaps=count_gaps)
    site, cost_mm = int(found.site[0, 0]), int(found.cost_mm[0, 0])
    return (site, cost_mm) if 0 <= cost_mm <= rule.limit_mm else None
