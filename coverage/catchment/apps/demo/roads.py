"""Which edges of the mesh are roads, and of what class: least-cost ways through the valleys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from catchment.apps.demo.curves import kilometres, lengths, nearest_row
from catchment.apps.demo.frame import stream

if TYPE_CHECKING:
    from catchment.apps.demo.atlas import World
    from catchment.apps.demo.land import Mesh, River
    from catchment.model import Floats, Ints, Mask

NO_ROAD, PRIMARY, SECONDARY, TERTIARY, MINOR, TRACK = 0, 1, 2, 3, 4, 5
NOWHERE = -9999
"""What scipy writes for a point without a predecessor."""


@dataclass(frozen=True, eq=False)
class Roads:
    """Roads outside the towns, as edges of the mesh."""

    kind: Ints
    """Class of each mesh edge, shape (m,)."""
    name: tuple[str, ...]
    """Name of each mesh edge, empty without, shape (m,)."""
    bridge: Ints
    """Number of the bridge on each mesh edge, -1 without, shape (m,)."""
    village: Ints
    """Mesh points with a village, ascending."""
    hamlet: Ints
    """Mesh points with a hamlet, ascending."""
    exit: Ints
    """Mesh points led to the edge of the sheet, one for each exit of the world."""


@dataclass(frozen=True, eq=False)
class _Costs:
    """The mesh as scipy wants it."""

    edge: Ints
    cost: Floats
    """Of each edge, infinite where no road can go, shape (m,)."""
    graph: csr_array

    def paths(self, source: Ints, *, nearest: bool) -> tuple[Floats, Ints]:
        """Costs and predecessors, from each source or from the nearest of all."""
        found = dijkstra(self.graph, directed=False, indices=source, return_predecessors=True, min_only=nearest)
        return found[0], found[1]


def roads(world: World, ground: Mesh, water: River, *, built_up: Ints, inside: Mask, seed: int) -> Roads:
    """
    The roads of a world.

    Parameters
    ----------
    world, ground, water
        Where things lie.
    built_up
        Number of the town each mesh point lies in, -1 in the open, shape (n,).
    inside
        Mesh points of the county, where people live, shape (n,).
    seed
        Draws who lives where.
    """
    bridge = _bridge_edges(world, ground, water, built_up)
    costs = _costs(ground, bridge, built_up)
    hub = nearest_row(ground.xy, (0.0, 0.0))
    opened = np.flatnonzero(ground.open)
    seat = np.array([opened[nearest_row(ground.xy[opened], kilometres(town.at)[0])] for town in world.towns])
    exits = _exit_points(world, ground)
    reached = np.isfinite(costs.paths(np.array([hub]), nearest=True)[0])

    main, first = _trunks(costs, hub, np.concatenate([seat, exits]))
    kind = np.where(main >= 2, PRIMARY, np.where(main > 0, SECONDARY, NO_ROAD))
    kind = _lower(kind, _between_towns(costs, np.concatenate([[hub], seat])) > 0, TERTIARY)
    built = np.flatnonzero(bridge >= 0)
    led = _walk_back(costs.edge, costs.paths(np.array([hub]), nearest=True)[1], costs.edge[built].ravel())
    led[built] = 1
    kind = _lower(kind, led > 0, TERTIARY)
    village = np.flatnonzero(_villages(ground, built_up, inside & reached, seed))
    kind = _lower(kind, *_village_roads(costs, kind, village))
    kind = _lower(kind, _loops(costs, ground, village, seed), MINOR)
    where = (built_up < 0) & inside & reached
    hamlet, tracks = _hamlets(costs, ground, kind, village=village, where=where, seed=seed)
    kind = _lower(kind, tracks > 0, tracks)
    name = tuple(
        f"{world.county[0]}{world.towns[one].name[0]}公路" if 0 <= one < len(seat) else "" for one in first.tolist()
    )
    return Roads(kind, name, np.where(kind > 0, bridge, -1), village, hamlet, exits)


def _lower(kind: Ints, where: Mask, new: Ints | int) -> Ints:
    """A class for edges that have none yet."""
    return np.where((kind == NO_ROAD) & where, new, kind)


def _bridge_edges(world: World, ground: Mesh, water: River, built_up: Ints) -> Ints:
    """Number of the bridge on each edge; an edge of the city may cross too and is numbered -2; others -1."""
    one, two = ground.edge.T
    crosses = ground.north[one] != ground.north[two]
    number = np.full(len(ground.edge), -1)
    number[crosses & (built_up[one] == 0) & (built_up[two] == 0)] = -2
    usable = np.flatnonzero(crosses & ground.open[one] & ground.open[two] & (number == -1))
    middle = (ground.xy[one] + ground.xy[two]) / 2
    for row, bridge in enumerate(world.bridges):
        across = water.xy[np.argmin(np.abs(water.xy[:, 0] - bridge.at_x * 1000))]
        if bridge.built:
            number[usable[nearest_row(middle[usable], across)]] = row
    return number


def _costs(ground: Mesh, bridge: Ints, built_up: Ints) -> _Costs:
    """Climbing is dear; the river is crossed on bridges only, unfinished ones not at all."""
    one, two = ground.edge.T
    climb = np.abs(ground.height[one] - ground.height[two])
    high = (ground.height[one] + ground.height[two]) / 2
    cost = ground.length_m * (1 + 3 * high + 14 * high * high + 10 * climb)
    closed = (ground.north[one] != ground.north[two]) & (bridge == -1)
    in_city = (built_up[one] == 0) & (built_up[two] == 0)
    closed |= ~(ground.open[one] & ground.open[two]) & ~in_city
    cost = np.where(closed, np.inf, cost)
    count = len(ground.xy)
    kept = ~closed
    return _Costs(ground.edge, cost, csr_array((cost[kept], (one[kept], two[kept])), shape=(count, count)))


def _exit_points(world: World, ground: Mesh) -> Ints:
    west, south, east, north = world.frame.box_m
    at = np.clip(kilometres(*world.exits), (west, south), (east, north))
    opened = np.flatnonzero(ground.open)
    return np.array([opened[nearest_row(ground.xy[opened], one)] for one in at])


def _edge_numbers(edge: Ints, one: Ints, two: Ints) -> Ints:
    """Rows of edges given by their ends; edges are in order."""
    size = int(edge.max()) + 1
    wanted = np.minimum(one, two) * size + np.maximum(one, two)
    rows: Ints = np.searchsorted(edge[:, 0] * size + edge[:, 1], wanted)
    return rows


def _walk_back(edge: Ints, before: Ints, ends: Ints) -> Ints:
    """How many of the paths from the ends back to their source use each edge, shape (m,)."""
    use = np.zeros(len(edge), np.int64)
    at = ends
    while len(at := at[before[at] != NOWHERE]):
        np.add.at(use, _edge_numbers(edge, at, before[at]), 1)
        at = before[at]
    return use


def _trunks(costs: _Costs, hub: int, ends: Ints) -> tuple[Ints, Ints]:
    """How many trunk roads use each edge, and the first end whose road it is (-1: none)."""
    before = costs.paths(np.array([hub]), nearest=True)[1]
    use = np.zeros(len(costs.edge), np.int64)
    first = np.full(len(costs.edge), -1)
    for number, end in enumerate(ends.tolist()):
        mine = _walk_back(costs.edge, before, np.array([end]))
        first[(mine > 0) & (first < 0)] = number
        use += mine
    return use, first


def _between_towns(costs: _Costs, seat: Ints) -> Ints:
    """Edges of the roads from each town to its three nearest."""
    cost, before = costs.paths(seat, nearest=False)
    use = np.zeros(len(costs.edge), np.int64)
    for number in range(len(seat)):
        order = np.argsort(cost[number, seat], kind="stable")
        use += _walk_back(costs.edge, before[number], seat[order[1:4]])
    return use


def _villages(ground: Mesh, built_up: Ints, where: Mask, seed: int) -> Mask:
    """Villages stand where it is lower, or luckier, than all around."""
    around = ground.neighbours
    free = where & (built_up < 0) & (built_up[np.maximum(around, 0)] < 0).all(axis=1)
    rank = stream(seed, 5).random(len(ground.xy)) - 1.6 * ground.height
    rank = np.where(free & (ground.height < 0.62), rank, -np.inf)
    highest = (rank[:, None] > rank[np.maximum(around, 0)]).all(axis=1)
    return highest & np.isfinite(rank)


def _village_roads(costs: _Costs, kind: Ints, village: Ints) -> tuple[Mask, Ints]:
    source = np.unique(costs.edge[kind > 0])
    before = costs.paths(source, nearest=True)[1]
    use = _walk_back(costs.edge, before, village)
    return use > 0, np.where(use >= 4, TERTIARY, MINOR)


def _loops(costs: _Costs, ground: Mesh, village: Ints, seed: int) -> Mask:
    """Roads between neighbouring villages that are not far from each other, two in five of them."""
    cost, before, owner = dijkstra(
        costs.graph, directed=False, indices=village, return_predecessors=True, min_only=True
    )
    one, two = ground.edge.T
    total = cost[one] + costs.cost + cost[two]
    low, high = np.minimum(owner[one], owner[two]), np.maximum(owner[one], owner[two])
    meets = np.flatnonzero((low >= 0) & (low != high) & (total < 3 * 1500.0))
    best = meets[np.lexsort((total[meets], high[meets], low[meets]))]
    new_pair = np.ones(len(best), bool)
    new_pair[1:] = (low[best[1:]] != low[best[:-1]]) | (high[best[1:]] != high[best[:-1]])
    best = best[new_pair]
    best = best[stream(seed, 6).random(len(best)) < 0.4]
    use = _walk_back(costs.edge, before, np.concatenate([one[best], two[best]]))
    use[best] += 1
    return use > 0


def _hamlets(costs: _Costs, ground: Mesh, kind: Ints, *, village: Ints, where: Mask, seed: int) -> tuple[Ints, Ints]:
    """Points beside a road or one edge off it with a few houses, and the lanes that lead to the latter."""
    on_road = np.zeros(len(ground.xy), bool)
    on_road[costs.edge[kind > 0]] = True
    draw = stream(seed, 7).random((2, len(ground.xy)))
    free = where & ground.open
    free[village] = False
    beside_road = on_road & free & (draw[0] < 0.4)
    one, two = costs.edge.T
    leads = np.flatnonzero(
        np.isfinite(costs.cost) & (on_road[one] != on_road[two]) & (ground.north[one] == ground.north[two])
    )
    far = np.where(on_road[one[leads]], two[leads], one[leads])
    order = np.lexsort((costs.cost[leads], far))
    leads, far = leads[order], far[order]
    leads, far = leads[np.diff(far, prepend=-1) > 0], far[np.diff(far, prepend=-1) > 0]
    wanted = free[far] & (draw[1, far] < 0.42 - 0.45 * ground.height[far])
    lane = np.zeros(len(kind), np.int64)
    lane[leads[wanted]] = np.where(draw[0, far[wanted]] < 0.45, TRACK, MINOR)
    beside_road[far[wanted]] = True
    return np.flatnonzero(beside_road), lane


def relaxed(ground: Mesh, kind: Ints, fixed: Mask, water: River) -> Floats:
    """Mesh points moved so that roads run smoothly through points where only two edges meet, shape (n, 2)."""
    xy = ground.xy
    for _ in range(3):
        used = ground.edge[kind > 0]
        one, two = used.T
        count = np.bincount(used.ravel(), minlength=len(xy))
        total = np.zeros_like(xy)
        for axis in (0, 1):
            total[:, axis] = np.bincount(one, xy[two, axis], len(xy)) + np.bincount(two, xy[one, axis], len(xy))
        moved = 0.5 * xy + 0.25 * total
        may = (count == 2) & ~fixed
        may[may] = water.distance_m(moved[may]) > 250
        xy = np.where(may[:, None], moved, xy)
    return xy


def velocities(edge: Ints, xy: Floats) -> tuple[Floats, Floats]:
    """
    Directions in which roads leave the first and reach the last point of each edge, as ``hermite`` wants them.

    Where two edges meet the road runs through; elsewhere it is straight.

    Parameters
    ----------
    edge
        Pairs of points, shape (m, 2).
    xy
        [m], shape (n, 2).
    """
    ahead = xy[edge[:, 1]] - xy[edge[:, 0]]
    length = lengths(ahead)[:, None]
    count = np.bincount(edge.ravel(), minlength=len(xy))
    ends = []
    for near, far in ((0, 1), (1, 0)):
        total = np.zeros_like(xy)
        for axis in (0, 1):
            total[:, axis] = np.bincount(edge[:, 0], xy[edge[:, 1], axis], len(xy)) + np.bincount(
                edge[:, 1], xy[edge[:, 0], axis], len(xy)
            )
        here, there = edge[:, near], edge[:, far]
        through = xy[there] - (total[here] - xy[there])
        through = through / np.maximum(lengths(through), 1e-9)[:, None] * length * (1 if near == 0 else -1)
        ends.append(np.where((count[here] == 2)[:, None], through, ahead))
    return ends[0], ends[1]
