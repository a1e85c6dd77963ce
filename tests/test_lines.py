"""Lines that were drawn apart, joined where the roads meet: worked out by head, and against real roads."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from streetmap import EAST_DEGREES, NORTH_DEGREES

from catchment.access.nearest import nearest_sites
from catchment.errors import InputError
from catchment.geo.measure import radii_of_curvature_m
from catchment.model import Points, RoadLines
from catchment.network.graph import graph
from catchment.network.lines import join_lines
from catchment.network.osm import read_osm
from catchment.network.snap import snap, street_grid
from catchment.network.streets import JOIN_KINDS, ROAD_BACKWARD, ROAD_FORWARD, STREET_KINDS, TAGS, WALK, flags_of

TEXTS = ("grade", "rank", "name", "oneway", "level", "bridge", "tunnel")


def road_lines(*courses, **texts):
    """Lines of places in metres east and north of 0, 0; texts by column, one for each line."""
    shapes = [shapely.LineString(np.array(course) / 100 * (EAST_DEGREES, NORTH_DEGREES)) for course in courses]
    columns = {name: texts.get(name, [""] * len(shapes)) for name in TEXTS}
    return RoadLines(gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326"))


def metres_between(streets, start, goal, *, mode="walk"):
    """Distance between two places in metres east and north; ``None`` if there is no way."""
    folded = graph(streets, mode)
    places = [
        snap(folded, Points(np.array([place]) / 100 * (EAST_DEGREES, NORTH_DEGREES)), max_gap_m=5)
        for place in (start, goal)
    ]
    cost = nearest_sites(folded, *places, cutoff_m=np.inf, k=1, count_gaps=False).cost_mm[0, 0]
    return None if cost < 0 else round(cost / 1000, 1)


def joined(streets):
    """How many joins of each kind were made."""
    assert len(streets.joins_xy) == len(streets.joins_kind)
    counts = {kind: int((streets.joins_kind == number).sum()) for number, kind in enumerate(JOIN_KINDS[:3])}
    assert counts == {kind: streets.oddities[f"lines_joined_{kind}"] for kind in JOIN_KINDS[:3]}
    return tuple(counts.values())


def test_ends_at_one_place_meet_and_are_no_join():
    streets = join_lines(road_lines([(0, 0), (100, 0)], [(100, 0), (100, 100)]))
    assert metres_between(streets, (0, 0), (100, 100)) == 200.0
    assert joined(streets) == (0, 0, 0)


@pytest.mark.parametrize(("gap_m", "meets"), [(0.9, True), (1.0, True), (1.1, False)])
def test_a_gap_within_the_tolerance_is_closed(gap_m, meets):
    streets = join_lines(road_lines([(0, 0), (100, 0)], [(100 + gap_m - 1e-9, 0), (200, 0)]))
    assert (metres_between(streets, (0, 0), (200, 0)) is not None) == meets
    assert joined(streets) == (int(meets), 0, 0)


@pytest.mark.parametrize("dangle_m", [-0.5, -0.2, 0.2, 0.5])
def test_a_street_is_as_long_as_it_was_before_its_end_was_drawn_short_of_another_or_over_it(dangle_m):
    # From the west, then north along a street that is crossed at an angle of 45 degrees.
    end = 100 + dangle_m * np.sqrt(0.5)
    streets = join_lines(road_lines([(0, 0), (end, end)], [(100, -100), (100, 200)]))
    assert metres_between(streets, (0, 0), (100, 200)) == pytest.approx(100 * np.sqrt(2) + 100, abs=0.06)
    assert joined(streets) == (0, 1, 0)


@pytest.mark.parametrize("dangles", [(-0.5, -0.5), (-0.5, 0.5), (0.5, -0.5), (0.5, 0.5)])
def test_two_streets_that_end_at_one_corner_keep_their_length_within_a_dangle(dangles):
    lines = road_lines([(0, 0), (100 + dangles[0], 0)], [(100, -dangles[1]), (100, 100)])
    assert metres_between(join_lines(lines), (0, 0), (100, 100)) == pytest.approx(200, abs=0.31)


def test_a_closed_gap_counts_with_its_length():
    streets = join_lines(road_lines([(0, 0), (100, 0)], [(100.5, 0), (200, 0)]))
    assert metres_between(streets, (0, 0), (200, 0)) == 200.0


def test_a_gap_between_one_way_streets_is_passed_like_them():
    streets = join_lines(road_lines([(0, 0), (100, 0)], [(100.5, 0), (200, 0)], oneway=["是", "是"]))
    assert metres_between(streets, (200, 0), (0, 0), mode="road") == 200.0
    assert streets.flags.tolist() == [WALK | ROAD_FORWARD] * 2 + [WALK | ROAD_FORWARD | ROAD_BACKWARD]


def test_near_ends_in_a_chain_all_meet():
    # Each is 0.9 m from the next, the outer two are 1.8 m apart.
    lines = road_lines([(-100, 0), (0, 0)], [(0.9, 0), (0.9, 100)], [(1.8, 0), (100, 0)])
    streets = join_lines(lines)
    assert metres_between(streets, (-100, 0), (100, 0)) == 200.0
    assert joined(streets) == (2, 0, 0)


def test_an_end_at_the_middle_of_a_line_splits_it():
    streets = join_lines(road_lines([(0, 0), (200, 0)], [(100, 0), (100, 100)]))
    assert len(streets) == 3
    assert metres_between(streets, (0, 0), (100, 100)) == 200.0
    assert joined(streets) == (0, 1, 0)
    np.testing.assert_allclose(streets.joins_xy, [[EAST_DEGREES, 0]], atol=1e-12)


@pytest.mark.parametrize(("gap_m", "meets"), [(-0.9, True), (0.9, True), (1.1, False)])
def test_an_end_short_of_a_line_or_over_it_reaches_it_within_the_tolerance(gap_m, meets):
    streets = join_lines(road_lines([(0, 0), (200, 0)], [(100, gap_m), (100, 100)]))
    assert (metres_between(streets, (0, 0), (100, 100)) is not None) == meets
    assert joined(streets) == (0, int(meets), 0)


def test_an_end_that_goes_too_far_over_a_line_crosses_it():
    streets = join_lines(road_lines([(0, 0), (200, 0)], [(100, -1.1), (100, 100)]))
    assert metres_between(streets, (0, 0), (100, 100)) == 200.0
    assert joined(streets) == (0, 0, 1)


def test_a_street_that_passes_beside_ends_that_meet_is_not_joined_to_them():
    passing = [(-50, 50), (-20, 0.8), (220, 0.8), (250, 50)]
    streets = join_lines(road_lines([(-100, 0), (100, 0)], [(100, 0), (300, 0)], passing))
    assert metres_between(streets, (-100, 0), (300, 0)) == 400.0
    assert metres_between(streets, (-100, 0), (-50, 50)) is None
    assert joined(streets) == (0, 0, 0)


def test_a_dead_end_is_joined_to_the_street_beside_it():
    passing = [(-50, 50), (-20, 0.8), (220, 0.8), (250, 50)]
    streets = join_lines(road_lines([(-100, 0), (100, 0)], passing))
    assert metres_between(streets, (-100, 0), (250, 50)) is not None
    assert joined(streets) == (0, 1, 0)


@pytest.mark.parametrize("end", [100, 100.3])
def test_an_end_that_touches_a_street_or_runs_over_it_does_not_go_on_to_the_next(end):
    touched = [(90, -50), (100, -10), (100, 10), (90, 50)]
    streets = join_lines(road_lines([(0, 0), (end, 0)], touched, [(100.8, -50), (100.8, 50)]))
    assert metres_between(streets, (0, 0), (100, 10)) == 110.0
    assert metres_between(streets, (0, 0), (100.8, 50)) is None


def test_lines_that_cross_are_split():
    streets = join_lines(road_lines([(0, 0), (200, 0)], [(100, -100), (100, 100)]))
    assert len(streets) == 4
    assert metres_between(streets, (0, 0), (100, 100)) == 200.0
    assert joined(streets) == (0, 0, 1)


def test_lines_that_cross_at_their_vertices_are_split_once():
    streets = join_lines(road_lines([(0, 0), (100, 0), (200, 0)], [(100, -100), (100, 0), (100, 100)]))
    assert len(streets) == 4
    assert joined(streets) == (0, 0, 1)


@pytest.mark.parametrize(
    "texts",
    [
        {"bridge": ["", "大桥"]},
        {"bridge": ["yes", ""]},
        {"tunnel": ["F", "T"]},
        {"level": ["0", "1"]},
        {"level": ["-1", "0"]},
    ],
)
def test_a_bridge_a_tunnel_or_another_level_crosses_without_meeting(texts):
    streets = join_lines(road_lines([(0, 0), (200, 0)], [(100, -100), (100, 100)], **texts))
    assert len(streets) == 2
    assert metres_between(streets, (0, 0), (100, 100)) is None
    assert joined(streets) == (0, 0, 0)
    assert streets.oddities["lines_kept_apart"] == 1


@pytest.mark.parametrize("texts", [{"bridge": ["否", "0"]}, {"level": ["0", ""]}, {"level": ["1", "1.0"]}])
def test_lines_that_say_no_bridge_or_the_same_level_meet(texts):
    streets = join_lines(road_lines([(0, 0), (200, 0)], [(100, -100), (100, 100)], **texts))
    assert joined(streets) == (0, 0, 1)


def test_a_bridge_meets_the_road_at_its_ends():
    courses = [(-100, 0), (0, 0)], [(0.4, 0), (99.6, 0)], [(100, 0), (200, 0)], [(50, -50), (50, 50)]
    streets = join_lines(road_lines(*courses, bridge=["", "1", "", ""], level=["0", "1", "0", "0"]))
    assert metres_between(streets, (-100, 0), (200, 0)) == 300.0
    assert metres_between(streets, (-100, 0), (50, 50)) is None


def test_an_end_under_another_level_does_not_meet_it():
    streets = join_lines(road_lines([(0, 0), (200, 0)], [(100, 0), (100, 100)], level=["1", "0"]))
    assert metres_between(streets, (0, 0), (100, 100)) is None


def test_a_shared_stretch_meets_where_it_begins_and_ends():
    streets = join_lines(road_lines([(0, 0), (300, 0)], [(100, 100), (100, 0), (200, 0), (200, 100)]))
    assert metres_between(streets, (0, 0), (100, 100)) == 200.0
    assert metres_between(streets, (300, 0), (200, 100)) == 200.0


def test_a_line_that_ends_on_itself_is_a_lasso():
    streets = join_lines(road_lines([(0, 0), (100, 0), (100, 100), (50, 100), (50, 0.5)]))
    # Along the loop it would be 50 + 100 + 50 + 100.
    assert metres_between(streets, (0, 0), (50, 99)) == 50 + 99


def test_a_course_drawn_twice_counts_once_and_is_open_to_whom_either_admits():
    streets = join_lines(road_lines([(0, 0), (100, 0)], [(100, 0), (0, 0)], oneway=["单向", "单向"]))
    assert streets.flags.tolist() == [WALK | ROAD_FORWARD | ROAD_BACKWARD]
    assert streets.oddities["lines_repeated"] == 1


def test_lines_without_length_are_counted():
    streets = join_lines(road_lines([(0, 0), (100, 0)], [(5, 5), (5, 5)]))
    assert len(streets) == 1
    assert streets.oddities["lines_without_length"] == 1


def test_the_words_of_a_road_table():
    lines = road_lines(
        *([(0, 10 * row), (100, 10 * row)] for row in range(7)),
        grade=["四级公路", "", "高速公路", "在建", "?", "机耕路", "等外"],
        rank=["村道", "县道", "国道", "", "", "", ""],
        name=["甲路", "", "", "", "", "", "乙路"],
        oneway=["双向", "单向", "", "", "随便", "逆向", "1"],
    )
    streets = join_lines(lines)
    assert [STREET_KINDS[kind] for kind in streets.kind] == ["tertiary", "secondary", "road", "track", "unclassified"]
    both = WALK | ROAD_FORWARD | ROAD_BACKWARD
    assert streets.flags.tolist() == [both, WALK | ROAD_FORWARD, both, WALK | ROAD_BACKWARD, WALK | ROAD_FORWARD]
    assert [streets.names[name] if name >= 0 else "" for name in streets.name] == ["甲路", "", "", "", "乙路"]
    counted = {key: count for key, count in streets.oddities.items() if count}
    assert counted == {
        "lines_unknown_class": 1,
        "lines_unknown_direction": 1,
        "not_streets": 1,
        "closed_ways": 1,
    }


def test_lines_that_nobody_may_use_are_refused():
    with pytest.raises(InputError, match="no street"):
        join_lines(road_lines([(0, 0), (100, 0)], grade=["高速公路"]))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_the_rows_changes_nothing(seed):
    random = np.random.default_rng(seed)
    courses = random.integers(0, 8, (12, 3, 2)) * 10 + random.choice([0, 0.4, 1.5], (12, 3, 2))
    lines = road_lines(
        *courses, bridge=random.choice(["", "1"], 12).tolist(), level=random.choice(["", "0"], 12).tolist()
    )
    shuffled = RoadLines(lines.frame.iloc[random.permutation(12)].reset_index(drop=True))
    one, other = join_lines(lines), join_lines(shuffled)
    for field in ("node_id", "start", "end", "vertex_xy", "vertex_mm", "way_id", "flags", "joins_xy", "joins_kind"):
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field))
    assert one.oddities == other.oddities


@pytest.mark.parametrize("seed", [*range(4), *range(5, 40)])  # with 4, two places are 0.07 mm apart: one to us
def test_lines_meet_where_shapely_says(seed):
    lines = road_lines(*np.random.default_rng(seed).uniform(0, 400, (10, 4, 2)))
    streets = join_lines(lines, tolerance_m=0.01)
    shapes = lines.frame.geometry.to_numpy()
    parts = shapely.get_parts(shapely.node(shapely.multilinestrings(shapes)))
    ends = shapely.get_coordinates([shapely.get_point(parts, end) for end in (0, -1)])
    assert len(streets.node_id) == len(np.unique(np.round(ends, 10), axis=0))
    assert len(streets) == len(parts)
    # Each of the edges is rounded to a millimetre in up to four segments.
    assert streets.length_mm.sum() == pytest.approx(sum(map(length_mm, shapes)), abs=len(streets))


def length_mm(shape):
    """Length in millimetres of a line near 0, 0."""
    xy = shapely.get_coordinates(shape) / (EAST_DEGREES, NORTH_DEGREES) * 100_000
    return np.hypot(*np.diff(xy, axis=0).T).sum()


WINDOW = shapely.box(-8.64, 41.14, -8.58, 41.18)


def crossing_ways(streets):
    """Which edges belong to ways that cross others without meeting them."""
    edge = np.repeat(np.arange(len(streets)), np.diff(streets.vertex_ptr))
    shapes = shapely.linestrings(streets.vertex_xy, indices=edge)
    pairs = shapely.STRtree(shapes).query(shapes, predicate="crosses")
    return np.isin(streets.way_id, streets.way_id[np.unique(pairs)])


def broken_up(streets, dangles_m, *, only_junctions=False):
    """
    Whole ways as lines, no longer split where they meet; ends drawn too long by one of the dangles, or too short.

    Dead ends are left, which were not meant to meet anything, if ``only_junctions``.

    Ways that cross others without meeting them are marked as bridges and stay split: where the source has no tag that
    says so, this layer says more than its source.
    """
    apart = crossing_ways(streets)
    goes_on = (streets.way_id[1:] == streets.way_id[:-1]) & ~apart[1:] & (streets.end[:-1] == streets.start[1:])
    line_of_edge = np.cumsum(np.append(True, ~goes_on)) - 1
    edge = np.repeat(np.arange(len(streets)), np.diff(streets.vertex_ptr))
    repeated = np.zeros(len(edge), bool)
    repeated[streets.vertex_ptr[1:-1]] = goes_on
    xy, line = streets.vertex_xy[~repeated].copy(), line_of_edge[edge[~repeated]]
    node = np.concatenate([streets.start, streets.end])
    dead = np.zeros(len(edge), bool)
    dead[np.append(streets.vertex_ptr[:-1], streets.vertex_ptr[1:] - 1)] = np.bincount(node)[node] == 1
    stays = dead[~repeated] & only_junctions
    begins = np.flatnonzero(np.append(True, line[1:] != line[:-1]))
    north, east = radii_of_curvature_m(np.radians(xy[:, 1]))
    scale = np.radians(1) * np.column_stack([east * np.cos(np.radians(xy[:, 1])), north])
    random = np.random.default_rng(1)
    for end, beside in ((begins, 1), (np.append(begins[1:], len(xy)) - 1, -1)):
        outward = (xy[end] - xy[end + beside]) * scale[end]
        length = np.hypot(*outward.T)[:, None]
        metres = random.choice(dangles_m, (len(end), 1))
        xy[end] += np.where((length > 1) & ~stays[end, None], metres * outward / np.maximum(length, 1), 0) / scale[end]
    first = np.searchsorted(line_of_edge, np.arange(line.max() + 1))
    texts = dict.fromkeys(TEXTS, [""] * len(first))
    texts["grade"] = [STREET_KINDS[kind] for kind in streets.kind[first]]
    texts["bridge"] = np.where(apart[first], "桥", "")
    return RoadLines(gpd.GeoDataFrame(texts, geometry=shapely.linestrings(xy, indices=line), crs="EPSG:4326"))


def only(streets, kept):
    """Some edges of the streets, each way in one piece."""
    vertex = np.repeat(kept, np.diff(streets.vertex_ptr))
    return replace(
        streets,
        vertex_ptr=np.append(0, np.cumsum(np.diff(streets.vertex_ptr)[kept])),
        vertex_xy=streets.vertex_xy[vertex],
        vertex_mm=streets.vertex_mm[vertex],
        **{
            name: getattr(streets, name)[kept]
            for name in ("start", "end", "way_id", "first_segment", "flags", "kind", "name")
        },
    )


def usual_ways_on_foot(streets, window):
    """Ways as far as they touch a window that anybody may walk because of their class alone."""
    edge = np.repeat(np.arange(len(streets)), np.diff(streets.vertex_ptr))
    touching = np.unique(edge[shapely.contains_xy(window, streets.vertex_xy)])
    usual = [flags_of(*(kind if tag == "highway" else None for tag in TAGS)) for kind in STREET_KINDS]
    open_ = np.array(usual)[streets.kind] & streets.flags & WALK > 0
    return only(streets, open_ & np.isin(streets.way_id, streets.way_id[touching]))


def edges_with_gaps(streets, reach_m):
    """Edges whose dead end is within reach of a street that it does not meet: no layer tells them from broken ones."""
    node = np.concatenate([streets.start, streets.end])
    vertex = np.concatenate([streets.vertex_ptr[:-1], streets.vertex_ptr[1:] - 1])
    dead = np.flatnonzero(np.bincount(node)[node] == 1)
    north, east = radii_of_curvature_m(np.radians(streets.vertex_xy[:, 1].mean()))
    scale = np.radians(1) * np.array([east * np.cos(np.radians(streets.vertex_xy[:, 1].mean())), north])
    edge = np.repeat(np.arange(len(streets)), np.diff(streets.vertex_ptr))
    tree = shapely.STRtree(shapely.linestrings(streets.vertex_xy * scale, indices=edge))
    places = shapely.points(streets.vertex_xy[vertex[dead]] * scale)
    number, near = tree.query(places, predicate="dwithin", distance=reach_m)
    of_end = dead[number] % len(streets)
    return np.unique(of_end[of_end != near])


def without_gaps_of_its_own(streets, reach_m):
    """Without those edges, again and again: an edge left out may leave a dead end."""
    while len(gaps := edges_with_gaps(streets, reach_m)):
        streets = only(streets, ~np.isin(np.arange(len(streets)), gaps))
    return streets


@pytest.fixture(scope="module")
def porto(shared_data):
    """A part of Porto on foot, and the share of 40,000 random places that are within 1,200 m of 60 others."""
    streets = usual_ways_on_foot(read_osm(shared_data / "porto" / "porto.osm.pbf"), WINDOW)
    random = np.random.default_rng(5)
    corners = np.reshape(WINDOW.bounds, (2, 2))
    people, sites = Points(random.uniform(*corners, (40_000, 2))), Points(random.uniform(*corners, (60, 2)))

    def covered(roads):
        walk = graph(roads, "walk")
        places = [snap(walk, points, max_gap_m=500) for points in (sites, people)]
        return (nearest_sites(walk, *places, cutoff_m=1200, k=1).cost_mm >= 0).mean()

    return streets, covered


# All ends half a metre short, all half a metre long, at random one or the other.
@pytest.mark.parametrize("dangles_m", [[-0.5], [0.5], [-0.5, 0.5]])
def test_porto_broken_up_has_its_former_coverage(porto, dangles_m):
    streets, covered = porto
    assert covered(join_lines(broken_up(streets, dangles_m))) == pytest.approx(covered(streets), rel=0.001)


@pytest.fixture(scope="module")
def all_porto(shared_data):
    """All of Porto on foot but for its own gaps, and who of 100,000 is within 1,200 m of 600 sites, for six draws."""
    streets = read_osm(shared_data / "porto" / "porto.osm.pbf")
    # As far as the tolerance and one dangle reach.
    streets = without_gaps_of_its_own(usual_ways_on_foot(streets, shapely.box(*streets.bounds)), 1.5)
    corners = np.reshape(streets.bounds, (2, 2))
    points = [Points(np.random.default_rng(draw).uniform(*corners, (100_600, 2))) for draw in range(1, 7)]

    def covered(roads):
        walk = graph(roads, "walk")
        grid = street_grid(walk)
        counts = []
        for some in points:
            place = snap(walk, some, max_gap_m=500, grid=grid)
            people, sites = (
                replace(place, **{name: getattr(place, name)[part] for name in ("edge", "offset_mm", "gap_mm")})
                for part in (slice(600, None), slice(600))
            )
            counts.append((nearest_sites(walk, sites, people, cutoff_m=1200, k=1).cost_mm >= 0).sum())
        return np.array(counts)

    return streets, covered, covered(streets)


@pytest.mark.parametrize("dangles_m", [[-0.5], [0.5], [-0.5, 0.5]])
def test_all_of_porto_broken_up_has_its_former_coverage_for_every_draw_of_sites(all_porto, dangles_m):
    streets, covered, former = all_porto
    rejoined = join_lines(broken_up(streets, dangles_m, only_junctions=True))
    np.testing.assert_allclose(covered(rejoined), former, rtol=0.001)


def test_without_its_joins_porto_loses_most_of_its_coverage(porto):
    streets, covered = porto
    lines = broken_up(streets, [-0.5, 0.5])
    assert covered(join_lines(lines, tolerance_m=0.01)) < 0.8 * covered(streets)
