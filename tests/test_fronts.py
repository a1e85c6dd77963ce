"""Street fronts of blocks drawn in text, their metres counted by head: a square is 2 m."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from blocks import HIGH, Block, block, buildings_of, fronts_of, on_earth, streets_of
from front_blocks import BOW_TIE, KINDS, at_distance, square, wedge
from front_pictures import PICTURES, picture
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.inputs.buildings import read_buildings
from catchment.model import Buildings
from catchment.siting.fronts import street_fronts
from catchment.siting.setbacks import point_fronts


def rows(fronts, drawn):
    """Letter, street, frontage and setback to the centimetre."""
    letters = list(drawn.buildings)
    columns = fronts.frame[["building", "street", "frontage_m", "setback_m"]].to_numpy()
    return [(letters[b], street, round(length, 2), round(gap, 2)) for b, street, length, gap in columns]


def said(fronts):
    return {finding.word: (finding.facts["count"], finding.facts["names"]) for finding in fronts.findings}


def test_a_wall_along_a_street_is_a_front_of_its_length_and_distance():
    drawn = KINDS["along"]
    fronts = fronts_of(drawn)
    assert rows(fronts, drawn) == [("A", "High Street", 8.0, 3.0)]
    assert fronts.frame["kind"].tolist() == ["residential"]
    assert fronts.frame["compass"].tolist() == ["compass.n"]
    assert fronts.frame["side"].tolist() == ["front.left"]  # the line is drawn from west to east
    east, north = 4.0, -4.0
    assert fronts.frame[["lon", "lat"]].to_numpy() == pytest.approx(on_earth(np.array([[east, north]])), abs=1e-9)


def test_a_house_at_a_corner_has_a_front_on_both_streets():
    drawn = KINDS["corner"]
    fronts = fronts_of(drawn)
    assert rows(fronts, drawn) == [
        ("A", "High Street", 6.0, 3.0),
        ("B", "North Street", 6.0, 3.0),
        ("B", "High Street", 4.0, 3.0),
    ]
    assert fronts.frame["corner"].tolist() == [False, True, True]
    assert fronts.frame["compass"].tolist() == ["compass.n", "compass.w", "compass.n"]


def test_a_house_between_two_parallel_streets_has_two_fronts_and_no_corner():
    drawn = KINDS["parallel"]
    fronts = fronts_of(drawn)
    assert sorted(fronts.frame["street"]) == ["Back Street", "High Street"]
    assert not fronts.frame["corner"].any()


def test_a_courtyard_house_behind_another_has_no_front():
    drawn = KINDS["behind"]
    fronts = fronts_of(drawn)
    assert rows(fronts, drawn) == [("A", "High Street", 12.0, 3.0)]
    assert fronts.reason == ("front.hidden", "")  # B is drawn first


def test_a_house_half_hidden_has_the_half_that_is_seen():
    drawn = KINDS["half"]
    assert rows(fronts_of(drawn), drawn) == [("B", "High Street", 6.0, 9.0), ("A", "High Street", 6.0, 3.0)]


def test_a_house_inside_the_courtyard_of_another_has_no_front():
    drawn = KINDS["courtyard"]
    fronts = fronts_of(drawn)
    assert rows(fronts, drawn) == [("A", "High Street", 14.0, 3.0)]
    assert fronts.reason[1] == "front.hidden"


def test_an_open_courtyard_is_front_where_its_back_wall_sees_the_street():
    drawn = KINDS["open-court"]
    # Both wings of 2 m at 3 m, and the back wall of 8 m between them.
    assert rows(fronts_of(drawn), drawn) == [("A", "High Street", 12.0, 3.0)]


def test_walls_between_neighbours_are_no_front():
    drawn = KINDS["party-walls"]
    fronts = fronts_of(drawn)
    assert rows(fronts, drawn) == [
        ("A", "High Street", 4.0, 3.0),
        ("A", "North Street", 4.0, 3.0),
        ("B", "High Street", 4.0, 3.0),
        ("C", "High Street", 4.0, 3.0),
    ]


def test_an_arcade_leaves_the_front_to_the_street_before_it():
    fronts = fronts_of(KINDS["arcade"])
    assert rows(fronts, KINDS["arcade"]) == [("A", "High Street", 10.0, 3.0)]
    assert fronts.findings == ()


def test_a_roofed_shopping_street_has_fronts_and_a_way_through_a_building_has_none():
    assert rows(fronts_of(KINDS["roofed"]), KINDS["roofed"]) == [("A", "Arcade", 8.0, 3.0)]
    assert rows(fronts_of(KINDS["passage"]), KINDS["passage"]) == [("A", "High Street", 8.0, 7.0)]


@pytest.mark.parametrize(("gap_m", "reason"), [(29.99, ""), (30.0, ""), (30.01, "front.too_far")])
def test_the_setback_is_inclusive_to_the_centimetre(gap_m, reason):
    assert fronts_of(at_distance(gap_m)).reason == (reason,)


@pytest.mark.parametrize(("degrees", "reason"), [(44, ""), (46, "front.turned_away")])
def test_a_wall_looks_onto_a_street_within_45_degrees(degrees, reason):
    drawn = wedge(degrees)
    fronts = fronts_of(drawn)
    assert fronts.reason == (reason,)
    assert rows(fronts, drawn) == ([] if reason else [("A", "High Street", 16.0, 12.0)])


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"highway": "primary", "bridge": "yes"}, "front.bridge"),
        ({"highway": "primary", "tunnel": "yes"}, "front.tunnel"),
        ({"highway": "motorway"}, "front.motorway"),
        ({"highway": "trunk", "motorroad": "yes"}, "front.motorway"),
        ({"highway": "motorway_link"}, "front.ramp"),
        ({"highway": "trunk_link"}, "front.ramp"),
        ({"highway": "steps"}, "front.steps"),
        ({"highway": "residential", "access": "private"}, "front.private"),
        ({"highway": "footway"}, "front.path"),
        ({"highway": "service"}, "front.path"),
        ({"highway": "residential", "access": "no", "foot": "yes"}, ""),
        ({"highway": "residential"}, ""),
    ],
)
def test_a_way_that_is_no_place_for_a_front_says_why(tags, reason):
    drawn = block("AAAA\n\n======" + "\n" * 20 + "------", tags)
    assert fronts_of(drawn).reason == (reason,)


def test_a_bridge_overhead_does_not_hide_the_street_below():
    drawn = KINDS["bridge"]
    assert rows(fronts_of(drawn), drawn) == [("A", "High Street", 8.0, 7.0)]


@pytest.mark.parametrize("north_m", [0.0, 0.004, -0.004])
def test_houses_along_the_edge_of_a_square_look_onto_it_and_those_behind_them_do_not(north_m):
    drawn = square(north_m)
    fronts = fronts_of(drawn)
    assert fronts.frame["frontage_m"].to_numpy() == pytest.approx([10, 8], abs=0.01)
    assert fronts.frame["setback_m"].to_numpy() == pytest.approx([0, 0], abs=0.005)
    assert fronts.reason == ("", "front.hidden", "")
    assert fronts.frame["compass"].tolist() == ["compass.n", "compass.s"]
    assert fronts.frame["side"].tolist() == ["front.left", "front.left"]  # the edge is drawn clockwise


def test_a_house_on_the_edge_of_a_square_hides_nothing_before_it():
    wall = Block({"A": shapely.box(10, 0, 20, 8), "D": shapely.box(12, -8, 18, -6)}, square().ways)
    # D stands in the square, and only its north wall is near an edge, which lies along A.
    fronts = fronts_of(wall, setback_m=7)
    assert rows(fronts, wall) == [("A", "The Square", 10.0, 0.0), ("D", "The Square", 6.0, 6.0)]


def test_a_street_of_no_name_has_fronts_too():
    fronts = fronts_of(block("AAAA\n\n======", {"highway": "unclassified"}))
    assert fronts.frame[["street", "kind", "frontage_m"]].to_numpy().tolist() == [["", "unclassified", 8.0]]
    assert said(fronts) == {"finding.fronts_nameless": (1, "1")}


@pytest.mark.parametrize(("closed", "street"), [(True, "High Street"), (False, "")])
def test_nameless_paving_has_the_name_of_the_street_that_it_lies_along(closed, street):
    ring = [(0, -2), (20, -2), (20, -5), (0, -5), (0, -2)][: None if closed else 4]
    ways = ({"highway": "pedestrian"}, shapely.LineString(ring)), (HIGH, shapely.LineString([(-9, -9), (30, -9)]))
    fronts = fronts_of(Block({"A": shapely.box(6, 0, 14, 8)}, ways))
    found = fronts.frame[["street", "kind", "frontage_m", "setback_m"]].to_numpy().tolist()
    assert found == [[street, "pedestrian", 8.0, 2.0]]


def test_a_street_of_no_known_class_has_fronts_too():
    fronts = fronts_of(block("AAAA\n\n======", {"highway": "road", "name": "High Street"}))
    assert fronts.frame[["street", "kind"]].to_numpy().tolist() == [["High Street", "road"]]
    assert said(fronts) == {"finding.fronts_classless": (1, "1")}


def test_a_building_across_a_street_is_named_and_has_no_front_on_it():
    fronts = fronts_of(KINDS["across"])
    assert fronts.reason == ("front.across",)
    assert said(fronts) == {"finding.buildings_across": (1, "A")}


def test_a_bow_tie_is_mended_and_measured(tmp_path):
    path = tmp_path / "houses.geojson"
    outline = shapely.transform(shapely.Polygon(BOW_TIE), on_earth)
    gpd.GeoDataFrame({"id": ["A"]}, geometry=[outline], crs="EPSG:4326").to_file(path)
    drawn = KINDS["bow-tie"]
    read = read_buildings(path)
    assert [finding.word for finding in read.findings] == ["finding.polygons_repaired"]
    # Its lower half has its base at 3 m, and hides the slanting walls of the upper half.
    for fronts in (street_fronts(read, *streets_of(drawn)), fronts_of(drawn)):
        assert rows(fronts, drawn) == [("A", "High Street", 10.0, 3.0)]


def test_a_building_across_the_end_of_one_street_fronts_another():
    drawn = block("   !\n   !\n AAAAA\n AAAAA\n\n-------", {"highway": "residential", "name": "Dead End"})
    into = Block(drawn.buildings, (*drawn.ways[:1], (drawn.ways[1][0], shapely.LineString([(7, 0), (7, -6)]))))
    fronts = fronts_of(into)
    assert rows(fronts, into) == [("A", "High Street", 10.0, 3.0)]
    assert fronts.findings[0].facts["names"] == "A"


def test_less_than_a_metre_of_wall_is_no_front():
    assert fronts_of(at_distance(5)).reason == ("",)
    post = Block({"A": shapely.box(0, 5, 0.9, 5.9)}, at_distance(5).ways)
    assert fronts_of(post).reason == ("front.narrow",)


def test_how_a_street_is_cut_means_nothing():
    drawn = KINDS["corner"]
    cut = tuple((tags, shapely.segmentize(line, 1.7)) for tags, line in drawn.ways)
    pd.testing.assert_frame_equal(
        fronts_of(Block(drawn.buildings, cut)).frame, fronts_of(drawn).frame, rtol=0, atol=1e-3
    )


def test_a_place_without_buildings_has_no_fronts():
    drawn = KINDS["corner"]
    fronts = fronts_of(Block({}, drawn.ways))
    assert (len(fronts), fronts.reason) == (0, ())


TOWN = """
AAABBB   |  CC
AAABBB   |  CCCC
         |  CCCC
  DD  EE |  CC
  DD     |
