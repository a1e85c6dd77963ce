"""Buildings: from an OSM file written by hand, and from a planner's layer."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import pytest
import shapely

from catchment.errors import InputError
from catchment.files import open_input
from catchment.inputs.barred import read_barred_ways
from catchment.inputs.buildings import read_buildings
from catchment.siting.front_table import COMPASS
from catchment.siting.frontlines import REASONS
from catchment.words import words_of

# A square house (way 20), a bow-tie (21), a roof (22), an open line (23), one with a missing node (24), a house with a
# courtyard of two ways (relation 30), a house on the first (25), what is under the ground (26), and a bridge (40).
XML = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="by hand">
 <node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.0009"/><node id="3" lat="0.0009" lon="0.0009"/>
 <node id="4" lat="0.0009" lon="0"/>
 <node id="5" lat="0.0003" lon="0.0003"/><node id="6" lat="0.0003" lon="0.0006"/>
 <node id="7" lat="0.0006" lon="0.0006"/><node id="8" lat="0.0006" lon="0.0003"/>
 <node id="11" lat="0.001" lon="0"/><node id="12" lat="0.001" lon="0.0002"/><node id="13" lat="0.0012" lon="0.0002"/>
 <node id="14" lat="0.0012" lon="0"/>
 <way id="15"><nd ref="1"/><nd ref="2"/><nd ref="3"/></way>
 <way id="16"><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
 <way id="17"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="8"/><nd ref="5"/></way>
 <way id="20"><nd ref="11"/><nd ref="12"/><nd ref="13"/><nd ref="14"/><nd ref="11"/><tag k="building" v="retail"/>
  <tag k="name" v="楼&lt;1&gt; 13900001234"/><tag k="building:levels" v="3"/><tag k="shop" v="mall"/></way>
 <way id="21"><nd ref="11"/><nd ref="13"/><nd ref="12"/><nd ref="14"/><nd ref="11"/><tag k="building" v="yes"/></way>
 <way id="22"><nd ref="11"/><nd ref="12"/><nd ref="13"/><nd ref="11"/><tag k="building" v="roof"/></way>
 <way id="23"><nd ref="11"/><nd ref="12"/><nd ref="13"/><tag k="building" v="yes"/></way>
 <way id="24"><nd ref="11"/><nd ref="12"/><nd ref="99"/><nd ref="11"/><tag k="building" v="yes"/></way>
 <way id="26"><nd ref="11"/><nd ref="12"/><nd ref="13"/><nd ref="11"/><tag k="building" v="yes"/>
  <tag k="location" v="underground"/></way>
 <way id="40"><nd ref="1"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="bridge" v="yes"/></way>
 <way id="41"><nd ref="1"/><nd ref="3"/><tag k="highway" v="primary"/></way>
 <relation id="30"><member type="way" ref="15" role="outer"/><member type="way" ref="16" role="outer"/>
  <member type="way" ref="17" role="inner"/><tag k="type" v="multipolygon"/><tag k="building" v="civic"/></relation>
 <relation id="31"><member type="way" ref="15" role="outer"/><tag k="type" v="multipolygon"/>
  <tag k="building" v="yes"/></relation>
</osm>
"""


@pytest.fixture
def osm_file(tmp_path):
    path = tmp_path / "楼 buildings.osm"
    path.write_text(XML, encoding="utf-8")
    return path


def said(buildings):
    return {finding.word: (finding.facts["count"], finding.facts.get("names")) for finding in buildings.findings}


def test_ways_and_relations_are_buildings_and_a_courtyard_stays_open(osm_file):
    frame = read_buildings(osm_file).frame
    assert frame["building_id"].tolist() == ["w20", "w21", "r30"]
    assert frame["kind"].tolist() == ["retail", "yes", "civic"]
    assert frame["name"].tolist() == ["楼<1> ***", "", ""]
    assert frame["shop"].tolist() == ["mall", "", ""]
    np.testing.assert_array_equal(frame["levels"], [3, np.nan, np.nan])
    assert shapely.area(frame.geometry.to_numpy()) == pytest.approx([4e-8, 2e-8, 72e-8])


def test_what_is_wrong_is_mended_or_left_out_and_named(osm_file):
    assert said(read_buildings(osm_file)) == {
        "finding.buildings_repaired": (1, "w21"),
        "finding.buildings_broken": (3, "w23, w24, r31"),
        "finding.buildings_overlap": (2, "w20, w21"),
    }


