"""A census table: its units, its totals, and which region belongs to which unit."""

from __future__ import annotations

import csv

import geopandas as gpd
import pytest
import shapely
import xlsxwriter

from catchment.demand.controls import control_units
from catchment.errors import InputError
from catchment.inputs.census import read_census
from catchment.inputs.regions import read_regions
from catchment.model import Regions


def table(folder, text):
    path = folder / "普查.csv"
    path.write_text(text.strip() + "\n", encoding="utf-8")
    return path


def words(census):
    return [(finding.level, finding.word.removeprefix("finding."), finding.row) for finding in census.findings]


def regions_of(*rows):
    frame = {field: [row[at] for row in rows] for at, field in enumerate(("region_id", "name", "parent"))}
    return Regions(gpd.GeoDataFrame(frame, geometry=[shapely.box(n, 0, n + 1, 1) for n in range(len(rows))], crs=4326))


def test_units_come_in_the_order_of_their_codes_and_what_is_not_said_is_minus_one(tmp_path):
    census = read_census(table(tmp_path, "区划代码,区县,总人口,城镇人口\n360922,万载县,300,\n360902,袁州区,200,120"))
    assert census.frame.to_numpy().tolist() == [
        ["360902", "袁州区", 200, 120, -1, -1],
        ["360922", "万载县", 300, -1, -1, -1],
    ]
    assert census.findings == ()


@pytest.mark.parametrize(
    "header",
    [
        "adcode,name,total",
        "code,county,population",
        "区划代码,县区,常住人口",
        "代码,区县,人口数_合计",
        "编码,县,总人口（人）",
    ],
)
def test_the_usual_headers_are_known(tmp_path, header):
    census = read_census(table(tmp_path, f'{header}\n360902,袁州区,"1,121,707"'))
    assert census.frame.iloc[0].tolist() == ["360902", "袁州区", 1121707, -1, -1, -1]


def test_a_workbook_with_a_title_and_two_header_rows_is_read(tmp_path):
    path = tmp_path / "普查.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("七普")
        rows = [["全市常住人口"], ["区县", "常住人口", "", ""], ["", "合计", "城镇", "乡村"], ["袁州区", 200, 120, 80]]
        for number, row in enumerate([*rows, ["合 计", 200, 120, 80], ["注：2020年11月1日"]]):
            sheet.write_row(number, 0, row)
    census = read_census(path)
    assert census.frame.to_numpy().tolist() == [["袁州区", "袁州区", 200, 120, 80, -1]]
    assert words(census) == [("note", "row_total", 5), ("note", "row_note", 6)]


def test_the_row_of_the_whole_is_left_out_and_held_against_its_parts(tmp_path):
    rows = "代码,区县,总人口\n360900,宜春市,{}\n360902,袁州区,200\n360922000000,万载县,300"
    right = read_census(table(tmp_path, rows.format(500)))
    assert right.frame["unit_id"].tolist() == ["360902", "360922000000"]
    assert words(right) == [("note", "census_total", 2)]
    wrong = read_census(table(tmp_path, rows.format(501)))
    assert words(wrong) == [("warning", "census_total_differs", 2)]
    assert (wrong.findings[0].facts["people"], wrong.findings[0].facts["sum"]) == (501, 500)


def test_a_prefecture_alone_is_a_unit(tmp_path):
    census = read_census(table(tmp_path, "代码,区县,总人口\n360900,宜春市,500"))
    assert census.frame["unit_id"].tolist() == ["360900"]
    assert control_units(regions_of(("360902", "袁州区", ""), ("361002", "临川区", "")), census).tolist() == [0, -1]


