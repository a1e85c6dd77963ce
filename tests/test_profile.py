"""The profiles: what the public sees, and that it sees nothing without a review number."""

import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from browsing import text_of
from pagedata import page_data

from catchment.config import read_settings, settings_of
from catchment.errors import SettingsError
from catchment.outputs.drawing import drawn_cells
from catchment.outputs.figures import printed_figures
from catchment.outputs.maps import write_map
from catchment.outputs.profile import cause_groups, published, shown_cells
from catchment.outputs.workbook import write_workbook
from catchment.pipeline.run import run_project
from catchment.review import review_number

FILES = {"sites": "a.csv", "roads": "b.pbf", "population": "c.tif"}
NUMBER = "赣S（2023）012号"


def settings(**of_map):
    return settings_of({"inputs": FILES, "map": of_map}, file="project.toml", folder=Path())


@pytest.fixture
def public_run(make_run):
    return make_run(profile="public", review_number=NUMBER)


@pytest.mark.parametrize(
    "text",
    [
        "GS(2023)1234号",
        "GS（2019）1652号",
        "GS京（2022）1061号",
        "赣S〔2023〕 012号",
        "审图号：粤BS(2022)014号",
        "鄂审字（2014）第12号",
    ],
)
def test_review_numbers_of_the_usual_forms_are_taken(text):
    number = review_number(text)
    assert number is not None
    assert number.endswith("号")
    assert review_number(number) == number


@pytest.mark.parametrize(
    "text", ["无", "2023012", "赣S2023012号", "赣S(2023)012", "GS(202)12号", "GS(2023)号", "A(2023)1号", "S" * 99]
)
def test_other_texts_are_no_review_numbers(text):
    assert review_number(text) is None


def test_the_public_gets_nothing_without_a_review_number():
    with pytest.raises(SettingsError, match="review_number"):
        settings(profile="public")
    assert settings().map.profile == "internal"


def test_a_review_number_of_another_form_is_refused_with_how_it_looks():
    with pytest.raises(SettingsError, match="赣S2023-12") as caught:
        settings(profile="public", review_number="赣S2023-12")
    assert "GS（2023）1234号" in caught.value.text("zh")


def test_a_review_number_is_kept_in_one_spelling():
    assert settings(profile="public", review_number="审图号: 赣s(2023)012号").map.review_number == NUMBER


def test_an_internal_run_is_shown_whole(make_run):
    run = make_run()
    assert published(run) is run
    assert shown_cells(run, drawn_cells(run.people, run.access)).units.sum() == run.people.units.sum()


def test_the_public_payload_has_no_findings_files_marks_or_outlines(public_run):
    payload = page_data(public_run)
    assert payload["findings"] == []
    assert payload["proposal"] is None
    assert payload["joins"] == {"x": [], "y": []}
    assert {(source["file"], source["sha256"]) for source in payload["sources"]} == {("", "")}
    assert [source["attribution"] for source in payload["sources"]] == ["© OpenStreetMap contributors", "WorldPop"]
    assert not any(site["unsnapped"] or site["gap_m"] is not None for site in payload["sites"])
    assert all(region["rings"] == {"count": [], "x": [], "y": []} for region in payload["regions"])
    assert [region["box"] for region in payload["regions"]] == [
        [114.0, 28.0, 114.02, 28.02],
        [114.02, 28.0, 114.04, 28.02],
    ]
    text = json.dumps(payload, ensure_ascii=False)
    assert "台账.xlsx" not in text
    assert "pop.tif" not in text


def test_the_public_sees_the_same_figures(make_run, public_run):
    assert page_data(public_run)["figures"]["units"] == page_data(make_run())["figures"]["units"]
    assert page_data(public_run)["figures"]["uncovered"] == page_data(make_run())["figures"]["uncovered"]


def test_gaps_in_the_data_are_not_listed_for_the_public_and_their_people_are_not_lost(make_run, public_run):
    whole, public = page_data(make_run())["gaps"], page_data(public_run)["gaps"]
    people = [row["people"] for row in whole["rows"]]
    assert [row["people"] for row in public["rows"]] == people[:2]
    assert public["unlisted_people"] == people[2]
    assert whole["unlisted_people"] == 0


