"""Ways street by street: by head on drawn maps; their lengths against networkx; their parts join and are allowed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from networks import MODES, exact_costs, networks, scattered, streets_of
from streetmap import street_map

from catchment.access.nearest import nearest_sites
from catchment.model import Places
from catchment.network.graph import graph
from catchment.network.routes import route_between, route_streets, route_xy
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD


def way(drawing, *, mode="road", shift_m=(0, 0), **options):
    """The way from A to B: its parts as (left or upper place, right or lower place), and the way itself."""
    drawn = street_map(drawing)
    roads = graph(drawn.streets, mode, **options)
    route = route_between(roads, drawn.places(roads, "A", shift_m=shift_m), drawn.places(roads, "B"))
    if route is None:
        return None, None
    node = drawn.streets.node_id
    ends = [(int(node[drawn.streets.start[edge]]), int(node[drawn.streets.end[edge]])) for edge in route.edge]
    return ends, route


def test_the_way_takes_the_shorter_side_of_a_block():
    drawing = """
A-+---+
  |   |
  +-B-+
"""
    # A=1 -=2 +=3 -=4..6 +=7 |=8 |=9 +=10 -=11 B=12: down at the first corner, 2 + 2 + 2 steps.
    ends, route = way(drawing)
    assert ends == [(1, 2), (2, 3), (3, 8), (8, 10), (10, 11), (11, 12)]
    assert route.cost_mm == 600_000
    assert (route.from_mm.tolist(), route.to_mm.tolist()) == ([0] * 6, [100_000] * 6)


def test_against_a_one_way_street_the_way_goes_round():
    drawing = """
+---+
|   |
A-<-B
"""
    assert way(drawing)[1].cost_mm == 400_000
    assert way(drawing, respect_oneway=True)[1].cost_mm == 800_000
    assert way(drawing, mode="walk", respect_oneway=True)[1].cost_mm == 400_000


def test_along_one_edge_only_the_part_between_is_travelled():
    drawn = street_map("A-B")
    roads = graph(drawn.streets, "walk")
    spot = drawn.places(roads, "A", shift_m=(30, 40)).followed_by(drawn.places(roads, "A", shift_m=(90, 0)))
    route = route_between(roads, spot.some(np.array([1])), spot.some(np.array([0])))
    # From 90 m back to 30 m, then 40 m beside the street.
    assert (route.from_mm.tolist(), route.to_mm.tolist()) == ([90_000], [30_000])
    assert (route.start_gap_mm, route.end_gap_mm, route.cost_mm) == (0, 40_000, 100_000)
    east = route_xy(route, drawn.streets)[:, 0] / drawn.letters["B"][0] * 200
    assert east.round(6).tolist() == [90.0, 30.0]
    without = route_between(roads, spot.some(np.array([1])), spot.some(np.array([0])), count_gaps=False)
    assert without.cost_mm == 60_000


def test_where_no_street_leads_there_is_no_way():
    assert way("A-  -B") == (None, None)
    off_road = Places(np.array([-1], np.int32), np.array([0]), np.array([-1]))
    drawn = street_map("A-B")
    roads = graph(drawn.streets, "walk")
    assert route_between(roads, off_road, drawn.places(roads, "B")) is None


def test_stretches_of_one_street_are_said_once():
    drawn = street_map("A--..B")
    roads = graph(drawn.streets, "walk")
    route = route_between(roads, drawn.places(roads, "A"), drawn.places(roads, "B"))
    said = [(street.name, street.kind, street.length_mm) for street in route_streets(route, drawn.streets)]
    assert said == [("", "residential", 200_000), ("", "footway", 300_000)]


def test_a_place_on_the_spot_has_a_way_of_no_length():
    drawn = street_map("A-B")
    roads = graph(drawn.streets, "walk")
    here = drawn.places(roads, "A")
    route = route_between(roads, here, here)
    assert (route.cost_mm, len(route), route_xy(route, drawn.streets).tolist()) == (0, 0, [])


@pytest.mark.parametrize(("mode", "respect_oneway"), MODES)
@given(network=networks())
@settings(max_examples=25)
def test_every_way_is_as_long_as_networkx_says_and_can_be_travelled(mode, respect_oneway, network):
    node_count, edges, seed = network
    random = np.random.default_rng(seed)
    streets = streets_of(node_count, edges, random)
    roads = graph(streets, mode, respect_oneway=respect_oneway)
    people, sites = scattered(roads, 3, random), scattered(roads, 3, random)
    exact = exact_costs(streets, mode, respect_oneway, sites, people)
    for person in range(3):
        for site in range(3):
            start, end = people.some(np.array([person])), sites.some(np.array([site]))
            route = route_between(roads, start, end)
            assert (-1 if route is None else route.cost_mm) == exact[person, site]
            if route is not None:
                assert_travelled(route, start, end, roads, respect_oneway=respect_oneway)
                alone = nearest_sites(roads, end, start, cutoff_m=np.inf, k=1)
                assert route.cost_mm == alone.cost_mm[0, 0]


def assert_travelled(route, start, end, roads, *, respect_oneway):
    """Each part begins where the one before it ended, in an allowed direction."""
    streets = roads.streets
    flags = {True: ROAD_FORWARD, False: ROAD_BACKWARD}

    def spot(edge, at_mm):
        """The node at an end of an edge, else the place on it; parts without length are left out between nodes."""
        if at_mm == 0:
            node = streets.start[edge]
        elif at_mm == streets.length_mm[edge]:
            node = streets.end[edge]
        else:
            return edge, at_mm
        return tuple(xy_of[node])

    xy_of = np.empty((len(streets.node_id), 2))
    xy_of[streets.start] = streets.vertex_xy[streets.vertex_ptr[:-1]]
    xy_of[streets.end] = streets.vertex_xy[streets.vertex_ptr[1:] - 1]
    stops = [spot(start.edge[0], start.offset_mm[0])]
    for edge, from_mm, to_mm in zip(route.edge, route.from_mm, route.to_mm, strict=True):
        assert spot(edge, from_mm) == stops[-1]
        stops.append(spot(edge, to_mm))
        if roads.mode == "road" and respect_oneway:
            assert streets.flags[edge] & flags[bool(to_mm > from_mm)]
    assert stops[-1] == spot(end.edge[0], end.offset_mm[0])