def test_a_packed_file_gives_the_same_buildings(osm_file, tmp_path):
    packed = tmp_path / "p.osm.pbf"
    with osmium.SimpleWriter(str(packed)) as writer:
        for entity in osmium.FileProcessor(str(osm_file)):
            writer.add(entity)
    assert read_buildings(packed).frame.equals(read_buildings(osm_file).frame)


def test_a_file_without_buildings_has_none(osm_file):
    osm_file.write_text(XML.replace('k="building"', 'k="b"'), encoding="utf-8")
    assert len(read_buildings(osm_file)) == 0


def test_a_damaged_file_is_refused(osm_file):
    osm_file.write_text(XML[: len(XML) // 2], encoding="utf-8")
    with pytest.raises(InputError, match=r"buildings\.osm"):
        read_buildings(osm_file)


def test_a_way_on_a_bridge_is_barred_and_the_one_below_is_not(osm_file):
    barred = read_barred_ways(open_input(osm_file, "osm")).frame
    assert barred[["way_id", "reason"]].to_numpy().tolist() == [[40, "front.bridge"]]
    assert shapely.get_coordinates(barred.geometry[0]).tolist() == [[0, 0], [0.0009, 0.0009]]


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "shp", "parquet"])
def test_a_layer_in_any_order_gives_the_same_buildings(tmp_path, ending):
    squares = [shapely.box(x, 0, x + 1e-4, 1e-4) for x in (0.0, 2e-4, 2e-4)]
    bow_tie = shapely.Polygon([(0, 1), (1, 2), (1, 1), (0, 2)])
    table = {"编号": ["7", "", "", "8"], "层数": [3, 0, 0, 1], "楼名": ["甲", "", "", "乙"]}
    layer = gpd.GeoDataFrame(table, geometry=[*squares, bow_tie], crs="EPSG:4326")
    write = {"parquet": layer.to_parquet}.get(ending, layer.to_file)
    write(tmp_path / f"a.{ending}")
    turned = layer.iloc[::-1]
    {"parquet": turned.to_parquet}.get(ending, turned.to_file)(tmp_path / f"b.{ending}")
    one, other = read_buildings(tmp_path / f"a.{ending}"), read_buildings(tmp_path / f"b.{ending}")
    assert one.frame.equals(other.frame)
    assert one.frame["building_id"].str.slice(0, 2).tolist() == ["7", "8", "S-"]
    assert one.frame["name"].tolist() == ["甲", "乙", ""]
    assert one.frame.geometry.is_valid.all()
    assert {"finding.polygons_repaired", "finding.buildings_repeated"} <= set(said(one))


def test_every_reason_and_side_has_its_words():
    fronts, sides = words_of("front", "zh"), words_of("compass", "en")
    assert {word.removeprefix("front.") for word in REASONS[1:]} <= set(fronts)
    assert [word.removeprefix("compass.") for word in COMPASS] == list(sides)


@pytest.mark.parametrize("xml", [XML, XML.replace('k="building"', 'k="b"').replace('k="bridge"', 'k="b"')])
def test_what_was_kept_is_what_was_read(tmp_path, xml):
    path, cache = tmp_path / "r.osm", tmp_path / "cache"
    path.write_text(xml, encoding="utf-8")
    afresh, written, kept = (read_buildings(path, cache=folder) for folder in (None, cache, cache))
    for buildings in (written, kept):
        pd.testing.assert_frame_equal(buildings.frame, afresh.frame)
        assert buildings.findings == afresh.findings
    file = open_input(path, "osm")
    ways = [read_barred_ways(file, cache=folder).frame for folder in (None, cache, cache)]
    pd.testing.assert_frame_equal(ways[1], ways[0])
    pd.testing.assert_frame_equal(ways[2], ways[0])
    assert len(list(cache.iterdir())) == 2


def test_kept_buildings_say_the_name_that_the_file_has_now(osm_file, tmp_path):
    read_buildings(osm_file, cache=tmp_path / "cache")
    moved = osm_file.rename(tmp_path / "moved.osm")
    assert {finding.file for finding in read_buildings(moved, cache=tmp_path / "cache").findings} == {"moved.osm"}


def test_damaged_kept_buildings_are_read_anew(osm_file, tmp_path, caplog):
    afresh = read_buildings(osm_file, cache=tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(kept.read_bytes()[:-200])
    assert read_buildings(osm_file, cache=tmp_path / "cache").frame.equals(afresh.frame)
    assert "damaged cache" in caplog.text
