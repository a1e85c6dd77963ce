"""Premises: from an OSM file written by hand, from a planner's table, and from the cache."""

import numpy as np
import openpyxl
import osmium
import pytest

from catchment.errors import InputError, MissingInputError
from catchment.geo.datum import to_wgs84
from catchment.inputs.osm_premises import KINDS
from catchment.inputs.premises import joined_premises, read_premises, without_houses
from catchment.inputs.sites import from_datum
from catchment.words import catalogue

XML = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="by hand">
 <node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.003"/><node id="3" lat="0.003" lon="0.003"/>
 <node id="4" lat="0.003" lon="0"/><node id="5" lat="0.001" lon="0.001"/><node id="6" lat="0.001" lon="0.003"/>
 <node id="7" lat="0.002" lon="0.003"/><node id="8" lat="0.002" lon="0.001"/>
 <node id="12" lat="1" lon="1"><tag k="amenity" v="library"/><tag k="name" v="图书馆 13900001234"/></node>
 <node id="9" lat="1" lon="2"><tag k="amenity" v="townhall"/><tag k="office" v="government"/></node>
 <node id="10" lat="1" lon="3"><tag k="amenity" v="school"/><tag k="name" v="小学"/></node>
 <node id="11" lat="1" lon="4"><tag k="shop" v="supermarket"/></node>
 <way id="20"><nd ref="1"/><nd ref="2"/><nd ref="6"/><nd ref="5"/><nd ref="8"/><nd ref="7"/><nd ref="3"/><nd ref="4"/>
  <nd ref="1"/><tag k="amenity" v="community_centre"/><tag k="name" v="凹形&lt;中心&gt;"/></way>
 <way id="21"><nd ref="1"/><nd ref="2"/><tag k="amenity" v="post_office"/></way>
 <way id="22"><nd ref="1"/><nd ref="2"/><nd ref="99"/><nd ref="1"/><tag k="amenity" v="post_office"/></way>
 <way id="23"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
 <way id="24"><nd ref="1"/><nd ref="3"/><tag k="highway" v="residential"/></way>
 <relation id="30"><member type="way" ref="23" role="outer"/><tag k="type" v="multipolygon"/>
  <tag k="office" v="government"/></relation>
