"""Reach sets: by head on drawn maps, against the nearest sites one by one on random ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import MODES, networks, streets_of
from streetmap import street_map

from catchment.access.nearest import nearest_sites
from catchment.access.reach import network_order, people_in_reach, reach_sets, reach_under_standard
from catchment.model import People, Places, Points, Rule, Setting, Standard
from catchment.network.graph import graph
from catchment.network.snap import snap


def reached(drawing, sources, people, limit_m, *, mode="walk", people_shift=(0, 0), count_gaps=True, **options):
    """Letters within the limit of each source."""
    drawn = street_map(drawing)
    roads = graph(drawn.streets, mode, **options)
    reach = reach_sets(
        roads,
        drawn.places(roads, sources),
        drawn.places(roads, people, shift_m=people_shift),
        limit_m=limit_m,
        count_gaps=count_gaps,
    )
    return ["".join(sorted(people[person] for person in reach.people(source))) for source in range(len(reach))]


def test_who_is_within_the_limit_of_each_source():
    drawing = """
S--A--B
   |
   C--T
"""
    assert reached(drawing, "ST", "ABC", 300) == ["A", "C"]
    assert reached(drawing, "ST", "ABC", 500) == ["AC", "AC"]
    assert reached(drawing, "ST", "ABC", 600) == ["ABC", "AC"]


def test_the_limit_is_inclusive():
    assert reached("S---P", "S", "P", 400) == ["P"]
    assert reached("S---P", "S", "P", 399.999) == [""]


def test_the_gap_leg_counts_unless_it_is_left_out():
    assert reached("S---P", "S", "P", 519, people_shift=(0, 120)) == [""]
    assert reached("S---P", "S", "P", 520, people_shift=(0, 120)) == ["P"]
    assert reached("S---P", "S", "P", 400, people_shift=(0, 120), count_gaps=False) == ["P"]


def test_a_source_in_mid_chain_that_reaches_neither_end_still_reaches_its_chain():
    assert reached("+-----S-P---Q-+", "S", "PQ", 250) == ["P"]


def test_a_chain_is_reached_from_both_of_its_ends():
    drawing = """
+--S--+
|     |
+P-Q-R+
"""
    assert reached(drawing, "S", "PQR", 600) == ["PR"]
    assert reached(drawing, "S", "PQR", 800) == ["PQR"]


def test_travel_is_towards_the_source_where_directions_count():
    drawing = """
