"""People and roads: grids, tables of villages, areas and OSM files that are broken or mean something else."""

from __future__ import annotations

import gzip
import json
import math
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import rasterio
import shapely
from corpus.books import csv_bytes
from corpus.cases import PERSON, PHONE, Case, Said, bytes_of, text, written
from corpus.layers import BOW_TIE, OPEN, A, B, collection, feature, point
from rasterio.errors import NotGeoreferencedWarning

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MERCATOR = "EPSG:3857"


def _grid(values: list[list[float]], path: Path, **more: Any) -> None:
    """A GeoTIFF of cells of 0.01 degrees."""
    array: NDArray[Any] = np.array(values, more.pop("dtype", "float32"))
    height, width = array.shape
    said = {key: more.pop(key) for key in ("units", "descriptions", "scales") if key in more}
    options = {"crs": "EPSG:4326", "nodata": -99999, "count": 1, **more}
    cell = rasterio.Affine(0.01, 0, 114.3, 0, -0.01, 27.8)
    with rasterio.open(
        path, "w", driver="GTiff", height=height, width=width, dtype=array.dtype, transform=cell, **options
    ) as target:
        for band in range(1, options["count"] + 1):
            target.write(array, band)
        for key, value in said.items():
            setattr(target, key, value)


def _grids() -> list[Case]:
    good = [[5.0, 0.0], [2.5, -99999.0]]
    case = partial(Case, reader="population", file="人口.tif", kept=2)
    bad = partial(Case, reader="population", file="人口.tif", refused="error.grid_bad_cells")
    return [
        case("no data among people", write=partial(_grid, good)),
        case("cells that are no number", write=partial(_grid, [[5, math.nan], [2.5, math.nan]], nodata=None)),
        case("three bands", write=partial(_grid, good, count=3), says=(Said("finding.grid_bands"),)),
        bad("crowded beyond any city", write=partial(_grid, [[1e6, 1]]), refused="error.population_unit_unsure"),
        bad("no data that is not declared", write=partial(_grid, [[5, -99999]], nodata=None)),
        bad("fewer than none in a cell", write=partial(_grid, [[5, -1]])),
        bad("a fill value of 1e38", write=partial(_grid, [[5, 3.4e38]])),
        bad("infinitely many", write=partial(_grid, [[5, math.inf]])),
        bad("half a file", write=partial(_cut, good, 0.3), refused="error.unreadable"),
        bad("its head", write=written(b"II*\x00" + bytes(40)), refused="error.unreadable"),
        bad("nobody", write=partial(_grid, [[0, 0]]), refused="error.nobody"),
        bad("no coordinate reference system", write=partial(_grid, good, crs=None), refused="error.crs_missing"),
        bad("no place on the earth", write=_placeless, refused="error.crs_missing"),
        bad("complex numbers", write=partial(_grid, good, dtype="complex64"), refused="error.unreadable"),
        bad("some density", write=partial(_grid, good, units=("density",)), refused="error.population_unit_unsure"),
        case(
            "people per hectare",
            write=partial(_grid, good, units=("persons per ha",)),
            says=(Said("finding.population_per_ha"),),
        ),
        case(
            "people per square kilometre",
            write=partial(_grid, good, units=("people per km2",)),
            says=(Said("finding.population_per_km2"),),
        ),
    ]


