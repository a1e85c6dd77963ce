"""Gap or missing road: streets of a region, its class, the learned detour and the estimate that covers nobody."""

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from networks import networks, streets_of
from streetmap import EAST_DEGREES, NORTH_DEGREES, street_map
from test_judge import STANDARD, assess

from catchment.access.detour import GIVEN, learned_detours, weighted_quantile, within_by_detour
from catchment.access.road_supply import road_classes, street_lengths
from catchment.access.roads_missing import roads_missing
from catchment.config import settings_of
from catchment.geo.shapes import polygon_of
from catchment.model import UNITS_PER_PERSON, Access, Cause, Detour, People, Regions, RoadClass, Setting
from catchment.outputs.features import layers
from catchment.outputs.figures import printed_figures
from catchment.outputs.payload import page_payload
from catchment.outputs.profile import published
from catchment.outputs.roads import printed_roads, road_findings, road_lines, road_method, road_record
from catchment.outputs.sheets import sheets
from catchment.pipeline.judged import judged
from catchment.pipeline.read import read_inputs
from catchment.pipeline.roads_missing import roads_missing_of
from catchment.pipeline.stopwatch import Stopwatch

ENOUGH, DOUBTFUL, FEW = RoadClass


def boxes(*sides):
    """Regions of (west, east) in steps of a drawing, ten steps high to both sides."""
    shapes = [
        shapely.box(west * EAST_DEGREES, -10 * NORTH_DEGREES, east * EAST_DEGREES, 10 * NORTH_DEGREES)
        for west, east in sides
    ]
    names = [f"r{number}" for number in range(len(sides))]
    return Regions(
        gpd.GeoDataFrame({"region_id": names, "name": names, "parent": ""}, geometry=shapes, crs="EPSG:4326")
    )


def lengths_m(drawing, regions, usable=None):
    streets = street_map(drawing).streets
    usable = np.ones(len(streets), bool) if usable is None else usable(streets)
    return [round(mm / 1000) for mm in street_lengths(streets, usable, regions)]


# --- streets of a region, by head: a hundred metres to each letter or dash


def test_a_street_is_shared_out_between_the_regions_it_passes():
    # Three of the seven steps have their middle west of 3.2; nothing lies in the last region.
    assert lengths_m("A------B", boxes((-1, 3.2), (3.2, 8), (20, 30))) == [300, 400, 0]


def test_streets_of_all_regions_and_outside_add_up():
    assert sum(lengths_m("A------B", boxes((2, 4.5), (4.5, 6)))) == 400


def test_streets_that_the_mode_may_not_use_are_no_roads():
    drawing = "A--+..B"
    assert lengths_m(drawing, boxes((-1, 9))) == [600]
    assert lengths_m(drawing, boxes((-1, 9)), lambda streets: (streets.flags & 6) > 0) == [300]


@hypothesis_settings(max_examples=40)
@given(networks(), st.integers(0, 2**25 - 1))
def test_adding_roads_never_lowers_the_length_of_any_region(network, chosen):
    node_count, edges, seed = network
    streets = streets_of(node_count, edges, np.random.default_rng(seed))
    regions = boxes((-1, 8), (8, 14), (14, 30))
    some = (chosen >> np.arange(len(streets))) & 1 > 0
    fewer, all_of_them = (street_lengths(streets, usable, regions) for usable in (some, np.ones(len(streets), bool)))
    assert (fewer <= all_of_them).all()


# --- classes


def supply(**columns):
    count = len(next(iter(columns.values())))
    usual = {"people": 1024, "near_500": 1024, "near_200": 1024, "lost": 0, "area_km2": 1.0, "street_mm": 100}
    return pd.DataFrame({name: columns.get(name, [value] * count) for name, value in usual.items()})


