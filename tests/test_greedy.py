"""First suggestions: against plain greedy, against every plan there is."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.model import ReachSets
from catchment.siting.greedy import choose_sites


def reach_of(sets, people_count):
    """Reach sets of sets of people, the people in their own order."""
    ptr, start, stop = [0], [], []
    for members in sets:
        for person in sorted(members):
            if len(start) > ptr[-1] and stop[-1] == person:
                stop[-1] += 1
            else:
                start.append(person)
                stop.append(person + 1)
        ptr.append(len(start))
    return ReachSets(
        np.array(ptr), np.array(start, np.int32), np.array(stop, np.int32), np.arange(people_count, dtype=np.int32)
    )


@st.composite
def instances(draw):
    people_count = draw(st.integers(1, 12))
    units = draw(st.lists(st.integers(0, 6), min_size=people_count, max_size=people_count))
    sets = draw(st.lists(st.sets(st.integers(0, people_count - 1)), max_size=8))
    return sets, units, draw(st.integers(0, 5))


def covered(sets, units, plan):
    return sum(units[person] for person in set().union(*(sets[site] for site in plan)))


def plain_greedy(sets, units, budget):
    plan, added = [], []
    while len(plan) < budget and len(plan) < len(sets):
        gains = [covered(sets, units, [*plan, site]) - covered(sets, units, plan) for site in range(len(sets))]
        best = max(range(len(sets)), key=lambda site: (gains[site], -site))
        if gains[best] == 0:
            break
        plan.append(best)
        added.append(gains[best])
    return plan, added


@given(instances())
@settings(max_examples=300, deadline=None)
def test_the_lazy_choice_is_that_of_looking_at_everybody(instance):
    sets, units, budget = instance
    plan = choose_sites(reach_of(sets, len(units)), np.array(units), budget)
    assert (plan.candidate.tolist(), plan.added_units.tolist()) == plain_greedy(sets, units, budget)
    assert plan.covered_units == covered(sets, units, plan.candidate.tolist())
    assert plan.coverable_units == covered(sets, units, range(len(sets)))


@given(instances())
@settings(max_examples=200, deadline=None)
def test_the_best_plan_is_within_the_guarantee_and_the_bound(instance):
    sets, units, budget = instance
    plan = choose_sites(reach_of(sets, len(units)), np.array(units), budget)
    best = max(
        covered(sets, units, sites) for sites in itertools.combinations(range(len(sets)), min(budget, len(sets)))
    )
    assert plan.covered_units >= (1 - 1 / np.e) * best
    assert plan.covered_units <= best <= plan.bound_units <= plan.coverable_units <= plan.uncovered_units
    assert (plan.status == "optimal") <= (plan.covered_units == best)


def test_the_argument_is_left_as_it_was():
    units = np.array([1, 2, 3])
    choose_sites(reach_of([{0, 1}, {2}], 3), units, 2)
    assert units.tolist() == [1, 2, 3]


def test_a_tie_goes_to_the_first_candidate():
    plan = choose_sites(reach_of([{0}, {1, 2}, {0, 3}], 4), np.array([1, 1, 1, 1]), 3)
    assert plan.candidate.tolist() == [1, 2]
    plan = choose_sites(reach_of([{2}, {0}, {1}], 3), np.array([1, 1, 1]), 2)
    assert plan.candidate.tolist() == [0, 1]


def test_a_plan_that_leaves_nobody_in_reach_is_proven_the_best():
    plan = choose_sites(reach_of([{0, 1}, {1}], 3), np.array([5, 5, 5]), 2)
    assert (plan.status, plan.covered_units, plan.bound_units, plan.uncovered_units) == ("optimal", 10, 10, 15)
