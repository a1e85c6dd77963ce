"""Where to look for premises: on drawn streets, by head; on random ones, by law."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import networks, streets_of
from streetmap import street_map

from catchment.access.nearest import nearest_sites
from catchment.access.reach import reach_sets, reach_under_standard
from catchment.geo.measure import distance_m
from catchment.model import People, Points, Premises, Rule, Setting, Standard
from catchment.network.graph import graph
from catchment.network.snap import snap
from catchment.network.streets import STREET_KINDS
from catchment.siting.candidates import Search, candidate_places, street_stretches
from catchment.siting.cover import problem_of_reach
from catchment.siting.frontage import street_in_front
from catchment.siting.solve import solve_cover
from catchment.words import say


def named(streets, kind="residential", name="中山路"):
    return replace(
        streets,
        kind=np.full(len(streets), STREET_KINDS.index(kind), np.int8),
        name=np.zeros(len(streets), np.int32),
        names=(name,),
    )


def premises_of(*entries):
    """Libraries of some names at some places."""
    names, places = zip(*entries, strict=True)
    frame = {"premises_id": [f"n{number}" for number in range(len(names))], "name": list(names)}
    frame |= {"kind": "premises.library", "address": "", "source": "osm"}
    return Premises(gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(*zip(*places, strict=True)), crs="EPSG:4326"))


def metres_east(candidates):
    return sorted(round(lon * np.radians(1) * 6378137.0) for lon in candidates.frame["lon"])


def test_a_street_of_600_metres_is_looked_at_in_three_places():
    drawn = street_map("A-----B")
    found = street_stretches(named(drawn.streets), drawn.points("AB").xy, near_m=1000, spacing_m=199)
    # One way of 100 m after another: their middles at 50, 150, ...; every second one is 200 m from the last.
    assert metres_east(found) == [50, 250, 450]
    assert found.frame["street"].tolist() == ["中山路"] * 3
    assert [say(label, "zh") for label in found.frame["label"].unique()] == ["寻址路段：需核实可用场所"]


def test_only_places_near_uncovered_people_are_looked_at():
    drawn = street_map("A-----B")
    found = street_stretches(named(drawn.streets), drawn.points("A").xy, near_m=160, spacing_m=60)
    # Ways of 100 m in two pieces each: middles at 25, 75, 125, 175; from 25 the next one far enough is 125.
    assert metres_east(found) == [25, 125]


def test_without_uncovered_people_there_is_nothing_to_look_for():
    drawn = street_map("A-----B")
    assert len(street_stretches(named(drawn.streets), np.empty((0, 2)), near_m=1000)) == 0


@pytest.mark.parametrize("kind", ["motorway", "primary_link", "service", "track", "footway", "steps"])
def test_ramps_tracks_and_paths_have_no_fronts(kind):
    drawn = street_map("A-----B")
    assert len(street_stretches(named(drawn.streets, kind), drawn.points("A").xy, near_m=1000)) == 0


def test_a_street_without_a_name_is_looked_at_after_those_of_its_kind_with_one():
    drawn = street_map("A-----B\n\nC-----D")
    # The upper street is the first by way, but has no name; 300 m keep one of two middles that face each other.
    lower = drawn.streets.vertex_xy[drawn.streets.vertex_ptr[:-1], 1] < -0.0001
    streets = replace(named(drawn.streets), name=np.where(lower, 0, -1).astype(np.int32))
    found = street_stretches(streets, drawn.points("AC").xy, near_m=150, spacing_m=300)
    assert found.frame["street"].tolist() == ["中山路"]
    alone = street_stretches(drawn.streets, drawn.points("A").xy, near_m=150, spacing_m=300)
    assert alone.frame[["street", "kind", "name", "premises"]].values.tolist() == [["", "residential", "", ""]]


def test_premises_come_first_and_no_street_is_looked_at_beside_them():
    drawn = street_map("A---------B")
    hall = drawn.points("A", shift_m=(20, 30)).xy
    found = candidate_places(
        premises_of(("甲", hall[0])),
        named(drawn.streets),
        [Search(drawn.points("AB").xy, 2000, 400)],
        sites_xy=np.empty((0, 2)),
    )
    # Middles at 50, 150, ..., 950: the premises at 20 take what is within 400 m of them.
    assert metres_east(found) == [20, 450, 950]
    assert found.frame["name"].tolist() == ["甲", "", ""]
    assert found.frame["premises"].tolist() == ["premises.library", "", ""]
    assert found.frame["street"].tolist() == ["中山路"] * 3
    assert found.frame["candidate_id"].tolist() == [1, 2, 3]
    assert [say(label, "zh")[:4] for label in found.frame["label"]] == ["现有场所", "寻址路段", "寻址路段"]


def test_what_stands_beside_a_counted_site_or_far_from_everybody_is_left_out():
    drawn = street_map("A---------B---------C")
    east = [drawn.points("A", shift_m=(metres, 0)).xy[0] for metres in (49, 51, 900, 1100)]
    found = candidate_places(
        premises_of(*((str(number), place) for number, place in enumerate(east))),
        replace(named(drawn.streets), flags=np.zeros(len(drawn.streets), np.uint8)),
        [Search(drawn.points("A").xy, 1000, 200)],
        sites_xy=drawn.points("A").xy,
    )
    assert found.frame["name"].tolist() == ["1", "2"]


def test_the_street_in_front_is_the_nearest_with_a_name_within_50_metres():
    drawn = street_map("A---B\n\nC---D")
    upper = drawn.streets.vertex_xy[drawn.streets.vertex_ptr[:-1], 1] > -0.0001
    streets = replace(named(drawn.streets), name=np.where(upper, 0, 1).astype(np.int32), names=("上街", "下街"))
    places = [drawn.points("A", shift_m=(150, -metres)).xy[0] for metres in (0, 49, 51, 149, 151)]
    edges = street_in_front(streets, np.array(places))
    assert [streets.names[streets.name[edge]] if edge >= 0 else "" for edge in edges] == [
        "上街",
        "上街",
        "",
        "",
        "下街",
    ]
    assert street_in_front(drawn.streets, np.array(places)).tolist() == [-1] * 5


def row_of_premises(own, most):
    """Premises every 9 m along a street, those of some numbers the planner's own, thinned; their numbers as found."""
    drawn = street_map("A-----------B")
    places = [drawn.points("A", shift_m=(9 * number, 0)).xy[0] for number in range(100)]
    premises = premises_of(*((str(number), place) for number, place in enumerate(places)))
    frame = premises.frame.assign(source=["table" if number in own else "osm" for number in range(100)])
    found = candidate_places(
        replace(premises, frame=frame),
        drawn.streets,
        [Search(drawn.points("AB").xy, 5000, 200)],
        sites_xy=np.empty((0, 2)),
        most_premises=most,
    )
    return [int(name) for name in found.frame["name"] if name]


