"""People calibrated to a census: every control met exactly, nobody lost in silence."""

from __future__ import annotations

import json
import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.config import settings_of
from catchment.demand.calibrate import calibrate, county_control, separable, urban_rural_control
from catchment.demand.controls import control_units
from catchment.errors import InputError, SettingsError
from catchment.geo.shapes import polygon_of
from catchment.inputs.census import read_census
from catchment.inputs.population import read_population
from catchment.inputs.regions import read_regions
from catchment.model import UNITS_PER_PERSON, Census, Population, Regions, Setting, Sites, UrbanAreas
from catchment.outputs.record import write_record
from catchment.outputs.workbook import write_workbook
from catchment.pipeline.census import matching_findings
from catchment.pipeline.people import settle

ONE = UNITS_PER_PERSON


def census_of(*rows):
    """Rows of unit, people and perhaps urban, rural, city."""
    full = [(*row, *[-1] * (5 - len(row))) for row in rows]
    columns = ["name", "people", "urban", "rural", "city"]
    frame = pd.DataFrame(full, columns=columns)
    return Census(frame.assign(unit_id=frame["name"])[["unit_id", *columns]])


# --- the rule ----------------------------------------------------------------------------------------------------


def test_each_group_is_multiplied_to_its_control():
    persons, group = np.array([1.0, 3.0, 10.0, 2.5]), np.array([0, 0, 1, 2])
    assert calibrate(persons, group, np.array([8, 5, -1])).tolist() == [2 * ONE, 6 * ONE, 5 * ONE, 2.5 * ONE]


def test_the_units_left_over_go_to_the_largest_remainders_and_of_equal_ones_to_the_first():
    # 1,024 units over three equal points: 341 1/3 each, one unit left.
    assert calibrate(np.ones(3), np.zeros(3, int), np.array([1])).tolist() == [342, 341, 341]
    # One person in shares of 1:1:2.
    assert calibrate(np.array([1.0, 1.0, 2.0]), np.zeros(3, int), np.array([1])).tolist() == [256, 256, 512]


def test_a_group_without_people_stays_empty_and_one_with_a_control_of_zero_becomes_so():
    units = calibrate(np.array([4.0, 5.0]), np.array([1, 1]), np.array([100, 0]))
    assert units.tolist() == [0, 0]


GROUPS = st.lists(st.tuples(st.floats(1e-6, 1e5), st.integers(0, 3)), min_size=1, max_size=120)
CONTROLS = st.lists(st.integers(-1, 2_000_000), min_size=4, max_size=4)


@settings(deadline=None)
@given(GROUPS, CONTROLS)
def test_every_control_is_met_exactly(points, controls):
    persons, group = (np.array(column) for column in zip(*points, strict=True))
    units = calibrate(persons, group, np.array(controls))
    assert (units >= 0).all()
    for number, control in enumerate(controls):
        here = group == number
        own = math.floor(math.fsum(persons[here] * ONE) + 0.5)
        assert units[here].sum() == (own if control < 0 else control * ONE if here.any() else 0)
        if control >= 0 and here.any():
            exact = persons[here] / math.fsum(persons[here]) * control * ONE
            assert (abs(units[here] - exact) < 1 + 1e-6 * exact).all()


@settings(deadline=None)
@given(GROUPS, CONTROLS, st.integers(0, 3))
def test_what_happens_in_one_group_is_no_matter_to_another(points, controls, alone):
    persons, group = (np.array(column) for column in zip(*points, strict=True))
    here = group == alone
    together = calibrate(persons, group, np.array(controls))[here]
    assert together.tolist() == calibrate(persons[here], group[here], np.array(controls)).tolist()


def test_a_region_without_a_unit_and_the_people_outside_keep_their_own_sum():
    census = census_of(("a", 10), ("b", 20))
    # Regions 0 and 2 are of unit 1, region 1 has none; the last point is outside all.
    control = county_control(np.array([0, 1, 2, -1], np.int32), np.array([1, -1, 1], np.int32), census)
    assert control.group.tolist() == [1, 3, 1, 5]
    assert control.people[control.group].tolist() == [20, -1, 20, -1]
    units = calibrate(np.array([1.0, 2.25, 3.0, 4.5]), control.group, control.people)
    assert units.tolist() == [5 * ONE, 2.25 * ONE, 15 * ONE, 4.5 * ONE]


