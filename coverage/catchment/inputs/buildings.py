"""Outlines of buildings, from an OSM file or from any layer of polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from catchment.files import open_input
from catchment.inputs.cells import number_of, without_phones
from catchment.inputs.headers import Wanted
from catchment.inputs.identity import content_ids
from catchment.inputs.kept_shapes import coded, findings_kept, findings_of, packed, unpacked
from catchment.inputs.osm_buildings import read_osm_buildings
from catchment.inputs.polygons import read_areas
from catchment.kept import kept_file, read_kept, write_kept
from catchment.model import Buildings, Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from catchment.files import InputFile
    from catchment.inputs.headers import Synonyms
    from catchment.inputs.polygons import Area
    from catchment.model import Ints

COLUMNS: Synonyms = {
    "id": ("建筑编号", "建筑物编号", "房屋编号", "编号", "编码", "代码", "buildingid", "osmid", "id", "code"),
    "kind": ("building", "建筑类型", "房屋类型", "用途", "类型", "类别", "fclass", "type", "kind", "class", "use"),
    "name": ("建筑名称", "房屋名称", "楼名", "名称", "name"),
    "levels": (
        "层数",
        "楼层",
        "楼层数",
        "总层数",
        "地上层数",
        "buildinglevels",
        "levels",
        "floors",
        "floor",
        "storeys",
    ),
    "amenity": ("amenity",),
    "shop": ("shop",),
    "office": ("office",),
}
"""What the columns of a layer of buildings are called."""

LEAST_OVERLAP_M2 = 1.0
"""Less of one building on another than this [m²] is how people draw."""

SCHEMA = "catchment.buildings/1"

_TEXTS = ("kind", "name", "amenity", "shop", "office")
_ARRAYS = (*_TEXTS, "levels", "shapes", "begin")
_LISTED = 20


def read_buildings(path: str | Path, *, cache: Path | None = None) -> Buildings:
    """
    Read outlines of buildings.

    An invalid outline is repaired where that leaves an area and left out otherwise; both are listed, and so are
    buildings that stand on one another by more than a square metre.

    Parameters
    ----------
    path
        An OSM file (ways and multipolygons with ``building``), or GeoPackage, Shapefile, GeoJSON or GeoParquet.
    cache
        Folder in which those of OSM files are kept, by checksum of the file; ``None`` reads afresh.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, or is a layer without coordinate reference system or usable polygon.
    """
    file = open_input(path, "osm.pbf", "osm", "osm.gz", "osm.bz2", "geojson", "gpkg", "shp", "parquet")
    if file.kind.startswith("osm"):
        frame, findings = _of_osm(file, cache)
    else:
        areas, listed = read_areas(path, Wanted(COLUMNS, needs=(), holds=(), shape="Polygon"))
        frame, repeated = _frame_of(areas)
        counted = {"count": repeated}
        findings = [*listed, *([Finding("warning", "finding.buildings_repeated", counted)] if repeated else [])]
        findings += _overlap_findings(frame)
    said = (Finding(f.level, f.word, f.facts, f.file or file.path.name, f.sheet, f.row, f.column) for f in findings)
    return Buildings(frame, tuple(said))


def _of_osm(file: InputFile, cache: Path | None) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Those of an OSM file and what is odd about them, as kept or read afresh."""
    path = None if cache is None else kept_file(cache, SCHEMA, file.sha256())
    kept = None if path is None else read_kept(path, _ARRAYS)
    if kept is not None:
        return _unkept(*kept)
    frame, findings = read_osm_buildings(file)
    findings += _overlap_findings(frame)
    if path is not None:
        write_kept(path, *_kept(frame, findings))
    return frame, findings


def _kept(frame: gpd.GeoDataFrame, findings: list[Finding]) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Header and arrays of what an OSM file has."""
    columns = {name: coded(frame[name].tolist()) for name in _TEXTS}
    words = {name: words for name, (_, words) in columns.items()}
    header = {"schema": SCHEMA, "id": frame["building_id"].tolist(), "findings": findings_kept(findings), **words}
    shapes, begin = packed(frame.geometry.to_numpy())
    codes = {name: codes for name, (codes, _) in columns.items()}
    return header, {**codes, "levels": frame["levels"].to_numpy(), "shapes": shapes, "begin": begin}


def _unkept(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    texts = {name: np.array(header[name], object)[arrays[name]] for name in _TEXTS}
    frame = pd.DataFrame({"building_id": header["id"], **texts, "levels": arrays["levels"]})
    shapes = unpacked(arrays["shapes"], arrays["begin"])
    return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326"), findings_of(header["findings"])


def _overlap_findings(frame: gpd.GeoDataFrame) -> list[Finding]:
    on_others = overlapping(frame.geometry.to_numpy())
    if not len(on_others):
        return []
    names = ", ".join(frame["building_id"].iloc[on_others[:_LISTED]])
    return [Finding("warning", "finding.buildings_overlap", {"count": len(on_others), "names": names})]


def _frame_of(areas: Sequence[Area]) -> tuple[gpd.GeoDataFrame, int]:
    """The buildings of a layer by id, and how many are there twice."""
    content = ["|".join((record.text("id"), shape.normalize().wkb_hex)) for _, record, shape in areas]
    shared = pd.Series([record.text("id") for _, record, _ in areas]).duplicated(keep=False)
    made = content_ids(content)
    by_id = {
        record.text("id") if record.text("id") and not twice else made[text]: (record, shape)
        for (_, record, shape), twice, text in zip(areas, shared, content, strict=True)
    }
    ids = sorted(by_id)
    columns = {name: [without_phones(by_id[building_id][0].text(name)) for building_id in ids] for name in _TEXTS}
    levels = [number_of(by_id[building_id][0].text("levels")) for building_id in ids]
    frame = pd.DataFrame({"building_id": ids, **columns, "levels": np.array(levels, np.float64)})
    shapes = [by_id[building_id][1] for building_id in ids]
    return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326"), len(areas) - len(ids)


def overlapping(shapes: Sequence[shapely.Geometry] | np.typing.NDArray[np.object_]) -> Ints:
    """
    Indices of the polygons that stand on others by more than a square metre, ascending.

    Parameters
    ----------
    shapes
        In lon, lat.

    Examples
    --------
    Ten-thousandths of a degree are 11 m on the equator.

    >>> squares = [shapely.box(0, 0, 1e-4, 1e-4), shapely.box(1e-4, 0, 2e-4, 1e-4), shapely.box(5e-5, 0, 6e-5, 1e-4)]
    >>> overlapping(squares).tolist()
    [0, 2]
    """
    polygons = np.asarray(shapes, object)
    one, other = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    one, other = one[one < other], other[one < other]
    apart = shapely.touches(polygons[one], polygons[other])
    one, other = one[~apart], other[~apart]
    shared = shapely.area(shapely.intersection(polygons[one], polygons[other]))
    metres_2 = shared * 111_320**2 * np.cos(np.radians(shapely.bounds(polygons[one]).reshape(-1, 4)[:, 1]))
    found = metres_2 > LEAST_OVERLAP_M2
    on_others: Ints = np.unique(np.concatenate([one[found], other[found]]))
    return on_others