@pytest.mark.parametrize(
    ("column", "values", "classes"),
    [
        ("near_500", [1024, 871, 870, 615, 614], [ENOUGH, ENOUGH, DOUBTFUL, DOUBTFUL, FEW]),
        ("near_200", [1024, 512, 511, 0, 1024], [ENOUGH, ENOUGH, DOUBTFUL, DOUBTFUL, ENOUGH]),
        ("lost", [0, 51, 52, 255, 256], [ENOUGH, ENOUGH, DOUBTFUL, DOUBTFUL, FEW]),
        ("street_mm", [100, 50, 49, 25, 24], [ENOUGH, ENOUGH, DOUBTFUL, DOUBTFUL, FEW]),
        ("people", [1024, 0, 1024, 1024, 1024], [ENOUGH] * 5),
    ],
)
def test_every_line_between_the_classes_is_where_the_document_says(column, values, classes):
    frame = supply(**{column: values})
    if column == "street_mm":
        # The peers are these five; three more hold their median.
        frame = pd.concat([frame, supply(people=[10_240] * 3, near_500=[10_240] * 3, near_200=[10_240] * 3)])
        frame.loc[frame["people"] == 10_240, "street_mm"] = round(100 * 10**0.5)
    found, *_ = road_classes(frame)
    assert found[:5].tolist() == classes


def test_fewer_than_three_peers_are_no_measure():
    classes, relative, peers = road_classes(supply(street_mm=[100, 1]))
    assert (classes.tolist(), peers) == ([ENOUGH, ENOUGH], 0)
    assert np.isnan(relative).all()


# --- detours


def rural(straight_m, cost_m, **columns):
    """People in the country, a region to each; a cost below 0 is none found."""
    count = len(straight_m)
    ids, none = np.arange(count), np.full(count, -1, np.int32)
    people = People(
        np.zeros((count, 2)), np.full(count, 1024), ids, ids.astype(np.int32), np.full(count, Setting.RURAL, np.int8)
    )
    cost = np.array([round(metres * 1000) if metres >= 0 else -1 for metres in cost_m])
    cause = columns.get("cause", np.zeros(count, np.int8))
    return people, Access(cause, none, none, cost, cost * 0 - 1, np.array(straight_m, np.float64))


def test_a_quantile_does_not_depend_on_the_order_of_rows():
    values, units = np.array([1.0, 2.0, 2.0, 9.0]), np.array([3, 1, 5, 2])
    turned = [weighted_quantile(values[order], units[order], 0.5) for order in ([0, 1, 2, 3], [3, 2, 0, 1])]
    assert turned == [2.0, 2.0]


def test_who_found_no_way_counts_among_those_with_a_long_one():
    # Twenty at 1.2 times the line, nineteen with no way within the search: the median still arrived.
    people, access = rural([400.0] * 39, [480.0] * 20 + [-1.0] * 19)
    *_, detour = learned_detours(people, access, STANDARD, well_mapped=np.ones(39, bool))
    assert (detour.factor, detour.low, detour.high) == (1.2, 1.2, np.inf)
    assert (detour.points, detour.regions, detour.units) == (39, 39, 39 * UNITS_PER_PERSON)


def test_a_detour_is_learned_where_roads_are_in_no_doubt_and_lines_neither_short_nor_long():
    people, access = rural([400.0] * 40 + [80.0] * 40 + [950.0] * 40, [600.0] * 40 + [800.0] * 40 + [1900.0] * 40)
    everywhere = np.ones(120, bool)
    *_, detour = learned_detours(people, access, STANDARD, well_mapped=everywhere)
    assert (detour.factor, detour.points) == (1.5, 40)
    doubtful = replace(access, cause=np.full(120, Cause.CUT_OFF, np.int8))
    assert [found.basis for found in learned_detours(people, doubtful, STANDARD, well_mapped=everywhere)] == [
        "given"
    ] * 3
    *_, elsewhere = learned_detours(people, access, STANDARD, well_mapped=~everywhere)
    assert (elsewhere.factor, elsewhere.basis, elsewhere.points) == (GIVEN, "given", 0)


