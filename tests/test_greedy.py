"""The quick plan: against looking at everybody."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.model import ReachSets
from catchment.siting.cover import problem_of_reach
from catchment.siting.local import greedy_plan


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
    problem = problem_of_reach(reach_of(sets, len(units)), np.array(units), np.zeros((len(sets), 2)))
    chosen, added = greedy_plan(problem, budget)
    assert (chosen.tolist(), added.tolist()) == plain_greedy(sets, units, budget)
    assert problem.coverable_units == covered(sets, units, range(len(sets)))


def test_a_tie_goes_to_the_first_candidate():
    for sets, units, plan in (
        ([{0}, {1, 2}, {0, 3}], [1, 1, 1, 1], [1, 2]),
        ([{2}, {0}, {1}], [1, 1, 1], [0, 1]),
    ):
        problem = problem_of_reach(reach_of(sets, len(units)), np.array(units), np.zeros((3, 2)))
        assert greedy_plan(problem, len(plan))[0].tolist() == plan
