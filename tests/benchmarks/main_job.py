"""
How long the main job takes, piece by piece, beside scipy on the same work in the same run.

    python tests/benchmarks/main_job.py [FOLDER OF REAL DATA]

Prints seconds (best of three once compiled, unless said) and peak memory; nothing here is a test.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from catchment.access.nearest import nearest_sites
from catchment.access.reach import reach_sets
from catchment.model import Points
from catchment.network.graph import graph
from catchment.network.osm import read_osm
from catchment.network.snap import snap


def best(work, times=3):
    """Result and least seconds of some repetitions."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        result = work()
        spent.append(time.perf_counter() - begun)
    return result, min(spent)


def show(what, seconds, demanded=""):
    print(f"{what:<66} {seconds:8.3f} s   {demanded}", flush=True)


def search(data: Path) -> None:
    roads = data / "scale" / "fourteen_regions.osm.pbf"
    with tempfile.TemporaryDirectory() as folder:
        streets, seconds = best(lambda: read_osm(roads), 1)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        show("fourteen_regions: read from PBF", seconds, f"(at most 10 s) peak {memory:.2f} GB (at most 3 GB)")
        read_osm(roads, cache=Path(folder))
        _, seconds = best(lambda: read_osm(roads, cache=Path(folder)))
        show("fourteen_regions: read from cache", seconds, "(at most 1 s)")
    for mode in ("walk", "road"):
        search_mode(streets, mode)


def search_mode(streets, mode):
    folded, seconds = best(lambda: graph(streets, mode))
    junctions = len(folded.junction_node)
    show(f"fourteen_regions: fold {mode} ({len(streets.node_id)} nodes to {junctions} junctions)", seconds)
    chosen = np.random.default_rng(1).choice(junctions, 1000, replace=False)
    sites = snap(folded, Points(junction_xy(folded)[chosen]), max_gap_m=500)
    nobody = snap(folded, Points(np.empty((0, 2))), max_gap_m=500)
    nearest_sites(folded, sites, nobody, cutoff_m=np.inf, k=1)
    _, ours = best(lambda: nearest_sites(folded, sites, nobody, cutoff_m=np.inf, k=1))
    show(f"fourteen_regions: nearest of 1,000 sites by {mode}", ours, "(at most 0.2 s)")
    _, two = best(lambda: nearest_sites(folded, sites, nobody, cutoff_m=np.inf, k=2))
    show(f"fourteen_regions: nearest two of 1,000 sites by {mode}", two, "(at most 0.2 s)")
    reach(folded, sites)
    # The same junctions and chains; of parallel chains scipy gets the shortest, of self-loops none.
    start, end = np.minimum(folded.chain_start, folded.chain_end), np.maximum(folded.chain_start, folded.chain_end)
    order = np.lexsort((folded.chain_mm, end, start))
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(start[order]) != 0) | (np.diff(end[order]) != 0)
    kept = order[first & (start != end)[order]]
    heavy = coo_array((folded.chain_mm[kept], (start[kept], end[kept])), shape=(junctions, junctions)).tocsr()
    _, theirs = best(lambda: dijkstra(heavy, directed=False, indices=chosen, min_only=True))
    show(f"  scipy, nearest of the same on our folded {mode} graph", theirs, f"{theirs / ours:.2f} times ours")


def reach(folded, sources):
    """A thousand sources at junctions, a million people some 50 m from the streets."""
    random = np.random.default_rng(2)
    vertices = folded.streets.vertex_xy
    xy = vertices[random.choice(len(vertices), 1_000_000)] + random.normal(0, 0.0004, (1_000_000, 2))
    people = snap(folded, Points(xy), max_gap_m=500)
    limit_m = 1_250 if folded.mode == "walk" else 15_000
    _, order = best(lambda: reach_sets(folded, sources, people, limit_m=0))
    for threads in (1, 2):
        found, all_of_it = best(
            lambda count=threads: reach_sets(folded, sources, people, limit_m=limit_m, threads=count)
        )
        runs = len(found.start) / len(found)
        demanded = "(at most 0.022 ms)" if folded.mode == "walk" else "(at most 1.6 ms)"
        what = f"  reach of one source, {limit_m} m, {runs:.0f} runs, {threads} threads"
        print(f"{what:<66} {(all_of_it - order) * 1000 / len(found):8.3f} ms  {demanded}", flush=True)
    show(f"  one million people into {folded.mode} network order", order)


def junction_xy(folded):
    streets = folded.streets
    xy = np.empty((len(streets.node_id), 2))
    xy[streets.start] = streets.vertex_xy[streets.vertex_ptr[:-1]]
    xy[streets.end] = streets.vertex_xy[streets.vertex_ptr[1:] - 1]
    return xy[folded.junction_node]


def command(what, *arguments, demanded="", **environment):
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "catchment", *map(str, arguments)],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    show(what, time.perf_counter() - begun, demanded)


def commands(data: Path) -> None:
    comoros = data / "comoros"
    flags = [
        *("--sites", comoros / "health_points.gpkg"),
        *("--roads", comoros / "comoros.osm.pbf"),
        *("--population", comoros / "population_worldpop_2020.tif"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        cold = {"XDG_CACHE_HOME": folder}
        for _ in range(2):
            command("--help", "--help", demanded="(at most 0.3 s)")
        command("demo, kernels never compiled", "demo", "--out", f"{folder}/demo", demanded="(at most 90 s)", **cold)
        command("demo, the second time", "demo", "--out", f"{folder}/demo", demanded="(at most 15 s)", **cold)
        command("Comoros with all outputs", "run", *flags, "--out", f"{folder}/out", demanded="(at most 20 s)", **cold)
        command("Comoros again", "run", *flags, "--out", f"{folder}/out", demanded="(at most 20 s)", **cold)


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CATCHMENT_SHARED_DATA")
    real = Path(given) if given else Path(__file__).parents[3] / "shared" / "data"
    search(real)
    commands(real)
