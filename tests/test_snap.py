"""Joining points to streets."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from streetmap import EAST_DEGREES, NORTH_DEGREES, street_map

from catchment.geo.measure import radii_of_curvature_m
from catchment.model import Points
from catchment.network.graph import graph
from catchment.network.snap import snap, street_grid
from catchment.network.streets import WALK
from catchment.network.ways import Ways, split_ways


def at(x_m, y_m):
    return Points(np.array([[x_m / 100 * EAST_DEGREES, y_m / 100 * NORTH_DEGREES]]))


def test_a_point_joins_the_nearest_place_of_an_edge_not_a_node():
    roads = graph(street_map("A---B").streets, "walk")
    place = snap(roads, at(130, 40), max_gap_m=500)
    assert place.gap_mm.tolist() == [40_000]
    assert roads.edge_from_mm[place.edge[0]] + place.offset_mm[0] == pytest.approx(130_000, abs=1)


def test_only_edges_of_the_mode_are_joined():
    drawn = street_map("""
A....B

C----D
""")
    assert snap(graph(drawn.streets, "walk"), at(200, 10), max_gap_m=500).gap_mm.tolist() == [10_000]
    assert snap(graph(drawn.streets, "road"), at(200, 10), max_gap_m=500).gap_mm.tolist() == [210_000]


def test_the_maximum_gap_is_inclusive_and_nothing_is_joined_beyond():
    roads = graph(street_map("A------B").streets, "walk")
    assert snap(roads, at(200, 499.999), max_gap_m=500).snapped.tolist() == [True]
    assert snap(roads, at(200, 500), max_gap_m=500).gap_mm.tolist() == [500_000]
    assert snap(roads, at(200, 500.002), max_gap_m=500).snapped.tolist() == [False]


def test_a_tie_goes_to_the_smaller_way():
    drawn = street_map("""
A-----B

C-----D
""")
    roads = graph(drawn.streets, "walk")
    middle = snap(roads, at(150, -100), max_gap_m=500)
    assert drawn.streets.way_id[middle.edge[0]] == drawn.streets.way_id[snap(roads, at(150, 0), max_gap_m=9).edge[0]]


def test_a_bit_of_road_that_leads_nowhere_is_passed_over():
    drawn = street_map("""
A--

B------C
""")
    roads = graph(drawn.streets, "walk")
    place = snap(roads, at(100, -20), max_gap_m=500)
    assert place.gap_mm.tolist() == [180_000]
    assert place.passed_over_count == 1


def test_a_bit_of_road_is_joined_where_nothing_longer_is_near():
    place = snap(graph(street_map("A--").streets, "walk"), at(100, -20), max_gap_m=500)
    assert place.gap_mm.tolist() == [20_000]
    assert place.passed_over_count == 0


def test_nothing_is_joined_to_no_streets():
    empty = graph(street_map("A..B").streets, "road")
    assert snap(empty, at(0, 0), max_gap_m=500).snapped.tolist() == [False]


LAYOUT = street_map("""
+---+----+   +-----+
|   |    |         |
+---+  +-+---------+
    |              |
    +------+  +----+
           |  |
   +-------+--+
""")


@given(st.lists(st.tuples(st.floats(-600, 2600), st.floats(-1200, 600)), min_size=1, max_size=20))
@settings(max_examples=80, deadline=None)
def test_the_gap_is_that_of_a_brute_force_search(places):
    roads = graph(LAYOUT.streets, "walk")
    xy = LAYOUT.streets.vertex_xy / [EAST_DEGREES, NORTH_DEGREES] * 100
    net = shapely.MultiLineString([shapely.LineString(line) for line in np.split(xy, LAYOUT.streets.vertex_ptr[1:-1])])
    points = Points(np.array(places) / 100 * [EAST_DEGREES, NORTH_DEGREES])
    found = snap(roads, points, max_gap_m=500)
    exact = shapely.distance(net, shapely.points(np.array(places)))
    assert (found.snapped == (np.rint(exact * 1000) <= 500_000)).all()
    # The plane of the drawing and the plane at each point differ by less than a millimetre on the equator.
    np.testing.assert_allclose(found.gap_mm[found.snapped], exact[found.snapped] * 1000, atol=1.5)


SPARSE = street_map("""
A-B

                     C
                     |
                     D


