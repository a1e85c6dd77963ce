"""Plans that keep rules: against every plan there is, one rule at a time and all at once, and laws."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from test_cover import problem_of_sets, worlds

from catchment.errors import SettingsError
from catchment.model import Shortfall
from catchment.siting.cover import problem_of_pairs, units_covered
from catchment.siting.fewest import fewest_sites
from catchment.siting.rules import Floor, Group, Rules, kept, within_limits
from catchment.siting.solve import solve_cover


@st.composite
def ruled_worlds(draw, parts=("groups", "must", "never", "spacing", "money", "floors")):
    """A small world in a row of places, and rules of some parts; sites are those of ``worlds``, plus their places."""
    sets, units = draw(worlds())
    count, people = len(sets), len(units)
    sites = st.sampled_from(range(count)) if count else st.nothing()
    some = st.lists(sites, max_size=3, unique=True) if count else st.just([])
    xy = np.array(draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=count, max_size=count)))
    options = {}
    if "never" in parts:
        options["never"] = draw(some)
    if "must" in parts:
        options["must"] = [site for site in draw(some) if site not in options.get("never", ())]
    if "groups" in parts:
        options["groups"] = tuple(draw(st.lists(groups(some, options.get("must", ())), max_size=3)))
    if "spacing" in parts:
        options["spacing_m"] = draw(st.sampled_from([0.0, 1.0, 1.1, 1.5, 2.5]))
        options["spacing_from"] = np.array(draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=1)))
        options["spacing_from"] = options["spacing_from"].reshape(-1, 2).astype(float)
    if "money" in parts:
        options["cost"] = np.array(draw(st.lists(st.integers(0, 5), min_size=count, max_size=count)), np.int64)
        options["most_cost"] = draw(st.integers(0, 12))
    if "floors" in parts:
        shares = st.lists(st.integers(0, 6), min_size=people, max_size=people)
        options["floors"] = tuple(
            Floor(f"floor {number}", np.minimum(draw(shares), units).astype(np.int64), draw(st.integers(0, 15)))
            for number in range(draw(st.integers(0, 2)))
        )
    return problem_of_sets(sets, units, xy.reshape(-1, 2).astype(float)), Rules(**options)


@st.composite
def groups(draw, some, must):
    sites = draw(some)
    least = draw(st.integers(0, 3))
    most = draw(st.one_of(st.none(), st.integers(least, 4)))
    if most is not None:
        most = max(most, len(set(sites) & set(must)))
    return Group("group", sites, least, most)


def keeps_limits(problem, rules, plan):
    """Written apart from the rules' own."""
    xy, chosen = problem.xy, set(plan)
    apart = [np.linalg.norm(xy[one] - xy[other]) for one, other in itertools.combinations(sorted(chosen), 2)]
    apart += [np.linalg.norm(xy[one] - np.array(place)) for one in chosen for place in rules.spacing_from]
    if any(step < rules.spacing_m for step in apart) or chosen & set(rules.never):
        return False
    if rules.most_cost is not None and sum(int(rules.cost[site]) for site in chosen) > rules.most_cost:
        return False
    return all(group.most is None or len(chosen & set(group.sites)) <= group.most for group in rules.groups)


def lacking(problem, rules, plan):
    """Sites, then people, that a plan lacks."""
    chosen = set(plan)
    sites = sum(max(group.least - len(chosen & set(group.sites)), 0) for group in rules.groups)
    sites += len(set(rules.must) - chosen)
    served = {
        int(number)
        for site in chosen
        for number in problem.site_class[problem.site_ptr[site] : problem.site_ptr[site + 1]]
    }
    people = sum(
        max(floor.least_units - sum(int(floor.units[number]) for number in served), 0) for floor in rules.floors
    )
    return sites, people


def plans_of(problem, budget):
    sites = range(len(problem))
    return itertools.chain.from_iterable(itertools.combinations(sites, count) for count in range(budget + 1))


def best_of_all(problem, rules, budget):
    """What the best plan lacks, and whom it serves."""
    every = plans_of(problem, min(budget, len(problem)))
    *lacks, minus = min(
        (*lacking(problem, rules, plan), -units_covered(problem, plan))
        for plan in every
        if keeps_limits(problem, rules, plan)
    )
    return tuple(lacks), -minus


def contradicts(rules, budget):
    """Whether the numbers of sites wanted are more than the budget, whatever the sites are."""
    members = [site for group in rules.groups for site in group.sites]
    apart = len(members) == len(set(members))
    return len(rules.must) > budget or (apart and sum(group.least for group in rules.groups) > budget)


