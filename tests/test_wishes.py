"""What a planner wishes of a plan besides its number of sites, by head on drawn maps and from the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from streetmap import street_map
from test_candidates import named
from test_cli import catchment
from test_suggest import STANDARD, World, no_premises, people_at

from catchment.config import read_settings, settings_of
from catchment.errors import SettingsError
from catchment.geo.measure import earth_centred
from catchment.inputs.regions import read_regions
from catchment.outputs.suggested import suggestion_record
from catchment.outputs.wishes import goal_texts, way_out, wish_texts, with_wishes
from catchment.pipeline.assess import assess
from catchment.pipeline.read import read_inputs
from catchment.siting.floors import PeopleFloor

ONE = 1024


def three_villages():
    """A site at S; A, B and C are out of its 500 m and out of one another's."""
    drawn = street_map("S-------A---------B---------C")
    people = people_at(drawn.points("SABC").xy, [10 * ONE, 5 * ONE, 4 * ONE, ONE], [0, 0, 0, 0], [0, 0, 1, 1])
    return World(named(drawn.streets), people, drawn.points("S").xy, STANDARD)


@pytest.mark.parametrize(
    ("share", "count", "covered"),
    [(0.5, 0, 10), (0.55, 1, 15), (0.75, 1, 15), (0.76, 2, 19), (0.95, 2, 19), (1, 3, 20)],
)
def test_the_fewest_sites_for_a_share_of_everybody_are_counted_by_head(share, count, covered):
    _, found = three_villages().suggestions(no_premises(), cover=share)
    goal = found.goal
    assert goal.met
    assert (goal.fewest.amount, goal.fewest.least, goal.fewest.status) == (count, count, "optimal")
    assert (len(found), goal.before_units + found.plan.covered_units) == (count, covered * ONE)
    assert found.plan.status == "optimal"


def with_a_hermit():
    """As three villages, and a person 5 km from any road."""
    drawn = street_map("S-------A---------B---------C")
    xy = np.concatenate([drawn.points("SABC").xy, drawn.points("S", shift_m=(0, 5000)).xy])
    people = people_at(xy, [10 * ONE, 5 * ONE, 4 * ONE, ONE, 5 * ONE], [0] * 5, [0] * 5)
    return World(named(drawn.streets), people, drawn.points("S").xy, STANDARD)


def test_a_goal_out_of_reach_gives_what_can_be_reached_with_the_fewest_sites_and_the_largest_share_to_ask_for():
    _, found = with_a_hermit().suggestions(no_premises(), cover=0.9)
    goal = found.goal
    assert not goal.met
    assert (goal.reached_units, goal.reachable_units, goal.wanted_units) == (20 * ONE, 20 * ONE, 23040)
    assert (goal.fewest.amount, goal.fewest.least, goal.fewest.status) == (3, 3, "optimal")
    assert goal_texts(found, "en")[1:4] == [
        "It cannot be reached: the plan covers 80.0% (20 people).",
        "New sites needed: 3; no plan with fewer does as much (proven).",
        "In the way: 5 people whom no candidate serves; all candidates together would cover 80.0%.",
    ]
    assert way_out(found, "en").startswith("The least change: ask for 80% (cover).")
    _, enough = with_a_hermit().suggestions(no_premises(), cover=0.8)
    assert enough.goal.met


def test_a_goal_that_is_met_says_the_number_and_that_it_is_proven():
    _, found = three_villages().suggestions(no_premises(), cover=0.95)
    assert goal_texts(found, "en") == [
        "Goal: 95% of all people, those out of reach among them: 19.",
        "New sites needed: 2; no plan with fewer does as much (proven).",
    ]
    assert way_out(found, "en") == ""


@pytest.mark.parametrize(
    ("written", "meant"), [("95%", 0.95), ("97.5％", 0.975), (0.95, 0.95), (" 100 % ", 1.0), ("0.9", 0.9)]
)
def test_a_share_may_be_written_as_a_number_or_with_a_percent_sign(written, meant):
    files = {"sites": "a.csv", "roads": "b.pbf", "population": "c.tif"}
    found = settings_of({"inputs": files, "siting": {"cover": written}}, file="", folder=Path())
    assert found.siting.cover == meant
    assert found.siting.asked


