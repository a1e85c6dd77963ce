"""Features of a map file, GeoJSON, GeoPackage, Shapefile, file geodatabase or GeoParquet, in WGS84."""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import shape

from catchment.errors import InputError
from catchment.files import without_virtual_drivers
from catchment.inputs.cells import quoted, text_of
from catchment.inputs.geoparquet import geoparquet_frame, geoparquet_header, plain, read_geoparquet_bytes
from catchment.inputs.headers import columns_of
from catchment.inputs.records import Part, Record, column_findings, missing_columns
from catchment.inputs.shapefiles import packed_shapefile, shapefile_encoding
from catchment.inputs.tables import LARGEST_FILE_BYTES, read_text
from catchment.model import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from catchment.files import InputFile
    from catchment.inputs.headers import Wanted

# Names only: a PROJ string or a link may name other files.
_CRS_NAME = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC|ESRI):(?:[\w.]*:)?(\w+)", re.IGNORECASE)
_BROKEN_JSON = (ValueError, RecursionError)
_BROKEN_SHAPE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    shapely.errors.ShapelyError,
)
_BROKEN_LAYER = (AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError, shapely.errors.ShapelyError)
_IN_MEMORY = re.compile(r"/vsimem/[^\s']+")
_GEOPACKAGE = (b"GPKG", b"GP10", b"GP11")


def read_layers(file: InputFile, wanted: Wanted, *, layer: str | None = None) -> tuple[list[Part], list[Finding]]:
    """
    The features of a file, with the attributes that are wanted and shapes in WGS84.

    Parameters
    ----------
    file
        Checked by ``open_input``.
    wanted
        Columns and kind of shape.
    layer
        The only layer to read; by default all that hold the wanted shapes.

    Raises
    ------
    InputError
        If the file is damaged, has no coordinate reference system, or lacks a column that is needed.
    """
    if file.kind == "geojson":
        return _read_geojson(file, wanted)
    if file.kind == "parquet":
        return _read_parquet(file, wanted), []
    return _read_by_gdal(file, wanted, layer)


def _read_geojson(file: InputFile, wanted: Wanted) -> tuple[list[Part], list[Finding]]:
    # Parsed here and not by GDAL: it may be in GB18030, and one broken shape must not cost the others.
    text, findings = read_text(file)
    try:
        content = json.loads(text)
    except _BROKEN_JSON as problem:
        raise InputError("error.unreadable", file=file.path.name, reason=quoted(problem)) from problem
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise InputError("error.not_features", file=file.path.name)
    attributes = [_attributes(feature) for feature in features]
    header = list(dict.fromkeys(name for row in attributes for name in row))
    shapes, flaws = _shapes_of_json(features)
    part = _part(file, "", header, wanted)
    records = tuple(
        Record(number, {name: row.get(header[column]) for name, column in part.columns.index.items()}, geometry, flaw)
        for number, (row, geometry, flaw) in enumerate(
            zip(attributes, _in_wgs84(shapes, _crs_of_json(content, file), file), flaws, strict=True), start=1
        )
    )
    return [replace(part, records=records)], list(findings)


def _attributes(feature: Any) -> dict[str, object]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return {str(name): _plain(value) for name, value in properties.items()} if isinstance(properties, dict) else {}


