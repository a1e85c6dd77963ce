"""The nearest sites of every point, by network cost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from catchment.access import _kernels
from catchment.model import Nearest
from catchment.network.chains import chain_position

if TYPE_CHECKING:
    from catchment.model import Indices, Ints, Places, RoadGraph

_CHUNK = 1 << 16  # points answered at a time: every one alone, so chunks of them run side by side


def nearest_sites(
    graph: RoadGraph,
    sites: Places,
    points: Places,
    *,
    cutoff_m: float,
    k: int = 2,
    count_gaps: bool = True,
) -> Nearest:
    """
    The k nearest sites of every point, exact to the millimetre.

    The cost between two places is gap leg + part of the first edge + edges + part of the last edge + gap leg; places
    on one edge are also joined along it. Travel is from the point to the site. Ties go to the smaller site index.

    Parameters
    ----------
    graph
        The roads of one mode.
    sites, points
        Places on that graph, from ``snap``. Unsnapped ones reach nothing.
    cutoff_m
        How far to search [m], inclusive; ``inf`` for everywhere.
    k
        How many distinct sites to find.
    count_gaps
        Gap legs are part of the cost.
    """
    site_chain, site_mm = chain_position(graph, sites)
    on_road = np.flatnonzero(site_chain >= 0).astype(np.int32)
    chain, at = site_chain[on_road], site_mm[on_road]
    gap = sites.gap_mm[on_road] if count_gaps else np.zeros(len(on_road), np.int64)
    cutoff_mm = _cutoff_mm(graph, cutoff_m, gap, points.gap_mm)
    site_bits = len(sites).bit_length()
    labels = junction_labels(graph, on_road, chain, at, gap, site_bits=site_bits, k=k, cutoff_mm=cutoff_mm)
    order = np.argsort(chain, kind="stable")
    ptr = np.zeros(len(graph.chain_mm) + 1, np.int64)
    ptr[1:] = np.cumsum(np.bincount(chain, minlength=len(graph.chain_mm)))
    site, cost = np.full((len(points), k), -1, np.int32), np.full((len(points), k), -1, np.int64)

    def answer(first: int) -> None:
        some = slice(first, first + _CHUNK)
        _kernels.nearest_of_points(
            labels,
            site_bits,
            k,
            graph.chain_start,
            graph.chain_end,
            graph.chain_mm,
            graph.chain_forward,
            graph.chain_backward,
            graph.edge_chain,
            graph.edge_from_mm,
            graph.edge_flipped,
            ptr,
            on_road[order],
            at[order],
            gap[order],
            cutoff_mm,
            np.bool_(count_gaps),
            points.edge[some],
            points.offset_mm[some],
            points.gap_mm[some],
            site[some],
            cost[some],
        )

    with ThreadPoolExecutor() as threads:
        for _ in threads.map(answer, range(0, len(points), _CHUNK)):
            pass
    return Nearest(site, cost)


def junction_labels(
    graph: RoadGraph, site: Indices, chain: Indices, at: Ints, gap: Ints, *, site_bits: int, k: int, cutoff_mm: int
) -> Ints:
    """
    The k nearest sites of every junction as labels ``cost << site_bits | site``, ascending, shape (j * k,).

    Parameters
    ----------
    graph
        The roads of one mode.
    site
        Numbers below ``2 ** site_bits``, shape (s,).
    chain, at, gap
        Where each stands: its chain, so far from its start [mm], over a gap [mm].
    site_bits, k
        Room for the number of the site, and how many sites to find.
    cutoff_mm
        How far to search [mm], inclusive.
    """
    return _kernels.nearest_of_junctions(
        graph.arc_ptr, graph.arc_from, graph.arc_mm, *seeds(graph, site, chain, at, gap), site_bits, k, cutoff_mm
    )


def _cutoff_mm(graph: RoadGraph, cutoff_m: float, *gaps: Ints) -> int:
    """The cutoff, or what no way exceeds: all roads of a component and the widest gaps. So labels stay in 64 bits."""
    longest = sum(int(lengths.max(initial=0)) for lengths in (graph.component_mm, *gaps))
    return int(min(cutoff_m * 1000, longest))


def seeds(graph: RoadGraph, site: Indices, chain: Indices, at: Ints, gap: Ints) -> tuple[Indices, Indices, Ints]:
    """Junctions, sites and costs: from the ends of each site's chain, where travel towards it is allowed."""
    # A site exactly at a chain's end stands on the junction, whatever the chain's direction.
    from_start = graph.chain_forward[chain] | (at == 0)
    from_end = graph.chain_backward[chain] | (at == graph.chain_mm[chain])
    junction = np.concatenate([graph.chain_start[chain[from_start]], graph.chain_end[chain[from_end]]])
    owner = np.concatenate([site[from_start], site[from_end]])
    cost = np.concatenate([(gap + at)[from_start], (gap + graph.chain_mm[chain] - at)[from_end]])
    return junction, owner, cost
