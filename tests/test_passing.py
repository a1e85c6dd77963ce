"""People who pass by on their shortest ways to town: by head, against networkx, and by the laws of a sum."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import MODES, networks, scattered, streets_of
from streetmap import street_map

from catchment.access.nearest import nearest_sites
from catchment.model import Places
from catchment.network.graph import graph
from catchment.network.passing import passing_people
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, WALK


def passing_on(drawing, people, centres, *, mode="walk", shift=(0, 0), **options):
    """
    People between neighbouring characters, as {(left or upper place, right or lower place): units}.

    The first letter of ``people`` stands for one unit, the second for ten, and so on.
    """
    drawn = street_map(drawing)
    roads = graph(drawn.streets, mode, **options)
    units = 10 ** np.arange(len(people))
    homes = drawn.places(roads, people, shift_m=shift)
    found = passing_people(roads, homes, units, drawn.places(roads, centres))
    ends = zip(drawn.streets.node_id[drawn.streets.start], drawn.streets.node_id[drawn.streets.end], strict=True)
    return {
        (int(a), int(b)): int(u) for (a, b), u in zip(ends, found.edge_units, strict=True)
    }, found.centre_units.tolist()


def test_everybody_on_a_road_to_town_passes_what_lies_between():
    # Places 1 to 5 from left to right; the town is T.
    edges, centres = passing_on("A-B-T", "AB", "T")
    assert edges == {(1, 2): 1, (2, 3): 1, (3, 4): 11, (4, 5): 11}
    assert centres == [11]


def test_branches_add_up_where_they_meet_and_each_goes_to_the_nearer_town():
    drawing = """
A-+-S
  |
B-+---T
"""
    # Places: A=1 -=2 +=3 -=4 S=5 |=6 B=7 -=8 +=9 -=10 -=11 -=12 T=13. B has 600 m to T, and 600 m to S: a tie.
    edges, centres = passing_on(drawing, "AB", "ST")
    assert centres == [11, 0]
    assert edges == {
        (1, 2): 1, (2, 3): 1, (3, 4): 11, (4, 5): 11, (3, 6): 10, (6, 9): 10, (7, 8): 10, (8, 9): 10,
        (9, 10): 0, (10, 11): 0, (11, 12): 0, (12, 13): 0,
    }  # fmt: skip
    # With the towns the other way round the tie goes to the other one.
    edges, centres = passing_on(drawing, "AB", "TS")
    assert centres == [10, 1]
    assert edges[9, 10] == edges[12, 13] == 10
    assert edges[3, 6] == 0


def test_who_lives_in_the_middle_of_an_edge_uses_a_part_of_it_and_who_lives_at_its_end_none():
    edges, centres = passing_on("T-A-B", "AB", "T", shift=(-50, 0))
    assert edges == {(1, 2): 11, (2, 3): 11, (3, 4): 10, (4, 5): 10}
    assert centres == [11]
    edges, _ = passing_on("T-A-B", "AB", "T")
    assert edges == {(1, 2): 11, (2, 3): 11, (3, 4): 10, (4, 5): 10}
    edges, centres = passing_on("T-A", "T", "T")
    assert (edges, centres) == ({(1, 2): 0, (2, 3): 0}, [1])


def test_a_street_that_the_mode_may_not_use_is_marked_and_who_is_cut_off_goes_nowhere():
    # B is 600 m from any road.
    edges, centres = passing_on("A-T.....B", "AB", "T", mode="road")
    assert edges == {(1, 2): 1, (2, 3): 1, **{(place, place + 1): -1 for place in range(3, 9)}}
    assert centres == [1]


def test_a_one_way_street_is_left_by_its_end():
    drawing = """
