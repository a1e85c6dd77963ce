"""Population: the persons of a grid or table, no more, no fewer, and where they live."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely.geometry import Point

from catchment.errors import InputError
from catchment.inputs import grids
from catchment.inputs.population import read_population

if TYPE_CHECKING:
    from pathlib import Path


def grid(
    folder: Path, values: np.ndarray, *, crs="EPSG:4326", west=114.0, north=28.0, cell=0.01, **more: object
) -> Path:
    path = folder / "人口 pop.tif"
    options = {"driver": "GTiff", "count": 1, "dtype": values.dtype, "crs": crs, "nodata": -99999, **more}
    height, width = values.shape
    with rasterio.open(
        path, "w", height=height, width=width, transform=rasterio.Affine(cell, 0, west, 0, -cell, north), **options
    ) as target:
        target.write(values, 1)
    return path


def test_populated_cells_stand_at_their_centres(tmp_path):
    values = np.array([[1.5, -99999, 0], [np.nan, 2.5, 3]], np.float32)
    people = read_population(grid(tmp_path, values))
    assert people.persons.tolist() == [1.5, 2.5, 3]
    assert (people.point_id.tolist(), people.grid_width) == ([0, 4, 5], 3)
    assert people.xy.round(9).tolist() == [[114.005, 27.995], [114.015, 27.985], [114.025, 27.985]]
    assert people.cell_degrees == pytest.approx((0.01, 0.01))
    assert people.findings == ()
    assert people.point_id.dtype == np.int64


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=arrays(np.float32, (7, 5), elements=st.floats(0, 1000, width=32)),
    box=st.tuples(*[st.floats(-0.02, 0.09)] * 4),
)
def test_bounds_take_exactly_the_cells_whose_centre_is_inside(tmp_path, values, box):
    path = grid(tmp_path, values)
    west, east = sorted(114 + side for side in box[:2])
    south, north = sorted(28 - side for side in box[2:])
    row, column = np.divmod(np.arange(35), 5)
    lon, lat = 114.005 + column * 0.01, 27.995 - row * 0.01
    inside = (lon > west) & (lon < east) & (lat > south) & (lat < north) & (values.ravel() > 0)
    try:
        found = read_population(path, bounds=(west, south, east, north)).point_id.tolist()
    except InputError:
        found = []
    assert found == np.flatnonzero(inside).tolist()


def test_windows_of_any_size_give_the_same_people(tmp_path, monkeypatch):
    values = np.random.default_rng(7).integers(0, 9, (100, 40)).astype(np.float32)
    path = grid(tmp_path, values, blockysize=16)
    whole = read_population(path)
    assert whole.persons.sum() == values.sum()
    for cells in (1, 40, 700, 3000):
        monkeypatch.setattr(grids, "_CELLS_AT_ONCE", cells)
        cut = read_population(path)
        assert np.array_equal(cut.persons, whole.persons)
        assert np.array_equal(cut.point_id, whole.point_id)
        assert np.array_equal(cut.xy, whole.xy)


def test_a_projected_grid_keeps_its_cells_and_total(tmp_path):
    # On the central meridian of EPSG:4547 (114° E) x is 500,000 m.
    values = np.array([[1, 2], [3, 4]], np.int16)
    path = grid(tmp_path, values, crs="EPSG:4547", west=499_000, north=3_100_000, cell=1000, nodata=-1)
    people = read_population(path)
    assert people.persons.sum() == 10
    assert people.xy[:, 0].mean() == pytest.approx(114, abs=1e-9)
    # A kilometre is 1/110.8 of a degree of latitude at 28° N and 1/98.4 of one of longitude.
    assert people.cell_degrees == pytest.approx((1 / 98.36, 1 / 110.83), rel=2e-3)
    west = read_population(path, bounds=(113.9, 27, 114, 29))
    assert west.point_id.tolist() == [0, 2]


def test_the_mollweide_grid_of_ghs_pop_can_be_cut_by_bounds(tmp_path):
    values = np.ones((4, 4), np.float32)
    path = grid(tmp_path, values, crs="ESRI:54009", west=10_000_000, north=3_400_000, cell=1000, nodata=-200)
    people = read_population(path)
    west, south, east, north = *people.xy.min(axis=0) - 1e-9, *people.xy.max(axis=0) + 1e-9
    assert len(read_population(path, bounds=(west, south, east, north)).persons) == 16


@pytest.mark.parametrize(
    ("value", "shown"),
    [(-5.0, "-5 (2, 3)"), (np.inf, "inf (2, 3)"), (-np.inf, "-inf (2, 3)"), (3.4e38, "3.4e+38 (2, 3)")],
)
def test_cells_that_cannot_be_people_are_refused_with_an_example(tmp_path, value, shown):
    values = np.ones((3, 4), np.float32)
    values[1, 2] = values[2, 0] = value
    with pytest.raises(InputError) as raised:
        read_population(grid(tmp_path, values))
    assert (raised.value.facts["count"], raised.value.facts["example"]) == (2, shown)


def test_scale_and_offset_of_a_band_are_applied(tmp_path):
    path = grid(tmp_path, np.array([[10, 20]], np.int16), nodata=-1)
    with rasterio.open(path, "r+") as target:
        target.scales, target.offsets = (0.5,), (1.0,)
    assert read_population(path).persons.tolist() == [6, 11]


def test_a_grid_without_people_without_crs_or_elsewhere_is_refused(tmp_path):
    ones = np.ones((2, 2), np.float32)
    with pytest.raises(InputError, match="nobody"):
        read_population(grid(tmp_path, np.zeros((2, 2), np.float32)))
    with pytest.raises(InputError, match="nobody"):
        read_population(grid(tmp_path, np.full((2, 2), -99999, np.float32)))
    with pytest.raises(InputError, match="no coordinate reference system"):
        read_population(grid(tmp_path, ones, crs=None))
    with pytest.raises(InputError) as raised:
        read_population(grid(tmp_path, ones), bounds=(10, 10, 11, 11))
    assert "114.0000–114.0200, 27.9800–28.0000" in raised.value.text("en")
    assert "10.0000–11.0000, 10.0000–11.0000" in raised.value.text("en")


def test_pictures_and_densities_are_warned_of(tmp_path):
    path = grid(tmp_path, np.ones((2, 2), np.uint8), count=3, nodata=None)
    with rasterio.open(path, "r+") as target:
        target.set_band_description(1, "Population density")
    with pytest.raises(InputError, match="--population-unit"):
        read_population(path)
    assert [finding.word for finding in read_population(path, unit="count").findings] == [
        "finding.grid_bands",
        "finding.grid_density",
    ]


def test_a_truncated_grid_is_an_input_error(tmp_path):
    path = grid(tmp_path, np.random.default_rng(1).random((200, 200)).astype(np.float32))
    whole = path.read_bytes()
    for length in (8, 100, 600, len(whole) // 2):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError):
            read_population(path)


def test_a_grid_that_claims_more_cells_than_any_country_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.tif"
    options = {"driver": "GTiff", "count": 1, "dtype": "uint8", "crs": "EPSG:4326", "SPARSE_OK": True, "BIGTIFF": "YES"}
    side = 200_000
    with rasterio.open(
        path,
        "w",
        height=side,
        width=side,
        transform=rasterio.Affine(1e-4, 0, 0, 0, -1e-4, 80),
        blockysize=4096,
        **options,
    ):
        pass
    with pytest.raises(InputError, match="too many cells"):
        read_population(path)


def test_a_large_grid_is_read_in_little_memory(tmp_path):
    values = np.zeros((4000, 4000), np.float32)
    values[::100, ::100] = 1
    path = grid(tmp_path, values, cell=0.0001, compress="deflate")
    del values
    tracemalloc.start()
    people = read_population(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert people.persons.sum() == 1600
    assert peak < 150_000_000


def test_a_table_of_villages_is_read_with_its_bad_rows_listed(tmp_path):
    path = tmp_path / "villages.csv"
    path.write_text(
        '村名,经度,纬度,户籍人口,常住人口\n甲,114.1,27.1,9,"1,234"\n乙,114.2,27.2,9,０\n丙,114.3,27.3,9,\n丁,114.4,27.4,9,-3\n'
        "戊,,27.5,9,5\n己,114.6,27.6,9,多\n庚,114.7,27.7,9,2.5\n合计,,,63,1241.5\n",
        encoding="gb18030",
    )
    people = read_population(path)
    assert people.persons.tolist() == [1234, 2.5]
    assert people.point_id.tolist() == [2, 8]
    assert people.xy.tolist() == [[114.1, 27.1], [114.7, 27.7]]
    assert people.cell_degrees is None
    assert {finding.row: finding.word for finding in people.findings if finding.row} == {
        4: "finding.persons_missing",
        5: "finding.persons_bad",
        6: "finding.coordinate_missing",
        7: "finding.persons_bad",
        9: "finding.row_total",
    }


def test_registered_people_are_never_taken_silently(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text("经度,纬度,户籍人口\n114,27,5\n", encoding="utf-8")
    assert [finding.word for finding in read_population(path).findings] == ["finding.persons_registered"]


def test_points_of_a_geopackage_in_metres_and_bounds(tmp_path):
    path = tmp_path / "p.gpkg"
    points = gpd.GeoDataFrame({"population": [5, 7]}, geometry=[Point(114, 27), Point(115, 28)], crs=4326).to_crs(3857)
    points.to_file(path, driver="GPKG")
    assert read_population(path).persons.tolist() == [5, 7]
    assert read_population(path, bounds=(113, 26, 114.5, 29)).persons.tolist() == [5]
    with pytest.raises(InputError, match="lies elsewhere"):
        read_population(path, bounds=(0, 0, 1, 1))


def test_a_table_with_nobody_or_without_persons_is_refused(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text("lon,lat,pop\n1,2,0\n", encoding="utf-8")
    with pytest.raises(InputError, match="nobody"):
        read_population(path)
    path.write_text("lon,lat\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="常住人口"):
        read_population(path)


def test_the_people_of_the_comoros_add_up_to_the_published_total(shared_data):
    people = read_population(shared_data / "comoros" / "population_worldpop_2020.tif")
    assert len(people.persons) == 203_208
    assert round(people.persons.sum()) == 869_595
    assert people.cell_degrees == pytest.approx((1 / 1200, 1 / 1200), rel=1e-6)
    part = read_population(shared_data / "comoros" / "population_worldpop_2020.tif", bounds=(43.2, -11.95, 43.6, -11.3))
    lon, lat = people.xy.T
    inside = (lon >= 43.2) & (lon <= 43.6) & (lat >= -11.95) & (lat <= -11.3)
    assert np.array_equal(part.point_id, people.point_id[inside])
    assert np.array_equal(part.xy, people.xy[inside])
