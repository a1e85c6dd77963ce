"""Where a record stands: its longitude and latitude, or the reason why they cannot be meant."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from catchment.inputs.cells import is_missing, number_of, quoted, text_of
from catchment.inputs.notations import step_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from catchment.geo.datum import Datum
    from catchment.inputs.records import Part, Record
    from catchment.model import Finding

_DEGREE_MINUTES = re.compile(r"\d\s*[°度:]\s*\d|\d\s*['′分]|\d+\.\d+\.\d|\d+ \d+ \d|\d\s*[NSEW]\b", re.IGNORECASE)
_PAIR = re.compile(r"(?:point)?\s*\(?\s*([^\s,;、()]+)\s*[\s,;、]\s*([^\s,;、()]+)\s*\)?", re.IGNORECASE)
_HINTS: tuple[tuple[Datum, str], ...] = (
    ("wgs84", r"wgs|cgcs|天地图"),
    ("gcj02", r"gcj|高德|腾讯|火星|amap"),
    ("bd09", r"(?<![a-z])bd(?=[\W_]*09|[\W_]*l[aon]|$)|百度|baidu"),
)


@dataclass(frozen=True)
class Place:
    """A longitude and a latitude [degrees]."""

    lon: float
    lat: float
    latitude_first: bool = False
    """It was read from one cell with the latitude first."""
    step: float = 0.0
    """What the last written digit is worth [degrees], the finer of the two; 0 if unknown, as in map files."""
    of_grid: bool = False
    """It was given in metres of a survey grid, whose datum is WGS84 for all that matters here."""


def place_of(part: Part, record: Record) -> Place | Finding:
    """
    The place of a record, or the finding that says why it has none.

    A value is never mended here (see ``repairs``): a swapped or projected one is a bad row. Only a cell with both
    coordinates, whose order nobody states, is read by their range.
    """
    if part.spatial:
        return _place_of_shape(part, record)
    latitude_first = False
    if "lon" in part.columns.index and "lat" in part.columns.index:
        names, found = ("lon", "lat"), (record.values.get("lon"), record.values.get("lat"))
    else:
        names, (found, latitude_first) = ("pair", "pair"), _pair(record.values.get("pair"))
    lon, lat = (number_of(value) for value in found)
    for name, value, number, limit in zip(names, found, (lon, lat), (180, 90), strict=True):
        word = _problem(value, number, limit, swapped=looks_swapped(lon, lat))
        if word:
            shown = value if name != "pair" else record.values.get("pair")
            return part.finding("bad_row", word, record, name, found=quoted(shown))
    step = min(map(step_of, found))
    return Place(float(lon or 0), float(lat or 0), latitude_first, step)


def _pair(value: object) -> tuple[tuple[object, object], bool]:
    text = unicodedata.normalize("NFKC", text_of(value)).strip()
    match = _PAIR.fullmatch(text)
    if is_missing(value) or not match:
        return (value, value), False
    first, second = match.groups()
    if looks_swapped(number_of(first), number_of(second)):
        return (second, first), True
    return (first, second), False


def looks_swapped(lon: float | None, lat: float | None) -> bool:
    """
    Whether a longitude stands where the latitude should, and the other way round.

    Sure beyond 90 degrees; between, where the pair would lie in China if it were exchanged (the far north of Russia and
    Svalbard excepted, nobody lives where it lies now).

    Examples
    --------
    >>> looks_swapped(27.8, 114.4), looks_swapped(39.5, 75.9), looks_swapped(25.8, 71.1), looks_swapped(114.4, 27.8)
    (True, True, False, False)
    """
    if lon is None or lat is None:
        return False
    return (abs(lon) <= 90 < abs(lat) <= 180) or (73 <= lat <= 136 and 17 <= lon <= 54)


def _problem(value: object, number: float | None, limit: float, *, swapped: bool = False) -> str:
    """The word of the finding about one coordinate, or nothing."""
    if is_missing(value):
        return "finding.coordinate_missing"
    if number is None:
        plain = unicodedata.normalize("NFKC", text_of(value))
        minutes = _DEGREE_MINUTES.search(plain) and not isinstance(value, dt.date)
        return "finding.coordinate_minutes" if minutes else "finding.coordinate_text"
    if not math.isfinite(number):
        return "finding.coordinate_text"
    if number == 0:
        return "finding.coordinate_zero"
    if swapped:
        return "finding.coordinate_swapped"
    return "finding.coordinate_range" if abs(number) > limit else ""


def _place_of_shape(part: Part, record: Record) -> Place | Finding:
    if record.flaw:
        return part.finding("bad_row", shape_word(record), record)
    point = _single_point(record.geometry)
    if point is None:
        kind = record.geometry.geom_type if record.geometry is not None else "-"
        return part.finding("bad_row", "finding.shape_kind", record, found=kind, expected="Point")
    lon, lat = (float(number) for number in shapely.get_coordinates(point)[0])
    for number, limit in ((lon, 180), (lat, 90)):
        word = _problem(number, number, limit, swapped=looks_swapped(lon, lat))
        if word:
            return part.finding("bad_row", word, record, found=f"{lon}, {lat}")
    return Place(lon, lat)


def shape_word(record: Record) -> str:
    """The word of the finding about a feature without a usable shape."""
    return "finding.shape_missing" if record.flaw == "missing" else "finding.shape_broken"


def _single_point(shape: BaseGeometry | None) -> BaseGeometry | None:
    points = shapely.get_parts(shape)
    return points[0] if len(points) == 1 and points[0].geom_type == "Point" and not points[0].is_empty else None


def place_findings(part: Part, places: list[Place]) -> list[Finding]:
    """What is odd about the coordinates of a part as a whole."""
    findings = []
    turned = sum(place.latitude_first for place in places)
    if turned:
        findings.append(part.finding("warning", "finding.latitude_first", count=turned))
    headers = [part.columns.written.get(name, "") for name in ("lon", "lat", "pair")]
    suspect = [header for header in headers if hinted_datum(header) not in (None, "wgs84")]
    if suspect and not part.spatial:
        findings.append(part.finding("warning", "finding.other_datum", columns=", ".join(map(quoted, suspect))))
    return findings


def hinted_datum(text: str) -> Datum | None:
    """
    The datum that the name of a file or column speaks of; ``None`` if it speaks of none, or of several.

    Examples
    --------
    >>> hinted_datum("高德经度"), hinted_datum("台账_BD09.xlsx"), hinted_datum("经度"), hinted_datum("wgs84转gcj02")
    ('gcj02', 'bd09', None, None)
    """
    found = [datum for datum, words in _HINTS if re.search(words, text.lower())]
    return found[0] if len(found) == 1 else None
