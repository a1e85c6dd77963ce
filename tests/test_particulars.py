"""A planner's table of ten premises, as the plan words it: every column, and every cell that is not understood."""

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catchment.inputs.particulars import BLANK, area_m2, way_of_building, yes_or_no
from catchment.inputs.premises import joined_premises, read_premises
from catchment.model import Premises
from catchment.words import catalogue, say

HEADER = ["序号", "申报县区", "场所名称", "场所类型", "详细地址", "使用面积（㎡）", "产权", "建设方式", "原荣誉",
          "是否单体建筑", "经度", "纬度", "联系人", "备注"]  # fmt: skip
ROWS = [
    [1, "袁州区", "秀江街道便民服务中心", "便民服务中心", "秀江西路1号", 320, "国有", "提升",
     "", "是", 114.3801, 27.8011, "张某", ""],
    [2, "袁州区", "凤凰社区党群服务中心", "党群服务中心", "凤凰路9号", "约180平方米", "集体", "联营",
     "2019年高质量就业社区", "否", 114.3911, 27.8041, "", ""],
    [3, "袁州区", "零工市场", "零工市场", "", "1,200", "国有", "打通", "", "是", 114.4001, 27.8101, "", ""],
    [4, "袁州区", "老校舍", "闲置校舍", "北门外", "600平米", "教育局", "改造提升", "", "是", 114.4101, 27.8201, "", ""],
    [5, "樟树市", "药都图书馆", "图书馆", "药都大道", "0.5亩", "国有", "置换", "", "", 115.5401, 28.0501, "", ""],
    [6, "樟树市", "邮政支局", "邮政", "共和路", "", "邮政13900001234", "共建共享",
     "", "两栋", 115.5411, 28.0511, "", ""],
    [7, "", "园区服务中心", "园区服务中心", "", "无", "", "租赁", "充分就业社区", "否", 115.5511, 28.0611, "", ""],
    [8, "丰城市", "新城社区", "社区居委会", "", "-5", "集体", "新建", "", "否", 115.7801, 28.1901, "", ""],
    [9, "丰城市", "无坐标的馆", "文化站", "", 90, "国有", "提升", "", "是", None, None, "", ""],
    [10, "丰城市", "未注类型", "", "", 75.5, "", "", "", "", 115.7901, 28.2001, "", ""],
    ["合计", "", "", "", "", 2665.5, "", "", "", "", None, None, "", ""],
]  # fmt: skip


@pytest.fixture
def table(tmp_path):
    book = openpyxl.Workbook()
    for row in (["宜春市“就业之家”可用场所清单"], HEADER, *ROWS):
        book.active.append(row)
    path = tmp_path / "场所.xlsx"
    book.save(path)
    return path


def test_a_table_of_ten_premises_is_read_whole(table):
    premises = read_premises(table)
    frame = premises.frame.set_index("name")
    assert len(frame) == 9
    columns = ["kind", "type", "area_m2", "ownership", "way", "honours", "single_building", "proposed_by"]
    rows = {name: frame.loc[name, columns].tolist() for name in frame.index}
    assert rows["秀江街道便民服务中心"] == [
        "premises.community_centre", "便民服务中心", 320, "国有", "way.upgrade", "", "yes", "袁州区",
    ]  # fmt: skip
    assert rows["凤凰社区党群服务中心"] == [
        "premises.community_centre", "党群服务中心", 180, "集体", "way.joint", "2019年高质量就业社区", "no", "袁州区",
    ]  # fmt: skip
    assert rows["老校舍"] == ["premises.listed", "闲置校舍", 600, "教育局", "way.upgrade", "", "yes", "袁州区"]
    assert frame["area_m2"]["零工市场"] == 1200
    assert frame["way"].tolist().count("") == 2
    assert set(frame["way"]) - {""} <= set(catalogue())
    assert frame["way"]["新城社区"] == "way.new_building"
    assert np.isnan(frame["area_m2"][["药都图书馆", "邮政支局", "园区服务中心", "新城社区"]]).all()


