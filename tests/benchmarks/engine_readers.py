"""Reading road files: ours beside its peers, each in a fresh process, the vertices they found compared."""

from __future__ import annotations

import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import osmium
import osmnx
import pyrosm
from engine_world import Ground, Row, best, peak_gb, say

from catchment.network.graph import graph
from catchment.network.osm import read_osm


def reading(ground: Ground) -> None:
    """From the file, from our cache, and by peers."""
    (own, vertices, read, fold), peak = _fresh(_ours, ground.roads)
    row = Row(f"read {vertices:,} vertices from PBF", read, note=f"peak {peak:.2f} GB")
    say(replace(row, most_s=6))
    with tempfile.TemporaryDirectory() as folder:
        read_osm(ground.roads, cache=Path(folder))
        say(Row("read them from cache", best(lambda: read_osm(ground.roads, cache=Path(folder)))[1], most_s=0.5))
        (theirs, spent), peak = _fresh(_pyosmium, ground.roads)
        # Nodes with negative ids (drawn, never uploaded) get no location in its plain pass, but do in ours.
        share = _share_in(own, theirs)
        same, note = share > 0.9999, f"it has {share:.3%} of our vertices; peer's peak {peak:.2f} GB"
        say(replace(row, peer="pyosmium, highway ways with locations", peer_s=spent, same=same, note=note))
        (theirs, spent), peak = _fresh(_pyrosm, ground.roads)
        # Its "all" is not all ways that one may walk or ride, so its share is said and nothing demanded of it.
        note = f"it has {_share_in(own, theirs):.1%} of our vertices; peer's peak {peak:.2f} GB"
        say(replace(row, peer="pyrosm (all)", peer_s=spent, note=note))
        if ground.name == "Porto":
            # It reads no PBF, and a million nodes take it minutes: hence one file, converted beforehand.
            xml = _as_xml(ground.roads, Path(folder) / "roads.osm")
            (theirs, spent, simplified), peak = _fresh(_osmnx, xml)
            same, note = _share_in(own, theirs) == 1, f"from XML, {len(theirs):,} nodes; peer's peak {peak:.2f} GB"
            say(replace(row, peer="OSMnx to networkx", peer_s=spent, same=same, note=note))
            both = Row("read and fold them, walk", read + fold, "OSMnx, simplified", spent + simplified, same=same)
            say(replace(both, note="from XML"))


def _fresh(reader, path):
    """What a reader says in a process of its own, and the peak memory of that [GB], imports included."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(_with_peak, reader, path).result()


def _with_peak(reader, path):
    answer = reader(path)
    return answer, peak_gb()


def _ours(path):
    streets, read = best(lambda: read_osm(path), 2)
    _, fold = best(lambda: graph(streets, "walk"))
    return _keys(streets.vertex_xy), len(streets.vertex_xy), read, fold


def _pyosmium(path):
    def ways():
        roads = osmium.FileProcessor(str(path)).with_locations()
        roads = roads.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        roads = roads.with_filter(osmium.filter.KeyFilter("highway"))
        return [[(node.lon, node.lat) for node in way.nodes if node.location.valid()] for way in roads]

    found, spent = best(ways, 1)
    return _keys(np.array([xy for way in found for xy in way])), spent


def _pyrosm(path):
    (nodes, _), spent = best(lambda: pyrosm.OSM(str(path)).get_network(network_type="all", nodes=True), 1)
    return _keys(nodes[["lon", "lat"]].to_numpy()), spent


def _osmnx(path):
    found, spent = best(lambda: osmnx.graph_from_xml(path, bidirectional=True, simplify=False, retain_all=True), 1)
    xy = np.array([(place["x"], place["y"]) for _, place in found.nodes(data=True)])
    _, simplified = best(lambda: osmnx.simplify_graph(found), 1)
    return _keys(xy), spent, simplified


def _as_xml(path, into):
    with osmium.SimpleWriter(str(into)) as writer:
        for thing in osmium.FileProcessor(str(path)):
            writer.add(thing)
    return into


def _keys(xy):
    """Places as whole 1e-7 degrees, the grain of OSM, each once."""
    lon, lat = np.rint(np.asarray(xy) * 1e7).astype(np.int64).T
    return np.unique((lon << 32) + lat)


def _share_in(own, theirs):
    """How much of what we keep the peer has too; peers keep more, as ways that nobody may use."""
    return float(np.isin(own, theirs, assume_unique=True).mean())