def test_a_setting_with_too_few_people_takes_the_detour_of_its_mode():
    people, access = rural([400.0] * 40, [500.0] * 40)
    on_foot = replace(people, setting=np.array([Setting.CITY] * 38 + [Setting.TOWN] * 2, np.int8))
    found = learned_detours(on_foot, access, STANDARD, well_mapped=np.ones(40, bool))
    assert [(detour.factor, detour.basis) for detour in found] == [
        (1.25, "setting"),
        (1.25, "mode"),
        (GIVEN, "given"),
    ]


def test_a_line_times_the_detour_may_just_reach_the_limit():
    # 900 m by road, a detour of one and a half: 600 m in a straight line.
    people, access = rural([600.0, 600.001, np.nan], [-1.0] * 3)
    detours = tuple(Detour(setting, "road", 1.5, 1.0, np.inf, "setting") for setting in Setting)
    assert within_by_detour(people, access, STANDARD, detours).tolist() == [True, False, False]
    assert not within_by_detour(people, access, STANDARD, detours, which="high").any()


# --- the estimate, by head


def estimate(drawing, homes):
    """Residents of the country in one region, everybody at a street; the limit is 900 m."""
    regions = boxes((-1, 30))
    people, access, _ = assess(drawing, "S", homes, Setting.RURAL, max_gap_m=150)
    region = polygon_of(people.xy, regions.frame.geometry.to_numpy())
    people = replace(people, region=region)
    none = np.zeros(len(regions), np.int64)
    gap_mm = np.zeros(len(people), np.int64)
    return access, roads_missing(regions, people, access, STANDARD, street_mm=none, road_mm=none, gap_mm=gap_mm)


def test_people_cut_off_are_likely_covered_if_the_line_times_the_detour_is_within_the_limit():
    access, found = estimate("S--A   B--C", "ABC")
    assert [Cause(code).name for code in access.cause] == ["COVERED", "CUT_OFF", "TOO_FAR"]
    # B: 700 m of 900 m, times 1.324 is 927 m.
    assert found.likely.tolist() == [False, False, False]
    # With 1.3 it is 910 m still; the classes are by the people, a third of whom are off the road.
    (row,) = found.by_region.to_dict("records")
    assert (row["doubt"], row["likely"], row["likely_most"]) == (1024, 0, 0)
    assert RoadClass(row["road_class"]) is FEW


def test_people_cut_off_at_half_a_limit_are_likely_covered_and_still_uncovered():
    access, found = estimate("S--A B-C", "AB")
    assert [Cause(code).name for code in access.cause] == ["COVERED", "CUT_OFF"]
    assert found.likely.tolist() == [False, True]
    (row,) = found.by_region.to_dict("records")
    assert (row["likely_least"], row["likely"], row["likely_most"]) == (1024, 1024, 1024)


def test_too_far_by_a_long_way_round_is_told_apart_where_roads_are_few():
    # P is 300 m from S in a straight line and 1,700 m by road.
    round_way = """
S  P-+
|    |
|    |
|    |
|    |
+----+
"""
    people, access, _ = assess(round_way, "S", "P", Setting.RURAL, max_gap_m=150)
    assert [Cause(code).name for code in access.cause] == ["TOO_FAR"]
    regions = boxes((-1, 30))
    people = replace(people, region=np.zeros(1, np.int32))
    none = np.zeros(1, np.int64)
    for gap_mm, far in ((-1, 1024), (0, 0)):
        gaps = np.full(1, gap_mm)
        found = roads_missing(regions, people, access, STANDARD, street_mm=none, road_mm=none, gap_mm=gaps)
        (row,) = found.by_region.to_dict("records")
        # Only where roads are too few is a long way round a doubt; it is never one of those in doubt.
        assert (row["far"], row["far_likely"], row["doubt"], row["likely"]) == (far, far, 0, 0)


