"""The subjects of the engine's benchmark: each reads its roads, works, lets peers work, and says its figures."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import igraph
import networkx as nx
import numpy as np
import pandana
import pandas as pd
import shapely
from areas import flat, recipe
from engine_readers import reading
from engine_snapping import snapping
from engine_world import Row, best, best_busy, nodes_of, peak_gb, say
from scipy.sparse.csgraph import dijkstra

from catchment.access.areas import service_areas
from catchment.access.nearest import nearest_sites
from catchment.access.parts import reached_lines
from catchment.access.reach import people_in_reach, reach_batches, reach_sets
from catchment.apps.demo import write_demo
from catchment.inputs.population import read_population
from catchment.model import Points
from catchment.network.graph import graph
from catchment.network.osm import read_osm
from catchment.network.snap import snap


def pandana_network(nodes):
    """Its lengths are in metres: it keeps them as whole thousandths, which are our millimetres."""
    x, y = pd.Series(nodes.xy[:, 0]), pd.Series(nodes.xy[:, 1])
    weights = pd.DataFrame({"m": nodes.mm / 1000})
    return best(lambda: pandana.Network(x, y, pd.Series(nodes.start), pd.Series(nodes.end), weights), 1)


def nearest(ground):
    """The nearest of 1,000 sites for every node, with its owner."""
    roads, fold = best(lambda: graph(read_osm(ground.roads), "walk"), 1)
    _, fold = best(lambda: graph(roads.streets, "walk"))
    nodes = nodes_of(roads)
    chosen = np.sort(np.random.default_rng(1).choice(len(nodes), 1000, replace=False))
    sites, heavy = nodes.some(chosen), nodes.matrix()

    def ours(k=1):
        return nearest_sites(roads, sites, nodes.places, cutoff_m=np.inf, k=k)

    ours()
    found, spent = best(ours, 7)
    cost = np.where(found.cost_mm[:, 0] < 0, np.inf, found.cost_mm[:, 0])
    (exact, _, source), theirs = best(
        lambda: dijkstra(heavy, directed=False, indices=chosen, min_only=True, return_predecessors=True)
    )
    _, bare = best(lambda: dijkstra(heavy, directed=False, indices=chosen, min_only=True))
    reached = found.site[:, 0] >= 0
    other = reached & (chosen[found.site[:, 0]] != source)
    same = bool(np.array_equal(np.rint(exact), cost)) and _ties(heavy, np.flatnonzero(other)[:20], chosen, found)
    work = f"nearest of 1,000 sites, {len(nodes):,} nodes, with owner"
    note = f"folding, when the roads are read: {fold:.2f} s"
    say(Row(work, spent, "scipy, owners", theirs, least_ratio=6, same=same, note=note))
    say(Row(work, spent, "scipy, distances only", bare, least_ratio=6, same=same))
    say(Row("the two nearest of them", best(lambda: ours(2), 5)[1]))
    _igraph(nodes, chosen, cost, Row(work, spent))
    network, build = pandana_network(nodes)
    network.set_pois("sites", 1e6, 1, pd.Series(nodes.xy[chosen, 0]), pd.Series(nodes.xy[chosen, 1]))
    answer, theirs = best(lambda: network.nearest_pois(1e6, "sites", num_pois=1, include_poi_ids=True), 2)
    there = np.where(np.isfinite(cost) & (cost <= 1e9), cost, 1e9)
    # It cuts every segment down to a whole thousandth: over a long way these add up.
    agree = np.abs(answer[1].to_numpy() * 1000 - there) <= 1000
    note = f"its hierarchy: {build:.0f} s; within 1 m for {agree.mean():.3%}"
    say(Row(work, spent, "pandana nearest_pois", theirs, least_ratio=100, same=bool(agree.mean() > 0.999), note=note))


def _ties(heavy, nodes, chosen, found):
    """Where a peer names another owner, ours is as near."""
    return all(
        dijkstra(heavy, directed=False, indices=node, limit=found.cost_mm[node, 0] + 1)[chosen[found.site[node, 0]]]
        <= found.cost_mm[node, 0] + 1e-3
        for node in nodes.tolist()
    )


def _igraph(nodes, chosen, cost, row):
    """One more node, joined to all sites at no cost."""
    hub = np.full(len(chosen), len(nodes))
    ends = np.column_stack([np.concatenate([nodes.start, hub]), np.concatenate([nodes.end, chosen])])
    joined = igraph.Graph(len(nodes) + 1, ends.tolist())
    weights = np.concatenate([nodes.mm, np.zeros(len(chosen))]).tolist()
    answer, spent = best(lambda: joined.distances(len(nodes), weights=weights), 1)
    same = bool(np.array_equal(np.array(answer[0][:-1]), cost))
    say(replace(row, peer="igraph, distances only", peer_s=spent, same=same))


def reach(ground):
    """Reach sets of nodes over all nodes; a peer's answer is pairs, ours the same sets as runs."""
    roads = graph(read_osm(ground.roads), "walk")
    nodes = nodes_of(roads)
    nobody = nodes.some(np.zeros(0, np.int64))
    reach_sets(roads, nodes.some(np.arange(9)), nodes.places, limit_m=1_200)
    _, *order = best_busy(lambda: reach_sets(roads, nobody, nodes.places, limit_m=1_200, threads=2), 9)
    say(Row(f"order of {len(nodes):,} people, once for all limits", order[0], note="in no row of reach below"))
    # Ours first: peers leave threads and memory behind.
    figures = [
        _our_reach(roads, nodes, order, limit_m=limit_m, count=count)
        for limit_m, count in ((1_200, 20_000), (5_000, 4_000), (15_000, 1_000))
    ]
    network, _ = pandana_network(nodes)
    plain = nx.Graph()
    plain.add_weighted_edges_from(zip(nodes.start.tolist(), nodes.end.tolist(), nodes.mm.tolist(), strict=True))
    for figure, least in zip(figures, (80, 0, 50), strict=True):
        _their_reach(figure, network, plain, least)


