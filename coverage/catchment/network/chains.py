"""Where places stand on the chains of a graph, and which chains meet at its junctions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from catchment.model import Indices, Ints, Places, RoadGraph


def chain_position(graph: RoadGraph, places: Places) -> tuple[Indices, Ints]:
    """Chain of each place, -1 off the road, and its distance from the chain's start [mm]."""
    edge = np.maximum(places.edge, 0)
    if not len(graph.edge_chain):
        return np.full(len(places), -1, np.int32), np.zeros(len(places), np.int64)
    chain = np.where(places.snapped, graph.edge_chain[edge], -1).astype(np.int32)
    along = np.where(graph.edge_flipped[edge], -places.offset_mm, places.offset_mm)
    position: Ints = graph.edge_from_mm[edge] + along
    return chain, position


def touching_chains(roads: RoadGraph) -> tuple[Ints, Ints]:
    """Pointers, and the chains at each junction, ascending; those that come back to where they began lead nowhere."""
    onward = np.flatnonzero(roads.chain_start != roads.chain_end)
    junction = np.concatenate([roads.chain_start[onward], roads.chain_end[onward]])
    chain = np.tile(onward, 2)
    order = np.lexsort((chain, junction))
    return pointers(junction[order], len(roads.arc_ptr) - 1), chain[order]


def pointers(group: Indices, count: int) -> Ints:
    """Where each group begins among its members, and their end."""
    ptr = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(group, minlength=count), out=ptr[1:])
    return ptr