@hypothesis_settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(list(Cause)), st.integers(0, 2000), st.integers(-1, 3000), st.integers(0, 2)),
        min_size=1,
        max_size=60,
    )
)
def test_an_estimate_is_only_of_the_uncovered_and_never_beyond_a_straight_line(rows):
    cause, straight, cost, region = zip(*rows, strict=True)
    people, access = rural(straight, cost, cause=np.array(cause, np.int8))
    people = replace(people, region=np.array(region, np.int32))
    none, gaps = np.zeros(3, np.int64), np.full(len(rows), -1)
    regions = boxes((0, 1), (1, 2), (2, 3))
    found = roads_missing(regions, people, access, STANDARD, street_mm=none, road_mm=none, gap_mm=gaps)
    assert not (found.likely & access.covered).any()
    assert not (found.far_likely & access.covered).any()
    assert not (found.likely & found.far_likely).any()
    table = found.by_region
    assert (table["likely_least"] <= table["likely"]).all()
    assert (table["likely"] <= table["likely_most"]).all()
    assert (table["likely_most"] <= table["doubt"]).all()
    assert (table["far_likely"] <= table["far"]).all()


# --- a real country: roads taken away


def with_edges(streets, kept):
    """The streets with some edges alone."""
    vertex, count = np.repeat(kept, np.diff(streets.vertex_ptr)), np.diff(streets.vertex_ptr)[kept]
    columns = ("start", "end", "way_id", "first_segment", "flags", "kind", "name")
    return replace(
        streets,
        vertex_ptr=np.concatenate([[0], np.cumsum(count)]),
        vertex_xy=streets.vertex_xy[vertex],
        vertex_mm=streets.vertex_mm[vertex],
        **{column: getattr(streets, column)[kept] for column in columns},
    )


MORONI = (43.2, -11.75)


@pytest.fixture(scope="module")
def moroni(shared_data, tmp_path_factory):
    """The Comoros by tenths of a degree, and the number of the square whose roads are best mapped."""
    folder = shared_data / "comoros"
    sides = [(43.2 + 0.1 * x, -12.45 + 0.1 * y) for x in range(5) for y in range(12)]
    shapes = [shapely.box(west, south, west + 0.1, south + 0.1) for west, south in sides]
    names = [f"{number:02d}" for number in range(len(sides))]
    regions = tmp_path_factory.mktemp("comoros") / "squares.geojson"
    frame = gpd.GeoDataFrame({"region_id": names, "name": names}, geometry=shapes, crs="EPSG:4326")
    frame.to_file(regions, driver="GeoJSON")
    inputs = {
        "sites": str(folder / "health_points.gpkg"),
        "roads": str(folder / "comoros.osm.pbf"),
        "population": str(folder / "population_worldpop_2020.tif"),
        "regions": str(regions),
    }
    settings = settings_of({"inputs": inputs}, file="", folder=Path())
    square = next(number for number, (west, south) in enumerate(sides) if (round(west, 2), round(south, 2)) == MORONI)
    return settings, read_inputs(settings), square


