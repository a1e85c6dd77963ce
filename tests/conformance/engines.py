"""
Programs that answer the cases: ours, and peers by their published ways.

The peers get their best chance: every vertex of a street is a node, lengths are exact, streets are already chosen for
the mode, travel is towards the site, and the straight way to the node is added. They join places to the nearest node,
which is how they are used.
"""

from __future__ import annotations

import math
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.nearest import nearest_sites
from catchment.access.parts import parts_by_site
from catchment.access.reach import reach_sets
from catchment.model import Points
from catchment.network.graph import graph
from catchment.network.snap import snap
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, ROUGH, TAGS, WALK, flags_of

from .cases import Answers
from .drawing import lon_lat
from .streets import streets_of_ways

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from catchment.model import Places, RoadGraph

    from .cases import Case, Place, Ranking

Costs = dict[tuple[str, str], float]
"""Distance of each person (first) to each site it reaches [m]."""


def catchment_answers(case: Case) -> Answers:
    """Ours: ``nearest_sites`` and ``reach_sets``; sites in the order of their ids, as ``read_sites`` puts them."""
    roads, sites, people = _joined(case)
    letters = sorted(case.sites)
    found = nearest_sites(roads, sites, people, cutoff_m=math.inf, k=2, count_gaps=case.gaps)
    reach = reach_sets(roads, sites, people, limit_m=case.limit_m, count_gaps=case.gaps)
    persons = list(case.people)
    return Answers(
        nearest={
            person: tuple((letters[n], mm / 1000) for n, mm in zip(site, cost, strict=True) if n >= 0)
            for person, site, cost, on in zip(
                persons, found.site.tolist(), found.cost_mm.tolist(), people.snapped, strict=True
            )
            if on
        },
        off=frozenset(person for person, on in zip(persons, people.snapped, strict=True) if not on),
        reach={site: frozenset(persons[n] for n in reach.people(row)) for row, site in enumerate(letters)},
    )


def catchment_parts_m(case: Case) -> Mapping[str, float]:
    """Metres of street within the limit of each site."""
    roads, sites, _ = _joined(case)
    parts = parts_by_site(roads, sites, limits_mm=[round(case.limit_m * 1000)], count_gaps=case.gaps)
    return {
        site: int((parts.to_mm - parts.from_mm)[parts.ptr[row] : parts.ptr[row + 1]].sum()) / 1000
        for row, site in enumerate(sorted(case.sites))
    }


def _joined(case: Case) -> tuple[RoadGraph, Places, Places]:
    roads = graph(
        streets_of_ways(case.nodes, case.ways), case.mode, rough_tracks=case.rough, respect_oneway=case.oneway
    )
    xy = ([case.sites[site] for site in sorted(case.sites)], list(case.people.values()))
    sites, people = (
        snap(roads, Points(np.array([lon_lat(*at) for at in places]).reshape(-1, 2)), max_gap_m=case.max_gap_m)
        for places in xy
    )
    return roads, sites, people


@dataclass(frozen=True)
class NodeGraph:
    """What the peers are given: straight arcs (from, to, metres) between nodes, and the nodes they touch."""

    nodes: Mapping[int, Place]
    arcs: tuple[tuple[int, int, float], ...]

    def nearest(self, place: Place) -> tuple[int, float]:
        """The nearest node and how far it is; the first of those as near."""
        away = {node: math.dist(place, at) for node, at in self.nodes.items()}
        node = min(away, key=away.__getitem__)
        return node, away[node]


def node_graph(case: Case) -> NodeGraph:
    """The case's streets in its mode, every vertex a node."""
    arcs = []
    for way in case.ways:
        forward, backward = _directions(case, flags_of(*map(way.tags.get, TAGS)))
        for a, b in pairwise(way.nodes):
            metres = math.dist(case.nodes[a], case.nodes[b])
            arcs += [(a, b, metres)] * forward + [(b, a, metres)] * backward
    used = sorted({node for a, b, _ in arcs for node in (a, b)})
    return NodeGraph({node: case.nodes[node] for node in used}, tuple(arcs))


def _directions(case: Case, flags: int) -> tuple[bool, bool]:
    if case.mode == "walk":
        return bool(flags & WALK), bool(flags & WALK)
    if flags & ROUGH and not case.rough:
        return False, False
    forward, backward = bool(flags & ROAD_FORWARD), bool(flags & ROAD_BACKWARD)
    return (forward, backward) if case.oneway else (forward or backward,) * 2


def osmnx_answers(case: Case) -> Answers:
    """OSMnx's isochrone example: ``nearest_nodes``, then networkx's ``ego_graph`` of the node (here with distances)."""
    import networkx as nx  # noqa: PLC0415 - a peer need not be installed
    import osmnx  # noqa: PLC0415

    given = node_graph(case)
    roads = nx.MultiDiGraph(crs="EPSG:32650")
    roads.add_nodes_from((node, {"x": x, "y": y}) for node, (x, y) in given.nodes.items())
    roads.add_edges_from((a, b, {"length": metres}) for a, b, metres in given.arcs)

    def joined(place: Place) -> tuple[int, float]:
        node, gap = osmnx.distance.nearest_nodes(roads, *place, return_dist=True)
        return int(node), float(gap)

    def reached(node: int) -> Mapping[int, float]:
        towards = roads.reverse()
        ego = nx.ego_graph(towards, node, radius=1e9, distance="length")
        return nx.single_source_dijkstra_path_length(ego, node, weight="length")

    return _answers(case, joined, reached)


