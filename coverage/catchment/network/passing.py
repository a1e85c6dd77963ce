"""How many people pass by each street on their shortest ways to town: one tree, summed from its twigs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.model import Passing
from catchment.network import _kernels_passing
from catchment.network.chains import chain_position, pointers, touching_chains

if TYPE_CHECKING:
    from catchment.model import Indices, Ints, Places, RoadGraph


def passing_people(
    roads: RoadGraph, people: Places, units: Ints, centres: Places, *, count_gaps: bool = True
) -> Passing:
    """
    The people whose shortest way to the nearest centre goes along each edge, exactly.

    The cost is that of ``nearest_sites``, of equally near centres the first is gone to. Of equally long ways one is
    taken: along one's own chain of edges, then by the chain with the smaller number; which people there are, in which
    order, does not matter. Everybody counts once on every edge of which his way uses a part.

    Parameters
    ----------
    roads
        The roads of one mode; travel is towards the centres.
    people
        Places on that graph.
    units
        How many live at each [1/1024 person], shape (n,).
    centres
        Where everybody goes, such as the middle of each town: places on that graph.
    count_gaps
        The gap legs of the centres are part of the cost.
    """
    rows = _rows_of(roads)
    walkers, goals = _stops(roads, rows, people), _stops(roads, rows, centres)
    gap = np.maximum(centres.gap_mm, 0) if count_gaps else np.zeros(len(centres), np.int64)
    bits = len(centres).bit_length()
    seeds = _seeds(roads, rows, goals, gap)
    chains = roads.chain_start, roads.chain_end
    ways: tuple[Any, Any, Any, Any, Any] = *chains, roads.chain_mm, roads.chain_forward, roads.chain_backward
    labels, by_chain, root, order = _kernels_passing.tree(
        *touching_chains(roads), *ways, seeds.junction, (seeds.mm << bits) | seeds.centre, bits
    )
    changes = np.zeros(int(rows.ptr[-1]) + 1, np.int64)
    sums = changes, np.zeros(len(labels), np.int64), np.zeros(len(centres), np.int64)
    _kernels_passing.people_on_chains(
        labels, root, seeds.first, seeds.last, bits, *ways, rows.ptr, *_by_chain(roads, goals, gap),
        walkers.chain, walkers.at_mm, walkers.row, walkers.next, walkers.last, units, *sums,
    )  # fmt: skip
    _kernels_passing.people_on_tree(
        order, by_chain, root, *chains, rows.ptr, seeds.centre, seeds.first, seeds.last, *sums
    )
    passing = np.cumsum(changes)
    return Passing(np.where(rows.place >= 0, passing[rows.place], -1), sums[2])


@dataclass(frozen=True, eq=False)
class _Rows:
    """The edges of the mode in one row, chain after chain, along each chain."""

    ptr: Ints
    """Chain c has the places ``ptr[c]:ptr[c + 1]`` of the row."""
    place: Ints
    """Of each edge, -1 if it is not of the mode."""
    low_mm: Ints
    """Where on its chain each edge begins, seen along the chain."""
    high_mm: Ints
    """Where it ends."""


def _rows_of(roads: RoadGraph) -> _Rows:
    length = roads.streets.length_mm
    low = np.where(roads.edge_flipped, roads.edge_from_mm - length, roads.edge_from_mm)
    high = low + length
    edge = np.flatnonzero(roads.edge_chain >= 0)
    edge = edge[np.lexsort((high[edge], low[edge], roads.edge_chain[edge]))]
    place = np.full(len(length), -1)
    place[edge] = np.arange(len(edge))
    return _Rows(pointers(roads.edge_chain[edge], len(roads.chain_mm)), place, low, high)


@dataclass(frozen=True, eq=False)
class _Stops:
    """Where people or centres stand."""

    chain: Indices
    at_mm: Ints
    row: Ints
    """Place of their edge in the row."""
    next: Ints
    """Place in the row of the first edge that somebody uses who leaves towards the chain's end."""
    last: Ints
    """Place of the last edge that somebody uses who comes from the chain's start."""


def _stops(roads: RoadGraph, rows: _Rows, places: Places) -> _Stops:
    chain, at = chain_position(roads, places)
    if not len(rows.place):
        return _Stops(chain, at, at, at, at)
    edge = np.maximum(places.edge, 0)
    # Whoever stands at an edge's end uses nothing of it on his way out there.
    here = rows.place[edge]
    return _Stops(chain, at, here, here + (at == rows.high_mm[edge]), here - (at == rows.low_mm[edge]))


@dataclass(frozen=True, eq=False)
class _Seeds:
    """Junctions at the ends of the centres' chains, and the way on from there."""

    junction: Indices
    centre: Ints
    first: Ints
    last: Ints
    """Places in the row of the edges between junction and centre."""
    mm: Ints
    """What the centre costs from the junction."""


def _seeds(roads: RoadGraph, rows: _Rows, goals: _Stops, gap: Ints) -> _Seeds:
    centre = np.flatnonzero(goals.chain >= 0)
    chain, at, gap = goals.chain[centre].astype(np.int64), goals.at_mm[centre], gap[centre]
    rest = roads.chain_mm[chain] - at
    # A centre exactly at a chain's end stands on the junction, whatever the chain's direction.
    start = np.flatnonzero(roads.chain_forward[chain] | (at == 0))
    end = np.flatnonzero(roads.chain_backward[chain] | (rest == 0))
    return _Seeds(
        junction=np.concatenate([roads.chain_start[chain[start]], roads.chain_end[chain[end]]]),
        centre=np.concatenate([centre[start], centre[end]]),
        first=np.concatenate([rows.ptr[chain[start]], goals.next[centre[end]]]),
        last=np.concatenate([goals.last[centre[start]], rows.ptr[chain[end] + 1] - 1]),
        mm=np.concatenate([(gap + at)[start], (gap + rest)[end]]),
    )


def _by_chain(roads: RoadGraph, goals: _Stops, gap: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    """The centres of each chain: pointers, numbers, positions, gaps, and the edges beside them."""
    centre = np.flatnonzero(goals.chain >= 0)
    centre = centre[np.lexsort((centre, goals.chain[centre]))]
    ptr = pointers(goals.chain[centre], len(roads.chain_mm))
    return ptr, centre, goals.at_mm[centre], gap[centre], goals.next[centre], goals.last[centre]
