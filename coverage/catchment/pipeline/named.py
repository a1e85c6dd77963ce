"""Candidates and regions as a planner names them in the project file."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

import numpy as np

from catchment.errors import SettingsError
from catchment.geo.measure import distance_m
from catchment.inputs.headers import normal
from catchment.inputs.osm_premises import KINDS
from catchment.inputs.premises import LISTED, kind_of_premises

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import Candidates, Mask, Regions

SAME_PLACE_M = 50.0
"""A place given by coordinates means the candidate nearest to it, no farther than this [m]."""

STRETCH = ("street", "street_stretch", "寻址路段")
"""What a planner may call a stretch of street."""

_LON_LAT = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*[,，]\s*(-?\d+(?:\.\d+)?)\s*")


def candidate_of(written: int | str, candidates: Candidates, key: str) -> int:
    """
    The candidate that is meant by a number as printed, a place ``lon,lat`` (WGS84) or the name of premises; from 0.

    Parameters
    ----------
    written
        As in the project file.
    candidates
        All of them.
    key
        Of the project file, for messages.

    Raises
    ------
    SettingsError
        If there is none, or several have the name; it names the nearest.
    """
    if isinstance(written, int) or written.strip().isdecimal():
        number = int(written)
        if not 1 <= number <= len(candidates):
            raise SettingsError("error.siting_number", key=key, found=number, count=len(candidates))
        return number - 1
    place = _LON_LAT.fullmatch(written)
    if place:
        return _nearest(written, (float(place[1]), float(place[2])), candidates, key)
    return _named(written, candidates, key)


def _nearest(written: str, lonlat: tuple[float, float], candidates: Candidates, key: str) -> int:
    here = np.tile(np.array(lonlat), (len(candidates), 1))
    away_m = distance_m(here, candidates.xy)
    nearest = int(np.argmin(away_m)) if len(away_m) else -1
    if nearest < 0 or away_m[nearest] > SAME_PLACE_M:
        far = round(float(away_m[nearest])) if nearest >= 0 else "-"
        raise SettingsError("error.siting_place", key=key, found=written, number=nearest + 1, away=far)
    return nearest


def _named(written: str, candidates: Candidates, key: str) -> int:
    names = candidates.frame["name"].tolist()
    found = [number for number, name in enumerate(names) if name and normal(name) == normal(written)]
    if len(found) > 1:
        numbers = ", ".join(str(number + 1) for number in found[:20])
        raise SettingsError("error.siting_name_shared", key=key, found=written, numbers=numbers)
    if not found:
        raise SettingsError("error.siting_name", key=key, found=written, nearest=nearest_name(written, names))
    return found[0]


def nearest_name(written: str, names: Sequence[str]) -> str:
    """
    The name most like a written one.

    Examples
    --------
    >>> nearest_name("袁洲区", ["万载县", "袁州区"]), nearest_name("x", [])
    ('袁州区', '-')
    """
    return next(iter(difflib.get_close_matches(written, sorted({name for name in names if name}), n=1, cutoff=0)), "-")


def regions_named(regions: Regions | None, *, county: str | None, region: str | None, key: str) -> Mask:
    """
    Regions of a county, or the one of a name or id, shape (regions,); all of them if neither is given.

    Raises
    ------
    SettingsError
        If there are no regions, or none is so named; it names the nearest.
    """
    if regions is None:
        raise SettingsError("error.siting_needs_regions", key=key)
    frame = regions.frame
    found = np.ones(len(frame), bool)
    for written, columns in ((county, ["parent"]), (region, ["name", "region_id"])):
        if written is None:
            continue
        mine = np.zeros(len(frame), bool)
        for column in columns:
            mine |= np.array([normal(str(text)) == normal(written) for text in frame[column]], bool)
        if not mine.any():
            names = [str(text) for column in columns for text in frame[column]]
            raise SettingsError("error.siting_region", key=key, found=written, nearest=nearest_name(written, names))
        found &= mine
    return found


def kind_named(written: str, key: str) -> str:
    """
    The entry of the catalogue for a kind of premises, empty for a stretch of street.

    Raises
    ------
    SettingsError
        If no kind is meant.

    Examples
    --------
    >>> kind_named("library", ""), kind_named("党群服务中心", ""), kind_named("street", "")
    ('premises.library', 'premises.community_centre', '')
    """
    keys = sorted({kind.removeprefix("premises.") for kind in (*KINDS.values(), LISTED)})
    if written in STRETCH:
        return ""
    if written in keys:
        return f"premises.{written}"
    kind = kind_of_premises(written)
    if kind == LISTED:
        raise SettingsError(
            "error.siting_kind", key=key, found=written, nearest=nearest_name(written, [*keys, *STRETCH])
        )
    return kind
