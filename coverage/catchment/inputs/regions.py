"""Counties, townships or any areas to report by, and the outline of the road data."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from catchment.errors import InputError
from catchment.inputs.cells import quoted
from catchment.inputs.headers import OUTLINE_COLUMNS, REGION_COLUMNS, Wanted, normal
from catchment.inputs.polygons import read_areas
from catchment.inputs.urban import setting_of
from catchment.model import Regions

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

REGIONS = Wanted(REGION_COLUMNS, needs=(("name", "id", "parent"),), holds=(), shape="Polygon")
OUTLINE = Wanted(OUTLINE_COLUMNS, needs=(), holds=(), shape="Polygon")

_COLUMNS = ("region_id", "name", "parent", "settlement", "annex")

_COUNTY = ("县区", "县市区", "区县", "县", "county", "district")


def read_regions(path: str | Path) -> Regions:
    """
    Read areas: GeoJSON, GeoPackage or shapefile polygons with a code or a name.

    A region without a code is known by its name. Invalid polygons are repaired and named in the findings. A column of
    class codes (城乡分类: 111, 112 city; 121-123 town; 210, 220 rural) becomes ``settlement``, one of
    rows of the plan's annex (附件行) becomes ``annex``.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, has no coordinate reference system, no usable polygon, or two regions
        with one id.
    """
    areas, findings = read_areas(path, REGIONS)
    rows = []
    for part, record, shape in areas:
        region_id, name, parent = (record.text(field) for field in ("id", "name", "parent"))
        if "name" not in part.columns.index and normal(part.columns.written.get("parent", "")) in _COUNTY:
            # A layer of counties with a column "county" and no other name means its own by it.
            name, parent = parent, ""
        if not region_id and not name:
            findings.append(part.finding("warning", "finding.region_nameless", record, "name"))
        row_name = f"#{record.row}"
        settlement = setting_of(code) if (code := record.text("settlement")) else ""
        if code and not settlement:
            found = quoted(code)
            findings.append(part.finding("warning", "finding.class_code_unknown", record, "settlement", found=found))
        texts = (region_id or name or row_name, name or region_id or row_name, parent, settlement)
        rows.append((*texts, record.text("annex"), shape))
    shared = [region_id for region_id, count in Counter(row[0] for row in rows).items() if count > 1]
    if shared:
        ids = ", ".join(map(quoted, shared[:20]))
        raise InputError("error.region_ids_shared", file=areas[0][0].file, count=len(shared), ids=ids)
    rows.sort(key=lambda row: row[0])
    columns = {name: [row[at] for row in rows] for at, name in enumerate(_COLUMNS)}
    for name in ("settlement", "annex"):
        if not any(name in part.columns.index for part, *_ in areas):
            del columns[name]
    frame = gpd.GeoDataFrame(columns, geometry=[row[-1] for row in rows], crs="EPSG:4326")
    return Regions(frame, tuple(findings))


def read_outline(path: str | Path) -> BaseGeometry:
    """
    The union of all polygons of a file, WGS84: how far the planner says the road data reaches.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it has no usable polygon; one bad polygon is enough to refuse it, since the outline would be too small.
    """
    areas, findings = read_areas(path, OUTLINE)
    bad = [finding for finding in findings if finding.level == "bad_row"]
    if bad:
        raise InputError("error.outline_incomplete", file=bad[0].file, count=len(bad), first=bad[0].facts["cell"])
    return shapely.union_all([shape for _, _, shape in areas])
