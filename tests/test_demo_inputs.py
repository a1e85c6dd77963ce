"""The demo's inputs hold what the atlas says; every figure is counted again from the files, by other means."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import Counter
from dataclasses import replace
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
from scipy.spatial import cKDTree

from catchment.apps.demo import write_demo
from catchment.apps.demo.atlas import COUNTY, VILLAGE
from catchment.apps.demo.county import county, joined_counties
from catchment.apps.demo.frame import CELL_M
from catchment.config import read_settings
from catchment.demand.points import demand_points
from catchment.demand.settlement import setting_by_grid, settlement_grid
from catchment.files import kind_of
from catchment.geo.datum import to_wgs84
from catchment.inputs.particulars import is_honoured
from catchment.inputs.population import read_population
from catchment.inputs.premises import read_premises
from catchment.inputs.sites import from_datum
from catchment.model import UNITS_PER_PERSON, Setting

COMMITTED = Path(__file__).parents[1] / "data" / "demo"
NAMES = [
    "census.csv",
    "demo.toml",
    "plan.toml",
    "population.tif",
    "premises.csv",
    "sites.xlsx",
    "streets.osm.pbf",
    "targets.csv",
    "townships.geojson",
    "units.csv",
]
ON_FOOT_ONLY = {"footway", "path", "steps", "pedestrian"}
NOT_ON_FOOT = {"motorway", "motorway_link", "construction"}
RESIDENTS, URBAN = 1_121_707, 737_782

# A flat plane of its own, not the demo's.
plane = pyproj.Transformer.from_crs("EPSG:4326", "+proj=laea +lat_0=27.8 +lon_0=114.4 +datum=WGS84", always_xy=True)


def flat(lonlat):
    return np.column_stack(plane.transform(*np.asarray(lonlat, dtype=float).reshape(-1, 2).T))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_demo(tmp_path_factory.mktemp("演示 数据") / "inputs").parent


@pytest.fixture(scope="module")
def elements(demo):
    """Ways as tags, node ids and lon/lat; nodes with tags as tags and lon/lat."""
    ways, nodes = [], []
    for element in osmium.FileProcessor(str(demo / "streets.osm.pbf")).with_locations():
        if element.is_way():
            refs = [node.ref for node in element.nodes]
            ways.append((dict(element.tags), refs, [(node.lon, node.lat) for node in element.nodes]))
        elif element.is_node() and len(element.tags):
            nodes.append((dict(element.tags), (element.lon, element.lat)))
    return ways, nodes


@pytest.fixture(scope="module")
def streets(elements):
    return [way for way in elements[0] if "highway" in way[0]]


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


@pytest.fixture(scope="module")
def townships(demo):
    features = json.loads((demo / "townships.geojson").read_text(encoding="utf-8"))["features"]
    return [(feature["properties"], shapely.geometry.shape(feature["geometry"])) for feature in features]


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def network(streets, left_out):
    """A graph of the ways, each segment with its length."""
    kept = [way for way in streets if way[0]["highway"] not in left_out and way[0].get("access") != "private"]
    xy = flat([place for _, _, lonlat in kept for place in lonlat])
    graph, first = nx.MultiGraph(), 0
    for _, refs, lonlat in kept:
        steps = np.hypot(*np.diff(xy[first : first + len(lonlat)], axis=0).T)
        first += len(lonlat)
        for one, two, metres in zip(refs, refs[1:], steps.tolist(), strict=False):
            graph.add_edge(one, two, weight=metres)
    return graph


def component_metres(graph):
    parts = (graph.subgraph(nodes).size("weight") for nodes in nx.connected_components(graph))
    return sorted(parts, reverse=True)


def clusters(people):
    """People of each cluster of 1-km cells with at least 1,500 people, by the largest, on the Mollweide lattice."""
    xy, persons = people
    mollweide = pyproj.Transformer.from_crs("EPSG:4326", "ESRI:54009", always_xy=True)
    cells = np.floor(np.column_stack(mollweide.transform(*xy.T)) / 1000).astype(int)
    cells -= cells.min(axis=0)
    grid = np.zeros(cells.max(axis=0) + 1)
    np.add.at(grid, tuple(cells.T), persons)
    label, count = ndimage.label(grid >= 1500)
    return sorted(ndimage.sum(grid, label, range(1, count + 1)), reverse=True)


def test_the_committed_demo_is_what_the_program_writes(demo):
    assert sorted(path.name for path in demo.iterdir()) == NAMES
    for name in NAMES:
        assert (demo / name).read_bytes() == (COMMITTED / name).read_bytes(), name


def test_another_seed_draws_another_county_under_the_same_names(tmp_path, small_demo):
    other = write_demo(tmp_path, seed=6, size="village").parent
    same = [name for name in NAMES if (other / name).read_bytes() == (small_demo.parent / name).read_bytes()]
    assert same == ["census.csv", "demo.toml", "plan.toml", "targets.csv", "units.csv"]


def test_the_demo_is_small_and_each_file_is_what_its_name_says(demo):
    assert sum(path.stat().st_size for path in demo.iterdir()) < 6_000_000
    kinds = ["csv", None, None, "geotiff", "csv", "xlsx", "osm.pbf", "csv", "geojson", "csv"]
    assert [kind_of(demo / name) if kind else None for name, kind in zip(NAMES, kinds, strict=True)] == kinds


def test_the_project_file_names_the_inputs_and_says_they_are_synthetic(demo):
    settings = read_settings(demo / "demo.toml")
    assert settings.map.synthetic
    assert settings.date == dt.date(2023, 12, 7)
    assert settings.language is None
    assert settings.sites.datum == "gcj02"
    inputs = settings.inputs
    assert all(path.is_file() for path in (inputs.population, inputs.sites, inputs.roads, inputs.regions))


# --- facts: census, names, targets -------------------------------------------------------------------------------


def test_the_people_are_as_many_as_the_census_counted_to_the_last_one(people):
    assert people[1].sum() == RESIDENTS
    np.testing.assert_array_equal(people[1] * 64, np.rint(people[1] * 64))


def test_city_and_towns_hold_exactly_the_urban_residents_of_the_census(demo):
    population = read_population(demo / "population.tif")
    everybody = demand_points(population)
    urban = setting_by_grid(everybody.xy, settlement_grid(everybody)) != Setting.RURAL
    assert everybody.units[urban].sum() == URBAN * UNITS_PER_PERSON


def test_an_independent_count_of_dense_clusters_finds_the_city_and_the_towns(people):
    found = clusters(people)
    # The program also smooths the edge of the city and fills its holes, so the two differ by a little.
    assert sum(size for size in found if size >= 5_000) == pytest.approx(URBAN, rel=0.02)
    assert sum(size >= 50_000 for size in found) == 1
    assert 480_000 < found[0] < 530_000


def test_the_tables_are_those_of_the_census_and_of_the_plan(demo):
    (census,) = table(demo / "census.csv")
    figures = (census["区县"], census["人口数_合计"], census["城镇人口"], census["乡村人口"])
    assert figures == ("袁州区", "1121707", "737782", "383925")
    targets = [list(row.values()) for row in table(demo / "targets.csv")]
    assert {row[0]: int(row[-1]) for row in targets} == {"袁州区": 38, "经开区": 4, "宜阳新区": 3, "明月山": 3}
    assert all(sum(map(int, row[1:-1])) == int(row[-1]) for row in targets)


def test_facts_agree_with_the_published_ones(demo, townships, shared_data):
    published = {row["township_code"]: row for row in table(shared_data / "yichun" / "townships.csv")}
    units = {code for code, row in published.items() if row["county"] == "袁州区" and row["civil_affairs_unit"] == "Y"}
    assert {one["code"] for one, _ in townships} == units
    assert all(published[one["code"]]["name"] == one["name"] for one, _ in townships)
    assert all(published[one["code"]]["seed_annex_row"] == one["annex"] for one, _ in townships)
    plan = {
        row["县区"]: [count or "0" for count in row.values()] for row in table(shared_data / "yichun" / "targets.csv")
    }
    assert all(list(row.values()) == plan[row["县区"]] for row in table(demo / "targets.csv"))


def test_there_are_32_townships_28_of_them_under_the_district_itself(townships):
    assert len({one["code"] for one, _ in townships}) == 32
    assert Counter(one["annex"] for one, _ in townships) == {"袁州区": 28, "明月山": 2, "经开区": 1, "宜阳新区": 1}
    assert {one["county"] for one, _ in townships} == {"袁州区"}


# --- the county --------------------------------------------------------------------------------------------------


def test_the_county_is_as_large_as_the_real_one(townships):
    whole = shapely.union_all([outline for _, outline in townships])
    assert whole.geom_type == "Polygon"
    assert shapely.transform(whole, flat).area / 1e6 == pytest.approx(2533, rel=0.01)


def test_townships_share_borders_and_nothing_else(townships):
    outlines = np.array([outline for _, outline in townships])
    assert shapely.is_valid(outlines).all()
    assert set(shapely.get_type_id(outlines)) == {shapely.GeometryType.POLYGON}
    assert shapely.union_all(outlines).area == pytest.approx(shapely.area(outlines).sum(), rel=1e-9)


def test_everybody_lives_in_exactly_one_township(people, townships):
    inside = sum(shapely.contains_xy(outline, *people[0].T).astype(int) for _, outline in townships)
    assert set(inside.tolist()) == {1}


def test_the_grid_is_like_worldpops(demo):
    with rasterio.open(demo / "population.tif") as raster:
        assert (raster.width, raster.height, raster.count, raster.dtypes) == (732, 540, 1, ("float32",))
        assert (raster.crs.to_epsg(), raster.nodata, raster.compression) == (4326, -99999.0, None)
        assert raster.res == pytest.approx((1 / 1200, 1 / 1200))
        assert raster.read(1, masked=True).min() > 0


def test_the_road_file_states_its_box_and_its_date_and_nothing_lies_outside(demo, elements):
    header = osmium.io.Reader(str(demo / "streets.osm.pbf")).header()
    assert header.get("osmosis_replication_timestamp") == "2023-12-01T00:00:00Z"
    with rasterio.open(demo / "population.tif") as raster:
        west, south, east, north = raster.bounds
    box = header.box()
    found = (box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat)
    assert found == pytest.approx((west, south, east, north), abs=1e-7)
    places = np.array([place for _, _, lonlat in elements[0] for place in lonlat] + [at for _, at in elements[1]])
    assert (places.min(axis=0) >= np.array([west, south]) - 1e-7).all()
    assert (places.max(axis=0) <= np.array([east, north]) + 1e-7).all()


# --- streets -----------------------------------------------------------------------------------------------------


def test_walkers_have_one_network_one_cut_off_hamlet_and_some_loose_bits(streets):
    main, island, *loose = component_metres(network(streets, NOT_ON_FOOT))
    assert main > 4_000_000
    assert 1_000 < island < 4_000
    assert 4 <= len(loose) <= 10
    assert max(loose) < 300


def test_riders_have_the_same_network_and_the_same_cut_off_hamlet(streets):
    main, island, *loose = component_metres(network(streets, NOT_ON_FOOT | ON_FOOT_ONLY))
    assert main > 4_000_000
    assert 1_000 < island < 4_000
    assert sum(loose) < 1_000


def test_only_seven_bridges_cross_the_river(elements, streets):
    river = next(shapely.LineString(lonlat) for tags, _, lonlat in elements[0] if "waterway" in tags)
    lines = shapely.linestrings([place for way in streets for place in way[2]], indices=_numbers(streets))
    crossing = [streets[row][0] for row in np.flatnonzero(shapely.intersects(river, lines))]
    built = [tags for tags in crossing if tags["highway"] != "construction"]
    assert sorted(tags["name"] for tags in built) == sorted(
        [*COUNTY.city_bridges.values(), *(bridge.name for bridge in COUNTY.bridges if bridge.built)]
    )
    assert all(tags["bridge"] == "yes" for tags in built)
    assert len(crossing) - len(built) == 1


def test_streets_and_buildings_keep_out_of_the_water(elements):
    ways = [way for way in elements[0] if "highway" in way[0] or "building" in way[0]]
    water = next(shapely.Polygon(lonlat) for tags, _, lonlat in elements[0] if tags.get("natural") == "water")
    shapely.prepare(water)
    lines = shapely.linestrings([place for way in ways for place in way[2]], indices=_numbers(ways))
    wet = [ways[row][0] for row in np.flatnonzero(shapely.intersects(water, lines))]
    assert {tags.get("bridge", tags.get("highway")) for tags in wet} == {"yes", "construction"}


def _numbers(ways):
    return np.repeat(np.arange(len(ways)), [len(lonlat) for _, _, lonlat in ways])


def test_the_motorway_meets_the_other_roads_only_by_its_slip_roads(streets):
    nodes = {kind: set() for kind in ("motorway", "motorway_link", "other")}
    for tags, refs, _ in streets:
        nodes[tags["highway"] if tags["highway"] in nodes else "other"].update(refs)
    assert not nodes["motorway"] & nodes["other"]
    assert len(nodes["motorway"] & nodes["motorway_link"]) == 4
    assert len(nodes["motorway_link"] & nodes["other"]) == 2


def test_a_few_people_have_no_road_within_two_kilometres(streets, people):
    drivable = [way for way in streets if way[0]["highway"] not in NOT_ON_FOOT | ON_FOOT_ONLY]
    vertices = cKDTree(flat([place for _, _, lonlat in drivable for place in lonlat]))
    # Vertices of roads are at most 110 m apart.
    far = vertices.query(flat(people[0]))[0] > 2060
    assert 40 < people[1][far].sum() < 200


def test_the_streets_have_the_oddities_of_real_data(streets):
    def with_tags(**wanted):
        return [refs for tags, refs, _ in streets if wanted.items() <= tags.items()]

    assert [refs[0] == refs[-1] for refs in with_tags(highway="pedestrian", area="yes")] == [True]
    assert len(with_tags(highway="primary", oneway="yes")) > 20
    assert len(with_tags(access="private")) == 12
    assert len(with_tags(highway="construction")) == 1
    assert all(with_tags(highway="track", tracktype=f"grade{grade}") for grade in (2, 3, 4, 5))
    assert all(with_tags(highway=kind) for kind in ("steps", "footway", "path", "living_street", "motorway_link"))


def test_there_is_a_loop_from_a_point_to_itself_and_a_second_way_between_two_points(streets):
    walkable = [refs for tags, refs, _ in streets if tags["highway"] not in NOT_ON_FOOT]
    degree = Counter(ref for refs in walkable for ref in [*refs[:-1], *refs[1:]])
    edges = Counter()
    for refs in walkable:
        ends = [refs[0], *(ref for ref in refs[1:-1] if degree[ref] > 2), refs[-1]]
        edges.update(tuple(sorted(pair)) for pair in pairwise(ends))
    assert any(one == two for one, two in edges)
    assert any(count > 1 for (one, two), count in edges.items() if one != two)


def test_there_are_buildings_public_premises_and_bus_stops(elements, townships):
    ways, nodes = elements
    buildings = [(tags, refs) for tags, refs, _ in ways if "building" in tags]
    assert len(buildings) > 20_000
    assert all(len(refs) == 5 and refs[0] == refs[-1] for _, refs in buildings)
    assert sum("amenity" in tags for tags, _ in buildings) > 20
    kinds = Counter(tags.get("amenity") or tags.get("office") or tags.get("highway") for tags, _ in nodes)
    assert kinds["townhall"] == len(townships)
    wanted = ("community_centre", "library", "post_office", "employment_agency", "school", "clinic", "bus_stop")
    assert all(kinds[kind] >= 20 for kind in wanted), kinds


# --- the ledger --------------------------------------------------------------------------------------------------


def test_the_ledger_is_one_an_office_would_keep(rows):
    assert sum(cell is not None for cell in rows[0]) == 1
    headers = "序号 网点编码 网点名称 类型 县区 乡镇(街道) 详细地址 经度 纬度 状态 联系人 联系电话"
    headers += (
        " 服务事项 建筑面积(㎡) 工作人员数 是否临街 是否单体建筑 建设方式 批次 统一服务热线 投诉举报方式 服务台账"
    )
    assert " ".join(rows[1]) == headers
    sites = [row for row in rows[2:] if isinstance(row[0], int)]
    assert 36 <= len(sites) <= 40
    assert {row[3] for row in sites} == {"县级", "乡镇(街道)", "村(社区)", "工业园区", "技工"}
    assert Counter(row[9] for row in sites) == {"已建成": 34, "规划": 5, "在建": 1}
    assert [row[2] for row in sites if row[7] == "待定"] == ["灵泉街道示例社区就业之家"]
    assert sum(isinstance(row[7], float) for row in sites) == len(sites) - 1
    assert len({row[1] for row in sites}) == len({row[2] for row in sites}) == len(sites)
    assert all(row[10].startswith("示例联系人") and row[11].startswith("000-0000") for row in sites)
    assert rows[-2][0] == "合计"
    assert rows[-1][0].startswith("填报人")


def test_no_row_of_the_annex_has_more_sites_than_planned(demo, rows):
    column = {"县级": "县级", "工业园区": "工业园区", "技工": "技工院校", "乡镇(街道)": "乡镇(街道)"}
    column["村(社区)"] = "村(社区)等其他(第一批)"
    planned = {row["县区"]: row for row in table(demo / "targets.csv")}
    listed = Counter((row[4], column[row[3]]) for row in rows[2:] if isinstance(row[0], int))
    assert all(count <= int(planned[annex][kind]) for (annex, kind), count in listed.items()), listed


def test_each_site_stands_in_its_township_and_near_a_street_once_its_datum_is_undone(rows, streets, townships):
    outline = {one["name"]: shape for one, shape in townships}
    sites = [row for row in rows if isinstance(row[7], float)]
    xy = to_wgs84(np.array([row[7:9] for row in sites]), "gcj02")
    lines = shapely.union_all([shapely.LineString(flat(lonlat)) for _, _, lonlat in streets])
    for row, place, metres in zip(sites, xy, shapely.distance(lines, shapely.points(flat(xy))), strict=True):
        assert outline[row[5]].contains(shapely.Point(place)), row[2]
        assert metres < 30, row[2]


# --- the planner's list of premises ---------------------------------------------------------------------------------


def test_the_list_has_ten_premises_with_the_blanks_that_lists_have(demo):
    read = read_premises(demo / "premises.csv").frame
    assert len(read) == 10
    assert read["name"].is_unique
    blank = {"ownership": 2, "way": 1, "honours": 5, "single_building": 4, "proposed_by": 2, "township": 0}
    assert {column: int((read[column] == "").sum()) for column in blank} == blank
    assert read["area_m2"].isna().sum() == 2
    assert read["kind"].tolist().count("premises.listed") == 2
    assert sum(map(is_honoured, read["honours"])) == 5


def test_the_premises_of_the_list_stand_in_their_townships_beside_streets_and_not_beside_sites(
    demo, rows, streets, townships
):
    outline = {one["name"]: shape for one, shape in townships}
    read = from_datum(read_premises(demo / "premises.csv"), "gcj02")
    sites = to_wgs84(np.array([row[7:9] for row in rows if isinstance(row[7], float)]), "gcj02")
    assert (cKDTree(flat(sites)).query(flat(read.xy))[0] > 100).all()
    lines = shapely.union_all([shapely.LineString(flat(lonlat)) for _, _, lonlat in streets])
    assert (shapely.distance(lines, shapely.points(flat(read.xy))) < 30).all()
    for of, place in zip(read.frame["township"], read.xy, strict=True):
        assert outline[of].contains(shapely.Point(place)), of


# --- sizes -------------------------------------------------------------------------------------------------------


def test_counties_side_by_side_have_one_network_and_all_their_people():
    both = joined_counties([VILLAGE, VILLAGE], 5, columns=2)
    assert both.persons[both.persons > 0].sum() == 2 * VILLAGE.residents
    assert both.frame.columns == 2 * VILLAGE.frame.columns
    # The one large piece of the road network reaches far into either county.
    graph, lines = nx.Graph(), both.lines
    for first, last, tag in zip(lines.ptr, lines.ptr[1:], lines.tag, strict=False):
        if lines.tags[tag].get("highway", "construction") not in NOT_ON_FOOT:
            nx.add_path(graph, map(tuple, lines.xy[first:last].round(3).tolist()))
    largest = max(nx.connected_components(graph), key=len)
    middle = VILLAGE.frame.box_m[2]
    east = sum(x > middle for x, _ in largest)
    assert min(east, len(largest) - east) > 0.45 * len(largest)


def test_people_spread_as_in_an_unconstrained_grid_are_on_all_land_and_as_many():
    spread = county(replace(VILLAGE, people_anywhere=1.0), 5)
    populated, own = spread.persons > 0, county(VILLAGE, 5).persons > 0
    assert spread.persons[populated].sum() == VILLAGE.residents
    land = sum(shapely.area(shapely.polygons(flat(outline.exterior.coords))) for outline in spread.outlines)
    # The river takes up about a hundredth; on the highest cells a few stay below half of the smallest part of a person.
    assert 0.97 < populated.sum() * np.prod(CELL_M) / land < 1.0
    assert (populated >= own).all()


def test_a_world_says_which_townships_have_a_site_in_a_village():
    more = county(replace(VILLAGE, village_sites=("温汤镇", "湖田镇")), 5)
    assert Counter(site.township for site in more.sites if site.name.endswith("村就业之家")) == {
        "温汤镇": 1,
        "湖田镇": 1,
    }


def test_the_technical_school_that_a_row_lacks_stands_in_a_township_of_that_row(elements, demo):
    schools = [(tags["name"], shapely.Point(place)) for tags, place in elements[1] if tags.get("amenity") == "college"]
    townships = json.loads((demo / "townships.geojson").read_text(encoding="utf-8"))["features"]
    rows = [
        (name, each["properties"]["annex"])
        for name, place in schools
        for each in townships
        if shapely.geometry.shape(each["geometry"]).contains(place)
    ]
    assert rows == [("宜春示例技工学校", "经开区")]
