"""Everything that can be said of single candidates, in numbers: whom they add, with whom they share, what is near."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.nearest import nearest_sites
from catchment.access.reach import people_in_reach, reach_under_standard
from catchment.access.totals import widest_search_m
from catchment.errors import SettingsError
from catchment.geo.shapes import polygon_of
from catchment.model import Explanation, Points, Setting
from catchment.pipeline.network import only

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catchment.config import Settings
    from catchment.model import Indices, Ints, Mask, ReachSets
    from catchment.pipeline.judged import Judged
    from catchment.pipeline.read import Inputs
    from catchment.pipeline.suggest import Advice


def explained(inputs: Inputs, settings: Settings, ground: Judged, advice: Advice | None) -> Advice | None:
    """
    The advice with what can be said of the candidates asked about.

    Parameters
    ----------
    inputs, settings
        What was read; say which candidates.
    ground
        Who is covered on which roads.
    advice
        Candidates and plan; ``None`` stays so.

    Raises
    ------
    SettingsError
        If there is no such candidate.
    """
    if advice is None or not settings.siting.explain:
        return advice
    for number in settings.siting.explain:
        if not 1 <= number <= len(advice.candidates):
            raise SettingsError("error.explain_unknown", found=number, count=len(advice.candidates))
    said = tuple(_explanation(number - 1, inputs, settings, ground, advice) for number in settings.siting.explain)
    return replace(advice, suggestions=replace(advice.suggestions, explained=said))


def _explanation(candidate: int, inputs: Inputs, settings: Settings, ground: Judged, advice: Advice) -> Explanation:
    plan = advice.suggestions.frame["candidate_id"].to_numpy(np.int32) - np.int32(1)
    reach, plan_count = _reach(candidate, plan, settings, ground, advice)
    units, new = ground.settled.people.units[reach.order], ~ground.access.covered[reach.order]
    mine, others = _reached(reach, [0]), _reached(reach, 1 + np.flatnonzero(plan != candidate))
    with_all = people_in_reach(reach, np.where(mine, units, 0))
    with_new = people_in_reach(reach, np.where(mine & new, units, 0))
    in_plan = with_new[1 : 1 + plan_count].copy()
    in_plan[plan == candidate] = 0
    return Explanation(
        place=_place(candidate, inputs, settings, ground, advice),
        rank=int(np.flatnonzero(plan == candidate)[0]) + 1 if candidate in plan else 0,
        alone_units=int(with_new[0]),
        extra_units=int(units[mine & new & ~others].sum()),
        reach_units=int(with_all[0]),
        shared_sites=_most(with_all[1 + plan_count :], first=0),
        shared_plan=_most(in_plan, first=1),
    )


def _reach(candidate: int, plan: Indices, settings: Settings, ground: Judged, advice: Advice) -> tuple[ReachSets, int]:
    """Whom the candidate, then the places of the plan, then all sites cover; and how many places the plan has."""
    networks = ground.networks
    counted = {mode: only(network.sites, ground.counted) for mode, network in networks.items()}
    here = Points(advice.candidates.xy[[candidate]])
    reach = reach_under_standard(
        ground.settled.people,
        settings.standard.standard(),
        {mode: network.roads for mode, network in networks.items()},
        {
            mode: network.join(here).followed_by(advice.places[mode].some(plan)).followed_by(counted[mode])
            for mode, network in networks.items()
        },
        {mode: network.people for mode, network in networks.items()},
        count_gaps=settings.roads.count_gaps,
        threads=os.cpu_count() or 1,
    )
    return reach, len(plan)


def _reached(reach: ReachSets, sources: Iterable[int]) -> Mask:
    """Who is in reach of any of some sources, in the order of the reach sets, shape (n,)."""
    reached = np.zeros(len(reach.order), bool)
    for source in sources:
        runs = slice(reach.source_ptr[source], reach.source_ptr[source + 1])
        for start, stop in zip(reach.start[runs].tolist(), reach.stop[runs].tolist(), strict=True):
            reached[start:stop] = True
    return reached


def _most(units: Ints, *, first: int) -> tuple[tuple[int, int], ...]:
    """Numbers and people of those that have any, most first."""
    order = np.lexsort((np.arange(len(units)), -units))
    return tuple((int(row) + first, int(units[row])) for row in order if units[row] > 0)


def _place(candidate: int, inputs: Inputs, settings: Settings, ground: Judged, advice: Advice) -> dict[str, object]:
    """What it is, where, and the nearest counted site by the mode of its setting."""
    xy = advice.candidates.xy[[candidate]]
    setting = Setting(ground.settled.setting_at(xy)[0])
    standard = settings.standard.standard()
    mode = standard.rule(setting).mode
    network = ground.networks[mode]
    found = nearest_sites(
        network.roads,
        only(network.sites, ground.counted),
        network.join(Points(xy)),
        cutoff_m=widest_search_m(standard, mode),
        k=1,
        count_gaps=settings.roads.count_gaps,
    )
    row = {str(name): value for name, value in advice.candidates.frame.iloc[candidate].items()}
    region = -1 if inputs.regions is None else int(polygon_of(xy, inputs.regions.frame.geometry.to_numpy())[0])
    site, cost_mm = int(found.site[0, 0]), int(found.cost_mm[0, 0])
    return {**row, "region": region, "setting": setting, "site": site, "cost_mm": cost_mm}