E-F
""")


@given(st.lists(st.tuples(st.floats(-2500, 4500), st.floats(-3000, 2000)), min_size=1, max_size=30), st.randoms())
@settings(max_examples=60, deadline=None)
def test_far_points_join_the_same_street_in_any_order_and_company(places, random):
    """Each search begins at the first cells that hold a street, as far as the point before was joined."""
    roads = graph(SPARSE.streets, "walk")
    xy = np.array(places) / 100 * [EAST_DEGREES, NORTH_DEGREES]
    together = snap(roads, Points(xy), max_gap_m=2000)
    alone = [int(snap(roads, Points(one[None]), max_gap_m=2000).gap_mm[0]) for one in xy]
    lines = SPARSE.streets.vertex_xy / [EAST_DEGREES, NORTH_DEGREES] * 100
    net = shapely.MultiLineString([shapely.LineString(one) for one in np.split(lines, SPARSE.streets.vertex_ptr[1:-1])])
    exact = np.rint(shapely.distance(net, shapely.points(np.array(places))) * 1000)
    assert together.gap_mm.tolist() == alone
    np.testing.assert_allclose(together.gap_mm, np.where(exact > 2_000_000, -1, exact), atol=3)
    order = list(range(len(xy)))
    random.shuffle(order)
    shuffled = snap(roads, Points(xy[order]), max_gap_m=2000)
    assert (shuffled.edge == together.edge[order]).all()
    assert (shuffled.offset_mm == together.offset_mm[order]).all()


def test_chunks_of_points_and_a_grid_made_before_change_nothing(monkeypatch):
    roads = graph(LAYOUT.streets, "walk")
    points = Points(np.random.default_rng(3).uniform([-0.01, -0.015], [0.03, 0.01], (500, 2)))
    whole = snap(roads, points, max_gap_m=500)
    monkeypatch.setattr("catchment.network.snap._CHUNK", 7)
    parts = snap(roads, points, max_gap_m=500, grid=street_grid(roads))
    assert (parts.edge == whole.edge).all()
    assert (parts.offset_mm == whole.offset_mm).all()
    assert (parts.gap_mm == whole.gap_mm).all()


def straight_streets(ends):
    """Streets of two nodes each, from places one after another."""
    count = len(ends) // 2
    return split_ways(
        Ways(
            np.arange(count),
            np.arange(0, 2 * count + 1, 2),
            np.arange(2 * count),
            np.asarray(ends, np.float64),
            np.full(count, WALK, np.uint8),
            np.zeros(count, np.int8),
            np.full(count, -1, np.int32),
        )
    )


def test_regions_half_the_earth_apart_are_searched_as_if_they_stood_alone():
    """Two clusters of streets, people among them, between them and far off, also beyond a whole tile of the grid."""
    random = np.random.default_rng(4)
    clusters = [(114.0, 27.5), (-70.0, -33.0)]
    starts = [np.array(middle) + random.uniform(-0.02, 0.02, (30, 1, 2)) for middle in clusters]
    # Streets of 700 m and more: none is a bit of road to be passed over.
    near = [
        np.concatenate([start, start + random.uniform(0.006, 0.01, (30, 1, 2))], 1).reshape(-1, 2) for start in starts
    ]
    roads = graph(straight_streets(np.concatenate(near)), "walk")
    assert street_grid(roads).cell_rings.size < 100 * 64 * 64
    points = np.concatenate([np.array(middle) + random.uniform(-0.3, 0.3, (400, 2)) for middle in clusters])
    points = np.concatenate([points, [[0.0, 0.0], [179.9, 80.0]]])
    together = snap(roads, Points(points), max_gap_m=15_000)
    for middle, ends in zip(clusters, near, strict=True):
        here = np.abs(points - middle).max(axis=1) < 1
        alone = snap(graph(straight_streets(ends), "walk"), Points(points[here]), max_gap_m=15_000)
        assert together.gap_mm[here].tolist() == alone.gap_mm.tolist()
        lines = shapely.multilinestrings([shapely.linestrings(ends.reshape(-1, 2, 2))])[0]
        for point, gap_mm in zip(points[here], alone.gap_mm.tolist(), strict=True):
            latitude = np.radians(point[1:])
            meridian, transverse = radii_of_curvature_m(latitude)
            metres = np.radians(1) * np.concatenate([transverse * np.cos(latitude), meridian])
            plane = shapely.transform(lines, lambda xy, point=point, metres=metres: (xy - point) * metres)
            gap = shapely.distance(plane, shapely.Point(0, 0))
            assert gap_mm == (pytest.approx(gap * 1000, abs=1) if gap < 15_000 else -1)
    assert together.gap_mm[-2:].tolist() == [-1, -1]


@given(st.floats(-80, 80), st.floats(-170, 170), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_snapping_works_at_every_latitude(lat, lon, seed):
    """Streets scattered anywhere: the gap is that of a search over all segments in each point's own plane."""
    random = np.random.default_rng(seed)
    ends = np.array([lon, lat]) + random.uniform(-0.02, 0.02, (30, 2))
    streets = straight_streets(ends)
    points = np.array([lon, lat]) + random.uniform(-0.03, 0.03, (20, 2))
    found = snap(graph(streets, "walk"), Points(points), max_gap_m=800)
    for point, gap in zip(points, found.gap_mm, strict=True):
        meridian, transverse = radii_of_curvature_m(np.radians(point[1:]))
        metres = np.radians(1) * np.array([transverse[0] * np.cos(np.radians(point[1])), meridian[0]])
        here = (ends - point) * metres
        exact = min(shapely.LineString(pair).distance(shapely.Point(0, 0)) for pair in here.reshape(15, 2, 2))
        # Short components give way to long ones, so the gap may be larger, never smaller, than the nearest street.
        assert gap == -1 or gap >= round(exact * 1000) - 1
        if exact > 800.001:
            assert gap == -1
        elif exact < 799.999:
            assert gap >= 0
