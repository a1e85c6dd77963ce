"""Layers of polygons and lines: regions, outlines, buildings, roads and edits that are broken in every usual way."""

from __future__ import annotations

import json
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import shapely
from corpus.cases import PERSON, PHONE, Case, Said, text, written

if TYPE_CHECKING:
    from pathlib import Path


def collection(*features: dict[str, Any], crs: str = "") -> dict[str, Any]:
    """A GeoJSON of these features."""
    named = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    return {"type": "FeatureCollection", **named, "features": list(features)}


def feature(shape: object, **properties: object) -> dict[str, Any]:
    """A feature; the shape is of shapely, or GeoJSON that shapely would not make."""
    geometry = shapely.geometry.mapping(shape) if isinstance(shape, shapely.Geometry) else shape
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def point(lon: float, lat: float, **properties: object) -> dict[str, Any]:
    """A place with what is said of it."""
    return feature(shapely.Point(lon, lat), **properties)


WEST_EAST = collection(
    feature(shapely.box(114.3, 27.7, 114.5, 27.8), code="1", name="南镇", county="袁州区"),
    feature(shapely.box(114.3, 27.8, 114.5, 27.9), code="2", name="北镇", county="袁州区"),
    feature(shapely.box(114.5, 27.7, 114.7, 27.9), code="3", name="东镇", county="樟树市"),
)
"""Two townships of one county, one above the other, and one of the next county east of them."""

A = shapely.box(114.3, 27.7, 114.4, 27.8)
B = shapely.box(114.4, 27.7, 114.5, 27.8)
BOW_TIE = shapely.Polygon([(114.5, 27.7), (114.6, 27.8), (114.6, 27.7), (114.5, 27.8)])
OPEN = {"type": "Polygon", "coordinates": [[[114.5, 27.7], [114.6, 27.7]]]}
FLAT = shapely.Polygon([(114.5, 27.7), (114.6, 27.7), (114.5, 27.7), (114.5, 27.7)])
METRES = shapely.box(450_000, 3_070_000, 460_000, 3_080_000)
LINE = shapely.LineString([(114.3, 27.7), (114.4, 27.8)])

_BAD_POLYGONS: dict[str, tuple[object, str]] = {
    "no outline": (None, "finding.shape_missing"),
    "a ring of two corners": (OPEN, "finding.shape_broken"),
    "an outline without area": (FLAT, "finding.shape_broken"),
    "a point among outlines": (shapely.Point(114.35, 27.75), "finding.shape_kind"),
    "a line among outlines": (LINE, "finding.shape_kind"),
    "metres called degrees": (METRES, "finding.coordinate_range"),
    "a corner that is no number": (
        {"type": "Polygon", "coordinates": [[[114.5, 27.7], [float("nan"), 27.7], [114.6, 27.8], [114.5, 27.7]]]},
        "finding.shape_broken",
    ),
}


def geojson(*features: dict[str, Any], crs: str = "") -> str:
    """Their text."""
    return json.dumps(collection(*features, crs=crs), ensure_ascii=False)


def _polygons(reader: str, key: str, first: str, second: str) -> list[Case]:
    """Each bad polygon among two good ones."""
    good = [feature(A, **{key: first}, 联系人=PERSON, 电话=PHONE), feature(B, **{key: second})]
    case = partial(Case, reader=reader, file="图层.geojson", kept=2)
    contacts = Said("finding.contacts_dropped")
    cases = []
    for name, (shape, word) in _BAD_POLYGONS.items():
        write = text(geojson(*good, feature(shape, **{key: second if reader == "urban" else "3"})))
        if reader == "outline":
            cases.append(case(name, write=write, refused="error.outline_incomplete"))
        else:
            cases.append(case(name, write=write, says=(contacts, Said(word, 3, "#3"))))
    return cases


