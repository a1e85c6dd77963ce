"""The nearest sites: by head on drawn maps, against networkx and scipy on random ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import MODES, exact_costs, networks, ranked, streets_of
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from streetmap import street_map

from catchment.access.nearest import nearest_sites
from catchment.model import Places, Points
from catchment.network.graph import graph
from catchment.network.snap import snap
from catchment.network.streets import WALK
from catchment.network.ways import Ways, split_ways


def costs(drawing, sites, people, *, mode="walk", k=1, cutoff_m=np.inf, people_shift=(0, 0), **options):
    """Metres from each person to the k nearest sites, as (site letter, metres)."""
    drawn = street_map(drawing)
    roads = graph(drawn.streets, mode, **options)
    found = nearest_sites(
        roads,
        drawn.places(roads, sites),
        drawn.places(roads, people, shift_m=people_shift),
        k=k,
        cutoff_m=cutoff_m,
    )
    return [
        [(sites[site], mm / 1000) for site, mm in zip(*row, strict=True) if site >= 0]
        for row in zip(found.site.tolist(), found.cost_mm.tolist(), strict=True)
    ]


def test_distances_run_along_the_streets():
    drawing = """
S--+
   |
P--+
"""
    assert costs(drawing, "S", "P") == [[("S", 800)]]


def test_two_on_one_street_are_joined_along_it():
    assert costs("--S--P--", "S", "P") == [[("S", 300)]]


def test_on_a_ring_the_shorter_way_round_is_taken():
    drawing = """
S---+
|   |
+--P+
"""
    assert costs(drawing, "S", "P") == [[("S", 500)]]


def test_the_river_is_crossed_at_its_bridge():
    drawing = """
S-----+
      |
P-----+
"""
    assert costs(drawing, "S", "P") == [[("S", 1400)]]


def test_nobody_reaches_a_site_on_another_island():
    assert costs("S--  P--", "S", "P") == [[]]


def test_the_second_nearest_is_another_site():
    assert costs("S-P--T", "ST", "P", k=2) == [[("S", 200), ("T", 300)]]


def test_a_tie_goes_to_the_first_site():
    assert costs("S--P--T", "ST", "P", k=2) == [[("S", 300), ("T", 300)]]
    assert costs("S--P--T", "TS", "P", k=2) == [[("T", 300), ("S", 300)]]


def test_two_sites_in_one_place_are_both_found():
    assert costs("S--P", "SS", "P", k=2) == [[("S", 300), ("S", 300)]]


def test_the_gap_leg_counts():
    assert costs("S---P", "S", "P", people_shift=(0, 120)) == [[("S", 520)]]


def test_the_cutoff_is_inclusive():
    assert costs("S---P", "S", "P", cutoff_m=400) == [[("S", 400)]]
    assert costs("S---P", "S", "P", cutoff_m=399.999) == [[]]


def test_a_site_in_mid_chain_that_reaches_neither_end_still_serves_its_chain():
    assert costs("+-----S-P-----+", "S", "P", cutoff_m=250) == [[("S", 200)]]


def test_travel_is_towards_the_site_where_directions_count():
    drawing = """
P->-S
|   |
+---+
"""
    assert costs(drawing, "S", "P", mode="road", respect_oneway=True) == [[("S", 400)]]
    assert costs(drawing, "P", "S", mode="road", respect_oneway=True) == [[("P", 800)]]
    assert costs(drawing, "P", "S", mode="road") == [[("P", 400)]]


def test_past_a_site_on_a_one_way_street_there_is_no_way_back():
    assert costs("A>S>P>B", "S", "P", mode="road", respect_oneway=True) == [[]]
    assert costs("A>P>S>B", "S", "P", mode="road", respect_oneway=True) == [[("S", 200)]]


def test_a_site_at_a_junction_is_reached_from_any_street_there():
    drawing = """
P>S<-
  ^
  Q
