"""Road lines of a planner's layer: sound, in WGS84, with what the layer says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from catchment.errors import InputError
from catchment.files import open_input
from catchment.inputs.headers import ROAD_COLUMNS, Wanted, normal
from catchment.inputs.layers import read_layers
from catchment.inputs.places import shape_word
from catchment.inputs.records import no_good_row
from catchment.model import Finding, RoadLines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from catchment.files import Kind
    from catchment.inputs.records import Part, Record

WANTED = Wanted(ROAD_COLUMNS, needs=(), holds=(), shape="LineString")

KINDS: tuple[Kind, ...] = ("gpkg", "shp", "gdb", "geojson", "parquet")
"""Files that ``read_lines`` reads, by content."""

_LISTED = 50


def read_lines(path: str | Path, *, layer: str | None = None, fields: Mapping[str, str] | None = None) -> RoadLines:
    """
    Read a layer of road lines: GeoPackage, Shapefile (GBK too), file geodatabase, GeoJSON or GeoParquet, in any CRS.

    Heights are left out, and a feature of several lines is several. ``join_lines`` makes streets of them.

    Parameters
    ----------
    path
        The file; for a Shapefile its ``.shp``, for a file geodatabase its folder.
    layer
        The layer to read; by default all layers of lines.
    fields
        The column that holds ``grade, rank, name, oneway, level, bridge`` or ``tunnel`` where its name is none of the
        usual ones.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, has no coordinate reference system, no such layer or column, or no
        usable line.
    """
    file = open_input(path, *KINDS)
    wanted = Wanted(
        _synonyms(fields or {}), needs=tuple((field,) for field in fields or {}), holds=(), shape="LineString"
    )
    parts, findings = read_layers(file, wanted, layer=layer)
    findings += [finding for part in parts for finding in part.findings]
    rows: list[tuple[Record, BaseGeometry]] = []
    bad: list[Finding] = []
    for part in parts:
        for record, flaw in zip(part.records, line_flaws(part), strict=True):
            if flaw is not None:
                bad.append(flaw)
            elif record.geometry is not None:
                rows.append((record, record.geometry))
    if not rows:
        raise no_good_row(file.path.name, bad)
    return RoadLines(_frame(rows), (*findings, *_shortened(bad)), file.path.name)


def _synonyms(fields: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    unknown = sorted(set(fields) - set(ROAD_COLUMNS))
    if unknown:
        raise InputError("error.field_unknown", found=", ".join(unknown), accepted=", ".join(ROAD_COLUMNS))
    return ROAD_COLUMNS | {field: (column, normal(column)) for field, column in fields.items()}


def line_flaws(part: Part) -> list[Finding | None]:
    """What is wrong with the shape of each record of a part; ``None`` if it is a line to use."""
    words = _flaws([record.geometry for record in part.records])
    return [
        _bad(part, record, word) if record.geometry is None or word else None
        for record, word in zip(part.records, words, strict=True)
    ]


def _flaws(shapes: list[BaseGeometry | None]) -> list[str]:
    """Why each shape is no line to use; empty if it is one."""
    known = np.array(shapes, object)
    lines = np.isin(shapely.get_type_id(known), [shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING])
    xy, row = shapely.get_coordinates(known, return_index=True)
    broken, elsewhere = np.zeros(len(known), bool), np.zeros(len(known), bool)
    broken[row[~np.isfinite(xy).all(axis=1)]] = True
    elsewhere[row[(np.abs(xy) > (180, 90)).any(axis=1)]] = True
    chosen = np.select([~lines, broken, elsewhere], ["shape_kind", "shape_broken", "coordinate_range"], "")
    return [str(word) for word in chosen]


def _bad(part: Part, record: Record, word: str) -> Finding:
    if record.geometry is None:
        return part.finding("bad_row", shape_word(record), record)
    if word == "shape_kind":
        return part.finding(
            "bad_row", "finding.shape_kind", record, found=record.geometry.geom_type, expected="LineString"
        )
    if word == "coordinate_range":
        x, y = shapely.get_coordinates(record.geometry)[0]
        return part.finding("bad_row", "finding.coordinate_range", record, found=f"{x}, {y}")
    return part.finding("bad_row", "finding.shape_broken", record)


def _shortened(bad: list[Finding]) -> list[Finding]:
    """The first of many bad lines, and how many more there are."""
    listed, more = bad[:_LISTED], bad[_LISTED:]
    if not more:
        return listed
    return [*listed, Finding("bad_row", "finding.lines_bad_more", {"count": len(more)}, more[0].file)]


def _frame(rows: list[tuple[Record, BaseGeometry]]) -> gpd.GeoDataFrame:
    """A row for each line; texts as the layer has them."""
    parts, row = shapely.get_parts(np.array([shape for _, shape in rows], object), return_index=True)
    texts = {field: np.array([record.text(field) for record, _ in rows], object)[row] for field in ROAD_COLUMNS}
    return gpd.GeoDataFrame(texts, geometry=parts, crs="EPSG:4326")
