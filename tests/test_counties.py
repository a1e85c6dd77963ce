"""Regions summed by county: in the table, in whole persons, in the workbook, in the record and on the page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import shapely
from browsing import look_for
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.access.tables import county_table, region_table
from catchment.config import read_settings
from catchment.model import Regions
from catchment.outputs.figures import CAUSE_COLUMNS, SETTING_COLUMNS, printed_figures
from catchment.outputs.maps import write_map
from catchment.outputs.record import write_record
from catchment.outputs.workbook import write_workbook

SETTINGS = read_settings(Path(__file__).parents[1] / "data" / "demo" / "demo.toml")


def run_of(make_run, parents, region, **changes):
    """The run made by hand with its eight points in other regions, of these parents."""
    run = make_run(**changes)
    count = len(parents)
    frame = run.regions.frame.iloc[np.zeros(count, int)].reset_index(drop=True)
    frame["region_id"] = [str(number + 1) for number in range(count)]
    frame["name"] = [f"{number + 1}乡" for number in range(count)]
    frame["parent"] = parents
    frame.geometry = [shapely.box(114.0 + 0.01 * at, 28.0, 114.01 + 0.01 * at, 28.02) for at in range(count)]
    people, regions = replace(run.people, region=np.array(region, np.int32)), Regions(frame)
    table = region_table(
        regions, people, run.access, site_region=np.array([0, 1, count - 1], np.int32), counted=run.counted
    )
    return replace(run, regions=regions, people=people, by_region=table, by_county=county_table(table))


def three_townships(make_run, **changes):
    """Two townships of 甲县 with 100 + 40 covered and 50.5 + 0.25 not, and one of 乙县 with 30.25 and 34.75."""
    return run_of(make_run, ["甲县", "乙县", "甲县"], [0, 0, 1, 1, 2, 2, 1, 1], **changes)


def test_the_regions_of_a_county_are_summed_exactly(make_run):
    run = three_townships(make_run)
    counties = run.by_county.set_index("name")
    assert counties.index.tolist() == ["甲县", "乙县"]
    assert (counties["people"] / 1024).tolist() == [190.75, 65]
    assert (counties["covered"] / 1024).tolist() == [140, 30.25]
    assert counties["sites_count"].tolist() == [2, 1]
    assert run.by_county.columns.tolist() == run.by_region.columns.tolist()


@pytest.mark.parametrize("parents", [["", ""], ["甲县", "甲县"]])
def test_without_parents_or_with_one_alone_there_is_no_table(make_run, tmp_path, parents):
    run = run_of(make_run, parents, [0, 0, 1, 1, 0, 0, 1, 1])
    assert len(run.by_county) == 0
    write_workbook(run, tmp_path / "a.xlsx")
    assert "分县区" not in openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True).sheetnames


def test_regions_without_a_parent_are_a_row_of_their_own(make_run, tmp_path):
    run = run_of(make_run, ["甲县", "", "甲县"], [0, 0, 1, 1, 2, 2, 1, 1])
    write_workbook(run, tmp_path / "a.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)["分县区"].iter_rows(values_only=True))
    assert [row[:3] for row in rows] == [
        ("县区", "区域数", "常住人口"),
        ("甲县", 2, 191),
        ("未注明县区", 1, 65),
        ("合计", 3, 256),
    ]


@given(
    parents=st.lists(st.sampled_from("甲乙丙"), min_size=2, max_size=5),
    region=st.lists(st.integers(0, 4), min_size=8, max_size=8),
)
@settings(max_examples=100, deadline=None)
def test_printed_townships_add_up_to_counties_and_these_to_the_whole(make_run, parents, region):
    run = run_of(make_run, parents, [number % len(parents) for number in region])
    figures = printed_figures(run)
    columns = ["people", "uncovered", *CAUSE_COLUMNS, *SETTING_COLUMNS]
    assert figures.by_region["people"].sum() == figures.people
    assert figures.by_region["covered"].sum() == figures.covered
    assert figures.by_region.index.tolist() == list(range(len(parents)))
    assert (figures.by_region[list(CAUSE_COLUMNS)].sum(axis=1) == figures.by_region["people"]).all()
    assert (figures.by_region[list(SETTING_COLUMNS)].sum(axis=1) == figures.by_region["people"]).all()
    assert (abs(figures.by_region["people"] - run.by_region["people"] / 1024) < 2).all()
    for county, exact in zip(figures.by_county.to_dict("records"), run.by_county.to_dict("records"), strict=True):
        own = figures.by_region[run.by_region["parent"] == county["name"]]
        assert own[columns].sum().to_dict() == {name: county[name] for name in columns}
        assert abs(county["people"] - exact["people"] / 1024) < 1


def test_the_record_has_the_counties_exactly(make_run, tmp_path):
    write_record(three_townships(make_run), tmp_path / "run.json", settings=SETTINGS, out=tmp_path, names={})
    first, second = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["counties"]
    assert (first["name"], first["people_total"], first["people_covered"]) == ("甲县", 190.75, 140)
    assert (second["sites_count"], second["counted_sites_count"]) == (1, 1)
    assert (second["people_town"], second["people_too_far"], second["people_no_road"]) == (49.5, 19.25, 10.5)


def test_the_page_lists_counties_with_their_townships_folded_away(make_run, tmp_path, open_page):
    write_map(three_townships(make_run), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#regions")
    told = "row => [row.className || null, row.dataset.county || null, row.dataset.index || null, row.hidden]"
    rows = page.locator("#sheet tr").evaluate_all(f"rows => rows.map({told})")
    # 50.75 people of 甲县 are not covered, 34.75 of 乙县; the townships of 甲县 in the same order: 50.5 and 0.25.
    assert rows == [
        [None, None, None, False],
        *(["county", "甲县", None, False], ["part", None, "0", True], ["part", None, "2", True]),
        *(["county", "乙县", None, False], ["part", None, "1", True]),
        ["total", None, None, False],
    ]


def shown(page):
    return page.locator("#sheet tr[data-index]:visible").evaluate_all("rows => rows.map(row => row.dataset.index)")


def test_a_county_unfolds_by_its_button_and_for_a_township_that_is_chosen(make_run, tmp_path, open_page):
    write_map(three_townships(make_run), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#regions")
    page.locator("button.fold").first.click()
    assert shown(page) == ["0", "2"]
    page.locator("button.fold").first.click()
    assert shown(page) == []
    look_for(page, "2乡")
    page.locator("#search button").first.click()
    assert shown(page) == ["1"]
