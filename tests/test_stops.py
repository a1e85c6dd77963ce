"""Stops of public transport: from an OSM file written by hand, merged by name, and from the cache."""

import numpy as np
import osmium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.errors import InputError
from catchment.geo.measure import distance_m
from catchment.inputs.stops import KINDS, one_of_each, read_stops
from catchment.words import catalogue

# 0.0002 degrees are 22 m, 0.0004 are 45 m.
XML = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="by hand">
 <node id="1" lat="0" lon="0"><tag k="highway" v="bus_stop"/><tag k="name" v="桥头"/></node>
 <node id="2" lat="0" lon="0.0002"><tag k="public_transport" v="platform"/><tag k="name" v="桥头"/></node>
 <node id="3" lat="0" lon="0.0004"><tag k="public_transport" v="stop_position"/><tag k="name" v="桥头"/></node>
 <node id="4" lat="0" lon="0.0002"><tag k="highway" v="bus_stop"/><tag k="name" v="东门"/></node>
 <node id="5" lat="0.1" lon="0"><tag k="railway" v="station"/><tag k="name" v="宜春站 13900001234"/></node>
 <node id="6" lat="0.2" lon="0"><tag k="railway" v="tram_stop"/><tag k="disused" v="yes"/></node>
 <node id="7" lat="0.3" lon="0"><tag k="highway" v="crossing"/></node>
 <node id="11" lat="1" lon="1"/><node id="12" lat="1" lon="1.002"/><node id="13" lat="1.002" lon="1.002"/>
 <node id="14" lat="1.002" lon="1"/>
 <way id="20"><nd ref="11"/><nd ref="12"/><tag k="public_transport" v="platform"/></way>
 <way id="21"><nd ref="11"/><nd ref="12"/><nd ref="13"/><nd ref="14"/><nd ref="11"/><tag k="amenity" v="bus_station"/>
  <tag k="public_transport" v="station"/><tag k="name" v="客运站"/></way>
 <way id="22"><nd ref="11"/><nd ref="99"/><tag k="public_transport" v="platform"/></way>
 <way id="23"><nd ref="13"/><nd ref="14"/><nd ref="11"/><nd ref="13"/></way>
 <relation id="30"><member type="way" ref="23" role="outer"/><tag k="type" v="multipolygon"/>
  <tag k="amenity" v="ferry_terminal"/></relation>
</osm>
"""


@pytest.fixture
def osm_file(tmp_path):
    path = tmp_path / "道路 roads.osm"
    path.write_text(XML, encoding="utf-8")
    return path


def test_points_lines_and_areas_with_the_tags_are_stops_and_those_of_one_name_are_one(osm_file):
    stops = read_stops(osm_file)
    # Of 桥头 the bus stop stays, and the stop position 45 m from it; the platform between goes with the bus stop.
    assert stops.frame[["stop_id", "name", "kind"]].to_numpy().tolist() == [
        ["n1", "桥头", "stop.bus_stop"],
        ["n3", "桥头", "stop.platform"],
        ["n4", "东门", "stop.bus_stop"],
        ["n5", "宜春站 ***", "stop.railway_station"],
        ["r30", "", "stop.ferry_terminal"],
        ["w20", "", "stop.platform"],
        ["w21", "客运站", "stop.bus_station"],
    ]
    assert stops.merged_count == 1
    assert stops.xy[0].tolist() == [0, 0]
    assert stops.xy[5].tolist() == [1.001, 1]
    assert ((stops.xy[6] > 1) & (stops.xy[6] < 1.002)).all()


def test_a_packed_file_and_the_cache_give_the_same_stops(osm_file, tmp_path):
    packed, cache = tmp_path / "p.osm.pbf", tmp_path / "cache"
    with osmium.SimpleWriter(str(packed)) as writer:
        for entity in osmium.FileProcessor(str(osm_file)):
            writer.add(entity)
    plain = read_stops(osm_file)
    for path, folder in ((packed, None), (osm_file, cache), (osm_file, cache)):
        again = read_stops(path, cache=folder)
        assert again.frame.equals(plain.frame)
        assert again.merged_count == plain.merged_count
    assert len(list(cache.iterdir())) == 1


def test_a_road_file_without_stops_has_none(osm_file):
    osm_file.write_text(XML[: XML.index(" <node id")] + "</osm>", encoding="utf-8")
    stops = read_stops(osm_file)
    assert len(stops) == 0
    assert stops.xy.shape == (0, 2)


def test_a_file_that_is_cut_off_is_refused(osm_file):
    osm_file.write_text(XML[: len(XML) // 2], encoding="utf-8")
    with pytest.raises(InputError, match="roads"):
        read_stops(osm_file)


def test_every_kind_has_a_word():
    assert set(KINDS.values()) <= set(catalogue())


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2), st.integers(0, 8), st.integers(0, 2)), max_size=25))
def test_no_two_of_a_name_stand_together_and_whatever_goes_has_one_that_stays(rows):
    names, rank = [row[0] for row in rows], [row[1] for row in rows]
    xy = np.array([row[2:] for row in rows], np.float64).reshape(-1, 2) * 1e-4
    kept = one_of_each(names, rank, xy, within_m=30)
    assert sorted(set(kept)) == kept

    def near(one, other):
        return names[one] == names[other] and distance_m(xy[[one]], xy[[other]])[0] <= 30

    assert not any(near(one, other) for one in kept for other in kept if one != other)
    for stop in set(range(len(rows))) - set(kept):
        assert any(near(stop, other) and (rank[other], other) < (rank[stop], stop) for other in kept)


def test_stops_of_a_real_city(shared_data):
    stops = read_stops(shared_data / "las_palmas" / "las_palmas.osm.pbf")
    counts = stops.frame["kind"].value_counts()
    assert counts["stop.bus_stop"] > 500
    assert counts["stop.bus_station"] >= 1
