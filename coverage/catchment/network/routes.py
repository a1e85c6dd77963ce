"""The way itself: the streets along a shortest path, traced back on the folded graph."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from catchment.model.routes import Route, RouteStreet
from catchment.network import _kernels_passing
from catchment.network.chains import chain_position, touching_chains
from catchment.network.streets import STREET_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import Floats, Ints, Places, RoadGraph, Streets


class _Leg(NamedTuple):
    """A stretch of one chain, between two positions on it [mm]."""

    chain: int
    from_mm: int
    to_mm: int


def route_between(roads: RoadGraph, start: Places, end: Places, *, count_gaps: bool = True) -> Route | None:
    """
    A shortest way between two places, exact to the millimetre; ``None`` where there is none.

    Its cost is that of ``nearest_sites``. Of equally long ways one is taken: along one's own chain of edges, then by
    its start, then by the chain with the smaller number.

    Parameters
    ----------
    roads
        The roads of one mode; travel is from ``start`` to ``end``.
    start, end
        One place each on that graph, from ``snap``.
    count_gaps
        Gap legs are part of the cost.
    """
    (chain, goal), (at, goal_at) = _positions(roads, start, end)
    if chain < 0 or goal < 0:
        return None
    legs = _legs(roads, chain, at, goal, goal_at)
    if legs is None:
        return None
    edge, from_mm, to_mm = _parts(roads, legs)
    gaps = (int(start.gap_mm[0]), int(end.gap_mm[0])) if count_gaps else (0, 0)
    return Route(roads.mode, edge.astype(np.int32), from_mm, to_mm, *gaps)


def _positions(roads: RoadGraph, start: Places, end: Places) -> tuple[list[int], list[int]]:
    chain, at = chain_position(roads, start.followed_by(end))
    return chain.tolist(), at.tolist()


def _legs(roads: RoadGraph, chain: int, at: int, goal: int, goal_at: int) -> list[_Leg] | None:
    """The chains of a shortest way, in the direction of travel."""
    labels, by_chain, root, seeds = _tree_to(roads, goal, goal_at)
    length, far = int(roads.chain_mm[chain]), _kernels_passing.FAR
    ways: list[tuple[int, int, _Leg]] = []
    ahead = goal_at - at
    if chain == goal and (ahead == 0 or (roads.chain_forward if ahead > 0 else roads.chain_backward)[chain]):
        ways.append((abs(ahead), -1, _Leg(chain, at, goal_at)))
    for junction, end_mm, allowed in (
        (int(roads.chain_start[chain]), 0, roads.chain_backward[chain]),
        (int(roads.chain_end[chain]), length, roads.chain_forward[chain]),
    ):
        if (allowed or at == end_mm) and labels[junction] < far:
            ways.append((int(labels[junction]) + abs(end_mm - at), junction, _Leg(chain, at, end_mm)))
    if not ways:
        return None
    _, junction, leg = min(ways, key=lambda way: way[0])
    legs = [leg]
    if junction < 0:
        return legs
    while by_chain[junction] >= 0:
        step = int(by_chain[junction])
        length = int(roads.chain_mm[step])
        onward = roads.chain_start[step] == junction
        legs.append(_Leg(step, 0, length) if onward else _Leg(step, length, 0))
        junction = int((roads.chain_end if onward else roads.chain_start)[step])
    return [*legs, _Leg(goal, seeds[int(root[junction])], goal_at)]


def _tree_to(roads: RoadGraph, goal: int, goal_at: int) -> tuple[Ints, Ints, Ints, list[int]]:
    """Costs of all junctions to a place, how one leaves each, its seed, and where on the chain each seed begins."""
    length = int(roads.chain_mm[goal])
    # A site exactly at a chain's end stands on the junction, whatever the chain's direction.
    ends = (
        (int(roads.chain_start[goal]), 0, roads.chain_forward[goal] or goal_at == 0),
        (int(roads.chain_end[goal]), length, roads.chain_backward[goal] or goal_at == length),
    )
    seeds = [(junction, end_mm) for junction, end_mm, allowed in ends if allowed]
    labels, by_chain, root, _ = _kernels_passing.tree(
        *touching_chains(roads),
        roads.chain_start,
        roads.chain_end,
        roads.chain_mm,
        roads.chain_forward,
        roads.chain_backward,
        np.array([junction for junction, _ in seeds], np.int32),
        np.array([abs(goal_at - end_mm) for _, end_mm in seeds], np.int64),
        0,
    )
    return labels, by_chain, root, [end_mm for _, end_mm in seeds]


def _parts(roads: RoadGraph, legs: Sequence[_Leg]) -> tuple[Ints, Ints, Ints]:
    """The legs as parts of street edges; parts without length are left out."""
    used = np.flatnonzero(np.isin(roads.edge_chain, [leg.chain for leg in legs]))
    length, begin, flipped = roads.streets.length_mm[used], roads.edge_from_mm[used], roads.edge_flipped[used]
    low = np.where(flipped, begin - length, begin)
    found: list[tuple[Ints, Ints, Ints]] = []
    for leg in legs:
        least, most = min(leg.from_mm, leg.to_mm), max(leg.from_mm, leg.to_mm)
        mine = np.flatnonzero((roads.edge_chain[used] == leg.chain) & (low < most) & (low + length > least))
        mine = mine[np.argsort(low[mine], kind="stable")][:: 1 if leg.to_mm >= leg.from_mm else -1]
        on_chain = (np.maximum(low[mine], least), np.minimum(low[mine] + length[mine], most))
        enter, leave = on_chain if leg.to_mm >= leg.from_mm else on_chain[::-1]
        turned = np.where(flipped[mine], -1, 1)
        found.append((used[mine], (enter - begin[mine]) * turned, (leave - begin[mine]) * turned))
    edge, from_mm, to_mm = (np.concatenate(column) for column in zip(*found, strict=True))
    kept = from_mm != to_mm
    return edge[kept], from_mm[kept], to_mm[kept]


def route_streets(route: Route, streets: Streets) -> list[RouteStreet]:
    """
    The streets along a way in order; stretches of one name, or of nameless streets of one kind, are one.

    Parameters
    ----------
    route
        From ``route_between``.
    streets
        Those of its graph.
    """
    found: list[RouteStreet] = []
    for edge, length in zip(route.edge.tolist(), route.part_mm.tolist(), strict=True):
        name = streets.names[streets.name[edge]] if streets.name[edge] >= 0 else ""
        kind = STREET_KINDS[streets.kind[edge]]
        last = found[-1] if found else None
        if last is not None and last.name == name and (name or last.kind == kind):
            found[-1] = RouteStreet(name, last.kind, last.length_mm + length)
        else:
            found.append(RouteStreet(name, kind, length))
    return found


def route_xy(route: Route, streets: Streets) -> Floats:
    """
    The course of a way, lon, lat [degrees], shape (v, 2); without its gap legs, empty where it has no length.

    Parameters
    ----------
    route
        From ``route_between``.
    streets
        Those of its graph.
    """
    parts = zip(route.edge.tolist(), route.from_mm.tolist(), route.to_mm.tolist(), strict=True)
    pieces = [_part_xy(streets, edge, from_mm, to_mm) for edge, from_mm, to_mm in parts]
    if not pieces:
        return np.empty((0, 2))
    xy = np.concatenate(pieces)
    moved = [True, *((here != before).any() for before, here in pairwise(xy))]
    return xy[moved]


def _part_xy(streets: Streets, edge: int, from_mm: int, to_mm: int) -> Floats:
    """Both ends of a part, and the vertices between them."""
    vertices = slice(streets.vertex_ptr[edge], streets.vertex_ptr[edge + 1])
    along, xy = streets.vertex_mm[vertices], streets.vertex_xy[vertices]
    low, high = min(from_mm, to_mm), max(from_mm, to_mm)
    inside = (along > low) & (along < high)
    stops = np.concatenate([[low], along[inside], [high]]).astype(np.float64)
    course = np.column_stack([np.interp(stops, along, xy[:, 0]), np.interp(stops, along, xy[:, 1])])
    return course if to_mm >= from_mm else course[::-1]
