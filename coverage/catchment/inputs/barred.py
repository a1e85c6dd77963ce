"""Ways of an OSM file that are no place for a front: motorways, ramps, bridges, tunnels, passages, private ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import osmium
import shapely

from catchment.errors import InputError
from catchment.inputs.kept_shapes import packed, unpacked
from catchment.kept import kept_file, read_kept, write_kept
from catchment.model import BarredWays

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from catchment.files import InputFile
    from catchment.model import Ints

SCHEMA = "catchment.barred/1"

BAR_TAGS = ("highway", "motorroad", "tunnel", "bridge", "access", "foot")
"""The tags that ``bar_of`` looks at, in its order."""

_MISSING = {None, "", "no"}
_CLOSED = {"no", "private"}
_OPEN_ON_FOOT = {"yes", "designated", "permissive", "destination", "official"}


def bar_of(*values: str | None) -> str:
    """
    Why no building has a front on a way; empty if its tags do not say so.

    A way under a roof (``covered``) is no tunnel: people walk in from the street, and shops look onto it. A way
    through a building (``tunnel=building_passage``) has none. ``access`` gives way to ``foot``, as in a street that is
    closed to traffic and open to people.

    Parameters
    ----------
    *values
        Values of ``BAR_TAGS``, ``None`` where a way has no such tag.

    Examples
    --------
    >>> tags = {"highway": "primary", "bridge": "viaduct"}
    >>> bar_of(*map(tags.get, BAR_TAGS)), bar_of("residential", None, "no", None, "no", "yes")
    ('front.bridge', '')
    """
    highway, motorroad, tunnel, bridge, access, foot = values
    if highway in {"motorway_link", "trunk_link"}:
        return "front.ramp"
    if highway == "motorway" or motorroad == "yes":
        return "front.motorway"
    if tunnel not in _MISSING:
        return "front.passage" if tunnel == "building_passage" else "front.tunnel"
    if bridge not in _MISSING:
        return "front.bridge"
    return "front.private" if access in _CLOSED and foot not in _OPEN_ON_FOOT else ""


def read_barred_ways(file: InputFile, *, cache: Path | None = None) -> BarredWays:
    """
    The ways of an OSM file for which ``bar_of`` gives a reason; one with missing nodes is left out.

    Parameters
    ----------
    file
        From ``open_input``.
    cache
        Folder in which they are kept, by checksum of the file; ``None`` reads afresh.

    Raises
    ------
    InputError
        If the file is cut off or damaged.
    """
    if cache is None:
        return _parse(file)
    path = kept_file(cache, SCHEMA, file.sha256())
    kept = read_kept(path, ("way_id", "shapes", "begin"))
    if kept is not None:
        header, arrays = kept
        return _ways(arrays["way_id"], header["reason"], unpacked(arrays["shapes"], arrays["begin"]))
    ways = _parse(file)
    header = {"schema": SCHEMA, "reason": ways.frame["reason"].tolist()}
    shapes, begin = packed(ways.frame.geometry.to_numpy())
    write_kept(path, header, {"way_id": ways.frame["way_id"].to_numpy(), "shapes": shapes, "begin": begin})
    return ways


def _parse(file: InputFile) -> BarredWays:
    try:
        found = dict(_barred(file))
    except (RuntimeError, osmium.InvalidLocationError, ValueError) as problem:
        raise InputError("error.unreadable", file=file.path.name, reason=str(problem)) from problem
    ids = sorted(found)
    lines = np.asarray(shapely.from_wkb([found[way_id][1] for way_id in ids]), object)
    return _ways(np.array(ids, np.int64), [found[way_id][0] for way_id in ids], lines)


def _ways(ids: Ints, reason: list[str], lines: NDArray[np.object_]) -> BarredWays:
    return BarredWays(gpd.GeoDataFrame({"way_id": ids, "reason": reason}, geometry=lines, crs="EPSG:4326"))


def _barred(file: InputFile) -> Iterable[tuple[int, tuple[str, str]]]:
    ways: Iterable[Any] = (
        osmium.FileProcessor(osmium.io.File(str(file.path), file.kind), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations("flex_mem")
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway"))
    )
    as_wkb = osmium.geom.WKBFactory()
    for way in ways:
        reason = bar_of(*map(way.tags.get, BAR_TAGS))
        if reason:
            try:
                yield way.id, (reason, str(as_wkb.create_linestring(way)))
            except (RuntimeError, osmium.InvalidLocationError):  # missing nodes, or fewer than two
                continue
