"""What must hold of distances on every street network, whatever the streets."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import MODES, networks, scattered, streets_of, ways_of

from catchment.access.nearest import nearest_sites
from catchment.access.reach import reach_sets
from catchment.model import Places, Points
from catchment.network.graph import graph
from catchment.network.snap import snap
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD
from catchment.network.ways import Ways, split_ways

law = settings(max_examples=60, deadline=None)
in_every_mode = pytest.mark.parametrize(("mode", "respect_oneway"), MODES)


def town(network, mode="walk", *, respect_oneway=False):
    """Streets of a mode and a generator that has made them."""
    node_count, edges, seed = network
    random = np.random.default_rng(seed)
    return graph(streets_of(node_count, edges, random), mode, respect_oneway=respect_oneway), random


def costs(roads, sites, people, **options):
    """Distance from everybody to every site [mm], -1 where there is no way, shape (people, sites)."""
    found = nearest_sites(roads, sites, people, cutoff_m=np.inf, k=len(sites), **options)
    table = np.full((len(people), len(sites) + 1), -1, np.int64)
    np.put_along_axis(table, np.where(found.site < 0, len(sites), found.site).astype(np.int64), found.cost_mm, axis=1)
    return table[:, :-1]


@given(network=networks())
@law
def test_without_oneways_the_way_there_is_as_long_as_the_way_back(network):
    roads, random = town(network)
    here, there = scattered(roads, 5, random), scattered(roads, 6, random)
    np.testing.assert_array_equal(costs(roads, here, there), costs(roads, there, here).T)


@in_every_mode
@given(network=networks())
@law
def test_no_way_is_longer_than_the_way_over_a_third_place(mode, respect_oneway, network):
    roads, random = town(network, mode, respect_oneway=respect_oneway)
    places = scattered(roads, 6, random)
    direct = np.where((table := costs(roads, places, places, count_gaps=False)) < 0, np.inf, table)
    # From a to b, on to c: every a, b and c at once.
    assert (direct[:, None, :] <= direct[:, :, None] + direct[None, :, :]).all()


@in_every_mode
@given(network=networks(), limits_m=st.lists(st.floats(0, 4000), min_size=2, max_size=5))
@law
def test_a_longer_limit_never_reaches_fewer_people(mode, respect_oneway, network, limits_m):
    roads, random = town(network, mode, respect_oneway=respect_oneway)
    sources, people = scattered(roads, 4, random), scattered(roads, 12, random)
    before = [set() for _ in range(4)]
    for limit_m in sorted(limits_m):
        reach = reach_sets(roads, sources, people, limit_m=limit_m)
        now = [set(reach.people(source).tolist()) for source in range(4)]
        assert all(few <= more for few, more in zip(before, now, strict=True))
        before = now


@in_every_mode
@given(network=networks())
@law
def test_one_more_site_makes_nobodys_way_longer(mode, respect_oneway, network):
    roads, random = town(network, mode, respect_oneway=respect_oneway)
    sites, people = scattered(roads, 5, random), scattered(roads, 12, random)
    few = Places(sites.edge[:-1], sites.offset_mm[:-1], sites.gap_mm[:-1])
    before, after = (nearest_sites(roads, some, people, cutoff_m=np.inf, k=2).cost_mm for some in (few, sites))
    assert (np.where(after < 0, np.inf, after) <= np.where(before < 0, np.inf, before)).all()


@in_every_mode
@given(network=networks())
@law
def test_gap_legs_add_exactly(mode, respect_oneway, network):
    roads, random = town(network, mode, respect_oneway=respect_oneway)
    sites, people = scattered(roads, 4, random), scattered(roads, 10, random)
    bare, whole = costs(roads, sites, people, count_gaps=False), costs(roads, sites, people)
    legs = people.gap_mm[:, None] + sites.gap_mm[None, :]
    np.testing.assert_array_equal(whole, np.where(bare < 0, -1, bare + legs))


@in_every_mode
@given(network=networks())
@law
def test_splitting_ways_at_their_vertices_changes_nothing(mode, respect_oneway, network):
    ways, points = drawn(network)
    halves = Ways(
        # As they stood, so that ties between ways go as before.
        way_id=np.arange(2 * len(ways.way_id)),
        node_ptr=np.arange(0, 4 * len(ways.way_id) + 1, 2),
        node_ref=ways.node_ref.reshape(-1, 3)[:, [0, 1, 1, 2]].ravel(),
        node_xy=ways.node_xy.reshape(-1, 3, 2)[:, [0, 1, 1, 2]].reshape(-1, 2),
        **{name: np.repeat(getattr(ways, name), 2) for name in ("flags", "kind", "name")},
    )
    same_distances(ways, halves, points, mode, respect_oneway)


@in_every_mode
@given(network=networks())
@law
def test_drawing_a_way_from_its_other_end_changes_nothing(mode, respect_oneway, network):
    ways, points = drawn(without_folded_back(network))
    forward, backward = ways.flags & ROAD_FORWARD > 0, ways.flags & ROAD_BACKWARD > 0
    turned = np.where(forward, ROAD_BACKWARD, 0) | np.where(backward, ROAD_FORWARD, 0)
    reversed_ways = replace(
        ways,
        node_ref=ways.node_ref.reshape(-1, 3)[:, ::-1].ravel(),
        node_xy=ways.node_xy.reshape(-1, 3, 2)[:, ::-1].reshape(-1, 2),
        flags=(ways.flags & ~np.uint8(ROAD_FORWARD | ROAD_BACKWARD) | turned).astype(np.uint8),
    )
    same_distances(ways, reversed_ways, points, mode, respect_oneway)


@in_every_mode
@given(network=networks())
@law
def test_other_node_numbers_and_another_order_of_ways_change_nothing(mode, respect_oneway, network):
    ways, points = drawn(network)
    random = np.random.default_rng(network[2])
    known, number = np.unique(ways.node_ref, return_inverse=True)
    renumbered = random.permutation(len(known))[number] + 5
    rows = random.permutation(len(ways.way_id))
    columns = {name: getattr(ways, name)[rows] for name in ("way_id", "flags", "kind", "name")}
    shuffled = Ways(
        node_ptr=ways.node_ptr,
        node_ref=renumbered.reshape(-1, 3)[rows].ravel(),
        node_xy=ways.node_xy.reshape(-1, 3, 2)[rows].reshape(-1, 2),
        **columns,
    )
    same_distances(ways, shuffled, points, mode, respect_oneway)


@in_every_mode
@given(network=networks(), limit_m=st.floats(0, 4000))
@law
def test_one_two_and_eight_threads_find_the_same_bytes(mode, respect_oneway, network, limit_m):
    roads, random = town(network, mode, respect_oneway=respect_oneway)
    sources, people = scattered(roads, 9, random), scattered(roads, 20, random)
    one, *others = (reach_sets(roads, sources, people, limit_m=limit_m, threads=threads) for threads in (1, 2, 8))
    for other in others:
        for field in ("source_ptr", "start", "stop", "order"):
            assert getattr(one, field).tobytes() == getattr(other, field).tobytes()


def without_folded_back(network):
    """Without ways that come back on the line they went: on those the tie rule asks which half is first."""
    node_count, edges, seed = network
    one_place = {0, node_count - 1}
    kept = [(a, b, rule) for a, b, rule in edges if rule in {0, 5} or (a != b and {a, b} != one_place)]
    return node_count, kept or [(0, 1, 0)], seed


def drawn(network):
    """Ways, and the places of sites and of people."""
    node_count, edges, seed = network
    random = np.random.default_rng(seed)
    ways = ways_of(node_count, edges, random)
    return ways, (Points(random.uniform(0, 0.02, (4, 2))), Points(random.uniform(0, 0.02, (10, 2))))


def same_distances(ways, others, points, mode, respect_oneway):
    """Nearest sites, their distances and the reach sets are those of the other ways."""
    found = []
    for each in (ways, others):
        roads = graph(split_ways(each), mode, respect_oneway=respect_oneway)
        sites, people = (snap(roads, some, max_gap_m=400) for some in points)
        nearest = nearest_sites(roads, sites, people, cutoff_m=np.inf, k=4)
        reach = reach_sets(roads, sites, people, limit_m=1500)
        found.append((nearest.site, nearest.cost_mm, [sorted(reach.people(n).tolist()) for n in range(4)]))
    (site, cost, reached), (other_site, other_cost, other_reached) = found
    np.testing.assert_array_equal(site, other_site)
    np.testing.assert_array_equal(cost, other_cost)
    assert reached == other_reached
