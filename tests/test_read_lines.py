"""Layers of road lines as planning institutes have them."""

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from catchment.config import RoadSettings
from catchment.errors import InputError, MissingInputError
from catchment.files import kind_of
from catchment.inputs.folder import role_of
from catchment.inputs.lines import read_lines
from catchment.inputs.regions import read_regions
from catchment.inputs.sites import read_sites
from catchment.network.lines import join_lines
from catchment.network.streets import STREET_KINDS
from catchment.pipeline.read import read_roads

# A street to the east from 114 E, 28 N, and one to the north from its middle.
COURSES = [[(114.0, 28.0), (114.002, 28.0)], [(114.001, 28.0), (114.001, 28.001)]]
# A Shapefile has ten bytes for the name of a column.
SHORT_TABLE = {"等级": ["四级", "等外"], "路名": ["正街", "北巷"], "单双向": ["双向", "单向"]}
TABLE = {"技术等级": ["四级", "等外"], "路名": ["正街", "北巷"], "单双向": ["双向", "单向"], "桩号": ["K1", "K2"]}


def layer(courses=COURSES, table=TABLE, *, crs=4326):
    shapes = [shapely.LineString(course) for course in courses]
    return gpd.GeoDataFrame(dict(table), geometry=shapes, crs=4326).to_crs(crs)


def assert_the_two_streets(streets):
    assert len(streets) == 3
    assert {STREET_KINDS[kind] for kind in streets.kind} == {"tertiary", "unclassified"}
    assert set(streets.names) == {"正街", "北巷"}
    corners = [[114.0, 28.0], [114.001, 28.0], [114.001, 28.001], [114.002, 28.0]]
    np.testing.assert_allclose(np.unique(np.round(streets.vertex_xy, 7), axis=0), corners, atol=2e-7)


@pytest.mark.parametrize("crs", [4326, 4490, 4547, 4526, 32650, 3857])
def test_a_geopackage_in_any_crs(tmp_path, crs):
    layer(crs=crs).to_file(tmp_path / "路网.gpkg", layer="道路中心线")
    assert_the_two_streets(join_lines(read_lines(tmp_path / "路网.gpkg")))


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
@pytest.mark.parametrize("says", [True, False])
def test_a_shapefile_in_gbk_or_utf8_whether_it_says_so_or_not(tmp_path, encoding, says):
    path = tmp_path / "道路 roads.shp"
    layer(table=SHORT_TABLE, crs=4547).to_file(path, encoding=encoding)
    if not says:
        path.with_suffix(".cpg").unlink()
    assert kind_of(path) == "shp"
    assert_the_two_streets(join_lines(read_lines(path)))


def test_a_shapefile_whose_texts_were_cut_in_the_middle_of_a_letter(tmp_path):
    path = tmp_path / "a.shp"
    layer(table=SHORT_TABLE, crs=4547).to_file(path, encoding="UTF-8")
    table = path.with_suffix(".dbf")
    # 单双向 becomes 技术等 and the first byte of 级, and so does a value.
    whole = table.read_bytes()
    cut = whole.replace("单双向".encode().ljust(11, b"\0"), "技术等级".encode()[:10] + b"\0")
    assert cut != whole
    table.write_bytes(cut.replace("正街".encode(), "正".encode() + "街".encode()[:2] + b" "))
    assert sorted(read_lines(path).frame["name"]) == ["北巷", "正"]


def test_a_file_geodatabase(tmp_path):
    layer(crs=4490).to_file(tmp_path / "路网.gdb", driver="OpenFileGDB", layer="道路")
    lines = read_lines(tmp_path / "路网.gdb")
    assert_the_two_streets(join_lines(lines))
    assert lines.file == "路网.gdb"


def test_geojson(tmp_path):
    path = tmp_path / "roads.geojson"
    path.write_text(layer().to_json(), encoding="utf-8")
    assert_the_two_streets(join_lines(read_lines(path)))