def _regions() -> list[Case]:
    good = [feature(A, code="1", name="南镇", 联系人=PERSON, 电话=PHONE), feature(B, code="2", name="北镇")]
    contacts = Said("finding.contacts_dropped")
    case = partial(Case, reader="regions", file="乡镇.geojson")
    tie = feature(BOW_TIE, code="3", name="东镇")
    coded = [feature(A, name="南镇", 城乡分类="111"), feature(B, name="北镇", 城乡分类="999")]
    return [
        *_polygons("regions", "name", "南镇", "北镇"),
        case(
            "in GBK",
            write=text(geojson(*good), "gbk"),
            kept=2,
            says=(contacts, Said("finding.encoding_gb18030")),
            holds={"name": ("北镇", "南镇")},
        ),
        case(
            "a bow tie",
            write=text(geojson(*good, tie)),
            kept=3,
            says=(contacts, Said("finding.polygons_repaired")),
        ),
        case(
            "neither name nor code",
            write=text(geojson(*good, feature(shapely.box(115, 27, 116, 28), code="", name=""))),
            kept=3,
            says=(contacts, Said("finding.region_nameless", 3, "#3")),
        ),
        case(
            "a class code nobody knows",
            write=text(geojson(*coded)),
            kept=2,
            says=(Said("finding.class_code_unknown", 2, "#2"),),
        ),
        case("one code twice", write=text(geojson(good[0], good[0])), refused="error.region_ids_shared"),
        case("no names", write=text(geojson(feature(A, colour="red"))), refused="error.columns_missing"),
        case("only points", write=text(geojson(point(114, 27, name="南镇"))), refused="error.no_good_row"),
        case("no features", write=text(geojson()), refused="error.columns_missing"),
        case("cut off", write=text(geojson(*good)[:-9]), refused="error.unreadable"),
        case("a table", write=text("名称,代码\n南镇,1\n"), refused="error.wrong_kind"),
        case("a system by link", write=text(geojson(*good, crs="file:///etc/x")), refused="error.crs_unknown"),
        case(
            "the survey grid, said in the file",
            write=text(geojson(feature(METRES, name="南镇"), crs="urn:ogc:def:crs:EPSG::4547")),
            kept=1,
        ),
    ]


def _urban() -> list[Case]:
    case = partial(Case, reader="urban", file="城区.geojson")
    good = [feature(A, 类型="城区"), feature(B, 类型="镇区")]
    return [
        *_polygons("urban", "类型", "城区", "镇区"),
        case(
            "a setting nobody knows",
            write=text(geojson(*good, feature(A, 类型="郊区"))),
            kept=2,
            says=(Said("finding.setting_unknown", 3, "#3"),),
        ),
        case(
            "outlines of the country",
            write=text(geojson(*good, feature(A, 类型="农村"))),
            kept=2,
            says=(Said("finding.setting_rural", 3, "#3"),),
        ),
        case("only the country", write=text(geojson(feature(A, 类型="农村"))), refused="error.empty_file"),
        case("only words nobody knows", write=text(geojson(feature(A, 类型="x"))), refused="error.no_good_row"),
        *_polygons("outline", "name", "南", "北"),
    ]


def _files() -> list[Case]:
    """Regions as GeoPackage, Shapefile and GeoParquet."""
    frame = gpd.GeoDataFrame({"代码": ["1", "2"], "名称": ["南镇", "北镇"]}, geometry=[A, B], crs="EPSG:4326")

    def file_of(path: Path, driver: str, *, crs: bool, **more: str) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="'crs' was not provided")
            (frame if crs else frame.set_crs(None, allow_override=True)).to_file(path, driver=driver, **more)

    def package(path: Path, *, crs: bool = True, cut: int | None = None) -> None:
        file_of(path, "GPKG", crs=crs)
        path.write_bytes(path.read_bytes()[:cut])

    def shapefile(path: Path, *without: str, encoding: str = "utf-8", crs: bool = True) -> None:
        file_of(path, "ESRI Shapefile", crs=crs, encoding=encoding)
        for suffix in without:
            path.with_suffix(suffix).unlink()

    def parquet(path: Path, *, crs: bool = True, cut: int | None = None) -> None:
        (frame if crs else frame.set_crs(None, allow_override=True)).to_parquet(path)
        path.write_bytes(path.read_bytes()[:cut])

    gpkg, shp, parq = (partial(Case, reader="regions", file=f"乡镇.{suffix}") for suffix in ("gpkg", "shp", "parquet"))
    names = {"name": ("北镇", "南镇")}
    return [
        gpkg("a GeoPackage", write=package, kept=2, holds=names),
        gpkg("half a GeoPackage", write=partial(package, cut=30_000), refused="error.unreadable"),
        gpkg("the head of a GeoPackage", write=partial(package, cut=100), refused="error.unreadable"),
        gpkg("a GeoPackage without a system", write=partial(package, crs=False), refused="error.crs_missing"),
        gpkg("another database", write=written(b"SQLite format 3\x00" + bytes(200)), refused="error.wrong_kind"),
        shp("a Shapefile", write=shapefile, kept=2, holds=names),
        shp(
            "a Shapefile in GBK",
            write=partial(shapefile, encoding="gbk"),
            kept=2,
            says=(Said("finding.encoding_gb18030"),),
            holds=names,
        ),
        shp(
            "a Shapefile in GBK that does not say so",
            write=lambda path: shapefile(path, ".cpg", encoding="gbk"),
            kept=2,
            says=(Said("finding.encoding_gb18030"),),
            holds=names,
        ),
        shp("no table beside it", write=lambda path: shapefile(path, ".dbf"), refused="error.shapefile_parts"),
        shp("no index beside it", write=lambda path: shapefile(path, ".shx"), refused="error.shapefile_parts"),
        shp("a Shapefile without a system", write=partial(shapefile, crs=False), refused="error.crs_missing"),
        parq("a GeoParquet", write=parquet, kept=2, holds=names),
        parq("half a GeoParquet", write=partial(parquet, cut=900), refused="error.unreadable"),
        parq("a GeoParquet without a system", write=partial(parquet, crs=False), refused="error.crs_missing"),
    ]  # fmt: skip


