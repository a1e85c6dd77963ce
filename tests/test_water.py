"""Water: from an OSM file written by hand, from the cache, and on every output."""

import osmium
import pytest
import shapely

from catchment.errors import InputError
from catchment.files import open_input
from catchment.inputs.water import read_water

# A square lake of side 9 with a square island of side 3 (relation 30, its outer ring of two ways), a pond (way 22), a
# river, a canal whose second half is in a tunnel, and what cannot be drawn: a lake with a missing node (way 27), a ring
# that does not close (relation 31), one whose outer way is not in the file (relation 32).
XML = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="by hand">
 <node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="9"/><node id="3" lat="9" lon="9"/>
 <node id="4" lat="9" lon="0"/>
 <node id="5" lat="3" lon="3"/><node id="6" lat="3" lon="6"/><node id="7" lat="6" lon="6"/>
 <node id="8" lat="6" lon="3"/>
 <node id="11" lat="0" lon="20"/><node id="12" lat="0" lon="21"/><node id="13" lat="1" lon="21"/>
 <way id="20"><nd ref="1"/><nd ref="2"/><nd ref="3"/></way>
 <way id="21"><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
 <way id="22"><nd ref="11"/><nd ref="12"/><nd ref="13"/><nd ref="11"/><tag k="landuse" v="reservoir"/>
  <tag k="name" v="塘&lt;1&gt; 13900001234"/></way>
 <way id="23"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="8"/><nd ref="5"/></way>
 <way id="24"><nd ref="4"/><nd ref="11"/><tag k="waterway" v="river"/><tag k="name" v="袁河"/></way>
 <way id="25"><nd ref="11"/><nd ref="12"/><tag k="waterway" v="canal"/></way>
 <way id="26"><nd ref="12"/><nd ref="13"/><tag k="waterway" v="canal"/><tag k="tunnel" v="culvert"/></way>
 <way id="27"><nd ref="1"/><nd ref="2"/><nd ref="99"/><nd ref="1"/><tag k="natural" v="water"/></way>
 <way id="28"><nd ref="1"/><nd ref="2"/><tag k="natural" v="coastline"/></way>
 <way id="29"><nd ref="1"/><nd ref="3"/><tag k="highway" v="residential"/></way>
 <relation id="30"><member type="way" ref="20" role="outer"/><member type="way" ref="21" role="outer"/>
  <member type="way" ref="23" role="inner"/><tag k="type" v="multipolygon"/><tag k="natural" v="water"/></relation>
 <relation id="31"><member type="way" ref="20" role="outer"/><tag k="type" v="multipolygon"/>
  <tag k="waterway" v="riverbank"/></relation>
 <relation id="32"><member type="way" ref="98" role="outer"/><tag k="type" v="multipolygon"/>
  <tag k="natural" v="water"/></relation>
 <relation id="33"><member type="way" ref="24" role=""/><tag k="type" v="waterway"/>
  <tag k="waterway" v="river"/></relation>
</osm>
"""


@pytest.fixture
def osm_file(tmp_path):
    path = tmp_path / "水 water.osm"
    path.write_text(XML, encoding="utf-8")
    return path


def read(path, **options):
    return read_water(open_input(path, "osm", "osm.pbf"), **options)


def test_a_lake_keeps_its_island_and_a_pond_its_name_without_the_telephone(osm_file):
    areas = read(osm_file).areas
    assert areas["name"].tolist() == ["塘<1> ***", ""]
    pond, lake = areas.geometry
    assert (pond.area, lake.area) == (0.5, 81 - 9)
    assert not lake.contains(shapely.Point(4.5, 4.5))
    assert lake.contains(shapely.Point(1.5, 4.5))


def test_rivers_and_canals_are_lines_but_not_in_a_tunnel(osm_file):
    lines = read(osm_file).lines
    assert lines["name"].tolist() == ["袁河", ""]
    assert [shapely.get_coordinates(line).tolist() for line in lines.geometry] == [
        [[0, 9], [20, 0]],
        [[20, 0], [21, 0]],
    ]


def test_water_that_cannot_be_put_together_is_left_out_and_counted(osm_file):
    water = read(osm_file)
    assert len(water) == 4
    assert water.broken_count == 3


def test_a_packed_file_and_the_cache_give_the_same_water(osm_file, tmp_path):
    packed, cache = tmp_path / "p.osm.pbf", tmp_path / "cache"
    with osmium.SimpleWriter(str(packed)) as writer:
        for entity in osmium.FileProcessor(str(osm_file)):
            writer.add(entity)
    plain = read(osm_file)
    for again in (read(packed), read(osm_file, cache=cache), read(osm_file, cache=cache)):
        assert again.areas.equals(plain.areas)
        assert again.lines.equals(plain.lines)
        assert again.broken_count == plain.broken_count
    assert len(list(cache.iterdir())) == 1


def test_a_file_without_water_has_none_from_the_cache_too(osm_file, tmp_path):
    osm_file.write_text(XML.replace("water", "w").replace("reservoir", "r"), encoding="utf-8")
    for _ in range(2):
        assert len(read(osm_file, cache=tmp_path / "cache")) == 0


def test_a_damaged_file_is_refused(osm_file):
    osm_file.write_text(XML[: len(XML) // 2], encoding="utf-8")
    with pytest.raises(InputError, match=r"water\.osm"):
        read(osm_file)


def test_the_lakes_of_a_real_country_are_where_its_rivers_are(shared_data):
    water = read(shared_data / "liechtenstein" / "liechtenstein_recent.osm.pbf")
    assert "Rhein" in set(water.lines["name"])
    assert water.areas.geometry.is_valid.all()
    west, south, east, north = water.areas.total_bounds
    assert 9.3 < west < east < 9.8
    assert 46.9 < south < north < 47.6
