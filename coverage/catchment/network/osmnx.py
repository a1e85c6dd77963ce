"""OSMnx graphs (networkx) to ``Streets`` and back; OSMnx itself is not needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pyproj
import shapely

from catchment.errors import InputError
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, ROUGH, STREET_KINDS, TAGS, WALK, flags_of
from catchment.network.ways import Ways, split_ways

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model import Streets

_BOTH_WAYS = ROAD_FORWARD | ROAD_BACKWARD

Course = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class _Street:
    """One street of the graph, in one direction."""

    way_id: int
    start: int
    end: int
    course: Course
    kind: int
    name: str
    flags: int


def from_osmnx(graph: nx.MultiDiGraph[Any]) -> Streets:
    """
    Streets of an OSMnx graph, simplified or not.

    Two directed edges along one course are one street, open by road in the directions the graph has; everybody may
    walk along both ways. Where simplification has merged several values of a tag, the street is open to whom all of
    them admit, and goes by the most important class and the first name. Lengths are measured anew along the
    geometry; the graph's own ``length`` is not looked at.

    Parameters
    ----------
    graph
        With node ``x, y`` (lon, lat), edge ``osmid``, ``highway`` where it is a street, and perhaps ``geometry``,
        ``oneway``, ``name`` and other tags, as OSMnx makes it; an undirected graph too. It is not changed.

    Raises
    ------
    InputError
        If it is projected, states no CRS, lacks what is said above or has no street that somebody may use.

    Examples
    --------
    >>> graph = nx.MultiDiGraph(crs="epsg:4326")
    >>> graph.add_node(1, x=0.0, y=0.0)
    >>> graph.add_node(2, x=0.001, y=0.0)
    >>> there = graph.add_edge(1, 2, osmid=7, highway="residential", oneway=False)
    >>> back = graph.add_edge(2, 1, osmid=7, highway="residential", oneway=False)
    >>> from_osmnx(graph).length_mm.tolist()
    [111319]
    """
    _refuse_projected(graph)
    try:
        streets, unused = _one_for_each_course(graph)
    except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError) as problem:
        raise InputError("error.graph_broken", reason=repr(problem)) from problem
    if not streets:
        raise InputError("error.no_streets", file="graph")
    return split_ways(_ways(streets), oddities=unused)


def to_osmnx(streets: Streets) -> nx.MultiDiGraph[Any]:
    """
    A graph as OSMnx makes it, from which ``from_osmnx`` gives the same streets again.

    Every edge of the streets is an edge of the graph, chains included. A street open by road in one direction only is
    one directed edge, any other is two. The class of a street is its ``highway``; where it admits others than its
    class says, ``foot`` and ``motor_vehicle`` say so. ``length`` is in metres.

    Examples
    --------
    >>> graph = nx.MultiDiGraph(crs="epsg:4326")
    >>> graph.add_nodes_from([(1, {"x": 0.0, "y": 0.0}), (2, {"x": 0.001, "y": 0.0})])
    >>> one = graph.add_edge(1, 2, osmid=7, highway="residential", oneway=True)
    >>> [(u, v, row["oneway"]) for u, v, row in to_osmnx(from_osmnx(graph)).edges(data=True)]
    [(1, 2, True)]
    """
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(crs="epsg:4326", simplified=True)
    first, last = streets.vertex_xy[streets.vertex_ptr[:-1]], streets.vertex_xy[streets.vertex_ptr[1:] - 1]
    xy = np.empty((len(streets.node_id), 2))
    xy[streets.end], xy[streets.start] = last, first
    for node, (x, y) in zip(streets.node_id.tolist(), xy.tolist(), strict=True):
        graph.add_node(node, x=x, y=y)
    node_id = streets.node_id.tolist()
    edge_of_vertex = np.repeat(np.arange(len(streets)), np.diff(streets.vertex_ptr))
    lines: Iterable[Any] = (
        list(shapely.linestrings(streets.vertex_xy, indices=edge_of_vertex)) if len(streets) else ()  # type: ignore[arg-type]  # many lines
    )
    rows = zip(streets.start.tolist(), streets.end.tolist(), lines, strict=True)
    for edge, (start, end, line) in enumerate(rows):
        flags, length_mm = int(streets.flags[edge]), int(streets.length_mm[edge])
        about = _tags(streets, edge) | {"length": length_mm / 1000, "oneway": _is_oneway(flags)}
        if flags & _BOTH_WAYS != ROAD_BACKWARD:
            graph.add_edge(node_id[start], node_id[end], geometry=line, reversed=False, **about)
        if not about["oneway"] or flags & ROAD_BACKWARD:
            graph.add_edge(node_id[end], node_id[start], geometry=line.reverse(), reversed=True, **about)
    return graph


def _is_oneway(flags: int) -> bool:
    return flags & _BOTH_WAYS in (ROAD_FORWARD, ROAD_BACKWARD)


def _tags(streets: Streets, edge: int) -> dict[str, Any]:
    """The tags from which ``flags_of`` makes the flags again."""
    highway, flags = STREET_KINDS[streets.kind[edge]], int(streets.flags[edge])
    usual = _flags_of({"highway": highway})
    tags: dict[str, Any] = {"osmid": int(streets.way_id[edge]), "highway": highway}
    if streets.name[edge] >= 0:
        tags["name"] = streets.names[streets.name[edge]]
    if (flags ^ usual) & WALK:
        tags["foot"] = "yes" if flags & WALK else "no"
    if bool(flags & _BOTH_WAYS) != bool(usual & _BOTH_WAYS):
        tags["motor_vehicle"] = "yes" if flags & _BOTH_WAYS else "no"
    if flags & ROUGH:
        tags["tracktype"] = "grade5"
    return tags


def _refuse_projected(graph: nx.MultiDiGraph[Any]) -> None:
    stated = graph.graph.get("crs")
    try:
        crs = None if stated is None else pyproj.CRS.from_user_input(stated)
    except pyproj.exceptions.CRSError as problem:
        raise InputError("error.graph_broken", reason=repr(problem)) from problem
    if crs is None:
        raise InputError("error.graph_broken", reason="graph.graph['crs']")
    if crs.is_projected:
        raise InputError("error.graph_projected", found=crs.name)


def _one_for_each_course(graph: nx.MultiDiGraph[Any]) -> tuple[list[_Street], dict[str, int]]:
    """The streets in the order of way and course, whatever order the graph has."""
    places = {node: (float(row["x"]), float(row["y"])) for node, row in graph.nodes(data=True)}
    found: dict[tuple[Any, ...], _Street] = {}
    unused = 0
    for street in _directed(graph, places):
        if not street.flags:
            unused += 1
            continue
        key = (street.way_id, street.course, street.start, street.end)
        twin = found.get(key)
        found[key] = street if twin is None else _both(street, twin)
    return [found[key] for key in sorted(found)], {"closed_ways": unused}


def _both(one: _Street, other: _Street) -> _Street:
    """Two edges along one course: open to whom either admits."""
    kind, name = min((one.kind, one.name), (other.kind, other.name))
    return _Street(one.way_id, one.start, one.end, one.course, kind, name, one.flags | other.flags)


def _directed(graph: nx.MultiDiGraph[Any], places: Mapping[Any, tuple[float, float]]) -> Iterator[_Street]:
    """Every edge of the graph, its course laid from its lesser end."""
    for u, v, row in graph.edges(data=True):
        line = row.get("geometry")
        course = tuple(map(tuple, shapely.get_coordinates(line).tolist())) if line is not None else ()
        course = _from_u(course, places[u]) if course else (places[u], places[v])
        oneway = bool(row.get("oneway")) if not graph.is_directed() else True
        flags = _flags_of({tag: row.get(tag) for tag in TAGS}, both_ways=not oneway)
        turned = course[::-1]
        if (turned, v, u) < (course, u, v):
            u, v, course, flags = v, u, turned, _turned(flags)  # noqa: PLW2901 - the same edge, seen from its other end
        highways = _values(row.get("highway"))
        kinds = [STREET_KINDS.index(value) for value in highways if value in STREET_KINDS]
        name = next(iter(_values(row.get("name"))), None) or ""
        way_id = min(int(value) for value in _values(row["osmid"]) if value is not None)
        yield _Street(way_id, int(u), int(v), course, min(kinds, default=0), name, flags)


def _from_u(course: Course, place: tuple[float, float]) -> Course:
    """An undirected graph may store a course from its other end."""
    return course[::-1] if course[0] != place and course[-1] == place else course


def _flags_of(tags: Mapping[str, Any], *, both_ways: bool = True) -> int:
    """
    Flags of an edge along its own direction; of merged tags what all their values admit.

    Its direction is the edge's, so ``oneway`` and ``junction`` say nothing more.

    Examples
    --------
    >>> _flags_of({"highway": ["residential", "footway"]}) == WALK
    True
    """
    asked = [_values(tags.get(tag) if tag not in ("oneway", "junction") else None) for tag in TAGS]
    each = [flags_of(*values) for values in product(*asked)]
    flags = int(np.bitwise_and.reduce(each)) & ~ROUGH | int(np.bitwise_or.reduce(each)) & ROUGH
    return flags if both_ways else flags & ~ROAD_BACKWARD


def _turned(flags: int) -> int:
    """The same flags, seen from the other end."""
    back, forth = ROAD_BACKWARD if flags & ROAD_FORWARD else 0, ROAD_FORWARD if flags & ROAD_BACKWARD else 0
    return flags & ~_BOTH_WAYS | back | forth


def _values(value: Any) -> list[Any]:
    """The values of a tag that simplification may have merged; one ``None`` where there is none."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return sorted(value, key=str) or [None]
    return [None if value is None or value != value else value]  # noqa: PLR0124 - NaN, as tables have it


def _ways(streets: list[_Street]) -> Ways:
    """A way for each street; places between its ends get numbers of their own."""
    count = np.array([len(street.course) for street in streets])
    ptr = np.append(0, np.cumsum(count))
    ends = np.array([(street.start, street.end) for street in streets], np.int64)
    names = {name: number for number, name in enumerate(sorted({s.name for s in streets if s.name}))}
    node_ref = int(ends.max()) + 1 + np.arange(ptr[-1], dtype=np.int64)
    node_ref[ptr[:-1]], node_ref[ptr[1:] - 1] = ends[:, 0], ends[:, 1]
    return Ways(
        way_id=np.array([street.way_id for street in streets], np.int64),
        node_ptr=ptr.astype(np.int64),
        node_ref=node_ref,
        node_xy=np.array([place for street in streets for place in street.course], np.float64),
        flags=np.array([street.flags for street in streets], np.uint8),
        kind=np.array([street.kind for street in streets], np.int8),
        name=np.array([names.get(street.name, -1) for street in streets], np.int32),
        names=tuple(names),
    )
