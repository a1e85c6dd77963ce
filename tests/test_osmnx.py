"""OSMnx graphs in and out."""

import networkx as nx
import numpy as np
import pytest
import shapely
from streetmap import street_map

from catchment.access.nearest import nearest_sites
from catchment.errors import InputError
from catchment.model import Points
from catchment.network.graph import graph
from catchment.network.osm import read_osm
from catchment.network.osmnx import from_osmnx, to_osmnx
from catchment.network.snap import snap
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, WALK

FIELDS = ("node_id", "start", "end", "vertex_xy", "vertex_mm", "way_id", "flags", "kind")


def osmnx_graph(*edges, **about):
    """A graph on four places 0.001 degrees apart, from (from, to, tags)."""
    made = nx.MultiDiGraph(**{"crs": "epsg:4326", **about})
    for node in (1, 2, 3, 4):
        made.add_node(node, x=0.001 * node, y=0.0)
    for u, v, tags in edges:
        made.add_edge(u, v, **{"osmid": 7, "highway": "residential", "oneway": False, "length": 5.0, **tags})
    return made


def distances(streets, mode, *, respect_oneway=False):
    """Cost from many places of the streets to every fiftieth of them [mm]."""
    folded = graph(streets, mode, respect_oneway=respect_oneway)
    random = np.random.default_rng(7)
    west, south, east, north = streets.bounds
    people = Points(random.uniform((west, south), (east, north), (2000, 2)))
    goals = snap(folded, Points(people.xy[::50]), max_gap_m=2000)
    return nearest_sites(folded, goals, snap(folded, people, max_gap_m=2000), cutoff_m=np.inf, k=1).cost_mm


def test_two_directed_edges_are_one_street():
    streets = from_osmnx(osmnx_graph((1, 2, {}), (2, 1, {"reversed": True})))
    assert len(streets) == 1
    assert streets.flags.tolist() == [WALK | ROAD_FORWARD | ROAD_BACKWARD]


def test_the_length_is_measured_and_not_the_graphs():
    assert from_osmnx(osmnx_graph((1, 2, {"length": 9999.0}))).length_mm.tolist() == [111_319]


def test_an_edge_without_its_twin_is_one_way_by_road_and_open_on_foot():
    streets = from_osmnx(osmnx_graph((2, 1, {"oneway": True})))
    walk, road = graph(streets, "walk"), graph(streets, "road", respect_oneway=True)
    here, there = (snap(road, Points(np.array([[lon, 0.0]])), max_gap_m=50) for lon in (0.001, 0.002))
    assert nearest_sites(road, here, there, cutoff_m=1000, k=1).cost_mm.tolist() == [[111_319]]
    assert nearest_sites(road, there, here, cutoff_m=1000, k=1).cost_mm.tolist() == [[-1]]
    assert nearest_sites(walk, there, here, cutoff_m=1000, k=1).cost_mm.tolist() == [[111_319]]


def test_merged_tags_admit_whom_all_of_them_admit():
    tags = {"osmid": [9, 8], "highway": ["residential", "footway"], "name": ["乙路", "甲路"], "reversed": [True, False]}
    streets = from_osmnx(osmnx_graph((1, 2, tags), (2, 1, tags)))
    assert streets.flags.tolist() == [WALK]
    assert streets.way_id.tolist() == [8]
    assert streets.names == ("乙路",)


def test_two_streets_between_the_same_places_stay_two():
    bend = shapely.LineString([(0.001, 0), (0.0015, 0.001), (0.002, 0)])
    streets = from_osmnx(osmnx_graph((1, 2, {}), (2, 1, {}), (1, 2, {"geometry": bend, "osmid": 8})))
    assert len(streets) == 2


def test_the_order_of_nodes_and_edges_changes_nothing():
    edges = [(1, 2, {}), (2, 1, {}), (2, 3, {"osmid": 8}), (3, 4, {"oneway": True, "name": "正街"})]
    one, other = from_osmnx(osmnx_graph(*edges)), from_osmnx(osmnx_graph(*edges[::-1]))
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field))


def test_an_undirected_graph_is_open_both_ways_unless_it_says_oneway():
    streets = from_osmnx(nx.MultiGraph(osmnx_graph((1, 2, {}), (2, 3, {"oneway": True}))))
    assert sorted(streets.flags.tolist()) == [WALK | ROAD_FORWARD, WALK | ROAD_FORWARD | ROAD_BACKWARD]


def test_ways_that_nobody_may_use_are_counted():
    streets = from_osmnx(osmnx_graph((1, 2, {}), (2, 3, {"highway": "motorway"}), (3, 4, {"highway": "proposed"})))
    assert len(streets) == 1
    assert streets.oddities["closed_ways"] == 2


def test_a_graph_is_not_changed():
    given = osmnx_graph((1, 2, {"highway": ["residential", "footway"]}))
    before = repr(given.adj), dict(given.graph)
    from_osmnx(given)
    assert (repr(given.adj), dict(given.graph)) == before


@pytest.mark.parametrize("crs", ["epsg:32650", "epsg:4526"])
def test_a_projected_graph_is_refused(crs):
    with pytest.raises(InputError, match="projected"):
        from_osmnx(osmnx_graph((1, 2, {}), crs=crs))


@pytest.mark.parametrize("wrong", [{"crs": None}, {"crs": "nowhere"}])
def test_a_graph_that_does_not_say_where_it_lies_is_refused(wrong):
    with pytest.raises(InputError, match="OSMnx"):
        from_osmnx(osmnx_graph((1, 2, {}), **wrong))


def test_a_graph_without_places_is_refused():
    with pytest.raises(InputError, match="x"):
        from_osmnx(nx.MultiDiGraph([(1, 2, {"osmid": 7, "highway": "road"})], crs="epsg:4326"))


def test_a_graph_without_a_usable_street_is_refused():
    with pytest.raises(InputError, match="no street"):
        from_osmnx(osmnx_graph((1, 2, {"highway": "motorway"})))


def test_streets_come_back_from_their_graph():
    drawn = street_map("""
A-+>+-B
|.^ !
C.+-+.D
""").streets
    back = from_osmnx(to_osmnx(drawn))
    for mode in ("walk", "road"):
        for respect_oneway in (False, True):
            np.testing.assert_array_equal(
                distances(back, mode, respect_oneway=respect_oneway),
                distances(drawn, mode, respect_oneway=respect_oneway),
            )


def test_wuhan_comes_back_from_its_graph_with_the_same_distances(shared_data):
    streets = read_osm(shared_data / "wuhan" / "wuhan_drive.osm.pbf")
    back = from_osmnx(to_osmnx(streets))
    assert back.length_mm.sum() == streets.length_mm.sum()
    for mode in ("walk", "road"):
        np.testing.assert_array_equal(distances(back, mode), distances(streets, mode))
