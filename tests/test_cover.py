"""The problem of choosing sites, and smaller problems with the same answers: against every plan there is."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_greedy import reach_of

from catchment.access.reach import people_in_reach
from catchment.errors import InputError
from catchment.siting.cover import problem_of_pairs, problem_of_reach, some_sites, units_covered
from catchment.siting.reduce import reduced


def problem_of_sets(sets, units, xy=None):
    """Site s serves the people of ``sets[s]``; the sites stand in a row."""
    pairs = [(site, person) for site, members in enumerate(sets) for person in members]
    site, person = np.array(pairs, np.int64).reshape(-1, 2).T
    return problem_of_pairs(site, person, units, [(number, 0) for number in range(len(sets))] if xy is None else xy)


@st.composite
def worlds(draw, most_sites=7):
    people_count = draw(st.integers(1, 10))
    units = draw(st.lists(st.integers(0, 6), min_size=people_count, max_size=people_count))
    sets = draw(st.lists(st.sets(st.integers(0, people_count - 1)), max_size=most_sites))
    return sets, units


def best_units(problem, budget):
    """By looking at every plan."""
    plans = itertools.combinations(range(len(problem)), min(budget, len(problem)))
    return max(units_covered(problem, plan) for plan in plans)


@given(worlds(), st.data())
@settings(deadline=None)
def test_what_sites_cover_is_the_people_of_their_sets(world, data):
    sets, units = world
    plan = data.draw(st.lists(st.sampled_from(range(len(sets))))) if sets else []
    covered = sum(units[person] for person in set().union(*(sets[site] for site in plan)))
    assert units_covered(problem_of_sets(sets, units), plan) == covered


@given(worlds())
@settings(deadline=None)
def test_reach_sets_and_pairs_state_the_same_problem(world):
    sets, units = world
    reach = reach_of(sets, len(units))
    one = problem_of_reach(reach, np.array(units), np.zeros((len(sets), 2)))
    other = problem_of_sets(sets, units)
    for plan in ([], *([site] for site in range(len(sets))), range(len(sets))):
        assert units_covered(one, plan) == units_covered(other, plan)
    alone = people_in_reach(reach, np.array(units))
    assert [units_covered(one, [site]) for site in range(len(sets))] == alone.tolist()


@given(worlds())
@settings(deadline=None)
def test_a_smaller_problem_has_the_same_best_for_every_budget(world):
    problem = problem_of_sets(*world)
    small = reduced(problem)
    for budget in range(len(problem) + 1):
        assert best_units(small.problem, budget) == best_units(problem, budget)


@given(worlds())
@settings(deadline=None)
def test_a_plan_covers_the_same_in_the_smaller_problem(world):
    problem = problem_of_sets(*world)
    small = reduced(problem)
    for count in range(3):
        for plan in itertools.combinations(range(len(small.problem)), count):
            assert units_covered(small.problem, plan) == units_covered(problem, small.site[list(plan)])


@given(worlds())
@settings(deadline=None)
def test_nothing_in_a_smaller_problem_could_still_be_left_out(world):
    small = reduced(problem_of_sets(*world)).problem
    sites = [set(small.site_class[a:b].tolist()) for a, b in itertools.pairwise(small.site_ptr)]
    classes = [small.of_classes[1][a:b].tolist() for a, b in itertools.pairwise(small.of_classes[0])]
    assert not any(one <= other for one, other in itertools.permutations(sites, 2))
    assert not any(one == other for one, other in itertools.combinations(classes, 2))
    assert all(classes)
    assert small.units.all()


@given(worlds(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_sites_and_people_leaves_no_trace(world, random):
    sets, units = world
    sites, people = list(range(len(sets))), list(range(len(units)))
    random.shuffle(sites)
    random.shuffle(people)
    shuffled = [{people.index(person) for person in sets[site]} for site in sites]
    one = reduced(problem_of_sets(sets, units))
    other = reduced(problem_of_sets(shuffled, [units[person] for person in people], [(site, 0) for site in sites]))
    assert one.site.tolist() == [sites[site] for site in other.site]
    assert one.problem.units.tolist() == other.problem.units.tolist()
    assert one.problem.site_class.tolist() == other.problem.site_class.tolist()


def test_some_sites_keep_their_classes():
    problem = problem_of_sets([{0, 1}, {2}, {1, 2}], [1, 2, 4])
    part = some_sites(problem, np.array([2, 0]))
    assert (part.site_ptr.tolist(), part.site_class.tolist()) == ([0, 2, 4], [1, 2, 0, 1])
    assert part.xy.tolist() == [[2, 0], [0, 0]]


def test_fewer_people_than_none_are_refused():
    with pytest.raises(InputError, match="place 1 are -3"):
        problem_of_sets([{0}], [5, -3])
