"""Plans that keep rules: against every plan there is, one rule at a time and all at once, and laws."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cover import problem_of_sets, worlds

from catchment.errors import SettingsError
from catchment.siting.cover import units_covered
from catchment.siting.rules import Floor, Group, Rules, kept, within_limits
from catchment.siting.solve import solve_cover

NOTHING = np.empty((0, 2))


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