def _our_reach(roads, nodes, order, *, limit_m, count):
    chosen = np.random.default_rng(2).choice(len(nodes), count, replace=False)
    sources = nodes.some(chosen)
    found, whole, busy = best_busy(lambda: reach_sets(roads, sources, nodes.places, limit_m=limit_m, threads=2), 9)
    sizes = people_in_reach(found, np.ones(len(nodes), np.int64))
    held = (found.start.nbytes + found.stop.nbytes) / 1e6
    whole, busy = whole - order[0], busy - order[1]
    note = f"{whole / count * 1e6:.0f} us each; {held:.0f} MB of runs"
    work = f"reach of {count:,} nodes, {limit_m / 1000:g} km, {sizes.mean():,.0f} nodes each"
    return Row(work, whole, note=note), busy, limit_m, chosen, found, sizes


def _their_reach(figure, network, plain, least):
    row, busy, limit_m, chosen, found, sizes = figure
    count = len(chosen)
    few = max(count // 100, 20)
    answer, theirs, theirs_busy = best_busy(
        lambda: network.nodes_in_range(chosen[:few].tolist(), limit_m, imp_name="m"), 3
    )
    pairs = answer.groupby("source").size().reindex(chosen[:few]).to_numpy()
    # It cuts lengths down to whole thousandths after floating point, so that a node at the very limit may differ.
    off = float(np.abs(pairs / sizes[:few] - 1).max())
    by_processor = f"{theirs_busy / few * count / busy:.0f} times by processor time"
    peer = f"pandana (sample of {few}, scaled)"
    note = f"{row.note}; {by_processor}; sizes differ by at most {off:.2%}"
    say(replace(row, peer=peer, peer_s=theirs / few * count, least_ratio=least, same=off < 0.01, note=note))
    few = max(count // 1000, 5)
    theirs = theirs_busy = 0.0
    same = True
    for source in range(few):
        exact, spent, spent_busy = best_busy(
            lambda source=source: nx.single_source_dijkstra_path_length(
                plain, int(chosen[source]), cutoff=limit_m * 1000
            ),
            1,
        )
        theirs, theirs_busy = theirs + spent, theirs_busy + spent_busy
        same = same and set(exact) == set(found.people(source).tolist())
    peer = f"networkx (sample of {few}, scaled)"
    by_processor = f"{theirs_busy / few * count / busy:.0f} times by processor time"
    say(replace(row, peer=peer, peer_s=theirs / few * count, least_ratio=least, same=same, note=by_processor))


def batches(ground):
    """Many sources within a limit of memory: people in reach, summed up batch by batch."""
    roads = graph(read_osm(ground.roads), "walk")
    nodes = nodes_of(roads)
    sources = nodes.some(np.random.default_rng(7).choice(len(nodes), 50_000, replace=False))
    one = np.ones(len(nodes), np.int64)
    reached, runs, parts = np.zeros(len(sources), np.int64), 0, 0
    before = peak_gb()
    begun = time.perf_counter()
    for source, found in reach_batches(roads, sources, nodes.places, limit_m=1_200, memory_mb=4, threads=2):
        reached[source] = people_in_reach(found, one)
        runs, parts = runs + len(found.start), parts + 1
    spent, after = time.perf_counter() - begun, peak_gb()
    whole = reach_sets(roads, sources, nodes.places, limit_m=1_200, threads=2)
    same = bool(np.array_equal(people_in_reach(whole, one), reached)) and len(whole.start) == runs
    work = f"reach of {len(sources):,} nodes, 1.2 km, memory_mb = 4, order included"
    note = f"{runs:,} runs in {parts} batches; peak {after:.2f} GB, {before:.2f} before"
    say(Row(work, spent, same=same, note=note))


def people(ground):
    """Our own figures on people with gap legs, on the demo's prefecture."""
    with tempfile.TemporaryDirectory() as folder:
        home = ground.demo or Path(folder)
        if not (home / "demo.toml").is_file():
            write_demo(home, size="prefecture")
        roads = graph(read_osm(home / "streets.osm.pbf", cache=home), "road")
        cells = Points(read_population(home / "population.tif").xy)
    snap(roads, Points(cells.xy[:9]), max_gap_m=2000)
    places, spent = best(lambda: snap(roads, cells, max_gap_m=2000), 1)
    say(Row(f"people: {len(cells.xy):,} cells to their road, prefecture", spent))
    sources = snap(roads, Points(cells.xy[:: len(cells.xy) // 5000][:5000]), max_gap_m=2000)
    reach_sets(roads, sources, snap(roads, Points(cells.xy[:9]), max_gap_m=2000), limit_m=100)
    found, spent = best(lambda: reach_sets(roads, sources, places, limit_m=15_000, threads=2), 1)
    note = f"{len(found.start):,} runs, {people_in_reach(found, np.ones(len(places), np.int64)).mean():,.0f} cells each"
    say(Row("people: reach of 5,000 sources, 15 km, gap legs", spent, most_s=20, note=note))
    nearest_sites(roads, sources, sources, cutoff_m=30_000)
    _, spent = best(lambda: nearest_sites(roads, sources, places, cutoff_m=30_000))
    say(Row("people: two nearest of 5,000 sites, gap legs", spent))


def polygons(ground):
    """300 service areas at 15 km, at random nodes, so most where streets are dense."""
    roads = graph(read_osm(ground.roads), "road")
    nodes = nodes_of(roads)
    points = Points(nodes.xy[np.random.default_rng(3).choice(len(nodes), 300, replace=False)] + 1e-4)
    places = snap(roads, points, max_gap_m=500)
    drawn = {"limits_m": [15_000], "allowance_m": 100, "cell_m": 30}
    few = Points(points.xy[:2])
    service_areas(roads, few, snap(roads, few, max_gap_m=500), **drawn)
    areas, spent = best(lambda: service_areas(roads, points, places, **drawn), 1)
    sample, theirs, shares = [0, 150], 0.0, []
    for area in sample:
        centre = points.xy[areas.site[area]]
        lines = flat(reached_lines(roads.streets, areas.parts_of(area, 0)), centre)
        ends = shapely.points(
            np.unique(np.concatenate([shapely.get_coordinates(each)[[0, -1]] for each in lines]), axis=0)
        )
        begun = time.perf_counter()
        buffered = recipe(lines, ends, 100)
        theirs += time.perf_counter() - begun
        ours = flat(areas.polygons[area, 0], centre)
        shares.append(ours.intersection(buffered).area / ours.union(buffered).area)
    peer = f"OSMnx recipe's buffers alone (sample of {len(sample)}, scaled)"
    note = f"least IoU {min(shares):.4f}"
    work = f"{len(areas.site)} polygons at 15 km, search included"
    say(Row(work, spent, peer, theirs / len(sample) * 300, most_s=30, same=bool(min(shares) > 0.98), note=note))


def growth(ground):
    """The same work on 1/8, 1/4, 1/2 and all of the roads, from the west; sites and sources in proportion."""
    streets = read_osm(ground.roads)
    west = np.argsort(np.argsort(streets.vertex_xy[streets.vertex_ptr[:-1], 0], kind="stable"))
    for part in (8, 4, 2, 1):
        kept = replace(streets, flags=np.where(west < len(streets) // part, streets.flags, 0).astype(np.uint8))
        roads, fold = best(lambda kept=kept: graph(kept, "walk"))
        nodes = nodes_of(roads)
        chosen = np.random.default_rng(5).choice(len(nodes), 1000 // part, replace=False)
        sites = nodes.some(chosen)
        nearest_sites(roads, sites, sites, cutoff_m=np.inf, k=1)
        _, near = best(lambda: nearest_sites(roads, sites, nodes.places, cutoff_m=np.inf, k=1), 5)  # noqa: B023 - at once
        _, order = best(lambda: reach_sets(roads, nodes.some(chosen[:0]), nodes.places, limit_m=1200))  # noqa: B023
        sources = nodes.some(np.random.default_rng(6).choice(len(nodes), 8000 // part, replace=False))
        _, runs = best(lambda: reach_sets(roads, sources, nodes.places, limit_m=1200, threads=2))  # noqa: B023
        note = f"fold {fold:.3f} s, order {order:.3f} s, reach of {len(sources):,} at 1.2 km {runs - order:.3f} s"
        say(Row(f"1/{part} of the roads, {len(nodes):,} nodes: nearest", near, note=note))


SUBJECTS = {
    "reading": reading,
    "nearest": nearest,
    "reach": reach,
    "batches": batches,
    "people": people,
    "polygons": polygons,
    "snapping": snapping,
    "growth": growth,
}
ONCE = {"people": "fourteen"}
"""Subjects that bring their own roads run once, whichever ground they are told."""
