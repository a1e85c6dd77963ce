"""Candidates with reasons: the criteria of a whole run, what is said of single candidates, and where it is shown."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import openpyxl
import pytest

from catchment.access.nearest import nearest_sites
from catchment.access.reach import reach_under_standard
from catchment.config import read_settings
from catchment.errors import SettingsError
from catchment.model import CRITERIA, Points
from catchment.outputs.explained import explanation_lines, with_explanations
from catchment.outputs.maps import write_map
from catchment.outputs.merits import merits_of
from catchment.outputs.package import write_package
from catchment.outputs.payload import page_payload
from catchment.outputs.proposal import printed_proposal
from catchment.outputs.suggested import suggestion_lines, suggestion_record
from catchment.outputs.workbook import write_workbook
from catchment.pipeline.assess import assess
from catchment.pipeline.criteria import places_by_merit
from catchment.pipeline.judged import judged
from catchment.pipeline.read import read_inputs
from catchment.pipeline.stopwatch import Stopwatch
from catchment.pipeline.suggest import candidates_of
from catchment.siting.surroundings import nearest_row

PLAN = 4


def settings_with(project, **siting):
    return read_settings(project, overrides={"siting": {"budget": PLAN, **siting}})


@pytest.fixture(scope="module")
def ground(small_demo):
    """The demo, its people on the roads, and all candidates."""
    settings = settings_with(small_demo)
    inputs = read_inputs(settings)
    settled = judged(inputs, settings, Stopwatch())
    return inputs, settled, *candidates_of(inputs, settings, settled)


@pytest.fixture(scope="module")
def numbers(small_demo, ground):
    """The plan's candidates, then one that is not in it."""
    run = assess(ground[0], settings_with(small_demo))
    chosen = run.suggestions.frame["candidate_id"].tolist()
    others = [number for number in merits_of(run) if number not in chosen]
    return [*chosen, others[0], others[-1]]


@pytest.fixture(scope="module")
def run(small_demo, ground, numbers):
    """The demo with a plan of which everything is explained."""
    return assess(ground[0], settings_with(small_demo, explain=numbers))


def test_the_candidates_of_the_plan_come_first_and_every_criterion_is_a_share_or_blank(run):
    merits = run.suggestions.merits
    assert merits.frame["candidate_id"].tolist()[:PLAN] == run.suggestions.frame["candidate_id"].tolist()
    assert merits.frame["candidate_id"].is_unique
    shares = merits.frame[[*CRITERIA, "score", "known"]].to_numpy()
    assert ((shares >= 0) & (shares <= 1) | np.isnan(shares)).all()
    assert sorted(merits.frame["place"]) == list(range(1, len(merits) + 1))


def test_what_is_better_known_comes_before_a_higher_score():
    places = places_by_merit(["tier.public"] * 4, np.array([0.5, 1.0, 1.0, 1.0]), np.array([0.9, 0.3, 0.3, np.nan]))
    assert places.tolist() == [4, 1, 2, 3]


def test_premises_of_the_list_rank_first_then_other_premises_then_streets_whatever_their_score(run):
    frame = run.suggestions.merits.frame.sort_values("place")
    tiers = frame["tier"].tolist()
    order = ["tier.own", "tier.public", "tier.street"]
    assert sorted(tiers, key=order.index) == tiers
    assert set(tiers) == set(order)
    # Of the seven premises in the list of the small demo six may serve somebody who is not covered.
    assert tiers.count("tier.own") == 6
    street, own = (frame["score"][frame["tier"] == tier] for tier in ("tier.street", "tier.own"))
    assert street.max() > own.min()


