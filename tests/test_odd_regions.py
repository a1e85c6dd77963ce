"""Regions that overlap, leave holes or hold nobody, densities and unknown census units, from the command line."""

from __future__ import annotations

import json
import math
import re
import shutil
import sqlite3

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import catchment

from catchment.demand.points import demand_points
from catchment.geo.seams import area_km2, enclosed_holes, overlapping_pairs
from catchment.geo.shapes import polygon_of
from catchment.inputs.population import read_population
from catchment.model import UNITS_PER_PERSON, Population, Regions
from catchment.outputs.drawing import drawn_outlines
from catchment.pipeline.regions import crowding_findings, region_findings

NOT_A_NUMBER = re.compile(r"\b(?:NaN|nan|Infinity|inf)\b|#DIV|#VALUE|#NUM")


def regions_of(**shapes):
    frame = {"region_id": list(shapes), "name": list(shapes), "parent": [""] * len(shapes)}
    return Regions(gpd.GeoDataFrame(frame, geometry=list(shapes.values()), crs=4326))


def people_at(*rows, cell_degrees=None):
    lon, lat, persons = (np.array(column, float) for column in zip(*rows, strict=True))
    return Population(np.column_stack([lon, lat]), persons, np.arange(len(rows)), cell_degrees)


# --- by head -----------------------------------------------------------------------------------------------------


def test_overlaps_holes_and_empty_regions_are_counted_with_people_and_ground():
    # Three columns a degree wide; b begins 0.1 too far west, c has a hole of 0.2 x 0.2 with 7 people, d has nobody.
    c = shapely.box(2, 0, 3, 1).difference(shapely.box(2.4, 0.4, 2.6, 0.6))
    regions = regions_of(a=shapely.box(0, 0, 1, 1), b=shapely.box(0.9, 0, 2, 1), c=c, d=shapely.box(5, 0, 6, 1))
    people = people_at((0.5, 0.5, 10), (0.95, 0.5, 3), (0.95, 0.6, 2.25), (1.5, 0.5, 4), (2.5, 0.5, 7), (2.1, 0.5, 1))
    overlap, hole, empty = region_findings(regions, people, file="r.geojson")
    # 0.1 x 1 degree and 0.2 x 0.2 degree at the equator: 11.1319 km x 110.574 km, 22.2639 km x 22.1149 km.
    assert overlap.facts == {"count": 1, "area": overlap.facts["area"], "people": 5, "names": "a / b"}
    assert float(overlap.facts["area"]) == pytest.approx(11.1319 * 110.574, rel=1e-3)
    assert (hole.word, hole.facts["count"], hole.facts["people"]) == ("finding.regions_holes", 1, 7)
    assert float(hole.facts["area"]) == pytest.approx(22.2639 * 22.1149, rel=1e-3)
    assert empty.facts == {"count": 1, "names": "d"}
    # Whoever lives in both belongs to a, and nobody is lost or counted twice.
    settled = demand_points(people, regions)
    assert settled.region.tolist() == [0, 0, 0, 1, 2]
    assert (settled.units.sum() + settled.left_out_units) / UNITS_PER_PERSON == 27.25


def test_slivers_along_a_border_are_nothing_unless_somebody_lives_there():
    # A strip of 0.00001 degrees (1 m) by 0.001 degrees (111 m).
    regions = regions_of(a=shapely.box(0, 0, 0.5, 0.001), b=shapely.box(0.49999, 0, 1, 0.001))
    assert region_findings(regions, people_at((0.1, 0.0005, 1), (0.9, 0.0005, 1)), file="") == []
    (lived_in,) = region_findings(
        regions, people_at((0.1, 0.0005, 1), (0.499995, 0.0005, 1), (0.9, 0.0005, 1)), file=""
    )
    assert (lived_in.word, lived_in.facts["people"]) == ("finding.regions_overlap", 1)


def test_three_regions_on_one_ground_are_three_pairs_whose_people_count_once():
    square = shapely.box(0, 0, 1, 1)
    (overlap,) = region_findings(regions_of(a=square, b=square, c=square), people_at((0.5, 0.5, 8)), file="")[:1]
    assert (overlap.facts["count"], overlap.facts["people"]) == (3, 8)
    assert float(overlap.facts["area"]) == pytest.approx(12309, abs=1)


