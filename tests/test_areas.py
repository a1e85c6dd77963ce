"""Service areas: reached lengths by head, every sampled place against networkx, the drawing against exact buffers."""

import itertools

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import MODES, networks, plain_graph, streets_of
from streetmap import EAST_DEGREES, NORTH_DEGREES, street_map

from catchment.access import _kernels_outline
from catchment.access.areas import dissolved_areas, service_areas, split_areas
from catchment.access.nearest import nearest_sites
from catchment.access.parts import merged_parts, parts_by_nearest_site, parts_by_site, reached_lines
from catchment.geo.measure import radii_of_curvature_m
from catchment.model import Places, Points
from catchment.network.graph import graph
from catchment.network.osm import read_osm
from catchment.network.snap import snap
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, WALK

WALK_PEN = {"allowance_m": 50, "cell_m": 10}


def drawn(drawing, sites, limits_m, *, mode="walk", shift_m=(0, 0), areas_of=service_areas, **options):
    """The areas of some letters, and the map."""
    town = street_map(drawing)
    roads = graph(town.streets, mode, respect_oneway=True)
    points, places = town.points(sites, shift_m=shift_m), town.places(roads, sites, shift_m=shift_m)
    return areas_of(roads, points, places, limits_m=limits_m, **WALK_PEN, **options), town


def metres(drawing, sites, limits_m, **options):
    """Metres of street reached by each area within each limit."""
    areas, _ = drawn(drawing, sites, limits_m, **options)
    length = np.append(0, np.cumsum(areas.parts.to_mm - areas.parts.from_mm))[areas.parts.ptr]
    return (np.diff(length).reshape(len(areas), len(limits_m)) / 1000).tolist()


def flat(geometries, centre):
    """Metres in the plane that touches the ellipsoid at a place."""
    meridian, transverse = radii_of_curvature_m(np.radians(centre[1:]))
    scale = np.radians(1) * np.concatenate([transverse * np.cos(np.radians(centre[1:])), meridian])
    return shapely.transform(geometries, lambda xy: (xy - centre) * scale)


# Reached streets, by head.


def test_streets_are_cut_at_the_limit_on_both_sides_of_a_site():
    assert metres("--------S--------", "S", [150, 300, 5000]) == [[300, 600, 1600]]


def test_the_gap_leg_is_part_of_the_distance():
    assert metres("--------S--------", "S", [300], shift_m=(0, 100)) == [[400]]
    assert metres("--------S--------", "S", [300], shift_m=(0, 100), count_gaps=False) == [[600]]


def test_a_street_is_reached_from_both_ends_and_its_middle_is_not():
    # A loop of 1,000 m, 200 m from the site: of 500 m, 300 are left for either way round.
    loop = """
S-+--+
  |  |
  +--+
"""
    assert metres(loop, "S", [200, 500, 699, 700]) == [[200, 800, 1198, 1200]]


def test_a_site_in_the_middle_of_a_loop_goes_round_it():
    loop = """
+-S--+
|    |
+----+
"""
    assert metres(loop, "S", [400, 700, 5000]) == [[800, 1400, 1400]]


def test_two_ways_to_one_street_reach_it_no_more_than_whole():
    # The far side is met in its middle after 300 + 200 + 300 m, where a dead end of 100 m begins.
    block = """
+--S--+
|     |
+--+--+
   |
   +
"""
    assert metres(block, "S", [700, 800, 850, 900]) == [[1400, 1600, 1650, 1700]]


def test_a_limit_at_a_crossing_ends_there():
    crossing = """
   +
   |
S--+--+
"""
    areas, _ = drawn(crossing, "S", [300, 301])
    lengths = [(cut.to_mm - cut.from_mm).tolist() for cut in (areas.parts_of(0, 0), areas.parts_of(0, 1))]
    assert sorted(lengths[0]) == [100_000, 100_000, 100_000]
    assert sorted(lengths[1]) == [1_000, 1_000, 100_000, 100_000, 100_000]


def test_travel_is_towards_the_site():
    assert metres("+>>S>>+", "S", [1000], mode="road") == [[300]]
    assert metres("+>>S>>+", "S", [1000], mode="walk") == [[600]]


