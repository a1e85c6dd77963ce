"""Random street networks with every oddity, and their exact distances by networkx: the oracle of the searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from catchment.model import Points
from catchment.network.snap import snap
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, WALK
from catchment.network.ways import Ways, split_ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from catchment.model import Mode, Places, RoadGraph, Streets

BOTH = ROAD_FORWARD | ROAD_BACKWARD
MODES = (("walk", False), ("road", False), ("road", True))
"""Mode, and whether directions count."""

Edges = list[tuple[int, int, int]]
"""Two nodes and a rule: 0 bent at its first node, 1 two-way, 2 along only, 3 against only, 4 on foot only,
5 of no length and one-way, between the two nodes that stand in one place."""

_FLAGS = (WALK | BOTH, WALK | BOTH, WALK | ROAD_FORWARD, WALK | ROAD_BACKWARD, WALK, WALK | ROAD_FORWARD)


@st.composite
def networks(draw: st.DrawFn) -> tuple[int, Edges, int]:
    """Number of nodes, edges and a seed: self-loops, parallel and zero-length edges, some of them one-way."""
    node_count = draw(st.integers(2, 12))
    node = st.integers(0, node_count - 1)
    edge = st.tuples(node, node, st.sampled_from([0, 1, 1, 2, 3, 4, 5]))
    return node_count, draw(st.lists(edge, min_size=1, max_size=25)), draw(st.integers(0, 2**32 - 1))


def random_edges(random: np.random.Generator) -> tuple[int, Edges]:
    """The like of ``networks`` without hypothesis, for thousands of them."""
    node_count = int(random.integers(2, 13))
    count = int(random.integers(1, 26))
    ends = random.integers(0, node_count, (count, 2)).tolist()
    rules = random.choice([0, 1, 1, 2, 3, 4, 5], count).tolist()
    return node_count, [(a, b, rule) for (a, b), rule in zip(ends, rules, strict=True)]


def ways_of(node_count: int, edges: Edges, random: np.random.Generator) -> Ways:
    """Nodes at random places (two of them at the same one); every edge a way of its own, bent once."""
    xy = random.uniform(0, 0.02, (node_count, 2))
    xy[-1] = xy[0]
    refs, places = [], []
    for number, (a, b, rule) in enumerate(edges):
        if rule == 5:
            start, end = (0, node_count - 1) if a < b else (node_count - 1, 0)
        else:
            start, end = a, b
        bend = xy[start] if rule in {0, 5} else random.uniform(0, 0.02, 2)
        refs += [start, 1000 + number, end]
        places += [xy[start], bend, xy[end]]
    return Ways(
        np.arange(len(edges)),
        np.arange(0, 3 * len(edges) + 1, 3),
        np.array(refs),
        np.array(places),
        np.array([_FLAGS[rule] for *_, rule in edges], np.uint8),
        np.zeros(len(edges), np.int8),
        np.full(len(edges), -1, np.int32),
    )


def streets_of(node_count: int, edges: Edges, random: np.random.Generator) -> Streets:
    """The streets of ``ways_of``."""
    return split_ways(ways_of(node_count, edges, random))


def scattered(roads: RoadGraph, count: int, random: np.random.Generator) -> Places:
    """Random places: in the middle of edges, over gaps, some too far from any street."""
    return snap(roads, Points(random.uniform(0, 0.02, (count, 2))), max_gap_m=400)


def exact_costs(
    streets: Streets,
    mode: Mode,
    respect_oneway: bool,  # noqa: FBT001 - as in MODES
    sites: Places,
    people: Places,
) -> NDArray[np.int64]:
    """Distances from people to sites by networkx [mm], -1 where there is no way, shape (people, sites)."""
    towards = plain_graph(streets, mode, respect_oneway, sites, people).reverse(copy=False)
    exact = np.full((len(people), len(sites)), -1, np.int64)
    for site in np.flatnonzero(sites.snapped).tolist():
        reached = nx.single_source_dijkstra_path_length(towards, ("site", site), weight="mm")
        for person in np.flatnonzero(people.snapped).tolist():
            if ("person", person) in reached:
                exact[person, site] = reached["person", person] + people.gap_mm[person] + sites.gap_mm[site]
    return exact


def plain_graph(
    streets: Streets,
    mode: Mode,
    respect_oneway: bool,  # noqa: FBT001 - as in MODES
    sites: Places,
    people: Places,
) -> nx.DiGraph:
    """Every street edge as it is, nothing folded; people are nodes that are only left, sites only arrived at."""
    flow = nx.DiGraph()

    def arc(a: object, b: object, mm: int, allowed: int) -> None:
        if allowed and mm < flow.get_edge_data(a, b, {"mm": np.inf})["mm"]:
            flow.add_edge(a, b, mm=mm)

    site_stops, person_stops = _stops(sites, "site"), _stops(people, "person")
    ends = zip(streets.start.tolist(), streets.end.tolist(), streets.length_mm.tolist(), strict=True)
    for edge, (start, end, length) in enumerate(ends):
        forward, backward = _directions(int(streets.flags[edge]), mode, respect_oneway)
        if not forward and not backward:
            continue
        arc(start, end, length, forward)
        arc(end, start, length, backward)
        # Who stands exactly at an end stands on the node, whatever the direction.
        for at, site in site_stops.get(edge, []):
            arc(start, site, at, forward or at == 0)
            arc(end, site, length - at, backward or at == length)
        for at, person in person_stops.get(edge, []):
            arc(person, end, length - at, forward or at == length)
            arc(person, start, at, backward or at == 0)
            for there, site in site_stops.get(edge, []):
                arc(person, site, abs(there - at), there == at or (forward if there > at else backward))
    return flow


def _stops(places: Places, kind: str) -> dict[int, list[tuple[int, tuple[str, int]]]]:
    """Where on each edge the places are, as nodes of their own."""
    stops: dict[int, list[tuple[int, tuple[str, int]]]] = {}
    for number, (edge, offset) in enumerate(zip(places.edge.tolist(), places.offset_mm.tolist(), strict=True)):
        stops.setdefault(edge, []).append((offset, (kind, number)))
    return stops


def _directions(flags: int, mode: Mode, respect_oneway: bool) -> tuple[int, int]:  # noqa: FBT001 - as in MODES
    if mode == "walk":
        return flags & WALK, flags & WALK
    forward, backward = flags & ROAD_FORWARD, flags & ROAD_BACKWARD
    return (forward, backward) if respect_oneway else (forward | backward,) * 2


def ranked(exact: Sequence[int], k: int) -> list[tuple[int, int]]:
    """The k nearest sites as (cost, site); ties go to the smaller site."""
    return sorted((mm, site) for site, mm in enumerate(exact) if mm >= 0)[:k]