BOXES = st.lists(st.tuples(*[st.integers(0, 6)] * 2, *[st.integers(1, 4)] * 2), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60)
@given(BOXES)
def test_shared_ground_and_holes_are_what_counting_squares_says(boxes):
    polygons = [shapely.box(x, y, x + width, y + height) for x, y, width, height in boxes]
    middles = np.stack(np.meshgrid(np.arange(12) + 0.5, np.arange(12) + 0.5), -1).reshape(-1, 2)
    x, y, width, height = np.array(boxes).T[:, :, None]
    inside = (middles[:, 0] > x) & (middles[:, 0] < x + width) & (middles[:, 1] > y) & (middles[:, 1] < y + height)
    pairs, shared = overlapping_pairs(polygons)
    both = [(one, other) for one in range(len(boxes)) for other in range(one) if (inside[one] & inside[other]).any()]
    assert sorted(map(tuple, pairs.tolist())) == sorted((other, one) for one, other in both)
    for (one, other), ground in zip(pairs.tolist(), shared, strict=True):
        assert ground.area == (inside[one] & inside[other]).sum()
    holes = enclosed_holes(polygons)
    assert not shapely.union_all(polygons).intersection(shapely.union_all(holes)).area
    # A square nobody has is in a hole if and only if no way over other such squares, by sides or corners, leads out.
    free = set(map(tuple, (middles[~inside.any(axis=0)] - 0.5).astype(int).tolist()))
    out, edge = set(), [(-1, -1)]
    ring = {(a, b) for a in range(-1, 13) for b in range(-1, 13)} - {tuple(place) for place in np.ndindex(12, 12)}
    while edge:
        place = edge.pop()
        if place in out:
            continue
        out.add(place)
        around = [(place[0] + a, place[1] + b) for a in (-1, 0, 1) for b in (-1, 0, 1) if abs(a) + abs(b) == 1]
        edge += [next_to for next_to in around if next_to in free | ring]
    assert sum(hole.area for hole in holes) == len(free - out)


def test_area_is_that_of_the_ellipsoid_whichever_way_a_ring_runs():
    square = shapely.box(114, 28, 114.01, 28.01)
    # 983.6 m by 1,108.2 m at 28 degrees north.
    assert area_km2([square, square.reverse()]).tolist() == pytest.approx([1.0900, 1.0900], abs=2e-4)


def test_people_denser_than_in_any_city_are_said_with_both_sums():
    cell = (3 / 3600, 3 / 3600)  # 0.755 ha at 28.3 degrees north
    grid = people_at((114.1, 28.3, 100), (114.2, 28.3, 300), cell_degrees=cell)
    # (100^2 + 300^2) / 400 = 250 people about everybody: 33,100 per km2.
    assert crowding_findings(grid, file="pop.tif") == []
    dense = people_at((114.1, 28.3, 13_200), (114.2, 28.3, 39_700), cell_degrees=cell)
    (finding,) = crowding_findings(dense, file="pop.tif")
    assert finding.facts == {"sum": 52_900, "as_density": 399}


