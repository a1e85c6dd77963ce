"""The scenarios of a project: other speeds, limits and people, a site closed; and how sure the plan is over them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.classes import cover_counts
from catchment.access.judge import at_speed, in_thirds
from catchment.access.reach import reach_under_standards, some_people, some_sources
from catchment.access.totals import BRISK_KMH, SLOW_KMH
from catchment.geo.measure import earth_centred
from catchment.pipeline.network import only
from catchment.siting.cover import problem_of_reach
from catchment.siting.robust import people_otherwise, robustness, scenarios

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catchment.config import Settings
    from catchment.model import Candidates, Floats, Ints, Mode, Places, ReachSets, Robustness, Standard
    from catchment.pipeline.judged import Judged
    from catchment.siting.cover import CoverProblem
    from catchment.siting.robust import Scenario


def scenario_standards(standard: Standard) -> list[Standard]:
    """
    The standard at three walking speeds (slow, as it is, brisk), each with two, three and four thirds of every limit.

    Examples
    --------
    >>> from catchment.model import Rule, Standard
    >>> walk, road = Rule.walking(15, 4.8), Rule.by_road(15)
    >>> found = scenario_standards(Standard("common", walk, walk, road))
    >>> [(each.city.limit_mm // 1000, each.rural.limit_mm // 1_000_000) for each in found[:3]], len(found)
    ([(600, 10), (900, 15), (1200, 20)], 9)
    """
    speeds = (at_speed(standard, SLOW_KMH), standard, at_speed(standard, BRISK_KMH))
    return [in_thirds(each, count) for each in speeds for count in (2, 3, 4)]


def robustness_of(
    ground: Judged, settings: Settings, candidates: Candidates, places: Mapping[Mode, Places], *, budget: int
) -> Robustness:
    """
    How often each candidate, or one near it, is chosen over as many scenarios as the project asks for.

    Each scenario has a walking speed and limits of its own, people by chance and one counted site closed. The places
    looked at are those of the run, and its own plan is not the beginning of any other.

    Parameters
    ----------
    ground
        Who is covered on which roads.
    settings
        Say how many scenarios.
    candidates, places
        All candidates, and where they join the roads of each mode.
    budget
        At most so many sites in each plan.
    """
    counted = np.flatnonzero(ground.counted).astype(np.int32)
    standards = scenario_standards(settings.standard.standard())
    asked = scenarios(settings.siting.robust or 0, readings=len(standards), sites=len(counted))
    problems = _problems(ground, settings, candidates, places, asked=asked, standards=standards)
    return robustness(problems, earth_centred(candidates.xy), budget=budget)


def _problems(
    ground: Judged,
    settings: Settings,
    candidates: Candidates,
    places: Mapping[Mode, Places],
    *,
    asked: list[Scenario],
    standards: list[Standard],
) -> Iterator[CoverProblem]:
    """The problem of each scenario, one standard after another, so that the reach of one at a time is held."""
    people, counted = ground.settled.people, np.flatnonzero(ground.counted).astype(np.int32)
    sites = {mode: only(network.sites, ground.counted).some(counted) for mode, network in ground.networks.items()}
    reaches = reach_under_standards(
        people,
        standards,
        {mode: network.roads for mode, network in ground.networks.items()},
        {mode: sites[mode].followed_by(places[mode]) for mode in places},
        {mode: network.people for mode, network in ground.networks.items()},
        count_gaps=settings.roads.count_gaps,
        threads=os.cpu_count() or 1,
    )
    plane = _plane(candidates.xy)
    for reading, reach in enumerate(reaches):
        for scenario in asked:
            if scenario.reading == reading:
                units = people_otherwise(people.units, people.region, scenario)[reach.order]
                yield _problem(reach, units, plane, scenario, sites_count=len(counted))


def _problem(reach: ReachSets, units: Ints, plane: Floats, scenario: Scenario, *, sites_count: int) -> CoverProblem:
    """Whom the candidates would serve who are served by no site that is open; the sites are the first sources."""
    number = np.arange(len(reach), dtype=np.int32)
    is_open = (number < sites_count) & (number != scenario.closed)
    waiting = (cover_counts(some_sources(reach, number[is_open])) == 0) & (units > 0)
    left = some_people(some_sources(reach, number[sites_count:]), waiting)
    return problem_of_reach(left, units[waiting], plane)


def _plane(xy: Floats) -> Floats:
    """Places on a plane of degrees of latitude, for the search among neighbours; shape (n, 2)."""
    scale = np.cos(np.radians(xy[:, 1].mean())) if len(xy) else 1.0
    plane: Floats = xy * np.array([scale, 1.0])
    return plane
