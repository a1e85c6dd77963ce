"""The choice with its proof: against every plan there is, published optima, and laws."""

import _thread
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import city_best, city_problem, sjc_optima, sjc_problem
from test_cover import best_units, problem_of_sets, worlds

from catchment.errors import SettingsError
from catchment.model import UNITS_PER_PERSON
from catchment.siting.cover import problem_of_pairs, units_covered
from catchment.siting.exact import exact_plan
from catchment.siting.reduce import reduced
from catchment.siting.solve import solve_cover


def random_problem(seed, sites=60, places=400):
    """Sites and places in a square, a site serves what lies near; the pairs are known apart for other orders."""
    random = np.random.default_rng(seed)
    xy, homes = random.random((sites, 2)), random.random((places, 2))
    site, place = np.nonzero(np.hypot(*(xy[:, None] - homes[None]).transpose(2, 0, 1)) < 0.12)
    return site, place, random.integers(0, 5000, places), xy


@given(worlds(), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_the_plan_is_the_best_of_all_and_proven(world, budget):
    problem = problem_of_sets(*world)
    plan = solve_cover(problem, budget, rounds=1000)
    assert plan.covered_units == units_covered(problem, plan.site) == best_units(problem, budget)
    assert (plan.status, plan.stopped, plan.gap) == ("optimal", "proven", 0)
    assert len(plan.site) <= budget
    assert all(plan.curve_bound_units[count] >= best_units(problem, count) for count in range(budget + 1))
    assert plan.curve_bound_units[-1] == plan.bound_units


@pytest.mark.parametrize("seed", range(3))
def test_a_bigger_budget_never_covers_fewer(seed):
    problem = problem_of_pairs(*random_problem(seed))
    plans = [solve_cover(problem, budget, rounds=4000) for budget in range(0, 30, 3)]
    assert all(plan.status == "optimal" for plan in plans)
    assert (np.diff([plan.covered_units for plan in plans]) > 0).all()
    largest = plans[-1]
    assert all(plan.covered_units <= largest.curve_bound_units[plan.budget] for plan in plans)


def test_the_build_order_adds_less_and_less_and_adds_up():
    problem = problem_of_pairs(*random_problem(5))
    plan = solve_cover(problem, 12)
    assert (np.diff(plan.added_units) <= 0).all()
    firsts = [units_covered(problem, plan.site[:count]) for count in range(len(plan.site) + 1)]
    assert np.diff(firsts).tolist() == plan.added_units.tolist()


def test_a_seed_gives_its_plan_again_in_any_order_of_sites_people_and_pairs():
    site, place, units, xy = random_problem(8)
    once = solve_cover(problem_of_pairs(site, place, units, xy), 10, seed=3, rounds=3000)
    random = np.random.default_rng(1)
    sites, places, pairs = (random.permutation(count) for count in (len(xy), len(units), len(site)))
    shuffled = problem_of_pairs(
        np.argsort(sites)[site][pairs], np.argsort(places)[place][pairs], units[places], xy[sites]
    )
    again = solve_cover(shuffled, 10, seed=3, rounds=3000)
    assert again.site.tolist() != once.site.tolist()
    assert sites[again.site].tolist() == once.site.tolist()
    assert again.added_units.tolist() == once.added_units.tolist()
    assert again.curve_bound_units.tolist() == once.curve_bound_units.tolist()


def test_a_plan_cut_short_keeps_a_bound_that_holds():
    problem = problem_of_pairs(*random_problem(2, sites=200, places=2000))
    best = solve_cover(problem, 15)
    short = solve_cover(problem, 15, time_limit_s=0)
    assert best.status == "optimal"
    assert (short.status, short.stopped) == ("bounded", "time")
    assert short.covered_units <= best.covered_units <= short.bound_units
    assert short.gap == (short.bound_units - short.covered_units) / short.covered_units


def test_an_interruption_keeps_the_best_plan_by_then():
    seen = []

    def interrupt(covered, bound):
        seen.append((covered, bound))
        if len(seen) == 3:
            raise KeyboardInterrupt

    plan = solve_cover(problem_of_pairs(*random_problem(2, sites=200, places=2000)), 15, progress=interrupt)
    assert plan.stopped == "interrupted"
    assert (plan.covered_units, plan.bound_units) == seen[-1]


def test_ctrl_c_that_meets_compiled_code_is_an_interruption_and_any_other_error_is_not():
    problem = problem_of_pairs(*random_problem(2, sites=200, places=2000))

    def failing(cause):
        def fail(*_):
            raise SystemError("a kernel returned a result with an exception set") from cause

        return fail

    twice = SystemError("and so did what called it")
    twice.__cause__ = KeyboardInterrupt()
    for cause in (KeyboardInterrupt(), twice):
        assert solve_cover(problem, 15, progress=failing(cause)).stopped == "interrupted"
    with pytest.raises(SystemError):
        solve_cover(problem, 15, progress=failing(None))


def test_ctrl_c_stops_branch_and_bound_and_leaves_a_plan_and_a_bound():
    site, place, units, xy = random_problem(4, sites=600, places=6000)
    problem = reduced(problem_of_pairs(site, place, units, xy)).problem
    ring = threading.Timer(0.5, _thread.interrupt_main)
    ring.start()
    found = exact_plan(problem, 25, plan=np.arange(5), time_limit_s=60)
    ring.cancel()
    assert found.interrupted
    assert len(found.plan) <= 25
    assert units_covered(problem, found.plan) <= found.bound_units


@pytest.mark.parametrize(
    ("sets", "units", "budget", "chosen"),
    [
        ([], [5], 3, []),
        ([{0}, {1}], [5, 5], 0, []),
        ([{0}, {1}], [0, 0], 1, []),
        ([set(), {1}], [5, 6], 9, [1]),
        ([{0}, {1}], [5, 6], 2, [1, 0]),
    ],
    ids=["no candidates", "no budget", "nobody", "one reaches nobody", "all of them"],
)
def test_where_there_is_no_choice_the_plan_is_proven_at_once(sets, units, budget, chosen):
    plan = solve_cover(problem_of_sets(sets, units), budget)
    assert plan.site.tolist() == chosen
    assert (plan.status, plan.stopped) == ("optimal", "proven")
    assert len(plan.curve_bound_units) == budget + 1


def test_a_negative_budget_is_refused():
    with pytest.raises(SettingsError, match="number of sites is -1"):
        solve_cover(problem_of_sets([{0}], [1]), -1)


@pytest.mark.parametrize("row", range(12))
def test_published_optima_are_found_and_proven(shared_data, row):
    folder = shared_data / "siting" / "mclp_sjc"
    name, radius, budget, people = sjc_optima(folder)[row]
    plan = solve_cover(sjc_problem(folder, name, radius), budget)
    assert (plan.covered_units, plan.status) == (people * UNITS_PER_PERSON, "optimal")


def test_best_plans_of_others_count_the_same_and_stay_under_the_bound(shared_data):
    folder = shared_data / "siting" / "mclp_cities"
    known = [row for row in city_best(folder) if row[0] == "NewYork"]
    problem = city_problem(folder, "NewYork", 400)
    assert [units_covered(problem, sites) for _, _, _, sites in known] == [
        people * UNITS_PER_PERSON for _, _, people, _ in known
    ]
    plan = solve_cover(problem, 100, rounds=500, time_limit_s=5)
    assert all(people * UNITS_PER_PERSON <= plan.curve_bound_units[len(sites)] for _, _, people, sites in known)