# --- a whole run -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def odd(small_demo, tmp_path_factory):
    """The demo with four regions in GB18030 and a census that knows two of them; run in both languages."""
    folder = tmp_path_factory.mktemp("就业 之家")
    people = read_population(small_demo.parent / "population.tif")
    (west, south), (east, north) = people.xy.min(axis=0) - 0.01, people.xy.max(axis=0) + 0.01
    middle = float(np.median(people.xy[:, 0])) + 0.0001  # between two columns of cells
    place = people.xy[np.argmax(people.persons)]
    hole = shapely.box(*(place - 0.005), *(place + 0.005))
    shapes = {
        "1": ("西片", shapely.box(west, south, middle + 0.02, north).difference(hole)),
        "2": ("东片", shapely.box(middle, south, east, north).difference(hole)),
        "3": ("无人岛", shapely.box(east + 0.01, south, east + 0.05, south + 0.05)),
    }
    bow = [[east + 0.1, south], [east + 0.2, south + 0.1], [east + 0.2, south], [east + 0.1, south + 0.1]]
    features = [
        {"type": "Feature", "properties": {"代码": code, "名称": name}, "geometry": shapely.geometry.mapping(shape)}
        for code, (name, shape) in shapes.items()
    ]
    features[2]["geometry"] = {"type": "MultiPolygon", "coordinates": [
        features[2]["geometry"]["coordinates"], [[*bow, bow[0]]],
    ]}  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    (folder / "边界.geojson").write_bytes(text.encode("gb18030"))
    in_regions = polygon_of(people.xy, [shape for _, shape in shapes.values()]) >= 0
    total = round(people.persons[in_regions].sum())
    rows = [f"1,西片,{total // 2}", f"2,东片,{total - total // 2}", "7,别处,500", "8,他乡,40"]
    (folder / "普查.csv").write_bytes("\n".join(["区划代码,区县,总人口", *rows]).encode("gb18030"))
    overrides = ["--regions", "边界.geojson", "--census", "普查.csv"]
    flags = [
        "--sites",
        "sites.xlsx",
        "--roads",
        "streets.osm.pbf",
        "--population",
        "population.tif",
        "--datum",
        "gcj02",
    ]
    flags[1:6:2] = [small_demo.parent / name for name in flags[1:6:2]]
    done = catchment("run", *flags, *overrides, "--out", "结果", "--lang", "zh", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder, done, people, shapes, total


def test_the_run_is_made_and_every_oddity_is_listed_with_its_counts(odd):
    folder, _, people, shapes, _ = odd
    record = json.loads((folder / "结果" / "run.json").read_text(encoding="utf-8"))
    texts = {finding["finding"]: finding["text"] for finding in record["findings"]}
    one, two = (shapely.contains_xy(shapes[code][1], people.xy) for code in "12")
    shared = round(people.persons[one & two].sum())
    assert f"数据源中有 {shared} 人" in texts["regions_overlap"]
    assert "西片 / 东片" in texts["regions_overlap"]
    (west, south, east, north) = shapes["1"][1].union(shapes["2"][1]).bounds
    assert (people.xy > (west, south)).all()
    assert (people.xy < (east, north)).all()
    assert f"数据源中有 {round(people.persons[~(one | two)].sum())} 人" in texts["regions_holes"]
    assert "无人岛" in texts["regions_empty"]
    assert "无人岛" in texts["polygons_repaired"]
    assert "540 人" in texts["census_unmatched"]
    assert "别处, 他乡" in texts["census_unmatched"]
    assert "无人岛" in texts["census_regions_free"]
    assert "encoding_gb18030" in texts


def test_the_totals_are_kept_to_the_person(odd):
    folder, done, *_, total = odd
    assert json.loads(done.stdout)["people_total"] == total
    book = openpyxl.load_workbook(folder / "结果" / "报告.xlsx", data_only=True)
    rows = [list(row) for row in book["分区域"].iter_rows(values_only=True)]
    head = rows[0]
    people = [row[head.index("常住人口")] for row in rows[1:]]
    assert people == [total // 2, total - total // 2, 0, total]
    assert rows[3][head.index("覆盖率")] == "—"


def test_no_output_holds_what_is_no_number(odd):
    folder, *_ = odd
    out = folder / "结果"
    record = json.loads((out / "run.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert not NOT_A_NUMBER.search(json.dumps(record["settings"]))
    page = (out / "覆盖图.html").read_text(encoding="utf-8")
    node = page.split('<script type="application/json" id="catchment-data">')[1].split("</script>")[0]
    payload = json.loads(node, parse_constant=pytest.fail)
    empty = next(region for region in payload["regions"] if region["name"] == "无人岛")
    assert (empty["people"], empty["share"]) == (0, "—")
    for sheet in openpyxl.load_workbook(out / "报告.xlsx", data_only=True):
        for row in sheet.iter_rows(values_only=True):
            assert all(math.isfinite(cell) for cell in row if isinstance(cell, float))
            assert not [cell for cell in row if isinstance(cell, str) and NOT_A_NUMBER.search(cell)]
    with sqlite3.connect(out / "覆盖.gpkg") as package:
        columns = [row[1] for row in package.execute("pragma table_info(regions)") if row[1] not in ("fid", "geom")]
        rows = package.execute(f"select {', '.join(columns)} from regions").fetchall()  # noqa: S608 - our own columns
    package.close()
    assert all(math.isfinite(cell) for row in rows for cell in row if isinstance(cell, float))


def test_check_says_the_same_before_anything_is_computed(odd, small_demo):
    folder, *_ = odd
    inputs = {"regions": "边界.geojson", "census": "普查.csv"}
    names = {"sites": "sites.xlsx", "roads": "streets.osm.pbf", "population": "population.tif"}
    inputs |= {role: (small_demo.parent / name).as_posix() for role, name in names.items()}
    lines = ["[inputs]", *(f"{role} = '{path}'" for role, path in inputs.items()), "[sites]", 'datum = "gcj02"']
    (folder / "项目.toml").write_text("\n".join(lines), encoding="utf-8")
    done = catchment("check", "项目.toml", "--lang", "en", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "2 units of the census (540 people) have no region" in done.stdout
    assert "1 pairs of regions overlap" in done.stdout
    assert "1 holes" in done.stdout
    assert "nobody in the population data" in done.stdout
    (folder / "普查.csv").write_text("区划代码,区县,总人口\n7,别处,500\n", encoding="utf-8")
    refused = catchment("check", "项目.toml", "--lang", "en", cwd=folder)
    assert refused.returncode == 3
    assert "别处" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_shapefile_in_gb18030_is_run_from_a_folder_and_goes_into_the_record_as_a_whole(small_demo, tmp_path):
    folder = tmp_path / "宜春 数据"
    folder.mkdir()
    for name in ("sites.xlsx", "streets.osm.pbf", "population.tif"):
        shutil.copy(small_demo.parent / name, folder)
    frame = gpd.read_file(small_demo.parent / "townships.geojson")[["code", "name", "geometry"]]
    frame.rename(columns={"code": "代码", "name": "名称"}).to_file(folder / "乡镇.shp", encoding="GB18030")
    (folder / "乡镇.cpg").unlink()
    done = catchment("run", folder, "--datum", "gcj02", "--yes", "--out", "out", "--lang", "zh", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "区域：乡镇.shp" in done.stderr
    assert "不使用" not in done.stderr
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert [source["path"] for source in record["inputs"] if source["role"] == "regions"] == ["../宜春 数据/乡镇.shp"]
    assert "encoding_gb18030" in {finding["finding"] for finding in record["findings"]}
    book = openpyxl.load_workbook(tmp_path / "out" / "报告.xlsx", data_only=True)
    names = [row[1] for row in book["分区域"].iter_rows(min_row=2, values_only=True)]
    assert names[:-1] == frame.sort_values("code")["name"].tolist()


def test_a_density_is_betrayed_by_its_sum(small_demo, tmp_path):
    people = read_population(small_demo.parent / "population.tif")
    with rasterio.open(small_demo.parent / "population.tif") as grid:
        values, profile, mask = grid.read(1), grid.profile, grid.read_masks(1)
    with rasterio.open(tmp_path / "density.tif", "w", **profile) as grid:
        grid.write(np.where(mask > 0, values * 132, values), 1)
    inputs = {"sites": "sites.xlsx", "roads": "streets.osm.pbf"}
    lines = ["[inputs]", *(f"{role} = '{(small_demo.parent / name).as_posix()}'" for role, name in inputs.items())]
    lines += ["population = 'density.tif'", "[sites]", 'datum = "gcj02"']
    (tmp_path / "p.toml").write_text("\n".join(lines), encoding="utf-8")
    unsure = catchment("check", "p.toml", "--lang", "en", cwd=tmp_path)
    assert (unsure.returncode, "--population-unit" in unsure.stderr) == (3, True)
    lines += ["[population]", 'kind = "count"']
    (tmp_path / "p.toml").write_text("\n".join(lines), encoding="utf-8")
    done = catchment("check", "p.toml", "--lang", "en", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    sums = re.search(r"grid sums to (\d+) people.*sums to (\d+)\. Perhaps a density", done.stdout)
    assert sums, done.stdout
    true_sum = people.persons.sum()
    assert float(sums[1]) == pytest.approx(132 * true_sum, rel=1e-3)
    assert float(sums[2]) == pytest.approx(true_sum, rel=0.02)


def test_any_number_of_regions_is_drawn_with_its_corners():
    west, south = np.meshgrid(np.arange(150) * 0.01, np.arange(150) * 0.01)
    squares = gpd.GeoDataFrame(geometry=shapely.box(west, south, west + 0.01, south + 0.01).ravel(), crs=4326)
    drawn = drawn_outlines(squares)
    assert len(drawn) == 22_500
    assert all(len(lines.xy) == 5 for lines in drawn)