def _placeless(path: Path) -> None:
    """A grid with a coordinate reference system and no place in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        options = {"driver": "GTiff", "height": 1, "width": 2, "count": 1, "dtype": "float32", "crs": "EPSG:4326"}
        with rasterio.open(path, "w", **options) as target:
            target.write(np.array([[1, 2]], "float32"), 1)


def _cut(values: list[list[float]], share: float, path: Path) -> None:
    _grid(values, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])


def _villages() -> list[Case]:
    header = ("村", "常住人口", "经度", "纬度", "村主任电话", "联系人")
    good = [("东村", 1200, 114.38, 27.8, PHONE, PERSON), ("西村", "1,100", 114.39, 27.81, PHONE, PERSON)]
    contacts = Said("finding.contacts_dropped")
    faults = {
        "nobody said": (("南村", "", 114.4, 27.8), "finding.persons_missing", "B4"),
        "words": (("南村", "一千多", 114.4, 27.8), "finding.persons_bad", "B4"),
        "fewer than none": (("南村", -3, 114.4, 27.8), "finding.persons_bad", "B4"),
        "a telephone number": (("南村", PHONE, 114.4, 27.8), "finding.persons_bad", "B4"),
        "no place": (("南村", 5, "", ""), "finding.coordinate_missing", "C4"),
        "exchanged": (("南村", 5, 27.8, 114.4), "finding.coordinate_swapped", "C4"),
        "minutes": (("南村", 5, "114°23′15″", "27°48′"), "finding.coordinate_minutes", "C4"),
    }
    case = partial(Case, reader="population", file="村表.csv")
    registered = [("村", "户籍人口", "经度", "纬度"), ("东村", 900, 114.38, 27.8)]
    both = [("村", "户籍人口", "常住人口", "经度", "纬度"), ("东村", 900, 700, 114.38, 27.8)]
    return [
        *(
            case(name, write=bytes_of(csv_bytes, [header, *good, row]), kept=2, says=(contacts, Said(word, 4, at)))
            for name, (row, word, at) in faults.items()
        ),
        case("registered", write=bytes_of(csv_bytes, registered), kept=1, says=(Said("finding.persons_registered"),)),
        case("both", write=bytes_of(csv_bytes, both), kept=1, says=(Said("finding.persons_both"),)),
        case("nobody anywhere", write=text("村,常住人口,经度,纬度\n东村,0,114,27\n"), refused="error.nobody"),
        case("no good row", write=text("村,常住人口,经度,纬度\n东村,?,114,27\n"), refused="error.no_good_row"),
        case("no people", write=text("村,经度,纬度\n东村,114,27\n"), refused="error.columns_missing"),
        case("a picture", write=written(b"\x89PNG\r\n\x1a\n" + bytes(30)), refused="error.wrong_kind"),
    ]


def _areas() -> list[Case]:
    case = partial(Case, reader="people", file="村界.geojson", kept=2)
    good = [feature(A, name="东村", population=12), feature(B, name="西村", population=7)]
    shapes: dict[str, tuple[object, str]] = {
        "an open ring": (OPEN, "finding.shape_broken"),
        "a point among areas": (None, "finding.shape_missing"),
    }
    tie = feature(BOW_TIE, name="南村", population=5)
    unread = feature(shapely.box(115, 27, 116, 28), name="南村", population="多")
    return [
        *(
            case(name, write=_json(*good, feature(shape, name="南村", population=5)), says=(Said(word, 3, "#3"),))
            for name, (shape, word) in shapes.items()
        ),
        case("a bow tie", write=_json(*good, tie), kept=3, says=(Said("finding.polygons_repaired"),)),
        case("people of words", write=_json(*good, unread), says=(Said("finding.persons_bad", 3, "#3"),)),
        Case("read as places", "population", "村界.geojson", _json(*good), refused="error.population_areas"),
        case("a point among places", write=_json(point(114.3, 27.7, population=3), point(114.4, 27.7, population=4))),
    ]


def _json(*features: dict[str, Any]) -> Any:
    return text(json.dumps(collection(*features), ensure_ascii=False))


_NODES = "".join(f'<node id="{n}" lon="{114.38 + n / 1000}" lat="27.8"/>' for n in range(1, 5))
_STREET = '<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>'


def _osm(*ways: str, nodes: str = _NODES) -> str:
    return f"<?xml version='1.0'?><osm version='0.6'>{nodes}{''.join(ways)}</osm>"


def _way(*nodes: int, highway: str = "service", **tags: str) -> str:
    refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
    named = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in {"highway": highway, **tags}.items())
    return f'<way id="11">{refs}{named}</way>'


def _pbf(path: Path, *, share: float = 1.0) -> None:
    # The writer wants a name that says what it writes.
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number in range(1, 200):
            writer.add_node(osmium.osm.mutable.Node(id=number, location=(114 + number / 1000, 27.8)))
        for number in range(1, 199):
            tags = {"highway": "residential"}
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=[number, number + 1], tags=tags))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])


def _roads() -> list[Case]:
    """Each odd way beside a good street of one edge."""
    ways: dict[str, tuple[str, int, str]] = {
        "a node that is not there": (_way(3, 99, 4), 1, "finding.missing_nodes"),
        "a way of one node": (_way(4), 1, "finding.short_ways"),
        "a way of no node": (_way(), 1, "finding.short_ways"),
        "a node twice in a row": (_way(3, 3, 4), 2, "finding.repeated_nodes"),
        "a motorway": (_way(3, 4, highway="motorway"), 1, "finding.closed_ways"),
        "a private drive": (_way(3, 4, access="private", foot="no"), 1, "finding.closed_ways"),
        "a road in the making": (_way(3, 4, highway="construction"), 1, "finding.not_streets"),
        "a planned road": (_way(3, 4, highway="proposed"), 1, "finding.not_streets"),
    }
    case = partial(Case, reader="roads", file="路.osm")
    zipped = gzip.compress(_osm(_STREET).encode())
    return [
        *(
            case(name, write=text(_osm(_STREET, way)), kept=kept, says=(Said(word),))
            for name, (way, kept, word) in ways.items()
        ),
        case("a loop of one node", write=text(_osm(_STREET, _way(3, 4, 3))), kept=2),
        case("one way against its drawing", write=text(_osm(_STREET, _way(3, 4, oneway="-1"))), kept=2),
        case("no street", write=text(_osm('<way id="1"><nd ref="1"/></way>')), refused="error.no_streets"),
        case("only a motorway", write=text(_osm(_way(1, 2, highway="motorway"))), refused="error.no_streets"),
        case("half of it", write=text(_osm(_STREET)[:-40]), refused="error.unreadable"),
        case("a tag that is not closed", write=text(_osm("<way>")), refused="error.unreadable"),
        case("a page of the web", write=text("<html><osm/></html>"), refused="error.unreadable"),
        case("GPS tracks", write=text("<?xml version='1.0'?><gpx/>"), refused="error.wrong_kind"),
        case("half a gzip", write=written(zipped[: len(zipped) // 2]), refused="error.unreadable"),
        case("a gzip of a table", write=written(gzip.compress(b"a,b\n1,2\n")), refused="error.unreadable"),
        Case("a PBF", "roads", "路.osm.pbf", _pbf, 198),
        *(
            Case(f"{share:.0%} of a PBF", "roads", "路.osm.pbf", partial(_pbf, share=share), refused=word)
            for share, word in ((0.3, "error.unreadable"), (0.7, "error.unreadable"), (0.99, "error.unreadable"))
        ),
    ]


def people_cases() -> list[Case]:
    """All of them."""
    return [*_grids(), *_villages(), *_areas(), *_roads()]
