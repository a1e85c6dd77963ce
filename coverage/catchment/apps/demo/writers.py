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

from catchment.apps.demo import atlas
from catchment.apps.demo.curves import kilometres
from catchment.apps.demo.frame import BOX, CELLS_PER_DEGREE, NORTH, WEST, degrees
from catchment.apps.demo.ledger import HEADERS, TITLE
from catchment.apps.demo.people import NO_DATA
from catchment.files import atomic_output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from catchment.apps.demo.junctions import Network
    from catchment.apps.demo.ledger import Cell
    from catchment.model import Floats

_SNAPSHOT = "2023-12-01T00:00:00Z"
_EARLIEST_IN_ZIP = (1980, 1, 1, 0, 0, 0)


def write_streets(path: Path, network: Network) -> None:
    """Write an OpenStreetMap file with the map's box and a date of its own."""
    header = osmium.io.Header()
    header.set("generator", "catchment demo")
    header.set("osmosis_replication_timestamp", _SNAPSHOT)
    header.add_box(osmium.osm.Box(osmium.osm.Location(*BOX[:2]), osmium.osm.Location(*BOX[2:])))
    with atomic_output(path) as draft:
        target = osmium.io.File(str(draft), "osm.pbf,pbf_compression=none,add_metadata=false")
        with osmium.SimpleWriter(target, header=header, overwrite=True) as writer:
            for row, place in enumerate(degrees(network.xy).tolist(), start=1):
                writer.add_node(mutable.Node(id=row, location=tuple(place)))
            for number, (rows, tags) in enumerate(network.ways, start=1):
                stated = {key: text for key, text in tags.items() if text}
                writer.add_way(mutable.Way(id=number, nodes=(rows + 1).tolist(), tags=stated))


def write_population(path: Path, persons: Floats) -> None:
    """Write a grid of persons per cell like WorldPop's."""
    size = 1 / CELLS_PER_DEGREE
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
            transform=rasterio.Affine(size, 0, WEST, 0, -size, NORTH),
            blockysize=persons.shape[0],
        ) as raster,
    ):
        raster.write(persons.astype(np.float32), 1)


def write_ledger(path: Path, rows: Sequence[tuple[Cell, ...]]) -> None:
    """Write the ledger as an Excel workbook, repacked without compression."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_urls": False}) as book:
        book.set_properties({"created": dt.datetime(2023, 12, 1, tzinfo=dt.UTC)})
        sheet = book.add_worksheet("网点台账")
        bold = book.add_format({"bold": True, "align": "center"})
        sheet.merge_range(0, 0, 0, len(HEADERS) - 1, TITLE, bold)
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


def write_townships(path: Path) -> None:
    """Write the regions, cut at the edge of the map."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": township.code, "name": township.name, "county": atlas.COUNTY},
            "geometry": {"type": "Polygon", "coordinates": [_ring(township.outline)]},
        }
        for township in atlas.TOWNSHIPS
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)
    with atomic_output(path) as draft:
        draft.write_bytes(f"{text}\n".encode())


def _ring(outline: Sequence[atlas.Km]) -> list[list[float]]:
    lonlat = np.clip(degrees(kilometres(*outline, outline[0])), BOX[:2], BOX[2:])
    ring: list[list[float]] = lonlat.round(6).tolist()
    return ring
