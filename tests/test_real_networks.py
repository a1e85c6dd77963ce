"""Published figures on real roads."""

import csv

import numpy as np
import pytest

from catchment.access.nearest import nearest_sites
from catchment.model import Points
from catchment.network.graph import graph
from catchment.network.osm import read_osm
from catchment.network.snap import snap

# Independent Dijkstra over WGS84 geodesic lengths, joined to edges, gap legs left out.
MONACO_ON_FOOT_M = (1568.3, 3440.0, 2086.6, 1427.1)


@pytest.mark.parametrize("route", range(4))
def test_the_known_routes_of_monaco(shared_data, route):
    with (shared_data / "monaco" / "known_routes.csv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if row["profile"] == "foot"]
    row = rows[route]
    walk = graph(_monaco(shared_data), "walk")
    start, goal = (
        snap(walk, Points(np.array([[float(row[f"{end}_lon"]), float(row[f"{end}_lat"])]])), max_gap_m=500)
        for end in ("from", "to")
    )
    metres = nearest_sites(walk, goal, start, cutoff_m=np.inf, k=1, count_gaps=False).cost_m[0]
    assert metres == pytest.approx(MONACO_ON_FOOT_M[route], abs=0.3)
    # Published on a sphere of 6,371 km.
    assert metres == pytest.approx(float(row["expected_m"]), rel=0.002)


def test_the_known_car_routes_of_monaco_follow_its_oneways(shared_data):
    road = graph(_monaco(shared_data), "road", respect_oneway=True)
    with (shared_data / "monaco" / "known_routes.csv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if row["profile"] == "car"]
    assert len(rows) == 7
    for row in rows:
        start, goal = (
            snap(road, Points(np.array([[float(row[f"{end}_lon"]), float(row[f"{end}_lat"])]])), max_gap_m=500)
            for end in ("from", "to")
        )
        metres = nearest_sites(road, goal, start, cutoff_m=np.inf, k=1, count_gaps=False).cost_m[0]
        # Published on a sphere of 6,371 km and in whole metres, which is more than 0.5 % of the shortest, 103 m.
        assert metres == pytest.approx(float(row["expected_m"]), rel=0.005, abs=1.0)


def _monaco(shared_data):
    return read_osm(shared_data / "monaco" / "monaco.osm.gz")


def test_every_island_of_the_comoros_is_a_component_of_its_own(shared_data):
    roads = graph(read_osm(shared_data / "comoros" / "comoros.osm.pbf"), "road")
    largest = np.argsort(roads.component_mm)[-3:]
    assert (roads.component_mm[largest] > 100_000_000).all()
    islands = {}
    for component in largest:
        start = roads.junction_node[roads.chain_start[roads.chain_component == component]]
        first = np.isin(roads.streets.start, start)
        vertex = roads.streets.vertex_ptr[:-1][first]
        islands[component] = roads.streets.vertex_xy[vertex, 0]
    # Grande Comore, Mohéli and Anjouan lie apart in longitude: 43.2-43.6, 43.6-43.9 and 44.1-44.6.
    spans = sorted((float(lon.min()), float(lon.max())) for lon in islands.values())
    assert spans[0][1] < spans[1][0] < spans[1][1] < spans[2][0]


def test_porto_is_read_whole(shared_data):
    streets = read_osm(shared_data / "porto" / "porto.osm.pbf")
    walk = graph(streets, "walk")
    assert len(np.unique(streets.way_id)) > 45_000
    # One large connected region: nearly all of the walking network hangs together.
    assert walk.component_mm.max() > 0.95 * walk.component_mm.sum()
    assert walk.chain_mm.sum() == streets.length_mm[walk.edge_chain >= 0].sum()


def test_fourteen_regions_are_read_folded_and_searched(shared_data):
    streets = read_osm(shared_data / "scale" / "fourteen_regions.osm.pbf")
    roads = graph(streets, "road")
    nodes = np.random.default_rng(1).choice(len(streets.vertex_xy), 1000, replace=False)
    sites = snap(roads, Points(streets.vertex_xy[nodes]), max_gap_m=500)
    found = nearest_sites(roads, sites, sites, cutoff_m=np.inf, k=2)
    # Every site is its own nearest, at no distance on the road but its gap, unless another one stands in its place.
    assert (found.cost_mm[sites.snapped, 0] <= 2 * sites.gap_mm[sites.snapped]).all()
    assert (found.site[:, 0] != found.site[:, 1])[sites.snapped].all()