def test_what_is_not_understood_is_listed_by_its_cell_and_the_row_stays(table):
    findings = read_premises(table).findings
    said = {
        (finding.word, finding.facts["cell"], finding.facts["found"])
        for finding in findings
        if "found" in finding.facts
    }
    assert said == {
        ("finding.premises_area_unread", "F7", "0.5亩"),
        ("finding.premises_area_unread", "F10", "-5"),
        ("finding.premises_way_unknown", "H9", "租赁"),
        ("finding.premises_single_unknown", "J8", "两栋"),
        ("finding.coordinate_missing", "K11", ""),
    }
    bad = [finding for finding in findings if finding.level == "bad_row"]
    assert [(finding.word, finding.row) for finding in bad] == [("finding.coordinate_missing", 11)]


def test_types_that_are_none_of_the_kinds_are_kept_counted_and_named(table):
    premises = read_premises(table)
    assert (premises.frame["kind"] == "premises.listed").sum() == 2
    (found,) = [finding for finding in premises.findings if finding.word == "finding.premises_other_types"]
    assert found.facts == {"count": 2, "types": "-, 闲置校舍"}
    assert "闲置校舍" in say(found.word, "zh", **found.facts)


def test_persons_and_their_numbers_stay_in_the_table(table):
    premises = read_premises(table)
    text = premises.frame.to_json() + str(premises.findings)
    assert "张某" not in text
    assert "13900001234" not in text
    assert any(finding.word == "finding.phone_removed" for finding in premises.findings)


def test_a_row_that_no_county_proposes_is_of_the_county_it_lies_in(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(
        "名称,县区,申报县区,经度,纬度\n甲,袁州区,樟树市,114.39,27.81\n乙,袁州区,,114.38,27.82\n", encoding="utf-8"
    )
    assert read_premises(path).frame.set_index("name")["proposed_by"].to_dict() == {"甲": "樟树市", "乙": "袁州区"}


def test_a_table_without_these_columns_has_them_blank(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("名称,经度,纬度\n甲,114.39,27.81\n", encoding="utf-8")
    row = read_premises(path).frame.iloc[0][list(BLANK)].to_dict()
    assert np.isnan(row.pop("area_m2"))
    assert set(row.values()) == {""}


def test_english_headers_are_understood(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(
        "name,type,lon,lat,floor area (m²),ownership,way of building,honours,single building,proposed by\n"
        "Old school,disused school,114.39,27.81,250 m2,public,upgrade,none,yes,Yuanzhou\n",
        encoding="utf-8",
    )
    row = read_premises(path).frame.iloc[0]
    assert row[["area_m2", "ownership", "way", "single_building", "proposed_by"]].tolist() == [
        250, "public", "way.upgrade", "yes", "Yuanzhou",
    ]  # fmt: skip


def test_joined_to_public_premises_nothing_is_known_of_those(table):
    own = read_premises(table)
    spot = {"premises_id": ["n1"], "name": [""], "kind": ["premises.library"], "address": [""], "source": ["osm"]}
    public = Premises(gpd.GeoDataFrame(spot, geometry=gpd.points_from_xy([114.0], [28.0]), crs="EPSG:4326"))
    for joined in (joined_premises(own, public), joined_premises(public, own)):
        osm = joined.frame[joined.frame["source"] == "osm"].iloc[0]
        assert all(osm[column] == "" for column in BLANK if column != "area_m2")
        assert np.isnan(osm["area_m2"])
        assert joined.frame["area_m2"].sum() == own.frame["area_m2"].sum()


@given(st.text(max_size=12))
def test_whatever_a_cell_says_is_understood_or_not_but_breaks_nothing(text):
    area = area_m2(text)
    assert area is None or np.isnan(area) or area > 0
    assert way_of_building(text) in {None, "", *(word for word in catalogue() if word.startswith("way."))}
    assert yes_or_no(text) in {None, "", "yes", "no"}
