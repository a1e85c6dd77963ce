"""What no plan can exceed: against every plan there is, and against the linear relaxation."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import sjc_problem
from scipy.optimize import linprog
from scipy.sparse import coo_array
from test_cover import best_units, problem_of_sets, worlds

from catchment.siting.bound import bound_curve, lagrangian_bound, plain_bound
from catchment.siting.cover import units_covered
from catchment.siting.exact import exact_plan
from catchment.siting.local import greedy_plan
from catchment.siting.reduce import reduced
from catchment.siting.remaining import all_of, narrowed


def relaxation(problem, budget):
    """The most units * z with z <= the sum of y of each class, that sum at most the budget, all within 0 and 1."""
    sites, classes = len(problem), len(problem.units)
    owner = np.repeat(np.arange(sites), np.diff(problem.site_ptr))
    rows = np.concatenate([problem.site_class, np.arange(classes), np.full(sites, classes)])
    columns = np.concatenate([owner, sites + np.arange(classes), np.arange(sites)])
    factors = np.concatenate([np.full(len(owner), -1.0), np.ones(classes + sites)])
    return -linprog(
        np.concatenate([np.zeros(sites), -problem.units.astype(float)]),
        A_ub=coo_array((factors, (rows, columns))).tocsr(),
        b_ub=np.concatenate([np.zeros(classes), [budget]]),
        bounds=(0, 1),
    ).fun


@given(worlds(), st.integers(1, 4))
@settings(deadline=None)
def test_no_plan_exceeds_the_bound_or_its_curve(world, budget):
    problem = problem_of_sets(*world)
    if budget >= len(problem):
        return
    known = int(greedy_plan(problem, budget)[1].sum())
    bound = lagrangian_bound(problem, budget, covered_units=known, rounds=200)
    assert max(bound.units, known) >= best_units(problem, budget)
    for prices in (bound, plain_bound(problem)):
        curve = bound_curve(problem, prices, len(problem) + 2)
        assert all(curve[count] >= best_units(problem, count) for count in range(len(problem) + 3))
        assert curve[0] == 0
        assert (np.diff(curve) >= 0).all()


@given(worlds(), st.integers(1, 4), st.integers(0, 10))
@settings(deadline=None)
def test_every_better_plan_is_among_what_the_bound_leaves_open(world, budget, known):
    problem = problem_of_sets(*world)
    if budget >= len(problem):
        return
    bound = lagrangian_bound(problem, budget, covered_units=known, rounds=200)
    left = narrowed(all_of(problem, budget), bound)
    best = best_units(problem, budget)
    if best > known:
        most = left.taken_units + best_units(left.problem, left.budget)
        assert most == best
    for plan in itertools.combinations(range(len(problem)), budget):
        if units_covered(problem, plan) > known:
            assert set(np.flatnonzero(bound.sure)) <= set(plan)
            assert not bound.out[list(plan)].any()


def test_the_bound_is_that_of_the_linear_relaxation(shared_data):
    problem = reduced(sjc_problem(shared_data / "siting" / "mclp_sjc", "SJC324", 150)).problem
    for budget in (20, 40):
        bound = lagrangian_bound(problem, budget, covered_units=0)
        relaxed = relaxation(problem, budget)
        assert relaxed - 1024 <= bound.units <= 1.002 * relaxed


@given(worlds(), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_branch_and_bound_finds_the_best_plan_and_proves_it(world, budget):
    problem = reduced(problem_of_sets(*world)).problem
    if budget >= len(problem):
        return
    found = exact_plan(problem, budget, plan=np.array([0]), time_limit_s=60)
    assert len(found.plan) <= budget
    assert units_covered(problem, found.plan) == found.bound_units == best_units(problem, budget)
