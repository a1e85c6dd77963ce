"""What a population source holds: persons or densities, cells of any plane, areas to be spread, people at a border."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from catchment.config import settings_of
from catchment.demand.border import cut_cells
from catchment.demand.spread import LEAST_FLOOR_M2, spread_people
from catchment.errors import InputError, SettingsError
from catchment.geo.planes import ground_per_unit
from catchment.inputs.population import read_people, read_population
from catchment.model import Buildings, Census, PeopleAreas, Population, Regions
from catchment.pipeline.population import people_of_project
from catchment.rounding import largest_remainder, shared_out

CELL = 3 / 3600
HA = 0.7555  # of a cell of three seconds at 28.2 degrees


def grid(
    folder: Path, values, *, name="pop.tif", crs="EPSG:4326", west=114.0, north=28.2, cell=CELL, units=None
) -> Path:
    path = folder / name
    values = np.asarray(values, np.float32)
    options = {"driver": "GTiff", "count": 1, "dtype": "float32", "crs": crs, "nodata": -99999}
    place = rasterio.Affine(cell, 0, west, 0, -cell, north)
    with rasterio.open(path, "w", height=values.shape[0], width=values.shape[1], transform=place, **options) as target:
        target.write(values, 1)
        if units:
            target.set_band_unit(1, units)
    return path


def words(findings):
    return [finding.word.removeprefix("finding.") for finding in findings]


def project(folder: Path, source: Path, people: int | None = None, **tables):
    """A region around ten by ten cells, its census, and the settings; the roads are no file of OSM."""
    frame = {"region_id": ["甲"], "name": ["甲"], "parent": [""]}
    box = shapely.box(114, 28.2 - 10 * CELL, 114 + 10 * CELL, 28.2)
    regions = Regions(gpd.GeoDataFrame(frame, geometry=[box], crs=4326))
    counts = {"people": [people or 0], "urban": [-1], "rural": [-1], "city": [-1]}
    census = None if people is None else Census(pd.DataFrame({"unit_id": ["甲"], "name": ["甲"], **counts}))
    roads = folder / "roads.geojson"
    roads.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    files = {"sites": "s", "roads": str(roads), "population": str(source), "regions": "r.geojson"}
    inputs = files | tables.pop("inputs", {})
    settings = settings_of({"inputs": inputs, **tables}, file="", folder=Path())
    return people_of_project(settings, regions, census)


# --- counts and densities ----------------------------------------------------------------------------------------


def test_persons_per_cell_stay_as_they_are(tmp_path):
    population, findings = project(tmp_path, grid(tmp_path, np.full((10, 10), 2.0)), 210)
    assert population.persons.sum() == 200
    assert words([*population.findings, *findings]) == ["people_at_border"]


@pytest.mark.parametrize("name", ["ASPECT_total.tif", "pop.tif"])
def test_a_density_per_hectare_with_a_label_or_a_name_is_multiplied_by_its_ground(tmp_path, name):
    units = "persons/ha" if name == "pop.tif" else None
    path = grid(tmp_path, np.full((10, 10), 10.0), name=name, units=units)
    for people in (755, 900, None):
        population, _ = project(tmp_path, path, people)
        assert population.persons.sum() == pytest.approx(1000 * HA, rel=1e-3)
        assert words(population.findings) == ["population_per_ha"]
        assert population.findings[0].facts["sum"] == "1,000"
    assert read_population(path).persons.sum() == pytest.approx(1000 * HA, rel=1e-3)


def test_a_density_per_km2_is_told_by_its_sum_alone(tmp_path):
    path = grid(tmp_path, np.full((10, 10), 1000.0))
    population, _ = project(tmp_path, path, 755)
    assert population.persons.sum() == pytest.approx(755.5, rel=1e-3)
    assert words(population.findings) == ["population_per_km2"]


def test_where_a_third_more_people_could_be_a_density_or_another_count_the_planner_is_asked(tmp_path):
    path = grid(tmp_path, np.full((10, 10), 10.0))
    with pytest.raises(InputError, match="--population-unit") as raised:
        project(tmp_path, path, 756)
    assert raised.value.facts["per_ha"] == "756"
    assert raised.value.facts["census"] == "756"
    assert project(tmp_path, path, 755, population={"kind": "count"})[0].persons.sum() == 1000
    assert project(tmp_path, path, 755, population={"kind": "per_ha"})[0].persons.sum() == pytest.approx(
        755.5, rel=1e-3
    )
    assert project(tmp_path, path, 755, census={"weights_only": True})[0].persons.sum() == 1000


def test_a_label_that_the_total_belies_is_asked_about(tmp_path):
    with pytest.raises(InputError, match="--population-unit"):
        project(tmp_path, grid(tmp_path, np.full((10, 10), 10.0), units="persons per km2"), 1000)
    with pytest.raises(InputError, match="--population-unit"):
        read_population(grid(tmp_path, np.full((10, 10), 10.0), units="Population density"))


def test_a_total_that_is_no_density_either_stays_a_count(tmp_path):
    population, _ = project(tmp_path, grid(tmp_path, np.full((10, 10), 10.0)), 600)
    assert population.persons.sum() == 1000


def test_a_table_is_no_density(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text("lon,lat,pop\n114.001,28.199,5\n", encoding="utf-8")
    assert project(tmp_path, path, 500)[0].persons.tolist() == [5]
    with pytest.raises(InputError, match="no grid"):
        project(tmp_path, path, 500, population={"kind": "per_ha"})
    with pytest.raises(SettingsError, match=r"population\.kind"):
        project(tmp_path, path, 500, population={"kind": "per_acre"})


# --- planes ------------------------------------------------------------------------------------------------------


def called_epsg_54009(path: Path) -> Path:
    """The same file with the name of its plane alone, as programs write that know no code for it."""
    content = path.read_bytes()
    end = content.index(b"ESRI PE String")
    stop = content.index(b"|", content.index(b'UNIT["Meter"', end))
    content = content[:end] + b" " * (stop - end) + content[stop:]
    path.write_bytes(content)
    return path


def test_mollweide_without_a_code_is_known_by_its_name(tmp_path):
    east, north = Transformer.from_crs(4326, "ESRI:54009", always_xy=True).transform(114.01, 28.2)
    place = {"crs": "ESRI:54009", "west": east, "north": north, "cell": 100.0}
    plain = read_population(grid(tmp_path, [[1, 2], [3, -99999]], name="a.tif", **place))
    path = called_epsg_54009(grid(tmp_path, [[1, 2], [3, -99999]], name="GHS_POP_54009_100.tif", **place))
    named = read_population(path)
    assert words(named.findings) == ["grid_mollweide"]
    assert named.persons.tolist() == plain.persons.tolist() == [1, 2, 3]
    assert named.xy == pytest.approx(plain.xy, abs=1e-9)
    part = read_population(path, bounds=(*(named.xy.min(axis=0) - 1e-6), *(named.xy.min(axis=0) + 1e-3)))
    assert len(part.persons) < 3


@pytest.mark.parametrize("crs", ["ESRI:54009", "EPSG:3857", "EPSG:4547", "EPSG:32650"])
def test_the_ground_of_a_projected_cell_is_that_of_its_geodesic_outline(crs):
    to_plane = Transformer.from_crs(4326, crs, always_xy=True)
    x, y = to_plane.transform(115.2, 28.4)
    corners = np.array([(x - 500, y - 500), (x + 500, y - 500), (x + 500, y + 500), (x - 500, y + 500)])
    lon, lat = to_plane.transform(*corners.T, direction="INVERSE")
    geodesic = abs(Geod(ellps="WGS84").polygon_area_perimeter(lon, lat)[0])
    assert ground_per_unit(crs, np.array([[115.2, 28.4]]))[0] * 1e6 == pytest.approx(geodesic, rel=1e-5)


def test_ground_told_between_the_places_of_a_lattice_is_that_of_each_place():
    xy = np.random.default_rng(1).uniform((113.8, 27.5), (116.2, 29.2), (5000, 2))
    assert ground_per_unit("EPSG:3857", xy) == pytest.approx(
        np.concatenate([ground_per_unit("EPSG:3857", part) for part in np.array_split(xy, 5)]), rel=1e-5
    )


# --- residents and registered people -----------------------------------------------------------------------------


def test_of_residents_and_registered_people_residents_are_taken_and_both_are_said(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text("经度,纬度,户籍人口,常住人口\n114,27,5,4\n114.1,27,7,\n114.2,27,6,2\n", encoding="utf-8")
    people = read_population(path)
    assert people.persons.tolist() == [4, 2]
    both, blank = sorted(people.findings, key=lambda finding: finding.level != "note")
    assert (both.word, both.facts["residents"], both.facts["registered"]) == ("finding.persons_both", 6, 18)
    # Never the registered people of one village among the residents of the others.
    assert (blank.word, blank.row) == ("finding.persons_missing", 3)


# --- areas -------------------------------------------------------------------------------------------------------


def areas(*rows) -> PeopleAreas:
    frame = {"name": [row[0] for row in rows], "persons": [float(row[1]) for row in rows]}
    return PeopleAreas(gpd.GeoDataFrame(frame, geometry=[row[2] for row in rows], crs=4326))


def buildings(*rows) -> Buildings:
    """Squares of so many metres at a place, of a kind and storeys."""
    half = [side / 2 / 111_320 for _, _, side, *_ in rows]
    shapes = [shapely.box(x - h, y - h, x + h, y + h) for (x, y, *_), h in zip(rows, half, strict=True)]
    columns = {"building_id": [str(n) for n in range(len(rows))], "kind": [row[3] for row in rows], "name": ""}
    columns |= {"levels": [float(row[4]) for row in rows], "amenity": "", "shop": "", "office": ""}
    return Buildings(gpd.GeoDataFrame(columns, geometry=shapes, crs=4326))


WEST_VILLAGE, EAST_VILLAGE = shapely.box(0, 0, 0.01, 0.01), shapely.box(0.01, 0, 0.02, 0.01)


def test_people_of_an_area_go_by_floor_of_its_homes():
    homes = buildings((0.002, 0.005, 10, "yes", 1), (0.004, 0.005, 10, "house", 3), (0.006, 0.005, 90, "school", 4))
    spread = spread_people(areas(("甲", 8, WEST_VILLAGE)), buildings=homes)
    assert spread.xy.round(6).tolist() == [[0.002, 0.005], [0.004, 0.005]]
    assert spread.persons.tolist() == [2, 6]
    assert spread.findings[-1].facts["people_buildings"] == "8"


def test_buildings_too_small_for_the_people_are_not_all_there_are():
    # 100 m² are room for ten people.
    home = buildings((0.002, 0.005, 10, "yes", np.nan))
    assert len(spread_people(areas(("甲", 99 / LEAST_FLOOR_M2, WEST_VILLAGE)), buildings=home).persons) == 1
    assert len(spread_people(areas(("甲", 102 / LEAST_FLOOR_M2, WEST_VILLAGE)), buildings=home).persons) > 100


def test_each_area_takes_the_first_that_it_has():
    homes = buildings((0.005, 0.005, 40, "yes", 1))
    cells = Population(
        np.array([[0.012, 0.004], [0.018, 0.004], [0.5, 0.5]]), np.array([1.0, 3.0, 9]), np.arange(3), None
    )
    tiny = shapely.box(0.0300001, 0, 0.0300002, 1e-7)
    people = areas(("甲", 5, WEST_VILLAGE), ("乙", 8, EAST_VILLAGE), ("丙", 1, tiny))
    spread = spread_people(people, buildings=homes, cells=cells, file="villages.gpkg")
    assert dict(zip(spread.xy[:, 0].round(4), spread.persons, strict=True)) == {0.005: 5, 0.012: 2, 0.018: 6, 0.03: 1}
    (how,) = spread.findings
    assert (how.facts["buildings"], how.facts["cells"], how.facts["evenly"]) == (1, 1, 1)


@given(
    st.lists(st.tuples(st.floats(0.01, 5000), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=6),
    st.randoms(),
)
def test_every_area_keeps_its_people_whatever_the_order_of_the_file(rows, random):
    shapes = [(f"{n}村", persons, shapely.box(x, y, x + 0.004, y + 0.003)) for n, (persons, x, y) in enumerate(rows)]
    spread = spread_people(areas(*shapes))
    units = spread.persons * 1024
    assert (units == np.floor(units)).all()
    assert units.sum() == largest_remainder(np.array([row[1] for row in shapes]) * 1024).sum()
    assert (np.diff(spread.point_id) > 0).all()
    # Areas in one place keep their order by people; others need none.
    if len({(x, y) for _, x, y in rows}) == len(rows):
        random.shuffle(shapes)
        again = spread_people(areas(*sorted(shapes, key=lambda row: row[0])))
        assert (again.xy.tolist(), again.persons.tolist()) == (spread.xy.tolist(), spread.persons.tolist())


def test_a_lattice_has_a_place_per_hectare():
    spread = spread_people(areas(("甲", 1000, shapely.box(114, 28, 114.1, 28.1))))
    # 9.83 km by 11.08 km.
    assert len(spread.persons) == pytest.approx(10_890, rel=0.02)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0.001, 10)), min_size=1, max_size=30), st.integers(0, 10**12))
def test_shares_add_up_to_the_total_of_their_group(members, total):
    group, weight = (np.array(column) for column in zip(*members, strict=True))
    held = np.bincount(group, minlength=4) > 0
    totals = np.where(held, total, 0)
    shared = shared_out(weight.astype(float), group.astype(np.int64), totals)
    assert np.bincount(group, shared, 4).astype(np.int64).tolist() == totals.tolist()
    assert (shared >= 0).all()


def hexagons(folder: Path, *, crs=3857, declared=None, people=(7, 0, 2.5)) -> Path:
    east, north = Transformer.from_crs(4326, crs, always_xy=True).transform(114.004, 28.196)
    turns = np.linspace(0, 2 * np.pi, 7)[:6]
    ring = np.column_stack([np.cos(turns), np.sin(turns)]) * 200
    shapes = [shapely.Polygon(ring + np.array([east + 350 * n, north])) for n in range(3)]
    path = folder / "kontur.gpkg"
    gpd.GeoDataFrame({"h3": ["a", "b", "c"], "population": people}, geometry=shapes, crs=declared or crs).to_file(path)
    return path


def test_hexagons_in_mercator_are_spread_where_they_lie(tmp_path):
    path = hexagons(tmp_path)
    found = read_people(path)
    assert isinstance(found, PeopleAreas)
    assert found.frame["persons"].tolist() == [7, 2.5]
    # The third lies beyond the region.
    population, findings = project(tmp_path, path)
    assert population.persons.sum() == 7
    assert words([*population.findings, *findings])[-1] == "people_spread"
    cells = grid(tmp_path, np.eye(10), name="cells.tif")
    finer, _ = project(tmp_path, path, inputs={"population_weights": str(cells)})
    assert finer.findings[-1].facts["cells"] >= 1
    assert finer.persons.sum() == 7
    with pytest.raises(InputError, match="spread_people"):
        read_population(path)


def test_hexagons_in_the_wrong_system_lie_elsewhere(tmp_path):
    with pytest.raises(InputError, match="degrees"):
        read_people(hexagons(tmp_path, declared=4326))
    with pytest.raises(InputError, match="lies elsewhere"):
        read_people(hexagons(tmp_path, crs=4326, declared=3857), bounds=(113, 27, 115, 29))


def test_odd_areas_are_named_and_cost_no_other(tmp_path):
    bow_tie = shapely.Polygon([(114, 28), (114.01, 28.01), (114.01, 28), (114, 28.01)])
    shapes = [shapely.box(114, 28, 114.01, 28.01), bow_tie, shapely.box(114.02, 28, 114.03, 28.01), None]
    columns = {"村名": ["甲", "乙", "丙", "丁"], "常住人口": ["12", "5", "约3", "8"]}
    path = tmp_path / "villages.geojson"
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4326).to_file(path)
    found = read_people(path)
    assert sorted(found.frame["persons"]) == [5, 12]
    assert set(words(found.findings)) == {"shape_missing", "polygons_repaired", "persons_bad"}
    spread = spread_people(found)
    assert words(spread.findings)[-2:] == ["people_areas_overlap", "people_spread"]
    assert spread.persons.sum() == 17
    nobody = tmp_path / "nobody.geojson"
    gpd.GeoDataFrame({"pop": [0]}, geometry=shapes[:1], crs=4326).to_file(nobody)
    with pytest.raises(InputError, match="nobody"):
        read_people(nobody)


def test_buildings_of_a_layer_may_be_what_people_are_spread_over(tmp_path):
    path = tmp_path / "houses.geojson"
    homes = [shapely.box(x, 28.1955, x + 3e-4, 28.1958) for x in (114.0035, 114.0042)]
    gpd.GeoDataFrame(geometry=homes, crs=4326).to_file(path)
    population, _ = project(tmp_path, hexagons(tmp_path, people=(7, 0, 0)), inputs={"population_weights": str(path)})
    assert population.persons.tolist() == [3.5, 3.5]


def test_weights_beside_a_grid_are_said_to_be_of_no_use(tmp_path):
    path = grid(tmp_path, np.ones((10, 10)))
    _, findings = project(tmp_path, path, 100, inputs={"population_weights": str(path)})
    assert words(findings)[0] == "population_weights_unused"


# --- the border --------------------------------------------------------------------------------------------------


def test_people_of_cells_that_the_border_cuts_are_counted_by_their_centres(tmp_path):
    # Columns of cells 0 to 9; the border runs through column 7, a fifth of a cell before its centre.
    values = np.ones((10, 10))
    path = grid(tmp_path, values)
    population = read_population(path)
    outline = shapely.box(113, 20, 114 + 7.3 * CELL, 30)
    cut = cut_cells(population, outline)
    assert np.flatnonzero(cut.reshape(10, 10).any(axis=0)).tolist() == [7]
    assert cut.sum() == 10


@pytest.mark.parametrize(("crs", "cell"), [("EPSG:4326", 0.01), ("ESRI:54009", 900.0), ("EPSG:3857", 1100.0)])
def test_cut_cells_are_those_whose_outline_the_border_crosses(tmp_path, crs, cell):
    west, north = Transformer.from_crs(4326, crs, always_xy=True).transform(114.0, 28.2)
    path = grid(tmp_path, np.ones((12, 12)), crs=crs, west=west, north=north, cell=cell)
    population = read_population(path)
    outline = shapely.Point(114.0612, 28.1307).buffer(0.04)
    row, column = np.divmod(population.point_id, 12)
    boxes = shapely.box(west + column * cell, north - (row + 1) * cell, west + (column + 1) * cell, north - row * cell)
    line = gpd.GeoSeries([outline.segmentize(1e-4).exterior], crs=4326).to_crs(crs).iloc[0]
    crossed = shapely.length(shapely.intersection(boxes, line))
    cut = cut_cells(population, outline)
    assert not cut[crossed == 0].any()
    assert cut[crossed > 0.3 * cell].all()