---------+-------
 FF FFF  |   GGG
 FFFFFF  |   GGG
"""


@settings(deadline=None, max_examples=25)
@given(st.floats(0, 360), st.floats(-4000, 4000), st.floats(-4000, 4000))
def test_moving_and_turning_a_town_changes_no_front(degrees, east, north):
    drawn = block(TOWN)
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    moved = drawn.moved(lambda xy: xy @ np.array([[cos, sin], [-sin, cos]]) + [east, north])
    columns = ["building", "street", "frontage_m", "setback_m", "corner", "side"]
    before, after = (fronts_of(town).frame[columns].sort_values(["building", "street"]) for town in (drawn, moved))
    before, after = before.reset_index(drop=True), after.reset_index(drop=True)
    pd.testing.assert_frame_equal(before, after, rtol=0, atol=0.01)


@settings(deadline=None, max_examples=10)
@given(st.permutations("ABCDEFG"))
def test_the_order_of_buildings_changes_nothing(letters):
    drawn = block(TOWN)
    known, there = buildings_of(drawn).frame, streets_of(drawn)
    plain = street_fronts(Buildings(known), *there)
    mixed = known.set_index("building_id").loc[list(letters)].reset_index()
    again = street_fronts(Buildings(mixed), *there)
    first = dict(zip(known["building_id"], plain.reason, strict=True))
    assert dict(zip(letters, again.reason, strict=True)) == first
    back = again.frame.assign(
        building=known.index[[list(known["building_id"]).index(letters[b]) for b in again.frame["building"]]]
    )
    pd.testing.assert_frame_equal(
        back.sort_values(["building", "way_id"]).reset_index(drop=True),
        plain.frame.sort_values(["building", "way_id"]).reset_index(drop=True),
    )


def points_of(drawn, places):
    """Fronts of places in metres, without any buildings."""
    return point_fronts(on_earth(np.array(places, float)), *streets_of(drawn))


def test_without_buildings_the_nearest_allowed_street_is_the_front():
    fronts = points_of(KINDS["corner"], [(7, -3), (15, -3), (7, -20)])
    # High Street runs 9 m south and North Street 17 m east of the drawing's corner.
    columns = fronts.frame[["building", "street", "setback_m", "compass", "side"]].to_numpy().tolist()
    assert columns == [
        [0, "High Street", 6.0, "compass.n", "front.left"],
        [1, "North Street", 2.0, "compass.w", "front.right"],  # drawn from north to south
        [2, "High Street", 11.0, "compass.s", "front.right"],
    ]
    assert fronts.frame["frontage_m"].isna().all()
    assert not fronts.frame["corner"].any()


@pytest.mark.parametrize(("gap_m", "reason"), [(30.0, ""), (30.01, "front.too_far")])
def test_without_buildings_the_setback_is_inclusive_too(gap_m, reason):
    assert points_of(at_distance(5), [(0, gap_m)]).reason == (reason,)


def test_without_buildings_a_bridge_is_no_front_but_the_street_behind_it_is():
    drawn = block("A\n\n======\n\n\n------", {"highway": "primary", "bridge": "yes"})
    assert points_of(drawn, [(1, -1), (1, 22)]).reason == ("", "front.bridge")


def test_without_premises_or_streets_there_are_no_fronts():
    drawn = block("-----")
    assert (len(points_of(drawn, np.empty((0, 2)))), points_of(drawn, [(0, 5000)]).reason) == (0, ("front.too_far",))


@pytest.mark.parametrize("kind", KINDS)
def test_the_pictures_of_the_document_are_drawn_from_these_blocks(kind):
    assert (PICTURES / f"{kind}.svg").read_text(encoding="utf-8") == picture(KINDS[kind])
    assert f"(frontage/{kind}.svg)" in (PICTURES.parent / "frontage.md").read_text(encoding="utf-8")
