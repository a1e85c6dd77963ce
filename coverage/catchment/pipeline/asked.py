"""What a planner asks of the suggestions of a project, answered on the ground of the run."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from catchment.access.classes import only_units
from catchment.access.judge import covered_under
from catchment.access.reach import reach_under_standard
from catchment.access.travel import travel
from catchment.geo.measure import earth_centred
from catchment.geo.plane import metric_plane
from catchment.geo.shapes import polygon_of
from catchment.model import Alternatives, Answers, Setting
from catchment.pipeline.network import only
from catchment.pipeline.robust import robustness_of
from catchment.pipeline.swap import exchanges_of
from catchment.siting.alternatives import WITHIN_M, alternatives
from catchment.siting.among import keeps_as_much, rules_among
from catchment.siting.candidates import within
from catchment.siting.cover import problem_of_reach
from catchment.siting.floors import with_floors
from catchment.siting.left_out import left_out

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catchment.access.travel import Travel
    from catchment.config import Settings
    from catchment.model import Indices, Ints, LeftOut, Mask, Mode, Places, ReachSets, Regions
    from catchment.pipeline.judged import Judged
    from catchment.pipeline.read import Inputs
    from catchment.pipeline.suggest import Advice
    from catchment.siting.cover import CoverProblem
    from catchment.siting.rules import Rules


def answered(inputs: Inputs, settings: Settings, ground: Judged, advice: Advice | None) -> Advice | None:
    """
    The advice with what else is asked of its plan; ``None`` if there is none.

    Parameters
    ----------
    inputs, settings
        What was read, and how.
    ground
        Who is covered on which roads.
    advice
        Candidates and plan.

    Raises
    ------
    SettingsError
        If a swap that is asked for cannot be meant, or its place lies near no road.
    """
    if advice is None:
        return None
    candidates, places, found = advice.candidates, advice.places, advice.suggestions
    plan = found.frame["candidate_id"].to_numpy(np.int32) - np.int32(1)
    reach_of = partial(
        reach_under_standard,
        ground.settled.people,
        settings.standard.standard(),
        {mode: network.roads for mode, network in ground.networks.items()},
        places={mode: network.people for mode, network in ground.networks.items()},
        count_gaps=settings.roads.count_gaps,
        threads=os.cpu_count() or 1,
    )
    robust = None
    if settings.siting.robust is not None and len(plan):
        robust = robustness_of(ground, settings, candidates, places, budget=settings.siting.budget or len(plan))
    answers = Answers(
        left_out=_left_out(ground, settings, places, plan),
        closing_units=_closing_units(ground, places, plan, reach_of),
        alternatives=_alternatives(ground, advice, plan, regions=inputs.regions, reach_of=reach_of),
        exchanges=exchanges_of(ground, settings, candidates, places, plan),
        robustness=robust,
    )
    return replace(advice, suggestions=replace(found, answers=answers))


def _left_out(ground: Judged, settings: Settings, places: Mapping[Mode, Places], plan: Indices) -> dict[LeftOut, int]:
    """Everybody whom neither sites nor plan cover, by reason; judged by searches from the people, not by the plan."""
    people, standard = ground.settled.people, settings.standard.standard()

    def travels_to(joined: Mapping[Mode, Places]) -> dict[Mode, Travel]:
        # A metre beyond the limit, so that no rounding of metres decides; the limit itself is held to the millimetre.
        return {
            mode: travel(
                network.roads,
                joined[mode],
                network.people,
                cutoff_m=standard.limit_mm(mode) / 1000 + 1,
                count_gaps=settings.roads.count_gaps,
            )
            for mode, network in ground.networks.items()
        }

    to_all = travels_to(places)
    to_plan = travels_to({mode: joined.some(plan) for mode, joined in places.items()})

    def judged_by(masks: Mapping[Mode, Mask]) -> Mask:
        """Of each person that of the mode of his setting."""
        rules = [standard.rule(setting).mode for setting in Setting]
        return np.select([people.setting == setting for setting in Setting], [masks[mode] for mode in rules], False)

    return left_out(
        people.units,
        served=ground.access.covered | covered_under(people, standard, to_plan),
        on_road=judged_by({mode: each.on_road for mode, each in to_all.items()}),
        in_reach=covered_under(people, standard, to_all),
        connected=judged_by({mode: each.connected | ground.travels[mode].connected for mode, each in to_all.items()}),
    )


def _closing_units(
    ground: Judged, places: Mapping[Mode, Places], plan: Indices, reach_of: Callable[..., ReachSets]
) -> Ints:
    """Whom nobody would serve if a site closed, with the plan built, shape (sites,)."""
    sites = {mode: only(network.sites, ground.counted) for mode, network in ground.networks.items()}
    reach = reach_of({mode: joined.followed_by(places[mode].some(plan)) for mode, joined in sites.items()})
    return only_units(reach, ground.settled.people.units[reach.order])[: len(ground.counted)]


def _alternatives(
    ground: Judged,
    advice: Advice,
    plan: Indices,
    *,
    regions: Regions | None,
    reach_of: Callable[..., ReachSets],
) -> pd.DataFrame:
    """What could stand for each place of the plan within its rules; only candidates near one of it are searched."""
    candidates, places = advice.candidates, advice.places
    near = np.flatnonzero(within(candidates.xy, candidates.xy[plan], WITHIN_M)).astype(np.int32)
    reach = reach_of({mode: joined.some(near) for mode, joined in places.items()}, kept=~ground.access.covered)
    xy = candidates.xy[near]
    units, chosen = ground.settled.people.units[reach.order], np.searchsorted(near, plan).astype(np.int32)
    found = alternatives(reach, units, chosen, earth_centred(xy))
    rules = with_floors(rules_among(advice.rules, near, len(candidates)), advice.floors, reach, units)
    if not rules.none:
        problem = problem_of_reach(reach, units, metric_plane(candidates.xy)[near])
        found = _within_rules(found, problem, rules, chosen)
    frame = candidates.frame.iloc[near[found.candidate]].drop(columns="way_id").reset_index(drop=True)
    here = xy[found.candidate]
    region = polygon_of(here, regions.frame.geometry.to_numpy()) if regions is not None else -1
    frame = frame.assign(region=region, distance_m=found.distance_m, change=found.change_units)
    frame.insert(0, "rank", found.rank + 1)
    return pd.DataFrame(frame)


def _within_rules(found: Alternatives, problem: CoverProblem, rules: Rules, plan: Indices) -> Alternatives:
    """Those by which the plan lacks no more of its rules; the plan is of that problem."""
    keeps = np.zeros(len(found), bool)
    for row, (rank, candidate) in enumerate(zip(found.rank.tolist(), found.candidate.tolist(), strict=True)):
        other = plan.copy()
        other[rank] = candidate
        keeps[row] = keeps_as_much(problem, rules, plan, other)
    return Alternatives(found.rank[keeps], found.candidate[keeps], found.distance_m[keeps], found.change_units[keeps])
