"""Water of an OSM file, for drawing: lakes, wide rivers and reservoirs as areas, rivers and canals as lines; cached."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import osmium
import shapely

from catchment.errors import InputError
from catchment.inputs.cells import text_of, without_phones
from catchment.kept import kept_file, read_kept, write_kept
from catchment.model import Water

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from catchment.files import InputFile

SCHEMA = "catchment.water/1"

AREAS: tuple[tuple[str, str], ...] = (
    ("natural", "water"),
    ("waterway", "riverbank"),
    ("waterway", "dock"),
    ("landuse", "reservoir"),
    ("landuse", "basin"),
)
"""Tags of areas of water. Coastlines are left out: which side is the sea is not said in one of their ways."""

LINES: tuple[tuple[str, str], ...] = (("waterway", "river"), ("waterway", "canal"))
"""Tags of lines of water; one in a tunnel is not seen."""

_KEYS = ("natural", "waterway", "landuse")
_RELATIONS = {"multipolygon", "boundary"}
_OPEN = {None, "no"}


def read_water(file: InputFile, *, cache: Path | None = None) -> Water:
    """
    Areas and lines with one of the tags, in the order of OSM's numbers, ways before relations.

    An area whose nodes are missing or whose rings do not close is left out and counted.

    Parameters
    ----------
    file
        From ``open_input``.
    cache
        Folder in which they are kept, by checksum of the file; ``None`` reads afresh.

    Raises
    ------
    InputError
        If the file is cut off or damaged, or its elements are not in the order of their numbers.
    """
    if cache is None:
        return _parse(file)
    path = kept_file(cache, SCHEMA, file.sha256())
    kept = read_kept(path, ("areas", "areas_ptr", "lines", "lines_ptr"))
    if kept is not None:
        header, arrays = kept
        areas, lines = (_unpacked(arrays[name], arrays[f"{name}_ptr"]) for name in ("areas", "lines"))
        return Water(_table(header["areas"], areas), _table(header["lines"], lines), header["broken"])
    water = _parse(file)
    tables = {"areas": water.areas, "lines": water.lines}
    names = {name: table["name"].tolist() for name, table in tables.items()}
    arrays = {}
    for name, table in tables.items():
        arrays[name], arrays[f"{name}_ptr"] = _packed(table.geometry.to_numpy())
    write_kept(path, {"schema": SCHEMA, **names, "broken": water.broken_count}, arrays)
    return water


def _packed(shapes: Any) -> tuple[Any, Any]:
    """Shapes as bytes, one after another, and where each begins."""
    parts = shapely.to_wkb(shapes).tolist()
    return np.frombuffer(b"".join(parts), np.uint8), np.cumsum([0, *map(len, parts)])


def _unpacked(text: Any, ptr: Any) -> Any:
    whole, at = text.tobytes(), ptr.tolist()
    return shapely.from_wkb([whole[start:stop] for start, stop in pairwise(at)])


def _table(names: list[str], shapes: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": names}, geometry=np.asarray(shapes, object), crs="EPSG:4326")


@dataclass
class _Rows:
    """What grows while a file is read: name and shape in hexadecimal by kind of element and number."""

    areas: dict[tuple[bool, int], tuple[str, str]] = field(default_factory=dict)
    lines: dict[tuple[bool, int], tuple[str, str]] = field(default_factory=dict)
    expected: set[tuple[bool, int]] = field(default_factory=set)
    """Elements that should be an area, each as whether it is a relation, and its number."""


def _parse(file: InputFile) -> Water:
    rows = _Rows()
    try:
        # Most road files hold no water; to see that takes a fifth of the time of joining areas.
        if _notice(file, rows):
            _read(file, rows)
    except (RuntimeError, osmium.InvalidLocationError, ValueError) as problem:
        raise InputError("error.unreadable", file=file.path.name, reason=str(problem)) from problem
    broken = rows.expected - set(rows.areas)
    return Water(_of_rows(rows.areas), _of_rows(rows.lines), len(broken))


def _of_rows(found: Mapping[tuple[bool, int], tuple[str, str]]) -> gpd.GeoDataFrame:
    ordered = [found[key] for key in sorted(found)]
    return _table([name for name, _ in ordered], shapely.from_wkb([shape for _, shape in ordered]))


def _notice(file: InputFile, rows: _Rows) -> bool:
    """Look through the tags; say whether there is any water."""
    entities = osmium.osm.WAY | osmium.osm.RELATION
    elements: Iterable[Any] = osmium.FileProcessor(osmium.io.File(str(file.path), file.kind), entities).with_filter(
        osmium.filter.KeyFilter(*_KEYS)
    )
    any_line = False
    for element in elements:
        tag, related = element.tags.get, element.is_relation()
        if _has(tag, AREAS) and tag("area") != "no" and (not related or tag("type") in _RELATIONS):
            rows.expected.add((related, element.id))
        any_line |= not related and _is_line(tag)
    return any_line or bool(rows.expected)


def _read(file: InputFile, rows: _Rows) -> None:
    """Lines as they are; of areas libosmium closes the ways and puts the parts of relations together."""
    wanted = osmium.filter.TagFilter(*AREAS, *LINES)
    entities = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    found: Iterable[Any] = (
        osmium.FileProcessor(osmium.io.File(str(file.path), file.kind), entities)
        .with_areas(osmium.filter.TagFilter(*AREAS))
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY | osmium.osm.AREA))
        .with_filter(wanted)
    )
    as_wkb = osmium.geom.WKBFactory()
    for element in found:
        if element.is_area():
            key = (not element.from_way(), element.orig_id())
            if key in rows.expected:
                _add(rows.areas, key, element, as_wkb.create_multipolygon)
        elif _is_line(element.tags.get):
            _add(rows.lines, (False, element.id), element, as_wkb.create_linestring)


def _add(rows: dict[tuple[bool, int], tuple[str, str]], key: tuple[bool, int], element: Any, draw: Any) -> None:
    try:
        rows[key] = (without_phones(text_of(element.tags.get("name"))), str(draw(element)))
    except (RuntimeError, osmium.InvalidLocationError):  # missing nodes, or rings that do not close
        return


def _has(tag: Any, tags: Iterable[tuple[str, str]]) -> bool:
    return any(tag(key) == value for key, value in tags)


def _is_line(tag: Any) -> bool:
    return _has(tag, LINES) and not _has(tag, AREAS) and tag("tunnel") in _OPEN