def holds(problem, rules, budget):
    if contradicts(rules, budget):
        with pytest.raises(SettingsError, match="allowed in all"):
            solve_cover(problem, budget, rules=rules)
        return
    plan = solve_cover(problem, budget, rules=rules, rounds=2000)
    lacks, covered = best_of_all(problem, rules, budget)
    chosen = plan.site.tolist()
    assert len(set(chosen)) == len(chosen) <= budget
    assert keeps_limits(problem, rules, chosen)
    assert within_limits(problem, rules, chosen)
    assert lacking(problem, rules, chosen) == lacks
    assert plan.covered_units == units_covered(problem, chosen) == covered
    assert (plan.status, plan.stopped, plan.bound_leaves_out) == ("optimal", "proven", ())
    assert kept(problem, rules, chosen) == (plan.shortfalls == ()) == (lacks == (0, 0))
    sites = sum(short.missing for short in plan.shortfalls if short.kind != "floor")
    people = sum(short.missing for short in plan.shortfalls if short.kind == "floor")
    assert (sites, people) == lacks


@pytest.mark.parametrize("part", ["groups", "must", "never", "spacing", "money", "floors"])
@given(st.data(), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_with_one_kind_of_rule_the_plan_is_the_best_of_all_and_proven(part, data, budget):
    holds(*data.draw(ruled_worlds(parts=(part,))), budget)


@given(ruled_worlds(), st.integers(0, 5))
@settings(max_examples=150, deadline=None)
def test_with_all_kinds_of_rules_the_plan_is_the_best_of_all_and_proven(world, budget):
    holds(*world, budget)


def cheapest_of_all(problem, rules, least_units):
    """What the best plan lacks of the rules, whom it serves at most up to so many, and the fewest sites or money."""
    plans = [plan for plan in plans_of(problem, len(problem)) if keeps_limits(problem, rules, plan)]

    def amount(plan):
        return len(plan) if rules.cost is None else sum(int(rules.cost[site]) for site in plan)

    return min(
        (lacking(problem, rules, plan), -min(units_covered(problem, plan), least_units), amount(plan)) for plan in plans
    )


def holds_fewest(problem, rules, least_units):
    plan = fewest_sites(problem, least_units, rules=rules, rounds=2000)
    lacks, minus, amount = cheapest_of_all(problem, rules, least_units)
    chosen = plan.site.tolist()
    assert keeps_limits(problem, rules, chosen)
    assert lacking(problem, rules, chosen) == lacks
    assert plan.covered_units == units_covered(problem, chosen) >= -minus
    assert plan.amount == amount == (len(chosen) if rules.cost is None else rules.cost[plan.site].sum())
    assert (plan.least, plan.status, plan.stopped) == (amount, "optimal", "proven")
    share = [short for short in plan.shortfalls if short.kind == "share"]
    assert [short.missing for short in share] == ([least_units + minus] if least_units > -minus else [])


@given(ruled_worlds(parts=()), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_the_fewest_sites_for_so_many_people_are_the_fewest_of_all_plans(world, least_units):
    holds_fewest(*world, least_units)


@given(ruled_worlds(), st.integers(0, 40), st.booleans())
@settings(max_examples=120, deadline=None)
def test_the_fewest_or_cheapest_sites_under_rules_are_those_of_all_plans(world, least_units, costed):
    problem, rules = world
    holds_fewest(problem, rules if costed else replace(rules, cost=None, most_cost=None), least_units)


@given(ruled_worlds(), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_no_bound_is_below_a_plan_that_lacks_as_little_however_soon_the_work_ends(world, budget):
    problem, rules = world
    if contradicts(rules, budget):
        return
    plan = solve_cover(problem, budget, rules=rules, time_limit_s=0)
    lacks, covered = best_of_all(problem, rules, budget)
    assert keeps_limits(problem, rules, plan.site.tolist())
    assert lacking(problem, rules, plan.site.tolist()) >= lacks
    assert plan.bound_units >= covered or "leaves_out.lacking" in plan.bound_leaves_out
    plans = [one for one in plans_of(problem, min(budget, len(problem))) if keeps_limits(problem, rules, one)]
    own = lacking(problem, rules, plan.site.tolist())
    for one in plans:
        if lacking(problem, rules, one) <= own:
            assert units_covered(problem, one) <= plan.curve_bound_units[len(one)]


def middling(seed, sites=60, places=300):
    """A problem too large for every plan, with rules of every kind that can be met together."""
    random = np.random.default_rng(seed)
    xy, homes = random.random((sites, 2)), random.random((places, 2))
    site, place = np.nonzero(np.hypot(*(xy[:, None] - homes[None]).transpose(2, 0, 1)) < 0.12)
    problem = problem_of_pairs(site, place, random.integers(1, 5000, places), xy)
    west = homes[:, 0] < 0.5
    quota = [Group(f"group {part}", np.arange(part, sites, 4), 1, 3) for part in range(4)]
    rules = Rules(
        groups=(*quota, Group("east", np.flatnonzero(xy[:, 0] > 0.5), 4)),
        must=[0],
        never=[1, 2],
        spacing_m=0.1,
        cost=random.integers(1, 20, sites),
        most_cost=80,
        floors=(Floor("west", np.where(west, problem.units, 0), int(problem.units[west].sum() * 0.3)),),
    )
    return problem, rules


def relaxed_by_nothing(problem, rules, budget):
    """The most people by a program of scipy, every rule a row of its own."""
    sites, classes = len(problem), len(problem.units)
    served = np.zeros((classes, sites))
    served[problem.site_class, np.repeat(np.arange(sites), np.diff(problem.site_ptr))] = 1
    rows = [(np.hstack([-served, np.eye(classes)]), -np.inf, 0)]

    def row(weights, low, high, *, of_classes=False):
        zeros = np.zeros(sites if of_classes else classes)
        rows.append((np.concatenate([zeros, weights] if of_classes else [weights, zeros])[None], low, high))

    one = np.eye(sites)
    row(np.ones(sites), 0, budget)
    row(rules.cost, 0, rules.most_cost)
    for group in rules.groups:
        row(one[np.asarray(group.sites)].sum(axis=0), group.least, sites if group.most is None else group.most)
    for first, second in itertools.combinations(range(sites), 2):
        if np.hypot(*(problem.xy[first] - problem.xy[second])) < rules.spacing_m:
            row(one[first] + one[second], 0, 1)
    for floor in rules.floors:
        row(floor.units, floor.least_units, np.inf, of_classes=True)
    low, high = np.zeros(sites + classes), np.ones(sites + classes)
    low[list(rules.must)], high[list(rules.never)] = 1, 0
    found = milp(
        np.concatenate([np.zeros(sites), -problem.units]),
        constraints=[LinearConstraint(*entry) for entry in rows],
        bounds=Bounds(low, high),
        integrality=np.arange(sites + classes) < sites,
        options={"mip_rel_gap": 0},
    )
    return round(-found.fun)


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_under_all_rules_is_that_of_a_program_stated_apart(seed):
    problem, rules = middling(seed)
    plan = solve_cover(problem, 9, rules=rules)
    assert kept(problem, rules, plan.site)
    assert (plan.status, plan.bound_leaves_out, plan.shortfalls) == ("optimal", (), ())
    assert plan.covered_units == units_covered(problem, plan.site) == relaxed_by_nothing(problem, rules, 9)


def test_a_bigger_budget_never_covers_fewer_under_the_same_rules():
    problem, rules = middling(5)
    plans = [solve_cover(problem, budget, rules=rules) for budget in range(5, 12)]
    assert all(plan.status == "optimal" for plan in plans)
    lacks = [lacking(problem, rules, plan.site.tolist()) for plan in plans]
    assert lacks == sorted(lacks, reverse=True)
    assert lacks[-2:] == [(0, 0), (0, 0)]
    kept_by = [plan.covered_units for plan, lack in zip(plans, lacks, strict=True) if lack == (0, 0)]
    assert kept_by == sorted(kept_by)


def test_the_order_of_sites_and_people_changes_no_value():
    problem, rules = middling(7)
    random = np.random.default_rng(1)
    sites, classes = random.permutation(len(problem)), random.permutation(len(problem.units))
    to = np.argsort(sites)
    owner = np.repeat(np.arange(len(problem)), np.diff(problem.site_ptr))
    other = problem_of_pairs(
        to[owner], np.argsort(classes)[problem.site_class], problem.units[classes], problem.xy[sites]
    )
    moved = replace(
        rules,
        groups=tuple(replace(group, sites=to[np.asarray(group.sites)]) for group in rules.groups),
        must=to[list(rules.must)].tolist(),
        never=to[list(rules.never)].tolist(),
        cost=rules.cost[sites],
        floors=tuple(replace(floor, units=floor.units[classes]) for floor in rules.floors),
    )
    once, again = solve_cover(problem, 9, rules=rules), solve_cover(other, 9, rules=moved)
    assert (once.status, once.covered_units) == (again.status, again.covered_units) == ("optimal", once.bound_units)
    fewest = [fewest_sites(one, 300_000, rules=rule) for one, rule in ((problem, rules), (other, moved))]
    assert fewest[0].amount == fewest[1].amount == fewest[0].least


def test_ctrl_c_keeps_a_plan_within_the_limits_and_a_bound():
    problem, rules = middling(3)
    seen = []

    def interrupt(covered, bound):
        seen.append((covered, bound))
        raise KeyboardInterrupt

    plan = solve_cover(problem, 9, rules=rules, progress=interrupt)
    assert plan.stopped == "interrupted"
    assert (plan.covered_units, plan.bound_units) == seen[-1]
    assert within_limits(problem, rules, plan.site)


ROW = problem_of_sets([{0}, {1}, {2}, {0, 1}], [9, 8, 4, 0], [(0, 0), (100, 0), (200, 0), (300, 0)])


def test_a_quota_without_candidates_says_what_it_lacks_and_the_rest_is_filled():
    rules = Rules(groups=(Group("county A, township", [1, 2], least=1), Group("county B, college", [], least=2)))
    plan = solve_cover(ROW, 3, rules=rules)
    assert plan.covered_units == 21
    assert plan.shortfalls == (Shortfall("group", "county B, college", 2, 0, 0),)
    assert plan.shortfalls[0].missing == 2


def test_musts_that_stand_too_near_are_chosen_as_far_as_they_can():
    plan = solve_cover(ROW, 3, rules=Rules(must=[0, 1, 2], spacing_m=150))
    assert sorted(plan.site.tolist()) == [0, 2]
    assert plan.shortfalls == (Shortfall("must", "1", 1, 0, 1),)


def test_a_floor_beyond_reach_is_reached_as_far_as_can_be():
    floor = Floor("east", np.array([0, 8, 4, 0]), 20)
    plan = solve_cover(ROW, 2, rules=Rules(floors=(floor,)))
    assert plan.shortfalls == (Shortfall("floor", "east", 20, 12, 12),)
    assert plan.covered_units == 21


def test_a_share_beyond_reach_gives_the_most_there_is_with_fewest_sites():
    plan = fewest_sites(ROW, 25)
    assert (plan.amount, plan.least, plan.covered_units) == (2, 2, 21)
    assert plan.shortfalls == (Shortfall("share", "", 25, 21, 21),)


def test_what_bars_a_share_is_told_from_what_nobody_can_reach():
    plan = fewest_sites(ROW, 21, rules=Rules(groups=(Group("one of these", [2, 3], most=1),), never=[1]))
    assert (plan.amount, plan.covered_units) == (1, 17)
    assert plan.shortfalls == (Shortfall("share", "", 21, 17, 21),)


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        ({"must": [3, 1], "never": [1, 3]}, "Candidates 1, 3 are both a must and never"),
        ({"groups": (Group("A", [0], 3, 2),)}, "“A” wants at least 3 sites and at most 2"),
        ({"groups": (Group("A", [0, 1], most=1),), "must": [0, 1]}, "“A” may have at most 1 sites, but 2"),
        ({"groups": (Group("A", [0], -1),)}, "“A” has -1"),
        ({"groups": (Group("A", [0], 0, -2),)}, "“A” has -2"),
        ({"floors": (Floor("B", np.array([1, -4]), 3),)}, "“B” has -4"),
        ({"spacing_m": -1.0}, "is -1.0 m"),
        ({"spacing_m": float("nan")}, "is nan m"),
        ({"most_cost": 5}, "to spend is 5"),
        ({"most_cost": -5, "cost": np.ones(4, int)}, "to spend is -5"),
        ({"cost": np.array([1, 2, -3, 4])}, "Candidate 2 costs -3"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused_with_their_name(rules, text):
    with pytest.raises(SettingsError, match=text):
        Rules(**rules)


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        ({"must": [4]}, "“must” names candidate 4, but there are 4"),
        ({"groups": (Group("A", [0, -1]),)}, "“A” names candidate -1"),
        ({"cost": np.ones(3, int), "most_cost": 1}, "“cost” has 3 numbers where there should be 4"),
        ({"floors": (Floor("B", np.ones(3, int), 3),)}, "“B” has 3 numbers"),
        ({"groups": (Group("A", [0, 1], 2), Group("B", [2], 1))}, "A, B want at least 3 sites together"),
        ({"must": [0, 1, 2]}, "must want at least 3 sites"),
    ],
)
def test_rules_that_do_not_fit_the_problem_are_refused_with_their_name(rules, text):
    with pytest.raises(SettingsError, match=text):
        solve_cover(ROW, 2, rules=Rules(**rules))


def test_fewer_than_no_people_to_serve_are_refused():
    with pytest.raises(SettingsError, match="people to cover are -1"):
        fewest_sites(ROW, -1)
