"""The streets of one mode as a graph of junctions and chains."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from catchment.geo.order import z_order
from catchment.model import RoadGraph
from catchment.network import _kernels
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, ROUGH, WALK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.model import Indices, Ints, Mode, Streets

Number = TypeVar("Number", bound=np.generic)


def graph(
    streets: Streets,
    mode: Mode,
    *,
    rough_tracks: bool = True,
    respect_oneway: bool = False,
) -> RoadGraph:
    """
    Keep the edges of a mode and fold every chain of them between junctions.

    A junction is a node where not exactly two edge ends of the mode meet, or where the allowed directions change; a
    pure cycle has its smallest node id as its anchor. Self-loops and parallel chains stay, and so do all components.

    Parameters
    ----------
    streets
        The edge table of all modes.
    mode
        ``walk`` (both directions always) or ``road``.
    rough_tracks
        Tracks of grade 4 and 5 may be used by road.
    respect_oneway
        Roads are travelled in their allowed direction only; by default both ways.
    """
    rule = _direction_rule(streets, mode, rough_tracks=rough_tracks, respect_oneway=respect_oneway)
    usable = np.flatnonzero(rule)
    start, end, length, rule = streets.start[usable], streets.end[usable], streets.length_mm[usable], rule[usable]
    ptr, edges = _kernels.incidence(start, end, len(streets.node_id))
    breaks = _kernels.junctions(end, rule, ptr, edges)
    chain, from_mm, flipped, first, last, chain_mm, chain_rule = _kernels.fold(
        start, end, length, rule, ptr, edges, breaks
    )
    nodes = _junction_nodes(streets, np.concatenate([first, last]))
    junction = np.empty(len(streets.node_id), np.int32)
    junction[nodes] = np.arange(len(nodes))
    chain_start, chain_end = junction[first], junction[last]
    component, component_mm = _components(chain_start, chain_end, chain_mm, len(nodes))
    arc_ptr, arc_from, arc_mm = _arcs(chain_start, chain_end, chain_mm, chain_rule, len(nodes))
    return RoadGraph(
        mode=mode,
        streets=streets,
        edge_chain=_spread(chain, usable, len(streets), -1),
        edge_from_mm=_spread(from_mm, usable, len(streets), 0),
        edge_flipped=_spread(flipped, usable, len(streets), 0),
        chain_start=chain_start,
        chain_end=chain_end,
        chain_mm=chain_mm,
        chain_forward=(chain_rule & _kernels.FORWARD) > 0,
        chain_backward=(chain_rule & _kernels.BACKWARD) > 0,
        chain_component=component,
        component_mm=component_mm,
        arc_ptr=arc_ptr,
        arc_from=arc_from,
        arc_mm=arc_mm,
        junction_node=nodes,
    )


def _direction_rule(streets: Streets, mode: Mode, *, rough_tracks: bool, respect_oneway: bool) -> NDArray[np.uint8]:
    """Bits FORWARD and BACKWARD of each street edge, 0 where the mode may not use it."""
    both = np.uint8(_kernels.FORWARD | _kernels.BACKWARD)
    if mode == "walk":
        return np.where(streets.flags & WALK, both, 0).astype(np.uint8)
    rule = np.where(streets.flags & ROAD_FORWARD, _kernels.FORWARD, 0) | np.where(
        streets.flags & ROAD_BACKWARD, _kernels.BACKWARD, 0
    )
    if not respect_oneway:
        rule = np.where(rule > 0, both, 0)
    if not rough_tracks:
        rule = np.where(streets.flags & ROUGH, 0, rule)
    return rule.astype(np.uint8)


def _junction_nodes(streets: Streets, ends: Indices) -> Indices:
    """The nodes where chains end, in an order that keeps a search in one corner of the memory at a time."""
    nodes = np.unique(ends)
    xy = np.empty((len(streets.node_id), 2))
    xy[streets.start] = streets.vertex_xy[streets.vertex_ptr[:-1]]
    xy[streets.end] = streets.vertex_xy[streets.vertex_ptr[1:] - 1]
    return nodes[z_order(xy[nodes])].astype(np.int32)


def _spread(values: NDArray[Number], at: NDArray[np.intp], size: int, blank: int) -> NDArray[Number]:
    whole = np.full(size, blank, values.dtype)
    whole[at] = values
    return whole


def _components(chain_start: Indices, chain_end: Indices, chain_mm: Ints, junction_count: int) -> tuple[Indices, Ints]:
    links = coo_array((np.ones(len(chain_start), np.int8), (chain_start, chain_end)), shape=(junction_count,) * 2)
    count, label = connected_components(links, directed=False) if junction_count else (0, np.empty(0, np.int32))
    component = label[chain_start].astype(np.int32)
    lengths = np.zeros(count, np.int64)
    np.add.at(lengths, component, chain_mm)
    return component, lengths


def _arcs(
    chain_start: Indices, chain_end: Indices, chain_mm: Ints, chain_rule: NDArray[np.uint8], junction_count: int
) -> tuple[Ints, Indices, Ints]:
    """Arcs grouped by the junction they enter: searches run from the sites against the direction of travel."""
    onward = chain_start != chain_end
    along = np.flatnonzero((chain_rule & _kernels.FORWARD > 0) & onward)
    against = np.flatnonzero((chain_rule & _kernels.BACKWARD > 0) & onward)
    into = np.concatenate([chain_end[along], chain_start[against]])
    out_of = np.concatenate([chain_start[along], chain_end[against]])
    length = np.concatenate([chain_mm[along], chain_mm[against]])
    order = np.lexsort((length, out_of, into))
    ptr = np.zeros(junction_count + 1, np.int64)
    ptr[1:] = np.cumsum(np.bincount(into, minlength=junction_count))
    return ptr, out_of[order].astype(np.int32), length[order]
