"""Areas of single sites, on the page and in the package: every site's own, and all of them split by the nearest."""

from __future__ import annotations

import re
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from browsing import count_of, text_of
from pagedata import page_data

from catchment.model import ServiceAreas, StreetParts
from catchment.outputs.area_layers import area_table, map_colours, split_table
from catchment.outputs.maps import write_map
from catchment.outputs.own_areas import own_areas
from catchment.outputs.package import write_package

WALK_MM, ROAD_MM = (400_000, 800_000, 1_200_000), (5_000_000, 10_000_000, 15_000_000)


def areas_of(mode, limits_mm, sites, shapes):
    parts = StreetParts(np.zeros(len(sites) * len(limits_mm) + 1, np.int64), *np.zeros((3, 0), np.int64))
    polygons = np.array(shapes, object).reshape(len(sites), len(limits_mm))
    return ServiceAreas(mode, limits_mm, np.array(sites, np.int32), polygons, parts, 50.0, 5.0, 3.0)


def square(lon, side, hole=0.0):
    box = shapely.box(lon - side, 28.01 - side, lon + side, 28.01 + side)
    return box.difference(shapely.box(lon - hole, 28.01 - hole, lon + hole, 28.01 + hole)) if hole else box


def run_with_areas(make_run, **changes):
    """Site a on foot in three nested squares, the widest with a hole; site b by road; shares that touch."""
    on_foot = areas_of(
        "walk", WALK_MM, [0], [square(114.004, 0.002), square(114.004, 0.004), square(114.004, 0.006, 0.001)]
    )
    by_road = areas_of("road", ROAD_MM, [1], [square(114.026, side) for side in (0.01, 0.02, 0.03)])
    shares = areas_of("walk", WALK_MM[-1:], [0, 1], [square(114.004, 0.011), square(114.026, 0.012)])
    return make_run(areas={"walk": on_foot, "road": by_road}, split={"walk": shares}, **changes)


# --- the page ----------------------------------------------------------------------------------------------------


def corners(packed):
    """The rings of a packed list, as corners on the drawing lattice."""
    xy = np.column_stack([packed["x"], packed["y"]])
    return np.split(xy, np.cumsum(packed["count"])[:-1])


def test_the_page_has_every_ring_of_every_band_of_each_site(make_run):
    own = page_data(run_with_areas(make_run))["own"]
    assert (own["walk"]["sites"], own["walk"]["bands"], own["walk"]["rings"]) == ([0], 3, [1, 1, 2])
    rings = corners(own["walk"]["lines"])
    assert [ring.min(axis=0).tolist() for ring in rings] == [
        *([11_400_200, 2_800_800], [11_400_000, 2_800_600]),
        *([11_399_800, 2_800_400], [11_400_300, 2_800_900]),
    ]
    assert (own["road"]["sites"], own["road"]["rings"]) == ([1], [1, 1, 1])


def circle(metres):
    return shapely.Point(114.026, 28.01).buffer(metres / 111_000, quad_segs=500)


def test_over_the_budget_outlines_get_coarser_then_inner_bands_go_then_the_mode(make_run):
    areas = {"road": areas_of("road", ROAD_MM, [1], [circle(metres) for metres in (5_000, 10_000, 15_000)])}
    run = make_run(areas=areas)
    fine, coarse = own_areas(run)["road"], own_areas(run, vertex_budget=180)["road"]
    assert (fine.bands, fine.simplified_m) == ((0, 1, 2), 20)
    assert coarse.bands == (0, 1, 2)
    assert coarse.simplified_m > 20
    widest = own_areas(run, vertex_budget=60)["road"]
    assert (widest.bands, widest.ring_count) == ((2,), (1,))
    assert own_areas(run, vertex_budget=5) == {"road": None}


def test_a_drawn_outline_is_as_near_to_the_area_as_the_page_says(make_run):
    areas = {"road": areas_of("road", ROAD_MM, [1], [circle(metres) for metres in (5_000, 10_000, 15_000)])}
    drawn = own_areas(make_run(areas=areas), vertex_budget=180)["road"]
    for ring, area in zip(np.split(drawn.rings.xy, drawn.rings.ptr[1:-1]), areas["road"].polygons[0], strict=True):
        apart = shapely.hausdorff_distance(shapely.LineString(ring / 1e5), area.exterior)
        assert apart * 111_000 <= drawn.simplified_m + 1


ROW = "document.querySelector('#sheet tr[data-index=\"{}\"]')"


