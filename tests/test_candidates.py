"""Where to look for premises: on drawn streets, by head; on random ones, by law."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import networks, streets_of
from streetmap import street_map

from catchment.access.nearest import nearest_sites
from catchment.access.reach import reach_sets, reach_under_standard
from catchment.geo.measure import distance_m
from catchment.model import People, Points, Rule, Setting, Standard
from catchment.network.graph import graph
from catchment.network.snap import snap
from catchment.network.streets import STREET_KINDS
from catchment.siting.candidates import street_stretches
from catchment.siting.greedy import choose_sites
from catchment.words import say


def named(streets, kind="residential", name="中山路"):
    return replace(
        streets,
        kind=np.full(len(streets), STREET_KINDS.index(kind), np.int8),
        name=np.zeros(len(streets), np.int32),
        names=(name,),
    )


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


def test_a_street_without_a_name_cannot_be_looked_for():
    drawn = street_map("A-----B")
    assert len(street_stretches(drawn.streets, drawn.points("A").xy, near_m=1000)) == 0


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
    plan = choose_sites(reach, np.array([5, 4, 4, 1])[reach.order], 2)
    assert plan.added_units.tolist() == [8, 5]
    east = found.xy[plan.candidate, 0] * np.radians(1) * 6378137.0
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
    plan = choose_sites(reach, people.units[reach.order], budget)
    after = covered(np.concatenate([sites, found.xy[plan.candidate]]))
    assert plan.covered_units == people.units[after].sum() - people.units[before].sum()
    assert plan.uncovered_units == people.units[~before].sum()
