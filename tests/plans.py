"""Suggestions for a run of a test, from the same parts as any: candidates, whom each reaches, the greedy choice."""

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
from catchment.siting.greedy import choose_sites

if TYPE_CHECKING:
    from collections.abc import Sequence

STREET = "中心路"


def with_suggestions(
    run: Run, budget: int = 2, *, gap_m: float = 1000, premises: Sequence[str] = (), street: str = STREET
) -> Run:
    """
    The run with a plan of stretches of its streets.

    Nameless streets are looked at under the name ``street``; the first places chosen count as ``premises`` so called.
    """
    named = replace(
        run.streets, name=np.where(run.streets.name < 0, 0, run.streets.name), names=run.streets.names or (street,)
    )
    people, units = run.people, run.people.units
    uncovered = ~run.access.covered
    found = street_stretches(named, people.xy[uncovered], near_m=2000)
    roads = {mode: graph(named, mode) for mode in ("walk", "road")}
    joined = {
        mode: {
            kind: snap(roads[mode], points, max_gap_m=gap_m)
            for kind, points in (("sites", run.sites), ("people", people), ("found", found))
        }
        for mode in roads
    }

    def reached(sources, kept=None):
        places = ({mode: joined[mode][kind] for mode in roads} for kind in (sources, "people"))
        return reach_under_standard(people, run.standard, roads, *places, kept=kept)

    new = reached("found", uncovered)
    plan = choose_sites(new, units[new.order], budget)
    chosen = plan.candidate
    times = np.zeros(len(people), np.int64)
    order = [new.people(source) for source in chosen.tolist()]
    first = np.full(len(people), -1)
    for number, mine in enumerate(order):
        times[mine] += 1
        first[mine] = np.where(first[mine] < 0, number, first[mine])
    gaps = np.full(len(people), -1) if run.gaps is None else run.gaps.patch
    near = [int(np.argmin(((people.xy - place) ** 2).sum(axis=1))) for place in found.xy[chosen]]
    setting = people.setting[near]
    counted = {
        mode: replace(joined[mode]["sites"], edge=np.where(run.counted, joined[mode]["sites"].edge, -1))
        for mode in roads
    }
    nearest = {
        mode: travel(roads[mode], counted[mode], joined[mode]["found"], cutoff_m=2 * run.standard.limit_mm(mode) / 1000)
        for mode in roads
    }
    ways = [nearest[run.standard.rule(Setting(kind)).mode] for kind in setting]
    everyone = reached("found")
    count = len(chosen)
    region = (
        np.full(count, -1)
        if run.regions is None
        else polygon_of(found.xy[chosen], run.regions.frame.geometry.to_numpy())
    )
    helped = [
        np.bincount(gaps[(first == number) & (gaps >= 0)], units[(first == number) & (gaps >= 0)])
        for number in range(count)
    ]
    frame = (
        found.frame.iloc[chosen]
        .reset_index(drop=True)
        .assign(
            rank=np.arange(1, count + 1),
            name=[premises[number] if number < len(premises) else "" for number in range(count)],
            premises=["type.village" if number < len(premises) else "" for number in range(count)],
            region=region,
            setting=setting,
            added=plan.added_units,
            reach=people_in_reach(everyone, units[everyone.order])[chosen],
            only=[int(units[mine[times[mine] == 1]].sum()) for mine in order],
            site=[int(way.site[place, 0]) for way, place in zip(ways, chosen, strict=True)],
            cost_mm=[int(way.cost_mm[place, 0]) for way, place in zip(ways, chosen, strict=True)],
            gap=[int(np.argmax(mine)) if len(mine) else -1 for mine in helped],
        )
    )
    if not street:
        frame = frame.assign(street="")
    reached_people = first >= 0
    by_region = np.zeros(0 if run.regions is None else len(run.regions), np.int64)
    inside = reached_people & (people.region >= 0)
    np.add.at(by_region, people.region[inside], units[inside])
    by_setting = {kind: int(units[reached_people & (people.setting == kind)].sum()) for kind in Setting}
    return replace(run, suggestions=Suggestions(frame, plan, budget, len(found), by_region, by_setting))
