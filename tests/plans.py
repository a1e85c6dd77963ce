"""Suggestions for a run of a test, from the same parts as any: candidates, whom each reaches, the choice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.reach import people_in_reach, reach_under_standard
from catchment.access.travel import travel
from catchment.geo.shapes import polygon_of
from catchment.model import Run, Setting, Suggestions
from catchment.network.graph import graph
from catchment.network.snap import snap
from catchment.siting.candidates import street_stretches
from catchment.siting.cover import problem_of_reach
from catchment.siting.curve import cover_curve
from catchment.siting.solve import solve_cover

if TYPE_CHECKING:
    from collections.abc import Sequence

STREET = "中心路"
MODES = ("walk", "road")


def with_suggestions(
    run: Run, budget: int = 2, *, gap_m: float = 1000, premises: Sequence[str] = (), street: str = STREET
) -> Run:
    """
    The run with a plan of stretches of its streets.

    Nameless streets are looked at under the name ``street``; the first places chosen count as ``premises`` so called.
    """
    streets = replace(
        run.streets, name=np.where(run.streets.name < 0, 0, run.streets.name), names=run.streets.names or (STREET,)
    )
    people, units, uncovered = run.people, run.people.units, ~run.access.covered
    found = street_stretches(streets, people.xy[uncovered], near_m=2000)
    roads = {mode: graph(streets, mode) for mode in MODES}
    sources, homes = (
        {mode: snap(roads[mode], points, max_gap_m=gap_m) for mode in MODES} for points in (found, people)
    )
    new = reach_under_standard(people, run.standard, roads, sources, homes, kept=uncovered)
    everyone = reach_under_standard(people, run.standard, roads, sources, homes)
    problem = problem_of_reach(new, units[new.order], found.xy)
    plan = solve_cover(problem, budget)
    chosen = plan.site
    first, times = served(new, chosen, len(people))
    setting = people.setting[[int(np.argmin(((people.xy - place) ** 2).sum(axis=1))) for place in found.xy[chosen]]]
    site, cost_mm = nearest(run, roads, sources, chosen, setting=setting, gap_m=gap_m)
    names = [*premises[: len(chosen)], *[""] * (len(chosen) - len(premises))]
    frame = found.frame.iloc[chosen].reset_index(drop=True)
    frame = frame.assign(
        rank=np.arange(1, len(chosen) + 1),
        name=names,
        premises=["type.village" if name else "" for name in names],
        street=frame["street"] if street else "",
        region=regions_of(run, found.xy[chosen]),
        setting=setting,
        added=plan.added_units,
        reach=people_in_reach(everyone, units[everyone.order])[chosen],
        only=[int(units[(first == number) & (times == 1)].sum()) for number in range(len(chosen))],
        site=site,
        cost_mm=cost_mm,
        gap=[main_gap(run, first == number) for number in range(len(chosen))],
    )
    by_region = [int(units[(first >= 0) & (people.region == region)].sum()) for region in range(len(run.regions or ()))]
    by_setting = {kind: int(units[(first >= 0) & (people.setting == kind)].sum()) for kind in Setting}
    suggestions = Suggestions(
        frame=frame,
        plan=plan,
        curve=cover_curve(problem, plan),
        uncovered_units=int(units[uncovered].sum()),
        alone_units=people_in_reach(new, units[new.order]),
        added_by_region=np.array(by_region, np.int64),
        added_by_setting=by_setting,
    )
    return replace(run, suggestions=suggestions)


def served(reach, chosen, people_count):
    """Which place serves each point of people first, -1 none, and how many do."""
    first, times = np.full(people_count, -1), np.zeros(people_count, np.int64)
    for number, source in enumerate(chosen.tolist()):
        mine = reach.people(source)
        first[mine] = np.where(first[mine] < 0, number, first[mine])
        times[mine] += 1
    return first, times


def nearest(run, roads, sources, chosen, *, setting, gap_m):
    """The nearest counted site of each chosen place by the mode of its setting, and how far it is."""
    ways = {}
    for mode in MODES:
        sites = snap(roads[mode], run.sites, max_gap_m=gap_m)
        counted = replace(sites, edge=np.where(run.counted, sites.edge, -1).astype(np.int32))
        ways[mode] = travel(roads[mode], counted, sources[mode], cutoff_m=2 * run.standard.limit_mm(mode) / 1000)
    own = [ways[run.standard.rule(Setting(kind)).mode] for kind in setting]
    rows = list(zip(own, chosen.tolist(), strict=True))
    return [int(way.site[place, 0]) for way, place in rows], [int(way.cost_mm[place, 0]) for way, place in rows]


def regions_of(run, xy):
    """The region each place stands in, -1 outside all."""
    return np.full(len(xy), -1) if run.regions is None else polygon_of(xy, run.regions.frame.geometry.to_numpy())


def main_gap(run, here):
    """The gap most of these people belong to, -1 if none."""
    if run.gaps is None or not (here & (run.gaps.patch >= 0)).any():
        return -1
    here = here & (run.gaps.patch >= 0)
    return int(np.argmax(np.bincount(run.gaps.patch[here], run.people.units[here])))
