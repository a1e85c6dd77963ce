"""What a planner wishes of a plan besides its number of sites, by head on drawn maps and from the command line."""

import json
from pathlib import Path

import numpy as np
import pytest
from streetmap import street_map
from test_candidates import named
from test_cli import catchment
from test_suggest import STANDARD, World, no_premises, people_at

from catchment.config import read_settings, settings_of
from catchment.errors import SettingsError
from catchment.outputs.wishes import goal_texts, way_out

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
