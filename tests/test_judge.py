"""Covered, or the one cause why not; and the figures made of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streetmap import street_map

from catchment.access.judge import judge, percentile_mm
from catchment.access.totals import totals
from catchment.access.travel import straight_distance_m, travel
from catchment.geo.measure import distance_to_edge_m
from catchment.model import Cause, People, Rule, Setting, Standard
from catchment.network.graph import graph
from catchment.network.snap import snap

CITY, TOWN, RURAL = Setting.CITY, Setting.TOWN, Setting.RURAL
WALK_500, ROAD_900 = Rule.walking(7.5, 4.0), Rule.by_road(0.9)
STANDARD = Standard("custom", WALK_500, WALK_500, ROAD_900)
FAR_EDGE = (-1.0, -1.0, 1.0, 1.0)


def people_at(drawn, letters, setting, shift_m=(0, 0)):
    xy = drawn.points(letters, shift_m=shift_m).xy
    count = len(xy)
    return People(
        xy=xy,
        units=np.full(count, 1024),
        point_id=np.arange(count),
        region=np.full(count, -1, np.int32),
        setting=np.full(count, setting, np.int8),
    )


def assess(drawing, sites, letters, setting, *, bounds=FAR_EDGE, shift_m=(0, 0), standard=STANDARD, max_gap_m=500):
    drawn = street_map(drawing)
    people, points = people_at(drawn, letters, setting, shift_m), drawn.points(sites)
    travels = {}
    for mode in ("walk", "road"):
        roads = graph(drawn.streets, mode)
        joined = snap(roads, people, max_gap_m=max_gap_m)
        travels[mode] = travel(roads, snap(roads, points, max_gap_m=max_gap_m), joined, cutoff_m=3000)
    access = judge(
        people,
        standard,
        travels,
        straight_m=straight_distance_m(people.xy, points.xy),
        edge_m=distance_to_edge_m(people.xy, bounds),
    )
    return people, access, travels


def causes(*arguments, **options):
    _, access, _ = assess(*arguments, **options)
    return [Cause(code).name for code in access.cause]


def test_the_limit_is_inclusive():
    assert WALK_500.limit_mm == 500_000
    assert causes("S----P-Q", "S", "PQ", CITY) == ["COVERED", "TOO_FAR"]


def test_each_setting_has_its_own_rule():
    assert causes("S-------P-Q", "S", "PQ", RURAL) == ["COVERED", "TOO_FAR"]
    assert causes("S-------P-Q", "S", "PQ", TOWN) == ["TOO_FAR", "TOO_FAR"]


def test_without_a_site_that_is_the_cause():
    assert causes("A--P", "", "P", CITY) == ["NO_SITE"]


def test_beyond_the_limit_in_a_straight_line_is_too_far_whatever_the_roads():
    # 600 m away in a straight line, on an island of its own and at the edge of the data.
    drawing = "S-    P-"
    assert causes(drawing, "S", "P", CITY, bounds=(0.0, -1.0, 1.0, 1.0)) == ["TOO_FAR"]


def test_nobody_is_cut_off_who_has_no_road():
    drawing = """
S--
   .
P..
"""
    assert causes("S\n|\n+---P", "S", "P", CITY, shift_m=(0, 60), max_gap_m=50) == ["NO_ROAD"]
    assert causes(drawing, "S", "P", RURAL, max_gap_m=50) == ["NO_ROAD"]


def test_a_network_without_a_site_is_cut_off():
    drawing = """
S------

P------
"""
    assert causes(drawing, "S", "P", CITY) == ["CUT_OFF"]


def test_near_the_edge_of_the_data_a_detour_may_be_missing_roads():
    drawing = """
S------+
       |
P------+
"""
    assert causes(drawing, "S", "P", CITY) == ["TOO_FAR"]
    assert causes(drawing, "S", "P", CITY, bounds=(-0.001, -1.0, 1.0, 1.0)) == ["EDGE_OF_DATA"]


def test_the_totals_of_a_street_by_head():
    people, access, travels = assess("P---S---Q---------R", "S", "PQR", CITY)
    figures = totals(people, access, STANDARD, travels, travels)
    assert figures.people == 3 * 1024
    assert figures.covered == 2 * 1024
    assert figures.uncovered_by_cause[Cause.TOO_FAR] == 1024
    assert figures.by_setting[CITY] == (3 * 1024, 2 * 1024)
    # 7.5 minutes at 3.6 km/h are 450 m, at 5.0 km/h 625 m.
    assert figures.covered_slow == 2 * 1024
    assert figures.covered_brisk == 2 * 1024
    assert figures.percentiles[0].p50_m == 400
    assert figures.percentiles[0].max_m == 1400
    assert figures.beyond_road == {5_000: 0, 10_000: 0, 15_000: 0}


def test_both_readings_of_a_town():
    people, access, travels = assess("S-------P", "S", "P", TOWN)
    figures = totals(people, access, STANDARD, travels, travels)
    assert (figures.covered_towns_on_foot, figures.covered_towns_by_road) == (0, 1024)
    assert figures.covered == figures.covered_towns_on_foot


DRAWING = """
S--+----+
   |    |
P--+  +-+--T
      |
Q-----+  R..
"""


@pytest.mark.parametrize("setting", list(Setting))
@given(limit_km=st.floats(0.1, 2), wider=st.floats(1, 3))
def test_a_longer_limit_never_serves_fewer_people(setting, limit_km, wider):
    def covered(kilometres):
        rule = Rule.walking(60, kilometres)
        standard = Standard("custom", rule, rule, Rule.by_road(kilometres))
        return assess(DRAWING, "ST", "PQRST", setting, standard=standard)[1].covered

    assert (covered(limit_km) <= covered(limit_km * wider)).all()


@given(st.sets(st.sampled_from("SPQRT")), st.sampled_from("SPQRT"))
def test_another_site_never_serves_fewer_people(sites, another):
    few = assess(DRAWING, "".join(sorted(sites)), "PQRST", CITY)[1].covered
    more = assess(DRAWING, "".join(sorted({*sites, another})), "PQRST", CITY)[1].covered
    assert (few <= more).all()


@given(st.lists(st.tuples(st.integers(-1, 50), st.integers(0, 9)), min_size=1, max_size=40), st.floats(0.01, 1))
def test_a_percentile_is_the_smallest_distance_that_serves_the_share(entries, share):
    cost, units = (np.array(column) for column in zip(*entries, strict=True))
    permille = round(share * 1000)
    found = percentile_mm(cost, units, permille / 1000)
    total = units.sum()
    reached = [
        value
        for value in sorted(set(cost[cost >= 0].tolist()))
        if units[(cost >= 0) & (cost <= value)].sum() * 1000 >= total * permille
    ]
    if total == 0:
        assert found == -1
    elif reached:
        assert found == reached[0]
    else:
        assert found == -1
