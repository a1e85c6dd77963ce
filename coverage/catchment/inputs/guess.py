"""Where rows without coordinates may lie, by the names in them, within the county and township they state."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.geo.measure import distance_m
from catchment.geo.shapes import polygon_of
from catchment.inputs.place_names import Level, NamePart, name_parts, own_names
from catchment.model import SiteType
from catchment.model.locate import Guess, Spot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from catchment.model import Floats, Regions
    from catchment.model.locate import Gazetteer, SpotKind

UNCERTAINTY_M: Mapping[SpotKind, float] = {
    "office": 300,
    "house": 800,
    "hamlet": 800,
    "quarter": 1000,
    "village": 1000,
    "town": 1500,
    "county": 3000,
}
"""How far a site may stand from the point that its own unit is mapped by [m]; a region's is as wide as the region."""

TOWNSHIP_M = 6000.0
"""How far a site of a village may stand from the middle of its township, where no outline of it is known [m]."""

SAME_PLACE_M = 1000.0
"""Entries of one name nearer than this to the best of them are one place."""

MOST_SPOTS = 9
"""Places of one name that are listed."""

_ORDER: Sequence[SpotKind] = tuple(UNCERTAINTY_M)
_LEVEL_OF_KIND: Mapping[str, Level] = {
    "village": "village",
    "hamlet": "village",
    "quarter": "village",
    "town": "township",
    "county": "county",
}
_OWN_LEVEL: Mapping[str, Level] = {
    SiteType.CITY: "county",
    SiteType.COUNTY: "county",
    SiteType.TOWNSHIP: "township",
    SiteType.VILLAGE: "village",
}


@dataclass(frozen=True, eq=False)
class _Atlas:
    """The gazetteer and the regions, by name."""

    entries: Mapping[str, tuple[tuple[int, Level], ...]]
    """Rows of the gazetteer and what each says it is, by bare name."""
    spots: tuple[Spot, ...]
    region_of_spot: tuple[int, ...]
    regions: Mapping[str, frozenset[int]]
    """Regions by their own bare name."""
    counties: Mapping[str, frozenset[int]]
    """Regions by the bare name of their parent, or of themselves where they are counties."""
    middles: tuple[Spot, ...]
    """The representative point of each region; no place in the region is farther from it than its uncertainty."""
    corners: tuple[Floats, ...]
    """Corners of the convex hull of each region, lon, lat [degrees], shape (c, 2) each."""
    boxes: tuple[tuple[float, float, float, float], ...]


def guesses(unplaced: pd.DataFrame, gazetteer: Gazetteer, regions: Regions | None = None) -> list[Guess]:
    """
    What the words of each row say about its place.

    The name and the address are compared with the gazetteer, first as the row's own unit (a village, a township, a
    college), then as its township; with regions, only within the township or county that the row states, and last as
    the middle of that region. Names are compared without 村委会, 街道办事处, 就业之家 and the like. Several places of
    one name, far apart, are all listed and none is taken.

    Parameters
    ----------
    unplaced
        ``Ledger.unplaced``: columns ``name, type, county, township, address``.
    gazetteer
        Places with names; may be empty.
    regions
        Townships or counties.

    Examples
    --------
    >>> import pandas as pd
    >>> from catchment.inputs.gazetteer import gazetteer_of
    >>> places = gazetteer_of(["n1"], ["凤凰村"], ["village"], np.array([[114.4, 27.8]]))
    >>> row = {"name": ["凤凰村委会就业之家"], "type": ["village"], "county": [""], "township": [""], "address": [""]}
    >>> guesses(pd.DataFrame(row), places)[0].spot
    Spot(name='凤凰村', kind='village', lon=114.4, lat=27.8, uncertainty_m=1000)
    """
    atlas = _atlas(gazetteer, regions)
    columns = ("name", "type", "county", "township", "address")
    # Ledgers repeat their words thousands of times.
    parts = cache(name_parts)
    rows = zip(*(unplaced[column].tolist() for column in columns), strict=True)
    return [
        _guess(atlas, kind, parts(county), parts(township), (parts(name), _said_as_places(parts(address))))
        for name, kind, county, township, address in rows
    ]


def _said_as_places(parts: Iterable[NamePart]) -> tuple[NamePart, ...]:
    """Of an address only what says that it is a place: the rest is streets and houses."""
    return tuple(part for part in parts if part.level)


def _atlas(gazetteer: Gazetteer, regions: Regions | None) -> _Atlas:
    entries: dict[str, list[tuple[int, Level]]] = {}
    spots = []
    frame = gazetteer.frame
    columns = ("name", "kind", "lon", "lat")
    for row, (name, kind, lon, lat) in enumerate(zip(*(frame[column].tolist() for column in columns), strict=True)):
        spots.append(Spot(name, kind, lon, lat, UNCERTAINTY_M[kind]))
        for part in own_names(name):
            entries.setdefault(part.bare, []).append((row, part.level or _LEVEL_OF_KIND.get(kind, "")))
    shapes = [] if regions is None else regions.frame.geometry.tolist()
    of_spot = polygon_of(gazetteer.xy, shapes) if shapes else np.full(len(spots), -1)
    names, parents = ([], []) if regions is None else (regions.frame[column].tolist() for column in ("name", "parent"))
    counties = [parent or (name if _says(name, "county") else "") for name, parent in zip(names, parents, strict=True)]
    return _Atlas(
        entries={bare: tuple(found) for bare, found in entries.items()},
        spots=tuple(spots),
        region_of_spot=tuple(of_spot.tolist()),
        regions=_by_name(names),
        counties=_by_name(counties),
        middles=tuple(_middle(name, shape) for name, shape in zip(names, shapes, strict=True)),
        corners=tuple(shapely.get_coordinates(shapely.convex_hull(shape)) for shape in shapes),
        boxes=tuple(tuple(shape.bounds) for shape in shapes),
    )