@pytest.mark.parametrize("crs", [4326, 4490, 4547])
def test_geoparquet_in_any_crs(tmp_path, crs):
    path = tmp_path / "路网.parquet"
    layer(crs=crs).to_parquet(path)
    assert kind_of(path) == "parquet"
    assert role_of(path) == "roads"
    assert_the_two_streets(join_lines(read_lines(path)))


def test_geoparquet_that_holds_more_than_texts_and_lines(tmp_path):
    shapes = [shapely.LineString([(114, 28, 5), (114.001, 28, 6)]), None, shapely.Point(114, 28)]
    table = {"路名": ["正街", None, "=1+1"], "等级": [["四级"], None, ["a", "b"]]}
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=4326).rename_geometry("走向")
    frame.assign(桩号=gpd.GeoSeries([shapely.Point(1, 1)] * 3, crs=4326)).to_parquet(tmp_path / "a.parquet")
    lines = read_lines(tmp_path / "a.parquet")
    assert lines.frame[["name", "grade"]].to_numpy().tolist() == [["正街", ""]]
    assert not shapely.has_z(lines.frame.geometry.to_numpy()).any()
    bad = [(finding.row, finding.word) for finding in lines.findings if finding.level == "bad_row"]
    assert bad == [(2, "finding.shape_missing"), (3, "finding.shape_kind")]


def test_parquet_without_shapes_without_a_crs_or_cut_short_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    layer().drop(columns="geometry").to_parquet(path)
    with pytest.raises(InputError, match=r"a\.parquet"):
        read_lines(path)
    layer().set_crs(None, allow_override=True).to_parquet(path)
    with pytest.raises(InputError, match="coordinate reference system"):
        read_lines(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match="damaged"):
        read_lines(path)


def test_lines_of_several_parts_and_with_heights(tmp_path):
    parts = [[(114.0, 28.0, 55.0), (114.001, 28.0, 60.0)], [(114.5, 28.0, 1.0), (114.501, 28.0, 2.0)]]
    one = shapely.MultiLineString(parts)
    gpd.GeoDataFrame({"路名": ["正街"]}, geometry=[one], crs=4326).to_file(tmp_path / "a.gpkg")
    lines = read_lines(tmp_path / "a.gpkg")
    assert lines.frame["name"].tolist() == ["正街", "正街"]
    assert not shapely.has_z(lines.frame.geometry.to_numpy()).any()


def test_a_layer_is_chosen_by_name(tmp_path):
    path = tmp_path / "a.gpkg"
    layer().to_file(path, layer="新")
    layer(COURSES[:1], {"路名": ["旧街"]}).to_file(path, layer="旧")
    assert read_lines(path, layer="旧").frame["name"].tolist() == ["旧街"]
    with pytest.raises(InputError, match="新"):
        read_lines(path, layer="没有")


def test_columns_with_unusual_names_are_named(tmp_path):
    path = tmp_path / "a.gpkg"
    layer(table={"DJ_2019": ["国道", "村道"], "QS": ["是", "否"]}).to_file(path)
    lines = read_lines(path, fields={"grade": "DJ_2019", "bridge": "QS"})
    assert lines.frame["grade"].tolist() == ["国道", "村道"]
    assert lines.frame["bridge"].tolist() == ["是", "否"]
    with pytest.raises(InputError, match="DJ_2020"):
        read_lines(path, fields={"grade": "DJ_2020"})
    with pytest.raises(InputError, match="oneway"):
        read_lines(path, fields={"speed": "QS"})