def test_roads_do_not_use_footways():
    assert metres("+--S--A..+", "S", [1000], mode="road") == [[600]]


def test_a_reached_line_ends_to_the_millimetre():
    areas, town = drawn("S--------", "S", [250.5])
    lines = shapely.union_all(reached_lines(town.streets, areas.parts_of(0, 0)))
    assert lines.bounds == pytest.approx((0, 0, 2.505 * EAST_DEGREES, 0), abs=1e-15)


def test_neighbours_meet_where_both_cost_the_same():
    street = "A------B---"
    assert metres(street, "AB", [300, 1000], areas_of=split_areas) == [[300, 350], [600, 650]]
    areas, town = drawn(street, "AB", [1000], areas_of=split_areas)
    of_a, of_b = (reached_lines(town.streets, areas.parts_of(area, 0)) for area in (0, 1))
    assert max(line.bounds[2] for line in of_a) == pytest.approx(3.5 * EAST_DEGREES, abs=1e-15)
    assert min(line.bounds[0] for line in of_b) == pytest.approx(3.5 * EAST_DEGREES, abs=1e-15)


# The drawing, by head.


def test_the_area_of_a_straight_street_is_a_band_with_round_ends():
    areas, _ = drawn("----------S----------", "S", [500])
    area_m2 = areas.polygons[0, 0].area / EAST_DEGREES / NORTH_DEGREES * 10_000
    assert area_m2 == pytest.approx(1000 * 100 + np.pi * 50**2, rel=0.01)


def test_a_site_beyond_its_limit_gets_the_area_of_its_own_leg():
    areas, town = drawn("S----", "S", [100, 200], shift_m=(0, 400))
    assert len(areas.parts) == 0
    for band, leg_m in ((0, 100), (1, 200)):
        polygon = areas.polygons[0, band]
        assert polygon.area / EAST_DEGREES / NORTH_DEGREES * 10_000 == pytest.approx(
            leg_m * 100 + np.pi * 50**2, rel=0.02
        )
        assert polygon.contains(shapely.Point(town.points("S", shift_m=(0, 400)).xy[0]))


def test_a_ring_road_around_a_big_block_leaves_a_hole():
    ring = """
+--S--+
|     |
|     |
|     |
|     |
|     |
+-----+
"""
    (polygon,) = drawn(ring, "S", [5000])[0].polygons[0]
    (hole,) = polygon.interiors
    assert shapely.Polygon(hole).area / EAST_DEGREES / NORTH_DEGREES * 10_000 == pytest.approx(500 * 500, rel=0.01)
    assert polygon.exterior.is_ccw
    assert not hole.is_ccw


def test_a_site_off_the_road_has_no_area():
    town = street_map("A---B")
    walk = graph(town.streets, "walk")
    points = Points(np.concatenate([town.points("A").xy, [[1.0, 1.0]], town.points("B").xy]))
    areas = service_areas(walk, points, snap(walk, points, max_gap_m=500), limits_m=[100, 200], **WALK_PEN)
    assert areas.site.tolist() == [0, 2]
    assert areas.polygons.shape == (2, 2)
    assert [len(areas.parts_of(area, 0)) for area in (0, 1)] == [1, 1]
    nobody = service_areas(walk, Points(points.xy[1:2]), Places(*np.array([[-1], [0], [-1]])), limits_m=[9], **WALK_PEN)
    assert nobody.polygons.shape == (0, 1)
    assert len(dissolved_areas(nobody)) == 0


def test_the_three_lengths_of_the_law_are_stated():
    areas, _ = drawn("S--", "S", [100])
    assert (areas.allowance_m, areas.half_cell_m) == (50, 5)
    assert 0 < areas.tolerance_m <= 5


# Laws and oracles.


