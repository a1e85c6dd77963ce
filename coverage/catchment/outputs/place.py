"""A place explained, in words for the terminal, in numbers for ``--json``, and its ways as GeoJSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from catchment.model import Cause
from catchment.outputs.payload import type_text
from catchment.outputs.style import distance_text, people_text, printable, rule_text, whole
from catchment.outputs.suggested import people
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catchment.model.place import ExplainedPlace, NamedPlace, Remedy, WayToSite
    from catchment.model.routes import RouteStreet
    from catchment.words import Language

SHORTEST_MM = 5000
"""Shorter stretches are not printed: they would be 0 m."""


def place_lines(found: ExplainedPlace, language: Language) -> Iterator[str]:
    """What can be said of a place, line by line."""
    yield say(
        "place.title",
        language,
        name=printable(found.name) or say("place.this", language),
        lon=f"{found.lon:.6f}",
        lat=f"{found.lat:.6f}",
        region=printable(found.region),
        setting=say(f"setting.{found.setting.name.lower()}", language),
        rule=rule_text(found.rule, language),
    )
    if found.units:
        lon, lat = (f"{degrees:.6f}" for degrees in found.start)
        away = distance_text(found.start_away_m, language)
        yield say("place.people", language, people=people_text(whole(found.units)), lon=lon, lat=lat, away=away)
    else:
        yield say("place.nobody", language)
    if found.cause == Cause.COVERED:
        yield say("place.covered", language)
    else:
        yield say("place.uncovered", language, cause=say(f"cause.{found.cause.name.lower()}", language))
    for number, way in enumerate(found.ways, start=1):
        yield from _way_lines(number, way, found, language)
    if not found.ways:
        yield say("place.no_way", language)
    if found.cause != Cause.COVERED:
        yield say("place.helps" if found.remedies else "place.nothing_helps", language)
        yield from (_remedy_text(remedy, language) for remedy in found.remedies)


def _way_lines(number: int, way: WayToSite, found: ExplainedPlace, language: Language) -> Iterator[str]:
    minutes = found.minutes(way.cost_mm)
    text = say(
        "place.way",
        language,
        number=number,
        site=printable(way.name),
        type=type_text(printable(way.type), language),
        distance=distance_text(way.cost_mm / 1000, language),
    )
    # Rounded up, so that what is beyond a limit is never printed as the limit itself.
    text += "" if minutes is None else say("place.minutes", language, minutes=f"{math.ceil(minutes * 10) / 10:g}")
    yield text + say("place.within" if way.cost_mm <= found.rule.limit_mm else "place.beyond", language)
    legs = [
        (say("place.to_street", language), way.start_gap_mm),
        *((street_text(street, language), street.length_mm) for street in way.streets),
        (say("place.to_site", language), way.end_gap_mm),
    ]
    said = (
        say("place.street", language, street=text, distance=distance_text(length / 1000, language))
        for text, length in legs
        if length >= SHORTEST_MM
    )
    if way.cost_mm >= SHORTEST_MM:
        yield say("place.along", language, streets=say("place.then", language).join(said))


def street_text(street: RouteStreet, language: Language) -> str:
    """
    What a street along a way is called: its name, else its class.

    Examples
    --------
    >>> from catchment.model.routes import RouteStreet
    >>> [street_text(RouteStreet(name, "footway", 1000), "en") for name in ("温汤大街", "")]
    ['温汤大街', 'footway']
    """
    return printable(street.name) or say(f"street.{street.kind}", language)


def _remedy_text(remedy: Remedy, language: Language) -> str:
    distance = distance_text(remedy.distance_mm / 1000, language) if remedy.distance_mm >= 0 else "—"
    if remedy.kind == "no_road" and remedy.distance_mm < 0:
        return say("place.by_no_road_far", language)
    facts = {
        "name": printable(remedy.name),
        "distance": distance,
        "status": say(f"status.{remedy.status}", language) if remedy.status else "",
        "type": type_text(printable(remedy.type), language) if remedy.kind == "uncounted" else "",
        "most": f"{remedy.most_gap_m:g}",
    }
    return say(f"place.by_{remedy.kind}", language, **facts)


def match_lines(name: str, places: Sequence[NamedPlace], language: Language) -> Iterator[str]:
    """The places of one name, so that one of them can be chosen."""
    yield say("place.several", language, name=name, count=len(places))
    for place in places:
        kind = say(f"place.kind_{place.kind}", language)
        lon, lat = f"{place.lon:.6f}", f"{place.lat:.6f}"
        yield say("place.match", language, lon=lon, lat=lat, name=printable(place.name), kind=kind)


def place_record(found: ExplainedPlace) -> dict[str, Any]:
    """The same in numbers, lengths in metres; exact."""
    return {
        "name": found.name,
        "lon": found.lon,
        "lat": found.lat,
        "region": found.region,
        "setting": found.setting.name.lower(),
        "mode": found.rule.mode,
        "limit_m": found.rule.limit_mm / 1000,
        "people": people(found.units),
        "start": list(found.start),
        "covered": found.cause == Cause.COVERED,
        "cause": None if found.cause == Cause.COVERED else found.cause.name.lower(),
        "straight_m": None if math.isnan(found.straight_m) else found.straight_m,
        "ways": [_way_record(way, found) for way in found.ways],
        "remedies": [_remedy_record(remedy) for remedy in found.remedies],
    }


def _way_record(way: WayToSite, found: ExplainedPlace) -> dict[str, Any]:
    return {
        "site_id": way.site_id,
        "name": way.name,
        "type": way.type,
        "length_m": way.cost_mm / 1000,
        "minutes": found.minutes(way.cost_mm),
        "within": way.cost_mm <= found.rule.limit_mm,
        "to_street_m": way.start_gap_mm / 1000,
        "to_site_m": way.end_gap_mm / 1000,
        "streets": [
            {"name": street.name, "highway": street.kind, "length_m": street.length_mm / 1000} for street in way.streets
        ],
    }


def _remedy_record(remedy: Remedy) -> dict[str, Any]:
    record: dict[str, Any] = {"kind": remedy.kind, "name": remedy.name}
    record["distance_m"] = remedy.distance_mm / 1000 if remedy.distance_mm >= 0 else None
    if not math.isnan(remedy.lon):
        record |= {"lon": remedy.lon, "lat": remedy.lat}
    return record


def ways_geojson(found: ExplainedPlace) -> dict[str, Any]:
    """The ways as lines with their gap legs, and the place and the sites as points; WGS84."""
    features = [_feature("Point", list(found.start), {"what": "place", "name": found.name})]
    for number, way in enumerate(found.ways, start=1):
        facts = {"number": number, "name": way.name, "site_id": way.site_id}
        course = [list(found.start), *way.xy.tolist(), [way.lon, way.lat]]
        said = {**facts, "what": "way", "mode": found.rule.mode, "length_m": way.cost_mm / 1000}
        features.append(_feature("LineString", course, said | {"minutes": found.minutes(way.cost_mm)}))
        features.append(_feature("Point", [way.lon, way.lat], {**facts, "what": "site"}))
    return {"type": "FeatureCollection", "features": features}


def _feature(kind: str, coordinates: list[Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}
