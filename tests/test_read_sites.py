"""Ledgers: every good row is kept, every other row is listed with where it stands and why."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, Point

from catchment.errors import InputError, MissingInputError
from catchment.files import open_input
from catchment.inputs.headers import (
    OUTLINE_COLUMNS,
    POPULATION_COLUMNS,
    REGION_COLUMNS,
    SITE_COLUMNS,
    URBAN_COLUMNS,
    columns_of,
    normal,
)
from catchment.inputs.identity import content_ids
from catchment.inputs.parts import source_of
from catchment.inputs.sites import read_sites
from catchment.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.model import Finding, Sites

COLUMNS = [
    "site_id", "name", "type", "status", "county", "township", "address", "services", "village", "area_m2", "staff",
    "street_front", "way", "single_building", "hotline", "complaint", "notices", "service_ledger",
    "batch", "honours", "precision_m", "surveyed", "geometry",
]  # fmt: skip


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def workbook(folder: Path, *sheets: tuple[str, list[list[object]], list[str]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows, merged in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for ref in merged:
            sheet.merge_cells(ref)
    path = folder / "台账 1.xlsx"
    book.save(path)
    return path


def geojson(folder: Path, features: list[dict[str, object]], name: str = "sites.geojson", **more: object) -> Path:
    return write(folder, name, json.dumps({"type": "FeatureCollection", "features": features, **more}))


def feature(x: object, y: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [x, y]}}


def words(sites: Sites, level: str) -> list[str]:
    """All but that the places of these tests are whole degrees."""
    return [one.word for one in sites.findings if one.level == level and one.word != "finding.places_coarse"]


def bad_rows(sites: Sites) -> list[Finding]:
    return [finding for finding in sites.findings if finding.level == "bad_row"]


def names(sites: Sites) -> set[str]:
    return set(sites.frame["name"])


def test_a_stray_quotation_mark_swallows_no_row(tmp_path):
    sites = read_sites(write(tmp_path, "s.csv", '名称,经度,纬度\n"5+2"甲,1,2\n"乙,3,4\n"丙,丁",5,6\n'))
    assert names(sites) == {'"5+2"甲', '"乙', "丙,丁"}
    finding, coarse = sites.findings
    assert (coarse.word, coarse.facts["count"]) == ("finding.places_coarse", 3)
    assert (finding.word, finding.facts["lines"]) == ("finding.quotes_unbalanced", "2, 3")


def test_a_made_id_is_longer_where_a_short_one_is_taken():
    short, long = content_ids(["a"])["a"], content_ids(["a"], taken=["S-ca978112"])["a"]
    assert short == "S-ca978112"
    assert long.startswith(short)
    assert len(long) == 26


def test_a_plain_ledger_is_read_whole(tmp_path):
    path = write(
        tmp_path,
        "sites.csv",
        "编码,名称,类型,状态,县区,乡镇,地址,经度,纬度\n"
        "B,秀江街道就业之家,街道(乡镇),,袁州区,秀江街道,中山路1号,114.39125,27.8\n"
        "A,宜春市就业之家,市级,筹建中,袁州区,,,114.40,27.81175\n",
    )
    sites = read_sites(path)
    assert list(sites.frame.columns) == COLUMNS
    assert sites.frame.crs.to_epsg() == 4326
    assert sites.frame.index.tolist() == [0, 1]
    assert sites.frame.iloc[:, :7].to_numpy().tolist() == [
        ["A", "宜春市就业之家", "city", "preparing", "袁州区", "", ""],
        ["B", "秀江街道就业之家", "township", "open", "袁州区", "秀江街道", "中山路1号"],
    ]
    assert sites.xy.tolist() == [[114.40, 27.81175], [114.39125, 27.8]]
    assert sites.findings == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_of_a_planners_machine_gives_the_same_sites(tmp_path, encoding):
    sites = read_sites(write(tmp_path, "站点.csv", "名称,经度,纬度\n遶市镇就业之家,115.1,28.1\n", encoding))
    assert names(sites) == {"遶市镇就业之家"}
    assert words(sites, "note") == (["finding.encoding_gb18030"] if encoding == "gb18030" else [])


def test_text_that_is_in_no_known_encoding_is_refused(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_bytes(b"name,lon,lat\n\xff\xffx,1,2\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_sites(path)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_delimiter_is_found(tmp_path, mark):
    assert names(read_sites(write(tmp_path, "s.csv", f"name{mark}lon{mark}lat\nA{mark}1.5{mark}2.5\n"))) == {"A"}


BAD_CELLS = [
    ("", "27.8", "coordinate_missing", "B", "经度"),
    ("待定", "27.8", "coordinate_missing", "B", "经度"),
    ("114.4", "/", "coordinate_missing", "C", "纬度"),
    ("NaN", "27.8", "coordinate_missing", "B", "经度"),
    ("inf", "27.8", "coordinate_text", "B", "经度"),
    ("1e999", "27.8", "coordinate_text", "B", "经度"),
    ("中山路", "27.8", "coordinate_text", "B", "经度"),
    ("114°23′15″", "27.8", "repair_proposed", "B", "经度"),
    ("114度73分", "27.8", "coordinate_minutes", "B", "经度"),
    ("114.4", "27.48.03", "repair_proposed", "C", "纬度"),
    ("0", "0", "coordinate_zero", "B", "经度"),
    ("114.4", "0.0", "coordinate_zero", "C", "纬度"),
    ("514000", "75000", "coordinate_range", "B", "经度"),
    ("219000", "3075000", "ask_grid", "B", "经度"),
    ("12733000", "3220000", "ask_mercator", "B", "经度"),
]


@pytest.mark.parametrize(("lon", "lat", "word", "letter", "column"), BAD_CELLS)
def test_a_bad_coordinate_costs_its_own_row_and_says_where_it_stands(*, tmp_path, lon, lat, word, letter, column):
    path = write(tmp_path, "s.csv", f"名称,经度,纬度\n甲,114.4,27.8\n乙,{lon},{lat}\n丙,114.5,27.9\n")
    sites = read_sites(path)
    (finding,) = bad_rows(sites)
    assert names(sites) == {"甲", "丙"}
    assert (finding.word, finding.row, finding.column) == (f"finding.{word}", 3, column)
    assert finding.facts["cell"] == f"{letter}3"
    assert finding.file == "s.csv"
    for language in ("zh", "en"):
        assert f"{letter}3" in say(finding.word, language, **finding.facts)


@pytest.mark.parametrize("text", ["114.387", " 114.387 ", "１１４．３８７", "　114.387", "'114.387", "+114.387"])
def test_numbers_written_as_text_are_read(tmp_path, text):
    assert read_sites(write(tmp_path, "s.csv", f"名称,经度,纬度\n甲,{text},２７．８\n")).xy.tolist() == [
        [114.387, 27.8]
    ]


def test_svalbard_and_lapland_are_not_taken_for_china_swapped(tmp_path):
    sites = read_sites(write(tmp_path, "s.csv", "name,lon,lat\nLongyearbyen,15.64,78.22\nHammerfest,23.68,70.66\n"))
    assert len(sites) == 2


def test_a_ledger_with_every_row_swapped_says_to_exchange_the_columns(tmp_path):
    path = write(tmp_path, "s.csv", "名称,经度,纬度\n" + "".join(f"甲{n},27.8,114.{n}\n" for n in range(1, 6)))
    with pytest.raises(InputError) as raised:
        read_sites(path)
    assert "Exchange the two columns" in raised.value.text("en")
    assert "请互换这两列" in raised.value.text("zh")
    assert all(cell in raised.value.text("zh") for cell in ("B2", "B3", "B4"))


def test_a_ledger_with_no_good_row_shows_the_first_three_reasons_in_the_language_of_the_run(tmp_path):
    path = write(tmp_path, "s.csv", "名称,经度,纬度\n甲,,27\n乙,x,27\n丙,0,0\n丁,1,\n")
    with pytest.raises(InputError) as raised:
        read_sites(path)
    assert "没有坐标" in raised.value.text("zh")
    assert "no coordinate" in raised.value.text("en")
    assert "C5" not in raised.value.text("en")


def test_a_pair_in_one_cell_is_read_and_a_latitude_first_is_said(tmp_path):
    path = write(
        tmp_path,
        "s.csv",
        '名称,坐标\n甲,"114.4,27.8"\n乙,"27.9，114.5"\n丙,114.6 28.0\n丁,POINT(114.7 28.1)\n戊,114.8\n',
    )
    sites = read_sites(path)
    assert sorted(map(tuple, sites.xy.tolist())) == [(114.4, 27.8), (114.5, 27.9), (114.6, 28.0), (114.7, 28.1)]
    assert [(finding.row, finding.column) for finding in bad_rows(sites)] == [(6, "坐标")]
    assert words(sites, "warning") == ["finding.latitude_first"]


def test_a_workbook_as_counties_send_it(tmp_path):
    path = workbook(
        tmp_path,
        (
            "袁州区",
            [
                ["宜春市“5+2就业之家”网点一览表", None, None, None, None, None],
                ["序号", "县(市、区)", "网点名称", "类型", "坐标", None],
                [None, None, None, None, "经度", "纬度"],
                [1, "袁州区", "甲就业之家", "县级", 114.39, 27.80],
                [2, None, "乙就业之家", "社区(村)", "１１４．４０", "27.81 "],
                [None, None, None, None, None, None],
                ["小 计", None, 2, None, None, None],
                [3, "上高县", "丙就业之家", "街道(乡镇)", 114.92, None],
                ["注：填报人张三，电话 13900001234", None, None, None, None, None],
            ],
            ["A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "B4:B5"],
        ),
        ("说明", [["本表由各县区填报"], ["二〇二四年"]], []),
        ("万载县", [["名称", "经度", "纬度"], ["丁就业之家", 114.44, 28.10]], []),
    )
    sites = read_sites(path)
    frame = sites.frame.set_index("name")
    assert names(sites) == {"甲就业之家", "乙就业之家", "丁就业之家"}
    assert frame.loc["乙就业之家", ["county", "type"]].tolist() == ["袁州区", "village"]
    (bad,) = bad_rows(sites)
    assert (bad.sheet, bad.row, bad.column, bad.facts["cell"]) == ("袁州区", 8, "纬度", "F8")
    skipped = {finding.row: finding.word for finding in sites.findings if finding.word.startswith("finding.row_")}
    assert skipped == {7: "finding.row_total", 9: "finding.row_note"}
    assert [finding.sheet for finding in sites.findings if finding.word == "finding.sheet_skipped"] == ["说明"]
    assert "13900001234" not in repr(sites.findings)


def test_a_header_of_two_rows_that_are_not_merged_is_joined(tmp_path):
    path = write(tmp_path, "s.csv", "序号,名称,位置,\n,,经度,纬度\n1,甲,114.4,27.8\n")
    assert names(read_sites(path)) == {"甲"}


def test_a_blank_below_a_value_stays_blank_unless_the_cells_are_merged(tmp_path):
    rows = [["名称", "县区", "经度", "纬度"], ["甲", "袁州区", 114.4, 27.8], ["乙", None, 114.5, 27.9]]
    sites = read_sites(workbook(tmp_path, ("一", rows, [])))
    assert dict(zip(sites.frame["name"], sites.frame["county"], strict=True)) == {"甲": "袁州区", "乙": ""}


def test_a_header_repeated_further_down_is_no_site(tmp_path):
    sites = read_sites(write(tmp_path, "s.csv", "名称,经度,纬度\n甲,1,2\n名称,经度,纬度\n乙,3,4\n"))
    assert names(sites) == {"甲", "乙"}
    assert bad_rows(sites) == []
    assert words(sites, "note") == ["finding.row_header_again"]


def test_a_missing_column_is_named_with_what_was_found_and_what_is_accepted(tmp_path):
    with pytest.raises(InputError) as raised:
        read_sites(write(tmp_path, "s.csv", "名称,jingdu,纬度\n甲,1,2\n"))
    for language in ("zh", "en"):
        text = raised.value.text(language)
        assert "经度 (lon)" in text
        assert "jingdu" in text
        assert "longitude" in text
        assert "(lat)" not in text


def test_a_ledger_without_names_is_refused(tmp_path):
    with pytest.raises(InputError, match="name"):
        read_sites(write(tmp_path, "s.csv", "经度,纬度\n1,2\n"))


@pytest.mark.parametrize("text", ["", "\n\n", "名称,经度,纬度\n"])
def test_a_ledger_with_nothing_in_it_is_refused(tmp_path, text):
    with pytest.raises(InputError):
        read_sites(write(tmp_path, "s.csv", text))


def test_contacts_never_enter(tmp_path):
    path = write(
        tmp_path,
        "s.csv",
        "名称,经度,纬度,联系人,联系电话,负责人手机,E-mail,备注,地址\n甲,1,2,张三,0795-3271234,13900001234,a@b.cn,无,路1号(13900001234)\n",
    )
    sites = read_sites(path)
    everything = sites.frame.to_json() + repr(sites.findings)
    assert not any(secret in everything for secret in ("张三", "3271234", "13900001234", "a@b.cn"))
    dropped = next(finding for finding in sites.findings if finding.word == "finding.contacts_dropped")
    assert dropped.facts["count"] == 4
    assert words(sites, "warning") == ["finding.phone_removed"]
    ignored = next(finding for finding in sites.findings if finding.word == "finding.columns_ignored")
    assert ignored.facts["columns"] == "备注"


HOSTILE = [
    "优惠 {% off", "{{ 7*7 }}", "</script><script>alert(1)</script>", "=1+1", "@SUM(A1)", "-1", "＝1", "a\\b",
    '引"号', "a'b", "${x}", "%s %d", "{0}", "a\u2028b",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_kept_literally(tmp_path, name):
    quote = name.replace('"', '""')
    assert names(read_sites(write(tmp_path, "s.csv", f'名称,经度,纬度\n"{quote}",1,2\n'))) == {name}
    assert names(read_sites(geojson(tmp_path, [feature(1, 2, name=name)]))) == {name}


def test_what_no_file_can_carry_becomes_a_replacement_character(tmp_path):
    path = write(tmp_path, "s.geojson", json.dumps({"features": [feature(1, 2, name="a\ud800b\x00c\uffff")]}))
    sites = read_sites(path)
    assert names(sites) == {"a\ufffdb\ufffdc\ufffd"}
    assert words(sites, "warning") == ["finding.characters_replaced"]


def test_a_site_without_a_name_goes_by_its_address_and_then_by_its_id(tmp_path):
    sites = read_sites(write(tmp_path, "s.csv", "编码,名称,地址,经度,纬度\nA,,路1号,1,2\nB,,,3,4\n,,,5,6\n"))
    assert sites.frame["name"].tolist()[:2] == ["路1号", "B"]
    assert sites.frame["name"].tolist()[2] == sites.frame["site_id"].tolist()[2]
    assert words(sites, "warning") == ["finding.name_missing", "finding.name_missing", "finding.name_from_id"]


def test_a_running_number_is_never_an_id(tmp_path):
    sites = read_sites(write(tmp_path, "s.csv", "序号,名称,经度,纬度\n1,甲,1,2\n2,乙,3,4\n"))
    assert sites.frame["site_id"].str.startswith("S-").all()


def test_ids_from_a_workbook_are_no_decimals(tmp_path):
    rows = [["编码", "名称", "经度", "纬度"], [360902001.0, "甲", 1, 2]]
    assert read_sites(workbook(tmp_path, ("一", rows, []))).frame["site_id"].tolist() == ["360902001"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_order_of_rows_changes_no_id(tmp_path, seed):
    rows = [f"站{n},{110 + n / 7:.6f},{25 + n / 9:.6f},{n % 3 or ''}\n" for n in range(12)]
    shuffled = np.random.default_rng(seed).permutation(rows)
    head = "名称,经度,纬度,编码\n"
    one = read_sites(write(tmp_path, "a.csv", head + "".join(rows))).frame
    other = read_sites(write(tmp_path, "b.csv", head + "".join(shuffled))).frame
    assert one.equals(other)


def test_a_repeated_row_is_listed_and_taken_once(tmp_path):
    sites = read_sites(write(tmp_path, "s.csv", "名称,经度,纬度\n甲,1,2\n乙,3,4\n甲,1,2\n"))
    assert len(sites) == 2
    (finding,) = [one for one in sites.findings if one.level == "warning" and one.word != "finding.places_coarse"]
    assert (finding.word, finding.row, finding.facts["first"]) == ("finding.site_repeated", 4, "2")


def test_an_id_of_two_different_rows_is_refused_for_both_and_no_row_is_lost(tmp_path):
    sites = read_sites(write(tmp_path, "s.csv", "编码,名称,经度,纬度\nA,甲,1,2\nA,乙,3,4\nB,丙,5,6\n"))
    assert names(sites) == {"甲", "乙", "丙"}
    assert set(sites.frame["site_id"]) & {"A", "B"} == {"B"}
    (finding,) = [finding for finding in sites.findings if finding.word == "finding.id_shared"]
    assert (finding.row, finding.facts["id"], finding.facts["others"]) == (2, "A", "3")


def test_sites_of_one_type_nearer_than_30_metres_are_listed_and_stay(tmp_path):
    # A degree of latitude on the equator is 110,574 m: 0.00027 of it is 29.9 m, 0.00028 is 31.0 m.
    rows = "甲,村,1,0.00000001\n乙,村,1,0.00027\n丙,县级,1,0.00027\n丁,村,2,0.00000001\n戊,村,2,0.00028\n"
    sites = read_sites(write(tmp_path, "s.csv", "名称,类型,经度,纬度\n" + rows))
    assert len(sites) == 5
    close = [finding for finding in sites.findings if finding.word == "finding.sites_close"]
    assert [finding.facts["metres"] for finding in close] == [29.9]


def test_a_thousand_sites_at_one_spot_are_a_thousand_lines_not_half_a_million(tmp_path):
    rows = "".join(f"站{n},114.4,27.8\n" for n in range(1000))
    sites = read_sites(write(tmp_path, "s.csv", "名称,经度,纬度\n" + rows))
    assert len(sites) == 1000
    assert words(sites, "warning").count("finding.sites_close") == 999


TYPES = {
    "city": "市级 市本级",
    "county": "县级 县(市、区)级",
    "zone": "开发区(园区) 工业园区 产业园 经开区 高新技术产业开发区 经济技术开发区",
    "college": "大中专院校 高校 职业技术学院",
    "tech": "技工院校 技师学院",
    "township": "街道(乡镇) 乡镇 Township",
    "village": "社区(村) 村(社区)等其他(第一批) 其他 village",
    "卫生院": "卫生院",
    "社区卫生服务中心": "社区卫生服务中心",
    "pharmacy": "pharmacy",
}


@pytest.mark.parametrize(
    ("text", "code"), [("", "none"), *((w, code) for code, ws in TYPES.items() for w in ws.split())]
)
def test_the_plans_words_for_types_become_codes_and_other_words_stay(tmp_path, text, code):
    assert read_sites(write(tmp_path, "s.csv", f"名称,类型,经度,纬度\n甲,{text},1,2\n")).frame["type"].tolist() == [
        code
    ]


STATUSES = {
    "open": "已建成 正常运营 是 open",
    "planned": "规划 未建成 否 planned",
    "preparing": "筹建 在建",
    "closed": "已关闭 停用 暂停运营 Closed",
}


@pytest.mark.parametrize(
    ("text", "code"), [("", "open"), *((w, code) for code, ws in STATUSES.items() for w in ws.split())]
)
def test_the_usual_words_for_status_are_understood(tmp_path, text, code):
    sites = read_sites(write(tmp_path, "s.csv", f"名称,状态,经度,纬度\n甲,{text},1,2\n"))
    assert sites.frame["status"].tolist() == [code]
    assert words(sites, "warning") == []


def test_an_unknown_status_is_said(tmp_path):
    sites = read_sites(write(tmp_path, "s.csv", "名称,状态,经度,纬度\n甲,第三季度,1,2\n"))
    assert sites.frame["status"].tolist() == ["open"]
    assert words(sites, "warning") == ["finding.status_unknown"]


def test_a_column_of_another_datum_is_said(tmp_path):
    sites = read_sites(write(tmp_path, "s.csv", "名称,高德经度,高德纬度\n甲,114.4,27.8\n"))
    assert words(sites, "warning") == ["finding.other_datum"]


def test_geojson_points_are_read_and_other_shapes_listed(tmp_path):
    features = [
        feature(114.4, 27.8, name="甲", amenity="clinic"),
        {"type": "Feature", "properties": {"name": "乙"}, "geometry": None},
        {
            "type": "Feature",
            "properties": {"name": "丙"},
            "geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
        },
        {"type": "Feature", "properties": {"name": "丁"}, "geometry": {"type": "Point", "coordinates": ["x"]}},
        {"type": "Feature", "properties": {"name": "戊"}, "geometry": {"type": "Point", "coordinates": [1, 2, 99]}},
        {"type": "Feature", "properties": None, "geometry": {"type": "MultiPoint", "coordinates": [[3, 4]]}},
        feature(27.8, 114.4, name="己"),
        {"type": "Feature", "properties": {"name": "庚"}, "geometry": {"type": "Nonsense", "coordinates": 1}},
        "no feature",
    ]
    sites = read_sites(geojson(tmp_path, features))
    assert {(row["name"], row["type"]) for _, row in sites.frame.iterrows()} >= {("甲", "clinic"), ("戊", "none")}
    assert len(sites) == 3
    assert {finding.row: finding.word for finding in bad_rows(sites)} == {
        2: "finding.shape_missing",
        3: "finding.shape_kind",
        4: "finding.shape_broken",
        7: "finding.coordinate_swapped",
        8: "finding.shape_broken",
        9: "finding.shape_missing",
    }


@pytest.mark.parametrize(
    "body", ["{", "{}", '{"features": 3}', '{"a":' * 100_000, '{"features": [' + "9" * 5000 + "]}"]
)
def test_broken_geojson_is_an_input_error(tmp_path, body):
    with pytest.raises(InputError):
        read_sites(write(tmp_path, "s.geojson", body))


def test_geojson_with_a_stated_crs_is_transformed_and_a_linked_crs_refused(tmp_path):
    def crs(kind, **properties):
        return {"type": kind, "properties": properties}

    mercator = crs("name", name="urn:ogc:def:crs:EPSG::3857")
    # 111,319.49 m are one degree on the equator of EPSG:3857.
    sites = read_sites(geojson(tmp_path, [feature(111319.49079327358, 0.000001, name="甲")], crs=mercator))
    assert sites.xy[0, 0] == pytest.approx(1.0)
    for refused in (crs("link", href="http://x/"), crs("name", name="+proj=longlat +nadgrids=/etc/passwd"), 7):
        with pytest.raises(InputError, match="coordinate reference system"):
            read_sites(geojson(tmp_path, [feature(1, 2, name="甲")], crs=refused))


def test_a_geopackage_is_read_in_its_own_crs(tmp_path):
    path = tmp_path / "站点.gpkg"
    frame = gpd.GeoDataFrame(
        {" 名 称 ": ["甲", "乙", "丙", "丁"], "编码": [1, 2, 3, 4], "联系电话": ["1"] * 4},
        geometry=[Point(1, 2), MultiPoint([(3, 4)]), None, LineString([(0, 0), (1, 1)])],
        crs="EPSG:4326",
    )
    frame.to_crs(3857).to_file(path, layer="网点", driver="GPKG")
    sites = read_sites(path)
    assert sites.frame["site_id"].tolist() == ["1", "2"]
    assert sites.xy.round(9).tolist() == [[1, 2], [3, 4]]
    assert {(finding.row, finding.sheet): finding.word for finding in bad_rows(sites)} == {
        (3, "网点"): "finding.shape_missing",
        (4, "网点"): "finding.shape_kind",
    }


def test_a_geopackage_is_read_whatever_its_path_and_however_it_was_written(tmp_path):
    folder = tmp_path / "a!b #1?x%20 县.zip"
    folder.mkdir()
    path = folder / "x.zip!y.gpkg"
    plain = tmp_path / "plain.gpkg"
    gpd.GeoDataFrame({"name": ["甲"]}, geometry=[Point(1, 2)], crs="EPSG:4326").to_file(plain, driver="GPKG")
    database = sqlite3.connect(plain)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE another (x)")
    database.commit()
    with pytest.raises(InputError, match="plain"):
        read_sites(plain)
    database.close()
    path.write_bytes(plain.read_bytes())
    assert names(read_sites(path)) == {"甲"}


def test_a_geopackage_without_a_crs_is_refused(tmp_path):
    path = tmp_path / "s.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        gpd.GeoDataFrame({"name": ["甲"]}, geometry=[Point(1, 2)]).to_file(path, driver="GPKG")
    with pytest.raises(InputError, match="no coordinate reference system"):
        read_sites(path)


def test_a_broken_shape_in_a_geopackage_costs_its_own_row(tmp_path):
    path = tmp_path / "s.gpkg"
    frame = gpd.GeoDataFrame({"name": ["甲", "乙"]}, geometry=[Point(1, 2), Point(3, 4)], crs="EPSG:4326")
    frame.to_file(path, layer="s", driver="GPKG")
    with sqlite3.connect(path) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE s SET geom = x'47500001E610000000' WHERE fid = 2")
    database.close()
    sites = read_sites(path)
    assert names(sites) == {"甲"}
    assert [finding.row for finding in bad_rows(sites)] == [2]


def test_a_truncated_geopackage_and_a_foreign_database_are_input_errors(tmp_path):
    path = tmp_path / "s.gpkg"
    gpd.GeoDataFrame({"name": ["甲"]}, geometry=[Point(1, 2)], crs="EPSG:4326").to_file(path, driver="GPKG")
    whole = path.read_bytes()
    for length in (200, 5000, len(whole) // 2):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError):
            read_sites(path)
    with sqlite3.connect(tmp_path / "db.gpkg") as database:
        database.execute("CREATE TABLE t (x)")
    database.close()
    with pytest.raises(InputError, match="gpkg"):
        read_sites(tmp_path / "db.gpkg")


def test_a_damaged_workbook_is_an_input_error(tmp_path):
    path = workbook(tmp_path, ("一", [["名称", "经度", "纬度"], ["甲", 1, 2]], []))
    whole = path.read_bytes()
    for cut in range(100, len(whole), 400):
        path.write_bytes(whole[:cut])
        with pytest.raises(InputError):
            read_sites(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_whatever_ends_in_a_traceback(tmp_path, text):
    for name, head in (("s.csv", "名称,经度,纬度\n甲,1,2\n"), ("s.geojson", "{")):
        try:
            read_sites(write(tmp_path, name, head + text))
        except InputError as refused:
            refused.text("zh")


def test_a_missing_file_and_a_web_address_are_refused(tmp_path):
    with pytest.raises(MissingInputError):
        read_sites(tmp_path / "no.csv")
    with pytest.raises(InputError, match="local"):
        read_sites("https://example.org/sites.csv")


def test_the_health_facilities_of_the_comoros_are_read(shared_data):
    sites = read_sites(shared_data / "comoros" / "health_points.gpkg")
    assert len(sites) == 70
    assert {"pharmacy", "hospital"} <= set(sites.frame["type"])
    assert bad_rows(sites) == []


@pytest.mark.parametrize(
    "table",
    [SITE_COLUMNS, REGION_COLUMNS, URBAN_COLUMNS, OUTLINE_COLUMNS, POPULATION_COLUMNS],
    ids=lambda table: next(iter(table)),
)
def test_a_synonym_means_one_field_and_is_found_as_written(table):
    every = [word for synonyms in table.values() for word in synonyms]
    assert len(every) == len(set(every))
    for field, synonyms in table.items():
        for word in synonyms:
            assert normal(word) == word
            assert columns_of([word], table).index == {field: 0}


def test_the_source_of_a_file_has_its_checksum_and_no_date_of_the_disk(tmp_path):
    path = write(tmp_path, "s.csv", "abc")
    source = source_of(open_input(path, "csv"), "sites")
    assert source.date is None
    assert source.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