def test_too_many_premises_are_thinned_and_the_planners_own_all_stay_and_come_first():
    own = [50, 51, 52, 90]
    # More than 50 m apart and from one's own there would be 14, so more than 100 m: 12 numbers or more.
    assert row_of_premises(own, 10) == [*own, 0, 12, 24, 36, 64, 76]


def test_more_of_the_planners_own_than_there_is_room_for_all_stay():
    assert row_of_premises(range(40, 60), 10) == list(range(40, 60))


@pytest.mark.parametrize(("home_m", "best"), [(-300, "w"), (380, "e")])
def test_of_premises_that_crowd_the_one_with_most_people_around_stays(home_m, best):
    drawn = street_map("A-----------B")
    premises = premises_of(
        *((name, drawn.points("A", shift_m=(east, 0)).xy[0]) for name, east in (("w", 0), ("e", 80)))
    )
    # Looked for within 450 m, people are counted within 340.
    search = Search(drawn.points("A", shift_m=(home_m, 0)).xy, 450, 200)
    found = candidate_places(premises, drawn.streets, [search], sites_xy=np.empty((0, 2)), most_premises=1)
    assert [name for name in found.frame["name"] if name] == [best]


def test_of_two_streets_side_by_side_the_busier_one_is_taken():
    drawn = street_map("A-B\n\nC-D")
    streets = named(drawn.streets)
    kind = streets.kind.copy()
    kind[-2:] = STREET_KINDS.index("primary")
    found = street_stretches(replace(streets, kind=kind), drawn.points("A").xy, near_m=1000, spacing_m=300)
    assert found.frame["kind"].tolist() == ["primary"]