def test_the_tier_is_in_terminal_record_workbook_and_package(run, tmp_path):
    merits = merits_of(run)
    record = suggestion_record(run)["sites"]
    for site in record:
        tier = merits[site["id"]]["tier"]
        assert (site["tier"], site["listed"]) == (2 if tier == "tier.street" else 1, tier == "tier.own")
    said = {"tier.own": "premises of the list", "tier.public": "premises of the map", "tier.street": "tier 2"}
    words = [said[merits[site["id"]]["tier"]] for site in record]
    table = suggestion_lines(run)[-PLAN:]
    assert all(word in line for word, line in zip(words, table, strict=True))
    write_workbook(run, tmp_path / "r.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "r.xlsx")["Suggestions"].iter_rows(values_only=True))
    head = next(row for row in rows if "tier" in row)
    below = rows[rows.index(head) + 1 :][:PLAN]
    assert all(word in row[head.index("tier")] for word, row in zip(words, below, strict=True))
    write_package(run, tmp_path / "r.gpkg")
    layer = gpd.read_file(tmp_path / "r.gpkg", layer="suggestions")
    assert all(word in tier for word, tier in zip(words, layer["tier"], strict=True))


def test_the_nearest_street_counts_whether_it_has_a_name_or_not(run):
    frame = run.suggestions.merits.frame
    nameless = frame["front_street"] == ""
    assert nameless.any()
    assert (frame["front_kind"][nameless] != "").any()
    assert frame["transport"].notna().all()


def test_a_stretch_of_street_has_what_is_along_it_and_no_front_of_its_own(run, ground):
    labels = ground[2].frame.set_index("candidate_id")["label"]
    frame = run.suggestions.merits.frame
    stretch = (labels[frame["candidate_id"]] == "candidate.street_stretch").to_numpy()
    assert stretch.any()
    assert frame.loc[stretch, ["frontage_m", "setback_m", "corner", "conspicuousness"]].isna().all(axis=None)
    assert frame.loc[~stretch, ["along_count", "along_m"]].isna().all(axis=None)
    bare = frame[stretch]
    assert (bare["along_count"].isna() == bare["street_front"].isna()).all()
    assert ((bare["along_m"] > 0) == (bare["street_front"] > 0)).all()
    assert (bare["street_front"] > 0).any()
    assert frame.loc[~stretch, "place"].max() < bare["place"].min()
    assert (frame.loc[stretch, ["front_reason", "compass"]] == "").all(axis=None)


def test_a_candidate_has_the_people_that_a_walk_reaches_and_the_stop_that_is_nearest(run, ground):
    inputs, settled, candidates, _ = ground
    row = run.suggestions.merits.frame.iloc[0]
    place = int(row["candidate_id"]) - 1
    stop = nearest_row(candidates.xy[[place]], inputs.scene.stops.xy)[0]
    assert row["stop"] == inputs.scene.stops.frame["name"].iloc[stop]
    walk, units = settled.networks["walk"], settled.settled.people.units
    here = walk.join(Points(candidates.xy[[place]]))
    cost_mm = nearest_sites(walk.roads, here, walk.people, cutoff_m=1200, k=1).cost_mm[:, 0]
    for column, limit_mm in (("near", 400_000), ("walk", 1_200_000)):
        assert row[column] == units[(cost_mm >= 0) & (cost_mm <= limit_mm)].sum() > 0


def covered(run, ground, rows):
    """People not covered before whom some candidates cover, by what reach sets say of each person."""
    _, settled, _, places = ground
    people, networks = settled.settled.people, settled.networks
    reach = reach_under_standard(
        people,
        run.standard,
        {mode: network.roads for mode, network in networks.items()},
        {mode: joined.some(np.array(rows, np.int32)) for mode, joined in places.items()},
        {mode: network.people for mode, network in networks.items()},
        kept=~settled.access.covered,
    )
    reached = np.zeros(len(reach.order), bool)
    for start, stop in zip(reach.start, reach.stop, strict=True):
        reached[start:stop] = True
    return int(people.units[reach.order][reached].sum())


def test_what_is_explained_of_a_place_of_the_plan_is_what_the_plan_says(run):
    frame, alone = run.suggestions.frame, run.suggestions.alone_units
    for row, said in zip(frame.to_dict("records"), run.suggestions.explained, strict=False):
        assert (said.rank, said.candidate_id) == (row["rank"], row["candidate_id"])
        assert said.alone_units == alone[row["candidate_id"] - 1]
        assert (said.extra_units, said.reach_units) == (row["only"], row["reach"])
        assert (said.place["site"], said.place["cost_mm"]) == (row["site"], row["cost_mm"])
        assert (said.place["region"], said.place["setting"]) == (row["region"], row["setting"])


def test_what_another_candidate_would_add_to_the_plan_is_counted_person_by_person(run, ground):
    plan = (run.suggestions.frame["candidate_id"] - 1).tolist()
    for said in run.suggestions.explained[PLAN:]:
        assert said.rank == 0
        other = said.candidate_id - 1
        assert said.alone_units == covered(run, ground, [other])
        assert said.extra_units == covered(run, ground, [*plan, other]) - covered(run, ground, plan)


def test_whom_a_candidate_shares_with_a_place_of_the_plan_both_cover(run, ground):
    plan = (run.suggestions.frame["candidate_id"] - 1).tolist()
    for said in run.suggestions.explained:
        for rank, units in said.shared_plan:
            one, other = said.candidate_id - 1, plan[rank - 1]
            both = covered(run, ground, [one]) + covered(run, ground, [other]) - covered(run, ground, [one, other])
            assert units == both


def test_the_sites_that_share_people_come_in_their_order_and_reach_no_more_than_there_are(run):
    for said in run.suggestions.explained:
        people = [units for _, units in said.shared_sites]
        assert people == sorted(people, reverse=True)
        assert all(0 < units <= said.reach_units for units in people)
        assert all(run.counted[site] for site, _ in said.shared_sites)


@pytest.mark.parametrize("number", [0, -3, 10**6])
def test_a_candidate_that_is_none_is_refused_with_the_numbers_there_are(small_demo, ground, number):
    with pytest.raises(SettingsError) as caught:
        assess(ground[0], settings_with(small_demo, explain=[number]))
    assert str(number) in caught.value.text("zh")
    assert f"1～{len(ground[2])}" in caught.value.text("zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sentence_has_the_numbers_of_the_plan_in_both_languages(small_demo, ground, numbers, language):
    run = assess(ground[0], settings_with(small_demo, explain=numbers), language=language)
    lines, rows = explanation_lines(run), printed_proposal(run).rows
    assert len(lines) == PLAN + 2
    for line, row, number in zip(lines, rows, numbers, strict=False):
        assert str(number) in line
        assert f"{row.added:,}" in line
        assert f"{row.only:,}" in line
        assert "{" not in line
    first, last = lines[0], lines[-1]
    assert ("方案第 1 处" if language == "zh" else "Place 1 of the plan") in first
    assert ("未入选" if language == "zh" else "Not chosen") in last
    record = with_explanations(suggestion_record(run), run)
    assert [each["text"] for each in record["explained"]] == lines
    assert json.dumps(record, allow_nan=False)


def test_the_score_is_the_same_in_the_terminal_the_record_the_book_the_package_and_the_page(run, tmp_path):
    merits = merits_of(run)
    numbers = run.suggestions.frame["candidate_id"].tolist()
    scores = [round(merits[number]["score"], 2) for number in numbers]
    lines = suggestion_lines(run)[-PLAN:]
    assert [f"{score:.2f}" in line for score, line in zip(scores, lines, strict=True)] == [True] * PLAN
    sites = suggestion_record(run)["sites"]
    assert [round(site["criteria"]["score"], 2) for site in sites] == pytest.approx(scores, abs=0.01)

    payload = page_payload(run)
    assert [row["merit"][0] for row in payload["proposal"]["rows"]] == numbers
    assert [row["merit"][2] for row in payload["proposal"]["rows"]] == scores
    assert {row["id"]: row["merit"][0] for row in payload["candidates"]} == {
        row["id"]: row["id"] for row in payload["candidates"]
    }

    write_package(run, tmp_path / "p.gpkg")
    layer = gpd.read_file(tmp_path / "p.gpkg", layer="suggestions")
    assert layer["candidate_id"].tolist() == numbers
    assert layer["score"].round(2).tolist() == scores

    write_workbook(run, tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx", data_only=True)
    rows = [list(row) for sheet in book for row in sheet.iter_rows(values_only=True)]
    head = next(row for row in rows if "score" in row and "candidate no." in row)
    at = rows.index(head)
    found = [rows[at + 1 + number][head.index("score")] for number in range(PLAN)]
    assert [round(score, 2) for score in found] == scores


def test_premises_without_a_front_are_no_candidates_where_that_is_asked_for(small_demo, ground):
    inputs = ground[0]
    strict = read_inputs(settings_with(small_demo, must_be_street_front=True))
    gone = set(inputs.premises.frame["premises_id"]) - set(strict.premises.frame["premises_id"])
    said = [finding.facts["count"] for finding in strict.findings if finding.word == "finding.premises_no_front"]
    assert len(gone) == sum(said)
    assert not any(finding.word == "finding.premises_no_front" for finding in inputs.findings)
    assert len(strict.premises)


def test_the_card_of_a_suggestion_has_the_criteria_as_bars_with_their_numbers(run, tmp_path, open_page):
    write_map(run, tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#suggestions")
    page.locator('#sheet tr[data-kind="suggestion"]').first.click()
    bars = page.locator(".merits .merit")
    merit = next(iter(merits_of(run).values()))
    known = [name for name in ("score", *CRITERIA) if not np.isnan(merit[name])]
    bars.first.wait_for()
    assert bars.all_inner_texts() == [f"{merit[name]:.2f}" for name in known]
    assert page.locator(".merits .merit-bar:not([aria-hidden=true])").count() == 0