def _says(name: str, level: Level) -> bool:
    return any(part.level == level for part in own_names(name))


def _by_name(names: Sequence[str]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, name in enumerate(names):
        for part in own_names(name):
            found.setdefault(part.bare, set()).add(number)
    return {bare: frozenset(numbers) for bare, numbers in found.items()}


def _middle(name: str, shape: shapely.Geometry) -> Spot:
    """A point inside a region, and how far it is from there to its farthest corner."""
    lon, lat = shapely.get_coordinates(shapely.point_on_surface(shape))[0].round(7).tolist()
    return Spot(name, "region", lon, lat, _farthest_m(lon, lat, shapely.get_coordinates(shapely.convex_hull(shape))))


def _farthest_m(lon: float, lat: float, corners: Floats) -> float:
    """How far it is from a place to the farthest corner, up to a whole 100 m."""
    here = np.broadcast_to(np.array([lon, lat]), corners.shape)
    return math.ceil(float(distance_m(here, corners).max(initial=0.0)) / 100) * 100


def _guess(
    atlas: _Atlas,
    kind: str,
    county: Sequence[NamePart],
    township: Sequence[NamePart],
    words: Sequence[Sequence[NamePart]],
) -> Guess:
    """The guess for one row: its own unit, else its township, else its region."""
    within = _stated_county(atlas, county)
    if within is not None and not within:
        return Guess()
    named = [*township, *(part for part in chain(*words) if part.level == "township")]
    of_township = _stated_township(atlas, named, within)
    area = of_township or within
    box = _box(atlas, area)
    stated = tuple(sorted(area)) if area and len(area) < len(atlas.middles) else ()
    said: Level = next((part.level for part in words[0] if part.level), "village")
    own = _OWN_LEVEL.get(kind, said)
    for part in chain(*words):
        spots = _found(atlas, part, own, area) if part.level in ("", own) else ()
        if spots:
            return Guess(spots, box, stated)
    return Guess(_by_township(atlas, own, named, of_township, area), box, stated)


def _stated_county(atlas: _Atlas, county: Sequence[NamePart]) -> frozenset[int] | None:
    """Regions of the county that a row states; ``None`` if it states none or the regions name none."""
    if not county or not atlas.counties:
        return frozenset(range(len(atlas.middles))) if atlas.middles else None
    return next((atlas.counties[part.bare] for part in county if part.bare in atlas.counties), frozenset())


def _stated_township(atlas: _Atlas, named: Sequence[NamePart], within: frozenset[int] | None) -> frozenset[int]:
    """The regions of the township that a row states, empty if it states none that is known."""
    for part in named:
        found = atlas.regions.get(part.bare, frozenset()) & (within or frozenset())
        if found:
            return found
    return frozenset()


def _found(atlas: _Atlas, part: NamePart, level: Level, area: frozenset[int] | None) -> tuple[Spot, ...]:
    """Places of a name within an area, the surest first; one, if the others are the same place."""
    rows = [
        row
        for row, said in atlas.entries.get(part.bare, ())
        if said in ("", level) and (area is None or atlas.region_of_spot[row] in area)
    ]
    rows.sort(key=lambda row: (_ORDER.index(atlas.spots[row].kind), row))
    spots = [atlas.spots[row] for row in rows]
    if not spots:
        return ()
    xy = np.array([(spot.lon, spot.lat) for spot in spots])
    away_m = distance_m(np.broadcast_to(xy[0], xy.shape), xy)
    apart = [spot for spot, metres in zip(spots[1:], away_m[1:].tolist(), strict=True) if metres > SAME_PLACE_M]
    return (spots[0], *apart[: MOST_SPOTS - 1])


def _by_township(
    atlas: _Atlas,
    own: Level,
    named: Sequence[NamePart],
    of_township: frozenset[int],
    area: frozenset[int] | None,
) -> tuple[Spot, ...]:
    """The seat of the township that is stated, else the middle of its region."""
    region = next(iter(of_township)) if len(of_township) == 1 else -1
    for part in named:
        spots = _found(atlas, part, "township", area)
        if spots and own == "township":
            return spots
        if spots:
            return tuple(_seat(atlas, spot, region) for spot in spots)
    return (atlas.middles[region],) if region >= 0 else ()


def _seat(atlas: _Atlas, seat: Spot, region: int) -> Spot:
    """A seat for a site that lies anywhere in the township, however well the seat itself is known."""
    wide_m = _farthest_m(seat.lon, seat.lat, atlas.corners[region]) if region >= 0 else TOWNSHIP_M
    return replace(seat, uncertainty_m=wide_m)


def _box(atlas: _Atlas, area: frozenset[int] | None) -> tuple[float, float, float, float] | None:
    if not area:
        return None
    sides = np.array([atlas.boxes[region] for region in sorted(area)])
    west, south = sides[:, :2].min(axis=0).tolist()
    east, north = sides[:, 2:].max(axis=0).tolist()
    return west, south, east, north
