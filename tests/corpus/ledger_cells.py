"""Ledgers with one odd pair of coordinates: every notation, in every form of file, in changing places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyproj
from corpus.books import FORMS, cell
from corpus.cases import CONTACTS, PERSON, PHONE, Case, Said, bytes_of

if TYPE_CHECKING:
    from corpus.books import Form

LON, LAT = 114.3875, 27.8
"""What every fault that can be mended means."""

HEADERS = {
    "zh": ("序号", "网点名称", "网点类型", "县（市、区）", "经度（°）", "纬度（°）"),
    "en": ("No.", "Name", "Type", "County", "Longitude", "Latitude"),
}
GOOD = (
    ("秀江街道就业之家", "乡镇（街道）", "袁州区", 114.382063, 27.803222),
    ("灵泉社区就业之家", "社区（村）", "袁州区", 114.391377, 27.811973),
    ("湖田镇就业之家", "乡镇（街道）", "袁州区", 114.412749, 27.785531),
    ("袁州区就业之家", "县级", "袁州区", 114.374919, 27.797713),
)


@dataclass(frozen=True)
class Fault:
    """A pair of cells that is no plain pair of degrees."""

    name: str
    lon: object
    lat: object
    word: str
    """What is said of the row."""
    at: str = "lon"
    """The cells that it names: ``lon``, ``lat`` or ``both``."""
    mends: tuple[str, str] | None = None
    """Repair of each cell, empty where it is plain; ``None`` if nothing is proposed."""


def _metres(epsg: int) -> tuple[float, float]:
    east, north = pyproj.Transformer.from_crs(4490, epsg, always_xy=True).transform(LON, LAT)
    return round(east, 2), round(north, 2)


def _mended(name: str, lon: object, lat: object, *mends: str) -> Fault:
    both = all(mends)
    swapped = mends[0] == "swapped"
    word = "finding.coordinate_swapped" if swapped else "finding.repair_proposed"
    at = "both" if both else "lon" if mends[0] else "lat"
    return Fault(name, lon, lat, word, at, (mends[0], mends[1]))


_EAST_4547, _NORTH = _metres(4547)
_EAST_38, _ = _metres(4526)
_EAST_39, _NORTH_39 = _metres(4527)

FAULTS = (
    _mended("degrees, minutes and seconds", "114°23′15″", "27°48′0″", "minutes", "minutes"),
    _mended("度分秒", "114度23分15秒", "27度48分00秒", "minutes", "minutes"),
    _mended("E and N before", "E114°23'15.0\"", "N27°48'00\"", "minutes", "minutes"),
    _mended("dots between", "114.23.15", "27.48.00", "minutes", "minutes"),
    _mended("colons between", "114:23:15", "27:48:00", "minutes", "minutes"),
    _mended("blanks between", "114 23 15", "27 48 00", "minutes", "minutes"),
    _mended("decimal minutes", "114°23.25′", "27°48.0′", "minutes", "minutes"),
    _mended("东经 and 北纬", "东经114°23′15″", "北纬27°48′", "minutes", "minutes"),
    _mended("full-width degrees", "１１４°２３′１５″", "２７°４８′", "minutes", "minutes"),
    _mended("minutes in one cell", "114°23′15″", LAT, "minutes", ""),
    _mended("minutes in the other cell", LON, "27°48′", "", "minutes"),
    _mended("a full stop for the point", "114。3875", LAT, "digits", ""),
    _mended("a comma for the point", "114，3875", LAT, "digits", ""),
    _mended("a raised dot for the point", "114·3875", "27．8°", "digits", "digits"),
    _mended("E and N behind", "114.3875E", "27.8 N", "digits", "digits"),
    _mended("a degree sign behind", "114.3875°", "27.8°", "digits", "digits"),
    _mended("经度 and 纬度 before", "经度：114.3875", "纬度：27.8", "digits", "digits"),
    _mended("the letter O", LON, "27.8OO", "", "digits"),
    _mended("a blank inside", "114. 3875", "27 .8", "digits", "digits"),
    _mended("exchanged", LAT, LON, "swapped", "swapped"),
    _mended("exchanged as text", "27.8000", "114.3875", "swapped", "swapped"),
    _mended("exchanged and in minutes", "27°48′", "114°23′15″", "swapped", "swapped"),
    _mended("millionths of a degree", 114387500, 27800000, "millionths", "millionths"),
    _mended("millionths as text", "114387500", "27800000", "millionths", "millionths"),
    _mended("one in millionths", 114387500, LAT, "millionths", ""),
    _mended("metres of zone 38", _EAST_38, _NORTH, "grid", "grid"),
    _mended("metres of zone 38, northing first", _NORTH, _EAST_38, "grid", "grid"),
    _mended("metres of zone 39", _EAST_39, _NORTH_39, "grid", "grid"),
    _mended("metres of meridian 114", _EAST_4547, _NORTH, "grid", "grid"),
    _mended("metres of meridian 114, northing first", _NORTH, _EAST_4547, "grid", "grid"),
    _mended("both in the first cell", "114.3875,27.8", "", "pair", "pair"),
    _mended("both in the second cell", "", "114.3875；27.8", "pair", "pair"),
    _mended("both in both cells", "27.8，114.3875", "27.8，114.3875", "pair", "pair"),
    _mended("a WKT point", "POINT(114.3875 27.8)", "", "pair", "pair"),
    _mended("both with their names", "东经114°23′15″北纬27°48′", "", "pair", "pair"),
    Fault("metres of an unknown meridian", _metres(4548)[0], _NORTH, "finding.ask_grid"),
    Fault("Web Mercator", 12733559, 3222711, "finding.ask_mercator"),
    Fault("blank", "", "", "finding.coordinate_missing"),
    Fault("待定 and 无", "待定", "无", "finding.coordinate_missing"),
    Fault("a stroke", "/", "—", "finding.coordinate_missing"),
    Fault("#N/A", "#N/A", "#N/A", "finding.coordinate_missing"),
    Fault("NaN", "NaN", "nan", "finding.coordinate_missing"),
    Fault("no longitude", "", LAT, "finding.coordinate_missing"),
    Fault("no latitude", LON, "", "finding.coordinate_missing", "lat"),
    Fault("0, 0", 0, 0, "finding.coordinate_zero"),
    Fault("0.000 as text", "0.000", "0.000", "finding.coordinate_zero"),
    Fault("words", "秀江路旁", LAT, "finding.coordinate_text"),
    Fault("infinite", "1e999", LAT, "finding.coordinate_text"),
    Fault("inf", "inf", LAT, "finding.coordinate_text"),
    Fault("#REF!", "#REF!", LAT, "finding.coordinate_text"),
    Fault("73 minutes", "114°73′15″", "27°48′", "finding.coordinate_minutes"),
    Fault("a digit too many", 1143.875, LAT, "finding.coordinate_range"),
    Fault("latitude off the earth", LON, 278.0, "finding.coordinate_range", "lat"),
    Fault("a telephone number", PHONE, LAT, "finding.coordinate_range"),
    Fault("a telephone number as a number", int(PHONE), LAT, "finding.coordinate_range"),
    Fault("a telephone number among words", LON, f"问 {PHONE}", "finding.coordinate_text", "lat"),
    Fault("template marks", "{{ 7*7 }}", LAT, "finding.coordinate_text"),
    Fault("braces and percents", LON, "{found} %s", "finding.coordinate_text", "lat"),
)


def _rows(fault: Fault, at: int, language: str, contacts: tuple[str, str]) -> list[list[object]]:
    """The ledger with the faulty row at a place among the good ones, and a contact in every row."""
    body = [list(row) for row in GOOD]
    body.insert(at, ["彬江镇就业之家", "乡镇（街道）", "袁州区", fault.lon, fault.lat])
    header = [*HEADERS[language], *contacts]
    return [header, *([number, *row, PERSON, PHONE] for number, row in enumerate(body, start=1))]


def _case(fault: Fault, form: Form, number: int) -> Case:
    at, language = number % (len(GOOD) + 1), ("zh", "en")[number // 2 % 2]
    row = form.above + 2 + at
    cells = {"lon": cell(4, row), "lat": cell(5, row), "both": f"{cell(4, row)}, {cell(5, row)}"}
    says = [*form.says, Said("finding.contacts_dropped", sheet=form.sheet), Said(fault.word, row, cells[fault.at])]
    proposed = {}
    if fault.mends is not None:
        says.append(Said("finding.repairs_waiting"))
        values = zip(("lon", "lat"), fault.mends, (LON, LAT), strict=True)
        proposed = {cells[axis]: (f"repair.{word}", value) for axis, word, value in values if word}
    rows = _rows(fault, at, language, CONTACTS[number % len(CONTACTS)])
    return Case(
        f"{fault.name}, {form.name}",
        "sites",
        f"台账{number:03d}.{form.suffix}",
        bytes_of(form.content, rows),
        kept=len(GOOD),
        says=tuple(says),
        sheet=form.sheet,
        proposed=proposed,
        kept_repaired=len(GOOD) + 1 if proposed else None,
    )


def cell_cases() -> list[Case]:
    """Each fault in each form of file; row, language and names of the contact columns change from one to the next."""
    pairs = [(fault, form) for fault in FAULTS for form in FORMS]
    return [_case(fault, form, number) for number, (fault, form) in enumerate(pairs)]
