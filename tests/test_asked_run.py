"""What is asked of the plan of a project: every figure against counting again by searches from the people."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cli import catchment

from catchment.access.gaps import find_gaps
from catchment.config import read_settings
from catchment.errors import SettingsError
from catchment.model import Addition, Choice, LeftOut
from catchment.outputs.answers import answer_lines, with_answers
from catchment.outputs.profile import published
from catchment.outputs.proposal import printed_proposal
from catchment.outputs.suggested import suggestion_record
from catchment.pipeline.asked import answered
from catchment.pipeline.assess import assess
from catchment.pipeline.judged import judged
from catchment.pipeline.read import read_inputs
from catchment.pipeline.robust import scenario_standards
from catchment.pipeline.score import score_project
from catchment.pipeline.stopwatch import Stopwatch
from catchment.pipeline.suggest import Advice, advised, candidates_near, searches_of
from catchment.pipeline.swap import wishes_of
from catchment.siting.candidates import no_candidates

BUDGET = 3


def assessed(project, **siting):
    settings = read_settings(project, overrides={"siting": {"budget": BUDGET, **siting}})
    return assess(read_inputs(settings), settings)


@pytest.fixture(scope="module")
def bare(small_demo):
    """The small demo with three suggestions."""
    return assessed(small_demo)


@pytest.fixture(scope="module")
def place(bare):
    """Where the second place of the plan stands."""
    row = bare.suggestions.frame.iloc[1]
    return float(row["lon"]), float(row["lat"])


@pytest.fixture(scope="module")
def asked(small_demo, bare, place):
    """The same with two swaps, the one an alternative, the other a place 150 m from the second of the plan."""
    other = bare.suggestions.answers.alternatives.query("rank == 1").iloc[-1]
    wishes = [f"1={other['candidate_id']}", f"2={place[0] + 0.001!r},{place[1] + 0.001!r}"]
    return assessed(small_demo, swap=wishes, robust=9)


def counted_again(run, project, xy, *, close=()):
    """People covered with places added and sites closed, by a search from everybody to the nearest [1/1024 person]."""
    added = tuple(Addition(float(lon), float(lat)) for lon, lat in xy)
    choice = Choice(
        "catchment.choice/1", run.name, run.date.isoformat(), run.digest, "asked", tuple(close), (), added, 0, 0
    )
    return score_project(choice, read_settings(project)).score


def plan_xy(run):
    return run.suggestions.frame[["lon", "lat"]].to_numpy().copy()


def test_a_swap_changes_what_counting_both_plans_again_says(asked, small_demo):
    before = counted_again(asked, small_demo, plan_xy(asked))
    exchanges = asked.suggestions.answers.exchanges
    assert [each.rank for each in exchanges] == [(1,), (2,), (1, 2)]
    for each in exchanges:
        xy = plan_xy(asked)
        xy[[rank - 1 for rank in each.rank]] = each.lonlat
        after = counted_again(asked, small_demo, xy)
        assert each.change_units == after.covered_units - before.covered_units
        net = [gained - lost for gained, lost in each.by_region]
        assert net == (after.by_region - before.by_region)[: len(net), 2].tolist()
        assert sum(gained for gained, _ in each.by_region) == each.gained_units


def test_the_change_of_an_alternative_is_that_of_the_swap(asked):
    answers = asked.suggestions.answers
    swap = answers.exchanges[0]
    row = answers.alternatives.query(f"rank == 1 and candidate_id == {swap.candidate[0]}").iloc[0]
    assert row["change"] == swap.change_units
    assert row["distance_m"] <= 500
    assert not set(answers.alternatives["candidate_id"]) & set(asked.suggestions.frame["candidate_id"])


def test_closing_a_site_loses_what_counting_again_without_it_says(bare, small_demo):
    losses, sites = bare.suggestions.answers.closing_units, bare.sites.frame["site_id"].astype(str).to_numpy()
    before = counted_again(bare, small_demo, plan_xy(bare)).covered_units
    for site in np.flatnonzero(bare.counted)[:4]:
        after = counted_again(bare, small_demo, plan_xy(bare), close=[sites[site]]).covered_units
        assert losses[site] == before - after
    assert (losses[~bare.counted] == 0).all()
    assert (losses <= bare.by_site["unique"]).all()


def test_who_is_left_out_is_everybody_the_plan_leaves_and_who_is_in_reach_is_whom_all_candidates_add(bare, small_demo):
    found = bare.suggestions.answers.left_out
    plan_units = int(bare.suggestions.frame["added"].sum())
    assert sum(found.values()) == bare.totals.uncovered - plan_units
    settings = read_settings(small_demo, overrides={"siting": {"budget": BUDGET}})
    inputs = read_inputs(settings)
    ground = judged(inputs, settings, Stopwatch())
    everywhere, _ = candidates_near(inputs, ground, searches_of(inputs, settings, ground))
    all_built = counted_again(bare, small_demo, everywhere.xy).covered_units
    assert found[LeftOut.NOT_CHOSEN] == all_built - bare.totals.covered - plan_units
    off_road = np.where(bare.access.cause == 2, bare.people.units, 0).sum()
    # Whoever has no site even in a straight line is "too far" whatever his roads are, so these are at least as many.
    assert found[LeftOut.NO_ROAD] >= off_road


def test_the_record_says_it_in_persons_and_its_parts_add_up(asked):
    record = with_answers(suggestion_record(asked), asked)
    assert sum(row["people"] for row in record["never"]) == record["people_total"] - record["people_covered"]
    assert sum(row["people_units"] for row in record["never"]) == 1024 * (
        record["people_total"] - record["people_covered"]
    )
    assert len(record["closing"]) == asked.counted.sum()
    for swap in record["swaps"]:
        assert swap["people_covered"] == record["people_covered"] + swap["people_change"]
        assert swap["people_change"] == swap["people_gained"] - swap["people_lost"]
    assert record["scenarios"] == 9
    for site in record["sites"]:
        share = site["frequency"]
        assert site["standing"] == ("core" if share > 0.8 else "swing" if share >= 0.5 else "fragile")
        assert round(9 * share) == pytest.approx(9 * share, abs=1e-4)
        changes = [other["people_change"] for other in site["alternatives"]]
        assert changes == sorted(changes, reverse=True)
    assert json.loads(json.dumps(record)) == record


def test_the_scenarios_are_the_same_again(asked, small_demo):
    again = assessed(small_demo, robust=9).suggestions.answers.robustness
    assert again.frequency.tolist() == asked.suggestions.answers.robustness.frequency.tolist()
    assert again.frequency.max() > 0


def test_the_printed_parts_add_up(asked):
    for language, fragile in (("zh", "脆弱"), ("en", "fragile")):
        run = replace(asked, language=language)
        lines = answer_lines(run)
        assert any(fragile in line for line in lines)
        titles = [number for number, line in enumerate(lines) if "still not" in line.lower() or "仍未覆盖" in line]
        rows = [line.split("  ") for line in lines[titles[0] + 2 : titles[0] + 2 + len(LeftOut)]]
        printed = [int([cell for cell in row if cell][1].replace(",", "")) for row in rows]
        assert sum(printed) == round(run.totals.people / 1024) - printed_proposal(run).after


def test_a_run_without_suggestions_or_for_the_public_answers_nothing(make_run, asked):
    assert answer_lines(make_run()) == []
    assert with_answers(None, make_run()) is None
    assert published(replace(asked, profile="public")).suggestions is None


def test_the_scenarios_of_a_standard_are_three_speeds_by_three_limits(bare):
    metres = [(each.city.limit_mm / 1000, each.rural.limit_mm / 1000) for each in scenario_standards(bare.standard)]
    assert metres == [
        *((600, 10_000), (900, 15_000), (1200, 20_000)),
        *((800, 10_000), (1200, 15_000), (1600, 20_000)),
        *((pytest.approx(833.333), 10_000), (1250, 15_000), (pytest.approx(1666.666), 20_000)),
    ]


@pytest.mark.parametrize(
    ("texts", "word"),
    [
        (["3"], "swap_form"),
        (["x=4"], "swap_form"),
        (["1=4.5"], "swap_form"),
        (["1=200,10"], "swap_form"),
        (["1=10,91"], "swap_form"),
        (["0=4"], "swap_rank"),
        (["3=4"], "swap_rank"),
        (["1=0"], "swap_candidate"),
        (["1=10"], "swap_candidate"),
        (["1=8"], "swap_in_plan"),
        (["1=4", "1=5"], "swap_twice"),
        (["1=4", "2=4"], "swap_twice"),
    ],
)
def test_a_swap_that_cannot_be_meant_is_refused_and_named(texts, word):
    with pytest.raises(SettingsError) as problem:
        wishes_of(texts, plan=np.array([7, 2]), candidates_count=9)
    assert problem.value.word == f"error.{word}"
    for language in ("zh", "en"):
        assert texts[-1] in problem.value.text(language)


@given(st.text(max_size=12))
def test_any_text_is_a_swap_or_refused(text):
    try:
        wishes_of([text], plan=np.array([0]), candidates_count=3)
    except SettingsError:
        return
    assert "=" in text or "＝" in text


def test_two_places_of_their_own_are_no_repetition():
    wishes = wishes_of(["1=114.4,27.8", "2 = 114.5， 27.9"], plan=np.array([7, 2]), candidates_count=9)
    assert [wish.lonlat for wish in wishes] == [(114.4, 27.8), (114.5, 27.9)]


def test_the_command_line_takes_swaps_and_scenarios_and_says_what_is_wrong(small_demo, tmp_path, place):
    swap = f"--swap=2={place[0]!r},{place[1]!r}"
    asked = ("suggest", small_demo, "--budget", 2, "--out", "out")
    done = catchment(*asked, swap, "--robust", "--json", "--lang", "en", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["scenarios"] == 36
    # The place of the plan itself: nobody gains or loses.
    assert [(each["people_gained"], each["people_lost"]) for each in record["swaps"]] == [(0, 0)]
    refused = catchment(*asked, "--swap=1=0.5,0.5", "--lang", "en", cwd=tmp_path)
    assert refused.returncode == 2
    assert "longitude first" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_empty_plan_is_answered_too(small_demo):
    settings = read_settings(small_demo, overrides={"siting": {"budget": BUDGET, "robust": 2}})
    inputs = read_inputs(settings)
    ground = judged(inputs, settings, Stopwatch())
    nowhere, people = no_candidates(), ground.settled.people
    advice = advised(inputs, settings, ground, find_gaps(people, ground.access))
    empty = Advice(
        nowhere,
        {mode: network.join(nowhere) for mode, network in ground.networks.items()},
        replace(advice.suggestions, frame=advice.suggestions.frame.iloc[:0]),
    )
    answers = answered(inputs, settings, ground, empty).suggestions.answers
    assert sum(answers.left_out.values()) == people.units[~ground.access.covered].sum()
    assert (answers.left_out[LeftOut.NOT_CHOSEN], len(answers.alternatives), answers.robustness) == (0, 0, None)
    assert answered(inputs, settings, ground, None) is None
