"""Public premises of an OSM file, through pyosmium, cached."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely

from catchment.errors import InputError
from catchment.inputs.cells import text_of, without_phones
from catchment.kept import kept_file, read_kept, write_kept
from catchment.model import Premises

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from catchment.files import InputFile
    from catchment.model import Floats

SCHEMA = "catchment.premises/2"

KINDS: Mapping[tuple[str, str], str] = {
    ("amenity", "townhall"): "premises.townhall",
    ("amenity", "community_centre"): "premises.community_centre",
    ("amenity", "social_centre"): "premises.community_centre",
    ("office", "employment_agency"): "premises.employment",
    ("office", "government"): "premises.government",
    ("amenity", "public_building"): "premises.government",
    ("amenity", "library"): "premises.library",
    ("amenity", "post_office"): "premises.post_office",
    ("amenity", "social_facility"): "premises.social_facility",
}
"""
Tags of premises, and the entry of the catalogue for each; the first that fits names it.

These have counters of their own, and a public service may be moved into them or share them (提升、置换、联营、打通).
Clinics and schools are not among them: their rooms are bound to their duty. A planner who may use one lists it.
"""

HOUSES: Mapping[tuple[str, str], str] = {
    ("amenity", "college"): "premises.college",
    ("amenity", "university"): "premises.college",
}
"""
Tags of houses that only a site of their own type is put into; a college whose name says so is a technical school.

OSM has no tag of its own for a 技工学校, and ``amenity=college`` is any further education
(https://wiki.openstreetmap.org/wiki/Tag:amenity=college).
"""

TECHNICAL = "技工|技师|技校|职业学校|职业高中|technicalschool|vocational"
"""What tells a technical school by its name, in small letters and without spaces."""

_PER_DEGREE = 10_000_000


def read_osm_premises(file: InputFile, *, cache: Path | None = None) -> Premises:
    """
    Nodes and areas with one of the tags; an area stands for a point inside it.

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
    kept = read_kept(path, ("xy",))
    if kept is not None:
        header, arrays = kept
        return _premises(header["id"], header["name"], header["kind"], arrays["xy"])
    premises = _parse(file)
    frame = premises.frame
    header = {"schema": SCHEMA, "id": frame["premises_id"].tolist(), "name": frame["name"].tolist()}
    write_kept(path, {**header, "kind": frame["kind"].tolist()}, {"xy": premises.xy})
    return premises


@dataclass
class _Rows:
    """Columns that grow while a file is read."""

    id: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    shape: list[str] = field(default_factory=list)


def _parse(file: InputFile) -> Premises:
    try:
        rows = _read_rows(file)
    except (RuntimeError, osmium.InvalidLocationError, ValueError) as problem:
        raise InputError("error.unreadable", file=file.path.name, reason=str(problem)) from problem
    shapes = shapely.from_wkb(rows.shape)
    points = shapely.get_coordinates(shapely.point_on_surface(shapes)).reshape(-1, 2)
    xy = np.rint(points * _PER_DEGREE) / _PER_DEGREE
    order = sorted(range(len(rows.id)), key=lambda row: (rows.id[row][0], int(rows.id[row][1:])))
    ids, names, kinds = ([column[row] for row in order] for column in (rows.id, rows.name, rows.kind))
    return _premises(ids, names, kinds, xy[order])


def _read_rows(file: InputFile) -> _Rows:
    rows = _Rows()
    wanted = osmium.filter.TagFilter(*KINDS, *HOUSES)
    entities = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    # Ways take part as nodes of areas only; libosmium closes them and puts the parts of relations together.
    found: Iterable[Any] = (
        osmium.FileProcessor(osmium.io.File(str(file.path), file.kind), entities)
        .with_areas(wanted)
        .with_filter(osmium.filter.EntityFilter(osmium.osm.NODE | osmium.osm.AREA))
        .with_filter(wanted)
    )
    as_wkb = osmium.geom.WKBFactory()
    for entity in found:
        if entity.is_node():
            letter, number, shape = "n", entity.id, as_wkb.create_point(entity) if entity.location.valid() else None
        else:
            letter, number, shape = "w" if entity.from_way() else "r", entity.orig_id(), _outline(entity, as_wkb)
        if shape is None:
            continue
        tag = entity.tags.get
        rows.id.append(f"{letter}{number}")
        rows.name.append(without_phones(text_of(tag("name"))))
        kind = next(kind for (key, value), kind in (*KINDS.items(), *HOUSES.items()) if tag(key) == value)
        rows.kind.append(_house(kind, rows.name[-1]))
        rows.shape.append(shape)
    return rows


def _house(kind: str, name: str) -> str:
    """The kind, and of a college whose name is that of a technical school that."""
    technical = re.search(TECHNICAL, name.lower().replace(" ", ""))
    return "premises.tech" if kind == "premises.college" and technical else kind


def _outline(area: Any, as_wkb: Any) -> str | None:
    """An area's polygons in hexadecimal; nothing for one whose nodes are missing or whose rings do not close."""
    try:
        return str(as_wkb.create_multipolygon(area))
    except (RuntimeError, osmium.InvalidLocationError):
        return None


def _premises(ids: list[str], names: list[str], kinds: list[str], xy: Floats) -> Premises:
    frame = pd.DataFrame({"premises_id": ids, "name": names, "kind": kinds, "address": "", "source": "osm"})
    return Premises(gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(xy[:, 0], xy[:, 1]), crs="EPSG:4326"))
