"""Stops and stations of public transport of an OSM file, through pyosmium, cached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import osmium
import shapely
from scipy.spatial import KDTree

from catchment.errors import InputError
from catchment.files import open_input
from catchment.geo.measure import earth_centred
from catchment.inputs.cells import text_of, without_phones
from catchment.kept import kept_file, read_kept, write_kept
from catchment.model import Stops

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from catchment.files import InputFile
    from catchment.model import Floats

SCHEMA = "catchment.stops/1"

KINDS: Mapping[tuple[str, str], str] = {
    ("railway", "station"): "stop.railway_station",
    ("railway", "halt"): "stop.railway_halt",
    ("amenity", "bus_station"): "stop.bus_station",
    ("amenity", "ferry_terminal"): "stop.ferry_terminal",
    ("railway", "tram_stop"): "stop.tram_stop",
    ("public_transport", "station"): "stop.station",
    ("highway", "bus_stop"): "stop.bus_stop",
    ("public_transport", "platform"): "stop.platform",
    ("public_transport", "stop_position"): "stop.platform",
}
"""Tags of stops, the weightiest first, and the entry of the catalogue for each; the first that fits names it."""

SAME_STOP_M = 30.0
"""Stops of one name no farther apart than this [m] are one: OSM draws its post, its platform and where buses halt."""

_CLOSED = ("disused", "abandoned")
_PER_DEGREE = 10_000_000
_RANK = {kind: rank for rank, kind in enumerate(dict.fromkeys(KINDS.values()))}


def read_stops(path: str | Path, *, cache: Path | None = None) -> Stops:
    """
    Nodes, ways and areas with one of the tags; a line stands for its middle, an area for a point inside it.

    Those of one name within 30 m are one stop: the weightiest kind of them, of equals the first by its number. Stops
    without a name are of one name here. What is tagged as disused or abandoned is none.

    Parameters
    ----------
    path
        An OSM file as ``read_osm`` takes it.
    cache
        Folder in which they are kept, by checksum of the file; ``None`` reads afresh.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is no OSM file, or is cut off or damaged.
    """
    file = open_input(path, "osm.pbf", "osm", "osm.gz", "osm.bz2")
    if cache is None:
        return _parse(file)
    kept_at = kept_file(cache, SCHEMA, file.sha256())
    kept = read_kept(kept_at, ("xy",))
    if kept is not None:
        header, arrays = kept
        return _stops(header["id"], header["name"], header["kind"], arrays["xy"], header["merged"])
    stops = _parse(file)
    frame = stops.frame
    header = {"schema": SCHEMA, "id": frame["stop_id"].tolist(), "name": frame["name"].tolist()}
    write_kept(kept_at, {**header, "kind": frame["kind"].tolist(), "merged": stops.merged_count}, {"xy": stops.xy})
    return stops


def one_of_each(names: Sequence[str], rank: Sequence[int], xy: Floats, *, within_m: float) -> list[int]:
    """
    Rows of the stops that stay: of those of one name within a distance the first by rank, then by row.

    Whatever is left out has one of its name within the distance that stays.

    Parameters
    ----------
    names, rank
        Of each stop; the smaller rank stays.
    xy
        lon, lat [degrees], shape (n, 2).
    within_m
        Inclusive, in a straight line [m].

    Examples
    --------
    A ten-thousandth of a degree on the equator is 11 m.

    >>> places = np.array([[0.0, 0.0], [0.0001, 0.0], [0.0001, 0.0]])
    >>> one_of_each(["桥头", "桥头", "东门"], [1, 0, 1], places, within_m=30)
    [1, 2]
    """
    near: dict[int, list[int]] = {}
    pairs = KDTree(earth_centred(xy)).query_pairs(within_m) if len(xy) else ()
    for one, other in pairs:
        if names[one] == names[other]:
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
    gone: set[int] = set()
    for stop in sorted(range(len(names)), key=lambda row: (rank[row], row)):
        if stop not in gone:
            gone.update(near.get(stop, ()))
    return [stop for stop in range(len(names)) if stop not in gone]


@dataclass
class _Rows:
    """Columns that grow while a file is read."""

    id: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    shape: list[str] = field(default_factory=list)


def _parse(file: InputFile) -> Stops:
    try:
        rows = _read_rows(file)
    except (RuntimeError, osmium.InvalidLocationError, ValueError) as problem:
        raise InputError("error.unreadable", file=file.path.name, reason=str(problem)) from problem
    xy = _middles(shapely.from_wkb(rows.shape))
    order = sorted(range(len(rows.id)), key=lambda row: (rows.id[row][0], int(rows.id[row][1:])))
    ids, names, kinds = ([column[row] for row in order] for column in (rows.id, rows.name, rows.kind))
    kept = one_of_each(names, [_RANK[kind] for kind in kinds], xy[order], within_m=SAME_STOP_M)
    ids, names, kinds = ([column[row] for row in kept] for column in (ids, names, kinds))
    return _stops(ids, names, kinds, xy[order][kept], len(order) - len(kept))


def _middles(shapes: Any) -> Floats:
    """lon, lat of points, the middles of lines, and points inside areas [degrees], shape (n, 2)."""
    lines = shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING
    middle = shapely.point_on_surface(shapes)
    middle[lines] = shapely.line_interpolate_point(shapes[lines], 0.5, normalized=True)
    return np.rint(shapely.get_coordinates(middle).reshape(-1, 2) * _PER_DEGREE) / _PER_DEGREE


def _read_rows(file: InputFile) -> _Rows:
    rows = _Rows()
    wanted = osmium.filter.TagFilter(*KINDS)
    entities = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    found: Iterable[Any] = (
        osmium.FileProcessor(osmium.io.File(str(file.path), file.kind), entities)
        .with_areas(wanted)
        .with_filter(osmium.filter.EntityFilter(osmium.osm.NODE | osmium.osm.WAY | osmium.osm.AREA))
        .with_filter(wanted)
    )
    as_wkb = osmium.geom.WKBFactory()
    for entity in found:
        tag = entity.tags.get
        letter, number, shape = _drawn(entity, as_wkb)
        if shape is None or any(tag(key) == "yes" for key in _CLOSED):
            continue
        rows.id.append(f"{letter}{number}")
        rows.name.append(without_phones(text_of(tag("name"))))
        rows.kind.append(next(kind for (key, value), kind in KINDS.items() if tag(key) == value))
        rows.shape.append(shape)
    return rows


def _drawn(entity: Any, as_wkb: Any) -> tuple[str, int, str | None]:
    """Letter, number and shape in hexadecimal; no shape if nodes are missing, or for a ring, which comes as an area."""
    try:
        if entity.is_node():
            return "n", entity.id, as_wkb.create_point(entity)
        if entity.is_area():
            return "w" if entity.from_way() else "r", entity.orig_id(), as_wkb.create_multipolygon(entity)
        ring = entity.is_closed() and entity.tags.get("area") != "no"
        return "w", entity.id, None if ring else as_wkb.create_linestring(entity)
    except (RuntimeError, osmium.InvalidLocationError):
        return "", 0, None


def _stops(ids: list[str], names: list[str], kinds: list[str], xy: Floats, merged_count: int) -> Stops:
    points = gpd.points_from_xy(xy[:, 0], xy[:, 1])
    frame = gpd.GeoDataFrame({"stop_id": ids, "name": names, "kind": kinds}, geometry=points, crs="EPSG:4326")
    return Stops(frame, merged_count)