@pytest.mark.parametrize(("mode", "respect_oneway"), MODES)
@given(network=networks(), limits_m=st.lists(st.integers(0, 3000), min_size=1, max_size=3, unique=True))
@settings(max_examples=60, deadline=None)
def test_a_place_is_in_a_reached_part_if_networkx_says_so(mode, respect_oneway, network, limits_m):
    random, streets, roads, sites = _town(network, mode, respect_oneway=respect_oneway)
    limits = sorted(limit * 1000 for limit in limits_m)
    parts = parts_by_site(roads, sites, limits_mm=limits)
    samples = _samples(roads, random)
    flow = plain_graph(streets, mode, respect_oneway, sites, samples).reverse()
    for site in np.flatnonzero(sites.snapped).tolist():
        costs = nx.single_source_dijkstra_path_length(flow, ("site", site), weight="mm")
        exact = np.array([costs.get(("person", sample), np.inf) for sample in range(len(samples))])
        for band, limit in enumerate(limits):
            cut = parts.of_lists(site * len(limits) + band, site * len(limits) + band + 1)
            ours = _within(cut, samples)
            np.testing.assert_array_equal(ours, exact + sites.gap_mm[site] <= limit)


@pytest.mark.parametrize(("mode", "respect_oneway"), [("walk", False), ("road", False), ("road", True)])
@given(network=networks(), limit_m=st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_the_reached_length_is_that_of_brute_force_to_the_millimetre(mode, respect_oneway, network, limit_m):
    _, streets, roads, sites = _town(network, mode, respect_oneway=respect_oneway)
    parts = parts_by_site(roads, sites, limits_mm=[limit_m * 1000])
    flow = plain_graph(streets, mode, respect_oneway, sites, Places(*np.zeros((3, 0), np.int64))).reverse()
    for site in np.flatnonzero(sites.snapped).tolist():
        left = limit_m * 1000 - int(sites.gap_mm[site])
        costs = nx.single_source_dijkstra_path_length(flow, ("site", site), weight="mm")
        cut = parts.of_lists(site, site + 1)
        assert (cut.to_mm - cut.from_mm).sum() == _reached_mm(
            streets, mode, sites, site, costs, left=left, respect_oneway=respect_oneway
        )


def _reached_mm(streets, mode, sites, site, costs, *, left, respect_oneway):
    """Of every edge, cut in two where the site stands, what is within reach of either end."""
    total = 0
    for edge, flags in enumerate(streets.flags):
        forward, backward = (flags & WALK,) * 2 if mode == "walk" else (flags & ROAD_FORWARD, flags & ROAD_BACKWARD)
        if mode == "road" and not respect_oneway:
            forward = backward = forward | backward
        stops = [(int(sites.offset_mm[site]), ("site", site))] if sites.edge[site] == edge else []
        ends = (0, int(streets.start[edge])), (int(streets.length_mm[edge]), int(streets.end[edge]))
        for (near, a), (far, b) in itertools.pairwise([ends[0], *stops, ends[1]]):
            from_a = left - costs.get(a, np.inf) if backward else 0
            from_b = left - costs.get(b, np.inf) if forward else 0
            total += min(far - near, max(from_a, 0) + max(from_b, 0))
    return total


def test_the_dissolved_area_is_the_union_of_all():
    # Within 300 m A reaches 300 m and B 600 m, with 200 m between them; within 1,000 m B reaches the whole street.
    areas, _ = drawn("A-------B---", "AB", [300, 1000])
    together = dissolved_areas(areas)
    length = np.append(0, np.cumsum(together.parts.to_mm - together.parts.from_mm))[together.parts.ptr]
    assert (np.diff(length) / 1000).tolist() == [900, 1100]
    assert (together.site.tolist(), together.polygons.shape) == ([-1], (1, 2))
    for band, (metres_long, pieces) in enumerate([(900, 2), (1100, 1)]):
        polygon = together.polygons[0, band]
        area_m2 = polygon.area / EAST_DEGREES / NORTH_DEGREES * 10_000
        assert area_m2 == pytest.approx(metres_long * 100 + pieces * np.pi * 50**2, rel=0.01)
        assert shapely.get_num_geometries(polygon) == pieces
        assert all(polygon.buffer(1e-12).covers(areas.polygons[area, band]) for area in range(2))


def test_shares_are_together_the_dissolved_area(shared_data):
    streets = read_osm(shared_data / "porto" / "porto.osm.pbf")
    roads = graph(streets, "walk")
    points = Points(streets.vertex_xy[np.random.default_rng(4).choice(len(streets.vertex_xy), 12, replace=False)])
    places = snap(roads, points, max_gap_m=500)
    together = dissolved_areas(service_areas(roads, points, places, limits_m=[600, 1200], **WALK_PEN))
    shares = split_areas(roads, points, places, limits_m=[600, 1200], **WALK_PEN)
    merged = merged_parts(shares.parts, 2)
    for field in ("ptr", "edge", "from_mm", "to_mm"):
        np.testing.assert_array_equal(getattr(merged, field), getattr(together.parts, field))
    # Two outlines of the same streets: each within half a cell and the tolerance of the exact one.
    slack = 2 * (shares.half_cell_m + shares.tolerance_m)
    for band in range(2):
        union, whole = (
            flat(shape, points.xy[0])
            for shape in (shapely.union_all(shares.polygons[:, band]), together.polygons[0, band])
        )
        assert union.buffer(slack).covers(whole)
        assert whole.buffer(slack).covers(union)


def _town(network, mode, *, respect_oneway=False):
    node_count, edges, seed = network
    random = np.random.default_rng(seed)
    streets = streets_of(node_count, edges, random)
    roads = graph(streets, mode, respect_oneway=respect_oneway)
    return random, streets, roads, snap(roads, Points(random.uniform(0, 0.02, (4, 2))), max_gap_m=400)


def _samples(roads, random):
    """Places strictly inside the edges of the mode."""
    usable = np.flatnonzero(roads.edge_chain >= 0)
    edge = np.repeat(usable[roads.streets.length_mm[usable] > 2], 12).astype(np.int32)
    offset = 1 + (random.random(len(edge)) * (roads.streets.length_mm[edge] - 2)).astype(np.int64)
    return Places(edge, offset, np.zeros(len(edge), np.int64))


def _within(cut, samples):
    same = cut.edge[:, None] == samples.edge
    inside = (cut.from_mm[:, None] <= samples.offset_mm) & (samples.offset_mm <= cut.to_mm[:, None])
    return (same & inside).any(axis=0)


@given(network=networks(), limits_m=st.lists(st.integers(0, 3000), min_size=1, max_size=3, unique=True))
@settings(max_examples=80, deadline=None)
def test_split_parts_are_those_of_the_nearest_site_and_share_out_what_all_reach(network, limits_m):
    random, _, roads, sites = _town(network, "road", respect_oneway=True)
    limits = sorted(limit * 1000 for limit in limits_m)
    each = parts_by_site(roads, sites, limits_mm=limits)
    shared = parts_by_nearest_site(roads, sites, limits_mm=limits)
    samples = _samples(roads, random)
    nearest = nearest_sites(roads, sites, samples, cutoff_m=max(limits) / 1000)
    clear = (nearest.cost_mm[:, 1] < 0) | (nearest.cost_mm[:, 1] > nearest.cost_mm[:, 0] + 2)
    for site in range(len(sites)):
        for band in range(1, len(limits)):
            inner, outer = (
                _within(shared.of_lists(number, number + 1), samples)
                for number in (site * len(limits) + band - 1, site * len(limits) + band)
            )
            assert (outer | ~inner).all()
        mine = _within(shared.of_lists((site + 1) * len(limits) - 1, (site + 1) * len(limits)), samples)
        np.testing.assert_array_equal(mine[clear], (nearest.site[:, 0] == site)[clear])
    together, dissolved = merged_parts(shared, len(limits)), merged_parts(each, len(limits))
    for field in ("ptr", "edge", "from_mm", "to_mm"):
        np.testing.assert_array_equal(getattr(together, field), getattr(dissolved, field))
    # No overlap: the pieces are together as long as what they cover.
    assert (shared.to_mm - shared.from_mm).sum() == (together.to_mm - together.from_mm).sum()


@st.composite
def bundles(draw):
    """Lines that hang together, in cells, in bands: each goes on from a place of one before it."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    step = draw(st.sampled_from([0.7, 3.0, 9.0]))
    lines, places = [], [np.zeros(2)]
    for _ in range(draw(st.integers(0, 8))):
        steps = random.normal(0, step, (draw(st.integers(1, 6)), 2))
        if draw(st.booleans()):
            steps = np.round(steps)
        line = np.cumsum([places[random.integers(len(places))], *steps], axis=0)
        lines.append(line)
        places.extend(line)
    band_count = draw(st.integers(1, 3))
    first = np.sort(random.integers(0, len(lines) + 1, band_count - 1))
    return lines, np.concatenate([[0], first, [len(lines)]])


@given(bundle=bundles(), allowance=st.floats(2, 5), tolerance=st.sampled_from([0.0, 0.09, 0.29, 1.0]))
@settings(max_examples=100, deadline=None)
def test_outlines_are_valid_nested_whole_and_near_the_lines(bundle, allowance, tolerance):
    lines, band_ptr = bundle
    xy = np.concatenate([np.empty((0, 2)), *lines])
    line_ptr = np.cumsum([0] + [len(line) for line in lines])
    legs = np.zeros((len(band_ptr) - 1, 4))
    corners, ring_end, band_end = _kernels_outline.outlines(xy, line_ptr, band_ptr, legs, allowance, tolerance)
    polygons = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, corners, (np.append(0, ring_end), np.append(0, band_end))
    )
    assert shapely.is_valid(polygons).all()
    for band, polygon in enumerate(polygons):
        assert polygon.exterior.is_ccw
        assert not any(hole.is_ccw for hole in polygon.interiors)
        assert polygon.contains(shapely.Point(0, 0))
        assert band == 0 or polygon.covers(polygons[band - 1])
        around = shapely.union_all([shapely.Point(0, 0), *map(shapely.LineString, lines[: band_ptr[band + 1]])])
        law = allowance + 0.71 + tolerance
        rim = shapely.segmentize(polygon, 0.2)
        assert shapely.distance(shapely.points(shapely.get_coordinates(rim)), around).max() <= law
        # And from within: no farther than that inside of the exact rim.
        assert polygon.buffer(1e-9).covers(around.buffer(max(allowance - 0.71 - tolerance, 0)))
        assert around.buffer(law + 0.05).covers(polygon)


def test_areas_of_porto_are_the_exact_buffers_nested_and_lawful(shared_data):
    streets = read_osm(shared_data / "porto" / "porto.osm.pbf")
    for mode, limits_m, allowance_m, cell_m, count in (
        ("walk", [400, 800, 1200], 50, 10, 12),
        ("road", [2500, 5000], 100, 30, 3),
    ):
        roads = graph(streets, mode)
        chosen = np.random.default_rng(2).choice(len(streets.vertex_xy), count, replace=False)
        points = Points(streets.vertex_xy[chosen] + 0.0002)
        places = snap(roads, points, max_gap_m=500)
        areas = service_areas(
            roads, points, places, limits_m=limits_m, allowance_m=allowance_m, cell_m=cell_m, count_gaps=False
        )
        assert shapely.is_valid(areas.polygons).all()
        for area, site in enumerate(areas.site):
            _agrees_with_the_exact_buffer(areas, area, streets, points.xy[site])
        together = dissolved_areas(areas)
        for band in range(len(limits_m)):
            lines = reached_lines(streets, areas.parts.of_lists(band, band + 1))
            assert together.polygons[0, band].covers(shapely.union_all(lines))


def _agrees_with_the_exact_buffer(areas, area, streets, site_xy):
    law = areas.allowance_m + areas.half_cell_m + areas.tolerance_m
    for band, polygon in enumerate(areas.polygons[area]):
        assert polygon.contains(shapely.Point(site_xy))
        assert band == 0 or polygon.covers(areas.polygons[area, band - 1])
        lines = flat(reached_lines(streets, areas.parts_of(area, band)), site_xy)
        exact, ours = shapely.union_all(shapely.buffer(lines, areas.allowance_m, quad_segs=32)), flat(polygon, site_xy)
        if areas.limits_mm[band] == areas.limits_mm[-1]:
            assert ours.intersection(exact).area >= 0.99 * ours.union(exact).area
        corners = shapely.points(shapely.get_coordinates(ours))
        nearest = shapely.STRtree(lines).query_nearest(corners, return_distance=True, all_matches=False)[1]
        gap_leg_m = shapely.distance(corners, shapely.Point(0, 0))
        assert (np.minimum(nearest, gap_leg_m) <= law).all()
