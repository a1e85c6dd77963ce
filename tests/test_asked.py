"""What a planner asks of a plan: against counting every plan anew, by head, and laws."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cover import best_units, problem_of_sets
from test_greedy import covered, instances, reach_of

from catchment.access.classes import only_units
from catchment.access.reach import some_people, some_sources
from catchment.model import LeftOut, ReachSets, Robustness
from catchment.siting.alternatives import alternatives
from catchment.siting.left_out import left_out
from catchment.siting.robust import Scenario, people_otherwise, robustness, scenarios
from catchment.siting.swap import by_region, swapped


@st.composite
def planned(draw):
    """Sets of people, their units, a plan and where the candidates stand, on a street of round kilometres."""
    sets, units, budget = draw(instances())
    plan = draw(st.permutations(range(len(sets))))[:budget]
    east = draw(st.lists(st.integers(0, 3), min_size=len(sets), max_size=len(sets)))
    return sets, units, np.array(plan, np.int32), np.array([(400.0 * each, 0.0) for each in east]).reshape(-1, 2)


@given(planned())
@settings(max_examples=200, deadline=None)
def test_the_change_of_every_alternative_is_that_of_counting_both_plans(world):
    sets, units, plan, xy = world
    found = alternatives(reach_of(sets, len(units)), np.array(units), plan, xy)
    rows = zip(*(part.tolist() for part in (found.rank, found.candidate, found.distance_m)), strict=True)
    known = dict(zip(rows, found.change_units.tolist(), strict=True))
    expected = {}
    for rank, other in itertools.product(range(len(plan)), range(len(sets))):
        distance = abs(xy[plan[rank], 0] - xy[other, 0])
        if other not in plan and sets[other] and distance <= 500:
            instead = [*plan[:rank], other, *plan[rank + 1 :]]
            expected[rank, other, distance] = covered(sets, units, instead) - covered(sets, units, plan)
    assert known == expected


@given(planned())
@settings(deadline=None)
def test_alternatives_come_best_first_and_those_of_a_best_plan_gain_nothing(world):
    sets, units, _, xy = world
    problem = problem_of_sets(sets, units)
    best = max(itertools.combinations(range(len(sets)), min(2, len(sets))), key=lambda plan: covered(sets, units, plan))
    assert covered(sets, units, best) == best_units(problem, 2)
    found = alternatives(reach_of(sets, len(units)), np.array(units), np.array(best, np.int32), xy)
    assert (found.change_units <= 0).all()
    keys = list(zip(found.rank, -found.change_units, found.distance_m, found.candidate, strict=True))
    assert keys == sorted(keys)


def test_a_twin_costs_nothing_and_is_named():
    # Who stands at the same door and the one across the street reach the same two people.
    sets, units = [{0, 1}, {0, 1}, {1, 2}], [10, 20, 5]
    row = np.array([[0.0, 0.0], [30.0, 0.0], [200.0, 0.0]])
    found = alternatives(reach_of(sets, 3), np.array(units), np.array([0]), row)
    assert found.candidate.tolist() == [1, 2]
    assert found.change_units.tolist() == [0, -5]  # {1, 2} are 25 people, {0, 1} are 30


def test_nobody_is_an_alternative_to_no_plan():
    found = alternatives(reach_of([{0}], 1), np.array([1]), np.empty(0, np.int32), np.zeros((1, 2)))
    assert len(found) == 0


def test_among_fifty_thousand_candidates_the_changes_are_those_of_swapping():
    random = np.random.default_rng(1)
    candidates, people, runs = 50_000, 500_000, 40
    start = (random.integers(0, people - 60 * runs, (candidates, 1)) + 60 * np.arange(runs)).ravel().astype(np.int32)
    reach = ReachSets(np.arange(candidates + 1) * runs, start, start + 50, np.arange(people, dtype=np.int32))
    xy, plan = random.random((candidates, 2)) * 40_000, np.arange(0, candidates, 250)
    units = random.integers(0, 5000, people)
    found = alternatives(reach, units, plan, xy)
    assert len(found) > 4000
    for row in random.integers(0, len(found), 10):
        swap = swapped(reach, units, plan, found.rank[row], found.candidate[row])
        assert found.change_units[row] == swap.change_units


@given(planned(), st.data())
@settings(max_examples=100, deadline=None)
def test_swapping_changes_what_counting_both_plans_says_for_everybody_and_every_region(world, data):
    sets, units, plan, _ = world
    if not len(plan):
        return
    rank = data.draw(st.lists(st.sampled_from(range(len(plan))), unique=True))
    instead = data.draw(st.lists(st.sampled_from(range(len(sets))), min_size=len(rank), max_size=len(rank)))
    region = np.array(data.draw(st.lists(st.integers(-1, 1), min_size=len(units), max_size=len(units))))
    found = swapped(reach_of(sets, len(units)), np.array(units), plan, rank, instead)
    after = plan.copy()
    after[rank] = instead
    assert found.plan.tolist() == after.tolist()
    assert found.change_units == covered(sets, units, after) - covered(sets, units, plan)
    served = [set().union(*(sets[site] for site in each)) for each in (plan, after)]
    for number, (gained, lost) in enumerate(by_region(found, region, 2).tolist()):
        here = set(np.flatnonzero(region == number).tolist())
        assert gained == sum(units[person] for person in (served[1] - served[0]) & here)
        assert lost == sum(units[person] for person in (served[0] - served[1]) & here)


@given(planned(), st.data())
@settings(deadline=None)
def test_an_alternative_is_a_swap(world, data):
    sets, units, plan, xy = world
    reach = reach_of(sets, len(units))
    found = alternatives(reach, np.array(units), plan, xy)
    if len(found):
        row = data.draw(st.sampled_from(range(len(found))))
        swap = swapped(reach, np.array(units), plan, found.rank[row], found.candidate[row])
        assert swap.change_units == found.change_units[row]


@given(instances(), st.data())
@settings(deadline=None)
def test_reach_of_some_sources_and_some_people_is_that_of_their_sets(world, data):
    sets, units, _ = world
    reach = reach_of(sets, len(units))
    sources = data.draw(st.lists(st.sampled_from(range(len(sets))))) if sets else []
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=len(units), max_size=len(units))))
    found = some_people(some_sources(reach, np.array(sources, np.int32)), kept)
    stay = set(np.flatnonzero(kept).tolist())
    assert [set(found.people(number).tolist()) for number in range(len(found))] == [
        sets[source] & stay for source in sources
    ]


@given(instances())
@settings(deadline=None)
def test_what_only_one_serves_is_what_its_closing_loses(world):
    sets, units, _ = world
    everybody = range(len(sets))
    losses = [
        covered(sets, units, everybody) - covered(sets, units, [other for other in everybody if other != site])
        for site in everybody
    ]
    assert only_units(reach_of(sets, len(units)), np.array(units)).tolist() == losses


@given(st.lists(st.tuples(st.integers(0, 5000), *[st.booleans()] * 4)))
@settings(deadline=None)
def test_whoever_is_left_out_has_one_reason_and_they_add_up(rows):
    columns = np.array(rows, np.int64).reshape(-1, 5).T
    units, (served, on_road, in_reach, connected) = columns[0], columns[1:].astype(bool)
    found = left_out(units, served=served, on_road=on_road, in_reach=in_reach, connected=connected)
    assert list(found) == list(LeftOut)
    assert sum(found.values()) == units[~served].sum()


@given(st.integers(1, 40), st.integers(1, 9), st.integers(0, 5), st.integers(0, 3))
@settings(deadline=None)
def test_more_scenarios_begin_with_those_of_fewer_and_every_reading_has_its_turn(count, readings, sites, seed):
    found = scenarios(count, readings=readings, sites=sites, seed=seed)
    assert found[: count // 2] == scenarios(count // 2, readings=readings, sites=sites, seed=seed)
    times = np.bincount([each.reading for each in found], minlength=readings)
    assert times.max() - times.min() <= 1
    assert all(each.closed < sites if sites else each.closed == -1 for each in found)


def test_people_are_otherwise_by_factors_of_mean_one_by_region_and_by_point():
    units, region = np.full(200_000, 10_000), np.arange(200_000) % 100
    sums = [np.bincount(region, people_otherwise(units, region, Scenario(0, 0, (3, turn)))) / 2e7 for turn in range(20)]
    # 2,000 points of a region leave 0.3 / sqrt(2000) = 0.007 of the noise of points: what is left is the region's 0.1.
    assert np.mean(sums) == pytest.approx(1, abs=0.01)
    assert np.std(np.log(sums)) == pytest.approx(0.1, abs=0.005)
    alone = people_otherwise(units, np.full(len(units), -1), Scenario(0, 0, (3, 0)), region_sigma=0)
    assert np.std(np.log(alone)) == pytest.approx(0.3, abs=0.002)
    assert (people_otherwise(units, region, Scenario(0, 0, (3, 1))) != alone).any()


@given(instances(), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_a_candidate_alone_in_its_place_is_as_frequent_as_plans_with_it(world, seed):
    sets, units, budget = world
    row = np.array([(900.0 * number, 0.0) for number in range(len(sets))]).reshape(-1, 2)
    problem = problem_of_sets(sets, units, row)
    found = robustness([problem] * seed, row, budget=budget, seed=seed)
    # The same world again and again: always the same plan, and a plan that is no worse than the greedy one.
    assert set(found.frequency.tolist()) <= {0.0, 1.0}
    assert found.frequency.sum() <= budget
    assert found.scenario_count == seed
    plan = np.flatnonzero(found.frequency)
    assert covered(sets, units, plan) >= (1 - 1 / np.e) * best_units(problem, budget)


def test_a_place_is_core_above_four_fifths_and_fragile_below_a_half():
    found = Robustness(10, np.array([1.0, 0.9, 0.8, 0.5, 0.4]))
    assert [found.standing(place) for place in range(5)] == ["core", "core", "swing", "swing", "fragile"]


def test_one_near_by_counts_as_well():
    # The people move 400 m from the one end to the other; either candidate is near the other, the third is not.
    row = np.array([[0.0, 0.0], [400.0, 0.0], [1000.0, 0.0]])
    worlds = [problem_of_sets([{0}, {1}, {2}], units, row) for units in ([9, 1, 2], [1, 9, 2], [1, 2, 9])]
    assert robustness(worlds, row, budget=1).frequency.tolist() == pytest.approx([2 / 3, 2 / 3, 1 / 3])