P->-S
|   |
+---+
"""
    assert reached(drawing, "S", "P", 400, mode="road", respect_oneway=True) == ["P"]
    assert reached(drawing, "P", "S", 400, mode="road", respect_oneway=True) == [""]
    assert reached("A>S>P>B", "S", "ABP", 900, mode="road", respect_oneway=True) == ["A"]


def test_a_source_without_a_road_reaches_nobody_and_nobody_reaches_a_person_without_one():
    drawn = street_map("A--B")
    walk = graph(drawn.streets, "walk")
    nowhere = Places(np.array([-1], np.int32), np.array([0]), np.array([-1]))
    here = drawn.places(walk, "AB")
    assert reach_sets(walk, nowhere, here, limit_m=1e6).people(0).tolist() == []
    assert reach_sets(walk, here, nowhere, limit_m=1e6).people(0).tolist() == []


def test_a_graph_without_streets_reaches_nobody():
    drawn = street_map("A..B")
    road = graph(drawn.streets, "road")
    places = drawn.places(road, "AB")
    assert people_in_reach(reach_sets(road, places, places, limit_m=1e6), np.ones(2, np.int64)).tolist() == [0, 0]


def test_neighbours_on_a_street_are_neighbours_in_the_order():
    drawn = street_map("A--B--C\n|\nD--E--F")
    walk = graph(drawn.streets, "walk")
    letters = "CFADBE"
    order = network_order(walk, drawn.places(walk, letters))
    # One chain, from C to F past A and D, or the other way.
    assert "".join(letters[person] for person in order) in {"CBADEF", "FEDABC"}


@pytest.mark.parametrize(("mode", "respect_oneway"), MODES)
@given(network=networks(), limit_mm=st.integers(0, 5_000_000), count_gaps=st.booleans())
@settings(max_examples=120, deadline=None)
def test_every_reach_set_is_that_of_the_nearest_site_alone(mode, respect_oneway, network, limit_mm, count_gaps):
    node_count, edges, seed = network
    random = np.random.default_rng(seed)
    roads = graph(streets_of(node_count, edges, random), mode, respect_oneway=respect_oneway)
    sources = snap(roads, Points(random.uniform(0, 0.02, (5, 2))), max_gap_m=400)
    people = snap(roads, Points(random.uniform(0, 0.02, (30, 2))), max_gap_m=400)
    reach = reach_sets(roads, sources, people, limit_m=limit_mm / 1000, count_gaps=count_gaps)
    for source in range(len(sources)):
        alone = Places(*(column[[source]] for column in (sources.edge, sources.offset_mm, sources.gap_mm)))
        cost = nearest_sites(roads, alone, people, cutoff_m=np.inf, k=1, count_gaps=count_gaps).cost_mm[:, 0]
        expected = np.flatnonzero((cost >= 0) & (cost <= limit_mm))
        assert sorted(reach.people(source).tolist()) == expected.tolist()
    _runs_are_apart_and_ascending(reach)


def _runs_are_apart_and_ascending(reach):
    assert (reach.start < reach.stop).all()
    for source in range(len(reach)):
        runs = slice(reach.source_ptr[source], reach.source_ptr[source + 1])
        assert (reach.start[runs][1:] > reach.stop[runs][:-1]).all()


@given(network=networks(), limit_m=st.floats(0, 3000))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_people_changes_nothing(network, limit_m):
    node_count, edges, seed = network
    random = np.random.default_rng(seed)
    roads = graph(streets_of(node_count, edges, random), "walk")
    sources = snap(roads, Points(random.uniform(0, 0.02, (3, 2))), max_gap_m=400)
    xy, units = random.uniform(0, 0.02, (20, 2)), random.integers(0, 9000, 20)
    shuffled = random.permutation(20)

    def found(xy, units):
        reach = reach_sets(roads, sources, snap(roads, Points(xy), max_gap_m=400), limit_m=limit_m)
        return reach, people_in_reach(reach, units[reach.order])

    (one, here), (other, there) = found(xy, units), found(xy[shuffled], units[shuffled])
    for a, b in ((one.source_ptr, other.source_ptr), (one.start, other.start), (one.stop, other.stop), (here, there)):
        assert a.tobytes() == b.tobytes()
    assert here.tolist() == [units[one.people(source)].sum() for source in range(3)]


@given(network=networks(), limit_m=st.floats(0, 3000), threads=st.integers(2, 9))
@settings(max_examples=40, deadline=None)
def test_any_number_of_threads_finds_the_same_bytes(network, limit_m, threads):
    node_count, edges, seed = network
    random = np.random.default_rng(seed)
    roads = graph(streets_of(node_count, edges, random), "walk")
    sources, people = (snap(roads, Points(random.uniform(0, 0.02, (count, 2))), max_gap_m=400) for count in (7, 20))
    alone = reach_sets(roads, sources, people, limit_m=limit_m)
    together = reach_sets(roads, sources, people, limit_m=limit_m, threads=threads)
    for field in ("source_ptr", "start", "stop", "order"):
        assert getattr(alone, field).tobytes() == getattr(together, field).tobytes()


def test_under_a_standard_everybody_is_reached_by_the_rule_of_his_own_setting():
    drawn = street_map("A--S----B------C")
    letters = "ABCABC"
    points = drawn.points(letters)
    rural = letters.rindex("A")
    people = People(
        xy=points.xy,
        units=np.array([1, 10, 100, 1000, 10000, 100000]),
        point_id=np.arange(6),
        region=np.full(6, -1, np.int32),
        setting=np.where(np.arange(6) < rural, Setting.CITY, Setting.RURAL).astype(np.int8),
    )
    walk = Rule.walking(7.5, 4.0)
    roads = {mode: graph(drawn.streets, mode) for mode in ("walk", "road")}
    reach = reach_under_standard(
        people,
        Standard("custom", walk, walk, Rule.by_road(1.2)),
        roads,
        {mode: drawn.places(each, "SC") for mode, each in roads.items()},
        {mode: drawn.places(each, letters) for mode, each in roads.items()},
    )
    # 500 m on foot in the city, 1.2 km by road in the country: S is 300, 500 and 1200 m from A, B and C.
    assert people_in_reach(reach, people.units[reach.order]).tolist() == [111_011, 110_100]
