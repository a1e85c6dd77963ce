"""The place that somebody means, by coordinates or by a name of the project's own files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from catchment.errors import SettingsError
from catchment.files import open_input
from catchment.inputs.gazetteer import no_places, read_gazetteer
from catchment.inputs.headers import normal
from catchment.inputs.lines import KINDS as LINE_KINDS
from catchment.inputs.place_names import place_stem
from catchment.model.place import NamedPlace
from catchment.network.osm import KINDS as OSM_KINDS
from catchment.pipeline.named import nearest_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catchment.config import Settings
    from catchment.pipeline.read import Inputs

_LON_LAT = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*[,，;\s]\s*(-?\d+(?:\.\d+)?)\s*")

SAME_SPOT_DEGREES = 0.0005
"""Places of one name that are nearer than this to one another are one."""


def lon_lat_of(written: str) -> tuple[float, float]:
    """
    A place as written, longitude first.

    Raises
    ------
    SettingsError
        If it is no pair of numbers, or no place on earth.

    Examples
    --------
    >>> lon_lat_of("114.39, 27.81"), lon_lat_of("114.39，27.81")
    ((114.39, 27.81), (114.39, 27.81))
    """
    found = _LON_LAT.fullmatch(written)
    lon, lat = (float(found[1]), float(found[2])) if found else (np.nan, np.nan)
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise SettingsError("error.place_written", found=written)
    return lon, lat


def places_named(
    written: str, inputs: Inputs, settings: Settings, *, cache: Path | None = None
) -> tuple[NamedPlace, ...]:
    """
    The places of a name: sites, regions, premises and, in OSM road files, villages and offices.

    A whole name counts before a name without its service or office (秀江街道办事处 is 秀江街道), that before a part
    of a name.

    Parameters
    ----------
    written
        The name.
    inputs, settings
        What was read.
    cache
        Folder for what is kept of road files.

    Raises
    ------
    SettingsError
        If there is none; it names the nearest.
    """
    known = list(_known(inputs, settings, cache))
    asked, stem = normal(written), normal(place_stem(written))
    for found in (
        [place for place in known if normal(place.name) == asked],
        [place for place in known if normal(place_stem(place.name)) == stem],
        [place for place in known if asked and asked in normal(place.name)],
    ):
        if found:
            return tuple(_apart(found))
    names = [place.name for place in known]
    raise SettingsError("error.place_unknown", found=written, nearest=nearest_name(written, names))


def _known(inputs: Inputs, settings: Settings, cache: Path | None) -> Iterator[NamedPlace]:
    sites = inputs.sites
    for name, (lon, lat) in zip(sites.frame["name"], sites.xy.tolist(), strict=True):
        yield NamedPlace(str(name), "site", lon, lat)
    if inputs.regions is not None:
        spots = inputs.regions.frame.geometry.representative_point()
        for name, spot in zip(inputs.regions.frame["name"], spots, strict=True):
            yield NamedPlace(str(name), "region", spot.x, spot.y)
    if inputs.premises is not None:
        for name, (lon, lat) in zip(inputs.premises.frame["name"], inputs.premises.xy.tolist(), strict=True):
            yield NamedPlace(str(name), "premises", lon, lat)
    file = open_input(settings.inputs.roads, *OSM_KINDS, *LINE_KINDS)
    places = read_gazetteer(file, cache=cache) if file.kind in OSM_KINDS else no_places()
    for name, (lon, lat) in zip(places.frame["name"], places.xy.tolist(), strict=True):
        yield NamedPlace(str(name), "place", lon, lat)


def _apart(found: list[NamedPlace]) -> list[NamedPlace]:
    """Each once, in order; those of one name on one spot are one place."""
    kept: list[NamedPlace] = []
    for place in found:
        near = (max(abs(each.lon - place.lon), abs(each.lat - place.lat)) for each in kept)
        if place.name and not any(degrees < SAME_SPOT_DEGREES for degrees in near):
            kept.append(place)
    return kept