def test_what_is_no_number_of_people_is_listed_and_costs_no_other_row(tmp_path):
    bad = ["112.17", "-5", "约20万", "", "1e30"]
    rows = "\n".join(f"36090{n},{n}县,{text}" for n, text in enumerate(bad, start=1))
    census = read_census(table(tmp_path, f"代码,区县,总人口\n{rows}\n360922,万载县,300\n,,400"))
    assert census.frame["name"].tolist() == ["万载县"]
    assert words(census) == [("bad_row", "census_bad", row) for row in range(2, 7)] + [
        ("bad_row", "census_nameless", 8)
    ]
    assert census.findings[0].facts == {"cell": "C2", "found": "112.17"}
    with pytest.raises(InputError, match="whole persons"):
        read_census(table(tmp_path, "代码,区县,总人口\n360902,袁州区,112.17"))


def test_urban_and_rural_people_that_do_not_add_up_are_said(tmp_path):
    census = read_census(table(tmp_path, "代码,区县,总人口,城镇人口,乡村人口\n360902,袁州区,200,120,81"))
    assert words(census) == [("warning", "census_parts_differ", 2)]


def test_two_rows_for_one_unit_are_refused_also_if_its_code_is_written_in_two_ways(tmp_path):
    for code in ("360902", "360902000000"):
        with pytest.raises(InputError, match="more than once"):
            read_census(table(tmp_path, f"代码,区县,总人口\n360902,袁州区,200\n{code},袁州,200"))


def test_a_table_without_a_column_of_residents_is_refused(tmp_path):
    with pytest.raises(InputError, match="常住人口"):
        read_census(table(tmp_path, "代码,区县,户籍人口\n360902,袁州区,200"))


def test_a_township_belongs_to_the_county_its_code_begins_with(tmp_path):
    census = read_census(table(tmp_path, "代码,区县,总人口\n360902,袁州区,200\n360922,万载县,300"))
    townships = regions_of(
        ("360902001", "灵泉街道", ""),
        ("360922100000", "康乐镇", ""),
        ("某镇", "某镇", "360922"),
        ("360922", "万载县", "360900"),
        ("361002001", "青云街道", "袁州区"),
        ("另镇", "另镇", "袁州区"),
    )
    # The fifth has the code of another prefecture: codes decide, not names.
    assert control_units(townships, census).tolist() == [0, 1, 1, 1, -1, 0]


def test_without_codes_names_decide_where_they_are_unambiguous(tmp_path):
    census = read_census(table(tmp_path, "区县,总人口\n袁州区,200\n樟树市,300\n吉安县,400\n吉安市,500"))
    row = {name: number for number, name in enumerate(census.frame["name"])}
    regions = regions_of(
        ("1", "袁州", ""), ("2", "樟 树", ""), ("3", "温汤镇", "袁州区"), ("4", "吉安县", ""), ("5", "吉安", "")
    )
    assert control_units(regions, census).tolist() == [row["袁州区"], row["樟树市"], row["袁州区"], row["吉安县"], -1]


def test_the_census_of_yichun_adds_up_and_knows_its_ten_counties(shared_data):
    folder = shared_data / "yichun"
    census = read_census(folder / "census_2020_counties.csv")
    assert len(census) == 10
    # Published: 5,007,702 residents, of them 2,821,642 urban.
    assert census.frame[["people", "urban", "rural"]].sum().tolist() == [5_007_702, 2_821_642, 2_186_060]
    assert [finding.word for finding in census.findings if finding.level != "note"] == []
    (total,) = [finding for finding in census.findings if finding.word == "finding.census_total"]
    assert (total.row, total.facts["people"], total.facts["count"]) == (2, 5_007_702, 10)
    regions = read_regions(folder / "counties_wgs84.geojson")
    assert control_units(regions, census).tolist() == list(range(10))
    assert census.frame["unit_id"].tolist() == regions.frame["region_id"].tolist()


def test_every_township_of_yichun_belongs_to_its_county(shared_data):
    folder = shared_data / "yichun"
    census = read_census(folder / "census_2020_counties.csv")
    with (folder / "townships.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    found = control_units(regions_of(*((row["code12"], row["name"], "") for row in rows)), census)
    assert [census.frame["unit_id"][unit] for unit in found] == [row["county_adcode"] for row in rows]
