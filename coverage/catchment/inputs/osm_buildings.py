"""Buildings of an OSM file: ways and multipolygons with ``building``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely

from catchment.errors import InputError
from catchment.inputs.cells import number_of, text_of, without_phones
from catchment.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catchment.files import InputFile

    Key = tuple[bool, int]
    """Whether it is a relation, and its number."""

NO_WALLS = {"no", "roof", "carport", "entrance"}
"""Values of ``building`` that neither have a front nor stand before one."""

_TEXTS = ("name", "amenity", "shop", "office")
_LISTED = 20


@dataclass
class _Rows:
    """What grows while a file is read."""

    tags: dict[Key, dict[str, str]] = field(default_factory=dict)
    """Of every building the file has."""
    rings: dict[Key, str] = field(default_factory=dict)
    """Of ways, the closed line in hexadecimal."""
    areas: dict[Key, str] = field(default_factory=dict)
    """Of relations, buildings or not, the polygons in hexadecimal."""


def read_osm_buildings(file: InputFile) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """
    The columns of ``Buildings``, ways before relations, by number; and how many were repaired and left out.

    A way that does not close or lacks nodes, and a relation whose rings do not close, are left out. Roofs without
    walls and what is under the ground are no buildings here.

    Parameters
    ----------
    file
        From ``open_input``.

    Raises
    ------
    InputError
        If the file is cut off or damaged, or its elements are not in the order of their numbers.
    """
    rows = _Rows()
    try:
        _read(file, rows)
    except (RuntimeError, osmium.InvalidLocationError, ValueError) as problem:
        raise InputError("error.unreadable", file=file.path.name, reason=str(problem)) from problem
    areas = {key: text for key, text in rows.areas.items() if key in rows.tags}
    shapes = _polygons(rows.rings) | dict(zip(areas, shapely.from_wkb(list(areas.values())), strict=True))
    sound, repaired = _sound(shapes)
    keys = sorted(sound)
    frame = pd.DataFrame({"building_id": [_id_of(key) for key in keys]})
    frame["kind"] = np.array([rows.tags[key]["building"] for key in keys], object)
    for name in _TEXTS:
        frame[name] = np.array([rows.tags[key].get(name, "") for key in keys], object)
    levels = [number_of(rows.tags[key].get("building:levels")) for key in keys]
    frame["levels"] = np.array(levels, np.float64)
    left_out = sorted(set(rows.tags) - set(sound))
    found = [
        Finding("warning", word, {"count": len(of), "names": ", ".join(_id_of(key) for key in of[:_LISTED])})
        for word, of in (("finding.buildings_repaired", repaired), ("finding.buildings_broken", left_out))
        if of
    ]
    polygons = np.array([sound[key] for key in keys], object)
    return gpd.GeoDataFrame(frame, geometry=polygons, crs="EPSG:4326"), found


def _read(file: InputFile, rows: _Rows) -> None:
    """Ways as closed lines, since libosmium makes no area of a bow-tie; relations put together by it."""
    wanted = osmium.filter.KeyFilter("building")
    entities = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    found: Iterable[Any] = (
        osmium.FileProcessor(osmium.io.File(str(file.path), file.kind), entities)
        .with_areas(wanted)
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY | osmium.osm.RELATION | osmium.osm.AREA))
        .with_filter(wanted)
    )
    as_wkb = osmium.geom.WKBFactory()
    for element in found:
        if element.is_area():
            # Areas come before the relations that they are of.
            if not element.from_way():
                _draw(rows.areas, (True, element.orig_id()), element, as_wkb.create_multipolygon)
        elif _is_building(element):
            key = (element.is_relation(), element.id)
            tag = element.tags.get
            rows.tags[key] = {
                "building": text_of(tag("building")),
                "building:levels": text_of(tag("building:levels")),
                **{name: without_phones(text_of(tag(name))) for name in _TEXTS},
            }
            if not key[0] and element.is_closed():
                _draw(rows.rings, key, element, as_wkb.create_linestring)


def _is_building(element: Any) -> bool:
    tag = element.tags.get
    walls = tag("building") not in NO_WALLS and tag("location") != "underground"
    return walls and (element.is_way() or tag("type") == "multipolygon")


def _draw(shapes: dict[Key, str], key: Key, element: Any, draw: Any) -> None:
    try:
        shapes[key] = str(draw(element))
    except (RuntimeError, osmium.InvalidLocationError):  # missing nodes, or rings that do not close
        return


def _polygons(rings: dict[Key, str]) -> dict[Key, shapely.Geometry]:
    """The insides of closed lines; one of fewer than three places has none."""
    lines = np.asarray(shapely.from_wkb(list(rings.values())), object)
    whole = shapely.get_num_coordinates(lines) >= 4
    xy, line = shapely.get_coordinates(lines[whole], return_index=True)
    polygons: Any = shapely.polygons(shapely.linearrings(xy, indices=line)) if whole.any() else []
    keys = [key for key, is_whole in zip(rings, whole, strict=True) if is_whole]
    return dict(zip(keys, polygons, strict=True))


def _sound(shapes: dict[Key, shapely.Geometry]) -> tuple[dict[Key, shapely.Geometry], list[Key]]:
    """The valid shapes, repaired where that leaves an area; and which were."""
    keys = list(shapes)
    polygons = np.array([shapes[key] for key in keys], object)
    bad = np.flatnonzero(~shapely.is_valid(polygons))
    polygons[bad] = shapely.make_valid(polygons[bad], method="structure", keep_collapsed=False)
    usable = ~shapely.is_empty(polygons) & np.isin(shapely.get_type_id(polygons), [3, 6])
    sound = {keys[row]: polygons[row] for row in np.flatnonzero(usable)}
    return sound, sorted(keys[row] for row in bad if usable[row])


def _id_of(key: Key) -> str:
    """
    An element as the columns name it.

    Examples
    --------
    >>> _id_of((False, 7)), _id_of((True, 8))
    ('w7', 'r8')
    """
    return f"{'r' if key[0] else 'w'}{key[1]}"
