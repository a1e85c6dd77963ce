"""Key groups: who they are, where they live, and how many are within reach."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.access.groups import group_cover
from catchment.config import settings_of
from catchment.demand.groups import group_rows, spread_groups
from catchment.errors import InputError, SettingsError
from catchment.inputs.groups import read_groups
from catchment.model import Access, KeyGroups, People, Regions, Setting
from catchment.outputs.groups import group_lines, groups_record, groups_table
from catchment.outputs.profile import published
from catchment.outputs.workbook import write_workbook
from catchment.pipeline.groups import groups_covered
from catchment.pipeline.read import read_inputs

ONE = 1024


def table(folder, text, name="groups.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def words(findings):
    return [finding.word.removeprefix("finding.") for finding in findings]


def regions_of(*rows):
    columns = {field: [row[at] for row in rows] for at, field in enumerate(("region_id", "name", "parent"))}
    return Regions(
        gpd.GeoDataFrame(columns, geometry=[shapely.box(n, 0, n + 1, 1) for n in range(len(rows))], crs=4326)
    )


def groups_of(*rows, groups=("失业",)):
    columns = ["unit_id", "name", "township", "county", *groups]
    return KeyGroups(pd.DataFrame(list(rows), columns=columns), groups, "groups.csv")


def people_of(units, region):
    count = len(units)
    xy = np.column_stack([np.arange(count) / 10, np.zeros(count)])
    return People(xy, np.array(units) * ONE, np.arange(count), np.array(region, np.int32), np.zeros(count, np.int8))


TOWNSHIPS = regions_of(
    ("360902001", "甲街道", "袁州区"), ("360902100", "乙镇", "袁州区"), ("360921100", "丙乡", "奉新县")
)


def placed(groups, people=None, regions=TOWNSHIPS):
    """Persons of the first group at four points: two in the first region, one in each other."""
    people = people or people_of([3, 1, 5, 7], [0, 0, 1, 2])
    units, unplaced = spread_groups(groups, group_rows(groups, regions), people)
    return (units[0] / ONE).tolist(), unplaced.tolist()


# --- the table ---------------------------------------------------------------------------------------------------


def test_every_column_of_numbers_that_counts_people_is_a_group(tmp_path):
    path = table(
        tmp_path,
        "袁州区重点群体统计表\n序号,乡镇,登记失业人员,脱贫人口,失业率,常住人口,负责人,联系电话,备注\n"
        '1,甲街道,12,"1,200",3.1,9000,张三,13900001234,好\n2,乙镇,,30,2.2,800,李四,13900001235,\n合计,,12,1230,,,,,\n',
    )
    groups = read_groups(path)
    assert groups.groups == ("登记失业人员", "脱贫人口")
    assert groups.frame[["township", *groups.groups]].to_numpy().tolist() == [["甲街道", 12, 1200], ["乙镇", 0, 30]]
    assert words(groups.findings) == ["contacts_dropped", "row_total", "columns_ignored", "groups_blank"]
    assert "13900001234" not in repr(groups)


def test_a_sheet_for_each_group_is_one_table(tmp_path):
    path = tmp_path / "groups.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for title, counts in (("零工", (1, 2)), ("毕业生", (3, 4))):
            sheet = book.add_worksheet(title)
            sheet.write_row(0, 0, ["单位", title])
            for row, (name, count) in enumerate(zip(("甲街道", "乙镇"), counts, strict=True), start=1):
                sheet.write_row(row, 0, [name, count])
    groups = read_groups(path)
    assert groups.frame[["name", "零工", "毕业生"]].to_numpy().tolist() == [["甲街道", 1, 3], ["乙镇", 2, 4]]
    assert words(groups.findings) == ["groups_joined"]


def test_what_is_no_number_of_people_is_listed_with_its_cell(tmp_path):
    groups = read_groups(table(tmp_path, "单位,零工\n甲,3\n乙,约5\n丙,-1\n丁,2.5\n戊,7\n己,8\n"))
    assert groups.frame["零工"].tolist() == [3, 7, 8]
    bad = [(finding.word, finding.facts["cell"]) for finding in groups.findings]
    assert bad == [("finding.groups_bad", cell) for cell in ("B3", "B4", "B5")]


def test_a_table_without_groups_or_units_is_refused(tmp_path):
    with pytest.raises(InputError, match="no column of persons"):
        read_groups(table(tmp_path, "单位,备注\n甲,好\n"))
    with pytest.raises(InputError, match="村社区"):
        read_groups(table(tmp_path, "零工,毕业生\n1,2\n"))
    inputs = {"sites": "s", "roads": "r", "population": "p", "groups": str(tmp_path / "groups.csv")}
    with pytest.raises(SettingsError, match="regions"):
        read_inputs(settings_of({"inputs": inputs}, file="", folder=tmp_path))


# --- where they live ---------------------------------------------------------------------------------------------


def test_people_of_a_township_go_by_its_residents():
    assert placed(groups_of(("", "甲街道", "", "", 8), ("360902100", "", "", "", 2))) == ([6, 2, 2, 0], [0])


def test_people_of_a_county_go_by_the_residents_of_all_its_townships():
    assert placed(groups_of(("", "袁州区", "", "", 18), ("360921", "", "", "", 7))) == ([6, 2, 10, 7], [0])


def test_villages_are_added_up_in_their_township():
    by_name = groups_of(("", "东村", "乙镇", "", 4), ("", "西村", "乙镇", "", 5), ("", "东村", "丙乡", "", 1))
    assert placed(by_name) == ([0, 0, 9, 1], [0])
    by_code = groups_of(("360902100201", "东村", "", "", 4), ("360921100200", "西村", "", "", 5))
    assert placed(by_code) == ([0, 0, 4, 5], [0])


def test_a_total_above_its_parts_is_not_counted_twice():
    by_code = groups_of(("360902", "", "", "", 99), ("360902001", "", "", "", 4), ("360902100", "", "", "", 5))
    assert placed(by_code) == ([3, 1, 5, 0], [0])
    # 乙镇 has no row of its own, and the county's row is the sum of the others.
    by_name = groups_of(("", "袁州区", "", "", 99), ("", "甲街道", "", "", 4))
    assert placed(by_name) == ([3, 1, 0, 0], [0])


def test_who_cannot_be_placed_is_counted():
    groups = groups_of(("", "丁乡", "", "", 6), ("", "甲街道", "", "", 4))
    assert placed(groups) == ([3, 1, 0, 0], [6])
    nobody = people_of([3, 1, 0, 7], [0, 0, 1, 2])
    assert placed(groups_of(("", "乙镇", "", "", 6)), nobody) == ([0, 0, 0, 0], [6])


@settings(max_examples=30)
@given(
    st.lists(st.integers(0, 50), min_size=4, max_size=4),
    st.lists(st.integers(0, 1000), min_size=3, max_size=3),
)
def test_everybody_is_placed_once_or_said_to_be_missing(residents, persons):
    rows = [(code, "", "", "", count) for code, count in zip(TOWNSHIPS.frame["region_id"], persons, strict=True)]
    here, unplaced = placed(groups_of(*rows), people_of(residents, [0, 0, 1, 2]))
    assert sum(here) + unplaced[0] == sum(persons)
    assert all(count == 0 for count, homes in zip(here, residents, strict=True) if not homes)


# --- how many are within reach -----------------------------------------------------------------------------------


def test_a_group_is_covered_where_the_residents_are():
    people = replace(people_of([3, 1, 5, 7], [0, 0, 1, 2]), setting=np.array([0, 2, 2, 2], np.int8))
    cause = np.array([0, 5, 0, 2], np.int8)
    none = np.full(4, -1)
    access = Access(cause, none.astype(np.int32), none.astype(np.int32), none, none, np.zeros(4))
    units = np.array([[6, 2, 10, 1]]) * ONE
    (cover,) = group_cover(["失业"], units, people, access, region_count=3)
    assert (cover.people, cover.covered) == (19 * ONE, 16 * ONE)
    assert cover.by_setting == {Setting.CITY: (6 * ONE, 6 * ONE), Setting.RURAL: (13 * ONE, 10 * ONE)}
    assert (cover.by_region // ONE).tolist() == [[8, 6], [10, 10], [1, 0]]


@pytest.fixture
def run_with_groups(make_run):
    """The hand-made run, 100 unemployed in its first region and 10,000 in its second, which has 65 residents."""
    run = make_run()
    names = run.regions.frame["name"].tolist()
    groups = groups_of(("", names[0], "", "", 100), ("", names[1], "", "", 10_000), ("", "别处", "", "", 3))
    found, findings = groups_covered(groups, run.regions, run.people, run.access)
    return make_run(groups=found, findings=findings)


def test_odd_groups_are_said(run_with_groups):
    assert words(run_with_groups.findings) == ["groups_lost", "groups_unplaced", "groups_many"]
    assert run_with_groups.findings[1].facts["people"] == 3


def test_terminal_record_workbook_and_page_say_the_same(run_with_groups, tmp_path):
    run = run_with_groups
    (group,) = groups_record(run)
    # 140 of the 190.75 people of the first region are covered, 30.25 of the 65 of the second.
    expected = 100 * 140 / 190.75 + 10_000 * 30.25 / 65
    assert (group["people_total"], group["people_unplaced"]) == (10_100, 3)
    assert group["people_covered"] == pytest.approx(expected, abs=0.01)
    assert [row["people_total"] for row in group["regions"]] == [100, 10_000]
    line, worst = group_lines(run)
    assert f"{round(expected):,}" in line
    assert "5,346" in worst
    (row,) = groups_table(run)
    assert (row["people"], row["covered"], row["regions"][0]["people"]) == (10_100, round(expected), 100)
    json.dumps(row)
    write_workbook(run, tmp_path / "a.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)["重点群体"].iter_rows(values_only=True))
    assert rows[1][:4] == ("失业", "合计", 10_100, round(expected))
    by_setting = [row for row in rows if row[1] in ("城区", "镇区", "农村")]
    assert [sum(row[at] for row in by_setting) for at in (2, 3)] == [10_100, round(expected)]


def test_the_public_sees_no_groups(run_with_groups):
    public = replace(run_with_groups, profile="public")
    assert published(public).groups == ()
    assert groups_record(public) == groups_table(public) == list(group_lines(public)) == []


def test_without_a_table_there_is_nothing(make_run):
    run = make_run()
    assert groups_covered(None, run.regions, run.people, run.access) == ((), ())
    assert groups_record(run) == []
