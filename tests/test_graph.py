"""Folding chains, on maps drawn by hand and against networkx."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streetmap import street_map

from catchment.network.graph import graph


def chains(roads):
    node = roads.streets.node_id[roads.junction_node]
    ends = zip(node[roads.chain_start].tolist(), node[roads.chain_end].tolist(), strict=True)
    return sorted((*sorted(pair), mm) for pair, mm in zip(ends, roads.chain_mm.tolist(), strict=True))


def test_a_straight_street_is_one_chain():
    assert [mm for *_, mm in chains(graph(street_map("A---B").streets, "walk"))] == [400_000]


def test_a_crossing_is_a_junction_of_four_chains():
    drawn = street_map("""
  |
--+--
  |
""")
    assert sorted(graph(drawn.streets, "walk").chain_mm.tolist()) == [100_000, 100_000, 200_000, 200_000]


def test_a_pure_cycle_has_its_anchor_at_the_smallest_node():
    drawn = street_map("""
+--+
|  |
+--+
""")
    assert chains(graph(drawn.streets, "walk")) == [(1, 1, 1_000_000)]


def test_a_footway_makes_a_junction_for_walkers_only():
    drawn = street_map("""
A-+-B
  :
  :
""")
    assert [mm for *_, mm in chains(graph(drawn.streets, "walk"))] == [200_000, 200_000, 200_000]
    assert [mm for *_, mm in chains(graph(drawn.streets, "road"))] == [400_000]


def test_a_chain_breaks_where_the_direction_rule_changes():
    streets = street_map("A->-B").streets
    assert len(graph(streets, "road").chain_mm) == 1
    oneway = graph(streets, "road", respect_oneway=True)
    # The two steps that touch the arrow are one-way; the first and the last step are free.
    assert sorted(oneway.chain_mm.tolist()) == [100_000, 100_000, 200_000]
    assert (oneway.chain_forward & oneway.chain_backward).sum() == 2


def test_islands_are_components_of_their_own():
    roads = graph(street_map("A--  B-").streets, "walk")
    assert sorted(roads.component_mm.tolist()) == [100_000, 200_000]
    assert roads.chain_component[0] != roads.chain_component[1]


def test_no_usable_edge_makes_an_empty_graph():
    roads = graph(street_map("A..B").streets, "road")
    assert len(roads.chain_mm) == 0
    assert roads.edge_chain.tolist() == [-1, -1, -1]


@st.composite
def drawings(draw):
    rows = draw(st.lists(st.text("-|+ .:><^!", min_size=1, max_size=9), min_size=1, max_size=7))
    width = max(map(len, rows))
    return "\n".join(row.ljust(width) for row in ["+" + row for row in rows])


@pytest.mark.parametrize("mode", ["walk", "road"])
@given(drawing=drawings())
@settings(max_examples=60, deadline=None)
def test_folding_keeps_every_metre_and_every_distance(mode, drawing):
    streets = street_map(drawing).streets
    roads = graph(streets, mode)
    usable = roads.edge_chain >= 0
    assert roads.chain_mm.sum() == streets.length_mm[usable].sum()

    whole = nx.MultiGraph()
    for start, end, mm in zip(streets.start[usable], streets.end[usable], streets.length_mm[usable], strict=True):
        whole.add_edge(int(start), int(end), mm=int(mm))
    folded = nx.MultiGraph()
    junction = roads.junction_node.tolist()
    for start, end, mm in zip(roads.chain_start, roads.chain_end, roads.chain_mm, strict=True):
        folded.add_edge(junction[start], junction[end], mm=int(mm))
    assert nx.number_connected_components(whole) == nx.number_connected_components(folded) if len(whole) else True
    for source in junction[:5]:
        exact = nx.single_source_dijkstra_path_length(whole, source, weight="mm")
        short = nx.single_source_dijkstra_path_length(folded, source, weight="mm")
        assert short == {node: mm for node, mm in exact.items() if node in set(junction)}


@given(drawing=drawings())
@settings(max_examples=60, deadline=None)
def test_positions_on_a_chain_follow_its_edges(drawing):
    streets = street_map(drawing).streets
    roads = graph(streets, "road", respect_oneway=True)
    for edge in np.flatnonzero(roads.edge_chain >= 0):
        sign = -1 if roads.edge_flipped[edge] else 1
        far = roads.edge_from_mm[edge] + sign * streets.length_mm[edge]
        chain = roads.edge_chain[edge]
        assert 0 <= min(roads.edge_from_mm[edge], far) <= max(roads.edge_from_mm[edge], far) <= roads.chain_mm[chain]
