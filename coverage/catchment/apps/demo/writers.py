"""The files of the demo, the same bytes on every machine: nothing compressed, no clock, no version in them."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import osmium
import rasterio
import xlsxwriter
from osmium.osm import mutable

from catchment.apps.demo.frame import CELLS_PER_DEGREE
from catchment.apps.demo.ledger import HEADERS
from catchment.apps.demo.people import NO_DATA
from catchment.files import atomic_output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import shapely

    from catchment.apps.demo.frame import Frame
    from catchment.apps.demo.ledger import Cell
    from catchment.apps.demo.lines import Lines, Marks
    from catchment.model import Floats, Ints

_SNAPSHOT = "2023-12-01T00:00:00Z"
_EARLIEST_IN_ZIP = (1980, 1, 1, 0, 0, 0)


def write_streets(path: Path, frame: Frame, lines: Lines, marks: Marks) -> None:
    """Write an OpenStreetMap file with the map's box and a date of its own; equal vertices become one node."""
    header = osmium.io.Header()
    header.set("generator", "catchment demo")
    header.set("osmosis_replication_timestamp", _SNAPSHOT)
    west, south, east, north = frame.box
    header.add_box(osmium.osm.Box(osmium.osm.Location(west, south), osmium.osm.Location(east, north)))
    node, lonlat = _nodes(frame.degrees(lines.xy))
    stated = [{key: text for key, text in tags.items() if text} for tags in lines.tags]
    with atomic_output(path) as draft:
        target = osmium.io.File(str(draft), "osm.pbf,pbf_compression=none,add_metadata=false")
        with osmium.SimpleWriter(target, header=header, overwrite=True) as writer:
            for row, place in enumerate(lonlat.tolist(), start=1):
                writer.add_node(mutable.Node(id=row, location=tuple(place)))
            places = frame.degrees(marks.xy).tolist()
            for row, (place, tags) in enumerate(zip(places, marks.tags, strict=True), start=len(lonlat) + 1):
                writer.add_node(mutable.Node(id=row, location=tuple(place), tags=dict(tags)))
            refs, ptr = (node + 1).tolist(), lines.ptr.tolist()
            for number, tag in enumerate(lines.tag.tolist()):
                way = mutable.Way(id=number + 1, nodes=refs[ptr[number] : ptr[number + 1]], tags=stated[tag])
                writer.add_way(way)


def _nodes(lonlat: Floats) -> tuple[Ints, Floats]:
    """Node of each vertex, numbered by first appearance, and the nodes' places."""
    whole = np.rint(lonlat * 1e7).astype(np.int64)
    _, first, node = np.unique(whole[:, 0] * 10_000_000_000 + whole[:, 1], return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[node.ravel()], lonlat[first[order]]


def write_population(path: Path, frame: Frame, persons: Floats) -> None:
    """Write a grid of persons per cell like WorldPop's."""
    size = 1 / CELLS_PER_DEGREE
    west, _, _, north = frame.box
    with (
        atomic_output(path) as draft,
        rasterio.open(
            draft,
            "w",
            driver="GTiff",
            width=persons.shape[1],
            height=persons.shape[0],
            count=1,
            dtype="float32",
            crs="EPSG:4326",
            nodata=NO_DATA,
            transform=rasterio.Affine(size, 0, west, 0, -size, north),
            blockysize=persons.shape[0],
        ) as raster,
    ):
        raster.write(persons.astype(np.float32), 1)


def write_ledger(path: Path, title: str, rows: Sequence[tuple[Cell, ...]]) -> None:
    """Write the ledger as an Excel workbook, repacked without compression."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_urls": False}) as book:
        book.set_properties({"created": dt.datetime(2023, 12, 1, tzinfo=dt.UTC)})
        sheet = book.add_worksheet("网点台账")
        bold = book.add_format({"bold": True, "align": "center"})
        sheet.merge_range(0, 0, 0, len(HEADERS) - 1, title, bold)
        sheet.write_row(1, 0, HEADERS, bold)
        for number, row in enumerate(rows, start=2):
            sheet.write_row(number, 0, row)
        sheet.merge_range(len(rows) + 1, 0, len(rows) + 1, len(HEADERS) - 1, rows[-1][0])
        sheet.set_column(1, 6, 20)
    with atomic_output(path) as draft, zipfile.ZipFile(packed) as source, zipfile.ZipFile(draft, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, _EARLIEST_IN_ZIP)
            member.create_system = 0
            target.writestr(member, source.read(name))


def write_townships(path: Path, properties: Sequence[dict[str, str]], outlines: Sequence[shapely.Polygon]) -> None:
    """Write the regions, one to a line."""
    features = [
        json.dumps(
            {
                "type": "Feature",
                "properties": stated,
                "geometry": {"type": "Polygon", "coordinates": [list(outline.exterior.coords)]},
            },
            ensure_ascii=False,
        )
        for stated, outline in zip(properties, outlines, strict=True)
    ]
    text = '{"type": "FeatureCollection", "features": [\n' + ",\n".join(features) + "\n]}\n"
    with atomic_output(path) as draft:
        draft.write_bytes(text.encode())


def write_table(path: Path, rows: Sequence[Sequence[object]]) -> None:
    """Write a CSV as Excel expects it, UTF-8 with a mark."""
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    with atomic_output(path) as draft:
        draft.write_bytes(text.encode("utf-8-sig"))
