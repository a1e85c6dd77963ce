"""The demo's inputs hold what the atlas says; every figure is counted again from the files, by other means."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import openpyxl
import osmium
import pyproj
import pytest
import rasterio
import shapely
from scipy import ndimage

from catchment.apps.demo import write_demo
from catchment.apps.demo.junctions import Line, join
from catchment.config import read_settings
from catchment.files import kind_of

COMMITTED = Path(__file__).parents[1] / "data" / "demo"
NAMES = ["demo.toml", "population.tif", "sites.xlsx", "streets.osm.pbf", "townships.geojson"]
ON_FOOT_ONLY = {"footway", "path", "steps", "pedestrian"}
NOT_ON_FOOT = {"motorway", "motorway_link", "construction"}

# A flat plane of its own, not the demo's.
plane = pyproj.Transformer.from_crs("EPSG:4326", "+proj=laea +lat_0=27.8 +lon_0=114.4 +datum=WGS84", always_xy=True)


def flat(lonlat):
    return np.column_stack(plane.transform(*np.asarray(lonlat, dtype=float).reshape(-1, 2).T))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_demo(tmp_path_factory.mktemp("演示 数据") / "inputs").parent


@pytest.fixture(scope="module")
def ways(demo):
    """Tags, node ids and lon/lat of every way."""
    reader = osmium.FileProcessor(str(demo / "streets.osm.pbf")).with_locations()
    return [
        (dict(way.tags), [node.ref for node in way.nodes], [(node.lon, node.lat) for node in way.nodes])
        for way in reader
        if way.is_way()
    ]


@pytest.fixture(scope="module")
def people(demo):
    """Lon/lat and persons of every populated cell."""
    with rasterio.open(demo / "population.tif") as raster:
        persons = raster.read(1)
        row, column = np.nonzero(persons != raster.nodata)
        lon, lat = raster.xy(row, column)
    return np.column_stack([lon, lat]), persons[row, column].astype(float)


@pytest.fixture(scope="module")
def rows(demo):
    return list(openpyxl.load_workbook(demo / "sites.xlsx").active.iter_rows(values_only=True))


def network(ways, left_out):
    graph = nx.MultiGraph()
    for tags, nodes, lonlat in ways:
        if tags.get("highway", "construction") not in left_out:
            steps = np.hypot(*np.diff(flat(lonlat), axis=0).T)
            for one, two, metres in zip(nodes, nodes[1:], steps, strict=False):
                graph.add_edge(one, two, weight=float(metres))
    return graph


def component_metres(graph):
    parts = (graph.subgraph(nodes).size("weight") for nodes in nx.connected_components(graph))
    return sorted(parts, reverse=True)


def clusters(people, shift_m=(0, 0)):
    """People of each cluster of 1-km cells with at least 1,500 people, by the largest, on the Mollweide lattice."""
    xy, persons = people
    mollweide = pyproj.Transformer.from_crs("EPSG:4326", "ESRI:54009", always_xy=True)
    cells = np.floor((np.column_stack(mollweide.transform(*xy.T)) + shift_m) / 1000).astype(int)
    cells -= cells.min(axis=0)
    grid = np.zeros(cells.max(axis=0) + 1)
    np.add.at(grid, tuple(cells.T), persons)
    label, count = ndimage.label(grid >= 1500)
    return sorted(ndimage.sum(grid, label, range(1, count + 1)), reverse=True)


def test_the_committed_demo_is_what_the_program_writes(demo):
    assert sorted(path.name for path in demo.iterdir()) == NAMES
    for name in NAMES:
        assert (demo / name).read_bytes() == (COMMITTED / name).read_bytes(), name


def test_the_demo_is_small_and_each_file_is_what_its_name_says(demo):
    assert sum(path.stat().st_size for path in demo.iterdir()) < 2_000_000
    assert [kind_of(demo / name) for name in NAMES[1:]] == ["geotiff", "xlsx", "osm.pbf", "geojson"]


def test_the_project_file_names_the_inputs_and_says_they_are_synthetic(demo):
    settings = read_settings(demo / "demo.toml")
    assert settings.map.synthetic
    assert settings.date == dt.date(2023, 12, 7)
    assert settings.language is None
    inputs = settings.inputs
    assert [path.name for path in (inputs.population, inputs.sites, inputs.roads, inputs.regions)] == NAMES[1:]
    assert all(path.is_file() for path in (inputs.population, inputs.sites, inputs.roads, inputs.regions))


def test_the_degree_of_urbanisation_finds_one_city_and_one_market_town(people):
    assert 115_000 < people[1].sum() < 125_000
    city, town, *rest = clusters(people)
    assert 70_000 < city < 80_000
    assert 8_000 <= town < 9_100
    assert all(village < 5_000 for village in rest)


@pytest.mark.parametrize("shift_m", [(250, 0), (500, 500), (750, 250)])
def test_wherever_the_lattice_lies_there_is_one_city_and_the_market_town(people, shift_m):
    city, town, *rest = clusters(people, shift_m)
    assert city > 50_000
    assert town > 5_000
    assert all(other < 10_000 for other in rest)


def test_the_grid_is_like_worldpops(demo):
    with rasterio.open(demo / "population.tif") as raster:
        assert (raster.width, raster.height, raster.count, raster.dtypes) == (292, 195, 1, ("float32",))
        assert (raster.crs.to_epsg(), raster.nodata, raster.compression) == (4326, -99999.0, None)
        assert raster.res == pytest.approx((1 / 1200, 1 / 1200))
        persons = raster.read(1, masked=True).compressed()
    assert persons.min() > 0
    np.testing.assert_allclose(persons, persons.round(2))


def test_everybody_lives_in_exactly_one_township(demo, people):
    features = json.loads((demo / "townships.geojson").read_text(encoding="utf-8"))["features"]
    outlines = [shapely.Polygon(feature["geometry"]["coordinates"][0]) for feature in features]
    assert all(outline.is_valid for outline in outlines)
    inside = sum(shapely.contains_xy(outline, *people[0].T).astype(int) for outline in outlines)
    assert set(inside.tolist()) == {1}
    assert sorted(features[0]["properties"]) == ["code", "county", "name"]
    assert len({feature["properties"]["code"] for feature in features}) == 6


def test_the_townships_fill_the_box_of_the_map(demo):
    features = json.loads((demo / "townships.geojson").read_text(encoding="utf-8"))["features"]
    whole = shapely.union_all([shapely.geometry.shape(feature["geometry"]) for feature in features])
    with rasterio.open(demo / "population.tif") as raster:
        assert whole.symmetric_difference(shapely.box(*raster.bounds)).area < 1e-6


def test_the_road_file_states_its_box_and_its_date(demo):
    header = osmium.io.Reader(str(demo / "streets.osm.pbf")).header()
    assert header.get("osmosis_replication_timestamp") == "2023-12-01T00:00:00Z"
    with rasterio.open(demo / "population.tif") as raster:
        west, south, east, north = raster.bounds
    box = header.box()
    found = (box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat)
    assert found == pytest.approx((west, south, east, north), abs=1e-7)


def test_nothing_lies_outside_the_box(demo, ways, rows):
    with rasterio.open(demo / "population.tif") as raster:
        west, south, east, north = raster.bounds
    sites = [row[7:9] for row in rows if isinstance(row[7], float)]
    for lon, lat in [*sites, *(place for _, _, lonlat in ways for place in lonlat)]:
        assert west <= lon <= east
        assert south <= lat <= north


def test_walkers_have_one_network_one_cut_off_hamlet_and_some_loose_bits(ways):
    main, island, *loose = component_metres(network(ways, NOT_ON_FOOT))
    assert main > 500_000
    assert 500 < island < 2_000
    assert len(loose) == 4
    assert max(loose) < 500


def test_riders_have_the_same_network_and_the_same_cut_off_hamlet(ways):
    main, island, *loose = component_metres(network(ways, NOT_ON_FOOT | ON_FOOT_ONLY))
    assert main > 400_000
    assert 500 < island < 2_000
    assert not loose


def test_only_two_bridges_cross_the_river(ways):
    river = next(shapely.LineString(lonlat) for tags, _, lonlat in ways if "waterway" in tags)
    crossing = [tags for tags, _, lonlat in ways if "highway" in tags and shapely.LineString(lonlat).crosses(river)]
    built = [tags for tags in crossing if tags["highway"] != "construction"]
    assert sorted(tags["name"] for tags in built) == ["水口大桥", "澄江大桥"]
    assert all(tags["bridge"] == "yes" for tags in built)
    assert len(crossing) == 3


def test_streets_keep_out_of_the_water(ways):
    water = next(shapely.Polygon(lonlat) for tags, _, lonlat in ways if tags.get("natural") == "water")
    wet = [tags for tags, _, lonlat in ways if "highway" in tags and shapely.LineString(lonlat).intersects(water)]
    assert {tags.get("bridge", tags["highway"]) for tags in wet} == {"yes", "construction"}


def test_the_motorway_meets_the_other_roads_only_by_its_slip_roads(ways):
    nodes = {kind: set() for kind in ("motorway", "motorway_link", "other")}
    for tags, refs, _ in ways:
        if "highway" in tags:
            nodes[tags["highway"] if tags["highway"] in nodes else "other"].update(refs)
    assert not nodes["motorway"] & nodes["other"]
    assert len(nodes["motorway"] & nodes["motorway_link"]) == 2
    assert len(nodes["motorway_link"] & nodes["other"]) == 2


def test_a_few_people_have_no_road_within_two_kilometres(ways, people):
    roads = shapely.union_all(
        [
            shapely.LineString(flat(lonlat))
            for tags, _, lonlat in ways
            if tags.get("highway", "construction") not in NOT_ON_FOOT | ON_FOOT_ONLY
        ]
    )
    far = shapely.distance(roads, shapely.points(flat(people[0]))) > 2000
    assert people[1][far].sum() == pytest.approx(34 + 27 + 22, abs=0.5)


def test_the_streets_have_the_oddities_of_real_data(ways):
    def with_tags(**wanted):
        return [refs for tags, refs, _ in ways if wanted.items() <= tags.items()]

    assert [refs[0] == refs[-1] for refs in with_tags(junction="roundabout", oneway="yes")] == [True]
    assert [refs[0] == refs[-1] for refs in with_tags(highway="pedestrian", area="yes")] == [True]
    assert len(with_tags(highway="primary", oneway="yes")) == 2
    assert len(with_tags(access="private")) == 6
    assert len(with_tags(highway="construction")) == 1
    assert all(with_tags(highway="track", tracktype=f"grade{grade}") for grade in (2, 3, 4, 5))
    assert all(with_tags(highway=kind) for kind in ("steps", "footway", "path", "living_street", "motorway_link"))


def test_there_is_a_loop_from_a_point_to_itself_and_a_second_way_between_two_points(ways):
    streets = [refs for tags, refs, _ in ways if tags.get("highway", "construction") not in NOT_ON_FOOT]
    degree = Counter(ref for refs in streets for ref in [*refs[:-1], *refs[1:]])
    edges = Counter()
    for refs in streets:
        ends = [refs[0], *(ref for ref in refs[1:-1] if degree[ref] > 2), refs[-1]]
        edges.update(tuple(sorted(pair)) for pair in pairwise(ends))
    assert any(one == two for one, two in edges)
    assert any(count > 1 for (one, two), count in edges.items() if one != two)


def test_the_ledger_is_one_an_office_would_keep(rows):
    assert sum(cell is not None for cell in rows[0]) == 1
    headers = "序号 网点编码 网点名称 类型 县区 乡镇(街道) 详细地址 经度 纬度 状态 联系人 联系电话"
    assert " ".join(rows[1]) == headers
    sites = [row for row in rows[2:] if isinstance(row[0], int)]
    assert len(sites) == 18
    assert {row[3] for row in sites} == {"市级", "县级", "乡镇(街道)", "村(社区)", "工业园区", "大中专", "技工"}
    assert [row[2] for row in sites if row[9] == "规划"] == ["河西街道就业之家", "云岭乡就业之家"]
    assert [row[2] for row in sites if row[7] == "待定"] == ["桥头社区就业之家"]
    assert sum(isinstance(row[7], float) for row in sites) == 17
    assert len({row[1] for row in sites}) == 18
    assert rows[-2][0] == "合计"
    assert rows[-1][0].startswith("填报人")


def test_each_site_stands_in_its_township_and_near_a_street(demo, rows, ways):
    features = json.loads((demo / "townships.geojson").read_text(encoding="utf-8"))["features"]
    outline = {feature["properties"]["name"]: shapely.geometry.shape(feature["geometry"]) for feature in features}
    streets = shapely.union_all([shapely.LineString(flat(lonlat)) for tags, _, lonlat in ways if "highway" in tags])
    for row in rows:
        if isinstance(row[7], float):
            assert outline[row[5]].contains(shapely.Point(row[7:9])), row[2]
            assert streets.distance(shapely.Point(flat(row[7:9])[0])) < 30, row[2]


def test_an_end_that_stops_short_of_a_street_is_led_onto_it():
    #   the lane ends 8 m above the street
    street = Line(np.array([[0.0, 0], [100, 0]]), {"name": "street"})
    lane = Line(np.array([[40.0, 90], [40, 8]]), {"name": "lane"})
    made = join([street, lane])
    assert [refs.tolist() for refs, _ in made.ways] == [[0, 1, 2], [3, 1]]
    assert made.xy[1].tolist() == [40, 0]


def test_lanes_that_end_at_one_point_of_a_street_all_reach_it():
    street = Line(np.array([[0.0, 0], [100, 0]]), {})
    up, down = (Line(np.array([[50.0, 0], [50, side]]), {}) for side in (60.0, -60.0))
    graph = nx.Graph()
    for refs, _ in join([street, up, down]).ways:
        nx.add_path(graph, refs.tolist())
    assert nx.is_connected(graph)


def test_lines_of_different_levels_pass_over_each_other():
    road = Line(np.array([[0.0, 0], [100, 0]]), {})
    viaduct = Line(np.array([[50.0, -50], [50, 50]]), {}, level=1)
    assert [refs.tolist() for refs, _ in join([road, viaduct]).ways] == [[0, 1], [2, 3]]
