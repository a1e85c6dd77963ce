"""What a run says of its plan: why it is empty, why it ended, its curve on the page and in the workbook."""

import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from browsing import count_of, show_tab, text_of
from plans import with_suggestions
from streetmap import street_map
from test_suggest import STANDARD, World, named, no_premises, people_at

from catchment.config import read_settings
from catchment.errors import RecountError
from catchment.outputs.maps import write_map
from catchment.outputs.payload import page_payload
from catchment.outputs.suggested import suggestion_lines, suggestion_record
from catchment.outputs.workbook import write_workbook
from catchment.pipeline.assess import assess
from catchment.pipeline.read import read_inputs
from catchment.pipeline.stopwatch import Stopwatch
from catchment.siting import suggest as suggesting


@pytest.fixture(scope="module")
def run_with(small_demo):
    """Runs of the small demo with other settings of ``[siting]`` or other people, in memory."""

    def run(plan_found=None, inputs=None, **siting):
        settings = read_settings(small_demo, overrides={"siting": siting, "inputs": inputs or {}})
        if inputs:
            settings = settings.model_copy(
                update={"inputs": settings.inputs.model_copy(update={"census": None, "regions": None})}
            )
        return assess(read_inputs(settings), settings, watch=Stopwatch(plan_found=plan_found))

    return run


def noted(run):
    return [finding.word.removeprefix("finding.suggest_") for finding in run.findings if "suggest_" in finding.word]


# --- the end of the search, and empty plans


def test_ctrl_c_keeps_the_best_plan_and_the_run_says_so(run_with):
    def interrupt(*_):
        raise KeyboardInterrupt

    run = run_with(budget=6, plan_found=interrupt)
    plan = run.suggestions.plan
    assert (plan.stopped, len(plan.site), noted(run)) == ("interrupted", 6, ["interrupted"])
    assert "Ctrl-C ended the search for sites" in "\n".join(suggestion_lines(run))
    assert suggestion_record(run)["stopped"] == "interrupted"
    assert len(run.suggestions.curve.own_count) == 0


def test_a_search_that_used_up_its_time_says_so(run_with):
    run = run_with(budget=6, time_limit_s=1e-9)
    assert (run.suggestions.plan.stopped, noted(run)) == ("time", ["time"])
    assert "ended after its 1e-09 s" in suggestion_record(replace(run, language="en"))["notes"][0]


def test_better_plans_and_bounds_are_told_while_the_search_goes_on(run_with):
    told = []
    run = run_with(budget=6, plan_found=lambda *found: told.append(found))
    assert told[-1] == (run.suggestions.plan.covered_units, run.suggestions.plan.bound_units)
    assert told == sorted(told, key=lambda found: (found[0], -found[1]))


def test_a_seed_of_the_project_is_the_seed_of_the_plan(run_with):
    runs = [run_with(budget=3, seed=seed) for seed in (5, 5, 6)]
    assert [suggestion_record(run)["seed"] for run in runs] == [5, 5, 6]
    assert runs[0].suggestions.frame.equals(runs[1].suggestions.frame)
    assert len({run.suggestions.plan.covered_units for run in runs}) == 1


def test_a_budget_of_nothing_and_one_beyond_the_candidates_are_plans_that_say_why(run_with):
    none, all_of_them = run_with(budget=0), run_with(budget=900)
    assert (len(none.suggestions), noted(none)) == (0, ["budget_none"])
    assert suggestion_lines(none) == ["No site was asked for (budget 0), so none is suggested."]
    plan = all_of_them.suggestions.plan
    assert noted(all_of_them) == ["enough"]
    assert plan.covered_units == plan.coverable_units == plan.bound_units
    assert 0 < len(plan.site) < 900
    assert len(page_payload(all_of_them)["proposal"]["curve"]["covered"]) == len(plan.site) + 1