def test_without_a_third_of_its_roads_a_region_is_classed_down_and_the_estimate_is_nearer_the_truth(moroni):
    settings, inputs, square = moroni
    streets, shapes = inputs.streets, inputs.regions.frame.geometry.to_numpy()
    middle = streets.vertex_xy[(streets.vertex_ptr[:-1] + streets.vertex_ptr[1:]) // 2]
    here = polygon_of(middle, shapes) == square
    ways = np.random.default_rng(0).permutation(np.unique(streets.way_id[here]))
    length = np.array([streets.length_mm[here & (streets.way_id == way)].sum() for way in ways])
    taken = ways[: np.searchsorted(np.cumsum(length), 0.3 * length.sum())]
    poorer = replace(inputs, streets=with_edges(streets, ~(here & np.isin(streets.way_id, taken))))

    grounds = [judged(given_roads, settings, Stopwatch()) for given_roads in (inputs, poorer)]
    whole, part = (
        roads_missing_of(given_roads, settings, ground).by_region.loc[square]
        for given_roads, ground in zip((inputs, poorer), grounds, strict=True)
    )
    assert part["street_mm"] == pytest.approx(0.7 * whole["street_mm"], rel=0.05)
    assert RoadClass(whole["road_class"]) is ENOUGH
    assert RoadClass(part["road_class"]) > ENOUGH
    people = grounds[0].settled.people
    truth, plain = (int(people.units[ground.access.covered & (people.region == square)].sum()) for ground in grounds)
    assert truth > plain + 2_000 * UNITS_PER_PERSON
    assert abs(plain + part["likely"] - truth) < 0.2 * (truth - plain)


# --- the outputs


def test_the_printed_rows_add_up_and_agree_with_the_other_tables(village_run):
    figures = printed_figures(village_run)
    rows = printed_roads(village_run.roads_missing, figures)
    assert rows["doubt"].sum() == figures.doubtful > 0
    assert (rows["likely"] + rows["unlikely"] == rows["doubt"]).all()
    assert (rows[["likely", "unlikely", "far_likely", "far_unlikely"]] >= 0).all(axis=None)
    totals = village_run.totals
    assert village_run.roads_missing.by_region["doubt"].sum() == totals.doubtful
    assert village_run.roads_missing.by_region["people"].sum() == totals.people
    # The estimate is in no total.
    assert totals.covered == village_run.people.units[village_run.access.covered].sum()


def test_terminal_record_workbook_layer_and_page_say_the_same(village_run):
    found, figures = village_run.roads_missing, printed_figures(village_run)
    rows = printed_roads(found, figures)
    doubt, likely = int(rows["doubt"].sum()), int(rows["likely"].sum())
    lines = list(road_lines(village_run))
    assert f"{doubt:,} people are in doubt" in lines[1]
    assert f"{likely:,} would likely be covered" in lines[1]
    record = json.loads(json.dumps(road_record(village_run), default=int))
    assert record["people_doubt"] == village_run.totals.doubtful / UNITS_PER_PERSON
    assert sum(row["people_likely"] for row in record["regions"]) == record["people_likely"]
    (sheet,) = (sheet for sheet in sheets(village_run, figures) if sheet.name == "Roads")
    assert [cell.value for cell in sheet.lines[-1].cells[-5:-3]] == [doubt, likely]
    (layer,) = (layer.frame for layer in layers(village_run) if layer.name == "regions")
    assert (layer["doubt"].sum(), layer["doubt_likely"].sum()) == (doubt, likely)
    page = page_payload(village_run)
    assert sum(row["doubt"] for row in page["roads"]) == doubt
    assert page["texts"]["zh"]["roads"]["found"] == road_findings(village_run, "zh")


def test_the_public_sees_no_estimate_and_a_run_without_regions_has_none(village_run, make_run):
    public = published(replace(village_run, profile="public"))
    bare = make_run(roads_missing=None)
    for run in (public, bare):
        assert list(road_lines(run)) == road_findings(run, "en") == road_method(run, "en") == []
        assert road_record(run) is None
        assert page_payload(run)["roads"] == []


def test_everybody_is_judged_by_the_limit_of_their_own_setting():
    # 450 m times 1.324 is 596 m: over the 500 m of the city, under the 900 m of the country.
    people, access = rural([450.0, 450.0], [-1.0, -1.0], cause=np.full(2, Cause.CUT_OFF, np.int8))
    people = replace(people, setting=np.array([Setting.CITY, Setting.RURAL], np.int8))
    detours = learned_detours(people, access, STANDARD, well_mapped=np.zeros(2, bool))
    assert within_by_detour(people, access, STANDARD, detours).tolist() == [False, True]