</osm>
"""


@pytest.fixture
def osm_file(tmp_path):
    path = tmp_path / "场所 premises.osm"
    path.write_text(XML, encoding="utf-8")
    return path


def test_nodes_and_areas_with_the_tags_are_premises_and_an_area_stands_for_a_point_inside(osm_file):
    premises = read_premises(osm_file)
    rows = premises.frame[["premises_id", "name", "kind", "source"]].to_numpy().tolist()
    assert rows == [
        ["n9", "", "premises.townhall", "osm"],
        ["n12", "图书馆 ***", "premises.library", "osm"],
        ["r30", "", "premises.government", "osm"],
        ["w20", "凹形<中心>", "premises.community_centre", "osm"],
    ]
    assert premises.xy[:2].tolist() == [[2, 1], [1, 1]]
    # The centre of the horseshoe's box, (0.0015, 0.0015), is outside it; its arms are south, north and west of that.
    lon, lat = premises.xy[3]
    assert 0 < lon < 0.003
    assert 0 < lat < 0.003
    assert lon < 0.001 or not 0.001 < lat < 0.002


def test_every_kind_has_a_word():
    assert set(KINDS.values()) <= set(catalogue())


def test_a_packed_file_and_the_cache_give_the_same_premises(osm_file, tmp_path):
    packed, cache = tmp_path / "p.osm.pbf", tmp_path / "cache"
    with osmium.SimpleWriter(str(packed)) as writer:
        for entity in osmium.FileProcessor(str(osm_file)):
            writer.add(entity)
    plain = read_premises(osm_file)
    for again in (read_premises(packed), read_premises(osm_file, cache=cache), read_premises(osm_file, cache=cache)):
        assert again.frame.equals(plain.frame)
    assert len(list(cache.iterdir())) == 1
    osm_file.write_text(XML.replace("library", "pharmacy"), encoding="utf-8")
    assert len(read_premises(osm_file, cache=cache)) == 3


def test_a_damaged_cache_is_read_anew(osm_file, tmp_path, caplog):
    cache = tmp_path / "cache"
    whole = read_premises(osm_file, cache=cache)
    kept = next(cache.iterdir())
    kept.write_bytes(kept.read_bytes()[:-50])
    assert read_premises(osm_file, cache=cache).frame.equals(whole.frame)
    assert "damaged" in caplog.text


def test_a_road_file_without_premises_has_none(osm_file):
    osm_file.write_text(XML.replace('k="amenity"', 'k="a"').replace('k="office"', 'k="o"'), encoding="utf-8")
    assert len(read_premises(osm_file)) == 0


def test_premises_of_a_planners_table(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["可用场所清单"],
        ["场所名称", "场所类型", "地址", "状态", "经度", "纬度", "联系电话"],
        ["东街党群服务中心", "党群服务中心", "东街1号", "闲置", 114.39, 27.81, "13900001234"],
        ["老校舍", "闲置校舍", "", "", 114.40, 27.82, ""],
        ["无坐标", "图书馆", "", "", None, 27.82, ""],
    ):
        book.active.append(row)
    path = tmp_path / "场所.xlsx"
    book.save(path)
    premises = read_premises(path)
    rows = premises.frame.sort_values("name")[["name", "kind", "address", "source"]].to_numpy().tolist()
    assert rows == [
        ["东街党群服务中心", "premises.community_centre", "东街1号", "table"],
        ["老校舍", "premises.listed", "", "table"],
    ]
    levels = {finding.word: finding.level for finding in premises.findings}
    assert levels["finding.coordinate_missing"] == "bad_row"
    # That premises stand empty is no question of being open.
    assert "finding.status_unknown" not in levels
    assert "13900001234" not in premises.frame.to_json()


def test_a_table_in_another_datum_is_brought_to_wgs84_and_joined_to_the_public_premises(osm_file, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("名称,类型,经度,纬度\n甲,图书馆,114.39,27.81\n", encoding="gb18030")
    own = from_datum(read_premises(path), "gcj02", file="p.csv")
    np.testing.assert_array_equal(own.xy, to_wgs84(np.array([[114.39, 27.81]]), "gcj02"))
    joined = joined_premises(own, read_premises(osm_file))
    assert joined.frame["source"].tolist() == ["table", *["osm"] * 4]
    assert any(finding.word == "finding.datum_converted" for finding in joined.findings)


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("p.csv", "名称,经度,纬度\n甲,,\n乙,0,0\n", InputError),
        ("p.csv", "名称,地址\n甲,乙\n", InputError),
        ("p.csv", "名称,经度,纬度\n", InputError),
        ("p.osm", XML[: len(XML) // 2], InputError),
        ("p.tif", "II*\x00", InputError),
    ],
)
def test_a_file_without_any_usable_row_is_refused(tmp_path, name, text, error):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=name):
        read_premises(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingInputError, match=r"no\.xlsx"):
        read_premises(tmp_path / "no.xlsx")


def test_premises_of_a_real_city(shared_data):
    premises = read_premises(shared_data / "las_palmas" / "las_palmas.osm.pbf")
    offices = premises.frame["premises_id"][premises.frame["kind"] == "premises.post_office"]
    # The 11 post offices that the data's README counts are points; one more is an area.
    assert offices.str[0].value_counts().to_dict() == {"n": 11, "w": 1}


def test_colleges_are_read_as_houses_and_told_apart_by_their_names(tmp_path):
    names = ["宜春学院", "宜春示例技工学校", ""]
    nodes = "".join(
        f'<node id="{number}" lat="1" lon="{number}"><tag k="amenity" v="college"/><tag k="name" v="{name}"/></node>'
        for number, name in enumerate(names, start=1)
    )
    osm_file = tmp_path / "a.osm"
    osm_file.write_text(f'<osm version="0.6">{nodes}</osm>', encoding="utf-8")
    found = read_premises(osm_file)
    assert found.frame["kind"].tolist() == ["premises.college", "premises.tech", "premises.college"]
    assert len(without_houses(found).frame) == 0