def test_people_who_are_all_covered_or_whom_no_candidate_is_near_get_an_empty_plan(run_with, tmp_path, village_run):
    covered = village_run.people.xy[village_run.access.covered][0]
    for name, rows, why in (
        ("all", [covered], "nobody"),
        ("far", [covered, covered + np.array([0.9, 0])], "no_candidates"),
    ):
        path = tmp_path / f"{name}.csv"
        lines = [f"{lon!r},{lat!r},100" for lon, lat in np.array(rows).tolist()]
        path.write_text("\n".join(["lon,lat,people", *lines]) + "\n", encoding="utf-8")
        run = run_with(budget=2, inputs={"population": path})
        assert (len(run.suggestions), noted(run)) == (0, [why])
        record = suggestion_record(run)
        assert (record["sites"], record["status"], len(record["notes"])) == ([], "optimal", 1)
        assert record["people_covered"] == record["people_covered_before"] == record["upper_bound"]


def test_a_plan_that_the_people_do_not_bear_out_is_refused(monkeypatch):
    drawn = street_map("S--A-------B")
    people = people_at(drawn.points("AB").xy, [1024, 2048], [0, 2], [0, 1])
    world = World(named(drawn.streets), people, drawn.points("S").xy, STANDARD)
    monkeypatch.setattr(suggesting, "people_served", lambda people, *_, **__: np.zeros(len(people), bool))
    with pytest.raises(RecountError, match=r"covers 2\.0 people more, counted again from the people they are 0\.0"):
        world.suggestions(no_premises(), 2)


# --- the curve


@pytest.fixture(scope="module")
def planned(make_run):
    return with_suggestions(make_run(), 2)


def test_the_curve_is_the_same_on_the_page_and_in_the_workbook(planned, tmp_path):
    # 170.25 people are covered now, 66.25 more with the first place and 19.25 more with the second.
    curve = page_payload(planned)["proposal"]["curve"]
    assert (curve["covered"], curve["shares"]) == ([170, 237, 256], ["66.6%", "92.5%", "100%"])
    assert (curve["bound"], curve["own"], curve["knee"]) == ([170, 237, 256], [{"sites": 1, "covered": 237}], 1)
    write_workbook(planned, tmp_path / "book.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "book.xlsx")["网点数与覆盖"].iter_rows(values_only=True))
    head = next(number for number, row in enumerate(rows) if row[0] == "新网点数")
    assert [row[0] for row in rows[head + 1 :]] == [0, 1, 2]
    assert [row[1] for row in rows[head + 1 :]] == curve["covered"]
    assert [row[3] for row in rows[head + 1 :]] == curve["bound"]
    assert [row[4] for row in rows[head + 1 :]] == [None, 237, None]


def test_the_workbook_draws_the_curve_from_its_own_cells(planned, tmp_path):
    write_workbook(planned, tmp_path / "book.xlsx")
    with zipfile.ZipFile(tmp_path / "book.xlsx") as book:
        chart = book.read("xl/charts/chart1.xml").decode()
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["网点数与覆盖"]
    head = next(row[0].row for row in sheet.iter_rows() if row[0].value == "新网点数")
    for column in "BDE":
        assert f"网点数与覆盖!${column}${head + 1}:${column}${head + 3}<" in chart.replace("'", "")
    assert chart.count("<c:ser>") == 3


def test_the_page_draws_the_curve_and_says_it_as_a_table_in_both_languages(planned, tmp_path, open_page):
    write_map(planned, tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#suggestions")
    assert count_of(page, "#sheet svg.curve path.plan") == 2  # the line, and its sample in the key
    assert count_of(page, "#sheet svg.curve circle.own") == 2
    assert page.get_attribute("#sheet svg.curve", "aria-hidden") == "true"
    page.locator(".curve-table summary").click()
    assert page.locator(".curve-table tbody tr").all_inner_texts()[1].split() == ["1", "237", "92.5%", "237", "237"]
    page.get_by_role("button", name="EN", exact=True).click()
    show_tab(page, "suggestions")
    assert "Sites and people covered" in text_of(page, "#sheet")
    assert "The curve bends most after the first 1, which bring 77.5% of the people the plan adds." in text_of(page)


def test_a_page_without_a_place_to_suggest_has_no_curve_and_says_why(run_with, tmp_path, open_page):
    write_map(run_with(budget=0), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#suggestions")
    assert count_of(page, "#sheet svg.curve") == 0
    assert "No site was asked for" in text_of(page, "#sheet")
