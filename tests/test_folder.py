"""A folder of files, each taken for what its content says."""

import shutil
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from catchment.errors import SettingsError
from catchment.inputs.folder import recognise, role_of

DEMO = Path(__file__).parents[1] / "data" / "demo"


@pytest.fixture
def folder(tmp_path):
    """The demo's inputs under names that say nothing."""
    names = ("台账.bin", "路", "人口", "界")
    for source, name in zip(
        ("sites.xlsx", "streets.osm.pbf", "population.tif", "townships.geojson"), names, strict=True
    ):
        shutil.copy(DEMO / source, tmp_path / name)
    return tmp_path


def test_every_file_is_taken_for_what_it_is(folder):
    (folder / "readme.txt").write_text("notes of the office\n", encoding="utf-8")
    (folder / "~$台账.bin").write_bytes(b"locked")
    reading = recognise(folder)
    assert {role: path.name for role, path in reading.files.items()} == {
        "population": "人口",
        "roads": "路",
        "sites": "台账.bin",
        "regions": "界",
    }
    assert [path.name for path in reading.unused] == ["readme.txt"]


def test_outlines_that_name_settings_are_urban_areas(tmp_path):
    frame = gpd.GeoDataFrame(
        {"类型": ["城区", "镇区"]}, geometry=[shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)], crs=4326
    )
    frame.to_file(tmp_path / "a.geojson", driver="GeoJSON")
    assert role_of(tmp_path / "a.geojson") == "urban"


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("name,lon,lat", "sites"),
        ("name,lon,lat,population", "population"),
        ("name,type,lon,lat,population", "sites"),
        ("lon,lat,人口", "population"),
        ("区划代码,区县,常住人口", "census"),
        ("县区,市级,县级,合计", None),
        ("名称,类型,lon,lat,产权,原荣誉,单体建筑", "premises"),
        ("名称,类型,状态,lon,lat,产权,原荣誉,单体建筑", "sites"),
        ("a,b,c", None),
    ],
)
def test_a_table_is_told_by_its_columns(tmp_path, header, role):
    row = ",".join({"lon": "114.4", "lat": "27.8"}.get(name, "5") for name in header.split(","))
    (tmp_path / "t.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    assert role_of(tmp_path / "t.csv") == role


def test_two_files_of_one_use_are_refused_by_name(folder):
    shutil.copy(DEMO / "sites.xlsx", folder / "second")
    with pytest.raises(SettingsError, match=r"second.*--sites"):
        recognise(folder)


def test_a_missing_file_names_its_flag(folder):
    (folder / "路").unlink()
    with pytest.raises(SettingsError, match="--roads"):
        recognise(folder)
