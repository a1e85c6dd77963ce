"""OSM road files (``.osm.pbf``, ``.osm``, ``.osm.gz``, ``.osm.bz2``) to ``Streets``, through pyosmium, cached."""

from __future__ import annotations

import datetime as dt
import logging
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium

from catchment.errors import InputError
from catchment.files import InputFile, open_input
from catchment.network.cache import cached_streets, read_cached, write_cached
from catchment.network.streets import STREET_KINDS, TAGS, flags_of
from catchment.network.ways import Ways, split_ways

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from catchment.files import Kind
    from catchment.model import Floats, Ints, Streets

log = logging.getLogger(__name__)

ATTRIBUTION = "© OpenStreetMap contributors"
LICENCE = "ODbL 1.0"

KINDS: tuple[Kind, ...] = ("osm.pbf", "osm", "osm.gz", "osm.bz2")
"""Files that ``read_osm`` reads, by content."""

_FORMAT = {"osm.pbf": "pbf", "osm": "osm", "osm.gz": "osm.gz", "osm.bz2": "osm.bz2"}
_PER_DEGREE = 10_000_000
# Byte order, geometry type and number of points, in hexadecimal.
_WKB_HEADER = 18


def read_osm(path: str | Path, *, cache: Path | None = None) -> Streets:
    """
    Read the streets of an OSM file.

    Parameters
    ----------
    path
        A PBF or XML file, plain or compressed; what it is is told by its content.
    cache
        Folder in which the parsed streets are kept, by checksum of the file; ``None`` reads afresh.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is no OSM file, is cut off or damaged, or holds no street.
    """
    file = open_input(path, *KINDS)
    if cache is None:
        return _parse(file)
    kept = cached_streets(cache, file.sha256())
    streets = read_cached(kept)
    if streets is None:
        streets = _parse(file)
        write_cached(streets, kept)
    return streets


def _parse(file: InputFile) -> Streets:
    try:
        bounds, snapshot = _read_header(file)
        rows = _read_ways(file)
        xy = _locations(file, rows)
    except (RuntimeError, osmium.InvalidLocationError, ValueError) as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError("error.unreadable", file=file.path.name, reason=str(problem)) from problem
    if not rows.way_id:
        raise InputError("error.no_streets", file=file.path.name)
    ways = Ways(
        way_id=np.array(rows.way_id, np.int64),
        node_ptr=np.array(rows.node_ptr, np.int64),
        node_ref=np.array(rows.node_ref, np.int64),
        node_xy=xy,
        flags=np.array(rows.flags, np.uint8),
        kind=np.array(rows.kind, np.int8),
        name=np.array(rows.name, np.int32),
        names=tuple(rows.names),
    )
    streets = split_ways(ways, bounds=bounds, snapshot=snapshot, oddities=_oddities(rows))
    if not len(streets):
        raise InputError("error.no_streets", file=file.path.name)
    return streets


@dataclass
class _Rows:
    """Columns that grow while a file is read."""

    way_id: array[int] = field(default_factory=lambda: array("q"))
    node_ptr: array[int] = field(default_factory=lambda: array("q", [0]))
    node_ref: array[int] = field(default_factory=lambda: array("q"))
    lines: list[str] = field(default_factory=list)
    flags: array[int] = field(default_factory=lambda: array("B"))
    kind: array[int] = field(default_factory=lambda: array("b"))
    name: array[int] = field(default_factory=lambda: array("i"))
    names: dict[str, int] = field(default_factory=dict)
    unused: Counter[str] = field(default_factory=Counter)


def _read_header(file: InputFile) -> tuple[tuple[float, float, float, float] | None, dt.date | None]:
    """The box and the date the file states for itself."""
    with osmium.io.Reader(osmium.io.File(str(file.path), _FORMAT[file.kind]), osmium.osm.NOTHING) as reader:
        header = reader.header()
        box, stamp = header.box(), header.get("osmosis_replication_timestamp") or header.get("timestamp")
    bounds = None
    if box.valid():
        low, high = box.bottom_left, box.top_right
        bounds = (low.lon, low.lat, high.lon, high.lat)
    try:
        return bounds, dt.date.fromisoformat(stamp[:10])
    except ValueError:
        return bounds, None


