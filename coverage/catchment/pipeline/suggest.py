"""Where next, for the budget a project asks for; and what a planner should know of the premises that were looked at."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from catchment.geo.shapes import polygon_of
from catchment.inputs.premises import no_premises
from catchment.model import Finding, Setting
from catchment.network.edits import TOLERANCE_M
from catchment.pipeline.network import max_gap_m, only
from catchment.pipeline.quotas import candidates_to_fill, honour_preference, quotas_of, serve_the_public
from catchment.pipeline.rules import filled_by, named_by_key, wished
from catchment.pipeline.survey import refused_candidates
from catchment.siting.candidates import Search, candidate_places
from catchment.siting.quotas import filling
from catchment.siting.rules import NO_RULES, Rules
from catchment.siting.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from catchment.config import Settings
    from catchment.model import (
        Access,
        Candidates,
        Filling,
        Floats,
        Gaps,
        Indices,
        Mode,
        People,
        Places,
        Regions,
        Suggestions,
    )
    from catchment.pipeline.judged import Judged
    from catchment.pipeline.network import Network
    from catchment.pipeline.read import Inputs
    from catchment.siting.floors import PeopleFloor

SPACING_M: Mapping[Mode, float] = {"walk": 200.0, "road": 1500.0}
"""How far apart stretches of street are looked at for people of each mode [m]."""


@dataclass(frozen=True, eq=False)
class Advice:
    """Where a site might stand, and which places are suggested."""

    candidates: Candidates
    places: Mapping[Mode, Places]
    """Where the candidates join the roads."""
    suggestions: Suggestions
    filling: Filling | None = None
    """What they fill of the targets; ``None`` if they are for a number of sites."""
    rules: Rules = NO_RULES
    """What the plan had to keep to: quotas of the targets, or rules of the project."""
    floors: tuple[PeopleFloor, ...] = ()
    """Of people, besides these rules."""
    findings: tuple[Finding, ...] = ()
    """What is odd about them."""


def advised(
    inputs: Inputs,
    settings: Settings,
    ground: Judged,
    gaps: Gaps,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Advice | None:
    """
    The candidates and the suggestions; ``None`` if the project asks for none.

    Parameters
    ----------
    inputs, settings
        What was read, and how.
    ground
        Who is covered on which roads.
    gaps
        The patches of those who are not.
    progress
        Told of each better plan or bound.

    Raises
    ------
    RecountError
        As ``suggest``.
    """
    if not settings.siting.asked or inputs.premises is None:
        return None
    networks, settled = ground.networks, ground.settled
    searches = searches_of(inputs, settings, ground)
    candidates, joined = candidates_of(inputs, settings, ground)
    quotas_by = partial(quotas_of, candidates, inputs, settings, ground)
    filled = settings.siting.fill_targets
    quota = quotas_by(prefer_honoured=settings.siting.prefer_honoured) if filled else None
    public = serve_the_public(candidates, settings) if quota else np.ones(len(candidates), bool)
    serving = public & ~np.isin(np.arange(len(candidates)), refused_candidates(candidates, inputs.survey))
    places = {mode: only(place, serving) for mode, place in joined.items()}
    wishes = filled_by(quota, candidates, inputs) if quota else wished(candidates, inputs, settings, ground)
    plan_by = partial(
        suggest,
        candidates,
        settled.people,
        ground.access,
        cover=settings.siting.cover,
        floors=wishes.floors,
        searches=searches,
        standard=settings.standard.standard(),
        roads={mode: network.roads for mode, network in networks.items()},
        places=places,
        sites={mode: only(network.sites, ground.counted) for mode, network in networks.items()},
        homes={mode: network.people for mode, network in networks.items()},
        gaps=gaps,
        region=_regions_of(candidates.xy, inputs.regions),
        setting=settled.setting_at(candidates.xy),
        region_count=0 if inputs.regions is None else len(inputs.regions),
        count_gaps=settings.roads.count_gaps,
        threads=os.cpu_count() or 1,
        seed=settings.siting.seed,
        time_limit_s=settings.siting.time_limit_s,
    )
    with named_by_key():
        budget = quota.budget if quota else settings.siting.budget or 0
        found = plan_by(budget=budget, rules=wishes.rules, progress=progress)
    if quota is not None and quota.honoured.any():
        plain = quotas_by(prefer_honoured=False)
        other = plan_by(budget=plain.budget, rules=replace(wishes.rules, groups=plain.groups))
        found = replace(found, honours=honour_preference(quota, found.plan, other.plan))
    cost = None if wishes.rules.cost is None else wishes.rules.cost[found.plan.site]
    found = replace(found, rules=wishes.said, cost=cost)
    findings = (
        *wishes.findings,
        *([] if quota else _emptiness(found, len(candidates))),
        *_endings(found, settings),
        *_premises_findings(inputs, settings, candidates, joined),
    )
    fills = filling(quota, found.plan.site) if quota else None
    return Advice(candidates, places, found, fills, wishes.rules, wishes.floors, findings)


def candidates_of(inputs: Inputs, settings: Settings, ground: Judged) -> tuple[Candidates, dict[Mode, Places]]:
    """All candidates of a project, numbered, and where they join the roads."""
    searches = searches_of(inputs, settings, ground)
    if settings.siting.fill_targets:
        return candidates_to_fill(inputs, settings, ground, searches)
    return candidates_near(inputs, ground, searches)


def candidates_near(
    inputs: Inputs, ground: Judged, searches: Mapping[Mode, Search]
) -> tuple[Candidates, dict[Mode, Places]]:
    """All candidates near uncovered people, numbered, and where they join the roads."""
    premises, sites_xy = inputs.premises or no_premises(), inputs.sites.xy[ground.counted]
    candidates = candidate_places(premises, inputs.streets, list(searches.values()), sites_xy=sites_xy)
    return candidates, {mode: network.join(candidates) for mode, network in ground.networks.items()}


def searches_of(inputs: Inputs, settings: Settings, ground: Judged) -> dict[Mode, Search]:
    """Where the uncovered people of each mode live, and how far from them a candidate may stand."""
    people, access = ground.settled.people, ground.access
    return {mode: _search(inputs, network, people, access, settings) for mode, network in ground.networks.items()}


def _emptiness(found: Suggestions, candidate_count: int) -> Iterator[Finding]:
    """Why there is nothing to suggest, if there is nothing; and whether more sites were asked for than help."""
    if not found.uncovered_units:
        yield Finding("note", "finding.suggest_nobody")
    elif not found.considered_count:
        facts = {"count": candidate_count}
        yield Finding(
            "warning", "finding.suggest_nothing" if candidate_count else "finding.suggest_no_candidates", facts
        )
    elif not found.plan.budget:
        if found.goal is None:
            yield Finding("note", "finding.suggest_budget_none")
    elif len(found) < found.plan.budget and found.goal is None:
        yield Finding("note", "finding.suggest_enough", {"budget": found.plan.budget, "count": len(found)})


def _endings(found: Suggestions, settings: Settings) -> Iterator[Finding]:
    """That the search was ended from outside: another run may find another plan."""
    if found.plan.stopped == "interrupted":
        yield Finding("warning", "finding.suggest_interrupted")
    if found.plan.stopped == "time":
        yield Finding("warning", "finding.suggest_time", {"seconds": f"{settings.siting.time_limit_s:g}"})


def _search(inputs: Inputs, network: Network, people: People, access: Access, settings: Settings) -> Search:
    """Uncovered people with a road, and the limit of their rule: nobody farther in a straight line is reached."""
    mode, standard = network.roads.mode, settings.standard.standard()
    asked = np.array([standard.rule(setting).mode == mode for setting in Setting])[people.setting]
    waiting = asked & ~access.covered & network.people.snapped & (people.units > 0)
    # A metre for what rounding may take off.
    limit_m = standard.limit_mm(mode) / 1000 + 1
    if not settings.roads.count_gaps:
        limit_m += 2 * max_gap_m(mode, settings)
    if inputs.edited is not None:
        # Where a link is joined to a street the gap has no length, so that roads may be so much shorter than straight.
        limit_m += inputs.edited[1].joined_count * TOLERANCE_M
    return Search(people.xy[waiting], limit_m, SPACING_M[mode], people.units[waiting])


def _regions_of(xy: Floats, regions: Regions | None) -> Indices:
    if regions is None:
        return np.full(len(xy), -1, np.int32)
    return polygon_of(xy, regions.frame.geometry.to_numpy())


def _premises_findings(
    inputs: Inputs, settings: Settings, candidates: Candidates, places: Mapping[Mode, Places]
) -> list[Finding]:
    """How many premises there are and stand near a gap; the planner's own outside the roads; those without a road."""
    premises, files = inputs.premises, settings.inputs
    if premises is None:
        return []
    file = (files.premises or files.roads).name
    candidate = candidates.frame["premises"].to_numpy() != ""
    counts: dict[str, str | int] = {"count": len(premises), "near": int(candidate.sum())}
    findings = [Finding("note", "finding.premises_considered", counts, file=file)]
    own = premises.frame["source"].to_numpy() == "table"
    west, south, east, north = inputs.streets.bounds
    lon, lat = premises.xy.T
    outside = own & ((lon < west) | (lon > east) | (lat < south) | (lat > north))
    if outside.any():
        facts = _listed(premises.frame["name"].to_numpy()[outside].tolist())
        findings.append(Finding("warning", "finding.premises_outside_roads", facts, file=file))
    off_road = candidate & ~np.logical_or.reduce([joined.snapped for joined in places.values()])
    if off_road.any():
        facts = _listed(candidates.frame["name"].to_numpy()[off_road].tolist())
        findings.append(Finding("warning", "finding.premises_off_road", facts, file=file))
    return findings


def _listed(names: list[str]) -> dict[str, str | int]:
    return {"count": len(names), "names": ", ".join(filter(None, names[:20])) or "-"}
