"""Places with names in an OSM file: settlements, offices, colleges, industrial parks; through pyosmium, cached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import pandas as pd
import shapely

from catchment.errors import InputError
from catchment.inputs.cells import text_of, without_phones
from catchment.kept import kept_file, read_kept, write_kept
from catchment.model.locate import Gazetteer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from catchment.files import InputFile
    from catchment.model import Floats
    from catchment.model.locate import SpotKind

SCHEMA = "catchment.gazetteer/1"

KINDS: Mapping[tuple[str, str], SpotKind] = {
    ("place", "city"): "county",
    ("place", "town"): "town",
    ("place", "suburb"): "town",
    ("place", "village"): "village",
    ("place", "quarter"): "quarter",
    ("place", "neighbourhood"): "quarter",
    ("place", "hamlet"): "hamlet",
    ("place", "isolated_dwelling"): "hamlet",
    ("amenity", "townhall"): "office",
    ("amenity", "community_centre"): "office",
    ("amenity", "social_centre"): "office",
    ("amenity", "public_building"): "office",
    ("office", "government"): "office",
    ("amenity", "college"): "house",
    ("amenity", "university"): "house",
    ("landuse", "industrial"): "house",
}
"""Tags of places and what each is; the first that fits says it (https://wiki.openstreetmap.org/wiki/Key:place)."""

_NAMES = ("name", "name:zh", "alt_name", "old_name")


def read_gazetteer(file: InputFile, *, cache: Path | None = None) -> Gazetteer:
    """
    Nodes and areas that have one of the tags and a name; an area stands for a point inside it.

    Parameters
    ----------
    file
        An OSM file, from ``open_input``.
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
    kept = read_kept(path, ("xy",))
    if kept is not None:
        header, arrays = kept
        return gazetteer_of(header["id"], header["name"], header["kind"], arrays["xy"])
    found = _parse(file)
    columns = {column: found.frame[name].tolist() for column, name in (("id", "place_id"), ("name", "name"))}
    write_kept(path, {"schema": SCHEMA, **columns, "kind": found.frame["kind"].tolist()}, {"xy": found.xy})
    return found


def gazetteer_of(ids: list[str], names: list[str], kinds: list[str], xy: Floats) -> Gazetteer:
    """
    A gazetteer of columns, put in order.

    Parameters
    ----------
    ids, names, kinds
        Of each place.
    xy
        lon, lat [degrees], shape (n, 2).

    Examples
    --------
    >>> points = np.zeros((2, 2))
    >>> gazetteer_of(["n2", "n1"], ["B", "A"], ["village", "town"], points).frame["name"].tolist()
    ['A', 'B']
    """
    frame = pd.DataFrame({"place_id": ids, "name": names, "kind": kinds, "lon": xy[:, 0], "lat": xy[:, 1]})
    return Gazetteer(frame.sort_values(["place_id", "name"], kind="stable").reset_index(drop=True))


def no_places() -> Gazetteer:
    """
    An empty gazetteer.

    Examples
    --------
    >>> len(no_places())
    0
    """
    return gazetteer_of([], [], [], np.empty((0, 2)))


def _parse(file: InputFile) -> Gazetteer:
    try:
        rows = list(_rows(file))
    except (RuntimeError, osmium.InvalidLocationError, ValueError) as problem:
        raise InputError("error.unreadable", file=file.path.name, reason=str(problem)) from problem
    shapes = shapely.from_wkb([row[3] for row in rows])
    points = shapely.get_coordinates(shapely.point_on_surface(shapes)).reshape(-1, 2)
    return gazetteer_of([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows], points.round(7))


def _rows(file: InputFile) -> Iterable[tuple[str, str, str, str]]:
    """Id, name, kind and shape in hexadecimal of each name of each place."""
    wanted = osmium.filter.TagFilter(*KINDS)
    entities = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    found: Iterable[Any] = (
        osmium.FileProcessor(osmium.io.File(str(file.path), file.kind), entities)
        .with_areas(osmium.filter.KeyFilter("name"), wanted)
        .with_filter(osmium.filter.EntityFilter(osmium.osm.NODE | osmium.osm.AREA))
        .with_filter(wanted)
    )
    as_wkb = osmium.geom.WKBFactory()
    for entity in found:
        tag = entity.tags.get
        names = [name for key in _NAMES for name in str(tag(key) or "").split(";") if name.strip()]
        shape = _shape(entity, as_wkb) if names else None
        if shape is None:
            continue
        letter, number = ("n", entity.id) if entity.is_node() else ("w" if entity.from_way() else "r", entity.orig_id())
        kind = next(kind for (key, value), kind in KINDS.items() if tag(key) == value)
        for name in dict.fromkeys(without_phones(text_of(name)) for name in names):
            yield f"{letter}{number}", name, kind, shape


def _shape(entity: Any, as_wkb: Any) -> str | None:
    """A point or an area's polygons in hexadecimal; nothing where nodes are missing or rings do not close."""
    try:
        if entity.is_node():
            return str(as_wkb.create_point(entity)) if entity.location.valid() else None
        return str(as_wkb.create_multipolygon(entity))
    except (RuntimeError, osmium.InvalidLocationError):
        return None
