"""The GeoPackage: every layer can be read back, adds up, says what it is, and is the same twice."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing

import geopandas as gpd
import numpy as np
import pytest
import shapely

from catchment.errors import OutputError
from catchment.files import without_virtual_drivers
from catchment.model import UNITS_PER_PERSON, Cause
from catchment.outputs.features import CODE_WORDS, COLUMN_WORDS, layers
from catchment.outputs.figures import CAUSE_COLUMNS, printed_figures
from catchment.outputs.package import about_table, write_package
from catchment.outputs.style import GAP_COLOURS
from catchment.words import LANGUAGES, say

with without_virtual_drivers():
    import pyogrio

HOSTILE = ("'; DROP TABLE sites; --", "=1+1", '</Option>" \ud800 $x$')


@pytest.fixture(scope="module")
def written(make_run, tmp_path_factory):
    path = tmp_path_factory.mktemp("package") / "覆盖 1.gpkg"
    write_package(make_run(), path)
    return path


def rows_of(path, query):
    with closing(sqlite3.connect(path)) as book:
        return book.execute(query).fetchall()


def test_two_writes_give_the_same_bytes(make_run, written, tmp_path):
    write_package(make_run(), tmp_path / "again.gpkg")
    assert (tmp_path / "again.gpkg").read_bytes() == written.read_bytes()


def test_a_file_that_was_there_is_replaced(make_run, written, tmp_path):
    write_package(make_run(language="en", synthetic=True), tmp_path / "a.gpkg")
    write_package(make_run(), tmp_path / "a.gpkg")
    assert (tmp_path / "a.gpkg").read_bytes() == written.read_bytes()


def test_every_layer_is_there_in_wgs84(written):
    listed = dict(pyogrio.list_layers(written))
    assert listed == {
        "sites": "Point",
        "regions": "MultiPolygon",
        "people": "Point",
        "uncovered": "Polygon",
        "streets": "LineString",
        "about": None,
        "layer_styles": None,
    }
    assert all(gpd.read_file(written, layer=name).crs == "EPSG:4326" for name, kind in listed.items() if kind)


def test_every_layer_adds_up_to_the_exact_totals(make_run, written):
    totals, figures = make_run().totals, printed_figures(make_run())
    people = gpd.read_file(written, layer="people")
    assert people["units"].sum() == totals.people == people["persons"].sum() * UNITS_PER_PERSON
    by_cause = people.groupby("cause")["units"].sum().to_dict()
    assert by_cause == {
        "covered": totals.covered,
        **{cause.name.lower(): units for cause, units in totals.uncovered_by_cause.items() if units},
    }
    uncovered = gpd.read_file(written, layer="uncovered")
    assert uncovered["units"].sum() == totals.uncovered
    regions = gpd.read_file(written, layer="regions")
    assert regions["people_units"].sum() == totals.people
    assert regions["covered_units"].sum() == totals.covered
    assert regions["people"].sum() == figures.people
    assert (regions[list(CAUSE_COLUMNS)].sum(axis=1) == regions["people"]).all()
    # West 140 of 190.75 people, east 30.25 of 65.
    assert regions["covered_share"].tolist() == pytest.approx([140 / 190.75, 30.25 / 65])
    sites = gpd.read_file(written, layer="sites")
    assert sites["catchment_covered"].sum() == figures.covered


def test_people_stand_in_the_middle_of_their_cells(written):
    people = gpd.read_file(written, layer="people").set_index("point_id")
    cells = gpd.read_file(written, layer="uncovered").set_index("point_id")
    assert cells.index.tolist() == [1, 3, 5, 6, 7]
    shapes, points = cells.geometry.to_numpy(), people.geometry[cells.index].to_numpy()
    assert shapely.distance(shapely.centroid(shapes), points).max() < 1e-12
    assert shapely.area(shapes) == pytest.approx(np.full(5, 0.01 * 0.01))
    assert people["cause"][cells.index].tolist() == ["too_far", "too_far", "edge_of_data", "no_road", "cut_off"]


def test_a_point_knows_its_nearest_site_and_both_distances(written):
    people = gpd.read_file(written, layer="people").set_index("point_id")
    assert people.loc[2, ["nearest_site", "cost_m", "straight_m", "region_id"]].tolist() == ["b", 2400.0, 2100.0, "2"]
    assert people.loc[7, ["nearest_site", "cost_m"]].isna().all()


def test_streets_say_who_may_use_them(make_run, tmp_path):
    streets = dataclasses.replace(
        make_run().streets,
        flags=np.array([7, 1 | 2, 1 | 8], np.uint8),
        name=np.array([0, -1, -1], np.int32),
        names=("=中心路",),
    )
    write_package(make_run(streets=streets), tmp_path / "a.gpkg")
    read = gpd.read_file(tmp_path / "a.gpkg", layer="streets")
    assert read["road"].tolist() == ["both", "forward", "no"]
    assert read["walk"].tolist() == [True, True, True]
    assert read["rough"].tolist() == [False, False, True]
    assert read["kind"].tolist() == ["primary", "primary", "path"]
    assert read["name"].tolist()[0] == "=中心路"
    assert read["name"].isna().tolist() == [False, True, True]
    assert read["length_m"].tolist() == [1970.0, 1980.0, 1108.0]
    assert read.geometry[1].wkt == "LINESTRING (114.02 28.01, 114.04 28.012)"


def test_text_from_data_stays_text(make_run, tmp_path):
    run = make_run(HOSTILE, name="'); DELETE FROM about; --", review_number="=cmd|'/C calc'!A0")
    write_package(run, tmp_path / "a.gpkg")
    sites = gpd.read_file(tmp_path / "a.gpkg", layer="sites")
    assert sites["name"].tolist() == [*HOSTILE[:2], '</Option>" � $x$']
    about = gpd.read_file(tmp_path / "a.gpkg", layer="about").set_index("key")["value"]
    assert about["name"] == "'); DELETE FROM about; --"
    assert about["review"] == "审图号：=cmd|'/C calc'!A0"


def test_the_table_about_says_what_a_reader_must_know(make_run, written):
    about = gpd.read_file(written, layer="about").set_index("key")["value"]
    assert about["title"] == "演示县 服务圈覆盖图（截至2024-05-01）"
    assert about["standard"].startswith("测算口径：")
    assert about["review"] == "内部工作用图，未经地图审核，不得公开"
    assert (about["people"], about["covered"], about["too_far"]) == ("255.75", "170.25", "69.75")
    assert (about["roads_attribution"], about["roads_licence"]) == ("© OpenStreetMap contributors", "ODbL 1.0")
    assert about["population_file"] == "pop.tif"
    assert about["numpy"] == np.__version__
    synthetic = about_table(make_run(synthetic=True)).set_index("key")["value"]
    assert "演示数据" in synthetic["synthetic"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_layers_and_columns_are_called_in_the_language_of_the_run(make_run, tmp_path, language):
    run = make_run(language=language)
    write_package(run, tmp_path / "a.gpkg")
    named = rows_of(tmp_path / "a.gpkg", "SELECT table_name, column_name, title FROM gpkg_data_columns")
    wanted = {
        (layer.name, column): say(COLUMN_WORDS[column], language)
        for layer in layers(run)
        for column in layer.frame.columns.drop("geometry")
    }
    assert {(table, column): title for table, column, title in named} == wanted
    described = rows_of(tmp_path / "a.gpkg", "SELECT table_name, identifier, description FROM gpkg_contents")
    assert ("sites", say("page.tab_sites", language), say("package.sites", language)) in described


def test_every_code_in_a_column_has_its_meaning(written):
    meanings = rows_of(written, "SELECT constraint_name, value FROM gpkg_data_column_constraints")
    assert set(meanings) == {(column, code) for column, codes in CODE_WORDS.items() for code in codes}
    for layer, column in (("people", "cause"), ("people", "setting"), ("sites", "status"), ("streets", "road")):
        assert set(gpd.read_file(written, layer=layer)[column]) <= set(CODE_WORDS[column])


def test_nothing_in_it_knows_the_clock(written):
    dates = rows_of(written, "SELECT last_change FROM gpkg_contents UNION SELECT update_time FROM layer_styles")
    assert dates == [("2024-05-01T00:00:00.000Z",)]
    years = {b"%d-" % year for year in range(2025, dt.datetime.now(dt.UTC).year + 1)}
    assert not [year for year in years if year in written.read_bytes()]


def test_the_date_of_gdal_is_given_back(written):
    assert written.is_file()
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_every_layer_has_a_style_that_qgis_takes_by_itself(written):
    styles = rows_of(written, "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles")
    assert [name for name, *_ in styles] == ["sites", "regions", "people", "uncovered", "streets"]
    assert {(geometry, default) for _, geometry, default, _ in styles} == {("geom", 1)}
    for _, _, _, text in styles:
        assert text.startswith("<!DOCTYPE qgis")
        root = ET.fromstring(text)  # noqa: S314 - our own text
        rules, symbols = root.findall(".//rule"), root.findall(".//symbols/symbol")
        assert root.find("renderer-v2").get("type") == "RuleRenderer"
        assert [rule.get("symbol") for rule in rules] == [symbol.get("name") for symbol in symbols]
        assert len({rule.get("key") for rule in rules}) == len(rules)


def fitting(rules, row):
    """Labels of the rules whose expression holds for a row, by a reading of it as Python."""
    held = []
    for rule in rules:
        text = re.sub(r'"(\w+)"', r"row['\1']", rule.get("filter", "True"))
        text = re.sub(r"(?<![<>=])=(?!=)", "==", text).replace("NOT IN", "not in").replace(" IN ", " in ")
        text = text.replace(" AND ", " and ").replace("NOT ", "not ")
        if eval(text, {"row": row}):  # noqa: S307 - an expression of our own
            held.append(rule.get("label"))
    return held


def test_every_person_and_every_site_has_exactly_one_look(written):
    styles = dict(rows_of(written, "SELECT f_table_name, styleQML FROM layer_styles"))
    for name in ("people", "uncovered", "sites", "streets"):
        rules = ET.fromstring(styles[name]).findall(".//rule")  # noqa: S314 - our own text
        rows = gpd.read_file(written, layer=name).to_dict("records")
        assert {len(fitting(rules, row)) for row in rows} == {1}, name
    rules = ET.fromstring(styles["uncovered"]).findall(".//rule")  # noqa: S314 - our own text
    cells = gpd.read_file(written, layer="uncovered")
    # 50.5 and 19.25 people too far away, then three cells in doubt. 98% of the way from 19.25 to 50.5 is under 50, so
    # the breaks are 2, 5, 10, 20.
    labels = [fitting(rules, row)[0] for row in cells.to_dict("records")]
    assert labels == ["≥20", "10–20", *["未覆盖，路网数据待核实"] * 3]
    assert [rule.get("label") for rule in rules[: len(GAP_COLOURS)]] == ["≥20", "10–20", "5–10", "2–5", "<2"]


def test_a_type_of_another_field_with_marks_of_xml_and_sql_keeps_its_style(make_run, tmp_path):
    run = make_run()
    kind = "a'b\"<&\\\x01"
    table = run.by_site.assign(type=[kind, "", "zone"])
    frame = run.sites.frame.assign(type=[kind, "", "zone"])
    odd = make_run(by_site=table, sites=dataclasses.replace(run.sites, frame=frame))
    write_package(odd, tmp_path / "a.gpkg")
    styles = dict(rows_of(tmp_path / "a.gpkg", "SELECT f_table_name, styleQML FROM layer_styles"))
    rules = ET.fromstring(styles["sites"]).findall(".//rule")  # noqa: S314 - our own text
    filters = " ".join(rule.get("filter") for rule in rules)
    assert "'a''b\"<&\\\\�'" in filters
    assert "coalesce(\"type\", '') = ''" in filters


def test_a_run_without_regions_and_without_a_grid_has_neither_layer(make_run, tmp_path):
    run = make_run()
    bare = make_run(
        regions=None,
        by_region=run.by_region.iloc[:0],
        people=dataclasses.replace(run.people, cell_degrees=None, region=np.full(8, -1, np.int32)),
    )
    write_package(bare, tmp_path / "a.gpkg")
    assert [name for name, _ in pyogrio.list_layers(tmp_path / "a.gpkg")] == [
        *("sites", "people", "streets", "about", "layer_styles")
    ]


def test_a_run_in_which_everybody_is_covered_has_an_empty_layer_of_gaps(make_run, tmp_path):
    run = make_run()
    access = dataclasses.replace(run.access, cause=np.full(8, Cause.COVERED, np.int8))
    write_package(make_run(access=access), tmp_path / "a.gpkg")
    assert len(gpd.read_file(tmp_path / "a.gpkg", layer="uncovered")) == 0


def test_a_region_of_mixed_shapes_keeps_its_polygons(make_run, tmp_path):
    run = make_run()
    frame = run.regions.frame.copy()
    ring = shapely.box(114.02, 28.0, 114.04, 28.02)
    mixed = shapely.GeometryCollection([shapely.MultiPolygon([ring]), shapely.Point(0, 0), shapely.box(1, 1, 2, 2)])
    frame.geometry = [frame.geometry.iloc[0], mixed]
    write_package(make_run(regions=dataclasses.replace(run.regions, frame=frame)), tmp_path / "a.gpkg")
    read = gpd.read_file(tmp_path / "a.gpkg", layer="regions").geometry
    assert [shape.geom_type for shape in read] == ["MultiPolygon"] * 2
    assert read[1].area == pytest.approx(1 + ring.area)


def test_a_folder_that_is_not_there_is_said_and_no_traceback(make_run, tmp_path):
    with pytest.raises(OutputError):
        write_package(make_run(), tmp_path / "no" / "a.gpkg")