T>A>+
|   |
+---+
"""
    # A is 200 m from T against the arrows, 1,000 m with them.
    edges, _ = passing_on(drawing, "A", "T", mode="road", respect_oneway=True)
    assert edges[1, 2] == edges[2, 3] == 0
    assert edges[3, 4] == edges[5, 7] == edges[1, 6] == 1


def test_without_a_centre_on_the_roads_nobody_passes():
    drawn = street_map("A-B")
    roads = graph(drawn.streets, "walk")
    nowhere = Places(np.array([-1], np.int32), np.zeros(1, np.int64), np.full(1, -1))
    for centres in (nowhere, nowhere.some(np.empty(0, np.int32))):
        found = passing_people(roads, drawn.places(roads, "AB"), np.array([1, 10]), centres)
        assert found.edge_units.tolist() == [0, 0]
        assert found.centre_units.sum() == 0


def plain_world(streets, mode, respect_oneway, places):
    """
    Every edge cut at the places on it, a node in the middle of every piece and direction that tells which edge it is.

    Returns the graph and the node of each place, ``None`` off the road.
    """
    world = nx.DiGraph()
    cuts, node = {}, [None] * len(places)
    for number in np.flatnonzero(places.snapped).tolist():
        cuts.setdefault(int(places.edge[number]), []).append((int(places.offset_mm[number]), number))
    for edge, (start, end) in enumerate(zip(streets.start.tolist(), streets.end.tolist(), strict=True)):
        length, flags = int(streets.length_mm[edge]), int(streets.flags[edge])
        forward, backward = bool(flags & WALK), bool(flags & WALK)
        if mode == "road":
            forward, backward = bool(flags & ROAD_FORWARD), bool(flags & ROAD_BACKWARD)
            if not respect_oneway:
                forward = backward = forward or backward
        stops = {0: ("node", start), length: ("node", end)} if length else {0: ("node", start)}
        for at, number in cuts.get(edge, []):
            node[number] = stops.setdefault(at, ("cut", edge, at))
        row = sorted(stops.items()) if length else [(0, ("node", start)), (0, ("node", end))]
        for piece, ((low, one), (high, other)) in enumerate(pairwise(row)):
            for allowed, a, b, way in ((forward, one, other, 0), (backward, other, one, 1)):
                if allowed:
                    world.add_edge(a, (edge, piece, way), mm=high - low)
                    world.add_edge((edge, piece, way), b, mm=0)
    return world, node


def exact_passing(streets, mode, respect_oneway, people, centres):
    """Who passes by each edge, by networkx, of the people with one shortest way only; and who these are."""
    world, node = plain_world(streets, mode, respect_oneway, people.followed_by(centres))
    homes, goals = node[: len(people)], node[len(people) :]
    passes, sure = np.zeros((len(streets), len(people)), bool), np.zeros(len(people), bool)
    for person, home in enumerate(homes):
        if home is None or home not in world:
            continue
        costs = nx.single_source_dijkstra_path_length(world, home, weight="mm")
        ranked = sorted(
            (costs[goal] + int(centres.gap_mm[number]), number) for number, goal in enumerate(goals) if goal in costs
        )
        if not ranked:
            continue
        ways = list(nx.all_shortest_paths(world, home, goals[ranked[0][1]], weight="mm"))
        if len(ways) == 1:
            sure[person] = True
            passes[[stop[0] for stop in ways[0] if isinstance(stop[0], int)], person] = True
    return passes, sure


@settings(deadline=None, max_examples=150)
@given(networks(), st.sampled_from(MODES))
def test_who_passes_is_what_networkx_says(network, rule):
    node_count, edges, seed = network
    random = np.random.default_rng(seed)
    # Streets of no length leave more than one shortest way; the laws below hold with them too.
    streets = streets_of(node_count, [edge for edge in edges if edge[2] != 5] or [(0, 1, 1)], random)
    mode, respect_oneway = rule
    roads = graph(streets, mode, respect_oneway=respect_oneway)
    people, centres = scattered(roads, 12, random), scattered(roads, 3, random)
    passes, sure = exact_passing(streets, mode, respect_oneway, people, centres)
    units = np.where(sure, random.integers(1, 5000, len(people)), 0)
    found = passing_people(roads, people, units, centres)
    usable = roads.edge_chain >= 0
    assert found.edge_units[usable].tolist() == (passes @ units)[usable].tolist()
    assert (found.edge_units[~usable] == -1).all()


@pytest.mark.parametrize("block", range(4))
def test_on_two_hundred_random_networks_nearly_every_way_is_compared(block):
    compared = people_count = 0
    for number in range(block * 50, block * 50 + 50):
        random = np.random.default_rng(number)
        ends = random.integers(0, 10, (18, 2)).tolist()
        streets = streets_of(10, [(a, b, int(random.choice([1, 1, 2, 3]))) for a, b in ends], random)
        roads = graph(streets, "road", respect_oneway=bool(number % 2))
        people, centres = scattered(roads, 20, random), scattered(roads, 2, random)
        passes, sure = exact_passing(streets, "road", bool(number % 2), people, centres)
        found = passing_people(roads, people, sure.astype(np.int64), centres)
        usable = roads.edge_chain >= 0
        assert found.edge_units[usable].tolist() == passes[usable].sum(axis=1).tolist()
        compared, people_count = compared + sure.sum(), people_count + people.snapped.sum()
    assert compared > 0.6 * people_count


@settings(deadline=None, max_examples=150)
@given(networks(), st.sampled_from(MODES))
def test_at_each_centre_the_sums_add_up_to_its_people_whatever_their_order(network, rule):
    node_count, edges, seed = network
    random = np.random.default_rng(seed)
    streets = streets_of(node_count, edges, random)
    mode, respect_oneway = rule
    roads = graph(streets, mode, respect_oneway=respect_oneway)
    people, centres = scattered(roads, 12, random), scattered(roads, 3, random)
    units = random.integers(1, 5000, len(people))
    found = passing_people(roads, people, units, centres)
    nearest = nearest_sites(roads, centres, people, cutoff_m=np.inf, k=1).site[:, 0]
    assert found.centre_units.tolist() == [int(units[nearest == centre].sum()) for centre in range(3)]
    # Nobody passes twice, and nobody who has no way passes.
    assert found.edge_units.max(initial=0) <= units[nearest >= 0].sum()
    shuffled = random.permutation(len(people)).astype(np.int32)
    again = passing_people(roads, people.some(shuffled), units[shuffled], centres)
    assert again.edge_units.tolist() == found.edge_units.tolist()
