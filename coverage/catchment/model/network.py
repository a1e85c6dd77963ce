"""Roads: the edge table, the folded graph of a mode, and where points join it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from catchment.model.inputs import Finding
    from catchment.model.kinds import Codes, Floats, Indices, Ints, Mask, Mode


@dataclass(frozen=True, eq=False)
class RoadLines:
    """Roads as a planner's layer has them: lines that need not meet where the roads do."""

    frame: gpd.GeoDataFrame
    """A row per line: ``grade, rank, name, oneway, level, bridge, tunnel`` (texts as the layer has them, empty where it
    says nothing) and ``geometry`` (WGS84 lines in two dimensions)."""
    findings: tuple[Finding, ...] = ()
    file: str = "lines"
    """Named in messages."""

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, eq=False)
class Streets:
    """
    One edge table for all modes of travel.

    Ways are split where they meet; edges of one way follow one another. ``flags`` holds the bits of
    ``catchment.network.streets``.
    """

    node_id: Ints
    """OSM ids of the edges' end nodes, ascending, shape (n,)."""
    start: Indices
    """Node index at each edge's first vertex, shape (m,)."""
    end: Indices
    """Node index at each edge's last vertex, shape (m,)."""
    vertex_ptr: Ints
    """Edge e has the vertices ``vertex_ptr[e]:vertex_ptr[e + 1]``, shape (m + 1,)."""
    vertex_xy: Floats
    """lon, lat [degrees], shape (v, 2)."""
    vertex_mm: Ints
    """Geodesic length from the edge's start to each vertex [mm], shape (v,)."""
    way_id: Ints
    """OSM way of each edge, shape (m,)."""
    first_segment: Indices
    """Number of the edge's first segment within its way, shape (m,)."""
    flags: NDArray[np.uint8]
    """Who may use the edge, shape (m,)."""
    kind: Codes
    """Index into ``STREET_KINDS``, shape (m,)."""
    name: Indices
    """Index into ``names``, -1 without a name, shape (m,)."""
    names: tuple[str, ...] = ()
    bounds: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """West, south, east, north [degrees]: how far the road data reaches."""
    oddities: Mapping[str, int] = field(default_factory=dict)
    """How often something odd was met while reading, by catalogue entry ``finding.<something>``."""
    snapshot: dt.date | None = None
    """The date the road file states for itself."""
    joins_xy: Floats = field(default_factory=lambda: np.empty((0, 2)))
    """Where lines were joined that the file had left apart, lon, lat [degrees], shape (j, 2)."""
    joins_kind: Codes = field(default_factory=lambda: np.empty(0, np.int8))
    """Index into ``JOIN_KINDS`` of ``catchment.network.streets``, shape (j,)."""

    @property
    def length_mm(self) -> Ints:
        """Geodesic length of each edge [mm], shape (m,)."""
        return self.vertex_mm[self.vertex_ptr[1:] - 1]

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, eq=False)
class EditedStreets:
    """Streets with barriers and links, and where the former edges are in them."""

    streets: Streets
    """The former edges in pieces, edge by edge, then the links."""
    piece_ptr: Ints
    """Former edge e is the edges ``piece_ptr[e]:piece_ptr[e + 1]``, shape (m + 1,)."""
    piece_from_mm: Ints
    """Where on its former edge each piece begins [mm], shape (p,)."""
    closed_count: int = 0
    """Places where barriers cross edges."""
    joined_count: int = 0
    """Meetings of links with edges and with one another."""


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """
    The edges of one mode, folded: chains of edges between junctions.

    Every usable edge lies on one chain. ``forward`` means from the chain's start to its end.
    """

    mode: Mode
    streets: Streets
    edge_chain: Indices
    """Chain of each street edge, -1 if not usable in the mode, shape (m,)."""
    edge_from_mm: Ints
    """Position on the chain of the edge's first vertex [mm], shape (m,)."""
    edge_flipped: Mask
    """The edge runs against its chain, shape (m,)."""
    chain_start: Indices
    """Junction at each chain's start, shape (c,)."""
    chain_end: Indices
    """Junction at each chain's end, shape (c,)."""
    chain_mm: Ints
    """Length of each chain [mm], shape (c,)."""
    chain_forward: Mask
    """Travel from start to end is allowed, shape (c,)."""
    chain_backward: Mask
    """Travel from end to start is allowed, shape (c,)."""
    chain_component: Indices
    """Connected component of each chain (directions ignored), shape (c,)."""
    component_mm: Ints
    """Length of all chains of each component [mm], shape (k,)."""
    arc_ptr: Ints
    """Junction j is entered through the arcs ``arc_ptr[j]:arc_ptr[j + 1]``, shape (j + 1,)."""
    arc_from: Indices
    """Junction each arc comes from, in travel direction, shape (a,)."""
    arc_mm: Ints
    """Length of each arc [mm], shape (a,)."""
    junction_node: Indices
    """Street node of each junction, shape (j,)."""


@dataclass(frozen=True, eq=False)
class Places:
    """Where points join a graph: on an edge, so far from its start, over a gap."""

    edge: Indices
    """Street edge, -1 if nothing usable lies within the maximum gap, shape (n,)."""
    offset_mm: Ints
    """Distance from the edge's start [mm], shape (n,)."""
    gap_mm: Ints
    """Straight distance from point to edge [mm]; -1 if not snapped, shape (n,)."""
    passed_over_count: int = 0
    """Points for which a nearer edge of an islet (component under 500 m) was passed over."""

    def __len__(self) -> int:
        return len(self.edge)

    @property
    def snapped(self) -> Mask:
        """Which points have a place, shape (n,)."""
        return self.edge >= 0

    def some(self, index: Indices) -> Places:
        """Those of some points alone."""
        return Places(self.edge[index], self.offset_mm[index], self.gap_mm[index])

    def followed_by(self, others: Places) -> Places:
        """These, then others on the same graph."""
        return Places(
            np.concatenate([self.edge, others.edge]),
            np.concatenate([self.offset_mm, others.offset_mm]),
            np.concatenate([self.gap_mm, others.gap_mm]),
        )


@dataclass(frozen=True, eq=False)
class Passing:
    """How many people go along each street on their shortest ways to the nearest centre."""

    edge_units: Ints
    """People whose way uses a part of each street edge [1/1024 person], -1 if the mode may not use it, shape (m,)."""
    centre_units: Ints
    """People who go to each centre [1/1024 person], shape (centres,); all others have no way to any."""