def _plain(value: Any) -> object:
    """A value that is itself a table, as in ``"parent": {"adcode": 360900}``, stands for its code."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("adcode", "code", "id", "name") if key in value), None)
    return None if isinstance(value, (dict, list)) else value


def _shapes_of_json(features: list[Any]) -> tuple[list[BaseGeometry | None], list[Any]]:
    shapes: list[BaseGeometry | None] = []
    flaws: list[str] = []
    for feature in features:
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        try:
            # Not a number is possible in JSON as Python reads it; it is found later, with its row.
            with np.errstate(invalid="ignore"):
                found = shapely.force_2d(shape(geometry)) if geometry else None
        except _BROKEN_SHAPE:
            shapes.append(None)
            flaws.append("broken")
            continue
        empty = found is None or found.is_empty
        shapes.append(None if empty else found)
        flaws.append("missing" if empty else "")
    return shapes, flaws


def _crs_of_json(content: dict[str, Any], file: InputFile) -> str:
    """RFC 7946 knows WGS84 only; files of before 2016 may name another."""
    stated = content.get("crs")
    if stated is None:
        return "EPSG:4326"
    properties = stated.get("properties") if isinstance(stated, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    match = _CRS_NAME.fullmatch(name) if isinstance(name, str) else None
    if not match:
        raise InputError("error.crs_unknown", file=file.path.name, found=quoted(name or stated))
    authority, code = match.groups()
    return "EPSG:4326" if code.upper() == "CRS84" else f"{authority.upper()}:{code}"


def _in_wgs84(shapes: Sequence[BaseGeometry | None], crs: str, file: InputFile) -> list[BaseGeometry | None]:
    if crs == "EPSG:4326":
        return list(shapes)
    try:
        series = gpd.GeoSeries(list(shapes), crs=crs).to_crs(4326)
    except (RuntimeError, TypeError, ValueError) as problem:  # pyproj's errors are RuntimeErrors
        raise InputError("error.crs_unknown", file=file.path.name, found=quoted(crs)) from problem
    return list(series)


def _read_parquet(file: InputFile, wanted: Wanted) -> list[Part]:
    content = read_geoparquet_bytes(file)
    try:
        header = geoparquet_header(content, file)
        part = _part(file, "", header, wanted)
        frame = geoparquet_frame(content, [header[column] for column in part.columns.index.values()])
        crs = "" if frame.crs is None else "EPSG:4326" if frame.crs == "EPSG:4326" else frame.crs.to_wkt()
        shapes = list(shapely.force_2d(frame.geometry.to_numpy()))
    except _BROKEN_LAYER as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError("error.unreadable", file=file.path.name, reason=quoted(problem)) from problem
    if not crs:
        raise InputError("error.crs_missing", file=file.path.name, layer="")
    placed = _in_wgs84([None if shape is None or shape.is_empty else shape for shape in shapes], crs, file)
    columns = {key: frame[header[column]].tolist() for key, column in part.columns.index.items()}
    records = tuple(
        Record(
            row + 1,
            {key: plain(values[row]) for key, values in columns.items()},
            shape,
            "missing" if shape is None else "",
        )
        for row, shape in enumerate(placed)
    )
    return [replace(part, records=records)]


def _read_by_gdal(file: InputFile, wanted: Wanted, layer: str | None) -> tuple[list[Part], list[Finding]]:
    with without_virtual_drivers():
        import pyogrio  # noqa: PLC0415 - GDAL must start inside the fence

    package, encoding = _opened(file)
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            # What is read from memory has no extension.
            warnings.filterwarnings("ignore", message=".*non conformant file extension")
            listed = pyogrio.list_layers(package)
            if layer is not None and layer not in listed[:, 0].tolist():
                found = ", ".join(quoted(name) for name in listed[:20, 0])
                raise InputError("error.layer_missing", file=file.path.name, layer=quoted(layer), found=found)
            names = _fitting_layers(listed, wanted) if layer is None else [layer]
            layers = [_read_layer(file, package, name, wanted, encoding) for name in names]
    except _BROKEN_LAYER as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError("error.unreadable", file=file.path.name, reason=quoted(problem)) from problem
    if not layers:
        raise InputError("error.empty_file", file=file.path.name)
    parts = [layer for layer in layers if isinstance(layer, Part)]
    if not parts:
        raise next(layer for layer in layers if isinstance(layer, InputError))
    skipped = [name for name, layer in zip(names, layers, strict=True) if isinstance(layer, InputError)]
    findings = [Finding("warning", "finding.sheet_skipped", {"sheet": name}, file.path.name, name) for name in skipped]
    texts = dict.fromkeys(quoted(_IN_MEMORY.sub(file.path.name, str(warning.message))) for warning in said)
    if encoding == "gb18030":
        findings.append(Finding("note", "finding.encoding_gb18030", file=file.path.name))
    return parts, [
        *findings,
        *(Finding("warning", "finding.reader_says", {"text": text}, file.path.name) for text in texts),
    ]


def _fitting_layers(listed: Sequence[Sequence[Any]], wanted: Wanted) -> list[str]:
    """The layers of the wanted shape; if none is, all with shapes, so that each feature says what it is."""
    spatial = [(str(name), str(kind)) for name, kind in listed if kind]
    fitting = [name for name, kind in spatial if wanted.shape in kind or kind in ("Unknown", "GeometryCollection")]
    return fitting or [name for name, _ in spatial]


def _geopackage(file: InputFile) -> bytes:
    """
    The whole file: GDAL gets no path, which it may take for an address, and sees no file beside it.

    Rows that another program has not yet written into the file itself would be lost, so it must be closed there.
    """
    unwritten = file.path.with_name(f"{file.path.name}-wal")
    if unwritten.is_file() and unwritten.stat().st_size:
        raise InputError("error.locked", file=file.path.name, reason=unwritten.name)
    if file.path.stat().st_size > LARGEST_FILE_BYTES:
        raise InputError("error.file_too_big", file=file.path.name, limit_mb=LARGEST_FILE_BYTES // 1_000_000)
    package = file.path.read_bytes()
    if package[68:72] not in _GEOPACKAGE:
        raise InputError("error.wrong_kind", file=file.path.name, found="SQLite", expected="gpkg")
    # Bytes 18 and 19 tell how it is written: 1 is into itself, 2 (WAL) would ask for a second file.
    return package[:18] + b"\x01\x01" + package[20:]


def _opened(file: InputFile) -> tuple[bytes | str, str | None]:
    """What GDAL is given to open, and the encoding of its texts where the format does not say it reliably."""
    if file.kind == "shp":
        return packed_shapefile(file), shapefile_encoding(file)
    if file.kind == "gdb":
        # A folder is the one thing that GDAL must find by itself; it is there, local, and holds the first table.
        return str(file.path.resolve()), None
    return _geopackage(file), None


def _read_layer(
    file: InputFile, package: bytes | str, name: str, wanted: Wanted, encoding: str | None
) -> Part | InputError:
    import pyogrio.raw  # noqa: PLC0415 - as above

    # Texts that were cut in the middle of a letter, as Shapefiles have them, are no error: read as bytes, decoded here.
    raw = encoding and "ISO-8859-1"
    fields = [str(field) for field in pyogrio.read_info(package, layer=name, encoding=raw)["fields"]]
    part = _part_or_error(file, name, [_decoded(field, encoding) for field in fields], wanted)
    if isinstance(part, InputError):
        return part
    meta, fids, blobs, columns = pyogrio.raw.read(
        package,
        layer=name,
        columns=[fields[column] for column in part.columns.index.values()],
        force_2d=True,
        return_fids=True,
        encoding=raw,
    )
    crs = str(meta["crs"] or "")
    if not crs or "Undefined" in crs:
        raise InputError("error.crs_missing", file=file.path.name, layer=name)
    values = dict(zip((str(field) for field in meta["fields"]), columns, strict=True))
    given = [blob is not None for blob in blobs]
    shapes = [
        None if shape is None or shape.is_empty else shape for shape in shapely.from_wkb(blobs, on_invalid="ignore")
    ]
    placed = _in_wgs84(shapes, crs, file)
    records = [
        Record(
            int(fid),
            {
                key: _decoded(_scalar(values[fields[column]][index]), encoding)
                for key, column in part.columns.index.items()
            },
            placed[index],
            "" if placed[index] is not None else "broken" if given[index] else "missing",
        )
        for index, fid in enumerate(fids)
    ]
    return replace(part, records=tuple(records))


def _decoded(value: Any, encoding: str | None) -> Any:
    """A text whose bytes were read as Latin-1; a letter cut at its end is left out."""
    if encoding is None or not isinstance(value, str):
        return value
    return value.encode("latin-1").decode(encoding, "replace").rstrip("\ufffd")


def _scalar(value: Any) -> object:
    return value.item() if isinstance(value, np.generic) else value


def _part(file: InputFile, name: str, header: list[str], wanted: Wanted) -> Part:
    part = _part_or_error(file, name, header, wanted)
    if isinstance(part, InputError):
        raise part
    return part


def _part_or_error(file: InputFile, name: str, header: list[str], wanted: Wanted) -> Part | InputError:
    columns = columns_of(header, wanted.synonyms)
    needs = [group for group in wanted.needs if "pair" not in group]
    if columns.missing(needs):
        return missing_columns(file.path.name, name, [tuple(header)], wanted, spatial=True)
    part = Part(file.path.name, text_of(name), columns, (), spatial=True)
    return replace(part, findings=tuple(column_findings(part)))
