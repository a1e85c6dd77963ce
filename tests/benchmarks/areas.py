"""
How long service areas take on Porto, beside the recipe that OSMnx publishes for isochrones, in the same run.

    python tests/benchmarks/areas.py [FOLDER OF REAL DATA]

The recipe (OSMnx's example "isolines and isochrones") buffers the line of every reached edge and the point of every
reached node and takes the union of all. Here shapely performs it on the streets that we reached, cut by us and already
in metres: its search, its graph and its projection cost it nothing. Ours is measured whole: search, cut, distance
field, contour, outline, polygon in lon and lat. Times are those of the processor (both run on one core), so that
other programs on the machine do not count. Prints figures; nothing here is a test.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import shapely

from catchment.access.areas import dissolved_areas, service_areas, split_areas
from catchment.access.parts import reached_lines
from catchment.geo.measure import radii_of_curvature_m
from catchment.model import Points
from catchment.network.graph import graph
from catchment.network.osm import read_osm
from catchment.network.snap import snap


def sites_of(folded, count):
    """Junctions on the one large component, moved a few metres off the street."""
    random = np.random.default_rng(1)
    streets = folded.streets
    xy = np.empty((len(streets.node_id), 2))
    xy[streets.start] = streets.vertex_xy[streets.vertex_ptr[:-1]]
    xy[streets.end] = streets.vertex_xy[streets.vertex_ptr[1:] - 1]
    large = folded.chain_start[folded.chain_component == folded.component_mm.argmax()]
    return Points(xy[folded.junction_node[random.choice(np.unique(large), count, replace=False)]] + 1e-4)


def recipe(lines, nodes, allowance_m):
    """Buffer every edge and every node, and take the union."""
    return shapely.union_all(np.concatenate([shapely.buffer(nodes, allowance_m), shapely.buffer(lines, allowance_m)]))


def flat(geometries, centre):
    meridian, transverse = radii_of_curvature_m(np.radians(centre[1:]))
    metres = np.radians(1) * np.concatenate([transverse * np.cos(np.radians(centre[1:])), meridian])
    return shapely.transform(geometries, lambda xy: (xy - centre) * metres)


def compare(streets, mode, count, sample, *, limit_m, allowance_m, cell_m):
    folded = graph(streets, mode)
    points = sites_of(folded, count)
    places = snap(folded, points, max_gap_m=500)
    drawn = {"limits_m": [limit_m], "allowance_m": allowance_m, "cell_m": cell_m}
    service_areas(folded, Points(points.xy[:2]), snap(folded, Points(points.xy[:2]), max_gap_m=500), **drawn)
    begun = time.process_time()
    areas = service_areas(folded, points, places, **drawn)
    ours = (time.process_time() - begun) / count * 1000

    spent, shares, pieces = [], [], []
    for area in range(0, count, count // sample):
        centre = points.xy[areas.site[area]]
        lines = flat(reached_lines(streets, areas.parts_of(area, 0)), centre)
        ends = [shapely.get_coordinates(line)[[0, -1]] for line in lines]
        nodes = shapely.points(np.unique(np.concatenate(ends), axis=0))
        begun = time.process_time()
        theirs = recipe(lines, nodes, allowance_m)
        spent.append((time.process_time() - begun) * 1000)
        polygon = flat(areas.polygons[area, 0], centre)
        shares.append(polygon.intersection(theirs).area / polygon.union(theirs).area)
        pieces.append(len(lines))
    corners, theirs = shapely.get_num_coordinates(areas.polygons[:, 0]).mean(), np.mean(spent)
    print(f"{mode} {limit_m} m: {count} polygons, {np.mean(pieces):.0f} street parts and {corners:.0f} corners each")
    print(f"  ours {ours:.2f} ms, the recipe {theirs:.1f} ms (mean of {len(spent)}): {theirs / ours:.1f} times ours")
    print(f"  IoU with the recipe: mean {np.mean(shares):.4f}, least {np.min(shares):.4f}", flush=True)


def together(streets, count):
    """300 sites as one, split among themselves, with their bands."""
    folded = graph(streets, "walk")
    points = sites_of(folded, count)
    places = snap(folded, points, max_gap_m=500)
    drawn = {"limits_m": [400, 800, 1200], "allowance_m": 50, "cell_m": 10}
    split_areas(folded, points, places, **drawn)  # compiles what split areas need beside the others
    begun = time.process_time()
    areas = service_areas(folded, points, places, **drawn)
    bands = time.process_time()
    dissolved_areas(areas)
    dissolved = time.process_time()
    split_areas(folded, points, places, **drawn)
    print(
        f"{count} sites, bands of 5, 10, 15 minutes: {bands - begun:.2f} s; dissolved {dissolved - bands:.2f} s; "
        f"split {time.process_time() - dissolved:.2f} s",
        flush=True,
    )


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CATCHMENT_SHARED_DATA")
    porto = read_osm(
        (Path(given) if given else Path(__file__).parents[3] / "shared" / "data") / "porto" / "porto.osm.pbf"
    )
    compare(porto, "walk", 1000, 100, limit_m=1200, allowance_m=50, cell_m=10)
    compare(porto, "road", 40, 4, limit_m=15_000, allowance_m=100, cell_m=30)
    together(porto, 300)
