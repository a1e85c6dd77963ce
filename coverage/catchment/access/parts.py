"""The parts of streets that are reached within limits, cut to the millimetre."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.access import _kernels, _kernels_parts
from catchment.access.nearest import junction_labels
from catchment.model import StreetParts
from catchment.network.chains import chain_position

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from catchment.model import Indices, Ints, Places, RoadGraph, Streets


def parts_by_site(
    graph: RoadGraph, places: Places, *, limits_mm: Sequence[int], count_gaps: bool = True
) -> StreetParts:
    """
    What each site reaches within each limit, whatever the others reach. Travel is towards the site.

    Parameters
    ----------
    graph
        The roads of one mode.
    places
        The sites on that graph, from ``snap``.
    limits_mm
        At least one, ascending, inclusive [mm].
    count_gaps
        The site's gap leg is part of the distance.

    Returns
    -------
    One list for each limit of each site, the limits of a site together; none is reached by a site off the road.
    """
    limits = np.array(limits_mm, np.int64)
    site, chain, at, cost = _on_road(graph, places, count_gaps=count_gaps)
    end_ptr, end_chain = _chains_of_junctions(graph)
    rows = _kernels_parts.reached_by_each(
        graph.arc_ptr,
        graph.arc_from,
        graph.arc_mm,
        graph.chain_start,
        graph.chain_end,
        graph.chain_mm,
        graph.chain_forward,
        graph.chain_backward,
        end_ptr,
        end_chain,
        chain,
        at,
        cost,
        limits,
    )
    return _on_edges(graph, rows[:, 2:], site[rows[:, 0]] * len(limits) + rows[:, 1], len(places) * len(limits))


def parts_by_nearest_site(
    graph: RoadGraph, places: Places, *, limits_mm: Sequence[int], count_gaps: bool = True
) -> StreetParts:
    """
    What the sites reach together, each part with the site that is nearest to it; ties go to the smaller site.

    Two sites meet where both cost the same: no part has two owners, and none that a site reaches has none.
    Parameters and result are those of ``parts_by_site``.
    """
    limits = np.array(limits_mm, np.int64)
    site, chain, at, cost = _on_road(graph, places, count_gaps=count_gaps)
    site_bits = len(places).bit_length()
    labels = junction_labels(graph, site, chain, at, cost, site_bits=site_bits, k=1, cutoff_mm=int(limits[-1]))
    reached = labels != _kernels.FAR
    order = np.lexsort((site, at, chain))
    rows = _kernels_parts.reached_by_nearest(
        np.where(reached, labels & ((1 << site_bits) - 1), -1).astype(np.int32),
        np.where(reached, labels >> site_bits, -1),
        graph.chain_start,
        graph.chain_end,
        graph.chain_mm,
        graph.chain_forward,
        graph.chain_backward,
        _pointers(chain, len(graph.chain_mm)),
        site[order],
        at[order],
        cost[order],
        limits,
    )
    group = rows[:, 0] * len(limits) + rows[:, 1]
    order = np.argsort(group, kind="stable")
    return _on_edges(graph, rows[order, 2:], group[order], len(places) * len(limits))


def merged_parts(parts: StreetParts, list_count: int) -> StreetParts:
    """
    Several lists in one, without overlaps: list i takes in the lists i, i + ``list_count``, i + 2 ``list_count`` ...

    Examples
    --------
    Millimetres 0-40 and 30-70 of street 5, and 90-95 of it, in three lists.

    >>> cut = StreetParts(np.array([0, 1, 2, 3]), np.full(3, 5), np.array([0, 30, 90]), np.array([40, 70, 95]))
    >>> merged = merged_parts(cut, 1)
    >>> merged.ptr.tolist(), merged.edge.tolist(), merged.from_mm.tolist(), merged.to_mm.tolist()
    ([0, 2], [5, 5], [0, 90], [70, 95])
    """
    if not len(parts):
        return StreetParts(np.zeros(list_count + 1, np.int64), parts.edge, parts.from_mm, parts.to_mm)
    group = np.repeat(np.arange(len(parts.ptr) - 1), np.diff(parts.ptr)) % list_count
    order = np.lexsort((parts.from_mm, parts.edge, group))
    group, edge, from_mm, to_mm = group[order], parts.edge[order], parts.from_mm[order], parts.to_mm[order]
    # All edges of all lists laid on one line, a millimetre apart: then overlaps are found in one pass.
    first = np.ones(len(edge), bool)
    first[1:] = (np.diff(group) != 0) | (np.diff(edge) != 0)
    shift = np.cumsum(first) * (int(to_mm.max()) + 1)
    reached = np.maximum.accumulate(to_mm + shift)
    begins = np.ones(len(edge), bool)
    begins[1:] = (from_mm + shift)[1:] > reached[:-1]
    begin = np.flatnonzero(begins)
    last = np.append(begin[1:], len(edge)) - 1
    return StreetParts(_pointers(group[begin], list_count), edge[begin], from_mm[begin], (reached - shift)[last])


def reached_lines(streets: Streets, parts: StreetParts) -> NDArray[np.object_]:
    """
    The geometry of parts, as lines in lon, lat along their edges; shape (parts,).

    Parameters
    ----------
    streets
        The edge table.
    parts
        Of its edges.

    Examples
    --------
    The last half of a street of two metres.

    >>> from catchment.network.ways import Ways, split_ways
    >>> two = np.array([[0.0, 0.0], [2 / 111319.490793, 0.0]])
    >>> way = Ways(np.array([1]), np.array([0, 2]), np.array([1, 2]), two, *np.array([[1], [0], [-1]]))
    >>> half = StreetParts(np.array([0, 1]), np.array([0]), np.array([1000]), np.array([2000]))
    >>> (line,) = reached_lines(split_ways(way), half)
    >>> [round(lon * 111319.490793, 3) for lon, lat in line.coords]
    [1.0, 2.0]
    """
    xy, ptr = _kernels_parts.vertices_of_parts(
        streets.vertex_ptr, streets.vertex_xy, streets.vertex_mm, parts.edge, parts.from_mm, parts.to_mm
    )
    lines: NDArray[np.object_] = shapely.from_ragged_array(shapely.GeometryType.LINESTRING, xy, (ptr,))
    return lines


def _on_road(graph: RoadGraph, places: Places, *, count_gaps: bool) -> tuple[Indices, Indices, Ints, Ints]:
    """The sites that are on the road: their number, chain, position and what the gap costs."""
    chain, at = chain_position(graph, places)
    site = np.flatnonzero(chain >= 0).astype(np.int32)
    gap = places.gap_mm[site] if count_gaps else np.zeros(len(site), np.int64)
    return site, chain[site], at[site], gap


def _chains_of_junctions(graph: RoadGraph) -> tuple[Ints, Indices]:
    """The chains that end at each junction; a self-loop stands twice at its own."""
    junction = np.concatenate([graph.chain_start, graph.chain_end])
    order = np.argsort(junction, kind="stable")
    chain = (order % max(len(graph.chain_mm), 1)).astype(np.int32)
    return _pointers(junction, len(graph.junction_node)), chain


def _pointers(group: Indices | Ints, count: int) -> Ints:
    """Where each group begins once the members are sorted by group."""
    ptr = np.zeros(count + 1, np.int64)
    ptr[1:] = np.cumsum(np.bincount(group, minlength=count))
    return ptr


def _on_edges(graph: RoadGraph, pieces: Ints, group: Ints, group_count: int) -> StreetParts:
    """Pieces (chain, from, to), sorted by group, as parts of street edges."""
    length = graph.streets.length_mm
    low = graph.edge_from_mm - np.where(graph.edge_flipped, length, 0)
    usable = np.flatnonzero(graph.edge_chain >= 0)
    chain = graph.edge_chain[usable]
    chain_edge = usable[np.lexsort((low[usable], chain))]
    piece, edge, from_mm, to_mm = _kernels_parts.edges_of_pieces(
        np.ascontiguousarray(pieces),
        _pointers(chain, len(graph.chain_mm)),
        chain_edge,
        graph.edge_from_mm,
        length,
        graph.edge_flipped,
    )
    return StreetParts(_pointers(group[piece], group_count), edge, from_mm, to_mm)