def test_urban_and_rural_are_met_apart_where_the_census_and_the_source_have_both():
    census = census_of(("a", 10, 6, 4), ("b", 10, 6, 4), ("c", 10), ("d", 10, 6, 5), ("e", 10, 0, 10))
    region = np.array([0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4], np.int32)
    urban = np.array([1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0], bool)
    persons = np.ones(11)
    county = county_control(region, np.arange(5, dtype=np.int32), census)
    split = separable(persons, county, urban, census)
    # b has no urban people to multiply, c's census says nothing, d's parts do not add up, e has nobody urban.
    assert split.tolist() == [True, False, False, False, True]
    apart = urban_rural_control(county, urban, census, split=split)
    units = calibrate(persons, apart.group, apart.people)
    assert (units / ONE).tolist() == [6, 2, 2, 5, 5, 5, 5, 5, 5, 5, 5]


# --- a project ---------------------------------------------------------------------------------------------------


class Project:
    """What ``settle`` needs of a project: two regions side by side, people along a line, no files."""

    def __init__(self, persons, control, *, codes=None, cell_degrees=None, **tables):
        columns = {"region_id": ["甲", "乙"], "name": ["甲", "乙"], "parent": ["", ""]}
        columns |= {} if codes is None else {"settlement": codes}
        boxes = [shapely.box(114.0, 28.0, 114.5, 28.5), shapely.box(114.5, 28.0, 115.0, 28.5)]
        self.regions = Regions(gpd.GeoDataFrame(columns, geometry=boxes, crs=4326))
        lon = np.array([114.2, 114.3, 114.7, 114.8, 116.0])
        xy = np.column_stack([lon, np.full(5, 28.3)])
        self.population = Population(xy, np.array(persons, float), np.arange(5), cell_degrees)
        self.census, self.urban = control, None
        self.sites = Sites(
            gpd.GeoDataFrame({"site_id": ["s"]}, geometry=gpd.points_from_xy([114.25], [28.3]), crs=4326)
        )
        files = {"sites": "s", "roads": "r", "population": "pop.tif", "census": "普查.csv", "regions": "r.geojson"}
        self.settings = settings_of({"inputs": files, **tables}, file="", folder=Path())

    def matching(self):
        return matching_findings(self.regions, control_units(self.regions, self.census), self.census, self.settings)

    def settled(self):
        return settle(self, self.settings)


def words(settled):
    return [finding.word.removeprefix("finding.") for finding in settled.findings]


def test_people_are_calibrated_and_the_factor_is_kept():
    settled = Project([1, 3, 2, 2, 9], census_of(("甲", 5), ("乙", 4))).settled()
    assert (settled.people.units / ONE).tolist() == [1.25, 3.75, 2, 2]
    assert settled.people.left_out_units == 9 * ONE
    assert [(check.unit_id, check.source_people, check.people, check.factor) for check in settled.census_check] == [
        ("甲", 4.0, 5 * ONE, 1.25),
        ("乙", 4.0, 4 * ONE, 1.0),
    ]
    assert words(settled) == []


def test_without_a_census_people_are_as_they_were():
    project = Project([1, 3, 2, 2, 9], None)
    settled = project.settled()
    assert (settled.people.units / ONE).tolist() == [1, 3, 2, 2]
    assert (settled.census_check, settled.rule) == ((), "grid")


def test_people_that_the_source_does_not_have_are_said_with_their_number_and_never_made():
    project = Project([4, 4, 1, 1, 0], census_of(("甲", 10), ("乙", 7)))
    project.population = Population(
        project.population.xy[:2], project.population.persons[:2], project.population.point_id[:2], None
    )
    settled = project.settled()
    assert settled.people.units.sum() == 10 * ONE
    empty = settled.census_check[1]
    assert (empty.source_people, empty.census_people, empty.people) == (0.0, 7, 0)
    assert math.isnan(empty.factor)
    (unmet,) = [finding for finding in settled.findings if finding.word == "finding.census_unmet"]
    assert (unmet.level, unmet.facts) == ("warning", {"name": "乙", "people": 7})


def test_rows_without_a_region_and_regions_without_a_row_are_said():
    project = Project([1, 3, 2, 2, 0], census_of(("甲", 4), ("丙", 70), ("丁", 5)))
    unmatched, free = project.matching()
    assert (unmatched.word, free.word) == ("finding.census_unmatched", "finding.census_regions_free")
    assert unmatched.facts == {"count": 2, "people": 75, "names": "丙, 丁"}
    assert free.facts == {"count": 1, "names": "乙"}
    settled = project.settled()
    assert (settled.people.units / ONE).tolist() == [1, 3, 2, 2]


def test_a_census_of_another_place_is_refused():
    with pytest.raises(InputError, match="丙"):
        Project([1, 3, 2, 2, 0], census_of(("丙", 4))).matching()


