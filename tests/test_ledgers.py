"""Ledgers as counties send them: several files, old workbooks, odd encodings, doubles, sites elsewhere."""

from __future__ import annotations

import geopandas as gpd
import openpyxl
import pytest
from old_book import old_book
from shapely import box

from catchment.errors import InputError, MissingInputError
from catchment.inputs.ledgers import ledger_files, ledger_sha256
from catchment.inputs.names import plain_name
from catchment.inputs.sites import diagnosed_sites, from_datum, read_sites
from catchment.inputs.whereabouts import site_region_findings
from catchment.model import Regions
from catchment.words import LANGUAGES, say

HEADER = "县区,名称,类型,经度,纬度\n"


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def found(sites, word):
    return [finding for finding in sites.findings if finding.word == f"finding.{word}"]


def county(folder, name, *rows):
    return write(folder / f"{name}.csv", HEADER + "".join(f"{row}\n" for row in rows))


@pytest.fixture
def two_counties(tmp_path):
    county(tmp_path, "樟树", "樟树市,甲就业之家,县级,115.53839,28.05932", "樟树市,乙,村,115.6,bad")
    county(tmp_path, "丰城", "丰城市,丙,县级,115.78096,28.19492", "樟树市,“甲”就业之家,县级,115.54,28.06001")
    write(tmp_path / "说明.txt", "各县区台账\n请勿修改\n")
    write(tmp_path / "~$樟树.csv", "x,y\n")
    (tmp_path / "roads.osm").write_text("<osm/>", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("pattern", ["", "*.csv", "[樟丰]*.*"])
def test_a_folder_or_a_pattern_is_one_ledger_whose_findings_name_the_file(two_counties, pattern):
    sites = read_sites(two_counties / pattern)
    assert sorted(sites.frame["name"]) == ["“甲”就业之家", "丙", "甲就业之家"]
    (bad,) = [finding for finding in sites.findings if finding.level == "bad_row"]
    assert (bad.file, bad.row, bad.facts["cell"]) == ("樟树.csv", 3, "E3")
    (double,) = found(sites, "sites_same_name")
    assert {double.file, double.facts["others_row"].split()[0]} == {"樟树.csv", "丰城.csv"}
    assert [one.file for one in found(sites, "file_skipped")] == (["说明.txt"] if not pattern else [])


def test_a_file_of_many_that_cannot_be_read_is_said_with_its_reason(two_counties):
    (skipped,) = found(read_sites(two_counties), "file_skipped")
    for language in LANGUAGES:
        assert "说明.txt" in say(skipped.word, language, **skipped.facts)
    with pytest.raises(InputError):
        read_sites(two_counties / "说*.txt")
    with pytest.raises(MissingInputError):
        read_sites(two_counties / "*.xls")
    with pytest.raises(InputError, match="local"):
        read_sites("//server/share/*.csv")


def test_the_order_of_files_changes_no_site_and_the_checksum_tells_a_change(two_counties):
    before, sites = ledger_sha256(two_counties), read_sites(two_counties).frame
    (two_counties / "樟树.csv").rename(two_counties / "a.csv")
    (two_counties / "丰城.csv").rename(two_counties / "z.csv")
    assert [path.name for path in ledger_files(two_counties)] == ["a.csv", "z.csv", "说明.txt"]
    assert read_sites(two_counties).frame.equals(sites)
    assert ledger_sha256(two_counties) != before


def test_an_old_workbook_is_read_with_its_merged_cells_and_hidden_rows(tmp_path):
    rows = [
        ["宜春市就业之家一览表"],
        ["县（市、区）", "名称", "坐标", None],
        [None, None, "经度", "纬度"],
        ["袁州区", "甲", 114.38125, 27.8],
        [None, "乙", "114°23′15″", 27.81],
        ["小 计", 2.0],
        [None, "丙", 114.40125, 27.8],
    ]
    path = tmp_path / "台账.xls"
    path.write_bytes(old_book({"袁州区": rows, "空": []}, merged=[(3, 4, 0, 0)], hidden=[4]))
    sites = read_sites(path, repair=True)
    assert dict(zip(sites.frame["name"], sites.frame["county"], strict=True)) == {
        "甲": "袁州区",
        "乙": "袁州区",
        "丙": "",
    }
    assert [repair.cell for repair in sites.repairs] == ["C5"]
    assert [finding.facts["rows"] for finding in found(sites, "rows_hidden")] == ["5"]
    assert [finding.row for finding in found(sites, "row_total")] == [6]


def test_a_broken_old_workbook_is_an_input_error(tmp_path):
    whole = old_book({"一": [["名称", "经度", "纬度"], ["甲", 114.5, 28.5]]})
    for cut in (60, 520, 700, 1030, 1200, 1600):
        (tmp_path / "a.xls").write_bytes(whole[:cut])
        with pytest.raises(InputError):
            read_sites(tmp_path / "a.xls")


def test_a_lone_cell_in_the_last_corner_of_an_old_workbook_costs_nothing(tmp_path):
    rows = [["名称", "经度", "纬度"], ["甲", 114.38751, 28.5], *[[]] * 65_533, [*[None] * 255, "x"]]
    (tmp_path / "a.xls").write_bytes(old_book({"一": rows}))
    assert len(read_sites(tmp_path / "a.xls")) == 1


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8-sig", "gb18030"])
def test_a_ledger_is_read_in_any_encoding_with_or_without_its_mark(tmp_path, encoding):
    text = "名称\t经度\t纬度\n遶市镇就业之家\t114.38751\t28.5\n"
    assert read_sites(write(tmp_path / "a.txt", text, encoding)).frame["name"].tolist() == ["遶市镇就业之家"]


def test_rows_and_sheets_that_are_hidden_are_read_and_said(tmp_path):
    book = openpyxl.Workbook()
    for row in (["名称", "经度", "纬度"], ["甲", 114.38751, 28.5], ["乙", 114.38752, 28.6]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    other = book.create_sheet("旧表")
    for row in (["名称", "经度", "纬度"], ["丙", 114.38753, 28.7]):
        other.append(row)
    other.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    sites = read_sites(tmp_path / "a.xlsx")
    assert len(sites) == 3
    assert [finding.facts["rows"] for finding in found(sites, "rows_hidden")] == ["3"]
    assert [finding.sheet for finding in found(sites, "sheet_hidden")] == ["旧表"]


def test_a_ledger_without_columns_of_coordinates_lists_every_row_for_its_place(tmp_path):
    path = write(tmp_path / "a.csv", "县区,乡镇,网点名称,地址\n袁州区,彬江镇,甲,街1号\n袁州区,温汤镇,乙,街2号\n")
    sites = diagnosed_sites(path)
    assert [finding.row for finding in found(sites, "coordinate_missing")] == [2, 3]
    assert [finding.facts["count"] for finding in found(sites, "no_coordinate_columns")] == [2]
    with pytest.raises(InputError, match="no coordinate"):
        read_sites(path)


def test_what_later_stages_use_is_kept_and_blank_where_it_is_not_said(tmp_path):
    path = write(
        tmp_path / "a.csv",
        "编码,名称,村（社区）,面积（㎡）,工作人员,是否临街,建设方式,批次,原荣誉,服务热线,经度,纬度\n"
        "A,甲,鼓楼社区,120,3人,是,置换,第一批,充分就业社区,0795-3271234,114.38751,28.5\n"
        "B,乙,,很大,张三,?,租赁,,,,114.38752,28.6\n",
    )
    sites = read_sites(path)
    columns = ["village", "area_m2", "staff", "street_front", "way", "batch", "honours"]
    rows = sites.frame.set_index("site_id")[columns]
    assert rows.loc["A"].tolist() == ["鼓楼社区", 120.0, 3.0, "yes", "way.exchange", "第一批", "充分就业社区"]
    assert rows.loc["B"].isna().tolist() == [False, True, True, False, False, False, False]
    assert rows.loc["B", ["village", "street_front", "way", "batch", "honours"]].tolist() == [""] * 5
    unread = ["site_area_unread", "site_staff_unread", "site_front_unknown", "site_way_unknown"]
    assert [[finding.facts["cell"] for finding in found(sites, word)] for word in unread] == [
        ["D3"],
        ["E3"],
        ["F3"],
        ["G3"],
    ]
    assert "张三" not in repr(sites.findings) + sites.frame.to_json()
    assert "3271234" not in repr(sites) + sites.frame.to_json()


SAME = [
    ("秀江街道就业之家", "秀江街道办事处“5+2就业之家”"),
    ("鼓楼社区就业之家", "鼓楼社区居委会就业之家"),
    ("（彬江镇）就业之家", "彬江镇 就业之家"),
    ("宜春幼儿专科师范学校", "宜春幼儿师范高等专科学校就业之家"),
    ("宜春市技工学校", "宜春职业技术学院"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_site_that_two_clerks_write_differently_is_listed_once_and_both_stay(tmp_path, one, other):
    assert plain_name(one) == plain_name(other)
    sites = read_sites(county(tmp_path, "a", f"袁州区,{one},,114.38751,27.8", f"袁州区,{other},,114.48751,27.9"))
    assert len(sites) == 2
    assert [finding.row for finding in found(sites, "sites_same_name")] in ([2], [3])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("袁州区,秀江街道,乡镇", "袁州区,秀江社区,村"),
        ("袁州区,甲,村", "樟树市,甲,村"),
        ("袁州区,城东村,村", "袁州区,城西村,村"),
    ],
)
def test_sites_of_another_type_county_or_name_are_no_doubles(tmp_path, one, other):
    sites = read_sites(county(tmp_path, "a", f"{one},114.38751,27.8", f"{other},114.48751,27.9"))
    assert found(sites, "sites_same_name") == []


def test_sites_of_two_types_on_one_spot_are_listed_for_review(tmp_path):
    rows = ("袁州区,甲,县级,114.38751,27.8", "袁州区,乙,工业园区,114.38751,27.8", "袁州区,丙,村,114.4875,27.9")
    (same,) = found(read_sites(county(tmp_path, "a", *rows)), "sites_same_spot")
    assert same.facts["count"] == 2
    assert "甲" in same.facts["names"]
    assert "乙" in same.facts["names"]


def test_types_that_the_plan_does_not_know_are_listed_and_kept(tmp_path):
    sites = read_sites(county(tmp_path, "a", "袁州区,甲,便利店,114.38751,27.8", "袁州区,乙,技校,114.4875,27.9"))
    assert sorted(sites.frame["type"]) == ["tech", "便利店"]
    assert [finding.facts["types"] for finding in found(sites, "types_unknown")] == ["便利店"]


def test_metres_of_a_survey_grid_are_not_shifted_with_the_degrees_of_a_map_service(tmp_path):
    rows = ("袁州区,甲,县级,38500000,3075000", "袁州区,乙,村,114.38751,27.8")
    sites = read_sites(county(tmp_path, "a", *rows), repair=True)
    moved = from_datum(sites, "gcj02")
    assert ((moved.xy != sites.xy).any(axis=1) == ~sites.frame["surveyed"]).all()
    assert sites.frame["surveyed"].sum() == 1


@pytest.fixture
def regions():
    """Two counties beside each other, the western one with two townships above one another."""
    frame = {
        "region_id": ["1", "2", "3"],
        "name": ["秀江街道", "彬江镇", "樟树市"],
        "parent": ["袁州区", "袁州区", "宜春市"],
    }
    shapes = [box(114, 27, 115, 28), box(114, 28, 115, 29), box(115, 27, 116, 29)]
    return Regions(gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326"))


def placed(folder, *rows):
    return read_sites(write(folder / "a.csv", "县区,乡镇,名称,经度,纬度\n" + "".join(f"{row}\n" for row in rows)))


def test_a_site_outside_its_county_is_listed_with_the_one_digit_that_may_be_wrong(tmp_path, regions):
    rows = "袁州,,甲,114.38751,27.81234", "樟树,,乙,116.53839,28.05932", "高安市,,丙,114.5001,27.5"
    sites = placed(tmp_path, *rows)
    outside, guessed = site_region_findings(sites, regions)[0]
    assert (outside.word, outside.row, outside.facts["lies"]) == ("finding.site_outside_county", 3, "-")
    assert (guessed.word, guessed.row, guessed.column) == ("finding.digit_suggested", 3, "经度")
    (repair,) = site_region_findings(sites, regions)[1]
    assert (repair.cell, repair.found, repair.proposed) == ("D3", "116.53839", "115.53839")
    assert (repair.word, repair.applied) == ("repair.one_digit", False)


def test_a_site_in_its_county_but_another_township_is_listed(tmp_path, regions):
    sites = placed(tmp_path, "袁州区,彬江镇,甲,114.38751,27.5", "袁州区,秀江办事处,乙,114.38751,27.6")
    findings, _ = site_region_findings(sites, regions)
    outside = [finding for finding in findings if finding.level == "warning"]
    assert [(one.word, one.row, one.facts["region"], one.facts["lies"]) for one in outside] == [
        ("finding.site_outside_township", 2, "彬江镇", "秀江街道")
    ]
    # Half a degree of latitude is 55.4 km.
    assert outside[0].facts["metres"] == pytest.approx(55_420, abs=50)


def test_a_site_a_little_over_the_line_is_taken_to_be_inside(tmp_path, regions):
    # A thousandth of a degree at 27.5 degrees north is 99 m.
    sites = placed(tmp_path, "袁州区,,甲,115.001,27.5")
    assert site_region_findings(sites, regions) == ((), ())
    assert site_region_findings(sites, regions, tolerance_m=90)[0][0].facts["metres"] == 99


def test_of_the_digits_only_those_that_lead_into_the_region_are_guessed(tmp_path, regions):
    sites = placed(tmp_path, "袁州区,彬江镇,甲,114.38751,27.5")
    _, repairs = site_region_findings(sites, regions)
    assert [(repair.field, repair.proposed) for repair in repairs] == [("lat", "28.5")]
