"""Regions, urban areas and the outline of the road data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from shapely.geometry import Point, box

from catchment.errors import InputError, MissingInputError
from catchment.files import open_input
from catchment.inputs.regions import read_outline, read_regions
from catchment.inputs.urban import read_urban

if TYPE_CHECKING:
    from pathlib import Path

BOW_TIE = [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]


def square(x: float, y: float, size: float = 1) -> dict[str, object]:
    return shapely.geometry.mapping(box(x, y, x + size, y + size))


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def geojson(folder: Path, *features: dict[str, object], encoding: str = "utf-8") -> Path:
    path = folder / "区划.geojson"
    content = {"type": "FeatureCollection", "features": list(features)}
    path.write_bytes(json.dumps(content, ensure_ascii=False).encode(encoding))
    return path


def test_regions_come_in_the_order_of_their_ids_with_wgs84_polygons(tmp_path):
    path = geojson(
        tmp_path,
        feature(square(5, 5), adcode=360922, name="万载县", parent={"adcode": 360900}),
        feature(square(0, 0), adcode=360902, name="袁州区", parent={"adcode": 360900}),
    )
    regions = read_regions(path)
    assert list(regions.frame.columns) == ["region_id", "name", "parent", "geometry"]
    assert regions.frame.crs.to_epsg() == 4326
    assert regions.frame.iloc[:, :3].to_numpy().tolist() == [
        ["360902", "袁州区", "360900"],
        ["360922", "万载县", "360900"],
    ]
    assert regions.frame.geometry[0].equals(box(0, 0, 1, 1))
    assert regions.findings == ()


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"名称": "甲镇"}, ["甲镇", "甲镇", ""]),
        ({"代码": "360902001"}, ["360902001", "360902001", ""]),
        ({"XZQDM": "1", "XZQMC": "甲镇", "县区": "袁州区"}, ["1", "甲镇", "袁州区"]),
        ({"县区": "袁州区"}, ["袁州区", "袁州区", ""]),
        ({"township_code": 7, "name": "甲镇", "county": "袁州区", "电话": "1"}, ["7", "甲镇", "袁州区"]),
    ],
)
def test_columns_are_found_by_their_synonyms(tmp_path, properties, expected):
    frame = read_regions(geojson(tmp_path, feature(square(0, 0), **properties))).frame
    assert frame.iloc[0, :3].tolist() == expected


def test_namibia_is_a_region(tmp_path):
    assert read_regions(geojson(tmp_path, feature(square(0, 0), code="NA", name="x"))).frame["region_id"].tolist() == [
        "NA"
    ]


def test_two_regions_with_one_id_are_refused_by_name(tmp_path):
    path = geojson(tmp_path, *(feature(square(n, 0), code=code, name="x") for n, code in enumerate("ABA")))
    with pytest.raises(InputError) as raised:
        read_regions(path)
    assert raised.value.facts["ids"] == "A"


def test_an_invalid_polygon_is_repaired_and_named(tmp_path):
    path = geojson(
        tmp_path, feature({"type": "Polygon", "coordinates": BOW_TIE}, name="蝴蝶"), feature(square(5, 5), name="b")
    )
    regions = read_regions(path)
    assert regions.frame.is_valid.all()
    # Two triangles of base 2 and height 1.
    assert regions.frame.set_index("name").geometry["蝴蝶"].area == pytest.approx(2)
    (finding,) = regions.findings
    assert (finding.word, finding.level, finding.facts["names"]) == ("finding.polygons_repaired", "warning", "蝴蝶")


def test_what_is_no_polygon_is_listed_and_costs_no_other(tmp_path):
    path = geojson(
        tmp_path,
        feature(square(0, 0), name="a"),
        feature({"type": "Point", "coordinates": [0, 0]}, name="b"),
        feature(None, name="c"),
        feature({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, name="d"),
        feature({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]}, name="line"),
        feature(square(500000, 3000000, 10), name="metres"),
        feature({"type": "Polygon", "coordinates": [[[0, 0], [1, float("nan")], [2, 2], [0, 0]]]}, name="e"),
    )
    regions = read_regions(path)
    assert regions.frame["name"].tolist() == ["a"]
    assert {finding.row: finding.word for finding in regions.findings if finding.level == "bad_row"} == {
        2: "finding.shape_kind",
        3: "finding.shape_missing",
        4: "finding.shape_broken",
        5: "finding.shape_broken",
        6: "finding.coordinate_range",
        7: "finding.shape_broken",
    }


def test_a_file_with_no_polygon_or_no_name_is_refused(tmp_path):
    with pytest.raises(InputError):
        read_regions(geojson(tmp_path))
    with pytest.raises(InputError, match="none of its 1 rows"):
        read_regions(geojson(tmp_path, feature({"type": "Point", "coordinates": [0, 0]}, name="b")))
    with pytest.raises(InputError, match="name"):
        read_regions(geojson(tmp_path, feature(square(0, 0), colour="red")))


def test_a_geopackage_in_metres_becomes_degrees_and_one_without_crs_is_refused(tmp_path):
    path = tmp_path / "r.gpkg"
    frame = gpd.GeoDataFrame({"code": ["1"], "名称": ["甲"]}, geometry=[box(114, 27, 115, 28)], crs=4326)
    frame.to_crs(4547).to_file(path, driver="GPKG")
    assert read_regions(path).frame.geometry[0].equals_exact(box(114, 27, 115, 28), 1e-8, normalize=True)
    bare = tmp_path / "bare.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=[box(0, 0, 1, 1)]).to_file(bare, driver="GPKG")
    with pytest.raises(InputError, match="no coordinate reference system"):
        read_regions(bare)


def shapefile(folder: Path, encoding: str, *, stated: bool) -> Path:
    """Two squares of a projected layer with Chinese fields and values."""
    path = folder / "行政 区划.shp"
    frame = gpd.GeoDataFrame(
        {"代码": ["2", "1"], "名称": ["万载县", "袁州区"]},
        geometry=[box(115, 27, 116, 28), box(114, 27, 115, 28)],
        crs=4326,
    )
    frame.to_crs(4547).to_file(path, encoding=encoding)
    if not stated:
        path.with_suffix(".cpg").unlink()
    return path


@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
def test_a_shapefile_is_read_in_the_encoding_it_states_or_has(tmp_path, encoding, stated):
    regions = read_regions(shapefile(tmp_path, encoding, stated=stated))
    assert regions.frame[["region_id", "name"]].to_numpy().tolist() == [["1", "袁州区"], ["2", "万载县"]]
    assert regions.frame.geometry[0].equals_exact(box(114, 27, 115, 28), 1e-8, normalize=True)
    assert [finding.word for finding in regions.findings] == ["finding.encoding_gb18030"] * (encoding == "GBK")


def test_a_shapefile_without_its_table_or_its_crs_is_refused_by_name(tmp_path):
    path = shapefile(tmp_path, "GBK", stated=False)
    path.with_suffix(".prj").unlink()
    with pytest.raises(InputError, match="no coordinate reference system"):
        read_regions(path)
    path.with_suffix(".dbf").unlink()
    with pytest.raises(MissingInputError, match=r"行政 区划.*\.dbf"):
        read_regions(path)


def test_the_checksum_of_a_shapefile_changes_with_its_table(tmp_path):
    path = shapefile(tmp_path, "GBK", stated=False)
    before = open_input(path, "shp").sha256()
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace("万".encode("gbk"), "千".encode("gbk")))
    assert open_input(path, "shp").sha256() != before


def test_what_looks_like_a_shapefile_but_is_cut_off_is_an_input_error(tmp_path):
    path = shapefile(tmp_path, "GBK", stated=False)
    for ending in (".shp", ".shx", ".dbf"):
        part = path.with_suffix(ending)
        whole = part.read_bytes()
        part.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(InputError):
            read_regions(path)
        part.write_bytes(whole)


def test_of_several_layers_those_of_polygons_are_read(tmp_path):
    path = tmp_path / "r.gpkg"
    gpd.GeoDataFrame({"name": ["x"]}, geometry=[Point(0, 0)], crs=4326).to_file(path, layer="点", driver="GPKG")
    gpd.GeoDataFrame({"name": ["甲"]}, geometry=[box(0, 0, 1, 1)], crs=4326).to_file(path, layer="面", driver="GPKG")
    regions = read_regions(path)
    assert regions.frame["name"].tolist() == ["甲"]
    assert regions.findings == ()


def test_a_column_says_city_or_town_and_without_it_all_is_city(tmp_path):
    words = ["城区", "town", "112", "121", "农村", "??"]
    path = geojson(tmp_path, *(feature(square(n, 0), 城乡分类=word) for n, word in enumerate(words)))
    urban = read_urban(path)
    assert urban.frame["setting"].tolist() == ["city", "town", "city", "town"]
    assert [(finding.level, finding.row) for finding in urban.findings] == [("note", 5), ("bad_row", 6)]
    bare = read_urban(geojson(tmp_path, feature(square(0, 0)), feature(square(1, 0))))
    assert list(bare.frame.columns) == ["setting", "geometry"]
    assert bare.frame["setting"].tolist() == ["city", "city"]


def test_class_codes_become_settings_and_an_unknown_one_is_none(tmp_path):
    codes = [111, "112", "121", "122", "123", "210", "220", None, "999"]
    path = geojson(tmp_path, *(feature(square(n, 0), 代码=str(n), 城乡分类代码=code) for n, code in enumerate(codes)))
    regions = read_regions(path)
    settings = ["city", "city", "town", "town", "town", "rural", "rural", "", ""]
    assert regions.frame["settlement"].tolist() == settings
    (finding,) = regions.findings
    assert (finding.word, finding.level, finding.row) == ("finding.class_code_unknown", "warning", 9)


def test_urban_areas_that_are_all_rural_or_unknown_are_refused(tmp_path):
    for word in ("农村", "??"):
        with pytest.raises(InputError):
            read_urban(geojson(tmp_path, feature(square(0, 0), setting=word)))


def test_the_outline_is_the_union_and_a_bad_polygon_spoils_it(tmp_path):
    outline = read_outline(geojson(tmp_path, feature(square(0, 0)), feature(square(1, 0))))
    assert outline.equals(box(0, 0, 2, 1))
    with pytest.raises(InputError, match="outline"):
        read_outline(geojson(tmp_path, feature(square(0, 0)), feature(None)))


def test_the_counties_of_yichun_are_read_in_both_encodings(shared_data):
    folder = shared_data / "yichun"
    plain, wild = (read_regions(folder / name) for name in ("counties_gcj02.geojson", "counties_gcj02_gbk.json"))
    assert plain.frame.equals(wild.frame)
    assert [finding.word for finding in wild.findings] == [
        "finding.encoding_gb18030",
        *(f.word for f in plain.findings),
    ]


def test_the_invalid_county_of_yichun_is_repaired_without_loss_of_area(shared_data):
    path = shared_data / "yichun" / "counties_wgs84.geojson"
    regions = read_regions(path)
    received = json.loads(path.read_text(encoding="utf-8"))["features"]
    assert len(regions) == 10
    assert regions.frame.is_valid.all()
    assert regions.frame["region_id"].tolist() == sorted(str(one["properties"]["adcode"]) for one in received)
    assert set(regions.frame["parent"]) == {"360900"}
    repaired = next(finding for finding in regions.findings if finding.word == "finding.polygons_repaired")
    assert repaired.facts["names"] == "万载县"
    # Published: 1,714 km² in the yearbook of 2006; 1,712.0 measured from this outline.
    area_km2 = regions.frame.set_index("name").geometry.to_crs("EPSG:6933").area["万载县"] / 1e6
    assert area_km2 == pytest.approx(1712.0, abs=0.5)
