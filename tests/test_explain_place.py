"""A place explained: its causes and costs are those of the run, its ways add up, what would help does."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from catchment.apps.cli import command_line
from catchment.config import read_settings
from catchment.errors import SettingsError
from catchment.geo.measure import distance_m
from catchment.model import Cause, Rule, Setting
from catchment.model.place import ExplainedPlace, NamedPlace, Remedy, WayToSite
from catchment.model.routes import RouteStreet
from catchment.outputs.place import match_lines, place_lines, place_record, ways_geojson
from catchment.pipeline.explain_place import explain_place, read_ground
from catchment.pipeline.named_places import lon_lat_of, places_named
from catchment.pipeline.runs import NamedRun


@pytest.fixture(scope="module")
def ground(small_demo):
    """The small demo without a plan."""
    return read_ground(NamedRun(read_settings(small_demo, overrides={"siting": {"budget": None}}), {}))


@pytest.fixture(scope="module")
def some_points(ground):
    """A few points of people of every cause and setting."""
    people, access = ground.judged.settled.people, ground.judged.access
    kinds = access.cause.astype(int) * len(Setting) + people.setting
    lived = np.flatnonzero(people.units > 0)
    return [int(point) for kind in np.unique(kinds[lived]) for point in lived[kinds[lived] == kind][::400][:3]]


def test_causes_and_costs_are_those_of_the_run(ground, some_points):
    people, access = ground.judged.settled.people, ground.judged.access
    assert len({access.cause[point] for point in some_points}) >= 3
    for point in some_points:
        found = explain_place(tuple(people.xy[point]), ground)
        assert (found.cause, found.units) == (access.cause[point], people.units[point])
        if access.site[point] >= 0:
            assert found.ways[0].cost_mm == access.cost_mm[point]
            assert found.ways[0].site_id == ground.inputs.sites.frame["site_id"].iloc[access.site[point]]
        # Nobody's place is judged by the same rules as everybody's.
        nobody = replace(ground.judged.settled, people=replace(people, units=np.zeros_like(people.units)))
        alone = explain_place(found.start, replace(ground, judged=replace(ground.judged, settled=nobody)))
        if alone.setting == found.setting:
            assert alone.cause == found.cause


def test_the_parts_of_every_way_add_up_and_nearer_sites_come_first(ground, some_points):
    for point in some_points:
        found = explain_place(tuple(ground.judged.settled.people.xy[point]), ground)
        costs = [way.cost_mm for way in found.ways]
        assert costs == sorted(costs)
        assert len({way.site_id for way in found.ways}) == len(costs)
        for way in found.ways:
            along = sum(street.length_mm for street in way.streets)
            assert along + way.start_gap_mm + way.end_gap_mm == way.cost_mm
            if len(way.xy) > 1:
                drawn_m = distance_m(way.xy[:-1], way.xy[1:]).sum()
                assert drawn_m == pytest.approx(along / 1000, abs=0.05)


def test_a_place_of_the_plan_nearby_would_help(ground, some_points):
    access, people = ground.judged.access, ground.judged.settled.people
    point = next(each for each in some_points if access.cause[each] == Cause.TOO_FAR)
    lon, lat = people.xy[point].tolist()
    plan = ({"name": "便民服务中心", "lon": lon, "lat": lat},)
    found = explain_place((lon, lat), replace(ground, plan=plan))
    assert found.remedies[0].kind == "suggestion"
    assert found.remedies[0].name == "1 便民服务中心"
    assert found.remedies[0].distance_mm <= found.rule.limit_mm
    assert "suggestion" not in [each.kind for each in explain_place((lon, lat), ground).remedies]


def test_a_site_that_does_not_count_would_help_if_it_did(ground, some_points):
    access, people = ground.judged.access, ground.judged.settled.people
    point = next(each for each in some_points if access.cause[each] == Cause.COVERED)
    nowhere = replace(access, cause=np.full_like(access.cause, Cause.NO_SITE))
    judged = replace(ground.judged, counted=np.zeros_like(ground.judged.counted), access=nowhere)
    found = explain_place(tuple(people.xy[point]), replace(ground, judged=judged))
    assert (found.cause, found.ways) == (Cause.NO_SITE, ())
    assert found.remedies[0].kind == "uncounted"
    assert found.remedies[0].distance_mm <= access.cost_mm[point]


def test_places_outside_are_refused(ground):
    with pytest.raises(SettingsError, match="outside the road data"):
        explain_place((110.0, 27.8), ground)
    west, south, *_ = ground.inputs.streets.bounds
    with pytest.raises(SettingsError, match="outside every region"):
        explain_place((west, south), ground)
    for written in ("27.8", "27.8,114.4", "here"):
        with pytest.raises(SettingsError, match="no longitude,latitude"):
            lon_lat_of(written)


def test_names_are_found_whole_then_in_part_and_several_are_listed(ground):
    inputs, settings = ground.inputs, ground.settings
    assert [place.kind for place in places_named("秀江街道", inputs, settings)] == ["region"]
    several = places_named("示例社区", inputs, settings)
    assert len(several) > 1
    assert all("示例社区" in place.name for place in several)
    with pytest.raises(SettingsError, match="nearest name"):
        places_named("没有这个地方吧", inputs, settings)


def made_place(**changes):
    """1,200.001 m on foot: a millimetre beyond fifteen minutes."""
    streets = (RouteStreet("中心路", "primary", 1_000_000), RouteStreet("", "footway", 160_001))
    course = np.array([[114.0, 28.0], [114.01, 28.0]])
    way = WayToSite("a", "县就业之家", "county", "open", 114.01, 28.0, 1_200_001, 30_000, 10_000, streets, course)
    remedies = (
        Remedy("suggestion", "2 便民服务中心", distance_mm=300_000),
        Remedy("missing_road", distance_mm=900_000),
    )
    found = ExplainedPlace(
        *("东村", 114.0, 28.0, "东区", Setting.CITY, Rule.walking(15, 4.8)),
        *(2048, (114.0, 28.0), 0.0, Cause.TOO_FAR, 900.0, (way,), remedies),
    )
    return replace(found, **changes)


def test_what_is_said_of_a_place():
    assert list(place_lines(made_place(), "zh")) == [
        "东村（114.000000, 28.000000）东区，城区，标准：步行15分钟（4.8 km/h，1200米）",
        "所在人口点常住人口 2 人；从该点（114.000000, 28.000000）起算，距所问位置 0米。",
        "未覆盖，原因：距离超限。",
        "1. 县就业之家（县级）：1.2公里，步行15.1分钟，超出标准",
        "   沿途：到道路 30米 → 中心路 1公里 → 人行道 160米 → 到网点 10米",
        "怎样才能覆盖：",
        "- 方案第 2 便民服务中心，距离 300米：建成即可覆盖。",
        "- 最近网点直线 900米，在标准以内，而沿道路超出：请核对是否缺路。",
    ]
    doubt = made_place(cause=Cause.NO_ROAD, ways=(), remedies=(Remedy("no_road", distance_mm=-1, most_gap_m=500.0),))
    said = list(place_lines(doubt, "en"))
    assert said[3:] == [
        "No way leads to any counted site.",
        "What would help:",
        "- No usable road within 20 km: check the road data.",
    ]
    known = match_lines("东村", [NamedPlace("东村", "place", 114.0, 28.0)], "en")
    assert list(known)[1] == "  114.000000,28.000000  东村 (place)"


def test_numbers_and_lines_on_a_map():
    record = place_record(made_place())
    assert json.loads(json.dumps(record)) == record
    assert (record["people"], record["ways"][0]["length_m"], record["ways"][0]["within"]) == (2.0, 1200.001, False)
    point, way, site = ways_geojson(made_place())["features"]
    assert way["geometry"]["coordinates"][0] == point["geometry"]["coordinates"] == [114.0, 28.0]
    assert way["geometry"]["coordinates"][-1] == site["geometry"]["coordinates"]


def test_the_command_says_which_places_a_name_means(small_demo, tmp_path):
    app = command_line("en", tmp_path)
    done = CliRunner().invoke(app, ["explain", str(small_demo), "--name", "示例社区"])
    assert done.exit_code == 2
    assert "say which by --at lon,lat" in done.output
    out = tmp_path / "ways.geojson"
    asked = [str(small_demo), "--name", "湖田镇就业之家", "--json", "--out", str(out)]
    done = CliRunner().invoke(app, ["explain", *asked])
    assert json.loads(done.stdout.splitlines()[0])["ways"][0]["name"] == "湖田镇就业之家"
    assert json.loads(out.read_text(encoding="utf-8"))["type"] == "FeatureCollection"
    assert isinstance(CliRunner().invoke(app, ["explain", str(small_demo)]).exception, SettingsError)