def test_a_factor_outside_a_half_to_two_is_a_warning():
    # 4 -> 9 is 2.25, 4 -> 2 is 0.5; together 8 -> 11 is off by 37 %.
    settled = Project([1, 3, 2, 2, 0], census_of(("甲", 9), ("乙", 2))).settled()
    assert words(settled) == ["census_off", "census_factor"]
    assert settled.findings[1].facts == {"name": "甲", "factor": "2.25"}


def test_a_total_is_judged_over_all_units_together():
    # Counties 40 % too high and too low, but right together: as real grids are.
    settled = Project([7, 7, 3, 3, 0], census_of(("甲", 10), ("乙", 10))).settled()
    assert words(settled) == []


def test_a_total_that_is_off_by_more_than_a_factor_of_three_is_refused_unless_only_weights_are_meant():
    census = census_of(("甲", 10), ("乙", 10))
    assert words(Project([15, 15, 15, 15, 0], census).settled())[0] == "census_off"
    with pytest.raises(InputError, match="weights_only") as refused:
        Project([16, 15, 15, 15, 0], census).settled()
    assert refused.value.word == "error.census_off"
    weighed = Project([16, 15, 15, 15, 0], census, census={"weights_only": True}).settled()
    assert weighed.people.units.sum() == 20 * ONE


def test_a_density_is_told_by_the_area_of_its_cells():
    census, cell = census_of(("甲", 500), ("乙", 500)), (3 / 3600, 3 / 3600)
    # A cell of three seconds is 0.755 ha here: 1,000 people are 1,325 summed as people per hectare.
    per_hectare = Project([331, 331, 331, 331, 0], census, cell_degrees=cell).settled()
    assert words(per_hectare) == ["census_per_hectare"]
    assert per_hectare.people.units.sum() == 1000 * ONE
    with pytest.raises(InputError) as refused:
        Project([33_113, 33_113, 33_113, 33_113, 0], census, cell_degrees=cell).settled()
    assert refused.value.word == "error.census_per_km2"
    assert "km²" in refused.value.text("en")


def test_urban_people_are_compared_before_they_are_calibrated_apart():
    census = census_of(("甲", 8, 6, 2), ("乙", 4, 1, 3, 1))
    project = Project([1, 3, 2, 2, 0], census, census={"urban_and_rural": True})
    areas = {"setting": ["city", "town"]}
    boxes = [shapely.box(114.1, 28.2, 114.25, 28.4), shapely.box(114.65, 28.2, 114.75, 28.4)]
    project.urban = UrbanAreas(gpd.GeoDataFrame(areas, geometry=boxes, crs=4326))
    settled = project.settled()
    assert settled.people.setting.tolist() == [Setting.CITY, Setting.RURAL, Setting.TOWN, Setting.RURAL]
    assert (settled.people.units / ONE).tolist() == [6, 2, 1, 3]
    first, second = settled.census_check
    assert (first.urban, first.city, first.census_urban) == (2 * ONE, 2 * ONE, 6)
    assert (second.urban, second.city, second.census_city) == (2 * ONE, 0, 1)
    assert (first.urban_factor, first.rural_factor) == (6.0, pytest.approx(2 / 3))
    assert (second.urban_factor, second.rural_factor) == (0.5, 1.5)
    assert words(settled) == ["census_off", "census_urban_factor"]


def test_the_urban_figure_of_a_census_is_for_the_check_alone():
    first, second = (
        Project([1, 3, 2, 2, 0], census_of(("甲", 8, urban, 8 - urban), ("乙", 4, 1, 3))).settled() for urban in (2, 6)
    )
    assert first.people.units.tolist() == second.people.units.tolist()
    assert first.people.setting.tolist() == second.people.setting.tolist()
    assert (first.census_check[0].census_urban, second.census_check[0].census_urban) == (2, 6)
    assert first.census_check[0].urban == second.census_check[0].urban
    assert np.isnan(second.census_check[0].urban_factor)


def test_urban_and_rural_are_not_calibrated_apart_where_the_grid_says_what_is_urban():
    project = Project([1, 3, 2, 2, 0], census_of(("甲", 4, 2, 2), ("乙", 4, 2, 2)), census={"urban_and_rural": True})
    with pytest.raises(SettingsError, match="class code"):
        project.settled()