@pytest.mark.parametrize(
    ("script", "count"),
    [
        ("", 0),
        (f"{ROW.format(0)}.focus();", 3),
        (f"{ROW.format(0)}.focus(); {ROW.format(1)}.focus();", 3),
        (f"{ROW.format(0)}.focus(); {ROW.format(0)}.blur();", 0),
        (f"{ROW.format(0)}.dispatchEvent(new Event('mouseenter'));", 3),
        # A chosen site keeps its area when the pointer leaves another's row; one that is not counted has none.
        (f"{ROW.format(0)}.click(); {ROW.format(1)}.focus(); {ROW.format(1)}.blur();", 3),
        (f"{ROW.format(2)}.focus();", 0),
    ],
)
def test_one_site_at_a_time_shows_its_own_area_by_pointer_and_by_keyboard(make_run, tmp_path, script, count, open_page):
    write_map(run_with_areas(make_run), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#sites")
    page.evaluate(script)
    assert count_of(page, "path.own") == count


def test_the_legend_says_how_to_see_a_sites_own_area_and_which_are_left_out(make_run, tmp_path, monkeypatch, open_page):
    write_map(run_with_areas(make_run), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html")
    assert "指向或选中一个网点，显示该网点自己的服务范围。" in text_of(page)
    assert "步行：单个网点的服务范围显示时简化，误差不超过约5米。" in text_of(page, "#sheet")
    monkeypatch.setitem(own_areas.__kwdefaults__, "vertex_budget", 4)
    write_map(run_with_areas(make_run), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html")
    assert "按道路里程：单个网点的服务范围过多，图上未画，见 GeoPackage。" in text_of(page)


# --- the package -------------------------------------------------------------------------------------------------


def test_every_band_of_every_site_is_a_row_the_widest_first(make_run):
    table = area_table(run_with_areas(make_run))
    assert table[["site_id", "mode", "band", "limit_m"]].to_numpy().tolist() == [
        *(["b", "road", 3, 15_000.0], ["b", "road", 2, 10_000.0], ["b", "road", 1, 5_000.0]),
        *(["a", "walk", 3, 1_200.0], ["a", "walk", 2, 800.0], ["a", "walk", 1, 400.0]),
    ]
    assert table["minutes"].tolist()[3:] == [15.0, 10.0, 5.0]
    assert table["minutes"].isna().tolist() == [True] * 3 + [False] * 3
    assert table.geometry[3].equals(square(114.004, 0.006, 0.001))


def test_shares_that_touch_have_two_colours(make_run):
    table = split_table(run_with_areas(make_run))
    assert table[["site_id", "mode", "limit_m", "colour"]].to_numpy().tolist() == [
        ["a", "walk", 1_200.0, 0],
        ["b", "walk", 1_200.0, 1],
    ]
    row = [shapely.box(number, 0, number + 1, 1) for number in range(4)]
    assert map_colours([*row, shapely.box(0, 0, 4, 1)]) == [0, 1, 0, 1, 2]
    assert map_colours([]) == []


def test_both_layers_can_be_read_back_and_every_row_has_one_look(make_run, tmp_path):
    write_package(run_with_areas(make_run, language="en"), tmp_path / "a.gpkg")
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as book:
        styles = dict(book.execute("SELECT f_table_name, styleQML FROM layer_styles").fetchall())
        names = dict(book.execute("SELECT table_name, identifier FROM gpkg_contents").fetchall())
    assert names["split"] == "Shared out by the nearest site (indicative)"
    for layer, count in (("areas", 6), ("split", 2)):
        rows = gpd.read_file(tmp_path / "a.gpkg", layer=layer)
        assert (len(rows), str(rows.crs)) == (count, "EPSG:4326")
        rules = ET.fromstring(styles[layer]).findall(".//rule")  # noqa: S314 - our own text
        assert [len(fitting(rules, row)) for row in rows.to_dict("records")] == [1] * count
    labels = [rule.get("label") for rule in ET.fromstring(styles["areas"]).findall(".//rule")]  # noqa: S314
    assert labels[:3] == ["5 min on foot", "10 min on foot", "15 min on foot"]


def fitting(rules, row):
    """Labels of the rules whose expression holds for a row, by a reading of it as Python."""
    held = []
    for rule in rules:
        text = re.sub(r'"(\w+)"', r"row['\1']", rule.get("filter")).replace(" = ", " == ").replace(" AND ", " and ")
        if eval(text, {"row": row}):  # noqa: S307 - an expression of our own
            held.append(rule.get("label"))
    return held


def test_a_hostile_name_stays_text_in_both_tables(make_run):
    run = run_with_areas(make_run, names=("=1+1 \ud800", "b", "c"))
    assert area_table(run)["name"].iloc[-1] == "=1+1 �"
    assert split_table(run)["name"].iloc[0] == "=1+1 �"


def test_a_mode_without_areas_has_no_rows_and_no_rules(make_run):
    run = run_with_areas(make_run)
    nobody = replace(run.areas["road"], site=np.zeros(0, np.int32), polygons=np.empty((0, 3), object))
    bare = run_with_areas(make_run)
    bare = replace(bare, areas={"walk": run.areas["walk"], "road": nobody})
    assert set(area_table(bare)["mode"]) == {"walk"}
    assert set(own_areas(bare)) == {"walk"}