def _read_ways(file: InputFile) -> _Rows:
    """One pass: libosmium keeps the node locations and hands over each way as one line, not node by node."""
    rows = _Rows()
    source = osmium.io.File(str(file.path), _FORMAT[file.kind])
    ways: Iterable[Any] = (
        osmium.FileProcessor(source, osmium.osm.NODE | osmium.osm.WAY)
        .with_locations("flex_mem")
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway"))
    )
    kinds = {kind: number for number, kind in enumerate(STREET_KINDS)}
    as_wkb = osmium.geom.WKBFactory()
    for way in ways:
        tag = way.tags.get
        values = [tag(key) for key in TAGS]
        flags = flags_of(*values)
        if not flags:
            rows.unused[_why_unused(values[0])] += 1
            continue
        rows.node_ref.extend([node.ref for node in way.nodes])
        rows.lines.append(_line(way, as_wkb))
        if len(rows.node_ref) - rows.node_ptr[-1] < 2:
            rows.unused["short_ways"] += 1
        name = tag("name")
        rows.way_id.append(way.id)
        rows.node_ptr.append(len(rows.node_ref))
        rows.flags.append(flags)
        rows.kind.append(kinds[values[0] or ""])
        rows.name.append(rows.names.setdefault(name, len(rows.names)) if name else -1)
    return rows


def _line(way: Any, as_wkb: Any) -> str:
    """Coordinates of a way's nodes as doubles in hexadecimal, NaN where a node is missing."""
    try:
        return str(as_wkb.create_linestring(way, osmium.geom.use_nodes.ALL)[_WKB_HEADER:])
    except (RuntimeError, osmium.InvalidLocationError):  # a missing node, or fewer than two
        places = [(node.lon, node.lat) if node.location.valid() else (np.nan, np.nan) for node in way.nodes]
        return np.array(places, "<f8").tobytes().hex()


def _why_unused(highway: str | None) -> str:
    return "closed_ways" if highway in STREET_KINDS else "not_streets"


def _oddities(rows: _Rows) -> dict[str, int]:
    return {key: rows.unused[key] for key in ("closed_ways", "not_streets", "short_ways")}


def _locations(file: InputFile, rows: _Rows) -> Floats:
    """lon, lat of every reference, NaN where the file has no such node."""
    doubles = np.frombuffer(bytes.fromhex("".join(rows.lines)), "<f8").reshape(-1, 2)
    # Back to what the file holds, whole ten-millionths of a degree.
    xy: Floats = np.rint(doubles * _PER_DEGREE) / _PER_DEGREE
    unknown = np.isnan(xy[:, 0])
    refs = np.array(rows.node_ref, np.int64)
    # Editors number unsaved nodes below zero, and libosmium's location store has no place for those.
    unsaved = np.unique(refs[unknown & (refs < 0)])
    if len(unsaved):
        _fill_unsaved(file, unsaved, refs, xy)
    return xy


def _fill_unsaved(file: InputFile, unsaved: Ints, refs: Ints, xy: Floats) -> None:
    wanted = set(unsaved.tolist())
    places = {}
    nodes: Iterable[Any] = osmium.FileProcessor(osmium.io.File(str(file.path), _FORMAT[file.kind]), osmium.osm.NODE)
    for node in nodes:
        if node.id in wanted and node.location.valid():
            places[node.id] = (node.lon, node.lat)
            if len(places) == len(wanted):
                break
    for at in np.flatnonzero(np.isin(refs, unsaved)):
        xy[at] = places.get(int(refs[at]), (np.nan, np.nan))