"""
    assert costs(drawing, "S", "PQ", mode="road", respect_oneway=True) == [[("S", 200)], [("S", 200)]]


def test_without_sites_nothing_is_found():
    assert costs("A--P", "", "P") == [[]]


@pytest.mark.parametrize(("mode", "respect_oneway"), MODES)
@given(network=networks(), k=st.integers(1, 3))
@settings(max_examples=120, deadline=None)
def test_every_cost_is_that_of_networkx(mode, respect_oneway, network, k):
    node_count, edges, seed = network
    random = np.random.default_rng(seed)
    streets = streets_of(node_count, edges, random)
    roads = graph(streets, mode, respect_oneway=respect_oneway)
    sites = snap(roads, Points(random.uniform(0, 0.02, (4, 2))), max_gap_m=400)
    people = snap(roads, Points(random.uniform(0, 0.02, (9, 2))), max_gap_m=400)
    found = nearest_sites(roads, sites, people, cutoff_m=np.inf, k=k)
    exact = exact_costs(streets, mode, respect_oneway, sites, people)
    for person in range(len(people)):
        ours = [(mm, site) for site, mm in zip(found.site[person], found.cost_mm[person], strict=True) if site >= 0]
        assert ours == ranked(exact[person].tolist(), k)


@given(network=networks(), cutoff_m=st.floats(0, 4000))
@settings(max_examples=60, deadline=None)
def test_a_cutoff_only_leaves_out_what_is_beyond_it(network, cutoff_m):
    node_count, edges, seed = network
    random = np.random.default_rng(seed)
    roads = graph(streets_of(node_count, edges, random), "walk")
    sites = snap(roads, Points(random.uniform(0, 0.02, (4, 2))), max_gap_m=400)
    people = snap(roads, Points(random.uniform(0, 0.02, (9, 2))), max_gap_m=400)
    whole = nearest_sites(roads, sites, people, cutoff_m=np.inf)
    cut = nearest_sites(roads, sites, people, cutoff_m=cutoff_m)
    within = (whole.cost_mm >= 0) & (whole.cost_mm <= int(cutoff_m * 1000))
    np.testing.assert_array_equal(cut.cost_mm, np.where(within, whole.cost_mm, -1))
    np.testing.assert_array_equal(cut.site, np.where(within, whole.site, -1))


def test_a_town_of_5000_crossings_agrees_with_scipy():
    random = np.random.default_rng(3)
    side = 70
    grid = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [np.c_[grid[:, :-1].ravel(), grid[:, 1:].ravel()], np.c_[grid[:-1].ravel(), grid[1:].ravel()]]
    )
    pairs = pairs[random.random(len(pairs)) < 0.8]
    xy = np.c_[grid.ravel() % side, grid.ravel() // side] * 0.001 + random.uniform(0, 0.0008, (side * side, 2))
    streets = split_ways(
        Ways(
            np.arange(len(pairs)),
            np.arange(0, 2 * len(pairs) + 1, 2),
            pairs.ravel(),
            xy[pairs.ravel()],
            np.full(len(pairs), WALK, np.uint8),
            np.zeros(len(pairs), np.int8),
            np.full(len(pairs), -1, np.int32),
        )
    )
    roads = graph(streets, "walk")
    chosen = random.choice(len(streets.node_id), 40, replace=False)
    nodes = np.arange(len(streets.node_id))
    ends = _places_at_nodes(streets, nodes)
    sites = Places(ends.edge[chosen], ends.offset_mm[chosen], ends.gap_mm[chosen])
    found = nearest_sites(roads, sites, ends, cutoff_m=np.inf, k=1)

    heavy = coo_array((streets.length_mm, (streets.start, streets.end)), shape=(len(nodes),) * 2)
    exact = dijkstra(heavy, directed=False, indices=chosen, min_only=True)
    np.testing.assert_array_equal(np.where(found.cost_mm[:, 0] < 0, np.inf, found.cost_mm[:, 0]), exact)


def _places_at_nodes(streets, nodes):
    edge, offset = np.full(len(nodes), -1, np.int32), np.zeros(len(nodes), np.int64)
    edge[streets.end] = np.arange(len(streets))
    offset[streets.end] = streets.length_mm
    edge[streets.start] = np.arange(len(streets))
    offset[streets.start] = 0
    return Places(edge, offset, np.zeros(len(nodes), np.int64))