@given(network=networks(), near_m=st.floats(10, 3000), spacing_m=st.floats(20, 800))
@settings(max_examples=60, deadline=None)
def test_candidates_are_near_and_apart_and_stand_on_the_streets(network, near_m, spacing_m):
    node_count, edges, seed = network
    random = np.random.default_rng(seed)
    streets = named(streets_of(node_count, edges, random))
    people = random.uniform(0, 0.02, (6, 2))
    found = street_stretches(streets, people, near_m=near_m, spacing_m=spacing_m)
    for number, place in enumerate(found.xy):
        others = np.delete(found.xy, number, axis=0)
        if len(others):
            assert distance_m(np.tile(place, (len(others), 1)), others).min() > spacing_m
        assert distance_m(np.tile(place, (len(people), 1)), people).min() <= near_m + 0.001
    # Every edge here is a street with fronts, whoever may use it.
    on_road = snap(graph(streets, "road"), Points(found.xy), max_gap_m=1)
    on_foot = snap(graph(streets, "walk"), Points(found.xy), max_gap_m=1)
    assert (np.maximum(on_road.gap_mm, on_foot.gap_mm) >= 0).all()


def test_the_first_suggestion_stands_where_most_uncovered_people_live():
    drawn = street_map("A-----------B-C---------D")
    streets = named(drawn.streets)
    walk, homes = graph(streets, "walk"), drawn.points("ABCD")
    found = street_stretches(streets, homes.xy, near_m=400, spacing_m=90)
    reach = reach_sets(walk, snap(walk, found, max_gap_m=10), snap(walk, homes, max_gap_m=10), limit_m=400)
    plan = solve_cover(problem_of_reach(reach, np.array([5, 4, 4, 1])[reach.order], found.xy), 2)
    assert plan.added_units.tolist() == [8, 5]
    east = found.xy[plan.site, 0] * np.radians(1) * 6378137.0
    # B and C are at 1200 and 1400 m: within 400 m of both is from 1000 to 1600 m; A is at 0.
    assert 1000 <= east[0] <= 1600
    assert east[1] <= 400


@given(network=networks(), budget=st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_opening_the_plan_covers_exactly_the_people_it_says(network, budget):
    node_count, edges, seed = network
    random = np.random.default_rng(seed)
    streets = named(streets_of(node_count, edges, random))
    people = People(
        xy=random.uniform(0, 0.02, (25, 2)),
        units=random.integers(0, 5000, 25),
        point_id=np.arange(25),
        region=np.full(25, -1, np.int32),
        setting=random.integers(0, 3, 25).astype(np.int8),
    )
    rule = Rule.walking(7.5, 4.0)
    standard = Standard("custom", rule, rule, Rule.by_road(0.9))
    roads = {mode: graph(streets, mode) for mode in ("walk", "road")}
    homes = {mode: snap(each, people, max_gap_m=400) for mode, each in roads.items()}

    def covered(xy):
        covered = np.zeros(len(people), bool)
        for setting in Setting:
            rule = standard.rule(setting)
            sites = snap(roads[rule.mode], Points(xy), max_gap_m=400)
            cost = nearest_sites(roads[rule.mode], sites, homes[rule.mode], cutoff_m=np.inf, k=1).cost_mm[:, 0]
            covered |= (people.setting == setting) & (cost >= 0) & (cost <= rule.limit_mm)
        return covered

    sites = random.uniform(0, 0.02, (2, 2))
    before = covered(sites)
    found = street_stretches(streets, people.xy[~before], near_m=500)
    joined = {mode: snap(each, found, max_gap_m=400) for mode, each in roads.items()}
    reach = reach_under_standard(people, standard, roads, joined, homes, kept=~before)
    plan = solve_cover(problem_of_reach(reach, people.units[reach.order], found.xy), budget)
    after = covered(np.concatenate([sites, found.xy[plan.site]]))
    assert plan.covered_units == people.units[after].sum() - people.units[before].sum()
