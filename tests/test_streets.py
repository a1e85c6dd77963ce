"""Who may use a way, and how ways are split."""

import numpy as np
import pytest
from streetmap import EAST_DEGREES, street_map

from catchment.network.streets import (
    ROAD_BACKWARD,
    ROAD_FORWARD,
    ROUGH,
    STREET_KINDS,
    TAGS,
    WALK,
    flags_of,
)
from catchment.network.ways import Ways, split_ways

BOTH = ROAD_FORWARD | ROAD_BACKWARD


def flags(**tags):
    return flags_of(*map(tags.get, TAGS))


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential"}, WALK | BOTH),
        ({"highway": "motorway"}, 0),
        ({"highway": "motorway_link", "foot": "yes"}, 0),
        ({"highway": "trunk"}, WALK | BOTH),
        ({"highway": "trunk", "motorroad": "yes"}, BOTH),
        ({"highway": "footway"}, WALK),
        ({"highway": "pedestrian", "area": "yes"}, WALK),
        ({"highway": "path", "motorcycle": "yes"}, WALK | BOTH),
        ({"highway": "cycleway", "foot": "no"}, 0),
        ({"highway": "service"}, WALK | BOTH),
        ({"highway": "service", "service": "driveway"}, WALK),
        ({"highway": "service", "service": "parking_aisle"}, WALK),
        ({"highway": "service", "access": "private"}, 0),
        ({"highway": "service", "access": "private", "foot": "yes"}, WALK),
        ({"highway": "residential", "access": "no", "motor_vehicle": "destination"}, BOTH),
        ({"highway": "residential", "foot": "no"}, BOTH),
        ({"highway": "residential", "vehicle": "no"}, WALK),
        ({"highway": "track", "tracktype": "grade2"}, WALK | BOTH),
        ({"highway": "track", "tracktype": "grade5"}, WALK | BOTH | ROUGH),
        ({"highway": "primary", "oneway": "yes"}, WALK | ROAD_FORWARD),
        ({"highway": "primary", "oneway": "-1"}, WALK | ROAD_BACKWARD),
        ({"highway": "tertiary", "junction": "roundabout"}, WALK | ROAD_FORWARD),
        ({"highway": "construction"}, 0),
        ({"highway": "proposed", "foot": "yes"}, 0),
        ({}, 0),
    ],
)
def test_who_may_use_a_way(tags, expected):
    assert flags(**tags) == expected


def ways(*strings, flags=WALK | BOTH):
    """Ways over nodes that stand 100 m apart on the equator, node 7 at 700 m; node 99 has no coordinates."""
    refs = [ref for string in strings for ref in string]
    xy = np.array([[np.nan, np.nan] if ref == 99 else [ref * EAST_DEGREES, 0.0] for ref in refs])
    return Ways(
        way_id=np.arange(1, len(strings) + 1),
        node_ptr=np.cumsum([0, *map(len, strings)]),
        node_ref=np.array(refs, np.int64),
        node_xy=xy.reshape(-1, 2),
        flags=np.full(len(strings), flags, np.uint8),
        kind=np.full(len(strings), STREET_KINDS.index("residential"), np.int8),
        name=np.full(len(strings), -1, np.int32),
    )


def edges(streets):
    ends = zip(streets.node_id[streets.start].tolist(), streets.node_id[streets.end].tolist(), strict=True)
    return [(*pair, mm) for pair, mm in zip(ends, streets.length_mm.tolist(), strict=True)]


def test_a_way_is_split_where_another_meets_it():
    streets = split_ways(ways([1, 2, 3, 4], [3, 9]))
    assert edges(streets) == [(1, 3, 200_000), (3, 4, 100_000), (3, 9, 600_000)]
    assert streets.first_segment.tolist() == [0, 2, 0]
    assert streets.way_id.tolist() == [1, 1, 2]


def test_a_way_is_split_where_it_crosses_itself():
    assert edges(split_ways(ways([1, 2, 3, 4, 2, 6]))) == [(1, 2, 100_000), (2, 2, 400_000), (2, 6, 400_000)]


def test_a_closed_way_is_one_edge_from_its_node_to_itself():
    assert edges(split_ways(ways([1, 2, 3, 1]))) == [(1, 1, 400_000)]


def test_a_node_without_coordinates_breaks_its_way_and_is_counted():
    streets = split_ways(ways([1, 2, 99, 4, 5]))
    assert edges(streets) == [(1, 2, 100_000), (4, 5, 100_000)]
    assert streets.oddities["missing_nodes"] == 1
    assert streets.first_segment.tolist() == [0, 3]


def test_a_repeated_node_is_taken_once_and_counted():
    streets = split_ways(ways([1, 2, 2, 3]))
    assert edges(streets) == [(1, 3, 200_000)]
    assert streets.oddities["repeated_nodes"] == 1


def test_a_way_of_one_node_gives_no_edge():
    assert edges(split_ways(ways([1], [2, 3]))) == [(2, 3, 100_000)]


def test_two_nodes_at_one_place_make_an_edge_of_no_length():
    here = ways([1, 2], [2, 3])
    here.node_xy[1] = here.node_xy[0]
    here.node_xy[2] = here.node_xy[0]
    assert [mm for *_, mm in edges(split_ways(here))] == [0, 200_000]


def test_every_vertex_is_measured_from_its_edge_start():
    streets = split_ways(ways([1, 2, 4, 5], [1, 6]))
    assert streets.vertex_mm.tolist() == [0, 100_000, 300_000, 400_000, 0, 500_000]


def test_a_step_of_the_drawn_map_is_100_metres_both_ways():
    streets = street_map("A-\n|").streets
    assert streets.length_mm.tolist() == [100_000, 100_000]