def test_class_codes_stand_above_the_grid_and_below_the_planners_outlines():
    project = Project([1, 3, 2, 2, 0], None, codes=["city", ""])
    settled = project.settled()
    assert (settled.rule, settled.details) == ("codes", ("gaps", "shaped"))
    assert settled.people.setting.tolist() == [Setting.CITY] * 2 + [Setting.RURAL] * 2
    assert settled.setting_at(project.sites.xy).tolist() == [Setting.CITY]
    assert words(settled) == ["regions_without_code"]
    project.urban = UrbanAreas(
        gpd.GeoDataFrame({"setting": ["town"]}, geometry=[shapely.box(114.6, 28.2, 114.9, 28.4)], crs=4326)
    )
    assert project.settled().rule == "polygons"
    assert project.settled().people.setting.tolist() == [Setting.RURAL] * 2 + [Setting.TOWN] * 2
    assert Project([1, 3, 2, 2, 0], None, codes=["", ""]).settled().rule == "grid"


# --- Yichun ------------------------------------------------------------------------------------------------------


def test_the_ten_counties_of_yichun_have_their_census_to_the_person(shared_data, tmp_path):
    folder = shared_data / "yichun"
    census, regions = read_census(folder / "census_2020_counties.csv"), read_regions(folder / "counties_wgs84.geojson")
    # A uniform grid of 0.01 degrees over the prefecture's box, about as many people as it has.
    path = tmp_path / "uniform.tif"
    west, south, east, north = 113.88, 27.54, 116.16, 29.12
    columns, rows = round((east - west) * 100), round((north - south) * 100)
    profile = {"driver": "GTiff", "width": columns, "height": rows, "count": 1, "dtype": "float32", "crs": "EPSG:4326"}
    with rasterio.open(path, "w", transform=Affine(0.01, 0, west, 0, -0.01, north), **profile) as grid:
        grid.write(np.full((rows, columns), 290.7, np.float32), 1)
    population = read_population(path, bounds=tuple(regions.frame.total_bounds))
    files = {"sites": "s", "roads": "r", "population": str(path), "census": "census.csv", "regions": "counties"}
    project = Project([1] * 5, census)
    project.population, project.regions = population, regions
    project.settings = settings_of({"inputs": files}, file="", folder=tmp_path)
    settled = project.settled()
    people = settled.people
    assert people.units.sum() == 5_007_702 * ONE
    by_county = np.zeros(10, np.int64)
    np.add.at(by_county, people.region, people.units)
    assert by_county.tolist() == (census.frame["people"].to_numpy() * ONE).tolist()
    assert (people.region == polygon_of(people.xy, regions.frame.geometry.to_numpy())).all()
    # Where people are spread evenly a factor is a density: Yuanzhou has 442.8 people per km², Tonggu 74.9.
    factor = {check.name: check.factor for check in settled.census_check}
    assert factor["袁州区"] / factor["铜鼓县"] == pytest.approx((1_121_707 / 2533.3) / (116_418 / 1555.4), rel=0.01)


# --- outputs -----------------------------------------------------------------------------------------------------


@pytest.fixture
def checked_run(make_run):
    project = Project([1, 3, 2, 2, 0], census_of(("甲", 5, 3, 2), ("乙", 4, 1, 3, 1)))
    return make_run(census_check=project.settled().census_check, language="en")


def test_the_check_is_a_sheet_of_the_workbook_that_adds_up(checked_run, make_run, tmp_path):
    write_workbook(checked_run, tmp_path / "report.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "report.xlsx", data_only=True)["Census check"]
    head, *rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert head[:6] == [
        "unit code",
        "name",
        "people of the source",
        "residents by census",
        "factor",
        "people after calibration",
    ]
    assert rows[0] == ["甲", "甲", 4, 5, 1.25, 5, 0, 0.6, 0, None, "—", "—"]
    assert rows[1] == ["乙", "乙", 4, 4, 1, 4, 0, 0.25, 0, 0.25, "—", "—"]
    assert rows[2] == ["Total", None, 8, 9, 1.125, 9, 0, pytest.approx(4 / 9), 0, None, None, None]
    write_workbook(make_run(), tmp_path / "bare.xlsx")
    assert "普查核对" not in openpyxl.load_workbook(tmp_path / "bare.xlsx").sheetnames


def test_the_check_is_in_the_record_and_what_nobody_knows_is_null(checked_run, tmp_path):
    project = Project([1, 3, 2, 2, 0], None)
    names = {"map": "m", "report": "r", "log": "l", "record": "run.json"}
    write_record(checked_run, tmp_path / "run.json", settings=project.settings, out=tmp_path, names=names)
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert record["census_check"][0] == {
        "unit": "甲", "name": "甲", "people_source": 4.0, "people_census": 5, "people": 5, "factor": 1.25,
        "people_urban": 0, "people_city": 0, "people_urban_census": 3, "people_city_census": None,
        "urban_factor": None, "rural_factor": None,
    }  # fmt: skip