def _lines() -> list[Case]:
    """Road layers, and what-if edits."""
    bad: dict[str, tuple[object, str]] = {
        "no line": (None, "finding.shape_missing"),
        "a point": (shapely.Point(114.3, 27.7), "finding.shape_kind"),
        "a line of one point": ({"type": "LineString", "coordinates": [[114.3, 27.7]]}, "finding.shape_broken"),
        "metres called degrees": (shapely.LineString([(450_000, 3e6), (460_000, 3e6)]), "finding.coordinate_range"),
    }
    cases = []
    for reader, kind in (("lines", "三级"), ("edits", "封闭")):
        good = [feature(LINE, 类型=kind, 联系人=PERSON, 电话=PHONE), feature(LINE, 类型=kind)]
        case = partial(Case, reader=reader, file="线.geojson")
        cases += [
            *(
                case(
                    name,
                    write=text(geojson(*good, feature(shape, 类型=kind))),
                    kept=2,
                    says=(Said("finding.contacts_dropped"), Said(word, 3, "#3")),
                )
                for name, (shape, word) in bad.items()
            ),
            case("only points", write=text(geojson(point(114, 27, 类型=kind))), refused="error.no_good_row"),
            case("half a file", write=text(geojson(*good)[:-20]), refused="error.unreadable"),
        ]
    many = [feature(LINE), *[feature(None)] * 60]
    listed = tuple(Said("finding.shape_missing", row, f"#{row}") for row in range(2, 52))
    edit = partial(Case, reader="edits", file="改动.geojson")
    return [
        *cases,
        Case(
            "sixty bad lines", "lines", "线.geojson", text(geojson(*many)), 1, (*listed, Said("finding.lines_bad_more"))
        ),
        edit(
            "neither barrier nor link",
            write=text(geojson(feature(LINE, 类型="封闭"), feature(LINE, 类型="养护"))),
            kept=1,
            says=(Said("finding.edit_unknown", 2, "#2"),),
        ),
    ]


def _buildings() -> list[Case]:
    case = partial(Case, reader="buildings", file="房屋.geojson")
    house, other = shapely.box(114.38, 27.8, 114.3801, 27.8001), shapely.box(114.39, 27.8, 114.3901, 27.8001)
    upon = shapely.box(114.38005, 27.8, 114.38015, 27.8001)
    return [
        *_polygons("buildings", "建筑编号", "1", "2"),
        case(
            "a house twice",
            write=text(geojson(feature(house), feature(house), feature(other))),
            kept=2,
            says=(Said("finding.buildings_repeated"),),
        ),
        case(
            "a house on another",
            write=text(geojson(feature(house, 编号="1"), feature(upon, 编号="2"))),
            kept=2,
            says=(Said("finding.buildings_overlap"),),
        ),
    ]


def _osm_buildings() -> list[Case]:
    """A good house in a road file, and an odd one of these corners (0 to 3 from the first, round the square)."""
    odd: dict[str, tuple[tuple[int, ...], int, str]] = {
        "a house that does not close": ((5, 6, 7), 1, "finding.buildings_broken"),
        "a house whose corner is not there": ((5, 6, 99, 5), 1, "finding.buildings_broken"),
        "a house that crosses itself": ((5, 7, 6, 8, 5), 2, "finding.buildings_repaired"),
    }
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (5, 0), (6, 0), (6, 1), (5, 1)]
    nodes = "".join(
        f'<node id="{number}" lon="{114.38 + x / 10_000}" lat="{27.8 + y / 10_000}"/>'
        for number, (x, y) in enumerate(corners, start=1)
    )

    def house(number: int, *refs: int) -> str:
        line = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        return f'<way id="{number}">{line}<tag k="building" v="yes"/></way>'

    return [
        Case(
            name,
            "buildings",
            "路.osm",
            text(f"<?xml version='1.0'?><osm version='0.6'>{nodes}{house(1, 1, 2, 3, 4, 1)}{house(2, *refs)}</osm>"),
            kept,
            (Said(word),),
        )
        for name, (refs, kept, word) in odd.items()
    ]


def layer_cases() -> list[Case]:
    """All of them."""
    return [*_regions(), *_urban(), *_files(), *_lines(), *_buildings(), *_osm_buildings()]
