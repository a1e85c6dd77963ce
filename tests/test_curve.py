"""The curve of a plan, its preferred sites and its recount: against every plan there is, and laws."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cover import best_units, problem_of_sets, worlds
from test_solve import random_problem

from catchment.siting.cover import problem_of_pairs, units_covered
from catchment.siting.curve import cover_curve, knee
from catchment.siting.preferred import with_first_candidates
from catchment.siting.solve import solve_cover


@given(worlds(), st.integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_between_nothing_and_the_bound_stands_the_best_plan_of_every_size(world, budget):
    problem = problem_of_sets(*world)
    plan = solve_cover(problem, budget, rounds=1000)
    curve = cover_curve(problem, plan)
    best = [best_units(problem, count) for count in range(budget + 1)]
    assert len(curve.nested_units) == len(curve.bound_units) == budget + 1
    assert all(
        nested <= most <= bound
        for nested, most, bound in zip(curve.nested_units.tolist(), best, curve.bound_units.tolist(), strict=True)
    )
    assert (np.diff(curve.nested_units) >= 0).all()
    assert (np.diff(curve.bound_units) >= 0).all()
    for count, units in zip(curve.own_count.tolist(), curve.own_units.tolist(), strict=True):
        assert curve.nested_units[count] <= units <= best[count]


def test_the_price_of_building_in_order_is_found():
    # Three sites in a row serve {0, 1}, {2, 3} and {4, 5}; a fourth serves {1, 2} and a fifth {3, 4}, each the best
    # alone with 20. The best plan of three leaves both out and begins with 19; the best of one has 20.
    problem = problem_of_pairs(
        [0, 0, 1, 1, 2, 2, 3, 3, 4, 4], [0, 1, 2, 3, 4, 5, 1, 2, 3, 4], [9, 10, 10, 9, 10, 9], np.zeros((5, 2))
    )
    assert units_covered(problem, [3]) == 20
    curve = cover_curve(problem, solve_cover(problem, 3))
    assert curve.nested_units.tolist() == [0, 19, 38, 57]
    assert dict(zip(curve.own_count.tolist(), curve.own_units.tolist(), strict=True)) == {1: 20, 2: 39}
    assert curve.bound_units.tolist() == [0, 20, 39, 57]


@pytest.mark.parametrize("seed", range(2))
def test_plans_of_their_own_cost_what_the_best_plans_do(seed):
    problem = problem_of_pairs(*random_problem(seed))
    curve = cover_curve(problem, solve_cover(problem, 20))
    assert curve.own_count.tolist() == [4, 8, 12, 16]
    best = [solve_cover(problem, count) for count in curve.own_count.tolist()]
    assert all(plan.status == "optimal" for plan in best)
    assert all(curve.own_units >= 0.99 * np.array([plan.covered_units for plan in best]))
    assert all(curve.bound_units[curve.own_count] <= 1.02 * np.array([plan.covered_units for plan in best]))
    assert curve.bound_units[-1] == solve_cover(problem, 20).bound_units


def test_without_plans_of_their_own_the_bound_is_the_one_of_the_plan():
    problem = problem_of_pairs(*random_problem(3))
    plan = solve_cover(problem, 10)
    curve = cover_curve(problem, plan, own_plans=False)
    assert (len(curve.own_count), curve.bound_units[-1]) == (0, plan.bound_units)
    assert (curve.bound_units <= plan.curve_bound_units).all()


def test_a_curve_without_a_bend_has_no_knee():
    assert [knee(np.array(units)) for units in ([0], [0, 7], [0, 5, 10], [0, 0, 0])] == [0, 0, 0, 0]
    assert knee(np.array([0, 10, 11, 12, 13])) == 1


@given(worlds(), st.integers(0, 5))
@settings(max_examples=100, deadline=None)
def test_preferred_sites_lose_nobody_and_no_earlier_one_could_stand_for_any_of_them(world, budget):
    problem = problem_of_sets(*world)
    plan = solve_cover(problem, budget, rounds=1000)
    preferred = with_first_candidates(problem, plan)
    assert preferred.covered_units == plan.covered_units == units_covered(problem, preferred.site)
    assert (preferred.status, len(preferred.site)) == (plan.status, len(plan.site))
    assert (np.diff(preferred.added_units) <= 0).all()
    again = with_first_candidates(problem, preferred)
    assert sorted(again.site.tolist()) <= sorted(preferred.site.tolist())


def test_of_equal_sites_the_first_is_taken_wherever_they_stand():
    random = np.random.default_rng(4)
    for order in itertools.permutations(range(4)):
        xy = random.random((4, 2))
        pairs = [(site, demand) for site in range(4) for demand in ((0, 1) if site % 2 else (2,))]
        problem = problem_of_pairs(*np.array(pairs).T, [5, 5, 7], xy[list(order)])
        assert with_first_candidates(problem, solve_cover(problem, 2)).site.tolist() == [1, 0]
