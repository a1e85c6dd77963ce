"""Water: from an OSM file written by hand, from the cache, and on every output."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import osmium
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.image import imread

from catchment.config import read_settings
from catchment.errors import InputError
from catchment.files import open_input
from catchment.inputs.water import read_water
from catchment.model import Water
from catchment.outputs.package import write_package
from catchment.outputs.picture import write_picture
from catchment.outputs.water import drawn_water
from catchment.pipeline.read import read_inputs

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


# ---- drawing


def water_of(*shapes, names=None, lines=()):
    areas = {"name": names or [""] * len(shapes)}
    return Water(
        gpd.GeoDataFrame(areas, geometry=[shapely.multipolygons([shape]) for shape in shapes], crs="EPSG:4326"),
        gpd.GeoDataFrame({"name": [""] * len(lines)}, geometry=list(lines), crs="EPSG:4326"),
    )


def winding(lines, x, y):
    """How often rings turn around a place [1e-5 degree]: what the nonzero rule counts."""
    turns = 0
    for ring in np.split(lines.xy, lines.ptr[1:-1]):
        for (x0, y0), (x1, y1) in pairwise(ring.tolist()):
            right = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0) > 0
            turns += (y0 <= y < y1 and right) - (y1 <= y < y0 and not right)
    return turns


def test_a_hole_is_dry_and_areas_that_lie_on_one_another_are_wet():
    lake = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6))
    drawn = drawn_water(water_of(lake, shapely.box(0, 0, 2, 2), shapely.box(4, 4, 5, 5)))
    assert winding(drawn.areas, 700_000, 700_000) != 0
    assert winding(drawn.areas, 100_000, 100_000) != 0
    assert winding(drawn.areas, 350_000, 350_000) == 0
    # A pond on the island.
    assert winding(drawn.areas, 450_000, 450_000) != 0


@given(st.integers(10, 400))
@settings(deadline=None, max_examples=20)
def test_water_keeps_to_its_vertices_whatever_the_budget(budget):
    rounds = [shapely.Point(i, 0).buffer(0.1 * (i + 1), quad_segs=50) for i in range(4)]
    river = shapely.linestrings(np.column_stack([np.linspace(0, 9, 300), np.sin(np.arange(300.0))]))
    assert 0 < len(drawn_water(water_of(*rounds, lines=[river]), vertex_budget=budget)) <= budget


def test_pieces_of_a_river_are_one_line_and_what_lies_elsewhere_is_not_drawn():
    pieces = [shapely.LineString([(i, 0), (i + 1, 0)]) for i in range(3)]
    water = water_of(shapely.box(50, 50, 51, 51), lines=pieces)
    assert len(drawn_water(water).lines.ptr) == 2
    assert len(drawn_water(water, bounds=(0, 0, 9, 9)).areas.xy) == 0


def test_the_package_has_a_layer_of_water_and_one_of_rivers(make_run, tmp_path):
    water = water_of(
        shapely.box(114, 28, 114.01, 28.01), names=["塘\ud800"], lines=[shapely.LineString([(0, 0), (1, 1)])]
    )
    write_package(make_run(water=water), tmp_path / "a.gpkg")
    listed = dict(pyogrio.list_layers(tmp_path / "a.gpkg"))
    assert (listed["water"], listed["waterways"]) == ("MultiPolygon", "LineString")
    assert gpd.read_file(tmp_path / "a.gpkg", layer="water")["name"].tolist() == ["塘�"]


def test_water_is_on_the_picture_in_its_colour(make_run, tmp_path):
    box = shapely.box(114.003, 28.003, 114.006, 28.006)
    write_picture(make_run(water=water_of(box)), tmp_path / "a.png")
    image = np.rint(imread(tmp_path / "a.png")[..., :3] * 255)
    # The pond lies on a covered cell; colours are multiplied, as streets are.
    pond = np.array([0xE2 * 0xC3, 0xEA * 0xD3, 0xF1 * 0xDB]) // 255
    rows, columns = np.nonzero((image == pond).all(axis=2))
    # The box is 0.003 degrees each way, on a plane that is true to scale at 28 N.
    assert np.ptp(columns) / np.ptp(rows) == pytest.approx(np.cos(np.radians(28)), abs=0.03)
    assert len(rows) == pytest.approx((np.ptp(columns) + 1) * (np.ptp(rows) + 1), rel=0.1)


def test_a_road_file_out_of_order_loses_its_water_with_a_note_but_not_its_streets(small_demo, tmp_path):
    project = read_settings(small_demo)
    mixed = tmp_path / "mixed.osm.pbf"
    with osmium.SimpleWriter(str(mixed)) as writer:
        for later in (False, True):
            for entity in osmium.FileProcessor(str(project.inputs.roads)):
                if (entity.is_way() and entity.id <= 100) == later:
                    writer.add(entity)
    # Without a budget no premises are read, which need the order too.
    changes = {"inputs": {}, "siting": {"budget": None}}, {"inputs": {"roads": mixed}, "siting": {"budget": None}}
    whole, inputs = (read_inputs(read_settings(small_demo, overrides=change)) for change in changes)
    assert len(whole.water) == 2
    assert inputs.water is None
    assert "finding.water_unread" in {finding.word for finding in inputs.findings}
    assert inputs.streets.length_mm.sum() == whole.streets.length_mm.sum()