@pytest.mark.parametrize("written", ["95", 95, 0, -0.5, "0%", "101%", "many", float("nan")])
def test_a_share_that_cannot_be_meant_is_refused_by_its_key(small_demo, written):
    with pytest.raises(SettingsError, match=r"siting\.cover"):
        read_settings(small_demo, overrides={"siting": {"budget": None, "cover": written}})


@pytest.mark.parametrize("other", [{"budget": 3}, {"fill_targets": True, "budget": None}])
def test_two_goals_exclude_each_other(small_demo, other):
    with pytest.raises(SettingsError, match="both cover and"):
        read_settings(small_demo, overrides={"siting": {"cover": 0.9, **other}})


def test_the_command_line_reaches_a_share_with_the_fewest_sites(small_demo, tmp_path):
    done = catchment("suggest", small_demo, "--cover", "95%", "--json", "--lang", "en", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    cover = plan["cover"]
    assert cover["met"]
    assert (cover["wanted"], cover["counted"], cover["in_the_way"], cover["way_out"]) == (0.95, "sites", [], "")
    assert cover["fewest"] == cover["least"] == len(plan["sites"]) == plan["budget"]
    assert plan["people_covered"] >= 0.95 * plan["people_total"]
    # One site fewer is not enough, as the plan of so many sites proves.
    fewer = catchment(
        *("suggest", small_demo, "--budget", cover["fewest"] - 1, "--json", "--lang", "en", "--out", "fewer"),
        cwd=tmp_path,
    )
    assert json.loads(fewer.stdout)["upper_bound"] < 0.95 * plan["people_total"]
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["suggestions"]["cover"] == cover
    assert record["settings"]["siting"]["cover"] == 0.95


def test_the_command_line_says_what_is_in_the_way_of_a_share_and_the_least_way_out(small_demo, tmp_path):
    asked = ("suggest", small_demo, "--cover", "100%", "--out", "out")
    done = catchment(*asked, "--json", "--lang", "en", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    cover = plan["cover"]
    assert not cover["met"]
    assert cover["reached"] == cover["reachable"] == plan["people_covered"] / plan["people_total"] < 1
    assert "whom no candidate serves" in cover["in_the_way"][0]
    assert "ask for 99.9% (cover)" in cover["way_out"]
    assert "目标100%达不到" in (tmp_path / "out" / "map.html").read_text(encoding="utf-8")
    both = catchment(*asked, "--budget", 3, "--lang", "zh", cwd=tmp_path)
    assert both.returncode == 2
    assert "只能要一个" in both.stderr


# ---- rules, by head


def projects(small_demo, budget=3, **siting):
    settings = read_settings(small_demo, overrides={"siting": {"budget": budget, **siting}})
    return assess(read_inputs(settings), settings)


def keys(run):
    return [rule.key for rule in run.suggestions.rules]


def test_a_floor_of_people_takes_the_place_of_the_larger_village():
    world = three_villages()
    # A alone serves 5; the floor asks for the one person of C, so the only site goes there.
    _, free = world.suggestions(no_premises(), 1)
    mine = np.array([False, False, False, True])
    _, bound = world.suggestions(no_premises(), 1, floors=[PeopleFloor("C", mine, ONE)])
    assert (free.plan.covered_units, bound.plan.covered_units) == (5 * ONE, ONE)
    assert (bound.plan.status, bound.plan.shortfalls) == ("optimal", ())
    _, short = world.suggestions(no_premises(), 1, floors=[PeopleFloor("C", mine, 3 * ONE)])
    assert [(each.name, each.missing) for each in short.plan.shortfalls] == [("C", 2 * ONE)]


def test_new_sites_keep_their_distance_from_one_another_and_from_counted_ones(small_demo):
    run = projects(small_demo, budget=6, spacing_m=2000)
    xy = run.suggestions.frame[["lon", "lat"]].to_numpy()
    apart = cdist(earth_centred(xy), earth_centred(xy))
    # The plane of the solver is true to a thousandth over a county.
    assert apart[np.triu_indices(len(xy), 1)].min() >= 1998
    assert cdist(earth_centred(xy), earth_centred(run.sites.xy[run.counted])).min() >= 2000
    assert keys(run) == ["spacing_m", "spacing_existing_m"]
    near = projects(small_demo, budget=6, spacing_m=2000, spacing_existing_m=0)
    assert keys(near) == ["spacing_m"]
    assert near.suggestions.plan.covered_units >= run.suggestions.plan.covered_units


@pytest.fixture(scope="module")
def free(small_demo):
    return projects(small_demo)


def test_a_must_is_in_the_plan_and_a_never_is_not_by_number_name_or_place(small_demo, free):
    first, second = (free.suggestions.frame.iloc[row] for row in (0, 1))
    others = free.suggestions.answers.alternatives
    named_one = others[others["name"] != ""].drop_duplicates("name").iloc[0]
    place = f"{float(second['lon'])!r},{float(second['lat'])!r}"
    run = projects(small_demo, must=[named_one["name"]], never=[int(first["candidate_id"]), place])
    chosen = set(run.suggestions.frame["candidate_id"])
    assert named_one["candidate_id"] in chosen
    assert not chosen & {first["candidate_id"], second["candidate_id"]}
    assert keys(run) == ["must", "never"]
    assert run.suggestions.plan.covered_units <= free.suggestions.plan.covered_units
    # What could stand for a place of the plan keeps the rules too: nothing for the must, no never.
    must_rank = run.suggestions.frame.set_index("candidate_id").loc[named_one["candidate_id"], "rank"]
    found = run.suggestions.answers.alternatives
    assert must_rank not in set(found["rank"])
    assert not set(found["candidate_id"]) & {first["candidate_id"], second["candidate_id"]}


def test_of_an_exclusive_list_at_most_one_is_chosen(small_demo, free):
    both = [int(number) for number in free.suggestions.frame["candidate_id"][:2]]
    run = projects(small_demo, exclusive=[both])
    assert len(set(run.suggestions.frame["candidate_id"]) & set(both)) <= 1
    assert keys(run) == ["exclusive"]


def test_a_plan_costs_no_more_than_there_is_and_says_what_each_person_costs(small_demo, free):
    run = projects(small_demo, cost={"default": 8, "street": 10}, most_cost=19)
    found = run.suggestions
    prices = [8 if kind else 10 for kind in found.frame["premises"]]
    assert found.cost.tolist() == prices
    assert sum(prices) <= 19
    assert keys(run) == ["most_cost"]
    # Two of the free plan's three places are what 19 can buy at most, and no two places serve more than three.
    assert len(found) == 2
    assert found.plan.status == "optimal"
    assert free.suggestions.curve.nested_units[2] <= found.plan.covered_units <= free.suggestions.plan.covered_units
    record = with_wishes(suggestion_record(run), run)
    assert record["cost"] == sum(prices)
    assert [site["cost"] / site["new"] for site in record["sites"]] == [
        site["cost_per_new"] for site in record["sites"]
    ]
    assert f"{sum(prices)}" in " ".join(wish_texts(found, "zh"))


def test_with_costs_a_share_is_reached_by_the_cheapest_plan(small_demo, free):
    after = (free.totals.covered + free.suggestions.plan.covered_units) / free.totals.people
    cost = {"default": 1, "street": 100}
    goal = projects(small_demo, budget=None, cover=round(after, 3) - 0.01, cost=cost).suggestions.goal
    assert goal.met
    assert goal.fewest.counted == "cost"
    # Free of money, three sites do it; if any is a street, premises are cheaper though they may be more.
    prices = [1 if kind else 100 for kind in free.suggestions.frame["premises"]]
    assert goal.fewest.amount <= sum(prices)


def test_every_region_with_candidates_gets_a_site(small_demo):
    run = projects(small_demo, budget=4, one_per_unit=True)
    served = set(run.site_region[run.counted].tolist()) | set(run.suggestions.frame["region"].tolist())
    lost = [finding for finding in run.findings if finding.word == "finding.suggest_unit_empty"]
    assert len(served - {-1}) == len(run.regions) - sum(finding.facts["count"] for finding in lost)
    assert run.suggestions.plan.shortfalls == ()
    assert "a site in each region" in " ".join(wish_texts(run.suggestions, "en"))


def test_a_quota_of_a_kind_and_of_a_region_is_kept_and_a_place_that_adds_nobody_says_so(small_demo):
    region = read_regions(small_demo.parent / "townships.geojson").frame["name"].iloc[0]
    run = projects(
        small_demo,
        budget=3,
        quota=[{"kind": "library", "least": 2, "most": 2}, {"name": "一", "region": region, "most": 0}],
    )
    frame = run.suggestions.frame
    assert (frame["premises"] == "premises.library").sum() == 2
    assert not (run.regions.frame["name"].iloc[frame["region"]] == region).any()
    record = with_wishes(suggestion_record(run), run)
    assert [rule["text"] for rule in record["rules"]] == ["library: at least 2, at most 2", "一: at least 0, at most 0"]
    for site in record["sites"]:
        assert ("Covers nobody more" in site["reason"]) == (site["new"] == 0)


def test_a_share_of_every_region_is_asked_and_what_cannot_be_is_said(small_demo):
    run = projects(small_demo, budget=8, floor="85%")
    people = run.by_region["people"].to_numpy(np.int64)
    after = run.by_region["covered"].to_numpy(np.int64) + run.suggestions.added_by_region
    names = run.by_region["name"].to_numpy()
    missed = {short.name for short in run.suggestions.plan.shortfalls}
    assert set(names[after < 0.85 * people]) == missed
    texts = " ".join(wish_texts(run.suggestions, "zh"))
    assert "至少覆盖85%" in texts
    assert texts.count("未满足") == len(missed)


@pytest.mark.parametrize(
    ("siting", "said"),
    [
        ({"must": [1], "never": [1]}, "candidates 1 are in both lists"),
        ({"must": [99999]}, "no candidate 99999"),
        ({"must": ["灵泉街道人民政府"]}, "the nearest name is"),
        ({"never": ["0.5,0.5"]}, "no candidate stands within 50 m of 0.5,0.5"),
        ({"quota": [{"region": "灵泉街", "most": 1}]}, "the nearest is 灵泉街道"),
        ({"quota": [{"kind": "libary", "most": 1}]}, "the nearest is library"),
        ({"quota": [{"name": "x", "least": 3, "most": 1}]}, "quota: “x” wants at least 3 sites and at most 1"),
        ({"quota": [{"name": "x", "least": 9}]}, "budget, must, quota, one_per_unit"),
        ({"floor": [{"county": "无此县", "share": 0.5}]}, "no 无此县 among the regions"),
        ({"spacing_m": -1}, "siting.spacing_m"),
        ({"most_cost": 9}, "most_cost, cost"),
        ({"cost": {"libary": 3}, "most_cost": 9}, "the nearest is library"),
        ({"cost": {"default": -1}}, "siting.cost"),
        ({"quota": [{"leest": 3}]}, "siting.quota"),
        ({"fill_targets": True, "never": [1]}, "cannot stand beside fill_targets"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_and_named(small_demo, siting, said):
    with pytest.raises(SettingsError) as problem:
        projects(small_demo, **siting)
    assert said in problem.value.text("en")
    assert problem.value.text("zh")


def test_a_share_within_rules_says_that_the_rules_are_in_the_way(small_demo):
    run = projects(small_demo, budget=None, cover=0.95, quota=[{"name": "全部", "most": 1}])
    goal = run.suggestions.goal
    assert (goal.met, goal.fewest.amount) == (False, 1)
    texts = " ".join(wish_texts(run.suggestions, "en"))
    assert "the rules together" in texts
    assert "Or loosen the rules" in texts
    assert "Within the rules: 全部: at least 0, at most 1." in texts
