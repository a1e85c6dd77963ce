"""Where next, for a budget or a share of the people: the plan, and what a planner asks of each of its places."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.nearest import nearest_sites
from catchment.access.reach import people_in_reach, reach_under_standard
from catchment.access.totals import widest_search_m
from catchment.errors import RecountError
from catchment.geo.plane import metric_plane
from catchment.model import UNITS_PER_PERSON, CoverGoal, Places, Setting, Suggestions, share_of
from catchment.siting.candidates import within
from catchment.siting.cover import problem_of_reach
from catchment.siting.curve import cover_curve
from catchment.siting.floors import PeopleFloor, with_floors
from catchment.siting.goal import plan_of_fewest
from catchment.siting.preferred import with_first_candidates
from catchment.siting.rules import NO_RULES, Rules
from catchment.siting.score import people_served
from catchment.siting.solve import solve_cover

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from catchment.model import (
        Access,
        Candidates,
        Codes,
        CoverPlan,
        Gaps,
        Indices,
        Ints,
        Mode,
        People,
        ReachSets,
        RoadGraph,
        Standard,
    )
    from catchment.siting.candidates import Search

_COLUMNS = (
    *("rank", "candidate_id", "label", "name", "premises", "street", "kind", "lon", "lat", "region", "setting"),
    *("added", "reach", "only", "site", "cost_mm", "gap"),
)


def suggest(
    candidates: Candidates,
    people: People,
    access: Access,
    *,
    budget: int = 0,
    cover: float | None = None,
    searches: Mapping[Mode, Search],
    standard: Standard,
    roads: Mapping[Mode, RoadGraph],
    places: Mapping[Mode, Places],
    sites: Mapping[Mode, Places],
    homes: Mapping[Mode, Places],
    gaps: Gaps,
    region: Indices,
    setting: Codes,
    region_count: int = 0,
    count_gaps: bool = True,
    threads: int = 1,
    rules: Rules = NO_RULES,
    floors: Sequence[PeopleFloor] = (),
    seed: int = 0,
    time_limit_s: float = 60.0,
    progress: Callable[[int, int], None] | None = None,
) -> Suggestions:
    """
    The at most ``budget`` candidates that serve most people whom nobody serves yet, with a bound on what any could.

    Everybody who is not covered counts, whatever the cause: whoever is cut off from all sites is covered by a candidate
    on his own roads. The plan is counted again by a search from everybody to the chosen places, which knows nothing of
    reach sets or classes: added to the counted sites, they cover exactly ``plan.covered_units`` more people. Its places
    come in the order to build them: each adds most people to those before it. Of candidates that can stand for one
    another without losing anybody the first is taken: premises before streets.

    The same input and seed give the same plan unless time runs out or Ctrl-C ends the search, which ``plan.stopped``
    tells: then it is the best plan found by then, with the bound known by then.

    Parameters
    ----------
    candidates
        From ``candidate_places``.
    people
        With their settings.
    access
        From ``judge``, to the counted sites.
    budget
        At most so many.
    cover
        Instead of a budget the share of all people, those nobody can reach among them, that is to be covered with the
        fewest of them; if it cannot be, they cover as many as can be.
    searches
        Where the uncovered people of each mode live, and how far from them a candidate may stand to reach any.
    standard
        The rule of each setting.
    roads, places, sites, homes
        The graph of each mode, and where candidates, counted sites and people stand on it.
    gaps
        From ``find_gaps``.
    region, setting
        Of each candidate, shape (candidates,).
    region_count
        How many regions there are.
    count_gaps
        Gap legs are part of the cost.
    threads
        As in ``reach_sets``.
    rules, floors
        What the plan must keep to besides, of candidates and of people; with them places that add nobody may be in
        it, and none is exchanged.
    seed, time_limit_s, progress
        As in ``solve_cover``: of the search, for plan and bound [s], and told of each better plan or bound.

    Raises
    ------
    RecountError
        If the count from the people is another: a fault of the program, and no plan is better than a wrong one.
    """
    reach_of = partial(
        reach_under_standard, people, standard, roads, places=homes, count_gaps=count_gaps, threads=threads
    )
    near = {mode: _only_near(candidates, places[mode], searches[mode]) for mode in places}
    reach = reach_of(near, kept=~access.covered)
    left = people.units[reach.order]
    problem = problem_of_reach(reach, left, metric_plane(candidates.xy))
    rules, goal = with_floors(rules, floors, reach, left), None
    if cover is None:
        plan = solve_cover(problem, budget, rules=rules, seed=seed, time_limit_s=time_limit_s, progress=progress)
    else:
        everybody_units, before_units = int(people.units.sum()), int(people.units[access.covered].sum())
        plan, fewest = plan_of_fewest(
            problem,
            share_of(cover, everybody_units) - before_units,
            rules=rules,
            seed=seed,
            time_limit_s=time_limit_s,
            progress=progress,
        )
        goal = CoverGoal(cover, everybody_units, before_units, fewest)
    if rules.none and rules.cost is None:
        plan = with_first_candidates(problem, plan)
    chosen = {mode: places[mode].some(plan.site) for mode in places}
    served = people_served(people, standard, roads, homes, chosen, count_gaps=count_gaps)
    new = np.where(served & ~access.covered, people.units, 0)
    _check_recount(plan, int(new.sum()))
    everybody = reach_of(chosen)
    site, cost_mm = _nearest(roads, sites, chosen, standard, setting[plan.site], count_gaps=count_gaps)
    frame = _frame(candidates, plan, reach, left, gaps.patch[reach.order]).assign(
        region=region[plan.site],
        setting=setting[plan.site],
        reach=people_in_reach(everybody, people.units[everybody.order]),
        site=site,
        cost_mm=cost_mm,
    )
    return Suggestions(
        frame=frame[list(_COLUMNS)],
        plan=plan,
        curve=cover_curve(problem, plan, own_plans=rules.none and plan.stopped != "interrupted"),
        uncovered_units=int(left.sum()),
        alone_units=people_in_reach(reach, left),
        added_by_region=_sums(people.region, new, region_count),
        added_by_setting={kind: int(new[people.setting == kind].sum()) for kind in Setting},
        goal=goal,
    )


def _frame(candidates: Candidates, plan: CoverPlan, reach: ReachSets, left: Ints, patch: Indices) -> pd.DataFrame:
    """The chosen candidates in order, whom they add and whom only they reach, and the gap they help most."""
    first, times = _served(reach, plan)
    count = len(plan.site)
    return (
        candidates.frame.iloc[plan.site]
        .reset_index(drop=True)
        .assign(
            rank=np.arange(1, count + 1),
            added=plan.added_units,
            only=_sums(first, np.where(times == 1, left, 0), count),
            gap=_main_gap(first, left, patch, count),
        )
    )


def _check_recount(plan: CoverPlan, counted_units: int) -> None:
    if counted_units != plan.covered_units:
        found, said = (units / UNITS_PER_PERSON for units in (counted_units, plan.covered_units))
        raise RecountError("error.plan_recount", found=found, said=said)


def _only_near(candidates: Candidates, places: Places, search: Search) -> Places:
    """
    The places of those candidates that may reach somebody; the others' are taken away.

    No road is shorter than the straight line, so a search from the others would find nobody.
    """
    near = within(candidates.xy, search.uncovered_xy, search.near_m)
    return Places(np.where(near, places.edge, -1).astype(np.int32), places.offset_mm, places.gap_mm)


def _served(reach: ReachSets, plan: CoverPlan) -> tuple[Indices, Indices]:
    """Which place of the plan serves each place of the order first (-1 none), and how many do, shape (n,)."""
    first, times = np.full(len(reach.order), -1, np.int32), np.zeros(len(reach.order), np.int32)
    for rank, candidate in enumerate(plan.site.tolist()):
        runs = slice(reach.source_ptr[candidate], reach.source_ptr[candidate + 1])
        for start, stop in zip(reach.start[runs].tolist(), reach.stop[runs].tolist(), strict=True):
            here = first[start:stop]
            here[here < 0] = rank
            times[start:stop] += 1
    return first, times


def _nearest(
    roads: Mapping[Mode, RoadGraph],
    sites: Mapping[Mode, Places],
    chosen: Mapping[Mode, Places],
    standard: Standard,
    setting: Codes,
    *,
    count_gaps: bool,
) -> tuple[Indices, Ints]:
    """The nearest counted site of each chosen place by the mode of its setting, -1 if none, and its distance."""
    site, cost_mm = np.full(len(setting), -1, np.int32), np.full(len(setting), -1, np.int64)
    for mode, places in chosen.items():
        cutoff_m = widest_search_m(standard, mode)
        found = nearest_sites(roads[mode], sites[mode], places, cutoff_m=cutoff_m, k=1, count_gaps=count_gaps)
        here = np.array([standard.rule(kind).mode == mode for kind in Setting])[setting]
        site[here], cost_mm[here] = found.site[here, 0], found.cost_mm[here, 0]
    return site, cost_mm


def _main_gap(first: Indices, units: Ints, patch: Indices, count: int) -> Ints:
    """Gap with most of the people each place adds, the first of equals; -1 if it adds nobody of a gap."""
    main = np.full(count, -1, np.int64)
    for rank in range(count):
        here = (first == rank) & (patch >= 0)
        if here.any():
            main[rank] = np.argmax(_sums(patch[here], units[here], int(patch[here].max()) + 1))
    return main


def _sums(index: Indices, units: Ints, count: int) -> Ints:
    """Units by index, those of index -1 left out."""
    total = np.zeros(count, np.int64)
    kept = index >= 0
    np.add.at(total, index[kept], units[kept])
    return total