def scipy_answers(case: Case) -> Answers:
    """A sparse matrix of the nodes and ``csgraph.dijkstra``; of parallel arcs the shortest is kept."""
    from scipy.sparse import csr_array  # noqa: PLC0415
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

    given = node_graph(case)
    index = {node: n for n, node in enumerate(given.nodes)}
    shortest: dict[tuple[int, int], float] = {}
    for a, b, metres in given.arcs:
        towards = index[b], index[a]
        shortest[towards] = min(metres, shortest.get(towards, math.inf))
    rows, columns = np.array(list(shortest), np.int64).reshape(-1, 2).T
    matrix = csr_array((list(shortest.values()), (rows, columns)), shape=(len(index),) * 2)

    def reached(node: int) -> Mapping[int, float]:
        metres = dijkstra(matrix, indices=index[node], min_only=True)
        return {other: metres[n] for other, n in index.items() if np.isfinite(metres[n])}

    return _answers(case, given.nearest, reached)


def pandana_answers(case: Case) -> Answers:
    """``Network.nearest_pois`` over all sites of the case, so that their own gaps can be added before ranking."""
    import pandana  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    given = node_graph(case)
    x, y = (
        pd.Series([at[axis] for at in given.nodes.values()], index=list(given.nodes), dtype=float) for axis in (0, 1)
    )
    start, end, metres = (pd.Series(column) for column in zip(*given.arcs, strict=True))
    with _silent():
        network = pandana.Network(x, y, start, end, pd.DataFrame({"metres": metres}), twoway=False)
        tables = {}
        for site, place in case.sites.items():
            node, _ = given.nearest(place)
            network.set_pois(site, 1e6, 1, pd.Series([given.nodes[node][0]]), pd.Series([given.nodes[node][1]]))
            tables[node] = network.nearest_pois(1e6, site, num_pois=1)[1]

    def reached(node: int) -> Mapping[int, float]:
        return {other: away for other, away in tables[node].items() if away < 1e6}

    return _answers(case, given.nearest, reached)


@contextmanager
def _silent() -> Iterator[None]:
    """Pandana's compiled part writes to the standard output."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a descriptor is needed
            os.dup2(nowhere.fileno(), 1)
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _answers(
    case: Case, joined: Callable[[Place], tuple[int, float]], reached: Callable[[int], Mapping[int, float]]
) -> Answers:
    """Places on nodes, distances from each site's node, gaps added; ties by the site's id."""
    people = {person: joined(place) for person, place in case.people.items()}
    off = frozenset(person for person, (_, gap) in people.items() if gap > case.max_gap_m)
    costs: Costs = {}
    for site, place in case.sites.items():
        node, site_gap = joined(place)
        if site_gap > case.max_gap_m:
            continue
        metres = reached(node)
        for person, (at, gap) in people.items():
            if person not in off and at in metres:
                costs[person, site] = metres[at] + (gap + site_gap if case.gaps else 0.0)
    nearest = {person: _two_nearest(costs, person) for person in people if person not in off}
    reach = {
        site: frozenset(person for person in people if costs.get((person, site), math.inf) <= case.limit_m + 1e-6)
        for site in case.sites
    }
    return Answers(nearest, off, reach)


def _two_nearest(costs: Costs, person: str) -> Ranking:
    ranked = sorted((round(metres, 3), site) for (who, site), metres in costs.items() if who == person)
    return tuple((site, metres) for metres, site in ranked[:2])


ENGINES: Mapping[str, Callable[[Case], Answers]] = {
    "catchment": catchment_answers,
    "osmnx": osmnx_answers,
    "scipy": scipy_answers,
    "pandana": pandana_answers,
}


def installed(engine: str) -> bool:
    """Whether an engine can be asked here."""
    return find_spec(engine) is not None


def differences(case: Case, said: Answers) -> list[str]:
    """In which points answers are not those worked out by hand, to the millimetre; none if they are right."""
    expected = case.expected
    wrong = [f"{person} should be off the streets" for person in sorted(expected.off - said.off)]
    wrong += [f"{person} is off the streets" for person in sorted(said.off - expected.off)]
    for person, ranking in expected.nearest.items():
        found = said.nearest.get(person, ())
        if person not in said.off and not _same(found, ranking):
            wrong.append(f"{person} has {_shown(found)}, not {_shown(ranking)}")
    for site, people in expected.reach.items():
        if said.reach[site] != people:
            wrong.append(f"{site} reaches {_names(said.reach[site])}, not {_names(people)}")
    return wrong


def _same(found: Ranking, ranking: Ranking) -> bool:
    return [site for site, _ in found] == [site for site, _ in ranking] and all(
        abs(one - other) < 0.0005 for (_, one), (_, other) in zip(found, ranking, strict=True)
    )


def _shown(ranking: Ranking) -> str:
    return ", ".join(f"{site} {metres:.10g}" for site, metres in ranking) or "none"


def _names(people: frozenset[str]) -> str:
    return "".join(sorted(people)) or "nobody"