def test_cells_point_at_the_rows_of_the_gaps_that_are_listed(make_run):
    run = make_run(profile="public", review_number=NUMBER)
    # The first gap is one in the data: the second becomes the first row.
    frame = run.gaps.frame.assign(cause=[2, 5, 5])
    payload = page_data(replace(run, gaps=replace(run.gaps, frame=frame)))
    patch = payload["cells"]["patch"]
    units = [units / 1024 for units in payload["cells"]["people"]["units"]]
    assert [row["people"] for row in payload["gaps"]["rows"]] == [19, 16]
    assert {people for people, row in zip(units, patch, strict=True) if row == 0} == {19.25}
    assert {people for people, row in zip(units, patch, strict=True) if row == -1} == {100, 50.5, 30.25, 40}


def test_for_the_public_all_doubts_are_one_cause(make_run, public_run):
    assert len(cause_groups(make_run())) == 5
    groups = cause_groups(public_run)
    assert [group.word for group in groups] == ["cause.too_far", "cause.no_site", "page.not_judged"]
    causes = sorted(cause for group in groups for cause in group.causes)
    assert causes == sorted(cause for group in cause_groups(make_run()) for cause in group.causes)


def test_the_page_for_the_public_does_not_even_carry_people_in_doubt(public_run):
    cells = page_data(public_run)["cells"]["people"]["units"]
    assert sorted(units / 1024 for units in cells) == [19.25, 30.25, 40, 50.5, 100]


def test_the_picture_for_the_public_leaves_out_people_in_doubt(public_run):
    cells = shown_cells(public_run, drawn_cells(public_run.people, public_run.access))
    assert sorted(cells.units / 1024) == [19.25, 30.25, 40, 50.5, 100]


def test_the_public_workbook_has_the_number_and_no_word_on_the_data(public_run, tmp_path):
    write_workbook(public_run, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    texts = [
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    ]
    assert f"审图号：{NUMBER}" in texts
    assert "数据不足，未能判定" in texts
    assert all(NUMBER in sheet.oddFooter.left.text for sheet in book)
    assert not [
        text
        for text in texts
        if "台账.xlsx" in text or "pop.tif" in text or text.startswith("abab") or "待核实" in text
    ]
    assert "数据检查" not in book.sheetnames


def test_the_public_page_opens_without_data_tab_doubts_and_outlines(public_run, tmp_path, open_page):
    write_map(public_run, tmp_path / "map.html")
    assert "待核实" not in (tmp_path / "map.html").read_text(encoding="utf-8").split("catchment-data")[0]
    page = open_page(tmp_path / "map.html")
    assert f"审图号：{NUMBER}" in text_of(page, "#foot")
    assert "数据检查" not in text_of(page)
    assert "待核实" not in text_of(page, "#panel")
    assert "其中因数据不足未能判定 16" in text_of(page, "#headline")
    assert "数据不足，未能判定16" in text_of(page, "#sheet")
    assert "区域界线" not in text_of(page)


def test_a_public_run_writes_what_may_be_published_and_the_list(small_demo, tmp_path):
    chosen = {"map": {"profile": "public", "review_number": NUMBER}, "siting": {"budget": None}}
    asked = read_settings(small_demo, overrides=chosen)
    run, headline = run_project(asked, out=tmp_path / "out", language="zh")
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        *("覆盖图.html", "报告.xlsx", "报告.docx", "覆盖图.png", "覆盖图-A3.png", "便民清单.html", "run.json")
    }
    assert headline["outputs"]["services"].endswith("便民清单.html")
    assert run.findings
    record = (tmp_path / "out" / "run.json").read_text(encoding="utf-8")
    assert "sites.xlsx" not in record
    assert json.loads(record)["findings"] == []
    page = (tmp_path / "out" / "覆盖图.html").read_text(encoding="utf-8")
    assert not [name for name in ("sites.xlsx", "streets.osm.pbf", "population.tif") if name in page]
    assert printed_figures(published(run)).covered == printed_figures(run).covered
