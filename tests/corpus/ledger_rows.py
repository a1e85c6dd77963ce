"""Ledgers whose rows are odd: there twice, on one spot, coarse, of unknown types, outside their county."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from corpus.books import csv_bytes
from corpus.cases import LANDLINE, PERSON, PHONE, Case, Said, bytes_of, text
from corpus.layers import WEST_EAST, collection, point
from corpus.reading import REGIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEADER = ("编码", "名称", "类型", "县区", "乡镇", "地址", "经度", "纬度")
A = ("A1", "秀江街道就业之家", "乡镇（街道）", "袁州区", "", "秀江路1号", 114.382063, 27.803222)
B = ("B2", "灵泉社区就业之家", "社区（村）", "袁州区", "", "灵泉路2号", 114.391377, 27.811973)
C = ("C3", "湖田镇就业之家", "乡镇（街道）", "袁州区", "", "湖田路3号", 114.412749, 27.785531)
COLUMNS = {name: number for number, name in enumerate(HEADER)}


def ledger(name: str, *rows: tuple[object, ...], kept: int, says: tuple[Said, ...], **more: object) -> Case:
    """A CSV with the header above."""
    case = Case(name, "sites", "台账.csv", bytes_of(csv_bytes, [HEADER, *rows]), kept, says)
    return replace(case, **more)


def changed(row: tuple[object, ...], **cells: object) -> tuple[object, ...]:
    """A row with other cells."""
    found = list(row)
    for name, value in cells.items():
        found[COLUMNS[name]] = value
    return tuple(found)


def _twice() -> list[Case]:
    suffix = changed(A, 编码="", 名称="秀江街道办事处 就业之家", 经度=114.3951)
    near = changed(A, 编码="A9", 名称="化成街道就业之家", 纬度=27.803402)
    hall = changed(A, 编码="A9", 名称="袁州区就业之家", 类型="县级")
    return [
        ledger("a row twice", A, B, A, kept=2, says=(Said("finding.site_repeated", 4, "B4"),)),
        ledger(
            "an id of two rows",
            A,
            changed(B, 编码="A1"),
            C,
            kept=3,
            says=(Said("finding.id_shared", 2, "A2"),),
        ),
        ledger(
            "one name written in two ways",
            A,
            suffix,
            kept=2,
            says=(Said("finding.sites_same_name", 3, "B3"),),
        ),
        ledger("20 m away and of one type", A, near, kept=2, says=(Said("finding.sites_close", 3, "B3"),)),
        ledger("two types on one spot", A, hall, kept=2, says=(Said("finding.sites_same_spot", 2, "G2"),)),
        ledger(
            "three on the spot of the town",
            *(changed(A, 编码=f"A{n}", 名称=f"{n}镇就业之家") for n in "123"),
            kept=3,
            says=(
                Said("finding.sites_close", 3, "B3"),
                Said("finding.sites_close", 4, "B4"),
                Said("finding.sites_same_spot", 2, "G2"),
            ),
        ),
    ]


def _words() -> list[Case]:
    status = [[*HEADER, "状态"], [*A, "已建成"], [*B, "看情况"]]
    extra = [*HEADER, "面积", "工作人员数", "是否临街", "建设方式"]
    return [
        ledger("a type nobody knows", A, changed(B, 类型="流动服务车"), kept=2, says=(Said("finding.types_unknown"),)),
        ledger("no name", A, changed(B, 名称=""), kept=2, says=(Said("finding.name_missing", 3, "B3"),)),
        ledger(
            "no name nor address",
            A,
            changed(B, 名称="", 地址="", 编码=""),
            kept=2,
            says=(Said("finding.name_from_id", 3, "B3"),),
        ),
        table(
            "a single building in doubt",
            [[*HEADER, "单体建筑"], [*A, "是"], [*B, "半"]],
            Said("finding.site_single_unknown", 3, "I3"),
        ),
        table("a status nobody knows", status, Said("finding.status_unknown", 3, "I3")),
        table("an area of words", [extra, [*A, "两层", "", "", ""], B], Said("finding.site_area_unread", 2, "I2")),
        table(
            "persons for their number",
            [extra, [*A, 120, f"{PERSON}、{PERSON}", "", ""], B],
            Said("finding.site_staff_unread", 2, "J2"),
        ),
        table("a street front in doubt", [extra, A, [*B, 80, 2, "半"]], Said("finding.site_front_unknown", 3, "K3")),
        table(
            "an odd way of building", [extra, A, [*B, 80, 2, "是", "租赁"]], Said("finding.site_way_unknown", 3, "L3")
        ),
        ledger(
            "letters that no file can carry",
            A,
            changed(B, 名称="灵泉\x07社区\ufffe就业之家"),
            kept=2,
            says=(Said("finding.characters_replaced", 3, "B3"),),
        ),
        ledger(
            "formulas, marks of templates and of pages",
            changed(A, 名称="=HYPERLINK(1)"),
            changed(B, 名称="{% off %}</script>"),
            kept=2,
            says=(),
            holds={"name": ("=HYPERLINK(1)", "{% off %}</script>")},
        ),
    ]


def table(name: str, rows: list[object], *says: Said, kept: int = 2) -> Case:
    """A CSV with a header of its own."""
    return Case(name, "sites", "台账.csv", bytes_of(csv_bytes, rows), kept, says)


def _phones() -> list[Case]:
    three, four, last = PHONE[:3], PHONE[3:7], PHONE[7:]
    wide = PHONE.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    numbers = (
        PHONE,
        wide,
        f"+86 {PHONE}",
        *(f"{three}{gap}{four}{gap}{last}" for gap in ("-", " ", "—", ".")),
        *(f"{area}{LANDLINE}" for area in ("0795-", "（0795）", "0795—", "(0795) ", "0795")),
    )
    return [
        ledger(
            f"a telephone number in the column {column}, way {way} to write it",
            A,
            changed(B, **{column: f"灵泉路2号（电话{number}）"}),
            kept=2,
            says=(Said("finding.phone_removed", 3, f"{'ABCDEFGH'[COLUMNS[column]]}3"), *more),
        )
        for column, more in (("地址", ()), ("名称", ()), ("类型", (Said("finding.types_unknown"),)))
        for way, number in enumerate(numbers, start=1)
    ]


def _coordinates() -> list[Case]:
    minutes = (
        ("甲社区", "114.2315", "27.4800"),
        ("乙社区", "114.2436", "27.4912"),
        ("丙社区", "114.3301", "27.5206"),
        ("丁社区", "114.0102", "27.3044"),
    )
    pairs = {
        "114.382063,27.803222": (),
        "27.803222，114.382063": (Said("finding.latitude_first"),),
        "(114.382063, 27.803222)": (),
        "114.382063；27.803222": (),
        "POINT(114.382063 27.803222)": (),
    }
    mends = {
        "北纬27°48′，东经114°23′15″": "repair.pair",
        "114°23′15″E 27°48′N": "repair.minutes",
        "[114.3875;27.8°]": "repair.digits",
        "[114.3875;27.8]": "repair.pair",
    }
    disguised = [changed(A, 名称=f"{place}就业之家", 编码=place, 经度=lon, 纬度=lat) for place, lon, lat in minutes]
    other_datum = [["名称", "高德经度", "高德纬度"], ["甲", 114.38, 27.80001], ["乙", 114.390001, 27.81]]
    return [
        ledger(
            "two decimals", A, changed(B, 经度="114.38", 纬度="27.80"), kept=2, says=(Said("finding.places_coarse"),)
        ),
        ledger(
            "minutes and seconds for decimals",
            *disguised,
            kept=4,
            says=(Said("finding.minutes_in_disguise"),),
        ),
        *(
            table(f"a pair, {pair}", [["名称", "经纬度"], ["甲", pair], ["乙", "114.391377,27.811973"]], *says)
            for pair, says in pairs.items()
        ),
        *(
            replace(
                table(
                    f"a pair, {pair}",
                    [["名称", "坐标"], ["甲", pair], ["乙", "114.391377,27.811973"]],
                    Said("finding.repair_proposed", 2, "B2"),
                    Said("finding.repairs_waiting"),
                    kept=1,
                ),
                proposed={"B2": (word, float("nan"))},
                kept_repaired=2,
            )
            for pair, word in mends.items()
        ),
        table("a header that names another datum", other_datum, Said("finding.other_datum")),
        replace(
            table("all rows exchanged", [["名称", "经度", "纬度"], ["甲", 27.8, 114.38], ["乙", 27.81, 114.39]]),
            refused="error.no_good_row_swapped",
        ),
        replace(
            table("no row with a coordinate", [["名称", "经度", "纬度"], ["甲", "无", ""], ["乙", "/", "/"]]),
            refused="error.no_good_row",
        ),
    ]


def _within() -> list[Case]:
    """Two counties side by side, 袁州区 from 114.3 to 114.5 and 樟树市 east of it; the townships are halves."""

    def write(rows: list[object], path: Path) -> None:
        path.write_bytes(csv_bytes([HEADER, *rows]))
        path.with_name(REGIONS).write_text(json.dumps(WEST_EAST), encoding="utf-8")

    outside = changed(B, 经度=114.691377)
    township = changed(C, 乡镇="北镇")
    digit = changed(B, 经度=118.391377)
    case: Callable[..., Case] = partial(Case, reader="within", file="台账.csv", kept=2)
    return [
        case("inside", write=partial(write, [A, B])),
        case(
            "in the next county",
            write=partial(write, [A, outside]),
            says=(Said("finding.site_outside_county", 3, "G3"), Said("finding.digit_suggested", 3, "G3")),
        ),
        case(
            "in another township",
            write=partial(write, [A, township]),
            says=(Said("finding.site_outside_township", 3, "G3"), Said("finding.digit_suggested", 3, "H3")),
        ),
        case(
            "one digit wrong",
            write=partial(write, [A, digit]),
            says=(Said("finding.site_outside_county", 3, "G3"), Said("finding.digit_suggested", 3, "G3")),
        ),
        case("of a county that is not there", write=partial(write, [A, changed(B, 县区="丰城市")])),
    ]


def _folders() -> list[Case]:
    def write(files: dict[str, bytes], path: Path) -> None:
        path.mkdir()
        for name, content in files.items():
            (path / name).write_bytes(content)

    good = {"袁州.csv": csv_bytes([HEADER, A, B]), "樟树.csv": csv_bytes([HEADER, C])}
    lock = {"~$袁州.csv": b"\x00", ".hidden.csv": b"x"}
    case: Callable[..., Case] = partial(Case, reader="sites", file="台账", kept=3)
    skipped = Said("finding.file_skipped")
    return [
        case("two files", write=partial(write, good)),
        case("what programs leave beside", write=partial(write, good | lock)),
        case("a file of text", write=partial(write, good | {"通知.txt": b"dear all"}), says=(skipped,)),
        case("a broken workbook", write=partial(write, good | {"坏.xlsx": b"PK\x03\x04"}), says=(skipped,)),
        case(
            "a file sent twice",
            write=partial(write, good | {"樟树(1).csv": csv_bytes([HEADER, C])}),
            says=(Said("finding.site_repeated", 2, "B2"),),
        ),
        case("nothing in it", write=partial(write, {}), refused="error.missing_file"),
        case("no good file", write=partial(write, {"坏.xlsx": b"PK\x03\x04"}), refused="error.unreadable"),
    ]


def _without_places() -> list[Case]:
    plain = [HEADER[:6], A[:6], B[:6]]
    some = [HEADER, A, changed(B, 经度="", 纬度=""), changed(C, 经度="0", 纬度="0")]
    case: Callable[..., Case] = partial(Case, reader="ledger", file="台账.csv")
    return [
        case("no coordinates at all", write=bytes_of(csv_bytes, plain), kept=2),
        case("some without", write=bytes_of(csv_bytes, some), kept=3),
        case("only names", write=text("名称\n甲\n乙\n"), refused="error.columns_missing"),
        case("no rows", write=bytes_of(csv_bytes, [HEADER]), refused="error.empty_file"),
    ]


def _points() -> list[Case]:
    """Ledgers that are layers."""
    good = [point(*A[6:], name=A[1], type=A[2]), point(*B[6:], name=B[1], type=B[2], 联系人=PERSON, 电话=PHONE)]
    line = {"type": "LineString", "coordinates": [[114, 27], [115, 28]]}
    bad: dict[str, tuple[object, str]] = {
        "no shape": (None, "finding.shape_missing"),
        "a line": (line, "finding.shape_kind"),
        "a point of one number": ({"type": "Point", "coordinates": [114]}, "finding.shape_broken"),
        "a point of words": ({"type": "Point", "coordinates": ["东", "西"]}, "finding.shape_broken"),
        "a point at 0, 0": ({"type": "Point", "coordinates": [0, 0]}, "finding.coordinate_zero"),
        "a point exchanged": ({"type": "Point", "coordinates": [27.8, 114.38]}, "finding.coordinate_swapped"),
        "a point in metres": ({"type": "Point", "coordinates": [514000, 3075000]}, "finding.coordinate_range"),
        "an unknown shape": ({"type": "Blob", "coordinates": [1, 2]}, "finding.shape_broken"),
        "an empty point": ({"type": "Point", "coordinates": []}, "finding.shape_missing"),
    }
    contacts = Said("finding.contacts_dropped")
    case: Callable[..., Case] = partial(Case, reader="sites", file="网点.geojson")
    refusals = {
        "no collection": (json.dumps({"type": "Topology"}), "error.not_features"),
        "cut off": (json.dumps(collection(*good))[:-20], "error.unreadable"),
        "a deep nest": ("{" + '"a":{' * 3000, "error.unreadable"),
        "no features": (json.dumps(collection()), "error.columns_missing"),
        "a linked system": (json.dumps({**collection(*good), "crs": {"type": "link"}}), "error.crs_unknown"),
        "a system nobody knows": (json.dumps(collection(*good, crs="EPSG:99999")), "error.crs_unknown"),
    }
    third = {"type": "Feature", "properties": {"name": "丙"}}
    features = {name: collection(*good, {**third, "geometry": shape}) for name, (shape, _) in bad.items()}
    return [
        case(
            "in GB18030",
            write=text(json.dumps(collection(*good), ensure_ascii=False), "gb18030"),
            kept=2,
            says=(contacts, Said("finding.encoding_gb18030")),
        ),
        *(
            case(name, write=text(json.dumps(features[name])), kept=2, says=(contacts, Said(word, 3, "#3")))
            for name, (_, word) in bad.items()
        ),
        *(case(name, write=text(body), refused=word) for name, (body, word) in refusals.items()),
    ]


def row_cases() -> list[Case]:
    """All of them."""
    return [
        *_twice(),
        *_words(),
        *_phones(),
        *_coordinates(),
        *_within(),
        *_folders(),
        *_without_places(),
        *_points(),
    ]