def test_shapes_that_are_no_lines_are_listed(tmp_path):
    shapes = [shapely.LineString(COURSES[0]), shapely.Point(114, 28), None, shapely.LineString()]
    content = json.loads(gpd.GeoDataFrame({"路名": list("甲乙丙丁")}, geometry=shapes, crs=4326).to_json())
    metres = {"type": "LineString", "coordinates": [[500000, 1], [0, 1]]}
    content["features"].append({"type": "Feature", "properties": {}, "geometry": metres})
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(content), encoding="utf-8")
    lines = read_lines(path)
    assert lines.frame["name"].tolist() == ["甲"]
    bad = [(finding.row, finding.word) for finding in lines.findings if finding.level == "bad_row"]
    assert bad == [
        (2, "finding.shape_kind"),
        (3, "finding.shape_missing"),
        (4, "finding.shape_missing"),
        (5, "finding.coordinate_range"),
    ]


def test_of_many_bad_shapes_fifty_are_listed(tmp_path):
    shapes = [*[shapely.Point(114, 28)] * 59, shapely.LineString(COURSES[0])]
    gpd.GeoDataFrame({"路名": ["甲"] * 60}, geometry=shapes, crs=4326).to_file(tmp_path / "a.gpkg")
    findings = read_lines(tmp_path / "a.gpkg").findings
    assert sum(finding.word == "finding.shape_kind" for finding in findings) == 50
    assert [finding.facts["count"] for finding in findings if finding.word == "finding.lines_bad_more"] == [9]


def test_a_shapefile_without_its_table_is_refused(tmp_path):
    layer(table=SHORT_TABLE).to_file(tmp_path / "a.shp", encoding="UTF-8")
    (tmp_path / "a.dbf").unlink()
    with pytest.raises(MissingInputError, match=r"\.dbf"):
        read_lines(tmp_path / "a.shp")


def test_a_layer_without_a_crs_is_refused(tmp_path):
    layer(table=SHORT_TABLE).to_file(tmp_path / "a.shp", encoding="UTF-8")
    (tmp_path / "a.prj").unlink()
    with pytest.raises(InputError, match=r"a\.shp"):
        read_lines(tmp_path / "a.shp")


def test_what_is_no_layer_of_lines_is_refused(tmp_path):
    (tmp_path / "a.gdb").mkdir()
    for path, error in ((tmp_path / "a.gdb", InputError), (tmp_path / "no.shp", MissingInputError)):
        with pytest.raises(error):
            read_lines(path)
    table = tmp_path / "roads.gpkg"
    table.write_text("name,lon,lat\n", encoding="utf-8")
    with pytest.raises(InputError, match="gpkg"):
        read_lines(table)


def test_a_shapefile_cut_short_is_refused_or_said(tmp_path):
    layer(table=SHORT_TABLE).to_file(tmp_path / "a.shp", encoding="UTF-8")
    whole = (tmp_path / "a.shp").read_bytes()
    (tmp_path / "a.shp").write_bytes(whole[:120])
    with pytest.raises(InputError, match=r"a\.shp"):
        read_lines(tmp_path / "a.shp")


def test_the_roads_of_a_project_are_lines_or_osm_by_their_content(tmp_path):
    layer().to_file(tmp_path / "a.gpkg")
    streets, findings = read_roads(tmp_path / "a.gpkg", RoadSettings(tolerance_m=0.5), cache=None)
    assert_the_two_streets(streets)
    assert [finding.word for finding in findings] == ["finding.columns_ignored"]
    assert role_of(tmp_path / "a.gpkg") == "roads"


def test_sites_and_regions_of_geoparquet(tmp_path):
    box = shapely.box(114, 28, 115, 29)
    gpd.GeoDataFrame({"名称": ["县就业之家"]}, geometry=[box.centroid], crs=4490).to_parquet(tmp_path / "sites.parquet")
    gpd.GeoDataFrame({"名称": ["甲县"]}, geometry=[box], crs=4326).to_parquet(tmp_path / "regions.parquet")
    np.testing.assert_allclose(read_sites(tmp_path / "sites.parquet").xy, [[114.5, 28.5]], atol=1e-6)
    assert read_regions(tmp_path / "regions.parquet").frame["name"].tolist() == ["甲县"]
