"""Where people and sources stand on the chains, as the search for reach sets reads it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.network.chains import chain_position

if TYPE_CHECKING:
    from catchment.model import Indices, Ints, Mask, Places, RoadGraph


NEVER = 1 << 60


@dataclass(frozen=True, eq=False)
class Crowd:
    """The chains with people, numbered in network order; the fields are arguments of the kernel, in its order."""

    touch_ptr: Ints
    touch: Indices | Ints
    """The chains with people at each junction: number, and what the costliest of its people needs from there, gap
    included, ``NEVER`` where the direction forbids; shape (touches, 2)."""
    start: Indices
    end: Indices
    length_mm: Ints
    forward: Mask
    backward: Mask
    person_ptr: Ints
    """Chain c has the people ``person_ptr[c]:person_ptr[c + 1]`` of the order."""
    person_mm: Ints
    """Distance of each person from the start of his chain."""
    person_gap_mm: Ints


@dataclass(frozen=True, eq=False)
class Ends:
    """Where the sources stand; the fields are arguments of the kernel, in its order."""

    junction: Indices
    """The two ends of the source's chain, shape (s, 2)."""
    junction_mm: Ints
    """What the source costs from them, -1 where travel towards it is not allowed, shape (s, 2)."""
    chain: Ints
    """Number of the source's chain among those with people, -1 if nobody lives on it, shape (s,)."""
    at_mm: Ints
    gap_mm: Ints


def crowd_of(graph: RoadGraph, people: Places, order: Indices, *, count_gaps: bool) -> tuple[Crowd, Ints]:
    """
    The chains with people, and the number of each chain of the graph among them, -1 without people.

    Parameters
    ----------
    graph, people
        The roads of one mode, and places on them.
    order
        From ``network_order``.
    count_gaps
        Gap legs are part of the cost.
    """
    chain, at = chain_position(graph, people)
    placed = order[: int((chain >= 0).sum())]
    chain, at = chain[placed], at[placed]
    gap = people.gap_mm[placed] if count_gaps else np.zeros(len(placed), np.int64)
    first = np.flatnonzero(np.diff(chain, prepend=-1))
    peopled = chain[first]
    number = np.full(len(graph.chain_mm), -1, np.int64)
    number[peopled] = np.arange(len(peopled))
    start, end = graph.chain_start[peopled], graph.chain_end[peopled]
    forward, backward = graph.chain_forward[peopled], graph.chain_backward[peopled]
    from_start = np.where(backward, _most(at + gap, first), NEVER)
    from_end = np.where(forward, _most(graph.chain_mm[chain] - at + gap, first), NEVER)
    touch_ptr, touch = _touches(start, end, from_start, from_end, len(graph.arc_ptr) - 1)
    return Crowd(
        touch_ptr=touch_ptr,
        touch=touch,
        start=start,
        end=end,
        length_mm=graph.chain_mm[peopled],
        forward=forward,
        backward=backward,
        person_ptr=np.append(first, len(placed)),
        person_mm=at,
        person_gap_mm=gap,
    ), number


def _most(values: Ints, first: Ints) -> Ints:
    """The largest value of each group that begins at ``first``."""
    most: Ints = np.maximum.reduceat(values, first) if len(first) else values
    return most


def _touches(start: Indices, end: Indices, from_start: Ints, from_end: Ints, junction_count: int) -> tuple[Ints, Ints]:
    """Chains at each junction, in order, each with what it needs from there; a loop stands at its junction once."""
    loop = start == end
    from_start = np.where(loop, np.minimum(from_start, from_end), from_start)
    junction = np.concatenate([start, end[~loop]])
    chain = np.concatenate([np.arange(len(start)), np.flatnonzero(~loop)])
    by_junction = np.lexsort((chain, junction))
    touch = np.column_stack([chain, np.concatenate([from_start, from_end[~loop]])])[by_junction]
    return pointers(np.bincount(junction, minlength=junction_count)), touch


def ends_of(graph: RoadGraph, sources: Places, number: Ints, *, count_gaps: bool) -> Ends:
    """
    What sources cost from the two ends of their chains.

    Parameters
    ----------
    graph, sources
        The roads of one mode, and places on them.
    number
        Of each chain of the graph, from ``crowd_of``.
    count_gaps
        Gap legs are part of the cost.
    """
    chain, at = chain_position(graph, sources)
    on_road = chain >= 0
    chain = np.maximum(chain, 0)
    gap = sources.gap_mm if count_gaps else np.zeros(len(sources), np.int64)
    if not len(graph.chain_mm):
        nowhere = np.full((len(sources), 2), -1)
        return Ends(nowhere.astype(np.int32), nowhere, nowhere[:, 0].copy(), at, gap)
    rest = graph.chain_mm[chain] - at
    # A source exactly at a chain's end stands on the junction, whatever the chain's direction.
    from_start = on_road & (graph.chain_forward[chain] | (at == 0))
    from_end = on_road & (graph.chain_backward[chain] | (rest == 0))
    return Ends(
        junction=np.column_stack([graph.chain_start[chain], graph.chain_end[chain]]),
        junction_mm=np.column_stack([np.where(from_start, gap + at, -1), np.where(from_end, gap + rest, -1)]),
        chain=np.where(on_road, number[chain], -1),
        at_mm=at,
        gap_mm=gap,
    )


def arcs_of(graph: RoadGraph, limit_mm: int) -> tuple[Indices, Indices | Ints]:
    """The arcs as a bounded search reads them: where those of each junction begin, and their rows (from, mm)."""
    return graph.arc_ptr.astype(np.int32), within(np.column_stack([graph.arc_from, graph.arc_mm]), limit_mm)


def within(numbered: Indices | Ints, limit_mm: int) -> Indices | Ints:
    """
    Rows (number, mm) with whatever exceeds the limit cut down to a millimetre beyond it.

    In 32 bits where the limit allows, which it does up to 500 km: half the memory is twice as near.

    Examples
    --------
    >>> within(np.array([[7, 900], [8, NEVER]]), 1000).tolist()
    [[7, 900], [8, 1001]]
    """
    narrow = limit_mm < np.iinfo(np.int32).max >> 2
    cut: Ints = np.column_stack([numbered[:, 0], np.minimum(numbered[:, 1], limit_mm + 1)])
    return cut.astype(np.int32) if narrow else cut


def columns_of(columns: Crowd | Ends) -> list[Any]:
    """The fields in their order, as arguments of a kernel."""
    return [getattr(columns, field.name) for field in fields(columns)]


def pointers(counts: Ints) -> Ints:
    """
    What stands before each entry, and before the end.

    Examples
    --------
    >>> pointers(np.array([3, 0, 2])).tolist()
    [0, 3, 3, 5]
    """
    ptr = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=ptr[1:])
    return ptr
