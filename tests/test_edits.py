"""What-if edits of streets: by head, and the two laws on random networks and on real ones."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from streetmap import EAST_DEGREES, NORTH_DEGREES, street_map
from test_lines import road_lines

from catchment.access.nearest import nearest_sites
from catchment.model import Points
from catchment.network.edits import edit_streets, snap_edited
from catchment.network.graph import graph
from catchment.network.lines import join_lines
from catchment.network.osm import read_osm

RIVER = """
A-+-B
    :
C-+-D
"""


def line(*places):
    """A line of places in metres east and north."""
    return shapely.LineString(np.array(places) / 100 * (EAST_DEGREES, NORTH_DEGREES))


def costs(streets, people, sites, *, mode="walk", barriers=(), links=(), respect_oneway=False, max_gap_m=500):
    """Distance of people to the nearest site [mm] before and after an edit."""
    edited = edit_streets(streets, barriers=barriers, links=links)
    former = graph(streets, mode, respect_oneway=respect_oneway)
    now = graph(edited.streets, mode, respect_oneway=respect_oneway)
    unedited = edit_streets(streets)
    found = []
    for roads, by in ((former, unedited), (now, edited)):
        places = [snap_edited(former, roads, by, points, max_gap_m=max_gap_m) for points in (sites, people)]
        found.append(nearest_sites(roads, *places, cutoff_m=np.inf, k=1).cost_mm[:, 0])
    return found


def between(drawn, start, goal, **edits):
    before, after = costs(drawn.streets, drawn.points(start), drawn.points(goal), **edits)
    return before.tolist()[0], after.tolist()[0]


def test_a_barrier_across_a_street_closes_it():
    drawn = street_map(RIVER)
    assert between(drawn, "A", "C", barriers=[line((350, -50), (450, -50))]) == (1_000_000, -1)


def test_people_on_both_sides_of_a_barrier_leave_by_their_own_side():
    drawn = street_map("A---------B")
    people = np.array([[3.5 * EAST_DEGREES, 0], [6.5 * EAST_DEGREES, 0]])
    for goal, expected in (("A", [350_000, -1]), ("B", [-1, 350_000])):
        _, after = costs(drawn.streets, Points(people), drawn.points(goal), barriers=[line((500, -5), (500, 5))])
        assert after.tolist() == expected


def test_a_barrier_over_a_junction_parts_all_streets_there():
    drawn = street_map("""
A-+-B
  |
  C
""")
    barrier = [line((190, 10), (210, -10))]
    assert between(drawn, "A", "B", barriers=barrier) == (400_000, -1)
    assert between(drawn, "C", "B", barriers=barrier) == (400_000, -1)


def test_a_barrier_beside_a_street_changes_nothing():
    drawn = street_map(RIVER)
    assert between(drawn, "A", "C", barriers=[line((405, -50), (450, -50))]) == (1_000_000, 1_000_000)


@pytest.mark.parametrize("ends", [((0, 0), (0, -200)), ((0, -0.9), (0, -199.1)), ((0, 50), (0, -250))])
def test_a_link_is_joined_where_it_ends_or_crosses(ends):
    before, after = between(street_map(RIVER), "A", "C", links=[line(*ends)])
    assert before == 1_000_000
    assert after == pytest.approx(200_000, abs=2000)


def test_a_link_that_ends_too_far_from_a_street_does_not_reach_it():
    assert between(street_map(RIVER), "A", "C", links=[line((0, -1.1), (0, -200))]) == (1_000_000, 1_000_000)


def test_a_link_in_the_middle_of_streets_cuts_them_to_the_millimetre():
    drawn = street_map(RIVER)
    assert between(drawn, "A", "C", links=[line((123.456, 0), (123.456, -200))]) == (1_000_000, 446_912)
    edited = edit_streets(drawn.streets, links=[line((123.456, 0), (123.456, -200))])
    assert edited.streets.length_mm.sum() == drawn.streets.length_mm.sum() + 200_000


def test_links_that_cross_or_meet_are_joined_to_one_another():
    drawn = street_map(RIVER)
    links = [line((0, 0), (0, -100)), line((0, -100.5), (0, -200))]
    assert between(drawn, "A", "C", links=links) == (1_000_000, 199_500)


def test_people_without_a_street_may_join_a_link():
    drawn = street_map("A-+-+-+-B")
    away = drawn.points("A", shift_m=(0, 1000))
    before, after = costs(drawn.streets, away, drawn.points("B"), links=[line((0, 0), (0, 1000))])
    assert (before.tolist(), after.tolist()) == ([-1], [1_800_000])


def test_the_streets_are_not_changed():
    drawn = street_map(RIVER)
    before = drawn.streets.vertex_xy.copy(), drawn.streets.start.copy()
    edit_streets(drawn.streets, barriers=[line((350, -50), (450, -50))], links=[line((0, 0), (0, -200))])
    np.testing.assert_array_equal(before[0], drawn.streets.vertex_xy)
    np.testing.assert_array_equal(before[1], drawn.streets.start)


def assert_never_farther(before, after):
    """Whoever had a way still has one, and none is a millimetre longer."""
    served = before >= 0
    assert (after[served] >= 0).all()
    assert (after[served] <= before[served]).all()


def random_world(seed):
    random = np.random.default_rng(seed)
    courses = random.uniform(0, 1500, (14, 3, 2))
    oneway = random.choice(["", "单向"], 14).tolist()
    streets = join_lines(road_lines(*courses, oneway=oneway, bridge=random.choice(["", "1"], 14).tolist()))
    scale = 15 * np.array([EAST_DEGREES, NORTH_DEGREES])
    people, sites = Points(random.uniform(0, scale, (200, 2))), Points(random.uniform(0, scale, (3, 2)))
    # Some begin or end exactly on a vertex, where junctions are.
    lines = random.uniform(0, 1500, (3, 2, 2)) / 100 * (EAST_DEGREES, NORTH_DEGREES)
    lines[0, 0] = streets.vertex_xy[random.integers(len(streets.vertex_xy))]
    return streets, people, sites, list(shapely.linestrings(lines))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["walk", "road"]), st.booleans())
def test_a_link_never_makes_anybodys_way_longer(seed, mode, respect_oneway):
    streets, people, sites, lines = random_world(seed)
    before, after = costs(streets, people, sites, mode=mode, links=lines, respect_oneway=respect_oneway, max_gap_m=100)
    assert_never_farther(before, after)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["walk", "road"]), st.booleans())
def test_a_barrier_never_makes_anybodys_way_shorter(seed, mode, respect_oneway):
    streets, people, sites, lines = random_world(seed)
    before, after = costs(
        streets, people, sites, mode=mode, barriers=lines, respect_oneway=respect_oneway, max_gap_m=100
    )
    assert_never_farther(after, before)


@pytest.mark.parametrize("place", ["porto/porto.osm.pbf", "comoros/comoros.osm.pbf"])
def test_both_laws_hold_on_real_roads(shared_data, place):
    streets = read_osm(shared_data / place)
    random = np.random.default_rng(3)
    vertices = streets.vertex_xy[random.choice(len(streets.vertex_xy), 3000, replace=False)]
    people, sites = Points(vertices + random.normal(0, 0.002, vertices.shape)), Points(vertices[:30])
    middle = vertices[40:60]
    lines = list(shapely.linestrings(np.stack([middle, middle + random.normal(0, 0.01, middle.shape)], axis=1)))
    before, after = costs(streets, people, sites, links=lines)
    assert_never_farther(before, after)
    assert (after < before).any()
    before, after = costs(streets, people, sites, barriers=lines)
    assert_never_farther(after, before)
    assert (after != before).any()
