"""Polygons of a map file: sound, in WGS84, and one for each good feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.files import open_input
from catchment.inputs.parts import read_parts
from catchment.inputs.places import shape_word
from catchment.inputs.records import no_good_row
from catchment.model import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from catchment.inputs.headers import Wanted
    from catchment.inputs.records import Part, Record

Area = tuple["Part", "Record", "BaseGeometry"]


def read_areas(path: str | Path, wanted: Wanted) -> tuple[list[Area], list[Finding]]:
    """
    The features of a file that are polygons, the invalid ones repaired.

    Raises
    ------
    InputError
        If the file cannot be read, has no coordinate reference system or no usable polygon.
    """
    file = open_input(path, "geojson", "gpkg", "shp", "parquet")
    parts, findings = read_parts(file, wanted)
    areas, odd = sound_areas(parts)
    if not areas:
        raise no_good_row(file.path.name, [*findings, *odd])
    return areas, [*findings, *odd]


def sound_areas(parts: Sequence[Part]) -> tuple[list[Area], list[Finding]]:
    """The records that are polygons, the invalid ones repaired; and what is odd about the others."""
    areas: list[Area] = []
    findings: list[Finding] = []
    for part in parts:
        repaired: list[str] = []
        for record in part.records:
            sound = _sound_polygon(part, record)
            if isinstance(sound, Finding):
                findings.append(sound)
                continue
            if not shapely.is_valid(record.geometry):
                repaired.append(record.text("name") or record.text("id") or f"#{record.row}")
            areas.append((part, record, sound))
        if repaired:
            names = ", ".join(repaired[:20])
            findings.append(part.finding("warning", "finding.polygons_repaired", count=len(repaired), names=names))
    return areas, findings


def _sound_polygon(part: Part, record: Record) -> BaseGeometry | Finding:
    shape = record.geometry
    if shape is None:
        return part.finding("bad_row", shape_word(record), record)
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return part.finding("bad_row", "finding.shape_kind", record, found=shape.geom_type, expected="Polygon")
    corners = shapely.get_coordinates(shape)
    if not np.isfinite(corners).all():
        return part.finding("bad_row", "finding.shape_broken", record)
    if (np.abs(corners) > (180, 90)).any():
        x, y = corners[(np.abs(corners) > (180, 90)).any(axis=1)][0]
        return part.finding("bad_row", "finding.coordinate_range", record, found=f"{x}, {y}")
    sound: BaseGeometry = (
        shape if shape.is_valid else shapely.make_valid(shape, method="structure", keep_collapsed=False)
    )
    if sound.is_empty or sound.geom_type not in ("Polygon", "MultiPolygon"):
        return part.finding("bad_row", "finding.shape_broken", record)
    return sound
